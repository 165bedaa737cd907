# Rendered by rbacgen from the project web-shop, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

terraform {
  required_version = ">= 1.7"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.26, < 5.0"
    }
  }
}

provider "azurerm" {
  features {}

  subscription_id                 = "7d2f4a18-0c63-4e57-b8d1-52a9c1e0f377"
  resource_provider_registrations = "none"
}
