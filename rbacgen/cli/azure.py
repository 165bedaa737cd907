"""The commands that read Azure: `diff`, `snapshot` and `lock`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import FINDINGS, PARTIAL, progress, put, put_reports, style

if TYPE_CHECKING:
    from datetime import date


@click.command(cls=options.Command)
@options.source
@options.project
@options.environments
@options.subscriptions
@click.option(
    "--strategy",
    type=click.Choice(["full", "owned"]),
    default="full",
    show_default=True,
    help="Whether access that others gave at the project's scopes is drift.",
)
@options.report_format
@options.report_files
@click.option("--summary", is_flag=True, help="Say it in one line.")
@click.option("--excluded", "listed", is_flag=True, help="List excluded assignments instead of only counting them.")
@options.names
@click.option(
    "--within",
    metavar="DAYS",
    type=click.IntRange(0, 3650),
    default=30,
    show_default=True,
    help="Say what ends within so many days.",
)
@options.today
@options.azure
def diff(
    source: str | None,
    project: str | None,
    environments: tuple[str, ...],
    subscriptions: tuple[str, ...],
    strategy: str,
    format_: str | None,
    files: tuple[str, ...],
    summary: bool,
    listed: bool,
    names: bool,
    within: int,
    today: date,
    **azure: Any,
) -> None:
    """Say what differs between the project and Azure.

    Or between the project and another SOURCE: a snapshot, the output of `az role assignment list --all -o json`, of `terraform show -json` (a state or a
    plan), a folder of .tf files, or - for standard input; without it, live Azure is read.

    \b
    Examples:
      rbacgen diff                              the project and live Azure
      rbacgen diff -o drift.md                  for a pull request
      rbacgen diff --format github -o drift.sarif -o drift.csv    for pipelines, all in one run
      rbacgen diff azure.json -e prod           a snapshot, only prod
      terraform show -json | rbacgen diff - -e dev

    Exit codes: 0 in sync, 1 it could not be done, 2 something differs, 3 something could not be read.
    """
    if source not in (None, "azure"):
        options.refuse(options.CONNECTION, "where no Azure is read")
    if summary and format_ not in (None, "text"):
        raise click.UsageError("--summary is one line of text: leave --format out")
    asked_for = options.outputs("text" if summary else format_, files)
    from rbacgen.analysis.drift import Strategy
    from rbacgen.commands import diff as comparison
    from rbacgen.commands import load
    from rbacgen.commands.files import below_repository
    from rbacgen.reports import drift_form, drift_text, formats, text

    asked = comparison.DiffOptions(
        source=source,
        environments=environments,
        subscriptions=subscriptions,
        strategy=Strategy(strategy),
        within=within,
    )
    compared = comparison.diff(project, today, asked, options.connect(azure))
    for problem in load.to_say(compared.checked):
        click.echo(text.problem_line(problem, style(sys.stderr)), err=True)
    form = drift_form.form(compared.drift, compared.checked, names)
    code = 0 if compared.drift.is_in_sync else FINDINGS if compared.drift.is_complete else PARTIAL
    where = formats.Where(below_repository(), Path.cwd().as_posix(), code)

    def make(name: str, colour: Any, columns: int) -> str:
        if name == "text":
            return drift_text.summary(form) if summary else drift_text.report(form, listed, colour, columns)
        return formats.diff(form, name, where)

    put_reports(asked_for, make)
    raise SystemExit(code)


@click.command(cls=options.Command)
@options.project
@options.subscriptions
@options.output
@options.names
@options.today
@options.azure
def snapshot(
    project: str | None,
    subscriptions: tuple[str, ...],
    output: str | None,
    names: bool,
    today: date,
    **azure: Any,
) -> None:
    """Write down what Azure holds, as a file that is a SOURCE.

    Of the project's subscriptions and scopes, or, with --subscription, of these subscriptions; then no project is needed.

    \b
    Examples:
      rbacgen snapshot -o azure.json
      rbacgen snapshot --subscription 6082bfda-63d0-46f4-8272-ae9195139feb -o azure.json

    Exit codes: 0 all was read, 1 it could not be done, 3 something could not be read, which the file says.
    """
    from rbacgen.commands import diff as comparison
    from rbacgen.reports import drift_text
    from rbacgen.sources.snapshot import dump

    taken = comparison.snapshot(project, today, subscriptions, options.connect(azure))
    put(dump(taken, names), output)
    click.echo(drift_text.snapshot(taken), nl=False, err=True)
    if taken.state.coverage.unread:
        raise SystemExit(PARTIAL)


@click.command(cls=options.Command)
@options.project
@click.option("--check", is_flag=True, help="Write nothing; say whether rbacgen.lock is current (exit 2 if not).")
@click.option(
    "--accept", metavar="[KIND:]NAME", multiple=True, help="Take the new object id of this name; can be repeated."
)
@options.format_
@options.azure
@click.option("--members", is_flag=True, help="Ask who is in the groups, too, and in the groups in them.")
def lock(project: str | None, check: bool, accept: tuple[str, ...], members: bool, format_: str, **azure: Any) -> None:
    """Look names up in Azure once, and keep the ids in rbacgen.lock.

    Object ids of the team, Azure's own spelling of scopes, and what the Azure roles in use grant today. Every other command works from that file, without asking the directory again. A name that means another object than it
    did keeps its old id, until you accept the new one.

    \b
    Examples:
      rbacgen lock
      rbacgen lock --check                     for pipelines: is what is committed current?
      rbacgen lock --accept grp-developers     after the group was made anew
      rbacgen lock --accept group:deploy       where a service principal is called so too
      rbacgen lock --members                   who is in which group, by object id, so that `apart` is proven

    Exit codes: 0 current, 1 it could not be done, 2 a name means another object, or with --check: not current,
    3 something could not be read.
    """
    from rbacgen.commands import lock as locking
    from rbacgen.commands import open_source
    from rbacgen.reports import as_json, text

    connect = locking.connector(open_source.ConnectionOptions(**azure), os.environ, progress())
    result = locking.update(project, locking.LockOptions(check, accept, members), connect)
    put(as_json.locked(result) if format_ == "json" else text.locked(result), None)
    if not result.is_complete:
        raise SystemExit(PARTIAL)
    if result.has_findings or (check and not result.is_current):
        raise SystemExit(FINDINGS)
