# Rendered by rbacgen from the project fraud-detection, environment dev.
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

  subscription_id = "6082bfda-63d0-46f4-8272-ae9195139feb"
  tenant_id       = "6f89cf12-978b-4d23-ac18-9ef0c127cf87"
}
