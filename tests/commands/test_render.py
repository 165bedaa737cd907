"""What is rendered: the values of assignments and custom roles, in both syntaxes, and what tells Terraform of changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import hcl2
import pytest

from rbacgen.commands import files
from rbacgen.commands.load import work_out
from rbacgen.model.problems import InputError, RbacgenError
from rbacgen.model.scope import Scope
from rbacgen.terraform import blocks, hcl
from rbacgen.terraform.blocks import AssignmentBlock, DefinitionBlock, assignment_name, role_definition_id
from tests.bench import commands as bench
from tests.commands.test_golden import CASES
from tests.fakes.world import DEV, OPERATORS, TODAY, World

OPTIONS = hcl2.SerializationOptions(strip_string_quotes=True, explicit_blocks=False, with_comments=False)
Attributes = dict[str, Any]
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"


def native(text: str) -> dict[str, Attributes]:
    """The resources of a file in the native syntax, by address, as python-hcl2 reads them."""
    return {
        f"{type_}.{label}": attributes
        for resource in hcl2.loads(text, serialization_options=OPTIONS).get("resource", [])
        for type_, labelled in resource.items()
        for label, attributes in labelled.items()
    }


def rendered(world: World, environment: str) -> dict[str, Attributes]:
    """Every resource that stands in an environment's directory, by address."""
    found: dict[str, Attributes] = {}
    for text in world.rendered(environment).values():
        found |= native(text)
    return found


def the_only(resources: Mapping[str, Attributes], part: str) -> Attributes:
    """The one resource with this in its address."""
    (address,) = (each for each in resources if part in each)
    return resources[address]


def plain(value: hcl.Value) -> object:
    """A value as a reader has it: texts in NFC, references in their interpolation."""
    if isinstance(value, hcl.Expression):
        return "${" + value + "}"
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def said(block: AssignmentBlock | DefinitionBlock) -> Attributes:
    """The plain arguments of a block that are not None."""
    names = ["name", "scope", "role_definition_id", "description"]
    if isinstance(block, DefinitionBlock):
        names += ["assignable_scopes"]
    else:
        names += ["principal_id", "principal_type", "condition", "condition_version", "justification"]
    return {name: plain(value) for name in names if (value := getattr(block, name)) is not None}


@pytest.mark.parametrize("case", [case for case in CASES if case.name != "json"], ids=lambda case: case.name)
def test_the_files_say_what_the_blocks_are(case: Path) -> None:
    """Each value of each block, read back by python-hcl2, and no resource besides."""
    checked = work_out(str(case), TODAY)
    for module in blocks.root_modules(checked.project, checked.desired):
        found: dict[str, Attributes] = {}
        for text in files.terraform_files(case / "expected" / module.environment).values():
            found |= native(text)
        assert set(found) == {block.address for block in module.blocks()}
        for block in module.blocks():
            desired = said(block)
            attributes = found[block.address]
            assert {name: attributes[name] for name in desired} == desired
            rest = (
                {"permissions"}
                if isinstance(block, DefinitionBlock)
                else {"depends_on", "schedule", "lifecycle", "timeouts"}
            )
            assert set(attributes) - set(desired) <= rest


def unwrapped(value: Any) -> Any:
    """A value with each nested block as itself, be it written once or in a list."""
    if isinstance(value, dict):
        return {name: unwrapped(each) for name, each in value.items() if name != "//"}
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        return unwrapped(value[0])
    return value


def test_both_syntaxes_say_the_same(world: World) -> None:
    """Resource by resource and argument by argument; versions and provider too."""
    world.mapping["capabilities/all.yaml"]["observe"]["grants"][0]["condition"] = (
        "((!(ActionMatches{'a/b'})) OR (@Resource[a:b] StringEquals 'c'))"
    )
    world.project["team"]["developer"][0]["ends"] = "2027-02-01"
    world.render(output=world.folder / "terraform")
    world.render(output=world.folder / "json", json=True)
    for name in ("dev", "prod"):
        one = rendered(world, name)
        other: dict[str, Attributes] = {}
        for path in (world.folder / "json" / name).iterdir():
            content = json.loads(path.read_text())
            for type_, labelled in content.get("resource", {}).items():
                for label, body in labelled.items():
                    other[f"{type_}.{label}"] = body
                    if "depends_on" in body:  # python-hcl2 shows a reference within its interpolation
                        body["depends_on"] = [f"${{{each}}}" for each in body["depends_on"]]
        assert {address: unwrapped(body) for address, body in one.items()} == {
            address: unwrapped(body) for address, body in other.items()
        }
        (versions,) = (path for path in (world.folder / "json" / name).glob("versions*"))
        content = json.loads(versions.read_text())
        native_versions = hcl2.loads(world.rendered(name)["versions.tf"], serialization_options=OPTIONS)
        assert (
            native_versions["terraform"][0]["required_version"] == content["terraform"]["required_version"] == ">= 1.7"
        )
        assert (
            unwrapped(native_versions["provider"])["azurerm"]["subscription_id"]
            == content["provider"]["azurerm"]["subscription_id"]
        )


# Values


@pytest.mark.parametrize(
    ("scope", "name"),
    [
        ("/subscriptions/11111111-1111-1111-1111-111111111111", "f97444f1-efda-5b14-a93a-70365b966596"),
        (
            "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/RG-App/",
            "484b792e-5a7c-5c1b-9d9f-42194fd26d74",
        ),
        ("/providers/Microsoft.Management/managementGroups/Contoso", "e99938ef-fca7-578f-874d-4fd7afc332b1"),
    ],
)
def test_names_follow_the_convention_of_bicep_and_azurerm(scope: str, name: str) -> None:
    """`guid(scope, principal, role)`, so that every tool calls the same assignment the same."""
    assert (
        assignment_name(scope, "22222222-2222-2222-2222-222222222222", "acdd72a7-3385-48ef-bd42-f606fba81ae7") == name
    )


@pytest.mark.parametrize(
    ("scope", "prefix"),
    [
        ("/", ""),
        ("/providers/Microsoft.Management/managementGroups/Contoso", ""),
        (f"/subscriptions/{DEV}", f"/subscriptions/{DEV}"),
        (f"/subscriptions/{DEV}/resourceGroups/rg", f"/subscriptions/{DEV}"),
        (f"/subscriptions/{DEV}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv", f"/subscriptions/{DEV}"),
    ],
)
def test_role_ids_carry_the_prefix_that_azure_gives_them(scope: str, prefix: str) -> None:
    """The subscription's below it, none above: any other is a replacement in every plan."""
    assert role_definition_id(Scope.of(scope), "x") == f"{prefix}/providers/Microsoft.Authorization/roleDefinitions/x"


def test_at_the_tenant_root_the_name_is_azures(world: World) -> None:
    """Implementations of the convention differ there, and azurerm cannot import it."""
    world.render()
    assert "name" not in the_only(rendered(world, "prod"), "__root")
    assert "name" in the_only(rendered(world, "prod"), "reader__subscription")


def test_what_pim_cannot_end_stands(world: World) -> None:
    """azurerm's active assignments take neither condition nor tenant root: a lost condition would be more access."""
    condition = "((!(ActionMatches{'a/b'})) OR (@Resource[a:b] StringEquals 'c'))"
    world.capability("observe")["grants"][0]["condition"] = condition
    for role in ("developer", "operator"):
        world.project["team"][role][0]["ends"] = "2027-02-01"
    world.render()
    dev, prod = rendered(world, "dev"), rendered(world, "prod")
    assert the_only(dev, "azurerm_role_assignment.grp_developers__tiny_observer")["condition"] == condition
    assert not any("azurerm_pim_active_role_assignment" in each for each in dev if "tiny_observer" in each)
    assert any("azurerm_role_assignment" in each for each in prod if "__root" in each)
    assert any("azurerm_pim_active_role_assignment" in each for each in prod if "__landing_zone" in each)
    before = len(dev)
    world.today = world.today.replace(year=2027, month=2, day=1)
    world.render(allow_shrink=True)
    assert len(rendered(world, "dev")) < before
    assert not any("grp_developers" in each for each in rendered(world, "dev"))


def test_nobody_can_be_eligible_at_the_tenant_root(world: World) -> None:
    """azurerm takes management groups and what is below: the plan would fail, so the input is refused."""
    world.capability("see_zone")["grants"][1]["activation"] = "eligible"
    with pytest.raises(InputError):
        world.render()


@pytest.mark.parametrize(
    ("days", "ends", "schedule"),
    [
        (None, None, {"expiration": {"duration_days": 365}}),
        (90, None, {"expiration": {"duration_days": 90}}),
        (0, None, None),
        (0, "2027-02-01", {"expiration": {"end_date_time": "2027-02-01T00:00:00Z"}}),
        (90, "2027-02-01", {"expiration": {"end_date_time": "2027-02-01T00:00:00Z"}}),
    ],
)
def test_eligible_access_ends_as_the_project_says(
    world: World, days: int | None, ends: str | None, schedule: object
) -> None:
    """On its day, else after the project's number of days, else never."""
    if days is not None:
        world.project["pim_eligible_days"] = days
    if ends is not None:
        world.project["team"]["operator"][0]["ends"] = ends
    world.render()
    assignment = the_only(
        rendered(world, "dev"), "azurerm_pim_eligible_role_assignment.grp_operators__contributor__group"
    )
    assert unwrapped(assignment.get("schedule")) == schedule


def test_without_pim_all_of_it_stands(world: World) -> None:
    """Eligible access, and access that ends: `render` leaves that out from its day on."""
    world.project["pim"] = False
    world.project["team"]["operator"][0]["ends"] = "2027-02-01"
    world.render()
    for name in ("dev", "prod"):
        types = {address.partition(".")[0] for address in rendered(world, name)}
        assert types == {"azurerm_role_assignment", "azurerm_role_definition"}


def test_before_azurerm_5_a_description_never_changes(world: World) -> None:
    """There it would be a replacement, and access would be gone for a moment."""
    world.project["azurerm"] = 4
    world.render()
    texts = world.rendered("dev")
    assert {each.get("description") for each in rendered(world, "dev").values() if "principal_type" in each} == {
        "Managed as code [rbacgen:tiny]"
    }
    assert 'version = ">= 4.26, < 5.0"' in texts["versions.tf"]
    assert 'resource_provider_registrations = "none"' in texts["versions.tf"]


def test_a_custom_role_waits_for_the_group_that_only_terraform_knows(world: World) -> None:
    """A reference stays one in assignable_scopes, in both syntaxes."""
    world.capability("observe")["grants"][0]["on"] = "landing_zone"
    for name in ("dev", "prod"):
        world.project["environments"][name]["scopes"]["landing_zone"] = {"terraform": "azurerm_management_group.own.id"}
    world.render()
    desired = [f"/subscriptions/{DEV}", "${azurerm_management_group.own.id}"]
    role = rendered(world, "dev")["azurerm_role_definition.tiny_observer"]
    assert role["assignable_scopes"] == desired
    world.render(json=True)
    content = json.loads(world.rendered("dev")["custom_roles.tf.json"])
    assert content["resource"]["azurerm_role_definition"]["tiny_observer"]["assignable_scopes"] == desired


@pytest.mark.parametrize("json_", [False, True])
def test_a_module_leaves_provider_and_versions_of_terraform_to_its_caller(world: World, json_: bool) -> None:
    """It says which azurerm it takes, and no more."""
    world.render(is_module=True, json=json_)
    texts = world.rendered("dev")
    read = (
        json.loads(texts["versions.tf.json"])
        if json_
        else hcl2.loads(texts["versions.tf"], serialization_options=OPTIONS)
    )
    assert set(read) - {"//"} == {"terraform"}
    desired = {"azurerm": {"source": "hashicorp/azurerm", "version": ">= 5.2, < 6.0"}}
    assert unwrapped(read["terraform"]) == {"required_providers": desired}


def test_an_assignment_is_in_one_file_by_its_scope_kind_under_its_reason(world: World) -> None:
    """The owner of a resource sees in one file who gets in and why."""
    world.render()
    texts = world.rendered("dev")
    assert set(texts) == {"versions.tf", "custom_roles.tf", "access_vault.tf", "access_group.tf", "access_raw.tf"}
    assert "# Who gets in here: The key vault\n" in texts["access_vault.tf"]
    title = "# grp-developers: Key Vault Secrets User on kv-dev\n# Developer: write the code\nresource "
    assert title in texts["access_vault.tf"]
    assert texts["access_vault.tf"].count("\nresource ") == 3


# What Terraform is told of a change of address


def moved(world: World, environment: str = "dev") -> dict[str, str]:
    """The moved blocks that stand in an environment's directory."""
    text = world.rendered(environment).get("moved.tf", "")
    read = hcl2.loads(text, serialization_options=OPTIONS) if text else {}
    return {each["from"].strip("${}"): each["to"].strip("${}") for each in read.get("moved", [])}


def called(world: World, name: str) -> str:
    """Renders with the developers' group under another name; gives the address of an assignment that it has then."""
    world.project["team"]["developer"][0]["group"] = name
    world.render()
    return f"azurerm_role_assignment.{name.replace('-', '_')}__key_vault_secrets_user__vault"


def test_a_new_name_of_a_principal_is_a_move(world: World) -> None:
    """The access is the same: nothing is added, nothing goes."""
    one = called(world, "grp-one")
    assert moved(world) == {}
    two = called(world, "grp-two")
    assert moved(world)[one] == two
    assert len(moved(world)) == 2
    assert one not in rendered(world, "dev")


def test_moves_that_were_not_applied_yet_make_a_chain(world: World) -> None:
    """A state that saw neither, only the first, or both comes to the same address."""
    one, two, three = (called(world, name) for name in ("grp-one", "grp-two", "grp-three"))
    assert {each: moved(world)[each] for each in (one, two)} == {one: two, two: three}
    world.render()
    assert {each: moved(world)[each] for each in (one, two)} == {one: two, two: three}


def test_a_move_back_is_no_circle(world: World) -> None:
    """An address that is taken again is moved from no more: Terraform refuses that."""
    one, two, again = (called(world, name) for name in ("grp-one", "grp-two", "grp-one"))
    assert one == again
    assert one not in moved(world)
    assert moved(world)[two] == one


def test_a_move_to_what_is_gone_is_dropped(world: World) -> None:
    """Terraform removes the access, under whichever address it has it."""
    called(world, "grp-one")
    called(world, "grp-two")
    assert moved(world)
    world.project["team"]["developer"] = []
    world.render(allow_shrink=True)
    assert moved(world) == {}
    assert "moved.tf" not in world.rendered("dev")


def test_moves_that_were_applied_and_deleted_stay_deleted(world: World) -> None:
    """The user removes moved.tf; a later move brings back only itself."""
    called(world, "grp-one")
    two = called(world, "grp-two")
    (world.folder / "terraform" / "dev" / "moved.tf").unlink()
    world.render()
    assert moved(world) == {}
    three = called(world, "grp-three")
    assert moved(world)[two] == three
    assert len(moved(world)) == 2


PERMANENT = "azurerm_role_assignment.grp_operators__reader__landing_zone"


def shared_zone(world: World) -> Path:
    """Renders a zone that both environments look at, and so is in the first; then lets only the second one want it."""
    world.project["environments"]["dev"]["scopes"]["landing_zone"] = "mg-tiny"
    grant = world.capability("see_zone")["grants"][0]
    grant["in"] = ["dev", "prod"]
    world.render()
    grant["in"] = ["prod"]
    return world.folder / "terraform"


def test_an_assignment_that_goes_to_another_environment_is_let_go_of_and_imported(world: World) -> None:
    """Its access is never gone, and nothing is counted as lost."""
    shared_zone(world)
    result = world.render()
    name = assignment_name("/providers/Microsoft.Management/managementGroups/mg-tiny", OPERATORS, READER)
    assert f"from = {PERMANENT}\n" in world.rendered("dev")["removed.tf"]
    assert f"to = {PERMANENT}\n" in world.rendered("prod")["imports.tf"]
    assert f'roleAssignments/{name}"\n' in world.rendered("prod")["imports.tf"]
    assert "access_landing_zone.tf" not in world.rendered("dev")
    assert [each.gone for each in result.directories] == [1, 0]
    assert world.render().is_current  # until the user has applied and deleted them, both stay


def test_both_directories_are_rendered_when_an_assignment_changes_them(world: World) -> None:
    """One alone would destroy what the other one is to import."""
    output = shared_zone(world)
    for name in ("dev", "prod"):
        with pytest.raises(RbacgenError, match="goes from dev to prod: render both together"):
            world.render(environments=(name,))
    assert not (output / "prod" / "imports.tf").exists()
    world.render(environments=("prod", "dev"))
    assert (output / "prod" / "imports.tf").exists()


def test_what_stands_in_two_directories_is_not_destroyed_in_the_wrong_one(world: World) -> None:
    """A merge of two branches may bring a file back."""
    file = shared_zone(world) / "dev" / "access_landing_zone.tf"
    text = file.read_text()
    world.render()
    (file.parent / "removed.tf").unlink()
    file.write_text(text)
    world.render()
    assert not file.exists()
    assert f"from = {PERMANENT}\n" in world.rendered("dev")["removed.tf"]


def test_what_cannot_be_imported_is_left_to_terraform(world: World) -> None:
    """At the tenant root, and where only Terraform knows scope or principal: there is no id to import by."""
    for each in world.project["environments"].values():
        each["scopes"]["landing_zone"] = {"terraform": "azurerm_management_group.own.id"}
    grants = world.capability("see_zone")["grants"]
    for grant in grants[:2]:
        grant["in"] = ["dev", "prod"]
    world.render()
    for grant in grants[:2]:
        grant["in"] = ["prod"]
    world.render()
    assert not {"removed.tf", "imports.tf"} & {*world.rendered("dev"), *world.rendered("prod")}
    assert {"access_root.tf", "access_landing_zone.tf"} <= set(world.rendered("prod"))


def test_an_import_goes_along_with_a_new_name(world: World) -> None:
    """It may not be applied yet: without it the assignment would be created a second time, and Azure refuses that."""
    shared_zone(world)
    world.render()
    world.project["team"]["operator"][0]["group"] = "grp-ops"
    world.render()
    assert f"to = {PERMANENT.replace('operators', 'ops')}\n" in world.rendered("prod")["imports.tf"]


def test_the_other_syntax_keeps_addresses_and_replaces_the_files(world: World) -> None:
    """There and back, also with moves that are still to be applied."""
    called(world, "grp-one")
    called(world, "grp-two")
    before = world.rendered("dev")
    result = world.render(json=True)
    assert {name.removesuffix(".json") for name in world.rendered("dev")} == set(before)
    assert all(name.endswith(".tf.json") for name in world.rendered("dev"))
    assert [(each.added, each.gone) for each in result.directories] == [(0, 0), (0, 0)]
    assert len(json.loads(world.rendered("dev")["moved.tf.json"])["moved"]) == 2
    world.render()
    assert world.rendered("dev") == before


# Templates


def template(world: World, name: str, text: str) -> Path:
    """A folder with one template of the user's own."""
    folder = world.folder / "templates"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return folder


def test_a_template_of_the_users_stands_in_for_one_of_ours(world: World) -> None:
    """The others stay as they are, and the header cannot be forgotten: by it a file is known as ours."""
    world.render()
    before = world.rendered("dev")
    own = template(world, "versions.tf.j2", "# {{ project }} {{ environment }}\n{{ provider.settings | aligned(0) }}\n")
    world.render(templates=own)
    after = world.rendered("dev")
    header = "".join(f"{line}\n" for line in before["versions.tf"].split("\n")[:3])
    assert after["versions.tf"] == f'{header}# tiny dev\nsubscription_id = "{DEV}"\n'
    assert {name: text for name, text in after.items() if name != "versions.tf"} == {
        name: text for name, text in before.items() if name != "versions.tf"
    }


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("acces.tf.j2", "", r"acces\.tf\.j2 is no template that rbacgen renders"),
        ("access.tf.j2", "{{ ''.__class__.__mro__ }}", r"access\.tf\.j2 failed: .*unsafe"),
        ("access.tf.j2", "{{ assignments.append(1) }}", r"access\.tf\.j2 failed"),
        ("access.tf.j2", "{{ scope_kind.saays }}", r"access\.tf\.j2 failed: .*saays"),
        ("access.tf.j2", "{{ nobody_knows }}", r"access\.tf\.j2 failed: 'nobody_knows' is undefined"),
        ("access.tf.j2", "a\n{% if %}\n", r"access\.tf\.j2 is wrong on line 2"),
        ("access.tf.j2", "{{ 1 | nothing }}", r"access\.tf\.j2 is wrong on line 1"),
        ("access.tf.j2", "{{ 1 / 0 }}", r"access\.tf\.j2 failed: division by zero"),
        ("access.tf.j2", "{% for x in range(10 ** 9) %}{% endfor %}", r"access\.tf\.j2 failed: Range too big"),
        ("access.tf.j2", "{% include '/etc/hostname' %}", r"access\.tf\.j2 failed: .*hostname"),
        ("access.tf.j2", "{{ none | aligned }}", r"access\.tf\.j2 failed"),
    ],
)
def test_a_template_that_does_not_fit_is_said_by_its_name(world: World, name: str, text: str, message: str) -> None:
    """Unknown names and variables, wrong syntax, and every way out of the sandbox; nothing is written."""
    with pytest.raises(RbacgenError, match=message):
        world.render(templates=template(world, name, text))
    assert not (world.folder / "terraform").exists()


def test_a_folder_of_templates_that_is_not_there_is_said(world: World) -> None:
    """Rather than that the shipped ones are taken in silence."""
    with pytest.raises(RbacgenError, match=r"there is no folder .*elsewhere with templates"):
        world.render(templates=world.folder / "elsewhere")


# Many


@pytest.mark.slow
def test_ten_thousand_assignments(tmp_path: Path) -> None:
    """Each once, in under 250 MB."""
    project = bench.project(tmp_path, 10_000)
    code = (
        "import datetime, pathlib, re, resource, sys\n"
        "from rbacgen.commands import render as rendering\n"
        "output = pathlib.Path(sys.argv[2])\n"
        "rendering.render(sys.argv[1], datetime.date(2026, 11, 23), rendering.RenderOptions(output=output))\n"
        "status = pathlib.Path('/proc/self/status')\n"
        # Linux's ru_maxrss outlives exec: it would count the worker of pytest that this process was forked from.
        "peak = re.search(r'VmHWM:\\s+(\\d+)', status.read_text())[1] if status.exists() else None\n"
        "print(peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(project), str(tmp_path / "out")],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    text = "".join(path.read_text() for path in sorted((tmp_path / "out").rglob("access_*.tf")))
    names = [line for line in text.split("\n") if line.startswith("  name ")]
    assert len(names) == len(set(names)) == 10_000
    kilobytes = int(done.stdout) // (1024 if sys.platform == "darwin" else 1)
    assert kilobytes < 250_000
