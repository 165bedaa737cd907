"""What permission objects and roles grant, by which line, and what their notActions take away."""

from __future__ import annotations

import re
from functools import cache

import pytest
from msgspec.structs import replace

from rbacgen.authorization.catalog import load
from rbacgen.authorization.pattern_search import TooManyWildcardsError
from rbacgen.authorization.permissions import Line, allows, compiled, role_allows
from rbacgen.authorization.regions import Region, operation_left
from rbacgen.model.assignment import AzureRole, Permission, Plane
from tests.authorization.brute_force import expression, plainly, union

CATALOG = load()
ROLES = tuple(CATALOG)
NAMES = sorted(
    {each.name.lower() for name in CATALOG.operations.providers() for each in CATALOG.operations.in_provider(name)}
)
BY_PROVIDER: dict[str, list[int]] = {}
for _place, _name in enumerate(NAMES):
    BY_PROVIDER.setdefault(_name.partition("/")[0], []).append(_place)
AML = "Microsoft.MachineLearningServices/workspaces"


def role_of(*permissions: Permission) -> AzureRole:
    return AzureRole("i", "n", permissions)


@cache
def known(pattern: str) -> int:
    """The known operations that a string matches by the regular expression, a bit for each name of either plane."""
    provider = pattern.lower().partition("/")[0]
    places = range(len(NAMES)) if "*" in provider else BY_PROVIDER.get(provider, ())
    text = re.compile(expression(pattern), re.IGNORECASE)
    return sum(1 << place for place in places if text.fullmatch(NAMES[place]))


def strings(permission: Permission, plane: Plane) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if plane is Plane.CONTROL:
        return permission.actions, permission.not_actions
    return permission.data_actions, permission.not_data_actions


def granted(role: AzureRole, plane: Plane, conditions: bool = True) -> int:
    """The known operations that a role grants, put together from its strings one by one."""
    found = 0
    for permission in role.permissions:
        if conditions or not permission.condition:
            actions, not_actions = strings(permission, plane)
            found |= union(map(known, actions)) & ~union(map(known, not_actions))
    return found


def concerned(role: AzureRole) -> list[int]:
    """The names that a role could say anything about, and one of every other provider, by their place."""
    providers = {
        pattern.lower().partition("/")[0]
        for permission in role.permissions
        for plane in Plane
        for patterns in strings(permission, plane)
        for pattern in patterns
    }
    if any("*" in provider for provider in providers):
        return list(range(len(NAMES)))
    return sorted(
        place for provider, places in BY_PROVIDER.items() for place in (places if provider in providers else places[:1])
    )


def test_every_role_agrees_with_naive_evaluation() -> None:
    """Each of 967 roles, on both planes, over all known operations: what its lines say is what its strings come to."""
    assert len(ROLES) == 967
    assert len(NAMES) > 5000
    ones = 0
    for role in {role.permissions: role for role in ROLES}.values():
        form = compiled(role)
        places = concerned(role)
        for plane in Plane:
            every, plain = granted(role, plane), granted(role, plane, conditions=False)
            for place in places:
                line = form.line(NAMES[place], plane)
                assert (line is not None) is bool(every >> place & 1), (role.name, NAMES[place])
                if line is not None:
                    ones += 1
                    assert (not line.condition) is bool(plain >> place & 1), (role.name, NAMES[place])
    assert ones > 90_000


def test_every_line_of_every_role_is_one_that_grants() -> None:
    """A thirtieth of all: the line is the role's own, and hangs on `/*/` exactly if no better one is there."""
    for number, role in enumerate(ROLES):
        form = compiled(role)
        for plane in Plane:
            for place in concerned(role)[number % 30 :: 30]:
                operation = NAMES[place]
                expected = {
                    (pattern, permission.condition, permission.condition_version, not plainly(pattern, operation))
                    for permission in role.permissions
                    if allows(permission, operation, plane)
                    for pattern in strings(permission, plane)[0]
                    if known(pattern) >> place & 1
                }
                lines = form.lines(operation, plane)
                assert {
                    (each.pattern, each.condition, each.condition_version, each.rests_on_empty_segment)
                    for each in lines
                } == expected
                assert all(each.plane is plane for each in lines)
                assert form.line(operation, plane) == (lines[0] if lines else None)
                taken = {
                    pattern
                    for permission in role.permissions
                    if any(known(each) >> place & 1 for each in strings(permission, plane)[0])
                    for pattern in strings(permission, plane)[1]
                    if known(pattern) >> place & 1
                }
                assert form.excluded_by(operation, plane) == tuple(sorted(taken, key=lambda each: (each.lower(), each)))
                assert role_allows(role, operation, plane) is bool(lines)


@pytest.mark.parametrize(
    "pattern", ["*", "*/read", "Microsoft.Authorization/*", f"{AML}/*", "*/write", "Microsoft.Storage/*/listKeys/*"]
)
def test_patterns_agree_with_naive_evaluation_for_every_role(pattern: str) -> None:
    """What a role is said to cover it grants, and what it is not said to cover has an operation that it does not grant."""
    covering = 0
    for role in ROLES:
        for plane in Plane:
            form = compiled(role)
            plain = granted(role, plane, conditions=False)
            left = operation_left((pattern,), form.regions(plane, False))
            if form.covers(pattern, plane):
                covering += 1
                assert known(pattern) & ~plain == 0, role.name
                assert left is None, role.name
            else:
                assert left is not None, role.name
                assert re.fullmatch(expression(pattern), left, re.IGNORECASE), role.name
                line = form.line(left, plane)
                assert line is None or line.condition, role.name
            if not form.overlaps(pattern, plane):
                assert known(pattern) & granted(role, plane) == 0, role.name
    assert covering


TRAPS = [
    ("AzureML Data Scientist", f"{AML}/read", f"{AML}/*/read", True),
    ("AzureML Data Scientist", f"{AML}/jobs/write", f"{AML}/*/write", False),
    ("AzureML Data Scientist", f"{AML}/computes/start/action", f"{AML}/*/action", False),
    ("Reader", f"{AML}/metadata/secrets/read", "*/read", False),
    ("Contributor", "Microsoft.Storage/storageAccounts/listkeys/action", "*", False),
    (
        "Managed Identity Operator",
        "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
        "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
        True,
    ),
    ("Key Vault Reader", "Microsoft.KeyVault/vaults/read", "Microsoft.KeyVault/vaults/*/read", True),
    ("Container Apps Contributor", "Microsoft.App/containerApps/write", "Microsoft.App/containerApps/*/write", True),
]


@pytest.mark.parametrize(("name", "operation", "pattern", "rests_on_empty_segment"), TRAPS)
def test_a_trap_that_grants(name: str, operation: str, pattern: str, rests_on_empty_segment: bool) -> None:
    """Whether it is granted, by which line, and whether this hangs on `/*/`."""
    role = CATALOG.find(name)
    assert role is not None
    assert compiled(role).line(operation.upper(), Plane.CONTROL) == Line(
        pattern, Plane.CONTROL, rests_on_empty_segment=rests_on_empty_segment
    )
    assert compiled(role).excluded_by(operation, Plane.CONTROL) == ()


@pytest.mark.parametrize(
    ("name", "operation", "plane", "excluded"),
    [
        ("AzureML Data Scientist", f"{AML}/computes/write", Plane.CONTROL, (f"{AML}/computes/*/write",)),
        ("AzureML Data Scientist", f"{AML}/delete", Plane.CONTROL, (f"{AML}/delete",)),
        (
            "Contributor",
            "Microsoft.Authorization/roleAssignments/write",
            Plane.CONTROL,
            ("Microsoft.Authorization/*/Write",),
        ),
        ("Owner", "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read", Plane.DATA, ()),
        ("Key Vault Reader", "Microsoft.KeyVault/vaults/secrets/getSecret/action", Plane.DATA, ()),
    ],
)
def test_a_trap_that_refuses(name: str, operation: str, plane: Plane, excluded: tuple[str, ...]) -> None:
    role = CATALOG.find(name)
    assert role is not None
    assert compiled(role).line(operation, plane) is None
    assert compiled(role).lines(operation, plane) == ()
    assert compiled(role).excluded_by(operation, plane) == excluded


def test_not_actions_are_taken_out_of_their_own_object_only() -> None:
    """What one permission object excludes, another one may grant."""
    narrow = Permission(actions=("a/*",), not_actions=("a/*/write",))
    wide = Permission(actions=("a/b/write",))
    assert allows(narrow, "a/b/read", Plane.CONTROL)
    assert not allows(narrow, "a/b/write", Plane.CONTROL)
    assert role_allows(AzureRole("i", "n", (narrow, wide)), "a/b/write", Plane.CONTROL)


def test_planes_never_mix() -> None:
    """All actions are no data action, and the other way round."""
    control, data = Permission(actions=("*",)), Permission(data_actions=("*",), not_data_actions=("a/write",))
    assert not allows(control, "a/read", Plane.DATA)
    assert not allows(data, "a/read", Plane.CONTROL)
    assert allows(data, "a/read", Plane.DATA)
    assert not allows(data, "a/write", Plane.DATA)


def test_a_role_without_permissions_grants_nothing() -> None:
    assert not role_allows(AzureRole("i", "n"), "a/read", Plane.CONTROL)


def test_the_line_that_is_named_is_the_strongest() -> None:
    """Without a condition, then without the rule of the empty segment, then the most specific."""
    bound = Permission(actions=("a/b/read",), condition="c", condition_version="2.0")
    loose = Permission(actions=("a/*", "a/b/*/read"))
    form = compiled(role_of(bound, loose))
    assert [each.pattern for each in form.lines("A/b/read", Plane.CONTROL)] == ["a/*", "a/b/*/read", "a/b/read"]
    assert form.line("a/b/read", Plane.CONTROL) == Line("a/*", Plane.CONTROL)
    assert compiled(role_of(bound)).line("a/b/read", Plane.CONTROL) == Line("a/b/read", Plane.CONTROL, "c", "2.0")
    assert compiled(role_of(Permission(actions=("a/b/*/read",)))).line("a/b/read", Plane.CONTROL) == Line(
        "a/b/*/read", Plane.CONTROL, rests_on_empty_segment=True
    )
    several = compiled(role_of(Permission(actions=("*", "a/*", "*/read", "a/b/*", "a/b/READ"))))
    assert [each.pattern for each in several.lines("a/b/read", Plane.CONTROL)] == [
        "a/b/READ",
        "*/read",
        "a/b/*",
        "a/*",
        "*",
    ]


def test_what_another_object_takes_away_does_not_count() -> None:
    """An exclusion is told of its own object, and only where that object would have granted the operation."""
    narrow = Permission(actions=("a/*",), not_actions=("a/*/write", "b/*"))
    form = compiled(role_of(narrow, Permission(actions=("a/b/write",), condition="c"), Permission(("b/x/read",))))
    assert form.excluded_by("a/b/write", Plane.CONTROL) == ("a/*/write",)
    assert form.line("a/b/write", Plane.CONTROL) == Line("a/b/write", Plane.CONTROL, "c")
    assert form.excluded_by("b/x/read", Plane.CONTROL) == ()
    assert form.line("b/x/read", Plane.CONTROL) is not None


def test_patterns_count_what_is_granted_without_a_condition() -> None:
    """To cover is to grant for sure; to overlap is to grant something at most."""
    bound = Permission(actions=("a/*",), condition="c")
    form = compiled(role_of(bound, Permission(("a/b/*",), ("*/delete",)), Permission((), (), ("d/*",))))
    assert form.regions(Plane.CONTROL, True) == (Region(("a/*",)), Region(("a/b/*",), ("*/delete",)))
    assert form.regions(Plane.CONTROL, False) == (Region(("a/b/*",), ("*/delete",)),)
    assert form.regions(Plane.DATA, False) == (Region(("d/*",)),)
    assert form.covers("a/b/*/write", Plane.CONTROL)
    assert not form.covers("a/b/*", Plane.CONTROL)
    assert not form.covers("a/c/write", Plane.CONTROL)
    assert form.overlaps("a/c/write", Plane.CONTROL)
    assert not form.overlaps("d/*", Plane.CONTROL)
    assert form.covers("d/*", Plane.DATA)
    left = operation_left(("a/b/*",), form.regions(Plane.CONTROL, False))
    assert left is not None
    assert left.endswith("/delete")
    assert not form.covers("d/*", Plane.CONTROL)


def test_objects_share_the_work() -> None:
    """Neither object covers everything; both do."""
    wide = Permission(actions=("*",), not_actions=("Microsoft.Authorization/*/Write",))
    form = compiled(role_of(wide, Permission(actions=("Microsoft.Authorization/roleAssignments/*",))))
    assert form.covers("Microsoft.Authorization/roleAssignments/*", Plane.CONTROL)
    assert not form.covers("Microsoft.Authorization/*", Plane.CONTROL)
    left = operation_left(("*",), form.regions(Plane.CONTROL, False))
    assert left is not None
    assert left.startswith("microsoft.authorization/")
    assert left.endswith("/write")
    assert "/roleassignments/" not in left


def test_nobody_covers_a_pattern_that_matches_nothing() -> None:
    """A question with a slip in it must not be answered with yes."""
    form = compiled(role_of(Permission(actions=("*",))))
    assert not form.covers("Microsoft.Compute/*/raed", Plane.CONTROL)
    assert not form.covers("Microsoft.Compute//*", Plane.CONTROL)
    assert not form.overlaps("Microsoft.Compute//*", Plane.CONTROL)
    assert form.covers("Microsoft.Compute/*/read", Plane.CONTROL)


def test_a_role_is_compiled_once() -> None:
    """By its permissions: two roles with the same share, and a changed role is another."""
    role = role_of(Permission(actions=("a/*",)))
    same = AzureRole("j", "m", (Permission(actions=("a/*",)),))
    assert compiled(role) is compiled(role) is compiled(same)
    assert compiled(role) is not compiled(replace(role, permissions=(Permission(actions=("b/*",)),)))
    assert compiled(AzureRole("i", "n")).line("a/b/read", Plane.CONTROL) is None


def test_a_hostile_role_is_answered() -> None:
    """Its exceptions have many `*` each; something of the question is among them."""
    many = tuple("*" + "*".join(text) + "*" for text in ("abcde", "bcdea", "cdeab", "deabc", "eabcd", "edcba", "acebd"))
    form = compiled(role_of(Permission(("*",), many), *(Permission((each,), many) for each in many)))
    assert not form.covers("*a*", Plane.CONTROL)


def test_what_a_hostile_role_cannot_be_asked() -> None:
    """It is refused with a remedy, and not forever: an operation without `*` is answered."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    many = ["*" + "*".join(letters[start : start + 6]) + "*" for start in range(0, 36, 6)]
    hostile = [Permission(("*:*.*",), (each,)) for each in many]
    form = compiled(role_of(*hostile, Permission(("*a*9*", "*9*a*"))))
    with pytest.raises(TooManyWildcardsError) as caught:
        form.covers("*:*.*", Plane.CONTROL)
    assert "without `*`" in caught.value.hint
    assert form.covers("a/:.9/read", Plane.CONTROL)
