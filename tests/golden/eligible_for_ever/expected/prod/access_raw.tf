# Rendered by rbacgen from the project eligible-for-ever, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The container raw
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-locums: Storage Blob Data Contributor on raw (eligible)
# Locum: stand in for an operator
resource "azurerm_pim_eligible_role_assignment" "grp_locums__storage_blob_data_contributor__raw" {
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.Storage/storageAccounts/stgoldenprod/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "00000000-0000-4000-8000-000000002002"
  justification      = "Locum: stand in for an operator [rbacgen:eligible-for-ever]"

  schedule {
    expiration {
      end_date_time = "2027-03-31T00:00:00Z"
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# grp-operators: Storage Blob Data Contributor on raw (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__storage_blob_data_contributor__raw" {
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.Storage/storageAccounts/stgoldenprod/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "00000000-0000-4000-8000-000000002001"
  justification      = "Operator: keep it running [rbacgen:eligible-for-ever]"

  lifecycle {
    ignore_changes = [justification]
  }
}
