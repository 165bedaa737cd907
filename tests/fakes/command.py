"""The command in this process, in the form in which `subprocess.run` gives it: start-up is paid once, not once a test.

What only a process can show (its own exit code, its streams, Ctrl-C, the hash seed) is tested in processes, in `tests/cli`.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

from click.testing import CliRunner

from rbacgen.cli import main

_KEPT = ("PATH", "HOME")


def run_here(
    folder: Path, environment: Mapping[str, str], *arguments: str, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs `rbacgen` in a folder as a pipeline does: no terminal, and of our environment only PATH and HOME.

    Gives the exit code and the two streams. An error that the command does not handle is raised, as a traceback would be.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    with contextlib.chdir(folder), mock.patch.dict(os.environ, {**kept, **environment}, clear=True):
        result = CliRunner().invoke(main, arguments, input=stdin, prog_name="rbacgen", catch_exceptions=False)
    return subprocess.CompletedProcess(["rbacgen", *arguments], result.exit_code, result.stdout, result.stderr)
