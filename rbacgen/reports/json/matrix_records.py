"""The parts of the document that `matrix --format json` prints."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from rbacgen.analysis.findings import Finding
from rbacgen.analysis.matrix import AskableOperation, Limit
from rbacgen.analysis.names import PrincipalRecord
from rbacgen.model.assignment import Reason
from rbacgen.model.problems import Position
from rbacgen.model.state import Unread
from rbacgen.reports.json.diff import DiffDocument


class EnvironmentRecord(Struct, frozen=True):
    """One environment of the project; `stands_for` is the environment of the mapping whose grants it takes."""

    name: Annotated[str, Meta(description="The environment.")]
    stands_for: Annotated[str, Meta(description="The environment of the mapping whose grants it takes.")]
    subscription: Annotated[str, Meta(description="Its subscription.")]


class ScopeKindRecord(Struct, frozen=True):
    """One scope kind of the mapping; `bound` are the environments in which the project has a scope of it."""

    name: Annotated[str, Meta(description="The scope kind.")]
    says: Annotated[str, Meta(description="What it is, in the mapping's words.")]
    level: Annotated[str, Meta(description="The level of such scopes in Azure's hierarchy.")]
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
    at: Annotated[Position, Meta(description="Where it is in the mapping.")]


class TeamEntryRecord(Struct, frozen=True):
    """An entry of the team: the principal by id, the environments (none for all), and the day that it ends."""

    principal: Annotated[str, Meta(description="The object id of the member, or a Terraform reference.")]
    environments: Annotated[tuple[str, ...], Meta(description="The environments that it is for; empty for all.")]
    ends: Annotated[str | None, Meta(description="The day on which it ends, in ISO 8601; null for none.")]
    at: Annotated[Position, Meta(description="Where the entry of the team is.")]


class MustNotRecord(Struct, frozen=True):
    """What a project role must not be able to do, on one plane of those that its line means. `passed` is what the access tests say; null where none was run."""

    operation: Annotated[str, Meta(description="The operation, or a pattern of operations.")]
    plane: Annotated[str, Meta(description="`control` or `data`.")]
    scope_kind: Annotated[str, Meta(description="The scope kind that it must not be done on.")]
    environments: Annotated[tuple[str, ...], Meta(description="The environments that it is about.")]
    unless_activated: Annotated[bool, Meta(description="Whether it is allowed after an activation.")]
    because: Annotated[str, Meta(description="Why, in the mapping's words; empty where it does not say.")]
    passed: Annotated[bool | None, Meta(description="Whether the access tests prove it; null where none was run.")]
    at: Annotated[Position, Meta(description="Where it is in the mapping.")]


class ProjectRoleRecord(Struct, frozen=True):
    """One project role. `owner` is set for a workload identity, and is the project role that answers for it."""

    id: Annotated[str, Meta(description="The project role.")]
    title: Annotated[str, Meta(description="Its title.")]
    family: Annotated[str, Meta(description="The family that it belongs to; empty for none.")]
    says: Annotated[str, Meta(description="What it is, in the mapping's words.")]
    owner: Annotated[
        str, Meta(description="The project role that answers for a workload identity; empty for a person's role.")
    ]
    ends_with_project: Annotated[bool, Meta(description="Whether its access ends on the day that the project ends.")]
    team_members: Annotated[tuple[TeamEntryRecord, ...], Meta(description="Its members.")]
    responsibilities: Annotated[tuple[ResponsibilityRecord, ...], Meta(description="What it is responsible for.")]
    must_not: Annotated[tuple[MustNotRecord, ...], Meta(description="What it must not be able to do.")]
    at: Annotated[Position, Meta(description="Where it is in the mapping.")]


class CapabilityRecord(Struct, frozen=True):
    """A capability, and what it lets somebody do."""

    name: Annotated[str, Meta(description="The capability.")]
    says: Annotated[str, Meta(description="What it lets somebody do.")]


class MatrixPrincipalRecord(PrincipalRecord, frozen=True):
    """Somebody. `members` are all who are known to be in a group, by id; `members_known` says whether these are all."""

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
    condition: Annotated[int | None, Meta(description="Its condition, as a place in `conditions`; null for none.")]


class AzureRoleRecord(Struct, frozen=True):
    """An Azure role; `id` is its GUID, or the name of a custom one, which has another GUID in each subscription."""

    id: Annotated[
        str,
        Meta(
            description="The GUID, or the name of a custom role of the project, which has another GUID in each subscription."
        ),
    ]
    name: Annotated[str, Meta(description="The name; empty where it is not known.")]
    custom: Annotated[bool, Meta(description="Whether it is a custom role.")]
    description: Annotated[str, Meta(description="What it is for, as its definition says.")]
    lines: Annotated[int, Meta(description="How many permission lines it has.")]
    permissions: Annotated[
        tuple[PermissionRecord, ...], Meta(description="Its permission objects; empty where they are not known.")
    ]


class ScopeRecord(Struct, frozen=True):
    """A scope: its id, what to call it for short, and its resource type (empty above resources)."""

    id: Annotated[str, Meta(description="The scope id.")]
    place: Annotated[str, Meta(description="What to call it for short.")]
    level: Annotated[str, Meta(description="Its level in Azure's hierarchy.")]
    type: Annotated[str, Meta(description="Its resource type; empty above resources.")]


class EscalationRecord(Struct, frozen=True):
    """An operation that leads to more access. `privileged` says that it assigns roles or widens access itself."""

    operation: Annotated[str, Meta(description="The operation.")]
    category: Annotated[str, Meta(description="What kind of escalation it is.")]
    why: Annotated[str, Meta(description="How it leads to more.")]
    privileged: Annotated[bool, Meta(description="Whether it assigns roles or widens access itself.")]


class AssignmentRecord(Struct, frozen=True):
    """One desired assignment.

    `principal`, `azure_role` and `scope` are ids of their lists, `role_definition` is the GUID of the role where it is assigned, `condition` is a place in `conditions` (null for none), `escalations`
    are operations of `escalation_operations`. `instead_of_eligible` says that it is permanent only because the project has no PIM. `drift` is how it
    differs in the source (`missing`, `altered`, …), empty where it does not or there is none.
    """

    principal: Annotated[str, Meta(description="The object id of whose it is, of `principals`.")]
    azure_role: Annotated[str, Meta(description="The Azure role, by its id in `azure_roles`.")]
    role_definition: Annotated[str, Meta(description="The GUID of the role where it is assigned.")]
    scope: Annotated[str, Meta(description="The scope id, of `scopes`.")]
    scope_kind: Annotated[str, Meta(description="The scope kind of the mapping.")]
    environments: Annotated[tuple[str, ...], Meta(description="The environments that want it.")]
    activation: Annotated[str, Meta(description="`permanent` or `eligible`.")]
    condition: Annotated[int | None, Meta(description="Its condition, as a place in `conditions`; null for none.")]
    ends: Annotated[str | None, Meta(description="The day on which it ends, in ISO 8601; null for none.")]
    escalations: Annotated[
        tuple[str, ...],
        Meta(
            description="The operations of its role that lead to more access, as in `escalation_operations` of the whole."
        ),
    ]
    instead_of_eligible: Annotated[
        bool,
        Meta(description="Whether it is permanent only because the project has no Privileged Identity Management."),
    ]
    reasons: Annotated[tuple[Reason, ...], Meta(description="Why it is desired.")]
    drift: Annotated[
        str,
        Meta(
            description="How it differs in the source (`missing`, `altered`, …); empty where it does not, or where there is none."
        ),
    ]


class UndesiredRecord(Struct, frozen=True):
    """One assignment of the source that is not desired so; what it shares with a desired one has the same name.

    `drift` is a kind of drift (`unmanaged`, `stale`, `altered`, …), or why it is none (`inherited`, `ignored`, `not_owned`,
    `activated`). `instead_of` is a place in `assignments`: the desired one that it replaces.
    """

    principal: Annotated[str, Meta(description="The object id of whose it is, of `principals`.")]
    azure_role: Annotated[str, Meta(description="The Azure role, by its id in `azure_roles`.")]
    role_definition: Annotated[str, Meta(description="The GUID of the role where it is assigned.")]
    scope: Annotated[str, Meta(description="The scope id, of `scopes`.")]
    environments: Annotated[tuple[str, ...], Meta(description="The environments that it reaches.")]
    activation: Annotated[str, Meta(description="`permanent`, `eligible`, or `activated` just in time.")]
    condition: Annotated[int | None, Meta(description="Its condition, as a place in `conditions`; null for none.")]
    ends: Annotated[str | None, Meta(description="The day on which Azure takes it away, in ISO 8601; null for never.")]
    escalations: Annotated[
        tuple[str, ...],
        Meta(
            description="The operations of its role that lead to more access, as in `escalation_operations` of the whole."
        ),
    ]
    drift: Annotated[
        str,
        Meta(
            description="How it differs (`unmanaged`, `stale`, `altered`, …), or why it is no drift (`inherited`, `ignored`, `not_owned`, `activated`)."
        ),
    ]
    instead_of: Annotated[
        int | None,
        Meta(description="The desired assignment that it replaces, as a place in `assignments`; null for none."),
    ]
    remark: Annotated[str, Meta(description="A sentence about it; else empty.")]


class ServesRecord(Struct, frozen=True):
    """A responsibility and the capability of it that a grant is for."""

    responsibility: Annotated[str, Meta(description="The responsibility.")]
    capability: Annotated[str, Meta(description="The capability that it takes.")]


class CellGrantRecord(Struct, frozen=True):
    """One Azure role in a cell. `assignments` are places in `assignments`; empty where the project role is unassigned."""

    azure_role: Annotated[str, Meta(description="The Azure role, by its id in `azure_roles`.")]
    activation: Annotated[str, Meta(description="`permanent` or `eligible`.")]
    condition: Annotated[int | None, Meta(description="Its condition, as a place in `conditions`; null for none.")]
    ends: Annotated[str | None, Meta(description="The day on which it ends, in ISO 8601; null for none.")]
    escalations: Annotated[
        tuple[str, ...],
        Meta(
            description="The operations of its role that lead to more access, as in `escalation_operations` of the whole."
        ),
    ]
    serves: Annotated[tuple[ServesRecord, ...], Meta(description="What it is for.")]
    assignments: Annotated[
        tuple[int, ...],
        Meta(
            description="The assignments behind it, as places in `assignments`; empty where the project role is unassigned."
        ),
    ]


class CellRecord(Struct, frozen=True):
    """What a project role has on a scope kind in an environment; with `assigned` false, what it would have."""

    project_role: Annotated[str, Meta(description="The project role.")]
    scope_kind: Annotated[str, Meta(description="The scope kind.")]
    environment: Annotated[str, Meta(description="The environment.")]
    assigned: Annotated[
        bool, Meta(description="Whether the project role is assigned; if not, it is what a member would have.")
    ]
    grants: Annotated[tuple[CellGrantRecord, ...], Meta(description="The Azure roles that it comes to.")]


class MatrixCounts(Struct, frozen=True):
    """How much there is: assignments in all, and of them those that are permanent, eligible, and so on.

    `escalating` counts those whose role makes an escalation possible, `privileged` those among them that assign roles or widen access itself.
    """

    project_roles: Annotated[int, Meta(description="The project roles of the mapping.")]
    assigned: Annotated[int, Meta(description="Those that are assigned.")]
    principals: Annotated[int, Meta(description="The principals with a desired assignment.")]
    assignments: Annotated[int, Meta(description="The desired assignments.")]
    permanent: Annotated[int, Meta(description="Those that are permanent.")]
    eligible: Annotated[int, Meta(description="Those that are to be activated.")]
    conditional: Annotated[int, Meta(description="Those under a condition.")]
    ending: Annotated[int, Meta(description="Those that end on a day.")]
    escalating: Annotated[int, Meta(description="Those whose role makes an escalation possible.")]
    privileged: Annotated[int, Meta(description="Those that assign roles or widen access itself.")]


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
        Meta(
            description="Every principal that holds a project role, has access, desired or actual, or is known to be in such a group."
        ),
    ]
    azure_roles: Annotated[tuple[AzureRoleRecord, ...], Meta(description="The Azure roles of all of it, once each.")]
    scopes: Annotated[tuple[ScopeRecord, ...], Meta(description="The scopes of all of it, once each.")]
    conditions: Annotated[tuple[Limit, ...], Meta(description="The conditions of all of it, once each.")]
    escalation_operations: Annotated[
        tuple[EscalationRecord, ...], Meta(description="The operations that lead to more access.")
    ]
    assignments: Annotated[tuple[AssignmentRecord, ...], Meta(description="The desired assignments.")]
    undesired: Annotated[
        tuple[UndesiredRecord, ...], Meta(description="What the source has and the project does not so.")
    ]
    cells: Annotated[
        tuple[CellRecord, ...], Meta(description="What each project role has on each scope kind in each environment.")
    ]
    asked: Annotated[tuple[AskableOperation, ...], Meta(description="The operations that can be asked about.")]
    findings: Annotated[
        tuple[Finding, ...], Meta(description="What was found in the project, what endangers most first.")
    ]
    actual_findings: Annotated[
        tuple[Finding, ...], Meta(description="What was found in the source, what endangers most first.")
    ]
    drift: Annotated[
        DiffDocument | None,
        Meta(description="What `diff --format json` prints; null where no source was asked."),
    ]
    unread: Annotated[tuple[Unread, ...], Meta(description="What of the source could not be read.")]
