"""Conditions of role assignments: read from text, decided for an operation, described in a sentence.

The language is version 2.0 of https://learn.microsoft.com/azure/role-based-access-control/conditions-format. What
Microsoft's own roles use beyond that page (GUIDs without dashes, operators in lower case, `&&` next to `||`) is read too.
A condition restricts what its assignment grants and never adds to it, so what is not known here stays `UNKNOWN` and never
counts as `TRUE`.
"""

from __future__ import annotations

from rbacgen.authorization.conditions.description import describe, sentence
from rbacgen.authorization.conditions.evaluation import SUBOPERATION, Truth, decide, guards, needed, touches
from rbacgen.authorization.conditions.parser import ConditionError, parse
from rbacgen.authorization.conditions.tree import Condition, ConditionRemark, format_node, named_actions

__all__ = [
    "SUBOPERATION",
    "Condition",
    "ConditionError",
    "ConditionRemark",
    "Truth",
    "decide",
    "describe",
    "format_node",
    "guards",
    "named_actions",
    "needed",
    "parse",
    "sentence",
    "touches",
]
