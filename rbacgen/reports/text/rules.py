"""The rules as text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from rbacgen.model.problems import Severity
from rbacgen.model.rules import RULES

if TYPE_CHECKING:
    pass


def report(width: int = 80) -> str:
    """Every rule with its weight, its sentence and its source."""
    parts = []
    for rule in sorted(RULES.values(), key=lambda rule: (list(Severity).index(rule.severity), rule.id)):
        title = f"{rule.id}  ({rule.severity}{', can be switched off' if rule.optional else ''})"
        body = textwrap.wrap(rule.description, width - 4, initial_indent="    ", subsequent_indent="    ")
        parts.append("\n".join([title, *body, f"    {rule.source}"]))
    return "\n".join(parts) + "\n"
