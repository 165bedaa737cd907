"""`rbacgen diff` and `rbacgen snapshot` as processes, against the stand-in Azure over TLS with the real SDK."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from rbacgen.analysis.drift import DriftKind
from rbacgen.commands import load
from rbacgen.model.assignment import Activation
from tests.fakes.actual import OWNER, READER, STRANGER
from tests.fakes.azure import Fault, StandIn, Tenant
from tests.fakes.azure.holding import tenant_of
from tests.fakes.command import run_here
from tests.fakes.large_world import contest
from tests.fakes.world import DEV, PROD, TODAY, World

VAULT = f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
EXAMPLE = Path(__file__).parents[2] / "examples" / "fraud-detection"


def process(folder: Path, environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """`rbacgen diff` as a pipeline runs it: in a process with its own environment, and nothing of ours in it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "COVERAGE_PROCESS_CONFIG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "rbacgen", "diff", "--today", TODAY.isoformat(), *arguments],
        cwd=folder,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def diff(folder: Path, environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """The same in this process."""
    return run_here(folder, environment, "diff", "--today", TODAY.isoformat(), *arguments)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """The small world."""
    return World(tmp_path)


@pytest.fixture
def tenant(world: World) -> Tenant:
    """The small world's tenant, as an apply leaves it."""
    return tenant_of(world.work_out())


@pytest.fixture
def azure(tenant: Tenant) -> Iterator[StandIn]:
    """That tenant, served."""
    with StandIn(tenant) as served:
        yield served


def test_in_sync_is_exit_0(world: World, azure: StandIn) -> None:
    """What an apply leaves is in sync: exit 0, and nothing on stderr."""
    done = process(world.folder, azure.environment())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("tiny and Azure: in sync\n")


def test_drift_is_exit_2(world: World, tenant: Tenant, azure: StandIn) -> None:
    """A rogue Owner is exit 2, in every form, with its assignment id in JSON."""
    rogue = tenant.assign(VAULT, OWNER, _stranger(tenant))
    done = diff(world.folder, azure.environment(), "--format", "json")
    assert (done.returncode, done.stderr) == (2, "")
    content = json.loads(done.stdout)
    (change,) = content["changes"]
    assert (change["kind"], change["azure_role"]["name"], change["assignment_id"]) == ("unmanaged", "Owner", rogue)
    assert content["source"] == "azure"
    assert content["tenant"] == tenant.id
    for form in (["--summary"], ["--format", "md"], []):
        done = diff(world.folder, azure.environment(), *form)
        assert done.returncode == 2
        assert "unmanaged" in done.stdout
        assert "stranger@" not in done.stdout
    assert "stranger@" in diff(world.folder, azure.environment(), "--names").stdout


def test_a_subscription_that_may_not_be_read_is_exit_3(world: World, tenant: Tenant, azure: StandIn) -> None:
    """Nothing of it is called missing, it is named with a cure, and what differs elsewhere is said all the same."""
    tenant.forbid(f"/subscriptions/{PROD}", "all")
    done = process(world.folder, azure.environment(), "--format", "json")
    assert done.returncode == 3
    content = json.loads(done.stdout)
    assert (content["changes"], content["in_sync"], content["complete"]) == ([], False, False)
    assert f"/subscriptions/{PROD}" in {each["scope"] for each in content["unread"]}
    assert all(each["remedy"] for each in content["unread"])
    tenant.assign(VAULT, OWNER, _stranger(tenant))
    done = diff(world.folder, azure.environment(), "--format", "json")
    assert done.returncode == 3
    assert [each["kind"] for each in json.loads(done.stdout)["changes"]] == ["unmanaged"]


@pytest.mark.parametrize("described", [True, False])
def test_a_kind_does_not_change_by_what_was_not_read(
    world: World, tenant: Tenant, azure: StandIn, described: bool
) -> None:
    """Standing where eligible is wanted is altered, whether the eligible ones could be read or not; who made it is not asked."""
    (desired,) = (
        each
        for each in world.work_out().desired.state
        if each.activation is Activation.ELIGIBLE and each.environment == "prod"
    )
    (eligible,) = (each for each in tenant.eligibilities.every() if PROD in each.scope)
    tenant.eligibilities[eligible.folded].remove(eligible)
    tenant.version += 1
    description = desired.description if described else None
    tenant.assign(desired.scope.id, desired.role.id, desired.principal.id, description=description)

    def found() -> tuple[int, list[tuple[str, str]], str]:
        done = diff(world.folder, azure.environment(), "--format", "json")
        changes = json.loads(done.stdout)["changes"]
        differs = [(each["kind"], each["differs"][0]["what"]) for each in changes]
        return done.returncode, differs, changes[0]["remark"]

    assert found() == (2, [("altered", "activation")], "")
    tenant.forbid(f"/subscriptions/{PROD}", "eligibilities")
    code, differs, remark = found()
    assert (code, differs) == (3, [("altered", "activation")])
    assert remark.startswith("not all eligible access here was read")


def test_nothing_readable_is_exit_1(world: World, tenant: Tenant, azure: StandIn) -> None:
    """No access at all: one sentence and a cure, nothing on stdout."""
    for subscription in (DEV, PROD):
        tenant.forbid(f"/subscriptions/{subscription}", "all")
    tenant.forbid("/", "all")
    tenant.forbid("/providers/Microsoft.Management/managementGroups/mg-tiny", "all")
    done = process(world.folder, azure.environment())
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("rbacgen: ")
    assert len(done.stderr.splitlines()) == 2


def test_no_login_and_no_network_is_one_sentence(world: World) -> None:
    """Neither a login nor a network: exit 1, one sentence and what to do, and no text of the SDK's."""
    world.write()
    with socket.socket() as taken:  # bound, and listening to nobody: every connection is refused
        taken.bind(("127.0.0.1", 0))
        nowhere = {"HTTPS_PROXY": f"http://127.0.0.1:{taken.getsockname()[1]}", "HOME": str(world.folder)}
        done = process(world.folder, {**nowhere, "AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9"})
    assert (done.returncode, done.stdout) == (1, "")
    first, *hints = done.stderr.splitlines()
    assert first.startswith("rbacgen: ")
    assert len(hints) == 1
    assert "az login" in done.stderr
    assert not any(word in done.stderr for word in ("Traceback", "DefaultAzureCredential", "azure.identity"))


def test_a_wrong_source_is_exit_1(world: World) -> None:
    """A file that is none, and one that is not there, say what would be right."""
    world.write()
    (world.folder / "x.json").write_text('{"hello": 1}')
    for source in ("x.json", "nothing.json"):
        done = diff(world.folder, {}, source)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("rbacgen: ")


def test_a_snapshot_says_what_azure_says(world: World, tenant: Tenant, azure: StandIn) -> None:
    """A snapshot is a source: the same findings from the file, without Azure and without names of persons."""
    tenant.assign(VAULT, OWNER, _stranger(tenant))
    tenant.delete(STRANGER, soft=True)
    done = run_here(world.folder, azure.environment(), "snapshot", "-o", "azure.json")
    assert (done.returncode, done.stdout) == (0, "")
    text = (world.folder / "azure.json").read_text()
    assert "stranger@" not in text
    live = json.loads(diff(world.folder, azure.environment(), "--format", "json").stdout)
    asked = len(azure.requests)
    kept = json.loads(diff(world.folder, azure.environment(), "azure.json", "--format", "json").stdout)
    assert len(azure.requests) == asked
    assert kept["source"] == "snapshot"
    for key in ("changes", "counts", "excluded", "in_sync", "tenant"):
        assert kept[key] == live[key]
    assert [each["kind"] for each in kept["changes"]] == [DriftKind.SOFT_DELETED]


def test_a_snapshot_needs_no_project(tmp_path: Path, tenant: Tenant, azure: StandIn) -> None:
    """With subscriptions named, a newcomer takes a snapshot in an empty folder."""
    folder = tmp_path / "empty"
    folder.mkdir()
    done = run_here(folder, azure.environment(), "snapshot", "--subscription", DEV)
    assert done.returncode == 0
    assert json.loads(done.stdout)["format_version"] == 1
    assert DEV in done.stdout


def test_a_subscription_is_named_by_its_id(tmp_path: Path, tenant: Tenant, azure: StandIn) -> None:
    """As Azure's paths hold it, or with the path; anything else is refused before anything is asked, and no file comes to be."""
    folder = tmp_path / "empty"
    folder.mkdir()
    for wrong in ("", "dev", "/subscriptions/", f"{DEV}/providers"):
        for command in (("snapshot", "-o", "azure.json"), ("init", "tiny", "--from", "azure")):
            done = run_here(folder, azure.environment(), *command, "--subscription", wrong)
            assert (done.returncode, done.stdout) == (1, "")
            assert "Traceback" not in done.stderr
    assert (azure.requests, list(folder.iterdir())) == ([], [])
    plain, path = (
        run_here(folder, azure.environment(), "snapshot", "--subscription", each)
        for each in (DEV, f"/subscriptions/{DEV.upper()}/")
    )
    assert (plain.returncode, path.returncode) == (0, 0)
    one, other = (json.loads(each.stdout) | {"taken": ""} for each in (plain, path))
    assert one == other
    assert one["read"]["assignments"] == {"below": [f"/subscriptions/{DEV}"]}


def test_a_snapshot_of_a_part_says_so(world: World, tenant: Tenant, azure: StandIn) -> None:
    """A snapshot that is not whole is written, exit 3, and a comparison with it is not whole either."""
    tenant.forbid(f"/subscriptions/{PROD}", "all")
    assert run_here(world.folder, azure.environment(), "snapshot", "-o", "azure.json").returncode == 3
    done = diff(world.folder, {}, "azure.json", "--format", "json")
    assert done.returncode == 3
    assert f"/subscriptions/{PROD}" in {each["scope"] for each in json.loads(done.stdout)["unread"]}


def test_stale_eligible_access_is_told_by_its_justification(world: World, tenant: Tenant, azure: StandIn) -> None:
    """PIM rows carry no description: their request does, and it is asked for only where it decides."""
    group = f"/subscriptions/{DEV}/resourceGroups/rg-dev"
    tenant.eligible(group, READER, _stranger(tenant), justification="old duty [rbacgen:tiny]")
    content = json.loads(diff(world.folder, azure.environment(), "--format", "json").stdout)
    assert [each["kind"] for each in content["changes"]] == ["stale"]
    assert any("Requests" in each.path for each in azure.requests)


def test_nothing_but_reading_is_asked(world: World, tenant: Tenant, azure: StandIn) -> None:
    """Whatever is compared, Azure sees reads only."""
    diff(world.folder, azure.environment())
    run_here(world.folder, azure.environment(), "snapshot")
    for request in azure.requests:
        assert request.method == "GET" or (
            request.method == "POST" and (request.service == "entra" or request.path.endswith(("getByIds", "$batch")))
        )


def test_no_secret_reaches_what_is_written(world: World, tenant: Tenant, azure: StandIn) -> None:
    """Neither the secret nor a token is in output, errors or files, even where the login is refused."""
    azure.fault(Fault(service="entra", status=401, code="invalid_client", message="bad secret"))
    environment = azure.environment()
    done = diff(world.folder, environment)
    assert done.returncode == 1
    assert environment["AZURE_CLIENT_SECRET"] not in done.stdout + done.stderr
    assert "eyJ" not in done.stdout + done.stderr


def test_the_contest(tmp_path: Path) -> None:
    """5,000 wanted against 5,200 held: the eight that are planted, and nothing else, in one run."""
    planted = contest(tmp_path)
    assert (planted.desired, planted.actual) == (5_000, 5_200)
    with StandIn(planted.tenant) as azure:
        done = diff(tmp_path, azure.environment(), "--format", "json")
    assert done.returncode == 3, done.stderr
    content = json.loads(done.stdout)
    found = {
        (each["kind"], each["scope"].lower(), each["azure_role"]["id"], each["principal"]["id"])
        for each in content["changes"]
    }
    assert found == planted.expected
    assert len(content["changes"]) == len(planted.expected) == 7
    assert {"/".join(each["scope"].split("/")[:3]) for each in content["unread"]} == planted.unread
    assert content["custom_roles"] == []
    altered = {each["differs"][0]["what"] for each in content["changes"] if each["kind"] == "altered"}
    assert altered == {"condition", "activation"}
    unknown = [each for each in content["changes"] if not each["azure_role"]["name"]]
    assert len(unknown) == 1
    assert "no catalogue" in unknown[0]["remark"]


def test_four_thousand_cost_six_requests(tmp_path: Path) -> None:
    """Pages of a thousand: four for the assignments, one each for eligibilities and activations, none for known roles."""
    from tests.fakes.large_world import world as wide

    small = wide(tmp_path, 400, {"dev": DEV})
    checked = small.work_out()
    assert len(checked.desired.state) == 4_000
    with StandIn(tenant_of(checked), page=1000) as azure:
        done = diff(tmp_path, azure.environment(), "--summary")
        assert done.returncode == 0, done.stdout + done.stderr
        asked = [each for each in azure.requests if each.service == "arm"]
        assert len(asked) <= 6
        assert sum("roleAssignments" in each.path for each in asked) == 4


@pytest.mark.parametrize(("others", "most"), [(1, 6), (3, 8)])
def test_few_strangers_in_four_thousand_cost_a_request_each(tmp_path: Path, others: int, most: int) -> None:
    """PIM may keep what they have, so it is asked for them; its whole list would be four pages more."""
    from tests.fakes.large_world import world as wide

    checked = wide(tmp_path, 400, {"dev": DEV}).work_out()
    desired = [key for key, _ in checked.desired.state.items()]
    tenant = tenant_of(checked, without=desired[:others])
    for number in range(others):
        stranger = f"dddddddd-0000-4000-8000-00000000000{number}"
        tenant.principal(stranger, "User", f"Stranger {number}", upn=f"stranger-{number}@contoso.example")
        tenant.assign(f"/subscriptions/{DEV}/resourceGroups/rg-dev", READER, stranger)
    with StandIn(tenant, page=1000) as azure:
        done = diff(tmp_path, azure.environment(), "--format", "json")
        assert done.returncode == 2, done.stderr
        asked = [each for each in azure.requests if each.service == "arm"]
    assert json.loads(done.stdout)["counts"] == {"unmanaged": others, "missing": others}
    assert len(asked) <= most
    assert sum(each.query.get("$filter", "").startswith("principalId eq") for each in asked) == others


@pytest.mark.slow
def test_four_thousand_of_another_hand_are_read_as_a_list(tmp_path: Path) -> None:
    """Where PIM may keep all of it, its list is read too, page for page; what it says is in sync all the same."""
    from tests.fakes.large_world import world as wide

    checked = wide(tmp_path, 400, {"dev": DEV}).work_out()
    tenant = tenant_of(checked)
    for each in tenant.assignments.every():
        each.description = None
    with StandIn(tenant, page=1000) as azure:
        done = diff(tmp_path, azure.environment(), "--summary")
        assert done.returncode == 0, done.stdout + done.stderr
        asked = [each for each in azure.requests if each.service == "arm"]
    assert len(asked) == 9
    assert sum("roleAssignmentScheduleInstances" in each.path for each in asked) == 4


def test_the_example_is_in_sync_live() -> None:
    """The whole example, with custom roles, conditions, ends and eligible access, comes back as wanted."""
    checked = load.work_out(str(EXAMPLE), TODAY)
    with StandIn(tenant_of(checked)) as azure:
        done = diff(EXAMPLE, azure.environment(), "--summary")
    assert done.returncode == 0, done.stdout + done.stderr


def _stranger(tenant: Tenant) -> str:
    tenant.principal(STRANGER, "User", "A Stranger", upn="stranger@contoso.example")
    return STRANGER
