"""The project file with its names resolved: who is who, which environment is which, and what the team does its own way."""

from __future__ import annotations

import pytest

from rbacgen.model.assignment import PrincipalType
from rbacgen.model.problems import Problem
from tests.fakes.world import DEVELOPERS, OPERATORS, PROD, ROBOT, World

ANA = "aaaaaaaa-0000-4000-8000-00000000000a"


def errors(world: World) -> list[Problem]:
    """The errors of a world."""
    return [each for each in world.problems() if each.severity == "error"]


def principals(world: World) -> dict[str, tuple[str, PrincipalType, bool]]:
    """Everybody who gets access: name to id, type and whether Terraform alone knows the id."""
    assert [str(each) for each in errors(world)] == []
    found = {each.principal for each in world.work_out().desired.state}
    return {each.name: (each.id, each.type, each.reference) for each in found}


def test_the_world_has_nothing_wrong(world: World) -> None:
    """What the tests start from has neither errors nor warnings."""
    assert [str(each) for each in world.problems() if each.severity != "note"] == []


def test_the_four_kinds_of_principal(world: World) -> None:
    """Groups, users, service principals and managed identities; the last two are service principals in Azure."""
    world.project["team"] = {
        "developer": [{"group": "grp", "id": DEVELOPERS}, {"user": "ana@contoso.example", "id": ANA.upper()}],
        "robot": [{"service_principal": "sp", "id": OPERATORS}, {"managed_identity": "id", "id": ROBOT}],
    }
    assert principals(world) == {
        "grp": (DEVELOPERS, PrincipalType.GROUP, False),
        "ana@contoso.example": (ANA, PrincipalType.USER, False),
        "sp": (OPERATORS, PrincipalType.SERVICE_PRINCIPAL, False),
        "id": (ROBOT, PrincipalType.SERVICE_PRINCIPAL, False),
    }


def test_a_name_is_found_in_the_lock(world: World) -> None:
    """Without case; the project file needs no id then."""
    world.project["team"]["developer"] = [{"group": "Grp-Developers"}]
    world.lock = {"format_version": 1, "principals": {"group": {"grp-developers": DEVELOPERS.upper()}}}
    assert principals(world)["Grp-Developers"][0] == DEVELOPERS


def test_a_name_that_is_in_neither_says_both_cures(world: World) -> None:
    """`rbacgen lock`, or the id by hand and how to ask for it, with the name quoted for a shell."""
    world.project["team"]["developer"] = [{"group": "grp dev's"}]
    (problem,) = errors(world)
    assert problem.rule == "unknown-principal"
    assert "run `rbacgen lock`" in problem.message
    assert "az ad group show --group 'grp dev'\\''s' --query id" in problem.message


def test_an_id_known_to_terraform_only(world: World) -> None:
    """A reference stands for the id."""
    reference = "azurerm_user_assigned_identity.robot.principal_id"
    world.project["team"]["robot"] = [{"managed_identity": "id-robot", "id": {"terraform": reference}}]
    assert principals(world)["id-robot"] == (reference, PrincipalType.SERVICE_PRINCIPAL, True)


def test_names_are_compared_in_one_unicode_form(world: World) -> None:
    """The same name typed on a Mac (decomposed) and on Windows is one name."""
    world.project["team"]["developer"] = [{"group": "gru\u0308n", "id": DEVELOPERS}]
    world.project["team"]["operator"] = [{"group": "gr\u00fcn", "id": DEVELOPERS}]
    assert set(principals(world)) == {"gr\u00fcn", "id-robot"}


def test_two_groups_with_one_id_and_one_group_with_two(world: World) -> None:
    """Either is a typing error that would give the wrong people access."""
    world.project["team"]["operator"][0]["id"] = DEVELOPERS
    assert [each.rule for each in errors(world)] == ["two-names"]
    world.project["team"]["operator"] = [{"group": "GRP-Developers", "id": OPERATORS}]
    assert [each.rule for each in errors(world)] == ["two-names"]


def test_a_group_and_a_user_may_share_a_name(world: World) -> None:
    """Names are unique per kind only."""
    world.project["team"]["operator"] = [{"user": "grp-developers", "id": OPERATORS}]
    assert errors(world) == []


def test_a_user_and_a_group_do_not_share_an_id(world: World) -> None:
    """An object id is one object."""
    world.project["team"]["operator"] = [{"user": "ana@contoso.example", "id": DEVELOPERS}]
    assert [each.rule for each in errors(world)] == ["two-names"]


def test_people_who_are_kept_apart(world: World) -> None:
    """Nobody has both roles, whatever the name or the environments; three roles are apart pair by pair."""
    world.project["apart"] = [["developer", "operator"]]
    assert errors(world) == []
    world.project["team"]["operator"].append({"group": "grp-developers", "id": DEVELOPERS.upper()})
    (problem,) = errors(world)
    assert problem.rule == "apart"
    assert "`grp-developers` is operator here and developer at" in problem.message


def test_moves_take_the_responsibility_once(world: World) -> None:
    """From where it is to another; not twice, not from elsewhere, not to itself."""
    move = {"responsibility": "write_code", "from": "developer", "to": "operator"}
    world.project["moved"] = [move]
    assert errors(world) == []
    for wrong in (
        [move, dict(move, to="robot")],
        [dict(move, to="developer")],
        [{"responsibility": "write_code", "from": "operator", "to": "developer"}],
    ):
        world.project["moved"] = wrong
        assert [each.rule for each in errors(world)] == ["moved-nowhere"]


def test_a_workload_may_take_a_responsibility_over(world: World) -> None:
    """People's duties can be automated away."""
    world.project["moved"] = [{"responsibility": "write_code", "from": "developer", "to": "robot"}]
    assert errors(world) == []
    found = {(each.principal.name, each.role.name) for each in world.work_out().desired.state}
    assert ("id-robot", "Key Vault Secrets User") in found


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"tenant": "not-a-guid"}, "wrong-value"),
        ({"project": "a" * 65}, "wrong-value"),
        ({"project": "-a"}, "wrong-value"),
        ({"environments": {"stage": {"subscription": PROD}}}, "unknown-environment"),
        ({"checks_off": {"apart": "No"}}, "unknown-check"),
        ({"checks_off": {"direct-user": ""}}, "wrong-value"),
        ({"existing_roles": {"Other": PROD}}, "unknown-azure-role"),
        ({"ignore": [{"because": "x"}]}, "missing-key"),
        ({"mapping": []}, "wrong-value"),
        ({"mapping": "./nowhere"}, "unknown-mapping"),
    ],
)
def test_one_wrong_part_is_one_error(world: World, change: dict[str, object], rule: str) -> None:
    """Nothing follows from it."""
    world.project |= change
    if "environments" in change:
        world.project["team"] = {}
    assert [each.rule for each in errors(world)] == [rule]


def test_the_lock_of_another_tenant_is_refused(world: World) -> None:
    """Object ids of another tenant are other people."""
    world.project["tenant"] = PROD
    world.lock = {"format_version": 1, "tenant": PROD.upper()}
    assert errors(world) == []
    world.lock["tenant"] = ANA
    assert [each.rule for each in errors(world)] == ["wrong-value"]


# Layers.


def test_a_later_mapping_replaces_by_name(world: World) -> None:
    """Capability, custom role, scope kind and project role, each as a whole; all else stays."""
    own = world.folder / "own"
    (own / "capabilities").mkdir(parents=True)
    (own / "roles").mkdir()
    (own / "capabilities" / "mine.yaml").write_text(
        "use_secrets:\n  says: Read\n  grants:\n    - {azure_role: Key Vault Reader, on: vault, in: [dev]}\n",
        encoding="utf-8",
    )
    (own / "custom_roles.yaml").write_text(
        "Tiny Observer:\n  says: See.\n  why: Ours.\n  actions: [Microsoft.KeyVault/vaults/write]\n", encoding="utf-8"
    )
    (own / "scope_kinds.yaml").write_text(
        "raw:\n  says: Raw\n  type: Microsoft.Storage/storageAccounts/blobServices/containers\n"
        "  under: lake\n  name: bronze\n",
        encoding="utf-8",
    )
    (own / "roles" / "operator.yaml").write_text(
        "project_role: operator\ntitle: Keeper\nfamily: Makers\nresponsibilities:\n"
        "  - {id: keep, does: Keep, takes: [keep_group]}\n  - {id: watch, does: Watch, takes: [see_zone]}\n",
        encoding="utf-8",
    )
    world.project["mapping"] = ["./mapping", "./own"]
    checked = world.work_out()
    assert [str(each) for each in errors(world)] == []
    got = {(each.principal.name, each.role.name) for each in checked.desired.state}
    assert ("grp-developers", "Key Vault Reader") in got
    assert ("grp-developers", "Key Vault Secrets User") not in got
    assert ("grp-operators", "Tiny Observer") not in got
    assert {each.title for each in checked.project.mapping.roles.values()} == {"Developer", "Keeper", "Robot"}
    assert {each.scope.id.rpartition("/")[2] for each in checked.desired.state if each.scope_kind == "raw"} == {
        "bronze"
    }
    (definition, *_) = checked.desired.definitions
    assert definition.role.permissions[0].actions == ("Microsoft.KeyVault/vaults/write",)


def test_layers_are_taken_in_their_order(world: World) -> None:
    """The last one wins, so the order of `mapping` has a meaning."""
    own = world.folder / "own" / "capabilities"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text("observe:\n  says: See\n", encoding="utf-8")
    world.project["mapping"] = ["./mapping", "./own"]
    assert not any(each.role.name == "Tiny Observer" for each in world.work_out().desired.state)
    world.project["mapping"] = ["./own", "./mapping"]
    assert any(each.role.name == "Tiny Observer" for each in world.work_out().desired.state)


def test_what_is_taken_by_somebody_unknown_has_to_be_bound_all_the_same(world: World) -> None:
    """All that is wrong is said at once: that nobody knows an object id, and what is not bound for that project role."""
    world.project["team"]["developer"] = [{"group": "grp-newcomers"}]
    del world.project["environments"]["dev"]["scopes"]["vault"]
    assert {"unknown-principal", "unbound-scope"} <= world.rules()
