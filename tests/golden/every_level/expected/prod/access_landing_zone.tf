# Rendered by rbacgen from the project every-level, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The management group
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-guests: Reader on mg-golden (until 2027-03-31)
# Guest: look around
resource "azurerm_pim_active_role_assignment" "grp_guests__reader__landing_zone" {
  scope              = "/providers/Microsoft.Management/managementGroups/mg-golden"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
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

# grp-locums: Management Group Contributor on mg-golden (eligible)
# Locum: stand in for an operator
resource "azurerm_pim_eligible_role_assignment" "grp_locums__management_group_contributor__landing_zone" {
  scope              = "/providers/Microsoft.Management/managementGroups/mg-golden"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/5d58bcaf-24a5-4b20-bdb6-eed9f69fbe4c"
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

# grp-operators: Management Group Contributor on mg-golden (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__management_group_contributor__landing_zone" {
  scope              = "/providers/Microsoft.Management/managementGroups/mg-golden"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/5d58bcaf-24a5-4b20-bdb6-eed9f69fbe4c"
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

# grp-readers: Reader on mg-golden
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_readers__reader__landing_zone" {
  name               = "ae1d63a7-8637-5e7e-9c96-726ca18d8f0e"
  scope              = "/providers/Microsoft.Management/managementGroups/mg-golden"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000001001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:every-level]"

  timeouts {
    create = "5m"
  }
}
