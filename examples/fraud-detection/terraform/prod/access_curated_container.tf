# Rendered by rbacgen from the project fraud-detection, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Cleansed and joined data

# grp-fraud-data-engineers: Storage Blob Data Reader on curated
# Data Engineer: responsible for data quality
resource "azurerm_role_assignment" "grp_fraud_data_engineers__storage_blob_data_reader__curated_container" {
  name               = "2dced382-9c0f-5e59-a147-4d334c2ea224"
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/resourceGroups/rg-fraud-data-prod/providers/Microsoft.Storage/storageAccounts/stfraudprodlake/blobServices/default/containers/curated"
  role_definition_id = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "e38cb99d-dcb3-5513-8c3a-319a394da0a1"
  principal_type     = "Group"
  description        = "Data Engineer: responsible for data quality [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# id-fraud-compute-prod: Storage Blob Data Reader on curated
# Compute identity: run training and data jobs
resource "azurerm_role_assignment" "id_fraud_compute_prod__storage_blob_data_reader__curated_container" {
  name               = "5208def5-0728-56b1-a623-310ba745a586"
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/resourceGroups/rg-fraud-data-prod/providers/Microsoft.Storage/storageAccounts/stfraudprodlake/blobServices/default/containers/curated"
  role_definition_id = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "95100063-09b1-58db-9496-43b222b7716b"
  principal_type     = "ServicePrincipal"
  description        = "Compute identity: run training and data jobs [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
