"""Answers as text for people: the verdict first, then by what, then why, in lines that fit a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from rbacgen.analysis import wording
from rbacgen.analysis.explain import ExplainedGrant, Explanation
from rbacgen.model.assignment import Activation, Verdict
from rbacgen.reports.access_form import (
    BypassSubjectsRecord,
    Called,
    CanDocument,
    DecisionRecord,
    PermitRecord,
    ReasonRecord,
    UnknownMembershipRecord,
    WhoCanDocument,
    WhoCanPlace,
    WhoCanRecord,
    about,
)
from rbacgen.reports.drift_form import PrincipalRecord
from rbacgen.reports.text import Style, counted, plain, safe

_COLOURS = {"allowed": "note", "after_activation": "warning", "under_condition": "warning", "denied": "error"}
_MOST_PERMITS = 4
_MOST_ROWS = 200
_MOST_LINES = 4  # of a condition that there is no sentence for


def can(form: CanDocument, style: Style = plain, width: int = 80) -> str:
    """Every verdict with what leads to it."""
    lines: list[str] = []
    for each in form.decisions:
        lines += [*_decision(each, style, width), ""]
    lines += _notes(form.notes, width)
    return "\n".join(lines).rstrip("\n") + "\n"


def _decision(form: DecisionRecord, style: Style, width: int) -> Iterator[str]:
    who = safe(form.project_role or form.who.name or form.who.id)
    verdict = "in part" if form.partly else _verdict(form)
    where = f" in {form.environment}" if form.environment else ""
    data = " (data)" if form.plane == "data" else ""
    head = f"{style(verdict, _COLOURS[form.verdict])}: {who}, {form.operation}{data} on {safe(form.place)}{where}"
    yield from _wrapped(head, width, "", "  ")
    if form.impossible:
        yield from _wrapped(form.impossible, width, "  ")
    for name in form.denied_by:
        yield from _wrapped(f"the deny assignment `{safe(name)}` takes it away, whatever roles there are", width, "  ")
    for each in form.permits[:_MOST_PERMITS]:
        yield from _permit(each, width, is_assigned=not form.project_role)
    if len(form.permits) > _MOST_PERMITS:
        yield f"  and by {len(form.permits) - _MOST_PERMITS} more (--format json names them)"
    yield from _parts(form, width)
    for near in form.near[:3]:
        yield from _wrapped(f"close: {safe(near.said)}", width, "  ")
    if form.verdict == "denied" and not (form.near or form.impossible or form.denied_by or form.permits):
        yield "  nothing that is assigned comes near it"
    for bypass in form.bypasses:
        yield from _wrapped(safe(bypass.said), width, "  ")
        yield f"    {bypass.source}"
    yield from _unknown_memberships(form, width)
    for missed in form.undecided:
        yield from _wrapped(f"not decided: {safe(missed)}", width, "  ")


def _verdict(form: DecisionRecord | WhoCanRecord | UnknownMembershipRecord) -> str:
    return wording.verdict(Verdict(form.verdict), form.only_eligible)


def _unknown_memberships(form: DecisionRecord, width: int) -> Iterator[str]:
    """What it would be for whoever is in a group whose members are not known, a sentence for each verdict."""
    by_verdict: dict[str, list[str]] = {}
    for each in form.unknown_memberships:
        by_verdict.setdefault(_verdict(each), []).append(safe(each.name or each.id))
    for verdict, groups in by_verdict.items():
        said = f"{verdict} to whoever is in {', '.join(sorted(groups))}, whose members are not known"
        yield from _wrapped(f"{said} (`rbacgen lock --members` reads them)", width, "  ")


def _parts(form: DecisionRecord, width: int) -> Iterator[str]:
    """Of a pattern, how many of the known operations it covers are possible, and which of them."""
    if not form.parts:
        return
    possible = [each for each in form.parts if each.verdict != "denied"]
    yield f"  of {counted(len(form.parts), 'known operation')} that it covers, {len(possible)} possible"
    if 0 < len(possible) < len(form.parts):
        names = ", ".join(each.operation.split("/", 1)[1] for each in possible[:8])
        more = f" and {len(possible) - 8} more" if len(possible) > 8 else ""
        yield from _wrapped(f"{names}{more}", width, "    ")


def _permit(given: PermitRecord, width: int, is_assigned: bool) -> Iterator[str]:
    """One assignment: the role and the place, the line that matched, the groups between, and what it is for."""
    yield from _wrapped(f"by {safe(given.said)}", width, "  ", "     ")
    if given.through:
        groups = " in ".join(safe(each.name or each.id) for each in given.through)
        yield from _wrapped(f"through {groups}", width, "     ")
    if given.why:
        yield from _wrapped(f"for {_serves(given.why)}", width, "     ", "       ")
        first = given.why[0]
        assigned = f", worn at {first.member_at.file}:{first.member_at.line}" if is_assigned else ""
        yield f"     {first.grant_at.file}:{first.grant_at.line} ({first.capability}){assigned}"
    else:
        yield "     the project does not want it"
    if given.condition and given.verdict == "under_condition":
        yield from _condition(given, width, "     ")
        if given.lacks:
            yield from _wrapped(f"--attribute would decide it: {', '.join(given.lacks)}", width, "     ", "       ")
    if given.rests_on_empty_segment:
        said = "this rests on `/*/` standing for nothing too, as built-in roles show but no page of Azure says"
        yield from _wrapped(said, width, "     ")


def _condition(given: PermitRecord, width: int, indent: str) -> list[str]:
    """What a condition limits, in a sentence, or else the beginning of its text."""
    if given.condition_says:
        return _wrapped(f"the condition: {safe(given.condition_says)}", width, indent, indent + "  ")
    text = f"where {' '.join(safe(given.condition).split())}"
    # What is shortened is not copied, so that the long names in it may be broken.
    lines = textwrap.wrap(
        text, width - 2, initial_indent=indent, subsequent_indent=indent + "  ", break_on_hyphens=False
    )
    return lines if len(lines) <= _MOST_LINES else [*lines[: _MOST_LINES - 1], lines[_MOST_LINES - 1] + " …"]


def _serves(why: Iterable[ReasonRecord]) -> str:
    by_title: dict[str, list[str]] = {}
    for each in why:
        responsibilities = by_title.setdefault(each.title, [])
        if each.responsibility not in responsibilities:
            responsibilities.append(each.responsibility)
    return "; ".join(f"{safe(title)}: {', '.join(responsibilities)}" for title, responsibilities in by_title.items())


def who_can(form: WhoCanDocument, style: Style = plain, width: int = 80) -> str:
    """Everyone who can, place by place."""
    lines: list[str] = []
    for each in form.places:
        lines += [*_place(each, style, width), ""]
    lines += _notes(form.notes, width)
    return "\n".join(lines).rstrip("\n") + "\n"


def _place(form: WhoCanPlace, style: Style, width: int) -> Iterator[str]:
    where = f" in {form.environment}" if form.environment else ""
    data = " (data)" if form.plane == "data" else ""
    yield from _wrapped(f"{form.operation}{data} on {safe(form.place)}{where}", width, "", "  ")
    if not form.here:
        yield "  nobody"
    yield from _rows(form.here, style, width, "  ")
    if form.below:
        yield "  only at some of what lies in it:"
    yield from _rows(form.below, style, width, "    ")
    yield from _bypass_subjects(form.bypasses, style, width)
    for missed in form.undecided:
        yield from _wrapped(f"not decided: {safe(missed)}", width, "  ")


def _rows(rows: tuple[WhoCanRecord, ...], style: Style, width: int, indent: str) -> Iterator[str]:
    for row in rows[:_MOST_ROWS]:
        yield from _row(row, style, width, indent)
    if len(rows) > _MOST_ROWS:
        yield f"{indent}and {len(rows) - _MOST_ROWS:,} more (--format json names them)"


def _bypass_subjects(bypasses: Iterable[BypassSubjectsRecord], style: Style, width: int) -> Iterator[str]:
    """The doors round the roles: those that the same people can open together, and last those that no permission opens."""
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
                yield from _wrapped(f"not decided by roles: {each.says}{unless}: {each.source}", width, "    ")
                continue
            yield from _wrapped(f"{each.opened_by}: {each.says}{unless}", width, "    ")
            yield f"      {each.source}"
        yield from _rows(first.here, style, width, "      ")
        if first.below:
            yield "      only at some of what lies in it:"
        yield from _rows(first.below, style, width, "        ")


def _in_short(rows: Iterable[WhoCanRecord]) -> tuple[tuple[str, ...], ...]:
    return tuple((each.who.id, each.verdict, *(permit.said for permit in each.permits)) for each in rows)


def _row(row: WhoCanRecord, style: Style, width: int, indent: str) -> Iterator[str]:
    verdict = style("in part" if row.partly else _verdict(row), _COLOURS[row.verdict])
    yield from _wrapped(f"{verdict}: {_called(row.who)}", width, indent, indent + "  ")
    first = row.permits[0]
    more = f" (and by {len(row.permits) - 1} more)" if len(row.permits) > 1 else ""
    yield from _wrapped(f"by {safe(first.said)}{more}", width, indent + "  ", indent + "    ")
    if first.condition and first.verdict == "under_condition":
        yield from _condition(first, width, indent + "  ")
    if first.why:
        yield from _wrapped(f"for {_serves(first.why)}", width, indent + "  ", indent + "    ")
    else:
        yield f"{indent}  the project does not want it"
    if row.members:
        names = ", ".join(safe(each.name or each.id) for each in row.members)
        yield from _wrapped(f"in it: {names}", width, indent + "  ", indent + "    ")


_KINDS = {"Group": "group", "User": "user", "ServicePrincipal": "service principal"}


def _called(who: PrincipalRecord) -> str:
    kind = _KINDS.get(who.type, "principal")
    return f"{safe(who.name)} ({kind})" if who.name and who.name != who.id else f"the {kind} {who.id}"


def explained(found: Explanation, called: Called, width: int = 80) -> str:
    """All access of somebody on a page: by scope kind, each Azure role with where it is and what it is for."""
    lines = [*_wrapped(f"{safe(about(found, called))} ({found.kind})", width, "", "  ")]
    if found.says:
        lines += _wrapped(safe(found.says), width, "  ")
    if found.team_members:
        word = {"capability": "taken by", "project role": "worn by", "workload": "worn by"}.get(found.kind, "wears")
        lines += _wrapped(
            f"{word} {', '.join(_team_member(*each) for each in found.team_members)}", width, "  ", "    "
        )
    elif found.kind in ("project role", "workload"):
        lines.append("  worn by nobody")
    place_said = ""
    for each in found.granted:
        where = each.scope_kind or ", ".join(wording.place(scope) for scope in each.scopes)
        if where != place_said:
            lines += ["", where]
            place_said = where
        lines += _granted(each, found, called, width)
    if not found.granted:
        lines += ["", "no access in Azure"]
    lines += _rest(found, width)
    return "\n".join(lines) + "\n"


def _team_member(name: str, environments: tuple[str, ...]) -> str:
    return f"{safe(name)} ({', '.join(environments)})" if environments else safe(name)


def _granted(each: ExplainedGrant, found: Explanation, called: Called, width: int) -> Iterator[str]:
    marks = [" ".join(each.environments)] if each.environments else []
    marks += ["eligible"] if each.activation is Activation.ELIGIBLE else []
    marks += ["activated just now"] if each.activation is Activation.ACTIVATED else []
    marks += ["under a condition"] if each.condition else []
    marks += [f"until {' or '.join(each.ends)}"] if each.ends else []
    marks += ["not bound yet"] if each.supposed else []
    name = each.azure_role.name or f"the role {each.azure_role.id}"
    yield from _wrapped(f"{safe(name)}: {', '.join(marks)}" if marks else safe(name), width, "  ", "    ")
    if found.kind in ("Azure role", "capability"):
        yield from _wrapped(f"for {safe(called(each.subject) or each.subject.id)}", width, "    ")
    elif each.path:
        yield from _wrapped(f"through {safe(called(each.subject) or each.subject.id)}", width, "    ")
    if not each.reasons:
        yield "    the project does not want it"
        return
    by_title: dict[str, list[str]] = {}
    for reason in each.reasons:
        by_title.setdefault(reason.title, []).append(reason.responsibility)
    said = "; ".join(
        ", ".join(responsibilities) if title == found.about else f"{safe(title)}: {', '.join(responsibilities)}"
        for title, responsibilities in by_title.items()
    )
    yield from _wrapped(said, width, "    ", "      ")


def _rest(found: Explanation, width: int) -> Iterator[str]:
    """What stands below the access: paths to more, duties that take none, what is outside Azure, and what is not known."""
    opened: dict[str, list[str]] = {}
    for each in found.granted:
        for path in each.opens:
            opened.setdefault(path.operation, []).append(each.azure_role.name)
    if opened or found.must_not or found.idle or found.outside or found.notes:
        yield ""
    if found.must_not:
        yield from _wrapped(f"must not: {counted(found.must_not, 'line')} (`rbacgen check` proves them)", width, "")
    if opened:
        names = ", ".join(each.split("/", 1)[1] for each in list(opened)[:3])
        more = f" and {len(opened) - 3} more" if len(opened) > 3 else ""
        yield from _wrapped(f"opens paths to more: {names}{more} (`rbacgen check --notes`)", width, "", "  ")
    if found.idle:
        yield from _wrapped(f"takes no access: {', '.join(name for name, _ in found.idle)}", width, "", "  ")
    if found.outside:
        systems = ", ".join(sorted({each.system for each in found.outside}))
        yield from _wrapped(f"outside Azure: {systems} (`rbacgen check --outside`)", width, "", "  ")
    for note in found.notes:
        yield from _wrapped(safe(note), width, "", "  ")


def _notes(notes: Iterable[str], width: int) -> list[str]:
    return [line for note in notes for line in _wrapped(safe(note), width, "", "  ")]


def _wrapped(text: str, width: int, indent: str, after: str | None = None) -> list[str]:
    """The text in lines of a width; an id or an operation is never broken, so that it can be copied."""
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent + "  " if after is None else after,
        break_long_words=False,
        break_on_hyphens=False,
    )
