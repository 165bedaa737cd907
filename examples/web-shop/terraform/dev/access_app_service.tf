# Rendered by rbacgen from the project web-shop, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The web application

# grp-shop-developers: Website Contributor on app-shop-dev
# Web Developer: build the application and try it in development
resource "azurerm_role_assignment" "grp_shop_developers__website_contributor__app_service" {
  name               = "b99405c7-0ec5-5eff-aa77-604aeab4617f"
  scope              = "/subscriptions/3c5e9d0a-84f1-4b43-9a4c-6f1f6a2b7d10/resourceGroups/rg-shop-dev/providers/Microsoft.Web/sites/app-shop-dev"
  role_definition_id = "/subscriptions/3c5e9d0a-84f1-4b43-9a4c-6f1f6a2b7d10/providers/Microsoft.Authorization/roleDefinitions/de139f84-1756-47ae-9be6-808fbbe84772"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b01"
  principal_type     = "Group"
  description        = "Managed as code [rbacgen:web-shop]"

  timeouts {
    create = "5m"
  }
}

# sp-shop-deploy: Website Contributor on app-shop-dev
# Deployment identity: release the application
resource "azurerm_role_assignment" "sp_shop_deploy__website_contributor__app_service" {
  name               = "a4714d8a-deab-5f74-aa5f-3a5d91033bce"
  scope              = "/subscriptions/3c5e9d0a-84f1-4b43-9a4c-6f1f6a2b7d10/resourceGroups/rg-shop-dev/providers/Microsoft.Web/sites/app-shop-dev"
  role_definition_id = "/subscriptions/3c5e9d0a-84f1-4b43-9a4c-6f1f6a2b7d10/providers/Microsoft.Authorization/roleDefinitions/de139f84-1756-47ae-9be6-808fbbe84772"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b04"
  principal_type     = "ServicePrincipal"
  description        = "Managed as code [rbacgen:web-shop]"

  timeouts {
    create = "5m"
  }
}
