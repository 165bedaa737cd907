# Rendered by rbacgen from the project fraud-detection, environment test.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: One online endpoint of the workspace
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# lena.fischer@contoso.example: MLOps Endpoint Invoker on score (until 2027-03-31)
# Tester: automated testing via the model endpoint
resource "azurerm_pim_active_role_assignment" "lena_fischer_contoso_example__mlops_endpoint_invoker__endpoint" {
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test/providers/Microsoft.MachineLearningServices/workspaces/mlw-fraud-test/onlineEndpoints/score"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/7c7e9e23-9869-5c0c-9203-2ad894382774"
  principal_id       = "29893277-7595-5221-8c01-5d00afce89b0"
  justification      = "Tester: automated testing via the model endpoint [rbacgen:fraud-detection]"

  depends_on = [azurerm_role_definition.mlops_endpoint_invoker]

  schedule {
    expiration {
      end_date_time = "2027-03-31T00:00:00Z"
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}
