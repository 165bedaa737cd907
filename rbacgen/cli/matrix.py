"""The command `matrix`: who has what access, by project role and environment."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import put, style, width

if TYPE_CHECKING:
    from datetime import date

    from rbacgen.reports.matrix_form import MatrixDocument


@click.command(cls=options.Command)
@options.project
@options.environments
@options.source_option("Compare the project with this source")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "md", "json", "html", "csv"]),
    default="text",
    show_default=True,
    help="The format of the result.",
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

    Each with its scopes and its reasons. With --format html it is a self-contained HTML file; it makes no network
    requests. It has a search, every chain from project role to resource, and, with --source, drift and findings.

    \b
    Examples:
      rbacgen matrix
      rbacgen matrix --format html -o access.html
      rbacgen matrix --source azure --format html -o access.html
      rbacgen matrix -e prod --format csv -o access.csv

    Exit codes: 0 OK, 1 failed, 3 with --source: incomplete, because something could not be read.
    """
    options.refuse_connection(source)
    from rbacgen.commands import matrix as command
    from rbacgen.reports import matrix_form

    asked = command.MatrixOptions(source=source, environments=environments)
    result = command.show(project, today, asked, options.connect(azure))
    put(_report(matrix_form.form(result, names), format_), output)
    raise SystemExit(result.exit_code)


def _report(document: MatrixDocument, name: str) -> str:
    """The matrix in a format; of the formats only the one in use is imported."""
    match name:
        case "json":
            from rbacgen.reports import matrix_form

            return matrix_form.text(document)
        case "html":
            from rbacgen.reports import matrix_page

            return matrix_page.page(document)
        case "csv":
            from rbacgen.reports import matrix_csv

            return matrix_csv.report(document)
        case "md":
            from rbacgen.reports import matrix_markdown

            return matrix_markdown.report(document)
        case _:
            from rbacgen.reports import matrix_text

            return matrix_text.report(document, style(sys.stdout), width())
