"""The main job on the example project: check it, render it into a scratch folder, and show what that made."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLE = Path(__file__).parent / "fraud-detection"
TODAY = "2026-11-23"  # the day that the committed output was rendered on


def run(*arguments: str) -> None:
    """Runs rbacgen in the example's folder as a user would, and shows the command."""
    print(f"\n$ rbacgen {' '.join(arguments)}", flush=True)
    subprocess.run([sys.executable, "-m", "rbacgen", *arguments], cwd=EXAMPLE, check=True)


def main() -> None:
    """Checks, renders and shows; fails where one of the steps does."""
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


if __name__ == "__main__":
    main()
