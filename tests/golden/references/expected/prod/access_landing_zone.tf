# Rendered by rbacgen from the project references, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The management group
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-guests: Reader on mg-golden (until 2027-03-31)
# Guest: look around
resource "azurerm_pim_active_role_assignment" "grp_guests__reader__landing_zone" {
  scope              = "/providers/Microsoft.Management/managementGroups/mg-golden"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
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

# grp-operators: Management Group Contributor on mg-golden (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__management_group_contributor__landing_zone" {
  scope              = "/providers/Microsoft.Management/managementGroups/mg-golden"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/5d58bcaf-24a5-4b20-bdb6-eed9f69fbe4c"
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

# grp-readers: Reader on mg-golden
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_readers__reader__landing_zone" {
  name               = "d198b196-0b01-5196-85b0-59206fc54115"
  scope              = "/providers/Microsoft.Management/managementGroups/mg-golden"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000007001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:references]"

  timeouts {
    create = "5m"
  }
}

# grp-zone: Zone Observer on mg-golden
# Steward of the zone: watch the zone
resource "azurerm_role_assignment" "grp_zone__zone_observer__landing_zone" {
  name               = "8ee141c9-f9fa-5011-b5b3-a0d7c9e7e1e3"
  scope              = "/providers/Microsoft.Management/managementGroups/mg-golden"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/fbee1986-b86b-50fb-809e-3cddbd784762"
  principal_id       = "00000000-0000-4000-8000-000000007005"
  principal_type     = "Group"
  description        = "Steward of the zone: watch the zone [rbacgen:references]"

  depends_on = [azurerm_role_definition.zone_observer]

  timeouts {
    create = "5m"
  }
}
