"""The Azure DevOps pipelines: whole jobs, by their own scripts, with real Terraform and stand-ins for Azure and Azure DevOps."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.actual import OWNER
from tests.fakes.azure import StandIn, Tenant
from tests.fakes.world import DEV, PROD, World
from tests.pipelines.azure_devops import Ran, expanded, required, run, script_of, templates
from tests.pipelines.conftest import commit, without_login
from tests.pipelines.machine import WHEEL, Machine, git

VAULT = f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
NEWCOMERS = "aaaaaaaa-0000-4000-8000-00000000000e"
REQUEST = expanded("pull-request.yml", environments=["dev"])
APPLY = expanded("apply.yml", environments=[{"name": "dev", "applyConnection": "access-apply-dev"}])
DRIFT = expanded("drift.yml")


def job(pipeline: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The steps of a job."""
    (found,) = [each for each in pipeline["jobs"] if each["job"] == name]
    steps: list[dict[str, Any]] = found["steps"]
    return steps


def stage(name: str) -> dict[str, Any]:
    """A stage of the pipeline that applies."""
    (found,) = [each for each in APPLY["stages"] if each["stage"] == name]
    assert isinstance(found, dict)
    return found


def merged(world: World) -> None:
    """Commits what the workspace holds as Azure DevOps builds a pull request: as a merge into what was there."""
    git(world.folder, "checkout", "--quiet", "-b", "topic")
    commit(world, "What the pull request is about")
    git(world.folder, "checkout", "--quiet", "--detach", "main")
    git(world.folder, "merge", "--quiet", "--no-ff", "--message", "Merge", "topic")


def welcome(world: World) -> None:
    """Gives one more group a project role, and renders."""
    world.project["team"]["developer"].append({"group": "grp-newcomers", "id": NEWCOMERS})
    world.render()


def test_a_pull_request_is_checked_and_commented(world: World, machine: Machine) -> None:
    """One closed thread says what changes; the next push writes it anew and leaves those of others alone."""
    foreign = {"id": 1, "status": "active", "comments": [{"id": 1, "content": "why?"}]}
    machine.remember("curl", {"threads": [foreign, {"id": 2, "comments": [], "isDeleted": True}]})
    welcome(world)
    merged(world)
    ran = run(machine, job(REQUEST, "check"), {})
    assert ran.ok, ran.log
    assert machine.installed() == [f"install --quiet -- {WHEEL}"]
    *others, own = machine.recall("curl")["threads"]
    assert others[0] == foreign
    assert own["status"] == "closed"
    assert own["comments"][0]["content"].startswith("<!-- rbacgen:rbacgen.yaml -->\n")
    said = own["comments"][0]["content"]
    assert "grp-newcomers" in said
    assert said.index("Access of tiny: ") < said.index("What this pull request changes")
    assert "committed Terraform" not in said
    for name in ("check.md", "check.xml", "changes.md"):
        assert (machine.temp / "rbacgen" / name).stat().st_size
    assert f"##vso[task.uploadsummary]{machine.temp}/rbacgen/check.md" in ran.log

    git(world.folder, "worktree", "remove", "--force", str(machine.temp / "base"))
    assert run(machine, job(REQUEST, "check"), {}).ok
    assert len(machine.recall("curl")["threads"]) == 3


def test_errors_and_a_stale_render_fail_and_are_said(world: World, machine: Machine) -> None:
    """With the place, as the agent wants it; what others wrote is no command to the agent."""
    (world.folder / "terraform" / "dev" / "access_vault.tf").unlink()
    world.project["team"]["developer"].append({"user": "##vso[task.complete result=Succeeded;]@contoso.example"})
    world.write()
    merged(world)
    ran = run(machine, job(REQUEST, "check"), {})
    assert not ran.ok
    commands = [line for line in ran.log.splitlines() if line.startswith("##vso[task.logissue type=error;")]
    assert any(f"sourcepath={world.folder}/rbacgen.yaml;linenumber=" in line for line in commands)
    assert not [line for line in ran.log.splitlines() if "##vso[task.complete" in line]
    assert "Is the committed Terraform current?" in ran.names
    (own,) = machine.recall("curl")["threads"]
    assert "1 error" in own["comments"][0]["content"]
    assert "`rbacgen render` could not be done" in own["comments"][0]["content"]


def test_a_long_comment_is_cut_and_says_so(world: World, machine: Machine) -> None:
    """Findings and changes share the room, each cut at the end of a line."""
    reports = machine.temp / "rbacgen"
    reports.mkdir()
    for name in ("check", "changes"):
        (reports / f"{name}.md").write_text("".join(f"{name} {number:05}\n" for number in range(10_000)))
    (reports / "render").write_text("2\n")
    (step,) = [each for each in job(REQUEST, "check") if each.get("displayName", "").startswith("Say it in one")]
    assert run(machine, [step], {}).ok
    said = machine.recall("curl")["threads"][0]["comments"][0]["content"]
    assert len(said) <= 65_536
    assert "The committed Terraform is not what the project says" in said
    for name in ("check", "changes"):
        shown = len([line for line in said.splitlines() if line.startswith(f"{name} 0")])
        assert shown > 2_000
        assert f"cut here: {10_000 - shown} of 10000 lines are left out; the rest is in the run" in said


def test_warnings_fail_where_strict_is_asked_for(world: World, machine: Machine) -> None:
    """A boolean parameter comes as True or False."""
    world.project["team"]["developer"].append(
        {"user": "ana@contoso.example", "id": "aaaaaaaa-0000-4000-8000-00000000000a"}
    )
    world.render()
    merged(world)
    check = job(REQUEST, "check")[:4]
    strict = job(expanded("pull-request.yml", strict=True), "check")[:4]
    assert (run(machine, check, {}).ok, run(machine, strict, {}).ok) == (True, False)


def test_a_pull_request_is_planned(world: World, machine: Machine, terraform: Path) -> None:
    """With the identity of the service connection, and a token that Terraform can ask for again."""
    inner = (machine.programs / "terraform").read_text().removeprefix("#!/bin/sh\n")
    machine.program("terraform", f'env | grep ^ARM_ | sort >"{machine.folder}/arm"\n{inner}')
    machine.remember("curl", {})
    ran = run(
        machine, [each for each in job(REQUEST, "plan_dev") if "task" in each], {"SYSTEM_OIDCREQUESTURI": "https://x"}
    )
    assert ran.ok, ran.log
    assert "will be created" in (machine.temp / "plan-dev.md").read_text()
    arm = (machine.folder / "arm").read_text().splitlines()
    assert "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID=a-connection" in arm
    assert {"ARM_CLIENT_ID=a-client", "ARM_TENANT_ID=a-tenant", "ARM_USE_OIDC=true"} <= set(arm)
    assert {"ARM_OIDC_REQUEST_TOKEN=the-token", "ARM_OIDC_REQUEST_URL=https://x"} <= set(arm)
    assert not any("a.b.c" in each or "SECRET" in each for each in arm)


def test_what_is_applied_is_the_plan_that_was_shown(world: World, machine: Machine, terraform: Path) -> None:
    """Planned, kept, summed, applied; then there is nothing to apply. Another plan is refused."""
    assert run(machine, stage("check")["jobs"][0]["steps"], {}).ok

    def plan() -> Ran:
        steps = [each for each in stage("plan_dev")["jobs"][0]["steps"] if "task" in each]
        return run(machine, steps, {"SYSTEM_OIDCREQUESTURI": "https://x"})

    planned = plan()
    assert planned.ok, planned.log
    assert planned.outputs["plan.changes"] == "true"
    downloads = machine.folder / "pipeline"
    downloads.mkdir()
    (machine.temp / "plan").rename(downloads / "plan-dev")
    deployment = stage("apply_dev")["jobs"][0]
    assert deployment["environment"] == "access-dev"
    assert deployment["variables"]["SHA256"] == "$[ stageDependencies.plan_dev.plan.outputs['plan.sha256'] ]"
    steps = [each for each in deployment["strategy"]["runOnce"]["deploy"]["steps"] if "task" in each]
    address = {"SYSTEM_OIDCREQUESTURI": "https://x"}
    refused = run(machine, steps, {**address, "SHA256": "0" * 64})
    assert (refused.ok, terraform.exists()) == (False, False)
    applied = run(machine, steps, {**address, "SHA256": planned.outputs["plan.sha256"]})
    assert applied.ok, applied.log
    desired = [each for each in world.work_out().desired.state if each.environment == "dev"]
    actual = json.loads(terraform.read_text())
    assert len(actual["assignments"]) + len(actual["eligible"]) == len(desired)
    assert plan().outputs["plan.changes"] == "false"


def test_an_apply_waits_for_a_plan_with_changes_and_holds_nobody_up() -> None:
    """Each environment after the one before it, also where that one had nothing to apply."""
    whole = expanded("apply.yml")
    assert [each["stage"] for each in whole["stages"]] == ["check", "plan_dev", "apply_dev", "plan_prod", "apply_prod"]
    by_name = {each["stage"]: each for each in whole["stages"]}
    for name in ("dev", "prod"):
        assert by_name[f"plan_{name}"]["condition"] == "not(or(failed(), canceled()))"
        assert by_name[f"apply_{name}"]["dependsOn"] == f"plan_{name}"
        assert by_name[f"apply_{name}"]["condition"] == (
            f"and(succeeded(), eq(dependencies.plan_{name}.outputs['plan.plan.changes'], 'true'))"
        )
        (task,) = [
            each
            for each in by_name[f"apply_{name}"]["jobs"][0]["strategy"]["runOnce"]["deploy"]["steps"]
            if each.get("task") == "AzureCLI@2"
        ]
        assert task["inputs"]["azureSubscription"] == f"access-apply-{name}"


def drift(machine: Machine, azure: StandIn, identity: Mapping[str, str]) -> Ran:
    """The morning's run, with the service connection's identity and no secret."""
    connection = {
        "AZURESUBSCRIPTION_CLIENT_ID": azure.tenant.caller.client_id,
        "AZURESUBSCRIPTION_TENANT_ID": azure.tenant.id,
        "SYSTEM_OIDCREQUESTURI": identity["SYSTEM_OIDCREQUESTURI"],
    }
    return run(machine, job(DRIFT, "drift"), without_login(azure) | connection)


def test_drift_fails_and_a_part_fails(
    world: World, machine: Machine, tenant: Tenant, azure: StandIn, identity: Mapping[str, str]
) -> None:
    """0 passes; 2 and 3 fail and say why, with reports for the tabs of the run."""
    ran = drift(machine, azure, identity)
    assert ran.ok, ran.log
    person = tenant.principal("dddddddd-0000-4000-8000-00000000000d", "User", "Stranger", "stranger@contoso.example")
    rogue = tenant.assign(VAULT, OWNER, person)
    ran = drift(machine, azure, identity)
    assert not ran.ok
    assert "##vso[task.logissue type=error]Azure differs from the project." in ran.log
    assert "Owner" in ran.log
    reports = machine.temp / "rbacgen"
    assert json.loads((reports / "sarif" / "rbacgen.sarif").read_text())["runs"]
    assert "<testsuite" in (reports / "drift.xml").read_text()
    tenant.unassign(rogue)
    tenant.forbid(f"/subscriptions/{PROD}", "all")
    ran = drift(machine, azure, identity)
    assert not ran.ok
    assert "##vso[task.logissue type=error]Not everything could be read" in ran.log


FEED = "https://packages.contoso.example/simple"


def test_what_is_installed_has_no_default() -> None:
    """Nobody runs what has the name in a public index by having filled in nothing, and each pipeline hands on what was."""
    for name in ("pull-request.yml", "apply.yml", "drift.yml"):
        assert required(name) == ["rbacgen"]
        given = {"rbacgen": "./one.whl", "constraints": "two.txt", "indexUrl": FEED}
        (step,) = [each for each in _steps(expanded(name, **given)) if each.get("displayName") == "Install rbacgen"]
        assert step["env"] == {"RBACGEN": "./one.whl", "CONSTRAINTS": "two.txt", "INDEX_URL": FEED}


def test_only_what_is_named_is_installed(machine: Machine) -> None:
    """With a file of hashes, all of it and rbacgen by itself, from the index that was said."""
    (machine.workspace / "locked.txt").write_text("click==8.1.7\n")
    ran = run(machine, expanded("install.yml", constraints="locked.txt", indexUrl=FEED)["steps"], {})
    assert ran.ok, ran.log
    assert machine.installed() == [
        f"install --quiet --index-url {FEED} --no-deps --only-binary :all: --requirement locked.txt",
        f"install --quiet --index-url {FEED} --no-deps --no-build-isolation -- {WHEEL}",
        "check",
    ]
    assert run(machine, expanded("install.yml", rbacgen="rbacgen==0.1.0", indexUrl=FEED)["steps"], {}).ok
    assert machine.installed() == [f"install --quiet --index-url {FEED} -- rbacgen==0.1.0"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"rbacgen": ""}, "The parameter rbacgen is empty: give the address of your own wheel."),
        ({"rbacgen": "rbacgen==0.1.0"}, "The parameter rbacgen is a name: say by indexUrl whose package it is."),
        ({"rbacgen": "--editable=x/y"}, "The parameter rbacgen begins with '-'"),
        ({"constraints": "--pre"}, "The parameter constraints begins with '-'"),
        ({"indexUrl": "--pre"}, "The parameter indexUrl begins with '-'"),
        ({"constraints": "nowhere.txt"}, "The parameter constraints is no file of the repository."),
    ],
)
def test_what_must_not_be_installed_is_refused(machine: Machine, given: dict[str, str], says: str) -> None:
    """Before pip is started; the reason is an error of the run."""
    ran = run(machine, expanded("install.yml", **given)["steps"], {})
    assert not ran.ok
    assert f"##vso[task.logissue type=error]{says}" in ran.log
    assert machine.installed() == []


def _release(version: str, wrong: bool = False) -> dict[str, str]:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("terraform", "#!/bin/sh\necho fetched\n")
    name = f"terraform_{version}_linux_amd64.zip"
    sum_ = "0" * 64 if wrong else hashlib.sha256(archive.getvalue()).hexdigest()
    sums = f"{'1' * 64}  terraform_{version}_darwin_arm64.zip\n{sum_}  {name}\n"
    return {name: archive.getvalue().hex(), f"terraform_{version}_SHA256SUMS": sums.encode().hex()}


@pytest.mark.parametrize("wrong", [False, True])
def test_terraform_is_fetched_and_checked(machine: Machine, wrong: bool) -> None:
    """The archive must have the published sum; what is there in the right version is not fetched again."""
    steps = expanded("terraform.yml", version="1.2.3")["steps"]
    machine.program("terraform", """echo '{"terraform_version": "1.2.2"}'""")
    machine.remember("curl", {"releases": _release("1.2.3", wrong)})
    ran = run(machine, steps, {})
    assert ran.ok is not wrong
    assert (f"##vso[task.prependpath]{machine.temp}/terraform-1.2.3" in ran.log) is not wrong
    assert (machine.temp / "terraform-1.2.3" / "terraform").exists() is not wrong
    machine.program("terraform", """echo '{"terraform_version": "1.2.3"}'""")
    machine.remember("curl", {})
    assert "is there already" in run(machine, steps, {}).log


@pytest.mark.parametrize("file", templates(), ids=lambda path: path.name)
def test_no_parameter_is_a_way_in_and_no_secret_is_asked_for(file: Path) -> None:
    """Scripts get parameters as variables; a service connection is all the login there is."""
    text = file.read_text()
    document = expanded(file.name)
    raw = json.dumps(document)
    assert "SECRET" not in text.upper().replace("NO SECRET", "")
    for step in _steps(document):
        script = script_of(step)
        if script is not None:
            assert script.startswith("set -euo pipefail\n")
        if str(step.get("checkout", "")) == "self":
            assert step["persistCredentials"] == "false"
    assert "${{" not in raw


def _steps(value: Any) -> list[dict[str, Any]]:
    """Every step of a pipeline, wherever it stands."""
    if isinstance(value, dict):
        return [*value.get("steps", []), *(one for each in value.values() for one in _steps(each))]
    return [one for each in value for one in _steps(each)] if isinstance(value, list) else []


def test_what_terraform_shows_is_no_command_to_the_agent(world: World, machine: Machine) -> None:
    """A description may hold anything, and the agent looks for commands anywhere in a line."""
    machine.program("terraform", '[ "$1" = init ] || { echo "says ##vso[task.complete result=Succeeded;]"; exit 1; }')
    for steps in (job(REQUEST, "plan_dev"), stage("plan_dev")["jobs"][0]["steps"]):
        ran = run(machine, [each for each in steps if "task" in each], {"SYSTEM_OIDCREQUESTURI": "https://x"})
        assert not ran.ok
        assert "says # #vso[task.complete" in ran.log
        assert "##vso[task.complete" not in ran.log
