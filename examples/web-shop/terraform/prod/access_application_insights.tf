# Rendered by rbacgen from the project web-shop, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Application Insights of the application

# grp-shop-developers: Reader on appi-shop-prod
# Web Developer: find the cause of faults
resource "azurerm_role_assignment" "grp_shop_developers__reader__application_insights" {
  name               = "149ca0d4-9113-5578-8150-0d5992eda181"
  scope              = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/resourceGroups/rg-shop-prod/providers/Microsoft.Insights/components/appi-shop-prod"
  role_definition_id = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b01"
  principal_type     = "Group"
  description        = "Managed as code [rbacgen:web-shop]"

  timeouts {
    create = "5m"
  }
}

# grp-shop-operations: Reader on appi-shop-prod
# Operations Engineer: keep the application up
resource "azurerm_role_assignment" "grp_shop_operations__reader__application_insights" {
  name               = "cf4ce835-112c-5e87-b3ec-b231a50eaaee"
  scope              = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/resourceGroups/rg-shop-prod/providers/Microsoft.Insights/components/appi-shop-prod"
  role_definition_id = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b02"
  principal_type     = "Group"
  description        = "Managed as code [rbacgen:web-shop]"

  timeouts {
    create = "5m"
  }
}

# grp-shop-support: Reader on appi-shop-prod
# Support Analyst: investigate tickets
resource "azurerm_role_assignment" "grp_shop_support__reader__application_insights" {
  name               = "9824d566-7ef2-5ffd-a8c3-dad1a4051d51"
  scope              = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/resourceGroups/rg-shop-prod/providers/Microsoft.Insights/components/appi-shop-prod"
  role_definition_id = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b03"
  principal_type     = "Group"
  description        = "Managed as code [rbacgen:web-shop]"

  timeouts {
    create = "5m"
  }
}
