"""A check as Markdown, short enough for a comment on a pull request: what endangers most first, shortened honestly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from rbacgen.analysis.access_tests.cases import Result
from rbacgen.analysis.findings import Finding
from rbacgen.model import rules
from rbacgen.model.problems import Severity
from rbacgen.reports.json.check import TestRecord
from rbacgen.reports.markdown import LIMIT, code, fitting, plain, prose
from rbacgen.reports.report import Report
from rbacgen.reports.text import place

_MOST = 50
_MARKS = {Severity.ERROR: "**error**", Severity.WARNING: "warning", Severity.NOTE: "note"}


def report(given: Report, limit: int = LIMIT) -> str:
    """The whole check in at most `limit` characters; what is left out is counted. Notes are counted only."""
    title = f"Access of {plain(given.project)}" if given.project else "Access as code"
    head = [f"## {title}: {plain(given.verdict)}", ""]
    head += [f"> **{plain(each)}**\n" for each in given.cautions]
    tail = list(_tail(given))
    room = limit - sum(len(each) + 1 for each in (*head, *tail)) - 200
    listed = [each for each in given.findings if each.severity is not Severity.NOTE]
    rows = fitting([_line(each) for each in listed], room)
    table = ["| | what | where | rule |", "|---|---|---|---|", *rows] if rows else []
    if len(rows) < len(listed):
        table += ["", f"… and {len(listed) - len(rows):,} more: see the full report of `rbacgen check`."]
    return "\n".join([*head, *table, *tail]).rstrip()[:limit] + "\n"


def _line(found: Finding) -> str:
    where = code(place(found.place)) if found.place is not None else code(found.scope)
    title = plain(rules.rule(found.rule).title)
    rule = (
        f"{f'[{title}]({rules.rule(found.rule).uri})' if rules.rule(found.rule).uri else title}<br>{code(found.rule)}"
    )
    return f"| {_MARKS[found.severity]} | {prose(found.message)} | {where} | {rule} |"


def _tail(given: Report) -> Iterator[str]:
    if given.missed:
        yield from ("", "**Not read, so not judged:**", "")
        for each in given.missed[:_MOST]:
            yield f"- {code(each.scope)} ({plain(each.parts)}): {plain(each.why)}; {plain(each.remedy)}"
        if len(given.missed) > _MOST:
            yield f"- … and {len(given.missed) - _MOST:,} more"
    for tests, source in ((given.tests, ""), (given.actual_tests, given.source)):
        yield from _tests(tests, source)
    hidden = len(given.of(Severity.NOTE))
    phrase = [*given.notes, *given.facts]
    phrase += [f"notes: {hidden:,} (`rbacgen check --notes` shows them)"] if hidden else []
    if phrase:
        yield ""
        yield from (f"- {plain(each)}" for each in phrase[:_MOST])


def _tests(tests: Iterable[TestRecord], source: str) -> Iterator[str]:
    """How the access tests of each project role went, where one of them did not pass."""
    by_role: dict[str, Counter[Result]] = {}
    for each in tests:
        by_role.setdefault(each.project_role or "own tests", Counter())[each.result] += 1
    bad = {role: counts for role, counts in by_role.items() if counts[Result.FAILED] or counts[Result.UNDECIDED]}
    if not bad:
        return
    yield from ("", f"| access tests{' on ' + plain(source) if source else ''} | passed | failed | undecided |")
    yield "|---|---|---|---|"
    for role, counts in list(bad.items())[:_MOST]:
        numbers = " | ".join(f"{counts[result]:,}" for result in (Result.PASSED, Result.FAILED, Result.UNDECIDED))
        yield f"| {plain(role)} | {numbers} |"
    if len(bad) > _MOST:
        yield f"| … and {len(bad) - _MOST:,} more | | | |"
