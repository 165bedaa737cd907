"""`rbacgen.lock`: what only Azure knows, read with nothing taken on trust."""

from __future__ import annotations

import json

import pytest

from rbacgen.lock import Lock, parse

ID = "AAAAAAAA-0000-4000-8000-00000000000A"


def lock_of(content: object) -> Lock:
    """A lock with nothing wrong."""
    lock, problems = parse(json.dumps(content), "rbacgen.lock")
    assert problems == ()
    return lock


def test_a_principal_is_found_by_kind_and_name_without_case() -> None:
    """A group and a user of one name are two principals; Entra ID compares names without case."""
    lock = lock_of({"format_version": 1, "principals": {"group": {"Grp-É": ID}}})
    assert lock.object_id("group", "grp-é") == ID.lower()
    assert lock.object_id("user", "grp-é") == ""
    assert lock.object_id("group", "other") == ""


def test_a_scope_has_azures_spelling() -> None:
    """The spelling that Azure gave, or what was asked for where the lock does not know."""
    lock = lock_of({"format_version": 1, "scopes": ["/subscriptions/A/resourceGroups/RG-One"]})
    assert lock.spelled("/subscriptions/a/resourcegroups/rg-one") == "/subscriptions/A/resourceGroups/RG-One"
    assert lock.spelled("/subscriptions/b") == "/subscriptions/b"


def test_an_empty_lock_knows_nothing() -> None:
    """An absent file is an empty lock."""
    assert Lock().object_id("group", "a") == ""
    assert lock_of({"format_version": 1}).principals == {}


@pytest.mark.parametrize(
    "content",
    [
        [],
        "text",
        None,
        {},
        {"format_version": 2},
        {"format_version": "1"},
        {"format_version": 1, "principals": []},
        {"format_version": 1, "principals": {"robot": {}}},
        {"format_version": 1, "principals": {"group": []}},
        {"format_version": 1, "principals": {"group": {"a": 1}}},
        {"format_version": 1, "principals": {"group": {"a": "not-a-guid"}}},
        {"format_version": 1, "principals": {"group": {"a": ID + "\n"}}},
        {"format_version": 1, "scopes": {}},
        {"format_version": 1, "scopes": [1]},
        {"format_version": 1, "scopes": ["subscriptions/a"]},
        {"format_version": 1, "tenant": 5},
        {"format_version": 1, "tenant": ["a"]},
    ],
)
def test_a_damaged_lock_is_one_problem_and_comes_out_empty(content: object) -> None:
    """Object ids decide who gets access: half a lock is no lock."""
    lock, problems = parse(json.dumps(content), "rbacgen.lock")
    assert len(problems) == 1
    assert problems[0].rule == "wrong-value"
    assert "rbacgen lock" in problems[0].message
    assert not lock.principals
    assert not lock.scopes


@pytest.mark.parametrize(
    "text", ["", "{", "nul", '{"a": 1,}', "[" * 100_000, '{"format_version": ' + "9" * 5000 + "}", "\ufeff{}", "NaN"]
)
def test_any_text_is_read_or_refused(text: str) -> None:
    """Broken, deep or huge: a problem at a place, never a traceback."""
    _, problems = parse(text, "rbacgen.lock")
    assert len(problems) == 1
    assert problems[0].at.line >= 1


def test_a_name_that_stands_twice_is_refused() -> None:
    """JSON readers keep the last of two equal keys in silence, as a bad merge leaves them."""
    named = f'"a": "{ID}", "a": "{ID.replace("A", "B")}"'
    text = '{"format_version": 1, "principals": {"group": {' + named + "}}}"
    assert [problem.rule for problem in parse(text, "rbacgen.lock")[1]] == ["duplicate-key"]
