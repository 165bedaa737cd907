"""What `make` says where a newcomer's machine lacks something: one sentence, not a traceback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / ".ci" / "venv"


def run(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The script that keeps the environment of `make`."""
    environment = {**os.environ, **variables}
    return subprocess.run([SCRIPT, *arguments], env=environment, capture_output=True, text=True)


@pytest.fixture
def old_python(tmp_path: Path) -> Path:
    """A Python that is too old."""
    program = tmp_path / "python3.9"
    program.write_text(
        '#!/bin/sh\ncase "$*" in *version_info*) exit 1 ;; *platform*) echo 3.9.2 ;; *) echo 3.9 /usr ;; esac\n'
    )
    program.chmod(0o755)
    return program


def made(folder: Path, python: Path) -> Path:
    """An environment that a Python made: its program is all that is looked at."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(python)
    return folder


def test_an_old_python_is_one_sentence(tmp_path: Path, old_python: Path) -> None:
    """With what there is, what it takes and how to name another."""
    done = run("create", old_python, tmp_path / "venv")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "needs Python 3.11 or newer" in done.stderr
    assert "is 3.9.2" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_no_python_is_one_sentence(tmp_path: Path) -> None:
    """The one that is named, or `python3`."""
    done = run("create", "python9", tmp_path / "venv")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "There is no program `python9`" in done.stderr


def test_an_environment_of_another_python_is_made_again(tmp_path: Path, old_python: Path) -> None:
    """Or of one that runs no more; one of the same stays, and an old Python takes none away that it could not make."""
    same = made(tmp_path / "same", Path(sys.executable))
    assert run("fresh", sys.executable, same).stderr == ""
    assert run("fresh", old_python, same).stderr == ""
    assert same.exists()
    for python in (old_python, tmp_path / "removed"):
        other = made(tmp_path / "other", python)
        assert "was made by another Python" in run("fresh", sys.executable, other).stderr
        assert not other.exists()


@pytest.mark.slow
def test_no_network_is_one_sentence(tmp_path: Path) -> None:
    """The details are in a file that it names."""
    assert run("create", sys.executable, tmp_path / "venv").returncode == 0
    with socket.socket() as closed:  # bound, and listening to nobody
        closed.bind(("127.0.0.1", 0))
        nowhere = {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "", "PIP_EXTRA_INDEX_URL": "", "PIP_NO_INDEX": ""}
        index = f"https://127.0.0.1:{closed.getsockname()[1]}/simple"
        done = run("install", tmp_path / "venv", "nothing-that-is-there", PIP_INDEX_URL=index, **nowhere)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "pip does not reach its package index" in done.stderr
    assert (tmp_path / "venv" / "pip.log").stat().st_size
    shutil.rmtree(tmp_path / "venv")
