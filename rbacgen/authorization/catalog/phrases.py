"""Everyday words for operations, such as people use in questions about access."""

from __future__ import annotations

from msgspec import Struct

from rbacgen.model.assignment import Plane

_STORAGE = "Microsoft.Storage/storageAccounts"
_BLOBS = f"{_STORAGE}/blobServices/containers/blobs"
_VAULTS = "Microsoft.KeyVault/vaults"
_WORKSPACES = "Microsoft.MachineLearningServices/workspaces"
_REGISTRIES = "Microsoft.ContainerRegistry/registries"


class Phrase(Struct, frozen=True):
    """An operation, and everyday words for it: a verb and its object."""

    words: str
    operation: str
    plane: Plane


# Every operation is one of the catalogue's (tests/test_matrix.py): what it names can be looked up there.
WORDINGS = (
    Phrase("assign roles (write role assignments)", "Microsoft.Authorization/roleAssignments/write", Plane.CONTROL),
    Phrase("take access away (delete role assignments)", "Microsoft.Authorization/roleAssignments/delete", Plane.CONTROL),
    Phrase("change custom roles", "Microsoft.Authorization/roleDefinitions/write", Plane.CONTROL),
    Phrase("change policies", "Microsoft.Authorization/policyAssignments/write", Plane.CONTROL),
    Phrase("delete locks", "Microsoft.Authorization/locks/delete", Plane.CONTROL),
    Phrase("read secrets", f"{_VAULTS}/secrets/getSecret/action", Plane.DATA),
    Phrase("write secrets", f"{_VAULTS}/secrets/setSecret/action", Plane.DATA),
    Phrase("delete secrets", f"{_VAULTS}/secrets/delete", Plane.DATA),
    Phrase("change key vaults", f"{_VAULTS}/write", Plane.CONTROL),
    Phrase("read blobs", f"{_BLOBS}/read", Plane.DATA),
    Phrase("write blobs", f"{_BLOBS}/write", Plane.DATA),
    Phrase("delete blobs", f"{_BLOBS}/delete", Plane.DATA),
    Phrase("read storage account keys", f"{_STORAGE}/listKeys/action", Plane.CONTROL),
    Phrase("delete storage accounts", f"{_STORAGE}/delete", Plane.CONTROL),
    Phrase("run jobs", f"{_WORKSPACES}/jobs/write", Plane.CONTROL),
    Phrase("create computes", f"{_WORKSPACES}/computes/write", Plane.CONTROL),
    Phrase("start computes", f"{_WORKSPACES}/computes/start/action", Plane.CONTROL),
    Phrase("register models", f"{_WORKSPACES}/models/versions/write", Plane.CONTROL),
    Phrase("deploy models to online endpoints", f"{_WORKSPACES}/onlineEndpoints/deployments/write", Plane.CONTROL),
    Phrase("call online endpoints", f"{_WORKSPACES}/onlineEndpoints/score/action", Plane.CONTROL),
    Phrase("delete workspaces", f"{_WORKSPACES}/delete", Plane.CONTROL),
    Phrase("pull images", f"{_REGISTRIES}/pull/read", Plane.CONTROL),
    Phrase("push images", f"{_REGISTRIES}/push/write", Plane.CONTROL),
    Phrase("run data factory pipelines", "Microsoft.DataFactory/factories/pipelines/createRun/action", Plane.CONTROL),
    Phrase("query logs", "Microsoft.OperationalInsights/workspaces/query/read", Plane.CONTROL),
    Phrase("restart web apps", "Microsoft.Web/sites/restart/action", Plane.CONTROL),
    Phrase("change web apps", "Microsoft.Web/sites/write", Plane.CONTROL),
    Phrase("use managed identities", "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action", Plane.CONTROL),
    Phrase("deploy templates", "Microsoft.Resources/deployments/write", Plane.CONTROL),
    Phrase("delete resource groups", "Microsoft.Resources/subscriptions/resourceGroups/delete", Plane.CONTROL),
    Phrase("change virtual networks", "Microsoft.Network/virtualNetworks/write", Plane.CONTROL),
    Phrase("see costs", "Microsoft.CostManagement/query/action", Plane.CONTROL),
)  # fmt: skip

# What to call a resource of the types that these operations are done to.
RESOURCES = {
    _STORAGE: "storage account",
    _VAULTS: "key vault",
    _WORKSPACES: "machine learning workspace",
    _REGISTRIES: "container registry",
    "Microsoft.DataFactory/factories": "data factory",
    "Microsoft.OperationalInsights/workspaces": "log workspace",
    "Microsoft.Web/sites": "web app",
    "Microsoft.ManagedIdentity/userAssignedIdentities": "managed identity",
    "Microsoft.Network/virtualNetworks": "virtual network",
}
