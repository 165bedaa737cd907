# Rendered by rbacgen from the project transitions, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Assignments that another environment's directory takes over: removed from this state, not destroyed. Apply that one next
# (its imports.tf imports them). Once applied, this file can be deleted.

removed {
  from = azurerm_role_assignment.grp_old_readers__reader__landing_zone

  lifecycle {
    destroy = false
  }
}

removed {
  from = azurerm_role_assignment.grp_old_readers__reader__subscription

  lifecycle {
    destroy = false
  }
}

removed {
  from = azurerm_role_definition.vault_observer

  lifecycle {
    destroy = false
  }
}
