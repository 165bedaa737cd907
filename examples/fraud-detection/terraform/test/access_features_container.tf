# Rendered by rbacgen from the project fraud-detection, environment test.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Features made from curated data

# id-fraud-compute-test: Storage Blob Data Contributor on features
# Compute identity: run training and data jobs
resource "azurerm_role_assignment" "id_fraud_compute_test__storage_blob_data_contributor__features_container" {
  name               = "31bdae81-9f6e-5d4a-98a8-ce5a62499fca"
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-data-test/providers/Microsoft.Storage/storageAccounts/stfraudtestlake/blobServices/default/containers/features"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "c2a6ce33-cb45-5c3b-873c-325b68dc567b"
  principal_type     = "ServicePrincipal"
  description        = "Compute identity: run training and data jobs [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
