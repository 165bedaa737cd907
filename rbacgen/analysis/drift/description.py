"""Drift in words: what differs, whose it is, and how to remove it."""

from __future__ import annotations

from rbacgen.analysis.drift.records import DriftRecord
from rbacgen.analysis.drift.types import ACCESS_FIELDS, FieldDifference
from rbacgen.analysis.names import who

_LONGEST = 160


def sentence(row: DriftRecord) -> str:
    """One assignment that differs, in words: kind, Azure role, principal and scope."""
    return f"{row.kind.replace('_', '-')} {named(row)} at {row.scope}"


def named(row: DriftRecord) -> str:
    """An assignment without its scope: Azure role, principal, and whether it is eligible, conditional or ending."""
    return f"{role(row)} for {who(row.principal)}{how(row)}"


def role(row: DriftRecord) -> str:
    """The name of an assignment's Azure role, or its id where the name is not known."""
    return row.azure_role.name or f"the unknown role {row.azure_role.id}"


def how(row: DriftRecord) -> str:
    """Whether an assignment is eligible, conditional or ending, in brackets; what the project has otherwise is marked."""
    differs = {each.what for each in row.differs}
    marks = [f"{'desired: ' * ('activation' in differs)}eligible"] if row.activation == "eligible" else []
    marks += [f"{'desired: ' * ('condition' in differs)}under a condition"] if row.condition else []
    marks += [f"until {row.until[:10]}"] if row.until else []
    return f" ({', '.join(marks)})" if marks else ""


def remedy_of(row: DriftRecord) -> str:
    """How to remove access whose principal is deleted, in words; empty where a command does it, and of other rows."""
    if row.kind != "orphaned":
        return ""
    if row.project_roles:
        return "remove the entry from the team: the next apply removes this assignment"
    if row.activation == "eligible":
        return "remove it in Privileged Identity Management"
    return ""


def removal(row: DriftRecord) -> tuple[str, str] | None:
    """The command that removes access whose principal is deleted and that is not in the project, and the id that it ends with.

    None for every other row: what the project has, Terraform removes, and what is eligible is no role assignment.
    """
    is_left = row.kind == "orphaned" and row.activation == "permanent" and not row.project_roles
    if not is_left or row.assignment_id is None or "/roleassignments/" not in row.assignment_id.lower():
        return None
    from shlex import quote

    # https://learn.microsoft.com/cli/azure/role/assignment#az-role-assignment-delete
    return "az role assignment delete --ids", quote(row.assignment_id)


def differs(each: FieldDifference) -> str:
    """One field that is not as desired, in words; of long texts the part where they begin to differ."""
    desired, actual = " ".join(each.desired.split()), " ".join(each.actual.split())
    longest = _LONGEST if each.what in ACCESS_FIELDS else _LONGEST // 2
    same = next((n for n, (one, other) in enumerate(zip(desired, actual, strict=False)) if one != other), 0)
    start = max(same - longest // 3, 0) if max(len(desired), len(actual)) > longest else 0
    return f"{each.what}: desired {shortened(desired, longest, start)}, actual {shortened(actual, longest, start)}"


def shortened(words: str, longest: int = _LONGEST, start: int = 0) -> str:
    """The words, or `longest` of their letters from `start` on; `none` where there are none."""
    if not words:
        return "none"
    before = "…" if start else ""
    return before + (words[start:] if len(words) - start <= longest else words[start : start + longest - 1] + "…")


def details(row: DriftRecord) -> tuple[str, ...]:
    """What there is to say of an assignment that differs, but for what it is and where."""
    found = [differs(each) for each in row.differs]
    found += [row.remark] if row.remark else []
    if row.why:
        found.append(f"desired for {row.why}")
    elif row.created and row.at is None:
        found.append(created(row.created))
    found += ["this principal can assign roles"] if row.review_first else []
    return tuple(found)


def created(day: str) -> str:
    """When access was created that the project does not have."""
    return f"created {day[:10]}; not in the project file"
