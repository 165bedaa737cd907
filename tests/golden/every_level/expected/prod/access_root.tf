# Rendered by rbacgen from the project every-level, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The tenant root

# grp-guests: Reader on the tenant root
# Guest: look around
resource "azurerm_role_assignment" "grp_guests__reader__root" {
  scope              = "/"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000001003"
  principal_type     = "Group"
  description        = "Guest: look around [rbacgen:every-level]"

  timeouts {
    create = "5m"
  }
}

# grp-readers: Reader on the tenant root
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_readers__reader__root" {
  scope              = "/"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000001001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:every-level]"

  timeouts {
    create = "5m"
  }
}
