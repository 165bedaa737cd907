# Rendered by rbacgen from the project custom-roles, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The key vault

# grp-stewards: Vault Observer on kv-abroad
# Steward: watch the vault
resource "azurerm_role_assignment" "grp_stewards__vault_observer__vault" {
  name               = "b5eb2ea6-4c82-585c-af1f-e1888c8e9cbc"
  scope              = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-abroad/providers/Microsoft.KeyVault/vaults/kv-abroad"
  role_definition_id = "/subscriptions/33333333-3333-3333-3333-333333333333/providers/Microsoft.Authorization/roleDefinitions/247d6ac3-e878-5e23-b107-a3fca30fa0db"
  principal_id       = "00000000-0000-4000-8000-000000005001"
  principal_type     = "Group"
  description        = "Steward: watch the vault [rbacgen:custom-roles]"

  depends_on = [azurerm_role_definition.vault_observer]

  timeouts {
    create = "5m"
  }
}
