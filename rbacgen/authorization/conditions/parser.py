"""The language of conditions: what a text says, and a text for what was read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, assert_never

from msgspec import Struct

DEEPEST = 64  # levels of brackets and NOT; Microsoft's roles need four, 8 KB of text could ask for thousands
_SOURCES = ("principal", "resource", "request", "environment")


class ConditionError(ValueError):
    """The text is no condition: what is wrong, and at which character of the text, counted from 0."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class OperandKind(StrEnum):
    """What an operator takes its values for."""

    TEXT = "text"
    FOLDED = "text, compared without case"
    NUMBER = "whole number"
    TIME = "time such as 2026-11-23T08:00:00Z"
    GUID = "GUID"
    TRUTH = "true or false"


class Relation(StrEnum):
    """How the left value must stand to the right one; the value is how a sentence says it."""

    EQUALS = "is"
    STARTS = "starts with"
    LIKE = "is like"
    GREATER = "is greater than"
    GREATER_EQUALS = "is at least"
    LESS = "is less than"
    LESS_EQUALS = "is at most"


class Cross(StrEnum):
    """How many values of the left must stand in the relation to how many of the right; empty for one each."""

    ONE = ""
    ANY_ANY = "ForAnyOfAnyValues"
    ALL_ANY = "ForAllOfAnyValues"
    ANY_ALL = "ForAnyOfAllValues"
    ALL_ALL = "ForAllOfAllValues"


class Operator(Struct, frozen=True):
    """An operator that the page lists. `negated` ones are true just where the relation does not hold."""

    name: str
    kind: OperandKind
    relation: Relation
    negated: bool = False


class ConditionAttribute(Struct, frozen=True):
    """An attribute as the text spells it: `@Resource[Microsoft.Storage/storageAccounts:name]`."""

    text: str


class Value(Struct, frozen=True):
    """A value as the text gives it; texts are quoted, while GUIDs, numbers and true or false need not be."""

    text: str
    quoted: bool = True


class Values(Struct, frozen=True):
    """Values that are written out; `listed` ones stand in `{}`."""

    each: tuple[Value, ...]
    listed: bool = True


Operand = ConditionAttribute | Values


class Action(Struct, frozen=True):
    """`ActionMatches{'…'}`: the operation matches this pattern."""

    pattern: str


class SubOperation(Struct, frozen=True):
    """`SubOperationMatches{'…'}`: the part of the operation that is meant, such as `Blob.List`."""

    pattern: str


class Exists(Struct, frozen=True):
    """The attribute is there, whatever its value."""

    attribute: ConditionAttribute


class Comparison(Struct, frozen=True):
    """A comparison; `operator` is as the text spells it, without what stands before its colon, which is `cross`."""

    left: Operand
    operator: str
    right: Operand
    cross: Cross = Cross.ONE


class Not(Struct, frozen=True):
    """True just where its part is false."""

    part: Node


class AllOf(Struct, frozen=True):
    """Parts joined with AND, two or more."""

    parts: tuple[Node, ...]


class AnyOf(Struct, frozen=True):
    """Parts joined with OR, two or more."""

    parts: tuple[Node, ...]


class Mixed(Struct, frozen=True):
    """Parts joined with AND and OR side by side; `ands` says which of the joints are AND.

    The page calls the order in which Azure reads such a row ambiguous and asks for brackets.
    """

    parts: tuple[Node, ...]
    ands: tuple[bool, ...]


Node = Action | SubOperation | Exists | Comparison | Not | AllOf | AnyOf | Mixed


class ConditionRemark(Struct, frozen=True):
    """Something at a character of the text, counted from 0, that its author should know.

    `wrong` is what Azure's pages rule out, or what cannot have been meant; the rest is only unknown here.
    """

    offset: int
    says: str
    wrong: bool


class Condition(Struct, frozen=True, eq=False):
    """A condition that was read: its text, what it means, and what there is to say about it. Equal by its text."""

    text: str
    root: Node
    remarks: tuple[ConditionRemark, ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self.text == other.text

    def __ne__(self, other: object) -> bool:  # a struct brings its own, which asks whether they are the same object
        return not self == other

    def __hash__(self) -> int:
        return hash(self.text)


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
_CROSSES = {each.lower(): each for each in Cross if each}


_TOKEN = re.compile(
    r"(?P<text>'[^']*')|(?P<attribute>@[A-Za-z]+\[[^\[\]]*\])|(?P<sign>&&|\|\||[!(){},])|(?P<word>[A-Za-z0-9_+\-.:/]+)"
)
_SPACE = re.compile(r"\s*")
_OPERATOR = re.compile(r"(?:[A-Za-z]+:)?[A-Za-z]+\Z")
_GUID = re.compile(r"[0-9a-f]{8}(?P<dash>-?)[0-9a-f]{4}(?P=dash)[0-9a-f]{4}(?P=dash)[0-9a-f]{4}(?P=dash)[0-9a-f]{12}\Z")
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}\Z")
_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,7}))?Z\Z")
_JOINTS = {"and": "and", "&&": "and", "or": "or", "||": "or"}
_WORDS = ("and", "or", "not", "exists", "actionmatches", "suboperationmatches")
_LIMIT_NOTHING = (Cross.ANY_ANY, Cross.ALL_ANY)


class _Token(Struct, frozen=True):
    kind: str
    text: str
    at: int

    @property
    def folded(self) -> str:
        return self.text.lower() if self.kind in ("word", "sign") else ""


def _tokens(text: str) -> tuple[_Token, ...]:
    found: list[_Token] = []
    at = 0
    while True:
        space = _SPACE.match(text, at)
        at = space.end() if space else at
        if at == len(text):
            return (*found, _Token("end", "", at))
        token = _TOKEN.match(text, at)
        if token is None:
            raise ConditionError(_unreadable(text, at), at)
        found.append(_Token(token.lastgroup or "", token.group(), at))
        if token.lastgroup == "attribute" and token.group()[1:].partition("[")[0].lower() not in _SOURCES:
            source = token.group().partition("[")[0]
            raise ConditionError(
                f"`{source}` is no source of attributes: @Resource, @Request, @Principal and @Environment are", at
            )
        at = token.end()


def _unreadable(text: str, at: int) -> str:
    match text[at]:
        case "'":
            return "this text is never closed: a `'` is missing"
        case "@":
            return "an attribute is written as @Resource[…], @Request[…], @Principal[…] or @Environment[…]"
        case '"':
            return "texts stand in single quotes"
        case character:
            return f"`{character}` means nothing here"


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.place = 0
        self.depth = 0
        self.remarks: list[ConditionRemark] = []
        self.values_at: list[int] = []  # where the values of the last operand stand

    @property
    def token(self) -> _Token:
        return self.tokens[self.place]

    def take(self) -> _Token:
        token = self.token
        self.place += 1
        return token

    def whole(self) -> Node:
        if self.token.kind == "end":
            raise ConditionError("the condition is empty", 0)
        root = self.row()
        if self.token.folded == ")":
            raise ConditionError("this `)` closes nothing", self.token.at)
        if self.token.kind != "end":
            raise ConditionError(f"expected AND or OR, not `{self.token.text}`", self.token.at)
        return root

    def row(self) -> Node:
        parts = [self.part()]
        ands: list[bool] = []
        mixed_at = -1
        while joint := _JOINTS.get(self.token.folded):
            if ands and ands[0] != (joint == "and") and mixed_at < 0:
                mixed_at = self.token.at
            ands.append(joint == "and")
            self.take()
            parts.append(self.part())
        if not ands:
            return parts[0]
        if mixed_at >= 0:
            self.remark(mixed_at, "AND and OR stand side by side: put brackets around what belongs together")
            return Mixed(tuple(parts), tuple(ands))
        return AllOf(tuple(parts)) if ands[0] else AnyOf(tuple(parts))

    def part(self) -> Node:
        token = self.token
        match token.folded:
            case "!" | "not":
                self.deeper(token)
                self.take()
                inner = self.part()
                self.depth -= 1
                return Not(inner)
            case "(":
                self.deeper(token)
                self.take()
                inner = self.row()
                self.depth -= 1
                self.close(token, ")", "expected AND, OR or `)`")
                return inner
            case "actionmatches":
                return Action(self.pattern())
            case "suboperationmatches":
                return SubOperation(self.pattern())
            case "exists":
                self.take()
                if self.token.kind != "attribute":
                    raise ConditionError("Exists asks for an attribute such as @Request[…]", self.token.at)
                return Exists(ConditionAttribute(self.take().text))
            case _:
                return self.test()

    def deeper(self, token: _Token) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ConditionError(f"brackets and NOT are nested deeper than {DEEPEST} levels", token.at)

    def close(self, opened: _Token, sign: str, expected: str) -> None:
        if self.token.folded == sign:
            self.take()
        elif self.token.kind == "end":
            raise ConditionError(f"this `{opened.text}` is never closed", opened.at)
        else:
            raise ConditionError(f"{expected}, not `{self.token.text}`", self.token.at)

    def pattern(self) -> str:
        name = self.take().text
        opened = self.token
        if opened.folded != "{":
            raise ConditionError(f"{name} is written as {name}{{'…'}}", opened.at)
        self.take()
        if self.token.kind != "text":
            raise ConditionError(f"{name} asks for a text in single quotes", self.token.at)
        pattern = self.take().text[1:-1]
        self.close(opened, "}", f"{name} takes one text, and then a `}}`")
        return pattern

    def test(self) -> Node:
        left = self.operand("an attribute, ActionMatches, Exists, NOT or `(`")
        token = self.token
        if token.kind != "word" or token.folded in _WORDS or not _OPERATOR.match(token.text):
            found = f", not `{token.text}`" if token.text else ""
            raise ConditionError(f"expected an operator such as StringEquals{found}", token.at)
        self.take()
        before, colon, name = token.text.rpartition(":")
        cross = _CROSSES.get(before.lower(), Cross.ONE)
        if colon and not cross:
            known = ", ".join(each for each in Cross if each)
            raise ConditionError(f"`{before}:` is none of {known}", token.at)
        right = self.operand("a value or an attribute")
        operator = OPERATORS.get(name.lower())
        if operator is None:
            self.unknown(name, token.at)
        else:
            self.look_at(operator, cross, right, token.at)
        return Comparison(left, name, right, cross)

    def operand(self, expected: str) -> Operand:
        self.values_at.clear()
        token = self.take()
        match token.kind, token.folded:
            case "attribute", _:
                return ConditionAttribute(token.text)
            case _, "{":
                each = [self.value("a value")]
                while self.token.folded == ",":
                    self.take()
                    each.append(self.value("a value"))
                self.close(token, "}", "expected `,` or `}`")
                return Values(tuple(each))
            case _:
                self.place -= 1
                return Values((self.value(expected),), listed=False)

    def value(self, expected: str) -> Value:
        token = self.token
        self.values_at.append(token.at)
        if token.kind == "text":
            self.take()
            return Value(token.text[1:-1])
        folded = token.folded
        if _GUID.match(folded) or _NUMBER.match(folded) or folded in ("true", "false"):
            self.take()
            return Value(token.text, quoted=False)
        if token.kind == "end":
            raise ConditionError(f"expected {expected}, and the condition ends", token.at)
        remedy = "" if token.kind != "word" or folded in _WORDS else "; texts stand in single quotes"
        raise ConditionError(f"expected {expected}, not `{token.text}`{remedy}", token.at)

    def remark(self, at: int, says: str, wrong: bool = True) -> None:
        self.remarks.append(ConditionRemark(at, says, wrong))

    def unknown(self, name: str, at: int) -> None:
        import difflib  # 10 ms that only an unknown operator should cost

        close = difflib.get_close_matches(name.lower(), OPERATORS, n=1, cutoff=0.9)
        if close:
            self.remark(at, f"there is no operator `{name}` (did you mean `{OPERATORS[close[0]].name}`?)")
        else:
            self.remark(at, f"the operator `{name}` is not known here, so what it tests stays open", wrong=False)

    def look_at(self, operator: Operator, cross: Cross, right: Operand, at: int) -> None:
        if isinstance(right, ConditionAttribute):
            return
        for value, value_at in zip(right.each, self.values_at, strict=True):
            if typed(operator.kind, value.text) is None:
                self.remark(value_at, f"{operator.name} compares with a {operator.kind}, and `{value.text}` is none")
        if cross is Cross.ONE and len(right.each) > 1:
            says = f"what {operator.name} does with several values, without {Cross.ANY_ANY}: before it, stays open"
            self.remark(at, says, wrong=False)
        elif operator.negated and cross in _LIMIT_NOTHING:
            distinct = {typed(operator.kind, value.text) for value in right.each}
            if operator.relation is Relation.EQUALS and len(distinct) > 1:
                self.remark(
                    at,
                    f"{cross}:{operator.name} limits nothing: every value differs from one of several; "
                    f"{Cross.ANY_ALL} asks that it differ from each",
                )


@lru_cache(maxsize=4096)
def parse(text: str) -> Condition:
    """The condition that a text says.

    Raises ConditionError with the place in the text where it is none, or nested deeper than `DEEPEST` levels. An operator
    that is well-formed but not on Microsoft's page is read: tests with it stay `UNKNOWN`, and a remark says so.
    """
    parser = _Parser(text)
    root = parser.whole()
    return Condition(text, root, tuple(sorted(parser.remarks, key=lambda remark: (remark.offset, remark.says))))


def written(node: Node) -> str:
    """The text of a part of a condition, with brackets just where they are needed; `parse` gives the part again."""
    match node:
        case Action(pattern=pattern):
            return f"ActionMatches{{'{pattern}'}}"
        case SubOperation(pattern=pattern):
            return f"SubOperationMatches{{'{pattern}'}}"
        case Exists(attribute=attribute):
            return f"Exists {attribute.text}"
        case Comparison():
            before = f"{node.cross}:" if node.cross else ""
            return f"{_operand_text(node.left)} {before}{node.operator} {_operand_text(node.right)}"
        case Not(part=part):
            return f"NOT {_bracketed(part)}"
        case AllOf(parts=parts):
            return " AND ".join(_bracketed(part) for part in parts)
        case AnyOf(parts=parts):
            return " OR ".join(_bracketed(part) for part in parts)
        case Mixed(parts=parts, ands=ands):
            joints = (" AND " if each else " OR " for each in ands)
            return _bracketed(parts[0]) + "".join(
                joint + _bracketed(part) for joint, part in zip(joints, parts[1:], strict=True)
            )
        case _:
            assert_never(node)


def _bracketed(node: Node) -> str:
    return f"({written(node)})" if isinstance(node, AllOf | AnyOf | Mixed) else written(node)


def _operand_text(operand: Operand) -> str:
    if isinstance(operand, ConditionAttribute):
        return operand.text
    each = ", ".join(f"'{value.text}'" if value.quoted else value.text for value in operand.each)
    return f"{{{each}}}" if operand.listed else each


def typed(kind: OperandKind, text: str) -> Any:
    """The text as a value of the kind that compares with its like; None where it is no such value."""
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
    """A UTC time and its fraction to the seventh digit, which is one more than datetime has."""
    found = _TIME.match(text)
    if found is None:
        return None
    try:
        return datetime.fromisoformat(found.group(1)), (found.group(2) or "").ljust(7, "0")
    except ValueError:
        return None


def named_actions(condition: Condition) -> tuple[str, ...]:
    """The patterns of every ActionMatches in it; a condition without one limits every operation of its assignment."""
    found: list[str] = []
    pending: list[Node] = [condition.root]
    while pending:
        node = pending.pop()
        match node:
            case Action(pattern=pattern):
                found.append(pattern)
            case Not(part=part):
                pending.append(part)
            case AllOf(parts=parts) | AnyOf(parts=parts) | Mixed(parts=parts):
                pending.extend(parts)
            case SubOperation() | Exists() | Comparison():
                pass
            case _:
                assert_never(node)
    return tuple(sorted(set(found)))
