"""Decide what permission objects and role definitions grant, which of their lines does it, and what they leave out."""

from __future__ import annotations

from msgspec import Struct

from rbacgen.authorization.patterns import matches, matches_nothing, overlaps, rests_on_empty_segment
from rbacgen.authorization.regions import Region, is_covered
from rbacgen.model.assignment import AzureRole, Permission, Plane

_REMEMBERED = 16384
"""How many roles, and how many answers of a role, are kept before they are all forgotten."""


def allows(permission: Permission, operation: str, plane: Plane) -> bool:
    """Whether one permission object grants an operation: its actions of that plane, minus its notActions of that plane.

    A condition of the object is not looked at: under it, the answer means "at most".
    """
    granted, taken_out = _strings(permission, plane)
    return any(matches(pattern, operation) for pattern in granted) and not any(
        matches(pattern, operation) for pattern in taken_out
    )


def role_allows(role: AzureRole, operation: str, plane: Plane) -> bool:
    """Whether a role grants an operation: any of its permission objects does; notActions of one never bind another."""
    return any(allows(permission, operation, plane) for permission in role.permissions)


def _strings(permission: Permission, plane: Plane) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if plane is Plane.CONTROL:
        return permission.actions, permission.not_actions
    return permission.data_actions, permission.not_data_actions


class Line(Struct, frozen=True):
    """A permission string of a role that grants an operation, in the role's spelling.

    The condition is that of its permission object. `rests_on_empty_segment` says that the string matches the operation only because
    `/*/` also matches `/`.
    """

    pattern: str
    plane: Plane
    condition: str = ""
    condition_version: str = ""
    rests_on_empty_segment: bool = False


class Compiled:
    """What a role grants, made once for all questions about it. It only remembers its answers.

    "At most" and "at least": an object with a condition of its own may grant what it lists, one without does.
    """

    __slots__ = ("_answers", "_covered", "_indexes", "_permissions", "_regions", "_some")

    def __init__(self, permissions: tuple[Permission, ...]) -> None:
        self._permissions = permissions
        self._indexes: dict[Plane, tuple[tuple[Permission, _Index, _Index], ...]] = {}
        self._answers: dict[tuple[str, Plane], Line | None] = {}
        self._covered: dict[tuple[str, Plane], bool] = {}
        self._some: dict[tuple[str, Plane], Line | None] = {}
        self._regions: dict[tuple[Plane, bool], tuple[Region, ...]] = {}

    def line(self, operation: str, plane: Plane) -> Line | None:
        """The line that grants an operation, None where the role does not: the first of `lines`.

        So its `condition` is empty if the role grants the operation in any object without one, and if then it `rests_on_empty_segment`,
        all that do rest on it.
        """
        try:
            return self._answers[operation, plane]
        except KeyError:
            lines = self.lines(operation, plane)
            if len(self._answers) >= _REMEMBERED:
                self._answers.clear()
            answer = self._answers[operation, plane] = lines[0] if lines else None
            return answer

    def lines(self, operation: str, plane: Plane) -> tuple[Line, ...]:
        """Every line of every permission object that grants the operation, the strongest first.

        Those without a condition come before those with one, then those that do not rest on an empty segment before those that do, then the
        most specific: without `*`, else with the longest text.
        """
        folded = operation.lower()
        found: list[Line] = []
        for permission, granted, taken_out in self._objects(plane):
            patterns = granted.matching(folded)
            if patterns and not (taken_out and taken_out.matching(folded)):
                found += [
                    Line(
                        pattern,
                        plane,
                        permission.condition,
                        permission.condition_version,
                        rests_on_empty_segment(pattern, folded),
                    )
                    for pattern in patterns
                ]
        if len(found) > 1:
            found.sort(key=_weakness)
        return tuple(found)

    def some_line(self, pattern: str, plane: Plane) -> Line | None:
        """A line that grants some operation of a pattern, None where no line does; chosen as in `lines`."""
        key = pattern, plane
        if key not in self._some:
            if len(self._some) >= _REMEMBERED:
                self._some.clear()
            self._some[key] = self._find_some_line(pattern, plane)
        return self._some[key]

    def _find_some_line(self, pattern: str, plane: Plane) -> Line | None:
        found = [
            Line(granted, plane, permission.condition, permission.condition_version)
            for permission, strings, taken_out in [(each, *_strings(each, plane)) for each in self._permissions]
            for granted in strings
            if Region((granted,), taken_out).overlaps(pattern)
        ]
        return min(found, key=_weakness, default=None)

    def excluded_by(self, operation: str, plane: Plane) -> tuple[str, ...]:
        """The notActions that take the operation away in an object whose actions would grant it, sorted.

        Another object of the role may grant it all the same: ask `line` first. That the exclusion matches may rest on
        `/*/` as well (`patterns.rests_on_empty_segment`).
        """
        folded = operation.lower()
        found = {
            pattern
            for _, granted, taken_out in self._objects(plane)
            if taken_out and granted.matching(folded)
            for pattern in taken_out.matching(folded)
        }
        return tuple(sorted(found, key=lambda pattern: (pattern.lower(), pattern)))

    def excluded_from(self, pattern: str, plane: Plane) -> tuple[str, ...]:
        """The notActions that take some of a pattern away in an object whose actions would grant it, sorted."""
        found = {
            taken
            for permission in self._permissions
            for granted, taken_out in [_strings(permission, plane)]
            if any(overlaps(each, pattern) for each in granted)
            for taken in taken_out
            if overlaps(taken, pattern)
        }
        return tuple(sorted(found, key=lambda each: (each.lower(), each)))

    def covers(self, pattern: str, plane: Plane) -> bool:
        """Whether the role grants every operation of the pattern without a condition.

        A pattern that matches nothing (`patterns.matches_nothing`) is never covered: a slip in a question must not be
        answered with yes.

        Raises:
            TooManyWildcardsError: see `regions.operation_left`.
        """
        key = pattern, plane
        if key not in self._covered:
            if len(self._covered) >= _REMEMBERED:
                self._covered.clear()
            self._covered[key] = not matches_nothing(pattern) and is_covered(pattern, self.regions(plane, False))
        return self._covered[key]

    def overlaps(self, pattern: str, plane: Plane) -> bool:
        """Whether the role grants some operation of the pattern, be it under a condition."""
        return any(region.overlaps(pattern) for region in self.regions(plane, True))

    def regions(self, plane: Plane, with_conditions: bool) -> tuple[Region, ...]:
        """What the role grants: a region for each permission object that grants anything on the plane.

        `with_conditions` takes in those with a condition of their own: at most so much. Without them: at least so much.
        """
        key = plane, with_conditions
        if key not in self._regions:
            self._regions[key] = tuple(
                Region(granted, taken_out)
                for permission in self._permissions
                if with_conditions or not permission.condition
                for granted, taken_out in [_strings(permission, plane)]
                if granted
            )
        return self._regions[key]

    def _objects(self, plane: Plane) -> tuple[tuple[Permission, _Index, _Index], ...]:
        found = self._indexes.get(plane)
        if found is None:
            each = [(permission, *_strings(permission, plane)) for permission in self._permissions]
            found = self._indexes[plane] = tuple(
                (permission, _Index(granted), _Index(taken_out)) for permission, granted, taken_out in each if granted
            )
        return found


class _Index:
    """Permission strings, found by the operations that they may match: by name, by provider, or always."""

    __slots__ = ("_anywhere", "_by_provider", "_literals")

    def __init__(self, patterns: tuple[str, ...]) -> None:
        self._literals: dict[str, str] = {}
        self._by_provider: dict[str, list[str]] = {}
        self._anywhere: list[str] = []
        for pattern in patterns:
            if "*" not in pattern:
                self._literals[pattern.lower()] = pattern
                continue
            provider, _, _ = pattern.partition("/")
            if "*" in provider:
                self._anywhere.append(pattern)
            else:
                self._by_provider.setdefault(provider.lower(), []).append(pattern)

    def __bool__(self) -> bool:
        return bool(self._literals or self._by_provider or self._anywhere)

    def matching(self, folded: str) -> list[str]:
        """The strings that match an operation, which is in lower case."""
        found = [pattern for pattern in self._anywhere if matches(pattern, folded)]
        if self._by_provider:
            near = self._by_provider.get(folded.partition("/")[0], ())
            found += [pattern for pattern in near if matches(pattern, folded)]
        literal = self._literals.get(folded)
        if literal is not None:
            found.append(literal)
        return found


def _weakness(line: Line) -> tuple[bool, bool, bool, int, str, str]:
    pattern = line.pattern
    starred = "*" in pattern
    return (
        line.condition != "",
        line.rests_on_empty_segment,
        starred,
        -len(pattern) + pattern.count("*"),
        pattern.lower(),
        pattern,
    )


_compiled: dict[int, tuple[tuple[Permission, ...], Compiled]] = {}
_shared: dict[tuple[Permission, ...], Compiled] = {}


def compiled(role: AzureRole) -> Compiled:
    """The compiled form of a role, made once; roles with the same permissions share it."""
    # By the identity of the permissions first, since to hash hundreds of strings takes longer than to answer.
    known = _compiled.get(id(role.permissions))
    if known is not None:
        return known[1]
    if len(_compiled) >= _REMEMBERED:
        _compiled.clear()
        _shared.clear()
    found = _shared.get(role.permissions)
    if found is None:
        found = _shared[role.permissions] = Compiled(role.permissions)
    # Kept beside the answer, so that no other object can come to have this identity.
    _compiled[id(role.permissions)] = role.permissions, found
    return found
