"""Assignments that permit an operation, as the documents of `can`, `who-can` and `explain` show them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from msgspec import Meta, Struct

from rbacgen.analysis import wording
from rbacgen.analysis.access_tests.isolated_roles import is_stand_in
from rbacgen.analysis.names import Called, PrincipalRecord, RoleName
from rbacgen.authorization.request import (
    Permit,
)
from rbacgen.model.assignment import Principal, PrincipalType, Reason


class PermitRecord(Struct, frozen=True):
    """One assignment on the way to an operation. `pattern` is the line of the role that matched, or that came close.

    `through` holds the groups on the way, `verdict` what this assignment alone comes to, `condition_description` its condition in a
    sentence where there is one, `missing_attributes` the attributes that would decide it. `why` is empty where it is not in the project. `rests_on_empty_segment` says that the match rests on
    `/*/` also matching `/`.
    """

    azure_role: Annotated[RoleName, Meta(description="The Azure role.")]
    scope: Annotated[str, Meta(description="The scope id of the assignment.")]
    place: Annotated[str, Meta(description="The scope in words.")]
    scope_kind: Annotated[str, Meta(description="The scope kind of the mapping; empty where not in the project file.")]
    activation: Annotated[str, Meta(description="`permanent`, `eligible`, or `activated` just in time.")]
    through: Annotated[tuple[PrincipalRecord, ...], Meta(description="The groups on the way to it, nearest first.")]
    pattern: Annotated[str, Meta(description="The line of the role that matched.")]
    verdict: Annotated[str, Meta(description="What this assignment alone comes to.")]
    condition: Annotated[str, Meta(description="Its condition, where that matters to the operation.")]
    condition_description: Annotated[
        str, Meta(description="The condition in a sentence; empty where there is none for it.")
    ]
    missing_attributes: Annotated[tuple[str, ...], Meta(description="The attributes that would decide the condition.")]
    needs_activation: Annotated[
        bool,
        Meta(
            description="Whether it is meant to be there only after an activation: eligible, activated just now, or permanent "
            "only because the project has no PIM."
        ),
    ]
    rests_on_empty_segment: Annotated[bool, Meta(description="Whether it matches only because `/*/` also matches `/`.")]
    why: Annotated[tuple[Reason, ...], Meta(description="Why it is in the project; empty where it is not.")]
    assignment_id: Annotated[str | None, Meta(description="The id of the assignment; null where it is only desired.")]
    description: Annotated[str, Meta(description="All of it in words.")]


class AccessNames(Struct, frozen=True):
    """What to call principals, and Azure roles by their GUID."""

    called: Called
    role_called: Callable[[str], str]


def record(principal: Principal, called: Called) -> PrincipalRecord:
    if is_stand_in(principal):
        return PrincipalRecord("", "", "")  # a project role by itself is no principal
    return PrincipalRecord(principal.id, str(principal.type), called(principal))


def permit_record(permit: Permit, names: AccessNames) -> PermitRecord:
    assignment = permit.assignment
    return PermitRecord(
        azure_role=RoleName(assignment.role.id, permit.role.name),
        scope=assignment.scope.id,
        place=wording.place(assignment.scope),
        scope_kind=assignment.scope_kind,
        activation=str(assignment.activation),
        through=through(permit.path, names.called),
        pattern=permit.line.pattern,
        verdict=str(permit.verdict),
        condition=permit.condition,
        condition_description=wording.condition(permit.condition, names.role_called) if permit.condition else "",
        missing_attributes=permit.missing_attributes,
        needs_activation=permit.needs_activation,
        rests_on_empty_segment=permit.line.rests_on_empty_segment,
        why=permit.reasons,
        assignment_id=assignment.actual.id or None,
        description=wording.permit(permit),
    )


def through(path: tuple[str, ...], called: Called) -> tuple[PrincipalRecord, ...]:
    return tuple(record(Principal(each, PrincipalType.GROUP, ""), called) for each in path)
