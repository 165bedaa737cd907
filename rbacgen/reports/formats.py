"""Every format of a report by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from rbacgen.reports.json.check import CheckDocument
    from rbacgen.reports.json.diff import DiffDocument
    from rbacgen.reports.report import Report


class Where(Struct, frozen=True):
    """Where a report is made: the current folder as seen from the root of the repository, its absolute path, and the exit code.

    `strict` says that warnings make the command fail.
    Those who show findings at their place want paths from the root, or absolute ones.
    """

    base: str = ""
    folder: str = ""
    exit_code: int = 0
    strict: bool = False


def check(document: CheckDocument, name: str, where: Where) -> str:
    """A check in any format but text, which the terminal has a say in. Raises KeyError where there is no such format."""
    if name == "json":
        from rbacgen.reports import json

        return json.text(document)
    from rbacgen.reports import report as findings

    if name == "md":
        from rbacgen.reports.markdown import check as markdown

        return markdown.report(findings.of_check(document))
    return _of_findings(findings.of_check(document), name, where)


def diff(document: DiffDocument, name: str, where: Where) -> str:
    """A comparison in any format but text, which the terminal has a say in. Raises KeyError where there is no such format."""
    if name == "json":
        from rbacgen.reports import json

        return json.text(document)
    if name == "md":
        from rbacgen.reports.markdown import diff as markdown

        return markdown.report(document)
    from rbacgen.reports import report as findings

    return _of_findings(findings.of_diff(document), name, where)


def _of_findings(report: Report, name: str, where: Where) -> str:
    match name:
        case "sarif":
            from rbacgen.reports import sarif

            return sarif.report(report, where.base)
        case "junit":
            from rbacgen.reports import junit

            return junit.report(report, where.strict)
        case "github":
            from rbacgen.reports import annotations

            return annotations.github(report, where.base)
        case "azure-devops":
            from rbacgen.reports import annotations

            return annotations.azure_devops(report, where.folder, succeeds=where.exit_code == 0)
        case "csv":
            from rbacgen.reports.csv import findings

            return findings.report(report)
        case "html":
            from rbacgen.reports import html

            return html.report(report)
        case _:
            raise KeyError(name)
