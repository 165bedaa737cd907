# Rendered by rbacgen from the project fraud-detection, environment test.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Default storage account of the workspace, with job code, outputs, notebooks and collected inputs

# id-fraud-compute-test: Storage Blob Data Contributor on stfraudtestml
# Compute identity: run training and data jobs
resource "azurerm_role_assignment" "id_fraud_compute_test__storage_blob_data_contributor__workspace_storage" {
  name               = "26c72af9-1399-5779-82b2-825ba8fa2f1e"
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test/providers/Microsoft.Storage/storageAccounts/stfraudtestml"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "c2a6ce33-cb45-5c3b-873c-325b68dc567b"
  principal_type     = "ServicePrincipal"
  description        = "Compute identity: run training and data jobs [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# sp-fraud-deploy: Storage Blob Data Contributor on stfraudtestml
# ML deployment identity: deploy models, endpoints and pipelines to the environments
resource "azurerm_role_assignment" "sp_fraud_deploy__storage_blob_data_contributor__workspace_storage" {
  name               = "d4142b8b-4984-5b80-9ec5-07dc558fded9"
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test/providers/Microsoft.Storage/storageAccounts/stfraudtestml"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "2f7c1f0e-6d0b-4b1a-9d0e-0c5b8a1e7f03"
  principal_type     = "ServicePrincipal"
  description        = "ML deployment identity: deploy models, endpoints and pipelines to the environments [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
