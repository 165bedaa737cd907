"""The command `diff`: what differs between the project and Azure, or another source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import put_reports, warn

if TYPE_CHECKING:
    from datetime import date

    from rbacgen.commands.diff import ComparedProject, DiffOptions


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
    help="Whether unmanaged access at the project's scopes is drift (full) or not (owned).",
)
@options.report_format
@options.report_files
@click.option("--summary", is_flag=True, help="Print one line.")
@click.option("--excluded", is_flag=True, help="List excluded assignments instead of only counting them.")
@options.names
@options.within
@options.today
@options.azure
def diff(
    project: str | None,
    format_: str | None,
    files: tuple[str, ...],
    summary: bool,
    excluded: bool,
    names: bool,
    today: date,
    **rest: Any,
) -> None:
    """Show what differs between the project and Azure.

    Without SOURCE, it reads live Azure. SOURCE is a snapshot, the output of `az role assignment list --all -o json` or
    of `terraform show -json` (a state or a plan), a folder of .tf files, or - for standard input.
    The file type is detected; unsupported files are rejected with a hint.

    \b
    Examples:
      rbacgen diff                        the project and live Azure
      rbacgen diff -o drift.md            for a pull request
      rbacgen diff --format github -o drift.sarif -o drift.csv    for pipelines
      rbacgen diff azure.json -e prod     a snapshot, only prod
      terraform show -json | rbacgen diff - -e dev

    Exit codes: 0 in sync, 1 failed, 2 something differs, 3 incomplete: something could not be read.
    """
    if rest["source"] not in (None, "azure"):
        options.refuse(options.CONNECTION, "unless Azure is read")
    if summary and format_ not in (None, "text"):
        raise click.UsageError("--summary is one line of text: leave --format out")
    outputs = options.outputs("text" if summary else format_, files)
    from rbacgen.commands import diff as command
    from rbacgen.commands import load

    connect = options.connect(rest)
    result = command.diff(project, today, _asked(rest), connect)
    warn(load.to_say(result.checked))
    _put(result, outputs, names, summary, excluded)
    raise SystemExit(result.drift.exit_code)


def _asked(given: dict[str, Any]) -> DiffOptions:
    from rbacgen.analysis.drift import Strategy
    from rbacgen.commands.diff import DiffOptions

    return DiffOptions(**{**given, "strategy": Strategy(given["strategy"])})


def _put(result: ComparedProject, outputs: options.Outputs, names: bool, summary: bool, excluded: bool) -> None:
    from rbacgen.commands.files import below_repository
    from rbacgen.reports import drift_form, drift_text, formats

    document = drift_form.form(result.drift, result.checked, names)
    where = formats.Where(below_repository(), Path.cwd().as_posix(), result.drift.exit_code)

    def make(name: str, colour: Any, columns: int) -> str:
        if name != "text":
            return formats.diff(document, name, where)
        return drift_text.summary(document) if summary else drift_text.report(document, excluded, colour, columns)

    put_reports(outputs, make)
