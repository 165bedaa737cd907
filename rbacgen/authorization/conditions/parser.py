"""Reads the text of a condition."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from rbacgen.authorization.conditions.operators import (
    CROSSES,
    OPERATORS,
    Cross,
    Operator,
    Relation,
    is_unquoted_value,
    typed,
)
from rbacgen.authorization.conditions.tree import (
    Action,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    ConditionAttribute,
    ConditionRemark,
    Exists,
    Mixed,
    Node,
    Not,
    Operand,
    SubOperation,
    Value,
    Values,
)

DEEPEST = 64  # levels of brackets and NOT; Microsoft's roles need four, 8 KB of text could ask for thousands
_SOURCES = ("principal", "resource", "request", "environment")
_TOKEN = re.compile(
    r"(?P<text>'[^']*')|(?P<attribute>@[A-Za-z]+\[[^\[\]]*\])|(?P<sign>&&|\|\||[!(){},])|(?P<word>[A-Za-z0-9_+\-.:/]+)"
)
_SPACE = re.compile(r"\s*")
_OPERATOR = re.compile(r"(?:[A-Za-z]+:)?[A-Za-z]+\Z")
_JOINTS = {"and": "and", "&&": "and", "or": "or", "||": "or"}
_WORDS = ("and", "or", "not", "exists", "actionmatches", "suboperationmatches")
_LIMIT_NOTHING = (Cross.ANY_ANY, Cross.ALL_ANY)


class ConditionError(ValueError):
    """The text is not a condition: what is wrong, and at which character of the text, counted from 0."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


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
                f"`{source}` is not a source of attributes; these are @Resource, @Request, @Principal and @Environment",
                at,
            )
        at = token.end()


def _unreadable(text: str, at: int) -> str:
    match text[at]:
        case "'":
            return "this text is not closed: a `'` is missing"
        case "@":
            return "an attribute is written as @Resource[…], @Request[…], @Principal[…] or @Environment[…]"
        case '"':
            return "use single quotes for texts"
        case character:
            return f"`{character}` has no meaning here"


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.place = 0
        self.depth = 0
        self.remarks: list[ConditionRemark] = []
        self.values_at: list[int] = []  # where the values of the last operand begin

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
            raise ConditionError("this `)` has no `(`", self.token.at)
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
            self.remark(mixed_at, "AND and OR are mixed: put brackets around the parts that belong together")
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
                    raise ConditionError("Exists needs an attribute such as @Request[…]", self.token.at)
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
            raise ConditionError(f"this `{opened.text}` is not closed", opened.at)
        else:
            raise ConditionError(f"{expected}, not `{self.token.text}`", self.token.at)

    def pattern(self) -> str:
        name = self.take().text
        opened = self.token
        if opened.folded != "{":
            raise ConditionError(f"{name} is written as {name}{{'…'}}", opened.at)
        self.take()
        if self.token.kind != "text":
            raise ConditionError(f"{name} needs a text in single quotes", self.token.at)
        pattern = self.take().text[1:-1]
        self.close(opened, "}", f"{name} has one text, and then a `}}`")
        return pattern

    def test(self) -> Node:
        left = self.operand("an attribute, ActionMatches, Exists, NOT or `(`")
        token = self.token
        if token.kind != "word" or token.folded in _WORDS or not _OPERATOR.match(token.text):
            found = f", not `{token.text}`" if token.text else ""
            raise ConditionError(f"expected an operator such as StringEquals{found}", token.at)
        self.take()
        before, colon, name = token.text.rpartition(":")
        cross = CROSSES.get(before.lower(), Cross.ONE)
        if colon and not cross:
            known = ", ".join(each for each in Cross if each)
            raise ConditionError(f"`{before}:` is not one of {known}", token.at)
        right = self.operand("a value or an attribute")
        operator = OPERATORS.get(name.lower())
        if operator is None:
            self.unknown(name, token.at)
        else:
            self.check_values(operator, cross, right, token.at)
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
        if is_unquoted_value(folded):
            self.take()
            return Value(token.text, quoted=False)
        if token.kind == "end":
            raise ConditionError(f"expected {expected}, and the condition ends", token.at)
        remedy = "" if token.kind != "word" or folded in _WORDS else "; use single quotes for texts"
        raise ConditionError(f"expected {expected}, not `{token.text}`{remedy}", token.at)

    def remark(self, at: int, message: str, is_error: bool = True) -> None:
        self.remarks.append(ConditionRemark(at, message, is_error))

    def unknown(self, name: str, at: int) -> None:
        import difflib  # 10 ms that only an unknown operator should cost

        close = difflib.get_close_matches(name.lower(), OPERATORS, n=1, cutoff=0.9)
        if close:
            self.remark(at, f"there is no operator `{name}` (did you mean `{OPERATORS[close[0]].name}`?)")
        else:
            self.remark(at, f"rbacgen does not know the operator `{name}`, so its test stays undecided", is_error=False)

    def check_values(self, operator: Operator, cross: Cross, right: Operand, at: int) -> None:
        if isinstance(right, ConditionAttribute):
            return
        for value, value_at in zip(right.each, self.values_at, strict=True):
            if typed(operator.kind, value.text) is None:
                self.remark(value_at, f"{operator.name} compares with a {operator.kind}, and `{value.text}` is not one")
        if cross is Cross.ONE and len(right.each) > 1:
            message = f"{operator.name} with several values and without {Cross.ANY_ANY}: before it stays undecided"
            self.remark(at, message, is_error=False)
        elif operator.negated and cross in _LIMIT_NOTHING:
            distinct = {typed(operator.kind, value.text) for value in right.each}
            if operator.relation is Relation.EQUALS and len(distinct) > 1:
                self.remark(
                    at,
                    f"{cross}:{operator.name} has no effect: every value differs from one of several; "
                    f"{Cross.ANY_ALL} requires that it differs from each",
                )


@lru_cache(maxsize=4096)
def parse(text: str) -> Condition:
    """The condition in a text.

    Raises ConditionError with the place of the error where it is not a condition, or is nested deeper than `DEEPEST` levels.
    A well-formed operator that Microsoft does not document is read: tests with it stay `UNKNOWN`, and a remark says so.
    """
    parser = _Parser(text)
    root = parser.whole()
    return Condition(text, root, tuple(sorted(parser.remarks, key=lambda remark: (remark.offset, remark.message))))
