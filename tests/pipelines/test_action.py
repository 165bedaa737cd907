"""The GitHub Action: what it says, leaves for later steps and ends with, by its own scripts on a project of ours."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
import yaml

from tests.fakes.actual import OWNER
from tests.fakes.azure import StandIn, Tenant
from tests.fakes.world import DEV, PROD, World
from tests.pipelines.github import Ran, Runner
from tests.pipelines.machine import ROOT, Machine

VAULT = f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
LINK = ROOT / ".github" / "actions" / "rbacgen"
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())


def act(runner: Runner, azure: StandIn | None = None, **given: str) -> Ran:
    """Runs the action with inputs, an underscore for each dash."""
    if azure is not None:
        runner.machine.variables |= azure.environment()
    return runner.action(ROOT, {name.replace("_", "-"): value for name, value in given.items()})


def stranger(tenant: Tenant) -> str:
    """An Owner that nobody wants."""
    person = tenant.principal("dddddddd-0000-4000-8000-00000000000d", "User", "Stranger", "stranger@contoso.example")
    return tenant.assign(VAULT, OWNER, person)


def test_a_project_in_order_passes(world: World, runner: Runner) -> None:
    """Exit code 0: all reports are there, and the summary has the Markdown."""
    ran = act(runner, command="check")
    assert ran.ok, ran.log
    assert ran.outputs["exit-code"] == "0"
    assert (ran.outputs["in-sync"], ran.outputs["complete"], ran.outputs["findings"]) == ("true", "true", "0")
    for name in ("json", "markdown", "sarif", "junit"):
        assert Path(ran.outputs[name]).is_relative_to(ran.outputs["reports"])
        assert Path(ran.outputs[name]).stat().st_size
    assert runner.summary.startswith(Path(ran.outputs["markdown"]).read_text())
    assert "tiny" in ran.log
    assert json.loads(Path(ran.outputs["json"]).read_text())["project"] == "tiny"


def test_errors_in_files_fail_with_their_place(world: World, runner: Runner) -> None:
    """Exit code 1 with a report: shown in the changed file, and failed whatever `fail-on` says."""
    world.project["team"]["develper"] = []
    world.write()
    ran = act(runner, command="check", fail_on="error")
    assert not ran.ok
    assert (ran.outputs["exit-code"], ran.outputs["in-sync"], ran.outputs["complete"]) == ("1", "false", "true")
    assert int(ran.outputs["findings"]) >= 1
    shown = [line for line in ran.log.splitlines() if line.startswith("::error file=rbacgen.yaml,line=")]
    assert len(shown) == 1
    assert "develper" in shown[0]
    assert "develper" in runner.summary
    (world.folder / "rbacgen.yaml").write_text("project: [")
    ran = act(runner, command="check", fail_on="error")
    assert (ran.ok, ran.outputs["exit-code"], ran.outputs["complete"]) == (False, "1", "false")


def test_strict_makes_warnings_errors(world: World, runner: Runner) -> None:
    """And without it they are counted and pass."""
    world.project["team"]["developer"].append(
        {"user": "ana@contoso.example", "id": "aaaaaaaa-0000-4000-8000-00000000000a"}
    )
    world.write()
    lax, strict = act(runner, command="check"), act(runner, command="check", strict="true")
    assert (lax.ok, lax.outputs["exit-code"]) == (True, "0")
    assert int(lax.outputs["findings"]) >= 1
    assert (strict.ok, strict.outputs["exit-code"]) == (False, "1")


def test_what_is_rendered_is_current_or_not(world: World, runner: Runner) -> None:
    """0, then 2 with the files that are not; the environments are there for a matrix both times."""
    ran = act(runner, command="render-check")
    assert ran.ok, ran.log
    assert json.loads(ran.outputs["environments"]) == ["dev", "prod"]
    assert ran.outputs["findings"] == "0"
    (world.folder / "terraform" / "dev" / "access_vault.tf").unlink()
    ran = act(runner, command="render-check")
    assert (ran.ok, ran.outputs["exit-code"], ran.outputs["findings"]) == (False, "2", "1")
    assert "access_vault.tf" in runner.summary
    assert json.loads(ran.outputs["environments"]) == ["dev", "prod"]


def test_the_other_arguments_reach_the_command(world: World, runner: Runner) -> None:
    """One a line, spaces and all; the project file and the environments too."""
    moved = world.folder / "a b.yaml"
    world.write().rename(moved)
    ran = act(
        runner, command="render-check", project="a b.yaml", environments="dev, dev\n", arguments="--today\n2026-11-24"
    )
    assert (ran.ok, json.loads(ran.outputs["environments"])) == (True, ["dev"]), ran.log
    ran = act(runner, command="render-check", project="a b.yaml", environments="nowhere")
    assert (ran.ok, ran.outputs["exit-code"]) == (False, "1")
    assert "nowhere" in ran.log


def test_azure_that_agrees_passes(world: World, runner: Runner, azure: StandIn) -> None:
    """`diff` without a source reads live Azure."""
    ran = act(runner, azure, command="diff")
    assert ran.ok, ran.log
    assert (ran.outputs["exit-code"], ran.outputs["in-sync"], ran.outputs["findings"]) == ("0", "true", "0")


@pytest.mark.parametrize(("fail_on", "passes"), [("findings", False), ("partial", True), ("error", True)])
def test_drift_is_2(world: World, runner: Runner, tenant: Tenant, azure: StandIn, fail_on: str, passes: bool) -> None:
    """It fails unless that is asked for; the report says it either way, and goes where it was asked to."""
    stranger(tenant)
    ran = act(runner, azure, command="diff", fail_on=fail_on, sarif="true", comment_file="deep/comment.md")
    assert ran.ok is passes, ran.log
    assert (ran.outputs["exit-code"], ran.outputs["in-sync"], ran.outputs["complete"]) == ("2", "false", "true")
    assert ran.outputs["findings"] == "1"
    assert "Owner" in runner.summary
    assert "Owner" in (world.folder / "deep" / "comment.md").read_text()
    uploads = [given for action, given in runner.used if action.startswith("github/codeql-action/upload-sarif@")]
    assert uploads == [{"sarif_file": ran.outputs["sarif"], "category": "rbacgen-diff"}]
    assert json.loads(Path(ran.outputs["sarif"]).read_text())["version"] == "2.1.0"


@pytest.mark.parametrize(("fail_on", "passes"), [("findings", False), ("partial", False), ("error", True)])
def test_a_part_is_3(world: World, runner: Runner, tenant: Tenant, azure: StandIn, fail_on: str, passes: bool) -> None:
    """What could not be read is never taken for in sync."""
    tenant.forbid(f"/subscriptions/{PROD}", "all")
    ran = act(runner, azure, command="diff", fail_on=fail_on)
    assert ran.ok is passes, ran.log
    assert (ran.outputs["exit-code"], ran.outputs["in-sync"], ran.outputs["complete"]) == ("3", "false", "false")


@pytest.mark.parametrize("fail_on", ["findings", "partial", "error"])
def test_what_could_not_be_done_is_1(
    world: World, runner: Runner, tenant: Tenant, azure: StandIn, fail_on: str
) -> None:
    """No access at all: it fails always, with the sentence and its cure, and there is no report to be taken for one."""
    for scope in (
        f"/subscriptions/{DEV}",
        f"/subscriptions/{PROD}",
        "/",
        "/providers/Microsoft.Management/managementGroups/mg-tiny",
    ):
        tenant.forbid(scope, "all")
    ran = act(runner, azure, command="diff", fail_on=fail_on, sarif="true")
    assert not ran.ok
    assert (ran.outputs["exit-code"], ran.outputs["findings"], ran.outputs["complete"]) == ("1", "", "false")
    assert ran.outputs["json"] == ran.outputs["sarif"] == ""
    assert "::error title=rbacgen diff (exit 1)::rbacgen: " in ran.log
    assert "exit code 1" in runner.summary
    assert not [action for action, _ in runner.used if "upload-sarif" in action]


def test_a_source_that_is_no_azure(world: World, runner: Runner) -> None:
    """A folder of .tf files, without any login; only one environment."""
    ran = act(runner, command="diff", source="terraform", environments="dev")
    assert (ran.ok, ran.outputs["exit-code"]) == (True, "0"), ran.log


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"command": "apply"}, "command is check, render-check or diff, not 'apply'"),
        ({"fail_on": "never"}, "fail-on is findings, partial or error, not 'never'"),
        ({"strict": "yes"}, "strict is true or false, not 'yes'"),
        ({"sarif": "1"}, "sarif is true or false, not '1'"),
        ({"annotations": ""}, "annotations is true or false, not ''"),
        ({"command": "check", "environments": "dev"}, "check looks at every environment"),
        ({"command": "render-check", "source": "azure"}, "leave source out"),
        ({"command": "render-check", "sarif": "true"}, "mean nothing for render-check"),
        ({"command": "render-check", "strict": "true"}, "mean nothing for render-check"),
        ({"command": "render-check", "comment_file": "x.md"}, "leave comment-file out"),
        ({"command": "diff", "strict": "true"}, "strict means nothing for diff"),
    ],
)
def test_an_input_that_would_be_ignored_is_refused(
    world: World, runner: Runner, given: dict[str, str], says: str
) -> None:
    """Nothing is run, nothing passes, and the reason is said."""
    ran = act(runner, **given)
    assert not ran.ok
    assert says in ran.log
    assert "exit-code" not in ran.steps.get("run", {}).get("outputs", {})


@pytest.mark.parametrize("name", [name for name in ACTION["inputs"] if name != "python-version"])
def test_no_input_is_a_way_in(world: World, runner: Runner, name: str) -> None:
    """Whatever is written into an input, the shell does not run it."""
    planted = runner.machine.folder / "planted"
    noted = 'case "$1 $2" in "-m venv") mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;; "-m pip") echo "called pip" ;; '
    runner.machine.program("python", f'{noted} *) exec "{sys.executable}" "$@" ;; esac')
    act(runner, **{name.replace("-", "_"): f"$(touch {planted})`touch {planted}`\";touch {planted};'"})
    assert not planted.exists()


def test_what_others_wrote_is_no_command_to_the_runner(world: World, runner: Runner) -> None:
    """Text is shown between `stop-commands`, and a name with a command in it stays a name."""
    world.project["team"]["developer"].append({"user": "::error::planted@contoso.example"})
    world.write()
    ran = act(runner, command="check")
    lines = ran.log.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("::stop-commands::"))
    end = lines.index(f"::{lines[start].removeprefix('::stop-commands::')}::")
    outside = [*lines[:start], *lines[end + 1 :]]
    assert len(lines[start]) > len("::stop-commands::") + 30
    assert any("planted" in line for line in lines[start:end])
    assert not [line for line in outside if line.startswith("::error::planted")]


def test_annotations_can_be_left_out(world: World, runner: Runner) -> None:
    """The log and the summary have the findings all the same."""
    world.project["team"]["develper"] = []
    world.write()
    ran = act(runner, command="check", annotations="false")
    assert not [line for line in ran.log.splitlines() if line.startswith("::error file=")]
    assert "develper" in ran.log


def test_the_login_is_the_one_that_is_given(world: World, runner: Runner, azure: StandIn) -> None:
    """The inputs stand in for the environment's identity and tenant."""
    right = azure.environment()
    runner.machine.variables |= right | {"AZURE_CLIENT_ID": "00000000-0000-0000-0000-000000000000"}
    ran = act(runner, command="diff")
    assert (ran.ok, "AADSTS700016" in ran.log) == (False, True), ran.log
    ran = act(runner, command="diff", client_id=right["AZURE_CLIENT_ID"], tenant_id=right["AZURE_TENANT_ID"])
    assert ran.ok, ran.log
    assert right["AZURE_CLIENT_SECRET"] not in ran.log + runner.summary


def test_it_installs_what_came_with_it(machine: Machine, world: World) -> None:
    """With pip, into an environment of its own, once a job; by the action itself and by the link to it."""
    # The packages of these tests stand in for the registry, so that no network is needed.
    here = sysconfig.get_path("purelib")
    machine.variables |= {"PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "1", "PYTHONPATH": here}
    machine.program("python", f'exec "{sys.executable}" "$@"')
    (machine.programs / "rbacgen").unlink()
    runner = Runner(machine)
    ran = runner.action(LINK, {"command": "check", "arguments": "--today=2026-11-23"})
    assert ran.ok, ran.log
    bin_ = Path(ran.output("install", "bin"))
    where = [str(bin_ / "python"), "-c", "import rbacgen; print(rbacgen.__file__)"]
    found = subprocess.run(where, env=machine.variables, cwd=machine.folder, capture_output=True, text=True, check=True)
    assert Path(found.stdout.strip()).is_relative_to(machine.temp / "rbacgen-venv")
    machine.variables["PIP_NO_BUILD_ISOLATION"] = "nonsense"  # a second installation would fail
    assert runner.action(ROOT, {"command": "check", "arguments": "--today=2026-11-23"}).ok


def wheel(folder: Path, name: str, needs: str = "") -> str:
    """A wheel of a package with one program, which says its name; gives its sum."""
    file = folder / name / f"{name}-1.0-py3-none-any.whl"
    file.parent.mkdir(parents=True)
    about = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{name}.py", f"def run():\n    print('this is {name}')\n")
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needs}")
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/entry_points.txt", f"[console_scripts]\n{name} = {name}:run\n")
        archive.writestr(f"{about}/RECORD", "")
    (file.parent / "index.html").write_text(f'<a href="{file.name}">{file.name}</a>')
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_only_what_is_locked_is_installed(machine: Machine) -> None:
    """By pip itself, from an index of one's own: a wrong sum and a missing line stop it, and the right file lets it pass."""
    # The first environment is copied for the others, which is faster than to make them.
    made = machine.folder / "made"
    subprocess.run([sys.executable, "-m", "venv", made], check=True)
    machine.program("python", f'[ "$2" != venv ] || exec cp -a "{made}" "$3"\nexec "{sys.executable}" "$@"')
    (machine.programs / "rbacgen").unlink()
    machine.variables["PYTHONPATH"] = ""  # the rbacgen of these tests is not meant
    index = machine.folder / "index"
    wheel(index, "rbacgen", "Requires-Dist: needed\n")
    sum_ = wheel(index, "needed")
    locked = machine.workspace / "locked.txt"
    install = next(step for step in ACTION["runs"]["steps"] if step.get("id") == "install")

    def installs(text: str) -> Ran:
        locked.write_text(text)
        inputs = {"install": "rbacgen==1.0", "constraints": "locked.txt", "index-url": index.as_uri()}
        return Runner(machine).steps([install], {"inputs": inputs}, {"GITHUB_ACTION_PATH": str(ROOT)})

    for text, says in ((f"needed==1.0 --hash=sha256:{'0' * 64}", "DO NOT MATCH"), ("", "requires needed")):
        ran = installs(text)
        assert (ran.ok, says in ran.log, "this is rbacgen" in ran.log) == (False, True, False), ran.log
    ran = installs(f"needed==1.0 --hash=sha256:{sum_}")
    assert ran.ok, ran.log
    assert "this is rbacgen" in ran.log


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"install": "rbacgen==0.1.0"}, "install is a name: say by index-url whose package it is"),
        ({"install": "--editable=x/y"}, "install begins with '-'"),
        ({"constraints": "--pre"}, "constraints begins with '-'"),
        ({"index_url": "--pre"}, "index-url begins with '-'"),
        ({"constraints": "nowhere.txt"}, "constraints is no file of the repository"),
    ],
)
def test_what_must_not_be_installed_is_refused(machine: Machine, given: dict[str, str], says: str) -> None:
    """Nothing is made, nothing runs, and the reason is said."""
    runner = Runner(machine)
    ran = act(runner, **given)
    assert not ran.ok
    assert f"::error title=rbacgen::{says}" in ran.log
    assert list(machine.temp.iterdir()) == []


def test_every_input_and_output_is_described_and_used() -> None:
    """None is read and ignored, none is undeclared; the link leads to the same file."""
    assert os.path.realpath(LINK / "action.yml") == str(ROOT / "action.yml")
    written = (ROOT / "action.yml").read_text()
    for name, says in ACTION["inputs"].items():
        assert len(says["description"]) > 20
        assert f"inputs.{name}" in written
    for says in ACTION["outputs"].values():
        assert len(says["description"]) > 20
