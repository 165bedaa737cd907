"""The contest: 5,000 desired assignments against 5,200 actual ones, with eight faults planted, for the tests and the bench.

Planted: one missing, one rogue Owner, one changed condition, one eligible where permanent is desired, one role that no
catalogue knows, one orphan, one soft-deleted principal, one subscription that may not be read.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rbacgen.model.assignment import Assignment
from tests.fakes.azure import Tenant
from tests.fakes.azure.holding import hold
from tests.fakes.world import World

ENVIRONMENTS = {
    "dev": "11111111-1111-4111-8111-111111111111",
    "test": "22222222-2222-4222-8222-222222222222",
    "prod": "33333333-3333-4333-8333-333333333333",
    "dr": "44444444-4444-4444-8444-444444444444",
}
KINDS = 10
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
BACKUP_OPERATOR = "00c29273-979b-4161-815c-10b084fb9324"
UNKNOWN_ROLE = "deadbeef-0000-4000-8000-00000000dead"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
CONDITION = "((!(ActionMatches{'Microsoft.KeyVault/vaults/secrets/getSecret/action'})) OR (1 StringEquals '1'))"


def identifier(word: str, number: int) -> str:
    """A GUID that says what it is of, the same in every run."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"contest/{word}/{number}"))


@dataclass
class Contest:
    """A project in a folder, the tenant that it is held against, and what must be found: (kind, scope, role, principal)."""

    project: Path
    tenant: Tenant
    expected: set[tuple[str, str, str, str]] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    desired: int = 0
    actual: int = 0


def world(folder: Path, groups: int, environments: dict[str, str]) -> World:
    """A project of `groups` groups that each want one role on ten vaults in every environment."""
    kinds = {"subscription": {"says": "The subscription", "type": "subscription"}}
    kinds["group"] = {"says": "The resource group", "type": "resource_group", "under": "subscription"}
    for number in range(KINDS):
        kinds[f"vault_{number}"] = {"says": f"Vault {number}", "type": "Microsoft.KeyVault/vaults", "under": "group"}
    grants = [{"azure_role": "Key Vault Secrets User", "on": f"vault_{number}"} for number in range(KINDS)]
    grants[0]["condition"] = CONDITION
    mapping: dict[str, Any] = {
        "mapping.yaml": {"title": "Contest", "environments": list(environments), "families": ["Makers"]},
        "scope_kinds.yaml": kinds,
        "capabilities/all.yaml": {"use_secrets": {"says": "Read secrets", "grants": grants}},
        "roles/developer.yaml": {
            "project_role": "developer",
            "title": "Developer",
            "family": "Makers",
            "responsibilities": [{"id": "write_code", "does": "Write the code", "takes": ["use_secrets"]}],
        },
    }
    project: dict[str, Any] = {
        "project": "contest",
        "mapping": "./mapping",
        "environments": {
            name: {
                "subscription": subscription,
                "scopes": {"group": f"rg-{name}"}
                | {f"vault_{number}": f"kv-{name}-{number}" for number in range(KINDS)},
            }
            for name, subscription in environments.items()
        },
        "team": {
            "developer": [{"group": f"grp-{number}", "id": identifier("group", number)} for number in range(groups)]
        },
        "ignore": [
            {"because": "backup of the platform team", "azure_role": "Backup Contributor"},
            {
                "because": "emergency access of the platform team",
                "azure_role": "Backup Operator",
                "activation": "eligible",
            },
        ],
    }
    return World(folder, mapping, project)


def empty_tenant(environments: dict[str, str], groups: int) -> Tenant:
    """A tenant with the contest's subscriptions, vaults and groups, and no access yet."""
    tenant = Tenant(id="99999999-9999-4999-8999-999999999999")
    tenant.management_group("mg-contest")
    for name, subscription in environments.items():
        tenant.subscription(subscription, name=name, under="mg-contest")
        tenant.resource_group(subscription, f"rg-{name}")
        for number in range(KINDS):
            base = f"/subscriptions/{subscription}/resourceGroups/rg-{name}/providers/Microsoft.KeyVault/vaults"
            tenant.resource(f"{base}/kv-{name}-{number}")
    for number in range(groups):
        tenant.principal(identifier("group", number), "Group", f"grp-{number}")
    return tenant


def contest(folder: Path, groups: int = 125) -> Contest:
    """The contest with `groups` groups: 40 desired assignments each, and 4 % more actual than desired."""
    small = world(folder, groups, ENVIRONMENTS)
    checked = small.work_out()
    desired = list(checked.desired.state)
    tenant = empty_tenant(ENVIRONMENTS, groups)
    result = Contest(folder / "rbacgen.yaml", tenant, desired=len(desired))

    def of(environment: str, kind: str) -> list[Assignment]:
        return [each for each in desired if each.environment == environment and each.scope_kind == kind]

    missing, eligible, altered = of("dev", "vault_1")[3], of("test", "vault_2")[5], of("prod", "vault_0")[7]
    for each in desired:
        if each == missing:
            continue
        if each == eligible:
            tenant.eligible(each.scope.id, each.role.id, each.principal.id)
        elif each == altered:
            tenant.assign(
                each.scope.id,
                each.role.id,
                each.principal.id,
                condition=each.condition.replace("'1')", "'2')"),
                condition_version="2.0",
                description=each.description,
            )
        else:
            hold(tenant, each, checked)

    def expect(kind: str, scope: str, role: str, principal: str) -> None:
        result.expected.add((kind, scope.lower(), role, principal))

    for kind, each in (("missing", missing), ("altered", eligible), ("altered", altered)):
        expect(kind, each.scope.id, each.role.id, each.principal.id)
    vault = of("prod", "vault_3")[0].scope.id
    for word, kind, role in (
        ("rogue", "unmanaged", OWNER),
        ("stranger", "unmanaged", UNKNOWN_ROLE),
        ("orphan", "orphaned", READER),
        ("binned", "soft_deleted", READER),
    ):
        principal = identifier(word, 0)
        tenant.principal(principal, "User", f"{word}@contoso.example", upn=f"{word}@contoso.example")
        tenant.assign(vault, role, principal)
        expect(kind, vault, role, principal)
    tenant.delete(identifier("orphan", 0), soft=False)
    tenant.delete(identifier("binned", 0), soft=True)
    tenant.forbid(f"/subscriptions/{ENVIRONMENTS['dr']}", "all")
    result.unread.add(f"/subscriptions/{ENVIRONMENTS['dr']}")

    # And what is no drift: access from above, by rule, just in time, and beside the project; it fills up to 4 % more.
    room = len(desired) * 26 // 25 - (len(desired) - 2 + 4)
    others = [identifier("other", number) for number in range(room)]
    for number, other in enumerate(others):
        tenant.principal(other, "User", f"other-{number}", upn=f"other-{number}@contoso.example")
        match number % 5:
            case 0:
                tenant.assign("/providers/Microsoft.Management/managementGroups/mg-contest", READER, other)
            case 1:
                tenant.assign("/", READER, other)
            case 2:
                tenant.assign(vault, "5e467623-bb1f-42f4-a55d-6e525e11384b", other)  # Backup Contributor
            case 3:
                elsewhere = f"/subscriptions/{ENVIRONMENTS['test']}/resourceGroups/rg-others"
                tenant.resource_group(ENVIRONMENTS["test"], "rg-others")
                tenant.assign(elsewhere, OWNER, other)
            case _:
                tenant.activate(tenant.eligible(f"/subscriptions/{ENVIRONMENTS['dev']}", BACKUP_OPERATOR, other))
    result.actual = len(desired) - 2 + 4 + room
    return result
