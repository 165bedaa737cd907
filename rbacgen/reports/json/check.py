"""What `check --format json` prints, and every other report of a check is made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

from msgspec import Meta, Struct

from rbacgen.analysis import findings, wording
from rbacgen.analysis.access_tests.cases import Origin, Result, TestResult
from rbacgen.analysis.access_tests.isolated_roles import is_stand_in
from rbacgen.analysis.checks.least_privilege import GrantExcess
from rbacgen.analysis.findings import Finding
from rbacgen.analysis.names import Called, PrincipalRecord, caller
from rbacgen.analysis.results import CheckedProject, OutsideAccess, SourceCheck, outside
from rbacgen.model.assignment import Plane, Verdict
from rbacgen.model.problems import Position, Problem, Severity
from rbacgen.model.rules import FIRST
from rbacgen.model.state import Unread
from rbacgen.reports.json import FORMAT_VERSION


class TestRecord(Struct, frozen=True):
    """How one access test went for one principal."""

    test: Annotated[str, Meta(description="What identifies the test among those of the project.")]
    origin: Annotated[
        Origin,
        Meta(description="A need of a responsibility, a `must_not` line, or one that the team has written (`own`)."),
    ]
    result: Annotated[Result, Meta(description="`undecided` where what was not read could change it.")]
    verdict: Annotated[Verdict, Meta(description="The verdict.")]
    expected: Annotated[tuple[Verdict, ...], Meta(description="The verdicts that are right.")]
    project_role: Annotated[str, Meta(description="The project role that it is about; empty for a principal's own.")]
    responsibility: Annotated[str, Meta(description="The responsibility whose need it is; else empty.")]
    who: Annotated[
        str, Meta(description="Whom it was run for: a project role's title, or somebody's name or object id.")
    ]
    isolated: Annotated[bool, Meta(description="Whether it was run on the project role by itself.")]
    together: Annotated[
        bool, Meta(description="Whether it was run on all the access of a principal, with all of its project roles.")
    ]
    principal: Annotated[
        PrincipalRecord | None, Meta(description="Whom it was run for; null for a project role by itself.")
    ]
    operation: Annotated[str, Meta(description="The operation, or a pattern of operations.")]
    plane: Annotated[Plane, Meta(description="The plane of the operation.")]
    on: Annotated[str, Meta(description="The scope kind, or the scope id, as written.")]
    scope: Annotated[str, Meta(description="The scope id that it was run at.")]
    environment: Annotated[str, Meta(description="The environment; empty where a whole scope id is written.")]
    why: Annotated[str, Meta(description="What the test is for.")]
    source: Annotated[str, Meta(description="The page that a need is taken from; else empty.")]
    by: Annotated[tuple[str, ...], Meta(description="By what it is possible: the assignments, in words.")]
    why_not: Annotated[
        str, Meta(description="The nearest reason why it is not possible; empty where nothing came close.")
    ]
    rule: Annotated[str, Meta(description="The rule that is broken where the test fails.")]
    at: Annotated[Position, Meta(description="Where the test is written.")]


class SourceCheckRecord(Struct, frozen=True):
    """How the access tests went on the actual assignments of a source."""

    source: Annotated[str, Meta(description="The source, by name.")]
    taken: Annotated[str | None, Meta(description="When it was read, in ISO 8601; null where that is not known.")]
    complete: Annotated[bool, Meta(description="Whether nothing that was not read could change the result.")]
    problems: Annotated[tuple[Finding, ...], Meta(description="What exists and must not, or the other way.")]
    tests: Annotated[tuple[TestRecord, ...], Meta(description="Every access test, on the actual assignments.")]
    unread: Annotated[tuple[Unread, ...], Meta(description="What could not be read, each with its remedy.")]
    notes: Annotated[tuple[str, ...], Meta(description="Notes on the reading of the source.")]


class SwitchedOffRecord(Struct, frozen=True):
    """A rule that the project has switched off."""

    rule: Annotated[str, Meta(description="The rule.")]
    because: Annotated[str, Meta(description="The project's reason.")]
    findings: Annotated[int, Meta(description="How many findings that leaves out.")]


class GrantExcessRecord(Struct, frozen=True):
    """What one grant gives beyond the needs of its capability."""

    capability: Annotated[str, Meta(description="The capability that the grant is for.")]
    azure_role: Annotated[str, Meta(description="The Azure role, by name.")]
    on: Annotated[str, Meta(description="The scope kind.")]
    environments: Annotated[tuple[str, ...], Meta(description="The environments of the mapping that it is given in.")]
    weight: Annotated[
        int,
        Meta(
            description="Reads weigh 1, writes and actions 10, data reads 10, data writes 20, sensitive operations 100."
        ),
    ]
    operations: Annotated[int, Meta(description="How many operations there are beyond the needs.")]
    counts: Annotated[Mapping[str, int], Meta(description="How many of each class.")]
    sensitive: Annotated[tuple[str, ...], Meta(description="The sensitive ones by name.")]
    at: Annotated[Position, Meta(description="Where the grant is written.")]


class CheckDocument(Struct, frozen=True):
    """A whole check: what is wrong with the files of a project and with the access in it, and how its access tests went."""

    format_version: Annotated[int, Meta(description="1; it grows where a reader would have to change.")]
    project: Annotated[str, Meta(description="The project's name; empty where the files could not be read.")]
    readable: Annotated[bool, Meta(description="Whether the files could be read far enough to work the project out.")]
    complete: Annotated[bool, Meta(description="Whether nothing that was not read could change the result.")]
    review_first: Annotated[tuple[str, ...], Meta(description="The findings that endanger most, in words.")]
    counts: Annotated[Mapping[str, int], Meta(description="How many problems of each severity the files have.")]
    problems: Annotated[tuple[Finding, ...], Meta(description="What is wrong with the files, by place.")]
    project_file: Annotated[str, Meta(description="The project file, by its path from the current folder.")]
    shipped: Annotated[
        tuple[str, ...],
        Meta(description="The mappings that came with rbacgen: places in their files start with these names."),
    ]
    assignments: Annotated[int, Meta(description="How many assignments the project has.")]
    principals: Annotated[int, Meta(description="How many principals get them.")]
    environments: Annotated[int, Meta(description="In how many environments.")]
    outside: Annotated[
        tuple[OutsideAccess, ...], Meta(description="The access outside Azure of the project roles that are assigned.")
    ]
    switched_off: Annotated[
        tuple[SwitchedOffRecord, ...], Meta(description="The rules that the project has switched off.")
    ]
    actual: Annotated[
        SourceCheckRecord | None,
        Meta(description="The check of a source; null where none was asked, or the files have errors."),
    ]
    tests: Annotated[tuple[TestRecord, ...], Meta(description="Every access test, on the desired assignments.")]
    excess: Annotated[
        tuple[GrantExcessRecord, ...] | None,
        Meta(description="What grants give beyond the needs, the heaviest first; null where it was not asked for."),
    ]


def document(
    checked: CheckedProject, actual: SourceCheck | None = None, excess: tuple[GrantExcess, ...] | None = None
) -> CheckDocument:
    """The check as reports take it; `actual` is what a source has, where one was given, `excess` what grants give beyond needs."""
    called = caller(checked.project, names=False)
    state = checked.desired.state
    found = findings.of_problems(checked.problems, checked.roots, is_actual=False)
    on_source = _actual(actual, checked, called) if actual is not None else None
    return CheckDocument(
        format_version=FORMAT_VERSION,
        project=checked.project.name,
        readable=True,
        complete=actual is None or actual.is_complete,
        review_first=_review_first([*found, *(on_source.problems if on_source is not None else ())]),
        counts={str(severity): checked.count(severity) for severity in Severity},
        problems=found,
        project_file=checked.project.file,
        shipped=checked.shipped,
        assignments=len(state),
        principals=len({each.principal.id for each in state}),
        environments=len({each.environment for each in state}),
        outside=outside(checked.project),
        switched_off=tuple(
            SwitchedOffRecord(rule, checked.project.checks_off[rule], count)
            for rule, count in sorted(checked.switched_off.items())
        ),
        actual=on_source,
        tests=tuple(_test_result(each, called, is_actual=False) for each in checked.test_results),
        excess=tuple(_excess(each) for each in excess) if excess is not None else None,
    )


def unreadable(problems: Iterable[Problem], project_file: str = "") -> CheckDocument:
    """The document of files that could not be read far enough to work the project out."""
    found = findings.of_problems(problems, {}, is_actual=False)
    return CheckDocument(
        format_version=FORMAT_VERSION,
        project="",
        readable=False,
        complete=True,
        review_first=(),
        counts={str(severity): sum(each.severity is severity for each in found) for severity in Severity},
        problems=found,
        project_file=project_file,
        shipped=(),
        assignments=0,
        principals=0,
        environments=0,
        outside=(),
        switched_off=(),
        actual=None,
        tests=(),
        excess=None,
    )


def _excess(found: GrantExcess) -> GrantExcessRecord:
    grant, excess = found.grant, found.excess
    return GrantExcessRecord(
        capability=found.capability,
        azure_role=grant.role.name,
        on=grant.on,
        environments=grant.environments,
        weight=excess.weight,
        operations=excess.operations,
        counts={str(kind): count for kind, count in excess.counts.items() if count},
        sensitive=tuple(each.name for each in excess.sensitive),
        at=grant.at,
    )


def _review_first(found: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(each.message for each in sorted(found, key=lambda each: -each.risk) if each.risk >= FIRST)


def _actual(found: SourceCheck, checked: CheckedProject, called: Called) -> SourceCheckRecord:
    return SourceCheckRecord(
        source=found.source,
        taken=f"{found.taken:%Y-%m-%dT%H:%M:%SZ}" if found.taken is not None else None,
        complete=found.is_complete,
        problems=findings.of_problems(found.problems, checked.roots, is_actual=True),
        tests=tuple(_test_result(each, called, is_actual=True) for each in found.test_results),
        unread=found.unread,
        notes=found.notes,
    )


def _test_result(found: TestResult, called: Called, is_actual: bool) -> TestRecord:
    """How one access test went for one principal."""
    test, decision = found.test, found.decision
    principal = decision.subject.principal
    is_project_role = is_stand_in(principal)
    return TestRecord(
        test=test.name,
        origin=test.origin,
        result=found.result,
        verdict=decision.verdict,
        expected=tuple(sorted(test.accepts)),
        project_role=test.project_role,
        responsibility=test.responsibility,
        who=principal.name if is_project_role else called(principal) or principal.id or "everyone",
        isolated=is_project_role,
        together=found.is_union,
        principal=None if is_project_role else PrincipalRecord(principal.id, str(principal.type), called(principal)),
        operation=test.operation,
        plane=test.plane,
        on=test.on,
        scope=test.scope.id,
        environment=test.environment,
        why=test.why,
        source=test.source,
        by=tuple(wording.permit(each) for each in decision.permits),
        why_not=wording.why_not(decision),
        rule=_rule(found, is_actual),
        at=test.at,
    )


def _rule(found: TestResult, is_actual: bool) -> str:
    """The rule that the test breaks where it fails, as in `findings`."""
    match found.test.origin:
        case Origin.NEED:
            return "borrowed-need" if found.borrowed else "uncovered-need"
        case Origin.MUST_NOT:
            if is_actual:
                # What another project role gives is in the project, in a source too.
                return "toxic-union" if found.by is not None and found.by.reasons else "actual-must-not"
            return "toxic-union" if found.is_union else "must-not"
        case Origin.OWN:
            return "failed-test"
