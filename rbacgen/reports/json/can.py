"""What `can --format json` prints, and its text is made from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct

from rbacgen.analysis import wording
from rbacgen.analysis.access_tests.isolated_roles import is_stand_in
from rbacgen.analysis.names import Called, PrincipalRecord, RoleName
from rbacgen.analysis.results import CanResult
from rbacgen.authorization.request import (
    Bypass,
    Decision,
    NearMiss,
    Permit,
    best_first,
)
from rbacgen.model.assignment import Activation, Reason
from rbacgen.reports.json import FORMAT_VERSION
from rbacgen.reports.json.access import AccessNames, PermitRecord, permit_record, record, through


class NearMissRecord(Struct, frozen=True):
    """An assignment that came close, and why it gives nothing; `why`, `through` and the rest as in one that gives."""

    kind: Annotated[str, Meta(description="Why it gives nothing, as one word.")]
    azure_role: Annotated[RoleName, Meta(description="The Azure role.")]
    scope: Annotated[str, Meta(description="The scope id of the assignment.")]
    scope_kind: Annotated[str, Meta(description="The scope kind of the project that it is; empty for none.")]
    through: Annotated[tuple[PrincipalRecord, ...], Meta(description="The groups on the way to it, in order.")]
    pattern: Annotated[str, Meta(description="The line of the role that decides.")]
    rests_on_empty_segment: Annotated[
        bool, Meta(description="Whether that line matches only because `/*/` also matches `/`.")
    ]
    why: Annotated[
        tuple[Reason, ...], Meta(description="Why the project wants the assignment; empty where it does not.")
    ]
    description: Annotated[str, Meta(description="All of it in words.")]


class BypassRecord(Struct, frozen=True):
    """Another way to the same data. `verdict` is the one on `opened_by`; null where no permission does."""

    opened_by: Annotated[str, Meta(description="The operation that makes it possible.")]
    verdict: Annotated[str | None, Meta(description="The verdict on that operation; null where no permission does.")]
    only_eligible: Annotated[
        bool, Meta(description="Whether it takes an activation first, be the verdict under a condition or not.")
    ]
    how: Annotated[str, Meta(description="How it works.")]
    unless: Annotated[str, Meta(description="What prevents it.")]
    source: Annotated[str, Meta(description="The page that documents it.")]
    description: Annotated[str, Meta(description="All of it in words.")]


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
    near_misses: Annotated[tuple[NearMissRecord, ...], Meta(description="What came close, and why it gives nothing.")]
    denied_by: Annotated[tuple[str, ...], Meta(description="The deny assignments that take it away.")]
    impossible: Annotated[str, Meta(description="Why the operation cannot exist there; empty where it can.")]
    bypasses: Annotated[tuple[BypassRecord, ...], Meta(description="Other ways to the same data.")]
    operations: Annotated[
        tuple[OperationVerdict, ...], Meta(description="The known operations of a pattern, each with its verdict.")
    ]
    unknown_memberships: Annotated[
        tuple[UnknownMembershipRecord, ...],
        Meta(description="Groups that would give it, and whose members are not known."),
    ]
    unknowns: Annotated[tuple[str, ...], Meta(description="What was not read and could change the verdict.")]


class CanDocument(Struct, frozen=True):
    """What `can` answers: every verdict, one for each environment, plane and person that the question means."""

    format_version: Annotated[int, Meta(description="1; it grows where a reader would have to change.")]
    project: Annotated[str, Meta(description="The project's name; empty where there is none.")]
    source: Annotated[str, Meta(description="The source that was asked; empty for what the project wants.")]
    complete: Annotated[bool, Meta(description="Whether nothing that was not read could change a verdict.")]
    allowed: Annotated[bool, Meta(description="Whether every verdict is a yes.")]
    decisions: Annotated[tuple[DecisionRecord, ...], Meta(description="The verdicts.")]
    notes: Annotated[tuple[str, ...], Meta(description="Other things to know.")]


def document(answered: CanResult, called: Called) -> CanDocument:
    """The verdicts as reports take them."""
    names = AccessNames(called, answered.role_called)
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


def decision(given: Decision, environment: str, names: AccessNames) -> DecisionRecord:
    """One verdict as reports take it."""
    request, principal = given.request, given.subject.principal
    project_role = principal.name if is_stand_in(principal) else ""
    return DecisionRecord(
        who=record(principal, names.called),
        project_role=project_role,
        operation=request.operation,
        plane=str(request.plane),
        scope=request.scope.id,
        place=wording.place(request.scope),
        environment=environment,
        verdict=str(given.verdict),
        only_eligible=given.only_eligible,
        partly=given.is_partly,
        permits=tuple(permit_record(each, names) for each in given.permits),
        near_misses=tuple(_near(each, names.called) for each in given.near_misses),
        denied_by=tuple(each.name or each.id for each in given.denied_by),
        impossible=given.impossible,
        bypasses=tuple(_bypass(each) for each in given.bypasses),
        operations=tuple(OperationVerdict(operation, str(verdict)) for operation, verdict in given.operations),
        unknown_memberships=_unknown_memberships(given.unknown_memberships, names.called),
        unknowns=given.unknowns,
    )


def _unknown_memberships(permits: Iterable[Permit], called: Called) -> tuple[UnknownMembershipRecord, ...]:
    """The groups with the best that each would come to, the strongest first."""
    best: dict[str, UnknownMembershipRecord] = {}
    for permit in sorted(permits, key=best_first):
        who = record(permit.assignment.principal, called)
        waits = permit.assignment.activation is Activation.ELIGIBLE
        best.setdefault(who.id, UnknownMembershipRecord(who.id, who.type, who.name, str(permit.verdict), waits))
    return tuple(best.values())


def _near(miss: NearMiss, called: Called) -> NearMissRecord:
    assignment = miss.assignment
    return NearMissRecord(
        kind=str(miss.kind),
        azure_role=RoleName(assignment.role.id, miss.role.name),
        scope=assignment.scope.id,
        scope_kind=assignment.scope_kind,
        through=through(miss.path, called),
        pattern=miss.pattern,
        rests_on_empty_segment=miss.rests_on_empty_segment,
        why=miss.reasons,
        description=wording.near_miss(miss),
    )


def _bypass(given: Bypass) -> BypassRecord:
    bypass = given.bypass
    verdict = str(given.verdict) if given.verdict is not None else None
    description = wording.bypass(given)
    return BypassRecord(
        bypass.opened_by, verdict, given.only_eligible, bypass.how, bypass.unless, bypass.source, description
    )
