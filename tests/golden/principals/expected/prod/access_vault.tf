# Rendered by rbacgen from the project principals, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The key vault

# ann@contoso.example: Vault Observer on kv-prod
# Steward: watch the vault
resource "azurerm_role_assignment" "ann_contoso_example__vault_observer__vault" {
  name               = "12f28833-302e-5991-a1c4-639d4e175f14"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/RG-Principals/providers/Microsoft.KeyVault/vaults/kv-prod"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/43341cc8-9d94-52a0-bb26-03dacc8d5818"
  principal_id       = "00000000-0000-4000-8000-000000004001"
  principal_type     = "User"
  description        = "Steward: watch the vault [rbacgen:principals]"

  depends_on = [azurerm_role_definition.vault_observer]

  timeouts {
    create = "5m"
  }
}

# grp-stewards: Vault Observer on kv-prod
# Steward: watch the vault
resource "azurerm_role_assignment" "grp_stewards__vault_observer__vault" {
  name               = "dbfc268e-bd88-5614-a7d0-e486bde2f837"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/RG-Principals/providers/Microsoft.KeyVault/vaults/kv-prod"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/43341cc8-9d94-52a0-bb26-03dacc8d5818"
  principal_id       = "00000000-0000-4000-8000-000000004002"
  principal_type     = "Group"
  description        = "Steward: watch the vault [rbacgen:principals]"

  depends_on = [azurerm_role_definition.vault_observer]

  timeouts {
    create = "5m"
  }
}
