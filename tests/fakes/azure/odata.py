"""The $filter expressions of requests to Azure and Graph: clauses joined by `and`."""

from __future__ import annotations

import re
from typing import NamedTuple


class FilterError(ValueError):
    """The text is no filter that this grammar knows."""


class Clause(NamedTuple):
    """One part of a filter: `atScope()` is a call without values, `a eq 'b'` and `a in ('b', 'c')` have theirs.

    `startswith(a,'b')` speaks of `a` with the operator `startswith`.
    """

    name: str
    operator: str
    values: tuple[str, ...]


_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|([A-Za-z0-9_][\w./-]*)|([(),]))")


def _tokens(text: str) -> list[str]:
    tokens, place = [], 0
    while place < len(text.rstrip()):
        match = _TOKEN.match(text, place)
        if not match:
            raise FilterError(text)
        tokens.append(match.group().strip())
        place = match.end()
    return tokens


def _value(token: str) -> str:
    """A value; ids too must be quoted (azure-rest-api-specs issue 28255)."""
    if token.startswith("'"):
        return token[1:-1].replace("''", "'")
    if token not in ("true", "false", "null"):
        raise FilterError(token)
    return token


def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a filter; raises FilterError for `or`, `not` and whatever else is not known here."""
    tokens = _tokens(text)
    found: list[Clause] = []
    depth = 0

    def take(*desired: str) -> str:
        if not tokens or (desired and tokens[0] not in desired):
            raise FilterError(text)
        return tokens.pop(0)

    def values() -> tuple[str, ...]:
        taken: list[str] = []
        take("(")
        while tokens and tokens[0] != ")":
            taken.append(_value(take()))
            if tokens and tokens[0] == ",":
                take(",")
        take(")")
        return tuple(taken)

    while tokens:
        while tokens and tokens[0] == "(":
            depth += 1
            take("(")
        name = take()
        if not name[0].isalpha():
            raise FilterError(text)
        if name.lower() == "startswith":
            take("(")
            name = take()
            take(",")
            found.append(Clause(name, "startswith", (_value(take()),)))
            take(")")
        elif tokens and tokens[0] == "(":
            found.append(Clause(name, "call", values()))
        else:
            operator = take("eq", "in")
            found.append(Clause(name, operator, (_value(take()),) if operator == "eq" else values()))
        while tokens and tokens[0] == ")":
            depth -= 1
            take(")")
        if tokens:
            take("and")
            if not tokens:
                raise FilterError(text)
    if depth or not found:
        raise FilterError(text)
    return tuple(found)
