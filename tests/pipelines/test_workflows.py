"""The reusable workflows of GitHub: whole jobs, by their own scripts, with real Terraform and stand-ins for Azure and GitHub."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from tests.fakes.actual import OWNER
from tests.fakes.azure import StandIn, Tenant
from tests.fakes.world import DEV, PROD, World
from tests.pipelines.conftest import commit, without_login
from tests.pipelines.github import WORKFLOWS, Ran, Runner
from tests.pipelines.machine import ROOT, git

PULL_REQUEST = "rbacgen-pull-request.yml"
APPLY = "rbacgen-apply.yml"
DRIFT = "rbacgen-drift.yml"
VAULT = f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
LOGIN = {"tenant-id": "a-tenant", "plan-client-id": "a-reader"}
NEWCOMERS = "aaaaaaaa-0000-4000-8000-00000000000e"


def pull_request(runner: Runner, world: World, fork: bool = False) -> None:
    """Makes what the workspace holds a pull request to what is committed there."""
    base = git(world.folder, "rev-parse", "HEAD")
    commit(world, "What the pull request is about")
    home = "somebody/fork" if fork else "contoso/fraud-detection"
    runner.event = {"pull_request": {"number": "7", "base": {"sha": base}, "head": {"repo": {"full_name": home}}}}


def welcome(world: World) -> None:
    """Gives one more group a project role, and renders."""
    world.project["team"]["developer"].append({"group": "grp-newcomers", "id": NEWCOMERS})
    world.render()


def job(runner: Runner, workflow: str, name: str, **more: object) -> Ran:
    """A job that has to run."""
    ran = runner.job(workflow, name, **more)  # type: ignore[arg-type]
    assert ran is not None, f"{name} was left out"
    return ran


def test_a_pull_request_is_checked_planned_and_commented(world: World, runner: Runner, terraform: Path) -> None:
    """One comment says what changes and what each plan comes to; the next push writes the same comment anew."""
    runner.machine.remember(
        "gh", {"comments": [{"id": 1, "user": {"login": "mallory"}, "body": "<!-- rbacgen:rbacgen.yaml -->"}]}
    )
    welcome(world)
    pull_request(runner, world)
    checked = job(runner, PULL_REQUEST, "check", given=LOGIN)
    assert checked.ok, checked.log
    assert json.loads(checked.outputs["environments"]) == ["dev", "prod"]
    planned = job(runner, PULL_REQUEST, "plan", given=LOGIN, needs={"check": checked}, matrix={"environment": "dev"})
    assert planned.ok, planned.log
    done = {"check": checked, "plan": planned}
    assert job(runner, PULL_REQUEST, "comment", given=LOGIN, needs=done).ok
    foreign, own = runner.machine.recall("gh")["comments"]
    assert foreign["body"] == "<!-- rbacgen:rbacgen.yaml -->", "a comment of somebody else's was written over"
    assert own["body"].startswith("<!-- rbacgen:rbacgen.yaml -->\n**rbacgen**: check success, plan success")
    assert re.search(r"^\| dev \| [1-9]\d* \| 0 \| 0 \| 0 \| 0 \| 0 \|$", own["body"], re.MULTILINE)
    assert "grp-newcomers" in own["body"]
    assert "grp-operators" not in own["body"], "what was there before is no change"
    assert "azurerm_role_assignment" in runner.summary
    assert not list(world.folder.glob("terraform/*/terraform.tfstate")), "a plan has left a state behind"

    kept = runner.artifacts / "rbacgen-comment-check"
    (kept / "check.md").write_text("".join(f"found {number:05}\n" for number in range(10_000)))
    (kept / "changes.md").write_text("".join(f"changed {number:05}\n" for number in range(10_000)))
    assert job(runner, PULL_REQUEST, "comment", given=LOGIN, needs=done).ok
    _, again = runner.machine.recall("gh")["comments"]
    assert again["id"] == own["id"]
    for word in ("found", "changed"):
        shown = re.findall(rf"^{word} \d+$", again["body"], re.MULTILINE)
        assert len(shown) > 2_000
        assert (
            f"cut here: {10_000 - len(shown)} of 10000 lines are left out; the rest is in [the run](https://"
            in again["body"]
        )

    (kept / "check.md").write_text("nothing found\n")
    assert job(runner, PULL_REQUEST, "comment", given=LOGIN, needs=done).ok
    alone = runner.machine.recall("gh")["comments"][1]["body"]
    assert alone.count("cut here") == 1
    assert 64_000 < len(alone) <= 65_536, "what the check leaves, the changes may have"


def test_what_it_was_rendered_with_is_said_to_the_check(world: World, runner: Runner) -> None:
    """Each command gets its own arguments, where the other has no such option."""
    world.render(is_module=True)
    pull_request(runner, world)
    assert not job(runner, PULL_REQUEST, "check", given={}).ok
    git(world.folder, "worktree", "remove", "--force", ".rbacgen-base")
    checked = job(
        runner, PULL_REQUEST, "check", given={"render-arguments": "--module", "check-arguments": "--within\n5"}
    )
    assert checked.ok, checked.log


def test_a_stale_render_fails_and_the_comment_says_what_changes(world: World, runner: Runner) -> None:
    """Nothing is planned from files that are not what the project says."""
    world.project["team"]["developer"].append({"group": "grp-newcomers", "id": NEWCOMERS})
    world.write()
    pull_request(runner, world)
    checked = job(runner, PULL_REQUEST, "check", given=LOGIN)
    assert not checked.ok
    assert runner.job(PULL_REQUEST, "plan", LOGIN, {"check": checked}, {"environment": "dev"}) is None
    failed = Ran(ok=False)
    assert job(runner, PULL_REQUEST, "comment", given=LOGIN, needs={"check": checked, "plan": failed}).ok
    (own,) = runner.machine.recall("gh").get("comments")
    assert "check failure" in own["body"]
    assert "The committed Terraform is not what the project says" in own["body"]
    assert own["body"].index("Access of tiny: ") < own["body"].index("What this pull request changes")
    assert "grp-newcomers" in own["body"]


def test_the_comment_says_what_the_check_found(world: World, runner: Runner) -> None:
    """Above the changes, so that nobody has to look for why it failed."""
    world.project["team"]["develper"] = []
    world.write()
    pull_request(runner, world)
    checked = job(runner, PULL_REQUEST, "check", given=LOGIN)
    assert not checked.ok
    done = {"check": checked, "plan": Ran(ok=False)}
    assert job(runner, PULL_REQUEST, "comment", given=LOGIN, needs=done).ok
    (own,) = runner.machine.recall("gh")["comments"]
    assert "develper" in own["body"]
    assert "`rbacgen render` could not be done" in own["body"]


def test_a_pull_request_from_a_fork_logs_in_nowhere(world: World, runner: Runner) -> None:
    """It is checked, and that is all: no plan, and no token that may write."""
    welcome(world)
    pull_request(runner, world, fork=True)
    checked = job(runner, PULL_REQUEST, "check", given=LOGIN)
    assert checked.ok, checked.log
    assert "grp-newcomers" in runner.summary
    assert runner.job(PULL_REQUEST, "plan", LOGIN, {"check": checked}, {"environment": "dev"}) is None
    assert runner.job(PULL_REQUEST, "comment", LOGIN, {"check": checked, "plan": Ran()}) is None


def test_the_first_pull_request_has_nothing_to_compare_with(world: World, runner: Runner) -> None:
    """And passes all the same; without an identity nothing is planned."""
    git(world.folder, "rm", "-r", "--quiet", "terraform")
    commit(world, "Before there was anything")
    world.render()
    pull_request(runner, world)
    checked = job(runner, PULL_REQUEST, "check", given={})
    assert checked.ok, checked.log
    assert "nothing to compare with" in checked.log
    assert runner.job(PULL_REQUEST, "plan", {}, {"check": checked}, {"environment": "dev"}) is None


APPLYING = {**LOGIN, "environment": "dev", "apply-client-id": "a-writer"}


def test_what_is_applied_is_the_plan_that_was_shown(world: World, runner: Runner, terraform: Path) -> None:
    """Planned, shown, applied; then there is nothing to apply and nobody is asked."""
    planned = job(runner, APPLY, "plan", given=APPLYING)
    assert planned.ok, planned.log
    assert planned.outputs["changes"] == "true"
    assert "will be created" in runner.summary
    shown = (runner.artifacts / "rbacgen-plan-dev" / "plan").read_bytes()
    # A checkout of its own, as the job after the approval has.
    git(world.folder, "clean", "-dxf", "--quiet")
    applied = job(runner, APPLY, "apply", given=APPLYING, needs={"plan": planned})
    assert applied.ok, applied.log
    desired = [each for each in world.work_out().desired.state if each.environment == "dev"]
    actual = json.loads(terraform.read_text())
    assert len(actual["assignments"]) + len(actual["eligible"]) == len(desired)
    assert shown

    again = job(runner, APPLY, "plan", given=APPLYING)
    assert (again.ok, again.outputs["changes"]) == (True, "false"), again.log
    assert runner.job(APPLY, "apply", APPLYING, {"plan": again}) is None


def test_another_plan_than_the_one_that_was_shown_is_not_applied(world: World, runner: Runner, terraform: Path) -> None:
    """Its sum goes by another way than the plan itself, and must fit."""
    planned = Ran(outputs={"changes": "true", "sha256": "0" * 64})
    kept = runner.artifacts / "rbacgen-plan-dev"
    kept.mkdir(parents=True)
    (kept / "plan").write_text("another one")
    applied = job(runner, APPLY, "apply", given=APPLYING, needs={"plan": planned})
    assert not applied.ok
    assert "FAILED" in applied.log
    assert not terraform.exists()


def test_files_that_nobody_rendered_are_not_planned(world: World, runner: Runner) -> None:
    """What somebody has put into the rendered files by hand stops the apply before it has begun."""
    (world.folder / "terraform" / "dev" / "access_vault.tf").unlink()
    planned = job(runner, APPLY, "plan", given=APPLYING)
    assert not planned.ok
    assert "access_vault.tf" in runner.summary
    assert runner.job(APPLY, "apply", APPLYING, {"plan": planned}) is None


def test_a_plan_that_fails_is_no_plan(world: World, runner: Runner) -> None:
    """Terraform's 1 is passed on, where 0 and 2 are answers."""
    runner.machine.program("terraform", '[ "$1" = init ] && touch .terraform.lock.hcl || exit 1')
    planned = job(runner, APPLY, "plan", given=APPLYING)
    assert not planned.ok
    assert planned.outputs == {"changes": "", "sha256": ""}


def drift(runner: Runner, azure: StandIn, identity: Mapping[str, str]) -> tuple[Ran, Ran | None]:
    """The morning's run: its two jobs, with the workflow's own identity and no secret."""
    runner.machine.variables |= without_login(azure) | identity
    given = {"tenant-id": azure.tenant.id, "client-id": azure.tenant.caller.client_id}
    diffed = job(runner, DRIFT, "diff", given=given)
    return diffed, runner.job(DRIFT, "issue", given, {"diff": diffed})


def test_drift_is_one_issue_that_comes_and_goes(
    world: World, runner: Runner, tenant: Tenant, azure: StandIn, identity: Mapping[str, str]
) -> None:
    """Opened, rewritten, kept open by a part, closed when everything was read and nothing differs, and left alone then."""
    assert drift(runner, azure, identity)[0].outputs["in-sync"] == "true"
    assert not runner.machine.recall("gh").get("issues")

    person = tenant.principal("dddddddd-0000-4000-8000-00000000000d", "User", "Stranger", "stranger@contoso.example")
    rogue = tenant.assign(VAULT, OWNER, person)
    diffed, told = drift(runner, azure, identity)
    assert told is not None
    assert (diffed.ok, told.ok) == (True, True), diffed.log + told.log
    assert (diffed.outputs["exit-code"], diffed.outputs["findings"]) == ("2", "1")
    (issue,) = runner.machine.recall("gh")["issues"]
    assert (issue["title"], issue["labels"], issue["open"]) == (
        "Azure differs from rbacgen.yaml (1)",
        ["access-drift"],
        True,
    )
    assert issue["body"].startswith("<!-- rbacgen-drift:rbacgen.yaml -->\n")
    assert "Owner" in issue["body"]
    assert "stranger@" not in issue["body"]
    assert any("upload-sarif" in action for action, _ in runner.used)

    tenant.unassign(rogue)
    tenant.forbid(f"/subscriptions/{PROD}", "all")
    diffed, told = drift(runner, azure, identity)
    assert told is not None
    assert (diffed.outputs["exit-code"], told.ok) == ("3", True), told.log
    (issue,) = runner.machine.recall("gh")["issues"]
    assert issue["open"], "a part was taken for the whole"
    assert issue["title"] == "Azure could not be read whole for rbacgen.yaml (differences so far: 0)"

    tenant.allow(f"/subscriptions/{PROD}")
    drift(runner, azure, identity)
    (issue,) = runner.machine.recall("gh")["issues"]
    assert not issue["open"]
    assert issue["comments"] == [
        "In sync again: everything was read, and nothing differs "
        "([the run](https://github.com/contoso/fraud-detection/actions/runs/4711))."
    ]


def test_a_reading_that_fails_touches_no_issue(
    world: World, runner: Runner, tenant: Tenant, azure: StandIn, identity: Mapping[str, str]
) -> None:
    """The run is red, and what the issue says is left as it was."""
    for scope in (
        f"/subscriptions/{DEV}",
        f"/subscriptions/{PROD}",
        "/",
        "/providers/Microsoft.Management/managementGroups/mg-tiny",
    ):
        tenant.forbid(scope, "all")
    diffed, told = drift(runner, azure, identity)
    assert not diffed.ok
    assert told is None
    assert "rbacgen: " in runner.summary


@pytest.mark.parametrize("file", sorted(WORKFLOWS.glob("rbacgen-*.yml")), ids=lambda path: path.name)
def test_each_job_has_no_more_than_it_needs(file: Path) -> None:
    """No permission for the whole workflow; a job that may write runs nothing of the repository, and none has a secret."""
    text = file.read_text()
    document = yaml.safe_load(text)
    assert document["permissions"] == {}
    assert "secrets." not in text
    assert "pull_request_target" not in document[True]
    for job_ in document["jobs"].values():
        assert job_["timeout-minutes"] <= 60
        uses = [step.get("uses", "") for step in job_["steps"]]
        writes = {name for name, level in job_["permissions"].items() if level == "write"}
        if writes & {"pull-requests", "issues"}:
            assert not writes & {"id-token"}
            assert not [each for each in uses if each.startswith(("actions/checkout@", "$/"))]
        for step in job_["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("file", sorted(WORKFLOWS.glob("rbacgen-*.yml")), ids=lambda path: path.name)
def test_every_input_of_a_workflow_is_used(file: Path) -> None:
    """None is read and ignored."""
    text = file.read_text()
    for name in yaml.safe_load(text)[True]["workflow_call"]["inputs"]:
        assert re.search(rf"\binputs\.{re.escape(name)}\b", text), name


@pytest.mark.parametrize("file", sorted(WORKFLOWS.glob("rbacgen-*.yml")), ids=lambda path: path.name)
def test_every_step_with_rbacgen_installs_the_same(file: Path) -> None:
    """A caller's environment does not reach a called workflow, so each use of the action hands on all that was said."""
    jobs = yaml.safe_load(file.read_text())["jobs"].values()
    uses = [step["with"] for job_ in jobs for step in job_["steps"] if step.get("uses", "").startswith("$/")]
    assert uses
    for given in uses:
        for name in ("install", "constraints", "index-url"):
            assert given[name] == f"${{{{ inputs.{name} }}}}"


@pytest.mark.parametrize("file", sorted((ROOT / "examples/pipelines/github").glob("*.yml")), ids=lambda path: path.name)
def test_an_example_calls_a_workflow_rightly(file: Path) -> None:
    """All that it must give and nothing unknown, with the permissions that the workflow's jobs ask for and no other."""
    document = yaml.safe_load(file.read_text())
    assert document["permissions"] == {}
    for called in document["jobs"].values():
        path, _, commit_ = called["uses"].partition("@")
        assert re.fullmatch(r"[0-9a-f]{40}", commit_)
        workflow = yaml.safe_load((ROOT / path.partition("rbacgen/")[2]).read_text())
        inputs = workflow[True]["workflow_call"]["inputs"]
        assert set(called["with"]) <= set(inputs)
        assert {name for name, says in inputs.items() if says.get("required")} <= set(called["with"])
        asked: dict[str, str] = {}
        for job_ in workflow["jobs"].values():
            for name, level in job_["permissions"].items():
                asked[name] = "write" if "write" in (level, asked.get(name)) else level
        assert called["permissions"] == asked


def test_what_terraform_shows_is_no_command_to_the_runner(world: World, runner: Runner) -> None:
    """A description may hold anything; what it says is shown between `stop-commands`, also where Terraform fails."""
    runner.machine.program("terraform", '[ "$1" = init ] && exit 0; echo "##[set-output name=changes;]false"; exit 1')
    ran = job(runner, APPLY, "plan", given=APPLYING)
    lines = ran.log.splitlines()
    pause = [line for line in lines if line.startswith("::stop-commands::")][-1].removeprefix("::stop-commands::")
    planted = lines.index("##[set-output name=changes;]false")
    assert len(pause) == 32
    assert lines.index(f"::stop-commands::{pause}") < planted < lines.index(f"::{pause}::")
    assert not ran.ok


def test_a_long_plan_is_cut_and_passes(world: World, runner: Runner) -> None:
    """GitHub drops a summary of more than a mebibyte whole."""
    lines = "for each in 1 2 3 4 5 6 7 8 9 10; do head -c 200000 /dev/zero | tr '\\0' '\\n'; done"
    runner.machine.program(
        "terraform",
        f'case "$1 $2" in init*) touch .terraform.lock.hcl;; plan*) echo >"${{7#-out=}}"; exit 2;; "show -no-color") {lines};; esac',
    )
    ran = job(runner, APPLY, "plan", given=APPLYING)
    assert (ran.ok, ran.outputs["changes"]) == (True, "true"), ran.log
    assert 900_000 < len(runner.summary) < 1_048_576
