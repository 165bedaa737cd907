"""The commands that work from the project's files: `check`, `render` and `roles`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import FINDINGS, PARTIAL, put, put_reports, style

if TYPE_CHECKING:
    from datetime import date


@click.command(cls=options.Command)
@options.project
@options.report_format
@options.report_files
@options.today
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
@click.option("--excess", is_flag=True, help="List what grants give beyond the needs of their capabilities.")
@click.option("--rules", is_flag=True, help="List every rule, with its source, and stop.")
@click.option(
    "--tests", metavar="FILE", multiple=True, help="Run the access tests of this file as well; can be repeated."
)
@click.option("--mapping", "every_role", is_flag=True, help="Test every project role of the mapping, worn or not.")
@click.option(
    "--source",
    metavar="SOURCE",
    help="Run the access tests on what this holds as well: `azure`, a snapshot, JSON of az or Terraform, .tf files.",
)
@options.azure
def check(
    project: str | None,
    format_: str | None,
    files: tuple[str, ...],
    today: date,
    within: int,
    strict: bool,
    notes: bool,
    outside: bool,
    excess: bool,
    rules: bool,
    tests: tuple[str, ...],
    every_role: bool,
    source: str | None,
    **azure: Any,
) -> None:
    """Say all that is wrong, at once, and prove who can do what.

    Access tests are the needs of responsibilities, the `must_not` lines of project roles and the `tests` of the project.

    \b
    Examples:
      rbacgen check                      the files, and what they come to
      rbacgen check --source azure       what Azure really holds, too
      rbacgen check --tests audit.yaml   with tests that stand by themselves
      rbacgen check --format github -o check.sarif -o check.xml -o md=summary    for pipelines, all in one run
      rbacgen check --strict             for pipelines where no warning may stand

    Exit codes: 0 no errors, 1 errors (with --strict: warnings too), 2 with --source: what it holds fails,
    3 with --source: something could not be read.
    """
    from rbacgen.commands import check as checking
    from rbacgen.commands import load
    from rbacgen.commands.files import below_repository
    from rbacgen.model.exit_code import ExitCode
    from rbacgen.model.problems import InputError
    from rbacgen.reports import check_form, check_text, formats

    asked_for = options.outputs(format_, files)
    if rules:
        _put_rules(asked_for)
        return
    try:
        if source != "azure":
            options.refuse(options.CONNECTION, "without `--source azure`")
        asked = checking.CheckOptions(within, load.TestOptions(tests, every_role), source, strict)
        found = checking.check(project, today, asked, options.connect(azure))
        form = check_form.form(found.checked, found.actual, checking.excess(found.checked) if excess else None)
        code: int = found.exit_code
    except InputError as error:
        form, code = check_form.unreadable(error.problems), ExitCode.FAILED
    where = formats.Where(below_repository(), Path.cwd().as_posix(), code, strict)

    def make(name: str, colour: Any, columns: int) -> str:
        if name == "text":
            return check_text.report(form, notes, outside, colour, columns)
        return formats.check(form, name, where)

    put_reports(asked_for, make)
    raise SystemExit(code)


def _put_rules(asked_for: options.Outputs) -> None:
    from rbacgen.reports import as_json, text

    if other := set(asked_for.formats) - {"text", "json"}:
        raise click.UsageError(f"--rules lists the rules as text or json, not as {min(other)}")
    put_reports(asked_for, lambda name, *_: as_json.rule_list() if name == "json" else text.rule_list())


@click.command(cls=options.Command)
@options.project
@options.environments
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
@click.option(
    "--existing",
    metavar="SOURCE",
    help="Take over what lives already, by import blocks: `azure`, or a snapshot, JSON of az or of a Terraform state.",
)
@options.today
@options.azure
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
    existing: str | None,
    today: date,
    **azure: Any,
) -> None:
    """Write Terraform, one directory an environment.

    \b
    Examples:
      rbacgen render                     every environment, into terraform/
      rbacgen render -e dev -o infra     only dev, into infra/dev
      rbacgen render --check             for pipelines: is what is committed current?
      rbacgen render --existing azure    what Azure holds already is imported, not made again

    Exit codes: 0 written or current, 1 it could not be done, 2 findings, or with --check: not current,
    3 with --existing: something could not be read.
    """
    from rbacgen.commands import load
    from rbacgen.commands import render as rendering
    from rbacgen.reports import as_json, text

    if format_ == "json":
        options.refuse(("templates",), "with --format json, which takes no template")
    if existing != "azure":
        options.refuse(options.CONNECTION, "without `--existing azure`")
    asked = rendering.RenderOptions(
        output=Path(output) if output else None,
        environments=environments,
        templates=Path(templates) if templates else None,
        is_module=is_module,
        json=format_ == "json",
        check=check,
        allow_shrink=allow_shrink,
        existing=existing,
    )
    result = rendering.render(project, today, asked, options.connect(azure) if existing is not None else None)
    for problem in load.to_say(result.checked):
        click.echo(text.problem_line(problem, style(sys.stderr)), err=True)
    for line in text.imports_result(result.imports_result, style(sys.stderr)):
        click.echo(line, err=True)
    put(as_json.rendered(result) if report == "json" else text.rendered(result, check), None)
    if result.is_partial:
        raise SystemExit(PARTIAL)
    if result.has_findings or (check and not result.is_current):
        raise SystemExit(FINDINGS)


@click.command(cls=options.Command)
@click.argument("words", nargs=-1, metavar="[NAME]")
@options.project
@options.format_
@options.output
@click.option(
    "--update", metavar="FILE", help="Take the output of `az role definition list -o json` into azure_roles.json."
)
@click.option(
    "--changes",
    metavar="OLD",
    help="What became of the roles since OLD: az's list of then, an azure_roles.json or an rbacgen.lock (exit 2 if anything).",
)
def roles(
    words: tuple[str, ...],
    project: str | None,
    format_: str,
    output: str | None,
    update: str | None,
    changes: str | None,
) -> None:
    """Search and show Azure roles.

    By words of the name, by id or former name, or by an operation: the roles that allow it.

    \b
    Examples:
      rbacgen roles key vault                                    roles with these words in their name
      rbacgen roles "Key Vault Reader"                           one role with all that it grants
      rbacgen roles Microsoft.KeyVault/vaults/secrets/getSecret/action
      az role definition list -o json > roles.json && rbacgen roles --update roles.json
      rbacgen roles --changes rbacgen.lock                       what the roles in use gained or lost since

    Exit codes: 0 found, 1 no role fits, 2 with --changes: something changed.
    """
    from rbacgen.commands import load
    from rbacgen.reports import as_json, text

    if update is not None and changes is not None:
        raise click.UsageError("--update and --changes each do something else: give one of them")
    if words and (update is not None or changes is not None):
        raise click.UsageError(
            f"{'--update' if changes is None else '--changes'} is about all roles: leave the name out"
        )
    if update is not None:
        updated, path = load.update_roles(project, Path(update))
        put(text.role_changes(updated), output)
        click.echo(f"wrote {path}", err=True)
        return
    if changes is not None:
        since = load.roles_since(project, Path(changes))
        put(as_json.roles_since(since) if format_ == "json" else text.roles_since(since), output)
        if since.changes:
            raise SystemExit(FINDINGS)
        return
    found = load.find_roles(project, " ".join(words))
    if format_ == "json":
        put(as_json.roles(found), output)
    else:
        put(text.role(found[0]) if len(found) == 1 else text.roles(found), output)
