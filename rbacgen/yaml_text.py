"""Text as it stands in YAML: values that every reader takes for the text that they are, and comments that stay comments."""

from __future__ import annotations

import re

WORDS_OF_YAML = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}  # some reader or other has them as values
_PLAIN = re.compile(r"/?[A-Za-z_](?:[A-Za-z0-9_./()@-]| (?! |\Z))*\Z")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)


def scalar(text: str) -> str:
    """The text as a YAML value on one line: plain where every reader takes it for the text that it is, else quoted."""
    if (_PLAIN.match(text) and text.lower() not in WORDS_OF_YAML) or _GUID.match(text):
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
