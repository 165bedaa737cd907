# Rendered by rbacgen from the project custom-roles, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Azure roles that no built-in role stands in for.

# Key Vault Reader sees keys and certificates too.
resource "azurerm_role_definition" "vault_observer" {
  role_definition_id = "359fd8d2-45c1-5f34-8636-76cfd79e3298"
  name               = "Vault Observer (custom-roles prod)"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222"
  description        = "See a vault and the names of its secrets."

  permissions {
    actions = [
      "Microsoft.KeyVault/vaults/read",
      "Microsoft.KeyVault/vaults/*/read",
    ]
    not_actions = ["Microsoft.KeyVault/vaults/eventGridFilters/read"]
    data_actions = [
      "Microsoft.KeyVault/vaults/keys/read",
      "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
    ]
  }

  assignable_scopes = ["/subscriptions/22222222-2222-2222-2222-222222222222"]
}
