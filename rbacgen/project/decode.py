"""Reads positioned nodes into typed values, and reports every fault of their shape at once."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field, inspect

from rbacgen.model.near_names import did_you_mean
from rbacgen.model.problems import Position, Problem
from rbacgen.model.wording import joined
from rbacgen.project.document import MappingNode, Node, Refused, Scalar, Sequence

T = TypeVar("T")
Path = tuple[str | int, ...]


class Shape(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of every part of a file; its fields are the keys that the file may hold."""


def says(text: str) -> dict[str, Any]:
    """The `extra` of a constraint: what a value must be, in words, for the error message."""
    return {"says": text}


NAMES = "x-names"
"""The key under which a shape's JSON Schema says which kind of names a value is of, until the names are filled in."""


def names(kind: str) -> msgspec.Meta:
    """What marks a text, or the keys of a mapping, as names of a kind that a vocabulary knows."""
    return msgspec.Meta(extra_json_schema={NAMES: kind})


def hover(text: str) -> msgspec.Meta:
    """What a key is for, as an editor shows it beside the key."""
    return msgspec.Meta(description=text)


class Reading(Struct):
    """What reading brought beside the values: problems, paths whose value could not be read, and whence values came."""

    problems: list[Problem] = field(default_factory=list)
    broken: set[Path] = field(default_factory=set)
    nodes: dict[int, Node] = field(default_factory=dict)
    shapes: list[Shape] = field(default_factory=list)

    def refuse(self, at: Position, rule: str, message: str) -> None:
        """Notes one problem."""
        self.problems.append(Problem(at, rule, message))

    def came_from(self, shape: Shape, node: Node) -> None:
        """Remembers the node of a shape; the shape is kept, so that its identity stays its own."""
        self.shapes.append(shape)
        self.nodes[id(shape)] = node

    def node(self, shape: Shape) -> Node:
        """The node that a shape was read from."""
        return self.nodes[id(shape)]


class _Broken:
    """In place of a value that could not be read; what contains it leaves it out."""


_BROKEN = _Broken()
_types: dict[type, inspect.Type] = {}


def read(node: Node, shape: type[T], reading: Reading) -> T:
    """The value of this shape at `node`; parts that are wrong are noted in `reading` and left out of the value.

    The outermost shape always comes out, with empty values where required keys are missing or broken, so that later
    stages can still look at the rest of the file.
    """
    info = _types.get(shape)
    if info is None:
        info = _types[shape] = inspect.type_info(shape)
    value = _Decoder(reading).value(node, info, (), outermost=True)
    assert isinstance(value, shape)
    return value


class _Decoder:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def value(self, node: Node, info: inspect.Type, path: Path, outermost: bool = False) -> Any:
        """The value of type `info` at `node`, or `_BROKEN` after noting why not."""
        value = self._value(node, info, path, outermost)
        if value is _BROKEN:
            self.reading.broken.add(path)
        return value

    def _value(self, node: Node, info: inspect.Type, path: Path, outermost: bool) -> Any:
        match info:
            case inspect.Metadata(type=inspect.StrType() | inspect.IntType()):
                return self.scalar(node, info.type, _named(info))
            case inspect.Metadata():
                return self._value(node, info.type, path, outermost)
            case inspect.StructType():
                return self.struct(node, info, path, outermost)
            case inspect.UnionType():
                return self.union(node, info, path, outermost)
            case inspect.VarTupleType() | inspect.ListType():
                return self.items(node, info, path)
            case inspect.DictType():
                return self.entries(node, info, path)
            case _:
                return self.scalar(node, info, _named(info))

    def wrong(self, node: Node, expected: str) -> _Broken:
        if isinstance(node, Refused):
            return _BROKEN
        found = {Scalar: "a single value", Sequence: "a list", MappingNode: "a mapping of keys"}[type(node)]
        if isinstance(node, Scalar):
            found = "nothing" if node.value is None else f"`{_short(node.text)}`"
        self.reading.refuse(node.at, "wrong-value", f"expected {expected}, found {found}")
        return _BROKEN

    def struct(self, node: Node, info: inspect.StructType, path: Path, outermost: bool) -> Any:
        fields = {each.encode_name: each for each in info.fields}
        if not isinstance(node, MappingNode):
            self.wrong(node, f"a mapping with {_listed(fields)}")
            return self.made(self.empty(info), node) if outermost else _BROKEN
        values: dict[str, Any] = {}
        broken = False
        missing = {name for name, each in fields.items() if each.required and name not in node.items}
        for key, child in node.items.items():
            if key not in fields:
                hint = did_you_mean(key, [name for name in fields if name not in node.items] or fields)
                if not hint:
                    hint = f": known here are {_listed(fields)}"
                self.reading.refuse(node.keys[key], "unknown-key", f"unknown key `{key}`{hint}")
                missing -= set(re.findall(r"mean `(.+)`", hint))
                broken = True
                continue
            value = self.value(child, fields[key].type, (*path, key))
            if value is _BROKEN:
                broken = True
            else:
                values[fields[key].name] = value
        for name in fields:
            if name in missing:
                self.reading.refuse(node.at, "missing-key", f"`{name}` is missing here")
                broken = True
        if broken and not outermost:
            return _BROKEN
        for each in info.fields:
            if each.required and each.name not in values:
                values[each.name] = self.empty(each.type)
                self.reading.broken.add((*path, each.encode_name))
        return self.made(info.cls(**values), node)

    def made(self, shape: Any, node: Node) -> Any:
        self.reading.came_from(shape, node)
        return shape

    def empty(self, info: inspect.Type) -> Any:
        """An empty value of this type, for a required key of the outermost shape that is missing or broken."""
        match info:
            case inspect.Metadata():
                return self.empty(info.type)
            case inspect.StructType():
                return info.cls(**{each.name: self.empty(each.type) for each in info.fields if each.required})
            case inspect.UnionType():
                return self.empty(info.types[0])
            case inspect.VarTupleType() | inspect.ListType():
                return ()
            case inspect.DictType():
                return {}
            case _:
                return ""

    def union(self, node: Node, info: inspect.UnionType, path: Path, outermost: bool) -> Any:
        fitting = [member for member in info.types if _fits(node, member)]
        if not fitting:
            kinds = [member for member in info.types if not isinstance(member, inspect.NoneType)]
            return self.wrong(node, joined((_named(member) for member in kinds), "or"))
        return self._value(node, fitting[0], path, outermost)

    def items(self, node: Node, info: inspect.VarTupleType | inspect.ListType, path: Path) -> Any:
        if _is_empty(node) and not info.min_length:
            return ()
        if not isinstance(node, Sequence):
            return self.wrong(node, _named(info))
        if info.min_length and len(node.items) < info.min_length:
            found = f"found {len(node.items) or 'none'}"
            self.reading.refuse(node.at, "wrong-value", f"expected at least {info.min_length} in this list, {found}")
            return _BROKEN
        values = [self.value(child, info.item_type, (*path, index)) for index, child in enumerate(node.items)]
        kept = [value for value in values if value is not _BROKEN]
        seen: set[str] = set()
        for index, child in enumerate(node.items):
            if isinstance(child, Scalar):
                if child.text in seen:
                    self.reading.refuse(child.at, "duplicate-item", f"`{_short(child.text)}` is in this list twice")
                seen.add(child.text)
            elif values[index] is not _BROKEN and values[index] in values[:index]:
                self.reading.refuse(child.at, "duplicate-item", "the same entry is in this list twice")
        return tuple(kept)

    def entries(self, node: Node, info: inspect.DictType, path: Path) -> Any:
        if _is_empty(node):
            return {}
        if not isinstance(node, MappingNode):
            return self.wrong(node, _named(info))
        entries = {}
        nested = _unwrapped(info.value_type)
        for key, child in node.items.items():
            key_type = _unwrapped(info.key_type)
            assert isinstance(key_type, inspect.StrType)
            fault = _text_fault(key, key_type, _named(info.key_type))
            if fault:
                self.reading.refuse(node.keys[key], "wrong-value", f"expected {fault}, found `{_short(key)}`")
                self.reading.broken.add((*path, key))
            # A named struct is kept even where it is partly broken, so that its name stays known and the rest is read.
            value = self.value(child, info.value_type, (*path, key), outermost=isinstance(nested, inspect.StructType))
            if value is not _BROKEN:
                entries[key] = value
        return entries

    def scalar(self, node: Node, info: inspect.Type, expected: str) -> Any:
        if not isinstance(node, Scalar):
            return self.wrong(node, expected)
        match info:
            case inspect.StrType():
                if isinstance(node.value, bool):
                    return self.wrong(node, f"{expected} (put it in quotes if you mean the text)")
                if node.value is None:
                    return self.wrong(node, expected)
                fault = _text_fault(node.text, info, expected)
                return self.wrong(node, fault) if fault else node.text
            case inspect.BoolType():
                return node.value if isinstance(node.value, bool) else self.wrong(node, expected)
            case inspect.IntType():
                number = node.value if isinstance(node.value, int) and not isinstance(node.value, bool) else None
                if number is None or number < (info.ge or 0) or (info.le is not None and number > info.le):
                    return self.wrong(node, f"{expected}, at most {info.le}" if info.le is not None else expected)
                return number
            case inspect.DateType():
                try:
                    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", node.text):
                        raise ValueError
                    return datetime.date.fromisoformat(node.text)
                except ValueError:
                    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", node.text):
                        return self.wrong(node, expected)
                    self.reading.refuse(node.at, "wrong-value", f"there is no day {node.text}")
                    return _BROKEN
            case inspect.LiteralType():
                if node.value in info.values and not isinstance(node.value, bool):
                    return node.value
                return self.wrong(node, expected + did_you_mean(node.text, [str(value) for value in info.values]))
            case _:
                raise AssertionError(f"no reader for {info!r}")


def _is_empty(node: Node) -> bool:
    """Whether a key is there with nothing behind it: all entries of a list or mapping may be commented out."""
    return isinstance(node, Scalar) and node.value is None and node.text == ""


def _unwrapped(info: inspect.Type) -> inspect.Type:
    return info.type if isinstance(info, inspect.Metadata) else info


def _fits(node: Node, info: inspect.Type) -> bool:
    info = _unwrapped(info)
    match node:
        case MappingNode():
            return isinstance(info, inspect.StructType | inspect.DictType)
        case Sequence():
            return isinstance(info, inspect.VarTupleType | inspect.ListType)
        case Scalar():
            if isinstance(info, inspect.NoneType):
                return False
            if isinstance(info, inspect.LiteralType):
                return node.value in info.values
            if isinstance(info, inspect.DateType):
                return bool(re.match(r"\d", node.text))
            return isinstance(info, inspect.StrType | inspect.BoolType | inspect.IntType)
        case Refused():
            return False


def _named(info: inspect.Type) -> str:
    """What a value of this type is called in an error message."""
    match info:
        case inspect.Metadata():
            return str((info.extra or {}).get("says") or _named(info.type))
        case inspect.StrType():
            return "a text"
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType():
            return "a whole number"
        case inspect.DateType():
            return "a date such as 2027-06-30"
        case inspect.LiteralType():
            return f"one of {_listed(map(str, info.values))}" if len(info.values) > 1 else f"`{info.values[0]}`"
        case inspect.StructType():
            return f"a mapping with {_listed(each.encode_name for each in info.fields)}"
        case inspect.VarTupleType() | inspect.ListType():
            return "a list ([a, b], or one `- item` a line)"
        case inspect.DictType():
            return "a mapping of names"
        case _:
            return "nothing"


def _text_fault(text: str, info: inspect.StrType, expected: str) -> str:
    """What the text should have been, or an empty string where it is right."""
    if info.pattern is not None and not re.fullmatch(info.pattern, text):
        return expected
    if info.min_length and len(text.strip()) < info.min_length:
        return f"{expected}, not an empty one"
    if info.max_length is not None and len(text) > info.max_length:
        return f"{expected} of at most {info.max_length:,} characters"
    return ""


def _short(text: str) -> str:
    text = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return text if len(text) <= 60 else text[:57] + "…"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
