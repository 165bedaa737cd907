# Rendered by rbacgen from the project conditions, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The resource group

# grp-guardians: Role Based Access Control Administrator on rg-prod
# Guardian: let applications in
resource "azurerm_role_assignment" "grp_guardians__role_based_access_control_administrator__group" {
  name               = "176b1b4f-148f-5376-b165-2db06f569e78"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-prod"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/f58310d9-a9f6-439a-9e8d-f62e7b41a168"
  principal_id       = "00000000-0000-4000-8000-000000006001"
  principal_type     = "Group"
  condition          = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {4633458b-17de-408a-b874-0445c86b69e6, d890672d-d29c-5d3a-bfc5-68e783b8abf0} AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'})) AND ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {4633458b-17de-408a-b874-0445c86b69e6, d890672d-d29c-5d3a-bfc5-68e783b8abf0} AND @Resource[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))"
  condition_version  = "2.0"
  description        = "Guardian: let applications in [rbacgen:conditions]"

  timeouts {
    create = "5m"
  }
}
