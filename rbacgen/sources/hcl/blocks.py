"""Cuts a Terraform file into its top-level blocks, without reading what is in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rbacgen.sources.hcl.values import Block, HclSyntaxError

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
            raise HclSyntaxError("this is not the start of a block", line, column)
        end = _end_of_block(text, header.end())
        if end < 0:
            raise HclSyntaxError("this block does not end", line, column)
        words = (header[1], *(word.strip('"') for word in _WORDS.findall(header[2])))
        yield Block(words, text[at:end], line, column)
        at = end


def _end_of_block(text: str, at: int) -> int:
    """The offset after the brace that closes the block whose text begins here; -1 where none does.

    Strings contain expressions, and those contain strings: `nested` keeps, innermost last, how many braces are open in each
    expression within a string.
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
