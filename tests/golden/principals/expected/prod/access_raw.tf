# Rendered by rbacgen from the project principals, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The container raw
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# ann@contoso.example: Storage Blob Data Contributor on raw (eligible)
# Guardian: mend public data
resource "azurerm_pim_eligible_role_assignment" "ann_contoso_example__storage_blob_data_contributor__raw" {
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/RG-Principals/providers/Microsoft.Storage/storageAccounts/stgoldenprod/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "00000000-0000-4000-8000-000000004001"
  condition          = "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'})) OR (@Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringLike 'public/*'))"
  condition_version  = "2.0"
  justification      = "Guardian: mend public data [rbacgen:principals]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# ann@contoso.example: Storage Blob Data Reader on raw
# Guardian: read public data
resource "azurerm_role_assignment" "ann_contoso_example__storage_blob_data_reader__raw" {
  name               = "cce75b66-a9b5-5d29-822c-31140cb813e7"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/RG-Principals/providers/Microsoft.Storage/storageAccounts/stgoldenprod/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "00000000-0000-4000-8000-000000004001"
  principal_type     = "User"
  condition          = "(\n  (!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'}))\n  OR\n  (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags:class<$key_case_sensitive$>] StringEquals 'public \"data\" 100% \u0024{free}')\n)"
  condition_version  = "2.0"
  description        = "Guardian: read public data [rbacgen:principals]"

  timeouts {
    create = "5m"
  }
}

# id-robot: Storage Blob Data Contributor on raw
# Robot: move the data
resource "azurerm_role_assignment" "id_robot__storage_blob_data_contributor__raw" {
  name               = "93b51c27-45a8-59ca-853a-1d852ecb0ac8"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/RG-Principals/providers/Microsoft.Storage/storageAccounts/stgoldenprod/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "00000000-0000-4000-8000-000000004005"
  principal_type     = "ServicePrincipal"
  description        = "Robot: move the data [rbacgen:principals]"

  timeouts {
    create = "5m"
  }
}
