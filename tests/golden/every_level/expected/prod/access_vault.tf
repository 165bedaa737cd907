# Rendered by rbacgen from the project every-level, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The key vault
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-guests: Key Vault Reader on kv-prod (until 2027-03-31)
# Guest: look around
resource "azurerm_pim_active_role_assignment" "grp_guests__key_vault_reader__vault" {
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.KeyVault/vaults/kv-prod"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/21090545-7ca7-4776-b22c-e363652d74d2"
  principal_id       = "00000000-0000-4000-8000-000000001003"
  justification      = "Guest: look around [rbacgen:every-level]"

  schedule {
    expiration {
      end_date_time = "2027-03-31T00:00:00Z"
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# grp-locums: Key Vault Secrets Officer on kv-prod (eligible)
# Locum: stand in for an operator
resource "azurerm_pim_eligible_role_assignment" "grp_locums__key_vault_secrets_officer__vault" {
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.KeyVault/vaults/kv-prod"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
  principal_id       = "00000000-0000-4000-8000-000000001004"
  justification      = "Locum: stand in for an operator [rbacgen:every-level]"

  schedule {
    expiration {
      end_date_time = "2027-03-31T00:00:00Z"
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# grp-operators: Key Vault Secrets Officer on kv-prod (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__key_vault_secrets_officer__vault" {
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.KeyVault/vaults/kv-prod"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
  principal_id       = "00000000-0000-4000-8000-000000001002"
  justification      = "Operator: keep it running [rbacgen:every-level]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# grp-readers: Key Vault Reader on kv-prod
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_readers__key_vault_reader__vault" {
  name               = "723fac57-6645-5d42-a76a-21942ebee122"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod/providers/Microsoft.KeyVault/vaults/kv-prod"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/21090545-7ca7-4776-b22c-e363652d74d2"
  principal_id       = "00000000-0000-4000-8000-000000001001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:every-level]"

  timeouts {
    create = "5m"
  }
}
