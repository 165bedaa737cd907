"""Why Azure did not answer: failures in our own words, each with what to do about it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from rbacgen.model.problems import RbacgenError

TRY_AGAIN = "try again; if the error stays, the answer does not come from Azure's own service"
_CODE = re.compile(r"[A-Za-z0-9_.]{1,80}\Z")


class ReadError(RbacgenError):
    """Azure did not return what was requested.

    `status` is the HTTP status (0 where no answer came) and `code` is Azure's own code; both may be empty. The message is in
    our words, because Azure's messages contain object ids and the names of other people.
    """

    def __init__(self, message: str, hint: str, status: int = 0, code: str = "") -> None:
        super().__init__(message, hint)
        self.status = status
        self.code = code


class _ErrorDetails(Struct):
    code: str | None = None


class _ErrorBody(Struct):
    error: _ErrorDetails


def code_of(body: bytes) -> str:
    """Azure's error code in the body of an answer; empty where the body has none that looks like a code."""
    try:
        code = msgspec.json.decode(body, type=_ErrorBody).error.code or ""
    except msgspec.DecodeError:
        return ""
    return code if _CODE.match(code) else ""


def undocumented() -> ReadError:
    """The failure for an answer whose form is not the documented one."""
    return ReadError("Azure's answer does not have the documented form", TRY_AGAIN, 200)


def no_answer(host: str, halved: bool, untrusted: bool) -> ReadError:
    """The failure where no answer came, or only half of one."""
    name = urlsplit(host).netloc
    if untrusted:
        return ReadError(
            f"the certificate of {name} is not trusted",
            "behind a proxy that inspects TLS, set REQUESTS_CA_BUNDLE to a file with the proxy's certificate",
        )
    if halved:
        return ReadError(f"the connection to {name} was closed in the middle of an answer", "try again")
    return ReadError(
        f"{name} cannot be reached", "check the network, the proxy and, if you set one, the address of the service"
    )


def failure(status: int, code: str, retry_budget: float) -> ReadError:
    """The failure for an answer whose status is not a success; `retry_budget` is in seconds."""
    suffix = f" ({status} {code})" if code else f" ({status})"

    def error(message: str, remedy: str) -> ReadError:
        return ReadError(message + suffix, remedy, status, code)

    match status:
        case 401 if "Tenant" in code:
            return error("the login is for another tenant", "log in to the right tenant: `az login --tenant ID`")
        case 401:
            return error(
                "Azure does not accept the login, or no longer does", "log in again, for example with `az login`"
            )
        case 403:
            return error("the login may not read this", "give it an Azure role that may, such as Reader")
        case 404 if code == "SubscriptionNotFound":
            return error(
                "the tenant of the login has no such subscription",
                "check the subscription's id, and log in to its tenant: `az login --tenant ID`",
            )
        case 404:
            return error("Azure does not find this", "check that the id is right and that it has not been deleted")
        case 429:
            return error(
                f"Azure throttled the requests for longer than {retry_budget:g} s", "try again in some minutes"
            )
        case _ if 300 <= status < 400:
            return error(
                "the answer is a redirect, which is not followed", "check the address of the cloud, and the proxy"
            )
        case _ if status >= 500 or status == 408:
            return error("Azure failed", "try again in some minutes; https://status.azure.com shows known outages")
        case _:
            return error("Azure rejects the request", "check that this is the newest version of rbacgen")
