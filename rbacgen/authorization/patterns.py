"""Azure's permission strings: which operations one matches, and whether two of them have an operation in common.

An operation is `Provider/type[/type...]/verb`: three segments or more, none of them empty, the last one of `VERBS`
(https://learn.microsoft.com/azure/role-based-access-control/role-definitions#actions-format). All 7,667 known
operations have that form, and so have all but two of the 4,473 strings without `*` in built-in roles
(`Microsoft.Insights/alertRules/` and `Microsoft.ProgrammableConnectivity/Gateways/NetworkAPIAccess`). So `a/*` is the
same as its four verbs together, and `*//read` matches nothing. A string without `*` counts as an operation whatever its
form, because a role or a question names it as one: it is compared with patterns as text.

Everything is compared without case. Any number of `*` is taken, though Azure takes one in a string. `regions` answers
what several strings grant together.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rbacgen.authorization import automaton
from rbacgen.model.problems import RbacgenError

VERBS: Final = ("action", "delete", "read", "write")
"""What the last segment of an operation may be, in lower case."""


@lru_cache(maxsize=16384)
def cut(pattern: str) -> tuple[str, str, int, bool]:
    """The parts of a pattern in lower case.

    Returns the text before its first `*`, the text after its last `*`, the number of `*`, and whether the `*` fills a
    whole segment inside the string (`/*/`). Without `*`, both texts are the whole string.
    """
    folded = pattern.lower()
    prefix, star, rest = folded.partition("*")
    if not star:
        return folded, folded, 0, False
    suffix = rest.rpartition("*")[2]
    return prefix, suffix, folded.count("*"), prefix.endswith("/") and suffix.startswith("/")


@lru_cache(maxsize=4096)
def between(pattern: str) -> tuple[str, ...]:
    """The texts between the `*` of a pattern, in lower case and in order, without empty ones."""
    return tuple(piece for piece in pattern.lower().split("*")[1:-1] if piece)


def matches(pattern: str, operation: str) -> bool:
    """Whether a permission string covers an operation, as Azure decides it.

    Compared without case; `*` matches any run of characters, slashes included
    (https://learn.microsoft.com/azure/role-based-access-control/role-definitions#actions-format). A `*` that fills a
    whole segment inside the string (`/*/`) also matches nothing, so that `a/*/b` covers `a/b`. No page says so, but
    roles depend on it: Managed Identity Operator has `userAssignedIdentities/*/assign/action` where Azure Resource
    Manager asks for `userAssignedIdentities/assign/action`, and Container Apps Contributor writes container apps with
    nothing but `containerApps/*/write`.
    """
    prefix, suffix, stars, fills = cut(pattern)
    folded = operation.lower()
    if stars == 0:
        return prefix == folded
    if not (folded.startswith(prefix) and folded.endswith(suffix)):
        return False
    if stars > 1:
        return _matches_in_order(pattern, folded) or ("/*/" in pattern and automaton.accepts(pattern.lower(), folded))
    spare = len(folded) - len(prefix) - len(suffix)
    return spare >= 0 or (fills and spare == -1)


def rests_on_empty_segment(pattern: str, operation: str) -> bool:
    """Whether the pattern matches the operation only because `/*/` also matches `/`, which no page says."""
    prefix, suffix, stars, _ = cut(pattern)
    if stars == 0 or "/*/" not in pattern or not matches(pattern, operation):
        return False
    if stars == 1:
        return len(operation.lower()) < len(prefix) + len(suffix)
    return not _matches_in_order(pattern, operation.lower())


def _matches_in_order(pattern: str, folded: str) -> bool:
    """Whether a pattern matches a text in lower case if each `*`, that of `/*/` too, is nothing but a run of characters."""
    prefix, suffix, _, _ = cut(pattern)
    place, end = len(prefix), len(folded) - len(suffix)
    for piece in between(pattern):
        place = folded.find(piece, place, end)
        if place < 0:
            return False
        place += len(piece)
    return place <= end and folded.startswith(prefix) and folded.endswith(suffix)


def is_operation(text: str) -> bool:
    """Whether a text has the form of an operation: three segments or more, none empty, a verb last, and no `*`."""
    segments = text.lower().split("/")
    return len(segments) > 2 and all(segments) and segments[-1] in VERBS and "*" not in text


def matches_nothing(pattern: str) -> bool:
    """Whether a pattern can match no operation at all, as `a//*` or `a/*/list`; never so for a string without `*`."""
    prefix, suffix, stars, _ = cut(pattern)
    if not stars:
        return False
    _, slash, last = suffix.rpartition("/")
    fits = last in VERBS if slash else any(verb.endswith(last) for verb in VERBS)
    return not fits or prefix.startswith("/") or "//" in pattern


def check(text: str) -> None:
    """Raises RbacgenError for what is neither an operation nor a pattern that could match one.

    Compared with `*` as text, anything at all would be allowed to an Owner.
    """
    has_blank = any(each.isspace() for each in text)
    if has_blank or not (is_operation(text) or ("*" in text and not matches_nothing(text))):
        raise RbacgenError(
            f"`{text}` is not an Azure operation and matches none",
            "write it as Azure does, Microsoft.Storage/storageAccounts/read, with a * for any text",
        )


def overlaps(one: str, other: str) -> bool:
    """Whether some operation is matched by both permission strings.

    A string without `*` overlaps with what matches it. Two patterns that match anything overlap exactly when their
    beginnings up to the first `*` agree as far as the shorter goes, and their ends after the last `*` too: the longer
    beginning, everything between the stars of both with new segments around it, and the longer end, written one after
    the other, is an operation that both match.
    """
    one_prefix, one_suffix, one_stars, _ = cut(one)
    other_prefix, other_suffix, other_stars, _ = cut(other)
    if not one_stars:
        return matches(other, one)
    if not other_stars:
        return matches(one, other)
    return (
        (one_prefix.startswith(other_prefix) or other_prefix.startswith(one_prefix))
        and (one_suffix.endswith(other_suffix) or other_suffix.endswith(one_suffix))
        and not matches_nothing(one)
        and not matches_nothing(other)
    )
