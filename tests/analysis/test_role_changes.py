"""What the Azure roles in use gained and lost since the project was locked, and since an earlier list of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from rbacgen.authorization.catalog import load
from rbacgen.authorization.catalog.diff import since
from rbacgen.authorization.catalog.overlay import Overlay
from rbacgen.authorization.catalog.overlay import dump as dump_overlay
from rbacgen.cli import main
from rbacgen.model.assignment import AzureRole, Permission
from rbacgen.model.problems import Problem
from rbacgen.project.lock import Lock, dump
from tests.authorization.catalog.test_overlay import all_listed, listing
from tests.fakes.world import World

GONE = AzureRole("eeeeeeee-0000-4000-8000-00000000000e", "Retired Reader", (Permission(("a/read",)),))


def built_in(name: str) -> AzureRole:
    """A role of the catalogue."""
    role = load().find(name)
    assert role is not None
    return role


def less(role: AzureRole, **lists: tuple[str, ...]) -> AzureRole:
    """A role of one permission object with other lists in it."""
    return replace(role, permissions=(replace(role.permissions[0], **lists),))


def lock_with(world: World, *roles: AzureRole) -> None:
    """A lock that was made when the roles were these."""
    world.lock = json.loads(dump(Lock(azure_roles={each.id: each for each in roles})))


def of(world: World) -> list[Problem]:
    """What is said of changed roles."""
    return [each for each in world.problems() if each.rule == "azure-role-changed"]


def test_roles_that_are_what_they_were_say_nothing(world: World) -> None:
    """Whatever the order and the letter case of their permission strings; nor does a role that the lock does not know."""
    reader = built_in("Reader")
    lock_with(
        world,
        built_in("Contributor"),
        less(reader, actions=tuple(each.upper() for each in reader.permissions[0].actions)),
    )
    assert of(world) == []


def test_what_a_role_gained_comes_first_and_is_counted(world: World) -> None:
    """With the plane, and at the grant that gives the role; the rest of many lines is counted."""
    was = less(built_in("Storage Blob Data Reader"), actions=("x/old/read",), data_actions=())
    lock_with(world, was)
    (problem,) = of(world)
    assert problem.severity == "warning"
    assert problem.message.endswith(
        "rbacgen.lock was made, the Azure role Storage Blob Data Reader gained "
        "`Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read` (data), "
        "`Microsoft.Storage/storageAccounts/blobServices/containers/read`, "
        "`Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action` and lost `x/old/read`: "
        "review it, then run `rbacgen lock`"
    )
    line = (
        Path(world.folder / "mapping/capabilities/all.yaml")
        .read_text(encoding="utf-8")
        .splitlines()[problem.at.line - 1]
    )
    assert "azure_role: Storage Blob Data Reader" in line
    contributor = built_in("Contributor")
    lock_with(world, less(contributor, not_actions=()))
    assert "`Microsoft.Authorization/elevateAccess/Action` (excluded now) and 8 more: review" in of(world)[0].message
    excluded = (*contributor.permissions[0].not_actions, "Microsoft.KeyVault/*")
    lock_with(world, less(contributor, not_actions=excluded))
    assert "gained `Microsoft.KeyVault/*` (no longer excluded): review" in of(world)[0].message


def test_a_change_is_said_at_every_grant_that_uses_the_role(world: World) -> None:
    """And at those that let somebody assign it; not where nobody gets it."""
    lock_with(world, replace(built_in("Reader"), name="Old Reader"))
    lines = {each.at.line for each in of(world)}
    assert len(lines) == 3
    assert all("was called `Old Reader` before" in each.message for each in of(world))
    delegated = {
        "azure_role": "Role Based Access Control Administrator",
        "on": "group",
        "may_assign": {"azure_roles": ["Reader"], "principal_types": ["Group"]},
    }
    world.capability("use_secrets")["grants"].append(delegated)
    assert len(of(world)) == 4
    world.project["team"]["operator"] = []
    assert len(of(world)) == 1


def test_a_role_divided_otherwise_is_said(world: World) -> None:
    """The same lines in other permission objects are another role, because an exclusion binds its own only."""
    role = built_in("Contributor")
    actions, excluded = role.permissions[0].actions, role.permissions[0].not_actions
    lock_with(world, replace(role, permissions=(Permission(actions), Permission(not_actions=excluded))))
    assert "Contributor groups its permissions differently: review" in of(world)[0].message
    lock_with(world, replace(role, assignable_scopes=("/subscriptions/11111111-1111-1111-1111-111111111111",)))
    assert "Contributor can be assigned at other scopes: review" in of(world)[0].message


def test_it_can_be_switched_off_with_a_reason(world: World) -> None:
    """Who reviews Azure's changes elsewhere."""
    lock_with(world, replace(built_in("Reader"), name="Old Reader"))
    world.project["checks_off"] = {"azure-role-changed": "The platform team reviews them"}
    checked = world.work_out()
    assert [each for each in checked.problems if each.rule == "azure-role-changed"] == []
    assert checked.switched_off["azure-role-changed"] == 3


# `rbacgen roles --changes OLD`


def run(*arguments: str) -> Result:
    """A command in this process."""
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


@pytest.fixture
def there(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world in its folder."""
    world.write()
    monkeypatch.chdir(world.folder)
    return world


def put(world: World, name: str, text: str) -> None:
    """Writes a file into the world's folder."""
    (world.folder / name).write_text(text, encoding="utf-8")


def old_roles() -> tuple[AzureRole, ...]:
    """All roles as they may have been: one had less and more, one another name, one is not there yet, one is gone since."""
    changed = {
        "Key Vault Reader": less(
            built_in("Key Vault Reader"), data_actions=("Microsoft.KeyVault/vaults/*/read", "x/read")
        ),
        "Reader": replace(built_in("Reader"), name="Old Reader"),
    }
    kept = [changed.get(each.name, each) for each in all_listed() if each.name != "Contributor"]
    return (*kept, GONE)


def test_a_whole_list_tells_everything(there: World) -> None:
    """Added, gone, renamed, gained and lost; 2, as there is something."""
    put(there, "old.json", listing(*old_roles()))
    result = run("roles", "--changes", "old.json")
    assert result.exit_code == 2
    assert result.stdout.splitlines() == [
        f"new       Contributor ({built_in('Contributor').id})",
        f"gone      Retired Reader ({GONE.id})",
        "renamed   Old Reader -> Reader",
        "changed   Key Vault Reader",
        "            + Microsoft.KeyVault/vaults/secrets/readMetadata/action (data)",
        "            - x/read (data)",
        "",
        f"since old.json with its {len(old_roles())} Azure roles: "
        "1 new, 1 gone, 1 renamed, 1 with more access, 0 changed otherwise",
    ]


def test_json_says_the_same(there: World) -> None:
    """For programs, with the plane of every permission string."""
    put(there, "old.json", listing(*old_roles()))
    content = json.loads(run("roles", "--changes", "old.json", "--format", "json").stdout)
    reader, vault = built_in("Reader"), built_in("Key Vault Reader")
    assert content == {
        "format_version": 1,
        "old": {"file": "old.json", "kind": "az role definition list", "roles": len(old_roles()), "whole": True},
        "added": [{"id": built_in("Contributor").id, "name": "Contributor", "custom": False}],
        "removed": [{"id": GONE.id, "name": "Retired Reader", "custom": False}],
        "renamed": [{"id": reader.id, "name": "Reader", "custom": False, "was": "Old Reader"}],
        "changed": [
            {
                "id": vault.id,
                "name": "Key Vault Reader",
                "custom": False,
                "gained": [
                    {
                        "pattern": "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
                        "plane": "data",
                        "excluded": False,
                        "condition": "",
                    }
                ],
                "lost": [{"pattern": "x/read", "plane": "data", "excluded": False, "condition": ""}],
                "regrouped": False,
                "assignable_scopes": {"was": ["/"], "now": ["/"]},
            }
        ],
    }


def test_todays_list_is_no_change(there: World) -> None:
    """0; roles that no list shows are not taken for new."""
    put(there, "old.json", listing(*all_listed()))
    result = run("roles", "--changes", "old.json")
    assert (result.exit_code, result.stdout.count("\n")) == (0, 1)
    assert result.stdout.startswith("since old.json with its ")


def test_a_lock_tells_of_the_roles_in_use(there: World) -> None:
    """And says that it cannot tell what was added."""
    put(
        there,
        "rbacgen.lock",
        dump(Lock(azure_roles={each.id: each for each in (GONE, built_in("Reader"))})),
    )
    result = run("roles", "--changes", "rbacgen.lock")
    assert result.exit_code == 2
    assert result.stdout == (
        f"gone      Retired Reader ({GONE.id})\n\n"
        "since rbacgen.lock with its 2 Azure roles: 1 gone, 0 renamed, 0 with more access, 0 changed otherwise\n"
        "roles added since are not known: this rbacgen.lock does not contain all roles\n"
    )


def test_azure_roles_of_before_tell_of_what_they_hold(there: World) -> None:
    """And of what they said was missing and is there today; today's are those of the project."""
    was = less(built_in("Reader"), actions=("Microsoft.KeyVault/vaults/read",))
    put(there, "old.json", dump_overlay(Overlay((was,), (built_in("Contributor").id,))))
    content = json.loads(run("roles", "--changes", "old.json", "--format", "json").stdout)
    assert content["old"] == {"file": "old.json", "kind": "azure_roles.json", "roles": 1, "whole": False}
    assert [each["name"] for each in content["added"]] == ["Contributor"]
    assert [each["pattern"] for each in content["changed"][0]["gained"]] == ["*/read"]
    put(there, "azure_roles.json", dump_overlay(Overlay((was,), (built_in("Contributor").id,))))
    assert run("roles", "--changes", "old.json").exit_code == 0


def test_a_list_in_part_takes_nothing_for_added_or_gone() -> None:
    """Of a list of custom roles, or of one role: only what it holds is compared, and custom roles are never gone."""
    custom = replace(GONE, custom=True)
    found = since((custom, built_in("Reader")), load(), whole=False)
    assert not found
    assert [each.name for each in since((GONE,), load(), whole=False).removed] == ["Retired Reader"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "not valid JSON"),
        ('{"format_version": 1, "scopes": []}', "contains no Azure roles"),
        ('{"format_version": 2, "principals": {}}', "a newer rbacgen wrote it"),
        ('{"format_version": 7, "roles": []}', "format_version is 7"),
        ('{"colour": "blue"}', "missing"),
        ("5", "not a list"),
    ],
)
def test_what_is_none_of_them_is_refused(there: World, text: str, said: str) -> None:
    """1, with a sentence, and nothing on stdout."""
    put(there, "old.json", text)
    result = run("roles", "--changes", "old.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [["--changes", "a", "--update", "b"], ["Reader", "--changes", "a"], ["Reader", "--update", "a"]],
)
def test_options_that_would_be_ignored_are_refused(there: World, arguments: list[str]) -> None:
    """As wrong usage."""
    result = run("roles", *arguments)
    assert result.exit_code == 1
    assert "Usage: " in result.stderr
