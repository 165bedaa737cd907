# Rendered by rbacgen from the project transitions, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Resources that have a new address and are the same access. Once applied everywhere, this file can be deleted.

moved {
  from = azurerm_pim_eligible_role_assignment.grp_old_operators__contributor__group
  to   = azurerm_pim_eligible_role_assignment.grp_operators__contributor__group
}

moved {
  from = azurerm_pim_eligible_role_assignment.grp_old_operators__key_vault_secrets_officer__vault
  to   = azurerm_pim_eligible_role_assignment.grp_operators__key_vault_secrets_officer__vault
}

moved {
  from = azurerm_pim_eligible_role_assignment.grp_old_operators__storage_blob_data_contributor__raw
  to   = azurerm_pim_eligible_role_assignment.grp_operators__storage_blob_data_contributor__raw
}

moved {
  from = azurerm_role_assignment.grp_old_readers__key_vault_reader__vault
  to   = azurerm_role_assignment.grp_readers__key_vault_reader__vault
}

moved {
  from = azurerm_role_assignment.grp_old_readers__reader__group
  to   = azurerm_role_assignment.grp_readers__reader__group
}

moved {
  from = azurerm_role_assignment.grp_old_readers__reader__root
  to   = azurerm_role_assignment.grp_readers__reader__root
}

moved {
  from = azurerm_role_assignment.grp_old_readers__storage_blob_data_reader__raw
  to   = azurerm_role_assignment.grp_readers__storage_blob_data_reader__raw
}
