"""How the custom roles of a project differ from the role definitions of a source."""

from __future__ import annotations

from collections.abc import Iterator

from rbacgen.analysis.drift.differences import grant_differences, role_differences
from rbacgen.analysis.drift.not_compared import NotCompared
from rbacgen.analysis.drift.sides import Sides
from rbacgen.analysis.drift.types import DriftKind, RoleDefinitionDrift
from rbacgen.model.scope import Scope
from rbacgen.model.state import Part


def role_changes(sides: Sides, not_compared: NotCompared) -> Iterator[RoleDefinitionDrift]:
    """The custom roles in use that are missing or altered, as far as definitions were read; the rest is noted.

    Of a role that somebody else defines only what it grants is compared: name and description are not the project's.
    """
    actual = {role.id: role for role in sides.source.definitions}
    own = {each.role.id: each.role for each in sides.baseline.desired.definitions}
    seen: set[str] = set()
    for desired in sides.assignments:
        role_id = desired.role.id
        if not desired.role.custom or role_id in seen:
            continue
        if sides.is_terraform and (sides.is_elsewhere(desired) or role_id not in own):
            continue
        seen.add(role_id)
        environment = sides.environment_of(desired)
        role, found = own.get(role_id), actual.get(role_id)
        if found is not None:
            differs = tuple(role_differences(role, found) if role else grant_differences(desired.role, found))
            if differs:
                yield RoleDefinitionDrift(DriftKind.ALTERED, role or desired.role, environment, differs)
            continue
        subscription = desired.scope.subscription
        home = Scope.of(f"/subscriptions/{subscription}") if subscription else desired.scope
        if sides.source.state.coverage.covers(Part.DEFINITIONS, home):
            yield RoleDefinitionDrift(DriftKind.MISSING, role or desired.role, environment)
        elif not desired.scope.reference:
            not_compared.add_subscription(Part.DEFINITIONS, home)
