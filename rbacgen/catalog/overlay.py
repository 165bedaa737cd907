"""Fit the catalogue to the user's own Azure: read role definitions, say what changed, keep it in `azure_roles.json`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.catalog.notation import ANYWHERE, PATTERN_LISTS, each_once, role_value
from rbacgen.catalog.roles import Catalog
from rbacgen.model import AzureRole, Permission, Plane
from rbacgen.problems import InputError, Position, Problem

FORMAT_VERSION = 1

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_UNENCODABLE = re.compile(r"[\ud800-\udfff]")
_ROLE_KEYS = frozenset(
    ("assignable_scopes", "custom", "deprecated", "description", "former_names", "id", "name", "permissions", "preview")
)
_PERMISSION_KEYS = frozenset((*PATTERN_LISTS, "condition", "condition_version"))
_AZURE_PERMISSION_KEYS = {
    "actions": "actions",
    "not_actions": "notActions",
    "data_actions": "dataActions",
    "not_data_actions": "notDataActions",
    "condition": "condition",
    "condition_version": "conditionVersion",
}


class Overlay(Struct, frozen=True):
    """How the user's Azure differs from a catalogue: custom roles, differing built-in roles, and ids that it lacks."""

    roles: tuple[AzureRole, ...] = ()
    removed: tuple[str, ...] = ()


class PatternChange(Struct, frozen=True):
    """A permission string that a role gained or lost; `excluded` when it stands in notActions or notDataActions.

    `condition` is the one of the permission object that holds it.
    """

    pattern: str
    plane: Plane
    excluded: bool = False
    condition: str = ""


class RoleChange(Struct, frozen=True):
    """A role that is not what it was.

    `gained` is access that it gives now, an exclusion that fell away included; `lost` is access that it gives no more,
    a new exclusion included.
    """

    was: AzureRole
    role: AzureRole
    gained: tuple[PatternChange, ...] = ()
    lost: tuple[PatternChange, ...] = ()


class RoleChanges(Struct, frozen=True):
    """What differs between a catalogue and newer definitions, each part by name; a role may be renamed and changed."""

    added: tuple[AzureRole, ...] = ()
    removed: tuple[AzureRole, ...] = ()
    renamed: tuple[RoleChange, ...] = ()
    changed: tuple[RoleChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.renamed or self.changed)


# Reading: every problem of a text is collected, then all are raised at once.


class _Reader:
    """Takes values out of JSON and notes what is wrong with them."""

    def __init__(self, where: str) -> None:
        self.at = Position(where)
        self.problems: list[Problem] = []

    def refuse(self, rule: str, message: str, at: Position | None = None) -> None:
        self.problems.append(Problem(at or self.at, rule, message))

    def finish(self) -> None:
        if self.problems:
            raise InputError(self.problems)

    def value(self, text: str) -> Any:
        """The JSON value of a text; raises at once, since nothing can be said of the rest."""
        try:
            # PowerShell's redirection opens files with a byte order mark.
            return json.loads(text.removeprefix("\ufeff"))
        except json.JSONDecodeError as error:
            self.refuse("json-syntax", f"no JSON: {error.msg}", Position(self.at.file, error.lineno, error.colno))
        except (RecursionError, ValueError) as error:
            reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            self.refuse("json-syntax", f"no sane JSON: {reason}")
        raise InputError(self.problems)

    def text(self, value: object, what: str) -> str:
        """A string, trimmed; null and absence are the empty string."""
        if value is None:
            return ""
        if not isinstance(value, str):
            self.refuse("wrong-value", f"{what} is {_kind(value)}, not text")
            return ""
        if _UNENCODABLE.search(value):
            self.refuse("wrong-value", f"{what} holds half a character (a lone surrogate)")
            return ""
        return value.strip()

    def line(self, value: object, what: str) -> str:
        """A string that can stand in a line: no line breaks, tabs or other control characters."""
        text = self.text(value, what)
        if not text.isprintable():
            self.refuse("wrong-value", f"{what} holds a control character: {text!r}")
            return ""
        return text

    def needed_line(self, value: object, what: str) -> str:
        if value is None or value == "":
            self.refuse("missing-key", f"{what} is missing")
            return ""
        return self.line(value, what)

    def guid(self, value: object, what: str) -> str:
        text = self.needed_line(value, what).lower()
        if text and not _GUID.fullmatch(text):
            self.refuse("wrong-value", f"{what} is {text!r}, not a GUID")
        return text

    def mark(self, value: object, what: str) -> bool:
        if value is not None and not isinstance(value, bool):
            self.refuse("wrong-value", f"{what} is {_kind(value)}, not true or false")
        return value is True

    def items(self, value: object, what: str) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            self.refuse("wrong-value", f"{what} is {_kind(value)}, not a list")
            return []
        return value

    def lines(self, value: object, what: str) -> tuple[str, ...]:
        texts = [self.line(item, f"{what}[{index}]") for index, item in enumerate(self.items(value, what))]
        if not all(texts):
            self.refuse("wrong-value", f"{what} holds an empty entry")
        return each_once(text for text in texts if text)

    def members(self, value: object, what: str) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            self.refuse("wrong-value", f"{what} is {_kind(value)}, not an object")
            return {}
        return value

    def keys(self, value: Mapping[str, Any], known: frozenset[str], what: str) -> None:
        for key in sorted(value.keys() - known):
            self.refuse(
                "unknown-key", f"{what} has a key {key!r} that means nothing; known: {', '.join(sorted(known))}"
            )

    def permission(self, value: object, spelling: Mapping[str, str], what: str) -> Permission:
        members = self.members(value, what)
        lists = {key: self.lines(members.get(spelling[key]), f"{what}.{spelling[key]}") for key in PATTERN_LISTS}
        condition = self.text(members.get(spelling["condition"]), f"{what}.condition")
        version = self.line(members.get(spelling["condition_version"]), f"{what}.{spelling['condition_version']}")
        return Permission(**lists, condition=condition, condition_version=version if condition else "")

    def permissions(self, value: object, spelling: Mapping[str, str], what: str) -> tuple[Permission, ...]:
        if value is None:
            self.refuse("missing-key", f"{what} is missing")
        return tuple(
            self.permission(item, spelling, f"{what}[{index}]") for index, item in enumerate(self.items(value, what))
        )


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "text"
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return "a number"


def read_definitions(text: str, where: str) -> tuple[AzureRole, ...]:
    """The roles in the output of `az role definition list -o json`, by name.

    Takes what the Azure CLI prints (`roleName`, `roleType`, with the GUID as `name`) and what Azure Resource Manager
    answers (the same below `properties`, `roleType` called `type`; see
    https://learn.microsoft.com/rest/api/authorization/role-definitions/list), as a list, as the whole answer
    (`{"value": [...]}`) or as one definition. Texts are trimmed, lists sorted, repeated entries dropped.

    `where` names the text in errors.

    Raises:
        InputError: it is no JSON or not such definitions; every problem names the definition and what is wrong with it.
    """
    reader = _Reader(where)
    value = reader.value(text)
    if isinstance(value, dict) and "value" in value:
        if value.get("nextLink"):
            reader.refuse("wrong-value", "this is one page of several (it has a nextLink): ask for the whole list")
        value = value["value"]
    elif isinstance(value, dict):
        value = [value]
    found: dict[str, AzureRole] = {}
    for index, item in enumerate(reader.items(value, "the list of role definitions")):
        role = _definition(reader, item, f"definition {index + 1}")
        if role is not None and found.setdefault(role.id, role) != role:
            reader.refuse("duplicate-item", f"two definitions that differ have the id {role.id} ({role.name!r})")
    if value is None:
        reader.refuse("wrong-value", "the list of role definitions is null, not a list")
    reader.finish()
    return _by_name(found.values())


def _definition(reader: _Reader, value: object, what: str) -> AzureRole | None:
    """One definition in either shape, or None where its problems leave nothing to speak of."""
    before = len(reader.problems)
    outer = reader.members(value, what)
    raw = "properties" in outer
    inner = reader.members(outer["properties"], f"{what}.properties") if raw else outer
    if len(reader.problems) > before:
        return None
    type_key = "type" if raw else "roleType"
    name = reader.needed_line(inner.get("roleName"), f"roleName of {what}")
    what = f"{what} ({name!r})" if name else what
    role_id = reader.guid(outer.get("name"), f"name of {what}")
    role_type = reader.needed_line(inner.get(type_key), f"{type_key} of {what}")
    if role_type and role_type.lower() not in ("builtinrole", "customrole"):
        reader.refuse("wrong-value", f"{type_key} of {what} is {role_type!r}, neither BuiltInRole nor CustomRole")
    description = reader.text(inner.get("description"), f"description of {what}")
    scopes = reader.lines(inner.get("assignableScopes"), f"assignableScopes of {what}")
    permissions = reader.permissions(inner.get("permissions"), _AZURE_PERMISSION_KEYS, f"permissions of {what}")
    if len(reader.problems) > before:
        return None
    return AzureRole(
        id=role_id,
        name=name,
        permissions=permissions,
        custom=role_type.lower() == "customrole",
        assignable_scopes=scopes,
        description=description,
        preview="(preview)" in name.lower(),
        deprecated="yes" if "(deprecated)" in name.lower() else "",
    )


def _by_name(roles: Iterable[AzureRole]) -> tuple[AzureRole, ...]:
    return tuple(sorted(roles, key=lambda role: (role.name.lower(), role.id)))


# Comparing: as Azure compares, so without case and order, and nothing that a listing does not tell.


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
    # An object that holds nothing gives nothing: Azure lists an empty one for a role that it has emptied.
    objects = {_permission_essence(permission) for permission in role.permissions if permission != Permission()}
    scopes = frozenset(scope.lower().rstrip("/") for scope in role.assignable_scopes)
    return (frozenset(objects), scopes, role.custom)


def _change(was: AzureRole, role: AzureRole) -> RoleChange:
    before, after = _patterns(was), _patterns(role)
    gained: list[PatternChange] = []
    lost: list[PatternChange] = []
    for key in sorted(before.keys() ^ after.keys()):
        came = key in after
        pattern = after[key] if came else before[key]
        (gained if came is not pattern.excluded else lost).append(pattern)
    return RoleChange(was, role, tuple(gained), tuple(lost))


def _complete(catalog: Catalog, definitions: Iterable[AzureRole]) -> bool:
    """Whether definitions are a full list: they hold more than half of the built-in roles that a list would show."""
    listed = {role.id for role in catalog if not role.custom and role.id not in catalog.unlisted}
    return sum(role.id in listed for role in definitions) * 2 > len(listed)


def _absent(catalog: Catalog, definitions: tuple[AzureRole, ...]) -> tuple[AzureRole, ...]:
    """Built-in roles of the catalogue that a full list does not hold any more; none, if the list is a filtered one.

    Custom roles are never taken for removed, since a list shows only those of the subscription that it was made for.
    """
    if not _complete(catalog, definitions):
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
    renamed: list[RoleChange] = []
    changed: list[RoleChange] = []
    for role in _by_name(new):
        was = old.find(role.id)
        if was is None:
            added.append(role)
            continue
        change = _change(was, role)
        if was.name.lower() != role.name.lower():
            renamed.append(change)
        if _essence(was) != _essence(role):
            changed.append(change)
    return RoleChanges(tuple(added), _absent(old, new), tuple(renamed), tuple(changed))


def overlay_of(shipped: Catalog, definitions: tuple[AzureRole, ...], before: Overlay | None = None) -> Overlay:
    """What to keep beside the shipped catalogue: custom roles, built-in ones that differ, and ids that are gone.

    `before` is what was kept so far. What a filtered list does not speak of stays as it was, custom roles stay until
    somebody takes them out of the file, and a built-in role that agrees with the shipped catalogue again is dropped.

    Raises:
        CatalogError: a custom role has the name of another role.
    """
    known = apply(shipped, before) if before else shipped
    current = known.with_roles(definitions)
    differing = [
        role
        for role in (current.find(each.id) for each in (*(before.roles if before else ()), *definitions))
        if role is not None and _differs(shipped.find(role.id), role)
    ]
    there = {role.id for role in definitions}
    removed = {role.id for role in _absent(shipped, definitions)}
    if before and not _complete(shipped, definitions):
        removed |= set(before.removed) - there
    return Overlay(_by_name({role.id: role for role in differing}.values()), tuple(sorted(removed)))


def _differs(was: AzureRole | None, role: AzureRole) -> bool:
    return was is None or role.custom or was.name.lower() != role.name.lower() or _essence(was) != _essence(role)


def apply(shipped: Catalog, overlay: Overlay) -> Catalog:
    """The catalogue of the user's Azure.

    Raises:
        CatalogError: a custom role has the name of another role.
    """
    return shipped.without(overlay.removed).with_roles(overlay.roles)


# The user's file.


def dump(overlay: Overlay) -> str:
    """The text of `azure_roles.json`: the same text for the same content, one permission string a line for diffs."""
    roles = []
    for role in _by_name(overlay.roles):
        value: dict[str, object] = {"id": role.id, "name": role.name}
        if role.former_names:
            value["former_names"] = list(role.former_names)
        # Only a custom role's description is the user's own; Microsoft's prose is not carried about.
        roles.append(value | role_value(role if role.custom else replace(role, description="")))
    content = {"format_version": FORMAT_VERSION, "roles": roles, "removed": sorted(overlay.removed)}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def parse(text: str, where: str = "azure_roles.json") -> Overlay:
    """What `dump` wrote.

    Raises:
        InputError: it is no JSON, of another format version, or a role in it is not as `dump` writes it.
    """
    reader = _Reader(where)
    content = reader.members(reader.value(text), "the file")
    reader.finish()
    version = content.get("format_version")
    if version != FORMAT_VERSION or isinstance(version, bool):
        reader.refuse("wrong-value", f"format_version is {version!r}; this version of rbacgen reads {FORMAT_VERSION}")
        reader.finish()
    reader.keys(content, frozenset(("format_version", "roles", "removed")), "the file")
    found: dict[str, AzureRole] = {}
    for index, item in enumerate(reader.items(content.get("roles"), "roles")):
        role = _kept_role(reader, item, f"roles[{index}]")
        if role is not None and found.setdefault(role.id, role) is not role:
            reader.refuse("duplicate-item", f"roles[{index}] has the id of another role: {role.id}")
    removed = [
        reader.guid(item, f"removed[{index}]")
        for index, item in enumerate(reader.items(content.get("removed"), "removed"))
    ]
    for role_id in sorted(found.keys() & set(removed)):
        reader.refuse("wrong-value", f"{role_id} stands both in roles and in removed")
    reader.finish()
    return Overlay(_by_name(found.values()), tuple(sorted(set(removed))))


def _kept_role(reader: _Reader, value: object, what: str) -> AzureRole | None:
    before = len(reader.problems)
    members = reader.members(value, what)
    if len(reader.problems) > before:
        return None
    name = reader.needed_line(members.get("name"), f"name of {what}")
    what = f"{what} ({name!r})" if name else what
    reader.keys(members, _ROLE_KEYS, what)
    same = {key: key for key in _PERMISSION_KEYS}
    for index, item in enumerate(reader.items(members.get("permissions"), f"permissions of {what}")):
        if isinstance(item, dict):
            reader.keys(item, _PERMISSION_KEYS, f"permissions of {what}[{index}]")
    scopes = members.get("assignable_scopes", [*ANYWHERE])
    role = AzureRole(
        id=reader.guid(members.get("id"), f"id of {what}"),
        name=name,
        permissions=reader.permissions(members.get("permissions"), same, f"permissions of {what}"),
        custom=reader.mark(members.get("custom"), f"custom of {what}"),
        former_names=reader.lines(members.get("former_names"), f"former_names of {what}"),
        assignable_scopes=reader.lines(scopes, f"assignable_scopes of {what}"),
        description=reader.text(members.get("description"), f"description of {what}"),
        preview=reader.mark(members.get("preview"), f"preview of {what}"),
        deprecated=reader.line(members.get("deprecated"), f"deprecated of {what}"),
    )
    return role if len(reader.problems) == before else None
