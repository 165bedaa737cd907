"""The SDK's pipelines to Azure Resource Manager and Microsoft Graph. They send nothing that could change anything."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import msgspec
from msgspec import Struct

from rbacgen import __version__
from rbacgen.sources.azure.clouds import Cloud
from rbacgen.sources.azure.credentials import Credential

if TYPE_CHECKING:
    from azure.core.pipeline import PipelineRequest
    from azure.core.rest import HttpRequest, HttpResponse

_BLOCK = 262_144  # bytes; the SDK's own 4,096 cost a tenth of the time of a large reading
_IN_PATHS = "/$@!*'(),;:=&+~"
_READING_POSTS = ("/v1.0/directoryObjects/getByIds", "/v1.0/$batch")


class _BatchedRequest(Struct):
    method: str


class _BatchBody(Struct):
    requests: list[_BatchedRequest]


def only_reads(request: Any, graph: str) -> bool:
    """Whether a request changes nothing: a GET, or one of the two POSTs to Graph that read, with nothing but GETs in it."""
    if request.method == "GET":
        return True
    parts = urlsplit(request.url)
    if (
        request.method != "POST"
        or not graph
        or not is_same_host(request.url, graph)
        or parts.path not in _READING_POSTS
    ):
        return False
    if not parts.path.endswith("$batch"):
        return True
    batch = msgspec.json.decode(request.content, type=_BatchBody)
    return all(each.method == "GET" for each in batch.requests)


def address(base: str, path: str, query: Mapping[str, str] | None) -> str:
    """The URL of a path; everything in it that a URL cannot contain is quoted."""
    given = "&".join(f"{name}={quote(value, safe='')}" for name, value in (query or {}).items())
    return f"{base}{quote(path, safe=_IN_PATHS)}{'?' if given else ''}{given}"


def is_same_host(url: str, base: str) -> bool:
    """Whether a URL leads to a service; Azure sometimes adds the default port of https."""
    try:
        given, expected = urlsplit(url), urlsplit(base)
        return given.scheme == "https" and (given.hostname, given.port or 443) == (
            expected.hostname,
            expected.port or 443,
        )
    except ValueError:
        return False


def token_scope(audience: str) -> str:
    """The scope to request a token with, for an audience."""
    return f"{audience}/.default"


class Pipelines:
    """A pipeline to each service for each thread: the SDK's transport does not promise to be safe between threads."""

    __slots__ = ("_cloud", "_credential", "_local")

    def __init__(self, cloud: Cloud, credential: Credential) -> None:
        self._cloud = cloud
        self._credential = credential
        self._local = threading.local()

    def of(self, graph: bool) -> Any:
        """This thread's pipeline to Microsoft Graph, or to Azure Resource Manager: a function from request to response."""
        name = "graph" if graph else "arm"
        found = getattr(self._local, name, None)
        if found is None:
            found = self._graph_client() if graph else self._arm_client()
            setattr(self._local, name, found)
        return found

    def _arm_client(self) -> Any:
        """Sends a request as the SDK's client for role assignments does, https://aka.ms/azsdk/dpcodegen/python/send_request.

        The client is of one API version: the package's own `AuthorizationManagementClient` mixes versions up between
        pages. It gets our pipeline, since the usual one registers resource providers that a subscription lacks.
        """
        from azure.mgmt.authorization.v2022_04_01 import AuthorizationManagementClient

        client = AuthorizationManagementClient(
            self._credential,
            "",
            base_url=self._cloud.arm,
            policies=self._policies(self._cloud.audience, ""),
            transport=_transport(),
        )
        return client._send_request

    def _graph_client(self) -> Any:
        from azure.core import PipelineClient

        client: PipelineClient[HttpRequest, HttpResponse] = PipelineClient(
            self._cloud.graph, policies=self._policies(self._cloud.graph, self._cloud.graph), transport=_transport()
        )
        return client.send_request

    def _policies(self, audience: str, graph: str) -> list[Any]:
        """What a request passes through: nothing that follows redirects, decodes, logs, or repeats by itself."""
        from azure.core.pipeline.policies import (
            BearerTokenCredentialPolicy,
            HeadersPolicy,
            ProxyPolicy,
            RequestIdPolicy,
            SansIOHTTPPolicy,
            UserAgentPolicy,
        )

        class ReadOnly(SansIOHTTPPolicy[Any, Any]):
            """The last policy before the request is sent: refuses everything that could change anything."""

            def on_request(self, request: PipelineRequest[Any]) -> None:
                if not only_reads(request.http_request, graph):
                    raise AssertionError("rbacgen only reads")

        return [
            RequestIdPolicy(),
            HeadersPolicy({"Accept": "application/json"}),
            UserAgentPolicy(f"rbacgen/{__version__}"),
            ProxyPolicy(),
            BearerTokenCredentialPolicy(self._credential, token_scope(audience)),
            ReadOnly(),
        ]


def _transport() -> Any:
    from azure.core.pipeline.transport import RequestsTransport

    return RequestsTransport(connection_timeout=10, read_timeout=60, connection_data_block_size=_BLOCK)
