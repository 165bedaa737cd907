"""The commands for editors and shells: `schema` and `completion`."""

from __future__ import annotations

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import FINDINGS, put

_READ = ("project", "mapping", "tests")
_WRITTEN = ("check", "diff", "can", "who-can", "explain", "matrix", "suggest", "snapshot")
# As in `file_schema.KINDS`, which `--help` would pay for.
_KINDS = ("mapping", "role", "workload", "capabilities", "scope-kinds", "custom-roles")


@click.command(cls=options.Command)
@click.argument("what", type=click.Choice([*_READ, *_WRITTEN]), default="project")
@click.option("--kind", type=click.Choice(_KINDS), help="Only of this kind of file in a mapping.")
@click.option(
    "--check", is_flag=True, help="Write nothing; say whether the committed schema is current (exit 2 if not)."
)
@options.project
@options.output
def schema(what: str, kind: str | None, check: bool, project: str | None, output: str | None) -> None:
    """Print JSON Schema, for editors and for programs.

    Of what `check`, `diff`, `can`, `who-can`, `explain`, `matrix` and `suggest` print as JSON, and of a snapshot. And of project files, of the files of a mapping, or of access tests that stand by themselves. It knows the names that may
    stand there: scope kinds, project roles, capabilities, environments and all Azure roles. An editor with YAML support
    finds it by the first line of a file: `# yaml-language-server: $schema=rbacgen.schema.json`.

    \b
    Examples:
      rbacgen schema -o rbacgen.schema.json                      beside the project file
      rbacgen schema mapping -o mapping/rbacgen.schema.json      for the team's own mapping
      rbacgen schema mapping --kind role                         only for files in roles/
      rbacgen schema --check                                     for pipelines: is what is committed current?

    Exit codes: 0 current or printed, 1 it could not be done, 2 with --check: it is not current.
    """
    from rbacgen.commands import files
    from rbacgen.commands import schema as editing

    if what != "mapping":
        options.refuse(("kind",), f"with `{what}`, which is one form")
    if what in _WRITTEN:
        options.refuse(("check", "project"), f"with `{what}`, whose form is rbacgen's own")
        put(editing.output_schema(what), output)
        return
    if not check:
        put(editing.schema(project, what, kind), output)
        return
    path = editing.place(project, what, output)
    if not editing.is_current(path, editing.schema(project, what, kind)):
        words = " ".join(["rbacgen schema", what, *(["--kind", kind] if kind else []), "-o", files.shown(path)])
        put(f"{files.shown(path)} is not current: run `{words}`\n", None)
        raise SystemExit(FINDINGS)
    put(f"{files.shown(path)} is current\n", None)


@click.command(cls=options.Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script by which a shell completes names.

    It completes commands, options, project roles and the team, environments, scope kinds, capabilities, Azure roles and
    operations, from the project that stands here; it reads no network.

    \b
    Examples:
      eval "$(rbacgen completion bash)"       in ~/.bashrc
      eval "$(rbacgen completion zsh)"        in ~/.zshrc, after compinit
      rbacgen completion fish > ~/.config/fish/completions/rbacgen.fish
    """
    from rbacgen.cli import completion as completing
    from rbacgen.cli import main

    put(completing.script(main, shell), None)
