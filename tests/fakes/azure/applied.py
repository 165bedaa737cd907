"""The tenant of Terraform's stand-in provider and that of the stand-in Azure, each made from the other; and as the Azure CLI lists it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.fakes.azure.arm import Arm
from tests.fakes.azure.messages import Listing, Request
from tests.fakes.azure.tenant import AUTHORIZATION, Assignment, Definition, Schedule, Tenant
from tests.fakes.terraform.tenant import role_definition_id

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
    _take_in_definitions(tenant, written)
    for id_, actual in written.get("assignments", {}).items():
        _assign(tenant, id_, actual)
    for actual in written.get("eligible", {}).values():
        _make_eligible(tenant, actual)
    for actual in written.get("active", {}).values():
        _make_active(tenant, actual)
    return tenant


def write_down(tenant: Tenant, file: Path) -> None:
    """Writes what the stand-in Azure holds into the file of the provider's stand-in, which reads and changes it there.

    Access that somebody has activated stays out: Terraform has no resource that keeps it. Nor do deny assignments go in.
    """
    schedules = [each for each in tenant.active_schedules.every() if each.assignment_type == "Assigned" and each.origin]
    through_pim = {each.origin.lower() for each in tenant.active_schedules.every() if each.origin}
    written = {
        "scopes": sorted(
            [group.id for group in tenant.groups.values()]
            + [resource.id for group in tenant.groups.values() for resource in group.resources.values()]
        ),
        "principals": {each.id: each.kind for each in tenant.principals.values() if not each.deleted},
        "definitions": {guid: _definition(each) for guid, each in tenant.definitions.items()},
        "assignments": {
            each.id: {
                **_common(each),
                "name": each.name,
                "description": each.description,
                "delegated_managed_identity_resource_id": None,
            }
            for each in tenant.assignments.every()
            if each.id.lower() not in through_pim
        },
        "eligible": dict(map(_schedule, tenant.eligibilities.every())),
        "active": dict(map(_schedule, schedules)),
    }
    file.write_text(json.dumps(written, sort_keys=True), encoding="utf-8")


def take_in(tenant: Tenant, file: Path) -> None:
    """Brings the stand-in Azure up to date with what the provider's stand-in did in the file that it was written down in.

    What did not change stays as it is, with the day on which it was made.
    """
    written: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    for guid in tenant.definitions.keys() - written["definitions"].keys():
        del tenant.definitions[guid]
    _take_in_definitions(tenant, written)
    through_pim = {each.origin.lower() for each in tenant.active_schedules.every() if each.origin}
    desired = {id_.lower(): (id_, each) for id_, each in written["assignments"].items()}
    for assignment in list(tenant.assignments.every()):
        if assignment.id.lower() in through_pim:
            continue
        if assignment.id.lower() not in desired:
            tenant.unassign(assignment.id)
            continue
        _, actual = desired.pop(assignment.id.lower())
        for name in ("description", "condition", "condition_version"):
            setattr(assignment, name, actual[name])
    for id_, actual in desired.values():
        _assign(tenant, id_, actual)
    eligible = _same_schedules(tenant.eligibilities.every(), written["eligible"])
    for each in list(tenant.eligibilities.every()):
        if _schedule(each)[0].lower() not in eligible:
            tenant.eligibilities[each.folded].remove(each)
    for key, actual in written["eligible"].items():
        if key.lower() not in eligible:
            _make_eligible(tenant, actual)
    assigned = [each for each in tenant.active_schedules.every() if each.assignment_type == "Assigned" and each.origin]
    active = _same_schedules(assigned, written["active"])
    for each in assigned:
        if _schedule(each)[0].lower() not in active:
            tenant.unassign(each.origin)
    for key, actual in written["active"].items():
        if key.lower() not in active:
            _make_active(tenant, actual)
    tenant.version += 1


def _same_schedules(actual: Iterable[Schedule], written: Mapping[str, dict[str, Any]]) -> set[str]:
    """The folded ids of the schedules that are still as they are held; Terraform makes one anew to change it."""
    there = {key.lower(): each for key, each in written.items()}
    found = ((key.lower(), record) for key, record in map(_schedule, actual))
    return {
        key for key, record in found if key in there and _times(there[key]["schedule"]) == _times(record["schedule"])
    }


def _take_in_definitions(tenant: Tenant, written: dict[str, Any]) -> None:
    words = {"actions": "actions", "not_actions": "notActions"}
    words |= {"data_actions": "dataActions", "not_data_actions": "notDataActions"}
    for guid, role in written.get("definitions", {}).items():
        permissions = [{ours: each[theirs] or [] for theirs, ours in words.items()} for each in role["permissions"]]
        tenant.custom_role(guid, role["name"], permissions, role["assignable_scopes"], role["description"] or "")


def _assign(tenant: Tenant, id_: str, actual: dict[str, Any]) -> None:
    scope, _, name = id_.partition(ASSIGNMENT)
    tenant.assign(
        scope or "/",
        _guid(actual["role_definition_id"]),
        actual["principal_id"],
        name=name,
        condition=actual["condition"],
        condition_version=actual["condition_version"],
        description=actual["description"],
        kind=actual["principal_type"],
    )


def _make_eligible(tenant: Tenant, actual: dict[str, Any]) -> None:
    start, end = _times(actual["schedule"])
    tenant.eligible(
        actual["scope"],
        _guid(actual["role_definition_id"]),
        actual["principal_id"],
        start=start,
        end=end,
        condition=actual["condition"],
        condition_version=actual["condition_version"],
        justification=actual["justification"],
    )


def _make_active(tenant: Tenant, actual: dict[str, Any]) -> None:
    start, end = _times(actual["schedule"])
    role, justification = _guid(actual["role_definition_id"]), actual["justification"]
    tenant.active(actual["scope"], role, actual["principal_id"], start=start, end=end, justification=justification)


def _common(each: Assignment | Schedule) -> dict[str, Any]:
    """What the provider keeps of an assignment and of a schedule."""
    return {
        "scope": each.scope,
        "role_definition_id": role_definition_id(each.scope, each.role),
        "principal_id": each.principal,
        "principal_type": each.kind,
        "condition": each.condition,
        "condition_version": each.condition_version,
    }


def _schedule(each: Schedule) -> tuple[str, dict[str, Any]]:
    """A schedule of PIM's, under the id that the provider gives it."""
    common = _common(each)
    expiration = {"duration_days": 0, "duration_hours": 0, "end_date_time": each.end or ""}
    schedule = [{"start_date_time": each.start, "expiration": [expiration]}]
    key = f"{each.scope}|{common['role_definition_id']}|{each.principal}"
    return key, {**common, "schedule": schedule, "justification": each.justification or "", "ticket": []}


def _definition(each: Definition) -> dict[str, Any]:
    """A custom role."""
    words = {"actions": "actions", "not_actions": "notActions"}
    words |= {"data_actions": "dataActions", "not_data_actions": "notDataActions"}
    scope = each.assignable_scopes[0]
    return {
        "scope": scope,
        "role_definition_id": each.name,
        "role_definition_resource_id": role_definition_id(scope, each.name),
        "name": each.role_name,
        "description": each.description,
        "permissions": [{theirs: one[ours] for theirs, ours in words.items()} for one in each.permissions],
        "assignable_scopes": list(each.assignable_scopes),
    }


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
