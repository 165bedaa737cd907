"""The command line: options in, text and an exit code out. Each command is in the module of its name."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any, NoReturn

import click

from rbacgen import __version__
from rbacgen.cli.terminal import print_error

# Usage errors are input errors: in the public contract of exit codes, 2 is for findings.
click.UsageError.exit_code = 1

# The commands, in the order in which `rbacgen --help` and completion list them; each is defined in the module of its name.
_COMMANDS = (
    "init",
    "check",
    "lock",
    "render",
    "diff",
    "snapshot",
    "can",
    "who-can",
    "explain",
    "suggest",
    "matrix",
    "roles",
    "schema",
    "completion",
)

# The sections of `rbacgen --help`; commands in none of them come last.
_GROUPS = {
    "Set up": ("init", "lock"),
    "Prove": ("check",),
    "Render": ("render",),
    "Compare": ("diff", "snapshot"),
    "Ask": ("can", "who-can", "explain", "matrix", "suggest", "roles"),
}


class _Commands(click.Group):
    """Imports a command only when it is used, and turns errors that a user can fix into a sentence, a remedy and exit code 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command = getattr(import_module(f"rbacgen.cli.{name}"), name)
        assert isinstance(command, click.Command)
        if ctx.resilient_parsing:  # for completion in a shell
            from rbacgen.cli import shell_completion

            shell_completion.attach(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of this name. Raises UsageError if there is none, with the most similar name."""
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            from rbacgen.model.near_names import did_you_mean

            hint = did_you_mean(name, _COMMANDS) or f": the commands are {', '.join(_COMMANDS)}"
            raise click.UsageError(f"there is no command `{name}`{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the commands in sections by their purpose."""
        grouped = {name for names in _GROUPS.values() for name in names}
        rest = tuple(name for name in _COMMANDS if name not in grouped)
        width = max(map(len, _COMMANDS))
        for title, names in (*_GROUPS.items(), ("More", rest)):
            commands = [(name, command) for name in names if (command := self.get_command(ctx, name)) is not None]
            limit = formatter.width - 6 - width
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), each.get_short_help_str(limit)) for name, each in commands])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception as error:
            from rbacgen.model.problems import RbacgenError

            if not isinstance(error, RbacgenError):
                raise
            print_error(error)
            ctx.exit(1)


def run() -> None:
    """Runs the command as a process of its own, and ends the process."""
    import gc

    gc.disable()  # the process ends before a collection would pay off
    if "_RBACGEN_COMPLETE" in os.environ:
        from rbacgen.cli import shell_completion

        shell_completion.prepare()
    try:
        main(prog_name="rbacgen")
    except SystemExit as end:
        _end(end.code if isinstance(end.code, int) else 1)


def _end(code: int) -> NoReturn:
    """Ends the process at once, with what was printed written out.

    The usual end of Python joins the threads that read Azure, and destroys every object. Measured on two cores: Ctrl-C while
    Azure does not answer takes 57 s with `sys.exit` (until the request times out) and 0.0 s here; `rbacgen --version` takes 35 ms
    of CPU with it and 31 here (bare click: 35), `check` of the example 245 and 224, `diff` 215 and 194.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            code = code or 1
    os._exit(code)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="rbacgen %(version)s")
def main() -> None:
    """Access as code for project teams on Azure.

    A team writes down who does what. rbacgen works out the Azure access that this needs, proves it, and renders it as
    Terraform. It never writes to Azure.

    \b
    A new project:      rbacgen init, rbacgen lock, rbacgen check, rbacgen render
    Existing access:    rbacgen init --from azure --subscription ID, rbacgen diff
    Help for a command: rbacgen check --help

    Exit codes: 0 OK, 1 failed, 2 findings, 3 incomplete.
    """
