"""The commands that answer questions about access: `can`, `who-can` and `explain`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import put, style, width

if TYPE_CHECKING:
    from datetime import date

_on = click.option("--on", metavar="SCOPE", required=True, help="A scope kind of the mapping, or a whole scope id.")
_plane = click.option(
    "--plane", type=click.Choice(["control", "data"]), help="The plane; else the one on which the operation is known."
)
_asked_of = click.option(
    "--source",
    metavar="SOURCE",
    help="What to ask instead of the project: `azure`, a snapshot, JSON of az or Terraform, a folder of .tf files.",
)


def _attributes(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Attributes for conditions, as `@Resource[…:name]=value`; one that is given twice has both values."""
    found: dict[str, tuple[str, ...]] = {}
    for each in given:
        name, sign, value = each.partition("]=")
        if not sign or not name.startswith("@"):
            raise click.BadParameter(
                f"`{each}` is no attribute such as `@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]=raw`"
            )
        found[f"{name}]"] = (*found.get(f"{name}]", ()), value)
    return found


_attribute = click.option(
    "--attribute",
    "attributes",
    metavar="@KIND[NAME]=VALUE",
    multiple=True,
    callback=_attributes,
    help="A value that a condition asks for; can be repeated.",
)


def _query(operation: str, given: dict[str, Any], accepted: tuple[str, ...] = ()) -> Any:
    from rbacgen.commands.query import Query
    from rbacgen.model.assignment import Plane, Verdict

    return Query(
        operation=operation,
        on=given.pop("on"),
        environments=given.pop("environments"),
        source=given.pop("source"),
        plane=Plane(plane) if (plane := given.pop("plane")) else None,
        attributes=given.pop("attributes"),
        accepted=frozenset(Verdict(each.replace("-", "_")) for each in accepted),
    )


def _check_connection(source: str | None) -> None:
    if source != "azure":
        options.refuse(options.CONNECTION, "without `--source azure`")


@click.command(cls=options.Command)
@click.argument("who")
@click.argument("operation")
@_on
@options.project
@options.environments
@_asked_of
@_plane
@_attribute
@click.option(
    "--accept",
    "accepted",
    type=click.Choice(["after-activation", "under-condition"]),
    multiple=True,
    help="Take this verdict for a yes, too; can be repeated.",
)
@options.format_
@options.output
@options.names
@options.today
@options.azure
def can(
    who: str,
    operation: str,
    project: str | None,
    accepted: tuple[str, ...],
    format_: str,
    output: str | None,
    names: bool,
    today: date,
    **rest: Any,
) -> None:
    """Say whether somebody can do something, and by what.

    WHO is a project role, somebody of the team (a name, or group:NAME), or an object id. OPERATION may be a pattern such as
    Microsoft.KeyVault/vaults/secrets/*.

    \b
    Examples:
      rbacgen can data_scientist Microsoft.MachineLearningServices/workspaces/jobs/write --on workspace -e dev
      rbacgen can grp-fraud-platform 'Microsoft.Network/*' --on network --accept after-activation
      rbacgen can data_scientist Microsoft.KeyVault/vaults/secrets/getSecret/action --on workspace_vault --source azure

    Exit codes: 0 allowed, 1 it could not be asked, 2 not allowed, 3 something could not be read.
    """
    from rbacgen.commands import can as command
    from rbacgen.reports import access_form, access_text

    query = _query(operation, rest, accepted)
    _check_connection(query.source)
    found = command.can(project, today, who, query, options.connect(rest))
    form = access_form.can(found, access_form.caller(found.of, names))
    put(access_form.text(form) if format_ == "json" else access_text.can(form, style(sys.stdout), width()), output)
    if found.exit_code:
        raise SystemExit(found.exit_code)


@click.command("who-can", cls=options.Command)
@click.argument("operation")
@_on
@options.project
@options.environments
@_asked_of
@_plane
@_attribute
@options.format_
@options.output
@options.names
@options.today
@options.azure
def who_can(
    operation: str,
    project: str | None,
    format_: str,
    output: str | None,
    names: bool,
    today: date,
    **rest: Any,
) -> None:
    """Say who can do something at a scope, and by what.

    At the scope itself, or at some of what lies in it; only by --source is it what Azure really holds.

    \b
    Examples:
      rbacgen who-can Microsoft.KeyVault/vaults/secrets/getSecret/action --on project_vault -e prod
      rbacgen who-can Microsoft.Authorization/roleAssignments/write --on subscription --source azure
      rbacgen who-can 'Microsoft.Storage/storageAccounts/*' --on /subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb

    Exit codes: 0 answered, 1 it could not be asked, 3 something could not be read.
    """
    from rbacgen.commands import who_can as command
    from rbacgen.reports import access_form, access_text

    query = _query(operation, rest)
    _check_connection(query.source)
    found = command.who_can(project, today, query, options.connect(rest))
    form = access_form.who_can(found, access_form.caller(found.of, names))
    put(access_form.text(form) if format_ == "json" else access_text.who_can(form, style(sys.stdout), width()), output)
    if found.exit_code:
        raise SystemExit(found.exit_code)


@click.command(cls=options.Command)
@click.argument("about")
@options.project
@_asked_of
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
    """Show all access of somebody, and what each of it is for.

    Each Azure role goes back to the responsibility that it serves.

    ABOUT is a project role, somebody of the team, an object id, an Azure role, or a capability.

    \b
    Examples:
      rbacgen explain data_scientist
      rbacgen explain grp-fraud-platform --source azure
      rbacgen explain "Key Vault Secrets User"

    Exit codes: 0 explained, 1 it could not be done, 3 something could not be read.
    """
    from rbacgen.commands import explain as command
    from rbacgen.reports import access_form, access_text

    _check_connection(source)
    found = command.explain(project, today, about, source, options.connect(azure))
    called = access_form.caller(found.of, names)
    if format_ == "json":
        put(access_form.text(access_form.explain(found.explanation, found.is_complete, called)), output)
    else:
        put(access_text.explained(found.explanation, called, width()), output)
    if found.exit_code:
        raise SystemExit(found.exit_code)
