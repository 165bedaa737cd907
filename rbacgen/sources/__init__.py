"""Sources of actual access: live Azure (in `azure`), snapshots, lists of the Azure CLI, Terraform's states, plans and files.

`read` detects the type of a file and rejects unsupported ones with a hint. Each type is a module with one function,
`parse(name, text, catalog) -> Source`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from rbacgen.authorization.catalog import Catalog
from rbacgen.model.problems import RbacgenError
from rbacgen.model.source import Source

__all__ = ["read"]

_SOURCES = (
    "give a snapshot (`rbacgen snapshot`), the output of `az role assignment list --all -o json` or of "
    "`terraform show -json`, or a directory of .tf files"
)
_AZ = "write it again: `az role assignment list --all -o json > live.json`"
_SHOW = "convert it to JSON: `terraform show -json > state.json`"
_SHOW_PLAN = "convert it to JSON: `terraform show -json PLAN > plan.json`"

_Member = Raw | UnsetType


class _Probe(Struct):
    """The members by which the type of an object is detected; their values are not decoded."""

    kind: _Member = UNSET
    format_version: _Member = UNSET
    values: _Member = UNSET
    planned_values: _Member = UNSET
    resource_changes: _Member = UNSET
    prior_state: _Member = UNSET
    terraform_version: _Member = UNSET
    version: _Member = UNSET
    lineage: _Member = UNSET
    in_sync: _Member = UNSET
    changes: _Member = UNSET
    principals: _Member = UNSET
    scopes: _Member = UNSET
    error: _Member = UNSET
    value: _Member = UNSET
    data: _Member = UNSET
    diagnostics: _Member = UNSET
    provider_schemas: _Member = UNSET
    runs: _Member = UNSET
    resource: _Member = UNSET
    level: _Member = msgspec.field(name="@level", default=UNSET)


def read(name: str, text: str | Mapping[str, str], catalog: Catalog) -> Source:
    """The source in this text; a mapping of paths to texts is a directory of Terraform files. `name` is its name in messages.

    Raises RbacgenError for an unsupported or damaged text, with what the text looks like and what to give instead.
    """
    if not isinstance(text, str):
        from rbacgen.sources import terraform_files

        return terraform_files.parse(name, text, catalog)
    text = text.removeprefix("\ufeff")
    start = text[:2000].lstrip()
    if not start.startswith(("{", "[")):
        raise _not_json(name, text, start)
    content = text.encode()
    try:
        if start.startswith("["):
            return _list(name, content, catalog)
        probe = msgspec.json.decode(content, type=_Probe)
    except msgspec.ValidationError:
        raise RbacgenError(f"{name} is JSON, but not a source of access", _SOURCES) from None
    except (msgspec.DecodeError, RecursionError):
        raise _broken_json(name, text, start) from None
    return _object(name, content, probe, catalog)


def _object(name: str, content: bytes, probe: _Probe, catalog: Catalog) -> Source:
    if probe.kind is not UNSET and _plain(probe.kind) == "rbacgen snapshot":
        from rbacgen.sources import snapshot

        return snapshot.parse(name, content, catalog)
    is_show = isinstance(_plain(probe.format_version), str)
    if is_show and probe.provider_schemas is UNSET and probe.diagnostics is UNSET:
        if probe.planned_values is UNSET and probe.resource_changes is not UNSET:
            raise RbacgenError(f"{name} contains the changes of a plan, but not the planned values", _SHOW_PLAN)
        from rbacgen.sources import terraform_json

        return terraform_json.parse(name, content, catalog)
    raise _wrong_object(name, probe, content)


def _wrong_object(name: str, probe: _Probe, content: bytes) -> RbacgenError:
    """The error for an object that is not a source, by what it looks like."""
    if probe.lineage is not UNSET or (probe.terraform_version is not UNSET and probe.version is not UNSET):
        return RbacgenError(f"{name} is a raw Terraform state file, whose format is internal to Terraform", _SHOW)
    if probe.provider_schemas is not UNSET:
        return RbacgenError(f"{name} is the output of `terraform providers schema -json`", _SHOW)
    if probe.diagnostics is not UNSET:
        return RbacgenError(f"{name} is the output of `terraform validate -json`", _SHOW)
    if probe.level is not UNSET:
        return RbacgenError(f"{name} is Terraform's log from the option `-json`", _SHOW_PLAN)
    if probe.error is not UNSET:
        error = _plain(probe.error)
        code = error.get("code") if isinstance(error, dict) else error
        suffix = f" ({code})" if isinstance(code, str) and re.fullmatch(r"[A-Za-z_]{1,60}", code) else ""
        return RbacgenError(f"{name} is an error from Azure{suffix}, not a list", _AZ)
    if probe.in_sync is not UNSET or probe.changes is not UNSET:
        return RbacgenError(f"{name} is a report of rbacgen, not a source", _SOURCES)
    if probe.principals is not UNSET and probe.scopes is not UNSET:
        return RbacgenError(f"{name} is a lock file of rbacgen", _SOURCES)
    if probe.value is not UNSET or probe.data is not UNSET:
        return RbacgenError(f"{name} is a raw answer from Azure, perhaps one page of several", _AZ)
    if probe.runs is not UNSET:
        return RbacgenError(f"{name} is a SARIF report", _SOURCES)
    if probe.resource is not UNSET:
        return RbacgenError(f"{name} is a single Terraform file", "give the directory that contains it")
    if not content.strip(b" \t\r\n{}"):
        return RbacgenError(f"{name} is an empty JSON object: it contains no state", _SHOW)
    return RbacgenError(f"{name} is JSON, but not a source of access", _SOURCES)


class _Item(Struct):
    """The members by which the type of a list is detected, from its first row."""

    scope: _Member = UNSET
    principal_id: _Member = msgspec.field(name="principalId", default=UNSET)
    role_definition_id: _Member = msgspec.field(name="roleDefinitionId", default=UNSET)
    role_name: _Member = msgspec.field(name="roleName", default=UNSET)
    role_type: _Member = msgspec.field(name="roleType", default=UNSET)
    permissions: _Member = UNSET
    properties: _Member = UNSET
    display_name: _Member = msgspec.field(name="displayName", default=UNSET)
    pascal: _Member = msgspec.field(name="RoleAssignmentId", default=UNSET)
    home_tenant_id: _Member = msgspec.field(name="homeTenantId", default=UNSET)


def _list(name: str, content: bytes, catalog: Catalog) -> Source:
    """The source in a list of role assignments. Raises RbacgenError for any other list."""
    items = msgspec.json.decode(content, type=list[Raw])
    for raw in items[:1]:
        try:
            item = msgspec.json.decode(raw, type=_Item)
        except msgspec.ValidationError:
            raise RbacgenError(f"{name} is a list, but not of role assignments", _AZ) from None
        if item.scope is UNSET or item.principal_id is UNSET or item.role_definition_id is UNSET:
            raise _wrong_item(name, item)
    from rbacgen.sources import az_list

    return az_list.parse(name, content, catalog)


def _wrong_item(name: str, item: _Item) -> RbacgenError:
    if item.pascal is not UNSET:
        return RbacgenError(f"{name} is the output of `Get-AzRoleAssignment`", _AZ)
    if item.role_name is not UNSET or item.role_type is not UNSET or item.permissions is not UNSET:
        return RbacgenError(f"{name} is a list of role definitions (`az role definition list`)", _AZ)
    if item.properties is not UNSET:
        return RbacgenError(f"{name} is a list of raw answers from Azure", _AZ)
    if item.home_tenant_id is not UNSET:
        return RbacgenError(f"{name} is a list of subscriptions (`az account list`)", _AZ)
    given = {"scope": item.scope, "principalId": item.principal_id, "roleDefinitionId": item.role_definition_id}
    missing = [key for key, member in given.items() if member is UNSET]
    if len(missing) < 3:
        return RbacgenError(
            f"{name} is a list of role assignments without {', '.join(missing)}", f"{_AZ}, without --query"
        )
    if item.display_name is not UNSET:
        return RbacgenError(f"{name} is a list from the directory, not of role assignments", _AZ)
    return RbacgenError(f"{name} is a list, but not of role assignments", _AZ)


def _plain(raw: Raw | UnsetType) -> object:
    return None if isinstance(raw, UnsetType) else msgspec.json.decode(raw)


def _not_json(name: str, text: str, start: str) -> RbacgenError:
    """The error for a text that is neither a JSON object nor a JSON list, by what it looks like."""
    if not text.strip():
        return RbacgenError(f"{name} is empty", _SOURCES)
    if start.startswith("PK"):
        return RbacgenError(f"{name} is a plan file of `terraform plan -out`", _SHOW_PLAN)
    if start.startswith("<"):
        return RbacgenError(f"{name} is a web page, perhaps from a proxy or a login", _AZ)
    if name.endswith((".tf", ".hcl")) or re.match(r'(resource|terraform|provider|locals|module)\b[ "\w-]*\{', start):
        return RbacgenError(f"{name} is a single Terraform file", "give the directory that contains it")
    if re.match(r"# \S+\.\S+:|Terraform used|No state|The state file is empty", start):
        return RbacgenError(f"{name} is Terraform's output for people", _SHOW)
    if start.startswith(("Principal", "- ", "---")):
        return RbacgenError(f"{name} is a list from the Azure CLI, but not in JSON", _AZ)
    if start.startswith(("ERROR:", "WARNING:")):
        return RbacgenError(f"{name} contains a message of the Azure CLI instead of a list", _AZ)
    if start.startswith("project:"):
        return RbacgenError(f"{name} is a project file, which describes the desired access", _SOURCES)
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return RbacgenError(f"{name} is not JSON", _SOURCES)
    return RbacgenError(f"{name} is JSON, but not a source of access", _SOURCES)


def _broken_json(name: str, text: str, start: str) -> RbacgenError:
    """The error for damaged JSON, with its position."""
    if start.startswith('{"@level"'):
        return RbacgenError(f"{name} is Terraform's log from the option `-json`", _SHOW_PLAN)
    try:
        json.loads(text)
    except json.JSONDecodeError as fault:
        where = f"{name}:{fault.lineno}:{fault.colno}"
        if fault.pos >= len(text.rstrip()):
            return RbacgenError(f"{name} is cut off: its JSON has no end", "write the file again")
        return RbacgenError(f"{where}: this is not JSON", "write the file again")
    except (RecursionError, ValueError):
        pass
    return RbacgenError(f"{name} is not valid JSON", "write the file again")
