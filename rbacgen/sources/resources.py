"""What the Terraform resources of access mean, wherever their values were read: a state, a plan or a file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct, field

from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.encoding import each_once
from rbacgen.authorization.catalog.roles import Roles
from rbacgen.model.assignment import (
    Activation,
    ActualDetails,
    Assignment,
    AzureRole,
    Permission,
    Principal,
    PrincipalType,
)
from rbacgen.model.scope import GUID, Scope, ScopeLevel
from rbacgen.model.state import Part
from rbacgen.model.wording import shortlist
from rbacgen.sources.collector import Collector, role_guid
from rbacgen.sources.resource_ends import end_of, unclear_parts
from rbacgen.sources.resource_values import (
    NotUnderstoodError,
    Reference,
    Resource,
    Unclear,
    Value,
    blocks,
    problem_of,
    reference_or_text,
    text,
    texts,
)
from rbacgen.sources.shared_values import SharedValues, principal_type

ACTIVE_PERMANENT = "azurerm_role_assignment"
ELIGIBLE = "azurerm_pim_eligible_role_assignment"
ACTIVE = "azurerm_pim_active_role_assignment"
MARKETPLACE = "azurerm_marketplace_role_assignment"
DEFINITION = "azurerm_role_definition"
ASSIGNMENTS = frozenset({ACTIVE_PERMANENT, ELIGIBLE, ACTIVE, MARKETPLACE})

# Access too, but not through Azure roles on resources: a note names it, so that it is not taken for read.
OTHER_ACCESS = frozenset(
    {
        "azuread_administrative_unit_role_member",
        "azuread_app_role_assignment",
        "azuread_custom_directory_role",
        "azuread_directory_role_assignment",
        "azuread_directory_role_eligibility_schedule_request",
        "azuread_directory_role_member",
        "azuread_group_member",
        "azuread_privileged_access_group_assignment_schedule",
        "azuread_privileged_access_group_eligibility_schedule",
        "azurerm_cosmosdb_sql_role_assignment",
        "azurerm_key_vault_access_policy",
        "azurerm_key_vault_managed_hardware_security_module_role_assignment",
        "azurerm_synapse_role_assignment",
    }
)
# These can create any Azure resource, by the type that they name.
AZAPI = frozenset({"azapi_resource", "azapi_update_resource", "azapi_data_plane_resource"})
_AZAPI_ACCESS = (
    "microsoft.authorization/roleassignments",
    "microsoft.authorization/roledefinitions",
    "microsoft.authorization/roleeligibilityschedule",
    "microsoft.authorization/roleassignmentschedule",
)

_MARKETPLACE_SCOPE = "/providers/Microsoft.Marketplace"
_PRINCIPALS = {
    "azuread_group": PrincipalType.GROUP,
    "azuread_group_without_members": PrincipalType.GROUP,
    "azuread_service_principal": PrincipalType.SERVICE_PRINCIPAL,
    "azuread_user": PrincipalType.USER,
    "azurerm_user_assigned_identity": PrincipalType.SERVICE_PRINCIPAL,
}
DIRECTORY = frozenset(_PRINCIPALS)
_LEVELS = {
    "azurerm_management_group": ScopeLevel.MANAGEMENT_GROUP,
    "azurerm_subscription": ScopeLevel.SUBSCRIPTION,
    "azurerm_resource_group": ScopeLevel.RESOURCE_GROUP,
}


class PrincipalNames(Struct):
    """Names of principals by object id, as Terraform's resources of the directory give them."""

    found: dict[str, tuple[PrincipalType, str]] = field(default_factory=dict)

    def add(self, type_: str, values: Mapping[str, Value]) -> None:
        """Adds the name in a resource or data source of the directory, where it has an object id."""
        object_id = values.get("object_id") or values.get("principal_id")
        name = values.get("user_principal_name") or values.get("display_name") or values.get("name")
        if isinstance(object_id, str) and GUID.match(object_id.lower()) and isinstance(name, str):
            self.found[object_id.lower()] = (_PRINCIPALS[type_], name)


def gather(resources: Iterable[Resource], names: PrincipalNames, catalog: Catalog, remedy: str) -> Collector:
    """The assignments and custom roles of these resources. What is not understood is unread, with the remedy."""
    gathered = Collector()
    others: dict[str, int] = {}
    subjects: list[Resource] = []
    for resource in resources:
        if resource.type == DEFINITION:
            try:
                role = _definition(resource.values)
            except NotUnderstoodError as fault:
                why = f"{resource.address} was not understood: {fault}"
                gathered.refuse(resource.place, why, remedy, Part.DEFINITIONS)
            else:
                gathered.definitions.setdefault(role.id, role)
        elif resource.type in ASSIGNMENTS:
            subjects.append(resource)
        elif resource.type in AZAPI:
            if _holds_access(resource.values):
                gathered.refuse(
                    resource.place, f"{resource.address} is created through azapi, which is not read", remedy
                )
        elif resource.type in OTHER_ACCESS:
            others[resource.type] = others.get(resource.type, 0) + 1
    reader = _ResourceReader(gathered.definitions.values(), names, catalog)
    for resource in subjects:
        try:
            row = reader.assignment(resource)
        except NotUnderstoodError as fault:
            gathered.refuse(resource.place, f"{resource.address} was not understood: {fault}", remedy)
            continue
        gathered.add(row)
        # Without its condition or its end, the extent of the access is not known.
        if unclear := unclear_parts(resource.values):
            gathered.refuse(resource.place, f"of {resource.address}, {unclear}", remedy)
    if others:
        count = sum(others.values())
        gathered.note(
            f"{count:,} resource{'' if count == 1 else 's'} of access that is not Azure RBAC "
            f"{'was' if count == 1 else 'were'} not read ({shortlist(sorted(others), 3)})"
        )
    return gathered


def _holds_access(values: Mapping[str, Value]) -> bool:
    """Whether an azapi resource is of a type of access; a type that is not known may be."""
    type_ = values.get("type")
    return type_.lower().startswith(_AZAPI_ACCESS) if isinstance(type_, str) else type_ is not None


def _definition(values: Mapping[str, Value]) -> AzureRole:
    """The custom role of an `azurerm_role_definition`. Raises NotUnderstoodError where its id, or a part, is not known."""
    role_id = role_guid(text(values, "role_definition_id") or text(values, "role_definition_resource_id"))
    if not role_id:
        raise NotUnderstoodError("its `role_definition_id` is missing")
    if "permissions" in values and not isinstance(values["permissions"], (list, dict)):
        raise NotUnderstoodError("`permissions` is an expression")
    permissions = []
    for block in blocks(values.get("permissions")):
        actions, not_actions, data_actions, not_data_actions = (
            each_once(texts(block, name)) for name in ("actions", "not_actions", "data_actions", "not_data_actions")
        )
        permissions.append(Permission(actions, not_actions, data_actions, not_data_actions))
    scopes = each_once(texts(values, "assignable_scopes"))
    return AzureRole(
        id=role_id,
        name=text(values, "name"),
        permissions=tuple(permissions),
        custom=True,
        assignable_scopes=scopes or each_once([reference_or_text(values, "scope")]),
        description=text(values, "description"),
    )


class _ResourceReader:
    """Turns resources into assignments."""

    def __init__(self, definitions: Collection[AzureRole], names: PrincipalNames, catalog: Catalog) -> None:
        self.custom = {role.name.lower(): role for role in definitions}
        self.shared = SharedValues(Roles(catalog, definitions))
        self.names = names
        self.catalog = catalog

    def assignment(self, resource: Resource) -> Assignment:
        """The assignment of a resource. Raises NotUnderstoodError."""
        values = resource.values
        unknown_fields: set[str] = set()
        pim = resource.type in (ELIGIBLE, ACTIVE)
        scope = self.scope(_MARKETPLACE_SCOPE if resource.type == MARKETPLACE else values.get("scope"))
        principal = self.principal(values.get("principal_id"), values.get("principal_type"))
        role = self.role(values)
        condition = self.optional(values, "condition", unknown_fields)
        version = self.optional(values, "condition_version", set()) or ("2.0" if condition else "")
        description = self.optional(values, "justification" if pim else "description", unknown_fields, "description")
        if pim and values.get("justification") is None:
            unknown_fields.add("description")  # the provider computes it where it is not given
        return Assignment(
            scope=scope,
            role=role,
            principal=principal,
            activation=Activation.ELIGIBLE if resource.type == ELIGIBLE else Activation.PERMANENT,
            condition=condition,
            condition_version=version if condition else "",
            description=description,
            actual=ActualDetails(
                id="" if pim else _arm_id(resource, scope),
                until=end_of(values, unknown_fields) if pim else None,
                through_pim=pim,
                unknown_fields=frozenset(unknown_fields),
                address=resource.address,
                at=resource.at,
            ),
        )

    def optional(self, values: Mapping[str, Value], name: str, unknown_fields: set[str], field_name: str = "") -> str:
        """The text of an attribute; one that is not known is added to `unknown_fields`, as `field_name` if given."""
        given = values.get(name)
        if isinstance(given, (Unclear, Reference)):
            unknown_fields.add(field_name or name)
            return ""
        return text(values, name)

    def scope(self, given: Value) -> Scope:
        if isinstance(given, Reference):
            last = given.steps[-1] == ".id"
            return Scope(
                str(given),
                _LEVELS.get(given.root, ScopeLevel.RESOURCE) if last else ScopeLevel.RESOURCE,
                reference=True,
            )
        scope_id = text({"scope": given}, "scope")
        if not scope_id.startswith("/"):
            raise NotUnderstoodError("`scope` is not the id of a scope" if scope_id else "`scope` is missing")
        return self.shared.scope(scope_id)

    def principal(self, given: Value, given_type: Value) -> Principal:
        type_ = given_type if isinstance(given_type, str) else ""
        if isinstance(given, Reference):
            kind = _type(type_, _PRINCIPALS.get(given.root))
            return Principal(str(given), kind, str(given), reference=True)
        object_id = text({"principal_id": given}, "principal_id").lower()
        if not GUID.match(object_id):
            raise NotUnderstoodError("`principal_id` is not an object id" if object_id else "`principal_id` is missing")
        named, name = self.names.found.get(object_id, (None, ""))
        return self.shared.principal(object_id, _type(type_, named), name)

    def role(self, values: Mapping[str, Value]) -> AzureRole:
        given = values.get("role_definition_id")
        name = values.get("role_definition_name")
        if isinstance(given, str) and given:
            role_id = role_guid(given)
            if not role_id:
                raise NotUnderstoodError("`role_definition_id` does not end in a GUID")
            return self.shared.role(role_id)
        if isinstance(name, str) and name:
            role = self.custom.get(name.lower()) or self.catalog.find(name)
            if role is None:
                raise NotUnderstoodError(f"the Azure role `{name}` is not known")
            return self.shared.role(role.id)
        if given is not None:
            raise NotUnderstoodError(f"`role_definition_id` {problem_of(given)}")
        if name is not None:
            raise NotUnderstoodError(f"`role_definition_name` {problem_of(name)}")
        raise NotUnderstoodError("it names no role")


def _type(given: str, named: PrincipalType | None) -> PrincipalType:
    """The given type of a principal, else the type of the resource that names it."""
    found = principal_type(given)
    return named if found is PrincipalType.UNKNOWN and given != PrincipalType.UNKNOWN and named is not None else found


def _arm_id(resource: Resource, scope: Scope) -> str:
    """The ARM id: of a state, without the tenant that azurerm may add; of a file, from the name in it.

    A plan has a name too, but of an assignment that does not exist yet: there is no id before the apply. azurerm spells the
    ids at the tenant root with two slashes.
    """
    known, name = resource.values.get("id"), resource.values.get("name")
    if isinstance(known, str) and known:
        return "/" + known.partition("|")[0].lstrip("/")
    is_written = resource.at is not None
    if is_written and isinstance(name, str) and GUID.match(name.lower()) and not scope.reference:
        return f"{scope.id.rstrip('/')}/providers/Microsoft.Authorization/roleAssignments/{name}"
    return ""
