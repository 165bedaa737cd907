"""What `lock --format json` prints."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from rbacgen.authorization.catalog.diff import PatternChange
from rbacgen.authorization.catalog.diff import change as role_change
from rbacgen.model.problems import Position
from rbacgen.project.lock import LockChange
from rbacgen.project.lock import changes as lock_changes
from rbacgen.project.lock_resolution import Locked, LockFinding, LockFindingKind, NotResolved
from rbacgen.reports.json import FORMAT_VERSION
from rbacgen.reports.json.roles import AssignableScopes, changed_role


class LockChangeRecord(Struct, frozen=True):
    """One entry that comes into the lock, is removed from it, or changes. The last fields are those of an Azure role that changed."""

    change: Annotated[str, Meta(description="`added`, `removed`, or `changed` of an Azure role.")]
    kind: Annotated[str, Meta(description="What kind of entry it is, such as `group` or `scope`.")]
    name: Annotated[str, Meta(description="The name; empty of a member of a group.")]
    id: Annotated[str, Meta(description="The object id, the scope id or the GUID.")]
    member_of: Annotated[str | UnsetType, Meta(description="Of a member: the object id of the group.")] = UNSET
    was: Annotated[str | UnsetType, Meta(description="The name of the Azure role before.")] = UNSET
    custom: Annotated[bool | UnsetType, Meta(description="Whether it is a custom role.")] = UNSET
    gained: Annotated[tuple[PatternChange, ...] | UnsetType, Meta(description="What the role gained.")] = UNSET
    lost: Annotated[tuple[PatternChange, ...] | UnsetType, Meta(description="What the role lost.")] = UNSET
    regrouped: Annotated[
        bool | UnsetType,
        Meta(description="Whether the same permission strings are divided into other permission objects."),
    ] = UNSET
    assignable_scopes: Annotated[
        AssignableScopes | UnsetType, Meta(description="The scopes at which the role can be assigned.")
    ] = UNSET


class LockFindingRecord(Struct, frozen=True):
    """Something to decide or to know about a name that was found; `was` and `now` are object ids where they differ."""

    kind: Annotated[LockFindingKind, Meta(description="What it is.")]
    member: Annotated[str, Meta(description="What kind of principal it is about.")]
    name: Annotated[str, Meta(description="The name.")]
    message: Annotated[str, Meta(description="The finding, in a sentence.")]
    was: Annotated[str, Meta(description="The object id in the lock; empty where it does not differ.")]
    now: Annotated[str, Meta(description="The object id in Azure; empty where it does not differ.")]
    at: Annotated[Position, Meta(description="Where the name is written.")]


class LockDocument(Struct, frozen=True):
    """What `lock` found and did, or would do."""

    format_version: Annotated[int, Meta(description="1; it grows where a reader would have to change.")]
    project: Annotated[str, Meta(description="The project's name.")]
    lock: Annotated[str, Meta(description="The lock file, by its path from the current folder.")]
    tenant: Annotated[str, Meta(description="The tenant; empty where it is not known.")]
    current: Annotated[bool, Meta(description="Whether the lock file was current before.")]
    written: Annotated[bool, Meta(description="Whether it was written.")]
    complete: Annotated[bool, Meta(description="Whether everything could be looked up.")]
    principals: Annotated[int, Meta(description="How many principals the lock has.")]
    scopes: Annotated[int, Meta(description="How many scopes.")]
    azure_roles: Annotated[int, Meta(description="How many Azure roles.")]
    groups: Annotated[int, Meta(description="How many groups with their members.")]
    members_asked: Annotated[bool, Meta(description="Whether the members of groups were read.")]
    changes: Annotated[tuple[LockChangeRecord, ...], Meta(description="What differs from the lock before.")]
    accepted: Annotated[tuple[LockFindingRecord, ...], Meta(description="The findings that were accepted.")]
    findings: Annotated[tuple[LockFindingRecord, ...], Meta(description="What a person has to decide or to know.")]
    unread: Annotated[tuple[NotResolved, ...], Meta(description="What could not be looked up, and stays as it was.")]
    notes: Annotated[tuple[str, ...], Meta(description="Other things to know.")]


def document(result: Locked) -> LockDocument:
    """What `lock` found and did, or would do."""
    settled = result.settled
    return LockDocument(
        format_version=FORMAT_VERSION,
        project=result.project,
        lock=settled.lock.file,
        tenant=settled.lock.tenant,
        current=result.is_current,
        written=result.is_written,
        complete=result.is_complete,
        principals=len(settled.lock.principals),
        scopes=len(settled.lock.scopes),
        azure_roles=len(settled.lock.azure_roles),
        groups=len(settled.lock.members),
        members_asked=result.members_asked,
        changes=tuple(_change(each) for each in lock_changes(result.before, settled.lock)),
        accepted=tuple(_finding(each) for each in settled.accepted),
        findings=tuple(_finding(each) for each in settled.findings),
        unread=settled.not_resolved,
        notes=result.notes,
    )


def _change(each: LockChange) -> LockChangeRecord:
    change = "added" if each.is_new else "removed"
    if each.group:
        return LockChangeRecord(change, each.kind, "", each.id, member_of=each.group)
    if each.was is None or each.role is None:
        return LockChangeRecord(change, each.kind, each.name, each.id)
    found = changed_role(role_change(each.was, each.role))
    return LockChangeRecord(
        change="changed",
        kind=each.kind,
        name=found.name,
        id=found.id,
        was=each.was.name,
        custom=found.custom,
        gained=found.gained,
        lost=found.lost,
        regrouped=found.regrouped,
        assignable_scopes=found.assignable_scopes,
    )


def _finding(found: LockFinding) -> LockFindingRecord:
    named = found.named
    return LockFindingRecord(found.kind, named.kind, named.name, found.message, found.was, found.now, named.at)
