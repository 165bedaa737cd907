"""What lives already, through real Terraform: imported under its own name, made only where it is missing, and at rest then."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from rbacgen.analysis.results import RenderResult
from rbacgen.authorization import catalog
from rbacgen.authorization.catalog.roles import Roles
from rbacgen.model.assignment import (
    Activation,
    ActualDetails,
    Assignment,
    AzureRole,
    Permission,
    Principal,
    PrincipalType,
)
from rbacgen.model.scope import Scope
from rbacgen.model.source import Source, SourceKind
from rbacgen.model.state import EVERYTHING, State
from rbacgen.sources import snapshot
from rbacgen.terraform import blocks
from rbacgen.terraform.blocks import ACTIVE, ELIGIBLE, PERMANENT, AssignmentBlock, assignment_name
from tests.fakes.terraform import tenant as standin_tenant
from tests.fakes.terraform.engine import Engine
from tests.fakes.world import DEV, World

ENVIRONMENTS = ("dev", "prod")


def living(tenant: Mapping[str, Any]) -> Source:
    """What the stand-in's tenant holds, as a reading of Azure would have it."""
    custom = {
        guid: AzureRole(guid, each["name"], (Permission(tuple(each["permissions"][0]["actions"])),), custom=True)
        for guid, each in tenant.get("definitions", {}).items()
    }
    roles = Roles(catalog.load(), custom.values())
    rows = []
    for id_, each in tenant.get("assignments", {}).items():
        whole = standin_tenant.whole(id_, each)
        rows.append(row(roles, whole["scope"], whole, Activation.PERMANENT, ActualDetails(id=id_)))
    for kind, activation in (("eligible", Activation.ELIGIBLE), ("active", Activation.PERMANENT)):
        for id_, each in tenant.get(kind, {}).items():
            ends = [
                end["end_date_time"] for one in each["schedule"] for end in one["expiration"] if end["end_date_time"]
            ]
            until = datetime.fromisoformat(ends[0]) if ends else None
            rows.append(
                row(roles, each["scope"], each, activation, ActualDetails(id=id_, until=until, through_pim=True))
            )
    return Source(SourceKind.AZURE, "azure", State(rows, EVERYTHING), definitions=tuple(custom.values()))


def row(roles: Roles, scope: str, each: Mapping[str, Any], activation: Activation, actual: ActualDetails) -> Assignment:
    """One assignment of the tenant."""
    return Assignment(
        Scope.of(scope),
        roles.of(standin_tenant.role_guid(each["role_definition_id"])),
        Principal(each["principal_id"], PrincipalType(each["principal_type"]), ""),
        activation,
        condition=each.get("condition") or "",
        condition_version=each.get("condition_version") or "",
        description=each.get("description") or "",
        actual=actual,
    )


class Bench:
    """A world, the tenant that it is applied to, and a Terraform."""

    def __init__(self, engine: Engine, world: World) -> None:
        self.engine = engine
        self.world = world
        self.file = world.folder / "tenant.json"
        self.env = {"STANDIN_TENANT": str(self.file)}
        self.ready: set[str] = set()

    @property
    def tenant(self) -> dict[str, Any]:
        """What lives."""
        read: dict[str, Any] = json.loads(self.file.read_text()) if self.file.exists() else {}
        return read

    def hold(self, tenant: Mapping[str, Any]) -> None:
        """Lets just this live."""
        self.file.write_text(json.dumps(tenant))

    def desired(self) -> dict[str, AssignmentBlock]:
        """Every assignment that the world's project comes to, by environment and address."""
        checked = self.world.work_out()
        return {
            f"{module.environment}/{block.address}": block
            for module in blocks.root_modules(checked.project, checked.desired)
            for _, each in module.assignments
            for block in each
        }

    def adopt(self, **options: Any) -> RenderResult:
        """Renders with what lives as the source."""
        file = self.world.folder / "live.json"
        file.write_text(snapshot.dump(living(self.tenant), names=True), encoding="utf-8")
        return self.world.render(existing=str(file), **options)

    def folder(self, name: str) -> Path:
        """The directory of an environment, ready for Terraform."""
        folder = self.world.folder / "terraform" / name
        if name not in self.ready:
            self.engine.init(folder)
            self.ready.add(name)
        return folder

    def changes(self) -> dict[str, str]:
        """What plans of both environments would do, by environment and address."""
        return {
            f"{name}/{address}": action
            for name in ENVIRONMENTS
            for address, action in self.engine.changes(self.folder(name), env=self.env).items()
        }

    def apply(self) -> None:
        """Applies both environments."""
        for name in ENVIRONMENTS:
            self.engine.apply(self.folder(name), env=self.env)


@pytest.fixture
def bench(engine: Engine, world: World) -> Bench:
    """A world with access of every kind below the tenant root, and an empty tenant."""
    del world.capability("see_zone")["grants"][1]  # at the root, where azurerm cannot import
    world.project["team"]["developer"][0]["ends"] = "2027-03-01"
    return Bench(engine, world)


def by_hand(desired: Iterable[AssignmentBlock], description: str = "by hand") -> dict[str, Any]:
    """A tenant in which these live as a person made them: under random names, and PIM's with the ends that are wanted."""
    tenant: dict[str, Any] = {"assignments": {}, "eligible": {}, "active": {}}
    for block in desired:
        common = {"role_definition_id": block.role_definition_id, "principal_id": block.principal_id}
        if block.type == PERMANENT:
            tenant["assignments"][f"{block.scope}{standin_tenant.ASSIGNMENT}{uuid.uuid4()}"] = {
                **common,
                "principal_type": block.principal_type,
                "description": description,
            }
            continue
        expiration = {"duration_days": 0, "duration_hours": 0, "end_date_time": block.end_date_time or ""}
        if block.type == ELIGIBLE:
            expiration["end_date_time"] = block.end_date_time or "2027-08-08T11:11:11Z"
        tenant["eligible" if block.type == ELIGIBLE else "active"][str(block.import_id)] = {
            **common,
            "scope": block.scope,
            "principal_type": "Group",
            "justification": "by hand",
            "condition": None,
            "condition_version": None,
            "schedule": [{"start_date_time": "2026-01-01T00:00:00Z", "expiration": [expiration]}],
            "ticket": [],
        }
    return tenant


@pytest.mark.parametrize("json_", [False, True])
def test_what_lives_is_imported_and_only_what_is_missing_is_made(bench: Bench, json_: bool) -> None:
    """Nothing is replaced or destroyed; a second plan is empty; and later renders keep what the adoption settled."""
    desired = {name: block for name, block in bench.desired().items() if "tiny_observer" not in name}
    assert {block.type for block in desired.values()} == {PERMANENT, ELIGIBLE, ACTIVE}
    lives = {name: block for name, block in desired.items() if "reader__subscription" not in name}
    tenant = by_hand(lives.values())
    bench.hold(tenant)
    result = bench.adopt(json=json_)
    assert sum(each.imported for each in result.directories) == len(lives)
    assert (result.is_partial, result.has_findings) == (False, False)
    done = bench.changes()
    imported = {address for address, action in done.items() if action.startswith("import")}
    assert imported == set(lives)
    assert set(done.values()) <= {"import", "import, update", "create"}
    bench.apply()
    assert bench.changes() == {}
    after = bench.tenant
    assert set(tenant["assignments"]) < set(after["assignments"])
    assert all("[rbacgen:tiny]" in each["description"] for each in after["assignments"].values())
    assert after["eligible"] == tenant["eligible"]
    assert after["active"] == after["active"] | tenant["active"]

    assert bench.world.render(json=json_).is_current
    for path in (bench.world.folder / "terraform").glob("*/imports.tf*"):
        path.unlink()
    assert bench.world.render(json=json_).is_current
    assert bench.changes() == {}
    again = bench.adopt(json=json_)
    assert again.imports_result is not None
    assert again.imports_result.unchanged >= sum(block.type == PERMANENT for block in lives.values())
    assert bench.changes() == {}


@pytest.mark.parametrize("is_named_alike", [False, True])
def test_azures_own_spelling_of_a_scope_is_kept(bench: Bench, is_named_alike: bool) -> None:
    """Another one would be a replacement; later renders keep it, and it is said that the lock file can do so for all.

    So too where what lives has the name that a render gives it, as Bicep's would.
    """
    group = f"/subscriptions/{DEV}/resourceGroups/RG-Dev"
    bench.world.mapping["roles/developer.yaml"]["responsibilities"][0]["takes"] = ["use_secrets"]
    bench.world.mapping["roles/operator.yaml"]["responsibilities"][0]["takes"] = ["keep_group"]
    lives = {name: block for name, block in bench.desired().items() if name.endswith("__raw")}
    tenant = by_hand(lives.values())
    tenant["assignments"] = {id_.replace("rg-dev", "RG-Dev"): each for id_, each in tenant["assignments"].items()}
    if is_named_alike:
        ids = [id_.rpartition("/")[0] for id_ in tenant["assignments"]]
        names = [
            assignment_name(
                id_.partition(standin_tenant.ASSIGNMENT)[0], each["principal_id"], each["role_definition_id"][-36:]
            )
            for id_, each in tenant["assignments"].items()
        ]
        lived = tenant["assignments"].values()
        tenant["assignments"] = {f"{id_}/{name}": each for id_, name, each in zip(ids, names, lived, strict=True)}
    bench.hold(tenant | {"scopes": [group]})
    result = bench.adopt()
    assert result.imports_result is not None
    assert [scope.partition("/providers/")[0] for scope in result.imports_result.respelled] == [group]
    assert {bench.changes()[name] for name in lives} == {"import, update"}
    bench.apply()
    assert bench.world.render().is_current
    assert bench.changes() == {}


def test_what_a_state_holds_is_imported_by_another_directory(bench: Bench) -> None:
    """Standing, eligible and active: nothing of it is made anew, and after the apply nothing is left to do."""
    bench.hold(by_hand(block for name, block in bench.desired().items() if "tiny_observer" not in name))
    bench.adopt()
    bench.apply()
    before = bench.tenant
    folder = bench.folder("dev")
    state = bench.world.folder / "state.json"
    state.write_text(bench.engine.must(folder, "show", "-json"), encoding="utf-8")
    for path in [*folder.glob("*.tf"), *folder.glob("*.tfstate*")]:
        path.unlink()
    result = bench.world.render(existing=str(state), environments=("dev",))
    assert (result.is_partial, result.has_findings) == (False, False)
    done = bench.engine.changes(folder, env=bench.env)
    assert set(done.values()) == {"import"}
    assert len(done) == result.directories[0].imported + result.directories[0].imported_roles
    assert {address.partition(".")[0] for address in done} >= {PERMANENT, ELIGIBLE, ACTIVE}
    bench.engine.apply(folder, env=bench.env)
    assert (bench.engine.changes(folder, env=bench.env), bench.tenant) == ({}, before)


def test_a_lost_state_is_found_again(bench: Bench) -> None:
    """With the rendered files gone, all that an apply had made is imported, custom roles too, and nothing changes."""
    bench.world.render()
    bench.apply()
    before = bench.tenant
    for name in ENVIRONMENTS:
        for path in bench.folder(name).iterdir():
            if path.is_file() and not path.name.startswith("."):
                path.unlink()
    bench.adopt()
    done = bench.changes()
    assert set(done.values()) == {"import"}
    assert any("azurerm_role_definition." in address for address in done)
    assert len(done) == len(bench.desired()) + len(before["definitions"])
    bench.apply()
    assert (bench.changes(), bench.tenant) == ({}, before)


def test_without_the_import_terraform_meets_a_conflict(bench: Bench) -> None:
    """Which is what the adoption is for: the stand-in refuses what lives, as Azure does."""
    bench.hold(by_hand(block for name, block in bench.desired().items() if name.endswith("__raw")))
    bench.world.render()
    result = bench.engine.run(bench.folder("dev"), "apply", "-auto-approve", "-no-color", env=bench.env)
    assert result.returncode == 1
    assert "RoleAssignmentExists" in result.stdout + result.stderr


def test_before_azurerm_5_the_description_stays_too(bench: Bench) -> None:
    """There a change of it would be a replacement."""
    bench.world.project["azurerm"] = 4
    lives = {
        name: block
        for name, block in bench.desired().items()
        if block.type == PERMANENT and "tiny_observer" not in name
    }
    bench.hold(by_hand(lives.values(), 'said "by" ${hand}'))
    bench.adopt()
    done = bench.changes()
    assert {done[name] for name in lives} == {"import"}
    bench.apply()
    assert bench.world.render().is_current
    assert bench.changes() == {}
