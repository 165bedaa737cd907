"""What can be wrong: places in files, problems found there, and the errors that stop a command."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct


class Severity(StrEnum):
    """How much a problem weighs: an error stops the run, a warning is for a person to judge, a note only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


class Position(Struct, frozen=True, order=True):
    """A place in a file; line and column count from 1, and 0 means the file as a whole."""

    file: Annotated[
        str, Meta(description="The file, by its path from the current folder or from a mapping that came with rbacgen.")
    ]
    line: Annotated[int, Meta(description="The line, from 1; 0 for the file as a whole.")] = 0
    column: Annotated[int, Meta(description="The column, from 1; 0 for the file as a whole.")] = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    @property
    def short(self) -> str:
        """The place inside a sentence, where the line is enough to find it."""
        return f"{self.file}:{self.line}" if self.line else self.file


class Problem(Struct, frozen=True):
    """One thing that is wrong, at one place, under the id of the rule that it breaks.

    `about` names what it is about (`principal`, `scope`, …) where the place alone does not distinguish two of them, so that
    a dashboard knows the same finding again when its words or its line have changed.
    """

    at: Position
    rule: str
    message: str
    severity: Severity = Severity.ERROR
    about: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.at}: {self.severity}: {self.message} [{self.rule}]"

    @property
    def order(self) -> tuple[Position, int, str, str, tuple[tuple[str, str], ...]]:
        """The key that problems are sorted by: place first, so that a file is mended from top to bottom."""
        return (self.at, _RANK[self.severity], self.rule, self.message, self.about)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems sorted by place, each once."""
    return tuple(sorted(set(problems), key=lambda problem: problem.order))


class RbacgenError(Exception):
    """Something that the user can mend: one sentence of what went wrong, and a remedy."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(RbacgenError):
    """The files are wrong; carries every problem that was found, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_order(problems)
        count = len(self.problems)
        super().__init__(f"{count} problem{'' if count == 1 else 's'} in the input")
