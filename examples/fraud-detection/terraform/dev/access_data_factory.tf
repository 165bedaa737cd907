# Rendered by rbacgen from the project fraud-detection, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Data factory that fetches and processes the data

# grp-fraud-data-engineers: Data Factory Contributor on adf-fraud-dev
# Data Engineer: fetch data from source systems, data ingestion and processing pipelines
resource "azurerm_role_assignment" "grp_fraud_data_engineers__data_factory_contributor__data_factory" {
  name               = "2edccf1c-92cc-506c-8778-7d3f9bdff811"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev/providers/Microsoft.DataFactory/factories/adf-fraud-dev"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/673868aa-7521-48a0-acc6-0f60742d39f5"
  principal_id       = "e38cb99d-dcb3-5513-8c3a-319a394da0a1"
  principal_type     = "Group"
  description        = "Data Engineer: fetch data from source systems, data ingestion and processing pipelines [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
