"""Findings as SARIF 2.1.0, for security dashboards: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rbacgen import __version__
from rbacgen.analysis.findings import Finding
from rbacgen.model import rules
from rbacgen.model.problems import Position, Severity
from rbacgen.model.rules import Rule
from rbacgen.model.wording import counted
from rbacgen.reports.report import Report, UnreadPlace
from rbacgen.reports.text import from_root, place, safe

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# What GitHub takes of one run, and of one text:
# https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
MOST_RESULTS = 25_000
LONGEST = 1_024
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_ROOT = "SRCROOT"


def report(given: Report, base: str = "") -> str:
    """The findings as one run; `base` is the current folder as seen from the root of the repository, empty for that itself.

    Results come first in the file, what endangers most first of all.
    """
    shown = given.findings[:MOST_RESULTS]
    ids = sorted({each.rule for each in shown})
    index = {rule: number for number, rule in enumerate(ids)}
    run = {
        "results": [_result(each, index[each.rule], given, base) for each in shown],
        "tool": {
            "driver": {
                "name": "rbacgen",
                "fullName": "rbacgen: access as code for project teams on Azure",
                "semanticVersion": __version__,
                "rules": [_rule(rules.rule(each)) for each in ids],
            }
        },
        "invocations": [
            {
                "executionSuccessful": given.complete,
                "toolExecutionNotifications": list(_notifications(given, len(given.findings) - len(shown))),
            }
        ],
        # Of two runs with one id, a dashboard keeps the later one: what `check` and `diff` say of two projects stays apart.
        "automationDetails": {"id": f"rbacgen/{given.command}/{safe(given.project) or 'project'}/"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
    }
    return json.dumps({"version": "2.1.0", "$schema": SCHEMA, "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _result(found: Finding, index: int, given: Report, base: str) -> dict[str, Any]:
    location = _location(found, given, base)
    anchor = given.anchor(found)
    beside = f" ({place(found.place)})" if found.place is not None and found.place != anchor else ""
    return {
        "ruleId": found.rule,
        "ruleIndex": index,
        "level": _LEVELS[found.severity],
        "rank": float(found.risk),
        "message": {"text": _message(found.message + beside)},
        **({"locations": [location]} if location else {}),
        # GitHub distinguishes results by `primaryLocationLineHash`. One that is made from the line, as it makes itself where there is
        # none, would take two strangers' access for one alert, since both are shown at the line of the same environment.
        "partialFingerprints": {"primaryLocationLineHash": f"{found.fingerprint}:1", "meaning/v1": found.fingerprint},
        "properties": {name: safe(value) for name, value in _about(found).items()},
    }


def _about(found: Finding) -> dict[str, str]:
    return {**found.about, **({"keys": "/".join(found.keys)} if found.keys else {})}


def _location(found: Finding, given: Report, base: str) -> dict[str, Any]:
    """Where a result is: in a file, which GitHub insists on (codeql-action#1738), and at a scope of Azure's where it has one."""
    anchor = given.anchor(found)
    physical = _physical(anchor, base) if anchor is not None else {}
    logical = {"fullyQualifiedName": safe(found.scope), "kind": "resource"} if found.scope else {}
    return {
        **({"physicalLocation": physical} if physical else {}),
        **({"logicalLocations": [logical]} if logical else {}),
    }


def _physical(at: Position, base: str) -> dict[str, Any]:
    from urllib.parse import quote

    path = from_root(at.file, base)
    # A path that leads out of the repository has no place below its root.
    is_inside = not path.startswith(("/", "../"))
    artifact = (
        {"uri": quote(path, errors="replace"), "uriBaseId": _ROOT}
        if is_inside
        else {"uri": _outside(path, quote(path, errors="replace"))}
    )
    region = {"startLine": at.line, "startColumn": max(at.column, 1)} if at.line else {"startLine": 1}
    return {"artifactLocation": artifact, "region": region}


def _outside(path: str, quoted: str) -> str:
    return f"file://{quoted}" if path.startswith("/") else quoted


def _rule(rule: Rule) -> dict[str, Any]:
    risk = rule.risk
    source = f"[{rule.uri}]({rule.uri})" if rule.uri else rule.source
    security = {"security-severity": f"{risk.severity:.1f}"} if risk.severity else {}
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.words.split()),
        "shortDescription": {"text": _message(rule.title)},
        "fullDescription": {"text": _message(rule.description)},
        "help": {
            "text": _message(f"{rule.help} Source: {rule.source}"),
            "markdown": f"{rule.description}\n\n{rule.remedy}\n\nSource: {source}\n",
        },
        **({"helpUri": rule.uri} if rule.uri else {}),
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": ["azure", "access", *(["security"] if security else [])], **security},
    }


def _notifications(given: Report, left_out: int) -> Iterator[dict[str, Any]]:
    yield from (_notification("error", each, "caution") for each in given.cautions)
    yield from (_notification("error", _unread(each), "unread") for each in given.missed)
    if left_out:
        more = counted(left_out, "more finding")
        yield _notification("warning", f"{more}: a dashboard takes {MOST_RESULTS:,} of one run", "left-out")
    yield from (_notification("note", each, "note") for each in given.notes)


def _unread(missed: UnreadPlace) -> str:
    return f"not read: {missed.parts} of {missed.scope}: {missed.why}; {missed.remedy}"


def _notification(level: str, words: str, kind: str) -> dict[str, Any]:
    return {"descriptor": {"id": kind}, "level": level, "message": {"text": _message(words)}}


def _message(words: str) -> str:
    """Words as a message: braces are placeholders and `[…](…)` for a link there, and names may contain either."""
    listed = safe(" ".join(words.split()))
    listed = listed if len(listed) <= LONGEST else listed[: LONGEST - 1] + "…"
    return listed.replace("{", "{{").replace("}", "}}").replace("](", "] (")
