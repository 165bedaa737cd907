"""The command `can`: whether a principal or a project role can perform an operation."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import put, style, width

if TYPE_CHECKING:
    from datetime import date


@click.command(cls=options.Command)
@click.argument("who")
@click.argument("operation")
@options.on
@options.project
@options.environments
@options.instead_of_project
@options.plane
@options.attributes
@click.option(
    "--accept",
    "accepted",
    type=click.Choice(["after-activation", "under-condition"]),
    multiple=True,
    help="Count this verdict as allowed, too; can be repeated.",
)
@options.format_
@options.output
@options.names
@options.today
@options.azure
def can(
    who: str,
    project: str | None,
    accepted: tuple[str, ...],
    format_: str,
    output: str | None,
    names: bool,
    today: date,
    **rest: Any,
) -> None:
    """Show whether a principal can perform an operation, and why.

    WHO is a project role, a member of the team (a name, or group:NAME), or an object id. OPERATION may be a pattern
    such as Microsoft.KeyVault/vaults/secrets/*.

    \b
    Examples:
      rbacgen can data_scientist \\
        Microsoft.MachineLearningServices/workspaces/jobs/write \\
        --on workspace -e dev
      rbacgen can grp-fraud-platform 'Microsoft.Network/*' --on network \\
        --accept after-activation
      rbacgen can data_scientist \\
        Microsoft.KeyVault/vaults/secrets/getSecret/action \\
        --on workspace_vault --source azure

    Exit codes: 0 allowed, 1 failed, 2 not allowed, 3 incomplete: something could not be read.
    """
    from rbacgen.commands import can as command
    from rbacgen.reports import access_form, access_text

    options.refuse_connection(rest["source"])
    asked = options.query(rest, accepted)
    result = command.can(project, today, who, asked, options.connect(rest))
    document = access_form.can(result, access_form.caller(result.of, names))
    if format_ == "json":
        put(access_form.text(document), output)
    else:
        put(access_text.can(document, style(sys.stdout), width()), output)
    raise SystemExit(result.exit_code)
