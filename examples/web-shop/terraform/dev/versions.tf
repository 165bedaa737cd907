# Rendered by rbacgen from the project web-shop, environment dev.
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

  subscription_id                 = "3c5e9d0a-84f1-4b43-9a4c-6f1f6a2b7d10"
  resource_provider_registrations = "none"
}
