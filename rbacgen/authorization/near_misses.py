"""Assignments that nearly give an operation, and why they do not."""

from __future__ import annotations

from msgspec.structs import replace

from rbacgen.authorization.index import AssignmentIndex, is_undefined
from rbacgen.authorization.patterns import rests_on_empty_segment
from rbacgen.authorization.permissions import Compiled
from rbacgen.authorization.permits import matching_line
from rbacgen.authorization.request import AccessRequest, NearMiss, NearMissKind, Subject
from rbacgen.model.assignment import Assignment, Plane

_ORDER = {kind: rank for rank, kind in enumerate(NearMissKind)}


def near_misses(index: AssignmentIndex, subject: Subject, request: AccessRequest) -> tuple[NearMiss, ...]:
    """The near misses of a denied request, the nearest first: excluded here, on the other plane, a condition, elsewhere."""
    found: list[NearMiss] = []
    for each, path in index.assignments_of(subject):
        role, what = index.role(each.role)
        if is_undefined(role):
            applies = each.scope.folded in index.ancestors(request.scope)
            missed = (NearMissKind.UNKNOWN_ROLE, "") if applies else None
        else:
            missed = _missed(index, each, what, request)
        if missed is not None:
            kind, pattern = missed
            rests = kind is NearMissKind.EXCLUDED and rests_on_empty_segment(pattern, request.operation)
            found.append(NearMiss(each, role, path, kind, request.plane, pattern, index.reasons(each), rests))
    found.sort(key=lambda miss: (_ORDER[miss.kind], miss.role.name, miss.assignment.scope.folded))
    return tuple(found)


def _missed(
    index: AssignmentIndex, assignment: Assignment, what: Compiled, request: AccessRequest
) -> tuple[NearMissKind, str] | None:
    """Why an assignment of a role that is known does not give the operation, with the line that decides; None if it is not near."""
    line = matching_line(what, request)
    if assignment.scope.folded not in index.ancestors(request.scope):
        if line is None or index.may_contain(assignment.scope, request.scope):
            return None
        is_below = request.scope.contains(assignment.scope)
        return (NearMissKind.BELOW if is_below else NearMissKind.ELSEWHERE), line.pattern
    if line is not None:
        return None if request.is_pattern else (NearMissKind.CONDITION, line.pattern)
    find_exclusions = what.excluded_from if request.is_pattern else what.excluded_by
    if exclusions := find_exclusions(request.operation, request.plane):
        return NearMissKind.EXCLUDED, exclusions[0]
    other_plane = Plane.DATA if request.plane is Plane.CONTROL else Plane.CONTROL
    line = matching_line(what, replace(request, plane=other_plane))
    return None if line is None else (NearMissKind.OTHER_PLANE, line.pattern)


def void_assignments(index: AssignmentIndex, subject: Subject, request: AccessRequest) -> tuple[NearMiss, ...]:
    """The assignments at the very scope with a line for the operation, which cannot exist there."""
    found = []
    for each, path in index.assignments_of(subject):
        if each.scope == request.scope and not request.is_pattern:
            role, what = index.role(each.role)
            line = what.line(request.operation, request.plane)
            if line is not None:
                reasons = index.reasons(each)
                found.append(NearMiss(each, role, path, NearMissKind.VOID, request.plane, line.pattern, reasons))
    return tuple(found)
