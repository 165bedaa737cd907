"""Reads a directory of Terraform files: what they write out, and by name everything that only Terraform can work out."""

from __future__ import annotations

import json
import posixpath
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from rbacgen.authorization.catalog import Catalog
from rbacgen.model.problems import Position
from rbacgen.model.scope import GUID
from rbacgen.model.source import Source, SourceKind
from rbacgen.model.state import EVERYTHING
from rbacgen.sources import hcl
from rbacgen.sources.collector import Collector, role_guid
from rbacgen.sources.hcl import Body, HclAttribute, HclSyntaxError, Template, Written
from rbacgen.sources.resources import (
    ASSIGNMENTS,
    AZAPI,
    DEFINITION,
    OTHER_ACCESS,
    PrincipalNames,
    Reference,
    Resource,
    Unclear,
    Value,
    gather,
)

_DESIRED = ASSIGNMENTS | AZAPI | OTHER_ACCESS | {DEFINITION}
_DESIRED_DATA = frozenset({DEFINITION, "azurerm_subscription"})
_REMEDY = (
    "write the value out, or give `terraform show -json` of the state or a plan, where Terraform has worked it out"
)
_UNCALLED = "no module call leads to this folder, so that nobody can tell whether what it holds is ever applied"
_CALL = "where Terraform is run in it, give it by itself; where it is not used any more, delete it"
_DEPTH = 20  # of references that lead to references; Terraform's own are never circular


class _Statement(Struct, frozen=True):
    """A block of a module that matters: its words, its content, and where it stands."""

    words: tuple[str, ...]
    body: Body
    at: Position

    @property
    def address(self) -> str:
        return ".".join(self.words[1:] if self.words[0] == "resource" else self.words)


class _Module(Struct):
    """The files of one directory, which are one module to Terraform."""

    folder: str
    statements: list[_Statement] = field(default_factory=list)
    locals: dict[str, Written] = field(default_factory=dict)
    literal: dict[tuple[str, ...], Body] = field(default_factory=dict)
    subscription: str = ""
    holds_access: bool = False


def parse(name: str, files: Mapping[str, str], catalog: Catalog) -> Source:
    """What the files of a directory, and of those below it, write out. The keys are the paths, by which places are named.

    Nothing is dropped: what is not written out comes as unread, with its place.
    """
    gathered = Collector()
    modules: dict[str, _Module] = {}
    for path in sorted(files):
        folder = _normal(posixpath.dirname(path))
        module = modules.setdefault(folder, _Module(folder))
        text = files[path].removeprefix("\ufeff").replace("\r\n", "\n")
        before = len(module.statements)
        if path.endswith(".tf.json"):
            _read_json(path, text, module, gathered)
        else:
            _read_hcl(path, text, module, gathered)
        if _is_override(path) and any(each.words[0] == "resource" for each in module.statements[before:]):
            gathered.refuse(path, "this file overrides parts of resources in other files", _REMEDY)
            del module.statements[before:]
    resources: list[Resource] = []
    reached = _reached(modules)
    for module in modules.values():
        _index(module)
        if module.folder not in reached:
            if any(map(_may_hold_access, module.statements)):
                gathered.refuse(module.folder, _UNCALLED, _CALL)
            continue
        names = _ReferenceNames(module, catalog)
        for statement in module.statements:
            if statement.words[0] == "resource":
                resources.extend(_resource(statement, names, gathered))
    _pass_on(modules)
    for folder in sorted(reached):
        _check_calls(modules[folder], modules, gathered)
    read = gather(resources, PrincipalNames(), catalog, _REMEDY)
    read.unread += gathered.unread
    return read.source(SourceKind.TERRAFORM_FILES, name, EVERYTHING)


def _normal(folder: str) -> str:
    """The folder as module calls are worked out: without `.` and `..` in it, and empty for this one."""
    normal = posixpath.normpath(folder)
    return "" if normal == "." else normal


def _is_override(path: str) -> bool:
    """Whether Terraform merges this file into the others.

    https://developer.hashicorp.com/terraform/language/files/override
    """
    stem = posixpath.basename(path).removesuffix(".json").removesuffix(".tf")
    return stem == "override" or stem.endswith("_override")


# Files into statements.


def _matters(words: tuple[str, ...]) -> bool:
    match words:
        case ("resource", type_, _):
            return type_ in _DESIRED
        case ("data", type_, _):
            return type_ in _DESIRED_DATA
        case ("locals",) | ("module", _) | ("provider", "azurerm"):
            return True
        case _:
            return False


def _read_hcl(path: str, text: str, module: _Module, gathered: Collector) -> None:
    try:
        for block in hcl.cut(text):
            if not _matters(block.words):
                continue
            at = Position(path, block.line, block.column)
            try:
                body = hcl.body_of(block)
            except HclSyntaxError as fault:
                # A local that is not read leaves its name unknown, and that is said where it is used.
                if block.words[0] == "resource" or block.words[0] == "module":
                    place = Position(path, fault.line, fault.column)
                    what = ".".join(block.words[1:] if block.words[0] == "resource" else block.words)
                    gathered.refuse(str(place), f"{what} was not understood: {fault.why}", _REMEDY)
                continue
            _take(_Statement(block.words, body, at), module)
    except HclSyntaxError as fault:
        place = Position(path, fault.line, fault.column)
        remedy = "mend the file: `terraform validate` says more"
        gathered.refuse(str(place), f"the file was not understood from here on: {fault.why}", remedy)


def _take(statement: _Statement, module: _Module) -> None:
    if statement.words[0] == "locals":
        module.locals |= {name: attribute.value for name, attribute in statement.body.attributes.items()}
    else:
        module.statements.append(statement)


def _read_json(path: str, text: str, module: _Module, gathered: Collector) -> None:
    """Terraform's JSON syntax: https://developer.hashicorp.com/terraform/language/syntax/json"""
    try:
        content = json.loads(text, object_pairs_hook=_members)
    except (ValueError, RecursionError):
        gathered.refuse(path, "the file is no JSON", "mend the file: `terraform validate` says more")
        return
    places = _Places(path, text)
    for top in _objects(content):
        for kind, depth in (("resource", 2), ("data", 2), ("module", 1), ("provider", 1), ("locals", 0)):
            for words, given in _labelled((kind,), top.get(kind), depth):
                if _matters(words):
                    _take(_Statement(words, _json_body(given), places.of(words)), module)


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object; what stands there under one name many times is a list, as Terraform takes it for blocks.

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
            return Unclear("is no value of Terraform's")


def _json_text(text: str) -> Written:
    """A string of the JSON syntax is a template: as it is, one interpolation, or more than is understood here."""
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


class _Places:
    """Where blocks stand in a file of the JSON syntax: the place of the last label, as a key behind the other words."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.keys: dict[str, list[int]] = {}
        for match in _BLOCK_KEY.finditer(text):
            key = json.loads(f'"{match[1]}"', strict=False) if "\\" in match[1] else match[1]
            self.keys.setdefault(key, []).append(match.start())
        self.lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def of(self, words: Iterable[str]) -> Position:
        """The place of the block of these words; the file as a whole where it is not found."""
        at = 0
        for word in words:
            found = self.keys.get(word, [])
            index = bisect_left(found, at)
            if index == len(found):
                return Position(self.path)
            at = found[index]
        line = bisect_right(self.lines, at)
        return Position(self.path, line, at - self.lines[line - 1] + 1)


# Statements into resources.


def _index(module: _Module) -> None:
    """What references within the module can lead to."""
    subscriptions = set()
    for statement in module.statements:
        attributes = statement.body.attributes
        if statement.words[0] == "provider" and "alias" not in attributes:
            given = attributes["subscription_id"].value if "subscription_id" in attributes else None
            subscriptions.add(given if isinstance(given, str) else "")
        elif statement.words[0] in ("resource", "data"):
            module.holds_access = module.holds_access or (
                statement.words[0] == "resource" and statement.words[1] in ASSIGNMENTS | AZAPI
            )
            if "count" not in attributes and "for_each" not in attributes:
                module.literal[statement.words] = statement.body
    if len(subscriptions) == 1:
        module.subscription = subscriptions.pop().lower()


def _resource(statement: _Statement, names: _ReferenceNames, gathered: Collector) -> Iterator[Resource]:
    type_ = statement.words[1]
    place = str(statement.at)
    attributes = statement.body.attributes
    repeated = next((name for name in ("for_each", "count") if name in attributes), "")
    if repeated and type_ not in OTHER_ACCESS:
        gathered.refuse(place, f"{statement.address} is made by `{repeated}`, which only Terraform works out", _REMEDY)
        return
    values = _settled_body(statement.body, names)
    yield Resource(type_, statement.address, place, values, statement.at)


class _ReferenceNames(Struct, frozen=True):
    """Where references of a module are looked up."""

    module: _Module
    catalog: Catalog


def _settled_body(body: Body, names: _ReferenceNames) -> dict[str, Value]:
    """The values of a block with its nested blocks as lists, references followed as far as they lead to literals."""
    values: dict[str, Value] = {}
    for name, attribute in body.attributes.items():
        values[name] = _settled(attribute.value, names)
    for words, inner in body.blocks:
        if words[0] == "dynamic":
            values[words[-1]] = Unclear("is made by a `dynamic` block")
            continue
        actual = values.setdefault(words[0], [])
        if isinstance(actual, list):
            actual.append(_settled_body(inner, names))
    return values


def _settled(value: Written, names: _ReferenceNames, depth: int = 0) -> Value:
    """A value with its references followed; one that leads to no literal stays a reference."""
    match value:
        case Reference():
            return _followed(value, names, depth)
        case Template(parts):
            texts: list[Written] = []
            for part in parts:
                settled = _settled(part, names, depth)
                if not isinstance(settled, str):
                    return Unclear("is a text with a part that only Terraform knows")
                texts.append(settled)
            made = hcl.joined(texts)
            return made if isinstance(made, str) else Unclear("is an expression")
        case list():
            return [_settled(each, names, depth) for each in value]
        case dict():
            return {name: _settled(each, names, depth) for name, each in value.items()}
        case _:
            return value


def _followed(reference: Reference, names: _ReferenceNames, depth: int) -> Value:
    """What a reference leads to within the module, as far as that is written out there."""
    module = names.module
    steps = reference.steps
    if depth > _DEPTH:
        return reference
    if steps[0] == "local" and len(steps) > 1:
        value: Written = module.locals.get(steps[1].removeprefix("."))
        for step in steps[2:]:
            key = step.removeprefix(".").removeprefix("[").removesuffix("]").strip('"')
            if isinstance(value, dict):
                value = value.get(key)
            elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
                value = value[int(key)]
            else:
                return reference
        return reference if value is None else _settled(value, names, depth + 1)
    data = steps[0] == "data"
    words = tuple(step.removeprefix(".") for step in (steps[1:] if data else steps))
    if len(words) != 3:
        return reference
    type_, label, attribute = words
    body = module.literal.get(("data" if data else "resource", type_, label))
    if body is None:
        return reference

    def literal(name: str) -> str:
        given = body.attributes.get(name)
        settled = _settled(given.value, names, depth + 1) if given is not None else None
        return settled if isinstance(settled, str) else ""

    if type_ == DEFINITION and attribute in ("role_definition_id", "role_definition_resource_id", "id"):
        role_id = role_guid(literal("role_definition_id"))
        if not role_id and data and (role := names.catalog.find(literal("name"))) is not None:
            role_id = role.id
        return f"/providers/Microsoft.Authorization/roleDefinitions/{role_id}" if role_id else reference
    if type_ == DEFINITION and attribute == "name":
        return literal("name") or reference
    if type_ == "azurerm_subscription" and data and attribute in ("id", "subscription_id"):
        is_own = "subscription_id" not in body.attributes and "provider" not in body.attributes
        found = (module.subscription if is_own else literal("subscription_id")).lower()
        if GUID.match(found):
            return found if attribute == "subscription_id" else f"/subscriptions/{found}"
    return reference


# Calls of modules.


def _called(statement: _Statement, folder: str) -> str | None:
    """The folder that a module call leads to, from the folder that it stands in; None where it leads elsewhere."""
    attributes = statement.body.attributes
    source = attributes["source"].value if "source" in attributes else None
    if not isinstance(source, str) or not source.startswith(("./", "../")):
        return None
    return _normal(posixpath.join(folder, source))


def _may_hold_access(statement: _Statement) -> bool:
    is_resource = statement.words[0] == "resource" and statement.words[1] not in OTHER_ACCESS
    return is_resource or statement.words[0] == "module"


def _called_folders(module: _Module) -> Iterator[str]:
    for statement in module.statements:
        if statement.words[0] == "module" and (called := _called(statement, module.folder)) is not None:
            yield called


def _reached(modules: Mapping[str, _Module]) -> set[str]:
    """The folders whose content is applied: those with no Terraform files in a folder above, and where their calls lead."""
    open_ = [folder for folder in modules if not any(above in modules for above in _above(folder))]
    reached: set[str] = set()
    while open_:
        folder = open_.pop()
        if folder in modules and folder not in reached:
            reached.add(folder)
            open_.extend(_called_folders(modules[folder]))
    return reached


def _pass_on(modules: Mapping[str, _Module]) -> None:
    """Notes of each module that it holds access where one that it calls does, through however many calls."""
    callers: dict[str, list[str]] = {}
    for folder, module in modules.items():
        for called in _called_folders(module):
            callers.setdefault(called, []).append(folder)
    open_ = [folder for folder, module in modules.items() if module.holds_access]
    while open_:
        for caller in callers.get(open_.pop(), ()):
            if not modules[caller].holds_access:
                modules[caller].holds_access = True
                open_.append(caller)


def _above(folder: str) -> Iterator[str]:
    """Every folder above, the nearest first."""
    while folder not in ("", "/"):
        folder = posixpath.dirname(folder)
        yield folder


def _check_calls(module: _Module, modules: Mapping[str, _Module], gathered: Collector) -> None:
    """Names the module calls behind which there may be access that was not read, or was read once and is made often."""
    for statement in module.statements:
        if statement.words[0] != "module":
            continue
        place = str(statement.at)
        folder = _called(statement, module.folder)
        if folder is None:
            gathered.refuse(place, f"{statement.address} is a module from elsewhere, which was not read", _REMEDY)
            continue
        called = modules.get(folder)
        if called is None:
            gathered.refuse(place, f"{statement.address} is a module outside this directory", _REMEDY)
        elif called.holds_access:
            attributes = statement.body.attributes
            repeated = next((name for name in ("for_each", "count") if name in attributes), "")
            if repeated:
                gathered.refuse(
                    place, f"{statement.address} is called by `{repeated}`, which only Terraform works out", _REMEDY
                )
