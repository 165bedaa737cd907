# Rendered by rbacgen from the project fraud-detection, environment test.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Blob container with the Terraform state of one environment

# sp-fraud-infra: Storage Blob Data Contributor on tfstate-test
# Infrastructure deployment identity: build and change the environments from code
resource "azurerm_role_assignment" "sp_fraud_infra__storage_blob_data_contributor__terraform_state" {
  name               = "d0d06899-0e3c-5e47-9330-3e43e4e8a68f"
  scope              = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/resourceGroups/rg-fraud-shared/providers/Microsoft.Storage/storageAccounts/stfraudstate/blobServices/default/containers/tfstate-test"
  role_definition_id = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  principal_id       = "2f7c1f0e-6d0b-4b1a-9d0e-0c5b8a1e7f01"
  principal_type     = "ServicePrincipal"
  description        = "Infrastructure deployment identity: build and change the environments from code [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
