# Rendered by rbacgen from the project transitions, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The subscription

# grp-readers: Reader on 11111111-1111-1111-1111-111111111111
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_readers__reader__subscription" {
  name               = "b1a3669a-f3f3-5dda-b181-e3e6d68e76d3"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000013001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:transitions]"

  timeouts {
    create = "5m"
  }
}
