# Rendered by rbacgen from the project references, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The resource group
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-guardians: Role Based Access Control Administrator on azurerm_resource_group.app.id
# Guardian: let applications in
resource "azurerm_role_assignment" "grp_guardians__role_based_access_control_administrator__group" {
  name               = uuidv5("11fb06fb-712d-4ddd-98c7-e71bbd588830", lower("${azurerm_resource_group.app.id}-00000000-0000-4000-8000-000000007006-f58310d9-a9f6-439a-9e8d-f62e7b41a168"))
  scope              = azurerm_resource_group.app.id
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/f58310d9-a9f6-439a-9e8d-f62e7b41a168"
  principal_id       = "00000000-0000-4000-8000-000000007006"
  principal_type     = "Group"
  condition          = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {4633458b-17de-408a-b874-0445c86b69e6, eb8b912c-5c95-5285-92f1-42f270d54329} AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'})) AND ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {4633458b-17de-408a-b874-0445c86b69e6, eb8b912c-5c95-5285-92f1-42f270d54329} AND @Resource[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))"
  condition_version  = "2.0"
  description        = "Guardian: let applications in [rbacgen:references]"

  timeouts {
    create = "5m"
  }
}

# grp-guests: Reader on azurerm_resource_group.app.id (until 2027-03-31)
# Guest: look around
resource "azurerm_pim_active_role_assignment" "grp_guests__reader__group" {
  scope              = azurerm_resource_group.app.id
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
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

# grp-operators: Contributor on azurerm_resource_group.app.id (eligible)
# Operator: keep it running
resource "azurerm_pim_eligible_role_assignment" "grp_operators__contributor__group" {
  scope              = azurerm_resource_group.app.id
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
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

# grp-readers: Reader on azurerm_resource_group.app.id
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_readers__reader__group" {
  name               = uuidv5("11fb06fb-712d-4ddd-98c7-e71bbd588830", lower("${azurerm_resource_group.app.id}-00000000-0000-4000-8000-000000007001-acdd72a7-3385-48ef-bd42-f606fba81ae7"))
  scope              = azurerm_resource_group.app.id
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000007001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:references]"

  timeouts {
    create = "5m"
  }
}
