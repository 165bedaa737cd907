"""Which actual assignments a project ignores, by its rules."""

from __future__ import annotations

from collections.abc import Iterable

from rbacgen.analysis.drift.differences import lines
from rbacgen.authorization.catalog import Catalog
from rbacgen.model.assignment import Assignment
from rbacgen.model.scope import Scope
from rbacgen.project.project import Ignored


class IgnoreRules:
    """The ignore rules of a project; remembers which of them matched anything."""

    def __init__(self, rules: Iterable[Ignored], catalog: Catalog) -> None:
        self._rules = [(rule, self._role_id(rule, catalog)) for rule in rules]
        self._used: set[int] = set()

    @staticmethod
    def _role_id(rule: Ignored, catalog: Catalog) -> str:
        found = catalog.find(rule.azure_role) if rule.azure_role else None
        return found.id if found is not None else ""

    def first(self, actual: Assignment) -> Ignored | None:
        """The first rule that matches the assignment; every rule that does is noted as used."""
        first = None
        for index, (rule, role_id) in enumerate(self._rules):
            if _matches(rule, role_id, actual):
                self._used.add(index)
                first = first or rule
        return first

    def unused(self) -> tuple[Ignored, ...]:
        """The rules that have matched nothing so far."""
        return tuple(rule for index, (rule, _) in enumerate(self._rules) if index not in self._used)


def _matches(rule: Ignored, role_id: str, actual: Assignment) -> bool:
    if rule.principal not in ("", actual.principal.id):
        return False
    if rule.azure_role:
        names = {rule.azure_role.casefold()} if not role_id else set()
        if actual.role.id not in (role_id, rule.azure_role.lower()) and actual.role.name.casefold() not in names:
            return False
    if rule.activation and rule.activation != actual.activation:
        return False
    unknown_fields = (
        actual.actual.unknown_fields
    )  # a field that the source does not have cannot keep a rule from matching
    if rule.condition and "condition" not in unknown_fields and lines(rule.condition) != lines(actual.condition):
        return False
    until = actual.actual.until
    if rule.until is not None and "until" not in unknown_fields and (until is None or until.date() > rule.until):
        return False
    if rule.at_scope and Scope.of(rule.at_scope) != actual.scope:
        return False
    return not rule.scope or Scope.of(rule.scope).contains(actual.scope)
