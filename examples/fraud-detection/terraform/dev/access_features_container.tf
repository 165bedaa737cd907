# Rendered by rbacgen from the project fraud-detection, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Features made from curated data

# grp-fraud-data-scientists: Storage Blob Data Contributor on features
# Data Scientist: feature engineering
resource "azurerm_role_assignment" "grp_fraud_data_scientists__storage_blob_data_contributor__features_container" {
  name               = "74e016c3-4f78-561a-b800-c6c97bea2c52"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-data-dev/providers/Microsoft.Storage/storageAccounts/stfrauddevlake/blobServices/default/containers/features"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "ce83091f-6d8e-5a98-8d55-0e893fe9e7dc"
  principal_type     = "Group"
  description        = "Data Scientist: feature engineering [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# id-fraud-compute-dev: Storage Blob Data Contributor on features
# Compute identity: run training and data jobs
resource "azurerm_role_assignment" "id_fraud_compute_dev__storage_blob_data_contributor__features_container" {
  name               = "ac2f7b36-076e-52d0-abe6-32bf8f3cfa33"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-data-dev/providers/Microsoft.Storage/storageAccounts/stfrauddevlake/blobServices/default/containers/features"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "8e11fc72-c5a5-53d3-8ea3-22548e76b105"
  principal_type     = "ServicePrincipal"
  description        = "Compute identity: run training and data jobs [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
