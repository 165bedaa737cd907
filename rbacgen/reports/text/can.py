"""Verdicts as text for people: the verdict first, then what permits it, then why, in lines that fit a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rbacgen.model.wording import counted
from rbacgen.reports.json.access import PermitRecord
from rbacgen.reports.json.can import CanDocument, DecisionRecord
from rbacgen.reports.text import Style, plain, safe
from rbacgen.reports.text.access import COLOURS, condition, noted, serves, verdict_words, wrapped

_MOST_PERMITS = 4


def report(form: CanDocument, style: Style = plain, width: int = 80) -> str:
    """Every verdict with what leads to it."""
    lines: list[str] = []
    for each in form.decisions:
        lines += [*_decision(each, style, width), ""]
    lines += noted(form.notes, width)
    return "\n".join(lines).rstrip("\n") + "\n"


def _decision(form: DecisionRecord, style: Style, width: int) -> Iterator[str]:
    who = safe(form.project_role or form.who.name or form.who.id)
    verdict = "in part" if form.partly else verdict_words(form)
    where = f" in {form.environment}" if form.environment else ""
    data = " (data)" if form.plane == "data" else ""
    head = f"{style(verdict, COLOURS[form.verdict])}: {who}, {form.operation}{data} on {safe(form.place)}{where}"
    yield from wrapped(head, width, "", "  ")
    if form.impossible:
        yield from wrapped(form.impossible, width, "  ")
    for name in form.denied_by:
        yield from wrapped(f"the deny assignment `{safe(name)}` takes it away, whatever roles there are", width, "  ")
    for each in form.permits[:_MOST_PERMITS]:
        yield from _permit(each, width, is_assigned=not form.project_role)
    if len(form.permits) > _MOST_PERMITS:
        yield f"  and by {len(form.permits) - _MOST_PERMITS} more (--format json names them)"
    yield from _parts(form, width)
    for near in form.near_misses[:3]:
        yield from wrapped(f"near miss: {safe(near.description)}", width, "  ")
    if form.verdict == "denied" and not (form.near_misses or form.impossible or form.denied_by or form.permits):
        yield "  nothing that is assigned comes near it"
    for bypass in form.bypasses:
        yield from wrapped(safe(bypass.description), width, "  ")
        yield f"    {bypass.source}"
    yield from _unknown_memberships(form, width)
    for missed in form.unknowns:
        yield from wrapped(f"not decided: {safe(missed)}", width, "  ")


def _unknown_memberships(form: DecisionRecord, width: int) -> Iterator[str]:
    """What it would be for whoever is in a group whose members are not known, a sentence for each verdict."""
    by_verdict: dict[str, list[str]] = {}
    for each in form.unknown_memberships:
        by_verdict.setdefault(verdict_words(each), []).append(safe(each.name or each.id))
    for verdict, groups in by_verdict.items():
        description = f"{verdict} to whoever is in {', '.join(sorted(groups))}, whose members are not known"
        yield from wrapped(f"{description} (`rbacgen lock --members` reads them)", width, "  ")


def _parts(form: DecisionRecord, width: int) -> Iterator[str]:
    """Of a pattern, how many of the known operations it covers are possible, and which of them."""
    if not form.operations:
        return
    possible = [each for each in form.operations if each.verdict != "denied"]
    yield f"  of {counted(len(form.operations), 'known operation')} that it covers, {len(possible)} possible"
    if 0 < len(possible) < len(form.operations):
        names = ", ".join(each.operation.split("/", 1)[1] for each in possible[:8])
        more = f" and {len(possible) - 8} more" if len(possible) > 8 else ""
        yield from wrapped(f"{names}{more}", width, "    ")


def _permit(given: PermitRecord, width: int, is_assigned: bool) -> Iterator[str]:
    """One assignment: the role and the place, the line that matched, the groups between, and what it is for."""
    yield from wrapped(f"by {safe(given.description)}", width, "  ", "     ")
    if given.through:
        groups = " in ".join(safe(each.name or each.id) for each in given.through)
        yield from wrapped(f"through {groups}", width, "     ")
    if given.why:
        yield from wrapped(f"for {serves(given.why)}", width, "     ", "       ")
        first = given.why[0]
        assigned = f", assigned at {first.member_at.file}:{first.member_at.line}" if is_assigned else ""
        yield f"     {first.grant_at.file}:{first.grant_at.line} ({first.capability}){assigned}"
    else:
        yield "     not in the project file"
    if given.condition and given.verdict == "under_condition":
        yield from condition(given, width, "     ")
        if given.missing_attributes:
            yield from wrapped(
                f"--attribute would decide it: {', '.join(given.missing_attributes)}", width, "     ", "       "
            )
    if given.rests_on_empty_segment:
        text = "this relies on `/*/` also matching `/`, as built-in roles show but no Azure page documents"
        yield from wrapped(text, width, "     ")
