"""Scopes: where access is granted, and the levels of Azure's hierarchy."""

from __future__ import annotations

import re
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import force_setattr


class ScopeLevel(StrEnum):
    """The levels of Azure's hierarchy, from the top down."""

    TENANT = "tenant"
    MANAGEMENT_GROUP = "management_group"
    SUBSCRIPTION = "subscription"
    RESOURCE_GROUP = "resource_group"
    RESOURCE = "resource"


GUID_TEXT = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
"""The pattern of a GUID, for patterns that contain one."""

GUID = re.compile(GUID_TEXT + r"\Z")  # for `match`, from the start


_SUBSCRIPTION = re.compile(r"/subscriptions/([^/]+)", re.IGNORECASE)


_MANAGEMENT_GROUP = re.compile(r"/providers/microsoft\.management/managementgroups/[^/]+\Z", re.IGNORECASE)


_RESOURCE_GROUP = re.compile(r"/subscriptions/[^/]+/resourcegroups/[^/]+\Z", re.IGNORECASE)


def level_of(scope_id: str) -> ScopeLevel:
    """The level of a literal scope id; every id that is not one of Azure's containers is a resource."""
    if scope_id == "/":
        return ScopeLevel.TENANT
    if _MANAGEMENT_GROUP.match(scope_id):
        return ScopeLevel.MANAGEMENT_GROUP
    if _RESOURCE_GROUP.match(scope_id):
        return ScopeLevel.RESOURCE_GROUP
    match = _SUBSCRIPTION.match(scope_id)
    return ScopeLevel.SUBSCRIPTION if match and match.end() == len(scope_id) else ScopeLevel.RESOURCE


def subscription_of(scope_id: str) -> str:
    """The subscription GUID in a literal scope id, in lower case; empty above subscriptions."""
    match = _SUBSCRIPTION.match(scope_id)
    return match.group(1).lower() if match else ""


def is_scope(scope_id: str) -> bool:
    """Whether access can be granted at this literal id, judged by its form.

    `/subscriptions` is not a scope, and neither is anything below it without the GUID of a subscription: Azure takes the next
    word for one (https://github.com/Azure/azure-cli/issues/30953).
    """
    first, _, rest = scope_id.lower().removeprefix("/").partition("/")
    if first == "subscriptions":
        return bool(GUID.match(rest.partition("/")[0]))
    return scope_id == "/" or (first == "providers" and rest != "")  # /providers/Microsoft.Capacity is one


class Scope(Struct, frozen=True, eq=False):
    """A place where access is granted.

    `id` keeps the spelling of Azure or of the author, without a trailing slash; two scopes are equal without regard to case,
    as Azure compares them, by `folded`, which is derived from the id. Where `reference` is set, `id` is a Terraform reference
    whose value only Terraform knows, and `level` and `subscription` come from the scope kind.
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

    def __ne__(self, other: object) -> bool:  # a struct has its own, which compares by identity
        return not self == other

    def __hash__(self) -> int:
        return hash(self.folded)

    def contains(self, other: Scope) -> bool:
        """Whether access granted here applies at `other`: the same scope, or one below it, by whole segments."""
        if self.reference or other.reference:
            return self == other
        if self.level is ScopeLevel.TENANT or self == other:
            return True
        return other.folded.startswith(self.folded + "/")
