# Rendered by rbacgen from the project web-shop, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The web application

# grp-shop-operations: Web App Operator on app-shop-prod
# Operations Engineer: keep the application up
# The custom role is made in the directory of staging: apply that one first.
resource "azurerm_role_assignment" "grp_shop_operations__web_app_operator__app_service" {
  name               = "87e550bc-03cf-50d0-9be0-256b8490f5a9"
  scope              = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/resourceGroups/rg-shop-prod/providers/Microsoft.Web/sites/app-shop-prod"
  role_definition_id = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/providers/Microsoft.Authorization/roleDefinitions/6619af05-86b4-5f84-9210-4e76be33203b"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b02"
  principal_type     = "Group"
  description        = "Managed as code [rbacgen:web-shop]"

  timeouts {
    create = "5m"
  }
}

# grp-shop-operations: Website Contributor on app-shop-prod
# Operations Engineer: change production by hand in an emergency
resource "azurerm_role_assignment" "grp_shop_operations__website_contributor__app_service" {
  name               = "028e810a-a2f7-548c-a4ff-f28ed19f057b"
  scope              = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/resourceGroups/rg-shop-prod/providers/Microsoft.Web/sites/app-shop-prod"
  role_definition_id = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/providers/Microsoft.Authorization/roleDefinitions/de139f84-1756-47ae-9be6-808fbbe84772"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b02"
  principal_type     = "Group"
  description        = "Managed as code [rbacgen:web-shop]"

  timeouts {
    create = "5m"
  }
}

# sp-shop-deploy: Website Contributor on app-shop-prod
# Deployment identity: release the application
resource "azurerm_role_assignment" "sp_shop_deploy__website_contributor__app_service" {
  name               = "15ff0705-1cc5-5e54-9df1-dab488781d3b"
  scope              = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/resourceGroups/rg-shop-prod/providers/Microsoft.Web/sites/app-shop-prod"
  role_definition_id = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/providers/Microsoft.Authorization/roleDefinitions/de139f84-1756-47ae-9be6-808fbbe84772"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b04"
  principal_type     = "ServicePrincipal"
  description        = "Managed as code [rbacgen:web-shop]"

  timeouts {
    create = "5m"
  }
}
