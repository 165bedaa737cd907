"""Entra's side: the metadata of the authority, and the tokens that it issues."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import msgspec

from tests.fakes.azure.messages import Answer, Json, Request
from tests.fakes.azure.tenant import Tenant

AUDIENCES = {
    "arm": frozenset({"https://management.azure.com", "https://management.core.windows.net"}),
    "graph": frozenset({"https://graph.microsoft.com"}),
}
"""The audiences of the public cloud that each service takes, beside its own address."""


@dataclass(slots=True)
class Expiry:
    """When tokens stop being good: after so many requests of ARM and Graph, and whether there are new ones then."""

    after: int
    renewable: bool


class Entra:
    """What Entra answers for a tenant; `issued` counts the tokens, for each audience."""

    def __init__(self, tenant: Tenant, own: dict[str, str], lifetime: int) -> None:
        self.tenant = tenant
        self.own = own
        self.lifetime = lifetime
        self.expiry: Expiry | None = None
        self.served = 0
        self.issued: list[str] = []
        self._good_from = 0

    def answer(self, request: Request) -> Answer:
        """The answer to discovery or to a request for a token."""
        named, _, rest = request.path.lstrip("/").partition("/")
        here = self.own["authority"]
        if rest.startswith("discovery/instance"):
            host = here.removeprefix("https://")
            return Answer(
                200,
                {
                    "tenant_discovery_endpoint": f"{here}/{self.tenant.id}/v2.0/.well-known/openid-configuration",
                    "api-version": "1.1",
                    "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
                },
            )
        if named.lower() not in (self.tenant.id.lower(), "common", "organizations"):
            return _refused(400, "invalid_tenant", 90002, f"Tenant '{named}' not found.")
        if rest.endswith(".well-known/openid-configuration"):
            return Answer(
                200,
                {
                    "token_endpoint": f"{here}/{self.tenant.id}/oauth2/v2.0/token",
                    "authorization_endpoint": f"{here}/{self.tenant.id}/oauth2/v2.0/authorize",
                    "device_authorization_endpoint": f"{here}/{self.tenant.id}/oauth2/v2.0/devicecode",
                    "issuer": f"{here}/{self.tenant.id}/v2.0",
                    "jwks_uri": f"{here}/{self.tenant.id}/discovery/v2.0/keys",
                    "response_types_supported": ["code", "token"],
                    "subject_types_supported": ["pairwise"],
                    "id_token_signing_alg_values_supported": ["RS256"],
                    "tenant_region_scope": "EU",
                },
            )
        if rest == "oauth2/v2.0/token" and request.method == "POST":
            return self._token(request)
        return _refused(404, "invalid_request", 900144, "The stand-in has no such endpoint.")

    def _token(self, request: Request) -> Answer:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        caller = self.tenant.caller
        if form.get("grant_type") != "client_credentials":
            return _refused(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
        if form.get("client_id") != caller.client_id:
            message = f"Application with identifier '{form.get('client_id')}' was not found in the directory."
            return _refused(400, "unauthorized_client", 700016, message)
        assertion = form.get("client_assertion")
        by_assertion = bool(assertion) and form.get("client_assertion_type", "").endswith(":jwt-bearer")
        if by_assertion and assertion and assertion.count(".") != 2:
            return _refused(401, "invalid_client", 50027, "JWT token is invalid or malformed.")
        if not by_assertion and form.get("client_secret") != caller.secret:
            message = "Invalid client secret provided. Ensure the secret being sent is the client secret value."
            return _refused(401, "invalid_client", 7000215, message)
        if self.expired and self.expiry and not self.expiry.renewable:
            if by_assertion:
                message = "Client assertion is not within its valid time range."
                return _refused(401, "invalid_client", 700024, message)
            return _refused(401, "invalid_client", 7000222, "The provided client secret keys are expired.")
        scope = form.get("scope", "").split(" ")[0]
        if not scope.endswith("/.default"):
            return _refused(400, "invalid_scope", 1002012, f"The provided value for scope {scope} is not valid.")
        audience = scope.removesuffix("/.default").rstrip("/")
        if self.expired:
            # New tokens are good again, and so many requests.
            self._good_from, self.served = len(self.issued), 0
        self.issued.append(audience)
        now = int(time.time())
        claims = {
            "aud": audience,
            "iss": f"https://sts.windows.net/{self.tenant.id}/",
            "iat": now,
            "nbf": now,
            "exp": now + self.lifetime,
            "appid": caller.client_id,
            "idtyp": "app",
            "oid": caller.object_id,
            "sub": caller.object_id,
            "tid": self.tenant.id,
            "ver": "1.0",
            "number": len(self.issued) - 1,
        }
        return Answer(
            200,
            {
                "token_type": "Bearer",
                "expires_in": self.lifetime,
                "ext_expires_in": self.lifetime,
                "access_token": f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}.c3RhbmQtaW4",
            },
        )

    @property
    def expired(self) -> bool:
        """Whether the tokens given out so far have seen all the requests that they are good for."""
        return self.expiry is not None and self.served >= self.expiry.after

    def refuse(self, request: Request) -> Answer | None:
        """The refusal of a request to ARM or Graph that comes without a good token; sets the request's claims."""
        given = request.headers.get("Authorization", "")
        graph = request.service == "graph"
        challenge = {"WWW-Authenticate": f'Bearer authorization_uri="{self.own["authority"]}/{self.tenant.id}"'}

        def unauthorized(code: str, message: str, error: str = "invalid_token") -> Answer:
            code = "InvalidAuthenticationToken" if graph else code
            headers = {"WWW-Authenticate": f'{challenge["WWW-Authenticate"]}, error="{error}"'}
            return Answer(401, {"error": {"code": code, "message": message}}, headers)

        if not given.startswith("Bearer "):
            message = "Authentication failed. The 'Authorization' header is missing."
            return unauthorized("AuthenticationFailed", message)
        try:
            claims: Json = msgspec.json.decode(_padded(given.removeprefix("Bearer ").split(".")[1]))
        except (IndexError, ValueError):
            return unauthorized("InvalidAuthenticationToken", "The access token is invalid.")
        own = self.own[request.service]
        if claims.get("aud") not in AUDIENCES[request.service] | {own}:
            message = f"The access token has been obtained for wrong audience or resource '{claims.get('aud')}'."
            return unauthorized("InvalidAuthenticationTokenAudience", message)
        if self.expired or claims.get("number", -1) < self._good_from or claims["exp"] < time.time():
            return unauthorized(
                "ExpiredAuthenticationToken",
                "The access token expiry UTC time '11/24/2026 8:55:46 AM' is earlier than current UTC time "
                "'11/24/2026 8:55:57 AM'.",
            )
        self.served += 1
        request.claims = claims
        return None


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(value)).decode().rstrip("=")


def _padded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _refused(status: int, error: str, number: int, message: str) -> Answer:
    return Answer(
        status,
        {
            "error": error,
            "error_description": f"AADSTS{number}: {message} Trace ID: 0 Correlation ID: 0 Timestamp: 2026-11-24 09:00:00Z",
            "error_codes": [number],
            "timestamp": "2026-11-24 09:00:00Z",
            "trace_id": "00000000-0000-4000-8000-000000000011",
            "correlation_id": "00000000-0000-4000-8000-000000000012",
        },
    )
