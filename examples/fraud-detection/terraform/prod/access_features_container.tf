# Rendered by rbacgen from the project fraud-detection, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Features made from curated data

# id-fraud-compute-prod: Storage Blob Data Contributor on features
# Compute identity: run training and data jobs
resource "azurerm_role_assignment" "id_fraud_compute_prod__storage_blob_data_contributor__features_container" {
  name               = "0ff0e4f1-28e1-5559-ae21-c51726d57e9f"
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/resourceGroups/rg-fraud-data-prod/providers/Microsoft.Storage/storageAccounts/stfraudprodlake/blobServices/default/containers/features"
  role_definition_id = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "95100063-09b1-58db-9496-43b222b7716b"
  principal_type     = "ServicePrincipal"
  description        = "Compute identity: run training and data jobs [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
