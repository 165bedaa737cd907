"""The shapes of the user's own files: the project file `rbacgen.yaml`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, field

from rbacgen.mapping_file import Environments, Guid, Identifier, Operation, RoleName, Text
from rbacgen.shape import Shape, says

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


class TerraformReference(Shape, frozen=True):
    """A value that only Terraform knows."""

    terraform: Reference


class Binding(Shape, frozen=True):
    """What a scope kind is in an environment: a name and where it lives, or a Terraform reference."""

    name: Text | None = None
    resource_group: Text | None = None
    subscription: Guid | None = None
    terraform: Reference | None = None


class EnvironmentShape(Shape, frozen=True):
    """An environment of the project: its subscription, and the real resources behind the scope kinds."""

    subscription: Guid
    stands_for: Identifier | None = field(name="as", default=None)
    scopes: dict[Identifier, Text | Binding] = field(default_factory=dict)
    without: tuple[Identifier, ...] = ()


class Member(Shape, frozen=True):
    """Who wears a hat: exactly one of group, user, service_principal and managed_identity."""

    group: Text | None = None
    user: Text | None = None
    service_principal: Text | None = None
    managed_identity: Text | None = None
    id: Guid | TerraformReference | None = None
    environments: Environments = field(name="in", default=())
    ends: date | None = None


class GroupMember(Shape, frozen=True):
    """Who is in a group: exactly one of group, user, service_principal and managed_identity."""

    group: Text | None = None
    user: Text | None = None
    service_principal: Text | None = None
    managed_identity: Text | None = None
    id: Guid | TerraformReference | None = None


class GroupShape(Shape, frozen=True):
    """Everybody who is in a group of the directory; groups in it count with all who are in them."""

    members: tuple[GroupMember, ...]
    id: Guid | TerraformReference | None = None


class Moved(Shape, frozen=True):
    """A responsibility that this team gives to another project role than the mapping does."""

    responsibility: Identifier
    source: Identifier = field(name="from")
    target: Identifier = field(name="to")


class Ignore(Shape, frozen=True):
    """Live assignments that are someone else's: all that is given must fit.

    `principal` is an object id, because names of strangers are anybody's to take. `scope` fits with all that is below it,
    `at` just where it is. `azure_role` is a name or a GUID. `condition` must be the one that Azure holds, letter for letter.
    `until` fits access that Azure takes away by itself, by the end of that day (UTC).
    """

    reason: Text
    principal: Guid | None = None
    azure_role: RoleName | None = None
    scope: ScopeId | None = None
    at: ScopeId | None = None
    activation: Literal["permanent", "eligible"] | None = None
    condition: Annotated[str, Meta(min_length=1, extra=says("a text"))] | None = None
    until: date | None = None


VerdictName = Literal["allowed", "after_activation", "under_condition", "denied"]


class AccessTestShape(Shape, frozen=True):
    """An access test of the team's own: who, which operation, where, and which verdicts are right.

    `who` is a project role, somebody of the team, an object id or `everyone`; `on` a scope kind, in all environments that bind
    it or in those of `in`, or the whole id of a scope. Without `plane` it is the one on which the operation is known.
    """

    who: Text
    do: Operation
    on: Text
    expect: VerdictName | Annotated[tuple[VerdictName, ...], Meta(min_length=1)]
    environments: Environments = field(name="in", default=())
    plane: Literal["control", "data"] | None = None
    because: Text = ""


class AccessTestFile(Shape, frozen=True):
    """A file of access tests that stands by itself, for `rbacgen check --tests FILE`."""

    tests: Annotated[tuple[AccessTestShape, ...], Meta(min_length=1)]


class ProjectShape(Shape, frozen=True):
    """The project file."""

    project: ProjectName
    mapping: Text | Annotated[tuple[Text, ...], Meta(min_length=1)]
    environments: dict[Identifier, EnvironmentShape]
    team: dict[Identifier, tuple[Member, ...]]
    tenant: Guid | None = None
    cloud: Literal["public", "usgovernment", "china"] = "public"
    ends: date | None = None
    pim: bool = True
    pim_eligible_days: Annotated[int, Meta(ge=0, le=3650, extra=says("a whole number of days, 0 for no end"))] = 365
    azurerm: Literal[4, 5] = 5
    groups: dict[Text, GroupShape] = field(default_factory=dict)
    moved: tuple[Moved, ...] = ()
    apart: tuple[Annotated[tuple[Identifier, ...], Meta(min_length=2)], ...] = ()
    existing_roles: dict[RoleName, Guid] = field(default_factory=dict)
    ignore: tuple[Ignore, ...] = ()
    tests: tuple[AccessTestShape, ...] = ()
    checks_off: dict[str, Text] = field(default_factory=dict)
