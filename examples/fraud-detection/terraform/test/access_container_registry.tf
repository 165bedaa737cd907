# Rendered by rbacgen from the project fraud-detection, environment test.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Container registry of the workspace

# id-fraud-compute-test: AcrPull on crfraudtest
# Compute identity: run training and data jobs
resource "azurerm_role_assignment" "id_fraud_compute_test__acrpull__container_registry" {
  name               = "0029889b-8dae-51ef-8174-5ad4551727fd"
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test/providers/Microsoft.ContainerRegistry/registries/crfraudtest"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d"
  principal_id       = "c2a6ce33-cb45-5c3b-873c-325b68dc567b"
  principal_type     = "ServicePrincipal"
  description        = "Compute identity: run training and data jobs [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# sp-fraud-deploy: AcrPush on crfraudtest
# ML deployment identity: deploy models, endpoints and pipelines to the environments
resource "azurerm_role_assignment" "sp_fraud_deploy__acrpush__container_registry" {
  name               = "85563bd5-3910-5dff-84a1-105a427f18be"
  scope              = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-fraud-test/providers/Microsoft.ContainerRegistry/registries/crfraudtest"
  role_definition_id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/providers/Microsoft.Authorization/roleDefinitions/8311e382-0749-4cb8-b61a-304f252e45ec"
  principal_id       = "2f7c1f0e-6d0b-4b1a-9d0e-0c5b8a1e7f03"
  principal_type     = "ServicePrincipal"
  description        = "ML deployment identity: deploy models, endpoints and pipelines to the environments [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
