"""Words in Markdown as they are: nothing in them is markup, a mention or a link."""

from __future__ import annotations

import re

from rbacgen.reports.text import safe

# GitHub takes 65,536 characters in a comment: https://github.com/orgs/community/discussions/27190
LIMIT = 60_000
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~$])")


def plain(words: str) -> str:
    """Words as they are: nothing in them is markup, a mention or a link."""
    escaped = _SPECIAL.sub(r"\\\1", safe(" ".join(words.split())))
    return escaped.replace("@", "@<!-- -->").replace("://", ":<!-- -->//").replace("www.", "www<!-- -->.")


def prose(words: str) -> str:
    """A sentence with its names, which are between backticks, as code. Whatever a name contains changes nothing but that."""
    parts = words.split("`")
    if len(parts) % 2 == 0:
        return plain(words)
    return "".join(code(each) if number % 2 else _spaced(each) for number, each in enumerate(parts) if each)


def _spaced(words: str) -> str:
    """Plain words with the blanks around them, which part them from a name."""
    before, after = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    return (" " if before else "") + plain(words) + (" " if after and words.strip() else "")


def code(words: str) -> str:
    """Words as code, for a table."""
    return f"`{safe(' '.join(words.split())).replace('`', chr(39)).replace('|', chr(92) + '|')}`"


def fitting(lines: list[str], room: int) -> list[str]:
    """As many of the lines, from the first on, as have room, which is in characters."""
    kept = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return kept
