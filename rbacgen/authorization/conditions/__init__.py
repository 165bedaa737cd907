"""Conditions of role assignments: read from text, decided for an operation, said in a sentence.

The language is version 2.0 of https://learn.microsoft.com/azure/role-based-access-control/conditions-format; what
Microsoft's own roles write beyond that page (GUIDs without dashes, operators in small letters, `&&` beside `||`) is read
too. A condition filters what its assignment grants and never adds to it; so what is not known here stays `UNKNOWN` and is
never taken for `TRUE`.
"""

from __future__ import annotations

from rbacgen.authorization.conditions.description import explained, said
from rbacgen.authorization.conditions.evaluation import SUBOPERATION, Truth, decide, guards, needed, touches
from rbacgen.authorization.conditions.parser import (
    Condition,
    ConditionError,
    ConditionRemark,
    named_actions,
    parse,
    written,
)

__all__ = [
    "SUBOPERATION",
    "Condition",
    "ConditionError",
    "ConditionRemark",
    "Truth",
    "decide",
    "explained",
    "guards",
    "named_actions",
    "needed",
    "parse",
    "said",
    "touches",
    "written",
]
