"""The command `explain`: all access of a principal or a project role, and the responsibilities that need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import put, width

if TYPE_CHECKING:
    from datetime import date


@click.command(cls=options.Command)
@click.argument("about")
@options.project
@options.instead_of_project
@options.format_
@options.output
@options.names
@options.today
@options.azure
def explain(
    about: str,
    project: str | None,
    source: str | None,
    format_: str,
    output: str | None,
    names: bool,
    today: date,
    **azure: Any,
) -> None:
    """Show all access of a principal, and what it is for.

    Each Azure role is traced back to the responsibility that needs it.

    ABOUT is a project role, a member of the team, an object id, an Azure role, or a capability.

    \b
    Examples:
      rbacgen explain data_scientist
      rbacgen explain grp-fraud-platform --source azure
      rbacgen explain "Key Vault Secrets User"

    Exit codes: 0 OK, 1 failed, 3 incomplete: something could not be read.
    """
    from rbacgen.commands import explain as command
    from rbacgen.reports import access_form, access_text

    options.refuse_connection(source)
    result = command.explain(project, today, about, source, options.connect(azure))
    called = access_form.caller(result.of, names)
    if format_ == "json":
        put(access_form.text(access_form.explain(result.explanation, result.is_complete, called)), output)
    else:
        put(access_text.explained(result.explanation, called, width()), output)
    raise SystemExit(result.exit_code)
