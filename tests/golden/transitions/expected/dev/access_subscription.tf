# Rendered by rbacgen from the project transitions, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The subscription
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-operators: Contributor on 11111111-1111-1111-1111-111111111111 (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__contributor__subscription" {
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
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
