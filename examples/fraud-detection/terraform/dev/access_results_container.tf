# Rendered by rbacgen from the project fraud-detection, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Scored data and reports
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# id-fraud-compute-dev: Storage Blob Data Contributor on results
# Compute identity: run batch scoring
resource "azurerm_role_assignment" "id_fraud_compute_dev__storage_blob_data_contributor__results_container" {
  name               = "4dc5e9a5-fd25-5748-aba3-4182c3e4fee1"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-data-dev/providers/Microsoft.Storage/storageAccounts/stfrauddevlake/blobServices/default/containers/results"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "8e11fc72-c5a5-53d3-8ea3-22548e76b105"
  principal_type     = "ServicePrincipal"
  description        = "Compute identity: run batch scoring [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# lena.fischer@contoso.example: Storage Blob Data Reader on results (until 2027-03-31)
# Data Analyst: visualisation and presentation of model results
resource "azurerm_pim_active_role_assignment" "lena_fischer_contoso_example__storage_blob_data_reader__results_container" {
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-data-dev/providers/Microsoft.Storage/storageAccounts/stfrauddevlake/blobServices/default/containers/results"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
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
