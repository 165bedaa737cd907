# Rendered by rbacgen from the project fraud-detection, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Azure roles that no built-in role stands in for.

# Reader, Monitoring Reader and Log Analytics Reader read keys, pull images or query logs. The list of exceptions is
# never complete: new secret-bearing reads may appear under */read.
resource "azurerm_role_definition" "mlops_configuration_reader" {
  role_definition_id = "686928c2-c335-5e3a-ac17-b52a09aedfed"
  name               = "MLOps Configuration Reader (fraud-detection dev)"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb"
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

  assignable_scopes = ["/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb"]
}

# A data engineer deploys no endpoint, writes no model and reads no connection secret; AzureML Data Scientist does all
# of it. The smallest set for submitting jobs follows the page, with code assets added (inferred).
resource "azurerm_role_definition" "mlops_data_pipeline_author" {
  role_definition_id = "e33c2712-97f6-521e-802b-e07afca50083"
  name               = "MLOps Data Pipeline Author (fraud-detection dev)"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb"
  description        = "Run data processing jobs and register data, components, environments and datastores in a workspace."

  permissions {
    actions = [
      "Microsoft.MachineLearningServices/workspaces/read",
      "Microsoft.MachineLearningServices/workspaces/jobs/*",
      "Microsoft.MachineLearningServices/workspaces/experiments/read",
      "Microsoft.MachineLearningServices/workspaces/experiments/runs/read",
      "Microsoft.MachineLearningServices/workspaces/experiments/runs/write",
      "Microsoft.MachineLearningServices/workspaces/experiments/runs/submit/action",
      "Microsoft.MachineLearningServices/workspaces/metadata/artifacts/read",
      "Microsoft.MachineLearningServices/workspaces/metadata/artifacts/write",
      "Microsoft.MachineLearningServices/workspaces/metadata/snapshots/read",
      "Microsoft.MachineLearningServices/workspaces/metadata/snapshots/write",
      "Microsoft.MachineLearningServices/workspaces/data/read",
      "Microsoft.MachineLearningServices/workspaces/data/write",
      "Microsoft.MachineLearningServices/workspaces/data/versions/read",
      "Microsoft.MachineLearningServices/workspaces/data/versions/write",
      "Microsoft.MachineLearningServices/workspaces/components/read",
      "Microsoft.MachineLearningServices/workspaces/components/write",
      "Microsoft.MachineLearningServices/workspaces/components/versions/read",
      "Microsoft.MachineLearningServices/workspaces/components/versions/write",
      "Microsoft.MachineLearningServices/workspaces/environments/read",
      "Microsoft.MachineLearningServices/workspaces/environments/write",
      "Microsoft.MachineLearningServices/workspaces/environments/versions/read",
      "Microsoft.MachineLearningServices/workspaces/environments/versions/write",
      "Microsoft.MachineLearningServices/workspaces/environments/build/action",
      "Microsoft.MachineLearningServices/workspaces/environments/readSecrets/action",
      "Microsoft.MachineLearningServices/workspaces/codes/read",
      "Microsoft.MachineLearningServices/workspaces/codes/write",
      "Microsoft.MachineLearningServices/workspaces/codes/versions/read",
      "Microsoft.MachineLearningServices/workspaces/codes/versions/write",
      "Microsoft.MachineLearningServices/workspaces/datastores/read",
      "Microsoft.MachineLearningServices/workspaces/datastores/write",
      "Microsoft.MachineLearningServices/workspaces/computes/read",
      "Microsoft.MachineLearningServices/workspaces/schedules/read",
      "Microsoft.MachineLearningServices/workspaces/schedules/write",
      "Microsoft.MachineLearningServices/workspaces/models/read",
      "Microsoft.MachineLearningServices/workspaces/models/versions/read",
      "Microsoft.MachineLearningServices/workspaces/features/read",
    ]
  }

  assignable_scopes = ["/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb"]
}

# Reader is */read and so reaches workspace secrets and notebook keys; no built-in role sees jobs, models and
# endpoints without them. Studio pages may ask for more reads; the command line and the SDK do not.
resource "azurerm_role_definition" "mlops_workspace_observer" {
  role_definition_id = "e602f131-94c3-5cab-8033-e1f96f2680d5"
  name               = "MLOps Workspace Observer (fraud-detection dev)"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb"
  description        = "See jobs, models, endpoints, assets and metrics of a workspace, without its secrets and without changing it."

  permissions {
    actions = [
      "Microsoft.MachineLearningServices/workspaces/read",
      "Microsoft.MachineLearningServices/workspaces/jobs/read",
      "Microsoft.MachineLearningServices/workspaces/experiments/read",
      "Microsoft.MachineLearningServices/workspaces/experiments/runs/read",
      "Microsoft.MachineLearningServices/workspaces/metadata/artifacts/read",
      "Microsoft.MachineLearningServices/workspaces/metadata/snapshots/read",
      "Microsoft.MachineLearningServices/workspaces/models/read",
      "Microsoft.MachineLearningServices/workspaces/models/versions/read",
      "Microsoft.MachineLearningServices/workspaces/data/read",
      "Microsoft.MachineLearningServices/workspaces/data/versions/read",
      "Microsoft.MachineLearningServices/workspaces/components/read",
      "Microsoft.MachineLearningServices/workspaces/components/versions/read",
      "Microsoft.MachineLearningServices/workspaces/environments/read",
      "Microsoft.MachineLearningServices/workspaces/environments/versions/read",
      "Microsoft.MachineLearningServices/workspaces/codes/read",
      "Microsoft.MachineLearningServices/workspaces/codes/versions/read",
      "Microsoft.MachineLearningServices/workspaces/computes/read",
      "Microsoft.MachineLearningServices/workspaces/datastores/read",
      "Microsoft.MachineLearningServices/workspaces/endpoints/read",
      "Microsoft.MachineLearningServices/workspaces/endpoints/deployments/read",
      "Microsoft.MachineLearningServices/workspaces/endpoints/deployments/modelmonitorings/read",
      "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/read",
      "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments/read",
      "Microsoft.MachineLearningServices/workspaces/batchEndpoints/read",
      "Microsoft.MachineLearningServices/workspaces/batchEndpoints/deployments/read",
      "Microsoft.MachineLearningServices/workspaces/batchEndpoints/jobs/read",
      "Microsoft.MachineLearningServices/workspaces/schedules/read",
      "Microsoft.MachineLearningServices/workspaces/featuresets/read",
      "Microsoft.MachineLearningServices/workspaces/featurestoreentities/read",
      "Microsoft.MachineLearningServices/workspaces/features/read",
      "Microsoft.Insights/metrics/read",
      "Microsoft.Insights/metricDefinitions/read",
      "Microsoft.ResourceHealth/availabilityStatuses/read",
    ]
  }

  assignable_scopes = ["/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb"]
}
