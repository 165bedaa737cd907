"""Access in lines of text, as `can`, `who-can` and `explain` show it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from rbacgen.analysis import wording
from rbacgen.model.assignment import Reason, Verdict
from rbacgen.reports.json.access import PermitRecord
from rbacgen.reports.json.can import DecisionRecord, UnknownMembershipRecord
from rbacgen.reports.json.who_can import WhoCanRecord
from rbacgen.reports.text import safe

COLOURS = {"allowed": "note", "after_activation": "warning", "under_condition": "warning", "denied": "error"}
_MOST_LINES = 4  # of a condition that there is no sentence for


def verdict_words(form: DecisionRecord | WhoCanRecord | UnknownMembershipRecord) -> str:
    return wording.verdict(Verdict(form.verdict), form.only_eligible)


def condition(given: PermitRecord, width: int, indent: str) -> list[str]:
    """What a condition limits, in a sentence, or else the beginning of its text."""
    if given.condition_description:
        return wrapped(f"the condition: {safe(given.condition_description)}", width, indent, indent + "  ")
    text = f"where {' '.join(safe(given.condition).split())}"
    # What is shortened is not copied, so that the long names in it may be broken.
    lines = textwrap.wrap(
        text, width - 2, initial_indent=indent, subsequent_indent=indent + "  ", break_on_hyphens=False
    )
    return lines if len(lines) <= _MOST_LINES else [*lines[: _MOST_LINES - 1], lines[_MOST_LINES - 1] + " …"]


def serves(why: Iterable[Reason]) -> str:
    by_title: dict[str, list[str]] = {}
    for each in why:
        responsibilities = by_title.setdefault(each.title, [])
        if each.responsibility not in responsibilities:
            responsibilities.append(each.responsibility)
    return "; ".join(f"{safe(title)}: {', '.join(responsibilities)}" for title, responsibilities in by_title.items())


def noted(notes: Iterable[str], width: int) -> list[str]:
    return [line for note in notes for line in wrapped(safe(note), width, "", "  ")]


def wrapped(text: str, width: int, indent: str, after: str | None = None) -> list[str]:
    """The text in lines of a width; an id or an operation is never broken, so that it can be copied."""
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent + "  " if after is None else after,
        break_long_words=False,
        break_on_hyphens=False,
    )
