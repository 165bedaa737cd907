"""Each project role by itself: where its places are, bound or supposed, and what it would give whoever holds just it."""

from __future__ import annotations

from rbacgen.analysis.access_tests import isolated_roles
from rbacgen.authorization.index import ancestors
from rbacgen.model.assignment import Activation, PrincipalType
from rbacgen.model.scope import Scope, ScopeLevel
from tests.fakes.world import DEV, PROD, World

ZONE = "/providers/microsoft.management/managementgroups/mg-tiny"


def test_bound_kinds_and_what_follows_from_them(world: World) -> None:
    """What is bound, what the environment says, and what has a name of its own below it."""
    places = isolated_roles.places(world.work_out().project)
    assert places.scopes["vault", "dev"].id.endswith(
        "/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
    )
    assert places.scopes["subscription", "prod"] == Scope.of(f"/subscriptions/{PROD}")
    assert places.scopes["raw", "dev"].id.endswith("/storageAccounts/stdev/blobServices/default/containers/raw")
    assert places.scopes["root", "dev"] == Scope.of("/")


def test_what_is_not_bound_is_supposed_where_the_mapping_says(world: World) -> None:
    """Below what is bound, so that what reaches that reaches it; and marked as supposed."""
    world.mapping["scope_kinds.yaml"]["shelf"] = {
        "says": "A second vault",
        "type": "Microsoft.KeyVault/vaults",
        "under": "group",
    }
    world.mapping["capabilities/all.yaml"]["see_shelf"] = {
        "says": "See the shelf",
        "grants": [{"azure_role": "Reader", "on": "shelf"}],
    }
    places = isolated_roles.places(world.work_out().project)
    assert ("shelf", "dev") not in places.scopes
    guess = places.supposed["shelf", "dev"]
    assert guess.id.endswith("/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/some-dev-shelf")
    assert places.of("shelf", "dev") == guess
    assert places.supposed["landing_zone", "dev"].level is ScopeLevel.MANAGEMENT_GROUP


def test_what_is_said_to_be_absent_is_nowhere(world: World) -> None:
    """Neither bound nor supposed, nor what lies below it."""
    del world.project["environments"]["dev"]["scopes"]["lake"]
    world.project["environments"]["dev"]["without"] = ["lake"]
    places = isolated_roles.places(world.work_out().project)
    assert [places.of(kind, "dev") for kind in ("lake", "raw")] == [None, None]
    assert places.of("lake", "prod") is not None


def test_a_bound_management_group_is_above_the_subscription_of_its_environment(world: World) -> None:
    """Of that environment, and of no other."""
    places = isolated_roles.places(world.work_out().project)
    above_prod = ancestors(Scope.of(f"/subscriptions/{PROD}/resourceGroups/rg-prod"), places.parents)
    assert ZONE in above_prod
    assert ZONE not in ancestors(Scope.of(f"/subscriptions/{DEV}"), places.parents)


def test_a_reference_lies_where_its_kind_does(world: World) -> None:
    """In the scope of the kind that it is under and in the subscription, and through that in all above."""
    world.project["environments"]["prod"]["scopes"]["vault"] = {"terraform": "azurerm_key_vault.This.id"}
    places = isolated_roles.places(world.work_out().project)
    vault = places.scopes["vault", "prod"]
    assert vault.reference
    above = ancestors(vault, places.parents)
    assert above[0] == "azurerm_key_vault.This.id"
    assert {f"/subscriptions/{PROD}", f"/subscriptions/{PROD}/resourcegroups/rg-prod", ZONE, "/"} <= set(above)


def test_each_project_role_stands_for_itself(world: World) -> None:
    """A group stands in for people and an identity for a workload, by an id that nobody has."""
    project = world.work_out().project
    found = {name: isolated_roles.stand_in(role) for name, role in project.mapping.roles.items()}
    assert found["developer"].type is PrincipalType.GROUP
    assert found["robot"].type is PrincipalType.SERVICE_PRINCIPAL
    assert all(isolated_roles.is_stand_in(each) for each in found.values())
    assert len({each.id for each in found.values()}) == 3
    (team_member,) = project.team["developer"]
    assert not isolated_roles.is_stand_in(team_member.principal)


def assigned(world: World) -> set[tuple[str, str, str, str]]:
    """What each project role gives by itself: project role, Azure role, scope kind, activation."""
    state = isolated_roles.isolated(world.work_out().project).state
    return {(each.principal.id, each.role.name, each.scope_kind, str(each.activation)) for each in state}


def test_each_project_role_gives_its_grants_in_every_environment(world: World) -> None:
    """Assigned or not, whatever the members' environments, and with the reasons of the grants."""
    world.project["team"] = {"developer": [{**world.project["team"]["developer"][0], "in": ["prod"]}]}
    assert assigned(world) == {
        ("role:developer", "Key Vault Secrets User", "vault", "permanent"),
        ("role:developer", "Tiny Observer", "vault", "permanent"),
        ("role:operator", "Contributor", "group", "eligible"),
        ("role:operator", "Tiny Observer", "vault", "permanent"),
        ("role:operator", "Reader", "landing_zone", "permanent"),
        ("role:operator", "Reader", "root", "permanent"),
        ("role:operator", "Reader", "subscription", "permanent"),
        ("role:robot", "Storage Blob Data Reader", "raw", "permanent"),
    }
    state = isolated_roles.isolated(world.work_out().project).state
    assert all(each.reasons and each.ends is None for each in state)
    assert {reason.responsibility for each in state for reason in each.reasons} == {
        "write_code",
        "keep_running",
        "watch",
        "move_data",
    }


def test_without_pim_a_project_role_stands_and_is_known_to_stand_instead(world: World) -> None:
    """What should be eligible stands then, for the project role as for whoever holds it; it is known to be there only for want of PIM."""
    world.project["pim"] = False
    made = isolated_roles.isolated(world.work_out().project)
    assert {each.activation for each in made.state} == {Activation.PERMANENT}
    assert {each.role.name for each in made.permanent_instead} == {"Contributor"}


def test_an_end_does_not_change_what_a_project_role_gives(world: World) -> None:
    """A day that has passed says nothing of the project role."""
    world.mapping["roles/developer.yaml"]["lifetime"] = "project"
    before = assigned(world)
    world.project["ends"] = "2020-01-01"
    assert assigned(world) == before
    assert Activation.ELIGIBLE in {each.activation for each in isolated_roles.isolated(world.work_out().project).state}
