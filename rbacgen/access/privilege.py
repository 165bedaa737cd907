"""Which paths to more access a role opens where it is given, whatever it is called, and what would close them."""

from __future__ import annotations

from msgspec import Struct

from rbacgen import conditions
from rbacgen.catalog import Catalog
from rbacgen.catalog.escalations import Escalation, EscalationCategory
from rbacgen.catalog.possible import possible_at
from rbacgen.conditions import Truth
from rbacgen.model import AzureRole, Plane, PrincipalType, ScopeLevel
from rbacgen.permissions import Line, compiled

# Categories that hand out or widen access itself; the others reach code, secrets or data.
PRIVILEGED = frozenset({EscalationCategory.ACCESS, EscalationCategory.POLICY})
# What a condition can limit: https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-overview
_LIMITABLE = ("microsoft.authorization/roleassignments/write", "microsoft.authorization/roleassignments/delete")


class Opening(Struct, frozen=True):
    """A path to more that a role opens at a scope, with the line of the role that does."""

    escalation: Escalation
    line: Line

    @property
    def is_privileged(self) -> bool:
        """Whether it hands out or widens access itself."""
        return self.escalation.category in PRIVILEGED


def openings(
    role: AzureRole, level: ScopeLevel, resource_type: str, catalog: Catalog, condition: str = ""
) -> tuple[Opening, ...]:
    """The paths that a role opens at a scope of this level and type, the gravest first.

    A notActions line, a condition of the role's own and the assignment's `condition` close what they take away or limit.
    """
    what = compiled(role)
    found = []
    for each in catalog.escalations():
        if possible_at(each.operation, level, resource_type):
            if condition and is_limited(condition, each.operation, each.plane):
                continue
            first = what.line(each.operation, each.plane)
            if first is None:
                continue
            # The first is without a condition of the role's own if any line is; else one that limits nothing opens it.
            lines = what.lines(each.operation, each.plane) if first.condition else (first,)
            line = next((one for one in lines if not _limits(one, each)), None)
            if line is not None:
                found.append(Opening(each, line))
    return tuple(found)


def _limits(line: Line, path: Escalation) -> bool:
    return bool(line.condition) and is_limited(line.condition, path.operation, path.plane)


def is_limited(condition: str, operation: str, plane: Plane) -> bool:
    """Whether a condition takes away some of what it stands over, for this operation; one that cannot be read might."""
    try:
        parsed = conditions.parse(condition)
    except conditions.ConditionError:
        return True
    return conditions.decide(parsed, operation, plane) is not Truth.TRUE


def closed_by(opening: Opening, kind: PrincipalType, is_standing: bool) -> str:
    """What would close a path, or shut it until it is needed, for such a principal; in the words of a cure."""
    ways = []
    if is_standing and kind is not PrincipalType.SERVICE_PRINCIPAL:
        ways.append("make it eligible")
    if opening.escalation.operation.lower() in _LIMITABLE:
        ways.append("put it under a condition that names the roles to assign")
    ways.append(f"take a role without `{opening.line.pattern}`")
    return ", or ".join(ways)
