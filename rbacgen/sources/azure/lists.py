"""Reads the lists of access of one scope: each list completely or not at all, with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from rbacgen.authorization.permissions import allows
from rbacgen.model.assignment import Assignment, Permission, Plane
from rbacgen.model.problems import RbacgenError
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.model.state import Part
from rbacgen.sources.azure import responses
from rbacgen.sources.azure.client import ASSIGNMENTS_VERSION, SCHEDULES_VERSION, AzureClient, authorization
from rbacgen.sources.azure.errors import ReadError

_NO_PIM = "AadPremiumLicenseRequired"
_NO_PIM_NOTE = "the tenant has no Privileged Identity Management (it needs Microsoft Entra ID P2 or Governance), so nothing is eligible"
_MISSING = frozenset({"ResourceGroupNotFound", "ResourceNotFound"})


class ListKind(Struct, frozen=True):
    """How one part is listed: its collection, API version and rows; `what` names it in messages."""

    collection: str
    version: str
    row: Any
    what: str
    query: Mapping[str, str] = {}

    @property
    def operation(self) -> str:
        """The operation that the login must be allowed."""
        return f"Microsoft.Authorization/{self.collection}/read"


KINDS: Mapping[Part, ListKind] = {
    Part.ASSIGNMENTS: ListKind("roleAssignments", ASSIGNMENTS_VERSION, responses.AssignmentRow, "role assignments"),
    Part.ELIGIBILITIES: ListKind(
        "roleEligibilityScheduleInstances", SCHEDULES_VERSION, responses.InstanceRow, "eligible assignments"
    ),
    Part.ACTIVATIONS: ListKind(
        "roleAssignmentScheduleInstances", SCHEDULES_VERSION, responses.InstanceRow, "activations"
    ),
    Part.DEFINITIONS: ListKind(
        "roleDefinitions",
        ASSIGNMENTS_VERSION,
        responses.DefinitionRow,
        "custom roles",
        {"$filter": "type eq 'CustomRole'"},
    ),
    Part.DENIALS: ListKind("denyAssignments", ASSIGNMENTS_VERSION, responses.DenialRow, "deny assignments"),
}


class ListRequest(Struct, frozen=True):
    """One list to read; `alone` where it does not include what is below the scope."""

    scope: Scope
    part: Part
    alone: bool = False


class ReadList(Struct, frozen=True):
    """A list that was read completely; `found` are assignments, schedule rows, definitions or denials, by its part."""

    request: ListRequest
    found: Sequence[Any]
    note: str = ""
    without_licence: bool = False
    pages: int = 0


class FailedList(Struct, frozen=True):
    """A list that was not read, with the failure."""

    request: ListRequest
    error: RbacgenError
    forbidden: bool = False


ListResult = ReadList | FailedList


class ListReader:
    """Reads lists with one client; any number of threads may use it."""

    def __init__(self, client: AzureClient, rows: responses.RowDecoder) -> None:
        self._client = client
        self._rows = rows

    def read(self, request: ListRequest, principals: Sequence[str] = ()) -> ListResult:
        """One list, or the failure; with `principals`, only what it contains of them, requested one principal at a time."""
        kind = KINDS[request.part]
        query = dict(kind.query)
        if request.alone and not query:
            query = {"$filter": "atScope()"}
        queries = [{"$filter": f"principalId eq '{each}'"} for each in principals] or [query]
        found: list[Any] = []
        pages = 0
        try:
            path = authorization(request.scope.id, kind.collection)
            for each in queries:
                for page in self._client.pages(path, kind.version, kind.row, each):
                    found += self._decoded(request.part, page)
                    pages += 1
        except ReadError as error:
            if error.code == _NO_PIM and request.part in (Part.ELIGIBILITIES, Part.ACTIVATIONS):
                return ReadList(request, (), _NO_PIM_NOTE, without_licence=True)
            if error.code in _MISSING and request.scope.level in (ScopeLevel.RESOURCE_GROUP, ScopeLevel.RESOURCE):
                # Azure says so only to those who may read it, and a scope that does not exist has no access.
                return ReadList(request, (), f"{request.scope.id} does not exist")
            return FailedList(request, error, error.status == 403)
        except RbacgenError as error:  # the login expired
            return FailedList(request, error)
        return ReadList(request, found, pages=pages)

    def read_above(self, scope: Scope, parts: Sequence[Part]) -> list[ListResult]:
        """Lists of a management group or the tenant, after a check whether the login may read them.

        To a login that may not read them, Azure returns an empty list and no error
        (https://github.com/MicrosoftDocs/azure-docs/issues/66312), so an empty list proves nothing by itself.
        """
        requests = [ListRequest(scope, part, alone=True) for part in parts]
        try:
            own = self._own_permissions(scope)
        except RbacgenError as error:
            forbidden = isinstance(error, ReadError) and error.status == 403
            return [FailedList(each, error, forbidden) for each in requests]
        return [self._read_if_permitted(each, own) for each in requests]

    def _own_permissions(self, scope: Scope) -> tuple[Permission, ...] | None:
        """The login's own permissions at a scope; None where Azure does not list them. Raises RbacgenError."""
        try:
            listed = self._client.rows(
                authorization(scope.id, "permissions"), ASSIGNMENTS_VERSION, responses.PermissionRow
            )
        except ReadError as error:
            if error.status in (400, 404, 405):
                return None
            raise
        return tuple(responses.permission(each) for each in listed)

    def _read_if_permitted(self, request: ListRequest, own: tuple[Permission, ...] | None) -> ListResult:
        """One list that may be believed when it is empty: the login may read it, or it contains something of the scope itself."""
        kind = KINDS[request.part]
        if own is not None and not any(allows(each, kind.operation, Plane.CONTROL) for each in own):
            message = f"the login may not read {kind.what} here; Azure returns an empty list instead of an error"
            return FailedList(request, ReadError(message, "", 403), forbidden=True)
        result = self.read(request)
        if own is None and isinstance(result, ReadList) and not result.note and not _includes_own(result):
            message = f"Azure shows no {kind.what} here, and does not say whether the login may read them"
            return FailedList(request, ReadError(message, "", 200), forbidden=True)
        return result

    def _decoded(self, part: Part, page: Sequence[Any]) -> list[Any]:
        """The values of a page; activations stay rows until the assignments are known too."""
        match part:
            case Part.ASSIGNMENTS:
                return [self._rows.assignment(row) for row in page]
            case Part.ELIGIBILITIES:
                return [each for row in page if (each := self._rows.eligibility(row)) is not None]
            case Part.ACTIVATIONS:
                return list(page)
            case Part.DEFINITIONS:
                return [responses.definition(row) for row in page]
            case _:
                return [responses.denial(row) for row in page]


def assignments_of(read: ReadList) -> Sequence[Assignment]:
    """The assignments of a list; none where it lists something else."""
    return read.found if read.request.part in (Part.ASSIGNMENTS, Part.ELIGIBILITIES) else ()


def _includes_own(read: ReadList) -> bool:
    """Whether something in a list is at the scope itself, and not only above it."""
    folded = read.request.scope.folded
    match read.request.part:
        case Part.DEFINITIONS:
            return any(folded in (each.lower() for each in role.assignable_scopes) for role in read.found)
        case Part.ACTIVATIONS:
            return any(row.properties.scope.lower() == folded for row in read.found)
        case _:
            return any(each.scope.folded == folded for each in read.found)
