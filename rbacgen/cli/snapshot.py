"""The command `snapshot`: the access in Azure, written to a file that other commands read as a source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import put

if TYPE_CHECKING:
    from datetime import date


@click.command(cls=options.Command)
@options.project
@options.subscriptions
@options.output
@options.names
@options.today
@options.azure
def snapshot(
    project: str | None,
    subscriptions: tuple[str, ...],
    output: str | None,
    names: bool,
    today: date,
    **azure: Any,
) -> None:
    """Save the access in Azure to a file that can be a SOURCE.

    It covers the subscriptions and scopes of the project, or those given with --subscription, for which no project is
    needed.

    \b
    Examples:
      rbacgen snapshot -o azure.json
      rbacgen snapshot --subscription 6082bfda-63d0-46f4-8272-ae9195139feb \\
        -o azure.json

    Exit codes: 0 OK, 1 failed, 3 incomplete: the file lists what could not be read.
    """
    from rbacgen.commands import snapshot as command
    from rbacgen.model.exit_code import ExitCode
    from rbacgen.reports import drift_text
    from rbacgen.sources.snapshot import dump

    taken = command.snapshot(project, today, subscriptions, options.connect(azure))
    put(dump(taken, names), output)
    click.echo(drift_text.snapshot(taken), nl=False, err=True)
    raise SystemExit(ExitCode.INCOMPLETE if taken.state.coverage.unread else ExitCode.OK)
