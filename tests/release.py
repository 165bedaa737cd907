"""What a release would publish, proven before it is: `python -m tests.release [--tag v1.2.3]`, which `make release-check` runs.

The files are built twice, from two folders, to the same bytes; their metadata is checked; the wheel is installed in an empty
environment and does the main job there, against the stand-in for Azure. `dist/` then holds what was proven.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import rbacgen
from examples import planted
from rbacgen.commands import load
from tests.fakes.azure import StandIn

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "fraud-detection"
TODAY = "2026-11-23"


class ReleaseError(Exception):
    """Something stands against a release; the text is one sentence, and what a program said of it."""


def run(command: list[str | Path], cwd: Path, expected: int = 0, **variables: str) -> str:
    """Runs a program and gives its standard output; raises ReleaseError where it ends otherwise than expected."""
    words = [str(each) for each in command]
    done = subprocess.run(words, cwd=cwd, env={**os.environ, **variables}, capture_output=True, text=True, check=False)
    if done.returncode != expected:
        raise ReleaseError(
            f"{' '.join(words)} ended with {done.returncode}, not {expected}:\n{done.stdout}{done.stderr}"
        )
    return done.stdout


def check_tag(tag: str) -> None:
    """Raises ReleaseError for a tag that is not `v` and the version of the package."""
    if tag != f"v{rbacgen.__version__}":
        raise ReleaseError(f"the tag is {tag}, and rbacgen/__init__.py says {rbacgen.__version__}")


def build_twice(folder: Path) -> list[Path]:
    """Builds the source archive and the wheel in two ways and gives the files of the first.

    The second way has nothing of the first: a copy of what git has in another folder, with other times of its files, where the
    wheel is built from the files and not from the source archive. Raises ReleaseError where a byte differs.
    """
    epoch = run(["git", "log", "-1", "--format=%ct"], ROOT).strip()
    copy = folder / "copy"
    listed = run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], ROOT)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).exists():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name, follow_symlinks=False)
    first, second = folder / "first", folder / "second"
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir"]
    run([*build, first], ROOT, SOURCE_DATE_EPOCH=epoch)
    run([*build, second, "--sdist", "--wheel"], copy, SOURCE_DATE_EPOCH=epoch, TZ="Pacific/Kiritimati")
    files = sorted(first.iterdir())
    if [each.name for each in files] != sorted(each.name for each in second.iterdir()) or len(files) != 2:
        raise ReleaseError(f"two builds gave other files: {', '.join(each.name for each in files)}")
    for each in files:
        if each.read_bytes() != (second / each.name).read_bytes():
            raise ReleaseError(f"two builds of {each.name} differ")
    return files


def check_metadata(files: list[Path]) -> None:
    """Raises ReleaseError where an index would refuse or spoil what the package says of itself."""
    run([sys.executable, "-m", "twine", "check", "--strict", *files], ROOT)


def install(wheel: Path, folder: Path) -> Path:
    """Installs the wheel, with what it depends on, into an environment of its own; gives the program `rbacgen` in it."""
    venv.create(folder, with_pip=True)
    run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel], folder)
    return folder / "bin" / "rbacgen"


def try_out(program: Path, folder: Path, variables: Mapping[str, str] | None = None) -> None:
    """Does the main job with an installed program: a first project, and the demo on the example with the stand-in for Azure."""
    alone = {"PYTHONPATH": "", "PYTHONSAFEPATH": "1", **(variables or {})}
    shown = run([program, "--version"], folder, **alone)
    if shown != f"rbacgen {rbacgen.__version__}\n":
        raise ReleaseError(f"the installed program says {shown.strip()}")
    own = folder / "own"
    own.mkdir()
    run([program, "init", "own"], own, **alone)
    for command in ("check", "render"):
        run([program, command, "--today", TODAY], own, **alone)
    example = folder / "example"
    shutil.copytree(EXAMPLE, example)
    run([program, "check", "--today", TODAY], example, **alone)
    run([program, "render", "--check", "--today", TODAY], example, **alone)
    with StandIn(planted.tenant(load.work_out(str(EXAMPLE), date.fromisoformat(TODAY)))) as azure:
        run([program, "diff", "--today", TODAY], example, expected=2, **alone, **azure.environment())


def main() -> int:
    """Proves all of it and says what was proven; 1 and a sentence where something stands against it."""
    parser = argparse.ArgumentParser(prog="python -m tests.release")
    parser.add_argument("--tag", default="", help="the tag of the release, which must be v and the version")
    given = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="rbacgen-release-") as name:
            folder = Path(name)
            if given.tag:
                check_tag(given.tag)
            files = build_twice(folder)
            print(f"built twice to the same bytes: {', '.join(each.name for each in files)}")
            check_metadata(files)
            print("the metadata is in order")
            (wheel,) = [each for each in files if each.suffix == ".whl"]
            try_out(install(wheel, folder / "environment"), folder)
            print("installed in an empty environment: init, check, render and diff do what they should")
            shutil.rmtree(ROOT / "dist", ignore_errors=True)
            shutil.copytree(folder / "first", ROOT / "dist")
    except ReleaseError as error:
        print(error, file=sys.stderr)
        return 1
    print("dist/ holds what was proven")
    return 0


if __name__ == "__main__":
    sys.exit(main())
