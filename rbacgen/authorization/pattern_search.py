"""Search for an operation that all of some patterns match and no region holds: exact for any number of `*`.

`regions` answers nearly every question without it. The search is for what is left: permissions with several `*` in one
string, compared with questions or exceptions with several `*`. That problem is coNP-hard, so the search counts its
steps, and after `STEPS` it gives up with `TooManyWildcardsError`; it never guesses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rbacgen.authorization import automaton
from rbacgen.authorization.patterns import VERBS
from rbacgen.model.problems import RbacgenError

STEPS: Final = 1_000_000
"""How many steps one search may take: a second or less."""

_VERB_STARTS: Final = frozenset(verb[:length] for verb in VERBS for length in range(len(verb) + 1))
_FILLERS: Final = "xyzqjkvwuabcdefghilmnoprst0123456789"

Alternatives = tuple[tuple[str, ...], tuple[str, ...]]
"""The patterns `within` and `without` of a region, in lower case."""


class TooManyWildcardsError(RbacgenError):
    """Permissions and a question that both have several `*` in one string, too many to compare in time."""

    def __init__(self) -> None:
        super().__init__(
            "permissions with several `*` in one string cannot be compared in time with a question or with exceptions of that kind",
            "ask about operations without `*`: these are always answered",
        )


class _Chart:
    """The automata of many patterns side by side, with what each place means for the question."""

    __slots__ = ("exits", "forever", "owner", "reached", "regions", "required", "spare", "start", "tokens", "within")

    def __init__(self, required: Sequence[str], regions: Sequence[Alternatives]) -> None:
        self.tokens: list[str] = []
        self.reached: list[tuple[int, ...]] = []
        self.owner: list[int] = []
        self.forever: set[int] = set()  # places from which a pattern takes whatever comes
        self.required = range(len(required))
        self.within: dict[int, int] = {}
        self.exits: dict[int, int] = {}
        self.regions = len(regions)
        start: list[int] = []
        for pattern in required:
            start += self._add(pattern)
        for number, (within, without) in enumerate(regions):
            for pattern in within:
                self.within[self._next()] = number
                start += self._add(pattern)
            for pattern in without:
                self.exits[self._next()] = number
                start += self._add(pattern)
        self.start = frozenset(start)
        letters = {*self.tokens, *"".join(VERBS)}
        self.spare = next((each for each in _FILLERS if each not in letters), "") or next(
            each for each in map(chr, range(0x4E00, 0x110000)) if each not in letters
        )

    def _next(self) -> int:
        return self.owner[-1] + 1 if self.owner else 0

    def _add(self, pattern: str) -> tuple[int, ...]:
        tokens, reached = automaton.build(pattern)
        number, offset = self._next(), len(self.tokens)
        self.tokens += tokens
        self.reached += [tuple(offset + place for place in places) for places in reached]
        self.owner += [number] * len(tokens)
        if tokens[-2:] == (automaton.RUN, automaton.END):
            self.forever.add(offset + len(tokens) - 2)
        return self.reached[offset]

    def moves(self, active: frozenset[int]) -> tuple[list[int], dict[str, list[int]]]:
        """Where every character leads, and where some lead besides."""
        always: list[int] = []
        by_character: dict[str, list[int]] = {"/": []}
        for place in active:
            match self.tokens[place]:
                case automaton.RUN:
                    always += self.reached[place]
                case automaton.SEGMENTS:
                    always.append(place)
                    by_character["/"] += self.reached[place + 1]
                case automaton.END:
                    pass
                case character:
                    by_character.setdefault(character, []).extend(self.reached[place + 1])
        return always, by_character

    def settled(self, places: list[int]) -> frozenset[int]:
        """The places without those before the last loop that their pattern has reached."""
        tokens, owner = self.tokens, self.owner
        floor: dict[int, int] = {}
        for place in places:
            if tokens[place] in automaton.LOOPS and place > floor.get(owner[place], -1):
                floor[owner[place]] = place
        if not floor:
            return frozenset(places)
        return frozenset(place for place in places if place >= floor.get(owner[place], -1))

    def is_hopeless(self, active: frozenset[int]) -> bool:
        """Whether nothing that follows can be what is looked for."""
        owners = {self.owner[place] for place in active}
        if not all(number in owners for number in self.required):
            return True
        sure = {self.within[self.owner[place]] for place in active & self.forever if self.owner[place] in self.within}
        return bool(sure) and not sure <= {self.exits[number] for number in owners if number in self.exits}

    def is_found(self, active: frozenset[int]) -> bool:
        """Whether the text so far is matched by all that is required and matched by none of the regions."""
        ended = {self.owner[place] for place in active if self.tokens[place] == automaton.END}
        if not all(number in ended for number in self.required):
            return False
        actual = {self.within[number] for number in ended if number in self.within}
        return actual <= {self.exits[number] for number in ended if number in self.exits}


_State = tuple[int, str | None, frozenset[int]]
"""Finished segments (two count as many), the one at hand as far as it may become a verb, and the places in the chart."""


def search(required: Sequence[str], regions: Sequence[Alternatives]) -> str | None:
    """A shortest operation that all required patterns match and no region holds, or None; all of them folded.

    Breadth first over what the automata of all patterns, and the form of an operation, can still come to. Of the
    endless alphabet only the characters count that lead somewhere from where the search is, and one for all others.

    Raises:
        TooManyWildcardsError: it took more than `STEPS`.
    """
    chart = _Chart(required, regions)
    first: _State = (0, "", chart.start)
    came: dict[_State, tuple[_State, str] | None] = {first: None}
    ahead = [first]
    steps = 0
    while ahead:
        coming: list[_State] = []
        for state in ahead:
            finished, segment, active = state
            always, by_character = chart.moves(active)
            characters = {chart.spare, *by_character}
            if segment is not None and finished == 2:
                characters.update(start[-1] for start in _VERB_STARTS if start and start[:-1] == segment)
            if segment == "":
                characters.discard("/")
            for character in sorted(characters, key=lambda each: (each != chart.spare, each)):
                places = always + by_character.get(character, [])
                steps += 1 + len(places)
                if steps > STEPS:
                    raise TooManyWildcardsError
                moved = chart.settled(places)
                following: _State
                if character == "/":
                    following = (min(finished + 1, 2), "", moved)
                else:
                    longer = None if segment is None or finished < 2 else segment + character
                    following = (finished, longer if longer in _VERB_STARTS else None, moved)
                if following in came or chart.is_hopeless(moved):
                    continue
                came[following] = (state, character)
                if following[1] in VERBS and chart.is_found(moved):
                    return _spelled(following, came)
                coming.append(following)
        ahead = coming
    return None


def _spelled(state: _State, came: dict[_State, tuple[_State, str] | None]) -> str:
    characters: list[str] = []
    while (step := came[state]) is not None:
        state, character = step
        characters.append(character)
    return "".join(reversed(characters))
