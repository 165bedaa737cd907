"""A comparison as Markdown, short enough for a comment on a pull request: what weighs most first, shortened honestly."""

from __future__ import annotations

from collections.abc import Iterator

from rbacgen.analysis.drift.description import created, differs, how, remedy_of, removal
from rbacgen.analysis.drift.records import DriftRecord
from rbacgen.analysis.names import PrincipalRecord, who
from rbacgen.model.wording import counted
from rbacgen.reports.json.diff import DiffDocument
from rbacgen.reports.markdown import LIMIT, code, fitting, plain
from rbacgen.reports.text import place
from rbacgen.reports.text.diff import joined, unused, verdict

_MOST_UNREAD = 50
_ORDER = ("unmanaged", "altered", "missing", "stale", "expired", "expiring", "orphaned", "soft_deleted")


def report(form: DiffDocument, limit: int = LIMIT) -> str:
    """The whole comparison in at most `limit` characters; what is left out is counted."""
    head = [f"## Access of {plain(form.project)}: {plain(verdict(form))}", ""]
    head += [f"> **{plain(each)}**\n" for each in form.cautions]
    tail = list(_tail(form))
    # What can assign roles itself comes first, then by kind; the sort keeps the order of environments and scopes.
    rows = sorted(form.changes, key=lambda row: (not row.can_assign_roles, _ORDER.index(row.kind)))
    lines = list(_role_lines(form))
    if rows:
        lines += ["| | Azure role | who | where | why and place |", "|---|---|---|---|---|"]
    room = limit - sum(len(each) + 1 for each in (*head, *tail, *lines)) - 100
    shown = fitting([_line(row) for row in rows], room)
    lines += shown
    if len(shown) < len(rows):
        lines += ["", f"… and {counted(len(rows) - len(shown), 'more difference')}: see the whole with `rbacgen diff`."]
    return "\n".join([*head, *lines, *tail]).rstrip()[:limit] + "\n"


def _line(row: DriftRecord) -> str:
    phrase = [differs(each) for each in row.differs] + ([row.remark] if row.remark else [])
    if row.at is not None:
        phrase.append(place(row.at) + (f": {row.why}" if row.why else ""))
    elif row.created:
        phrase.append(created(row.created))
    if remedy := remedy_of(row):
        phrase.append(remedy)
    cells_text = [plain(each) for each in phrase]
    if command := removal(row):
        cells_text.append(code(" ".join(command)))
    role = row.azure_role.name or f"unknown role {row.azure_role.id}"
    where = f"{row.environment}: {code(row.scope)}" if row.environment else code(row.scope)
    cells = (f"**{row.kind.replace('_', '-')}**", plain(role + how(row)), _who(row.principal), where)
    return f"| {' | '.join(cells)} | {'<br>'.join(cells_text)} |"


def _role_lines(form: DiffDocument) -> Iterator[str]:
    for row in form.custom_roles:
        phrase = "; ".join(differs(each) for each in row.differs)
        yield f"- **custom role {row.kind}**: {plain(row.azure_role.name)}{' — ' + plain(phrase) if phrase else ''}"
    if form.custom_roles:
        yield ""


def _tail(form: DiffDocument) -> Iterator[str]:
    if form.unread:
        yield ""
        yield "**Not read, so not compared:**"
        yield ""
        missed = joined(form.unread)
        for scope, parts, why, remedy in missed[:_MOST_UNREAD]:
            yield f"- {code(scope)} ({plain(parts)}): {plain(why)}; {plain(remedy)}"
        if len(missed) > _MOST_UNREAD:
            yield f"- … and {len(missed) - _MOST_UNREAD:,} more"
    phrase = [*form.notes, *map(unused, form.unused_ignore_rules)]
    ending = [row for row in form.remarks if row.kind == "ending"]
    phrase += [f"{counted(len(ending), 'assignment')} will end soon, by the project file"] if ending else []
    if phrase:
        yield ""
        yield from (f"- note: {plain(each)}" for each in phrase[:_MOST_UNREAD])
    excluded = ", ".join(f"{count:,} {why.replace('_', ' ')}" for why, count in form.excluded.items() if count)
    yield ""
    yield f"<sub>{form.desired:,} desired assignments{'; excluded: ' + excluded if excluded else ''}</sub>"


def _who(principal: PrincipalRecord) -> str:
    """Who it is, with the name or the object id as code: what comes before an id are words."""
    name = principal.name or principal.id
    return plain(who(principal).removesuffix(name)) + (" " if not principal.name else "") + code(name)
