# Rendered by rbacgen from the project web-shop, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Log Analytics workspace of the environment

# grp-shop-developers: Log Analytics Data Reader on log-shop-prod
# Web Developer: find the cause of faults
resource "azurerm_role_assignment" "grp_shop_developers__log_analytics_data_reader__log_analytics" {
  name               = "13a73822-350a-5ad7-9b87-e07786ada956"
  scope              = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/resourceGroups/rg-shop-logs/providers/Microsoft.OperationalInsights/workspaces/log-shop-prod"
  role_definition_id = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/providers/Microsoft.Authorization/roleDefinitions/3b03c2da-16b3-4a49-8834-0f8130efdd3b"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b01"
  principal_type     = "Group"
  description        = "Managed as code [rbacgen:web-shop]"

  timeouts {
    create = "5m"
  }
}

# grp-shop-operations: Log Analytics Data Reader on log-shop-prod
# Operations Engineer: keep the application up
resource "azurerm_role_assignment" "grp_shop_operations__log_analytics_data_reader__log_analytics" {
  name               = "24ee4a6b-81b6-5a01-954b-d1f567602fb8"
  scope              = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/resourceGroups/rg-shop-logs/providers/Microsoft.OperationalInsights/workspaces/log-shop-prod"
  role_definition_id = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/providers/Microsoft.Authorization/roleDefinitions/3b03c2da-16b3-4a49-8834-0f8130efdd3b"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b02"
  principal_type     = "Group"
  description        = "Managed as code [rbacgen:web-shop]"

  timeouts {
    create = "5m"
  }
}
