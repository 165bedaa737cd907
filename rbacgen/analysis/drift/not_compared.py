"""What a comparison could not compare: what the source could not read, and what it does not hold."""

from __future__ import annotations

from collections.abc import Iterator

from rbacgen.analysis.drift.sides import Sides
from rbacgen.model.scope import Scope
from rbacgen.model.state import Part, Unread

_REMEDIES = {
    Part.ASSIGNMENTS: "compare with a source that holds this scope, or narrow with `--environment` or `--subscription`",
    Part.ELIGIBILITIES: "compare with live Azure or a snapshot, which have eligible access",
    Part.DEFINITIONS: "compare with live Azure or a snapshot, which have custom roles",
}


class NotCompared:
    """Collects what could not be compared, each scope and part once."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides
        self._found: dict[tuple[str, Part], Unread] = {}

    def add(self, scope: str, part: Part, why: str, remedy: str) -> None:
        """Notes a part of a scope, unless it is noted already."""
        self._found.setdefault((scope, part), Unread(scope, part, why, remedy))

    def replace(self, scope: str, part: Part, why: str, remedy: str) -> None:
        """Notes a part of a scope, in place of an earlier note."""
        self._found[scope, part] = Unread(scope, part, why, remedy)

    def add_subscription(self, part: Part, scope: Scope) -> None:
        """Notes that the source does not hold this part of a scope's subscription, unless it is named already."""
        source = self._sides.source
        named = (*source.state.coverage.unread, *self._found.values())
        if any(each.part is part and _includes(each, scope) for each in named):
            return
        top = f"/subscriptions/{scope.subscription}" if scope.subscription else scope.id
        self.add(top, part, f"{source.name} does not hold it, or not all of it", _REMEDIES[part])

    def add_unread_scopes(self) -> None:
        """Notes the managed scopes that were not read: others may have access there, active or eligible."""
        if self._sides.is_terraform:
            return
        baseline, coverage = self._sides.baseline, self._sides.source.state.coverage
        for name, scopes in baseline.managed.items():
            for scope in scopes if name in baseline.environments else ():
                for part in (Part.ASSIGNMENTS, Part.ELIGIBILITIES):
                    if baseline.is_viewed(scope) and not coverage.covers(part, scope):
                        self.add_subscription(part, scope)

    def all(self) -> tuple[Unread, ...]:
        """What was noted, and what the source could not read of what the view includes; sorted."""
        viewed = tuple(self._viewed_scopes())
        read = (each for each in self._sides.source.state.coverage.unread if _concerns(each, viewed))
        return tuple(sorted({*read, *self._found.values()}))

    def _viewed_scopes(self) -> Iterator[Scope]:
        """The subscriptions of the environments in the view, and all scopes that they manage."""
        baseline = self._sides.baseline
        for environment in baseline.project.environments:
            if environment.name in baseline.environments:
                home = Scope.of(f"/subscriptions/{environment.subscription}")
                yield from filter(baseline.is_viewed, (home, *baseline.managed[environment.name]))


def _includes(unread: Unread, scope: Scope) -> bool:
    """Whether what was not read includes this scope."""
    return unread.scope.startswith("/") and Scope.of(unread.scope).contains(scope)


def _concerns(unread: Unread, viewed: tuple[Scope, ...]) -> bool:
    """Whether what was not read is compared, and is at, above or below a viewed scope."""
    if unread.part is Part.DENIALS:
        return False
    if not unread.scope.startswith("/"):
        return True
    missed = Scope.of(unread.scope)
    return any(missed.contains(each) or each.contains(missed) for each in viewed)
