"""The command `check`: everything that is wrong with a project, and its access tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import put_reports

if TYPE_CHECKING:
    from rbacgen.reports.check_form import CheckDocument


@click.command(cls=options.Command)
@options.project
@options.report_format
@options.report_files
@options.today
@options.within
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option("--notes", is_flag=True, help="Show notes too, not only count them.")
@click.option("--outside", is_flag=True, help="List the access needed outside Azure.")
@click.option("--excess", is_flag=True, help="List what grants give beyond the needs of their capabilities.")
@click.option("--rules", is_flag=True, help="List every rule with its source, and exit.")
@click.option("--tests", metavar="FILE", multiple=True, help="Run the access tests in this file, too; can be repeated.")
@click.option("--mapping", "every_role", is_flag=True, help="Test every project role of the mapping, assigned or not.")
@options.source_option("Run the access tests on the access in this source, too")
@options.azure
def check(
    format_: str | None,
    files: tuple[str, ...],
    strict: bool,
    notes: bool,
    outside: bool,
    rules: bool,
    **rest: Any,
) -> None:
    """Validate the project and run its access tests.

    Every problem is reported with its location and a fix. Access tests are the needs of responsibilities, the `must_not`
    lines of project roles and the `tests` of the project.

    \b
    Examples:
      rbacgen check                      the files, and the access that they give
      rbacgen check --source azure       the access in Azure, too
      rbacgen check --tests audit.yaml   with access tests in a file of their own
      rbacgen check --format github -o check.sarif -o check.xml    for pipelines
      rbacgen check --strict             for pipelines that allow no warnings

    Exit codes: 0 OK, 1 errors (with --strict: or warnings), 2 with --source: access in the source fails, 3 with
    --source: incomplete, because something could not be read.
    """
    outputs = options.outputs(format_, files)
    if rules:
        _put_rules(outputs)
        return
    from rbacgen.commands.files import below_repository
    from rbacgen.reports import check_text, formats

    document, code = _checked(rest, strict)
    where = formats.Where(below_repository(), Path.cwd().as_posix(), code, strict)

    def make(name: str, colour: Any, columns: int) -> str:
        if name == "text":
            return check_text.report(document, notes, outside, colour, columns)
        return formats.check(document, name, where)

    put_reports(outputs, make)
    raise SystemExit(code)


def _checked(given: dict[str, Any], strict: bool) -> tuple[CheckDocument, int]:
    """What the check found, and its exit code; files that cannot be read are problems, too."""
    from rbacgen.commands import check as command
    from rbacgen.commands import load
    from rbacgen.model.exit_code import ExitCode
    from rbacgen.model.problems import InputError
    from rbacgen.reports import check_form

    options.refuse_connection(given["source"])
    tests = load.TestOptions(given["tests"], given["every_role"])
    asked = command.CheckOptions(given["within"], tests, given["source"], strict)
    try:
        result = command.check(given["project"], given["today"], asked, options.connect(given))
    except InputError as error:
        return check_form.unreadable(error.problems), ExitCode.FAILED
    excess = command.excess(result.checked) if given["excess"] else None
    return check_form.form(result.checked, result.actual, excess), result.exit_code


def _put_rules(outputs: options.Outputs) -> None:
    from rbacgen.reports import as_json, text

    if other := set(outputs.formats) - {"text", "json"}:
        raise click.UsageError(f"--rules lists the rules as text or json, not as {min(other)}")
    put_reports(outputs, lambda name, *_: as_json.rule_list() if name == "json" else text.rule_list())
