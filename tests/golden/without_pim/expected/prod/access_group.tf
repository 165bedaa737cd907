# Rendered by rbacgen from the project without-pim, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The resource group

# grp-guests: Reader on rg-prod
# Guest: look around
resource "azurerm_role_assignment" "grp_guests__reader__group" {
  name               = "653605f7-b9fe-527a-98d8-1c028e9ab43f"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000003003"
  principal_type     = "Group"
  description        = "Guest: look around [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}

# grp-locums: Contributor on rg-prod
# Locum: stand in for an operator
resource "azurerm_role_assignment" "grp_locums__contributor__group" {
  name               = "4cdf8231-16bb-5405-a5ea-f01bb8870fbf"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
  principal_id       = "00000000-0000-4000-8000-000000003004"
  principal_type     = "Group"
  description        = "Locum: stand in for an operator [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}

# grp-operators: Contributor on rg-prod
# Operator: keep it running
resource "azurerm_role_assignment" "grp_operators__contributor__group" {
  name               = "9f79668c-2f56-5503-8968-d95ee6e3044d"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
  principal_id       = "00000000-0000-4000-8000-000000003002"
  principal_type     = "Group"
  description        = "Operator: keep it running [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}

# grp-readers: Reader on rg-prod
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_readers__reader__group" {
  name               = "48d28117-0ee2-5134-b7e8-97ec4fe405ed"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000003001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}
