"""What happens in Azure while somebody follows a guide: each function is named in a comment of the guide."""

from __future__ import annotations

from tests.azure import Tenant

TENANT = "6f89cf12-978b-4d23-ac18-9ef0c127cf87"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
DATA_SCIENTIST = "f6c7c914-8db3-469d-8ca1-694a8f32e121"
BLOB_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
CHURN = ("3f6b1d52-7c0e-4a55-9a41-0d2e8c9b1f01", "3f6b1d52-7c0e-4a55-9a41-0d2e8c9b1f02")


def churn(tenant: Tenant) -> None:
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


CLAIMS = "8d0c4a7e-5b2f-4c1d-9e63-71a2f0b4c901"
MIA = "c7a1e5d0-0001-4000-8000-000000000001"
JONAS = "c7a1e5d0-0001-4000-8000-000000000002"
LEAVER = "c7a1e5d0-0001-4000-8000-000000000003"
SCIENTISTS = "c7a1e5d0-0002-4000-8000-000000000001"
PLATFORM = "c7a1e5d0-0002-4000-8000-000000000002"
SECURITY = "c7a1e5d0-0002-4000-8000-000000000003"
DEPLOY = "c7a1e5d0-0003-4000-8000-000000000001"


def claims(tenant: Tenant) -> None:
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
    tenant.assign(group, CONTRIBUTOR, DEPLOY, created="2023-01-20T10:00:21.3000000Z", description="pipeline, do not touch")
    tenant.assign(group, READER, LEAVER, created="2021-06-08T07:55:10.4000000Z")
    tenant.assign(workspace, DATA_SCIENTIST, SCIENTISTS, created="2024-02-05T13:21:30.5000000Z")
    tenant.assign(lake, BLOB_CONTRIBUTOR, SCIENTISTS, created="2024-02-05T13:25:11.6000000Z")
    tenant.eligible(group, CONTRIBUTOR, PLATFORM, end="2027-03-31T00:00:00Z", justification="on call")
    tenant.delete(LEAVER, soft=False)


def leaver_removed(tenant: Tenant) -> None:
    """Somebody takes away what a deleted user still held."""
    for assignment in list(tenant.assignments.every()):
        if assignment.principal == LEAVER:
            tenant.unassign(assignment.id)


def engineers_in_a_group(tenant: Tenant) -> None:
    """The directory gets a group, and Mia is put into it."""
    tenant.principal("c7a1e5d0-0002-4000-8000-000000000004", "Group", "grp-claims-engineers", members=[MIA])
