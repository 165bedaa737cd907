"""Deny assignments: which of them apply to a subject, and which permits they leave."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from rbacgen.authorization.conditions import Truth
from rbacgen.authorization.index import AssignmentIndex
from rbacgen.authorization.patterns import overlaps
from rbacgen.authorization.permissions import Compiled, compiled
from rbacgen.authorization.permits import PermitFinder, matching_line
from rbacgen.authorization.regions import Region, operation_left
from rbacgen.authorization.request import ALL_PRINCIPALS, AccessRequest, Permit, Subject
from rbacgen.model.assignment import AzureRole, Verdict
from rbacgen.model.source import Denial

AppliedDenial = tuple[Denial, Truth]
"""A deny assignment that applies, for certain (`TRUE`) or depending on its condition (`UNKNOWN`)."""


def denials_on(finder: PermitFinder, subject: Subject, request: AccessRequest) -> tuple[AppliedDenial, ...]:
    """The deny assignments that take the operation, or some of a pattern, from a subject, perhaps under a condition."""
    if not finder.facts.denials:
        return ()
    found: list[AppliedDenial] = []
    above = finder.index.ancestors(request.scope)
    for each in finder.facts.denials:
        if each.scope.folded not in above or (each.only_at_scope and each.scope != request.scope):
            continue
        denied = {principal.lower() for principal in each.principals}
        if ALL_PRINCIPALS not in denied and not any(principal in denied for principal in subject.through):
            continue
        if any(principal.lower() in subject.through for principal in each.excluded_principals):
            continue
        line = matching_line(_compiled(each), request)
        if line is not None:
            truth = finder.truth(line.condition, request)[0] if line.condition else Truth.TRUE
            if truth is not Truth.FALSE:
                found.append((each, truth))
    return tuple(found)


def not_denied(
    index: AssignmentIndex, permits: list[Permit], request: AccessRequest, denials: Sequence[AppliedDenial]
) -> list[Permit]:
    """The permits of which deny assignments leave something; under a condition where a denial has one that stays open."""
    if not permits or not denials:
        return permits
    certain = [each for each, truth in denials if truth is Truth.TRUE]
    if certain and not request.is_pattern:
        return []
    if certain:
        denied = [region for each in certain for region in _compiled(each).regions(request.plane, False)]
        permits = [permit for permit in permits if _grants_some(index, permit, request, denied)]
    conditional = [each for each, truth in denials if truth is Truth.UNKNOWN]
    if conditional:
        unless = f"the deny assignment {conditional[0].name or conditional[0].id} does not take it away"
        permits = [
            replace(
                permit,
                verdict=Verdict.UNDER_CONDITION,
                condition=f"({permit.condition}) AND {unless}" if permit.condition else unless,
            )
            for permit in permits
        ]
    return permits


def _grants_some(index: AssignmentIndex, permit: Permit, request: AccessRequest, denied: Sequence[Region]) -> bool:
    """Whether the role of a permit grants some operation of a pattern that none of the denied regions holds."""
    return any(
        operation_left((request.operation, pattern), (Region(granted.without), *denied)) is not None
        for granted in index.role(permit.assignment.role)[1].regions(request.plane, True)
        for pattern in granted.within
        if overlaps(pattern, request.operation)
    )


def _compiled(denial: Denial) -> Compiled:
    return compiled(AzureRole(f"deny {denial.id.lower()}", denial.name, denial.permissions))
