"""From scope kinds to real scopes: every way to bind one, and what cannot be bound so."""

from __future__ import annotations

from typing import Any

import pytest

from rbacgen.model.scope import Scope, ScopeLevel
from tests.fakes.world import DEV, PROD, World

GROUP = f"/subscriptions/{DEV}/resourceGroups/rg-dev"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-dev"
LAKE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/stdev"
RAW = f"{LAKE}/blobServices/default/containers/raw"


def scope_of(world: World, kind: str, environment: str = "dev") -> Scope:
    """The scope behind a kind, in a world without errors."""
    checked = world.work_out()
    assert [str(each) for each in checked.problems if each.severity == "error"] == []
    found = {each.scope for each in checked.desired.state if (each.environment, each.scope_kind) == (environment, kind)}
    (scope,) = found
    return scope


def bind(world: World, kind: str, value: Any, environment: str = "dev") -> World:
    """The world with one kind bound otherwise."""
    world.project["environments"][environment]["scopes"][kind] = value
    return world


@pytest.mark.parametrize(("kind", "scope"), [("group", GROUP), ("vault", VAULT), ("raw", RAW)])
def test_a_name_is_enough_where_the_kind_says_the_rest(world: World, kind: str, scope: str) -> None:
    """A resource lies in the group that its kind lies under; a container in the one `default` blob service."""
    assert scope_of(world, kind).id == scope


@pytest.mark.parametrize(
    ("kind", "scope", "level"),
    [
        ("root", "/", ScopeLevel.TENANT),
        ("landing_zone", "/providers/Microsoft.Management/managementGroups/mg-tiny", ScopeLevel.MANAGEMENT_GROUP),
        ("subscription", f"/subscriptions/{PROD}", ScopeLevel.SUBSCRIPTION),
    ],
)
def test_what_lies_above_resource_groups(world: World, kind: str, scope: str, level: ScopeLevel) -> None:
    """The tenant root and the environment's own subscription need no binding; a management group needs its name."""
    found = scope_of(world, kind, "prod")
    assert (found.id, found.level) == (scope, level)


@pytest.mark.parametrize(
    ("value", "scope"),
    [
        ("kv-other", VAULT.replace("kv-dev", "kv-other")),
        (VAULT, VAULT),
        (VAULT + "/", VAULT),
        ({"name": "kv-dev"}, VAULT),
        ({"name": "kv-dev", "resource_group": "rg-hub"}, VAULT.replace("rg-dev", "rg-hub")),
        (
            {"name": "kv-dev", "resource_group": "rg-hub", "subscription": PROD.upper()},
            VAULT.replace("rg-dev", "rg-hub").replace(DEV, PROD),
        ),
    ],
)
def test_every_way_to_bind_a_resource(world: World, value: Any, scope: str) -> None:
    """By name, by whole id, or by name and where it lives."""
    assert scope_of(bind(world, "vault", value), "vault").id == scope


def test_a_group_in_another_subscription_takes_what_lies_in_it_along(world: World) -> None:
    """Children by name follow their parent."""
    bind(world, "group", {"name": "rg-hub", "subscription": PROD})
    assert scope_of(world, "group").id == f"/subscriptions/{PROD}/resourceGroups/rg-hub"
    assert scope_of(world, "vault").id == VAULT.replace(DEV, PROD).replace("rg-dev", "rg-hub")


def test_a_container_follows_its_lake_wherever_that_is(world: World) -> None:
    """A fixed name lies under whatever its parent is bound to, and can be bound otherwise."""
    lake = {"name": "sthub", "resource_group": "rg-hub"}
    container = f"/subscriptions/{DEV}/resourceGroups/rg-hub/providers/Microsoft.Storage/storageAccounts/sthub/"
    assert scope_of(bind(world, "lake", lake), "raw").id == container + "blobServices/default/containers/raw"
    assert scope_of(bind(world, "raw", "landing"), "raw").id == container + "blobServices/default/containers/landing"


def test_another_subscription_for_the_subscription_itself(world: World) -> None:
    """By whole id or by `subscription`."""
    bind(world, "subscription", f"/subscriptions/{DEV.upper()}", "prod")
    assert scope_of(world, "subscription", "prod").folded == f"/subscriptions/{DEV}"
    bind(world, "subscription", {"subscription": DEV}, "prod")
    assert scope_of(world, "subscription", "prod").id == f"/subscriptions/{DEV}"


def test_a_terraform_reference_is_known_by_itself(world: World) -> None:
    """Level and subscription come from the kind, since only Terraform knows the id."""
    found = scope_of(bind(world, "vault", {"terraform": "azurerm_key_vault.this.id"}), "vault")
    assert found == Scope("azurerm_key_vault.this.id", ScopeLevel.RESOURCE, DEV, reference=True)


# Azure's own spelling.


def lock(world: World, *scopes: str) -> World:
    """The world with a lock that knows these scopes."""
    world.lock = {"format_version": 1, "scopes": list(scopes)}
    return world


def test_a_scope_in_the_lock_is_spelled_as_azure_spells_it(world: World) -> None:
    """Terraform would replace an assignment for ever whose scope differs in case from Azure's."""
    azure = VAULT.replace("rg-dev", "RG-Dev").replace("kv-dev", "KV-Dev")
    assert scope_of(lock(world, azure), "vault").id == azure
    assert scope_of(lock(bind(world, "vault", VAULT.lower()), azure), "vault").id == azure


def test_below_a_known_parent_the_parent_is_spelled_as_azure_spells_it(world: World) -> None:
    """The lock knows the group only: everything in it has the group's spelling."""
    azure = f"/subscriptions/{DEV}/resourceGroups/RG-Dev"
    lock(world, azure)
    assert scope_of(world, "vault").id == VAULT.replace(GROUP, azure)
    assert scope_of(world, "raw").id == RAW.replace(GROUP, azure)


def test_the_nearest_known_parent_counts(world: World) -> None:
    """The lake's own entry wins over its group's."""
    lake = LAKE.replace("rg-dev", "Rg-Dev").replace("stdev", "STDEV")
    lock(world, GROUP.replace("rg-dev", "RG-DEV"), lake)
    assert scope_of(world, "raw").id == RAW.replace(LAKE, lake)


# What is refused.


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("vault", LAKE, "`vault` is a Microsoft.KeyVault/vaults, and this is the id of a Microsoft.Storage"),
        ("vault", GROUP, "and this is the id of a resource group"),
        ("vault", "/", "and this is the id of a tenant"),
        ("group", VAULT, "`group` is a resource group, and this is the id of a Microsoft.KeyVault/vaults"),
        ("group", f"/subscriptions/{DEV}", "and this is the id of a subscription"),
        ("vault", VAULT.replace(DEV, "my-subscription"), "is not a whole Azure scope id"),
        ("vault", VAULT + "/secrets", "is not a whole Azure scope id"),
        ("vault", VAULT + "/providers/Microsoft.KeyVault/vaults/other", "is not a whole Azure scope id"),
        ("vault", VAULT.replace("kv-dev", "kv dev"), "is not a whole Azure scope id"),
        ("vault", VAULT + "?x=1", "is not a whole Azure scope id"),
        ("vault", VAULT + "\u202e", "is not a whole Azure scope id"),
        ("vault", "//", "is the id of a tenant"),
        ("vault", "kv/dev", "cannot be the name of a Microsoft.KeyVault/vaults"),
        ("vault", "kv*", "cannot be the name"),
        ("vault", "${var.x}/y", "cannot be the name"),
        ("group", "rg dev", "cannot be the name of a resource group"),
        ("group", "rg.", "cannot be the name of a resource group"),
        ("group", "r" * 91, "cannot be the name of a resource group"),
        ("vault", {"name": "kv", "resource_group": "a/b"}, "`a/b` cannot be the name of a resource group"),
        ("vault", {"resource_group": "rg"}, "give a `name`"),
        ("vault", {"name": "kv", "terraform": "a.b"}, "not both"),
        ("vault", {"terraform": "a.b", "resource_group": "rg"}, "not both"),
        ("raw", RAW.replace("/default", ""), "is not a whole Azure scope id"),
    ],
)
def test_a_wrong_binding_is_refused_with_its_reason(world: World, kind: str, value: Any, said: str) -> None:
    """A binding of another type would give the access somewhere else."""
    bind(world, kind, value)
    found = [each for each in world.problems() if each.severity == "error"]
    assert [each.rule for each in found] == ["wrong-binding"], [str(each) for each in found]
    assert said in found[0].message


def test_a_binding_that_nobody_uses_is_checked_too(world: World) -> None:
    """The prod vault's binding is wrong even where no project role takes the vault."""
    world.project["team"] = {"robot": world.project["team"]["robot"]}
    bind(world, "vault", "kv/dev", "prod")
    assert "wrong-binding" in world.rules()


def test_a_child_of_a_reference_needs_a_reference_of_its_own(world: World) -> None:
    """Its id cannot be written without the parent's."""
    bind(world, "group", {"terraform": "azurerm_resource_group.this.id"})
    found = [each for each in world.problems() if each.severity == "error"]
    assert {each.rule for each in found} == {"wrong-binding"}
    assert all("needs its own `terraform:`" in each.message for each in found)


def test_a_missing_binding_is_said_once_per_environment(world: World) -> None:
    """However many project roles need it."""
    del world.project["environments"]["dev"]["scopes"]["vault"]
    assert [each.rule for each in world.problems() if each.severity == "error"] == ["unbound-scope"]


def test_a_loop_of_kinds_ends(world: World) -> None:
    """Kinds with fixed names under each other are an error of the mapping, and nothing hangs on it."""
    kinds = world.mapping["scope_kinds.yaml"]
    kinds["raw"]["under"] = "box"
    kinds["box"] = dict(kinds["raw"], under="raw", name="box")
    assert {each.rule for each in world.problems() if each.severity == "error"} == {"scope-kind-parent"}


@pytest.mark.parametrize(
    ("kind", "binding"),
    [
        ("vault", {"name": "kv-x", "subscription": PROD}),
        ("group", {"name": "rg-x", "resource_group": "rg-y"}),
        ("raw", {"name": "raw2", "resource_group": "rg-other"}),
    ],
)
def test_no_part_of_a_binding_is_passed_over(world: World, kind: str, binding: dict[str, str]) -> None:
    """What cannot be meant would land access somewhere else."""
    world.project["environments"]["dev"]["scopes"][kind] = binding
    assert "wrong-binding" in world.rules()


def test_azures_own_words_in_a_whole_id_are_spelled_as_azure_does(world: World) -> None:
    """Another spelling would make azurerm replace the assignment in every plan; names stay as they are written."""
    world.project["environments"]["dev"]["scopes"]["vault"] = (
        f"/Subscriptions/{DEV.upper()}/resourcegroups/RG-x/Providers/microsoft.keyvault/Vaults/KV-x"
    )
    state = world.work_out().desired.state
    assert f"/subscriptions/{DEV}/resourceGroups/RG-x/providers/Microsoft.KeyVault/vaults/KV-x" in {
        each.scope.id for each in state
    }
