"""Activity logs in the forms that Azure has for them: what passed the check of access, and by whom."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rbacgen.model.problems import RbacgenError
from rbacgen.sources.activity_log import parse

ROBOT = "f409edeb-4d29-44b5-9763-ee9348ad91bb"
PERSON = "rob@contoso.example"
WRITE = "Microsoft.Network/networkSecurityGroups/write"
OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"


def event(operation: str = WRITE, status: str = "Succeeded", **members: Any) -> dict[str, Any]:
    """An event as the Azure CLI prints it, as far as anything reads it."""
    return {
        "authorization": {"action": operation, "scope": "/subscriptions/s/resourceGroups/g"},
        "caller": PERSON,
        "category": {"value": "Administrative", "localizedValue": "Administrative"},
        "claims": {OBJECT_ID: ROBOT, "appid": "00001111-aaaa-2222-bbbb-3333cccc4444"},
        "operationId": "04e575f8-48d0-4c43-a8b3-78c4eb01d287",
        "operationName": {"value": operation, "localizedValue": "Create or Update Security Group"},
        "status": {"value": status, "localizedValue": status},
        "subStatus": {"value": "", "localizedValue": ""},
        **members,
    }


def record(operation: str = WRITE, result: str = "Success", **members: Any) -> dict[str, Any]:
    """An event as a diagnostic setting writes it."""
    return {
        "time": "2026-01-21T22:14:26.9792776Z",
        "operationName": operation.upper(),
        "category": "Administrative",
        "resultType": result,
        "resultSignature": f"{result}.",
        "correlationId": "c776f9f4-36e5-4e0e-809b-c9b3c3fb62a8",
        "identity": {
            "authorization": {"action": operation, "evidence": {"principalId": ROBOT.replace("-", "")}},
            "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": PERSON},
        },
        **members,
    }


def read(*events: dict[str, Any], caller: str | None = None) -> tuple[str, ...]:
    """The operations of a list of the Azure CLI."""
    return parse("log.json", json.dumps(events), caller).operations


# Forms


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([event()]),
        "\ufeff" + json.dumps([event()]),
        json.dumps({"value": [event()]}),
        json.dumps({"records": [record()]}),
        json.dumps(record()),
        f"{json.dumps(record())}\n{json.dumps(record(result='Start'))}\n\n",
        f"{json.dumps({'records': [record()]})}\r\n{json.dumps({'records': [record()]})}\r\n",
    ],
)
def test_every_form_is_read(text: str) -> None:
    """A list, an answer of the REST API, records, and a JSON object a line."""
    assert parse("log.json", text).operations == (WRITE,)


def test_what_azure_checked_comes_before_what_the_service_calls_it() -> None:
    """`authorization.action` is the operation of the check; where there is none, the name has to do."""
    assert read(event(operationName={"value": "Something/else/action"})) == (WRITE,)
    assert read(event(authorization=None)) == (WRITE,)
    assert read(event(authorization={"scope": "/"}, operationName="Contoso.Widget/write")) == ("Contoso.Widget/write",)


# Statuses


@pytest.mark.parametrize("status", ["Started", "Accepted", "Succeeded", "In Progress", "succeeded"])
def test_what_passed_the_check_counts(status: str) -> None:
    """It was begun, whatever came of it."""
    assert read(event(status=status)) == (WRITE,)


@pytest.mark.parametrize("status", ["Failed", "Active", "Resolved", ""])
def test_what_did_not_pass_does_not_count(status: str) -> None:
    """A log of nothing else has no operation to speak of, and says what would be right."""
    with pytest.raises(RbacgenError, match="no operation that was started, accepted or succeeded") as error:
        read(event(status=status))
    assert "az monitor activity-log list" in error.value.hint


def test_a_start_that_was_refused_does_not_count() -> None:
    """Azure writes the start before the refusal; both are of one operation id."""
    start = event(status="Started")
    refused = event(status="Failed", subStatus={"value": "Forbidden"})
    logged = parse("log.json", json.dumps([start, refused, event("Microsoft.Storage/storageAccounts/write")]))
    assert logged.operations == ("Microsoft.Storage/storageAccounts/write",)
    assert logged.refused == (WRITE.lower(),)
    assert read(start, refused, event(operationId="another")) == (WRITE,)
    assert parse("log.json", json.dumps([start, refused])).operations == ()


def test_a_refusal_of_a_diagnostic_setting_counts_as_one() -> None:
    """It stands in the signature of the result."""
    log = {"records": [record(result="Start"), record(result="Failure", resultSignature="Failed.Forbidden")]}
    assert parse("log.json", json.dumps(log)).refused == (WRITE.lower(),)


def test_what_failed_otherwise_had_access() -> None:
    """A conflict comes after the check: the start counts."""
    assert read(event(status="Started"), event(status="Failed", subStatus={"value": "Conflict"})) == (WRITE,)


def test_what_a_policy_or_the_platform_did_is_nobody_s_need() -> None:
    """Only administrative events are calls."""
    others = [
        event(f"Contoso.Widget/{name}/action", category={"value": name})
        for name in ("Policy", "Alert", "Autoscale", "ServiceHealth", "ResourceHealth", "Security", "Recommendation")
    ]
    assert read(*others, event()) == (WRITE,)


def test_an_operation_is_said_once_and_sorted() -> None:
    """Without regard to case, in the first spelling."""
    assert read(event("b/write"), event("A/write"), event("B/WRITE")) == ("A/write", "b/write")


# Callers


@pytest.mark.parametrize(
    "caller", [PERSON, PERSON.upper(), ROBOT, ROBOT.upper(), "00001111-aaaa-2222-bbbb-3333cccc4444"]
)
def test_a_caller_narrows(caller: str) -> None:
    """By user name, object id or application id, in any case."""
    other = event("Microsoft.Storage/storageAccounts/write", caller="eve@contoso.example", claims={OBJECT_ID: "x"})
    logged = parse("log.json", json.dumps([event(), other]), caller)
    assert logged.operations == (WRITE,)
    assert (logged.events, logged.others) == (2, 1)


def test_the_object_id_of_a_diagnostic_setting_has_no_dashes() -> None:
    """The evidence of its authorization spells it so."""
    assert parse("log.json", json.dumps(record()), ROBOT).operations == (WRITE,)


def test_a_caller_who_is_not_there_is_an_error_that_names_nobody() -> None:
    """Neither the one who was asked for nor those who are in the log."""
    with pytest.raises(RbacgenError, match="of that caller") as error:
        read(event(), caller="eve@contoso.example")
    said = f"{error.value.message} {error.value.hint}"
    assert "@" not in said
    assert ROBOT not in said


# What is none


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "log.json is empty"),
        ("[]", "log.json contains no events"),
        ('{"value": []}', "log.json contains no events"),
        ("[1]", "item 1 of log.json"),
        ('[{"scope": "/"}]', "item 1 of log.json"),
        ('{"error": {"code": "AuthorizationFailed"}}', "item 1 of log.json"),
        ("3", "log.json is JSON, but not an activity log"),
        ("nonsense", "log.json:1:1"),
        ('[\n {"operationName": }', "log.json:2:20"),
        ('{"operationName": "a"}\n{"operationName": \n', "log.json:2"),
        ('{"operationName": "a"}\n{"other": 1}\n', "item 1 of log.json:2"),
        ('{"value": [{"operationName": "a"}], "nextLink": "https://x"}', "one page of several"),
        ("[" * 100_000, "log.json is not valid JSON"),
    ],
)
def test_what_is_no_activity_log_is_refused_with_place_and_cure(text: str, place: str) -> None:
    """Each with how to export one."""
    with pytest.raises(RbacgenError) as error:
        parse("log.json", text)
    assert place in error.value.message
    assert "az monitor activity-log list" in error.value.hint


def test_members_of_other_kinds_are_passed_over() -> None:
    """A log is written by many services: what is not as expected is not there."""
    odd = event(claims="none", caller=None, category=3, subStatus=None, properties="text")
    assert read(odd) == (WRITE,)
