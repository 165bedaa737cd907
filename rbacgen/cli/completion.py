"""The command `completion`: the script with which a shell completes the names of commands, options and projects."""

from __future__ import annotations

import click

from rbacgen.cli import options
from rbacgen.cli.terminal import put


@click.command(cls=options.Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script for completion in a shell.

    The shell then completes commands, options, project roles and the team, environments, scope kinds, capabilities,
    Azure roles and operations, from the project in this folder or above. It makes no network requests.

    \b
    Examples:
      eval "$(rbacgen completion bash)"       in ~/.bashrc
      eval "$(rbacgen completion zsh)"        in ~/.zshrc, after compinit
      rbacgen completion fish > ~/.config/fish/completions/rbacgen.fish
    """
    from rbacgen.cli import main, shell_completion

    put(shell_completion.script(main, shell), None)
