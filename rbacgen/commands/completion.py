"""The names that a shell can complete: read from files as far as they can be read, without the network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rbacgen.commands import files, load
from rbacgen.model.problems import InputError, Position, RbacgenError
from rbacgen.project import document, project_loader
from rbacgen.project.document import MappingNode, Node, Scalar, Sequence

Offer = tuple[str, str]
"""A name and its description, which may be empty."""

_KINDS = ("group", "user", "service_principal", "managed_identity")


def environments(given: str | None) -> tuple[Offer, ...]:
    """The environments of the project, with their subscriptions."""
    found = _entries(_root(given), "environments")
    return tuple((name, _text(each, "subscription")) for name, each in found.items())


def subscriptions(given: str | None) -> tuple[Offer, ...]:
    """The subscriptions of the project, with their environments."""
    found: dict[str, list[str]] = {}
    for name, subscription in environments(given):
        if subscription:
            found.setdefault(subscription, []).append(name)
    return tuple((subscription, ", ".join(names)) for subscription, names in found.items())


def team(given: str | None) -> tuple[Offer, ...]:
    """The members of the team, with their project roles."""
    project_roles: dict[str, list[str]] = {}
    for role, members in _entries(_root(given), "team").items():
        for member in members.items if isinstance(members, Sequence) else ():
            name = next((text for kind in _KINDS if (text := _text(member, kind))), "")
            if name:
                project_roles.setdefault(name, []).append(role)
    return tuple((name, ", ".join(dict.fromkeys(assigned))) for name, assigned in project_roles.items())


def project_roles(given: str | None, mapping: str | None = None) -> tuple[Offer, ...]:
    """The project roles and workloads of the project, or of a mapping by its name, with their titles."""
    found: dict[str, str] = {}
    for folder in _folders(given, mapping):
        for path in (*_yaml(folder / "roles"), *_yaml(folder / "workloads")):
            found[path.stem] = _text(_read(path), "title")
    return tuple(found.items())


def scope_kinds(given: str | None, mapping: str | None = None) -> tuple[Offer, ...]:
    """The scope kinds of the project, or of a mapping by its name, with their descriptions."""
    return _named(given, mapping, "scope_kinds.yaml")


def capabilities(given: str | None) -> tuple[Offer, ...]:
    """The capabilities of the project's mapping, with their descriptions."""
    return _named(given, None, "capabilities")


def mapping_environments(mapping: str) -> tuple[Offer, ...]:
    """The environments of a mapping by its name."""
    found: tuple[Offer, ...] = ()
    for folder in _folders(None, mapping):
        root = _read(folder / "mapping.yaml")
        listed = root.items.get("environments") if isinstance(root, MappingNode) else None
        if isinstance(listed, Sequence):
            found = tuple((each.text, "") for each in listed.items if isinstance(each, Scalar))
    return found


def mappings() -> tuple[Offer, ...]:
    """The shipped mappings."""
    return tuple((name, "") for name in files.shipped_mappings())


def azure_roles(given: str | None) -> tuple[Offer, ...]:
    """The names of all Azure roles, and of the custom roles of the project's mapping."""
    custom = _named(given, None, "custom_roles.yaml")
    return (*custom, *((name, "") for name in load.catalog_here(given).names()))


def _named(given: str | None, mapping: str | None, where: str) -> tuple[Offer, ...]:
    """The entries of a file, or of the files in a folder, of a mapping, with their descriptions."""
    found: dict[str, str] = {}
    for folder in _folders(given, mapping):
        path = folder / where
        for each in [path] if path.suffix else _yaml(path):
            root = _read(each)
            if isinstance(root, MappingNode):
                found |= {name: _text(entry, "says") for name, entry in root.items.items()}
    return tuple(found.items())


def _folders(given: str | None, mapping: str | None) -> Iterator[Path]:
    """The folders of the project's mappings, or of the mapping of this name."""
    if mapping is not None:
        named, here = [(mapping, Position(""))], Path.cwd()
    else:
        root = _root(given)
        if root is None:
            return
        named, here = list(project_loader.mapping_names(root)), files.find_project(given).parent
    for name, at in named:
        try:
            yield files.mapping_folder(name, at, here)[0]
        except InputError:
            continue


def _root(given: str | None) -> Node | None:
    try:
        return _read(files.find_project(given))
    except RbacgenError:
        return None


def _read(path: Path) -> Node | None:
    """The nodes of a file, as far as it can be read; its problems are reported by `check`."""
    try:
        text = files.read_text(path)
    except InputError:
        return None
    return document.parse(text.text, text.name)[0]


def _yaml(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml")) if folder.is_dir() else []


def _entries(root: Node | None, key: str) -> dict[str, Node]:
    node = root.items.get(key) if isinstance(root, MappingNode) else None
    return node.items if isinstance(node, MappingNode) else {}


def _text(node: Node | None, key: str) -> str:
    found = node.items.get(key) if isinstance(node, MappingNode) else None
    return found.text if isinstance(found, Scalar) else ""
