# Rendered by rbacgen from the project fraud-detection, environment test.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Resource group of one environment, with the workspace and what it needs
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-fraud-platform: Contributor on rg-fraud-test (eligible)
# Azure Infrastructure Engineer / Administrator: deploy and configure relevant Azure services in line with the
# designed architecture and integrate with the existing Azure footprint
resource "azurerm_pim_eligible_role_assignment" "grp_fraud_platform__contributor__environment" {
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
  principal_id       = "afc3d32e-d479-516f-b109-baebc114795e"
  justification      = "Azure Infrastructure Engineer / Administrator: deploy and configure relevant Azure services in line with the designed architecture and integrate with the existing Azure footprint [rbacgen:fraud-detection]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# grp-fraud-platform: MLOps Configuration Reader on rg-fraud-test
# Solution Architect: technical architecture, technical advice and guidance throughout the project
resource "azurerm_role_assignment" "grp_fraud_platform__mlops_configuration_reader__environment" {
  name               = "70b80ee0-49fc-5c83-acd0-dbbc1bb32fb1"
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/7dd6dbad-b354-5ae2-818a-c2f9e76ba843"
  principal_id       = "afc3d32e-d479-516f-b109-baebc114795e"
  principal_type     = "Group"
  description        = "Solution Architect: technical architecture, technical advice and guidance throughout the project [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_configuration_reader]

  timeouts {
    create = "5m"
  }
}

# grp-fraud-platform: Role Based Access Control Administrator on rg-fraud-test (eligible)
# Azure Infrastructure Engineer / Administrator: deploy and configure relevant Azure services in line with the
# designed architecture and integrate with the existing Azure footprint
resource "azurerm_pim_eligible_role_assignment" "grp_fraud_platform__role_based_access_control_administrator__environment" {
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/f58310d9-a9f6-439a-9e8d-f62e7b41a168"
  principal_id       = "afc3d32e-d479-516f-b109-baebc114795e"
  condition          = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {2a2b9908-6ea1-4ae2-8e65-a410df84e7d1, 635dd51f-9968-44d3-b7fb-6d9a6bd613ae, 7f951dda-4ed3-4680-a7ca-43fe172d538d, ba92f5b4-2d11-453d-a403-e96b0029c9fe} AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'})) AND ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {2a2b9908-6ea1-4ae2-8e65-a410df84e7d1, 635dd51f-9968-44d3-b7fb-6d9a6bd613ae, 7f951dda-4ed3-4680-a7ca-43fe172d538d, ba92f5b4-2d11-453d-a403-e96b0029c9fe} AND @Resource[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))"
  condition_version  = "2.0"
  justification      = "Azure Infrastructure Engineer / Administrator: deploy and configure relevant Azure services in line with the designed architecture and integrate with the existing Azure footprint [rbacgen:fraud-detection]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# omar.haddad@contoso.example: Contributor on rg-fraud-test (eligible)
# DevOps Engineer: provision environments via infrastructure as code
resource "azurerm_pim_eligible_role_assignment" "omar_haddad_contoso_example__contributor__environment" {
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
  principal_id       = "fc060162-0ba2-5663-a220-0bb87d73269f"
  justification      = "DevOps Engineer: provision environments via infrastructure as code [rbacgen:fraud-detection]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# omar.haddad@contoso.example: MLOps Configuration Reader on rg-fraud-test
# DevOps Engineer: provision environments via infrastructure as code
resource "azurerm_role_assignment" "omar_haddad_contoso_example__mlops_configuration_reader__environment" {
  name               = "40c4586b-076d-5632-b1e0-6c95f4d63629"
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/7dd6dbad-b354-5ae2-818a-c2f9e76ba843"
  principal_id       = "fc060162-0ba2-5663-a220-0bb87d73269f"
  principal_type     = "User"
  description        = "DevOps Engineer: provision environments via infrastructure as code [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_configuration_reader]

  timeouts {
    create = "5m"
  }
}

# petra.lang@contoso.example: Cost Management Reader on rg-fraud-test (until 2027-06-30)
# Project Manager: cost management
resource "azurerm_pim_active_role_assignment" "petra_lang_contoso_example__cost_management_reader__environment" {
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/72fafb9e-0641-4937-9268-a91bfd8191a3"
  principal_id       = "3cad0f69-6f2e-53fd-9030-cfb1fcb0741f"
  justification      = "Project Manager: cost management [rbacgen:fraud-detection]"

  schedule {
    expiration {
      end_date_time = "2027-06-30T00:00:00Z"
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# sp-fraud-infra: Contributor on rg-fraud-test
# Infrastructure deployment identity: build and change the environments from code
resource "azurerm_role_assignment" "sp_fraud_infra__contributor__environment" {
  name               = "5828274f-0ff5-58a4-a6ba-bb468679ed8b"
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
  principal_id       = "2f7c1f0e-6d0b-4b1a-9d0e-0c5b8a1e7f01"
  principal_type     = "ServicePrincipal"
  description        = "Infrastructure deployment identity: build and change the environments from code [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# sp-fraud-infra: Role Based Access Control Administrator on rg-fraud-test
# Infrastructure deployment identity: give the identities of an environment the roles they run with
resource "azurerm_role_assignment" "sp_fraud_infra__role_based_access_control_administrator__environment" {
  name               = "1d4bd805-6928-53ae-bc06-9cb95f30ef2c"
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/f58310d9-a9f6-439a-9e8d-f62e7b41a168"
  principal_id       = "2f7c1f0e-6d0b-4b1a-9d0e-0c5b8a1e7f01"
  principal_type     = "ServicePrincipal"
  condition          = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {2a2b9908-6ea1-4ae2-8e65-a410df84e7d1, 635dd51f-9968-44d3-b7fb-6d9a6bd613ae, 7f951dda-4ed3-4680-a7ca-43fe172d538d, ba92f5b4-2d11-453d-a403-e96b0029c9fe} AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'})) AND ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {2a2b9908-6ea1-4ae2-8e65-a410df84e7d1, 635dd51f-9968-44d3-b7fb-6d9a6bd613ae, 7f951dda-4ed3-4680-a7ca-43fe172d538d, ba92f5b4-2d11-453d-a403-e96b0029c9fe} AND @Resource[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))"
  condition_version  = "2.0"
  description        = "Infrastructure deployment identity: give the identities of an environment the roles they run with [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
