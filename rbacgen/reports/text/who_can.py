"""Everyone who can, as text for people, in lines that fit a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rbacgen.analysis.names import PrincipalRecord
from rbacgen.reports.json.who_can import BypassSubjectsRecord, WhoCanDocument, WhoCanPlace, WhoCanRecord
from rbacgen.reports.text import Style, plain, safe
from rbacgen.reports.text.access import COLOURS, condition, noted, serves, verdict_words, wrapped

_MOST_ROWS = 200


def report(form: WhoCanDocument, style: Style = plain, width: int = 80) -> str:
    """Everyone who can, place by place."""
    lines: list[str] = []
    for each in form.places:
        lines += [*_place(each, style, width), ""]
    lines += noted(form.notes, width)
    return "\n".join(lines).rstrip("\n") + "\n"


def _place(form: WhoCanPlace, style: Style, width: int) -> Iterator[str]:
    where = f" in {form.environment}" if form.environment else ""
    data = " (data)" if form.plane == "data" else ""
    yield from wrapped(f"{form.operation}{data} on {safe(form.place)}{where}", width, "", "  ")
    if not form.here:
        yield "  nobody"
    yield from _rows(form.here, style, width, "  ")
    if form.below:
        yield "  only at some of what lies in it:"
    yield from _rows(form.below, style, width, "    ")
    yield from _bypass_subjects(form.bypasses, style, width)
    for missed in form.unknowns:
        yield from wrapped(f"not decided: {safe(missed)}", width, "  ")


def _rows(rows: tuple[WhoCanRecord, ...], style: Style, width: int, indent: str) -> Iterator[str]:
    for row in rows[:_MOST_ROWS]:
        yield from _row(row, style, width, indent)
    if len(rows) > _MOST_ROWS:
        yield f"{indent}and {len(rows) - _MOST_ROWS:,} more (--format json names them)"


def _bypass_subjects(bypasses: Iterable[BypassSubjectsRecord], style: Style, width: int) -> Iterator[str]:
    """The bypasses: those that the same principals can use together, and last those that no permission opens."""
    alike: dict[tuple[object, ...], list[BypassSubjectsRecord]] = {}
    for each in bypasses:
        let_in = (_in_short(each.here), _in_short(each.below))
        alike.setdefault(let_in, []).append(each)
    if alike:
        yield "  around the roles:"
    for those in sorted(alike.values(), key=lambda those: not (those[0].here or those[0].below)):
        first = those[0]
        for each in those:
            unless = f", unless {each.unless}" if each.unless else ""
            if not each.opened_by:
                yield from wrapped(f"not decided by roles: {each.how}{unless}: {each.source}", width, "    ")
                continue
            yield from wrapped(f"{each.opened_by}: {each.how}{unless}", width, "    ")
            yield f"      {each.source}"
        yield from _rows(first.here, style, width, "      ")
        if first.below:
            yield "      only at some of what lies in it:"
        yield from _rows(first.below, style, width, "        ")


def _in_short(rows: Iterable[WhoCanRecord]) -> tuple[tuple[str, ...], ...]:
    return tuple((each.who.id, each.verdict, *(permit.description for permit in each.permits)) for each in rows)


def _row(row: WhoCanRecord, style: Style, width: int, indent: str) -> Iterator[str]:
    verdict = style("in part" if row.partly else verdict_words(row), COLOURS[row.verdict])
    yield from wrapped(f"{verdict}: {_called(row.who)}", width, indent, indent + "  ")
    first = row.permits[0]
    more = f" (and by {len(row.permits) - 1} more)" if len(row.permits) > 1 else ""
    yield from wrapped(f"by {safe(first.description)}{more}", width, indent + "  ", indent + "    ")
    if first.condition and first.verdict == "under_condition":
        yield from condition(first, width, indent + "  ")
    if first.why:
        yield from wrapped(f"for {serves(first.why)}", width, indent + "  ", indent + "    ")
    else:
        yield f"{indent}  not in the project file"
    if row.members:
        names = ", ".join(safe(each.name or each.id) for each in row.members)
        yield from wrapped(f"in it: {names}", width, indent + "  ", indent + "    ")


_KINDS = {"Group": "group", "User": "user", "ServicePrincipal": "service principal"}


def _called(who: PrincipalRecord) -> str:
    kind = _KINDS.get(who.type, "principal")
    return f"{safe(who.name)} ({kind})" if who.name and who.name != who.id else f"the {kind} {who.id}"
