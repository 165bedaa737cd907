# Rendered by rbacgen from the project principals, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Azure roles that no built-in role stands in for.

# Key Vault Reader sees keys and certificates too.
resource "azurerm_role_definition" "vault_observer" {
  role_definition_id = "43341cc8-9d94-52a0-bb26-03dacc8d5818"
  name               = "Vault Observer (principals prod)"
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
