# Rendered by rbacgen from the project fraud-detection, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Data factory that fetches and processes the data

# grp-fraud-data-engineers: Reader on adf-fraud-prod
# Data Engineer: responsible for data quality, data ingestion and processing pipelines
resource "azurerm_role_assignment" "grp_fraud_data_engineers__reader__data_factory" {
  name               = "991f1e94-d0d4-5adf-aa84-ba5a5e6435d8"
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/resourceGroups/rg-fraud-prod/providers/Microsoft.DataFactory/factories/adf-fraud-prod"
  role_definition_id = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "e38cb99d-dcb3-5513-8c3a-319a394da0a1"
  principal_type     = "Group"
  description        = "Data Engineer: responsible for data quality, data ingestion and processing pipelines [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
