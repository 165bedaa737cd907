"""`terraform show -json`: of a state what it holds, of a plan what will be held, and what is not known yet."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from rbacgen import sources
from rbacgen.authorization.catalog import Catalog
from rbacgen.model.assignment import Activation, PrincipalType
from rbacgen.model.problems import RbacgenError
from rbacgen.model.scope import Scope
from rbacgen.model.source import Source, SourceKind

SUB = "/subscriptions/11111111-1111-1111-1111-111111111111"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ROLE = f"{SUB}/providers/Microsoft.Authorization/roleDefinitions/{READER}"
WHO = "aaaaaaaa-0000-4000-8000-000000000001"
NAME = "f97444f1-efda-5b14-a93a-70365b966596"
OWN = "cccccccc-0000-4000-8000-000000000001"


def actual(type_: str = "azurerm_role_assignment", label: str = "this", **values: Any) -> dict[str, Any]:
    """A resource of a state, its values as azurerm 5.2 keeps them."""
    scope = values.get("scope", SUB)
    base: dict[str, Any] = {
        "scope": scope,
        "role_definition_id": ROLE,
        "principal_id": WHO,
        "principal_type": "Group",
        "timeouts": None,
    }
    if type_ == "azurerm_role_assignment":
        base |= {
            "condition": "",
            "condition_version": "",
            "delegated_managed_identity_resource_id": "",
            "description": "why",
            "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{NAME}",
            "name": NAME,
            "role_definition_name": "Reader",
            "skip_service_principal_aad_check": None,
        }
    elif type_.startswith("azurerm_pim"):
        base |= {"id": f"{SUB}|{ROLE}|{WHO}", "justification": "why", "ticket": [], "schedule": []}
    else:
        base = {}
    return resource(f"{type_}.{label}", type_, base | values)


def resource(address: str, type_: str, values: dict[str, Any], mode: str = "managed") -> dict[str, Any]:
    """A resource as `terraform show -json` has it."""
    return {
        "address": address,
        "mode": mode,
        "type": type_,
        "name": address.rpartition(".")[2],
        "provider_name": "registry.terraform.io/hashicorp/azurerm",
        "schema_version": 0,
        "values": values,
        "sensitive_values": {},
    }


def state(*resources: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A state of these resources."""
    root = {"resources": list(resources)} if resources else {}
    return {"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": root}} | changes


def plan(*resources: dict[str, Any], unknown: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A plan that leads to these resources; `unknown` are the marks of the first one."""
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"resources": list(resources)}},
        "resource_changes": [
            {
                "address": each["address"],
                "mode": "managed",
                "type": each["type"],
                "change": {"actions": ["create"], "before": None, "after": {}, "after_unknown": unknown or {}},
            }
            for each in resources[:1]
        ],
        "configuration": {"root_module": {}},
        "timestamp": "2026-11-23T10:11:12Z",
        "applyable": True,
        "complete": True,
        "errored": False,
    } | changes


def read(content: dict[str, Any], roles: Catalog) -> Source:
    """The content, as a file called `state.json`."""
    return sources.read("state.json", json.dumps(content), roles)


def unread(source: Source) -> list[tuple[str, str]]:
    """Where and why something was not understood."""
    return [(each.scope, each.why) for each in source.state.coverage.unread]


def test_a_standing_assignment(roles: Catalog) -> None:
    """Every field of it, and an empty condition is none."""
    found = read(state(actual()), roles)
    (row,) = found.state
    assert (found.kind, found.state.coverage.everything, unread(found)) == (SourceKind.TERRAFORM_STATE, True, [])
    assert (row.scope.id, row.role.name, row.principal.id, row.principal.type) == (
        SUB,
        "Reader",
        WHO,
        PrincipalType.GROUP,
    )
    assert (row.activation, row.condition, row.condition_version, row.description) == (
        Activation.PERMANENT,
        "",
        "",
        "why",
    )
    assert row.actual.id == f"{SUB}/providers/Microsoft.Authorization/roleAssignments/{NAME}"
    assert row.actual.address == "azurerm_role_assignment.this"
    assert (row.actual.unknown_fields, row.actual.through_pim, row.actual.until, row.actual.at) == (
        frozenset(),
        False,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("given", "id_"),
    [
        (
            f"{SUB}/providers/Microsoft.Authorization/roleAssignments/{NAME}|{WHO}",
            f"{SUB}/providers/Microsoft.Authorization/roleAssignments/{NAME}",
        ),
        (
            f"//providers/Microsoft.Authorization/roleAssignments/{NAME}",
            f"/providers/Microsoft.Authorization/roleAssignments/{NAME}",
        ),
    ],
)
def test_the_id_is_azures(given: str, id_: str, roles: Catalog) -> None:
    """azurerm puts a tenant behind it for delegated identities, and two slashes before it at the tenant root."""
    (row,) = read(state(actual(id=given)), roles).state
    assert row.actual.id == id_


@pytest.mark.parametrize(
    ("expiration", "until"),
    [
        ([{"end_date_time": "2027-06-30T00:00:00Z", "duration_days": 0, "duration_hours": 0}], "2027-06-30T00:00:00Z"),
        ([{"end_date_time": "", "duration_days": 30, "duration_hours": 0}], "2027-07-01T00:00:00Z"),
        ([{"end_date_time": None, "duration_days": None, "duration_hours": 8}], "2027-06-01T08:00:00Z"),
        ([{"end_date_time": "2027-06-30T00:00:00.1234567Z"}], "2027-06-30T00:00:00.123456Z"),
        ([], None),
    ],
)
def test_eligible_and_active_assignments_end(expiration: list[Any], until: str | None, roles: Catalog) -> None:
    """At the instant that is given, or so long after the start."""
    schedule = [{"start_date_time": "2027-06-01T00:00:00Z", "expiration": expiration}]
    eligible = actual(
        "azurerm_pim_eligible_role_assignment", schedule=schedule, condition="@x", condition_version="2.0"
    )
    active = actual("azurerm_pim_active_role_assignment", schedule=schedule)
    rows = {row.activation: row for row in read(state(eligible, active), roles).state}
    assert set(rows) == {Activation.ELIGIBLE, Activation.PERMANENT}
    for row in rows.values():
        assert row.actual.until == (datetime.fromisoformat(until) if until else None)
        assert (row.actual.through_pim, row.description, row.actual.unknown_fields, row.actual.id) == (
            True,
            "why",
            frozenset(),
            "",
        )
    assert rows[Activation.ELIGIBLE].condition == "@x"


def test_modules_and_instances_are_read(roles: Catalog) -> None:
    """At any depth, with the address that Terraform gives them; data sources are no assignments."""
    deep = resource(
        'module.a["x"].module.b.azurerm_role_assignment.c[0]', "azurerm_role_assignment", actual()["values"]
    )
    child = {"address": 'module.a["x"]', "child_modules": [{"address": "b", "resources": [deep]}]}
    content = state(
        resource(
            "data.azurerm_role_assignment.x", "azurerm_role_assignment", actual(principal_id=OWN)["values"], "data"
        )
    )
    content["values"]["root_module"]["child_modules"] = [child]
    assert [row.actual.address for row in read(content, roles).state] == [deep["address"]]


def test_custom_roles_and_names_are_taken_along(roles: Catalog) -> None:
    """Definitions with their permissions, and names out of the directory's resources, data sources too."""
    definition = resource(
        "azurerm_role_definition.own",
        "azurerm_role_definition",
        {
            "role_definition_id": OWN,
            "role_definition_resource_id": f"{SUB}/providers/Microsoft.Authorization/roleDefinitions/{OWN}",
            "name": "Our Own",
            "scope": SUB,
            "description": "what",
            "permissions": [
                {"actions": ["b", "a"], "not_actions": [], "data_actions": ["d"], "not_data_actions": None}
            ],
            "assignable_scopes": [SUB],
        },
    )
    group = resource("data.azuread_group.g", "azuread_group", {"object_id": WHO, "display_name": "grp-app"}, "data")
    found = read(state(definition, group, actual(role_definition_id=OWN.upper(), principal_type=None)), roles)
    (role,) = found.definitions
    (row,) = found.state
    assert row.role is role
    assert (role.id, role.name, role.custom, role.assignable_scopes, role.description) == (
        OWN,
        "Our Own",
        True,
        (SUB,),
        "what",
    )
    assert [(each.actions, each.data_actions) for each in role.permissions] == [(("a", "b"), ("d",))]
    assert (row.principal.name, row.principal.type) == ("grp-app", PrincipalType.GROUP)
    assert found.directory == {}


def test_a_plan_is_what_will_be_held(roles: Catalog) -> None:
    """As if it were applied; what the provider still computes is not told."""
    found = read(
        plan(actual(id=None, name=None, description=None), unknown={"id": True, "name": True, "description": True}),
        roles,
    )
    (row,) = found.state
    assert found.kind is SourceKind.TERRAFORM_PLAN
    assert found.taken == datetime(2026, 11, 23, 10, 11, 12, tzinfo=UTC)
    assert (row.actual.id, row.actual.unknown_fields, unread(found)) == ("", {"description"}, [])


@pytest.mark.parametrize("unknown", [{"id": True}, {}])
def test_a_plan_gives_no_id_to_what_does_not_live_yet(unknown: dict[str, Any], roles: Catalog) -> None:
    """Its name may be known, and it is planned all the same; what the state before it holds gives no id either."""
    each = actual()
    del each["values"]["id"]
    (row,) = read(plan(each, unknown=unknown, prior_state=state(actual())), roles).state
    assert row.actual.id == ""


def test_a_plan_keeps_the_id_of_what_lives(roles: Catalog) -> None:
    """As Terraform knows it already."""
    (row,) = read(plan(actual()), roles).state
    assert row.actual.id == f"{SUB}/providers/Microsoft.Authorization/roleAssignments/{NAME}"


@pytest.mark.parametrize(
    ("unknown", "why"),
    [
        ({"scope": True}, "`scope` is known only after the apply"),
        ({"principal_id": True}, "`principal_id` is known only after the apply"),
        (
            {"role_definition_id": True, "role_definition_name": True},
            "`role_definition_id` is known only after the apply",
        ),
    ],
)
def test_what_a_plan_does_not_know_is_named(unknown: dict[str, Any], why: str, roles: Catalog) -> None:
    """By its address; planned values leave it out."""
    each = actual()
    for name in unknown:
        del each["values"][name]
    found = read(plan(each, unknown=unknown), roles)
    assert len(found.state) == 0
    assert unread(found) == [
        ("azurerm_role_assignment.this", f"azurerm_role_assignment.this was not understood: {why}"),
    ]


def test_a_planned_role_is_known_by_its_name(roles: Catalog) -> None:
    """The provider looks the id up when it applies."""
    each = actual()
    del each["values"]["role_definition_id"]
    (row,) = read(plan(each, unknown={"role_definition_id": True}), roles).state
    assert row.role.id == READER


def test_a_planned_condition_that_is_not_known_is_named(roles: Catalog) -> None:
    """The assignment will be there; how far it will go is not known."""
    each = actual()
    del each["values"]["condition"]
    found = read(plan(each, unknown={"condition": True}), roles)
    assert unread(found) == [
        ("azurerm_role_assignment.this", "of azurerm_role_assignment.this, `condition` is known only after the apply")
    ]


@pytest.mark.parametrize(
    ("given", "computed", "until"),
    [
        ({"end_date_time": "2027-06-30T00:00:00Z"}, ("duration_days", "duration_hours"), "2027-06-30T00:00:00+00:00"),
        ({"duration_days": 30}, ("end_date_time", "duration_hours"), None),
    ],
)
def test_what_a_plan_computes_beside_an_end_is_no_gap(
    given: dict[str, Any], computed: tuple[str, ...], until: str | None, roles: Catalog
) -> None:
    """One of the three is given, and the provider computes the others, and the start."""
    each = actual("azurerm_pim_eligible_role_assignment", schedule=[{"expiration": [given]}])
    marks = {"schedule": [{"start_date_time": True, "expiration": [dict.fromkeys(computed, True)]}]}
    found = read(plan(each, unknown=marks), roles)
    (row,) = found.state
    assert unread(found) == []
    assert (row.actual.until.isoformat() if row.actual.until else None) == until
    assert row.actual.unknown_fields == (set() if until else {"until"})


def test_a_plan_takes_names_from_what_it_read_before(roles: Catalog) -> None:
    """Data sources that were read while planning stand in the prior state."""
    group = resource("data.azuread_group.g", "azuread_group", {"object_id": WHO, "display_name": "grp-app"}, "data")
    (row,) = read(plan(actual(), prior_state=state(group)), roles).state
    assert row.principal.name == "grp-app"


@pytest.mark.parametrize(
    ("changes", "where", "why"),
    [
        ({"errored": True, "complete": False}, "state.json", "the plan failed, so it is incomplete"),
        (
            {"complete": False},
            "state.json",
            "the plan is partial (made with -target, or with deferred changes)",
        ),
        (
            {
                "deferred_changes": [
                    {
                        "reason": "unknown",
                        "resource_change": {"address": "azurerm_role_assignment.z", "type": "azurerm_role_assignment"},
                    },
                    {"reason": "unknown", "resource_change": {"address": "azurerm_subnet.z", "type": "azurerm_subnet"}},
                ]
            },
            "azurerm_role_assignment.z",
            "azurerm_role_assignment.z is deferred to a later plan",
        ),
    ],
)
def test_a_plan_of_a_part_is_no_whole(changes: dict[str, Any], where: str, why: str, roles: Catalog) -> None:
    """Whatever it leaves out."""
    assert unread(read(plan(actual(), **changes), roles)) == [(where, why)]


@pytest.mark.parametrize("content", [{"format_version": "1.0"}, state(), state(values={})])
def test_an_empty_state_is_said(content: dict[str, Any], roles: Catalog) -> None:
    """It is whole, but may well be the wrong one."""
    found = read(content, roles)
    assert (len(found.state), found.kind) == (0, SourceKind.TERRAFORM_STATE)
    assert found.notes == ("state.json contains no resources: it may be from another directory or workspace",)


def test_what_is_not_understood_is_named_by_its_address(roles: Catalog) -> None:
    """As azapi, and roles that a state does not tell."""
    azapi = resource(
        "module.x.azapi_resource.a", "azapi_resource", {"type": "Microsoft.Authorization/roleAssignments@2022-04-01"}
    )
    odd = actual(role_definition_id="x", role_definition_name=None)
    found = read(state(azapi, odd, resource("azuread_app_role_assignment.x", "azuread_app_role_assignment", {})), roles)
    assert [where for where, _ in unread(found)] == ["azurerm_role_assignment.this", "module.x.azapi_resource.a"]
    assert found.notes == ("1 resource of access that is not Azure RBAC was not read (azuread_app_role_assignment)",)


def test_two_of_one_key_are_said(roles: Catalog) -> None:
    """A state can hold what Azure cannot."""
    other = actual(label="that", id=f"{SUB}/providers/Microsoft.Authorization/roleAssignments/{OWN}")
    found = read(state(actual(), other), roles)
    assert len(found.state) == 1
    assert found.notes == ("one assignment is a duplicate, of which the first counts: azurerm_role_assignment.that",)


@pytest.mark.parametrize(
    "content",
    [
        state(values={"root_module": 5}),
        state(values={"root_module": {"resources": [{"type": "x"}]}}),
        plan(errored="no"),
        plan(actual()) | {"resource_changes": {}},
    ],
)
def test_a_damaged_state_is_refused(content: dict[str, Any], roles: Catalog) -> None:
    """With the command that writes it."""
    with pytest.raises(RbacgenError, match="its parts do not have the form that Terraform writes") as fault:
        read(content, roles)
    assert "terraform show -json" in fault.value.hint


def test_a_scope_is_what_azure_spells(roles: Catalog) -> None:
    """And compared without case."""
    (row,) = read(state(actual(scope=f"{SUB}/resourceGroups/RG-App")), roles).state
    assert row.scope == Scope.of(f"{SUB}/resourcegroups/rg-app")
    assert row.scope.id.endswith("/resourceGroups/RG-App")
