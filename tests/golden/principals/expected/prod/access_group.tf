# Rendered by rbacgen from the project principals, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The resource group

# ann@contoso.example: Role Based Access Control Administrator on RG-Principals
# Guardian: let applications in
resource "azurerm_role_assignment" "ann_contoso_example__role_based_access_control_administrator__group" {
  name               = "78f2265b-7cc4-5a98-aaac-21c8c780d7a4"
  scope              = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/RG-Principals"
  role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/f58310d9-a9f6-439a-9e8d-f62e7b41a168"
  principal_id       = "00000000-0000-4000-8000-000000004001"
  principal_type     = "User"
  condition          = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {43341cc8-9d94-52a0-bb26-03dacc8d5818, 4633458b-17de-408a-b874-0445c86b69e6} AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'})) AND ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {43341cc8-9d94-52a0-bb26-03dacc8d5818, 4633458b-17de-408a-b874-0445c86b69e6} AND @Resource[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))"
  condition_version  = "2.0"
  description        = "Guardian: let applications in [rbacgen:principals]"

  timeouts {
    create = "5m"
  }
}
