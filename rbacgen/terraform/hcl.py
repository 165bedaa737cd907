"""Terraform's native syntax for values: strings that are safe whatever they hold, and attributes as `terraform fmt` aligns them."""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

_PLAIN = re.compile(r"[ !#&-\[\]-z|}~]*\Z")  # printable ASCII without " $ % \ and {
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LONG = {escape: character for character, escape in _SHORT.items()}
_ESCAPE = re.compile(r'\\(?:["\\nrt]|u[0-9a-f]{4}|U[0-9a-f]{8})')
# Controls, bidi and zero-width marks, separators, private use, unassigned: written as escapes, so that a reviewer sees them.
_INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Co", "Cn"}


class Expression(str):
    """HCL text that stays as it is: a reference, never free text of a file."""

    __slots__ = ()


Value = str | int | bool | tuple["Value", ...] | list["Value"]


def string(text: str) -> str:
    """The quoted HCL string of any text, normalised to NFC as Terraform does with every string.

    `${` and `%{` get a unicode escape for their first character rather than a second one: both are read alike by
    Terraform, and python-hcl2 reads only this one right. Raises ValueError for a lone surrogate, which no file can hold.
    https://developer.hashicorp.com/terraform/language/expressions/strings
    """
    if _PLAIN.match(text):
        return f'"{text}"'
    parts: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        # A mark after an escape, or at the start, would be drawn over what is no part of the text.
        is_adrift = (not parts or parts[-1][0] == "\\") and unicodedata.combining(character)
        parts.append(_code(character) if is_adrift else _escaped(character))
    return '"' + "".join(parts).replace("${", "\\u0024{").replace("%{", "\\u0025{") + '"'


def text(native: str) -> str:
    """The text of a quoted string, as `string` wrote it; what is no quoted string comes out as it is."""
    if len(native) < 2 or native[0] != '"' or native[-1] != '"':
        return native
    return _ESCAPE.sub(lambda match: _LONG.get(match[0]) or chr(int(match[0][2:], 16)), native[1:-1])


def _escaped(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    category = unicodedata.category(character)
    if category == "Cs":
        raise ValueError(f"a lone surrogate U+{ord(character):04X} is no text")
    return _code(character) if category in _INVISIBLE else character


def _code(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def value(given: Value) -> str:
    """The HCL of a value on one line; an Expression stays as it is."""
    match given:
        case Expression():
            return str(given)
        case str():
            return string(given)
        case bool():
            return "true" if given else "false"
        case int():
            return str(given)
        case _:
            return f"[{', '.join(map(value, given))}]"


def aligned(attributes: Mapping[str, Value | None], indent: int = 2) -> str:
    """Attributes one a line with their `=` under each other, as `terraform fmt` has them; None is left out.

    A list of more than one item is written over several lines, which ends a run of aligned attributes and is not
    aligned itself.
    """
    lines: list[str] = []
    run: list[tuple[str, str]] = []
    margin = " " * indent

    def flush() -> None:
        width = max((len(name) for name, _ in run), default=0)
        lines.extend(f"{margin}{name.ljust(width)} = {text}" for name, text in run)
        run.clear()

    for name, given in attributes.items():
        if given is None:
            continue
        if isinstance(given, list | tuple) and len(given) > 1:
            flush()
            lines.append(f"{margin}{name} = [")
            lines.extend(f"{margin}  {value(item)}," for item in given)
            lines.append(f"{margin}]")
        else:
            run.append((name, value(given)))
    flush()
    return "\n".join(lines)


def one_line(text: str) -> str:
    """The text on one line, with nothing in it that could end a comment or reorder what is shown."""
    shown = "".join(
        " "
        if character.isspace()
        else "\N{REPLACEMENT CHARACTER}"
        if unicodedata.category(character)[0] == "C"
        else character
        for character in unicodedata.normalize("NFC", text)
    )
    return " ".join(shown.split())


@lru_cache(maxsize=4096)
def comment(text: str) -> str:
    """The text as `#` comment lines of at most 118 columns."""
    lines = textwrap.wrap(one_line(text), 116, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"# {line}" for line in lines)


def json_value(given: Value) -> object:
    """The value as Terraform's JSON syntax has it: strings are templates there, references are `${…}`.

    A text that holds `${` or `%{` goes as a native string into an interpolation: doubling the first character is misread
    where more of them are before it, and a byte order mark in front is dropped by Terraform's reader.
    https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping
    """
    match given:
        case Expression():
            return "${" + given + "}"
        case str():
            text = unicodedata.normalize("NFC", given)
            return f"${{{string(text)}}}" if "${" in text or "%{" in text or text.startswith("\ufeff") else text
        case bool() | int():
            return given
        case _:
            return [json_value(item) for item in given]


def json_text(content: object) -> str:
    """A `.tf.json` file: every character outside ASCII escaped, so that nothing in it is invisible."""
    return json.dumps(content, indent=2) + "\n"
