"""Results as JSON for pipelines; every form carries a format version."""

from __future__ import annotations

import json

from rbacgen.analysis.results import ImportResult, RenderResult, RolesSince, WrittenDirectory
from rbacgen.authorization.catalog.diff import PatternChange, RoleDefinitionChange
from rbacgen.authorization.catalog.diff import change as role_change
from rbacgen.model.assignment import AzureRole
from rbacgen.model.problems import Position
from rbacgen.model.rules import RULES
from rbacgen.project.lock import LockChange
from rbacgen.project.lock import changes as lock_changes
from rbacgen.project.lock_resolution import Locked, LockFinding

FORMAT_VERSION = 1


def _text(content: object) -> str:
    return json.dumps(content, indent=2) + "\n"


def rule_list() -> str:
    """Every rule."""
    return _text(
        [
            {
                "id": rule.id,
                "severity": str(rule.severity),
                "says": rule.says,
                "source": rule.source,
                "can_be_switched_off": rule.optional,
            }
            for rule in RULES.values()
        ]
    )


def rendered(result: RenderResult) -> str:
    """What `render` did, or would do."""
    return _text(
        {
            "format_version": FORMAT_VERSION,
            "project": result.checked.project.name,
            "current": result.is_current,
            "directories": [
                {
                    "environment": each.environment,
                    "folder": each.folder,
                    "changed": list(each.changed),
                    "removed": list(each.removed),
                    "assignments": each.assignments,
                    "added": each.added,
                    "gone": each.gone,
                    "environment_is_gone": each.is_gone,
                    **(_imported(each) if result.imports_result is not None else {}),
                }
                for each in result.directories
            ],
            **({"existing": _adoption(result.imports_result)} if result.imports_result is not None else {}),
        }
    )


def _imported(each: WrittenDirectory) -> dict[str, object]:
    return {"adopted": each.imported, "adopted_custom_roles": each.imported_roles}


def _adoption(found: ImportResult) -> dict[str, object]:
    return {
        "source": found.source,
        "source_name": found.source_name,
        "complete": not found.unread,
        "standing": found.standing,
        "referring": found.referring,
        "unseen": found.not_visible,
        "not_adopted": [
            {
                "environment": each.environment,
                "address": each.address,
                "assignment_id": each.assignment_id or None,
                "why": each.why,
                "remedy": each.remedy,
            }
            for each in found.not_imported
        ],
        "respelled": list(found.respelled),
        "unread": [
            {"scope": each.scope, "part": str(each.part), "why": each.why, "remedy": each.remedy}
            for each in found.unread
        ],
        "notes": list(found.notes),
    }


def roles(found: tuple[AzureRole, ...]) -> str:
    """Azure roles with their permissions."""
    return _text(
        [
            {
                "id": role.id,
                "name": role.name,
                "custom": role.custom,
                "former_names": list(role.former_names),
                "assignable_scopes": list(role.assignable_scopes),
                "permissions": [
                    {
                        "actions": list(each.actions),
                        "not_actions": list(each.not_actions),
                        "data_actions": list(each.data_actions),
                        "not_data_actions": list(each.not_data_actions),
                        **({"condition": each.condition} if each.condition else {}),
                    }
                    for each in role.permissions
                ],
            }
            for role in found
        ]
    )


def roles_since(found: RolesSince) -> str:
    """What became of the Azure roles of an earlier file; `whole` says whether it could tell what was added."""
    changes = found.changes
    return _text(
        {
            "format_version": FORMAT_VERSION,
            "old": {"file": found.file, "kind": found.kind, "roles": found.roles, "whole": found.is_whole},
            "added": [_role_named(each) for each in changes.added],
            "removed": [_role_named(each) for each in changes.removed],
            "renamed": [{**_role_named(each.role), "was": each.was.name} for each in changes.renamed],
            "changed": [_role_changed(each) for each in changes.changed],
        }
    )


def _role_named(role: AzureRole) -> dict[str, object]:
    return {"id": role.id, "name": role.name, "custom": role.custom}


def _role_changed(found: RoleDefinitionChange) -> dict[str, object]:
    return {
        **_role_named(found.role),
        "gained": [_pattern(each) for each in found.gained],
        "lost": [_pattern(each) for each in found.lost],
        "regrouped": found.is_regrouped,
        "assignable_scopes": {"was": list(found.was.assignable_scopes), "now": list(found.role.assignable_scopes)},
    }


def _pattern(found: PatternChange) -> dict[str, object]:
    """A permission string; `excluded` where it stands in the exclusions: gained, it is excluded no more."""
    return {
        "pattern": found.pattern,
        "plane": str(found.plane),
        "excluded": found.excluded,
        "condition": found.condition or None,
    }


def locked(result: Locked) -> str:
    """What `lock` found and did, or would do."""
    settled = result.settled
    return _text(
        {
            "format_version": FORMAT_VERSION,
            "project": result.project,
            "lock": settled.lock.file,
            "tenant": settled.lock.tenant,
            "current": result.is_current,
            "written": result.is_written,
            "complete": result.is_complete,
            "principals": len(settled.lock.principals),
            "scopes": len(settled.lock.scopes),
            "azure_roles": len(settled.lock.azure_roles),
            "groups": len(settled.lock.members),
            "members_asked": result.members_asked,
            "changes": [_lock_change(each) for each in lock_changes(result.before, settled.lock)],
            "accepted": [_finding(each) for each in settled.accepted],
            "findings": [_finding(each) for each in settled.findings],
            "unread": [
                {"what": each.what, "why": each.why, "remedy": each.remedy, "at": _at(each.at)}
                for each in settled.not_resolved
            ],
            "notes": list(result.notes),
        }
    )


def _lock_change(each: LockChange) -> dict[str, object]:
    change = "added" if each.is_new else "removed"
    row: dict[str, object] = {"change": change, "kind": each.kind, "name": each.name, "id": each.id}
    if each.group:
        return {"change": change, "kind": each.kind, "name": "", "id": each.id, "member_of": each.group}
    if each.was is not None and each.role is not None:
        found = _role_changed(role_change(each.was, each.role))
        return {**row, "change": "changed", "was": each.was.name, **found}
    return row


def _finding(found: LockFinding) -> dict[str, object]:
    return {
        "kind": str(found.kind),
        "member": found.named.kind,
        "name": found.named.name,
        "message": found.message,
        "was": found.was,
        "now": found.now,
        "at": _at(found.named.at),
    }


def _at(position: Position) -> dict[str, object]:
    return {"file": position.file, "line": position.line, "column": position.column}
