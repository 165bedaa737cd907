"""The words of access: scopes, principals, Azure roles, assignments, and the state that holds them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from enum import StrEnum
from types import MappingProxyType
from typing import assert_never

from msgspec import Struct, field
from msgspec.structs import force_setattr

from rbacgen.problems import Position


class ScopeLevel(StrEnum):
    """The levels of Azure's hierarchy, from the top down."""

    TENANT = "tenant"
    MANAGEMENT_GROUP = "management_group"
    SUBSCRIPTION = "subscription"
    RESOURCE_GROUP = "resource_group"
    RESOURCE = "resource"


class PrincipalType(StrEnum):
    """Who can hold a role assignment, as Azure spells it; a project gives access to the first three only.

    `UNKNOWN` stands where a source does not say.
    """

    USER = "User"
    GROUP = "Group"
    SERVICE_PRINCIPAL = "ServicePrincipal"
    FOREIGN_GROUP = "ForeignGroup"
    DEVICE = "Device"
    UNKNOWN = "Unknown"


class Activation(StrEnum):
    """`permanent` is standing access; `eligible` must be activated through Privileged Identity Management.

    `activated` is an eligible access that somebody has activated: it is there just now and goes by itself. Azure only
    holds it, nobody wants it.
    """

    PERMANENT = "permanent"
    ELIGIBLE = "eligible"
    ACTIVATED = "activated"


class Plane(StrEnum):
    """Azure checks management and data operations apart; a permission of one plane never counts on the other."""

    CONTROL = "control"
    DATA = "data"


class Verdict(StrEnum):
    """What Azure would say, the most access first."""

    ALLOWED = "allowed"
    AFTER_ACTIVATION = "after_activation"
    UNDER_CONDITION = "under_condition"
    DENIED = "denied"

    @property
    def words(self) -> str:
        """The verdict in a sentence."""
        match self:
            case Verdict.ALLOWED:
                return "allowed"
            case Verdict.AFTER_ACTIVATION:
                return "after activation"
            case Verdict.UNDER_CONDITION:
                return "under a condition"
            case Verdict.DENIED:
                return "denied"
            case _:
                assert_never(self)


GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")  # to be matched from the start
_SUBSCRIPTION = re.compile(r"/subscriptions/([^/]+)", re.IGNORECASE)
_MANAGEMENT_GROUP = re.compile(r"/providers/microsoft\.management/managementgroups/[^/]+\Z", re.IGNORECASE)
_RESOURCE_GROUP = re.compile(r"/subscriptions/[^/]+/resourcegroups/[^/]+\Z", re.IGNORECASE)


def level_of(scope_id: str) -> ScopeLevel:
    """The level of a literal scope id; every id that is no container of Azure's is a resource."""
    if scope_id == "/":
        return ScopeLevel.TENANT
    if _MANAGEMENT_GROUP.match(scope_id):
        return ScopeLevel.MANAGEMENT_GROUP
    if _RESOURCE_GROUP.match(scope_id):
        return ScopeLevel.RESOURCE_GROUP
    match = _SUBSCRIPTION.match(scope_id)
    return ScopeLevel.SUBSCRIPTION if match and match.end() == len(scope_id) else ScopeLevel.RESOURCE


def subscription_of(scope_id: str) -> str:
    """The subscription GUID in a literal scope id, lower-cased; empty above subscriptions."""
    match = _SUBSCRIPTION.match(scope_id)
    return match.group(1).lower() if match else ""


def is_scope(scope_id: str) -> bool:
    """Whether access can be given at a scope of this literal id, as far as its form tells.

    `/subscriptions` is none, and neither is what lies below it without the GUID of a subscription: Azure takes the next
    word for one (https://github.com/Azure/azure-cli/issues/30953).
    """
    first, _, rest = scope_id.lower().removeprefix("/").partition("/")
    if first == "subscriptions":
        return bool(GUID.match(rest.partition("/")[0]))
    return scope_id == "/" or (first == "providers" and rest != "")  # /providers/Microsoft.Capacity is one


class Scope(Struct, frozen=True, eq=False):
    """A place that access is granted at.

    `id` keeps the spelling that Azure (or the author) gave it, without a trailing slash; two scopes are equal without
    regard to case, as Azure compares them, by `folded`, which follows from the id. Where `reference` is set, `id` is a Terraform reference whose value only
    Terraform knows, and `level` and `subscription` come from the scope kind.
    """

    id: str
    level: ScopeLevel
    subscription: str = ""
    reference: bool = False
    folded: str = ""

    def __post_init__(self) -> None:
        force_setattr(self, "folded", self.id if self.reference else self.id.lower())

    @classmethod
    def of(cls, scope_id: str) -> Scope:
        """The scope of a literal id."""
        trimmed = scope_id.rstrip("/") or "/"
        return cls(trimmed, level_of(trimmed), subscription_of(trimmed))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scope) and self.folded == other.folded and self.reference == other.reference

    def __ne__(self, other: object) -> bool:  # a struct brings its own, which asks whether they are the same object
        return not self == other

    def __hash__(self) -> int:
        return hash(self.folded)

    def contains(self, other: Scope) -> bool:
        """Whether access granted here reaches `other`: the same scope, or one below it, cut at whole segments."""
        if self.reference or other.reference:
            return self == other
        if self.level is ScopeLevel.TENANT or self == other:
            return True
        return other.folded.startswith(self.folded + "/")


class Principal(Struct, frozen=True):
    """Somebody who can hold access. `id` is the Entra object id, lower-cased, or a Terraform reference."""

    id: str
    type: PrincipalType
    name: str
    reference: bool = False


class Permission(Struct, frozen=True):
    """One permission object of a role definition: what it grants is its actions minus its notActions, per plane.

    `condition` is a condition that is part of the definition itself (29 built-in roles carry one).
    """

    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()
    condition: str = ""
    condition_version: str = ""


class AzureRole(Struct, frozen=True):
    """A role definition: `id` is its GUID in lower case, the same in every subscription for a built-in role."""

    id: str
    name: str
    permissions: tuple[Permission, ...] = ()
    custom: bool = False
    former_names: tuple[str, ...] = ()
    assignable_scopes: tuple[str, ...] = ("/",)
    description: str = ""
    preview: bool = False
    deprecated: str = ""


class Key(Struct, frozen=True):
    """What Azure itself keeps unique about an assignment, spelled for comparison: lower case throughout."""

    scope: str
    role_id: str
    principal_id: str
    activation: Activation


class Reason(Struct, frozen=True):
    """Why an assignment is wanted: a responsibility of a project role, the capability that it takes, and where it says so."""

    project_role: str
    title: str
    responsibility: str
    does: str
    capability: str
    grant_at: Position
    member_at: Position


class Held(Struct, frozen=True):
    """What only the holder of an assignment knows of it: Azure, or a file that tells of Azure.

    `id` is the ARM id of the assignment or, of an eligible one, of its schedule, in Azure's spelling; empty where the
    source does not know it. `until` is the instant from which the access is gone. `through_pim` says that Privileged
    Identity Management keeps it: its description is then the justification that it was asked for with, as far as Azure
    still has that. `untold` names what the source cannot tell (`condition`, `description`, `until`): it is not compared.
    `created` is an ISO 8601 instant, `at` the place in a file, `address` the one in a Terraform state.
    """

    id: str = ""
    until: datetime | None = None
    through_pim: bool = False
    created: str = ""
    untold: frozenset[str] = frozenset()
    address: str = ""
    at: Position | None = None


def instant(day: date) -> datetime:
    """The instant from which access that ends on a day is gone: midnight UTC at the beginning of the day."""
    return datetime.combine(day, time(), UTC)


class Assignment(Struct, frozen=True):
    """A principal, an Azure role and a scope, wanted or held.

    `ends` (the day from whose beginning, UTC, the access is to be gone), `environment` (the one that renders it),
    `environments` (all that want it), `scope_kind` and `reasons` are the project's side of it; Azure knows nothing of them.
    `held` is the holder's side.
    """

    scope: Scope
    role: AzureRole
    principal: Principal
    activation: Activation = Activation.PERMANENT
    condition: str = ""
    condition_version: str = ""
    description: str = ""
    ends: date | None = None
    environment: str = ""
    environments: tuple[str, ...] = ()
    scope_kind: str = ""
    reasons: tuple[Reason, ...] = ()
    held: Held = Held()

    @property
    def key(self) -> Key:
        """The identity by which this assignment is found again in Azure, a snapshot or Terraform."""
        return Key(self.scope.folded, self.role.id, self.principal.id, self.activation)


class Part(StrEnum):
    """What is read of a scope, each by itself: one part can fail while the others are whole."""

    ASSIGNMENTS = "assignments"
    ELIGIBILITIES = "eligibilities"
    ACTIVATIONS = "activations"
    DEFINITIONS = "definitions"
    DENIALS = "denials"
    DIRECTORY = "directory"


class Unread(Struct, frozen=True, order=True):
    """Something that could not be read: which part of which scope, why, and what to do about it."""

    scope: str
    part: Part
    why: str
    cure: str


class Coverage(Struct, frozen=True):
    """How far a reading reaches. What it does not cover was not read: its absence says nothing.

    `below` holds, for each part, the scopes (without case) that were read with everything below them, `alone` those that
    were read without what is below. `everything` is for states that are whole by themselves, such as a wanted one. What
    is no scope cannot be in here (ValueError): `/subscriptions` would cover them all.
    """

    below: Mapping[Part, frozenset[str]] = field(default_factory=dict)
    alone: Mapping[Part, frozenset[str]] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()
    everything: bool = False

    def __post_init__(self) -> None:
        for scopes in (*self.below.values(), *self.alone.values()):
            for each in scopes:
                if not is_scope(each):
                    raise ValueError(f"`{each}` is no scope")

    def covers(self, part: Part, scope: Scope) -> bool:
        """Whether this part of this scope was read."""
        if self.everything:
            return True
        if scope.folded in self.alone.get(part, ()):
            return True
        roots = self.below.get(part)
        if not roots:
            return False
        folded = scope.folded
        while folded not in roots:
            folded = folded.rpartition("/")[0]
            if not folded:
                return False
        return True


EVERYTHING = Coverage(everything=True)


class State:
    """Assignments by key, sorted once: the one form of what is wanted and of what Azure holds.

    `coverage` says how far a reading reached; a wanted state is whole.
    """

    __slots__ = ("_by_key", "coverage")

    def __init__(self, assignments: Iterable[Assignment], coverage: Coverage = EVERYTHING) -> None:
        keyed = {assignment.key: assignment for assignment in assignments}
        order = sorted(keyed, key=lambda key: (key.scope, key.role_id, key.principal_id, key.activation))
        self._by_key: Mapping[Key, Assignment] = MappingProxyType({key: keyed[key] for key in order})
        self.coverage = coverage

    def __iter__(self) -> Iterator[Assignment]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def __contains__(self, key: Key) -> bool:
        return key in self._by_key

    def get(self, key: Key) -> Assignment | None:
        """The assignment of this identity, or None."""
        return self._by_key.get(key)

    def with_unread(self, *unread: Unread) -> State:
        """The same assignments, with more that was not read."""
        coverage = self.coverage
        return State(self, Coverage(coverage.below, coverage.alone, (*coverage.unread, *unread), coverage.everything))

    def items(self) -> Iterable[tuple[Key, Assignment]]:
        """Every key with its assignment, sorted."""
        return self._by_key.items()
