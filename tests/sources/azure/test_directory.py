"""Who the directory knows: named, deleted for good or for thirty days, or not shown."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from rbacgen.authorization.catalog import load
from rbacgen.commands.open_source import Reader
from rbacgen.model.problems import RbacgenError
from rbacgen.model.scope import Scope
from rbacgen.model.source import DirectoryRefusedError, Entry, Presence
from rbacgen.sources.azure.directory import DirectoryRow
from tests.fakes.azure import Fault, Tenant
from tests.fakes.azure.reader import (
    ANN,
    APP,
    BOT,
    BOTH,
    DEV,
    DEV_SCOPE,
    GROUP_A,
    ONE,
    PROD,
    PROD_SCOPE,
    READER,
    TEAM,
    reading,
    tenant,
)

GONE = "44444444-0000-4000-8000-000000000004"
ABOVE = "44444444-0000-4000-8000-000000000005"
CUSTOMER = "77777777-0000-4000-8000-000000000007"


def test_people_are_named_by_their_principal_name_and_others_by_their_display_name() -> None:
    """A display name says too little of a person: there are two of everybody."""
    with reading(tenant()) as (azure, live):
        found = live.directory(frozenset({TEAM, ANN, BOT}))
        assert len(azure.asked("graph")) == 1
    assert found == {
        TEAM: Entry(Presence.PRESENT, "grp-team", "Group"),
        ANN: Entry(Presence.PRESENT, "ann@contoso.example", "User"),
        BOT: Entry(Presence.PRESENT, "sp-bot", "ServicePrincipal"),
    }


def test_ids_compare_without_case() -> None:
    """And come back in lower case."""
    with reading(tenant()) as (_, live):
        assert set(live.directory(frozenset({ANN.upper()}))) == {ANN.lower()}


def test_somebody_deleted_is_told_from_somebody_who_can_come_back() -> None:
    """For 30 days the directory keeps who was deleted in its bin, and their access with them."""
    actual = tenant()
    actual.delete(ANN, soft=True)
    actual.delete(BOT, soft=False)
    with reading(actual) as (_, live):
        found = live.directory(frozenset({TEAM, ANN, BOT, GONE}))
    assert found[ANN] == Entry(Presence.SOFT_DELETED, "ann@contoso.example", "User")
    assert found[BOT] == found[GONE] == Entry(Presence.DELETED)
    assert found[TEAM].presence is Presence.PRESENT


def test_somebody_whom_the_login_may_not_see_is_not_gone() -> None:
    """Graph leaves such a one out of its answer just as somebody deleted, and forbids a closer look."""
    actual = tenant()
    actual.graph_permission = {"Group": "all", "User": "none", "ServicePrincipal": "all"}
    actual.delete(BOT, soft=False)
    with reading(actual) as (_, live):
        found = live.directory(frozenset({TEAM, ANN, BOT}))
    assert found[ANN] == Entry(Presence.NOT_VISIBLE)
    assert found[BOT].presence is Presence.DELETED


def test_somebody_of_whom_only_the_id_may_be_seen_is_present() -> None:
    """With the type, and without a name."""
    actual = tenant()
    actual.graph_permission = "basic"
    with reading(actual) as (_, live):
        assert live.directory(frozenset({TEAM})) == {TEAM: Entry(Presence.PRESENT, "", "Group")}


@pytest.mark.parametrize("status", [403, 500, 404])
def test_only_two_clear_answers_make_somebody_deleted(status: int) -> None:
    """A bin that fails or is closed leaves it open."""
    with reading(tenant(), retry_budget=0.2) as (azure, live):
        azure.fault(Fault(path="deletedItems", status=status))
        found = live.directory(frozenset({GONE, TEAM}))
    assert found[GONE].presence is (Presence.DELETED if status == 404 else Presence.NOT_VISIBLE)


def _two_held() -> Tenant:
    """The team has access to both subscriptions, somebody deleted to one, and to the management group."""
    actual = tenant()
    actual.assign(APP, READER, TEAM)
    actual.assign(PROD_SCOPE, READER, TEAM)
    actual.assign(PROD_SCOPE, READER, GONE)
    actual.assign(GROUP_A, READER, GONE)
    return actual


def test_somebody_is_deleted_only_where_the_subscription_is_of_the_directorys_tenant() -> None:
    """With Azure Lighthouse a subscription is read whose people are all in a directory that is not asked."""
    with reading(_two_held()) as (azure, live):
        live.read(replace(BOTH, above=(Scope.of(GROUP_A),)))
        asked = len(azure.asked("arm"))
        assert live.directory(frozenset({TEAM, GONE}))[GONE].presence is Presence.DELETED
        assert [each.path for each in azure.asked("arm")[asked:]] == [PROD_SCOPE]
        azure.fault(Fault(path=f"^/subscriptions/{PROD}$", body=f'{{"tenantId": "{CUSTOMER.upper()}"}}'))
        found = live.directory(frozenset({TEAM, GONE}))
        assert (found[TEAM].presence, found[GONE].presence) == (Presence.PRESENT, Presence.NOT_VISIBLE)


def test_a_directory_that_knows_nobody_is_asked_about_another_tenant() -> None:
    """Where all who are gone hold something there, a refusal says where to log in."""
    actual = tenant()
    actual.assign(PROD_SCOPE, READER, GONE)
    with reading(actual) as (azure, live):
        live.read(BOTH)
        azure.fault(Fault(path=f"^/subscriptions/{PROD}$", body=f'{{"tenantId": "{CUSTOMER.upper()}"}}'))
        with pytest.raises(DirectoryRefusedError) as caught:
            live.directory(frozenset({GONE, CUSTOMER}))
    assert caught.value.message == (
        f"the subscription {PROD} belongs to the tenant {CUSTOMER}, whose directory this login cannot read"
    )
    assert f"az login --tenant {CUSTOMER}" in caught.value.hint


@pytest.mark.parametrize("scope", [DEV_SCOPE, GROUP_A])
def test_who_is_gone_from_a_tenant_that_was_compared_is_gone(scope: str) -> None:
    """Be it the only one that was asked for, in a subscription or above it."""
    actual = tenant()
    actual.assign(scope, READER, GONE)
    actual.graph_permission = {"Group": "all", "User": "none", "ServicePrincipal": "all"}
    with reading(actual) as (_, live):
        live.read(ONE)
        assert live.directory(frozenset({GONE})) == {GONE: Entry(Presence.DELETED)}
        found = live.directory(frozenset({GONE, ANN}))
    assert (found[GONE].presence, found[ANN].presence) == (Presence.DELETED, Presence.NOT_VISIBLE)


def test_of_several_tenants_the_own_one_is_believed() -> None:
    """And who holds something in the other one, or above what may be its, is unseen; nobody else needs to be there."""
    actual = tenant()
    actual.assign(DEV_SCOPE, READER, GONE)
    actual.assign(PROD_SCOPE, READER, CUSTOMER)
    actual.assign(GROUP_A, READER, ABOVE)
    with reading(actual) as (azure, live):
        live.read(BOTH)
        azure.fault(Fault(path=f"^/subscriptions/{PROD}$", body=f'{{"tenantId": "{CUSTOMER}"}}'))
        found = live.directory(frozenset({GONE, CUSTOMER, ABOVE}))
    assert {each: entry.presence for each, entry in found.items()} == {
        GONE: Presence.DELETED,
        CUSTOMER: Presence.NOT_VISIBLE,
        ABOVE: Presence.NOT_VISIBLE,
    }


def test_a_report_says_of_how_many_the_directory_says_nothing() -> None:
    """Else access of somebody who may be gone would pass for that of somebody who is there."""
    actual = tenant()
    actual.graph_permission = {"Group": "all", "User": "none", "ServicePrincipal": "all"}
    with reading(actual) as (_, live):
        reader = Reader(lambda _cloud, _roles: live, "", load())
        source = reader.read(None, ONE)
        assert reader.with_directory(source, frozenset({TEAM})).notes == ()
        (note,) = reader.with_directory(source, frozenset({TEAM, ANN})).notes
    assert note.startswith("it is not known whether 1 of the 2 principals still exist: ")


def test_subscriptions_are_not_asked_whose_they_are_while_everybody_is_there() -> None:
    """It would be a request for each of them; nor those that nobody deleted has access to."""
    actual = _two_held()
    actual.assign(DEV_SCOPE, READER, ANN)
    actual.delete(ANN, soft=True)
    with reading(actual) as (azure, live):
        live.read(BOTH)
        asked = len(azure.asked("arm"))
        live.directory(frozenset({TEAM, ANN}))
        assert len(azure.asked("arm")) == asked
        live.directory(frozenset({TEAM, ANN, GONE}))
        assert not any(DEV in each.path for each in azure.asked("arm")[asked:])


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(status=403), "the login may not read this"),
        (Fault(status=503), "Azure failed"),
        (Fault(body="{}"), "Azure does not name it"),
    ],
    ids=["forbidden", "failed", "not told"],
)
def test_whose_a_subscription_is_must_be_known_where_somebody_is_gone(fault: Fault, said: str) -> None:
    """Else it may be another's, and they may all be there."""
    fault.path = f"^/subscriptions/{PROD}$"
    with reading(_two_held(), retry_budget=0.2) as (azure, live):
        live.read(BOTH)
        azure.fault(fault)
        with pytest.raises(DirectoryRefusedError) as caught:
            live.directory(frozenset({TEAM, GONE}))
    assert caught.value.message.startswith(f"the tenant of the subscription {PROD} could not be read: {said}")
    assert caught.value.hint


def test_a_directory_that_knows_nobody_is_the_wrong_one() -> None:
    """Where no tenant was compared it does not make everybody deleted, whether it hides some of them or not."""
    actual = tenant()
    actual.graph_permission = {"Group": "all", "User": "none", "ServicePrincipal": "all"}
    with reading(actual) as (_, live):
        for asked in ({GONE}, {GONE, CUSTOMER}, {GONE, ANN}):
            with pytest.raises(DirectoryRefusedError, match="finds none of the principals") as caught:
                live.directory(frozenset(asked))
            assert "--graph-endpoint" in caught.value.hint
        assert live.directory(frozenset({ANN}))[ANN].presence is Presence.NOT_VISIBLE


def test_an_answer_of_several_pages_is_followed_to_its_end() -> None:
    """Nobody on the second page is looked for one by one; and a page that leads elsewhere is a failure."""
    with reading(tenant()) as (azure, live):
        link = f"{azure.graph}/v1.0/groups?$top=100"
        body = f'{{"value": [{{"id": "{ANN}", "displayName": "Ann"}}], "@odata.nextLink": "{link}"}}'
        azure.fault(Fault(path="getByIds", body=body))
        found = live.directory(frozenset({ANN, TEAM}))
        assert {each: entry.presence for each, entry in found.items()} == dict.fromkeys((ANN, TEAM), Presence.PRESENT)
        assert [(each.method, each.path.rpartition("/")[2]) for each in azure.asked("graph")] == [
            ("POST", "getByIds"),
            ("GET", "groups"),
        ]
        azure.heal()
        azure.fault(Fault(path="getByIds", body=body.replace(azure.graph, "https://graph.example")))
        with pytest.raises(RbacgenError, match="another host"):
            live.directory(frozenset({ANN, TEAM}))


def test_a_closed_directory_is_refused_in_one_sentence() -> None:
    """It says which permission is lacking."""
    actual = tenant()
    actual.graph_permission = "none"
    with reading(actual) as (_, live), pytest.raises(DirectoryRefusedError) as caught:
        live.directory(frozenset({TEAM}))
    assert "403" in str(caught.value)
    assert "Directory.Read.All" in caught.value.hint


def test_a_cloud_whose_directory_is_not_known_is_refused_too() -> None:
    """A Resource Manager at an address of its own says nothing of a Graph, and the public one is not asked."""
    with reading(tenant()) as (_, live):
        live._client.cloud = replace(live._client.cloud, graph="")
        with pytest.raises(DirectoryRefusedError) as caught:
            live.directory(frozenset({TEAM}))
    assert "--graph-endpoint" in caught.value.hint


@pytest.mark.parametrize(
    "fault",
    [
        Fault(service="graph", status=503),
        Fault(service="graph", drop="before"),
        Fault(service="graph", malformed=True),
        Fault(service="graph", status=429, retry_after=3600),
        Fault(service="graph", body='{"value": [{"id": 5}]}'),
    ],
    ids=["failed", "cut off", "malformed", "throttled", "of another shape"],
)
def test_a_directory_that_fails_is_no_empty_directory(fault: Fault) -> None:
    """It is an error, and no refusal."""
    with reading(tenant(), retry_budget=0.2) as (azure, live):
        azure.fault(fault)
        with pytest.raises(RbacgenError) as caught:
            live.directory(frozenset({TEAM}))
    assert not isinstance(caught.value, DirectoryRefusedError)


def test_throttling_of_a_part_of_a_batch_is_waited_for() -> None:
    """Each answer of a batch has its own status."""
    actual = tenant()
    actual.delete(ANN, soft=True)
    with reading(actual) as (azure, live):
        azure.fault(Fault(path=f"directoryObjects/{ANN}", status=429, retry_after=0.01, times=2))
        found = live.directory(frozenset({ANN, GONE}))
        looked = [each for each in azure.asked("graph", path="directoryObjects/") if each.batched]
    assert found[ANN].presence is Presence.SOFT_DELETED
    assert [each.path.rpartition("/")[2] for each in looked] == [ANN, GONE, ANN, ANN]


def test_a_batch_that_leaves_out_an_answer_is_a_failure() -> None:
    """Nobody is taken for present or gone by guessing."""
    with reading(tenant()) as (azure, live):
        azure.fault(Fault(path=r"\$batch", body='{"responses": []}'))
        with pytest.raises(RbacgenError, match="left out an answer"):
            live.directory(frozenset({GONE}))


def test_an_answer_of_a_batch_that_is_no_object_is_a_failure() -> None:
    """It says that somebody is there, and not who."""
    body = '{"responses": [{"id": "0", "status": 200, "body": {"name": "x"}}]}'
    with reading(tenant()) as (azure, live):
        azure.fault(Fault(path=r"\$batch", body=body))
        with pytest.raises(RbacgenError, match="does not have the documented form"):
            live.directory(frozenset({GONE}))


def test_lists_of_the_directory_are_followed_to_the_end() -> None:
    """As those of Resource Manager are."""
    actual = tenant()
    for number in range(250):
        actual.principal(f"66666666-0000-4000-8000-{number:012}", "Group", f"g{number}")
    with reading(actual) as (azure, live):
        found = live._client.graph_rows("/groups", DirectoryRow, {"$top": "100"})
        assert len(azure.asked("graph", "GET", "/groups")) == 3
    assert len(found) == 251


def test_thousands_are_asked_for_in_thousands_and_looked_for_in_twenties() -> None:
    """As many as Graph takes at a time."""
    actual = tenant()
    ids = [f"55555555-0000-4000-8000-{number:012}" for number in range(1500)]
    for each in ids[:1475]:
        actual.principal(each, "Group", f"group {each[-4:]}")
    with reading(actual) as (azure, live):
        found = live.directory(frozenset(ids))
        assert len(azure.asked("graph", "POST", "getByIds")) == 2
        assert len(azure.asked("graph", "POST", "$batch")) == 4
    assert [each.presence for each in found.values()] == [Presence.PRESENT] * 1475 + [Presence.DELETED] * 25


def test_what_is_no_object_id_is_not_asked_for() -> None:
    """Such as a reference that only Terraform knows; and for nobody nothing is asked at all."""
    with reading(tenant()) as (azure, live):
        assert live.directory(frozenset({"azuread_group.team.object_id"})) == {}
        assert azure.requests == []
