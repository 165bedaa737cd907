"""The shapes of the files of a mapping: what may be written where."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from rbacgen.shape import Shape, says

Identifier = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_]{0,62}$",
        extra=says("a name in lower-case letters, digits and _ such as `data_scientist`"),
    ),
]
# Left out it means every environment; an empty list would too, which nobody who empties one means.
Environments = Annotated[tuple[Identifier, ...], Meta(min_length=1)]
Text = Annotated[str, Meta(min_length=1, max_length=2048, extra=says("a text"))]
Operation = Annotated[
    str,
    Meta(
        pattern=r"^(\*|[A-Za-z][A-Za-z0-9.]*(/[A-Za-z0-9._$*-]+)+|\*/[A-Za-z*/]+)$",
        extra=says("an Azure operation such as `Microsoft.Storage/storageAccounts/read`"),
    ),
]
Guid = Annotated[
    str,
    Meta(
        pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
        extra=says("a GUID such as `6082bfda-63d0-46f4-8272-ae9195139feb`"),
    ),
]
RoleName = Annotated[str, Meta(min_length=1, max_length=512, extra=says("the display name of an Azure role"))]
ResourceType = Annotated[
    str,
    Meta(
        pattern=(
            r"^(tenant|management_group|subscription|resource_group"
            r"|[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)+(/[A-Za-z0-9._-]+)+)$"
        ),
        extra=says(
            "`tenant`, `management_group`, `subscription`, `resource_group` "
            "or a resource type such as `Microsoft.KeyVault/vaults`"
        ),
    ),
]
Ending = Annotated[
    str,
    Meta(pattern=r"^(project|\d{4}-\d{2}-\d{2})$", extra=says("`project`, or a date such as `2027-06-30`")),
]
PrincipalTypeName = Literal["User", "Group", "ServicePrincipal"]


class About(Shape, frozen=True):
    """`mapping.yaml`: the mapping itself."""

    title: Text
    environments: Annotated[tuple[Identifier, ...], Meta(min_length=1)]
    says: Text = ""
    assumes: tuple[Text, ...] = ()
    families: tuple[Text, ...] = ()


class ScopeKindShape(Shape, frozen=True):
    """One entry of `scope_kinds.yaml`."""

    says: Text
    type: ResourceType
    under: Identifier | None = None
    name: Text | None = None


class CustomRoleShape(Shape, frozen=True):
    """One entry of `custom_roles.yaml`, under the role's display name."""

    says: Annotated[str, Meta(min_length=1, max_length=512, extra=says("a text"))]
    why: Text
    source: Text = ""
    actions: tuple[Operation, ...] = ()
    not_actions: tuple[Operation, ...] = ()
    data_actions: tuple[Operation, ...] = ()
    not_data_actions: tuple[Operation, ...] = ()


class NeedShape(Shape, frozen=True):
    """What must be possible for the capability to be there."""

    on: Identifier
    source: Text
    environments: Environments = field(name="in", default=())
    actions: tuple[Operation, ...] = ()
    data_actions: tuple[Operation, ...] = ()
    when: Literal["activated"] | None = None
    note: Text = ""


class MayAssignShape(Shape, frozen=True):
    """Which Azure roles the holder of a role that assigns roles may assign, and to whom."""

    azure_roles: Annotated[tuple[RoleName, ...], Meta(min_length=1)]
    principal_types: Annotated[tuple[PrincipalTypeName, ...], Meta(min_length=1)] = ()


class GrantShape(Shape, frozen=True):
    """An Azure role on a scope kind, in some environments."""

    azure_role: RoleName
    on: Identifier
    environments: Environments = field(name="in", default=())
    activation: Literal["permanent", "eligible"] = "permanent"
    condition: Annotated[str, Meta(min_length=1, extra=says("a text"))] | None = None
    may_assign: MayAssignShape | None = None
    ends: Ending | None = None
    because: Text = ""


class CapabilityShape(Shape, frozen=True):
    """One entry of a file in `capabilities/`."""

    says: Text
    needs: tuple[NeedShape, ...] = ()
    grants: tuple[GrantShape, ...] = ()


class ResponsibilityShape(Shape, frozen=True):
    """One accountability, and what it takes."""

    id: Identifier
    does: Text
    takes: tuple[Identifier, ...] = ()
    outside: dict[Identifier, Text] = field(default_factory=dict)
    no_access: Text = ""


class MustNotShape(Shape, frozen=True):
    """An operation that the project role must never be able to do."""

    do: Operation
    on: Identifier
    environments: Environments = field(name="in", default=())
    plane: Literal["control", "data"] = "control"
    unless: Literal["activated"] | None = None
    because: Text = ""


class RoleShape(Shape, frozen=True):
    """A file in `roles/`: a project role, a hat that people wear."""

    project_role: Identifier
    title: Text
    responsibilities: tuple[ResponsibilityShape, ...]
    family: Text = ""
    says: Text = ""
    lifetime: Literal["continuing", "project"] = "continuing"
    must_not: tuple[MustNotShape, ...] = ()


class WorkloadShape(Shape, frozen=True):
    """A file in `workloads/`: a project role that is worn by an identity."""

    workload: Identifier
    title: Text
    owner: Identifier
    responsibilities: tuple[ResponsibilityShape, ...]
    says: Text = ""
    lifetime: Literal["continuing", "project"] = "continuing"
    must_not: tuple[MustNotShape, ...] = ()
