"""Project roles that are kept apart: whoever comes to both, directly or through groups, and where nobody can tell."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from rbacgen.model.problems import Problem
from tests.fakes.world import DEVELOPERS, OPERATORS, ROBOT, World

ANA = "aaaaaaaa-0000-4000-8000-00000000000a"
BEN = "aaaaaaaa-0000-4000-8000-00000000000b"
ON_CALL = "aaaaaaaa-0000-4000-8000-00000000000c"
ana = {"user": "ana@contoso.example", "id": ANA}
on_call = {"group": "grp-on-call", "id": ON_CALL}


@pytest.fixture
def apart(world: World) -> World:
    """The world with developers kept apart from operators, and nobody in any group."""
    world.project["apart"] = [["developer", "operator"]]
    world.project["groups"] = {"grp-developers": {"members": []}, "grp-operators": {"members": []}}
    return world


def put(world: World, group: str, *members: dict[str, Any]) -> None:
    """Puts somebody into a group of the project file."""
    world.project["groups"].setdefault(group, {"members": []})["members"] += copy.deepcopy(list(members))


def found(world: World, rule: str = "apart") -> list[str]:
    """The messages of a rule; all of them are where the team names the second of the two project roles."""
    problems = [each for each in world.problems() if each.rule == rule]
    lines = (world.folder / "rbacgen.yaml").read_text(encoding="utf-8").splitlines()
    assert all(_is_of_team(lines, each) for each in problems)
    return [each.message for each in problems]


def _is_of_team(lines: list[str], problem: Problem) -> bool:
    return lines.index("team:") < problem.at.line - 1 < len(lines) and problem.at.file.endswith("rbacgen.yaml")


def test_nobody_in_both_is_in_order(apart: World) -> None:
    """Groups whose members are known and are others."""
    put(apart, "grp-developers", ana)
    assert found(apart) == found(apart, "apart-unknown") == []


def test_one_project_role_through_a_group_and_one_of_her_own(apart: World) -> None:
    """With both ways, and where the team gives either."""
    put(apart, "grp-developers", ana)
    apart.project["team"]["operator"].append({**ana, "in": ["prod"]})
    (message,) = found(apart)
    assert message.startswith("`ana@contoso.example` is operator here and developer through `grp-developers` at ")
    assert message.endswith("rbacgen.yaml:19, which the project keeps apart")


def test_both_project_roles_through_groups_and_groups_in_them(apart: World) -> None:
    """The nearest group first."""
    put(apart, "grp-developers", ana)
    put(apart, "grp-operators", on_call)
    put(apart, "grp-on-call", ana)
    (message,) = found(apart)
    assert "is operator through `grp-on-call` in `grp-operators` here" in message
    assert "developer through `grp-developers` at" in message


def test_who_is_known_by_id_only_is_shown_by_it(apart: World) -> None:
    """The lock holds no names of persons."""
    apart.lock = {
        "format_version": 1,
        "members": {DEVELOPERS: {"user": [BEN]}, OPERATORS: {"group": [ON_CALL]}, ON_CALL: {"user": [BEN.upper()]}},
    }
    (message,) = found(apart)
    assert f"`{BEN}` is operator through `{ON_CALL}` in `grp-operators` here and developer" in message
    apart.lock["group_names"] = {ON_CALL.upper(): "grp-on-call"}
    (message,) = found(apart)
    assert f"`{BEN}` is operator through `grp-on-call` in `grp-operators` here and developer" in message


def test_the_file_and_the_lock_together_break_it(apart: World) -> None:
    """One half of the way stands in each; the name comes from the file."""
    put(apart, "grp-developers", ana)
    apart.lock = {"format_version": 1, "members": {OPERATORS: {"user": [ANA]}}}
    assert "`ana@contoso.example` is operator through `grp-operators` here" in found(apart)[0]


def test_identities_count_as_people_do(apart: World) -> None:
    """A managed identity in a group of people, and holding the project role of a workload."""
    apart.project["apart"] = [["robot", "operator"]]
    put(apart, "grp-operators", {"managed_identity": "id-robot", "id": ROBOT})
    (message,) = found(apart)
    assert message.startswith("`id-robot` is operator through `grp-operators` here and robot at ")
    del apart.project["groups"]["grp-operators"]
    apart.lock = {"format_version": 1, "members": {OPERATORS: {"service_principal": [ROBOT]}}}
    assert len(found(apart)) == 1


def test_a_group_in_both_is_said_once_and_not_for_all_in_it(apart: World) -> None:
    """Itself by name, or through a group that it lies in; who comes to a project role by another way is said too."""
    apart.project["team"]["operator"].append({"group": "grp-developers"} | {"id": DEVELOPERS})
    put(apart, "grp-developers", ana, {"user": "ben@contoso.example", "id": BEN})
    (message,) = found(apart)
    assert message.startswith("`grp-developers` is operator here and developer at")
    put(apart, "grp-operators", ana)
    messages = found(apart)
    assert [each.split("`")[1] for each in messages] == ["ana@contoso.example", "grp-developers"]


def test_a_group_within_a_group_in_both(apart: World) -> None:
    """On call is operator, and lies in the developers: that is said of the group, not of who is in it."""
    put(apart, "grp-developers", on_call)
    put(apart, "grp-on-call", ana)
    apart.project["team"]["operator"].append(dict(on_call))
    (message,) = found(apart)
    assert message.startswith("`grp-on-call` is operator here and developer through `grp-developers` at")


def test_three_project_roles_are_apart_pair_by_pair(apart: World) -> None:
    """Each with its own two ways."""
    apart.project["apart"] = [["developer", "operator", "robot"]]
    apart.project["team"]["robot"].append(dict(ana))
    put(apart, "grp-developers", ana)
    put(apart, "grp-operators", ana)
    assert sorted(each.split(" is ")[1].split()[0] for each in found(apart)) == ["operator", "robot", "robot"]


def test_a_group_of_whom_nobody_told_leaves_it_open(apart: World) -> None:
    """A note with the cure, once a group whatever is kept apart from its project role; only where somebody holds the other project role."""
    del apart.project["groups"]["grp-operators"]
    apart.project["apart"] = [["developer", "operator"], ["operator", "robot"]]
    (message,) = found(apart, "apart-unknown")
    assert message == (
        "who is in `grp-operators` is not known, nor whether somebody in it is both operator and developer, or both "
        "operator and robot: run `rbacgen lock --members`, or write them under `groups:`"
    )
    apart.project["team"]["developer"] = []
    apart.project["apart"] = [["developer", "operator"]]
    assert found(apart, "apart-unknown") == []


def test_a_group_that_breaks_it_anyhow_is_not_open(apart: World) -> None:
    """Whoever is in it holds both."""
    apart.project["groups"] = {"grp-operators": {"members": []}}
    apart.project["team"]["operator"].append({"group": "grp-developers", "id": DEVELOPERS})
    assert (len(found(apart)), found(apart, "apart-unknown")) == (1, [])


def test_a_group_that_only_terraform_knows_cannot_be_asked_for(apart: World) -> None:
    """Its members can be written all the same, under the name that the team has."""
    del apart.project["groups"]["grp-operators"]
    apart.project["team"]["operator"] = [{"group": "grp-new", "id": {"terraform": "azuread_group.new.object_id"}}]
    (message,) = found(apart, "apart-unknown")
    assert "`grp-new`" in message
    assert "lock --members" not in message
    put(apart, "grp-new", ana)
    put(apart, "grp-developers", ana)
    assert found(apart, "apart-unknown") == []
    assert found(apart)[0].startswith("`ana@contoso.example` is operator through `grp-new` here")


def test_one_name_has_one_id_whoever_knows_it(apart: World) -> None:
    """Given by id here and by Terraform there, nobody could tell that they are one."""
    apart.project["team"]["developer"].append(dict(ana))
    apart.project["team"]["operator"].append({**ana, "id": {"terraform": "azuread_user.ana.object_id"}})
    assert [each.rule for each in apart.problems() if each.severity == "error"] == ["apart", "two-names"]


# The `groups` of a project file.


def test_groups_are_named_in_any_order(world: World) -> None:
    """An id that stands anywhere in the file is the name's id; a name in the lock needs none."""
    world.project["groups"] = {
        "grp-developers": {"members": [{"group": "grp-on-call"}, {"user": "ben@contoso.example"}]},
        "Grp-On-Call": {"id": ON_CALL.upper(), "members": [{"user": "ana@contoso.example"}]},
        "grp-empty": {"id": BEN, "members": [{"user": "Ana@contoso.example", "id": ANA}]},
    }
    world.lock = {"format_version": 1, "principals": {"user": {"ben@contoso.example": ROBOT.replace("3", "d")}}}
    assert [str(each) for each in world.problems() if each.severity == "error"] == []
    made = world.work_out().project
    assert [(each.principal.id, [one.id for one in each.members]) for each in made.groups] == [
        (DEVELOPERS, [ON_CALL, ROBOT.replace("3", "d")]),
        (ON_CALL, [ANA]),
        (BEN, [ANA]),
    ]
    assert made.membership.groups_of(ANA) == ((BEN,), (ON_CALL,), (ON_CALL, DEVELOPERS))
    assert made.membership.known == {DEVELOPERS, ON_CALL, BEN}


def test_a_member_of_a_group_gets_nothing_of_its_own(world: World) -> None:
    """Who is in a group changes no assignment; and nobody in it is an unused principal."""
    before = world.work_out().desired.state
    world.project["groups"] = {"grp-developers": {"members": [{"user": "ana@contoso.example"}]}}
    world.lock = {"format_version": 1, "principals": {"user": {"ana@contoso.example": ANA}}}
    after = world.work_out()
    assert dict(after.desired.state.items()) == dict(before.items())
    assert "unused-principal" not in {each.rule for each in after.problems}


def test_a_name_of_another_kind_is_somebody_else(world: World) -> None:
    """A service principal is not the managed identity of its name: it has to be known by itself."""
    world.project["groups"] = {"grp-developers": {"members": [{"managed_identity": "ID-Robot"}]}}
    assert world.work_out().project.groups[0].members[0].id == ROBOT
    world.project["groups"] = {"grp-developers": {"members": [{"service_principal": "id-robot"}]}}
    assert [each.rule for each in world.problems() if each.severity == "error"] == ["unknown-principal"]


def test_an_empty_section_is_none(world: World) -> None:
    """`groups:` with everything commented out."""
    world.project["groups"] = None
    assert world.work_out().project.groups == ()


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ({"a": {"id": ANA}}, "`members` is missing here"),
        ({"a": []}, "expected a mapping with `members`, `id`"),
        ({"a": {"members": [{"user": "x"}], "ends": "2027-01-01"}}, "unknown key `ends`"),
        ({"a": {"id": "nobody", "members": []}}, "expected a GUID"),
        ({"": {"id": ANA, "members": []}}, "not an empty one"),
    ],
)
def test_what_a_group_may_not_be(world: World, groups: Any, said: str) -> None:
    """One problem a fault, at its place."""
    world.project["groups"] = groups
    assert any(said in each.message for each in world.problems()), [str(each) for each in world.problems()]


def test_circles_are_named_once_and_whole(world: World) -> None:
    """Of three groups in each other; one that only leads into the circle is not in it."""
    ids = [f"cccccccc-0000-4000-8000-00000000000{number}" for number in range(4)]
    names = ["one", "two", "three", "outside"]
    inside = {"one": "two", "two": "three", "three": "one", "outside": "one"}
    world.project["groups"] = {
        name: {"id": ids[number], "members": [{"group": inside[name]}]} for number, name in enumerate(names)
    }
    (problem,) = [each for each in world.problems() if each.rule == "group-cycle"]
    assert problem.message == "`one` lies in itself: `one` in `three` in `two` in `one`"
