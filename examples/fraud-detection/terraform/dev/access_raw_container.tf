# Rendered by rbacgen from the project fraud-detection, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Data as it came from the source systems

# grp-fraud-data-engineers: Storage Blob Data Contributor on raw
# Data Engineer: fetch data from source systems, join, aggregate and conform data from various sources
resource "azurerm_role_assignment" "grp_fraud_data_engineers__storage_blob_data_contributor__raw_container" {
  name               = "1d9459fe-2a8d-5090-a5af-7133675571ef"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-data-dev/providers/Microsoft.Storage/storageAccounts/stfrauddevlake/blobServices/default/containers/raw"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "e38cb99d-dcb3-5513-8c3a-319a394da0a1"
  principal_type     = "Group"
  description        = "Data Engineer: fetch data from source systems, join, aggregate and conform data from various sources [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
