"""A mapping with its names resolved: project roles, their responsibilities, capabilities, grants and scope kinds."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as AbstractMapping
from datetime import date
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.model.assignment import Activation, AzureRole, Plane, PrincipalType
from rbacgen.model.problems import Position
from rbacgen.model.scope import ScopeLevel

Ends = Literal["project"] | date | None


class ScopeKind(Struct, frozen=True):
    """A name that grants speak of and that a project binds to a real scope.

    `level` is where such scopes are in Azure's hierarchy, `type` their resource type (empty above resources).
    """

    name: str
    says: str
    level: ScopeLevel
    type: str
    under: str | None
    fixed_name: str | None
    at: Position


class Need(Struct, frozen=True):
    """Operations that must be possible on a scope kind in some environments, permanently or after an activation."""

    on: str
    environments: tuple[str, ...]
    actions: tuple[str, ...]
    data_actions: tuple[str, ...]
    activated: bool
    source: str
    note: str
    at: Position


class Grant(Struct, frozen=True):
    """An Azure role on a scope kind in some environments, as a person wrote it.

    `may_assign` holds the Azure roles that its principal may assign, where the grant limits them; the condition is written
    from them when the ids of custom roles are known.
    """

    role: AzureRole
    on: str
    environments: tuple[str, ...]
    activation: Activation
    condition: str
    may_assign: tuple[AzureRole, ...]
    may_assign_to: tuple[PrincipalType, ...]
    ends: Ends
    because: str
    at: Position

    @property
    def limits_assigning(self) -> bool:
        """Whether its condition leaves no role assignment to the role alone; otherwise an escalation is possible."""
        if self.may_assign or not self.condition:
            return bool(self.may_assign)
        from rbacgen.authorization import conditions

        try:
            condition = conditions.parse(self.condition)
        except conditions.ConditionError:
            return False  # it is refused where it is written, and limits nothing that is known
        truth = conditions.decide(condition, "Microsoft.Authorization/roleAssignments/write", Plane.CONTROL)
        return truth is not conditions.Truth.TRUE


class Capability(Struct, frozen=True):
    """Something somebody is able to do: what it needs of Azure, and the grants that give it."""

    name: str
    says: str
    needs: tuple[Need, ...]
    grants: tuple[Grant, ...]
    at: Position


class Responsibility(Struct, frozen=True):
    """One accountability: the capabilities that it takes, and what it takes outside Azure."""

    id: str
    does: str
    takes: tuple[Capability, ...]
    outside: tuple[tuple[str, str], ...]
    no_access: str
    at: Position


class MustNot(Struct, frozen=True):
    """An operation that must be impossible on each of `planes`; `unless_activated` allows it after a PIM activation."""

    do: str
    on: str
    environments: tuple[str, ...]
    planes: tuple[Plane, ...]
    unless_activated: bool
    because: str
    at: Position


class ProjectRole(Struct, frozen=True):
    """A project role. A workload is one that an identity has; `owner` is then the project role that answers for it."""

    id: str
    title: str
    family: str
    says: str
    ends_with_project: bool
    responsibilities: tuple[Responsibility, ...]
    must_not: tuple[MustNot, ...]
    owner: str
    at: Position

    @property
    def is_workload(self) -> bool:
        """Whether an identity has it rather than a person."""
        return bool(self.owner)


class MappingCustomRole(Struct, frozen=True):
    """A custom Azure role that the mapping defines; its id is made when project and subscription are known."""

    role: AzureRole
    why: str
    source: str
    at: Position


class Mapping(Struct, frozen=True):
    """What every project of a kind shares: who does what, and the access that this takes."""

    title: str
    says: str
    environments: tuple[str, ...]
    assumes: tuple[str, ...]
    families: tuple[str, ...]
    scope_kinds: AbstractMapping[str, ScopeKind]
    custom_roles: AbstractMapping[str, MappingCustomRole]
    capabilities: AbstractMapping[str, Capability]
    roles: AbstractMapping[str, ProjectRole]


def with_moved(mapping: Mapping, moves: Iterable[tuple[str, str, str]]) -> Mapping:
    """The mapping after responsibilities went from one project role to another: (responsibility, from, to) each.

    The moves must name what exists; a responsibility joins the end of its new project role.
    """
    roles = dict(mapping.roles)
    for name, source, target in moves:
        responsibility = next(each for each in roles[source].responsibilities if each.id == name)
        rest = tuple(each for each in roles[source].responsibilities if each.id != name)
        roles[source] = replace(roles[source], responsibilities=rest)
        roles[target] = replace(roles[target], responsibilities=(*roles[target].responsibilities, responsibility))
    return replace(mapping, roles=roles)
