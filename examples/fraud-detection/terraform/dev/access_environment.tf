# Rendered by rbacgen from the project fraud-detection, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Resource group of one environment, with the workspace and what it needs
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-fraud-platform: Contributor on rg-fraud-dev (eligible)
# Azure Infrastructure Engineer / Administrator: deploy and configure relevant Azure services in line with the
# designed architecture and integrate with the existing Azure footprint
resource "azurerm_pim_eligible_role_assignment" "grp_fraud_platform__contributor__environment" {
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
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

# grp-fraud-platform: MLOps Configuration Reader on rg-fraud-dev
# Solution Architect: technical architecture, technical advice and guidance throughout the project
resource "azurerm_role_assignment" "grp_fraud_platform__mlops_configuration_reader__environment" {
  name               = "fbc3006b-6188-56f3-a4cc-d1da7f7720af"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/686928c2-c335-5e3a-ac17-b52a09aedfed"
  principal_id       = "afc3d32e-d479-516f-b109-baebc114795e"
  principal_type     = "Group"
  description        = "Solution Architect: technical architecture, technical advice and guidance throughout the project [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_configuration_reader]

  timeouts {
    create = "5m"
  }
}

# grp-fraud-platform: Role Based Access Control Administrator on rg-fraud-dev (eligible)
# Azure Infrastructure Engineer / Administrator: deploy and configure relevant Azure services in line with the
# designed architecture and integrate with the existing Azure footprint
resource "azurerm_pim_eligible_role_assignment" "grp_fraud_platform__role_based_access_control_administrator__environment" {
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/f58310d9-a9f6-439a-9e8d-f62e7b41a168"
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

# omar.haddad@contoso.example: Contributor on rg-fraud-dev
# DevOps Engineer: provision environments via infrastructure as code
resource "azurerm_role_assignment" "omar_haddad_contoso_example__contributor__environment" {
  name               = "8044d9b2-4dd0-5ae4-9183-6ab8ca408099"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
  principal_id       = "fc060162-0ba2-5663-a220-0bb87d73269f"
  principal_type     = "User"
  description        = "DevOps Engineer: provision environments via infrastructure as code [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# petra.lang@contoso.example: Azure AI Administrator on rg-fraud-dev (eligible)
# Project Lead: provision the team project in the code hosting and development platforms (Azure DevOps, GitHub, Azure
# ML)
resource "azurerm_pim_eligible_role_assignment" "petra_lang_contoso_example__azure_ai_administrator__environment" {
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/b78c5d69-af96-48a3-bf8d-a8b4d589de94"
  principal_id       = "3cad0f69-6f2e-53fd-9030-cfb1fcb0741f"
  justification      = "Project Lead: provision the team project in the code hosting and development platforms (Azure DevOps, GitHub, Azure ML) [rbacgen:fraud-detection]"

  schedule {
    expiration {
      end_date_time = "2027-06-30T00:00:00Z"
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# petra.lang@contoso.example: Cost Management Reader on rg-fraud-dev (until 2027-06-30)
# Project Manager: cost management
resource "azurerm_pim_active_role_assignment" "petra_lang_contoso_example__cost_management_reader__environment" {
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/72fafb9e-0641-4937-9268-a91bfd8191a3"
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

# sp-fraud-infra: Contributor on rg-fraud-dev
# Infrastructure deployment identity: build and change the environments from code
resource "azurerm_role_assignment" "sp_fraud_infra__contributor__environment" {
  name               = "a858278e-1b37-5ee8-a0f9-e1cc47693283"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
  principal_id       = "2f7c1f0e-6d0b-4b1a-9d0e-0c5b8a1e7f01"
  principal_type     = "ServicePrincipal"
  description        = "Infrastructure deployment identity: build and change the environments from code [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# sp-fraud-infra: Role Based Access Control Administrator on rg-fraud-dev
# Infrastructure deployment identity: give the identities of an environment the roles they run with
resource "azurerm_role_assignment" "sp_fraud_infra__role_based_access_control_administrator__environment" {
  name               = "9263da72-711f-53fb-9bba-9554f30d284a"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/f58310d9-a9f6-439a-9e8d-f62e7b41a168"
  principal_id       = "2f7c1f0e-6d0b-4b1a-9d0e-0c5b8a1e7f01"
  principal_type     = "ServicePrincipal"
  condition          = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {2a2b9908-6ea1-4ae2-8e65-a410df84e7d1, 635dd51f-9968-44d3-b7fb-6d9a6bd613ae, 7f951dda-4ed3-4680-a7ca-43fe172d538d, ba92f5b4-2d11-453d-a403-e96b0029c9fe} AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'})) AND ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {2a2b9908-6ea1-4ae2-8e65-a410df84e7d1, 635dd51f-9968-44d3-b7fb-6d9a6bd613ae, 7f951dda-4ed3-4680-a7ca-43fe172d538d, ba92f5b4-2d11-453d-a403-e96b0029c9fe} AND @Resource[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))"
  condition_version  = "2.0"
  description        = "Infrastructure deployment identity: give the identities of an environment the roles they run with [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
