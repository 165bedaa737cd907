# Rendered by rbacgen from the project fraud-detection, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Cleansed and joined data
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-fraud-data-engineers: Storage Blob Data Contributor on curated
# Data Engineer: cleanse data, join, aggregate and conform data from various sources, responsible for data quality
resource "azurerm_role_assignment" "grp_fraud_data_engineers__storage_blob_data_contributor__curated_container" {
  name               = "469365c8-58e4-5eb6-b053-e9e2e6422a0a"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-data-dev/providers/Microsoft.Storage/storageAccounts/stfrauddevlake/blobServices/default/containers/curated"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "e38cb99d-dcb3-5513-8c3a-319a394da0a1"
  principal_type     = "Group"
  description        = "Data Engineer: cleanse data, join, aggregate and conform data from various sources, responsible for data quality [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# grp-fraud-data-scientists: Storage Blob Data Reader on curated
# Data Scientist: feature engineering
resource "azurerm_role_assignment" "grp_fraud_data_scientists__storage_blob_data_reader__curated_container" {
  name               = "9cec018d-bed2-5a48-a5a0-68d3c5cc9255"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-data-dev/providers/Microsoft.Storage/storageAccounts/stfrauddevlake/blobServices/default/containers/curated"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "ce83091f-6d8e-5a98-8d55-0e893fe9e7dc"
  principal_type     = "Group"
  description        = "Data Scientist: feature engineering [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# id-fraud-compute-dev: Storage Blob Data Reader on curated
# Compute identity: run training and data jobs
resource "azurerm_role_assignment" "id_fraud_compute_dev__storage_blob_data_reader__curated_container" {
  name               = "ee629445-4554-57cc-8674-3c5716779085"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-data-dev/providers/Microsoft.Storage/storageAccounts/stfrauddevlake/blobServices/default/containers/curated"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "8e11fc72-c5a5-53d3-8ea3-22548e76b105"
  principal_type     = "ServicePrincipal"
  description        = "Compute identity: run training and data jobs [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# lena.fischer@contoso.example: Storage Blob Data Reader on curated (until 2027-03-31)
# Data Analyst: initial analysis and reporting on the data
resource "azurerm_pim_active_role_assignment" "lena_fischer_contoso_example__storage_blob_data_reader__curated_container" {
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-data-dev/providers/Microsoft.Storage/storageAccounts/stfrauddevlake/blobServices/default/containers/curated"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  principal_id       = "29893277-7595-5221-8c01-5d00afce89b0"
  justification      = "Data Analyst: initial analysis and reporting on the data [rbacgen:fraud-detection]"

  schedule {
    expiration {
      end_date_time = "2027-03-31T00:00:00Z"
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}
