"""Findings as the commands by which a pipeline's log shows them at their place: of GitHub and of Azure DevOps."""

from __future__ import annotations

import posixpath

from rbacgen.analysis.findings import Finding
from rbacgen.model.problems import Severity
from rbacgen.model.rules import FIRST
from rbacgen.model.wording import counted
from rbacgen.reports.report import Report
from rbacgen.reports.text import from_root, place, safe

# GitHub shows so many of each kind for a step, and drops the others in silence:
# https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md#limitations
MOST = 10
_MISSED = 3
_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_AZURE_DEVOPS = {Severity.ERROR: "error", Severity.WARNING: "warning"}


def github(given: Report, base: str = "") -> str:
    """Workflow commands: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands

    What endangers most first, at most ten of a kind, the last of which counts what is left out. `base` is the current folder
    as seen from the root of the repository. A plain line ends it.
    """
    lines = []
    for severity, level in _GITHUB.items():
        commands = [_github_found(level, each, given, base) for each in given.of(severity)]
        if level == "error":
            urgent = sum(each.risk >= FIRST for each in given.of(severity))
            cautions = [_github(level, "rbacgen: look at this first", each, "") for each in given.cautions]
            commands = [*cautions, *commands[:urgent], *_github_missed(given), *commands[urgent:]]
        lines += _shortened(commands, level)
    return "\n".join([*lines, _last(given)]) + "\n"


def _github_missed(given: Report) -> list[str]:
    """What was not read: some of it by name, so that room is left for findings, and the others counted."""
    shown = [
        _github("error", f"not read: {each.scope}", f"{each.parts}: {each.why}; {each.remedy}", "")
        for each in given.missed[:_MISSED]
    ]
    left = len(given.missed) - len(shown)
    return [*shown, *([_github("error", "not read", f"and {counted(left, 'more scope')}", "")] if left else [])]


def _shortened(commands: list[str], level: str) -> list[str]:
    if len(commands) <= MOST:
        return commands
    left = len(commands) - MOST + 1
    more = f"and {counted(left, f'more {level}')}: see the full report"
    return [*commands[: MOST - 1], _github(level, "rbacgen", more, "")]


def _github_found(level: str, found: Finding, given: Report, base: str) -> str:
    anchor = given.anchor(found)
    at = ""
    if anchor is not None:
        at = f"file={_github_property(from_root(anchor.file, base))}"
        at += f",line={anchor.line},col={max(anchor.column, 1)}" if anchor.line else ""
    return _github(level, f"{found.title} [{found.rule}]", _message(found, given), at)


def _github(level: str, title: str, message: str, at: str) -> str:
    properties = ",".join(filter(None, [at, f"title={_github_property(title)}"]))
    return f"::{level} {properties}::{_github_text(message)}"


def _github_text(words: str) -> str:
    """As the toolkit escapes it: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts"""
    return _line(words).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _github_property(words: str) -> str:
    return _github_text(words).replace(":", "%3A").replace(",", "%2C")


def azure_devops(given: Report, folder: str = "", succeeds: bool = False) -> str:
    """Logging commands: https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands

    `folder` is the absolute path of the current folder, since the agent finds the file in the repository by that. Notes are no
    issues there: they are counted. With `succeeds`, for a command that ends with 0, warnings turn the task's result
    into `SucceededWithIssues`; a task that fails is left to fail.
    """
    lines = [_azure_devops("error", "caution", each, "") for each in given.cautions]
    for missed in given.missed:
        words = f"not read: {missed.parts} of {missed.scope}: {missed.why}; {missed.remedy}"
        lines.append(_azure_devops("error", "unread", words, ""))
    for severity, level in _AZURE_DEVOPS.items():
        lines += [_azure_devops_found(level, each, given, folder) for each in given.of(severity)]
    lines.append(_last(given))
    if succeeds and given.of(Severity.WARNING):
        lines.append("##vso[task.complete result=SucceededWithIssues;]")
    return "\n".join(lines) + "\n"


def _azure_devops_found(level: str, found: Finding, given: Report, folder: str) -> str:
    anchor = given.anchor(found)
    at = ""
    if anchor is not None:
        at = f"sourcepath={_azure_devops_property(posixpath.normpath(posixpath.join(folder, anchor.file)))};"
        at += f"linenumber={anchor.line};columnnumber={max(anchor.column, 1)};" if anchor.line else ""
    return _azure_devops(level, found.rule, _message(found, given), at)


def _azure_devops(level: str, code: str, message: str, at: str) -> str:
    return f"##vso[task.logissue type={level};{at}code={_azure_devops_property(code)};]{_azure_devops_text(message)}"


def _azure_devops_text(words: str) -> str:
    """As the task library escapes it: https://github.com/microsoft/azure-pipelines-task-lib/blob/master/node/taskcommand.ts"""
    return _line(words).replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _azure_devops_property(words: str) -> str:
    return _azure_devops_text(words).replace("]", "%5D").replace(";", "%3B")


def _message(found: Finding, given: Report) -> str:
    """What is wrong, with the place where that is in a file which the log cannot show."""
    anchor = given.anchor(found)
    return found.message + (f" ({place(found.place)})" if found.place is not None and found.place != anchor else "")


def _last(given: Report) -> str:
    return _line(f"rbacgen {given.command}: {given.project}{': ' if given.project else ''}{given.verdict}")


def _line(words: str) -> str:
    """Words on one line, with nothing in them that a runner takes for a command."""
    return safe(" ".join(words.split()))
