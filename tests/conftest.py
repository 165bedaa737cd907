"""Fixtures that every test may use, what counts as slow, and how many examples a property is tried on."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from tests.fakes.world import World

ROOT = Path(__file__).parent.parent

# A slow machine is no fault of the example at hand. Seeds are random: a failure prints the line that repeats it.
settings.register_profile("dev", deadline=None, max_examples=60, print_blob=True)
settings.register_profile("ci", deadline=None, max_examples=150, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

# Folders whose tests run other programs throughout: Chromium, pipelines' shells, the commands of the guides. Terraform is
# another; single tests elsewhere bear `@pytest.mark.slow`. `make test` leaves out what is slow; `make test-all` and `.ci/run`
# run everything.
_SLOW_FOLDERS = ("guides", "pipelines", "reports/page")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--bless` writes golden files anew instead of comparing them."""
    parser.addoption("--bless", action="store_true", help="write the golden files anew")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what is slow by its folder, and what runs a real Terraform."""
    folders = tuple(Path(__file__).parent / each for each in _SLOW_FOLDERS)
    for item in items:
        is_elsewhere = any(item.path.is_relative_to(folder) for folder in folders)
        if is_elsewhere or "engine" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A small mapping and project in a folder of their own, with nothing wrong."""
    return World(tmp_path)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built once a run: workers of pytest-xdist share it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "wheel"
    with (shared / "wheel.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
            done = subprocess.run(command, capture_output=True, text=True)
            assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built
