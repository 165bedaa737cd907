"""The stand-in itself: one TLS server on loopback that is Entra, Azure Resource Manager and Microsoft Graph."""

from __future__ import annotations

import contextlib
import socket
import ssl
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import msgspec

from tests.fakes.azure.arm import Arm
from tests.fakes.azure.certificates import certificates
from tests.fakes.azure.entra import Entra, Expiry
from tests.fakes.azure.faults import Fault
from tests.fakes.azure.graph import Graph
from tests.fakes.azure.messages import Answer, Listing, Request, refusal, skip_token
from tests.fakes.azure.tenant import Tenant

_REASONS = {429: "TooManyRequests", 403: "AuthorizationFailed", 401: "InvalidAuthenticationToken", 404: "NotFound"}
_REASONS |= {500: "InternalServerError", 502: "BadGateway", 503: "ServiceUnavailable", 504: "GatewayTimeout"}


@dataclass(frozen=True, slots=True)
class Seen:
    """One request that was answered, or not: its status is 0 where the connection was dropped. It holds no secrets."""

    service: str
    method: str
    path: str
    query: Mapping[str, str]
    status: int
    user_agent: str = ""
    batched: bool = False


@dataclass(slots=True)
class _Served:
    """What goes out: an answer with its bytes, and how much of them; none for a connection that is dropped."""

    answer: Answer
    body: bytes = b""
    sent: int | None = None
    dropped: bool = False


class StandIn:
    """A tenant, served while the `with` block lasts. Whatever is asked is kept in `requests`, in order of the answers.

    ARM and Entra are at `localhost`, Graph is at `127.0.0.1` with the same port, so that a token for the one is no good
    for the other, as in Azure. `page` is the size of a page of every list of ARM's; `token_lifetime` in seconds: clients
    fetch a new token for every request where there are less than five minutes of it.
    """

    def __init__(self, tenant: Tenant, page: int = 1000, token_lifetime: int = 3599, port: int = 0) -> None:
        self.page = page
        self.requests: list[Seen] = []
        self._faults: list[Fault] = []
        self._lock = threading.RLock()
        self._stopped = threading.Event()
        made = certificates()
        self.ca: Path = made.ca
        self._server = _Server(self, port, made.server)
        port = self._server.server_address[1]
        self.endpoint = self.authority = f"https://localhost:{port}"
        self.graph = f"https://127.0.0.1:{port}"
        self._token_lifetime = token_lifetime
        self.swap(tenant)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,), name="stand-in Azure")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def swap(self, tenant: Tenant) -> None:
        """Serve another tenant from now on, as a stand-in that has just begun: nothing was asked, nothing goes wrong.

        A property test swaps it for each example; a server for each would cost more than the question.
        """
        own = {"arm": self.endpoint, "authority": self.authority, "graph": self.graph}
        with self._lock:
            self.tenant = tenant
            self.requests.clear()
            self._faults.clear()
            self._arm = Arm(tenant)
            self._entra = Entra(tenant, own, self._token_lifetime)
            self._graph = Graph(tenant, self._part_of_batch)

    def stop(self) -> None:
        """Close the server and every connection to it."""
        self._stopped.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.close_connections()
        self._server.server_close()

    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to take this for Azure."""
        caller = self.tenant.caller
        return {
            "AZURE_TENANT_ID": self.tenant.id,
            "AZURE_CLIENT_ID": caller.client_id,
            "AZURE_CLIENT_SECRET": caller.secret,
            "AZURE_AUTHORITY_HOST": self.authority,
            "RBACGEN_ARM_ENDPOINT": self.endpoint,
            "RBACGEN_GRAPH_ENDPOINT": self.graph,
            "REQUESTS_CA_BUNDLE": str(self.ca),
            "NO_PROXY": "localhost,127.0.0.1",
            "no_proxy": "localhost,127.0.0.1",
        }

    def fault(self, *faults: Fault) -> None:
        """Let these go wrong from now on, beside what already does."""
        with self._lock:
            self._faults += faults

    def heal(self) -> None:
        """Take all faults away."""
        with self._lock:
            self._faults.clear()
            self._entra.expiry = None

    def expire_tokens(self, after: int, renewable: bool = True) -> None:
        """Let the tokens expire once they saw `after` more requests; `renewable` says whether Entra then gives new ones."""
        with self._lock:
            self._entra.expiry, self._entra.served = Expiry(after, renewable), 0

    @property
    def tokens(self) -> tuple[str, ...]:
        """The audience of every token that was given out."""
        return tuple(self._entra.issued)

    def asked(self, service: str = "", method: str = "", path: str = "") -> list[Seen]:
        """The requests of a service, a method and with some text in their path, without case."""
        return [
            seen
            for seen in tuple(self.requests)
            if service in ("", seen.service) and method in ("", seen.method) and path.lower() in seen.path.lower()
        ]

    # The way of a request

    def serve(self, request: Request, target: str, batched: bool = False) -> _Served:
        """Answer one request, faults and all, and note it."""
        with self._lock:
            faults = [fault for fault in self._faults if fault.strikes(request)]
        latency = sum(fault.latency for fault in faults)
        if latency:
            self._stopped.wait(latency)
        with self._lock:
            served = self._served(request, target, faults, batched)
            self.requests.append(
                Seen(
                    request.service,
                    request.method,
                    request.path,
                    request.query,
                    0 if served.dropped else served.answer.status,
                    request.headers.get("User-Agent", ""),
                    batched,
                )
            )
        return served

    def _served(self, request: Request, target: str, faults: list[Fault], batched: bool) -> _Served:
        if any(fault.drop == "before" for fault in faults):
            return _Served(Answer(0), dropped=True)
        failing = next((fault for fault in faults if fault.status is not None), None)
        answer: Answer | Listing
        if failing:
            answer = _failed(request, failing)
        elif request.service == "entra":
            answer = self._entra.answer(request)
        else:
            refused = None if batched else self._entra.refuse(request)
            answer = refused or (self._graph if request.service == "graph" else self._arm).answer(request)
        if isinstance(answer, Listing):
            answer = self._paged(request, answer, target, faults)
        if isinstance(answer.body, bytes):
            body = answer.body
        else:
            body = b"" if answer.body is None else msgspec.json.encode(answer.body)
        for fault in faults:
            if fault.body is not None and fault.status is None:
                body = fault.body.encode()
                answer.headers["Content-Type"] = fault.content_type or "application/json; charset=utf-8"
            if fault.malformed:
                body = body[: max(1, len(body) - len(body) // 3)]
        middle = any(fault.drop == "middle" for fault in faults)
        return _Served(answer, body, len(body) // 2 if middle else None)

    def _paged(self, request: Request, listing: Listing, target: str, faults: list[Fault]) -> Answer:
        page, offset = request.place
        size = listing.size or self.page
        rows = listing.rows[offset : offset + size]
        after, next_page = offset + len(rows), page + 1
        for fault in faults:
            if fault.empty:
                rows, after = [], offset
            if fault.repeat:
                after, next_page = (offset, page) if fault.repeat == "itself" else (0, 1)
        body: dict[str, Any] = {**listing.bypasses, "value": list(map(listing.show, rows))}
        again = any(fault.repeat or fault.empty for fault in faults)
        if again or after < len(listing.rows):
            host = self.graph if request.service == "graph" else self.endpoint
            word = "$skiptoken" if request.service == "graph" else "$skipToken"
            query = {**request.query, word: skip_token(next_page, after)}
            text = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
            body[listing.link] = f"{host}{quote(request.path)}?{text}"
        return Answer(200, body)

    def _part_of_batch(self, request: Request) -> tuple[Answer, bytes]:
        served = self.serve(request, request.path, batched=True)
        return served.answer, served.body


def _failed(request: Request, fault: Fault) -> Answer:
    assert fault.status is not None
    code = fault.code or _REASONS.get(fault.status, "BadRequest")
    message = fault.message or "This is a fault of the stand-in."
    if fault.body is not None:
        headers = {"Content-Type": fault.content_type or "text/html"}
        answer = Answer(fault.status, fault.body.encode(), headers)
    elif request.service == "entra":
        answer = Answer(fault.status, {"error": code, "error_description": message, "error_codes": []})
    else:
        answer = refusal(fault.status, code, message)
    if fault.retry_after is not None:
        answer.headers["Retry-After"] = f"{fault.retry_after:g}"
    if fault.retry_after_ms is not None:
        answer.headers["retry-after-ms"] = str(fault.retry_after_ms)
    return answer


class _Server(ThreadingHTTPServer):
    """The sockets: TLS is begun in the connection's own thread, and what is open is closed at the end."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, standin: StandIn, port: int, context: ssl.SSLContext) -> None:
        self.standin = standin
        self._context = context
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Connection)

    def server_bind(self) -> None:
        """Bind without the look-up of the host's own name that http.server makes."""
        socket.socket.bind(self.socket, self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "localhost", self.server_address[1]

    def get_request(self) -> tuple[socket.socket, Any]:
        """The next connection, wrapped but not yet shaken hands with."""
        plain, address = super().get_request()
        wrapped = self._context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        with self._open_lock:
            self._open.add(wrapped)
        return wrapped, address

    def shutdown_request(self, request: Any) -> None:
        """Close a connection, without TLS's own goodbye, which a client that is gone never answers."""
        with self._open_lock:
            self._open.discard(request)
        with contextlib.suppress(OSError):
            request.shutdown(socket.SHUT_RDWR)
        request.close()

    def close_connections(self) -> None:
        """Wake every thread that waits for a client's next request."""
        with self._open_lock:
            waiting = list(self._open)
        for connection in waiting:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that hang up; everything else is an error of the stand-in and is printed."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Connection(BaseHTTPRequestHandler):
    """One connection, kept alive for as many requests as the client sends."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60
    server: _Server
    headers: Message[str, str]

    def setup(self) -> None:
        """Shake hands."""
        self.request.settimeout(self.timeout)
        self.request.do_handshake()
        super().setup()

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        headers = {name.title(): value for name, value in self.headers.items()}
        request = Request.of(self.command, self.path, body, headers)
        served = self.server.standin.serve(request, self.path)
        if served.dropped:
            self.close_connection = True
            return
        answer = served.answer
        sent = {
            "Content-Type": "application/json; charset=utf-8",
            "Cache-Control": "no-cache",
            "x-ms-request-id": "00000000-0000-4000-8000-000000000031",
            **answer.headers,
            "Content-Length": str(len(served.body)),
        }
        if request.service == "arm" and request.path.lower().startswith("/subscriptions/"):
            sent["x-ms-ratelimit-remaining-subscription-reads"] = "249"
        reason = self.responses[answer.status][0] if answer.status in self.responses else "Unknown"
        lines = [f"HTTP/1.1 {answer.status} {reason}", *(f"{name}: {value}" for name, value in sent.items())]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode()
        if served.sent is not None:
            self.wfile.write(head + served.body[: served.sent])
            self.close_connection = True
            return
        self.wfile.write(head + (b"" if self.command == "HEAD" else served.body))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _answer  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing is logged: `StandIn.requests` has it all."""
