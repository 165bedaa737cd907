"""The command `suggest`: the Azure roles that cover what is needed with the least excess."""

from __future__ import annotations

from typing import Any

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import put, width


@click.command(cls=options.Command)
@click.argument("operations", nargs=-1, metavar="[OPERATION]...")
@click.option(
    "--on",
    metavar="SCOPE_KIND_OR_TYPE",
    help="A scope kind of the mapping, a resource type, or a level such as resource_group.",
)
@click.option("--capability", metavar="NAME", help="The needs of this capability of the mapping.")
@click.option("--project-role", metavar="NAME", help="The needs of this project role, from all its capabilities.")
@click.option("--activity-log", metavar="FILE", help="The operations in an activity log export; - for standard input.")
@click.option("--caller", metavar="WHO", help="Only the log's events of this object id, application id or user name.")
@click.option("--plane", type=click.Choice(["control", "data"]), help="The plane of the operations.")
@click.option(
    "--most",
    metavar="N",
    type=click.IntRange(1, 1000),
    default=12,
    show_default=True,
    help="Show at most this many suggestions.",
)
@click.option("--custom-role", metavar="NAME", help="Add a custom role of this name that grants exactly the needs.")
@options.project
@options.format_
@options.output
def suggest(
    most: int,
    project: str | None,
    format_: str,
    output: str | None,
    **needed: Any,
) -> None:
    """Suggest the Azure roles with the least excess.

    Give operations, a capability, a project role, or an activity log. The result is single roles and combinations of
    roles, best first, with the permissions beyond the need and which of them are sensitive.

    \b
    Examples:
      rbacgen suggest Microsoft.KeyVault/vaults/secrets/getSecret/action
      rbacgen suggest Microsoft.Storage/storageAccounts/read \\
        --on Microsoft.Storage/storageAccounts
      rbacgen suggest --project-role data_scientist --on workspace
      az monitor activity-log list --offset 30d --max-events 10000 \\
        -o json > log.json
      rbacgen suggest --activity-log log.json \\
        --caller 6082bfda-63d0-46f4-8272-ae9195139feb
    """
    from rbacgen.commands import suggest as command
    from rbacgen.model.assignment import Plane
    from rbacgen.reports import suggestion_json, suggestion_text

    ways = ("capability", "project_role", "activity_log")
    if sum(each is not None for each in (needed["operations"] or None, *(needed[way] for way in ways))) != 1:
        raise click.UsageError("give one of: OPERATION..., --capability, --project-role or --activity-log")
    if not needed["operations"]:
        options.refuse(("plane",), "without operations: needs and logs have their own plane")
    if needed["activity_log"] is None:
        options.refuse(("caller",), "without --activity-log")
    needed["plane"] = Plane(needed["plane"]) if needed["plane"] is not None else None
    advice = command.suggest(project, command.SuggestRequest(**needed))
    if format_ == "json":
        put(suggestion_json.text(advice, most), output)
    else:
        put(suggestion_text.report(advice, most, width()), output)
