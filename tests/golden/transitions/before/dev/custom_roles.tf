# Rendered by rbacgen from the project transitions, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Azure roles that no built-in role stands in for.

# Key Vault Reader sees keys and certificates too.
resource "azurerm_role_definition" "vault_observer" {
  role_definition_id = "b34aad0b-9c4d-5edd-a9f9-935ab62e9e15"
  name               = "Vault Observer (transitions dev)"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111"
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

  assignable_scopes = ["/subscriptions/11111111-1111-1111-1111-111111111111"]
}
