# Rendered by rbacgen from the project transitions, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The management group
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-old-operators: Management Group Contributor on mg-transitions (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_old_operators__management_group_contributor__landing_zone" {
  scope              = "/providers/Microsoft.Management/managementGroups/mg-transitions"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/5d58bcaf-24a5-4b20-bdb6-eed9f69fbe4c"
  principal_id       = "00000000-0000-4000-8000-000000013003"
  justification      = "Operator: keep it running [rbacgen:transitions]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# grp-old-readers: Reader on mg-transitions
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_old_readers__reader__landing_zone" {
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
