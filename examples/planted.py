"""The example project's tenant as Azure would hold it after an apply, and then a week of other people's work on it."""

from __future__ import annotations

from rbacgen.analysis.results import CheckedProject
from rbacgen.model.assignment import Activation
from tests.fakes.azure import Tenant
from tests.fakes.azure.holding import tenant_of

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CONTRACTOR = "d0d0d0d0-0000-4000-8000-000000000001"
LEAVER = "d0d0d0d0-0000-4000-8000-000000000002"
AUDITORS = "d0d0d0d0-0000-4000-8000-000000000003"


def tenant(checked: CheckedProject) -> Tenant:
    """What the project wants, but for one assignment that is gone and one that stands where it should be eligible.

    On top: an Owner on the production lake, access of somebody who has left, and a group of the company's on all of it.
    """
    desired = list(checked.desired.state)
    missing = next(each for each in desired if each.role.name == "AzureML Data Scientist" and each.environment == "dev")
    standing = next(each for each in desired if each.activation is Activation.ELIGIBLE and each.environment == "prod")
    lake = next(each for each in desired if each.scope_kind == "raw_container" and each.environment == "prod").scope.id
    made = tenant_of(checked, without={missing.key, standing.key})
    made.assign(standing.scope.id, standing.role.id, standing.principal.id, description="ticket 4711, temporary")
    made.principal(CONTRACTOR, "User", "Sam Contractor", upn="sam@contractor.example")
    made.assign(lake.partition("/blobServices")[0], OWNER, CONTRACTOR, created="2026-11-20T16:42:11.1234567Z")
    made.principal(LEAVER, "User", "Pat Leaver", upn="pat.leaver@contoso.example")
    made.assign(missing.scope.id, READER, LEAVER, created="2026-11-18T09:00:00.1234567Z")
    made.delete(LEAVER, soft=False)
    made.principal(AUDITORS, "Group", "grp-auditors")
    made.assign("/", READER, AUDITORS)
    return made
