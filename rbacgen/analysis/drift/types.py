"""The values of a comparison: its view, the kinds of drift, and the drift with all changes."""

from __future__ import annotations

from collections import Counter
from datetime import date
from enum import StrEnum

from msgspec import Struct

from rbacgen.model.assignment import Assignment, AzureRole, Key
from rbacgen.model.exit_code import ExitCode
from rbacgen.model.source import Source
from rbacgen.model.state import Unread
from rbacgen.project.project import Ignored


class Strategy(StrEnum):
    """`full` takes unmanaged access at managed scopes for drift; `owned` counts only what carries the project's mark."""

    FULL = "full"
    OWNED = "owned"


class DriftKind(StrEnum):
    """How an assignment differs; in the order of reports, the gravest first."""

    UNMANAGED = "unmanaged"
    ALTERED = "altered"
    MISSING = "missing"
    STALE = "stale"
    EXPIRED = "expired"
    EXPIRING = "expiring"
    ORPHANED = "orphaned"
    SOFT_DELETED = "soft_deleted"


class ExclusionReason(StrEnum):
    """Why an assignment that is not in the project is not drift."""

    INHERITED = "inherited"
    ACTIVATED = "activated"
    IGNORED = "ignored"
    NOT_OWNED = "not_owned"
    OUTSIDE = "outside"


class RemarkKind(StrEnum):
    """What is worth knowing of an assignment that is as desired."""

    REDUNDANT = "redundant"
    ENDING = "ending"
    UNMARKED = "unmarked"


class FieldDifference(Struct, frozen=True):
    """One field that differs; both sides as text, empty for none."""

    what: str
    desired: str
    actual: str


ACCESS_FIELDS = {"condition", "activation", "end"}  # a description grants nothing


class AssignmentDrift(Struct, frozen=True):
    """One assignment that differs: the desired one, the actual one, or both. `remark` is a sentence about this one.

    `can_assign_roles` says whether the actual assignment's role can; False where there is no actual assignment.
    """

    kind: DriftKind
    desired: Assignment | None
    actual: Assignment | None
    environment: str
    differs: tuple[FieldDifference, ...] = ()
    remark: str = ""
    can_assign_roles: bool = False

    @property
    def assignment(self) -> Assignment:
        """The desired side, or the actual one where the project has none."""
        either = self.desired or self.actual
        assert either is not None
        return either

    @property
    def changes_access(self) -> bool:
        """Whether the actual assignment grants something else than the desired one, not just with other words."""
        return self.kind is DriftKind.ALTERED and not ACCESS_FIELDS.isdisjoint(each.what for each in self.differs)

    @property
    def review_first(self) -> bool:
        """Whether it can assign roles and should not be there, or not so: a person should review it before the rest."""
        is_extra = self.kind in (DriftKind.UNMANAGED, DriftKind.STALE)
        return self.can_assign_roles and (is_extra or self.changes_access)


class RoleDefinitionDrift(Struct, frozen=True):
    """A custom role of the project that is missing or altered."""

    kind: DriftKind
    desired: AzureRole
    environment: str
    differs: tuple[FieldDifference, ...] = ()


class ExcludedAssignment(Struct, frozen=True):
    """An actual assignment that is counted and named, but no drift; `rule` is the ignore rule that it matches.

    `can_assign_roles` says whether its role can.
    """

    why: ExclusionReason
    actual: Assignment
    rule: Ignored | None = None
    can_assign_roles: bool = False


class AssignmentRemark(Struct, frozen=True):
    """An assignment that is as desired, and something to know of it."""

    note: RemarkKind
    desired: Assignment
    text: str


class Drift(Struct, frozen=True):
    """The result of a comparison; `unread` is what could not be compared, and without it nothing is in sync.

    `cautions` are sentences to be read first, `notes` those to be read last, `unused_rules` the ignore rules that matched
    nothing. `desired` and `actual` count what was compared; `unmarked` counts what is as desired and kept by Privileged
    Identity Management, which has no description: it is not known which project manages it.
    """

    project: str
    source: Source
    strategy: Strategy
    changes: tuple[AssignmentDrift, ...]
    role_changes: tuple[RoleDefinitionDrift, ...]
    excluded: tuple[ExcludedAssignment, ...]
    remarks: tuple[AssignmentRemark, ...]
    unread: tuple[Unread, ...]
    unused_rules: tuple[Ignored, ...]
    cautions: tuple[str, ...]
    notes: tuple[str, ...]
    desired: int
    actual: int
    unmarked: int

    @property
    def is_complete(self) -> bool:
        """Whether everything that had to be read was read."""
        return not self.unread

    @property
    def has_findings(self) -> bool:
        """Whether anything differs."""
        return bool(self.changes or self.role_changes)

    @property
    def review_first(self) -> tuple[AssignmentDrift, ...]:
        """The changes that a person should review before the rest, in the order of `changes`."""
        return tuple(each for each in self.changes if each.review_first)

    @property
    def is_in_sync(self) -> bool:
        """Whether all was read, and nothing differs."""
        return self.is_complete and not self.has_findings

    @property
    def exit_code(self) -> ExitCode:
        """INCOMPLETE where something was not read, FINDINGS where something differs, else OK."""
        if not self.is_complete:
            return ExitCode.INCOMPLETE
        return ExitCode.FINDINGS if self.has_findings else ExitCode.OK

    def counts(self) -> dict[DriftKind, int]:
        """How many assignments and custom roles differ, by kind; kinds without any are left out."""
        counted = Counter([each.kind for each in self.changes] + [each.kind for each in self.role_changes])
        return {kind: counted[kind] for kind in DriftKind if counted[kind]}

    def excluded_counts(self) -> dict[ExclusionReason, int]:
        """How many actual assignments were excluded, by reason; every reason is there."""
        counted = Counter(each.why for each in self.excluded)
        return {why: counted[why] for why in ExclusionReason}


class View(Struct, frozen=True):
    """What a comparison looks at: all environments or some, all subscriptions or some; and the day that it is.

    `within` is in days: an end that near is reported. `once_desired` are the keys that the project desired on an earlier day.
    """

    today: date
    within: int = 30
    strategy: Strategy = Strategy.FULL
    environments: tuple[str, ...] = ()
    subscriptions: tuple[str, ...] = ()
    once_desired: frozenset[Key] = frozenset()
