"""Reads any block with python-hcl2.

python-hcl2 accepts some texts that Terraform rejects, and evaluates some values differently than Terraform does: therefore
values are taken from its syntax tree, where they are as written.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from rbacgen.sources.hcl.plain import LITERALS
from rbacgen.sources.hcl.values import (
    Block,
    Body,
    HclAttribute,
    HclSyntaxError,
    Written,
    joined,
    unescaped,
    without_escapes,
)
from rbacgen.sources.resource_values import Reference, Unclear

if TYPE_CHECKING:
    from lark import Token, Tree


def parsed_body(block: Block) -> Body:
    from lark.exceptions import LarkError, UnexpectedInput

    shift = Block(block.words, "", block.line - 1, block.column - 1)
    try:
        tree = _parse(block.text + "\n")
    except UnexpectedInput as fault:
        # The parser's own message can contain the whole rest of the file.
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
def place_grammar() -> None:
    """Lets python-hcl2 keep its grammar, which takes seconds to build, in our own cache folder.

    Its default place is beside its code, where it may not be allowed to write, so that it would build the grammar at every
    start. The file is a pickle: only a folder that no other user can write to is used, else the default place stays.
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

    place_grammar()
    tree: Tree[Token] = hcl2.parses_to_tree(text)
    return tree


def _trees(tree: Tree[Token] | Token) -> list[Tree[Token]]:
    """The branches of a tree without its line ends and punctuation."""
    children = getattr(tree, "children", ())
    return [each for each in children if hasattr(each, "data") and each.data != "new_line_or_comment"]


def _body(tree: Tree[Token], shift: Block) -> Body:
    body = Body()
    last_line = 0
    for child in _trees(tree):
        line, column = _place(shift, child.meta.line, child.meta.column)
        if line == last_line:  # python-hcl2 accepts `a = 1 b = 2`
            raise HclSyntaxError("two attributes are on one line", line, column)
        if child.data == "attribute":
            name_tree, value_tree = _trees(child)[0], _trees(child)[-1]
            name = _name(name_tree)
            if name in body.attributes:  # python-hcl2 uses the last one
                raise HclSyntaxError(f"`{name}` is there twice", line, column)
            body.attributes[name] = HclAttribute(_value(value_tree), line, column)
        else:
            parts = _trees(child)
            words = tuple(_name(each) if each.data != "string" else str(_value(each)) for each in parts[:-1])
            body.blocks.append((words, _body(parts[-1], shift)))
        # The line end after a heredoc is part of it.
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
            return LITERALS[_name(tree)]
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
            return Unclear("is an object with keys that are expressions or duplicates")
        found[key] = _value(value_tree)
    return found


def _steps(tree: Tree[Token]) -> tuple[str, ...]:
    """The steps of a reference, spelled as in a project file; none where it is more than a reference."""
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


def _string(tree: Tree[Token]) -> Written:
    """A quoted string. `$${` and `%%{` mean `${` and `%{`; python-hcl2 has them as separate parts."""
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
        text = unescaped(written)
        if text is None:
            return Unclear("is a text with an escape that Terraform does not know")
        parts.append(text)
    return joined(parts)


def _heredoc(written: str) -> Written:
    """A heredoc, whose last line end is part of it; `<<-` removes the indent that all its lines share."""
    first, _, rest = written.partition("\n")
    lines = rest.rstrip("\n").split("\n")[:-1]
    text = "\n".join(lines) + "\n" if lines else ""
    written_out = without_escapes(text)
    if written_out is None:
        return Unclear("is a text with an expression in it")
    if first.startswith("<<-"):  # a blank line neither counts nor changes
        indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
        written_out = without_escapes("".join((line[indent:] if line.strip() else line) + "\n" for line in lines))
    return joined([written_out])
