"""What `render --format json` prints."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from rbacgen.analysis.results import ImportResult, NotImported, RenderResult, WrittenDirectory
from rbacgen.model.state import Unread
from rbacgen.reports.json import FORMAT_VERSION


class DirectoryRecord(Struct, frozen=True):
    """What a render did, or would do, to the directory of one environment."""

    environment: Annotated[str, Meta(description="The environment.")]
    folder: Annotated[str, Meta(description="The directory, by its path from the current folder.")]
    changed: Annotated[tuple[str, ...], Meta(description="The files that it wrote, or would write.")]
    removed: Annotated[tuple[str, ...], Meta(description="The files that it removed, or would remove.")]
    assignments: Annotated[int, Meta(description="How many assignments there are.")]
    added: Annotated[int, Meta(description="How many of them are new.")]
    gone: Annotated[int, Meta(description="How many are no longer there.")]
    environment_is_gone: Annotated[
        bool,
        Meta(description="Whether the project has this environment no more: apply there once, then delete the folder."),
    ]
    imported: Annotated[
        int | UnsetType, Meta(description="With `--existing`: how many assignments that exist already are imported.")
    ] = UNSET
    imported_custom_roles: Annotated[
        int | UnsetType, Meta(description="With `--existing`: how many custom roles that exist already are imported.")
    ] = UNSET


class NotImportedRecord(Struct, frozen=True):
    """An assignment that exists already and that Terraform cannot import: an apply would meet a conflict."""

    environment: Annotated[str, Meta(description="The environment.")]
    address: Annotated[str, Meta(description="The address in Terraform.")]
    assignment_id: Annotated[str | None, Meta(description="The id of the assignment; null where it is not known.")]
    why: Annotated[str, Meta(description="Why not.")]
    remedy: Annotated[str, Meta(description="What to do about it.")]


class ExistingRecord(Struct, frozen=True):
    """What a render found of the desired access in a source."""

    source: Annotated[str, Meta(description="What kind of source it is.")]
    source_name: Annotated[str, Meta(description="The source, by name.")]
    complete: Annotated[bool, Meta(description="Whether everything that had to be read was read.")]
    unchanged: Annotated[int, Meta(description="How many resources exist as an earlier apply left them.")]
    referring: Annotated[int, Meta(description="How many only Terraform can look up.")]
    not_visible: Annotated[int, Meta(description="How many a Terraform state does not have, and may exist outside it.")]
    not_imported: Annotated[tuple[NotImportedRecord, ...], Meta(description="What exists and cannot be imported.")]
    respelled: Annotated[tuple[str, ...], Meta(description="The scopes that Azure spells in another way.")]
    unread: Annotated[tuple[Unread, ...], Meta(description="What could not be read.")]
    notes: Annotated[tuple[str, ...], Meta(description="Other things to know.")]


class RenderDocument(Struct, frozen=True):
    """What a render did, or would do."""

    format_version: Annotated[int, Meta(description="1; it grows where a reader would have to change.")]
    project: Annotated[str, Meta(description="The project's name.")]
    current: Annotated[bool, Meta(description="Whether every file was current before.")]
    directories: Annotated[tuple[DirectoryRecord, ...], Meta(description="Each directory.")]
    existing: Annotated[
        ExistingRecord | UnsetType, Meta(description="With `--existing`: what the source has of the desired access.")
    ] = UNSET


def document(result: RenderResult) -> RenderDocument:
    """What a render did, or would do."""
    imports = result.imports_result
    return RenderDocument(
        format_version=FORMAT_VERSION,
        project=result.checked.project.name,
        current=result.is_current,
        directories=tuple(_directory(each, imports is not None) for each in result.directories),
        existing=_existing(imports) if imports is not None else UNSET,
    )


def _directory(each: WrittenDirectory, has_imports: bool) -> DirectoryRecord:
    return DirectoryRecord(
        environment=each.environment,
        folder=each.folder,
        changed=each.changed,
        removed=each.removed,
        assignments=each.assignments,
        added=each.added,
        gone=each.gone,
        environment_is_gone=each.is_gone,
        imported=each.imported if has_imports else UNSET,
        imported_custom_roles=each.imported_roles if has_imports else UNSET,
    )


def _existing(found: ImportResult) -> ExistingRecord:
    return ExistingRecord(
        source=found.source,
        source_name=found.source_name,
        complete=not found.unread,
        unchanged=found.unchanged,
        referring=found.referring,
        not_visible=found.not_visible,
        not_imported=tuple(_not_imported(each) for each in found.not_imported),
        respelled=found.respelled,
        unread=found.unread,
        notes=found.notes,
    )


def _not_imported(each: NotImported) -> NotImportedRecord:
    return NotImportedRecord(each.environment, each.address, each.assignment_id or None, each.why, each.remedy)
