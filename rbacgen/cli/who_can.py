"""The command `who-can`: everyone who can perform an operation."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import put, style, width

if TYPE_CHECKING:
    from datetime import date


@click.command("who-can", cls=options.Command)
@click.argument("operation")
@options.on
@options.project
@options.environments
@options.instead_of_project
@options.plane
@options.attributes
@options.format_
@options.output
@options.names
@options.today
@options.azure
def who_can(
    project: str | None,
    format_: str,
    output: str | None,
    names: bool,
    today: date,
    **rest: Any,
) -> None:
    """Show who can perform an operation at a scope, and why.

    At the scope itself or at part of what it contains. Without --source it is the access in the project, with --source
    the access in Azure.

    \b
    Examples:
      rbacgen who-can Microsoft.KeyVault/vaults/secrets/getSecret/action \\
        --on project_vault -e prod
      rbacgen who-can Microsoft.Authorization/roleAssignments/write \\
        --on subscription --source azure
      rbacgen who-can 'Microsoft.Storage/storageAccounts/*' \\
        --on /subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb

    Exit codes: 0 OK, 1 failed, 3 incomplete: something could not be read.
    """
    from rbacgen.commands import who_can as command
    from rbacgen.reports import access_form, access_text

    options.refuse_connection(rest["source"])
    asked = options.query(rest)
    result = command.who_can(project, today, asked, options.connect(rest))
    document = access_form.who_can(result, access_form.caller(result.of, names))
    if format_ == "json":
        put(access_form.text(document), output)
    else:
        put(access_text.who_can(document, style(sys.stdout), width()), output)
    raise SystemExit(result.exit_code)
