"""Write Azure roles as JSON and read them back: one notation for the shipped catalogue and for `azure_roles.json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rbacgen.model.assignment import AzureRole, Permission

ANYWHERE: Final = ("/",)
"""The assignable scopes of an ordinary built-in role."""

PATTERN_LISTS: Final = ("actions", "not_actions", "data_actions", "not_data_actions")
"""The lists of permission strings in a permission object, named as in `Permission`."""


def each_once(texts: Iterable[str]) -> tuple[str, ...]:
    """Texts trimmed, each once without regard to case (first spelling kept), sorted: order means nothing to Azure."""
    kept: dict[str, str] = {}
    for text in texts:
        trimmed = text.strip()
        kept.setdefault(trimmed.lower(), trimmed)
    return tuple(kept[folded] for folded in sorted(kept))


def role_value(role: AzureRole) -> dict[str, object]:
    """Everything of a role but its id, name and former names, as a JSON object without empty members."""
    value: dict[str, object] = {}
    if role.custom:
        value["custom"] = True
    if role.description:
        value["description"] = role.description
    if role.preview:
        value["preview"] = True
    if role.deprecated:
        value["deprecated"] = role.deprecated
    if role.assignable_scopes != ANYWHERE:
        value["assignable_scopes"] = list(role.assignable_scopes)
    value["permissions"] = [_permission_value(permission) for permission in role.permissions]
    return value


def _permission_value(permission: Permission) -> dict[str, object]:
    value: dict[str, object] = {}
    for key in PATTERN_LISTS:
        patterns: tuple[str, ...] = getattr(permission, key)
        if patterns:
            value[key] = list(patterns)
    if permission.condition:
        value["condition"] = permission.condition
        if permission.condition_version:
            value["condition_version"] = permission.condition_version
    return value


def role_of(role_id: str, name: str, former_names: tuple[str, ...], value: Mapping[str, Any]) -> AzureRole:
    """The role that `role_value` wrote; the value's shape is taken for granted."""
    return AzureRole(
        id=role_id,
        name=name,
        permissions=tuple(_permission_of(permission) for permission in value["permissions"]),
        custom=value.get("custom", False),
        former_names=former_names,
        assignable_scopes=tuple(value.get("assignable_scopes", ANYWHERE)),
        description=value.get("description", ""),
        preview=value.get("preview", False),
        deprecated=value.get("deprecated", ""),
    )


def _permission_of(value: Mapping[str, Any]) -> Permission:
    return Permission(
        actions=tuple(value.get("actions", ())),
        not_actions=tuple(value.get("not_actions", ())),
        data_actions=tuple(value.get("data_actions", ())),
        not_data_actions=tuple(value.get("not_data_actions", ())),
        condition=value.get("condition", ""),
        condition_version=value.get("condition_version", ""),
    )
