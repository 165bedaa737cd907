# What the project file refers to: the user's own, beside what is rendered.
locals {
  landing_zone = "/providers/Microsoft.Management/managementGroups/mg-json"
  containers = {
    "the raw one" = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-json/providers/Microsoft.Storage/storageAccounts/stjson/blobServices/default/containers/raw"
  }
}

resource "azurerm_resource_group" "app" {
  name     = "rg-json"
  location = "westeurope"
}

resource "azurerm_user_assigned_identity" "robot" {
  name                = "id-robot"
  resource_group_name = azurerm_resource_group.app.name
  location            = azurerm_resource_group.app.location
}

resource "azurerm_key_vault" "app" {
  name                = "kv-json"
  resource_group_name = azurerm_resource_group.app.name
  location            = azurerm_resource_group.app.location
  tenant_id           = "33333333-4444-4555-8666-777777777777"
  sku_name            = "standard"
}
