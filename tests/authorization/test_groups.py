"""Who is in which group: through groups of groups, from two sources, and never more than is known."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rbacgen.authorization.groups import DirectMember, MemberKind, Membership, build, differences, reachable
from rbacgen.model.assignment import Principal, PrincipalType

A, B, C, D = (f"aaaaaaaa-0000-4000-8000-00000000000{n}" for n in "abcd")
ANN, BOB, BOT = (f"bbbbbbbb-0000-4000-8000-00000000000{n}" for n in "123")


def user(object_id: str, name: str = "", reference: bool = False) -> Principal:
    """A person."""
    return Principal(object_id, PrincipalType.USER, name, reference)


def group(object_id: str) -> Principal:
    """A group without a name."""
    return Principal(object_id, PrincipalType.GROUP, "")


def actual(*ids: str) -> tuple[DirectMember, ...]:
    """Members as the directory has them: what begins with a is a group."""
    return tuple(DirectMember(MemberKind.GROUP if each[0] == "a" else MemberKind.USER, each) for each in ids)


def test_a_way_leads_from_the_nearest_group_to_the_farthest() -> None:
    """Ann is in A, A in B, B in C; the shortest way counts where there are two."""
    known = build({}, {A: actual(ANN), B: actual(A), C: actual(B, ANN)})
    assert known.groups_of(ANN) == ((A,), (C,), (A, B))
    assert known.groups_of(B) == ((C,),)
    assert known.groups_of(BOB) == ()
    assert known.members_of(C) == (A, B, ANN)
    assert known.known == {A, B, C}


def test_what_nobody_told_is_not_empty() -> None:
    """A group without a list is opaque, and so is every group that it lies in; an empty list is one that is known."""
    known = build({}, {A: actual(B, C), C: (), D: actual(A)})
    assert known.known == {C}
    assert known.opaque_in(D) == known.opaque_in(A) == known.opaque_in(B) == (B,)
    assert known.opaque_in(C) == ()
    assert known.opaque_in("never heard of") == ("never heard of",)
    assert known.members_of(B) == known.members_of(C) == ()


def test_the_file_and_the_lock_are_joined() -> None:
    """Whoever one of the two names is a member; names come from the project, types from where they are told."""
    bot = DirectMember(MemberKind.SERVICE_PRINCIPAL, BOT)
    known = build(
        {A: (user(ANN, "ann@contoso.example"),)}, {A: (*actual(BOB), bot)}, [user(BOB, "bob@contoso.example")]
    )
    assert known.members_of(A) == (ANN, BOB, BOT)
    assert [known.called(each) for each in known.members_of(A)] == ["ann@contoso.example", "bob@contoso.example", BOT]
    assert known.principals[BOT].type is PrincipalType.SERVICE_PRINCIPAL
    assert (known.called(A), known.called("nobody")) == (A, "nobody")


def test_groups_in_a_circle_have_an_end() -> None:
    """Entra ID lets groups lie in each other; nobody is in itself by it."""
    known = build({}, {A: actual(B, ANN), B: actual(A)})
    assert known.members_of(A) == (B, ANN)
    assert known.groups_of(A) == ((B,),)
    assert known.groups_of(ANN) == ((A,), (A, B))
    assert known.known == {A, B}
    assert reachable([A], {A: actual(B), B: actual(A)}) == {A, B}


def test_a_circle_with_a_hole_is_opaque_as_a_whole() -> None:
    """What one of them does not know, none knows."""
    known = build({}, {A: actual(B), B: actual(A, C)})
    assert known.known == frozenset()
    assert known.opaque_in(A) == known.opaque_in(B) == (C,)


def test_differences_name_both_sides() -> None:
    """Who is there by the file alone, and who by the lock alone."""
    (found,) = differences(build({A: (user(ANN),)}, {A: actual(BOB)}))
    assert (found.group, found.written_only, found.actual_only) == (A, (ANN,), (BOB,))
    assert differences(build({A: (user(ANN),)}, {A: actual(ANN)})) == ()
    assert differences(build({A: (user(ANN),)}, {B: actual(BOB)})) == ()
    assert [each.actual_only for each in differences(build({A: ()}, {A: actual(ANN)}))] == [(ANN,)]


def test_the_same_people_by_another_way_are_no_difference() -> None:
    """A file may write down flat what the directory nests; a group whose members nobody told counts as itself."""
    flat = {A: (user(ANN), user(BOB))}
    assert differences(build(flat, {A: actual(ANN, B), B: actual(BOB)})) == ()
    (found,) = differences(build(flat, {A: actual(ANN, B)}))
    assert (found.written_only, found.actual_only) == ((BOB,), (B,))
    nested = {A: (group(B),), B: (user(ANN),)}
    assert [each.group for each in differences(build(nested, {A: actual(BOB), B: actual(ANN)}))] == [A]


def test_who_is_known_to_terraform_only_is_compared_with_nobody() -> None:
    """It may be any of those that the lock has more."""
    reference = user("azuread_user.x.object_id", "x", reference=True)
    assert differences(build({A: (reference,)}, {A: actual(ANN)})) == ()
    (found,) = differences(build({A: (reference, user(BOB))}, {A: actual(ANN)}))
    assert (found.written_only, found.actual_only) == ((BOB,), ())


GROUPS = [f"a{n}" for n in range(6)]
PEOPLE = [f"b{n}" for n in range(4)]
lists = st.dictionaries(st.sampled_from(GROUPS), st.lists(st.sampled_from([*GROUPS, *PEOPLE]), max_size=5), max_size=6)


def closure(direct: dict[str, set[str]], top: str) -> set[str]:
    """All who are in a group, by taking one step until nothing comes any more."""
    found = set(direct.get(top, ()))
    while (more := found.union(*(direct.get(each, set()) for each in found))) != found:
        found = more
    return found


@given(lists, lists)
def test_any_membership_is_the_closure_of_its_steps(
    in_file: dict[str, list[str]], in_lock: dict[str, list[str]]
) -> None:
    """Members, ways and what is known, against a reckoning step by step; every way is one that exists."""
    written = {
        top: tuple(group(each) if each[0] == "a" else user(each) for each in ids) for top, ids in in_file.items()
    }
    known: Membership = build(written, {top: actual(*ids) for top, ids in in_lock.items()})
    direct = {top: {*in_file.get(top, ()), *in_lock.get(top, ())} for top in {*in_file, *in_lock}}
    for top in GROUPS:
        everybody = closure(direct, top)
        assert set(known.members_of(top)) == everybody - {top}
        holes = {each for each in {top, *everybody} if each[0] == "a" and each not in direct}
        assert (top in known.known) is not bool(holes)
        assert set(known.opaque_in(top)) == holes
    for each in (*GROUPS, *PEOPLE):
        permits = known.groups_of(each)
        assert [permit[-1] for permit in permits] == list(dict.fromkeys(permit[-1] for permit in permits))
        assert {permit[-1] for permit in permits} == {top for top in direct if each in closure(direct, top)} - {each}
        for permit in permits:
            assert all(below in direct[above] for below, above in zip((each, *permit), permit, strict=False))
