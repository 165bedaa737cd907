"""Which scopes a project manages, and where others stand towards them: inside, above, or elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from rbacgen.desired import Desired
from rbacgen.model import Scope, ScopeLevel
from rbacgen.project import Project


def managed_scopes(project: Project, desired: Desired) -> dict[str, list[Scope]]:
    """By environment, every literal scope that the project binds or gives access at."""
    scopes: dict[str, dict[str, Scope]] = {each.name: {} for each in project.environments}
    for name, bound in desired.bound.items():
        scopes[name] |= {each.folded: each for each in bound if not each.reference}
    for assignment in desired.state:
        if not assignment.scope.reference:
            scopes[assignment.environment].setdefault(assignment.scope.folded, assignment.scope)
    return {name: [each[folded] for folded in sorted(each)] for name, each in scopes.items()}


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
