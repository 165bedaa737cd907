# Rendered by rbacgen from the project custom-roles, environment staging.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The key vault

# grp-stewards: Vault Observer on kv-staging
# Steward: watch the vault
# The custom role is made in the directory of dev: apply that one first.
resource "azurerm_role_assignment" "grp_stewards__vault_observer__vault" {
  name               = "0bbb0d93-f3e0-5f37-83ca-84d2cdddce6a"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-staging/providers/Microsoft.KeyVault/vaults/kv-staging"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/247d6ac3-e878-5e23-b107-a3fca30fa0db"
  principal_id       = "00000000-0000-4000-8000-000000005001"
  principal_type     = "Group"
  description        = "Steward: watch the vault [rbacgen:custom-roles]"

  timeouts {
    create = "5m"
  }
}
