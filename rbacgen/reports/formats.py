"""Every format of a report by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from rbacgen.reports import check_form, drift_form
    from rbacgen.reports.found import Report


class Where(Struct, frozen=True):
    """Where a report is made: the current folder as seen from the root of the repository, its absolute path, and the exit code.

    `strict` says that warnings make the command fail.
    Those who show findings at their place want paths from the root, or absolute ones.
    """

    base: str = ""
    folder: str = ""
    exit_code: int = 0
    strict: bool = False


def check(form: check_form.CheckDocument, name: str, where: Where) -> str:
    """A check in any format but text, which the terminal has a say in. Raises KeyError where there is no such format."""
    if name == "json":
        from rbacgen.reports import check_form

        return check_form.text(form)
    from rbacgen.reports import found

    if name == "md":
        from rbacgen.reports import check_markdown

        return check_markdown.report(found.of_check(form))
    return _of_findings(found.of_check(form), name, where)


def diff(form: drift_form.DiffDocument, name: str, where: Where) -> str:
    """A comparison in any format but text, which the terminal has a say in. Raises KeyError where there is no such format."""
    if name == "json":
        from rbacgen.reports import drift_form

        return drift_form.text(form)
    if name == "md":
        from rbacgen.reports import drift_markdown

        return drift_markdown.report(form)
    from rbacgen.reports import found

    return _of_findings(found.of_diff(form), name, where)


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
            from rbacgen.reports import table

            return table.report(report)
        case "html":
            from rbacgen.reports import html

            return html.report(report)
        case _:
            raise KeyError(name)
