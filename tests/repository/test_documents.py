"""What the documents name is there: files that they link to, paths that they speak of, commands with their options, targets of make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from rbacgen.cli import main

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "examples").rglob("*.md"),
        ROOT / "rbacgen" / "authorization" / "catalog" / "SOURCES.md",
    ]
)
CONTEXT = click.Context(main)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"\.?[\w-]+(?:/[\w.*-]+)+/?|[\w-]+/")
_OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*|-[a-zA-Z])(?![\w-])")
_CALL = re.compile(r"(?<![\w./:-])rbacgen ([^|;&#\n]*)")


def blocks(text: str) -> tuple[str, list[str]]:
    """The words of a document, and the commands in its blocks: each line that is code, with the lines that carry it on."""
    words, commands, fenced = [], [], False
    for line in re.sub(r" \\\n\s*", " ", text).splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            commands.append(line.strip().removeprefix("$ "))
        else:
            words.append(line)
    return "\n".join(words), commands


def calls(document: Path) -> Iterator[tuple[str, str]]:
    """The calls of rbacgen that a document shows, and what follows the name; those of the guides' outputs, too."""
    words, commands = blocks(document.read_text(encoding="utf-8"))
    spans = [span for span in _CODE.findall(words) if _CALL.search(span)]
    shown = [line for line in commands if line.startswith("rbacgen ") or " && rbacgen " in line]
    for text in [*spans, *shown]:
        for found in _CALL.findall(text.partition("  #")[0]):
            command, _, rest = found.partition(" ")
            yield command, rest


def options(command: click.Command) -> set[str]:
    """Every spelling of a command's options."""
    return {"--help", "-h"} | {name for each in command.params for name in (*each.opts, *each.secondary_opts)}


def test_every_document_is_looked_at() -> None:
    """The list is no empty one."""
    names = {str(path.relative_to(ROOT)) for path in DOCUMENTS}
    assert {"README.md", "CONTRIBUTING.md", "SECURITY.md", "examples/guides/brownfield.md"} <= names


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_links_to_is_there(document: Path) -> None:
    """Files, folders and headings."""
    for link in _LINK.findall(document.read_text(encoding="utf-8")):
        if link.startswith(("https://", "mailto:")):
            continue
        file, _, heading = link.partition("#")
        target = (document.parent / file).resolve() if file else document
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if heading:
            assert heading in headings(target), link


def headings(document: Path) -> set[str]:
    """The anchors of a document, as GitHub makes them."""
    found = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in found}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_path_that_a_document_speaks_of_is_there(document: Path) -> None:
    """Those that begin at the top of the repository; a module may be named by its room, `azure/reading`."""
    words, _ = blocks(document.read_text(encoding="utf-8"))
    tops = {path.name for path in ROOT.iterdir()}
    for span in _CODE.findall(words):
        if _PATH.fullmatch(span) and span.partition("/")[0] in tops:
            assert any(ROOT.glob(span.rstrip("/"))), span
    if document.name == "CONTRIBUTING.md":
        rooms = [span for span in _CODE.findall(words) if re.fullmatch(r"[a-z]+/[a-z_]+", span)]
        missing = [
            each
            for each in rooms
            if not any(
                path.exists() for path in (ROOT / "rbacgen" / each, ROOT / "rbacgen" / f"{each}.py", ROOT / each)
            )
        ]
        assert rooms
        assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_command_that_a_document_shows_is_there_with_its_options(document: Path) -> None:
    """In words and in blocks; the options of a pipe's other programs are not looked at."""
    for name, rest in calls(document):
        command = main if name.startswith("-") else main.get_command(CONTEXT, name)
        assert command is not None, f"rbacgen {name}"
        quoted = re.sub(r"'[^']*'|\"[^\"]*\"", "", f"{name} {rest}" if command is main else rest)
        for option in _OPTION.findall(quoted):
            assert option in options(command), f"rbacgen {name} {option}"


def test_the_page_of_commands_names_every_command_and_just_the_options_of_each() -> None:
    """One row a command; whatever option stands in a row is one of that command's."""
    rows = re.findall(
        r"^\| `rbacgen ([a-z-]+)[^`]*` \| (.*) \|$",
        (ROOT / "examples" / "guides" / "commands.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert sorted(name for name, _ in rows) == sorted(main.list_commands(CONTEXT))
    for name, says in rows:
        command = main.get_command(CONTEXT, name)
        assert command is not None
        own = [span for span in _CODE.findall(says) if span.startswith("-")]
        for option in (option for span in own for option in _OPTION.findall(span)):
            assert option in options(command), f"rbacgen {name} {option}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_target_of_make_that_a_document_names_is_there(document: Path) -> None:
    """In words and in blocks."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    words, commands = blocks(document.read_text(encoding="utf-8"))
    for line in [*_CODE.findall(words), *commands]:
        if line.startswith("make "):
            assert line.split()[1] in targets, line


def test_the_readme_is_read_in_a_few_minutes() -> None:
    """What it takes more to say is a page of the guides."""
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150
