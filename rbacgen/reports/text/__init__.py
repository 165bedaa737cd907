"""Results as text for people: short lines, the place first, a summary last; and what makes words safe to print."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from rbacgen.model.problems import Position, Problem
from rbacgen.model.state import Unread

if TYPE_CHECKING:
    from rbacgen.model.source import Source

Style = Callable[[str, str], str]


def plain(text: str, _: str) -> str:
    """The text without any colour."""
    return text


def problem_line(problem: Problem, style: Style = plain) -> str:
    """One problem as `file:line:column: severity: message [rule]`."""
    return f"{safe(str(problem.at))}: {style(problem.severity, problem.severity)}: {safe(problem.message)} [{problem.rule}]"


# What an agent of Azure DevOps takes for a command anywhere in a log, and GitHub's runner at the start of a line
# and, in its older form, anywhere: https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
_COMMAND = re.compile(r"##(?=\[|vso\[)|(?<!\S)::+")


def safe(text: str) -> str:
    """The text without what would repaint a terminal, turn its direction or command a pipeline: names in files may hold anything."""
    if not text.isprintable():
        text = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return _COMMAND.sub(_parted, text) if "##" in text or "::" in text else text


def _parted(found: re.Match[str]) -> str:
    return f"{found.group()} " if found.group() == "##" else " ".join(found.group())


def place(at: Position) -> str:
    """`file:line:column`, or the file alone where it is meant as a whole."""
    return f"{at.file}:{at.line}:{at.column}" if at.line else at.file


def partly_read(source: Source, style: Style = plain) -> list[str]:
    """The notes of a source and what could not be read, a line each."""
    return unread(source.notes, source.state.coverage.unread, style)


def unread(notes: Iterable[str], missing: Iterable[Unread], style: Style = plain) -> list[str]:
    """Notes on a reading and what it could not read, a line each, with the remedy below."""
    lines = [f"{style('note', 'note')}: {safe(note)}" for note in notes]
    for missed in missing:
        what = f"{safe(missed.scope)}: {missed.part} not read: {safe(missed.why)}"
        lines += [f"{style('warning', 'warning')}: {what}", f"  {missed.remedy}"]
    return lines


def from_root(file: str, base: str) -> str:
    """The path of a file from the root of the repository; `base` is the current folder as seen from there."""
    return posixpath.normpath(posixpath.join(base, file.replace("\\", "/")))
