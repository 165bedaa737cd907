"""The conditions of a matrix, explained."""

from __future__ import annotations

from collections.abc import Iterable

from rbacgen.analysis.matrix.types import Cell, Limit
from rbacgen.authorization import conditions
from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.conditions.description import Names
from rbacgen.model.assignment import Assignment, AzureRole

ANY_OPERATION = "*"


def limits(
    found: Iterable[Assignment], roles: Iterable[AzureRole], cells: Iterable[Cell], catalog: Catalog
) -> dict[str, Limit]:
    """Every condition by its text: those of assignments, of what would be assigned, and those that roles carry."""
    roles = tuple(roles)
    texts = {each.condition for each in found}
    texts |= {grant.condition for cell in cells for grant in cell.grants}
    texts |= {permission.condition for role in roles for permission in role.permissions}
    known = {role.id: role.name for role in roles}

    def name(guid: str) -> str:
        role = catalog.find(guid) if guid in catalog else None
        return known.get(guid) or (role.name if role is not None else guid)

    return {text: _limit(text, name) for text in sorted(texts) if text}


def _limit(text: str, names: Names) -> Limit:
    try:
        condition = conditions.parse(text)
    except conditions.ConditionError:
        return Limit(text, "", (ANY_OPERATION,))  # what it limits is unknown, so it may limit anything
    named = tuple(sorted(conditions.named_actions(condition)))
    return Limit(text, conditions.sentence(condition, names), named or (ANY_OPERATION,))
