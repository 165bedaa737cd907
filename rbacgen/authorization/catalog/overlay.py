"""The differences of the user's Azure from the shipped catalogue, kept in `azure_roles.json` and applied to it."""

from __future__ import annotations

import json

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.authorization.catalog.definitions import DefinitionReader
from rbacgen.authorization.catalog.diff import absent, differs, is_complete
from rbacgen.authorization.catalog.encoding import ANYWHERE, PATTERN_LISTS, role_value
from rbacgen.authorization.catalog.roles import Catalog, by_name
from rbacgen.model.assignment import AzureRole

FORMAT_VERSION = 1

_ROLE_KEYS = frozenset(
    ("assignable_scopes", "custom", "deprecated", "description", "former_names", "id", "name", "permissions", "preview")
)
_PERMISSION_KEYS = frozenset((*PATTERN_LISTS, "condition", "condition_version"))


class Overlay(Struct, frozen=True):
    """How the user's Azure differs from a catalogue: custom roles, differing built-in roles, and ids that it lacks."""

    roles: tuple[AzureRole, ...] = ()
    removed: tuple[str, ...] = ()


def overlay_of(shipped: Catalog, definitions: tuple[AzureRole, ...], before: Overlay | None = None) -> Overlay:
    """What to keep beside the shipped catalogue: custom roles, built-in ones that differ, and ids that are gone.

    `before` is what was kept so far. What a filtered list does not contain stays as it was, custom roles stay until
    they are removed from the file, and a built-in role that agrees with the shipped catalogue again is dropped.

    Raises:
        CatalogError: a custom role has the name of another role.
    """
    known = apply(shipped, before) if before else shipped
    current = known.with_roles(definitions)
    differing = [
        role
        for role in (current.find(each.id) for each in (*(before.roles if before else ()), *definitions))
        if role is not None and differs(shipped.find(role.id), role)
    ]
    there = {role.id for role in definitions}
    removed = {role.id for role in absent(shipped, definitions)}
    if before and not is_complete(shipped, definitions):
        removed |= set(before.removed) - there
    return Overlay(by_name({role.id: role for role in differing}.values()), tuple(sorted(removed)))


def apply(shipped: Catalog, overlay: Overlay) -> Catalog:
    """The catalogue of the user's Azure.

    Raises:
        CatalogError: a custom role has the name of another role.
    """
    return shipped.without(overlay.removed).with_roles(overlay.roles)


# The user's file


def dump(overlay: Overlay) -> str:
    """The text of `azure_roles.json`: the same text for the same content, one permission string a line for diffs."""
    roles = []
    for role in by_name(overlay.roles):
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
    reader = DefinitionReader(where)
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
        reader.refuse("wrong-value", f"{role_id} is both in roles and in removed")
    reader.finish()
    return Overlay(by_name(found.values()), tuple(sorted(set(removed))))


def _kept_role(reader: DefinitionReader, value: object, what: str) -> AzureRole | None:
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
