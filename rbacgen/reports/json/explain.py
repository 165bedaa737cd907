"""What `explain --format json` prints."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from rbacgen.analysis.explain import ExplainedGrant, Explanation
from rbacgen.analysis.names import Called, PrincipalRecord, RoleName
from rbacgen.model.assignment import Reason
from rbacgen.reports.json import FORMAT_VERSION
from rbacgen.reports.json.access import record, through


class ExplainedGrantRecord(Struct, frozen=True):
    """The same access in one or more environments; `escalations` names the operations of its role that lead to more access."""

    azure_role: Annotated[RoleName, Meta(description="The Azure role.")]
    scope_kind: Annotated[str, Meta(description="The scope kind of the mapping.")]
    scopes: Annotated[tuple[str, ...], Meta(description="The scope ids.")]
    environments: Annotated[tuple[str, ...], Meta(description="The environments.")]
    activation: Annotated[str, Meta(description="`permanent`, `eligible`, or `activated` just in time.")]
    condition: Annotated[str, Meta(description="Its condition; empty for none.")]
    ends: Annotated[tuple[str, ...], Meta(description="The days on which it ends.")]
    subject: Annotated[PrincipalRecord, Meta(description="Who has it.")]
    through: Annotated[tuple[PrincipalRecord, ...], Meta(description="The groups on the way to it.")]
    why: Annotated[tuple[Reason, ...], Meta(description="Why the project wants it; empty where it does not.")]
    escalations: Annotated[tuple[str, ...], Meta(description="The operations of its role that lead to more access.")]
    bound: Annotated[bool, Meta(description="Whether the project binds the scope, or it is only supposed.")]


class AssignedRecord(Struct, frozen=True):
    """Who has a project role, which project roles a principal has, or which responsibility takes a capability; no environments mean all."""

    name: Annotated[str, Meta(description="The name.")]
    environments: Annotated[tuple[str, ...], Meta(description="The environments; none for all.")]


class ExplainDocument(Struct, frozen=True):
    """What `explain` answers."""

    format_version: Annotated[int, Meta(description="1; it grows where a reader would have to change.")]
    about: Annotated[str, Meta(description="What was asked about.")]
    kind: Annotated[str, Meta(description="What that is.")]
    description: Annotated[str, Meta(description="It in a sentence.")]
    complete: Annotated[bool, Meta(description="Whether nothing that was not read could change it.")]
    team_members: Annotated[
        tuple[AssignedRecord, ...], Meta(description="Who has it, or which project roles a principal has.")
    ]
    granted: Annotated[tuple[ExplainedGrantRecord, ...], Meta(description="All access.")]
    must_not: Annotated[int, Meta(description="How many `must_not` lines there are.")]
    takes_no_access: Annotated[tuple[str, ...], Meta(description="The responsibilities that take no Azure access.")]
    outside: Annotated[tuple[str, ...], Meta(description="Access outside Azure.")]
    notes: Annotated[tuple[str, ...], Meta(description="Other things to know.")]


def document(found: Explanation, complete: bool, called: Called) -> ExplainDocument:
    """An explanation as JSON takes it."""
    return ExplainDocument(
        format_version=FORMAT_VERSION,
        about=about(found, called),
        kind=found.kind,
        description=found.description,
        complete=complete,
        team_members=tuple(AssignedRecord(name, environments) for name, environments in found.team_members),
        granted=tuple(_granted(each, called) for each in found.granted),
        must_not=found.must_not,
        takes_no_access=tuple(name for name, _ in found.idle),
        outside=tuple(f"{each.responsibility}, {each.system}: {each.access}" for each in found.outside),
        notes=found.notes,
    )


def about(found: Explanation, called: Called) -> str:
    """What to call what is explained."""
    if found.principal is None:
        return found.about
    return called(found.principal) or found.principal.id


def _granted(each: ExplainedGrant, called: Called) -> ExplainedGrantRecord:
    return ExplainedGrantRecord(
        azure_role=RoleName(each.azure_role.id, each.azure_role.name),
        scope_kind=each.scope_kind,
        scopes=tuple(scope.id for scope in each.scopes),
        environments=each.environments,
        activation=str(each.activation),
        condition=each.condition,
        ends=each.ends,
        subject=record(each.subject, called),
        through=through(each.path, called),
        why=each.reasons,
        escalations=tuple(path.operation for path in each.escalations),
        bound=not each.supposed,
    )
