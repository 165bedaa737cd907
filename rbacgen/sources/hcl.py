"""Terraform's native syntax into blocks with values: what is written out, references, and what is neither.

python-hcl2 parses the blocks that matter, one at a time; those that are as plain as `rbacgen render` writes them are read
without it: ten times as fast, and without the seconds that building its grammar takes. It takes some texts that Terraform
refuses, and reads some values otherwise than Terraform does: so values are taken from its tree, where they are as written.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct, field

from rbacgen.sources.resources import Reference, Unclear

if TYPE_CHECKING:
    from lark import Token, Tree


class Template(Struct, frozen=True):
    """A text with parts that are expressions, in their order."""

    parts: tuple[Written, ...]


Written = None | bool | int | float | str | Reference | Unclear | Template | list["Written"] | dict[str, "Written"]


class HclAttribute(Struct, frozen=True):
    """The value of an attribute and the line and column of its name, counted from 1."""

    value: Written
    line: int
    column: int


class Body(Struct):
    """What stands between the braces of a block."""

    attributes: dict[str, HclAttribute] = field(default_factory=dict)
    blocks: list[tuple[tuple[str, ...], Body]] = field(default_factory=list)


class Block(Struct, frozen=True):
    """A top-level block: its words (`resource`, type, label), its text, and the line and column where it begins."""

    words: tuple[str, ...]
    text: str
    line: int
    column: int


class HclSyntaxError(Exception):
    """Text that is no HCL, or none that can be read; tells the line and column."""

    def __init__(self, why: str, line: int, column: int) -> None:
        super().__init__(why)
        self.why = why
        self.line = line
        self.column = column


# Cutting a file into blocks.

_WORD = r"[^\W\d][\w-]*"
_HEADER = re.compile(rf'({_WORD})((?:[ \t]+(?:{_WORD}|"[^"\\\n$%]*"))*)[ \t]*\{{')
_BLANK = re.compile(r"(?:\s+|#[^\n]*|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_STRING = r'"(?:[^"\\$%\n]++|\\.|[$%](?![{$%]))*+"'
_IN_CODE = re.compile(rf'{_STRING}|"|[{{}}]|#[^\n]*|//[^\n]*|/\*|<<-?(?P<end>[^\W\d][\w.-]*)[ \t]*\n')
_IN_STRING = re.compile(r'"|\\.|\$\$\{|%%\{|[$%]\{|\n')
_WORDS = re.compile(rf'{_WORD}|"[^"\n]*"')


def cut(text: str) -> Iterator[Block]:
    """The top-level blocks of a file, in its order. Raises HclSyntaxError where the file cannot be cut any further."""
    at = 0
    line, counted = 1, 0
    while True:
        if blank := _BLANK.match(text, at):
            at = blank.end()
        line += text.count("\n", counted, at)
        counted = at
        column = at - text.rfind("\n", 0, at)
        if at == len(text):
            return
        header = _HEADER.match(text, at)
        if header is None:
            raise HclSyntaxError("here begins no block", line, column)
        end = _end_of_block(text, header.end())
        if end < 0:
            raise HclSyntaxError("this block does not end", line, column)
        words = (header[1], *(word.strip('"') for word in _WORDS.findall(header[2])))
        yield Block(words, text[at:end], line, column)
        at = end


def _end_of_block(text: str, at: int) -> int:
    """Behind the brace that closes the block whose text begins here; -1 where none does.

    Strings hold expressions and those hold strings: `nested` remembers, innermost last, how many braces are open in each
    expression that a string holds.
    """
    depth = 1
    nested: list[int] = []
    in_string = False
    while match := (_IN_STRING if in_string else _IN_CODE).search(text, at):
        at = match.end()
        sign = match[0]
        if in_string:
            if sign == '"':
                in_string = False
            elif sign in ("${", "%{"):
                nested.append(depth)
                depth, in_string = 1, False
            elif sign == "\n":
                return -1
        elif sign == '"':
            in_string = True
        elif sign == "{":
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                if not nested:
                    return at
                depth, in_string = nested.pop(), True
        elif sign == "/*":
            at = text.find("*/", at) + 2
            if at < 2:
                return -1
        elif match["end"]:
            closing = re.compile(rf"^[ \t]*{re.escape(match['end'])}[ \t]*$", re.MULTILINE).search(text, at)
            if closing is None:
                return -1
            at = closing.end()
    return -1


# Blocks that are plain: every value on its line, nothing in it that stands for something else.

_PLAIN_TEXT = r'"(?:[^"\\$%\n]++|[$%](?![{$%]))*+"'
_PLAIN_LINE = re.compile(
    rf"""[ \t]*(?:
        (?P<name>[A-Za-z_][\w-]*)[ \t]*=[ \t]*(?:
            (?P<text>{_PLAIN_TEXT})
            |(?P<number>\d{{1,9}})
            |(?P<word>true|false|null)
            |(?P<reference>[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+)
            |\[(?P<inner>(?!true\b|false\b|null\b)[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)\]
            |\[(?P<texts>(?:{_PLAIN_TEXT}(?:,[ ]{_PLAIN_TEXT})*)?)\]
            |(?P<open>\[)
        )
        |(?P<item>{_PLAIN_TEXT}),
        |(?P<end>\])
        |(?P<block>[A-Za-z_][\w-]*)[ \t]*(?:\{{|(?P<empty>\{{[ \t]*\}}))
        |(?P<close>\}})
        |(?:\#|//)[^\n]*
    )?[ \t]*\Z""",
    re.VERBOSE | re.ASCII,
)
_PLAIN_TEXTS = re.compile(_PLAIN_TEXT)
_LITERALS = {"true": True, "false": False, "null": None}


def _plain(block: Block) -> Body | None:
    """The body of a block that is plain throughout; None where anything in it asks for the parser."""
    first, *lines = block.text.split("\n")
    if not first.endswith("{"):
        return None
    root = Body()
    open_bodies = [root]
    items: list[Written] | None = None
    for number, line in enumerate(lines, block.line + 1):
        match = _PLAIN_LINE.match(line)
        if match is None or not open_bodies:
            return None
        body = open_bodies[-1]
        kind = match.lastgroup
        if kind == "item" and items is not None:
            items.append(_unquoted(match["item"]))
        elif kind == "end" and items is not None:
            items = None
        elif kind is None:
            continue
        elif items is not None or kind in ("item", "end"):
            return None
        elif kind == "close":
            open_bodies.pop()
        elif kind in ("block", "empty"):
            inner = Body()
            body.blocks.append(((match["block"],), inner))
            if kind == "block":
                open_bodies.append(inner)
        else:
            if match["name"] in body.attributes:
                return None
            value: Written
            match kind:
                case "text":
                    value = _unquoted(match["text"])
                case "number":
                    value = int(match["number"])
                case "word":
                    value = _LITERALS[match["word"]]
                case "reference":
                    value = _reference(match["reference"])
                case "inner":
                    value = [_reference(match["inner"])]
                case "texts":
                    value = [_unquoted(each) for each in _PLAIN_TEXTS.findall(match["texts"])]
                case _:
                    value = items = []
            body.attributes[match["name"]] = HclAttribute(value, number, match.start("name") + 1)
    return None if open_bodies or items is not None else root


def _unquoted(text: str) -> str:
    return text[1:-1] if text.isascii() else unicodedata.normalize("NFC", text[1:-1])


def _reference(text: str) -> Reference:
    first, *rest = text.split(".")
    return Reference((first, *(f".{step}" for step in rest)))


# Blocks that are not.


def body_of(block: Block) -> Body:
    """What a block holds. Raises HclSyntaxError where python-hcl2 cannot read it; the place is one in the file."""
    return _plain(block) or _parsed(block)


def expression(text: str) -> Written:
    """The value of one expression, as it stands in an interpolation. Raises HclSyntaxError."""
    body = _parsed(Block(("x",), f"x {{\nx = {text}\n}}", 1, 1))
    if len(body.attributes) != 1 or body.blocks:
        raise HclSyntaxError("this is no expression", 1, 1)
    return body.attributes["x"].value


def _parsed(block: Block) -> Body:
    from lark.exceptions import LarkError, UnexpectedInput

    shift = Block(block.words, "", block.line - 1, block.column - 1)
    try:
        tree = _parse(block.text + "\n")
    except UnexpectedInput as fault:
        # What the parser has to say can hold the whole rest of the file.
        line, column = max(fault.line, 1), max(fault.column, 1)
        raise HclSyntaxError("this cannot be read", *_place(shift, line, column)) from None
    except (LarkError, RecursionError):
        raise HclSyntaxError("this cannot be read", block.line, block.column) from None
    blocks = [each for each in _trees(tree.children[0]) if each.data == "block"]
    if len(blocks) != 1:
        raise HclSyntaxError("this cannot be read", block.line, block.column)
    return _body(_trees(blocks[0])[-1], shift)


def _place(shift: Block, line: int, column: int) -> tuple[int, int]:
    return line + shift.line, column + (shift.column if line == 1 else 0)


@cache
def _grammar() -> None:
    """Points python-hcl2 to a folder of our own for its grammar, which it takes seconds to build.

    Beside its code, where it would keep it, it may not be allowed to write, and would build it at every start. The file
    is a pickle: only a folder that is ours alone will do, else the place stays as it is.
    """
    import hcl2.parser

    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    if hcl2.parser.PARSER_FILE.is_file() or not os.path.isabs(base):
        return
    folder = os.path.join(base, "rbacgen")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        found = os.lstat(folder)
    except OSError:
        return
    is_own = not hasattr(os, "getuid") or (found.st_uid == os.getuid() and found.st_mode & 0o077 == 0)
    if is_own and os.path.isdir(folder) and not os.path.islink(folder):
        hcl2.parser.PARSER_FILE = type(hcl2.parser.PARSER_FILE)(folder) / "hcl2.cache"


def _parse(text: str) -> Tree[Token]:
    import hcl2

    _grammar()
    tree: Tree[Token] = hcl2.parses_to_tree(text)
    return tree


def _trees(tree: Tree[Token] | Token) -> list[Tree[Token]]:
    """The branches of a tree without its line ends and its signs."""
    children = getattr(tree, "children", ())
    return [each for each in children if hasattr(each, "data") and each.data != "new_line_or_comment"]


def _body(tree: Tree[Token], shift: Block) -> Body:
    body = Body()
    last_line = 0
    for child in _trees(tree):
        line, column = _place(shift, child.meta.line, child.meta.column)
        if line == last_line:  # python-hcl2 takes `a = 1 b = 2`
            raise HclSyntaxError("two attributes stand on one line", line, column)
        if child.data == "attribute":
            name_tree, value_tree = _trees(child)[0], _trees(child)[-1]
            name = _name(name_tree)
            if name in body.attributes:  # python-hcl2 takes the last one
                raise HclSyntaxError(f"`{name}` stands there twice", line, column)
            body.attributes[name] = HclAttribute(_value(value_tree), line, column)
        else:
            parts = _trees(child)
            words = tuple(_name(each) if each.data != "string" else str(_value(each)) for each in parts[:-1])
            body.blocks.append((words, _body(parts[-1], shift)))
        # The line end behind a heredoc is part of it.
        last_line = child.meta.end_line + shift.line - (child.meta.end_column == 1)
    return body


def _name(tree: Tree[Token]) -> str:
    return "".join(str(token) for token in tree.scan_values(lambda token: True))


def _value(tree: Tree[Token]) -> Written:
    """The value of an expression."""
    match str(tree.data):
        case "expr_term":
            inner = _trees(tree)
            return _value(inner[0]) if len(inner) == 1 else Unclear("is an expression")
        case "string":
            return _string(tree)
        case "int_lit":
            return int(_name(tree)) if len(_name(tree)) < 19 else Unclear("is too long a number")
        case "float_lit":
            return float(_name(tree))
        case "literal_value":
            return _LITERALS[_name(tree)]
        case "tuple":
            return [_value(each) for each in _trees(tree)]
        case "object":
            return _object(tree)
        case "heredoc_template" | "heredoc_template_trim":
            return _heredoc(_name(tree))
        case "get_attr_expr_term" | "index_expr_term":
            steps = _steps(tree)
            return Reference(steps) if steps else Unclear("is an expression")
        case "identifier":
            return Reference((_name(tree),))
        case _:
            return Unclear("is an expression")


def _object(tree: Tree[Token]) -> Written:
    found: dict[str, Written] = {}
    for element in _trees(tree):
        key_tree, value_tree = _trees(element)[0], _trees(element)[-1]
        inner = _trees(key_tree)[0]
        key = _value(inner)
        if isinstance(key, Reference) and len(key.steps) == 1 and "(" not in _name(inner):
            key = key.steps[0]
        elif inner.data == "keyword":
            key = _name(inner)
        if not isinstance(key, str) or key in found:
            return Unclear("is an object with keys that are expressions, or twice the same")
        found[key] = _value(value_tree)
    return found


def _steps(tree: Tree[Token]) -> tuple[str, ...]:
    """The steps of a reference, spelled as a project file spells them; none where it is more than a reference."""
    inner = _trees(tree)
    match str(tree.data):
        case "expr_term":
            return _steps(inner[0]) if len(inner) == 1 else ()
        case "identifier":
            return (_name(tree),)
        case "get_attr_expr_term":
            before = _steps(inner[0])
            return (*before, f".{_name(_trees(inner[1])[0])}") if before else ()
        case "index_expr_term" if inner[1].data == "braces_index":
            before = _steps(inner[0])
            index = _value(_trees(inner[1])[0])
            if before and isinstance(index, int) and not isinstance(index, bool):
                return (*before, f"[{index}]")
            return (*before, f'["{index}"]') if before and isinstance(index, str) else ()
        case _:
            return ()


_ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))', re.DOTALL)
_SHORT = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def _unescaped(text: str) -> str | None:
    """The text of a quoted string between its interpolations; None where Terraform would refuse it."""
    if "\\" not in text:
        return text
    is_sound = True

    def character(match: re.Match[str]) -> str:
        nonlocal is_sound
        if match[1]:
            return _SHORT[match[1]]
        code = int(match[2] or match[3] or "d800", 16)
        if match[4] is not None or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            is_sound = False
            return ""
        return chr(code)

    made = _ESCAPE.sub(character, text)
    return made if is_sound else None


def _string(tree: Tree[Token]) -> Written:
    """A quoted string. `$${` and `%%{` stand for `${` and `%{`; python-hcl2 has them as parts of their own."""
    parts: list[Written] = []
    for part in _trees(tree):
        inner = _trees(part)
        if inner:
            if inner[0].data != "interpolation":
                return Unclear("is a text with directives")
            expressions = _trees(inner[0])
            if len(expressions) != 1:
                return Unclear("is an expression")
            parts.append(_value(expressions[0]))
            continue
        written = _name(part)
        if written.startswith(("$${", "%%{")):
            if '"' in written or "\\" in written:
                return Unclear("is a text that is not understood")
            written = written[1:]
        text = _unescaped(written)
        if text is None:
            return Unclear("is a text with an escape that Terraform does not know")
        parts.append(text)
    return joined(parts)


def joined(parts: list[Written]) -> Written:
    """A text out of its parts; one expression alone stands for its own value. Terraform has every string in NFC."""
    if len(parts) == 1 and not isinstance(parts[0], str):
        return parts[0]
    for part in parts:
        if isinstance(part, Unclear):
            return Unclear("is a text with an expression in it")
    if all(isinstance(part, str) for part in parts):
        return unicodedata.normalize("NFC", "".join(str(part) for part in parts))
    return Template(tuple(parts))


def _heredoc(written: str) -> Written:
    """A heredoc, whose last line end is part of it; `<<-` takes away the indent that all its lines share."""
    first, _, rest = written.partition("\n")
    lines = rest.rstrip("\n").split("\n")[:-1]
    text = "\n".join(lines) + "\n" if lines else ""
    written_out = without_escapes(text)
    if written_out is None:
        return Unclear("is a text with an expression in it")
    if first.startswith("<<-"):  # a line of blanks alone neither counts nor changes
        indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
        written_out = without_escapes("".join((line[indent:] if line.strip() else line) + "\n" for line in lines))
    return joined([written_out])


def without_escapes(text: str) -> str | None:
    """A template as text, with `${` for `$${` and `%{` for `%%{`; None where it holds an expression, or may hold one."""
    if "${" not in text and "%{" not in text:
        return text
    if _OPENER.search(text):
        return None
    return text.replace("$${", "${").replace("%%{", "%{")


_OPENER = re.compile(r"(?<!\$)\$\{|(?<!%)%\{|\${3}|%{3}")
