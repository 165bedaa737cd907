"""Who can get access through a bypass: the last part of the answer to who can do something."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rbacgen.authorization import who_can
from rbacgen.authorization.evaluator import Evaluator
from rbacgen.authorization.request import AccessRequest, BypassSubjects
from rbacgen.model.assignment import Plane, Principal, Verdict
from rbacgen.model.scope import Scope
from tests.fakes.facts import (
    ANA,
    BEN,
    GROUP,
    HOUSE,
    LAKE,
    SUBSCRIPTION,
    TEAM,
    ZONE,
    access,
    ask,
    control,
    deny,
    give,
    membership,
)

_BLOB = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
_LIST_KEYS = "Microsoft.Storage/storageAccounts/listKeys/action"
_RAW = f"{LAKE}/blobServices/default/containers/raw"


def bypasses(found: Evaluator, operation: str = _BLOB, scope: str = _RAW) -> dict[str, BypassSubjects]:
    """The bypasses of an operation for everyone, by the operation that opens them."""
    everyone = who_can.everyone(found, AccessRequest(operation, Plane.DATA, Scope.of(scope)), with_bypasses=True)
    return {each.bypass.opened_by: each for each in everyone.bypasses}


def openers(bypass: BypassSubjects) -> list[tuple[Principal, Verdict]]:
    """Who can open a bypass at the scope."""
    return [(each.subject.principal, each.verdict) for each in bypass.here]


def test_everyone_includes_those_who_can_open_a_bypass() -> None:
    """Owner of the account reads no blob by a role, and gets at all of them with the key; the access lists name nobody."""
    found = access(give(ANA, "Owner", LAKE), give(BEN, "Storage Blob Data Reader", LAKE), give(TEAM, "Reader", LAKE))
    shown = bypasses(found)
    assert openers(shown[_LIST_KEYS]) == [(ANA, Verdict.ALLOWED)]
    assert shown[_LIST_KEYS].here[0].request.scope == Scope.of(LAKE)
    assert (shown[""].here, shown[""].below) == ((), ())
    assert not who_can.everyone(found, AccessRequest(_BLOB, Plane.DATA, Scope.of(_RAW))).bypasses


def test_a_bypass_that_nobody_else_can_open_is_left_out() -> None:
    """What only those can open who can anyway adds nothing, nor does a bypass of another resource type."""
    found = access(give(ANA, "Owner", LAKE), give(ANA, "Storage Blob Data Reader", LAKE), give(BEN, "Reader", LAKE))
    assert set(bypasses(found)) == {""}
    assert bypasses(found, "Microsoft.KeyVault/vaults/secrets/getSecret/action", LAKE) == {}


def test_an_open_bypass_is_more_than_a_role_to_activate() -> None:
    """Who would have to activate the role has the key at once; who has both only after an activation gains nothing by it."""
    keys = "Storage Account Key Operator Service Role"
    at_once = access(give(ANA, "Storage Blob Data Reader", LAKE, eligible=True), give(ANA, keys, LAKE))
    assert openers(bypasses(at_once)[_LIST_KEYS]) == [(ANA, Verdict.ALLOWED)]
    later = access(give(ANA, "Storage Blob Data Reader", LAKE, eligible=True), give(ANA, keys, LAKE, eligible=True))
    assert _LIST_KEYS not in bypasses(later)


def test_bypasses_below_a_scope_are_apart() -> None:
    """Of a resource group: the owner of one account in it, who has nothing on the whole."""
    (bypass,) = (
        each for name, each in bypasses(access(give(ANA, "Owner", LAKE)), scope=GROUP).items() if name == _LIST_KEYS
    )
    assert bypass.here == ()
    assert [each.subject.principal for each in bypass.below] == [ANA]


def test_the_shownto_a_part_of_a_pattern_let_nobody_further_in_who_can_do_some() -> None:
    """Who can do some of it by a role, and opens a bypass of some of it, may have that very part already."""
    actual = (give(ANA, "Owner", LAKE), give(ANA, "Storage Blob Data Reader", LAKE), give(BEN, "Owner", LAKE))
    assert openers(bypasses(access(*actual), "Microsoft.Storage/*")[_LIST_KEYS]) == [(BEN, Verdict.ALLOWED)]
    whole = bypasses(access(*actual), "Microsoft.Storage/storageAccounts/blobServices/*")
    assert {who for who, _ in openers(whole[_LIST_KEYS])} == {ANA, BEN}


def test_who_is_excluded_from_a_denial_and_can_anyway_needs_no_bypass() -> None:
    """The group is denied the key and its member is not; the member reads blobs through the group all the same."""
    groups = membership({TEAM: [ANA]})
    actual = (give(TEAM, "Owner", LAKE), give(TEAM, "Storage Blob Data Reader", LAKE))
    denial = deny(LAKE, control(_LIST_KEYS), to=[TEAM], spare=[ANA])
    assert _LIST_KEYS not in bypasses(access(*actual, groups=groups, denials=(denial,)))
    assert openers(bypasses(access(actual[0], groups=groups, denials=(denial,)))[_LIST_KEYS]) == [
        (ANA, Verdict.ALLOWED)
    ]


def test_what_is_not_known_of_a_bypass_is_among_the_unknowns() -> None:
    """An Owner at a management group whose subscriptions are not known: of no use for blobs by a role, but for the key."""
    actual = give(ANA, "Owner", ZONE)
    found = who_can.everyone(
        access(actual, knows_management_groups=False),
        AccessRequest(_BLOB, Plane.DATA, Scope.of(_RAW)),
        with_bypasses=True,
    )
    assert found.unknowns == (f"it is not known whether {LAKE} is in {ZONE}, where Owner is assigned",)
    assert [each.bypass.opened_by for each in found.bypasses] == [""]
    known = who_can.everyone(access(actual), AccessRequest(_BLOB, Plane.DATA, Scope.of(_RAW)), with_bypasses=True)
    assert known.unknowns == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from([ANA, BEN, TEAM, HOUSE]),
            st.sampled_from(["Owner", "Reader", "Storage Blob Data Reader", "Storage Account Contributor"]),
            st.sampled_from([SUBSCRIPTION, GROUP, LAKE, _RAW]),
            st.booleans(),
        ),
        max_size=6,
    )
)
def test_everyone_with_a_bypass_agrees_with_each_subject_by_itself(
    actual: list[tuple[Principal, str, str, bool]],
) -> None:
    """A bypass lists those for whom `can` names it with a stronger verdict than theirs by a role, by themselves or in a group."""
    found = access(
        *(give(who, what, scope, eligible=eligible) for who, what, scope, eligible in dict.fromkeys(actual)),
        groups=membership({TEAM: [ANA], HOUSE: [TEAM, BEN]}),
    )
    opened = {(name, who) for name, each in bypasses(found).items() if name for who, _ in openers(each)}
    expected = set()
    for who in found.index.principals():
        decision = ask(found, who, _BLOB, _RAW, Plane.DATA)
        for each in decision.bypasses:
            if each.verdict is not None and list(Verdict).index(each.verdict) < list(Verdict).index(decision.verdict):
                expected.add((each.bypass.opened_by, who))
    assert opened <= expected
    above = {ANA: (TEAM, HOUSE), BEN: (HOUSE,), TEAM: (HOUSE,)}
    for name, who in expected - opened:
        assert any((name, group) in opened for group in above[who])
