"""The operators of conditions, and the values that they compare."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, assert_never

from msgspec import Struct

# With or without dashes, as Microsoft's own roles have them; `model.scope.GUID` is the one with dashes.
_GUID = re.compile(r"[0-9a-f]{8}(?P<dash>-?)[0-9a-f]{4}(?P=dash)[0-9a-f]{4}(?P=dash)[0-9a-f]{4}(?P=dash)[0-9a-f]{12}\Z")
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}\Z")
_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,7}))?Z\Z")


class OperandKind(StrEnum):
    """The kind of values that an operator compares."""

    TEXT = "text"
    FOLDED = "text, compared without case"
    NUMBER = "whole number"
    TIME = "time such as 2026-11-23T08:00:00Z"
    GUID = "GUID"
    TRUTH = "true or false"


class Relation(StrEnum):
    """The relation of the left value to the right one; the value is its wording in a sentence."""

    EQUALS = "is"
    STARTS = "starts with"
    LIKE = "is like"
    GREATER = "is greater than"
    GREATER_EQUALS = "is at least"
    LESS = "is less than"
    LESS_EQUALS = "is at most"


class Cross(StrEnum):
    """How many left values must be in the relation to how many right ones; empty for one each."""

    ONE = ""
    ANY_ANY = "ForAnyOfAnyValues"
    ALL_ANY = "ForAllOfAnyValues"
    ANY_ALL = "ForAnyOfAllValues"
    ALL_ALL = "ForAllOfAllValues"


class Operator(Struct, frozen=True):
    """An operator that Microsoft documents. A `negated` one is true exactly where the relation does not hold."""

    name: str
    kind: OperandKind
    relation: Relation
    negated: bool = False


def _listed() -> Iterator[Operator]:
    """The operators of https://learn.microsoft.com/azure/role-based-access-control/conditions-format."""
    texts = (("Equals", Relation.EQUALS), ("StartsWith", Relation.STARTS), ("Like", Relation.LIKE))
    for name, relation in texts:
        for no in ("", "Not"):
            yield Operator(f"String{no}{name}", OperandKind.TEXT, relation, bool(no))
            yield Operator(f"String{no}{name}IgnoreCase", OperandKind.FOLDED, relation, bool(no))
    for family, kind in (
        ("Bool", OperandKind.TRUTH),
        ("Numeric", OperandKind.NUMBER),
        ("DateTime", OperandKind.TIME),
        ("Guid", OperandKind.GUID),
    ):
        yield Operator(f"{family}Equals", kind, Relation.EQUALS)
        yield Operator(f"{family}NotEquals", kind, Relation.EQUALS, negated=True)
    for family, kind in (("Numeric", OperandKind.NUMBER), ("DateTime", OperandKind.TIME)):
        yield Operator(f"{family}GreaterThan", kind, Relation.GREATER)
        yield Operator(f"{family}GreaterThanEquals", kind, Relation.GREATER_EQUALS)
        yield Operator(f"{family}LessThan", kind, Relation.LESS)
        yield Operator(f"{family}LessThanEquals", kind, Relation.LESS_EQUALS)


OPERATORS: Mapping[str, Operator] = MappingProxyType({each.name.lower(): each for each in _listed()})
CROSSES: Mapping[str, Cross] = MappingProxyType({each.lower(): each for each in Cross if each})


def is_unquoted_value(folded: str) -> bool:
    """Whether a word in lower case is a value that needs no quotes: a GUID, a number, or true or false."""
    return bool(_GUID.match(folded) or _NUMBER.match(folded)) or folded in ("true", "false")


def typed(kind: OperandKind, text: str) -> Any:
    """The text as a comparable value of the kind; None where it is not such a value."""
    match kind:
        case OperandKind.TEXT:
            return text
        case OperandKind.FOLDED:
            return text.lower()
        case OperandKind.NUMBER:
            return int(text) if _NUMBER.match(text) else None
        case OperandKind.TIME:
            return _instant(text)
        case OperandKind.GUID:
            folded = text.lower()
            return folded.replace("-", "") if _GUID.match(folded) else None
        case OperandKind.TRUTH:
            return text.lower() if text.lower() in ("true", "false") else None
        case _:
            assert_never(kind)


def _instant(text: str) -> tuple[datetime, str] | None:
    """A UTC time with its fraction to the seventh digit, one more than datetime has."""
    found = _TIME.match(text)
    if found is None:
        return None
    try:
        return datetime.fromisoformat(found.group(1)), (found.group(2) or "").ljust(7, "0")
    except ValueError:
        return None
