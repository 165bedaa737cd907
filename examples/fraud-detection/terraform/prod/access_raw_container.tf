# Rendered by rbacgen from the project fraud-detection, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Data as it came from the source systems
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-fraud-data-engineers: Storage Blob Data Reader on raw (eligible)
# Data Engineer: responsible for data quality
resource "azurerm_pim_eligible_role_assignment" "grp_fraud_data_engineers__storage_blob_data_reader__raw_container" {
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/resourceGroups/rg-fraud-data-prod/providers/Microsoft.Storage/storageAccounts/stfraudprodlake/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "e38cb99d-dcb3-5513-8c3a-319a394da0a1"
  justification      = "Data Engineer: responsible for data quality [rbacgen:fraud-detection]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}
