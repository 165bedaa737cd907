"""What roles give beyond a need: sets of operations against naive evaluation, weights, and what counts where."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rbacgen.authorization.catalog import load
from rbacgen.authorization.catalog.operations import Operation
from rbacgen.authorization.excess import WEIGHTS, GrantPlace, OperationClass, Universe
from rbacgen.authorization.permissions import matches, role_allows
from rbacgen.model.assignment import AzureRole, Permission, Plane
from rbacgen.model.scope import ScopeLevel

CATALOG = load()
UNIVERSE = Universe.of(CATALOG)
WORKSPACE = GrantPlace(ScopeLevel.RESOURCE, "Microsoft.MachineLearningServices/workspaces")
SEGMENTS = st.sampled_from(["a", "b", "ab", "*"])


def role(name: str) -> AzureRole:
    """The shipped role of this name."""
    found = CATALOG.find(name)
    assert found is not None
    return found


def control(*names: str) -> int:
    """These control-plane operations as bits, each of which has to be known."""
    bits = 0
    for name in names:
        bit = UNIVERSE.expand(name, Plane.CONTROL)
        assert bit, name
        bits |= bit
    return bits


def test_every_role_grants_what_naive_evaluation_says() -> None:
    """For all roles of the catalogue, over some hundred operations of both planes and every operation that is sensitive."""
    everything = UNIVERSE.names(
        (1 << 20_000) - 1 & UNIVERSE.expand("*", Plane.CONTROL) | UNIVERSE.expand("*", Plane.DATA)
    )
    literal = [each for each in everything if "*" not in each.name]
    asked = random.Random(4).sample(literal, 150)
    asked += [Operation(each.operation, each.plane) for each in CATALOG.escalations()]
    bits = {each: UNIVERSE.expand(each.name, each.plane) for each in asked}
    for azure_role in CATALOG:
        granted = UNIVERSE.granted(azure_role)
        wrong = [each for each in asked if bool(granted & bits[each]) != role_allows(azure_role, each.name, each.plane)]
        assert not wrong, azure_role.name


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=4), min_size=1, max_size=12),
    st.lists(SEGMENTS, min_size=1, max_size=4),
)
def test_a_pattern_expands_into_what_it_matches(names: list[list[str]], segments: list[str]) -> None:
    """Over small alphabets, where one name is the beginning of another and a `/*/` may stand for nothing."""
    operations = [Operation("/".join(parts), plane) for parts in names for plane in Plane]
    universe = Universe(operations, ())
    pattern = "/".join(segments)
    for plane in Plane:
        expected = {each.name for each in operations if each.plane is plane and matches(pattern, each.name)}
        assert {each.name for each in universe.names(universe.expand(pattern, plane))} == expected


def test_names_give_back_what_was_expanded() -> None:
    """Bits and names are two forms of the same set, sorted, whatever the case that was asked in."""
    found = UNIVERSE.names(UNIVERSE.expand("MICROSOFT.KEYVAULT/vaults/secrets/*", Plane.DATA))
    assert Operation("Microsoft.KeyVault/vaults/secrets/getSecret/action", Plane.DATA) in found
    assert list(found) == sorted(found, key=lambda each: each.name.lower())
    assert {each.plane for each in found} == {Plane.DATA}


def test_planes_are_apart() -> None:
    """`*` in actions is no data action, and the same name is known on both planes."""
    owner = UNIVERSE.granted(role("Owner"))
    assert not owner & UNIVERSE.expand("*", Plane.DATA)
    assert UNIVERSE.planes("Microsoft.KeyVault/vaults/keys/read") == (Plane.CONTROL, Plane.DATA)


def test_not_actions_take_away_within_their_object_only() -> None:
    """Another permission object of the same role may give what one takes away."""
    one = Permission(actions=("Microsoft.Storage/storageAccounts/*",), not_actions=("*/delete",))
    other = Permission(actions=("Microsoft.Storage/storageAccounts/delete",))
    delete = control("Microsoft.Storage/storageAccounts/delete")
    assert not UNIVERSE.granted(AzureRole("", "x", (one,))) & delete
    assert UNIVERSE.granted(AzureRole("", "x", (one, other))) & delete


def test_what_is_under_a_condition_is_told_apart() -> None:
    """It counts as the most that the role gives, and not as what it gives for certain."""
    plain = Permission(actions=("Microsoft.Storage/storageAccounts/read",))
    bound = Permission(actions=("Microsoft.Storage/storageAccounts/write",), condition="@Resource[x] StringEquals 'y'")
    both = AzureRole("", "x", (plain, bound))
    write = control("Microsoft.Storage/storageAccounts/write")
    assert UNIVERSE.granted(both) & write
    assert not UNIVERSE.granted(both, conditions=False) & write
    assert UNIVERSE.granted(both, conditions=False) == control("Microsoft.Storage/storageAccounts/read")


@pytest.mark.parametrize(
    ("operation", "plane", "kind"),
    [
        ("Microsoft.Storage/storageAccounts/read", Plane.CONTROL, OperationClass.CONTROL_READ),
        ("Microsoft.Storage/storageAccounts/delete", Plane.CONTROL, OperationClass.CONTROL_WRITE),
        ("Microsoft.Compute/virtualMachines/start/action", Plane.CONTROL, OperationClass.CONTROL_WRITE),
        ("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read", Plane.DATA, OperationClass.DATA_READ),
        (
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
            Plane.DATA,
            OperationClass.DATA_WRITE,
        ),
        ("Microsoft.KeyVault/vaults/keys/sign/action", Plane.DATA, OperationClass.DATA_WRITE),
        ("Microsoft.Authorization/roleAssignments/write", Plane.CONTROL, OperationClass.SENSITIVE),
        ("Microsoft.MachineLearningServices/workspaces/metadata/secrets/read", Plane.CONTROL, OperationClass.SENSITIVE),
        ("Microsoft.KeyVault/vaults/secrets/getSecret/action", Plane.DATA, OperationClass.SENSITIVE),
        ("Microsoft.DocumentDB/databaseAccounts/listConnectionStrings/action", Plane.CONTROL, OperationClass.SENSITIVE),
        (
            "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/token/action",
            Plane.CONTROL,
            OperationClass.SENSITIVE,
        ),
        ("Microsoft.Compute/disks/beginGetAccess/action", Plane.CONTROL, OperationClass.SENSITIVE),
        # names and properties of secrets are no secrets, and a delegation key opens nothing that its holder could not
        ("Microsoft.KeyVault/vaults/secrets/read", Plane.CONTROL, OperationClass.CONTROL_READ),
        ("Microsoft.KeyVault/vaults/secrets/readMetadata/action", Plane.DATA, OperationClass.DATA_WRITE),
        (
            "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
            Plane.CONTROL,
            OperationClass.CONTROL_WRITE,
        ),
    ],
)
def test_an_operation_weighs_by_its_class(operation: str, plane: Plane, kind: OperationClass) -> None:
    """Known operations of each class, on its plane."""
    excess = UNIVERSE.excess(UNIVERSE.expand(operation, plane), 0)
    assert [each for each, count in excess.counts.items() if count] == [kind]
    assert excess.weight == WEIGHTS[kind] == UNIVERSE.weight(UNIVERSE.expand(operation, plane))


def test_every_escalation_is_sensitive() -> None:
    """Each operation of the catalogue's escalations weighs a hundred, on its own plane."""
    light = [
        each.operation
        for each in CATALOG.escalations()
        if UNIVERSE.weight(UNIVERSE.expand(each.operation, each.plane)) != WEIGHTS[OperationClass.SENSITIVE]
    ]
    assert light == []


def test_what_is_needed_is_no_surplus() -> None:
    """The weight is of the rest, and the sensitive rest comes by name."""
    needed = control("Microsoft.Storage/storageAccounts/read")
    keys = control("Microsoft.Storage/storageAccounts/listkeys/action")
    excess = UNIVERSE.excess(needed | keys, needed)
    assert (excess.weight, excess.operations) == (100, 1)
    assert [each.name.lower() for each in excess.sensitive] == ["microsoft.storage/storageaccounts/listkeys/action"]


def test_a_wide_pattern_of_an_unknown_provider_weighs_something() -> None:
    """A role is not narrow because nobody has listed what it gives; the pattern is named."""
    name = "Contoso.Widget/*"
    wide = AzureRole("", "x", (Permission(actions=(name,)),))
    universe = Universe.of(CATALOG, (), [wide])
    excess = universe.excess(universe.granted(wide), 0)
    assert excess.weight == WEIGHTS[OperationClass.CONTROL_WRITE]
    assert excess.unknown == (Operation(name, Plane.CONTROL),)
    assert universe.granted(role("Owner")) & universe.expand(name, Plane.CONTROL)
    assert not universe.granted(role("Reader")) & universe.expand(name, Plane.CONTROL)


def test_at_a_workspace_only_what_can_be_there_counts() -> None:
    """Its own type, what lies in it, and what is put onto any resource; not the storage account beside it."""
    possible = UNIVERSE.possible_at(WORKSPACE)
    here = ("Microsoft.MachineLearningServices/workspaces/jobs/write", "Microsoft.Authorization/roleAssignments/write")
    put_on = "Microsoft.Insights/diagnosticSettings/write"
    for name in (*here, put_on):
        assert control(name) & possible, name
    for name in (
        "Microsoft.Storage/storageAccounts/write",
        "Microsoft.MachineLearningServices/registries/read",
        "Microsoft.Authorization/elevateAccess/action",
        "Microsoft.Insights/components/write",
    ):
        assert not control(name) & possible, name


def test_a_type_whose_name_begins_the_same_is_another() -> None:
    """`workspaces` does not stand for `workspacesOther`: types end at a slash."""
    universe = Universe.of(
        CATALOG, [Operation("Microsoft.MachineLearningServices/workspacesOther/read", Plane.CONTROL)]
    )
    other = universe.expand("Microsoft.MachineLearningServices/workspacesOther/read", Plane.CONTROL)
    assert other
    assert not other & universe.possible_at(WORKSPACE)


def test_above_resources_everything_counts_that_is_not_above_subscriptions() -> None:
    """Moving a subscription between management groups cannot be done in one of its resource groups."""
    move = control("Microsoft.Management/managementGroups/subscriptions/write")
    assert not move & UNIVERSE.possible_at(GrantPlace(ScopeLevel.RESOURCE_GROUP))
    assert move & UNIVERSE.possible_at(GrantPlace(ScopeLevel.MANAGEMENT_GROUP))
    assert control("Microsoft.Storage/storageAccounts/write") & UNIVERSE.possible_at(
        GrantPlace(ScopeLevel.RESOURCE_GROUP)
    )
