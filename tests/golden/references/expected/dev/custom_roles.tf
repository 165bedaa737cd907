# Rendered by rbacgen from the project references, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Azure roles that no built-in role stands in for.

# Key Vault Reader sees keys and certificates too.
resource "azurerm_role_definition" "vault_observer" {
  role_definition_id = "eb8b912c-5c95-5285-92f1-42f270d54329"
  name               = "Vault Observer (references dev)"
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

# Management Group Reader reaches whatever is there.
resource "azurerm_role_definition" "zone_observer" {
  role_definition_id = "e0823f09-e42a-5f42-9eee-2c37d45b6ea2"
  name               = "Zone Observer (references dev)"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111"
  description        = "See the management group and nothing in it."

  permissions {
    actions = ["Microsoft.Management/managementGroups/read"]
  }

  assignable_scopes = [
    "/subscriptions/11111111-1111-1111-1111-111111111111",
    local.landing_zone,
  ]
}
