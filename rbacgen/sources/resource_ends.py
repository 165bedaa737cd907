"""When assignments of Privileged Identity Management end, as their Terraform resources write it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from rbacgen.sources.collector import instant_of
from rbacgen.sources.resource_values import Reference, Unclear, Value, blocks, problem_of


def end_of(values: Mapping[str, Value], unknown_fields: set[str]) -> datetime | None:
    """The instant at which a PIM assignment ends; None where it does not end, or where the end is not known yet.

    An end that is not known is added to `unknown_fields` as `until`.
    """
    for schedule in _unless_unclear(values, "schedule", unknown_fields):
        for expiration in _unless_unclear(schedule, "expiration", unknown_fields):
            end = expiration.get("end_date_time")
            if isinstance(end, str) and end:
                if (until := instant_of(end)) is None:
                    unknown_fields.add("until")
                return until
            length = _length(expiration)
            if length is None or isinstance(end, (Unclear, Reference)):
                unknown_fields.add("until")
                return None
            if length:
                start = schedule.get("start_date_time")
                began = instant_of(start) if isinstance(start, str) else None
                if began is None or began.year > 5000:
                    unknown_fields.add("until")
                    return None
                return began + length
    return None


def _length(expiration: Mapping[str, Value]) -> timedelta | None:
    """How long an assignment lasts; zero where that is not given, None where it is not known."""
    length = timedelta()
    for name, unit in (("duration_days", timedelta(days=1)), ("duration_hours", timedelta(hours=1))):
        number = _number(expiration.get(name))
        if number is None:
            return None
        length += number * unit
    return length


def _unless_unclear(values: Mapping[str, Value], name: str, unknown_fields: set[str]) -> list[Mapping[str, Value]]:
    given = values.get(name)
    if isinstance(given, (Unclear, Reference)):
        unknown_fields.add("until")
    return blocks(given)


def _number(given: Value) -> int | float | None:
    """A number, also where it is written as text; 0 where it is not given, None where it is not known."""
    if given is None or given == "":
        return 0
    if isinstance(given, str) and given.isdecimal() and len(given) < 7:
        return int(given)
    if isinstance(given, (int, float)) and not isinstance(given, bool) and 0 <= given < 1_000_000:
        return given
    return None


def unclear_parts(values: Mapping[str, Value]) -> str:
    """What was not understood of the condition, or of how long the access lasts; empty where everything was.

    A plan does not know what the provider computes from a given value, such as the end from the days.
    """
    for name in ("condition", "schedule"):
        if isinstance(given := values.get(name), (Unclear, Reference)):
            return f"`{name}` {problem_of(given)}"
    for schedule in blocks(values.get("schedule")):
        if isinstance(given := schedule.get("expiration"), (Unclear, Reference)):
            return f"`expiration` {problem_of(given)}"
        for expiration in blocks(given):
            lengths = {name: expiration.get(name) for name in ("end_date_time", "duration_days", "duration_hours")}
            unclear = [name for name, each in lengths.items() if isinstance(each, (Unclear, Reference))]
            if unclear and not any(lengths[name] for name in lengths.keys() - unclear):
                return f"`{unclear[0]}` {problem_of(lengths[unclear[0]])}"
    return ""
