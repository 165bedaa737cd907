# Rendered by rbacgen from the project every-level, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The subscription
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-guests: Reader on 22222222-2222-2222-2222-222222222222 (until 2027-03-31)
# Guest: look around
resource "azurerm_pim_active_role_assignment" "grp_guests__reader__subscription" {
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
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

# grp-locums: Contributor on 22222222-2222-2222-2222-222222222222 (eligible)
# Locum: stand in for an operator
resource "azurerm_pim_eligible_role_assignment" "grp_locums__contributor__subscription" {
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
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

# grp-operators: Contributor on 22222222-2222-2222-2222-222222222222 (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__contributor__subscription" {
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
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

# grp-readers: Reader on 22222222-2222-2222-2222-222222222222
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_readers__reader__subscription" {
  name               = "584c33c5-c14b-5848-b84a-1c294b584194"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000001001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:every-level]"

  timeouts {
    create = "5m"
  }
}
