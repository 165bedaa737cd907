# Rendered by rbacgen from the project custom-roles, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The key vault

# grp-stewards: Vault Observer on kv-prod
# Steward: watch the vault
resource "azurerm_role_assignment" "grp_stewards__vault_observer__vault" {
  name               = "4516b384-0733-5329-8472-4427d0731a89"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.KeyVault/vaults/kv-prod"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/359fd8d2-45c1-5f34-8636-76cfd79e3298"
  principal_id       = "00000000-0000-4000-8000-000000005001"
  principal_type     = "Group"
  description        = "Steward: watch the vault [rbacgen:custom-roles]"

  depends_on = [azurerm_role_definition.vault_observer]

  timeouts {
    create = "5m"
  }
}
