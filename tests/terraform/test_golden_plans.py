"""What is rendered, through real Terraform: it is laid out, valid, planned with literals, applied, and in place after that.

A run of Terraform costs seconds whatever it holds, so the golden cases and the examples are applied together: each
directory as a module of one root module, with the provider of the root in place of its own.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rbacgen.commands import render
from rbacgen.terraform.render import PROVIDER_VERSIONS
from tests.fakes.terraform.engine import Engine, JsonObject, root_module
from tests.fakes.world import TODAY

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
APART = {"transitions"}  # import blocks stand in root modules only; test_transitions applies it
DIRECTORIES = sorted(
    [path for path in GOLDEN.glob("*/expected/*") if path.parts[-3] not in APART]
    + list(ROOT.glob("examples/*/terraform/*"))
)
MODULE_VERSIONS = """terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "%s"
    }
  }
}
"""
# What can hang on a resource of the user's own.
REFERRING = {"name", "scope", "principal_id", "assignable_scopes"}


def name_of(directory: Path) -> str:
    """The case or example and the environment: `every_level_prod`."""
    return f"{directory.parts[-3]}_{directory.name}".replace("-", "_")


def is_fourth(directory: Path) -> bool:
    """Whether the directory wants the fourth series of azurerm."""
    return any(PROVIDER_VERSIONS[4] in path.read_text(encoding="utf-8") for path in directory.glob("versions.*"))


def with_own(directory: Path, target: Path) -> Path:
    """Copies what is rendered, and beside it the user's own Terraform that the case has."""
    shutil.copytree(directory, target)
    own = directory.parents[1] / "own" / directory.name
    if own.is_dir():
        shutil.copytree(own, target, dirs_exist_ok=True)
    return target


def all_in_one(folder: Path, azurerm: int) -> Path:
    """A root module that calls every directory for this series of azurerm."""
    calls = []
    for directory in DIRECTORIES:
        if is_fourth(directory) is (azurerm == 4):
            module = with_own(directory, folder / name_of(directory))
            for path in module.glob("versions.*"):
                if "provider" in path.read_text(encoding="utf-8"):
                    path.unlink()
                    (module / "versions.tf").write_text(MODULE_VERSIONS % PROVIDER_VERSIONS[azurerm])
            calls.append(f'module "{module.name}" {{\n  source = "./{module.name}"\n}}\n')
    return root_module(folder, "\n".join(calls), PROVIDER_VERSIONS[azurerm])


def tenant(folder: Path) -> dict[str, str]:
    """A tenant that spells one resource group its own way and whose PIM policy wants no end."""
    file = folder / "tenant.json"
    scope = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/RG-Principals"
    file.write_text(json.dumps({"scopes": [scope]}))
    return {"STANDIN_TENANT": str(file)}


def unknown(values: Any, path: str = "") -> Iterator[str]:
    """The paths of what a plan cannot know, without positions in lists."""
    if values is True:
        yield path
    elif isinstance(values, dict):
        for name, each in values.items():
            yield from unknown(each, f"{path}.{name}".strip("."))
    elif isinstance(values, list):
        for each in values:
            yield from unknown(each, path)


def written(expressions: Any, path: str = "") -> Iterator[tuple[str, bool]]:
    """The paths of what a configuration says, without positions in lists, each with whether it is a literal.

    Terraform shows the text of an interpolation in its JSON syntax as a constant, be it a reference or a string.
    """
    if isinstance(expressions, list):
        for each in expressions:
            yield from written(each, path)
    elif "constant_value" in expressions or "references" in expressions:
        text = str(expressions.get("constant_value", "${"))
        yield path, not text.startswith("${") or text.startswith('${"')
    else:
        for name, each in expressions.items():
            yield from written(each, f"{path}.{name}".strip("."))


def configured(plan: JsonObject) -> dict[str, dict[str, bool]]:
    """What the configuration of a plan says in its modules, by address: each path with whether it is a literal."""
    return {
        f"module.{name}.{resource['address']}": dict(written(resource["expressions"]))
        for name, call in plan["configuration"]["root_module"]["module_calls"].items()
        for resource in call["module"]["resources"]
    }


def rendered_addresses(azurerm: int) -> set[str]:
    """The addresses of all that is rendered for this series, as the root module has them."""
    found = set()
    for directory in DIRECTORIES:
        if is_fourth(directory) is (azurerm == 4):
            for path in directory.iterdir():
                text = path.read_text(encoding="utf-8")
                if path.suffix == ".json":
                    resources = json.loads(text).get("resource", {})
                    pairs = [(type_, label) for type_, labelled in resources.items() for label in labelled]
                else:
                    pairs = re.findall(r'^resource "(\w+)" "(\w+)"', text, re.MULTILINE)
                found |= {f"module.{name_of(directory)}.{type_}.{label}" for type_, label in pairs}
    return found


@pytest.mark.parametrize("azurerm", [5, 4])
def test_what_is_rendered_is_planned_with_literals_and_applied_once(
    engine: Engine, tmp_path: Path, azurerm: int
) -> None:
    """All is created, all that is said is a literal and known, bar references, and a second plan is empty."""
    folder = all_in_one(tmp_path, azurerm)
    env = tenant(tmp_path)
    engine.init(folder)
    plan = engine.plan(folder, env=env)
    done = {change["address"]: change["change"] for change in plan["resource_changes"]}
    said = configured(plan)
    desired = rendered_addresses(azurerm)
    assert desired <= set(done)
    assert {tuple(done[address]["actions"]) for address in desired} == {("create",)}
    for address in desired:
        literals = {path for path, is_literal in said[address].items() if is_literal}
        assert literals.isdisjoint(unknown(done[address]["after_unknown"])), address
        hangs_on_others = address.startswith(("module.references_dev.", "module.json_dev."))
        assert set(said[address]) - literals <= (REFERRING if hangs_on_others else set()), address
    engine.must(folder, "apply", "-input=false", "-no-color", "plan.bin", env=env)
    assert engine.changes(folder, env=env) == {}


@pytest.mark.parametrize(
    "directory",
    ["us_government/expected/dev", "azurerm_4/expected/dev", "json/expected/dev", "references/expected/prod"],
)
def test_a_directory_is_a_valid_root_module(engine: Engine, tmp_path: Path, directory: str) -> None:
    """With the versions and the provider that are rendered, each of another kind."""
    folder = with_own(GOLDEN / directory, tmp_path / "root")
    engine.init(folder)
    assert engine.problems(folder) == ()


def test_what_is_rendered_is_laid_out_as_terraform_would(engine: Engine) -> None:
    """`terraform fmt` would change no file of the golden cases and of the examples."""
    assert engine.fmt_check(GOLDEN) == []
    assert engine.fmt_check(ROOT / "examples") == []


def put(folder: Path, rendered: Path) -> None:
    """Lets a directory hold what was rendered last, as a render would, and keeps Terraform's own files in it."""
    for path in (*folder.glob("*.tf"), *folder.glob("*.tf.json")):
        path.unlink()
    shutil.copytree(rendered, folder, dirs_exist_ok=True)


def test_transitions(engine: Engine, tmp_path: Path) -> None:
    """A rename moves, a change of environment is let go of and imported, and nothing that is wanted is destroyed.

    Both syntaxes plan the same.
    """
    case = GOLDEN / "transitions"
    env = tenant(tmp_path)
    shutil.copytree(case / "before", tmp_path / "json")
    render.render(str(case), TODAY, render.RenderOptions(output=tmp_path / "json", json=True))
    dev, prod = (Path(shutil.copytree(case / "before" / name, tmp_path / name)) for name in ("dev", "prod"))
    for folder in (dev, prod):
        engine.init(folder)
        engine.apply(folder, env=env)
    before = json.loads((tmp_path / "tenant.json").read_text())

    put(dev, tmp_path / "json" / "dev")
    in_json = engine.changes(dev, env=env)
    put(dev, case / "expected" / "dev")
    done = engine.changes(dev, env=env)
    assert done == in_json
    assert set(done.values()) == {"move", "delete", "forget"}
    deleted = {address for address, action in done.items() if action == "delete"}
    assert all("grp_old_readers" in each or "grp_stewards" in each for each in deleted)  # dev alone wanted these
    assert not any("landing_zone" in each or "role_definition" in each for each in deleted)
    engine.apply(dev, env=env)
    assert engine.changes(dev, env=env) == {}

    put(prod, tmp_path / "json" / "prod")
    in_json = engine.changes(prod, env=env)
    put(prod, case / "expected" / "prod")
    done = engine.changes(prod, env=env)
    assert done == in_json
    assert set(done.values()) == {"move", "import", "import, update"}
    assert {address for address, action in done.items() if action == "import, update"} == {
        "azurerm_role_definition.vault_observer"  # it carries the name of its environment
    }
    engine.apply(prod, env=env)
    assert engine.changes(prod, env=env) == {}
    after = json.loads((tmp_path / "tenant.json").read_text())
    assert set(after["definitions"]) == set(before["definitions"])
    assert set(after["assignments"]) < set(before["assignments"])
