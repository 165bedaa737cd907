# Rendered by rbacgen from the project transitions, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The key vault
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-operators: Key Vault Secrets Officer on kv-prod (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__key_vault_secrets_officer__vault" {
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-prod/providers/Microsoft.KeyVault/vaults/kv-prod"
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

# grp-readers: Key Vault Reader on kv-prod
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_readers__key_vault_reader__vault" {
  name               = "8ce63e3f-0e19-53a9-ae70-2f8cc5507a37"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-prod/providers/Microsoft.KeyVault/vaults/kv-prod"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/21090545-7ca7-4776-b22c-e363652d74d2"
  principal_id       = "00000000-0000-4000-8000-000000013001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:transitions]"

  timeouts {
    create = "5m"
  }
}

# grp-stewards: Vault Observer on kv-prod
# Steward: watch the vault
resource "azurerm_role_assignment" "grp_stewards__vault_observer__vault" {
  name               = "44fe1077-886c-522e-b73b-76f0268ace6d"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-prod/providers/Microsoft.KeyVault/vaults/kv-prod"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/b34aad0b-9c4d-5edd-a9f9-935ab62e9e15"
  principal_id       = "00000000-0000-4000-8000-000000013002"
  principal_type     = "Group"
  description        = "Steward: watch the vault [rbacgen:transitions]"

  depends_on = [azurerm_role_definition.vault_observer]

  timeouts {
    create = "5m"
  }
}
