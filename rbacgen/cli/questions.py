"""The questions that `init` asks at a terminal, and the project file that it proposes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import click

from rbacgen.commands import files, init, load
from rbacgen.model.problems import RbacgenError
from rbacgen.project import scaffold
from rbacgen.project.mapping import Mapping, ProjectRole
from rbacgen.project.scaffold import FirstMember, ScaffoldAnswers

T = TypeVar("T")


def _ask(question: str, read: Callable[[str], T], default: str = "", shown: bool = False) -> T:
    """An answer that can be read; one that cannot is asked for again, with what is wrong with it."""

    def value(text: str) -> T:
        try:
            return read(text)
        except RbacgenError as error:
            raise click.UsageError(f"{error.message}; {error.hint}") from None

    answer: T = click.prompt(question, default=default, show_default=shown, value_proc=value)
    return answer


def _optional(read: Callable[[str], T]) -> Callable[[str], T | None]:
    return lambda text: read(text) if text.strip() else None


def name() -> str:
    """The name of the project; that of the folder is proposed."""
    try:
        proposed = init.project_name(None)
    except RbacgenError:
        proposed = ""
    return _ask("Name of the project", lambda text: init.project_name(text.strip() or " "), proposed, bool(proposed))


def mapping() -> str:
    """The name or the folder of a mapping."""
    shipped = files.shipped_mappings()
    click.echo(f"Shipped mappings: {', '.join(shipped)}. A folder with your own mapping can be given, too.")

    def read(text: str) -> str:
        load.mapping_alone(text.strip())
        return text.strip()

    return _ask("Mapping", read, "mlops", True)


def answers(known: Mapping, given: ScaffoldAnswers, asked: frozenset[str], today: date) -> ScaffoldAnswers:
    """The answers to these questions (names of fields of ScaffoldAnswers) from the person at the terminal, the others as given."""
    found: dict[str, Any] = {each: getattr(given, each) for each in ScaffoldAnswers.__struct_fields__}
    if "environments" in asked:
        found["environments"] = _environments(known)
    if "tenant" in asked:
        found["tenant"] = _ask("Tenant id (Enter: later)", _optional(scaffold.guid)) or ""
    if "team" in asked:
        found["team"] = _team(known)
    if "pim" in asked:
        found["pim"] = click.confirm("Does the tenant have Privileged Identity Management (Entra ID P2)?", default=True)
    if "ends" in asked:
        found["ends"] = _ask(
            "End date of the project, such as 2027-06-30 (Enter: none)",
            _optional(lambda text: scaffold.day(text, today)),
        )
    if "scopes" in asked and scaffold.unbound(known, ScaffoldAnswers(**found)):
        question = "Name the resources of the project now? (You can add them to the file later.)"
        if click.confirm(question, default=False):
            found["scopes"], found["without"] = _scopes(known, ScaffoldAnswers(**found))
    return ScaffoldAnswers(**found)


def _environments(known: Mapping) -> dict[str, str]:
    click.echo(f"\nThe mapping has the environments {', '.join(known.environments)}.")

    def read(text: str) -> tuple[str, ...]:
        names = text.replace(",", " ").split()
        for each in names:
            scaffold.environment(each, known)
        if any("=" in each for each in names):
            raise RbacgenError("give names only", "the subscriptions are the next question")
        return tuple(each for each in known.environments if not names or each in names)

    chosen = _ask("Which of them does the project have? (Enter: all)", read)
    question = "Subscription id of {} (Enter: later)"
    return {each: _ask(question.format(each), _optional(scaffold.guid)) or "" for each in chosen}


def _team(known: Mapping) -> dict[str, tuple[FirstMember, ...]]:
    click.echo(
        "\nWho holds which role? Give a group or a user by name, or KIND:NAME, where KIND is group, user,\n"
        "service_principal or managed_identity; KIND:NAME=OBJECT_ID if you know the id. One per answer;\n"
        "Enter if there is nobody else, a single . to skip the remaining roles."
    )
    team: dict[str, tuple[FirstMember, ...]] = {}
    for role in known.roles.values():
        subjects = _subjects(role)
        if subjects is None:
            break
        if subjects:
            team[role.id] = subjects
    return team


def _subjects(role: ProjectRole) -> tuple[FirstMember, ...] | None:
    """The members of one project role; None to skip the remaining roles."""
    found: dict[FirstMember, None] = {}
    question = f"{role.title}{' (an identity)' if role.is_workload else ''}"
    while True:
        answer = _ask(question, lambda text: text if text.strip() in ("", ".") else scaffold.subject(text, role))
        if isinstance(answer, FirstMember):
            found[answer] = None
            question = "  and"
        elif answer.strip() == "." and not found:
            return None
        else:
            return tuple(found)


def _scopes(known: Mapping, given: ScaffoldAnswers) -> tuple[dict[str, dict[str, str]], dict[str, tuple[str, ...]]]:
    click.echo("Give a name or a resource id. Enter: later, a single - if there is none.")
    scopes: dict[str, dict[str, str]] = {}
    without: dict[str, tuple[str, ...]] = {}
    for environment, kinds in scaffold.unbound(known, given).items():
        for kind in kinds:
            says = known.scope_kinds[kind].says.split(",")[0]

            def read(text: str, place: str = f"{environment}.{kind}") -> str:
                blank = text.strip() in ("", "-")
                return text.strip() if blank else scaffold.binding(f"{place}={text}", known, [place.split(".")[0]])[2]

            answer = _ask(f"{environment}: {kind} ({says})", read)
            if answer == "-":
                without[environment] = (*without.get(environment, ()), kind)
            elif answer:
                scopes.setdefault(environment, {})[kind] = answer
    return scopes, without


def confirm(text: str) -> None:
    """Shows the project file without its comments, and asks whether to write it. Raises click.Abort if not."""
    lines = (line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    assigned = (line for line in lines if not line.split("#")[0].rstrip().endswith(": []"))
    click.echo("\nThe project file, without its comments and unassigned roles:\n")
    for line in assigned:
        click.echo(f"  {line}")
    click.echo("")
    if not click.confirm(f"Write {files.PROJECT_FILE} and {files.SCHEMA_FILE}?", default=True):
        click.echo("nothing was written")
        raise click.Abort
