"""What permission strings match, and which have operations in common, compared with brute force."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rbacgen.authorization.catalog import load
from rbacgen.authorization.patterns import is_operation, matches, matches_nothing, overlaps, rests_on_empty_segment
from tests.authorization.brute_force import MANY, SMALL, mask, naive, plainly

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


@settings(max_examples=1000, deadline=None)
@given(PATTERNS, TEXTS)
def test_a_match_hangs_on_the_empty_segment(pattern: str, operation: str) -> None:
    """It does when there is none without the rule."""
    assert rests_on_empty_segment(pattern, operation) is (naive(pattern, operation) and not plainly(pattern, operation))


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
    assert rests_on_empty_segment(pattern, operation) is expected


CATALOG = load()
KNOWN = [each.name for name in CATALOG.operations.providers() for each in CATALOG.operations.in_provider(name)]


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


@MANY
@given(SMALL, SMALL)
def test_an_overlap_agrees_with_all_words(one: str, other: str) -> None:
    """Both ways: what is said of all operations holds for the words, and what is denied has a word to show for it."""
    mine, its = mask(one), mask(other)
    assert overlaps(one, other) is overlaps(other, one) is (mine & its != 0)
    assert matches_nothing(one) is (mine == 0)
