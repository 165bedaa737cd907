"""The guide to the pipelines: its links lead somewhere, and what it shows to copy does what it says."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from rbacgen.authorization import catalog
from rbacgen.authorization.permissions import role_allows
from rbacgen.model.assignment import Plane
from tests.fakes.terraform.engine import Engine
from tests.fakes.world import World
from tests.pipelines.azure_devops import expanded, required
from tests.pipelines.github import Runner
from tests.pipelines.gitlab import pipeline
from tests.pipelines.machine import ROOT, Machine

FOLDER = ROOT / "examples" / "pipelines"
GUIDE = (FOLDER / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^    (\S.*)$", re.sub(r"^```.*?^```$", "", GUIDE, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)


def block(language: str, has: str) -> str:
    """The one block of a language that has a word in it."""
    (found,) = [text for name, text in BLOCKS if name == language and has in text]
    return str(found)


def test_every_link_leads_somewhere_and_every_file_is_named() -> None:
    """From where the guide stands."""
    links = {(FOLDER / each).resolve() for each in re.findall(r"\]\(([^)#]+)\)", GUIDE)}
    assert not [each for each in links if not each.exists()]
    for name in ("pull-request.yml", "apply.yml", "drift.yml", "install.yml", "terraform.yml"):
        assert f"`{name}`" in GUIDE
    files = subprocess.run(
        ["git", "ls-files", "."], cwd=FOLDER, capture_output=True, text=True, check=True
    ).stdout.split()
    assert {each.partition("/")[0] for each in files} == {"README.md", "github", "azure-devops", "gitlab"}


def test_every_command_is_known() -> None:
    """So that a new one is either run here or left out."""
    assert COMMANDS == [
        "python -m build --wheel rbacgen",
        "pip-compile --generate-hashes --allow-unsafe --strip-extras --build-deps-for wheel --no-emit-options "
        "--output-file rbacgen-locked.txt rbacgen/pyproject.toml",
        "mkdir -p .github/workflows",
        "cp rbacgen/examples/pipelines/github/*.yml .github/workflows/",
        "docker build --tag rbacgen .",
        'docker run --rm --volume "$PWD:/project" rbacgen check',
        'docker run --rm --volume "$PWD:/project" rbacgen render --check',
    ]


def test_the_files_are_copied_as_it_says(machine: Machine) -> None:
    """From a checkout of rbacgen that stands in the repository."""
    (machine.workspace / "rbacgen").symlink_to(ROOT)
    done = machine.run("\n".join(COMMANDS[2:4]), {})
    assert done.returncode == 0, done.stdout
    copied = {path.name for path in (machine.workspace / ".github" / "workflows").iterdir()}
    assert copied == {path.name for path in (FOLDER / "github").iterdir()}


def test_the_container_is_run_as_it_says(world: World, machine: Machine) -> None:
    """`docker run` hands the rest of its line to rbacgen, which stands in the image by its entry point."""
    container = """[ "$1" = run ] && [ "$2" = --rm ] && [ "$3" = --volume ] && [ "$5" = rbacgen ] || exit 9
[ "$4" = "$PWD:/project" ] || exit 8
shift 5; exec rbacgen "$@\""""
    machine.program("docker", container)
    for command in (each for each in COMMANDS if each.startswith("docker run")):
        done = machine.run(command, {})
        assert done.returncode == 0, done.stdout
    assert COMMANDS[4] in (ROOT / "Dockerfile").read_text()


def test_a_backend_beside_the_rendered_files_is_left_alone(world: World, machine: Machine, engine: Engine) -> None:
    """By `render` and by its check; Terraform takes it as it is laid out."""
    backend = world.folder / "terraform" / "dev" / "backend.tf"
    backend.write_text(block("hcl", "backend"))
    done = machine.run("rbacgen render && rbacgen render --check", {})
    assert done.returncode == 0, done.stdout
    assert backend.read_text() == block("hcl", "backend")
    assert engine.fmt_check(backend.parent) == []
    engine.init(backend.parent)
    assert engine.problems(backend.parent) == ()


def test_the_step_of_ones_own_runs(world: World, runner: Runner) -> None:
    """With the action's own inputs and outputs."""
    checkout, access, after = yaml.safe_load(block("yaml", "id: access"))["steps"]
    assert checkout["with"] == {"persist-credentials": False}
    assert re.fullmatch(r"your-organization/rbacgen@[0-9a-f]{40}", access["uses"])
    access["uses"] = "$/.github/actions/rbacgen"
    ran = runner.steps([access, after], {"inputs": {}}, {})
    assert ran.ok, ran.log
    assert ran.output("access", "in-sync") == "true"
    (world.folder / "terraform" / "dev" / "access_vault.tf").unlink()
    ran = runner.steps([access, after], {"inputs": {}}, {})
    assert ran.ok, ran.log
    assert re.search(r"^[1-9]\d* differences$", ran.log, re.MULTILINE)


def test_the_hooks_are_the_ones_that_there_are() -> None:
    """The configuration that is shown names both."""
    (repository,) = yaml.safe_load(block("yaml", "repos:"))["repos"]
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert [each["id"] for each in repository["hooks"]] == [each["id"] for each in hooks]


@pytest.mark.parametrize(
    ("role", "operation", "may"),
    [
        ("Reader", "Microsoft.Authorization/roleAssignments/read", True),
        ("Reader", "Microsoft.Authorization/roleDefinitions/read", True),
        ("User Access Administrator", "Microsoft.Authorization/roleAssignments/write", True),
        ("User Access Administrator", "Microsoft.Authorization/roleDefinitions/write", True),
        ("User Access Administrator", "Microsoft.Authorization/roleEligibilityScheduleRequests/write", True),
        ("User Access Administrator", "Microsoft.Authorization/roleAssignmentScheduleRequests/write", True),
        ("Role Based Access Control Administrator", "Microsoft.Authorization/roleAssignments/write", True),
        ("Role Based Access Control Administrator", "Microsoft.Authorization/roleDefinitions/write", False),
        (
            "Role Based Access Control Administrator",
            "Microsoft.Authorization/roleEligibilityScheduleRequests/write",
            False,
        ),
    ],
)
def test_the_roles_that_it_names_are_enough(role: str, operation: str, may: bool) -> None:
    """And the lesser one is not, where it says so; by Azure's own definitions."""
    assert f"**{role}**" in GUIDE
    found = catalog.load().find(role)
    assert found is not None
    assert role_allows(found, operation, Plane.CONTROL) is may


def test_what_it_says_of_names_is_so() -> None:
    """The service connections and environments of Azure DevOps are called what the pipelines call them."""
    pipelines = {name: str(expanded(name)) for name in ("pull-request.yml", "apply.yml", "drift.yml")}
    assert "'azureSubscription': 'access-plan'" in pipelines["pull-request.yml"]
    assert "'azureSubscription': 'access-read'" in pipelines["drift.yml"]
    assert "'azureSubscription': 'access-apply-dev'" in pipelines["apply.yml"]
    assert "'environment': 'access-prod'" in pipelines["apply.yml"]
    for name in ("access-plan", "access-read", "access-apply-NAME", "access-NAME"):
        assert f"`{name}`" in GUIDE
    assert Path(FOLDER / "gitlab" / ".gitlab-ci.yml").exists()


def test_it_names_what_says_what_is_installed() -> None:
    """In the words of each: an input, a parameter, a variable; none of them begins as a name of a public index."""
    rows = {
        line.split("|")[1].split()[0]: re.findall(r"`([^`]+)`", line) for line in GUIDE.splitlines() if "| `" in line
    }
    inputs = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    assert [each for each in rows["GitHub"] if inputs[each]["default"] == ""] == ["install", "constraints", "index-url"]
    for name in ("pull-request.yml", "apply.yml", "drift.yml"):
        document = yaml.safe_load((FOLDER / "azure-devops" / name).read_text())
        assert set(rows["Azure"]) <= {each["name"] for each in document["parameters"]}
    assert [pipeline()["variables"][each] for each in rows["GitLab"]] == ["", "", ""]
    assert required("drift.yml") == [rows["Azure"][0]]
