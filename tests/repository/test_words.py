"""Plain English and the terms of the field: the dialect that this project began with is gone from all that others read."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READ_BY_OTHERS = (
    ".ci",
    ".github",
    ".pre-commit-hooks.yaml",
    "*.md",
    "Dockerfile",
    "Makefile",
    "action.yml",
    "examples",
    "mappings",
    "pyproject.toml",
    "rbacgen",
    "templates",
)
"""What git tracks under these names, down to the last folder."""

AZURES_OWN = ("rbacgen/authorization/catalog/azure_operations.txt", "rbacgen/authorization/catalog/azure_roles.txt")
"""Azure's listings, word by word. Its names come into our files one by one, and are let through by NAMES."""

NAMES = re.compile(r"front[ _-]?doors?|red[ _-]?hat", re.IGNORECASE)
"""Azure Front Door (also `frontDoors`) and Red Hat (also `redHatOpenShift`)."""

_WORDS = ("hat", "hats", "door", "doors", "wearer", "wearers", "telling", "worn")
_LOWER, _TITLE, _UPPER = ("|".join(map(case, _WORDS)) for case in (str, str.title, str.upper))
DIALECT = re.compile(
    # A word of prose or of snake_case; a word of camelCase, within or at its end.
    rf"(?<![A-Za-z])(?:{_LOWER}|{_TITLE})(?![a-z])|(?<=[a-z])(?:{_TITLE})(?![a-z])|(?<![A-Za-z])(?:{_UPPER})(?![A-Za-z])"
    r"|[Ww]anted\s+by\s+nobody"
)


def found_in(text: str) -> list[str]:
    """The lines of a text with a word of the dialect, by number."""
    lines = NAMES.sub(" ", text).splitlines()
    return [f"{number}: {line.strip()[:160]}" for number, line in enumerate(lines, 1) if DIALECT.search(line)]


def files() -> list[str]:
    """The files that others read, as git has them; pictures are no text."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *READ_BY_OTHERS]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [
        name
        for name in listed
        if name not in AZURES_OWN
        and not name.endswith(".png")
        and not name.startswith("tests/")
        and (ROOT / name).is_file()
    ]


def test_the_dialect_is_gone() -> None:
    """From code, messages, page, documents, guides, examples and pipelines."""
    names = files()
    assert len(names) > 100
    found = [f"{name}:{line}" for name in names for line in found_in((ROOT / name).read_text(encoding="utf-8"))]
    assert not found, f"{len(found)} lines:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "Who wears which hat",
        "def wearers_of(role):",
        "const hatRows = rows.doors;",
        "countOfHats",
        "THE DOOR IS OPEN",
        "MAX_HATS",
        "wanted by nobody here",
        "wanted by\tnobody",
        "a hat for Azure Front Door",
    ],
)
def test_a_word_of_the_dialect_is_found(text: str) -> None:
    """In prose, in each way of writing a name, and beside a name of Azure's."""
    assert found_in(f"one line\n{text}") != []


@pytest.mark.parametrize(
    "text",
    [
        "that what chat hatchling indoor sworn intelligent foretelling outdoors",
        "Azure Front Door, Microsoft.Network/frontDoors/read, frontdoor_waf, CDN_FRONT_DOOR",
        "Azure Red Hat OpenShift, redHatOpenShift, Red Hat",
        "wanted by the project, and nobody else",
    ],
)
def test_other_words_and_names_of_azure_are_not(text: str) -> None:
    """Words within words, and the two products."""
    assert found_in(text) == []
