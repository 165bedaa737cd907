"""The one form of a matrix that every report of it is made from: what `matrix --format json` prints, and the page holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, json

from rbacgen import matrix
from rbacgen.access import telling
from rbacgen.access.privilege import PRIVILEGED
from rbacgen.catalog.escalations import Escalation
from rbacgen.mapping import ProjectRole, Responsibility
from rbacgen.matrix import CellGrant, Matrix, Shown
from rbacgen.model import Activation, AzureRole, Permission, Reason, Scope
from rbacgen.outcome import outside_of
from rbacgen.problems import Position, Problem, Severity
from rbacgen.reports import drift_form
from rbacgen.reports.access_form import Called, caller
from rbacgen.reports.drift_form import At, UnreadRow

FORMAT_VERSION = 1


class EnvironmentForm(Struct, frozen=True):
    """One environment of the project; `stands_for` is the environment of the mapping whose grants it takes."""

    name: str
    stands_for: str
    subscription: str


class ScopeKindForm(Struct, frozen=True):
    """One scope kind of the mapping; `level` is where such scopes stand in Azure's hierarchy."""

    name: str
    says: str
    level: str


class Duty(Struct, frozen=True):
    """One responsibility: the capabilities that it takes, why it takes no access (empty where it does), and what it takes outside Azure."""

    id: str
    does: str
    takes: tuple[str, ...]
    no_access: str
    outside: tuple[str, ...]
    at: At


class Wears(Struct, frozen=True):
    """An entry of the team: the principal by id, the environments (none for all), and the day that it ends."""

    principal: str
    environments: tuple[str, ...]
    ends: str | None
    at: At


class MustNotForm(Struct, frozen=True):
    """What a project role must not be able to do, on one plane of those that its line means. `holds` is what the access tests say; null where none was run."""

    operation: str
    plane: str
    scope_kind: str
    environments: tuple[str, ...]
    unless_activated: bool
    because: str
    holds: bool | None
    at: At


class ProjectRoleForm(Struct, frozen=True):
    """One hat. `owner` is set for a workload identity, and is the project role that answers for it."""

    id: str
    title: str
    family: str
    says: str
    owner: str
    ends_with_project: bool
    wearers: tuple[Wears, ...]
    responsibilities: tuple[Duty, ...]
    must_not: tuple[MustNotForm, ...]
    at: At


class CapabilityForm(Struct, frozen=True):
    """A capability, and what it lets somebody do."""

    name: str
    says: str


class PrincipalForm(Struct, frozen=True):
    """Somebody. `members` are all who are known to be in a group, by id; `members_known` says that these are all."""

    id: str
    type: str
    name: str
    members: tuple[str, ...]
    members_known: bool


class PermissionForm(Struct, frozen=True):
    """One permission object of an Azure role; `condition` is a place in `conditions`, null for none."""

    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    data_actions: tuple[str, ...]
    not_data_actions: tuple[str, ...]
    condition: int | None


class AzureRoleForm(Struct, frozen=True):
    """An Azure role; `id` is its GUID, or the name of a custom one, which has another GUID in each subscription."""

    id: str
    name: str
    custom: bool
    description: str
    lines: int
    permissions: tuple[PermissionForm, ...]


class ScopeForm(Struct, frozen=True):
    """A scope: its id, what to call it for short, and its resource type (empty above resources)."""

    id: str
    place: str
    level: str
    type: str


class ConditionForm(Struct, frozen=True):
    """A condition: its text, a sentence for it (empty where there is none), and the operations that it limits, as patterns."""

    text: str
    says: str
    operations: tuple[str, ...]


class Path(Struct, frozen=True):
    """An operation that opens a path to more. `hands_out` says that it hands out or widens access itself."""

    operation: str
    category: str
    why: str
    hands_out: bool


class Because(Struct, frozen=True):
    """One reason for an assignment: the responsibility that it serves, and where the grant and the team entry stand."""

    project_role: str
    responsibility: str
    capability: str
    grant_at: At
    member_at: At


class AssignmentForm(Struct, frozen=True):
    """One assignment that is wanted.

    `principal`, `azure_role` and `scope` are ids of their lists, `role_definition` is the GUID of the role where it is assigned, `condition` is a place in `conditions` (null for none), `opens`
    are operations of `paths`. `instead_of_eligible` says that it stands only because the project has no PIM. `drift` is how it
    differs in the source (`missing`, `altered`, …), empty where it does not or there is none.
    """

    principal: str
    azure_role: str
    role_definition: str
    scope: str
    scope_kind: str
    environments: tuple[str, ...]
    activation: str
    condition: int | None
    ends: str | None
    opens: tuple[str, ...]
    instead_of_eligible: bool
    reasons: tuple[Because, ...]
    drift: str


class Serves(Struct, frozen=True):
    """A responsibility and the capability of it that a grant is for."""

    responsibility: str
    capability: str


class GrantForm(Struct, frozen=True):
    """One Azure role in a cell. `assignments` are places in `assignments`; empty where nobody wears the hat."""

    azure_role: str
    activation: str
    condition: int | None
    ends: str | None
    opens: tuple[str, ...]
    serves: tuple[Serves, ...]
    assignments: tuple[int, ...]


class CellForm(Struct, frozen=True):
    """What a project role has on a scope kind in an environment; with `worn` false, what it would have."""

    project_role: str
    scope_kind: str
    environment: str
    worn: bool
    grants: tuple[GrantForm, ...]


class AskedForm(Struct, frozen=True):
    """An operation to ask about, with the words for it; empty words for one that only the mapping names."""

    words: str
    operation: str
    plane: str


class Finding(Struct, frozen=True):
    """Something that was found wrong or worth a look; `where` is `project`, or `source` for what the source holds."""

    severity: str
    rule: str
    message: str
    where: str
    at: At


class Counts(Struct, frozen=True):
    """How much there is: assignments in all, and of them those that stand, are eligible, and so on.

    `opening` counts those that open a path to more, `handing_out` those among them that hand out or widen access itself.
    """

    project_roles: int
    worn: int
    principals: int
    assignments: int
    permanent: int
    eligible: int
    conditional: int
    ending: int
    opening: int
    handing_out: int


class Form(Struct, frozen=True):
    """A whole matrix. `drift` is the form of `diff --format json`; null where no source was asked."""

    format_version: int
    project: str
    mapping: str
    ends: str | None
    counts: Counts
    environments: tuple[EnvironmentForm, ...]
    scope_kinds: tuple[ScopeKindForm, ...]
    families: tuple[str, ...]
    project_roles: tuple[ProjectRoleForm, ...]
    capabilities: tuple[CapabilityForm, ...]
    principals: tuple[PrincipalForm, ...]
    azure_roles: tuple[AzureRoleForm, ...]
    scopes: tuple[ScopeForm, ...]
    conditions: tuple[ConditionForm, ...]
    paths: tuple[Path, ...]
    assignments: tuple[AssignmentForm, ...]
    cells: tuple[CellForm, ...]
    asked: tuple[AskedForm, ...]
    findings: tuple[Finding, ...]
    drift: drift_form.Form | None
    unread: tuple[UnreadRow, ...]


def form(shown: Shown, names: bool = False) -> Form:
    """The matrix as reports take it. Names of persons whom the project does not name are there only with `names`."""
    return _Maker(shown, names).form()


def text(given: Form) -> str:
    """The form as JSON, indented."""
    return json.format(json.encode(given), indent=2).decode() + "\n"


class _Maker:
    def __init__(self, shown: Shown, names: bool) -> None:
        self.shown = shown
        self.matrix: Matrix = shown.matrix
        self.project = shown.matrix.project
        self.names = names
        self.called: Called = caller(self.project, names)
        self.conditions = {text: rank for rank, text in enumerate(shown.matrix.limits)}

    def form(self) -> Form:
        made = self.matrix
        used = {each.scope_kind for each in made.cells}
        drifted = drift_form.form(self.shown.drift, self.shown.outcome, self.names) if self.shown.drift else None
        environments = {each.name: each for each in self.project.environments}
        return Form(
            format_version=FORMAT_VERSION,
            project=self.project.name,
            mapping=self.project.mapping.title,
            ends=_day(self.project.ends),
            counts=self.counts(),
            environments=tuple(
                EnvironmentForm(name, environments[name].stands_for, environments[name].subscription)
                for name in made.environments
            ),
            scope_kinds=tuple(
                ScopeKindForm(each.name, each.says, str(each.level))
                for each in self.project.mapping.scope_kinds.values()
                if each.name in used
            ),
            families=self.project.mapping.families,
            project_roles=tuple(self.role(each) for each in self.project.mapping.roles.values()),
            capabilities=tuple(
                CapabilityForm(each.name, each.says) for each in self.project.mapping.capabilities.values()
            ),
            principals=tuple(self.principals()),
            azure_roles=tuple(self.azure_role(each) for each in made.roles),
            scopes=tuple(self.scopes()),
            conditions=tuple(ConditionForm(each.text, each.says, each.operations) for each in made.limits.values()),
            paths=tuple(_paths([*made.opens, *(grant.opens for cell in made.cells for grant in cell.grants)])),
            assignments=tuple(self.assignments(drifted)),
            cells=tuple(
                CellForm(
                    each.project_role,
                    each.scope_kind,
                    each.environment,
                    each.is_worn,
                    tuple(self.grant(grant) for grant in each.grants),
                )
                for each in made.cells
            ),
            asked=tuple(AskedForm(each.words, each.operation, str(each.plane)) for each in made.asked),
            findings=tuple(self.findings()),
            drift=drifted,
            unread=tuple(UnreadRow(each.scope, str(each.part), each.why, each.cure) for each in self.shown.unread),
        )

    def counts(self) -> Counts:
        found = self.matrix.assignments
        roles = self.project.mapping.roles
        return Counts(
            project_roles=len(roles),
            worn=sum(bool(self.project.team.get(each)) for each in roles),
            principals=len({each.principal.id for each in found}),
            assignments=len(found),
            permanent=sum(each.activation is Activation.PERMANENT for each in found),
            eligible=sum(each.activation is Activation.ELIGIBLE for each in found),
            conditional=sum(bool(each.condition) for each in found),
            ending=sum(each.ends is not None for each in found),
            opening=sum(bool(each) for each in self.matrix.opens),
            handing_out=sum(any(path.category in PRIVILEGED for path in each) for each in self.matrix.opens),
        )

    def role(self, role: ProjectRole) -> ProjectRoleForm:
        return ProjectRoleForm(
            id=role.id,
            title=role.title,
            family=role.family,
            says=role.says,
            owner=role.owner,
            ends_with_project=role.ends_with_project,
            wearers=tuple(
                Wears(each.principal.id, each.environments, _day(each.ends), _at(each.at))
                for each in self.project.team.get(role.id, ())
            ),
            responsibilities=tuple(_duty(role, each) for each in role.responsibilities),
            must_not=tuple(
                MustNotForm(
                    operation=each.do,
                    plane=str(plane),
                    scope_kind=each.on,
                    environments=each.environments,
                    unless_activated=each.unless_activated,
                    because=each.because,
                    holds=self.matrix.holds.get((role.id, str(each.at), plane)),
                    at=_at(each.at),
                )
                for each in role.must_not
                for plane in each.planes
            ),
            at=_at(role.at),
        )

    def principals(self) -> Iterator[PrincipalForm]:
        """Everybody who wears a hat, holds an assignment or is known to be in such a group, by name."""
        found = {each.principal.id: each.principal for team in self.project.team.values() for each in team}
        found |= {each.principal.id: each.principal for each in self.matrix.assignments}
        inside = {each: matrix.members(self.project, each) for each in found}
        known = self.project.membership.principals
        for members, _ in inside.values():
            found |= {each: known[each] for each in members if each not in found}
        named = {each.id: self.called(each) for each in found.values()}
        for each in sorted(found.values(), key=lambda each: (named[each.id].casefold() or "~", each.id)):
            members, are_all = inside.get(each.id, ((), False))
            yield PrincipalForm(each.id, str(each.type), named[each.id], members, are_all)

    def azure_role(self, role: AzureRole) -> AzureRoleForm:
        return AzureRoleForm(
            id=matrix.role_key(role),
            name=role.name,
            custom=role.custom,
            description=role.description,
            lines=sum(len(each.actions) + len(each.data_actions) for each in role.permissions),
            permissions=tuple(self.permission(each) for each in role.permissions),
        )

    def permission(self, given: Permission) -> PermissionForm:
        return PermissionForm(
            given.actions,
            given.not_actions,
            given.data_actions,
            given.not_data_actions,
            self.condition(given.condition),
        )

    def condition(self, text: str) -> int | None:
        return self.conditions[text] if text else None

    def scopes(self) -> Iterator[ScopeForm]:
        found: dict[str, tuple[Scope, str]] = {}
        for each in self.matrix.assignments:
            found.setdefault(each.scope.id, (each.scope, each.scope_kind))
        for scope, kind in found.values():
            yield ScopeForm(
                scope.id, telling.place(scope), str(scope.level), matrix.resource_type(scope, kind, self.project)
            )

    def assignments(self, drifted: drift_form.Form | None) -> Iterator[AssignmentForm]:
        differing = {}
        if self.shown.drift is not None:
            differing = {each.wanted.key: str(each.kind) for each in self.shown.drift.changes if each.wanted}
        instead = {each.key for each in self.matrix.wanted.standing_instead}
        for each, opens in zip(self.matrix.assignments, self.matrix.opens, strict=True):
            yield AssignmentForm(
                principal=each.principal.id,
                azure_role=matrix.role_key(each.role),
                role_definition=each.role.id,
                scope=each.scope.id,
                scope_kind=each.scope_kind,
                environments=each.environments,
                activation=str(each.activation),
                condition=self.condition(each.condition),
                ends=_day(each.ends),
                opens=tuple(path.operation for path in opens),
                instead_of_eligible=each.key in instead,
                reasons=tuple(_because(reason) for reason in each.reasons),
                drift=differing.get(each.key, ""),
            )

    def grant(self, given: CellGrant) -> GrantForm:
        return GrantForm(
            azure_role=matrix.role_key(given.role),
            activation=str(given.activation),
            condition=self.condition(given.condition),
            ends=_day(given.ends),
            opens=tuple(path.operation for path in given.opens),
            serves=tuple(Serves(responsibility, capability) for responsibility, capability in given.serves),
            assignments=given.assignments,
        )

    def findings(self) -> Iterator[Finding]:
        """What the source holds first, then the project's own; each by weight."""
        held = self.shown.held.problems if self.shown.held is not None else ()
        for where, problems in (("source", held), ("project", self.shown.findings)):
            for each in sorted(problems, key=_gravest):
                yield Finding(str(each.severity), each.rule, each.message, where, _at(each.at))


# Access that is there and must not be, or that hands out more, is what a reviewer came for.
_FIRST = ("held-privilege", "held-must-not", "must-not", "toxic-union", "privileged-access", "failed-test")
_WEIGHTS = {severity: rank for rank, severity in enumerate(Severity)}


def _gravest(problem: Problem) -> tuple[int, int, Position, str]:
    rank = _FIRST.index(problem.rule) if problem.rule in _FIRST else len(_FIRST)
    return rank, _WEIGHTS[problem.severity], problem.at, problem.message


def _paths(opened: Iterable[tuple[Escalation, ...]]) -> Iterator[Path]:
    found = {each.operation: each for those in opened for each in those}
    for operation in sorted(found):
        each = found[operation]
        yield Path(operation, str(each.category), each.why, each.category in PRIVILEGED)


def _duty(role: ProjectRole, given: Responsibility) -> Duty:
    return Duty(
        id=given.id,
        does=given.does,
        takes=tuple(each.name for each in given.takes),
        no_access=given.no_access,
        outside=tuple(f"{each.system}: {each.access}" for each in outside_of(role) if each.responsibility == given.id),
        at=_at(given.at),
    )


def _because(reason: Reason) -> Because:
    return Because(
        reason.project_role, reason.responsibility, reason.capability, _at(reason.grant_at), _at(reason.member_at)
    )


def _day(day: object) -> str | None:
    return str(day) if day is not None else None


def _at(at: Position) -> At:
    return At(at.file, at.line, at.column)
