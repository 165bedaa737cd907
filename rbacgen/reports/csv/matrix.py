"""A matrix as CSV for auditors: a row for each assignment and responsibility, and one for each that only the source has."""

from __future__ import annotations

from collections.abc import Iterator

from rbacgen.model.problems import Position
from rbacgen.reports.csv import sheet
from rbacgen.reports.json.matrix_records import MatrixDocument

COLUMNS = (
    "drift",
    "project_role",
    "family",
    "responsibility",
    "capability",
    "principal",
    "principal_type",
    "principal_id",
    "azure_role",
    "azure_role_id",
    "scope_kind",
    "scope",
    "environments",
    "activation",
    "condition",
    "ends",
    "escalations",
    "granted_at",
    "member_at",
)


def report(form: MatrixDocument) -> str:
    """The rows, what differs from the project first."""
    return sheet([COLUMNS, *_unmanaged(form), *_desired(form)])


def _unmanaged(form: MatrixDocument) -> Iterator[tuple[str, ...]]:
    """What the source has and the project does not want; what is desired and differs has its own row."""
    for row in sorted(form.drift.changes if form.drift else (), key=lambda row: not row.can_assign_roles):
        if row.kind in ("missing", "altered") or row.project_roles:
            continue
        who = row.principal
        yield (
            row.kind, "", "", "", "", who.name, who.type, who.id, row.azure_role.name, row.azure_role.id, row.scope_kind,
            row.scope, row.environment, row.activation, row.condition, row.until or "", "", "", "",
        )  # fmt: skip


def _desired(form: MatrixDocument) -> Iterator[tuple[str, ...]]:
    roles = {each.id: each for each in form.project_roles}
    responsibilities = {
        (role.id, responsibility.id): responsibility.does
        for role in form.project_roles
        for responsibility in role.responsibilities
    }
    people = {each.id: each for each in form.principals}
    names = {each.id: each.name for each in form.azure_roles}
    for each in form.assignments:
        who = people[each.principal]
        condition = form.conditions[each.condition] if each.condition is not None else None
        for reason in each.reasons:
            role = roles[reason.project_role]
            yield (
                each.drift,
                role.title,
                role.family,
                responsibilities[role.id, reason.responsibility],
                reason.capability,
                who.name,
                who.type,
                who.id,
                names[each.azure_role],
                each.role_definition,
                each.scope_kind,
                each.scope,
                " ".join(each.environments),
                each.activation,
                (condition.description or condition.text) if condition is not None else "",
                each.ends or "",
                " ".join(each.escalations),
                _place(reason.grant_at),
                _place(reason.member_at),
            )


def _place(at: Position) -> str:
    return f"{at.file}:{at.line}:{at.column}"
