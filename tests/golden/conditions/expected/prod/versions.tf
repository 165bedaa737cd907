# Rendered by rbacgen from the project conditions, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

terraform {
  required_version = ">= 1.7"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 5.2, < 6.0"
    }
  }
}

provider "azurerm" {
  features {}

  subscription_id = "22222222-2222-2222-2222-222222222222"
}
