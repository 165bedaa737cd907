# Rendered by rbacgen from the project azurerm-4, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Azure roles that no built-in role stands in for.

# Key Vault Reader sees keys and certificates too.
resource "azurerm_role_definition" "vault_observer" {
  role_definition_id = "9a09b0f5-5a04-5d9f-946a-7c9863d153bf"
  name               = "Vault Observer (azurerm-4 dev)"
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
