# Rendered by rbacgen from the project hostile-names, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Who gets in here: */ The vault ${each.key} %{ for x in y } � tluav �

# 日本@contoso.example: Key Vault Secrets User on kv-"quoted"-${x}-$-日本-😀
# Öbserver "${title}" %{ endfor } � 👨�👩�👧: see "it" and ${resource.azurerm_role_assignment} \"� � � é
resource "azurerm_role_assignment" "contoso_example__key_vault_secrets_user__vault" {
  name               = "3a2163fc-e270-5ea4-bff4-e113aad3643e"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hostile_(dev)/providers/Microsoft.KeyVault/vaults/kv-\"quoted\"-\u0024{x}-$-日本-😀"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6"
  principal_id       = "00000000-0000-4000-8000-000000012002"
  principal_type     = "User"
  condition          = "((!(ActionMatches{'a \"quoted\" \u0024{word} \u0025{ if } \\ \\n'})) OR (@Resource[a:b] StringEquals '\u202e日本\t😀'))"
  condition_version  = "2.0"
  description        = "Öbserver \"\u0024{title}\" \u0025{ endfor } \u202e 👨\u200d👩\u200d👧: see \"it\" and \u0024{resource.azurerm_role_assignment} \\\"\u0007 \ufeff \U000e0041 é [rbacgen:hostile-names]"

  timeouts {
    create = "5m"
  }
}

# 日本@contoso.example: Vault "Öbserver" ${local.x} %{endif} \ 😀 on kv-"quoted"-${x}-$-日本-😀
# Öbserver "${title}" %{ endfor } � 👨�👩�👧: see "it" and ${resource.azurerm_role_assignment} \"� � � é
resource "azurerm_role_assignment" "contoso_example__vault_observer_local_x_endif__vault" {
  name               = "2e42cdcf-7d68-5c3a-b57e-d9a10b22cbf5"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hostile_(dev)/providers/Microsoft.KeyVault/vaults/kv-\"quoted\"-\u0024{x}-$-日本-😀"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/550bc502-cadf-5645-99a1-9d0a34a55e7f"
  principal_id       = "00000000-0000-4000-8000-000000012002"
  principal_type     = "User"
  description        = "Öbserver \"\u0024{title}\" \u0025{ endfor } \u202e 👨\u200d👩\u200d👧: see \"it\" and \u0024{resource.azurerm_role_assignment} \\\"\u0007 \ufeff \U000e0041 é [rbacgen:hostile-names]"

  depends_on = [azurerm_role_definition.vault_observer_local_x_endif]

  timeouts {
    create = "5m"
  }
}

# équipe �: Key Vault Secrets User on kv-"quoted"-${x}-$-日本-😀
# Öbserver "${title}" %{ endfor } � 👨�👩�👧: see "it" and ${resource.azurerm_role_assignment} \"� � � é
resource "azurerm_role_assignment" "equipe__key_vault_secrets_user__vault" {
  name               = "3b7db825-c89b-5f39-a102-039195eb1f95"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hostile_(dev)/providers/Microsoft.KeyVault/vaults/kv-\"quoted\"-\u0024{x}-$-日本-😀"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6"
  principal_id       = "00000000-0000-4000-8000-000000012004"
  principal_type     = "Group"
  condition          = "((!(ActionMatches{'a \"quoted\" \u0024{word} \u0025{ if } \\ \\n'})) OR (@Resource[a:b] StringEquals '\u202e日本\t😀'))"
  condition_version  = "2.0"
  description        = "Öbserver \"\u0024{title}\" \u0025{ endfor } \u202e 👨\u200d👩\u200d👧: see \"it\" and \u0024{resource.azurerm_role_assignment} \\\"\u0007 \ufeff \U000e0041 é [rbacgen:hostile-names]"

  timeouts {
    create = "5m"
  }
}

# équipe �: Vault "Öbserver" ${local.x} %{endif} \ 😀 on kv-"quoted"-${x}-$-日本-😀
# Öbserver "${title}" %{ endfor } � 👨�👩�👧: see "it" and ${resource.azurerm_role_assignment} \"� � � é
resource "azurerm_role_assignment" "equipe__vault_observer_local_x_endif__vault" {
  name               = "61603f47-d584-552c-a8e7-144af2d742e8"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hostile_(dev)/providers/Microsoft.KeyVault/vaults/kv-\"quoted\"-\u0024{x}-$-日本-😀"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/550bc502-cadf-5645-99a1-9d0a34a55e7f"
  principal_id       = "00000000-0000-4000-8000-000000012004"
  principal_type     = "Group"
  description        = "Öbserver \"\u0024{title}\" \u0025{ endfor } \u202e 👨\u200d👩\u200d👧: see \"it\" and \u0024{resource.azurerm_role_assignment} \\\"\u0007 \ufeff \U000e0041 é [rbacgen:hostile-names]"

  depends_on = [azurerm_role_definition.vault_observer_local_x_endif]

  timeouts {
    create = "5m"
  }
}

# grp "quoted" ${each.value} %{ if true } \ } � 😀: Key Vault Secrets User on kv-"quoted"-${x}-$-日本-😀
# Öbserver "${title}" %{ endfor } � 👨�👩�👧: see "it" and ${resource.azurerm_role_assignment} \"� � � é
resource "azurerm_role_assignment" "grp_quoted_each_value_if_true__key_vault_secrets_user__vault" {
  name               = "8d38ec26-0821-5d11-8ded-74e4345a5361"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hostile_(dev)/providers/Microsoft.KeyVault/vaults/kv-\"quoted\"-\u0024{x}-$-日本-😀"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6"
  principal_id       = "00000000-0000-4000-8000-000000012001"
  principal_type     = "Group"
  condition          = "((!(ActionMatches{'a \"quoted\" \u0024{word} \u0025{ if } \\ \\n'})) OR (@Resource[a:b] StringEquals '\u202e日本\t😀'))"
  condition_version  = "2.0"
  description        = "Öbserver \"\u0024{title}\" \u0025{ endfor } \u202e 👨\u200d👩\u200d👧: see \"it\" and \u0024{resource.azurerm_role_assignment} \\\"\u0007 \ufeff \U000e0041 é [rbacgen:hostile-names]"

  timeouts {
    create = "5m"
  }
}

# grp "quoted" ${each.value} %{ if true } \ } � 😀: Vault "Öbserver" ${local.x} %{endif} \ 😀 on kv-"quoted"-${x}-$-日本-😀
# Öbserver "${title}" %{ endfor } � 👨�👩�👧: see "it" and ${resource.azurerm_role_assignment} \"� � � é
resource "azurerm_role_assignment" "grp_quoted_each_value_if_true__vault_observer_local_x_endif__vault" {
  name               = "659c42ec-608b-552d-aa2b-b13a8d9b158b"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hostile_(dev)/providers/Microsoft.KeyVault/vaults/kv-\"quoted\"-\u0024{x}-$-日本-😀"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/550bc502-cadf-5645-99a1-9d0a34a55e7f"
  principal_id       = "00000000-0000-4000-8000-000000012001"
  principal_type     = "Group"
  description        = "Öbserver \"\u0024{title}\" \u0025{ endfor } \u202e 👨\u200d👩\u200d👧: see \"it\" and \u0024{resource.azurerm_role_assignment} \\\"\u0007 \ufeff \U000e0041 é [rbacgen:hostile-names]"

  depends_on = [azurerm_role_definition.vault_observer_local_x_endif]

  timeouts {
    create = "5m"
  }
}

# ��: Key Vault Secrets User on kv-"quoted"-${x}-$-日本-😀
# Öbserver "${title}" %{ endfor } � 👨�👩�👧: see "it" and ${resource.azurerm_role_assignment} \"� � � é
resource "azurerm_role_assignment" "x191a8841__key_vault_secrets_user__vault" {
  name               = "35d46720-b660-5cc4-bb2f-bb2be028cd35"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hostile_(dev)/providers/Microsoft.KeyVault/vaults/kv-\"quoted\"-\u0024{x}-$-日本-😀"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6"
  principal_id       = "00000000-0000-4000-8000-000000012003"
  principal_type     = "User"
  condition          = "((!(ActionMatches{'a \"quoted\" \u0024{word} \u0025{ if } \\ \\n'})) OR (@Resource[a:b] StringEquals '\u202e日本\t😀'))"
  condition_version  = "2.0"
  description        = "Öbserver \"\u0024{title}\" \u0025{ endfor } \u202e 👨\u200d👩\u200d👧: see \"it\" and \u0024{resource.azurerm_role_assignment} \\\"\u0007 \ufeff \U000e0041 é [rbacgen:hostile-names]"

  timeouts {
    create = "5m"
  }
}

# ��: Vault "Öbserver" ${local.x} %{endif} \ 😀 on kv-"quoted"-${x}-$-日本-😀
# Öbserver "${title}" %{ endfor } � 👨�👩�👧: see "it" and ${resource.azurerm_role_assignment} \"� � � é
resource "azurerm_role_assignment" "x191a8841__vault_observer_local_x_endif__vault" {
  name               = "c6d6af6e-1ab6-526c-a671-77d5eed66ffa"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hostile_(dev)/providers/Microsoft.KeyVault/vaults/kv-\"quoted\"-\u0024{x}-$-日本-😀"
  role_definition_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/550bc502-cadf-5645-99a1-9d0a34a55e7f"
  principal_id       = "00000000-0000-4000-8000-000000012003"
  principal_type     = "User"
  description        = "Öbserver \"\u0024{title}\" \u0025{ endfor } \u202e 👨\u200d👩\u200d👧: see \"it\" and \u0024{resource.azurerm_role_assignment} \\\"\u0007 \ufeff \U000e0041 é [rbacgen:hostile-names]"

  depends_on = [azurerm_role_definition.vault_observer_local_x_endif]

  timeouts {
    create = "5m"
  }
}
