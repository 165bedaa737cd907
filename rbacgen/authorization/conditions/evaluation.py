"""Decides a condition for an operation: true, false, or unknown where it depends on attributes that are not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import assert_never

from msgspec import Struct

from rbacgen.authorization.conditions.operators import OPERATORS, Cross, Operator, Relation, typed
from rbacgen.authorization.conditions.tree import (
    Action,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    ConditionAttribute,
    Exists,
    Mixed,
    Node,
    Not,
    SubOperation,
    named_actions,
)
from rbacgen.authorization.patterns import matches, overlaps
from rbacgen.model.assignment import Plane

SUBOPERATION = "@Request[subOperation]"  # the attribute that SubOperationMatches reads, as an older page spelled it
_NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Truth(StrEnum):
    """The value of a condition: it allows the operation, denies it, or depends on attributes that are not known."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


def _is_like(pattern: str, text: str) -> bool:
    """Whether a text is like a pattern: `*` is any run of characters, `?` any one; a backslash makes them literal.

    It backtracks to the last `*` only, since an earlier one can always stop where it first fits. A regular expression could
    take exponential time for a hostile pattern.
    """
    pieces: list[tuple[str, bool]] = []  # a character and whether it is a wildcard
    place = 0
    while place < len(pattern):
        character = pattern[place]
        escapes = character == "\\" and pattern[place + 1 : place + 2] in ("*", "?")
        pieces.append((pattern[place + 1], False) if escapes else (character, character in "*?"))
        place += 2 if escapes else 1
    at = piece = 0
    star = resume = -1
    while at < len(text):
        if piece < len(pieces) and pieces[piece] == ("*", True):
            star, resume = piece, at
            piece += 1
        elif piece < len(pieces) and pieces[piece] in (("?", True), (text[at], False)):
            at, piece = at + 1, piece + 1
        elif star >= 0:
            resume += 1
            at, piece = resume, star + 1
        else:
            return False
    return all(each == ("*", True) for each in pieces[piece:])


def _relates(operator: Operator, left: str, right: str) -> Truth:
    """Whether two single values are in the relation of the operator; unknown where one is not of its kind."""
    one, other = typed(operator.kind, left), typed(operator.kind, right)
    if one is None or other is None:
        return Truth.UNKNOWN
    match operator.relation:
        case Relation.EQUALS:
            holds = one == other
        case Relation.STARTS:
            holds = one.startswith(other)
        case Relation.LIKE:
            holds = _is_like(other, one)
        case Relation.GREATER:
            holds = one > other
        case Relation.GREATER_EQUALS:
            holds = one >= other
        case Relation.LESS:
            holds = one < other
        case Relation.LESS_EQUALS:
            holds = one <= other
        case _:
            assert_never(operator.relation)
    return Truth.TRUE if holds != operator.negated else Truth.FALSE


def _every(truths: Iterable[Truth]) -> Truth:
    found = Truth.TRUE
    for each in truths:
        if each is Truth.FALSE:
            return Truth.FALSE
        if each is Truth.UNKNOWN:
            found = Truth.UNKNOWN
    return found


def _some(truths: Iterable[Truth]) -> Truth:
    return _negated(_every(_negated(each) for each in truths))


def _negated(truth: Truth) -> Truth:
    match truth:
        case Truth.TRUE:
            return Truth.FALSE
        case Truth.FALSE:
            return Truth.TRUE
        case Truth.UNKNOWN:
            return Truth.UNKNOWN
        case _:
            assert_never(truth)


@lru_cache(maxsize=4096)
def _folded(attribute: str) -> str:
    """An attribute for comparison: without case, but for the key of a tag that is marked as case-sensitive."""
    source, bracket, inside = attribute.strip().partition("[")
    name = inside.removesuffix("]").strip()
    path, colon, key = name.partition(":")
    if key.lower().endswith("<$key_case_sensitive$>"):
        end = len(key) - len("<$key_case_sensitive$>")
        return f"{source.lower()}{bracket}{path.lower()}{colon}{key[:end]}{key[end:].lower()}]"
    return f"{source.lower()}{bracket}{name.lower()}]"


_FOLDED_SUBOPERATION = _folded(SUBOPERATION)


class _Request(Struct, frozen=True):
    """What a condition is decided for: the operation, and the known attributes, spelled for comparison."""

    operation: str
    plane: Plane
    attributes: Mapping[str, tuple[str, ...]]
    endings: tuple[tuple[str, str, tuple[str, ...]], ...]

    def values(self, attribute: ConditionAttribute) -> tuple[str, ...] | None:
        """The attribute's values; None where they are not known."""
        folded = _folded(attribute.text)
        found = self.attributes.get(folded)
        if found is not None or not self.endings:
            return found
        for source, ending, values in self.endings:
            if folded.startswith(source) and folded.endswith(ending):
                before = folded[: -len(ending)][-1:]
                if ending[0] in ":/&" or before in ("/", ":", "["):
                    return values
        return None


def _request(
    operation: str, plane: Plane, attributes: Mapping[str, tuple[str, ...]], suboperation: str = ""
) -> _Request:
    whole: dict[str, tuple[str, ...]] = {}
    endings: list[tuple[str, str, tuple[str, ...]]] = []
    for name, values in attributes.items():
        folded = _folded(name)
        source, dots, ending = folded.partition("[...")
        if dots and ending != "]":
            endings.append((f"{source}[", ending, values))
        elif not dots:
            whole[folded] = values
    if suboperation:
        whole[_FOLDED_SUBOPERATION] = (suboperation,)
    if plane is Plane.CONTROL:
        # The only control operations that conditions can restrict are roleAssignments/write and /delete, and those have
        # no suboperation: https://learn.microsoft.com/azure/role-based-access-control/conditions-authorization-actions-attributes
        whole[_FOLDED_SUBOPERATION] = ()
    endings.sort(key=lambda each: (-len(each[1]), each))
    return _Request(operation, plane, whole, tuple(endings))


def _truth(node: Node, request: _Request) -> Truth:
    match node:
        case Action(pattern=pattern):
            return Truth.TRUE if matches(pattern, request.operation) else Truth.FALSE
        case SubOperation(pattern=pattern):
            suboperations = request.values(ConditionAttribute(SUBOPERATION))
            if suboperations is None:
                return Truth.UNKNOWN
            return Truth.TRUE if any(matches(pattern, each) for each in suboperations) else Truth.FALSE
        case Exists(attribute=attribute):
            values = request.values(attribute)
            if values is None:
                return Truth.UNKNOWN
            return Truth.TRUE if values else Truth.FALSE
        case Comparison():
            return _compared(node, request)
        case Not(part=part):
            return _negated(_truth(part, request))
        case AllOf(parts=parts):
            return _every(_truth(part, request) for part in parts)
        case AnyOf(parts=parts):
            return _some(_truth(part, request) for part in parts)
        case Mixed(parts=parts, ands=ands):
            return _both_ways([_truth(part, request) for part in parts], ands)
        case _:
            assert_never(node)


def _compared(test: Comparison, request: _Request) -> Truth:
    operator = OPERATORS.get(test.operator.lower())
    left, right = (
        request.values(side) if isinstance(side, ConditionAttribute) else tuple(value.text for value in side.each)
        for side in (test.left, test.right)
    )
    if operator is None or left is None or right is None:
        return Truth.UNKNOWN
    any_left = test.cross in (Cross.ANY_ANY, Cross.ANY_ALL)
    any_right = test.cross in (Cross.ANY_ANY, Cross.ALL_ANY)
    if not left or not right:
        # "At least one value" is decided where there is none. Microsoft does not document a comparison of one value, or
        # of every value, with an attribute that does not exist.
        none = test.cross and ((not left and any_left) or (left and not right and any_right))
        return Truth.FALSE if none else Truth.UNKNOWN
    if test.cross is Cross.ONE:
        return _relates(operator, left[0], right[0]) if len(left) == len(right) == 1 else Truth.UNKNOWN
    over_left, over_right = (_some if any_left else _every), (_some if any_right else _every)
    return over_left(over_right(_relates(operator, one, other) for other in right) for one in left)


def _both_ways(truths: list[Truth], ands: tuple[bool, ...]) -> Truth:
    """The value of parts joined with AND and OR without brackets, if it is the same in every reading; else unknown."""
    in_turn = truths[0]
    and_first: list[list[Truth]] = [[truths[0]]]
    or_first: list[list[Truth]] = [[truths[0]]]
    for is_and, truth in zip(ands, truths[1:], strict=True):
        in_turn = _every((in_turn, truth)) if is_and else _some((in_turn, truth))
        for groups, joins in ((and_first, is_and), (or_first, not is_and)):
            if joins:
                groups[-1].append(truth)
            else:
                groups.append([truth])
    readings = {
        in_turn,
        _some(_every(group) for group in and_first),
        _every(_some(group) for group in or_first),
    }
    return readings.pop() if len(readings) == 1 else Truth.UNKNOWN


def decide(
    condition: Condition,
    operation: str,
    plane: Plane,
    attributes: Mapping[str, tuple[str, ...]] = _NOTHING,
    suboperation: str = "",
) -> Truth:
    """The value of a condition for an operation, in the three-valued logic of Kleene.

    It is `TRUE` for an operation that no part of the condition guards. `attributes` gives values by the attribute as a
    condition spells it, compared without case (`@Resource[Microsoft.Storage/storageAccounts:name]`), or by its end
    (`@Resource[...:name]`; the longest end that fits counts); an empty tuple says that the attribute does not exist.
    What is not given is unknown, the suboperation on the data plane included, and giving more never turns `TRUE` into
    `FALSE` or back. The result is sound but not complete: `a OR NOT a` stays `UNKNOWN` while `a` is.
    """
    return _truth(condition.root, _request(operation, plane, attributes, suboperation))


def guards(condition: Condition, operation: str, plane: Plane) -> bool:
    """Whether attributes matter to the operation: without any, the condition is neither `TRUE` nor `FALSE`."""
    return decide(condition, operation, plane) is Truth.UNKNOWN


def needed(condition: Condition, operation: str, plane: Plane) -> tuple[str, ...]:
    """The attributes that the value for an operation depends on, sorted, each as the text first spells it.

    These are keys for `decide`; `SUBOPERATION` is among them where a part tests the suboperation. None for an operation
    that is decided without attributes, and none from a test with an unknown operator, which no value would decide.
    """
    found: dict[str, str] = {}
    for name in _open(condition.root, _request(operation, plane, _NOTHING)):
        found.setdefault(_folded(name), name)
    return tuple(sorted(found.values()))


def _open(node: Node, request: _Request) -> Iterator[str]:
    if _truth(node, request) is not Truth.UNKNOWN:
        return
    match node:
        case Action():
            return
        case SubOperation():
            yield SUBOPERATION
        case Exists(attribute=attribute):
            yield attribute.text
        case Comparison():
            if node.operator.lower() in OPERATORS:
                for side in (node.left, node.right):
                    if isinstance(side, ConditionAttribute) and request.values(side) is None:
                        yield side.text
        case Not(part=part):
            yield from _open(part, request)
        case AllOf(parts=parts) | AnyOf(parts=parts) | Mixed(parts=parts):
            for part in parts:
                yield from _open(part, request)
        case _:
            assert_never(node)


def touches(condition: Condition, pattern: str) -> bool:
    """Whether it may restrict an operation that a pattern covers: it names one of them, or no operation at all."""
    named = named_actions(condition)
    return not named or any(overlaps(each, pattern) for each in named)
