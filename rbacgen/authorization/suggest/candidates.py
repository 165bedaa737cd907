"""The roles that grant some of a need, where each may be assigned, and why it may not be recommended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.operations import Operation
from rbacgen.authorization.excess import GrantPlace, Universe
from rbacgen.authorization.permissions import compiled
from rbacgen.authorization.suggest.pattern_cover import covers_pattern
from rbacgen.authorization.suggest.results import Option, Reservation, SuggestedRole
from rbacgen.model.assignment import AzureRole
from rbacgen.model.scope import ScopeLevel

# Built-in roles for identities of Azure services, by the beginning of their names or by words in them: those of the
# operators of an OpenShift cluster, those of the plans of Defender, and those that are called service roles.
# https://learn.microsoft.com/azure/openshift/howto-understand-managed-identities
# https://learn.microsoft.com/azure/defender-for-cloud/permissions
# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
_SERVICE_BEGINNINGS: Final = (
    "ai model scanner ",
    "avere operator",
    "azure red hat openshift ",
    "cosmosdb fleet analytics ",
    "defender ",
)
_SERVICE_NAMES: Final = (" service role", " hub agent role")


def assignable(role: AzureRole) -> tuple[ScopeLevel, ...]:
    """The levels at which a role may be assigned; none for a role of a service's own scopes.

    A custom role of a mapping names no scopes: it is created in the subscriptions of the project. A custom role cannot be made for the tenant root, and one with data actions not for management groups
    (https://learn.microsoft.com/azure/role-based-access-control/custom-roles#custom-role-limits).
    """
    below = (ScopeLevel.SUBSCRIPTION, ScopeLevel.RESOURCE_GROUP, ScopeLevel.RESOURCE)
    if not role.custom and "/" in role.assignable_scopes:
        return tuple(ScopeLevel)
    levels = set() if role.assignable_scopes else set(below)
    for scope in role.assignable_scopes:
        folded = scope.lower().rstrip("/")
        if not folded or folded.startswith("/providers/microsoft.management/managementgroups/"):
            levels |= {ScopeLevel.MANAGEMENT_GROUP, *below}
        elif folded.startswith("/subscriptions/"):
            levels |= set(below[1:] if "/resourcegroups/" in folded else below)
    if role.custom and any(permission.data_actions for permission in role.permissions):
        levels -= {ScopeLevel.TENANT, ScopeLevel.MANAGEMENT_GROUP}
    return tuple(level for level in ScopeLevel if level in levels)


def reservation(role: AzureRole, unlisted: frozenset[str]) -> Reservation:
    """Why a role may not be recommended; `unlisted` are the ids that Azure does not list at a subscription."""
    name = role.name.lower()
    made_for_a_service = name.startswith(_SERVICE_BEGINNINGS) or any(words in name for words in _SERVICE_NAMES)
    if role.id in unlisted or (made_for_a_service and not role.custom):
        return Reservation.SERVICE
    if role.deprecated:
        return Reservation.RETIRING
    return Reservation.PREVIEW if role.preview else Reservation.ORDINARY


class Candidate(Struct, frozen=True):
    """A role that grants some of the need: `excess` is what it grants beyond at the place, `everywhere` at any place."""

    role: AzureRole
    reservation: Reservation
    covers: int
    excess: int
    weight: int
    everywhere: int

    @property
    def order(self) -> tuple[int, int, int, int, int, int, str, str]:
        """By weight; of equal ones first the less wide, the one with less reservation, and the one with the shorter definition."""
        strings = sum(len(each.actions) + len(each.data_actions) for each in self.role.permissions)
        return (
            self.weight,
            self.everywhere.bit_count(),
            list(Reservation).index(self.reservation),
            strings,
            len(self.role.permissions),
            len(self.role.name),
            self.role.name.lower(),
            self.role.id,
        )


class NeededAccess:
    """A need as bits, and the roles that grant some of it, the least excess first."""

    def __init__(
        self,
        needs: tuple[Operation, ...],
        universe: Universe,
        roles: Iterable[AzureRole],
        catalog: Catalog,
        place: GrantPlace | None,
    ) -> None:
        self.universe = universe
        self.needs = needs
        self.bits = {need: universe.expand(need.name, need.plane) for need in needs}
        self.patterns = tuple(need for need in needs if "*" in need.name)
        self.needed = 0
        for bits in self.bits.values():
            self.needed |= bits
        possible = universe.possible_at(place) if place is not None else -1
        self.candidates: list[Candidate] = []
        for role in roles:
            granted = universe.granted(role)
            if not granted & self.needed:
                continue
            covers = granted & self.needed
            if any(permission.condition for permission in role.permissions):
                covers = universe.granted(role, conditions=False) & self.needed
            if covers and (place is None or place.level in assignable(role)):
                beyond = granted & ~self.needed
                here = beyond & possible
                against = reservation(role, catalog.unlisted)
                self.candidates.append(Candidate(role, against, covers, here, universe.weight(here), beyond))
        self.candidates.sort(key=lambda each: each.order)

    def covered(self, roles: Sequence[AzureRole], bits: int) -> tuple[Operation, ...]:
        """The needs that roles cover which grant these operations."""
        return tuple(
            need
            for need in self.needs
            if not self.bits[need] & ~bits and (need not in self.patterns or self._covers(need, roles))
        )

    def covers_patterns(self, candidates: Sequence[Candidate], needs: Iterable[Operation]) -> bool:
        """Whether roles that grant all known operations cover those needs that are permission strings, too."""
        roles = [each.role for each in candidates]
        return all(self._covers(need, roles) for need in needs if need in self.patterns)

    def _covers(self, need: Operation, roles: Sequence[AzureRole]) -> bool:
        if len(roles) == 1:  # a role remembers its answers
            return compiled(roles[0]).covers(need.name, need.plane)
        return covers_pattern(need.name, need.plane, roles)

    def option(self, candidates: Sequence[Candidate]) -> Option:
        """An option of roles that cover the need together."""
        parts = []
        union = everywhere = 0
        for each in candidates:
            union |= each.excess
            everywhere |= each.everywhere
        for each in candidates:
            rest_covers = rest_excess = 0
            for other in candidates:
                if other is not each:
                    rest_covers |= other.covers
                    rest_excess |= other.excess
            others = set(self.covered([other.role for other in candidates if other is not each], rest_covers))
            covers = self.covered([each.role], each.covers)
            parts.append(
                SuggestedRole(
                    role=each.role,
                    reservation=each.reservation,
                    covers=covers,
                    alone=tuple(need for need in covers if need not in others),
                    partly=tuple(
                        need for need in self.patterns if need not in covers and each.covers & self.bits[need]
                    ),
                    excess=each.weight,
                    adds=self.universe.weight(union & ~rest_excess),
                    conditional=any(permission.condition for permission in each.role.permissions),
                )
            )
        levels = [assignable(each.role) for each in candidates]
        scopes = (scope for each in candidates for scope in each.role.assignable_scopes if scope != "/")
        return Option(
            parts=tuple(sorted(parts, key=lambda part: (-len(part.covers), part.role.name.lower()))),
            excess=self.universe.excess(union, self.needed),
            everywhere=self.universe.weight(everywhere),
            levels=tuple(level for level in ScopeLevel if all(level in each for each in levels)),
            only_at=tuple(sorted(set(scopes))),
        )
