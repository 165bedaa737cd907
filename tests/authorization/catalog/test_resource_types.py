"""Which operations can exist at a scope: only what is certain is called impossible."""

from __future__ import annotations

import pytest

from rbacgen.authorization.catalog.resource_types import is_possible, possible_at, type_of, why_impossible
from rbacgen.model.scope import Scope, ScopeLevel
from tests.fakes.facts import GROUP, LAKE, REGISTRY, SUBSCRIPTION, VAULT, WORKSPACE, ZONE

CONTAINER = f"{LAKE}/blobServices/default/containers/raw"


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (VAULT, "Microsoft.KeyVault/vaults"),
        (CONTAINER, "Microsoft.Storage/storageAccounts/blobServices/containers"),
        (f"{VAULT}/providers/Microsoft.Insights/diagnosticSettings/x", "Microsoft.Insights/diagnosticSettings"),
        (GROUP, ""),
        (SUBSCRIPTION, ""),
        (ZONE, ""),
        ("/", ""),
    ],
)
def test_the_type_in_a_scope_id(scope: str, expected: str) -> None:
    """The last provider in it; none above resources."""
    assert type_of(Scope.of(scope)) == expected


def test_a_reference_has_no_type_that_anybody_could_read() -> None:
    """So everything is possible there."""
    reference = Scope("azurerm_key_vault.this.id", ScopeLevel.RESOURCE, reference=True)
    assert type_of(reference) == ""
    assert is_possible("Microsoft.Storage/storageAccounts/read", reference)


@pytest.mark.parametrize(
    ("operation", "scope"),
    [
        ("Microsoft.KeyVault/vaults/secrets/read", VAULT),
        ("MICROSOFT.KEYVAULT/VAULTS/read", VAULT),
        ("Microsoft.Storage/storageAccounts/listKeys/action", CONTAINER),
        ("Microsoft.Authorization/roleAssignments/write", VAULT),
        ("Microsoft.Insights/diagnosticSettings/write", VAULT),
        ("Microsoft.Resources/tags/write", VAULT),
        ("Microsoft.ServiceLinker/linkers/write", VAULT),
        ("Microsoft.Network/privateEndpointConnectionProxies/read", VAULT),
        ("*", VAULT),
        ("*/read", VAULT),
        ("Microsoft.*/read", VAULT),
        ("Microsoft.KeyVault/*", VAULT),
        ("Microsoft.KeyVault/*/read", VAULT),
        ("Microsoft.Storage/storageAccounts/read", GROUP),
        ("Microsoft.Storage/storageAccounts/read", SUBSCRIPTION),
        ("Microsoft.Storage/storageAccounts/read", "/"),
        ("Microsoft.KeyVault/vaults/read", "/providers/Microsoft.KeyVault"),
    ],
)
def test_what_may_exist_is_possible(operation: str, scope: str) -> None:
    """Its own type, what extends any, all patterns that could mean it, and all above resources."""
    assert why_impossible(operation, Scope.of(scope)) == ""


@pytest.mark.parametrize(
    ("operation", "scope", "why"),
    [
        (
            "Microsoft.Storage/storageAccounts/read",
            VAULT,
            "no operation of Microsoft.Storage exists on a Microsoft.KeyVault/vaults",
        ),
        (
            "Microsoft.MachineLearningServices/workspaces/jobs/write",
            REGISTRY,
            "`Microsoft.MachineLearningServices/workspaces/jobs/write` is of `workspaces` and cannot exist on a "
            "Microsoft.MachineLearningServices/registries",
        ),
        (
            "Microsoft.MachineLearningServices/registries/*",
            WORKSPACE,
            "`Microsoft.MachineLearningServices/registries/*` is of `registries` and cannot exist on a "
            "Microsoft.MachineLearningServices/workspaces",
        ),
        (
            "Microsoft.KeyVault/register/action",
            VAULT,
            "`Microsoft.KeyVault/register/action` is of `register` and cannot exist on a Microsoft.KeyVault/vaults",
        ),
        (
            "Microsoft.Storage/*",
            "/providers/Microsoft.KeyVault",
            "no operation of Microsoft.Storage exists on a Microsoft.KeyVault",
        ),
    ],
)
def test_what_cannot_exist_says_why(operation: str, scope: str, why: str) -> None:
    """Of another provider, or of another type of the same."""
    assert why_impossible(operation, Scope.of(scope)) == why
    assert not is_possible(operation, Scope.of(scope))


@pytest.mark.parametrize(
    ("operation", "level", "type_", "expected"),
    [
        ("Microsoft.KeyVault/vaults/write", ScopeLevel.RESOURCE, "Microsoft.KeyVault/vaults", True),
        ("Microsoft.Authorization/roleAssignments/write", ScopeLevel.RESOURCE, "Microsoft.KeyVault/vaults", True),
        ("Microsoft.Storage/storageAccounts/listKeys/action", ScopeLevel.RESOURCE, "Microsoft.KeyVault/vaults", False),
        ("Microsoft.KeyVault/vaultsOther/write", ScopeLevel.RESOURCE, "Microsoft.KeyVault/vaults", False),
        ("Microsoft.Storage/storageAccounts/listKeys/action", ScopeLevel.RESOURCE_GROUP, "", True),
        ("Microsoft.Management/managementGroups/subscriptions/write", ScopeLevel.MANAGEMENT_GROUP, "", True),
        ("Microsoft.Management/managementGroups/subscriptions/write", ScopeLevel.SUBSCRIPTION, "", False),
        ("Microsoft.Authorization/elevateAccess/action", ScopeLevel.TENANT, "", True),
        ("Microsoft.Authorization/elevateAccess/action", ScopeLevel.RESOURCE, "Microsoft.KeyVault/vaults", False),
    ],
)
def test_what_a_grant_is_good_for(operation: str, level: ScopeLevel, type_: str, expected: bool) -> None:
    """The narrow question: of this very type and level."""
    assert possible_at(operation, level, type_) is expected
