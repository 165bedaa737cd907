"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.fakes.world import World

# A slow machine is no fault of the example at hand.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--bless` writes golden files anew instead of comparing them."""
    parser.addoption("--bless", action="store_true", help="write the golden files anew")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A small mapping and project in a folder of their own, with nothing wrong."""
    return World(tmp_path)
