# Rendered by rbacgen from the project conditions, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The container raw
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-guardians: Storage Blob Data Contributor on raw (eligible)
# Guardian: mend public data
resource "azurerm_pim_eligible_role_assignment" "grp_guardians__storage_blob_data_contributor__raw" {
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.Storage/storageAccounts/stgoldenprod/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "00000000-0000-4000-8000-000000006001"
  condition          = "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'})) OR (@Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringLike 'public/*'))"
  condition_version  = "2.0"
  justification      = "Guardian: mend public data [rbacgen:conditions]"

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
  name               = "53eb6448-04de-5f82-977b-d83176aaf4aa"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.Storage/storageAccounts/stgoldenprod/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "00000000-0000-4000-8000-000000006001"
  principal_type     = "Group"
  condition          = "(\n  (!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'}))\n  OR\n  (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags:class<$key_case_sensitive$>] StringEquals 'public \"data\" 100% \u0024{free}')\n)"
  condition_version  = "2.0"
  description        = "Guardian: read public data [rbacgen:conditions]"

  timeouts {
    create = "5m"
  }
}

# grp-visitors: Storage Blob Data Reader on raw
# Visiting guardian: audit public data
resource "azurerm_role_assignment" "grp_visitors__storage_blob_data_reader__raw" {
  name               = "cb9a7f53-468f-5368-b985-fe0c8de111b6"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.Storage/storageAccounts/stgoldenprod/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "00000000-0000-4000-8000-000000006002"
  principal_type     = "Group"
  condition          = "(\n  (!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'}))\n  OR\n  (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags:class<$key_case_sensitive$>] StringEquals 'public \"data\" 100% \u0024{free}')\n)"
  condition_version  = "2.0"
  description        = "Visiting guardian: audit public data [rbacgen:conditions]"

  timeouts {
    create = "5m"
  }
}
