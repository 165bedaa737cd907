"""A matrix as Markdown, for a pull request or a wiki: a table for each project role, drift and findings before all."""

from __future__ import annotations

from collections.abc import Iterator

from rbacgen.model.wording import counted
from rbacgen.reports.json.matrix_records import CellGrantRecord, CellRecord, MatrixDocument, ProjectRoleRecord
from rbacgen.reports.markdown import code, plain, prose
from rbacgen.reports.text import diff
from rbacgen.reports.text.matrix import family_of, headline, in_order, rows, team_members

# GitHub takes 65,536 characters in a comment: https://github.com/orgs/community/discussions/27190
LIMIT = 60_000
_FIRST = 20


def report(form: MatrixDocument, limit: int = LIMIT) -> str:
    """The matrix in at most `limit` characters; project roles that find no room are named."""
    lines = [f"## Who has what access in {plain(form.project)}", "", plain(headline(form)), ""]
    lines += _actual(form)
    cells: dict[str, list[CellRecord]] = {}
    for cell in form.cells:
        cells.setdefault(cell.project_role, []).append(cell)
    room = limit - sum(len(each) + 1 for each in lines) - 500
    family = ""
    left_out: list[str] = []
    for role in in_order(form):
        made = [] if family_of(role) == family else [f"### {plain(family_of(role))}", ""]
        made += _role(role, cells.get(role.id, []), form)
        size = sum(len(each) + 1 for each in made)
        if left_out or size > room:
            left_out.append(role.title)
            continue
        family = family_of(role)
        room -= size
        lines += made
    if left_out:
        lines += [f"… and {counted(len(left_out), 'more project role')}: see the whole with `rbacgen matrix`.", ""]
    return "\n".join(lines).rstrip()[:limit] + "\n"


def _role(role: ProjectRoleRecord, cells: list[CellRecord], form: MatrixDocument) -> Iterator[str]:
    found = rows(cells, form)
    who = team_members(role, form)
    if not found:
        yield f"**{plain(role.title)}**: {plain(who.removesuffix('; a member would have:'))}; no access in Azure"
        yield ""
        return
    names = [each.name for each in form.environments]
    yield f"**{plain(role.title)}**: {plain(who)}"
    yield ""
    yield f"| on | Azure role | {' | '.join(plain(name) for name in names)} |"
    yield "|---|---|" + "---|" * len(names)
    for (kind, azure_role), row in found.items():
        phrase = " | ".join(
            "; ".join(dict.fromkeys(_words(each, form) for each in row.get(name, ()))) for name in names
        )
        yield f"| {plain(kind)} | {plain(azure_role)} | {phrase} |"
    yield ""


def _words(grant: CellGrantRecord, form: MatrixDocument) -> str:
    """A grant in words: `permanent`, `eligible, until 2027-06-30`."""
    privileged = {each.operation for each in form.escalation_operations if each.privileged}
    phrase = ["eligible" if grant.activation == "eligible" else "permanent"]
    phrase += ["under a condition"] if grant.condition is not None else []
    phrase += [f"until {grant.ends}"] if grant.ends else []
    phrase += ["**can assign roles**"] if privileged.intersection(grant.escalations) else []
    return ", ".join(phrase)


def _actual(form: MatrixDocument) -> Iterator[str]:
    drift = form.drift
    if drift is None:
        return
    name = "Azure" if drift.source == "azure" else drift.source_name
    yield f"**Against {plain(name)}: {plain(diff.verdict(drift))}**"
    yield ""
    for first in drift.review_first[:_FIRST]:
        yield f"- {prose(first)}"
    actual = form.actual_findings
    for each in actual[:_FIRST]:
        yield f"- {each.severity}: {plain(each.message)} ({each.rule})"
    if len(actual) > _FIRST:
        yield f"- … and {counted(len(actual) - _FIRST, 'more finding')}"
    for missed in form.unread[:_FIRST]:
        yield f"- not read: {code(missed.scope)} ({missed.part}): {plain(missed.why)}; {plain(missed.remedy)}"
    if len(form.unread) > _FIRST:
        yield f"- … and {counted(len(form.unread) - _FIRST, 'more part')} unread"
    yield ""
