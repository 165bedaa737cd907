"""What goes wrong between rbacgen and Azure, each in turn and two at a time: a part of the truth is never taken for the whole."""

from __future__ import annotations

import itertools
import socket
import time

import pytest
from msgspec.structs import replace

from rbacgen.model.assignment import Activation
from rbacgen.model.problems import RbacgenError
from rbacgen.model.scope import Scope
from rbacgen.model.state import Part
from rbacgen.sources.azure import retries
from rbacgen.sources.azure.client import tenant_of
from rbacgen.sources.azure.errors import ReadError, code_of
from rbacgen.sources.azure.pipelines import is_same_host
from rbacgen.sources.azure.retries import RateLimiter, RetryBudget, requested_pause
from tests.fakes.azure import Fault, Tenant
from tests.fakes.azure.reader import (
    APP,
    BOTH,
    COMPARED,
    CONTRIBUTOR,
    DEV,
    DEV_SCOPE,
    ONE,
    PROD_SCOPE,
    READER,
    key,
    keys,
    missed,
    reading,
    tenant,
    unread,
)

LISTS = {
    Part.ASSIGNMENTS: "roleAssignments",
    Part.ELIGIBILITIES: "roleEligibilityScheduleInstances",
    Part.ACTIVATIONS: "roleAssignmentScheduleInstances",
}
PERSONAL = "ann@contoso.example with object id 11111111-0000-4000-8000-000000000002"


def _actual() -> Tenant:
    """Five assignments and five eligibilities in each subscription."""
    made = tenant()
    for number in range(5):
        for scope in (APP, PROD_SCOPE):
            made.assign(scope, READER, f"22222222-0000-4000-8000-00000000000{number}")
            made.eligible(scope, CONTRIBUTOR, f"22222222-0000-4000-8000-00000000000{number}")
    return made


def _fault(name: str, **where: object) -> Fault:
    """A fault by its name, for ever, at some place; what Azure would tell of persons is in every message."""
    what: dict[str, dict[str, object]] = {
        "forbidden": {"status": 403, "code": "AuthorizationFailed"},
        "no login": {"status": 401, "code": "ExpiredAuthenticationToken"},
        "wrong tenant": {"status": 401, "code": "InvalidAuthenticationTokenTenant"},
        "no subscription": {"status": 404, "code": "SubscriptionNotFound"},
        "throttled": {"status": 429, "code": "TooManyRequests"},
        "throttled for long": {"status": 429, "code": "TooManyRequests", "retry_after": 3600},
        "throttled as a page": {"status": 429, "body": f"<html>{PERSONAL}</html>", "retry_after": 3600},
        "failed": {"status": 503, "code": "ServerBusy"},
        "cut off before": {"drop": "before"},
        "cut off within": {"drop": "middle"},
        "page again": {"repeat": "itself"},
        "pages in a ring": {"repeat": "first"},
        "malformed": {"malformed": True},
        "no list": {"body": '{"values": []}'},
        "nothing": {"body": ""},
        "a page of another kind": {"body": f"<html>{PERSONAL}</html>", "content_type": "text/html"},
        "not understood": {"status": 400, "code": "BadRequest"},
        "led elsewhere": {"status": 302, "code": "Found"},
        "next page elsewhere": {"body": '{"value": [], "nextLink": "https://evil.example/subscriptions?x"}'},
        "next page in the clear": {"body": '{"value": [], "nextLink": "http://localhost/subscriptions?x"}'},
        "next page of no address": {"body": '{"value": [], "nextLink": "https://[::1/x"}'},
    }
    return Fault(**what[name], message=PERSONAL, **where)  # type: ignore[arg-type]


SAID = {
    "forbidden": "the login may not read this (403 AuthorizationFailed)",
    "no login": "Azure does not accept the login, or no longer does (401 ExpiredAuthenticationToken)",
    "wrong tenant": "the login is for another tenant (401 InvalidAuthenticationTokenTenant)",
    "no subscription": "the tenant of the login has no such subscription (404 SubscriptionNotFound)",
    "throttled": "Azure throttled the requests for longer than 0.3 s (429 TooManyRequests)",
    "throttled for long": "Azure throttled the requests for longer than 0.3 s (429 TooManyRequests)",
    "throttled as a page": "Azure throttled the requests for longer than 0.3 s (429)",
    "failed": "Azure failed (503 ServerBusy)",
    "cut off before": "cannot be reached",
    "cut off within": "was closed in the middle of an answer",
    "page again": "Azure returned the same page of a list again and again",
    "pages in a ring": "Azure returned the same page of a list again and again",
    "malformed": "Azure's answer does not have the documented form",
    "no list": "Azure's answer does not have the documented form",
    "nothing": "Azure's answer does not have the documented form",
    "a page of another kind": "Azure's answer does not have the documented form",
    "not understood": "Azure rejects the request (400 BadRequest)",
    "led elsewhere": "the answer is a redirect, which is not followed (302 Found)",
    "next page elsewhere": "Azure names another host for the next page; that host was not contacted",
    "next page in the clear": "Azure names another host for the next page; that host was not contacted",
    "next page of no address": "Azure names another host for the next page; that host was not contacted",
}


@pytest.mark.parametrize("name", SAID)
def test_a_list_that_fails_halfway_gives_nothing_and_is_named(name: str) -> None:
    """On its second page: none of its rows are there, the other lists stand, and what is said holds nothing of Azure's text."""
    with reading(_actual(), page=2, retry_budget=0.3) as (azure, live):
        azure.fault(_fault(name, collection="roleAssignments", scope=DEV_SCOPE, page=2))
        source = live.read(BOTH)
        assert all("evil" not in each.path for each in azure.requests)
    assert missed(source) == {(DEV_SCOPE, Part.ASSIGNMENTS)}
    assert len([each for each in source.state if each.scope == Scope.of(APP)]) == 5
    assert all(each.activation is Activation.ELIGIBLE for each in source.state if each.scope == Scope.of(APP))
    assert len([each for each in source.state if each.scope == Scope.of(PROD_SCOPE)]) == 10
    coverage = source.state.coverage
    assert not coverage.covers(Part.ASSIGNMENTS, Scope.of(APP))
    assert coverage.covers(Part.ELIGIBILITIES, Scope.of(APP))
    assert coverage.covers(Part.ASSIGNMENTS, Scope.of(PROD_SCOPE))
    found = unread(source, DEV_SCOPE, Part.ASSIGNMENTS)
    assert SAID[name] in found.why
    assert found.remedy
    assert "contoso" not in found.why + found.remedy
    assert "11111111" not in found.why + found.remedy


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=429, retry_after_ms=5, times=6),
        Fault(status=429, retry_after=0, times=3),
        Fault(status=503, retry_after_ms=5, times=3),
        Fault(status=500, times=1),
        Fault(status=429, body="<html>slow down</html>", retry_after_ms=5, times=2),
        Fault(drop="before", times=2),
        Fault(drop="middle", times=2),
    ],
    ids=["429s", "429 at once", "503s", "500", "429 as a page", "cut off before", "cut off within"],
)
def test_what_passes_is_waited_for(fault: Fault) -> None:
    """The list comes whole, and nobody hears of it."""
    fault.collection, fault.page = "roleAssignments", 2
    with reading(_actual(), page=2) as (azure, live):
        azure.fault(fault)
        source = live.read(BOTH)
    assert missed(source) == set()
    assert len(source.state) == 20
    assert fault.struck == fault.times


@pytest.mark.parametrize("name", ["throttled for long", "forbidden", "not understood"])
def test_there_is_no_waiting_for_what_does_not_come(name: str) -> None:
    """A pause longer than the patience ends the list at once, with one request, as does what will never be better."""
    with reading(_actual(), retry_budget=20) as (azure, live):
        azure.fault(_fault(name, collection="roleAssignments"))
        source = live.read(BOTH)
        assert len([each for each in azure.asked("arm") if each.path.endswith("/roleAssignments")]) == 2
    assert missed(source) == {(DEV_SCOPE, Part.ASSIGNMENTS), (PROD_SCOPE, Part.ASSIGNMENTS)}


PAIRS = list(
    itertools.combinations(["forbidden", "throttled for long", "cut off within", "page again", "malformed"], 2)
)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_two_faults_leave_two_lists_unread(one: str, other: str) -> None:
    """In two parts of one subscription; the rest of it, and the other subscription, stand."""
    with reading(_actual(), page=2, retry_budget=0.3) as (azure, live):
        azure.fault(_fault(one, collection="roleAssignments", scope=DEV_SCOPE))
        azure.fault(_fault(other, collection="roleEligibilityScheduleInstances", scope=DEV_SCOPE, page=3))
        source = live.read(BOTH)
    assert missed(source) == {(DEV_SCOPE, Part.ASSIGNMENTS), (DEV_SCOPE, Part.ELIGIBILITIES)}
    assert SAID[one] in unread(source, DEV_SCOPE, Part.ASSIGNMENTS).why
    assert SAID[other] in unread(source, DEV_SCOPE, Part.ELIGIBILITIES).why
    assert {each.scope.subscription for each in source.state} == {PROD_SCOPE.rpartition("/")[2]}
    assert len(source.state) == 10


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_two_faults_of_two_subscriptions(one: str, other: str) -> None:
    """Each is named with its own reason."""
    with reading(_actual(), page=2, retry_budget=0.3) as (azure, live):
        azure.fault(_fault(one, collection="roleAssignments", scope=DEV_SCOPE, page=2))
        azure.fault(_fault(other, collection="roleAssignments", scope=PROD_SCOPE))
        source = live.read(BOTH)
    assert missed(source) == {(DEV_SCOPE, Part.ASSIGNMENTS), (PROD_SCOPE, Part.ASSIGNMENTS)}
    assert SAID[one] in unread(source, DEV_SCOPE, Part.ASSIGNMENTS).why
    assert SAID[other] in unread(source, PROD_SCOPE, Part.ASSIGNMENTS).why
    assert all(each.activation is Activation.ELIGIBLE for each in source.state)


@pytest.mark.parametrize("part", LISTS)
def test_each_part_can_fail_by_itself(part: Part) -> None:
    """What is lost is that part, and no other."""
    with reading(_actual(), retry_budget=0.3) as (azure, live):
        azure.fault(_fault("malformed", collection=LISTS[part]))
        source = live.read(ONE)
    assert missed(source) == {(DEV_SCOPE, part)}
    for other in LISTS:
        assert source.state.coverage.covers(other, Scope.of(APP)) is (other is not part)


def test_throttling_and_then_a_refusal_is_a_refusal() -> None:
    """The last word counts."""
    with reading(_actual()) as (azure, live):
        azure.fault(Fault(collection="roleAssignments", status=429, retry_after_ms=5, times=2))
        azure.fault(Fault(collection="roleAssignments", status=403, after=2))
        source = live.read(ONE)
    assert "403 AuthorizationFailed" in unread(source, DEV_SCOPE, Part.ASSIGNMENTS).why


# The login.


def test_a_login_that_can_be_renewed_is_renewed() -> None:
    """A token that loses its worth in the middle of a list is replaced, and the list comes whole."""
    with reading(_actual(), page=2) as (azure, live):
        azure.expire_tokens(after=15, renewable=True)
        source = live.read(BOTH)
        assert len(azure.tokens) > 1
    assert missed(source) == set()
    assert len(source.state) == 20


def test_a_login_that_ends_on_the_way_leaves_the_rest_unread() -> None:
    """What had come whole by then stands."""
    with reading(_actual(), page=1) as (azure, live):
        azure.expire_tokens(after=25, renewable=False)
        source = live.read(BOTH)
    found = source.state.coverage
    assert missed(source)
    for scope, part in itertools.product((DEV_SCOPE, PROD_SCOPE), LISTS):
        assert found.covers(part, Scope.of(scope)) is ((scope, part) not in missed(source))
    for each in found.unread:
        assert each.why in (
            "Microsoft Entra ID rejects the login (AADSTS7000222)",
            "Azure does not accept the login, or no longer does (401 ExpiredAuthenticationToken)",
        )


# Nothing at all.


def test_nothing_at_all_is_no_reading() -> None:
    """Where everything is refused for the same reason, it is one sentence with a cure, and no partial result."""
    actual = _actual()
    actual.forbid("/")
    actual.forbid(DEV_SCOPE)
    actual.forbid(PROD_SCOPE)
    with reading(actual) as (_, live), pytest.raises(RbacgenError) as caught:
        live.read(replace(BOTH, within={DEV: (Scope.of(APP),)}))
    assert str(caught.value) == (
        "nothing could be read from Azure: the login may not read this (403 AuthorizationFailed)"
    )
    assert "such as Reader" in caught.value.hint


def test_nothing_for_several_reasons_says_them_all() -> None:
    """And is no reading either."""
    with reading(_actual(), retry_budget=0.2) as (azure, live):
        azure.fault(_fault("no subscription", scope=DEV_SCOPE), _fault("malformed", scope=PROD_SCOPE))
        with pytest.raises(RbacgenError, match="nothing could be read") as caught:
            live.read(BOTH)
    assert SAID["no subscription"] in str(caught.value)
    assert SAID["malformed"] in str(caught.value)


def test_a_tenant_without_pim_whose_assignments_are_refused_was_not_read() -> None:
    """That nothing can be eligible there is no reading."""
    actual = tenant(p2=False)
    with reading(actual) as (azure, live):
        azure.fault(_fault("forbidden", collection="roleAssignments"))
        with pytest.raises(RbacgenError, match="nothing could be read"):
            live.read(ONE)


def test_without_a_way_to_azure_it_is_said_in_one_sentence() -> None:
    """The login works and Resource Manager does not answer."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with reading(_actual()) as (_, live):
            cloud = replace(live._client.cloud, arm=f"https://localhost:{port}")
            live._client.cloud = cloud
            with pytest.raises(RbacgenError) as caught:
                live.read(ONE)
    assert str(caught.value) == f"nothing could be read from Azure: localhost:{port} cannot be reached"
    assert "proxy" in caught.value.hint


def test_a_certificate_that_nobody_vouches_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, and with what to do about it; there is no way to do without."""
    with reading(_actual()) as (azure, live):
        live._client.log_in()
        monkeypatch.delenv("REQUESTS_CA_BUNDLE")
        with pytest.raises(RbacgenError, match=r"the certificate of localhost:\d+ is not trusted") as caught:
            live.read(ONE)
        assert azure.asked("arm") == []
    assert "REQUESTS_CA_BUNDLE" in caught.value.hint


def test_certificates_that_are_not_there_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong path is no traceback."""
    with reading(_actual()) as (_, live):
        live._client.log_in()
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
        with pytest.raises(RbacgenError, match="the file of trusted certificates cannot be read"):
            live.read(ONE)


# Patience.


class _Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.waited: list[float] = []

    def wait(self, pause: float) -> bool:
        self.waited.append(pause)
        return False


def _retry_budget(seconds: float) -> tuple[RetryBudget, _Clock]:
    clock = _Clock()
    return RetryBudget(seconds, clock), clock  # type: ignore[arg-type]


def test_pauses_grow_and_end_with_the_patience() -> None:
    """All of them, and what the attempts took, come to no more than the patience."""
    retry_budget, clock = _retry_budget(10)
    while retry_budget.pause(0.5, None, answered=True):
        pass
    assert clock.waited == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2])
    assert sum(clock.waited) + 0.5 * 6 <= 10


def test_no_pause_is_longer_than_a_quarter_of_a_minute() -> None:
    """Unless Azure asks for it; and there are thirteen attempts at most."""
    retry_budget, clock = _retry_budget(10_000)
    while retry_budget.pause(0, None, answered=True):
        pass
    assert max(clock.waited) == 15
    assert len(clock.waited) == 12
    assert _retry_budget(100)[0].pause(0, 99, answered=True)
    assert not _retry_budget(100)[0].pause(2, 99, answered=True)


def test_a_connection_that_stays_broken_is_given_up_soon() -> None:
    """After four attempts, whatever the patience; one that has worked in between is as good as new."""
    retry_budget, clock = _retry_budget(1000)
    while retry_budget.pause(0, None, answered=False):
        pass
    assert len(clock.waited) == 3
    retry_budget.renew()
    assert retry_budget.pause(0, None, answered=False)


def test_a_reading_that_is_broken_off_waits_for_nothing() -> None:
    """As when somebody presses Ctrl-C during a long pause."""
    with reading(_actual(), retry_budget=1000) as (azure, live):
        azure.fault(_fault("failed", service="arm"))
        live._client.stop()
        with pytest.raises(RbacgenError, match="Azure failed"):
            live.read(ONE)
        assert len(azure.asked("arm")) == 3


def test_requests_are_spread_as_azure_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A burst of 250, then 25 a second: Azure's own bucket, so that it is not Azure that has to say so."""
    now = [0.0]
    waits: list[float] = []
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(retries.time, "sleep", waits.append)
    bucket = RateLimiter()
    for _ in range(250):
        bucket.take()
    assert waits == []
    bucket.take()
    bucket.take()
    assert waits == pytest.approx([0.04, 0.08])
    now[0] = 60
    bucket.take()
    assert len(waits) == 2


# Single answers.


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7),
        ({"retry-after-ms": "250", "Retry-After": "7"}, 0.25),
        ({"x-ms-retry-after-ms": "1500"}, 1.5),
        ({"Retry-After": "Wed, 25 Nov 2026 08:00:00 GMT"}, None),
        ({"Retry-After": "-3"}, 0),
    ],
)
def test_a_pause_is_asked_for_in_several_ways(headers: dict[str, str], pause: float | None) -> None:
    """Azure's services do not agree on one header."""
    assert requested_pause(headers) == pause


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"error": {"code": "AuthorizationFailed", "message": "x"}}', "AuthorizationFailed"),
        (b'{"error": {"code": "<script>"}}', ""),
        (b'{"error": {"code": "ann@contoso.example"}}', ""),
        (b'{"error": "text"}', ""),
        (b"<html>", ""),
        (b"", ""),
        (b'{"error": {"code": null}}', ""),
        (b"\xff\xfe", ""),
    ],
)
def test_of_azures_words_only_a_code_is_taken_over(body: bytes, code: str) -> None:
    """And only where it looks like one."""
    assert code_of(body) == code


@pytest.mark.parametrize(
    ("token", "tenant_id"),
    [
        ("a.eyJ0aWQiOiAiOTk5OTk5OTktOTk5OS00OTk5LTg5OTktOTk5OTk5OTk5OTlBIn0.c", "99999999-9999-4999-8999-99999999999a"),
        ("a.eyJ0aWQiOiAiQUIifQ.c", ""),  # no GUID
        ("opaque", ""),
        ("a.b.c", ""),
        ("a.!!!.c", ""),
        ("", ""),
    ],
)
def test_a_token_may_tell_its_tenant(token: str, tenant_id: str) -> None:
    """A tenant is a GUID; a token that tells none is as good as one that is not readable."""
    assert tenant_of(token) == tenant_id


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("https://management.azure.com/x", True),
        ("https://Management.Azure.com:443/x", True),
        ("http://management.azure.com/x", False),
        ("https://management.azure.com.evil.example/x", False),
        ("https://management.azure.com@evil.example/x", False),
        ("https://management.azure.com:444/x", False),
        ("//management.azure.com/x", False),
        ("/x", False),
    ],
)
def test_a_next_page_is_asked_of_the_same_host_only(address: str, same: bool) -> None:
    """It would come with the login's token."""
    assert is_same_host(address, "https://management.azure.com") is same


def test_a_failure_carries_status_and_code() -> None:
    """So that callers can tell one from another."""
    with reading(tenant()) as (azure, live):
        azure.fault(_fault("no subscription", service="arm"))
        with pytest.raises(ReadError) as caught:
            live._client.get(DEV_SCOPE, "2022-12-01", dict)
    assert (caught.value.status, caught.value.code) == (404, "SubscriptionNotFound")


def test_rows_of_a_list_that_was_read_are_all_there() -> None:
    """The counterpart of all these: with nothing wrong, everything is there."""
    with reading(_actual(), page=2) as (_, live):
        source = live.read(replace(BOTH, parts=COMPARED))
    assert len(source.state) == 20
    assert key(APP, READER, "22222222-0000-4000-8000-000000000004") in keys(source)
    assert missed(source) == set()
