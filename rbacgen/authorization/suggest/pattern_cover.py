"""Whether roles cover permission strings between them, asked for many sets of the same roles."""

from __future__ import annotations

from collections.abc import Sequence

from rbacgen.authorization.catalog.operations import Operation
from rbacgen.authorization.permissions import compiled
from rbacgen.authorization.regions import is_covered, operation_left
from rbacgen.model.assignment import AzureRole, Plane


def covers_pattern(pattern: str, plane: Plane, roles: Sequence[AzureRole]) -> bool:
    """Whether roles cover every operation of a permission string between them, none of it under a condition."""
    return is_covered(
        pattern, [each for role in roles for each in compiled(role).regions(plane, with_conditions=False)]
    )


class PatternCover:
    """Permission strings, and roles of which some have to cover every operation of them.

    An operation that some set of roles does not grant shows this for every other set without the roles that grant it.
    So each one that was found is kept with these roles. Few are enough for nearly all sets that do not cover, and a set
    has to be proven only where it grants them all.
    """

    def __init__(self, patterns: Sequence[Operation], roles: Sequence[AzureRole]) -> None:
        self._patterns = patterns
        self._roles = roles
        self._whole: set[frozenset[int]] = set()
        self.granted_by: list[frozenset[int]] = []
        """For each operation that was found the roles that grant it, by their places."""

    def helpers(self, chosen: Sequence[int]) -> frozenset[int] | None:
        """The roles that grant an operation which the chosen roles do not grant; None where these cover everything."""
        for roles in self.granted_by:
            if roles.isdisjoint(chosen):
                return roles
        key = frozenset(chosen)
        if key in self._whole:
            return None
        for pattern in self._patterns:
            regions = [
                region
                for index in chosen
                for region in compiled(self._roles[index]).regions(pattern.plane, with_conditions=False)
            ]
            found = operation_left((pattern.name,), regions)
            if found is not None:
                self.granted_by.append(self._roles_with(found, pattern.plane))
                return self.granted_by[-1]
        self._whole.add(key)
        return None

    def _roles_with(self, operation: str, plane: Plane) -> frozenset[int]:
        lines = ((index, compiled(role).line(operation, plane)) for index, role in enumerate(self._roles))
        return frozenset(index for index, line in lines if line is not None and not line.condition)
