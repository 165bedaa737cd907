# Rendered by rbacgen from the project web-shop, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Log Analytics workspace of the environment

# grp-shop-developers: Log Analytics Data Reader on log-shop-dev
# Web Developer: build the application and try it in development
resource "azurerm_role_assignment" "grp_shop_developers__log_analytics_data_reader__log_analytics" {
  name               = "0ab35eb4-407a-51ef-a20b-53f954111e63"
  scope              = "/subscriptions/3c5e9d0a-84f1-4b43-9a4c-6f1f6a2b7d10/resourceGroups/rg-shop-dev/providers/Microsoft.OperationalInsights/workspaces/log-shop-dev"
  role_definition_id = "/subscriptions/3c5e9d0a-84f1-4b43-9a4c-6f1f6a2b7d10/providers/Microsoft.Authorization/roleDefinitions/3b03c2da-16b3-4a49-8834-0f8130efdd3b"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b01"
  principal_type     = "Group"
  description        = "Managed as code [rbacgen:web-shop]"

  timeouts {
    create = "5m"
  }
}
