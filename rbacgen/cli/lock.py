"""The command `lock`: looks names up in Azure once and keeps their ids in rbacgen.lock."""

from __future__ import annotations

import os
from typing import Any

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import progress, put


@click.command(cls=options.Command)
@options.project
@click.option("--check", is_flag=True, help="Write nothing; check that rbacgen.lock is current (exit 2 if not).")
@click.option(
    "--accept", metavar="[KIND:]NAME", multiple=True, help="Accept the new object id of this name; can be repeated."
)
@options.format_
@options.azure
@click.option("--members", is_flag=True, help="Read the members of the groups, and of the groups in them, too.")
def lock(project: str | None, check: bool, accept: tuple[str, ...], members: bool, format_: str, **azure: Any) -> None:
    """Look names up in Azure once, and keep the ids in rbacgen.lock.

    The file holds the object ids of the team, the scope ids as Azure spells them, and what the Azure roles in use grant
    today. Every other command works from this file, without the directory. If a name now belongs to another object, the
    old id is kept until you accept the new one.

    \b
    Examples:
      rbacgen lock
      rbacgen lock --check                   for pipelines: is it current?
      rbacgen lock --accept grp-developers   after the group was recreated
      rbacgen lock --accept group:deploy     if other kinds have this name
      rbacgen lock --members                 record group members to check `apart`

    Exit codes: 0 current, 1 failed, 2 a name belongs to another object, or with --check: not current, 3 incomplete:
    something could not be read.
    """
    from rbacgen.commands import lock as command
    from rbacgen.commands import open_source
    from rbacgen.reports import as_json, text

    connect = command.connector(open_source.ConnectionOptions(**azure), os.environ, progress())
    result = command.update(project, command.LockOptions(check, accept, members), connect)
    put(as_json.locked(result) if format_ == "json" else text.locked(result), None)
    raise SystemExit(result.exit_code)
