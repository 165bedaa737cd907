"""What the grants of capabilities are for: those that serve no need, and what each gives beyond the needs that it serves."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.operations import Operation
from rbacgen.authorization.excess import Excess, GrantPlace, Universe
from rbacgen.authorization.permissions import compiled
from rbacgen.model import rules
from rbacgen.model.assignment import Plane
from rbacgen.model.problems import Problem
from rbacgen.project.mapping import Capability, Grant, Mapping, Need, ScopeKind

_PLANES = ((Plane.CONTROL, "actions"), (Plane.DATA, "data_actions"))


class GrantExcess(Struct, frozen=True):
    """What one grant gives beyond the needs of its capability, weighed."""

    capability: str
    grant: Grant
    excess: Excess


def needless(mapping: Mapping) -> Iterator[Problem]:
    """The grants that give nothing which their capability needs, where it says what it needs."""
    for capability in mapping.capabilities.values():
        if not capability.needs:
            continue
        for grant in capability.grants:
            what = compiled(grant.role)
            needs = _needs(grant, capability, mapping)
            if not any(what.overlaps(each.name, each.plane) for each in needs):
                message = (
                    f"{grant.role.name} on `{grant.on}` gives nothing that `{capability.name}` needs: "
                    "take it out, or write down the need that it is for"
                )
                yield rules.problem("needless-grant", grant.at, message)


def excesses(mapping: Mapping, catalog: Catalog) -> tuple[GrantExcess, ...]:
    """What every grant gives beyond the needs of its capability, at scopes of its kind; the heaviest first.

    A need at the grant's scope kind or at one that lies under it counts, in any environment that both speak of.
    """
    custom = tuple(each.role for each in mapping.custom_roles.values())
    asked = (each for capability in mapping.capabilities.values() for each in _all(capability.needs))
    universe = Universe.of(catalog, asked, custom)
    found = []
    for capability in mapping.capabilities.values():
        for grant in capability.grants:
            kind = mapping.scope_kinds.get(grant.on)
            if kind is not None:
                found.append(GrantExcess(capability.name, grant, _excess(grant, kind, capability, mapping, universe)))
    return tuple(sorted(found, key=lambda each: (-each.excess.weight, each.capability, each.grant.at)))


def _excess(grant: Grant, kind: ScopeKind, capability: Capability, mapping: Mapping, universe: Universe) -> Excess:
    needed = 0
    for each in _needs(grant, capability, mapping):
        needed |= universe.expand(each.name, each.plane)
    possible = universe.possible_at(GrantPlace(kind.level, kind.type, kind.name))
    return universe.excess(universe.granted(grant.role) & possible, needed)


def _needs(grant: Grant, capability: Capability, mapping: Mapping) -> tuple[Operation, ...]:
    """The operations that a grant could be there for: needed at its scope kind or below, in an environment of its own."""
    return tuple(
        each
        for need in capability.needs
        if set(need.environments) & set(grant.environments) and _lies_in(need.on, grant.on, mapping)
        for each in _all((need,))
    )


def _all(needs: tuple[Need, ...]) -> Iterator[Operation]:
    for need in needs:
        for plane, attribute in _PLANES:
            for name in getattr(need, attribute):
                yield Operation(name, plane)


def _lies_in(kind: str, above: str, mapping: Mapping) -> bool:
    """Whether a scope kind is another one or lies under it."""
    current: str | None = kind
    while current is not None:
        if current == above:
            return True
        found = mapping.scope_kinds.get(current)
        current = found.under if found is not None else None
    return False
