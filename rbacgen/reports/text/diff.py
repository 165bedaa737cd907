"""A comparison as text for people: what weighs most first, grouped by environment and scope, one summary last."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from rbacgen.analysis.drift.description import created, differs, how, remedy_of, removal, role, shortened
from rbacgen.analysis.drift.records import DriftRecord, UnusedRule
from rbacgen.analysis.drift.types import FieldDifference
from rbacgen.analysis.names import who
from rbacgen.model.state import Unread
from rbacgen.model.wording import counted
from rbacgen.reports.json.diff import DiffDocument
from rbacgen.reports.text import Style, place, plain, safe

_INDENT = 15
_STYLES = {"unmanaged": "error", "altered": "warning", "missing": "warning", "stale": "warning", "expiring": "note"}
EXCLUDED = {
    "inherited": "inherited from above",
    "activated": "activated just in time",
    "ignored": "ignored by rule",
    "not_owned": "created by others",
    "outside": "outside the project",
}
_SHOWN = {"soft_deleted": "soft-deleted"}
_PARTS = {
    "assignments": "role assignments",
    "eligibilities": "eligible access",
    "activations": "just-in-time activations",
    "definitions": "custom roles",
    "denials": "deny assignments",
    "directory": "the directory",
}
_FIRST = 5


def report(form: DiffDocument, listed: bool = False, style: Style = plain, width: int = 80) -> str:
    """The whole comparison; `listed` names what was excluded one by one."""
    lines = [f"{form.project} and {_source(form)}: {style(verdict(form), _weight(form))}"]
    for caution in form.cautions:
        lines += ["", *_weighed("caution", "error", caution, style, width)]
    lines += _review_first(form, style, width)
    for environment, rows in groupby(form.changes, key=lambda row: row.environment):
        lines += _environment(environment, tuple(rows), form, style, width)
    lines += _custom_roles(form, style, width)
    if form.unread:
        lines += ["", style("not read, so not compared", "error") + ":"]
        lines += unread_lines(form.unread, width)
    lines += _rest(form, listed, style, width)
    return "\n".join(lines) + "\n"


def verdict(form: DiffDocument) -> str:
    """`in sync`, or what differs and how much was not read, in one phrase."""
    assignments = Counter(row.kind for row in form.changes)
    roles = Counter(row.kind for row in form.custom_roles)
    phrase = [f"{assignments[kind]:,} {_SHOWN.get(kind, kind)}" for kind in form.counts if assignments[kind]]
    phrase += [f"{counted(roles[kind], 'custom role')} {kind}" for kind in form.counts if roles[kind]]
    found = ", ".join(phrase)
    unread = f"{counted(len(form.unread), 'part')} unread" if form.unread else ""
    if not found:
        return f"nothing differs in what was read, {unread}" if unread else "in sync"
    return f"{found}; {unread}" if unread else found


def summary(form: DiffDocument) -> str:
    """The comparison in one line, with what a report says on top."""
    excluded = ", ".join(
        f"{count:,} {EXCLUDED[why]}" for why, count in form.excluded.items() if count and why != "outside"
    )
    tail = f"; excluded: {excluded}" if excluded else ""
    tail += f"; {counted(len(form.notes), 'note')}" if form.notes else ""
    cautions = "".join(f"; caution: {each}" for each in form.cautions)
    return f"{form.project} and {_source(form)}: {verdict(form)} ({form.desired:,} desired{tail}){cautions}\n"


def _weight(form: DiffDocument) -> str:
    return "error" if form.counts or form.unread else "note"


def _source(form: DiffDocument) -> str:
    name = "Azure" if form.source == "azure" else safe(form.source_name)
    if form.taken and form.source != "azure":
        return f"{name} (of {form.taken[:16].replace('T', ' ')} UTC)"
    return name


def _review_first(form: DiffDocument, style: Style, width: int) -> Iterator[str]:
    if not form.review_first or len(form.changes) < 4:
        return
    yield ""
    yield style("Review first", "error") + ": these principals can assign roles"
    for each in form.review_first[:_FIRST]:
        yield from wrapped(each, width, 2)
    if len(form.review_first) > _FIRST:
        yield f"  … and {len(form.review_first) - _FIRST:,} more below"


def _environment(
    name: str, rows: tuple[DriftRecord, ...], form: DiffDocument, style: Style, width: int
) -> Iterator[str]:
    subscription = f"/subscriptions/{form.environments[name]}" if name in form.environments else ""
    yield ""
    yield f"{name or 'no environment'}{'  ' + subscription if subscription else ''}"
    for scope, group in groupby(rows, key=lambda row: row.scope):
        below = subscription and scope.lower().startswith(subscription.lower() + "/")
        whole = subscription and scope.lower() == subscription.lower()
        yield f"  {'the subscription' if whole else safe(scope[len(subscription) + 1 :] if below else scope)}"
        for row in group:
            yield from _change(row, style, width)


def _change(row: DriftRecord, style: Style, width: int) -> Iterator[str]:
    shown = _SHOWN.get(row.kind, row.kind)
    head = f"{role(row)} for {who(row.principal)}{how(row)}"
    first = textwrap.wrap(safe(head), max(width - _INDENT, 30), break_long_words=False, break_on_hyphens=False)
    yield f"    {style(shown.ljust(_INDENT - 5), _STYLES.get(row.kind, 'warning'))} {first[0]}"
    yield from (f"{' ' * _INDENT}{line}" for line in first[1:])
    for each in row.differs:
        yield from wrapped(differs(each), width, _INDENT)
    if row.remark:
        yield from wrapped(row.remark, width, _INDENT)
    why = f": {row.why}" if row.why else ""
    if row.at is not None:
        yield from wrapped(f"{place(row.at)}{why}", width, _INDENT)
    elif row.created:
        yield from wrapped(created(row.created), width, _INDENT)
    if phrase := remedy_of(row):
        yield from wrapped(phrase, width, _INDENT)
    if command := removal(row):
        pad = " " * _INDENT  # the id whole on a line of its own, and both lines one command
        yield f"{pad}{command[0]} \\"
        yield f"{pad}  {safe(command[1])}"


def _custom_roles(form: DiffDocument, style: Style, width: int) -> Iterator[str]:
    if not form.custom_roles:
        return
    yield ""
    yield "custom roles"
    for row in form.custom_roles:
        yield f"    {style(row.kind.ljust(_INDENT - 5), 'error')} {safe(row.azure_role.name)}"
        for each in row.differs:
            yield from wrapped(_pattern_change(each), width, _INDENT)


def _pattern_change(each: FieldDifference) -> str:
    if each.what in ("name", "description"):
        return differs(each)
    parts = [f"without {shortened(each.desired)}"] if each.desired else []
    parts += [f"with {shortened(each.actual)} in addition"] if each.actual else []
    return f"{each.what.replace('_', ' ')}: {' and '.join(parts)}"


def joined(unread: Iterable[Unread]) -> tuple[tuple[str, str, str, str], ...]:
    """What was not read as (scope, parts in words, why, remedy): the parts of a scope that fail alike are joined."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for each in unread:
        alike.setdefault((each.scope, each.why, each.remedy), []).append(_PARTS.get(each.part, each.part))
    return tuple((scope, ", ".join(parts), why, remedy) for (scope, why, remedy), parts in alike.items())


def unread_lines(unread: Iterable[Unread], width: int) -> Iterator[str]:
    for scope, parts, why, remedy in joined(unread):
        yield f"  {safe(scope)}"
        yield from wrapped(f"{parts}: {why}", width, 4)
        yield from wrapped(remedy, width, 4)


def unused(rule: UnusedRule) -> str:
    """An ignore rule that matches nothing, in words."""
    hint = f"; {rule.hint}" if rule.hint else ""
    return f"nothing matches the ignore rule at {place(rule.at)} ({rule.because}){hint}"


def _rest(form: DiffDocument, listed: bool, style: Style, width: int) -> Iterator[str]:
    excluded = [_counted_excluded(form, why, count) for why, count in form.excluded.items() if count]
    remarks = Counter(row.kind for row in form.remarks)
    if excluded or remarks or form.notes or form.unused_ignore_rules:
        yield ""
    for note in form.notes:
        yield from wrapped(f"note: {note}", width, 0)
    for rule in form.unused_ignore_rules:
        if rule.hint:
            yield from _weighed("warning", "warning", unused(rule), style, width)
        else:
            yield from wrapped(f"note: {unused(rule)}", width, 0)
    if excluded:
        yield from wrapped(f"excluded: {', '.join(excluded)}", width, 0)
    if listed:
        yield from _listed(form.named, lambda row: EXCLUDED[row.kind], width)
    for kind, words in (
        ("redundant", "granted from above as well"),
        ("ending", "ends soon, by the project file"),
        ("unmarked", "not created by this project: `rbacgen render --existing` imports them"),
    ):
        if remarks[kind]:
            more = _unmarked(form) if kind == "unmarked" else ""
            yield from wrapped(f"as desired, and {words}: {remarks[kind]:,}{more}", width, 0)
            if listed or kind == "ending":
                yield from _listed((row for row in form.remarks if row.kind == kind), lambda row: row.remark, width)
    if (excluded and not listed) or remarks:
        named = bool(form.named or form.remarks)
        if named and not listed:
            yield "(--excluded lists them)"


def _unmarked(form: DiffDocument) -> str:
    """What somebody else may have created and is imported with the rest: Azure does not keep who created it."""
    if not form.unmarked:
        return ""
    return f", and {form.unmarked:,} in Privileged Identity Management, which does not say who created them"


def _counted_excluded(form: DiffDocument, why: str, count: int) -> str:
    roles = Counter(row.azure_role.name or "an unknown role" for row in form.named if row.kind == why)
    top = ", ".join(
        f"{role} {number:,}" for role, number in sorted(roles.items(), key=lambda each: (-each[1], each[0]))[:3]
    )
    more = ", …" if len(roles) > 3 else ""
    return f"{count:,} {EXCLUDED[why]}" + (f" ({top}{more})" if top else "")


def _listed(rows: Iterable[DriftRecord], phrase: Callable[[DriftRecord], str], width: int) -> Iterator[str]:
    for row in rows:
        reason = f" ({row.because})" if row.because else ""
        what = f"{role(row)} for {who(row.principal)}{how(row)} at {row.scope}"
        yield from wrapped(f"{what}: {phrase(row)}{reason}", width, 2)


def _weighed(weight: str, kind: str, words: str, style: Style, width: int) -> list[str]:
    """The words in lines, with what they are before them; that has its colour only once the words are safe to print."""
    first, *others = wrapped(f"{weight}: {words}", width, 0)
    return [style(weight, kind) + first.removeprefix(weight), *others]


def wrapped(words: str, width: int, indent: int) -> list[str]:
    """The words in lines of this width, where a path or an id may be longer than that."""
    pad = " " * indent
    return textwrap.wrap(
        safe(words),
        max(width, indent + 30),
        initial_indent=pad,
        subsequent_indent=pad + ("" if indent == _INDENT else "  "),
        break_long_words=False,
        break_on_hyphens=False,
    )
