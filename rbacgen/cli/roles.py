"""The command `roles`: searches and shows Azure roles, and what changed in them."""

from __future__ import annotations

from pathlib import Path

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import put


@click.command(cls=options.Command)
@click.argument("words", nargs=-1, metavar="[NAME]")
@options.project
@options.format_
@options.output
@click.option(
    "--update", metavar="FILE", help="Save the output of `az role definition list -o json` to azure_roles.json."
)
@click.option(
    "--changes",
    metavar="OLD",
    help="What changed in the roles since OLD: an earlier list of az, an azure_roles.json or an rbacgen.lock "
    "(exit 2 if anything).",
)
def roles(
    words: tuple[str, ...],
    project: str | None,
    format_: str,
    output: str | None,
    update: str | None,
    changes: str | None,
) -> None:
    """Search and show Azure roles.

    By words of the name, by id or former name, or by an operation, which finds the roles that allow it.

    \b
    Examples:
      rbacgen roles key vault                roles with these words in their name
      rbacgen roles "Key Vault Reader"       one role with all that it grants
      rbacgen roles Microsoft.KeyVault/vaults/secrets/getSecret/action
      az role definition list -o json > roles.json
      rbacgen roles --update roles.json      save what changed in Azure
      rbacgen roles --changes rbacgen.lock   what changed in the roles in use

    Exit codes: 0 OK, 1 failed or no role matches, 2 with --changes: something changed.
    """
    _refuse_together(words, update, changes)
    from rbacgen.commands import roles as command
    from rbacgen.reports import as_json, text

    if update is not None:
        updated, path = command.update(project, Path(update))
        put(text.role_changes(updated), output)
        click.echo(f"wrote {path}", err=True)
    elif changes is not None:
        since = command.changes_since(project, Path(changes))
        put(as_json.roles_since(since) if format_ == "json" else text.roles_since(since), output)
        raise SystemExit(since.exit_code)
    else:
        found = command.find(project, " ".join(words))
        as_text = text.roles if len(found) != 1 else lambda found: text.role(found[0])
        put(as_json.roles(found) if format_ == "json" else as_text(found), output)


def _refuse_together(words: tuple[str, ...], update: str | None, changes: str | None) -> None:
    if update is not None and changes is not None:
        raise click.UsageError("--update and --changes cannot be used together")
    if words and (update is not None or changes is not None):
        raise click.UsageError(f"{'--update' if changes is None else '--changes'} is for all roles: leave the name out")
