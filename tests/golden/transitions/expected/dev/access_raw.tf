# Rendered by rbacgen from the project transitions, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The container raw
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-operators: Storage Blob Data Contributor on raw (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__storage_blob_data_contributor__raw" {
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-dev/providers/Microsoft.Storage/storageAccounts/sttransitionsdev/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "00000000-0000-4000-8000-000000013003"
  justification      = "Operator: keep it running [rbacgen:transitions]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# id-robot: Storage Blob Data Contributor on raw
# Robot: move the data
resource "azurerm_role_assignment" "id_robot__storage_blob_data_contributor__raw" {
  name               = "5806decf-b03e-5777-b7ab-41c897beb28c"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-dev/providers/Microsoft.Storage/storageAccounts/sttransitionsdev/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "00000000-0000-4000-8000-000000013004"
  principal_type     = "ServicePrincipal"
  description        = "Robot: move the data [rbacgen:transitions]"

  timeouts {
    create = "5m"
  }
}
