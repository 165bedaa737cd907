"""Calculate with Azure's permission strings: what they match, share, include and leave over.

All of it is exact, and answered from the strings alone. A pattern stands for the operations that it matches, and an
operation is `Provider/type[/type...]/verb`: three segments or more, none of them empty, the last one of `VERBS`
(https://learn.microsoft.com/azure/role-based-access-control/role-definitions#actions-format). All 7,667 known
operations are of that form, and so are all but two of the 4,473 strings without `*` in built-in roles
(`Microsoft.Insights/alertRules/` and `Microsoft.ProgrammableConnectivity/Gateways/NetworkAPIAccess`). So
`a/*` is the same as its four verbs together, and `*//read` matches nothing. A string without `*` counts as an operation
whatever its form, since somebody takes it for one: it is held against patterns as text.

Everything is compared without case. The calculation takes any number of `*`, though Azure takes one a string. Strings
with one `*`, however many, and one question with more of them cost polynomial time. Many strings with many `*` each
would be exponential (the problem is coNP-hard): the search counts its steps, and beyond `STEPS` it gives up with
`EntangledError` rather than with a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from msgspec import Struct

from rbacgen.model.problems import RbacgenError

VERBS: Final = ("action", "delete", "read", "write")
"""What the last segment of an operation may be, in lower case."""

STEPS: Final = 1_000_000
"""How many steps one search may take: a second or less."""

_RUN: Final = "*"  # a token of an automaton: any run of characters
_SEGMENTS: Final = "*/"  # the `*/` of a `/*/`: any run of characters and a slash, or nothing at all
_END: Final = ""

_STRANGE: Final = "\0/\0/\0"
_VERB_STARTS: Final = frozenset(verb[:length] for verb in VERBS for length in range(len(verb) + 1))
_FILLERS: Final = "xyzqjkvwuabcdefghilmnoprst0123456789"


class EntangledError(RbacgenError):
    """Permission strings with so many `*` that nobody could tell in time what they have in common."""

    def __init__(self) -> None:
        super().__init__(
            "permission strings with this many `*` cannot be compared in time",
            "use fewer `*` in a string; Azure itself takes one",
        )


Alternatives = tuple[tuple[str, ...], tuple[str, ...]]
"""The folded patterns `within` and `without` of a region."""


@lru_cache(maxsize=16384)
def _cut(pattern: str) -> tuple[str, str, int, bool]:
    """A pattern in lower case: the text before its first `*` and after its last, how many, if it fills a segment."""
    folded = pattern.lower()
    prefix, star, rest = folded.partition("*")
    if not star:
        return folded, folded, 0, False
    suffix = rest.rpartition("*")[2]
    return prefix, suffix, folded.count("*"), prefix.endswith("/") and suffix.startswith("/")


def matches(pattern: str, operation: str) -> bool:
    """Whether a permission string covers an operation, as Azure decides it.

    Compared without case; `*` stands for any run of characters, slashes included
    (https://learn.microsoft.com/azure/role-based-access-control/role-definitions#actions-format). A `*` that fills a
    whole segment inside the string (`/*/`) stands for nothing as well, so that `a/*/b` covers `a/b`. No page says so,
    but roles depend on it: Managed Identity Operator holds `userAssignedIdentities/*/assign/action` where Azure
    Resource Manager asks for `userAssignedIdentities/assign/action`, and Container Apps Contributor writes container
    apps with nothing but `containerApps/*/write`.
    """
    prefix, suffix, stars, fills = _cut(pattern)
    folded = operation.lower()
    if stars == 0:
        return prefix == folded
    if not (folded.startswith(prefix) and folded.endswith(suffix)):
        return False
    if stars > 1:
        return _runs_through(_automaton(pattern.lower()), folded)
    spare = len(folded) - len(prefix) - len(suffix)
    return spare >= 0 or (fills and spare == -1)


def hangs_on_empty_segment(pattern: str, operation: str) -> bool:
    """Whether the pattern matches the operation only because `/*/` may stand for nothing, which no page says."""
    prefix, suffix, stars, _ = _cut(pattern)
    if stars == 0 or "/*/" not in pattern or not matches(pattern, operation):
        return False
    if stars == 1:
        return len(operation.lower()) < len(prefix) + len(suffix)
    return not _runs_through(_automaton(pattern.lower(), False), operation.lower())


def is_operation(text: str) -> bool:
    """Whether a text has the form of an operation: three segments or more, none empty, a verb last, and no `*`."""
    segments = text.lower().split("/")
    return len(segments) > 2 and all(segments) and segments[-1] in VERBS and "*" not in text


def matches_nothing(pattern: str) -> bool:
    """Whether no operation at all could be matched, as by `a//*` or `a/*/list`; never so for a string without `*`."""
    prefix, suffix, stars, _ = _cut(pattern)
    if not stars:
        return False
    _, slash, last = suffix.rpartition("/")
    fits = last in VERBS if slash else any(verb.endswith(last) for verb in VERBS)
    return not fits or prefix.startswith("/") or "//" in pattern


def check(text: str) -> None:
    """Raises RbacgenError for what is neither an operation nor a pattern that could match one.

    Held against `*` as text, anything at all would be allowed to an Owner.
    """
    has_blank = any(each.isspace() for each in text)
    if has_blank or not (is_operation(text) or ("*" in text and not matches_nothing(text))):
        raise RbacgenError(
            f"`{text}` is no Azure operation, and stands for none",
            "write it as Azure does, Microsoft.Storage/storageAccounts/read, with a * for all that may stand there",
        )


def overlaps(one: str, other: str) -> bool:
    """Whether some operation is matched by both permission strings.

    A string without `*` overlaps with what matches it. Two patterns that match anything overlap exactly when their
    beginnings up to the first `*` agree as far as the shorter goes, and their ends after the last `*` too: the longer
    beginning, everything between the stars of both with new segments around it, and the longer end, written one after
    the other, is an operation that both match.
    """
    one_prefix, one_suffix, one_stars, _ = _cut(one)
    other_prefix, other_suffix, other_stars, _ = _cut(other)
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


def covers(wide: str, narrow: str) -> bool:
    """Whether every operation that `narrow` matches is matched by `wide` too; so it is when `narrow` matches nothing.

    Raises:
        EntangledError: there are too many `*`.
    """
    narrow_prefix, _, narrow_stars, _ = _cut(narrow)
    if not narrow_stars:
        return matches(wide, narrow)
    if matches_nothing(narrow):
        return True
    wide_prefix, _, wide_stars, _ = _cut(wide)
    # What a `*` stands for may be of any length, and may begin with a character that `wide` does not have there.
    if not wide_stars or not narrow_prefix.startswith(wide_prefix):
        return False
    # As text: each `*` of it lies in one of `wide`, and then all that it stands for does, but that nothing may need `/*/`.
    if matches(wide, narrow) and ("**" not in wide or "/*/" not in narrow):
        return True
    return all(matches(wide, sample) for sample in _samples(narrow)) and _includes(wide.lower(), narrow.lower())


@lru_cache(maxsize=16384)
def _samples(pattern: str) -> tuple[str, ...]:
    """An operation of a pattern with a `*` for each verb that it may end in, folded, as strange as can be."""
    prefix, suffix, _, _ = _cut(pattern)
    middle = pattern.lower()[len(prefix) + 1 : len(pattern.lower()) - len(suffix)].replace("*", _STRANGE)
    last = suffix.rpartition("/")[2]
    if "/" in suffix:
        return (prefix + _STRANGE + middle + suffix,)
    return tuple(prefix + _STRANGE + middle + "/" + verb for verb in VERBS if verb.endswith(last))


@lru_cache(maxsize=16384)
def _includes(wide: str, narrow: str) -> bool:
    return _search((narrow,), (((wide,), ()),)) is None


@lru_cache(maxsize=16384)
def intersection(one: str, other: str) -> tuple[str, ...]:
    """The patterns that together match exactly what both match: none covered by another, sorted; none for no overlap.

    Mostly it is one, such as `a/b/*/read` for `a/b/*` and `*/read`. Where the end of one may be the beginning of the
    other there are more: `a/b*` and `*b/read` share `a/b*b/read` and `a/b/read`. A `/*/` that may not stand for nothing
    is written `/**/`. The spelling is that of the strings.

    Raises:
        EntangledError: there are too many `*`.
    """
    if not overlaps(one, other):
        return ()
    if "*" not in one or "*" not in other:
        return (one if "*" not in one else other,)
    one, other = sorted((one, other), key=lambda pattern: (pattern.lower(), pattern))
    if covers(one, other):
        return (other,)
    if covers(other, one):
        return (one,)
    found = _meeting(one, other) if one.count("*") == other.count("*") == 1 else _meetings(one, other)
    return minimal(each for each in found if "*" in each or is_operation(each))


def _meeting(one: str, other: str) -> list[str]:
    """What two patterns of one `*` share: the longer beginning and the longer end, and where these run into each other.

    Written with one `*` between them, they match no more than both do, even where it fills a segment: what is matched
    when it stands for nothing is long enough for each of the two, unless that one has the same beginning and end, and
    then the same `/*/`.
    """
    cuts = [pattern.partition("*") for pattern in (one, other)]
    prefix = max((cut[0] for cut in cuts), key=len)
    suffix = max((cut[2] for cut in cuts), key=len)
    found = [f"{prefix}*{suffix}"]
    for shared in range(1, min(len(prefix), len(suffix)) + 1):
        if prefix.lower().endswith(suffix[:shared].lower()):
            joined = prefix + suffix[shared:]
            if matches(one, joined) and matches(other, joined):
                found.append(joined)
    return found


def _meetings(one: str, other: str) -> list[str]:
    """What two patterns of any number of `*` share: all ways to lay one over the other."""
    steps = 0
    found: set[str] = set()
    for left in _plain(one):
        for right in _plain(other):
            # From the end: what the rests of both from here share, by the place in the second.
            below: list[set[str]] = []
            for i in range(len(left), -1, -1):
                row: list[set[str]] = [set() for _ in range(len(right) + 1)]
                for j in range(len(right), -1, -1):
                    here = row[j]
                    mine, its = left[i : i + 1], right[j : j + 1]
                    if not mine and not its:
                        here.add("")
                    elif mine == its == "*":
                        here.update(rest if rest.startswith("*") else "*" + rest for rest in below[j] | row[j + 1])
                    elif mine == "*":
                        here.update(below[j], (its + rest for rest in row[j + 1]) if its else ())
                    elif its == "*":
                        here.update(row[j + 1], (mine + rest for rest in below[j]) if mine else ())
                    elif mine.lower() == its.lower() != "":
                        here.update(mine + rest for rest in below[j + 1])
                    steps += 1 + len(here)
                    if steps > STEPS // 4:  # each is a text to write, which costs more than a step of the search
                        raise EntangledError
                below = row
            found |= below[0]
    # Shortest first: what another one covers as it stands, with no `/*/` for nothing, is not worth a second look.
    kept: list[str] = []
    for each in sorted(found, key=lambda text: (len(text), text)):
        if not any(_runs_through(_automaton(wide.lower(), False), each.lower()) for wide in kept):
            kept.append(each)
        if len(kept) > 100:
            raise EntangledError
    return [_loosened(each.replace("/*/", "/**/").replace("/*/", "/**/"), (one, other)) for each in kept]


def _plain(pattern: str) -> tuple[str, ...]:
    """Patterns that match the same together when no `/*/` of theirs stands for nothing."""
    plain = {pattern}
    pending = [pattern]
    while pending:
        text = pending.pop()
        place = text.find("/*/")
        while place >= 0:
            shorter = text[:place] + text[place + 2 :]
            if shorter not in plain:
                plain.add(shorter)
                pending.append(shorter)
            if len(plain) > 100:
                raise EntangledError
            place = text.find("/*/", place + 1)
    return tuple(sorted(plain))


def _loosened(pattern: str, within: tuple[str, str]) -> str:
    """The pattern with `/*/` for each `/**/` of it that may stand for nothing and still match no more than all `within`."""
    place = pattern.find("/**/")
    while place >= 0:
        looser = pattern[: place + 1] + pattern[place + 2 :]
        if all(covers(wide, looser) for wide in within):
            pattern = looser
        place = pattern.find("/**/", place + 1)
    return pattern


def minimal(patterns: Iterable[str]) -> tuple[str, ...]:
    """The patterns without those that match nothing and those that another one covers, sorted without case.

    Of several that match the same, the shortest stays.
    """
    kept: list[str] = []
    starred: list[str] = []
    seen: set[str] = set()
    for pattern in sorted(patterns, key=lambda each: ("*" not in each, len(each), each.lower(), each)):
        folded = pattern.lower()
        if folded not in seen and not matches_nothing(pattern) and not any(covers(wide, pattern) for wide in starred):
            if "*" in pattern:
                starred = [each for each in starred if not covers(pattern, each)]
            kept.append(pattern)
            starred += [pattern] if "*" in pattern else []
        seen.add(folded)
    alive = set(starred)
    return tuple(
        sorted((each for each in kept if "*" not in each or each in alive), key=lambda each: (each.lower(), each))
    )


class Region(Struct, frozen=True):
    """Operations: what some pattern of `within` matches and none of `without`."""

    within: tuple[str, ...]
    without: tuple[str, ...] = ()

    def holds(self, operation: str) -> bool:
        """Whether the operation is one of them."""
        return any(matches(pattern, operation) for pattern in self.within) and not any(
            matches(pattern, operation) for pattern in self.without
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is no operation in it."""
        taken = (Region(self.without),)
        return all(is_covered(pattern, taken) for pattern in self.within)

    def covers(self, pattern: str) -> bool:
        """Whether every operation of the pattern is one of them."""
        return is_covered(pattern, (self,))

    def overlaps(self, pattern: str) -> bool:
        """Whether some operation of the pattern is one of them."""
        for each in self.within:
            if not overlaps(each, pattern):
                continue
            taken = [other for other in self.without if overlaps(other, pattern) and overlaps(other, each)]
            if not taken:
                return True
            if any(covers(other, pattern) or covers(other, each) for other in taken):
                continue
            # Neither of the two is a literal here: what overlaps with one covers it.
            if _search((pattern.lower(), each.lower()), ((_folded(taken), ()),)) is not None:
                return True
        return False


def is_covered(pattern: str, regions: Iterable[Region]) -> bool:
    """Whether every operation of the pattern is in one of the regions; several may share the work.

    So it is when the pattern matches nothing (`matches_nothing`).

    Raises:
        EntangledError: there are too many `*`.
    """
    if "*" not in pattern:
        return any(region.holds(pattern) for region in regions)
    near = _near(pattern, regions)
    if near is None:
        return True
    for sample in _samples(pattern):
        if not any(
            any(matches(each, sample) for each in within) and not any(matches(each, sample) for each in without)
            for within, without in near
        ):
            return False
    return _search((pattern.lower(),), near) is None


def example_outside(pattern: str, regions: Iterable[Region]) -> str | None:
    """A shortest operation of the pattern that is in none of the regions, in lower case; None where there is none.

    It need not be one that Azure knows: it has the form of an operation.

    Raises:
        EntangledError: there are too many `*`.
    """
    if "*" not in pattern:
        return None if any(region.holds(pattern) for region in regions) else pattern.lower()
    near = _near(pattern, regions)
    return None if near is None else _search((pattern.lower(),), near)


def _near(pattern: str, regions: Iterable[Region]) -> tuple[Alternatives, ...] | None:
    """What of the regions overlaps with a pattern with `*`, folded; None if one of them has it all, or there is nothing."""
    if matches_nothing(pattern):
        return None
    near: list[Alternatives] = []
    for region in regions:
        within = [each for each in region.within if overlaps(each, pattern)]
        if within:
            without = [each for each in region.without if overlaps(each, pattern)]
            if not without and any(covers(each, pattern) for each in within):
                return None
            if not any(covers(each, pattern) for each in without):
                near.append((_folded(within), _folded(without)))
    return tuple(near)


def difference(pattern: str, regions: Iterable[Region]) -> tuple[Region, ...]:
    """What of the pattern is in none of the regions: no part is empty, and no two parts share an operation.

    Raises:
        EntangledError: there are too many `*`, or the regions leave too many parts.
    """
    regions = tuple(regions)
    if is_covered(pattern, regions):
        return ()
    # At once, and first, what takes away without exceptions: it leaves the least to go on with.
    whole = minimal(
        each for region in regions if not region.without for each in region.within if overlaps(each, pattern)
    )
    parts = [Region((pattern,))]
    for region in (Region(whole), *dict.fromkeys(region for region in regions if region.without)):
        left: list[Region] = []
        for part in parts:
            left += _subtracted(part, region)
        if len(left) > 200:
            raise EntangledError
        parts = left
    same: dict[tuple[str, ...], list[str]] = {}
    for part in parts:
        same.setdefault(part.without, []).extend(part.within)
    found = [Region(minimal(within), without) for without, within in same.items()]
    return tuple(sorted(found, key=lambda part: (_folded(part.within), _folded(part.without))))


def _subtracted(part: Region, region: Region) -> list[Region]:
    """The part without the region: what is outside of its `within`, and what its `without` leaves out of that."""
    taken = [each for each in region.within if any(overlaps(each, mine) for mine in part.within)]
    if not taken:
        return [part]
    spared = [
        shared
        for out in region.without
        for each in taken
        for reached in intersection(out, each)
        for mine in part.within
        for shared in intersection(reached, mine)
    ]
    found = (_region(part.within, (*part.without, *taken)), _region(spared, part.without))
    return [each for each in found if each is not None]


def _region(within: Iterable[str], without: Iterable[str]) -> Region | None:
    """The region without what adds nothing to it; None for an empty one."""
    out = minimal(without)
    left = [each for each in minimal(within) if not is_covered(each, (Region(out),))]
    if not left:
        return None
    return Region(tuple(left), tuple(each for each in out if any(overlaps(each, mine) for mine in left)))


def _folded(patterns: Iterable[str]) -> tuple[str, ...]:
    return tuple(pattern.lower() for pattern in patterns)


# A pattern as an automaton: a place before each token, and one at the end. At a `_RUN` and inside `_SEGMENTS` a reading
# stays as long as it likes. That makes it cheap to follow all readings at once: whatever can still be matched from an
# earlier place can be matched from the last such loop that was reached, too (before `_SEGMENTS` there always is a
# slash), so that all earlier ones are dropped. What is left are beginnings of the text that follows the loop, of which
# the longest determines the others: a pattern has no more sets of places than it has characters.

Automaton = tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]
"""The tokens, and the places that one is at on reaching each of them: `_RUN` and `_SEGMENTS` may be passed at once."""


@lru_cache(maxsize=4096)
def _automaton(pattern: str, rule: bool = True) -> Automaton:
    """The automaton of a folded pattern; `rule` says whether `/*/` may stand for nothing."""
    tokens: list[str] = []
    place, end = 0, len(pattern)
    while place < end:
        if rule and pattern.startswith("*/", place) and pattern[place - 1 : place] == "/":
            tokens.append(_SEGMENTS)
            place += 2
        else:
            tokens.append(pattern[place])
            place += 1
    tokens.append(_END)
    reached: list[tuple[int, ...]] = [(len(tokens) - 1,)]
    for index in range(len(tokens) - 2, -1, -1):
        loops = tokens[index] in (_RUN, _SEGMENTS)
        after = reached[-1]
        # Of two loops the later one stays.
        reached.append(((index, *after) if tokens[after[0]] not in (_RUN, _SEGMENTS) else after) if loops else (index,))
    return tuple(tokens), tuple(reversed(reached))


def _runs_through(automaton: Automaton, text: str) -> bool:
    """Whether the automaton takes the whole text. No regular expression: a row of `.*` takes ages on hostile input."""
    tokens, reached = automaton
    live = set(reached[0])
    for character in text:
        moved: set[int] = set()
        floor = 0
        for place in live:
            token = tokens[place]
            if token == _RUN:
                moved.update(reached[place])
                floor = max(floor, reached[place][0])
            elif token == _SEGMENTS:
                moved.add(place)
                floor = max(floor, place)
                if character == "/":
                    moved.update(reached[place + 1])
                    floor = _raised(floor, tokens, reached[place + 1])
            elif token == character:
                moved.update(reached[place + 1])
                floor = _raised(floor, tokens, reached[place + 1])
        live = {place for place in moved if place >= floor}
        if not live:
            return False
    return len(tokens) - 1 in live


def _raised(floor: int, tokens: Sequence[str], places: tuple[int, ...]) -> int:
    return max(floor, places[0]) if tokens[places[0]] in (_RUN, _SEGMENTS) else floor


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
        tokens, reached = _automaton(pattern)
        number, offset = self._next(), len(self.tokens)
        self.tokens += tokens
        self.reached += [tuple(offset + place for place in places) for places in reached]
        self.owner += [number] * len(tokens)
        if tokens[-2:] == (_RUN, _END):
            self.forever.add(offset + len(tokens) - 2)
        return self.reached[offset]

    def moves(self, live: frozenset[int]) -> tuple[list[int], dict[str, list[int]]]:
        """Where every character leads, and where some lead besides."""
        always: list[int] = []
        by_character: dict[str, list[int]] = {"/": []}
        for place in live:
            match self.tokens[place]:
                case "*":
                    always += self.reached[place]
                case "*/":
                    always.append(place)
                    by_character["/"] += self.reached[place + 1]
                case "":
                    pass
                case character:
                    by_character.setdefault(character, []).extend(self.reached[place + 1])
        return always, by_character

    def settled(self, places: list[int]) -> frozenset[int]:
        """The places without those before the last loop that their pattern has reached."""
        tokens, owner = self.tokens, self.owner
        floor: dict[int, int] = {}
        for place in places:
            if tokens[place] in (_RUN, _SEGMENTS) and place > floor.get(owner[place], -1):
                floor[owner[place]] = place
        if not floor:
            return frozenset(places)
        return frozenset(place for place in places if place >= floor.get(owner[place], -1))

    def is_hopeless(self, live: frozenset[int]) -> bool:
        """Whether nothing that follows can be what is looked for."""
        owners = {self.owner[place] for place in live}
        if not all(number in owners for number in self.required):
            return True
        sure = {self.within[self.owner[place]] for place in live & self.forever if self.owner[place] in self.within}
        return bool(sure) and not sure <= {self.exits[number] for number in owners if number in self.exits}

    def is_found(self, live: frozenset[int]) -> bool:
        """Whether the text so far is matched by all that is required and held by none of the regions."""
        ended = {self.owner[place] for place in live if self.tokens[place] == _END}
        if not all(number in ended for number in self.required):
            return False
        actual = {self.within[number] for number in ended if number in self.within}
        return actual <= {self.exits[number] for number in ended if number in self.exits}


_State = tuple[int, str | None, frozenset[int]]
"""Finished segments (two count as many), the one at hand as far as it may become a verb, and the places in the chart."""


def _search(required: Sequence[str], regions: Sequence[Alternatives]) -> str | None:
    """A shortest operation that all required patterns match and no region holds, or None; all of them folded.

    Breadth first over what the automata of all patterns, and the form of an operation, can still come to. Of the
    endless alphabet only the characters count that lead somewhere from where the search is, and one for all others.

    Raises:
        EntangledError: it took more than `STEPS`.
    """
    chart = _Chart(required, regions)
    first: _State = (0, "", chart.start)
    came: dict[_State, tuple[_State, str] | None] = {first: None}
    ahead = [first]
    steps = 0
    while ahead:
        coming: list[_State] = []
        for state in ahead:
            finished, segment, live = state
            always, by_character = chart.moves(live)
            characters = {chart.spare, *by_character}
            if segment is not None and finished == 2:
                characters.update(start[-1] for start in _VERB_STARTS if start and start[:-1] == segment)
            if segment == "":
                characters.discard("/")
            for character in sorted(characters, key=lambda each: (each != chart.spare, each)):
                places = always + by_character.get(character, [])
                steps += 1 + len(places)
                if steps > STEPS:
                    raise EntangledError
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
