"""What is shipped: exactly the package, the mappings and the templates, and it works where nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import rbacgen

ROOT = Path(__file__).parents[2]
SHIPPED = ("rbacgen", "mappings", "templates")


@pytest.mark.slow
def test_the_wheel_holds_exactly_what_is_shipped(wheel: Path) -> None:
    """Every file that git tracks in the three folders, and none beside the wheel's own."""
    listed = subprocess.run(["git", "ls-files", *SHIPPED], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    expected = {name if name.startswith("rbacgen/") else f"rbacgen/{name}" for name in listed.splitlines()}
    with zipfile.ZipFile(wheel) as archive:
        actual = {name for name in archive.namelist() if ".dist-info/" not in name}
        own = {name.rpartition("/")[2] for name in archive.namelist() if ".dist-info/" in name}
    assert actual == expected
    assert own == {"METADATA", "WHEEL", "RECORD", "LICENSE", "entry_points.txt"}


@pytest.mark.slow
def test_the_wheel_alone_does_the_main_job(wheel: Path, tmp_path: Path) -> None:
    """From the wheel and its dependencies, in an empty folder: init, check, render."""
    installed = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    folder = tmp_path / "empty"
    folder.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "rbacgen", *arguments]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)

    where = subprocess.run(
        [sys.executable, "-c", "import rbacgen; print(rbacgen.__file__)"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(installed))
    for arguments in (("init", "alone"), ("check",), ("render",)):
        done = run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "terraform" / "dev" / "versions.tf").is_file()


def test_the_version_stands_in_one_place() -> None:
    """The package says its version; pyproject.toml takes it from there."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" in project["project"]["dynamic"]
    assert "version" not in project["project"]
    assert project["tool"]["hatch"]["version"]["path"] == "rbacgen/__init__.py"
    assert rbacgen.__version__.count(".") == 2


def test_the_top_level_is_the_one_that_was_agreed() -> None:
    """No folder has crept in beside the fixed ones."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folders = {name.partition("/")[0] for name in listed.splitlines() if "/" in name}
    assert folders == {"rbacgen", "mappings", "templates", "tests", "examples", ".ci", ".github"}
