"""The escalations that a role permits where it is assigned, whatever its name, and what would prevent them."""

from __future__ import annotations

from msgspec import Struct

from rbacgen.authorization import conditions
from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.escalations import Escalation, EscalationCategory
from rbacgen.authorization.catalog.resource_types import possible_at
from rbacgen.authorization.conditions import Truth
from rbacgen.authorization.permissions import Line, compiled
from rbacgen.model.assignment import AzureRole, Plane, PrincipalType
from rbacgen.model.scope import ScopeLevel

# Categories that grant or widen access itself; the others lead to code, secrets or data.
PRIVILEGED = frozenset({EscalationCategory.ACCESS, EscalationCategory.POLICY})
# What a condition can limit: https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-overview
_LIMITABLE = ("microsoft.authorization/roleassignments/write", "microsoft.authorization/roleassignments/delete")


_ASSIGN = _LIMITABLE[0]
_ROLE_ASSIGNED = "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]"
# The built-in roles that can assign any role: a condition that allows one of them to be assigned restricts nothing.
ASSIGNERS = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
}


class EscalationPath(Struct, frozen=True):
    """An escalation that a role permits at a scope, with the line of the role that permits it.

    `assigns` names the roles that can assign any role and that the condition still allows to be assigned.
    """

    escalation: Escalation
    line: Line
    assigns: tuple[str, ...] = ()

    @property
    def is_privileged(self) -> bool:
        """Whether it grants or widens access itself."""
        return self.escalation.category in PRIVILEGED


def escalation_paths(
    role: AzureRole, level: ScopeLevel, resource_type: str, catalog: Catalog, condition: str = ""
) -> tuple[EscalationPath, ...]:
    """The escalations that a role permits at a scope of this level and type, the gravest first.

    An escalation is left out where notActions, a condition of the role's own or the assignment's `condition` excludes or
    restricts it; but not where a condition still allows a role to be assigned that can assign any role.
    """
    what = compiled(role)
    found = []
    for each in catalog.escalations():
        if possible_at(each.operation, level, resource_type):
            if condition and is_limited(condition, each.operation, each.plane):
                line = what.line(each.operation, each.plane)
                left = still_assigned(condition, each) if line is not None else ()
                if line is not None and left:
                    found.append(EscalationPath(each, line, left))
                continue
            first = what.line(each.operation, each.plane)
            if first is None:
                continue
            # The first has no condition of the role's own if any line has none; else one with a condition that restricts nothing counts.
            lines = what.lines(each.operation, each.plane) if first.condition else (first,)
            line = next((one for one in lines if not _limits(one, each)), None)
            if line is not None:
                found.append(EscalationPath(each, line))
    return tuple(found)


def still_assigned(condition: str, path: Escalation) -> tuple[str, ...]:
    """The names of the roles that can assign any role and that a condition allows to be assigned, be it to some principals only."""
    if path.operation.lower() != _ASSIGN:
        return ()
    try:
        parsed = conditions.parse(condition)
    except conditions.ConditionError:
        return ()
    return tuple(
        name
        for role_id, name in ASSIGNERS.items()
        if conditions.decide(parsed, path.operation, path.plane, {_ROLE_ASSIGNED: (role_id,)}) is not Truth.FALSE
    )


def _limits(line: Line, path: Escalation) -> bool:
    return bool(line.condition) and is_limited(line.condition, path.operation, path.plane)


def is_limited(condition: str, operation: str, plane: Plane) -> bool:
    """Whether a condition restricts this operation; one that cannot be read might."""
    try:
        parsed = conditions.parse(condition)
    except conditions.ConditionError:
        return True
    return conditions.decide(parsed, operation, plane) is not Truth.TRUE


def remedy(escalation_path: EscalationPath, kind: PrincipalType, is_permanent: bool) -> str:
    """What would prevent an escalation, or limit it to the time of an activation, for such a principal; as a remedy."""
    remedies = []
    if is_permanent and kind is not PrincipalType.SERVICE_PRINCIPAL:
        remedies.append("make it eligible")
    if escalation_path.escalation.operation.lower() in _LIMITABLE:
        remedies.append("put it under a condition that names the roles to assign")
    remedies.append(f"take a role without `{escalation_path.line.pattern}`")
    return ", or ".join(remedies)
