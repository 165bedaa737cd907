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
