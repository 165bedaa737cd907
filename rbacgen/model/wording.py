"""Lists and counts in words, the same in every message and report."""

from __future__ import annotations

from collections.abc import Iterable


def joined(words: Iterable[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`; with another last word, `a, b or c`; empty for no words."""
    *others, final = tuple(words) or ("",)
    return f"{', '.join(others)} {last} {final}" if others else final


def shortlist(words: Iterable[str], most: int = 5) -> str:
    """The first of several words, and how many more there are: `a, b and 3 more`."""
    words = tuple(words)
    more = f" and {len(words) - most:,} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def counted(count: int, word: str, plural: str = "") -> str:
    """`1 error`, `2,000 errors`, `no errors`."""
    return f"{f'{count:,}' if count else 'no'} {word if count == 1 else plural or word + 's'}"
