"""What every report but text and JSON is made from: the findings of a check or a comparison, by risk, and what was not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from rbacgen.analysis import findings
from rbacgen.analysis.drift.records import DriftRecord
from rbacgen.analysis.findings import Finding
from rbacgen.model.problems import Position, Severity
from rbacgen.model.wording import counted
from rbacgen.reports.json.check import CheckDocument, SourceCheckRecord, TestRecord
from rbacgen.reports.json.diff import DiffDocument
from rbacgen.reports.text import diff


class UnreadPlace(Struct, frozen=True):
    """What could not be read: the scope, its parts in words, why, and what to do about it."""

    scope: str
    parts: str
    why: str
    remedy: str


class ExcludedRecord(Struct, frozen=True):
    """An assignment that exists and is no drift, and why."""

    row: DriftRecord
    why: str


class Report(Struct, frozen=True):
    """What every report but text and JSON is made from.

    `verdict` is the result in a phrase, `facts` further lines of a summary. `tests` are the access tests on the desired assignments,
    `actual_tests` those on the actual ones of the source, and `taken` is when that was read (ISO 8601; empty where it is not known). `anchors` are the
    lines of the project file at which findings of an environment are shown.
    """

    command: str
    project: str
    source: str
    verdict: str
    complete: bool
    findings: tuple[Finding, ...]
    missed: tuple[UnreadPlace, ...] = ()
    cautions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    tests: tuple[TestRecord, ...] = ()
    actual_tests: tuple[TestRecord, ...] = ()
    switched_off: Mapping[str, str] = field(default_factory=dict)
    excluded: tuple[ExcludedRecord, ...] = ()
    project_file: str = ""
    shipped: tuple[str, ...] = ()
    anchors: Mapping[str, Position] = field(default_factory=dict)
    taken: str = ""

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of this severity, what endangers most first."""
        return tuple(each for each in self.findings if each.severity is severity)

    def anchor(self, found: Finding) -> Position | None:
        """The place in the user's own repository that a dashboard can show for a finding.

        It is the finding's own where that is in a file of theirs; else the line of its environment in the project file, or that file as a
        whole. None only where no project file is known.
        """
        if found.place is not None and not self._is_shipped(found.place):
            return found.place
        if found.environment in self.anchors:
            return self.anchors[found.environment]
        return Position(self.project_file, 0, 0) if self.project_file else None

    def _is_shipped(self, at: Position) -> bool:
        return at.file.startswith(tuple(f"{each}/" for each in self.shipped))


def of_check(form: CheckDocument) -> Report:
    """A check as every report takes it."""
    actual = form.actual
    found = [*form.problems, *(actual.problems if actual is not None else ())]
    levels = Counter(each.severity for each in found)
    counts = ", ".join(counted(levels[level], level) for level in Severity if levels[level]) or "nothing is wrong"
    facts = []
    if form.readable:
        environments = counted(form.environments, "environment")
        facts.append(f"{form.assignments:,} assignments for {counted(form.principals, 'principal')} in {environments}")
    facts += [f"access tests: {results(form.tests)}"] if form.tests else []
    facts += (
        [f"on {actual.source}, access tests: {results(actual.tests)}"] if actual is not None and actual.tests else []
    )
    facts += [f"switched off: {each.rule} ({each.because})" for each in form.switched_off]
    return Report(
        command="check",
        project=form.project,
        source=actual.source if actual is not None else "",
        verdict=counts + (f"; {counted(len(_missed(actual)), 'scope')} not read" if actual and actual.unread else ""),
        complete=form.complete,
        findings=findings.by_risk(found),
        missed=_missed(actual),
        notes=actual.notes if actual is not None else (),
        facts=tuple(facts),
        tests=form.tests,
        actual_tests=actual.tests if actual is not None else (),
        switched_off={each.rule: each.because for each in form.switched_off},
        project_file=form.project_file,
        shipped=form.shipped,
        taken=(actual.taken or "") if actual is not None else "",
    )


def _missed(actual: SourceCheckRecord | None) -> tuple[UnreadPlace, ...]:
    if actual is None:
        return ()
    return tuple(UnreadPlace(*each) for each in diff.joined(actual.unread))


def results(tests: Iterable[TestRecord]) -> str:
    """How access tests went: `12 passed, 1 failed`."""
    counts = Counter(str(each.result) for each in tests)
    return ", ".join(f"{count:,} {result}" for result, count in sorted(counts.items(), reverse=True))


def of_diff(form: DiffDocument) -> Report:
    """A comparison as every report takes it."""
    found = [findings.of_assignment_drift(row, form.project) for row in form.changes]
    found += [
        findings.of_role_definition_drift(row, form.project, form.environments.get(row.environment, ""))
        for row in form.custom_roles
    ]
    found += [findings.of_unused_rule(each) for each in form.unused_ignore_rules]
    excluded = ", ".join(f"{count:,} {why.replace('_', ' ')}" for why, count in form.excluded.items() if count)
    return Report(
        command="diff",
        project=form.project,
        source="Azure" if form.source == "azure" else form.source_name,
        verdict=diff.verdict(form),
        complete=form.complete,
        findings=findings.by_risk(found),
        missed=tuple(UnreadPlace(*each) for each in diff.joined(form.unread)),
        cautions=form.cautions,
        notes=form.notes,
        facts=(
            f"{form.desired:,} desired assignments, {form.actual:,} actual",
            *([f"excluded: {excluded}"] if excluded else ()),
        ),
        excluded=tuple(ExcludedRecord(row, diff.EXCLUDED[row.kind]) for row in form.named),
        project_file=form.project_file,
        shipped=form.shipped,
        anchors=form.places,
        taken=form.taken or "",
    )
