# Rendered by rbacgen from the project fraud-detection, environment test.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Data factory that fetches and processes the data

# grp-fraud-data-engineers: Reader on adf-fraud-test
# Data Engineer: responsible for data quality, data ingestion and processing pipelines
resource "azurerm_role_assignment" "grp_fraud_data_engineers__reader__data_factory" {
  name               = "d773d107-561f-5227-91d2-d74d6d782eea"
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test/providers/Microsoft.DataFactory/factories/adf-fraud-test"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "e38cb99d-dcb3-5513-8c3a-319a394da0a1"
  principal_type     = "Group"
  description        = "Data Engineer: responsible for data quality, data ingestion and processing pipelines [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
