# Rendered by rbacgen from the project web-shop, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Key vault with the secrets of the application

# grp-shop-developers: Key Vault Secrets User on kv-shop-dev
# Web Developer: build the application and try it in development
resource "azurerm_role_assignment" "grp_shop_developers__key_vault_secrets_user__key_vault" {
  name               = "fc1d0a67-5bfe-5f81-883f-d3bbf8869a92"
  scope              = "/subscriptions/3c5e9d0a-84f1-4b43-9a4c-6f1f6a2b7d10/resourceGroups/rg-shop-dev/providers/Microsoft.KeyVault/vaults/kv-shop-dev"
  role_definition_id = "/subscriptions/3c5e9d0a-84f1-4b43-9a4c-6f1f6a2b7d10/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b01"
  principal_type     = "Group"
  description        = "Managed as code [rbacgen:web-shop]"

  timeouts {
    create = "5m"
  }
}

# grp-shop-operations: Key Vault Secrets Officer on kv-shop-dev
# Operations Engineer: renew secrets before they expire
resource "azurerm_role_assignment" "grp_shop_operations__key_vault_secrets_officer__key_vault" {
  name               = "e0dccb39-42be-5604-99b1-b1b1cd203f2f"
  scope              = "/subscriptions/3c5e9d0a-84f1-4b43-9a4c-6f1f6a2b7d10/resourceGroups/rg-shop-dev/providers/Microsoft.KeyVault/vaults/kv-shop-dev"
  role_definition_id = "/subscriptions/3c5e9d0a-84f1-4b43-9a4c-6f1f6a2b7d10/providers/Microsoft.Authorization/roleDefinitions/b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
  principal_id       = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b02"
  principal_type     = "Group"
  description        = "Managed as code [rbacgen:web-shop]"

  timeouts {
    create = "5m"
  }
}
