"""The tenant that Terraform's stand-in provider wrote, as the tenant of the stand-in Azure, and as the Azure CLI lists it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.azure.arm import Arm
from tests.azure.messages import Listing, Request
from tests.azure.tenant import AUTHORIZATION, Tenant

ASSIGNMENT = f"{AUTHORIZATION}/roleAssignments/"
_VERSION = "2022-04-01"


def tenant_of(file: Path, tenant_id: str = "", under: Mapping[str, str] | None = None) -> Tenant:
    """The tenant in the file of the provider's stand-in (tests/terraform/standin_tenant.py), as Azure has it.

    What both sides keep is taken over as it stands: names, spellings, conditions, ends. `under` gives the management group
    of each subscription. The directory holds the principals of the file.
    """
    written: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    tenant = Tenant(id=tenant_id) if tenant_id else Tenant()
    for subscription, group in (under or {}).items():
        tenant.subscription(subscription, under=group or None)
    for principal, kind in written.get("principals", {}).items():
        tenant.principal(principal, kind, f"{kind.lower()}-{principal[-4:]}")
    for guid, role in written.get("definitions", {}).items():
        words = {"actions": "actions", "not_actions": "notActions"}
        words |= {"data_actions": "dataActions", "not_data_actions": "notDataActions"}
        permissions = [{ours: each[theirs] or [] for theirs, ours in words.items()} for each in role["permissions"]]
        tenant.custom_role(guid, role["name"], permissions, role["assignable_scopes"], role["description"] or "")
    for id_, held in written.get("assignments", {}).items():
        scope, _, name = id_.partition(ASSIGNMENT)
        tenant.assign(
            scope or "/",
            _guid(held["role_definition_id"]),
            held["principal_id"],
            name=name,
            condition=held["condition"],
            condition_version=held["condition_version"],
            description=held["description"],
            kind=held["principal_type"],
        )
    for held in written.get("eligible", {}).values():
        start, end = _times(held["schedule"])
        tenant.eligible(
            held["scope"],
            _guid(held["role_definition_id"]),
            held["principal_id"],
            start=start,
            end=end,
            condition=held["condition"],
            condition_version=held["condition_version"],
            justification=held["justification"],
        )
    for held in written.get("active", {}).values():
        start, end = _times(held["schedule"])
        role = _guid(held["role_definition_id"])
        justification = held["justification"]
        tenant.active(held["scope"], role, held["principal_id"], start=start, end=end, justification=justification)
    return tenant


def az_list(tenant: Tenant, subscription: str) -> str:
    """What `az role assignment list --all -o json` prints of a subscription: all in it and above it, and nothing of PIM.

    Azure's own rows, flat and in the order of their keys, with the names that az looks up: the role's among the definitions
    of the subscription, the principal's in the directory, a service principal's being its application id; what is not found
    there has no role name and an empty principal name.
    """
    scope = f"/subscriptions/{subscription}"
    definitions = _listed(tenant, scope, "roleDefinitions")
    roles = {each["id"]: each["properties"]["roleName"] for each in definitions}
    rows = []
    for each in _listed(tenant, scope, "roleAssignments"):
        properties = each["properties"]
        found = tenant.present(properties["principalId"])
        called = (
            "" if found is None else {"User": found.upn, "ServicePrincipal": found.app_id}.get(found.kind, found.name)
        )
        row = {
            **properties,
            "id": each["id"],
            "name": each["name"],
            "type": each["type"],
            "principalName": called or "",
            "roleDefinitionName": roles.get(properties["roleDefinitionId"]),
        }
        rows.append(dict(sorted(row.items())))
    return json.dumps(rows, indent=2) + "\n"


def _listed(tenant: Tenant, scope: str, collection: str) -> list[dict[str, Any]]:
    """Every row of a list, as Azure answers it."""
    query = {"api-version": _VERSION}
    answer = Arm(tenant).answer(Request("arm", "GET", f"{scope}{AUTHORIZATION}/{collection}", query))
    assert isinstance(answer, Listing), answer
    return [answer.show(each) for each in answer.rows]


def _guid(role_definition_id: str) -> str:
    return role_definition_id.rpartition("/")[2].lower()


def _times(schedule: list[dict[str, Any]]) -> tuple[str, str | None]:
    """The start and the end of a schedule of the provider's: the end as a moment, whichever way it was asked for."""
    (one,) = schedule
    start: str = one["start_date_time"]
    for expiration in one["expiration"]:
        if expiration["end_date_time"]:
            return start, expiration["end_date_time"]
        length = timedelta(days=expiration["duration_days"], hours=expiration["duration_hours"])
        if length:
            return start, f"{datetime.fromisoformat(start).astimezone(UTC) + length:%Y-%m-%dT%H:%M:%SZ}"
    return start, None
