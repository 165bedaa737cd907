# Rendered by rbacgen from the project references, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The management group
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-guests: Reader on local.landing_zone (until 2027-03-31)
# Guest: look around
resource "azurerm_pim_active_role_assignment" "grp_guests__reader__landing_zone" {
  scope              = local.landing_zone
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

# grp-operators: Management Group Contributor on local.landing_zone (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__management_group_contributor__landing_zone" {
  scope              = local.landing_zone
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

# grp-readers: Reader on local.landing_zone
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_readers__reader__landing_zone" {
  name               = uuidv5("11fb06fb-712d-4ddd-98c7-e71bbd588830", lower("${local.landing_zone}-00000000-0000-4000-8000-000000007001-acdd72a7-3385-48ef-bd42-f606fba81ae7"))
  scope              = local.landing_zone
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000007001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:references]"

  timeouts {
    create = "5m"
  }
}

# grp-zone: Zone Observer on local.landing_zone
# Steward of the zone: watch the zone
resource "azurerm_role_assignment" "grp_zone__zone_observer__landing_zone" {
  name               = uuidv5("11fb06fb-712d-4ddd-98c7-e71bbd588830", lower("${local.landing_zone}-00000000-0000-4000-8000-000000007005-e0823f09-e42a-5f42-9eee-2c37d45b6ea2"))
  scope              = local.landing_zone
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/e0823f09-e42a-5f42-9eee-2c37d45b6ea2"
  principal_id       = "00000000-0000-4000-8000-000000007005"
  principal_type     = "Group"
  description        = "Steward of the zone: watch the zone [rbacgen:references]"

  depends_on = [azurerm_role_definition.zone_observer]

  timeouts {
    create = "5m"
  }
}
