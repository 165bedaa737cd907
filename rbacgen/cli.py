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
PARTIAL = 3


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
    _clear_progress()
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

    if os.environ.get("NO_COLOR") or not _is_terminal(stream):
        return plain
    colours = {"error": "red", "warning": "yellow", "note": "cyan"}
    return lambda words, kind: click.style(words, fg=colours.get(kind), bold=kind == "error")


def _is_terminal(stream: Any) -> bool:
    return stream is not None and stream.isatty()


def _put(text: str, output: str | None) -> None:
    """The result of a command: to stdout, or whole into a file."""
    _clear_progress()
    if output is None:
        try:
            click.echo(text, nl=False)
            if sys.stdout is not None:
                sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            from rbacgen.problems import RbacgenError

            reason = (error.strerror or "unknown reason").lower()
            raise RbacgenError(f"the result cannot be written: {reason}") from error
        return
    from rbacgen.files import write_one

    write_one(Path(output), text)


def _day(_: click.Context, __: click.Parameter, given: str | None) -> date:
    """The day to work with; the clock is read here and nowhere else."""
    import datetime

    if given is None:
        return datetime.datetime.now(datetime.UTC).date()
    try:
        day = datetime.date.fromisoformat(given)
        if day.year > 9000:  # there must be days after it to count
            raise ValueError(given)
        return day
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


def _azure_options(command: Any) -> Any:
    """The options of commands that speak to Azure; environment variables of the same meaning come after them."""
    options = (
        click.option(
            "--cloud",
            type=click.Choice(["public", "usgovernment", "china"]),
            help="The cloud; else RBACGEN_CLOUD, else the project's.",
        ),
        click.option("--arm-endpoint", metavar="URL", help="Another Resource Manager; else RBACGEN_ARM_ENDPOINT."),
        click.option("--authority", metavar="URL", help="Another Entra ID; else AZURE_AUTHORITY_HOST."),
        click.option("--graph-endpoint", metavar="URL", help="Another Graph; else RBACGEN_GRAPH_ENDPOINT."),
        click.option(
            "--patience",
            metavar="SECONDS",
            type=click.IntRange(1, 3600),
            default=120,
            show_default=True,
            help="How long to try again where Azure throttles or fails.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _connect(given: dict[str, Any]) -> Any:
    """Takes the options of `_azure_options` out of a command's and makes what connects by them."""
    import datetime

    from rbacgen import reading

    asked = reading.Connection(**{name: given.pop(name) for name in _CONNECTION})
    now = datetime.datetime.now(datetime.UTC)
    return reading.connector(asked, os.environ, now, _progress if _is_terminal(sys.stderr) else None)


_shown: list[str] = []  # the words on the line of progress, if there are any


def _progress(words: str) -> None:
    """What is being done, on one line of a terminal that the next words replace."""
    _shown[:] = [words]
    click.echo(f"\r\x1b[K{words}", nl=False, err=True)


def _clear_progress() -> None:
    if _shown:
        _shown.clear()
        click.echo("\r\x1b[K", nl=False, err=True)


_CONNECTION = ("cloud", "arm_endpoint", "authority", "graph_endpoint", "patience")


def _refuse(names: tuple[str, ...], why: str) -> None:
    """Ends with a usage error where one of these options was given: it would be ignored."""
    context = click.get_current_context()
    for option in context.command.params:
        name = option.name or ""
        if name in names and context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{option.opts[0]} means nothing {why}")


_source = click.argument("source", required=False, metavar="[SOURCE]")
_subscriptions = click.option(
    "--subscription", "subscriptions", metavar="ID", multiple=True, help="Only this subscription; can be repeated."
)
_names = click.option("--names", is_flag=True, help="Names of persons whom the project does not name, too.")


def run() -> None:
    """The command as a process: one that ends, and makes no garbage worth the time of looking for it."""
    import gc

    gc.disable()
    try:
        main(prog_name="rbacgen")
    except SystemExit as end:
        # Without a last look at every object, and without waiting for readers that an interrupt has left behind.
        code = end.code if isinstance(end.code, int) else 1
        for stream in (sys.stdout, sys.stderr):
            try:
                if stream is not None:
                    stream.flush()
            except OSError:
                code = code or 1
        os._exit(code)


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
@click.option(
    "--existing",
    metavar="SOURCE",
    help="Take over what lives already, by import blocks: `azure`, or a snapshot, JSON of az or of a Terraform state.",
)
@_today
@_azure_options
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
    """
    from rbacgen import rendering, workflow
    from rbacgen.reports import as_json, text

    if format_ == "json":
        _refuse(("templates",), "with --format json, which takes no template")
    if existing != "azure":
        _refuse(_CONNECTION, "without `--existing azure`")
    options = rendering.Options(
        output=Path(output) if output else None,
        environments=environments,
        templates=Path(templates) if templates else None,
        is_module=is_module,
        json=format_ == "json",
        check=check,
        allow_shrink=allow_shrink,
        existing=existing,
    )
    result = rendering.render(project, today, options, _connect(azure) if existing is not None else None)
    for problem in workflow.to_say(result.outcome):
        click.echo(text.problem_line(problem, _style(sys.stderr)), err=True)
    for line in text.adoption(result.adoption, _style(sys.stderr)):
        click.echo(line, err=True)
    _put(as_json.rendered(result) if report == "json" else text.rendered(result, check), None)
    if result.is_partial:
        raise SystemExit(PARTIAL)
    if result.has_findings or (check and not result.is_current):
        raise SystemExit(FINDINGS)


@main.command()
@click.argument("words", nargs=-1, metavar="[NAME]")
@_project
@_format
@_output
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
    """
    from rbacgen import workflow
    from rbacgen.reports import as_json, text

    if update is not None and changes is not None:
        raise click.UsageError("--update and --changes each do something else: give one of them")
    if words and (update is not None or changes is not None):
        raise click.UsageError(
            f"{'--update' if changes is None else '--changes'} is about all roles: leave the name out"
        )
    if update is not None:
        updated, path = workflow.update_roles(project, Path(update))
        _put(text.role_changes(updated), output)
        click.echo(f"wrote {path}", err=True)
        return
    if changes is not None:
        since = workflow.roles_since(project, Path(changes))
        _put(as_json.roles_since(since) if format_ == "json" else text.roles_since(since), output)
        if since.changes:
            raise SystemExit(FINDINGS)
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
@click.option(
    "--from",
    "source",
    metavar="SOURCE",
    help="Write project and mapping from what lives: `azure`, or a snapshot, az or Terraform JSON, a folder of .tf files.",
)
@_subscriptions
@_today
@_azure_options
def init(
    name: str | None,
    mapping: str,
    own: str | None,
    source: str | None,
    subscriptions: tuple[str, ...],
    today: date,
    **azure: Any,
) -> None:
    """Write a commented project file to start from. Nothing that stands there is overwritten.

    \b
    Examples:
      rbacgen init fraud-detection
      rbacgen init fraud-detection --from azure --subscription 6082bfda-63d0-46f4-8272-ae9195139feb
      rbacgen init fraud-detection --from assignments.json
    """
    from rbacgen import workflow

    if source is not None and own is not None:
        raise click.UsageError("--from and --own each write something else: give one of them")
    if own is not None and name is not None:
        raise click.UsageError("--own copies a project role into a project that is there: leave the name out")
    if source is not None:
        _refuse(("mapping",), "with --from, which writes a mapping of its own")
    if source != "azure":
        _refuse(_CONNECTION, "without `--from azure`")
    if source is None:
        _refuse(("subscriptions", "today"), "without --from")
        _put(workflow.own_role(own, mapping) if own is not None else workflow.init(name, mapping), None)
        return
    from rbacgen import adopting
    from rbacgen.reports import text

    adopted = adopting.adopt(name, source, subscriptions, today, _connect(azure))
    _put(text.adopted(adopted.start, source), None)
    for line in text.partly_read(adopted.source, _style(sys.stderr)):
        click.echo(line, err=True)
    if adopted.is_partial:
        raise SystemExit(PARTIAL)


@main.command()
@_source
@_project
@click.option(
    "-e", "--environment", "environments", metavar="NAME", multiple=True, help="Only this environment; can be repeated."
)
@_subscriptions
@click.option(
    "--strategy",
    type=click.Choice(["full", "owned"]),
    default="full",
    show_default=True,
    help="Whether access that others gave at the project's scopes is drift.",
)
@click.option("--format", "format_", type=click.Choice(["text", "json", "md"]), default="text", show_default=True)
@_output
@click.option("--summary", is_flag=True, help="Say it in one line.")
@click.option("--set-aside", "listed", is_flag=True, help="List what was set aside, not only count it.")
@_names
@click.option(
    "--within", metavar="DAYS", type=click.IntRange(0, 3650), default=30, show_default=True, help="How soon is soon."
)
@_today
@_azure_options
def diff(
    source: str | None,
    project: str | None,
    environments: tuple[str, ...],
    subscriptions: tuple[str, ...],
    strategy: str,
    format_: str,
    output: str | None,
    summary: bool,
    listed: bool,
    names: bool,
    within: int,
    today: date,
    **azure: Any,
) -> None:
    """Say what differs between the project and Azure, or another SOURCE.

    SOURCE is a snapshot, the output of `az role assignment list --all -o json`, of `terraform show -json` (a state or a
    plan), a folder of .tf files, or - for standard input; without it, live Azure is read.

    \b
    Examples:
      rbacgen diff                              the project and live Azure
      rbacgen diff --format md -o drift.md      for a pull request
      rbacgen diff azure.json -e prod           a snapshot, only prod
      terraform show -json | rbacgen diff - -e dev
    """
    if source not in (None, "azure"):
        _refuse(_CONNECTION, "where no Azure is read")
    if summary and format_ != "text":
        raise click.UsageError("--summary is one line of text: leave --format out")
    from rbacgen import comparison, workflow
    from rbacgen.drift import Strategy
    from rbacgen.reports import drift_form, drift_markdown, drift_text, text

    options = comparison.Options(
        source=source,
        environments=environments,
        subscriptions=subscriptions,
        strategy=Strategy(strategy),
        within=within,
    )
    compared = comparison.diff(project, today, options, _connect(azure))
    for problem in workflow.to_say(compared.outcome):
        click.echo(text.problem_line(problem, _style(sys.stderr)), err=True)
    form = drift_form.form(compared.drift, compared.outcome, names)
    if format_ == "json":
        said = drift_form.text(form)
    elif summary:
        said = drift_text.summary(form)
    elif format_ == "md":
        said = drift_markdown.report(form)
    else:
        said = drift_text.report(form, listed, _style(sys.stdout), _width())
    _put(said, output)
    if not compared.drift.is_complete:
        raise SystemExit(PARTIAL)
    if compared.drift.has_findings:
        raise SystemExit(FINDINGS)


def _width() -> int:
    """The width to write for: the terminal's, within reason, or 80 where there is none."""
    import shutil

    return min(max(shutil.get_terminal_size((80, 24)).columns, 60), 120) if _is_terminal(sys.stdout) else 80


@main.command()
@_project
@_subscriptions
@_output
@_names
@_today
@_azure_options
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
    """
    from rbacgen import comparison
    from rbacgen.reports import drift_text
    from rbacgen.sources.snapshot import dump

    taken = comparison.snapshot(project, today, subscriptions, _connect(azure))
    _put(dump(taken, names), output)
    click.echo(drift_text.snapshot(taken), nl=False, err=True)
    if taken.state.coverage.unread:
        raise SystemExit(PARTIAL)


@main.command()
@_project
@click.option("--check", is_flag=True, help="Write nothing; say whether rbacgen.lock is current (exit 2 if not).")
@click.option(
    "--accept", metavar="[KIND:]NAME", multiple=True, help="Take the new object id of this name; can be repeated."
)
@click.option("--members", is_flag=True, help="Ask who is in the groups, too, and in the groups in them.")
@_format
@_azure_options
def lock(project: str | None, check: bool, accept: tuple[str, ...], members: bool, format_: str, **azure: Any) -> None:
    """Find the object ids of names and Azure's spelling of scopes, and keep them in rbacgen.lock.

    Every other command works from that file, without asking the directory again. A name that means another object than it
    did keeps its old id, until you accept the new one.

    \b
    Examples:
      rbacgen lock
      rbacgen lock --check                     for pipelines: is what is committed current?
      rbacgen lock --accept grp-developers     after the group was made anew
      rbacgen lock --accept group:deploy       where a service principal is called so too
      rbacgen lock --members                   who is in which group, by object id, so that `apart` is proven
    """
    from rbacgen import locking, reading
    from rbacgen.reports import as_json, text

    progress = _progress if _is_terminal(sys.stderr) else None
    connect = locking.connector(reading.Connection(**azure), os.environ, progress)
    result = locking.update(project, locking.Options(check, accept, members), connect)
    _put(as_json.locked(result) if format_ == "json" else text.locked(result), None)
    if not result.is_complete:
        raise SystemExit(PARTIAL)
    if result.has_findings or (check and not result.is_current):
        raise SystemExit(FINDINGS)
