"""Results as CSV (RFC 4180), safe to open in a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rbacgen.reports.text import safe

# Excel takes a file for UTF-8 by its byte order mark alone; without one it breaks every name that is not ASCII. Whoever reads it by
# program says `utf-8-sig`.
_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
# What makes a spreadsheet calculate: https://owasp.org/www-community/attacks/CSV_Injection. A semicolon ends a cell where the country's
# spreadsheets separate by it, whatever the quotes say, and so what follows one is guarded as well, behind a quote too.
_FORMULA = re.compile(
    r"(^|[;\t|])(?=[\s\"]*[=+\-@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}])"
)


def sheet(rows: Iterable[Iterable[str]]) -> str:
    """Rows of cells as CSV (RFC 4180): every cell quoted and none a formula, UTF-8 with a byte order mark, which Excel asks for."""
    return _MARK + "".join(",".join(map(_quoted, row)) + "\r\n" for row in rows)


def _quoted(words: str) -> str:
    """A cell as text: on one line, quoted, and with an apostrophe before what a spreadsheet would calculate."""
    escaped = _FORMULA.sub(r"\1'", safe(" ".join(words.split())))
    return '"' + escaped.replace('"', '""') + '"'
