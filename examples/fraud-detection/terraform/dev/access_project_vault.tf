# Rendered by rbacgen from the project fraud-detection, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Key vault with the credentials of source systems, apart from the workspace vault

# grp-fraud-data-engineers: Key Vault Secrets User on kv-fraud-dev
# Data Engineer: fetch data from source systems
resource "azurerm_role_assignment" "grp_fraud_data_engineers__key_vault_secrets_user__project_vault" {
  name               = "0371307d-68f9-5685-856f-3b1e850b2caf"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev/providers/Microsoft.KeyVault/vaults/kv-fraud-dev"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6"
  principal_id       = "e38cb99d-dcb3-5513-8c3a-319a394da0a1"
  principal_type     = "Group"
  description        = "Data Engineer: fetch data from source systems [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
