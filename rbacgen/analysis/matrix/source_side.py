"""What a source has and the project does not desire, for a matrix to show beside what it does."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from rbacgen.analysis.drift import Drift, DriftKind, ExclusionReason
from rbacgen.analysis.matrix.cells import Openings
from rbacgen.analysis.matrix.limits import limits
from rbacgen.analysis.matrix.types import Matrix, SourceSide, UndesiredAssignment, is_privileged, role_key
from rbacgen.authorization.catalog import Catalog
from rbacgen.model.assignment import Assignment, AzureRole
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.project import managed_scopes


def source_side(made: Matrix, drift: Drift, catalog: Catalog) -> SourceSide:
    """What the source of a comparison has and the project does not desire so, in the environments of the matrix.

    That is what differs, and what was excluded but reaches the project all the same: inherited from above, ignored, not
    owned, activated just now. What is elsewhere is left out.
    """
    builder = _UndesiredBuilder(made, drift, catalog)
    found = [each for each in _undesired(drift, builder) if each.environments]
    found.sort(
        key=lambda each: (
            isinstance(each.kind, ExclusionReason),
            not is_privileged(each.escalations),
            each.assignment.scope.folded,
            each.assignment.role.name.casefold(),
            each.assignment.principal.id,
            each.assignment.activation,
        )
    )
    actual = [each.assignment for each in found]
    return SourceSide(tuple(found), limits(actual, (each.role for each in actual), (), catalog))


def _undesired(drift: Drift, builder: _UndesiredBuilder) -> Iterator[UndesiredAssignment]:
    for change in drift.changes:
        if change.actual is not None and (change.desired is None or change.kind is DriftKind.ALTERED):
            yield builder.make(change.kind, change.actual, change.desired, change.remark)
    for each in drift.excluded:
        if each.why is not ExclusionReason.OUTSIDE:
            yield builder.make(each.why, each.actual, None, each.rule.because if each.rule else "")


class _UndesiredBuilder:
    def __init__(self, made: Matrix, drift: Drift, catalog: Catalog) -> None:
        self._made = made
        self._catalog = catalog
        self._openings = Openings(made.project, catalog)
        self._scopes = managed_scopes.managed_scopes(made.project, made.desired)
        self._relation = managed_scopes.ScopeRelation.of(made.project, made.desired, self._scopes)
        self._numbers = {each.key: number for number, each in enumerate(made.assignments)}
        self._roles = {role_key(each): each for each in made.roles}
        self._defined = {each.id: each for each in drift.source.definitions}

    def make(
        self, kind: DriftKind | ExclusionReason, actual: Assignment, desired: Assignment | None, remark: str
    ) -> UndesiredAssignment:
        key, role = self._role(actual)
        resolved = replace(actual, role=role)
        own = [each for each in self._made.environments if desired is not None and each in desired.environments]
        return UndesiredAssignment(
            kind=kind,
            assignment=resolved,
            role_key=key,
            environments=tuple(own or self._reached(actual.scope)),
            escalations=self._openings.of(resolved),
            instead_of=self._numbers.get(desired.key) if desired is not None else None,
            remark=remark,
        )

    def _role(self, actual: Assignment) -> tuple[str, AzureRole]:
        """The key of an assignment's role in the matrix, and the role as the source, the catalogue or the matrix knows it."""
        role = self._defined.get(actual.role.id) or self._catalog.find(actual.role.id) or actual.role
        key = role_key(role)
        known = self._roles.get(key)
        if not role.custom:
            return key, known or role
        # Another role of that name, or the project's own as somebody changed it, is a role of its own.
        return (key if known is not None and known.permissions == role.permissions else role.id), role

    def _reached(self, scope: Scope) -> Iterator[str]:
        """The environments that access at this scope reaches."""
        is_over_all = scope.level in (ScopeLevel.TENANT, ScopeLevel.MANAGEMENT_GROUP)
        managers = self._relation.managers(scope)
        for name in self._made.environments:
            if is_over_all or name in managers or any(scope.contains(each) for each in self._scopes[name]):
                yield name
