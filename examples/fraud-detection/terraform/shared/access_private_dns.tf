# Rendered by rbacgen from the project fraud-detection, environment shared.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Resource group of the private DNS zones, in the platform subscription
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-fraud-platform: MLOps Configuration Reader on rg-hub-dns
# Azure Infrastructure Engineer / Administrator: deploy and configure relevant Azure services in line with the
# designed architecture and integrate with the existing Azure footprint, represent IT to assist with integrations with
# on-premises workloads, such as network integrations with edge devices
resource "azurerm_role_assignment" "grp_fraud_platform__mlops_configuration_reader__private_dns" {
  name               = "172fc5aa-a65b-5a8a-956b-f71ac5e7ab25"
  scope              = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/resourceGroups/rg-hub-dns"
  role_definition_id = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/providers/Microsoft.Authorization/roleDefinitions/1ccac489-d300-53e0-a981-b867a3dc956f"
  principal_id       = "afc3d32e-d479-516f-b109-baebc114795e"
  principal_type     = "Group"
  description        = "Azure Infrastructure Engineer / Administrator: deploy and configure relevant Azure services in line with the designed architecture and integrate with the existing Azure footprint, represent IT to assist with integrations with on-premises workloads, such as network integrations with edge devices [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_configuration_reader]

  timeouts {
    create = "5m"
  }
}

# grp-fraud-platform: Private DNS Zone Contributor on rg-hub-dns (eligible)
# Azure Infrastructure Engineer / Administrator: deploy and configure relevant Azure services in line with the
# designed architecture and integrate with the existing Azure footprint
resource "azurerm_pim_eligible_role_assignment" "grp_fraud_platform__private_dns_zone_contributor__private_dns" {
  scope              = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/resourceGroups/rg-hub-dns"
  role_definition_id = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/providers/Microsoft.Authorization/roleDefinitions/b12aa53e-6015-4669-85d0-8515ebb3ae7f"
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

# sp-fraud-infra: Private DNS Zone Contributor on rg-hub-dns
# Infrastructure deployment identity: attach the environments to the hub network and private DNS
resource "azurerm_role_assignment" "sp_fraud_infra__private_dns_zone_contributor__private_dns" {
  name               = "326bf922-3e79-5da6-83f8-677cd8a306b3"
  scope              = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/resourceGroups/rg-hub-dns"
  role_definition_id = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/providers/Microsoft.Authorization/roleDefinitions/b12aa53e-6015-4669-85d0-8515ebb3ae7f"
  principal_id       = "2f7c1f0e-6d0b-4b1a-9d0e-0c5b8a1e7f01"
  principal_type     = "ServicePrincipal"
  description        = "Infrastructure deployment identity: attach the environments to the hub network and private DNS [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
