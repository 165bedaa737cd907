"""The differences between a catalogue and newer role definitions, compared as Azure compares: without case and order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct

from rbacgen.authorization.catalog.roles import Catalog, by_name
from rbacgen.model.assignment import AzureRole, Permission, Plane


class PatternChange(Struct, frozen=True):
    """A permission string that a role gained or lost; `excluded` when it is in notActions or notDataActions.

    `condition` is the one of the permission object that holds it.
    """

    pattern: Annotated[str, Meta(description="The permission string.")]
    plane: Annotated[Plane, Meta(description="Its plane.")]
    excluded: Annotated[bool, Meta(description="Whether it is in notActions or notDataActions.")] = False
    condition: Annotated[str, Meta(description="The condition of its permission object; empty for none.")] = ""


class RoleDefinitionChange(Struct, frozen=True):
    """A role that is not what it was.

    `gained` is access that it gives now, an exclusion that fell away included; `lost` is access that it gives no more,
    a new exclusion included.
    """

    was: AzureRole
    role: AzureRole
    gained: tuple[PatternChange, ...] = ()
    lost: tuple[PatternChange, ...] = ()

    @property
    def is_regrouped(self) -> bool:
        """Whether the same permission strings are in other permission objects; an exclusion affects its own object only."""
        same = not self.gained and not self.lost
        return same and _permission_objects(self.was) != _permission_objects(self.role)

    @property
    def is_assignable_elsewhere(self) -> bool:
        """Whether the role can be assigned at other scopes than before."""
        return _assignable(self.was) != _assignable(self.role)


class RoleChanges(Struct, frozen=True):
    """What differs between a catalogue and newer definitions, each part by name; a role may be renamed and changed."""

    added: tuple[AzureRole, ...] = ()
    removed: tuple[AzureRole, ...] = ()
    renamed: tuple[RoleDefinitionChange, ...] = ()
    changed: tuple[RoleDefinitionChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.renamed or self.changed)


def _patterns(role: AzureRole) -> dict[tuple[str, Plane, bool, str], PatternChange]:
    found = {}
    for permission in role.permissions:
        condition = " ".join(permission.condition.split())
        for patterns, plane, excluded in (
            (permission.actions, Plane.CONTROL, False),
            (permission.not_actions, Plane.CONTROL, True),
            (permission.data_actions, Plane.DATA, False),
            (permission.not_data_actions, Plane.DATA, True),
        ):
            for pattern in patterns:
                key = (pattern.lower(), plane, excluded, condition)
                found[key] = PatternChange(pattern, plane, excluded, condition)
    return found


def _permission_essence(permission: Permission) -> tuple[object, ...]:
    lists = (permission.actions, permission.not_actions, permission.data_actions, permission.not_data_actions)
    condition = " ".join(permission.condition.split())
    return (*(tuple(sorted({pattern.lower() for pattern in patterns})) for patterns in lists), condition)


def _essence(role: AzureRole) -> tuple[object, ...]:
    """What a role is to Azure, but for its name and description."""
    return (_permission_objects(role), _assignable(role), role.custom)


def _permission_objects(role: AzureRole) -> frozenset[tuple[object, ...]]:
    # An object that holds nothing gives nothing: Azure lists an empty one for a role that it has emptied.
    return frozenset(_permission_essence(permission) for permission in role.permissions if permission != Permission())


def _assignable(role: AzureRole) -> frozenset[str]:
    return frozenset(scope.lower().rstrip("/") for scope in role.assignable_scopes)


def change(was: AzureRole, role: AzureRole) -> RoleDefinitionChange:
    """What a role gained and lost, by permission string and in their order."""
    before, after = _patterns(was), _patterns(role)
    gained: list[PatternChange] = []
    lost: list[PatternChange] = []
    for key in sorted(before.keys() ^ after.keys()):
        came = key in after
        pattern = after[key] if came else before[key]
        (gained if came is not pattern.excluded else lost).append(pattern)
    return RoleDefinitionChange(was, role, tuple(gained), tuple(lost))


def is_complete(catalog: Catalog, definitions: Iterable[AzureRole]) -> bool:
    """Whether definitions are a full list: they hold more than half of the built-in roles that a list would show."""
    listed = {role.id for role in catalog if not role.custom and role.id not in catalog.unlisted}
    return sum(role.id in listed for role in definitions) * 2 > len(listed)


def absent(catalog: Catalog, definitions: tuple[AzureRole, ...]) -> tuple[AzureRole, ...]:
    """Built-in roles of the catalogue that a full list does not hold any more; none, if the list is a filtered one.

    Custom roles are never taken for removed, since a list shows only those of the subscription that it was made for.
    """
    if not is_complete(catalog, definitions):
        return ()
    there = {role.id for role in definitions}
    return tuple(
        role for role in catalog if not role.custom and role.id not in there and role.id not in catalog.unlisted
    )


def changes(old: Catalog, new: tuple[AzureRole, ...]) -> RoleChanges:
    """What is different in newer definitions, such as `read_definitions` gives them.

    Compared without case and order; descriptions do not count. Built-in roles count as removed only if the definitions
    hold more than half of the old ones: a filtered list is no removal.
    """
    added: list[AzureRole] = []
    renamed: list[RoleDefinitionChange] = []
    changed: list[RoleDefinitionChange] = []
    for role in by_name(new):
        was = old.find(role.id)
        if was is None:
            added.append(role)
            continue
        found = change(was, role)
        if was.name.lower() != role.name.lower():
            renamed.append(found)
        if _essence(was) != _essence(role):
            changed.append(found)
    return RoleChanges(tuple(added), absent(old, new), tuple(renamed), tuple(changed))


def since(
    old: tuple[AzureRole, ...], today: Catalog, whole: bool, missing: frozenset[str] = frozenset()
) -> RoleChanges:
    """What has become of these roles in today's catalogue, compared as `changes` does.

    Only a `whole` list shows what was added since; for another one, the `missing` ids that exist today count as added. Roles that no list shows at a subscription are never taken for added, nor custom ones for removed.
    """
    there = {role.id: role for role in today}
    listed = {role.id for role in old}
    came = (
        {each for each in there if each not in listed and each not in today.unlisted}
        if whole
        else missing & there.keys()
    )
    found = changes(
        Catalog({role.id: role for role in old}, "", frozenset()), tuple(there[each] for each in there.keys() & listed)
    )
    return RoleChanges(
        added=by_name(there[each] for each in came),
        removed=by_name(role for role in old if not role.custom and role.id not in there),
        renamed=found.renamed,
        changed=found.changed,
    )


def differs(was: AzureRole | None, role: AzureRole) -> bool:
    """Whether a role is worth keeping beside the one that it was: custom, renamed, or with other permissions."""
    return was is None or role.custom or was.name.lower() != role.name.lower() or _essence(was) != _essence(role)
