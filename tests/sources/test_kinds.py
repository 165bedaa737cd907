"""Telling sources apart: each kind by what stands in it, and every other text by what it looks like and what would be right."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbacgen import sources
from rbacgen.authorization import catalog
from rbacgen.authorization.catalog import Catalog
from rbacgen.model.problems import RbacgenError
from rbacgen.model.source import Source, SourceKind
from rbacgen.model.state import Coverage, State
from rbacgen.sources import snapshot

WRONG: list[tuple[str, str, str]] = [
    ("", "is empty", "rbacgen snapshot"),
    (" \n", "is empty", "rbacgen snapshot"),
    ("PK\x03\x04\x14", "is a plan file of `terraform plan -out`", "terraform show -json PLAN"),
    ("<!DOCTYPE html><html>", "is a web page, perhaps from a proxy or a login", "az role assignment list"),
    ("# azurerm_role_assignment.x:\nresource", "is Terraform's output for people", "terraform show -json"),
    ("No state.", "is Terraform's output for people", "terraform show -json"),
    ("Principal    Role    Scope\n---- ----", "is a list from the Azure CLI, but not in JSON", "-o json"),
    ("- condition: null\n  id: x", "is a list from the Azure CLI, but not in JSON", "-o json"),
    ("ERROR: Please run 'az login'", "contains a message of the Azure CLI instead of a list", "-o json"),
    ("project: x\n", "is a project file, which describes the desired access", "rbacgen snapshot"),
    ('resource "azurerm_role_assignment" "x" {\n', "is a single Terraform file", "directory"),
    ("hello", "is not JSON", "rbacgen snapshot"),
    ("null", "is JSON, but not a source of access", "rbacgen snapshot"),
    (' "x"\n', "is JSON, but not a source of access", "rbacgen snapshot"),
    ("12", "is JSON, but not a source of access", "rbacgen snapshot"),
    ('"x', "is not JSON", "rbacgen snapshot"),
    ("null null", "is not JSON", "rbacgen snapshot"),
    ('{"a": 1', "is cut off", "again"),
    ('{"a": 1,\n "b" 2}', ":2:6: this is not JSON", "again"),
    ("[" * 100_000, "is not valid JSON", "again"),
    ("{}", "is an empty JSON object", "terraform show -json"),
    ("{ }\n", "is an empty JSON object", "terraform show -json"),
    ("[1, 2]", "is a list, but not of role assignments", "az role assignment list"),
    ("[{}]", "is a list, but not of role assignments", "az role assignment list"),
    ('{"x": 1}', "is JSON, but not a source of access", "rbacgen snapshot"),
    (
        json.dumps({"version": 4, "terraform_version": "1.11.4", "serial": 3, "lineage": "x", "resources": []}),
        "is a raw Terraform state",
        "terraform show -json",
    ),
    (
        json.dumps({"format_version": "1.2", "resource_changes": []}),
        "contains the changes of a plan, but not the planned values",
        "terraform show -json PLAN",
    ),
    (
        json.dumps({"format_version": "1.0", "provider_schemas": {}}),
        "is the output of `terraform providers schema -json`",
        "terraform show -json",
    ),
    (
        json.dumps({"format_version": "1.0", "valid": True, "diagnostics": []}),
        "is the output of `terraform validate -json`",
        "terraform show -json",
    ),
    (
        '{"@level":"info","@message":"x"}\n{"@level":"info"}\n',
        "is Terraform's log from the option `-json`",
        "terraform show -json",
    ),
    ('{"@level":"info","@message":"x"}\n', "is Terraform's log from the option `-json`", "terraform show -json"),
    ('{"resource": {"azurerm_role_assignment": {}}}', "is a single Terraform file", "directory"),
    (
        '{"error": {"code": "AuthorizationFailed", "message": "The client 1 with object id 2"}}',
        "is an error from Azure (AuthorizationFailed), not a list",
        "az role assignment list",
    ),
    ('{"error": "invalid_client", "error_description": "x"}', "an error from Azure (invalid_client)", "az role"),
    ('{"error": {"code": "x y z", "message": ""}}', "is an error from Azure, not a list", "az role"),
    ('{"value": [], "nextLink": "x"}', "is a raw answer from Azure, perhaps one page of several", "az role"),
    ('{"count": 1, "data": []}', "is a raw answer from Azure", "az role"),
    (
        json.dumps({"format_version": 1, "project": "x", "source": "azure", "in_sync": True, "changes": []}),
        "is a report of rbacgen, not a source",
        "rbacgen snapshot",
    ),
    ('{"format_version": 1, "principals": {}, "scopes": []}', "is a lock file of rbacgen", "rbacgen snapshot"),
    ('{"version": "2.1.0", "runs": []}', "is a SARIF report", "rbacgen snapshot"),
    (
        '[{"roleName": "Reader", "roleType": "BuiltInRole", "permissions": [], "assignableScopes": ["/"]}]',
        "is a list of role definitions (`az role definition list`)",
        "az role assignment list",
    ),
    ('[{"RoleAssignmentId": "x", "Scope": "/"}]', "is the output of `Get-AzRoleAssignment`", "az role assignment list"),
    ('[{"properties": {"scope": "/"}}]', "is a list of raw answers from Azure", "az role assignment list"),
    ('[{"homeTenantId": "x", "name": "y"}]', "is a list of subscriptions (`az account list`)", "az role"),
    ('[{"displayName": "x", "id": "y"}]', "is a list from the directory", "az role assignment list"),
    ('[{"principalId": "x", "scope": "/"}]', "is a list of role assignments without roleDefinitionId", "--query"),
]


@pytest.mark.parametrize(("text", "what", "remedy"), WRONG, ids=lambda each: each[:30])
def test_a_text_that_is_no_source_is_named(text: str, what: str, remedy: str, roles: Catalog) -> None:
    """By what it looks like, with what would be right; nothing of what stands in it is repeated."""
    with pytest.raises(RbacgenError) as fault:
        sources.read("file.json", text, roles)
    assert fault.value.message.startswith("file.json")
    assert what in fault.value.message
    assert remedy in fault.value.hint
    assert "object id" not in str(fault.value)


@pytest.mark.parametrize("before", ["", "\ufeff", "\n  "])
def test_each_kind_is_known(before: str, roles: Catalog) -> None:
    """Whatever stands before it that means nothing."""
    texts = {
        SourceKind.SNAPSHOT: snapshot.dump(Source(SourceKind.AZURE, "x", State((), Coverage()))),
        SourceKind.AZ_LIST: "[]",
        SourceKind.TERRAFORM_STATE: '{"format_version": "1.0", "values": {"root_module": {}}}',
        SourceKind.TERRAFORM_PLAN: '{"format_version": "1.2", "planned_values": {"root_module": {}}}',
    }
    assert {kind: sources.read("x", before + text, roles).kind for kind, text in texts.items()} == {
        kind: kind for kind in texts
    }
    assert sources.read("x", {"x/a.tf": before}, roles).kind is SourceKind.TERRAFORM_FILES


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("format_version", "kind", "values", "planned_values", "root_module", "resources", "version", "x"),
                    *("scope", "principalId", "roleDefinitionId", "error", "value", "resource_changes", "assignments"),
                ]
            )
            | st.text(max_size=5),
            inner | st.sampled_from(["rbacgen snapshot", "1.0", 1]),
            max_size=6,
        )
    ),
    max_leaves=12,
)


@given(_JSON)
def test_any_json_is_a_source_or_refused(content: object) -> None:
    """In our own words, and never with a traceback."""
    said = ("x", "refused")
    try:
        found = sources.read("x", json.dumps(content), catalog.load())
    except RbacgenError as fault:
        said = (fault.message, fault.hint)
    else:
        assert len(found.state) == 0
    assert said[0].startswith("x")
    assert said[1]


@given(st.text(max_size=60))
def test_any_text_is_refused(text: str) -> None:
    """What is not JSON at all."""
    with pytest.raises(RbacgenError):
        sources.read("x", "x" + text, catalog.load())
