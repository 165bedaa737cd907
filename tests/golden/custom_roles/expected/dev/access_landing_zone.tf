# Rendered by rbacgen from the project custom-roles, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The management group

# grp-zone: Zone Observer on mg-golden
# Steward of the zone: watch the zone
resource "azurerm_role_assignment" "grp_zone__zone_observer__landing_zone" {
  name               = "7d840401-412b-5422-bbb2-15125603d5d2"
  scope              = "/providers/Microsoft.Management/managementGroups/mg-golden"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/cccccccc-0000-4000-8000-000000000001"
  principal_id       = "00000000-0000-4000-8000-000000005002"
  principal_type     = "Group"
  description        = "Steward of the zone: watch the zone [rbacgen:custom-roles]"

  timeouts {
    create = "5m"
  }
}
