# Rendered by rbacgen from the project us-government, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The key vault

# grp-stewards: Vault Observer on kv-dev
# Steward: watch the vault
resource "azurerm_role_assignment" "grp_stewards__vault_observer__vault" {
  name               = "562a4fc2-b719-55d0-b6d6-e2870a3f6d93"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/88131f95-2dbc-5536-9579-8c259f46acf5"
  principal_id       = "00000000-0000-4000-8000-000000011001"
  principal_type     = "Group"
  description        = "Steward: watch the vault [rbacgen:us-government]"

  depends_on = [azurerm_role_definition.vault_observer]

  timeouts {
    create = "5m"
  }
}
