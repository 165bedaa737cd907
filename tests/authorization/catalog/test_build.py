"""The files that ship are what the build writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import rbacgen.authorization.catalog
from rbacgen.authorization.catalog import build, load
from rbacgen.authorization.catalog.operations import Operation, Operations
from rbacgen.model.assignment import AzureRole, Permission, Plane

SHIPPED = Path(rbacgen.authorization.catalog.__file__).parent


def whole_catalogue() -> dict[str, Any]:
    """The shipped roles as a whole catalogue, from which the build starts anew."""
    values = {}
    for role in load():
        permissions = [
            {
                "actions": [*each.actions],
                "notActions": [*each.not_actions],
                "dataActions": [*each.data_actions],
                "notDataActions": [*each.not_data_actions],
                "condition": each.condition,
                "conditionVersion": each.condition_version,
            }
            for each in role.permissions
        ]
        values[role.id] = {
            "name": role.name,
            "id": role.id,
            "permissions": permissions,
            "assignableScopes": [*role.assignable_scopes],
            "formerNames": [*role.former_names],
            "preview": role.preview,
            "deprecated": role.deprecated,
        }
    hidden = load().unlisted
    return {
        "source": {"date": load().date},
        "roles": [value for role_id, value in reversed(values.items()) if role_id not in hidden],
        "service_scoped": [value for role_id, value in values.items() if role_id in hidden],
    }


def az_listing() -> list[dict[str, Any]]:
    """The listed roles as `az role definition list -o json` prints them."""
    return [
        {
            "roleName": value["name"],
            "name": value["id"],
            "roleType": "BuiltInRole",
            "description": "Words of Microsoft",
            "assignableScopes": value["assignableScopes"],
            "permissions": value["permissions"],
        }
        for value in whole_catalogue()["roles"]
    ]


def shipped(name: str) -> str:
    return (SHIPPED / name).read_text(encoding="utf-8")


def test_the_shipped_files_are_what_the_build_writes(tmp_path: Path) -> None:
    """Byte for byte, whatever the order of its input."""
    roles = tmp_path / "roles.json"
    roles.write_text(json.dumps(whole_catalogue()), encoding="utf-8")
    inputs = [str(roles), str(SHIPPED / "azure_operations.txt"), str(SHIPPED / "escalations.json")]
    assert build.main([*inputs, str(tmp_path / "out")]) == 0
    for name in ("azure_roles.txt", "azure_operations.txt", "escalations.json"):
        assert (tmp_path / "out" / name).read_bytes() == (SHIPPED / name).read_bytes()


def test_a_listing_of_the_same_day_changes_nothing() -> None:
    """Former names, marks and the roles that it does not show are kept; descriptions are left out."""
    assert build.build_roles(build.read_roles(json.dumps(az_listing()), "roles.json", load().date)) == shipped(
        "azure_roles.txt"
    )


def test_a_newer_listing_brings_the_catalogue_up_to_date() -> None:
    """A renamed role is found by its former name, one that is gone is gone, custom roles are left out."""
    values = [value for value in az_listing() if value["roleName"] != "AcrDelete"]
    (user,) = (value for value in values if value["roleName"] == "Foundry User")
    user["roleName"] = "Studio User"
    values.append(user | {"roleName": "Ours", "roleType": "CustomRole", "name": "0f6c0000-0000-4000-8000-000000000001"})
    text = build.build_roles(build.read_roles(json.dumps(values), "roles.json", "2026-12-01"))
    assert json.loads(text.splitlines()[0])["date"] == "2026-12-01"
    assert f"{user['name']}\tStudio User\tAzure AI User\tFoundry User" in text.splitlines()
    assert "\tAcrDelete\n" not in text
    assert "\tOurs\n" not in text
    assert "\tReservations Administrator\n" in text


def test_a_filtered_listing_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the file's name, and nothing written."""
    roles = tmp_path / "roles.json"
    roles.write_text(json.dumps(az_listing()[:3]), encoding="utf-8")
    inputs = [str(roles), str(SHIPPED / "azure_operations.txt"), str(SHIPPED / "escalations.json")]
    assert build.main([*inputs, str(tmp_path / "out"), "--date", "2026-12-01"]) == 1
    complaint = f"error: {roles} holds less than half of the built-in roles (list them without a filter)\n"
    assert capsys.readouterr().err == complaint
    assert not (tmp_path / "out").exists()


def test_a_listing_of_no_day_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roles = tmp_path / "roles.json"
    roles.write_text(json.dumps(az_listing()), encoding="utf-8")
    inputs = [str(roles), str(SHIPPED / "azure_operations.txt"), str(SHIPPED / "escalations.json")]
    assert build.main([*inputs, str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == f"error: {roles} does not say of which day it is (give the day with --date)\n"


def test_wrong_definitions_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    catalogue = whole_catalogue()
    catalogue["roles"][0]["permissions"] = 3
    roles = tmp_path / "roles.json"
    roles.write_text(json.dumps(catalogue), encoding="utf-8")
    inputs = [str(roles), str(SHIPPED / "azure_operations.txt"), str(SHIPPED / "escalations.json")]
    assert build.main([*inputs, str(tmp_path / "out")]) == 1
    assert f"{roles}: error: permissions of definition 1 (" in capsys.readouterr().err


def test_what_azure_lists_of_operations_is_read() -> None:
    """`az provider operation list` has them on the provider and below its resource types; what ends in no verb is none."""
    listing = [
        {
            "name": "Microsoft.Thing",
            "operations": [{"name": "Microsoft.Thing/register/action", "isDataAction": False}],
            "resourceTypes": [
                {
                    "name": "things",
                    "operations": [
                        {"name": "Microsoft.Thing/things/read ", "isDataAction": False},
                        {"name": "Microsoft.Thing/things/read", "isDataAction": True},
                        {"name": "microsoft.thing/THINGS/read", "isDataAction": False},
                        {"name": "Microsoft.Thing/things/", "isDataAction": False},
                    ],
                }
            ],
        }
    ]
    escalations = [{"operation": "Microsoft.Other/x/write", "plane": "control"}]
    operations = Operations(build.build_operations(json.dumps(listing), escalations))
    assert operations.providers() == ("Microsoft.Other", "Microsoft.Thing")
    assert [(each.name, each.plane) for each in operations.in_provider("Microsoft.Thing")] == [
        ("Microsoft.Thing/register/action", Plane.CONTROL),
        ("Microsoft.Thing/things/read", Plane.CONTROL),
        ("Microsoft.Thing/things/read", Plane.DATA),
    ]
    assert operations.known("Microsoft.Other/x/write", Plane.CONTROL)


def test_what_roles_name_is_an_operation_of_the_plane_that_they_grant_it_on() -> None:
    """Of providers that no listing has, too; what ends in no verb, holds a `*` or is taken away is none."""
    permission = Permission(
        actions=("Contoso.Thing/*", "Contoso.Thing/things/", "Contoso.Thing/things/write"),
        not_actions=("Contoso.Thing/things/delete",),
        data_actions=("contoso.thing/THINGS/read", "Contoso.Thing/things/call", "Contoso.Thing/*/read"),
    )
    role = AzureRole("0f6c0000-0000-4000-8000-000000000001", "Thing User", (permission,))
    operations = Operations(build.build_operations('{"providers": {}}', [], roles=[role]))
    assert operations.in_provider("Contoso.Thing") == (
        Operation("Contoso.Thing/THINGS/read", Plane.DATA),
        Operation("Contoso.Thing/things/write", Plane.CONTROL),
    )


def test_a_checkout_with_other_line_ends_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git on Windows may rewrite line ends, and the places of lines with them."""
    for name in ("azure_roles.txt", "azure_operations.txt", "escalations.json"):
        (tmp_path / name).write_text(shipped(name), encoding="utf-8", newline="\r\n")
    monkeypatch.setattr("rbacgen.authorization.catalog.roles.FOLDER", str(tmp_path))
    assert list(load.__wrapped__()) == list(load())
