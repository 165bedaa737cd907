# Rendered by rbacgen from the project hostile-names, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: The group } resource "azurerm_role_assignment" "owned" {

# 1st team: Reader on rg-hostile_(dev)
# Reader: A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and on, ${never}
# ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and on,
# ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and
# on, ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on
# and on, ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes
# on and on, ${never} ending � 日本語
resource "azurerm_role_assignment" "_1st_team__reader__group" {
  name               = "67a3c0dc-b4d9-5650-9964-eacff82c4ae6"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hostile_(dev)"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000012014"
  principal_type     = "Group"
  description        = "Reader: A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e… [rbacgen:hostile-names]"

  timeouts {
    create = "5m"
  }
}

# data_team: Reader on rg-hostile_(dev)
# Reader: A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and on, ${never}
# ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and on,
# ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and
# on, ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on
# and on, ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes
# on and on, ${never} ending � 日本語
resource "azurerm_role_assignment" "data_team__reader__group_2e92d06d" {
  name               = "d3d02e17-42a1-5967-b10b-aa28e550bf99"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hostile_(dev)"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000012012"
  principal_type     = "Group"
  description        = "Reader: A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e… [rbacgen:hostile-names]"

  timeouts {
    create = "5m"
  }
}

# Data Team: Reader on rg-hostile_(dev)
# Reader: A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and on, ${never}
# ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and on,
# ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and
# on, ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on
# and on, ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes
# on and on, ${never} ending � 日本語
resource "azurerm_role_assignment" "data_team__reader__group_51c6c486" {
  name               = "ce13c2bd-bd41-56b8-84b4-984559e9067d"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hostile_(dev)"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000012010"
  principal_type     = "Group"
  description        = "Reader: A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e… [rbacgen:hostile-names]"

  timeouts {
    create = "5m"
  }
}

# data-team: Reader on rg-hostile_(dev)
# Reader: A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and on, ${never}
# ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and on,
# ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and
# on, ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on
# and on, ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes
# on and on, ${never} ending � 日本語
resource "azurerm_role_assignment" "data_team__reader__group_68c8b0e7" {
  name               = "b6e6949c-569d-5ff0-8beb-ffe109bf146b"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hostile_(dev)"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000012011"
  principal_type     = "Group"
  description        = "Reader: A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e… [rbacgen:hostile-names]"

  timeouts {
    create = "5m"
  }
}

# DÄTA TEAM!: Reader on rg-hostile_(dev)
# Reader: A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and on, ${never}
# ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and on,
# ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and
# on, ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on
# and on, ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes
# on and on, ${never} ending � 日本語
resource "azurerm_role_assignment" "data_team__reader__group_fa9f5216" {
  name               = "8a70944b-3c63-5adc-aef7-b9f2469fff72"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hostile_(dev)"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000012013"
  principal_type     = "Group"
  description        = "Reader: A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e… [rbacgen:hostile-names]"

  timeouts {
    create = "5m"
  }
}

# long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-:
# Reader on rg-hostile_(dev)
# Reader: A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and on, ${never}
# ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and on,
# ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and
# on, ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on
# and on, ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes
# on and on, ${never} ending � 日本語
resource "azurerm_role_assignment" "long_name_long_name_long_name_long_name_long_name_long_name_long_name_long_name_long_name_long_name_l_36d0f69b" {
  name               = "9d6142f5-eecc-5fbf-8900-2e68f1094ee0"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hostile_(dev)"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000012015"
  principal_type     = "Group"
  description        = "Reader: A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e… [rbacgen:hostile-names]"

  timeouts {
    create = "5m"
  }
}

# long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-other-name:
# Reader on rg-hostile_(dev)
# Reader: A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and on, ${never}
# ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and on,
# ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on and
# on, ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes on
# and on, ${never} ending � 日本語 A responsibility that goes on and on, ${never} ending � 日本語 A responsibility that goes
# on and on, ${never} ending � 日本語
resource "azurerm_role_assignment" "long_name_long_name_long_name_long_name_long_name_long_name_long_name_long_name_long_name_long_name_l_98656d3e" {
  name               = "5cf1e89a-df86-5d4e-875e-7f888352b5ef"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hostile_(dev)"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
  principal_id       = "00000000-0000-4000-8000-000000012016"
  principal_type     = "Group"
  description        = "Reader: A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e 日本語 A responsibility that goes on and on, \u0024{never} ending \u202e… [rbacgen:hostile-names]"

  timeouts {
    create = "5m"
  }
}
