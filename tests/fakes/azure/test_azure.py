"""The stand-in tells what Azure tells: recorded facts, asked with the real SDK and over plain https, and each fault."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceResponseError,
)
from azure.identity import ClientAssertionCredential, ClientSecretCredential, EnvironmentCredential
from azure.mgmt.authorization import v2020_10_01, v2022_04_01
from azure.mgmt.authorization.v2022_04_01.models import RoleAssignmentCreateParameters

from tests.fakes.azure import Fault, StandIn, Tenant
from tests.fakes.azure.__main__ import demo, main
from tests.fakes.azure.messages import Request
from tests.fakes.azure.odata import Clause, FilterError, clauses

ROOT = Path(__file__).parents[3]
SUB = "11111111-1111-1111-1111-111111111111"
OTHER = "33333333-3333-3333-3333-333333333333"
S = f"/subscriptions/{SUB}"
MG = "/providers/Microsoft.Management/managementGroups/mg-a"
TOP = "/providers/Microsoft.Management/managementGroups/mg-top"
RG = f"{S}/resourceGroups/RG-App"
VAULT = f"{RG}/providers/Microsoft.KeyVault/vaults/kv-a"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
ANN = "22222222-0000-4000-8000-00000000000a"
BOB = "22222222-0000-4000-8000-00000000000b"
TEAM = "22222222-0000-4000-8000-00000000000c"
OUTER = "22222222-0000-4000-8000-00000000000d"
DEPLOY = "22222222-0000-4000-8000-00000000000e"
GONE = "22222222-0000-4000-8000-00000000000f"
CUSTOM = "44444444-4444-4444-8444-444444444444"
MISSING = "99999999-9999-4999-8999-999999999999"

ASSIGNMENTS = "providers/Microsoft.Authorization/roleAssignments"
VERSION = "2022-04-01"
PIM = "2020-10-01"


def small() -> Tenant:
    """A tenant with one thing of every kind: mg-top over mg-a over a subscription, a group and a vault."""
    tenant = Tenant()
    tenant.management_group("mg-a", under="mg-top")
    tenant.subscription(SUB, "dev", under="mg-a")
    tenant.subscription(OTHER, "other", under="mg-top")
    tenant.resource_group(SUB, "RG-App")
    tenant.resource(VAULT)
    tenant.principal(ANN, "User", "Ann O'Brien", "ann@contoso.example", mail="ann.obrien@contoso.example")
    tenant.principal(BOB, "User", "Bob Guest", "bob_fabrikam.example#EXT#@contoso.example")
    tenant.principal(TEAM, "Group", "grp-team", members=[ANN])
    tenant.principal(OUTER, "Group", "grp-outer", members=[TEAM, BOB])
    tenant.principal(DEPLOY, "ServicePrincipal", "sp-deploy", app_id="55555555-5555-4555-8555-555555555555")
    tenant.principal(GONE, "User", "Gone Away")
    tenant.assign("/", READER, DEPLOY)
    tenant.assign(TOP, READER, OUTER)
    tenant.assign(MG, READER, TEAM)
    tenant.assign(S, CONTRIBUTOR, TEAM)
    tenant.assign(RG, READER, ANN, condition="@Resource[a:b] StringEquals 'c'", description="why [rbacgen:p]")
    tenant.assign(VAULT, READER, GONE)
    tenant.assign(f"/subscriptions/{OTHER}", READER, ANN)
    tenant.delete(GONE)
    return tenant


@pytest.fixture
def tenant() -> Tenant:
    """The small tenant, for a test to change."""
    return small()


@pytest.fixture
def azure(tenant: Tenant) -> Iterator[StandIn]:
    """The small tenant, served."""
    with StandIn(tenant) as standin:
        yield standin


@pytest.fixture
def credential(azure: StandIn) -> ClientSecretCredential:
    """The real credential of the caller."""
    caller = azure.tenant.caller
    return ClientSecretCredential(
        azure.tenant.id,
        caller.client_id,
        caller.secret,
        authority=azure.authority,
        disable_instance_discovery=True,
        connection_verify=str(azure.ca),
    )


def pinned(module: Any, azure: StandIn, credential: Any, **options: Any) -> Any:
    """The SDK's client of one version of the API; impatient, for faults are to be seen and not sat out."""
    words = [credential] if module is v2020_10_01 else [credential, SUB]
    options = {"retry_total": 0, **options}
    return module.AuthorizationManagementClient(
        *words,
        base_url=azure.endpoint,
        credential_scopes=[f"{azure.endpoint}/.default"],
        connection_verify=str(azure.ca),
        **options,
    )


@pytest.fixture
def client(azure: StandIn, credential: ClientSecretCredential) -> Any:
    """The SDK's client of role assignments and definitions."""
    return pinned(v2022_04_01, azure, credential)


@pytest.fixture
def pim(azure: StandIn, credential: ClientSecretCredential) -> Any:
    """The SDK's client of Privileged Identity Management."""
    return pinned(v2020_10_01, azure, credential)


class Plain:
    """Plain https with a token, one connection for each service: what comes back is status, headers and JSON."""

    def __init__(self, azure: StandIn) -> None:
        self.azure = azure
        self.context = ssl.create_default_context(cafile=str(azure.ca))
        self.tokens: dict[str, str] = {}

    def send(
        self, address: str, method: str = "GET", body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], Any]:
        """One request to a whole address."""
        split = urlsplit(address)
        assert split.hostname
        connection = http.client.HTTPSConnection(split.hostname, split.port, context=self.context, timeout=20)
        try:
            target = split.path + (f"?{split.query}" if split.query else "")
            content = body if body is None or isinstance(body, str) else json.dumps(body)
            connection.request(method, target, content, headers or {})
            answer = connection.getresponse()
            text = answer.read()
            decoded = json.loads(text) if text[:1] in (b"{", b"[") else text.decode()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, decoded
        finally:
            connection.close()

    def token(self, audience: str, **changed: str) -> tuple[int, Any]:
        """A request for a token."""
        caller = self.azure.tenant.caller
        form = {
            "grant_type": "client_credentials",
            "client_id": caller.client_id,
            "client_secret": caller.secret,
            "scope": f"{audience}/.default",
            **changed,
        }
        address = f"{self.azure.authority}/{self.azure.tenant.id}/oauth2/v2.0/token"
        status, _, decoded = self.send(address, "POST", urlencode(form))
        return status, decoded

    def bearer(self, audience: str) -> dict[str, str]:
        """The header that carries a token for an audience."""
        if audience not in self.tokens:
            self.tokens[audience] = self.token(audience)[1]["access_token"]
        return {"Authorization": f"Bearer {self.tokens[audience]}"}

    def arm(
        self, path: str, method: str = "GET", body: Any = None, version: str = VERSION, **query: str
    ) -> tuple[int, Any]:
        """One request to ARM; `filter` stands for $filter."""
        words = {f"${name}" if name == "filter" else name: value for name, value in query.items()}
        text = urlencode({"api-version": version, **words} if version else words, quote_via=quote)
        address = f"{self.azure.endpoint}{path}?{text}"
        status, _, decoded = self.send(address, method, body, self.bearer(self.azure.endpoint))
        return status, decoded

    def graph(self, path: str, method: str = "GET", body: Any = None, **query: str) -> tuple[int, Any]:
        """One request to Graph; every name of the query gets its dollar."""
        text = urlencode({f"${name}": value for name, value in query.items()}, quote_via=quote)
        address = f"{self.azure.graph}/v1.0{path}" + (f"?{text}" if text else "")
        headers = self.bearer(self.azure.graph)
        if body is not None:
            headers = {**headers, "Content-Type": "application/json"}
        status, _, decoded = self.send(address, method, body, headers)
        return status, decoded

    def code(self, *words: Any, **more: Any) -> tuple[int, str]:
        """Status and code of a refusal of ARM's."""
        status, decoded = self.arm(*words, **more)
        return status, decoded["error"]["code"]


@pytest.fixture
def plain(azure: StandIn) -> Plain:
    """Plain https to the stand-in."""
    return Plain(azure)


def scopes(rows: Any) -> list[str]:
    """The scopes of assignments, sorted."""
    return sorted(row.scope for row in rows)


# Entra


def test_real_credentials_log_in(azure: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret in the environment and a client assertion both give tokens, and the login tells who asks."""
    for name, value in azure.environment().items():
        monkeypatch.setenv(name, value)
    scope = f"{azure.endpoint}/.default"
    with EnvironmentCredential(disable_instance_discovery=True) as by_secret:
        token = by_secret.get_token(scope).token
    caller = azure.tenant.caller
    with ClientAssertionCredential(
        azure.tenant.id, caller.client_id, lambda: "a.b.c", disable_instance_discovery=True
    ) as by_assertion:
        assert by_assertion.get_token(scope).token
    parts = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=="))
    assert len(parts) == 3
    assert (claims["oid"], claims["tid"], claims["appid"]) == (caller.object_id, azure.tenant.id, caller.client_id)
    assert claims["aud"] == azure.endpoint
    assert azure.tokens == (azure.endpoint, azure.endpoint)


def test_discovery(azure: StandIn, plain: Plain) -> None:
    """Instance discovery and the tenant's configuration lead to this server's own token endpoint."""
    query = urlencode({"api-version": "1.1", "authorization_endpoint": f"{azure.authority}/common/oauth2/authorize"})
    _, _, found = plain.send(f"{azure.authority}/common/discovery/instance?{query}")
    _, _, configuration = plain.send(found["tenant_discovery_endpoint"])
    assert configuration["token_endpoint"] == f"{azure.authority}/{azure.tenant.id}/oauth2/v2.0/token"


@pytest.mark.parametrize(
    ("changed", "status", "error", "number"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_id": MISSING}, 400, "unauthorized_client", 700016),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"scope": "openid"}, 400, "invalid_scope", 1002012),
    ],
)
def test_entra_refuses(plain: Plain, changed: dict[str, str], status: int, error: str, number: int) -> None:
    """A wrong secret, an unknown application, another grant and a scope of another form are refused by number."""
    decoded = plain.token(plain.azure.endpoint, **changed)
    assert (decoded[0], decoded[1]["error"], decoded[1]["error_codes"]) == (status, error, [number])


def test_another_tenant_is_unknown(azure: StandIn, plain: Plain) -> None:
    """Entra knows no other tenant."""
    status, _, decoded = plain.send(f"{azure.authority}/{MISSING}/oauth2/v2.0/token", "POST", "x=y")
    assert (status, decoded["error_codes"]) == (400, [90002])


def test_a_token_is_for_one_audience(azure: StandIn, plain: Plain) -> None:
    """ARM takes no token of Graph's, Graph none of ARM's, and neither a request without one."""
    path = f"{S}?api-version=2022-12-01"
    status, headers, decoded = plain.send(azure.endpoint + path, headers=plain.bearer(azure.graph))
    assert (status, decoded["error"]["code"]) == (401, "InvalidAuthenticationTokenAudience")
    assert headers["www-authenticate"].startswith("Bearer authorization_uri=")
    assert plain.send(f"{azure.graph}/v1.0/users", headers=plain.bearer(azure.endpoint))[0] == 401
    assert plain.send(azure.endpoint + path)[2]["error"]["code"] == "AuthenticationFailed"
    assert plain.send(azure.endpoint + path, headers={"Authorization": "Bearer x"})[0] == 401
    assert plain.send(azure.endpoint + path, headers=plain.bearer("https://management.azure.com"))[0] == 200


# Role assignments


def test_a_subscription_tells_above_at_and_below(client: Any) -> None:
    """Without a filter: root, management groups, the subscription and all below it, and nothing of other subscriptions."""
    assert scopes(client.role_assignments.list_for_subscription()) == sorted(["/", TOP, MG, S, RG, VAULT])


@pytest.mark.parametrize(
    ("scope", "filter_", "expected"),
    [
        (S, "atScope()", ["/", TOP, MG, S]),
        (RG, None, ["/", TOP, MG, S, RG, VAULT]),
        (RG, "atScope()", ["/", TOP, MG, S, RG]),
        (RG.lower(), "atScope()", ["/", TOP, MG, S, RG]),
        (VAULT, None, ["/", TOP, MG, S, RG, VAULT]),
        (MG, None, ["/", TOP, MG]),
        (MG, "atScope()", ["/", TOP, MG]),
        (TOP, None, ["/", TOP]),
        ("/", "atScope()", ["/"]),
        (S, f"principalId eq '{TEAM}'", [MG, S]),
        (S, f"assignedTo('{ANN}')", [TOP, MG, S, RG]),
        (S, f"atScope() and assignedTo('{ANN}')", [TOP, MG, S]),
        (S, f"assignedTo('{BOB}')", [TOP]),
    ],
)
def test_what_a_list_holds(client: Any, scope: str, filter_: str | None, expected: list[str]) -> None:
    """atScope() leaves out what is below; a management group lists nothing below; assignedTo goes through groups."""
    assert scopes(client.role_assignments.list_for_scope(scope, filter=filter_)) == sorted(expected)


@pytest.mark.parametrize(
    "filter_",
    [
        f"principalId eq {TEAM}",
        f"atScope() and principalId eq '{TEAM}'",
        "scope eq 'x'",
        "atScope('x')",
        "assignedTo()",
        "atScope() or atScope()",
        "nonsense(",
    ],
)
def test_filters_that_azure_refuses(client: Any, filter_: str) -> None:
    """Ids without quotes and principalId with atScope() are no filters, as little as what nobody knows."""
    with pytest.raises(HttpResponseError, match="is not supported") as refused:
        list(client.role_assignments.list_for_scope(S, filter=filter_))
    assert refused.value.status_code == 400


def test_the_root_needs_a_filter(client: Any) -> None:
    """Nobody lists a whole tenant."""
    with pytest.raises(HttpResponseError) as refused:
        list(client.role_assignments.list_for_scope("/"))
    assert refused.value.status_code == 400


def test_the_prefix_of_role_ids(client: Any, plain: Plain) -> None:
    """In lists every role id has the prefix of the subscription that was asked, also inherited ones; by id, its own."""
    prefixed = f"{S}/providers/Microsoft.Authorization/roleDefinitions/"
    listed = list(client.role_assignments.list_for_subscription())
    assert all(row.role_definition_id.startswith(prefixed) for row in listed)
    inherited = next(row for row in listed if row.scope == MG)
    bare = f"/providers/Microsoft.Authorization/roleDefinitions/{READER}"
    assert client.role_assignments.get_by_id(inherited.id).role_definition_id == bare
    for scope in (MG, "/"):
        rows = client.role_assignments.list_for_scope(scope, filter="atScope()")
        assert {row.role_definition_id for row in rows} == {bare}
    own = next(row for row in listed if row.scope == S)
    assert client.role_assignments.get(S, own.name).role_definition_id == prefixed + CONTRIBUTOR


def test_the_shape_of_an_assignment(plain: Plain) -> None:
    """Every property is there, null where it is not set; times have seven digits; an id at the root begins with providers."""
    _, decoded = plain.arm(f"{S}/{ASSIGNMENTS}")
    by_scope = {row["properties"]["scope"]: row for row in decoded["value"]}
    assert by_scope["/"]["id"] == f"/{ASSIGNMENTS}/{by_scope['/']['name']}"
    assert by_scope[RG]["id"] == f"{RG}/{ASSIGNMENTS}/{by_scope[RG]['name']}"
    own = by_scope[S]["properties"]
    assert own["condition"] is own["conditionVersion"] is own["description"] is None
    assert own["delegatedManagedIdentityResourceId"] is None
    assert own["principalType"] == "Group"
    assert len(own["createdOn"].partition(".")[2]) == len("1234567Z")
    assert by_scope[RG]["properties"]["conditionVersion"] == "2.0"
    assert "nextLink" not in decoded


def test_the_oldest_version_knows_no_conditions(plain: Plain) -> None:
    """2015-07-01 leaves out what came later."""
    _, decoded = plain.arm(f"{S}/{ASSIGNMENTS}", version="2015-07-01")
    assert not {"condition", "principalType", "description"} & set(decoded["value"][0]["properties"])


def test_a_deleted_principal_keeps_its_assignments(client: Any) -> None:
    """What the directory has forgotten stays listed."""
    assert [
        row.principal_id for row in client.role_assignments.list_for_scope(S, filter=f"principalId eq '{GONE}'")
    ] == [GONE]


@pytest.mark.parametrize("page", [1, 2, 5, 6, 7])
def test_pages(tenant: Tenant, page: int) -> None:
    """Lists come in pages with an absolute link to the next, which the SDK follows; every row comes once."""
    with StandIn(tenant, page=page) as azure:
        plain = Plain(azure)
        _, first = plain.arm(f"{S}/{ASSIGNMENTS}", filter=f"assignedTo('{ANN}')")
        if page < 4:
            assert first["nextLink"].startswith(f"{azure.endpoint}{S}/")
            assert "$skipToken=" in first["nextLink"]
        seen, address = [], f"{azure.endpoint}{S}/{ASSIGNMENTS}?api-version={VERSION}"
        while address:
            _, _, decoded = plain.send(address, headers=plain.bearer(azure.endpoint))
            seen += [row["id"] for row in decoded["value"]]
            assert 0 < len(decoded["value"]) <= page
            address = decoded.get("nextLink", "")
        assert len(seen) == len(set(seen)) == 6


def test_the_sdk_pages_through(tenant: Tenant) -> None:
    """The real pager comes to the end, and keeps the api-version on every page."""
    with StandIn(tenant, page=2) as azure:
        credential = ClientSecretCredential(
            tenant.id,
            tenant.caller.client_id,
            tenant.caller.secret,
            authority=azure.authority,
            disable_instance_discovery=True,
            connection_verify=str(azure.ca),
        )
        assert len(list(pinned(v2022_04_01, azure, credential).role_assignments.list_for_subscription())) == 6
        listed = azure.asked("arm", "GET", "roleAssignments")
        assert [seen.query["api-version"] for seen in listed] == [VERSION] * 3


@pytest.mark.slow
def test_a_hundred_thousand_assignments(tenant: Tenant) -> None:
    """A tenant of that size comes page by page, complete."""
    for number in range(100_000):
        tenant.assign(f"{S}/resourceGroups/rg-{number % 500}", READER, f"66666666-0000-4000-8000-{number:012}")
    with StandIn(tenant) as azure:
        plain = Plain(azure)
        count, pages, address = 0, 0, f"{azure.endpoint}{S}/{ASSIGNMENTS}?api-version={VERSION}"
        while address:
            _, _, decoded = plain.send(address, headers=plain.bearer(azure.endpoint))
            count, pages, address = count + len(decoded["value"]), pages + 1, decoded.get("nextLink", "")
        assert (count, pages) == (100_006, 101)


# What is refused, and what is not there


@pytest.mark.parametrize(
    ("path", "more", "expected"),
    [
        (f"{S}/{ASSIGNMENTS}", {"version": ""}, (400, "MissingApiVersionParameter")),
        (f"{S}/{ASSIGNMENTS}", {"version": "2031-01-01"}, (400, "InvalidApiVersionParameter")),
        (f"{S}/{ASSIGNMENTS}", {"version": PIM}, (404, "InvalidResourceType")),
        (S, {"version": VERSION}, (400, "InvalidApiVersionParameter")),
        (VAULT, {"version": "nonsense"}, (400, "InvalidApiVersionParameter")),
        (f"{S}/providers/Microsoft.Authorization/nonsense", {}, (404, "InvalidResourceType")),
        (f"/subscriptions/{MISSING}/{ASSIGNMENTS}", {}, (404, "SubscriptionNotFound")),
        (f"/subscriptions/{MISSING}", {"version": "2022-12-01"}, (404, "SubscriptionNotFound")),
        (f"/subscriptions/dev/{ASSIGNMENTS}", {}, (400, "InvalidSubscriptionId")),
        (f"/subscriptions/{ASSIGNMENTS}", {}, (400, "InvalidSubscriptionId")),
        (f"/subscriptions//{ASSIGNMENTS}", {}, (400, "InvalidSubscriptionId")),
        ("/subscriptions/dev", {"version": "2022-12-01"}, (400, "InvalidSubscriptionId")),
        (f"{S}/resourceGroups/rg-missing/{ASSIGNMENTS}", {}, (404, "ResourceGroupNotFound")),
        (f"{S}/resourceGroups/rg-missing", {"version": "2021-04-01"}, (404, "ResourceGroupNotFound")),
        (f"{RG}/providers/Microsoft.KeyVault/vaults/kv-b", {"version": "2023-07-01"}, (404, "ResourceNotFound")),
        (f"{VAULT}/providers/Microsoft.ManagedIdentity/identities/default", {"version": "2023-01-31"}, (404, "ResourceNotFound")),
        (f"{S}/{ASSIGNMENTS}/{MISSING}", {}, (404, "RoleAssignmentNotFound")),
        (f"{S}/providers/Microsoft.Authorization/roleDefinitions/{MISSING}", {}, (404, "RoleDefinitionDoesNotExist")),
        ("/providers/Microsoft.Management/managementGroups/nobody", {"version": "2020-05-01"}, (403, "AuthorizationFailed")),
    ],
)  # fmt: skip
def test_refusals(plain: Plain, path: str, more: dict[str, str], expected: tuple[int, str]) -> None:
    """Wrong versions and what is not there are refused in Azure's words."""
    assert plain.code(path, **more) == expected


def test_a_subscription_of_another_tenant(tenant: Tenant, plain: Plain) -> None:
    """It is known, and the token is from the wrong issuer."""
    tenant.subscription(MISSING, "theirs", tenant="00000000-0000-4000-8000-0000000000ff")
    assert plain.code(f"/subscriptions/{MISSING}/{ASSIGNMENTS}") == (401, "InvalidAuthenticationTokenTenant")


def test_what_may_not_be_read_in_a_subscription(tenant: Tenant, client: Any) -> None:
    """403 AuthorizationFailed, which names the caller, the action and the scope; and for everything below."""
    tenant.forbid(S, "assignments")
    for scope in (S, RG, VAULT):
        with pytest.raises(HttpResponseError) as refused:
            list(client.role_assignments.list_for_scope(scope))
        assert refused.value.status_code == 403
        assert "(AuthorizationFailed)" in refused.value.message
        assert tenant.caller.object_id in refused.value.message
        assert "'Microsoft.Authorization/roleAssignments/read'" in refused.value.message
    assert list(client.role_definitions.list(S, filter="type eq 'CustomRole'")) == []
    tenant.allow(RG, "assignments")
    assert len(list(client.role_assignments.list_for_scope(VAULT))) == 6


def test_what_may_not_be_read_above_comes_out_empty(tenant: Tenant, client: Any, pim: Any) -> None:
    """At management groups and the root the answer is 200 and an empty list (azure-docs issue 66312)."""
    tenant.eligible(MG, READER, TEAM)
    tenant.forbid(MG)
    tenant.forbid("/")
    assert list(client.role_assignments.list_for_scope(MG, filter="atScope()")) == []
    assert list(client.role_assignments.list_for_scope("/", filter="atScope()")) == []
    assert list(pim.role_eligibility_schedule_instances.list_for_scope(MG)) == []
    assert len(list(client.role_assignments.list_for_subscription())) == 6


def test_the_callers_permissions(tenant: Tenant, plain: Plain) -> None:
    """They tell the two kinds of nothing apart: nothing there, and nothing that may be read."""
    path = "/providers/Microsoft.Authorization/permissions"
    whole = {"actions": ["*/read"], "notActions": [], "dataActions": [], "notDataActions": []}
    assert plain.arm(MG + path)[1]["value"] == [whole]
    tenant.forbid(MG, "assignments")
    assert plain.arm(MG + path)[1]["value"][0]["notActions"] == ["Microsoft.Authorization/roleAssignments/read"]
    tenant.forbid(S)
    assert plain.arm(S + path) == (200, {"value": []})


def test_places_that_may_not_be_read(tenant: Tenant, plain: Plain) -> None:
    """A subscription, a group, what is in it and a management group are all refused with 403."""
    tenant.forbid(S, "resources")
    tenant.forbid(MG, "resources")
    for path in (S, RG, f"{RG}/resources", f"{S}/resourceGroups", MG, VAULT):
        version = {S: "2022-12-01", MG: "2020-05-01", VAULT: "2023-07-01"}.get(path, "2021-04-01")
        assert plain.code(path, version=version) == (403, "AuthorizationFailed"), path
    assert [row["subscriptionId"] for row in plain.arm("/subscriptions", version="2022-12-01")[1]["value"]] == [OTHER]


# Role definitions


def test_custom_roles(tenant: Tenant, client: Any) -> None:
    """A list tells the roles that can be assigned here; atScopeAndBelow() those of places below too."""
    tenant.custom_role(CUSTOM, "Fraud Operator", {"actions": ["Microsoft.Compute/*/read"]}, [RG])
    assert list(client.role_definitions.list(S, filter="type eq 'CustomRole'")) == []
    found = list(client.role_definitions.list(S, filter="atScopeAndBelow() and type eq 'CustomRole'"))
    assert [(role.role_name, role.role_type, role.permissions[0].actions) for role in found] == [
        ("Fraud Operator", "CustomRole", ["Microsoft.Compute/*/read"])
    ]
    assert [role.role_name for role in client.role_definitions.list(RG, filter="roleName eq 'fraud operator'")] == [
        "Fraud Operator"
    ]
    assert client.role_definitions.get(S, CUSTOM).assignable_scopes == [RG]
    with pytest.raises(ResourceNotFoundError):
        client.role_definitions.get(f"/subscriptions/{OTHER}", CUSTOM)


def test_role_ids_never_name_a_resource_group(client: Any) -> None:
    """A role listed at a resource group has its subscription's prefix; one listed above has none."""
    prefix = f"{S}/providers/Microsoft.Authorization/roleDefinitions/"
    assert [role.id for role in client.role_definitions.list(RG, filter="roleName eq 'reader'")] == [prefix + READER]
    assert client.role_definitions.get(MG, READER).id == f"/providers/Microsoft.Authorization/roleDefinitions/{READER}"
    built_in = list(client.role_definitions.list(S, filter="type eq 'BuiltInRole'"))
    assert len(built_in) > 500
    assert not any(role.role_type == "CustomRole" for role in built_in)


# Privileged Identity Management


def test_an_eligibility(tenant: Tenant, pim: Any) -> None:
    """Its instance, its schedule and its request tell of each other; the justification is with the request alone."""
    schedule = tenant.eligible(S, CONTRIBUTOR, TEAM, end="2027-06-30T00:00:00Z", justification="why [rbacgen:p]")
    (instance,) = pim.role_eligibility_schedule_instances.list_for_scope(S)
    (found,) = pim.role_eligibility_schedules.list_for_scope(S)
    (request,) = pim.role_eligibility_schedule_requests.list_for_scope(S)
    assert instance.role_eligibility_schedule_id == found.id == schedule
    assert found.role_eligibility_schedule_request_id == request.id
    assert request.target_role_eligibility_schedule_id == found.name
    assert (instance.member_type, instance.status, request.request_type) == ("Direct", "Provisioned", "AdminAssign")
    assert instance.end_date_time.isoformat() == "2027-06-30T00:00:00+00:00"
    assert request.justification == "why [rbacgen:p]"
    assert request.schedule_info.expiration.end_date_time == instance.end_date_time
    decoded = instance.expanded_properties
    assert (decoded.scope.display_name, decoded.scope.type) == ("dev", "subscription")
    assert (decoded.role_definition.display_name, decoded.role_definition.type) == ("Contributor", "BuiltInRole")
    assert (decoded.principal.display_name, decoded.principal.type) == ("grp-team", "Group")


def test_eligibilities_above_and_below(tenant: Tenant, pim: Any) -> None:
    """Inherited access is listed as Inherited; requested for a member of a group, it is listed as Group."""
    tenant.eligible(MG, READER, TEAM)
    tenant.eligible(VAULT, READER, ANN)
    listed = pim.role_eligibility_schedule_instances.list_for_scope
    assert [(row.scope, row.member_type) for row in listed(S)] == [(MG, "Inherited"), (VAULT, "Direct")]
    assert [row.scope for row in listed(S, filter="atScope()")] == [MG]
    assert [row.member_type for row in listed(MG)] == ["Direct"]
    assert [(row.scope, row.member_type) for row in listed(S, filter=f"assignedTo('{ANN}')")] == [
        (MG, "Group"),
        (VAULT, "Direct"),
    ]
    assert [row.scope for row in listed(S, filter=f"(principalId eq '{ANN}')")] == [VAULT]
    assert list(listed(S, filter="asTarget()")) == []


def test_a_future_eligibility_and_a_forgotten_request(tenant: Tenant, pim: Any) -> None:
    """One that has not begun has no instance; requests are gone after 45 days (azurerm issue 24118)."""
    tenant.eligible(S, READER, ANN, start="2027-01-01T00:00:00Z", started=False, request_kept=False)
    assert list(pim.role_eligibility_schedule_instances.list_for_scope(S)) == []
    assert len(list(pim.role_eligibility_schedules.list_for_scope(S))) == 1
    assert list(pim.role_eligibility_schedule_requests.list_for_scope(S)) == []


def test_an_activation(tenant: Tenant, client: Any, pim: Any) -> None:
    """It is an ordinary role assignment of the one who activated, and PIM's instance names that and the eligibility."""
    eligibility = tenant.eligible(S, CONTRIBUTOR, TEAM)
    assignment = tenant.activate(eligibility, end="2026-11-24T17:00:00.377Z", by=ANN)
    row = client.role_assignments.get_by_id(assignment)
    assert (row.principal_id, row.principal_type, row.scope) == (ANN, "User", S)
    rows = list(pim.role_assignment_schedule_instances.list_for_scope(S))
    (instance,) = [one for one in rows if one.assignment_type == "Activated"]
    assert instance.origin_role_assignment_id == assignment
    assert instance.name == row.name
    assert instance.role_assignment_schedule_id.rpartition("/")[2] != row.name
    assert instance.linked_role_eligibility_schedule_id == eligibility
    assert instance.member_type == "Group"
    assert instance.end_date_time.microsecond == 377_000
    (request,) = pim.role_assignment_schedule_requests.list_for_scope(S)
    assert request.request_type == "SelfActivate"


def test_pim_tells_of_every_assignment(tenant: Tenant, client: Any, pim: Any) -> None:
    """One made without PIM has a schedule under its own name, no end and no request; one made by PIM has both."""
    tenant.active(RG, CONTRIBUTOR, DEPLOY, end="2027-01-01T00:00:00Z", justification="for a while")
    rows = list(pim.role_assignment_schedule_instances.list_for_scope(S))
    assert {row.origin_role_assignment_id for row in rows} == {
        row.id for row in client.role_assignments.list_for_subscription()
    }
    assert {row.assignment_type for row in rows} == {"Assigned"}
    plain = [one for one in rows if one.role_assignment_schedule_id.endswith(one.origin_role_assignment_id[-36:])]
    assert len(plain) == len(rows) - 1
    assert {row.end_date_time for row in plain} == {None}
    (made,) = [row for row in rows if row.end_date_time]
    assert (made.scope, made.principal_id) == (RG, DEPLOY)
    (request,) = pim.role_assignment_schedule_requests.list_for_scope(S)
    assert request.justification == "for a while"
    assert len(list(pim.role_assignment_schedules.list_for_scope(S))) == len(rows)


@pytest.mark.parametrize("scope", [S, RG, VAULT])
def test_pim_tells_of_one_principal(tenant: Tenant, pim: Any, scope: str) -> None:
    """What it has at, above and below the scope, as the documentation has it; not what it has through a group."""
    tenant.active(VAULT, CONTRIBUTOR, TEAM, end="2027-01-01T00:00:00Z")
    tenant.activate(tenant.eligible(S, CONTRIBUTOR, TEAM), end="2026-11-24T17:00:00Z", by=ANN)
    pim_list = pim.role_assignment_schedule_instances.list_for_scope
    assert sorted(row.scope for row in pim_list(scope, filter=f"principalId eq '{TEAM}'")) == sorted([MG, S, VAULT])
    found = [(row.scope, row.assignment_type) for row in pim_list(scope, filter=f"principalId eq '{ANN}'")]
    assert sorted(found) == sorted([(RG, "Assigned"), (S, "Activated")])
    assert list(pim_list(scope, filter=f"principalId eq '{MISSING}'")) == []


def test_without_a_licence(tenant: Tenant, client: Any, pim: Any) -> None:
    """400 AadPremiumLicenseRequired for all of PIM; role assignments are as ever."""
    tenant.p2 = False
    for group in (pim.role_eligibility_schedule_instances, pim.role_assignment_schedule_instances):
        with pytest.raises(HttpResponseError) as refused:
            list(group.list_for_scope(S))
        assert refused.value.status_code == 400
        assert "(AadPremiumLicenseRequired)" in refused.value.message
    assert len(list(client.role_assignments.list_for_subscription())) == 6


@pytest.mark.parametrize("what", ["eligibility", "activations"])
def test_pim_that_may_not_be_read(tenant: Tenant, pim: Any, what: Any) -> None:
    """Each part can be kept from the caller by itself."""
    tenant.forbid(S, what)
    refused, free = pim.role_eligibility_schedule_instances, pim.role_assignment_schedule_instances
    if what == "activations":
        refused, free = free, refused
    with pytest.raises(HttpResponseError, match="AuthorizationFailed"):
        list(refused.list_for_scope(S))
    list(free.list_for_scope(S))


# Deny assignments


def test_deny_assignments(tenant: Tenant, client: Any) -> None:
    """They are listed above, at and below, with the excluded principals; by name too."""
    made = tenant.deny(RG, ["*/delete"], excluded=[DEPLOY], title="stack", only_at_scope=True)
    tenant.deny(MG, title="higher", principals=[ANN])
    rows = {row.deny_assignment_name: row for row in client.deny_assignments.list_for_scope(S)}
    assert set(rows) == {"stack", "higher"}
    stack = rows["stack"]
    assert (stack.id, stack.do_not_apply_to_child_scopes, stack.is_system_protected) == (made, True, True)
    assert stack.permissions[0].actions == ["*/delete"]
    assert [(one.id, one.type) for one in stack.principals] == [
        ("00000000-0000-0000-0000-000000000000", "SystemDefined")
    ]
    assert [one.id for one in stack.exclude_principals] == [DEPLOY]
    (named,) = client.deny_assignments.list_for_scope(S, filter="denyAssignmentName eq 'higher'")
    assert named.scope == MG
    assert [row.scope for row in client.deny_assignments.list_for_scope(S, filter=f"principalId eq '{ANN}'")] == [MG]


# Places


def test_places(plain: Plain) -> None:
    """A subscription, a management group, a resource group and a resource are decoded in their own spelling."""
    assert plain.arm(S.upper().replace("/SUBSCRIPTIONS", "/subscriptions"), version="2022-12-01")[1]["id"] == S
    group = plain.arm(MG.lower(), version="2020-05-01")[1]
    assert (group["id"], group["properties"]["details"]["parent"]["id"]) == (MG, TOP)
    assert plain.arm(RG.lower(), version="2021-04-01")[1]["id"] == RG
    assert plain.arm(VAULT.lower(), version="2023-07-01")[1]["id"] == VAULT
    assert [row["name"] for row in plain.arm(f"{S}/resourcegroups", version="2021-04-01")[1]["value"]] == ["RG-App"]
    tenants = plain.arm("/tenants", version="2022-12-01")[1]["value"]
    assert [row["tenantId"] for row in tenants] == [plain.azure.tenant.id]
    every = plain.arm("/providers/Microsoft.Management/managementGroups", version="2020-05-01")[1]["value"]
    assert [row["name"] for row in every] == ["mg-top", "mg-a"]


def test_resource_lists_spell_the_group_as_they_like(tenant: Tenant, plain: Plain) -> None:
    """The ids of a list differ in the letter case of the group's name (azurerm issue 24434)."""
    storage = tenant.resource(f"{RG}/providers/Microsoft.Storage/storageAccounts/sta")
    _, decoded = plain.arm(f"{RG}/resources", version="2021-04-01")
    ids = [row["id"] for row in decoded["value"]]
    assert ids == [VAULT.replace("RG-App", "RG-APP"), storage]
    _, decoded = plain.arm(
        f"{RG}/resources",
        version="2021-04-01",
        filter="resourceType eq 'Microsoft.Storage/storageAccounts' and name eq 'STA'",
    )
    assert [row["id"] for row in decoded["value"]] == [storage]
    assert plain.code(f"{RG}/resources", version="2021-04-01", filter="x")[0] == 400
    assert plain.code(f"{RG}/resources", version="2021-04-01", filter="colour eq 'red'")[0] == 400


def test_resource_providers(tenant: Tenant, plain: Plain) -> None:
    """A provider tells its types and their versions; what is not listed can be read by its id."""
    secret = tenant.resource(f"{VAULT}/secrets/one", listed=False)
    assert [row["name"] for row in plain.arm(f"{RG}/resources", version="2021-04-01")[1]["value"]] == ["kv-a"]
    _, decoded = plain.arm(f"{S}/providers/microsoft.keyvault", version="2021-04-01")
    assert decoded["namespace"] == "Microsoft.KeyVault"
    types = {row["resourceType"]: row["apiVersions"] for row in decoded["resourceTypes"]}
    assert set(types) == {"vaults", "vaults/secrets"}
    assert (
        plain.arm("/providers/microsoft.keyvault", version="2021-04-01")[1]["resourceTypes"] == decoded["resourceTypes"]
    )
    assert plain.arm(secret, version=types["vaults"][-1])[1]["name"] == "kv-a/one"
    assert plain.code(f"{S}/providers/nobody", version="2021-04-01") == (404, "InvalidResourceNamespace")
    assert plain.code(secret, version="2021-04-01") == (400, "NoRegisteredProviderFound")
    assert [row["name"] for row in plain.arm(f"{VAULT}/secrets", version="2024-01-01")[1]["value"]] == ["one"]
    tenant.forbid(S)
    tenant.allow(RG)
    assert plain.code(f"{S}/providers/microsoft.keyvault", version="2021-04-01") == (403, "AuthorizationFailed")


def test_what_a_provider_does_not_tell(tenant: Tenant, plain: Plain) -> None:
    """Of containers it names no versions, and they are asked in those of their account (arm-ttk issue 603)."""
    tenant.resource(f"{RG}/providers/Microsoft.Storage/storageAccounts/sta")
    container = f"{RG}/providers/Microsoft.Storage/storageAccounts/sta/blobServices/default/containers/raw"
    tenant.resource(container, listed=False)
    decoded = plain.arm(f"{S}/providers/Microsoft.Storage", version="2021-04-01")[1]["resourceTypes"]
    assert [row["resourceType"] for row in decoded] == ["storageAccounts"]
    assert (
        plain.arm(container.upper().replace(S.upper(), S), version=decoded[0]["apiVersions"][0])[1]["id"] == container
    )


def test_managed_identities(tenant: Tenant, plain: Plain) -> None:
    """One of its own is a resource; the system's is found below its resource, and is in the directory as well."""
    own = f"{RG}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-a"
    tenant.identity(own, "77777777-0000-4000-8000-000000000001", client_id="77777777-0000-4000-8000-0000000000c1")
    tenant.identity(VAULT, "77777777-0000-4000-8000-000000000002")
    decoded = plain.arm(own, version="2023-01-31")[1]["properties"]
    assert decoded["principalId"] == "77777777-0000-4000-8000-000000000001"
    assert decoded["clientId"] == "77777777-0000-4000-8000-0000000000c1"
    default = "/providers/Microsoft.ManagedIdentity/identities/default"
    system = plain.arm(VAULT + default, version="2023-01-31")[1]
    assert system["properties"]["principalId"] == "77777777-0000-4000-8000-000000000002"
    assert plain.arm(VAULT, version="2023-07-01")[1]["identity"]["type"] == "SystemAssigned"
    assert plain.code(own + default, version="2023-01-31")[0] == 404
    found = plain.graph("/servicePrincipals/77777777-0000-4000-8000-000000000001")[1]
    assert found["servicePrincipalType"] == "ManagedIdentity"
    assert own in found["alternativeNames"]


def test_metadata(azure: StandIn, plain: Plain) -> None:
    """The endpoints are this server's, in one object since 2022-09-01 and in a list before."""
    _, _, decoded = plain.send(
        f"{azure.endpoint}/metadata/endpoints?api-version=2022-09-01", headers=plain.bearer(azure.endpoint)
    )
    assert decoded["authentication"]["loginEndpoint"] == decoded["resourceManager"] == azure.endpoint
    assert isinstance(plain.arm("/metadata/endpoints", version="2019-05-01")[1], list)


# What writes


def body(oid: str = ANN, role: str = READER, **more: Any) -> dict[str, Any]:
    """The body of a PUT."""
    definition = f"{S}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    return {"properties": {"roleDefinitionId": definition, "principalId": oid, **more}}


def test_put_and_delete(plain: Plain) -> None:
    """A new assignment is 201 and has no maker in the answer; the same name again changes it; gone is 200, then 204."""
    path = f"{S}/{ASSIGNMENTS}/{MISSING}"
    status, decoded = plain.arm(path, "PUT", body(description="one"))
    assert (status, decoded["properties"]["createdBy"], decoded["properties"]["description"]) == (201, None, "one")
    status, decoded = plain.arm(path, "PUT", body(description="two"))
    assert (status, decoded["properties"]["description"]) == (200, "two")
    assert plain.arm(path)[1]["properties"]["description"] == "two"
    assert plain.arm(path, "DELETE")[0] == 200
    assert plain.arm(path, "DELETE") == (204, "")
    assert plain.code(path) == (404, "RoleAssignmentNotFound")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("not-a-guid", body(), (400, "InvalidRoleAssignmentId")),
        (MISSING, {}, (400, "InvalidRequestContent")),
        (MISSING, body(oid=MISSING), (400, "PrincipalNotFound")),
        (MISSING, body(oid=GONE), (400, "PrincipalNotFound")),
        (MISSING, body(role=MISSING), (404, "RoleDefinitionDoesNotExist")),
        (MISSING, body(principalType="Group"), (400, "UnmatchedPrincipalType")),
        (MISSING, body(oid=TEAM, role=CONTRIBUTOR), (409, "RoleAssignmentExists")),
    ],
)
def test_put_refusals(plain: Plain, name: str, content: Any, expected: tuple[int, str]) -> None:
    """Names that are no GUIDs, unknown principals and roles, and what is there already under another name."""
    assert plain.code(f"{S}/{ASSIGNMENTS}/{name}", "PUT", content) == expected


def test_a_name_is_good_for_one_assignment(tenant: Tenant, plain: Plain) -> None:
    """Principal, role and scope of a name can't change, not even at another scope (a name is unique in the tenant)."""
    name = tenant.assign(S, READER, ANN).rpartition("/")[2]
    for path, content in ((S, body(oid=BOB)), (S, body(role=CONTRIBUTOR)), (RG, body())):
        assert plain.code(f"{path}/{ASSIGNMENTS}/{name}", "PUT", content) == (400, "RoleAssignmentUpdateNotPermitted")


def test_the_sdk_sees_a_conflict(client: Any) -> None:
    """409 comes to the SDK as ResourceExistsError."""
    with pytest.raises(ResourceExistsError, match="RoleAssignmentExists"):
        client.role_assignments.create(
            S,
            MISSING,
            RoleAssignmentCreateParameters(
                role_definition_id=f"{S}/providers/Microsoft.Authorization/roleDefinitions/{CONTRIBUTOR}",
                principal_id=TEAM,
                principal_type="Group",
            ),
        )


def test_nothing_else_writes(plain: Plain) -> None:
    """Other collections and places take no PUT."""
    instances = "providers/Microsoft.Authorization/roleEligibilityScheduleRequests"
    assert plain.arm(f"{S}/{instances}/{MISSING}", "PUT", {}, version=PIM)[0] == 405
    assert plain.arm(RG, "DELETE", version="2021-04-01")[0] == 405


# Graph


def test_get_by_ids(plain: Plain) -> None:
    """Types and names of those that are there; a deleted one and an unknown one are simply absent."""
    _, decoded = plain.graph("/directoryObjects/getByIds", "POST", {"ids": [ANN, TEAM, DEPLOY, GONE, MISSING, ANN]})
    assert {row["id"]: row["@odata.type"] for row in decoded["value"]} == {
        ANN: "#microsoft.graph.user",
        TEAM: "#microsoft.graph.group",
        DEPLOY: "#microsoft.graph.servicePrincipal",
    }
    _, decoded = plain.graph(
        "/directoryObjects/getByIds", "POST", {"ids": [ANN, TEAM], "types": ["group"]}, select="id,displayName"
    )
    assert decoded["value"] == [{"@odata.type": "#microsoft.graph.group", "id": TEAM, "displayName": "grp-team"}]


@pytest.mark.parametrize("content", [{"ids": []}, {"ids": [MISSING] * 1001}, {"ids": ["x"]}, {}, "nonsense"])
def test_get_by_ids_refuses(plain: Plain, content: Any) -> None:
    """A thousand ids at most, one at least, and GUIDs."""
    assert plain.graph("/directoryObjects/getByIds", "POST", content)[0] == 400


def test_a_deleted_principal_is_in_the_bin(tenant: Tenant, plain: Plain) -> None:
    """Soft-deleted ones are found in deletedItems alone, those gone for good nowhere."""
    assert plain.graph(f"/directory/deletedItems/{GONE}")[1]["id"] == GONE
    assert plain.graph(f"/directoryObjects/{GONE}")[1]["error"]["code"] == "Request_ResourceNotFound"
    assert plain.graph(f"/directory/deletedItems/{ANN}")[0] == 404
    tenant.delete(ANN, soft=False)
    assert plain.graph(f"/directory/deletedItems/{ANN}")[0] == plain.graph(f"/users/{ANN}")[0] == 404


@pytest.mark.parametrize(
    ("path", "filter_", "expected"),
    [
        ("/groups", "displayName eq 'GRP-TEAM'", [TEAM]),
        ("/users", "displayName eq 'Ann O''Brien'", [ANN]),
        ("/users", "userPrincipalName eq 'ann@contoso.example'", [ANN]),
        ("/users", "mail eq 'ann.obrien@contoso.example'", [ANN]),
        ("/users", "mail eq 'nobody@contoso.example'", []),
        ("/users", "displayName in ('Ann O''Brien', 'Bob Guest')", [ANN, BOB]),
        ("/servicePrincipals", "appId eq '55555555-5555-4555-8555-555555555555'", [DEPLOY]),
        ("/servicePrincipals", "displayName eq 'sp-deploy' and servicePrincipalType eq 'Application'", [DEPLOY]),
        ("/servicePrincipals", "displayName eq 'sp-deploy' and servicePrincipalType eq 'ManagedIdentity'", []),
        ("/groups", "displayName eq 'grp-team' and securityEnabled eq true", [TEAM]),
        ("/groups", "startswith(displayName,'GRP-T')", [TEAM]),
        ("/groups", "startswith(displayName,'team')", []),
        ("/users", "startswith(displayName, 'ann o''b') and userType eq 'Member'", [ANN]),
        ("/users", "startswith(userPrincipalName,'ann@')", [ANN]),
    ],
)
def test_searches(plain: Plain, path: str, filter_: str, expected: list[str]) -> None:
    """Names are compared without case; a quote in a name is doubled."""
    _, decoded = plain.graph(path, filter=filter_, select="id,displayName")
    assert [row["id"] for row in decoded["value"]] == expected
    assert all(set(row) == {"@odata.type", "id", "displayName"} for row in decoded["value"])


@pytest.mark.parametrize(
    "filter_", ["displayName eq 'O'Brien'", "colour eq 'red'", "displayName eq Ann", "startswith(userType,'M')"]
)
def test_searches_that_graph_refuses(plain: Plain, filter_: str) -> None:
    """A quote that is not doubled breaks the filter (that is how azurerm's neighbour azuread fails for O'Brien)."""
    assert plain.graph("/users", filter=filter_)[0] == 400


def test_users_by_name(plain: Plain) -> None:
    """A guest's name holds #, which must be encoded; who is no user is not found among them."""
    guest = quote("bob_fabrikam.example#EXT#@contoso.example")
    decoded = plain.graph(f"/users/{guest}", select="id,userType")[1]
    assert (decoded["id"], decoded["userType"]) == (BOB, "Guest")
    assert plain.graph("/users/nobody@contoso.example")[0] == plain.graph(f"/users/{TEAM}")[0] == 404
    assert plain.graph("/servicePrincipals(appId='55555555-5555-4555-8555-555555555555')")[1]["id"] == DEPLOY


def test_graph_pages(azure: StandIn, plain: Plain) -> None:
    """$top pages a list, by an absolute link of Graph's own form."""
    _, decoded = plain.graph("/users", top="1", select="id")
    link = decoded["@odata.nextLink"]
    assert link.startswith(f"{azure.graph}/v1.0/users?")
    _, _, rest = plain.send(link, headers=plain.bearer(azure.graph))
    assert [row["id"] for row in decoded["value"] + rest["value"]] == [ANN, BOB]
    assert "@odata.nextLink" not in rest
    assert plain.graph("/users", top="1000")[0] == 400


def test_members(tenant: Tenant, plain: Plain) -> None:
    """Transitive members are those of groups in groups too; a cast takes one kind.

    A list leaves service principals out, unless the directory's index is asked, which is all that answers a cast.
    """
    tenant.member(OUTER, DEPLOY)
    assert [row["id"] for row in plain.graph(f"/groups/{OUTER}/members")[1]["value"]] == [TEAM, BOB]
    everyone = plain.graph(f"/groups/{OUTER}/transitiveMembers")[1]["value"]
    assert {row["id"] for row in everyone} == {TEAM, ANN, BOB}
    assert plain.graph(f"/groups/{OUTER}/transitiveMembers/microsoft.graph.user")[0] == 400
    headers = {**plain.bearer(plain.azure.graph), "ConsistencyLevel": "eventual"}

    def by_index(path: str) -> list[dict[str, str]]:
        address = f"{plain.azure.graph}/v1.0/groups/{OUTER}/{path}?$count=true&$select=id"
        rows: list[dict[str, str]] = plain.send(address, headers=headers)[2]["value"]
        return rows

    assert by_index("transitiveMembers/microsoft.graph.user") == [{"id": BOB}, {"id": ANN}]
    assert by_index("members/microsoft.graph.servicePrincipal") == [{"id": DEPLOY}]
    assert {row["id"] for row in by_index("members")} == {TEAM, BOB, DEPLOY}
    assert [row["id"] for row in plain.graph(f"/users/{ANN}/transitiveMemberOf")[1]["value"]] == [TEAM, OUTER]


def test_groups_in_a_circle(tenant: Tenant, plain: Plain) -> None:
    """Two groups that hold each other have an end all the same."""
    tenant.member(TEAM, OUTER)
    everyone = plain.graph(f"/groups/{OUTER}/transitiveMembers")[1]["value"]
    assert {row["id"] for row in everyone} == {TEAM, ANN, BOB, OUTER}


def test_batches(azure: StandIn, plain: Plain) -> None:
    """Up to twenty parts, each answered by itself, in any order; a throttled part says so with its own header."""
    azure.fault(Fault(service="graph", path=f"/users/{BOB}", status=429, retry_after=7, times=1))
    desired = [f"/users/{ANN}", f"/users/{MISSING}", f"/users/{BOB}"]
    parts = [{"id": str(number), "method": "GET", "url": url} for number, url in enumerate(desired)]
    _, decoded = plain.graph("/$batch", "POST", {"requests": parts})
    answers = {part["id"]: part for part in decoded["responses"]}
    assert {number: part["status"] for number, part in answers.items()} == {"0": 200, "1": 404, "2": 429}
    assert answers["0"]["body"]["id"] == ANN
    assert answers["2"]["headers"]["Retry-After"] == "7"
    assert [seen.status for seen in azure.requests if seen.batched] == [200, 404, 429]
    many = [{"id": str(number), "method": "GET", "url": "/users"} for number in range(21)]
    assert plain.graph("/$batch", "POST", {"requests": many})[0] == 400


def test_graph_without_permission(tenant: Tenant, plain: Plain) -> None:
    """`none` refuses everything; `basic` gives ids and types with nulls; a kind can be refused by itself."""
    tenant.graph_permission = "none"
    for path in ("/users", f"/directoryObjects/{ANN}", f"/directory/deletedItems/{GONE}"):
        status, decoded = plain.graph(path)
        assert (status, decoded["error"]["code"]) == (403, "Authorization_RequestDenied")
    assert plain.graph("/directoryObjects/getByIds", "POST", {"ids": [ANN]})[0] == 403
    tenant.graph_permission = "basic"
    _, decoded = plain.graph("/directoryObjects/getByIds", "POST", {"ids": [ANN]}, select="id,displayName")
    assert decoded["value"] == [{"@odata.type": "#microsoft.graph.user", "id": ANN, "displayName": None}]
    tenant.graph_permission = {"User": "none"}
    _, decoded = plain.graph("/directoryObjects/getByIds", "POST", {"ids": [ANN, TEAM]})
    assert [row["id"] for row in decoded["value"]] == [TEAM]
    assert (plain.graph("/users")[0], plain.graph("/groups")[0]) == (403, 200)


def test_graph_knows_no_more(plain: Plain) -> None:
    """Paths and methods that this Graph lacks are refused."""
    assert plain.graph("/devices")[0] == 400
    assert plain.graph(f"/users/{ANN}/photo")[0] == 400
    assert plain.graph(f"/users/{ANN}", "DELETE")[0] == 405
    assert plain.graph("/groups/x")[1]["error"]["code"] == "Request_BadRequest"


# Faults


def test_a_status_with_its_words(azure: StandIn, client: Any) -> None:
    """A fault answers with status, code and message, as often as it is configured to, and is gone when healed."""
    azure.fault(Fault(collection="roleAssignments", status=503, code="ServerBusy", message="busy", times=1))
    with pytest.raises(HttpResponseError, match="ServerBusy") as refused:
        list(client.role_assignments.list_for_subscription())
    assert refused.value.status_code == 503
    assert len(list(client.role_assignments.list_for_subscription())) == 6
    azure.fault(Fault(service="arm", status=500))
    for _ in range(2):
        with pytest.raises(HttpResponseError):
            list(client.role_assignments.list_for_subscription())
    azure.heal()
    assert len(list(client.role_assignments.list_for_subscription())) == 6
    assert [seen.status for seen in azure.asked("arm")] == [503, 200, 500, 500, 200]


def test_throttling_says_when_to_come_back(azure: StandIn, credential: ClientSecretCredential, plain: Plain) -> None:
    """Retry-After in seconds or milliseconds; the real SDK waits as long and gets through."""
    azure.fault(Fault(collection="roleAssignments", status=429, retry_after_ms=1, times=2))
    patient = pinned(v2022_04_01, azure, credential, retry_total=5)
    assert len(list(patient.role_assignments.list_for_subscription())) == 6
    assert [seen.status for seen in azure.asked("arm")] == [429, 429, 200]
    azure.fault(Fault(status=429, retry_after=3))
    _, headers, decoded = plain.send(f"{azure.endpoint}{S}?api-version=2022-12-01")
    assert (headers["retry-after"], decoded["error"]["code"]) == ("3", "TooManyRequests")


def test_throttling_in_html(azure: StandIn, plain: Plain) -> None:
    """PIM throttles with a page of HTML (azurerm issue 31893)."""
    azure.fault(Fault(path="ScheduleInstances", status=429, body="<html>busy</html>", retry_after=10))
    path = f"{S}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances"
    status, headers, decoded = plain.send(f"{azure.endpoint}{path}?api-version={PIM}")
    assert (status, headers["content-type"], decoded) == (429, "text/html", "<html>busy</html>")


def test_which_requests_a_fault_meets(azure: StandIn, plain: Plain) -> None:
    """The nth alone, after some, of one scope, of one page, of one method, of one query."""
    azure.fault(
        Fault(service="arm", scope=f"{S}/", nth=2, status=500),
        Fault(service="arm", scope=MG.lower(), after=1, times=1, status=502),
        Fault(query=r"filter=assignedTo", status=504),
        Fault(method="DELETE", status=418),
    )
    path = f"{S}/{ASSIGNMENTS}"
    assert [plain.arm(path)[0] for _ in range(3)] == [200, 500, 200]
    assert [plain.arm(f"{MG}/{ASSIGNMENTS}")[0] for _ in range(3)] == [200, 502, 200]
    assert plain.arm(f"{RG}/{ASSIGNMENTS}", filter=f"assignedTo('{ANN}')")[0] == 504
    assert plain.arm(f"{RG}/{ASSIGNMENTS}/{MISSING}", "DELETE")[0] == 418
    assert plain.arm(f"{RG}/{ASSIGNMENTS}")[0] == 200


def test_a_page_that_fails(tenant: Tenant) -> None:
    """A fault can wait for a page in the middle of a list."""
    with StandIn(tenant, page=2) as azure:
        azure.fault(Fault(collection="roleAssignments", page=2, status=500))
        plain = Plain(azure)
        status, decoded = plain.arm(f"{S}/{ASSIGNMENTS}")
        assert (status, len(decoded["value"])) == (200, 2)
        assert plain.send(decoded["nextLink"], headers=plain.bearer(azure.endpoint))[0] == 500


def test_connections_that_drop(azure: StandIn, client: Any, plain: Plain) -> None:
    """Before the answer, and in the middle of its body; the next request is answered again."""
    azure.fault(Fault(service="arm", drop="before", times=1))
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError, ssl.SSLError)):
        plain.arm(f"{S}/{ASSIGNMENTS}")
    assert azure.asked("arm")[-1].status == 0
    azure.fault(Fault(service="arm", drop="middle", times=1))
    with pytest.raises((http.client.IncompleteRead, ConnectionError, ssl.SSLError)):
        plain.arm(f"{S}/{ASSIGNMENTS}")
    azure.fault(Fault(service="arm", drop="middle", times=1))
    with pytest.raises((ServiceResponseError, HttpResponseError)):
        list(client.role_assignments.list_for_subscription())
    assert len(list(client.role_assignments.list_for_subscription())) == 6


@pytest.mark.parametrize("repeat", ["itself", "first"])
def test_pages_that_lead_in_a_circle(tenant: Tenant, repeat: Any) -> None:
    """The link of the second page leads to it again, or to the first."""
    with StandIn(tenant, page=2) as azure:
        azure.fault(Fault(collection="roleAssignments", page=2, repeat=repeat))
        plain = Plain(azure)
        address = f"{azure.endpoint}{S}/{ASSIGNMENTS}?api-version={VERSION}"
        seen = []
        for _ in range(4):
            _, _, decoded = plain.send(address, headers=plain.bearer(azure.endpoint))
            seen.append(decoded["value"][0]["id"])
            address = decoded["nextLink"]
        assert len(set(seen)) == 2
        assert (seen[1] == seen[2]) == (repeat == "itself")


def test_an_empty_page_is_not_the_end(tenant: Tenant, azure: StandIn, client: Any) -> None:
    """An empty page with a link to what comes next is followed, and nothing is lost."""
    azure.fault(Fault(collection="roleAssignments", empty=True, times=1))
    assert len(list(client.role_assignments.list_for_subscription())) == 6
    assert len(azure.asked("arm")) == 2


def test_bodies_that_are_no_json(azure: StandIn, plain: Plain) -> None:
    """JSON that ends too early, and a page of HTML with status 200."""
    azure.fault(Fault(service="arm", malformed=True, times=1))
    with pytest.raises(json.JSONDecodeError):
        plain.arm(f"{S}/{ASSIGNMENTS}")
    azure.heal()
    azure.fault(Fault(service="arm", body="<html>sign in</html>", content_type="text/html"))
    assert plain.arm(f"{S}/{ASSIGNMENTS}") == (200, "<html>sign in</html>")


def test_latency(azure: StandIn, plain: Plain) -> None:
    """A slow answer outlasts an impatient client; stopping the stand-in does not wait for it."""
    plain.bearer(azure.endpoint)
    azure.fault(Fault(service="arm", latency=3600.0))
    thread = threading.Thread(target=lambda: plain_or_gone(plain))
    thread.start()
    azure.stop()
    thread.join(timeout=30)
    assert not thread.is_alive()


def plain_or_gone(plain: Plain) -> None:
    """One request whose answer, or the end of its connection, does not matter."""
    try:
        plain.arm(f"{S}/{ASSIGNMENTS}")
    except (OSError, http.client.HTTPException):
        return


def test_a_token_endpoint_that_fails(azure: StandIn, client: Any) -> None:
    """Without a token nothing reaches ARM."""
    azure.fault(Fault(service="entra", method="POST", status=401, code="invalid_client", message="AADSTS7000215: no"))
    with pytest.raises(ClientAuthenticationError):
        list(client.role_assignments.list_for_subscription())
    assert azure.asked("arm") == []


@pytest.mark.parametrize("renewable", [True, False])
def test_tokens_that_expire(azure: StandIn, plain: Plain, renewable: bool) -> None:
    """After so many requests they are refused with 401; Entra gives new ones, or refuses as well."""
    azure.expire_tokens(after=2, renewable=renewable)
    path = f"{S}/{ASSIGNMENTS}"
    assert [plain.arm(path)[0] for _ in range(3)] == [200, 200, 401]
    assert plain.code(path) == (401, "ExpiredAuthenticationToken")
    status, decoded = plain.token(azure.endpoint)
    if renewable:
        assert status == 200
        assert plain.arm(path)[0] == 401
        plain.tokens.clear()
        assert plain.arm(path)[0] == 200
    else:
        assert (status, decoded["error_codes"]) == (401, [7000222])
        assertion = {"client_secret": "", "client_assertion": "a.b.c", "client_assertion_type": "urn:x:jwt-bearer"}
        assert plain.token(azure.endpoint, **assertion)[1]["error_codes"] == [700024]


def test_short_tokens_are_fetched_for_every_request(tenant: Tenant) -> None:
    """A client asks for a new token where less than five minutes are left, and so meets an endpoint that refuses."""
    with StandIn(tenant, page=2, token_lifetime=60) as azure:
        azure.expire_tokens(after=2, renewable=False)
        credential = ClientSecretCredential(
            tenant.id,
            tenant.caller.client_id,
            tenant.caller.secret,
            authority=azure.authority,
            disable_instance_discovery=True,
            connection_verify=str(azure.ca),
        )
        rows = pinned(v2022_04_01, azure, credential).role_assignments.list_for_subscription()
        with pytest.raises(ClientAuthenticationError):
            list(rows)
        assert [seen.status for seen in azure.asked("arm")] == [200, 200]


# The server itself


def test_what_was_asked_holds_no_secret(azure: StandIn, client: Any) -> None:
    """Requests are kept with path, query and status, and the secret is nowhere in them."""
    list(client.role_assignments.list_for_scope(MG, filter="atScope()"))
    assert [seen.service for seen in azure.requests] == ["entra", "entra", "arm"]
    last = azure.requests[-1]
    assert (last.method, last.path, last.status) == ("GET", f"{MG}/{ASSIGNMENTS}", 200)
    assert last.query == {"$filter": "atScope()", "api-version": VERSION}
    assert "azsdk-python" in last.user_agent
    assert azure.tenant.caller.secret not in repr(azure.requests)


def test_connections_are_kept(azure: StandIn, plain: Plain) -> None:
    """One connection serves many requests, with errors between them; doubled slashes in a path are one."""
    headers = plain.bearer(azure.endpoint)
    split = urlsplit(azure.endpoint)
    assert split.hostname
    connection = http.client.HTTPSConnection(split.hostname, split.port, context=plain.context)
    connection.connect()
    socket = connection.sock
    for path, status in ((S, 200), (f"/{S}", 200), (f"/subscriptions/{MISSING}", 404), (S, 200)):
        connection.request("GET", f"{path}?api-version=2022-12-01", headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status
        assert connection.sock is socket
    connection.close()


def test_requests_side_by_side(azure: StandIn, plain: Plain) -> None:
    """Twenty at once are all answered."""
    headers = plain.bearer(azure.endpoint)
    answers: list[int] = []

    def ask() -> None:
        status, _, decoded = plain.send(f"{azure.endpoint}{S}/{ASSIGNMENTS}?api-version={VERSION}", headers=headers)
        answers.append(status + len(decoded["value"]))

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [206] * 20


def test_strangers_are_no_trouble(azure: StandIn, plain: Plain, capsys: pytest.CaptureFixture[str]) -> None:
    """A client that does not trust the certificate, and one that hangs up, leave no trace."""
    split = urlsplit(azure.endpoint)
    assert split.hostname
    strangers = (
        http.client.HTTPSConnection(split.hostname, split.port, timeout=5, context=ssl.create_default_context()),
        http.client.HTTPConnection(split.hostname, split.port, timeout=5),
    )
    for connection in strangers:
        with pytest.raises((OSError, http.client.HTTPException)):
            first_answer(connection)
        connection.close()
    assert plain.arm(S, version="2022-12-01")[0] == 200
    assert capsys.readouterr() == ("", "")


def first_answer(connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
    """The answer to one request."""
    connection.request("GET", "/")
    return connection.getresponse()


def test_the_tenant_is_alive(tenant: Tenant, client: Any) -> None:
    """What a test changes is there at the next request."""
    made = tenant.assign(S, READER, BOB)
    assert made in [row.id for row in client.role_assignments.list_for_subscription()]
    tenant.unassign(made)
    assert made not in [row.id for row in client.role_assignments.list_for_subscription()]


def test_places_come_to_be_with_what_is_assigned_there() -> None:
    """An assignment needs no places made before it, and keeps its spelling."""
    tenant = Tenant()
    tenant.assign(VAULT, READER, ANN)
    tenant.assign(MG, READER, ANN)
    assert tenant.groups[RG.lower()].id == RG
    assert tenant.find_resource(VAULT.upper()) is not None
    assert set(tenant.management_groups) == {"mg-a"}
    assert tenant.above(VAULT)[-1] == "/"


def test_the_deepest_rule_counts() -> None:
    """Of what is forbidden and allowed, the deepest rule counts, and of equal ones the last; borders are whole segments."""
    tenant = small()
    tenant.forbid(S)
    tenant.allow(RG, "assignments")
    assert not tenant.may_read(S, "assignments")
    assert tenant.may_read(VAULT, "assignments")
    assert not tenant.may_read(VAULT, "denials")
    assert not tenant.may_read(f"{RG}-two", "assignments")
    tenant.forbid(RG, "assignments")
    assert not tenant.may_read(VAULT, "assignments")
    tenant.forbid("/")
    assert tenant.may_read(MG, "assignments")


def test_for_a_person() -> None:
    """`python -m tests.fakes.azure` prints what a shell needs, and serves."""
    command = [sys.executable, "-m", "tests.fakes.azure", "--page", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout
        try:
            decoded: dict[str, str] = {}
            while "no_proxy" not in decoded:
                name, _, value = process.stdout.readline().removeprefix("export ").strip().partition("=")
                decoded[name] = value
            context = ssl.create_default_context(cafile=decoded["REQUESTS_CA_BUNDLE"])
            split = urlsplit(decoded["RBACGEN_ARM_ENDPOINT"])
            assert split.hostname
            connection = http.client.HTTPSConnection(split.hostname, split.port, context=context, timeout=20)
            connection.request("GET", "/subscriptions?api-version=2022-12-01")
            assert connection.getresponse().status == 401
            connection.close()
        finally:
            process.terminate()


def test_another_tenant_for_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    """`--tenant module:function` serves another tenant."""
    stop = threading.Event()
    stop.set()
    main(["--tenant", f"{__name__}:small"], stop)
    assert f"export AZURE_TENANT_ID={Tenant().id}" in capsys.readouterr().out
    assert len(list(demo().assignments.every())) == 4


# The words of its own


def test_filters() -> None:
    """Clauses joined by and, in any brackets, with quotes doubled."""
    assert clauses("atScope()") == (Clause("atScope", "call", ()),)
    assert clauses("(principalId eq 'a''b') and (atScope())") == (
        Clause("principalId", "eq", ("a'b",)),
        Clause("atScope", "call", ()),
    )
    assert clauses("name in ('a','b')") == (Clause("name", "in", ("a", "b")),)


@pytest.mark.parametrize(
    "text",
    ["", "a", "a eq", "(a eq 'b'", "a eq 'b')", "a eq 'b' or c eq 'd'", "a eq 'b' and", "'a' eq 'b'", "a gt 'b'"],
)
def test_filters_that_are_none(text: str) -> None:
    """What is cut off, unbalanced or of another grammar is refused."""
    with pytest.raises(FilterError):
        clauses(text)


@pytest.mark.parametrize(
    ("target", "service", "scope", "collection"),
    [
        (f"{S}/{ASSIGNMENTS}?api-version=1", "arm", S, "roleAssignments"),
        (f"//{ASSIGNMENTS}/x", "arm", "/", "roleAssignments"),
        ("/v1.0/users", "graph", "/v1.0/users", "users"),
        ("/abc/oauth2/v2.0/token", "entra", "/abc/oauth2/v2.0/token", "token"),
        (f"{VAULT}/providers/Microsoft.ManagedIdentity/identities/default", "arm", VAULT, "identities"),
    ],
)
def test_what_a_request_asks(target: str, service: str, scope: str, collection: str) -> None:
    """The service, the scope and the collection follow from the path."""
    request = Request.of("GET", target)
    assert (request.service, request.scope, request.collection) == (service, scope, collection)
