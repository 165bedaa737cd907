"""A matrix as text for a terminal: project role by project role, Azure roles down, environments across."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from rbacgen.model.wording import counted
from rbacgen.reports.json.matrix_records import CellGrantRecord, CellRecord, MatrixDocument, ProjectRoleRecord
from rbacgen.reports.text import Style, diff, plain, safe

_NARROWEST = 44  # for what is left of the environments; with less, they are written into the line
_FIRST = 5
LEGEND = "P permanent  E eligible  c conditional  t ends by itself  ! can assign roles"


def report(form: MatrixDocument, style: Style = plain, width: int = 80) -> str:
    """The whole matrix. Drift and findings come first, the gravest of them, where a source was asked."""
    lines = [headline(form)]
    lines += _actual(form, style, width)
    roles = {each.id: each for each in form.project_roles}
    cells: dict[str, list[CellRecord]] = {}
    for cell in form.cells:
        cells.setdefault(cell.project_role, []).append(cell)
    lines += ["", LEGEND]
    family = None
    for role in in_order(form):
        if family_of(role) != family:
            family = family_of(role)
            lines += ["", style(safe(family), "note")]
        lines += _role(role, cells.get(role.id, []), roles, form, width)
    return "\n".join(lines) + "\n"


def headline(form: MatrixDocument) -> str:
    """How much there is, in a line."""
    counts = form.counts
    return (
        f"{safe(form.project)}: {counts.assignments:,} assignments for {counted(counts.principals, 'principal')} in "
        f"{counted(len(form.environments), 'environment')}; {counts.assigned} of {counts.project_roles} roles assigned"
    )


def in_order(form: MatrixDocument) -> tuple[ProjectRoleRecord, ...]:
    """The project roles by family, in the mapping's order; workload identities last."""
    ranks = {name: rank for rank, name in enumerate(form.families)}
    return tuple(
        sorted(form.project_roles, key=lambda each: (bool(each.owner), ranks.get(each.family, len(form.families))))
    )


def family_of(role: ProjectRoleRecord) -> str:
    """The family that a project role is shown under."""
    return "Workload identities" if role.owner else role.family or "Other"


def mark(grant: CellGrantRecord, form: MatrixDocument) -> str:
    """A grant in a few letters, as the legend explains."""
    privileged = {each.operation for each in form.escalation_operations if each.privileged}
    return (
        ("E" if grant.activation == "eligible" else "P")
        + ("c" if grant.condition is not None else "")
        + ("t" if grant.ends else "")
        + ("!" if privileged.intersection(grant.escalations) else "")
    )


def rows(cells: Iterable[CellRecord], form: MatrixDocument) -> dict[tuple[str, str], dict[str, list[CellGrantRecord]]]:
    """What a project role has: by scope kind and name of the Azure role, by environment."""
    names = {each.id: each.name for each in form.azure_roles}
    found: dict[tuple[str, str], dict[str, list[CellGrantRecord]]] = {}
    for cell in cells:
        for grant in cell.grants:
            row = found.setdefault((cell.scope_kind, names[grant.azure_role]), {})
            row.setdefault(cell.environment, []).append(grant)
    kinds = {each.name: rank for rank, each in enumerate(form.scope_kinds)}
    return {key: found[key] for key in sorted(found, key=lambda key: (kinds[key[0]], key[1].casefold()))}


def team_members(role: ProjectRoleRecord, form: MatrixDocument) -> str:
    """Who holds a project role, with the environments where it is not all of them; or that it is unassigned."""
    names = {each.id: each.name or each.id for each in form.principals}
    phrase = []
    for each in role.team_members:
        where = f" in {', '.join(each.environments)}" if each.environments else ""
        until = f" until {each.ends}" if each.ends else ""
        phrase.append(f"{names[each.principal]}{where}{until}")
    return ", ".join(phrase) or "unassigned; a member would have:"


def _role(
    role: ProjectRoleRecord,
    cells: list[CellRecord],
    roles: dict[str, ProjectRoleRecord],
    form: MatrixDocument,
    width: int,
) -> Iterator[str]:
    environments = [each.name for each in form.environments]
    found = rows(cells, form)
    yield ""
    who = team_members(role, form)
    if not found:
        who = who.removesuffix("; a member would have:")
        yield from _wrapped(f"{role.title}: {who}; no access in Azure", width, 0)
        return
    owner = f" (owner: {roles[role.owner].title})" if role.owner in roles else ""
    yield from _wrapped(f"{role.title}{owner}: {who}", width, 0)
    marks = {
        key: {name: ",".join(dict.fromkeys(mark(each, form) for each in row.get(name, ()))) for name in environments}
        for key, row in found.items()
    }
    columns = [max(len(name), *(len(each[name]) for each in marks.values())) + 2 for name in environments]
    room = width - sum(columns)
    if room < _NARROWEST:
        for (kind, azure_role), row in marks.items():
            phrase = ", ".join(f"{name} {each}" for name, each in row.items() if each)
            yield from _wrapped(f"{azure_role} on {kind}: {phrase}", width, 2)
        return
    last = None
    head = "".join(name.rjust(column) for name, column in zip(environments, columns, strict=True))
    yield f"{' ' * room}{head}"
    for (kind, azure_role), row in marks.items():
        if kind != last:
            last = kind
            yield f"  {safe(kind)}"
        names = textwrap.wrap(safe(azure_role), room - 4, break_long_words=True)
        cells_text = "".join(
            (row[name] or "-").rjust(column) for name, column in zip(environments, columns, strict=True)
        )
        yield f"    {names[0].ljust(room - 4)}{cells_text}"
        yield from (f"      {line}" for line in names[1:])


def _actual(form: MatrixDocument, style: Style, width: int) -> Iterator[str]:
    """What a source holds that should not be there or should be otherwise: in a few lines, the gravest first."""
    drift = form.drift
    if drift is None:
        return
    yield ""
    name = "Azure" if drift.source == "azure" else safe(drift.source_name)
    yield from _wrapped(f"against {name}: {diff.verdict(drift)}", width, 0)
    for phrase in drift.review_first[:_FIRST]:
        yield from _wrapped(f"{style('Review first', 'error')}: {phrase}", width, 2)
    actual = form.actual_findings
    for each in actual[:_FIRST]:
        yield from _wrapped(f"{style(each.severity, each.severity)}: {each.message} [{each.rule}]", width, 2)
    if len(actual) > _FIRST:
        yield f"  … and {counted(len(actual) - _FIRST, 'more finding')} (--format json has all)"
    for missed in form.unread[:_FIRST]:
        yield from _wrapped(f"not read: {missed.scope}, {missed.part}: {missed.why}; {missed.remedy}", width, 2)
    if len(form.unread) > _FIRST:
        yield f"  … and {counted(len(form.unread) - _FIRST, 'more part')} unread"
    if not drift.in_sync:
        yield "  (`rbacgen diff` shows every difference)"


def _wrapped(words: str, width: int, indent: int) -> list[str]:
    return textwrap.wrap(
        safe(words),
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 2),
        break_long_words=False,
        break_on_hyphens=False,
    )
