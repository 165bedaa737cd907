"""The page's script decides as rbacgen does: what a permission string matches, and who can do what."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from rbacgen.analysis.access_tests import isolated_roles, runner
from rbacgen.analysis.matrix import role_key
from rbacgen.authorization import who_can
from rbacgen.authorization.catalog.resource_types import COMPANIONS, EXTENSIONS
from rbacgen.authorization.evaluator import Evaluator
from rbacgen.authorization.patterns import matches
from rbacgen.authorization.request import AccessRequest
from rbacgen.commands import load
from rbacgen.model.assignment import Plane
from rbacgen.reports import page as matrix_page
from tests.fakes import pages as worlds
from tests.fakes.world import TODAY

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SCRIPT = matrix_page.asset("matching.js")
# Where the two could part: case, several stars, `/*/` that stands for nothing, rows of it, ends that run into each other.
VECTORS = [
    ("*", "Microsoft.Storage/storageAccounts/read"),
    ("*/read", "Microsoft.Storage/storageAccounts/READ"),
    ("Microsoft.Storage/*/read", "Microsoft.Storage/read"),
    ("Microsoft.Storage/*/read", "Microsoft.Storage/a/b/read"),
    ("a/*/b/*/read", "a/b/read"),
    ("a/*/*/read", "a/read"),
    ("a/*/*/read", "a/x/read"),
    ("a/**/read", "a/read"),
    ("a*a", "a"),
    ("a/*", "a/"),
    ("a/*", "a"),
    ("/*/a", "a"),
    ("/*/a", "/a"),
    ("a/b/read", "A/B/Read"),
    ("", ""),
]


def evaluate(browser: Browser, body: str, argument: Any) -> Any:
    """What a function body comes to with the page's own matching script before it."""
    page = browser.new_page()
    try:
        return page.evaluate(f"(given) => {{ {SCRIPT}\n{body} }}", argument)
    finally:
        page.close()


def test_patterns_match_as_in_python(browser: Browser) -> None:
    """By hand and by chance, with any number of stars, the script and `patterns.matches` say the same."""
    dice = random.Random(5)

    def text(pieces: str, most: int) -> str:
        return "".join(dice.choice(pieces) for _ in range(dice.randint(0, most)))

    vectors = VECTORS + [(text("aB/*/*", 8), text("Ab//", 9)) for _ in range(20_000)]
    said = evaluate(browser, "return given.map(([pattern, operation]) => matches(pattern, operation));", vectors)
    expected = [matches(pattern, operation) for pattern, operation in vectors]
    assert 500 < sum(expected) < len(expected) - 500
    parted = [(vector, one) for vector, one, other in zip(vectors, said, expected, strict=True) if one != other]
    assert parted == []


@pytest.fixture(scope="module")
def verdicts() -> tuple[dict[str, Any], set[tuple[str, ...]]]:
    """The packed example, and by Python: for each operation to ask about, which assignments give it and how."""
    form = worlds.shown(worlds.EXAMPLE)
    checked = load.work_out(str(worlds.EXAMPLE), TODAY)
    access = Evaluator(
        runner.facts(checked.project, checked.desired, checked.catalog, isolated_roles.places(checked.project))
    )
    expected = set()
    scopes = {each.scope.folded: each.scope for each in checked.desired.state}
    for asked in form.asked:
        for scope in scopes.values():
            everyone = who_can.everyone(
                access, AccessRequest(asked.operation, Plane(asked.plane), scope), with_below=False
            )
            for decision in everyone.here:
                for permit in decision.permits:
                    given = permit.assignment
                    if given.scope == scope:
                        key = f"{given.principal.id} {role_key(given.role)} {given.scope.id} {given.activation}"
                        expected.add((asked.operation, asked.plane, key, str(permit.verdict)))
    return matrix_page.packed(form), expected


def test_verdicts_are_those_of_the_access_engine(
    browser: Browser, verdicts: tuple[dict[str, Any], set[tuple[str, ...]]]
) -> None:
    """For every operation that can be asked about, each assignment of the example gives it in the page as in Python."""
    packed, expected = verdicts
    body = """
    const found = [];
    for (const asked of given.asked) {
      for (const each of given.assignments) {
        const said = verdictOf(each, given.azure_roles[each.azure_role], given.scopes[each.scope].type, given.conditions,
          asked.operation, asked.plane, given.companions);
        if (said) found.push([asked.operation, asked.plane, given.principals[each.principal].id + " "
          + given.azure_roles[each.azure_role].id + " " + given.scopes[each.scope].id + " " + each.activation, said.verdict]);
      }
    }
    return found;
    """
    said = {tuple(each) for each in evaluate(browser, body, packed)}
    assert len(expected) > 500
    assert {each[3] for each in expected} == {"allowed", "after_activation", "under_condition"}
    assert said == expected


def test_what_cannot_exist_is_left_out(browser: Browser) -> None:
    """Owner of a vault cannot run jobs there, and a companion such as a lock is possible anywhere."""
    asked = [
        ("Microsoft.MachineLearningServices/workspaces/jobs/write", "Microsoft.KeyVault/vaults"),
        ("Microsoft.KeyVault/vaults/write", "Microsoft.KeyVault/vaults"),
        ("Microsoft.Authorization/locks/delete", "Microsoft.KeyVault/vaults"),
        ("Microsoft.KeyVault/vaults/write", ""),
    ]
    body = "return given[0].map(([operation, type]) => isPossible(operation, type, given[1]));"
    assert evaluate(browser, body, [asked, ["*", *COMPANIONS, *EXTENSIONS]]) == [False, True, True, True]
