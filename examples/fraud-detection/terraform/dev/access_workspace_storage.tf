# Rendered by rbacgen from the project fraud-detection, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Default storage account of the workspace, with job code, outputs, notebooks and collected inputs

# grp-fraud-data-engineers: Storage Blob Data Contributor on stfrauddevml
# Data Engineer: data ingestion and processing pipelines
resource "azurerm_role_assignment" "grp_fraud_data_engineers__storage_blob_data_contributor__workspace_storage" {
  name               = "ba4013e5-a785-5a75-8d65-e466aa656321"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev/providers/Microsoft.Storage/storageAccounts/stfrauddevml"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "e38cb99d-dcb3-5513-8c3a-319a394da0a1"
  principal_type     = "Group"
  description        = "Data Engineer: data ingestion and processing pipelines [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# grp-fraud-data-scientists: Storage Blob Data Contributor on stfrauddevml
# Data Scientist: model and pipeline development, model training and retraining
resource "azurerm_role_assignment" "grp_fraud_data_scientists__storage_blob_data_contributor__workspace_storage" {
  name               = "c34e5bf6-c481-526c-894d-a782a1e08e60"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev/providers/Microsoft.Storage/storageAccounts/stfrauddevml"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "ce83091f-6d8e-5a98-8d55-0e893fe9e7dc"
  principal_type     = "Group"
  description        = "Data Scientist: model and pipeline development, model training and retraining [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# grp-fraud-data-scientists: Storage File Data Privileged Contributor on stfrauddevml
# Data Scientist: model and pipeline development
resource "azurerm_role_assignment" "grp_fraud_data_scientists__storage_file_data_privileged_contributor__workspace_storage" {
  name               = "e84601cc-1634-5698-989f-dbb5acbdb033"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev/providers/Microsoft.Storage/storageAccounts/stfrauddevml"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/69566ab7-960f-475b-8e7c-b3118f30c6bd"
  principal_id       = "ce83091f-6d8e-5a98-8d55-0e893fe9e7dc"
  principal_type     = "Group"
  description        = "Data Scientist: model and pipeline development [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# id-fraud-compute-dev: Storage Blob Data Contributor on stfrauddevml
# Compute identity: run training and data jobs
resource "azurerm_role_assignment" "id_fraud_compute_dev__storage_blob_data_contributor__workspace_storage" {
  name               = "eec393a6-93ab-5adb-93b9-e7b5d0f62bd4"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev/providers/Microsoft.Storage/storageAccounts/stfrauddevml"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "8e11fc72-c5a5-53d3-8ea3-22548e76b105"
  principal_type     = "ServicePrincipal"
  description        = "Compute identity: run training and data jobs [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# omar.haddad@contoso.example: Storage Blob Data Contributor on stfrauddevml
# MLOps Engineer: continuous integration and continuous deployment
resource "azurerm_role_assignment" "omar_haddad_contoso_example__storage_blob_data_contributor__workspace_storage" {
  name               = "da6587f6-a1f3-51df-9fae-c6ebd1a7177a"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev/providers/Microsoft.Storage/storageAccounts/stfrauddevml"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "fc060162-0ba2-5663-a220-0bb87d73269f"
  principal_type     = "User"
  description        = "MLOps Engineer: continuous integration and continuous deployment [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# sp-fraud-deploy-dev: Storage Blob Data Contributor on stfrauddevml
# ML deployment identity: deploy models, endpoints and pipelines to the environments
resource "azurerm_role_assignment" "sp_fraud_deploy_dev__storage_blob_data_contributor__workspace_storage" {
  name               = "0ee6c532-9d63-5d1e-a048-edd65df1db07"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev/providers/Microsoft.Storage/storageAccounts/stfrauddevml"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "2f7c1f0e-6d0b-4b1a-9d0e-0c5b8a1e7f02"
  principal_type     = "ServicePrincipal"
  description        = "ML deployment identity: deploy models, endpoints and pipelines to the environments [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
