# Rendered by rbacgen from the project azurerm-4, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The container raw
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-guardians: Storage Blob Data Contributor on raw (eligible)
# Guardian: mend public data
resource "azurerm_pim_eligible_role_assignment" "grp_guardians__storage_blob_data_contributor__raw" {
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-dev/providers/Microsoft.Storage/storageAccounts/stgoldendev/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "00000000-0000-4000-8000-000000009003"
  condition          = "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'})) OR (@Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringLike 'public/*'))"
  condition_version  = "2.0"
  justification      = "Managed as code [rbacgen:azurerm-4]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# grp-guardians: Storage Blob Data Reader on raw
# Guardian: read public data
resource "azurerm_role_assignment" "grp_guardians__storage_blob_data_reader__raw" {
  name               = "3f599afa-9129-5ace-90a0-07328e0f46d3"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-dev/providers/Microsoft.Storage/storageAccounts/stgoldendev/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "00000000-0000-4000-8000-000000009003"
  principal_type     = "Group"
  condition          = "(\n  (!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'}))\n  OR\n  (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags:class<$key_case_sensitive$>] StringEquals 'public \"data\" 100% \u0024{free}')\n)"
  condition_version  = "2.0"
  description        = "Managed as code [rbacgen:azurerm-4]"

  timeouts {
    create = "5m"
  }
}

# grp-operators: Storage Blob Data Contributor on raw (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__storage_blob_data_contributor__raw" {
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-dev/providers/Microsoft.Storage/storageAccounts/stgoldendev/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "00000000-0000-4000-8000-000000009002"
  justification      = "Managed as code [rbacgen:azurerm-4]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}
