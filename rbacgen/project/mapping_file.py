"""The shapes of the files of a mapping: what may be written where."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from rbacgen.model.scope import GUID_TEXT
from rbacgen.project.decode import Shape, hover, names, says

Identifier = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_]{0,62}$",
        extra=says("a name in lower-case letters, digits and _ such as `data_scientist`"),
    ),
]
ScopeKindName = Annotated[Identifier, names("scope_kind")]
ProjectRoleName = Annotated[Identifier, names("project_role")]
CapabilityName = Annotated[Identifier, names("capability")]
ResponsibilityName = Annotated[Identifier, names("responsibility")]
# Left out it means every environment; an empty list would too, which is never meant.
Environments = Annotated[tuple[Annotated[Identifier, names("mapping_environment")], ...], Meta(min_length=1)]
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
        pattern=f"^{GUID_TEXT}$",
        extra=says("a GUID such as `6082bfda-63d0-46f4-8272-ae9195139feb`"),
    ),
]
RoleName = Annotated[
    str, Meta(min_length=1, max_length=512, extra=says("the display name of an Azure role")), names("azure_role")
]
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
    names("resource_type"),
]
Ending = Annotated[
    str,
    Meta(pattern=r"^(project|\d{4}-\d{2}-\d{2})$", extra=says("`project`, or a date such as `2027-06-30`")),
    names("ending"),
]
Condition = Annotated[str, Meta(min_length=1, extra=says("a text"))]
PrincipalTypeName = Literal["User", "Group", "ServicePrincipal"]


class About(Shape, frozen=True):
    """`mapping.yaml`: the mapping itself."""

    title: Annotated[Text, hover("What the mapping is called.")]
    environments: Annotated[
        tuple[Identifier, ...], Meta(min_length=1), hover("The environments that grants and needs may speak of.")
    ]
    says: Annotated[Text, hover("What the mapping is for, in a sentence or two.")] = ""
    assumes: Annotated[tuple[Text, ...], hover("What the mapping takes for granted about the platform.")] = ()
    families: Annotated[tuple[Text, ...], hover("The families that project roles are shown in, in their order.")] = ()


class ScopeKindShape(Shape, frozen=True):
    """One entry of `scope_kinds.yaml`: a name for a place, which a project binds to a real resource."""

    says: Annotated[Text, hover("What the place is, in words.")]
    type: Annotated[
        ResourceType,
        hover(
            "`tenant`, `management_group`, `subscription`, `resource_group`, or a type like `Microsoft.KeyVault/vaults`."
        ),
    ]
    under: Annotated[
        ScopeKindName | None, hover("The scope kind that it lies in; a name is then enough to bind it.")
    ] = None
    name: Annotated[Text | None, hover("Its name, where it is the same in every project: it is not bound then.")] = None


class CustomRoleShape(Shape, frozen=True):
    """One entry of `custom_roles.yaml`, under the role's display name."""

    says: Annotated[
        str,
        Meta(min_length=1, max_length=512, extra=says("a text")),
        hover("The role's description in Azure; at most 512 characters."),
    ]
    why: Annotated[Text, hover("Why no built-in Azure role will do.")]
    source: Annotated[Text, hover("Where it is documented that the role takes these operations.")] = ""
    actions: Annotated[tuple[Operation, ...], hover("Operations of the control plane that it grants.")] = ()
    not_actions: Annotated[tuple[Operation, ...], hover("Operations that are taken out of `actions`.")] = ()
    data_actions: Annotated[tuple[Operation, ...], hover("Operations of the data plane that it grants.")] = ()
    not_data_actions: Annotated[tuple[Operation, ...], hover("Operations that are taken out of `data_actions`.")] = ()


class NeedShape(Shape, frozen=True):
    """What must be possible for the capability to be there; `rbacgen check` proves it."""

    on: Annotated[ScopeKindName, hover("The scope kind on which the operations must be possible.")]
    source: Annotated[Text, hover("Where it is documented that this is needed, or `inferred`.")]
    environments: Annotated[Environments, hover("The environments of the mapping in which it is needed; else all.")] = (
        field(name="in", default=())
    )
    actions: Annotated[tuple[Operation, ...], hover("Operations of the control plane, one by one.")] = ()
    data_actions: Annotated[tuple[Operation, ...], hover("Operations of the data plane, one by one.")] = ()
    when: Annotated[
        Literal["activated"] | None, hover("`activated`: it is enough that it is possible after a PIM activation.")
    ] = None
    note: Annotated[Text, hover("What else a reader should know.")] = ""


class MayAssignShape(Shape, frozen=True):
    """Which Azure roles a principal that may assign roles may assign, and to whom."""

    azure_roles: Annotated[
        tuple[RoleName, ...], Meta(min_length=1), hover("The Azure roles that may be assigned; no others.")
    ]
    principal_types: Annotated[
        tuple[PrincipalTypeName, ...], Meta(min_length=1), hover("To whom they may be assigned; else to anyone.")
    ] = ()


class GrantShape(Shape, frozen=True):
    """An Azure role on a scope kind, in some environments."""

    azure_role: Annotated[RoleName, hover("The Azure role: built in, or of `custom_roles.yaml`.")]
    on: Annotated[ScopeKindName, hover("The scope kind that it is assigned at.")]
    environments: Annotated[Environments, hover("The environments of the mapping that it is given in; else all.")] = (
        field(name="in", default=())
    )
    activation: Annotated[
        Literal["permanent", "eligible"],
        hover("`permanent`: it is active at all times. `eligible`: people activate it when needed (PIM)."),
    ] = "permanent"
    condition: Annotated[Condition | None, hover("An Azure condition (ABAC, version 2.0) that limits the grant.")] = (
        None
    )
    may_assign: Annotated[
        MayAssignShape | None, hover("For roles that assign roles: which ones; the condition is written from it.")
    ] = None
    ends: Annotated[Ending | None, hover("`project`, or the day on which this grant ends.")] = None
    because: Annotated[Text, hover("Why this Azure role, for those who review it.")] = ""


class CapabilityShape(Shape, frozen=True):
    """One entry of a file in `capabilities/`: something somebody is able to do."""

    says: Annotated[Text, hover("What somebody who has it is able to do.")]
    needs: Annotated[tuple[NeedShape, ...], hover("What must be possible: operations, with their source.")] = ()
    grants: Annotated[tuple[GrantShape, ...], hover("The Azure roles that give it.")] = ()


class ResponsibilityShape(Shape, frozen=True):
    """One accountability, and what it takes."""

    id: Annotated[Identifier, hover("Its name; a project moves it to another project role by this name.")]
    does: Annotated[Text, hover("The accountability, in the words of the team.")]
    takes: Annotated[tuple[CapabilityName, ...], hover("The capabilities that it takes.")] = ()
    outside: Annotated[
        dict[Identifier, Text], hover("What it takes outside Azure: a system, and the access that is needed there.")
    ] = field(default_factory=dict)
    no_access: Annotated[Text, hover("Why it takes no access, where it takes none.")] = ""


class MustNotShape(Shape, frozen=True):
    """An operation that the project role must never be able to do; `rbacgen check` proves it."""

    do: Annotated[Operation, hover("The operation that must be impossible.")]
    on: Annotated[ScopeKindName, hover("The scope kind on which it must be impossible.")]
    environments: Annotated[
        Environments, hover("The environments of the mapping in which it must be impossible; else all.")
    ] = field(name="in", default=())
    plane: Annotated[
        Literal["control", "data"] | None,
        hover("The plane on which it must be impossible; else each on which the operation is known."),
    ] = None
    unless: Annotated[Literal["activated"] | None, hover("`activated`: it may be possible after a PIM activation.")] = (
        None
    )
    because: Annotated[Text, hover("Why it must be impossible.")] = ""


class RoleShape(Shape, frozen=True):
    """A file in `roles/`: a project role that people have."""

    project_role: Annotated[Identifier, hover("Its name, which is the file's name too.")]
    title: Annotated[Text, hover("What people call it.")]
    responsibilities: Annotated[tuple[ResponsibilityShape, ...], hover("What its members are accountable for.")]
    family: Annotated[Text, names("family"), hover("The family of `mapping.yaml` that it is shown in.")] = ""
    says: Annotated[Text, hover("What its members do, in a sentence.")] = ""
    lifetime: Annotated[
        Literal["continuing", "project"], hover("`project`: its access ends with the project (`ends`).")
    ] = "continuing"
    must_not: Annotated[tuple[MustNotShape, ...], hover("What its access must never allow.")] = ()


class WorkloadShape(Shape, frozen=True):
    """A file in `workloads/`: a project role that an identity has."""

    workload: Annotated[Identifier, hover("Its name, which is the file's name too.")]
    title: Annotated[Text, hover("What people call it.")]
    owner: Annotated[ProjectRoleName, hover("The project role that answers for the identity.")]
    responsibilities: Annotated[tuple[ResponsibilityShape, ...], hover("What the identity does.")]
    says: Annotated[Text, hover("What the identity is for, in a sentence.")] = ""
    lifetime: Annotated[
        Literal["continuing", "project"], hover("`project`: its access ends with the project (`ends`).")
    ] = "continuing"
    must_not: Annotated[tuple[MustNotShape, ...], hover("What its access must never allow.")] = ()
