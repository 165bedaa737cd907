"""Ways to access, and what came close to it, in words: short enough for a line of a terminal, whole enough to act on."""

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
    """An assignment without its principal: which Azure role where, and that it is not standing."""
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
    """What an assignment is there for: project roles with their responsibilities, the first few of them."""
    by_role: dict[str, list[str]] = {}
    for each in reasons:
        responsibilities = by_role.setdefault(each.title, [])
        if each.responsibility not in responsibilities:
            responsibilities.append(each.responsibility)
    said = []
    for title, responsibilities in by_role.items():
        said.append(f"{title} ({shortlist(responsibilities, most)})")
    return "; ".join(said)


def permit(given: Permit, spoken: str = "") -> str:
    """By what an operation is possible: the assignment, and the line of its role, unless that is what was `spoken` of just now."""
    match given.verdict:
        case Verdict.UNDER_CONDITION:
            under = ", under a condition"
        case _:
            under = ""
    line = "" if given.line.pattern.lower() == spoken.lower() else f": `{given.line.pattern}`"
    return f"{grant(given.assignment, given.role.name)}{under}{line}"


def miss(given: NearMiss) -> str:
    """Why an assignment that came close gives nothing."""
    what = grant(given.assignment, given.role.name)
    match given.kind:
        case NearMissKind.EXCLUDED:
            rule = " (by `/*/` standing for nothing too)" if given.hangs else ""
            return f"{what} lists `{given.pattern}` under what it does not give{rule}"
        case NearMissKind.OTHER_PLANE:
            return f"{what} has `{given.pattern}` on the other plane only"
        case NearMissKind.CONDITION:
            return f"{what} gives it under a condition that these attributes do not meet"
        case NearMissKind.ELSEWHERE:
            return f"{what} gives it, and does not reach here"
        case NearMissKind.BELOW:
            return f"{what} gives it there only"
        case NearMissKind.VOID:
            return f"{what} is void: what it gives cannot exist there"
        case NearMissKind.UNKNOWN_ROLE:
            return f"{what} is a role whose definition is not known"
        case _:
            assert_never(given.kind)


def verdict(given: Verdict, only_eligible: bool) -> str:
    """A verdict in words: of one under a condition also that it takes an activation first."""
    if given is Verdict.UNDER_CONDITION and only_eligible:
        return "under a condition, after activation"
    return given.words


def able(given: Verdict, only_eligible: bool) -> str:
    """What somebody with this verdict can: `can`, or what comes first."""
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
    """A condition in one sentence; empty where there is none that says all of it. `role_called` gives a role's name for its GUID."""
    try:
        return conditions.explained(conditions.parse(text), role_called)
    except conditions.ConditionError:
        return ""  # one that nobody can read, or what a deny assignment's comes to


def bypass(given: Bypass) -> str:
    """A way round the roles: who can open it, how it works, and what shuts it."""
    unless = f", unless {given.bypass.unless}" if given.bypass.unless else ""
    if given.permit is None or given.verdict is None:
        return f"not decided by roles: {given.bypass.says}{unless}"
    return (
        f"not by a role, but: {able(given.verdict, given.only_eligible)} `{given.bypass.opened_by}` by "
        f"{grant(given.permit.assignment, given.permit.role.name)}; {given.bypass.says}{unless}"
    )


def plane(given: Plane) -> str:
    """The word before `operation` that tells the plane: none for the control plane, which is meant by default."""
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


def paths(opened: Sequence[EscalationPath]) -> str:
    """The first of several paths to more, and how many there are."""
    first = opened[0].escalation
    still = f", since its condition lets {' and '.join(opened[0].assigns)} be assigned" if opened[0].assigns else ""
    rest = f" (and {len(opened) - 1} more path{'' if len(opened) == 2 else 's'})" if len(opened) > 1 else ""
    return f"`{first.operation}`: {first.why}{still}{rest}"


def why_not(decision: Decision) -> str:
    """The nearest reason why an answer is no, or an empty string where nothing came close."""
    if decision.impossible:
        return decision.impossible
    if decision.denied_by:
        return f"the deny assignment `{decision.denied_by[0].name or decision.denied_by[0].id}` takes it away"
    if decision.near_misses:
        return miss(decision.near_misses[0])
    return ""
