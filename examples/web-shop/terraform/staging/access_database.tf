# Rendered by rbacgen from the project web-shop, environment staging.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Database of the application

# grp-shop-operations: Reader on shop
# Database Administrator: run the production database
resource "azurerm_role_assignment" "grp_shop_operations__reader__database" {
  name               = "9e667edf-4c30-56a9-8f0e-ec0561a144a9"
  scope              = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/resourceGroups/rg-shop-staging/providers/Microsoft.Sql/servers/sql-shop-staging/databases/shop"
  role_definition_id = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b02"
  principal_type     = "Group"
  description        = "Managed as code [rbacgen:web-shop]"

  timeouts {
    create = "5m"
  }
}

# grp-shop-operations: SQL DB Contributor on shop
# Database Administrator: run the production database
resource "azurerm_role_assignment" "grp_shop_operations__sql_db_contributor__database" {
  name               = "d75d387a-6c94-5c2a-ad38-41297207d876"
  scope              = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/resourceGroups/rg-shop-staging/providers/Microsoft.Sql/servers/sql-shop-staging/databases/shop"
  role_definition_id = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/providers/Microsoft.Authorization/roleDefinitions/9b7fa17d-e63e-47b0-bb0a-15c516ac86ec"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b02"
  principal_type     = "Group"
  description        = "Managed as code [rbacgen:web-shop]"

  timeouts {
    create = "5m"
  }
}
