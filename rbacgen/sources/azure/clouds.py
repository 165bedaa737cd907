"""The clouds of Azure: the addresses of their Resource Manager, login and directory, and the audiences of tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from rbacgen.model.problems import RbacgenError

CLOUD = "RBACGEN_CLOUD"
ARM_ENDPOINT = "RBACGEN_ARM_ENDPOINT"
ARM_AUDIENCE = "RBACGEN_ARM_AUDIENCE"
GRAPH_ENDPOINT = "RBACGEN_GRAPH_ENDPOINT"
AUTHORITY_HOST = "AZURE_AUTHORITY_HOST"


class Cloud(Struct, frozen=True):
    """One cloud. All but the name are https addresses without a slash at the end.

    A token for Azure Resource Manager (`arm`) is requested for `audience`, one for the directory for `graph`; `graph` is empty
    where the cloud's directory is not known. `exchange` is the audience of the tokens that a pipeline exchanges for a login.
    """

    name: str
    arm: str
    audience: str
    authority: str
    graph: str
    exchange: str = "api://AzureADTokenExchange"

    @property
    def custom_authority(self) -> bool:
        """Whether the login is at none of Microsoft's own addresses, so that those cannot confirm it."""
        return self.authority not in _AUTHORITIES


# Endpoints as the SDK has them (azure-core `get_arm_endpoints`, azure-identity `AzureAuthorityHosts`); exchange audiences:
# https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity
KNOWN: Mapping[str, Cloud] = {
    cloud.name: cloud
    for cloud in (
        Cloud(
            "public",
            arm="https://management.azure.com",
            audience="https://management.azure.com",
            authority="https://login.microsoftonline.com",
            graph="https://graph.microsoft.com",
        ),
        Cloud(
            "usgovernment",
            arm="https://management.usgovcloudapi.net",
            audience="https://management.core.usgovcloudapi.net",
            authority="https://login.microsoftonline.us",
            graph="https://graph.microsoft.us",
            exchange="api://AzureADTokenExchangeUSGov",
        ),
        Cloud(
            "china",
            arm="https://management.chinacloudapi.cn",
            audience="https://management.chinacloudapi.cn",
            authority="https://login.chinacloudapi.cn",
            graph="https://microsoftgraph.chinacloudapi.cn",
            exchange="api://AzureADTokenExchangeChina",
        ),
    )
}
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
_AUTHORITIES = frozenset(cloud.authority for cloud in KNOWN.values())
# As the Azure CLI calls them.
_ALIASES = {"azurecloud": "public", "azureusgovernment": "usgovernment", "azurechinacloud": "china"}


def cloud_of(
    name: str | None = None,
    *,
    arm_endpoint: str | None = None,
    authority: str | None = None,
    graph_endpoint: str | None = None,
    audience: str | None = None,
    environment: Mapping[str, str],
) -> Cloud:
    """The cloud to read: what is given, else what the environment sets, else the public one.

    Where a cloud is named, the environment's addresses of other known clouds are ignored. An Azure Resource Manager at an
    address of its own is the audience of its own tokens unless another is given, so that a token of a public cloud never goes
    to another host; it has no directory unless one is given as well.

    Raises RbacgenError for an unknown cloud and for an address that is not https.
    """
    name = name or environment.get(CLOUD, "")

    def chosen(given: str | None, option: str, variable: str, known: frozenset[str]) -> str:
        if given:
            return _address(given, option)
        found = _address(environment.get(variable, ""), variable)
        return "" if name and found in known else found

    login = chosen(authority, "--authority", AUTHORITY_HOST, _AUTHORITIES)
    arm = chosen(arm_endpoint, "--arm-endpoint", ARM_ENDPOINT, frozenset(each.arm for each in KNOWN.values()))
    graph = chosen(graph_endpoint, "--graph-endpoint", GRAPH_ENDPOINT, frozenset(each.graph for each in KNOWN.values()))
    token_for = chosen(audience, "the audience", ARM_AUDIENCE, frozenset())
    cloud = _named(name, login, arm)
    own = bool(arm) and arm != cloud.arm
    return Cloud(
        "custom" if own else cloud.name,
        arm=arm or cloud.arm,
        audience=token_for or (arm if own else cloud.audience),
        authority=login or cloud.authority,
        graph=graph or ("" if own else cloud.graph),
        exchange=cloud.exchange,
    )


def _named(name: str, authority: str, arm: str) -> Cloud:
    """The known cloud of this name; without a name the one with this Resource Manager, else with this login, else the public one."""
    if name:
        folded = name.strip().lower()
        found = KNOWN.get(_ALIASES.get(folded, folded))
        if found is None:
            raise RbacgenError(
                f"unknown cloud `{name}`",
                f"use one of {', '.join(KNOWN)}, or give the address of another with --arm-endpoint",
            )
        return found
    with_arm = [cloud for cloud in KNOWN.values() if arm == cloud.arm]
    with_authority = [cloud for cloud in KNOWN.values() if authority == cloud.authority]
    return (with_arm or with_authority or [KNOWN["public"]])[0]


def _address(text: str, where: str) -> str:
    """An https address without a slash at the end. A host alone is accepted too, since azure-identity accepts one."""
    text = text.strip()
    if not text:
        return ""
    if "://" not in text:
        text = f"https://{text}"
    parts = _parts(text, where)
    if parts.scheme.lower() == "http":
        raise RbacgenError(
            f"{where} is an http:// address, over which a login token could be intercepted",
            "use an address that begins with https://",
        )
    host = parts.netloc.lower() if parts.port is None else parts.netloc.lower().rpartition(":")[0]
    if parts.scheme.lower() != "https" or not _HOST.fullmatch(host) or parts.query or parts.fragment:
        raise _no_address(where)
    return f"https://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def _parts(text: str, where: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises ValueError where it is not a number
    except ValueError:
        raise _no_address(where) from None
    return parts


def _no_address(where: str) -> RbacgenError:
    return RbacgenError(f"{where} is not the address of a service", "use one like https://management.azure.com")
