# Rendered by rbacgen from the project fraud-detection, environment test.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Cleansed and joined data

# grp-fraud-data-engineers: Storage Blob Data Reader on curated
# Data Engineer: responsible for data quality
resource "azurerm_role_assignment" "grp_fraud_data_engineers__storage_blob_data_reader__curated_container" {
  name               = "7690f1b4-accf-5169-8508-eddc103f8ad8"
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-data-test/providers/Microsoft.Storage/storageAccounts/stfraudtestlake/blobServices/default/containers/curated"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "e38cb99d-dcb3-5513-8c3a-319a394da0a1"
  principal_type     = "Group"
  description        = "Data Engineer: responsible for data quality [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# id-fraud-compute-test: Storage Blob Data Reader on curated
# Compute identity: run training and data jobs
resource "azurerm_role_assignment" "id_fraud_compute_test__storage_blob_data_reader__curated_container" {
  name               = "397ac672-19d8-54bc-b872-b8500356e178"
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-data-test/providers/Microsoft.Storage/storageAccounts/stfraudtestlake/blobServices/default/containers/curated"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "c2a6ce33-cb45-5c3b-873c-325b68dc567b"
  principal_type     = "ServicePrincipal"
  description        = "Compute identity: run training and data jobs [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
