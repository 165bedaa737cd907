"""What can be known to be worth a look before Azure is asked, and how a project says that it knows."""

from __future__ import annotations

import datetime

import pytest

from rbacgen.analysis.checks.checks import is_void
from rbacgen.authorization.catalog import load
from rbacgen.model.problems import Position, Problem
from rbacgen.model.rules import RULES
from rbacgen.model.scope import ScopeLevel
from rbacgen.project.mapping import ScopeKind
from tests.fakes.world import DEVELOPERS, OPERATORS, TODAY, World

ANA = "aaaaaaaa-0000-4000-8000-00000000000a"


def of(world: World, rule: str) -> list[Problem]:
    """The problems of one rule."""
    return [each for each in world.problems() if each.rule == rule]


@pytest.mark.parametrize(("days", "is_said"), [(1, True), (30, True), (31, False)])
def test_what_ends_within_the_given_days_is_said(world: World, days: int, is_said: bool) -> None:
    """30 days unless told otherwise."""
    world.project["team"]["developer"][0]["ends"] = (TODAY + datetime.timedelta(days)).isoformat()
    assert bool(of(world, "ends-soon")) == is_said


def test_the_days_to_look_ahead_can_be_given(world: World) -> None:
    """`--within`."""
    world.project["team"]["developer"][0]["ends"] = (TODAY + datetime.timedelta(90)).isoformat()
    assert [each for each in world.work_out(within=89).problems if each.rule == "ends-soon"] == []
    (said,) = (each for each in world.work_out(within=90).problems if each.rule == "ends-soon")
    assert said.message == "`grp-developers` as Developer ends on 2027-02-21, in 90 days"


def test_an_end_is_said_once_per_project_role_and_not_per_assignment(world: World) -> None:
    """Two assignments of one project role end: one line, at the team entry."""
    world.project["team"]["developer"][0]["ends"] = (TODAY + datetime.timedelta(1)).isoformat()
    assert [each.message for each in of(world, "ends-soon")] == [
        "`grp-developers` as Developer ends on 2026-11-24, in 1 day"
    ]


def test_a_project_role_that_outlives_an_end_is_not_said_to_end(world: World) -> None:
    """Where another project role keeps the access, nothing ends there."""
    member = {"group": "grp-developers", "id": DEVELOPERS}
    world.project["team"]["developer"] = [{**member, "ends": "2026-12-01", "in": ["prod"]}]
    world.project["team"]["operator"].append(member)
    assert of(world, "ends-soon") == []


def test_access_that_ends_with_a_project_without_an_end(world: World) -> None:
    """Said at the project role, unless the project has `ends` or nobody holds it."""
    world.mapping["roles/developer.yaml"]["lifetime"] = "project"
    (said,) = of(world, "no-end")
    assert "Developer" in said.message
    world.project["ends"] = "2030-01-01"
    assert of(world, "no-end") == []
    del world.project["ends"]
    del world.project["team"]["developer"]
    assert of(world, "no-end") == []


def test_a_user_is_said_once_however_many_project_roles(world: World) -> None:
    """Access of single persons costs a deployment for each joiner and leaver."""
    ana = {"user": "ana@contoso.example", "id": ANA}
    world.project["team"]["developer"].append(ana)
    world.project["team"]["operator"].append(ana)
    assert len(of(world, "direct-user")) == 1


def test_people_and_identities_wear_their_own_project_roles(world: World) -> None:
    """A group as a workload and a service principal as a person, both ways."""
    world.project["team"] = {
        "developer": [{"service_principal": "sp", "id": DEVELOPERS}],
        "robot": [{"group": "grp", "id": OPERATORS}],
    }
    assert len(of(world, "wrong-principal")) == 2


def test_a_project_role_without_access_is_said(world: World) -> None:
    """The operator takes nothing in dev that has a grant there."""
    world.mapping["roles/operator.yaml"]["responsibilities"] = [
        {"id": "watch", "does": "Watch", "takes": ["see_zone"]},
        {"id": "other", "does": "Other", "no_access": "None"},
    ]
    del world.mapping["capabilities/all.yaml"]["keep_group"]
    world.project["team"]["operator"][0]["in"] = ["dev"]
    (said,) = of(world, "idle-member")
    assert said.message == "`grp-operators` gets no Azure access as Operator in dev"


def test_what_is_unused_is_not_said_while_there_are_errors(world: World) -> None:
    """It may only follow from them."""
    world.project["team"].pop("robot")
    assert of(world, "unused-binding")
    world.project["team"]["develper"] = []
    assert of(world, "unused-binding") == []


# Privilege.


@pytest.mark.parametrize(
    ("grant", "rules"),
    [
        ({"azure_role": "Owner", "on": "group"}, {"privileged-access", "escalation-path"}),
        ({"azure_role": "Owner", "on": "group", "activation": "eligible"}, set()),
        ({"azure_role": "User Access Administrator", "on": "subscription"}, {"privileged-access", "escalation-path"}),
        ({"azure_role": "Key Vault Secrets User", "on": "vault"}, {"escalation-path"}),
        ({"azure_role": "Key Vault Reader", "on": "vault"}, set()),
        ({"azure_role": "Managed Identity Operator", "on": "vault"}, set()),
    ],
)
def test_privilege_is_judged_by_operations_where_they_are_possible(
    world: World, grant: dict[str, str], rules: set[str]
) -> None:
    """Standing and unconditional only; and an operation that cannot exist at the scope opens nothing."""
    world.mapping["capabilities/all.yaml"] = {
        "use_secrets": {"says": "Do", "grants": [grant]},
        "observe": {"says": "See", "grants": [{"azure_role": "Tiny Observer", "on": "vault"}]},
        "keep_group": {"says": "Keep"},
        "see_zone": {"says": "Zone"},
        "read_raw": {"says": "Raw"},
    }
    assert {each.rule for each in world.problems() if each.rule in ("privileged-access", "escalation-path")} == rules


def test_a_custom_role_is_judged_like_a_built_in_one(world: World) -> None:
    """Names hide nothing: a harmless name that assigns roles is privileged."""
    world.mapping["custom_roles.yaml"]["Tiny Observer"]["actions"] = ["Microsoft.Authorization/*"]
    (said,) = of(world, "privileged-access")
    assert "Tiny Observer on `vault`" in said.message


def test_a_delegation_under_a_condition_is_not_privileged(world: World) -> None:
    """`may_assign` names what can be handed out."""
    grant = {
        "azure_role": "Role Based Access Control Administrator",
        "on": "group",
        "may_assign": {"azure_roles": ["Reader"]},
    }
    world.capability("keep_group")["grants"] = [grant]
    assert of(world, "privileged-access") == []
    del grant["may_assign"]
    assert of(world, "privileged-access") != []


# Void grants.


def kind(type_: str) -> ScopeKind:
    """A scope kind of a resource type."""
    return ScopeKind("it", "It", ScopeLevel.RESOURCE, type_, None, None, Position("a"))


@pytest.mark.parametrize(
    ("role", "type_", "void"),
    [
        ("Storage Blob Data Reader", "Microsoft.KeyVault/vaults", True),
        ("Storage Blob Data Reader", "Microsoft.Storage/storageAccounts", False),
        ("Storage Blob Data Reader", "Microsoft.Storage/storageAccounts/blobServices/containers", False),
        ("Storage Queue Data Reader", "Microsoft.Storage/storageAccounts/blobServices/containers", True),
        ("Key Vault Secrets User", "microsoft.keyvault/VAULTS", False),
        ("Reader", "Microsoft.KeyVault/vaults", False),
        ("Contributor", "Microsoft.KeyVault/vaults", False),
        ("Network Contributor", "Microsoft.KeyVault/vaults", True),
        ("Monitoring Reader", "Microsoft.KeyVault/vaults", False),
        ("AcrPull", "Microsoft.ContainerRegistry/registries", False),
        ("AcrPull", "Microsoft.MachineLearningServices/workspaces", True),
    ],
)
def test_a_role_that_can_do_nothing_at_a_resource_is_void(role: str, type_: str, void: bool) -> None:
    """None of its own operations can exist there; companions such as support tickets do not count."""
    found = load().find(role)
    assert found is not None
    assert is_void(found, kind(type_)) == void


def test_containers_of_azure_are_never_void() -> None:
    """A role on a resource group may serve whatever comes to lie in it."""
    role = load().find("AcrPull")
    assert role is not None
    assert not is_void(role, ScopeKind("g", "G", ScopeLevel.RESOURCE_GROUP, "", None, None, Position("a")))


# Switched off.


def test_a_check_is_switched_off_with_a_reason_and_counted(world: World) -> None:
    """Findings are gone from the list, and their number is said."""
    world.project["team"]["developer"].append({"user": "ana@contoso.example", "id": ANA})
    world.project["team"]["developer"].append({"user": "bea@contoso.example", "id": ANA[:-1] + "b"})
    world.project["checks_off"] = {"direct-user": "A team of two"}
    checked = world.work_out()
    assert [each for each in checked.problems if each.rule == "direct-user"] == []
    assert dict(checked.switched_off) == {"direct-user": 2}


def test_what_decides_the_result_cannot_be_switched_off() -> None:
    """No rule about names, shapes or Azure's refusals is optional."""
    for rule in ("apart", "unknown-principal", "two-names", "wrong-binding", "contradictory-grants", "yaml-alias"):
        assert not RULES[rule].optional


def test_every_rule_has_a_sentence_and_a_source() -> None:
    """`check --rules` has something to say for each."""
    for rule in RULES.values():
        assert rule.description.endswith(".")
        assert rule.description[0].isupper()
        assert rule.source
