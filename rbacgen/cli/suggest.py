"""The command `suggest`: the Azure roles that give what is needed and the least beyond it."""

from __future__ import annotations

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import put, width


@click.command(cls=options.Command)
@click.argument("operations", nargs=-1, metavar="[OPERATION]...")
@click.option(
    "--on",
    metavar="SCOPE_KIND_OR_TYPE",
    help="Where: a scope kind of the mapping, a resource type, or a level such as resource_group.",
)
@click.option("--capability", metavar="NAME", help="The needs of this capability of the mapping.")
@click.option("--project-role", metavar="NAME", help="The needs of this project role, of all that it takes.")
@click.option("--activity-log", metavar="FILE", help="What an activity log export shows; - for standard input.")
@click.option("--caller", metavar="WHO", help="Only the log's events of this object id, application id or user name.")
@click.option("--plane", type=click.Choice(["control", "data"]), help="The plane of the operations.")
@click.option(
    "--most",
    metavar="N",
    type=click.IntRange(1, 1000),
    default=12,
    show_default=True,
    help="Show at most so many options.",
)
@click.option("--custom-role", metavar="NAME", help="Write a custom role of this name with exactly the needs, too.")
@options.project
@options.format_
@options.output
def suggest(
    operations: tuple[str, ...],
    on: str | None,
    capability: str | None,
    project_role: str | None,
    activity_log: str | None,
    caller: str | None,
    plane: str | None,
    most: int,
    custom_role: str | None,
    project: str | None,
    format_: str,
    output: str | None,
) -> None:
    """Suggest the Azure roles with the least beyond what is needed.

    What is needed are operations, the needs of a capability or of a project role, or what an activity log shows. One role or several together, best first, with what they give beyond the need and which of that is sensitive.

    \b
    Examples:
      rbacgen suggest Microsoft.KeyVault/vaults/secrets/getSecret/action
      rbacgen suggest Microsoft.Storage/storageAccounts/read --on Microsoft.Storage/storageAccounts
      rbacgen suggest --project-role data_scientist --on workspace
      az monitor activity-log list --offset 30d --max-events 10000 -o json > log.json
      rbacgen suggest --activity-log log.json --caller 6082bfda-63d0-46f4-8272-ae9195139feb
    """
    from rbacgen.commands import suggest as suggesting
    from rbacgen.model.assignment import Plane
    from rbacgen.reports import suggestion_json, suggestion_text

    given = [operations or None, capability, project_role, activity_log]
    if sum(each is not None for each in given) != 1:
        raise click.UsageError(
            "say what is needed in one way: OPERATION..., --capability, --project-role or --activity-log"
        )
    if not operations:
        options.refuse(("plane",), "without operations: needs and logs say their plane themselves")
    if activity_log is None:
        options.refuse(("caller",), "without --activity-log")
    asked = suggesting.SuggestRequest(
        operations=operations,
        plane=Plane(plane) if plane is not None else None,
        on=on,
        capability=capability,
        project_role=project_role,
        activity_log=activity_log,
        caller=caller,
        custom_role=custom_role,
    )
    advice = suggesting.suggest(project, asked)
    if format_ == "json":
        put(suggestion_json.text(advice, most), output)
    else:
        put(suggestion_text.report(advice, most, width()), output)
