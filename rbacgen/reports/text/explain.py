"""All access of somebody as text for people: by scope kind, each Azure role with where it is and why."""

from __future__ import annotations

from collections.abc import Iterator

from rbacgen.analysis import wording
from rbacgen.analysis.explain import ExplainedGrant, Explanation
from rbacgen.analysis.names import Called
from rbacgen.model.assignment import Activation
from rbacgen.model.wording import counted
from rbacgen.reports.json.explain import about
from rbacgen.reports.text import safe
from rbacgen.reports.text.access import wrapped


def report(found: Explanation, called: Called, width: int = 80) -> str:
    """All access of somebody on a page: by scope kind, each Azure role with where it is and what it is for."""
    lines = [*wrapped(f"{safe(about(found, called))} ({found.kind})", width, "", "  ")]
    if found.description:
        lines += wrapped(safe(found.description), width, "  ")
    if found.team_members:
        word = {"capability": "taken by", "project role": "assigned to", "workload": "assigned to"}.get(
            found.kind, "has"
        )
        lines += wrapped(f"{word} {', '.join(_team_member(*each) for each in found.team_members)}", width, "  ", "    ")
    elif found.kind in ("project role", "workload"):
        lines.append("  unassigned")
    place_text = ""
    for each in found.granted:
        where = each.scope_kind or ", ".join(wording.place(scope) for scope in each.scopes)
        if where != place_text:
            lines += ["", where]
            place_text = where
        lines += _granted(each, found, called, width)
    if not found.granted:
        lines += ["", "no access in Azure"]
    lines += _rest(found, width)
    return "\n".join(lines) + "\n"


def _team_member(name: str, environments: tuple[str, ...]) -> str:
    return f"{safe(name)} ({', '.join(environments)})" if environments else safe(name)


def _granted(each: ExplainedGrant, found: Explanation, called: Called, width: int) -> Iterator[str]:
    marks = [" ".join(each.environments)] if each.environments else []
    marks += ["eligible"] if each.activation is Activation.ELIGIBLE else []
    marks += ["activated just now"] if each.activation is Activation.ACTIVATED else []
    marks += ["under a condition"] if each.condition else []
    marks += [f"until {' or '.join(each.ends)}"] if each.ends else []
    marks += ["not bound yet"] if each.supposed else []
    name = each.azure_role.name or f"the role {each.azure_role.id}"
    yield from wrapped(f"{safe(name)}: {', '.join(marks)}" if marks else safe(name), width, "  ", "    ")
    if found.kind in ("Azure role", "capability"):
        yield from wrapped(f"for {safe(called(each.subject) or each.subject.id)}", width, "    ")
    elif each.path:
        yield from wrapped(f"through {safe(called(each.subject) or each.subject.id)}", width, "    ")
    if not each.reasons:
        yield "    not in the project file"
        return
    by_title: dict[str, list[str]] = {}
    for reason in each.reasons:
        by_title.setdefault(reason.title, []).append(reason.responsibility)
    description = "; ".join(
        ", ".join(responsibilities) if title == found.about else f"{safe(title)}: {', '.join(responsibilities)}"
        for title, responsibilities in by_title.items()
    )
    yield from wrapped(description, width, "    ", "      ")


def _rest(found: Explanation, width: int) -> Iterator[str]:
    """What follows the access: escalations, responsibilities that take none, what is outside Azure, and what is not known."""
    escalations: dict[str, list[str]] = {}
    for each in found.granted:
        for path in each.escalations:
            escalations.setdefault(path.operation, []).append(each.azure_role.name)
    if escalations or found.must_not or found.idle or found.outside or found.notes:
        yield ""
    if found.must_not:
        yield from wrapped(f"must not: {counted(found.must_not, 'line')} (`rbacgen check` proves them)", width, "")
    if escalations:
        names = ", ".join(each.split("/", 1)[1] for each in list(escalations)[:3])
        more = f" and {len(escalations) - 3} more" if len(escalations) > 3 else ""
        yield from wrapped(f"makes escalation possible: {names}{more} (`rbacgen check --notes`)", width, "", "  ")
    if found.idle:
        yield from wrapped(f"takes no access: {', '.join(name for name, _ in found.idle)}", width, "", "  ")
    if found.outside:
        systems = ", ".join(sorted({each.system for each in found.outside}))
        yield from wrapped(f"outside Azure: {systems} (`rbacgen check --outside`)", width, "", "  ")
    for note in found.notes:
        yield from wrapped(safe(note), width, "", "  ")
