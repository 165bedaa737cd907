# Rendered by rbacgen from the project fraud-detection, environment test.
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

  subscription_id = "0b1f6471-1bf0-4dda-aec3-cb9272f09590"
  tenant_id       = "6f89cf12-978b-4d23-ac18-9ef0c127cf87"
}
