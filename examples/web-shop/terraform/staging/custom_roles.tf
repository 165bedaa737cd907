# Rendered by rbacgen from the project web-shop, environment staging.
# Do not edit: change the project file and run `rbacgen render`.

# Azure roles that no built-in role stands in for.

# Website Contributor, the smallest built-in role that restarts an application, also publishes code and lists the
# application settings.
resource "azurerm_role_definition" "web_app_operator" {
  role_definition_id = "6619af05-86b4-5f84-9210-4e76be33203b"
  name               = "Web App Operator (web-shop staging)"
  scope              = "/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377"
  description        = "Start, stop and restart a web application and see how it does, without changing or deploying it."

  permissions {
    actions = [
      "Microsoft.Web/sites/read",
      "Microsoft.Web/sites/instances/read",
      "Microsoft.Web/sites/restart/action",
      "Microsoft.Web/sites/start/action",
      "Microsoft.Web/sites/stop/action",
      "Microsoft.Insights/metrics/read",
      "Microsoft.Insights/metricDefinitions/read",
      "Microsoft.ResourceHealth/availabilityStatuses/read",
    ]
  }

  assignable_scopes = ["/subscriptions/7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377"]
}
