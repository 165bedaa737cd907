"""Says of each assignment that has no equal on the other side what kind of drift it is, or why it is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.analysis.drift import remarks
from rbacgen.analysis.drift.differences import differences
from rbacgen.analysis.drift.ignore import IgnoreRules
from rbacgen.analysis.drift.matching import OTHER_ACTIVATION, Matches
from rbacgen.analysis.drift.sides import Sides, may_be_activated, part_of
from rbacgen.analysis.drift.types import (
    AssignmentDrift,
    AssignmentRemark,
    DriftKind,
    ExcludedAssignment,
    ExclusionReason,
    FieldDifference,
    Strategy,
)
from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.permissions import role_allows
from rbacgen.model.assignment import Activation, Assignment, Plane
from rbacgen.model.source import Presence
from rbacgen.project.project import Ignored

_ASSIGN = "Microsoft.Authorization/roleAssignments/write"
_GONE = {
    Presence.DELETED: DriftKind.ORPHANED,
    Presence.SOFT_DELETED: DriftKind.SOFT_DELETED,
}
_GONE_REMARKS = {
    Presence.DELETED: "its principal is gone from the directory",
    Presence.SOFT_DELETED: "its principal is in the directory's bin; if it is restored, so is this access",
}
_ACCESS = {Activation.PERMANENT: "active access", Activation.ELIGIBLE: "eligible access"}
_ENDED = "it has ended since this was read"
_JUST_IN_TIME = "it may be activated just in time: that could not be read"


class Classified(Struct, frozen=True):
    """What differs, sorted for reports; what is excluded, in the order of the source; and the rules that excluded nothing.

    `remarks` are about what does not differ; `unmarked` counts what does not either, and of which PIM keeps no description.
    `actual` counts the extra assignments that the project has to do with: its own, and those at scopes that it manages.
    """

    changes: tuple[AssignmentDrift, ...]
    excluded: tuple[ExcludedAssignment, ...]
    remarks: tuple[AssignmentRemark, ...]
    unmarked: int
    unused_rules: tuple[Ignored, ...]
    actual: int


def classify(sides: Sides, matches: Matches) -> Classified:
    """Classifies all matches of a comparison."""
    baseline = sides.baseline
    rules = IgnoreRules(baseline.project.ignore, baseline.catalog)
    found: list[AssignmentDrift] = []
    noted: list[AssignmentRemark] = []
    unmarked = 0
    for desired, actual in matches.pairs:
        change = _of_pair(desired, actual, sides)
        found += [change] if change is not None else []
        noted += remarks.of_pair(desired, actual, change, sides)
        unmarked += remarks.is_unmarked_in_pim(desired, actual, change, sides)
    found += [_missing(desired, sides) for desired in matches.missing]
    found += [_twin(desired, actual, sides) for desired, actual in matches.twins]
    found += [_twin(desired, twin, sides, _unsure(desired, twin, sides)) for desired, twin in matches.unsure_twins]
    judged = [_extra(actual, sides, rules) for actual in matches.extra]
    found += [each for each in judged if isinstance(each, AssignmentDrift)]
    excluded = [each for each in judged if isinstance(each, ExcludedAssignment)]
    assigners = _Assigners(baseline.catalog)
    changes = (replace(each, can_assign_roles=assigners.include(each.actual)) for each in found)
    return Classified(
        changes=tuple(_sorted(changes, sides)),
        excluded=tuple(replace(each, can_assign_roles=assigners.include(each.actual)) for each in excluded),
        remarks=(*noted, *remarks.redundant(sides)),
        unmarked=unmarked,
        unused_rules=rules.unused(),
        actual=sum(_is_own_business(actual, sides) for actual in matches.extra),
    )


def _of_pair(desired: Assignment, actual: Assignment, sides: Sides) -> AssignmentDrift | None:
    """How an actual assignment differs from the desired one of the same key; None where it does not."""
    environment = sides.environment_of(desired)
    if (gone := _gone(desired, actual, environment, sides)) is not None:
        return gone
    differs = tuple(differences(desired, actual, sides.baseline.project, sides.baseline.now))
    until = actual.actual.until
    if until is not None and until <= sides.baseline.now:
        return AssignmentDrift(DriftKind.EXPIRED, desired, actual, environment, differs, _ENDED)
    if differs:
        return AssignmentDrift(DriftKind.ALTERED, desired, actual, environment, differs)
    if until is not None and until <= sides.baseline.soon and desired.ends is None:
        remark = f"it ends on {until:%Y-%m-%d}, but the project grants it for longer: apply again to renew it"
        return AssignmentDrift(DriftKind.EXPIRING, desired, actual, environment, remark=remark)
    return None


def _gone(desired: Assignment | None, actual: Assignment, environment: str, sides: Sides) -> AssignmentDrift | None:
    """The drift of an assignment whose principal is gone from the directory; None where it is not."""
    presence = sides.presence(actual)
    if presence is None or presence not in _GONE:
        return None
    return AssignmentDrift(_GONE[presence], desired, actual, environment, remark=_GONE_REMARKS[presence])


def _missing(desired: Assignment, sides: Sides) -> AssignmentDrift:
    entry = sides.source.directory.get(desired.key.principal_id)
    remarks = [_GONE_REMARKS[entry.presence]] if entry is not None and entry.presence in _GONE_REMARKS else []
    other = OTHER_ACTIVATION[desired.activation]
    if sides.can_be_eligible and not sides.source.state.coverage.covers(part_of(other), desired.scope):
        remarks.append(f"whether it is there as {_ACCESS[other]} could not be read")
    return AssignmentDrift(DriftKind.MISSING, desired, None, sides.environment_of(desired), remark="; ".join(remarks))


def _twin(desired: Assignment, actual: Assignment, sides: Sides, remark: str = "") -> AssignmentDrift:
    """An assignment that is there under the other activation."""
    environment = sides.environment_of(desired)
    if (gone := _gone(desired, actual, environment, sides)) is not None:
        return gone
    others = differences(desired, actual, sides.baseline.project, sides.baseline.now)
    differs = (
        FieldDifference("activation", str(desired.activation), str(actual.activation)),
        *(each for each in others if each.what == "condition"),
    )
    return AssignmentDrift(DriftKind.ALTERED, desired, actual, environment, differs, remark)


def _unsure(desired: Assignment, twin: Assignment, sides: Sides) -> str:
    """What to know where the desired activation was not read: nothing is called unmanaged or stale by that."""
    remark = f"not all {_ACCESS[desired.activation]} here was read: the desired assignment may exist beside this one"
    return f"{remark}; {_JUST_IN_TIME}" if may_be_activated(twin, sides) else remark


def _is_own_business(actual: Assignment, sides: Sides) -> bool:
    """Whether an extra assignment is at a scope that the project manages, or is not just activated and carries its mark."""
    is_marked = actual.activation is not Activation.ACTIVATED and sides.baseline.is_marked(actual)
    return is_marked or bool(sides.baseline.relation.managers(actual.scope))


def _extra(actual: Assignment, sides: Sides, rules: IgnoreRules) -> AssignmentDrift | ExcludedAssignment:
    """An actual assignment that the project does not desire: drift, or excluded for some reason."""
    relation = sides.baseline.relation
    is_marked = sides.baseline.is_marked(actual)
    is_managed = bool(relation.managers(actual.scope))
    is_above = relation.is_above(actual.scope)
    if actual.activation is Activation.ACTIVATED:
        reaches = is_managed or is_above
        return ExcludedAssignment(ExclusionReason.ACTIVATED if reaches else ExclusionReason.OUTSIDE, actual)
    if not is_marked and not is_managed:
        rule = rules.first(actual) if is_above else None
        why = ExclusionReason.IGNORED if rule else ExclusionReason.INHERITED if is_above else ExclusionReason.OUTSIDE
        return ExcludedAssignment(why, actual, rule)
    rule = None if is_marked else rules.first(actual)
    if rule is not None:
        return ExcludedAssignment(ExclusionReason.IGNORED, actual, rule)
    if not is_marked and sides.baseline.view.strategy is Strategy.OWNED:
        return ExcludedAssignment(ExclusionReason.NOT_OWNED, actual)
    return _undesired(actual, is_marked, sides)


def _undesired(actual: Assignment, is_marked: bool, sides: Sides) -> AssignmentDrift:
    baseline = sides.baseline
    environment = baseline.first_viewed(baseline.relation.environments(actual.scope))
    if (gone := _gone(None, actual, environment, sides)) is not None:
        return gone
    if actual.actual.until is not None and actual.actual.until <= baseline.now:
        return AssignmentDrift(DriftKind.EXPIRED, None, actual, environment, remark=_ENDED)
    if actual.key in baseline.view.once_desired:
        remark = "its last day is over: render leaves it out, the next apply removes it"
        return AssignmentDrift(DriftKind.EXPIRED, None, actual, environment, remark=remark)
    remarks = []
    if not actual.role.name:
        remarks.append("this role is in no catalogue and in no role definition that was read")
    if sides.presence(actual) is Presence.NOT_VISIBLE:
        remarks.append("the directory does not show its principal: it may be missing a permission")
    if not is_marked and may_be_activated(actual, sides):
        remarks.append(_JUST_IN_TIME)
    kind = DriftKind.STALE if is_marked else DriftKind.UNMANAGED
    return AssignmentDrift(kind, None, actual, environment, remark="; ".join(remarks))


def _sorted(changes: Iterable[AssignmentDrift], sides: Sides) -> Iterator[AssignmentDrift]:
    """The changes by environment in the project's order, scope, kind, role and principal."""
    kinds = {kind: index for index, kind in enumerate(DriftKind)}
    names = {each.name: index for index, each in enumerate(sides.baseline.project.environments)}
    yield from sorted(
        changes,
        key=lambda each: (
            names.get(each.environment, len(names)),
            each.assignment.scope.folded,
            kinds[each.kind],
            each.assignment.key.role_id,
            each.assignment.key.principal_id,
            each.assignment.activation,
        ),
    )


class _Assigners:
    """Knows which Azure roles can assign roles: by what the source says of them, else by the catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known: dict[str, bool] = {}

    def include(self, actual: Assignment | None) -> bool:
        """Whether the role of this assignment can assign roles; False where there is no assignment."""
        if actual is None:
            return False
        role = actual.role
        if role.id not in self._known:
            known = role if role.permissions else self._catalog.find(role.id) or role
            self._known[role.id] = role_allows(known, _ASSIGN, Plane.CONTROL)
        return self._known[role.id]
