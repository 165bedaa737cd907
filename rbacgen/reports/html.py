"""Findings as one page that loads nothing: for a team lead or an auditor, on a screen, a phone or paper."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import escape

from rbacgen.analysis.access_tests.cases import Result
from rbacgen.analysis.findings import Finding
from rbacgen.model import rules
from rbacgen.model.problems import Severity
from rbacgen.model.wording import counted
from rbacgen.reports.json.check import TestRecord
from rbacgen.reports.report import ExcludedRecord, Report, UnreadPlace
from rbacgen.reports.text import place, safe

_STYLE = (
    ":root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--dim:#57606a;--line:#d0d7de;--error:#b3261e;"
    "--warning:#8a5a00;--note:#0b5cad;--tint:#f6f8fa}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0d1117;--dim:#9da7b3;--line:#3d444d;--error:#ff8a80;"
    "--warning:#e3b341;--note:#79b8ff;--tint:#161b22}}"
    "*{box-sizing:border-box}body{margin:0 auto;max-width:72rem;padding:1rem;background:var(--paper);color:var(--ink);"
    "font:16px/1.5 system-ui,sans-serif}h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.15rem;margin:2rem 0 .5rem}"
    "p,ul{margin:.4rem 0}.verdict{font-size:1.15rem;font-weight:600}.dim{color:var(--dim)}"
    "ol.findings{list-style:none;margin:0;padding:0}ol.findings>li{border-left:.35rem solid var(--line);padding:.5rem .9rem;"
    "margin:.6rem 0;background:var(--tint);overflow-wrap:anywhere;break-inside:avoid}"
    "ol.findings>li.error{border-color:var(--error)}ol.findings>li.warning{border-color:var(--warning)}"
    "ol.findings>li.note{border-color:var(--note)}h3{font-size:1rem;margin:0}.level{text-transform:uppercase;font-size:.8rem}"
    ".error .level,.caution{color:var(--error)}.warning .level{color:var(--warning)}.note .level{color:var(--note)}"
    "code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}a{color:var(--note)}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid var(--line);"
    "padding:.35rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}td.number,th.number{text-align:right}"
    "details{margin:.3rem 0}summary{cursor:pointer}"
    "@media print{body{max-width:none;font-size:10pt}ol.findings>li{background:none}a{color:inherit}}"
)
_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def report(given: Report) -> str:
    """The findings, what endangers most first, what was not read, and how the access tests went; no script, no request."""
    title = f"Access of {given.project}" if given.project else "Access as code"
    digest = b64encode(sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{_text(title)}: {_text(given.verdict)}</title>",
        f"<style>{_STYLE}</style>",
        "</head>",
        "<body>",
        "<header>",
        f"<h1>{_text(title)}</h1>",
        f'<p class="verdict">{_text(_against(given) + given.verdict)}</p>',
        *(f'<p class="caution"><strong>{_text(each)}</strong></p>' for each in given.cautions),
        "</header>",
        "<main>",
        *_findings(given),
        *_missed(given.missed),
        *_tests(given.tests, "Access tests"),
        *_tests(given.actual_tests, f"Access tests on {given.source}"),
        *_excluded(given.excluded),
        *_facts(given),
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


def _against(given: Report) -> str:
    """What it was compared with and when that was read, before the verdict; nothing for the project alone."""
    if not given.source:
        return ""
    read = f", read {given.taken[:16].replace('T', ' ')} UTC" if given.taken else ""
    return f"{'Compared' if given.command == 'diff' else 'Checked'} with {given.source}{read}: "


def _findings(given: Report) -> Iterator[str]:
    if not given.findings:
        phrase = "Nothing differs." if given.command == "diff" else "Nothing is wrong."
        yield f"<p>{phrase if given.complete else 'Nothing was found in what was read.'}</p>"
        return
    yield "<h2>Findings</h2>"
    yield '<ol class="findings">'
    for each in given.findings:
        yield from _finding(each)
    yield "</ol>"


def _finding(found: Finding) -> Iterator[str]:
    level = _WORDS[found.severity]
    yield f'<li class="{level}">'
    yield f'<h3><span class="level">{level}</span> {_text(rules.rule(found.rule).title)}</h3>'
    if found.subject:
        yield f"<p>{' · '.join([f'<strong>{_text(found.subject)}</strong>', *map(_prose, found.details)])}</p>"
    else:
        yield f"<p>{_prose(found.message)}</p>"
    where = [f"<code>{_text(place(found.place))}</code>"] if found.place is not None else []
    where += [f"<code>{_text(found.scope)}</code>"] if found.scope else []
    where += [_text(found.environment)] if found.environment else []
    if where:
        yield f'<p class="dim">{" · ".join(where)}</p>'
    link = (
        f' <a href="{_attribute(rules.rule(found.rule).uri)}" rel="noreferrer">Source</a>'
        if rules.rule(found.rule).uri
        else ""
    )
    yield f"<details><summary>{_text(found.rule)}</summary><p>{_prose(rules.rule(found.rule).help)}{link}</p></details>"
    yield "</li>"


def _missed(missed: Iterable[UnreadPlace]) -> Iterator[str]:
    rows = [
        f"<tr><td><code>{_text(each.scope)}</code></td><td>{_text(each.parts)}</td><td>{_text(each.why)}</td>"
        f"<td>{_text(each.remedy)}</td></tr>"
        for each in missed
    ]
    if rows:
        yield "<h2>Not read</h2>"
        yield from _table("Not read", ("Scope", "What", "Why", "What to do"), rows)


def _tests(tests: Iterable[TestRecord], title: str) -> Iterator[str]:
    """How the access tests went, a row for each project role and environment."""
    groups: dict[tuple[str, str], Counter[Result]] = {}
    for each in tests:
        groups.setdefault((each.project_role or "own tests", each.environment), Counter())[each.result] += 1
    rows = [
        f"<tr><td>{_text(role)}</td><td>{_text(environment)}</td>"
        + "".join(f'<td class="number">{counts[result]:,}</td>' for result in Result)
        + "</tr>"
        for (role, environment), counts in groups.items()
    ]
    if rows:
        yield f"<h2>{_text(title)}</h2>"
        yield from _table(title, ("Project role", "Environment", *(result.value for result in Result)), rows, numbers=3)


def _excluded(excluded: Iterable[ExcludedRecord]) -> Iterator[str]:
    rows = [
        f"<tr><td>{_text(each.row.azure_role.name or each.row.azure_role.id)}</td>"
        f"<td>{_text(each.row.principal.name or each.row.principal.id)}</td>"
        f"<td><code>{_text(each.row.scope)}</code></td>"
        f"<td>{_text(each.why + (f': {each.row.because}' if each.row.because else ''))}</td></tr>"
        for each in excluded
    ]
    if rows:
        yield "<h2>Excluded</h2>"
        yield f"<details><summary>{counted(len(rows), 'assignment')} that exist and are not drift</summary>"
        yield from _table("Excluded", ("Azure role", "Principal", "Scope", "Why"), rows)
        yield "</details>"


def _facts(given: Report) -> Iterator[str]:
    phrase = [*given.facts, *given.notes]
    if phrase:
        yield "<h2>Summary</h2>"
        yield f"<ul>{''.join(f'<li>{_text(each)}</li>' for each in phrase)}</ul>"


def _table(title: str, titles: tuple[str, ...], rows: Iterable[str], numbers: int = 0) -> Iterator[str]:
    plain = len(titles) - numbers
    heads = "".join(
        f'<th scope="col"{" class=number" if number >= plain else ""}>{_text(head)}</th>'
        for number, head in enumerate(titles)
    )
    # A region that scrolls by itself has to be reached by keyboard, and to have a name that no other has.
    yield f'<div class="wide" role="region" tabindex="0" aria-label="{_attribute(title)}"><table>'
    yield f"<thead><tr>{heads}</tr></thead><tbody>"
    yield from rows
    yield "</tbody></table></div>"


def _text(words: str) -> str:
    return escape(safe(" ".join(words.split())), quote=False)


def _prose(words: str) -> str:
    """A sentence with its names, which are between backticks, as code."""
    parts = escape(safe(" ".join(words.split())), quote=False).split("`")
    if len(parts) % 2 == 0:
        return "`".join(parts)
    return "".join(f"<code>{each}</code>" if number % 2 else each for number, each in enumerate(parts))


def _attribute(words: str) -> str:
    return escape(safe(" ".join(words.split())), quote=True)
