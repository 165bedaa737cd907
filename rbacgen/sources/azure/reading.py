"""One reading of Azure: which lists are read, in which order, and what is read instead of a list that may not be read."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.roles import Roles
from rbacgen.model.assignment import Assignment, AzureRole, PrincipalType
from rbacgen.model.problems import RbacgenError
from rbacgen.model.scope import GUID, Scope, ScopeLevel
from rbacgen.model.source import Ask
from rbacgen.model.state import Part
from rbacgen.sources.azure import responses
from rbacgen.sources.azure.client import ASSIGNMENTS_VERSION, AzureClient, authorization
from rbacgen.sources.azure.lists import FailedList, ListReader, ListRequest, ListResult, ReadList, assignments_of

_AT_ONCE = 8  # lists that are read at the same time
_LISTED = (Part.ASSIGNMENTS, Part.ELIGIBILITIES, Part.ACTIVATIONS, Part.DENIALS)

_Job = Callable[[], Sequence[ListResult]]


@contextlib.contextmanager
def threads(client: AzureClient) -> Iterator[ThreadPoolExecutor]:
    """Threads to read Azure with; an interrupted reading waits for none of them, since an answer may take a minute."""
    pool = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="rbacgen")
    try:
        yield pool
    except BaseException:
        client.stop()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


class ReadLists(Struct, frozen=True):
    """Everything that a reading returned.

    `fallbacks` are, for a list of a subscription that may not be read, the lists below it that were tried instead; `roles` are
    roles that were requested by their own ids, because no catalogue and no list contains them.
    """

    reads: Sequence[ReadList]
    failures: Sequence[FailedList]
    fallbacks: dict[ListRequest, list[ListRequest]]
    rows: responses.RowDecoder
    roles: Sequence[AzureRole] = ()


class AzureReading:
    """One reading while it is made: what was read so far, and what failed."""

    def __init__(self, client: AzureClient, catalog: Catalog, progress: Callable[[str], None], ask: Ask) -> None:
        self._client = client
        self._progress = progress
        self._ask = ask
        self._rows = responses.RowDecoder(Roles(catalog))
        self._lists = ListReader(client, self._rows)
        self._reads: list[ReadList] = []
        self._failures: list[FailedList] = []
        self._fallbacks: dict[ListRequest, list[ListRequest]] = {}
        self._done = 0
        self._total = 0

    def read(self) -> ReadLists:
        """Reads everything, in order: the lists, those instead of lists that may not be read, activations, and roles."""
        ask = self._ask
        later = {Part.ACTIVATIONS} if ask.mark else set()
        parts = [part for part in _LISTED if part in ask.parts and part not in later]
        subscriptions = [Scope.of(f"/subscriptions/{each}") for each in ask.subscriptions]
        unlisted: list[AzureRole] = []
        with threads(self._client) as pool:
            lists = [self._list(ListRequest(scope, part)) for scope in subscriptions for part in parts]
            self._run(pool, [*lists, *(self._lists_above(scope, parts) for scope in ask.above)])
            self._fall_back(pool)
            if later & ask.parts:
                self._run(pool, self._activations())
                self._fall_back(pool)
            if Part.DEFINITIONS in ask.parts:
                self._run(pool, self._definitions(subscriptions))
                self._fall_back(pool)
                unlisted = [role for found in pool.map(self._role_by_id, self._unlisted_roles()) for role in found]
        return ReadLists(self._reads, self._failures, self._fallbacks, self._rows, unlisted)

    def _run(self, pool: ThreadPoolExecutor, jobs: Iterable[_Job]) -> None:
        """Runs the jobs at the same time, and keeps their results in the order of the jobs."""
        futures: list[Future[Sequence[ListResult]]] = [pool.submit(job) for job in jobs]
        self._total += len(futures)
        for _ in as_completed(futures):
            self._done += 1
            self._progress(f"reading Azure: {self._done:,} of {self._total:,} lists")
        for future in futures:
            for result in future.result():
                if isinstance(result, ReadList):
                    self._reads.append(result)
                else:
                    self._failures.append(result)

    def _list(self, request: ListRequest, principals: Sequence[str] = ()) -> _Job:
        return lambda: [self._lists.read(request, principals)]

    def _lists_above(self, scope: Scope, parts: Sequence[Part]) -> _Job:
        return lambda: self._lists.read_above(scope, parts)

    def _activations(self) -> list[_Job]:
        """Where PIM must be asked what is activated and what ends: everywhere that assignments were read and it is possible.

        That list includes every active assignment too, so it costs as much again as the assignments themselves. Where it
        would take more pages than a request for each principal whose assignments PIM may manage, one request per principal
        is made: Azure returns what each has at, above and below the scope, which is all that the list has of them
        (https://learn.microsoft.com/rest/api/authorization/role-assignment-schedule-instances/list-for-scope).
        """
        jobs: list[_Job] = []
        for read in [each for each in self._reads if each.request.part is Part.ASSIGNMENTS]:
            request = replace(read.request, part=Part.ACTIVATIONS)
            principals = sorted({each.principal.id for each in read.found if self._may_be_managed_by_pim(each)})
            if not principals:
                self._reads.append(ReadList(request, ()))
            elif request.alone:
                jobs.append(self._lists_above(request.scope, (Part.ACTIVATIONS,)))
            else:
                jobs.append(self._list(request, principals if _are_few(principals, read) else ()))
        return jobs

    def _may_be_managed_by_pim(self, assignment: Assignment) -> bool:
        """Whether PIM may manage this assignment: not if it carries the mark, which PIM does not write, and cannot be activated."""
        kinds = (PrincipalType.GROUP, PrincipalType.SERVICE_PRINCIPAL)  # only users activate
        return assignment.principal.type not in kinds or self._ask.mark not in assignment.description

    def _fall_back(self, pool: ThreadPoolExecutor) -> None:
        """Where a subscription may not be read, reads the scopes below it that the project needs, one by one."""
        jobs: list[_Job] = []
        for failed in self._failures:
            request = failed.request
            if failed.forbidden and request.scope.level is ScopeLevel.SUBSCRIPTION and request not in self._fallbacks:
                below = _outermost(self._ask.within.get(request.scope.subscription, ()))
                self._fallbacks[request] = [ListRequest(scope, request.part) for scope in below]
                jobs += [self._list(each) for each in self._fallbacks[request]]
        self._run(pool, jobs)

    def _definitions(self, subscriptions: Sequence[Scope]) -> list[_Job]:
        """Where role definitions are read: everywhere if the request needs some, else where an assigned role needs it."""
        everywhere = self._ask.all_definitions or bool(self._ask.custom_roles)
        places = dict.fromkeys(subscriptions if everywhere else ())
        above = dict.fromkeys(self._ask.above if everywhere else ())
        for read in self._reads:
            if any(_needs_definition(each) for each in assignments_of(read)):
                (above if read.request.alone else places)[read.request.scope] = None
        jobs = [self._list(ListRequest(scope, Part.DEFINITIONS)) for scope in places]
        return [*jobs, *(self._lists_above(scope, (Part.DEFINITIONS,)) for scope in above)]

    def _unlisted_roles(self) -> list[tuple[str, Scope]]:
        """Assigned roles that no catalogue and no list contains, with a scope to request them at.

        A custom role of this kind has been deleted; any other is a built-in role that is newer than the catalogue.
        """
        listed = {read.request.scope for read in self._reads if read.request.part is Part.DEFINITIONS}
        known = {role.id for read in self._reads if read.request.part is Part.DEFINITIONS for role in read.found}
        unlisted: dict[str, Scope] = {}
        for read in self._reads:
            if read.request.scope in listed:
                for each in assignments_of(read):
                    if not each.role.name and each.role.id not in known:
                        unlisted.setdefault(each.role.id, read.request.scope)
        return sorted(unlisted.items())

    def _role_by_id(self, role: tuple[str, Scope]) -> tuple[AzureRole, ...]:
        """One role by its id; none where it does not exist, or Azure does not show it."""
        role_id, scope = role
        path = authorization(scope.id, f"roleDefinitions/{role_id}")
        try:
            return (responses.definition(self._client.get(path, ASSIGNMENTS_VERSION, responses.DefinitionRow)),)
        except RbacgenError:
            return ()


def _needs_definition(assignment: Assignment) -> bool:
    """Whether the catalogue is not enough for a role: it does not know it, or the tenant defines it."""
    return assignment.role.custom or not assignment.role.name


def _are_few(principals: Iterable[str], read: ReadList) -> bool:
    """Whether one request per principal takes fewer pages than the whole list."""
    per_page = -(-len(read.found) // read.pages)
    rows_of = Counter(each.principal.id for each in read.found)
    pages = sum(-(-rows_of[each] // per_page) for each in principals)
    return pages < read.pages and all(map(GUID.match, principals))


def _outermost(scopes: Iterable[Scope]) -> list[Scope]:
    """The scopes that are not below any of the others."""
    kept: list[Scope] = []
    for scope in sorted(scopes, key=lambda scope: (len(scope.folded), scope.folded)):
        if not any(other.contains(scope) for other in kept):
            kept.append(scope)
    return kept
