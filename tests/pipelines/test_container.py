"""The container file: linted, and what it installs is installed by its own commands. No registry of images is asked."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.pipelines.conftest import tool
from tests.pipelines.machine import ROOT, Machine

FILE = ROOT / "Dockerfile"
INSTRUCTIONS = [
    (found[1], re.sub(r"\s*\\\n\s*", " ", found[2]).strip())
    for found in re.finditer(r"^([A-Z]+) ((?:.*\\\n)*.*)$", FILE.read_text(), re.MULTILINE)
]


def all_of(name: str) -> list[str]:
    """What stands behind each instruction of a kind, in order."""
    return [words for kind, words in INSTRUCTIONS if kind == name]


def test_hadolint_has_nothing_to_say() -> None:
    """Nor has the shellcheck in it."""
    done = subprocess.run([tool("hadolint"), "--no-color", str(FILE)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_it_runs_as_nobody_in_particular() -> None:
    """A user of its own with a number, which a cluster can tell from root; no secret, no address, no cache goes in."""
    stages = [number for number, (kind, _) in enumerate(INSTRUCTIONS) if kind == "FROM"]
    last = INSTRUCTIONS[stages[-1] :]
    kinds = [kind for kind, _ in last]
    (user,) = [words for kind, words in last if kind == "USER"]
    assert user == "10001"
    assert kinds.index("USER") < kinds.index("ENTRYPOINT")
    assert not {"RUN", "COPY"} & set(kinds[kinds.index("USER") :]), "what comes after it would belong to it"
    assert all_of("ENTRYPOINT") == ['["rbacgen"]']
    assert not all_of("ADD") + all_of("ARG")
    assert "http" not in FILE.read_text()
    assert all("--no-cache-dir" in words for words in all_of("RUN") if "pip install" in words)
    assert all(re.fullmatch(r"python:3\.\d+-slim( AS build)?", words) for words in all_of("FROM"))


def _context(folder: Path) -> Path:
    """What the build gets to see and copies: the COPY lines, within what `.dockerignore` lets through."""
    allowed = {
        line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    source = folder / "source"
    source.mkdir()
    for words in all_of("COPY"):
        *names, target = words.split()
        if words.startswith("--from"):
            continue
        for name in (each.rstrip("/") for each in names):
            assert name in allowed, f"{name} is copied, and .dockerignore keeps it out"
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, source / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(ROOT / name, source / name)
    return source


def test_its_own_commands_install_it(machine: Machine) -> None:
    """In the folder that it copies, without anything else of the repository: rbacgen runs, pip is gone, the grammar is kept."""
    target = machine.folder / "opt"
    # The packages of these tests stand in for the registry; python-hcl2 as a copy, since it is written beside.
    packages = machine.folder / "packages"
    packages.mkdir()
    for each in Path(sysconfig.get_path("purelib")).iterdir():
        if each.name == "hcl2":
            shutil.copytree(each, packages / each.name, ignore=shutil.ignore_patterns(".lark*"))
        elif not each.name.startswith(("pip", "rbacgen", "_rbacgen")):
            (packages / each.name).symlink_to(each)
    machine.program("python", f'exec "{sys.executable}" "$@"')
    offline = {"PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "1", "PYTHONPATH": str(packages)}
    machine.variables |= offline
    source = _context(machine.folder)
    build = [words.replace("/opt/rbacgen", str(target)) for words in all_of("RUN") if "/opt/rbacgen" in words]
    assert len(build) == 2
    for words in build:
        done = machine.run(words, {}, shell=("sh", "-e"), cwd=source)
        assert done.returncode == 0, done.stdout
    assert not list(target.glob("lib/python3*/site-packages/pip"))
    assert list((packages / "hcl2").glob(".lark_cache*"))
    shutil.rmtree(source)
    done = machine.run(f"{target}/bin/rbacgen init here && {target}/bin/rbacgen check", {})
    assert done.returncode == 0, done.stdout
    where = machine.run(f"cd / && {target}/bin/python -c 'import rbacgen; print(rbacgen.__file__)'", {})
    assert where.stdout.startswith(str(target))
