"""The user's own Azure: reading role definitions, saying what changed, keeping it beside a project."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rbacgen.authorization.catalog import CatalogError, load
from rbacgen.authorization.catalog.definitions import read_definitions
from rbacgen.authorization.catalog.diff import PatternChange, changes
from rbacgen.authorization.catalog.overlay import Overlay, apply, dump, overlay_of, parse
from rbacgen.model.assignment import AzureRole, Permission, Plane
from rbacgen.model.problems import InputError, Problem

OWN_ID = "0f6c0000-0000-4000-8000-000000000001"
FOUNDRY_USER = "53ca6127-db72-4b80-b1b0-d745d6d5456d"
OWN = AzureRole(
    OWN_ID,
    "MLOps Endpoint Invoker",
    (
        Permission(
            actions=("Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action",),
            not_data_actions=("a/b/read",),
        ),
    ),
    custom=True,
    assignable_scopes=("/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb",),
    description="Calls an endpoint",
)


def permission_json(permission: Permission) -> dict[str, Any]:
    return {
        "actions": [*permission.actions],
        "condition": permission.condition or None,
        "conditionVersion": permission.condition_version or None,
        "dataActions": [*permission.data_actions],
        "notActions": [*permission.not_actions],
        "notDataActions": [*permission.not_data_actions],
    }


def cli_json(role: AzureRole) -> dict[str, Any]:
    """A role as the Azure CLI prints it."""
    return {
        "assignableScopes": [*role.assignable_scopes],
        "createdBy": None,
        "createdOn": "2019-11-21T22:36:21.9109984+00:00",
        "description": role.description,
        "id": f"/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/{role.id}",
        "name": role.id,
        "permissions": [permission_json(permission) for permission in role.permissions],
        "roleName": role.name,
        "roleType": "CustomRole" if role.custom else "BuiltInRole",
        "type": "Microsoft.Authorization/roleDefinitions",
        "updatedBy": None,
        "updatedOn": "2025-11-21T22:36:21.9109984+00:00",
    }


def arm_json(role: AzureRole) -> dict[str, Any]:
    """A role as Azure Resource Manager answers it."""
    flat = cli_json(role)
    keys = ("roleName", "description", "assignableScopes", "permissions")
    properties = {key: flat[key] for key in keys} | {"type": flat["roleType"]}
    return {"properties": properties, "id": flat["id"], "type": flat["type"], "name": flat["name"]}


SHAPES = [cli_json, arm_json]


def listing(*roles: AzureRole, shape: Callable[[AzureRole], dict[str, Any]] = cli_json) -> str:
    return json.dumps([shape(role) for role in roles])


def all_listed() -> tuple[AzureRole, ...]:
    """What `az role definition list` would give on the day of the catalogue."""
    return tuple(role for role in load() if role.id not in load().unlisted)


def built_in(name: str) -> AzureRole:
    role = load().find(name)
    assert role is not None
    return role


def complaints(text: str, reader: Callable[[str, str], object] = read_definitions) -> list[str]:
    with pytest.raises(InputError) as caught:
        reader(text, "roles.json")
    return [str(problem) for problem in caught.value.problems]


def problems_of(text: str, reader: Callable[[str, str], object]) -> tuple[Problem, ...] | None:
    """The problems of a text, None when it is read."""
    try:
        reader(text, "roles.json")
    except InputError as error:
        return error.problems
    return None


# Reading


@pytest.mark.parametrize("shape", SHAPES)
def test_both_shapes_are_read(shape: Callable[[AzureRole], dict[str, Any]]) -> None:
    """The flat one of the CLI and the nested one of the API say the same."""
    reader = built_in("Reader")
    assert read_definitions(listing(OWN, reader, shape=shape), "roles.json") == (OWN, reader)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_whole_catalogue_comes_back(shape: Callable[[AzureRole], dict[str, Any]]) -> None:
    """Conditions and several permission objects included, former names and marks apart."""
    read = read_definitions(listing(*load(), shape=shape), "roles.json")
    plain = [replace(role, former_names=(), preview=False, deprecated="") for role in load()]
    assert [replace(role, preview=False, deprecated="") for role in read] == plain


@pytest.mark.parametrize(
    "wrap",
    [
        lambda value: json.dumps({"value": value}),
        lambda value: json.dumps(value[0]),
        lambda value: "\ufeff" + json.dumps(value),
        lambda value: json.dumps([*value, *value]),
    ],
    ids=["whole answer", "one definition", "byte order mark", "said twice"],
)
def test_other_wrappings_are_read(wrap: Callable[[Any], str]) -> None:
    assert read_definitions(wrap([cli_json(OWN)]), "roles.json") == (OWN,)


def test_no_definitions_are_none() -> None:
    assert read_definitions("[]", "roles.json") == ()


def test_permission_strings_are_put_in_order() -> None:
    """Blanks, repetition and order mean nothing."""
    value = cli_json(OWN)
    value["permissions"] = [{"actions": ["b/read ", "a/read", "B/read"], "notActions": None}]
    (role,) = read_definitions(json.dumps([value]), "roles.json")
    assert role.permissions == (Permission(actions=("a/read", "b/read")),)


def test_the_name_of_a_new_role_tells_its_marks() -> None:
    preview = replace(OWN, name="New Thing (Preview)", custom=False)
    retired = replace(preview, id=FOUNDRY_USER, name="Old Thing (Deprecated)")
    read = read_definitions(listing(preview, retired), "roles.json")
    assert [(role.preview, role.deprecated) for role in read] == [(True, ""), (False, "yes")]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "roles.json:1:1: error: not valid JSON: Expecting value [json-syntax]"),
        ('[\n {"a": }]', "roles.json:2:8: error: not valid JSON: Expecting value [json-syntax]"),
        ("ERROR: Please run 'az login'", "roles.json:1:1: error: not valid JSON: Expecting value [json-syntax]"),
        ("[" * 100_000, "roles.json: error: not readable JSON: nested too deeply [json-syntax]"),
        ("null", "roles.json: error: the list of role definitions is null, not a list [wrong-value]"),
        ('"text"', "roles.json: error: the list of role definitions is text, not a list [wrong-value]"),
        ('{"value": 3}', "roles.json: error: the list of role definitions is a number, not a list [wrong-value]"),
        ("[[]]", "roles.json: error: definition 1 is a list, not an object [wrong-value]"),
        (
            '[{"properties": true}]',
            "roles.json: error: definition 1.properties is true or false, not an object [wrong-value]",
        ),
        (
            '{"value": [], "nextLink": "https://x"}',
            "roles.json: error: this is one page of several (it has a nextLink): get the whole list [wrong-value]",
        ),
    ],
)
def test_what_is_no_list_of_definitions(text: str, complaint: str) -> None:
    assert complaints(text) == [complaint]


WHO = "definition 1 ('MLOps Endpoint Invoker')"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"roleName": None}, "roleName of definition 1 is missing [missing-key]"),
        ({"roleName": "a\nb"}, "roleName of definition 1 contains a control character: 'a\\nb' [wrong-value]"),
        ({"name": "Owner"}, f"name of {WHO} is 'owner', not a GUID [wrong-value]"),
        ({"name": 7}, f"name of {WHO} is a number, not text [wrong-value]"),
        ({"roleType": None}, f"roleType of {WHO} is missing [missing-key]"),
        ({"roleType": "Other"}, f"roleType of {WHO} is 'Other', neither BuiltInRole nor CustomRole [wrong-value]"),
        ({"description": []}, f"description of {WHO} is a list, not text [wrong-value]"),
        ({"description": "\ud800"}, f"description of {WHO} contains half a character (a lone surrogate) [wrong-value]"),
        ({"assignableScopes": "/"}, f"assignableScopes of {WHO} is text, not a list [wrong-value]"),
        ({"permissions": None}, f"permissions of {WHO} is missing [missing-key]"),
        ({"permissions": {}}, f"permissions of {WHO} is an object, not a list [wrong-value]"),
        ({"permissions": [None]}, f"permissions of {WHO}[0] is null, not an object [wrong-value]"),
        (
            {"permissions": [{"actions": [1]}]},
            f"permissions of {WHO}[0].actions[0] is a number, not text [wrong-value]",
        ),
        (
            {"permissions": [{"actions": [" "]}]},
            f"permissions of {WHO}[0].actions contains an empty entry [wrong-value]",
        ),
        (
            {"permissions": [{"condition": {}}]},
            f"permissions of {WHO}[0].condition is an object, not text [wrong-value]",
        ),
    ],
)
def test_a_wrong_definition_is_named(change: dict[str, Any], complaint: str) -> None:
    """With its place, its name where it has one, and what is wrong."""
    assert f"roles.json: error: {complaint}" in complaints(json.dumps([cli_json(OWN) | change]))


def test_all_problems_come_at_once() -> None:
    value = [cli_json(OWN) | {"name": "x"}, {}, cli_json(OWN) | {"roleType": 1}]
    assert len(complaints(json.dumps(value))) >= 4


def test_definitions_that_contradict_each_other_are_refused() -> None:
    (complaint,) = complaints(listing(OWN, replace(OWN, permissions=())))
    assert complaint == (
        f"roles.json: error: two definitions that differ have the id {OWN_ID} ('MLOps Endpoint Invoker') [duplicate-item]"
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(["properties", "roleName", "name", "roleType", "type", "permissions", "actions", "value"]),
            children,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_json_brings_the_readers_down(value: object) -> None:
    """Either roles or problems with a place come out."""
    for reader in (read_definitions, parse):
        assert problems_of(json.dumps(value), reader) != ()


@given(st.text(max_size=20))
def test_no_text_brings_the_readers_down(text: str) -> None:
    for reader in (read_definitions, parse):
        assert problems_of(text, reader) != ()


# Comparing


def test_the_same_list_changes_nothing() -> None:
    """The roles that no list shows are not taken for removed."""
    assert not changes(load(), all_listed())
    assert not changes(load(), read_definitions(listing(*all_listed()), "roles.json"))


def test_case_order_and_description_are_no_change() -> None:
    old = built_in("AzureML Data Scientist")
    (permission,) = old.permissions
    shuffled = replace(permission, actions=tuple(each.upper() for each in reversed(permission.actions)))
    new = replace(old, permissions=(shuffled, Permission()), description="other words", name=old.name.upper())
    assert not changes(load(), (new,))


def test_added_roles() -> None:
    assert changes(load(), (*all_listed(), OWN)).added == (OWN,)


def test_a_role_that_a_full_list_lacks_is_removed() -> None:
    rest = tuple(role for role in all_listed() if role.name != "AcrDelete")
    found = changes(load(), rest)
    assert [role.name for role in found.removed] == ["AcrDelete"]
    assert not found.added


@pytest.mark.parametrize("count", [0, 1, 464])
def test_a_filtered_list_is_no_removal(count: int) -> None:
    """Up to half of the built-in roles, such as `--custom-role-only` or `--name` give."""
    assert changes(load(), all_listed()[:count]).removed == ()


def test_more_than_half_is_a_full_list() -> None:
    assert len(changes(load(), all_listed()[:465]).removed) == 463


def test_custom_roles_of_another_subscription_are_not_removed() -> None:
    assert not changes(load().with_roles([OWN]), all_listed())


def test_a_renamed_role() -> None:
    new = replace(built_in("Foundry User"), name="Studio User", former_names=())
    found = changes(load(), (new,))
    assert [(change.was.name, change.role.name) for change in found.renamed] == [("Foundry User", "Studio User")]
    assert (found.changed, found.added, found.removed) == ((), (), ())


def test_gained_and_lost_operations() -> None:
    """An exclusion that goes is a gain, one that comes a loss; planes are kept apart."""
    old = load().with_roles([replace(OWN, permissions=(Permission(("a/*", "b/read"), ("a/x/write",), ("d/read",)),))])
    new = replace(OWN, permissions=(Permission(("A/*", "c/read"), ("a/y/write",), (), ("d/write",)),))
    (change,) = changes(old, (new,)).changed
    assert change.role is new
    assert change.gained == (
        PatternChange("a/x/write", Plane.CONTROL, excluded=True),
        PatternChange("c/read", Plane.CONTROL),
    )
    assert change.lost == (
        PatternChange("a/y/write", Plane.CONTROL, excluded=True),
        PatternChange("b/read", Plane.CONTROL),
        PatternChange("d/read", Plane.DATA),
        PatternChange("d/write", Plane.DATA, excluded=True),
    )


def test_a_new_condition_is_access_lost_and_gained() -> None:
    """What is granted under a condition is not what was granted without one; blanks inside it mean nothing."""
    free = load().with_roles([replace(OWN, permissions=(Permission(("a/write",)),))])
    bound = replace(OWN, permissions=(Permission(("a/write",), condition="x  OR\ny", condition_version="2.0"),))
    (change,) = changes(free, (bound,)).changed
    assert change.lost == (PatternChange("a/write", Plane.CONTROL),)
    assert change.gained == (PatternChange("a/write", Plane.CONTROL, condition="x OR y"),)
    spaced = replace(bound, permissions=(replace(bound.permissions[0], condition="x OR  y"),))
    assert not changes(load().with_roles([bound]), (spaced,))


def test_other_scopes_and_other_objects_are_a_change() -> None:
    """Even where no permission string came or went."""
    split = replace(OWN, permissions=(Permission(("a/*", "b/*"), ("a/b/read",)),))
    parted = replace(OWN, permissions=(Permission(("a/*",), ("a/b/read",)), Permission(("b/*",))))
    elsewhere = replace(split, assignable_scopes=("/providers/Microsoft.Management/managementGroups/m",))
    for new in (parted, elsewhere):
        (change,) = changes(load().with_roles([split]), (new,)).changed
        assert (change.gained, change.lost) == ((), ())


# Keeping


def test_the_same_list_leaves_nothing_to_keep() -> None:
    assert overlay_of(load(), all_listed()) == Overlay()


def test_what_differs_is_kept_and_applied() -> None:
    """Custom roles, changed and renamed built-in ones, new ones, and the ids of those that are gone."""
    changed = replace(built_in("AcrPull"), permissions=(Permission(("a/read",)),))
    renamed = replace(built_in("Foundry User"), name="Studio User", former_names=())
    new = AzureRole("0f6c0000-0000-4000-8000-000000000009", "Brand New", (Permission(("z/read",)),))
    gone = built_in("AcrDelete")
    rest = [role for role in all_listed() if role.id not in (changed.id, renamed.id, gone.id)]
    overlay = overlay_of(load(), (*rest, changed, renamed, new, OWN))
    assert [role.name for role in overlay.roles] == ["AcrPull", "Brand New", "MLOps Endpoint Invoker", "Studio User"]
    assert overlay.removed == (gone.id,)
    mine = apply(load(), parse(dump(overlay)))
    assert mine.find("Brand New") == new
    assert mine.find("MLOps Endpoint Invoker") == OWN
    assert mine.find("AcrDelete") is None
    assert mine.find("AcrPull") == changed
    found = mine.find("Azure AI User")
    assert found is not None
    assert (found.name, found.former_names) == ("Studio User", ("Azure AI User", "Foundry User"))
    assert not changes(mine, (*rest, changed, renamed, new, OWN))


def test_a_filtered_list_leaves_the_rest_as_it_was_kept() -> None:
    """Custom roles of another subscription, changed built-in roles and removed ids stay."""
    changed = replace(built_in("AcrPull"), permissions=())
    before = Overlay((changed, OWN), (built_in("AcrDelete").id,))
    other = replace(OWN, id="0f6c0000-0000-4000-8000-000000000002", name="Another")
    overlay = overlay_of(load(), (other,), before)
    assert overlay == Overlay((changed, other, OWN), before.removed)


def test_a_full_list_settles_built_in_roles() -> None:
    """What agrees with the shipped catalogue again is kept no more; custom roles stay."""
    before = Overlay((replace(built_in("AcrPull"), permissions=()), OWN), (built_in("AcrDelete").id,))
    assert overlay_of(load(), all_listed(), before) == Overlay((OWN,))


def test_a_custom_role_with_a_built_in_name_cannot_be_kept() -> None:
    with pytest.raises(CatalogError, match="built-in role 'Reader'"):
        overlay_of(load(), (replace(OWN, name="reader"),))
    with pytest.raises(CatalogError, match="built-in role 'Reader'"):
        apply(load(), Overlay((replace(OWN, name="reader"),)))


def test_the_file() -> None:
    """One permission string a line, sorted, nothing empty, ending in a line end."""
    assert dump(Overlay((OWN,), ("b24988ac-6180-42a0-ab88-20f7382dd24c",))) == (
        """{
  "format_version": 1,
  "roles": [
    {
      "id": "0f6c0000-0000-4000-8000-000000000001",
      "name": "MLOps Endpoint Invoker",
      "custom": true,
      "description": "Calls an endpoint",
      "assignable_scopes": [
        "/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb"
      ],
      "permissions": [
        {
          "actions": [
            "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action"
          ],
          "not_data_actions": [
            "a/b/read"
          ]
        }
      ]
    }
  ],
  "removed": [
    "b24988ac-6180-42a0-ab88-20f7382dd24c"
  ]
}
"""
    )


def test_the_whole_catalogue_survives_the_file() -> None:
    """Former names, marks, conditions, scopes."""
    overlay = Overlay(tuple(load()), ())
    assert parse(dump(overlay)) == overlay


LINES = st.text(st.characters(blacklist_categories=["C", "Z"]), min_size=1, max_size=8)
PATTERN_TUPLES = st.lists(st.text("abz/*", min_size=1, max_size=6), unique=True, max_size=3).map(sorted).map(tuple)
PERMISSIONS = st.builds(
    Permission, PATTERN_TUPLES, PATTERN_TUPLES, PATTERN_TUPLES, PATTERN_TUPLES, st.just("") | LINES, st.just("")
)
ROLES = st.builds(
    AzureRole,
    id=st.uuids(version=4).map(str),
    name=LINES,
    permissions=st.lists(PERMISSIONS, max_size=2).map(tuple),
    custom=st.just(True),
    assignable_scopes=PATTERN_TUPLES,
    description=st.just("") | LINES,
    preview=st.booleans(),
)
OVERLAYS = st.builds(
    lambda roles, removed: Overlay(tuple(sorted(roles, key=lambda role: (role.name.lower(), role.id))), tuple(removed)),
    st.lists(ROLES, unique_by=lambda role: role.id, max_size=4),
    st.lists(st.uuids(version=1).map(str), unique=True, max_size=3).map(sorted),
)


@settings(deadline=None)
@given(OVERLAYS)
def test_what_is_written_is_read(overlay: Overlay) -> None:
    """And written the same way again."""
    text = dump(overlay)
    assert parse(text) == overlay
    assert dump(parse(text)) == text
    assert dump(Overlay(overlay.roles[::-1], overlay.removed[::-1])) == text


def kept(**change: object) -> str:
    content: dict[str, Any] = json.loads(dump(Overlay((OWN,))))
    content["roles"][0] |= change
    return json.dumps(content)


MINE = "roles[0] ('MLOps Endpoint Invoker')"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", ":1:2: error: not valid JSON: Expecting property name enclosed in double quotes [json-syntax]"),
        ("[]", ": error: the file is a list, not an object [wrong-value]"),
        ("{}", ": error: format_version is None; this version of rbacgen reads 1 [wrong-value]"),
        ('{"format_version": 2}', ": error: format_version is 2; this version of rbacgen reads 1 [wrong-value]"),
        (
            '{"format_version": 1, "role": []}',
            ": error: the file has the unknown key 'role'; known: format_version, removed, roles [unknown-key]",
        ),
        ('{"format_version": 1, "removed": ["x"]}', ": error: removed[0] is 'x', not a GUID [wrong-value]"),
        ('{"format_version": 1, "roles": [3]}', ": error: roles[0] is a number, not an object [wrong-value]"),
        (kept(name=None), ": error: name of roles[0] is missing [missing-key]"),
        (kept(id=None), f": error: id of {MINE} is missing [missing-key]"),
        (kept(permissions=None), f": error: permissions of {MINE} is missing [missing-key]"),
        (kept(custom="yes"), f": error: custom of {MINE} is text, not true or false [wrong-value]"),
        (
            kept(permissions=[{"notActions": []}]),
            f": error: permissions of {MINE}[0] has the unknown key 'notActions'; known: actions, condition, "
            "condition_version, data_actions, not_actions, not_data_actions [unknown-key]",
        ),
        (
            json.dumps(json.loads(dump(Overlay((OWN,)))) | {"removed": [OWN_ID]}),
            f": error: {OWN_ID} is both in roles and in removed [wrong-value]",
        ),
        (dump(Overlay((OWN, OWN))), f": error: roles[1] has the id of another role: {OWN_ID} [duplicate-item]"),
    ],
)
def test_a_wrong_file_is_refused(text: str, complaint: str) -> None:
    assert complaints(text, parse) == [f"roles.json{complaint}"]
