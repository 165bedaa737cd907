"""Pairs desired assignments with actual ones, as far as the source was read."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from rbacgen.analysis.drift.not_compared import NotCompared
from rbacgen.analysis.drift.sides import Sides, environments_of, is_reference, part_of
from rbacgen.model.assignment import Activation, Assignment, Key, PrincipalType
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.model.state import Part

Pair = tuple[Assignment, Assignment]
"""A desired assignment, and the actual one that it is paired with."""

OTHER_ACTIVATION = {Activation.PERMANENT: Activation.ELIGIBLE, Activation.ELIGIBLE: Activation.PERMANENT}


class Matches(Struct, frozen=True):
    """Which assignments belong together, and which have no counterpart.

    `pairs` have the same key; `twins` differ in their activation only; so do `unsure_twins`, but there the desired
    activation was not read, so that both may exist. `missing` are desired and not there, `extra` are there and not desired.
    """

    pairs: tuple[Pair, ...]
    twins: tuple[Pair, ...]
    unsure_twins: tuple[Pair, ...]
    missing: tuple[Assignment, ...]
    extra: tuple[Assignment, ...]


def match(sides: Sides, not_compared: NotCompared) -> Matches:
    """Pairs both sides; notes in `not_compared` what was not read and so could not be paired."""
    state = sides.source.state
    references = _References(sides)
    pairs: list[Pair] = []
    absent: list[Assignment] = []
    unsure: list[Assignment] = []
    for desired in sides.assignments:
        actual = state.get(desired.key)
        if actual is not None:
            pairs.append((desired, actual))
        elif _is_comparable(desired, sides, not_compared) and not references.may_be_actual(desired):
            absent.append(desired)
        else:
            unsure.append(desired)
    not_compared.add_unread_scopes()
    found = [(desired, _twin(desired, sides)) for desired in absent]
    twins = [(desired, twin) for desired, twin in found if twin is not None]
    unsure_twins = [
        (desired, twin)
        for desired in unsure
        if not is_reference(desired) and not sides.is_elsewhere(desired)
        for twin in (_twin(desired, sides),)
        if twin is not None
    ]
    paired = {twin.key for _, twin in (*twins, *unsure_twins)}
    return Matches(
        pairs=tuple(pairs),
        twins=tuple(twins),
        unsure_twins=tuple(unsure_twins),
        missing=tuple(desired for desired, twin in found if twin is None),
        extra=tuple(_extra(sides, paired, references, not_compared)),
    )


def _is_comparable(desired: Assignment, sides: Sides, not_compared: NotCompared) -> bool:
    """Whether its absence from the source proves that it is missing; else notes what could not be compared."""
    source = sides.source
    if is_reference(desired):
        reference = desired.scope.id if desired.scope.reference else desired.principal.id
        remedy = "write the id once the resource exists"
        not_compared.add(reference, Part.ASSIGNMENTS, "only Terraform knows what this is", remedy)
        return False
    if sides.is_elsewhere(desired):
        name = sides.environment_of(desired)
        not_compared.add(
            f"environment {name}",
            Part.ASSIGNMENTS,
            f"{source.name} holds nothing of {name}",
            f"compare its own state, or narrow with `--environment`; name {name} there if this is its state",
        )
        return False
    if sides.is_unclear:
        return False
    part = part_of(desired.activation)
    if source.state.coverage.covers(part, desired.scope):
        return True
    not_compared.add_subscription(part, desired.scope)
    return False


def _twin(desired: Assignment, sides: Sides) -> Assignment | None:
    """The actual assignment of the other activation, if the project does not desire that one as well."""
    key = desired.key
    other = Key(key.scope, key.role_id, key.principal_id, OTHER_ACTIVATION[key.activation])
    return None if other in sides.baseline.desired.state else sides.source.state.get(other)


def _extra(sides: Sides, paired: set[Key], references: _References, not_compared: NotCompared) -> Iterable[Assignment]:
    """The actual assignments that the project does not desire, in environments that are compared."""
    baseline = sides.baseline
    for key, actual in references.likeliest_first():
        if key in baseline.desired.state or key in paired or not baseline.is_viewed(actual.scope):
            continue
        if is_reference(actual):
            what = actual.actual.at or actual.actual.address or actual.scope.id
            why = "only Terraform knows its scope or its principal, and the project has no assignment with the same reference"
            not_compared.add(str(what), Part.ASSIGNMENTS, why, "compare with the state: `terraform show -json`")
            continue
        names = baseline.relation.environments(actual.scope)
        is_elsewhere = bool(names) and sides.compared.isdisjoint(names)
        if not is_elsewhere and not references.may_be_desired(actual, not_compared):
            yield actual


class _References:
    """The assignments, desired and actual, whose scope or principal only Terraform knows."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides
        desired, source = sides.baseline.desired, sides.source
        self._desired: dict[tuple[str, Activation], list[Assignment]] = {}
        for each in desired.state:
            if is_reference(each):
                self._desired.setdefault((each.role.id, each.activation), []).append(each)
        self._actual: dict[tuple[str, Activation], list[Assignment]] = {}
        for key, each in source.state.items() if sides.is_terraform else ():
            if is_reference(each) and key not in desired.state:
                self._actual.setdefault((each.role.id, each.activation), []).append(each)

    def may_be_actual(self, desired: Assignment) -> bool:
        """Whether the source may hold it, at a scope or for a principal that only Terraform knows."""
        return any(
            (actual.principal.reference or actual.principal.id == desired.principal.id)
            and (actual.scope.reference or actual.scope == desired.scope)
            for actual in self._actual.get((desired.role.id, desired.activation), ())
        )

    def likeliest_first(self) -> Iterable[tuple[Key, Assignment]]:
        """The actual assignments; where the project has references, those first that are likeliest to be one of them."""
        items = self._sides.source.state.items()
        if not self._desired:
            return items
        descriptions = {each.description for found in self._desired.values() for each in found}
        is_marked = self._sides.baseline.is_marked
        return sorted(items, key=lambda each: (each[1].description not in descriptions, not is_marked(each[1])))

    def may_be_desired(self, actual: Assignment, not_compared: NotCompared) -> bool:
        """Whether it may be a desired assignment whose scope or principal only Terraform knows yet; notes it there.

        Each of those takes one: in its subscription, of its level and type, of the kind of its principal.
        """
        candidates = self._desired.get((actual.role.id, actual.activation), [])
        for desired in candidates:
            if self._may_be(desired, actual):
                candidates.remove(desired)
                reference = desired.scope.id if desired.scope.reference else desired.principal.id
                who = f"{actual.principal.id} at {actual.scope.id}"
                why = f"only Terraform knows what this is; {who} may be it"
                remedy = "write the id into the project file once the resource exists"
                not_compared.replace(reference, Part.ASSIGNMENTS, why, remedy)
                return True
        return False

    def _may_be(self, desired: Assignment, actual: Assignment) -> bool:
        baseline = self._sides.baseline
        if baseline.environments.isdisjoint(environments_of(desired, self._sides.is_terraform)):
            return False
        if desired.scope.reference:
            kind = baseline.project.mapping.scope_kinds.get(desired.scope_kind)
            type_ = f"/{kind.type}/".lower() if kind is not None and kind.type else ""
            if (desired.scope.level, desired.scope.subscription) != (actual.scope.level, actual.scope.subscription):
                return False
            if desired.scope.level is ScopeLevel.RESOURCE and not _is_of_type(actual.scope, type_):
                return False
        elif desired.scope != actual.scope:
            return False
        if desired.principal.reference:
            return actual.principal.type in (desired.principal.type, PrincipalType.UNKNOWN)
        return desired.principal.id == actual.principal.id


def _is_of_type(scope: Scope, type_: str) -> bool:
    """Whether a resource's id ends in a resource of this type (`/provider/types/`, lower case; empty for any)."""
    if not type_:
        return True
    path = scope.folded.rpartition("/providers/")[2].split("/")
    return f"/{'/'.join([path[0], *path[1::2]])}/" == type_
