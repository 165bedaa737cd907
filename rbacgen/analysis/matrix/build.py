"""Makes the matrix of a project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rbacgen.analysis.access_tests import isolated_roles
from rbacgen.analysis.access_tests.cases import Origin, Result, TestResult
from rbacgen.analysis.matrix.cells import CellBuilder, Openings
from rbacgen.analysis.matrix.limits import limits
from rbacgen.analysis.matrix.types import AskableOperation, Cell, Matrix, role_key
from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.phrases import RESOURCES, WORDINGS
from rbacgen.authorization.catalog.resource_types import resource_of
from rbacgen.model.assignment import Assignment, Plane
from rbacgen.project.desired import Desired
from rbacgen.project.project import Project


def build(
    project: Project,
    desired: Desired,
    catalog: Catalog,
    environments: Iterable[str],
    test_results: Iterable[TestResult] = (),
) -> Matrix:
    """The matrix of a project's desired state in these environments.

    A project role without members has the cells that a member would get. `test_results` are the access tests that were
    run on the desired state.
    """
    chosen = tuple(environments)
    found = _sorted(project, desired, chosen)
    openings = Openings(project, catalog)
    cells = _cells(project, found, CellBuilder(project, openings, chosen), chosen)
    roles = {role_key(grant.role): grant.role for cell in cells for grant in cell.grants}
    roles |= {role_key(each.role): each.role for each in found}
    return Matrix(
        project=project,
        desired=desired,
        environments=chosen,
        assignments=found,
        escalations=tuple(map(openings.of, found)),
        cells=cells,
        roles=tuple(roles[key] for key in sorted(roles, key=lambda key: (roles[key].name.casefold(), key))),
        limits=limits(found, roles.values(), cells, catalog),
        asked=tuple(_askable(project)),
        passed=_passed(test_results),
        bound=frozenset(isolated_roles.places(project).scopes),
    )


def _sorted(project: Project, desired: Desired, chosen: tuple[str, ...]) -> tuple[Assignment, ...]:
    """The desired assignments of these environments, by scope kind, environment, scope, role and principal."""
    kinds = {name: rank for rank, name in enumerate(project.mapping.scope_kinds)}
    ranks = {name: rank for rank, name in enumerate(chosen)}
    found = [each for each in desired.state if any(name in ranks for name in each.environments)]
    found.sort(
        key=lambda each: (
            kinds.get(each.scope_kind, len(kinds)),
            min(ranks[name] for name in each.environments if name in ranks),
            each.scope.folded,
            each.role.name.casefold(),
            each.principal.name.casefold(),
            each.principal.id,
            each.activation,
        )
    )
    return tuple(found)


def _cells(
    project: Project, found: tuple[Assignment, ...], builder: CellBuilder, chosen: tuple[str, ...]
) -> tuple[Cell, ...]:
    """The cells of all project roles, by project role, scope kind and environment in the order of the files."""
    cells = {(each.project_role, each.scope_kind, each.environment): each for each in builder.assigned(found)}
    unassigned = [role for role in project.mapping.roles.values() if not project.team.get(role.id)]
    if unassigned:
        for cell in builder.unassigned(unassigned):
            cells.setdefault((cell.project_role, cell.scope_kind, cell.environment), cell)
    roles = {name: rank for rank, name in enumerate(project.mapping.roles)}
    kinds = {name: rank for rank, name in enumerate(project.mapping.scope_kinds)}
    ranks = {name: rank for rank, name in enumerate(chosen)}
    ordered = sorted(cells, key=lambda key: (roles[key[0]], kinds.get(key[1], len(kinds)), ranks[key[2]]))
    return tuple(cells[key] for key in ordered)


def members(project: Project, principal_id: str) -> tuple[tuple[str, ...], bool]:
    """Who is known to be in a group, and whether these are all."""
    membership = project.membership
    return membership.members_of(principal_id), principal_id in membership.known


def _askable(project: Project) -> Iterator[AskableOperation]:
    """What can be asked about: the common questions first, then what the mapping needs or forbids, each operation once."""
    seen = set()
    for each in WORDINGS:
        seen.add((each.operation.lower(), each.plane))
        yield _operation(each.words, each.operation, each.plane)
    rest = {
        (operation.lower(), plane): _operation("", operation, plane)
        for operation, plane in reversed([*_operations_of(project)])
        if "*" not in operation and (operation.lower(), plane) not in seen
    }
    yield from (rest[key] for key in sorted(rest))


def _operations_of(project: Project) -> Iterator[tuple[str, Plane]]:
    """The operations and patterns that the mapping needs or forbids."""
    for capability in project.mapping.capabilities.values():
        for need in capability.needs:
            yield from ((operation, Plane.CONTROL) for operation in need.actions)
            yield from ((operation, Plane.DATA) for operation in need.data_actions)
    for role in project.mapping.roles.values():
        for line in role.must_not:
            yield from ((line.do, plane) for plane in line.planes)


def _operation(words: str, operation: str, plane: Plane) -> AskableOperation:
    type_ = resource_of(operation)
    return AskableOperation(
        words, operation, plane, type_, RESOURCES.get(type_, f"resource of type {type_}") if type_ else ""
    )


def _passed(test_results: Iterable[TestResult]) -> dict[tuple[str, str, Plane], bool]:
    """Whether each `must_not` line passed, by project role, its place in the file and plane."""
    passed: dict[tuple[str, str, Plane], bool] = {}
    for each in test_results:
        if each.test.origin is Origin.MUST_NOT:
            key = (each.test.project_role, str(each.test.at), each.test.plane)
            passed[key] = passed.get(key, True) and each.result is not Result.FAILED
    return passed
