"""What the Terraform resources that hold access mean, wherever their values were read: a state, a plan or a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

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
from rbacgen.model.problems import Position
from rbacgen.model.scope import GUID, Scope, ScopeLevel
from rbacgen.model.state import Part
from rbacgen.model.wording import shortlist
from rbacgen.sources.collector import Collector, instant_of, role_guid

STANDING = "azurerm_role_assignment"
ELIGIBLE = "azurerm_pim_eligible_role_assignment"
ACTIVE = "azurerm_pim_active_role_assignment"
MARKETPLACE = "azurerm_marketplace_role_assignment"
DEFINITION = "azurerm_role_definition"
ASSIGNMENTS = frozenset({STANDING, ELIGIBLE, ACTIVE, MARKETPLACE})

# Access too, but another's than Azure's roles on resources: said, so that nobody takes it for read.
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
# Any resource of Azure's can be made through these, by the type that they name.
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


class Reference(Struct, frozen=True):
    """A value that only Terraform knows: the steps of a reference, such as `azurerm_key_vault`, `.this`, `.id`."""

    steps: tuple[str, ...]

    def __str__(self) -> str:
        return "".join(self.steps)

    @property
    def root(self) -> str:
        """The type of the resource that it leads to, of data sources as well; else its first word."""
        steps = self.steps[1:] if self.steps[0] == "data" else self.steps
        return steps[0].removeprefix(".") if steps else ""


class Unclear(Struct, frozen=True):
    """A value that was not understood, and why, to be read after the name of the attribute."""

    why: str


Value = None | bool | int | float | str | Reference | Unclear | list["Value"] | dict[str, "Value"]


class Resource(Struct, frozen=True):
    """A resource and its values, nested blocks as lists of objects. `place` names it where it is not understood.

    `at` is where it is written, in a file; a state or a plan has no such place.
    """

    type: str
    address: str
    place: str
    values: Mapping[str, Value]
    at: Position | None = None


class NotUnderstoodError(Exception):
    """A resource that holds access and cannot be read; says why."""


class PrincipalNames(Struct):
    """Names of principals by object id, as Terraform's own resources of the directory tell them."""

    found: dict[str, tuple[PrincipalType, str]] = field(default_factory=dict)

    def add(self, type_: str, values: Mapping[str, Value]) -> None:
        """Takes the name out of a resource or data source of the directory, where it has an object id."""
        object_id = values.get("object_id") or values.get("principal_id")
        name = values.get("user_principal_name") or values.get("display_name") or values.get("name")
        if isinstance(object_id, str) and GUID.match(object_id.lower()) and isinstance(name, str):
            self.found[object_id.lower()] = (_PRINCIPALS[type_], name)


def gather(resources: Iterable[Resource], names: PrincipalNames, catalog: Catalog, remedy: str) -> Collector:
    """The assignments and custom roles of these resources. What is not understood is named as unread, with the cure."""
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
                gathered.refuse(resource.place, f"{resource.address} is made through azapi, which is not read", remedy)
        elif resource.type in OTHER_ACCESS:
            others[resource.type] = others.get(resource.type, 0) + 1
    reader = _ResourceReader(
        Roles(catalog, gathered.definitions.values()), gathered.definitions.values(), names, catalog
    )
    for resource in subjects:
        try:
            row = reader.assignment(resource)
        except NotUnderstoodError as fault:
            gathered.refuse(resource.place, f"{resource.address} was not understood: {fault}", remedy)
            continue
        gathered.add(row)
        # Without its condition or its end, nobody can tell how far the access goes.
        if fault_in := _unclear(resource.values):
            gathered.refuse(resource.place, f"of {resource.address}, {fault_in}", remedy)
    if others:
        count = sum(others.values())
        gathered.note(
            f"{count:,} resource{'' if count == 1 else 's'} of access that is not Azure RBAC "
            f"{'was' if count == 1 else 'were'} not read ({shortlist(sorted(others), 3)})"
        )
    return gathered


def _unclear(values: Mapping[str, Value]) -> str:
    """What of the condition, or of the length of the access, was not understood; empty where all was.

    A plan does not know what the provider computes beside what is given, such as the end beside the days.
    """
    for name in ("condition", "schedule"):
        if isinstance(given := values.get(name), (Unclear, Reference)):
            return f"`{name}` {_what(given)}"
    for schedule in blocks(values.get("schedule")):
        if isinstance(given := schedule.get("expiration"), (Unclear, Reference)):
            return f"`expiration` {_what(given)}"
        for expiration in blocks(given):
            lengths = {name: expiration.get(name) for name in ("end_date_time", "duration_days", "duration_hours")}
            unclear = [name for name, each in lengths.items() if isinstance(each, (Unclear, Reference))]
            if unclear and not any(lengths[name] for name in lengths.keys() - unclear):
                return f"`{unclear[0]}` {_what(lengths[unclear[0]])}"
    return ""


def blocks(value: Value) -> list[Mapping[str, Value]]:
    """A nested block: one object, or a list of them; none where it is absent."""
    if isinstance(value, dict):
        return [value]
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _holds_access(values: Mapping[str, Value]) -> bool:
    """Whether the type of an azapi resource is one of access; one that is not known may be."""
    type_ = values.get("type")
    return type_.lower().startswith(_AZAPI_ACCESS) if isinstance(type_, str) else type_ is not None


def _text(values: Mapping[str, Value], name: str) -> str:
    """The text of an attribute; empty where it is not given. Raises NotUnderstoodError where it is anything else."""
    given = values.get(name)
    if given is None:
        return ""
    if isinstance(given, str):
        return given
    raise NotUnderstoodError(f"`{name}` {_what(given)}")


def _what(value: Value) -> str:
    match value:
        case Unclear(why):
            return why
        case Reference():
            return f"is `{value}`, which only Terraform knows"
        case _:
            return "is no text"


def _definition(values: Mapping[str, Value]) -> AzureRole:
    """The custom role of an `azurerm_role_definition`. Raises NotUnderstoodError where its id, or a part, is not known."""
    role_id = role_guid(_text(values, "role_definition_id") or _text(values, "role_definition_resource_id"))
    if not role_id:
        raise NotUnderstoodError("its `role_definition_id` is not there")
    if "permissions" in values and not isinstance(values["permissions"], (list, dict)):
        raise NotUnderstoodError("`permissions` is an expression")
    permissions = []
    for block in blocks(values.get("permissions")):
        actions, not_actions, data_actions, not_data_actions = (
            each_once(_texts(block, name)) for name in ("actions", "not_actions", "data_actions", "not_data_actions")
        )
        permissions.append(Permission(actions, not_actions, data_actions, not_data_actions))
    scopes = each_once(_texts(values, "assignable_scopes"))
    return AzureRole(
        id=role_id,
        name=_text(values, "name"),
        permissions=tuple(permissions),
        custom=True,
        assignable_scopes=scopes or each_once([_reference_or_text(values, "scope")]),
        description=_text(values, "description"),
    )


def _texts(values: Mapping[str, Value], name: str) -> tuple[str, ...]:
    given = values.get(name)
    if given is None:
        return ()
    if not isinstance(given, list):
        raise NotUnderstoodError(
            f"`{name}` {_what(given) if isinstance(given, (Unclear, Reference)) else 'is no list'}"
        )
    texts = []
    for each in given:
        if isinstance(each, (str, Reference)):
            texts.append(str(each))
        else:
            raise NotUnderstoodError(f"an entry of `{name}` {_what(each)}")
    return tuple(texts)


def _reference_or_text(values: Mapping[str, Value], name: str) -> str:
    given = values.get(name)
    return str(given) if isinstance(given, Reference) else _text(values, name)


class _ResourceReader:
    """Resources into assignments; the same roles, scopes and principals come out as the same objects."""

    def __init__(self, roles: Roles, definitions: Iterable[AzureRole], names: PrincipalNames, catalog: Catalog) -> None:
        self.roles = roles
        self.names = names
        self.catalog = catalog
        self.custom = {role.name.lower(): role for role in definitions}
        self.scopes: dict[str, Scope] = {}
        self.principals: dict[tuple[str, str], Principal] = {}

    def assignment(self, resource: Resource) -> Assignment:
        """The assignment that a resource holds. Raises NotUnderstoodError."""
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
                until=_until(values, unknown_fields) if pim else None,
                through_pim=pim,
                unknown_fields=frozenset(unknown_fields),
                address=resource.address,
                at=resource.at,
            ),
        )

    def optional(self, values: Mapping[str, Value], name: str, unknown_fields: set[str], told: str = "") -> str:
        """The text of an attribute; one that is not known is noted as untold."""
        given = values.get(name)
        if isinstance(given, (Unclear, Reference)):
            unknown_fields.add(told or name)
            return ""
        return _text(values, name)

    def scope(self, given: Value) -> Scope:
        if isinstance(given, Reference):
            last = given.steps[-1] == ".id"
            return Scope(
                str(given),
                _LEVELS.get(given.root, ScopeLevel.RESOURCE) if last else ScopeLevel.RESOURCE,
                reference=True,
            )
        text = _text({"scope": given}, "scope")
        if not text.startswith("/"):
            raise NotUnderstoodError("`scope` is no id of a scope" if text else "`scope` is missing")
        return self.scopes.get(text) or self.scopes.setdefault(text, Scope.of(text))

    def principal(self, given: Value, given_type: Value) -> Principal:
        type_ = given_type if isinstance(given_type, str) else ""
        if isinstance(given, Reference):
            return Principal(str(given), _type(type_, _PRINCIPALS.get(given.root)), str(given), reference=True)
        object_id = _text({"principal_id": given}, "principal_id").lower()
        known = self.principals.get((object_id, type_))
        if known is None:
            if not GUID.match(object_id):
                raise NotUnderstoodError("`principal_id` is no object id" if object_id else "`principal_id` is missing")
            named, name = self.names.found.get(object_id, (None, ""))
            known = self.principals[object_id, type_] = Principal(object_id, _type(type_, named), name)
        return known

    def role(self, values: Mapping[str, Value]) -> AzureRole:
        given = values.get("role_definition_id")
        name = values.get("role_definition_name")
        if isinstance(given, str) and given:
            role_id = role_guid(given)
            if not role_id:
                raise NotUnderstoodError("`role_definition_id` ends in no GUID")
            return self.roles.of(role_id)
        if isinstance(name, str) and name:
            role = self.custom.get(name.lower()) or self.catalog.find(name)
            if role is None:
                raise NotUnderstoodError(f"no Azure role `{name}` is known")
            return self.roles.of(role.id)
        if given is not None:
            raise NotUnderstoodError(f"`role_definition_id` {_what(given)}")
        if name is not None:
            raise NotUnderstoodError(f"`role_definition_name` {_what(name)}")
        raise NotUnderstoodError("it names no role")


def _type(given: str, named: PrincipalType | None) -> PrincipalType:
    try:
        return PrincipalType(given)
    except ValueError:
        return named or PrincipalType.UNKNOWN


def _arm_id(resource: Resource, scope: Scope) -> str:
    """The ARM id: of a state, without the tenant that azurerm may add; of a file, from the name that it gives.

    A plan gives a name too, of what does not live yet: there is no id before the apply. azurerm spells the ids at the
    tenant root with two slashes.
    """
    known, name = resource.values.get("id"), resource.values.get("name")
    if isinstance(known, str) and known:
        return "/" + known.partition("|")[0].lstrip("/")
    is_written = resource.at is not None
    if is_written and isinstance(name, str) and GUID.match(name.lower()) and not scope.reference:
        return f"{scope.id.rstrip('/')}/providers/Microsoft.Authorization/roleAssignments/{name}"
    return ""


def _until(values: Mapping[str, Value], unknown_fields: set[str]) -> datetime | None:
    """The instant from which a PIM assignment is gone; None where it does not end, or where that is not known yet."""
    for schedule in _unless_unclear(values, "schedule", unknown_fields):
        for expiration in _unless_unclear(schedule, "expiration", unknown_fields):
            end = expiration.get("end_date_time")
            if isinstance(end, str) and end:
                if (until := instant_of(end)) is None:
                    unknown_fields.add("until")
                return until
            length = _length(expiration)
            if length is None or isinstance(end, (Unclear, Reference)):
                unknown_fields.add("until")
                return None
            if length:
                start = schedule.get("start_date_time")
                began = instant_of(start) if isinstance(start, str) else None
                if began is None or began.year > 5000:
                    unknown_fields.add("until")
                    return None
                return began + length
    return None


def _length(expiration: Mapping[str, Value]) -> timedelta | None:
    """How long an assignment lasts; nothing where that is not given, None where it is not known."""
    length = timedelta()
    for name, unit in (("duration_days", timedelta(days=1)), ("duration_hours", timedelta(hours=1))):
        number = _number(expiration.get(name))
        if number is None:
            return None
        length += number * unit
    return length


def _unless_unclear(values: Mapping[str, Value], name: str, unknown_fields: set[str]) -> list[Mapping[str, Value]]:
    given = values.get(name)
    if isinstance(given, (Unclear, Reference)):
        unknown_fields.add("until")
    return blocks(given)


def _number(given: Value) -> int | float | None:
    """A number, also where it is written as text; 0 where it is not given, None where it is not known."""
    if given is None or given == "":
        return 0
    if isinstance(given, str) and given.isdecimal() and len(given) < 7:
        return int(given)
    if isinstance(given, (int, float)) and not isinstance(given, bool) and 0 <= given < 1_000_000:
        return given
    return None
