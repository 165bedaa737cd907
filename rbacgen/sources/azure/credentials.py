"""Logs in to Azure with what the environment provides: a pipeline's identity, a service principal, or the Azure CLI's login."""

from __future__ import annotations

import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from rbacgen.model.problems import RbacgenError
from rbacgen.sources.azure.clouds import Cloud

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, AccessTokenInfo, TokenRequestOptions
    from azure.core.exceptions import ClientAuthenticationError

_LOGGERS = ("azure", "msal", "urllib3")
_METADATA_SERVICE = ("169.254.169.254", 80)
_METADATA_TIMEOUT = 0.25  # seconds; the service is on the machine itself and answers in a few milliseconds
_PROCESS_TIMEOUT = 10  # seconds; `az account get-access-token` has been observed to take five
_ENTRA_CODE = re.compile(r"AADSTS\d{4,9}")
_FRESH = 300  # seconds that a token must still be valid to be used again

_LONGEST_PAUSE = 5.0  # seconds
_UNREACHABLE = "the login service of Azure cannot be reached"
_CHECK_NETWORK = "check the network, the proxy and, if you set one, AZURE_AUTHORITY_HOST"
_UNUSABLE = "the login from the environment does not work"
_CHECK = (
    "check AZURE_TENANT_ID, AZURE_CLIENT_ID and, where they are set, AZURE_AUTHORITY_HOST, AZURE_CLIENT_CERTIFICATE_PATH, "
    "AZURE_TOKEN_CREDENTIALS and REQUESTS_CA_BUNDLE"
)
NOT_LOGGED_IN = "you are not logged in to Azure"
LOG_IN = (
    "run `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run in a pipeline that has its "
    "own identity"
)
# https://learn.microsoft.com/entra/identity-platform/reference-error-codes
_REMEDIES = {
    "AADSTS7000215": "the client secret is wrong: set AZURE_CLIENT_SECRET to the secret's value, not its id",
    "AADSTS7000222": "the client secret has expired: create a new one",
    "AADSTS700016": "the tenant has no such application: check AZURE_CLIENT_ID and AZURE_TENANT_ID",
    "AADSTS90002": "this cloud has no such tenant: check AZURE_TENANT_ID and --cloud",
    "AADSTS900023": "AZURE_TENANT_ID is not the id or a domain of a tenant",
    "AADSTS70021": "no federated credential of the application matches this pipeline: compare its issuer, subject and audience",
    "AADSTS700213": "no federated credential of the application matches this pipeline: compare its subject",
    "AADSTS700211": "no federated credential of the application matches this pipeline: compare its issuer",
    "AADSTS700212": "no federated credential of the application matches this pipeline: compare its audience",
    "AADSTS700024": "the pipeline's token has expired: log in again later in the job, or let rbacgen fetch the token itself",
    "AADSTS700082": "the login has expired: run `az login`",
    "AADSTS50076": "the login needs a second factor: run `az login`",
    "AADSTS50079": "the login needs a second factor: run `az login`",
    "AADSTS53003": "a conditional access policy blocks this login: ask an administrator which one",
}


class LoginError(RbacgenError):
    """There is no login, or Microsoft Entra ID rejects it."""


class TokenSource(Protocol):
    """A credential in the SDK's sense."""

    def get_token_info(self, *scopes: str, options: TokenRequestOptions | None = None) -> AccessTokenInfo:
        """A token for these scopes."""
        ...


def credential_of(cloud: Cloud, environment: Mapping[str, str]) -> Credential:
    """The login that the environment decides on; no request is sent before the first token is requested.

    In this order: an Azure DevOps service connection, a GitHub workflow's identity, and what the SDK's
    DefaultAzureCredential finds: a service principal, a workload identity, a managed identity, the Azure CLI.
    """
    _silence()

    def log_in() -> TokenSource:
        return _azure_devops(cloud, environment) or _github(cloud, environment) or _default(cloud, environment)

    return Credential(log_in)


class Credential:
    """A login that several threads may share: each token is requested once, and no failure repeats Azure's own text."""

    __slots__ = ("_lock", "_log_in", "_source", "_tokens")

    def __init__(self, log_in: Callable[[], TokenSource]) -> None:
        self._log_in = log_in
        self._source: TokenSource | None = None
        self._lock = threading.Lock()
        self._tokens: dict[tuple[str, ...], AccessTokenInfo] = {}

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        """A token in the SDK's older form. Raises LoginError."""
        from azure.core.credentials import AccessToken

        token = self.get_token_info(*scopes)
        return AccessToken(token.token, token.expires_on)

    def get_token_info(self, *scopes: str, options: TokenRequestOptions | None = None) -> AccessTokenInfo:
        """A token for these scopes, from the cache as long as it is valid. Raises LoginError."""
        with self._lock:
            token = self._tokens.get(scopes)
            if token is None or token.expires_on - time.time() < _FRESH or options:
                token = self._tokens[scopes] = self._ask(scopes, options)
            return token

    def forget(self, token: str) -> None:
        """Drops a token that Azure did not accept, and the login with it: the next request makes a new one."""
        with self._lock:
            if any(kept.token == token for kept in self._tokens.values()):
                self._tokens.clear()
                self._source = None  # it caches its tokens as well

    def _ask(self, scopes: tuple[str, ...], options: TokenRequestOptions | None) -> AccessTokenInfo:
        from azure.core.exceptions import AzureError, ClientAuthenticationError

        try:
            if self._source is None:
                self._source = self._log_in()
            return self._source.get_token_info(*scopes, options=options)
        except ClientAuthenticationError as error:
            raise _refused(error, self._source) from None
        except AzureError:
            raise LoginError(_UNREACHABLE, _CHECK_NETWORK) from None
        except (ValueError, OSError):
            # What azure-identity raises for an invalid tenant id, authority or certificate file.
            raise LoginError(_UNUSABLE, _CHECK) from None


def _refused(error: ClientAuthenticationError, source: TokenSource | None) -> LoginError:
    """The failure in our own words: only the error code is taken from Azure's text."""
    from azure.core.exceptions import ServiceRequestError, ServiceResponseError
    from azure.identity import DefaultAzureCredential

    codes = _ENTRA_CODE.findall(str(error))
    if codes:
        return LoginError(
            f"Microsoft Entra ID rejects the login ({codes[-1]})",
            _REMEDIES.get(
                codes[-1],
                "look the code up at https://learn.microsoft.com/entra/identity-platform/reference-error-codes",
            ),
        )
    cause = error.__cause__ or error.__context__
    while cause is not None:
        if isinstance(cause, (ServiceRequestError, ServiceResponseError)):
            return LoginError(_UNREACHABLE, _CHECK_NETWORK)
        cause = cause.__cause__ or cause.__context__
    return (
        LoginError(NOT_LOGGED_IN, LOG_IN)
        if isinstance(source, DefaultAzureCredential)
        else LoginError(_UNUSABLE, _CHECK)
    )


def _options(cloud: Cloud) -> dict[str, Any]:
    """How a login is sent: to the cloud's own address, and with few retries, since a person may be waiting."""
    return {
        "authority": cloud.authority,
        "transport": _transport(),
        "retry_connect": 2,
        "retry_backoff_factor": 0.2,
    }


def _transport() -> Any:
    from azure.core.pipeline.transport import RequestsTransport

    class ImpatientTransport(RequestsTransport):  # type: ignore[misc]  # the package exports it lazily, and so without a type
        """Waits at most a few seconds between two attempts, whatever pause the answer asks for."""

        def sleep(self, duration: float) -> None:
            time.sleep(min(duration, _LONGEST_PAUSE))

    return ImpatientTransport(connection_timeout=5, read_timeout=30)


def _silence() -> None:
    """Keeps the SDK's log of its attempts from standard error, where it goes by default."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(each, logging.NullHandler) for each in logger.handlers):
            logger.addHandler(logging.NullHandler())


def _azure_devops(cloud: Cloud, environment: Mapping[str, str]) -> TokenSource | None:
    """https://learn.microsoft.com/python/api/azure-identity/azure.identity.azurepipelinescredential"""
    client, tenant, connection, token, address = (
        environment.get(name, "")
        for name in (
            "AZURESUBSCRIPTION_CLIENT_ID",
            "AZURESUBSCRIPTION_TENANT_ID",
            "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
            "SYSTEM_ACCESSTOKEN",
            "SYSTEM_OIDCREQUESTURI",
        )
    )
    if not (client and tenant and connection and token and address):
        return None
    _https(address, "SYSTEM_OIDCREQUESTURI")
    from azure.identity import AzurePipelinesCredential

    return AzurePipelinesCredential(
        tenant_id=tenant,
        client_id=client,
        service_connection_id=connection,
        system_access_token=token,
        **_options(cloud),
    )


def _github(cloud: Cloud, environment: Mapping[str, str]) -> TokenSource | None:
    """https://docs.github.com/actions/reference/security/oidc#methods-for-requesting-the-oidc-token"""
    address = environment.get("ACTIONS_ID_TOKEN_REQUEST_URL", "")
    token = environment.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "")
    client = environment.get("AZURE_CLIENT_ID", "")
    tenant = environment.get("AZURE_TENANT_ID", "")
    chosen_otherwise = any(
        environment.get(name)
        for name in (
            "AZURE_CLIENT_SECRET",
            "AZURE_CLIENT_CERTIFICATE_PATH",
            "AZURE_FEDERATED_TOKEN_FILE",
            "AZURE_TOKEN_CREDENTIALS",
        )
    )
    if chosen_otherwise or not (address and token and client and tenant):
        return None
    _https(address, "ACTIONS_ID_TOKEN_REQUEST_URL")
    from azure.identity import ClientAssertionCredential

    # The assertion is valid for five minutes, so each login fetches its own.
    return ClientAssertionCredential(
        tenant, client, lambda: _assertion(address, token, cloud.exchange), **_options(cloud)
    )


class _Assertion(Struct, frozen=True):
    value: str


def _assertion(address: str, token: str, audience: str) -> str:
    """A fresh token that identifies this workflow. Raises LoginError."""
    from urllib.parse import quote

    from azure.core import PipelineClient
    from azure.core.exceptions import AzureError
    from azure.core.pipeline.policies import RetryPolicy
    from azure.core.rest import HttpRequest, HttpResponse
    from msgspec import DecodeError
    from msgspec.json import decode

    joint = "&" if "?" in address else "?"
    request = HttpRequest(
        "GET",
        f"{address}{joint}audience={quote(audience, safe='')}",
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
    )
    failed = LoginError(
        "GitHub gives this workflow no token to log in with",
        "give the job `permissions: id-token: write`, or log in with azure/login first",
    )
    retries: RetryPolicy[HttpRequest, HttpResponse] = RetryPolicy(
        retry_total=3, retry_backoff_factor=0.3, retry_backoff_max=2
    )
    client: PipelineClient[HttpRequest, HttpResponse] = PipelineClient(
        address, policies=[retries], transport=_transport()
    )
    try:
        with client:
            response = client.send_request(request)
            if response.status_code != 200:
                raise failed
            return decode(response.content, type=_Assertion).value
    except (AzureError, DecodeError):  # DecodeError: also an answer of another form
        raise failed from None


def _https(address: str, variable: str) -> None:
    if not address.lower().startswith("https://"):
        raise LoginError(
            f"{variable} is not an https:// address, and a token would be sent to it",
            "the pipeline's runner sets this variable: do not change it",
        )


def _default(cloud: Cloud, environment: Mapping[str, str]) -> TokenSource:
    from azure.identity import DefaultAzureCredential, EnvironmentCredential, WorkloadIdentityCredential

    # Microsoft can only confirm its own addresses; the SDK would ask it about any other one too.
    options = {**_options(cloud), "disable_instance_discovery": cloud.custom_authority}
    chosen = environment.get("AZURE_TOKEN_CREDENTIALS", "")
    service_principal = environment.get("AZURE_CLIENT_ID") and environment.get("AZURE_TENANT_ID")
    secret = environment.get("AZURE_CLIENT_SECRET") or environment.get("AZURE_CLIENT_CERTIFICATE_PATH")
    if chosen:
        return DefaultAzureCredential(**options, process_timeout=_PROCESS_TIMEOUT)
    # The first two of the chain; by themselves they report what was wrong, and the second uses the requested cloud.
    if service_principal and secret:
        return EnvironmentCredential(**options)
    if service_principal and environment.get("AZURE_FEDERATED_TOKEN_FILE"):
        return WorkloadIdentityCredential(**options)
    return DefaultAzureCredential(
        **options,
        exclude_managed_identity_credential=not _may_have_identity(environment),
        exclude_visual_studio_code_credential=True,
        exclude_broker_credential=True,
        process_timeout=_PROCESS_TIMEOUT,
    )


def _may_have_identity(environment: Mapping[str, str]) -> bool:
    """Whether this may be a machine in Azure. The time-out is short, since the SDK's own probe takes a second or more."""
    named = ("IDENTITY_ENDPOINT", "IMDS_ENDPOINT", "MSI_ENDPOINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST")
    if any(environment.get(name) for name in named):
        return True
    try:
        with socket.create_connection(_METADATA_SERVICE, _METADATA_TIMEOUT):
            return True
    except OSError:
        return False
