"""Who the directory knows: named, deleted for good or for thirty days, or not shown."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from rbacgen.azure.directory import DirectoryRow
from rbacgen.problems import RbacgenError
from rbacgen.source import DirectoryRefusedError, Entry, Presence
from tests.azure import Fault
from tests.azure.reader import ANN, BOT, TEAM, reading, tenant

GONE = "44444444-0000-4000-8000-000000000004"


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
    held = tenant()
    held.delete(ANN, soft=True)
    held.delete(BOT, soft=False)
    with reading(held) as (_, live):
        found = live.directory(frozenset({TEAM, ANN, BOT, GONE}))
    assert found[ANN] == Entry(Presence.SOFT_DELETED, "ann@contoso.example", "User")
    assert found[BOT] == found[GONE] == Entry(Presence.DELETED)
    assert found[TEAM].presence is Presence.PRESENT


def test_somebody_whom_the_login_may_not_see_is_not_gone() -> None:
    """Graph leaves such a one out of its answer just as somebody deleted, and forbids a closer look."""
    held = tenant()
    held.graph_permission = {"Group": "all", "User": "none", "ServicePrincipal": "all"}
    held.delete(BOT, soft=False)
    with reading(held) as (_, live):
        found = live.directory(frozenset({TEAM, ANN, BOT}))
    assert found[ANN] == Entry(Presence.UNSEEN)
    assert found[BOT].presence is Presence.DELETED


def test_somebody_of_whom_only_the_id_may_be_seen_is_present() -> None:
    """With the type, and without a name."""
    held = tenant()
    held.graph_permission = "basic"
    with reading(held) as (_, live):
        assert live.directory(frozenset({TEAM})) == {TEAM: Entry(Presence.PRESENT, "", "Group")}


@pytest.mark.parametrize("status", [403, 500, 404])
def test_only_two_clear_answers_make_somebody_deleted(status: int) -> None:
    """A bin that fails or is closed leaves it open."""
    with reading(tenant(), patience=0.2) as (azure, live):
        azure.fault(Fault(path="deletedItems", status=status))
        found = live.directory(frozenset({GONE}))
    assert found[GONE].presence is (Presence.DELETED if status == 404 else Presence.UNSEEN)


def test_a_closed_directory_is_refused_in_one_sentence() -> None:
    """It says which permission is lacking."""
    held = tenant()
    held.graph_permission = "none"
    with reading(held) as (_, live), pytest.raises(DirectoryRefusedError) as caught:
        live.directory(frozenset({TEAM}))
    assert "403" in str(caught.value)
    assert "Directory.Read.All" in caught.value.hint


def test_a_cloud_whose_directory_is_not_known_is_refused_too() -> None:
    """A Resource Manager at an address of its own says nothing of a Graph, and the public one is not asked."""
    with reading(tenant()) as (_, live):
        live._connection.cloud = replace(live._connection.cloud, graph="")
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
    with reading(tenant(), patience=0.2) as (azure, live):
        azure.fault(fault)
        with pytest.raises(RbacgenError) as caught:
            live.directory(frozenset({TEAM}))
    assert not isinstance(caught.value, DirectoryRefusedError)


def test_throttling_of_a_part_of_a_batch_is_waited_for() -> None:
    """Each answer of a batch has its own status."""
    held = tenant()
    held.delete(ANN, soft=True)
    with reading(held) as (azure, live):
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
        with pytest.raises(RbacgenError, match="not what it documents"):
            live.directory(frozenset({GONE}))


def test_lists_of_the_directory_are_followed_to_the_end() -> None:
    """As those of Resource Manager are."""
    held = tenant()
    for number in range(250):
        held.principal(f"66666666-0000-4000-8000-{number:012}", "Group", f"g{number}")
    with reading(held) as (azure, live):
        found = live._connection.graph_rows("/groups", DirectoryRow, {"$top": "100"})
        assert len(azure.asked("graph", "GET", "/groups")) == 3
    assert len(found) == 251


def test_thousands_are_asked_for_in_thousands_and_looked_for_in_twenties() -> None:
    """As many as Graph takes at a time."""
    held = tenant()
    ids = [f"55555555-0000-4000-8000-{number:012}" for number in range(1500)]
    for each in ids[:1475]:
        held.principal(each, "Group", f"group {each[-4:]}")
    with reading(held) as (azure, live):
        found = live.directory(frozenset(ids))
        assert len(azure.asked("graph", "POST", "getByIds")) == 2
        assert len(azure.asked("graph", "POST", "$batch")) == 4
    assert [each.presence for each in found.values()] == [Presence.PRESENT] * 1475 + [Presence.DELETED] * 25


def test_what_is_no_object_id_is_not_asked_for() -> None:
    """Such as a reference that only Terraform knows; and for nobody nothing is asked at all."""
    with reading(tenant()) as (azure, live):
        assert live.directory(frozenset({"azuread_group.team.object_id"})) == {}
        assert azure.requests == []
