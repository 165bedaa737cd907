"""`rbacgen lock` against a stand-in for Azure, with the real SDK: what is found, what is refused, what is written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rbacgen.cli import main
from rbacgen.model.problems import Position
from rbacgen.project.lock import Named
from rbacgen.project.lookup import LookupAnswer
from rbacgen.sources.azure.clouds import cloud_of
from rbacgen.sources.azure.resolver import AzureResolver
from tests.fakes.azure import Fault, StandIn, Tenant
from tests.fakes.azure.tenant import PrincipalKind
from tests.fakes.world import DEV, DEVELOPERS, OPERATORS, PROD, ROBOT, World
from tests.validators import closed_validator

ROOT = Path(__file__).parents[2]
AT = Position("rbacgen.yaml", 1, 1)
NEW = "aaaaaaaa-0000-4000-8000-00000000000f"
APPLICATION = "bbbbbbbb-0000-4000-8000-000000000001"
ANA = "aaaaaaaa-0000-4000-8000-00000000000a"
IN_DEV = f"/subscriptions/{DEV}/resourceGroups/RG-Dev"


@pytest.fixture
def tenant() -> Tenant:
    """Everybody and everything that the world names, in Azure's own spelling."""
    made = Tenant()
    made.subscription(DEV, "dev", under="mg-tiny")
    made.subscription(PROD, "prod", under="mg-tiny")
    made.management_group("MG-Tiny")
    for subscription, stage, group in ((DEV, "dev", "RG-Dev"), (PROD, "prod", "rg-prod")):
        made.resource_group(subscription, group)
        there = f"/subscriptions/{subscription}/resourceGroups/{group}/providers"
        made.resource(f"{there}/Microsoft.KeyVault/vaults/KV-{stage}")
        storage = made.resource(f"{there}/microsoft.storage/storageaccounts/st{stage}")
        made.resource(f"{storage}/blobservices/default/containers/raw", listed=False)
    made.principal(DEVELOPERS, "Group", "grp-developers")
    made.principal(OPERATORS, "Group", "grp-operators")
    made.principal(ROBOT, "ServicePrincipal", "id-robot", app_id=APPLICATION, managed=True)
    return made


@pytest.fixture
def azure(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """The tenant served, and this process set up to take it for Azure."""
    with StandIn(tenant) as served:
        for name, value in served.environment().items():
            monkeypatch.setenv(name, value)
        yield served


@pytest.fixture
def there(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world with names only, with its folder the current one."""
    for members in world.project["team"].values():
        for member in members:
            del member["id"]
    world.write()
    monkeypatch.chdir(world.folder)
    return world


def run(*arguments: str) -> Result:
    """What `lock` comes to in this process."""
    return CliRunner().invoke(main, ["lock", "--patience", "2", *arguments], catch_exceptions=False)


def on_disk(world: World) -> dict[str, Any]:
    """The lock file as it stands."""
    content: dict[str, Any] = json.loads((world.folder / "rbacgen.lock").read_text(encoding="utf-8"))
    return content


def lookup(azure: StandIn, retry_budget: float = 2) -> AzureResolver:
    """A lookup in the stand-in."""
    return AzureResolver.of(cloud_of(environment=os.environ), os.environ, retry_budget)


def ask(azure: StandIn, kind: str, name: str) -> LookupAnswer:
    """What Azure says of one name."""
    named = Named(kind, name, "", AT)
    return lookup(azure).names((named,))[named.key]


def ids(answer: LookupAnswer) -> list[str]:
    """The object ids in an answer."""
    return [each.id for each in answer.found]


# The whole command.


def test_lock_finds_all_and_is_current_the_second_time(there: World, azure: StandIn) -> None:
    """Object ids of names, Azure's spelling of scopes; nothing on stderr, and the same bytes again."""
    result = run()
    assert (result.exit_code, result.stderr) == (0, "")
    content = on_disk(there)
    names = [role["name"] for role in content.pop("azure_roles").values()]
    assert names == ["Storage Blob Data Reader", "Key Vault Secrets User", "Reader", "Contributor"]
    assert content == {
        "format_version": 1,
        "tenant": azure.tenant.id,
        "principals": {
            "group": {"grp-developers": DEVELOPERS, "grp-operators": OPERATORS},
            "managed_identity": {"id-robot": ROBOT},
        },
        "scopes": [
            "/providers/Microsoft.Management/managementGroups/MG-Tiny",
            IN_DEV,
            f"{IN_DEV}/providers/Microsoft.KeyVault/vaults/KV-dev",
            f"{IN_DEV}/providers/Microsoft.Storage/storageAccounts/stdev",
            f"{IN_DEV}/providers/Microsoft.Storage/storageAccounts/stdev/blobServices/default/containers/raw",
            f"/subscriptions/{PROD}/resourceGroups/rg-prod",
            f"/subscriptions/{PROD}/resourceGroups/rg-prod/providers/Microsoft.KeyVault/vaults/KV-prod",
            f"/subscriptions/{PROD}/resourceGroups/rg-prod/providers/Microsoft.Storage/storageAccounts/stprod",
            f"/subscriptions/{PROD}/resourceGroups/rg-prod/providers/Microsoft.Storage/storageAccounts/stprod"
            "/blobServices/default/containers/raw",
        ],
    }
    assert f"+ group grp-developers {DEVELOPERS}\n" in result.stdout
    assert result.stdout.endswith("wrote rbacgen.lock: 3 principals, 9 scopes and 4 Azure roles\n")
    before = (there.folder / "rbacgen.lock").read_bytes()
    result = run()
    assert (result.exit_code, result.stdout) == (
        0,
        "rbacgen.lock is current: 3 principals, 9 scopes and 4 Azure roles\n",
    )
    assert (there.folder / "rbacgen.lock").read_bytes() == before
    assert run("--check").exit_code == 0


def test_a_lock_only_reads(there: World, azure: StandIn) -> None:
    """GET, the questions to Graph that are posted, and the login."""
    there.project["team"]["robot"][0]["id"] = ROBOT
    there.write()
    run()
    sent = {(seen.service, seen.method, seen.path) for seen in azure.requests if not seen.batched}
    posted = {(service, path) for service, method, path in sent if method != "GET"}
    assert {method for _, method, _ in sent} == {"GET", "POST"}
    assert {service for service, _ in posted} == {"entra", "graph"}
    assert {path for service, path in posted if service == "graph"} <= {
        "/v1.0/$batch",
        "/v1.0/directoryObjects/getByIds",
    }


def test_a_lock_is_worked_with_offline(there: World, azure: StandIn) -> None:
    """What is rendered then has Azure's spelling, and no question is left."""
    run()
    azure.requests.clear()
    there.lock = on_disk(there)
    rendered = there.render()
    assert rendered.directories
    assert any("resourceGroups/RG-Dev" in text for text in there.rendered("dev").values())
    assert azure.requests == []


def test_a_stale_lock_is_2_with_check(there: World, azure: StandIn) -> None:
    """And nothing is written."""
    result = run("--check")
    assert result.exit_code == 2
    assert "rbacgen.lock is not current: run `rbacgen lock`" in result.stdout
    assert not (there.folder / "rbacgen.lock").exists()


def test_json_says_all_of_it(there: World, azure: StandIn) -> None:
    """For pipelines: what came in, what was found, what could not be read."""
    azure.tenant.forbid(IN_DEV)
    result = run("--format", "json")
    assert result.exit_code == 3
    content = json.loads(result.stdout)
    assert (content["format_version"], content["project"], content["lock"]) == (1, "tiny", "rbacgen.lock")
    closed_validator("lock").validate(content)
    assert (content["written"], content["current"], content["complete"]) == (True, False, False)
    assert {"change": "added", "kind": "group", "name": "grp-developers", "id": DEVELOPERS} in content["changes"]
    assert content["unread"][0]["at"]["file"] == "rbacgen.yaml"
    assert {each["what"] for each in content["unread"]} == {
        f"/subscriptions/{DEV}/resourceGroups/rg-dev",
        f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev",
        f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.Storage/storageAccounts/stdev",
        f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.Storage/storageAccounts/stdev"
        "/blobServices/default/containers/raw",
    }


def test_a_group_made_anew_keeps_its_old_id_until_it_is_accepted(there: World, azure: StandIn) -> None:
    """2, loudly, and the old one stays; `--accept` takes the new one."""
    run()
    azure.tenant.delete(DEVELOPERS)
    azure.tenant.principal(NEW, "Group", "grp-developers")
    result = run()
    assert result.exit_code == 2
    assert "rbacgen.yaml:19:12: changed: the group `grp-developers`" in result.stdout
    assert "can be restored from the directory's bin" in result.stdout
    assert on_disk(there)["principals"]["group"]["grp-developers"] == DEVELOPERS
    assert run("--check").exit_code == 2
    result = run("--accept", "grp-developers")
    assert result.exit_code == 0
    assert f"- group grp-developers {DEVELOPERS}\n+ group grp-developers {NEW}\n" in result.stdout
    assert on_disk(there)["principals"]["group"]["grp-developers"] == NEW
    assert run("--check").exit_code == 0


def test_two_kinds_of_one_name_are_accepted_apart(there: World, azure: StandIn) -> None:
    """One that was made anew on purpose does not bring in the other one."""
    first, second = (f"dddddddd-0000-4000-8000-00000000000{number}" for number in (1, 2))
    there.project["team"]["developer"] = [{"group": "deploy"}]
    there.project["team"]["operator"] = [{"service_principal": "deploy"}]
    there.write()
    azure.tenant.principal(first, "Group", "deploy")
    azure.tenant.principal(second, "ServicePrincipal", "deploy")
    assert run().exit_code == 0
    azure.tenant.delete(first, soft=False)
    azure.tenant.delete(second, soft=False)
    azure.tenant.principal(first.replace("d", "e"), "Group", "deploy")
    azure.tenant.principal(second.replace("d", "e"), "ServicePrincipal", "deploy")
    result = run("--accept", "deploy")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "the project looks up 2 of this name (group, service principal)" in result.stderr
    assert "`--accept group:deploy` or `--accept service_principal:deploy`" in result.stderr
    result = run("--accept", "Group:deploy")
    assert result.exit_code == 2
    assert "until `rbacgen lock --accept service_principal:deploy`" in result.stdout
    actual = on_disk(there)["principals"]
    assert actual["group"] == {"deploy": first.replace("d", "e")}
    assert actual["service_principal"] == {"deploy": second}


def test_a_damaged_lock_does_not_let_a_group_in_that_was_made_anew(there: World, azure: StandIn) -> None:
    """1, and the file stays: what it held is what tells the old group from the new one."""
    run()
    path = there.folder / "rbacgen.lock"
    azure.tenant.delete(DEVELOPERS, soft=False)
    azure.tenant.principal(NEW, "Group", "grp-developers")
    assert run().exit_code == 2
    whole = path.read_text(encoding="utf-8")
    path.write_text(f"<<<<<<< HEAD\n{whole}=======\n{whole}>>>>>>> other\n", encoding="utf-8")
    before = path.read_bytes()
    for options in ((), ("--check",), ("--accept", "grp-developers")):
        result = run(*options)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "rbacgen.lock:1:1: error: it holds a merge conflict: resolve it, or delete the file" in result.stderr
        assert path.read_bytes() == before
    path.unlink()
    assert run().exit_code == 0
    assert on_disk(there)["principals"]["group"]["grp-developers"] == NEW


def test_a_renamed_group_is_an_error_that_says_its_new_name(there: World, azure: StandIn) -> None:
    """The lock's object id leads to it. Nothing is on stdout and nothing is written."""
    run()
    before = (there.folder / "rbacgen.lock").read_bytes()
    azure.tenant.principals[DEVELOPERS].name = "grp-coders"
    result = run()
    assert (result.exit_code, result.stdout) == (1, "")
    assert "rbacgen.yaml:19:12: error: the directory has no group `grp-developers`" in result.stderr
    assert f"the one of rbacgen.lock ({DEVELOPERS}) is called `grp-coders` now" in result.stderr
    assert (there.folder / "rbacgen.lock").read_bytes() == before


@pytest.mark.parametrize(("soft", "said"), [(True, "was deleted, and can be restored"), (False, ") was deleted [")])
def test_a_deleted_group_is_an_error_that_says_so(there: World, azure: StandIn, soft: bool, said: str) -> None:
    """In the bin, where it can be restored with its access, or gone for good."""
    run()
    azure.tenant.delete(DEVELOPERS, soft=soft)
    result = run()
    assert result.exit_code == 1
    assert said in result.stderr


def test_a_given_id_that_is_gone_is_a_finding(there: World, azure: StandIn) -> None:
    """2; the members given with their ids are not in the lock, but they are looked after."""
    there.project["team"]["developer"] = [{"group": "grp-developers", "id": DEVELOPERS}]
    there.write()
    assert run().exit_code == 0
    azure.tenant.delete(DEVELOPERS, soft=False)
    result = run("--check")
    assert result.exit_code == 2
    assert (
        f"deleted: the group `grp-developers` has the id {DEVELOPERS}, which no object in the directory has"
        in result.stdout
    )
    assert "developers" not in json.dumps(on_disk(there))


def test_an_application_id_given_as_object_id_is_explained(there: World, azure: StandIn) -> None:
    """The two look alike, and Azure refuses the wrong one only when it is applied."""
    there.project["team"]["robot"] = [{"service_principal": "id-robot", "id": APPLICATION}]
    there.write()
    result = run()
    assert result.exit_code == 2
    assert f"it is the application id of `id-robot`, whose object id is {ROBOT}" in result.stdout


def test_a_directory_that_refuses_is_3_with_the_permission_that_lacks(there: World, azure: StandIn) -> None:
    """Once, for all names of a kind; scopes are written, and what the lock had stays."""
    run()
    azure.tenant.graph_permission = "none"
    before = (there.folder / "rbacgen.lock").read_bytes()
    result = run()
    assert result.exit_code == 3
    assert result.stdout.count("Group.Read.All or Directory.Read.All") == 1
    assert "Application.Read.All or Directory.Read.All" in result.stdout
    assert (there.folder / "rbacgen.lock").read_bytes() == before


def test_a_login_that_is_none_for_the_directory_is_3(there: World, azure: StandIn) -> None:
    """A policy can forbid Microsoft Graph alone: scopes are found all the same."""
    azure.fault(Fault(service="entra", method="POST", after=1, status=400, body=json.dumps({"error": "invalid_grant"})))
    result = run()
    assert result.exit_code == 3
    assert "Traceback" not in result.output
    assert len(on_disk(there)["scopes"]) == 9
    assert on_disk(there)["principals"] == {}


def test_without_login_it_is_1_and_one_sentence(there: World, azure: StandIn) -> None:
    """A wrong secret, and nothing of what Entra wrote."""
    os.environ["AZURE_CLIENT_SECRET"] = "not-the-secret"
    result = run()
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Microsoft Entra ID rejects the login" in result.stderr
    assert "not-the-secret" not in result.stderr
    assert len(result.stderr.splitlines()) == 2


def test_the_wrong_tenant_is_1_before_anything_is_looked_up(there: World, azure: StandIn) -> None:
    """A group of the same name in another tenant is another group."""
    there.project["tenant"] = NEW
    there.write()
    result = run()
    assert result.exit_code == 1
    assert f"the login is for the tenant {azure.tenant.id}" in result.stderr
    assert azure.asked("graph") == []


def test_a_process_ends_with_the_exit_codes_of_the_contract(there: World, azure: StandIn) -> None:
    """0 written, 2 stale, 3 in part, 1 not found; the same file from each process."""

    def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "rbacgen", "lock", "--patience", "2", *arguments],
            cwd=there.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **azure.environment(), **environment},
            capture_output=True,
            text=True,
            timeout=60,
        )

    assert process("--check").returncode == 2
    first = process(PYTHONHASHSEED="1")
    assert (first.returncode, first.stderr) == (0, "")
    before = (there.folder / "rbacgen.lock").read_bytes()
    (there.folder / "rbacgen.lock").unlink()
    assert process(PYTHONHASHSEED="2").returncode == 0
    assert (there.folder / "rbacgen.lock").read_bytes() == before
    azure.tenant.forbid(IN_DEV)
    assert process().returncode == 3
    azure.tenant.delete(OPERATORS)
    failed = process()
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "Traceback" not in failed.stderr
    assert process("--no-such-option").returncode == 1


def test_the_lock_of_the_example_is_what_a_run_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    """Byte for byte, in a tenant with everybody and everything that stands in it; what lies in others is asked for.

    `--bless` writes it, when Azure's roles have become others.
    """
    example = ROOT / "examples" / "fraud-detection"
    committed = (example / "rbacgen.lock").read_bytes()
    content = json.loads(committed)
    tenant = Tenant(id=content["tenant"])
    for scope in content["scopes"]:
        depth = scope.count("/")
        tenant.resource(scope, listed=depth == 8) if depth > 4 else tenant.resource_group(*scope.split("/")[2::2])
    kinds: dict[str, PrincipalKind] = {"group": "Group", "user": "User", "managed_identity": "ServicePrincipal"}
    for kind, named in content["principals"].items():
        for name, object_id in named.items():
            upn, managed = (name, False) if kind == "user" else (None, kind == "managed_identity")
            tenant.principal(object_id, kinds[kind], name, upn=upn, managed=managed)
    for number, name in enumerate(("sp-fraud-infra", "sp-fraud-deploy-dev", "sp-fraud-deploy"), 1):
        tenant.principal(f"2f7c1f0e-6d0b-4b1a-9d0e-0c5b8a1e7f0{number}", "ServicePrincipal", name)
    (tmp_path / "rbacgen.yaml").write_bytes((example / "rbacgen.yaml").read_bytes())
    monkeypatch.chdir(tmp_path)
    with StandIn(tenant) as azure:
        for name, value in azure.environment().items():
            monkeypatch.setenv(name, value)
        result = run()
        assert (result.exit_code, result.stderr) == (0, "")
        if pytestconfig.getoption("--bless"):
            committed = (tmp_path / "rbacgen.lock").read_bytes()
            (example / "rbacgen.lock").write_bytes(committed)
        assert (tmp_path / "rbacgen.lock").read_bytes() == committed
        children = [scope for scope in content["scopes"] if scope.count("/") > 8]
        assert all(azure.asked("arm", "GET", scope) for scope in children)
        assert len(children) == 17


# Who is in the groups.

BEN = "aaaaaaaa-0000-4000-8000-00000000000b"
ON_CALL = "aaaaaaaa-0000-4000-8000-00000000000c"
MEMBERS = f"/groups/{DEVELOPERS}/members"


@pytest.fixture
def staffed(azure: StandIn) -> StandIn:
    """Ana and the people on call are developers; Ben is on call, and so is a robot; nobody operates."""
    tenant = azure.tenant
    tenant.principal(ANA, "User", "Ana")
    tenant.principal(BEN, "User", "Ben")
    tenant.principal(ON_CALL, "Group", "grp-on-call", members=[BEN, ROBOT])
    tenant.member(DEVELOPERS, ANA, ON_CALL)
    return azure


def test_members_come_with_those_of_groups_in_groups(there: World, staffed: StandIn) -> None:
    """Ids and kinds, service principals too, which a plain list of Graph's leaves out; and no name of any person."""
    result = run("--members")
    assert (result.exit_code, result.stderr) == (0, "")
    assert on_disk(there)["members"] == {
        DEVELOPERS: {"group": [ON_CALL], "user": [ANA]},
        OPERATORS: {},
        ON_CALL: {"service_principal": [ROBOT], "user": [BEN]},
    }
    assert f"+ 2 members of the group grp-developers {DEVELOPERS}\n" in result.stdout
    assert f"+ 2 members of the group grp-on-call {ON_CALL}\n" in result.stdout
    assert on_disk(there)["group_names"] == {ON_CALL: "grp-on-call"}
    assert result.stdout.endswith(
        "wrote rbacgen.lock: 3 principals, 9 scopes, 4 Azure roles and the members of 3 groups\n"
    )
    text = (there.folder / "rbacgen.lock").read_text(encoding="utf-8")
    assert "contoso" not in text
    assert "Ana" not in text
    assert run("--check", "--members").exit_code == 0
    staffed.tenant.principals[ON_CALL].name = "grp-night-shift"
    renamed = run("--members")
    assert (
        f"- the group {ON_CALL} is called grp-on-call\n+ the group {ON_CALL} is called grp-night-shift\n"
        in renamed.stdout
    )


def test_members_stand_until_they_are_asked_for_again(there: World, staffed: StandIn) -> None:
    """A plain lock keeps them and says so; with `--members` a joiner makes the lock stale, by one line."""
    run("--members")
    before = (there.folder / "rbacgen.lock").read_text(encoding="utf-8").splitlines()
    staffed.tenant.member(OPERATORS, BEN)
    staffed.requests.clear()
    result = run("--check")
    assert result.exit_code == 0
    assert result.stdout.endswith("and the members of 3 groups as they stood\n")
    assert not staffed.asked("graph", path="/members")
    result = run("--check", "--members")
    assert result.exit_code == 2
    assert f"+ 1 member of the group grp-operators {OPERATORS}\n" in result.stdout
    assert result.stdout.endswith("rbacgen.lock is not current: run `rbacgen lock --members`\n")
    staffed.tenant.member(DEVELOPERS, BEN)
    staffed.tenant.principals[OPERATORS].members.clear()
    assert run("--members").exit_code == 0
    after = (there.folder / "rbacgen.lock").read_text(encoding="utf-8").splitlines()
    assert len(after) == len(before) + 1
    assert {each.rstrip(",") for each in after} == {each.rstrip(",") for each in before}  # Ben was on call already


def test_apart_is_proven_from_the_lock(there: World, staffed: StandIn) -> None:
    """Offline, with both ways; until the members are known it is open."""
    there.project["apart"] = [["developer", "operator"]]
    there.write()
    staffed.tenant.member(OPERATORS, BEN)
    assert run().exit_code == 0
    checked = CliRunner().invoke(main, ["check", "--notes"])
    assert checked.exit_code == 0
    assert checked.stdout.count("[apart-unknown]") == 2
    assert run("--members").exit_code == 0
    staffed.requests.clear()
    checked = CliRunner().invoke(main, ["check"])
    assert checked.exit_code == 1
    assert staffed.requests == []
    assert (
        f"`{BEN}` is operator through `grp-operators` here and developer through `grp-on-call` in `grp-developers`"
        in checked.stdout
    )


def test_members_of_many_pages_are_all_there(there: World, staffed: StandIn) -> None:
    """More than a page holds, of people and of service principals."""
    people = [f"eeeeeeee-0000-4000-8000-{number:012}" for number in range(1005)]
    robots = [f"ffffffff-0000-4000-8000-{number:012}" for number in range(1001)]
    for each in people:
        staffed.tenant.principal(each, "User", f"Person {each[-4:]}")
    for each in robots:
        staffed.tenant.principal(each, "ServicePrincipal", f"sp-{each[-4:]}")
    staffed.tenant.member(OPERATORS, *people, *robots)
    assert run("--members").exit_code == 0
    assert on_disk(there)["members"][OPERATORS] == {"service_principal": robots, "user": people}


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (
            Fault(path=f"{MEMBERS}$", status=403, code="Authorization_RequestDenied"),
            "does not let this login read the members",
        ),
        (Fault(path=f"/groups/{DEVELOPERS}$", status=403), "does not let this login read the members"),
        (Fault(path=f"/groups/{DEVELOPERS}$", status=404), "the directory has no group of this id (404)"),
        (Fault(path=f"/groups/{DEVELOPERS}$", status=400), "did not show the group (400)"),
        (Fault(path=f"/groups/{DEVELOPERS}$", status=200, body="{}", content_type="application/json"), ""),
        (
            Fault(path=f"/groups/{DEVELOPERS}$", status=200, body="[]", content_type="application/json"),
            "answer does not have the",
        ),
        (Fault(path=f"{MEMBERS}$", status=500), "Microsoft Graph: Azure failed (500 InternalServerError)"),
        (Fault(path=f"{MEMBERS}$", repeat="itself"), "the same page of a list"),
        (Fault(path=f"{MEMBERS}$", repeat="first"), "the same page of a list"),
        (Fault(path=f"{MEMBERS}$", malformed=True), "answer does not have the"),
        (Fault(path=f"{MEMBERS}$", drop="middle"), "was closed in the middle of an answer"),
        (
            Fault(path=f"{MEMBERS}$", body=json.dumps({"value": [{"id": ANA}]})),
            "did not name the type of some members",
        ),
        (Fault(path=f"{MEMBERS}/microsoft.graph.servicePrincipal$", status=400), "Azure rejects the request (400"),
    ],
)
def test_members_that_could_not_be_read_whole_are_3_and_never_none(
    there: World, staffed: StandIn, fault: Fault, why: str
) -> None:
    """The group is not in the lock, so that nobody takes it for an empty one; the others are."""
    fault.service = "graph"
    staffed.fault(fault)
    result = run("--members")
    if not why:  # no fault at all: a group that says nothing of its visibility hides nothing
        assert result.exit_code == 0
        return
    assert result.exit_code == 3, result.output
    assert why in result.stdout
    assert result.stdout.count("not read: the members of the group `grp-developers`\n") == 1
    assert set(on_disk(there)["members"]) == {OPERATORS}
    staffed.heal()
    assert run("--members").exit_code == 0
    staffed.fault(fault)
    fault.struck = 0
    result = run("--members")
    assert result.exit_code == 3
    assert "which stay as rbacgen.lock has them" in result.stdout
    assert on_disk(there)["members"][DEVELOPERS] == {"group": [ON_CALL], "user": [ANA]}


def test_a_page_in_the_middle_that_fails_loses_the_whole_group(there: World, staffed: StandIn) -> None:
    """What came before it is not the whole."""
    people = [f"eeeeeeee-0000-4000-8000-{number:012}" for number in range(1005)]
    for each in people:
        staffed.tenant.principal(each, "User", f"Person {each[-4:]}")
    staffed.tenant.member(DEVELOPERS, *people)
    staffed.fault(Fault(service="graph", path=f"{MEMBERS}$", page=2, status=503))
    result = run("--members")
    assert result.exit_code == 3
    assert DEVELOPERS not in on_disk(there)["members"]
    assert not [each for each in people if each in (there.folder / "rbacgen.lock").read_text(encoding="utf-8")]


def test_a_group_in_a_group_that_may_not_be_read_is_said_with_the_way_to_it(there: World, staffed: StandIn) -> None:
    """The outer one is known, and what is in the inner one is not: so nothing is known whole."""
    staffed.fault(Fault(service="graph", path=f"/groups/{ON_CALL}/members$", status=403))
    result = run("--members")
    assert result.exit_code == 3
    assert (
        f"rbacgen.yaml:19:12: not read: the members of the group {ON_CALL} in the group `grp-developers`"
        in result.stdout
    )
    assert "GroupMember.Read.All" in result.stdout
    assert on_disk(there)["members"] == {DEVELOPERS: {"group": [ON_CALL], "user": [ANA]}, OPERATORS: {}}
    there.lock = on_disk(there)
    membership = there.work_out().project.membership
    assert (membership.known, membership.opaque_in(DEVELOPERS)) == ({OPERATORS}, (ON_CALL,))


def test_a_group_that_hides_its_members_is_not_empty(there: World, staffed: StandIn) -> None:
    """Graph shows an empty list of it to whoever may not see them."""
    staffed.tenant.principals[ON_CALL].hides_members = True
    result = run("--members", "--format", "json")
    assert result.exit_code == 3
    content = json.loads(result.stdout)
    (unread,) = content["unread"]
    assert "the group hides its members" in unread["why"]
    assert "Member.Read.Hidden" in unread["remedy"]
    assert ON_CALL not in on_disk(there)["members"]
    assert (content["complete"], content["members_asked"], content["groups"]) == (False, True, 2)
    assert {"change": "added", "kind": "user", "name": "", "id": ANA, "member_of": DEVELOPERS} in content["changes"]
    staffed.tenant.sees_hidden = True
    assert run("--members").exit_code == 0
    assert on_disk(there)["members"][ON_CALL] == {"service_principal": [ROBOT], "user": [BEN]}


def test_a_directory_that_is_gone_leaves_the_members_as_they_stood(there: World, staffed: StandIn) -> None:
    """Names are given, so that nothing but members has to be asked there."""
    run("--members")
    before = on_disk(there)["members"]
    staffed.fault(Fault(service="graph", path=r"\$batch", status=503))
    result = run("--members")
    assert result.exit_code == 3
    assert result.stdout.count("which stay as rbacgen.lock has them") == 3
    assert on_disk(there)["members"] == before


def test_members_are_read_with_nothing_but_reading(there: World, staffed: StandIn) -> None:
    """GET and the batch of GETs; nothing of the members but their ids is asked for."""
    run("--members")
    asked = [seen for seen in staffed.asked("graph") if "/members" in seen.path]
    assert {seen.method for seen in asked} == {"GET"}
    assert {seen.query["$select"] for seen in asked} == {"id"}


def test_a_process_asks_for_members(there: World, staffed: StandIn) -> None:
    """As a pipeline runs it: 0, then 2 with `--check` after somebody joined, and 3 where a group refuses."""
    environment = {"PATH": os.environ["PATH"], **staffed.environment()}

    def process(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "rbacgen", "lock", "--patience", "2", *arguments]
        return subprocess.run(command, cwd=there.folder, env=environment, capture_output=True, text=True)

    assert process("--members").returncode == 0
    before = (there.folder / "rbacgen.lock").read_bytes()
    assert process("--members", "--check").returncode == 0
    staffed.tenant.member(OPERATORS, ANA)
    assert process("--check").returncode == 0
    assert process("--members", "--check").returncode == 2
    staffed.fault(Fault(service="graph", path=f"{MEMBERS}$", status=403))
    failed = process("--members", "--check")
    assert (failed.returncode, failed.stderr) == (3, "")
    assert (there.folder / "rbacgen.lock").read_bytes() == before


# Names.


def test_names_are_found_whatever_letters_they_have(azure: StandIn) -> None:
    """Quotes are doubled in a filter, and the rest is encoded; the directory compares without case."""
    for number, name in enumerate(["O'Brien & Söhne", "a+b 100%", "Grp / x # y?", "''", "ends with \\"]):
        oid = f"cccccccc-0000-4000-8000-{number:012}"
        azure.tenant.principal(oid, "Group", name)
        assert ids(ask(azure, "group", name.upper())) == [oid]


def test_a_user_is_found_by_principal_name(azure: StandIn) -> None:
    """A guest's too, with `#EXT#` in it, and one with a quote."""
    azure.tenant.principal(
        ANA, "User", "Ana", upn="ana_partner.example#EXT#@contoso.example", mail="ana@partner.example"
    )
    azure.tenant.principal(NEW, "User", "Pat", upn="pat.o'brien@contoso.example")
    assert ids(ask(azure, "user", "Ana_Partner.example#EXT#@contoso.example")) == [ANA]
    assert ids(ask(azure, "user", "pat.o'brien@contoso.example")) == [NEW]


def test_the_mail_address_of_a_guest_leads_to_the_principal_name(azure: StandIn) -> None:
    """Guests sign in with their own address, and have another name here."""
    azure.tenant.principal(
        ANA, "User", "Ana", upn="ana_partner.example#EXT#@contoso.example", mail="ana@partner.example"
    )
    answer = ask(azure, "user", "ana@partner.example")
    assert ids(answer) == []
    assert "`ana_partner.example#EXT#@contoso.example`" in answer.hint


def test_namesakes_come_with_what_tells_them_apart(azure: StandIn) -> None:
    """For a managed identity the resource that it is of."""
    azure.tenant.principal(NEW, "Group", "GRP-developers", mail="dev@contoso.example")
    found = ask(azure, "group", "grp-developers").found
    assert [(each.id, each.distinguished_by) for each in found] == [(DEVELOPERS, ""), (NEW, "mail dev@contoso.example")]
    azure.tenant.identity(f"{IN_DEV}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-robot", ANA)
    distinguished_by = [each.distinguished_by for each in ask(azure, "managed_identity", "id-robot").found]
    assert any(each.startswith(f"managed identity, of {IN_DEV}/") for each in distinguished_by)


@pytest.mark.parametrize(
    ("kind", "written", "near"),
    [
        ("group", "grp-develpers", "grp-developers"),
        ("managed_identity", "id-robott", "id-robot"),
        ("user", "anna@contoso.example", "ann@contoso.example"),
        ("group", "something else", ""),
    ],
)
def test_a_name_that_nobody_has_comes_with_a_near_miss(azure: StandIn, kind: str, written: str, near: str) -> None:
    """Among those that begin alike: a whole directory is not read for it."""
    azure.tenant.principal(ANA, "User", "Ann", upn="ann@contoso.example")
    answer = ask(azure, kind, written)
    assert (ids(answer), answer.why) == ([], "")
    assert answer.hint == (f" (did you mean `{near}`?)" if near else "")


def test_a_name_that_is_there_under_the_other_kind_is_no_near_miss(azure: StandIn) -> None:
    """It is said what to write, by name and by application id; a managed identity may be written as either."""
    azure.tenant.principal(NEW, "ServicePrincipal", "sp-deploy", app_id=APPLICATION.replace("b", "c"))
    for name in ("sp-deploy", "SP-Deploy", APPLICATION.replace("b", "c")):
        answer = ask(azure, "managed_identity", name)
        assert (ids(answer), answer.hint) == ([], ": that is a service principal, so write `service_principal:`")
    assert ids(ask(azure, "service_principal", "id-robot")) == [ROBOT]


def test_nobody_is_told_to_write_what_was_written(azure: StandIn) -> None:
    """A lagging directory finds by its beginning whom it did not find by name; and the next best name is said."""
    body = {"value": [{"id": NEW, "displayName": "grp-lag"}, {"id": ANA, "displayName": "grp-lags"}]}
    azure.fault(Fault(service="graph", path="/groups$", status=200, body='{"value": []}', times=1))
    azure.fault(Fault(service="graph", path="/groups$", status=200, body=json.dumps(body)))
    assert ask(azure, "group", "Grp-Lag").hint == " (did you mean `grp-lags`?)"


def test_a_service_principal_is_found_by_name_or_application_id(azure: StandIn) -> None:
    """Its object id is what access goes to; a managed identity of the same name is another one."""
    azure.tenant.principal(NEW, "ServicePrincipal", "sp-deploy", app_id=APPLICATION.replace("b", "c"))
    azure.tenant.principal(ANA, "ServicePrincipal", "sp-deploy", managed=True)
    assert ids(ask(azure, "service_principal", "sp-deploy")) == [NEW]
    assert ids(ask(azure, "managed_identity", "sp-deploy")) == [ANA]
    assert ids(ask(azure, "service_principal", APPLICATION.replace("b", "C"))) == [NEW]
    answer = ask(azure, "service_principal", NEW)
    assert ids(answer) == []
    assert "that is the object id of `sp-deploy`" in answer.hint


def test_a_managed_identity_is_found_by_its_resource(azure: StandIn) -> None:
    """A user-assigned one, and the one that any other resource has of its own; in any case of letters."""
    own = f"{IN_DEV}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-own"
    site = f"{IN_DEV}/providers/Microsoft.Web/sites/web"
    azure.tenant.identity(own, NEW)
    azure.tenant.identity(site, ANA)
    assert ids(ask(azure, "managed_identity", own.lower())) == [NEW]
    assert ids(ask(azure, "managed_identity", site)) == [ANA]
    vault = f"{IN_DEV}/providers/Microsoft.KeyVault/vaults/KV-dev"
    for nobody in (vault, "/nothing", IN_DEV, f"{own}-2", f"{IN_DEV}-2/providers/Microsoft.Web/sites/web"):
        answer = ask(azure, "managed_identity", nobody)
        assert (ids(answer), answer.why, bool(answer.hint)) == ([], "", True)
    azure.tenant.forbid(IN_DEV)
    assert ask(azure, "managed_identity", own).why


def test_namesakes_on_later_pages_count(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """One page may hold a single one of them."""
    tenant.principal(NEW, "Group", "GRP-developers")
    with StandIn(tenant, page=1) as azure:
        for name, value in azure.environment().items():
            monkeypatch.setenv(name, value)
        assert ids(ask(azure, "group", "grp-developers")) == [DEVELOPERS, NEW]


def test_a_laxer_comparison_of_names_gives_nothing(azure: StandIn) -> None:
    """Whoever is found must have the very name, whatever the directory takes for equal."""
    other = {"value": [{"id": NEW, "displayName": "grp-développers"}]}
    azure.fault(Fault(service="graph", path="/groups$", status=200, body=json.dumps(other)))
    answer = ask(azure, "group", "grp-developpers")
    assert (ids(answer), answer.hint) == ([], " (did you mean `grp-développers`?)")


def test_many_names_are_all_answered(azure: StandIn) -> None:
    """Side by side, each answer to its own name."""
    names = [f"grp-{number}" for number in range(45)]
    for number, name in enumerate(names):
        azure.tenant.principal(f"cccccccc-0000-4000-8000-{number:012}", "Group", name)
    named = tuple(Named("group", name, "", AT) for name in [*names, "grp-none"])
    answers = lookup(azure).names(named)
    for number, each in enumerate(named[:-1]):
        assert ids(answers[each.key]) == [f"cccccccc-0000-4000-8000-{number:012}"]
    assert ids(answers[named[-1].key]) == []


def test_a_directory_that_is_gone_costs_patience_once(azure: StandIn) -> None:
    """Not for each of many names again."""
    azure.fault(Fault(service="graph", status=503, retry_after=60))
    named = tuple(Named("group", f"grp-{number}", "", AT) for number in range(60))
    answers = lookup(azure).names(named)
    assert all("503" in each.why for each in answers.values())
    assert len(azure.asked("graph")) <= 8


@pytest.mark.parametrize(
    ("kind", "permission"), [("group", "Group"), ("user", "User"), ("managed_identity", "Application")]
)
def test_a_refused_kind_names_its_permission(azure: StandIn, kind: str, permission: str) -> None:
    """The least that shows it; the other kinds are found."""
    azure.tenant.graph_permission = "none"
    answer = ask(azure, kind, "x")
    assert "(403 Authorization_RequestDenied)" in answer.why
    assert f"{permission}.Read.All" in answer.remedy
    assert "Directory.Read.All" in answer.remedy


def test_one_question_that_fails_leaves_the_others(azure: StandIn) -> None:
    """Each has an answer of its own."""
    azure.fault(Fault(service="graph", path="users", status=503))
    named = (Named("group", "grp-developers", "", AT), Named("user", "a@b", "", AT))
    answers = lookup(azure, 0.3).names(named)
    assert ids(answers[named[0].key]) == [DEVELOPERS]
    assert "503" in answers[named[1].key].why


@pytest.mark.parametrize(
    "fault",
    [Fault(service="graph", drop="before"), Fault(service="graph", malformed=True), Fault(service="graph", status=500)],
)
def test_a_directory_that_fails_answers_nothing(azure: StandIn, fault: Fault) -> None:
    """Neither is anybody there, nor is nobody."""
    azure.fault(fault)
    named = Named("group", "grp-developers", "", AT)
    answer = lookup(azure, 0.3).names((named,))[named.key]
    assert (ids(answer), bool(answer.why), bool(answer.remedy)) == ([], True, True)


def test_throttling_is_waited_out(there: World, azure: StandIn) -> None:
    """Of both services."""
    azure.fault(Fault(service="graph", status=429, retry_after_ms=10, times=1))
    azure.fault(Fault(service="arm", status=429, retry_after_ms=10, times=3))
    assert run().exit_code == 0


# Scopes.


def see(azure: StandIn, *scope_ids: str, tenant: str = "") -> dict[str, LookupAnswer]:
    """What Azure says of scopes."""
    answers = lookup(azure).scopes(scope_ids, tenant or azure.tenant.id)
    return {each: answers[each.lower()] for each in scope_ids}


def test_scopes_come_in_azures_spelling(azure: StandIn) -> None:
    """The group's from the group, since the list of its resources writes it as it likes; types from the mapping.

    A container's and what lies between it and its account from the container itself: an assignment at another spelling is
    replaced for ever.
    """
    lower = IN_DEV.lower().replace("resourcegroups", "resourceGroups")
    answers = see(
        azure,
        "/providers/Microsoft.Management/managementGroups/mg-TINY",
        f"/subscriptions/{DEV}",
        lower,
        f"{lower}/providers/Microsoft.KeyVault/vaults/kv-DEV",
        f"{lower}/providers/Microsoft.Storage/storageAccounts/STDEV/blobServices/Default/containers/Raw",
        "/",
    )
    assert [each.spelled for each in answers.values()] == [
        "/providers/Microsoft.Management/managementGroups/MG-Tiny",
        f"/subscriptions/{DEV}",
        IN_DEV,
        f"{IN_DEV}/providers/Microsoft.KeyVault/vaults/KV-dev",
        f"{IN_DEV}/providers/Microsoft.Storage/storageAccounts/stdev/blobServices/default/containers/raw",
        "/",
    ]


def test_a_child_that_the_list_knows_has_its_own_spelling(azure: StandIn) -> None:
    """Endpoints of a workspace are listed beside it."""
    workspace = f"{IN_DEV}/providers/Microsoft.MachineLearningServices/workspaces/MLW"
    azure.tenant.resource(workspace)
    azure.tenant.resource(f"{workspace}/onlineEndpoints/Score")
    asked = f"{workspace}/onlineEndpoints/score".replace("MLW", "mlw")
    assert see(azure, asked)[asked].spelled == f"{workspace}/onlineEndpoints/Score"


CONTAINERS = f"{IN_DEV}/providers/Microsoft.Storage/storageAccounts/stdev/blobServices/default/containers"


def test_a_container_that_is_not_there_is_an_error(there: World, azure: StandIn) -> None:
    """As any resource, with the near miss of those beside it; nothing is written."""
    there.project["environments"]["dev"]["scopes"]["raw"] = "row"
    there.write()
    result = run()
    assert (result.exit_code, result.stdout) == (1, "")
    asked = CONTAINERS.replace("RG-Dev", "rg-dev")
    assert f"error: Azure has no {asked}/row (did you mean `raw`?) [wrong-binding]" in result.stderr
    assert not (there.folder / "rbacgen.lock").exists()


def test_a_container_that_cannot_be_asked_is_3_and_stays(there: World, azure: StandIn) -> None:
    """In the lock as it stood there, and not at all where it did not."""
    azure.fault(Fault(service="arm", path="/containers/raw$", status=403, code="AuthorizationFailed"))
    result = run()
    assert result.exit_code == 3
    assert "not read: " + CONTAINERS.replace("RG-Dev", "rg-dev") + "/raw" in result.stdout
    assert len(on_disk(there)["scopes"]) == 7
    azure.heal()
    assert run().exit_code == 0
    before = on_disk(there)
    assert f"{CONTAINERS}/raw" in before["scopes"]
    azure.fault(Fault(service="arm", path="/containers/raw$", status=403, code="AuthorizationFailed"))
    assert run("--check").exit_code == 3
    assert on_disk(there) == before


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "NoRegisteredProviderFound"),
        (400, "InvalidApiVersionParameter"),
        (404, "InvalidResourceType"),
        (405, "MethodNotAllowed"),
        (409, "FeatureNotSupportedForAccount"),
        (403, "AuthorizationFailed"),
    ],
)
def test_a_question_that_azure_refuses_makes_nothing_missing(azure: StandIn, status: int, code: str) -> None:
    """Neither is the container there, nor is it gone; Azure's code is said."""
    azure.fault(Fault(service="arm", path="/containers/raw$", status=status, code=code))
    answer = see(azure, f"{CONTAINERS}/raw")[f"{CONTAINERS}/raw"]
    assert (answer.spelled, answer.hint, bool(answer.remedy)) == ("", "", True)
    assert f"({status} {code})" in answer.why


def test_a_child_is_asked_in_a_version_of_its_provider(azure: StandIn) -> None:
    """Its own, or that of the nearest it lies in, since providers do not tell of all types; asked for once."""
    workspace = f"{IN_DEV}/providers/Microsoft.MachineLearningServices/workspaces/mlw"
    azure.tenant.resource(workspace)
    azure.tenant.resource(f"{workspace}/onlineEndpoints/Score", listed=False)
    types = [("workspaces", ["2022-05-01"]), ("workspaces/onlineEndpoints", ["2025-01-01-preview", "2024-01-01"])]
    told = {"resourceTypes": [{"resourceType": kind, "apiVersions": versions} for kind, versions in types]}
    azure.fault(Fault(service="arm", path="/Microsoft.MachineLearningServices$", status=200, body=json.dumps(told)))
    azure.tenant.resource(f"{CONTAINERS}/curated", listed=False)
    asked = f"{workspace}/onlineEndpoints/score"
    answers = see(azure, asked, f"{CONTAINERS}/RAW", f"{CONTAINERS}/curated")
    assert [each.spelled for each in answers.values()] == [
        f"{workspace}/onlineEndpoints/Score",
        f"{CONTAINERS}/raw",
        f"{CONTAINERS}/curated",
    ]
    children = [*azure.asked("arm", "GET", "/onlineEndpoints/"), *azure.asked("arm", "GET", "/containers/")]
    assert [seen.query["api-version"] for seen in children] == ["2024-01-01"] * 3
    assert sum(seen.path.endswith("/providers/Microsoft.Storage") for seen in azure.requests) == 1


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault(status=200, body='{"resourceTypes": []}'), "Microsoft.Storage names no API version for this type"),
        (Fault(status=404, code="InvalidResourceNamespace"), "Microsoft.Storage names no API version for this type"),
        (Fault(status=403, code="AuthorizationFailed"), "the login may not read this (403 AuthorizationFailed)"),
        (Fault(status=409, code="Conflict"), "Azure rejects the request (409 Conflict)"),
    ],
)
def test_a_child_without_any_version_cannot_be_asked(azure: StandIn, fault: Fault, why: str) -> None:
    """Its provider tells of none: that says nothing of the child."""
    azure.fault(replace(fault, service="arm", path="/providers/Microsoft.Storage$"))
    answer = see(azure, f"{CONTAINERS}/raw")[f"{CONTAINERS}/raw"]
    assert (answer.spelled, answer.why, bool(answer.remedy)) == ("", why, True)


def test_a_preview_is_asked_in_where_there_is_nothing_else(azure: StandIn) -> None:
    """A type that is a preview as a whole is there all the same."""
    hidden(azure, ["2025-01-01-preview"])
    vault = f"{IN_DEV}/providers/Microsoft.KeyVault/vaults/KV-dev"
    assert see(azure, vault)[vault].spelled == vault


def test_versions_can_be_had_without_the_subscription(azure: StandIn) -> None:
    """A team often reads its own resource group alone: what all tenants are told is the same."""
    azure.tenant.forbid(f"/subscriptions/{DEV}")
    azure.tenant.allow(IN_DEV)
    answers = see(azure, f"{CONTAINERS}/Raw", f"{CONTAINERS}/none")
    assert [each.spelled for each in answers.values()] == [f"{CONTAINERS}/raw", ""]
    assert [each.why for each in answers.values()] == ["", ""]


def test_a_provider_that_fails_does_not_fail_for_the_others(azure: StandIn) -> None:
    """Its own resources cannot be told; the vault beside it is there."""
    azure.fault(Fault(service="arm", path="/blobServices/", status=503))
    vault = f"{IN_DEV}/providers/Microsoft.KeyVault/vaults/KV-dev"
    secret = f"{vault}/secrets/Login"
    azure.tenant.resource(secret, listed=False)
    answers = lookup(azure, 0.3).scopes((f"{CONTAINERS}/raw", vault, secret.lower()), azure.tenant.id)
    assert "503" in answers[f"{CONTAINERS}/raw".lower()].why
    assert answers[vault.lower()].spelled == vault
    assert answers[secret.lower()].spelled.endswith("/Login")


def test_what_an_answer_calls_otherwise_keeps_its_spelling(azure: StandIn) -> None:
    """Nothing but the case of letters is taken over: a name that is another one is no spelling."""
    other = {"id": f"{CONTAINERS}/elsewhere", "name": "elsewhere"}
    azure.fault(Fault(service="arm", path="/containers/Raw$", status=200, body=json.dumps(other)))
    assert see(azure, f"{CONTAINERS}/Raw")[f"{CONTAINERS}/Raw"].spelled == f"{CONTAINERS}/Raw"


def test_what_is_not_there_has_a_near_miss(azure: StandIn) -> None:
    """Of what is there: groups of the subscription, resources of the same type in the group."""
    group = f"/subscriptions/{DEV}/resourceGroups/rg-dve"
    vault = f"{IN_DEV}/providers/Microsoft.KeyVault/vaults/kv-dve"
    lost = f"{group}/providers/Microsoft.KeyVault/vaults/kv-dev"
    answers = see(azure, group, vault, lost)
    assert [each.spelled + each.why for each in answers.values()] == ["", "", ""]
    assert answers[group].hint == " (did you mean `RG-Dev`?)"
    assert answers[vault].hint == " (did you mean `KV-dev`?)"
    assert answers[lost].hint == ": there is no resource group `rg-dve` (did you mean `RG-Dev`?)"


def test_a_resource_has_no_near_miss_of_its_own_name(azure: StandIn) -> None:
    """Only its child is listed, and what has the name of it is of another type."""
    group = f"/subscriptions/{DEV}/resourceGroups/RG-Dev"
    azure.tenant.resource(f"{group}/providers/Microsoft.Web/sites/shop")
    vault = f"{group}/providers/Microsoft.KeyVault/vaults/shop"
    azure.fault(
        Fault(
            service="arm",
            path="/resources$",
            status=200,
            body=json.dumps(
                {
                    "value": [
                        {"id": f"{vault}/keys/a", "name": "a"},
                        {"id": f"{group}/providers/Microsoft.Web/sites/shopp", "name": "shopp"},
                    ]
                }
            ),
        )
    )
    answer = see(azure, vault)[vault]
    assert (answer.spelled, answer.why, answer.hint) == ("", "", "")


def test_a_subscription_of_another_tenant_is_not_there(azure: StandIn) -> None:
    """Whoever may see it from here."""
    elsewhere = "33333333-3333-3333-3333-333333333333"
    azure.tenant.subscription(elsewhere, tenant=NEW)
    unknown = "44444444-4444-4444-4444-444444444444"
    scopes = [f"/subscriptions/{elsewhere}", f"/subscriptions/{unknown}", f"/subscriptions/{unknown}/resourceGroups/rg"]
    answers = see(azure, *scopes)
    assert [each.spelled + each.why for each in answers.values()] == ["", "", ""]
    assert "another tenant" in answers[scopes[0]].hint
    assert "no such subscription" in answers[scopes[1]].hint
    answer = see(azure, f"/subscriptions/{DEV}", tenant=NEW)[f"/subscriptions/{DEV}"]
    assert answer.hint == f" in the tenant {NEW}: it belongs to {azure.tenant.id}"


def test_what_may_not_be_read_is_neither_there_nor_gone(azure: StandIn) -> None:
    """A group by itself, a whole subscription of which one group can be read, and a management group."""
    azure.tenant.forbid(f"/subscriptions/{PROD}")
    azure.tenant.allow(f"/subscriptions/{PROD}/resourceGroups/rg-prod")
    azure.tenant.forbid(IN_DEV)
    mg = "/providers/Microsoft.Management/managementGroups/mg-tny"
    scopes = [
        f"/subscriptions/{PROD}",
        f"/subscriptions/{PROD}/resourceGroups/rg-prod",
        f"/subscriptions/{DEV}",
        IN_DEV,
        mg,
    ]
    answers = see(azure, *scopes)
    assert [bool(each.spelled) for each in answers.values()] == [False, True, True, False, False]
    assert [bool(each.why) for each in answers.values()] == [True, False, False, True, True]
    assert "did you mean `MG-Tiny`" in answers[mg].why


@pytest.mark.parametrize("drop", ["before", "middle"])
def test_a_broken_list_makes_nothing_missing(azure: StandIn, drop: Any) -> None:
    """Half a list of resources would tell that half of them are gone."""
    azure.fault(Fault(service="arm", path="/resources$", drop=drop))
    vault = f"{IN_DEV}/providers/Microsoft.KeyVault/vaults/kv-dev"
    answers = see(azure, vault, IN_DEV)
    assert (answers[vault].spelled, bool(answers[vault].why)) == ("", True)
    assert answers[IN_DEV].spelled == IN_DEV


def test_resources_are_listed_once_a_group_and_over_pages(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many of them are bound, and wherever in the list they stand."""
    for number in range(25):
        tenant.resource(f"{IN_DEV}/providers/Microsoft.KeyVault/vaults/Vault{number}")
    with StandIn(tenant, page=10) as azure:
        for name, value in azure.environment().items():
            monkeypatch.setenv(name, value)
        scopes = [f"{IN_DEV}/providers/Microsoft.KeyVault/vaults/vault{number}" for number in range(25)]
        assert [each.spelled for each in see(azure, *scopes).values()] == [
            each.replace("/vault", "/Vault").replace("/Vaults", "/vaults") for each in scopes
        ]
        assert len(azure.asked("arm", "GET", "/resources")) == 3


def hidden(azure: StandIn, versions: list[str]) -> None:
    """Let the lists of resources be empty, and the provider of vaults have these versions."""
    provider = {"resourceTypes": [{"resourceType": "Vaults", "apiVersions": versions}]}
    azure.fault(Fault(service="arm", path="/resources$", status=200, body='{"value": []}'))
    azure.fault(Fault(service="arm", path="/providers/Microsoft.KeyVault$", status=200, body=json.dumps(provider)))


def test_a_resource_that_no_list_shows_is_asked_itself(azure: StandIn) -> None:
    """Some types are hidden from the list of their group: such a resource is there all the same, with its children."""
    hidden(azure, ["2025-01-01-preview", "2024-01-01"])
    vault = f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-DEV"
    lost = f"{IN_DEV}/providers/Microsoft.KeyVault/vaults/kv-none"
    azure.tenant.resource(f"{IN_DEV}/providers/Microsoft.KeyVault/vaults/KV-dev/keys/a", listed=False)
    answers = see(azure, vault, f"{vault}/keys/A", lost)
    assert answers[vault].spelled == f"{IN_DEV}/providers/Microsoft.KeyVault/vaults/KV-dev"
    assert answers[f"{vault}/keys/A"].spelled == f"{IN_DEV}/providers/Microsoft.KeyVault/vaults/KV-dev/keys/a"
    assert (answers[lost].spelled, answers[lost].why) == ("", "")
    assert {seen.query["api-version"] for seen in azure.asked("arm", "GET", "/vaults/")} == {"2024-01-01"}


def test_a_hidden_resource_that_may_not_be_read_is_not_gone(azure: StandIn) -> None:
    """Only Azure's own word makes it so."""
    hidden(azure, ["2024-11-01"])
    vault = f"{IN_DEV}/providers/Microsoft.KeyVault/vaults/kv-dev"
    azure.fault(Fault(service="arm", path="/vaults/", status=403, code="AuthorizationFailed"))
    assert "AuthorizationFailed" in see(azure, vault)[vault].why


def test_a_type_that_its_provider_does_not_have_is_not_there(azure: StandIn) -> None:
    """Nothing can be asked of it."""
    hidden(azure, [])
    vault = f"{IN_DEV}/providers/Microsoft.KeyVault/vaults/kv-dev"
    assert see(azure, vault)[vault] == LookupAnswer()
