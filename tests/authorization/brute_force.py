"""Brute force for permission strings: the rules as a regular expression, over all words of a few short names."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from functools import cache

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from rbacgen.authorization.patterns import VERBS, is_operation
from rbacgen.authorization.regions import Region
from tests.properties import examples


def expression(pattern: str) -> str:
    """The rules written down as a regular expression, a lone segment of `*` as an optional group."""
    written, place = "", 0
    while place < len(pattern):
        if pattern[place] != "*":
            written += re.escape(pattern[place])
        elif pattern[place - 1 : place] == "/" == pattern[place + 1 : place + 2]:
            written += "(?:.*/)?"
            place += 1
        else:
            written += ".*"
        place += 1
    return written


def naive(pattern: str, operation: str) -> bool:
    """What the regular expression says."""
    return re.fullmatch(expression(pattern), operation, re.IGNORECASE | re.DOTALL) is not None


def plainly(pattern: str, operation: str) -> bool:
    """The rules without the one that `/*/` may stand for nothing."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), operation, re.I | re.S) is not None


# Patterns of a few short pieces, and operations of a few short names, enough of them for whatever tells these apart.
NAMES = ("a", "x", "aa", "ax", "xa", "xx")
WORDS = [
    "/".join((*names, verb))
    for length, choice in ((2, NAMES), (3, NAMES), (4, NAMES[:3]), (5, NAMES[:2]))
    for names in itertools.product(choice, repeat=length)
    for verb in VERBS
]
BEGINNINGS = st.lists(st.sampled_from(["a", "A", "/", "*", "/*/", "a/", "/a"]), max_size=4).map("".join)
ENDS = st.sampled_from(
    ["", "*", "/*", "/*/read", "/read", "*/read", "/*/Write", "/write", "/*/action", "*/delete", "*d", "*e"]
)
SMALL = (
    st.tuples(BEGINNINGS, ENDS)
    .map("".join)
    .filter(lambda pattern: "aa" not in pattern.lower() and ("*" in pattern or is_operation(pattern)))
)


@cache
def mask(pattern: str) -> int:
    """The words that a pattern matches, a bit for each."""
    text = re.compile(expression(pattern), re.IGNORECASE)
    return int("".join("1" if text.fullmatch(word) else "0" for word in reversed(WORDS)), 2)


def union(masks: Iterable[int]) -> int:
    found = 0
    for each in masks:
        found |= each
    return found


def mask_of(region: Region) -> int:
    return union(map(mask, region.within)) & ~union(map(mask, region.without))


SMALL_REGIONS = st.lists(
    st.builds(Region, st.lists(SMALL, max_size=2).map(tuple), st.lists(SMALL, max_size=2).map(tuple)), max_size=3
)
MANY = settings(
    max_examples=examples(1000),
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
