"""The main job on the example project: check it, render it, and compare it with an Azure that others have worked on.

The Azure is the stand-in of the tests, on this machine: no account and no network is needed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from examples import planted  # noqa: E402
from rbacgen.commands import load  # noqa: E402
from tests.fakes.azure import StandIn  # noqa: E402

EXAMPLE = ROOT / "examples" / "fraud-detection"
# Nothing of a login or a pipeline of the machine's: the stand-in is to be asked, and nobody else.
OURS = {
    name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT", "TERM", "LANG", "NO_COLOR") if name in os.environ
}
TODAY = "2026-11-23"  # the day that the committed output was rendered on, and that the commands are told
WIDTH = 80
WHOLE_WORDS = {"subsequent_indent": "  ", "break_long_words": False, "break_on_hyphens": False}
SHOWN = 2  # warnings, of a row each; the others are counted


def run(
    *arguments: str,
    note: str = "",
    folder: Path = EXAMPLE,
    environment: Mapping[str, str] | None = None,
    expected: int = 0,
) -> list[str]:
    """Runs rbacgen in a folder as a user would and shows the command, with what is `note` of it.

    Gives what it printed, and fails on another exit code.
    """
    print(f"$ rbacgen {' '.join(arguments)}{f'    # {note}' if note else ''}", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "rbacgen", *arguments, "--today", TODAY],
        cwd=folder,
        env={**OURS, "PYTHONPATH": str(ROOT), **(environment or {})},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    if done.returncode != expected:
        show(lines)
        raise SystemExit(f"rbacgen {arguments[0]} ended with {done.returncode}, not {expected}")
    return lines


def show(lines: Iterable[str], rows: int | None = None) -> None:
    """Prints lines; with `rows`, long ones in so many rows of a terminal at the most."""
    for line in lines:
        print(line if rows is None else textwrap.fill(line, WIDTH, max_lines=rows, placeholder=" …", **WHOLE_WORDS))


def main() -> None:
    """Checks, renders and compares; fails where one of the steps does."""
    print(f"What is read: examples/{EXAMPLE.name}/rbacgen.yaml: ten people, dev, test, prod")
    print("and what they share; rbacgen.lock beside it; the mapping mlops, which ships.\n")
    checked = run("check")
    warnings = [line for line in checked if ": warning: " in line]
    show(warnings[:SHOWN], rows=1)
    print(f"… and {len(warnings) - SHOWN} more warnings")
    show(filter(None, checked[len(warnings) :]), rows=1)
    print()
    with tempfile.TemporaryDirectory(prefix="rbacgen-demo-") as copy:
        for name in ("rbacgen.yaml", "rbacgen.lock"):
            shutil.copy(EXAMPLE / name, copy)
        show(run("render", folder=Path(copy)))
    show(run("render", "--check", note=f"against the files in {EXAMPLE.name}/terraform"))
    compare()


def compare() -> None:
    """Compares the project with a stand-in Azure that drift was planted in."""
    print()
    tenant = planted.tenant(load.work_out(str(EXAMPLE), date.fromisoformat(TODAY)))
    with StandIn(tenant) as azure:
        show(
            run(
                "diff",
                note="a stand-in plays Azure, a week after the apply",
                environment=azure.environment(),
                expected=2,
            )
        )


if __name__ == "__main__":
    main()
