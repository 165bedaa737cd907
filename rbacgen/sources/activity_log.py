"""Reads what an Azure activity log says was done: the operations that Azure let somebody begin."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from rbacgen.model.problems import RbacgenError

# An operation that was started, accepted or succeeded had passed the check of access; the first spelling is that of the
# Azure CLI and the REST API, the second that of a diagnostic setting.
# https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema
_PASSED: Final = frozenset(("started", "accepted", "in progress", "succeeded", "start", "accept", "success"))
_FAILED: Final = frozenset(("failed", "failure"))
# How a refusal shows in the sub-status of a failure; what fails otherwise (a conflict, a quota, a policy) had access.
_REFUSED: Final = ("forbidden", "unauthorized", "authorizationfailed", "401", "403")
# Events that nobody calls: Azure or a policy writes them.
_NOT_CALLED: Final = frozenset(
    ("alert", "autoscale", "policy", "recommendation", "resourcehealth", "security", "servicehealth")
)
_OBJECT_ID: Final = "http://schemas.microsoft.com/identity/claims/objectidentifier"
_UPN: Final = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"

AZ_DEFAULT: Final = 50
"""How many events `az monitor activity-log list` gives where nobody says how many, and those of the last six hours only.
https://learn.microsoft.com/cli/azure/monitor/activity-log#az-monitor-activity-log-list"""

_ANEW: Final = (
    "export it with `az monitor activity-log list --offset 30d --max-events 10000 -o json > log.json`, or give the JSON lines "
    "of a diagnostic setting"
)


class Logged(Struct, frozen=True):
    """What a log tells: the operations that passed Azure's check of access, sorted, each once without regard to case.

    `events` counts what was read, `passed` the events of those operations, `refused` the operations that only were refused,
    `others` the events of other callers.
    """

    operations: tuple[str, ...]
    events: int
    passed: int
    refused: tuple[str, ...]
    others: int


class _Event(Struct, frozen=True):
    """An event as far as it matters; `callers` is lower case."""

    operation: str
    status: str
    sub_status: str
    category: str
    correlation: str
    callers: frozenset[str]


def parse(name: str, text: str, caller: str | None = None) -> Logged:
    """The operations of an activity log: of everybody, or of one caller (an object id, application id or user name).

    Takes what `az monitor activity-log list -o json` prints, what Azure answers (`{"value": [...]}`), and what a diagnostic
    setting writes (a JSON object a line, or `{"records": [...]}`). Raises RbacgenError where it is none of these, where it
    holds no operation, or none of the caller.
    """
    events = [_event(raw, f"event {index} of {name}") for index, raw in enumerate(_items(name, text), 1)]
    if not events:
        raise RbacgenError(
            f"{name} holds no event", "az looks at the last six hours unless it is told otherwise: " + _ANEW
        )
    desired = caller.strip().lower() if caller is not None else None
    own = [
        each
        for each in events
        if desired is None or desired in each.callers or desired.replace("-", "") in each.callers
    ]
    if desired is not None and not own:
        raise RbacgenError(
            f"{name} holds {len(events):,} event{'' if len(events) == 1 else 's'}, and none of that caller",
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
        # Azure writes that a call was started before it says that it was refused.
        if each.status in _PASSED and (call not in refused_calls or each.status.startswith("succe")):
            passed += 1
            found.setdefault(each.operation.lower(), each.operation)
    refused = {operation for operation, _ in refused_calls} - set(found)
    if not found and not refused:
        raise RbacgenError(
            f"{name} holds no operation that was started, accepted or succeeded",
            "it must hold administrative events: " + _ANEW,
        )
    return Logged(
        operations=tuple(found[folded] for folded in sorted(found)),
        events=len(events),
        passed=passed,
        refused=tuple(sorted(refused)),
        others=len(events) - len(own),
    )


def _items(name: str, text: str) -> Iterator[Mapping[str, Any]]:
    """The events, in whichever form they stand."""
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise RbacgenError(f"{name} is empty", _ANEW)
    try:
        value = json.loads(text)
    except json.JSONDecodeError as fault:
        yield from _lines(name, text, fault)
        return
    except (RecursionError, ValueError):
        raise RbacgenError(f"{name} is no sane JSON", _ANEW) from None
    yield from _listed(name, value)


def _lines(name: str, text: str, fault: json.JSONDecodeError) -> Iterator[Mapping[str, Any]]:
    """The events of a file with a JSON object a line; `fault` says where it stops being one JSON value."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) < 2 or not all(line.lstrip().startswith("{") for _, line in lines):
        raise RbacgenError(f"{name}:{fault.lineno}:{fault.colno}: this is no JSON", _ANEW) from None
    for number, line in lines:
        try:
            value = json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            raise RbacgenError(f"{name}:{number}: this line is no JSON object", _ANEW) from None
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
        raise RbacgenError(f"{name} is JSON, but no activity log", _ANEW)
    for index, item in enumerate(value, 1):
        if not isinstance(item, dict) or "operationName" not in item:
            raise RbacgenError(f"item {index} of {name} is no event of an activity log: it has no operationName", _ANEW)
    return value


def _event(raw: Mapping[str, Any], what: str) -> _Event:
    """An event of either form.

    The operation that Azure checked stands under `authorization.action`; `operationName` is what the service calls it.
    """
    identity = _object(raw.get("identity"))
    authorization = _object(raw.get("authorization")) or _object(identity.get("authorization"))
    claims = _object(raw.get("claims")) or _object(identity.get("claims"))
    evidence = _object(authorization.get("evidence"))
    operation = authorization.get("action") or _value(raw["operationName"])
    if not isinstance(operation, str):
        raise RbacgenError(f"{what} has an operationName that is no text", _ANEW)
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
    """A text, or the one of `{"value": ..., "localizedValue": ...}`."""
    if isinstance(value, dict):
        value = value.get("value")
    return value if isinstance(value, str) else ""
