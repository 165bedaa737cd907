"""Roles, scopes and principals that rows share: thousands of rows name a few of each, which become the same objects."""

from __future__ import annotations

from rbacgen.authorization.catalog.roles import Roles
from rbacgen.model.assignment import AzureRole, Principal, PrincipalType
from rbacgen.model.scope import Scope


class SharedValues:
    """The values that the rows of one source share."""

    __slots__ = ("_principals", "_roles", "_scopes", "_unknown_roles")

    def __init__(self, roles: Roles) -> None:
        self._roles = roles
        self._unknown_roles: dict[tuple[str, str], AzureRole] = {}
        self._scopes: dict[str, Scope] = {}
        self._principals: dict[tuple[str, str, str], Principal] = {}

    def role(self, role_id: str, name: str = "") -> AzureRole:
        """The role of this GUID (lower case) as the source or the catalogue defines it; else a role with only an id and this name."""
        role = self._roles.of(role_id)
        if role.name or not name:
            return role
        return self._unknown_roles.setdefault((role_id, name), AzureRole(role_id, name))

    def scope(self, scope_id: str) -> Scope:
        """The scope of a literal id."""
        return self._scopes.get(scope_id) or self._scopes.setdefault(scope_id, Scope.of(scope_id))

    def principal(self, object_id: str, type_: str, name: str = "") -> Principal:
        """The principal of an object id (any case), of a type as Azure spells it; another type becomes `UNKNOWN`."""
        key = (object_id, type_, name)
        found = self._principals.get(key)
        if found is None:
            found = self._principals[key] = Principal(object_id.lower(), principal_type(type_), name)
        return found


def principal_type(text: str) -> PrincipalType:
    """The type of principal that Azure spells so; `UNKNOWN` where it is none."""
    try:
        return PrincipalType(text)
    except ValueError:
        return PrincipalType.UNKNOWN
