"""The forms of Azure's answers about access, and the model's values that they become."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

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
from rbacgen.model.scope import Scope
from rbacgen.model.source import Denial

_TYPES = {each.value: each for each in PrincipalType}
_UNKNOWN_FIELDS = frozenset({"description"})
# Seen in samples of the schedule APIs, where every other API has `/subscriptions/…`.
_LONG_SUBSCRIPTION = "/providers/microsoft.subscription/subscriptions/"
_SCHEDULE = re.compile(r"/providers/Microsoft\.Authorization/role(?:Eligibility|Assignment)Schedules/", re.IGNORECASE)
_ASSIGNED = "assigned"
_ACTIVATED = "activated"
_OF_A_GROUP = "group"
_LAST = datetime.max.replace(tzinfo=UTC)


class AssignmentProperties(Struct, rename="camel", gc=False):
    """https://learn.microsoft.com/rest/api/authorization/role-assignments/list-for-scope"""

    scope: str
    role_definition_id: str
    principal_id: str
    principal_type: str | None = None
    condition: str | None = None
    condition_version: str | None = None
    description: str | None = None
    created_on: str | None = None


class AssignmentRow(Struct, gc=False):
    """A role assignment as Azure lists it."""

    id: str
    properties: AssignmentProperties


class InstanceProperties(Struct, rename="camel", gc=False):
    """https://learn.microsoft.com/rest/api/authorization/role-eligibility-schedule-instances/list-for-scope

    Instances of assignments also have `assignmentType` and `originRoleAssignmentId`.
    """

    scope: str
    role_definition_id: str
    principal_id: str
    principal_type: str | None = None
    role_eligibility_schedule_id: str | None = None
    origin_role_assignment_id: str | None = None
    assignment_type: str | None = None
    member_type: str | None = None
    end_date_time: datetime | None = None
    condition: str | None = None
    condition_version: str | None = None
    created_on: str | None = None


class InstanceRow(Struct, gc=False):
    """An access that exists now in Privileged Identity Management, eligible or assigned."""

    id: str
    properties: InstanceProperties


class RequestProperties(Struct, rename="camel", gc=False):
    """https://learn.microsoft.com/rest/api/authorization/role-eligibility-schedule-requests/list-for-scope"""

    scope: str
    role_definition_id: str
    principal_id: str
    request_type: str = ""
    status: str = ""
    justification: str | None = None
    created_on: str | None = None


class RequestRow(Struct, gc=False):
    """A request for access that Privileged Identity Management still has."""

    properties: RequestProperties


class PermissionRow(Struct, rename="camel"):
    """One permission object: of a role definition, of a deny assignment, or of the caller."""

    actions: list[str] | None = None
    not_actions: list[str] | None = None
    data_actions: list[str] | None = None
    not_data_actions: list[str] | None = None
    condition: str | None = None
    condition_version: str | None = None


class DefinitionProperties(Struct, rename="camel"):
    """https://learn.microsoft.com/rest/api/authorization/role-definitions/list"""

    role_name: str
    type: str = ""
    description: str | None = None
    assignable_scopes: list[str] | None = None
    permissions: list[PermissionRow] | None = None


class DefinitionRow(Struct):
    """A role definition as Azure lists it; `name` is its GUID."""

    name: str
    properties: DefinitionProperties


class SubscriptionRow(Struct, rename="camel"):
    """https://learn.microsoft.com/rest/api/resources/subscriptions/get"""

    tenant_id: str = ""


class DeniedRow(Struct):
    """A principal that a deny assignment names."""

    id: str


class DenialProperties(Struct, rename="camel"):
    """https://learn.microsoft.com/rest/api/authorization/deny-assignments/list-for-scope"""

    scope: str
    deny_assignment_name: str = ""
    description: str | None = None
    permissions: list[PermissionRow] | None = None
    principals: list[DeniedRow] | None = None
    exclude_principals: list[DeniedRow] | None = None
    do_not_apply_to_child_scopes: bool | None = None
    condition: str | None = None


class DenialRow(Struct):
    """A deny assignment as Azure lists it."""

    id: str
    properties: DenialProperties


class RowDecoder:
    """Turns rows into values. The same roles, scopes and principals become the same objects, since thousands of rows name a few."""

    __slots__ = ("_ids", "_principals", "_roles", "_scopes")

    def __init__(self, roles: Roles) -> None:
        self._roles = roles
        self._ids: dict[str, AzureRole] = {}
        self._scopes: dict[str, Scope] = {}
        self._principals: dict[tuple[str, str | None], Principal] = {}

    def role(self, definition_id: str) -> AzureRole:
        """The role of a role definition id; only its GUID counts, since the prefix depends on where the list was requested."""
        role = self._ids.get(definition_id)
        if role is None:
            role = self._ids[definition_id] = self._roles.of(definition_id.rpartition("/")[2].lower())
        return role

    def scope(self, scope_id: str) -> Scope:
        """The scope of an id, as Azure spells it."""
        scope = self._scopes.get(scope_id)
        if scope is None:
            plain = scope_id
            if scope_id.lower().startswith(_LONG_SUBSCRIPTION):
                plain = f"/subscriptions/{scope_id[len(_LONG_SUBSCRIPTION) :]}"
            scope = self._scopes[scope_id] = Scope.of(plain)
        return scope

    def principal(self, object_id: str, kind: str | None) -> Principal:
        """The principal of an object id, without a name: Azure Resource Manager does not know names."""
        found = self._principals.get((object_id, kind))
        if found is None:
            found = Principal(object_id.lower(), _TYPES.get(kind or "", PrincipalType.UNKNOWN), "")
            self._principals[object_id, kind] = found
        return found

    def assignment(self, row: AssignmentRow) -> Assignment:
        """A role assignment, taken to be permanent until PIM says otherwise."""
        given = row.properties
        return Assignment(
            self.scope(given.scope),
            self.role(given.role_definition_id),
            self.principal(given.principal_id, given.principal_type),
            condition=given.condition or "",
            condition_version=given.condition_version or "",
            description=given.description or "",
            actual=ActualDetails(row.id, created=given.created_on or ""),
        )

    def eligibility(self, row: InstanceRow) -> Assignment | None:
        """An eligible assignment at the scope where it was made; None for what a principal has only through a group."""
        given = row.properties
        if (given.member_type or "").lower() == _OF_A_GROUP:
            return None
        schedule = given.role_eligibility_schedule_id or ""
        # Below the scope of its schedule it is inherited, and listed again for each scope that is requested.
        found = _SCHEDULE.search(schedule)
        scope = given.scope if found is None else schedule[: found.start()] or "/"
        return Assignment(
            self.scope(scope),
            self.role(given.role_definition_id),
            self.principal(given.principal_id, given.principal_type),
            activation=Activation.ELIGIBLE,
            condition=given.condition or "",
            condition_version=given.condition_version or "",
            actual=ActualDetails(
                schedule or row.id,
                until=_utc(given.end_date_time),
                through_pim=True,
                created=given.created_on or "",
                unknown_fields=_UNKNOWN_FIELDS,
            ),
        )


def longest(eligibilities: Iterable[Assignment]) -> list[Assignment]:
    """Each eligible assignment once: of several periods that overlap, the one that ends last."""
    kept: dict[object, Assignment] = {}
    for each in eligibilities:
        other = kept.get(each.key)
        if other is None or (other.actual.until or _LAST) < (each.actual.until or _LAST):
            kept[each.key] = each
    return list(kept.values())


class Schedules:
    """What Privileged Identity Management knows of role assignments: which of them are time-bound or activated.

    It also lists permanent assignments, and lists an assignment that is both permanent and activated twice. A row belongs to
    the assignment that it names as its own, by that one's name, since the same id is spelled with several prefixes; where it
    names none of the `actual` ones, to the one with its scope, role and principal.
    """

    __slots__ = ("_by_key", "_by_name", "_some")

    def __init__(self, rows: Iterable[InstanceRow], decoder: RowDecoder, actual: Iterable[Assignment]) -> None:
        names = {_name(each.actual.id) for each in actual}
        self._by_name: dict[str, list[InstanceProperties]] = {}
        self._by_key: dict[tuple[str, str, str], list[InstanceProperties]] = {}
        self._some = False
        for row in rows:
            given = row.properties
            if (given.assignment_type or "").lower() not in (_ASSIGNED, _ACTIVATED):
                continue
            self._some = self._some or _is_limited(given)
            name = _name(given.origin_role_assignment_id or "")
            if name in names:
                self._by_name.setdefault(name, []).append(given)
            else:
                role = decoder.role(given.role_definition_id).id
                key = (decoder.scope(given.scope).folded, role, given.principal_id.lower())
                self._by_key.setdefault(key, []).append(given)

    def __bool__(self) -> bool:
        return self._some

    def apply(self, assignment: Assignment) -> Assignment:
        """The assignment with its end, and as `activated` where it is one; unchanged where it is permanent without an end."""
        principal = assignment.principal.id
        found = [
            each
            for each in (
                *self._by_name.get(_name(assignment.actual.id), ()),
                *self._by_key.get((assignment.scope.folded, assignment.role.id, principal), ()),
            )
            if each.principal_id.lower() == principal
        ]
        if not found:
            return assignment
        # An assigned row outweighs an activated one, and one without an end outweighs all others: it needs no activation.
        best = max(
            found,
            key=lambda each: ((each.assignment_type or "").lower() == _ASSIGNED, _utc(each.end_date_time) or _LAST),
        )
        if not _is_limited(best):
            return assignment
        active = (best.assignment_type or "").lower() == _ACTIVATED
        actual = replace(
            assignment.actual,
            until=_utc(best.end_date_time),
            through_pim=True,
            unknown_fields=assignment.actual.unknown_fields if assignment.description else _UNKNOWN_FIELDS,
        )
        return replace(assignment, activation=Activation.ACTIVATED if active else Activation.PERMANENT, actual=actual)


def _is_limited(given: InstanceProperties) -> bool:
    """Whether a schedule says more than its assignment: that it is an activation, or has an end."""
    return (given.assignment_type or "").lower() == _ACTIVATED or given.end_date_time is not None


def _name(assignment_id: str) -> str:
    """The name in an assignment's id, which is unique in the tenant."""
    return assignment_id.rpartition("/")[2].lower()


def permission(row: PermissionRow) -> Permission:
    """A permission object."""
    return Permission(
        tuple(row.actions or ()),
        tuple(row.not_actions or ()),
        tuple(row.data_actions or ()),
        tuple(row.not_data_actions or ()),
        row.condition or "",
        row.condition_version or "",
    )


def definition(row: DefinitionRow) -> AzureRole:
    """A role definition."""
    given = row.properties
    return AzureRole(
        row.name.lower(),
        given.role_name,
        tuple(permission(each) for each in given.permissions or ()),
        custom=given.type.lower() == "customrole",
        assignable_scopes=tuple(given.assignable_scopes or ()),
        description=given.description or "",
    )


def denial(row: DenialRow) -> Denial:
    """A deny assignment; its own condition is added to the condition of each of its permission objects."""
    given = row.properties
    limit = given.condition or ""
    return Denial(
        row.id,
        given.deny_assignment_name,
        Scope.of(given.scope),
        tuple(_limited(permission(each), limit) for each in given.permissions or ()),
        tuple(each.id.lower() for each in given.principals or ()),
        tuple(each.id.lower() for each in given.exclude_principals or ()),
        bool(given.do_not_apply_to_child_scopes),
        given.description or "",
    )


def _limited(given: Permission, condition: str) -> Permission:
    if not condition:
        return given
    both = f"({condition}) AND ({given.condition})" if given.condition else condition
    return replace(given, condition=both)


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
