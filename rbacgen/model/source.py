"""What a SOURCE holds: the assignments of Azure, a snapshot or Terraform in one form, and how far it was read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct, field

from rbacgen.model.assignment import AzureRole, Permission, PrincipalType
from rbacgen.model.problems import RbacgenError
from rbacgen.model.scope import Scope
from rbacgen.model.state import Part, State


class SourceKind(StrEnum):
    """The kinds of source, as reports name them."""

    AZURE = "azure"
    SNAPSHOT = "snapshot"
    AZ_LIST = "az role assignment list"
    TERRAFORM_STATE = "terraform state"
    TERRAFORM_PLAN = "terraform plan"
    TERRAFORM_FILES = "terraform files"

    @property
    def is_terraform(self) -> bool:
        """Whether it holds what Terraform manages, and nothing of what others made."""
        return self in (SourceKind.TERRAFORM_STATE, SourceKind.TERRAFORM_PLAN, SourceKind.TERRAFORM_FILES)


class Presence(StrEnum):
    """Whether a principal is in the directory.

    `deleted` only where the directory said so and is the one to know; `not_visible` is one that it did not show, which may be
    for want of a permission, or because the principal is of another tenant. `soft_deleted` is in the directory's bin and can be restored, with its access, for 30 days.
    """

    PRESENT = "present"
    SOFT_DELETED = "soft_deleted"
    DELETED = "deleted"
    NOT_VISIBLE = "unseen"


class Entry(Struct, frozen=True):
    """What the directory says of one principal; `name` is a display name, or for a user a principal name."""

    presence: Presence
    name: str = ""
    type: str = ""


class Denial(Struct, frozen=True):
    """A deny assignment: what it takes from whom, whatever roles they hold."""

    id: str
    name: str
    scope: Scope
    permissions: tuple[Permission, ...]
    principals: tuple[str, ...]
    excluded_principals: tuple[str, ...] = ()
    spares_children: bool = False
    description: str = ""


class Source(Struct, frozen=True):
    """One reading. `state` carries the assignments and the coverage.

    `name` is what to call it in messages, `taken` when it was read. `definitions` are the custom roles that it knows,
    `directory` what was asked of principals by object id; an id that is not in it was not asked for. `notes` are sentences
    for every report, such as that the tenant has no PIM. `above` gives, for a subscription's scope (without case), the
    management groups that it was seen to inherit from. `knows_management_groups` says whether that list is complete; where
    it is not, no answer may rest on which subscriptions a management group contains.
    """

    kind: SourceKind
    name: str
    state: State
    tenant: str = ""
    taken: datetime | None = None
    definitions: tuple[AzureRole, ...] = ()
    denials: tuple[Denial, ...] = ()
    directory: Mapping[str, Entry] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    above: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    knows_management_groups: bool = False

    def principals(self) -> frozenset[str]:
        """The object ids of all who hold something, but for those of another tenant: they would look deleted here."""
        foreign = PrincipalType.FOREIGN_GROUP
        return frozenset(each.principal.id for each in self.state if each.principal.type is not foreign)


# What a comparison takes; deny assignments play no part in it, and the directory is asked once it is known for whom.
COMPARED = frozenset({Part.ASSIGNMENTS, Part.ELIGIBILITIES, Part.ACTIVATIONS, Part.DEFINITIONS})


class Ask(Struct, frozen=True):
    """What is to be read from Azure.

    `subscriptions` (GUIDs, lower case) are read with all that is below them; `within` gives, for each, the scopes to fall
    back to where the subscription itself may not be read. `above` are management groups and the tenant root. `parts` are
    what to read of each; `custom_roles` are ids (GUIDs) of roles whose definitions are wanted in any case. Definitions are
    read where a role that is held is not Azure's own or not known, and `all_definitions` reads them in any case. Where
    `mark` is given and all that a scope holds is groups' and identities' and described by it, PIM is not asked what is
    activated there or ends: it describes nothing, and only persons activate. Where `tenant` is given (lower case), a login
    to another one is refused before anything is read.
    """

    subscriptions: tuple[str, ...]
    above: tuple[Scope, ...] = ()
    within: Mapping[str, tuple[Scope, ...]] = field(default_factory=dict)
    parts: frozenset[Part] = frozenset(Part)
    custom_roles: frozenset[str] = frozenset()
    all_definitions: bool = False
    mark: str = ""
    tenant: str = ""


def check_tenant(name: str, tenant: str, desired: str) -> None:
    """Raises RbacgenError where the source of this name is of another tenant than the wanted one, if both are known."""
    if desired and tenant and tenant.lower() != desired.lower():
        raise RbacgenError(
            f"{name} is of the tenant {tenant}, and the project of {desired}",
            f"log in to the project's tenant with `az login --tenant {desired}`, or mend `tenant` in the project file",
        )


class DirectoryRefusedError(RbacgenError):
    """The directory may not be asked by this login; what it would say stays unknown."""


class LiveSource(Protocol):
    """Azure, to be read. There is nothing here that writes, and there must never be."""

    def read(self, ask: Ask) -> Source:
        """What Azure holds of what is asked for, with what could not be read."""
        ...

    def directory(self, principal_ids: frozenset[str]) -> Mapping[str, Entry]:
        """What the directory says of each of these principals; raises DirectoryRefusedError where it may not be asked,
        and RbacgenError where it could not."""
        ...

    def with_justifications(self, source: Source) -> Source:
        """The same reading, its PIM rows described by the justification of their request, where Azure still has it.

        Requests that could not be read are unread in what comes back.
        """
        ...
