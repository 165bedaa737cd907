"""The bypasses that ship: each of a real type, about operations that exist, with a page that documents it."""

from __future__ import annotations

import pytest

from rbacgen.authorization import catalog
from rbacgen.authorization.catalog import bypasses
from rbacgen.authorization.catalog.bypasses import KnownBypass
from rbacgen.authorization.patterns import overlaps
from rbacgen.model.assignment import Plane
from rbacgen.model.scope import Scope, ScopeLevel
from tests.fakes.facts import GROUP, LAKE, VAULT

BYPASSES = bypasses.load()
KNOWN = catalog.load().operations


def name(bypass: KnownBypass) -> str:
    """The name of a bypass in a test's id."""
    return f"{bypass.operations[0].removeprefix('Microsoft.')}-{bypass.opened_by.rpartition('/listKeys')[0] or bypass.how[:20]}"


def in_roles(pattern: str, plane: Plane) -> bool:
    """Whether a role of Azure's own gives something of the pattern, and not just by a bare `*`."""
    catalogue = catalog.load()
    for each in catalogue.names():
        role = catalogue.find(each)
        for permission in role.permissions if role is not None else ():
            strings = permission.actions if plane is Plane.CONTROL else permission.data_actions
            if any(not string.startswith("*") and overlaps(string, pattern) for string in strings):
                return True
    return False


@pytest.mark.parametrize("bypass", BYPASSES, ids=name)
def test_each_bypass_leads_to_operations_that_exist(bypass: KnownBypass) -> None:
    """Known ones, or where the list has none of the plane, ones that a built-in role gives."""
    for pattern in bypass.operations:
        assert KNOWN.matching(pattern, bypass.plane) or in_roles(pattern, bypass.plane), pattern


@pytest.mark.parametrize("bypass", [each for each in BYPASSES if each.opened_by], ids=name)
def test_each_bypass_is_opened_by_a_control_operation_that_exists(bypass: KnownBypass) -> None:
    """On a resource of its type. Who can do it is asked of the control plane."""
    assert bypass.opened_by.startswith(f"{bypass.type}/")
    assert KNOWN.known(bypass.opened_by, Plane.CONTROL)


@pytest.mark.parametrize("bypass", BYPASSES, ids=name)
def test_each_bypass_is_of_the_type_of_its_operations_and_has_a_page(bypass: KnownBypass) -> None:
    """A provider and a type, and nobody has to take our word for it."""
    assert all(f"{pattern}/".startswith(f"{bypass.type}/") for pattern in bypass.operations)
    assert bypass.type.count("/") == 1
    assert bypass.source.startswith("https://learn.microsoft.com/")
    assert bypass.how
    assert not bypass.how.endswith(".")


def test_the_places_of_a_bypass() -> None:
    """Its own resource of what lies in one; containers stand for themselves; another type has none."""
    (bypass, *_) = BYPASSES
    assert bypass.type == "Microsoft.Storage/storageAccounts"
    account, group = Scope.of(LAKE), Scope.of(GROUP)
    assert bypass.place(Scope.of(f"{LAKE}/blobServices/default/containers/raw")) == account
    assert bypass.place(Scope.of(LAKE.upper())) == account
    assert bypass.place(group) is group
    assert bypass.place(Scope.of(VAULT)) is None
    assert bypass.place(Scope.of(LAKE.replace("/storageAccounts/", "/storageAccountsOther/"))) is None
    reference = Scope("azurerm_storage_account.this.id", ScopeLevel.RESOURCE, reference=True)
    assert bypass.place(reference) is reference


def test_what_a_security_reviewer_asks_for_first_has_a_bypass() -> None:
    """Storage keys, vaults with access policies, registry admin, endpoint keys, ACLs."""
    opened = {each.opened_by for each in BYPASSES}
    assert {
        "Microsoft.Storage/storageAccounts/listKeys/action",
        "Microsoft.KeyVault/vaults/accessPolicies/write",
        "Microsoft.ContainerRegistry/registries/listCredentials/action",
        "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/listKeys/action",
    } <= opened
    assert any("access control lists" in each.how and not each.opened_by for each in BYPASSES)
