# Rendered by rbacgen from the project web-shop, environment staging.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The web application

# grp-shop-operations: Web App Operator on app-shop-staging
# Operations Engineer: keep the application up
resource "azurerm_role_assignment" "grp_shop_operations__web_app_operator__app_service" {
  name               = "db2e8389-68e9-5286-bbb0-07afc23cfa0c"
  scope              = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/resourceGroups/rg-shop-staging/providers/Microsoft.Web/sites/app-shop-staging"
  role_definition_id = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/providers/Microsoft.Authorization/roleDefinitions/6619af05-86b4-5f84-9210-4e76be33203b"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b02"
  principal_type     = "Group"
  description        = "Managed as code [rbacgen:web-shop]"

  depends_on = [azurerm_role_definition.web_app_operator]

  timeouts {
    create = "5m"
  }
}

# grp-shop-operations: Website Contributor on app-shop-staging
# Operations Engineer: change production by hand in an emergency
resource "azurerm_role_assignment" "grp_shop_operations__website_contributor__app_service" {
  name               = "edb3dca8-e995-5eed-8faf-3a87f7fc90b5"
  scope              = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/resourceGroups/rg-shop-staging/providers/Microsoft.Web/sites/app-shop-staging"
  role_definition_id = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/providers/Microsoft.Authorization/roleDefinitions/de139f84-1756-47ae-9be6-808fbbe84772"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b02"
  principal_type     = "Group"
  description        = "Managed as code [rbacgen:web-shop]"

  timeouts {
    create = "5m"
  }
}

# sp-shop-deploy: Website Contributor on app-shop-staging
# Deployment identity: release the application
resource "azurerm_role_assignment" "sp_shop_deploy__website_contributor__app_service" {
  name               = "e2b1cb83-179e-5d96-95a3-9e51e37bd07f"
  scope              = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/resourceGroups/rg-shop-staging/providers/Microsoft.Web/sites/app-shop-staging"
  role_definition_id = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/providers/Microsoft.Authorization/roleDefinitions/de139f84-1756-47ae-9be6-808fbbe84772"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b04"
  principal_type     = "ServicePrincipal"
  description        = "Managed as code [rbacgen:web-shop]"

  timeouts {
    create = "5m"
  }
}
