# Rendered by rbacgen from the project fraud-detection, environment shared.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Resource group of the hub network, in the platform subscription
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# grp-fraud-platform: MLOps Configuration Reader on rg-hub-network
# Azure Infrastructure Engineer / Administrator: deploy and configure relevant Azure services in line with the
# designed architecture and integrate with the existing Azure footprint, represent IT to assist with integrations with
# on-premises workloads, such as network integrations with edge devices
resource "azurerm_role_assignment" "grp_fraud_platform__mlops_configuration_reader__network" {
  name               = "3bfa598b-040b-5923-b6e7-989a2625fdda"
  scope              = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/resourceGroups/rg-hub-network"
  role_definition_id = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/providers/Microsoft.Authorization/roleDefinitions/1ccac489-d300-53e0-a981-b867a3dc956f"
  principal_id       = "afc3d32e-d479-516f-b109-baebc114795e"
  principal_type     = "Group"
  description        = "Azure Infrastructure Engineer / Administrator: deploy and configure relevant Azure services in line with the designed architecture and integrate with the existing Azure footprint, represent IT to assist with integrations with on-premises workloads, such as network integrations with edge devices [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_configuration_reader]

  timeouts {
    create = "5m"
  }
}

# grp-fraud-platform: Network Contributor on rg-hub-network (eligible)
# Azure Infrastructure Engineer / Administrator: deploy and configure relevant Azure services in line with the
# designed architecture and integrate with the existing Azure footprint, represent IT to assist with integrations with
# on-premises workloads, such as network integrations with edge devices
resource "azurerm_pim_eligible_role_assignment" "grp_fraud_platform__network_contributor__network" {
  scope              = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/resourceGroups/rg-hub-network"
  role_definition_id = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/providers/Microsoft.Authorization/roleDefinitions/4d97b98b-1d4f-4787-a291-c67834d212e7"
  principal_id       = "afc3d32e-d479-516f-b109-baebc114795e"
  justification      = "Azure Infrastructure Engineer / Administrator: deploy and configure relevant Azure services in line with the designed architecture and integrate with the existing Azure footprint, represent IT to assist with integrations with on-premises workloads, such as network integrations with edge devices [rbacgen:fraud-detection]"

  schedule {
    expiration {
      duration_days = 365
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# sp-fraud-infra: MLOps Network Joiner on rg-hub-network
# Infrastructure deployment identity: attach the environments to the hub network and private DNS
resource "azurerm_role_assignment" "sp_fraud_infra__mlops_network_joiner__network" {
  name               = "4018e01f-407e-5530-89b9-85d3ff126338"
  scope              = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/resourceGroups/rg-hub-network"
  role_definition_id = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/providers/Microsoft.Authorization/roleDefinitions/f440f72f-022f-5cb7-81b2-61b98eb309d7"
  principal_id       = "2f7c1f0e-6d0b-4b1a-9d0e-0c5b8a1e7f01"
  principal_type     = "ServicePrincipal"
  description        = "Infrastructure deployment identity: attach the environments to the hub network and private DNS [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_network_joiner]

  timeouts {
    create = "5m"
  }
}
