"""A project with its names resolved: environments, the people and identities behind each project role, its tests and rules."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from datetime import date

from msgspec import Struct

from rbacgen.authorization.groups import Membership
from rbacgen.model.assignment import Plane, Principal, Verdict
from rbacgen.model.problems import Position
from rbacgen.project.lock import Lock, Named
from rbacgen.project.mapping import Mapping
from rbacgen.project.project_file import Binding


class Environment(Struct, frozen=True):
    """One environment of the project. `stands_for` is the environment of the mapping whose grants it takes."""

    name: str
    stands_for: str
    subscription: str
    bindings: AbstractMapping[str, str | Binding]
    without: tuple[str, ...]
    at: Position
    binding_at: AbstractMapping[str, Position]
    is_whole: bool = True


class TeamMember(Struct, frozen=True):
    """A principal that has a project role, in some environments (all if none is named), possibly until a day."""

    principal: Principal
    environments: tuple[str, ...]
    ends: date | None
    at: Position


class Group(Struct, frozen=True):
    """A group of the directory with its direct members, as the project file writes them."""

    principal: Principal
    members: tuple[Principal, ...]
    at: Position


class Apart(Struct, frozen=True):
    """Project roles of which nobody may have two."""

    roles: tuple[str, ...]
    at: Position


class Ignored(Struct, frozen=True):
    """A rule for actual assignments that are someone else's; what is empty matches everything.

    `principal` is an object id, `scope` matches what is below it, `at_scope` that exact scope, `until` what ends by that day.
    """

    because: str
    principal: str
    azure_role: str
    scope: str
    at_scope: str
    activation: str
    condition: str
    until: date | None
    at: Position


class TeamTest(Struct, frozen=True):
    """An access test as a team wrote it, its names not yet looked up; `plane` is None where it follows from the operation."""

    who: str
    do: str
    on: str
    environments: tuple[str, ...]
    plane: Plane | None
    expect: tuple[Verdict, ...]
    because: str
    at: Position


class Project(Struct, frozen=True):
    """A project as its file says, with the mapping as this team splits the work.

    `named` is everybody in the team and in groups by the name in the file, whether their object id is known or not; who
    is known to Terraform only is not in it. `unresolved` has, by project role, the environments of those whose object id
    is not known yet: what they take has to be bound all the same. `membership` says who is in which group, by the file and the lock.
    """

    name: str
    mapping: Mapping
    environments: tuple[Environment, ...]
    team: AbstractMapping[str, tuple[TeamMember, ...]]
    tenant: str
    cloud: str
    ends: date | None
    pim: bool
    pim_eligible_days: int
    azurerm: int
    existing_roles: AbstractMapping[str, str]
    ignore: tuple[Ignored, ...]
    checks_off: AbstractMapping[str, str]
    lock: Lock
    file: str
    places: AbstractMapping[str, Position]
    named: tuple[Named, ...] = ()
    unresolved: AbstractMapping[str, tuple[tuple[str, ...], ...]] = {}
    tests: tuple[TeamTest, ...] = ()
    groups: tuple[Group, ...] = ()
    membership: Membership = Membership()
    apart: tuple[Apart, ...] = ()

    def place(self, key: str) -> Position:
        """The place of a top-level key of the project file, or of the file where it has none."""
        return self.places.get(key, Position(self.file, 1, 1))
