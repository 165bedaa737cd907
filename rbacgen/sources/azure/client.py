"""Asks Azure Resource Manager and Microsoft Graph: pages, patience, and failures that say what to do."""

from __future__ import annotations

import base64
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import quote, urlsplit

import msgspec
from msgspec import Struct

from rbacgen import __version__
from rbacgen.model.problems import RbacgenError
from rbacgen.model.scope import GUID
from rbacgen.sources.azure.clouds import Cloud
from rbacgen.sources.azure.credentials import Credential, credential_of

if TYPE_CHECKING:
    from azure.core.pipeline import PipelineRequest
    from azure.core.rest import HttpRequest, HttpResponse

T = TypeVar("T")

PATIENCE = 120.0  # seconds that one list may lose to throttling and failures before it is given up
ASSIGNMENTS_VERSION = "2022-04-01"  # role assignments and definitions, deny assignments, permissions
SCHEDULES_VERSION = "2020-10-01"  # Privileged Identity Management
_PROVIDER = "/providers/Microsoft.Authorization/"
_RETRIED = frozenset({408, 429, 500, 502, 503, 504})
_ATTEMPTS = 13  # at an answer that may be better next time
_CONNECTION_ATTEMPTS = 4  # at no answer, or half of one
_LONGEST_PAUSE = 15.0
_MOST_PAGES = 10_000
# https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
_BURST = 250.0
_PER_SECOND = 25.0
_CODE = re.compile(r"[A-Za-z0-9_.]{1,80}\Z")
_SUBSCRIPTION = re.compile(r"/subscriptions/([0-9a-f-]+)", re.IGNORECASE)
_BLOCK = 262_144  # bytes; the SDK's own 4,096 cost a tenth of a large reading
_BATCH = 20  # https://learn.microsoft.com/graph/json-batching#batch-size-limitations
_IN_PATHS = "/$@!*'(),;:=&+~"
_READING_POSTS = ("/v1.0/directoryObjects/getByIds", "/v1.0/$batch")


class ReadError(RbacgenError):
    """Azure did not show what it was asked for.

    `status` is the HTTP status (0 where no answer came) and `code` Azure's own code, both may be empty; the message is in our
    words, because Azure's hold object ids and other people's names.
    """

    def __init__(self, message: str, hint: str, status: int = 0, code: str = "") -> None:
        super().__init__(message, hint)
        self.status = status
        self.code = code


class GraphResponse(Struct, frozen=True):
    """One answer of a batch to Microsoft Graph: its status and its body, still to be decoded."""

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


class _Trouble(Struct):
    code: str | None = None


class _TroubleBody(Struct):
    error: _Trouble


class _Claims(Struct):
    tid: str = ""


def authorization(scope: str, kind: str) -> str:
    """The path below which Azure keeps one kind of authorization (`roleAssignments`, …) of a scope; `/` is the tenant."""
    return f"{scope.rstrip('/')}{_PROVIDER}{kind}"


class RateLimiter:
    """Spreads requests as Azure allows them: a burst, then so many a second. Shared by threads."""

    __slots__ = ("_at", "_left", "_lock")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left = _BURST
        self._at = time.monotonic()

    def take(self) -> None:
        """Takes one request, and waits for it if there is none."""
        with self._lock:
            now = time.monotonic()
            self._left = min(_BURST, self._left + (now - self._at) * _PER_SECOND) - 1
            self._at = now
            wait = max(0.0, -self._left / _PER_SECOND)
        if wait:
            time.sleep(wait)


class _Inner(Struct):
    method: str


class _Batch(Struct):
    requests: list[_Inner]


def _only_reads(request: Any, graph: str) -> bool:
    """Whether a request changes nothing: a GET, or one of the two POSTs that read, to Graph, with nothing but GETs in it."""
    if request.method == "GET":
        return True
    address = urlsplit(request.url)
    if (
        request.method != "POST"
        or not graph
        or not _same_host(request.url, graph)
        or address.path not in _READING_POSTS
    ):
        return False
    if not address.path.endswith("$batch"):
        return True
    batch = msgspec.json.decode(request.content, type=_Batch)
    return all(each.method == "GET" for each in batch.requests)


class RetryBudget:
    """What one list may still lose to throttling and failures, in seconds, and how often it may fail."""

    __slots__ = ("_attempts", "_connections", "_left", "_stopped", "total")

    def __init__(self, seconds: float, stopped: threading.Event) -> None:
        self.total = seconds
        self._stopped = stopped
        self._left = seconds
        self._attempts = 0
        self._connections = 0

    def renew(self) -> None:
        """A page came: the failures before it are forgotten, the time that they took is not."""
        self._attempts = self._connections = 0

    def pause(self, lost: float, asked: float | None, answered: bool) -> bool:
        """Waits before another attempt; False, at once, where there is to be none.

        `lost` is what the failed attempt took, `asked` the pause that Azure asks for.
        """
        self._left -= lost
        self._attempts += 1
        if not answered:
            self._connections += 1
        pause = asked if asked is not None else min(_LONGEST_PAUSE, 0.1 * 2**self._attempts)
        if self._attempts >= _ATTEMPTS or self._connections >= _CONNECTION_ATTEMPTS or pause > self._left:
            return False
        self._left -= pause
        return not self._stopped.wait(pause)


class AzureClient:
    """A login and the two services, to be asked by any number of threads. There is no way to write through it."""

    def __init__(self, cloud: Cloud, credential: Credential, retry_budget: float = PATIENCE) -> None:
        self.cloud = cloud
        self._credential = credential
        self._retry_budget = retry_budget
        self._buckets: dict[str, RateLimiter] = {}
        self._lock = threading.Lock()
        self._clients = threading.local()
        self._stopped = threading.Event()

    @classmethod
    def open(cls, cloud: Cloud, environment: Mapping[str, str], retry_budget: float = PATIENCE) -> AzureClient:
        """A connection with the login that the environment decides on. Raises RbacgenError where it cannot be used."""
        return cls(cloud, credential_of(cloud, environment), retry_budget)

    def log_in(self) -> str:
        """Logs in, and gives the tenant of the login, lower-cased; empty where the token does not tell.

        Raises RbacgenError where nobody is logged in.
        """
        return _tenant_of(self._credential.get_token_info(_scope(self.cloud.audience)).token)

    def get(self, path: str, version: str, shape: type[T], query: Mapping[str, str] | None = None) -> T:
        """One thing of Azure Resource Manager. Raises ReadError."""
        body = self._arm("GET", self._arm_address(path, version, query), self._patient())
        return _decoded(body, shape)

    def pages(
        self, path: str, version: str, row: type[T], query: Mapping[str, str] | None = None
    ) -> Iterator[Sequence[T]]:
        """The rows of a list of Azure Resource Manager, page by page. Raises ReadError; what came before is not the whole."""
        retry_budget = self._patient()
        first = self._arm_address(path, version, query)
        return _pages(first, lambda address: self._arm("GET", address, retry_budget), _ListPage[row], retry_budget)  # type: ignore[valid-type]

    def rows(self, path: str, version: str, row: type[T], query: Mapping[str, str] | None = None) -> list[T]:
        """The rows of a whole list of Azure Resource Manager. Raises ReadError."""
        return [each for page in self.pages(path, version, row, query) for each in page]

    def graph_get(self, path: str, shape: type[T], query: Mapping[str, str] | None = None) -> T:
        """One thing of Microsoft Graph; `path` begins after the version. Raises ReadError."""
        return _decoded(self._graph("GET", self._graph_address(path, query), self._patient()), shape)

    def graph_rows(
        self, path: str, row: type[T], query: Mapping[str, str] | None = None, by_index: bool = False
    ) -> list[T]:
        """The rows of a whole list of Microsoft Graph. Raises ReadError.

        `by_index` asks what only the directory's index answers, https://learn.microsoft.com/graph/aad-advanced-queries.
        """
        retry_budget = self._patient()
        first = self._graph_address(path, query)
        headers = {"ConsistencyLevel": "eventual"} if by_index else None

        def fetch(address: str) -> bytes:
            return self._graph("GET", address, retry_budget, headers=headers)

        return [each for page in _pages(first, fetch, _ListPage[row], retry_budget) for each in page]  # type: ignore[valid-type]

    def graph_by_ids(self, ids: Sequence[str], row: type[T], query: Mapping[str, str] | None = None) -> list[T]:
        """What the directory shows of these object ids, any number; one that it does not show is left out. Raises ReadError.

        https://learn.microsoft.com/graph/api/directoryobject-getbyids, a thousand ids at a time.
        """
        parts = (ids[start : start + 1000] for start in range(0, len(ids), 1000))
        return [each for part in parts for page in self._by_ids(part, row, query) for each in page]

    def _by_ids(self, ids: Sequence[str], row: type[T], query: Mapping[str, str] | None) -> Iterator[Sequence[T]]:
        content = {"ids": list(ids), "types": ["user", "group", "servicePrincipal", "device"]}
        first = self._graph_address("/directoryObjects/getByIds", query)
        retry_budget = self._patient()

        def fetch(address: str) -> bytes:
            # A link to more holds what was asked for, and is only followed.
            asking = ("POST", address, retry_budget, content) if address == first else ("GET", address, retry_budget)
            return self._graph(*asking)

        return _pages(first, fetch, _ListPage[row], retry_budget)  # type: ignore[valid-type]

    def graph_batch(self, paths: Iterable[str], query: Mapping[str, str] | None = None) -> list[GraphResponse]:
        """The answers to any number of reads of Microsoft Graph, in the order of the paths. Raises ReadError.

        Single reads that are throttled or fail on Azure's side are asked again, as long as the patience lasts.
        """
        desired = list(paths)
        answers: dict[int, GraphResponse] = {}
        for start in range(0, len(desired), _BATCH):
            retry_budget = self._patient()
            pending = list(range(start, min(start + _BATCH, len(desired))))
            while pending:
                began = time.monotonic()
                content = {
                    "requests": [
                        {"id": str(n), "method": "GET", "url": _address("", desired[n], query)} for n in pending
                    ]
                }
                body = self._graph("POST", self._graph_address("/$batch", None), retry_budget, content)
                answers |= {
                    int(each.id): each for each in _decoded(body, _BatchResponses).responses if each.id.isdecimal()
                }
                if lacking := [n for n in pending if n not in answers]:
                    raise ReadError("Microsoft Graph left out an answer", _AGAIN, code=str(len(lacking)))
                pending = [n for n in pending if answers[n].status in _RETRIED]
                asked = max((_pause_asked(answers[n].headers or {}) or 0.0 for n in pending), default=0.0) or None
                if pending and not retry_budget.pause(time.monotonic() - began, asked, answered=True):
                    break
        return [answers[n] for n in range(len(desired))]

    def stop(self) -> None:
        """Lets nobody wait any longer: what has failed is not tried again."""
        self._stopped.set()

    def _patient(self) -> RetryBudget:
        return RetryBudget(self._retry_budget, self._stopped)

    def _arm_address(self, path: str, version: str, query: Mapping[str, str] | None) -> str:
        return _address(self.cloud.arm, path, {"api-version": version, **(query or {})})

    def _graph_address(self, path: str, query: Mapping[str, str] | None) -> str:
        if not self.cloud.graph:
            raise ReadError("the address of this cloud's Microsoft Graph is not known", "give it with --graph-endpoint")
        return _address(f"{self.cloud.graph}/v1.0", path, query)

    def _arm(self, method: str, address: str, retry_budget: RetryBudget) -> bytes:
        found = _SUBSCRIPTION.search(address)
        return self._send(False, method, address, retry_budget, found.group(1).lower() if found else "tenant")

    def _graph(
        self,
        method: str,
        address: str,
        retry_budget: RetryBudget,
        content: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        return self._send(True, method, address, retry_budget, "graph", content, headers)

    def _send(
        self,
        graph: bool,
        method: str,
        address: str,
        retry_budget: RetryBudget,
        bucket: str,
        content: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """The body of an answer of status 200; anything else is tried again as long as that may help."""
        from azure.core.exceptions import AzureError, DecodeError
        from azure.core.rest import HttpRequest

        host = self.cloud.graph if graph else self.cloud.arm
        if not _same_host(address, host):
            raise ReadError("Azure pointed to another host for the next page, which was not asked", _AGAIN)
        accepted = True
        with self._lock:
            limit = self._buckets.setdefault(bucket, RateLimiter())
        while True:
            limit.take()
            began = time.monotonic()
            try:
                response = self._pipeline(graph)(
                    HttpRequest(method, address, json=content, headers=dict(headers or {}))
                )
            except AzureError as error:
                untrusted = "SSLError" in type(error.inner_exception).__name__
                if not untrusted and retry_budget.pause(time.monotonic() - began, None, answered=False):
                    continue
                raise _no_answer(host, isinstance(error, DecodeError), untrusted) from None
            except OSError:  # of a file, since those of a connection are AzureErrors
                raise ReadError(
                    "the certificates to trust cannot be read", "check the path in REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE"
                ) from None
            if response.status_code == 200:
                body: bytes = response.content
                return body
            if response.status_code == 401 and accepted:
                # A token can lose its worth before its time; the next one is a new one where the login can give one.
                accepted = False
                self._credential.forget(response.request.headers.get("Authorization", "").removeprefix("Bearer "))
                continue
            if response.status_code in _RETRIED and retry_budget.pause(
                time.monotonic() - began, _pause_asked(response.headers), answered=True
            ):
                continue
            raise _failure(response.status_code, _code_of(response.content), retry_budget.total)

    def _pipeline(self, graph: bool) -> Any:
        """This thread's way to a service: the SDK's transport promises nothing to threads that share one."""
        name = "graph" if graph else "arm"
        found = getattr(self._clients, name, None)
        if found is None:
            found = self._graph_client() if graph else self._arm_client()
            setattr(self._clients, name, found)
        return found

    def _arm_client(self) -> Any:
        """Sends a request as the SDK's client for role assignments does, https://aka.ms/azsdk/dpcodegen/python/send_request.

        The client is of one API version: the package's own `AuthorizationManagementClient` mixes versions up between
        pages. Its pipeline is ours, since the usual one registers resource providers that a subscription lacks.
        """
        from azure.mgmt.authorization.v2022_04_01 import AuthorizationManagementClient

        client = AuthorizationManagementClient(
            self._credential,
            "",
            base_url=self.cloud.arm,
            policies=self._policies(self.cloud.audience, ""),
            transport=_transport(),
        )
        return client._send_request

    def _graph_client(self) -> Any:
        from azure.core import PipelineClient

        client: PipelineClient[HttpRequest, HttpResponse] = PipelineClient(
            self.cloud.graph, policies=self._policies(self.cloud.graph, self.cloud.graph), transport=_transport()
        )
        return client.send_request

    def _policies(self, audience: str, graph: str) -> list[Any]:
        """What a request goes through: nothing that follows redirects, decodes, logs, or repeats without patience."""
        from azure.core.pipeline.policies import (
            BearerTokenCredentialPolicy,
            HeadersPolicy,
            ProxyPolicy,
            RequestIdPolicy,
            SansIOHTTPPolicy,
            UserAgentPolicy,
        )

        class ReadOnly(SansIOHTTPPolicy[Any, Any]):
            """The last one before the wire: lets nothing pass that could change anything."""

            def on_request(self, request: PipelineRequest[Any]) -> None:
                if not _only_reads(request.http_request, graph):
                    raise AssertionError("rbacgen only reads")

        return [
            RequestIdPolicy(),
            HeadersPolicy({"Accept": "application/json"}),
            UserAgentPolicy(f"rbacgen/{__version__}"),
            ProxyPolicy(),
            BearerTokenCredentialPolicy(self._credential, _scope(audience)),
            ReadOnly(),
        ]


_AGAIN = "try again; if it stays, this is not Azure's own service that answers"


def _transport() -> Any:
    from azure.core.pipeline.transport import RequestsTransport

    return RequestsTransport(connection_timeout=10, read_timeout=60, connection_data_block_size=_BLOCK)


def _scope(audience: str) -> str:
    return f"{audience}/.default"


def _address(base: str, path: str, query: Mapping[str, str] | None) -> str:
    """The address of a path as people write it: everything in it that an address cannot hold is quoted here."""
    asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in (query or {}).items())
    return f"{base}{quote(path, safe=_IN_PATHS)}{'?' if asked else ''}{asked}"


def _same_host(address: str, base: str) -> bool:
    """Whether an address is at a service; Azure sometimes adds the port that https has anyhow."""
    try:
        given, desired = urlsplit(address), urlsplit(base)
        return given.scheme == "https" and (given.hostname, given.port or 443) == (
            desired.hostname,
            desired.port or 443,
        )
    except ValueError:
        return False


def _decoded(body: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.DecodeError:
        raise ReadError("Azure gave an answer that is not what it documents", _AGAIN, 200) from None


def _pages(first: str, fetch: Callable[[str], bytes], shape: Any, retry_budget: RetryBudget) -> Iterator[Any]:
    """The rows of each page; a page that leads back to one seen before, or holds the same as one, ends it with a failure."""
    address: str | None = first
    seen: set[str] = set()
    contents: set[int] = set()
    decoder = msgspec.json.Decoder(shape)
    while address:
        if address in seen or len(seen) >= _MOST_PAGES:
            raise ReadError("Azure gave the same page of a list over and over", _AGAIN, 200)
        seen.add(address)
        try:
            page = decoder.decode(fetch(address))
        except msgspec.DecodeError:
            raise ReadError("Azure gave an answer that is not what it documents", _AGAIN, 200) from None
        if page.value:
            content = hash(msgspec.json.encode(page.value))
            if content in contents:
                raise ReadError("Azure gave the same page of a list over and over", _AGAIN, 200)
            contents.add(content)
        retry_budget.renew()
        yield page.value
        address = page.next_link or page.next_graph_link


def _pause_asked(headers: Mapping[str, str]) -> float | None:
    """The pause in seconds that an answer asks for, in one of the headers that Azure uses."""
    lower = {name.lower(): value for name, value in headers.items()}
    for name, unit in (("retry-after-ms", 0.001), ("x-ms-retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(lower[name]) * unit)
        except (KeyError, ValueError):
            continue
    return None


def _code_of(body: bytes) -> str:
    """Azure's code of an error, where the body holds one that looks like a code."""
    try:
        code = msgspec.json.decode(body, type=_TroubleBody).error.code or ""
    except msgspec.DecodeError:
        return ""
    return code if _CODE.match(code) else ""


def _tenant_of(token: str) -> str:
    """The tenant that a token is of, or an empty string.

    The token is not proven here: it came from the login itself, and Azure proves it. What is refused by it is the login to
    another tenant than the project's.
    """
    payload = token.partition(".")[2].partition(".")[0]
    try:
        content = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        tenant = msgspec.json.decode(content, type=_Claims).tid.lower()
        return tenant if GUID.match(tenant) else ""
    except (ValueError, msgspec.DecodeError):
        return ""


def _no_answer(host: str, halved: bool, untrusted: bool) -> ReadError:
    name = urlsplit(host).netloc
    if untrusted:
        return ReadError(
            f"the certificate of {name} is not trusted",
            "behind a proxy that looks into TLS, set REQUESTS_CA_BUNDLE to a file with its certificate",
        )
    if halved:
        return ReadError(f"the connection to {name} broke off in the middle of an answer", "try again")
    return ReadError(f"{name} cannot be reached", "check the network and the proxy, and the address if you gave one")


def _failure(status: int, code: str, retry_budget: float) -> ReadError:
    """A failure in our own words, from an answer that is no success."""
    said = f" ({status} {code})" if code else f" ({status})"

    def failure(message: str, remedy: str) -> ReadError:
        return ReadError(message + said, remedy, status, code)

    match status:
        case 401 if "Tenant" in code:
            return failure(
                "the login is for another tenant", "log in to the tenant that this is in: `az login --tenant ID`"
            )
        case 401:
            return failure("Azure does not accept the login, or no longer", "log in again, with `az login` for example")
        case 403:
            return failure("the login may not read this", "give it an Azure role that may, such as Reader")
        case 404 if code == "SubscriptionNotFound":
            return failure(
                "the tenant of the login has no such subscription",
                "check the subscription's id, and log in to its tenant: `az login --tenant ID`",
            )
        case 404:
            return failure("Azure knows nothing of this", "check that the id is right and that it has not been deleted")
        case 429:
            return failure(
                f"Azure throttled the reading for longer than {retry_budget:g} s", "try again in some minutes"
            )
        case _ if 300 <= status < 400:
            return failure(
                "the answer leads elsewhere, and is not followed", "check the address of the cloud, and the proxy"
            )
        case _ if status >= 500 or status == 408:
            return failure(
                "Azure failed", "try again in some minutes; https://status.azure.com says what it has to say"
            )
        case _:
            return failure("Azure refuses the question", "check that rbacgen is of the newest version")
