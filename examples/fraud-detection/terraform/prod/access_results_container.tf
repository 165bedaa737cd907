# Rendered by rbacgen from the project fraud-detection, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Scored data and reports
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# id-fraud-compute-prod: Storage Blob Data Contributor on results
# Compute identity: run batch scoring
resource "azurerm_role_assignment" "id_fraud_compute_prod__storage_blob_data_contributor__results_container" {
  name               = "ce0e14d0-31e0-5770-bf1d-db16b091416b"
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/resourceGroups/rg-fraud-data-prod/providers/Microsoft.Storage/storageAccounts/stfraudprodlake/blobServices/default/containers/results"
  role_definition_id = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "95100063-09b1-58db-9496-43b222b7716b"
  principal_type     = "ServicePrincipal"
  description        = "Compute identity: run batch scoring [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# lena.fischer@contoso.example: Storage Blob Data Reader on results (until 2027-03-31)
# Data Analyst: visualisation and presentation of model results
resource "azurerm_pim_active_role_assignment" "lena_fischer_contoso_example__storage_blob_data_reader__results_container" {
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/resourceGroups/rg-fraud-data-prod/providers/Microsoft.Storage/storageAccounts/stfraudprodlake/blobServices/default/containers/results"
  role_definition_id = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "29893277-7595-5221-8c01-5d00afce89b0"
  justification      = "Data Analyst: visualisation and presentation of model results [rbacgen:fraud-detection]"

  schedule {
    expiration {
      end_date_time = "2027-03-31T00:00:00Z"
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}
