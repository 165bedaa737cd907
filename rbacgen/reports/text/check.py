"""A check as text for people: each problem at its place, what endangers most first where there is much, a summary last."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator

from rbacgen.analysis.access_tests.cases import Result
from rbacgen.analysis.findings import Finding
from rbacgen.analysis.results import OutsideAccess
from rbacgen.model.problems import Position, Severity
from rbacgen.model.wording import counted
from rbacgen.reports.json.check import (
    CheckDocument,
    GrantExcessRecord,
    SourceCheckRecord,
    TestRecord,
)
from rbacgen.reports.text import Style, place, plain, safe, unread

_NOWHERE = Position("")
_WIDTH = 80
_FIRST = 5
_HEAVIEST = 15
_NAMED = 3
_MANY = 12  # problems, from which on a person would have to scroll to what matters
_GIST = 3  # lines of what comes first; all of it follows below


def report(
    form: CheckDocument, notes: bool = False, elsewhere: bool = False, style: Style = plain, width: int = _WIDTH
) -> str:
    """What a check found: errors and warnings (and notes, and access outside Azure, if asked for), and a summary.

    What a source holds comes after what is wrong with the files, so what endangers most of all comes before both.
    Of files that could not be read, only what is wrong with them.
    """
    shown = [each for each in form.problems if notes or each.severity is not Severity.NOTE]
    if not form.readable:
        return "".join(f"{problem_line(each, style)}\n" for each in form.problems)
    lines = list(_review_first(form, len(shown), style, width))
    lines += [problem_line(each, style) for each in shown]
    lines += [""] if shown else []
    if not form.counts["error"]:
        lines.append(
            f"{form.project}: {form.assignments:,} assignments for {counted(form.principals, 'principal')} "
            f"in {counted(form.environments, 'environment')}"
        )
    if form.tests:
        lines.append(how_tests_went(form.tests))
    elif form.counts["error"]:
        lines.append("access tests: not run because of these errors")
    hidden = form.counts["note"]
    counts = ", ".join(counted(form.counts[severity], severity) for severity in Severity)
    lines.append(counts + (" (--notes shows them)" if hidden and not notes else ""))
    lines += _outside(form.outside, elsewhere)
    lines += _excess(form.excess)
    for each in form.switched_off:
        lines.append(f"switched off: {each.rule}, {counted(each.findings, 'finding')}: {safe(each.because)}")
    lines += _actual(form.actual, style)
    return "\n".join(lines) + "\n"


def problem_line(problem: Finding, style: Style = plain) -> str:
    """One problem as `file:line:column: severity: message [rule]`."""
    phrase = f"{style(problem.severity, problem.severity)}: {safe(problem.message)} [{problem.rule}]"
    return f"{safe(place(problem.place or Position('')))}: {phrase}"


def how_tests_went(test_results: Iterable[TestRecord], are_actual: bool = False) -> str:
    """How access tests went, in a line; on the desired state (what people have together is counted by itself) or on a source."""
    results = Counter(
        "failed by several project roles of one person together (warnings)"
        if each.together and each.result is Result.FAILED and not are_actual
        else str(each.result)
        for each in test_results
    )
    return (
        f"access tests: {', '.join(f'{count:,} {result}' for result, count in sorted(results.items(), reverse=True))}"
    )


def _review_first(form: CheckDocument, shown: int, style: Style, width: int) -> Iterator[str]:
    if not form.review_first or (form.actual is None and shown < _MANY):
        return
    yield style("Review first", "error") + ":"
    for each in form.review_first[:_FIRST]:
        yield from textwrap.wrap(
            safe(each),
            width,
            initial_indent="  ",
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
            max_lines=_GIST,
            placeholder=" …",
        )
    if len(form.review_first) > _FIRST:
        yield f"  … and {len(form.review_first) - _FIRST:,} more below"
    yield ""


def _actual(found: SourceCheckRecord | None, style: Style) -> Iterator[str]:
    """How the access tests went on what a source holds, and what else was found; nothing where there is no source."""
    if found is None:
        return
    yield ""
    ranked = sorted(found.problems, key=lambda each: -each.risk)
    yield from (problem_line(each, style) for each in ranked)
    if found.problems:
        yield ""
    findings = counted(len(found.problems), "finding")
    yield f"on {safe(found.source)}, {how_tests_went(found.tests, are_actual=True)}; {findings}"
    yield from unread(found.notes, found.unread, style)


def _excess(found: tuple[GrantExcessRecord, ...] | None) -> Iterator[str]:
    """What grants give beyond the needs of their capabilities, the heaviest first, the sensitive of it by name."""
    if found is None:
        return
    yield ""
    yield "beyond the needs, weighed (read 1, write 10, data read 10, data write 20, sensitive 100):"
    for each in found[:_HEAVIEST]:
        beyond = counted(each.operations, "operation")
        what = f"{each.weight:,}  {safe(each.azure_role)} on `{each.on}`, for {each.capability}: {beyond}"
        yield from textwrap.wrap(what, 80, initial_indent="  ", subsequent_indent="    ")
        if each.sensitive:
            named = ", ".join(each.sensitive[:_NAMED])
            more = f" and {len(each.sensitive) - _NAMED} more" if len(each.sensitive) > _NAMED else ""
            yield from textwrap.wrap(
                f"sensitive: {named}{more}",
                80,
                initial_indent="    ",
                subsequent_indent="      ",
                break_long_words=False,
                break_on_hyphens=False,
            )
    if len(found) > _HEAVIEST:
        yield f"  and {len(found) - _HEAVIEST} more grants (--format json names all)"
    yield "`rbacgen suggest --capability NAME` looks for roles that give less"


def _outside(found: tuple[OutsideAccess, ...], is_listed: bool) -> Iterator[str]:
    """Access that is not Azure's: counted, or listed by project role and responsibility."""
    if not found:
        return
    systems = safe(", ".join(sorted({each.system for each in found})))
    if not is_listed:
        yield f"outside Azure: {counted(len(found), 'entry', 'entries')} in {systems} (--outside lists them)"
        return
    yield ""
    yield "outside Azure, for people to give and to look after:"
    title = ""
    for each in found:
        if each.title != title:
            title = each.title
            yield f"  {safe(title)}"
        yield from textwrap.wrap(
            safe(f"{each.responsibility}, {each.system}: {each.access}"),
            80,
            initial_indent="    ",
            subsequent_indent="      ",
        )
