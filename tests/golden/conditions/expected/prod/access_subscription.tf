# Rendered by rbacgen from the project conditions, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The subscription
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-guardians: User Access Administrator on 22222222-2222-2222-2222-222222222222 (eligible)
# Guardian: let applications in
resource "azurerm_pim_eligible_role_assignment" "grp_guardians__user_access_administrator__subscription" {
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
  principal_id       = "00000000-0000-4000-8000-000000006001"
  condition          = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {acdd72a7-3385-48ef-bd42-f606fba81ae7})) AND ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {acdd72a7-3385-48ef-bd42-f606fba81ae7}))"
  condition_version  = "2.0"
  justification      = "Guardian: let applications in [rbacgen:conditions]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}
