"""Which scopes a project manages, what has to be read for them, and where others stand towards them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct, field

from rbacgen.desired import Desired, kept_by_pim, mark
from rbacgen.model import Activation, Assignment, Scope, ScopeLevel
from rbacgen.project import Project
from rbacgen.source import COMPARED, Ask


def managed_scopes(project: Project, desired: Desired) -> dict[str, list[Scope]]:
    """By environment, every literal scope that the project binds or gives access at."""
    scopes: dict[str, dict[str, Scope]] = {each.name: {} for each in project.environments}
    for name, bound in desired.bound.items():
        scopes[name] |= {each.folded: each for each in bound if not each.reference}
    for assignment in desired.state:
        if not assignment.scope.reference:
            scopes[assignment.environment].setdefault(assignment.scope.folded, assignment.scope)
    return {name: [each[folded] for folded in sorted(each)] for name, each in scopes.items()}


def ask(
    project: Project, desired: Desired, environments: Collection[str] = (), subscriptions: Collection[str] = ()
) -> Ask:
    """What has to be read of Azure for this project, or for some environments or subscriptions of it.

    That is its subscriptions and those that it gives access in, what to fall back to in them, and what lies above them.
    """
    chosen = set(environments) or {each.name for each in project.environments}
    named = managed_scopes(project, desired)
    scopes = {scope.folded: scope for name in named if name in chosen for scope in named[name]}
    places = {each.subscription for each in project.environments if each.name in chosen}
    places |= {each.subscription for each in scopes.values() if each.subscription}
    if subscriptions:
        places &= set(subscriptions)
    within: dict[str, list[Scope]] = {each: [] for each in places}
    above: list[Scope] = []
    for folded in sorted(scopes):
        scope = scopes[folded]
        if not scope.subscription:
            above += [] if subscriptions else [scope]
        elif scope.subscription in within and scope.level is not ScopeLevel.SUBSCRIPTION:
            within[scope.subscription].append(scope)
    return Ask(
        subscriptions=tuple(sorted(places)),
        above=tuple(above),
        within={each: tuple(found) for each, found in within.items()},
        parts=COMPARED,
        custom_roles=frozenset(each.role.id for each in desired.definitions if each.environment in chosen),
        mark="" if any(_ends_by_pim(each, project) for each in desired.state) else mark(project.name),
    )


def _ends_by_pim(wanted: Assignment, project: Project) -> bool:
    return wanted.activation is Activation.PERMANENT and kept_by_pim(wanted, project.pim)


class Place(Struct):
    """Where held assignments stand towards the project: at a scope of its own, above one, or elsewhere."""

    exact: dict[str, str] = field(default_factory=dict)
    trees: dict[str, str] = field(default_factory=dict)
    ancestors: set[str] = field(default_factory=set)
    subscriptions: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, project: Project, scopes: Mapping[str, Iterable[Scope]]) -> Place:
        place = cls(subscriptions={})
        for environment in project.environments:
            place.subscriptions.setdefault(environment.subscription, environment.name)
        for name, found in scopes.items():
            for scope in found:
                place.exact.setdefault(scope.folded, name)
                if scope.level in (ScopeLevel.RESOURCE_GROUP, ScopeLevel.RESOURCE):
                    place.trees.setdefault(scope.folded, name)
                place.ancestors.update(_above(scope.folded))
        return place

    def manages(self, scope: Scope) -> bool:
        """Whether the project manages this scope: one that it binds, or one below a resource or group that it binds."""
        return self.manager(scope) is not None

    def manager(self, scope: Scope) -> str | None:
        """The environment that manages this scope, or None."""
        found = self.exact.get(scope.folded)
        if found is not None:
            return found
        return next((self.trees[each] for each in _above(scope.folded) if each in self.trees), None)

    def is_above(self, scope: Scope) -> bool:
        """Whether access at this scope reaches a managed one from above."""
        return scope.level in (ScopeLevel.TENANT, ScopeLevel.MANAGEMENT_GROUP) or scope.folded in self.ancestors

    def environment(self, scope: Scope) -> str:
        """The environment to name for this scope; empty where none is near."""
        return self.manager(scope) or self.subscriptions.get(scope.subscription, "")


def _above(folded: str) -> Iterator[str]:
    """The ids above a scope, nearest first, cut at each segment; not all of them are scopes."""
    while (folded := folded.rpartition("/")[0]) != "":
        yield folded
