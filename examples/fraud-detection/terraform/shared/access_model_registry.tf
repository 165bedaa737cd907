# Rendered by rbacgen from the project fraud-detection, environment shared.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: Registry that shares models, components and environments between workspaces

# grp-fraud-data-scientists: Reader on mlr-fraud
# Data Scientist: model repository
resource "azurerm_role_assignment" "grp_fraud_data_scientists__reader__model_registry" {
  name               = "ae973b7c-b074-5978-b38a-173eba0a1bf7"
  scope              = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/resourceGroups/rg-fraud-shared/providers/Microsoft.MachineLearningServices/registries/mlr-fraud"
  role_definition_id = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "ce83091f-6d8e-5a98-8d55-0e893fe9e7dc"
  principal_type     = "Group"
  description        = "Data Scientist: model repository [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# omar.haddad@contoso.example: Reader on mlr-fraud
# MLOps Engineer: deployment of code and pipelines across environments
resource "azurerm_role_assignment" "omar_haddad_contoso_example__reader__model_registry" {
  name               = "d7513f3b-d388-529f-92a3-ea99e3ef12cd"
  scope              = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/resourceGroups/rg-fraud-shared/providers/Microsoft.MachineLearningServices/registries/mlr-fraud"
  role_definition_id = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "fc060162-0ba2-5663-a220-0bb87d73269f"
  principal_type     = "User"
  description        = "MLOps Engineer: deployment of code and pipelines across environments [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}

# sp-fraud-deploy: AzureML Registry User on mlr-fraud
# ML deployment identity: promote tested models into the registry
resource "azurerm_role_assignment" "sp_fraud_deploy__azureml_registry_user__model_registry" {
  name               = "2e299424-ebf9-5419-92c0-a4dbc460febe"
  scope              = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/resourceGroups/rg-fraud-shared/providers/Microsoft.MachineLearningServices/registries/mlr-fraud"
  role_definition_id = "/subscriptions/d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34/providers/Microsoft.Authorization/roleDefinitions/1823dd4f-9b8c-4ab6-ab4e-7397a3684615"
  principal_id       = "2f7c1f0e-6d0b-4b1a-9d0e-0c5b8a1e7f03"
  principal_type     = "ServicePrincipal"
  description        = "ML deployment identity: promote tested models into the registry [rbacgen:fraud-detection]"

  timeouts {
    create = "5m"
  }
}
