"""The main job on the example project: check it, render it, and compare it with an Azure that others have worked on.

The Azure is the stand-in of the tests, on this machine: no account and no network is needed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from examples import planted  # noqa: E402
from rbacgen.steps import workflow  # noqa: E402
from tests.azure import StandIn  # noqa: E402

EXAMPLE = ROOT / "examples" / "fraud-detection"
# Nothing of a login or a pipeline of the machine's: the stand-in is to be asked, and nobody else.
OURS = {
    name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT", "TERM", "LANG", "NO_COLOR") if name in os.environ
}
TODAY = "2026-11-23"  # the day that the committed output was rendered on


def run(*arguments: str, environment: Mapping[str, str] | None = None, expected: int = 0) -> None:
    """Runs rbacgen in the example's folder as a user would, and shows the command; fails on another exit code."""
    print(f"\n$ rbacgen {' '.join(arguments)}", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "rbacgen", *arguments],
        cwd=EXAMPLE,
        env={**OURS, "PYTHONPATH": str(ROOT), **(environment or {})},
        check=False,
    )
    if done.returncode != expected:
        raise SystemExit(f"rbacgen {arguments[0]} ended with {done.returncode}, not {expected}")


def main() -> None:
    """Checks, renders, shows and compares; fails where one of the steps does."""
    print(f"The project file is {EXAMPLE.name}/rbacgen.yaml under examples/: ten people, three environments.")
    run("check", "--today", TODAY)
    folder = Path(tempfile.mkdtemp(prefix="rbacgen-demo-"))
    try:
        run("render", "--today", TODAY, "--output", str(folder))
        shown = folder / "dev" / "access_workspace.tf"
        print(f"\n$ head -35 {shown.relative_to(folder)}")
        print("\n".join(shown.read_text(encoding="utf-8").splitlines()[:35]))
        print("\nThe same files are committed in examples/fraud-detection/terraform. Are they current?")
        run("render", "--today", TODAY, "--check")
    finally:
        shutil.rmtree(folder)
    compare()


def compare() -> None:
    """Compares the project with a stand-in Azure that drift was planted in."""
    print("\nDoes Azure agree? A stand-in on this machine plays the tenant, a week after the apply:")
    tenant = planted.tenant(workflow.work_out(str(EXAMPLE), date.fromisoformat(TODAY)))
    with StandIn(tenant) as azure:
        run("diff", "--today", TODAY, environment=azure.environment(), expected=2)
        run("diff", "--today", TODAY, "--summary", "--strategy", "owned", environment=azure.environment(), expected=2)


if __name__ == "__main__":
    main()
