"""The shapes of the user's own files: the project file `rbacgen.yaml`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, field

from rbacgen.project.decode import Shape, hover, names, says
from rbacgen.project.mapping_file import (
    Condition,
    Guid,
    Identifier,
    Operation,
    ProjectRoleName,
    ResponsibilityName,
    RoleName,
    ScopeKindName,
    Text,
)

ProjectName = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$",
        extra=says("a name in lower-case letters, digits and - such as `fraud-detection`"),
    ),
]
Reference = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*|\[[0-9]+\]|\[\"[A-Za-z0-9_./ -]+\"\])+$",
        max_length=500,
        extra=says("a Terraform reference such as `azurerm_key_vault.this.id` (no functions, no `${}`)"),
    ),
]


ScopeId = Annotated[
    str,
    Meta(
        pattern=r"^/.*$", max_length=2000, extra=says("a whole scope id such as /subscriptions/…/resourceGroups/rg-app")
    ),
]
MappingName = Annotated[Text, names("mapping")]
# Left out it means every environment; an empty list would too, which is never meant.
Environments = Annotated[tuple[Annotated[Identifier, names("environment")], ...], Meta(min_length=1)]

EDITOR_LINE = "# yaml-language-server: $schema={}"
"""The comment by which an editor finds the JSON Schema of a file:
https://github.com/redhat-developer/yaml-language-server#using-inlined-schema"""


class TerraformReference(Shape, frozen=True):
    """A value that only Terraform knows."""

    terraform: Annotated[Reference, hover("The reference, as Terraform writes it: `azurerm_key_vault.this.id`.")]


class Binding(Shape, frozen=True):
    """What a scope kind is in an environment: a name and where it is, or a Terraform reference."""

    name: Annotated[Text | None, hover("The name of the resource.")] = None
    resource_group: Annotated[
        Text | None, hover("Its resource group, where it is not the one that the mapping says.")
    ] = None
    subscription: Annotated[Guid | None, hover("Its subscription, where it is not the environment's.")] = None
    terraform: Annotated[
        Reference | None, hover("Instead of a name: what Terraform knows it by, such as `azurerm_key_vault.this.id`.")
    ] = None


class EnvironmentShape(Shape, frozen=True):
    """An environment of the project: its subscription, and the real resources behind the scope kinds."""

    subscription: Annotated[Guid, hover("The id of the environment's subscription (`az account list -o table`).")]
    stands_for: Annotated[
        Annotated[Identifier, names("stands_for")] | None,
        hover("The environment of the mapping whose grants it takes, where it has another name."),
    ] = field(name="as", default=None)
    scopes: Annotated[
        dict[ScopeKindName, Text | Binding],
        hover(
            "What each scope kind is here: a name, a whole resource id, {name: …, resource_group: …}, "
            "or {terraform: azurerm_key_vault.this.id}."
        ),
    ] = field(default_factory=dict)
    without: Annotated[
        tuple[ScopeKindName, ...],
        hover("Scope kinds that the environment does not have, so that they do not count as forgotten."),
    ] = ()


class MemberShape(Shape, frozen=True):
    """A member of a project role: exactly one of group, user, service_principal and managed_identity."""

    group: Annotated[Text | None, hover("The display name of a group in Entra ID.")] = None
    user: Annotated[Text | None, hover("The user principal name of a person, such as ana@contoso.example.")] = None
    service_principal: Annotated[Text | None, hover("The display name of a service principal.")] = None
    managed_identity: Annotated[Text | None, hover("The name of a managed identity.")] = None
    id: Annotated[
        Guid | TerraformReference | None,
        hover("The object id, where `rbacgen lock` is not to look it up; or {terraform: …}."),
    ] = None
    environments: Annotated[
        Environments, hover("The environments in which the project role is assigned; else all.")
    ] = field(name="in", default=())
    ends: Annotated[date | None, hover("The day on which the assignment expires: it gives no access from then on.")] = (
        None
    )


class GroupMemberShape(Shape, frozen=True):
    """Who is in a group: exactly one of group, user, service_principal and managed_identity."""

    group: Annotated[Text | None, hover("The display name of a group that is in the group.")] = None
    user: Annotated[Text | None, hover("The user principal name of a person.")] = None
    service_principal: Annotated[Text | None, hover("The display name of a service principal.")] = None
    managed_identity: Annotated[Text | None, hover("The name of a managed identity.")] = None
    id: Annotated[
        Guid | TerraformReference | None,
        hover("The object id, where `rbacgen lock` is not to look it up; or {terraform: …}."),
    ] = None


class GroupShape(Shape, frozen=True):
    """Everybody who is in a group of the directory; groups in it count with all who are in them."""

    members: Annotated[tuple[GroupMemberShape, ...], hover("Everybody who is in the group.")]
    id: Annotated[
        Guid | TerraformReference | None,
        hover("The object id of the group, where `rbacgen lock` is not to look it up."),
    ] = None


class Moved(Shape, frozen=True):
    """A responsibility that this team gives to another project role than the mapping does."""

    responsibility: Annotated[ResponsibilityName, hover("The responsibility that goes to another project role.")]
    source: Annotated[ProjectRoleName, hover("The project role that has it in the mapping.")] = field(name="from")
    target: Annotated[ProjectRoleName, hover("The project role that has it in this team.")] = field(name="to")


class Ignore(Shape, frozen=True):
    """Actual assignments that are someone else's: all fields must match; rules that match nothing are reported.

    `principal` is an object id, because display names are not unique. `scope` matches everything below it,
    `at` this exact scope. `azure_role` is a name or a GUID. `condition` must be the one that Azure has, letter for letter.
    `until` matches access that Azure takes away by itself, by the end of that day (UTC).
    """

    because: Annotated[Text, hover("Why `rbacgen diff` ignores it, for those who review it.")]
    principal: Annotated[Guid | None, hover("The object id of who has it.")] = None
    azure_role: Annotated[RoleName | None, hover("The Azure role, by name or by GUID.")] = None
    scope: Annotated[ScopeId | None, hover("A scope, with everything below it.")] = None
    at: Annotated[ScopeId | None, hover("This exact scope, without what is below it.")] = None
    activation: Annotated[
        Literal["permanent", "eligible"] | None, hover("Whether it is active at all times or has to be activated.")
    ] = None
    condition: Annotated[Condition | None, hover("The condition that Azure has, letter for letter.")] = None
    until: Annotated[
        date | None, hover("Only access that Azure takes away by itself, by the end of this day (UTC).")
    ] = None


VerdictName = Literal["allowed", "after_activation", "under_condition", "denied"]


class AccessTestShape(Shape, frozen=True):
    """An access test of the team's own: who, which operation, where, and which verdicts are right.

    `who` is a project role, somebody of the team, an object id or `everyone`; `on` a scope kind, in all environments that bind
    it or in those of `in`, or the whole id of a scope. Without `plane` it is the one on which the operation is known; what is
    to be denied is tested on each.
    """

    who: Annotated[
        Text,
        names("who"),
        hover("A project role, somebody of the team (NAME or KIND:NAME), an object id, or `everyone`."),
    ]
    do: Annotated[Operation, hover("The operation, or a pattern such as `Microsoft.KeyVault/vaults/secrets/*`.")]
    on: Annotated[Text, names("place"), hover("A scope kind, or the whole id of a scope.")]
    expect: Annotated[
        VerdictName | Annotated[tuple[VerdictName, ...], Meta(min_length=1)],
        hover("The verdict that is right, or a list of those that are."),
    ]
    environments: Annotated[Environments, hover("The environments in which it is tested; else all that bind `on`.")] = (
        field(name="in", default=())
    )
    plane: Annotated[
        Literal["control", "data"] | None,
        hover("The plane; else the one on which the operation is known, each of them where `denied` is right."),
    ] = None
    because: Annotated[Text, hover("Why this has to be so.")] = ""


class AccessTestFile(Shape, frozen=True):
    """A separate file of access tests, for `rbacgen check --tests FILE`."""

    tests: Annotated[tuple[AccessTestShape, ...], Meta(min_length=1), hover("The access tests of this file.")]


class ProjectShape(Shape, frozen=True):
    """The project file."""

    project: Annotated[ProjectName, hover("The project's name; it marks every assignment: `[rbacgen:NAME]`.")]
    mapping: Annotated[
        MappingName | Annotated[tuple[MappingName, ...], Meta(min_length=1)],
        hover("A mapping that ships with rbacgen, a folder, or a list: later ones replace by name."),
    ]
    environments: Annotated[
        dict[Annotated[Identifier, names("mapping_environment")], EnvironmentShape],
        hover("Where the project is: an environment, its subscription, and what each scope kind is there."),
    ]
    team: Annotated[
        dict[ProjectRoleName, tuple[MemberShape, ...]],
        hover("Who has which project role: a project role, and its members."),
    ]
    tenant: Annotated[Guid | None, hover("The id of the Entra tenant; a login to another one is refused then.")] = None
    cloud: Annotated[Literal["public", "usgovernment", "china"], hover("The Azure cloud.")] = "public"
    ends: Annotated[date | None, hover("The project's end: roles tied to the project expire on this date.")] = None
    pim: Annotated[
        bool,
        hover("Whether Privileged Identity Management is there; without it, eligible access is active at all times."),
    ] = True
    pim_eligible_days: Annotated[
        int,
        Meta(ge=0, le=3650, extra=says("a whole number of days, 0 for no end")),
        hover("How long eligible access is given for, in days; 0 for no end."),
    ] = 365
    azurerm: Annotated[Literal[4, 5], hover("The major version of the Terraform provider to render for.")] = 5
    groups: Annotated[
        dict[Text, GroupShape],
        hover("Who is in which group, so that `apart` can be proven; or `rbacgen lock --members`."),
    ] = field(default_factory=dict)
    moved: Annotated[
        tuple[Moved, ...], hover("This team's own split of the work: responsibilities that another project role has.")
    ] = ()
    apart: Annotated[
        tuple[Annotated[tuple[ProjectRoleName, ...], Meta(min_length=2)], ...],
        hover("Separation of duties: project roles that nobody may have together, a list each."),
    ] = ()
    existing_roles: Annotated[
        dict[Annotated[RoleName, names("custom_role")], Guid],
        hover("Custom roles of the mapping that somebody else has made in Azure already, with their GUIDs."),
    ] = field(default_factory=dict)
    ignore: Annotated[
        tuple[Ignore, ...], hover("Actual assignments that are someone else's: `rbacgen diff` ignores them.")
    ] = ()
    tests: Annotated[tuple[AccessTestShape, ...], hover("The team's own access tests; `rbacgen check` runs them.")] = ()
    checks_off: Annotated[
        dict[Annotated[str, names("check")], Text],
        hover("Optional checks that are switched off, each with the reason (`rbacgen check --rules` lists them)."),
    ] = field(default_factory=dict)
