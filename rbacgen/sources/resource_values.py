"""The values of Terraform resources, wherever they were read: a state, a plan or a file."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from rbacgen.model.problems import Position


class Reference(Struct, frozen=True):
    """A value that only Terraform knows: the steps of a reference, such as `azurerm_key_vault`, `.this`, `.id`."""

    steps: tuple[str, ...]

    def __str__(self) -> str:
        return "".join(self.steps)

    @property
    def root(self) -> str:
        """The type of the resource or data source that it refers to; else its first word."""
        steps = self.steps[1:] if self.steps[0] == "data" else self.steps
        return steps[0].removeprefix(".") if steps else ""


class Unclear(Struct, frozen=True):
    """A value that was not understood, and why, worded to follow the name of the attribute."""

    why: str


Value = None | bool | int | float | str | Reference | Unclear | list["Value"] | dict[str, "Value"]


class Resource(Struct, frozen=True):
    """A resource and its values, nested blocks as lists of objects. `place` names it in messages where it is not understood.

    `at` is the position in a file; a resource of a state or a plan has none.
    """

    type: str
    address: str
    place: str
    values: Mapping[str, Value]
    at: Position | None = None


class NotUnderstoodError(Exception):
    """A resource of access that cannot be read; the text says why."""


def blocks(value: Value) -> list[Mapping[str, Value]]:
    """A nested block: one object, or a list of them; none where it is absent."""
    if isinstance(value, dict):
        return [value]
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def text(values: Mapping[str, Value], name: str) -> str:
    """The text of an attribute; empty where it is not given. Raises NotUnderstoodError where it is anything else."""
    given = values.get(name)
    if given is None:
        return ""
    if isinstance(given, str):
        return given
    raise NotUnderstoodError(f"`{name}` {problem_of(given)}")


def problem_of(value: Value) -> str:
    """Why a value is not a text, worded to follow the name of the attribute."""
    match value:
        case Unclear(why):
            return why
        case Reference():
            return f"is `{value}`, which only Terraform knows"
        case _:
            return "is not a text"


def texts(values: Mapping[str, Value], name: str) -> tuple[str, ...]:
    """The texts of a list, references as their text; none where it is not given. Raises NotUnderstoodError."""
    given = values.get(name)
    if given is None:
        return ()
    if not isinstance(given, list):
        raise NotUnderstoodError(
            f"`{name}` {problem_of(given) if isinstance(given, (Unclear, Reference)) else 'is not a list'}"
        )
    found = []
    for each in given:
        if isinstance(each, (str, Reference)):
            found.append(str(each))
        else:
            raise NotUnderstoodError(f"an entry of `{name}` {problem_of(each)}")
    return tuple(found)


def reference_or_text(values: Mapping[str, Value], name: str) -> str:
    """The text of an attribute, or of its reference; empty where it is not given. Raises NotUnderstoodError."""
    given = values.get(name)
    return str(given) if isinstance(given, Reference) else text(values, name)
