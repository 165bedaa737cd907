"""`az role assignment list --all`: its rows, how far such a list reaches, and what it cannot tell."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rbacgen import sources
from rbacgen.authorization.catalog import Catalog
from rbacgen.model.assignment import PrincipalType
from rbacgen.model.problems import RbacgenError
from rbacgen.model.scope import Scope
from rbacgen.model.source import Presence, Source, SourceKind
from rbacgen.model.state import Part

SUB = "11111111-1111-1111-1111-111111111111"
OTHER = "22222222-2222-2222-2222-222222222222"
IN_SUB = f"/subscriptions/{SUB}"
GROUP = f"{IN_SUB}/resourceGroups/RG-App"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-app"
ZONE = "/providers/Microsoft.Management/managementGroups/mg-landing"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
OWNER = ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner")
WHO = "aaaaaaaa-0000-4000-8000-000000000001"
ELSE = "aaaaaaaa-0000-4000-8000-000000000009"
PIM = "`az role assignment list` does not include eligible access (Privileged Identity Management)"


def row(
    scope: str = GROUP, sub: str = SUB, who: str = WHO, role: tuple[str, str] = (READER, "Reader"), **changes: Any
) -> dict[str, Any]:
    """A row as az prints it, nulls and all."""
    name = f"dddddddd-0000-4000-8000-{abs(hash((scope, who))) % 10**12:012d}"
    at = "" if scope == "/" else scope
    return {
        "condition": None,
        "conditionVersion": None,
        "createdBy": "bbbbbbbb-0000-4000-8000-000000000001",
        "createdOn": "2026-01-02T03:04:05.123456+00:00",
        "delegatedManagedIdentityResourceId": None,
        "description": None,
        "id": f"{at}/providers/Microsoft.Authorization/roleAssignments/{name}",
        "name": name,
        "principalId": who,
        "principalName": "grp-app",
        "principalType": "Group",
        "roleDefinitionId": f"/subscriptions/{sub}/providers/Microsoft.Authorization/roleDefinitions/{role[0]}",
        "roleDefinitionName": role[1],
        "scope": scope,
        "type": "Microsoft.Authorization/roleAssignments",
        "updatedBy": "bbbbbbbb-0000-4000-8000-000000000001",
        "updatedOn": "2026-01-02T03:04:05.123456+00:00",
    } | changes


def read(rows: list[dict[str, Any]], roles: Catalog) -> Source:
    """The list, as a file called `live.json`."""
    return sources.read("live.json", json.dumps(rows), roles)


def owner(scope: str = IN_SUB, sub: str = SUB) -> dict[str, Any]:
    """A row of another principal and another role, so that a list of it and of others looks like no filter's."""
    return row(scope, sub, ELSE, OWNER)


def unread(source: Source, part: Part = Part.ASSIGNMENTS) -> list[tuple[str, str]]:
    """Where this part was not read, and why."""
    return [(each.scope, each.why) for each in source.state.coverage.unread if each.part is part]


def test_a_row_is_read_with_all_that_it_tells(roles: Catalog) -> None:
    """Spellings are Azure's, the key is without case, and there is no end in it."""
    found = read(
        [row(condition="@x", conditionVersion="2.0", description="why", principalId=WHO.upper()), owner()], roles
    )
    (_, each) = found.state
    assert found.kind is SourceKind.AZ_LIST
    assert (each.scope.id, each.role.id, each.role.name) == (GROUP, READER, "Reader")
    assert (each.principal.id, each.principal.type, each.principal.name) == (WHO, PrincipalType.GROUP, "grp-app")
    assert (each.condition, each.condition_version, each.description) == ("@x", "2.0", "why")
    assert each.actual.id.startswith(f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/")
    assert each.actual.created == "2026-01-02T03:04:05.123456+00:00"
    assert each.actual.unknown_fields == {"until"}
    assert unread(found) == []


def test_the_list_of_a_subscription_covers_it_and_what_is_seen_above(roles: Catalog) -> None:
    """Rows that are inherited carry the prefix of the subscription that was asked."""
    found = read([owner(), row(GROUP), row(f"{IN_SUB}/resourceGroups/rg-b"), row(ZONE), row("/")], roles)
    covers = found.state.coverage.covers
    assert covers(Part.ASSIGNMENTS, Scope.of(f"{IN_SUB}/resourceGroups/any/providers/A/b/c"))
    assert covers(Part.ASSIGNMENTS, Scope.of(ZONE.upper()))
    assert covers(Part.ASSIGNMENTS, Scope.of("/"))
    assert not covers(Part.ASSIGNMENTS, Scope.of(ZONE + "-2"))
    assert not covers(Part.ASSIGNMENTS, Scope.of(f"/subscriptions/{OTHER}"))
    assert not any(covers(part, Scope.of(IN_SUB)) for part in Part if part is not Part.ASSIGNMENTS)


def test_what_az_knows_nothing_of_is_named(roles: Catalog) -> None:
    """Eligible access is unread of each subscription, so that no command takes the list for a whole; activations are a note."""
    other = f"/subscriptions/{OTHER}"
    rows = [owner(f"{each}/resourceGroups/b", sub) for each, sub in ((IN_SUB, SUB), (other, OTHER))]
    found = read([*rows, row(GROUP), row(ZONE), row(f"{other}/resourceGroups/x", OTHER)], roles)
    assert unread(found, Part.ELIGIBILITIES) == [(IN_SUB, PIM), (other, PIM)]
    assert [each for each in found.state.coverage.unread if each.part is not Part.ELIGIBILITIES] == []
    assert found.notes == ("`az role assignment list` does not distinguish activated access from permanent access",)
    above = read(
        [row(ZONE, roleDefinitionId=f"/x/{READER}"), row("/", who=ELSE, roleDefinitionId=f"/x/{OWNER[0]}")], roles
    )
    assert unread(above, Part.ELIGIBILITIES) == [("/", PIM), (ZONE, PIM)]
    assert (unread(above), above.state.coverage.covers(Part.ASSIGNMENTS, Scope.of(ZONE))) == ([], True)


BY_PRINCIPAL = "live.json looks filtered by `--assignee`: all its rows for this have the same principal"
BY_ROLE = "live.json looks filtered by `--role`: all its rows for this have the same role"
BY_EITHER = "live.json looks filtered by `--assignee` or `--role`: all its rows for this have the same principal and the same role"


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([row(IN_SUB), row(GROUP, role=OWNER), row(ZONE), row(f"{IN_SUB}/resourceGroups/b")], BY_PRINCIPAL),
        ([row(IN_SUB), row(GROUP, who=WHO.upper(), role=OWNER)], BY_PRINCIPAL),
        ([row(IN_SUB), row(GROUP, who=ELSE), row(ZONE), row(f"{IN_SUB}/resourceGroups/b")], BY_ROLE),
        ([row(IN_SUB), row(GROUP), row(f"{IN_SUB}/resourceGroups/b")], BY_EITHER),
        ([row(IN_SUB)], BY_EITHER),
    ],
)
def test_a_filtered_list_says_of_no_scope_that_it_is_all(rows: list[dict[str, Any]], why: str, roles: Catalog) -> None:
    """`--assignee` and `--role` leave the others out everywhere: what is there is taken, and nothing is covered."""
    found = read(rows, roles)
    assert len(found.state) == len(rows)
    assert unread(found) == [(IN_SUB, why)]
    scopes = [IN_SUB, GROUP, VAULT, ZONE, "/"]
    assert not any(found.state.coverage.covers(Part.ASSIGNMENTS, Scope.of(each)) for each in scopes)


def test_each_list_is_judged_by_itself_whether_it_is_filtered(roles: Catalog) -> None:
    """Joined to a whole one, the filtered one covers nothing; what the whole one shows above is covered by it."""
    other = f"/subscriptions/{OTHER}"
    whole = [owner(), row(GROUP), row(f"{IN_SUB}/resourceGroups/b"), row("/")]
    filtered = [row(other, OTHER), row(f"{other}/resourceGroups/x", OTHER), row(ZONE, OTHER), row("/", OTHER)]
    found = read(whole + filtered, roles)
    assert unread(found) == [(other, BY_EITHER)]
    covered = {
        each for each in (IN_SUB, other, ZONE, "/") if found.state.coverage.covers(Part.ASSIGNMENTS, Scope.of(each))
    }
    assert covered == {IN_SUB, "/"}


def test_a_filtered_list_of_a_management_group_names_its_scopes(roles: Catalog) -> None:
    """It is of no subscription: the roles have no prefix there."""
    found = read(
        [row(ZONE, roleDefinitionId=f"/providers/x/{READER}"), row("/", roleDefinitionId=f"/p/{READER}")], roles
    )
    assert unread(found) == [("/", BY_EITHER), (ZONE, BY_EITHER)]
    assert not found.state.coverage.covers(Part.ASSIGNMENTS, Scope.of(ZONE))


@pytest.mark.parametrize("scopes", [[IN_SUB], [IN_SUB, ZONE, "/"], [GROUP], [VAULT, GROUP, IN_SUB]])
def test_a_list_that_may_be_of_one_scope_is_not_taken_for_a_whole(scopes: list[str], roles: Catalog) -> None:
    """Without `--all`, az lists one scope, and with `--include-inherited` what stands above it."""
    found = read([*map(row, scopes), owner(scopes[0])], roles)
    covers = found.state.coverage.covers
    assert all(covers(Part.ASSIGNMENTS, Scope.of(scope)) for scope in scopes)
    assert not covers(Part.ASSIGNMENTS, Scope.of(f"{IN_SUB}/resourceGroups/other"))
    assert not covers(Part.ASSIGNMENTS, Scope.of(f"{scopes[0]}/providers/A/b/c"))
    assert any("as in a list without `--all`" in note and IN_SUB in note for note in found.notes)


def test_lists_of_two_subscriptions_can_be_joined(roles: Catalog) -> None:
    """Each is judged by itself; what both inherit is one assignment, said once and not called a double."""
    other = f"/subscriptions/{OTHER}"
    first = [row(GROUP), owner(f"{IN_SUB}/resourceGroups/b"), row(ZONE)]
    found = read([*first, owner(other, OTHER), row(ZONE, OTHER)], roles)
    covers = found.state.coverage.covers
    assert covers(Part.ASSIGNMENTS, Scope.of(f"{IN_SUB}/resourceGroups/c"))
    assert covers(Part.ASSIGNMENTS, Scope.of(other))
    assert not covers(Part.ASSIGNMENTS, Scope.of(f"{other}/resourceGroups/c"))
    assert len(found.state) == 4
    assert not any("twice" in note for note in found.notes)


def test_an_empty_list_tells_nothing(roles: Catalog) -> None:
    """Not even which subscription is empty: it may be one that the caller may not read."""
    found = read([], roles)
    ((where, why),) = [(each.scope, each.why) for each in found.state.coverage.unread]
    assert (where, why) == ("live.json", "an empty list does not say which subscription it is from")
    assert not found.state.coverage.covers(Part.ASSIGNMENTS, Scope.of(IN_SUB))


def test_names_say_who_the_directory_showed(roles: Catalog) -> None:
    """az prints an empty name for whom it did not find, which need not be gone, and no name where it may not ask."""
    nameless = row(who=WHO.replace("1", "3"))
    del nameless["principalName"]
    found = read([row(), row(who=WHO.replace("1", "2"), principalName=""), nameless], roles)
    assert {key[-1]: (each.presence, each.name, each.type) for key, each in found.directory.items()} == {
        "1": (Presence.PRESENT, "grp-app", "Group"),
        "2": (Presence.NOT_VISIBLE, "", "Group"),
    }


def test_a_role_that_only_the_tenant_knows_has_the_name_that_az_tells(roles: Catalog) -> None:
    """Without permissions, since az tells none; one that az does not find either has no name."""
    own = row(roleDefinitionId=row()["roleDefinitionId"].replace(READER, WHO), roleDefinitionName="Our Own")
    gone = row(ZONE, roleDefinitionId=own["roleDefinitionId"].replace("001", "002"), roleDefinitionName=None)
    found = read([own, gone], roles)
    assert [(each.role.name, each.role.permissions) for each in found.state] == [("", ()), ("Our Own", ())]
    assert found.definitions == ()


def test_an_old_list_does_not_tell_conditions(roles: Catalog) -> None:
    """The comparison must not take an absent key for an absent condition."""
    old = row()
    for key in ("condition", "conditionVersion", "description"):
        del old[key]
    found = read([old | {"canDelegate": None}, owner()], roles)
    (_, each) = found.state
    assert each.actual.unknown_fields == {"until", "condition", "description"}
    assert unread(found) == [("live.json", "it does not contain the conditions of assignments")]


def test_classic_administrators_are_counted(roles: Catalog) -> None:
    """`--include-classic-administrators` adds rows that are no role assignments."""
    classic = {
        "id": "NA(classic admins)",
        "name": "NA(classic admins)",
        "principalId": None,
        "principalName": "ada@contoso.example",
        "roleDefinitionId": "NA(classic admin role)",
        "roleDefinitionName": "CoAdministrator",
        "scope": IN_SUB,
    }
    found = read([row(), owner(), row(ZONE), classic], roles)
    assert len(found.state) == 3
    assert unread(found) == []
    assert any(note.startswith("1 classic administrator left out") for note in found.notes)
    assert not any("ada" in note for note in found.notes)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"roleDefinitionId": "Reader"}, "roleDefinitionId"),
        ({"scope": "rg-app"}, "scope"),
        ({"scope": "/subscriptions"}, "scope"),
        ({"scope": "/subscriptions/resourceGroups/rg-app"}, "scope"),
        (
            {"roleDefinitionId": f"/subscriptions/dev/providers/Microsoft.Authorization/roleDefinitions/{READER}"},
            "roleDefinitionId",
        ),
        ({"principalId": None}, "principalId"),
    ],
)
def test_a_row_that_is_none_is_named(changes: dict[str, Any], missing: str, roles: Catalog) -> None:
    """By its number."""
    found = read([row(), row(IN_SUB) | changes, owner()], roles)
    assert unread(found) == [("row 2 of live.json", f"its {missing} is not valid")]


def test_a_row_without_an_id_lives(roles: Catalog) -> None:
    """As `--query` may leave it: the assignment stands, and only what it is called is not known."""
    nameless = row()
    del nameless["id"]
    (each, _) = reversed(list(read([nameless, owner()], roles).state))
    assert (each.scope.id, each.actual.id) == (GROUP, "")


def test_two_rows_of_one_key_are_said(roles: Catalog) -> None:
    """Azure holds none such: somebody has edited the list."""
    found = read([row(), row() | {"id": f"{GROUP}/x", "description": "second"}], roles)
    assert [each.description for each in found.state] == [""]
    assert any(note == f"one assignment is a duplicate, of which the first counts: {GROUP}/x" for note in found.notes)


def test_a_damaged_row_is_refused(roles: Catalog) -> None:
    """Without what stands in it."""
    with pytest.raises(RbacgenError, match="its rows do not have the form that az prints") as fault:
        read([row(), row(principalType=7)], roles)
    assert "--all" in fault.value.hint
