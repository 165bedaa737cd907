# Rendered by rbacgen from the project without-pim, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The key vault

# grp-guests: Key Vault Reader on kv-prod
# Guest: look around
resource "azurerm_role_assignment" "grp_guests__key_vault_reader__vault" {
  name               = "99fe67ff-71b1-58ea-b75d-8a696f5f7501"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.KeyVault/vaults/kv-prod"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/21090545-7ca7-4776-b22c-e363652d74d2"
  principal_id       = "00000000-0000-4000-8000-000000003003"
  principal_type     = "Group"
  description        = "Guest: look around [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}

# grp-locums: Key Vault Secrets Officer on kv-prod
# Locum: stand in for an operator
resource "azurerm_role_assignment" "grp_locums__key_vault_secrets_officer__vault" {
  name               = "bc6daf3f-5173-51dd-9e3c-edd51bc50962"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.KeyVault/vaults/kv-prod"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
  principal_id       = "00000000-0000-4000-8000-000000003004"
  principal_type     = "Group"
  description        = "Locum: stand in for an operator [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}

# grp-operators: Key Vault Secrets Officer on kv-prod
# Operator: keep it running
resource "azurerm_role_assignment" "grp_operators__key_vault_secrets_officer__vault" {
  name               = "987c0cfa-182f-5355-b74f-e9edfb5f610e"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.KeyVault/vaults/kv-prod"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
  principal_id       = "00000000-0000-4000-8000-000000003002"
  principal_type     = "Group"
  description        = "Operator: keep it running [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}

# grp-readers: Key Vault Reader on kv-prod
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_readers__key_vault_reader__vault" {
  name               = "42c7496d-8b9e-5b1c-a3bb-0f8fb02f4300"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.KeyVault/vaults/kv-prod"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/21090545-7ca7-4776-b22c-e363652d74d2"
  principal_id       = "00000000-0000-4000-8000-000000003001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}
