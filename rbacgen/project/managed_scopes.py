"""Which scopes a project manages, what has to be read for them, and how other scopes relate to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct, field

from rbacgen.model.assignment import Activation, Assignment
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.model.source import COMPARED, Ask
from rbacgen.project.desired import Desired, kept_by_pim, mark
from rbacgen.project.project import Project


def managed_scopes(project: Project, desired: Desired) -> dict[str, list[Scope]]:
    """By environment, every literal scope that is the project's business.

    That is what it binds or gives access at, the environment's subscription, and, in the subscriptions of the
    project, the resource groups of the resources that it binds: who has access to those has it to what is the project's.
    """
    scopes: dict[str, dict[str, Scope]] = {each.name: {} for each in project.environments}
    own = {each.subscription for each in project.environments}
    for environment in project.environments:
        found = [each for each in desired.bound.get(environment.name, ()) if not each.reference]
        groups = [_group_of(each) for each in found if each.subscription in own]
        home = [Scope.of(f"/subscriptions/{environment.subscription}")] if environment.subscription else []
        scopes[environment.name] = {each.folded: each for each in (*home, *groups, *found)}
    for assignment in desired.state:
        if not assignment.scope.reference:
            for name in assignment.environments:
                scopes[name].setdefault(assignment.scope.folded, assignment.scope)
    return {name: [each[folded] for folded in sorted(each)] for name, each in scopes.items()}


def _group_of(scope: Scope) -> Scope:
    """The resource group that a resource lies in, or the scope itself where it is none of a group's."""
    segments = scope.id.split("/")
    return Scope.of("/".join(segments[:5])) if scope.level is ScopeLevel.RESOURCE else scope


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


def _ends_by_pim(desired: Assignment, project: Project) -> bool:
    return desired.activation is Activation.PERMANENT and kept_by_pim(desired, project.pim)


_TREES = (ScopeLevel.RESOURCE_GROUP, ScopeLevel.RESOURCE)


class ScopeRelation(Struct):
    """How the scopes of actual assignments relate to the project: at a scope of its own, above one, or elsewhere.

    `exact` and `trees` give the environments that manage a scope, in the project's order; those of `trees` manage all that
    is below it too: resources and resource groups that are bound, and a subscription that is bound and not only used.
    """

    exact: dict[str, tuple[str, ...]] = field(default_factory=dict)
    trees: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ancestors: set[str] = field(default_factory=set)
    subscriptions: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, project: Project, desired: Desired, scopes: Mapping[str, Iterable[Scope]]) -> ScopeRelation:
        """The place of a project with these managed scopes."""
        place = cls()
        granted = {each.scope.folded for each in desired.state}
        for environment in project.environments:
            name = environment.name
            _join(place.subscriptions, environment.subscription, name)
            above = (ScopeLevel.TENANT, ScopeLevel.MANAGEMENT_GROUP)
            bound = {each.folded for each in desired.bound.get(name, ()) if each.level not in above}
            for scope in scopes[name]:
                _join(place.exact, scope.folded, name)
                if scope.folded in bound or (scope.level in _TREES and scope.folded in granted):
                    _join(place.trees, scope.folded, name)
                place.ancestors.update(_above(scope.folded))
        return place

    def managers(self, scope: Scope) -> tuple[str, ...]:
        """The environments that manage this scope itself, or bind a resource, a group or a subscription above it."""
        found = list(self.exact.get(scope.folded, ()))
        for each in _above(scope.folded):
            found += (name for name in self.trees.get(each, ()) if name not in found)
        return tuple(found)

    def is_above(self, scope: Scope) -> bool:
        """Whether access at this scope reaches a managed one from above."""
        return scope.level in (ScopeLevel.TENANT, ScopeLevel.MANAGEMENT_GROUP) or scope.folded in self.ancestors

    def environments(self, scope: Scope) -> tuple[str, ...]:
        """The environments to name for this scope: its managers, else those of its subscription."""
        return self.managers(scope) or self.subscriptions.get(scope.subscription, ())


def _join(found: dict[str, tuple[str, ...]], key: str, name: str) -> None:
    if name not in found.get(key, ()):
        found[key] = (*found.get(key, ()), name)


def _above(folded: str) -> Iterator[str]:
    """The ids above a scope, nearest first, cut at each segment; not all of them are scopes."""
    while (folded := folded.rpartition("/")[0]) != "":
        yield folded
