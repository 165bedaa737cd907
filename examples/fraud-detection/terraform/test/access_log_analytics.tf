# Rendered by rbacgen from the project fraud-detection, environment test.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Log Analytics workspace of the environment
# azurerm replaces a PIM assignment whose justification changes, so a justification stays as it was first given.

# lena.fischer@contoso.example: Log Analytics Data Reader on log-fraud-test (until 2027-03-31)
# Tester: integration testing
resource "azurerm_pim_active_role_assignment" "lena_fischer_contoso_example__log_analytics_data_reader__log_analytics" {
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test/providers/Microsoft.OperationalInsights/workspaces/log-fraud-test"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/3b03c2da-16b3-4a49-8834-0f8130efdd3b"
  principal_id       = "29893277-7595-5221-8c01-5d00afce89b0"
  justification      = "Tester: integration testing [rbacgen:fraud-detection]"

  schedule {
    expiration {
      end_date_time = "2027-03-31T00:00:00Z"
    }
  }

  lifecycle {
    ignore_changes = [justification]
  }
}

# omar.haddad@contoso.example: Log Analytics Data Reader on log-fraud-test
# MLOps Engineer: model performance metrics, service performance metrics
resource "azurerm_role_assignment" "omar_haddad_contoso_example__log_analytics_data_reader__log_analytics" {
  name               = "a299383f-e3e6-5ff9-92b3-d2960f52e43d"
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test/providers/Microsoft.OperationalInsights/workspaces/log-fraud-test"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/3b03c2da-16b3-4a49-8834-0f8130efdd3b"
  principal_id       = "fc060162-0ba2-5663-a220-0bb87d73269f"
  principal_type     = "User"
  description        = "MLOps Engineer: model performance metrics, service performance metrics [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
