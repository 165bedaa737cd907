"""Finds the principals with given names: in Microsoft Graph, and for resource ids in Azure Resource Manager."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.model.scope import GUID, ScopeLevel, level_of, subscription_of
from rbacgen.project.lock import Named, plural
from rbacgen.project.lookup import FoundPrincipal, LookupAnswer
from rbacgen.sources.azure.credentials import LoginError
from rbacgen.sources.azure.errors import ReadError
from rbacgen.sources.azure.lookups import LookupClient
from rbacgen.sources.azure.spelling import folded, suggestion

_IDENTITIES_VERSION = "2023-01-31"
_USER_ASSIGNED = "/microsoft.managedidentity/userassignedidentities/"
_PAGE = 100
# https://learn.microsoft.com/graph/permissions-reference: the least permission that shows names
_PERMISSIONS = {
    "group": "Group.Read.All",
    "user": "User.Read.All",
    "service_principal": "Application.Read.All",
    "managed_identity": "Application.Read.All",
}
_COLLECTIONS = {
    "group": ("groups", "id,displayName,mail,createdDateTime,securityEnabled,onPremisesSyncEnabled"),
    "user": ("users", "id,displayName,userPrincipalName,mail,userType"),
    "service_principal": (
        "servicePrincipals",
        "id,displayName,appId,servicePrincipalType,alternativeNames",
    ),
}
_COLLECTIONS["managed_identity"] = _COLLECTIONS["service_principal"]


class _Object(Struct, rename="camel"):
    """A user, group or service principal of Microsoft Graph, with the properties that are requested."""

    id: str
    display_name: str | None = None
    user_principal_name: str | None = None
    mail: str | None = None
    app_id: str | None = None
    service_principal_type: str | None = None
    alternative_names: list[str] | None = None
    created_date_time: str | None = None
    security_enabled: bool | None = None
    on_premises_sync_enabled: bool | None = None


class _Objects(Struct):
    value: list[_Object]


class _IdentityProperties(Struct, rename="camel"):
    principal_id: str = ""


class _Identity(Struct):
    properties: _IdentityProperties


class GraphQuery(Struct, frozen=True):
    """A query of Microsoft Graph: the collection, the parameters, and whether more than its first page is needed."""

    path: str
    query: Mapping[str, str]
    whole: bool = True


def principals(azure: LookupClient, named: tuple[Named, ...]) -> Mapping[tuple[str, str], LookupAnswer]:
    """The principals with each of these names, by kind and name; a resource id is the name of a managed identity."""
    by_resource = [each for each in named if each.name.startswith("/")]
    by_name = [each for each in named if not each.name.startswith("/")]
    identities = azure.together(lambda each: _identity(azure, each), by_resource)
    answers = dict(zip((each.key for each in by_resource), identities, strict=True))
    answers |= zip((each.key for each in by_name), _found(azure, by_name), strict=True)
    return answers


def application_hints(azure: LookupClient, object_ids: frozenset[str]) -> Mapping[str, str]:
    """What ids are that the directory has no object for: an application id is often mistaken for an object id."""
    ids = sorted(object_ids)
    answers = _objects(azure, [_query("service_principal", f"appId eq {_literal(each)}") for each in ids])
    return {
        object_id: f"it is the application id of `{answer[0].display_name}`, whose object id is {answer[0].id}"
        for object_id, answer in zip(ids, answers, strict=True)
        if not isinstance(answer, ReadError) and answer
    }


def _identity(azure: LookupClient, named: Named) -> LookupAnswer:
    """The principal of a user-assigned identity, or of the system-assigned identity of any other resource."""
    if level_of(named.name) is not ScopeLevel.RESOURCE or not subscription_of(named.name):
        return LookupAnswer(hint=": that is not the id of a resource")
    own = _USER_ASSIGNED in named.name.lower()
    path = named.name if own else f"{named.name}/providers/Microsoft.ManagedIdentity/identities/default"
    try:
        identity = azure.get(path, _IDENTITIES_VERSION, _Identity)
    except ReadError as failure:
        if failure.status == 404:
            return LookupAnswer(
                hint=": there is no such resource" if own else ": no such resource, or it has no identity"
            )
        return LookupAnswer(why=failure.message, remedy=failure.hint)
    if not GUID.match(identity.properties.principal_id):
        return LookupAnswer(hint=": the resource has no identity of its own")
    return LookupAnswer((FoundPrincipal(identity.properties.principal_id.lower()),))


def _found(azure: LookupClient, named: list[Named]) -> list[LookupAnswer]:
    """The answers for these names, with a second round of queries for those that were not found."""
    objects = _objects(azure, [_query(each.kind, _filter(each)) for each in named])
    answers = [
        _refused(each, found) if isinstance(found, ReadError) else _answer(each, found)
        for each, found in zip(named, objects, strict=True)
    ]
    missing = [
        each for each, answer in zip(named, answers, strict=True) if not (answer.found or answer.why or answer.hint)
    ]
    hints = dict(zip((each.key for each in missing), _hints(azure, missing), strict=True))
    return [replace(answer, hint=hints.get(each.key, answer.hint)) for each, answer in zip(named, answers, strict=True)]


def _hints(azure: LookupClient, missing: list[Named]) -> list[str]:
    """For each name that was not found, what exists instead."""
    queries = [_second_queries(each) for each in missing]
    found = iter(_objects(azure, [query for group in queries for query in group]))
    hints = []
    for each, group in zip(missing, queries, strict=True):
        objects = [[] if isinstance(answer, ReadError) else answer for answer in islice(found, len(group))]
        hints.append(_hint(each, *objects))
    return hints


def _objects(azure: LookupClient, queries: list[GraphQuery]) -> list[list[_Object] | ReadError]:
    """What Microsoft Graph returns for each of these queries, or the failure."""

    def rows(query: GraphQuery) -> list[_Object]:
        if query.whole:
            return azure.client.graph_rows(query.path, _Object, query.query)
        return azure.client.graph_get(query.path, _Objects, query.query).value

    def ask(query: GraphQuery) -> list[_Object] | ReadError:
        try:
            return azure.ask(query.path, lambda: rows(query))
        except ReadError as failure:
            return failure
        except LoginError as failure:  # only for Graph: without any login this code is not reached
            return ReadError(failure.message, failure.hint)

    return azure.together(ask, queries)


def _query(kind: str, condition: str, whole: bool = True) -> GraphQuery:
    """The query for principals of a kind that meet a condition: for all of them, or for one page."""
    collection, select = _COLLECTIONS[kind]
    return GraphQuery(f"/{collection}", {"$filter": condition, "$select": select, "$top": str(_PAGE)}, whole)


def _literal(text: str) -> str:
    """A text in a filter: quotes in it are doubled, https://learn.microsoft.com/graph/query-parameters#escaping-single-quotes"""
    return "'" + text.replace("'", "''") + "'"


def _filter(named: Named) -> str:
    if named.kind == "user":
        return f"userPrincipalName eq {_literal(named.name)}"
    if named.kind != "group" and GUID.match(named.name):
        return f"appId eq {_literal(named.name)}"
    return f"displayName eq {_literal(named.name)}"


def _second_queries(named: Named) -> list[GraphQuery]:
    """The queries for a name that was not found: for names that begin alike, and for what else the name may be."""
    begins = named.name.partition("@")[0]
    begins = begins[: max(2, len(begins) // 2)]
    if named.kind == "user":
        return [
            _query("user", f"mail eq {_literal(named.name)}"),
            _query("user", f"startswith(userPrincipalName,{_literal(begins)})", whole=False),
        ]
    if GUID.match(named.name):
        return [_query(named.kind, f"id eq {_literal(named.name)}")]
    return [_query(named.kind, f"startswith(displayName,{_literal(begins)})", whole=False)]


def _hint(named: Named, first: list[_Object], second: Iterable[_Object] = ()) -> str:
    if named.kind == "user":
        by_mail = [each.user_principal_name for each in first if each.user_principal_name]
        if len(by_mail) == 1:
            return f": that is the mail address of `{by_mail[0]}`, so write this principal name"
        return suggestion(named.name, [each.user_principal_name or "" for each in second])
    if GUID.match(named.name):
        return (
            f": that is the object id of `{first[0].display_name}`; write this name, or the id as `id:`"
            if first
            else ""
        )
    return suggestion(named.name, [each.display_name or "" for each in first])


def _refused(named: Named, failure: ReadError) -> LookupAnswer:
    """A failure as an answer; of a refusal, which permission the login lacks, and what to do without it."""
    if failure.status != 403:
        return LookupAnswer(why=f"Microsoft Graph: {failure.message}", remedy=failure.hint)
    permission = _PERMISSIONS[named.kind]
    return LookupAnswer(
        why=f"Microsoft Graph does not let this login look up {plural(named.kind)} ({failure.status} {failure.code})",
        remedy=f"have an administrator grant it {permission} or Directory.Read.All, or write the object ids by hand (`id:`)",
    )


def _answer(named: Named, objects: list[_Object]) -> LookupAnswer:
    """The objects with the name; where none is a managed identity, the kind to write instead."""
    found = _matching(named, objects)
    if not found and named.kind == "managed_identity" and any(_has_name(each, named) for each in objects):
        return LookupAnswer(hint=": that is a service principal, so write `service_principal:`")
    return LookupAnswer(found)


def _matching(named: Named, objects: list[_Object]) -> tuple[FoundPrincipal, ...]:
    """The objects of this kind with exactly this name: managed identities are service principals too."""
    objects = [each for each in objects if _has_name(each, named)]
    if named.kind == "managed_identity":
        objects = [each for each in objects if each.service_principal_type in ("ManagedIdentity", None)]
    elif named.kind == "service_principal":
        objects = [each for each in objects if each.service_principal_type != "ManagedIdentity"] or objects
    found = {each.id.lower(): FoundPrincipal(each.id.lower(), _details(each)) for each in objects}
    return tuple(found[each] for each in sorted(found))


def _has_name(found: _Object, named: Named) -> bool:
    """Whether an object has exactly the requested name, so that a looser comparison never gives access."""
    if named.kind == "user":
        name = found.user_principal_name
    elif named.kind != "group" and GUID.match(named.name):
        name = found.app_id
    else:
        name = found.display_name
    return folded(name or "") == named.name.casefold()


def _details(found: _Object) -> str:
    """What distinguishes an object from others of the same name, in a few words."""
    resource = next((each for each in found.alternative_names or () if each.startswith("/")), "")
    details = [
        {"ManagedIdentity": "managed identity"}.get(found.service_principal_type or "", ""),
        resource and f"of {resource}",
        f"application {found.app_id}" if found.app_id and not resource else "",
        found.mail and found.security_enabled is not None and f"mail {found.mail}",
        "not a security group" if found.security_enabled is False else "",
        "synchronised from on-premises" if found.on_premises_sync_enabled else "",
        found.created_date_time and f"created {found.created_date_time[:10]}",
    ]
    return ", ".join(each for each in details if each)
