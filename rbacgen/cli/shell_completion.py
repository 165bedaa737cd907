"""Completion in shells: the names that each parameter takes, and the scripts that ask for them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

VARIABLE = "_RBACGEN_COMPLETE"

Completer = Callable[[click.Context, str], Iterable[CompletionItem]]

# The line is split here and not by the shell: bash breaks words at `@`, `:` and `=`, which are in names of people. The result
# is cut to the word as bash sees it (its $2), and quoted unless the person has begun to quote.
_BASH = """\
%(complete_func)s() {
    local type value
    COMPREPLY=()
    while IFS=, read -r type value; do
        case $type in
            dir) compopt -o dirnames 2>/dev/null ;;
            file) compopt -o default 2>/dev/null ;;
            plain)
                COMPREPLY+=("$value")
                case $value in *[/=:.]) compopt -o nospace 2>/dev/null ;; esac
                ;;
        esac
    done < <(COMP_LINE="$COMP_LINE" COMP_POINT="$COMP_POINT" COMP_WORD="$2" %(complete_var)s=bash_complete "$1" 2>/dev/null)
}
complete -o nosort -F %(complete_func)s %(prog_name)s 2>/dev/null || complete -F %(complete_func)s %(prog_name)s
"""


class _Bash(BashComplete):
    source_template = _BASH

    def source(self) -> str:
        return ShellComplete.source(self)  # without starting a bash only to learn its version

    def get_completion_args(self) -> tuple[list[str], str]:
        line = self._line()
        words = split_arg_string(line)
        is_new = len(split_arg_string(f"{line}x")) > len(words)
        return words[1:] if is_new else words[1:-1], "" if is_new else words[-1]

    def _line(self) -> str:
        whole = os.environ["COMP_LINE"].encode("utf-8", "surrogateescape")
        return whole[: int(os.environ["COMP_POINT"])].decode("utf-8", "replace")

    def format_completion(self, item: CompletionItem) -> str:
        line, word = self._line(), os.environ.get("COMP_WORD", "")
        raw = _last_word(line)
        value = str(item.value)
        if raw[:1] not in ("'", '"'):
            value = _quoted(value)
            # What bash sees as part of the line before the word stays there.
            before = raw[: len(raw) - len(word)] if raw.endswith(word) else ""
            value = value[len(before) :] if before and value.startswith(before) else value
        return f"{item.type},{value}"


def _last_word(line: str) -> str:
    """The last word of a line as it was typed, quotes and all."""
    start, quote, index = 0, "", 0
    while index < len(line):
        character = line[index]
        if quote:
            quote = "" if character == quote else quote
        elif character == "\\":
            index += 1
        elif character in "'\"":
            quote = character
        elif character.isspace():
            start = index + 1
        index += 1
    return line[start:]


def _quoted(text: str) -> str:
    """The text with backslashes before characters that are special to a shell, as bash itself completes."""
    return "".join(
        each if each.isalnum() or each in "_-./:@%+=,~^" or ord(each) > 127 else f"\\{each}" for each in text
    )


class _Fish(FishComplete):
    def format_completion(self, item: CompletionItem) -> str:
        if item.help:  # its script takes what is between two commas
            item = CompletionItem(item.value, item.type, item.help.replace(",", ";"))
        return super().format_completion(item)


SHELLS: dict[str, type[ShellComplete]] = {"bash": _Bash, "zsh": ZshComplete, "fish": _Fish}


def script(cli: click.Command, shell: str) -> str:
    """The script that a shell sources to complete `rbacgen`."""
    return SHELLS[shell](cli, {}, "rbacgen", VARIABLE).source()


def prepare() -> None:
    """Prepares this process to answer a shell: stderr is discarded, so that no error appears in the line that a person types."""
    for each in SHELLS.values():
        add_completion_class(each)
    if os.environ[VARIABLE].endswith("_complete"):
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open until the process ends


# The names that a parameter takes.


def attach(command: click.Command) -> None:
    """Gives the parameters of a command the names to complete, by the name of the parameter or by its metavar."""
    for parameter in command.params:
        completer = _completer(command, parameter)
        if completer is not None:
            parameter.shell_complete = _silent(completer)  # type: ignore[assignment, method-assign]


def _completer(command: click.Command, parameter: click.Parameter) -> Completer | None:
    if not isinstance(parameter.type, click.types.StringParamType):
        return None
    metavar = str(parameter.metavar or "").strip("[].")
    by_command = {
        ("init", "environments"): _new_environments,
        ("init", "own"): _new_roles,
        ("init", "members"): _new_members,
        ("init", "bindings"): _new_bindings,
        ("init", "mapping"): _mappings,
    }
    by_name: dict[str | None, Completer] = {
        "environments": _environments,
        "subscriptions": _subscriptions,
        "on": _scope_kinds,
        "who": _who,
        "about": _about,
        "operation": _operations,
        "operations": _operations,
        "capability": _capabilities,
        "project_role": _project_roles,
        "words": _azure_roles,
    }
    by_metavar: dict[str, Completer] = {
        "FILE": _files,
        "FORMAT=]FILE": _files,
        "DIR": _folders,
        "OLD": _files,
        "SOURCE": _sources,
    }
    of_command = by_command.get((command.name or "", parameter.name or ""))
    return of_command or by_name.get(parameter.name) or by_metavar.get(metavar)


def _silent(completer: Completer) -> Callable[[click.Context, str], list[CompletionItem]]:
    """The completer without errors: a file that cannot be read has no names."""

    def complete(context: click.Context, start: str) -> list[CompletionItem]:
        from rbacgen.model.problems import RbacgenError

        try:
            return list(completer(context, start))
        except (RbacgenError, OSError):
            return []

    return complete


def _items(offers: Iterable[tuple[str, str]], start: str) -> list[CompletionItem]:
    """The names that begin with `start`, without regard to case, each with its description on one line."""
    folded = start.lower()
    return [
        CompletionItem(name, help=" ".join(says.split())[:100] or None)
        for name, says in offers
        if name.lower().startswith(folded) and name.isprintable()
    ]


def _project(context: click.Context) -> Any:
    return context.params.get("project")


def _environments(context: click.Context, start: str) -> list[CompletionItem]:
    from rbacgen.commands import completion

    return _items(completion.environments(_project(context)), start)


def _subscriptions(context: click.Context, start: str) -> list[CompletionItem]:
    from rbacgen.commands import completion

    return _items(completion.subscriptions(_project(context)), start)


def _scope_kinds(context: click.Context, start: str) -> list[CompletionItem]:
    from rbacgen.commands import completion

    return _items(completion.scope_kinds(_project(context)), start)


def _project_roles(context: click.Context, start: str) -> list[CompletionItem]:
    from rbacgen.commands import completion

    return _items(completion.project_roles(_project(context)), start)


def _who(context: click.Context, start: str) -> list[CompletionItem]:
    from rbacgen.commands import completion

    given = _project(context)
    return _items((*completion.project_roles(given), *completion.team(given)), start)


def _about(context: click.Context, start: str) -> list[CompletionItem]:
    from rbacgen.commands import completion

    found = _who(context, start) + _items(completion.capabilities(_project(context)), start)
    # Nearly a thousand Azure roles would hide the project's own names: they appear once somebody begins to type one.
    return found + _items(completion.azure_roles(_project(context)), start) if start else found


def _azure_roles(context: click.Context, start: str) -> list[CompletionItem]:
    from rbacgen.commands import completion

    if context.params.get("words"):
        return []  # further words of a name can be any words
    if "/" in start:
        return _operations(context, start)
    return _items(completion.azure_roles(_project(context)), start)


def _capabilities(context: click.Context, start: str) -> list[CompletionItem]:
    from rbacgen.commands import completion

    return _items(completion.capabilities(_project(context)), start)


def _operations(_: click.Context, start: str) -> list[CompletionItem]:
    from rbacgen.authorization.catalog.operations import load

    return _items(((name, "") for name in load().beginning(start)), start)


def _mappings(_: click.Context, start: str) -> list[CompletionItem]:
    from rbacgen.commands import completion

    return _items(completion.mappings(), start) or [CompletionItem(start, type="dir")]


def _new_environments(context: click.Context, start: str) -> list[CompletionItem]:
    from rbacgen.commands import completion

    return _items(completion.mapping_environments(_mapping(context)), start)


def _new_roles(context: click.Context, start: str) -> list[CompletionItem]:
    from rbacgen.commands import completion

    return _items(completion.project_roles(None, _mapping(context)), start)


def _new_members(context: click.Context, start: str) -> list[CompletionItem]:
    from rbacgen.commands import completion

    role, sign, _ = start.partition("=")
    roles = completion.project_roles(None, _mapping(context))
    if not sign:
        return _items(((f"{name}=", title) for name, title in roles), start)
    kinds = ("group", "user", "service_principal", "managed_identity")
    return _items(((f"{role}={kind}:", "") for kind in kinds), start)


def _new_bindings(context: click.Context, start: str) -> list[CompletionItem]:
    from rbacgen.commands import completion

    environment, dot, _ = start.partition(".")
    mapping = _mapping(context)
    if not dot:
        return _items(((f"{name}.", "") for name, _ in completion.mapping_environments(mapping)), start)
    kinds = completion.scope_kinds(None, mapping)
    return _items(((f"{environment}.{name}=", says) for name, says in kinds), start)


def _mapping(context: click.Context) -> str:
    return str(context.params.get("mapping") or "mlops")


def _files(_: click.Context, start: str) -> list[CompletionItem]:
    return [CompletionItem(start, type="file")]


def _folders(_: click.Context, start: str) -> list[CompletionItem]:
    return [CompletionItem(start, type="dir")]


def _sources(_: click.Context, start: str) -> list[CompletionItem]:
    """Files and folders; `azure` once somebody begins to type it."""
    azure = _items([("azure", "live Azure")], start) if start else []
    return azure or [CompletionItem(start, type="file")]
