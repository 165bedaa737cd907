# Rendered by rbacgen from the project fraud-detection, environment test.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Scored data and reports
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# id-fraud-compute-test: Storage Blob Data Contributor on results
# Compute identity: run batch scoring
resource "azurerm_role_assignment" "id_fraud_compute_test__storage_blob_data_contributor__results_container" {
  name               = "7e981958-aeb7-5086-b664-05a462b02bbc"
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-data-test/providers/Microsoft.Storage/storageAccounts/stfraudtestlake/blobServices/default/containers/results"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "c2a6ce33-cb45-5c3b-873c-325b68dc567b"
  principal_type     = "ServicePrincipal"
  description        = "Compute identity: run batch scoring [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# lena.fischer@contoso.example: Storage Blob Data Reader on results (until 2027-03-31)
# Tester: integration testing
resource "azurerm_pim_active_role_assignment" "lena_fischer_contoso_example__storage_blob_data_reader__results_container" {
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-data-test/providers/Microsoft.Storage/storageAccounts/stfraudtestlake/blobServices/default/containers/results"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "29893277-7595-5221-8c01-5d00afce89b0"
  justification      = "Tester: integration testing [rbacgen:fraud-detection]"

  schedule {
    expiration {
      end_date_time = "2027-03-31T00:00:00Z"
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}
