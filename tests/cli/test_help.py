"""`--help` that teaches: whole sentences, groups, examples that parse, exit codes, and near misses for what is misspelt."""

from __future__ import annotations

import re
import shlex
from importlib import import_module

import click
import pytest
from click.testing import CliRunner, Result

from rbacgen.cli import _COMMANDS, _GROUPS, main

# Those whose exit codes are only the two that every program has.
PLAIN = {"completion", "suggest"}


def run(*arguments: str) -> Result:
    """What a command comes to at a terminal of 80 columns."""
    return CliRunner().invoke(main, [*arguments], env={"COLUMNS": "80"}, terminal_width=80, prog_name="rbacgen")


def command(name: str) -> click.Command:
    """The command of this name."""
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", list(_COMMANDS))
def test_every_command_is_a_whole_sentence_in_the_list(name: str) -> None:
    """Not cut off at 80 columns."""
    lines = [line for line in run("--help").stdout.splitlines() if line.startswith(f"  {name} ")]
    assert len(lines) == 1
    assert lines[0].endswith(".")
    assert not lines[0].endswith("...")
    assert len(lines[0]) <= 80


def test_the_first_help_fits_a_terminal() -> None:
    """No line of it is longer than 80 columns, and none is cut off."""
    _, *lines = run("--help").stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert not [line for line in lines if line.endswith("...")]


@pytest.mark.parametrize("name", list(_COMMANDS))
def test_the_help_of_every_command_fits_a_terminal(name: str) -> None:
    """No line of it is longer than 80 columns."""
    assert [line for line in run(name, "--help").stdout.splitlines() if len(line) > 80] == []


def test_every_command_has_a_module_of_its_name() -> None:
    """In `cli`, where nothing else defines commands."""
    for name in _COMMANDS:
        module = f"rbacgen.cli.{name.replace('-', '_')}"
        assert import_module(module)
        assert command(name).callback is not None
        assert command(name).callback.__module__ == module


def test_commands_are_grouped_and_none_is_left_out() -> None:
    """In the order in which a newcomer meets them, each once."""
    shown = run("--help").stdout
    titles = re.findall(r"^([A-Z][a-z ]+):$", shown, flags=re.MULTILINE)
    assert titles == ["Options", *_GROUPS, "More"]
    listed = re.findall(r"^  ([a-z-]+) +[A-Z]", shown.split("Set up:")[1], flags=re.MULTILINE)
    assert sorted(listed) == sorted(_COMMANDS)


@pytest.mark.parametrize("name", list(_COMMANDS))
def test_every_command_shows_examples_that_it_takes(name: str) -> None:
    """Each line that begins with `rbacgen` is parsed by the command that it names."""
    text = command(name).help or ""
    assert "Examples:" in text
    examples = re.sub(r"\\\n\s*", "", text.split("Examples:")[1].split("\n\n")[0])
    lines = [line for line in examples.splitlines() if "rbacgen " in line]
    assert lines
    for line in lines:
        # What comes after three blanks explains the example; a pipe, a redirection and a substitution are the shell's.
        code = re.split(r"\s{3,}", line.strip())[0]
        words = [each for word in shlex.split(code) for each in (word.strip("$()").split() if "$(" in word else [word])]
        for part in parts(words):
            if part[0] == "rbacgen":
                called = command(part[1])
                context = click.Context(called, info_name=part[1], parent=click.Context(main))
                called.parse_args(context, part[2:])


def parts(words: list[str]) -> list[list[str]]:
    """The commands of a line, without where their output goes."""
    found: list[list[str]] = [[]]
    for word in words:
        if word in ("&&", "|"):
            found.append([])
        elif word == ">":
            found.append(["file"])
        else:
            found[-1].append(word)
    return found


@pytest.mark.parametrize("name", [name for name in _COMMANDS if name not in PLAIN])
def test_exit_codes_are_said(name: str) -> None:
    """Where a pipeline would branch on them."""
    shown = " ".join(run(name, "--help").stdout.split())
    assert re.search(r"Exit codes: 0 .+ 1 ", shown)


@pytest.mark.parametrize("name", list(_COMMANDS))
def test_every_option_says_what_it_does(name: str) -> None:
    """In a sentence, or by its choices."""
    for parameter in command(name).params:
        if isinstance(parameter, click.Option) and not isinstance(parameter.type, click.Choice):
            assert parameter.help, f"{name} {parameter.opts[0]}"
            assert parameter.help.rstrip(")").endswith((".", "committed")), parameter.help


@pytest.mark.parametrize(
    ("typed", "meant"), [("chek", "check"), ("Render", "render"), ("whocan", "who-can"), ("int", "init")]
)
def test_a_misspelt_command_is_understood(typed: str, meant: str) -> None:
    """And said, with exit 1."""
    result = run(typed)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"there is no command `{typed}` (did you mean `{meant}`?)" in result.stderr


def test_a_command_that_is_none_is_answered_with_all() -> None:
    """Where nothing is near."""
    result = run("xyzzy")
    assert (result.exit_code, result.stdout) == (1, "")
    assert all(name in result.stderr for name in _COMMANDS)


def test_a_misspelt_option_is_understood() -> None:
    """By click."""
    result = run("check", "--strct")
    assert result.exit_code == 1
    assert "--strict" in result.stderr
