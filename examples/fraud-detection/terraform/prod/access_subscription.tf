# Rendered by rbacgen from the project fraud-detection, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Subscription of the environment; in shared, the platform subscription
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-fraud-platform: Cost Management Contributor on 9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21
# Azure Infrastructure Engineer / Administrator: implement Well-Architected standards such as cost management and
# policy-based governance
resource "azurerm_role_assignment" "grp_fraud_platform__cost_management_contributor__subscription" {
  name               = "32c83c51-52e3-5fa4-a7ca-b136986d59f7"
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21"
  role_definition_id = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/providers/Microsoft.Authorization/roleDefinitions/434105ed-43f6-45c7-a02f-909b2ba83430"
  principal_id       = "afc3d32e-d479-516f-b109-baebc114795e"
  principal_type     = "Group"
  description        = "Azure Infrastructure Engineer / Administrator: implement Well-Architected standards such as cost management and policy-based governance [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# grp-fraud-platform: MLOps Configuration Reader on 9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21
# Azure Infrastructure Engineer / Administrator: deploy and configure relevant Azure services in line with the
# designed architecture and integrate with the existing Azure footprint
resource "azurerm_role_assignment" "grp_fraud_platform__mlops_configuration_reader__subscription" {
  name               = "5b1ef14f-9c21-5a3d-9025-95d01275641e"
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21"
  role_definition_id = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/providers/Microsoft.Authorization/roleDefinitions/f75888a4-b11d-53cd-a5a1-9948f3bf25ff"
  principal_id       = "afc3d32e-d479-516f-b109-baebc114795e"
  principal_type     = "Group"
  description        = "Azure Infrastructure Engineer / Administrator: deploy and configure relevant Azure services in line with the designed architecture and integrate with the existing Azure footprint [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_configuration_reader]

  timeouts {
    create = "5m"
  }
}

# grp-fraud-platform: Resource Policy Contributor on 9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21 (eligible)
# Azure Infrastructure Engineer / Administrator: implement Well-Architected standards such as cost management and
# policy-based governance
resource "azurerm_pim_eligible_role_assignment" "grp_fraud_platform__resource_policy_contributor__subscription" {
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21"
  role_definition_id = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/providers/Microsoft.Authorization/roleDefinitions/36243c78-bf99-498c-9df9-86d9f8d28608"
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

# grp-fraud-platform: Tag Contributor on 9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21 (eligible)
# Azure Infrastructure Engineer / Administrator: implement Well-Architected standards such as cost management and
# policy-based governance
resource "azurerm_pim_eligible_role_assignment" "grp_fraud_platform__tag_contributor__subscription" {
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21"
  role_definition_id = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/providers/Microsoft.Authorization/roleDefinitions/4a9ae827-6dc8-4573-8ac7-8239d42aa03f"
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
