"""The words of questions about access: who asks what of whom, what answers are made of, and the ground that they stand on."""

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

# Who a deny assignment means by this id is everybody, service principals and people of other tenants too:
# https://learn.microsoft.com/azure/role-based-access-control/deny-assignments#all-principals
EVERYBODY = "00000000-0000-0000-0000-000000000000"


STRENGTH = {verdict: rank for rank, verdict in enumerate(Verdict)}


class AccessRequest(Struct, frozen=True):
    """An operation of a plane at a scope. The operation may be a pattern: it then asks for all that the pattern covers.

    `attributes` are known values for conditions, by `@Resource[…:name]` and its kind; an attribute that is not in it is unknown.
    """

    operation: str
    plane: Plane
    scope: Scope
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_pattern(self) -> bool:
        """Whether it asks for more than one operation."""
        return "*" in self.operation


class Subject(Struct, frozen=True):
    """Somebody with all that their access can come through: object ids, each with the groups on the way to it.

    The way to oneself is empty; that to a group holds the ids of the groups passed, itself last. `opaque` says that the
    groups that they are in may be more than those that are known.
    """

    principal: Principal
    through: Mapping[str, tuple[str, ...]]
    opaque: bool = False


class Permit(Struct, frozen=True):
    """One assignment that gives an operation: the groups on the way to it, and the line of its role that matched.

    `condition` is what it stands under, where that matters to this operation; `lacks` names the attributes that would
    decide it. `reasons` are those of the project, for an assignment that it wants. `needs_activation` says that it is meant to
    be there only after an activation: eligible, activated just now and gone by itself, or standing because there is no PIM.
    """

    assignment: Assignment
    role: AzureRole
    path: tuple[str, ...]
    line: Line
    verdict: Verdict
    condition: str = ""
    lacks: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    needs_activation: bool = False


class NearMissKind(StrEnum):
    """Why an assignment that came close does not give an operation."""

    EXCLUDED = "excluded"
    OTHER_PLANE = "other_plane"
    CONDITION = "condition"
    ELSEWHERE = "elsewhere"
    BELOW = "below"
    VOID = "void"
    UNKNOWN_ROLE = "unknown_role"


class NearMiss(Struct, frozen=True):
    """An assignment that came close. `pattern` is the line of its role that decides, `reasons` as in a way.

    `hangs` says that the line takes the operation away only because `/*/` may stand for nothing.
    """

    assignment: Assignment
    role: AzureRole
    path: tuple[str, ...]
    kind: NearMissKind
    pattern: str = ""
    reasons: tuple[Reason, ...] = ()
    hangs: bool = False


class Bypass(Struct, frozen=True):
    """A way to the same thing that is no role's doing: the door, and the verdict on the operation that opens it.

    The verdict is None where nothing in Azure's permissions opens it, so that nobody can say from here. `only_eligible` is as in
    an answer.
    """

    bypass: KnownBypass
    verdict: Verdict | None = None
    permit: Permit | None = None
    only_eligible: bool = False


class Decision(Struct, frozen=True):
    """A verdict on a question about a holder, with what leads to it.

    `permits` come best first, without what a deny assignment takes; `near_misses` are what came close to a denied one; `denied_by` the
    deny assignments that take it, or some of a pattern, away.
    `impossible` says that no such operation exists at the scope. `parts` holds, for a pattern, each known operation with its
    verdict. `unknown_memberships` names groups that would give it and whose members are not known; `undecided` says what was not read and
    could change the verdict. `only_eligible` says that it takes an activation first, under a condition or not.
    """

    subject: Subject
    request: AccessRequest
    verdict: Verdict
    permits: tuple[Permit, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    denied_by: tuple[Denial, ...] = ()
    bypasses: tuple[Bypass, ...] = ()
    impossible: str = ""
    parts: tuple[tuple[str, Verdict], ...] = ()
    unknown_memberships: tuple[Permit, ...] = ()
    undecided: tuple[str, ...] = ()
    only_eligible: bool = False

    @property
    def hangs(self) -> bool:
        """Whether the verdict rests on `/*/` standing for nothing, which no page of Azure's says."""
        return bool(self.permits) and all(
            permit.line.hangs for permit in self.permits if permit.verdict is self.verdict
        )

    @property
    def is_partly(self) -> bool:
        """Whether a pattern is denied as a whole while some of what it covers is not."""
        return self.verdict is Verdict.DENIED and bool(self.permits)


class BypassSubjects(Struct, frozen=True):
    """A way round the roles to what everyone was asked about: the door, and who can open it without as strong a role.

    `here` and `below` answer the question whether they can open it, as those of `AllowedSubjects` do; both are empty for a door that
    nothing in Azure's permissions opens, so that nobody can say from here whom it lets in. `undecided` says what is not known
    and could tell of more.
    """

    bypass: KnownBypass
    here: tuple[Decision, ...] = ()
    below: tuple[Decision, ...] = ()
    undecided: tuple[str, ...] = ()


class AllowedSubjects(Struct, frozen=True):
    """Who can: `here` at the scope itself, `below` only at some of what lies in it; each by strength and name.

    `bypasses` holds the doors, where they were asked for, that somebody else can open or that no role decides on.
    """

    request: AccessRequest
    here: tuple[Decision, ...]
    below: tuple[Decision, ...]
    undecided: tuple[str, ...] = ()
    bypasses: tuple[BypassSubjects, ...] = ()


class Facts(Struct, frozen=True):
    """What questions are answered from.

    `state` is wanted or held, and `role_of` gives the full definition of a role that it holds. `parents` says, for a scope
    (without case) whose text does not show it, what it lies in: management groups above a subscription, or what a
    Terraform reference is below. `knows_management_groups` says whether a management group that is in none of it holds none of it;
    without, nobody knows. `desired` lends its reasons to what is held. `permanent_instead` are those that stand only
    because the project has no PIM.
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
    """Sorts ways: the most access first, then the shortest way, then the narrowest scope."""
    assignment = permit.assignment
    return (
        STRENGTH[permit.verdict],
        assignment.activation is Activation.ELIGIBLE,  # of two under a condition the one that stands
        len(permit.path),
        -len(assignment.scope.folded),
        permit.role.name,
        assignment.scope.folded,
    )


def strongest(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict with the most access of several; denied without any."""
    return min(verdicts, key=STRENGTH.__getitem__, default=Verdict.DENIED)
