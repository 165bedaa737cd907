"""Sources: the access in Azure, a snapshot or Terraform, all in one form, and how far each was read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Protocol

from msgspec import Meta, Struct, field

from rbacgen.model.assignment import AzureRole, Permission, PrincipalType
from rbacgen.model.problems import RbacgenError
from rbacgen.model.scope import Scope
from rbacgen.model.state import Part, State


class SourceKind(StrEnum):
    """The kinds of sources, as reports name them."""

    AZURE = "azure"
    SNAPSHOT = "snapshot"
    AZ_LIST = "az role assignment list"
    TERRAFORM_STATE = "terraform state"
    TERRAFORM_PLAN = "terraform plan"
    TERRAFORM_FILES = "terraform files"

    @property
    def is_terraform(self) -> bool:
        """Whether it contains only what Terraform manages, and nothing that was created without it."""
        return self in (SourceKind.TERRAFORM_STATE, SourceKind.TERRAFORM_PLAN, SourceKind.TERRAFORM_FILES)


class Presence(StrEnum):
    """Whether a principal is in the directory.

    `deleted` is used only where the principal's own directory does not find it; `not_visible` is a principal that the directory
    does not show, because a permission is missing or because the principal belongs to another tenant. A `soft_deleted` one can
    be restored from the directory's bin, with its access, for 30 days.
    """

    PRESENT = "present"
    SOFT_DELETED = "soft_deleted"
    DELETED = "deleted"
    NOT_VISIBLE = "not_visible"


class Entry(Struct, frozen=True, omit_defaults=True):
    """The directory's entry of one principal; `name` is a display name, or for a user the user principal name."""

    presence: Annotated[Presence, Meta(description="Whether the principal is in the directory.")]
    name: Annotated[str, Meta(description="Its name; a snapshot has a user's only if `names_of_users` is true.")] = ""
    type: Annotated[str, Meta(description="The type of principal.")] = ""


class Denial(Struct, frozen=True):
    """A deny assignment: which operations it denies to which principals, whatever roles they have.

    With `only_at_scope` it does not apply below its scope.
    """

    id: str
    name: str
    scope: Scope
    permissions: tuple[Permission, ...]
    principals: tuple[str, ...]
    excluded_principals: tuple[str, ...] = ()
    only_at_scope: bool = False
    description: str = ""


class Source(Struct, frozen=True):
    """One reading. `state` has the assignments and the coverage.

    `name` is its name in messages, `taken` is when it was read. `definitions` are the custom roles that it defines,
    `directory` the entries of principals by object id; an id that is not in it was not looked up. `notes` are sentences for
    every report, such as that the tenant has no PIM. `above` gives, for the scope of a subscription (in lower case), the
    management groups that it inherits from, as far as they have assignments; `knows_management_groups` is whether the source knows them at
    all: where it does not, the content of a management group is not known.
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
        """The object ids of all principals with access, except groups of another tenant, which would look deleted here."""
        return frozenset(
            each.principal.id for each in self.state if each.principal.type is not PrincipalType.FOREIGN_GROUP
        )


# What a comparison reads. Deny assignments do not matter for it; the directory is read later, for the principals found.
COMPARED = frozenset({Part.ASSIGNMENTS, Part.ELIGIBILITIES, Part.ACTIVATIONS, Part.DEFINITIONS})


class Ask(Struct, frozen=True):
    """What to read from Azure.

    `subscriptions` (GUIDs, lower case) are read with everything below them; `within` gives, for each, the scopes to read
    instead where the subscription itself may not be read. `above` are management groups and the tenant root. `parts` are
    what to read of each; `custom_roles` are ids (GUIDs) of roles whose definitions are needed in any case. Definitions are
    read where an assigned role is custom or not known; `all_definitions` reads them in any case. Where `mark` is given and
    all assignments of a scope are of groups and identities and have it in their descriptions, PIM is not asked what is
    activated there or ends: PIM writes no descriptions, and only users activate. Where `tenant` is given (lower case), a
    login to another one is refused before anything is read.
    """

    subscriptions: tuple[str, ...]
    above: tuple[Scope, ...] = ()
    within: Mapping[str, tuple[Scope, ...]] = field(default_factory=dict)
    parts: frozenset[Part] = frozenset(Part)
    custom_roles: frozenset[str] = frozenset()
    all_definitions: bool = False
    mark: str = ""
    tenant: str = ""


def check_tenant(name: str, tenant: str, expected: str) -> None:
    """Raises RbacgenError where the source of this name is of another tenant than the expected one, if both are known."""
    if expected and tenant and tenant.lower() != expected.lower():
        raise RbacgenError(
            f"{name} belongs to the tenant {tenant}, but the project to {expected}",
            f"log in to the project's tenant with `az login --tenant {expected}`, or correct `tenant` in the project file",
        )


class DirectoryRefusedError(RbacgenError):
    """The login may not read the directory; what it contains stays unknown."""


class LiveSource(Protocol):
    """Live Azure. Nothing here writes, and nothing ever must."""

    def read(self, ask: Ask) -> Source:
        """The access that `ask` asks for, with what could not be read."""
        ...

    def directory(self, principal_ids: frozenset[str]) -> Mapping[str, Entry]:
        """The directory's entry of each of these principals.

        Raises DirectoryRefusedError where the login may not read the directory, and RbacgenError where it could not be read.
        """
        ...

    def with_justifications(self, source: Source) -> Source:
        """The same reading, its PIM assignments described by the justification of their request, where Azure still has it.

        Requests that could not be read are unread in the result.
        """
        ...
