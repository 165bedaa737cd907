"""The description of an assignment: why it is there, and the mark of the project that it belongs to."""

from __future__ import annotations

import unicodedata
from functools import cache

from rbacgen.model.assignment import Reason

DESCRIPTION_LIMIT = 512
ANY_MARK = "[rbacgen:"  # how the mark of any project begins


def mark(project_name: str) -> str:
    """The sign at the end of a description by which `diff` knows an assignment as the project's own."""
    return f"{ANY_MARK}{project_name}]"


def why(reasons: tuple[Reason, ...]) -> str:
    """The reasons in one sentence: each project role's title, then what it is there for."""
    return _sentence(tuple((each.title, each.does) for each in reasons))


@cache
def _sentence(reasons: tuple[tuple[str, str], ...]) -> str:
    """Many assignments share their reasons: the sentence of titles and what they do is made once."""
    by_title: dict[str, list[str]] = {}
    for title, does in reasons:
        responsibilities = by_title.setdefault(unicodedata.normalize("NFC", title), [])
        responsibility = _lower_first(unicodedata.normalize("NFC", does.strip().rstrip(".")))
        if responsibility not in responsibilities:
            responsibilities.append(responsibility)
    return "; ".join(f"{title}: {', '.join(responsibilities)}" for title, responsibilities in by_title.items())


def describe(reasons: tuple[Reason, ...], project_name: str, stable: bool = False) -> str:
    """The description of an assignment: why it is there, cut at a word, and the project's mark; 512 characters at most.

    A stable one names no reason: azurerm before 5.2 replaces an assignment whose description changes, which would take
    the access away for a moment (https://github.com/hashicorp/terraform-provider-azurerm/issues/32714).
    """
    sign = mark(project_name)
    text = "Managed as code" if stable else " ".join(why(reasons).split())
    room = DESCRIPTION_LIMIT - len(sign) - 1
    if len(text) > room:
        text = text[: room - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
    return f"{text} {sign}"


def _lower_first(text: str) -> str:
    """The text with a small first letter, unless its first word is an abbreviation or a name like `MLflow`."""
    first = text.split(" ", 1)[0]
    return (
        text if sum(character.isupper() for character in first) > 1 or len(first) == 1 else text[:1].lower() + text[1:]
    )
