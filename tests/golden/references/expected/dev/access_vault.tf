# Rendered by rbacgen from the project references, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The key vault
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-guests: Key Vault Reader on azurerm_key_vault.app.id (until 2027-03-31)
# Guest: look around
resource "azurerm_pim_active_role_assignment" "grp_guests__key_vault_reader__vault" {
  scope              = azurerm_key_vault.app.id
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/21090545-7ca7-4776-b22c-e363652d74d2"
  principal_id       = "00000000-0000-4000-8000-000000007003"
  justification      = "Guest: look around [rbacgen:references]"

  schedule {
    expiration {
      end_date_time = "2027-03-31T00:00:00Z"
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# grp-operators: Key Vault Secrets Officer on azurerm_key_vault.app.id (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__key_vault_secrets_officer__vault" {
  scope              = azurerm_key_vault.app.id
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
  principal_id       = "00000000-0000-4000-8000-000000007002"
  justification      = "Operator: keep it running [rbacgen:references]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# grp-readers: Key Vault Reader on azurerm_key_vault.app.id
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_readers__key_vault_reader__vault" {
  name               = uuidv5("11fb06fb-712d-4ddd-98c7-e71bbd588830", lower("${azurerm_key_vault.app.id}-00000000-0000-4000-8000-000000007001-21090545-7ca7-4776-b22c-e363652d74d2"))
  scope              = azurerm_key_vault.app.id
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/21090545-7ca7-4776-b22c-e363652d74d2"
  principal_id       = "00000000-0000-4000-8000-000000007001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:references]"

  timeouts {
    create = "5m"
  }
}

# grp-stewards: Vault Observer on azurerm_key_vault.app.id
# Steward: watch the vault
resource "azurerm_role_assignment" "grp_stewards__vault_observer__vault" {
  name               = uuidv5("11fb06fb-712d-4ddd-98c7-e71bbd588830", lower("${azurerm_key_vault.app.id}-00000000-0000-4000-8000-000000007004-eb8b912c-5c95-5285-92f1-42f270d54329"))
  scope              = azurerm_key_vault.app.id
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/eb8b912c-5c95-5285-92f1-42f270d54329"
  principal_id       = "00000000-0000-4000-8000-000000007004"
  principal_type     = "Group"
  description        = "Steward: watch the vault [rbacgen:references]"

  depends_on = [azurerm_role_definition.vault_observer]

  timeouts {
    create = "5m"
  }
}
