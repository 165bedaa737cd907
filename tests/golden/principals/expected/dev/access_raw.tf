# Rendered by rbacgen from the project principals, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The container raw
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# bob@contoso.example: Storage Blob Data Reader on raw (until 2027-01-31)
# Guest: look around
resource "azurerm_pim_active_role_assignment" "bob_contoso_example__storage_blob_data_reader__raw" {
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-dev/providers/Microsoft.Storage/storageAccounts/stgoldendev/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "00000000-0000-4000-8000-000000004003"
  justification      = "Guest: look around [rbacgen:principals]"

  schedule {
    expiration {
      end_date_time = "2027-01-31T00:00:00Z"
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# sp-robot: Storage Blob Data Contributor on raw
# Robot: move the data
resource "azurerm_role_assignment" "sp_robot__storage_blob_data_contributor__raw" {
  name               = "56cd1071-7cae-52d0-b152-fbee2cfe3049"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-dev/providers/Microsoft.Storage/storageAccounts/stgoldendev/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "00000000-0000-4000-8000-000000004004"
  principal_type     = "ServicePrincipal"
  description        = "Robot: move the data [rbacgen:principals]"

  timeouts {
    create = "5m"
  }
}
