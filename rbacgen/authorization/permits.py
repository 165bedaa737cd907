"""The assignments that permit a request: the line of the role that matches, and what its conditions come to."""

from __future__ import annotations

from collections.abc import Iterator

from rbacgen.authorization import conditions
from rbacgen.authorization.conditions import Truth
from rbacgen.authorization.index import AssignmentIndex
from rbacgen.authorization.permissions import Compiled, Line
from rbacgen.authorization.request import AccessRequest, Permit, Subject
from rbacgen.model.assignment import Activation, Assignment, Plane, Verdict

_RANK = {Truth.TRUE: 0, Truth.UNKNOWN: 1, Truth.FALSE: 2}


class PermitFinder:
    """Finds the permits of a request. It remembers how conditions came out for an operation."""

    __slots__ = ("_truths", "facts", "index")

    def __init__(self, index: AssignmentIndex) -> None:
        self.index = index
        self.facts = index.facts
        self._truths: dict[tuple[str, str, Plane], tuple[Truth, tuple[str, ...]]] = {}

    def of_subject(self, subject: Subject, request: AccessRequest) -> Iterator[Permit]:
        """All permits of a subject at the scope and above it, before deny assignments."""
        for scope in self.index.assigned_scopes(request.scope):
            assigned = self.index.by_scope[scope]
            for principal, path in subject.through.items():
                for each in assigned.get(principal, ()):
                    yield from self.of_assignment(each, path, request)

    def of_assignment(self, assignment: Assignment, path: tuple[str, ...], request: AccessRequest) -> Iterator[Permit]:
        """The permit that an assignment gives, if it gives one; where it applies to the scope is not asked.

        `path` holds the ids of the groups between the subject and the assignment.
        """
        role, what = self.index.role(assignment.role)
        line = matching_line(what, request)
        if line is None:
            return
        truth, condition, missing = self._conditions(assignment, line, request)
        if line.condition and truth is not Truth.TRUE and not request.is_pattern:
            # Then all lines have a condition, and that of another line may be true.
            for other in what.lines(request.operation, request.plane)[1:]:
                found = self._conditions(assignment, other, request)
                if _RANK[found[0]] < _RANK[truth]:
                    line, (truth, condition, missing) = other, found
        if truth is Truth.FALSE:
            return
        if truth is Truth.UNKNOWN:
            verdict = Verdict.UNDER_CONDITION
        elif assignment.activation is Activation.ELIGIBLE:
            verdict = Verdict.AFTER_ACTIVATION
        else:
            verdict = Verdict.ALLOWED
        activates = assignment.activation is not Activation.PERMANENT or assignment.key in self.facts.permanent_instead
        reasons = self.index.reasons(assignment)
        yield Permit(assignment, role, path, line, verdict, condition, missing, reasons, activates)

    def principals_with_permits(self, request: AccessRequest) -> set[str]:
        """The ids of the principals that have, at the scope or above it, a role with a matching line."""
        matched: dict[str, bool] = {}
        found: set[str] = set()
        for scope in self.index.assigned_scopes(request.scope):
            for principal_id, assigned in self.index.by_scope[scope].items():
                for each in assigned:
                    role_id = each.role.id
                    if role_id not in matched:
                        matched[role_id] = matching_line(self.index.role(each.role)[1], request) is not None
                    if matched[role_id]:
                        found.add(principal_id)
        return found

    def truth(self, condition: str, request: AccessRequest) -> tuple[Truth, tuple[str, ...]]:
        """What a condition comes to for a request, and the attributes that would decide it where it stays unknown."""
        key = (condition, request.operation, request.plane)
        if not request.attributes and key in self._truths:
            return self._truths[key]
        found = _truth(condition, request)
        if not request.attributes:
            self._truths[key] = found
        return found

    def _conditions(
        self, assignment: Assignment, line: Line, request: AccessRequest
    ) -> tuple[Truth, str, tuple[str, ...]]:
        """What the conditions of an assignment and of the line of its role come to: all must be true.

        Returns the truth, the text of the conditions that matter, and the attributes that would decide them.
        """
        open_conditions: list[str] = []
        missing: dict[str, None] = {}
        for text in (assignment.condition, line.condition):
            if not text:
                continue
            truth, needed = self.truth(text, request)
            if truth is Truth.FALSE:
                return truth, text, ()
            if truth is Truth.UNKNOWN:
                open_conditions.append(text)
                missing |= dict.fromkeys(needed)
        if not open_conditions:
            return Truth.TRUE, "", ()
        is_single = len(open_conditions) == 1
        text = open_conditions[0] if is_single else " AND ".join(f"({each})" for each in open_conditions)
        return Truth.UNKNOWN, text, tuple(missing)


def matching_line(what: Compiled, request: AccessRequest) -> Line | None:
    """The line of a role that grants the operation or, for a pattern, some of it; None where no line does."""
    find = what.some_line if request.is_pattern else what.line
    return find(request.operation, request.plane)


def _truth(text: str, request: AccessRequest) -> tuple[Truth, tuple[str, ...]]:
    try:
        condition = conditions.parse(text)
    except conditions.ConditionError:
        return Truth.UNKNOWN, ()
    if request.is_pattern:
        touches = conditions.touches(condition, request.operation)
        return (Truth.UNKNOWN, ()) if touches else (Truth.TRUE, ())
    truth = conditions.decide(condition, request.operation, request.plane, request.attributes)
    if truth is not Truth.UNKNOWN:
        return truth, ()
    given = {each.casefold() for each in request.attributes}
    needed = conditions.needed(condition, request.operation, request.plane)
    return truth, tuple(each for each in needed if each.casefold() not in given)
