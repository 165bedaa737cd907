"""Collects what a source contains, row by row: each assignment once, and what could not be understood."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec.structs import replace

from rbacgen.model.assignment import Assignment, AzureRole, Key
from rbacgen.model.scope import GUID
from rbacgen.model.source import Entry, Source, SourceKind
from rbacgen.model.state import Coverage, Part, State, Unread
from rbacgen.model.wording import shortlist


def role_guid(role_definition_id: str) -> str:
    """The GUID (lower case) at the end of a role definition id, or a GUID alone; empty where there is none.

    Only the GUID identifies a role: a list has the prefix of the subscription it was requested from, whatever the scope.
    """
    last = role_definition_id.rpartition("/")[2].lower()
    return last if GUID.match(last) else ""


def instant_of(text: str) -> datetime | None:
    """The UTC instant of an ISO 8601 text, of any precision; None where it is not one, or has no time zone."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


class Collector:
    """What has been read so far; `source` makes the source of it."""

    def __init__(self) -> None:
        self.rows: dict[Key, Assignment] = {}
        self.definitions: dict[str, AzureRole] = {}
        self.unread: list[Unread] = []
        self.notes: list[str] = []
        self._duplicates: list[str] = []

    def add(self, row: Assignment) -> None:
        """Adds an assignment; of two that Azure takes for the same one, the first counts."""
        first = self.rows.setdefault(row.key, row)
        if first is not row and (not row.actual.id or row.actual.id.lower() != first.actual.id.lower()):
            self._duplicates.append(str(row.actual.at or row.actual.address or row.actual.id or row.scope.id))

    def refuse(self, where: str, why: str, remedy: str, part: Part = Part.ASSIGNMENTS) -> None:
        """Adds something that was not understood: the reading is not complete."""
        self.unread.append(Unread(where, part, why, remedy))

    def note(self, sentence: str) -> None:
        """Adds a sentence for every report."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def source(
        self,
        kind: SourceKind,
        name: str,
        coverage: Coverage,
        taken: datetime | None = None,
        directory: Mapping[str, Entry] | None = None,
        above: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Source:
        """Everything collected, as one source; `above` as in a source, None where the source does not know it."""
        if self._duplicates:
            self.note(
                f"{len(self._duplicates):,} assignments are duplicates, of which the first counts: {shortlist(self._duplicates, 3)}"
                if len(self._duplicates) > 1
                else f"one assignment is a duplicate, of which the first counts: {self._duplicates[0]}"
            )
        unread = tuple(sorted({*coverage.unread, *self.unread}))
        return Source(
            kind=kind,
            name=name,
            state=State(self.rows.values(), replace(coverage, unread=unread)),
            taken=taken,
            definitions=tuple(self.definitions[role_id] for role_id in sorted(self.definitions)),
            directory=directory or {},
            notes=tuple(self.notes),
            above=above or {},
            knows_management_groups=above is not None,
        )
