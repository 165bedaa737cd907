"""The GitLab pipeline: its jobs by their own scripts, with real Terraform and a stand-in for Azure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fakes.actual import OWNER
from tests.fakes.azure import StandIn, Tenant
from tests.fakes.world import DEV, PROD, World
from tests.pipelines.conftest import commit, without_login
from tests.pipelines.gitlab import job, pipeline, run, starts
from tests.pipelines.machine import WHEEL, Machine, git

VAULT = f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
NEWCOMERS = "aaaaaaaa-0000-4000-8000-00000000000e"
JOBS = ["check", "render", "changes", "plan dev", "apply dev", "plan prod", "apply prod", "drift"]


def test_findings_stand_beside_the_changed_lines(world: World, machine: Machine) -> None:
    """As GitLab's code quality report wants them, each with a fingerprint of its own; JUnit beside it."""
    done = run(machine, "check", {})
    assert done.returncode == 0, done.stdout
    notes = json.loads((world.folder / "reports" / "quality.json").read_text())
    assert {each["severity"] for each in notes} == {"info"}
    assert machine.installed() == [f"install --quiet --root-user-action=ignore -- {WHEEL}"]
    world.project["team"]["develper"] = []
    world.project["team"]["developer"].append(
        {"user": "ana@contoso.example", "id": "aaaaaaaa-0000-4000-8000-00000000000a"}
    )
    world.write()
    done = run(machine, "check", {})
    assert done.returncode == 1
    issues = json.loads((world.folder / "reports" / "quality.json").read_text())
    assert issues
    assert len({each["fingerprint"] for each in issues}) == len(issues)
    wrong = [each for each in issues if "develper" in each["description"]]
    assert [(each["severity"], each["location"]["path"]) for each in wrong] == [("major", "rbacgen.yaml")]
    assert wrong[0]["location"]["lines"]["begin"] > 1
    assert "<testsuite" in (world.folder / "reports" / "check.xml").read_text()


def test_what_is_rendered_is_current_or_not(world: World, machine: Machine) -> None:
    """0 and 2 are the job's own end."""
    assert run(machine, "render", {}).returncode == 0
    (world.folder / "terraform" / "dev" / "access_vault.tf").unlink()
    assert run(machine, "render", {}).returncode == 2


def test_a_merge_request_says_what_it_changes(world: World, machine: Machine) -> None:
    """Against where the branch began; nothing where nothing was rendered then."""
    base = git(world.folder, "rev-parse", "HEAD")
    world.project["team"]["developer"].append({"group": "grp-newcomers", "id": NEWCOMERS})
    world.render()
    commit(world, "What the merge request is about")
    done = run(machine, "changes", {"CI_MERGE_REQUEST_DIFF_BASE_SHA": base})
    assert done.returncode == 0, done.stdout
    assert "grp-newcomers" in done.stdout
    assert "grp-newcomers" in (world.folder / "reports" / "changes.md").read_text()
    git(world.folder, "worktree", "remove", "--force", "../rbacgen-base")
    done = run(machine, "changes", {"CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "TERRAFORM_DIRECTORY": "elsewhere"})
    assert (done.returncode, "nothing to compare with" in done.stdout) == (0, True)


def test_what_is_applied_is_the_plan_that_was_shown(world: World, machine: Machine, terraform: Path) -> None:
    """Planned, summed, applied; another plan is refused."""
    done = run(machine, "plan dev", {})
    assert done.returncode == 0, done.stdout
    assert "will be created" in done.stdout
    (line,) = (world.folder / "plan" / "plan.env").read_text().splitlines()
    name, _, sum_ = line.partition("=")
    assert name == "PLAN_SHA256"
    assert run(machine, "apply dev", {name: "0" * 64}).returncode != 0
    assert not terraform.exists()
    done = run(machine, "apply dev", {name: sum_})
    assert done.returncode == 0, done.stdout
    desired = [each for each in world.work_out().desired.state if each.environment == "dev"]
    actual = json.loads(terraform.read_text())
    assert len(actual["assignments"]) + len(actual["eligible"]) == len(desired)


def test_the_schedule_says_what_differs(world: World, machine: Machine, tenant: Tenant, azure: StandIn) -> None:
    """With GitLab's token for a login, which lies in no file afterwards; 0, 2 and 3 are the job's own end."""
    login = {
        "AZURE_TENANT_ID": azure.tenant.id,
        "READ_CLIENT_ID": azure.tenant.caller.client_id,
        "TMPDIR": str(machine.temp),
    }
    machine.variables |= without_login(azure)
    done = run(machine, "drift", login)
    assert done.returncode == 0, done.stdout
    person = tenant.principal("dddddddd-0000-4000-8000-00000000000d", "User", "Stranger", "stranger@contoso.example")
    rogue = tenant.assign(VAULT, OWNER, person)
    done = run(machine, "drift", login)
    assert (done.returncode, "Owner" in done.stdout) == (2, True)
    tenant.unassign(rogue)
    tenant.forbid(f"/subscriptions/{PROD}", "all")
    assert run(machine, "drift", login).returncode == 3
    assert list(machine.temp.iterdir()) == []
    for name in ("drift.xml", "drift.sarif", "drift.md"):
        assert (world.folder / "reports" / name).stat().st_size


@pytest.mark.parametrize(
    ("variables", "runs"),
    [
        ({"CI_PIPELINE_SOURCE": "merge_request_event"}, ["check", "render", "changes"]),
        ({"CI_PIPELINE_SOURCE": "schedule", "CI_COMMIT_BRANCH": "main"}, ["drift"]),
        ({"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main"}, ["check", "render", "plan dev", "plan prod"]),
    ],
    ids=lambda value: value.get("CI_PIPELINE_SOURCE") if isinstance(value, dict) else None,
)
def test_each_job_runs_when_it_should(variables: dict[str, str], runs: list[str]) -> None:
    """A merge request logs in nowhere; a schedule applies nothing; an apply waits for somebody."""
    known = {**variables, "CI_DEFAULT_BRANCH": "main"}
    when = {name: starts(name, **known) for name in JOBS}
    assert [name for name, each in when.items() if each == "on_success"] == runs
    manual = [name for name, each in when.items() if each == "manual"]
    assert manual == (["apply dev", "apply prod"] if variables["CI_PIPELINE_SOURCE"] == "push" else [])


def test_every_job_is_known_and_an_apply_has_an_environment() -> None:
    """So that its approvers are asked; each apply takes the plan of its own environment."""
    every = pipeline()
    assert [
        name for name, each in every.items() if isinstance(each, dict) and "stage" in job(name) and name[0] != "."
    ] == JOBS
    for name in ("dev", "prod"):
        assert job(f"apply {name}")["environment"] == {"name": name}
        assert job(f"apply {name}")["needs"][0] == f"plan {name}"
        assert job(f"apply {name}")["variables"]["ARM_CLIENT_ID"] == "$APPLY_CLIENT_ID"
        assert job(f"plan {name}")["variables"]["ARM_CLIENT_ID"] == "$READ_CLIENT_ID"


def test_prod_waits_for_dev() -> None:
    """Nobody can start the later apply before the earlier one is through, and of its files it takes none."""
    _, *earlier = job("apply prod")["needs"]
    assert earlier == [{"job": "apply dev", "artifacts": False}]
    assert job("apply dev")["needs"] == ["plan dev"]
    # A manual job that may fail holds up nobody: https://docs.gitlab.com/ci/jobs/job_control/#types-of-manual-jobs
    (started,) = [each for each in job("apply dev")["rules"] if each.get("when") == "manual"]
    assert started["allow_failure"] is False
    assert "allow_failure" not in job("apply dev")


FEED = "https://packages.contoso.example/simple"


def test_only_what_is_named_is_installed(world: World, machine: Machine) -> None:
    """With a file of hashes, all of it and rbacgen by itself, from the index that was said."""
    (world.folder / "locked.txt").write_text("click==8.1.7\n")
    done = run(machine, "render", {"RBACGEN_CONSTRAINTS": "locked.txt", "RBACGEN_INDEX_URL": FEED})
    assert done.returncode == 0, done.stdout
    options = f"install --quiet --root-user-action=ignore --index-url {FEED}"
    assert machine.installed() == [
        f"{options} --no-deps --only-binary :all: --requirement locked.txt",
        f"{options} --no-deps --no-build-isolation -- {WHEEL}",
        "check",
    ]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"RBACGEN": pipeline()["variables"]["RBACGEN"]}, "The variable RBACGEN is empty"),
        (
            {"RBACGEN": "rbacgen==0.1.0"},
            "The variable RBACGEN is a name: say by RBACGEN_INDEX_URL whose package it is.",
        ),
        ({"RBACGEN": "--editable=x/y"}, "The variable RBACGEN begins with '-'"),
        ({"RBACGEN_CONSTRAINTS": "--pre"}, "The variable RBACGEN_CONSTRAINTS begins with '-'"),
        ({"RBACGEN_INDEX_URL": "--pre"}, "The variable RBACGEN_INDEX_URL begins with '-'"),
        ({"RBACGEN_CONSTRAINTS": "nowhere.txt"}, "The variable RBACGEN_CONSTRAINTS is no file of the repository."),
    ],
)
def test_what_must_not_be_installed_is_refused(machine: Machine, given: dict[str, str], says: str) -> None:
    """Before pip is started; what the file itself says of what is installed is nothing, and that is refused too."""
    done = run(machine, "render", given)
    assert (done.returncode, says in done.stdout) == (1, True), done.stdout
    assert machine.installed() == []
