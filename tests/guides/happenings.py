"""What happens in Azure while somebody follows a guide: each function is named in a comment, and gives the tenant of then."""

from __future__ import annotations

import json
from pathlib import Path

from examples import planted
from rbacgen.commands import load
from tests.fakes.azure import Tenant
from tests.fakes.world import TODAY

EXAMPLE = Path(__file__).parents[2] / "examples" / "fraud-detection"

TENANT = "6f89cf12-978b-4d23-ac18-9ef0c127cf87"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
DATA_SCIENTIST = "f6c7c914-8db3-469d-8ca1-694a8f32e121"
BLOB_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
CHURN = ("3f6b1d52-7c0e-4a55-9a41-0d2e8c9b1f01", "3f6b1d52-7c0e-4a55-9a41-0d2e8c9b1f02")


def churn(tenant: Tenant) -> Tenant:
    """Two subscriptions with what a machine learning project needs, and a team in groups. Nobody has any access yet."""
    tenant.id = TENANT
    for name, subscription in zip(("dev", "prod"), CHURN, strict=True):
        tenant.subscription(subscription, f"churn-{name}")
        group = tenant.resource_group(subscription, f"rg-churn-{name}")
        for kind, resource in (
            ("Microsoft.MachineLearningServices/workspaces", f"mlw-churn-{name}"),
            ("Microsoft.Storage/storageAccounts", f"stchurn{name}ml"),
            ("Microsoft.ContainerRegistry/registries", f"crchurn{name}"),
            ("Microsoft.OperationalInsights/workspaces", f"log-churn-{name}"),
            ("Microsoft.Storage/storageAccounts", f"stchurn{name}lake"),
        ):
            tenant.resource(f"{group}/providers/{kind}/{resource}")
    people = {
        "a1b6c3f0-0001-4000-8000-000000000001": "Ada Novak",
        "a1b6c3f0-0001-4000-8000-000000000002": "Ben Osei",
        "a1b6c3f0-0001-4000-8000-000000000003": "Cleo Marin",
    }
    ada, ben, cleo = (tenant.principal(oid, "User", name) for oid, name in people.items())
    tenant.principal("a1b6c3f0-0002-4000-8000-000000000001", "Group", "grp-churn-scientists", members=[ada, ben])
    tenant.principal("a1b6c3f0-0002-4000-8000-000000000002", "Group", "grp-churn-mlops", members=[cleo])
    tenant.principal("a1b6c3f0-0003-4000-8000-000000000001", "ServicePrincipal", "sp-churn-deploy")
    return tenant


CLAIMS = "8d0c4a7e-5b2f-4c1d-9e63-71a2f0b4c901"
MIA = "c7a1e5d0-0001-4000-8000-000000000001"
JONAS = "c7a1e5d0-0001-4000-8000-000000000002"
LEAVER = "c7a1e5d0-0001-4000-8000-000000000003"
SCIENTISTS = "c7a1e5d0-0002-4000-8000-000000000001"
PLATFORM = "c7a1e5d0-0002-4000-8000-000000000002"
SECURITY = "c7a1e5d0-0002-4000-8000-000000000003"
DEPLOY = "c7a1e5d0-0003-4000-8000-000000000001"


def claims(tenant: Tenant) -> Tenant:
    """One subscription after years of portal clicks: an Owner, a Contributor by name, a leaver, and some of it in order."""
    tenant.id = TENANT
    tenant.subscription(CLAIMS, "claims", under="mg-contoso")
    group = tenant.resource_group(CLAIMS, "rg-claims")
    workspace = tenant.resource(f"{group}/providers/Microsoft.MachineLearningServices/workspaces/mlw-claims")
    lake = tenant.resource(f"{group}/providers/Microsoft.Storage/storageAccounts/stclaimslake")
    tenant.principal(MIA, "User", "Mia Kowalski")
    tenant.principal(JONAS, "User", "Jonas Weber")
    tenant.principal(LEAVER, "User", "Pat Leaver")
    tenant.principal(SCIENTISTS, "Group", "grp-claims-scientists")
    tenant.principal(PLATFORM, "Group", "grp-claims-platform", members=[JONAS])
    tenant.principal(SECURITY, "Group", "grp-security", members=[])
    tenant.principal(DEPLOY, "ServicePrincipal", "sp-claims-deploy")
    tenant.assign("/providers/Microsoft.Management/managementGroups/mg-contoso", READER, SECURITY)
    tenant.assign(group, OWNER, JONAS, created="2022-03-14T09:12:44.1000000Z")
    tenant.assign(group, CONTRIBUTOR, MIA, created="2023-11-02T15:40:03.2000000Z")
    tenant.assign(
        group, CONTRIBUTOR, DEPLOY, created="2023-01-20T10:00:21.3000000Z", description="pipeline, do not touch"
    )
    tenant.assign(group, READER, LEAVER, created="2021-06-08T07:55:10.4000000Z")
    tenant.assign(workspace, DATA_SCIENTIST, SCIENTISTS, created="2024-02-05T13:21:30.5000000Z")
    tenant.assign(lake, BLOB_CONTRIBUTOR, SCIENTISTS, created="2024-02-05T13:25:11.6000000Z")
    tenant.eligible(group, CONTRIBUTOR, PLATFORM, end="2027-03-31T00:00:00Z", justification="on call")
    tenant.delete(LEAVER, soft=False)
    return tenant


def leaver_removed(tenant: Tenant) -> Tenant:
    """Somebody takes away what a deleted user still held."""
    for assignment in list(tenant.assignments.every()):
        if assignment.principal == LEAVER:
            tenant.unassign(assignment.id)
    return tenant


def engineers_in_a_group(tenant: Tenant) -> Tenant:
    """The directory gets a group, and Mia is put into it."""
    tenant.principal("c7a1e5d0-0002-4000-8000-000000000004", "Group", "grp-claims-engineers", members=[MIA])
    return tenant


def fraud(_: Tenant) -> Tenant:
    """The example project as Azure holds it after a week of other people's work, with its places and who is in its groups."""
    made = planted.tenant(load.work_out(str(EXAMPLE), TODAY))
    lock = json.loads((EXAMPLE / "rbacgen.lock").read_text(encoding="utf-8"))
    for scope in lock["scopes"]:
        depth = scope.count("/")
        made.resource(scope, listed=depth == 8) if depth > 4 else made.resource_group(*scope.split("/")[2::2])
    for identity in lock["principals"]["managed_identity"].values():
        made.principals[identity].managed = True
    groups, users = lock["principals"]["group"], lock["principals"]["user"]
    ines = made.principal("d0d0d0d0-0000-4000-8000-000000000011", "User", "Ines Costa")
    on_loan = made.principal(
        "d0d0d0d0-0000-4000-8000-000000000012",
        "Group",
        "grp-fraud-on-loan",
        members=[users["lena.fischer@contoso.example"]],
    )
    made.member(groups["grp-fraud-data-scientists"], ines, on_loan)
    made.member(groups["grp-fraud-data-engineers"], ines)
    made.member(groups["grp-fraud-platform"], users["omar.haddad@contoso.example"])
    return made


def loan_ended(tenant: Tenant) -> Tenant:
    """Somebody takes the tester out of the group of those on loan."""
    tenant.principals["d0d0d0d0-0000-4000-8000-000000000012"].members.clear()
    return tenant


def stack_denies(tenant: Tenant) -> Tenant:
    """A deployment stack keeps everybody from changing jobs in the development workspace."""
    group = next(each.id for each in tenant.groups.values() if each.id.endswith("/rg-fraud-dev"))
    tenant.deny(group, ["Microsoft.MachineLearningServices/workspaces/jobs/write"], title="deny-by-stack")
    return tenant


def eligibilities_closed(tenant: Tenant) -> Tenant:
    """The login may no longer read who is eligible in production."""
    prod = next(each.id for each in tenant.subscriptions.values() if each.name == "prod")
    tenant.forbid(f"/subscriptions/{prod}", "eligibilities")
    return tenant
