"""Joins the lists of a reading into one source: assignments with their roles and ends, the coverage, and what is unread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from rbacgen.model.assignment import Assignment
from rbacgen.model.problems import RbacgenError
from rbacgen.model.scope import ScopeLevel
from rbacgen.model.source import Denial, Source, SourceKind
from rbacgen.model.state import Coverage, Part, State, Unread
from rbacgen.sources.azure import responses
from rbacgen.sources.azure.lists import KINDS, FailedList, assignments_of
from rbacgen.sources.azure.reading import ReadLists

NAME = "Azure"


def source_of(lists: ReadLists, tenant: str, now: datetime) -> Source:
    """The source: every assignment once, with its role as the tenant defines it and its end as PIM knows it.

    Raises RbacgenError where no list could be read: that is not even a partial reading.
    """
    _refuse_nothing(lists)
    found: dict[Part, list[Any]] = {part: [] for part in KINDS}
    for read in lists.reads:
        found[read.request.part] += read.found
    definitions = {role.id: role for role in (*lists.roles, *found[Part.DEFINITIONS])}
    active: dict[str, Assignment] = {each.actual.id.lower(): each for each in found[Part.ASSIGNMENTS]}
    schedules = responses.Schedules(found[Part.ACTIVATIONS], lists.rows, active.values())
    assignments = [schedules.apply(each) for each in active.values()] if schedules else [*active.values()]
    coverage = _coverage(lists)
    if any(failed.request.part is Part.ACTIVATIONS for failed in lists.failures):
        assignments = _without_ends(lists, assignments, coverage)
    assignments += responses.longest(found[Part.ELIGIBILITIES])
    if definitions:
        assignments = [
            replace(each, role=definitions[each.role.id]) if each.role.id in definitions else each
            for each in assignments
        ]
    denials: dict[str, Denial] = {each.id.lower(): each for each in found[Part.DENIALS]}
    return Source(
        SourceKind.AZURE,
        NAME,
        State(assignments, coverage),
        tenant=tenant,
        taken=now,
        definitions=tuple(sorted(definitions.values(), key=lambda role: role.id)),
        denials=tuple(denials[each] for each in sorted(denials)),
        notes=tuple(sorted({read.note for read in lists.reads if read.note})),
        above=_management_groups(lists),
        knows_management_groups=True,
    )


def allow(operation: str, scope_id: str) -> str:
    """The remedy for a refusal: what the login must be allowed, and where."""
    return f"give the login an Azure role at {scope_id} that allows {operation}, such as Reader"


def _refuse_nothing(lists: ReadLists) -> None:
    if not lists.failures or any(not read.without_licence for read in lists.reads):
        return
    reasons = sorted({failed.error.message for failed in lists.failures})
    shown = "; ".join(reasons[:3]) + ("; …" if len(reasons) > 3 else "")
    raise RbacgenError(f"nothing could be read from Azure: {shown}", _unread_of(lists.failures[0]).remedy)


def _management_groups(lists: ReadLists) -> Mapping[str, tuple[str, ...]]:
    """The management groups that each subscription inherits from, as far as something is assigned at them.

    A list of a subscription, or of a scope in it, includes what is assigned above it.
    """
    found: dict[str, set[str]] = {}
    for read in lists.reads:
        subscription = read.request.scope.subscription
        if subscription:
            for each in assignments_of(read):
                if each.scope.level is ScopeLevel.MANAGEMENT_GROUP:
                    found.setdefault(f"/subscriptions/{subscription}", set()).add(each.scope.folded)
    return {subscription: tuple(sorted(found[subscription])) for subscription in sorted(found)}


def _without_ends(lists: ReadLists, assignments: Iterable[Assignment], coverage: Coverage) -> list[Assignment]:
    """The assignments, with `until` marked as unknown where PIM could not be asked: to report no end would be a guess.

    PIM was asked where it was read at the assignment's scope, or at the scope of a list that includes the assignment.
    """
    known = {
        each.actual.id
        for read in lists.reads
        if read.request.part is Part.ASSIGNMENTS and coverage.covers(Part.ACTIVATIONS, read.request.scope)
        for each in read.found
    }
    return [
        each
        if each.actual.through_pim or each.actual.id in known or coverage.covers(Part.ACTIVATIONS, each.scope)
        else replace(each, actual=replace(each.actual, unknown_fields=each.actual.unknown_fields | {"until"}))
        for each in assignments
    ]


def _coverage(lists: ReadLists) -> Coverage:
    """How far the reading reaches: the lists that were read completely, and those that were not read."""
    below: dict[Part, set[str]] = {}
    alone: dict[Part, set[str]] = {}
    for read in lists.reads:
        request = read.request
        (alone if request.alone else below).setdefault(request.part, set()).add(request.scope.folded)
    return Coverage(
        {part: frozenset(scopes) for part, scopes in below.items()},
        {part: frozenset(scopes) for part, scopes in alone.items()},
        tuple(sorted(set(_unread(lists)))),
    )


def _unread(lists: ReadLists) -> Iterator[Unread]:
    """What was not read. A subscription is named once where nothing below it could be read either, for the same reason."""
    failures = {each.request: each for each in lists.failures}
    for request, tried in lists.fallbacks.items():
        reasons = {failures[each].error.message if each in failures else "" for each in tried}
        if reasons == {failures[request].error.message}:
            unread = _unread_of(failures.pop(request))
            yield replace(unread, why=f"{unread.why}, nor {_tried(len(tried))}")
            for each in tried:
                del failures[each]
    yield from (_unread_of(each) for each in failures.values())


def _unread_of(failed: FailedList) -> Unread:
    """A list that was not read; for a refusal, the remedy is what must be allowed, and where."""
    request = failed.request
    remedy = failed.error.hint
    if failed.forbidden:
        remedy = allow("Microsoft.Authorization/*/read", request.scope.id)  # one remedy for all parts
    return Unread(request.scope.id, request.part, failed.error.message, remedy)


def _tried(count: int) -> str:
    return "the one scope in it that was tried" if count == 1 else f"any of the {count:,} scopes in it that were tried"
