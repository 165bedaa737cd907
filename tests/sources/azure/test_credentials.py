"""Which cloud is read, and who logs in to it: options, environment, pipelines, people; and what is said when nobody does."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from azure.core.credentials import AccessTokenInfo
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
from msgspec.structs import replace

from rbacgen.model.problems import RbacgenError
from rbacgen.sources.azure import credentials
from rbacgen.sources.azure.client import AzureClient
from rbacgen.sources.azure.clouds import KNOWN, Cloud, cloud_of
from rbacgen.sources.azure.credentials import Credential, LoginError, credential_of
from tests.fakes.azure import StandIn
from tests.fakes.azure.certificates import certificates
from tests.fakes.azure.reader import ONE, reading, tenant

SECRET = "do-not-tell-4711"
ASSERTION = "header.claims.signature"
# What may stand in the environment of the tests themselves.
_VARIABLES = (
    "AZURE_",
    "RBACGEN_",
    "ACTIONS_ID_",
    "SYSTEM_",
    "AZURESUBSCRIPTION_",
    "IDENTITY_",
    "IMDS_",
    "MSI_",
    "REQUESTS_",
)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(_VARIABLES):
            monkeypatch.delenv(name)


# Clouds.


def test_the_public_cloud_is_the_usual_one() -> None:
    """With nothing said at all."""
    assert cloud_of(environment={}) == KNOWN["public"]


@pytest.mark.parametrize(
    ("name", "arm", "audience", "authority", "graph"),
    [
        (
            "public",
            "https://management.azure.com",
            "https://management.azure.com",
            "https://login.microsoftonline.com",
            "https://graph.microsoft.com",
        ),
        (
            "usgovernment",
            "https://management.usgovcloudapi.net",
            "https://management.core.usgovcloudapi.net",
            "https://login.microsoftonline.us",
            "https://graph.microsoft.us",
        ),
        (
            "china",
            "https://management.chinacloudapi.cn",
            "https://management.chinacloudapi.cn",
            "https://login.chinacloudapi.cn",
            "https://microsoftgraph.chinacloudapi.cn",
        ),
    ],
)
def test_each_cloud_has_its_own_addresses(name: str, arm: str, audience: str, authority: str, graph: str) -> None:
    """By option and by environment, under Terraform's names and the Azure CLI's."""
    cloud = cloud_of(name, environment={})
    assert (cloud.arm, cloud.audience, cloud.authority, cloud.graph) == (arm, audience, authority, graph)
    assert not cloud.custom_authority
    alias = {"public": "AzureCloud", "usgovernment": "AzureUSGovernment", "china": "AzureChinaCloud"}[name]
    assert cloud_of(environment={"RBACGEN_CLOUD": alias}) == cloud
    assert cloud_of(environment={"AZURE_AUTHORITY_HOST": authority}) == cloud
    assert cloud_of(arm_endpoint=f"{arm}/", environment={}) == cloud


def test_the_sdk_has_the_same_addresses() -> None:
    """Ours are written down; these are the SDK's."""
    from azure.core import AzureClouds
    from azure.identity import AzureAuthorityHosts
    from azure.mgmt.core.tools import get_arm_endpoints

    for name, theirs, host in (
        ("public", AzureClouds.AZURE_PUBLIC_CLOUD, AzureAuthorityHosts.AZURE_PUBLIC_CLOUD),
        ("usgovernment", AzureClouds.AZURE_US_GOVERNMENT, AzureAuthorityHosts.AZURE_GOVERNMENT),
        ("china", AzureClouds.AZURE_CHINA_CLOUD, AzureAuthorityHosts.AZURE_CHINA),
    ):
        endpoints = get_arm_endpoints(theirs)
        assert KNOWN[name].arm == endpoints["resource_manager"].rstrip("/")
        assert [f"{KNOWN[name].audience}/.default"] == endpoints["credential_scopes"]
        assert KNOWN[name].authority == f"https://{host}"


class _AskedError(Exception):
    pass


class _Recording:
    """A login that notes what it is asked for, and gives nothing."""

    def __init__(self) -> None:
        self.scopes: list[str] = []

    def get_token_info(self, *scopes: str, options: object = None) -> AccessTokenInfo:
        self.scopes += scopes
        raise _AskedError


@pytest.mark.parametrize("name", KNOWN)
def test_each_cloud_gets_tokens_of_its_own_only(name: str) -> None:
    """For its Resource Manager and for its Graph."""
    login = _Recording()
    connection = AzureClient(KNOWN[name], Credential(lambda: login))
    for ask in (
        connection.log_in,
        lambda: connection.get("/x", "2022-04-01", dict),
        lambda: connection.graph_get("/x", dict),
    ):
        with pytest.raises(_AskedError):
            ask()
    cloud = KNOWN[name]
    assert login.scopes == [f"{cloud.audience}/.default"] * 2 + [f"{cloud.graph}/.default"]


def test_an_endpoint_of_its_own_gets_tokens_for_itself_and_no_directory() -> None:
    """A token of the public cloud would be good there for whoever it really is."""
    cloud = cloud_of(arm_endpoint="https://arm.stack.example:444/", environment={})
    assert cloud == Cloud(
        "custom",
        "https://arm.stack.example:444",
        "https://arm.stack.example:444",
        "https://login.microsoftonline.com",
        "",
    )
    said = cloud_of(
        "china", arm_endpoint="https://arm.example", audience="https://management.azure.com", environment={}
    )
    assert (said.audience, said.authority, said.graph) == (
        "https://management.azure.com",
        "https://login.chinacloudapi.cn",
        "",
    )


def test_only_its_own_tokens_reach_an_endpoint_of_its_own() -> None:
    """As the stand-in sees it, which is one."""
    with reading(tenant()) as (azure, live):
        live.read(ONE)
        live.directory(frozenset({"11111111-0000-4000-8000-000000000001"}))
        assert set(azure.tokens) == {azure.endpoint, azure.graph}


def test_options_beat_the_environment() -> None:
    """Each by itself."""
    environment = {
        "RBACGEN_CLOUD": "usgovernment",
        "RBACGEN_ARM_ENDPOINT": "https://arm.one.example",
        "RBACGEN_ARM_AUDIENCE": "https://audience.one.example",
        "RBACGEN_GRAPH_ENDPOINT": "https://graph.one.example",
        "AZURE_AUTHORITY_HOST": "login.one.example",
    }
    assert cloud_of(environment=environment) == Cloud(
        "custom",
        "https://arm.one.example",
        "https://audience.one.example",
        "https://login.one.example",
        "https://graph.one.example",
        "api://AzureADTokenExchangeUSGov",
    )
    assert cloud_of(
        "china",
        arm_endpoint="https://arm.two.example",
        authority="https://login.two.example/",
        graph_endpoint="https://graph.two.example",
        audience="https://audience.two.example",
        environment=environment,
    ) == Cloud(
        "custom",
        "https://arm.two.example",
        "https://audience.two.example",
        "https://login.two.example",
        "https://graph.two.example",
        "api://AzureADTokenExchangeChina",
    )


def test_a_cloud_that_is_named_is_not_mixed_with_another() -> None:
    """AZURE_AUTHORITY_HOST is set by many things, for the cloud where they run."""
    environment = {"AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/"}
    assert cloud_of("china", environment=environment) == KNOWN["china"]


@pytest.mark.parametrize("option", ["arm_endpoint", "authority", "graph_endpoint", "audience"])
@pytest.mark.parametrize(
    "address",
    [
        "http://x.example",
        "HTTP://x.example",
        "ftp://x.example",
        "https://",
        "https://a@b/c",
        "https://[::1",
        "https://::1]/",
        "[::1",
        "https://[nowhere]",
        "https://x.example:port",
        "https://x.example:99999",
        "https://:443",
        "https://x y.example",
        "https://x\uff0fy.example",
        "https://x.example?y",
    ],
)
def test_an_address_that_a_token_may_not_go_to_is_refused(option: str, address: str) -> None:
    """In our own words, before anything is asked of anybody."""
    given: dict[str, Any] = {option: address}
    with pytest.raises(RbacgenError) as caught:
        cloud_of(**given, environment={})
    assert "https://" in caught.value.hint
    variable = {
        "arm_endpoint": "RBACGEN_ARM_ENDPOINT",
        "authority": "AZURE_AUTHORITY_HOST",
        "graph_endpoint": "RBACGEN_GRAPH_ENDPOINT",
        "audience": "RBACGEN_ARM_AUDIENCE",
    }[option]
    with pytest.raises(RbacgenError, match=variable):
        cloud_of(environment={variable: address})


@pytest.mark.parametrize("host", ["[::1]", "[::1]:8443", "127.0.0.1:8443", "arm_1.stack-2.example", "localhost"])
def test_an_address_may_be_any_hosts(host: str) -> None:
    """A cloud of one's own has names and numbers of its own."""
    assert cloud_of(arm_endpoint=f"https://{host}/", environment={}).arm == f"https://{host}"


def test_a_cloud_that_nobody_knows_is_refused_with_those_that_there_are() -> None:
    """Germany's has been closed."""
    with pytest.raises(RbacgenError, match="unknown cloud `germany`") as caught:
        cloud_of("germany", environment={})
    assert "public, usgovernment, china" in caught.value.hint


# A pipeline's own identity.


class _Pipeline(BaseHTTPRequestHandler):
    """Gives out identity tokens as GitHub and Azure DevOps do, to whoever knows the secret."""

    seen: list[tuple[str, str]]
    body: bytes
    status = 200

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.seen.append((self.command, self.path))
        good = self.headers.get("Authorization") == f"Bearer {SECRET}"
        body = self.body if good else b"who are you?"
        self.send_response(self.status if good else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _answer  # noqa: N815  # as http.server looks for them

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


@contextlib.contextmanager
def _pipeline(answer: object, status: int = 200) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The address of a pipeline's identity service, and what was asked of it."""
    seen: list[tuple[str, str]] = []
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    handler = type("Handler", (_Pipeline,), {"seen": seen, "body": body, "status": status})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.socket = certificates().server.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"https://localhost:{server.server_address[1]}/token", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _environment(azure: StandIn, monkeypatch: pytest.MonkeyPatch, **more: str) -> dict[str, str]:
    """The stand-in's environment without a secret, in the process too, where the SDK looks for it."""
    environment = {name: value for name, value in azure.environment().items() if name != "AZURE_CLIENT_SECRET"} | more
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return environment


def _logged_in(environment: Mapping[str, str]) -> AzureClient:
    connection = AzureClient.open(cloud_of(environment=environment), environment)
    connection.log_in()
    return connection


def _github(address: str) -> dict[str, str]:
    return {"ACTIONS_ID_TOKEN_REQUEST_URL": f"{address}?api-version=2.0", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": SECRET}


def test_a_github_workflow_logs_in_without_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each login fetches a token of its own from GitHub, since that is good for five minutes only."""
    with StandIn(tenant()) as azure, _pipeline({"count": 1, "value": ASSERTION}) as (address, seen):
        connection = _logged_in(_environment(azure, monkeypatch, **_github(address)))
        assert seen == [("GET", "/token?api-version=2.0&audience=api%3A%2F%2FAzureADTokenExchange")]
        assert connection.log_in() == azure.tenant.id
        assert len(seen) == 1
        connection._credential.forget(connection._credential.get_token(f"{azure.endpoint}/.default").token)
        connection.log_in()
        assert len(seen) == 2


@pytest.mark.parametrize(
    ("answer", "status"),
    [(b"<html>", 200), ({"other": 1}, 200), ({"value": 5}, 200), (b"", 403), ({"value": ASSERTION}, 404)],
)
def test_a_workflow_that_gets_no_token_is_told_why(
    monkeypatch: pytest.MonkeyPatch, answer: object, status: int
) -> None:
    """Without the token, the address or the answer."""
    with StandIn(tenant()) as azure, _pipeline(answer, status) as (address, _), pytest.raises(LoginError) as caught:
        _logged_in(_environment(azure, monkeypatch, **_github(address)))
    assert str(caught.value) == "GitHub gives this workflow no token to log in with"
    assert "id-token: write" in caught.value.hint
    assert SECRET not in repr(caught.value)


def test_a_workflow_does_not_send_its_token_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor anywhere at all that is not https."""
    with StandIn(tenant()) as azure:
        environment = _environment(azure, monkeypatch, **_github("http://127.0.0.1:1/token"))
        with pytest.raises(LoginError, match="ACTIONS_ID_TOKEN_REQUEST_URL is not an https"):
            _logged_in(environment)


@pytest.mark.parametrize("name", ["AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_TOKEN_CREDENTIALS"])
def test_who_says_how_to_log_in_is_obeyed(name: str) -> None:
    """In a workflow too."""
    environment = {"AZURE_CLIENT_ID": "a", "AZURE_TENANT_ID": "b", **_github("https://x.example"), name: "x"}
    assert credentials._github(KNOWN["public"], environment) is None


def test_an_azure_devops_pipeline_logs_in_with_its_service_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the AzureCLI and AzurePowerShell tasks set it up."""
    with StandIn(tenant()) as azure, _pipeline({"oidcToken": ASSERTION}) as (address, seen):
        given = {
            "AZURESUBSCRIPTION_CLIENT_ID": azure.tenant.caller.client_id,
            "AZURESUBSCRIPTION_TENANT_ID": azure.tenant.id,
            "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "77777777-0000-4000-8000-000000000007",
            "SYSTEM_ACCESSTOKEN": SECRET,
            "SYSTEM_OIDCREQUESTURI": address,
        }
        _logged_in(_environment(azure, monkeypatch, **given))
        ((method, path),) = seen
        assert method == "POST"
        assert "serviceConnectionId=77777777-0000-4000-8000-000000000007" in path
        with pytest.raises(LoginError, match="SYSTEM_OIDCREQUESTURI is not an https"):
            _logged_in(_environment(azure, monkeypatch, **given | {"SYSTEM_OIDCREQUESTURI": "http://127.0.0.1:1"}))


def test_a_pipeline_that_gets_no_token_is_not_told_to_log_in_as_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment describes does not work; that is what is said."""
    with StandIn(tenant()) as azure, _pipeline({"nothing": 1}) as (address, _):
        given = {
            "AZURESUBSCRIPTION_CLIENT_ID": azure.tenant.caller.client_id,
            "AZURESUBSCRIPTION_TENANT_ID": azure.tenant.id,
            "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "x",
            "SYSTEM_ACCESSTOKEN": SECRET,
            "SYSTEM_OIDCREQUESTURI": address,
        }
        with pytest.raises(LoginError, match="the login from the environment does not work") as caught:
            _logged_in(_environment(azure, monkeypatch, **given))
    assert SECRET not in repr(caught.value) + caught.value.hint


# A service principal, and people.


@pytest.mark.parametrize(
    ("name", "value", "code", "remedy"),
    [
        ("AZURE_CLIENT_SECRET", SECRET, "AADSTS7000215", "AZURE_CLIENT_SECRET"),
        ("AZURE_CLIENT_ID", "99999999-0000-4000-8000-000000000009", "AADSTS700016", "AZURE_CLIENT_ID"),
    ],
)
def test_a_login_that_is_refused_is_told_by_its_code(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, code: str, remedy: str
) -> None:
    """And by what to mend; nothing else that Entra writes is repeated, nor is the secret."""
    with StandIn(tenant()) as azure:
        given = {"AZURE_CLIENT_SECRET": azure.environment()["AZURE_CLIENT_SECRET"]} | {name: value}
        with pytest.raises(LoginError) as caught:
            _logged_in(_environment(azure, monkeypatch, **given))
    assert str(caught.value) == f"Microsoft Entra ID rejects the login ({code})"
    assert remedy in caught.value.hint
    assert SECRET not in caught.value.hint


@pytest.mark.parametrize("wrong", ["99999999-0000-4000-8000-000000000009", "no tenant at all", ""])
def test_a_tenant_that_is_none_is_no_traceback(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    """Whatever the SDK makes of it."""
    with StandIn(tenant()) as azure:
        secret = azure.environment()["AZURE_CLIENT_SECRET"]
        monkeypatch.setenv("PATH", "")
        with pytest.raises(LoginError) as caught:
            _logged_in(_environment(azure, monkeypatch, AZURE_TENANT_ID=wrong, AZURE_CLIENT_SECRET=secret))
    assert "AZURE_TENANT_ID" in caught.value.hint


def test_a_login_service_that_does_not_answer_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not that nobody is logged in."""
    with socket.socket() as closed, StandIn(tenant()) as azure:
        closed.bind(("127.0.0.1", 0))
        away = f"https://localhost:{closed.getsockname()[1]}"
        secret = azure.environment()["AZURE_CLIENT_SECRET"]
        with pytest.raises(LoginError, match="the login service of Azure cannot be reached") as caught:
            _logged_in(_environment(azure, monkeypatch, AZURE_AUTHORITY_HOST=away, AZURE_CLIENT_SECRET=secret))
    assert "AZURE_AUTHORITY_HOST" in caught.value.hint


def test_a_workload_logs_in_with_its_token_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As pods of AKS have one; at the authority that was asked for, whatever the environment's is."""
    file = tmp_path / "token"
    file.write_text(ASSERTION, encoding="utf-8")
    with StandIn(tenant()) as azure:
        environment = _environment(azure, monkeypatch, AZURE_FEDERATED_TOKEN_FILE=str(file))
        monkeypatch.setenv("AZURE_AUTHORITY_HOST", "https://login.elsewhere.example")
        assert _logged_in(environment).log_in() == azure.tenant.id


def test_a_network_that_fails_while_logging_in_is_said_to() -> None:
    """Where the SDK says so itself."""

    class Failing:
        def get_token_info(self, *scopes: str, options: object = None) -> AccessTokenInfo:
            raise ServiceRequestError("no route to 10.0.0.1")

    with pytest.raises(LoginError, match="the login service of Azure cannot be reached"):
        Credential(Failing).get_token("scope")


@pytest.mark.parametrize("chosen", ["nonsense", "dev"])
def test_a_choice_of_login_that_leads_nowhere_is_no_traceback(monkeypatch: pytest.MonkeyPatch, chosen: str) -> None:
    """AZURE_TOKEN_CREDENTIALS is the SDK's own switch."""
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", chosen)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LoginError):
        _logged_in({"AZURE_TOKEN_CREDENTIALS": chosen})


def test_the_azure_clis_login_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What a person has after `az login`."""
    given = json.dumps(
        {
            "accessToken": "a.eyJ0aWQiOiAiOTk5OTk5OTktOTk5OS00OTk5LTg5OTktOTk5OTk5OTk5OTlBIn0.c",
            "expires_on": int(time.time()) + 3600,
            "tokenType": "Bearer",
        }
    )
    az = tmp_path / "az"
    az.write_text(f"#!/bin/sh\necho '{given}'\n", encoding="utf-8")
    az.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(credentials, "_METADATA_SERVICE", ("127.0.0.1", 1))
    assert AzureClient.open(KNOWN["public"], {}).log_in() == "99999999-9999-4999-8999-99999999999a"


NOBODY = """
import os, sys
from datetime import UTC, datetime
from rbacgen.sources.azure.clouds import cloud_of
from rbacgen.sources.azure.reader import Azure
from rbacgen.authorization.catalog import load
from rbacgen.model.problems import RbacgenError
from rbacgen.model.source import Ask

live = Azure.of(cloud_of(environment=os.environ), os.environ, load(), datetime.now(UTC))
try:
    live.read(Ask(("6082bfda-63d0-46f4-8272-ae9195139feb",)))
except RbacgenError as error:
    print(error.message, error.hint, sep="\\n")
    sys.exit(1)
"""


def test_when_nobody_is_logged_in_one_sentence_says_so() -> None:
    """With what to do, and with nothing from the SDK on standard error, where it would tell of all its attempts."""
    environment = {"PATH": "", "HOME": "/nowhere", "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run([sys.executable, "-c", NOBODY], env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert ended.stdout.splitlines() == [credentials.NOT_LOGGED_IN, credentials.LOG_IN]
    assert ended.stderr == ""


@pytest.mark.parametrize("answers", [True, False])
def test_a_managed_identity_is_tried_only_where_one_may_be(monkeypatch: pytest.MonkeyPatch, answers: bool) -> None:
    """The SDK's own look for one would hold up everybody else for a second or more."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        if answers:
            listening.listen()
        monkeypatch.setattr(credentials, "_METADATA_SERVICE", listening.getsockname())
        chain: Any = credentials._default(KNOWN["public"], {})
        names = {type(each).__name__ for each in chain.credentials}
    assert ("ManagedIdentityCredential" in names) is answers
    assert "AzureCliCredential" in names
    assert not {"InteractiveBrowserCredential", "VisualStudioCodeCredential", "BrokerCredential"} & names
    assert credentials._may_have_identity({"IDENTITY_ENDPOINT": "http://localhost:42356/msi/token"})


def test_a_login_service_that_asks_for_an_hour_is_not_given_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody is waiting."""
    pauses: list[float] = []
    monkeypatch.setattr(credentials, "time", SimpleNamespace(sleep=pauses.append, time=time.time))
    credentials._options(KNOWN["public"])["transport"].sleep(3600)
    assert pauses == [5]


# One login for all.


class _Login:
    """A login that counts its tokens."""

    def __init__(self, life: float = 3600) -> None:
        self.life = life
        self.given = 0
        self.made = 0

    def make(self) -> _Login:
        self.made += 1
        return self

    def get_token_info(self, *scopes: str, options: object = None) -> AccessTokenInfo:
        self.given += 1
        time.sleep(0.01)
        return AccessTokenInfo(f"{scopes[0]}-{self.given}", int(time.time() + self.life))


def test_threads_share_a_token() -> None:
    """Each scope's is asked for once."""
    login = _Login()
    shared = Credential(login.make)
    threads = [threading.Thread(target=shared.get_token_info, args=("scope",)) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (login.made, login.given) == (1, 1)
    assert shared.get_token("scope").token == "scope-1"
    assert shared.get_token_info("other").token == "other-2"


def test_a_token_that_is_about_to_expire_is_replaced() -> None:
    """It would not outlive a list."""
    login = _Login(life=200)
    shared = Credential(login.make)
    assert [shared.get_token("scope").token for _ in range(2)] == ["scope-1", "scope-2"]


def test_a_token_that_azure_refused_is_dropped_with_its_login() -> None:
    """The login remembers it too; one that has been replaced already changes nothing."""
    login = _Login()
    shared = Credential(login.make)
    shared.forget(shared.get_token("scope").token)
    assert shared.get_token("scope").token == "scope-2"
    assert login.made == 2
    shared.forget("scope-1")
    assert shared.get_token("scope").token == "scope-2"
    assert login.made == 2


def test_of_what_entra_says_the_code_that_decided_is_taken() -> None:
    """A chain of attempts tells of several; the last one ended it."""

    class Refusing:
        def get_token_info(self, *scopes: str, options: object = None) -> AccessTokenInfo:
            raise ClientAuthenticationError("AADSTS50126: for ann@contoso.example ... AADSTS65001: consent of 4711")

    with pytest.raises(LoginError) as caught:
        Credential(Refusing).get_token("scope")
    assert str(caught.value) == "Microsoft Entra ID rejects the login (AADSTS65001)"
    assert "reference-error-codes" in caught.value.hint


def test_asking_for_a_credential_asks_nobody() -> None:
    """A wrong environment is told of when it is used."""
    assert isinstance(credential_of(replace(KNOWN["public"], authority="https://nowhere.example"), {}), Credential)
