"""Reads blocks that are plain: every value on its own line, and nothing in it that must be evaluated.

`rbacgen render` writes such blocks. They are read ten times as fast as with python-hcl2, and without building its grammar.
"""

from __future__ import annotations

import re
import unicodedata

from rbacgen.sources.hcl.values import Block, Body, HclAttribute, Written
from rbacgen.sources.resource_values import Reference

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
LITERALS = {"true": True, "false": False, "null": None}


def plain_body(block: Block) -> Body | None:
    """The body of a block that is plain throughout; None where anything in it needs the parser."""
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
                    value = LITERALS[match["word"]]
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
