"""Results as JSON for pipelines; every form carries a format version."""

from __future__ import annotations

import json

from rbacgen.lock import Finding, Locked
from rbacgen.lock import changes as lock_changes
from rbacgen.model import AzureRole
from rbacgen.outcome import Adoption, Rendered, Written
from rbacgen.problems import Position
from rbacgen.rules import RULES

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


def rendered(result: Rendered) -> str:
    """What `render` did, or would do."""
    return _text(
        {
            "format_version": FORMAT_VERSION,
            "project": result.outcome.project.name,
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
                    **(_adopted(each) if result.adoption is not None else {}),
                }
                for each in result.directories
            ],
            **({"existing": _adoption(result.adoption)} if result.adoption is not None else {}),
        }
    )


def _adopted(each: Written) -> dict[str, object]:
    return {"adopted": each.adopted, "adopted_custom_roles": each.adopted_roles}


def _adoption(found: Adoption) -> dict[str, object]:
    return {
        "source": found.source,
        "source_name": found.source_name,
        "complete": not found.unread,
        "standing": found.standing,
        "referring": found.referring,
        "unseen": found.unseen,
        "not_adopted": [
            {
                "environment": each.environment,
                "address": each.address,
                "assignment_id": each.assignment_id or None,
                "why": each.why,
                "cure": each.cure,
            }
            for each in found.not_adopted
        ],
        "respelled": list(found.respelled),
        "unread": [
            {"scope": each.scope, "part": str(each.part), "why": each.why, "cure": each.cure} for each in found.unread
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
            "changes": [
                {"change": "added" if each.is_new else "removed", "kind": each.kind, "name": each.name, "id": each.id}
                for each in lock_changes(result.before, settled.lock)
            ],
            "accepted": [_finding(each) for each in settled.accepted],
            "findings": [_finding(each) for each in settled.findings],
            "unread": [
                {"what": each.what, "why": each.why, "cure": each.cure, "at": _at(each.at)} for each in settled.unasked
            ],
            "notes": list(result.notes),
        }
    )


def _finding(found: Finding) -> dict[str, object]:
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
