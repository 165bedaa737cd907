"""What an earlier render left behind is read back as what it was: the same resources under the same addresses."""

from __future__ import annotations

from pathlib import Path

import pytest

from rbacgen.commands import files
from rbacgen.commands.load import work_out
from rbacgen.model.problems import RbacgenError
from rbacgen.terraform import blocks, previous
from tests.commands.test_golden import CASES, GOLDEN
from tests.fakes.world import TODAY, World

HEADER = "# Rendered by rbacgen from the project tiny, environment dev.\n"
RESOURCE = 'resource "azurerm_role_assignment" "a" {\n  scope        = "/x"\n  principal_id = "y"\n}\n'


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_resource_is_found_under_its_address(case: Path) -> None:
    """In both syntaxes, hostile names and references included, by the identity that its block has of itself."""
    checked = work_out(str(case), TODAY)
    for module in blocks.root_modules(checked.project, checked.desired):
        texts = files.terraform_files(case / "expected" / module.environment)
        found = previous.read(texts, checked.project.name)
        assert found.resources == {block.identity: block.address for block in module.blocks()}
        assert found.assignments == module.identities()
        assert found.files == set(texts)


def test_what_is_still_to_be_applied_is_found() -> None:
    """Blocks of moved.tf, removed.tf and imports.tf."""
    case = GOLDEN / "transitions" / "expected"
    dev, prod = (previous.read(files.terraform_files(case / name), "transitions") for name in ("dev", "prod"))
    standing = "azurerm_role_assignment.grp_old_readers__reader__landing_zone"
    assert {standing, "azurerm_role_definition.vault_observer"} < set(dev.removed)
    assert prod.imports["azurerm_role_assignment.grp_readers__reader__landing_zone"].startswith(
        '"/providers/Microsoft.Management/managementGroups/mg-transitions/providers/Microsoft.Authorization/'
    )
    assert prod.imports["azurerm_role_definition.vault_observer"].endswith(
        '|/subscriptions/11111111-1111-1111-1111-111111111111"'
    )
    operators = "azurerm_pim_eligible_role_assignment.grp_{}__contributor__group"
    assert prod.moved[operators.format("old_operators")] == operators.format("operators")


def test_both_syntaxes_tell_the_same(world: World) -> None:
    """Resources, moves, removals and imports, read from a render in each."""
    found = []
    for json in (False, True):
        output = world.folder / f"json-{json}"
        world.project["team"]["operator"][0]["group"] = "grp-operators"
        world.project["environments"]["dev"]["scopes"]["landing_zone"] = "mg-tiny"
        world.mapping["capabilities/all.yaml"]["see_zone"]["grants"][0]["in"] = ["dev", "prod"]
        world.render(output=output, json=json)
        world.project["team"]["operator"][0]["group"] = "grp ${ops} \u202e"
        world.mapping["capabilities/all.yaml"]["see_zone"]["grants"][0]["in"] = ["prod"]
        world.render(output=output, json=json)
        found.append([previous.read(files.terraform_files(output / name), "tiny") for name in ("dev", "prod")])
    native, json_syntax = found
    for one, other in zip(native, json_syntax, strict=True):
        assert one.resources == other.resources
        assert (one.moved, one.removed, one.imports) == (other.moved, other.removed, other.imports)
        assert one.moved
    assert native[0].removed
    assert native[1].imports


@pytest.mark.parametrize(
    "text",
    [
        RESOURCE,
        f"# A copy of what was\n# {'x' * 400}\n{HEADER}{RESOURCE}",
        HEADER.replace("tiny", "tiny-2") + RESOURCE,
        HEADER.replace("tiny", "other") + RESOURCE,
    ],
    ids=["no header", "header further down", "longer name", "other project"],
)
def test_a_file_without_our_header_is_not_ours(text: str) -> None:
    """It belongs to the user or to another project: nothing in it is looked at."""
    found = previous.read({"access.tf": text}, "tiny")
    assert (found.files, found.resources) == (set(), {})


@pytest.mark.parametrize("rest", ['"resource"', '"resource": []}', '"moved": [{}]}'])
def test_a_damaged_file_stops_the_render(rest: str) -> None:
    """What stood there could not be told, so neither moves nor the guard against shrinking would be right."""
    note = "Rendered by rbacgen from the project tiny, environment dev."
    with pytest.raises(RbacgenError, match=r"a\.tf\.json .* somebody edited it"):
        previous.read({"a.tf.json": f'{{"//": "{note}", {rest}'}, "tiny")


def test_line_ends_of_windows_are_none_of_a_change(world: World) -> None:
    """Git may check files out with CR LF: they are current then, left as they are, and read as what they are."""
    world.render()
    for path in (world.folder / "terraform").rglob("*.tf"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert world.render(check=True).is_current
    world.project["team"]["developer"][0]["group"] = "grp-renamed"
    rendered = world.render()
    assert [each.gone for each in rendered.directories] == [0, 0]
    assert "grp_developers" in world.rendered("dev")["moved.tf"]
