"""Drift as records: every assignment and custom role that differs, with names, places and reasons, as all reports show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from rbacgen.analysis.drift.types import AssignmentDrift, Drift, ExclusionReason, FieldDifference, RoleDefinitionDrift
from rbacgen.analysis.names import PrincipalRecord, RoleName
from rbacgen.analysis.results import CheckedProject
from rbacgen.model.assignment import Assignment, PrincipalType
from rbacgen.model.near_names import did_you_mean
from rbacgen.model.problems import Position
from rbacgen.model.scope import GUID
from rbacgen.project.desired import why
from rbacgen.project.project import Ignored


class DriftRecord(Struct, frozen=True):
    """One assignment. `kind` is how it differs, or why it is excluded, or what there is to know of it.

    `until` is the instant (ISO 8601) from which Azure removes it, `created` when it was created; `because` is the reason of
    the ignore rule that it falls under. `can_assign_roles` says that the actual role can assign roles itself.
    """

    kind: Annotated[
        str,
        Meta(
            description="How it differs (`unmanaged`, `altered`, `missing`, `stale`, `expired`, `expiring`, `orphaned`, `soft_deleted`), why it is excluded (`inherited`, `activated`, `ignored`, `not_owned`), or what there is to know of it (`redundant`, `ending`, `unmarked`)."
        ),
    ]
    environment: Annotated[str, Meta(description="The environment that manages the scope; empty for none.")]
    scope: Annotated[str, Meta(description="The scope id, as it is spelled in the source.")]
    scope_kind: Annotated[str, Meta(description="The scope kind of the mapping; empty where it is not in the project.")]
    azure_role: Annotated[RoleName, Meta(description="The Azure role.")]
    principal: Annotated[PrincipalRecord, Meta(description="The principal.")]
    activation: Annotated[str, Meta(description="`permanent`, `eligible`, or `activated` just in time.")]
    condition: Annotated[str, Meta(description="Its condition; empty for none.")]
    project_roles: Annotated[tuple[str, ...], Meta(description="The project roles that need it.")]
    responsibilities: Annotated[tuple[str, ...], Meta(description="The responsibilities that it is for.")]
    why: Annotated[str, Meta(description="Why the project has it, in words.")]
    differs: Annotated[
        tuple[FieldDifference, ...], Meta(description="The fields that are not as the project has them.")
    ]
    remark: Annotated[str, Meta(description="A sentence about this one.")]
    until: Annotated[str | None, Meta(description="When Azure removes it, in ISO 8601; null for never.")]
    created: Annotated[
        str | None, Meta(description="When it was created, as Azure says; null where that is not known.")
    ]
    because: Annotated[str | None, Meta(description="The reason of the ignore rule that it falls under; else null.")]
    at: Annotated[
        Position | None,
        Meta(description="Where the project has it, or where it is in Terraform; null where it is in no file."),
    ]
    assignment_id: Annotated[
        str | None, Meta(description="The id of the assignment that is there; null where none is.")
    ]
    can_assign_roles: Annotated[bool, Meta(description="Whether the role that is there can assign roles itself.")]
    review_first: Annotated[
        bool, Meta(description="Whether it can assign roles and should not be there, or not so: review it first.")
    ] = False
    changes_access: Annotated[
        bool, Meta(description="Whether it is altered in what it grants, and not only in its description.")
    ] = False


class RoleDefinitionDriftRecord(Struct, frozen=True):
    """One custom role of the project that is missing or altered."""

    kind: Annotated[str, Meta(description="`missing` or `altered`.")]
    environment: Annotated[str, Meta(description="The environment.")]
    azure_role: Annotated[RoleName, Meta(description="The custom role.")]
    differs: Annotated[
        tuple[FieldDifference, ...], Meta(description="The fields that are not as the project has them.")
    ]


class UnusedRule(Struct, frozen=True):
    """An ignore rule that matches nothing; `hint` says what an unknown name in it may have meant."""

    because: Annotated[str, Meta(description="The rule's own reason.")]
    at: Annotated[Position, Meta(description="Where it is written.")]
    hint: Annotated[str, Meta(description="What an unknown name in it may have meant; else empty.")]


class DriftRecords(Struct, frozen=True):
    """A comparison as records: what differs, what was excluded one by one (but what is outside the project), what is remarked, and unused ignore rules."""

    changes: tuple[DriftRecord, ...]
    custom_roles: tuple[RoleDefinitionDriftRecord, ...]
    named: tuple[DriftRecord, ...]
    remarks: tuple[DriftRecord, ...]
    unused_ignore_rules: tuple[UnusedRule, ...]


def records(drift: Drift, checked: CheckedProject, names: bool = False) -> DriftRecords:
    """The comparison as records. Names of persons who are not in the project are there only with `names`."""
    recorder = _DriftRecorder(drift, checked, names)
    return DriftRecords(
        changes=tuple(recorder.change(each) for each in drift.changes),
        custom_roles=tuple(_role_definition(each) for each in drift.role_changes),
        named=tuple(
            recorder.row(
                str(each.why),
                None,
                each.actual,
                "",
                because=each.rule.because if each.rule else None,
                can_assign_roles=each.can_assign_roles,
            )
            for each in drift.excluded
            if each.why is not ExclusionReason.OUTSIDE
        ),
        remarks=tuple(
            recorder.row(str(each.note), each.desired, None, each.desired.environment, remark=each.text)
            for each in drift.remarks
        ),
        unused_ignore_rules=tuple(_unused(each, drift, checked) for each in drift.unused_rules),
    )


def _unused(rule: Ignored, drift: Drift, checked: CheckedProject) -> UnusedRule:
    """A rule that matches nothing: where no role has its name, a typing error is likelier than that all is gone."""
    hint = ""
    if rule.azure_role and checked.catalog.find(rule.azure_role) is None and not GUID.match(rule.azure_role):
        known = {
            role.name for role in (*drift.source.definitions, *(each.role for each in checked.desired.definitions))
        }
        if rule.azure_role.casefold() not in map(str.casefold, known):
            near = did_you_mean(rule.azure_role, (*checked.catalog.names(), *sorted(known)))
            hint = f"no known Azure role is called `{rule.azure_role}`{near}"
    return UnusedRule(rule.because, rule.at, hint)


class _DriftRecorder:
    """What to call principals: by the project's name for them, else by the directory's, persons only if asked for."""

    def __init__(self, drift: Drift, checked: CheckedProject, persons: bool) -> None:
        self.directory = drift.source.directory
        self.persons = persons
        self.known = {
            team_member.principal.id: team_member.principal.name
            for team in checked.project.team.values()
            for team_member in team
        }

    def who(self, assignment: Assignment) -> PrincipalRecord:
        principal = assignment.principal
        entry = self.directory.get(principal.id)
        name = self.known.get(principal.id, "")
        kind = str(principal.type)
        if kind == PrincipalType.UNKNOWN and entry is not None and entry.type:
            kind = entry.type
        if not name and (kind in (PrincipalType.GROUP, PrincipalType.SERVICE_PRINCIPAL) or self.persons):
            name = entry.name if entry is not None and entry.name else principal.name
        return PrincipalRecord(principal.id, kind, name)

    def change(self, change: AssignmentDrift) -> DriftRecord:
        row = self.row(
            str(change.kind),
            change.desired,
            change.actual,
            change.environment,
            remark=change.remark,
            differs=change.differs,
            can_assign_roles=change.can_assign_roles,
        )
        return replace(row, review_first=change.review_first, changes_access=change.changes_access)

    def row(
        self,
        kind: str,
        desired: Assignment | None,
        actual: Assignment | None,
        environment: str,
        remark: str = "",
        differs: tuple[FieldDifference, ...] = (),
        because: str | None = None,
        can_assign_roles: bool = False,
    ) -> DriftRecord:
        either = desired or actual
        assert either is not None
        reasons = desired.reasons if desired is not None else ()
        at = reasons[0].member_at if reasons else actual.actual.at if actual is not None else None
        until = actual.actual.until if actual is not None else None
        return DriftRecord(
            kind=kind,
            environment=environment,
            scope=either.scope.id,
            scope_kind=either.scope_kind,
            azure_role=RoleName(either.role.id, either.role.name),
            principal=self.who(either),
            activation=str(either.activation),
            condition=either.condition,
            project_roles=_each_once(each.project_role for each in reasons),
            responsibilities=_each_once(each.responsibility for each in reasons),
            why=why(reasons),
            differs=differs,
            remark=remark,
            until=f"{until:%Y-%m-%dT%H:%M:%SZ}" if until is not None else None,
            created=(actual.actual.created or None) if actual is not None else None,
            because=because,
            at=at,
            assignment_id=(actual.actual.id or None) if actual is not None else None,
            can_assign_roles=can_assign_roles,
        )


def _each_once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _role_definition(change: RoleDefinitionDrift) -> RoleDefinitionDriftRecord:
    return RoleDefinitionDriftRecord(
        str(change.kind), change.environment, RoleName(change.desired.id, change.desired.name), change.differs
    )
