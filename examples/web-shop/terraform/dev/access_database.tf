# Rendered by rbacgen from the project web-shop, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Database of the application

# grp-shop-operations: SQL DB Contributor on shop
# Database Administrator: run the development database
resource "azurerm_role_assignment" "grp_shop_operations__sql_db_contributor__database" {
  name               = "e691919f-f35c-53bb-9199-c2c6b7f6b711"
  scope              = "/subscriptions/3c5e9d0a-84f1-4b43-9a4c-6f1f6a2b7d10/resourceGroups/rg-shop-dev/providers/Microsoft.Sql/servers/sql-shop-dev/databases/shop"
  role_definition_id = "/subscriptions/3c5e9d0a-84f1-4b43-9a4c-6f1f6a2b7d10/providers/Microsoft.Authorization/roleDefinitions/9b7fa17d-e63e-47b0-bb0a-15c516ac86ec"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b02"
  principal_type     = "Group"
  description        = "Managed as code [rbacgen:web-shop]"

  timeouts {
    create = "5m"
  }
}
