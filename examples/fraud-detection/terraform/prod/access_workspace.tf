# Rendered by rbacgen from the project fraud-detection, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Azure Machine Learning workspace
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-fraud-data-scientists: MLOps Workspace Observer on mlw-fraud-prod
# Data Scientist: model repository
resource "azurerm_role_assignment" "grp_fraud_data_scientists__mlops_workspace_observer__workspace" {
  name               = "1e2611d7-9a12-5b50-9d4e-455900f60ac0"
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/resourceGroups/rg-fraud-prod/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-prod"
  role_definition_id = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/providers/Microsoft.Authorization/roleDefinitions/a62767c2-0bbe-5fb0-a52d-1900568474c7"
  principal_id       = "ce83091f-6d8e-5a98-8d55-0e893fe9e7dc"
  principal_type     = "Group"
  description        = "Data Scientist: model repository [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_workspace_observer]

  timeouts {
    create = "5m"
  }
}

# omar.haddad@contoso.example: AzureML Data Scientist on mlw-fraud-prod (eligible)
# MLOps Engineer: deployment of code and pipelines across environments
resource "azurerm_pim_eligible_role_assignment" "omar_haddad_contoso_example__azureml_data_scientist__workspace" {
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/resourceGroups/rg-fraud-prod/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-prod"
  role_definition_id = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/providers/Microsoft.Authorization/roleDefinitions/f6c7c914-8db3-469d-8ca1-694a8f32e121"
  principal_id       = "fc060162-0ba2-5663-a220-0bb87d73269f"
  justification      = "MLOps Engineer: deployment of code and pipelines across environments [rbacgen:fraud-detection]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# omar.haddad@contoso.example: MLOps Endpoint Troubleshooter on mlw-fraud-prod
# MLOps Engineer: service performance metrics
resource "azurerm_role_assignment" "omar_haddad_contoso_example__mlops_endpoint_troubleshooter__workspace" {
  name               = "b45e0f33-d125-5d00-b108-74416a8d8d29"
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/resourceGroups/rg-fraud-prod/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-prod"
  role_definition_id = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/providers/Microsoft.Authorization/roleDefinitions/983dbba9-8fce-5b77-b10b-dca1a03112d6"
  principal_id       = "fc060162-0ba2-5663-a220-0bb87d73269f"
  principal_type     = "User"
  description        = "MLOps Engineer: service performance metrics [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_endpoint_troubleshooter]

  timeouts {
    create = "5m"
  }
}

# omar.haddad@contoso.example: MLOps Workspace Observer on mlw-fraud-prod
# MLOps Engineer: deployment of code and pipelines across environments, model performance metrics, service performance
# metrics, manage data drift
resource "azurerm_role_assignment" "omar_haddad_contoso_example__mlops_workspace_observer__workspace" {
  name               = "4a3544d4-4d18-518f-b273-be9dd7fcadaa"
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/resourceGroups/rg-fraud-prod/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-prod"
  role_definition_id = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/providers/Microsoft.Authorization/roleDefinitions/a62767c2-0bbe-5fb0-a52d-1900568474c7"
  principal_id       = "fc060162-0ba2-5663-a220-0bb87d73269f"
  principal_type     = "User"
  description        = "MLOps Engineer: deployment of code and pipelines across environments, model performance metrics, service performance metrics, manage data drift [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_workspace_observer]

  timeouts {
    create = "5m"
  }
}

# petra.lang@contoso.example: MLOps Workspace Observer on mlw-fraud-prod
# Project Lead: provision the team project in the code hosting and development platforms (Azure DevOps, GitHub, Azure
# ML)
resource "azurerm_role_assignment" "petra_lang_contoso_example__mlops_workspace_observer__workspace" {
  name               = "cc602375-c51e-5686-a9b3-e38a0226a479"
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/resourceGroups/rg-fraud-prod/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-prod"
  role_definition_id = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/providers/Microsoft.Authorization/roleDefinitions/a62767c2-0bbe-5fb0-a52d-1900568474c7"
  principal_id       = "3cad0f69-6f2e-53fd-9030-cfb1fcb0741f"
  principal_type     = "User"
  description        = "Project Lead: provision the team project in the code hosting and development platforms (Azure DevOps, GitHub, Azure ML) [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_workspace_observer]

  timeouts {
    create = "5m"
  }
}

# sp-fraud-deploy: AzureML Data Scientist on mlw-fraud-prod
# ML deployment identity: deploy models, endpoints and pipelines to the environments
resource "azurerm_role_assignment" "sp_fraud_deploy__azureml_data_scientist__workspace" {
  name               = "ba840c9a-c97c-5244-b3f2-31bd4f524de1"
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/resourceGroups/rg-fraud-prod/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-prod"
  role_definition_id = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/providers/Microsoft.Authorization/roleDefinitions/f6c7c914-8db3-469d-8ca1-694a8f32e121"
  principal_id       = "2f7c1f0e-6d0b-4b1a-9d0e-0c5b8a1e7f03"
  principal_type     = "ServicePrincipal"
  description        = "ML deployment identity: deploy models, endpoints and pipelines to the environments [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
