# Rendered by rbacgen from the project hostile-names, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Azure roles that no built-in role stands in for.

# Line one resource "azurerm_role_assignment" "owned" {} # line three � reversed � <<EOT
resource "azurerm_role_definition" "vault_observer_local_x_endif" {
  role_definition_id = "550bc502-cadf-5645-99a1-9d0a34a55e7f"
  name               = "Vault \"Öbserver\" \u0024{local.x} \u0025{endif} \\ \t 😀 (hostile-names dev)"
  scope              = "/subscriptions/11111111-1111-1111-1111-111111111111"
  description        = "See \"vaults\" \u0024{path.module}\r\n\u0025{ if true }and\u2028nothing\u0000\u0007 else \\u0041 é é"

  permissions {
    actions = ["Microsoft.KeyVault/vaults/read"]
  }

  assignable_scopes = ["/subscriptions/11111111-1111-1111-1111-111111111111"]
}
