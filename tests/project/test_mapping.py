"""The files of a mapping with their names resolved: what is found wherever it stands, and what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest

from rbacgen.model.problems import Problem
from tests.fakes.world import World


def found(world: World) -> list[Problem]:
    """Errors and warnings of a world."""
    return [each for each in world.problems() if each.severity != "note"]


def role(world: World, name: str) -> Any:
    """A project role of the mapping, to be changed in place."""
    return world.mapping[f"roles/{name}.yaml"]


def test_an_azure_role_is_found_by_name_former_name_or_id(world: World) -> None:
    """Without regard to case; a former name is a warning."""
    for written in ("key vault secrets user", "4633458b-17de-408a-b874-0445c86b69e6"):
        world.capability("use_secrets")["grants"][0]["azure_role"] = written
        assert [each.rule for each in found(world)] == []
        assert "Key Vault Secrets User" in {each.role.name for each in world.work_out().desired.state}


def test_environments_default_to_all_of_the_mapping(world: World) -> None:
    """A grant without `in` holds everywhere."""
    mapping = world.work_out().project.mapping
    assert mapping.capabilities["observe"].grants[0].environments == ("dev", "prod")
    assert mapping.capabilities["use_secrets"].grants[0].environments == ("dev",)


def test_project_roles_come_in_the_order_of_families_and_workloads_last(world: World) -> None:
    """The order that matrices and Terraform comments follow comes from the mapping, not from file names."""
    world.mapping["mapping.yaml"]["families"] = ["Keepers", "Makers"]
    role(world, "operator")["family"] = "Keepers"
    assert list(world.work_out().project.mapping.roles) == ["operator", "developer", "robot"]


def test_access_outside_azure_is_kept(world: World) -> None:
    """Never silently dropped."""
    responsibility = world.work_out().project.mapping.roles["operator"].responsibilities[1]
    assert responsibility.outside == (("pagerduty", "on call"),)


@pytest.mark.parametrize("name", ["roles/nested/x.yaml", "scope-kinds.yaml", "notes.yml", "role/x.yaml"])
def test_a_file_that_stands_elsewhere_is_an_error(world: World, name: str) -> None:
    """It would not be read, and nobody would notice."""
    world.mapping[name] = {"a": "b"}
    assert [each.rule for each in found(world)] == ["misplaced-file"]


def test_other_files_than_yaml_may_lie_beside(world: World) -> None:
    """A README is no part of the mapping."""
    world.write()
    (world.folder / "mapping" / "README.md").write_text("# Read me\n", encoding="utf-8")
    assert found(world) == []


def test_both_spellings_of_yaml_are_read(world: World) -> None:
    """`.yml` is as good as `.yaml`."""
    world.mapping["roles/operator.yml"] = world.mapping.pop("roles/operator.yaml")
    assert found(world) == []


def test_a_role_has_the_name_of_its_file(world: World) -> None:
    """A person finds Data Scientist by its file name."""
    role(world, "developer")["project_role"] = "coder"
    world.project["team"] = {}
    assert [each.rule for each in found(world)] == ["misplaced-file"]


@pytest.mark.parametrize(
    ("operation", "rules"),
    [
        ("Microsoft.KeyVault/vaults/read", set()),
        ("microsoft.keyvault/VAULTS/read", set()),
        ("Microsoft.KeyVault/vaults/*", set()),
        ("*/read", set()),
        ("*", set()),
        ("Microsoft.KeyVault/*/read", set()),
        ("Microsoft.Unheard/things/read", {"void-grant"}),
        ("Microsoft.KeyVault/vaults/raed", {"unknown-operation"}),
        ("Microsoft.KeyVault/vaults/secrets/getSecret/action", {"unknown-operation"}),
        ("Microsoft.KeyVault/*/*", {"custom-role-wildcard"}),
        ("Microsoft.KeyVault/va*/read", {"custom-role-wildcard"}),
        ("Microsoft KeyVault/vaults/read", {"wrong-value"}),
        ("Microsoft.KeyVault", {"wrong-value"}),
        ("Microsoft.KeyVault/vaults/read\n", {"wrong-value"}),
    ],
)
def test_the_operations_of_a_custom_role(world: World, operation: str, rules: set[str]) -> None:
    """One `*` alone between slashes, known operations where the provider is known, of the right plane."""
    world.mapping["custom_roles.yaml"]["Tiny Observer"]["actions"] = [operation]
    privileged = {"privileged-access"}
    assert {each.rule for each in found(world)} - privileged == rules


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ("Microsoft.KeyVault/vaults/secrets/getSecret/action", ""),
        ("Microsoft.KeyVault/vaults/keys/read", ""),
        ("Microsoft.KeyVault/vaults/unheard/*", ""),
        (
            "Microsoft.KeyVault/vaults/secrets/getSecrt/action",
            "(did you mean `Microsoft.KeyVault/vaults/secrets/getSecret/action`?): it is tested on both planes",
        ),
    ],
)
def test_a_line_without_a_plane_is_about_whichever_plane_knows_it(world: World, operation: str, words: str) -> None:
    """Only an operation that none knows is worth a word."""
    world.mapping["roles/developer.yaml"]["must_not"] = [{"do": operation, "on": "vault"}]
    said = [each.message for each in found(world) if each.rule == "unknown-operation"]
    assert said == ([f"no known operation `{operation}` {words}"] if words else [])


def test_data_actions_are_of_the_other_plane(world: World) -> None:
    """An operation in the wrong section is said to be of the other plane."""
    world.mapping["custom_roles.yaml"]["Tiny Observer"] |= {"data_actions": ["Microsoft.KeyVault/vaults/read"]}
    (problem,) = found(world)
    assert problem.rule == "unknown-operation"
    assert "an operation of the control plane, not of the data plane" in problem.message


@pytest.mark.parametrize(
    ("condition", "is_right"),
    [
        ("(!(ActionMatches{'A/b/read'})) OR (@Resource[a] StringEquals 'x')", True),
        ("!(actionmatches{'A/b/read'})", True),
        ("@Resource[a] StringEquals 'x'", False),
        ("(!(ActionMatches{'A/b/read'})", False),
        ("!(ActionMatches{'A/b/read')", False),
        ("!(ActionMatches{'A/b/read'}) OR [", False),
        ("x" * 9000 + "ActionMatches", False),
    ],
)
def test_a_condition_is_balanced_guarded_and_not_too_long(world: World, condition: str, is_right: bool) -> None:
    """What Azure would refuse, or what would limit more than is meant."""
    world.capability("observe")["grants"][0]["condition"] = condition
    assert ({each.rule for each in found(world)} == {"wrong-condition"}) != is_right


def test_a_fault_after_a_fault_in_one_list_stands_at_its_own_place(world: World) -> None:
    """Entries that could not be read do not shift the places of the others."""
    world.mapping["roles/developer.yaml"] = (
        "project_role: developer\ntitle: Developer\nresponsibilities:\n"
        "  - id: write_code\n    does: Write\n    takes:\n      - Use Secrets\n      - observ\n      - use_secrets\n"
    )
    places = [(each.at.line, each.rule) for each in found(world)]
    assert places == [(7, "wrong-value"), (8, "unknown-capability")]


def test_a_need_of_broken_operations_is_not_said_to_be_empty(world: World) -> None:
    """One fault, one line."""
    world.capability("use_secrets")["needs"][0]["data_actions"] = ["get secret"]
    assert [each.rule for each in found(world)] == ["wrong-value"]


def test_a_scope_kind_that_only_others_lie_under_is_used(world: World) -> None:
    """`lake` has no grant of its own, and nothing says that it is unused."""
    assert "unused-definition" not in world.rules()


def test_what_nothing_speaks_of_is_said(world: World) -> None:
    """Capabilities, custom roles and scope kinds that are left over."""
    world.mapping["capabilities/all.yaml"]["dream"] = {"says": "Dream"}
    world.mapping["scope_kinds.yaml"]["attic"] = {"says": "Attic", "type": "resource_group", "under": "subscription"}
    assert [each.rule for each in found(world)] == ["unused-definition", "unused-definition"]


def test_an_empty_file_of_capabilities_is_no_fault(world: World) -> None:
    """All of its entries may be commented out."""
    world.mapping["capabilities/more.yaml"] = "# nothing yet\n"
    assert found(world) == []
