"""What permission strings grant together, and whether anything is left, compared with brute force."""

from __future__ import annotations

import itertools
import re
import time
from bisect import bisect_left
from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, reject, settings
from hypothesis import strategies as st

from rbacgen.authorization.catalog import load
from rbacgen.authorization.pattern_search import STEPS, TooManyWildcardsError
from rbacgen.authorization.patterns import VERBS, is_operation, matches_nothing, overlaps
from rbacgen.authorization.regions import Region, is_covered, operation_left
from tests.authorization.brute_force import MANY, SMALL, WORDS, expression, mask, naive, union


def covers(wide: str, narrow: str) -> bool:
    """Whether every operation that `narrow` matches is matched by `wide` too."""
    return is_covered(narrow, [Region((wide,))])


def mask_of(region: Region) -> int:
    return union(map(mask, region.within)) & ~union(map(mask, region.without))


SMALL_ONE = SMALL.filter(lambda pattern: pattern.count("*") < 2)
"""As Azure takes them, with one `*`."""


def regions_of(within: st.SearchStrategy[str], without: st.SearchStrategy[str]) -> st.SearchStrategy[list[Region]]:
    return st.lists(
        st.builds(Region, st.lists(within, max_size=3).map(tuple), st.lists(without, max_size=3).map(tuple)), max_size=4
    )


ANY_REGIONS = regions_of(SMALL, SMALL)
WIDE = st.one_of(st.sampled_from(["*", "a/*", "*/read"]), SMALL_ONE)
FRIENDLY_REGIONS = st.one_of(  # what is answered without a search: one `*` on one side
    regions_of(WIDE, SMALL), regions_of(SMALL_ONE, SMALL_ONE)
)


def assert_agrees(required: tuple[str, ...], regions: list[Region]) -> None:
    """Whether an operation is left is what all words say, and the one that is named is one."""
    whole = mask(required[0])
    for each in required[1:]:
        whole &= mask(each)
    found = operation_left(required, regions)
    assert (found is None) is (whole & ~union(map(mask_of, regions)) == 0)
    if found is not None:
        assert is_operation(found)
        assert all(naive(each, found) for each in required)
        for region in regions:
            excepted = any(naive(each, found) for each in region.without)
            assert excepted or not any(naive(each, found) for each in region.within)
            assert not region.holds(found)


@MANY
@given(SMALL, SMALL)
def test_two_patterns_agree_with_all_words(one: str, other: str) -> None:
    """Both ways: what is said of all operations holds for the words, and what is denied has a word to show for it."""
    mine, its = mask(one), mask(other)
    assert covers(one, other) is (its & ~mine == 0)
    assert (operation_left((one, other), ()) is not None) is overlaps(one, other) is (mine & its != 0)
    assert (operation_left((one,), ()) is None) is matches_nothing(one) is (mine == 0)


@MANY
@given(SMALL, ANY_REGIONS)
def test_regions_agree_with_all_words(pattern: str, regions: list[Region]) -> None:
    """What several regions hold together, what one holds, and what it shares with a pattern."""
    whole, actual = mask(pattern), [mask_of(region) for region in regions]
    assert_agrees((pattern,), regions)
    assert is_covered(pattern, regions) is (whole & ~union(actual) == 0)
    for region, its in zip(regions, actual, strict=True):
        assert is_covered(pattern, [region]) is (whole & ~its == 0)
        assert region.overlaps(pattern) is (whole & its != 0)
        assert all(region.holds(word) is bool(its >> place & 1) for place, word in list(enumerate(WORDS))[::97])


@MANY
@given(st.lists(SMALL, min_size=1, max_size=3).map(tuple), FRIENDLY_REGIONS)
def test_samples_agree_with_all_words(required: tuple[str, ...], regions: list[Region]) -> None:
    """Strings with several `*` on the side of the question and of the exceptions, one `*` in what is granted."""
    assert_agrees(required, regions)


@MANY
@given(st.lists(SMALL_ONE, min_size=1, max_size=2).map(tuple), regions_of(SMALL, SMALL_ONE))
def test_granted_strings_with_several_wildcards_agree_with_all_words(
    required: tuple[str, ...], regions: list[Region]
) -> None:
    """The other way round: one `*` in the question and the exceptions, several in what is granted."""
    assert_agrees(required, regions)


@MANY
@given(SMALL_ONE, FRIENDLY_REGIONS, st.lists(SMALL_ONE, min_size=1, max_size=3).map(tuple))
def test_a_region_that_has_everything_but_its_exceptions(
    pattern: str, regions: list[Region], exceptions: tuple[str, ...]
) -> None:
    """What is left then is among the exceptions."""
    assert_agrees((pattern,), [*regions, Region(("*",), exceptions)])


# More letters and odder strings, of which no list of words is long enough: what is denied must have an operation to
# show for it, and what is said must hold for all the words there are.
ODD = st.lists(
    st.sampled_from(["a", "b", "aa", "bab", "/", "*", "*", "/*/", "rea", "d", "/read", "/wri", "/*/delete", ":", "."]),
    min_size=1,
    max_size=8,
).map("".join)
ODD_STARRED = ODD.filter(lambda pattern: "*" in pattern)


@MANY
@given(
    ODD_STARRED,
    st.lists(
        st.builds(
            Region,
            st.lists(ODD_STARRED, min_size=1, max_size=3).map(tuple),
            st.lists(ODD_STARRED, max_size=2).map(tuple),
        ),
        max_size=3,
    ),
)
def test_what_is_not_covered_has_an_example(pattern: str, regions: list[Region]) -> None:
    try:
        example = operation_left((pattern,), regions)
    except TooManyWildcardsError:
        assert any("*" in each.replace("*", "", 1) for region in regions for each in region.within)
        reject()  # a refusal is another test's
    assert is_covered(pattern, regions) is (example is None)
    if example is None:
        assert mask(pattern) & ~union(map(mask_of, regions)) == 0
    else:
        assert is_operation(example)
        assert naive(pattern, example)
        for region in regions:
            actual = any(naive(each, example) for each in region.within)
            assert not actual or any(naive(each, example) for each in region.without)


CATALOG = load()
BY_PROVIDER = {
    name.lower(): [each.name for each in CATALOG.operations.in_provider(name)]
    for name in CATALOG.operations.providers()
}
KNOWN = sorted({name for names in BY_PROVIDER.values() for name in names}, key=str.lower)
FOLDED = [name.lower() for name in KNOWN]


@st.composite
def real_patterns(draw: st.DrawFn, provider: str = "") -> str:
    """A known operation as it stands, or with some of its segments, or a part of one, as `*`."""
    names = BY_PROVIDER[provider] if provider else KNOWN
    segments = draw(st.sampled_from(names)).split("/")
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.integers(0, len(segments) - 1))
        end = draw(st.integers(start, len(segments)))
        segments[start:end] = ["*"]
    if draw(st.integers(0, 9)) == 0:
        place = draw(st.integers(0, len(segments) - 1))
        segments[place] = segments[place][:4] + "*"
    if draw(st.booleans()):
        segments[-1] = draw(st.sampled_from(["*", "read", "action", segments[-1].upper()]))
    return "/".join(segments)


@cache
def known_mask(pattern: str) -> int:
    """The known operations that a pattern matches, a bit for each; those that begin otherwise are not looked at."""
    text = re.compile(expression(pattern), re.IGNORECASE)
    beginning = pattern.lower().partition("*")[0].rstrip("/")
    found = 0
    for place in range(bisect_left(FOLDED, beginning), len(FOLDED)):
        if not FOLDED[place].startswith(beginning):
            break
        if text.fullmatch(FOLDED[place]):
            found |= 1 << place
    return found


def known_mask_of(region: Region) -> int:
    return union(map(known_mask, region.within)) & ~union(map(known_mask, region.without))


NEAR = ["microsoft.machinelearningservices", "microsoft.keyvault", "microsoft.authorization", "microsoft.storage"]


@st.composite
def real_questions(draw: st.DrawFn) -> tuple[str, str, list[Region]]:
    """Two patterns and some regions of mostly one provider, so that they have something to do with each other.

    What is granted has one `*` in a string, as Azure takes it; so no question is refused.
    """
    patterns = st.one_of(real_patterns(draw(st.sampled_from(NEAR))), real_patterns(), st.sampled_from(["*", "*/read"]))
    granted = st.lists(patterns.filter(lambda pattern: pattern.count("*") < 2), max_size=4).map(tuple)
    excepted = st.lists(patterns, max_size=4).map(tuple)
    return draw(patterns), draw(patterns), draw(st.lists(st.builds(Region, granted, excepted), max_size=3))


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(real_questions())
@example(
    ("*", "Micr*/locations/availableQuota/read", [Region(("Micr*/locations/availableQuota/read", "*"), ("read",))])
)
def test_real_patterns_agree_with_all_known_operations(question: tuple[str, str, list[Region]]) -> None:
    """What is said of all operations holds for the known ones; what is said to be left is left."""
    one, other, regions = question
    mine, its = known_mask(one), known_mask(other)
    assert not covers(one, other) or its & ~mine == 0
    assert overlaps(one, other) or mine & its == 0
    actual = [known_mask_of(region) for region in regions]
    strings = [one, other, *(each for region in regions for each in (*region.within, *region.without))]
    named = {each.lower() for each in strings if "*" not in each}
    for required, known in (((one,), mine), ((one, other), mine & its)):
        left = operation_left(required, regions)
        if left is None:
            assert known & ~union(actual) == 0
        else:
            assert all(naive(each, left) for each in required)
            # A string without `*` counts as an operation whatever its form, because a role or a question names it as one.
            assert is_operation(left) or left in named
            assert not any(region.holds(left) for region in regions)
    assert is_covered(one, regions) is (operation_left((one,), regions) is None)
    for region, each in zip(regions, actual, strict=True):
        assert not is_covered(one, [region]) or mine & ~each == 0
        assert region.overlaps(one) or mine & each == 0


@pytest.mark.parametrize(
    ("wide", "narrow", "expected"),
    [
        ("*", "*", True),
        ("*", "Microsoft.Compute/*", True),
        ("Microsoft.Compute/*", "*", False),
        ("Microsoft.Compute/*", "microsoft.compute/*/READ", True),
        ("*/read", "Microsoft.Compute/*/read", True),
        ("Microsoft.Compute/*/read", "*/read", False),
        ("a/b/*/read", "a/b/read", True),
        ("a/b/*/read", "a/b/c/*/read", True),
        ("a/b/*/read", "a/b/*/*/read", True),
        ("a/**/b/read", "a/*/b/read", False),
        ("a/*/b/read", "a/**/b/read", True),
        ("*/read", "a/b*d", True),  # no other verb ends in d
        ("*/write", "a/b*e", False),  # delete does, too
        ("a/*", "a/*/read", True),
        ("a/*/read", "a/*", False),
        ("a/b/read", "a/b/*", False),
        ("a/b/read", "*//read", True),  # nothing is matched by it
        ("a/b/read", "a/b/", False),  # a literal is held against patterns as it stands
        ("a/b/*", "a/b/", True),
    ],
)
def test_an_inclusion(wide: str, narrow: str, expected: bool) -> None:
    assert covers(wide, narrow) is expected


def test_the_four_verbs_together_are_everything() -> None:
    """No single one of them is; and the example names what is missing."""
    verbs = [Region((f"Microsoft.Compute/*/{verb}",)) for verb in VERBS]
    assert is_covered("Microsoft.Compute/*", verbs)
    assert not is_covered("Microsoft.Compute/*", verbs[1:])
    assert operation_left(("Microsoft.Compute/*",), verbs[1:]) == "microsoft.compute/\0/action"


def test_one_role_fills_the_hole_of_another() -> None:
    wide = Region(("*",), ("Microsoft.Authorization/*/Write", "Microsoft.Authorization/*/Delete"))
    left = operation_left(("*",), [wide])
    assert left is not None
    assert left.startswith("microsoft.authorization/")
    assert left.endswith(("/write", "/delete"))
    left = operation_left(("*",), [wide, Region(("Microsoft.Authorization/*",), ("*/locks/*",))])
    assert left is not None
    assert left.startswith("microsoft.authorization/")
    assert "/locks/" in left
    assert is_covered("*", [wide, Region(("Microsoft.Authorization/*",))])


def test_literals_are_answered_as_text() -> None:
    actual = Region(("a/b/read", "a/*/read", "c/*", "*/c/action"))
    assert operation_left(("a/b/write",), [actual]) == "a/b/write"
    assert operation_left(("a/b/read",), [actual]) is None
    assert operation_left(("A/B/WRITE", "a/*"), [actual]) == "a/b/write"
    assert operation_left(("a/b/write", "c/*"), [actual]) is None
    assert operation_left(("a//*",), []) is None


def test_many_strings_with_one_wildcard_are_answered_at_once() -> None:
    """Hundreds of regions with exceptions, and the same beginning and end in all of them."""
    start = time.perf_counter()
    letters = ["".join(each) for each in itertools.product("abcd", repeat=4)]
    regions = [Region((f"a/{each}/*",), (f"a/{each}/*/{each}/read", f"a/{each}/b*/write")) for each in letters]
    wide = Region(("*",), tuple(f"a/{each}/*" for each in letters))
    assert is_covered("a/*/action", [wide, *regions])
    left = operation_left(("a/*/read",), [wide, *regions])
    assert left is not None
    assert left.endswith("/read")
    assert left.split("/")[1] == left.split("/")[-2]
    assert is_covered("a/*", [wide, *regions, Region(("*/read",)), Region(("*/write",))])
    assert time.perf_counter() - start < 8


def test_hostile_questions_end() -> None:
    """They are answered, or refused, within about as many steps as there may be, be they typed or in a role."""
    start = time.perf_counter()
    assert covers("*a" * 60 + "*", "*b" + "*a" * 60 + "*")
    assert not covers("*a" * 60 + "*", "*b" + "*a" * 59 + "*")
    assert not covers("a/" + "*/" * 60 + "read", "a/" + "b*/" * 60 + "write")
    assert covers("*" * 5000 + "read", "b" * 3000 + "*/read")
    many = tuple("*" + "*".join(letters) + "*" for letters in itertools.permutations("abcde"))
    left = operation_left(("*",), [Region(("*",), many), Region(("*a*b*",), ("*b*c*a*",)), Region(many[:60])])
    assert left is not None
    assert operation_left(("*a*b*c*d*e*f*", "*g*h*i*j*k*l*"), ()) is not None
    assert operation_left(("a" + "/*/b" * 12 + "/*", "a" + "/*/c" * 12 + "/*"), ()) is not None
    assert STEPS == 1_000_000
    assert time.perf_counter() - start < 8


def test_what_cannot_be_decided_in_time_is_refused() -> None:
    """All of many strings with many `*` each, and granted strings of that kind that have it in any order."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    required = tuple("*" + "*".join(letters[start : start + 6]) + "*" for start in range(0, 36, 6))
    start = time.perf_counter()
    with pytest.raises(TooManyWildcardsError) as caught:
        operation_left(required, [Region(("*a*9*", "*9*a*"))])
    assert "without `*`" in caught.value.hint
    assert time.perf_counter() - start < 8
    assert operation_left(required, [Region(("*a/read", "*a/write"))]) is not None
