"""Principals, Azure roles, and the assignments that connect them at a scope, desired or actual."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Annotated, assert_never

from msgspec import Meta, Struct

from rbacgen.model.problems import Position
from rbacgen.model.scope import Scope


class PrincipalType(StrEnum):
    """The types of principals, as Azure spells them; a project gives access to the first three only.

    `UNKNOWN` is used where a source does not name the type.
    """

    USER = "User"
    GROUP = "Group"
    SERVICE_PRINCIPAL = "ServicePrincipal"
    FOREIGN_GROUP = "ForeignGroup"
    DEVICE = "Device"
    UNKNOWN = "Unknown"


class Activation(StrEnum):
    """`permanent` is active access; `eligible` must be activated through Privileged Identity Management.

    `activated` is eligible access that a user has activated: it exists now and ends by itself. It occurs in Azure only, never
    in a project.
    """

    PERMANENT = "permanent"
    ELIGIBLE = "eligible"
    ACTIVATED = "activated"


class Plane(StrEnum):
    """Azure checks management and data operations separately; a permission of one plane never counts on the other."""

    CONTROL = "control"
    DATA = "data"


class Verdict(StrEnum):
    """What Azure would decide, the most access first."""

    ALLOWED = "allowed"
    AFTER_ACTIVATION = "after_activation"
    UNDER_CONDITION = "under_condition"
    DENIED = "denied"

    @property
    def words(self) -> str:
        """The verdict as part of a sentence."""
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


class Principal(Struct, frozen=True):
    """Who can have access. `id` is the Entra object id in lower case, or a Terraform reference."""

    id: str
    type: PrincipalType
    name: str
    reference: bool = False


class Permission(Struct, frozen=True):
    """One permission object of a role definition: it grants its actions minus its notActions, per plane.

    `condition` is a condition in the definition itself (29 built-in roles have one).
    """

    actions: Annotated[
        tuple[str, ...], Meta(description="The operations that it grants on the control plane, as patterns.")
    ] = ()
    not_actions: Annotated[tuple[str, ...], Meta(description="What is excluded from them.")] = ()
    data_actions: Annotated[
        tuple[str, ...], Meta(description="The operations that it grants on the data plane, as patterns.")
    ] = ()
    not_data_actions: Annotated[tuple[str, ...], Meta(description="What is excluded from them.")] = ()
    condition: Annotated[str, Meta(description="The condition that is part of the definition; empty for none.")] = ""
    condition_version: Annotated[str, Meta(description="The version of the condition's language; else empty.")] = ""


class AzureRole(Struct, frozen=True):
    """A role definition: `id` is its GUID in lower case, the same in every subscription for a built-in role."""

    id: Annotated[str, Meta(description="The GUID of the role definition.")]
    name: Annotated[str, Meta(description="The name.")]
    permissions: Annotated[tuple[Permission, ...], Meta(description="Its permission objects.")] = ()
    custom: Annotated[bool, Meta(description="Whether it is a custom role.")] = False
    former_names: Annotated[tuple[str, ...], Meta(description="The names that it had before.")] = ()
    assignable_scopes: Annotated[tuple[str, ...], Meta(description="The scopes at which it can be assigned.")] = ("/",)
    description: Annotated[str, Meta(description="What it is for, as its definition says; may be empty.")] = ""
    preview: Annotated[bool, Meta(description="Whether Microsoft calls it a preview.")] = False
    deprecated: Annotated[str, Meta(description="What Microsoft says about its retirement; empty where it stays.")] = ""


class Key(Struct, frozen=True):
    """What Azure itself keeps unique about an assignment, in lower case for comparison."""

    scope: str
    role_id: str
    principal_id: str
    activation: Activation


class Reason(Struct, frozen=True):
    """Why the project has an assignment: a responsibility of a project role, the capability that it takes, and where both are written."""

    project_role: Annotated[str, Meta(description="The project role.")]
    title: Annotated[str, Meta(description="Its title.")]
    responsibility: Annotated[str, Meta(description="The responsibility.")]
    does: Annotated[str, Meta(description="What that is, in the team's words.")]
    capability: Annotated[str, Meta(description="The capability that it takes.")]
    grant_at: Annotated[Position, Meta(description="Where the grant is written.")]
    member_at: Annotated[Position, Meta(description="Where the entry of the team is written.")]


class ActualDetails(Struct, frozen=True):
    """What only a source knows of an assignment.

    `id` is the ARM id of the assignment or, for an eligible one, of its schedule, in Azure's spelling; empty where the
    source does not know it. `until` is the instant at which the access ends. `through_pim` is whether Privileged Identity
    Management manages it: its description is then the justification of the request for it, as far as Azure still has that.
    `unknown_fields` are the fields that the source does not know (`condition`, `description`, `until`): they are not compared.
    `created` is an ISO 8601 instant, `at` the position in a file, `address` the one in a Terraform state.
    """

    id: str = ""
    until: datetime | None = None
    through_pim: bool = False
    created: str = ""
    unknown_fields: frozenset[str] = frozenset()
    address: str = ""
    at: Position | None = None


def instant(day: date) -> datetime:
    """The instant at which access that ends on a day ends: midnight UTC at the beginning of the day."""
    return datetime.combine(day, time(), UTC)


class Assignment(Struct, frozen=True):
    """A principal, an Azure role and a scope, desired or actual.

    `ends` (the day at whose beginning, UTC, the access ends), `environment` (the one that renders it), `environments` (all
    that need it), `scope_kind` and `reasons` come from the project; Azure does not know them. `actual` comes from the source.
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
    actual: ActualDetails = ActualDetails()

    @property
    def key(self) -> Key:
        """The identity by which this assignment is found in Azure, a snapshot or Terraform."""
        return Key(self.scope.folded, self.role.id, self.principal.id, self.activation)
