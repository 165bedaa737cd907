"""Sentences about a comparison as a whole: what to doubt before reading it, and what to know after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rbacgen.analysis.drift.sides import Sides, is_unexplained
from rbacgen.analysis.drift.types import AssignmentDrift, DriftKind, ExcludedAssignment, ExclusionReason
from rbacgen.model.source import SourceKind

_SHARE = 3  # past a third, a wrong tenant or project is likelier than so much drift
_REMOVED = {DriftKind.STALE, DriftKind.UNMANAGED, DriftKind.ORPHANED, DriftKind.EXPIRED}


def cautions(sides: Sides, changes: Sequence[AssignmentDrift]) -> Iterator[str]:
    """Sentences to be read first: so much differs that it may be the wrong project, tenant or environment."""
    desired = len(sides.assignments)
    removals = sum(each.kind in _REMOVED for each in changes if each.actual is not None and each.desired is None)
    existing = removals + sum(each.key in sides.source.state for each in sides.assignments)
    if _is_much(removals, existing):
        yield (
            f"making Azure match the project would remove {removals:,} of the {existing:,} assignments that exist, more "
            "than a third: is this the right project, tenant and environment?"
        )
    orphaned = sum(each.kind is DriftKind.ORPHANED and each.desired is not None for each in changes)
    if _is_much(orphaned, desired):
        yield (
            f"the directory does not know the principals of {orphaned:,} of the {desired:,} desired assignments, more "
            "than a third: is it the directory of this tenant?"
        )
    missing = sum(each.kind is DriftKind.MISSING for each in changes)
    if _is_much(missing, desired):
        yield (
            f"{missing:,} of the {desired:,} desired assignments are missing, more than a third: was the project "
            "applied, and to this tenant?"
        )


def _is_much(some: int, whole: int) -> bool:
    return some * _SHARE > whole and some > 1


def notes(sides: Sides, changes: Sequence[AssignmentDrift], excluded: Sequence[ExcludedAssignment]) -> Iterator[str]:
    """Sentences to be read last: the source's own, and what may look otherwise than it is."""
    yield from sides.source.notes
    if sides.source.kind is SourceKind.AZ_LIST and any(each.kind is DriftKind.MISSING for each in changes):
        yield (
            "a filtered list (--assignee, --role, a group's members) looks like a complete one: what is missing may only "
            "be filtered out"
        )
    unexplained = sum(is_unexplained(each.actual) for each in excluded if each.why is ExclusionReason.NOT_OWNED)
    if unexplained:
        yield (
            f"{unexplained:,} of the excluded assignments are kept by PIM, and Azure no longer has a justification for "
            "them: they may be this project's own"
        )
