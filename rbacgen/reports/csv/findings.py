"""Findings, access tests and excluded assignments as CSV for auditors (RFC 4180), safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator

from rbacgen.analysis.findings import Finding
from rbacgen.model import rules
from rbacgen.reports.csv import sheet
from rbacgen.reports.json.check import TestRecord
from rbacgen.reports.report import Report

_COLUMNS = (
    "record",
    "result",
    "rule",
    "risk",
    "project",
    "source",
    "environment",
    "scope",
    "azure_role",
    "azure_role_id",
    "principal",
    "principal_id",
    "principal_type",
    "activation",
    "project_roles",
    "responsibilities",
    "message",
    "file",
    "line",
    "column",
    "fingerprint",
    "help_uri",
)


def report(given: Report) -> str:
    """A row for each finding, what endangers most first, then what was not read, what was excluded, and every access test."""
    return sheet([_COLUMNS, *(_cells(row, given) for row in _rows(given))])


def _rows(given: Report) -> Iterator[dict[str, str]]:
    yield from (_finding(each) for each in given.findings)
    for missed in given.missed:
        message = f"{missed.parts} not read: {missed.why}; {missed.remedy}"
        yield {"record": "not read", "result": "unknown", "scope": missed.scope, "message": message}
    for each in given.excluded:
        row = each.row
        yield {
            "record": "excluded",
            "result": row.kind,
            "environment": row.environment,
            "scope": row.scope,
            "azure_role": row.azure_role.name,
            "azure_role_id": row.azure_role.id,
            "principal": row.principal.name,
            "principal_id": row.principal.id,
            "principal_type": row.principal.type,
            "activation": row.activation,
            "message": each.why + (f": {row.because}" if row.because else ""),
        }
    yield from (_test_result(each, "") for each in given.tests)
    yield from (_test_result(each, given.source) for each in given.actual_tests)


def _finding(found: Finding) -> dict[str, str]:
    at = found.place
    return {
        **found.about,
        "record": "finding",
        "result": str(found.severity),
        "rule": found.rule,
        "risk": str(found.risk),
        "environment": found.environment,
        "scope": found.scope,
        "message": found.message,
        "file": at.file if at is not None else "",
        "line": str(at.line) if at is not None and at.line else "",
        "column": str(at.column) if at is not None and at.line else "",
        "fingerprint": found.fingerprint,
        "help_uri": rules.rule(found.rule).uri,
    }


def _test_result(test_result: TestRecord, source: str) -> dict[str, str]:
    by = "; ".join(test_result.by) or test_result.why_not
    return {
        "record": "access test",
        "result": str(test_result.result),
        "rule": test_result.rule,
        "source": source,
        "environment": test_result.environment,
        "scope": test_result.scope,
        "principal": test_result.who,
        "principal_id": test_result.principal.id if test_result.principal is not None else "",
        "principal_type": test_result.principal.type if test_result.principal is not None else "",
        "project_roles": test_result.project_role,
        "responsibilities": test_result.responsibility,
        "message": f"{test_result.test}: {test_result.verdict.words}{': ' + by if by else ''}",
        "file": test_result.at.file,
        "line": str(test_result.at.line),
        "column": str(test_result.at.column),
        "help_uri": test_result.source if test_result.source.startswith("https://") else "",
    }


def _cells(row: dict[str, str], given: Report) -> tuple[str, ...]:
    of_all = {"project": given.project, "source": given.source if row["record"] != "access test" else ""}
    return tuple(row.get(name) or of_all.get(name, "") for name in _COLUMNS)
