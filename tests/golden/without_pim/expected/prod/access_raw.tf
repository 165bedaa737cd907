# Rendered by rbacgen from the project without-pim, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The container raw

# grp-guests: Storage Blob Data Reader on raw
# Guest: look around
resource "azurerm_role_assignment" "grp_guests__storage_blob_data_reader__raw" {
  name               = "d234cf9c-02d9-5220-aebd-eed3ad6a1d0f"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.Storage/storageAccounts/stgoldenprod/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "00000000-0000-4000-8000-000000003003"
  principal_type     = "Group"
  description        = "Guest: look around [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}

# grp-locums: Storage Blob Data Contributor on raw
# Locum: stand in for an operator
resource "azurerm_role_assignment" "grp_locums__storage_blob_data_contributor__raw" {
  name               = "949f5092-7d1c-57c3-ab1d-1842b597af60"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.Storage/storageAccounts/stgoldenprod/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "00000000-0000-4000-8000-000000003004"
  principal_type     = "Group"
  description        = "Locum: stand in for an operator [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}

# grp-operators: Storage Blob Data Contributor on raw
# Operator: keep it running
resource "azurerm_role_assignment" "grp_operators__storage_blob_data_contributor__raw" {
  name               = "23554fc9-c8c4-54de-8ba3-acf2dbb6d36d"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.Storage/storageAccounts/stgoldenprod/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "00000000-0000-4000-8000-000000003002"
  principal_type     = "Group"
  description        = "Operator: keep it running [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}

# grp-readers: Storage Blob Data Reader on raw
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_readers__storage_blob_data_reader__raw" {
  name               = "95bc7842-4367-590b-8a48-8c78f23446c1"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.Storage/storageAccounts/stgoldenprod/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "00000000-0000-4000-8000-000000003001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}
