# Rendered by rbacgen from the project references, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The container raw
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-guardians: Storage Blob Data Contributor on raw (eligible)
# Guardian: mend public data
resource "azurerm_pim_eligible_role_assignment" "grp_guardians__storage_blob_data_contributor__raw" {
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.Storage/storageAccounts/stgoldenprod/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "00000000-0000-4000-8000-000000007006"
  condition          = "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'})) OR (@Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringLike 'public/*'))"
  condition_version  = "2.0"
  justification      = "Guardian: mend public data [rbacgen:references]"

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
  name               = "fe616915-568b-5d4e-a8bb-63a488539803"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.Storage/storageAccounts/stgoldenprod/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "00000000-0000-4000-8000-000000007006"
  principal_type     = "Group"
  condition          = "(\n  (!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'}))\n  OR\n  (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags:class<$key_case_sensitive$>] StringEquals 'public \"data\" 100% \u0024{free}')\n)"
  condition_version  = "2.0"
  description        = "Guardian: read public data [rbacgen:references]"

  timeouts {
    create = "5m"
  }
}

# grp-guests: Storage Blob Data Reader on raw (until 2027-03-31)
# Guest: look around
resource "azurerm_pim_active_role_assignment" "grp_guests__storage_blob_data_reader__raw" {
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.Storage/storageAccounts/stgoldenprod/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "00000000-0000-4000-8000-000000007003"
  justification      = "Guest: look around [rbacgen:references]"

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
  principal_id       = "00000000-0000-4000-8000-000000007002"
  justification      = "Operator: keep it running [rbacgen:references]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# grp-readers: Storage Blob Data Reader on raw
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_readers__storage_blob_data_reader__raw" {
  name               = "5e98c6a8-d082-574e-b5e5-062c2931256e"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.Storage/storageAccounts/stgoldenprod/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "00000000-0000-4000-8000-000000007001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:references]"

  timeouts {
    create = "5m"
  }
}

# id-robot-prod: Storage Blob Data Contributor on raw
# Robot: move the data
resource "azurerm_role_assignment" "id_robot_prod__storage_blob_data_contributor__raw" {
  name               = "ef589829-aa60-5887-8e3b-c49029608829"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.Storage/storageAccounts/stgoldenprod/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "00000000-0000-4000-8000-000000007007"
  principal_type     = "ServicePrincipal"
  description        = "Robot: move the data [rbacgen:references]"

  timeouts {
    create = "5m"
  }
}
