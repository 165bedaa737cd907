# Rendered by rbacgen from the project as-module, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 5.2, < 6.0"
    }
  }
}
