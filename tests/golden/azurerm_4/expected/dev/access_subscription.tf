# Rendered by rbacgen from the project azurerm-4, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The subscription
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-guardians: User Access Administrator on 11111111-1111-1111-1111-111111111111 (eligible)
# Guardian: let applications in
resource "azurerm_pim_eligible_role_assignment" "grp_guardians__user_access_administrator__subscription" {
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
  principal_id       = "00000000-0000-4000-8000-000000009003"
  condition          = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {acdd72a7-3385-48ef-bd42-f606fba81ae7})) AND ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {acdd72a7-3385-48ef-bd42-f606fba81ae7}))"
  condition_version  = "2.0"
  justification      = "Managed as code [rbacgen:azurerm-4]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# grp-operators: Contributor on 11111111-1111-1111-1111-111111111111 (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__contributor__subscription" {
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
  principal_id       = "00000000-0000-4000-8000-000000009002"
  justification      = "Managed as code [rbacgen:azurerm-4]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}
