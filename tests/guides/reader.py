"""Somebody who follows a guide: an empty folder, a shell, the project's rbacgen first on the path, and Azure's stand-in.

Two things are other than at a reader's desk, so that the outputs stay the same. rbacgen is called with the day of the tests,
`--today 2026-11-23`, where a command takes a day and the guide gives none: a program of the same name, first on the path, adds
it. And what a machine has of its own is written in one way: the folder, Terraform's colours and how long it took.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import click

from rbacgen.cli import main
from tests.fakes.azure import StandIn, Tenant
from tests.fakes.azure.applied import take_in, write_down
from tests.fakes.terraform.engine import Engine
from tests.fakes.world import TODAY
from tests.guides import happenings
from tests.guides.guide import Command, Edited, Happening, HasClone, NeedsTerraform, Step, Written, agree, edit

ROOT = Path(__file__).parents[2]
HOME = "/home/you"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_SECONDS = re.compile(r"\bafter \d+s\b")


@dataclass(frozen=True)
class Ran:
    """What came of a command."""

    command: Command
    exit_code: int
    output: tuple[str, ...]

    @property
    def is_as_shown(self) -> bool:
        """Whether the guide says so."""
        return self.exit_code == self.command.exit_code and agree(self.command.output, self.output)


class Reader:
    """Follows steps in an empty folder, with a Terraform or the sentence that says why there is none.

    `tenant` is what the stand-in Azure holds; it is there from the first happening on.
    """

    def __init__(self, folder: Path, terraform: Engine | str) -> None:
        self.home = folder / "home"
        self.here = self.home
        self.tenant = Tenant()
        self.azure: StandIn | None = None
        self.stopped = ""
        self.ran: list[Ran] = []
        self._terraform = terraform
        self._programs = folder / "bin"
        self._file = folder / "tenant.json"
        self._written = (-1, b"")
        self._stack = ExitStack()
        self.home.mkdir()
        self._programs.mkdir()
        self._install("rbacgen", _rbacgen())
        if isinstance(terraform, Engine):
            self._install("terraform", f'exec {shlex.join(terraform.command)} "$@"')

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def follow(self, steps: Sequence[Step]) -> None:
        """Does what the steps say; what came of the commands is in `ran`.

        Where the rest takes a Terraform that is not there it ends early, and `stopped` says why. Raises MalformedError where
        a file is not as the guide has it.
        """
        for step in steps:
            match step:
                case Written(path=path, text=text):
                    (self.here / path).parent.mkdir(parents=True, exist_ok=True)
                    (self.here / path).write_text(text, encoding="utf-8")
                case Edited(path=path):
                    before = (self.here / path).read_text(encoding="utf-8")
                    (self.here / path).write_text(edit(step, before), encoding="utf-8")
                case Command():
                    self.ran.append(self.run(step))
                case Happening(name=name):
                    self._happen(name)
                case HasClone():
                    shutil.copytree(ROOT / "examples", self.home / "rbacgen" / "examples")
                case NeedsTerraform():
                    if isinstance(self._terraform, str):
                        self.stopped = self._terraform
                        break

    def run(self, command: Command) -> Ran:
        """Runs one command in bash; the folder that it ends in is where the next one begins."""
        self._lay_out()
        place = self.home.parent / "place"
        script = f"exec 2>&1; trap 'pwd >{shlex.quote(str(place))}' EXIT\n{command.text}\n"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.here,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        self.here = Path(place.read_text(encoding="utf-8").strip())
        self._take_in()
        text = _SECONDS.sub("after 0s", _COLOUR.sub("", done.stdout)).replace(str(self.home), HOME)
        return Ran(command, done.returncode, tuple(line.rstrip() for line in text.rstrip().splitlines()))

    def _happen(self, name: str) -> None:
        tenant = getattr(happenings, name)(self.tenant)
        if self.azure is None:
            self.tenant = tenant
            self.azure = self._stack.enter_context(StandIn(tenant))
        assert self.azure.tenant is tenant, "what happens later happens in the same tenant"

    def _install(self, name: str, script: str) -> None:
        program = self._programs / name
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)

    def _environment(self) -> Mapping[str, str]:
        kept = {name: os.environ[name] for name in ("COVERAGE_PROCESS_CONFIG",) if name in os.environ}
        programs = (str(self._programs), str(Path(sys.executable).parent), os.environ["PATH"])
        terraform = self._terraform.variables if isinstance(self._terraform, Engine) else {}
        return {
            **kept,
            **{name: value for name, value in terraform.items() if value},
            "STANDIN_TENANT": str(self._file),
            "TF_CLI_ARGS": "-no-color",
            "TF_IN_AUTOMATION": "",
            "PATH": os.pathsep.join(programs),
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "COLUMNS": "80",
            **(self.azure.environment() if self.azure is not None else {}),
        }

    # The stand-in Azure and Terraform's stand-in provider keep one tenant: what either changes, the other sees with the
    # next command.

    def _lay_out(self) -> None:
        if self._written[0] != self.tenant.version:
            write_down(self.tenant, self._file)
            self._written = (self.tenant.version, self._file.read_bytes())

    def _take_in(self) -> None:
        if self._file.read_bytes() != self._written[1]:
            take_in(self.tenant, self._file)
            self._written = (self.tenant.version, self._file.read_bytes())


def _rbacgen() -> str:
    """The program that adds the day of the tests to the commands that take one."""
    context = click.Context(main)
    commands = {name: main.get_command(context, name) for name in main.list_commands(context)}
    dated = [
        name
        for name, command in commands.items()
        if name != "init" and command is not None and any(each.name == "today" for each in command.params)
    ]
    return f"""\
case "$1" in
{"|".join(dated)}) dated=yes ;;
init) case " $* " in *" --from "*) dated=yes ;; esac ;;
esac
case " $* " in *" --today "* | *" --help "*) dated= ;; esac
[ -z "$dated" ] || set -- "$@" --today {TODAY.isoformat()}
exec {shlex.quote(sys.executable)} -m rbacgen "$@\""""
