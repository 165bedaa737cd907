"""Groups assignments into the cells of a matrix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rbacgen.analysis.access_tests import isolated_roles
from rbacgen.analysis.matrix.types import Cell, CellGrant, role_key
from rbacgen.authorization import privilege
from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.escalations import Escalation
from rbacgen.authorization.catalog.resource_types import type_of
from rbacgen.model.assignment import Assignment
from rbacgen.model.scope import Scope
from rbacgen.project.mapping import ProjectRole
from rbacgen.project.project import Project

_Numbered = tuple[int, Assignment]


def resource_type(scope: Scope, scope_kind: str, project: Project) -> str:
    """The resource type of a scope: by its id, or by its kind where only Terraform knows the id; empty above resources."""
    kind = project.mapping.scope_kinds.get(scope_kind)
    return type_of(scope) or (kind.type if kind is not None else "")


class Openings:
    """The escalations that assignments make possible; keeps those of a role at a kind of scope, which recur."""

    def __init__(self, project: Project, catalog: Catalog) -> None:
        self._project = project
        self._catalog = catalog
        self._known: dict[tuple[str, str, str, str], tuple[Escalation, ...]] = {}

    def of(self, each: Assignment) -> tuple[Escalation, ...]:
        """The escalations of one assignment, the gravest first."""
        place = resource_type(each.scope, each.scope_kind, self._project)
        key = (each.role.id, str(each.scope.level), place.lower(), each.condition)
        if key not in self._known:
            found = privilege.escalation_paths(each.role, each.scope.level, place, self._catalog, each.condition)
            self._known[key] = tuple(escalation_path.escalation for escalation_path in found)
        return self._known[key]


class CellBuilder:
    """Makes the cells of some environments."""

    def __init__(self, project: Project, openings: Openings, environments: Iterable[str]) -> None:
        self._project = project
        self._openings = openings
        self._environments = frozenset(environments)

    def assigned(self, assignments: Iterable[Assignment]) -> Iterator[Cell]:
        """The cells of desired assignments; grants have the indexes of theirs."""
        return self._cells(enumerate(assignments), is_assigned=True)

    def unassigned(self, roles: Iterable[ProjectRole]) -> Iterator[Cell]:
        """The cells of project roles without members: what a member would get, at the scopes that the project binds."""
        bound = isolated_roles.places(self._project).scopes
        stand_ins = {isolated_roles.stand_in(role).id for role in roles}
        found = (
            (0, each)
            for each in isolated_roles.isolated(self._project).state
            if each.principal.id in stand_ins and any((each.scope_kind, name) in bound for name in each.environments)
        )
        return self._cells(found, is_assigned=False)

    def _cells(self, numbered: Iterable[_Numbered], is_assigned: bool) -> Iterator[Cell]:
        rows: dict[tuple[str, str, str], dict[tuple[object, ...], list[_Numbered]]] = {}
        for number, each in numbered:
            for role in dict.fromkeys(reason.project_role for reason in each.reasons):
                for environment in each.environments:
                    if environment in self._environments:
                        cell = rows.setdefault((role, each.scope_kind, environment), {})
                        same = (role_key(each.role), each.activation, bool(each.condition), each.ends)
                        cell.setdefault(same, []).append((number, each))
        for (role, kind, environment), groups in rows.items():
            made = [self._grant(role, group, is_assigned) for group in groups.values()]
            made.sort(key=lambda each: (each.role.name.casefold(), each.activation, each.condition, str(each.ends)))
            yield Cell(role, kind, environment, tuple(made), is_assigned)

    def _grant(self, role: str, group: list[_Numbered], is_assigned: bool) -> CellGrant:
        first = group[0][1]
        reasons = (reason for _, each in group for reason in each.reasons if reason.project_role == role)
        return CellGrant(
            role=first.role,
            activation=first.activation,
            condition=first.condition,
            ends=first.ends,
            escalations=self._openings.of(first),
            serves=tuple(dict.fromkeys((each.responsibility, each.capability) for each in reasons)),
            assignments=tuple(number for number, _ in group) if is_assigned else (),
        )
