"""From project roles to assignments: each once, with all its reasons, as long as it is wanted and no longer."""

from __future__ import annotations

import datetime
import random
import uuid
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rbacgen.authorization import catalog
from rbacgen.model.assignment import Activation, Assignment, Reason
from rbacgen.model.problems import Position
from rbacgen.project import document, lock, mapping_loader, project_loader
from rbacgen.project.desired import DESCRIPTION_LIMIT, build_desired, delegation_condition, describe, mark, why
from tests.fakes.world import DEV, DEVELOPERS, OPERATORS, PROD, ROBOT, TODAY, World

ANA = "aaaaaaaa-0000-4000-8000-00000000000a"
CONDITION = "(!(ActionMatches{'Microsoft.KeyVault/vaults/read'})) OR (@Resource[Microsoft.KeyVault/vaults:name] StringEquals '%s')"


def desired(world: World) -> list[Assignment]:
    """What a world without errors wants."""
    checked = world.work_out()
    assert [str(each) for each in checked.problems if each.severity == "error"] == []
    return list(checked.desired.state)


def of(world: World, principal: str, role: str = "") -> list[Assignment]:
    """The assignments of one principal, of one Azure role if it is named."""
    return [each for each in desired(world) if each.principal.id == principal and role in each.role.name]


def places(assignments: list[Assignment]) -> list[tuple[str, str]]:
    """Environment and scope kind of each."""
    return sorted((each.environment, each.scope_kind) for each in assignments)


# One assignment is one assignment.


def test_a_project_comes_to_its_assignments(world: World) -> None:
    """Every grant of every responsibility, for everyone who has the project role, in each environment that it names."""
    assert {(each.principal.name, each.role.name, each.environment, each.scope_kind) for each in desired(world)} == {
        ("grp-developers", "Key Vault Secrets User", "dev", "vault"),
        ("grp-developers", "Tiny Observer", "dev", "vault"),
        ("grp-developers", "Tiny Observer", "prod", "vault"),
        ("grp-operators", "Contributor", "dev", "group"),
        ("grp-operators", "Contributor", "prod", "group"),
        ("grp-operators", "Tiny Observer", "dev", "vault"),
        ("grp-operators", "Tiny Observer", "prod", "vault"),
        ("grp-operators", "Reader", "prod", "landing_zone"),
        ("grp-operators", "Reader", "prod", "root"),
        ("grp-operators", "Reader", "prod", "subscription"),
        ("id-robot", "Storage Blob Data Reader", "dev", "raw"),
        ("id-robot", "Storage Blob Data Reader", "prod", "raw"),
    }


def test_one_person_in_two_roles_gets_each_assignment_once_with_all_reasons(world: World) -> None:
    """Both roles see the vault: one assignment, and its description speaks of both."""
    world.project["team"]["operator"].append({"group": "grp-developers", "id": DEVELOPERS})
    found = of(world, DEVELOPERS, "Tiny Observer")
    assert places(found) == [("dev", "vault"), ("prod", "vault")]
    for each in found:
        assert [reason.project_role for reason in each.reasons] == ["developer", "operator"]
        assert each.description == "Developer: write the code; Operator: keep it running [rbacgen:tiny]"


def test_one_responsibility_that_takes_the_same_twice_gives_one_reason(world: World) -> None:
    """Two capabilities with the same grant: one assignment, the duty named once."""
    world.mapping["capabilities/all.yaml"]["look"] = {
        "says": "Look",
        "grants": [{"azure_role": "Tiny Observer", "on": "vault"}],
    }
    world.mapping["roles/developer.yaml"]["responsibilities"][0]["takes"].append("look")
    (found,) = [each for each in of(world, DEVELOPERS, "Tiny Observer") if each.environment == "dev"]
    assert found.description == "Developer: write the code [rbacgen:tiny]"
    assert {reason.capability for reason in found.reasons} == {"observe", "look"}


def test_two_environments_in_one_subscription_share_what_is_one_scope(world: World) -> None:
    """The same vault bound in both: wanted once, in the environment that the project names first."""
    environments = world.project["environments"]
    environments["prod"]["subscription"] = DEV
    environments["prod"]["scopes"] |= {"group": "RG-DEV", "vault": "KV-dev"}
    found = of(world, DEVELOPERS, "Tiny Observer")
    assert places(found) == [("dev", "vault")]
    world.project["environments"] = {name: environments[name] for name in ("prod", "dev")}
    assert places(of(world, DEVELOPERS, "Tiny Observer")) == [("prod", "vault")]


def test_a_key_is_unique_whatever_the_case(world: World) -> None:
    """Azure compares scopes without case, and so do the keys of what is wanted."""
    keys = [each.key for each in desired(world)]
    assert len(keys) == len(set(keys))
    assert all(key.scope == key.scope.lower() for key in keys)


# Moving and leaving out.


def test_a_moved_responsibility_takes_its_access_along(world: World) -> None:
    """One line in the project moves the secrets from the developers to the operators."""
    world.project["moved"] = [{"responsibility": "write_code", "from": "developer", "to": "operator"}]
    assert of(world, DEVELOPERS) == []
    found = of(world, OPERATORS, "Key Vault Secrets User")
    assert [each.reasons[0].title for each in found] == ["Operator"]


def test_a_kind_that_is_said_to_be_absent_gives_nothing(world: World) -> None:
    """`without` leaves out the kind itself; nothing is unbound."""
    del world.project["environments"]["dev"]["scopes"]["vault"]
    world.project["environments"]["dev"]["without"] = ["vault"]
    assert places(of(world, DEVELOPERS)) == [("prod", "vault")]


def test_what_lies_under_an_absent_kind_is_absent_too(world: World) -> None:
    """No lake, no container in it; no group, nothing at all below it."""
    del world.project["environments"]["dev"]["scopes"]["lake"]
    world.project["environments"]["dev"]["without"] = ["lake"]
    assert places(of(world, ROBOT)) == [("prod", "raw")]
    world.project["environments"]["dev"] = {"subscription": DEV, "without": ["group"]}
    assert {each.environment for each in desired(world)} == {"prod"}


def test_a_child_that_is_bound_by_its_id_outlives_an_absent_parent(world: World) -> None:
    """Said to be elsewhere, it is there."""
    scope = f"/subscriptions/{PROD}/resourceGroups/rg-other/providers/Microsoft.KeyVault/vaults/kv-other"
    world.project["environments"]["dev"] = {"subscription": DEV, "scopes": {"vault": scope}, "without": ["group"]}
    assert {each.scope.id for each in of(world, DEVELOPERS) if each.environment == "dev"} == {scope}


def test_members_are_narrowed_by_environment(world: World) -> None:
    """`in: [dev]` gives nothing elsewhere."""
    world.project["team"]["developer"][0]["in"] = ["prod"]
    assert {each.environment for each in of(world, DEVELOPERS)} == {"prod"}


def test_an_environment_may_stand_for_another(world: World) -> None:
    """`as: dev` gives an environment of another name the access of dev; two may stand for the same one."""
    extra = {"subscription": PROD, "as": "dev", "scopes": {"group": "rg-lab", "vault": "kv-lab", "lake": "stlab"}}
    world.project["environments"]["lab"] = extra
    found = of(world, DEVELOPERS, "Key Vault Secrets User")
    assert places(found) == [("dev", "vault"), ("lab", "vault")]
    assert not any(each.environment == "lab" and each.role.name == "Reader" for each in desired(world))


# Ends.


@pytest.mark.parametrize("pim", [True, False])
@pytest.mark.parametrize(
    ("days", "is_there"), [(-1, False), (0, False), (1, True)], ids=["yesterday", "today", "tomorrow"]
)
def test_a_member_is_gone_from_the_end_on(world: World, days: int, is_there: bool, pim: bool) -> None:
    """On the day of the end the access is gone, with PIM and without, and that is said."""
    end = TODAY + datetime.timedelta(days)
    world.project["pim"] = pim
    world.project["team"]["developer"][0]["ends"] = end.isoformat()
    found = of(world, DEVELOPERS)
    assert bool(found) == is_there
    assert all(each.ends == end for each in found)
    assert ("ended" in world.rules()) != is_there
    assert ("ends-soon" in world.rules()) == is_there


def test_a_project_role_that_lives_as_long_as_the_project_ends_with_it(world: World) -> None:
    """`lifetime: project` and `ends` of the project; other project roles go on."""
    world.mapping["roles/developer.yaml"]["lifetime"] = "project"
    world.project["ends"] = "2027-06-30"
    assert {each.ends for each in of(world, DEVELOPERS)} == {datetime.date(2027, 6, 30)}
    assert {each.ends for each in of(world, OPERATORS)} == {None}


def test_a_grant_may_end_with_the_project_or_on_its_own_day(world: World) -> None:
    """The earliest of all that apply counts."""
    world.project["ends"] = "2027-06-30"
    world.capability("use_secrets")["grants"][0]["ends"] = "project"
    world.capability("observe")["grants"][0]["ends"] = "2027-03-01"
    ends = {each.role.name: each.ends for each in of(world, DEVELOPERS)}
    assert ends == {
        "Key Vault Secrets User": datetime.date(2027, 6, 30),
        "Tiny Observer": datetime.date(2027, 3, 1),
    }
    world.project["team"]["developer"][0]["ends"] = "2027-01-01"
    assert {each.ends for each in of(world, DEVELOPERS)} == {datetime.date(2027, 1, 1)}


def test_two_roles_that_end_differently_end_with_the_later_one(world: World) -> None:
    """While one reason is left, the access is wanted; a reason without an end means no end."""
    member = {"group": "grp-developers", "id": DEVELOPERS}
    world.project["team"]["developer"] = [member | {"ends": "2027-01-01"}]
    world.project["team"]["operator"] = [member | {"ends": "2027-05-01"}]
    assert {each.ends for each in of(world, DEVELOPERS, "Tiny Observer")} == {datetime.date(2027, 5, 1)}
    world.project["team"]["operator"] = [dict(member)]
    assert {each.ends for each in of(world, DEVELOPERS, "Tiny Observer")} == {None}


def test_a_role_that_ended_leaves_no_reason_behind(world: World) -> None:
    """Of two roles one has ended: the assignment stays, and its description names the other only."""
    member = {"group": "grp-developers", "id": DEVELOPERS}
    world.project["team"]["developer"] = [member | {"ends": "2026-01-01"}]
    world.project["team"]["operator"] = [dict(member)]
    assert {each.description for each in of(world, DEVELOPERS, "Tiny Observer")} == {
        "Operator: keep it running [rbacgen:tiny]"
    }


def test_what_has_lapsed_is_what_would_be_desired_if_nothing_had_ended(world: World) -> None:
    """One walk through the project serves every day: what is left, and what an ended grant has left behind."""
    member = {"group": "grp-developers", "id": DEVELOPERS}
    world.project["team"]["developer"] = [member | {"ends": "2026-01-01"}, {"user": "ana@contoso.example", "id": ANA}]
    world.project["team"]["operator"] = [dict(member)]
    access = build_desired(world.work_out().project)
    (ever, _), (now, _) = access.on(None), access.on(TODAY)
    assert ever.lapsed == ()
    assert ever.expired == ()
    gone = frozenset(each.key for each in ever.state if each.key not in now.state)
    assert gone
    assert now.once_desired() == gone
    altered = {each.key for each in ever.state if each.key in now.state and now.state.get(each.key) != each}
    assert altered
    assert {each.key for each in now.lapsed} == gone | altered
    assert all(ever.state.get(each.key) == each for each in now.lapsed)


# Activation.


def test_without_pim_what_should_be_eligible_stands_and_is_said(world: World) -> None:
    """`pim: false` makes eligible grants standing ones, and `check` says which."""
    assert {each.activation for each in of(world, OPERATORS, "Contributor")} == {Activation.ELIGIBLE}
    world.project["pim"] = False
    assert {each.activation for each in of(world, OPERATORS, "Contributor")} == {Activation.PERMANENT}
    (said,) = [each for each in world.problems() if each.rule == "pim-off"]
    assert "Contributor on group in dev" in said.message
    assert "Contributor on group in prod" in said.message


def test_eligible_and_standing_are_two_assignments_with_pim_and_one_without(world: World) -> None:
    """Azure keeps both; without PIM they are the same, and nothing is said where it was to stand anyway."""
    world.capability("keep_group")["grants"].append({"azure_role": "Contributor", "on": "group", "in": ["dev"]})
    found = of(world, OPERATORS, "Contributor")
    assert sorted(str(each.activation) for each in found if each.environment == "dev") == ["eligible", "permanent"]
    world.project["pim"] = False
    assert places(of(world, OPERATORS, "Contributor")) == [("dev", "group"), ("prod", "group")]
    (said,) = [each for each in world.problems() if each.rule == "pim-off"]
    assert "in dev" not in said.message


# Conditions.


def test_an_unconditional_grant_beats_a_conditional_one_in_either_order(world: World) -> None:
    """The access is the union, so the condition limits nothing: the assignment has none, and that is said."""
    for first, second in ((CONDITION % "a", None), (None, CONDITION % "a")):
        for name, condition in (("use_secrets", first), ("observe", second)):
            grant = {"azure_role": "Key Vault Reader", "on": "vault", "in": ["dev"]}
            world.capability(name)["grants"] = [grant | ({"condition": condition} if condition else {})]
        world.mapping["custom_roles.yaml"] = {}
        found = of(world, DEVELOPERS, "Key Vault Reader")
        assert [each.condition for each in found] == [""]
        assert [each.condition_version for each in found] == [""]
        assert "condition-lost" in world.rules()


def test_two_different_conditions_are_an_error(world: World) -> None:
    """Azure keeps one condition per assignment; which one would be chance."""
    for name, value in (("use_secrets", "a"), ("observe", "b")):
        grant = {"azure_role": "Key Vault Reader", "on": "vault", "in": ["dev"], "condition": CONDITION % value}
        world.capability(name)["grants"] = [grant]
    world.mapping["custom_roles.yaml"] = {}
    assert "contradictory-grants" in world.rules()


def test_the_same_condition_twice_is_no_contradiction(world: World) -> None:
    """Space around it does not count."""
    for name, text in (("use_secrets", CONDITION % "a"), ("observe", "\n" + CONDITION % "a" + "  \n")):
        grant = {"azure_role": "Key Vault Reader", "on": "vault", "in": ["dev"], "condition": text}
        world.capability(name)["grants"] = [grant]
    world.mapping["custom_roles.yaml"] = {}
    (found,) = of(world, DEVELOPERS, "Key Vault Reader")
    assert found.condition == CONDITION % "a"
    assert found.condition_version == "2.0"


def test_three_grants_of_which_one_is_free_are_no_contradiction(world: World) -> None:
    """Free access beats any number of conditions, in whichever order they come."""
    world.mapping["custom_roles.yaml"] = {}
    world.mapping["roles/developer.yaml"]["responsibilities"][0]["takes"] = ["use_secrets", "observe", "third"]
    for order in (["a", None, "b"], [None, "a", "b"], ["a", "b", None]):
        for name, value in zip(("use_secrets", "observe", "third"), order, strict=True):
            grant = {"azure_role": "Key Vault Reader", "on": "vault", "in": ["dev"]}
            grants = [grant | ({"condition": CONDITION % value} if value else {})]
            world.mapping["capabilities/all.yaml"][name] = {"says": "It", "grants": grants}
        assert "contradictory-grants" not in world.rules(), order


def test_may_assign_becomes_a_condition_with_the_roles_ids(world: World) -> None:
    """The holder assigns and removes the named roles only, custom ones of this project too, and to those types only."""
    world.capability("keep_group")["grants"] = [
        {
            "azure_role": "Role Based Access Control Administrator",
            "on": "group",
            "in": ["dev"],
            "may_assign": {"azure_roles": ["Reader", "Tiny Observer"], "principal_types": ["ServicePrincipal"]},
        }
    ]
    (found,) = of(world, OPERATORS, "Role Based")
    (observer,) = {
        each.role.id for each in desired(world) if each.role.name == "Tiny Observer" and each.environment == "dev"
    }
    ids = ", ".join(sorted([observer, "acdd72a7-3385-48ef-bd42-f606fba81ae7"]))
    attribute = "Microsoft.Authorization/roleAssignments"
    for verb, source in (("write", "Request"), ("delete", "Resource")):
        assert (
            f"((!(ActionMatches{{'{attribute}/{verb}'}})) OR "
            f"(@{source}[{attribute}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{ids}}} AND "
            f"@{source}[{attribute}:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {{'ServicePrincipal'}}))"
        ) in found.condition


def test_a_delegation_without_types_speaks_of_roles_only() -> None:
    """No principal types means any."""
    text = delegation_condition(["a", "b"], [])
    assert "PrincipalType" not in text
    assert text.count("{a, b}") == 2
    assert text.count("(") == text.count(")")


# Custom roles.


def test_a_custom_role_has_one_id_per_project_and_subscription(world: World) -> None:
    """The same on every machine and every day, and never that of another project or subscription."""
    ids = {each.environment: each.role.id for each in desired(world) if each.role.name == "Tiny Observer"}
    assert len(set(ids.values())) == 2
    again = {each.environment: each.role.id for each in desired(world) if each.role.name == "Tiny Observer"}
    assert again == ids
    assert all(str(uuid.UUID(each)) == each for each in ids.values())
    world.project["project"] = "other"
    other = {each.environment: each.role.id for each in desired(world) if each.role.name == "Tiny Observer"}
    assert not set(other.values()) & set(ids.values())


def test_the_id_of_a_custom_role_never_changes(world: World) -> None:
    """Frozen: an id that changed between versions of rbacgen would replace every assignment of the role."""
    ids = {each.environment: each.role.id for each in desired(world) if each.role.name == "Tiny Observer"}
    assert ids["dev"] == "07604fca-f40b-5375-b41e-5f311bc65cd7"


def test_a_definition_is_made_once_per_subscription_where_it_is_first_wanted(world: World) -> None:
    """Two environments in one subscription share it; its name tells project and environment."""
    checked = world.work_out()
    assert [(each.environment, each.role.name) for each in checked.desired.definitions] == [
        ("dev", "Tiny Observer (tiny dev)"),
        ("prod", "Tiny Observer (tiny prod)"),
    ]
    world.project["environments"]["prod"]["subscription"] = DEV
    checked = world.work_out()
    assert [(each.environment, each.role.assignable_scopes) for each in checked.desired.definitions] == [
        ("dev", (f"/subscriptions/{DEV}",))
    ]


def test_a_definition_is_assignable_wherever_it_is_assigned(world: World) -> None:
    """A vault in another subscription joins the assignable scopes."""
    world.project["environments"]["dev"]["scopes"]["vault"] = {
        "name": "kv-dev",
        "resource_group": "rg-hub",
        "subscription": PROD,
    }
    definitions = {each.environment: each.role.assignable_scopes for each in world.work_out().desired.definitions}
    assert definitions["dev"] == (f"/subscriptions/{DEV}", f"/subscriptions/{PROD}")


def test_an_existing_custom_role_is_used_and_not_made(world: World) -> None:
    """`existing_roles` gives its id; no definition is rendered."""
    world.project["existing_roles"] = {"Tiny Observer": ANA.upper()}
    checked = world.work_out()
    assert checked.desired.definitions == ()
    assert {each.role.id for each in checked.desired.state if each.role.name == "Tiny Observer"} == {ANA}


def test_a_custom_role_that_nobody_gets_is_not_made(world: World) -> None:
    """Definitions follow from assignments."""
    world.project["team"] = {"robot": world.project["team"]["robot"]}
    assert world.work_out().desired.definitions == ()


# Descriptions.


def reason(title: str, does: str) -> Reason:
    """A reason of no particular place."""
    return Reason("role", title, "duty", does, "capability", Position("a"), Position("b"))


def test_a_description_says_why_and_carries_the_mark() -> None:
    """Project roles, their duties with a small first letter unless it belongs to a name, and the mark last."""
    reasons = (
        reason("A", "Write code."),
        reason("A", "CI and CD"),
        reason("A", "MLflow tracking"),
        reason("B", "Ünit"),
    )
    assert describe(reasons, "x") == "A: write code, CI and CD, MLflow tracking; B: ünit [rbacgen:x]"


def test_a_description_has_no_line_breaks() -> None:
    """White space of folded YAML texts becomes single spaces."""
    assert describe((reason("A", "Write\n  much\tcode\n"),), "x") == "A: write much code [rbacgen:x]"


@given(
    st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=300).filter(str.strip), min_size=1, max_size=8),
    st.sampled_from(["x", "p" * 64]),
)
def test_a_description_fits_and_is_cut_at_a_word(responsibilities: list[str], name: str) -> None:
    """512 characters at most, always with the whole mark; what is cut ends in an ellipsis after a whole word."""
    whole = " ".join(why(tuple(reason("Title", responsibility) for responsibility in responsibilities)).split())
    text = describe(tuple(reason("Title", responsibility) for responsibility in responsibilities), name)
    assert len(text) <= DESCRIPTION_LIMIT
    assert text.endswith(" " + mark(name))
    said = text.removesuffix(" " + mark(name))
    if said != whole:
        assert said.endswith("…")
        kept = said[:-1]
        assert whole.startswith(kept)
        assert " " not in whole[: DESCRIPTION_LIMIT - len(mark(name)) - 2] or whole[len(kept)] in " ,;:"


def test_a_stable_description_names_no_reason(world: World) -> None:
    """On azurerm 4 a changed description replaces the assignment, so it never changes."""
    world.project["azurerm"] = 4
    assert {each.description for each in desired(world)} == {"Managed as code [rbacgen:tiny]"}


# Order means nothing.


def _big(world: World) -> World:
    """More people, roles and reasons than by default, some of them shared."""
    team = world.project["team"]
    team["developer"] += [{"user": "ana@contoso.example", "id": ANA, "ends": "2027-01-01"}]
    team["operator"] += [
        {"user": "ana@contoso.example", "id": ANA, "in": ["dev"], "ends": "2027-03-01"},
        {"group": "grp-developers", "id": DEVELOPERS},
    ]
    world.project["environments"]["lab"] = {
        "subscription": DEV,
        "as": "dev",
        "scopes": {"group": "rg-dev", "vault": "kv-dev", "lake": "stlab"},
    }
    return world


def _state(world: World, order: random.Random | None) -> object:
    """What the world wants as plain data, without places in files, after its lists and mapping keys were shuffled."""

    def shuffled(value: Any, path: tuple[str, ...] = ()) -> Any:
        if isinstance(value, dict):
            items = [(key, shuffled(each, (*path, key))) for key, each in value.items()]
            # The first environment of two that share a scope has the assignment: this order has a meaning.
            if order and path != ("environments",):
                order.shuffle(items)
            return dict(items)
        if isinstance(value, list):
            members = [shuffled(each, path) for each in value]
            if order:
                order.shuffle(members)
            return members
        return value

    root, _ = document.parse(_yaml_of(shuffled(world.project)), "rbacgen.yaml")
    files = [
        mapping_loader.MappingFile(path, document.parse(_yaml_of(content), path)[0])
        for path, content in world.mapping.items()
    ]
    if order:
        order.shuffle(files)
    known, problems = mapping_loader.build([files], catalog.load())
    assert problems == ()
    assert root is not None
    made, problems = project_loader.build(root, known, lock.Lock())
    assert [each for each in problems if each.severity == "error"] == []
    found, _ = build_desired(made).on(TODAY)
    return [
        (
            each.key,
            each.scope.id,
            each.environment,
            each.scope_kind,
            each.principal,
            each.ends,
            each.description,
            [(one.project_role, one.responsibility, one.capability) for one in each.reasons],
        )
        for each in found.state
    ], [(each.environment, each.role) for each in found.definitions]


def _yaml_of(content: Any) -> str:
    from tests.fakes.world import _yaml

    return _yaml(content)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_lists_and_files_changes_nothing(world: World, seed: int) -> None:
    """Team, members, scopes, moves in any order, mapping files in any order: the same wanted state, byte for byte."""
    fresh = World(world.folder)
    assert _state(_big(fresh), random.Random(seed)) == _state(_big(World(world.folder)), None)


def test_the_state_is_sorted(world: World) -> None:
    """Sorted once, by what is compared."""
    keys = [(each.key.scope, each.key.role_id, each.key.principal_id, each.key.activation) for each in desired(world)]
    assert all(one <= other for one, other in pairwise(keys))


# What must never come out wider or longer than it was written.


def test_an_emptied_list_is_not_the_absent_one(world: World) -> None:
    """Without `in` a grant or a member is everywhere, without principal types a condition binds none: empty lists may not."""
    grant = world.capability("keep_group")["grants"][0]
    member = world.project["team"]["developer"][0]
    for subject in (grant, member):
        subject["in"] = []
        assert "wrong-value" in world.rules()
        del subject["in"]
    may_assign: dict[str, object] = {"azure_roles": [], "principal_types": ["ServicePrincipal"]}
    grant |= {"azure_role": "Role Based Access Control Administrator", "may_assign": may_assign}
    assert "wrong-value" in world.rules()
    may_assign |= {"azure_roles": ["Reader"], "principal_types": []}
    assert "wrong-value" in world.rules()
    may_assign |= {"principal_types": ["Group"]}
    assert "wrong-value" not in world.rules()


def test_free_access_for_a_while_does_not_become_free_access_for_ever(world: World) -> None:
    """One grant is free until a day and one limited without end: Azure keeps one, so neither is chosen in silence."""
    world.mapping["custom_roles.yaml"] = {}
    grant = {"azure_role": "Key Vault Reader", "on": "vault"}
    world.capability("use_secrets")["grants"] = [grant | {"in": ["dev"], "ends": "2026-12-31"}]
    world.capability("observe")["grants"] = [grant | {"in": ["dev"], "condition": CONDITION % "a"}]
    assert "contradictory-grants" in world.rules()
    world.capability("observe")["grants"][0]["ends"] = "2026-12-31"
    assert "contradictory-grants" not in world.rules()
    (found,) = of(world, DEVELOPERS, "Key Vault Reader")
    assert (found.condition, str(found.ends)) == ("", "2026-12-31")


def test_without_pim_a_standing_grant_that_ends_does_not_hide_an_eligible_one_that_does_not(world: World) -> None:
    """The eligible one makes it stand for ever, and that is said."""
    world.project["pim"] = False
    world.capability("keep_group")["grants"].append(
        {"azure_role": "Contributor", "on": "group", "in": ["dev"], "ends": "2026-12-31"}
    )
    (said,) = [each for each in world.problems() if each.rule == "pim-off"]
    assert "in dev" in said.message


def test_an_absent_management_group_takes_no_subscription_with_it(world: World) -> None:
    """The environment says its subscription itself."""
    world.mapping["scope_kinds.yaml"]["subscription"]["under"] = "landing_zone"
    del world.project["environments"]["prod"]["scopes"]["landing_zone"]
    world.project["environments"]["prod"]["without"] = ["landing_zone"]
    assert [each.scope_kind for each in of(world, OPERATORS, "Reader") if each.scope_kind != "root"] == ["subscription"]
