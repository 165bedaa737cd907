"""`can`, `who-can`, `explain` and `check` as commands: over the project, snapshots, lists of az and the stand-in Azure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from rbacgen.cli import main
from rbacgen.model.assignment import Principal, PrincipalType
from rbacgen.model.state import State
from rbacgen.sources import snapshot
from tests.fakes.actual import OWNER, STRANGER, as_held, foreign, source
from tests.fakes.azure import StandIn, Tenant
from tests.fakes.azure.applied import az_list
from tests.fakes.azure.holding import tenant_of
from tests.fakes.command import run_here
from tests.fakes.world import DEV, DEVELOPERS, OPERATORS, PROD, TODAY, World

VAULT = f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
SECRET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
DELETE = "Microsoft.KeyVault/vaults/delete"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
ANA = "aaaaaaaa-0000-4000-8000-00000000000a"
EXAMPLE = Path(__file__).parents[2] / "examples" / "fraud-detection"
_DAY = ("--today", TODAY.isoformat())


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """The small world, written, and the current folder in it."""
    made = World(tmp_path)
    made.write()
    monkeypatch.chdir(tmp_path)
    return made


def run(*arguments: str) -> Result:
    """The command in this process, on the day of the tests."""
    return CliRunner().invoke(main, [*arguments, *_DAY])


def process(folder: Path, environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a pipeline runs it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "COVERAGE_PROCESS_CONFIG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "rbacgen", *arguments, *_DAY],
        cwd=folder,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def live(world: World, azure: StandIn, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in this process, with the stand-in for Azure."""
    return run_here(world.folder, azure.environment(), *arguments, *_DAY)


def actual(world: World, *more: Any, **changes: Any) -> str:
    """A snapshot of what an apply leaves, and more."""
    checked = world.work_out()
    read = replace(source([*as_held(checked), *more], checked), **changes)
    (world.folder / "held.json").write_text(snapshot.dump(read))
    return "held.json"


# can


def test_yes_is_exit_0_and_no_is_exit_2(world: World) -> None:
    """The verdict first, then by what and for which responsibility."""
    yes = run("can", "developer", SECRET, "--on", "vault", "-e", "dev")
    assert (yes.exit_code, yes.stderr) == (0, "")
    assert yes.stdout == (
        f"allowed: Developer, {SECRET} (data) on\n"
        "  vaults/kv-dev in dev\n"
        "  by Key Vault Secrets User on vaults/kv-dev:\n"
        f"     `{SECRET}`\n"
        "     for Developer: write_code\n"
        "     mapping/capabilities/all.yaml:11 (use_secrets)\n"
    )
    no = run("can", "developer", DELETE, "--on", "vault", "-e", "dev")
    assert no.exit_code == 2
    assert no.stdout.startswith(f"denied: Developer, {DELETE} on vaults/kv-dev in dev\n")
    both = run("can", "developer", SECRET, "--on", "vault")
    assert both.exit_code == 2  # not in prod
    assert (both.stdout.count("allowed: "), both.stdout.count("denied: ")) == (1, 1)


def test_what_else_counts_as_a_yes_can_be_said(world: World) -> None:
    """`--accept`, for scripts; a condition is not accepted with an activation."""
    asked = ("can", "operator", DELETE, "--on", "vault", "-e", "dev")
    assert run(*asked).exit_code == 2
    assert run(*asked, "--accept", "after-activation").exit_code == 0
    assert run(*asked, "--accept", "under-condition").exit_code == 2
    assert run(*asked).stdout.startswith("after activation: Operator")


def test_the_form_has_the_whole_chain(world: World) -> None:
    """From the principal over the group and the responsibility to the line; and what came close to a no."""
    done = run("can", "grp-developers", SECRET, "--on", "vault", "--format", "json")
    content = json.loads(done.stdout)
    assert (content["format_version"], content["project"], content["source"]) == (1, "tiny", "")
    assert (content["allowed"], content["complete"]) == (False, True)
    in_dev, in_prod = content["decisions"]
    assert in_dev["who"] == {"id": DEVELOPERS, "type": "Group", "name": "grp-developers"}
    assert (in_dev["verdict"], in_dev["environment"], in_dev["plane"], in_dev["scope"]) == (
        "allowed",
        "dev",
        "data",
        VAULT,
    )
    (permit,) = in_dev["permits"]
    assert permit["azure_role"]["name"] == "Key Vault Secrets User"
    assert (permit["pattern"], permit["activation"], permit["scope_kind"], permit["through"]) == (
        SECRET,
        "permanent",
        "vault",
        [],
    )
    (why,) = permit["why"]
    assert (why["project_role"], why["responsibility"], why["capability"]) == ("developer", "write_code", "use_secrets")
    assert (why["grant_at"]["line"], why["member_at"]["file"]) == (11, "rbacgen.yaml")
    near = in_prod["near_misses"][0]
    assert (near["kind"], near["pattern"], near["azure_role"]["name"]) == (
        "elsewhere",
        SECRET,
        "Key Vault Secrets User",
    )
    assert near["why"][0]["responsibility"] == "write_code"
    assert {each["verdict"] for each in in_prod["bypasses"]} == {None}


def test_a_project_role_is_evaluated_by_itself(world: World) -> None:
    """What another role of its members grants does not count for it, nor does what other roles have."""
    world.project["team"]["operator"].append({"group": "grp-developers", "id": DEVELOPERS})
    world.write()
    assert run("can", "developer", DELETE, "--on", "vault", "-e", "dev").stdout.startswith("denied")
    assert run("can", "grp-developers", DELETE, "--on", "vault", "-e", "dev").stdout.startswith("after activation")
    robot = run("can", "robot", SECRET, "--on", "vault", "-e", "dev")
    assert "whoever is in" not in robot.stdout


def test_somebody_may_be_in_a_group_that_can(world: World) -> None:
    """Not known is said, with how it becomes known."""
    done = run("can", ANA, SECRET, "--on", "vault", "-e", "dev")
    assert done.exit_code == 2
    assert "allowed to whoever is in grp-developers, whose members are not known" in done.stdout.replace("\n  ", " ")


def test_what_a_group_would_give_is_said_as_what_it_would_be(world: World) -> None:
    """After activation where the group is only eligible, and each verdict by itself."""
    world.capability("use_secrets")["grants"][0]["activation"] = "eligible"
    world.write()
    done = run("can", ANA, DELETE, "--on", "vault", "-e", "dev")
    said = "after activation to whoever is in grp-operators, whose members are not known (`rbacgen lock --members` reads them)"
    assert said in " ".join(done.stdout.split())
    asked = ("can", ANA, SECRET, "--on", "vault", "-e", "dev")
    path = actual(world, foreign(VAULT, principal=OPERATORS, type_=PrincipalType.GROUP, role_id=SECRETS_USER))
    words = " ".join(run(*asked, "--source", path).stdout.split())
    assert "allowed to whoever is in grp-operators, whose members are not known" in words
    assert "after activation to whoever is in grp-developers, whose members are not known" in words
    content = json.loads(run(*asked, "--source", path, "--format", "json").stdout)
    assert [
        (each["name"], each["verdict"], each["only_eligible"])
        for each in content["decisions"][0]["unknown_memberships"]
    ] == [
        ("grp-operators", "allowed", False),
        ("grp-developers", "after_activation", True),
    ]


def test_a_condition_is_said_in_a_sentence_and_with_the_activation_that_comes_first(world: World) -> None:
    """Roles by their names, custom ones too; the whole text stays in the form."""
    checked = world.work_out()
    own = next(each.role.id for each in checked.desired.definitions)
    write = "Microsoft.Authorization/roleAssignments/write"
    condition = (
        f"((!(ActionMatches{{'{write}'}})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] "
        f"ForAnyOfAnyValues:GuidEquals {{{READER}, {own}}}))"
    )
    grant = {"azure_role": "User Access Administrator", "on": "group", "activation": "eligible", "condition": condition}
    world.capability("keep_group")["grants"] = [grant]
    world.write()
    done = run("can", "operator", write, "--on", "group", "-e", "dev")
    assert done.stdout.startswith("under a condition, after activation: Operator")
    sentence = "may assign only Reader, Tiny Observer (tiny dev)"
    assert f"     the condition: {sentence}\n" in done.stdout
    assert READER not in done.stdout
    everyone = run("who-can", write, "--on", "group", "-e", "dev")
    assert "\n  under a condition, after activation: grp-operators (group)\n" in everyone.stdout
    assert f"\n    the condition: {sentence}\n" in everyone.stdout
    content = json.loads(run("can", "operator", write, "--on", "group", "-e", "dev", "--format", "json").stdout)
    (decision,) = content["decisions"]
    (permit,) = decision["permits"]
    assert (decision["verdict"], decision["only_eligible"]) == ("under_condition", True)
    assert (permit["condition"], permit["condition_description"], permit["needs_activation"]) == (
        condition,
        sentence,
        True,
    )
    (row,) = json.loads(
        run("who-can", write, "--on", "group", "-e", "dev", "--format", "json").stdout
    )["places"][0]["here"]  # fmt: skip
    assert (row["verdict"], row["only_eligible"]) == ("under_condition", True)


def test_a_condition_without_a_sentence_is_shortened_and_whole_in_the_form(world: World) -> None:
    """Four lines of it, and that there is more."""
    name = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]"
    read = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
    tests = " AND ".join(f"{name} ForAllOfAllValues:StringNotEquals {{'a{n}', 'b{n}'}}" for n in range(6))
    condition = f"((!(ActionMatches{{'{read}'}})) OR (ActionMatches{{'{read}'}} AND {tests}))"
    grant = world.capability("read_raw")["grants"][0]
    grant |= {"on": "lake", "condition": condition}
    world.write()
    done = run("can", "robot", read, "--on", "lake", "-e", "dev")
    lines = done.stdout.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("     where "))
    assert [line.startswith("       ") for line in lines[start + 1 : start + 4]] == [True] * 3
    assert lines[start + 3].endswith(" …")
    assert lines[start + 4].startswith("     --attribute would decide it:")
    content = json.loads(run("can", "robot", read, "--on", "lake", "-e", "dev", "--format", "json").stdout)
    (permit,) = content["decisions"][0]["permits"]
    assert (permit["condition"], permit["condition_description"]) == (condition, "")


def test_a_pattern_is_answered_as_a_whole_and_by_its_parts(world: World) -> None:
    """In part is a no."""
    done = run(
        "can", "developer", "Microsoft.KeyVault/vaults/secrets/*", "--on", "vault", "-e", "dev", "--plane", "data"
    )
    assert done.exit_code == 2
    assert done.stdout.startswith("in part: Developer")
    assert "known operations that it covers, 2 possible" in done.stdout
    assert "vaults/secrets/getSecret/action, vaults/secrets/readMetadata/action" in done.stdout.replace("\n    ", " ")
    everyone = run("who-can", "Microsoft.KeyVault/vaults/secrets/*", "--on", "vault", "-e", "dev", "--plane", "data")
    assert "\n  in part: grp-developers (group)\n" in everyone.stdout
    both = run("can", "operator", "Microsoft.KeyVault/vaults/keys/read", "--on", "vault", "-e", "dev")
    assert both.stdout.count("Operator") >= 2
    assert "is known on both planes" in both.stdout


def test_attributes_decide_a_condition(world: World) -> None:
    """Given, with the lacking one named where they are not; a wrong one is refused."""
    attribute = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]"
    read = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
    grant = world.capability("read_raw")["grants"][0]
    grant |= {"on": "lake", "condition": f"((!(ActionMatches{{'{read}'}})) OR ({attribute} StringEquals 'raw'))"}
    world.write()
    asked = ("can", "robot", read, "--on", "lake", "-e", "dev")
    open_ = run(*asked)
    assert open_.exit_code == 2
    assert open_.stdout.startswith("under a condition: ")
    assert f"--attribute would decide it: {attribute}" in open_.stdout.replace("\n       ", " ")
    assert run(*asked, "--attribute", f"{attribute}=raw").exit_code == 0
    assert run(*asked, "--attribute", f"{attribute}=other").stdout.startswith("denied")
    wrong = run(*asked, "--attribute", "name=raw")
    assert (wrong.exit_code, wrong.stdout) == (1, "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("can", "nobody", SECRET, "--on", "vault"), "the project has no `nobody`"),
        (("can", "everyone", SECRET, "--on", "vault"), "`can` is about one subject"),
        (
            ("can", "developer", SECRET, "--on", "vualt"),
            "the mapping has no scope kind `vualt` (did you mean `vault`?)",
        ),
        (("can", "developer", SECRET, "--on", "vault", "-e", "dvе"), "the project has no environment `dvе`"),
        (
            ("can", "developer", SECRET, "--on", "landing_zone", "-e", "dev"),
            "the project binds no `landing_zone` in dev",
        ),
        (("can", "developer", SECRET, "--on", VAULT, "-e", "dev"), "a scope id belongs to no environment"),
        (("can", "developer", SECRET, "--on", "/subscription/x"), "`/subscription/x` is not an Azure scope id"),
        (("can", "developer", SECRET, "--on", "/subscriptions/x"), "`/subscriptions/x` is not an Azure scope id"),
        (("can", "developer", SECRET, "--on", "vault", "--source", "nothing.json"), "nothing.json does not exist"),
        (("who-can", SECRET, "--on", "vault", "-p", "nowhere.yaml"), "nowhere.yaml"),
        (("explain", "everyone"), "`explain` is about one subject"),
        (("explain", "nobody"), "the project has no `nobody`"),
        (("check", "--tests", "nothing.yaml"), "nothing.yaml"),
        (("check", "--source", "nothing.json"), "nothing.json does not exist"),
    ],
)
def test_what_cannot_be_asked_is_exit_1(world: World, arguments: tuple[str, ...], words: str) -> None:
    """One sentence on stderr and a cure, nothing on stdout (problems of files, which `check` prints there, apart)."""
    done = run(*arguments)
    assert done.exit_code == 1
    assert words in (done.stdout if "--tests" in arguments else done.stderr)
    if "--tests" not in arguments:
        assert done.stdout == ""


def test_options_that_would_mean_nothing_are_refused(world: World) -> None:
    """Where nothing is read from Azure."""
    for command in (
        ("can", "developer", SECRET, "--on", "vault"),
        ("who-can", SECRET, "--on", "vault"),
        ("explain", "x"),
    ):
        done = run(*command, "--cloud", "china")
        assert (done.exit_code, done.stdout) == (1, "")
        assert "--cloud has no effect without `--source azure`" in done.stderr


def test_a_project_with_errors_is_not_asked(world: World) -> None:
    """What it wants would be a guess: its problems instead, and nothing on stdout."""
    world.project["team"]["tester"] = []
    world.write()
    done = run("can", "developer", SECRET, "--on", "vault")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "[unknown-project-role]" in done.stderr


def test_an_unknown_operation_is_answered_with_a_word_of_warning(world: World) -> None:
    """It may be a typing error, and the list is not complete."""
    done = run("can", "operator", "Microsoft.KeyVault/vault/read", "--on", "vault", "-e", "dev")
    words = " ".join(done.stdout.split())
    assert (
        "is not an operation that this version of rbacgen knows (did you mean `Microsoft.KeyVault/vaults/read`?)"
        in words
    )
    assert "both planes are evaluated" in words
    assert done.exit_code == 2


def test_an_operation_that_no_list_has_is_asked_of_both_planes(world: World) -> None:
    """What a role gives by `*/send/action` on the data plane is not denied for want of a list."""
    world.capability("use_secrets")["grants"].append({"azure_role": "Azure Service Bus Data Sender", "on": "group"})
    world.write()
    send = "Microsoft.ServiceBus/namespaces/queues/send/action"
    done = run("can", "developer", send, "--on", "group", "-e", "dev", "--format", "json")
    verdicts = {each["plane"]: each["verdict"] for each in json.loads(done.stdout)["decisions"]}
    assert verdicts == {"control": "denied", "data": "allowed"}


@pytest.mark.parametrize("command", [("can", "operator"), ("who-can",)])
@pytest.mark.parametrize(
    "text",
    [
        "foo",
        "Microsoft.Storage/storageAccounts/",
        "/Microsoft.Storage/storageAccounts/read",
        "Microsoft.Storage/storageAccounts/read ",
        "Microsoft.Storage//*",
        "*/list",
    ],
)
def test_what_is_no_operation_is_refused(world: World, command: tuple[str, ...], text: str) -> None:
    """Held against `*` as text it would be allowed to an Owner; a plane that is told makes no operation of it."""
    done = run(*command, text, "--on", "group", "-e", "dev", "--plane", "control")
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"`{text}` is not an Azure operation and matches none" in done.stderr
    assert "Microsoft.Storage/storageAccounts/read" in done.stderr


# who-can


def test_everyone_who_can(world: World) -> None:
    """Here and below, with by what and for what; nobody is said too."""
    done = run("who-can", DELETE, "--on", "group", "-e", "dev")
    assert done.exit_code == 0
    assert done.stdout == (
        f"{DELETE} on resource group rg-dev in dev\n"
        "  after activation: grp-operators (group)\n"
        "    by Contributor on resource group rg-dev, eligible: `*`\n"
        "    for Operator: keep_running\n"
    )
    below = run("who-can", SECRET, "--on", "subscription", "-e", "dev")
    assert "  nobody\n  only at some of what lies in it:\n    allowed: grp-developers (group)\n" in below.stdout
    none = run("who-can", "Microsoft.KeyVault/vaults/keys/sign/action", "--on", VAULT)
    assert "vaults/kv-dev\n  nobody\n  around the roles:\n" in none.stdout


def test_who_can_names_the_bypasses_and_who_can_use_them(world: World) -> None:
    """After those with a role: bypasses that the same people can open together, and last, a line each, those that no permission opens."""
    done = run("who-can", SECRET, "--on", "vault", "-e", "dev")
    assert done.stdout == (
        f"{SECRET} (data) on vaults/kv-dev in\n"
        "  dev\n"
        "  allowed: grp-developers (group)\n"
        "    by Key Vault Secrets User on vaults/kv-dev:\n"
        f"      `{SECRET}`\n"
        "    for Developer: write_code\n"
        "  around the roles:\n"
        "    Microsoft.KeyVault/vaults/accessPolicies/write: in a vault with access\n"
        "      policies, who writes them lets themselves in, unless the vault uses Azure\n"
        "      roles for its data\n"
        "      https://learn.microsoft.com/azure/key-vault/general/rbac-access-policy\n"
        "    Microsoft.KeyVault/vaults/write: who writes the vault can switch it to\n"
        "      access policies and write those\n"
        "      https://learn.microsoft.com/azure/key-vault/general/rbac-access-policy\n"
        "      after activation: grp-operators (group)\n"
        "        by Contributor on resource group rg-dev, eligible: `*`\n"
        "        for Operator: keep_running\n"
        "    not decided by roles: in a vault with access policies, those decide and\n"
        "      Azure roles for its data count for nothing, unless the vault uses Azure\n"
        "      roles for its data:\n"
        "      https://learn.microsoft.com/azure/key-vault/general/assign-access-policy\n"
    )
    content = json.loads(run("who-can", SECRET, "--on", "vault", "-e", "dev", "--format", "json").stdout)
    policies, writes, nobody = content["places"][0]["bypasses"]
    assert policies["opened_by"].endswith("/accessPolicies/write")
    assert (writes["opened_by"], writes["unless"]) == ("Microsoft.KeyVault/vaults/write", "")
    (row,) = writes["here"]
    assert (row["who"]["id"], row["verdict"]) == (OPERATORS, "after_activation")
    assert row["permits"][0]["azure_role"]["name"] == "Contributor"
    assert (nobody["opened_by"], nobody["here"], nobody["below"]) == ("", [], [])


def test_who_can_as_a_form(world: World) -> None:
    """Each place with its rows; a group with its known members."""
    done = run("who-can", "Microsoft.KeyVault/vaults/read", "--on", "vault", "--format", "json")
    content = json.loads(done.stdout)
    assert [each["environment"] for each in content["places"]] == ["dev", "prod"]
    here = {each["who"]["name"]: each["verdict"] for each in content["places"][0]["here"]}
    assert here == {"grp-developers": "allowed", "grp-operators": "allowed"}
    assert content["complete"] is True


def test_a_management_group_gives_access_below_it(world: World) -> None:
    """The landing zone of prod is above its subscription, and of no other."""
    done = run(
        "who-can", "Microsoft.Network/virtualNetworks/read", "--on", f"/subscriptions/{PROD}", "--format", "json"
    )
    (row,) = json.loads(done.stdout)["places"][0]["here"]
    assert {each["scope"] for each in row["permits"]} == {
        "/",
        f"/subscriptions/{PROD}",
        "/providers/Microsoft.Management/managementGroups/mg-tiny",
    }


# explain


def test_explain_as_text_and_form(world: World) -> None:
    """Text for people, the chain for programs."""
    done = run("explain", "developer")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("Developer (project role)\n  assigned to grp-developers\n\nvault\n")
    content = json.loads(run("explain", "developer", "--format", "json").stdout)
    assert content["granted"][0]["why"][0]["responsibility"] == "write_code"


@pytest.mark.parametrize("command", [("can", "developer", SECRET, "--on", "vault"), ("who-can", SECRET, "--on", "vault"), ("explain", "developer")])  # fmt: skip
def test_results_go_into_a_file_whole(world: World, command: tuple[str, ...]) -> None:
    """`-o`, and nothing on stdout."""
    done = run(*command, "--format", "json", "-o", "out.json")
    assert done.stdout == ""
    assert json.loads((world.folder / "out.json").read_text())["format_version"] == 1


def test_answers_are_the_same_every_time(world: World) -> None:
    """In another process, with another hash seed."""
    asked = ("who-can", "Microsoft.KeyVault/vaults/read", "--on", "subscription", "--format", "json")
    first, second = (process(world.folder, {"PYTHONHASHSEED": seed}, *asked) for seed in ("1", "2"))
    assert first.stdout == second.stdout != ""


# check


def test_check_counts_its_access_tests(world: World) -> None:
    """In a line of text, and all of them as a form."""
    done = run("check")
    assert done.exit_code == 0
    assert "access tests: 5 passed\n" in done.stdout
    content = json.loads(run("check", "--format", "json").stdout)
    assert len(content["tests"]) == 5
    first = content["tests"][0]
    assert first["test"] == f"developer can {SECRET} on vault in dev"
    assert (first["result"], first["verdict"], first["isolated"], first["principal"]) == (
        "passed",
        "allowed",
        True,
        None,
    )
    assert content["actual"] is None


def test_check_runs_tests_that_stand_by_themselves(world: World) -> None:
    """`--tests`, several; a failed one is an error of the input: exit 1."""
    (world.folder / "a.yaml").write_text(
        f"tests:\n  - {{who: developer, do: {SECRET}, on: vault, in: [dev], expect: allowed}}\n"
    )
    (world.folder / "b.yaml").write_text(
        f"tests:\n  - {{who: everyone, do: {SECRET}, on: vault, in: [dev], expect: denied}}\n"
    )
    assert run("check", "--tests", "a.yaml").exit_code == 0
    done = run("check", "--tests", "a.yaml", "--tests", "b.yaml")
    assert done.exit_code == 1
    assert "b.yaml:2:5: error: grp-developers: data `" in done.stdout


def test_check_tries_the_whole_mapping(world: World) -> None:
    """`--mapping`: unassigned roles too."""
    del world.project["team"]["developer"]
    world.capability("use_secrets")["grants"] = [{"azure_role": "Reader", "on": "vault", "in": ["dev"]}]
    world.write()
    assert run("check").exit_code == 0
    done = run("check", "--mapping")
    assert done.exit_code == 1
    assert "[uncovered-need]" in done.stdout


def test_strict_takes_two_toxic_project_roles_for_an_error(world: World) -> None:
    """A warning otherwise."""
    world.project["team"]["operator"].append({"group": "grp-developers", "id": DEVELOPERS})
    world.write()
    assert "[toxic-union]" in run("check").stdout
    assert (run("check").exit_code, run("check", "--strict").exit_code) == (0, 1)


# A source


def test_a_snapshot_of_what_an_apply_leaves_is_exit_0(world: World) -> None:
    """The tests pass on it, and what the project wants is known by its reasons."""
    path = actual(world)
    done = run("check", "--source", path)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "\non held.json, access tests: 3 passed; no findings\n" in done.stdout
    can = run("can", "grp-developers", SECRET, "--on", "vault", "-e", "dev", "--source", path)
    assert can.exit_code == 0
    assert "for Developer: write_code" in can.stdout


def test_a_foreign_owner_in_a_snapshot_is_exit_2(world: World) -> None:
    """No line of the project is wrong, and the developer can delete the vault: found by the test, told by `can`."""
    path = actual(world, foreign(VAULT, principal=DEVELOPERS, type_=PrincipalType.GROUP))
    world.mapping["roles/developer.yaml"]["must_not"] = [{"do": DELETE, "on": "vault"}]
    world.write()
    done = run("check", "--source", path)
    assert done.exit_code == 2
    assert f"`grp-developers` can `{DELETE}` on `vault` in dev, which Developer must not" in done.stdout
    assert "[actual-must-not]" in done.stdout
    assert "[actual-privilege]" in done.stdout
    assert run("check").exit_code == 0
    content = json.loads(run("check", "--source", path, "--format", "json").stdout)
    assert (content["actual"]["source"], content["actual"]["complete"]) == ("held.json", True)
    assert {each["rule"] for each in content["actual"]["problems"]} == {"actual-must-not", "actual-privilege"}
    failed = [each for each in content["actual"]["tests"] if each["result"] == "failed"]
    assert [each["by"] for each in failed] == [["Owner on vaults/kv-dev: `*`"]]
    can = run("can", "developer", DELETE, "--on", "vault", "-e", "dev", "--source", path)
    assert can.exit_code == 0
    assert "by Owner on vaults/kv-dev: `*`\n     not in the project file\n" in can.stdout


def test_names_of_persons_stay_out_unless_asked_for(world: World) -> None:
    """A name that only the source has is shown with `--names`; the id always."""
    rogue = replace(foreign(VAULT), principal=Principal(ANA, PrincipalType.USER, "ana@contoso.example"))
    checked = world.work_out()
    read = replace(source([], checked), state=State([*as_held(checked), rogue]))
    (world.folder / "held.json").write_text(snapshot.dump(read, names=True))
    for command in (
        ("who-can", DELETE, "--on", VAULT),
        ("who-can", DELETE, "--on", VAULT, "--format", "json"),
        ("can", ANA, DELETE, "--on", VAULT),
        ("can", ANA, DELETE, "--on", VAULT, "--format", "json"),
        ("explain", ANA),
        ("explain", ANA, "--format", "json"),
        ("explain", "Owner"),
        ("explain", "Owner", "--format", "json"),
    ):
        done = run(*command, "--source", "held.json")
        assert "contoso" not in done.output, command
        assert ANA in done.stdout, command
        assert "ana@contoso.example" in run(*command, "--source", "held.json", "--names").stdout, command
    assert "contoso" not in run("check", "--source", "held.json").output


def test_a_snapshot_is_asked_without_a_project(world: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    """By whole ids; a scope kind or a name means nothing then."""
    path = world.folder / actual(world, foreign(VAULT))
    os.chdir(tmp_path_factory.mktemp("elsewhere"))
    done = run("who-can", DELETE, "--on", VAULT, "--source", str(path))
    assert done.exit_code == 0
    assert "by Owner on vaults/kv-dev: `*`" in done.stdout
    assert run("can", OPERATORS, DELETE, "--on", VAULT, "--source", str(path)).stdout.startswith("after activation")
    assert run("explain", OPERATORS, "--source", str(path)).exit_code == 0
    for wrong in (
        ("who-can", DELETE, "--on", "vault", "--source", str(path)),
        ("can", "grp-operators", DELETE, "--on", VAULT, "--source", str(path)),
        ("who-can", DELETE, "--on", VAULT),
        ("explain", OPERATORS, "--source", "azure"),
    ):
        done = run(*wrong)
        assert (done.exit_code, done.stdout) == (1, ""), wrong
        assert done.stderr


def test_management_groups_of_a_snapshot_are_kept(world: World) -> None:
    """What a subscription inherits from was seen when it was read, and comes back from the file."""
    other = "/providers/microsoft.management/managementgroups/mg-other"
    rogue = foreign("/providers/Microsoft.Management/managementGroups/mg-other")
    path = actual(world, rogue, above={f"/subscriptions/{DEV}": (other,)}, knows_management_groups=True)
    assert "by Owner on management group mg-other" in run("who-can", DELETE, "--on", VAULT, "--source", path).stdout
    without = actual(world, rogue, knows_management_groups=True)
    assert "mg-other" not in run("who-can", DELETE, "--on", VAULT, "--source", without).stdout


def test_a_management_group_that_nobody_places_is_not_decided(world: World) -> None:
    """Terraform files do not tell what lies in one: access there is neither taken for granted nor for none, and exit is 3."""
    (world.folder / "actual").mkdir()
    (world.folder / "actual" / "main.tf").write_text(
        'resource "azurerm_role_assignment" "boss" {\n'
        '  scope = "/providers/Microsoft.Management/managementGroups/corp"\n'
        '  role_definition_name = "Owner"\n'
        f'  principal_id = "{STRANGER}"\n'
        "}\n"
    )
    world.write()
    everyone = run("who-can", DELETE, "--on", VAULT, "--source", "actual")
    assert everyone.exit_code == 3
    assert "is in /providers/Microsoft.Management/managementGroups/corp" in " ".join(everyone.stdout.split())
    one = run("can", STRANGER, DELETE, "--on", VAULT, "--source", "actual")
    assert one.exit_code == 3
    assert "but not at this scope" not in one.stdout


def test_an_az_list_tells_what_lies_in_a_management_group(world: World) -> None:
    """A row of a group in the list of a subscription is there because the subscription inherits it."""
    row = {
        "scope": "/providers/Microsoft.Management/managementGroups/corp",
        "roleDefinitionId": f"/subscriptions/{DEV}/providers/Microsoft.Authorization/roleDefinitions/{OWNER}",
        "roleDefinitionName": "Owner",
        "principalId": STRANGER,
        "principalType": "User",
        "principalName": "",
        "condition": None,
        "description": None,
        "id": "/providers/Microsoft.Management/managementGroups/corp/providers/Microsoft.Authorization/roleAssignments/x",
    }
    (world.folder / "az.json").write_text(json.dumps([row]))
    world.write()
    said = run("who-can", DELETE, "--on", VAULT, "--source", "az.json").stdout
    assert "by Owner on management group corp" in said


def test_a_pattern_is_said_in_part_where_some_of_it_is_possible(world: World) -> None:
    """In who-can as in can, here and below, and with that first which makes the verdict."""
    world.write()
    found = json.loads(
        run("who-can", "Microsoft.KeyVault/vaults/*", "--on", "vault", "-e", "dev", "--format", "json").stdout
    )
    rows = {
        each["who"]["name"]: each for place in found["places"] if place["plane"] == "control" for each in place["here"]
    }
    assert rows["grp-developers"]["partly"] is True
    assert rows["grp-operators"]["partly"] is False
    assert rows["grp-operators"]["verdict"] == "after_activation"
    assert rows["grp-operators"]["permits"][0]["azure_role"]["name"] == "Contributor"


def test_without_pim_a_project_role_is_answered_as_its_members_are(world: World) -> None:
    """What is permanent because there is no PIM is allowed, for the role as for its members."""
    world.project["pim"] = False
    world.write()
    asked = (DELETE, "--on", "vault", "-e", "dev")
    assert run("can", "operator", *asked).exit_code == run("can", "grp-operators", *asked).exit_code == 0


def test_what_came_close_to_a_pattern_is_named(world: World) -> None:
    """The notActions of Contributor take all of it away."""
    world.write()
    done = run(
        "can", "grp-operators", "Microsoft.Authorization/*/write", "--on", "group", "-e", "dev", "--plane", "control"
    )
    assert done.exit_code == 2
    assert "excludes `Microsoft.Authorization/*/Write` through notActions" in " ".join(done.stdout.split())


def test_an_attribute_that_no_condition_asks_for_is_said(world: World) -> None:
    """It decided nothing, and whoever gave it should know."""
    world.write()
    done = run("can", "developer", SECRET, "--on", "vault", "-e", "dev", "--attribute", "@Resource[foo]=x")
    assert "no condition here uses `@Resource[foo]`, so it had no effect" in " ".join(done.stdout.split())


def test_a_deny_assignment_in_a_snapshot_wins(world: World) -> None:
    """Named, over every role."""
    from tests.fakes.facts import control, deny

    path = actual(world, denials=(deny(VAULT, control("*/read"), to=[DEVELOPERS]),))
    done = run(
        "can", "grp-developers", "Microsoft.KeyVault/vaults/read", "--on", "vault", "-e", "dev", "--source", path
    )
    assert done.exit_code == 2
    assert "the deny assignment `a deny` takes it away, whatever roles there are" in done.stdout


# The Azure CLI's list, and Azure


@pytest.fixture
def tenant(world: World) -> Tenant:
    """The small world's tenant, as an apply leaves it."""
    return tenant_of(world.work_out())


@pytest.fixture
def azure(tenant: Tenant) -> Iterator[StandIn]:
    """That tenant, served."""
    with StandIn(tenant) as served:
        yield served


def test_a_list_of_az_is_never_the_whole(world: World, tenant: Tenant) -> None:
    """It holds nothing eligible and no denials: answers come, with what they do not know, and exit 3."""
    (world.folder / "list.json").write_text(az_list(tenant, DEV))
    yes = run("can", "grp-developers", SECRET, "--on", "vault", "-e", "dev", "--source", "list.json")
    assert yes.exit_code == 3
    assert yes.stdout.startswith("allowed")
    assert "not decided: the deny assignments of" in yes.stdout
    # What a custom role gives no such list tells: the project knows its own.
    own = run(
        "can", "grp-operators", "Microsoft.KeyVault/vaults/read", "--on", "vault", "-e", "dev", "--source", "list.json"
    )
    assert "by Tiny Observer" in own.stdout
    no = run("can", "grp-developers", DELETE, "--on", "vault", "-e", "dev", "--source", "list.json")
    assert no.exit_code == 3
    assert "not decided: the eligible assignments of" in no.stdout
    assert run("who-can", DELETE, "--on", "vault", "-e", "dev", "--source", "list.json").exit_code == 3
    tenant.assign(VAULT, OWNER, DEVELOPERS)
    (world.folder / "list.json").write_text(az_list(tenant, DEV))
    checked = run("check", "--source", "list.json")
    assert checked.exit_code == 3
    assert "[actual-must-not]" in checked.stdout


def test_azure_as_an_apply_leaves_it(world: World, azure: StandIn) -> None:
    """The tests pass on the live reading: exit 0."""
    done = live(world, azure, "check", "--source", "azure")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "on Azure, access tests: 3 passed" in done.stdout


def test_a_foreign_owner_in_azure_is_found(world: World, tenant: Tenant, azure: StandIn) -> None:
    """A developer can delete production although no line of the project is wrong: exit 2, with the chain."""
    world.mapping["roles/developer.yaml"]["must_not"] = [{"do": DELETE, "on": "vault", "in": ["prod"]}]
    world.write()
    tenant.assign(f"/subscriptions/{PROD}", OWNER, DEVELOPERS)
    done = live(world, azure, "check", "--source", "azure")
    assert done.returncode == 2
    assert f"in Azure, `grp-developers` can `{DELETE}` on `vault` in prod, which Developer must not" in done.stdout
    assert f"Owner on subscription {PROD}: `*`, which is not in the project [actual-must-not]" in done.stdout
    who = live(world, azure, "who-can", DELETE, "--on", "vault", "-e", "prod", "--source", "azure")
    assert who.returncode == 0
    assert "allowed: grp-developers (group)" in who.stdout


def test_a_management_group_in_azure_reaches_down(world: World, tenant: Tenant, azure: StandIn) -> None:
    """Nothing in the project speaks of it; the list of the subscription holds what it inherits."""
    group = tenant.management_group("mg-over")
    tenant.subscription(DEV, under="mg-over")
    tenant.assign(group, OWNER, DEVELOPERS)
    done = live(
        world,
        azure,
        "can",
        "grp-developers",
        DELETE,
        "--on",
        "vault",
        "-e",
        "dev",
        "--source",
        "azure",
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "by Owner on management group mg-over: `*`" in done.stdout


def test_a_denial_in_azure_wins(world: World, tenant: Tenant, azure: StandIn) -> None:
    """Read with the rest."""
    tenant.deny(VAULT, actions=("*",), data_actions=("*",))
    asked = ("can", "grp-developers", SECRET, "--on", "vault", "-e", "dev", "--source", "azure")
    done = live(world, azure, *asked)
    assert done.returncode == 2
    assert "the deny assignment `deny` takes it away" in done.stdout


def test_a_refusal_is_exit_3(world: World, tenant: Tenant, azure: StandIn) -> None:
    """What may not be read is not decided: of `check`, `can` and `who-can`; what was found elsewhere is said all the same."""
    tenant.forbid(f"/subscriptions/{PROD}", "all")
    tenant.assign(VAULT, OWNER, DEVELOPERS)
    done = live(world, azure, "check", "--source", "azure", "--format", "json")
    assert done.returncode == 3
    content = json.loads(done.stdout)["actual"]
    assert (content["complete"], {each["rule"] for each in content["problems"]}) == (
        False,
        {"actual-must-not", "actual-privilege"},
    )
    assert {each["result"] for each in content["tests"] if each["environment"] == "prod"} == {"undecided"}
    for command in (("can", "grp-developers", DELETE), ("who-can", DELETE)):
        done = live(world, azure, *command, "--on", "vault", "-e", "prod", "--source", "azure")
        assert done.returncode == 3, done.stdout
        assert "not decided: the assignments of" in done.stdout
    done = live(world, azure, "explain", "grp-developers", "--source", "azure")
    assert done.returncode == 3


def test_nothing_readable_is_exit_1(world: World, tenant: Tenant, azure: StandIn) -> None:
    """No access at all: one sentence and a cure, nothing on stdout."""
    for scope in (
        "/",
        f"/subscriptions/{DEV}",
        f"/subscriptions/{PROD}",
        "/providers/Microsoft.Management/managementGroups/mg-tiny",
    ):
        tenant.forbid(scope, "all")
    for command in (("check",), ("can", "grp-developers", DELETE, "--on", "vault"), ("explain", "grp-developers")):
        done = live(world, azure, *command, "--source", "azure")
        assert (done.returncode, done.stdout) == (1, ""), done.stdout
        assert done.stderr.startswith("rbacgen: ")


def test_a_scope_outside_the_project_is_read_too(world: World, tenant: Tenant, azure: StandIn) -> None:
    """Its subscription is asked for, or the management group itself."""
    other = "33333333-3333-4333-8333-333333333333"
    tenant.subscription(other)
    tenant.assign(f"/subscriptions/{other}", OWNER, DEVELOPERS)
    group = tenant.management_group("mg-far")
    tenant.assign(group, OWNER, OPERATORS)
    for scope, name in ((f"/subscriptions/{other}", "grp-developers"), (group, "grp-operators")):
        asked = ("who-can", "Microsoft.Authorization/roleAssignments/write", "--on", scope, "--source", "azure")
        done = live(world, azure, *asked)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        assert f"allowed: {name} (group)" in done.stdout


def test_the_example_answers_as_a_process() -> None:
    """What the README shows works from the example's folder."""
    asked = (
        "can",
        "data_scientist",
        "Microsoft.MachineLearningServices/workspaces/computes/write",
        "--on",
        "workspace",
        "-e",
        "dev",
    )
    done = process(EXAMPLE, {}, *asked)
    assert (done.returncode, done.stderr) == (2, "")
    assert "through notActions (`/*/` also matches `/`)" in done.stdout.replace("\n    ", " ")


def test_deny_assignments_whose_strings_have_two_wildcards_are_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Contributor grants a part of `*/vaults/*` that neither of the two deny assignments takes away."""
    monkeypatch.chdir(tmp_path)
    path = Path(__file__).parents[1] / "authorization" / "data" / "deny_with_two_wildcards.json"
    on = "/subscriptions/11111111-1111-4111-8111-111111111111"
    who = "aaaaaaaa-0000-4000-8000-000000000001"
    asked = ("can", who, "*/vaults/*", "--plane", "control", "--on", on, "--source", str(path))
    done = run(*asked)
    assert done.exit_code == 2, done.output
    assert "cannot be compared" not in done.output
    words = " ".join(done.stdout.split())
    assert words.startswith("in part:")
    assert "by Contributor on subscription" in words
    assert "of 128 known operations that it covers, 1 possible" in words
