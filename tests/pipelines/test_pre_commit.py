"""The hooks for pre-commit, run by pre-commit itself in a repository of somebody else's."""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
import yaml

from tests.fakes.world import World
from tests.pipelines.conftest import commit, tool
from tests.pipelines.machine import ROOT, Machine, git

HOOKS = {each["id"]: each for each in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """This checkout as it stands, as a repository that others name in their configuration, with its commit."""
    folder = tmp_path_factory.mktemp("published")
    listed = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).exists() and not name.startswith(("tests/", "examples/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "As it stands")
    return folder, git(folder, "rev-parse", "HEAD")


def test_the_hooks_stop_a_commit(world: World, machine: Machine, published: tuple[Path, str]) -> None:
    """They pass on what is in order and fail on what is not, each on its own; a commit of other files starts none."""
    repository, revision = published
    hooks = [{"id": "rbacgen-check"}, {"id": "rbacgen-render-check", "args": ["--today", "2026-11-23"]}]
    configuration = {"repos": [{"repo": str(repository), "rev": revision, "hooks": hooks}]}
    (world.folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(configuration))
    (world.folder / "README.md").write_text("nothing about access\n")
    git(world.folder, "add", "--all")
    # pre-commit makes the environment of the hooks with pip. The packages of these tests stand in for the registry.
    machine.variables |= {
        "PRE_COMMIT_HOME": str(machine.folder / "pre-commit"),
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_NO_INDEX": "1",
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "GIT_CONFIG_GLOBAL": "/dev/null",
    }
    (machine.programs / "rbacgen").unlink()
    (machine.programs / "python").unlink()
    program = tool("pre-commit")

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return machine.run(f"'{program}' run --verbose {' '.join(more)}", {})

    done = run("--files", "README.md")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("Skipped") == 2
    done = run("--all-files")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("Passed") == 2
    assert "tiny: 12 assignments" in done.stdout
    found = machine.run(f"find '{machine.folder}/pre-commit' -path '*/site-packages/rbacgen/cli/__init__.py'", {})
    assert found.stdout, "the hook has run another rbacgen than the one that pre-commit has installed"

    (world.folder / "terraform" / "dev" / "access_vault.tf").unlink()
    commit(world, "Rendered no more")
    done = run("--files", "terraform/dev/access_keys.tf", "rbacgen.yaml")
    assert done.returncode == 1
    assert re.search(r"rbacgen check\.+Passed", done.stdout)
    assert re.search(r"rbacgen render --check\.+Failed", done.stdout)
    assert "access_vault.tf" in done.stdout

    world.project["team"]["develper"] = []
    world.write()
    done = run("--all-files")
    assert re.search(r"rbacgen check\.+Failed", done.stdout)
    assert "develper" in done.stdout


@pytest.mark.parametrize(
    ("file", "check", "render"),
    [
        ("rbacgen.yaml", True, True),
        ("teams/fraud/rbacgen.yml", True, True),
        ("rbacgen.lock", True, True),
        ("mapping/roles/developer.yaml", True, True),
        ("terraform/dev/access_vault.tf", False, True),
        ("terraform/dev/access_vault.tf.json", False, True),
        ("src/main.py", False, False),
        ("docs/rbacgen.yaml.md", False, False),
    ],
)
def test_each_hook_knows_its_files(file: str, check: bool, render: bool) -> None:
    """pre-commit searches for the pattern: https://pre-commit.com/#config-files"""
    assert bool(re.search(HOOKS["rbacgen-check"]["files"], file)) is check
    assert bool(re.search(HOOKS["rbacgen-render-check"]["files"], file)) is render


def test_pre_commit_takes_the_file() -> None:
    """Its own validator."""
    program = tool("pre-commit")
    done = subprocess.run(
        [program, "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    for hook in HOOKS.values():
        assert hook["pass_filenames"] is False
        assert hook["require_serial"] is True
