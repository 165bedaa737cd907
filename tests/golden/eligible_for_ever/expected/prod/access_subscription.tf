# Rendered by rbacgen from the project eligible-for-ever, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The subscription
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-locums: Contributor on 22222222-2222-2222-2222-222222222222 (eligible)
# Locum: stand in for an operator
resource "azurerm_pim_eligible_role_assignment" "grp_locums__contributor__subscription" {
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
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

# grp-operators: Contributor on 22222222-2222-2222-2222-222222222222 (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__contributor__subscription" {
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
  principal_id       = "00000000-0000-4000-8000-000000002001"
  justification      = "Operator: keep it running [rbacgen:eligible-for-ever]"

  lifecycle {
    ignore_changes = [justification]
  }
}
