"""What `matrix --format json` prints, and the page and the other reports of a matrix are made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rbacgen.analysis import findings, matrix, wording
from rbacgen.analysis.findings import Finding
from rbacgen.analysis.matrix import CellGrant, Matrix, MatrixResult
from rbacgen.analysis.names import Called, caller
from rbacgen.analysis.results import CheckedProject, outside_of
from rbacgen.model import rules
from rbacgen.model.assignment import Activation, AzureRole, Permission, Principal, PrincipalType
from rbacgen.model.problems import Problem
from rbacgen.model.scope import Scope
from rbacgen.project.mapping import ProjectRole, Responsibility
from rbacgen.reports.json import FORMAT_VERSION, diff
from rbacgen.reports.json.diff import DiffDocument
from rbacgen.reports.json.matrix_records import (
    AssignmentRecord,
    AzureRoleRecord,
    CapabilityRecord,
    CellGrantRecord,
    CellRecord,
    EnvironmentRecord,
    EscalationRecord,
    MatrixCounts,
    MatrixDocument,
    MatrixPrincipalRecord,
    MustNotRecord,
    PermissionRecord,
    ProjectRoleRecord,
    ResponsibilityRecord,
    ScopeKindRecord,
    ScopeRecord,
    ServesRecord,
    TeamEntryRecord,
    UndesiredRecord,
)


def document(shown: MatrixResult, names: bool = False) -> MatrixDocument:
    """The matrix as reports take it. Names of persons whom the project does not name are there only with `names`."""
    return _MatrixBuilder(shown, names).document()


class _MatrixBuilder:
    def __init__(self, shown: MatrixResult, names: bool) -> None:
        self.shown = shown
        self.matrix: Matrix = shown.matrix
        self.project = shown.matrix.project
        self.names = names
        self.called: Called = caller(self.project, names)
        self.beside = shown.source_side
        self.limits = {**shown.matrix.limits, **self.beside.limits}
        self.conditions = {text: rank for rank, text in enumerate(self.limits)}

    def document(self) -> MatrixDocument:
        made = self.matrix
        drifted = diff.document(self.shown.drift, self.shown.checked, self.names) if self.shown.drift else None
        actual = self.shown.actual.problems if self.shown.actual is not None else ()
        return MatrixDocument(
            format_version=FORMAT_VERSION,
            project=self.project.name,
            mapping=self.project.mapping.title,
            ends=_day(self.project.ends),
            counts=self.counts(),
            environments=tuple(self.environments()),
            scope_kinds=tuple(self.scope_kinds()),
            families=self.project.mapping.families,
            project_roles=tuple(self.role(each) for each in self.project.mapping.roles.values()),
            capabilities=tuple(
                CapabilityRecord(each.name, each.says) for each in self.project.mapping.capabilities.values()
            ),
            principals=tuple(self.principals()),
            azure_roles=tuple(self.azure_roles()),
            scopes=tuple(self.scopes()),
            conditions=tuple(self.limits.values()),
            escalation_operations=tuple(
                EscalationRecord(
                    each.escalation.operation, str(each.escalation.category), each.escalation.why, each.is_privileged
                )
                for each in self.shown.escalations
            ),
            assignments=tuple(self.assignments(drifted)),
            undesired=tuple(self.undesired()),
            cells=tuple(self.cells()),
            asked=made.asked,
            findings=_found(self.shown.findings, self.shown.checked, is_actual=False),
            actual_findings=_found(actual, self.shown.checked, is_actual=True),
            drift=drifted,
            unread=self.shown.unread,
        )

    def environments(self) -> Iterator[EnvironmentRecord]:
        known = {each.name: each for each in self.project.environments}
        for name in self.matrix.environments:
            yield EnvironmentRecord(name, known[name].stands_for, known[name].subscription)

    def scope_kinds(self) -> Iterator[ScopeKindRecord]:
        """Those that are bound, or have access."""
        used = {each.scope_kind for each in self.matrix.cells} | {kind for kind, _ in self.matrix.bound}
        for each in self.project.mapping.scope_kinds.values():
            if each.name in used:
                bound = tuple(name for name in self.matrix.environments if (each.name, name) in self.matrix.bound)
                yield ScopeKindRecord(each.name, each.says, str(each.level), each.type or "", bound)

    def cells(self) -> Iterator[CellRecord]:
        for each in self.matrix.cells:
            grants = tuple(self.grant(grant) for grant in each.grants)
            yield CellRecord(each.project_role, each.scope_kind, each.environment, each.is_assigned, grants)

    def counts(self) -> MatrixCounts:
        found = self.matrix.assignments
        roles = self.project.mapping.roles
        return MatrixCounts(
            project_roles=len(roles),
            assigned=sum(bool(self.project.team.get(each)) for each in roles),
            principals=len({each.principal.id for each in found}),
            assignments=len(found),
            permanent=sum(each.activation is Activation.PERMANENT for each in found),
            eligible=sum(each.activation is Activation.ELIGIBLE for each in found),
            conditional=sum(bool(each.condition) for each in found),
            ending=sum(each.ends is not None for each in found),
            escalating=self.matrix.escalating,
            privileged=self.matrix.privileged,
        )

    def role(self, role: ProjectRole) -> ProjectRoleRecord:
        return ProjectRoleRecord(
            id=role.id,
            title=role.title,
            family=role.family,
            says=role.says,
            owner=role.owner,
            ends_with_project=role.ends_with_project,
            team_members=tuple(
                TeamEntryRecord(each.principal.id, each.environments, _day(each.ends), each.at)
                for each in self.project.team.get(role.id, ())
            ),
            responsibilities=tuple(_responsibility(role, each) for each in role.responsibilities),
            must_not=tuple(
                MustNotRecord(
                    operation=each.do,
                    plane=str(plane),
                    scope_kind=each.on,
                    environments=each.environments,
                    unless_activated=each.unless_activated,
                    because=each.because,
                    passed=self.matrix.passed.get((role.id, str(each.at), plane)),
                    at=each.at,
                )
                for each in role.must_not
                for plane in each.planes
            ),
            at=role.at,
        )

    def principals(self) -> Iterator[MatrixPrincipalRecord]:
        """Every principal that holds a project role, has access, desired or actual, or is known to be in such a group, by name."""
        found = {each.principal.id: each.principal for team in self.project.team.values() for each in team}
        found |= {each.principal.id: each.principal for each in self.matrix.assignments}
        inside = {each: matrix.members(self.project, each) for each in found}
        known = self.project.membership.principals
        for members, _ in inside.values():
            found |= {each: known[each] for each in members if each not in found}
        actual = self.subjects()
        found |= {each.id: each for each in actual if each.id not in found}
        named = {each.id: self.called(each) for each in found.values()}
        for each in sorted(found.values(), key=lambda each: (named[each.id].casefold() or "~", each.id)):
            members, are_all = inside.get(each.id, ((), False))
            yield MatrixPrincipalRecord(each.id, str(each.type), named[each.id], members, are_all)

    def subjects(self) -> Iterator[Principal]:
        """Who has what is not desired, by the type and the name that the directory of the source has."""
        if self.shown.drift is None:
            return
        directory = self.shown.drift.source.directory
        for each in self.beside.undesired:
            principal = each.assignment.principal
            entry = directory.get(principal.id)
            if entry is not None:
                kinds = {str(kind): kind for kind in PrincipalType}
                is_unknown = principal.type is PrincipalType.UNKNOWN
                principal = Principal(
                    principal.id,
                    kinds.get(entry.type, principal.type) if is_unknown else principal.type,
                    entry.name or principal.name,
                    principal.reference,
                )
            yield principal

    def azure_roles(self) -> Iterator[AzureRoleRecord]:
        """Those of the matrix by name, then those that only the source has."""
        known = {matrix.role_key(each): each for each in self.matrix.roles}
        for each in self.beside.undesired:
            known.setdefault(each.role_key, each.assignment.role)
        for key, role in known.items():
            yield self.azure_role(key, role)

    def azure_role(self, key: str, role: AzureRole) -> AzureRoleRecord:
        return AzureRoleRecord(
            id=key,
            name=role.name,
            custom=role.custom,
            description=role.description,
            lines=sum(len(each.actions) + len(each.data_actions) for each in role.permissions),
            permissions=tuple(self.permission(each) for each in role.permissions),
        )

    def permission(self, given: Permission) -> PermissionRecord:
        return PermissionRecord(
            given.actions,
            given.not_actions,
            given.data_actions,
            given.not_data_actions,
            self.condition(given.condition),
        )

    def condition(self, text: str) -> int | None:
        return self.conditions[text] if text else None

    def scopes(self) -> Iterator[ScopeRecord]:
        found: dict[str, tuple[Scope, str]] = {}
        for each in self.matrix.assignments:
            found.setdefault(each.scope.id, (each.scope, each.scope_kind))
        for actual in self.beside.undesired:
            found.setdefault(actual.assignment.scope.id, (actual.assignment.scope, actual.assignment.scope_kind))
        for scope, kind in found.values():
            yield ScopeRecord(
                scope.id, wording.place(scope), str(scope.level), matrix.resource_type(scope, kind, self.project)
            )

    def assignments(self, drifted: DiffDocument | None) -> Iterator[AssignmentRecord]:
        differing = {}
        if self.shown.drift is not None:
            differing = {each.desired.key: str(each.kind) for each in self.shown.drift.changes if each.desired}
        instead = {each.key for each in self.matrix.desired.permanent_instead}
        for each, escalations in zip(self.matrix.assignments, self.matrix.escalations, strict=True):
            yield AssignmentRecord(
                principal=each.principal.id,
                azure_role=matrix.role_key(each.role),
                role_definition=each.role.id,
                scope=each.scope.id,
                scope_kind=each.scope_kind,
                environments=each.environments,
                activation=str(each.activation),
                condition=self.condition(each.condition),
                ends=_day(each.ends),
                escalations=tuple(path.operation for path in escalations),
                instead_of_eligible=each.key in instead,
                reasons=each.reasons,
                drift=differing.get(each.key, ""),
            )

    def undesired(self) -> Iterator[UndesiredRecord]:
        for found in self.beside.undesired:
            each = found.assignment
            until = each.actual.until
            yield UndesiredRecord(
                principal=each.principal.id,
                azure_role=found.role_key,
                role_definition=each.role.id,
                scope=each.scope.id,
                environments=found.environments,
                activation=str(each.activation),
                condition=self.condition(each.condition),
                ends=f"{until:%Y-%m-%d}" if until is not None else None,
                escalations=tuple(path.operation for path in found.escalations),
                drift=str(found.kind),
                instead_of=found.instead_of,
                remark=found.remark,
            )

    def grant(self, given: CellGrant) -> CellGrantRecord:
        return CellGrantRecord(
            azure_role=matrix.role_key(given.role),
            activation=str(given.activation),
            condition=self.condition(given.condition),
            ends=_day(given.ends),
            escalations=tuple(path.operation for path in given.escalations),
            serves=tuple(ServesRecord(responsibility, capability) for responsibility, capability in given.serves),
            assignments=given.assignments,
        )


def _found(problems: Iterable[Problem], checked: CheckedProject, is_actual: bool) -> tuple[Finding, ...]:
    """The problems as findings, what endangers most first."""
    ordered = sorted(problems, key=lambda each: (-rules.risk(each.rule, dict(each.about)).rank, each.order))
    return findings.of_problems(ordered, checked.roots, is_actual)


def _responsibility(role: ProjectRole, given: Responsibility) -> ResponsibilityRecord:
    return ResponsibilityRecord(
        id=given.id,
        does=given.does,
        takes=tuple(each.name for each in given.takes),
        no_access=given.no_access,
        outside=tuple(f"{each.system}: {each.access}" for each in outside_of(role) if each.responsibility == given.id),
        at=given.at,
    )


def _day(day: object) -> str | None:
    return str(day) if day is not None else None
