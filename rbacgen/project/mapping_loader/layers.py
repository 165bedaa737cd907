"""The files of a mapping, read layer upon layer: named parts, each with the node that it came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from rbacgen.model import rules
from rbacgen.model.problems import Position
from rbacgen.project.decode import Reading, Shape, read
from rbacgen.project.document import MappingNode, Node, Scalar, place
from rbacgen.project.mapping_file import (
    About,
    CapabilityShape,
    CustomRoleShape,
    RoleShape,
    ScopeKindShape,
    WorkloadShape,
)


class MappingFile(Struct, frozen=True):
    """One file of a mapping: its path below the mapping's folder, and its nodes."""

    path: str
    root: Node


Layer = Sequence[MappingFile]


class MappingEntry(Struct):
    """A named part of a mapping as read, with the node that it came from."""

    shape: Shape
    node: Node
    at: Position


class MappingParts:
    """The named parts of all layers together: of two with one name, the later layer's."""

    def __init__(self, layers: Iterable[Layer]) -> None:
        self.reading = Reading()
        self.about = About(title="", environments=())
        self.kinds: dict[str, MappingEntry] = {}
        self.customs: dict[str, MappingEntry] = {}
        self.capabilities: dict[str, MappingEntry] = {}
        self.roles: dict[str, MappingEntry] = {}
        for layer in layers:
            self._read(layer)

    def refuse(self, rule: str, at: Position, message: str) -> None:
        """Notes one problem."""
        self.reading.problems.append(rules.problem(rule, at, message))

    def _read(self, layer: Layer) -> None:
        fresh: dict[str, dict[str, MappingEntry]] = {"kinds": {}, "customs": {}, "capabilities": {}, "roles": {}}
        for file in sorted(layer, key=lambda each: each.path):
            folder, _, name = file.path.rpartition("/")
            match (folder, name.rsplit(".", 1)[0]):
                case ("", "mapping"):
                    self.about = read(file.root, About, self.reading)
                case ("", "scope_kinds"):
                    self._read_named(file.root, ScopeKindShape, fresh["kinds"])
                case ("", "custom_roles"):
                    self._read_named(file.root, CustomRoleShape, fresh["customs"])
                case ("capabilities", _):
                    self._read_named(file.root, CapabilityShape, fresh["capabilities"])
                case ("roles", stem):
                    self._read_role(file.root, RoleShape, "project_role", stem, fresh["roles"])
                case ("workloads", stem):
                    self._read_role(file.root, WorkloadShape, "workload", stem, fresh["roles"])
                case _:
                    self.refuse(
                        "misplaced-file",
                        Position(file.root.at.file),
                        "a mapping holds mapping.yaml, scope_kinds.yaml, custom_roles.yaml, "
                        "and files in roles/, workloads/ and capabilities/",
                    )
        self.kinds |= fresh["kinds"]
        self.customs |= fresh["customs"]
        self.capabilities |= fresh["capabilities"]
        self.roles |= fresh["roles"]

    def _read_named(self, root: Node, shape: type[Shape], entries: dict[str, MappingEntry]) -> None:
        if not isinstance(root, MappingNode):
            self.refuse("wrong-value", root.at, "expected a mapping of names")
            return
        for name, node in root.items.items():
            at = root.keys[name]
            if name in entries:
                self.refuse("duplicate-name", at, f"`{name}` is defined already, at {entries[name].at.short}")
                continue
            entries[name] = MappingEntry(read(node, shape, self.reading), node, at)

    def _read_role(
        self, root: Node, shape: type[Shape], id_key: str, stem: str, entries: dict[str, MappingEntry]
    ) -> None:
        value: Shape = read(root, shape, self.reading)
        name = getattr(value, id_key)
        if not name:
            return
        at = place(root, id_key)
        if name != stem:
            self.refuse("misplaced-file", at, f"`{name}` is in a file named {stem}: name the file {name}.yaml")
        if name in entries:
            self.refuse("duplicate-name", at, f"`{name}` is defined already, at {entries[name].at.short}")
            return
        entries[name] = MappingEntry(value, root, at)


def is_given(node: Node, *keys: str) -> bool:
    """Whether anything is written at one of these keys, be it right or wrong."""
    found = [node.items[key] for key in keys if key in node.items] if isinstance(node, MappingNode) else []
    return any(bool(each.text) if isinstance(each, Scalar) else bool(getattr(each, "items", True)) for each in found)
