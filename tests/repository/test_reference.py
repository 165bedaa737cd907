"""The reference pages are what the code says now."""

from __future__ import annotations

import pytest

from examples import reference


@pytest.mark.parametrize("name", sorted(reference.PAGES))
def test_a_reference_page_is_current(name: str) -> None:
    """`make bless` writes it anew where a change is meant."""
    assert (reference.GUIDES / name).read_text(encoding="utf-8") == reference.PAGES[name]()


@pytest.mark.parametrize("name", sorted(reference.PAGES))
def test_no_key_is_without_a_meaning(name: str) -> None:
    """An empty last cell is a key that nobody has described."""
    text = (reference.GUIDES / name).read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("|") and line.endswith("|  |")] == []
