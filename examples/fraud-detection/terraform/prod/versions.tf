# Rendered by rbacgen from the project fraud-detection, environment prod.
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

  subscription_id = "9f1d4d8e-2a77-4d6f-8c0b-1f7a3f0c5e21"
  tenant_id       = "6f89cf12-978b-4d23-ac18-9ef0c127cf87"
}
