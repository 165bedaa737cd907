# Rendered by rbacgen from the project transitions, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The resource group
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-operators: Contributor on rg-prod (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__contributor__group" {
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-prod"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
  principal_id       = "00000000-0000-4000-8000-000000013003"
  justification      = "Operator: keep it running [rbacgen:transitions]"

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
  name               = "6b4c7697-f229-5daf-a3c8-c7053a9be240"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-prod"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000013001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:transitions]"

  timeouts {
    create = "5m"
  }
}
