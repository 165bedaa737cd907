# Rendered by rbacgen from the project transitions, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The management group

# grp-readers: Reader on mg-transitions
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_readers__reader__landing_zone" {
  name               = "9c098114-c9fe-52d6-b715-64de567a2fcf"
  scope              = "/providers/Microsoft.Management/managementGroups/mg-transitions"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000013001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:transitions]"

  timeouts {
    create = "5m"
  }
}
