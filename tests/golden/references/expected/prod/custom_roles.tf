# Rendered by rbacgen from the project references, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Azure roles that no built-in role stands in for.

# Key Vault Reader sees keys and certificates too.
resource "azurerm_role_definition" "vault_observer" {
  role_definition_id = "b7f304b1-6b21-5c79-8b48-8dc04a5c61ac"
  name               = "Vault Observer (references prod)"
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

# Management Group Reader reaches whatever is there.
resource "azurerm_role_definition" "zone_observer" {
  role_definition_id = "fbee1986-b86b-50fb-809e-3cddbd784762"
  name               = "Zone Observer (references prod)"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222"
  description        = "See the management group and nothing in it."

  permissions {
    actions = ["Microsoft.Management/managementGroups/read"]
  }

  assignable_scopes = [
    "/subscriptions/22222222-2222-2222-2222-222222222222",
    "/providers/Microsoft.Management/managementGroups/mg-golden",
  ]
}
