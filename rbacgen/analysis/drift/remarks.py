"""What there is to know of desired assignments that are as they should be."""

from __future__ import annotations

from collections.abc import Iterator

from rbacgen.analysis.drift.sides import Sides
from rbacgen.analysis.drift.types import AssignmentDrift, AssignmentRemark, DriftKind, RemarkKind
from rbacgen.model.assignment import Activation, Assignment, instant
from rbacgen.model.scope import ScopeLevel
from rbacgen.project.desired import ANY_MARK, kept_by_pim


def of_pair(
    desired: Assignment, actual: Assignment, change: AssignmentDrift | None, sides: Sides
) -> Iterator[AssignmentRemark]:
    """What to know of one pair; `change` is its drift, None where it has none."""
    if change is None and (text := _ending(desired, actual, sides)):
        yield AssignmentRemark(RemarkKind.ENDING, desired, text)
    if _is_as_desired(change) and _is_unmarked(desired, actual, sides):
        text = "it exists, but no project manages it: `rbacgen render --existing` imports it"
        yield AssignmentRemark(RemarkKind.UNMARKED, desired, text)


def is_unmarked_in_pim(desired: Assignment, actual: Assignment, change: AssignmentDrift | None, sides: Sides) -> bool:
    """Whether it is as desired and Privileged Identity Management keeps it, which has no description to hold a mark."""
    is_in_pim = actual.actual.through_pim or kept_by_pim(desired, sides.baseline.project.pim)
    return is_in_pim and not sides.is_terraform and _is_as_desired(change) and not _is_unmarked(desired, actual, sides)


def redundant(sides: Sides) -> Iterator[AssignmentRemark]:
    """Desired access that the same principal has by the same role from a higher scope, not by this project.

    Which management groups are above a subscription is known only where one subscription was read: what it inherits.
    """
    baseline, state = sides.baseline, sides.source.state
    is_one = len({each.subscription for each in baseline.project.environments}) == 1
    extra: dict[tuple[str, str], list[Assignment]] = {}
    for key, actual in state.items():
        if key not in baseline.desired.state and actual.activation is Activation.PERMANENT:
            extra.setdefault((actual.principal.id, actual.role.id), []).append(actual)
    for desired in (each for each in sides.assignments if each.key in state):
        for actual in extra.get((desired.principal.id, desired.role.id), ()):
            if _is_above(actual, desired, is_one) and actual.condition in ("", desired.condition):
                yield AssignmentRemark(RemarkKind.REDUNDANT, desired, f"{actual.scope.id} already grants it")
                break


def _is_above(actual: Assignment, desired: Assignment, is_one: bool) -> bool:
    """Whether the actual assignment's scope is above the desired one's; `is_one` says that there is one subscription."""
    inherits = is_one and actual.scope.level is ScopeLevel.MANAGEMENT_GROUP and desired.scope.subscription != ""
    return actual.scope != desired.scope and (inherits or actual.scope.contains(desired.scope))


def _ending(desired: Assignment, actual: Assignment, sides: Sides) -> str:
    """That the access ends soon, and should; empty where it does not."""
    until, soon = actual.actual.until, sides.baseline.soon
    if until is not None and until <= soon:
        return f"ends on {desired.ends}, as the project says"
    if desired.ends is not None and instant(desired.ends) <= soon:
        return f"render leaves it out from {desired.ends} on"
    return ""


def _is_as_desired(change: AssignmentDrift | None) -> bool:
    """Whether an assignment is as desired, be it that its time is over or nearly so."""
    return change is None or (change.kind in (DriftKind.EXPIRED, DriftKind.EXPIRING) and not change.differs)


def _is_unmarked(desired: Assignment, actual: Assignment, sides: Sides) -> bool:
    """Whether its description is known and carries no project's mark: it is the desired access, but not managed yet."""
    is_known = "description" not in actual.actual.unknown_fields and not actual.actual.through_pim
    return is_known and not kept_by_pim(desired, sides.baseline.project.pim) and ANY_MARK not in actual.description
