# Rendered by rbacgen from the project fraud-detection, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Azure Machine Learning workspace
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-fraud-data-engineers: MLOps Data Pipeline Author on mlw-fraud-dev
# Data Engineer: cleanse data, data ingestion and processing pipelines
resource "azurerm_role_assignment" "grp_fraud_data_engineers__mlops_data_pipeline_author__workspace" {
  name               = "f6b28b3d-c00c-5efc-a465-2b6742895359"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-dev"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/e33c2712-97f6-521e-802b-e07afca50083"
  principal_id       = "e38cb99d-dcb3-5513-8c3a-319a394da0a1"
  principal_type     = "Group"
  description        = "Data Engineer: cleanse data, data ingestion and processing pipelines [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_data_pipeline_author]

  timeouts {
    create = "5m"
  }
}

# grp-fraud-data-scientists: AzureML Data Scientist on mlw-fraud-dev
# Data Scientist: log experiments and metrics, source control, feature engineering, model and pipeline development,
# model training and retraining, model repository
resource "azurerm_role_assignment" "grp_fraud_data_scientists__azureml_data_scientist__workspace" {
  name               = "01cf9968-9273-5a92-b459-971eb012afe8"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-dev"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/f6c7c914-8db3-469d-8ca1-694a8f32e121"
  principal_id       = "ce83091f-6d8e-5a98-8d55-0e893fe9e7dc"
  principal_type     = "Group"
  description        = "Data Scientist: log experiments and metrics, source control, feature engineering, model and pipeline development, model training and retraining, model repository [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# lena.fischer@contoso.example: MLOps Workspace Observer on mlw-fraud-dev (until 2027-03-31)
# Data Analyst: visualisation and presentation of model results
resource "azurerm_pim_active_role_assignment" "lena_fischer_contoso_example__mlops_workspace_observer__workspace" {
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-dev"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/e602f131-94c3-5cab-8033-e1f96f2680d5"
  principal_id       = "29893277-7595-5221-8c01-5d00afce89b0"
  justification      = "Data Analyst: visualisation and presentation of model results [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_workspace_observer]

  schedule {
    expiration {
      end_date_time = "2027-03-31T00:00:00Z"
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# omar.haddad@contoso.example: AzureML Data Scientist on mlw-fraud-dev
# MLOps Engineer: continuous integration and continuous deployment, manage data drift
resource "azurerm_role_assignment" "omar_haddad_contoso_example__azureml_data_scientist__workspace" {
  name               = "fc86b45d-c117-5b54-a69a-778b9313aad9"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-dev"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/f6c7c914-8db3-469d-8ca1-694a8f32e121"
  principal_id       = "fc060162-0ba2-5663-a220-0bb87d73269f"
  principal_type     = "User"
  description        = "MLOps Engineer: continuous integration and continuous deployment, manage data drift [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# petra.lang@contoso.example: MLOps Workspace Observer on mlw-fraud-dev
# Project Lead: provision the team project in the code hosting and development platforms (Azure DevOps, GitHub, Azure
# ML), key technical decisions on the use of frameworks and libraries
resource "azurerm_role_assignment" "petra_lang_contoso_example__mlops_workspace_observer__workspace" {
  name               = "ecb2baf5-c278-5b3c-8a69-fd0ce08f6520"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-dev"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/e602f131-94c3-5cab-8033-e1f96f2680d5"
  principal_id       = "3cad0f69-6f2e-53fd-9030-cfb1fcb0741f"
  principal_type     = "User"
  description        = "Project Lead: provision the team project in the code hosting and development platforms (Azure DevOps, GitHub, Azure ML), key technical decisions on the use of frameworks and libraries [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_workspace_observer]

  timeouts {
    create = "5m"
  }
}

# sp-fraud-deploy-dev: AzureML Data Scientist on mlw-fraud-dev
# ML deployment identity: deploy models, endpoints and pipelines to the environments
resource "azurerm_role_assignment" "sp_fraud_deploy_dev__azureml_data_scientist__workspace" {
  name               = "688a7663-251b-5e77-b2ea-88bae1b7727d"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-dev"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/f6c7c914-8db3-469d-8ca1-694a8f32e121"
  principal_id       = "2f7c1f0e-6d0b-4b1a-9d0e-0c5b8a1e7f02"
  principal_type     = "ServicePrincipal"
  description        = "ML deployment identity: deploy models, endpoints and pipelines to the environments [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
