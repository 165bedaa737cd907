"""The forms of answers that every report of them is made from: what `can`, `who-can` and `explain` print as JSON."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, json

from rbacgen import telling
from rbacgen.access import Answer, Everyone, Miss, OpenDoor, Way
from rbacgen.explanation import Explanation, Granted
from rbacgen.hats import is_stand_in
from rbacgen.model import Principal, PrincipalType, Reason
from rbacgen.outcome import Answered, WhoCan
from rbacgen.problems import Position
from rbacgen.project import Project
from rbacgen.reports.drift_form import At, RoleName, Who

FORMAT_VERSION = 1

Called = Callable[[Principal], str]
"""What to call a principal: persons whom the project does not name are called by their id, unless names are asked for."""


class Why(Struct, frozen=True):
    """Why the project wants an assignment: who has which responsibility, and where the grant and the team entry stand."""

    project_role: str
    title: str
    responsibility: str
    does: str
    capability: str
    grant_at: At
    member_at: At


class Given(Struct, frozen=True):
    """One assignment on the way to an operation. `pattern` is the line of the role that matched, or that came close.

    `through` holds the groups on the way, `verdict` what this assignment alone comes to, `lacks` the attributes that would
    decide its condition. `why` is empty where the project does not want it. `rests_on_empty_segment` says that the match rests on
    `/*/` standing for nothing.
    """

    azure_role: RoleName
    scope: str
    place: str
    scope_kind: str
    activation: str
    through: tuple[Who, ...]
    pattern: str
    verdict: str
    condition: str
    lacks: tuple[str, ...]
    rests_on_empty_segment: bool
    why: tuple[Why, ...]
    assignment_id: str | None
    said: str


class Near(Struct, frozen=True):
    """An assignment that came close, and why it gives nothing; `why`, `through` and the rest as in one that gives."""

    kind: str
    azure_role: RoleName
    scope: str
    scope_kind: str
    through: tuple[Who, ...]
    pattern: str
    rests_on_empty_segment: bool
    why: tuple[Why, ...]
    said: str


class DoorForm(Struct, frozen=True):
    """A way round the roles. `verdict` is the one on `opened_by`; null where no permission opens it."""

    opened_by: str
    verdict: str | None
    says: str
    unless: str
    source: str
    said: str


class Part(Struct, frozen=True):
    """One known operation of a pattern, with its verdict."""

    operation: str
    verdict: str


class AnswerForm(Struct, frozen=True):
    """One verdict: of whom, on which operation, where, and by what.

    `hat` is set where the question is about a project role by itself. `partly` says that of a pattern some can be done, and not
    all. `perhaps` are groups that would give it and whose members are not known.
    """

    who: Who
    hat: str
    operation: str
    plane: str
    scope: str
    place: str
    environment: str
    verdict: str
    partly: bool
    ways: tuple[Given, ...]
    near: tuple[Near, ...]
    denied_by: tuple[str, ...]
    impossible: str
    doors: tuple[DoorForm, ...]
    parts: tuple[Part, ...]
    perhaps: tuple[Who, ...]
    undecided: tuple[str, ...]


class GrantedForm(Struct, frozen=True):
    """The same access in one or more environments; `opens` names the operations of its role that open a path to more."""

    azure_role: RoleName
    scope_kind: str
    scopes: tuple[str, ...]
    environments: tuple[str, ...]
    activation: str
    condition: str
    ends: tuple[str, ...]
    holder: Who
    through: tuple[Who, ...]
    why: tuple[Why, ...]
    opens: tuple[str, ...]
    bound: bool


class Worn(Struct, frozen=True):
    """Who wears a hat (or which hat somebody wears, or which responsibility takes a capability); no environments mean all."""

    name: str
    environments: tuple[str, ...]


class ExplainForm(Struct, frozen=True):
    """What `explain` says."""

    format_version: int
    about: str
    kind: str
    says: str
    complete: bool
    wearers: tuple[Worn, ...]
    granted: tuple[GrantedForm, ...]
    must_not: int
    takes_no_access: tuple[str, ...]
    outside: tuple[str, ...]
    notes: tuple[str, ...]


class CanForm(Struct, frozen=True):
    """What `can` says: every verdict, one for each environment, plane and person that the question means."""

    format_version: int
    project: str
    source: str
    complete: bool
    allowed: bool
    answers: tuple[AnswerForm, ...]
    notes: tuple[str, ...]


class WhoCanRow(Struct, frozen=True):
    """Somebody who can: here, or only below. `members` are those known of a group."""

    who: Who
    verdict: str
    ways: tuple[Given, ...]
    members: tuple[Who, ...]


class WhoCanPlace(Struct, frozen=True):
    """Who can do it at one scope (`here`), and at some of what lies in it (`below`)."""

    operation: str
    plane: str
    scope: str
    place: str
    environment: str
    here: tuple[WhoCanRow, ...]
    below: tuple[WhoCanRow, ...]
    undecided: tuple[str, ...]


class WhoCanForm(Struct, frozen=True):
    """What `who-can` says."""

    format_version: int
    project: str
    source: str
    complete: bool
    places: tuple[WhoCanPlace, ...]
    notes: tuple[str, ...]


def can(answered: Answered, called: Called) -> CanForm:
    """The verdicts as reports take them."""
    forms = tuple(answer(each, environment, called) for environment, each in answered.answers)
    return CanForm(
        FORMAT_VERSION,
        answered.project,
        answered.source,
        answered.is_complete,
        answered.is_allowed,
        forms,
        answered.notes,
    )


def who_can(found: WhoCan, called: Called) -> WhoCanForm:
    """Everyone who can, as reports take it."""
    return WhoCanForm(
        FORMAT_VERSION,
        found.project,
        found.source,
        found.is_complete,
        tuple(_place(each, environment, found, called) for environment, each in found.places),
        found.notes,
    )


def explain(found: Explanation, complete: bool, called: Called) -> ExplainForm:
    """An explanation as JSON takes it."""
    return ExplainForm(
        format_version=FORMAT_VERSION,
        about=about(found, called),
        kind=found.kind,
        says=found.says,
        complete=complete,
        wearers=tuple(Worn(name, environments) for name, environments in found.wearers),
        granted=tuple(_granted(each, called) for each in found.granted),
        must_not=found.must_not,
        takes_no_access=tuple(name for name, _ in found.idle),
        outside=tuple(f"{each.responsibility}, {each.system}: {each.access}" for each in found.outside),
        notes=found.notes,
    )


def about(found: Explanation, called: Called) -> str:
    """What to call what is explained."""
    if found.principal is None:
        return found.about
    return called(found.principal) or found.principal.id


def _granted(each: Granted, called: Called) -> GrantedForm:
    return GrantedForm(
        azure_role=RoleName(each.azure_role.id, each.azure_role.name),
        scope_kind=each.scope_kind,
        scopes=tuple(scope.id for scope in each.scopes),
        environments=each.environments,
        activation=str(each.activation),
        condition=each.condition,
        ends=each.ends,
        holder=_who(each.holder, called),
        through=_through(each.path, called),
        why=tuple(_why(reason) for reason in each.reasons),
        opens=tuple(path.operation for path in each.opens),
        bound=not each.supposed,
    )


def caller(project: Project | None, names: bool) -> Called:
    """What to call principals: by the project's name, a group or an identity by its own, a person by name only if asked for."""
    known: dict[str, str] = {}
    if project is not None:
        known = {each.principal.id: each.principal.name for team in project.team.values() for each in team}
        known |= {each.id: each.name for each in project.membership.principals.values() if each.name}

    def called(principal: Principal) -> str:
        tells = principal.type in (PrincipalType.GROUP, PrincipalType.SERVICE_PRINCIPAL) or names
        return known.get(principal.id) or (principal.name if tells else "")

    return called


def text(form: Struct) -> str:
    """A form as JSON, indented."""
    return json.format(json.encode(form), indent=2).decode() + "\n"


def answer(given: Answer, environment: str, called: Called) -> AnswerForm:
    """One verdict as reports take it."""
    question, principal = given.question, given.holder.principal
    hat = principal.name if is_stand_in(principal) else ""
    return AnswerForm(
        who=_who(principal, called),
        hat=hat,
        operation=question.operation,
        plane=str(question.plane),
        scope=question.scope.id,
        place=telling.place(question.scope),
        environment=environment,
        verdict=str(given.verdict),
        partly=given.is_partly,
        ways=tuple(_given(each, called) for each in given.ways),
        near=tuple(_near(each, called) for each in given.misses),
        denied_by=tuple(each.name or each.id for each in given.denied_by),
        impossible=given.impossible,
        doors=tuple(_door(each) for each in given.doors),
        parts=tuple(Part(operation, str(verdict)) for operation, verdict in given.parts),
        perhaps=tuple(_who(each.assignment.principal, called) for each in given.perhaps),
        undecided=given.undecided,
    )


def _place(found: Everyone, environment: str, whole: WhoCan, called: Called) -> WhoCanPlace:
    question = found.question
    return WhoCanPlace(
        operation=question.operation,
        plane=str(question.plane),
        scope=question.scope.id,
        place=telling.place(question.scope),
        environment=environment,
        here=tuple(_row(each, whole, called) for each in found.here),
        below=tuple(_row(each, whole, called) for each in found.below),
        undecided=found.undecided,
    )


def _row(given: Answer, whole: WhoCan, called: Called) -> WhoCanRow:
    principal = given.holder.principal
    return WhoCanRow(
        who=_who(principal, called),
        verdict=str(given.verdict),
        ways=tuple(_given(each, called) for each in given.ways),
        members=tuple(_who(each, called) for each in whole.members_of(principal, given.question)),
    )


def _who(principal: Principal, called: Called) -> Who:
    if is_stand_in(principal):
        return Who("", "", "")  # a hat is nobody
    return Who(principal.id, str(principal.type), called(principal))


def _given(way: Way, called: Called) -> Given:
    assignment = way.assignment
    return Given(
        azure_role=RoleName(assignment.role.id, way.role.name),
        scope=assignment.scope.id,
        place=telling.place(assignment.scope),
        scope_kind=assignment.scope_kind,
        activation=str(assignment.activation),
        through=_through(way.path, called),
        pattern=way.line.pattern,
        verdict=str(way.verdict),
        condition=way.condition,
        lacks=way.lacks,
        rests_on_empty_segment=way.line.hangs,
        why=tuple(_why(each) for each in way.reasons),
        assignment_id=assignment.held.id or None,
        said=telling.way(way),
    )


def _through(path: tuple[str, ...], called: Called) -> tuple[Who, ...]:
    return tuple(_who(Principal(each, PrincipalType.GROUP, ""), called) for each in path)


def _near(miss: Miss, called: Called) -> Near:
    assignment = miss.assignment
    return Near(
        kind=str(miss.kind),
        azure_role=RoleName(assignment.role.id, miss.role.name),
        scope=assignment.scope.id,
        scope_kind=assignment.scope_kind,
        through=_through(miss.path, called),
        pattern=miss.pattern,
        rests_on_empty_segment=miss.hangs,
        why=tuple(_why(each) for each in miss.reasons),
        said=telling.miss(miss),
    )


def _door(given: OpenDoor) -> DoorForm:
    door = given.door
    verdict = str(given.verdict) if given.verdict is not None else None
    return DoorForm(door.opened_by, verdict, door.says, door.unless, door.source, telling.door(given))


def _why(reason: Reason) -> Why:
    return Why(
        project_role=reason.project_role,
        title=reason.title,
        responsibility=reason.responsibility,
        does=reason.does,
        capability=reason.capability,
        grant_at=_at(reason.grant_at),
        member_at=_at(reason.member_at),
    )


def _at(at: Position) -> At:
    return At(at.file, at.line, at.column)
