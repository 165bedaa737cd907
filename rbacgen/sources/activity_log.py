"""Reads an Azure activity log: the operations that Azure allowed a caller to start."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from rbacgen.model.problems import RbacgenError

# An operation that was started, accepted or succeeded has passed the access check; the first spelling is that of the
# Azure CLI and the REST API, the second that of a diagnostic setting.
# https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema
_PASSED: Final = frozenset(("started", "accepted", "in progress", "succeeded", "start", "accept", "success"))
_FAILED: Final = frozenset(("failed", "failure"))
# The sub-status of a failure for lack of access; what fails otherwise (a conflict, a quota, a policy) had access.
_REFUSED: Final = ("forbidden", "unauthorized", "authorizationfailed", "401", "403")
# Events without a caller: Azure or a policy writes them.
_NOT_CALLED: Final = frozenset(
    ("alert", "autoscale", "policy", "recommendation", "resourcehealth", "security", "servicehealth")
)
_OBJECT_ID: Final = "http://schemas.microsoft.com/identity/claims/objectidentifier"
_UPN: Final = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"

AZ_DEFAULT: Final = 50
"""How many events `az monitor activity-log list` prints by default, of the last six hours only.
https://learn.microsoft.com/cli/azure/monitor/activity-log#az-monitor-activity-log-list"""

_ANEW: Final = (
    "export it with `az monitor activity-log list --offset 30d --max-events 10000 -o json > log.json`, or give the JSON lines "
    "of a diagnostic setting"
)


class Logged(Struct, frozen=True):
    """The content of a log: the operations that passed Azure's access check, sorted, each once without regard to case.

    `events` counts all events, `passed` those of these operations, and `others` those of other callers; `refused` are the
    operations that were only ever refused.
    """

    operations: tuple[str, ...]
    events: int
    passed: int
    refused: tuple[str, ...]
    others: int


class _Event(Struct, frozen=True):
    """The relevant part of an event; `callers` is in lower case."""

    operation: str
    status: str
    sub_status: str
    category: str
    correlation: str
    callers: frozenset[str]


def parse(name: str, text: str, caller: str | None = None) -> Logged:
    """The operations in an activity log: of all callers, or of one (an object id, application id or user name).

    Accepts the output of `az monitor activity-log list -o json`, Azure's own answer (`{"value": [...]}`), and the file of a
    diagnostic setting (a JSON object per line, or `{"records": [...]}`). Raises RbacgenError for anything else, and for a log
    without operations, or without any of the caller.
    """
    events = [_event(raw, f"event {index} of {name}") for index, raw in enumerate(_items(name, text), 1)]
    if not events:
        raise RbacgenError(f"{name} contains no events", "by default az lists the last six hours only: " + _ANEW)
    folded_caller = caller.strip().lower() if caller is not None else None
    own = [
        each
        for each in events
        if folded_caller is None or folded_caller in each.callers or folded_caller.replace("-", "") in each.callers
    ]
    if folded_caller is not None and not own:
        raise RbacgenError(
            f"{name} contains {len(events):,} event{'' if len(events) == 1 else 's'}, but none of that caller",
            "give the object id, the application id or the user name, as the log spells it under `caller` or in `claims`",
        )
    called = [each for each in own if each.operation and each.category not in _NOT_CALLED]
    refused_calls = {
        (each.operation.lower(), each.correlation)
        for each in called
        if each.status in _FAILED and any(sign in each.sub_status for sign in _REFUSED)
    }
    found: dict[str, str] = {}
    passed = 0
    for each in called:
        call = (each.operation.lower(), each.correlation)
        # Azure logs that a call was started before it logs that it was refused.
        if each.status in _PASSED and (call not in refused_calls or each.status.startswith("succe")):
            passed += 1
            found.setdefault(each.operation.lower(), each.operation)
    refused = {operation for operation, _ in refused_calls} - set(found)
    if not found and not refused:
        raise RbacgenError(
            f"{name} contains no operation that was started, accepted or succeeded",
            "it must contain administrative events: " + _ANEW,
        )
    return Logged(
        operations=tuple(found[folded] for folded in sorted(found)),
        events=len(events),
        passed=passed,
        refused=tuple(sorted(refused)),
        others=len(events) - len(own),
    )


def _items(name: str, text: str) -> Iterator[Mapping[str, Any]]:
    """The events, from any of the supported forms."""
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise RbacgenError(f"{name} is empty", _ANEW)
    try:
        value = json.loads(text)
    except json.JSONDecodeError as fault:
        yield from _lines(name, text, fault)
        return
    except (RecursionError, ValueError):
        raise RbacgenError(f"{name} is not valid JSON", _ANEW) from None
    yield from _listed(name, value)


def _lines(name: str, text: str, fault: json.JSONDecodeError) -> Iterator[Mapping[str, Any]]:
    """The events of a file with a JSON object per line; `fault` is where it stops being a single JSON value."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) < 2 or not all(line.lstrip().startswith("{") for _, line in lines):
        raise RbacgenError(f"{name}:{fault.lineno}:{fault.colno}: this is not JSON", _ANEW) from None
    for number, line in lines:
        try:
            value = json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            raise RbacgenError(f"{name}:{number}: this line is not a JSON object", _ANEW) from None
        yield from _listed(f"{name}:{number}", value)


def _listed(name: str, value: object) -> Iterable[Mapping[str, Any]]:
    if isinstance(value, dict):
        if value.get("nextLink"):
            raise RbacgenError(f"{name} is one page of several (it has a nextLink)", _ANEW)
        for key in ("value", "records"):
            if isinstance(value.get(key), list):
                value = value[key]
                break
        else:
            value = [value]
    if not isinstance(value, list):
        raise RbacgenError(f"{name} is JSON, but not an activity log", _ANEW)
    for index, item in enumerate(value, 1):
        if not isinstance(item, dict) or "operationName" not in item:
            raise RbacgenError(
                f"item {index} of {name} is not an event of an activity log: it has no operationName", _ANEW
            )
    return value


def _event(raw: Mapping[str, Any], what: str) -> _Event:
    """An event of either form.

    The operation that Azure checked is in `authorization.action`; `operationName` is the service's own name for it.
    """
    identity = _object(raw.get("identity"))
    authorization = _object(raw.get("authorization")) or _object(identity.get("authorization"))
    claims = _object(raw.get("claims")) or _object(identity.get("claims"))
    evidence = _object(authorization.get("evidence"))
    operation = authorization.get("action") or _value(raw["operationName"])
    if not isinstance(operation, str):
        raise RbacgenError(f"{what} has an operationName that is not a text", _ANEW)
    status = _value(raw.get("status")) or _value(raw.get("resultType"))
    sub_status = (_value(raw.get("subStatus")), _value(raw.get("resultSignature")), _status_code(raw))
    callers = (
        raw.get("caller"),
        claims.get(_OBJECT_ID),
        claims.get("oid"),
        claims.get(_UPN),
        claims.get("appid"),
        evidence.get("principalId"),
    )
    return _Event(
        operation=operation.strip(),
        status=status.lower(),
        sub_status=" ".join(sub_status).lower(),
        category=_value(raw.get("category")).lower(),
        correlation=str(raw.get("operationId") or raw.get("correlationId") or ""),
        callers=frozenset(each.strip().lower() for each in callers if isinstance(each, str) and each.strip()),
    )


def _status_code(raw: Mapping[str, Any]) -> str:
    return _value(_object(raw.get("properties")).get("statusCode"))


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _value(value: object) -> str:
    """A text, or the text in `{"value": ..., "localizedValue": ...}`; empty for anything else."""
    if isinstance(value, dict):
        value = value.get("value")
    return value if isinstance(value, str) else ""
