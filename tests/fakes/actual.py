"""The actual access after a project is applied, for one test to change one thing in it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable

from msgspec.structs import replace

from rbacgen.analysis.results import CheckedProject
from rbacgen.model.assignment import Activation, ActualDetails, Assignment, AzureRole, Principal, PrincipalType, instant
from rbacgen.model.scope import Scope
from rbacgen.model.source import Entry, Presence, Source, SourceKind
from rbacgen.model.state import EVERYTHING, Coverage, State
from rbacgen.project.desired import kept_by_pim
from tests.fakes.world import TODAY

STRANGER = "eeeeeeee-0000-4000-8000-000000000001"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"


def as_held(checked: CheckedProject) -> list[Assignment]:
    """Every desired assignment as it is in Azure after an apply: without reasons, and in Azure's form."""
    return [actual(each, checked) for each in checked.desired.state if not each.scope.reference]


def actual(desired: Assignment, checked: CheckedProject) -> Assignment:
    """One desired assignment as it is in Azure."""
    project = checked.project
    by_pim = kept_by_pim(desired, project.pim)
    until = instant(desired.ends) if by_pim and desired.ends else None
    if desired.activation is Activation.ELIGIBLE and until is None and project.pim_eligible_days:
        until = instant(TODAY) + datetime.timedelta(days=project.pim_eligible_days)
    name = uuid.uuid5(uuid.NAMESPACE_OID, repr(desired.key))
    return Assignment(
        scope=desired.scope,
        role=AzureRole(desired.role.id, desired.role.name),
        principal=Principal(desired.principal.id, desired.principal.type, ""),
        activation=desired.activation,
        condition=desired.condition,
        condition_version=desired.condition_version,
        description="" if by_pim else desired.description,
        actual=ActualDetails(
            id=f"{desired.scope.id}/providers/Microsoft.Authorization/roleAssignments/{name}",
            until=until,
            through_pim=by_pim,
        ),
    )


def foreign(
    scope: str,
    role_id: str = OWNER,
    principal: str = STRANGER,
    *,
    role_name: str = "Owner",
    type_: PrincipalType = PrincipalType.USER,
    activation: Activation = Activation.PERMANENT,
    description: str = "",
) -> Assignment:
    """An assignment that another hand made."""
    name = uuid.uuid5(uuid.NAMESPACE_OID, f"{scope} {role_id} {principal} {activation}")
    return Assignment(
        scope=Scope.of(scope),
        role=AzureRole(role_id, role_name),
        principal=Principal(principal, type_, ""),
        activation=activation,
        description=description,
        actual=ActualDetails(id=f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"),
    )


def source(
    assignments: Iterable[Assignment],
    checked: CheckedProject,
    coverage: Coverage = EVERYTHING,
    gone: Iterable[str] = (),
    binned: Iterable[str] = (),
    kind: SourceKind = SourceKind.AZURE,
    definitions: Iterable[AzureRole] | None = None,
) -> Source:
    """A reading with these assignments and the project's custom roles; `gone` and `binned` are principals."""
    held_ones = tuple(assignments)
    directory = {each.principal.id: Entry(Presence.PRESENT) for each in held_ones}
    directory |= {each: Entry(Presence.DELETED) for each in gone}
    directory |= {each: Entry(Presence.SOFT_DELETED) for each in binned}
    roles = [each.role for each in checked.desired.definitions] if definitions is None else list(definitions)
    return Source(
        kind=kind,
        name="Azure",
        state=State(held_ones, coverage),
        definitions=tuple(replace(each) for each in roles),
        directory=directory,
    )
