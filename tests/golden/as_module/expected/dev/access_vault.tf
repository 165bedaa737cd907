# Rendered by rbacgen from the project as-module, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The key vault

# grp-stewards: Vault Observer on kv-dev
# Steward: watch the vault
resource "azurerm_role_assignment" "grp_stewards__vault_observer__vault" {
  name               = "e9814500-d692-57ef-922d-d4bd8228d358"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/2ad08a36-fb43-5307-b6ca-2ee196fc123b"
  principal_id       = "00000000-0000-4000-8000-000000010001"
  principal_type     = "Group"
  description        = "Steward: watch the vault [rbacgen:as-module]"

  depends_on = [azurerm_role_definition.vault_observer]

  timeouts {
    create = "5m"
  }
}
