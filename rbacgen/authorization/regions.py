"""What permission strings grant together: whether an operation of a pattern is left that none of some regions holds.

A region is what one permission object grants: its strings but for its exceptions. All answers are exact. They are found
with few sample operations, for this reason. Let an operation be one that is looked for: the required patterns match it,
and each region that grants it excepts it. Take the longest of the beginnings of those patterns and exceptions that it
begins with, and the longest of their ends that it ends with.

- Where the two run into each other, they spell the operation: there are few such operations, and all are tried.
- Where they do not, the same beginning and end around a name that no string contains is as good. The same required
  patterns and the same exceptions match it, and it is granted by nothing that would not grant the operation as well.

So only the required patterns and the exceptions make samples. A string with several `*` among these adds what is
between its stars to the sample. That may be more than the operation had, and only a granted string with several `*` can
make a difference of it. For these the samples are asked without the granted strings of that kind first, and only if
something is left then, `pattern_search` decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from rbacgen.authorization import pattern_search
from rbacgen.authorization.patterns import VERBS, between, cut, is_operation, matches, matches_nothing, overlaps

_NAME = "\0"  # no permission string has it


class Region(Struct, frozen=True):
    """Operations: what some pattern of `within` matches and none of `without`."""

    within: tuple[str, ...]
    without: tuple[str, ...] = ()

    def holds(self, operation: str) -> bool:
        """Whether the operation is one of them."""
        return any(matches(pattern, operation) for pattern in self.within) and not any(
            matches(pattern, operation) for pattern in self.without
        )

    def overlaps(self, pattern: str) -> bool:
        """Whether some operation of the pattern is one of them.

        Raises:
            TooManyWildcardsError: see `operation_left`.
        """
        excepted = (Region(self.without),) if self.without else ()
        return any(
            overlaps(each, pattern) and operation_left((pattern, each), excepted) is not None for each in self.within
        )


def is_covered(pattern: str, regions: Iterable[Region]) -> bool:
    """Whether every operation of the pattern is in one of the regions; each may hold a part of them.

    So it is when the pattern matches nothing (`matches_nothing`).

    Raises:
        TooManyWildcardsError: see `operation_left`.
    """
    return operation_left((pattern,), regions) is None


def operation_left(required: Sequence[str], regions: Iterable[Region]) -> str | None:
    """An operation that all required patterns match and no region holds, in lower case; None if there is none.

    It has the form of an operation, and need not be one that Azure knows.

    Raises:
        TooManyWildcardsError: strings of `within` have several `*`, a required pattern or one of `without` has several,
            and the search took too long.
    """
    literal = next((each for each in required if "*" not in each), None)
    if literal is not None:
        is_left = all(matches(each, literal) for each in required) and not any(each.holds(literal) for each in regions)
        return literal.lower() if is_left else None
    if any(matches_nothing(each) for each in required):
        return None
    near = _near(required, regions)
    if near is None:
        return None
    # Where a region has everything but its exceptions, what is left is among these.
    wide = min(
        (each for each in near if _has_all(required, each.within)), key=lambda each: len(each.without), default=None
    )
    if wide is None:
        return _left(required, near)
    others = [each for each in near if each is not wide]
    for exception in wide.without:
        if "*" not in exception:
            found = operation_left((*required, exception), others)
        else:
            closer = _near((*required, exception), others)
            found = None if closer is None else _left((*required, exception), closer)
        if found is not None:
            return found
    return None


def _near(required: Sequence[str], regions: Iterable[Region]) -> list[Region] | None:
    """The regions with the strings that concern the required patterns; None if one of them holds everything required."""
    found: list[Region] = []
    for region in regions:
        within = tuple(each for each in region.within if _concerns(each, required))
        if not within:
            continue
        without = tuple(each for each in region.without if _concerns(each, required))
        if not without and _has_all(required, within):
            return None
        if not _has_all(required, without):
            found.append(Region(within, without))
    return found


def _concerns(pattern: str, required: Sequence[str]) -> bool:
    return all(overlaps(pattern, each) for each in required)


def _has_all(required: Sequence[str], patterns: Iterable[str]) -> bool:
    """Whether one of the patterns plainly matches all that one of the required ones matches.

    As text: each `*` of it lies in one of the pattern's, and then all that it matches does, unless `/*/` matches `/`.
    """
    return any(
        matches(wide, narrow) and ("**" not in wide or "/*/" not in narrow)
        for wide in patterns
        if "*" in wide
        for narrow in required
    )


def _left(required: Sequence[str], regions: Sequence[Region]) -> str | None:
    """As `operation_left`, where all required patterns have a `*` and the regions are near."""
    found = _sample_left(required, regions)
    if found is not None:
        return found
    if not _is_manifold(required) and not any(_is_manifold(region.without) for region in regions):
        return None
    if not any(_is_manifold(region.within) for region in regions):
        return None
    fewer = [Region(tuple(each for each in region.within if each.count("*") < 2), region.without) for region in regions]
    if _sample_left(required, fewer) is None:
        return None
    return pattern_search.search(
        _folded(required), tuple((_folded(region.within), _folded(region.without)) for region in regions)
    )


def _is_manifold(patterns: Iterable[str]) -> bool:
    """Whether one of the patterns has several `*`."""
    return any(pattern.count("*") > 1 for pattern in patterns)


def _folded(patterns: Iterable[str]) -> tuple[str, ...]:
    return tuple(pattern.lower() for pattern in patterns)


def _sample_left(required: Sequence[str], regions: Sequence[Region]) -> str | None:
    """A sample that all required patterns match and no region holds."""
    exceptions = tuple(dict.fromkeys(each for region in regions for each in region.without))
    parts = [cut(each) for each in (*required, *exceptions)]
    first = max((cut(each)[0] for each in required), key=len)
    last = max((cut(each)[1] for each in required), key=len)
    beginnings = sorted({part[0] for part in parts if part[0].startswith(first)}, key=lambda each: (len(each), each))
    ends = {part[1] for part in parts} | {f"/{verb}" for verb in VERBS}
    ordered_ends = sorted((each for each in ends if each.endswith(last) and _ends_in_verb(each)), key=len)
    manifold = [each for each in (*required, *exceptions) if each.count("*") > 1]
    for beginning in beginnings:
        beside = [
            Region(within, tuple(each for each in region.without if _may_begin(each, beginning)))
            for region in regions
            if (within := tuple(each for each in region.within if _may_begin(each, beginning)))
        ]
        for end in ordered_ends:
            for sample in (_spelled_out(beginning, end, manifold), *_joined(beginning, end)):
                if (
                    is_operation(sample)
                    and all(matches(each, sample) for each in required)
                    and not any(region.holds(sample) for region in beside)
                ):
                    return sample
    return None


def _ends_in_verb(end: str) -> bool:
    return end.rpartition("/")[2] in VERBS and "/" in end


def _may_begin(pattern: str, beginning: str) -> bool:
    prefix = cut(pattern)[0]
    return beginning.startswith(prefix) or prefix.startswith(beginning)


def _spelled_out(beginning: str, end: str, manifold: Sequence[str]) -> str:
    """The beginning and the end around a name, and what is between the stars of all patterns with several that fit."""
    pieces: list[str] = []
    for pattern in manifold:
        prefix, suffix, _, _ = cut(pattern)
        if beginning.startswith(prefix) and end.endswith(suffix):
            pieces += between(pattern)
    slashes = sum(each.count("/") for each in (beginning, *pieces, end))
    pieces += ["/"] * (2 - slashes)  # an operation has two
    return _NAME.join((beginning, *pieces, end))


def _joined(beginning: str, end: str) -> Iterator[str]:
    """The operations that begin with the one and end with the other, where these run into each other."""
    for shared in range(1, min(len(beginning), len(end)) + 1):
        if beginning.endswith(end[:shared]):
            yield beginning + end[shared:]
