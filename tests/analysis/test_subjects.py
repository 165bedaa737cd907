"""The subject of a text: a project role, somebody of the team, an object id, or everyone."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from rbacgen.analysis import subjects
from rbacgen.authorization.groups import build
from rbacgen.model.assignment import Principal, PrincipalType
from rbacgen.project.project import Project
from tests.fakes.world import DEVELOPERS, ROBOT, World

ANA = "aaaaaaaa-0000-4000-8000-00000000000a"
STRANGER = "eeeeeeee-0000-4000-8000-000000000001"


@pytest.fixture
def project(world: World) -> Project:
    """The small project."""
    return world.work_out().project


@pytest.mark.parametrize("text", ["developer", "Developer", "DEVELOPER", " developer "])
def test_a_project_role_by_id_or_title(project: Project, text: str) -> None:
    """Without regard to case."""
    found = subjects.find(project, text)
    assert found.project_role is project.mapping.roles["developer"]
    assert (found.name, found.is_everyone) == ("Developer", False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("grp-developers", DEVELOPERS),
        ("GRP-Developers", DEVELOPERS),
        ("group:grp-developers", DEVELOPERS),
        (DEVELOPERS.upper(), DEVELOPERS),
        ("managed_identity:id-robot", ROBOT),
        ("id-robot", ROBOT),
    ],
)
def test_somebody_of_the_team(project: Project, text: str, expected: str) -> None:
    """By name, by kind and name, or by object id; with the name that the project has."""
    found = subjects.find(project, text)
    assert found.principal is not None
    assert found.principal.id == expected
    assert found.name.startswith(("grp-", "id-"))


def test_everyone(project: Project) -> None:
    """With a project and without."""
    assert subjects.find(project, "everyone").is_everyone
    assert subjects.find(None, "Everyone").name == "everyone"


def test_an_object_id_is_somebody_known_or_not(project: Project) -> None:
    """A stranger's is taken as it is, in lower case."""
    for given in (project, None):
        found = subjects.find(given, STRANGER.upper())
        assert found.principal == Principal(STRANGER, PrincipalType.UNKNOWN, STRANGER)


def test_a_project_role_comes_before_somebody_of_its_name(world: World) -> None:
    """Who is meant by the bare name is the project's own word; the kind before it asks for the other."""
    world.project["team"]["operator"].append({"group": "developer", "id": ANA})
    project = world.work_out().project
    assert subjects.find(project, "developer").project_role is not None
    found = subjects.find(project, "group:developer").principal
    assert found is not None
    assert found.id == ANA


def test_a_name_that_two_have_is_asked_back(world: World) -> None:
    """A group and a user of one name: both are listed with their kind, and the kind tells them apart."""
    world.project["team"]["operator"].append({"user": "grp-developers", "id": ANA})
    project = world.work_out().project
    with pytest.raises(subjects.UnknownSubjectError) as raised:
        subjects.find(project, "grp-developers")
    assert raised.value.message == "`grp-developers` names several in the team"
    assert raised.value.hint == "name one of them: group:grp-developers, user:grp-developers"
    found = subjects.find(project, "user:grp-developers").principal
    assert found is not None
    assert found.id == ANA


@pytest.mark.parametrize("text", ["grp-developer", "user:grp-developers", "nobody", "", "developer:x"])
def test_nobody(project: Project, text: str) -> None:
    """The near miss is named, and what would be right."""
    with pytest.raises(subjects.UnknownSubjectError) as raised:
        subjects.find(project, text)
    assert raised.value.message.startswith(f"the project has no `{text}`")
    assert "everyone" in raised.value.hint
    if text == "grp-developer":
        assert "did you mean `grp-developers`?" in raised.value.message


def test_a_name_without_a_project(project: Project) -> None:
    """Only an object id will do then."""
    with pytest.raises(subjects.UnknownSubjectError) as raised:
        subjects.find(None, "grp-developers")
    assert raised.value.hint == "give an object id"


def test_somebody_whom_the_project_names_in_a_group(project: Project) -> None:
    """Who is not in the team itself but written down as a member has a name, too."""
    ana = Principal(ANA, PrincipalType.USER, "ana@contoso.example")
    known = replace(project, membership=build({DEVELOPERS: (ana,)}, {}))
    assert subjects.find(known, "ana@contoso.example").principal == ana
    assert subjects.find(known, "user:ana@contoso.example").principal == ana


def test_what_the_directory_calls_a_group_in_a_group_takes_no_name_of_the_team(world: World) -> None:
    """It is found by its own name; one that is called as the team's group is does not make that two."""
    world.lock = {
        "format_version": 1,
        "members": {DEVELOPERS: {"group": [STRANGER]}, STRANGER: {"user": [ANA]}},
        "group_names": {STRANGER: "grp-loan"},
    }
    project = world.work_out().project
    found = subjects.find(project, "grp-loan").principal
    assert found is not None
    assert (found.id, found.type) == (STRANGER, PrincipalType.GROUP)
    world.lock["group_names"] = {STRANGER: "grp-Developers"}
    found = subjects.find(world.work_out().project, "grp-developers").principal
    assert found is not None
    assert found.id == DEVELOPERS
