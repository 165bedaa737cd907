# Rendered by rbacgen from the project transitions, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The key vault
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-operators: Key Vault Secrets Officer on kv-dev (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__key_vault_secrets_officer__vault" {
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
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
