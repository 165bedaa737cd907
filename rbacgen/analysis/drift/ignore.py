"""Which held assignments a project passes over, by its rules."""

from __future__ import annotations

from collections.abc import Iterable

from rbacgen.analysis.drift.differences import lines
from rbacgen.authorization.catalog import Catalog
from rbacgen.model.assignment import Assignment
from rbacgen.model.scope import Scope
from rbacgen.project.project import Ignored


class IgnoreRules:
    """The ignore rules of a project; remembers which of them anything fell under."""

    def __init__(self, rules: Iterable[Ignored], catalog: Catalog) -> None:
        self._rules = [(rule, self._role_id(rule, catalog)) for rule in rules]
        self._used: set[int] = set()

    @staticmethod
    def _role_id(rule: Ignored, catalog: Catalog) -> str:
        found = catalog.find(rule.azure_role) if rule.azure_role else None
        return found.id if found is not None else ""

    def first(self, held: Assignment) -> Ignored | None:
        """The first rule that the assignment falls under; every rule that it does is noted as used."""
        first = None
        for index, (rule, role_id) in enumerate(self._rules):
            if _fits(rule, role_id, held):
                self._used.add(index)
                first = first or rule
        return first

    def unused(self) -> tuple[Ignored, ...]:
        """The rules that nothing has fallen under so far."""
        return tuple(rule for index, (rule, _) in enumerate(self._rules) if index not in self._used)


def _fits(rule: Ignored, role_id: str, held: Assignment) -> bool:
    if rule.principal not in ("", held.principal.id):
        return False
    if rule.azure_role:
        names = {rule.azure_role.casefold()} if not role_id else set()
        if held.role.id not in (role_id, rule.azure_role.lower()) and held.role.name.casefold() not in names:
            return False
    if rule.activation and rule.activation != held.activation:
        return False
    untold = held.held.untold  # what a source does not tell cannot speak against a rule
    if rule.condition and "condition" not in untold and lines(rule.condition) != lines(held.condition):
        return False
    until = held.held.until
    if rule.until is not None and "until" not in untold and (until is None or until.date() > rule.until):
        return False
    if rule.at_scope and Scope.of(rule.at_scope) != held.scope:
        return False
    return not rule.scope or Scope.of(rule.scope).contains(held.scope)
