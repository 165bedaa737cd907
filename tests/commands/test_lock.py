"""The order of steps of `lock`: what is asked, what is written, and what is not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from rbacgen.authorization.catalog import load
from rbacgen.authorization.groups import DirectMember, MemberKind
from rbacgen.commands import lock
from rbacgen.commands.lock import LockOptions
from rbacgen.model.problems import InputError, RbacgenError
from rbacgen.model.source import DirectoryRefusedError, Entry, Presence
from rbacgen.project.lock import Lock, Named, dump
from rbacgen.project.lock_resolution import Locked
from rbacgen.project.lookup import FoundPrincipal, Listing, LookupAnswer
from tests.fakes.world import DEV, DEVELOPERS, OPERATORS, PROD, ROBOT, World

TENANT = "99999999-0000-4000-8000-000000000009"
NEW = "aaaaaaaa-0000-4000-8000-00000000000f"
REFUSED = LookupAnswer(why="refused", remedy="ask an admin")


class FakeLookup:
    """Azure as a few facts: who has which name, and which scopes are there, in Azure's spelling."""

    def __init__(self) -> None:
        self.login = TENANT
        self.people: dict[tuple[str, str], LookupAnswer] = {
            ("group", "grp-developers"): LookupAnswer((FoundPrincipal(DEVELOPERS),)),
            ("group", "grp-operators"): LookupAnswer((FoundPrincipal(OPERATORS),)),
            ("managed_identity", "id-robot"): LookupAnswer((FoundPrincipal(ROBOT),)),
        }
        self.entries: dict[str, Entry] | None = {
            DEVELOPERS: Entry(Presence.PRESENT, "grp-developers", "Group"),
            OPERATORS: Entry(Presence.PRESENT, "grp-operators", "Group"),
            ROBOT: Entry(Presence.PRESENT, "id-robot", "ServicePrincipal"),
        }
        self.spelled: dict[str, LookupAnswer] = {}
        self.inside: dict[str, Listing] = {DEVELOPERS: Listing(), OPERATORS: Listing()}
        self.asked: list[tuple[str, ...]] = []

    def tenant(self) -> str:
        """The tenant of the login."""
        return self.login

    def names(self, named: tuple[Named, ...]) -> Mapping[tuple[str, str], LookupAnswer]:
        """Who has these names."""
        self.asked.append(("names", *(each.name for each in named)))
        return {each.key: self.people.get(each.key, LookupAnswer()) for each in named}

    def directory(self, object_ids: frozenset[str]) -> Mapping[str, Entry]:
        """What the directory says of ids; None is a directory that refuses."""
        self.asked.append(("directory", *sorted(object_ids)))
        if self.entries is None:
            raise DirectoryRefusedError("the directory refused", "ask an admin")
        return {each: self.entries.get(each, Entry(Presence.DELETED)) for each in object_ids}

    def hints(self, object_ids: frozenset[str]) -> Mapping[str, str]:
        """What else ids may be."""
        return {}

    def scopes(self, scope_ids: tuple[str, ...], tenant: str) -> Mapping[str, LookupAnswer]:
        """Every scope is there as it is written, unless `spelled` says otherwise."""
        self.asked.append(("scopes", *scope_ids))
        return {each.lower(): self.spelled.get(each.lower(), LookupAnswer(spelled=each)) for each in scope_ids}

    def members(self, group_ids: frozenset[str]) -> Mapping[str, Listing]:
        """Who is in these groups."""
        self.asked.append(("members", *sorted(group_ids)))
        return {each: self.inside[each] for each in group_ids}


@pytest.fixture
def azure() -> FakeLookup:
    """Azure with everybody and everything that the world names."""
    return FakeLookup()


@pytest.fixture
def nameless(world: World) -> World:
    """The world with names only: no object id stands in the project file."""
    for members in world.project["team"].values():
        for member in members:
            del member["id"]
    return world


def run(
    world: World, azure: FakeLookup, check: bool = False, accept: tuple[str, ...] = (), members: bool = False
) -> Locked:
    """What a lock comes to."""
    return lock.update(str(world.write()), LockOptions(check, accept, members), lambda _: azure)


def on_disk(world: World) -> dict[str, Any]:
    """The lock file as it stands."""
    content: dict[str, Any] = json.loads((world.folder / "rbacgen.lock").read_text(encoding="utf-8"))
    return content


def problems(world: World, azure: FakeLookup) -> list[str]:
    """What stops a lock, and that nothing was written then."""
    path = world.folder / "rbacgen.lock"
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(InputError) as caught:
        run(world, azure)
    assert (path.read_bytes() if path.exists() else None) == before
    return [str(each) for each in caught.value.problems]


def test_every_name_and_every_scope_comes_into_the_lock(nameless: World, azure: FakeLookup) -> None:
    """And the project is in order then, without any network."""
    result = run(nameless, azure)
    assert (result.is_written, result.is_current, result.is_complete, result.has_findings) == (True, False, True, False)
    content = on_disk(nameless)
    assert content["tenant"] == TENANT
    assert content["principals"] == {
        "group": {"grp-developers": DEVELOPERS, "grp-operators": OPERATORS},
        "managed_identity": {"id-robot": ROBOT},
    }
    dev = f"/subscriptions/{DEV}/resourceGroups/rg-dev"
    assert content["scopes"][0] == "/providers/Microsoft.Management/managementGroups/mg-tiny"
    assert dev in content["scopes"]
    assert f"{dev}/providers/Microsoft.KeyVault/vaults/kv-dev" in content["scopes"]
    assert (
        f"{dev}/providers/Microsoft.Storage/storageAccounts/stdev/blobServices/default/containers/raw"
        in (content["scopes"])
    )
    assert not [each for each in content["scopes"] if each.count("/") == 2]
    assert nameless.problems() == nameless.work_out().problems
    assert not [each for each in nameless.problems() if each.severity == "error"]


def test_a_second_run_changes_nothing(nameless: World, azure: FakeLookup) -> None:
    """The same bytes, and the file is not written again."""
    run(nameless, azure)
    path = nameless.folder / "rbacgen.lock"
    before, written = path.read_bytes(), path.stat().st_mtime_ns
    result = run(nameless, azure)
    assert (result.is_written, result.is_current) == (False, True)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, written)


def test_line_ends_of_windows_are_no_change(nameless: World, azure: FakeLookup) -> None:
    """Git writes them on checkout."""
    run(nameless, azure)
    path = nameless.folder / "rbacgen.lock"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert run(nameless, azure, check=True).is_current
    assert not run(nameless, azure).is_written


def test_check_writes_nothing(nameless: World, azure: FakeLookup) -> None:
    """It only says whether the lock is current."""
    result = run(nameless, azure, check=True)
    assert (result.is_written, result.is_current) == (False, False)
    assert not (nameless.folder / "rbacgen.lock").exists()
    run(nameless, azure)
    assert run(nameless, azure, check=True).is_current


def test_only_what_the_project_names_stays(nameless: World, azure: FakeLookup) -> None:
    """Names and scopes of yesterday leave the lock."""
    nameless.lock = {
        "format_version": 1,
        "tenant": TENANT,
        "principals": {"group": {"grp-left": NEW}, "user": {"left@contoso.example": NEW}},
        "scopes": [f"/subscriptions/{DEV}/resourceGroups/rg-left"],
    }
    run(nameless, azure)
    content = on_disk(nameless)
    assert "left" not in json.dumps(content)


def test_the_spelling_of_azure_reaches_what_is_rendered(nameless: World, azure: FakeLookup) -> None:
    """Of the group, and of what lies in it."""
    group = f"/subscriptions/{DEV}/resourceGroups/RG-Dev"
    azure.spelled[group.lower()] = LookupAnswer(spelled=group)
    vault = f"{group}/providers/Microsoft.KeyVault/vaults/KV-Dev"
    azure.spelled[vault.lower()] = LookupAnswer(spelled=vault)
    run(nameless, azure)
    nameless.lock = on_disk(nameless)
    scopes = {each.scope.id for each in nameless.work_out().desired.state}
    assert {group, vault} <= scopes


def test_ids_that_the_project_gives_are_verified_and_not_locked(world: World, azure: FakeLookup) -> None:
    """The file says them already."""
    result = run(world, azure)
    assert on_disk(world)["principals"] == {}
    assert ("directory", DEVELOPERS, OPERATORS, ROBOT) in azure.asked
    assert not result.has_findings


def test_a_given_id_that_is_gone_is_a_finding(world: World, azure: FakeLookup) -> None:
    """The rest is written."""
    assert azure.entries is not None
    del azure.entries[OPERATORS]
    result = run(world, azure)
    assert [str(each.kind) for each in result.settled.findings] == ["deleted"]
    assert (result.has_findings, result.is_written) == (True, True)


def test_references_are_not_asked_for(world: World, azure: FakeLookup) -> None:
    """Terraform alone knows them."""
    world.project["team"]["robot"][0]["id"] = {"terraform": "azurerm_user_assigned_identity.robot.principal_id"}
    world.project["environments"]["dev"]["scopes"]["vault"] = {"terraform": "azurerm_key_vault.this.id"}
    run(world, azure)
    assert ("directory", DEVELOPERS, OPERATORS) in azure.asked
    assert not any("kv-dev" in scope for asked in azure.asked for scope in asked)
    assert not any("azurerm" in word for asked in azure.asked for word in asked)


def test_what_has_ended_is_asked_for_too(nameless: World, azure: FakeLookup) -> None:
    """A lock does not depend on the day that it was made on."""
    nameless.project["team"]["operator"][0]["ends"] = "2020-01-01"
    run(nameless, azure)
    assert on_disk(nameless)["principals"]["group"]["grp-operators"] == OPERATORS
    assert any("mg-tiny" in each for each in on_disk(nameless)["scopes"])


def test_a_name_that_nobody_has_stops_the_lock(nameless: World, azure: FakeLookup) -> None:
    """At its place, with its near miss, together with everything else that is not there."""
    azure.people["group", "grp-developers"] = LookupAnswer(hint=" (did you mean `grp-developer`?)")
    azure.people["group", "grp-operators"] = LookupAnswer(
        (FoundPrincipal(OPERATORS, "made in spring"), FoundPrincipal(NEW, "made in autumn"))
    )
    vault = f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
    azure.spelled[vault.lower()] = LookupAnswer(hint=" (did you mean `kv-dve`?)")
    found = problems(nameless, azure)
    assert len(found) == 3
    assert [each.partition(": error: ")[2].partition(" ")[0] for each in found] == ["Azure", "the", "2"]
    assert "rbacgen.yaml:8:14" in found[0]
    assert "no group `grp-developers` (did you mean `grp-developer`?)" in found[1]
    assert f"{OPERATORS} (made in spring), {NEW} (made in autumn)" in found[2]


def test_two_names_of_one_object_stop_the_lock(nameless: World, azure: FakeLookup) -> None:
    """What no file alone can tell is told as soon as ids are known."""
    azure.people["group", "grp-operators"] = LookupAnswer((FoundPrincipal(DEVELOPERS),))
    (found,) = problems(nameless, azure)
    assert "[two-names]" in found


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda world: world.project.update({"team": {"develper": []}}), "unknown-project-role"),
        (lambda world: world.project["environments"]["dev"]["scopes"].update({"vault": "a/b"}), "wrong-binding"),
        (lambda world: world.mapping["mapping.yaml"].update({"titel": "x"}), "unknown-key"),
        (lambda world: world.project.update({"apart": [["developer", "operator"]]}), "apart"),
    ],
)
def test_files_that_are_wrong_are_not_looked_up(nameless: World, azure: FakeLookup, change: Any, rule: str) -> None:
    """Azure is not asked before the files are in order."""
    nameless.project["team"]["operator"].append({"group": "grp-developers"})
    change(nameless)
    assert any(f"[{rule}]" in each for each in problems(nameless, azure))
    assert azure.asked == []


def test_what_only_check_minds_does_not_stop_a_lock(nameless: World, azure: FakeLookup) -> None:
    """An unbound scope kind is for `check` to say: names can be found all the same."""
    del nameless.project["environments"]["dev"]["scopes"]["vault"]
    assert run(nameless, azure).is_written


def test_a_name_given_with_and_without_its_id_is_one(nameless: World, azure: FakeLookup) -> None:
    """The id that stands there must be the one that is found."""
    nameless.project["team"]["operator"].append({"group": "grp-developers", "id": DEVELOPERS})
    assert run(nameless, azure).is_written
    nameless.project["team"]["operator"][-1]["id"] = NEW
    assert any("[two-names]" in each for each in problems(nameless, azure))


def test_a_changed_id_stays_until_it_is_accepted(nameless: World, azure: FakeLookup) -> None:
    """By name, without case; a name that the project does not look up cannot be accepted."""
    run(nameless, azure)
    azure.people["group", "grp-developers"] = LookupAnswer((FoundPrincipal(NEW),))
    result = run(nameless, azure)
    assert (result.has_findings, result.is_written) == (True, False)
    assert on_disk(nameless)["principals"]["group"]["grp-developers"] == DEVELOPERS
    with pytest.raises(RbacgenError, match="did you mean `grp-developers`"):
        run(nameless, azure, accept=("grp-developer",))
    result = run(nameless, azure, accept=("GRP-Developers",))
    assert (result.has_findings, result.is_written) == (False, True)
    assert on_disk(nameless)["principals"]["group"]["grp-developers"] == NEW


def test_a_name_of_two_kinds_is_accepted_with_its_kind(nameless: World, azure: FakeLookup) -> None:
    """Without it nothing is asked; a colon in a name of its own does no harm."""
    nameless.project["team"]["operator"] = [{"group": "deploy"}, {"user": "deploy"}, {"group": "team:deploy"}]
    kinds = (("group", "deploy"), ("user", "deploy"), ("group", "team:deploy"))
    old = {key: f"cccccccc-0000-4000-8000-00000000000{number}" for number, key in enumerate(kinds)}
    new = {key: object_id.replace("c", "d") for key, object_id in old.items()}
    azure.people |= {key: LookupAnswer((FoundPrincipal(object_id),)) for key, object_id in old.items()}
    run(nameless, azure)
    azure.people |= {key: LookupAnswer((FoundPrincipal(object_id),)) for key, object_id in new.items()}
    azure.asked.clear()
    with pytest.raises(RbacgenError, match=r"2 of this name \(group, user\)") as caught:
        run(nameless, azure, accept=("Deploy",))
    assert caught.value.hint == "say which one: `--accept group:deploy` or `--accept user:deploy`"
    with pytest.raises(RbacgenError, match="did you mean `group:deploy`"):
        run(nameless, azure, accept=("groups:deploy",))
    assert azure.asked == []
    result = run(nameless, azure, accept=("User:deploy", "team:deploy"))
    assert {each.named.key for each in result.settled.accepted} == {kinds[1], kinds[2]}
    content = on_disk(nameless)["principals"]
    assert content["user"] == {"deploy": new[kinds[1]]}
    assert content["group"]["deploy"] == old[kinds[0]]
    assert content["group"]["team:deploy"] == new[kinds[2]]


def test_the_login_of_another_tenant_is_refused(nameless: World, azure: FakeLookup) -> None:
    """A group of the same name there would be somebody else. Nothing is asked."""
    nameless.project["tenant"] = NEW
    with pytest.raises(RbacgenError, match=f"the login is for the tenant {TENANT}") as caught:
        run(nameless, azure)
    assert f"az login --tenant {NEW}" in caught.value.hint
    del nameless.project["tenant"]
    nameless.lock = {"format_version": 1, "tenant": NEW}
    with pytest.raises(RbacgenError, match=r"rbacgen\.lock was made in"):
        run(nameless, azure)
    assert azure.asked == []


def test_a_lock_of_another_tenant_is_made_anew(nameless: World, azure: FakeLookup) -> None:
    """Where the project says which tenant is right: ids of another one mean nothing."""
    nameless.project["tenant"] = TENANT
    nameless.lock = {"format_version": 1, "tenant": NEW, "principals": {"group": {"grp-developers": NEW}}}
    result = run(nameless, azure)
    assert not result.has_findings
    assert on_disk(nameless)["principals"]["group"]["grp-developers"] == DEVELOPERS
    assert "mean nothing" in result.notes[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<<<<<<< HEAD\n", "it holds a merge conflict: resolve it"),
        ('{"format_version": 1, "principals": []}', "restore it"),
        ('{"format_version": 2}', "a newer rbacgen wrote it, in format_version 2: use that one"),
        ("", "not valid JSON"),
    ],
)
def test_a_damaged_lock_is_not_written_over(nameless: World, azure: FakeLookup, text: str, said: str) -> None:
    """Without what it held nobody could tell who was made anew under an old name. Azure is not asked, either."""
    nameless.write()
    path = nameless.folder / "rbacgen.lock"
    path.write_text(text, encoding="utf-8")
    (found,) = problems(nameless, azure)
    assert "rbacgen.lock:1:1: error: " in found
    assert said in found
    assert "delete the file, and `rbacgen lock` starts anew" in found
    assert azure.asked == []
    path.unlink()
    assert run(nameless, azure).is_written


def test_what_could_not_be_asked_stays_as_it_stood(nameless: World, azure: FakeLookup) -> None:
    """A partial answer is written as far as it goes, and is never called whole."""
    run(nameless, azure)
    before = on_disk(nameless)
    group = f"/subscriptions/{DEV}/resourceGroups/rg-dev"
    azure.spelled = dict.fromkeys((group, f"{group}/providers/microsoft.keyvault/vaults/kv-dev"), REFUSED)
    azure.people["group", "grp-developers"] = REFUSED
    azure.people["group", "grp-new"] = LookupAnswer((FoundPrincipal(NEW),))
    nameless.project["team"]["operator"].append({"group": "grp-new"})
    result = run(nameless, azure)
    assert not result.is_complete
    after = on_disk(nameless)
    assert after["scopes"] == before["scopes"]
    assert after["principals"]["group"] == before["principals"]["group"] | {"grp-new": NEW}


def test_a_name_that_could_never_be_asked_for_is_no_error(nameless: World, azure: FakeLookup) -> None:
    """It is missing from the lock, and the result says that it is not whole."""
    azure.people["group", "grp-developers"] = REFUSED
    result = run(nameless, azure)
    assert (result.is_complete, result.is_written) == (False, True)
    assert "grp-developers" not in on_disk(nameless)["principals"]["group"]


def test_a_directory_that_refuses_leaves_given_ids_unverified(world: World, azure: FakeLookup) -> None:
    """Neither gone nor there."""
    azure.entries = None
    result = run(world, azure)
    assert [(each.why, each.remedy) for each in result.settled.not_resolved] == [
        ("the directory refused", "ask an admin")
    ] * 3
    assert not result.has_findings


def test_where_nothing_at_all_can_be_asked_nothing_is_written(nameless: World, azure: FakeLookup) -> None:
    """That is no partial result but none."""
    azure.people = dict.fromkeys(azure.people, REFUSED)
    azure.scopes = lambda scope_ids, tenant: {each.lower(): REFUSED for each in scope_ids}  # type: ignore[method-assign]
    with pytest.raises(RbacgenError, match="refused"):
        run(nameless, azure)
    assert not (nameless.folder / "rbacgen.lock").exists()


def test_a_lock_stands_beside_the_project_file(
    nameless: World, azure: FakeLookup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the command is run from."""
    elsewhere = nameless.folder / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    path = nameless.write()
    result = lock.update(str(path), LockOptions(), lambda _: azure)
    assert (nameless.folder / "rbacgen.lock").is_file()
    assert result.settled.lock.file == "../rbacgen.lock"


def test_the_project_says_the_cloud_and_the_place_of_each_scope(nameless: World, azure: FakeLookup) -> None:
    """A scope that a mapping names is placed where the file says what it lies under."""
    raw = f"/subscriptions/{PROD}/resourceGroups/rg-prod/providers/Microsoft.Storage/storageAccounts/stprod"
    raw += "/blobServices/default/containers/raw"
    azure.spelled[raw.lower()] = LookupAnswer()
    (found,) = problems(nameless, azure)
    line = (nameless.folder / "rbacgen.yaml").read_text(encoding="utf-8").splitlines()[int(found.split(":")[1]) - 1]
    assert line.strip() == "lake: stprod"


def test_a_missing_subscription_is_said_once(nameless: World, azure: FakeLookup) -> None:
    """Not again for everything that would lie in it."""
    azure.scopes = lambda scope_ids, tenant: {  # type: ignore[method-assign]
        each.lower(): LookupAnswer() if DEV in each else LookupAnswer(spelled=each) for each in scope_ids
    }
    (found,) = problems(nameless, azure)
    assert f"Azure has no /subscriptions/{DEV} " in found


# Who is in the groups.

ANA = "aaaaaaaa-0000-4000-8000-00000000000a"
ON_CALL = "aaaaaaaa-0000-4000-8000-00000000000c"
OF_GROUPS = Listing(why="refused", remedy="ask an admin")


def inside(*ids: str) -> Listing:
    """A list of members: on call is a group, the others are persons."""
    kinds = {ON_CALL: MemberKind.GROUP}
    return Listing(tuple(DirectMember(kinds.get(each, MemberKind.USER), each) for each in ids))


def test_members_are_not_asked_for_unless_wanted(nameless: World, azure: FakeLookup) -> None:
    """A lock without them has no word of them, and asks nobody."""
    assert run(nameless, azure).members_asked is False
    assert "members" not in on_disk(nameless)
    assert not [asked for asked in azure.asked if asked[0] == "members"]


def test_members_of_the_team_and_of_groups_come_into_the_lock(nameless: World, azure: FakeLookup) -> None:
    """Those in groups in groups too, each group asked once; ids and kinds, and no names."""
    nameless.project["groups"] = {"grp-on-call": {"id": ON_CALL, "members": []}}
    azure.entries = {**(azure.entries or {}), ON_CALL: Entry(Presence.PRESENT, "grp-on-call", "Group")}
    in_on_call = Listing((DirectMember(MemberKind.GROUP, NEW),))
    azure.inside = {DEVELOPERS: inside(ANA), OPERATORS: inside(), ON_CALL: in_on_call, NEW: inside(ANA)}
    result = run(nameless, azure, members=True)
    assert result.members_asked
    assert on_disk(nameless)["members"] == {
        DEVELOPERS: {"user": [ANA]},
        OPERATORS: {},
        ON_CALL: {"group": [NEW]},
        NEW: {"user": [ANA]},
    }
    asked = [each for each in azure.asked if each[0] == "members"]
    assert asked == [("members", DEVELOPERS, OPERATORS, ON_CALL), ("members", NEW)]
    nameless.lock = on_disk(nameless)
    assert nameless.work_out().project.membership.known == {DEVELOPERS, OPERATORS, ON_CALL, NEW}


def test_names_in_groups_are_looked_up_like_those_of_the_team(nameless: World, azure: FakeLookup) -> None:
    """And they are said to be missing where nobody has them."""
    nameless.project["groups"] = {"grp-on-call": {"members": [{"user": "ana@contoso.example"}]}}
    azure.people["group", "grp-on-call"] = LookupAnswer((FoundPrincipal(ON_CALL),))
    azure.people["user", "ana@contoso.example"] = LookupAnswer((FoundPrincipal(ANA),))
    run(nameless, azure)
    assert on_disk(nameless)["principals"]["user"] == {"ana@contoso.example": ANA}
    nameless.lock = on_disk(nameless)
    assert nameless.work_out().project.membership.groups_of(ANA) == ((ON_CALL,),)
    del azure.people["user", "ana@contoso.example"]
    (found,) = problems(nameless, azure)
    assert "the directory has no user `ana@contoso.example`" in found


def test_members_stay_and_groups_that_are_not_named_leave(nameless: World, azure: FakeLookup) -> None:
    """Without `members` nothing is asked, and `check` finds what stands there current."""
    azure.inside = {DEVELOPERS: inside(ON_CALL), OPERATORS: inside(ANA), ON_CALL: inside(NEW)}
    run(nameless, azure, members=True)
    before = on_disk(nameless)
    azure.inside[OPERATORS] = inside()
    assert run(nameless, azure, check=True).is_current
    assert not run(nameless, azure, check=True, members=True).is_current
    assert on_disk(nameless) == before
    nameless.project["team"]["developer"] = []
    assert not run(nameless, azure, check=True).is_current
    assert run(nameless, azure).is_written
    assert on_disk(nameless)["members"] == {OPERATORS: {"user": [ANA]}}


def test_members_that_may_not_be_read_stay_and_are_said(nameless: World, azure: FakeLookup) -> None:
    """3, never empty; the others are written."""
    azure.inside = {DEVELOPERS: inside(ANA), OPERATORS: inside(ANA)}
    run(nameless, azure, members=True)
    azure.inside = {DEVELOPERS: OF_GROUPS, OPERATORS: inside(NEW)}
    result = run(nameless, azure, members=True)
    assert not result.is_complete
    (not_resolved,) = result.settled.not_resolved
    assert not_resolved.what.startswith("the members of the group `grp-developers`, which stay as ")
    assert on_disk(nameless)["members"] == {DEVELOPERS: {"user": [ANA]}, OPERATORS: {"user": [NEW]}}


def test_the_members_are_those_of_the_id_that_the_lock_keeps(nameless: World, azure: FakeLookup) -> None:
    """A group made anew under an old name is not asked for before it is accepted."""
    run(nameless, azure)
    azure.people["group", "grp-developers"] = LookupAnswer((FoundPrincipal(NEW),))
    azure.inside[NEW] = inside(ANA)
    assert run(nameless, azure, members=True).has_findings
    assert set(on_disk(nameless)["members"]) == {DEVELOPERS, OPERATORS}
    run(nameless, azure, accept=("grp-developers",), members=True)
    assert set(on_disk(nameless)["members"]) == {NEW, OPERATORS}


def test_what_the_directory_has_of_groups_does_not_stop_a_lock(nameless: World, azure: FakeLookup) -> None:
    """It has to be in the lock for `check` to find it; what the file alone breaks stops it as ever."""
    nameless.project["apart"] = [["developer", "operator"]]
    azure.inside = {DEVELOPERS: inside(ANA), OPERATORS: inside(ANA)}
    assert run(nameless, azure, members=True).is_written
    assert run(nameless, azure, check=True, members=True).is_current
    nameless.lock = on_disk(nameless)
    assert "apart" in nameless.rules()
    nameless.project["groups"] = {
        name: {"members": [{"user": "ana@contoso.example", "id": ANA}]} for name in ("grp-developers", "grp-operators")
    }
    assert any("[apart]" in each for each in problems(nameless, azure))


# What the Azure roles in use grant.


def test_the_azure_roles_in_use_come_into_the_lock(nameless: World, azure: FakeLookup) -> None:
    """Built-in ones, those that a holder may assign too; not the mapping's own, and none that nobody gets."""
    nameless.capability("see_zone")["grants"].append(
        {
            "azure_role": "Role Based Access Control Administrator",
            "on": "group",
            "may_assign": {"azure_roles": ["Key Vault Reader"], "principal_types": ["ServicePrincipal"]},
        }
    )
    run(nameless, azure)
    names = [role["name"] for role in on_disk(nameless)["azure_roles"].values()]
    assert sorted(names) == [
        "Contributor",
        "Key Vault Reader",
        "Key Vault Secrets User",
        "Reader",
        "Role Based Access Control Administrator",
        "Storage Blob Data Reader",
    ]
    assert list(on_disk(nameless)["azure_roles"]) == sorted(on_disk(nameless)["azure_roles"])
    nameless.project["team"]["robot"] = []
    run(nameless, azure)
    assert "Storage Blob Data Reader" not in {role["name"] for role in on_disk(nameless)["azure_roles"].values()}


def test_a_role_that_changed_makes_the_lock_stale_and_a_lock_takes_it(nameless: World, azure: FakeLookup) -> None:
    """Until then `check` says what it gained, and afterwards nothing."""
    run(nameless, azure)
    content = on_disk(nameless)
    reader = load().find("Reader")
    assert reader is not None
    content["azure_roles"][reader.id]["permissions"] = [{"actions": ["Microsoft.KeyVault/vaults/read"]}]
    nameless.lock = content
    assert "azure-role-changed" in nameless.rules()
    assert not run(nameless, azure, check=True).is_current
    assert run(nameless, azure).is_written
    nameless.lock = on_disk(nameless)
    assert "azure-role-changed" not in nameless.rules()
    assert nameless.work_out().project.lock.azure_roles[reader.id].permissions == reader.permissions


def test_a_lock_of_before_gets_roles_and_keeps_the_rest(nameless: World, azure: FakeLookup) -> None:
    """It says nothing of changes, since nobody knows what was; the next lock adds the key at its end."""
    run(nameless, azure)
    new = (nameless.folder / "rbacgen.lock").read_text(encoding="utf-8")
    before = on_disk(nameless)
    del before["azure_roles"]
    nameless.lock = before
    assert "azure-role-changed" not in nameless.rules()
    run(nameless, azure)
    assert (nameless.folder / "rbacgen.lock").read_text(encoding="utf-8") == new
    assert new.startswith(json.dumps(before, indent=2)[:-2])
    assert dump(Lock()) == '{\n  "format_version": 1,\n  "tenant": "",\n  "principals": {},\n  "scopes": []\n}\n'
