# Rendered by rbacgen from the project azurerm-4, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The key vault
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-operators: Key Vault Secrets Officer on kv-dev (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__key_vault_secrets_officer__vault" {
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
  principal_id       = "00000000-0000-4000-8000-000000009002"
  justification      = "Managed as code [rbacgen:azurerm-4]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# grp-stewards: Vault Observer on kv-dev
# Steward: watch the vault
resource "azurerm_role_assignment" "grp_stewards__vault_observer__vault" {
  name               = "53fad5e7-a979-5325-bc45-c2c84dfe5a01"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/9a09b0f5-5a04-5d9f-946a-7c9863d153bf"
  principal_id       = "00000000-0000-4000-8000-000000009001"
  principal_type     = "Group"
  description        = "Managed as code [rbacgen:azurerm-4]"

  depends_on = [azurerm_role_definition.vault_observer]

  timeouts {
    create = "5m"
  }
}
