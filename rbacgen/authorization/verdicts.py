"""The verdict that permits come to together; for a pattern, whether their roles cover all of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rbacgen.authorization.index import AssignmentIndex
from rbacgen.authorization.regions import is_covered
from rbacgen.authorization.request import STRENGTH, AccessRequest, Permit
from rbacgen.model.assignment import Activation, Plane, Verdict


class Verdicts:
    """Works out verdicts. It remembers which roles cover which pattern."""

    __slots__ = ("_covered", "_index")

    def __init__(self, index: AssignmentIndex) -> None:
        self._index = index
        self._covered: dict[tuple[str, Plane, frozenset[str], bool], bool] = {}

    def verdict(self, request: AccessRequest, permits: Sequence[Permit], is_denied: bool = False) -> Verdict:
        """The verdict of permits that are sorted by `best_first`.

        For an operation it is that of the best permit. For a pattern it is the strongest under which all that the
        pattern covers is possible, and `is_denied` says that a deny assignment takes some of it away.
        """
        if not request.is_pattern:
            return permits[0].verdict if permits else Verdict.DENIED
        if is_denied:
            return Verdict.DENIED
        for verdict in (Verdict.ALLOWED, Verdict.AFTER_ACTIVATION, Verdict.UNDER_CONDITION):
            # What a role grants under a condition of its own counts only in the last round, whatever else it grants.
            is_last = verdict is Verdict.UNDER_CONDITION
            counted = [permit for permit in permits if is_last or STRENGTH[permit.verdict] <= STRENGTH[verdict]]
            if self._covers(request, counted, is_last):
                return verdict
        return Verdict.DENIED

    def only_eligible(self, request: AccessRequest, verdict: Verdict, permits: Sequence[Permit]) -> bool:
        """Whether the verdict needs an activation first; for a pattern, whether some of what it covers does."""
        if verdict is not Verdict.UNDER_CONDITION:
            return verdict is Verdict.AFTER_ACTIVATION
        active = [permit for permit in permits if permit.assignment.activation is not Activation.ELIGIBLE]
        if not request.is_pattern:
            return not active
        return not self._covers(request, active, with_conditions=True)

    def decisive_first(self, request: AccessRequest, verdict: Verdict, permits: Sequence[Permit]) -> tuple[Permit, ...]:
        """The permits of a pattern, first the one that makes the verdict by itself, if there is one; else unchanged."""
        if not request.is_pattern or verdict is Verdict.DENIED:
            return tuple(permits)
        is_last = verdict is Verdict.UNDER_CONDITION
        decisive = next(
            (permit for permit in permits if permit.verdict is verdict and self._covers(request, (permit,), is_last)),
            None,
        )
        if decisive is None:
            return tuple(permits)
        return (decisive, *(permit for permit in permits if permit is not decisive))

    def _covers(self, request: AccessRequest, permits: Iterable[Permit], with_conditions: bool) -> bool:
        """Whether the roles of these permits together grant all of a pattern; worked out once for the same roles."""
        roles = {permit.assignment.role.id: permit.assignment.role for permit in permits}
        if not roles:
            return False
        key = (request.operation, request.plane, frozenset(roles), with_conditions)
        if key not in self._covered:
            regions = [
                region
                for each in roles.values()
                for region in self._index.role(each)[1].regions(request.plane, with_conditions=with_conditions)
            ]
            self._covered[key] = is_covered(request.operation, regions)
        return self._covered[key]
