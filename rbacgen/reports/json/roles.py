"""What `roles --format json` prints: the Azure roles themselves, or with `--changes` what became of those of an earlier file."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from rbacgen.analysis.results import RolesSince
from rbacgen.authorization.catalog.diff import PatternChange, RoleDefinitionChange
from rbacgen.model.assignment import AzureRole
from rbacgen.reports.json import FORMAT_VERSION

RolesDocument = list[AzureRole]


class RoleSummary(Struct, frozen=True):
    """An Azure role by id and name."""

    id: Annotated[str, Meta(description="The GUID of the role definition.")]
    name: Annotated[str, Meta(description="The name.")]
    custom: Annotated[bool, Meta(description="Whether it is a custom role.")]


class RenamedRole(RoleSummary, frozen=True):
    """An Azure role with another name than before."""

    was: Annotated[str, Meta(description="The name that it had before.")]


class AssignableScopes(Struct, frozen=True):
    """The scopes at which a role can be assigned, before and now."""

    was: Annotated[tuple[str, ...], Meta(description="Before.")]
    now: Annotated[tuple[str, ...], Meta(description="Now.")]


class ChangedRole(RoleSummary, frozen=True):
    """An Azure role that changed."""

    gained: Annotated[
        tuple[PatternChange, ...],
        Meta(description="The permission strings that it gained; one that is excluded is excluded no more."),
    ]
    lost: Annotated[
        tuple[PatternChange, ...],
        Meta(description="The permission strings that it lost; one that is excluded is excluded now."),
    ]
    regrouped: Annotated[
        bool, Meta(description="Whether the same permission strings are divided into other permission objects.")
    ]
    assignable_scopes: Annotated[AssignableScopes, Meta(description="The scopes at which it can be assigned.")]


class EarlierRoles(Struct, frozen=True):
    """The file that the roles were compared with."""

    file: Annotated[str, Meta(description="The file.")]
    kind: Annotated[str, Meta(description="What kind of file it is.")]
    roles: Annotated[int, Meta(description="How many Azure roles it has.")]
    whole: Annotated[bool, Meta(description="Whether it has all roles, so that it shows which were added since.")]


class RolesSinceDocument(Struct, frozen=True):
    """What became of the Azure roles of an earlier file."""

    format_version: Annotated[int, Meta(description="1; it grows where a reader would have to change.")]
    old: Annotated[EarlierRoles, Meta(description="The earlier file.")]
    added: Annotated[
        tuple[RoleSummary, ...], Meta(description="The roles that were added; empty where `old` is not whole.")
    ]
    removed: Annotated[tuple[RoleSummary, ...], Meta(description="The roles that were removed.")]
    renamed: Annotated[tuple[RenamedRole, ...], Meta(description="The roles that were renamed.")]
    changed: Annotated[tuple[ChangedRole, ...], Meta(description="The roles that changed.")]


def document(found: tuple[AzureRole, ...]) -> RolesDocument:
    """Azure roles with their permissions."""
    return list(found)


def since(found: RolesSince) -> RolesSinceDocument:
    """What became of the Azure roles of an earlier file."""
    changes = found.changes
    return RolesSinceDocument(
        format_version=FORMAT_VERSION,
        old=EarlierRoles(found.file, found.kind, found.roles, found.is_whole),
        added=tuple(_summary(each) for each in changes.added),
        removed=tuple(_summary(each) for each in changes.removed),
        renamed=tuple(
            RenamedRole(each.role.id, each.role.name, each.role.custom, each.was.name) for each in changes.renamed
        ),
        changed=tuple(changed_role(each) for each in changes.changed),
    )


def _summary(role: AzureRole) -> RoleSummary:
    return RoleSummary(role.id, role.name, role.custom)


def changed_role(found: RoleDefinitionChange) -> ChangedRole:
    """An Azure role that changed, with what it gained and lost."""
    return ChangedRole(
        id=found.role.id,
        name=found.role.name,
        custom=found.role.custom,
        gained=found.gained,
        lost=found.lost,
        regrouped=found.is_regrouped,
        assignable_scopes=AssignableScopes(found.was.assignable_scopes, found.role.assignable_scopes),
    )
