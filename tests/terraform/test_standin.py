"""The bench's own tests: the stand-in for azurerm behaves as azurerm does, in every Terraform that can be had."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest

from tests.fakes.terraform.engine import Engine, TerraformError, changes, find_engine, replaced_by, root_module
from tests.fakes.terraform.install_terraform import write_program

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
GROUP = f"{SUBSCRIPTION}/resourceGroups/RG-App"
MANAGEMENT_GROUP = "/providers/Microsoft.Management/managementGroups/Contoso"
ROLES = "/providers/Microsoft.Authorization/roleDefinitions"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ANN, BOB, CAT = (f"{digit * 8}-{digit * 4}-4{digit * 3}-8{digit * 3}-{digit * 12}" for digit in "abc")
NAME = "f97444f1-efda-5b14-a93a-70365b966596"
OTHER_NAME = "484b792e-5a7c-5c1b-9d9f-42194fd26d74"


def assignment(
    label: str, scope: str, principal: str, *more: str, role: str = f"{SUBSCRIPTION}{ROLES}/{READER}"
) -> str:
    """A role assignment in HCL."""
    lines = [f'scope = "{scope}"', f'role_definition_id = "{role}"', f'principal_id = "{principal}"', *more]
    return f'resource "azurerm_role_assignment" "{label}" {{\n' + "".join(f"  {line}\n" for line in lines) + "}\n"


def eligibility(label: str, scope: str, role: str, *more: str) -> str:
    """An eligible assignment of ANN in HCL."""
    text = assignment(label, scope, ANN, *more, role=role)
    return text.replace("azurerm_role_assignment", "azurerm_pim_eligible_role_assignment")


def tenant(folder: Path, **content: object) -> dict[str, str]:
    """A tenant beside a root module, and the variables that name it."""
    file = folder / "tenant.json"
    file.write_text(json.dumps(content))
    return {"STANDIN_TENANT": str(file)}


def live(scope: str, principal: str, name: str = NAME, **more: object) -> dict[str, object]:
    """A role assignment as the tenant keeps it, under its id."""
    prefix = SUBSCRIPTION if scope.startswith(SUBSCRIPTION) else ""
    values: dict[str, object] = {
        "name": name,
        "scope": scope,
        "role_definition_id": f"{prefix}{ROLES}/{READER}",
        "principal_id": principal,
        "principal_type": "Group",
        "delegated_managed_identity_resource_id": None,
        "description": None,
        "condition": None,
        "condition_version": None,
    }
    return {f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}": values | more}


def squeezed(error: TerraformError) -> str:
    """What Terraform said on one line: it breaks long lines and frames them."""
    return re.sub(r"[\s│╷╵]+", " ", error.text)


EVERYTHING = f"""data "azurerm_client_config" "me" {{}}

resource "azurerm_resource_group" "app" {{
  name     = "rg-app"
  location = "westeurope"
}}

resource "azurerm_user_assigned_identity" "app" {{
  name                = "id-app"
  resource_group_name = azurerm_resource_group.app.name
  location            = azurerm_resource_group.app.location
}}

resource "azurerm_key_vault" "app" {{
  name                = "kv-app"
  resource_group_name = azurerm_resource_group.app.name
  location            = azurerm_resource_group.app.location
  tenant_id           = data.azurerm_client_config.me.tenant_id
  sku_name            = "standard"
}}

resource "azurerm_role_definition" "custom" {{
  role_definition_id = "{OTHER_NAME}"
  name               = "Vault Watcher"
  scope              = "{MANAGEMENT_GROUP}"
  description        = "Sees vaults."
  assignable_scopes  = ["{MANAGEMENT_GROUP}"]

  permissions {{
    actions          = ["Microsoft.KeyVault/vaults/read"]
    not_actions      = []
    data_actions     = ["Microsoft.KeyVault/vaults/secrets/readMetadata/action", "Microsoft.KeyVault/vaults/keys/read"]
    not_data_actions = []
  }}
}}

resource "azurerm_role_assignment" "standing" {{
  for_each = {{
    "identity" = azurerm_user_assigned_identity.app.principal_id
    "group"    = "{BOB}"
  }}

  scope              = azurerm_key_vault.app.id
  role_definition_id = "${{data.azurerm_client_config.me.id == "" ? "" : "{SUBSCRIPTION}"}}{ROLES}/{READER}"
  principal_id       = each.value
  description        = "Reads the vault"
  condition          = "@Resource[a:b] StringEquals 'c'"
  condition_version  = "2.0"

  timeouts {{
    create = "5m"
  }}
}}

resource "azurerm_role_assignment" "custom" {{
  name               = "{NAME}"
  scope              = "{MANAGEMENT_GROUP}"
  role_definition_id = azurerm_role_definition.custom.role_definition_resource_id
  principal_id       = "{BOB}"
  principal_type     = "Group"
}}

resource "azurerm_role_assignment" "named" {{
  scope                = "{SUBSCRIPTION}"
  role_definition_name = "reader"
  principal_id         = "{CAT}"
}}

resource "azurerm_pim_eligible_role_assignment" "eligible" {{
  scope              = "{SUBSCRIPTION}"
  role_definition_id = "{SUBSCRIPTION}{ROLES}/{READER}"
  principal_id       = "{ANN}"
  justification      = "Rendered"
  condition          = "@Resource[a:b] StringEquals 'c'"
  condition_version  = "2.0"

  schedule {{
    expiration {{
      duration_days = 365
    }}
  }}

  ticket {{
    number = "1"
    system = "tickets"
  }}

  timeouts {{
    create = "5m"
  }}
}}

resource "azurerm_pim_active_role_assignment" "active" {{
  scope              = "{MANAGEMENT_GROUP}"
  role_definition_id = "{ROLES}/{READER}"
  principal_id       = "{ANN}"

  schedule {{
    start_date_time = "2027-01-01T00:00:00Z"
    expiration {{
      end_date_time = "2027-06-30T00:00:00Z"
    }}
  }}
}}

output "vault" {{
  value = azurerm_key_vault.app.id
}}
"""


def test_what_azurerm_accepts_is_applied_once_and_then_stays(engine: Engine, tmp_path: Path) -> None:
    """Every resource and block is accepted, and the plan after an apply is empty; outputs come out."""
    env = tenant(tmp_path)
    root_module(tmp_path, EVERYTHING)
    assert engine.fmt_check(tmp_path) == []
    assert "Installed hashicorp/azurerm v5.2.0" in engine.init(tmp_path)
    engine.apply(tmp_path, env=env)
    assert engine.changes(tmp_path, env=env) == {}
    state = engine.state(tmp_path)
    assert state["azurerm_role_assignment.named"]["role_definition_id"] == f"{SUBSCRIPTION}{ROLES}/{READER}"
    assert state["azurerm_role_assignment.custom"]["role_definition_name"] == "Vault Watcher"
    assert state["azurerm_role_definition.custom"]["id"] == f"{ROLES}/{OTHER_NAME}|{MANAGEMENT_GROUP}"
    vault = state["azurerm_key_vault.app"]["id"]
    assert vault == f"{SUBSCRIPTION}/resourceGroups/rg-app/providers/Microsoft.KeyVault/vaults/kv-app"
    assert len(json.loads((tmp_path / "tenant.json").read_text())["assignments"]) == 4
    assert "Resources: 10 destroyed" in engine.must(tmp_path, "destroy", "-auto-approve", "-no-color", env=env)
    left = json.loads((tmp_path / "tenant.json").read_text())
    assert not any(left.values())


FAULTS = f"""resource "azurerm_role_assignment" "a" {{
  name                 = "ann-reads" # ! expected "name" to be a valid UUID, got ann-reads
  scope                = "everywhere" # ! invalid value for scope
  role_definition_id   = "{ROLES}/{READER}" # ! Invalid combination of arguments
  role_definition_name = "Reader"
  principal_id         = "{ANN}"
  principal_type       = "group" # ! expected principal_type to be one of ["User" "Group" "ServicePrincipal"], got group
  description          = "" # ! expected "description" to not be an empty string
  condition            = "" # ! expected "condition" to not be an empty string
  condition_version    = "3.0" # ! expected condition_version to be one of ["1.0" "2.0"], got 3.0
}}

resource "azurerm_role_assignment" "b" {{ # ! Invalid combination of arguments
  scope             = "{GROUP}"
  principal_id      = "{ANN}"
  condition_version = "2.0" # ! `condition_version` should not be set without `condition`
}}

resource "azurerm_role_assignment" "c" {{
  scope                = "{GROUP}"
  role_definition_name = "" # ! expected "role_definition_name" to not be an empty string
  principal_id         = "{ANN}"
}}

resource "azurerm_role_assignment" "d" {{
  scope               = "{GROUP}"
  role_definition_nam = "Reader" # ! Unsupported argument
  role_definition_id  = "{ROLES}/{READER}"
  principal_id        = "{ANN}"
}}

resource "azurerm_role_definition" "a" {{
  role_definition_id = "1" # ! expected "role_definition_id" to be a valid UUID
  name               = "" # ! expected "name" to not be an empty string
  scope              = "/" # ! expected "scope" to start with one of
}}

resource "azurerm_pim_eligible_role_assignment" "a" {{
  scope              = "/" # ! "scope": "/" is not the ID of
  role_definition_id = "{ROLES}/{READER}"
  principal_id       = "ann" # ! expected "principal_id" to be a valid UUID, got ann
  condition          = "@Resource[a:b] StringEquals 'c'" # ! Missing required argument

  schedule {{
    expiration {{
      duration_days  = 1 # ! Conflicting configuration arguments
      duration_hours = 1
    }}
  }}
}}

resource "azurerm_pim_active_role_assignment" "a" {{
  scope              = "{SUBSCRIPTION}/resourceGroups" # ! is not the ID of
  role_definition_id = "{SUBSCRIPTION}{ROLES}/{READER}"
  principal_id       = "{ANN}"
}}

resource "azurerm_pim_active_role_assignment" "b" {{ # ! Missing required argument
  scope              = "{SUBSCRIPTION}"
  role_definition_id = "{SUBSCRIPTION}{ROLES}/{READER}"
  condition          = "x" # ! Unsupported argument

  schedule {{
  }}

  schedule {{ # ! Too many schedule blocks
  }}
}}
"""


def test_each_rule_is_reported_at_its_line(engine: Engine, tmp_path: Path) -> None:
    """Each line marked `# !` is reported with the text behind the mark, and no other line is.

    Terraform asks the provider nothing about a resource that does not fit its schema, so such faults stand apart.
    """
    root_module(tmp_path, FAULTS)
    engine.init(tmp_path)
    marks = {
        (number, line.partition("# ! ")[2]) for number, line in enumerate(FAULTS.splitlines(), 1) if "# ! " in line
    }
    found = {(problem.line, f"{problem.summary} {problem.detail}") for problem in engine.problems(tmp_path)}
    missing = {mark for mark in marks if not any(mark[0] == line and mark[1] in text for line, text in found)}
    extra = {(line, text) for line, text in found if not any(mark[0] == line and mark[1] in text for mark in marks)}
    assert (missing, extra) == (set(), set())


def test_a_wrong_role_prefix_or_letter_case_replaces_in_the_next_plan(engine: Engine, tmp_path: Path) -> None:
    """Azure gives role ids with the prefix that goes with the scope, and scopes in its own letter case; both replace.

    A letter case of the role id alone is no change; PIM never finds a schedule under a wrong prefix.
    """
    env = tenant(tmp_path, scopes=[GROUP, MANAGEMENT_GROUP])
    root_module(
        tmp_path,
        assignment("right", GROUP, ANN, role=f"{SUBSCRIPTION}{ROLES}/{READER}")
        + assignment("above", MANAGEMENT_GROUP, ANN, role=f"{ROLES}/{READER}")
        + assignment("loud", f"{SUBSCRIPTION}/resourceGroups/new", ANN, role=f"{SUBSCRIPTION}{ROLES}/{READER.upper()}")
        + assignment("bare", GROUP, BOB, role=f"{ROLES}/{READER}")
        + assignment("prefixed", MANAGEMENT_GROUP, BOB)
        + assignment("lower", GROUP.lower(), CAT),
    )
    engine.init(tmp_path)
    engine.apply(tmp_path, env=env)
    plan = engine.plan(tmp_path, env=env)
    wrong = [f"azurerm_role_assignment.{label}" for label in ("bare", "lower", "prefixed")]
    assert changes(plan) == dict.fromkeys(wrong, "replace")
    assert [replaced_by(plan, address) for address in wrong] == [
        ["role_definition_id"],
        ["scope"],
        ["role_definition_id"],
    ]


def test_what_is_there_already_is_refused(engine: Engine, tmp_path: Path) -> None:
    """A known tuple is a 409, a known id wants an import, a name may not move, and nobody else is in the directory."""
    env = tenant(
        tmp_path,
        assignments=live(GROUP, ANN),
        eligible={f"{SUBSCRIPTION}|{SUBSCRIPTION}{ROLES}/{READER}|{ANN}": {}},
        principals={ANN: "Group", BOB: "User"},
        ends_required=True,
    )
    root_module(
        tmp_path,
        assignment("tuple", GROUP.lower(), ANN)
        + assignment("id", GROUP, BOB, f'name = "{NAME}"')
        + assignment("name", SUBSCRIPTION, BOB, f'name = "{NAME}"')
        + assignment("stranger", SUBSCRIPTION, CAT)
        + assignment("type", SUBSCRIPTION, BOB, 'principal_type = "Group"')
        + assignment("nobody", SUBSCRIPTION, "nobody")
        + eligibility("twice", SUBSCRIPTION, f"{SUBSCRIPTION}{ROLES}/{READER}")
        + eligibility("bare", SUBSCRIPTION, f"{ROLES}/{READER}")
        + eligibility("endless", MANAGEMENT_GROUP, f"{ROLES}/{READER}"),
    )
    engine.init(tmp_path)
    before = (tmp_path / "tenant.json").read_text()
    with pytest.raises(TerraformError) as error:
        engine.apply(tmp_path, env=env)
    said = squeezed(error.value)
    for words in (
        "unexpected status 409 (409 Conflict) with error: RoleAssignmentExists: The role assignment already exists.",
        f'"{GROUP}/providers/Microsoft.Authorization/roleAssignments/{NAME}" already exists - to be managed via '
        "Terraform this resource needs to be imported into the State",
        "RoleAssignmentUpdateNotPermitted",
        "PrincipalNotFound",
        "UnmatchedPrincipalType",
        "InvalidPrincipalId",
        f'"{SUBSCRIPTION}|{SUBSCRIPTION}{ROLES}/{READER}|{ANN}" already exists',
        "timeout while waiting for state to become 'Exists'",
        "ExpirationRule",
    ):
        assert words in said
    assert said.count("Error: ") == 9
    assert (tmp_path / "tenant.json").read_text() == before


def test_import_takes_over_what_is_live(engine: Engine, tmp_path: Path) -> None:
    """Standing and PIM ids import without a change, even where timeouts are set; a difference shows."""
    bare_id = f"{MANAGEMENT_GROUP}/providers/Microsoft.Authorization/roleAssignments/{ANN}"
    in_a_year = {"duration_days": 365, "duration_hours": 0, "end_date_time": ""}
    schedule_id = f"{SUBSCRIPTION}|{SUBSCRIPTION}{ROLES}/{READER}|{ANN}"
    schedule = {
        "scope": SUBSCRIPTION,
        "role_definition_id": f"{SUBSCRIPTION}{ROLES}/{READER}",
        "principal_id": ANN,
        "principal_type": "Group",
        "justification": "by hand",
        "ticket": [],
        "condition": None,
        "condition_version": None,
        "schedule": [{"start_date_time": "2026-01-01T00:00:00Z", "expiration": [in_a_year]}],
    }
    env = tenant(
        tmp_path,
        assignments=live(GROUP, ANN)
        | live(GROUP, BOB, OTHER_NAME, description="by hand")
        | {bare_id: {"role_definition_id": f"{ROLES}/{OTHER_NAME}", "principal_id": ANN}},
        definitions={OTHER_NAME: {"name": "Vault Watcher", "scope": MANAGEMENT_GROUP, "assignable_scopes": ["/x"]}},
        eligible={schedule_id: schedule},
    )
    ids = {
        "azurerm_role_assignment.bare": bare_id,
        "azurerm_role_definition.role": f"{ROLES}/{OTHER_NAME}|{MANAGEMENT_GROUP}",
        "azurerm_role_assignment.same": f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/{NAME}",
        "azurerm_role_assignment.other": f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/{OTHER_NAME}",
        "azurerm_pim_eligible_role_assignment.same": schedule_id,
    }
    root_module(
        tmp_path,
        assignment("same", GROUP, ANN, 'principal_type = "Group"', "timeouts {", 'create = "5m"', "}")
        + assignment("other", GROUP, BOB)
        + assignment("bare", MANAGEMENT_GROUP, ANN, role=f"{ROLES}/{OTHER_NAME}")
        + f'resource "azurerm_role_definition" "role" {{\n name = "Vault Watcher"\n scope = "{MANAGEMENT_GROUP}"\n}}\n'
        + eligibility(
            "same",
            SUBSCRIPTION,
            f"{SUBSCRIPTION}{ROLES}/{READER}",
            "schedule {\n  expiration {\n duration_days = 365\n}\n}",
            'timeouts {\n create = "5m"\n}',
        )
        + "".join(f'import {{\n  to = {to}\n  id = "{id_}"\n}}\n' for to, id_ in ids.items()),
    )
    engine.init(tmp_path)
    assert engine.changes(tmp_path, env=env) == {
        "azurerm_role_assignment.bare": "import",
        "azurerm_role_definition.role": "import",
        "azurerm_role_assignment.same": "import",
        "azurerm_role_assignment.other": "import, update",
        "azurerm_pim_eligible_role_assignment.same": "import",
    }
    engine.apply(tmp_path, env=env)
    assert engine.changes(tmp_path, env=env) == {}


@pytest.mark.parametrize(
    ("id_", "words"),
    [
        (f"/providers/Microsoft.Authorization/roleAssignments/{NAME}", "could not parse Role Assignment ID"),
        (f"{GROUP}/providers/microsoft.authorization/roleassignments/{NAME}", "could not parse Role Assignment ID"),
        (
            f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/{NAME}",
            "Cannot import non-existent remote object",
        ),
    ],
    ids=["root", "letter case", "absent"],
)
def test_import_refuses(engine: Engine, tmp_path: Path, id_: str, words: str) -> None:
    """Root has no importable id, the letter case of an id's last part counts, and what is not there cannot come."""
    env = tenant(tmp_path)
    block = f'import {{\n  to = azurerm_role_assignment.a\n  id = "{id_}"\n}}\n'
    root_module(tmp_path, assignment("a", GROUP, ANN) + block)
    engine.init(tmp_path)
    with pytest.raises(TerraformError) as error:
        engine.plan(tmp_path, env=env)
    assert words in squeezed(error.value)


@pytest.mark.parametrize(("constraint", "action"), [("~> 5.2", "update"), ("~> 4.0", "replace")])
def test_a_description_is_updated_since_5_2_and_replaced_before(
    engine: Engine, tmp_path: Path, constraint: str, action: str
) -> None:
    """description, condition and condition_version are ForceNew before 5.2.0 (azurerm #32714)."""
    env = tenant(tmp_path)
    old = assignment("a", GROUP, ANN, f'name = "{NAME}"', 'description = "one"')
    root_module(tmp_path, old, azurerm=constraint)
    engine.init(tmp_path)
    engine.apply(tmp_path, env=env)
    more = ('description = "two"', "condition = \"@Resource[a:b] StringEquals 'c'\"")
    root_module(tmp_path, assignment("a", GROUP, ANN, f'name = "{NAME}"', *more), azurerm=constraint)
    plan = engine.plan(tmp_path, env=env)
    assert changes(plan) == {"azurerm_role_assignment.a": action}
    assert replaced_by(plan, "azurerm_role_assignment.a") == (
        ["condition", "description"] if action == "replace" else []
    )
    engine.apply(tmp_path, env=env)
    (stored,) = json.loads((tmp_path / "tenant.json").read_text())["assignments"].values()
    assert (stored["description"], stored["condition_version"]) == ("two", "2.0")
    assert engine.changes(tmp_path, env=env) == {}


def test_what_is_fixed_at_creation_replaces(engine: Engine, tmp_path: Path) -> None:
    """ForceNew arguments replace, in nested blocks too; timeouts alone change nothing."""
    env = tenant(tmp_path)
    ends = "schedule {{\n  expiration {{\n    duration_days = {}\n  }}\n}}"
    role = f"{SUBSCRIPTION}{ROLES}/{READER}"

    def module(name: str, principal: str, kind: str, days: int, timeout: str, role_name: str) -> str:
        return (
            assignment("name", GROUP, ANN, f'name = "{name}"')
            + assignment("principal", GROUP, principal)
            + assignment("type", SUBSCRIPTION, ANN, f'principal_type = "{kind}"')
            + assignment("timeouts", SUBSCRIPTION, CAT, f'timeouts {{\n  create = "{timeout}"\n}}')
            + eligibility("end", SUBSCRIPTION, role, ends.format(days))
            + f'resource "azurerm_role_definition" "r" {{\n  scope = "{SUBSCRIPTION}"\n  name = "{role_name}"\n}}\n'
        )

    root_module(tmp_path, module(NAME, BOB, "User", 30, "5m", "One"))
    engine.init(tmp_path)
    engine.apply(tmp_path, env=env)
    root_module(tmp_path, module(OTHER_NAME, CAT, "Group", 60, "9m", "Two"))
    plan = engine.plan(tmp_path, env=env)
    assert changes(plan) == {
        "azurerm_role_assignment.name": "replace",
        "azurerm_role_assignment.principal": "replace",
        "azurerm_role_assignment.type": "replace",
        "azurerm_pim_eligible_role_assignment.end": "replace",
        "azurerm_role_definition.r": "update",
    }
    assert replaced_by(plan, "azurerm_pim_eligible_role_assignment.end") == ["schedule"]
    engine.apply(tmp_path, env=env)
    assert engine.changes(tmp_path, env=env) == {}


def test_many_at_once_share_a_tenant(engine: Engine, tmp_path: Path) -> None:
    """Terraform creates ten at a time; none is lost, and keys that mean the same tuple meet a 409."""
    env = tenant(tmp_path)
    text = assignment("many", GROUP, "${each.value}", 'for_each = toset([for n in range(40) : uuidv5("dns", n)])')
    root_module(tmp_path, text)
    engine.init(tmp_path)
    engine.apply(tmp_path, env=env)
    assert len(json.loads((tmp_path / "tenant.json").read_text())["assignments"]) == 40


def test_constraints_and_the_subscription_are_honoured(engine: Engine, tmp_path: Path) -> None:
    """No version fits `< 4.0`; without a tenant file a plan works; without a subscription none does (since 4.0)."""
    root_module(tmp_path, assignment("a", "/", ANN, role=f"{ROLES}/{READER}"), azurerm="< 4.0")
    with pytest.raises(TerraformError, match="no available releases match"):
        engine.init(tmp_path)
    root_module(tmp_path, assignment("a", "/", ANN, role=f"{ROLES}/{READER}"), azurerm=">= 4.0")
    engine.init(tmp_path)
    assert engine.changes(tmp_path) == {"azurerm_role_assignment.a": "create"}
    with pytest.raises(TerraformError, match="`subscription_id` is a required provider property"):
        engine.plan(tmp_path, env={"ARM_SUBSCRIPTION_ID": ""})


def test_strings_come_back_as_they_were_written(engine: Engine, tmp_path: Path) -> None:
    """Outputs of a module without providers: the way to hold what is rendered against what Terraform reads."""
    texts = ["plain", 'quo"te', "$${no} %%{no}", "tab\tand\nline", "back\\slash", "naïve 日本 🙂", "e\u0301"]
    quoted = [json.dumps(text, ensure_ascii=False) for text in texts]
    (tmp_path / "main.tf").write_text('output "texts" {\n  value = [' + ", ".join(quoted) + "]\n}\n")
    read = engine.outputs(tmp_path)["texts"]
    assert read == [unicodedata.normalize("NFC", text).replace("$$", "$").replace("%%", "%") for text in texts]
    assert engine.console(tmp_path, 'upper("a") == "A"') == "true"


def test_fmt_names_the_files_that_it_would_change(engine: Engine, tmp_path: Path) -> None:
    """Clean files are not named, unclean ones are, and bad syntax is an error."""
    (tmp_path / "clean.tf").write_text("locals {\n  a = 1\n}\n")
    (tmp_path / "unclean.tf").write_text("locals {\n  a  = 1\n}\n")
    assert engine.fmt_check(tmp_path) == ["unclean.tf"]
    (tmp_path / "unclean.tf").write_text("locals {\n")
    with pytest.raises(TerraformError):
        engine.fmt_check(tmp_path)


@pytest.mark.parametrize("engine", ["embedded"], indirect=True)
def test_the_shim_is_a_whole_terraform(engine: Engine, tmp_path: Path) -> None:
    """The program that install_terraform.py writes passes arguments, input, output and the exit code on."""
    program = write_program(tmp_path, Path(engine.command[-1]))
    shim = Engine("shim", "", (str(program),), engine.variables)
    assert f"Terraform v{engine.version}" in shim.must(tmp_path, "version")
    assert shim.console(tmp_path, '"${1 + 1} apples"') == '"2 apples"'
    assert shim.run(tmp_path, "plan").returncode == 1


def test_a_missing_engine_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The reason names what was looked for, so that a skip in a log explains itself."""
    monkeypatch.setenv("RBACGEN_TERRAFORM", "no-such-terraform")
    assert find_engine("path", {"HOME": str(tmp_path)}) == "RBACGEN_TERRAFORM names no program: no-such-terraform"
    monkeypatch.delenv("RBACGEN_TERRAFORM")
    monkeypatch.setenv("PATH", "")
    assert find_engine("path", {"HOME": str(tmp_path)}) == "there is no terraform on PATH"
