"""The Azure roles that a project uses, and how they changed since it was last locked."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from rbacgen.authorization.catalog.diff import PatternChange, RoleDefinitionChange, change, differs
from rbacgen.model import rules
from rbacgen.model.assignment import AzureRole, Plane
from rbacgen.model.problems import Position, Problem
from rbacgen.model.wording import joined, shortlist
from rbacgen.project.desired import Desired
from rbacgen.project.project import Project

_SHOWN = 3  # permission strings of a kind in one message; the rest is counted


class UsedRole(Struct, frozen=True):
    """A built-in Azure role in use, and the grants that give it or let it be given, in the order of the mapping."""

    role: AzureRole
    at: tuple[Position, ...]


def used(project: Project, desired: Desired) -> tuple[UsedRole, ...]:
    """The built-in Azure roles of the desired state, and those that it lets principals assign, by GUID."""
    in_use = {reason.grant_at for assignment in desired.state for reason in assignment.reasons}
    roles: dict[str, AzureRole] = {}
    places: dict[str, dict[Position, None]] = {}
    for capability in project.mapping.capabilities.values():
        for grant in capability.grants:
            if grant.at in in_use:
                for role in (grant.role, *grant.may_assign):
                    if not role.custom:
                        roles.setdefault(role.id, role)
                        places.setdefault(role.id, {})[grant.at] = None
    return tuple(UsedRole(roles[each], tuple(places[each])) for each in sorted(roles))


def problems(project: Project, desired: Desired) -> Iterator[Problem]:
    """What the Azure roles in use gained or lost since the project was locked, at every grant that uses them.

    A role that the lock does not have came into use later: there is nothing to compare it with.
    """
    for each in used(project, desired):
        was = project.lock.azure_roles.get(each.role.id)
        if was is not None and differs(was, each.role):
            message = _message(change(was, each.role), project.lock.file)
            yield from (rules.problem("azure-role-changed", at, message) for at in each.at)


def _message(found: RoleDefinitionChange, file: str) -> str:
    changes = [f"gained {_listed(found.gained, 'no longer excluded')}"] if found.gained else []
    changes += [f"lost {_listed(found.lost, 'excluded now')}"] if found.lost else []
    if found.was.name.lower() != found.role.name.lower():
        changes.append(f"was called `{found.was.name}` before")
    if found.is_regrouped:
        changes.append("groups its permissions differently")
    if found.is_assignable_elsewhere:
        changes.append("can be assigned at other scopes")
    return (
        f"since {file} was made, the Azure role {found.role.name} {joined(changes)}: review it, then run `rbacgen lock`"
    )


def _listed(patterns: tuple[PatternChange, ...], excluded: str) -> str:
    return shortlist((_words(each, excluded) for each in patterns), _SHOWN)


def _words(found: PatternChange, excluded: str) -> str:
    remarks = ["data"] if found.plane is Plane.DATA else []
    remarks += [excluded] if found.excluded else []
    remarks += ["under a condition"] if found.condition else []
    return f"`{found.pattern}`" + (f" ({', '.join(remarks)})" if remarks else "")
