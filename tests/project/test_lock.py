"""`rbacgen.lock`: what only Azure knows, read with nothing taken on trust."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rbacgen.authorization.catalog import load
from rbacgen.authorization.catalog.diff import differs
from rbacgen.authorization.groups import DirectMember, MemberKind
from rbacgen.model.assignment import AzureRole, Permission
from rbacgen.model.problems import Position
from rbacgen.model.source import Entry, Presence
from rbacgen.project.lock import Lock, Named, changes, dump, kept, parse
from rbacgen.project.lock_resolution import (
    Settled,
    accepting,
    groups_in,
    settle,
    to_explain,
    to_look_up,
    to_verify,
    with_members,
    with_members_kept,
)
from rbacgen.project.lookup import BoundScope, FoundPrincipal, Listing, LookupAnswer, LookupAnswers

ID = "AAAAAAAA-0000-4000-8000-00000000000A"


def lock_of(content: object) -> Lock:
    """A lock with nothing wrong."""
    lock, problems = parse(json.dumps(content), "rbacgen.lock")
    assert problems == ()
    return lock


def test_a_principal_is_found_by_kind_and_name_without_case() -> None:
    """A group and a user of one name are two principals; Entra ID compares names without case."""
    lock = lock_of({"format_version": 1, "principals": {"group": {"Grp-É": ID}}})
    assert lock.object_id("group", "grp-é") == ID.lower()
    assert lock.object_id("user", "grp-é") == ""
    assert lock.object_id("group", "other") == ""


def test_a_scope_has_azures_spelling() -> None:
    """The spelling that Azure gave, or what was asked for where the lock does not know."""
    lock = lock_of({"format_version": 1, "scopes": ["/subscriptions/A/resourceGroups/RG-One"]})
    assert lock.spelled("/subscriptions/a/resourcegroups/rg-one") == "/subscriptions/A/resourceGroups/RG-One"
    assert lock.spelled("/subscriptions/b") == "/subscriptions/b"


def test_an_empty_lock_knows_nothing() -> None:
    """An absent file is an empty lock."""
    assert Lock().object_id("group", "a") == ""
    assert lock_of({"format_version": 1}).principals == {}


@pytest.mark.parametrize(
    "content",
    [
        [],
        "text",
        None,
        {},
        {"format_version": 2},
        {"format_version": "1"},
        {"format_version": 1, "principals": []},
        {"format_version": 1, "principals": {"robot": {}}},
        {"format_version": 1, "principals": {"group": []}},
        {"format_version": 1, "principals": {"group": {"a": 1}}},
        {"format_version": 1, "principals": {"group": {"a": "not-a-guid"}}},
        {"format_version": 1, "principals": {"group": {"a": ID + "\n"}}},
        {"format_version": 1, "principals": {"group": {"Grp": ID, "grp": ID.replace("A", "B")}}},
        {"format_version": 1, "scopes": {}},
        {"format_version": 1, "scopes": [1]},
        {"format_version": 1, "scopes": ["subscriptions/a"]},
        {"format_version": 1, "tenant": 5},
        {"format_version": 1, "tenant": ["a"]},
        {"format_version": 1, "members": []},
        {"format_version": 1, "members": {"grp-a": {}}},
        {"format_version": 1, "members": {ID: [ID]}},
        {"format_version": 1, "members": {ID: {"robot": [ID]}}},
        {"format_version": 1, "members": {ID: {"user": ID}}},
        {"format_version": 1, "members": {ID: {"user": ["ann@contoso.example"]}}},
        {"format_version": 1, "members": {ID: {"user": [5]}}},
        {"format_version": 1, "members": {ID: {}, ID.lower(): {}}},
        {"format_version": 1, "group_names": []},
        {"format_version": 1, "group_names": {ID: 5}},
        {"format_version": 1, "group_names": {"grp-a": "grp-a"}},
        {"format_version": 1, "azure_roles": []},
        {"format_version": 1, "azure_roles": {"Reader": {"name": "Reader", "permissions": []}}},
        {"format_version": 1, "azure_roles": {ID: {"permissions": []}}},
        {"format_version": 1, "azure_roles": {ID: {"name": "", "permissions": []}}},
        {"format_version": 1, "azure_roles": {ID: {"name": "Reader"}}},
        {"format_version": 1, "azure_roles": {ID: {"name": "Reader", "permissions": [[]]}}},
        {"format_version": 1, "azure_roles": {ID: {"name": "Reader", "permissions": [{"actions": "*"}]}}},
        {"format_version": 1, "azure_roles": {ID: {"name": "Reader", "permissions": [{"action": []}]}}},
        {"format_version": 1, "azure_roles": {ID: {"name": "Reader", "permissions": [{"condition": 1}]}}},
        {"format_version": 1, "azure_roles": {ID: {"name": "Reader", "permissions": [], "assignable_scopes": "/"}}},
        {
            "format_version": 1,
            "azure_roles": {each: {"name": "Reader", "permissions": []} for each in (ID, ID.lower())},
        },
    ],
)
def test_a_damaged_lock_is_one_problem_and_comes_out_empty(content: object) -> None:
    """Object ids decide who gets access: half a lock is no lock."""
    lock, problems = parse(json.dumps(content), "rbacgen.lock")
    assert len(problems) == 1
    assert problems[0].rule == "wrong-value"
    assert "rbacgen lock" in problems[0].message
    assert not lock.principals
    assert not lock.scopes
    assert not lock.members
    assert not lock.azure_roles


@pytest.mark.parametrize(
    "text", ["", "{", "nul", '{"a": 1,}', "[" * 100_000, '{"format_version": ' + "9" * 5000 + "}", "\ufeff{}", "NaN"]
)
def test_any_text_is_read_or_refused(text: str) -> None:
    """Broken, deep or huge: a problem at a place, never a traceback."""
    _, problems = parse(text, "rbacgen.lock")
    assert len(problems) == 1
    assert problems[0].at.line >= 1


def test_a_name_that_stands_twice_is_refused() -> None:
    """JSON readers keep the last of two equal keys in silence, as a bad merge leaves them."""
    named = f'"a": "{ID}", "a": "{ID.replace("A", "B")}"'
    text = '{"format_version": 1, "principals": {"group": {' + named + "}}}"
    assert [problem.rule for problem in parse(text, "rbacgen.lock")[1]] == ["duplicate-key"]


# What a lock comes to when Azure has answered.

ONE = "aaaaaaaa-0000-4000-8000-000000000001"
TWO = "aaaaaaaa-0000-4000-8000-000000000002"
TENANT = "99999999-0000-4000-8000-000000000009"
GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/RG-Dev"


def named(name: str, kind: str = "group", given: str = "", line: int = 5) -> Named:
    """Somebody whom a project names."""
    return Named(kind, name, given, Position("rbacgen.yaml", line, 7))


def locked(*principals: tuple[str, str, str], scopes: tuple[str, ...] = ()) -> Lock:
    """A lock with these kinds, names and ids."""
    actual = {(kind, name.casefold()): (object_id, name) for kind, name, object_id in principals}
    return Lock("rbacgen.lock", TENANT, actual, {scope.lower(): scope for scope in scopes})


def settled(
    before: Lock,
    who: Named,
    answer: LookupAnswer | None = None,
    directory: dict[str, Entry] | None = None,
    accept: frozenset[tuple[str, str]] = frozenset(),
    refused: tuple[str, str] = ("", ""),
) -> Settled:
    """What one name comes to."""
    names = {who.key: answer} if answer else {}
    return settle(before, TENANT, (who,), (), LookupAnswers(names, directory or {}, refused), accept)


def found(*ids: str) -> LookupAnswer:
    """Azure has these under the name."""
    return LookupAnswer(tuple(FoundPrincipal(each, f"made on day {index}") for index, each in enumerate(ids, 1)))


def test_a_name_that_is_new_comes_into_the_lock() -> None:
    """As it is written in the project file."""
    result = settled(Lock(), named("Grp-É"), found(ONE))
    assert result.lock.principals == {("group", "grp-é"): (ONE, "Grp-É")}
    assert (result.problems, result.findings, result.not_resolved) == ((), (), ())
    assert result.lock.tenant == TENANT


def test_what_the_project_names_no_more_leaves_the_lock() -> None:
    """Only what the project names is kept."""
    before = locked(("group", "grp-a", ONE), ("group", "grp-gone", TWO))
    result = settled(before, named("grp-a"), found(ONE))
    assert [name for _, name in result.lock.principals] == ["grp-a"]
    assert [(each.is_new, each.name) for each in changes(before, result.lock)] == [(False, "grp-gone")]


def test_a_changed_id_is_loud_and_the_old_one_stays() -> None:
    """Whoever can make groups could make one anew under an old name, and would come into its access."""
    before = locked(("group", "grp-a", ONE))
    gone = {ONE: Entry(Presence.SOFT_DELETED)}
    result = settled(before, named("grp-a"), found(TWO), gone)
    assert result.lock.principals == before.principals
    (finding,) = result.findings
    assert (finding.kind, finding.was, finding.now, finding.is_loud) == ("changed", ONE, TWO, True)
    assert "somebody may have made it anew" in finding.message
    assert "was deleted, and can be restored" in finding.message
    assert "--accept group:grp-a" in finding.message


def test_a_changed_id_is_taken_when_a_person_accepts_it() -> None:
    """Of this kind and this name without case; then it is no finding any more."""
    before = locked(("group", "grp-a", ONE))
    result = settled(
        before, named("Grp-A"), found(TWO), {ONE: Entry(Presence.DELETED)}, frozenset({("group", "grp-a")})
    )
    assert result.lock.object_id("group", "grp-a") == TWO
    assert result.findings == ()
    assert [(each.was, each.now) for each in result.accepted] == [(ONE, TWO)]
    assert [(each.is_new, each.id) for each in changes(before, result.lock)] == [(False, ONE), (True, TWO)]


def test_one_that_is_accepted_does_not_bring_in_a_namesake_of_another_kind() -> None:
    """A group and a service principal of one name are two."""
    before = locked(("group", "deploy", ONE), ("service_principal", "deploy", ONE))
    who = (named("deploy"), named("deploy", "service_principal"))
    answers = LookupAnswers(names={each.key: found(TWO) for each in who})
    result = settle(before, TENANT, who, (), answers, frozenset({who[0].key}))
    assert [(each.kind, result.lock.object_id(*each.key)) for each in who] == [
        ("group", TWO),
        ("service_principal", ONE),
    ]
    assert [each.named.kind for each in result.findings] == ["service_principal"]


def test_what_accepts_somebody_is_one_word_for_a_shell() -> None:
    """Whatever the name has in it."""
    assert accepting(named("O'Brien & Co")) == "group:'O'\\''Brien & Co'"


def test_an_ambiguous_name_is_an_error_with_the_candidates() -> None:
    """Their object ids, and what tells them apart."""
    result = settled(Lock(), named("grp-a"), found(ONE, TWO))
    (problem,) = result.problems
    assert str(problem.at) == "rbacgen.yaml:5:7"
    assert f"{ONE} (made on day 1), {TWO} (made on day 2)" in problem.message
    assert "write the `id:`" in problem.message


def test_a_namesake_of_somebody_in_the_lock_changes_nothing() -> None:
    """The lock says which one is meant; that there is another one now is said."""
    before = locked(("group", "grp-a", TWO))
    result = settled(before, named("grp-a"), found(ONE, TWO))
    assert result.lock.principals == before.principals
    assert result.problems == ()
    (finding,) = result.findings
    assert (finding.kind, finding.is_loud) == ("namesake", False)
    assert ONE in finding.message


def test_several_namesakes_of_whom_none_is_the_one_of_the_lock_are_an_error() -> None:
    """The lock cannot decide then."""
    assert len(settled(locked(("group", "grp-a", ID.lower())), named("grp-a"), found(ONE, TWO)).problems) == 1


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (Entry(Presence.PRESENT, "grp-b", "Group"), f"the one of rbacgen.lock ({ONE}) is called `grp-b` now"),
        (Entry(Presence.PRESENT), f"({ONE}) is still there under another name"),
        (Entry(Presence.SOFT_DELETED), f"({ONE}) was deleted, and can be restored"),
        (Entry(Presence.DELETED), f"({ONE}) was deleted"),
        (Entry(Presence.NOT_VISIBLE), "the directory has no group `grp-a` (did you mean `grp-aa`?)"),
        (None, "the directory has no group `grp-a` (did you mean `grp-aa`?)"),
    ],
)
def test_a_name_that_is_not_found_says_what_became_of_it(entry: Entry | None, said: str) -> None:
    """Renamed, deleted or in the bin, by the object id that the lock has."""
    answer = LookupAnswer(hint=" (did you mean `grp-aa`?)")
    result = settled(locked(("group", "grp-a", ONE)), named("grp-a"), answer, {ONE: entry} if entry else {})
    (problem,) = result.problems
    assert said in problem.message
    assert problem.rule == "unknown-principal"
    assert result.lock.principals == {}


def test_what_could_not_be_asked_for_stays_as_it_stood() -> None:
    """A refused question is no answer: neither is anybody gone, nor is anybody new."""
    before = locked(("group", "grp-a", ONE))
    refusal = LookupAnswer(why="the directory refused", remedy="ask an admin")
    result = settled(before, named("grp-a"), refusal)
    assert result.lock.principals == before.principals
    assert [(each.what, each.why, each.remedy) for each in result.not_resolved] == [
        ("the group `grp-a`, which stays as rbacgen.lock has it", "the directory refused", "ask an admin")
    ]
    result = settled(Lock(), named("grp-a"), refusal)
    assert (dict(result.lock.principals), len(result.not_resolved), result.problems) == ({}, 1, ())


@pytest.mark.parametrize(
    ("entry", "kind", "loud"),
    [
        (Entry(Presence.PRESENT, "GRP-A", "Group"), "", False),
        (Entry(Presence.PRESENT, "", "Group"), "", False),
        (Entry(Presence.PRESENT, "grp-a", ""), "", False),
        (Entry(Presence.PRESENT, "grp-b", "Group"), "renamed", False),
        (Entry(Presence.PRESENT, "grp-a", "User"), "wrong_type", True),
        (Entry(Presence.DELETED), "deleted", True),
        (Entry(Presence.SOFT_DELETED), "soft_deleted", True),
    ],
)
def test_an_id_that_the_project_gives_is_verified(entry: Entry, kind: str, loud: bool) -> None:
    """And does not come into the lock, whatever the directory says of it."""
    result = settled(Lock(), named("grp-a", given=ONE), directory={ONE: entry})
    assert [str(each.kind) for each in result.findings] == ([kind] if kind else [])
    assert any(each.is_loud for each in result.findings) is loud
    assert result.lock.principals == {}
    assert result.not_resolved == ()


@pytest.mark.parametrize("directory", [{}, {ONE: Entry(Presence.NOT_VISIBLE)}])
def test_an_id_that_the_directory_does_not_show_was_not_verified(directory: dict[str, Entry]) -> None:
    """It may be there: without a permission the directory says nothing."""
    result = settled(Lock(), named("grp-a", given=ONE), directory=directory, refused=("refused", "ask"))
    assert [(each.why, each.remedy) for each in result.not_resolved] == [("refused", "ask")]
    assert result.findings == ()


def test_an_id_of_an_application_is_explained() -> None:
    """Access goes to the object id of a service principal, and its application id looks just like one."""
    who = named("sp-a", "service_principal", ONE)
    answers = LookupAnswers(directory={ONE: Entry(Presence.DELETED)}, hints={ONE: f"it is the application id of {TWO}"})
    (finding,) = settle(Lock(), TENANT, (who,), (), answers).findings
    assert f"it is the application id of {TWO}" in finding.message
    assert to_explain((who,), answers.directory) == {ONE}


@pytest.mark.parametrize(("kind", "name"), [("managed_identity", GROUP + "/id"), ("service_principal", TWO)])
def test_what_stands_for_a_name_is_not_compared_with_one(kind: str, name: str) -> None:
    """A resource id or an application id is nobody's display name."""
    entry = Entry(Presence.PRESENT, "something else", "ServicePrincipal")
    assert settled(Lock(), named(name, kind, ONE), directory={ONE: entry}).findings == ()


def test_the_directory_is_asked_about_given_ids_and_lost_ones_only() -> None:
    """Those whose name is found under the id of the lock are known to be there; a refused name is not asked again."""
    who = (named("a"), named("b"), named("c"), named("d", given=ID.lower()), named("e"))
    before = locked(("group", "a", ONE), ("group", "b", TWO), ("group", "e", TENANT))
    answers = {
        who[0].key: found(ONE),
        who[1].key: found(ONE),
        who[2].key: found(),
        who[4].key: LookupAnswer(why="refused"),
    }
    assert to_verify(who, before, answers) == {TWO, ID.lower()}


def test_a_name_is_looked_up_once() -> None:
    """However many project roles have it, in whatever case; and not at all where its id stands there."""
    who = (named("Grp", line=9), named("grp", line=5), named("grp", "user"), named("x", given=ONE))
    assert [(each.kind, each.name) for each in to_look_up(who)] == [("group", "grp"), ("user", "grp")]


def placed(answer: LookupAnswer, before: Lock = Lock(), scope: str = GROUP.lower()) -> Settled:  # noqa: B008
    """What one scope comes to."""
    place = BoundScope(scope, Position("rbacgen.yaml", 3, 5))
    return settle(before, TENANT, (), (place,), LookupAnswers(scopes={scope.lower(): answer}))


def test_a_scope_comes_in_azures_spelling() -> None:
    """Terraform replaces an assignment whose scope differs in case."""
    assert placed(LookupAnswer(spelled=GROUP)).lock.scopes == {GROUP.lower(): GROUP}


def test_a_subscription_has_no_spelling_of_its_own() -> None:
    """It is checked, and would only be noise in the lock."""
    scope = GROUP.partition("/resourceGroups")[0]
    assert placed(LookupAnswer(spelled=scope), scope=scope).lock.scopes == {}


def test_a_scope_that_is_not_there_is_an_error_at_its_place() -> None:
    """With what is near it."""
    (problem,) = placed(LookupAnswer(hint=" (did you mean `RG-Dev`?)")).problems
    assert str(problem) == (
        f"rbacgen.yaml:3:5: error: Azure has no {GROUP.lower()} (did you mean `RG-Dev`?) [wrong-binding]"
    )


def test_a_scope_that_could_not_be_asked_for_stays_as_it_stood() -> None:
    """With its spelling, if the lock has one."""
    result = placed(LookupAnswer(why="no permission", remedy="ask"), locked(scopes=(GROUP,)))
    assert result.lock.scopes == {GROUP.lower(): GROUP}
    assert [(each.what, each.why) for each in result.not_resolved] == [(GROUP.lower(), "no permission")]
    assert placed(LookupAnswer(why="no permission", remedy="ask")).lock.scopes == {}


def test_what_lies_in_a_missing_group_is_not_said_again() -> None:
    """One mistake is one line."""
    places = (BoundScope(GROUP, Position("f", 1, 1)), BoundScope(GROUP + "/providers/A/b/c", Position("f", 2, 1)))
    answers = LookupAnswers(scopes={each.scope.lower(): LookupAnswer() for each in places})
    assert len(settle(Lock(), TENANT, (), places, answers).problems) == 1


# The text of a lock.


def test_a_dumped_lock_reads_as_itself() -> None:
    """Sorted by kind, name and scope, with one entry a line."""
    before = locked(("user", "zoë@x", ONE), ("group", "Ä", TWO), ("group", "a", ONE), scopes=(GROUP, "/A"))
    text = dump(before)
    assert parse(text, "rbacgen.lock") == (before, ())
    assert text.splitlines() == [
        "{",
        '  "format_version": 1,',
        f'  "tenant": "{TENANT}",',
        '  "principals": {',
        '    "group": {',
        f'      "a": "{ONE}",',
        f'      "Ä": "{TWO}"',
        "    },",
        '    "user": {',
        f'      "zoë@x": "{ONE}"',
        "    }",
        "  },",
        '  "scopes": [',
        '    "/A",',
        f'    "{GROUP}"',
        "  ]",
        "}",
    ]


def test_members_and_roles_are_an_entry_a_line() -> None:
    """By group and kind, and by role; a joiner, or an operation that a role gains, is one line more."""
    reader = AzureRole(TWO, "Reader", (Permission(actions=("a/read", "b/read")),))
    lock = Lock("rbacgen.lock", members={TWO: members(), ONE: members("b2", "a1", "b1")}, azure_roles={TWO: reader})
    text = dump(lock)
    assert parse(text, "rbacgen.lock")[0].members[ONE] == members("a1", "b1", "b2")
    assert text.splitlines()[5:] == [
        '  "members": {',
        f'    "{ONE}": {{',
        '      "group": [',
        f'        "{member("a1").id}"',
        "      ],",
        '      "user": [',
        f'        "{member("b1").id}",',
        f'        "{member("b2").id}"',
        "      ]",
        "    },",
        f'    "{TWO}": {{}}',
        "  },",
        '  "azure_roles": {',
        f'    "{TWO}": {{',
        '      "name": "Reader",',
        '      "permissions": [',
        "        {",
        '          "actions": [',
        '            "a/read",',
        '            "b/read"',
        "          ]",
        "        }",
        "      ]",
        "    }",
        "  }",
        "}",
    ]


def test_a_lock_without_members_and_roles_is_the_text_that_it_was() -> None:
    """What an earlier rbacgen wrote is written again byte for byte, and reads as knowing of no group."""
    text = dump(locked(("group", "a", ONE)))
    assert "members" not in text
    assert "azure_roles" not in text
    assert parse(text, "rbacgen.lock")[0].members == {}
    assert dump(parse(text, "rbacgen.lock")[0]) == text


def test_a_role_is_kept_with_all_that_it_grants_and_nothing_else() -> None:
    """Permission objects in one order, conditions, and where it can be assigned; no prose, marks or former names."""
    one, two = (
        Permission(("z/read",), ("z/x/read",)),
        Permission(data_actions=("a/read",), condition="@x", condition_version="2.0"),
    )
    role = AzureRole(
        ONE, "R", (one, two), former_names=("Q",), assignable_scopes=("/x",), description="D", preview=True
    )
    other_order = AzureRole(ONE, "R", (two, one), assignable_scopes=("/x",))
    assert dump(Lock(azure_roles={ONE: role})) == dump(Lock(azure_roles={ONE: other_order}))
    (read,) = parse(dump(Lock(azure_roles={ONE: role})), "rbacgen.lock")[0].azure_roles.values()
    assert read == AzureRole(ONE, "R", (two, one), assignable_scopes=("/x",))


def test_every_built_in_role_comes_back_as_it_is() -> None:
    """None differs from itself by having been written down."""
    for role in load():
        read = parse(dump(Lock(azure_roles={role.id: role})), "rbacgen.lock")[0].azure_roles[role.id]
        assert not differs(read, role), role.name


# Who is in the groups of a project.

GROUPS = {ONE: named("grp-a")}


def member(name: str) -> DirectMember:
    """A member whose name begins with a for a group and with b for a person, followed by a number."""
    return DirectMember(
        MemberKind.GROUP if name[0] == "a" else MemberKind.USER, f"dddddddd-0000-4000-8000-{name[0] * 8}000{name[1]}"
    )


def members(*names: str) -> tuple[DirectMember, ...]:
    """Several of them."""
    return tuple(member(name) for name in names)


def with_listings(before: Lock, listings: dict[str, Listing]) -> Settled:
    """What these answers of the directory come to."""
    return with_members(Settled(before, (), (), (), ()), GROUPS, before, listings)


def test_members_are_asked_through_groups_in_groups() -> None:
    """Each group has its own list; a circle has an end."""
    inner = member("a1").id
    result = with_listings(
        Lock(members={TWO: members("b9")}),
        {
            ONE: Listing(members("b2", "a1", "b1")),
            inner: Listing((*members("b3"), DirectMember(MemberKind.GROUP, ONE))),
        },
    )
    assert result.not_resolved == ()
    assert result.lock.members == {
        ONE: members("a1", "b1", "b2"),
        inner: (DirectMember(MemberKind.GROUP, ONE), *members("b3")),
    }


def test_groups_in_groups_come_with_the_names_that_the_directory_has_for_them() -> None:
    """Those that the project names have their name there; one that cannot be read any more is called as it was."""
    inner = member("a1").id
    listings = {ONE: Listing(members("a1"), name="grp-a"), inner: Listing(members("b3"), name="grp-loan")}
    lock = with_listings(Lock(), listings).lock
    assert lock.group_names == {inner: "grp-loan"}
    assert parse(dump(lock), "rbacgen.lock")[0].group_names == {inner: "grp-loan"}
    refused = Listing(why="refused", remedy="ask an admin")
    result = with_listings(lock, {**listings, inner: refused})
    assert result.lock.group_names == {inner: "grp-loan"}
    assert "the members of the group grp-loan in the group `grp-a`, which stay" in result.not_resolved[0].what
    kept = with_members_kept(Settled(Lock(), (), (), (), ()), [ONE], lock).lock
    assert kept.group_names == {inner: "grp-loan"}
    assert with_members_kept(Settled(Lock(), (), (), (), ()), [TWO], lock).lock.group_names == {}
    assert with_listings(Lock(), {ONE: Listing(), TWO: Listing()}).lock.group_names == {}


def test_a_group_that_is_called_otherwise_is_a_change() -> None:
    """By its id; a group that comes or goes is told with its members, under its name."""
    inner = member("a1").id
    before = Lock(members={ONE: members("a1"), inner: members("b1")}, group_names={inner: "grp-loan"})
    after = replace(before, group_names={inner: "grp-guests"})
    assert [(each.is_new, each.kind, each.name, each.id) for each in changes(before, after)] == [
        (False, "group_name", "grp-loan", inner),
        (True, "group_name", "grp-guests", inner),
    ]
    (joined, *rest) = changes(Lock(members={ONE: members("a1")}), before)
    assert (joined.name, joined.group, rest) == ("grp-loan", inner, [])


def test_a_group_that_could_not_be_read_is_never_empty() -> None:
    """It is not in the lock at all, or as it stood, with the groups in it; either way that is said at its place."""
    refused = Listing(why="refused", remedy="ask an admin")
    result = with_listings(Lock(), {ONE: refused})
    assert result.lock.members == {}
    assert [(each.at, each.what, each.why, each.remedy) for each in result.not_resolved] == [
        (GROUPS[ONE].at, "the members of the group `grp-a`", "refused", "ask an admin")
    ]
    inner = member("a1").id
    before = Lock("rbacgen.lock", members={ONE: members("a1", "b1"), inner: members("b9")})
    result = with_listings(before, {ONE: refused, inner: Listing(members("b2"))})
    assert result.lock.members == {ONE: members("a1", "b1"), inner: members("b2")}
    assert result.not_resolved[0].what.endswith("which stay as rbacgen.lock has them")
    result = with_listings(before, {ONE: Listing(members("a1")), inner: refused})
    assert result.lock.members == {ONE: members("a1"), inner: members("b9")}
    assert f"the members of the group {inner} in the group `grp-a`, which stay" in result.not_resolved[0].what


def test_members_that_are_not_asked_for_stay() -> None:
    """Of the groups that the project names and those in them; the others are dropped."""
    inner = member("a1").id
    before = Lock(members={ONE: members("a1"), inner: members("b1"), TWO: members("b2")})
    kept = with_members_kept(Settled(Lock(), (), (), (), ()), [ONE], before)
    assert kept.lock.members == {ONE: members("a1"), inner: members("b1")}


def test_the_groups_of_a_project_are_found_by_id_or_name() -> None:
    """Given ids and those of the lock; who has none cannot be asked for, and nobody but groups."""
    lock = locked(("group", "grp-a", ONE))
    everybody = [
        named("Grp-A", line=9),
        named("grp-a", line=3),
        named("b", given=TWO),
        named("c"),
        named("u", "user", ONE),
    ]
    assert {group: each.at.line for group, each in groups_in(everybody, lock).items()} == {ONE: 3, TWO: 5}


def test_changes_of_members_and_roles() -> None:
    """Members by id under the name of their group; a role that changed carries what it was."""
    old, new = (
        AzureRole(ONE, "Reader", (Permission(("a/read",)),)),
        AzureRole(ONE, "Reader", (Permission(("*/read",)),)),
    )
    before = locked(("group", "grp-a", ONE))
    before = replace(before, members={ONE: members("b1", "b2")}, azure_roles={ONE: old, TWO: replace(old, id=TWO)})
    after = replace(before, members={ONE: members("b2", "a1")}, azure_roles={ONE: new})
    found = changes(before, after)
    assert [(each.is_new, each.kind, each.name, each.group) for each in found] == [
        (False, "user", "grp-a", ONE),
        (True, "group", "grp-a", ONE),
        (True, "azure_role", "Reader", ""),
        (False, "azure_role", "Reader", ""),
    ]
    assert (found[2].was, found[2].role) == (old, new)
    assert changes(after, after) == ()


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["group", "user", "service_principal", "managed_identity"]), st.text(min_size=1)),
        st.uuids().map(str),
    ),
    st.lists(st.text().map(lambda text: f"/{text}")),
    st.dictionaries(
        st.uuids().map(str),
        st.sets(st.builds(DirectMember, st.sampled_from(MemberKind), st.uuids().map(str)), max_size=5),
    ),
    st.dictionaries(
        st.uuids().map(str), st.lists(st.builds(Permission, *[st.tuples(st.text())] * 4, st.text()), max_size=3)
    ),
)
def test_any_lock_reads_as_itself(
    names: dict[tuple[str, str], str],
    scopes: list[str],
    inside: dict[str, set[DirectMember]],
    granted: dict[str, list[Permission]],
) -> None:
    """Whatever letters names have; what shows nothing or turns the text's direction is written out."""
    principals = {(kind, name.casefold()): (object_id, name) for (kind, name), object_id in names.items()}
    lock = Lock(
        "rbacgen.lock",
        TENANT,
        principals,
        {each.lower(): each for each in scopes},
        {group: tuple(sorted(those)) for group, those in inside.items()},
        {each: kept(AzureRole(each, "Some role", tuple(permissions))) for each, permissions in granted.items()},
    )
    text = dump(lock)
    assert parse(text, "rbacgen.lock") == (lock, ())
    assert all(character.isprintable() or character == "\n" for character in text)
    assert dump(parse(text, "rbacgen.lock")[0]) == text
