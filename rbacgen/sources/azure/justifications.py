"""The justifications of assignments that Privileged Identity Management made: the text of the newest request for each."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.roles import Roles
from rbacgen.model.assignment import Activation, Assignment
from rbacgen.model.problems import RbacgenError
from rbacgen.model.source import Source
from rbacgen.model.state import Part, State, Unread
from rbacgen.sources.azure import responses
from rbacgen.sources.azure.client import SCHEDULES_VERSION, AzureClient, authorization
from rbacgen.sources.azure.errors import ReadError
from rbacgen.sources.azure.joining import allow
from rbacgen.sources.azure.reading import threads

_WITHDRAWN = ("denied", "failed", "canceled", "invalid", "timedout", "revoked")
_OF_ACTIVATIONS = ("selfactivate", "selfdeactivate", "adminremove")

_Newest = Mapping[tuple[str, str, str, bool], tuple[str, str]]
"""The newest request of a scope, role, principal and kind (eligible or not): when it was made, and its justification."""


class RequestPlace(Struct, frozen=True, order=True):
    """Where requests are listed, and of which kind: for eligible access, or for access that is active for a time."""

    scope: str
    eligible: bool

    @property
    def collection(self) -> str:
        """Azure's name for the list."""
        return "roleEligibilityScheduleRequests" if self.eligible else "roleAssignmentScheduleRequests"


def places_of(source: Source) -> list[RequestPlace]:
    """Where the requests of the source's assignments are listed, sorted; none where no description comes from a request."""
    coverage = source.state.coverage
    places: set[RequestPlace] = set()
    for each in source.state:
        eligible = each.activation is Activation.ELIGIBLE
        # Access inherited from a scope that was not read is not described.
        if _is_by_request(each) and coverage.covers(Part.ELIGIBILITIES if eligible else Part.ASSIGNMENTS, each.scope):
            subscription = each.scope.subscription
            places.add(RequestPlace(f"/subscriptions/{subscription}" if subscription else each.scope.folded, eligible))
    return sorted(places)


def described(client: AzureClient, catalog: Catalog, source: Source, places: list[RequestPlace]) -> Source:
    """The same reading with justifications as descriptions.

    Azure deletes requests after some weeks (45 days have been observed); an assignment whose request is deleted stays as it is.
    Where requests could not be read, the reading is no longer complete: whether an assignment is the project's is not known.
    """
    newest: dict[tuple[str, str, str, bool], tuple[str, str]] = {}
    unread: list[Unread] = []
    decoder = responses.RowDecoder(Roles(catalog, source.definitions))
    with threads(client) as pool:
        for place, answer in pool.map(lambda place: _requests(client, place), places):
            if isinstance(answer, RbacgenError):
                unread.append(_unread(place, answer))
                continue
            for row in answer:
                given = row.properties
                if _counts(given):
                    scope, role = decoder.scope(given.scope), decoder.role(given.role_definition_id)
                    key = (scope.folded, role.id, given.principal_id.lower(), place.eligible)
                    request = (given.created_on or "", given.justification or "")
                    newest[key] = max(newest.get(key, ("", "")), request)
    state = State((_described(each, newest) for each in source.state), source.state.coverage)
    return replace(source, state=state.with_unread(*unread) if unread else state)


def _requests(
    client: AzureClient, place: RequestPlace
) -> tuple[RequestPlace, list[responses.RequestRow] | RbacgenError]:
    """The requests at one place, or why they could not be read."""
    query = {} if place.scope.startswith("/subscriptions/") else {"$filter": "atScope()"}
    path = authorization(place.scope, place.collection)
    try:
        return place, client.rows(path, SCHEDULES_VERSION, responses.RequestRow, query)
    except RbacgenError as error:
        return place, error


def _is_by_request(assignment: Assignment) -> bool:
    """Whether its description is the justification of a request: it has none of its own, and is not an activation."""
    return (
        assignment.actual.through_pim
        and assignment.activation is not Activation.ACTIVATED
        and not assignment.description
    )


def _counts(request: responses.RequestProperties) -> bool:
    """Whether a request was granted, and is not one for an activation."""
    status, kind = request.status.lower(), request.request_type.lower()
    return bool(request.justification) and not status.endswith(_WITHDRAWN) and kind not in _OF_ACTIVATIONS


def _described(assignment: Assignment, newest: _Newest) -> Assignment:
    if not _is_by_request(assignment):
        return assignment
    eligible = assignment.activation is Activation.ELIGIBLE
    found = newest.get((assignment.scope.folded, assignment.role.id, assignment.principal.id, eligible))
    if found is None:
        return assignment
    actual = replace(assignment.actual, unknown_fields=assignment.actual.unknown_fields - {"description"})
    return replace(assignment, description=found[1], actual=actual)


def _unread(place: RequestPlace, error: RbacgenError) -> Unread:
    """Requests that were not read."""
    part = Part.ELIGIBILITIES if place.eligible else Part.ASSIGNMENTS
    what = "eligible assignments" if place.eligible else "assignments made by PIM"
    remedy = error.hint
    if isinstance(error, ReadError) and error.status == 403:
        remedy = allow("Microsoft.Authorization/*/read", place.scope)
    return Unread(place.scope, part, f"the justifications of {what} could not be read: {error.message}", remedy)
