"""The command line: options in, text and an exit code out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rbacgen import __version__

if TYPE_CHECKING:
    from datetime import date

    from rbacgen.problems import RbacgenError

# Usage errors are input errors: 2 is for findings (the public contract of exit codes).
click.UsageError.exit_code = 1

FINDINGS = 2


class _Group(click.Group):
    """Turns the errors that a user can mend into one sentence and a hint on stderr, and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception as error:
            from rbacgen.problems import RbacgenError

            if not isinstance(error, RbacgenError):
                raise
            _say(error)
            ctx.exit(1)


def _say(error: RbacgenError) -> None:
    from rbacgen.problems import InputError
    from rbacgen.reports import text

    if isinstance(error, InputError):
        style = _style(sys.stderr)
        for problem in error.problems:
            click.echo(text.problem_line(problem, style), err=True)
        return
    click.echo(f"rbacgen: {error.message}", err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)


def _style(stream: Any) -> Any:
    """Colour for terminals only, and not under NO_COLOR (https://no-color.org)."""
    from rbacgen.reports.text import plain

    if os.environ.get("NO_COLOR") or not stream.isatty():
        return plain
    colours = {"error": "red", "warning": "yellow", "note": "cyan"}
    return lambda words, kind: click.style(words, fg=colours.get(kind), bold=kind == "error")


def _put(text: str, output: str | None) -> None:
    """The result of a command: to stdout, or whole into a file."""
    if output is None:
        click.echo(text, nl=False)
        return
    from rbacgen.files import write_one

    write_one(Path(output), text)


def _day(_: click.Context, __: click.Parameter, given: str | None) -> date:
    """The day to work with; the clock is read here and nowhere else."""
    import datetime

    if given is None:
        return datetime.datetime.now(datetime.UTC).date()
    try:
        return datetime.date.fromisoformat(given)
    except ValueError:
        raise click.BadParameter(f"`{given}` is no date such as 2027-06-30") from None


_project = click.option(
    "-p", "--project", metavar="FILE", help="The project file; else rbacgen.yaml here or in a folder above."
)
_output = click.option("-o", "--output", metavar="FILE", help="Write the result to this file instead of stdout.")
_format = click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
_today = click.option(
    "--today", metavar="DATE", callback=_day, help="The day to work with, such as 2027-06-30; else today (UTC)."
)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="rbacgen %(version)s")
def main() -> None:
    """Access as code for project teams on Azure.

    A team writes down who does what; rbacgen works out the Azure access that this takes, proves it and renders it as
    Terraform. It never writes to Azure.

    \b
    Exit codes: 0 as it should be, 1 it could not be done (wrong input, wrong usage),
    2 done and there are findings, 3 done in part.
    """


@main.command()
@_project
@_format
@_output
@_today
@click.option(
    "--within",
    metavar="DAYS",
    type=click.IntRange(0, 3650),
    default=30,
    show_default=True,
    help="Say what ends within so many days.",
)
@click.option("--strict", is_flag=True, help="Take warnings for errors.")
@click.option("--notes", is_flag=True, help="Show notes too, not only count them.")
@click.option("--outside", is_flag=True, help="List what the worn hats take outside Azure.")
@click.option("--rules", is_flag=True, help="List every rule, with its source, and stop.")
def check(
    project: str | None,
    format_: str,
    output: str | None,
    today: date,
    within: int,
    strict: bool,
    notes: bool,
    outside: bool,
    rules: bool,
) -> None:
    """Say everything that can be known to be wrong, all at once."""
    from rbacgen import workflow
    from rbacgen.problems import InputError, Severity
    from rbacgen.reports import as_json, text

    if rules:
        _put(as_json.rule_list() if format_ == "json" else text.rule_list(), output)
        return
    try:
        outcome = workflow.work_out(project, today, within)
    except InputError as error:
        style = _style(sys.stdout)
        lines = "".join(f"{text.problem_line(problem, style)}\n" for problem in error.problems)
        _put(as_json.problems(error.problems) if format_ == "json" else lines, output)
        raise SystemExit(1) from None
    _put(
        as_json.checked(outcome) if format_ == "json" else text.checked(outcome, notes, outside, _style(sys.stdout)),
        output,
    )
    if outcome.count(Severity.ERROR) or (strict and outcome.count(Severity.WARNING)):
        raise SystemExit(1)


@main.command()
@_project
@click.option(
    "-e", "--environment", "environments", metavar="NAME", multiple=True, help="Only this environment; can be repeated."
)
@click.option(
    "-o", "--output", metavar="DIR", help="Where the directories go; else terraform/ beside the project file."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["hcl", "json"]),
    default="hcl",
    show_default=True,
    help="Terraform's native syntax, or .tf.json.",
)
@click.option(
    "--report", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to say what was done."
)
@click.option(
    "--module", "is_module", is_flag=True, help="Leave provider and Terraform version to the module that calls."
)
@click.option("--templates", metavar="DIR", help="Templates that stand in for the shipped ones, file by file.")
@click.option("--check", is_flag=True, help="Write nothing; say whether what stands there is current (exit 2 if not).")
@click.option("--allow-shrink", is_flag=True, help="Let more than a third of the assignments go.")
@_today
def render(
    project: str | None,
    environments: tuple[str, ...],
    output: str | None,
    format_: str,
    report: str,
    is_module: bool,
    templates: str | None,
    check: bool,
    allow_shrink: bool,
    today: date,
) -> None:
    """Write Terraform, one directory an environment.

    \b
    Examples:
      rbacgen render                     every environment, into terraform/
      rbacgen render -e dev -o infra     only dev, into infra/dev
      rbacgen render --check             for pipelines: is what is committed current?
    """
    from rbacgen import rendering, workflow
    from rbacgen.reports import as_json, text

    options = rendering.Options(
        output=Path(output) if output else None,
        environments=environments,
        templates=Path(templates) if templates else None,
        is_module=is_module,
        json=format_ == "json",
        check=check,
        allow_shrink=allow_shrink,
    )
    result = rendering.render(project, today, options)
    for problem in workflow.to_say(result.outcome):
        click.echo(text.problem_line(problem, _style(sys.stderr)), err=True)
    _put(as_json.rendered(result) if report == "json" else text.rendered(result, check), None)
    if check and not result.is_current:
        raise SystemExit(FINDINGS)


@main.command()
@click.argument("words", nargs=-1, metavar="[NAME]")
@_project
@_format
@_output
@click.option(
    "--update", metavar="FILE", help="Take the output of `az role definition list -o json` into azure_roles.json."
)
def roles(words: tuple[str, ...], project: str | None, format_: str, output: str | None, update: str | None) -> None:
    """Search and show Azure roles.

    By words of the name, by id or former name, or by an operation: the roles that allow it.

    \b
    Examples:
      rbacgen roles key vault                                    roles with these words in their name
      rbacgen roles "Key Vault Reader"                           one role with all that it grants
      rbacgen roles Microsoft.KeyVault/vaults/secrets/getSecret/action
      az role definition list -o json > roles.json && rbacgen roles --update roles.json
    """
    from rbacgen import workflow
    from rbacgen.reports import as_json, text

    if update is not None:
        changes, path = workflow.update_roles(project, Path(update))
        _put(text.role_changes(changes), output)
        click.echo(f"wrote {path}", err=True)
        return
    found = workflow.find_roles(project, " ".join(words))
    if format_ == "json":
        _put(as_json.roles(found), output)
    else:
        _put(text.role(found[0]) if len(found) == 1 else text.roles(found), output)


@main.command()
@click.argument("what", type=click.Choice(["project", "mapping"]), default="project")
@_output
def schema(what: str, output: str | None) -> None:
    """Print JSON Schema for editors.

    Of project files, or of the files of a mapping.
    """
    from rbacgen import workflow

    _put(workflow.schema(what), output)


@main.command()
@click.argument("name", required=False)
@click.option("--mapping", metavar="NAME", default="mlops", show_default=True, help="The mapping to start from.")
@click.option("--own", metavar="PROJECT_ROLE", help="Copy a shipped project role into mapping/, for editing.")
def init(name: str | None, mapping: str, own: str | None) -> None:
    """Write a commented project file to start from. Nothing that stands there is overwritten."""
    from rbacgen import workflow

    if own is not None:
        said = workflow.own_role(own, mapping)
    else:
        said = workflow.init(name, mapping)
    click.echo(said, nl=False)
