"""Permission strings as automata: how to follow every reading of a pattern with several `*` at once.

A pattern has a place before each of its tokens and one at the end. At a `RUN` and inside `SEGMENTS` a reading stays as
long as it likes. That makes it cheap to follow all readings: whatever can still be matched from an earlier place can be
matched from the last such loop that was reached, too (before `SEGMENTS` there always is a slash), so that all earlier
places are dropped. What is left are beginnings of the text that follows the loop, of which the longest determines the
others: a pattern has no more sets of places than it has characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

RUN: Final = "*"
"""A token: any run of characters."""

SEGMENTS: Final = "*/"
"""A token, the `*/` of a `/*/`: any run of characters and a slash, or nothing at all."""

END: Final = ""
"""The token at the end."""

LOOPS: Final = (RUN, SEGMENTS)

Automaton = tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]
"""The tokens, and the places that a reading is at on reaching each of them: a `RUN` and `SEGMENTS` may be passed at once."""


@lru_cache(maxsize=4096)
def build(pattern: str) -> Automaton:
    """The automaton of a pattern in lower case, in which `/*/` also matches `/`."""
    tokens: list[str] = []
    place, end = 0, len(pattern)
    while place < end:
        if pattern.startswith("*/", place) and pattern[place - 1 : place] == "/":
            tokens.append(SEGMENTS)
            place += 2
        else:
            tokens.append(pattern[place])
            place += 1
    tokens.append(END)
    reached: list[tuple[int, ...]] = [(len(tokens) - 1,)]
    for index in range(len(tokens) - 2, -1, -1):
        after = reached[-1]
        if tokens[index] not in LOOPS:
            reached.append((index,))
        else:  # of two loops the later one stays
            reached.append(after if tokens[after[0]] in LOOPS else (index, *after))
    return tuple(tokens), tuple(reversed(reached))


def accepts(pattern: str, text: str) -> bool:
    """Whether a pattern matches the whole text, both in lower case.

    No regular expression: a row of `.*` takes ages on hostile input.
    """
    tokens, reached = build(pattern)
    active = set(reached[0])
    for character in text:
        moved: set[int] = set()
        floor = 0
        for place in active:
            token = tokens[place]
            if token == RUN:
                moved.update(reached[place])
                floor = max(floor, reached[place][0])
            elif token == SEGMENTS:
                moved.add(place)
                floor = max(floor, place)
                if character == "/":
                    moved.update(reached[place + 1])
                    floor = _raised(floor, tokens, reached[place + 1])
            elif token == character:
                moved.update(reached[place + 1])
                floor = _raised(floor, tokens, reached[place + 1])
        active = {place for place in moved if place >= floor}
        if not active:
            return False
    return len(tokens) - 1 in active


def _raised(floor: int, tokens: Sequence[str], places: tuple[int, ...]) -> int:
    return max(floor, places[0]) if tokens[places[0]] in LOOPS else floor
