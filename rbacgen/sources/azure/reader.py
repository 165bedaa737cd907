"""Reads the access that Azure holds: side by side, each list whole or not at all, and with what could not be read."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.roles import Roles
from rbacgen.authorization.permissions import allows
from rbacgen.model.assignment import Activation, Assignment, AzureRole, Permission, Plane, PrincipalType
from rbacgen.model.problems import RbacgenError
from rbacgen.model.scope import GUID, Scope, ScopeLevel
from rbacgen.model.source import Ask, Denial, DirectoryRefusedError, Entry, Presence, Source, SourceKind, check_tenant
from rbacgen.model.state import Coverage, Part, State, Unread
from rbacgen.sources.azure import directory, responses
from rbacgen.sources.azure.client import (
    ASSIGNMENTS_VERSION,
    PATIENCE,
    SCHEDULES_VERSION,
    AzureClient,
    ReadError,
    authorization,
)
from rbacgen.sources.azure.clouds import Cloud

_NAME = "Azure"
_AT_ONCE = 8  # lists that are read at a time
_NO_PIM = "AadPremiumLicenseRequired"
_NO_PIM_NOTE = "the tenant has no Privileged Identity Management (it needs Microsoft Entra ID P2 or Governance), so nothing is eligible"
_NOT_THERE = frozenset({"ResourceGroupNotFound", "ResourceNotFound"})
_WITHDRAWN = ("denied", "failed", "canceled", "invalid", "timedout", "revoked")
_ASKED_FOR_ITSELF = ("selfactivate", "selfdeactivate", "adminremove")
_SUBSCRIPTIONS_VERSION = "2022-12-01"


class _Kind(Struct, frozen=True):
    """How one part is listed: its collection, of which API version, in which shape, and what a reader must be allowed to do."""

    collection: str
    version: str
    row: Any
    what: str
    query: Mapping[str, str] = {}

    @property
    def operation(self) -> str:
        return f"Microsoft.Authorization/{self.collection}/read"


_KINDS: Mapping[Part, _Kind] = {
    Part.ASSIGNMENTS: _Kind("roleAssignments", ASSIGNMENTS_VERSION, responses.AssignmentRow, "role assignments"),
    Part.ELIGIBILITIES: _Kind(
        "roleEligibilityScheduleInstances", SCHEDULES_VERSION, responses.InstanceRow, "eligible assignments"
    ),
    Part.ACTIVATIONS: _Kind("roleAssignmentScheduleInstances", SCHEDULES_VERSION, responses.InstanceRow, "activations"),
    Part.DEFINITIONS: _Kind(
        "roleDefinitions",
        ASSIGNMENTS_VERSION,
        responses.DefinitionRow,
        "custom roles",
        {"$filter": "type eq 'CustomRole'"},
    ),
    Part.DENIALS: _Kind("denyAssignments", ASSIGNMENTS_VERSION, responses.DenialRow, "deny assignments"),
}
_LISTED = (Part.ASSIGNMENTS, Part.ELIGIBILITIES, Part.ACTIVATIONS, Part.DENIALS)


class _ListRequest(Struct, frozen=True):
    """One list to be read; `alone` where it says nothing of what is below the scope."""

    scope: Scope
    part: Part
    alone: bool = False


class _Read(Struct, frozen=True):
    """A list that was read whole, in our words: assignments, schedules, definitions or denials, by its part."""

    desired: _ListRequest
    found: Sequence[Any]
    note: str = ""
    without_licence: bool = False
    pages: int = 0


class _FailedList(Struct, frozen=True):
    """A list that was not read, with the failure."""

    desired: _ListRequest
    error: RbacgenError
    forbidden: bool = False


class _Requests(Struct, frozen=True, order=True):
    """Where to look for requests for access, and for which: eligible, or active for a time."""

    place: str
    eligible: bool

    @property
    def collection(self) -> str:
        return "roleEligibilityScheduleRequests" if self.eligible else "roleAssignmentScheduleRequests"


class Azure:
    """Azure, read live. It implements `rbacgen.source.LiveSource`, and nothing in it writes."""

    def __init__(
        self,
        connection: AzureClient,
        catalog: Catalog,
        now: datetime,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self._connection = connection
        self._catalog = catalog
        self._now = now
        self._progress = progress
        self._state = State(())
        self._subscriptions: frozenset[str] = frozenset()  # that were read as a whole

    @classmethod
    def of(
        cls,
        cloud: Cloud,
        environment: Mapping[str, str],
        catalog: Catalog,
        now: datetime,
        retry_budget: float = PATIENCE,
        progress: Callable[[str], None] | None = None,
    ) -> Azure:
        """Azure with the login that the environment decides on; nothing is asked yet.

        `retry_budget` is how many seconds each list may lose to throttling and failures, `progress` is told what is being done.
        """
        return cls(AzureClient.open(cloud, environment, retry_budget), catalog, now, progress)

    def read(self, ask: Ask) -> Source:
        """What Azure holds of what is asked for, with what could not be read.

        Raises RbacgenError where nobody is logged in, and where nothing at all could be read, and ValueError for what is no
        id of a subscription, which Azure would take for the path to something else.
        """
        for each in ask.subscriptions:
            if not GUID.match(each):
                raise ValueError(f"`{each}` is no id of a subscription")
        source = _Reading(self._connection, self._catalog, self._progress, ask).source(self._now)
        self._state = source.state
        self._subscriptions = frozenset(each for each in ask.subscriptions if _is_covered(source, each))
        return source

    def directory(self, principal_ids: frozenset[str]) -> Mapping[str, Entry]:
        """What the directory says of each of these principals.

        Nobody is said to be deleted by a directory that cannot know. Of somebody who holds something in a subscription of
        another tenant, as with Azure Lighthouse, it does not
        (https://learn.microsoft.com/azure/lighthouse/concepts/tenants-users-roles): such a one is unseen. One that knows
        nobody at all is believed only where a subscription in which one of them holds something is of the login's tenant.

        Raises DirectoryRefusedError where it cannot know or may not be asked, and RbacgenError where it could not be.
        """
        if self._progress is not None:
            count = len(principal_ids)
            self._progress(f"asking the directory about {count:,} principal{'' if count == 1 else 's'}")
        entries = directory.entries(self._connection, principal_ids)
        # Asked only now, since it is a request for each subscription and mostly nobody has been deleted.
        gone = {each for each, entry in entries.items() if entry.presence is Presence.DELETED}
        if not gone:
            return entries
        places = self._subscriptions_of(gone)
        tenants = self._tenants(sorted({each for found in places.values() for each in found}))
        own = self._connection.log_in()
        foreign = {subscription for subscription, tenant in tenants.items() if tenant != own}
        unknown = {each for each, found in places.items() if found & foreign}
        knows_somebody = any(entry.presence in (Presence.PRESENT, Presence.SOFT_DELETED) for entry in entries.values())
        if knows_somebody or (tenants.keys() - foreign and gone - unknown):
            return {each: Entry(Presence.NOT_VISIBLE) if each in unknown else entry for each, entry in entries.items()}
        if foreign:
            subscription = min(foreign)
            raise DirectoryRefusedError(
                f"the subscription {subscription} belongs to the tenant {tenants[subscription]}, whose directory this login "
                "does not ask",
                f"log in to that tenant: `az login --tenant {tenants[subscription]}`",
            )
        raise DirectoryRefusedError(
            "the directory knows nobody of those who hold or are to hold access, as if it were another tenant's",
            "log in to the tenant that they are of (`az login --tenant ID`), and check --graph-endpoint if you gave one",
        )

    def _subscriptions_of(self, gone: set[str]) -> Mapping[str, set[str]]:
        """Those of the principals who hold something, with the subscriptions whose tenants tell of which tenant they are.

        What is held above the subscriptions is inherited by any of them that was read, another tenant's too.
        """
        everywhere = {*self._subscriptions, *(each.scope.subscription for each in self._state)} - {""}
        found: dict[str, set[str]] = {}
        above: set[str] = set()
        for each in self._state:
            if each.principal.id in gone:
                if each.scope.subscription:
                    found.setdefault(each.principal.id, set()).add(each.scope.subscription)
                else:
                    above.add(each.principal.id)
        return dict.fromkeys(above, everywhere) | found

    def _tenants(self, subscriptions: Sequence[str]) -> Mapping[str, str]:
        """The tenant of each of these subscriptions. Raises DirectoryRefusedError where one could not be read."""
        with _threads(self._connection) as pool:
            found = list(pool.map(self._tenant_of, subscriptions))
        tenants: dict[str, str] = {}
        for subscription, of in zip(subscriptions, found, strict=True):
            if isinstance(of, RbacgenError):
                raise DirectoryRefusedError(
                    f"the tenant of the subscription {subscription} could not be read: {of.message}", of.hint
                )
            tenants[subscription] = of
        return tenants

    def _tenant_of(self, subscription: str) -> str | RbacgenError:
        """The tenant that a subscription belongs to, or why it is not known."""
        path = f"/subscriptions/{subscription}"
        try:
            found = self._connection.get(path, _SUBSCRIPTIONS_VERSION, responses.SubscriptionRow).tenant_id.lower()
        except RbacgenError as error:
            if isinstance(error, ReadError) and error.status == 403:
                return ReadError(error.message, _allow("Microsoft.Resources/subscriptions/read", path), 403)
            return error
        return found or ReadError("Azure does not tell it", "try again")

    def with_justifications(self, source: Source) -> Source:
        """The same reading, its PIM rows described by the justification of their newest request.

        Azure forgets requests after some weeks (45 days have been seen); a row whose request is gone stays as it is. Where
        requests could not be read, the reading is no longer whole: whether a row is the project's own cannot be told.
        """
        coverage = source.state.coverage
        places: set[_Requests] = set()
        for each in source.state:
            eligible = each.activation is Activation.ELIGIBLE
            # What is inherited from where nobody asked is none of the reader's business.
            if _by_request(each) and coverage.covers(Part.ELIGIBILITIES if eligible else Part.ASSIGNMENTS, each.scope):
                subscription = each.scope.subscription
                places.add(_Requests(f"/subscriptions/{subscription}" if subscription else each.scope.folded, eligible))
        if not places:
            return source
        if self._progress is not None:
            self._progress("asking Azure for justifications")
        newest: dict[tuple[str, str, str, bool], tuple[str, str]] = {}
        missed: list[Unread] = []
        words = responses.Words(Roles(self._catalog, source.definitions))
        with _threads(self._connection) as pool:
            for asked, answer in pool.map(self._requests, sorted(places)):
                if isinstance(answer, RbacgenError):
                    missed.append(_unjustified(asked, answer))
                    continue
                for row in answer:
                    given = row.properties
                    if _counts(given):
                        scope, role = words.scope(given.scope), words.role(given.role_definition_id)
                        key = (scope.folded, role.id, given.principal_id.lower(), asked.eligible)
                        said = (given.created_on or "", given.justification or "")
                        newest[key] = max(newest.get(key, ("", "")), said)
        state = State((_described(each, newest) for each in source.state), coverage)
        return replace(source, state=state.with_unread(*missed) if missed else state)

    def _requests(self, asked: _Requests) -> tuple[_Requests, list[responses.RequestRow] | RbacgenError]:
        """The requests at one place, or why they could not be read."""
        query = {} if asked.place.startswith("/subscriptions/") else {"$filter": "atScope()"}
        path = authorization(asked.place, asked.collection)
        try:
            return asked, self._connection.rows(path, SCHEDULES_VERSION, responses.RequestRow, query)
        except RbacgenError as error:
            return asked, error


def _is_covered(source: Source, subscription: str) -> bool:
    return source.state.coverage.covers(Part.ASSIGNMENTS, Scope.of(f"/subscriptions/{subscription}"))


def _by_request(assignment: Assignment) -> bool:
    """Whether its description is the justification of a request: it has none of its own, and is no activation."""
    return (
        assignment.actual.through_pim
        and assignment.activation is not Activation.ACTIVATED
        and not assignment.description
    )


def _counts(request: responses.RequestProperties) -> bool:
    """Whether a request gave access, and was made for it to stand."""
    status, kind = request.status.lower(), request.request_type.lower()
    return bool(request.justification) and not status.endswith(_WITHDRAWN) and kind not in _ASKED_FOR_ITSELF


def _described(assignment: Assignment, newest: Mapping[tuple[str, str, str, bool], tuple[str, str]]) -> Assignment:
    if not _by_request(assignment):
        return assignment
    eligible = assignment.activation is Activation.ELIGIBLE
    found = newest.get((assignment.scope.folded, assignment.role.id, assignment.principal.id, eligible))
    if found is None:
        return assignment
    actual = replace(assignment.actual, unknown_fields=assignment.actual.unknown_fields - {"description"})
    return replace(assignment, description=found[1], actual=actual)


def _unjustified(asked: _Requests, error: RbacgenError) -> Unread:
    """What is to be said of requests that were not read."""
    part = Part.ELIGIBILITIES if asked.eligible else Part.ASSIGNMENTS
    what = "eligible assignments" if asked.eligible else "assignments that PIM keeps"
    remedy = error.hint
    if isinstance(error, ReadError) and error.status == 403:
        remedy = _allow("Microsoft.Authorization/*/read", asked.place)
    return Unread(asked.place, part, f"the justifications of {what} could not be read: {error.message}", remedy)


@contextlib.contextmanager
def _threads(connection: AzureClient) -> Iterator[ThreadPoolExecutor]:
    """Threads to ask Azure with; whoever breaks off waits for none of them, since an answer may take a minute."""
    pool = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="rbacgen")
    try:
        yield pool
    except BaseException:
        connection.stop()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


_Outcome = _Read | _FailedList
_Job = Callable[[], list[_Outcome]]


class _Reading:
    """One reading while it is made: what is to be read, what came, and what did not."""

    def __init__(
        self, connection: AzureClient, catalog: Catalog, progress: Callable[[str], None] | None, ask: Ask
    ) -> None:
        self.connection = connection
        self.catalog = catalog
        self.progress = progress
        self.ask = ask
        self.words = responses.Words(Roles(catalog))
        self.reads: list[_Read] = []
        self.missed: list[_FailedList] = []
        self.fallen_back: dict[_ListRequest, list[_ListRequest]] = {}  # what was tried in its place
        self.done = 0
        self.total = 0

    def source(self, now: datetime) -> Source:
        """The whole reading, in its order: the login, the lists, what they fall back to, the roles, and the words for it."""
        tenant = self.connection.log_in()
        check_tenant(_NAME, tenant, self.ask.tenant)  # there, lists would only say that nothing is found
        later = {Part.ACTIVATIONS} if self.ask.mark else set()
        parts = [part for part in _LISTED if part in self.ask.parts and part not in later]
        subscriptions = [Scope.of(f"/subscriptions/{each}") for each in self.ask.subscriptions]
        with _threads(self.connection) as pool:
            lists = [self.listing(_ListRequest(scope, part)) for scope in subscriptions for part in parts]
            self.all(pool, [*lists, *(self.gated(scope, parts) for scope in self.ask.above)])
            self.fall_back(pool)
            if later & self.ask.parts:
                self.all(pool, self.activation_jobs())
                self.fall_back(pool)
            if Part.DEFINITIONS in self.ask.parts:
                self.all(pool, self.definition_jobs(subscriptions))
                self.fall_back(pool)
                strangers = self.strangers()
                loose = [role for found in pool.map(self.stranger, strangers) for role in found]
            else:
                loose = []
        self.refuse_nothing()
        return self.told(tenant, now, loose)

    # Reading.

    def all(self, pool: ThreadPoolExecutor, jobs: Iterable[_Job]) -> None:
        """Does the jobs side by side and keeps what comes, in the order of the jobs."""
        futures: list[Future[list[_Outcome]]] = [pool.submit(job) for job in jobs]
        self.total += len(futures)
        for _ in as_completed(futures):
            self.done += 1
            if self.progress is not None:
                self.progress(f"reading Azure: {self.done:,} of {self.total:,} lists")
        for future in futures:
            for checked in future.result():
                if isinstance(checked, _Read):
                    self.reads.append(checked)
                else:
                    self.missed.append(checked)

    def listing(self, desired: _ListRequest, principals: Sequence[str] = ()) -> _Job:
        """Reads one list, or what it holds of these principals."""
        return lambda: [self.listed(desired, principals)]

    def listed(self, desired: _ListRequest, principals: Sequence[str] = ()) -> _Outcome:
        """One list, whole, or the failure and nothing of it; of some principals, asked for one by one, it is whole for them."""
        kind = _KINDS[desired.part]
        query = dict(kind.query)
        if desired.alone and not query:
            query = {"$filter": "atScope()"}
        queries = [{"$filter": f"principalId eq '{each}'"} for each in principals] or [query]
        found: list[Any] = []
        pages = 0
        try:
            path = authorization(desired.scope.id, kind.collection)
            for asked in queries:
                for page in self.connection.pages(path, kind.version, kind.row, asked):
                    found += self.in_words(desired.part, page)
                    pages += 1
        except ReadError as error:
            if error.code == _NO_PIM and desired.part in (Part.ELIGIBILITIES, Part.ACTIVATIONS):
                return _Read(desired, (), _NO_PIM_NOTE, without_licence=True)
            if error.code in _NOT_THERE and desired.scope.level in (ScopeLevel.RESOURCE_GROUP, ScopeLevel.RESOURCE):
                # Azure says so only to those who may look, and what is not there holds nothing.
                return _Read(desired, (), f"{desired.scope.id} does not exist")
            return _FailedList(desired, error, error.status == 403)
        except RbacgenError as error:  # the login came to an end
            return _FailedList(desired, error)
        return _Read(desired, found, pages=pages)

    def in_words(self, part: Part, page: Sequence[Any]) -> list[Any]:
        """The rows of a page in our words; activations stay as they are until the assignments are known too."""
        match part:
            case Part.ASSIGNMENTS:
                return [self.words.assignment(row) for row in page]
            case Part.ELIGIBILITIES:
                return [each for row in page if (each := self.words.eligibility(row)) is not None]
            case Part.ACTIVATIONS:
                return list(page)
            case Part.DEFINITIONS:
                return [responses.definition(row) for row in page]
            case _:
                return [responses.denial(row) for row in page]

    def gated(self, scope: Scope, parts: Sequence[Part]) -> _Job:
        """Reads lists of a management group or the tenant, after a look at whether they may be read.

        Azure answers who may not read them with an empty list and no error
        (https://github.com/MicrosoftDocs/azure-docs/issues/66312), so an empty one proves nothing by itself.
        """

        def job() -> list[_Outcome]:
            desired = [_ListRequest(scope, part, alone=True) for part in parts]
            try:
                own = self.own_permissions(scope)
            except RbacgenError as error:
                forbidden = isinstance(error, ReadError) and error.status == 403
                return [_FailedList(each, error, forbidden) for each in desired]
            return [self.proven(each, own) for each in desired]

        return job

    def own_permissions(self, scope: Scope) -> tuple[Permission, ...] | None:
        """What the login may do at a scope; None where Azure does not tell. Raises RbacgenError where it cannot be asked."""
        try:
            listed = self.connection.rows(
                authorization(scope.id, "permissions"), ASSIGNMENTS_VERSION, responses.PermissionRow
            )
        except ReadError as error:
            if error.status in (400, 404, 405):
                return None
            raise
        return tuple(responses.permission(each) for each in listed)

    def proven(self, desired: _ListRequest, own: tuple[Permission, ...] | None) -> _Outcome:
        """One list whose emptiness means something: the login may read it, or something of the scope itself is in it."""
        kind = _KINDS[desired.part]
        if own is not None and not any(allows(each, kind.operation, Plane.CONTROL) for each in own):
            message = f"the login may not read {kind.what} here, and Azure shows an empty list instead of saying so"
            return _FailedList(desired, ReadError(message, "", 403), forbidden=True)
        checked = self.listed(desired)
        if own is None and isinstance(checked, _Read) and not checked.note and not _holds_own(checked):
            message = f"Azure shows no {kind.what} here, and does not tell whether the login may read them"
            return _FailedList(desired, ReadError(message, "", 200), forbidden=True)
        return checked

    def activation_jobs(self) -> list[_Job]:
        """Where to ask PIM what is activated, and what ends: everywhere that assignments were read and it could be.

        That list holds every standing assignment as well, so it costs as much again as the assignments themselves. Where it
        would take more pages than asking for each principal whose assignments PIM may keep, they are asked for one by one:
        Azure gives what each has at, above and below the scope, which is all that the list holds of its assignments
        (https://learn.microsoft.com/rest/api/authorization/role-assignment-schedule-instances/list-for-scope).
        """
        jobs: list[_Job] = []
        for read in [each for each in self.reads if each.desired.part is Part.ASSIGNMENTS]:
            desired = replace(read.desired, part=Part.ACTIVATIONS)
            principals = sorted({each.principal.id for each in read.found if self.may_be_by_pim(each)})
            if not principals:
                self.reads.append(_Read(desired, ()))
            elif desired.alone:
                jobs.append(self.gated(desired.scope, (Part.ACTIVATIONS,)))
            else:
                jobs.append(self.listing(desired, principals if _are_few(principals, read) else ()))
        return jobs

    def may_be_by_pim(self, assignment: Assignment) -> bool:
        """Whether PIM may keep this assignment: not if it carries the mark, which PIM does not write, and nobody activates it."""
        kinds = (PrincipalType.GROUP, PrincipalType.SERVICE_PRINCIPAL)  # only persons activate
        return assignment.principal.type not in kinds or self.ask.mark not in assignment.description

    def fall_back(self, pool: ThreadPoolExecutor) -> None:
        """Where a subscription may not be read, reads what is asked for below it, scope by scope."""
        jobs: list[_Job] = []
        for missed in self.missed:
            desired = missed.desired
            if missed.forbidden and desired.scope.level is ScopeLevel.SUBSCRIPTION and desired not in self.fallen_back:
                below = _outermost(self.ask.within.get(desired.scope.subscription, ()))
                self.fallen_back[desired] = [_ListRequest(scope, desired.part) for scope in below]
                jobs += [self.listing(each) for each in self.fallen_back[desired]]
        self.all(pool, jobs)

    # Roles.

    def definition_jobs(self, subscriptions: Sequence[Scope]) -> list[_Job]:
        """Where to read role definitions: everywhere, if some are wanted in any case, else where one is held that needs it."""
        everywhere = self.ask.all_definitions or bool(self.ask.custom_roles)
        places = dict.fromkeys(subscriptions if everywhere else ())
        above = dict.fromkeys(self.ask.above if everywhere else ())
        for read in self.reads:
            scope = read.desired.scope
            if any(self.needs_definition(each) for each in _assignments(read)):
                (above if read.desired.alone else places)[scope] = None
        jobs = [self.listing(_ListRequest(scope, Part.DEFINITIONS)) for scope in places]
        return [*jobs, *(self.gated(scope, (Part.DEFINITIONS,)) for scope in above)]

    def needs_definition(self, assignment: Assignment) -> bool:
        """Whether the catalogue is no authority on the role: it does not know it, or it is nobody's but the tenant's."""
        return assignment.role.custom or not assignment.role.name

    def strangers(self) -> list[tuple[str, Scope]]:
        """Roles that are held and that no catalogue or list knows, with a scope to ask for them at.

        Of custom roles that is one that has gone; else it is a role of Azure's that is newer than the catalogue.
        """
        listed = {read.desired.scope for read in self.reads if read.desired.part is Part.DEFINITIONS}
        known = {role.id for read in self.reads if read.desired.part is Part.DEFINITIONS for role in read.found}
        strange: dict[str, Scope] = {}
        for read in self.reads:
            if read.desired.scope in listed:
                for each in _assignments(read):
                    if not each.role.name and each.role.id not in known:
                        strange.setdefault(each.role.id, read.desired.scope)
        return sorted(strange.items())

    def stranger(self, asked: tuple[str, Scope]) -> tuple[AzureRole, ...]:
        """One role by its id; none where Azure does not have it, or does not show it."""
        role_id, scope = asked
        path = authorization(scope.id, f"roleDefinitions/{role_id}")
        try:
            return (responses.definition(self.connection.get(path, ASSIGNMENTS_VERSION, responses.DefinitionRow)),)
        except RbacgenError:
            return ()

    # What came of it.

    def refuse_nothing(self) -> None:
        """Raises RbacgenError where nothing could be read: that is no reading, and not even a partial one."""
        if not self.missed or any(not read.without_licence for read in self.reads):
            return
        reasons = sorted({missed.error.message for missed in self.missed})
        said = "; ".join(reasons[:3]) + ("; …" if len(reasons) > 3 else "")
        raise RbacgenError(f"nothing could be read from Azure: {said}", _unread(self.missed[0]).remedy)

    def told(self, tenant: str, now: datetime, loose: Sequence[AzureRole]) -> Source:
        """The source: every assignment once, with its role as the tenant defines it and its end as PIM knows it."""
        found: dict[Part, list[Any]] = {part: [] for part in _KINDS}
        for read in self.reads:
            found[read.desired.part] += read.found
        definitions = {role.id: role for role in (*loose, *found[Part.DEFINITIONS])}
        standing: dict[str, Assignment] = {each.actual.id.lower(): each for each in found[Part.ASSIGNMENTS]}
        schedules = responses.Schedules(found[Part.ACTIVATIONS], self.words, standing.values())
        assignments = [schedules.told(each) for each in standing.values()] if schedules else [*standing.values()]
        coverage = self.coverage()
        if any(missed.desired.part is Part.ACTIVATIONS for missed in self.missed):
            assignments = self.without_ends(assignments, coverage)
        assignments += responses.longest(found[Part.ELIGIBILITIES])
        if definitions:
            assignments = [
                replace(each, role=definitions[each.role.id]) if each.role.id in definitions else each
                for each in assignments
            ]
        denials: dict[str, Denial] = {each.id.lower(): each for each in found[Part.DENIALS]}
        return Source(
            SourceKind.AZURE,
            _NAME,
            State(assignments, coverage),
            tenant=tenant,
            taken=now,
            definitions=tuple(sorted(definitions.values(), key=lambda role: role.id)),
            denials=tuple(denials[each] for each in sorted(denials)),
            notes=tuple(sorted({read.note for read in self.reads if read.note})),
            above=self.above(),
            knows_management_groups=True,
        )

    def above(self) -> dict[str, tuple[str, ...]]:
        """The management groups that each subscription inherits from, as far as something is assigned at them.

        A list of a subscription, or of what lies in it, holds what is assigned above it as well.
        """
        found: dict[str, set[str]] = {}
        for read in self.reads:
            subscription = read.desired.scope.subscription
            if subscription:
                for each in _assignments(read):
                    if each.scope.level is ScopeLevel.MANAGEMENT_GROUP:
                        found.setdefault(f"/subscriptions/{subscription}", set()).add(each.scope.folded)
        return {subscription: tuple(sorted(found[subscription])) for subscription in sorted(found)}

    def without_ends(self, assignments: Iterable[Assignment], coverage: Coverage) -> list[Assignment]:
        """The assignments, marked where PIM could not be asked whether they end: having no end would be a guess.

        It was asked where it was read at the assignment's scope, or with a list that the assignment is in.
        """
        told = {
            each.actual.id
            for read in self.reads
            if read.desired.part is Part.ASSIGNMENTS and coverage.covers(Part.ACTIVATIONS, read.desired.scope)
            for each in read.found
        }
        return [
            each
            if each.actual.through_pim or each.actual.id in told or coverage.covers(Part.ACTIVATIONS, each.scope)
            else replace(each, actual=replace(each.actual, unknown_fields=each.actual.unknown_fields | {"until"}))
            for each in assignments
        ]

    def unread(self) -> Iterator[Unread]:
        """What was not read. Where nothing below a subscription could be either, for the same reason, it is named once."""
        missed = {each.desired: each for each in self.missed}
        for desired, tried in self.fallen_back.items():
            reasons = {missed[each].error.message if each in missed else "" for each in tried}
            if reasons == {missed[desired].error.message}:
                said = _unread(missed.pop(desired))
                yield replace(said, why=f"{said.why}, nor {_tried(len(tried))}")
                for each in tried:
                    del missed[each]
        yield from (_unread(each) for each in missed.values())

    def coverage(self) -> Coverage:
        """How far the reading reaches: the lists that came whole, and the ones that did not."""
        below: dict[Part, set[str]] = {}
        alone: dict[Part, set[str]] = {}
        for read in self.reads:
            (alone if read.desired.alone else below).setdefault(read.desired.part, set()).add(read.desired.scope.folded)
        return Coverage(
            {part: frozenset(scopes) for part, scopes in below.items()},
            {part: frozenset(scopes) for part, scopes in alone.items()},
            tuple(sorted(set(self.unread()))),
        )


def _assignments(read: _Read) -> Sequence[Assignment]:
    return read.found if read.desired.part in (Part.ASSIGNMENTS, Part.ELIGIBILITIES) else ()


def _are_few(principals: Iterable[str], read: _Read) -> bool:
    """Whether what a list of this length holds of these principals takes fewer pages than the whole of it."""
    a_page = -(-len(read.found) // read.pages)
    rows_of = Counter(each.principal.id for each in read.found)
    pages = sum(-(-rows_of[each] // a_page) for each in principals)
    return pages < read.pages and all(map(GUID.match, principals))


def _holds_own(read: _Read) -> bool:
    """Whether something in a list is of the scope itself, and not of what is above it."""
    folded = read.desired.scope.folded
    match read.desired.part:
        case Part.DEFINITIONS:
            return any(folded in (each.lower() for each in role.assignable_scopes) for role in read.found)
        case Part.ACTIVATIONS:
            return any(row.properties.scope.lower() == folded for row in read.found)
        case _:
            return any(each.scope.folded == folded for each in read.found)


def _outermost(scopes: Iterable[Scope]) -> list[Scope]:
    """The scopes that lie in none of the others."""
    kept: list[Scope] = []
    for scope in sorted(scopes, key=lambda scope: (len(scope.folded), scope.folded)):
        if not any(other.contains(scope) for other in kept):
            kept.append(scope)
    return kept


def _unread(missed: _FailedList) -> Unread:
    """What is to be said of a list that was not read; a refusal comes with what has to be allowed, and where."""
    desired = missed.desired
    remedy = missed.error.hint
    if missed.forbidden:
        remedy = _allow("Microsoft.Authorization/*/read", desired.scope.id)  # one cure for all parts
    return Unread(desired.scope.id, desired.part, missed.error.message, remedy)


def _allow(operation: str, scope_id: str) -> str:
    return f"give the login an Azure role at {scope_id} that allows {operation}, such as Reader"


def _tried(count: int) -> str:
    return "the one scope in it that was tried" if count == 1 else f"any of the {count:,} scopes in it that were tried"
