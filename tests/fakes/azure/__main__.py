"""Serve a tenant in the foreground, for a person to try rbacgen on: `python -m tests.fakes.azure`.

Prints the environment that takes the stand-in for Azure, as lines for a shell; ends with Ctrl-C. The tenant is a small one
of its own unless `--tenant module:function` names a function that gives another.
"""

from __future__ import annotations

import argparse
import importlib
import shlex
import signal
import threading

from tests.fakes.azure.server import StandIn
from tests.fakes.azure.tenant import Tenant

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
KEY_VAULT_READER = "21090545-7ca7-4776-b22c-e363652d74d2"


def demo() -> Tenant:
    """A tenant with a little of everything: inherited, eligible, activated and orphaned access."""
    tenant = Tenant()
    tenant.management_group("mg-contoso")
    subscription = tenant.subscription(SUBSCRIPTION, "fraud-dev", under="mg-contoso")
    group = tenant.resource_group(SUBSCRIPTION, "RG-Fraud-Dev")
    vault = tenant.resource(f"{group}/providers/Microsoft.KeyVault/vaults/kv-fraud-dev")
    ann = tenant.principal("22222222-0000-4000-8000-000000000001", "User", "Ann Example", "ann@contoso.example")
    team = tenant.principal("22222222-0000-4000-8000-000000000002", "Group", "grp-fraud-data-scientists", members=[ann])
    deploy = tenant.principal("22222222-0000-4000-8000-000000000003", "ServicePrincipal", "sp-fraud-deploy")
    gone = tenant.principal("22222222-0000-4000-8000-000000000004", "User", "Gone Away")
    tenant.assign("/providers/Microsoft.Management/managementGroups/mg-contoso", READER, team)
    tenant.assign(group, CONTRIBUTOR, deploy, description="Deployment [rbacgen:fraud-detection]")
    tenant.assign(vault, KEY_VAULT_READER, gone)
    tenant.delete(gone)
    eligibility = tenant.eligible(subscription, CONTRIBUTOR, team, end="2027-06-30T00:00:00Z", justification="releases")
    tenant.activate(eligibility, by=ann)
    return tenant


def main(arguments: list[str] | None = None, stop: threading.Event | None = None) -> None:
    """Serve until Ctrl-C, or until `stop` is set."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.azure", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--tenant", metavar="MODULE:FUNCTION", help="what gives the tenant")
    parser.add_argument("--port", type=int, default=0, help="the port to serve at; any that is free without it")
    parser.add_argument("--page", type=int, default=1000, help="how many rows a page of a list has")
    given = parser.parse_args(arguments)
    module, _, function = (given.tenant or "").partition(":")
    tenant = getattr(importlib.import_module(module), function)() if module else demo()
    ended = stop or threading.Event()
    if stop is None:
        # Ended by another program it tidies up just as well.
        signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with StandIn(tenant, page=given.page, port=given.port) as azure:
        for name, value in azure.environment().items():
            print(f"export {name}={shlex.quote(value)}", flush=True)
        try:
            ended.wait()
        except KeyboardInterrupt:
            print("# stopped", flush=True)


if __name__ == "__main__":
    main()
