# Rendered by rbacgen from the project fraud-detection, environment test.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Azure Machine Learning workspace
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-fraud-data-scientists: MLOps Workspace Observer on mlw-fraud-test
# Data Scientist: model repository
resource "azurerm_role_assignment" "grp_fraud_data_scientists__mlops_workspace_observer__workspace" {
  name               = "6d24a305-7288-504c-9530-c0b7d4466688"
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-test"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/b7db40bd-a2bb-5077-ba15-bdeb2228a463"
  principal_id       = "ce83091f-6d8e-5a98-8d55-0e893fe9e7dc"
  principal_type     = "Group"
  description        = "Data Scientist: model repository [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_workspace_observer]

  timeouts {
    create = "5m"
  }
}

# lena.fischer@contoso.example: MLOps Workspace Observer on mlw-fraud-test (until 2027-03-31)
# Tester: integration testing
resource "azurerm_pim_active_role_assignment" "lena_fischer_contoso_example__mlops_workspace_observer__workspace" {
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-test"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/b7db40bd-a2bb-5077-ba15-bdeb2228a463"
  principal_id       = "29893277-7595-5221-8c01-5d00afce89b0"
  justification      = "Tester: integration testing [rbacgen:fraud-detection]"

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

# omar.haddad@contoso.example: AzureML Data Scientist on mlw-fraud-test (eligible)
# MLOps Engineer: deployment of code and pipelines across environments
resource "azurerm_pim_eligible_role_assignment" "omar_haddad_contoso_example__azureml_data_scientist__workspace" {
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-test"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/f6c7c914-8db3-469d-8ca1-694a8f32e121"
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

# omar.haddad@contoso.example: MLOps Endpoint Troubleshooter on mlw-fraud-test
# MLOps Engineer: service performance metrics
resource "azurerm_role_assignment" "omar_haddad_contoso_example__mlops_endpoint_troubleshooter__workspace" {
  name               = "20550c85-ea21-56c9-9b60-758694207bbc"
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-test"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/6f29c6b1-4734-5518-8d5c-b805732d521b"
  principal_id       = "fc060162-0ba2-5663-a220-0bb87d73269f"
  principal_type     = "User"
  description        = "MLOps Engineer: service performance metrics [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_endpoint_troubleshooter]

  timeouts {
    create = "5m"
  }
}

# omar.haddad@contoso.example: MLOps Workspace Observer on mlw-fraud-test
# MLOps Engineer: deployment of code and pipelines across environments, model performance metrics, service performance
# metrics, manage data drift
resource "azurerm_role_assignment" "omar_haddad_contoso_example__mlops_workspace_observer__workspace" {
  name               = "444e0735-559e-5787-b74c-5a7f2c9e67fb"
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-test"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/b7db40bd-a2bb-5077-ba15-bdeb2228a463"
  principal_id       = "fc060162-0ba2-5663-a220-0bb87d73269f"
  principal_type     = "User"
  description        = "MLOps Engineer: deployment of code and pipelines across environments, model performance metrics, service performance metrics, manage data drift [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_workspace_observer]

  timeouts {
    create = "5m"
  }
}

# petra.lang@contoso.example: MLOps Workspace Observer on mlw-fraud-test
# Project Lead: provision the team project in the code hosting and development platforms (Azure DevOps, GitHub, Azure
# ML)
resource "azurerm_role_assignment" "petra_lang_contoso_example__mlops_workspace_observer__workspace" {
  name               = "ce07fd03-47a2-59e4-9454-e909de3cd309"
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-test"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/b7db40bd-a2bb-5077-ba15-bdeb2228a463"
  principal_id       = "3cad0f69-6f2e-53fd-9030-cfb1fcb0741f"
  principal_type     = "User"
  description        = "Project Lead: provision the team project in the code hosting and development platforms (Azure DevOps, GitHub, Azure ML) [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_workspace_observer]

  timeouts {
    create = "5m"
  }
}

# sp-fraud-deploy: AzureML Data Scientist on mlw-fraud-test
# ML deployment identity: deploy models, endpoints and pipelines to the environments
resource "azurerm_role_assignment" "sp_fraud_deploy__azureml_data_scientist__workspace" {
  name               = "21328367-dc3b-5761-9790-121e762bf83e"
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-test"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/f6c7c914-8db3-469d-8ca1-694a8f32e121"
  principal_id       = "2f7c1f0e-6d0b-4b1a-9d0e-0c5b8a1e7f03"
  principal_type     = "ServicePrincipal"
  description        = "ML deployment identity: deploy models, endpoints and pipelines to the environments [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
