"""The messages between the server and the services behind it: requests, answers and listings."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

Json = dict[str, Any]

_EXTENSION = re.compile(
    r"(.*)/providers/Microsoft\.(?:Authorization|ManagedIdentity(?=/identities/))/([^/]+)(?:/([^/]+))?\Z", re.IGNORECASE
)


@dataclass(slots=True)
class Request:
    """One request as the services see it: the path decoded and without doubled slashes, the query by name."""

    service: str
    method: str
    path: str
    query: Mapping[str, str]
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    claims: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Request:
        """The request for a target as it stands in the request line."""
        split = urlsplit(re.sub(r"\A/{2,}", "/", target))
        path = re.sub(r"/{2,}", "/", unquote(split.path))
        query = dict(parse_qsl(split.query, keep_blank_values=True))
        return cls(_service(path), method, path, query, body, headers or {})

    @property
    def query_text(self) -> str:
        """The decoded query string."""
        return "&".join(f"{name}={value}" for name, value in self.query.items())

    @property
    def filter(self) -> str:
        """The $filter, empty without one."""
        return self.query.get("$filter", "").strip()

    @property
    def api_version(self) -> str:
        """The api-version that is asked for, empty without one."""
        return self.query.get("api-version", "")

    @property
    def scope(self) -> str:
        """The scope that an authorization request asks about; for others the path."""
        match = _EXTENSION.match(self.path)
        return (match.group(1) if match else self.path).rstrip("/") or "/"

    @property
    def collection(self) -> str:
        """The word that names what is listed: `roleAssignments`, `groups`; also for requests of one of its things."""
        match = _EXTENSION.match(self.path)
        return (match.group(2) or "") if match else self.path.rstrip("/").rpartition("/")[2]

    @property
    def place(self) -> tuple[int, int]:
        """Which page this is, from 1, and how many rows come before it."""
        token = self.query.get("$skipToken") or self.query.get("$skiptoken")
        if not token:
            return 1, 0
        page, offset = base64.urlsafe_b64decode(token).decode().split(":")
        return int(page), int(offset)

    @property
    def page(self) -> int:
        """Which page of a listing this asks for, from 1."""
        return self.place[0]


def skip_token(page: int, offset: int) -> str:
    """The token that asks for a page after so many rows."""
    return base64.urlsafe_b64encode(f"{page}:{offset}".encode()).decode()


def _service(path: str) -> str:
    if re.match(r"/(v1\.0|beta)/", path):
        return "graph"
    if re.match(r"/[^/]+/(oauth2|v2\.0|discovery|\.well-known)(/|\Z)", path):
        return "entra"
    return "arm"


@dataclass(slots=True)
class Answer:
    """One answer: JSON, or bytes that are sent as they stand."""

    status: int
    body: Json | bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Listing:
    """Rows that go out in pages, each made into JSON when its page is asked for."""

    rows: Sequence[Any]
    show: Callable[[Any], Json]
    link: str = "nextLink"
    bypasses: Json = field(default_factory=dict)
    size: int | None = None


def refusal(status: int, code: str, message: str, **headers: str) -> Answer:
    """Azure's form of an error."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"error": {"code": code, "message": message}}, named)
