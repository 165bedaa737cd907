"""How an actual assignment, or a custom role, differs from the desired one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from rbacgen.analysis.drift.types import FieldDifference
from rbacgen.model.assignment import Activation, Assignment, AzureRole, Permission, instant
from rbacgen.project.desired import ANY_MARK, kept_by_pim
from rbacgen.project.project import Project

_MINUTE = timedelta(minutes=1)


def differences(desired: Assignment, actual: Assignment, project: Project, now: datetime) -> Iterator[FieldDifference]:
    """How an actual assignment differs: in condition, description and end, as far as the source has them."""
    unknown_fields = actual.actual.unknown_fields
    if "condition" not in unknown_fields:
        one, other = lines(desired.condition), lines(actual.condition)
        if one != other:
            yield FieldDifference("condition", one, other)
        elif one and actual.condition_version and desired.condition_version != actual.condition_version:
            yield FieldDifference("condition_version", desired.condition_version, actual.condition_version)
    if "description" not in unknown_fields and not actual.actual.through_pim and not kept_by_pim(desired, project.pim):
        is_managed = ANY_MARK in actual.description
        if is_managed and desired.description != actual.description:
            yield FieldDifference("description", desired.description, actual.description)
    if "until" not in unknown_fields:
        yield from _ends(desired, actual, project, now)


def _ends(desired: Assignment, actual: Assignment, project: Project, now: datetime) -> Iterator[FieldDifference]:
    until = actual.actual.until
    is_actual = _day(until) if until is not None else "no end"
    if kept_by_pim(desired, project.pim) and desired.ends is not None:
        end = instant(desired.ends)
        if until is None or abs(until - end) > _MINUTE:
            yield FieldDifference("end", _day(end), is_actual)
    elif desired.activation is Activation.ELIGIBLE and project.pim_eligible_days:
        days = project.pim_eligible_days
        if until is None or until > now + timedelta(days=days + 1):
            yield FieldDifference("end", f"within {days} days", is_actual)
    elif until is not None:
        yield FieldDifference("end", "no end", is_actual)


def lines(text: str) -> str:
    """A text as it is compared: with one kind of line end, and none around it."""
    return text.replace("\r\n", "\n").strip()


def _day(moment: datetime) -> str:
    """The moment as a day, or with its hours where it is not midnight."""
    return f"{moment:%Y-%m-%d}" if moment == instant(moment.date()) else f"{moment:%Y-%m-%dT%H:%M}Z"


def role_differences(desired: AzureRole, actual: AzureRole) -> Iterator[FieldDifference]:
    """How a custom role differs from the definition in the project."""
    if desired.name != actual.name:
        yield FieldDifference("name", desired.name, actual.name)
    if lines(desired.description) != lines(actual.description):
        yield FieldDifference("description", desired.description, actual.description)
    yield from grant_differences(desired, actual)
    ours = {each.lower().rstrip("/"): each for each in desired.assignable_scopes}
    theirs = {each.lower().rstrip("/"): each for each in actual.assignable_scopes}
    known = {folded: each for folded, each in ours.items() if folded.startswith("/") or not folded}
    if known.keys() != theirs.keys() and len(known) == len(ours):
        less = ", ".join(known[each] for each in sorted(known.keys() - theirs.keys()))
        more = ", ".join(theirs[each] for each in sorted(theirs.keys() - known.keys()))
        yield FieldDifference("assignable_scopes", less, more)


_LISTS = ("actions", "not_actions", "data_actions", "not_data_actions")


def grant_differences(desired: AzureRole, actual: AzureRole) -> Iterator[FieldDifference]:
    """How two roles differ in what they grant. What is excluded counts within its own permission object only."""
    if len(desired.permissions) == 1 and len(actual.permissions) == 1 and not actual.permissions[0].condition:
        for name in _LISTS:
            ours, theirs = _patterns(desired.permissions, name), _patterns(actual.permissions, name)
            if ours.keys() != theirs.keys():
                less = ", ".join(ours[each] for each in sorted(ours.keys() - theirs.keys()))
                more = ", ".join(theirs[each] for each in sorted(theirs.keys() - ours.keys()))
                yield FieldDifference(name, less, more)
    elif Counter(map(_folded, desired.permissions)) != Counter(map(_folded, actual.permissions)):
        yield FieldDifference("permissions", _spelled(desired.permissions), _spelled(actual.permissions))


def _folded(permission: Permission) -> tuple[object, ...]:
    lists = (frozenset(pattern.lower() for pattern in getattr(permission, name)) for name in _LISTS)
    return (*lists, permission.condition)


def _spelled(permissions: Iterable[Permission]) -> str:
    """Permission objects in words, one after the other."""
    texts = []
    for each in permissions:
        granted = ", ".join((*each.actions, *each.data_actions)) or "nothing"
        excluded = ", ".join((*each.not_actions, *each.not_data_actions))
        texts.append(
            granted + (f" without {excluded}" if excluded else "") + (" (conditional)" if each.condition else "")
        )
    return "; and ".join(texts)


def _patterns(permissions: Iterable[Permission], name: str) -> dict[str, str]:
    return {pattern.lower(): pattern for each in permissions for pattern in getattr(each, name)}
