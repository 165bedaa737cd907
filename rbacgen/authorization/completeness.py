"""What was not read or is not known, and could change a decision."""

from __future__ import annotations

from collections.abc import Iterator

from rbacgen.authorization.index import AssignmentIndex
from rbacgen.authorization.permits import PermitFinder
from rbacgen.authorization.request import STRENGTH, AccessRequest, Decision, Permit, Subject
from rbacgen.model.assignment import PrincipalType, Verdict
from rbacgen.model.scope import Scope
from rbacgen.model.state import Part

_PART_WORDS = {
    Part.ASSIGNMENTS: "assignments",
    Part.ELIGIBILITIES: "eligible assignments",
    Part.DENIALS: "deny assignments",
}
_GRANTS = (Part.ASSIGNMENTS, Part.ELIGIBILITIES)


def unknowns(finder: PermitFinder, decision: Decision) -> tuple[str, ...]:
    """What is not known and could change a decision, a sentence each; empty where the decision is certain."""
    is_denied = decision.verdict is Verdict.DENIED
    denials = () if is_denied else unread(finder.index, decision.request.scope, (Part.DENIALS,))
    return (*could_allow_more(finder, decision), *denials)


def could_allow_more(finder: PermitFinder, decision: Decision) -> tuple[str, ...]:
    """What is not known and could turn a decision into one with more access, a sentence each."""
    if decision.verdict is Verdict.ALLOWED or decision.impossible or (decision.denied_by and not decision.permits):
        return ()  # no assignment gives what cannot exist, or what a deny assignment takes from whoever has it
    scope = decision.request.scope
    parts = _GRANTS[:1] if decision.verdict is Verdict.AFTER_ACTIVATION else _GRANTS
    return (
        *undefined_roles(finder.index, decision.subject, scope),
        *unknown_ancestors(finder, decision.subject, decision.request),
        *unread(finder.index, scope, parts),
    )


def undefined_roles(index: AssignmentIndex, subject: Subject, scope: Scope) -> tuple[str, ...]:
    """The roles without a known definition that a subject has at a scope or above it, a sentence each."""
    undefined = index.undefined_roles()
    if not undefined:
        return ()
    found = (
        each
        for assigned_scope in index.assigned_scopes(scope)
        for principal in subject.through
        for each in index.by_scope[assigned_scope].get(principal, ())
        if each.role.id in undefined
    )
    sentences = (
        f"the definition of the role {each.role.name or each.role.id}, assigned at {each.scope.id}, is not known"
        for each in found
    )
    return tuple(dict.fromkeys(sentences))


def unknown_ancestors(finder: PermitFinder, subject: Subject, request: AccessRequest) -> tuple[str, ...]:
    """The management groups where the subject has a permit and of which it is not known whether they contain the scope."""
    index = finder.index
    if finder.facts.knows_management_groups:
        return ()
    found: dict[str, None] = {}
    for each, _ in index.assignments_of(subject):
        if index.may_contain(each.scope, request.scope) and any(finder.of_assignment(each, (), request)):
            role = index.role(each.role)[0].name or each.role.id
            found[f"it is not known whether {request.scope.id} is in {each.scope.id}, where {role} is assigned"] = None
    return tuple(found)


def unknown_memberships(
    finder: PermitFinder, subject: Subject, request: AccessRequest, verdict: Verdict
) -> Iterator[Permit]:
    """The permits for more than the verdict, of groups that the subject may be in since their members are not known."""
    if not subject.may_have_more_groups or verdict is Verdict.ALLOWED:
        return
    index, membership = finder.index, finder.facts.membership
    for scope in index.assigned_scopes(request.scope):
        for principal_id, assigned in index.by_scope[scope].items():
            is_group = assigned[0].principal.type is PrincipalType.GROUP
            if is_group and principal_id not in subject.through and principal_id not in membership.known:
                for each in assigned:
                    for permit in finder.of_assignment(each, (principal_id,), request):
                        if STRENGTH[permit.verdict] < STRENGTH[verdict]:
                            yield permit


def unread(index: AssignmentIndex, scope: Scope, parts: tuple[Part, ...] = _GRANTS) -> tuple[str, ...]:
    """Which of these parts were not read at a scope, a sentence each."""
    coverage = index.facts.state.coverage
    if coverage.everything:
        return ()
    found = []
    for part in parts:
        if not coverage.covers(part, scope):
            causes = [each.why for each in coverage.unread if each.part is part and _touches(each.scope.lower(), scope)]
            why = f": {causes[0]}" if causes else ""
            found.append(f"the {_PART_WORDS[part]} of {scope.id} were not read{why}")
    return tuple(found)


def _touches(folded: str, scope: Scope) -> bool:
    """Whether a scope id in lower case is this scope, above it or below it."""
    return f"{scope.folded}/".startswith(f"{folded.rstrip('/')}/") or folded.startswith(f"{scope.folded}/")
