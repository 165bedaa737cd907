"""Access requests and decisions: who requests what where, what a decision consists of, and the facts it is made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from msgspec import Struct, field

from rbacgen.authorization.catalog.bypasses import KnownBypass
from rbacgen.authorization.groups import Membership
from rbacgen.authorization.permissions import Line
from rbacgen.model.assignment import Activation, Assignment, AzureRole, Key, Plane, Principal, Reason, Verdict
from rbacgen.model.scope import Scope
from rbacgen.model.source import Denial
from rbacgen.model.state import State

# In a deny assignment this id means all principals, service principals and guests included:
# https://learn.microsoft.com/azure/role-based-access-control/deny-assignments#all-principals
ALL_PRINCIPALS = "00000000-0000-0000-0000-000000000000"


STRENGTH = {verdict: rank for rank, verdict in enumerate(Verdict)}


class AccessRequest(Struct, frozen=True):
    """An operation of a plane at a scope. For a pattern, the request is for all operations that it covers.

    `attributes` are the known values for conditions, by attribute such as `@Resource[…:name]`; all others are unknown.
    """

    operation: str
    plane: Plane
    scope: Scope
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_pattern(self) -> bool:
        """Whether the request is for more than one operation."""
        return "*" in self.operation


class Subject(Struct, frozen=True):
    """A principal with the object ids through which it has access: its own, and those of its groups.

    `through` gives for each of them the ids of the groups on the way to it, itself last; for the principal's own id that
    is empty. `may_have_more_groups` says that it may be in other groups than the known ones.
    """

    principal: Principal
    through: Mapping[str, tuple[str, ...]]
    may_have_more_groups: bool = False


class Permit(Struct, frozen=True):
    """One assignment that permits an operation, with the groups on the way to it and the line of its role that matched.

    `condition` is its condition where that matters to this operation; `missing_attributes` names the attributes that would
    decide it. `reasons` are those of the project, for an assignment that is in it. `needs_activation` says that the access
    is meant to need an activation: the assignment is eligible, or activated, or permanent because the project has no PIM.
    """

    assignment: Assignment
    role: AzureRole
    path: tuple[str, ...]
    line: Line
    verdict: Verdict
    condition: str = ""
    missing_attributes: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    needs_activation: bool = False


class NearMissKind(StrEnum):
    """Why an assignment that nearly permits an operation does not."""

    EXCLUDED = "excluded"
    OTHER_PLANE = "other_plane"
    CONDITION = "condition"
    ELSEWHERE = "elsewhere"
    BELOW = "below"
    VOID = "void"
    UNKNOWN_ROLE = "unknown_role"


class NearMiss(Struct, frozen=True):
    """An assignment that nearly permits an operation of the plane. `pattern` is the line of its role that decides.

    `reasons` are as in `Permit`. `rests_on_empty_segment` says that the line excludes the operation only because `/*/` also
    matches `/`.
    """

    assignment: Assignment
    role: AzureRole
    path: tuple[str, ...]
    kind: NearMissKind
    plane: Plane
    pattern: str = ""
    reasons: tuple[Reason, ...] = ()
    rests_on_empty_segment: bool = False


class Bypass(Struct, frozen=True):
    """Another way to the same data, with the verdict on the operation that makes it possible and the best permit for it.

    The verdict is None where no Azure permission makes it possible, so that it cannot be decided here. `only_eligible` is as in
    `Decision`.
    """

    bypass: KnownBypass
    verdict: Verdict | None = None
    permit: Permit | None = None
    only_eligible: bool = False


class Decision(Struct, frozen=True):
    """The verdict on a request of a subject, with everything that leads to it.

    `permits` come best first, without those that a deny assignment takes away; `near_misses` belong to a denied request;
    `denied_by` are the deny assignments that take away the operation, or some of a pattern. `impossible` says why no such
    operation exists at the scope. `operations` holds, for a pattern, each known operation with its verdict.
    `unknown_memberships` are the permits of groups whose members are not known. `unknowns` are sentences on what was not
    read and could change the verdict. `only_eligible` says that an activation is needed first, with or without a condition.
    """

    subject: Subject
    request: AccessRequest
    verdict: Verdict
    permits: tuple[Permit, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    denied_by: tuple[Denial, ...] = ()
    bypasses: tuple[Bypass, ...] = ()
    impossible: str = ""
    operations: tuple[tuple[str, Verdict], ...] = ()
    unknown_memberships: tuple[Permit, ...] = ()
    unknowns: tuple[str, ...] = ()
    only_eligible: bool = False

    @property
    def rests_on_empty_segment(self) -> bool:
        """Whether the verdict rests on `/*/` also matching `/`, which Azure does not document."""
        return bool(self.permits) and all(
            permit.line.rests_on_empty_segment for permit in self.permits if permit.verdict is self.verdict
        )

    @property
    def is_partly(self) -> bool:
        """Whether a pattern is denied as a whole while some of what it covers is not."""
        return self.verdict is Verdict.DENIED and bool(self.permits)


class BypassSubjects(Struct, frozen=True):
    """A bypass, and the subjects that can use it and have less access, or none, through roles.

    `here` and `below` are the decisions on the operation that makes it possible, as in `AllowedSubjects`; both are empty for a bypass
    that no Azure permission makes possible, so that it cannot be decided here. `unknowns` says what is not known and could add to
    them.
    """

    bypass: KnownBypass
    here: tuple[Decision, ...] = ()
    below: tuple[Decision, ...] = ()
    unknowns: tuple[str, ...] = ()


class AllowedSubjects(Struct, frozen=True):
    """Who can do what is requested: `here` at the scope itself, `below` only at scopes below it; by verdict and name.

    `bypasses` are, where they were requested, those that other subjects can use or that roles do not decide. `unknowns`
    says what is not known and could add to all of them.
    """

    request: AccessRequest
    here: tuple[Decision, ...]
    below: tuple[Decision, ...]
    unknowns: tuple[str, ...] = ()
    bypasses: tuple[BypassSubjects, ...] = ()


class Facts(Struct, frozen=True):
    """What decisions are made from.

    `state` is the desired or the actual one, and `role_of` gives the full definition of a role that is assigned in it.
    `parents` gives, for a scope id in lower case, the scopes that contain it and that the id does not show: the management
    groups of a subscription, or what a Terraform reference is below. `knows_management_groups` says that these management
    groups are all of them. `desired` gives the reasons of an actual assignment. `permanent_instead` are the assignments that
    are permanent only because the project has no PIM.
    """

    state: State
    role_of: Callable[[AzureRole], AzureRole]
    membership: Membership
    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    denials: tuple[Denial, ...] = ()
    knows_management_groups: bool = True
    desired: State | None = None
    permanent_instead: frozenset[Key] = frozenset()
    known_operations: Callable[[str, Plane], tuple[str, ...]] = lambda _pattern, _plane: ()
    bypasses: tuple[KnownBypass, ...] = ()


def best_first(permit: Permit) -> tuple[int, bool, int, int, str, str]:
    """The sort key of permits: the most access first, then the fewest groups, then the narrowest scope."""
    assignment = permit.assignment
    return (
        STRENGTH[permit.verdict],
        assignment.activation is Activation.ELIGIBLE,  # of two under a condition the active one first
        len(permit.path),
        -len(assignment.scope.folded),
        permit.role.name,
        assignment.scope.folded,
    )


def strongest(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict with the most access; denied if there is none."""
    return min(verdicts, key=STRENGTH.__getitem__, default=Verdict.DENIED)
