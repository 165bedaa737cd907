"""The escalations: operations that lead to more access than they seem to give."""

from __future__ import annotations

import json
from enum import StrEnum
from functools import cache
from os.path import join

from msgspec import Struct

from rbacgen.authorization.catalog.roles import FOLDER
from rbacgen.model.assignment import Plane


class EscalationCategory(StrEnum):
    """What an escalation leads to, the gravest first."""

    ACCESS = "access"
    POLICY = "policy"
    IDENTITY = "identity"
    CODE = "code"
    SECRET = "secret"  # noqa: S105 (a kind of escalation, not a password)
    DATA = "data"


class Escalation(Struct, frozen=True):
    """An operation that leads to more access; `why` says how, `sources` who found it."""

    operation: str
    plane: Plane
    category: EscalationCategory
    why: str
    sources: tuple[str, ...]


@cache
def load() -> tuple[Escalation, ...]:
    """The escalations that ship with rbacgen, by category and operation."""
    with open(join(FOLDER, "escalations.json"), encoding="utf-8") as file:
        values = json.load(file)["escalations"]
    return tuple(
        Escalation(
            operation=value["operation"],
            plane=Plane(value["plane"]),
            category=EscalationCategory(value["category"]),
            why=value["why"],
            sources=tuple(value["sources"]),
        )
        for value in values
    )
