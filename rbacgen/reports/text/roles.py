"""Azure roles, and what became of them, as text for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rbacgen.analysis.results import RolesSince
from rbacgen.model.assignment import AzureRole, Plane

if TYPE_CHECKING:
    from rbacgen.authorization.catalog.diff import PatternChange, RoleChanges, RoleDefinitionChange
from rbacgen.model.wording import counted
from rbacgen.reports.text import safe


def role(azure_role: AzureRole) -> str:
    """One Azure role with all that it grants."""
    kind = "custom role" if azure_role.custom else "built in"
    flags = [kind, *(["preview"] if azure_role.preview else []), *(["being retired"] if azure_role.deprecated else [])]
    lines = [azure_role.name, f"  {azure_role.id}  ({', '.join(flags)})"]
    if azure_role.former_names:
        lines.append(f"  formerly {', '.join(azure_role.former_names)}")
    if azure_role.assignable_scopes != ("/",):
        lines.append(f"  assignable at {', '.join(azure_role.assignable_scopes)}")
    for permission in azure_role.permissions:
        for title, patterns in (
            ("actions", permission.actions),
            ("not actions", permission.not_actions),
            ("data actions", permission.data_actions),
            ("not data actions", permission.not_data_actions),
        ):
            if patterns:
                lines += [f"  {title}", *(f"    {pattern}" for pattern in patterns)]
        if permission.condition:
            lines += [
                "  under the condition",
                *textwrap.wrap(permission.condition, 80, initial_indent="    ", subsequent_indent="    "),
            ]
    return "\n".join(lines) + "\n"


def roles(found: Iterable[AzureRole]) -> str:
    """A list of Azure roles, one a line."""
    return "".join(f"{each.id}  {each.name}{' (custom)' if each.custom else ''}\n" for each in found)


def role_changes(changes: RoleChanges) -> str:
    """What differs between the shipped catalogue and the roles that Azure was seen to have."""
    return "\n".join(_role_lines(changes) or ["no role differs from the shipped catalogue"]) + "\n"


def roles_since(found: RolesSince) -> str:
    """What became of the Azure roles of an earlier file, and what that file does not show."""
    changes = found.changes
    lines = _role_lines(changes)
    lines += [""] if lines else []
    gained = sum(bool(each.gained) for each in changes.changed)
    counts = [f"{len(changes.added)} new"] if changes.added or found.is_whole else []
    counts += [f"{len(changes.removed)} gone", f"{len(changes.renamed)} renamed", f"{gained} with more access"]
    counts.append(f"{len(changes.changed) - gained} changed otherwise")
    since = f"since {safe(found.file)} with its {counted(found.roles, 'Azure role')}"
    lines.append(f"{since}: {', '.join(counts)}")
    if not found.is_whole:
        lines.append(f"roles added since are not known: this {found.kind} does not contain all roles")
    return "\n".join(lines) + "\n"


def _role_lines(changes: RoleChanges) -> list[str]:
    lines = [f"new       {safe(each.name)} ({each.id})" for each in changes.added]
    lines += [f"gone      {safe(each.name)} ({each.id})" for each in changes.removed]
    lines += [f"renamed   {safe(each.was.name)} -> {safe(each.role.name)}" for each in changes.renamed]
    for each in changes.changed:
        lines.append(f"changed   {safe(each.role.name)}")
        lines += [f"            {line}" for line in changed_lines(each)]
    return lines


def changed_lines(found: RoleDefinitionChange) -> list[str]:
    """What a role gained, then what it lost, a line each, and what else is not as it was."""
    lines = [_pattern("+", each) for each in found.gained] + [_pattern("-", each) for each in found.lost]
    if found.is_regrouped:
        lines.append("the same permissions, divided otherwise: an exclusion takes away only from its own part")
    if found.is_assignable_elsewhere:
        was, now = (", ".join(role.assignable_scopes) for role in (found.was, found.role))
        lines.append(safe(f"assignable at {now}, before at {was}"))
    return lines


def _pattern(sign: str, change: PatternChange) -> str:
    """A permission string that came or went; an exclusion that goes is a gain, and one that comes a loss."""
    phrase = ["data"] if change.plane is Plane.DATA else []
    phrase += [("excluded no more" if sign == "+" else "excluded now")] if change.excluded else []
    phrase += ["under a condition"] if change.condition else []
    return safe(f"{sign} {change.pattern}") + (f" ({', '.join(phrase)})" if phrase else "")
