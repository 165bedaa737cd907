"""Which paths to more access a role opens where it is given, whatever it is called, and what would close them."""

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

# Categories that hand out or widen access itself; the others reach code, secrets or data.
PRIVILEGED = frozenset({EscalationCategory.ACCESS, EscalationCategory.POLICY})
# What a condition can limit: https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-overview
_LIMITABLE = ("microsoft.authorization/roleassignments/write", "microsoft.authorization/roleassignments/delete")


_ASSIGN = _LIMITABLE[0]
_ROLE_ASSIGNED = "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]"
# The built-in roles whose holder assigns any role: a condition that lets one of them be assigned limits nothing in the end.
ASSIGNERS = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
}


class EscalationPath(Struct, frozen=True):
    """A path to more that a role opens at a scope, with the line of the role that does.

    `assigns` names the roles by which it goes on where a condition limits what may be assigned, and not those.
    """

    escalation: Escalation
    line: Line
    assigns: tuple[str, ...] = ()

    @property
    def is_privileged(self) -> bool:
        """Whether it hands out or widens access itself."""
        return self.escalation.category in PRIVILEGED


def openings(
    role: AzureRole, level: ScopeLevel, resource_type: str, catalog: Catalog, condition: str = ""
) -> tuple[EscalationPath, ...]:
    """The paths that a role opens at a scope of this level and type, the gravest first.

    A notActions line, a condition of the role's own and the assignment's `condition` close what they take away or limit; but
    one that lets a role be assigned by which anything can be closes nothing.
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
            # The first is without a condition of the role's own if any line is; else one that limits nothing opens it.
            lines = what.lines(each.operation, each.plane) if first.condition else (first,)
            line = next((one for one in lines if not _limits(one, each)), None)
            if line is not None:
                found.append(EscalationPath(each, line))
    return tuple(found)


def still_assigned(condition: str, path: Escalation) -> tuple[str, ...]:
    """The roles by which anything can be assigned and that a condition lets be assigned, maybe to some only; by name."""
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
    """Whether a condition takes away some of what it stands over, for this operation; one that cannot be read might."""
    try:
        parsed = conditions.parse(condition)
    except conditions.ConditionError:
        return True
    return conditions.decide(parsed, operation, plane) is not Truth.TRUE


def closed_by(escalation_path: EscalationPath, kind: PrincipalType, is_standing: bool) -> str:
    """What would close a path, or shut it until it is needed, for such a principal; in the words of a cure."""
    permits = []
    if is_standing and kind is not PrincipalType.SERVICE_PRINCIPAL:
        permits.append("make it eligible")
    if escalation_path.escalation.operation.lower() in _LIMITABLE:
        permits.append("put it under a condition that names the roles to assign")
    permits.append(f"take a role without `{escalation_path.line.pattern}`")
    return ", or ".join(permits)
