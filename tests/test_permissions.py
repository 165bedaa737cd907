"""What permission strings, permission objects and roles cover."""

from __future__ import annotations

import itertools
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rbacgen.model import AzureRole, Permission, Plane
from rbacgen.patterns import matches, overlaps
from rbacgen.permissions import allows, role_allows

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


def naive(pattern: str, operation: str) -> bool:
    """The rules written down as a regular expression, a lone segment of `*` as an optional group."""
    expression, place = "", 0
    while place < len(pattern):
        if pattern[place] != "*":
            expression += re.escape(pattern[place])
        elif pattern[place - 1 : place] == "/" == pattern[place + 1 : place + 2]:
            expression += "(?:.*/)?"
            place += 1
        else:
            expression += ".*"
        place += 1
    return re.fullmatch(expression, operation, re.IGNORECASE | re.DOTALL) is not None


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


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("*", "*", True),
        ("Microsoft.Compute/*", "*/read", True),
        ("Microsoft.Compute/*/read", "Microsoft.Compute/*/write", False),
        ("Microsoft.Compute/*", "Microsoft.Network/*", False),
        ("Microsoft.Compute/virtualMachines/*", "microsoft.compute/VIRTUALMACHINES/start/action", True),
        ("a/*/b", "a/b", True),
        ("a/*/b", "a/b/*", True),
        ("a/b", "a/c", False),
        ("a/b", "A/B", True),
        ("a/*/b*/c", "a/x*/c", True),
    ],
)
def test_an_overlap(one: str, other: str, expected: bool) -> None:
    assert overlaps(one, other) is expected
    assert overlaps(other, one) is expected


# What two patterns of up to three pieces match both, they match within eight characters.
SHORT_PATTERNS = st.lists(st.sampled_from(["a", "b", "/", "*", "/*/"]), max_size=3).map("".join)
WORDS = ["".join(letters) for length in range(9) for letters in itertools.product("a/b", repeat=length)]


@settings(max_examples=200, deadline=None)
@given(SHORT_PATTERNS, SHORT_PATTERNS)
def test_patterns_overlap_if_they_share_a_word(one: str, other: str) -> None:
    """Held against every word of eight characters."""
    beginning = max(one.partition("*")[0], other.partition("*")[0], key=len)
    shared = any(matches(one, word) and matches(other, word) for word in WORDS if word.startswith(beginning))
    assert overlaps(one, other) is shared


def test_not_actions_are_taken_out_of_their_own_object_only() -> None:
    """What one permission object excludes, another one may grant."""
    narrow = Permission(actions=("a/*",), not_actions=("a/*/write",))
    wide = Permission(actions=("a/b/write",))
    assert allows(narrow, "a/b/read", Plane.CONTROL)
    assert not allows(narrow, "a/b/write", Plane.CONTROL)
    assert role_allows(AzureRole("i", "n", (narrow, wide)), "a/b/write", Plane.CONTROL)


def test_planes_never_mix() -> None:
    """All actions are no data action, and the other way round."""
    control, data = Permission(actions=("*",)), Permission(data_actions=("*",), not_data_actions=("a/write",))
    assert not allows(control, "a/read", Plane.DATA)
    assert not allows(data, "a/read", Plane.CONTROL)
    assert allows(data, "a/read", Plane.DATA)
    assert not allows(data, "a/write", Plane.DATA)


def test_a_role_without_permissions_grants_nothing() -> None:
    assert not role_allows(AzureRole("i", "n"), "a/read", Plane.CONTROL)
