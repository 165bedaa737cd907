"""A machine to run the scripts of pipelines on: a workspace, a temporary folder, and stubs on the path for what is not there."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fakes.world import TODAY

ROOT = Path(__file__).parent.parent.parent
STUBS = Path(__file__).parent / "stubs"
WHEEL = "https://packages.contoso.example/rbacgen-0.1.0-py3-none-any.whl"
"""What somebody has said to install who has built the wheel."""


@dataclass
class Machine:
    """Where scripts run. `variables` is the whole environment, so nothing of the caller's login or pipeline gets in."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in (self.workspace, self.temp, self.programs, self.folder / "home"):
            path.mkdir(parents=True, exist_ok=True)
        kept = {name: os.environ[name] for name in ("COVERAGE_PROCESS_CONFIG",) if name in os.environ}
        self.variables = {
            **kept,
            "PATH": os.pathsep.join([str(self.programs), "/usr/local/bin", "/usr/bin", "/bin"]),
            "HOME": str(self.folder / "home"),
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            **self.variables,
        }
        # On the day of the tests, unless the script says another: what ends some day must not fail a test on that day.
        dated = f'check | render | diff) command="$1"; shift; set -- "$command" --today {TODAY.isoformat()} "$@"'
        here = shlex.quote(sys.executable)
        self.program("rbacgen", f'case "$1" in {dated} ;; esac\nexec {here} -m rbacgen "$@"')
        # Nothing is installed, but what would be is noted.
        noted = f'[ "$1 $2" != "-m pip" ] || {{ printf "%s\\n" "$*" >>"{self.folder}/pip"; exit 0; }}'
        self.program("python", f'{noted}\nexec {here} "$@"')
        for name in ("gh", "curl"):
            self.program(name, f'exec {here} "{STUBS / name}.py" "{self.folder / name}.json" "$@"')

    @property
    def workspace(self) -> Path:
        """The checkout."""
        return self.folder / "workspace"

    @property
    def temp(self) -> Path:
        """The temporary folder of a job."""
        return self.folder / "temp"

    @property
    def programs(self) -> Path:
        """The first folder on the path."""
        return self.folder / "bin"

    def program(self, name: str, script: str) -> None:
        """Puts a program on the path."""
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def remember(self, stub: str, state: Any) -> None:
        """What a stub knows before it is asked."""
        (self.folder / f"{stub}.json").write_text(json.dumps(state))

    def installed(self) -> list[str]:
        """The calls of pip that were noted, in order; what comes before its command is left out. They are forgotten then."""
        file = self.folder / "pip"
        calls = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return [each.removeprefix("-m pip ").replace("--disable-pip-version-check ", "") for each in calls]

    def recall(self, stub: str) -> Any:
        """What a stub knows afterwards."""
        return json.loads((self.folder / f"{stub}.json").read_text())

    def run(
        self,
        script: str,
        variables: Mapping[str, str],
        shell: tuple[str, ...] = ("bash", "-e"),
        cwd: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Runs a script as a pipeline does, from a file; standard error goes where standard output goes, as in a log."""
        file = self.folder / "script.sh"
        file.write_text(script)
        return subprocess.run(
            [*shell, str(file)],
            cwd=cwd or self.workspace,
            env={**self.variables, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )


def git(folder: Path, *arguments: str) -> str:
    """Runs git in a folder, as nobody in particular, and gives what it says."""
    settings = ["-c", "user.name=nobody", "-c", "user.email=nobody@contoso.example", "-c", "init.defaultBranch=main"]
    command = ["git", *settings, "-c", "commit.gpgsign=false", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()
