"""What `who-can --format json` prints, and its text is made from."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from rbacgen.analysis import wording
from rbacgen.analysis.names import Called, PrincipalRecord
from rbacgen.analysis.results import WhoCanResult
from rbacgen.authorization.request import (
    AllowedSubjects,
    BypassSubjects,
    Decision,
)
from rbacgen.authorization.who_can import allowed_members
from rbacgen.reports.json import FORMAT_VERSION
from rbacgen.reports.json.access import AccessNames, PermitRecord, permit_record, record


class WhoCanRecord(Struct, frozen=True):
    """Somebody who can: here, or only below. `members` are those known of a group."""

    who: Annotated[PrincipalRecord, Meta(description="Who.")]
    verdict: Annotated[str, Meta(description="The verdict.")]
    only_eligible: Annotated[
        bool, Meta(description="Whether it takes an activation first, be the verdict under a condition or not.")
    ]
    partly: Annotated[bool, Meta(description="Whether some of a pattern can be done, and not all.")]
    permits: Annotated[tuple[PermitRecord, ...], Meta(description="By what.")]
    members: Annotated[tuple[PrincipalRecord, ...], Meta(description="Who is known to be in the group.")]


class BypassSubjectsRecord(Struct, frozen=True):
    """A bypass: another way to the same data, and who can use it without such a role; nobody where no permission makes it possible."""

    opened_by: Annotated[
        str, Meta(description="The operation that makes it possible; empty where no Azure permission does.")
    ]
    how: Annotated[str, Meta(description="How it works.")]
    unless: Annotated[str, Meta(description="What prevents it.")]
    source: Annotated[str, Meta(description="The page that documents it.")]
    here: Annotated[
        tuple[WhoCanRecord, ...],
        Meta(description="Who can use it at the scope, and by what; without those whose role gives as much."),
    ]
    below: Annotated[tuple[WhoCanRecord, ...], Meta(description="Who can use it at some of what lies in the scope.")]


class WhoCanPlace(Struct, frozen=True):
    """Who can do it at one scope (`here`), at some of what lies in it (`below`), and by no role (`bypasses`)."""

    operation: Annotated[str, Meta(description="The operation, or a pattern of operations.")]
    plane: Annotated[str, Meta(description="`control` or `data`.")]
    scope: Annotated[str, Meta(description="The scope id.")]
    place: Annotated[str, Meta(description="The scope in words.")]
    environment: Annotated[str, Meta(description="The environment; empty where a whole scope id was given.")]
    here: Annotated[tuple[WhoCanRecord, ...], Meta(description="Who can do it at the scope.")]
    below: Annotated[tuple[WhoCanRecord, ...], Meta(description="Who can do it at some of what lies in it.")]
    bypasses: Annotated[
        tuple[BypassSubjectsRecord, ...],
        Meta(description="Bypasses that others can use, and those that need no permission of Azure."),
    ]
    unknowns: Annotated[tuple[str, ...], Meta(description="What was not read and could add more.")]


class WhoCanDocument(Struct, frozen=True):
    """What `who-can` answers."""

    format_version: Annotated[int, Meta(description="1; it grows where a reader would have to change.")]
    project: Annotated[str, Meta(description="The project's name; empty where there is none.")]
    source: Annotated[str, Meta(description="The source that was asked; empty for what the project wants.")]
    complete: Annotated[bool, Meta(description="Whether everything that could add more was read.")]
    places: Annotated[tuple[WhoCanPlace, ...], Meta(description="Who can, at each scope that was asked about.")]
    notes: Annotated[tuple[str, ...], Meta(description="Other things to know.")]


def document(found: WhoCanResult, called: Called) -> WhoCanDocument:
    """Everyone who can, as reports take it."""
    names = AccessNames(called, found.role_called)
    return WhoCanDocument(
        FORMAT_VERSION,
        found.project,
        found.source,
        found.is_complete,
        tuple(_place(each, environment, found, names) for environment, each in found.places),
        found.notes,
    )


def _place(found: AllowedSubjects, environment: str, whole: WhoCanResult, names: AccessNames) -> WhoCanPlace:
    request = found.request
    return WhoCanPlace(
        operation=request.operation,
        plane=str(request.plane),
        scope=request.scope.id,
        place=wording.place(request.scope),
        environment=environment,
        here=tuple(_row(each, whole, names) for each in found.here),
        below=tuple(_row(each, whole, names) for each in found.below),
        bypasses=tuple(_bypass_subjects(each, whole, names) for each in found.bypasses),
        unknowns=found.unknowns,
    )


def _bypass_subjects(given: BypassSubjects, whole: WhoCanResult, names: AccessNames) -> BypassSubjectsRecord:
    bypass = given.bypass
    return BypassSubjectsRecord(
        opened_by=bypass.opened_by,
        how=bypass.how,
        unless=bypass.unless,
        source=bypass.source,
        here=tuple(_row(each, whole, names) for each in given.here),
        below=tuple(_row(each, whole, names) for each in given.below),
    )


def _row(given: Decision, whole: WhoCanResult, names: AccessNames) -> WhoCanRecord:
    principal = given.subject.principal
    return WhoCanRecord(
        who=record(principal, names.called),
        verdict=str(given.verdict),
        only_eligible=given.only_eligible,
        partly=given.is_partly,
        permits=tuple(permit_record(each, names) for each in given.permits),
        members=tuple(record(each, names.called) for each in allowed_members(whole.access, principal, given.request)),
    )
