"""Who can do what: verdicts on operations at scopes, each with the chain that leads to it, over any state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec.structs import replace

from rbacgen.authorization import conditions
from rbacgen.authorization.catalog.bypasses import KnownBypass
from rbacgen.authorization.catalog.resource_types import is_possible, why_impossible
from rbacgen.authorization.conditions import Truth
from rbacgen.authorization.patterns import Region, difference, hangs_on_empty_segment, is_covered, matches, overlaps
from rbacgen.authorization.permissions import Compiled, Line, compiled
from rbacgen.authorization.request import (
    EVERYBODY,
    STRENGTH,
    AccessRequest,
    AllowedSubjects,
    Bypass,
    BypassSubjects,
    Decision,
    Facts,
    NearMiss,
    NearMissKind,
    Permit,
    Subject,
    best_first,
    strongest,
)
from rbacgen.model.assignment import (
    Activation,
    Assignment,
    AzureRole,
    Key,
    Plane,
    Principal,
    PrincipalType,
    Reason,
    Verdict,
)
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.model.source import Denial
from rbacgen.model.state import Part


class Evaluator:
    """Answers questions over one ground; indexes it once, and keeps what a role says to an operation."""

    __slots__ = (
        "_ancestors",
        "_by_principal",
        "_by_scope",
        "_compiled",
        "_decided",
        "_subjects",
        "_undefined_roles",
        "_whole",
        "facts",
    )

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._by_scope: dict[str, dict[str, list[Assignment]]] = {}
        self._by_principal: dict[str, list[Assignment]] = {}
        for each in facts.state:
            principal = each.principal.id
            self._by_scope.setdefault(each.scope.folded, {}).setdefault(principal, []).append(each)
            self._by_principal.setdefault(principal, []).append(each)
        self._subjects: dict[str, Subject] = {}
        self._undefined_roles: frozenset[str] | None = None
        self._whole: dict[tuple[str, Plane, frozenset[str], bool], bool] = {}
        self._ancestors: dict[str, tuple[str, ...]] = {}
        self._compiled: dict[str, tuple[AzureRole, Compiled]] = {}
        self._decided: dict[tuple[str, str, Plane], tuple[Truth, tuple[str, ...]]] = {}

    # Who

    def subject(self, principal: Principal) -> Subject:
        """A principal with the groups that it is known to be in.

        A group is asked about for what it gives to those in it, so that the groups that it might be in itself do not make
        it opaque.
        """
        known = self._subjects.get(principal.id)
        if known is None:
            through: dict[str, tuple[str, ...]] = {principal.id: ()}
            for path in self.facts.membership.groups_of(principal.id):
                through.setdefault(path[-1], path)
            opaque = principal.type is not PrincipalType.GROUP
            known = self._subjects[principal.id] = Subject(principal, through, opaque)
        return known

    def principals(self) -> tuple[Principal, ...]:
        """Everybody who holds an assignment, by id."""
        return tuple(self._by_principal[each][0].principal for each in sorted(self._by_principal))

    def assignments_of(self, subject: Subject) -> Iterator[tuple[Assignment, tuple[str, ...]]]:
        """All assignments of a holder, with the groups on the way to each."""
        for principal, path in subject.through.items():
            for each in self._by_principal.get(principal, ()):
                yield each, path

    def reasons(self, assignment: Assignment) -> tuple[Reason, ...]:
        """Why the project wants an assignment; nothing where it does not."""
        if assignment.reasons or self.facts.desired is None:
            return assignment.reasons
        activation = assignment.activation
        if activation is Activation.ACTIVATED:
            activation = Activation.ELIGIBLE
        key = Key(assignment.scope.folded, assignment.role.id, assignment.principal.id, activation)
        found = self.facts.desired.get(key)
        return found.reasons if found is not None else ()

    # What

    def ask(self, subject: Subject, request: AccessRequest, thorough: bool = True) -> Decision:
        """The answer to a question about a holder. Without `thorough` only the verdict, the ways and the denials are worked out."""
        impossible = why_impossible(request.operation, request.scope)
        if impossible:
            return Decision(
                subject, request, Verdict.DENIED, impossible=impossible, near_misses=self._void(subject, request)
            )
        permits = list(self._permits(subject, request))
        denied_by: tuple[Denial, ...] = ()
        if self.facts.denials:
            taken = tuple(self._denials(subject, request))
            denied_by = tuple(each for each, truth in taken if truth is Truth.TRUE)
            permits = self._spared(permits, request, taken)
        permits.sort(key=best_first)
        verdict = self._verdict(request, permits, denied_by)
        waits = self._only_eligible(request, verdict, permits)
        told = self._telling_first(request, verdict, permits)
        decision = Decision(subject, request, verdict, told, denied_by=denied_by, only_eligible=waits)
        if not thorough:
            return decision
        is_taken = bool(denied_by) and not permits
        return replace(
            decision,
            near_misses=tuple(self._near_misses(subject, request))
            if verdict is Verdict.DENIED and not is_taken
            else (),
            bypasses=tuple(self._open_bypasses(subject, request, bool(permits)))
            if verdict is not Verdict.ALLOWED
            else (),
            parts=self._parts(subject, request) if request.is_pattern else (),
            unknown_memberships=tuple(self._unknown_memberships(subject, request, verdict)) if not denied_by else (),
            undecided=self.undecided(decision),
        )

    def undecided(self, decision: Decision) -> tuple[str, ...]:
        """What could change an answer, in words: parts that were not read, and roles that nobody knows the definition of."""
        lost = () if decision.verdict is Verdict.DENIED else self.unread(decision.request.scope, (Part.DENIALS,))
        return (*self.could_be_more(decision), *lost)

    def could_be_more(self, decision: Decision) -> tuple[str, ...]:
        """What could turn an answer into one of more access, in words."""
        if decision.verdict is Verdict.ALLOWED or decision.impossible or (decision.denied_by and not decision.permits):
            return ()  # no assignment gives what cannot be, or what is taken away from whoever has it
        scope = decision.request.scope
        parts = (Part.ASSIGNMENTS, Part.ELIGIBILITIES)
        stronger = parts[:1] if decision.verdict is Verdict.AFTER_ACTIVATION else parts
        return (
            *self._unknown(decision.subject, scope),
            *self._unplaced(decision.subject, decision.request),
            *self.unread(scope, stronger),
        )

    def _unplaced(self, subject: Subject, request: AccessRequest) -> tuple[str, ...]:
        """The management groups at which somebody could do it, and of which nobody told whether the scope lies in them, in words."""
        said: dict[str, None] = {}
        for each, _ in self.assignments_of(subject) if not self.facts.tells_above else ():
            if self._is_unplaced(each.scope, request.scope) and any(self._permit(each, (), request)):
                role = self.role(each.role)[0].name or each.role.id
                said[f"nobody told whether {request.scope.id} lies in {each.scope.id}, where {role} is assigned"] = None
        return tuple(said)

    def _is_unplaced(self, scope: Scope, target: Scope) -> bool:
        """Whether a management group may be above a scope, for all that anybody has told."""
        return (
            not self.facts.tells_above
            and scope.level is ScopeLevel.MANAGEMENT_GROUP
            and target.level is not ScopeLevel.TENANT
            and scope.folded not in self._above(target)
        )

    def _unknown(self, subject: Subject, scope: Scope) -> tuple[str, ...]:
        """The roles that somebody has at or above a scope and that nobody knows the definition of, in words."""
        undefined_roles = self._unknown_roles()
        if not undefined_roles:
            return ()
        found = (
            each
            for reaching in self._reaching(scope)
            for principal in subject.through
            for each in self._by_scope[reaching].get(principal, ())
            if each.role.id in undefined_roles
        )
        said = (
            f"what the role {each.role.name or each.role.id} gives, assigned at {each.scope.id}, is not known"
            for each in found
        )
        return tuple(dict.fromkeys(said))

    def _unknown_roles(self) -> frozenset[str]:
        """The ids of the assigned roles that nobody knows the definition of."""
        if self._undefined_roles is None:
            self._undefined_roles = frozenset(
                each.role.id for each in self.facts.state if is_unknown(self.role(each.role)[0])
            )
        return self._undefined_roles

    def everyone(self, request: AccessRequest, with_below: bool = True, with_bypasses: bool = False) -> AllowedSubjects:
        """All who can do it (or, of a pattern, some of it), at the scope and only below it, and around the roles.

        Each is asked about with all that they have, through groups too. Who has nothing of their own here stands in the row of
        their group, unless a deny assignment takes it from the group and not from them.
        """
        here: dict[str, Decision] = {}
        unknown: list[str] = []
        if not why_impossible(request.operation, request.scope):
            names = {each for scope in self._reaching(request.scope) for each in self._by_scope[scope]}
            givers, in_groups = self._givers(request), self.facts.membership.above
            passes = not self.facts.denials and not self._unknown_roles()
            pending = list(names)
            for name in pending:  # grows while it is walked
                if passes and name not in givers and name not in in_groups:
                    continue  # nothing that they have, or are in, speaks of it
                decision = self.ask(self._called(name), request, thorough=False)
                if decision.permits:
                    here[name] = decision
                elif decision.denied_by:
                    spared = [each for each in self.facts.membership.members_of(name) if each not in names]
                    names.update(spared)
                    pending += spared
                else:
                    unknown += self._unknown(decision.subject, request.scope)
            for name in self._by_principal if not self.facts.tells_above else ():
                if name not in here:
                    unknown += self._unplaced(self._called(name), request)
        below: dict[str, dict[Scope, list[Permit]]] = {}
        if with_below:
            for scope, name, permit in self._permits_below(request):
                if name not in here:
                    lower = replace(request, scope=scope)
                    taken = tuple(self._denials(self._called(name), lower))
                    left = self._spared([permit], lower, taken)
                    if left:
                        below.setdefault(name, {}).setdefault(scope, []).extend(left)
        lower_rows = [self._lower_row(self._called(name), request, found) for name, found in below.items()]
        found = AllowedSubjects(
            request,
            tuple(sorted(here.values(), key=_by_strength)),
            tuple(sorted(lower_rows, key=_by_strength)),
            (*dict.fromkeys(unknown), *self.unread(request.scope)),
        )
        if not with_bypasses:
            return found
        bypasses = tuple(self._bypass_subjects(found, with_below))
        open_bypasses = tuple(each for each in bypasses if each.here or each.below or not each.bypass.opened_by)
        undecided = dict.fromkeys((*found.undecided, *(said for each in bypasses for said in each.undecided)))
        return replace(found, bypasses=open_bypasses, undecided=tuple(undecided))

    def _lower_row(self, subject: Subject, request: AccessRequest, found: Mapping[Scope, list[Permit]]) -> Decision:
        """What somebody can do only at some of what lies in a scope: the most that they can at any of it."""
        permits = sorted((permit for each in found.values() for permit in each), key=best_first)
        verdict = strongest(self._verdict(request, sorted(each, key=best_first), ()) for each in found.values())
        waits = self._only_eligible(request, verdict, permits)
        return Decision(subject, request, verdict, self._telling_first(request, verdict, permits), only_eligible=waits)

    def _telling_first(self, request: AccessRequest, verdict: Verdict, permits: list[Permit]) -> tuple[Permit, ...]:
        """The ways of a pattern with that first which by itself makes the verdict, if one does; else as they are."""
        if not request.is_pattern or verdict is Verdict.DENIED:
            return tuple(permits)
        is_last = verdict is Verdict.UNDER_CONDITION
        whole = next(
            (
                permit
                for permit in permits
                if permit.verdict is verdict and self._gives_whole(request, (permit,), is_last)
            ),
            None,
        )
        return tuple(permits) if whole is None else (whole, *(permit for permit in permits if permit is not whole))

    def escapes(self, principal: Principal, request: AccessRequest) -> bool:
        """Whether no deny assignment takes the whole of it away from somebody; of a member of a group that can do it."""
        if not self.facts.denials:
            return True
        return bool(self.ask(self.subject(principal), request, thorough=False).permits)

    # How it is worked out

    def _called(self, principal_id: str) -> Subject:
        """Somebody who holds something, or is known to be in a group, by their id."""
        known = self._subjects.get(principal_id)
        if known is not None:
            return known
        actual = self._by_principal.get(principal_id)
        return self.subject(actual[0].principal if actual else self.facts.membership.principals[principal_id])

    def _reaching(self, scope: Scope) -> Iterator[str]:
        """The scopes, without case and nearest first, at which something is assigned that reaches this one."""
        return (each for each in self._above(scope) if each in self._by_scope)

    def _above(self, scope: Scope) -> tuple[str, ...]:
        found = self._ancestors.get(scope.folded)
        if found is None:
            found = self._ancestors[scope.folded] = ancestors(scope, self.facts.lies_in)
        return found

    def role(self, role: AzureRole) -> tuple[AzureRole, Compiled]:
        """The full definition of a role, and what it comes to."""
        found = self._compiled.get(role.id)
        if found is None:
            full = self.facts.role_of(role)
            found = self._compiled[role.id] = (full, compiled(full))
        return found

    def _permits(self, subject: Subject, request: AccessRequest) -> Iterator[Permit]:
        for scope in self._reaching(request.scope):
            assigned = self._by_scope[scope]
            for principal, path in subject.through.items():
                for each in assigned.get(principal, ()):
                    yield from self._permit(each, path, request)

    def _givers(self, request: AccessRequest) -> set[str]:
        """Whose own assignments at or above the scope have a role that speaks of what is asked about: nobody else gives it."""
        speaks: dict[str, bool] = {}
        found: set[str] = set()
        for scope in self._reaching(request.scope):
            for name, assigned in self._by_scope[scope].items():
                for each in assigned:
                    if each.role.id not in speaks:
                        what = self.role(each.role)[1]
                        find = what.some_line if request.is_pattern else what.line
                        speaks[each.role.id] = find(request.operation, request.plane) is not None
                    if speaks[each.role.id]:
                        found.add(name)
        return found

    def _permit(self, assignment: Assignment, path: tuple[str, ...], request: AccessRequest) -> Iterator[Permit]:
        role, what = self.role(assignment.role)
        find = what.some_line if request.is_pattern else what.line
        line = find(request.operation, request.plane)
        if line is None:
            return
        truth, condition, lacks = self._under(assignment, line, request)
        if line.condition and truth is not Truth.TRUE and not request.is_pattern:
            # All lines stand under a condition then, and another one than the first may be true.
            for other in what.lines(request.operation, request.plane)[1:]:
                found = self._under(assignment, other, request)
                if _TRUTHS[found[0]] < _TRUTHS[truth]:
                    line, (truth, condition, lacks) = other, found
        if truth is Truth.FALSE:
            return
        if truth is Truth.UNKNOWN:
            verdict = Verdict.UNDER_CONDITION
        elif assignment.activation is Activation.ELIGIBLE:
            verdict = Verdict.AFTER_ACTIVATION
        else:
            verdict = Verdict.ALLOWED
        activates = assignment.activation is not Activation.PERMANENT or assignment.key in self.facts.permanent_instead
        yield Permit(assignment, role, path, line, verdict, condition, lacks, self.reasons(assignment), activates)

    def _under(self, assignment: Assignment, line: Line, request: AccessRequest) -> tuple[Truth, str, tuple[str, ...]]:
        """What the conditions of an assignment and of the line of its role come to: all must be true.

        Gives the truth, the text of the conditions that matter, and the attributes that would decide them.
        """
        said: list[str] = []
        lacks: dict[str, None] = {}
        for text in (assignment.condition, line.condition):
            if not text:
                continue
            truth, missing = self._decide(text, request)
            if truth is Truth.FALSE:
                return truth, text, ()
            if truth is Truth.UNKNOWN:
                said.append(text)
                lacks |= dict.fromkeys(missing)
        if not said:
            return Truth.TRUE, "", ()
        text = said[0] if len(said) == 1 else " AND ".join(f"({each})" for each in said)
        return Truth.UNKNOWN, text, tuple(lacks)

    def _decide(self, text: str, request: AccessRequest) -> tuple[Truth, tuple[str, ...]]:
        asked = (text, request.operation, request.plane)
        if not request.attributes and asked in self._decided:
            return self._decided[asked]
        found = _decide(text, request)
        if not request.attributes:
            self._decided[asked] = found
        return found

    def _verdict(self, request: AccessRequest, permits: list[Permit], denied_by: tuple[Denial, ...]) -> Verdict:
        """The strongest verdict of the ways; of a pattern, the strongest under which all that it covers can be done."""
        if not request.is_pattern:
            return permits[0].verdict if permits else Verdict.DENIED
        if denied_by:
            return Verdict.DENIED
        for verdict in (Verdict.ALLOWED, Verdict.AFTER_ACTIVATION, Verdict.UNDER_CONDITION):
            # What a role gives under a condition of its own comes in at last, whatever else it gives without.
            is_last = verdict is Verdict.UNDER_CONDITION
            counted = [permit for permit in permits if is_last or STRENGTH[permit.verdict] <= STRENGTH[verdict]]
            if self._gives_whole(request, counted, is_last):
                return verdict
        return Verdict.DENIED

    def _gives_whole(self, request: AccessRequest, permits: Iterable[Permit], with_conditions: bool) -> bool:
        """Whether the roles of some ways give all of a pattern between them; asked once of the same roles."""
        roles = {permit.assignment.role.id: permit.assignment.role for permit in permits}
        if not roles:
            return False
        asked = (request.operation, request.plane, frozenset(roles), with_conditions)
        if asked not in self._whole:
            regions = [
                region
                for each in roles.values()
                for region in self.role(each)[1].regions(request.plane, with_conditions=with_conditions)
            ]
            self._whole[asked] = is_covered(request.operation, regions)
        return self._whole[asked]

    def _only_eligible(self, request: AccessRequest, verdict: Verdict, permits: list[Permit]) -> bool:
        """Whether a verdict is not to be had without an activation first; for a pattern, not for all that it covers."""
        if verdict is not Verdict.UNDER_CONDITION:
            return verdict is Verdict.AFTER_ACTIVATION
        standing = [permit for permit in permits if permit.assignment.activation is not Activation.ELIGIBLE]
        if not request.is_pattern:
            return not standing
        return not self._gives_whole(request, standing, with_conditions=True)

    def _parts(self, subject: Subject, request: AccessRequest) -> tuple[tuple[str, Verdict], ...]:
        known = self.facts.known_operations(request.operation, request.plane)
        return tuple(
            (each, self.ask(subject, replace(request, operation=each), thorough=False).verdict)
            for each in known
            if is_possible(each, request.scope)
        )

    def _denials(self, subject: Subject, request: AccessRequest) -> Iterator[tuple[Denial, Truth]]:
        """The deny assignments that take it, or some of a pattern, from a holder; and those that do so under a condition."""
        if not self.facts.denials:
            return
        above = self._above(request.scope)
        for each in self.facts.denials:
            if each.scope.folded not in above or (each.only_at_scope and each.scope != request.scope):
                continue
            meant = {name.lower() for name in each.principals}
            if EVERYBODY not in meant and not any(name in meant for name in subject.through):
                continue
            if any(name.lower() in subject.through for name in each.excluded_principals):
                continue
            what = _compiled_denial(each)
            line = (what.some_line if request.is_pattern else what.line)(request.operation, request.plane)
            if line is not None:
                truth = self._decide(line.condition, request)[0] if line.condition else Truth.TRUE
                if truth is not Truth.FALSE:
                    yield each, truth

    def _spared(
        self, permits: list[Permit], request: AccessRequest, taken: tuple[tuple[Denial, Truth], ...]
    ) -> list[Permit]:
        """The ways that deny assignments leave something of; one that hangs on a denial's condition is under a condition."""
        if not permits or not taken:
            return permits
        certain = [each for each, truth in taken if truth is Truth.TRUE]
        if certain and not request.is_pattern:
            return []
        if certain:
            denied = [region for each in certain for region in _compiled_denial(each).regions(request.plane, False)]
            rest = difference(request.operation, denied)
            permits = [permit for permit in permits if self._gives_some(permit, request.plane, rest)]
        doubtful = [each for each, truth in taken if truth is Truth.UNKNOWN]
        if doubtful:
            unless = f"the deny assignment {doubtful[0].name or doubtful[0].id} does not take it away"
            permits = [
                replace(
                    permit,
                    verdict=Verdict.UNDER_CONDITION,
                    condition=f"({permit.condition}) AND {unless}" if permit.condition else unless,
                )
                for permit in permits
            ]
        return permits

    def _gives_some(self, permit: Permit, plane: Plane, rest: tuple[Region, ...]) -> bool:
        """Whether a way gives something of these regions."""
        return any(
            Region(given.within, (*given.without, *part.without)).overlaps(pattern)
            for given in self.role(permit.assignment.role)[1].regions(plane, True)
            for part in rest
            for pattern in part.within
        )

    def _near_misses(self, subject: Subject, request: AccessRequest) -> Iterator[NearMiss]:
        """What came close, the closest first: excluded here, of the other plane, under another condition, elsewhere."""
        found: list[NearMiss] = []
        above = self._above(request.scope)
        for each, path in self.assignments_of(subject):
            role, what = self.role(each.role)
            kind, pattern = None, ""
            if is_unknown(role):
                kind = NearMissKind.UNKNOWN_ROLE if each.scope.folded in above else None
            elif each.scope.folded not in above:
                line = self._line(what, request)
                if line is not None and not self._is_unplaced(each.scope, request.scope):
                    kind = NearMissKind.BELOW if request.scope.contains(each.scope) else NearMissKind.ELSEWHERE
                    pattern = line.pattern
            elif (line := self._line(what, request)) is not None:
                if not request.is_pattern:
                    kind, pattern = NearMissKind.CONDITION, line.pattern
            elif excluded := self._excluded(what, request):
                kind, pattern = NearMissKind.EXCLUDED, excluded[0]
            else:
                other = Plane.DATA if request.plane is Plane.CONTROL else Plane.CONTROL
                line = self._line(what, replace(request, plane=other))
                if line is not None:
                    kind, pattern = NearMissKind.OTHER_PLANE, line.pattern
            if kind is not None:
                hangs = kind is NearMissKind.EXCLUDED and hangs_on_empty_segment(pattern, request.operation)
                found.append(NearMiss(each, role, path, kind, pattern, self.reasons(each), hangs))
        order = list(NearMissKind)
        yield from sorted(
            found, key=lambda miss: (order.index(miss.kind), miss.role.name, miss.assignment.scope.folded)
        )

    @staticmethod
    def _line(what: Compiled, request: AccessRequest) -> Line | None:
        find = what.some_line if request.is_pattern else what.line
        return find(request.operation, request.plane)

    @staticmethod
    def _excluded(what: Compiled, request: AccessRequest) -> tuple[str, ...]:
        find = what.excluded_from if request.is_pattern else what.excluded_by
        return find(request.operation, request.plane)

    def _void(self, subject: Subject, request: AccessRequest) -> tuple[NearMiss, ...]:
        """The assignments at the very scope whose role speaks of the operation, which cannot exist there."""
        found = []
        for each, path in self.assignments_of(subject):
            if each.scope == request.scope:
                role, what = self.role(each.role)
                line = None if request.is_pattern else what.line(request.operation, request.plane)
                if line is not None:
                    found.append(NearMiss(each, role, path, NearMissKind.VOID, line.pattern, self.reasons(each)))
        return tuple(found)

    def _open_bypasses(self, subject: Subject, request: AccessRequest, is_some: bool) -> Iterator[Bypass]:
        # Where something of a pattern is possible, a door to some of it may well be a door to that.
        for bypass, scope in self._bypasses(request, matches if is_some else overlaps):
            if scope is None:
                yield Bypass(bypass)
                continue
            decision = self.ask(subject, AccessRequest(bypass.opened_by, Plane.CONTROL, scope), thorough=False)
            if decision.verdict is not Verdict.DENIED:
                yield Bypass(bypass, decision.verdict, decision.permits[0], decision.only_eligible)

    def _bypass_subjects(self, found: AllowedSubjects, with_below: bool) -> Iterator[BypassSubjects]:
        """All doors to what was asked about, each with those who are let in by it and can do less, or nothing, by a role."""
        request = found.request
        if why_impossible(request.operation, request.scope):
            return
        own = {each.subject.principal.id: each for each in found.here}
        lower = {each.subject.principal.id: each for each in found.below}
        for bypass, scope in self._bypasses(request, overlaps):
            if scope is None:
                yield BypassSubjects(bypass)
                continue
            escalation_path = self.everyone(
                AccessRequest(bypass.opened_by, Plane.CONTROL, scope), with_below and scope == request.scope
            )
            is_whole = any(matches(pattern, request.operation) for pattern in bypass.operations)
            here = tuple(
                each
                for each in escalation_path.here
                if _is_more(
                    each, own.get(each.subject.principal.id) or self._elsewhere(each.subject, request), is_whole
                )
            )
            below = tuple(
                each
                for each in escalation_path.below
                if each.subject.principal.id not in own
                and _is_more(each, lower.get(each.subject.principal.id), is_whole)
            )
            # What was not read there is said of the scope itself already.
            lost = self.unread(scope)
            yield BypassSubjects(
                bypass, here, below, tuple(each for each in escalation_path.undecided if each not in lost)
            )

    def _elsewhere(self, subject: Subject, request: AccessRequest) -> Decision | None:
        """What somebody who has no row of their own can do all the same: a member of a group that a deny assignment is on."""
        if not self.facts.denials:
            return None
        decision = self.ask(subject, request, thorough=False)
        return decision if decision.permits else None

    def _bypasses(
        self, request: AccessRequest, fits: Callable[[str, str], bool]
    ) -> Iterator[tuple[KnownBypass, Scope | None]]:
        """The doors to what is asked about, each with the scope at which opening it is to be asked for; None for no role's."""
        for bypass in self.facts.bypasses:
            if bypass.plane is request.plane and any(fits(pattern, request.operation) for pattern in bypass.operations):
                if not bypass.opened_by:
                    yield bypass, None
                elif (scope := bypass.place(request.scope)) is not None:
                    yield bypass, scope

    def _unknown_memberships(self, subject: Subject, request: AccessRequest, verdict: Verdict) -> Iterator[Permit]:
        """The ways to more than the verdict, of groups whose members are not known and which the holder may be in."""
        if not subject.opaque or verdict is Verdict.ALLOWED:
            return
        for scope in self._reaching(request.scope):
            for name, assigned in self._by_scope[scope].items():
                is_open = assigned[0].principal.type is PrincipalType.GROUP and name not in subject.through
                if is_open and name not in self.facts.membership.known:
                    for each in assigned:
                        for permit in self._permit(each, (name,), request):
                            if STRENGTH[permit.verdict] < STRENGTH[verdict]:
                                yield permit

    def _permits_below(self, request: AccessRequest) -> Iterator[tuple[Scope, str, Permit]]:
        """Every way at a scope below that of the question."""
        target = request.scope
        if target.reference:
            return
        inside = self._inside(target)
        for folded, assigned in self._by_scope.items():
            if not inside(folded):
                continue
            for name, found in assigned.items():
                for each in found:
                    if is_possible(request.operation, each.scope):
                        for permit in self._permit(each, (), request):
                            yield each.scope, name, permit

    def _inside(self, target: Scope) -> Callable[[str], bool]:
        if target.folded == "/":
            return lambda folded: folded != "/"  # Terraform references lie in the tenant as well
        lies_in = self.facts.lies_in
        lower = {each for each in lies_in if target.folded in _upwards(each, lies_in)[1:]}
        starts = (target.folded + "/", *(f"{each}/" for each in lower))

        def inside(folded: str) -> bool:
            return folded in lower or folded.startswith(starts)

        return inside

    def unread(self, scope: Scope, parts: tuple[Part, ...] = (Part.ASSIGNMENTS, Part.ELIGIBILITIES)) -> tuple[str, ...]:
        """What of these parts was not read at a scope, in words: nothing said of it can be the whole."""
        coverage = self.facts.state.coverage
        if coverage.everything:
            return ()
        found = []
        for part in parts:
            if not coverage.covers(part, scope):
                near = [each for each in coverage.unread if each.part is part]
                missed = [each.why for each in near if _concerns(each.scope.lower(), scope)]
                why = f": {missed[0]}" if missed else ""
                found.append(f"the {_PART_WORDS[part]} of {scope.id} were not read{why}")
        return tuple(found)


_PART_WORDS = {
    Part.ASSIGNMENTS: "assignments",
    Part.ELIGIBILITIES: "eligible assignments",
    Part.DENIALS: "deny assignments",
}


_TRUTHS = {Truth.TRUE: 0, Truth.UNKNOWN: 1, Truth.FALSE: 2}


def is_unknown(role: AzureRole) -> bool:
    """Whether nobody knows what a role gives: a few roles of Azure's own give nothing, and those have a name."""
    return not role.permissions and not role.name


def _compiled_denial(denial: Denial) -> Compiled:
    return compiled(AzureRole(f"deny {denial.id.lower()}", denial.name, denial.permissions))


def _concerns(unread: str, scope: Scope) -> bool:
    """Whether something that was not read, at a scope without case, tells of this scope: at it, above it or in it."""
    return f"{scope.folded}/".startswith(f"{unread.rstrip('/')}/") or unread.startswith(f"{scope.folded}/")


def _decide(text: str, request: AccessRequest) -> tuple[Truth, tuple[str, ...]]:
    try:
        condition = conditions.parse(text)
    except conditions.ConditionError:
        return Truth.UNKNOWN, ()
    if request.is_pattern:
        touches = conditions.touches(condition, request.operation)
        return (Truth.UNKNOWN, ()) if touches else (Truth.TRUE, ())
    truth = conditions.decide(condition, request.operation, request.plane, request.attributes)
    if truth is not Truth.UNKNOWN:
        return truth, ()
    given = {each.casefold() for each in request.attributes}
    missing = conditions.needed(condition, request.operation, request.plane)
    return truth, tuple(each for each in missing if each.casefold() not in given)


def ancestors(scope: Scope, lies_in: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The ids, without case and nearest first, at which an assignment reaches a scope: itself, and all that it lies in.

    Some of them are no scopes but only the beginnings of one, which nothing is assigned at.
    """
    return _upwards(scope.folded, lies_in)


def _upwards(folded: str, lies_in: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    pending = [folded]
    for each in pending:  # grows while it is walked
        if each and each not in found:
            found[each] = None
            pending += lies_in.get(each, ())
            if each.startswith("/"):
                pending.append(each.rpartition("/")[0])
    return (*found, "/") if "/" not in found else tuple(found)


def _is_more(opened: Decision, known: Decision | None, is_whole: bool) -> bool:
    """Whether a door gives somebody more than the roles do; `is_whole` says that it leads to all that was asked about."""
    if known is None:
        return True
    # Where something of a pattern is possible, a door to some of it may well be a door to that.
    return is_whole and STRENGTH[opened.verdict] < STRENGTH[known.verdict]


def _by_strength(decision: Decision) -> tuple[int, bool, str, str]:
    principal = decision.subject.principal
    return (STRENGTH[decision.verdict], decision.only_eligible, principal.name.casefold(), principal.id)
