"""What is rendered comes back: through real Terraform and Azure, by every way that there is to read it.

Terraform runs once for each engine and kind of trip; the tests then read what it left behind, each by one way.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rbacgen.analysis.results import CheckedProject
from rbacgen.cli import main
from rbacgen.commands import load
from tests.fakes.azure import StandIn, Tenant
from tests.fakes.azure.applied import az_list, tenant_of
from tests.fakes.azure.holding import tenant_of as held_in_azure
from tests.fakes.terraform.engine import Engine, root_module
from tests.fakes.terraform.tenant import ASSIGNMENT, role_definition_id, whole
from tests.fakes.world import DEV, DEVELOPERS, OPERATORS, PROD, ROBOT, TODAY, World

ROOT = Path(__file__).parents[2]
WAYS = ("plan", "state", "live", "snapshot", "az", "files")
"""The ways to read: what is planned, what Terraform holds, Azure, a snapshot of it, the Azure CLI, and what was rendered."""

GUESTS = "aaaaaaaa-0000-4000-8000-000000000004"
ANA = "aaaaaaaa-0000-4000-8000-000000000005"
STRANGER = "eeeeeeee-0000-4000-8000-000000000001"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
ZONE = "/providers/Microsoft.Management/managementGroups/mg-tiny"
ENDS = TODAY + timedelta(days=200)
CONDITION = """
(
  (!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'}))
  OR
  (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags:class<$key_case_sensitive$>]
    StringEquals 'public "data" 100% ${free} %{x}')
)
"""
WRITES_PUBLIC = (
    "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'})) OR "
    "(@Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringLike 'public/*'))"
)

Change = tuple[str, str, str, str, str, str, str]
"""One difference: kind, environment, activation, Azure role, principal, the name of the scope, and what differs."""


@dataclass(frozen=True)
class Said:
    """What one comparison said: its exit code, and its JSON."""

    exit_code: int
    form: dict[str, Any]

    @property
    def changes(self) -> set[Change]:
        """What differs, of assignments and of custom roles."""
        return {
            (
                each["kind"],
                each["environment"],
                each.get("activation", "definition"),
                each["azure_role"]["name"],
                each.get("principal", {}).get("id", ""),
                each.get("scope", "").rpartition("/")[2],
                " ".join(differs["what"] for differs in each["differs"]),
            )
            for each in (*self.form["changes"], *self.form["custom_roles"])
        }

    @property
    def unread(self) -> set[tuple[str, str]]:
        """Scope and part of what could not be compared."""
        return {(each["scope"], each["part"]) for each in self.form["unread"]}


@dataclass(frozen=True)
class Trip:
    """A project on its way through Terraform.

    `roots` are the folders that Terraform runs in, by the environment that each holds; the name is empty for one that holds
    them all. What was planned and what stands lies beside the project, as `plan-NAME.json` and `state-NAME.json`.
    """

    engine: Engine
    project: Path
    today: date
    roots: Mapping[str, Path]
    tenant_id: str = ""
    under: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The folder of the project file, where everything is."""
        return self.project.parent

    @property
    def written(self) -> Path:
        """The tenant that the provider reads and writes."""
        return self.folder / "tenant.json"

    @property
    def checked(self) -> CheckedProject:
        """The project, worked out."""
        return load.work_out(str(self.project), self.today, 0)

    def tenant(self) -> Tenant:
        """What the provider left behind, as Azure has it."""
        return tenant_of(self.written, self.tenant_id, self.under)

    def copied(self, folder: Path) -> Trip:
        """The same trip in the copy of its folder."""
        roots = {name: folder / root.relative_to(self.folder) for name, root in self.roots.items()}
        return replace(self, project=folder / self.project.name, roots=roots)

    # Terraform

    def depart(self, *options: str, **tenant: Any) -> None:
        """Renders the project and makes its roots ready; `tenant` is what the provider's tenant has from the start."""
        principals = {each.principal.id: str(each.principal.type) for each in self.checked.desired.state}
        self.written.write_text(
            json.dumps({"principals": {**principals, STRANGER: "User"}, **tenant}), encoding="utf-8"
        )
        rendered = self.rbacgen("render", *options)
        assert rendered.exit_code == 0, rendered.output
        for root in self.roots.values():
            self.engine.init(root)

    def plan(self) -> None:
        """Plans every root."""
        for name, root in self.roots.items():
            shown = self.engine.plan(root, env=self.variables)
            (self.folder / f"plan-{name}.json").write_text(json.dumps(shown), encoding="utf-8")

    def apply(self, *how: str) -> None:
        """Applies what is planned, or as the arguments say, and shows the states that come of it."""
        for name, root in self.roots.items():
            self.engine.must(root, "apply", "-input=false", "-no-color", *(how or ["plan.bin"]), env=self.variables)
            shown = self.engine.must(root, "show", "-json", env=self.variables)
            (self.folder / f"state-{name}.json").write_text(shown, encoding="utf-8")

    @property
    def variables(self) -> dict[str, str]:
        """What makes the provider use this tenant."""
        return {"STANDIN_TENANT": str(self.written)}

    # rbacgen

    def rbacgen(self, command: str, *arguments: str, azure: StandIn | None = None, stdin: str = "") -> Result:
        """What a command comes to in this process, on the day of the project."""
        given = [command, *arguments, "-p", str(self.project), "--today", self.today.isoformat()]
        return CliRunner().invoke(main, given, input=stdin, env=azure.environment() if azure else {})

    def diff(self, *arguments: str, azure: StandIn | None = None, stdin: str = "") -> Said:
        """What `rbacgen diff` says."""
        result = self.rbacgen("diff", *arguments, "--format", "json", azure=azure, stdin=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert result.stdout, result.stderr
        return Said(result.exit_code, json.loads(result.stdout))

    def read(self, permit: str, *narrowed: str) -> list[Said]:
        """What `rbacgen diff` says by one way of reading: of all at once, or where that cannot be of each environment.

        `narrowed` are environments to compare alone.
        """
        with TemporaryDirectory() as folder:
            return list(self._read(permit, narrowed, Path(folder)))

    def _read(self, permit: str, narrowed: tuple[str, ...], folder: Path) -> Iterator[Said]:
        only = [word for name in narrowed for word in ("-e", name)]
        if permit == "files":
            yield self.diff(str(self.folder / "terraform"), *only)
        elif permit == "live":
            with StandIn(self.tenant()) as azure:
                yield self.diff(*only, azure=azure)
        elif permit == "snapshot":
            with StandIn(self.tenant()) as azure:
                taken = self.rbacgen("snapshot", "-o", str(folder / "snapshot.json"), azure=azure)
            assert taken.exit_code == 0, taken.output
            yield self.diff(str(folder / "snapshot.json"), *only)
        elif permit == "az":
            for each in self.checked.project.environments:
                if each.name in (narrowed or [each.name]):
                    file = folder / f"{each.name}.json"
                    file.write_text(az_list(self.tenant(), each.subscription), encoding="utf-8")
                    yield self.diff(str(file), "-e", each.name)
        else:
            for name in self.roots:
                if not name:
                    yield self.diff(str(self.folder / f"{permit}-.json"), *only)
                elif name in (narrowed or [name]):
                    yield self.diff(str(self.folder / f"{permit}-{name}.json"), "-e", name)


def changes(said: list[Said]) -> set[Change]:
    """What differs by all of these comparisons together."""
    return {change for each in said for change in each.changes}


def assert_in_sync(said: list[Said], desired: int) -> None:
    """Everything that is wanted was compared, and nothing differs."""
    for each in said:
        assert (each.changes, each.unread) == (set(), set())
        assert (each.exit_code, each.form["in_sync"], each.form["cautions"]) == (0, True, [])
    assert sum(each.form["desired"] for each in said) == desired


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` makes, once for all workers of a run; tests read it and leave it as it is."""
    base = factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        base = base.parent
    folder, done = base / name, base / f"{name}.done"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(folder)
            done.touch()
    return folder


def edit(root: Path, address: str, old: str = "", new: str = "") -> None:
    """Changes a text of one resource in the files of a root module; takes the resource out where no text is given."""
    type_, label = address.split(".")
    block = re.compile(rf'^resource "{type_}" "{label}" {{\n.*?^}}\n', re.MULTILINE | re.DOTALL)
    (file,) = (path for path in root.glob("*.tf") if block.search(path.read_text(encoding="utf-8")))
    text = file.read_text(encoding="utf-8")
    match = block.search(text)
    assert match is not None
    assert old in match.group(), address
    file.write_text(text.replace(match.group(), match.group().replace(old, new) if old else ""), encoding="utf-8")


# The small world, each environment in a root module of its own.


def busy(folder: Path) -> World:
    """The small world with one of everything: on each level standing, until a day, eligible, and eligible until a day;
    conditions written and made; a custom role that stands and is eligible; and words that Terraform must escape.
    """
    world = World(folder, today=TODAY)
    eligible = {"activation": "eligible"}
    grants: dict[str, list[dict[str, Any]]] = {
        "read_public": [{"azure_role": "Storage Blob Data Reader", "on": "raw", "condition": CONDITION}],
        "mend_public": [
            {"azure_role": "Storage Blob Data Contributor", "on": "raw", "condition": WRITES_PUBLIC, **eligible},
        ],
        "let_in": [
            {
                "azure_role": "Role Based Access Control Administrator",
                "on": "group",
                "may_assign": {
                    "azure_roles": ["Tiny Observer", "Key Vault Secrets User"],
                    "principal_types": ["ServicePrincipal"],
                },
            },
            {
                "azure_role": "User Access Administrator",
                "on": "subscription",
                "may_assign": {"azure_roles": ["Reader"]},
                "in": ["prod"],
                **eligible,
            },
        ],
        "run_zone": [
            {"azure_role": "Management Group Contributor", "on": "landing_zone", "in": ["prod"], **eligible},
            {"azure_role": "Tiny Observer", "on": "group", **eligible},
        ],
    }
    for name, given in grants.items():
        world.mapping["capabilities/all.yaml"][name] = {"says": f"To {name}", "grants": given}
    world.mapping["roles/guardian.yaml"] = {
        "project_role": "guardian",
        "title": 'Guardian of "all" ${things}, 100 %{sure} \\ für immer',
        "family": "Makers",
        "responsibilities": [{"id": "guard", "does": "Guard it", "takes": list(grants)}],
    }
    team = world.project["team"]
    team["guardian"] = [{"group": 'grp-"guests"-${x}', "id": GUESTS}]
    for project_role in ("developer", "operator"):
        team[project_role].append({"user": "ana@contoso.example", "id": ANA, "ends": ENDS.isoformat()})
    world.project["pim_eligible_days"] = 90
    return world


WANTED = {"dev": 12, "prod": 18}


def small(engine: Engine, folder: Path) -> Trip:
    """The trip of the busy world; its subscriptions lie under the management group."""
    roots = {name: folder / "terraform" / name for name in WANTED}
    return Trip(engine, folder / "rbacgen.yaml", TODAY, roots, under={DEV: "mg-tiny", PROD: "mg-tiny"})


@pytest.fixture(scope="session")
def applied(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    """The busy world, planned and applied as it was rendered; Azure spells one of its resource groups in its own way."""

    def make(folder: Path) -> None:
        folder.mkdir()
        busy(folder).write()
        trip = small(engine, folder)
        trip.depart(scopes=[f"/subscriptions/{DEV}/resourceGroups/RG-Dev"])
        trip.plan()
        trip.apply()

    return small(engine, made_once(tmp_path_factory, f"applied-{engine.name}", make))


@pytest.mark.parametrize("permit", [permit for permit in WAYS if permit != "az"])
def test_what_is_rendered_is_read_back_in_sync(applied: Trip, permit: str) -> None:
    """From the plan, from the state once it is applied, from Azure, from a snapshot of it, and from the files."""
    said = applied.read(permit)
    assert_in_sync(said, sum(WANTED.values()))
    if permit in ("live", "snapshot", "files"):
        assert [each.form["actual"] for each in said] == [sum(WANTED.values())]


def test_az_is_in_sync_but_for_what_it_cannot_tell(applied: Trip) -> None:
    """The Azure CLI lists nothing of PIM and no custom role: that is named as unread, and all else is in sync."""
    dev, prod = applied.read("az")
    assert [(each.exit_code, each.changes, each.form["in_sync"]) for each in (dev, prod)] == [(3, set(), False)] * 2
    assert dev.unread == {(f"/subscriptions/{DEV}", part) for part in ("eligibilities", "definitions")}
    assert prod.unread == {
        (f"/subscriptions/{PROD}", "eligibilities"),
        (f"/subscriptions/{PROD}", "definitions"),
        (ZONE, "eligibilities"),
        ("/", "eligibilities"),
    }


@pytest.mark.parametrize("permit", WAYS)
def test_one_environment_can_be_compared_alone(applied: Trip, permit: str) -> None:
    """`-e dev` compares dev alone by every way, also where the source holds more."""
    (said,) = applied.read(permit, "dev")
    assert (said.exit_code, said.changes, said.form["desired"]) == (3 if permit == "az" else 0, set(), WANTED["dev"])


@pytest.mark.parametrize("permit", ["plan", "state"])
def test_one_environment_is_not_taken_for_the_whole(applied: Trip, permit: str) -> None:
    """The plan or state of dev, compared with the whole project, leaves prod unread: exit 3, and nothing is missing."""
    said = applied.diff(str(applied.folder / f"{permit}-dev.json"))
    assert (said.exit_code, said.changes, said.unread) == (3, set(), {("environment prod", "assignments")})


def test_a_state_is_read_from_standard_input(applied: Trip) -> None:
    """`terraform show -json | rbacgen diff - -e dev`."""
    shown = (applied.folder / "state-dev.json").read_text(encoding="utf-8")
    assert_in_sync([applied.diff("-", "-e", "dev", stdin=shown)], WANTED["dev"])


def test_json_syntax_is_read_back_in_sync(tmp_path: Path) -> None:
    """What is rendered as .tf.json, without Terraform."""
    busy(tmp_path).write()
    trip = small(Engine("none", "", (), {}), tmp_path)
    assert trip.rbacgen("render", "--format", "json").exit_code == 0
    assert_in_sync(trip.read("files"), sum(WANTED.values()))


# What a source cannot tell is never taken for in order.


def standing_only(folder: Path) -> Trip:
    """The small world's dev with nothing eligible and no custom role, written down; no Terraform in it."""
    world = World(folder)
    world.capability("keep_group")["grants"] = [{"azure_role": "Reader", "on": "group"}]
    world.capability("observe")["grants"] = [{"azure_role": "Reader", "on": "vault"}]
    world.mapping["custom_roles.yaml"] = {}
    dev = world.project["environments"]["dev"]
    world.project["environments"] = {"dev": {**dev, "scopes": {**dev["scopes"], "landing_zone": "mg-tiny"}}}
    world.write()
    return Trip(Engine("none", "", (), {}), folder / "rbacgen.yaml", world.today, {})


def test_az_cannot_tell_that_nobody_is_eligible_who_should_not_be(tmp_path: Path) -> None:
    """A project that wants nothing eligible is not in sync by az: somebody may be eligible all the same, as here."""
    trip = standing_only(tmp_path)
    tenant = held_in_azure(trip.checked)
    tenant.eligible(f"/subscriptions/{DEV}/resourceGroups/rg-dev", OWNER, STRANGER)
    (tmp_path / "az.json").write_text(az_list(tenant, DEV), encoding="utf-8")
    said = trip.diff(str(tmp_path / "az.json"))
    assert (said.exit_code, said.changes, said.form["in_sync"]) == (3, set(), False)
    assert (f"/subscriptions/{DEV}", "eligibilities") in said.unread


def test_a_snapshot_cannot_tell_of_a_place_that_it_was_not_taken_of(tmp_path: Path) -> None:
    """A snapshot of a subscription knows nothing of the management group that the project binds: exit 3."""
    trip = standing_only(tmp_path)
    tenant = held_in_azure(trip.checked)
    tenant.assign(ZONE, OWNER, STRANGER)
    with StandIn(tenant) as azure:
        taken = trip.rbacgen("snapshot", "--subscription", DEV, "-o", str(tmp_path / "azure.json"), azure=azure)
    assert taken.exit_code == 0, taken.output
    said = trip.diff(str(tmp_path / "azure.json"))
    assert (said.exit_code, said.changes) == (3, set())
    assert (ZONE, "assignments") in said.unread


def test_what_is_held_is_counted_where_it_is_compared(applied: Trip) -> None:
    """`-e dev` compares 12 with 12, though the source holds prod too."""
    (said,) = applied.read("files", "dev")
    assert (said.form["desired"], said.form["actual"]) == (WANTED["dev"], WANTED["dev"])


def test_letters_are_compared_as_terraform_writes_them(tmp_path: Path) -> None:
    """Terraform has every string in NFC, so a title typed with combining accents is no drift for ever."""
    world = busy(tmp_path)
    world.mapping["roles/guardian.yaml"]["title"] = "Gardien e\u0301toile"
    world.mapping["custom_roles.yaml"]["Tiny Observer"]["says"] = "Se\u0301e the vault."
    world.write()
    trip = small(Engine("none", "", (), {}), tmp_path)
    assert trip.rbacgen("render").exit_code == 0
    assert_in_sync(trip.read("files"), sum(WANTED.values()))


OWN = """
resource "azurerm_resource_group" "app" {
  name     = "rg-prod"
  location = "westeurope"
}

resource "azurerm_key_vault" "app" {
  name                = "kv-prod"
  resource_group_name = azurerm_resource_group.app.name
  location            = "westeurope"
  tenant_id           = "99999999-9999-4999-8999-999999999999"
  sku_name            = "standard"
}
"""


def test_what_only_terraform_knows_is_not_stale(engine: Engine, tmp_path: Path) -> None:
    """A vault that Terraform makes: what was rendered for it stands and carries the mark, and nobody is to take it away."""
    world = World(tmp_path)
    world.project["environments"]["prod"]["scopes"]["vault"] = {"terraform": "azurerm_key_vault.app.id"}
    world.write()
    prod = {"prod": tmp_path / "terraform" / "prod"}
    trip = Trip(engine, tmp_path / "rbacgen.yaml", world.today, prod, under={PROD: "mg-tiny", DEV: "mg-tiny"})
    trip.depart()
    (prod["prod"] / "own.tf").write_text(OWN, encoding="utf-8")
    trip.plan()
    assert changes(trip.read("plan")) == set()  # the vault's id is not known yet
    trip.apply()
    for permit in ("state", "live", "snapshot", "az"):
        said = trip.read(permit, "prod")
        assert (permit, changes(said)) == (permit, set())


# An edit of each kind between render and apply: Terraform does it, and every way finds it.

ROGUES = f"""
resource "azurerm_role_assignment" "rogue" {{
  scope              = "/subscriptions/{PROD}/resourceGroups/rg-prod/providers/Microsoft.KeyVault/vaults/kv-prod"
  role_definition_id = "/subscriptions/{PROD}/providers/Microsoft.Authorization/roleDefinitions/{OWNER}"
  principal_id       = "{STRANGER}"
}}

resource "azurerm_role_assignment" "rogue_zone" {{
  scope                = "{ZONE}"
  role_definition_name = "Owner"
  principal_id         = "{STRANGER}"
}}

resource "azurerm_pim_eligible_role_assignment" "rogue" {{
  scope              = "/subscriptions/{PROD}/resourceGroups/rg-prod"
  role_definition_id = "/subscriptions/{PROD}/providers/Microsoft.Authorization/roleDefinitions/{OWNER}"
  principal_id       = "{STRANGER}"
  justification      = "none of your business"
}}
"""
PERMANENT: set[Change] = {
    ("altered", "prod", "permanent", "Storage Blob Data Reader", GUESTS, "raw", "condition"),
    ("altered", "dev", "permanent", "Role Based Access Control Administrator", GUESTS, "rg-dev", "condition"),
    ("altered", "dev", "permanent", "Key Vault Secrets User", DEVELOPERS, "kv-dev", "description"),
    ("missing", "dev", "permanent", "Storage Blob Data Reader", ROBOT, "raw", ""),
    ("missing", "prod", "permanent", "Reader", OPERATORS, "", ""),
    ("missing", "prod", "permanent", "Reader", ANA, "mg-tiny", ""),
    ("unmanaged", "prod", "permanent", "Owner", STRANGER, "kv-prod", ""),
    ("unmanaged", "prod", "permanent", "Owner", STRANGER, "mg-tiny", ""),
}
BY_PIM: set[Change] = {
    ("altered", "prod", "eligible", "Storage Blob Data Contributor", GUESTS, "raw", "condition"),
    ("altered", "prod", "eligible", "Contributor", ANA, "rg-prod", "end"),
    ("altered", "prod", "permanent", "Tiny Observer", ANA, "kv-prod", "end"),
    ("missing", "dev", "eligible", "Contributor", OPERATORS, "rg-dev", ""),
    ("unmanaged", "prod", "eligible", "Owner", STRANGER, "rg-prod", ""),
}
DEFINED: set[Change] = {("altered", "dev", "definition", "Tiny Observer (tiny dev)", "", "", "actions")}


@pytest.fixture(scope="session")
def edited(applied: Trip, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    """The applied world after somebody edited the rendered files, planned and applied."""

    def make(folder: Path) -> None:
        shutil.copytree(applied.folder, folder, symlinks=True)
        trip = applied.copied(folder)
        dev, prod = trip.roots["dev"], trip.roots["prod"]
        standing, eligible = "azurerm_role_assignment", "azurerm_pim_eligible_role_assignment"
        active = "azurerm_pim_active_role_assignment"
        administers = f"{standing}.grp_guests_x__role_based_access_control_administrator__group"
        edit(prod, f"{standing}.grp_guests_x__storage_blob_data_reader__raw", "'public ", "'secret ")
        edit(dev, administers, "'ServicePrincipal'", "'User'")
        edit(dev, f"{standing}.grp_developers__key_vault_secrets_user__vault", "write the code", "read the code")
        edit(dev, f"{standing}.id_robot__storage_blob_data_reader__raw")
        edit(prod, f"{standing}.grp_operators__reader__root")
        edit(prod, f"{active}.ana_contoso_example__reader__landing_zone")
        edit(prod, f"{eligible}.grp_guests_x__storage_blob_data_contributor__raw", "public/*", "*")
        later = str(ENDS + timedelta(days=1))
        edit(prod, f"{eligible}.ana_contoso_example__contributor__group", str(ENDS), later)
        edit(prod, f"{active}.ana_contoso_example__tiny_observer__vault", str(ENDS), later)
        edit(dev, f"{eligible}.grp_operators__contributor__group")
        edit(dev, "azurerm_role_definition.tiny_observer", "vaults/read", "vaults/*")
        (prod / "rogues.tf").write_text(ROGUES, encoding="utf-8")
        trip.plan()
        trip.apply()

    return applied.copied(made_once(tmp_path_factory, f"edited-{applied.engine.name}", make))


@pytest.mark.parametrize("permit", WAYS)
def test_an_edit_of_each_kind_is_found_by_every_way(edited: Trip, permit: str) -> None:
    """A changed condition, description, end or definition, what was taken out, and what was put in; no more and no less.

    The Azure CLI finds what stands, and says that it holds no more: exit 3.
    """
    said = edited.read(permit)
    assert changes(said) == (PERMANENT if permit == "az" else PERMANENT | BY_PIM | DEFINED)
    assert {each.exit_code for each in said} == {3 if permit == "az" else 2}
    assert all(each.form["complete"] is (permit != "az") for each in said)


# A change of each kind by hand, in Azure, that Terraform knows nothing of.

CHANGED_BY_HAND: set[Change] = {
    ("altered", "prod", "permanent", "Storage Blob Data Reader", GUESTS, "raw", "condition"),
    ("altered", "dev", "definition", "Tiny Observer (tiny dev)", "", "", "actions"),
    ("missing", "dev", "permanent", "Storage Blob Data Reader", ROBOT, "raw", ""),
    ("missing", "prod", "eligible", "Contributor", OPERATORS, "rg-prod", ""),
}
PUT_IN_BY_HAND: set[Change] = {
    ("unmanaged", "dev", "permanent", "Owner", STRANGER, "RG-Dev", ""),
    ("unmanaged", "prod", "eligible", "Owner", STRANGER, "kv-prod", ""),
}


@pytest.fixture(scope="session")
def by_hand(applied: Trip, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    """The applied world after somebody worked in Azure itself."""

    def make(folder: Path) -> None:
        shutil.copytree(applied.folder, folder, symlinks=True)
        file = applied.copied(folder).written
        tenant = json.loads(file.read_text(encoding="utf-8"))
        assignments, eligible = tenant["assignments"], tenant["eligible"]

        def actual(by: dict[str, Any], principal: str, scope: str) -> str:
            (found,) = (
                id_ for id_, each in by.items() if each["principal_id"] == principal and each["scope"].endswith(scope)
            )
            return str(found)

        raw = "/blobServices/default/containers/raw"
        limited = assignments[actual(assignments, GUESTS, f"stprod{raw}")]
        limited["condition"] = limited["condition"].replace("public", "secret")
        del assignments[actual(assignments, ROBOT, f"stdev{raw}")]
        del eligible[actual(eligible, OPERATORS, "rg-prod")]
        (defined,) = (each for each in tenant["definitions"].values() if "dev" in each["name"])
        defined["permissions"][0]["actions"].append("Microsoft.KeyVault/vaults/write")
        group = f"/subscriptions/{DEV}/resourceGroups/RG-Dev"
        id_ = f"{group}{ASSIGNMENT}0f0f0f0f-0000-4000-8000-000000000001"
        owner = {"role_definition_id": role_definition_id(group, OWNER), "principal_id": STRANGER}
        assignments[id_] = whole(id_, owner)
        vault = f"/subscriptions/{PROD}/resourceGroups/rg-prod/providers/Microsoft.KeyVault/vaults/kv-prod"
        owner = {"role_definition_id": role_definition_id(vault, OWNER), "principal_id": STRANGER}
        like = eligible[actual(eligible, GUESTS, "rg-prod")]
        own = {"scope": vault, "principal_type": "User", "justification": "because I can", **owner}
        eligible[f"{vault}|{owner['role_definition_id']}|{STRANGER}"] = like | own
        file.write_text(json.dumps(tenant), encoding="utf-8")

    return applied.copied(made_once(tmp_path_factory, f"by_hand-{applied.engine.name}", make))


@pytest.mark.parametrize("permit", WAYS)
def test_what_is_done_by_hand_is_found_in_azure(by_hand: Trip, permit: str) -> None:
    """Azure, a snapshot of it and the Azure CLI tell; Terraform's files, and its plan and state of before, cannot."""
    said = by_hand.read(permit)
    if permit in ("live", "snapshot"):
        assert changes(said) == CHANGED_BY_HAND | PUT_IN_BY_HAND
        assert {each.exit_code for each in said} == {2}
    elif permit == "az":
        assert changes(said) == {each for each in CHANGED_BY_HAND | PUT_IN_BY_HAND if each[2] == "permanent"}
        assert {each.exit_code for each in said} == {3}
    else:
        assert_in_sync(said, sum(WANTED.values()))


def test_terraform_finds_what_it_manages_once_it_looks(by_hand: Trip, tmp_path: Path) -> None:
    """A refreshed state tells what was changed and taken away, and not what was put in: nobody told it of that.

    The plan that would mend all this is in sync again, for it says how things will be.
    """
    trip = by_hand.copied(Path(shutil.copytree(by_hand.folder, tmp_path / "small", symlinks=True)))
    trip.plan()
    assert_in_sync(trip.read("plan"), sum(WANTED.values()))
    trip.apply("-refresh-only", "-auto-approve")
    said = trip.read("state")
    assert changes(said) == CHANGED_BY_HAND
    assert {each.exit_code for each in said} == {2}


# An example of a project's real size, its environments together in one root module that calls them.


def fraud_detection(engine: Engine, folder: Path) -> Trip:
    """The trip of the example, in a folder that holds a copy of it."""
    trip = Trip(engine, folder / "rbacgen.yaml", TODAY, {"": folder})
    return replace(trip, tenant_id=trip.checked.project.tenant)


@pytest.fixture(scope="session")
def example(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    """Fraud detection, rendered as modules, planned and applied."""

    def make(folder: Path) -> None:
        own = ROOT / "examples" / "fraud-detection"
        shutil.copytree(own, folder, ignore=shutil.ignore_patterns("terraform"))
        trip = fraud_detection(engine, folder)
        names = [each.name for each in trip.checked.project.environments]
        root_module(folder, "\n".join(f'module "{name}" {{\n  source = "./terraform/{name}"\n}}\n' for name in names))
        trip.depart("--module")
        trip.plan()
        trip.apply()

    return fraud_detection(engine, made_once(tmp_path_factory, f"example-{engine.name}", make))


@pytest.mark.parametrize("permit", [permit for permit in WAYS if permit != "az"])
def test_the_example_is_read_back_in_sync(example: Trip, permit: str) -> None:
    """Fraud detection whole, and each of its environments alone."""
    desired = list(example.checked.desired.state)
    assert_in_sync(example.read(permit), len(desired))
    if permit != "snapshot":
        for environment in example.checked.project.environments:
            here = sum(each.environment == environment.name for each in desired)
            assert_in_sync(example.read(permit, environment.name), here)


def test_the_example_is_in_sync_with_az_but_for_what_it_cannot_tell(example: Trip) -> None:
    """Nothing differs; PIM, custom roles and the shared subscription, which a list of another one lacks, are unread."""
    environments = example.checked.project.environments
    shared = next(f"/subscriptions/{each.subscription}" for each in environments if each.name == "shared")
    for environment, said in zip(environments, example.read("az"), strict=True):
        own = f"/subscriptions/{environment.subscription}"
        unread = {(own, "eligibilities"), (own, "definitions")}
        unread |= {(shared, "assignments"), (shared, "eligibilities")} if own != shared else set()
        assert (said.exit_code, said.changes, said.unread) == (3, set(), unread), environment.name


STRANGE = """
resource "azurerm_role_assignment" "strange" {
  scope                = "/subscriptions/%s/resourceGroups/rg-fraud-test"
  role_definition_name = "Owner"
  principal_id         = "%s"
}
"""


@pytest.fixture(scope="session")
def example_edited(example: Trip, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    """Fraud detection after somebody edited the rendered modules, planned and applied."""

    def make(folder: Path) -> None:
        shutil.copytree(example.folder, folder, symlinks=True)
        trip = example.copied(folder)
        modules = folder / "terraform"
        reader = "azurerm_role_assignment.omar_haddad_contoso_example__storage_blob_data_reader__workspace_storage"
        edit(modules / "prod", reader, "modelDataCollector/", "")
        edit(modules / "dev", "azurerm_role_assignment.sp_fraud_deploy_dev__azureml_data_scientist__workspace")
        test = next(each for each in trip.checked.project.environments if each.name == "test")
        (modules / "test" / "strange.tf").write_text(STRANGE % (test.subscription, STRANGER), encoding="utf-8")
        trip.plan()
        trip.apply()

    return example.copied(made_once(tmp_path_factory, f"example_edited-{example.engine.name}", make))


@pytest.mark.parametrize("permit", WAYS)
def test_an_edit_of_the_example_is_found_by_every_way(example_edited: Trip, permit: str) -> None:
    """A changed condition, one that was taken out, and one that was put in: the same three by each way."""
    ids = {each.principal.name: each.principal.id for each in example_edited.checked.desired.state}
    omar, deploy = ids["omar.haddad@contoso.example"], ids["sp-fraud-deploy-dev"]
    said = example_edited.read(permit)
    assert changes(said) == {
        ("altered", "prod", "permanent", "Storage Blob Data Reader", omar, "stfraudprodml", "condition"),
        ("missing", "dev", "permanent", "AzureML Data Scientist", deploy, "mlw-fraud-dev", ""),
        ("unmanaged", "test", "permanent", "Owner", STRANGER, "rg-fraud-test", ""),
    }
    assert {each.exit_code for each in said} == {3 if permit == "az" else 2}
