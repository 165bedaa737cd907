"""Azure Resource Manager's side: authorization, places and identities, with the semantics of the real service.

Facts come from the service's documentation, its recorded answers and issues; where one taught something, it is named.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from rbacgen.authorization.catalog import load
from rbacgen.model.assignment import AzureRole
from tests.fakes.azure.messages import Answer, Json, Listing, Request, refusal
from tests.fakes.azure.odata import Clause, FilterError, clauses
from tests.fakes.azure.tenant import (
    AUTHORIZATION,
    MANAGEMENT_GROUPS,
    Assignment,
    Definition,
    Denial,
    ManagementGroup,
    Resource,
    Schedule,
    Subscription,
    Tenant,
    folded,
    id_at,
    subscription_of,
)

_PIM = frozenset({"2020-10-01", "2020-10-01-preview", "2022-04-01-preview", "2024-09-01-preview"})
_VERSIONS = {
    "roleassignments": frozenset(
        {
            "2015-07-01",
            "2018-01-01-preview",
            "2018-09-01-preview",
            "2020-04-01-preview",
            "2020-08-01-preview",
            "2022-04-01",
        }
    ),
    "roledefinitions": frozenset({"2015-07-01", "2018-01-01-preview", "2022-04-01", "2022-05-01-preview"}),
    "denyassignments": frozenset({"2018-07-01-preview", "2022-04-01", "2024-07-01-preview"}),
    "permissions": frozenset({"2015-07-01", "2018-01-01-preview", "2018-07-01", "2022-04-01", "2022-05-01-preview"}),
    "roleeligibilityschedules": _PIM,
    "roleeligibilityscheduleinstances": _PIM,
    "roleeligibilityschedulerequests": _PIM,
    "roleassignmentschedules": _PIM,
    "roleassignmentscheduleinstances": _PIM,
    "roleassignmentschedulerequests": _PIM,
    "identities": frozenset({"2018-11-30", "2021-09-30-preview", "2023-01-31", "2023-07-31-preview", "2024-11-30"}),
    "managementgroups": frozenset({"2018-03-01-preview", "2020-02-01", "2020-05-01", "2021-04-01", "2023-04-01"}),
    "subscriptions": frozenset({"2016-06-01", "2019-06-01", "2020-01-01", "2021-01-01", "2022-09-01", "2022-12-01"}),
    "resources": frozenset(
        {"2018-05-01", "2019-10-01", "2020-06-01", "2020-10-01", "2021-01-01", "2021-04-01", "2022-09-01", "2024-03-01"}
        | {"2024-07-01", "2024-11-01", "2025-04-01"}
    ),
    "endpoints": frozenset({"2015-01-01", "2019-05-01", "2020-06-01", "2022-09-01"}),
}
"""The versions of the API that the service knows, by what is asked for; others are refused as it refuses them."""

_PART = {
    "roleassignments": "assignments",
    "roledefinitions": "definitions",
    "denyassignments": "denials",
    "roleeligibilityschedules": "eligibilities",
    "roleeligibilityscheduleinstances": "eligibilities",
    "roleeligibilityschedulerequests": "eligibilities",
    "roleassignmentschedules": "activations",
    "roleassignmentscheduleinstances": "activations",
    "roleassignmentschedulerequests": "activations",
}
_SPELLED = {
    "roleassignments": "roleAssignments",
    "roledefinitions": "roleDefinitions",
    "denyassignments": "denyAssignments",
    "roleeligibilityschedules": "roleEligibilitySchedules",
    "roleeligibilityscheduleinstances": "roleEligibilityScheduleInstances",
    "roleeligibilityschedulerequests": "roleEligibilityScheduleRequests",
    "roleassignmentschedules": "roleAssignmentSchedules",
    "roleassignmentscheduleinstances": "roleAssignmentScheduleInstances",
    "roleassignmentschedulerequests": "roleAssignmentScheduleRequests",
}
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_EXTENSION = re.compile(r"(.*)/providers/Microsoft\.Authorization/([^/]+)(?:/([^/]+))?\Z", re.IGNORECASE)
_DEFAULT_IDENTITY = re.compile(r"(.+)/providers/Microsoft\.ManagedIdentity/identities/default\Z", re.IGNORECASE)

_RESOURCE_VERSIONS = ("2025-01-01-preview", "2024-01-01", "2023-07-01")
_UNKNOWN_FIELDS = re.compile(r"microsoft\.storage/storageaccounts/\w+services/\w+\Z", re.IGNORECASE)
"""Types that lie in others and that their provider leaves out of what it tells of itself (arm-ttk issue 603)."""

_LICENSE = "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license."
_UNLICENSED = refusal(400, "AadPremiumLicenseRequired", _LICENSE)

Rows = list[Any]


class Arm:
    """What Azure Resource Manager answers for a tenant."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self._listings: dict[tuple[str, ...], Rows] = {}
        self._version = -1

    def answer(self, request: Request) -> Answer | Listing:
        """The answer to a request whose token was good."""
        refused = self._refuse_version(request)
        if refused:
            return refused
        extension = _EXTENSION.match(request.path)
        if extension:
            scope, collection, name = extension.group(1) or "/", extension.group(2).lower(), extension.group(3)
            return self._absent(scope) or self._authorization(request, scope, collection, name)
        if request.path.lower() == "/metadata/endpoints":
            return self._endpoints(request)
        if request.method != "GET":
            return refusal(405, "MethodNotAllowed", f"The HTTP method '{request.method}' is not supported at scope.")
        return self._places(request)

    def _refuse_version(self, request: Request) -> Answer | None:
        version = request.api_version
        if not version:
            message = "The api-version query parameter (?api-version=) is required for all requests."
            return refusal(400, "MissingApiVersionParameter", message)
        kind = _kind(request.path)
        known = _VERSIONS.get(kind)
        if known is None:
            if re.fullmatch(r"\d{4}-\d\d-\d\d(-preview)?", version):
                return None
            return refusal(400, "InvalidApiVersionParameter", f"The api-version '{version}' is invalid.")
        if version in known:
            return None
        if kind in _PART and any(version in versions for versions in _VERSIONS.values()):
            # What goes out where a client of several versions sends the one of another call.
            return refusal(
                404,
                "InvalidResourceType",
                f"The resource type '{_SPELLED[kind]}' could not be found in the namespace 'Microsoft.Authorization' "
                f"for api version '{version}'. The supported api-versions are '{','.join(sorted(known))}'.",
            )
        supported = ",".join(sorted(known, reverse=True))
        return refusal(
            400,
            "InvalidApiVersionParameter",
            f"The api-version '{version}' is invalid. The supported versions are '{supported}'.",
        )

    # Places

    def _absent(self, scope: str) -> Answer | None:
        """The refusal for a scope that is not there; of what is in a resource group Azure asks no one here."""
        segments = scope.split("/")
        if folded(scope) == "/subscriptions":  # the word that comes next is taken for an id (azure-cli issue 30953)
            return _no_subscription("providers")
        if len(segments) > 2 and segments[1].lower() == "subscriptions" and not _GUID.match(segments[2]):
            return _no_subscription(segments[2])
        if len(segments) > 2 and segments[1].lower() == "subscriptions":
            subscription = self.tenant.subscriptions.get(segments[2].lower())
            if subscription is None:
                message = f"The subscription '{segments[2]}' could not be found."
                return refusal(404, "SubscriptionNotFound", message)
            if subscription.tenant != self.tenant.id:
                message = (
                    f"The access token is from the wrong issuer 'https://sts.windows.net/{self.tenant.id}/'. It must match "
                    f"the tenant 'https://sts.windows.net/{subscription.tenant}/' associated with this subscription."
                )
                return refusal(401, "InvalidAuthenticationTokenTenant", message)
            in_group = len(segments) > 4 and segments[3].lower() == "resourcegroups"
            if in_group and "/".join(segments[:5]).lower() not in self.tenant.groups:
                message = f"Resource group '{segments[4]}' could not be found."
                return refusal(404, "ResourceGroupNotFound", message)
        elif folded(scope).startswith(MANAGEMENT_GROUPS.lower()):
            name = scope[len(MANAGEMENT_GROUPS) :]
            if name.lower() not in self.tenant.management_groups:
                return refusal(404, "NotFound", f"The management group '{name}' cannot be found.")
        return None

    def _forbidden(self, scope: str, action: str) -> Answer:
        caller = self.tenant.caller
        return refusal(
            403,
            "AuthorizationFailed",
            f"The client '{caller.client_id}' with object id '{caller.object_id}' does not have authorization to perform "
            f"action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please "
            "refresh your credentials.",
        )

    def _places(self, request: Request) -> Answer | Listing:
        path = request.path.rstrip("/")
        segments = path.split("/")
        lower = [segment.lower() for segment in segments]
        identity = _DEFAULT_IDENTITY.match(path)
        if identity:
            return self._absent(identity.group(1)) or self._default_identity(identity.group(1))
        if lower == ["", "subscriptions"]:
            mine = [one for one in self.tenant.subscriptions.values() if one.tenant == self.tenant.id]
            return Listing([one for one in mine if self._reads(f"/subscriptions/{one.id}")], self._subscription)
        if lower == ["", "tenants"]:
            return Listing([{"id": f"/tenants/{self.tenant.id}", "tenantId": self.tenant.id}], dict)
        if lower[1:3] == ["providers", "microsoft.management"]:
            return self._management_groups(path, lower)
        if lower[1] == "providers" and len(lower) == 3:
            return self._provider(path, segments[2])
        absent = self._absent(path)
        if absent:
            return absent
        if lower[1] != "subscriptions":
            return refusal(404, "ResourceNotFound", f"The resource '{path}' was not found.")
        if len(lower) == 3:
            if not self._reads(path):
                return self._forbidden(path, "Microsoft.Resources/subscriptions/read")
            return Answer(200, self._subscription(self.tenant.subscriptions[lower[2]]))
        if lower[3] == "resourcegroups" and len(lower) == 4:
            return self._resource_groups("/".join(segments[:3]))
        if lower[3] == "resourcegroups" and len(lower) == 5:
            if not self._reads(path):
                return self._forbidden(path, "Microsoft.Resources/subscriptions/resourceGroups/read")
            return Answer(200, _resource_group(self.tenant.groups[path.lower()].id))
        if lower[3] == "providers" and len(lower) == 5:
            if not self._reads("/".join(segments[:3])):
                return self._forbidden("/".join(segments[:3]), "Microsoft.Resources/subscriptions/providers/read")
            return self._provider(path, segments[4])
        if lower[-1] == "resources" and len(lower) in (4, 6):
            return self._resources("/".join(segments[:-1]), request)
        return self._resource(path, request.api_version)

    def _reads(self, scope: str) -> bool:
        return self.tenant.may_read(scope, "resources")

    def _subscription(self, subscription: Subscription) -> Json:
        return {
            "id": f"/subscriptions/{subscription.id}",
            "authorizationSource": "RoleBased",
            "managedByTenants": [],
            "subscriptionId": subscription.id,
            "tenantId": self.tenant.id,
            "displayName": subscription.name,
            "state": subscription.state,
            "subscriptionPolicies": {
                "locationPlacementId": "Public_2014-09-01",
                "quotaId": "EnterpriseAgreement_2014-09-01",
                "spendingLimit": "Off",
            },
        }

    def _management_groups(self, path: str, lower: list[str]) -> Answer | Listing:
        if len(lower) == 4:
            every = self.tenant.management_groups.values()
            return Listing([one for one in every if self._reads(MANAGEMENT_GROUPS + one.name)], self._management_group)
        group = self.tenant.management_groups.get(lower[4])
        if group is None or not self._reads(path):
            # Azure says neither more nor less of a management group that is not there than of one that may not be read.
            return self._forbidden(path, "Microsoft.Management/managementGroups/read")
        if len(lower) > 5:
            return refusal(404, "ResourceNotFound", f"The resource '{path}' was not found.")
        return Answer(200, self._management_group(group))

    def _management_group(self, group: ManagementGroup) -> Json:
        above = self.tenant.management_groups.get((group.under or "").lower())
        parent = above and {
            "id": MANAGEMENT_GROUPS + above.name,
            "name": above.name,
            "displayName": above.display_name,
        }
        return {
            "id": MANAGEMENT_GROUPS + group.name,
            "type": "Microsoft.Management/managementGroups",
            "name": group.name,
            "properties": {
                "tenantId": self.tenant.id,
                "displayName": group.display_name,
                "details": {
                    "version": 1,
                    "updatedTime": "2026-01-02T03:04:05.6070809Z",
                    "updatedBy": "00000000-0000-4000-8000-0000000000ad",
                    "parent": parent,
                },
            },
        }

    def _resource_groups(self, subscription: str) -> Answer | Listing:
        if not self._reads(subscription):
            return self._forbidden(subscription, "Microsoft.Resources/subscriptions/resourceGroups/read")
        below = folded(subscription) + "/"
        return Listing(
            [group.id for key, group in self.tenant.groups.items() if key.startswith(below)], _resource_group
        )

    def _resources(self, scope: str, request: Request) -> Answer | Listing:
        """What is in a resource group or a subscription: the group's name in the ids in one spelling or the other.

        Resource providers write the name as they got it, in capitals more often than not (azurerm issue 24434).
        """
        if not self._reads(scope):
            return self._forbidden(scope, "Microsoft.Resources/subscriptions/resourceGroups/resources/read")
        desired: dict[str, str] = {}
        if request.filter:
            try:
                parts = clauses(request.filter)
            except FilterError:
                return refusal(400, "InvalidFilterInQueryString", "Invalid $filter in query string.")
            desired = {part.name.lower(): part.values[0].lower() for part in parts}
            if set(desired) - {"resourcetype", "name"}:
                return refusal(400, "InvalidFilterInQueryString", f"Invalid $filter '{request.filter}' specified.")
        here = folded(scope)
        rows = []
        for key, group in self.tenant.groups.items():
            if key == here or key.startswith(here + "/"):
                for number, resource in enumerate(one for one in group.resources.values() if one.listed):
                    kind, name = _type_of(resource.id)
                    if (
                        desired.get("resourcetype", kind.lower()) == kind.lower()
                        and desired.get("name", name.lower()) == name.lower()
                    ):
                        rows.append((resource, number % 2 == 0))

        def show(row: tuple[Resource, bool]) -> Json:
            resource, capitals = row
            shown = _generic(resource, self.tenant.id)
            if capitals:
                segments = resource.id.split("/")
                shown["id"] = "/".join([*segments[:4], segments[4].upper(), *segments[5:]])
            return shown

        return Listing(rows, show)

    def _provider(self, path: str, namespace: str) -> Answer:
        """A resource provider with the types that the tenant has of it, but for those that no provider tells of."""
        every = (_type_of(one.id)[0] for group in self.tenant.groups.values() for one in group.resources.values())
        kinds = sorted(
            {kind for kind in every if kind.lower().startswith(namespace.lower() + "/") and _is_listed_type(kind)}
        )
        if not kinds:
            message = f"The resource namespace '{namespace}' is invalid."
            return refusal(404, "InvalidResourceNamespace", message)
        spelled = kinds[0].partition("/")[0]
        types = [
            {
                "resourceType": kind.partition("/")[2],
                "locations": ["West Europe"],
                "apiVersions": _versions_of(kind),
                "capabilities": "None",
            }
            for kind in kinds
        ]
        shown = {"id": path, "namespace": spelled, "resourceTypes": types, "registrationState": "Registered"}
        return Answer(200, shown)

    def _resource(self, path: str, version: str) -> Answer | Listing:
        """A resource by its id, or those of one type below another: a path that ends in a type."""
        resource = self.tenant.find_resource(path)
        segments = path.split("/")
        if len(segments) < 9:
            return refusal(404, "InvalidResourceType", f"The resource type could not be found in '{path}'.")
        kind, name = _type_of(path)
        if version not in (known := _versions_of(kind)):
            return refusal(
                400,
                "NoRegisteredProviderFound",
                f"No registered resource provider found for location 'westeurope' and API version '{version}' for type "
                f"'{kind}'. The supported api-versions are '{', '.join(known)}'.",
            )
        if resource is None:
            if len(segments) % 2 == 0:
                return self._children(path)
            return refusal(
                404,
                "ResourceNotFound",
                f"The Resource '{kind}/{name}' under resource group '{segments[4]}' was not found. For more details please "
                "go to https://aka.ms/ARMResourceNotFoundFix",
            )
        kind, _ = _type_of(resource.id)
        if not self._reads(path):
            return self._forbidden(path, f"{kind}/read")
        return Answer(200, _generic(resource, self.tenant.id))

    def _children(self, path: str) -> Answer | Listing:
        above = path.rpartition("/")[0]
        if not self._reads(above):
            return self._forbidden(above, f"{_type_of(path)[0]}/read")
        group = self.tenant.groups["/".join(path.lower().split("/")[:5])]
        found = [one for key, one in group.resources.items() if key.rpartition("/")[0] == path.lower()]
        return Listing(found, lambda one: _generic(one, self.tenant.id) | {"name": one.id.rpartition("/")[2]})

    def _default_identity(self, scope: str) -> Answer:
        resource = self.tenant.find_resource(scope)
        if not self._reads(scope):
            return self._forbidden(scope, "Microsoft.ManagedIdentity/identities/read")
        if resource is None or not resource.identity or _type_of(resource.id)[0].lower() == _USER_ASSIGNED.lower():
            message = f"The system-assigned identity of the resource '{scope}' was not found."
            return refusal(404, "ResourceNotFound", message)
        return Answer(
            200,
            {
                "id": f"{resource.id}/providers/Microsoft.ManagedIdentity/identities/default",
                "name": "default",
                "type": "Microsoft.ManagedIdentity/identities",
                "location": resource.location,
                "properties": {
                    "tenantId": self.tenant.id,
                    "principalId": resource.identity,
                    "clientId": resource.client,
                    "clientSecretUrl": "https://control.identity.example/secret",
                },
            },
        )

    def _endpoints(self, request: Request) -> Answer:
        here = f"https://{request.headers.get('Host', 'localhost')}"
        cloud = {
            "name": "StandIn",
            "portal": here,
            "authentication": {
                "loginEndpoint": here,
                "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
                "tenant": "common",
                "identityProvider": "AAD",
            },
            "graph": "https://graph.windows.net/",
            "graphAudience": "https://graph.windows.net/",
            "microsoftGraphResourceId": "https://graph.microsoft.com/",
            "resourceManager": here,
            "batch": "https://batch.core.windows.net/",
            "suffixes": {
                "keyVaultDns": "vault.azure.net",
                "storage": "core.windows.net",
                "acrLoginServer": "azurecr.io",
            },
        }
        if request.api_version < "2022-09-01":
            # A list of clouds up to then, one object since.
            return Answer(200, msgspec.json.encode([cloud]), {"Content-Type": "application/json"})
        return Answer(200, cloud)

    # Authorization

    def _authorization(self, request: Request, scope: str, collection: str, name: str | None) -> Answer | Listing:
        if collection == "permissions":
            return self._permissions(scope)
        if collection not in _PART:
            return refusal(
                404,
                "InvalidResourceType",
                "The resource type could not be found in the namespace 'Microsoft.Authorization' for api version "
                f"'{request.api_version}'.",
            )
        schedules = collection in _SCHEDULES
        if schedules and not self.tenant.p2:
            return _UNLICENSED
        if collection == "roleassignments" and name and request.method == "PUT":
            return self._put(request, scope, name)
        if collection == "roleassignments" and name and request.method == "DELETE":
            return self._delete(scope, name)
        if request.method != "GET":
            return refusal(
                405, "MethodNotAllowed", f"The stand-in keeps no {_SPELLED[collection]} by {request.method}."
            )
        below_root = folded(scope).startswith("/subscriptions/")
        may = self.tenant.may_read(scope, _PART[collection])
        if not may and (below_root or name):
            return self._forbidden(scope, f"Microsoft.Authorization/{_SPELLED[collection]}/read")
        if name:
            return self._one(request, scope, collection, name)
        return self._list(request, scope, collection, may)

    def _permissions(self, scope: str) -> Listing:
        """What the caller may do here: Reader, less what it is kept from; nothing at all where all is forbidden."""
        if not self.tenant.may_read(scope, "resources") and not self.tenant.may_read(scope, "assignments"):
            return Listing([], dict)
        kept = [_SPELLED[key] for key, part in _PART.items() if not self.tenant.may_read(scope, part)]
        denied = [f"Microsoft.Authorization/{collection}/read" for collection in kept]
        return Listing([{"actions": ["*/read"], "notActions": denied, "dataActions": [], "notDataActions": []}], dict)

    def _one(self, request: Request, scope: str, collection: str, name: str) -> Answer:
        if collection == "roledefinitions":
            return self._definition(request, scope, name)
        placed = self._placed(collection)
        for thing in placed:
            if thing.folded == folded(scope) and _name(collection, thing).lower() == name.lower():
                return Answer(200, self._shown(request, scope, collection, by_id=True)(thing))
        if collection == "roleassignments":
            message = f"The role assignment '{name}' is not found."
            return refusal(404, "RoleAssignmentNotFound", message)
        return refusal(404, "ResourceNotFound", f"The resource '{name}' of type {_SPELLED[collection]} was not found.")

    def _placed(self, collection: str) -> Iterable[Any]:
        tenant = self.tenant
        if collection == "roleassignments":
            return tenant.assignments.every()
        if collection == "denyassignments":
            return tenant.denials.every()
        eligible = "eligibility" in collection
        schedules: Iterable[Schedule] = (tenant.eligibilities if eligible else tenant.active_schedules).every()
        if collection.endswith("requests"):
            return (one for one in schedules if one.request_kept)
        if collection.endswith("instances"):
            schedules = (one for one in schedules if one.started)
        if eligible:
            return schedules
        # PIM tells of every assignment, also of those that were made without it: there the schedule has the name of
        # the assignment (Azure-MG-Sub-Governance-Reporting parts the two by that).
        through_pim = {one.origin for one in tenant.active_schedules.every()}
        plain = (one for one in tenant.assignments.every() if one.id not in through_pim)
        return itertools.chain(schedules, plain)

    def _list(self, request: Request, scope: str, collection: str, may: bool) -> Answer | Listing:
        try:
            desired = clauses(request.filter) if request.filter else ()
            _check(collection, desired)
        except FilterError:
            return refusal(
                400,
                "UnsupportedQuery",
                f"The filter '{request.filter}' is not supported. Supported filters are either 'atScope()' or "
                "'principalId eq '{value}' or assignedTo('{value}')'.",
            )
        if folded(scope) == "/" and not desired and collection != "roledefinitions":
            return refusal(400, "UnsupportedQuery", "The filter '' is not supported at the scope of the tenant.")
        if not may:
            return Listing([], dict)
        show = self._shown(request, scope, collection)
        if self._version != self.tenant.version:
            self._listings.clear()
            self._version = self.tenant.version
        key = (collection, folded(scope), request.filter)
        if key not in self._listings:
            if collection == "roledefinitions":
                self._listings[key] = self._definitions_at(scope, desired)
            else:
                self._listings[key] = self._found(scope, collection, desired)
        return Listing(self._listings[key], show)

    def _found(self, scope: str, collection: str, desired: tuple[Clause, ...]) -> Rows:
        """What is at and above a scope and, inside a subscription and unless `atScope()` is asked, below it."""
        names = {clause.name.lower() for clause in desired}
        here = folded(scope)
        reached = self.tenant.above(scope)
        below = "" if "atscope" in names or not here.startswith("/subscriptions/") else here + "/"
        among = set(reached)

        def belongs(place: str) -> bool:
            return place in among or bool(below and place.startswith(below))

        places: dict[str, bool] = {}
        rows: Rows = []
        subjects = self._subjects(desired)
        for thing in self._placed(collection):
            place = thing.folded
            known = places.get(place)
            if known is None:
                known = places[place] = belongs(place)
            if known and all(_passes(thing, clause) for clause in desired) and self._actual(thing, subjects):
                rows.append(thing)
        return rows

    def _subjects(self, desired: tuple[Clause, ...]) -> frozenset[str] | None:
        for clause in desired:
            name = clause.name.lower()
            if name in ("assignedto", "astarget", "asrequestor"):
                oid = (clause.values[0] if clause.values else self.tenant.caller.object_id).lower()
                return frozenset({oid} | self.tenant.groups_of(oid))
        return None

    def _actual(self, thing: Any, subjects: frozenset[str] | None) -> bool:
        return subjects is None or thing.principal.lower() in subjects

    def _shown(self, request: Request, scope: str, collection: str, by_id: bool = False) -> Callable[[Any], Json]:
        if collection == "roleassignments":
            return self._assignments_shown(scope, by_id, request.api_version)
        if collection == "denyassignments":
            return _denial
        if collection == "roledefinitions":
            return functools.partial(_definition, scope)
        through = any(clause.name.lower() in ("assignedto", "astarget") for clause in _given(request.filter))
        return functools.partial(self._schedule, collection, scope, through)

    def _assignments_shown(self, scope: str, by_id: bool, version: str) -> Callable[[Assignment], Json]:
        """In a list every role id has the prefix of the subscription that was asked, also of what is inherited."""
        asked = subscription_of(scope)
        old = version.startswith("2015")

        def show(one: Assignment) -> Json:
            prefix = subscription_of(one.scope) if by_id else asked
            properties = {
                "roleDefinitionId": f"{prefix}{AUTHORIZATION}/roleDefinitions/{one.role}",
                "principalId": one.principal,
                "principalType": one.kind,
                "scope": one.scope,
                "condition": one.condition,
                "conditionVersion": one.condition_version,
                "createdOn": one.created,
                "updatedOn": one.created,
                "createdBy": _MAKER,
                "updatedBy": _MAKER,
                "delegatedManagedIdentityResourceId": None,
                "description": one.description,
            }
            if old:
                for name in ("principalType", "condition", "conditionVersion", "description"):
                    del properties[name]
                del properties["delegatedManagedIdentityResourceId"]
            return {
                "properties": properties,
                "id": one.id,
                "type": "Microsoft.Authorization/roleAssignments",
                "name": one.name,
            }

        return show

    # Role definitions

    def _known_definition(self, scope: str, guid: str) -> Definition | AzureRole | None:
        custom = self.tenant.definitions.get(guid.lower())
        if custom is None:
            return _built_in().get(guid.lower())
        above = set(self.tenant.above(scope))
        near = any(
            folded(place) in above or folded(place).startswith(folded(scope) + "/")
            for place in custom.assignable_scopes
        )
        return custom if near or folded(scope) == "/" else None

    def _definition(self, request: Request, scope: str, guid: str) -> Answer:
        found = self._known_definition(scope, guid)
        if found is None:
            message = f"The specified role definition with ID '{guid.replace('-', '')}' does not exist."
            return refusal(404, "RoleDefinitionDoesNotExist", message)
        return Answer(200, _definition(scope, found))

    def _definitions_at(self, scope: str, desired: tuple[Clause, ...]) -> Rows:
        """The roles that can be assigned here; with `atScopeAndBelow()` those of places below too."""
        here = folded(scope)
        above = set(self.tenant.above(scope))
        names = {clause.name.lower() for clause in desired}
        rows: Rows = []
        for custom in self.tenant.definitions.values():
            places = [folded(place) for place in custom.assignable_scopes]
            if any(place in above for place in places) or (
                "atscopeandbelow" in names and any(here == "/" or place.startswith(here + "/") for place in places)
            ):
                rows.append(custom)
        kinds = [clause.values[0].lower() for clause in desired if clause.name.lower() == "type"]
        if kinds:
            rows = rows if "customrole" in kinds else []
        if not kinds or "builtinrole" in kinds:
            rows += _built_in().values()
        for clause in desired:
            if clause.name.lower() == "rolename":
                name = clause.values[0].lower()
                rows = [one for one in rows if _role_name(one).lower() == name]
        return rows

    # Privileged Identity Management

    def _schedule(self, collection: str, scope: str, through: bool, one: Schedule | Assignment) -> Json:
        one = _plain(one) if isinstance(one, Assignment) else one
        spelled = _SPELLED[collection]
        name = _name(collection, one)
        member = "Direct" if one.folded == folded(scope) or one.folded.startswith(folded(scope) + "/") else "Inherited"
        if one.through_group or (through and one.kind == "Group"):
            member = "Group"
        properties: Json = {
            "scope": one.scope,
            "roleDefinitionId": f"{subscription_of(one.scope)}{AUTHORIZATION}/roleDefinitions/{one.role}",
            "principalId": one.principal,
            "principalType": one.kind,
            "status": "Provisioned",
            "createdOn": one.created,
            "condition": one.condition,
            "conditionVersion": one.condition_version,
            "expandedProperties": self._expanded(one),
        }
        linked = one.linked
        if collection.endswith("requests"):
            properties |= {
                "requestType": "SelfActivate" if one.assignment_type == "Activated" else "AdminAssign",
                "approvalId": None,
                "justification": one.justification,
                "requestorId": one.principal if one.assignment_type == "Activated" else _MAKER,
                "ticketInfo": {"ticketNumber": None, "ticketSystem": None},
                "scheduleInfo": {
                    "startDateTime": one.start,
                    "expiration": {
                        "type": "AfterDateTime" if one.end else "NoExpiration",
                        "endDateTime": one.end,
                        "duration": None,
                    },
                },
            }
            kind = "Eligibility" if one.eligible else "Assignment"
            # The name alone, where an instance tells the whole id of its schedule.
            properties[f"targetRole{kind}ScheduleId"] = one.name
            properties[f"targetRole{kind}ScheduleInstanceId"] = None
            if not one.eligible:
                properties["linkedRoleEligibilityScheduleId"] = linked and linked.id
        else:
            properties |= {"startDateTime": one.start, "memberType": member}
            if one.end is not None or one.eligible:
                properties["endDateTime"] = one.end
            if not one.eligible:
                properties["assignmentType"] = one.assignment_type
                properties["linkedRoleEligibilityScheduleId"] = linked and linked.id
            if collection.endswith("instances"):
                properties[f"role{'Eligibility' if one.eligible else 'Assignment'}ScheduleId"] = one.id
                if not one.eligible:
                    properties["originRoleAssignmentId"] = one.origin
                    properties["linkedRoleEligibilityScheduleInstanceId"] = linked and id_at(
                        linked.scope, "roleEligibilityScheduleInstances", linked.instance
                    )
            else:
                kind = "Eligibility" if one.eligible else "Assignment"
                properties["updatedOn"] = one.created
                properties[f"role{kind}ScheduleRequestId"] = one.request and id_at(
                    one.scope, f"role{kind}ScheduleRequests", one.request
                )
        return {
            "properties": properties,
            "name": name,
            "id": id_at(one.scope, spelled, name),
            "type": f"Microsoft.Authorization/{spelled}",
        }

    def _expanded(self, one: Schedule) -> Json:
        """What PIM adds for people to read: names, which a principal that is gone has no more."""
        principal = self.tenant.present(one.principal)
        role = self._known_definition(one.scope, one.role)
        shown: Json = {"id": one.principal, "displayName": principal.name if principal else None, "type": one.kind}
        if principal and principal.kind == "User":
            shown["email"] = principal.mail or principal.upn
        segments = one.scope.split("/")
        kind = "resource"
        display = segments[-1]
        if one.scope == "/":
            kind, display = "tenant", self.tenant.id
        elif one.folded.startswith(MANAGEMENT_GROUPS.lower()):
            kind = "managementgroup"
            display = self.tenant.management_groups[segments[-1].lower()].display_name
        elif len(segments) == 3:
            kind, display = "subscription", self.tenant.subscriptions[segments[2].lower()].name
        elif len(segments) == 5:
            kind = "resourcegroup"
        else:
            kind = _type_of(one.scope)[0]
        return {
            "scope": {"id": one.scope, "displayName": display, "type": kind},
            "roleDefinition": {
                "id": f"{subscription_of(one.scope)}{AUTHORIZATION}/roleDefinitions/{one.role}",
                "displayName": _role_name(role) if role else None,
                "type": "CustomRole" if isinstance(role, Definition) else "BuiltInRole",
            },
            "principal": shown,
        }

    # What writes: here so that a test can prove that nobody calls it

    def _put(self, request: Request, scope: str, name: str) -> Answer:
        if not _GUID.match(name):
            message = f"The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID."
            return refusal(400, "InvalidRoleAssignmentId", message)
        try:
            properties = msgspec.json.decode(request.body)["properties"]
            role = properties["roleDefinitionId"].rpartition("/")[2].lower()
            oid = properties["principalId"]
        except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
            return refusal(
                400, "InvalidRequestContent", "The request content was invalid and could not be deserialized."
            )
        tenant = self.tenant
        if self._known_definition(scope, role) is None:
            message = f"The specified role definition with ID '{role.replace('-', '')}' does not exist."
            return refusal(404, "RoleDefinitionDoesNotExist", message)
        principal = tenant.present(oid)
        if principal is None:
            message = (
                f"Principal {oid.replace('-', '')} does not exist in the directory {tenant.id}. Check that you have the "
                "correct principal ID. If you are creating this principal and then immediately assigning a role, this "
                "error might be related to a replication delay."
            )
            return refusal(400, "PrincipalNotFound", message)
        asked = properties.get("principalType")
        if asked and asked != principal.kind:
            message = (
                f"The PrincipalId '{oid.replace('-', '')}' has type '{principal.kind}' , which is different from specified "
                f"PrincipalType '{asked}'."
            )
            return refusal(400, "UnmatchedPrincipalType", message)
        desired = (folded(scope), role, oid.lower())
        optional = {key: properties.get(key) or None for key in ("condition", "conditionVersion", "description")}
        same = None
        for other in tenant.assignments.every():
            tuple_ = (other.folded, other.role, other.principal.lower())
            if other.name.lower() == name.lower():
                if tuple_ != desired:
                    message = "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
                    return refusal(400, "RoleAssignmentUpdateNotPermitted", message)
                same = other
            elif tuple_ == desired:
                return refusal(409, "RoleAssignmentExists", "The role assignment already exists.")
        if same:
            same.condition, same.condition_version = optional["condition"], optional["conditionVersion"]
            same.description = optional["description"]
            tenant.version += 1
            return Answer(200, self._assignments_shown(scope, True, "")(same))
        tenant.assign(
            scope, role, oid, name, optional["condition"], optional["conditionVersion"], optional["description"]
        )
        made = next(one for one in tenant.assignments[folded(scope)] if one.name == name)
        shown = self._assignments_shown(scope, True, "")(made)
        shown["properties"]["createdBy"] = None
        return Answer(201, shown)

    def _delete(self, scope: str, name: str) -> Answer:
        gone = self.tenant.unassign(id_at(scope, "roleAssignments", name))
        if gone is None:
            return Answer(204)
        return Answer(200, self._assignments_shown(scope, True, "")(gone))


def _no_subscription(word: str) -> Answer:
    message = f"The provided subscription identifier '{word}' is malformed or invalid."
    return refusal(400, "InvalidSubscriptionId", message)


_SCHEDULES = frozenset(key for key in _PART if "schedule" in key)
_MAKER = "00000000-0000-4000-8000-0000000000ad"
_USER_ASSIGNED = "Microsoft.ManagedIdentity/userAssignedIdentities"


def _kind(path: str) -> str:
    """What kind of thing a path asks for, as far as its api-version is concerned; empty for any resource."""
    extension = _EXTENSION.match(path)
    if extension:
        return extension.group(2).lower()
    lower = path.lower().rstrip("/").split("/")
    if lower[1:3] == ["providers", "microsoft.management"]:
        return "managementgroups"
    if lower[1] == "providers" and len(lower) == 3:
        return "resources"
    if lower[1] == "metadata":
        return "endpoints"
    if len(lower) <= 3 and lower[1] in ("subscriptions", "tenants"):
        return "subscriptions"
    if lower[1] == "subscriptions" and (len(lower) in (4, 5) or (len(lower) == 6 and lower[-1] == "resources")):
        return "resources"
    if "microsoft.managedidentity" in lower[-3:]:
        return "identities"
    return ""


def _given(text: str) -> tuple[Clause, ...]:
    try:
        return clauses(text) if text else ()
    except FilterError:
        return ()


def _check(collection: str, desired: tuple[Clause, ...]) -> None:
    """Refuse the filters that the real service refuses."""
    names = sorted(clause.name.lower() for clause in desired)
    if collection == "roleassignments":
        # atScope() and principalId do not go together (azure-powershell pull request 20433).
        good = names in ([], ["atscope"], ["principalid"], ["assignedto"], ["assignedto", "atscope"])
    elif collection == "roledefinitions":
        good = set(names) <= {"type", "rolename", "atscopeandbelow"}
    elif collection == "denyassignments":
        good = names in ([], ["atscope"], ["denyassignmentname"], ["principalid"], ["atscope", "principalid"])
    else:
        known = {"atscope", "principalid", "assignedto", "astarget", "asrequestor", "roledefinitionid", "status"}
        good = set(names) <= known
    if not good:
        raise FilterError(str(names))
    if any(clause.operator == "startswith" for clause in desired):
        raise FilterError("startswith")
    calls = {"atscope": 0, "atscopeandbelow": 0, "astarget": 0, "asrequestor": 0, "assignedto": 1}
    for clause in desired:
        expected = calls.get(clause.name.lower())
        if (expected is None) == (clause.operator == "call"):
            raise FilterError(clause.name)
        if expected is not None and len(clause.values) != expected:
            raise FilterError(clause.name)


def _passes(thing: Any, clause: Clause) -> bool:
    """Whether a thing passes a clause that speaks of the thing itself."""
    name = clause.name.lower()
    if clause.operator == "call":
        return True
    value = clause.values[0].lower()
    if isinstance(thing, Denial):
        if name == "denyassignmentname":
            return thing.title.lower() == value
        return any(target["id"].lower() == value for target in thing.principals)
    if name == "principalid":
        return bool(thing.principal.lower() == value)
    if name == "roledefinitionid":
        return bool(thing.role == value.rpartition("/")[2])
    return value == "provisioned"


def _name(collection: str, thing: Any) -> str:
    if isinstance(thing, Schedule):
        if collection.endswith("instances"):
            return thing.instance
        if collection.endswith("requests"):
            return thing.request or ""
    return str(thing.name)


def _plain(one: Assignment) -> Schedule:
    """PIM's view of an assignment that was made without it."""
    return Schedule(
        one.scope,
        one.role,
        one.principal,
        one.kind,
        one.name,
        one.name,
        one.folded,
        one.created,
        None,
        one.created,
        False,
        condition=one.condition,
        condition_version=one.condition_version,
        origin=one.id,
    )


def _type_of(resource_id: str) -> tuple[str, str]:
    """The type and the name of a resource, from its id."""
    segments = resource_id.split("/")
    at = max(index for index, segment in enumerate(segments) if segment.lower() == "providers")
    rest = segments[at + 1 :]
    return "/".join([rest[0], *rest[1::2]]), "/".join(rest[2::2])


def _is_listed_type(kind: str) -> bool:
    """Whether a provider tells of this type and its versions."""
    return not _UNKNOWN_FIELDS.match(kind)


def _versions_of(kind: str) -> list[str]:
    """The versions that a resource of this type can be asked in, the newest first."""
    identity = kind.lower().startswith("microsoft.managedidentity/")
    return sorted(_VERSIONS["identities"] if identity else _RESOURCE_VERSIONS, reverse=True)


def _generic(resource: Resource, tenant_id: str) -> Json:
    kind, name = _type_of(resource.id)
    shown: Json = {"id": resource.id, "name": name, "type": kind, "location": resource.location, "tags": {}}
    identity = {"tenantId": tenant_id, "principalId": resource.identity}
    if kind.lower() == _USER_ASSIGNED.lower():
        shown["properties"] = {**identity, "clientId": resource.client}
    elif resource.identity:
        shown["identity"] = {"type": "SystemAssigned", **identity}
    return shown


def _resource_group(scope: str) -> Json:
    return {
        "id": scope,
        "name": scope.rpartition("/")[2],
        "type": "Microsoft.Resources/resourceGroups",
        "location": "westeurope",
        "properties": {"provisioningState": "Succeeded"},
    }


@functools.cache
def _built_in() -> dict[str, AzureRole]:
    """Azure's own roles, from the catalogue; parsed when first asked for."""
    return {role.id: role for role in load()}


def _role_name(role: Definition | AzureRole) -> str:
    return role.role_name if isinstance(role, Definition) else role.name


def _definition(scope: str, role: Definition | AzureRole) -> Json:
    """A role definition; its id has the prefix of the subscription that is asked, and never that of a resource group."""
    if isinstance(role, Definition):
        properties: Json = {
            "roleName": role.role_name,
            "type": "CustomRole",
            "description": role.description,
            "assignableScopes": role.assignable_scopes,
            "permissions": role.permissions,
            "createdOn": role.created,
            "updatedOn": role.updated,
            "createdBy": _MAKER,
            "updatedBy": _MAKER,
        }
        guid = role.name
    else:
        properties = {
            "roleName": role.name,
            "type": "BuiltInRole",
            "description": role.description,
            "assignableScopes": ["/"],
            "permissions": [_permission(permission) for permission in role.permissions],
            "createdOn": "2015-02-02T21:55:09.8806423Z",
            "updatedOn": "2025-01-25T01:55:08.5560000Z",
            "createdBy": None,
            "updatedBy": None,
        }
        guid = role.id
    return {
        "properties": properties,
        "id": f"{subscription_of(scope)}{AUTHORIZATION}/roleDefinitions/{guid}",
        "type": "Microsoft.Authorization/roleDefinitions",
        "name": guid,
    }


def _permission(permission: Any) -> Json:
    shown: Json = {
        "actions": list(permission.actions),
        "notActions": list(permission.not_actions),
        "dataActions": list(permission.data_actions),
        "notDataActions": list(permission.not_data_actions),
    }
    if permission.condition:
        shown |= {"conditionVersion": permission.condition_version, "condition": permission.condition}
    return shown


def _denial(one: Denial) -> Json:
    return {
        "properties": {
            "denyAssignmentName": one.title,
            "description": one.description,
            "permissions": one.permissions,
            "scope": one.scope,
            "doNotApplyToChildScopes": one.only_at_scope,
            "principals": one.principals,
            "excludePrincipals": one.excluded,
            "isSystemProtected": one.system_protected,
            "condition": None,
            "conditionVersion": None,
            "createdOn": one.created,
            "updatedOn": one.created,
            "createdBy": _MAKER,
            "updatedBy": _MAKER,
        },
        "id": id_at(one.scope, "denyAssignments", one.name),
        "type": "Microsoft.Authorization/denyAssignments",
        "name": one.name,
    }
