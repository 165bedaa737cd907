"""The command line: options in, text and an exit code out."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from rbacgen import __version__
from rbacgen.cli.terminal import say

# Usage errors are input errors: 2 is for findings (the public contract of exit codes).
click.UsageError.exit_code = 1

# Where each command is defined: its module is imported when it is asked for, in the order of `rbacgen --help`.
_COMMANDS = {
    "init": "init",
    "check": "project",
    "lock": "azure",
    "render": "project",
    "diff": "azure",
    "snapshot": "azure",
    "can": "access",
    "who-can": "access",
    "explain": "access",
    "suggest": "suggest",
    "matrix": "matrix",
    "roles": "project",
    "schema": "editors",
    "completion": "editors",
}


# How `rbacgen --help` shows them; what stands in none of these comes last.
_GROUPS = {
    "Set up": ("init", "lock"),
    "Prove": ("check",),
    "Render": ("render",),
    "Compare": ("diff", "snapshot"),
    "Ask": ("can", "who-can", "explain", "matrix", "suggest", "roles"),
}


class _Commands(click.Group):
    """Finds commands in their modules, and turns the errors that a user can mend into one sentence, a hint and exit code 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(import_module(f"rbacgen.cli.{_COMMANDS[cmd_name]}"), cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        if ctx.resilient_parsing:  # a shell asks what may come next
            from rbacgen.cli import completion

            completion.attach(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named; one that is not there is named with its near miss."""
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            from rbacgen.project.decode import did_you_mean

            hint = did_you_mean(name, _COMMANDS) or f": there are {', '.join(_COMMANDS)}"
            raise click.UsageError(f"there is no command `{name}`{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the commands by what they are for."""
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
            say(error)
            ctx.exit(1)


def run() -> None:
    """The command as a process: one that ends, and makes no garbage worth the time of looking for it."""
    import gc

    gc.disable()
    if "_RBACGEN_COMPLETE" in os.environ:
        from rbacgen.cli import completion

        completion.prepare()
    try:
        main(prog_name="rbacgen")
    except SystemExit as end:
        # Without a last look at every object, and without waiting for readers that an interrupt has left behind.
        code = end.code if isinstance(end.code, int) else 1
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

    A team writes down who does what; rbacgen works out the Azure access that this takes, proves it and renders it as
    Terraform. It never writes to Azure.

    \b
    A first project:  rbacgen init, rbacgen lock, rbacgen check, rbacgen render
    What lives:       rbacgen init --from azure --subscription ID, rbacgen diff
    A command:        rbacgen check --help

    \b
    Exit codes: 0 as it should be, 1 it could not be done (wrong input or usage),
    2 done and there are findings, 3 done in part.
    """
