"""Compares what a project desires with what a source holds, in both directions, as far as the source was read."""

from __future__ import annotations

from rbacgen.analysis.drift.cautions import cautions, notes
from rbacgen.analysis.drift.classifying import classify
from rbacgen.analysis.drift.matching import match
from rbacgen.analysis.drift.not_compared import NotCompared
from rbacgen.analysis.drift.role_definitions import role_changes
from rbacgen.analysis.drift.sides import Baseline, Sides, is_unexplained
from rbacgen.analysis.drift.types import Drift, DriftKind, ExclusionReason
from rbacgen.model.assignment import PrincipalType
from rbacgen.model.source import Source


def principals(baseline: Baseline, source: Source) -> frozenset[str]:
    """The object ids that the directory has to be asked for, so that access of principals that are gone is recognised."""
    desired = baseline.desired.state
    ids = {each.principal.id for each in Sides.of(baseline, source).assignments if not each.principal.reference}
    ids |= {
        each.principal.id
        for key, each in source.state.items()
        if each.principal.type is not PrincipalType.FOREIGN_GROUP  # of another tenant: it would look deleted here
        and (key in desired or baseline.is_marked(each) or bool(baseline.relation.managers(each.scope)))
    }
    return frozenset(ids)


def compare(baseline: Baseline, source: Source) -> Drift:
    """The drift between a project and a source: matches assignments, classifies what does not match, then custom roles.

    Nothing is called missing at a scope that the source was not read at; it is named under `unread` instead.
    """
    sides = Sides.of(baseline, source)
    not_compared = NotCompared(sides)
    matches = match(sides, not_compared)
    found = classify(sides, matches)
    roles = tuple(role_changes(sides, not_compared))
    unread = not_compared.all()
    return Drift(
        project=baseline.project.name,
        source=source,
        strategy=baseline.view.strategy,
        changes=found.changes,
        role_changes=roles,
        excluded=found.excluded,
        remarks=found.remarks,
        unread=unread,
        unused_rules=found.unused_rules if sides.is_whole and not unread else (),
        cautions=tuple(cautions(sides, found.changes)),
        notes=tuple(notes(sides, found.changes, found.excluded)),
        desired=len(sides.assignments),
        actual=len(matches.pairs) + len(matches.twins) + len(matches.unsure_twins) + found.actual,
        unmarked=found.unmarked,
    )


def needs_justifications(drift: Drift) -> bool:
    """Whether an actual PIM assignment counts as another's only because its justification was not read."""
    found = [each.actual for each in drift.changes if each.kind is DriftKind.UNMANAGED]
    found += [each.actual for each in drift.excluded if each.why is not ExclusionReason.ACTIVATED]
    return any(actual is not None and is_unexplained(actual) for actual in found)
