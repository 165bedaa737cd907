"""What permission strings match, share, include and leave over, held against brute force."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterable
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rbacgen.authorization.catalog import load
from rbacgen.authorization.patterns import (
    STEPS,
    VERBS,
    EntangledError,
    Region,
    covers,
    difference,
    example_outside,
    hangs_on_empty_segment,
    intersection,
    is_covered,
    is_operation,
    matches,
    matches_nothing,
    minimal,
    overlaps,
)

# Each from a page of Microsoft's, an error text of Azure's, or a built-in role that would be void without it.
VECTORS = [
    ("*", "Microsoft.Storage/storageAccounts/read", True),
    ("*/read", "Microsoft.Storage/storageAccounts/read", True),
    ("*/read", "Microsoft.Storage/storageAccounts/listkeys/action", False),
    ("*/read", "Microsoft.MachineLearningServices/workspaces/metadata/secrets/read", True),
    ("Microsoft.Compute/*", "Microsoft.Compute/virtualMachines/extensions/write", True),
    ("Microsoft.Compute/virtualMachines/*", "Microsoft.Compute/virtualMachines/read", True),
    ("Microsoft.Compute/virtualMachines/*", "Microsoft.Compute/virtualMachineScaleSets/read", False),
    ("Microsoft.Network/*/read", "Microsoft.Network/virtualNetworks/subnets/read", True),
    ("microsoft.web/sites/restart/Action", "Microsoft.Web/sites/restart/action", True),
    ("Microsoft.Authorization/*/Write", "Microsoft.Authorization/roleAssignments/write", True),
    ("Microsoft.Authorization/*/Write", "Microsoft.Authorization/roleAssignmentScheduleRequests/write", True),
    ("Microsoft.Authorization/*/Delete", "Microsoft.Authorization/elevateAccess/action", False),
    ("Microsoft.MachineLearningServices/workspaces/*/read", "Microsoft.MachineLearningServices/workspaces/read", True),
    (
        "Microsoft.MachineLearningServices/workspaces/computes/*/write",
        "Microsoft.MachineLearningServices/workspaces/computes/write",
        True,
    ),
    (
        "Microsoft.MachineLearningServices/workspaces/computes/*/delete",
        "Microsoft.MachineLearningServices/workspaces/computes/delete",
        True,
    ),
    (
        "Microsoft.MachineLearningServices/workspaces/*/write",
        "Microsoft.MachineLearningServices/workspaces/write",
        True,
    ),
    (
        "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
        "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
        True,
    ),
    ("Microsoft.App/containerApps/*/write", "Microsoft.App/containerApps/write", True),
    ("Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaults/read", True),
    ("Microsoft.KeyVault/vaults/*", "Microsoft.KeyVault/vaults", False),
    (
        "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/*/action",
        "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action",
        True,
    ),
    (
        "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/*/action",
        "Microsoft.MachineLearningServices/workspaces/onlineendpoints/listkeys/action",
        True,
    ),
    (
        "Microsoft.MachineLearningServices/workspaces/jobs/*",
        "Microsoft.MachineLearningServices/workspaces/jobs/cancel/action",
        True,
    ),
    (
        "Microsoft.MachineLearningServices/workspaces/jobs/*",
        "Microsoft.MachineLearningServices/workspaces/jobs/read",
        True,
    ),
    (
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*",
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags/write",
        True,
    ),
]

# Few characters, so that strings often agree.
PATTERNS = st.lists(st.sampled_from(["a", "b", "/", "*", "/*/", "A"]), max_size=7).map("".join)
TEXTS = st.text("abB/", max_size=8)


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


def test_there_are_25_vectors() -> None:
    assert len(VECTORS) == 25


@pytest.mark.parametrize(("pattern", "operation", "expected"), VECTORS)
def test_a_vector(pattern: str, operation: str, expected: bool) -> None:
    assert matches(pattern, operation) is expected


@settings(max_examples=1000, deadline=None)
@given(PATTERNS, TEXTS)
def test_matching_agrees_with_the_regular_expression(pattern: str, operation: str) -> None:
    assert matches(pattern, operation) is naive(pattern, operation)


@given(PATTERNS, st.text(max_size=5), st.text(max_size=5))
def test_matching_ignores_case_and_takes_any_character(pattern: str, before: str, after: str) -> None:
    """Line ends and signs of regular expressions are characters like any other."""
    text = f"{before}/{after}"
    assert matches("*", text)
    assert matches(f"{before.replace('*', '')}*", before.replace("*", "") + after)
    assert matches(pattern.upper(), "ab/b") is matches(pattern.lower(), "AB/B")


def test_a_hostile_pattern_takes_no_time() -> None:
    """A row of stars would keep a regular expression busy for ages."""
    start = time.perf_counter()
    assert not matches("a*" * 40 + "b", "a" * 2000)
    assert time.perf_counter() - start < 2


def plainly(pattern: str, operation: str) -> bool:
    """The rules without the one that `/*/` may stand for nothing."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), operation, re.I | re.S) is not None


@settings(max_examples=1000, deadline=None)
@given(PATTERNS, TEXTS)
def test_a_match_hangs_on_the_empty_segment(pattern: str, operation: str) -> None:
    """It does when there is none without the rule."""
    assert hangs_on_empty_segment(pattern, operation) is (naive(pattern, operation) and not plainly(pattern, operation))


@pytest.mark.parametrize(
    ("pattern", "operation", "expected"),
    [
        ("Microsoft.App/containerApps/*/write", "microsoft.app/containerapps/WRITE", True),
        ("Microsoft.App/containerApps/*/write", "Microsoft.App/containerApps/jobs/write", False),
        ("Microsoft.App/containerApps/*/write", "Microsoft.App/containerApps/read", False),
        ("Microsoft.App/containerApps/*", "Microsoft.App/containerApps/read", False),
        ("Microsoft.App/containerApps/read", "Microsoft.App/containerApps/read", False),
        ("*/containerApps/*/write", "Microsoft.App/containerApps/write", True),
        ("*/containerApps/**/write", "Microsoft.App/containerApps/write", False),
    ],
)
def test_what_hangs_on_the_empty_segment(pattern: str, operation: str, expected: bool) -> None:
    assert hangs_on_empty_segment(pattern, operation) is expected


CATALOG = load()
KNOWN = [each.name for name in CATALOG.operations.providers() for each in CATALOG.operations.in_provider(name)]
BY_PROVIDER = {
    name.lower(): [each.name for each in CATALOG.operations.in_provider(name)]
    for name in CATALOG.operations.providers()
}


def test_every_known_operation_has_the_form() -> None:
    """What the calculation takes for granted: of built-in strings without `*` all but two have it, too."""
    assert len(KNOWN) == 7667
    assert all(is_operation(operation) for operation in KNOWN)
    literals = {
        text
        for role in CATALOG
        for each in role.permissions
        for text in (*each.actions, *each.not_actions, *each.data_actions, *each.not_data_actions)
        if "*" not in text
    }
    assert {text for text in literals if not is_operation(text)} == {
        "Microsoft.Insights/alertRules/",
        "Microsoft.ProgrammableConnectivity/Gateways/NetworkAPIAccess",
    }


@pytest.mark.parametrize("text", ["", "read", "a/read", "a//read", "/a/read", "a/b/", "a/b/list", "a/*/read"])
def test_what_is_no_operation(text: str) -> None:
    assert not is_operation(text)


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
    max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


@MANY
@given(SMALL, SMALL)
def test_two_patterns_agree_with_all_words(one: str, other: str) -> None:
    """Both ways: what is said of all operations holds for the words, and what is denied has a word to show for it."""
    mine, its = mask(one), mask(other)
    assert covers(one, other) is (its & ~mine == 0)
    assert overlaps(one, other) is overlaps(other, one) is (mine & its != 0)
    shared = intersection(one, other)
    assert union(map(mask, shared)) == mine & its
    assert not any(covers(wide, narrow) for wide, narrow in itertools.permutations(shared, 2))
    assert list(shared) == sorted(shared, key=lambda pattern: (pattern.lower(), pattern))
    assert [each.lower() for each in shared] == [each.lower() for each in intersection(other, one)]
    assert matches_nothing(one) is (mine == 0)


@MANY
@given(SMALL, SMALL_REGIONS)
def test_regions_agree_with_all_words(pattern: str, regions: list[Region]) -> None:
    """What several regions hold together, what one holds, and what is left over, with no empty part and none twice."""
    whole, actual = mask(pattern), [mask_of(region) for region in regions]
    assert is_covered(pattern, regions) is (whole & ~union(actual) == 0)
    example = example_outside(pattern, regions)
    assert (example is None) is (whole & ~union(actual) == 0)
    assert example is None or naive(pattern, example)
    assert example is None or not any(region.holds(example) for region in regions)
    parts = difference(pattern, regions)
    assert union(map(mask_of, parts)) == whole & ~union(actual)
    assert not any(part.is_empty for part in parts)
    assert sum(mask_of(part).bit_count() for part in parts) == union(map(mask_of, parts)).bit_count()
    for region, its in zip(regions, actual, strict=True):
        assert region.is_empty is (its == 0)
        assert region.covers(pattern) is (whole & ~its == 0)
        assert region.overlaps(pattern) is (whole & its != 0)
        assert all(region.holds(word) is bool(its >> place & 1) for place, word in list(enumerate(WORDS))[::97])


@settings(max_examples=500, deadline=None)
@given(st.lists(SMALL, max_size=6))
def test_the_fewest_patterns_match_the_same(patterns: list[str]) -> None:
    kept = minimal(patterns)
    assert set(kept) <= set(patterns)
    assert union(map(mask, kept)) == union(map(mask, patterns))
    assert not any(covers(wide, narrow) for wide, narrow in itertools.permutations(kept, 2))


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
    example = example_outside(pattern, regions)
    assert is_covered(pattern, regions) is (example is None)
    if example is None:
        assert mask(pattern) & ~union(map(mask_of, regions)) == 0
    else:
        assert is_operation(example)
        assert naive(pattern, example)
        for region in regions:
            actual = any(naive(each, example) for each in region.within)
            assert not actual or any(naive(each, example) for each in region.without)


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
    """The known operations that a pattern matches, a bit for each."""
    text = re.compile(expression(pattern), re.IGNORECASE)
    return int("".join("1" if text.fullmatch(name) else "0" for name in reversed(KNOWN)), 2)


def known_mask_of(region: Region) -> int:
    return union(map(known_mask, region.within)) & ~union(map(known_mask, region.without))


NEAR = ["microsoft.machinelearningservices", "microsoft.keyvault", "microsoft.authorization", "microsoft.storage"]


@st.composite
def real_questions(draw: st.DrawFn) -> tuple[str, str, list[Region]]:
    """Two patterns and some regions of mostly one provider, so that they have something to do with each other."""
    patterns = st.one_of(real_patterns(draw(st.sampled_from(NEAR))), real_patterns(), st.sampled_from(["*", "*/read"]))
    lists = st.lists(patterns, max_size=4).map(tuple)
    return draw(patterns), draw(patterns), draw(st.lists(st.builds(Region, lists, lists), max_size=3))


@settings(max_examples=750, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(real_questions())
def test_real_patterns_agree_with_all_known_operations(question: tuple[str, str, list[Region]]) -> None:
    """What is said of all operations holds for the known ones; what is shared and what is left are exactly theirs."""
    one, other, regions = question
    mine, its = known_mask(one), known_mask(other)
    assert not covers(one, other) or its & ~mine == 0
    assert overlaps(one, other) or mine & its == 0
    assert union(map(known_mask, intersection(one, other))) == mine & its
    actual = [known_mask_of(region) for region in regions]
    example = example_outside(one, regions)
    assert is_covered(one, regions) is (example is None)
    if example is None:
        assert mine & ~union(actual) == 0
    else:
        assert naive(one, example)
        assert is_operation(example) or "*" not in one
        assert not any(region.holds(example) for region in regions)
    parts = difference(one, regions)
    assert union(map(known_mask_of, parts)) == mine & ~union(actual)
    assert sum(known_mask_of(part).bit_count() for part in parts) == (mine & ~union(actual)).bit_count()
    assert not any(part.is_empty for part in parts)
    for region, each in zip(regions, actual, strict=True):
        assert not region.covers(one) or mine & ~each == 0
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


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Microsoft.Compute/*", "*/read", ("Microsoft.Compute/*/read",)),
        ("a/b/*", "*/read", ("a/b/*/read",)),
        ("a/b*", "*b/read", ("a/b*b/read", "a/b/read")),
        ("*", "a/b/read", ("a/b/read",)),
        ("a/*/read", "A/b/*", ("A/b/*/read",)),
        ("a/*/read", "a/*/write", ()),
        ("Microsoft.Storage/*", "*/containers/*/read", ("Microsoft.Storage/*/containers/*/read",)),
        ("a/**/b/read", "a/*/b*/read", ("a/**/b/read",)),
        ("a/**/b*", "*c/read", ("a/**/b*c/read",)),  # not with `/*/`, which would let in `a/bc/read`
        ("a/**/b*", "a/*/bc/*/read", ("a/**/bc/*/read", "a/bc/*/b*/read")),
        ("*/b/*", "*/c/*", ("*/b/*/c/*", "*/c/*/b/*")),
        ("a//*", "*", ()),
    ],
)
def test_an_intersection(one: str, other: str, expected: tuple[str, ...]) -> None:
    assert intersection(one, other) == intersection(other, one) == expected


def test_the_four_verbs_together_are_everything() -> None:
    """No single one of them is; and the example names what is missing."""
    verbs = [Region((f"Microsoft.Compute/*/{verb}",)) for verb in VERBS]
    assert is_covered("Microsoft.Compute/*", verbs)
    assert difference("Microsoft.Compute/*", verbs) == ()
    assert not is_covered("Microsoft.Compute/*", verbs[1:])
    assert example_outside("Microsoft.Compute/*", verbs[1:]) == "microsoft.compute/x/action"


def test_one_role_fills_the_hole_of_another() -> None:
    wide = Region(("*",), ("Microsoft.Authorization/*/Write", "Microsoft.Authorization/*/Delete"))
    assert difference("*", [wide]) == (Region(("Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write")),)
    assert difference("*", [wide, Region(("Microsoft.Authorization/*",), ("*/locks/*",))]) == (
        Region(("Microsoft.Authorization/*/locks/*/Delete", "Microsoft.Authorization/*/locks/*/Write")),
    )
    assert is_covered("*", [wide, Region(("Microsoft.Authorization/*",))])


def test_what_is_left_is_said_as_it_was_written() -> None:
    """What does not concern the question is not said, and only the widest string of several is."""
    actual = Region(("a/b/read", "a/*/read", "c/*", "*/c/action"))
    assert difference("A/*", [actual]) == (Region(("A/*",), ("*/c/action", "a/*/read")),)
    assert difference("a/b/write", [actual]) == (Region(("a/b/write",)),)
    assert difference("a/b/read", [actual]) == ()
    assert difference("a//*", []) == ()


def test_hostile_questions_end() -> None:
    """They are answered, or refused, within about as many steps as there may be, be they typed or in a role."""
    start = time.perf_counter()
    assert covers("*a" * 60 + "*", "*b" + "*a" * 60 + "*")
    assert not covers("*a" * 60 + "*", "*b" + "*a" * 59 + "*")
    assert not covers("a/" + "*/" * 60 + "read", "a/" + "b*/" * 60 + "write")
    assert covers("*" * 5000 + "read", "b" * 3000 + "*/read")
    many = tuple("*" + "*".join(letters) + "*" for letters in itertools.permutations("abcde"))
    with pytest.raises(EntangledError):
        is_covered("*", [Region(("*",), many), Region(("*a*b*",), ("*b*c*a*",)), Region(many[:60])])
    with pytest.raises(EntangledError):
        intersection("*a*b*c*d*e*f*", "*g*h*i*j*k*l*")
    with pytest.raises(EntangledError):
        intersection("a" + "/*/b" * 12 + "/*", "a" + "/*/c" * 12 + "/*")
    assert STEPS == 1_000_000
    assert time.perf_counter() - start < 8
