"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world import World


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--bless` writes golden files anew instead of comparing them."""
    parser.addoption("--bless", action="store_true", help="write the golden files anew")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A small mapping and project in a folder of their own, with nothing wrong."""
    return World(tmp_path)
