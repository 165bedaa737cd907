"""The two stand-ins keep one tenant: what the one writes down the other reads, and what it changes there comes back."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.azure import Tenant
from tests.fakes.azure.applied import take_in, tenant_of, write_down

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
OBSERVER = "99999999-0000-4000-8000-000000000001"
ANN = "22222222-0000-4000-8000-000000000001"
TEAM = "22222222-0000-4000-8000-000000000002"
CONDITION = "((!(ActionMatches{'*/read'})) OR (@Resource[a:b] StringEquals 'c'))"


@pytest.fixture
def tenant() -> Tenant:
    """One of everything that a tenant holds of access."""
    made = Tenant()
    made.subscription(SUBSCRIPTION)
    group = made.resource_group(SUBSCRIPTION, "RG-Own-Spelling")
    made.principal(ANN, "User", "Ann Example")
    made.principal(TEAM, "Group", "grp-team", members=[ANN])
    made.custom_role(OBSERVER, "Observer", {"actions": ["*/read"], "notActions": ["a/b/read"]}, [group], "Looks")
    made.assign(group, READER, TEAM, description="by hand", created="2021-01-01T00:00:00Z")
    made.assign(group, OBSERVER, ANN, condition=CONDITION)
    made.assign("/", READER, ANN)
    eligibility = made.eligible(group, CONTRIBUTOR, TEAM, end="2027-06-30T00:00:00Z", justification="on call")
    made.activate(eligibility, by=ANN)
    made.active(group, CONTRIBUTOR, ANN, end="2027-03-31T00:00:00Z", justification="on loan")
    made.deny(group, title="stack")
    return made


def facts(tenant: Tenant) -> list[Any]:
    """Everything that is held, as plain values."""
    kinds = (tenant.assignments, tenant.eligibilities, tenant.active_schedules, tenant.denials)
    return [*(sorted(map(repr, each.every())) for each in kinds), sorted(map(repr, tenant.definitions.values()))]


def changed(tenant: Tenant, file: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Lets the provider change the tenant in its file."""
    write_down(tenant, file)
    written = json.loads(file.read_text(encoding="utf-8"))
    change(written)
    file.write_text(json.dumps(written), encoding="utf-8")
    take_in(tenant, file)


def test_where_the_provider_does_nothing_nothing_changes(tenant: Tenant, tmp_path: Path) -> None:
    """Not a name, not the day on which something was made, and not what Terraform knows nothing of."""
    before = copy.deepcopy(facts(tenant))
    changed(tenant, tmp_path / "tenant.json", lambda _: None)
    assert facts(tenant) == before


def test_what_is_written_down_is_what_is_held(tenant: Tenant, tmp_path: Path) -> None:
    """Read by the way that was there before: the same access, but for what somebody has activated."""
    file = tmp_path / "tenant.json"
    write_down(tenant, file)
    other = tenant_of(file)

    def access(of: Tenant) -> set[tuple[Any, ...]]:
        standing = {
            (each.scope, each.role, each.principal, each.kind, each.condition, each.description)
            for each in of.assignments.every()
        }
        schedules = [*of.eligibilities.every(), *of.active_schedules.every()]
        return standing | {(each.scope, each.role, each.principal, each.end, each.eligible) for each in schedules}

    only_here = access(tenant) - access(other)
    assert access(other) < access(tenant)
    assert {each[2] for each in only_here} == {ANN}
    assert len(only_here) == 1  # the schedule of the activation; its assignment is alike to the one that is active
    assert other.definitions[OBSERVER].permissions == tenant.definitions[OBSERVER].permissions


def test_what_the_provider_makes_changes_and_takes_away_comes_back(tenant: Tenant, tmp_path: Path) -> None:
    """Assignments keep their names, and what is not touched its day."""
    (old,) = (each for each in tenant.assignments.every() if each.description == "by hand")
    (observer,) = (each for each in tenant.assignments.every() if each.role == OBSERVER)

    def change(written: dict[str, Any]) -> None:
        assignments = written["assignments"]
        assignments[old.id]["description"] = "Team: reads [rbacgen:p]"
        made = copy.deepcopy(assignments.pop(observer.id))
        made["name"] = "33333333-0000-4000-8000-000000000001"
        assignments[observer.id.rpartition("/")[0] + "/" + made["name"]] = made | {"principal_id": TEAM}
        written["eligible"].clear()
        written["active"].clear()
        written["definitions"][OBSERVER]["permissions"][0]["actions"] = ["c/d/read"]

    changed(tenant, tmp_path / "tenant.json", change)
    actual = {each.name: each for each in tenant.assignments.every()}
    assert (actual[old.name].description, actual[old.name].created) == (
        "Team: reads [rbacgen:p]",
        "2021-01-01T00:00:00Z",
    )
    assert observer.name not in actual
    assert actual["33333333-0000-4000-8000-000000000001"].principal == TEAM
    assert actual["33333333-0000-4000-8000-000000000001"].condition == CONDITION
    assert list(tenant.eligibilities.every()) == []
    assert [each.assignment_type for each in tenant.active_schedules.every()] == ["Activated"]
    assert sorted(each.role for each in tenant.assignments.every()) == sorted([READER, READER, OBSERVER, CONTRIBUTOR])
    assert tenant.definitions[OBSERVER].permissions[0]["actions"] == ["c/d/read"]


def test_a_schedule_that_is_made_anew_has_its_new_end(tenant: Tenant, tmp_path: Path) -> None:
    """Eligible and active: the provider cannot change one, it makes another under the same id."""

    def change(written: dict[str, Any]) -> None:
        for kind in ("eligible", "active"):
            (one,) = written[kind].values()
            one["schedule"][0]["expiration"][0]["end_date_time"] = "2028-01-01T00:00:00Z"

    changed(tenant, tmp_path / "tenant.json", change)
    assert [each.end for each in tenant.eligibilities.every()] == ["2028-01-01T00:00:00Z"]
    ends = {each.assignment_type: each.end for each in tenant.active_schedules.every()}
    assert ends == {"Assigned": "2028-01-01T00:00:00Z", "Activated": "2026-12-31T17:00:00.377Z"}


def test_a_role_that_is_taken_away_is_gone(tenant: Tenant, tmp_path: Path) -> None:
    """With the assignment of it, as the provider does it in one apply."""

    def change(written: dict[str, Any]) -> None:
        kept = {id_: each for id_, each in written["assignments"].items() if OBSERVER not in each["role_definition_id"]}
        written["assignments"] = kept
        written["definitions"].clear()

    changed(tenant, tmp_path / "tenant.json", change)
    assert tenant.definitions == {}
    assert OBSERVER not in {each.role for each in tenant.assignments.every()}
