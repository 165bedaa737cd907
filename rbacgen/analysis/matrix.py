"""Project roles by scope kinds and environments: in each cell the access that a hat comes to, and every assignment behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.analysis.access_tests import isolated_roles
from rbacgen.analysis.access_tests.cases import Origin, Result, TestResult
from rbacgen.analysis.drift import Drift, DriftKind, ExclusionReason
from rbacgen.analysis.results import CheckedProject, SourceCheck
from rbacgen.authorization import conditions, privilege
from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.escalations import Escalation
from rbacgen.authorization.catalog.phrases import RESOURCES, WORDINGS
from rbacgen.authorization.catalog.resource_types import resource_of, type_of
from rbacgen.authorization.conditions.description import Names
from rbacgen.model.assignment import Activation, Assignment, AzureRole, Plane
from rbacgen.model.problems import Problem
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.model.state import Unread
from rbacgen.project import managed_scopes
from rbacgen.project.desired import Desired
from rbacgen.project.mapping import ProjectRole
from rbacgen.project.project import Project

ANY_OPERATION = "*"


class CellGrant(Struct, frozen=True):
    """One Azure role in a cell, and the responsibilities with the capabilities that it is for.

    `assignments` are places in `Matrix.assignments`; empty where nobody wears the hat.
    """

    role: AzureRole
    activation: Activation
    condition: str
    ends: date | None
    opens: tuple[Escalation, ...]
    serves: tuple[tuple[str, str], ...]
    assignments: tuple[int, ...]


class Cell(Struct, frozen=True):
    """What a project role has on a scope kind in an environment. `is_assigned` is False where it is what a wearer would get."""

    project_role: str
    scope_kind: str
    environment: str
    grants: tuple[CellGrant, ...]
    is_assigned: bool


class Limit(Struct, frozen=True):
    """A condition: its text, a sentence that says it (empty where there is none), and the operations that it limits.

    `operations` are patterns; what none of them matches is as if there were no condition.
    """

    text: str
    says: str
    operations: tuple[str, ...]


class AskableOperation(Struct, frozen=True):
    """An operation that people may ask about, and the words for it (empty for one that only the mapping needs).

    `resource_type` is the type of resource that it is done to, `resource` what to call one; empty for one of any resource.
    """

    words: str
    operation: str
    plane: Plane
    resource_type: str
    resource: str


class Matrix(Struct, frozen=True):
    """The whole of it: cells in the order of project roles, scope kinds and environments, and what they are made from.

    `opens` goes with `assignments`, one by one: the paths to more that each opens. `roles` are the distinct Azure roles, a custom
    one of the mapping once for all subscriptions. `holds` says, for the project role, the line of a `must_not` and the plane, whether it
    was proven; one that was not tested is not in it. `bound` are the scope kinds
    that have a scope, with the environment.
    """

    project: Project
    desired: Desired
    environments: tuple[str, ...]
    assignments: tuple[Assignment, ...]
    opens: tuple[tuple[Escalation, ...], ...]
    cells: tuple[Cell, ...]
    roles: tuple[AzureRole, ...]
    limits: Mapping[str, Limit]
    asked: tuple[AskableOperation, ...]
    holds: Mapping[tuple[str, str, Plane], bool]
    bound: frozenset[tuple[str, str]]


class UndesiredAssignment(Struct, frozen=True):
    """An assignment that a source holds and the project does not want so; `kind` is a kind of drift, or why it is none.

    Its role is the one that the source or the catalogue knows; `role_key` is its name among the roles of the matrix.
    `instead_of` is the number of the wanted assignment that it stands in for, `remark` a sentence about it.
    """

    kind: DriftKind | ExclusionReason
    assignment: Assignment
    role_key: str
    environments: tuple[str, ...]
    opens: tuple[Escalation, ...]
    instead_of: int | None
    remark: str


class SourceSide(Struct, frozen=True):
    """What a source holds beside what is wanted, what hands out access first, with the conditions of it."""

    undesired: tuple[UndesiredAssignment, ...] = ()
    limits: Mapping[str, Limit] = {}


class MatrixResult(Struct, frozen=True):
    """A matrix, what was found about the project itself, and, of a source, what differs and what was found there."""

    matrix: Matrix
    checked: CheckedProject
    findings: tuple[Problem, ...]
    drift: Drift | None = None
    actual: SourceCheck | None = None

    @property
    def unread(self) -> tuple[Unread, ...]:
        """What of the source could not be read; nothing where there is none."""
        if self.drift is None or self.actual is None:
            return ()
        return tuple(sorted({*self.drift.unread, *self.actual.unread}))

    @property
    def is_complete(self) -> bool:
        """Whether all of the source was read."""
        return not self.unread


def role_key(role: AzureRole) -> str:
    """What tells one Azure role of a project from the others: a custom one has another GUID in each subscription."""
    return role.name if role.custom else role.id


def build(
    project: Project,
    desired: Desired,
    catalog: Catalog,
    environments: Iterable[str],
    test_results: Iterable[TestResult] = (),
) -> Matrix:
    """The matrix of what a project wants in these environments; a hat that nobody wears comes as it would be worn.

    `test_results` are the access tests that were run on it.
    """
    chosen = tuple(environments)
    builder = _CellBuilder(project, catalog, chosen)
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
    assigned = builder.cells(enumerate(found), is_assigned=True)
    cells = {(each.project_role, each.scope_kind, each.environment): each for each in assigned}
    bare = [role for role in project.mapping.roles.values() if not project.team.get(role.id)]
    if bare:
        for cell in builder.supposed(bare):
            cells.setdefault((cell.project_role, cell.scope_kind, cell.environment), cell)
    order = {name: rank for rank, name in enumerate(project.mapping.roles)}
    ordered = sorted(cells, key=lambda key: (order[key[0]], kinds.get(key[1], len(kinds)), ranks[key[2]]))
    roles = {role_key(grant.role): grant.role for cell in cells.values() for grant in cell.grants}
    roles |= {role_key(each.role): each.role for each in found}
    return Matrix(
        project=project,
        desired=desired,
        environments=chosen,
        assignments=tuple(found),
        opens=tuple(builder.opens(each) for each in found),
        cells=tuple(cells[key] for key in ordered),
        roles=tuple(roles[key] for key in sorted(roles, key=lambda key: (roles[key].name.casefold(), key))),
        limits=_limits(found, roles.values(), cells.values(), catalog),
        asked=tuple(_asked(project)),
        holds=_holds(test_results),
        bound=frozenset(isolated_roles.places(project).scopes),
    )


def beside(made: Matrix, drift: Drift, catalog: Catalog) -> SourceSide:
    """What the source of a comparison holds and the project does not want so, in the environments of the matrix.

    That is what differs, and what was set aside but reaches the project all the same: inherited from above, ignored, not
    owned, activated just now. What is elsewhere is left out.
    """
    project = made.project
    builder = _CellBuilder(project, catalog, made.environments)
    scopes = managed_scopes.managed_scopes(project, made.desired)
    here = managed_scopes.ScopeRelation.of(project, made.desired, scopes)
    numbers = {each.key: number for number, each in enumerate(made.assignments)}
    known = {role_key(each): each for each in made.roles}
    defined = {each.id: each for each in drift.source.definitions}

    def reached(scope: Scope) -> tuple[str, ...]:
        is_over_all = scope.level in (ScopeLevel.TENANT, ScopeLevel.MANAGEMENT_GROUP)
        managers = here.managers(scope)
        return tuple(
            name
            for name in made.environments
            if is_over_all or name in managers or any(scope.contains(each) for each in scopes[name])
        )

    def undesired(
        kind: DriftKind | ExclusionReason, actual: Assignment, desired: Assignment | None, remark: str
    ) -> UndesiredAssignment:
        role = defined.get(actual.role.id) or catalog.find(actual.role.id) or actual.role
        key = role_key(role)
        if role.custom and (key not in known or known[key].permissions != role.permissions):
            key = role.id  # another role of that name, or what somebody made of the project's own
        elif not role.custom:
            role = known.get(key, role)
        resolved = replace(actual, role=role)
        return UndesiredAssignment(
            kind=kind,
            assignment=resolved,
            role_key=key,
            environments=tuple(each for each in made.environments if desired and each in desired.environments)
            or reached(actual.scope),
            opens=builder.opens(resolved),
            instead_of=numbers.get(desired.key) if desired is not None else None,
            remark=remark,
        )

    found = [
        undesired(each.kind, each.actual, each.desired, each.remark)
        for each in drift.changes
        if each.actual is not None and (each.desired is None or each.kind is DriftKind.ALTERED)
    ]
    found += [
        undesired(each.why, each.actual, None, each.rule.reason if each.rule else "")
        for each in drift.excluded
        if each.why is not ExclusionReason.OUTSIDE
    ]
    found = [each for each in found if each.environments]
    found.sort(
        key=lambda each: (
            isinstance(each.kind, ExclusionReason),
            not any(path.category in privilege.PRIVILEGED for path in each.opens),
            each.assignment.scope.folded,
            each.assignment.role.name.casefold(),
            each.assignment.principal.id,
            each.assignment.activation,
        )
    )
    actual = [each.assignment for each in found]
    return SourceSide(tuple(found), _limits(actual, (each.role for each in actual), (), catalog))


_Pile = list[tuple[int, Assignment]]  # what comes to the same in a cell, each with its number


class _CellBuilder:
    """Makes cells; keeps what each role opens at a kind of place, which is asked for again and again."""

    def __init__(self, project: Project, catalog: Catalog, environments: tuple[str, ...]) -> None:
        self.project = project
        self.catalog = catalog
        self.environments = frozenset(environments)
        self._opens: dict[tuple[str, str, str, str], tuple[Escalation, ...]] = {}

    def opens(self, each: Assignment) -> tuple[Escalation, ...]:
        place = resource_type(each.scope, each.scope_kind, self.project)
        key = (each.role.id, str(each.scope.level), place.lower(), each.condition)
        if key not in self._opens:
            found = privilege.escalation_paths(each.role, each.scope.level, place, self.catalog, each.condition)
            self._opens[key] = tuple(escalation_path.escalation for escalation_path in found)
        return self._opens[key]

    def cells(self, numbered: Iterable[tuple[int, Assignment]], is_assigned: bool) -> Iterator[Cell]:
        rows: dict[tuple[str, str, str], dict[tuple[object, ...], _Pile]] = {}
        for number, each in numbered:
            for role in dict.fromkeys(reason.project_role for reason in each.reasons):
                for environment in each.environments:
                    if environment in self.environments:
                        cell = rows.setdefault((role, each.scope_kind, environment), {})
                        same = (role_key(each.role), each.activation, bool(each.condition), each.ends)
                        cell.setdefault(same, []).append((number, each))
        for (role, kind, environment), piles in rows.items():
            made = [self.grant(role, pile, is_assigned) for pile in piles.values()]
            made.sort(key=lambda each: (each.role.name.casefold(), each.activation, each.condition, str(each.ends)))
            yield Cell(role, kind, environment, tuple(made), is_assigned)

    def grant(self, role: str, pile: _Pile, is_assigned: bool) -> CellGrant:
        first = pile[0][1]
        reasons = (reason for _, each in pile for reason in each.reasons if reason.project_role == role)
        return CellGrant(
            role=first.role,
            activation=first.activation,
            condition=first.condition,
            ends=first.ends,
            opens=self.opens(first),
            serves=tuple(dict.fromkeys((each.responsibility, each.capability) for each in reasons)),
            assignments=tuple(number for number, _ in pile) if is_assigned else (),
        )

    def supposed(self, bare: Iterable[ProjectRole]) -> Iterator[Cell]:
        """What hats that nobody wears would give, at what the project binds."""
        bound = isolated_roles.places(self.project).scopes
        stand_ins = {isolated_roles.stand_in(role).id for role in bare}
        found = (
            (0, each)
            for each in isolated_roles.isolated(self.project).state
            if each.principal.id in stand_ins and any((each.scope_kind, name) in bound for name in each.environments)
        )
        return self.cells(found, is_assigned=False)


def members(project: Project, principal_id: str) -> tuple[tuple[str, ...], bool]:
    """Who is known to be in a group, and whether these are all."""
    membership = project.membership
    return membership.members_of(principal_id), principal_id in membership.known


def resource_type(scope: Scope, scope_kind: str, project: Project) -> str:
    """The resource type of a scope: by its id, or by its kind where only Terraform knows the id; empty above resources."""
    kind = project.mapping.scope_kinds.get(scope_kind)
    return type_of(scope) or (kind.type if kind is not None else "")


def _limits(
    found: Iterable[Assignment], roles: Iterable[AzureRole], cells: Iterable[Cell], catalog: Catalog
) -> dict[str, Limit]:
    """Every condition by its text: those of assignments, of what would be assigned, and those that roles carry."""
    found, roles = tuple(found), tuple(roles)
    texts = {each.condition for each in found}
    texts |= {grant.condition for cell in cells for grant in cell.grants}
    texts |= {permission.condition for role in roles for permission in role.permissions}
    known = {role.id: role.name for role in roles}

    def name(guid: str) -> str:
        role = catalog.find(guid) if guid in catalog else None
        return known.get(guid) or (role.name if role is not None else guid)

    return {text: _limit(text, name) for text in sorted(texts) if text}


def _limit(text: str, names: Names) -> Limit:
    try:
        condition = conditions.parse(text)
    except conditions.ConditionError:
        return Limit(text, "", (ANY_OPERATION,))  # nobody can tell what it limits, so it may limit anything
    named = tuple(sorted(conditions.named_actions(condition)))
    return Limit(text, conditions.sentence(condition, names), named or (ANY_OPERATION,))


def _asked(project: Project) -> Iterator[AskableOperation]:
    """What can be asked about: the common questions first, then what the mapping needs or forbids, each operation once."""
    seen = set()
    for each in WORDINGS:
        seen.add((each.operation.lower(), each.plane))
        yield _ask(each.words, each.operation, each.plane)
    rest: dict[tuple[str, Plane], AskableOperation] = {}

    def add(operation: str, plane: Plane) -> None:
        key = (operation.lower(), plane)
        if "*" not in operation and key not in seen:
            rest.setdefault(key, _ask("", operation, plane))

    for capability in project.mapping.capabilities.values():
        for need in capability.needs:
            for operation in need.actions:
                add(operation, Plane.CONTROL)
            for operation in need.data_actions:
                add(operation, Plane.DATA)
    for role in project.mapping.roles.values():
        for line in role.must_not:
            for plane in line.planes:
                add(line.do, plane)
    yield from (rest[key] for key in sorted(rest))


def _ask(words: str, operation: str, plane: Plane) -> AskableOperation:
    type_ = resource_of(operation)
    return AskableOperation(
        words, operation, plane, type_, RESOURCES.get(type_, f"resource of type {type_}") if type_ else ""
    )


def _holds(test_results: Iterable[TestResult]) -> dict[tuple[str, str, Plane], bool]:
    holds: dict[tuple[str, str, Plane], bool] = {}
    for each in test_results:
        if each.test.origin is Origin.MUST_NOT:
            key = (each.test.project_role, str(each.test.at), each.test.plane)
            holds[key] = holds.get(key, True) and each.result is not Result.FAILED
    return holds
