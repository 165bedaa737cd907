# Rendered by rbacgen from the project fraud-detection, environment shared.
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

  subscription_id = "d4a7c3b2-58e1-4f0a-9b6d-7c2e8f1a0b34"
  tenant_id       = "6f89cf12-978b-4d23-ac18-9ef0c127cf87"
}
