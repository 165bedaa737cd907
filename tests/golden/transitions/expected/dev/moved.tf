# Rendered by rbacgen from the project transitions, environment dev.
# Do not edit: change the project file and run `rbacgen render`.

# Resources that have a new address and are the same access. Once applied everywhere, this file can be deleted.

moved {
  from = azurerm_pim_eligible_role_assignment.grp_old_operators__contributor__group
  to   = azurerm_pim_eligible_role_assignment.grp_operators__contributor__group
}

moved {
  from = azurerm_pim_eligible_role_assignment.grp_old_operators__contributor__subscription
  to   = azurerm_pim_eligible_role_assignment.grp_operators__contributor__subscription
}

moved {
  from = azurerm_pim_eligible_role_assignment.grp_old_operators__key_vault_secrets_officer__vault
  to   = azurerm_pim_eligible_role_assignment.grp_operators__key_vault_secrets_officer__vault
}

moved {
  from = azurerm_pim_eligible_role_assignment.grp_old_operators__management_group_contributor__landing_zone
  to   = azurerm_pim_eligible_role_assignment.grp_operators__management_group_contributor__landing_zone
}

moved {
  from = azurerm_pim_eligible_role_assignment.grp_old_operators__storage_blob_data_contributor__raw
  to   = azurerm_pim_eligible_role_assignment.grp_operators__storage_blob_data_contributor__raw
}
