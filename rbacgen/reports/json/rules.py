"""What `check --rules --format json` prints: the rules themselves."""

from __future__ import annotations

from rbacgen.model.rules import RULES, Rule

RulesDocument = list[Rule]


def document() -> RulesDocument:
    """Every rule of `check`, in the order of the table."""
    return list(RULES.values())
