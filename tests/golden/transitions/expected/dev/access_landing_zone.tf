# Rendered by rbacgen from the project transitions, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The management group
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-operators: Management Group Contributor on mg-transitions (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__management_group_contributor__landing_zone" {
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
