"""The command `init`: a first project file, from answers at a terminal, from options, or from existing access."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import is_terminal, put, style

if TYPE_CHECKING:
    from datetime import date

    from rbacgen.project.mapping import Mapping
    from rbacgen.project.scaffold import ScaffoldAnswers

T = TypeVar("T")
# The options that answer what `init` else asks at a terminal, and the field of `ScaffoldAnswers` of each.
_ANSWERS = {
    "environments": "environments",
    "tenant": "tenant",
    "members": "team",
    "pim": "pim",
    "ends": "ends",
    "bindings": "scopes",
}


@click.command(cls=options.Command)
@click.argument("name", required=False)
@click.option(
    "--mapping",
    metavar="NAME",
    default="mlops",
    show_default=True,
    help="The mapping of the project: a shipped one, or a folder.",
)
@click.option(
    "--environment",
    "environments",
    metavar="NAME[=ID]",
    multiple=True,
    help="An environment of the mapping and its subscription id; can be repeated. Without it, all environments.",
)
@click.option("--tenant", metavar="ID", help="The id of the Entra tenant.")
@click.option(
    "--member",
    "members",
    metavar="ROLE=KIND:NAME[=ID]",
    multiple=True,
    help="A member of a project role, such as data_scientist=group:grp-data-scientists; can be repeated.",
)
@click.option(
    "--bind",
    "bindings",
    metavar="ENV.KIND=NAME",
    multiple=True,
    help="The resource of a scope kind, such as dev.workspace=mlw-fraud-dev; can be repeated.",
)
@click.option("--pim/--no-pim", default=True, help="Whether the tenant has Privileged Identity Management.")
@click.option("--ends", metavar="DATE", help="The day on which the project ends, such as 2027-06-30.")
@click.option("--no-input", is_flag=True, help="Ask no questions, even at a terminal.")
@click.option("--own", metavar="PROJECT_ROLE", help="Copy a shipped project role into mapping/, to change it.")
@click.option(
    "--from",
    "source",
    metavar="SOURCE",
    help="Write project and mapping from the access in `azure`, a snapshot, JSON of az or Terraform, or a folder of .tf files.",
)
@options.subscriptions
@options.today
@options.azure
def init(
    name: str | None,
    mapping: str,
    own: str | None,
    source: str | None,
    subscriptions: tuple[str, ...],
    today: date,
    no_input: bool,
    **rest: Any,
) -> None:
    """Write a commented project file to start from.

    At a terminal it asks for name, environments, subscriptions, tenant, team, PIM and end date. Every answer can be
    given as an option, or later in the file. Existing files are never overwritten.

    \b
    Examples:
      rbacgen init                              asks, shows the file, writes it
      rbacgen init fraud-detection --no-input   the commented file alone
      rbacgen init churn --environment dev=6082bfda-63d0-46f4-8272-ae9195139feb \\
        --member data_scientist=group:grp-churn-ds \\
        --bind dev.workspace=mlw-churn-dev --ends 2027-06-30
      rbacgen init --own tester                 a shipped project role to change
      rbacgen init fraud-detection --from azure \\
        --subscription 6082bfda-63d0-46f4-8272-ae9195139feb
      rbacgen init fraud-detection --from assignments.json

    Exit codes: 0 written, 1 failed, 3 with --from: incomplete, because something could not be read.
    """
    _refuse_together(name, own, source)
    if own is not None:
        from rbacgen.commands import init as command

        put(command.own_role(own, mapping), None)
    elif source is None:
        _from_mapping(name, mapping, {each: rest[each] for each in _ANSWERS}, today, no_input)
    else:
        _from_source(name, source, subscriptions, today, {each: rest[each] for each in options.CONNECTION})


def _refuse_together(name: str | None, own: str | None, source: str | None) -> None:
    if source is not None and own is not None:
        raise click.UsageError("--from and --own cannot be used together")
    if own is not None and name is not None:
        raise click.UsageError("--own copies a project role into an existing project: leave the name out")
    if source is not None:
        options.refuse(("mapping",), "with --from, which writes its own mapping")
    options.refuse_connection(source, "from")
    for other in ("own",) if own is not None else ("from",) if source is not None else ():
        options.refuse((*_ANSWERS, "no_input"), f"with --{other}")
    if source is None:
        options.refuse(("subscriptions", "today"), "without --from")


def _from_mapping(name: str | None, mapping_name: str, given: dict[str, Any], today: date, no_input: bool) -> None:
    """A first project from a mapping, with the given answers, and at a terminal with those of a person."""
    from rbacgen.commands import init as command
    from rbacgen.commands import load
    from rbacgen.project import scaffold

    command.refuse_existing_project()
    called = command.project_name(name) if name is not None else None
    asks = not no_input and is_terminal(sys.stdin) and is_terminal(sys.stdout)
    if asks:
        from rbacgen.cli import questions

        called = called or questions.name()
        mapping_name = mapping_name if _is_given("mapping") else questions.mapping()
    known = load.mapping_alone(mapping_name)
    answers = _answers(known, given, today)
    called = called or command.project_name(None)
    if asks:
        left = frozenset(field for option, field in _ANSWERS.items() if not _is_given(option))
        answers = questions.answers(known, answers, left, today)
        questions.confirm(scaffold.project_file(called, mapping_name, known, answers))
    steps = command.from_mapping(called, mapping_name, known, answers)
    put("wrote rbacgen.yaml, and rbacgen.schema.json for editors; what comes next:\n", None)
    put("".join(f"  - {step}\n" for step in steps), None)


def _from_source(
    name: str | None, source: str, subscriptions: tuple[str, ...], today: date, connection: dict[str, Any]
) -> None:
    """A first project and mapping from existing access."""
    from rbacgen.commands import init as command
    from rbacgen.reports import text

    result = command.from_source(name, source, subscriptions, today, options.connect(connection))
    put(text.imported(result.start, source), None)
    for line in text.partly_read(result.source, style(sys.stderr)):
        click.echo(line, err=True)
    raise SystemExit(result.exit_code)


def _is_given(option: str) -> bool:
    source = click.get_current_context().get_parameter_source(option)
    return source is not None and source is not click.core.ParameterSource.DEFAULT


def _answers(known: Mapping, given: dict[str, Any], today: date) -> ScaffoldAnswers:
    """The answers in the options. Raises UsageError, which names the option, if one cannot be read."""
    from rbacgen.project import scaffold
    from rbacgen.project.scaffold import FirstMember, ScaffoldAnswers

    environments = dict(_each("--environment", given["environments"], lambda text: scaffold.environment(text, known)))
    team: dict[str, tuple[FirstMember, ...]] = {}
    for role, subject in _each("--member", given["members"], lambda text: scaffold.member(text, known)):
        team[role] = tuple(dict.fromkeys((*team.get(role, ()), subject)))
    chosen = ScaffoldAnswers(environments=environments).chosen(known)
    scopes: dict[str, dict[str, str]] = {}
    for environment, kind, bound in _each(
        "--bind", given["bindings"], lambda text: scaffold.binding(text, known, chosen)
    ):
        scopes.setdefault(environment, {})[kind] = bound
    tenant = _each("--tenant", [given["tenant"]] if given["tenant"] is not None else [], scaffold.guid)
    ends = _each("--ends", [given["ends"]] if given["ends"] is not None else [], lambda text: scaffold.day(text, today))
    return ScaffoldAnswers(
        tenant=next(iter(tenant), ""),
        ends=next(iter(ends), None),
        pim=given["pim"],
        environments=environments,
        team=team,
        scopes=scopes,
    )


def _each(option: str, texts: Iterable[str], read: Callable[[str], T]) -> list[T]:
    from rbacgen.model.problems import RbacgenError

    found = []
    for text in texts:
        try:
            found.append(read(text))
        except RbacgenError as error:
            raise click.UsageError(f"{option}: {error.message}; {error.hint}") from None
    return found
