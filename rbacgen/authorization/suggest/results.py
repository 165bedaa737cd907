"""What a suggestion is made of: roles, options of roles, and a custom role with exactly the needs."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct

from rbacgen.authorization.catalog.operations import Operation
from rbacgen.authorization.excess import Excess, GrantPlace
from rbacgen.model.assignment import AzureRole, Plane
from rbacgen.model.scope import ScopeLevel

FEW: Final = 25
"""A provider of which fewer operations are known, and not known to be all, is called little known."""


class Reservation(StrEnum):
    """Why a role is not recommended, whatever it grants: from no reason to the gravest.

    `service` are roles that Azure does not list at a subscription, and roles made for a service's own identities.
    """

    ORDINARY = "ordinary"
    PREVIEW = "preview"
    RETIRING = "retiring"
    SERVICE = "service"


class SuggestedRole(Struct, frozen=True):
    """One role of an option: what of the need it covers, what of that no other role of the option does, and its excess.

    `partly` are permission strings that it covers a part of, and other roles the rest. `excess` is the role's own
    weight, `adds` what the option would weigh less without it. `conditional` says that it gives more under a condition
    in its definition; that counts as excess and covers nothing.
    """

    role: AzureRole
    reservation: Reservation
    covers: tuple[Operation, ...]
    alone: tuple[Operation, ...]
    partly: tuple[Operation, ...]
    excess: int
    adds: int
    conditional: bool


class Option(Struct, frozen=True):
    """Roles that cover the need together.

    `excess` is what can exist at the place that was asked for, `everywhere` the weight of all of it. `levels` are where
    all of them may be assigned; `only_at` holds the scopes where they must be, for roles of a service's own scopes and
    custom ones.
    """

    parts: tuple[SuggestedRole, ...]
    excess: Excess
    everywhere: int
    levels: tuple[ScopeLevel, ...]
    only_at: tuple[str, ...]

    @property
    def reservation(self) -> Reservation:
        """The gravest reservation about one of its roles."""
        return max((part.reservation for part in self.parts), key=list(Reservation).index)


class SuggestedCustomRole(Struct, frozen=True):
    """A custom role with exactly the needs.

    `unknown` are operations that are not in the known list: Azure refuses the whole role where no provider has one of them.
    `doubtful` are permission strings with a `*` inside a word, which nothing documents that Azure accepts. `left_out` are
    those that Azure refuses for certain, with two `*`. `instead` names the Azure roles that grant just this, where some do.
    """

    name: str
    actions: tuple[str, ...]
    data_actions: tuple[str, ...]
    assignable_scopes: tuple[str, ...]
    unknown: tuple[Operation, ...]
    doubtful: tuple[Operation, ...]
    left_out: tuple[Operation, ...]
    instead: str

    @property
    def at_management_groups(self) -> bool:
        """Whether it can be assigned there: Azure takes no custom role with data actions at a management group.

        https://learn.microsoft.com/azure/role-based-access-control/custom-roles#custom-role-limits
        """
        return not self.data_actions


class KnownOperations(Struct, frozen=True):
    """How many operations of a provider are known on a plane, and whether the list counts as complete."""

    provider: str
    plane: Plane
    operations: int
    is_whole: bool

    @property
    def is_little(self) -> bool:
        """Whether so few are known that an excess means nothing."""
        return not self.is_whole and self.operations < FEW


class Suggestion(Struct, frozen=True):
    """What covers a need, best first.

    `uncovered` are needs that no role has; the options cover all others. `unknown` are literal needs that are not in the
    known list, `misplaced` those that cannot exist at the place. `is_proven` says that no set of as many roles is better
    than the ones given; it is false where a search was stopped. `covering` counts the roles that cover everything alone.
    """

    needs: tuple[Operation, ...]
    place: GrantPlace | None
    options: tuple[Option, ...]
    covering: int
    uncovered: tuple[Operation, ...]
    unknown: tuple[Operation, ...]
    misplaced: tuple[Operation, ...]
    known: tuple[KnownOperations, ...]
    is_proven: bool


class NeedSuggestion(Struct, frozen=True):
    """A suggestion for a part of what was asked: for a scope kind in some environments, active or after an activation.

    `scope_kind` is empty, and there are no environments, where operations were asked for and not needs of a mapping.
    """

    scope_kind: str
    environments: tuple[str, ...]
    activated: bool
    suggestion: Suggestion
    custom_role: SuggestedCustomRole | None


class Advice(Struct, frozen=True):
    """All that was found for one request: `asked` says in words where the needs came from."""

    asked: str
    answers: tuple[NeedSuggestion, ...]
    remarks: tuple[str, ...]
