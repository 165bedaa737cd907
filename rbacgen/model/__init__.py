"""Values that every part of rbacgen speaks of: scopes, principals, Azure roles, assignments, states, sources, problems and rules."""
