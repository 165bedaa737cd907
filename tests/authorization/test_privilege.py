"""Paths to more access, by what a role lets one do and not by its name."""

from __future__ import annotations

import pytest

from rbacgen.authorization import catalog, privilege
from rbacgen.authorization.catalog.escalations import EscalationCategory
from rbacgen.authorization.permissions import compiled
from rbacgen.model.assignment import AzureRole, Plane, PrincipalType
from rbacgen.model.scope import ScopeLevel
from rbacgen.project.desired import delegation_condition
from tests.fakes.actual import OWNER, READER
from tests.fakes.facts import builtin, control, data, role

CATALOG = catalog.load()
ASSIGN = "Microsoft.Authorization/roleAssignments/write"
DELETE = "Microsoft.Authorization/roleAssignments/delete"
KEYS = "Microsoft.Storage/storageAccounts/listkeys/action"


def opened(
    given: AzureRole, condition: str = "", level: ScopeLevel = ScopeLevel.SUBSCRIPTION, of: str = ""
) -> set[str]:
    """The operations of the paths that a role opens."""
    found = privilege.escalation_paths(given, level, of, CATALOG, condition)
    return {each.escalation.operation for each in found}


def test_a_role_that_equals_owner_is_caught_whatever_it_is_called() -> None:
    """By its operations: a copy under another name opens all that Owner opens."""
    copy = AzureRole(
        "00000000-0000-4000-9000-000000000001", "Harmless Helper", builtin("Owner").permissions, custom=True
    )
    assert opened(copy) == opened(builtin("Owner"))
    assert ASSIGN in opened(copy)
    spelled_out = role(control("Microsoft.Authorization/*/Write"), name="Tag Writer")
    assert ASSIGN in opened(spelled_out)


def test_not_actions_close_a_path() -> None:
    """Contributor writes no role assignments; it lists keys all the same."""
    assert ASSIGN not in opened(builtin("Contributor"))
    assert KEYS in opened(builtin("Contributor"))
    closed = role(control("*", without=["Microsoft.Storage/storageAccounts/listKeys/action"]))
    assert KEYS not in opened(closed)
    assert ASSIGN in opened(closed)


def test_another_object_of_the_role_opens_what_one_closes() -> None:
    """notActions bind their own object."""
    assert ASSIGN in opened(role(control("*", without=["Microsoft.Authorization/*"]), control(ASSIGN)))


def test_reader_hands_out_nothing() -> None:
    """It reaches secrets by reading, and no access."""
    found = privilege.escalation_paths(builtin("Reader"), ScopeLevel.SUBSCRIPTION, "", CATALOG)
    assert not any(each.is_privileged for each in found)


def test_a_condition_that_limits_assigning_closes_only_that_path() -> None:
    """The delegation that Azure's portal writes: assigning is limited, the rest of the role is as open as before."""
    limited = delegation_condition([READER], [])
    free = opened(builtin("User Access Administrator"))
    assert free - opened(builtin("User Access Administrator"), limited) == {ASSIGN, DELETE} & free
    # Owner opens other paths, which the condition does not speak of.
    assert opened(builtin("Owner")) - opened(builtin("Owner"), limited) == {ASSIGN, DELETE} & free


def test_a_condition_that_cannot_be_read_might_close_it() -> None:
    """Its own rule says that it is wrong; what it limits nobody can tell."""
    assert ASSIGN not in opened(builtin("Owner"), "gibberish (")
    assert privilege.is_limited("gibberish (", ASSIGN, Plane.CONTROL)


def test_a_condition_of_the_roles_own_counts_too() -> None:
    """Key Vault Data Access Administrator assigns only what its definition lists; a free object opens the path again."""
    assert ASSIGN not in opened(builtin("Key Vault Data Access Administrator"))
    limited = control(ASSIGN, condition=delegation_condition([READER], []))
    assert ASSIGN not in opened(role(limited))
    assert ASSIGN in opened(role(limited, control(ASSIGN)))
    other = control(
        ASSIGN, condition="(!(ActionMatches{'Microsoft.KeyVault/vaults/write'}) OR (@Resource[a:b] StringEquals 'c'))"
    )
    assert ASSIGN in opened(role(limited, other))


@pytest.mark.parametrize(
    ("level", "of", "expected"),
    [
        (ScopeLevel.RESOURCE, "Microsoft.Storage/storageAccounts", {KEYS, ASSIGN}),
        (ScopeLevel.RESOURCE, "Microsoft.KeyVault/vaults", {ASSIGN}),
        (ScopeLevel.RESOURCE_GROUP, "", {KEYS, ASSIGN}),
    ],
)
def test_only_paths_that_exist_there_are_opened(level: ScopeLevel, of: str, expected: set[str]) -> None:
    """Keys of storage accounts are none of a vault's."""
    assert opened(builtin("Owner"), level=level, of=of) & {KEYS, ASSIGN} == expected


def test_the_planes_are_apart() -> None:
    """`*` of data opens no path of the control plane."""
    assert {each.plane for each in CATALOG.escalations() if each.operation in opened(role(data("*")))} <= {Plane.DATA}


def test_the_gravest_come_first() -> None:
    """So that a message that names one names the worst."""
    order = list(EscalationCategory)
    found = [
        order.index(each.escalation.category)
        for each in privilege.escalation_paths(builtin("Owner"), ScopeLevel.SUBSCRIPTION, "", CATALOG)
    ]
    assert found == sorted(found)
    assert found[0] == 0


def test_each_path_names_its_line_and_its_sources() -> None:
    """A reviewer can follow it."""
    for each in privilege.escalation_paths(builtin("Owner"), ScopeLevel.TENANT, "", CATALOG):
        assert each.line.pattern == "*"
        assert each.escalation.sources


def test_what_closes_a_path_fits_it() -> None:
    """PIM for people, a condition for assigning only, a narrower role always."""
    paths = {
        each.escalation.operation: each
        for each in privilege.escalation_paths(builtin("Owner"), ScopeLevel.SUBSCRIPTION, "", CATALOG)
    }
    person, machine = PrincipalType.USER, PrincipalType.SERVICE_PRINCIPAL
    assert privilege.remedy(paths[ASSIGN], person, is_permanent=True) == (
        "make it eligible, or put it under a condition that names the roles to assign, or take a role without `*`"
    )
    assert privilege.remedy(paths[ASSIGN], machine, is_permanent=True) == (
        "put it under a condition that names the roles to assign, or take a role without `*`"
    )
    assert privilege.remedy(paths[KEYS], person, is_permanent=False) == "take a role without `*`"


def test_owner_is_owner() -> None:
    """The tests above speak of the right role."""
    assert builtin("Owner").id == OWNER


def test_a_condition_that_lets_owner_be_assigned_closes_nothing() -> None:
    """Nor does one that leaves out Owner and forgets the others by whom anything is assigned; one that names other roles does."""
    admin = builtin("Role Based Access Control Administrator")

    def left(condition: str) -> list[tuple[str, ...]]:
        found = privilege.escalation_paths(admin, ScopeLevel.SUBSCRIPTION, "", CATALOG, condition)
        return [each.assigns for each in found if each.escalation.operation == ASSIGN]

    owner = next(iter(privilege.ASSIGNERS))
    write = "(!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR"
    asked = "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]"
    assert left(f"({write} ({asked} ForAnyOfAnyValues:GuidEquals {{{owner}}}))") == [("Owner",)]
    assert left(f"({write} ({asked} ForAnyOfAllValues:GuidNotEquals {{{owner}}}))") == [
        ("User Access Administrator", "Role Based Access Control Administrator")
    ]
    kind = "@Request[Microsoft.Authorization/roleAssignments:PrincipalType]"
    assert len(left(f"({write} ({kind} StringEquals 'ServicePrincipal'))")) == 1
    assert left(delegation_condition(["acdd72a7-3385-48ef-bd42-f606fba81ae7"], [])) == []


def test_those_by_whom_anything_is_assigned_are_all_of_them() -> None:
    """Every built-in role that assigns roles without a condition of its own and can be assigned at a subscription."""
    found = {
        each.id: each.name
        for each in CATALOG
        if each.id not in CATALOG.unlisted
        and (line := compiled(each).line(ASSIGN, Plane.CONTROL)) is not None
        and not line.condition
    }
    assert found == privilege.ASSIGNERS
