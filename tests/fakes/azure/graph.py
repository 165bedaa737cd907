"""Microsoft Graph's side: the objects of the directory, as far as the caller has permission to read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from tests.fakes.azure.messages import Answer, Json, Listing, Request
from tests.fakes.azure.odata import FilterError, clauses
from tests.fakes.azure.tenant import Principal, Tenant

_KINDS = {"groups": "Group", "users": "User", "serviceprincipals": "ServicePrincipal"}
_TYPES = {"Group": "group", "User": "user", "ServicePrincipal": "servicePrincipal"}
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_BY_APP = re.compile(r"/servicePrincipals\(appId='([^']*)'\)\Z", re.IGNORECASE)

MOST_IDS = 1000
MOST_SUBREQUESTS = 20


class Graph:
    """What Microsoft Graph answers for a tenant. `again` asks the server a part of a batch, faults and all."""

    def __init__(self, tenant: Tenant, again: Callable[[Request], tuple[Answer, bytes]]) -> None:
        self.tenant = tenant
        self.again = again

    def answer(self, request: Request) -> Answer | Listing:
        """The answer to a request whose token was good."""
        version, _, path = request.path.lstrip("/").partition("/")
        words = path.rstrip("/").split("/")
        lower = [word.lower() for word in words]
        if lower == ["$batch"]:
            return self._batch(version, request)
        if lower == ["directoryobjects", "getbyids"] and request.method == "POST":
            return self._by_ids(request)
        if request.method != "GET":
            return _refused(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
        if lower[0] == "directoryobjects" and len(lower) == 2:
            return self._one(request, self.tenant.present(words[1]), words[1])
        if lower[:2] == ["directory", "deleteditems"] and len(lower) == 3:
            return self._deleted(request, words[2])
        by_app = _BY_APP.match("/" + path)
        if by_app:
            found = (one for one in self._present("ServicePrincipal") if (one.app_id or "") == by_app.group(1).lower())
            return self._one(request, next(found, None), by_app.group(1), "ServicePrincipal")
        kind = _KINDS.get(lower[0])
        if kind is None:
            return _refused(400, "BadRequest", f"Resource not found for the segment '{words[0]}'.")
        if len(lower) == 1:
            return self._search(request, kind)
        if len(lower) == 2:
            return self._one(request, self._find(kind, words[1]), words[1], kind)
        if kind == "Group" and lower[2] in ("transitivemembers", "members"):
            return self._members(request, words[1], transitive=lower[2] == "transitivemembers", cast=lower[3:])
        if lower[2] in ("transitivememberof", "memberof"):
            return self._groups_of(request, words[1])
        return _refused(400, "BadRequest", f"Resource not found for the segment '{words[2]}'.")

    def _present(self, kind: str) -> Iterable[Principal]:
        return (one for one in self.tenant.principals.values() if one.kind == kind and not one.deleted)

    def _find(self, kind: str, text: str) -> Principal | None:
        found = self.tenant.present(text)
        if found is None and kind == "User":
            # Principal names compare without case, and may hold what must be encoded (`#EXT#` of guests).
            found = next((one for one in self._present("User") if (one.upn or "").lower() == text.lower()), None)
        return found if found and found.kind == kind else None

    def _one(self, request: Request, found: Principal | None, text: str, kind: str = "") -> Answer:
        if self._nothing_at_all() or (kind and self.tenant.may_see(kind) != "all"):
            return _denied()
        if found is None or self.tenant.may_see(found.kind) == "none":
            if kind != "User" and not _GUID.match(text):
                return _refused(400, "Request_BadRequest", f"Invalid object identifier '{text}'.")
            return _missing(text)
        if self.tenant.may_see(found.kind) == "basic":
            return _denied()
        return Answer(200, {"@odata.context": "$metadata#directoryObjects/$entity", **self._shown(request)(found)})

    def _deleted(self, request: Request, oid: str) -> Answer:
        found = self.tenant.principals.get(oid.lower())
        if self._nothing_at_all() or (found and self.tenant.may_see(found.kind) != "all"):
            return _denied()
        if found is None or found.deleted != "soft":
            return _missing(oid)
        return Answer(200, {**self._shown(request)(found), "deletedDateTime": "2026-11-20T08:00:00Z"})

    def _nothing_at_all(self) -> bool:
        return all(self.tenant.may_see(kind) == "none" for kind in _TYPES)

    def _by_ids(self, request: Request) -> Answer | Listing:
        if self._nothing_at_all():
            return _denied()
        try:
            asked: Json = msgspec.json.decode(request.body)
            ids = asked["ids"]
        except (msgspec.DecodeError, KeyError, TypeError):
            return _refused(400, "BadRequest", "Unable to read JSON request payload.")
        if not ids or len(ids) > MOST_IDS:
            return _refused(400, "Request_BadRequest", f"Invalid number of ids: at most {MOST_IDS} are allowed.")
        wrong = next((oid for oid in ids if not _GUID.match(oid)), None)
        if wrong is not None:
            return _refused(400, "Request_BadRequest", f"Invalid GUID: {wrong}")
        types = {kind.lower() for kind in asked.get("types") or []}
        found = []
        for oid in dict.fromkeys(oid.lower() for oid in ids):
            one = self.tenant.present(oid)
            if one and (not types or _TYPES[one.kind].lower() in types) and self.tenant.may_see(one.kind) != "none":
                found.append(one)
        return Listing(found, self._shown(request), "@odata.nextLink", _context("directoryObjects"), MOST_IDS)

    def _search(self, request: Request, kind: str) -> Answer | Listing:
        if self.tenant.may_see(kind) != "all":
            return _denied()
        try:
            desired = clauses(request.filter) if request.filter else ()
        except FilterError:
            return _refused(400, "BadRequest", f"Invalid filter clause: Syntax error in '{request.filter}'.")
        found = list(self._present(kind))
        for clause in desired:
            begins = clause.operator == "startswith"
            if clause.name not in (_BEGINNINGS if begins else _FILTERS)[kind] or clause.operator == "call":
                return _refused(
                    400, "Request_UnsupportedQuery", f"Unsupported or invalid query filter clause '{clause.name}'."
                )
            values = tuple(value.lower() for value in clause.values)
            names = [(one, str(_everything(one).get(clause.name) or "").lower()) for one in found]
            found = [one for one, text in names if (text.startswith(values) if begins else text in values)]
        return self._listing(request, found, _KEYS[kind])

    def _listing(self, request: Request, found: list[Principal], context: str) -> Answer | Listing:
        try:
            size = int(request.query.get("$top", "100"))
        except ValueError:
            size = 0
        if not 1 <= size <= 999:
            return _refused(
                400, "Request_UnsupportedQuery", "Invalid page size specified. Must be between 1 and 999 inclusive."
            )
        return Listing(found, self._shown(request), "@odata.nextLink", _context(context), size)

    def _members(self, request: Request, group: str, transitive: bool, cast: list[str]) -> Answer | Listing:
        if self.tenant.may_see("Group") != "all":
            return _denied()
        found = self._find("Group", group)
        if found is None:
            return _missing(group)
        ids = self.tenant.members_of(found.id) if transitive else found.members
        members = [one for oid in ids if (one := self.tenant.present(oid)) and self.tenant.may_see(one.kind) != "none"]
        if found.hides_members and not self.tenant.sees_hidden:
            members = []
        advanced = request.headers.get("Consistencylevel", "").lower() == "eventual" and "$count" in request.query
        if cast:
            if not advanced:
                return _refused(400, "Request_UnsupportedQuery", "OData cast needs the ConsistencyLevel header.")
            members = [one for one in members if f"microsoft.graph.{_TYPES[one.kind]}".lower() == cast[0]]
        elif not advanced:
            members = [one for one in members if one.kind != "ServicePrincipal"]  # v1.0 is known for it
        listing = self._listing(request, members, "directoryObjects")
        if cast and isinstance(listing, Listing):  # all are of one type, which no row names then
            show = listing.show
            listing.show = lambda one: {name: value for name, value in show(one).items() if name != "@odata.type"}
        return listing

    def _groups_of(self, request: Request, text: str) -> Answer | Listing:
        if self.tenant.may_see("Group") == "none":
            return _denied()
        found = self.tenant.present(text) or self._find("User", text)
        if found is None:
            return _missing(text)
        groups = [self.tenant.principals[oid] for oid in sorted(self.tenant.groups_of(found.id))]
        return self._listing(request, groups, "directoryObjects")

    def _shown(self, request: Request) -> Callable[[Principal], Json]:
        """A principal in JSON: what is selected of it, and nothing but its type where its kind may not be read."""
        selected = [name for name in request.query.get("$select", "").split(",") if name]

        def show(one: Principal) -> Json:
            every = _everything(one)
            if selected:
                every = {"id": one.id} | {name: every[name] for name in selected if name in every}
            if self.tenant.may_see(one.kind) == "basic":
                every = {name: one.id if name == "id" else None for name in every}
            return {"@odata.type": f"#microsoft.graph.{_TYPES[one.kind]}", **every}

        return show

    def _batch(self, version: str, request: Request) -> Answer:
        """Each part with an answer of its own, and not in the order that they were asked in."""
        try:
            parts = msgspec.json.decode(request.body)["requests"]
        except (msgspec.DecodeError, KeyError, TypeError):
            return _refused(400, "BadRequest", "Invalid batch payload format.")
        if not 0 < len(parts) <= MOST_SUBREQUESTS:
            return _refused(
                400, "BadRequest", f"Number of batch request steps exceeds the maximum value of {MOST_SUBREQUESTS}."
            )
        if len({part["id"] for part in parts}) != len(parts):
            return _refused(400, "BadRequest", "Batch request ids must be unique.")
        answered = []
        for part in parts:
            body = msgspec.json.encode(part["body"]) if "body" in part else b""
            inner = Request.of(part["method"], f"/{version}/{part['url'].lstrip('/')}", body, request.headers)
            answer, text = self.again(inner)
            decoded: Any = msgspec.json.decode(text) if text and text.lstrip()[:1] in b"{[" else text.decode()
            answered.append(
                {"id": part["id"], "status": answer.status, "headers": dict(answer.headers), "body": decoded}
            )
        return Answer(200, {"responses": answered[::-1]})


_KEYS = {kind: key for key, kind in (("groups", "Group"), ("users", "User"), ("servicePrincipals", "ServicePrincipal"))}
_FILTERS = {
    "Group": {"id", "displayName", "mail", "mailNickname", "securityEnabled", "mailEnabled"},
    "User": {"id", "displayName", "userPrincipalName", "mail", "userType", "accountEnabled"},
    "ServicePrincipal": {"id", "displayName", "appId", "servicePrincipalType", "accountEnabled"},
}
# https://learn.microsoft.com/graph/aad-advanced-queries: what a filter can ask the beginning of
_BEGINNINGS = {
    "Group": {"displayName", "mail", "mailNickname"},
    "User": {"displayName", "userPrincipalName", "mail"},
    "ServicePrincipal": {"displayName"},
}


def _everything(one: Principal) -> Json:
    if one.kind == "Group":
        return {
            "id": one.id,
            "displayName": one.name,
            "mail": one.mail,
            "mailEnabled": one.mail is not None,
            "mailNickname": re.sub(r"\W", "", one.name),
            "securityEnabled": True,
            "groupTypes": [],
            "visibility": "HiddenMembership" if one.hides_members else None,
            "description": None,
        }
    if one.kind == "User":
        return {
            "id": one.id,
            "displayName": one.name,
            "userPrincipalName": one.upn,
            "mail": one.mail,
            "userType": "Guest" if "#EXT#" in (one.upn or "") else "Member",
            "accountEnabled": True,
        }
    return {
        "id": one.id,
        "displayName": one.name,
        "appId": one.app_id,
        "servicePrincipalType": "ManagedIdentity" if one.managed else "Application",
        "alternativeNames": ["isExplicit=True", one.resource_id] if one.resource_id else [],
        "accountEnabled": True,
    }


def _context(of: str) -> Json:
    return {"@odata.context": f"https://graph.microsoft.com/v1.0/$metadata#{of}"}


def _refused(status: int, code: str, message: str) -> Answer:
    inner = {
        "date": "2026-11-24T09:00:00",
        "request-id": "00000000-0000-4000-8000-000000000021",
        "client-request-id": "00000000-0000-4000-8000-000000000021",
    }
    return Answer(status, {"error": {"code": code, "message": message, "innerError": inner}})


def _denied() -> Answer:
    return _refused(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def _missing(text: str) -> Answer:
    message = f"Resource '{text}' does not exist or one of its queried reference-property objects are not present."
    return _refused(404, "Request_ResourceNotFound", message)
