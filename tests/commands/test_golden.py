"""`tests/golden/` holds projects and the files that they are rendered to, byte by byte; `--bless` writes those anew.

A case is a folder with a project file and `expected/`. `options.json` holds options of the render where it has any,
`before/` what an earlier render left behind, and `own/` the user's own Terraform beside it, without which what is
rendered would not be valid.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from rbacgen.commands import render
from rbacgen.commands.load import work_out
from rbacgen.model.assignment import Activation
from rbacgen.model.scope import ScopeLevel
from rbacgen.terraform.blocks import resource_type
from tests.fakes.world import TODAY

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = sorted(path.parent for path in GOLDEN.glob("*/rbacgen.yaml"))


def render_case(case: Path, output: Path) -> None:
    """Renders a golden case into a folder, on top of what an earlier render left behind."""
    if (case / "before").is_dir():
        shutil.copytree(case / "before", output, dirs_exist_ok=True)
    options = case / "options.json"
    more = json.loads(options.read_text(encoding="utf-8")) if options.exists() else {}
    render.render(str(case), TODAY, render.RenderOptions(output=output, **more))


def tree(folder: Path) -> Mapping[str, str]:
    """Every file below a folder by its path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in files}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_case_is_rendered_as_it_was(case: Path, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """The same files with the same bytes; where a change is meant, `--bless` writes them and the diff is reviewed."""
    render_case(case, tmp_path)
    expected = case / "expected"
    if pytestconfig.getoption("--bless"):
        shutil.rmtree(expected, ignore_errors=True)
        shutil.copytree(tmp_path, expected)
    assert tree(tmp_path) == tree(expected)


def test_the_cases_hold_every_kind_of_assignment_on_every_level() -> None:
    """Standing everywhere; eligible and active until a day wherever PIM takes them, which is below the tenant root."""
    found = set()
    for case in CASES:
        checked = work_out(str(case), TODAY)
        for each in checked.desired.state:
            kind = resource_type(each, checked.project.pim)
            depth = "child" if each.scope_kind == "raw" else str(each.scope.level)
            found.add((kind, depth, each.ends is not None if each.activation is Activation.ELIGIBLE else None))
    depths = [str(level) for level in ScopeLevel if level is not ScopeLevel.TENANT] + ["child"]
    desired = {("azurerm_role_assignment", depth, None) for depth in [*depths, "tenant"]}
    desired |= {("azurerm_pim_active_role_assignment", depth, None) for depth in depths}
    desired |= {("azurerm_pim_eligible_role_assignment", depth, ends) for depth in depths for ends in (True, False)}
    assert desired <= found


def test_the_cases_hold_every_kind_of_principal() -> None:
    """Groups, users and identities by their ids, and an identity that only Terraform knows."""
    found = {
        (each.principal.type, each.principal.reference)
        for case in CASES
        for each in work_out(str(case), TODAY).desired.state
    }
    assert {("Group", False), ("User", False), ("ServicePrincipal", False), ("ServicePrincipal", True)} <= found
