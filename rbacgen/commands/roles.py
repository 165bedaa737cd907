"""The steps of `roles`: searching the catalogue of Azure roles, updating it from Azure, and comparing it with an earlier list."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rbacgen.analysis.results import RolesSince
from rbacgen.authorization import catalog
from rbacgen.commands import files, load
from rbacgen.model.assignment import AzureRole
from rbacgen.model.problems import InputError, RbacgenError
from rbacgen.project import lock

if TYPE_CHECKING:
    from rbacgen.authorization.catalog.diff import RoleChanges


def find(given: str | None, words: str) -> tuple[AzureRole, ...]:
    """The Azure role of this name, former name or id, or every role whose name has these words; all roles without words.

    Raises RbacgenError if no role matches.
    """
    roles = load.catalog_here(given)
    if not words:
        return tuple(role for name in roles.names() if (role := roles.find(name)) is not None)
    exact = roles.find(words)
    if exact is not None:
        return (exact,)
    found = roles.search(words)
    if not found:
        near = roles.near(words)
        raise RbacgenError(
            f"no Azure role matches `{words}`",
            f"similar names: {', '.join(near)}"
            if near
            else "search by words with `rbacgen roles WORD`, or list all roles with `rbacgen roles`",
        )
    return found


def update(given: str | None, source: Path) -> tuple[RoleChanges, str]:
    """Writes what Azure has beyond the shipped catalogue to `azure_roles.json` beside the project file.

    Returns the changes and the path of the file. Raises InputError if the file cannot be read as role definitions.
    """
    from rbacgen.authorization.catalog import definitions, diff, overlay

    text = files.read_text(source)
    seen = definitions.read_definitions(text.text, text.name)
    shipped = catalog.load()
    path = load.project_folder(given) / files.ROLES_FILE
    before = overlay.parse(*_text_of(path)) if path.is_file() else None
    files.write_one(path, overlay.dump(overlay.overlay_of(shipped, seen, before)))
    return diff.changes(shipped, seen), files.shown(path)


def changes_since(given: str | None, old: Path) -> RolesSince:
    """How the Azure roles in an earlier file differ from today's catalogue with the project's own changes.

    The file is the output of `az role definition list -o json`, an `azure_roles.json` or an `rbacgen.lock`, distinguished by
    its keys. Raises InputError if it is none of them, and RbacgenError if it is a lock without Azure roles.
    """
    from rbacgen.authorization.catalog import definitions, diff, overlay

    text = files.read_text(old)
    today = load.catalog_here(given)
    keys = _top_keys(text.text)
    if keys & {"principals", "azure_roles", "scopes"}:
        locked, problems = lock.parse(text.text, text.name)
        if problems:
            raise InputError(problems)
        if not locked.azure_roles:
            raise RbacgenError(
                f"{text.name} contains no Azure roles", "an older rbacgen wrote it: run `rbacgen lock` once"
            )
        known = tuple(locked.azure_roles.values())
        return RolesSince(text.name, "rbacgen.lock", len(known), False, diff.since(known, today, whole=False))
    if "format_version" in keys:
        kept = overlay.parse(text.text, text.name)
        missing = frozenset(kept.removed)
        found = diff.since(kept.roles, today, whole=False, missing=missing)
        return RolesSince(text.name, "azure_roles.json", len(kept.roles), False, found)
    seen = definitions.read_definitions(text.text, text.name)
    whole = diff.is_complete(today, seen)
    found = diff.since(seen, today, whole)
    return RolesSince(text.name, "az role definition list", len(seen), whole, found)


def _top_keys(text: str) -> frozenset[str]:
    """The keys of a JSON object; none if the text is something else, which its reader reports."""
    import json

    try:
        content = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return frozenset()
    return frozenset(content) if isinstance(content, dict) else frozenset()


def _text_of(path: Path) -> tuple[str, str]:
    read = files.read_text(path)
    return read.text, read.name
