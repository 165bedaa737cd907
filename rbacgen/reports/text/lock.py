"""What `lock` found, as text for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rbacgen.authorization.catalog.diff import change as role_change
from rbacgen.project.lock import LockChange, words
from rbacgen.project.lock import changes as lock_changes
from rbacgen.project.lock_resolution import Locked, NotResolved

if TYPE_CHECKING:
    pass
from rbacgen.model.wording import counted, joined
from rbacgen.reports.text import safe
from rbacgen.reports.text.roles import changed_lines


def report(result: Locked) -> str:
    """What `lock` found and did to the lock file, or would do."""
    settled = result.settled
    lines = [
        f"{safe(str(each.named.at))}: {each.kind.replace('_', ' ')}: {safe(each.message)}" for each in settled.findings
    ]
    lines += _not_resolved(settled.not_resolved)
    lines += [safe(note) for note in result.notes]
    lines += [""] if lines else []
    lines += _lock_changes(lock_changes(result.before, settled.lock))
    lines.append(_lock_summary(result))
    return "\n".join(lines) + "\n"


def _lock_changes(changes: tuple[LockChange, ...]) -> list[str]:
    """The changes a line each; members of a group are counted, and an Azure role that is not what it was says how."""
    lines: list[str] = []
    counts = Counter((each.is_new, each.group) for each in changes if each.group)
    for each in changes:
        sign = "+" if each.is_new else "-"
        if each.group:
            count = counts.pop((each.is_new, each.group), 0)  # of all members, at the first one
            of = each.group if each.name == each.group else f"{each.name} {each.group}"
            lines += [f"{sign} {counted(count, 'member')} of the group {of}"] if count else []
        elif each.was is not None and each.role is not None:
            renamed = "" if each.was.name == each.name else f", before {each.was.name}"
            lines.append(f"~ Azure role {each.name} {each.id}{renamed}")
            lines += [f"    {line}" for line in changed_lines(role_change(each.was, each.role))]
        elif each.kind == "group_name":
            lines.append(f"{sign} the group {each.id} is called {each.name}")
        else:
            kind = "Azure role" if each.kind == "azure_role" else words(each.kind)
            lines.append(f"{sign} {kind} {each.name} {each.id}".rstrip())
    return [safe(line) for line in lines]


def _not_resolved(not_resolved: Iterable[NotResolved]) -> list[str]:
    """What could not be asked for, each reason once with all that it holds for."""
    by_reason: dict[tuple[str, str], list[NotResolved]] = {}
    for each in not_resolved:
        by_reason.setdefault((each.why, each.remedy), []).append(each)
    lines = []
    for (why, remedy), those in by_reason.items():
        lines += [f"{safe(str(each.at))}: not read: {safe(each.what)}" for each in those]
        lines.append(f"  {safe(why)}" + (f": {safe(remedy)}" if remedy else ""))
    return lines


def _lock_summary(result: Locked) -> str:
    settled = result.settled
    actual = [
        counted(len(settled.lock.principals), "principal"),
        counted(len(settled.lock.scopes), "scope"),
        counted(len(settled.lock.azure_roles), "Azure role"),
    ]
    if settled.lock.members:
        as_stood = "" if result.members_asked else " as they stood"
        actual.append(f"the members of {counted(len(settled.lock.members), 'group')}{as_stood}")
    holds = joined(actual)
    to_decide = sum(each.is_loud for each in settled.findings)
    rest = [counted(to_decide, "finding") + " to decide"] if to_decide else []
    rest += [f"{len(settled.not_resolved):,} not read"] if settled.not_resolved else []
    if result.is_written:
        phrase = f"wrote {settled.lock.file}: {holds}"
    elif not result.is_current:
        phrase = f"{settled.lock.file} is not current: run `rbacgen lock{' --members' if result.members_asked else ''}`"
    elif rest:
        phrase = f"{settled.lock.file} stays as it is: {holds}"
    else:
        phrase = f"{settled.lock.file} is current: {holds}"
    return "; ".join([phrase, *rest])
