"""The roles that cover a need with the least beyond it: against every set there is, and answers that are known."""

from __future__ import annotations

from itertools import combinations

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from rbacgen.authorization import suggest
from rbacgen.authorization.catalog import Catalog, load
from rbacgen.authorization.catalog.operations import Operation
from rbacgen.authorization.excess import WEIGHTS, GrantPlace, OperationClass, Universe
from rbacgen.authorization.permissions import role_allows
from rbacgen.authorization.suggest import Option, Reservation, Suggestion
from rbacgen.authorization.suggest.set_search import Choice, greedy, least
from rbacgen.model.assignment import AzureRole, Permission, Plane
from rbacgen.model.scope import ScopeLevel
from tests.properties import examples

CATALOG = load()
UNIVERSE = Universe.of(CATALOG)
EMPTY = Catalog({}, "2026-01-01", frozenset())
GET_SECRET = Operation("Microsoft.KeyVault/vaults/secrets/getSecret/action", Plane.DATA)
BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
READ_BLOB = Operation(f"{BLOBS}/read", Plane.DATA)
WORKSPACE = GrantPlace(ScopeLevel.RESOURCE, "Microsoft.MachineLearningServices/workspaces")


def of(*names: str, plane: Plane = Plane.CONTROL) -> tuple[Operation, ...]:
    """Operations of one plane."""
    return tuple(Operation(name, plane) for name in names)


def ask(*needs: Operation, place: GrantPlace | None = None, roles: tuple[AzureRole, ...] = ()) -> Suggestion:
    """What the shipped catalogue has for these needs."""
    universe = UNIVERSE if not roles else Universe.of(CATALOG, needs, roles)
    if any(not universe.expand(need.name, need.plane) for need in needs):
        universe = Universe.of(CATALOG, needs, roles)
    return suggest.suggest(needs, CATALOG, universe, place, roles)


def names(option: Option) -> tuple[str, ...]:
    """The roles of an option by name, sorted."""
    return tuple(sorted(part.role.name for part in option.parts))


def custom(name: str, *actions: str, **members: object) -> AzureRole:
    """A custom role with these actions."""
    return AzureRole("", name, (Permission(actions=actions),), custom=True, assignable_scopes=(), **members)  # type: ignore[arg-type]


# The search


def covers(chosen: tuple[int, ...], choices: list[Choice], needed: int) -> bool:
    """Whether these choices cover everything."""
    union = 0
    for index in chosen:
        union |= choices[index].covers
    return not needed & ~union


def every_set(needed: int, choices: list[Choice], size: int) -> list[tuple[int, tuple[int, ...]]]:
    """By enumeration: each set of this size that covers and none of whose choices could be left out, with its weight."""
    found = []
    for chosen in combinations(range(len(choices)), size):
        if covers(chosen, choices, needed) and not any(
            covers(tuple(each for each in chosen if each != left_out), choices, needed) for left_out in chosen
        ):
            union = 0
            for index in chosen:
                union |= choices[index].excess
            found.append((weigh(union), chosen))
    return sorted(found)


def weigh(bits: int) -> int:
    """Bits weigh more the higher they are, with some that weigh the same."""
    return sum(1 + index // 3 for index in range(bits.bit_length()) if bits >> index & 1)


CHOICES = st.lists(st.builds(Choice, st.integers(0, 255), st.integers(0, 1023)), min_size=1, max_size=9)


@settings(max_examples=examples(600), deadline=None)
@given(CHOICES, st.integers(1, 255), st.integers(1, 5), st.integers(1, 4))
def test_the_search_finds_the_least_of_all_sets(choices: list[Choice], needed: int, size: int, keep: int) -> None:
    """The `keep` least of all sets of a size, in order, as enumeration has them; without the budget coming in."""
    found = least(needed, choices, size, keep, weigh)
    assert found.is_proven
    expected = every_set(needed, choices, size)[:keep]
    assert [weigh_of(choices, chosen) for chosen in found.sets] == [weight for weight, _ in expected]
    assert all((weigh_of(choices, each), each) in every_set(needed, choices, size) for each in found.sets)
    assert len(set(found.sets)) == len(found.sets)


def weigh_of(choices: list[Choice], chosen: tuple[int, ...]) -> int:
    """The weight of a set."""
    union = 0
    for index in chosen:
        union |= choices[index].excess
    return weigh(union)


@settings(max_examples=examples(300), deadline=None)
@given(CHOICES, st.integers(1, 255), st.integers(1, 4), st.integers(0, 8))
def test_the_last_word_on_a_set_is_another_s(choices: list[Choice], needed: int, size: int, token: int) -> None:
    """A set that covers everything and lacks a certain choice is none: the search goes on, and stays exact."""

    def helpers(chosen: tuple[int, ...]) -> tuple[int, ...] | None:
        return None if token in chosen else tuple(each for each in (token,) if each < len(choices))

    expected = [
        weigh_of(choices, chosen)
        for chosen in combinations(range(len(choices)), size)
        if covers(chosen, choices, needed)
        and token in chosen
        and not any(
            covers(rest, choices, needed) and token in rest for rest in combinations(chosen, size - 1) if rest != chosen
        )
    ]
    found = least(needed, choices, size, 1, weigh, helpers)
    assert [weigh_of(choices, each) for each in found.sets] == sorted(expected)[:1]


def test_a_search_that_is_given_up_says_so() -> None:
    """With no steps to take it has proven nothing."""
    choices = [Choice(1 << index, 1) for index in range(8)] * 2
    assert not least(255, choices, 8, 1, weigh, steps=3).is_proven
    assert least(255, choices, 8, 1, weigh).is_proven


@settings(max_examples=examples(200), deadline=None)
@given(CHOICES, st.integers(1, 255))
def test_the_greedy_set_covers_and_has_nothing_too_much(choices: list[Choice], needed: int) -> None:
    """It is there whenever all choices together cover, and no choice of it can go."""
    found = greedy(needed, choices, weigh)
    assert bool(found) == covers(tuple(range(len(choices))), choices, needed)
    if found:
        assert covers(found, choices, needed)
        assert not any(
            covers(tuple(each for each in found if each != out), choices, needed) for out in found if len(found) > 1
        )


# Roles of a small catalogue, against every set of them

SMALL = (
    *of("X.Y/a/read", "X.Y/a/write", "X.Y/b/read", "X.Y/b/write", "X.Y/b/list/action"),
    *of("X.Y/a/read", "X.Y/b/write", plane=Plane.DATA),
)
SMALL_UNIVERSE = Universe(SMALL, of("X.Y/b/list/action"))
PATTERNS = st.sampled_from(["*", "*/read", "X.Y/a/*", "X.Y/b/*", *(each.name for each in SMALL)])
PERMISSIONS = st.builds(
    Permission,
    actions=st.lists(PATTERNS, max_size=2).map(tuple),
    not_actions=st.lists(PATTERNS, max_size=1).map(tuple),
    data_actions=st.lists(PATTERNS, max_size=1).map(tuple),
    condition=st.sampled_from(["", "", "", "@Resource[a] StringEquals 'b'"]),
)
ROLES = st.lists(st.lists(PERMISSIONS, min_size=1, max_size=2).map(tuple), min_size=1, max_size=7)


def certain(role: AzureRole) -> AzureRole:
    """What a role gives whatever its conditions say."""
    return AzureRole(role.id, role.name, tuple(each for each in role.permissions if not each.condition))


def naive_weight(roles: tuple[AzureRole, ...], needs: set[Operation]) -> int:
    """The weight of what roles grant beyond the needs, operation by operation."""
    weight = 0
    for each in set(SMALL) - needs:
        if any(role_allows(role, each.name, each.plane) for role in roles):
            if each.name == "X.Y/b/list/action":
                weight += 100
            elif each.name.endswith("/read"):
                weight += 1 if each.plane is Plane.CONTROL else 10
            else:
                weight += 10 if each.plane is Plane.CONTROL else 20
    return weight


@settings(max_examples=examples(400), deadline=None)
@given(ROLES, st.sets(st.sampled_from(SMALL), min_size=1, max_size=5))
def test_options_are_those_of_enumeration(given_roles: list[tuple[Permission, ...]], needs: set[Operation]) -> None:
    """Every single role that covers, by weight; and the least set of each size, where it is far less than fewer roles."""
    roles = tuple(AzureRole(f"{index:036d}", f"Role {index}", each) for index, each in enumerate(given_roles))
    found = suggest.suggest(needs, EMPTY, SMALL_UNIVERSE, None, roles)

    def covered(chosen: tuple[AzureRole, ...], desired: set[Operation]) -> bool:
        return all(any(role_allows(certain(each), need.name, need.plane) for each in chosen) for need in desired)

    possible = {need for need in needs if covered(roles, {need})}
    assert set(found.uncovered) == needs - possible
    if not possible:
        assert not found.options
        return
    singles = sorted(naive_weight((each,), needs) for each in roles if covered((each,), possible))
    assert [each.excess.weight for each in found.options if len(each.parts) == 1] == singles
    best = singles[0] if singles else None
    expected = {}
    for size in range(2, len(roles) + 1):
        weights = [
            naive_weight(chosen, needs)
            for chosen in combinations(roles, size)
            if covered(chosen, possible)
            and not any(covered(tuple(each for each in chosen if each is not out), possible) for out in chosen)
        ]
        if weights and (size <= suggest.TOGETHER or best is None):
            if best is None or min(weights) * suggest.FAR_LESS < best:
                expected[size] = min(weights)
            best = min(weights) if best is None else min(best, *weights)
    assert {
        size: min(each.excess.weight for each in found.options if len(each.parts) == size)
        for size in {len(each.parts) for each in found.options} - {1}
    } == expected
    assert found.is_proven
    for option in found.options:
        chosen = tuple(part.role for part in option.parts)
        assert covered(chosen, possible)
        assert option.excess.weight == option.everywhere == naive_weight(chosen, needs)
        for part in option.parts:
            assert {need for need in possible if covered((part.role,), {need})} == set(part.covers)
            others = tuple(each for each in chosen if each is not part.role)
            assert set(part.alone) == {need for need in part.covers if not covered(others, {need})}
            assert part.adds == option.excess.weight - naive_weight(others, needs)
    weights = [option.excess.weight for option in found.options]
    assert weights == sorted(weights)


def test_a_heavier_role_that_shares_its_surplus_is_not_left_out() -> None:
    """It is worse alone, and together with one that grants the same beyond the need it is the least."""
    a_read, a_write, b_read, b_write = (each.name for each in SMALL[:4])
    roles = tuple(
        AzureRole(f"{index:036d}", name, (Permission(actions=actions),))
        for index, (name, actions) in enumerate(
            (("Lighter", (a_read, b_read)), ("Heavier", (a_read, b_write)), ("Other", (a_write, b_write)))
        )
    )
    found = suggest.suggest(of(a_read, a_write), EMPTY, SMALL_UNIVERSE, None, roles)
    assert [(names(each), each.excess.weight) for each in found.options[:2]] == [
        (("Heavier", "Other"), 10),
        (("Lighter", "Other"), 11),
    ]
    assert {part.role.name: part.adds for part in found.options[0].parts} == {"Heavier": 0, "Other": 0}


# Known answers


def test_reading_a_secret_is_for_key_vault_secrets_user() -> None:
    """First of all, with nothing but reading the names of secrets beside it."""
    first = ask(GET_SECRET).options[0]
    assert names(first) == ("Key Vault Secrets User",)
    assert [each.name for each in first.excess.sensitive] == []
    assert first.excess.weight == 20


def test_reading_blobs_is_for_storage_blob_data_reader() -> None:
    """First, before the contributor and the owner of blobs, each of which is there too."""
    options = [names(each) for each in ask(READ_BLOB).options]
    assert options[0] == ("Storage Blob Data Reader",)
    assert ("Storage Blob Data Contributor",) in options
    assert options.index(("Storage Blob Data Contributor",)) < options.index(("Storage Blob Data Owner",))


def test_owner_does_not_read_blobs() -> None:
    """Its `*` is of the control plane."""
    assert ("Owner",) not in [names(each) for each in ask(READ_BLOB).options]


def test_submitting_jobs_is_for_the_data_scientist() -> None:
    """AzureML Data Scientist comes before Azure AI Developer, Azure AI Administrator, Contributor and Owner."""
    needs = of(
        "Microsoft.MachineLearningServices/workspaces/read",
        "Microsoft.MachineLearningServices/workspaces/jobs/write",
        "Microsoft.MachineLearningServices/workspaces/computes/start/action",
    )
    found = [names(each) for each in ask(*needs, place=WORKSPACE).options]
    assert found[:2] == [("AzureML Data Scientist",), ("Azure AI Developer",)]
    assert found.index(("Contributor",)) < found.index(("Owner",))


def test_a_not_action_covers_nothing() -> None:
    """AzureML Data Scientist cannot create compute: `computes/*/write` in its notActions stands for `computes/write`."""
    found = ask(*of("Microsoft.MachineLearningServices/workspaces/computes/write"), place=WORKSPACE)
    assert found.options
    assert ("AzureML Data Scientist",) not in [names(each) for each in found.options]


def test_what_only_two_roles_have_takes_two() -> None:
    """Blobs and files of a workspace's storage: no ordinary role has both data planes."""
    files = "Microsoft.Storage/storageAccounts/fileServices/fileshares/files"
    needs = of(f"{BLOBS}/read", f"{BLOBS}/write", f"{files}/read", f"{files}/write", plane=Plane.DATA)
    first = ask(*needs, place=GrantPlace(ScopeLevel.RESOURCE, "Microsoft.Storage/storageAccounts")).options[0]
    assert names(first) == ("Storage Blob Data Contributor", "Storage File Data SMB Share Contributor")
    assert all(len(part.alone) == 2 for part in first.parts)


def test_what_is_far_less_together_is_put_before_owner() -> None:
    """Policy and tags at a subscription: of single roles only Owner has both."""
    needs = of("Microsoft.Authorization/policyAssignments/write", "Microsoft.Resources/tags/write")
    found = ask(*needs, place=GrantPlace(ScopeLevel.SUBSCRIPTION))
    singles = [each for each in found.options if len(each.parts) == 1 and each.reservation is not Reservation.SERVICE]
    assert len(found.options[0].parts) > 1
    assert found.options[0].excess.weight * suggest.FAR_LESS < singles[0].excess.weight


def test_roles_for_services_come_last_and_are_marked() -> None:
    """However little they give: what Azure does not list at a subscription, and operators of OpenShift."""
    found = ask(READ_BLOB, Operation(f"{BLOBS}/write", Plane.DATA))
    standings = [each.reservation for each in found.options]
    first = standings.index(Reservation.SERVICE)
    assert set(standings[first:]) == {Reservation.SERVICE}
    unlisted = [
        part.role.id for each in found.options[:first] for part in each.parts if part.role.id in CATALOG.unlisted
    ]
    assert unlisted == []
    assert ("Azure Red Hat OpenShift Image Registry Operator",) in [names(each) for each in found.options[first:]]


def test_a_retiring_role_comes_behind_a_wider_one() -> None:
    """Nobody should start to rely on it."""
    retiring = custom("Going", "Microsoft.Storage/storageAccounts/read", deprecated="planned")
    found = ask(*of("Microsoft.Storage/storageAccounts/read"), roles=(retiring,))
    weights = {names(each): each.excess.weight for each in found.options}
    order = [names(each) for each in found.options]
    assert weights["Going",] == 0
    assert order.index(("Going",)) > order.index(("Owner",))


def test_what_stands_under_a_condition_does_not_cover() -> None:
    """Key Vault Data Access Administrator writes role assignments only under its condition."""
    found = ask(*of("Microsoft.Authorization/roleAssignments/write"))
    everyone = [names(each) for each in found.options]
    assert ("User Access Administrator",) in everyone
    assert ("Key Vault Data Access Administrator",) not in everyone


def test_a_mapping_s_custom_role_takes_part() -> None:
    """It is first where it gives just what is needed, and cannot stand at a management group's level before it is made."""
    own = custom("Just This", "Microsoft.Storage/storageAccounts/read")
    first = ask(*of("Microsoft.Storage/storageAccounts/read"), roles=(own,)).options[0]
    assert names(first) == ("Just This",)
    assert first.excess.weight == 0
    assert first.levels == (ScopeLevel.SUBSCRIPTION, ScopeLevel.RESOURCE_GROUP, ScopeLevel.RESOURCE)


def test_a_role_of_another_scope_is_not_for_this_place() -> None:
    """Reservations Reader can be assigned at /providers/Microsoft.Capacity only."""
    need = of("Microsoft.Capacity/reservationorders/read")
    anywhere = {names(each): each for each in ask(*need).options}
    assert anywhere["Reservations Reader",].only_at == ("/providers/Microsoft.Capacity",)
    assert anywhere["Reservations Reader",].levels == ()
    there = ask(*need, place=GrantPlace(ScopeLevel.RESOURCE_GROUP))
    assert ("Reservations Reader",) not in [names(each) for each in there.options]


def test_a_pattern_takes_all_its_known_operations() -> None:
    """Key Vault Secrets User has two of the operations on secrets, Key Vault Secrets Officer all."""
    found = ask(Operation("Microsoft.KeyVault/vaults/secrets/*", Plane.DATA))
    assert names(found.options[0]) == ("Key Vault Secrets Officer",)
    assert ("Key Vault Secrets User",) not in [names(each) for each in found.options]


def test_a_pattern_without_known_operations_takes_a_role_that_names_it() -> None:
    """`Contoso.Widget/*` is in Owner's `*`, and not in Reader's `*/read`."""
    found = ask(*of("Contoso.Widget/*"))
    assert ("Owner",) in [names(each) for each in found.options]
    assert ("Reader",) not in [names(each) for each in found.options]
    assert found.known[0].operations == 0
    assert found.known[0].is_little


def test_an_unknown_operation_is_said_to_be_so_and_looked_for_all_the_same() -> None:
    """A role with a wide pattern covers it."""
    need = Operation("Contoso.Widget/frobs/spin/action", Plane.CONTROL)
    found = ask(need)
    assert found.unknown == (need,)
    assert ("Contributor",) in [names(each) for each in found.options]
    assert not found.uncovered


def test_what_nobody_has_is_left_out_and_named() -> None:
    """Contoso's data actions are in no role; what is left is suggested."""
    nobody = Operation("Contoso.Widget/frobs/touch/action", Plane.DATA)
    found = ask(nobody, READ_BLOB)
    assert found.uncovered == (nobody,)
    assert names(found.options[0]) == ("Storage Blob Data Reader",)
    assert not ask(nobody).options


def test_what_cannot_be_at_the_place_is_named() -> None:
    """A role at a workspace gives no keys of a storage account."""
    need = of("Microsoft.Storage/storageAccounts/listkeys/action")
    assert ask(*need, place=WORKSPACE).misplaced == need
    assert ask(*need, place=GrantPlace(ScopeLevel.RESOURCE_GROUP)).misplaced == ()


def test_the_place_takes_away_what_cannot_be_there() -> None:
    """Reader on a workspace is a few hundred reads, and above it thousands."""
    need = of("Microsoft.MachineLearningServices/workspaces/read")
    reader = {names(each): each for each in ask(*need, place=WORKSPACE).options}["Reader",]
    anywhere = {names(each): each for each in ask(*need).options}["Reader",]
    assert reader.excess.weight < anywhere.excess.weight == reader.everywhere == anywhere.everywhere
    assert "Microsoft.MachineLearningServices/workspaces/metadata/secrets/read" in {
        each.name for each in reader.excess.sensitive
    }


def test_the_same_question_has_the_same_answer_in_any_order() -> None:
    """Needs are a set."""
    needs = of("Microsoft.Authorization/policyAssignments/write", "Microsoft.Resources/tags/write")
    assert ask(*needs) == ask(*reversed(needs)) == ask(*needs, *needs)


def test_every_capability_sized_need_is_proven() -> None:
    """The searches go to their ends, for needs of many providers too."""
    everything = [
        each for provider in CATALOG.operations.providers() for each in CATALOG.operations.in_provider(provider)
    ]
    found = ask(*everything[:: len(everything) // 40])
    assert found.is_proven
    assert found.options
    assert WEIGHTS[OperationClass.SENSITIVE] == 100


# Custom roles


def made(*needs: Operation, name: str = "Just This") -> suggest.SuggestedCustomRole:
    """The custom role for these needs."""
    return suggest.custom_role(name, ask(*needs), CATALOG, ("/subscriptions/x",))


def test_a_custom_role_holds_the_needs_and_nothing_else() -> None:
    """Each on its plane, spelled as the known list has it, however the need was spelled."""
    role = made(Operation("MICROSOFT.KEYVAULT/VAULTS/READ", Plane.CONTROL), GET_SECRET)
    assert role.actions == ("Microsoft.KeyVault/vaults/read",)
    assert role.data_actions == (GET_SECRET.name,)
    assert not role.at_management_groups
    assert made(*of("Microsoft.KeyVault/vaults/read")).at_management_groups
    assert suggest.az_definition(role) == {
        "Name": "Just This",
        "IsCustom": True,
        "Description": "Exactly the operations that are needed, and nothing else.",
        "Actions": ["Microsoft.KeyVault/vaults/read"],
        "NotActions": [],
        "DataActions": [GET_SECRET.name],
        "NotDataActions": [],
        "AssignableScopes": ["/subscriptions/x"],
    }


def test_a_custom_role_says_what_azure_may_refuse() -> None:
    """Unknown operations, a `*` inside a word; two `*` in a string are left out."""
    two, inside, unknown = of(
        "Microsoft.Storage/*/queues/*", "Microsoft.Storage/storageAccounts/list*", "Contoso.Widget/a/read"
    )
    role = made(two, inside, unknown)
    assert role.left_out == (two,)
    assert role.doubtful == (inside,)
    assert role.unknown == (unknown,)
    assert set(role.actions) == {inside.name, unknown.name}


def test_a_pattern_makes_what_it_covers_superfluous() -> None:
    """A string that says nothing new is not written."""
    role = made(*of("Microsoft.Storage/storageAccounts/*", "Microsoft.Storage/storageAccounts/read"))
    assert role.actions == ("Microsoft.Storage/storageAccounts/*",)


def test_a_custom_role_says_where_azure_has_the_same() -> None:
    """AcrPull is just pulling."""
    assert made(*of("Microsoft.ContainerRegistry/registries/pull/read")).instead == "AcrPull"
    assert made(GET_SECRET).instead == ""


def test_an_entry_of_a_mapping_is_yaml_whatever_the_name() -> None:
    """Names with colons, quotes, or that YAML takes for something else."""
    for name in ("Plain Name", "a: b", 'say "x"', "yes", "# no", "12", "Ärger"):
        role = made(GET_SECRET, *of("Microsoft.Storage/*/read"), name=name)
        entry = yaml.safe_load(suggest.mapping_entry(role))
        assert list(entry) == [name]
        assert entry[name]["data_actions"] == [GET_SECRET.name]
        assert entry[name]["actions"] == ["Microsoft.Storage/*/read"]
        assert set(entry[name]) == {"says", "why", "actions", "data_actions"}


# Where roles can be assigned


def test_levels_follow_assignable_scopes() -> None:
    """Built-in roles anywhere, custom ones below their scopes, without data actions at management groups."""

    def levels(*scopes: str, data: bool = False) -> tuple[ScopeLevel, ...]:
        permission = Permission(actions=("a/read",), data_actions=("a/read",) if data else ())
        return suggest.assignable(AzureRole("", "x", (permission,), custom=True, assignable_scopes=scopes))

    below = (ScopeLevel.SUBSCRIPTION, ScopeLevel.RESOURCE_GROUP, ScopeLevel.RESOURCE)
    reader = CATALOG.find("Reader")
    assert reader is not None
    assert suggest.assignable(reader) == tuple(ScopeLevel)
    assert levels("/subscriptions/1") == below
    assert levels("/subscriptions/1/resourceGroups/2") == below[1:]
    assert levels("/providers/Microsoft.Management/managementGroups/1") == (ScopeLevel.MANAGEMENT_GROUP, *below)
    assert levels("/providers/Microsoft.Management/managementGroups/1", data=True) == below
