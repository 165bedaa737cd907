# Rendered by rbacgen from the project without-pim, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The management group

# grp-guests: Reader on mg-golden
# Guest: look around
resource "azurerm_role_assignment" "grp_guests__reader__landing_zone" {
  name               = "fd938ed4-6ce8-5850-b235-af3fd94a99b4"
  scope              = "/providers/Microsoft.Management/managementGroups/mg-golden"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000003003"
  principal_type     = "Group"
  description        = "Guest: look around [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}

# grp-locums: Management Group Contributor on mg-golden
# Locum: stand in for an operator
resource "azurerm_role_assignment" "grp_locums__management_group_contributor__landing_zone" {
  name               = "8afac880-713f-5f70-8d03-0374249b05ab"
  scope              = "/providers/Microsoft.Management/managementGroups/mg-golden"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/5d58bcaf-24a5-4b20-bdb6-eed9f69fbe4c"
  principal_id       = "00000000-0000-4000-8000-000000003004"
  principal_type     = "Group"
  description        = "Locum: stand in for an operator [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}

# grp-operators: Management Group Contributor on mg-golden
# Operator: keep it running
resource "azurerm_role_assignment" "grp_operators__management_group_contributor__landing_zone" {
  name               = "c9fee8fa-d623-5b30-9b00-29e6061121c7"
  scope              = "/providers/Microsoft.Management/managementGroups/mg-golden"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/5d58bcaf-24a5-4b20-bdb6-eed9f69fbe4c"
  principal_id       = "00000000-0000-4000-8000-000000003002"
  principal_type     = "Group"
  description        = "Operator: keep it running [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}

# grp-readers: Reader on mg-golden
# Reader of all: see everything
resource "azurerm_role_assignment" "grp_readers__reader__landing_zone" {
  name               = "a147ec55-6fc8-58f1-8d31-a8fa2feff893"
  scope              = "/providers/Microsoft.Management/managementGroups/mg-golden"
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000003001"
  principal_type     = "Group"
  description        = "Reader of all: see everything [rbacgen:without-pim]"

  timeouts {
    create = "5m"
  }
}
