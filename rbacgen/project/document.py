"""YAML and JSON text into positioned nodes: what is where, with everything dangerous in YAML refused."""

from __future__ import annotations

import re
from typing import Any

import yaml
from msgspec import Struct

from rbacgen.model.problems import Position, Problem
from rbacgen.model.scope import GUID

try:
    from yaml import CSafeLoader as _BaseLoader
except ImportError:  # PyYAML built without libyaml: the same nodes, about six times slower
    from yaml import SafeLoader as _BaseLoader  # type: ignore[assignment]

ScalarValue = str | int | bool | None
MAX_CHARACTERS = 20_000_000
MAX_DEPTH = 40


class Scalar(Struct, frozen=True):
    """A single value; `text` is what the file says, `value` what it means (a string unless plain true, null or 12)."""

    at: Position
    text: str
    value: ScalarValue


class Sequence(Struct, frozen=True):
    """A list of nodes."""

    at: Position
    items: tuple[Node, ...]


class MappingNode(Struct, frozen=True):
    """Named nodes in the order of the file, with the place of each key."""

    at: Position
    items: dict[str, Node]
    keys: dict[str, Position]


class Refused(Struct, frozen=True):
    """What was here is not read, and a problem says so already; readers of the node add nothing."""

    at: Position


Node = Scalar | Sequence | MappingNode | Refused


def _below(node: Node, step: str | int) -> Node | None:
    if isinstance(node, MappingNode) and isinstance(step, str):
        return node.items.get(step)
    if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
        return node.items[step]
    if isinstance(node, Sequence):
        return next((each for each in node.items if isinstance(each, Scalar) and each.text == step), None)
    return None


def place(node: Node, *path: str | int) -> Position:
    """The position of what is at `path` below `node`; where the path ends early, of the last node on it.

    A step is a key, or in a list an index or the text of an item.
    """
    for step in path:
        child = _below(node, step)
        if child is None:
            break
        node = child
    return node.at


def key_place(node: Node, *path: str) -> Position:
    """The position of the key that `path` ends in; where the path ends early, of the last node on it."""
    *above, key = path
    for step in above:
        child = _below(node, step)
        if child is None:
            return node.at
        node = child
    return node.keys.get(key, node.at) if isinstance(node, MappingNode) else node.at


def keys_to(root: Node, at: Position) -> tuple[str, ...]:
    """The keys that lead from the root to what is at a place, or last before it.

    An item of a list is called by its text, or by the first single value in it, never by its number: so the keys stay
    the same when lines or items come in before it.
    """
    found: list[str] = []
    node: Node | None = root
    while node is not None:
        child: Node | None = None
        name = ""
        if isinstance(node, MappingNode):
            for key, value in node.items.items():
                if _is_by(node.keys[key], at):
                    name, child = key, value
        elif isinstance(node, Sequence):
            for item in node.items:
                if _is_by(item.at, at):
                    name, child = _called(item), item
        if child is not None:
            found.append(name)
        is_item = isinstance(node, Sequence) and child is not None and child.at == at
        node = None if is_item else child  # an item starts where its first key does, and it is the item that is meant
    return tuple(found)


def _is_by(start: Position, at: Position) -> bool:
    return (start.line, start.column) <= (at.line, at.column)


def _called(item: Node) -> str:
    if isinstance(item, MappingNode):
        return next((each.text for each in item.items.values() if isinstance(each, Scalar)), "")
    return item.text if isinstance(item, Scalar) else ""


class _Loader(_BaseLoader):
    """Composes nodes only. Plain `true`, `false`, `null`, `~` and whole numbers are the only words with a meaning.

    YAML 1.1 would read `no` as false, `012` as 10 and `1:30` as 90; access must not depend on that.
    """

    yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012 (PyYAML declares it so)
    depth = 0

    def descend_resolver(self, current_node: yaml.Node | None, current_index: Any) -> None:
        """Stops at a depth that no real file has: the composer recurses, libyaml's on the stack of the process."""
        self.depth += 1
        if self.depth > MAX_DEPTH and current_node is not None:
            raise _TooDeepError(problem_mark=current_node.start_mark)

    def ascend_resolver(self) -> None:
        """Counts a level less."""
        self.depth -= 1


class _TooDeepError(yaml.MarkedYAMLError):
    """Lists and mappings in each other, and no end in sight."""


_WORDS = {
    "bool": (re.compile(r"(?:true|false)\Z"), [*"tf"]),
    "null": (re.compile(r"(?:null|~|)\Z"), ["n", "~", ""]),
    "int": (re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z"), [*"-0123456789"]),
}
for _word, (_pattern, _first) in _WORDS.items():
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_word}", _pattern, _first)

_PLAIN_TAGS = {f"tag:yaml.org,2002:{word}" for word in ("str", "map", "seq", *_WORDS)}


def parse(text: str, file: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """The node tree of a YAML (or JSON) text and what is wrong with it; None where it could not be read at all.

    Never runs code, follows includes or expands aliases; an empty text is an empty mapping.
    """
    if len(text) > MAX_CHARACTERS:
        return None, (Problem(Position(file), "yaml-syntax", f"the file is over {MAX_CHARACTERS:,} characters long"),)
    text = text.removeprefix("\ufeff")
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        return None, (_syntax_problem(error, file),)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - (text.rfind("\n", 0, error.position) + 1) + 1
        character = error.character if isinstance(error.character, int) else ord(str(error.character)[:1] or "\0")
        message = f"the character U+{character:04X} is not allowed in YAML: write it as an escape in double quotes"
        return None, (Problem(Position(file, line, column), "yaml-syntax", message),)
    finally:
        loader.dispose()
    if root is None:
        return MappingNode(Position(file, 1, 1), {}, {}), ()
    walk = _Walk(file)
    node = walk.node(root)
    return None if isinstance(node, Refused) else node, tuple(walk.problems)


def _syntax_problem(error: yaml.MarkedYAMLError, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    at = Position(file, mark.line + 1, mark.column + 1) if mark else Position(file)
    if isinstance(error, _TooDeepError):
        return Problem(at, "yaml-syntax", f"nested over {MAX_DEPTH} levels deep")
    fault = (error.problem or error.context or "not YAML").strip()
    if "'\\t'" in fault or "found character that cannot start any token" in fault:
        fault += " (YAML indents with spaces, never tabs; quote values that begin with @, ` or %)"
    elif "expected a single document" in (error.context or "") + fault:
        fault = "more than one document: keep one per file, without a second ---"
    elif "unexpected end of stream" in fault and error.context_mark:
        fault = f"the quote that opens on line {error.context_mark.line + 1} is never closed"
    elif "expected ','" in fault and error.context_mark:
        fault += f" for what begins on line {error.context_mark.line + 1}"
    elif "could not find expected ':'" in fault or "mapping values are not allowed" in fault:
        fault += " (is the indentation right? quote values that hold a colon and a space)"
    return Problem(at, "yaml-syntax", f"not valid YAML: {fault}")


class _Walk:
    """Turns composed nodes into ours, each visited once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.seen: set[int] = set()

    def refuse(self, at: Position, rule: str, message: str) -> None:
        self.problems.append(Problem(at, rule, message))

    def node(self, raw: yaml.Node) -> Node:
        at = Position(self.file, raw.start_mark.line + 1, raw.start_mark.column + 1)
        if id(raw) in self.seen:
            self.refuse(at, "yaml-alias", "anchors and aliases (& and *) are not read here: write the value out again")
            return Refused(at)
        self.seen.add(id(raw))
        word = raw.tag.rpartition(":")[2]
        if raw.tag not in _PLAIN_TAGS or (word in _WORDS and not _WORDS[word][0].match(str(raw.value))):
            self.refuse(at, "yaml-tag", f"the tag {raw.tag} is not read here: write the plain value")
            return Refused(at)
        if isinstance(raw, yaml.ScalarNode):
            return Scalar(at, raw.value, _meaning(raw))
        if isinstance(raw, yaml.SequenceNode):
            return Sequence(at, tuple(self.node(child) for child in raw.value))
        assert isinstance(raw, yaml.MappingNode)
        return self.mapping(raw, at)

    def mapping(self, raw: yaml.MappingNode, at: Position) -> MappingNode:
        items: dict[str, Node] = {}
        keys: dict[str, Position] = {}
        for raw_key, raw_value in raw.value:
            key_at = Position(self.file, raw_key.start_mark.line + 1, raw_key.start_mark.column + 1)
            value = self.node(raw_value)
            if not isinstance(raw_key, yaml.ScalarNode):
                self.refuse(key_at, "yaml-syntax", "a key must be a plain word")
                continue
            key = raw_key.value
            if key == "<<":
                self.refuse(key_at, "yaml-alias", "merge keys (<<) are not read here: write the keys out")
            elif key in items:
                self.refuse(
                    key_at, "duplicate-key", f"`{key}` is a duplicate key (first defined on line {keys[key].line})"
                )
            else:
                items[key] = value
                keys[key] = key_at
        return MappingNode(at, items, keys)


def _meaning(raw: yaml.ScalarNode) -> ScalarValue:
    match raw.tag.rpartition(":")[2]:
        case "bool":
            return bool(raw.value == "true")
        case "null":
            return None
        case "int":
            return int(raw.value)
        case _:
            return str(raw.value)


WORDS_OF_YAML = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}  # some reader or other has them as values


_PLAIN = re.compile(r"/?[A-Za-z_](?:[A-Za-z0-9_./()@-]| (?! |\Z))*\Z")


def scalar(text: str) -> str:
    """The text as a YAML value on one line: plain where every reader takes it for the text that it is, else quoted."""
    if (_PLAIN.match(text) and text.lower() not in WORDS_OF_YAML) or GUID.match(text):
        return text
    return f'"{"".join(map(_character, text))}"'


def _character(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(
        character, f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    )


def comment(text: str) -> str:
    """The text on one line, with nothing in it that could end a comment or that cannot be seen."""
    return "".join(each if each.isprintable() else " " for each in text)
