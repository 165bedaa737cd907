# Rendered by rbacgen from the project azurerm-4, environment dev.
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

  subscription_id                 = "11111111-1111-1111-1111-111111111111"
  resource_provider_registrations = "none"
}
