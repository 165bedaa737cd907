"""Names in a comparable spelling, and suggestions for names that do not exist."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from rbacgen.model.near_names import did_you_mean


def folded(name: str) -> str:
    """A name as the directory compares it: without regard to case, Unicode form and blanks around it."""
    return unicodedata.normalize("NFC", name).strip().casefold()


def suggestion(name: str, known: Iterable[str]) -> str:
    """The suggestion of a similar name among these, which is never the name itself; empty where none is similar."""
    return did_you_mean(name, [each for each in known if folded(each) != folded(name)])
