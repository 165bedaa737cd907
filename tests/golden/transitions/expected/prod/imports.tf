# Rendered by rbacgen from the project transitions, environment prod.
# Do not edit: change the project file and run `rbacgen render`.

# Assignments that live in Azure already: taken over, not created. Once applied, this file can be
# deleted; where they were rendered and never applied, delete it before the first plan.

import {
  to = azurerm_role_assignment.grp_readers__reader__landing_zone
  id = "/providers/Microsoft.Management/managementGroups/mg-transitions/providers/Microsoft.Authorization/roleAssignments/9c098114-c9fe-52d6-b715-64de567a2fcf"
}

import {
  to = azurerm_role_assignment.grp_readers__reader__subscription
  id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleAssignments/b1a3669a-f3f3-5dda-b181-e3e6d68e76d3"
}

import {
  to = azurerm_role_definition.vault_observer
  id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/b34aad0b-9c4d-5edd-a9f9-935ab62e9e15|/subscriptions/11111111-1111-1111-1111-111111111111"
}
