"""The values of Terraform's native syntax: written out, references, texts with expressions, and what is not understood."""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct, field

from rbacgen.sources.resource_values import Reference, Unclear


class Template(Struct, frozen=True):
    """A text with parts that are expressions, in order."""

    parts: tuple[Written, ...]


Written = None | bool | int | float | str | Reference | Unclear | Template | list["Written"] | dict[str, "Written"]


class HclAttribute(Struct, frozen=True):
    """The value of an attribute, and the line and column of its name, counted from 1."""

    value: Written
    line: int
    column: int


class Body(Struct):
    """The content between the braces of a block."""

    attributes: dict[str, HclAttribute] = field(default_factory=dict)
    blocks: list[tuple[tuple[str, ...], Body]] = field(default_factory=list)


class Block(Struct, frozen=True):
    """A top-level block: its words (`resource`, type, label), its text, and the line and column where it begins."""

    words: tuple[str, ...]
    text: str
    line: int
    column: int


class HclSyntaxError(Exception):
    """Text that is not HCL, or cannot be read; with its line and column."""

    def __init__(self, why: str, line: int, column: int) -> None:
        super().__init__(why)
        self.why = why
        self.line = line
        self.column = column


_ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))', re.DOTALL)
_SHORT = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def unescaped(text: str) -> str | None:
    """The text of a quoted string between its interpolations; None where Terraform rejects it."""
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


def joined(parts: list[Written]) -> Written:
    """The text of these parts; a single expression keeps its own value. Terraform normalizes every string to NFC."""
    if len(parts) == 1 and not isinstance(parts[0], str):
        return parts[0]
    for part in parts:
        if isinstance(part, Unclear):
            return Unclear("is a text with an expression in it")
    if all(isinstance(part, str) for part in parts):
        return unicodedata.normalize("NFC", "".join(str(part) for part in parts))
    return Template(tuple(parts))


def without_escapes(text: str) -> str | None:
    """A template as text, with `${` for `$${` and `%{` for `%%{`; None where it contains an expression, or may contain one."""
    if "${" not in text and "%{" not in text:
        return text
    if _OPENER.search(text):
        return None
    return text.replace("$${", "${").replace("%%{", "%{")


_OPENER = re.compile(r"(?<!\$)\$\{|(?<!%)%\{|\${3}|%{3}")
