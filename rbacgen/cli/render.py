"""The command `render`: Terraform for every environment of a project."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import put, style, warn

if TYPE_CHECKING:
    from datetime import date


@click.command(cls=options.Command)
@options.project
@options.environments
@click.option(
    "-o", "--output", metavar="DIR", help="The folder for the directories; else terraform/ beside the project file."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["hcl", "json"]),
    default="hcl",
    show_default=True,
    help="Terraform's native syntax, or .tf.json.",
)
@click.option(
    "--report",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="The format of the report on stdout.",
)
@click.option("--module", "is_module", is_flag=True, help="Leave provider and Terraform version to the calling module.")
@click.option("--templates", metavar="DIR", help="Templates that override the shipped ones, file by file.")
@click.option("--check", is_flag=True, help="Write nothing; check that the files are current (exit 2 if not).")
@click.option("--allow-shrink", is_flag=True, help="Allow more than a third of the assignments to be removed.")
@click.option(
    "--existing",
    metavar="SOURCE",
    help="Import existing access with import blocks: `azure`, or a snapshot, JSON of az or of a Terraform state.",
)
@options.today
@options.azure
def render(
    project: str | None,
    format_: str,
    report: str,
    today: date,
    **rest: Any,
) -> None:
    """Write Terraform, one directory per environment.

    \b
    Examples:
      rbacgen render                     every environment, into terraform/
      rbacgen render -e dev -o infra     only dev, into infra/dev
      rbacgen render --check             for pipelines: are the files current?
      rbacgen render --existing azure    import the access that exists in Azure

    Exit codes: 0 written or current, 1 failed, 2 findings, or with --check: not current, 3 with --existing: incomplete,
    because something could not be read.
    """
    from rbacgen.commands import load
    from rbacgen.commands import render as command
    from rbacgen.reports import as_json, text

    existing = rest["existing"]
    if format_ == "json":
        options.refuse(("templates",), "with --format json, which uses no template")
    options.refuse_connection(existing, "existing")
    connect = options.connect(rest)
    for name in ("output", "templates"):
        rest[name] = Path(rest[name]) if rest[name] else None
    asked = command.RenderOptions(**rest, json=format_ == "json")
    result = command.render(project, today, asked, connect if existing is not None else None)
    warn(load.to_say(result.checked))
    for line in text.imports_result(result.imports_result, style(sys.stderr)):
        click.echo(line, err=True)
    put(as_json.rendered(result) if report == "json" else text.rendered(result, asked.check), None)
    raise SystemExit(result.exit_code)
