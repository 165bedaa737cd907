# Rendered by rbacgen from the project every-level, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The resource group
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-guests: Reader on rg-prod (until 2027-03-31)
# Guest: look around
resource "azurerm_pim_active_role_assignment" "grp_guests__reader__group" {
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod"
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

# grp-locums: Contributor on rg-prod (eligible)
# Locum: stand in for an operator
resource "azurerm_pim_eligible_role_assignment" "grp_locums__contributor__group" {
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod"
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

# grp-operators: Contributor on rg-prod (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__contributor__group" {
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod"
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

# grp-readers: Reader on rg-prod
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_readers__reader__group" {
  name               = "5ea9281e-58ca-5a3f-8fa7-4312c1a8b3e8"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000001001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:every-level]"

  timeouts {
    create = "5m"
  }
}
