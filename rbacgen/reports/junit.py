"""Access tests and findings as JUnit XML, in the dialect that Jenkins, Azure DevOps and GitLab read (Jenkins' junit-10.xsd)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import assert_never

from msgspec import Struct

from rbacgen.analysis.access_tests.cases import Result
from rbacgen.analysis.findings import Finding
from rbacgen.model import rules
from rbacgen.model.problems import Severity
from rbacgen.model.wording import joined
from rbacgen.reports.json.check import TestRecord
from rbacgen.reports.report import Report, UnreadPlace
from rbacgen.reports.text import place, safe


class _Case(Struct, frozen=True):
    """One test case. `checked` is empty where it passed, else `failure`, `error` or `skipped`, with a line and a text.

    Of one that passed, a line and a text are what it has to say all the same.
    """

    name: str
    classname: str
    checked: str = ""
    kind: str = ""
    line: str = ""
    text: str = ""


# What a failed access test reports itself, so that it is not repeated as a finding.
_BY_TESTS = frozenset({"uncovered-need", "borrowed-need", "must-not", "toxic-union", "actual-must-not", "failed-test"})


def report(given: Report, strict: bool = False) -> str:
    """The findings, what was not read, and every access test, grouped by project role and environment.

    What makes the command fail is a failure: errors, drift, what a source holds and must not, and with `strict` warnings.
    Without it, what is a warning by its rule passes and is named in its output. What was not read is an error, and an access test
    that this leaves undecided is skipped, with the reason. Notes are listed in the first suite's output.
    """
    suites = [("findings" if given.command == "check" else "drift", list(_findings(given, strict)))]
    suites += [("reading", [_unread(each) for each in given.missed])] if given.missed else []
    suites += _grouped(given.tests, given, "", strict)
    suites += _grouped(given.actual_tests, given, given.source, strict)
    cases = [case for _, those in suites for case in those]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f"<testsuites{_attributes(name=_title(given), **_totals(cases))}>")
    for number, (name, those) in enumerate(suites):
        skipped = {"skipped": str(sum(case.checked == "skipped" for case in those))}
        lines.append(f"  <testsuite{_attributes(name=name, **_totals(those), **skipped)}>")
        lines += [line for case in those for line in _case(case)]
        if number == 0 and (notes := _notes(given)):
            lines.append(f"    <system-out>{_text(notes)}</system-out>")
        lines.append("  </testsuite>")
    lines.append("</testsuites>")
    return "\n".join(lines) + "\n"


def _title(given: Report) -> str:
    return f"rbacgen {given.command} {given.project}".rstrip()


def _findings(given: Report, strict: bool) -> Iterator[_Case]:
    classname = f"rbacgen.{given.command}"
    shown = [
        each
        for each in given.findings
        if _is_case(each, given) and (each.rule not in _BY_TESTS or not (given.tests or given.actual_tests))
    ]
    for each in shown:
        fails = given.command == "diff" or each.severity is Severity.ERROR or strict
        checked, line = ("failure", each.message) if fails else ("", f"{each.severity}: {each.message}")
        yield _Case(_name(each), classname, checked, each.rule, line, _details(each))
    if not shown and given.complete:
        yield _Case("in sync" if given.command == "diff" else "nothing is wrong", classname)


def _is_case(found: Finding, given: Report) -> bool:
    """Whether a finding is a case by itself: every drift, and of a check what is more than a note."""
    return found.rule != "drift/unused-ignore-rule" if given.command == "diff" else found.severity is not Severity.NOTE


def _name(found: Finding) -> str:
    where = " ".join(part for part in (found.environment, found.scope) if part)
    who = found.about.get("principal") or found.about.get("principal_id", "")
    shown = ": ".join(part for part in (found.title, who and f"for {who}", where and f"in {where}") if part)
    return (
        shown
        if who or where or found.place is None
        else f"{found.title} at {found.place.file}: {'/'.join(found.keys)}".rstrip(": ")
    )


def _details(found: Finding) -> str:
    lines = [
        f"{place(found.place)}" if found.place is not None else "",
        found.message,
        rules.rule(found.rule).help,
        rules.rule(found.rule).uri,
    ]
    return "\n".join(line for line in lines if line)


def _unread(missed: UnreadPlace) -> _Case:
    line = f"not read: {missed.why}"
    return _Case(f"{missed.parts} of {missed.scope}", "rbacgen.reading", "error", "unread", line, missed.remedy)


def _grouped(tests: Iterable[TestRecord], given: Report, source: str, strict: bool) -> list[tuple[str, list[_Case]]]:
    """The access tests as suites: a project role in an environment each, those of principals by environment."""
    groups: dict[str, list[_Case]] = {}
    # What a source holds as the project wants it, and was a warning there, is one here: it makes no command fail.
    phrase = {_about(each) for each in given.tests if each.result is Result.FAILED} if source else set()
    for each in tests:
        subject = each.project_role or "own tests"
        name = " ".join(filter(None, [f"{subject}", each.environment and f"in {each.environment}"]))
        name = f"{name} on {source}" if source else name
        groups.setdefault(name, []).append(
            _test_result(each, name, given, source, fails=strict or not _is_warning(each, phrase, bool(source)))
        )
    return list(groups.items())


def _about(test_result: TestRecord) -> tuple[str, str]:
    return test_result.test, test_result.principal.id if test_result.principal is not None else ""


def _is_warning(test_result: TestRecord, phrase: Container[tuple[str, str]], is_actual: bool) -> bool:
    return rules.rule(test_result.rule).severity is not Severity.ERROR and (
        not is_actual or _about(test_result) in phrase
    )


def _test_result(test_result: TestRecord, suite: str, given: Report, source: str, fails: bool) -> _Case:
    name = test_result.test if test_result.isolated else f"{test_result.test}: {test_result.who}"
    classname = "rbacgen.access." + suite.replace(".", "_").replace(" in ", ".")
    match test_result.result:
        case Result.PASSED:
            return _Case(name, classname)
        case Result.UNDECIDED:
            return _Case(name, classname, "skipped", "undecided", "undecided: some of what it asks for was not read")
        case Result.FAILED:
            off = given.switched_off.get(test_result.rule)
            if off is not None:
                return _Case(name, classname, "skipped", "switched-off", f"{test_result.rule} is switched off: {off}")
            by = "; ".join(test_result.by) or test_result.why_not or "nothing comes near"
            where = f"{source}: " if source else ""
            line = f"{where}{test_result.who}: {test_result.verdict.words}, expected {_expected(test_result)}: {by}"
            lines = [place(test_result.at), line, test_result.why, test_result.source]
            text = "\n".join(each for each in lines if each)
            if not fails:
                return _Case(
                    name, classname, "", test_result.rule, f"{rules.rule(test_result.rule).severity}: {line}", text
                )
            return _Case(name, classname, "failure", test_result.rule, line, text)
        case _:
            assert_never(test_result.result)


def _expected(test_result: TestRecord) -> str:
    return joined([each.words for each in test_result.expected], "or")


def _notes(given: Report) -> str:
    phrase = [f"{each.message} [{each.rule}]" for each in given.of(Severity.NOTE)]
    return "\n".join([*given.cautions, *given.facts, *given.notes, *phrase])


def _totals(cases: list[_Case]) -> dict[str, str]:
    return {
        "tests": str(len(cases)),
        "failures": str(sum(case.checked == "failure" for case in cases)),
        "errors": str(sum(case.checked == "error" for case in cases)),
    }


def _case(case: _Case) -> Iterator[str]:
    element = f"    <testcase{_attributes(classname=case.classname, name=case.name)}"
    if not case.checked and not case.line:
        yield f"{element}/>"
        return
    if not case.checked:
        phrase = "\n".join(each for each in (f"{case.line} [{case.kind}]", case.text) if each)
        yield f"{element}>"
        yield f"      <system-out>{_text(phrase)}</system-out>"
        yield "    </testcase>"
        return
    yield f"{element}>"
    inner = f"      <{case.checked}{_attributes(type=case.kind, message=case.line)}"
    yield f"{inner}>{_text(case.text)}</{case.checked}>" if case.text else f"{inner}/>"
    yield "    </testcase>"


def _attributes(**given: str) -> str:
    return "".join(f' {name}="{_escaped(value)}"' for name, value in given.items())


def _text(words: str) -> str:
    return "\n".join(_escaped(line) for line in words.split("\n"))


def _escaped(words: str) -> str:
    """Words as XML 1.0 allows them: no control characters, which even as references would be none of XML."""
    shown = safe(" ".join(words.split()))
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
