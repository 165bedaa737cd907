"""Reads from Azure Resource Manager and Microsoft Graph: pages, retries, and failures that name a remedy."""

from __future__ import annotations

import base64
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from rbacgen.model.scope import GUID
from rbacgen.sources.azure.clouds import Cloud
from rbacgen.sources.azure.credentials import Credential, credential_of
from rbacgen.sources.azure.errors import TRY_AGAIN, ReadError, code_of, failure, no_answer, undocumented
from rbacgen.sources.azure.pipelines import Pipelines, address, is_same_host, token_scope
from rbacgen.sources.azure.retries import DEFAULT_BUDGET, RETRIED, RateLimiter, RetryBudget, requested_pause

T = TypeVar("T")

ASSIGNMENTS_VERSION = "2022-04-01"  # role assignments and definitions, deny assignments, permissions
SCHEDULES_VERSION = "2020-10-01"  # Privileged Identity Management
_PROVIDER = "/providers/Microsoft.Authorization/"
_MOST_PAGES = 10_000
_SUBSCRIPTION = re.compile(r"/subscriptions/([0-9a-f-]+)", re.IGNORECASE)
_BATCH = 20  # https://learn.microsoft.com/graph/json-batching#batch-size-limitations


class GraphResponse(Struct, frozen=True):
    """One answer in a batch of Microsoft Graph: its status, and its body, which is not decoded yet."""

    status: int
    body: msgspec.Raw = msgspec.Raw(b"null")
    headers: Mapping[str, str] | None = None
    id: str = ""


class _ListPage(Struct, Generic[T], gc=False):
    value: list[T]
    next_link: str | None = msgspec.field(default=None, name="nextLink")
    next_graph_link: str | None = msgspec.field(default=None, name="@odata.nextLink")


class _BatchResponses(Struct):
    responses: list[GraphResponse]


class _Claims(Struct):
    tid: str = ""


def authorization(scope: str, kind: str) -> str:
    """The path of one kind of authorization object (`roleAssignments`, …) at a scope; `/` is the tenant."""
    return f"{scope.rstrip('/')}{_PROVIDER}{kind}"


class AzureClient:
    """A login and the two services, for any number of threads. It cannot write."""

    def __init__(self, cloud: Cloud, credential: Credential, retry_budget: float = DEFAULT_BUDGET) -> None:
        self.cloud = cloud
        self._credential = credential
        self._retry_budget = retry_budget
        self._limiters: dict[str, RateLimiter] = {}
        self._lock = threading.Lock()
        self._pipelines = Pipelines(cloud, credential)
        self._stopped = threading.Event()

    @classmethod
    def open(cls, cloud: Cloud, environment: Mapping[str, str], retry_budget: float = DEFAULT_BUDGET) -> AzureClient:
        """A client with the login that the environment decides on. Raises RbacgenError where the login cannot be used."""
        return cls(cloud, credential_of(cloud, environment), retry_budget)

    def log_in(self) -> str:
        """Logs in, and returns the tenant of the login in lower case; empty where the token does not name it.

        Raises RbacgenError where nobody is logged in.
        """
        return tenant_of(self._credential.get_token_info(token_scope(self.cloud.audience)).token)

    def get(self, path: str, version: str, shape: type[T], query: Mapping[str, str] | None = None) -> T:
        """One object of Azure Resource Manager. Raises ReadError."""
        body = self._arm(self._arm_address(path, version, query), self._new_budget())
        return _decoded(body, shape)

    def pages(
        self, path: str, version: str, row: type[T], query: Mapping[str, str] | None = None
    ) -> Iterator[Sequence[T]]:
        """The rows of a list of Azure Resource Manager, page by page. Raises ReadError; the pages before it are not the whole list."""
        budget = self._new_budget()
        first = self._arm_address(path, version, query)
        return _pages(first, lambda url: self._arm(url, budget), _ListPage[row], budget)  # type: ignore[valid-type]  # a type made at run time

    def rows(self, path: str, version: str, row: type[T], query: Mapping[str, str] | None = None) -> list[T]:
        """All rows of a list of Azure Resource Manager. Raises ReadError."""
        return [each for page in self.pages(path, version, row, query) for each in page]

    def graph_get(self, path: str, shape: type[T], query: Mapping[str, str] | None = None) -> T:
        """One object of Microsoft Graph; `path` begins after the version. Raises ReadError."""
        return _decoded(self._graph("GET", self._graph_address(path, query), self._new_budget()), shape)

    def graph_rows(
        self, path: str, row: type[T], query: Mapping[str, str] | None = None, by_index: bool = False
    ) -> list[T]:
        """All rows of a list of Microsoft Graph. Raises ReadError.

        `by_index` is for queries that only the directory's index answers, https://learn.microsoft.com/graph/aad-advanced-queries.
        """
        budget = self._new_budget()
        first = self._graph_address(path, query)
        headers = {"ConsistencyLevel": "eventual"} if by_index else None

        def fetch(url: str) -> bytes:
            return self._graph("GET", url, budget, headers=headers)

        return [each for page in _pages(first, fetch, _ListPage[row], budget) for each in page]  # type: ignore[valid-type]  # as above

    def graph_by_ids(self, ids: Sequence[str], row: type[T], query: Mapping[str, str] | None = None) -> list[T]:
        """The directory objects of these ids, any number; one that the directory does not show is left out. Raises ReadError.

        https://learn.microsoft.com/graph/api/directoryobject-getbyids, a thousand ids at a time.
        """
        parts = (ids[start : start + 1000] for start in range(0, len(ids), 1000))
        return [each for part in parts for page in self._by_ids(part, row, query) for each in page]

    def _by_ids(self, ids: Sequence[str], row: type[T], query: Mapping[str, str] | None) -> Iterator[Sequence[T]]:
        content = {"ids": list(ids), "types": ["user", "group", "servicePrincipal", "device"]}
        first = self._graph_address("/directoryObjects/getByIds", query)
        budget = self._new_budget()

        def fetch(url: str) -> bytes:
            # The link to the next page contains the request, and is only followed.
            return self._graph("POST", url, budget, content) if url == first else self._graph("GET", url, budget)

        return _pages(first, fetch, _ListPage[row], budget)  # type: ignore[valid-type]  # as above

    def graph_batch(self, paths: Iterable[str], query: Mapping[str, str] | None = None) -> list[GraphResponse]:
        """The answers to any number of reads of Microsoft Graph, in the order of the paths. Raises ReadError.

        Single reads that are throttled or fail on Azure's side are repeated, as long as the retry budget lasts.
        """
        requested = list(paths)
        answers: dict[int, GraphResponse] = {}
        for start in range(0, len(requested), _BATCH):
            budget = self._new_budget()
            pending = list(range(start, min(start + _BATCH, len(requested))))
            while pending:
                began = time.monotonic()
                content = {
                    "requests": [
                        {"id": str(n), "method": "GET", "url": address("", requested[n], query)} for n in pending
                    ]
                }
                body = self._graph("POST", self._graph_address("/$batch", None), budget, content)
                answers |= {
                    int(each.id): each for each in _decoded(body, _BatchResponses).responses if each.id.isdecimal()
                }
                if lacking := [n for n in pending if n not in answers]:
                    raise ReadError("Microsoft Graph left out an answer", TRY_AGAIN, code=str(len(lacking)))
                pending = [n for n in pending if answers[n].status in RETRIED]
                pause = max((requested_pause(answers[n].headers or {}) or 0.0 for n in pending), default=0.0) or None
                if pending and not budget.pause(time.monotonic() - began, pause, answered=True):
                    break
        return [answers[n] for n in range(len(requested))]

    def stop(self) -> None:
        """Ends all waiting: failed requests are not repeated any more."""
        self._stopped.set()

    def _new_budget(self) -> RetryBudget:
        return RetryBudget(self._retry_budget, self._stopped)

    def _arm_address(self, path: str, version: str, query: Mapping[str, str] | None) -> str:
        return address(self.cloud.arm, path, {"api-version": version, **(query or {})})

    def _graph_address(self, path: str, query: Mapping[str, str] | None) -> str:
        if not self.cloud.graph:
            raise ReadError("the address of this cloud's Microsoft Graph is not known", "give it with --graph-endpoint")
        return address(f"{self.cloud.graph}/v1.0", path, query)

    def _arm(self, url: str, budget: RetryBudget) -> bytes:
        found = _SUBSCRIPTION.search(url)
        return self._send(False, "GET", url, budget, found.group(1).lower() if found else "tenant")

    def _graph(
        self,
        method: str,
        url: str,
        budget: RetryBudget,
        content: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        return self._send(True, method, url, budget, "graph", content, headers)

    def _send(
        self,
        graph: bool,
        method: str,
        url: str,
        budget: RetryBudget,
        limited_by: str,
        content: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """The body of an answer with status 200; the request is repeated as long as that may help.

        `limited_by` names the rate limit that the request counts against. Raises ReadError.
        """
        from azure.core.exceptions import AzureError, DecodeError
        from azure.core.rest import HttpRequest

        host = self.cloud.graph if graph else self.cloud.arm
        if not is_same_host(url, host):
            raise ReadError("Azure names another host for the next page; that host was not contacted", TRY_AGAIN)
        accepted = True
        with self._lock:
            limiter = self._limiters.setdefault(limited_by, RateLimiter())
        while True:
            limiter.take()
            began = time.monotonic()
            try:
                request = HttpRequest(method, url, json=content, headers=dict(headers or {}))
                response = self._pipelines.of(graph)(request)
            except AzureError as error:
                untrusted = "SSLError" in type(error.inner_exception).__name__
                if not untrusted and budget.pause(time.monotonic() - began, None, answered=False):
                    continue
                raise no_answer(host, isinstance(error, DecodeError), untrusted) from None
            except OSError:  # of a file, since those of a connection are AzureErrors
                raise ReadError(*_NO_CERTIFICATES) from None
            if response.status_code == 200:
                body: bytes = response.content
                return body
            if response.status_code == 401 and accepted:
                # A token can become invalid before it expires; the next one is new where the login can provide one.
                accepted = False
                self._credential.forget(response.request.headers.get("Authorization", "").removeprefix("Bearer "))
                continue
            if response.status_code in RETRIED and budget.pause(
                time.monotonic() - began, requested_pause(response.headers), answered=True
            ):
                continue
            raise failure(response.status_code, code_of(response.content), budget.total)


_NO_CERTIFICATES = (
    "the file of trusted certificates cannot be read",
    "check the path in REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE",
)


def _decoded(body: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.DecodeError:
        raise undocumented() from None


def _pages(first: str, fetch: Callable[[str], bytes], shape: Any, budget: RetryBudget) -> Iterator[Any]:
    """The rows of each page. Raises ReadError at a page that links to an earlier one, or has the same rows as one."""
    url: str | None = first
    seen: set[str] = set()
    contents: set[int] = set()
    decoder = msgspec.json.Decoder(shape)
    while url:
        if url in seen or len(seen) >= _MOST_PAGES:
            raise ReadError("Azure returned the same page of a list again and again", TRY_AGAIN, 200)
        seen.add(url)
        try:
            page = decoder.decode(fetch(url))
        except msgspec.DecodeError:
            raise undocumented() from None
        if page.value:
            content = hash(msgspec.json.encode(page.value))
            if content in contents:
                raise ReadError("Azure returned the same page of a list again and again", TRY_AGAIN, 200)
            contents.add(content)
        budget.renew()
        yield page.value
        url = page.next_link or page.next_graph_link


def tenant_of(token: str) -> str:
    """The tenant that a token is for, or an empty string.

    The token is not verified here: it came from the login itself, and Azure verifies it. It is used only to refuse a login to
    another tenant than the project's.
    """
    payload = token.partition(".")[2].partition(".")[0]
    try:
        content = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        tenant = msgspec.json.decode(content, type=_Claims).tid.lower()
        return tenant if GUID.match(tenant) else ""
    except (ValueError, msgspec.DecodeError):
        return ""
