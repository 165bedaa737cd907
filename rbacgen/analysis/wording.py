"""Assignments, permits and near misses in words: short enough for a line of a terminal, complete enough to act on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import assert_never

from rbacgen.authorization import conditions
from rbacgen.authorization.catalog.resource_types import type_of
from rbacgen.authorization.privilege import EscalationPath
from rbacgen.authorization.request import Bypass, Decision, NearMiss, NearMissKind, Permit
from rbacgen.model.assignment import Activation, Assignment, Plane, PrincipalType, Reason, Verdict
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.model.wording import shortlist


def place(scope: Scope) -> str:
    """A scope by its last name and what it is: `workspaces/mlw-dev`, `resource group rg-dev`."""
    last = scope.id.rpartition("/")[2]
    match scope.level:
        case ScopeLevel.TENANT:
            return "the tenant root"
        case _ if scope.reference:
            return scope.id
        case ScopeLevel.MANAGEMENT_GROUP:
            return f"management group {last}"
        case ScopeLevel.SUBSCRIPTION:
            return f"subscription {last}"
        case ScopeLevel.RESOURCE_GROUP:
            return f"resource group {last}"
        case ScopeLevel.RESOURCE:
            return f"{type_of(scope).rpartition('/')[2]}/{last}"
        case _:
            assert_never(scope.level)


def grant(assignment: Assignment, role_name: str = "") -> str:
    """An assignment without its principal: the Azure role, the place, and whether it is eligible or activated."""
    name = role_name or assignment.role.name or f"the role {assignment.role.id}"
    match assignment.activation:
        case Activation.PERMANENT:
            how = ""
        case Activation.ELIGIBLE:
            how = ", eligible"
        case Activation.ACTIVATED:
            how = ", activated just now"
        case _:
            assert_never(assignment.activation)
    return f"{name} on {place(assignment.scope)}{how}"


def serves(reasons: tuple[Reason, ...], most: int = 2) -> str:
    """What an assignment is for: project roles, each with the first few of its responsibilities."""
    by_role: dict[str, list[str]] = {}
    for each in reasons:
        responsibilities = by_role.setdefault(each.title, [])
        if each.responsibility not in responsibilities:
            responsibilities.append(each.responsibility)
    found = []
    for title, responsibilities in by_role.items():
        found.append(f"{title} ({shortlist(responsibilities, most)})")
    return "; ".join(found)


def permit(given: Permit, operation: str = "") -> str:
    """An assignment that permits an operation, with the line of its role unless that is the `operation` named before."""
    match given.verdict:
        case Verdict.UNDER_CONDITION:
            under = ", under a condition"
        case _:
            under = ""
    line = "" if given.line.pattern.lower() == operation.lower() else f": `{given.line.pattern}`"
    return f"{grant(given.assignment, given.role.name)}{under}{line}"


def near_miss(given: NearMiss) -> str:
    """Why an assignment that nearly permits an operation does not."""
    what = grant(given.assignment, given.role.name)
    match given.kind:
        case NearMissKind.EXCLUDED:
            rule = " (`/*/` also matches `/`)" if given.rests_on_empty_segment else ""
            key = "notDataActions" if given.plane is Plane.DATA else "notActions"
            return f"{what} excludes `{given.pattern}` through {key}{rule}"
        case NearMissKind.OTHER_PLANE:
            return f"{what} has `{given.pattern}` on the other plane only"
        case NearMissKind.CONDITION:
            return f"{what} grants it under a condition that these attributes do not meet"
        case NearMissKind.ELSEWHERE:
            return f"{what} grants it, but not at this scope"
        case NearMissKind.BELOW:
            return f"{what} grants it there only"
        case NearMissKind.VOID:
            return f"{what} has no effect: what it grants cannot exist there"
        case NearMissKind.UNKNOWN_ROLE:
            return f"{what} is a role whose definition is not known"
        case _:
            assert_never(given.kind)


def verdict(given: Verdict, only_eligible: bool) -> str:
    """A verdict in words; one under a condition also says whether an activation comes first."""
    if given is Verdict.UNDER_CONDITION and only_eligible:
        return "under a condition, after activation"
    return given.words


def able(given: Verdict, only_eligible: bool) -> str:
    """The verb for a verdict: `can`, `cannot`, or `can` with what comes first."""
    match given:
        case Verdict.ALLOWED:
            return "can"
        case Verdict.DENIED:
            return "cannot"
        case Verdict.AFTER_ACTIVATION | Verdict.UNDER_CONDITION:
            return f"can, {verdict(given, only_eligible)},"
        case _:
            assert_never(given)


def condition(text: str, role_called: Callable[[str], str] = str) -> str:
    """A condition in one sentence; empty where no sentence covers it. `role_called` gives the name of a role for its GUID."""
    try:
        return conditions.sentence(conditions.parse(text), role_called)
    except conditions.ConditionError:
        return ""  # it cannot be read, or it is the text about a deny assignment


def bypass(given: Bypass) -> str:
    """A bypass: the permit that makes it possible, how it works, and what prevents it."""
    unless = f", unless {given.bypass.unless}" if given.bypass.unless else ""
    if given.permit is None or given.verdict is None:
        return f"not decided by roles: {given.bypass.how}{unless}"
    return (
        f"not through a role, but {able(given.verdict, given.only_eligible)} `{given.bypass.opened_by}` by "
        f"{grant(given.permit.assignment, given.permit.role.name)}; {given.bypass.how}{unless}"
    )


def plane(given: Plane) -> str:
    """The word before `operation` that names the plane: `data `, and nothing for the control plane, the default."""
    return "data " if given is Plane.DATA else ""


def kind(given: PrincipalType) -> str:
    """What a principal is, in words."""
    match given:
        case PrincipalType.USER:
            return "user"
        case PrincipalType.GROUP | PrincipalType.FOREIGN_GROUP:
            return "group"
        case PrincipalType.SERVICE_PRINCIPAL:
            return "service principal"
        case PrincipalType.DEVICE:
            return "device"
        case PrincipalType.UNKNOWN:
            return "principal"
        case _:
            assert_never(given)


def escalations(found: Sequence[EscalationPath]) -> str:
    """The first of several escalations, and how many more there are."""
    first = found[0].escalation
    still = f", since its condition lets {' and '.join(found[0].assigns)} be assigned" if found[0].assigns else ""
    rest = f" (and {len(found) - 1} more escalation{'' if len(found) == 2 else 's'})" if len(found) > 1 else ""
    return f"`{first.operation}`: {first.why}{still}{rest}"


def why_not(decision: Decision) -> str:
    """The nearest reason why a request is denied; empty where there is no near miss."""
    if decision.impossible:
        return decision.impossible
    if decision.denied_by:
        return f"the deny assignment `{decision.denied_by[0].name or decision.denied_by[0].id}` takes it away"
    if decision.near_misses:
        return near_miss(decision.near_misses[0])
    return ""
