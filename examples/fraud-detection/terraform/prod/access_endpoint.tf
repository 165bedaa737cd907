# Rendered by rbacgen from the project fraud-detection, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: One online endpoint of the workspace

# id-fraud-payments: MLOps Endpoint Invoker on score
# Application identity: call the models from the application
resource "azurerm_role_assignment" "id_fraud_payments__mlops_endpoint_invoker__endpoint" {
  name               = "8e6baeed-50d3-5619-b536-d475addd7b1b"
  scope              = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/resourceGroups/rg-fraud-prod/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-prod/onlineEndpoints/score"
  role_definition_id = "/subscriptions/9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21/providers/Microsoft.Authorization/roleDefinitions/7a310c95-dbae-5355-899b-20e4bd313f7a"
  principal_id       = "e3d97aee-6092-577c-88ab-832dd9ea41b9"
  principal_type     = "ServicePrincipal"
  description        = "Application identity: call the models from the application [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_endpoint_invoker]

  timeouts {
    create = "5m"
  }
}
