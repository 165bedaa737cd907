"""A comparison as Markdown, short enough for a comment on a pull request: what weighs most first, shortened honestly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rbacgen.reports.drift_form import Form, Row, Who
from rbacgen.reports.drift_text import differs, joined, place, unused, verdict, who
from rbacgen.reports.text import counted, safe

# GitHub takes 65,536 characters in a comment: https://github.com/orgs/community/discussions/27190
LIMIT = 60_000
_MOST_UNREAD = 50
_ORDER = ("foreign", "altered", "missing", "stale", "expired", "expiring", "orphaned", "soft_deleted")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~$])")


def report(form: Form, limit: int = LIMIT) -> str:
    """The whole comparison in at most `limit` characters; what is left out is counted."""
    head = [f"## Access of {_plain(form.project)}: {_plain(verdict(form))}", ""]
    head += [f"> **{_plain(each)}**\n" for each in form.cautions]
    tail = list(_tail(form))
    # What can hand out access itself comes first, then by kind; the sort keeps the order of environments and scopes.
    rows = sorted(form.changes, key=lambda row: (not row.gives_access, _ORDER.index(row.kind)))
    lines = list(_role_lines(form))
    if rows:
        lines += ["| | Azure role | who | where | why and place |", "|---|---|---|---|---|"]
    room = limit - sum(len(each) + 1 for each in (*head, *tail, *lines)) - 100
    shown = 0
    for row in rows:
        line = _line(row)
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
        shown += 1
    if shown < len(rows):
        lines += ["", f"… and {counted(len(rows) - shown, 'more difference')}: see the whole with `rbacgen diff`."]
    return "\n".join([*head, *lines, *tail]).rstrip()[:limit] + "\n"


def _line(row: Row) -> str:
    said = [differs(each) for each in row.differs] + ([row.remark] if row.remark else [])
    if row.at is not None:
        said.append(place(row.at) + (f": {row.why}" if row.why else ""))
    elif row.created:
        said.append(f"made {row.created[:10]}, wanted by nobody here")
    how = " (eligible)" if row.activation == "eligible" else ""
    role = row.azure_role.name or f"unknown role {row.azure_role.id}"
    where = f"{row.environment}: {_code(row.scope)}" if row.environment else _code(row.scope)
    cells = (f"**{row.kind.replace('_', '-')}**", _plain(role + how), _who(row.principal), where)
    return f"| {' | '.join(cells)} | {'<br>'.join(_plain(each) for each in said)} |"


def _role_lines(form: Form) -> Iterator[str]:
    for row in form.custom_roles:
        said = "; ".join(differs(each) for each in row.differs)
        yield f"- **custom role {row.kind}**: {_plain(row.azure_role.name)}{' — ' + _plain(said) if said else ''}"
    if form.custom_roles:
        yield ""


def _tail(form: Form) -> Iterator[str]:
    if form.unread:
        yield ""
        yield "**Not read, so not compared:**"
        yield ""
        missed = joined(form.unread)
        for scope, parts, why, cure in missed[:_MOST_UNREAD]:
            yield f"- {_code(scope)} ({parts}): {_plain(why)}; {_plain(cure)}"
        if len(missed) > _MOST_UNREAD:
            yield f"- … and {len(missed) - _MOST_UNREAD:,} more"
    said = [*form.notes, *map(unused, form.unused_ignore_rules)]
    ending = [row for row in form.remarks if row.kind == "ending"]
    said += [f"{counted(len(ending), 'assignment')} will end soon, as the project says"] if ending else []
    if said:
        yield ""
        yield from (f"- note: {_plain(each)}" for each in said[:_MOST_UNREAD])
    aside = ", ".join(f"{count:,} {why.replace('_', ' ')}" for why, count in form.set_aside.items() if count)
    yield ""
    yield f"<sub>{form.wanted:,} wanted assignments{'; set aside: ' + aside if aside else ''}</sub>"


def _who(principal: Who) -> str:
    """Who it is, with the name or the object id as code: what comes before an id are words."""
    name = principal.name or principal.id
    return _plain(who(principal).removesuffix(name)) + (" " if not principal.name else "") + _code(name)


def _plain(words: str) -> str:
    """Words as they are: nothing in them is markup, a mention or a link."""
    escaped = _SPECIAL.sub(r"\\\1", safe(" ".join(words.split())))
    return escaped.replace("@", "@<!-- -->")


def _code(words: str) -> str:
    return f"`{safe(' '.join(words.split())).replace('`', chr(39)).replace('|', chr(92) + '|')}`"
