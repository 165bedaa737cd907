# Rendered by rbacgen from the project fraud-detection, environment shared.
# Do not edit: change the project file and run `rbacgen render`.

# Azure roles that no built-in role stands in for.

# Reader, Monitoring Reader and Log Analytics Reader read keys, pull images or query logs. The list of exceptions is
# never complete: new secret-bearing reads may appear under */read.
resource "azurerm_role_definition" "mlops_configuration_reader" {
  role_definition_id = "1ccac489-d300-53e0-a981-b867a3dc956f"
  name               = "MLOps Configuration Reader (fraud-detection shared)"
  scope              = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34"
  description        = "Read the settings of all resources, without secrets, images, logs or data previews."

  permissions {
    actions = ["*/read"]
    not_actions = [
      "Microsoft.MachineLearningServices/workspaces/metadata/secrets/read",
      "Microsoft.MachineLearningServices/workspaces/listNotebookKeys/read",
      "Microsoft.MachineLearningServices/workspaces/listNotebookAccessToken/read",
      "Microsoft.MachineLearningServices/workspaces/datasets/registered/preview/read",
      "Microsoft.MachineLearningServices/workspaces/datasets/unregistered/preview/read",
      "Microsoft.OperationalInsights/workspaces/sharedKeys/read",
      "Microsoft.OperationalInsights/workspaces/query/*",
      "Microsoft.ContainerRegistry/registries/pull/read",
      "Microsoft.ContainerRegistry/registries/quarantine/read",
      "Microsoft.Network/connections/sharedKey/read",
      "Microsoft.DocumentDB/databaseAccounts/readonlykeys/read",
      "Microsoft.Insights/logs/*",
      "Microsoft.Insights/generateLiveToken/read",
      "Microsoft.Resources/deploymentScripts/logs/read",
      "Microsoft.ContainerInstance/containerGroups/containers/logs/read",
      "Microsoft.ApiManagement/service/users/keys/read",
    ]
  }

  assignable_scopes = ["/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34"]
}

# Network Contributor, the smallest built-in role that joins a subnet, also rewrites routes, peerings and security
# groups of the whole hub.
resource "azurerm_role_definition" "mlops_network_joiner" {
  role_definition_id = "f440f72f-022f-5cb7-81b2-61b98eb309d7"
  name               = "MLOps Network Joiner (fraud-detection shared)"
  scope              = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34"
  description        = "Connect private endpoints and compute to the subnets of an existing network, without changing the network."

  permissions {
    actions = [
      "Microsoft.Network/virtualNetworks/read",
      "Microsoft.Network/virtualNetworks/join/action",
      "Microsoft.Network/virtualNetworks/subnets/read",
      "Microsoft.Network/virtualNetworks/subnets/join/action",
    ]
  }

  assignable_scopes = ["/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34"]
}
