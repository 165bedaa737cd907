# Rendered by rbacgen from the project fraud-detection, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Azure roles that no built-in role stands in for.

# Reader, Monitoring Reader and Log Analytics Reader read keys, pull images or query logs. The list of exceptions is
# never complete: new secret-bearing reads may appear under */read.
resource "azurerm_role_definition" "mlops_configuration_reader" {
  role_definition_id = "f75888a4-b11d-53cd-a5a1-9948f3bf25ff"
  name               = "MLOps Configuration Reader (fraud-detection prod)"
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21"
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

  assignable_scopes = ["/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21"]
}

# Nothing built in below AzureML Data Scientist may score, and onlineEndpoints/*/action would list and renew keys too.
# Scoring is a control-plane operation although it looks like data.
resource "azurerm_role_definition" "mlops_endpoint_invoker" {
  role_definition_id = "7a310c95-dbae-5355-899b-20e4bd313f7a"
  name               = "MLOps Endpoint Invoker (fraud-detection prod)"
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21"
  description        = "Find an online endpoint and send it scoring requests."

  permissions {
    actions = [
      "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/read",
      "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action",
    ]
  }

  assignable_scopes = ["/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21"]
}

# Both are actions, which no reading role holds, and the next role up deploys as well.
resource "azurerm_role_definition" "mlops_endpoint_troubleshooter" {
  role_definition_id = "983dbba9-8fce-5b77-b10b-dca1a03112d6"
  name               = "MLOps Endpoint Troubleshooter (fraud-detection prod)"
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21"
  description        = "Read the container logs of deployments and stop a run."

  permissions {
    actions = [
      "Microsoft.MachineLearningServices/workspaces/read",
      "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/read",
      "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments/read",
      "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments/getlogs/action",
      "Microsoft.MachineLearningServices/workspaces/jobs/read",
      "Microsoft.MachineLearningServices/workspaces/jobs/cancel/action",
    ]
  }

  assignable_scopes = ["/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21"]
}

# Reader is */read and so reaches workspace secrets and notebook keys; no built-in role sees jobs, models and
# endpoints without them. Studio pages may ask for more reads; the command line and the SDK do not.
resource "azurerm_role_definition" "mlops_workspace_observer" {
  role_definition_id = "a62767c2-0bbe-5fb0-a52d-1900568474c7"
  name               = "MLOps Workspace Observer (fraud-detection prod)"
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21"
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

  assignable_scopes = ["/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21"]
}
