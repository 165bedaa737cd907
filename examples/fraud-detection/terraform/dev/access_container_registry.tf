# Rendered by rbacgen from the project fraud-detection, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Container registry of the workspace

# id-fraud-compute-dev: AcrPull on crfrauddev
# Compute identity: run training and data jobs
resource "azurerm_role_assignment" "id_fraud_compute_dev__acrpull__container_registry" {
  name               = "9c696892-d4f4-5a8f-b544-3026c2575839"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev/providers/Microsoft.ContainerRegistry/registries/crfrauddev"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d"
  principal_id       = "8e11fc72-c5a5-53d3-8ea3-22548e76b105"
  principal_type     = "ServicePrincipal"
  description        = "Compute identity: run training and data jobs [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# omar.haddad@contoso.example: AcrPull on crfrauddev
# MLOps Engineer: continuous integration and continuous deployment
resource "azurerm_role_assignment" "omar_haddad_contoso_example__acrpull__container_registry" {
  name               = "6bc02d5d-3d98-54ee-a6fd-41dbe12e255e"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev/providers/Microsoft.ContainerRegistry/registries/crfrauddev"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d"
  principal_id       = "fc060162-0ba2-5663-a220-0bb87d73269f"
  principal_type     = "User"
  description        = "MLOps Engineer: continuous integration and continuous deployment [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# sp-fraud-deploy-dev: AcrPush on crfrauddev
# ML deployment identity: deploy models, endpoints and pipelines to the environments
resource "azurerm_role_assignment" "sp_fraud_deploy_dev__acrpush__container_registry" {
  name               = "38b82fdc-7843-507a-8ccf-e103e2f7ce54"
  scope              = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/resourceGroups/rg-fraud-dev/providers/Microsoft.ContainerRegistry/registries/crfrauddev"
  role_definition_id = "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/Microsoft.Authorization/roleDefinitions/8311e382-0749-4cb8-b61a-304f252e45ec"
  principal_id       = "2f7c1f0e-6d0b-4b1a-9d0e-0c5b8a1e7f02"
  principal_type     = "ServicePrincipal"
  description        = "ML deployment identity: deploy models, endpoints and pipelines to the environments [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
