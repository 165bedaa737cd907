"""Custom roles: their ids, which follow from the project, and their definitions, each once per subscription."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable

from msgspec.structs import replace

from rbacgen.model import rules
from rbacgen.model.assignment import Assignment, AzureRole
from rbacgen.model.problems import Problem
from rbacgen.model.scope import Scope
from rbacgen.project.desired.types import Definition
from rbacgen.project.mapping import MappingCustomRole
from rbacgen.project.project import Environment, Project

# A namespace of our own, so that the id of a custom role follows from the project, its subscription and its name.
_CUSTOM_ROLES = uuid.UUID("5c0a2a3e-6c2f-5d0b-9a0e-0d3b1f5f7a11")


class CustomRoleIds:
    """The custom roles of a mapping as they are in each subscription of a project, each worked out once."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.known: dict[tuple[str, str], AzureRole] = {}

    def concrete(self, role: AzureRole, environment: Environment) -> AzureRole:
        """The role as it is in this environment: a custom role gets its id from there, any other is as it is."""
        if not role.custom or role.id:
            return role
        known = (role.name, environment.subscription)
        if known not in self.known:
            existing = self.project.existing_roles.get(role.name)
            name = unicodedata.normalize("NFC", role.name)
            made = uuid.uuid5(_CUSTOM_ROLES, f"{self.project.name}/{environment.subscription}/{name}")
            self.known[known] = replace(role, id=existing or str(made))
        return self.known[known]


def definitions(
    project: Project, assignments: Iterable[Assignment]
) -> tuple[tuple[Definition, ...], tuple[Problem, ...]]:
    """Each custom role once per subscription, in the first environment that uses it, assignable where it is used.

    With the problems: what Azure would refuse of them.
    """
    order = {each.name: index for index, each in enumerate(project.environments)}
    used: dict[tuple[str, str], list[Assignment]] = {}
    for assignment in assignments:
        name = assignment.role.name
        if assignment.role.custom and name in project.mapping.custom_roles and name not in project.existing_roles:
            used.setdefault((name, assignment.role.id), []).append(assignment)
    made: list[Definition] = []
    problems: list[Problem] = []
    for (name, role_id), each_used in used.items():
        first = project.environments[min(order[each.environment] for each in each_used)]
        own = f"/subscriptions/{first.subscription}"
        scopes = {own, *(_assignable(each.scope) for each in each_used)}
        custom = project.mapping.custom_roles[name]
        problems += _refusals(custom, name, scopes)
        role = replace(
            custom.role,
            id=role_id,
            name=unicodedata.normalize("NFC", f"{name} ({project.name} {first.name})"),
            assignable_scopes=(own, *sorted(scopes - {own})),
            description=unicodedata.normalize("NFC", custom.role.description),
        )
        made.append(Definition(role, first.name, first.subscription, custom.why, custom.at))
    return tuple(sorted(made, key=lambda each: (order[each.environment], each.role.name))), tuple(problems)


def _refusals(custom: MappingCustomRole, name: str, scopes: set[str]) -> list[Problem]:
    """What Azure refuses of a custom role that is assignable at these scopes."""
    found: list[Problem] = []
    if "/" in scopes:
        message = f"`{name}` is assigned at the tenant root, where Azure takes no custom role"
        found.append(rules.problem("custom-role-groups", custom.at, message))
    # A reference names a management group here: below one, the subscription is used as the scope.
    groups = sorted(each for each in scopes if "/managementgroups/" in each.lower() or not each.startswith("/"))
    if len(groups) > 1:
        message = f"`{name}` is assigned at {len(groups)} management groups: Azure takes one per custom role"
        found.append(rules.problem("custom-role-groups", custom.at, message))
    if groups and any(each.data_actions for each in custom.role.permissions):
        message = f"`{name}` has data actions and is assigned at {groups[0]}: Azure refuses that"
        found.append(rules.problem("custom-role-data", custom.at, message))
    return found


def _assignable(scope: Scope) -> str:
    """The scope at which a custom role must be assignable to serve here: its subscription, or the group above."""
    return f"/subscriptions/{scope.subscription}" if scope.subscription else scope.id
