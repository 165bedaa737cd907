"""The one form of a matrix that every report of it is made from: what `matrix --format json` prints, and the page holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct, json

from rbacgen.analysis import matrix, wording
from rbacgen.analysis.matrix import CellGrant, Matrix, MatrixResult
from rbacgen.analysis.results import outside_of
from rbacgen.model.assignment import Activation, AzureRole, Permission, Principal, PrincipalType, Reason
from rbacgen.model.problems import Position, Problem, Severity
from rbacgen.model.scope import Scope
from rbacgen.project.mapping import ProjectRole, Responsibility
from rbacgen.reports import drift_form
from rbacgen.reports.access_form import Called, caller
from rbacgen.reports.drift_form import At, UnreadRecord

FORMAT_VERSION = 1


class EnvironmentRecord(Struct, frozen=True):
    """One environment of the project; `stands_for` is the environment of the mapping whose grants it takes."""

    name: Annotated[str, Meta(description="The environment.")]
    stands_for: Annotated[str, Meta(description="The environment of the mapping whose grants it takes.")]
    subscription: Annotated[str, Meta(description="The subscription that it lives in.")]


class ScopeKindRecord(Struct, frozen=True):
    """One scope kind of the mapping; `bound` are the environments in which the project has a scope of it."""

    name: Annotated[str, Meta(description="The scope kind.")]
    says: Annotated[str, Meta(description="What it is, in the mapping's words.")]
    level: Annotated[str, Meta(description="Where such scopes stand in Azure's hierarchy.")]
    type: Annotated[str, Meta(description="The resource type of such scopes; empty above resources.")]
    bound: Annotated[
        tuple[str, ...], Meta(description="The environments in which the project has a scope of this kind.")
    ]


class ResponsibilityRecord(Struct, frozen=True):
    """One responsibility: the capabilities that it takes, why it takes no access (empty where it does), and what it takes outside Azure."""

    id: Annotated[str, Meta(description="The responsibility.")]
    does: Annotated[str, Meta(description="What that is, in the team's words.")]
    takes: Annotated[tuple[str, ...], Meta(description="The capabilities that it takes.")]
    no_access: Annotated[str, Meta(description="Why it takes no access; empty where it does.")]
    outside: Annotated[
        tuple[str, ...], Meta(description="What it takes outside Azure: the system and the access there.")
    ]
    at: Annotated[At, Meta(description="Where it stands in the mapping.")]


class TeamEntryRecord(Struct, frozen=True):
    """An entry of the team: the principal by id, the environments (none for all), and the day that it ends."""

    principal: Annotated[str, Meta(description="The object id of who wears the hat, or a Terraform reference.")]
    environments: Annotated[tuple[str, ...], Meta(description="The environments that it is for; empty for all.")]
    ends: Annotated[str | None, Meta(description="The day on which it ends, in ISO 8601; null for none.")]
    at: Annotated[At, Meta(description="Where the entry of the team stands.")]


class MustNotRecord(Struct, frozen=True):
    """What a project role must not be able to do, on one plane of those that its line means. `holds` is what the access tests say; null where none was run."""

    operation: Annotated[str, Meta(description="The operation, or a pattern of operations.")]
    plane: Annotated[str, Meta(description="`control` or `data`.")]
    scope_kind: Annotated[str, Meta(description="The scope kind that it must not be done on.")]
    environments: Annotated[tuple[str, ...], Meta(description="The environments that this is said of.")]
    unless_activated: Annotated[bool, Meta(description="Whether it is allowed after an activation.")]
    because: Annotated[str, Meta(description="Why, in the mapping's words; empty where it does not say.")]
    holds: Annotated[bool | None, Meta(description="Whether the access tests prove it; null where none was run.")]
    at: Annotated[At, Meta(description="Where it stands in the mapping.")]


class ProjectRoleRecord(Struct, frozen=True):
    """One hat. `owner` is set for a workload identity, and is the project role that answers for it."""

    id: Annotated[str, Meta(description="The project role.")]
    title: Annotated[str, Meta(description="Its title.")]
    family: Annotated[str, Meta(description="The family that it belongs to; empty for none.")]
    says: Annotated[str, Meta(description="What it is, in the mapping's words.")]
    owner: Annotated[
        str, Meta(description="The project role that answers for a workload identity; empty for a person's role.")
    ]
    ends_with_project: Annotated[bool, Meta(description="Whether its access ends on the day that the project ends.")]
    team_members: Annotated[tuple[TeamEntryRecord, ...], Meta(description="Who wears the hat.")]
    responsibilities: Annotated[tuple[ResponsibilityRecord, ...], Meta(description="What it is responsible for.")]
    must_not: Annotated[tuple[MustNotRecord, ...], Meta(description="What it must not be able to do.")]
    at: Annotated[At, Meta(description="Where it stands in the mapping.")]


class CapabilityRecord(Struct, frozen=True):
    """A capability, and what it lets somebody do."""

    name: Annotated[str, Meta(description="The capability.")]
    says: Annotated[str, Meta(description="What it lets somebody do.")]


class MatrixPrincipalRecord(Struct, frozen=True):
    """Somebody. `members` are all who are known to be in a group, by id; `members_known` says that these are all."""

    id: Annotated[str, Meta(description="The object id, or a Terraform reference.")]
    type: Annotated[str, Meta(description="`User`, `Group`, `ServicePrincipal`, … as Azure says it.")]
    name: Annotated[
        str, Meta(description="The name; empty where it is not known, or is a person's and was not asked for.")
    ]
    members: Annotated[tuple[str, ...], Meta(description="All who are known to be in a group, by object id.")]
    members_known: Annotated[bool, Meta(description="Whether these are all.")]


class PermissionRecord(Struct, frozen=True):
    """One permission object of an Azure role; `condition` is a place in `conditions`, null for none."""

    actions: Annotated[
        tuple[str, ...], Meta(description="The operations that it grants on the control plane, as patterns.")
    ]
    not_actions: Annotated[tuple[str, ...], Meta(description="What is taken out of them.")]
    data_actions: Annotated[
        tuple[str, ...], Meta(description="The operations that it grants on the data plane, as patterns.")
    ]
    not_data_actions: Annotated[tuple[str, ...], Meta(description="What is taken out of them.")]
    condition: Annotated[
        int | None, Meta(description="The condition that it stands under, as a place in `conditions`; null for none.")
    ]


class AzureRoleRecord(Struct, frozen=True):
    """An Azure role; `id` is its GUID, or the name of a custom one, which has another GUID in each subscription."""

    id: Annotated[
        str,
        Meta(
            description="The GUID, or the name of a custom role of the project, which has another GUID in each subscription."
        ),
    ]
    name: Annotated[str, Meta(description="The name; empty where nobody knows it.")]
    custom: Annotated[bool, Meta(description="Whether it is a custom role.")]
    description: Annotated[str, Meta(description="What it is for, as its definition says.")]
    lines: Annotated[int, Meta(description="How many permission lines it has.")]
    permissions: Annotated[
        tuple[PermissionRecord, ...], Meta(description="Its permission objects; empty where nobody knows them.")
    ]


class ScopeRecord(Struct, frozen=True):
    """A scope: its id, what to call it for short, and its resource type (empty above resources)."""

    id: Annotated[str, Meta(description="The scope id.")]
    place: Annotated[str, Meta(description="What to call it for short.")]
    level: Annotated[str, Meta(description="Where it stands in Azure's hierarchy.")]
    type: Annotated[str, Meta(description="Its resource type; empty above resources.")]


class ConditionRecord(Struct, frozen=True):
    """A condition: its text, a sentence for it (empty where there is none), and the operations that it limits, as patterns."""

    text: Annotated[str, Meta(description="The condition.")]
    says: Annotated[str, Meta(description="A sentence for it; empty where there is none.")]
    operations: Annotated[tuple[str, ...], Meta(description="The operations that it limits, as patterns.")]


class EscalationRecord(Struct, frozen=True):
    """An operation that opens a path to more. `hands_out` says that it hands out or widens access itself."""

    operation: Annotated[str, Meta(description="The operation.")]
    category: Annotated[str, Meta(description="What kind of path it opens.")]
    why: Annotated[str, Meta(description="How it leads to more.")]
    hands_out: Annotated[bool, Meta(description="Whether it hands out or widens access itself.")]


class BecauseRecord(Struct, frozen=True):
    """One reason for an assignment: the responsibility that it serves, and where the grant and the team entry stand."""

    project_role: Annotated[str, Meta(description="The project role.")]
    responsibility: Annotated[str, Meta(description="The responsibility.")]
    capability: Annotated[str, Meta(description="The capability that it takes.")]
    grant_at: Annotated[At, Meta(description="Where the grant stands.")]
    member_at: Annotated[At, Meta(description="Where the entry of the team stands.")]


class AssignmentRecord(Struct, frozen=True):
    """One assignment that is wanted.

    `principal`, `azure_role` and `scope` are ids of their lists, `role_definition` is the GUID of the role where it is assigned, `condition` is a place in `conditions` (null for none), `opens`
    are operations of `paths`. `instead_of_eligible` says that it stands only because the project has no PIM. `drift` is how it
    differs in the source (`missing`, `altered`, …), empty where it does not or there is none.
    """

    principal: Annotated[str, Meta(description="The object id of whose it is, of `principals`.")]
    azure_role: Annotated[str, Meta(description="The Azure role, by its id in `azure_roles`.")]
    role_definition: Annotated[str, Meta(description="The GUID of the role where it is assigned.")]
    scope: Annotated[str, Meta(description="The scope id, of `scopes`.")]
    scope_kind: Annotated[str, Meta(description="The scope kind of the mapping.")]
    environments: Annotated[tuple[str, ...], Meta(description="The environments that want it.")]
    activation: Annotated[str, Meta(description="`permanent` or `eligible`.")]
    condition: Annotated[
        int | None, Meta(description="The condition that it stands under, as a place in `conditions`; null for none.")
    ]
    ends: Annotated[str | None, Meta(description="The day on which it ends, in ISO 8601; null for none.")]
    opens: Annotated[
        tuple[str, ...], Meta(description="The paths to more that it opens, by their operations in `paths`.")
    ]
    instead_of_eligible: Annotated[
        bool, Meta(description="Whether it stands only because the project has no Privileged Identity Management.")
    ]
    reasons: Annotated[tuple[BecauseRecord, ...], Meta(description="Why it is wanted.")]
    drift: Annotated[
        str,
        Meta(
            description="How it differs in the source (`missing`, `altered`, …); empty where it does not, or where there is none."
        ),
    ]


class UndesiredRecord(Struct, frozen=True):
    """One assignment that the source holds and the project does not want so; what it shares with a wanted one is named alike.

    `drift` is a kind of drift (`unmanaged`, `stale`, `altered`, …), or why it is none (`inherited`, `ignored`, `not_owned`,
    `activated`). `instead_of` is a place in `assignments`: the wanted one that it stands in for.
    """

    principal: Annotated[str, Meta(description="The object id of whose it is, of `principals`.")]
    azure_role: Annotated[str, Meta(description="The Azure role, by its id in `azure_roles`.")]
    role_definition: Annotated[str, Meta(description="The GUID of the role where it is assigned.")]
    scope: Annotated[str, Meta(description="The scope id, of `scopes`.")]
    environments: Annotated[tuple[str, ...], Meta(description="The environments that it reaches.")]
    activation: Annotated[str, Meta(description="`permanent`, `eligible`, or `activated` just in time.")]
    condition: Annotated[
        int | None, Meta(description="The condition that it stands under, as a place in `conditions`; null for none.")
    ]
    ends: Annotated[str | None, Meta(description="The day on which Azure takes it away, in ISO 8601; null for never.")]
    opens: Annotated[
        tuple[str, ...], Meta(description="The paths to more that it opens, by their operations in `paths`.")
    ]
    drift: Annotated[
        str,
        Meta(
            description="How it differs (`unmanaged`, `stale`, `altered`, …), or why it is no drift (`inherited`, `ignored`, `not_owned`, `activated`)."
        ),
    ]
    instead_of: Annotated[
        int | None,
        Meta(description="The wanted assignment that it stands in for, as a place in `assignments`; null for none."),
    ]
    remark: Annotated[str, Meta(description="A sentence about it; else empty.")]


class ServesRecord(Struct, frozen=True):
    """A responsibility and the capability of it that a grant is for."""

    responsibility: Annotated[str, Meta(description="The responsibility.")]
    capability: Annotated[str, Meta(description="The capability that it takes.")]


class CellGrantRecord(Struct, frozen=True):
    """One Azure role in a cell. `assignments` are places in `assignments`; empty where nobody wears the hat."""

    azure_role: Annotated[str, Meta(description="The Azure role, by its id in `azure_roles`.")]
    activation: Annotated[str, Meta(description="`permanent` or `eligible`.")]
    condition: Annotated[
        int | None, Meta(description="The condition that it stands under, as a place in `conditions`; null for none.")
    ]
    ends: Annotated[str | None, Meta(description="The day on which it ends, in ISO 8601; null for none.")]
    opens: Annotated[
        tuple[str, ...], Meta(description="The paths to more that it opens, by their operations in `paths`.")
    ]
    serves: Annotated[tuple[ServesRecord, ...], Meta(description="What it is for.")]
    assignments: Annotated[
        tuple[int, ...],
        Meta(description="The assignments behind it, as places in `assignments`; empty where nobody wears the hat."),
    ]


class CellRecord(Struct, frozen=True):
    """What a project role has on a scope kind in an environment; with `assigned` false, what it would have."""

    project_role: Annotated[str, Meta(description="The project role.")]
    scope_kind: Annotated[str, Meta(description="The scope kind.")]
    environment: Annotated[str, Meta(description="The environment.")]
    assigned: Annotated[
        bool, Meta(description="Whether somebody wears the hat; if not, it is what a wearer would have.")
    ]
    grants: Annotated[tuple[CellGrantRecord, ...], Meta(description="The Azure roles that it comes to.")]


class AskableRecord(Struct, frozen=True):
    """An operation to ask about, with the words for it; empty words for one that only the mapping names."""

    words: Annotated[str, Meta(description="The words that people ask in; empty for what only the mapping names.")]
    operation: Annotated[str, Meta(description="The operation.")]
    plane: Annotated[str, Meta(description="`control` or `data`.")]
    resource_type: Annotated[str, Meta(description="The type of resource that it is done to; empty for any.")]
    resource: Annotated[str, Meta(description="What to call such a resource; empty for any.")]


class MatrixFinding(Struct, frozen=True):
    """Something that was found wrong or worth a look; `where` is `project`, or `source` for what the source holds."""

    severity: Annotated[str, Meta(description="`error`, `warning` or `note`.")]
    rule: Annotated[str, Meta(description="The rule, by its name.")]
    message: Annotated[str, Meta(description="What was found, in words.")]
    where: Annotated[str, Meta(description="`project`, or `source` for what the source holds.")]
    at: Annotated[At, Meta(description="Where it stands.")]


class MatrixCounts(Struct, frozen=True):
    """How much there is: assignments in all, and of them those that stand, are eligible, and so on.

    `escalation_path` counts those that open a path to more, `handing_out` those among them that hand out or widen access itself.
    """

    project_roles: Annotated[int, Meta(description="The project roles of the mapping.")]
    assigned: Annotated[int, Meta(description="Those that somebody wears.")]
    principals: Annotated[int, Meta(description="Everybody who has an assignment that is wanted.")]
    assignments: Annotated[int, Meta(description="The assignments that are wanted.")]
    permanent: Annotated[int, Meta(description="Those that stand.")]
    eligible: Annotated[int, Meta(description="Those that are to be activated.")]
    conditional: Annotated[int, Meta(description="Those under a condition.")]
    ending: Annotated[int, Meta(description="Those that end on a day.")]
    escalation_path: Annotated[int, Meta(description="Those that open a path to more.")]
    handing_out: Annotated[int, Meta(description="Those that hand out or widen access itself.")]


class MatrixDocument(Struct, frozen=True):
    """A whole matrix. `drift` is the form of `diff --format json`; null where no source was asked."""

    format_version: Annotated[int, Meta(description="1; it grows where a reader would have to change.")]
    project: Annotated[str, Meta(description="The project's name.")]
    mapping: Annotated[str, Meta(description="The title of its mapping.")]
    ends: Annotated[str | None, Meta(description="The day on which the project ends, in ISO 8601; null for none.")]
    counts: Annotated[MatrixCounts, Meta(description="How much there is.")]
    environments: Annotated[tuple[EnvironmentRecord, ...], Meta(description="The environments that were asked for.")]
    scope_kinds: Annotated[
        tuple[ScopeKindRecord, ...], Meta(description="The scope kinds that are bound, or have access.")
    ]
    families: Annotated[tuple[str, ...], Meta(description="The families of project roles, in order.")]
    project_roles: Annotated[
        tuple[ProjectRoleRecord, ...], Meta(description="The project roles, in the mapping's order.")
    ]
    capabilities: Annotated[tuple[CapabilityRecord, ...], Meta(description="The capabilities of the mapping.")]
    principals: Annotated[
        tuple[MatrixPrincipalRecord, ...],
        Meta(description="Everybody who wears a hat, has access, wanted or held, or is known to be in such a group."),
    ]
    azure_roles: Annotated[tuple[AzureRoleRecord, ...], Meta(description="The Azure roles of all of it, once each.")]
    scopes: Annotated[tuple[ScopeRecord, ...], Meta(description="The scopes of all of it, once each.")]
    conditions: Annotated[tuple[ConditionRecord, ...], Meta(description="The conditions of all of it, once each.")]
    paths: Annotated[tuple[EscalationRecord, ...], Meta(description="The operations that open a path to more.")]
    assignments: Annotated[tuple[AssignmentRecord, ...], Meta(description="The assignments that are wanted.")]
    undesired: Annotated[
        tuple[UndesiredRecord, ...], Meta(description="What the source holds and the project does not want so.")
    ]
    cells: Annotated[
        tuple[CellRecord, ...], Meta(description="What each project role has on each scope kind in each environment.")
    ]
    asked: Annotated[tuple[AskableRecord, ...], Meta(description="The operations that can be asked about.")]
    findings: Annotated[tuple[MatrixFinding, ...], Meta(description="What was found wrong or worth a look.")]
    drift: Annotated[
        drift_form.DiffDocument | None,
        Meta(description="What `diff --format json` prints; null where no source was asked."),
    ]
    unread: Annotated[tuple[UnreadRecord, ...], Meta(description="What of the source could not be read.")]


def form(shown: MatrixResult, names: bool = False) -> MatrixDocument:
    """The matrix as reports take it. Names of persons whom the project does not name are there only with `names`."""
    return _MatrixBuilder(shown, names).form()


def text(given: MatrixDocument) -> str:
    """The form as JSON, indented."""
    return json.format(json.encode(given), indent=2).decode() + "\n"


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

    def form(self) -> MatrixDocument:
        made = self.matrix
        used = {each.scope_kind for each in made.cells} | {kind for kind, _ in made.bound}
        drifted = drift_form.form(self.shown.drift, self.shown.checked, self.names) if self.shown.drift else None
        environments = {each.name: each for each in self.project.environments}
        return MatrixDocument(
            format_version=FORMAT_VERSION,
            project=self.project.name,
            mapping=self.project.mapping.title,
            ends=_day(self.project.ends),
            counts=self.counts(),
            environments=tuple(
                EnvironmentRecord(name, environments[name].stands_for, environments[name].subscription)
                for name in made.environments
            ),
            scope_kinds=tuple(
                ScopeKindRecord(
                    each.name,
                    each.says,
                    str(each.level),
                    each.type or "",
                    tuple(name for name in made.environments if (each.name, name) in made.bound),
                )
                for each in self.project.mapping.scope_kinds.values()
                if each.name in used
            ),
            families=self.project.mapping.families,
            project_roles=tuple(self.role(each) for each in self.project.mapping.roles.values()),
            capabilities=tuple(
                CapabilityRecord(each.name, each.says) for each in self.project.mapping.capabilities.values()
            ),
            principals=tuple(self.principals()),
            azure_roles=tuple(self.azure_roles()),
            scopes=tuple(self.scopes()),
            conditions=tuple(ConditionRecord(each.text, each.says, each.operations) for each in self.limits.values()),
            paths=tuple(
                EscalationRecord(
                    each.escalation.operation, str(each.escalation.category), each.escalation.why, each.is_privileged
                )
                for each in self.shown.escalations
            ),
            assignments=tuple(self.assignments(drifted)),
            undesired=tuple(self.undesired()),
            cells=tuple(
                CellRecord(
                    each.project_role,
                    each.scope_kind,
                    each.environment,
                    each.is_assigned,
                    tuple(self.grant(grant) for grant in each.grants),
                )
                for each in made.cells
            ),
            asked=tuple(
                AskableRecord(each.words, each.operation, str(each.plane), each.resource_type, each.resource)
                for each in made.asked
            ),
            findings=tuple(self.findings()),
            drift=drifted,
            unread=tuple(UnreadRecord(each.scope, str(each.part), each.why, each.remedy) for each in self.shown.unread),
        )

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
            escalation_path=self.matrix.escalating,
            handing_out=self.matrix.privileged,
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
                TeamEntryRecord(each.principal.id, each.environments, _day(each.ends), _at(each.at))
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
                    holds=self.matrix.holds.get((role.id, str(each.at), plane)),
                    at=_at(each.at),
                )
                for each in role.must_not
                for plane in each.planes
            ),
            at=_at(role.at),
        )

    def principals(self) -> Iterator[MatrixPrincipalRecord]:
        """Everybody who wears a hat, has access, wanted or held, or is known to be in such a group, by name."""
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
        """Who holds what is not wanted, by the type and the name that the directory of the source has."""
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

    def assignments(self, drifted: drift_form.DiffDocument | None) -> Iterator[AssignmentRecord]:
        differing = {}
        if self.shown.drift is not None:
            differing = {each.desired.key: str(each.kind) for each in self.shown.drift.changes if each.desired}
        instead = {each.key for each in self.matrix.desired.permanent_instead}
        for each, opens in zip(self.matrix.assignments, self.matrix.opens, strict=True):
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
                opens=tuple(path.operation for path in opens),
                instead_of_eligible=each.key in instead,
                reasons=tuple(_because(reason) for reason in each.reasons),
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
                opens=tuple(path.operation for path in found.opens),
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
            opens=tuple(path.operation for path in given.opens),
            serves=tuple(ServesRecord(responsibility, capability) for responsibility, capability in given.serves),
            assignments=given.assignments,
        )

    def findings(self) -> Iterator[MatrixFinding]:
        """What the source holds first, then the project's own; each by weight."""
        actual = self.shown.actual.problems if self.shown.actual is not None else ()
        for where, problems in (("source", actual), ("project", self.shown.findings)):
            for each in sorted(problems, key=_gravest):
                yield MatrixFinding(str(each.severity), each.rule, each.message, where, _at(each.at))


# Access that is there and must not be, or that hands out more, is what a reviewer came for.
_FIRST = ("actual-privilege", "actual-must-not", "must-not", "toxic-union", "privileged-access", "failed-test")
_WEIGHTS = {severity: rank for rank, severity in enumerate(Severity)}


def _gravest(problem: Problem) -> tuple[int, int, Position, str]:
    rank = _FIRST.index(problem.rule) if problem.rule in _FIRST else len(_FIRST)
    return rank, _WEIGHTS[problem.severity], problem.at, problem.message


def _responsibility(role: ProjectRole, given: Responsibility) -> ResponsibilityRecord:
    return ResponsibilityRecord(
        id=given.id,
        does=given.does,
        takes=tuple(each.name for each in given.takes),
        no_access=given.no_access,
        outside=tuple(f"{each.system}: {each.access}" for each in outside_of(role) if each.responsibility == given.id),
        at=_at(given.at),
    )


def _because(reason: Reason) -> BecauseRecord:
    return BecauseRecord(
        reason.project_role, reason.responsibility, reason.capability, _at(reason.grant_at), _at(reason.member_at)
    )


def _day(day: object) -> str | None:
    return str(day) if day is not None else None


def _at(at: Position) -> At:
    return At(at.file, at.line, at.column)
