"""Logs in to Azure with what the environment offers: a pipeline's own identity, a service principal, or the person at hand."""

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

_CHATTY = ("azure", "msal", "urllib3")
_METADATA_SERVICE = ("169.254.169.254", 80)
_METADATA_PATIENCE = 0.25  # seconds; the service is on the machine itself and answers in a few milliseconds
_PROCESS_PATIENCE = 10  # seconds; `az account get-access-token` has been seen to take five
_ENTRA_CODE = re.compile(r"AADSTS\d{4,9}")
_FRESH = 300  # seconds of life that a token must have left to be used again

_LONGEST_PAUSE = 5.0  # seconds
_UNREACHABLE = "the login service of Azure cannot be reached"
_REACH = "check the network, the proxy and, if you set one, AZURE_AUTHORITY_HOST"
_UNUSABLE = "the login that the environment describes does not work"
_CHECK = (
    "check AZURE_TENANT_ID, AZURE_CLIENT_ID and, where they are set, AZURE_AUTHORITY_HOST, AZURE_CLIENT_CERTIFICATE_PATH, "
    "AZURE_TOKEN_CREDENTIALS and REQUESTS_CA_BUNDLE"
)
NOBODY = "nobody is logged in to Azure here"
LOG_IN = (
    "run `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run in a pipeline that has an "
    "identity of its own"
)
# https://learn.microsoft.com/entra/identity-platform/reference-error-codes
_CURES = {
    "AADSTS7000215": "the client secret is wrong: put the secret's value, not its id, into AZURE_CLIENT_SECRET",
    "AADSTS7000222": "the client secret has expired: make a new one",
    "AADSTS700016": "the tenant has no such application: check AZURE_CLIENT_ID and AZURE_TENANT_ID",
    "AADSTS90002": "there is no such tenant in this cloud: check AZURE_TENANT_ID and --cloud",
    "AADSTS900023": "AZURE_TENANT_ID is no tenant's id or domain",
    "AADSTS70021": "no federated credential of the application fits this pipeline: compare its issuer, subject and audience",
    "AADSTS700213": "no federated credential of the application fits this pipeline: compare its subject",
    "AADSTS700211": "no federated credential of the application fits this pipeline: compare its issuer",
    "AADSTS700212": "no federated credential of the application fits this pipeline: compare its audience",
    "AADSTS700024": "the pipeline's token has expired: log in again later in the job, or let rbacgen fetch it itself",
    "AADSTS700082": "the login has expired: run `az login`",
    "AADSTS50076": "a second factor is asked for: run `az login`",
    "AADSTS50079": "a second factor is asked for: run `az login`",
    "AADSTS53003": "a conditional access policy forbids this login",
}


class LoginError(RbacgenError):
    """There is no login, or Microsoft Entra ID refuses it."""


class TokenSource(Protocol):
    """What the SDK calls a credential."""

    def get_token_info(self, *scopes: str, options: TokenRequestOptions | None = None) -> AccessTokenInfo:
        """A token for these scopes."""
        ...


def credential_of(cloud: Cloud, environment: Mapping[str, str]) -> Credential:
    """The login that the environment decides on; nothing is asked of anybody before the first token is.

    In this order: an Azure DevOps service connection, a GitHub workflow's identity, and what the SDK's
    DefaultAzureCredential finds: a service principal, a workload identity, a managed identity, the Azure CLI.
    """
    _hush()

    def log_in() -> TokenSource:
        return _azure_devops(cloud, environment) or _github(cloud, environment) or _default(cloud, environment)

    return Credential(log_in)


class Credential:
    """A login that several threads may share: each token is asked for once, and no failure tells what Azure wrote."""

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
        """A token for these scopes, one that was given before as long as it is good. Raises LoginError."""
        with self._lock:
            token = self._tokens.get(scopes)
            if token is None or token.expires_on - time.time() < _FRESH or options:
                token = self._tokens[scopes] = self._ask(scopes, options)
            return token

    def forget(self, token: str) -> None:
        """Drops a token that Azure did not accept, and the login with it: the next request begins with a new one."""
        with self._lock:
            if any(kept.token == token for kept in self._tokens.values()):
                self._tokens.clear()
                self._source = None  # it remembers its tokens as well

    def _ask(self, scopes: tuple[str, ...], options: TokenRequestOptions | None) -> AccessTokenInfo:
        from azure.core.exceptions import AzureError, ClientAuthenticationError

        try:
            if self._source is None:
                self._source = self._log_in()
            return self._source.get_token_info(*scopes, options=options)
        except ClientAuthenticationError as error:
            raise _refused(error, self._source) from None
        except AzureError:
            raise LoginError(_UNREACHABLE, _REACH) from None
        except (ValueError, OSError):
            # What azure-identity raises where a tenant's id, an authority or a certificate file is no such thing.
            raise LoginError(_UNUSABLE, _CHECK) from None


def _refused(error: ClientAuthenticationError, source: TokenSource | None) -> LoginError:
    """The failure in our own words: of what Azure wrote, only its error code is taken over."""
    from azure.core.exceptions import ServiceRequestError, ServiceResponseError
    from azure.identity import DefaultAzureCredential

    codes = _ENTRA_CODE.findall(str(error))
    if codes:
        return LoginError(
            f"Microsoft Entra ID refuses the login ({codes[-1]})",
            _CURES.get(
                codes[-1],
                "look the code up at https://learn.microsoft.com/entra/identity-platform/reference-error-codes",
            ),
        )
    cause = error.__cause__ or error.__context__
    while cause is not None:
        if isinstance(cause, (ServiceRequestError, ServiceResponseError)):
            return LoginError(_UNREACHABLE, _REACH)
        cause = cause.__cause__ or cause.__context__
    return LoginError(NOBODY, LOG_IN) if isinstance(source, DefaultAzureCredential) else LoginError(_UNUSABLE, _CHECK)


def _options(cloud: Cloud) -> dict[str, Any]:
    """How a login is sent: to the cloud's own address, and with little patience, since somebody waits for it."""
    return {
        "authority": cloud.authority,
        "transport": _transport(),
        "retry_connect": 2,
        "retry_backoff_factor": 0.2,
    }


def _transport() -> Any:
    from azure.core.pipeline.transport import RequestsTransport

    class Brisk(RequestsTransport):  # type: ignore[misc]  # the package exports it lazily, and so without a type
        """Waits no longer between two attempts than a person would, whatever the answer asks for."""

        def sleep(self, duration: float) -> None:
            time.sleep(min(duration, _LONGEST_PAUSE))

    return Brisk(connection_timeout=5, read_timeout=30)


def _hush() -> None:
    """Keeps what the SDK has to tell of its attempts from standard error, where it goes for want of another place."""
    for name in _CHATTY:
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
    said_otherwise = any(
        environment.get(name)
        for name in (
            "AZURE_CLIENT_SECRET",
            "AZURE_CLIENT_CERTIFICATE_PATH",
            "AZURE_FEDERATED_TOKEN_FILE",
            "AZURE_TOKEN_CREDENTIALS",
        )
    )
    if said_otherwise or not (address and token and client and tenant):
        return None
    _https(address, "ACTIONS_ID_TOKEN_REQUEST_URL")
    from azure.identity import ClientAssertionCredential

    # The assertion lives for five minutes, so each login fetches its own.
    return ClientAssertionCredential(
        tenant, client, lambda: _assertion(address, token, cloud.exchange), **_options(cloud)
    )


class _Assertion(Struct, frozen=True):
    value: str


def _assertion(address: str, token: str, audience: str) -> str:
    """A fresh token that says which workflow this is. Raises LoginError."""
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
        "GitHub gives the workflow no token to log in with",
        "give the job `permissions: id-token: write`, or log in with azure/login before",
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
    except (AzureError, DecodeError):  # DecodeError: also an answer of another shape
        raise failed from None


def _https(address: str, variable: str) -> None:
    if not address.lower().startswith("https://"):
        raise LoginError(
            f"{variable} gives no https:// address, and a token would be sent there",
            "in a pipeline this is set by the runner: leave it as it is",
        )


def _default(cloud: Cloud, environment: Mapping[str, str]) -> TokenSource:
    from azure.identity import DefaultAzureCredential, EnvironmentCredential, WorkloadIdentityCredential

    # Only Microsoft can vouch for its own addresses; it would be asked about any other one, and know nothing of it.
    options = {**_options(cloud), "disable_instance_discovery": cloud.custom_authority}
    chosen = environment.get("AZURE_TOKEN_CREDENTIALS", "")
    service_principal = environment.get("AZURE_CLIENT_ID") and environment.get("AZURE_TENANT_ID")
    secret = environment.get("AZURE_CLIENT_SECRET") or environment.get("AZURE_CLIENT_CERTIFICATE_PATH")
    if chosen:
        return DefaultAzureCredential(**options, process_timeout=_PROCESS_PATIENCE)
    # The first two of the chain; alone they say what was wrong, and the second goes to the cloud that was asked for.
    if service_principal and secret:
        return EnvironmentCredential(**options)
    if service_principal and environment.get("AZURE_FEDERATED_TOKEN_FILE"):
        return WorkloadIdentityCredential(**options)
    return DefaultAzureCredential(
        **options,
        exclude_managed_identity_credential=not _may_have_identity(environment),
        exclude_visual_studio_code_credential=True,
        exclude_broker_credential=True,
        process_timeout=_PROCESS_PATIENCE,
    )


def _may_have_identity(environment: Mapping[str, str]) -> bool:
    """Whether this may be a machine in Azure. Asked with a short breath, since the SDK's own probe takes a second or more."""
    named = ("IDENTITY_ENDPOINT", "IMDS_ENDPOINT", "MSI_ENDPOINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST")
    if any(environment.get(name) for name in named):
        return True
    try:
        with socket.create_connection(_METADATA_SERVICE, _METADATA_PATIENCE):
            return True
    except OSError:
        return False
