"""The forms of answers that every report of them is made from: what `can`, `who-can` and `explain` print as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated

from msgspec import Meta, Struct, json

from rbacgen.analysis import wording
from rbacgen.analysis.access_tests.isolated_roles import is_stand_in
from rbacgen.analysis.explain import ExplainedGrant, Explanation
from rbacgen.analysis.results import CanResult, WhoCanResult
from rbacgen.authorization.request import (
    AllowedSubjects,
    Bypass,
    BypassSubjects,
    Decision,
    NearMiss,
    Permit,
    best_first,
)
from rbacgen.authorization.who_can import allowed_members
from rbacgen.model.assignment import Activation, Principal, PrincipalType, Reason
from rbacgen.model.problems import Position
from rbacgen.project.project import Project
from rbacgen.reports.drift_form import At, PrincipalRecord, RoleName

FORMAT_VERSION = 1

Called = Callable[[Principal], str]
"""What to call a principal: persons whom the project does not name are called by their id, unless names are asked for."""


class ReasonRecord(Struct, frozen=True):
    """Why the project wants an assignment: who has which responsibility, and where the grant and the team entry stand."""

    project_role: Annotated[str, Meta(description="The project role.")]
    title: Annotated[str, Meta(description="Its title.")]
    responsibility: Annotated[str, Meta(description="The responsibility.")]
    does: Annotated[str, Meta(description="What that is, in the team's words.")]
    capability: Annotated[str, Meta(description="The capability that it takes.")]
    grant_at: Annotated[At, Meta(description="Where the grant stands.")]
    member_at: Annotated[At, Meta(description="Where the entry of the team stands.")]


class PermitRecord(Struct, frozen=True):
    """One assignment on the way to an operation. `pattern` is the line of the role that matched, or that came close.

    `through` holds the groups on the way, `verdict` what this assignment alone comes to, `condition_says` its condition in a
    sentence where there is one, `lacks` the attributes that would decide it. `why` is empty where the project does not want it. `rests_on_empty_segment` says that the match rests on
    `/*/` standing for nothing.
    """

    azure_role: Annotated[RoleName, Meta(description="The Azure role.")]
    scope: Annotated[str, Meta(description="The scope id of the assignment.")]
    place: Annotated[str, Meta(description="The scope in words.")]
    scope_kind: Annotated[
        str, Meta(description="The scope kind of the mapping; empty where the project does not want it.")
    ]
    activation: Annotated[str, Meta(description="`permanent`, `eligible`, or `activated` just in time.")]
    through: Annotated[tuple[PrincipalRecord, ...], Meta(description="The groups on the way to it, nearest first.")]
    pattern: Annotated[str, Meta(description="The line of the role that matched.")]
    verdict: Annotated[str, Meta(description="What this assignment alone comes to.")]
    condition: Annotated[
        str, Meta(description="The condition that it stands under, where that matters to the operation.")
    ]
    condition_says: Annotated[str, Meta(description="The condition in a sentence; empty where there is none for it.")]
    lacks: Annotated[tuple[str, ...], Meta(description="The attributes that would decide the condition.")]
    needs_activation: Annotated[
        bool,
        Meta(
            description="Whether it is meant to be there only after an activation: eligible, activated just now, or standing "
            "only because the project has no PIM."
        ),
    ]
    rests_on_empty_segment: Annotated[
        bool, Meta(description="Whether it matches only because `/*/` may stand for nothing.")
    ]
    why: Annotated[tuple[ReasonRecord, ...], Meta(description="Why the project wants it; empty where it does not.")]
    assignment_id: Annotated[str | None, Meta(description="The id of the assignment; null where it is only wanted.")]
    said: Annotated[str, Meta(description="All of it in words.")]


class NearMissRecord(Struct, frozen=True):
    """An assignment that came close, and why it gives nothing; `why`, `through` and the rest as in one that gives."""

    kind: Annotated[str, Meta(description="Why it gives nothing, as one word.")]
    azure_role: Annotated[RoleName, Meta(description="The Azure role.")]
    scope: Annotated[str, Meta(description="The scope id of the assignment.")]
    scope_kind: Annotated[str, Meta(description="The scope kind of the project that it is; empty for none.")]
    through: Annotated[tuple[PrincipalRecord, ...], Meta(description="The groups on the way to it, in order.")]
    pattern: Annotated[str, Meta(description="The line of the role that decides.")]
    rests_on_empty_segment: Annotated[
        bool, Meta(description="Whether that line matches only because `/*/` may stand for nothing.")
    ]
    why: Annotated[
        tuple[ReasonRecord, ...], Meta(description="Why the project wants the assignment; empty where it does not.")
    ]
    said: Annotated[str, Meta(description="All of it in words.")]


class BypassRecord(Struct, frozen=True):
    """A way round the roles. `verdict` is the one on `opened_by`; null where no permission opens it."""

    opened_by: Annotated[str, Meta(description="The operation that opens it.")]
    verdict: Annotated[
        str | None, Meta(description="The verdict on that operation; null where no permission opens it.")
    ]
    only_eligible: Annotated[
        bool, Meta(description="Whether it takes an activation first, be the verdict under a condition or not.")
    ]
    says: Annotated[str, Meta(description="How it works.")]
    unless: Annotated[str, Meta(description="What shuts it.")]
    source: Annotated[str, Meta(description="The page that says so.")]
    said: Annotated[str, Meta(description="All of it in words.")]


class UnknownMembershipRecord(PrincipalRecord, frozen=True):
    """A group whose members are not known, and what it would come to for whoever is in it."""

    verdict: Annotated[str, Meta(description="The verdict for whoever is in the group.")]
    only_eligible: Annotated[
        bool, Meta(description="Whether it takes an activation first, be the verdict under a condition or not.")
    ]


class OperationVerdict(Struct, frozen=True):
    """One known operation of a pattern, with its verdict."""

    operation: Annotated[str, Meta(description="The operation.")]
    verdict: Annotated[str, Meta(description="The verdict on it.")]


class DecisionRecord(Struct, frozen=True):
    """One verdict: of whom, on which operation, where, and by what.

    `project_role` is set where the question is about a project role by itself. `partly` says that of a pattern some can be done, and not
    all. `unknown_memberships` are groups that would give it and whose members are not known.
    """

    who: Annotated[
        PrincipalRecord, Meta(description="Whom it is about; empty where it is about a project role by itself.")
    ]
    project_role: Annotated[
        str, Meta(description="The title of the project role that it is about by itself; else empty.")
    ]
    operation: Annotated[str, Meta(description="The operation, or a pattern of operations.")]
    plane: Annotated[str, Meta(description="`control` or `data`.")]
    scope: Annotated[str, Meta(description="The scope id.")]
    place: Annotated[str, Meta(description="The scope in words.")]
    environment: Annotated[str, Meta(description="The environment; empty where a whole scope id was given.")]
    verdict: Annotated[str, Meta(description="`allowed`, `after_activation`, `under_condition` or `denied`.")]
    only_eligible: Annotated[
        bool, Meta(description="Whether it takes an activation first, be the verdict under a condition or not.")
    ]
    partly: Annotated[bool, Meta(description="Whether some of a pattern can be done, and not all.")]
    permits: Annotated[tuple[PermitRecord, ...], Meta(description="By what it is possible.")]
    near: Annotated[tuple[NearMissRecord, ...], Meta(description="What came close, and why it gives nothing.")]
    denied_by: Annotated[tuple[str, ...], Meta(description="The deny assignments that take it away.")]
    impossible: Annotated[str, Meta(description="Why the operation cannot exist there; empty where it can.")]
    bypasses: Annotated[tuple[BypassRecord, ...], Meta(description="Ways round the roles.")]
    parts: Annotated[
        tuple[OperationVerdict, ...], Meta(description="The known operations of a pattern, each with its verdict.")
    ]
    unknown_memberships: Annotated[
        tuple[UnknownMembershipRecord, ...],
        Meta(description="Groups that would give it, and whose members are not known."),
    ]
    undecided: Annotated[tuple[str, ...], Meta(description="What was not read and could change the verdict.")]


class ExplainedGrantRecord(Struct, frozen=True):
    """The same access in one or more environments; `opens` names the operations of its role that open a path to more."""

    azure_role: Annotated[RoleName, Meta(description="The Azure role.")]
    scope_kind: Annotated[str, Meta(description="The scope kind of the mapping.")]
    scopes: Annotated[tuple[str, ...], Meta(description="The scope ids.")]
    environments: Annotated[tuple[str, ...], Meta(description="The environments.")]
    activation: Annotated[str, Meta(description="`permanent`, `eligible`, or `activated` just in time.")]
    condition: Annotated[str, Meta(description="The condition that it stands under; empty for none.")]
    ends: Annotated[tuple[str, ...], Meta(description="The days on which it ends.")]
    subject: Annotated[PrincipalRecord, Meta(description="Who holds it.")]
    through: Annotated[tuple[PrincipalRecord, ...], Meta(description="The groups on the way to it.")]
    why: Annotated[tuple[ReasonRecord, ...], Meta(description="Why the project wants it; empty where it does not.")]
    opens: Annotated[tuple[str, ...], Meta(description="The operations of its role that open a path to more.")]
    bound: Annotated[bool, Meta(description="Whether the project binds the scope, or it is only supposed.")]


class AssignedRecord(Struct, frozen=True):
    """Who wears a hat (or which hat somebody wears, or which responsibility takes a capability); no environments mean all."""

    name: Annotated[str, Meta(description="The name.")]
    environments: Annotated[tuple[str, ...], Meta(description="The environments; none for all.")]


class ExplainDocument(Struct, frozen=True):
    """What `explain` says."""

    format_version: Annotated[int, Meta(description="1; it grows where a reader would have to change.")]
    about: Annotated[str, Meta(description="What was asked about.")]
    kind: Annotated[str, Meta(description="What that is.")]
    says: Annotated[str, Meta(description="It in a sentence.")]
    complete: Annotated[bool, Meta(description="Whether nothing that was not read could change it.")]
    team_members: Annotated[tuple[AssignedRecord, ...], Meta(description="Who wears it, or which hats somebody wears.")]
    granted: Annotated[tuple[ExplainedGrantRecord, ...], Meta(description="All access.")]
    must_not: Annotated[int, Meta(description="How many `must_not` lines there are.")]
    takes_no_access: Annotated[tuple[str, ...], Meta(description="The responsibilities that take no Azure access.")]
    outside: Annotated[tuple[str, ...], Meta(description="Access outside Azure.")]
    notes: Annotated[tuple[str, ...], Meta(description="Other things to know.")]


class CanDocument(Struct, frozen=True):
    """What `can` says: every verdict, one for each environment, plane and person that the question means."""

    format_version: Annotated[int, Meta(description="1; it grows where a reader would have to change.")]
    project: Annotated[str, Meta(description="The project's name; empty where there is none.")]
    source: Annotated[str, Meta(description="The source that was asked; empty for what the project wants.")]
    complete: Annotated[bool, Meta(description="Whether nothing that was not read could change a verdict.")]
    allowed: Annotated[bool, Meta(description="Whether every verdict is a yes.")]
    decisions: Annotated[tuple[DecisionRecord, ...], Meta(description="The verdicts.")]
    notes: Annotated[tuple[str, ...], Meta(description="Other things to know.")]


class WhoCanRecord(Struct, frozen=True):
    """Somebody who can: here, or only below. `members` are those known of a group."""

    who: Annotated[PrincipalRecord, Meta(description="Who.")]
    verdict: Annotated[str, Meta(description="The verdict.")]
    only_eligible: Annotated[
        bool, Meta(description="Whether it takes an activation first, be the verdict under a condition or not.")
    ]
    partly: Annotated[bool, Meta(description="Whether some of a pattern can be done, and not all.")]
    permits: Annotated[tuple[PermitRecord, ...], Meta(description="By what.")]
    members: Annotated[tuple[PrincipalRecord, ...], Meta(description="Who is known to be in the group.")]


class BypassSubjectsRecord(Struct, frozen=True):
    """A door: a way round the roles, and who can open it without as strong a role; nobody where no permission opens it."""

    opened_by: Annotated[
        str, Meta(description="The operation that opens it; empty where nothing in Azure's permissions does.")
    ]
    says: Annotated[str, Meta(description="How it works.")]
    unless: Annotated[str, Meta(description="What shuts it.")]
    source: Annotated[str, Meta(description="The page that says so.")]
    here: Annotated[
        tuple[WhoCanRecord, ...],
        Meta(description="Who can open it at the scope, by what; without those whose role gives as much."),
    ]
    below: Annotated[tuple[WhoCanRecord, ...], Meta(description="Who can open it at some of what lies in the scope.")]


class WhoCanPlace(Struct, frozen=True):
    """Who can do it at one scope (`here`), at some of what lies in it (`below`), and by no role (`bypasses`)."""

    operation: Annotated[str, Meta(description="The operation, or a pattern of operations.")]
    plane: Annotated[str, Meta(description="`control` or `data`.")]
    scope: Annotated[str, Meta(description="The scope id.")]
    place: Annotated[str, Meta(description="The scope in words.")]
    environment: Annotated[str, Meta(description="The environment; empty where a whole scope id was given.")]
    here: Annotated[tuple[WhoCanRecord, ...], Meta(description="Who can do it at the scope.")]
    below: Annotated[tuple[WhoCanRecord, ...], Meta(description="Who can do it at some of what lies in it.")]
    bypasses: Annotated[
        tuple[BypassSubjectsRecord, ...],
        Meta(description="Doors round the roles that somebody else can open, and those that no permission opens."),
    ]
    undecided: Annotated[tuple[str, ...], Meta(description="What was not read and could tell of more.")]


class WhoCanDocument(Struct, frozen=True):
    """What `who-can` says."""

    format_version: Annotated[int, Meta(description="1; it grows where a reader would have to change.")]
    project: Annotated[str, Meta(description="The project's name; empty where there is none.")]
    source: Annotated[str, Meta(description="The source that was asked; empty for what the project wants.")]
    complete: Annotated[bool, Meta(description="Whether everything was read that could tell of more.")]
    places: Annotated[tuple[WhoCanPlace, ...], Meta(description="Who can, at each scope that was asked about.")]
    notes: Annotated[tuple[str, ...], Meta(description="Other things to know.")]


def can(answered: CanResult, called: Called) -> CanDocument:
    """The verdicts as reports take them."""
    names = _AccessNames(called, answered.role_called)
    forms = tuple(decision(each, environment, names) for environment, each in answered.decisions)
    return CanDocument(
        FORMAT_VERSION,
        answered.project,
        answered.source,
        answered.is_complete,
        answered.is_allowed,
        forms,
        answered.notes,
    )


def who_can(found: WhoCanResult, called: Called) -> WhoCanDocument:
    """Everyone who can, as reports take it."""
    names = _AccessNames(called, found.role_called)
    return WhoCanDocument(
        FORMAT_VERSION,
        found.project,
        found.source,
        found.is_complete,
        tuple(_place(each, environment, found, names) for environment, each in found.places),
        found.notes,
    )


def explain(found: Explanation, complete: bool, called: Called) -> ExplainDocument:
    """An explanation as JSON takes it."""
    return ExplainDocument(
        format_version=FORMAT_VERSION,
        about=about(found, called),
        kind=found.kind,
        says=found.says,
        complete=complete,
        team_members=tuple(AssignedRecord(name, environments) for name, environments in found.team_members),
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


def _granted(each: ExplainedGrant, called: Called) -> ExplainedGrantRecord:
    return ExplainedGrantRecord(
        azure_role=RoleName(each.azure_role.id, each.azure_role.name),
        scope_kind=each.scope_kind,
        scopes=tuple(scope.id for scope in each.scopes),
        environments=each.environments,
        activation=str(each.activation),
        condition=each.condition,
        ends=each.ends,
        subject=_who(each.subject, called),
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


class _AccessNames(Struct, frozen=True):
    """What to call principals, and Azure roles by their GUID."""

    called: Called
    role_called: Callable[[str], str]


def decision(given: Decision, environment: str, names: _AccessNames) -> DecisionRecord:
    """One verdict as reports take it."""
    request, principal = given.request, given.subject.principal
    project_role = principal.name if is_stand_in(principal) else ""
    return DecisionRecord(
        who=_who(principal, names.called),
        project_role=project_role,
        operation=request.operation,
        plane=str(request.plane),
        scope=request.scope.id,
        place=wording.place(request.scope),
        environment=environment,
        verdict=str(given.verdict),
        only_eligible=given.only_eligible,
        partly=given.is_partly,
        permits=tuple(_given(each, names) for each in given.permits),
        near=tuple(_near(each, names.called) for each in given.near_misses),
        denied_by=tuple(each.name or each.id for each in given.denied_by),
        impossible=given.impossible,
        bypasses=tuple(_bypass(each) for each in given.bypasses),
        parts=tuple(OperationVerdict(operation, str(verdict)) for operation, verdict in given.operations),
        unknown_memberships=_unknown_memberships(given.unknown_memberships, names.called),
        undecided=given.unknowns,
    )


def _place(found: AllowedSubjects, environment: str, whole: WhoCanResult, names: _AccessNames) -> WhoCanPlace:
    request = found.request
    return WhoCanPlace(
        operation=request.operation,
        plane=str(request.plane),
        scope=request.scope.id,
        place=wording.place(request.scope),
        environment=environment,
        here=tuple(_row(each, whole, names) for each in found.here),
        below=tuple(_row(each, whole, names) for each in found.below),
        bypasses=tuple(_bypass_subjects(each, whole, names) for each in found.bypasses),
        undecided=found.unknowns,
    )


def _bypass_subjects(given: BypassSubjects, whole: WhoCanResult, names: _AccessNames) -> BypassSubjectsRecord:
    bypass = given.bypass
    return BypassSubjectsRecord(
        opened_by=bypass.opened_by,
        says=bypass.says,
        unless=bypass.unless,
        source=bypass.source,
        here=tuple(_row(each, whole, names) for each in given.here),
        below=tuple(_row(each, whole, names) for each in given.below),
    )


def _row(given: Decision, whole: WhoCanResult, names: _AccessNames) -> WhoCanRecord:
    principal = given.subject.principal
    return WhoCanRecord(
        who=_who(principal, names.called),
        verdict=str(given.verdict),
        only_eligible=given.only_eligible,
        partly=given.is_partly,
        permits=tuple(_given(each, names) for each in given.permits),
        members=tuple(_who(each, names.called) for each in allowed_members(whole.access, principal, given.request)),
    )


def _unknown_memberships(permits: Iterable[Permit], called: Called) -> tuple[UnknownMembershipRecord, ...]:
    """The groups with the best that each would come to, the strongest first."""
    best: dict[str, UnknownMembershipRecord] = {}
    for permit in sorted(permits, key=best_first):
        who = _who(permit.assignment.principal, called)
        waits = permit.assignment.activation is Activation.ELIGIBLE
        best.setdefault(who.id, UnknownMembershipRecord(who.id, who.type, who.name, str(permit.verdict), waits))
    return tuple(best.values())


def _who(principal: Principal, called: Called) -> PrincipalRecord:
    if is_stand_in(principal):
        return PrincipalRecord("", "", "")  # a hat is nobody
    return PrincipalRecord(principal.id, str(principal.type), called(principal))


def _given(permit: Permit, names: _AccessNames) -> PermitRecord:
    assignment = permit.assignment
    return PermitRecord(
        azure_role=RoleName(assignment.role.id, permit.role.name),
        scope=assignment.scope.id,
        place=wording.place(assignment.scope),
        scope_kind=assignment.scope_kind,
        activation=str(assignment.activation),
        through=_through(permit.path, names.called),
        pattern=permit.line.pattern,
        verdict=str(permit.verdict),
        condition=permit.condition,
        condition_says=wording.condition(permit.condition, names.role_called) if permit.condition else "",
        lacks=permit.missing_attributes,
        needs_activation=permit.needs_activation,
        rests_on_empty_segment=permit.line.hangs,
        why=tuple(_why(each) for each in permit.reasons),
        assignment_id=assignment.actual.id or None,
        said=wording.permit(permit),
    )


def _through(path: tuple[str, ...], called: Called) -> tuple[PrincipalRecord, ...]:
    return tuple(_who(Principal(each, PrincipalType.GROUP, ""), called) for each in path)


def _near(miss: NearMiss, called: Called) -> NearMissRecord:
    assignment = miss.assignment
    return NearMissRecord(
        kind=str(miss.kind),
        azure_role=RoleName(assignment.role.id, miss.role.name),
        scope=assignment.scope.id,
        scope_kind=assignment.scope_kind,
        through=_through(miss.path, called),
        pattern=miss.pattern,
        rests_on_empty_segment=miss.rests_on_empty_segment,
        why=tuple(_why(each) for each in miss.reasons),
        said=wording.near_miss(miss),
    )


def _bypass(given: Bypass) -> BypassRecord:
    bypass = given.bypass
    verdict = str(given.verdict) if given.verdict is not None else None
    said = wording.bypass(given)
    return BypassRecord(bypass.opened_by, verdict, given.only_eligible, bypass.says, bypass.unless, bypass.source, said)


def _why(reason: Reason) -> ReasonRecord:
    return ReasonRecord(
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
