"""The command `schema`: JSON Schema of the files that people write, and of the JSON that commands print."""

from __future__ import annotations

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import put
from rbacgen.reports.schema import NAMES

_READ = ("project", "mapping", "tests")
_WRITTEN = (*NAMES, "snapshot")
# As in `json_schema.KINDS`, whose import `--help` would pay for.
_KINDS = ("mapping", "role", "workload", "capabilities", "scope-kinds", "custom-roles")


@click.command(cls=options.Command)
@click.argument("what", type=click.Choice([*_READ, *_WRITTEN]), default="project")
@click.option("--kind", type=click.Choice(_KINDS), help="Only for this kind of file in a mapping.")
@click.option("--check", is_flag=True, help="Write nothing; check that the schema file is current (exit 2 if not).")
@options.project
@options.output
def schema(what: str, kind: str | None, check: bool, project: str | None, output: str | None) -> None:
    """Print JSON Schema, for editors and for programs.

    For editors: `project` is the schema of project files, `mapping` of the files of a mapping, `tests` of files with
    access tests. It contains the names that these files may use: scope kinds, project roles, capabilities, environments
    and all Azure roles. An editor with YAML support finds it by the first line of a file:

    \b
      # yaml-language-server: $schema=rbacgen.schema.json

    For programs: `snapshot` is the schema of a snapshot, `rules` of what `check --rules` prints, any other name of the JSON
    that this command prints.

    \b
    Examples:
      rbacgen schema -o rbacgen.schema.json    the default file
      rbacgen schema mapping -o mapping/rbacgen.schema.json    for ./mapping
      rbacgen schema mapping --kind role       only for files in roles/
      rbacgen schema --check                   for pipelines: is it current?

    Exit codes: 0 OK, 1 failed, 2 with --check: not current.
    """
    from rbacgen.commands import schema as command

    if what != "mapping":
        options.refuse(("kind",), f"with `{what}`, which has one schema")
    if what in _WRITTEN:
        options.refuse(("check", "project"), f"with `{what}`, whose schema does not depend on the project")
        put(command.output_schema(what), output)
        return
    if not check:
        put(command.schema(project, what, kind), output)
        return
    result = command.check(project, what, kind, output)
    rest = "is current" if result.is_current else f"is not current: run `{result.remedy}`"
    put(f"{result.file} {rest}\n", None)
    raise SystemExit(result.exit_code)
