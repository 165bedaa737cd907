"""Terraform files into statements: the blocks that matter, from the native and from the JSON syntax."""

from __future__ import annotations

import json
import posixpath
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from rbacgen.model.problems import Position
from rbacgen.sources import hcl
from rbacgen.sources.collector import Collector
from rbacgen.sources.hcl import Body, HclAttribute, HclSyntaxError, Written
from rbacgen.sources.resource_values import Unclear
from rbacgen.sources.resources import ASSIGNMENTS, AZAPI, DEFINITION, OTHER_ACCESS

_READ = ASSIGNMENTS | AZAPI | OTHER_ACCESS | {DEFINITION}
_READ_DATA = frozenset({DEFINITION, "azurerm_subscription"})
REMEDY = "write the value out, or give `terraform show -json` of the state or a plan, where Terraform has computed it"


class Statement(Struct, frozen=True):
    """A block of a module that matters: its words, its content, and its position."""

    words: tuple[str, ...]
    body: Body
    at: Position

    @property
    def address(self) -> str:
        """The address within its module."""
        return ".".join(self.words[1:] if self.words[0] == "resource" else self.words)


class TerraformModule(Struct):
    """The files of one folder, which are one module to Terraform.

    `literal` are the bodies of its resources and data sources without `count` and `for_each`, by their words; `subscription` is
    the one of its `azurerm` provider; `has_access` whether it, or a module that it calls, may contain access.
    """

    folder: str
    statements: list[Statement] = field(default_factory=list)
    locals: dict[str, Written] = field(default_factory=dict)
    literal: dict[tuple[str, ...], Body] = field(default_factory=dict)
    subscription: str = ""
    has_access: bool = False


def read_file(path: str, text: str, module: TerraformModule, gathered: Collector) -> None:
    """Adds the statements of a file to its module. What cannot be read is unread, by its place."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    before = len(module.statements)
    if path.endswith(".tf.json"):
        _read_json(path, text, module, gathered)
    else:
        _read_hcl(path, text, module, gathered)
    if _is_override(path) and any(each.words[0] == "resource" for each in module.statements[before:]):
        gathered.refuse(path, "this file overrides parts of resources in other files", REMEDY)
        del module.statements[before:]


def _is_override(path: str) -> bool:
    """Whether Terraform merges this file into the others.

    https://developer.hashicorp.com/terraform/language/files/override
    """
    stem = posixpath.basename(path).removesuffix(".json").removesuffix(".tf")
    return stem == "override" or stem.endswith("_override")


def _matters(words: tuple[str, ...]) -> bool:
    match words:
        case ("resource", type_, _):
            return type_ in _READ
        case ("data", type_, _):
            return type_ in _READ_DATA
        case ("locals",) | ("module", _) | ("provider", "azurerm"):
            return True
        case _:
            return False


def _read_hcl(path: str, text: str, module: TerraformModule, gathered: Collector) -> None:
    try:
        for block in hcl.cut(text):
            if not _matters(block.words):
                continue
            at = Position(path, block.line, block.column)
            try:
                body = hcl.body_of(block)
            except HclSyntaxError as fault:
                # A local that cannot be read leaves its name unknown, which is reported where it is used.
                if block.words[0] == "resource" or block.words[0] == "module":
                    place = Position(path, fault.line, fault.column)
                    what = ".".join(block.words[1:] if block.words[0] == "resource" else block.words)
                    gathered.refuse(str(place), f"{what} was not understood: {fault.why}", REMEDY)
                continue
            _take(Statement(block.words, body, at), module)
    except HclSyntaxError as fault:
        place = Position(path, fault.line, fault.column)
        remedy = "fix the file: `terraform validate` shows the error"
        gathered.refuse(str(place), f"the file could not be read from here on: {fault.why}", remedy)


def _take(statement: Statement, module: TerraformModule) -> None:
    if statement.words[0] == "locals":
        module.locals |= {name: attribute.value for name, attribute in statement.body.attributes.items()}
    else:
        module.statements.append(statement)


def _read_json(path: str, text: str, module: TerraformModule, gathered: Collector) -> None:
    """Terraform's JSON syntax: https://developer.hashicorp.com/terraform/language/syntax/json"""
    try:
        content = json.loads(text, object_pairs_hook=_members)
    except (ValueError, RecursionError):
        gathered.refuse(path, "the file is not valid JSON", "fix the file: `terraform validate` shows the error")
        return
    places = _BlockPositions(path, text)
    for top in _objects(content):
        for kind, depth in (("resource", 2), ("data", 2), ("module", 1), ("provider", 1), ("locals", 0)):
            for words, given in _labelled((kind,), top.get(kind), depth):
                if _matters(words):
                    _take(Statement(words, _json_body(given), places.of(words)), module)


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object; a name that occurs more than once becomes a list, as Terraform reads it for blocks.

    https://github.com/hashicorp/hcl/blob/main/json/spec.md#blocks
    """
    members: dict[str, object] = {}
    for name, given in pairs:
        if name not in members:
            members[name] = given
        else:
            before = members[name]
            members[name] = [
                *(before if isinstance(before, list) else [before]),
                *(given if isinstance(given, list) else [given]),
            ]
    return members


def _objects(content: object) -> Iterator[dict[str, object]]:
    if isinstance(content, dict):
        yield content
    elif isinstance(content, list):
        yield from (each for each in content if isinstance(each, dict))


def _labelled(
    words: tuple[str, ...], content: object, depth: int
) -> Iterator[tuple[tuple[str, ...], dict[str, object]]]:
    """Each block with its labels, which are the keys of nested objects."""
    for each in _objects(content):
        if depth == 0:
            yield words, each
            continue
        for label, inner in each.items():
            if label != "//":
                yield from _labelled((*words, label), inner, depth - 1)


def _json_body(content: dict[str, object]) -> Body:
    return Body({name: HclAttribute(_json_value(given), 0, 0) for name, given in content.items() if name != "//"})


def _json_value(given: object) -> Written:
    match given:
        case str():
            return _json_text(given)
        case list():
            return [_json_value(each) for each in given]
        case dict():
            return {str(name): _json_value(each) for name, each in given.items() if name != "//"}
        case bool() | int() | float() | None:
            return given
        case _:
            return Unclear("is not a Terraform value")


def _json_text(text: str) -> Written:
    """A string of the JSON syntax, which is a template: a plain text, one interpolation, or more than is understood here."""
    written_out = hcl.without_escapes(text)
    if written_out is not None:
        return hcl.joined([written_out])
    if text.startswith("${") and text.endswith("}"):
        try:
            return hcl.expression(text[2:-1])
        except HclSyntaxError:
            pass  # more than one interpolation
    return Unclear("is a text with an expression in it")


_BLOCK_KEY = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*[{\[]')


class _BlockPositions:
    """The positions of blocks in a file of the JSON syntax: that of the last label, as a key after the other words."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.keys: dict[str, list[int]] = {}
        for match in _BLOCK_KEY.finditer(text):
            key = json.loads(f'"{match[1]}"', strict=False) if "\\" in match[1] else match[1]
            self.keys.setdefault(key, []).append(match.start())
        self.lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def of(self, words: Iterable[str]) -> Position:
        """The position of the block of these words; the file as a whole where it is not found."""
        at = 0
        for word in words:
            found = self.keys.get(word, [])
            index = bisect_left(found, at)
            if index == len(found):
                return Position(self.path)
            at = found[index]
        line = bisect_right(self.lines, at)
        return Position(self.path, line, at - self.lines[line - 1] + 1)
