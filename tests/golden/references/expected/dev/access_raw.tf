# Rendered by rbacgen from the project references, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The container raw
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-guardians: Storage Blob Data Contributor on local.containers["the raw one"] (eligible)
# Guardian: mend public data
resource "azurerm_pim_eligible_role_assignment" "grp_guardians__storage_blob_data_contributor__raw" {
  scope              = local.containers["the raw one"]
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
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

# grp-guardians: Storage Blob Data Reader on local.containers["the raw one"]
# Guardian: read public data
resource "azurerm_role_assignment" "grp_guardians__storage_blob_data_reader__raw" {
  name               = uuidv5("11fb06fb-712d-4ddd-98c7-e71bbd588830", lower("${local.containers["the raw one"]}-00000000-0000-4000-8000-000000007006-2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"))
  scope              = local.containers["the raw one"]
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "00000000-0000-4000-8000-000000007006"
  principal_type     = "Group"
  condition          = "(\n  (!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'}))\n  OR\n  (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags:class<$key_case_sensitive$>] StringEquals 'public \"data\" 100% \u0024{free}')\n)"
  condition_version  = "2.0"
  description        = "Guardian: read public data [rbacgen:references]"

  timeouts {
    create = "5m"
  }
}

# grp-guests: Storage Blob Data Reader on local.containers["the raw one"] (until 2027-03-31)
# Guest: look around
resource "azurerm_pim_active_role_assignment" "grp_guests__storage_blob_data_reader__raw" {
  scope              = local.containers["the raw one"]
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
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

# grp-operators: Storage Blob Data Contributor on local.containers["the raw one"] (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__storage_blob_data_contributor__raw" {
  scope              = local.containers["the raw one"]
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
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

# grp-readers: Storage Blob Data Reader on local.containers["the raw one"]
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_readers__storage_blob_data_reader__raw" {
  name               = uuidv5("11fb06fb-712d-4ddd-98c7-e71bbd588830", lower("${local.containers["the raw one"]}-00000000-0000-4000-8000-000000007001-2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"))
  scope              = local.containers["the raw one"]
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "00000000-0000-4000-8000-000000007001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:references]"

  timeouts {
    create = "5m"
  }
}

# id-robot: Storage Blob Data Contributor on local.containers["the raw one"]
# Robot: move the data
resource "azurerm_role_assignment" "id_robot__storage_blob_data_contributor__raw" {
  name               = uuidv5("11fb06fb-712d-4ddd-98c7-e71bbd588830", lower("${local.containers["the raw one"]}-${azurerm_user_assigned_identity.robot.principal_id}-ba92f5b4-2d11-453d-a403-e96b0029c9fe"))
  scope              = local.containers["the raw one"]
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = azurerm_user_assigned_identity.robot.principal_id
  principal_type     = "ServicePrincipal"
  description        = "Robot: move the data [rbacgen:references]"

  timeouts {
    create = "5m"
  }
}
