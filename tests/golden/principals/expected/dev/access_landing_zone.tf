# Rendered by rbacgen from the project principals, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The management group
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# bob@contoso.example: Reader on mg-golden (until 2027-01-31)
# Guest: look around
resource "azurerm_pim_active_role_assignment" "bob_contoso_example__reader__landing_zone" {
  scope              = "/providers/Microsoft.Management/managementGroups/mg-golden"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000004003"
  justification      = "Guest: look around [rbacgen:principals]"

  schedule {
    expiration {
      end_date_time = "2027-01-31T00:00:00Z"
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}
