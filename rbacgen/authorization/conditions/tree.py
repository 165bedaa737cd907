"""The syntax tree of a condition, and a tree as text again."""

from __future__ import annotations

from typing import assert_never

from msgspec import Struct

from rbacgen.authorization.conditions.operators import Cross


class ConditionAttribute(Struct, frozen=True):
    """An attribute as the text spells it: `@Resource[Microsoft.Storage/storageAccounts:name]`."""

    text: str


class Value(Struct, frozen=True):
    """A value as the text gives it; texts are quoted, while GUIDs, numbers and true or false need not be."""

    text: str
    quoted: bool = True


class Values(Struct, frozen=True):
    """Literal values; `listed` ones are in `{}`."""

    each: tuple[Value, ...]
    listed: bool = True


Operand = ConditionAttribute | Values


class Action(Struct, frozen=True):
    """`ActionMatches{'…'}`: the operation matches this pattern."""

    pattern: str


class SubOperation(Struct, frozen=True):
    """`SubOperationMatches{'…'}`: the suboperation, such as `Blob.List`, matches this pattern."""

    pattern: str


class Exists(Struct, frozen=True):
    """The attribute exists, whatever its value."""

    attribute: ConditionAttribute


class Comparison(Struct, frozen=True):
    """A comparison; `operator` is as the text spells it, without the part before its colon, which is `cross`."""

    left: Operand
    operator: str
    right: Operand
    cross: Cross = Cross.ONE


class Not(Struct, frozen=True):
    """True exactly where its part is false."""

    part: Node


class AllOf(Struct, frozen=True):
    """Parts joined with AND, two or more."""

    parts: tuple[Node, ...]


class AnyOf(Struct, frozen=True):
    """Parts joined with OR, two or more."""

    parts: tuple[Node, ...]


class Mixed(Struct, frozen=True):
    """Parts joined with both AND and OR; `ands` says which of the joints are AND.

    Microsoft calls the order in which Azure reads them ambiguous and asks for brackets.
    """

    parts: tuple[Node, ...]
    ands: tuple[bool, ...]


Node = Action | SubOperation | Exists | Comparison | Not | AllOf | AnyOf | Mixed


class ConditionRemark(Struct, frozen=True):
    """A remark on a character of the text, counted from 0.

    `is_error` says that Azure's documentation rules it out, or that it cannot be intended; else it is only unknown here.
    """

    offset: int
    message: str
    is_error: bool


class Condition(Struct, frozen=True, eq=False):
    """A condition: its text, its syntax tree, and remarks on it. Equal by its text."""

    text: str
    root: Node
    remarks: tuple[ConditionRemark, ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self.text == other.text

    def __ne__(self, other: object) -> bool:  # a struct has its own, which compares identity
        return not self == other

    def __hash__(self) -> int:
        return hash(self.text)


def format_node(node: Node) -> str:
    """The text of a part of a condition, with brackets only where they are needed; `parse` reads it back."""
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
    return f"({format_node(node)})" if isinstance(node, AllOf | AnyOf | Mixed) else format_node(node)


def _operand_text(operand: Operand) -> str:
    if isinstance(operand, ConditionAttribute):
        return operand.text
    each = ", ".join(f"'{value.text}'" if value.quoted else value.text for value in operand.each)
    return f"{{{each}}}" if operand.listed else each


def named_actions(condition: Condition) -> tuple[str, ...]:
    """The patterns of all ActionMatches, sorted; a condition without one limits every operation of its assignment."""
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
