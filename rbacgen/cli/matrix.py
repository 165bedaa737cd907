"""The command that shows who has what access: `matrix`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import PARTIAL, put, style, width

if TYPE_CHECKING:
    from datetime import date


@click.command(cls=options.Command)
@options.project
@options.environments
@click.option(
    "--source",
    metavar="SOURCE",
    help="What to hold the project against: `azure`, a snapshot, JSON of az or Terraform, a folder of .tf files.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "md", "json", "html", "csv"]),
    default="text",
    show_default=True,
)
@options.output
@options.names
@options.today
@options.azure
def matrix(
    project: str | None,
    environments: tuple[str, ...],
    source: str | None,
    format_: str,
    output: str | None,
    names: bool,
    today: date,
    **azure: Any,
) -> None:
    """Show who has what access, by project role and environment.

    Each with the scopes that it is on and with its reason. With --format html it is one page for a browser that asks nobody for anything: search, every chain from role to
    resource, and, with --source, drift and findings. With a source, exit 3 where some of it could not be read.

    \b
    Examples:
      rbacgen matrix
      rbacgen matrix --format html -o access.html
      rbacgen matrix --source azure --format html -o access.html
      rbacgen matrix -e prod --format csv -o access.csv
    """
    if source != "azure":
        options.refuse(options.CONNECTION, "without `--source azure`")
    from rbacgen.commands import matrix as showing
    from rbacgen.reports import matrix_form

    asked = showing.MatrixOptions(source=source, environments=environments)
    shown = showing.show(project, today, asked, options.connect(azure))
    form = matrix_form.form(shown, names)
    if format_ == "json":
        said = matrix_form.text(form)
    elif format_ == "html":
        from rbacgen.reports import matrix_page

        said = matrix_page.page(form)
    elif format_ == "csv":
        from rbacgen.reports import matrix_csv

        said = matrix_csv.report(form)
    elif format_ == "md":
        from rbacgen.reports import matrix_markdown

        said = matrix_markdown.report(form)
    else:
        from rbacgen.reports import matrix_text

        said = matrix_text.report(form, style(sys.stdout), width())
    put(said, output)
    if not shown.is_complete:
        raise SystemExit(PARTIAL)
