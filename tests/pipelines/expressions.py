"""The expressions of GitHub's workflow files, as far as ours use them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<name>[A-Za-z_][\w.-]*)|(?P<sign>\|\||&&|==|!=|[!(),]))")
_INSIDE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_STATUS = re.compile(r"\b(?:always|cancelled|failure|success)\(\)")

Context = Mapping[str, Any]
"""What names mean: `inputs`, `github`, `steps` and so on."""


class UnknownExpressionError(Exception):
    """An expression that is none of the kinds that our files use, or a name that means nothing where it stands."""


def evaluate(text: str, context: Context, failed: bool = False) -> Any:
    """What an expression is worth. Raises UnknownExpressionError."""
    tokens = []
    position = 0
    while position < len(text.rstrip()):
        found = _TOKEN.match(text, position)
        if found is None:
            raise UnknownExpressionError(f"{text!r} at {position}")
        tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
        position = found.end()
    return _Reader(tokens, context, failed).whole()


def fill(text: Any, context: Context) -> Any:
    """A value with its expressions worked out: what one expression gives where it is one, else text."""
    if not isinstance(text, str):
        return text
    alone = _INSIDE.fullmatch(text)
    if alone:
        return evaluate(alone[1], context)
    return _INSIDE.sub(lambda found: as_text(evaluate(found[1], context)), text)


def holds(condition: str, context: Context, failed: bool) -> bool:
    """Whether an `if:` lets a step or a job run; one that asks for no status means that all went well so far."""
    inside = _INSIDE.fullmatch(condition.strip())
    text = inside[1] if inside else condition
    if not _STATUS.search(text) and failed:
        return False
    return _truth(evaluate(text, context, failed))


def as_text(value: Any) -> str:
    """A value as it stands in an environment variable."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _truth(value: Any) -> bool:
    return value not in (None, "", False, 0)


class _Reader:
    """Reads `or` of `and` of comparisons of values, which is all there is."""

    def __init__(self, tokens: list[tuple[str, str]], context: Context, failed: bool) -> None:
        self.tokens = tokens
        self.context = context
        self.failed = failed

    def whole(self) -> Any:
        value = self.either()
        if self.tokens:
            raise UnknownExpressionError(str(self.tokens))
        return value

    def next(self, sign: str) -> bool:
        if self.tokens and self.tokens[0] == ("sign", sign):
            self.tokens.pop(0)
            return True
        return False

    def either(self) -> Any:
        value = self.both()
        while self.next("||"):
            other = self.both()
            value = value if _truth(value) else other
        return value

    def both(self) -> Any:
        value = self.compared()
        while self.next("&&"):
            other = self.compared()
            value = other if _truth(value) else value
        return value

    def compared(self) -> Any:
        value = self.single()
        if self.next("=="):
            return as_text(value).lower() == as_text(self.single()).lower()
        if self.next("!="):
            return as_text(value).lower() != as_text(self.single()).lower()
        return value

    def single(self) -> Any:
        if self.next("!"):
            return not _truth(self.single())
        if self.next("("):
            value = self.either()
            assert self.next(")")
            return value
        kind, text = self.tokens.pop(0)
        if kind == "string":
            return text[1:-1].replace("''", "'")
        if self.next("("):
            return self.call(text)
        return {"true": True, "false": False}[text] if text in ("true", "false") else self.named(text)

    def call(self, name: str) -> Any:
        if self.next(")"):
            return {"always": True, "cancelled": False, "success": not self.failed, "failure": self.failed}[name]
        argument = self.either()
        assert self.next(")")
        if name == "fromJSON":
            return json.loads(argument)
        raise UnknownExpressionError(name)

    def named(self, path: str) -> Any:
        first, *rest = path.split(".")
        if first not in self.context:
            raise UnknownExpressionError(f"{path}: there is no {first} here")
        value = self.context[first]
        for part in rest:
            # As at GitHub, what is not there is nothing. An input that is not declared is a mistake of the file.
            if first == "inputs" and part not in value:
                raise UnknownExpressionError(f"{path}: there is no such input")
            value = value.get(part) if isinstance(value, Mapping) else None
        return value
