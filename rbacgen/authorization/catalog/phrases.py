"""What people ask about access in words, and the operations that these words mean."""

from __future__ import annotations

from msgspec import Struct

from rbacgen.model.assignment import Plane

_STORAGE = "Microsoft.Storage/storageAccounts"
_BLOBS = f"{_STORAGE}/blobServices/containers/blobs"
_VAULTS = "Microsoft.KeyVault/vaults"
_WORKSPACES = "Microsoft.MachineLearningServices/workspaces"
_REGISTRIES = "Microsoft.ContainerRegistry/registries"


class Wording(Struct, frozen=True):
    """An operation, and the words in which people ask who can do it: a verb and what it is done to."""

    words: str
    operation: str
    plane: Plane


# Every operation is one of the catalogue's (tests/test_matrix.py): what it names can be looked up there.
WORDINGS = (
    Wording("hand out access (write role assignments)", "Microsoft.Authorization/roleAssignments/write", Plane.CONTROL),
    Wording("take access away (delete role assignments)", "Microsoft.Authorization/roleAssignments/delete", Plane.CONTROL),
    Wording("change custom roles", "Microsoft.Authorization/roleDefinitions/write", Plane.CONTROL),
    Wording("change policies", "Microsoft.Authorization/policyAssignments/write", Plane.CONTROL),
    Wording("delete locks", "Microsoft.Authorization/locks/delete", Plane.CONTROL),
    Wording("read secrets", f"{_VAULTS}/secrets/getSecret/action", Plane.DATA),
    Wording("write secrets", f"{_VAULTS}/secrets/setSecret/action", Plane.DATA),
    Wording("delete secrets", f"{_VAULTS}/secrets/delete", Plane.DATA),
    Wording("change key vaults", f"{_VAULTS}/write", Plane.CONTROL),
    Wording("read blobs", f"{_BLOBS}/read", Plane.DATA),
    Wording("write blobs", f"{_BLOBS}/write", Plane.DATA),
    Wording("delete blobs", f"{_BLOBS}/delete", Plane.DATA),
    Wording("read storage account keys", f"{_STORAGE}/listKeys/action", Plane.CONTROL),
    Wording("delete storage accounts", f"{_STORAGE}/delete", Plane.CONTROL),
    Wording("run jobs", f"{_WORKSPACES}/jobs/write", Plane.CONTROL),
    Wording("create computes", f"{_WORKSPACES}/computes/write", Plane.CONTROL),
    Wording("start computes", f"{_WORKSPACES}/computes/start/action", Plane.CONTROL),
    Wording("register models", f"{_WORKSPACES}/models/versions/write", Plane.CONTROL),
    Wording("deploy models to online endpoints", f"{_WORKSPACES}/onlineEndpoints/deployments/write", Plane.CONTROL),
    Wording("call online endpoints", f"{_WORKSPACES}/onlineEndpoints/score/action", Plane.CONTROL),
    Wording("delete workspaces", f"{_WORKSPACES}/delete", Plane.CONTROL),
    Wording("pull images", f"{_REGISTRIES}/pull/read", Plane.CONTROL),
    Wording("push images", f"{_REGISTRIES}/push/write", Plane.CONTROL),
    Wording("run data factory pipelines", "Microsoft.DataFactory/factories/pipelines/createRun/action", Plane.CONTROL),
    Wording("query logs", "Microsoft.OperationalInsights/workspaces/query/read", Plane.CONTROL),
    Wording("restart web apps", "Microsoft.Web/sites/restart/action", Plane.CONTROL),
    Wording("change web apps", "Microsoft.Web/sites/write", Plane.CONTROL),
    Wording("use managed identities", "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action", Plane.CONTROL),
    Wording("deploy templates", "Microsoft.Resources/deployments/write", Plane.CONTROL),
    Wording("delete resource groups", "Microsoft.Resources/subscriptions/resourceGroups/delete", Plane.CONTROL),
    Wording("change virtual networks", "Microsoft.Network/virtualNetworks/write", Plane.CONTROL),
    Wording("see costs", "Microsoft.CostManagement/query/action", Plane.CONTROL),
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
