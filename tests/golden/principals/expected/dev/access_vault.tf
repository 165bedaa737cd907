# Rendered by rbacgen from the project principals, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The key vault
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# ann@contoso.example: Vault Observer on kv-dev
# Steward: watch the vault
resource "azurerm_role_assignment" "ann_contoso_example__vault_observer__vault" {
  name               = "9234eaab-f7b7-5ad3-be13-04d4a7610e7f"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/3739e540-98f8-5d87-a778-556403960e98"
  principal_id       = "00000000-0000-4000-8000-000000004001"
  principal_type     = "User"
  description        = "Steward: watch the vault [rbacgen:principals]"

  depends_on = [azurerm_role_definition.vault_observer]

  timeouts {
    create = "5m"
  }
}

# bob@contoso.example: Key Vault Reader on kv-dev (until 2027-01-31)
# Guest: look around
resource "azurerm_pim_active_role_assignment" "bob_contoso_example__key_vault_reader__vault" {
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/21090545-7ca7-4776-b22c-e363652d74d2"
  principal_id       = "00000000-0000-4000-8000-000000004003"
  justification      = "Guest: look around [rbacgen:principals]"

  schedule {
    expiration {
      end_date_time = "2027-01-31T00:00:00Z"
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# grp-stewards: Vault Observer on kv-dev
# Steward: watch the vault
resource "azurerm_role_assignment" "grp_stewards__vault_observer__vault" {
  name               = "6ee9ccdc-9a6b-5b67-ae52-d095745c80fb"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/3739e540-98f8-5d87-a778-556403960e98"
  principal_id       = "00000000-0000-4000-8000-000000004002"
  principal_type     = "Group"
  description        = "Steward: watch the vault [rbacgen:principals]"

  depends_on = [azurerm_role_definition.vault_observer]

  timeouts {
    create = "5m"
  }
}
