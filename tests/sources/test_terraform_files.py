"""A directory of Terraform files: what is written out is read, and everything else is named with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from rbacgen import sources
from rbacgen.authorization.catalog import Catalog
from rbacgen.commands import load, open_source
from rbacgen.model.assignment import Activation, PrincipalType, instant
from rbacgen.model.problems import Position
from rbacgen.model.scope import ScopeLevel
from rbacgen.model.source import Ask, Source, SourceKind
from rbacgen.model.state import Part
from rbacgen.terraform import hcl
from tests.fakes.world import DEVELOPERS, TODAY, World
from tests.terraform.test_hcl import TEXTS

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
SUB = "/subscriptions/11111111-1111-1111-1111-111111111111"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ROLE = f"{SUB}/providers/Microsoft.Authorization/roleDefinitions/{READER}"
WHO = "aaaaaaaa-0000-4000-8000-000000000001"


def read(text: str | dict[str, str], roles: Catalog) -> Source:
    """The files, or the one file, as a directory called `live`."""
    return sources.read("live", {"live/main.tf": text} if isinstance(text, str) else text, roles)


def block(body: str = "", type_: str = "azurerm_role_assignment", **changes: str | None) -> str:
    """A role assignment, its attributes as HCL; None leaves one out."""
    given: dict[str, str | None] = {
        "scope": f'"{SUB}"',
        "role_definition_id": f'"{ROLE}"',
        "principal_id": f'"{WHO}"',
    }
    lines = [f"  {name} = {value}" for name, value in (given | changes).items() if value is not None]
    return "\n".join([f'resource "{type_}" "this" {{', *lines, body, "}\n"])


def unread(source: Source) -> list[tuple[str, str]]:
    """Where and why something was not understood."""
    return [(each.scope, each.why) for each in source.state.coverage.unread]


def the_row(source: Source) -> Any:
    """The one assignment that there is, with nothing unread beside it."""
    assert unread(source) == []
    (row,) = source.state
    return row


@pytest.mark.parametrize("project", ["fraud-detection", "web-shop"])
def test_an_examples_committed_terraform_is_what_the_project_wants(project: str, roles: Catalog) -> None:
    """Read back, every assignment has the key, condition, description, end and custom role of the wanted one."""
    checked = load.work_out(str(EXAMPLES / project), TODAY)
    read_back = open_source.source(str(EXAMPLES / project / "terraform"), Ask(()), pytest.fail, roles)
    _assert_same(read_back, checked)
    assert len(read_back.state) > 20


@pytest.mark.parametrize("as_json", [False, True], ids=["tf", "tf.json"])
def test_what_is_rendered_is_read_back(as_json: bool, roles: Catalog, tmp_path: Path) -> None:
    """Whichever syntax it is rendered in, with management groups, the tenant root, references, ends and odd texts."""
    world = World(tmp_path)
    world.project["ends"] = "2027-06-30"
    world.project["environments"]["dev"]["scopes"]["lake"] = {"terraform": "azurerm_storage_account.lake.id"}
    world.project["environments"]["dev"]["scopes"]["raw"] = {"terraform": 'module.lake["eu"].containers[0].id'}
    world.project["team"]["robot"] = [{"managed_identity": "id-robot", "id": {"terraform": "data.x.y.principal_id"}}]
    odd = '${x} %{if} "quoted" \\d é \u202e'
    world.mapping["roles/developer.yaml"]["responsibilities"][0]["does"] = odd
    world.capability("read_raw")["grants"][0] |= {
        "condition": f"!(ActionMatches{{'x'}}) OR @Resource[x] StringEquals '{odd}'"
    }
    world.render(json=as_json)
    read_back = open_source.source(str(tmp_path / "terraform"), Ask(()), pytest.fail, roles)
    _assert_same(read_back, world.work_out())
    assert read_back.kind is SourceKind.TERRAFORM_FILES
    for row in read_back.state:
        assert row.actual.at is not None
        line = Path(row.actual.at.file).read_text(encoding="utf-8").split("\n")[row.actual.at.line - 1]
        label = row.actual.address.partition(".")[2]
        assert f'"{label}"' in line
        assert line[row.actual.at.column - 1 :].startswith(f'"{label}": {{' if as_json else "resource ")


def _assert_same(read_back: Source, checked: Any) -> None:
    desired = checked.desired.state
    assert [key for key, _ in read_back.state.items()] == [key for key, _ in desired.items()]
    for want, row in zip(desired, read_back.state, strict=True):
        assert (row.condition, row.condition_version) == (want.condition, want.condition_version)
        assert row.description == want.description
        assert row.role.name.startswith(want.role.name)
        assert row.scope == want.scope
        if not row.actual.through_pim:
            assert row.principal.type is want.principal.type
        if row.actual.through_pim and "until" not in row.actual.unknown_fields:
            assert row.actual.until == (instant(want.ends) if want.ends else None)
    assert {role.id: role.name for role in read_back.definitions} == {
        each.role.id: each.role.name for each in checked.desired.definitions
    }
    assert (unread(read_back), read_back.notes) == ([], ())


def test_a_custom_role_is_read_with_its_permissions(roles: Catalog, tmp_path: Path) -> None:
    """Patterns are sorted, since their order means nothing to Azure."""
    world = World(tmp_path)
    world.mapping["custom_roles.yaml"]["Tiny Observer"] |= {
        "actions": ["Microsoft.KeyVault/vaults/read", "Microsoft.Authorization/*/read"],
        "not_actions": ["Microsoft.Authorization/locks/read"],
        "data_actions": ["Microsoft.KeyVault/vaults/keys/read"],
        "not_data_actions": ["Microsoft.KeyVault/vaults/keys/x/read"],
    }
    world.render()
    read_back = open_source.source(str(tmp_path / "terraform"), Ask(()), pytest.fail, roles)
    desired = {each.role.id: each.role for each in world.work_out().desired.definitions}
    assert len(read_back.definitions) == len(desired) == 2
    for role in read_back.definitions:
        (permission,) = role.permissions
        assert permission.actions == ("Microsoft.Authorization/*/read", "Microsoft.KeyVault/vaults/read")
        assert permission.not_actions == ("Microsoft.Authorization/locks/read",)
        assert permission.data_actions == ("Microsoft.KeyVault/vaults/keys/read",)
        assert permission.not_data_actions == ("Microsoft.KeyVault/vaults/keys/x/read",)
        assert (role.custom, role.description) == (True, desired[role.id].description)
        assert set(role.assignable_scopes) == set(desired[role.id].assignable_scopes)


def test_plain_files_are_read_without_python_hcl2(roles: Catalog) -> None:
    """What `render` writes is plain: a check in a fresh container must not wait for a grammar to be built."""
    import subprocess
    import sys

    code = (
        "import sys\nfrom rbacgen.authorization import catalog\nfrom rbacgen.commands import open_source\nfrom rbacgen.model.source import Ask\n"
        "found = open_source.source(sys.argv[1], Ask(()), None, catalog.load())\n"
        "print(len(found.state), 'hcl2' in sys.modules, 'lark' in sys.modules)"
    )
    folder = str(EXAMPLES / "fraud-detection" / "terraform")
    ran = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True)
    count, *imported = ran.stdout.split()
    assert int(count) > 100
    assert imported == ["False", "False"]


@settings(deadline=None, max_examples=60)
@given(text=TEXTS.filter(lambda text: text.strip()))
def test_any_text_comes_back_from_both_syntaxes(text: str) -> None:
    """A condition of any characters, as `render` escapes it, is what Terraform would make of it."""
    import unicodedata

    from rbacgen.authorization import catalog

    native = block(condition=hcl.string(text))
    body = {
        "scope": SUB,
        "role_definition_id": ROLE,
        "principal_id": WHO,
        "condition": hcl.json_value(text),
    }
    in_json = hcl.json_text({"resource": {"azurerm_role_assignment": {"this": body}}})
    for name, content in (("a.tf", native), ("a.tf.json", in_json)):
        row = the_row(sources.read("live", {name: content}, catalog.load()))
        assert row.condition == unicodedata.normalize("NFC", text)


def test_values_are_those_of_terraform(roles: Catalog) -> None:
    """Escapes, escaped templates, heredocs with their last line end, numbers, and comments anywhere."""
    text = block(
        principal_type='"User" # who',
        condition='"a\\tb \\"q\\" \\u00e9 $${x} %%{y} $5 100%"',
        description="<<-EOT\n    first\n      second $5\n    EOT",
        body="  /* nothing\n } */ // }\n  skip_service_principal_aad_check = true",
    )
    row = the_row(read(text, roles))
    assert row.condition == 'a\tb "q" é ${x} %{y} $5 100%'
    assert row.condition_version == "2.0"
    assert row.description == "first\n  second $5\n"
    assert row.principal.type is PrincipalType.USER
    assert row.actual.at == Position("live/main.tf", 1, 1)


def test_line_ends_and_a_byte_order_mark_do_not_matter(roles: Catalog) -> None:
    """As git and Windows leave them."""
    text = block(condition="<<EOT\nfirst\nEOT").replace("\n", "\r\n")
    assert the_row(read("\ufeff" + text, roles)).condition == "first\n"


def test_a_name_gives_the_id(roles: Catalog) -> None:
    """The ARM id follows from the scope and the name."""
    name = "f97444f1-efda-5b14-a93a-70365b966596"
    row = the_row(read(block(name=f'"{name}"'), roles))
    assert row.actual.id == f"{SUB}/providers/Microsoft.Authorization/roleAssignments/{name}"
    assert the_row(read(block(), roles)).actual.id == ""


def test_a_role_can_be_given_in_many_ways(roles: Catalog) -> None:
    """By name, by a data source, by a custom role of the same directory, by a local; always to the same GUID."""
    custom = "cccccccc-0000-4000-8000-000000000001"
    beside = f"""
locals {{
  reader = "Reader"
  ids    = {{ reader = "{ROLE}" }}
}}
data "azurerm_role_definition" "by_name" {{
  name = local.reader
}}
resource "azurerm_role_definition" "own" {{
  role_definition_id = "{custom}"
  name               = "Own"
  scope              = "{SUB}"
  permissions {{
    actions = []
  }}
}}
"""
    reader, own = {}, {}
    for permit in (
        {"role_definition_id": None, "role_definition_name": '"Reader"'},
        {"role_definition_id": None, "role_definition_name": "local.reader"},
        {"role_definition_id": None, "role_definition_name": "data.azurerm_role_definition.by_name.name"},
        {"role_definition_id": "data.azurerm_role_definition.by_name.id"},
        {"role_definition_id": '"${data.azurerm_role_definition.by_name.id}"'},
        {"role_definition_id": f'"{SUB}${{data.azurerm_role_definition.by_name.id}}"'},
        {"role_definition_id": "local.ids.reader"},
        {"role_definition_id": 'local.ids["reader"]'},
        {"role_definition_id": f'("{ROLE.upper()}")'},
    ):
        reader[str(permit)] = the_row(read(beside + block(**permit), roles)).role
    for permit in (
        {"role_definition_id": "azurerm_role_definition.own.role_definition_resource_id"},
        {"role_definition_id": None, "role_definition_name": "azurerm_role_definition.own.name"},
        {"role_definition_id": None, "role_definition_name": '"own"'},
    ):
        own[str(permit)] = the_row(read(beside + block(**permit), roles)).role
    assert {key: role.id for key, role in reader.items()} == dict.fromkeys(reader, READER)
    assert {key: (role.id, role.name) for key, role in own.items()} == dict.fromkeys(own, (custom, "Own"))


def test_a_scope_or_principal_that_only_terraform_knows_is_a_reference(roles: Catalog) -> None:
    """As a project file writes it, so that the two are the same; the kind of resource tells the level."""
    row = the_row(
        read(
            block(scope="azurerm_resource_group.this.id", principal_id='data.azuread_group.all["a b"].object_id'), roles
        )
    )
    assert (row.scope.id, row.scope.reference, row.scope.level) == (
        "azurerm_resource_group.this.id",
        True,
        ScopeLevel.RESOURCE_GROUP,
    )
    assert (row.principal.id, row.principal.reference, row.principal.type) == (
        'data.azuread_group.all["a b"].object_id',
        True,
        PrincipalType.GROUP,
    )
    assert row.actual.id == ""


def test_a_local_or_the_providers_subscription_is_followed(roles: Catalog) -> None:
    """Also within a text; through locals that lead to locals."""
    text = """
provider "azurerm" {
  features {}
  subscription_id = "11111111-1111-1111-1111-111111111111"
}
data "azurerm_subscription" "this" {}
locals {
  group = "${local.base}/resourceGroups/rg"
  base  = data.azurerm_subscription.this.id
}
"""
    assert the_row(read(text + block(scope="local.group"), roles)).scope.id == f"{SUB}/resourceGroups/rg"
    given = '"${data.azurerm_subscription.this.id}/resourceGroups/rg"'
    assert the_row(read(text + block(scope=given), roles)).scope.id == f"{SUB}/resourceGroups/rg"


@pytest.mark.parametrize(
    "subscription",
    [
        f'provider "azurerm" {{\n  features {{}}\n  subscription_id = "{SUB[15:]}"\n}}\n'
        'data "azurerm_subscription" "me" {}\n',
        f'data "azurerm_subscription" "me" {{\n  subscription_id = "{SUB[15:].upper()}"\n}}\n',
    ],
)
def test_a_scope_that_leads_to_a_literal_is_that_literal(subscription: str, roles: Catalog) -> None:
    """`data.azurerm_subscription.me.id` is the subscription: what a project wants there is there, and not missing."""
    row = the_row(read(subscription + block(scope="data.azurerm_subscription.me.id"), roles))
    assert (row.scope.id, row.scope.reference, row.scope.level) == (SUB, False, ScopeLevel.SUBSCRIPTION)


@pytest.mark.parametrize(
    "subscription",
    [
        'data "azurerm_subscription" "me" {}\n',
        'provider "azurerm" {\n  subscription_id = var.x\n}\ndata "azurerm_subscription" "me" {}\n',
        f'provider "azurerm" {{\n  subscription_id = "{SUB[15:]}"\n}}\n'
        'data "azurerm_subscription" "me" {\n  provider = azurerm.other\n}\n',
    ],
)
def test_a_scope_that_leads_to_no_literal_stays_a_reference(subscription: str, roles: Catalog) -> None:
    """The subscription of the environment variables, of a variable, or of another provider, is nobody's here."""
    row = the_row(read(subscription + block(scope="data.azurerm_subscription.me.id"), roles))
    assert (row.scope.id, row.scope.reference) == ("data.azurerm_subscription.me.id", True)


@pytest.mark.parametrize(
    ("schedule", "until", "unknown_fields"),
    [
        ('end_date_time = "2027-06-30T02:00:00+02:00"', "2027-06-30T00:00:00+00:00", set()),
        ("duration_days = 30", None, {"until"}),
        ('duration_days = 30\n} \n start_date_time = "2027-06-01T00:00:00Z"', "2027-07-01T00:00:00+00:00", set()),
        ('duration_hours = 8\n} \n start_date_time = "2027-06-01T00:00:00Z"', "2027-06-01T08:00:00+00:00", set()),
        ('end_date_time = "soon"', None, {"until"}),
        ("duration_days = 9999999999", None, {"until"}),
    ],
)
def test_the_end_of_a_pim_assignment(
    schedule: str, until: str | None, unknown_fields: set[str], roles: Catalog
) -> None:
    """An instant in UTC where the file says one; else it is not told, and not taken for none."""
    body = f"schedule {{\n expiration {{\n {schedule}\n" + ("}\n}" if "}" not in schedule else "}")
    row = the_row(read(block(body, "azurerm_pim_eligible_role_assignment", justification='"why"'), roles))
    assert (row.actual.until.isoformat() if row.actual.until else None) == until
    assert row.actual.unknown_fields == unknown_fields
    assert row.activation is Activation.ELIGIBLE
    assert (row.actual.through_pim, row.description) == (True, "why")


def test_a_pim_assignment_without_words_does_not_tell_its_description(roles: Catalog) -> None:
    """The provider computes a justification that is not given; one that never ends has no end to tell."""
    row = the_row(read(block(type_="azurerm_pim_active_role_assignment"), roles))
    assert (row.activation, row.actual.through_pim, row.actual.until) == (Activation.PERMANENT, True, None)
    assert row.actual.unknown_fields == {"description"}


def test_a_marketplace_assignment_has_its_own_scope(roles: Catalog) -> None:
    """The provider knows it, and the file does not say it."""
    row = the_row(read(block(type_="azurerm_marketplace_role_assignment", scope=None), roles))
    assert row.scope.id == "/providers/Microsoft.Marketplace"


EXPRESSION = "is an expression"
NOT_UNDERSTOOD: list[tuple[str, str, str]] = [
    (block(scope='"${var.base}/x"'), "1:1", "`scope` is a text with a part that only Terraform knows"),
    (block(scope="lower(var.x)"), "1:1", f"`scope` {EXPRESSION}"),
    (block(scope='var.is_prod ? "/a" : "/b"'), "1:1", f"`scope` {EXPRESSION}"),
    (block(scope="azurerm_key_vault.all[*].id"), "1:1", f"`scope` {EXPRESSION}"),
    (block(scope="azurerm_key_vault.all[each.key].id"), "1:1", f"`scope` {EXPRESSION}"),
    (block(scope='"rg-app"'), "1:1", "`scope` is not the id of a scope"),
    (block(scope=None), "1:1", "`scope` is missing"),
    (block(scope='["/"]'), "1:1", "`scope` is not a text"),
    (block(principal_id='"ada"'), "1:1", "`principal_id` is not an object id"),
    (block(principal_id=None), "1:1", "`principal_id` is missing"),
    (block(role_definition_id=None), "1:1", "it names no role"),
    (block(role_definition_id='"Reader"'), "1:1", "`role_definition_id` does not end in a GUID"),
    (block(role_definition_id="var.role"), "1:1", "`role_definition_id` is `var.role`, which only Terraform knows"),
    (block(role_definition_id=None, role_definition_name='"Nobody"'), "1:1", "the Azure role `Nobody` is not known"),
    (
        block(role_definition_id=None, role_definition_name="var.role"),
        "1:1",
        "`role_definition_name` is `var.role`, which only Terraform knows",
    ),
    (block(scope='"/a\\d"'), "1:1", "`scope` is a text with an escape that Terraform does not know"),
    (block(scope='"%{if true}/%{endif}"'), "1:1", "`scope` is a text with directives"),
]


@pytest.mark.parametrize(("text", "place", "why"), NOT_UNDERSTOOD, ids=lambda each: each[-40:])
def test_what_is_not_written_out_is_named(text: str, place: str, why: str, roles: Catalog) -> None:
    """With file, line and column, and nothing is made up."""
    found = read(text, roles)
    assert len(found.state) == 0
    assert unread(found) == [
        (f"live/main.tf:{place}", f"azurerm_role_assignment.this was not understood: {why}"),
    ]


@pytest.mark.parametrize("repeated", ["for_each = toset([])", "count = 0"])
def test_repeated_resources_are_named(repeated: str, roles: Catalog) -> None:
    """How many there are, only Terraform works out."""
    name = repeated.split()[0]
    expected = f"azurerm_role_assignment.this is created by `{name}`, which only Terraform can evaluate"
    assert unread(read("\n" + block(repeated), roles)) == [("live/main.tf:2:1", expected)]


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("var.condition", "is `var.condition`, which only Terraform knows"),
        ('"a ${var.x}"', "is a text with a part that only Terraform knows"),
        ("<<EOT\n${var.x}\nEOT", "is a text with an expression in it"),
        ("5", "is not a text"),
    ],
)
def test_an_unclear_condition_is_named(condition: str, why: str, roles: Catalog) -> None:
    """The assignment is there; how far it goes, nobody can tell, and it is not taken for access without a condition."""
    found = read(block(condition=condition, description="join(var.x)"), roles)
    said = [each.partition("`condition` ")[2] for _, each in unread(found)]
    assert said == [why]
    for row in found.state:
        assert row.actual.unknown_fields == {"condition", "description"}
        assert (row.condition, row.description, row.condition_version) == ("", "", "")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('dynamic "schedule" {\n for_each = var.x\n content {}\n}', "`schedule` is made by a `dynamic` block"),
        (
            'schedule {\n dynamic "expiration" {\n for_each = var.x\n content {}\n }\n}',
            "`expiration` is made by a `dynamic` block",
        ),
        (
            "schedule {\n expiration {\n duration_days = var.days\n }\n}",
            "`duration_days` is `var.days`, which only Terraform knows",
        ),
        (
            "schedule {\n expiration {\n end_date_time = timeadd(a, b)\n }\n}",
            "`end_date_time` is an expression",
        ),
    ],
)
def test_an_unclear_end_is_named(body: str, why: str, roles: Catalog) -> None:
    """Whether the access ends, nobody can tell, and it is not taken for access for ever."""
    found = read(block(body, "azurerm_pim_active_role_assignment", justification='"x"'), roles)
    assert unread(found) == [("live/main.tf:1:1", f"of azurerm_pim_active_role_assignment.this, {why}")]
    assert [row.actual.unknown_fields for row in found.state] == [{"until"}]


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        (block("  a = = 1"), ":5:7", "azurerm_role_assignment.this was not understood: this cannot be read"),
        (block("  a = 1 b = 2"), ":5:9", "two attributes are on one line"),
        (block("  scope = null"), ":5:3", "`scope` is there twice"),
        (block()[:-3], ":1:1", "the file could not be read from here on: this block does not end"),
        (block('  x = "a\n"'), ":1:1", "the file could not be read from here on: this block does not end"),
        ("\n = 5\n" + block(), ":2:2", "the file could not be read from here on: this is not the start of a block"),
        (block().replace('" {', '"\n{', 1), ":1:1", "from here on: this is not the start of a block"),
        (block(scope="!!x"), ":2:12", "azurerm_role_assignment.this was not understood: this cannot be read"),
        (block("  x = <<A\nB"), ":1:1", "this block does not end"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(text: str, place: str, why: str, roles: Catalog) -> None:
    """By the place where it cannot; no words of the parser, which quotes whole files."""
    found = read(text, roles)
    ((where, said),) = unread(found)
    assert where == f"live/main.tf{place}"
    assert why in said
    assert len(found.state) == 0


def test_a_fault_in_another_resource_does_not_matter(roles: Catalog) -> None:
    """Only blocks of access are parsed: those python-hcl2 cannot read are somebody else's."""
    other = 'resource "azurerm_storage_account" "é" {\n  name = !!x\n  y = "$${" \n  z = <<_E\n}{\n_E\n}\n'
    assert the_row(read(other + block() + other, roles)).role.id == READER


def test_modules_that_were_not_read_are_named(roles: Catalog) -> None:
    """Those from elsewhere, those outside the directory, and those that are called many times and hold access."""
    found = read(
        {
            "live/main.tf": "\n".join(
                [
                    'module "far" {\n  source = "Azure/avm-res-keyvault/azurerm"\n}',
                    'module "up" {\n  source = "../../shared"\n}',
                    'module "near" {\n  source = "./modules/access"\n}',
                    'module "many" {\n  source   = "./modules/access"\n  for_each = var.x\n}',
                    'module "plain" {\n  source = "./modules/plain"\n  count  = 2\n}',
                    'module "which" {\n  source = var.x\n}',
                ]
            ),
            "live/modules/access/main.tf": block(),
            "live/modules/plain/main.tf": 'resource "azurerm_resource_group" "x" {}\n',
        },
        roles,
    )
    assert unread(found) == [
        ("live/main.tf:10:1", "module.many is called by `for_each`, which only Terraform can evaluate"),
        ("live/main.tf:18:1", "module.which is a module that is not a local folder, so it was not read"),
        ("live/main.tf:1:1", "module.far is a module that is not a local folder, so it was not read"),
        ("live/main.tf:4:1", "module.up is a module outside this directory"),
    ]
    assert len(found.state) == 1


@pytest.mark.parametrize("repeated", ["for_each = var.x", "count = 0"])
def test_a_module_that_is_called_many_times_holds_what_it_calls(repeated: str, roles: Catalog) -> None:
    """How often the access below it stands, if at all, only Terraform works out."""
    found = read(
        {
            "live/main.tf": f'module "many" {{\n  source = "./a"\n  {repeated}\n}}\n',
            "live/a/main.tf": CALLS.format("./b") + CALLS.format("../a"),
            "live/a/b/main.tf": block(),
        },
        roles,
    )
    why = f"module.many is called by `{repeated.split()[0]}`, which only Terraform can evaluate"
    assert unread(found) == [("live/main.tf:1:1", why)]


CALLS = 'module "m" {{\n  source = "{}"\n}}\n'
UNCALLED = "no module call leads to this folder, so it is not known whether its content is ever applied"


@pytest.mark.parametrize("top", ["", "live/", "../live/", "/srv/live/", "x/../live/"])
def test_a_folder_that_nothing_calls_is_not_held(top: str, roles: Catalog) -> None:
    """Terraform is run in the folder above it: what lies there stands in no state, and is named."""
    files = {
        f"{top}main.tf": block(),
        f"{top}modules/unused/main.tf": block(scope='"/"'),
        f"{top}modules/words/main.tf": 'variable "x" {}\nresource "azurerm_resource_group" "x" {}\n',
    }
    found = read(files, roles)
    assert [row.scope.id for row in found.state] == [SUB]
    assert unread(found) == [(top.replace("x/../", "") + "modules/unused", UNCALLED)]
    called = read({**files, f"{top}calls.tf": CALLS.format("./modules/unused")}, roles)
    assert ([row.scope.id for row in called.state], unread(called)) == (["/", SUB], [])


def test_a_call_counts_where_it_is_reached_itself(roles: Catalog) -> None:
    """Through a module that is called, and not through one that nothing calls; a circle ends."""
    files = {
        "live/main.tf": CALLS.format("./a"),
        "live/a/main.tf": CALLS.format("../b"),
        "live/b/main.tf": block() + CALLS.format("../a"),
        "live/c/main.tf": CALLS.format("../d"),
        "live/d/main.tf": block(scope='"/"'),
        "live/e/main.tf": 'resource "azurerm_role_definition" "x" {\n  name = "x"\n}\n',
    }
    found = read(files, roles)
    assert [row.scope.id for row in found.state] == [SUB]
    assert unread(found) == [(f"live/{each}", UNCALLED) for each in "cde"]


def test_folders_side_by_side_are_each_applied(roles: Catalog) -> None:
    """With no Terraform file above them, Terraform is run in each, as `render` lays them out."""
    files = {"live/dev/main.tf": block(), "live/prod/main.tf": block(scope='"/"'), "live/prod/x/a.tf": block()}
    found = read(files, roles)
    assert [row.scope.id for row in found.state] == ["/", SUB]
    assert unread(found) == [("live/prod/x", UNCALLED)]


def test_names_lead_nowhere_outside_their_module(roles: Catalog) -> None:
    """A local of one directory is no local of another."""
    call = 'module "sub" {\n  source = "./sub"\n}\n'
    found = read({"live/a.tf": f'{call}locals {{\n  s = "{SUB}"\n}}', "live/sub/b.tf": block(scope="local.s")}, roles)
    assert the_row(found).scope.reference


def test_locals_that_lead_in_a_circle_end(roles: Catalog) -> None:
    """Terraform refuses them; here they stay a reference."""
    row = the_row(read("locals {\n  a = local.b\n  b = local.a\n}\n" + block(scope="local.a"), roles))
    assert row.scope.reference


def test_access_of_other_kinds_is_said(roles: Catalog) -> None:
    """Once, with the kinds; access through azapi is Azure RBAC and was not read."""
    text = "\n".join(
        [
            'resource "azuread_directory_role_assignment" "a" {\n  role_id = "x"\n}',
            'resource "azuread_group_member" "a" {\n  for_each = var.x\n}',
            'resource "azapi_resource" "a" {\n  type = "Microsoft.Authorization/roleAssignments@2022-04-01"\n}',
            'resource "azapi_resource" "b" {\n  type = "Microsoft.Network/virtualNetworks@2024-01-01"\n}',
            'resource "azapi_resource" "c" {\n  type = var.x\n}',
        ]
    )
    found = read(text, roles)
    assert found.notes == (
        "2 resources of access that is not Azure RBAC were not read "
        "(azuread_directory_role_assignment, azuread_group_member)",
    )
    assert unread(found) == [
        ("live/main.tf:13:1", "azapi_resource.c is created through azapi, which is not read"),
        ("live/main.tf:7:1", "azapi_resource.a is created through azapi, which is not read"),
    ]


def test_an_override_file_is_named(roles: Catalog) -> None:
    """It changes resources that stand elsewhere."""
    found = read({"live/main.tf": block(), "live/x_override.tf": block(scope='"/"')}, roles)
    assert unread(found) == [("live/x_override.tf", "this file overrides parts of resources in other files")]
    assert [row.scope.id for row in found.state] == [SUB]


def test_the_same_access_twice_is_said(roles: Catalog) -> None:
    """Azure would refuse the second; the first one counts."""
    found = read(block() + block(scope=f'"{SUB.upper()}"').replace('"this"', '"that"'), roles)
    assert found.notes == ("one assignment is a duplicate, of which the first counts: live/main.tf:7:1",)
    assert [row.actual.address for row in found.state] == ["azurerm_role_assignment.this"]


def test_a_custom_role_that_is_not_understood_is_named(roles: Catalog) -> None:
    """And whoever has it is unread too."""
    text = f'resource "azurerm_role_definition" "own" {{\n  name = "Own"\n  scope = "{SUB}"\n}}\n'
    found = read(text + block(role_definition_id="azurerm_role_definition.own.role_definition_resource_id"), roles)
    assert [(each.scope, each.part) for each in found.state.coverage.unread] == [
        ("live/main.tf:1:1", Part.DEFINITIONS),
        ("live/main.tf:5:1", Part.ASSIGNMENTS),
    ]
    assert unread(found)[0][1] == "azurerm_role_definition.own was not understood: its `role_definition_id` is missing"


def test_the_json_syntax_in_all_its_forms(roles: Catalog) -> None:
    """Lists where objects do, comments, references, escapes, and expressions that are not understood."""
    body = {"//": "why", "scope": SUB, "role_definition_id": ROLE, "principal_id": WHO}
    content = {
        "//": "who",
        "locals": {"x": SUB},
        "resource": [
            {"azurerm_role_assignment": {"a": [body | {"condition": "$${x}"}]}},
            {
                "azurerm_role_assignment": [
                    {"b": body | {"scope": "${local.x}/resourceGroups/a"}},
                    {"c": body | {"scope": "${azurerm_x.y.id}"}},
                    {"d": body | {"scope": "${local.x}", "principal_id": WHO.replace("1", "2")}},
                    {"e": body | {"for_each": "${x}"}},
                ]
            },
        ],
    }
    found = read({"live/a.tf.json": json.dumps(content, indent=1)}, roles)
    assert {row.actual.address[-1]: (row.scope.id, row.condition) for row in found.state} == {
        "a": (SUB, "${x}"),
        "c": ("azurerm_x.y.id", ""),
        "d": (SUB, ""),
    }
    assert [why for _, why in unread(found)] == [
        "azurerm_role_assignment.b was not understood: `scope` is a text with an expression in it",
        "azurerm_role_assignment.e is created by `for_each`, which only Terraform can evaluate",
    ]
    broken = read({"live/a.tf.json": "{"}, roles)
    assert unread(broken) == [("live/a.tf.json", "the file is not valid JSON")]


def test_a_word_of_the_json_syntax_that_stands_there_twice_is_read_twice(roles: Catalog) -> None:
    """As Terraform does with blocks; a JSON reader would keep the last one only. Of an attribute, nobody knows which."""
    one, two = (
        json.dumps(
            {"azurerm_role_assignment": {label: {"scope": scope, "role_definition_id": ROLE, "principal_id": WHO}}}
        )
        for label, scope in (("a", SUB), ("b", "/"))
    )
    text = f'{{"resource": {one},\n"resource": {two}}}'
    found = read({"a.tf.json": text}, roles)
    assert [(row.actual.address[-1], str(row.actual.at)) for row in found.state] == [
        ("b", "a.tf.json:2:42"),
        ("a", "a.tf.json:1:43"),
    ]
    found = read({"a.tf.json": text.replace('"scope": "/"', '"scope": "/", "scope": "/x"')}, roles)
    assert [why.partition(": ")[2] for _, why in unread(found)] == ["`scope` is not a text"]


def test_a_big_directory_is_read_in_linear_time(roles: Catalog) -> None:
    """Ten times the blocks take the same number of steps each: no block is looked at twice."""
    from rbacgen.sources import hcl as hcl_text
    from rbacgen.sources.hcl.plain import plain_body

    text = "".join(block().replace('"this"', f'"a{number}"') for number in range(2000))
    cut = list(hcl_text.cut(text))
    assert [each.line for each in cut[:3]] == [1, 7, 13]
    assert sum(len(each.text) for each in cut) + len(cut) == len(text)
    assert all(plain_body(each) is not None for each in cut)


def test_developers_are_who_they_are(roles: Catalog, tmp_path: Path) -> None:
    """The object id of a group comes back in lower case."""
    row = the_row(read(block(principal_id=f'"{DEVELOPERS.upper()}"'), roles))
    assert row.principal.id == DEVELOPERS
