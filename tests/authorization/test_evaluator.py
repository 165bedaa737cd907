"""Verdicts on operations at scopes, with the chain that leads to each and what came close where it is no."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from rbacgen.authorization import completeness, who_can
from rbacgen.authorization.index import ancestors
from rbacgen.authorization.request import ALL_PRINCIPALS, AccessRequest, NearMissKind, strongest
from rbacgen.model.assignment import Activation, AzureRole, Plane, Reason, Verdict
from rbacgen.model.problems import Position
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.model.state import Coverage, Part, State, Unread
from tests.fakes.facts import (
    ANA,
    BEN,
    GROUP,
    HOUSE,
    LAKE,
    PIPE,
    REGISTRY,
    SUBSCRIPTION,
    TEAM,
    VAULT,
    WORKSPACE,
    ZONE,
    access,
    ask,
    control,
    data,
    deny,
    give,
    membership,
    role,
)

READ = "Microsoft.KeyVault/vaults/read"
WRITE = "Microsoft.KeyVault/vaults/write"
SECRET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
BLOB = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
# A condition on reading blobs, as Azure's portal writes it.
IN_RAW = (
    "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'})) OR "
    "(@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'raw'))"
)
CONTAINER = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]"
IN_CURATED = IN_RAW.replace("'raw'", "'curated'")
READER = role(control("*/read"), name="See All")
WRITER = role(control("Microsoft.KeyVault/*"), name="Change Vaults")


# The four verdicts.


def test_what_nobody_gives_is_denied() -> None:
    """Azure allows nothing that no assignment gives."""
    found = ask(access(), ANA, READ, VAULT)
    assert (found.verdict, found.permits, found.near_misses) == (Verdict.DENIED, (), ())


def test_a_standing_assignment_allows() -> None:
    """The way names the assignment, the role and the line of it that matched."""
    actual = give(ANA, READER, VAULT)
    found = ask(access(actual), ANA, READ, VAULT)
    (permit,) = found.permits
    assert (found.verdict, permit.assignment, permit.role, permit.line.pattern) == (
        Verdict.ALLOWED,
        actual,
        READER,
        "*/read",
    )
    assert not permit.needs_activation


def test_an_eligible_one_comes_after_activation() -> None:
    """It must be activated first."""
    found = ask(access(give(ANA, READER, VAULT, eligible=True)), ANA, READ, VAULT)
    assert found.verdict is Verdict.AFTER_ACTIVATION
    assert found.permits[0].needs_activation


def test_an_activated_one_is_allowed_just_now() -> None:
    """It is there, and meant to go: a test that allows it only after activation passes it."""
    found = ask(access(give(ANA, READER, VAULT, activation=Activation.ACTIVATED)), ANA, READ, VAULT)
    assert found.verdict is Verdict.ALLOWED
    assert found.permits[0].needs_activation


def test_a_standing_one_that_stands_for_an_eligible_one_counts_as_activated() -> None:
    """Where a project has no PIM, what should be eligible stands, and is no more than that."""
    actual = give(ANA, READER, VAULT)
    found = ask(access(actual, permanent_instead=frozenset({actual.key})), ANA, READ, VAULT)
    assert (found.verdict, found.permits[0].needs_activation) == (Verdict.ALLOWED, True)


def test_an_undecided_condition_is_under_a_condition() -> None:
    """The way says under which, and what would decide it."""
    found = ask(access(give(ANA, "Storage Blob Data Reader", LAKE, condition=IN_RAW)), ANA, BLOB, LAKE, Plane.DATA)
    (permit,) = found.permits
    assert (found.verdict, permit.condition, permit.missing_attributes) == (
        Verdict.UNDER_CONDITION,
        IN_RAW,
        (CONTAINER,),
    )


def test_eligible_and_under_a_condition_is_under_a_condition() -> None:
    """The weaker of the two is said."""
    actual = give(ANA, "Storage Blob Data Reader", LAKE, condition=IN_RAW, eligible=True)
    found = ask(access(actual), ANA, BLOB, LAKE, Plane.DATA)
    assert found.verdict is Verdict.UNDER_CONDITION
    assert found.permits[0].needs_activation


def test_the_strongest_verdict_counts_and_comes_first() -> None:
    """Access adds up: standing beats eligible, and that beats a condition."""
    guarded = role(data("Microsoft.Storage/*", condition=IN_RAW), name="Guarded")
    eligible = role(data("Microsoft.Storage/*"), name="Eligible")
    standing = role(data("Microsoft.Storage/*"), name="Standing")
    actual = [give(ANA, guarded, LAKE), give(ANA, eligible, LAKE, eligible=True), give(ANA, standing, SUBSCRIPTION)]
    order = ["Standing", "Eligible", "Guarded"]
    for count in (1, 2, 3):
        found = ask(access(*actual[:count]), ANA, BLOB, LAKE, Plane.DATA)
        assert [permit.role.name for permit in found.permits] == order[-count:]
        assert found.verdict is found.permits[0].verdict
    assert [permit.verdict for permit in found.permits] == [
        Verdict.ALLOWED,
        Verdict.AFTER_ACTIVATION,
        Verdict.UNDER_CONDITION,
    ]
    assert strongest([Verdict.DENIED, Verdict.UNDER_CONDITION, Verdict.AFTER_ACTIVATION]) is Verdict.AFTER_ACTIVATION
    assert strongest([]) is Verdict.DENIED


# Whose.


def test_access_comes_through_groups_of_groups() -> None:
    """The way shows the groups that were passed, in order."""
    groups = membership({TEAM: [ANA], HOUSE: [TEAM]})
    found = access(give(HOUSE, READER, VAULT), groups=groups)
    assert ask(found, ANA, READ, VAULT).permits[0].path == (TEAM.id, HOUSE.id)
    assert ask(found, TEAM, READ, VAULT).permits[0].path == (HOUSE.id,)
    assert ask(found, HOUSE, READ, VAULT).permits[0].path == ()
    assert ask(found, BEN, READ, VAULT).verdict is Verdict.DENIED


def test_what_somebody_has_themselves_comes_before_what_a_group_gives() -> None:
    """Of ways of one verdict the shortest is named first."""
    groups = membership({TEAM: [ANA]})
    found = ask(access(give(TEAM, READER, VAULT), give(ANA, READER, SUBSCRIPTION), groups=groups), ANA, READ, VAULT)
    assert [permit.path for permit in found.permits] == [(), (TEAM.id,)]


def test_a_group_gives_nothing_to_those_above_it() -> None:
    """Who is in a group has what it has, and not the other way round."""
    found = access(give(ANA, READER, VAULT), groups=membership({TEAM: [ANA]}))
    assert ask(found, TEAM, READ, VAULT).verdict is Verdict.DENIED


def test_a_group_whose_members_are_not_known_may_give_it() -> None:
    """Said beside the verdict, for who may be in it; not where the group would give no more, nor of a known group."""
    asked = access(give(TEAM, READER, VAULT), give(ANA, READER, VAULT, eligible=True))
    assert [permit.assignment.principal for permit in ask(asked, ANA, READ, VAULT).unknown_memberships] == [TEAM]
    assert [permit.assignment.principal for permit in ask(asked, PIPE, READ, VAULT).unknown_memberships] == [TEAM]
    assert ask(asked, HOUSE, READ, VAULT).unknown_memberships == ()
    weaker = access(give(TEAM, READER, VAULT, eligible=True), give(ANA, READER, VAULT, eligible=True))
    assert ask(weaker, ANA, READ, VAULT).unknown_memberships == ()
    known = access(give(TEAM, READER, VAULT), groups=membership({TEAM: [BEN]}))
    assert ask(known, ANA, READ, VAULT).unknown_memberships == ()


# Where.


@pytest.mark.parametrize("above", [VAULT, GROUP, SUBSCRIPTION, ZONE, "/", VAULT.upper()])
def test_access_is_inherited(above: str) -> None:
    """From the scope itself and all that it lies in, without regard to case; the management group as far as it is told."""
    parents = {SUBSCRIPTION: (ZONE.lower(),)}
    assert ask(access(give(ANA, READER, above), parents=parents), ANA, READ, VAULT).verdict is Verdict.ALLOWED


@pytest.mark.parametrize(
    "elsewhere",
    [
        f"{VAULT}/secrets/one",
        VAULT + "-2",
        f"{GROUP}-2",
        "/subscriptions/22222222-2222-2222-2222-222222222222",
        f"{ZONE}-2",
    ],
)
def test_access_elsewhere_or_below_does_not_reach(elsewhere: str) -> None:
    """Scopes are compared by whole segments, and nothing is inherited upwards."""
    parents = {SUBSCRIPTION: (ZONE.lower(),)}
    assert ask(access(give(ANA, READER, elsewhere), parents=parents), ANA, READ, VAULT).verdict is Verdict.DENIED


def test_a_management_group_reaches_nothing_that_is_not_known_to_lie_in_it() -> None:
    """Its text does not show what is below it."""
    assert ask(access(give(ANA, READER, ZONE)), ANA, READ, VAULT).verdict is Verdict.DENIED


def test_management_groups_lie_in_each_other() -> None:
    """What is above what is above reaches too, the other way round not; and a loop ends."""
    top = "/providers/Microsoft.Management/managementGroups/mg-top"
    parents = {SUBSCRIPTION: (ZONE.lower(),), ZONE.lower(): (top.lower(),)}
    found = access(give(ANA, READER, top), parents=parents)
    assert ask(found, ANA, READ, VAULT).verdict is Verdict.ALLOWED
    assert ask(found, ANA, READ, "/").verdict is Verdict.DENIED
    assert ancestors(Scope.of(ZONE), {**parents, top.lower(): (ZONE.lower(),)})[:2] == (ZONE.lower(), top.lower())


def test_a_terraform_reference_lies_where_it_is_said_to() -> None:
    """Its text says nothing, and all lie in the tenant; spelled otherwise it is another one."""
    vault = Scope("azurerm_key_vault.This.id", ScopeLevel.RESOURCE, reference=True)
    other = Scope("azurerm_key_vault.this.id", ScopeLevel.RESOURCE, reference=True)
    parents = {vault.folded: (GROUP.lower(),)}
    for scope in (GROUP, SUBSCRIPTION, "/", vault):
        assert ask(access(give(ANA, READER, scope), parents=parents), ANA, READ, vault).verdict is Verdict.ALLOWED
    assert ask(access(give(ANA, READER, GROUP), parents=parents), ANA, READ, other).verdict is Verdict.DENIED
    assert ask(access(give(ANA, READER, vault), parents=parents), ANA, READ, GROUP).verdict is Verdict.DENIED
    below = access(give(ANA, READER, vault), parents=parents)
    for scope in (GROUP, SUBSCRIPTION, "/"):
        everyone = who_can.everyone(below, AccessRequest(READ, Plane.CONTROL, Scope.of(scope)))
        assert [each.subject.principal for each in everyone.below] == [ANA]


# What.


def test_not_actions_bind_their_own_object_only() -> None:
    """What one permission object leaves out, another one of the same role may give."""
    bound = control("Microsoft.KeyVault/*", without=[WRITE])
    found = access(give(ANA, role(bound, control(WRITE)), VAULT))
    assert ask(found, ANA, WRITE, VAULT).permits[0].line.pattern == WRITE


def test_not_actions_of_one_role_do_not_bind_another() -> None:
    """They are no denial: whoever has both roles can do it."""
    bound = role(control("Microsoft.KeyVault/*", without=[WRITE]))
    assert ask(access(give(ANA, bound, VAULT)), ANA, WRITE, VAULT).verdict is Verdict.DENIED
    assert ask(access(give(ANA, bound, VAULT), give(ANA, WRITER, GROUP)), ANA, WRITE, VAULT).verdict is Verdict.ALLOWED


def test_the_planes_are_apart() -> None:
    """`*` of one plane is nothing on the other, either way."""
    for has, lacks in ((control("*"), Plane.DATA), (data("*"), Plane.CONTROL)):
        found = ask(access(give(ANA, role(has), VAULT)), ANA, SECRET, VAULT, lacks)
        assert found.verdict is Verdict.DENIED
        assert [(miss.kind, miss.pattern) for miss in found.near_misses] == [(NearMissKind.OTHER_PLANE, "*")]


def test_operations_are_compared_without_case() -> None:
    """As Azure does."""
    assert ask(access(give(ANA, WRITER, VAULT)), ANA, WRITE.upper(), VAULT).verdict is Verdict.ALLOWED


def test_a_verdict_that_rests_on_an_empty_segment_says_so() -> None:
    """`vaults/*/read` gives `vaults/read` by a rule that no page of Azure's has; not where another line gives it."""
    found = ask(access(give(ANA, role(control("Microsoft.KeyVault/vaults/*/read")), VAULT)), ANA, READ, VAULT)
    assert (found.verdict, found.rests_on_empty_segment) == (Verdict.ALLOWED, True)
    both = role(control("Microsoft.KeyVault/vaults/*/read", READ))
    assert not ask(access(give(ANA, both, VAULT)), ANA, READ, VAULT).rests_on_empty_segment


# Conditions.


@pytest.mark.parametrize(
    ("values", "verdict"),
    [(("raw",), Verdict.ALLOWED), (("curated",), Verdict.DENIED), (None, Verdict.UNDER_CONDITION)],
)
@pytest.mark.parametrize("is_of_role", [False, True])
def test_a_condition_is_decided_by_what_is_told(
    values: tuple[str, ...] | None, verdict: Verdict, is_of_role: bool
) -> None:
    """True allows, false denies and is said to have come close, unknown leaves it; of the assignment or of the role."""
    reading = data(BLOB, condition=IN_RAW if is_of_role else "")
    actual = give(ANA, role(reading), LAKE, condition="" if is_of_role else IN_RAW)
    told = {CONTAINER: values} if values else {}
    found = ask(access(actual), ANA, BLOB, LAKE, Plane.DATA, attributes=told)
    assert found.verdict is verdict
    assert [miss.kind for miss in found.near_misses] == ([NearMissKind.CONDITION] if verdict is Verdict.DENIED else [])


def test_what_a_condition_does_not_guard_is_allowed() -> None:
    """Operations that it does not speak of pass."""
    actual = give(ANA, "Storage Blob Data Contributor", LAKE, condition=IN_RAW)
    assert ask(access(actual), ANA, BLOB.replace("read", "write"), LAKE, Plane.DATA).verdict is Verdict.ALLOWED


def test_conditions_of_assignment_and_role_must_both_be_true() -> None:
    """What is said names both, and either can deny."""
    actual = give(ANA, role(data(BLOB, condition=IN_RAW)), LAKE, condition=IN_CURATED)
    found = ask(access(actual), ANA, BLOB, LAKE, Plane.DATA)
    assert found.permits[0].condition == f"({IN_CURATED}) AND ({IN_RAW})"
    for name in ("raw", "curated"):
        told = {CONTAINER: (name,)}
        assert ask(access(actual), ANA, BLOB, LAKE, Plane.DATA, attributes=told).verdict is Verdict.DENIED


@pytest.mark.parametrize("first", [IN_RAW, IN_CURATED])
def test_any_permission_object_of_a_role_will_do(first: str) -> None:
    """Where the condition of one object is false, that of another one may be true: in whichever order they stand."""
    second = IN_CURATED if first == IN_RAW else IN_RAW
    actual = give(ANA, role(data(BLOB, condition=first), data(BLOB, condition=second)), LAKE)
    for name, verdict in (("raw", Verdict.ALLOWED), ("curated", Verdict.ALLOWED), ("other", Verdict.DENIED)):
        found = ask(access(actual), ANA, BLOB, LAKE, Plane.DATA, attributes={CONTAINER: (name,)})
        assert found.verdict is verdict, name


def test_a_condition_that_cannot_be_read_is_unknown() -> None:
    """It might limit anything, so nothing under it is allowed for sure."""
    found = ask(access(give(ANA, READER, VAULT, condition="gibberish (")), ANA, READ, VAULT)
    assert (found.verdict, found.permits[0].missing_attributes) == (Verdict.UNDER_CONDITION, ())


def test_answers_without_attributes_do_not_leak_into_those_with() -> None:
    """What is remembered is remembered by all that it depends on."""
    found = access(give(ANA, "Storage Blob Data Reader", LAKE, condition=IN_RAW))
    told = {CONTAINER: ("raw",)}
    verdicts = [
        ask(found, ANA, BLOB, LAKE, Plane.DATA, **given).verdict
        for given in ({}, {"attributes": told}, {}, {"attributes": {CONTAINER: ("x",)}}, {})
    ]
    unknown = Verdict.UNDER_CONDITION
    assert verdicts == [unknown, Verdict.ALLOWED, unknown, Verdict.DENIED, unknown]


# Deny assignments.

_ALL = control("*")


@pytest.mark.parametrize(
    ("denial", "is_denied"),
    [
        (deny(GROUP, _ALL, to=[ANA]), True),
        (deny(GROUP, _ALL, to=[ANA.id.upper()]), True),
        (deny(GROUP, _ALL, to=[ALL_PRINCIPALS]), True),
        (deny(GROUP, _ALL, to=[TEAM]), True),
        (deny(GROUP, _ALL, to=[HOUSE]), True),
        (deny(GROUP, _ALL, to=[BEN]), False),
        (deny(GROUP, _ALL, to=[ALL_PRINCIPALS], spare=[ANA]), False),
        (deny(GROUP, _ALL, to=[ALL_PRINCIPALS], spare=[HOUSE]), False),
        (deny(GROUP, _ALL, to=[ALL_PRINCIPALS], spare=[BEN]), True),
        (deny(GROUP, control("*", without=["*/read"]), to=[ANA]), False),
        (deny(GROUP, control("*/write"), to=[ANA]), False),
        (deny(GROUP, data("*"), to=[ANA]), False),
        (deny(GROUP, _ALL, to=[ANA], only_at_scope=True), False),
        (deny(VAULT, _ALL, to=[ANA], only_at_scope=True), True),
        (deny(f"{VAULT}/secrets/one", _ALL, to=[ANA]), False),
        (deny(f"{GROUP}-2", _ALL, to=[ANA]), False),
        (deny("/", _ALL, to=[ANA]), True),
    ],
)
def test_a_denial_wins_over_every_role(denial: object, is_denied: bool) -> None:
    """Over whom, where and on what it speaks of, through groups too, but for those whom it spares."""
    groups = membership({TEAM: [ANA], HOUSE: [TEAM]})
    found = ask(access(give(ANA, READER, VAULT), groups=groups, denials=(denial,)), ANA, READ, VAULT)
    assert found.verdict is (Verdict.DENIED if is_denied else Verdict.ALLOWED)
    assert found.denied_by == ((denial,) if is_denied else ())
    assert found.near_misses == ()


def test_a_denial_under_a_condition_leaves_it_under_a_condition() -> None:
    """Whether it takes the access away hangs on what is not told; where that is told, it is decided."""
    denial = deny(LAKE, data(BLOB, condition=IN_RAW), to=[ALL_PRINCIPALS])
    found = access(give(ANA, "Storage Blob Data Reader", LAKE), denials=(denial,))
    said = ask(found, ANA, BLOB, LAKE, Plane.DATA)
    assert (said.verdict, said.denied_by) == (Verdict.UNDER_CONDITION, ())
    assert said.permits[0].condition == "the deny assignment a deny does not take it away"
    for name, verdict in (("raw", Verdict.DENIED), ("curated", Verdict.ALLOWED)):
        told = {CONTAINER: (name,)}
        assert ask(found, ANA, BLOB, LAKE, Plane.DATA, attributes=told).verdict is verdict


def test_who_is_denied_gets_nothing_by_a_group_either() -> None:
    """No group whose members are not known could give it, and what was not read could not."""
    coverage = Coverage()
    denial = deny(GROUP, _ALL, to=[ALL_PRINCIPALS])
    found = ask(access(state=State([give(TEAM, READER, VAULT)], coverage), denials=(denial,)), ANA, READ, VAULT)
    assert (found.verdict, found.unknown_memberships, found.unknowns) == (Verdict.DENIED, (), ())


# Patterns.


def test_a_pattern_is_allowed_when_all_of_it_is() -> None:
    """By one role, or by several together, none of which gives all."""
    pattern = "Microsoft.KeyVault/vaults/*"
    assert ask(access(give(ANA, WRITER, VAULT)), ANA, pattern, VAULT).verdict is Verdict.ALLOWED
    halves = [role(control(f"Microsoft.KeyVault/vaults/*/{verb}")) for verb in ("read", "write", "delete", "action")]
    found = ask(access(*(give(ANA, each, VAULT) for each in halves)), ANA, pattern, VAULT)
    assert (found.verdict, len(found.permits)) == (Verdict.ALLOWED, 4)
    lacking = ask(access(*(give(ANA, each, VAULT) for each in halves[1:])), ANA, pattern, VAULT)
    assert (lacking.verdict, lacking.is_partly) == (Verdict.DENIED, True)


def test_a_pattern_has_the_verdict_of_its_weakest_part() -> None:
    """What is missing may come after activation, or under a condition."""
    first = give(ANA, role(data("Microsoft.Storage/*/read")), LAKE)
    rest = role(data("Microsoft.Storage/*"))
    pattern = "Microsoft.Storage/storageAccounts/blobServices/*"
    eligible = give(ANA, rest, LAKE, eligible=True)
    assert ask(access(first, eligible), ANA, pattern, LAKE, Plane.DATA).verdict is Verdict.AFTER_ACTIVATION
    guarded = give(ANA, rest, LAKE, condition=IN_RAW)
    assert ask(access(first, guarded), ANA, pattern, LAKE, Plane.DATA).verdict is Verdict.UNDER_CONDITION


def test_what_a_role_gives_under_its_own_condition_completes_a_pattern() -> None:
    """A role with one free object and one guarded one gives all of it, under a condition."""
    both = role(data("Microsoft.Storage/*/write"), data("Microsoft.Storage/*", condition=IN_RAW))
    found = ask(access(give(ANA, both, LAKE)), ANA, "Microsoft.Storage/storageAccounts/*", LAKE, Plane.DATA)
    assert found.verdict is Verdict.UNDER_CONDITION


def test_access_under_a_condition_may_take_an_activation_first() -> None:
    """The verdict is the same; what stands comes first, and only without it is the activation part of the answer."""
    eligible = give(ANA, "Storage Blob Data Reader", LAKE, eligible=True, condition=IN_RAW)
    standing = give(ANA, "Storage Blob Data Owner", LAKE, condition=IN_RAW)
    waiting = ask(access(eligible), ANA, BLOB, LAKE, Plane.DATA)
    assert (waiting.verdict, waiting.only_eligible) == (Verdict.UNDER_CONDITION, True)
    both = ask(access(eligible, standing), ANA, BLOB, LAKE, Plane.DATA)
    assert (both.verdict, both.only_eligible) == (Verdict.UNDER_CONDITION, False)
    assert [permit.assignment for permit in both.permits] == [standing, eligible]
    below = who_can.everyone(access(eligible), AccessRequest(BLOB, Plane.DATA, Scope.of(GROUP))).below
    assert [(each.verdict, each.only_eligible) for each in below] == [(Verdict.UNDER_CONDITION, True)]


def test_a_pattern_under_a_condition_takes_an_activation_where_the_standing_part_is_not_all() -> None:
    """Half of it stands under the condition and half is eligible without one; or all stands."""
    pattern = "Microsoft.Storage/storageAccounts/blobServices/*"
    reading = give(ANA, role(data("Microsoft.Storage/*/read")), LAKE, condition=IN_RAW)
    rest = give(ANA, role(data("Microsoft.Storage/*", without=["Microsoft.Storage/*/read"])), LAKE, eligible=True)
    found = ask(access(reading, rest), ANA, pattern, LAKE, Plane.DATA)
    assert (found.verdict, found.only_eligible) == (Verdict.UNDER_CONDITION, True)
    all_of_it = give(ANA, role(data("Microsoft.Storage/*")), LAKE, condition=IN_RAW)
    found = ask(access(rest, all_of_it), ANA, pattern, LAKE, Plane.DATA)
    assert (found.verdict, found.only_eligible) == (Verdict.UNDER_CONDITION, False)


def test_the_known_operations_of_a_pattern_have_a_verdict_each() -> None:
    """In the order of the catalogue, with those that are possible told from those that are not."""
    found = ask(access(give(ANA, READER, VAULT)), ANA, "Microsoft.KeyVault/vaults/*", VAULT)
    operations = dict(found.operations)
    assert (operations[READ], operations[WRITE]) == (Verdict.ALLOWED, Verdict.DENIED)
    assert list(operations) == sorted(operations, key=str.lower)
    assert found.is_partly


def test_a_denial_takes_its_part_of_a_pattern() -> None:
    """What it leaves is possible; where it leaves nothing there is no way any more."""
    pattern = "Microsoft.KeyVault/vaults/*"
    actual = give(ANA, WRITER, VAULT)
    some = ask(access(actual, denials=(deny(GROUP, control("*/write"), to=[ANA]),)), ANA, pattern, VAULT)
    assert (some.verdict, some.is_partly, len(some.permits)) == (Verdict.DENIED, True, 1)
    for what in (control("*"), control("Microsoft.KeyVault/*")):
        none = ask(access(actual, denials=(deny(GROUP, what, to=[ANA]),)), ANA, pattern, VAULT)
        assert (none.verdict, none.is_partly, none.permits) == (Verdict.DENIED, False, ())
        assert {verdict for _, verdict in none.operations} == {Verdict.DENIED}
    # The role gives writing only, and just that is denied, though not all of the pattern is.
    writing = give(ANA, role(control("Microsoft.KeyVault/*/write")), VAULT)
    gone = ask(access(writing, denials=(deny(GROUP, control("*/write"), to=[ANA]),)), ANA, pattern, VAULT)
    assert gone.permits == ()


def test_a_pattern_that_matches_nothing_is_given_by_nobody() -> None:
    """Nothing at all is no access."""
    assert (
        ask(access(give(ANA, role(control("*")), "/")), ANA, "Microsoft.KeyVault//*", VAULT).verdict is Verdict.DENIED
    )


# What came close.


def test_a_miss_of_every_kind() -> None:
    """Each with the line that decides, the closest first."""
    actual = [
        give(ANA, role(control("Microsoft.KeyVault/*", without=[WRITE]), name="excluded"), VAULT),
        give(ANA, role(data("Microsoft.KeyVault/*"), name="other plane"), GROUP),
        give(ANA, role(control("*/write"), name="elsewhere"), LAKE),
        give(ANA, role(control("*/write"), name="below"), f"{VAULT}/secrets/one"),
        give(ANA, AzureRole("99999999-0000-4000-8000-000000000000", ""), VAULT),
        give(ANA, role(control("*/read"), name="far off"), VAULT),
    ]
    found = ask(access(*actual), ANA, WRITE, VAULT)
    assert [(miss.kind, miss.role.name, miss.pattern) for miss in found.near_misses] == [
        (NearMissKind.EXCLUDED, "excluded", WRITE),
        (NearMissKind.OTHER_PLANE, "other plane", "Microsoft.KeyVault/*"),
        (NearMissKind.ELSEWHERE, "elsewhere", "*/write"),
        (NearMissKind.BELOW, "below", "*/write"),
        (NearMissKind.UNKNOWN_ROLE, "", ""),
    ]
    assert found.unknowns == (
        f"the definition of the role 99999999-0000-4000-8000-000000000000, assigned at {VAULT}, is not known",
    )


def test_an_exclusion_that_rests_on_an_empty_segment_says_so() -> None:
    """`computes/*/write` takes away `computes/write` by the rule that no page has."""
    create = "Microsoft.MachineLearningServices/workspaces/computes/write"
    (miss,) = ask(access(give(ANA, "AzureML Data Scientist", WORKSPACE)), ANA, create, WORKSPACE).near_misses
    assert (miss.kind, miss.rests_on_empty_segment) == (NearMissKind.EXCLUDED, True)


def test_a_role_that_azure_has_empty_is_not_unknown() -> None:
    """A few of Azure's own roles give nothing: that is known."""
    empty = AzureRole("00000000-0000-4000-9000-00000000ffff", "Grants Nothing")
    found = ask(access(give(ANA, empty, VAULT)), ANA, READ, VAULT)
    assert (found.verdict, found.unknowns, found.near_misses) == (Verdict.DENIED, (), ())


def test_what_cannot_exist_there_is_impossible_and_void() -> None:
    """An operation of another type: denied to an owner too, with why; a role that speaks of it there is void."""
    submit = "Microsoft.MachineLearningServices/workspaces/jobs/write"
    found = ask(access(give(ANA, "AzureML Data Scientist", REGISTRY)), ANA, submit, REGISTRY)
    assert found.verdict is Verdict.DENIED
    assert found.impossible == (
        f"`{submit}` is of `workspaces` and cannot exist on a Microsoft.MachineLearningServices/registries"
    )
    assert [miss.kind for miss in found.near_misses] == [NearMissKind.VOID]
    assert found.unknowns == ()


def test_nothing_came_close_where_it_is_allowed() -> None:
    """A yes has no excuses."""
    found = ask(access(give(ANA, WRITER, VAULT), give(ANA, READER, LAKE)), ANA, READ, VAULT)
    assert (found.near_misses, found.bypasses) == ((), ())


# Bypasses.


def test_an_owner_reads_blobs_by_the_keys() -> None:
    """Not by a role, but whoever lists the account's keys gets at them; the bypass names how, and what prevents it."""
    found = ask(access(give(ANA, "Owner", GROUP)), ANA, BLOB, LAKE, Plane.DATA)
    assert found.verdict is Verdict.DENIED
    keys = next(each for each in found.bypasses if each.bypass.opened_by.endswith("/listKeys/action"))
    assert (keys.verdict, keys.permit and keys.permit.line.pattern) == (Verdict.ALLOWED, "*")
    assert keys.bypass.unless == "shared key access is disallowed for the account"


def test_a_bypass_has_the_verdict_of_what_opens_it() -> None:
    """After activation for who is eligible; and who cannot open it has none, but what no permission opens stays."""
    eligible = ask(access(give(ANA, "Owner", GROUP, eligible=True)), ANA, BLOB, LAKE, Plane.DATA)
    assert {each.verdict for each in eligible.bypasses} == {Verdict.AFTER_ACTIVATION, None}
    reader = ask(access(give(ANA, "Reader", GROUP)), ANA, BLOB, LAKE, Plane.DATA)
    assert {(each.verdict, each.bypass.opened_by) for each in reader.bypasses} == {(None, "")}


def test_a_bypass_is_asked_for_at_the_resource_that_it_is_of() -> None:
    """For a container that is the account: who has rights on the container alone opens nothing."""
    container = f"{LAKE}/blobServices/default/containers/raw"
    on_account = ask(access(give(ANA, "Storage Account Contributor", LAKE)), ANA, BLOB, container, Plane.DATA)
    assert Verdict.ALLOWED in {each.verdict for each in on_account.bypasses}
    on_container = ask(access(give(ANA, "Storage Account Contributor", container)), ANA, BLOB, container, Plane.DATA)
    assert {each.verdict for each in on_container.bypasses} == {None}


def test_a_pattern_has_the_bypasses_of_what_it_covers() -> None:
    """All blobs, or all of storage; where some is possible by a role only a bypass of all of it counts."""
    owner = access(give(ANA, "Owner", GROUP))
    for pattern in ("Microsoft.Storage/storageAccounts/blobServices/*", "Microsoft.Storage/*"):
        assert ask(owner, ANA, pattern, LAKE, Plane.DATA).bypasses
    reader = access(give(ANA, "Owner", GROUP), give(ANA, "Storage Blob Data Reader", GROUP))
    assert ask(reader, ANA, "Microsoft.Storage/storageAccounts/blobServices/*", LAKE, Plane.DATA).bypasses
    assert not ask(reader, ANA, "Microsoft.Storage/*", LAKE, Plane.DATA).bypasses


# What was not read.

_ALL_READ = Coverage(below={part: frozenset({SUBSCRIPTION}) for part in Part})


def read_but(*parts: Part) -> Coverage:
    """All of the subscription was read, but for these parts."""
    below = {part: frozenset({SUBSCRIPTION}) for part in Part if part not in parts}
    return Coverage(below=below, unread=tuple(Unread(SUBSCRIPTION, part, f"no {part}", "ask") for part in parts))


def test_all_read_leaves_nothing_undecided() -> None:
    """A yes and a no are final."""
    found = access(state=State([give(ANA, READER, VAULT)], _ALL_READ))
    assert ask(found, ANA, READ, VAULT).unknowns == ()
    assert ask(found, ANA, WRITE, VAULT).unknowns == ()


@pytest.mark.parametrize(
    ("part", "open_verdicts"),
    [
        (Part.ASSIGNMENTS, {Verdict.DENIED, Verdict.UNDER_CONDITION, Verdict.AFTER_ACTIVATION}),
        (Part.ELIGIBILITIES, {Verdict.DENIED, Verdict.UNDER_CONDITION}),
        (Part.DENIALS, {Verdict.ALLOWED, Verdict.AFTER_ACTIVATION, Verdict.UNDER_CONDITION}),
        (Part.DIRECTORY, set()),
    ],
)
def test_just_what_could_turn_a_verdict_leaves_it_undecided(part: Part, open_verdicts: set[Verdict]) -> None:
    """What gives more turns less than all; what takes away turns all but a no."""
    actual = {
        Verdict.ALLOWED: [give(ANA, READER, VAULT)],
        Verdict.AFTER_ACTIVATION: [give(ANA, READER, VAULT, eligible=True)],
        Verdict.UNDER_CONDITION: [give(ANA, READER, VAULT, condition="gibberish (")],
        Verdict.DENIED: [],
    }
    undecided = set()
    for verdict, assignments in actual.items():
        found = ask(access(state=State(assignments, read_but(part))), ANA, READ, VAULT)
        assert found.verdict is verdict
        if found.unknowns:
            undecided.add(verdict)
            assert f"no {part}" in found.unknowns[0]
    assert undecided == open_verdicts


def test_the_reason_is_the_one_of_this_scope() -> None:
    """What failed elsewhere explains nothing here."""
    elsewhere = Unread("/subscriptions/22222222-2222-2222-2222-222222222222", Part.ASSIGNMENTS, "a storm", "wait")
    here = Unread(SUBSCRIPTION, Part.ASSIGNMENTS, "no right", "ask")
    index = access(state=State([], Coverage(unread=(elsewhere, here)))).index
    (sentence,) = completeness.unread(index, Scope.of(VAULT), (Part.ASSIGNMENTS,))
    assert sentence == f"the assignments of {VAULT} were not read: no right"
    index = access(state=State([], Coverage(unread=(elsewhere,)))).index
    (sentence,) = completeness.unread(index, Scope.of(VAULT), (Part.ASSIGNMENTS,))
    assert sentence == f"the assignments of {VAULT} were not read"


# Reasons.


def test_what_the_project_wants_lends_its_reasons_to_what_is_held() -> None:
    """By identity: an activated one has those of the eligible one, a foreign one has none."""
    place = Position("x.yaml", 1, 1)
    reason = Reason("developer", "Developer", "write_code", "Write", "use", place, place)
    desired = State(
        [give(ANA, READER, VAULT, reasons=(reason,)), give(ANA, WRITER, VAULT, eligible=True, reasons=(reason,))]
    )
    actual = [
        give(ANA, READER, VAULT.upper()),
        give(ANA, WRITER, VAULT, activation=Activation.ACTIVATED),
        give(BEN, READER, VAULT),
    ]
    found = access(*actual, desired=desired)
    assert [found.index.reasons(each) for each in actual] == [(reason,), (reason,), ()]
    assert ask(found, ANA, WRITE, VAULT).permits[0].reasons == (reason,)


# Everyone.


def test_who_can_here_and_below() -> None:
    """Here by strength and name; below only who cannot here, with what gives it there."""
    actual = [
        give(BEN, READER, GROUP),
        give(ANA, READER, GROUP, eligible=True),
        give(PIPE, READER, VAULT),
        give(BEN, READER, VAULT),
        give(TEAM, READER, LAKE),
    ]
    found = who_can.everyone(
        access(*actual), AccessRequest("Microsoft.KeyVault/vaults/read", Plane.CONTROL, Scope.of(GROUP))
    )
    assert [(each.subject.principal, each.verdict) for each in found.here] == [
        (BEN, Verdict.ALLOWED),
        (ANA, Verdict.AFTER_ACTIVATION),
    ]
    # A storage account has no vaults, so that the group can do nothing there.
    assert [(each.subject.principal, each.permits[0].assignment.scope.id) for each in found.below] == [(PIPE, VAULT)]


def test_below_a_management_group_is_all_that_lies_in_it() -> None:
    """Through other groups too, but not what lies elsewhere."""
    top = "/providers/Microsoft.Management/managementGroups/mg-top"
    parents = {SUBSCRIPTION: (ZONE.lower(),), ZONE.lower(): (top.lower(),)}
    actual = [give(ANA, READER, VAULT), give(BEN, READER, "/subscriptions/22222222-2222-2222-2222-222222222222")]
    found = who_can.everyone(access(*actual, parents=parents), AccessRequest(READ, Plane.CONTROL, Scope.of(top)))
    assert [each.subject.principal for each in found.below] == [ANA]


def test_who_can_without_below_looks_here_only() -> None:
    """For tests of everybody."""
    found = who_can.everyone(
        access(give(ANA, READER, VAULT)), AccessRequest(READ, Plane.CONTROL, Scope.of(GROUP)), with_below=False
    )
    assert (found.here, found.below) == ((), ())


def test_who_can_asks_about_each_with_all_that_they_have() -> None:
    """Somebody eligible who has it standing through a group can do it now; a denial of a group takes it from its members."""
    groups = membership({TEAM: [ANA], HOUSE: [BEN]})
    request = AccessRequest(READ, Plane.CONTROL, Scope.of(VAULT))
    actual = [give(TEAM, READER, VAULT), give(ANA, READER, VAULT, eligible=True), give(BEN, READER, VAULT)]
    found = who_can.everyone(access(*actual, groups=groups), request)
    assert {each.subject.principal: each.verdict for each in found.here}[ANA] is Verdict.ALLOWED
    denied = who_can.everyone(access(*actual, groups=groups, denials=(deny(GROUP, _ALL, to=[HOUSE]),)), request)
    assert {each.subject.principal for each in denied.here} == {TEAM, ANA}


def test_who_escapes_a_denial_of_their_group_is_found() -> None:
    """The group is denied, and one of its members is spared by name: who has nothing of their own stands there alone."""
    groups = membership({TEAM: [ANA, BEN]})
    denial = deny(GROUP, _ALL, to=[ALL_PRINCIPALS], spare=[ANA])
    found = access(give(TEAM, READER, VAULT), groups=groups, denials=(denial,))
    everyone = who_can.everyone(found, AccessRequest(READ, Plane.CONTROL, Scope.of(VAULT)))
    assert [(each.subject.principal, each.permits[0].path) for each in everyone.here] == [(ANA, (TEAM.id,))]
    assert [who_can.keeps_access(found, each, everyone.request) for each in (ANA, BEN)] == [True, False]


def test_a_denial_below_takes_it_there() -> None:
    """Who can only below is not listed where a denial takes it from them there."""
    denial = deny(VAULT, _ALL, to=[ANA])
    actual = [give(ANA, READER, VAULT), give(BEN, READER, VAULT)]
    found = who_can.everyone(access(*actual, denials=(denial,)), AccessRequest(READ, Plane.CONTROL, Scope.of(GROUP)))
    assert [each.subject.principal for each in found.below] == [BEN]


def test_who_is_listed_in_a_group_that_can_escapes_denials() -> None:
    """Members from whom a deny assignment takes it are left out of the row of their group."""
    groups = membership({TEAM: [ANA, BEN]})
    found = access(give(TEAM, READER, VAULT), groups=groups, denials=(deny(GROUP, _ALL, to=[BEN]),))
    everyone = who_can.everyone(found, AccessRequest(READ, Plane.CONTROL, Scope.of(VAULT)))
    assert [each.subject.principal for each in everyone.here] == [TEAM]
    assert who_can.allowed_members(found, TEAM, everyone.request) == (ANA,)
    free = access(give(TEAM, READER, VAULT), groups=groups)
    assert who_can.allowed_members(free, TEAM, everyone.request) == (ANA, BEN)


def test_what_is_above_a_scope_is_not_mistaken_for_what_is_above_its_parent() -> None:
    """Asked at the one and then at the other."""
    found = access(give(ANA, READER, VAULT))
    verdicts = [ask(found, ANA, READ, scope).verdict for scope in (VAULT.rpartition("/")[0], VAULT, GROUP, VAULT)]
    assert verdicts == [Verdict.DENIED, Verdict.ALLOWED, Verdict.DENIED, Verdict.ALLOWED]


def test_who_can_says_what_was_not_read_and_whose_role_is_not_known() -> None:
    """Either may hide somebody."""
    unknown = AzureRole("99999999-0000-4000-8000-000000000000", "")
    actual = [give(ANA, unknown, VAULT), give(BEN, READER, VAULT)]
    found = access(state=State(actual, read_but(Part.ELIGIBILITIES)))
    everyone = who_can.everyone(found, AccessRequest(READ, Plane.CONTROL, Scope.of(VAULT)))
    assert [each.subject.principal for each in everyone.here] == [BEN]
    assert len(everyone.unknowns) == 2
    assert "not known" in everyone.unknowns[0]


# The traps that naive tools fall into, each with the reason.

_AML = "Microsoft.MachineLearningServices/workspaces"
_DELEGATED = (
    "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR "
    "(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals "
    "{acdd72a7-3385-48ef-bd42-f606fba81ae7}))"
)
_IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-dev"


@pytest.mark.parametrize(
    ("azure_role", "scope", "operation", "plane", "verdict", "reason"),
    [
        ("AzureML Data Scientist", WORKSPACE, f"{_AML}/read", Plane.CONTROL, Verdict.ALLOWED, f"{_AML}/*/read"),
        ("AzureML Data Scientist", WORKSPACE, f"{_AML}/jobs/write", Plane.CONTROL, Verdict.ALLOWED, f"{_AML}/*/write"),
        (
            "AzureML Data Scientist",
            WORKSPACE,
            f"{_AML}/computes/start/action",
            Plane.CONTROL,
            Verdict.ALLOWED,
            f"{_AML}/*/action",
        ),
        (
            "AzureML Data Scientist",
            WORKSPACE,
            f"{_AML}/computes/write",
            Plane.CONTROL,
            Verdict.DENIED,
            f"excluded {_AML}/computes/*/write",
        ),
        (
            "AzureML Data Scientist",
            WORKSPACE,
            f"{_AML}/delete",
            Plane.CONTROL,
            Verdict.DENIED,
            f"excluded {_AML}/delete",
        ),
        ("AzureML Data Scientist", REGISTRY, f"{_AML}/jobs/write", Plane.CONTROL, Verdict.DENIED, "void"),
        ("Reader", GROUP, f"{_AML}/metadata/secrets/read", Plane.CONTROL, Verdict.ALLOWED, "*/read"),
        (
            "Contributor",
            GROUP,
            "Microsoft.Authorization/roleAssignments/write",
            Plane.CONTROL,
            Verdict.DENIED,
            "excluded Microsoft.Authorization/*/Write",
        ),
        (
            "Contributor",
            GROUP,
            "Microsoft.Storage/storageAccounts/listKeys/action",
            Plane.CONTROL,
            Verdict.ALLOWED,
            "*",
        ),
        ("Owner", GROUP, BLOB, Plane.DATA, Verdict.DENIED, "other_plane *"),
        ("Key Vault Reader", VAULT, READ, Plane.CONTROL, Verdict.ALLOWED, "Microsoft.KeyVault/vaults/*/read"),
        ("Key Vault Reader", VAULT, SECRET, Plane.DATA, Verdict.DENIED, ""),
        (
            "Managed Identity Operator",
            _IDENTITY,
            "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
            Plane.CONTROL,
            Verdict.ALLOWED,
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
        ),
        (
            "Role Based Access Control Administrator",
            GROUP,
            "Microsoft.Authorization/roleAssignments/write",
            Plane.CONTROL,
            Verdict.UNDER_CONDITION,
            "Microsoft.Authorization/roleAssignments/write",
        ),
        (
            "Role Based Access Control Administrator",
            GROUP,
            "Microsoft.Authorization/roleAssignments/read",
            Plane.CONTROL,
            Verdict.ALLOWED,
            "*/read",
        ),
    ],
)
def test_the_known_traps(
    azure_role: str, scope: str, operation: str, plane: Plane, verdict: Verdict, reason: str
) -> None:
    """Verdict and reason: the line that gives it, or what came closest and the line of it that decides."""
    condition = _DELEGATED if azure_role.startswith("Role Based") else ""
    found = ask(access(give(ANA, azure_role, scope, condition=condition)), ANA, operation, scope, plane)
    assert found.verdict is verdict
    if found.permits:
        assert found.permits[0].line.pattern == reason
        assert found.permits[0].condition == (condition if verdict is Verdict.UNDER_CONDITION else "")
    else:
        said = [f"{miss.kind} {miss.pattern}" for miss in found.near_misses]
        assert said[:1] == ([f"void {_AML}/*/write"] if reason == "void" else [reason] if reason else [])


def test_the_way_round_roles_for_the_owner_is_the_keys_alone() -> None:
    """The trap's other half: not by RBAC, but by listing keys; Key Vault Reader has no such way to a secret."""
    owner = ask(access(give(ANA, "Owner", GROUP)), ANA, BLOB, LAKE, Plane.DATA)
    assert "Microsoft.Storage/storageAccounts/listKeys/action" in {each.bypass.opened_by for each in owner.bypasses}
    reader = ask(access(give(ANA, "Key Vault Reader", VAULT)), ANA, SECRET, VAULT, Plane.DATA)
    assert {each.verdict for each in reader.bypasses} == {None}


def test_the_condition_of_a_delegation_is_decided_by_the_role_that_is_to_be_assigned() -> None:
    """Reader may be handed out, Owner not."""
    actual = access(give(ANA, "Role Based Access Control Administrator", GROUP, condition=_DELEGATED))
    name = "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]"
    for guid, verdict in (
        ("acdd72a7-3385-48ef-bd42-f606fba81ae7", Verdict.ALLOWED),
        ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", Verdict.DENIED),
    ):
        found = ask(actual, ANA, "Microsoft.Authorization/roleAssignments/write", GROUP, attributes={name: (guid,)})
        assert found.verdict is verdict


def test_a_holder_is_the_same_however_often_asked() -> None:
    """What is remembered is no other person's."""
    found = access(give(ANA, READER, VAULT))
    assert found.subject(ANA) is found.subject(replace(ANA))
    assert [each.id for each in found.index.principals()] == [ANA.id]
    assert ask(found, BEN, READ, VAULT).verdict is Verdict.DENIED
