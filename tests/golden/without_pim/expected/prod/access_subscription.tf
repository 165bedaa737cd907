# Rendered by rbacgen from the project without-pim, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The subscription

# grp-guests: Reader on 22222222-2222-2222-2222-222222222222
# Guest: look around
resource "azurerm_role_assignment" "grp_guests__reader__subscription" {
  name               = "cd1eb395-f407-5d4a-9b21-4a7b02a9620e"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000003003"
  principal_type     = "Group"
  description        = "Guest: look around [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}

# grp-locums: Contributor on 22222222-2222-2222-2222-222222222222
# Locum: stand in for an operator
resource "azurerm_role_assignment" "grp_locums__contributor__subscription" {
  name               = "3b1fe02b-530b-565f-8b2c-f23cf3c4c277"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
  principal_id       = "00000000-0000-4000-8000-000000003004"
  principal_type     = "Group"
  description        = "Locum: stand in for an operator [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}

# grp-operators: Contributor on 22222222-2222-2222-2222-222222222222
# Operator: keep it running
resource "azurerm_role_assignment" "grp_operators__contributor__subscription" {
  name               = "3ac6d624-5971-5b5c-a2ac-df453cd1cd67"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
  principal_id       = "00000000-0000-4000-8000-000000003002"
  principal_type     = "Group"
  description        = "Operator: keep it running [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}

# grp-readers: Reader on 22222222-2222-2222-2222-222222222222
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_readers__reader__subscription" {
  name               = "f97b42e6-630e-5bfa-a521-60630ea1887b"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000003001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}
