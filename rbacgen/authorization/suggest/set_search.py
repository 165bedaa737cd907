"""Find the sets of choices that cover a need with the least beyond it: branch and bound over bits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final

from msgspec import Struct

MOST_STEPS: Final = 300_000
"""How many sets are weighed before a search returns what it has and says that this is not proven: about a second."""


class Choice(Struct, frozen=True):
    """A role in a search, as bits: what of the need it covers, and what it grants beyond."""

    covers: int
    excess: int


class SearchResult(Struct, frozen=True):
    """What a search found: sets of choices by index, the least first, how many it weighed, and whether it was completed."""

    sets: tuple[tuple[int, ...], ...]
    steps: int
    is_proven: bool


Helpers = Callable[[tuple[int, ...]], Collection[int] | None]
"""For a set of choices that covers every bit: None where it covers the need whole, else the choices of which at least
one is missing in it. More choices never make an incomplete set out of a whole one."""


def is_complete(chosen: tuple[int, ...]) -> None:
    """The helpers of a need that is nothing but its bits: no set that covers them lacks anything."""


def least(
    needed: int,
    choices: Sequence[Choice],
    size: int,
    keep: int,
    weigh: Callable[[int], int],
    helpers: Helpers = is_complete,
    limit: int | None = None,
    steps: int = MOST_STEPS,
) -> SearchResult:
    """The `keep` sets of exactly `size` choices that cover `needed` with the least weight of what they grant together.

    Branch and bound: of the operations that are not covered, the one that the fewest choices cover is taken, and each
    choice that has it is tried. A branch is cut where its weight is beyond the best so far or reaches `limit`, since
    what a union grants only grows, or where the operations that are left take more choices than there may be. A choice
    that was tried is left out of the branches beside it, so that each set is found once. Sets of which a part is enough
    are not returned. Equal weights come in the order of the choices.
    """
    search = _SetSearch(needed, choices, size, keep, weigh, helpers, limit, steps)
    search.go(needed, 0, (), frozenset())
    return SearchResult(tuple(chosen for _, chosen in search.best), steps - max(search.steps, 0), search.steps >= 0)


def greedy(
    needed: int, choices: Sequence[Choice], weigh: Callable[[int], int], helpers: Helpers = is_complete
) -> tuple[int, ...]:
    """Some set of choices that covers `needed`, for where the least cannot be found; empty where all choices do not.

    The choice that covers most for its weight is taken each time; what turns out to be superfluous is left out, the
    heaviest first.
    """
    chosen: list[int] = []
    uncovered, union = needed, 0
    while uncovered:
        gains = [
            ((weigh(union | each.excess) - weigh(union) + 1) / (each.covers & uncovered).bit_count(), index)
            for index, each in enumerate(choices)
            if each.covers & uncovered
        ]
        if not gains:
            return ()
        index = min(gains)[1]
        chosen.append(index)
        uncovered &= ~choices[index].covers
        union |= choices[index].excess
    while (missing := helpers(tuple(chosen))) is not None:
        if not missing:
            return ()
        chosen.append(min(missing, key=lambda each: (weigh(union | choices[each].excess), each)))
        union |= choices[chosen[-1]].excess
    for index in sorted(chosen, key=lambda each: (-weigh(choices[each].excess), each)):
        rest = tuple(each for each in chosen if each != index)
        if rest and not needed & ~covered_by(rest, choices) and helpers(rest) is None:
            chosen = list(rest)
    return tuple(sorted(chosen))


def covered_by(chosen: tuple[int, ...], choices: Sequence[Choice]) -> int:
    """What these choices cover together."""
    covered = 0
    for index in chosen:
        covered |= choices[index].covers
    return covered


def distinct_bits(needed: int, choices: Sequence[Choice]) -> int:
    """The bits of `needed` with one for all that are covered by the same choices: who covers these covers all."""
    if not choices:
        return needed
    width = needed.bit_length()
    rows = [format(each.covers & needed, f"0{width}b") for each in choices]
    found: dict[tuple[str, ...], int] = {}
    for place, column in enumerate(zip(*rows, strict=True)):  # the highest bit comes first
        bit = 1 << (width - 1 - place)
        if needed & bit:
            found[column] = bit
    return sum(found.values())


def bits_of(bits: int) -> Iterator[int]:
    """Each bit that is set, alone, the lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest
        bits ^= lowest


class _SetSearch:
    """One search: its question, the sets that are best so far, and the steps that are left."""

    def __init__(
        self,
        needed: int,
        choices: Sequence[Choice],
        size: int,
        keep: int,
        weigh: Callable[[int], int],
        helpers: Helpers,
        limit: int | None,
        steps: int,
    ) -> None:
        self.needed = needed
        self.choices = choices
        self.size = size
        self.keep = keep
        self.weigh = weigh
        self.helpers = helpers
        self.limit = limit
        self.steps = steps
        self.best: list[tuple[int, tuple[int, ...]]] = []
        self.having: dict[int, tuple[int, ...]] = {}
        self.reach: dict[int, int] = {}  # what a choice that covers this operation may cover at most
        for bit in bits_of(needed):
            self.having[bit] = tuple(index for index, each in enumerate(choices) if each.covers & bit)
            self.reach[bit] = 0
            for index in self.having[bit]:
                self.reach[bit] |= choices[index].covers

    def go(self, uncovered: int, union: int, chosen: tuple[int, ...], tried: frozenset[int]) -> None:
        """Records the chosen set if it covers the need, else tries each choice that may be next."""
        missing: Collection[int] = ()
        if not uncovered:
            found = self.helpers(chosen)
            if found is None:
                self.record(union, chosen)
                return
            missing = found
        left = self.size - len(chosen)
        if not left or not self.is_enough(uncovered, left):
            return
        for weight, index in self.branches(uncovered, missing, union, tried, left):
            if self.steps < 0 or self.is_too_heavy(weight):
                return
            choice = self.choices[index]
            self.go(uncovered & ~choice.covers, union | choice.excess, (*chosen, index), tried)
            tried |= {index}

    def is_too_heavy(self, weight: int) -> bool:
        """Whether no set of this weight or more is looked for."""
        if self.limit is not None and weight >= self.limit:
            return True
        return len(self.best) == self.keep and weight > self.best[-1][0]

    def is_enough(self, uncovered: int, left: int) -> bool:
        """Whether so many choices may cover what is left: operations that no choice has in common take one each."""
        while uncovered:
            left -= 1
            if left < 0:
                return False
            uncovered &= ~self.reach[uncovered & -uncovered] & ~(uncovered & -uncovered)
        return True

    def branches(
        self, uncovered: int, missing: Collection[int], union: int, tried: frozenset[int], left: int
    ) -> list[tuple[int, int]]:
        """The choices to try next with the weight of the union, the least first."""
        if not uncovered:
            candidates = [index for index in missing if index not in tried]
        else:
            allowed = ([each for each in self.having[bit] if each not in tried] for bit in bits_of(uncovered))
            candidates = min(allowed, key=len)
        if left == 1:
            candidates = [index for index in candidates if not uncovered & ~self.choices[index].covers]
        self.steps -= len(candidates)
        return sorted((self.weigh(union | self.choices[index].excess), index) for index in candidates)

    def record(self, union: int, chosen: tuple[int, ...]) -> None:
        """Keeps a set that covers the need if it is of the size, and no part of it is enough."""
        if len(chosen) == self.size and self.is_tight(chosen):
            self.best.append((self.weigh(union), tuple(sorted(chosen))))
            self.best.sort()
            del self.best[self.keep :]

    def is_tight(self, chosen: tuple[int, ...]) -> bool:
        """Whether none of the choices could be left out."""
        for left_out in chosen:
            rest = tuple(each for each in chosen if each != left_out)
            if not self.needed & ~covered_by(rest, self.choices) and self.helpers(rest) is None:
                return False
        return True
