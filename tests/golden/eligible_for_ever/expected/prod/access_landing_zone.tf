# Rendered by rbacgen from the project eligible-for-ever, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The management group
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-locums: Management Group Contributor on mg-golden (eligible)
# Locum: stand in for an operator
resource "azurerm_pim_eligible_role_assignment" "grp_locums__management_group_contributor__landing_zone" {
  scope              = "/providers/Microsoft.Management/managementGroups/mg-golden"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/5d58bcaf-24a5-4b20-bdb6-eed9f69fbe4c"
  principal_id       = "00000000-0000-4000-8000-000000002002"
  justification      = "Locum: stand in for an operator [rbacgen:eligible-for-ever]"

  schedule {
    expiration {
      end_date_time = "2027-03-31T00:00:00Z"
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# grp-operators: Management Group Contributor on mg-golden (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__management_group_contributor__landing_zone" {
  scope              = "/providers/Microsoft.Management/managementGroups/mg-golden"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/5d58bcaf-24a5-4b20-bdb6-eed9f69fbe4c"
  principal_id       = "00000000-0000-4000-8000-000000002001"
  justification      = "Operator: keep it running [rbacgen:eligible-for-ever]"

  lifecycle {
    ignore_changes = [justification]
  }
}
