# Rendered by rbacgen from the project fraud-detection, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Log Analytics workspace of the environment

# omar.haddad@contoso.example: Log Analytics Data Reader on log-fraud-prod
# MLOps Engineer: model performance metrics, service performance metrics, manage data drift
resource "azurerm_role_assignment" "omar_haddad_contoso_example__log_analytics_data_reader__log_analytics" {
  name               = "d95d5bc5-1e19-502a-9816-50e5b3a34130"
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/resourceGroups/rg-fraud-prod/providers/Microsoft.OperationalInsights/workspaces/log-fraud-prod"
  role_definition_id = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/providers/Microsoft.Authorization/roleDefinitions/3b03c2da-16b3-4a49-8834-0f8130efdd3b"
  principal_id       = "fc060162-0ba2-5663-a220-0bb87d73269f"
  principal_type     = "User"
  description        = "MLOps Engineer: model performance metrics, service performance metrics, manage data drift [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
