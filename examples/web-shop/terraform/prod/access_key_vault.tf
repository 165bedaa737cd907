# Rendered by rbacgen from the project web-shop, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Key vault with the secrets of the application

# grp-shop-operations: Key Vault Secrets Officer on kv-shop-prod
# Operations Engineer: renew secrets before they expire
resource "azurerm_role_assignment" "grp_shop_operations__key_vault_secrets_officer__key_vault" {
  name               = "9215f66e-d66d-5328-86a5-4b57319d7e7a"
  scope              = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/resourceGroups/rg-shop-prod/providers/Microsoft.KeyVault/vaults/kv-shop-prod"
  role_definition_id = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377/providers/Microsoft.Authorization/roleDefinitions/b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b02"
  principal_type     = "Group"
  description        = "Managed as code [rbacgen:web-shop]"

  timeouts {
    create = "5m"
  }
}
