# Rendered by rbacgen from the project fraud-detection, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Subscription of the environment; in shared, the platform subscription
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-fraud-platform: Cost Management Contributor on 6082bfda-63d0-46f4-8272-ae9195139feb
# Azure Infrastructure Engineer / Administrator: implement Well-Architected standards such as cost management and
# policy-based governance
resource "azurerm_role_assignment" "grp_fraud_platform__cost_management_contributor__subscription" {
  name               = "94c113ae-5b8c-5fb0-be10-f2f05b987b5b"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/434105ed-43f6-45c7-a02f-909b2ba83430"
  principal_id       = "afc3d32e-d479-516f-b109-baebc114795e"
  principal_type     = "Group"
  description        = "Azure Infrastructure Engineer / Administrator: implement Well-Architected standards such as cost management and policy-based governance [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# grp-fraud-platform: MLOps Configuration Reader on 6082bfda-63d0-46f4-8272-ae9195139feb
# Azure Infrastructure Engineer / Administrator: deploy and configure relevant Azure services in line with the
# designed architecture and integrate with the existing Azure footprint
resource "azurerm_role_assignment" "grp_fraud_platform__mlops_configuration_reader__subscription" {
  name               = "5a25b052-7b6d-5323-8e26-33158c23915e"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/686928c2-c335-5e3a-ac17-b52a09aedfed"
  principal_id       = "afc3d32e-d479-516f-b109-baebc114795e"
  principal_type     = "Group"
  description        = "Azure Infrastructure Engineer / Administrator: deploy and configure relevant Azure services in line with the designed architecture and integrate with the existing Azure footprint [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_configuration_reader]

  timeouts {
    create = "5m"
  }
}

# grp-fraud-platform: Resource Policy Contributor on 6082bfda-63d0-46f4-8272-ae9195139feb (eligible)
# Azure Infrastructure Engineer / Administrator: implement Well-Architected standards such as cost management and
# policy-based governance
resource "azurerm_pim_eligible_role_assignment" "grp_fraud_platform__resource_policy_contributor__subscription" {
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/36243c78-bf99-498c-9df9-86d9f8d28608"
  principal_id       = "afc3d32e-d479-516f-b109-baebc114795e"
  justification      = "Azure Infrastructure Engineer / Administrator: implement Well-Architected standards such as cost management and policy-based governance [rbacgen:fraud-detection]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# grp-fraud-platform: Tag Contributor on 6082bfda-63d0-46f4-8272-ae9195139feb (eligible)
# Azure Infrastructure Engineer / Administrator: implement Well-Architected standards such as cost management and
# policy-based governance
resource "azurerm_pim_eligible_role_assignment" "grp_fraud_platform__tag_contributor__subscription" {
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/4a9ae827-6dc8-4573-8ac7-8239d42aa03f"
  principal_id       = "afc3d32e-d479-516f-b109-baebc114795e"
  justification      = "Azure Infrastructure Engineer / Administrator: implement Well-Architected standards such as cost management and policy-based governance [rbacgen:fraud-detection]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}
