"""On random small worlds the engine agrees with an evaluation that is written down plainly, and who-can with asking each."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rbacgen.authorization import who_can
from rbacgen.authorization.evaluator import Evaluator
from rbacgen.authorization.groups import Membership
from rbacgen.authorization.request import ALL_PRINCIPALS, AccessRequest
from rbacgen.model.assignment import Activation, Assignment, Permission, Plane, Principal, PrincipalType, Verdict
from rbacgen.model.scope import Scope
from rbacgen.model.source import Denial
from rbacgen.model.state import State
from tests.fakes.facts import access, membership, role
from tests.properties import examples

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
SCOPES = [
    "/",
    "/providers/Microsoft.Management/managementGroups/top",
    "/providers/Microsoft.Management/managementGroups/mid",
    SUBSCRIPTION,
    f"{SUBSCRIPTION}/resourceGroups/rg",
    f"{SUBSCRIPTION}/resourceGroups/rg-2",
    f"{SUBSCRIPTION}/resourceGroups/rg/providers/A.B/c/one",
    f"{SUBSCRIPTION}/resourceGroups/RG/providers/A.B/c/one/d/two",
    "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg",
]
PARENTS = {SUBSCRIPTION: (SCOPES[2].lower(),), SCOPES[2].lower(): (SCOPES[1].lower(),)}
# What lies in what, written down by hand: indexes of the scopes above, itself first.
ABOVE = {0: [0], 1: [1, 0], 2: [2, 1, 0], 3: [3, 2, 1, 0], 4: [4, 3, 2, 1, 0], 5: [5, 3, 2, 1, 0]}
ABOVE |= {6: [6, 4, 3, 2, 1, 0], 7: [7, 6, 4, 3, 2, 1, 0], 8: [8, 0]}
OPERATIONS = ["A.B/c/read", "A.B/c/write", "A.B/c/d/read", "A.B/c/d/run/action", "a.b/C/D/delete"]
PATTERNS = [*OPERATIONS, "*", "*/read", "A.B/*", "A.B/c/*/read", "A.B/c/d/*", "*/action", "A.B/*/d/*"]
PEOPLE = [Principal(f"{index:08x}-0000-4000-8000-000000000000", PrincipalType.USER, f"p{index}") for index in range(3)]
GROUPS = [Principal(f"{index:08x}-0000-4000-9000-000000000000", PrincipalType.GROUP, f"g{index}") for index in range(3)]
EVERY = [*PEOPLE, *GROUPS]
_STRONG = list(Verdict)

patterns = st.lists(st.sampled_from(PATTERNS), max_size=2).map(tuple)
permissions = st.lists(st.builds(Permission, patterns, patterns, patterns, patterns), min_size=1, max_size=2).map(tuple)
roles = permissions.map(lambda each: role(*each))
assignments = st.lists(
    st.builds(
        lambda scope, what, who, activation: Assignment(Scope.of(scope), what, who, activation),
        st.sampled_from(SCOPES),
        roles,
        st.sampled_from(EVERY),
        st.sampled_from([Activation.PERMANENT, Activation.ELIGIBLE]),
    ),
    max_size=6,
)
denials = st.lists(
    st.builds(
        lambda scope, given, who, spared, alone: Denial("d", "d", Scope.of(scope), given, who, spared, alone),
        st.sampled_from(SCOPES),
        permissions,
        st.lists(st.sampled_from([ALL_PRINCIPALS, *(each.id for each in EVERY)]), min_size=1, max_size=2).map(tuple),
        st.lists(st.sampled_from([each.id for each in EVERY]), max_size=1).map(tuple),
        st.booleans(),
    ),
    max_size=2,
)
memberships = st.dictionaries(
    st.sampled_from(GROUPS), st.lists(st.sampled_from(EVERY), max_size=3, unique=True), max_size=3
).map(lambda groups: {group: [each for each in members if each != group] for group, members in groups.items()})


def matches(pattern: str, operation: str) -> bool:
    """Azure's `*`, and `/*/` for nothing too, as a regular expression."""
    parts = [re.escape(part) for part in pattern.lower().split("/*/")]
    expression = "(?:/|/.*/)".join(part.replace(r"\*", ".*") for part in parts)
    return re.fullmatch(expression, operation.lower()) is not None


def gives(permission: Permission, operation: str, plane: Plane) -> bool:
    """Actions minus notActions of the plane, of one object."""
    is_control = plane is Plane.CONTROL
    granted = permission.actions if is_control else permission.data_actions
    left_out = permission.not_actions if is_control else permission.not_data_actions
    return any(matches(each, operation) for each in granted) and not any(matches(each, operation) for each in left_out)


def names(who: Principal, groups: dict[Principal, list[Principal]]) -> set[str]:
    """Somebody's id and those of all groups that they are in, by going round until nothing is added."""
    found = {who.id}
    while True:
        more = {group.id for group, members in groups.items() if any(each.id in found for each in members)} - found
        if not more:
            return found
        found |= more


def plainly(
    actual: list[Assignment],
    taken: list[Denial],
    groups: dict[Principal, list[Principal]],
    who: Principal,
    operation: str,
    plane: Plane,
    place: int,
) -> Verdict:
    """The verdict, by going through everything."""
    mine = names(who, groups)
    reaching = {SCOPES[each].lower() for each in ABOVE[place]}
    for each in taken:
        if (
            each.scope.id.lower() in reaching
            and not (each.only_at_scope and each.scope.id.lower() != SCOPES[place].lower())
            and (ALL_PRINCIPALS in each.principals or mine & set(each.principals))
            and not mine & set(each.excluded_principals)
            and any(gives(one, operation, plane) for one in each.permissions)
        ):
            return Verdict.DENIED
    found = [
        Verdict.ALLOWED if each.activation is Activation.PERMANENT else Verdict.AFTER_ACTIVATION
        for each in actual
        if each.scope.id.lower() in reaching
        and each.principal.id in mine
        and any(gives(one, operation, plane) for one in each.role.permissions)
    ]
    return min(found, key=_STRONG.index, default=Verdict.DENIED)


def engine(actual: list[Assignment], taken: list[Denial], groups: dict[Principal, list[Principal]]) -> Evaluator:
    """The same world for the engine. Of two assignments of one identity Azure keeps one."""
    known: Membership = membership(dict.fromkeys(GROUPS, ()) | groups)
    return access(state=State(actual), groups=known, denials=tuple(taken), parents=PARENTS)


@settings(max_examples=examples(300))
@given(
    assignments, denials, memberships, st.sampled_from(OPERATIONS), st.sampled_from(Plane), st.sampled_from(range(9))
)
def test_every_verdict_agrees_with_the_plain_one(
    actual: list[Assignment],
    taken: list[Denial],
    groups: dict[Principal, list[Principal]],
    operation: str,
    plane: Plane,
    place: int,
) -> None:
    """Of persons and of groups, at every scope."""
    found = engine(actual, taken, groups)
    request = AccessRequest(operation, plane, Scope.of(SCOPES[place]))
    for who in EVERY:
        expected = plainly(actual, taken, groups, who, operation, plane, place)
        assert found.evaluate(found.subject(who), request).verdict is expected
        assert found.decide(found.subject(who), request).verdict is expected


@settings(max_examples=examples(300))
@given(
    assignments, denials, memberships, st.sampled_from(OPERATIONS), st.sampled_from(Plane), st.sampled_from(range(9))
)
def test_who_can_agrees_with_asking_each(
    actual: list[Assignment],
    taken: list[Denial],
    groups: dict[Principal, list[Principal]],
    operation: str,
    plane: Plane,
    place: int,
) -> None:
    """Everybody who can stands in a row of their own or in that of a group that they are in, and nobody else does."""
    found = engine(actual, taken, groups)
    request = AccessRequest(operation, plane, Scope.of(SCOPES[place]))
    everyone = who_can.everyone(found, request)
    rows = {each.subject.principal.id: each for each in everyone.here}
    for who in EVERY:
        decision = found.evaluate(found.subject(who), request)
        if who.id in rows:
            assert rows[who.id].verdict is decision.verdict is not Verdict.DENIED
        in_rows = {
            member
            for row in rows
            for member in (row, *found.facts.membership.members_of(row))
            if who_can.keeps_access(found, next(each for each in EVERY if each.id == member), request)
        }
        assert (decision.verdict is not Verdict.DENIED) == (who.id in in_rows)


@settings(max_examples=examples(300))
@given(
    assignments, denials, memberships, st.sampled_from(OPERATIONS), st.sampled_from(Plane), st.sampled_from(range(9))
)
def test_who_can_below_agrees_with_asking_at_each_scope(
    actual: list[Assignment],
    taken: list[Denial],
    groups: dict[Principal, list[Principal]],
    operation: str,
    plane: Plane,
    place: int,
) -> None:
    """Who has a row of the scope's own can do it there; below are those who can where something is assigned to them."""
    found = engine(actual, taken, groups)
    everyone = who_can.everyone(found, AccessRequest(operation, plane, Scope.of(SCOPES[place])))
    here = {each.subject.principal.id for each in everyone.here}
    expected = set()
    for each in State(actual):
        lower = next(index for index, scope in enumerate(SCOPES) if scope.lower() == each.scope.folded)
        alone = replace(each, activation=Activation.PERMANENT)
        verdict = plainly([alone], taken, groups, each.principal, operation, plane, lower)
        if lower != place and place in ABOVE[lower] and each.principal.id not in here and verdict is not Verdict.DENIED:
            expected.add(each.principal.id)
    assert {each.subject.principal.id for each in everyone.below} == expected


@settings(max_examples=examples(200))
@given(
    assignments, denials, memberships, st.sampled_from(["A.B/c/*", "A.B/*/read", "*/read", "*"]), st.sampled_from(Plane)
)
def test_a_pattern_promises_nothing_that_its_operations_do_not_keep(
    actual: list[Assignment],
    taken: list[Denial],
    groups: dict[Principal, list[Principal]],
    pattern: str,
    plane: Plane,
) -> None:
    """Where a pattern is allowed each operation of it is, and where an operation of it is possible the pattern has a way."""
    found = engine(actual, taken, groups)
    scope = Scope.of(SCOPES[4])
    covered = [each for each in OPERATIONS if matches(pattern, each)]
    for who in EVERY:
        decision = found.decide(found.subject(who), AccessRequest(pattern, plane, scope))
        each_verdict = [plainly(actual, taken, groups, who, each, plane, 4) for each in covered]
        if decision.verdict is not Verdict.DENIED:
            assert max(map(_STRONG.index, each_verdict)) <= _STRONG.index(decision.verdict)
        if any(each is not Verdict.DENIED for each in each_verdict):
            assert decision.permits
