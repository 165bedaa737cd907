"""What is assigned: principals, Azure roles and assignments, desired or actual."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Annotated, assert_never

from msgspec import Meta, Struct

from rbacgen.model.problems import Position
from rbacgen.model.scope import Scope


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
    """What Azure itself keeps unique about an assignment, spelled for comparison: lower case throughout."""

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
    """What only the holder of an assignment knows of it: Azure, or a file that tells of Azure.

    `id` is the ARM id of the assignment or, of an eligible one, of its schedule, in Azure's spelling; empty where the
    source does not know it. `until` is the instant from which the access is gone. `through_pim` says that Privileged
    Identity Management keeps it: its description is then the justification that it was asked for with, as far as Azure
    still has that. `unknown_fields` names what the source cannot tell (`condition`, `description`, `until`): it is not compared.
    `created` is an ISO 8601 instant, `at` the place in a file, `address` the one in a Terraform state.
    """

    id: str = ""
    until: datetime | None = None
    through_pim: bool = False
    created: str = ""
    unknown_fields: frozenset[str] = frozenset()
    address: str = ""
    at: Position | None = None


def instant(day: date) -> datetime:
    """The instant from which access that ends on a day is gone: midnight UTC at the beginning of the day."""
    return datetime.combine(day, time(), UTC)


class Assignment(Struct, frozen=True):
    """A principal, an Azure role and a scope, wanted or held.

    `ends` (the day from whose beginning, UTC, the access is to be gone), `environment` (the one that renders it),
    `environments` (all that want it), `scope_kind` and `reasons` are the project's side of it; Azure knows nothing of them.
    `actual` is the holder's side.
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
        """The identity by which this assignment is found again in Azure, a snapshot or Terraform."""
        return Key(self.scope.folded, self.role.id, self.principal.id, self.activation)
