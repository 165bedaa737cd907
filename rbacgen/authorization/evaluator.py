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
        "_holders",
        "_mysteries",
        "_whole",
        "ground",
    )

    def __init__(self, ground: Facts) -> None:
        self.ground = ground
        self._by_scope: dict[str, dict[str, list[Assignment]]] = {}
        self._by_principal: dict[str, list[Assignment]] = {}
        for each in ground.state:
            principal = each.principal.id
            self._by_scope.setdefault(each.scope.folded, {}).setdefault(principal, []).append(each)
            self._by_principal.setdefault(principal, []).append(each)
        self._holders: dict[str, Subject] = {}
        self._mysteries: frozenset[str] | None = None
        self._whole: dict[tuple[str, Plane, frozenset[str], bool], bool] = {}
        self._ancestors: dict[str, tuple[str, ...]] = {}
        self._compiled: dict[str, tuple[AzureRole, Compiled]] = {}
        self._decided: dict[tuple[str, str, Plane], tuple[Truth, tuple[str, ...]]] = {}

    # Who

    def holder(self, principal: Principal) -> Subject:
        """A principal with the groups that it is known to be in.

        A group is asked about for what it gives to those in it, so that the groups that it might be in itself do not make
        it opaque.
        """
        known = self._holders.get(principal.id)
        if known is None:
            through: dict[str, tuple[str, ...]] = {principal.id: ()}
            for path in self.ground.membership.groups_of(principal.id):
                through.setdefault(path[-1], path)
            opaque = principal.type is not PrincipalType.GROUP
            known = self._holders[principal.id] = Subject(principal, through, opaque)
        return known

    def principals(self) -> tuple[Principal, ...]:
        """Everybody who holds an assignment, by id."""
        return tuple(self._by_principal[each][0].principal for each in sorted(self._by_principal))

    def assignments_of(self, holder: Subject) -> Iterator[tuple[Assignment, tuple[str, ...]]]:
        """All assignments of a holder, with the groups on the way to each."""
        for principal, path in holder.through.items():
            for each in self._by_principal.get(principal, ()):
                yield each, path

    def reasons(self, assignment: Assignment) -> tuple[Reason, ...]:
        """Why the project wants an assignment; nothing where it does not."""
        if assignment.reasons or self.ground.wanted is None:
            return assignment.reasons
        activation = assignment.activation
        if activation is Activation.ACTIVATED:
            activation = Activation.ELIGIBLE
        key = Key(assignment.scope.folded, assignment.role.id, assignment.principal.id, activation)
        found = self.ground.wanted.get(key)
        return found.reasons if found is not None else ()

    # What

    def ask(self, holder: Subject, question: AccessRequest, thorough: bool = True) -> Decision:
        """The answer to a question about a holder. Without `thorough` only the verdict, the ways and the denials are worked out."""
        impossible = why_impossible(question.operation, question.scope)
        if impossible:
            return Decision(
                holder, question, Verdict.DENIED, impossible=impossible, misses=self._void(holder, question)
            )
        ways = list(self._ways(holder, question))
        denied_by: tuple[Denial, ...] = ()
        if self.ground.denials:
            taken = tuple(self._denials(holder, question))
            denied_by = tuple(each for each, truth in taken if truth is Truth.TRUE)
            ways = self._spared(ways, question, taken)
        ways.sort(key=best_first)
        verdict = self._verdict(question, ways, denied_by)
        waits = self._only_eligible(question, verdict, ways)
        told = self._telling_first(question, verdict, ways)
        answer = Decision(holder, question, verdict, told, denied_by=denied_by, only_eligible=waits)
        if not thorough:
            return answer
        is_taken = bool(denied_by) and not ways
        return replace(
            answer,
            misses=tuple(self._misses(holder, question)) if verdict is Verdict.DENIED and not is_taken else (),
            doors=tuple(self._open_doors(holder, question, bool(ways))) if verdict is not Verdict.ALLOWED else (),
            parts=self._parts(holder, question) if question.is_pattern else (),
            perhaps=tuple(self._perhaps(holder, question, verdict)) if not denied_by else (),
            undecided=self.undecided(answer),
        )

    def undecided(self, answer: Decision) -> tuple[str, ...]:
        """What could change an answer, in words: parts that were not read, and roles that nobody knows the definition of."""
        lost = () if answer.verdict is Verdict.DENIED else self.unread(answer.question.scope, (Part.DENIALS,))
        return (*self.could_be_more(answer), *lost)

    def could_be_more(self, answer: Decision) -> tuple[str, ...]:
        """What could turn an answer into one of more access, in words."""
        if answer.verdict is Verdict.ALLOWED or answer.impossible or (answer.denied_by and not answer.ways):
            return ()  # no assignment gives what cannot be, or what is taken away from whoever has it
        scope = answer.question.scope
        parts = (Part.ASSIGNMENTS, Part.ELIGIBILITIES)
        stronger = parts[:1] if answer.verdict is Verdict.AFTER_ACTIVATION else parts
        return (
            *self._unknown(answer.holder, scope),
            *self._unplaced(answer.holder, answer.question),
            *self.unread(scope, stronger),
        )

    def _unplaced(self, holder: Subject, question: AccessRequest) -> tuple[str, ...]:
        """The management groups at which somebody could do it, and of which nobody told whether the scope lies in them, in words."""
        said: dict[str, None] = {}
        for each, _ in self.assignments_of(holder) if not self.ground.tells_above else ():
            if self._is_unplaced(each.scope, question.scope) and any(self._way(each, (), question)):
                role = self.role(each.role)[0].name or each.role.id
                said[f"nobody told whether {question.scope.id} lies in {each.scope.id}, where {role} is assigned"] = (
                    None
                )
        return tuple(said)

    def _is_unplaced(self, scope: Scope, target: Scope) -> bool:
        """Whether a management group may be above a scope, for all that anybody has told."""
        return (
            not self.ground.tells_above
            and scope.level is ScopeLevel.MANAGEMENT_GROUP
            and target.level is not ScopeLevel.TENANT
            and scope.folded not in self._above(target)
        )

    def _unknown(self, holder: Subject, scope: Scope) -> tuple[str, ...]:
        """The roles that somebody has at or above a scope and that nobody knows the definition of, in words."""
        mysteries = self._unknown_roles()
        if not mysteries:
            return ()
        found = (
            each
            for reaching in self._reaching(scope)
            for principal in holder.through
            for each in self._by_scope[reaching].get(principal, ())
            if each.role.id in mysteries
        )
        said = (
            f"what the role {each.role.name or each.role.id} gives, assigned at {each.scope.id}, is not known"
            for each in found
        )
        return tuple(dict.fromkeys(said))

    def _unknown_roles(self) -> frozenset[str]:
        """The ids of the assigned roles that nobody knows the definition of."""
        if self._mysteries is None:
            self._mysteries = frozenset(
                each.role.id for each in self.ground.state if is_unknown(self.role(each.role)[0])
            )
        return self._mysteries

    def everyone(self, question: AccessRequest, with_below: bool = True, with_around: bool = False) -> AllowedSubjects:
        """All who can do it (or, of a pattern, some of it), at the scope and only below it, and around the roles.

        Each is asked about with all that they have, through groups too. Who has nothing of their own here stands in the row of
        their group, unless a deny assignment takes it from the group and not from them.
        """
        here: dict[str, Decision] = {}
        unknown: list[str] = []
        if not why_impossible(question.operation, question.scope):
            names = {each for scope in self._reaching(question.scope) for each in self._by_scope[scope]}
            givers, in_groups = self._givers(question), self.ground.membership.above
            passes = not self.ground.denials and not self._unknown_roles()
            pending = list(names)
            for name in pending:  # grows while it is walked
                if passes and name not in givers and name not in in_groups:
                    continue  # nothing that they have, or are in, speaks of it
                answer = self.ask(self._called(name), question, thorough=False)
                if answer.ways:
                    here[name] = answer
                elif answer.denied_by:
                    spared = [each for each in self.ground.membership.members_of(name) if each not in names]
                    names.update(spared)
                    pending += spared
                else:
                    unknown += self._unknown(answer.holder, question.scope)
            for name in self._by_principal if not self.ground.tells_above else ():
                if name not in here:
                    unknown += self._unplaced(self._called(name), question)
        below: dict[str, dict[Scope, list[Permit]]] = {}
        if with_below:
            for scope, name, way in self._ways_below(question):
                if name not in here:
                    lower = replace(question, scope=scope)
                    taken = tuple(self._denials(self._called(name), lower))
                    left = self._spared([way], lower, taken)
                    if left:
                        below.setdefault(name, {}).setdefault(scope, []).extend(left)
        lower_rows = [self._lower_row(self._called(name), question, found) for name, found in below.items()]
        found = AllowedSubjects(
            question,
            tuple(sorted(here.values(), key=_by_strength)),
            tuple(sorted(lower_rows, key=_by_strength)),
            (*dict.fromkeys(unknown), *self.unread(question.scope)),
        )
        if not with_around:
            return found
        doors = tuple(self._around(found, with_below))
        open_doors = tuple(each for each in doors if each.here or each.below or not each.door.opened_by)
        undecided = dict.fromkeys((*found.undecided, *(said for each in doors for said in each.undecided)))
        return replace(found, around=open_doors, undecided=tuple(undecided))

    def _lower_row(self, holder: Subject, question: AccessRequest, found: Mapping[Scope, list[Permit]]) -> Decision:
        """What somebody can do only at some of what lies in a scope: the most that they can at any of it."""
        ways = sorted((way for each in found.values() for way in each), key=best_first)
        verdict = strongest(self._verdict(question, sorted(each, key=best_first), ()) for each in found.values())
        waits = self._only_eligible(question, verdict, ways)
        return Decision(holder, question, verdict, self._telling_first(question, verdict, ways), only_eligible=waits)

    def _telling_first(self, question: AccessRequest, verdict: Verdict, ways: list[Permit]) -> tuple[Permit, ...]:
        """The ways of a pattern with that first which by itself makes the verdict, if one does; else as they are."""
        if not question.is_pattern or verdict is Verdict.DENIED:
            return tuple(ways)
        is_last = verdict is Verdict.UNDER_CONDITION
        whole = next(
            (way for way in ways if way.verdict is verdict and self._gives_whole(question, (way,), is_last)), None
        )
        return tuple(ways) if whole is None else (whole, *(way for way in ways if way is not whole))

    def escapes(self, principal: Principal, question: AccessRequest) -> bool:
        """Whether no deny assignment takes the whole of it away from somebody; of a member of a group that can do it."""
        if not self.ground.denials:
            return True
        return bool(self.ask(self.holder(principal), question, thorough=False).ways)

    # How it is worked out

    def _called(self, principal_id: str) -> Subject:
        """Somebody who holds something, or is known to be in a group, by their id."""
        known = self._holders.get(principal_id)
        if known is not None:
            return known
        held = self._by_principal.get(principal_id)
        return self.holder(held[0].principal if held else self.ground.membership.principals[principal_id])

    def _reaching(self, scope: Scope) -> Iterator[str]:
        """The scopes, without case and nearest first, at which something is assigned that reaches this one."""
        return (each for each in self._above(scope) if each in self._by_scope)

    def _above(self, scope: Scope) -> tuple[str, ...]:
        found = self._ancestors.get(scope.folded)
        if found is None:
            found = self._ancestors[scope.folded] = ancestors(scope, self.ground.lies_in)
        return found

    def role(self, role: AzureRole) -> tuple[AzureRole, Compiled]:
        """The full definition of a role, and what it comes to."""
        found = self._compiled.get(role.id)
        if found is None:
            full = self.ground.role_of(role)
            found = self._compiled[role.id] = (full, compiled(full))
        return found

    def _ways(self, holder: Subject, question: AccessRequest) -> Iterator[Permit]:
        for scope in self._reaching(question.scope):
            assigned = self._by_scope[scope]
            for principal, path in holder.through.items():
                for each in assigned.get(principal, ()):
                    yield from self._way(each, path, question)

    def _givers(self, question: AccessRequest) -> set[str]:
        """Whose own assignments at or above the scope have a role that speaks of what is asked about: nobody else gives it."""
        speaks: dict[str, bool] = {}
        found: set[str] = set()
        for scope in self._reaching(question.scope):
            for name, assigned in self._by_scope[scope].items():
                for each in assigned:
                    if each.role.id not in speaks:
                        what = self.role(each.role)[1]
                        find = what.some_line if question.is_pattern else what.line
                        speaks[each.role.id] = find(question.operation, question.plane) is not None
                    if speaks[each.role.id]:
                        found.add(name)
        return found

    def _way(self, assignment: Assignment, path: tuple[str, ...], question: AccessRequest) -> Iterator[Permit]:
        role, what = self.role(assignment.role)
        find = what.some_line if question.is_pattern else what.line
        line = find(question.operation, question.plane)
        if line is None:
            return
        truth, condition, lacks = self._under(assignment, line, question)
        if line.condition and truth is not Truth.TRUE and not question.is_pattern:
            # All lines stand under a condition then, and another one than the first may be true.
            for other in what.lines(question.operation, question.plane)[1:]:
                found = self._under(assignment, other, question)
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
        activates = assignment.activation is not Activation.PERMANENT or assignment.key in self.ground.standing_instead
        yield Permit(assignment, role, path, line, verdict, condition, lacks, self.reasons(assignment), activates)

    def _under(self, assignment: Assignment, line: Line, question: AccessRequest) -> tuple[Truth, str, tuple[str, ...]]:
        """What the conditions of an assignment and of the line of its role come to: all must be true.

        Gives the truth, the text of the conditions that matter, and the attributes that would decide them.
        """
        said: list[str] = []
        lacks: dict[str, None] = {}
        for text in (assignment.condition, line.condition):
            if not text:
                continue
            truth, missing = self._decide(text, question)
            if truth is Truth.FALSE:
                return truth, text, ()
            if truth is Truth.UNKNOWN:
                said.append(text)
                lacks |= dict.fromkeys(missing)
        if not said:
            return Truth.TRUE, "", ()
        text = said[0] if len(said) == 1 else " AND ".join(f"({each})" for each in said)
        return Truth.UNKNOWN, text, tuple(lacks)

    def _decide(self, text: str, question: AccessRequest) -> tuple[Truth, tuple[str, ...]]:
        asked = (text, question.operation, question.plane)
        if not question.attributes and asked in self._decided:
            return self._decided[asked]
        found = _decide(text, question)
        if not question.attributes:
            self._decided[asked] = found
        return found

    def _verdict(self, question: AccessRequest, ways: list[Permit], denied_by: tuple[Denial, ...]) -> Verdict:
        """The strongest verdict of the ways; of a pattern, the strongest under which all that it covers can be done."""
        if not question.is_pattern:
            return ways[0].verdict if ways else Verdict.DENIED
        if denied_by:
            return Verdict.DENIED
        for verdict in (Verdict.ALLOWED, Verdict.AFTER_ACTIVATION, Verdict.UNDER_CONDITION):
            # What a role gives under a condition of its own comes in at last, whatever else it gives without.
            is_last = verdict is Verdict.UNDER_CONDITION
            counted = [way for way in ways if is_last or STRENGTH[way.verdict] <= STRENGTH[verdict]]
            if self._gives_whole(question, counted, is_last):
                return verdict
        return Verdict.DENIED

    def _gives_whole(self, question: AccessRequest, ways: Iterable[Permit], with_conditions: bool) -> bool:
        """Whether the roles of some ways give all of a pattern between them; asked once of the same roles."""
        roles = {way.assignment.role.id: way.assignment.role for way in ways}
        if not roles:
            return False
        asked = (question.operation, question.plane, frozenset(roles), with_conditions)
        if asked not in self._whole:
            regions = [
                region
                for each in roles.values()
                for region in self.role(each)[1].regions(question.plane, with_conditions=with_conditions)
            ]
            self._whole[asked] = is_covered(question.operation, regions)
        return self._whole[asked]

    def _only_eligible(self, question: AccessRequest, verdict: Verdict, ways: list[Permit]) -> bool:
        """Whether a verdict is not to be had without an activation first; for a pattern, not for all that it covers."""
        if verdict is not Verdict.UNDER_CONDITION:
            return verdict is Verdict.AFTER_ACTIVATION
        standing = [way for way in ways if way.assignment.activation is not Activation.ELIGIBLE]
        if not question.is_pattern:
            return not standing
        return not self._gives_whole(question, standing, with_conditions=True)

    def _parts(self, holder: Subject, question: AccessRequest) -> tuple[tuple[str, Verdict], ...]:
        known = self.ground.known_operations(question.operation, question.plane)
        return tuple(
            (each, self.ask(holder, replace(question, operation=each), thorough=False).verdict)
            for each in known
            if is_possible(each, question.scope)
        )

    def _denials(self, holder: Subject, question: AccessRequest) -> Iterator[tuple[Denial, Truth]]:
        """The deny assignments that take it, or some of a pattern, from a holder; and those that do so under a condition."""
        if not self.ground.denials:
            return
        above = self._above(question.scope)
        for each in self.ground.denials:
            if each.scope.folded not in above or (each.spares_children and each.scope != question.scope):
                continue
            meant = {name.lower() for name in each.principals}
            if EVERYBODY not in meant and not any(name in meant for name in holder.through):
                continue
            if any(name.lower() in holder.through for name in each.excluded_principals):
                continue
            what = _compiled_denial(each)
            line = (what.some_line if question.is_pattern else what.line)(question.operation, question.plane)
            if line is not None:
                truth = self._decide(line.condition, question)[0] if line.condition else Truth.TRUE
                if truth is not Truth.FALSE:
                    yield each, truth

    def _spared(
        self, ways: list[Permit], question: AccessRequest, taken: tuple[tuple[Denial, Truth], ...]
    ) -> list[Permit]:
        """The ways that deny assignments leave something of; one that hangs on a denial's condition is under a condition."""
        if not ways or not taken:
            return ways
        certain = [each for each, truth in taken if truth is Truth.TRUE]
        if certain and not question.is_pattern:
            return []
        if certain:
            denied = [region for each in certain for region in _compiled_denial(each).regions(question.plane, False)]
            rest = difference(question.operation, denied)
            ways = [way for way in ways if self._gives_some(way, question.plane, rest)]
        doubtful = [each for each, truth in taken if truth is Truth.UNKNOWN]
        if doubtful:
            unless = f"the deny assignment {doubtful[0].name or doubtful[0].id} does not take it away"
            ways = [
                replace(
                    way,
                    verdict=Verdict.UNDER_CONDITION,
                    condition=f"({way.condition}) AND {unless}" if way.condition else unless,
                )
                for way in ways
            ]
        return ways

    def _gives_some(self, way: Permit, plane: Plane, rest: tuple[Region, ...]) -> bool:
        """Whether a way gives something of these regions."""
        return any(
            Region(given.within, (*given.without, *part.without)).overlaps(pattern)
            for given in self.role(way.assignment.role)[1].regions(plane, True)
            for part in rest
            for pattern in part.within
        )

    def _misses(self, holder: Subject, question: AccessRequest) -> Iterator[NearMiss]:
        """What came close, the closest first: excluded here, of the other plane, under another condition, elsewhere."""
        found: list[NearMiss] = []
        above = self._above(question.scope)
        for each, path in self.assignments_of(holder):
            role, what = self.role(each.role)
            kind, pattern = None, ""
            if is_unknown(role):
                kind = NearMissKind.UNKNOWN_ROLE if each.scope.folded in above else None
            elif each.scope.folded not in above:
                line = self._line(what, question)
                if line is not None and not self._is_unplaced(each.scope, question.scope):
                    kind = NearMissKind.BELOW if question.scope.contains(each.scope) else NearMissKind.ELSEWHERE
                    pattern = line.pattern
            elif (line := self._line(what, question)) is not None:
                if not question.is_pattern:
                    kind, pattern = NearMissKind.CONDITION, line.pattern
            elif excluded := self._excluded(what, question):
                kind, pattern = NearMissKind.EXCLUDED, excluded[0]
            else:
                other = Plane.DATA if question.plane is Plane.CONTROL else Plane.CONTROL
                line = self._line(what, replace(question, plane=other))
                if line is not None:
                    kind, pattern = NearMissKind.OTHER_PLANE, line.pattern
            if kind is not None:
                hangs = kind is NearMissKind.EXCLUDED and hangs_on_empty_segment(pattern, question.operation)
                found.append(NearMiss(each, role, path, kind, pattern, self.reasons(each), hangs))
        order = list(NearMissKind)
        yield from sorted(
            found, key=lambda miss: (order.index(miss.kind), miss.role.name, miss.assignment.scope.folded)
        )

    @staticmethod
    def _line(what: Compiled, question: AccessRequest) -> Line | None:
        find = what.some_line if question.is_pattern else what.line
        return find(question.operation, question.plane)

    @staticmethod
    def _excluded(what: Compiled, question: AccessRequest) -> tuple[str, ...]:
        find = what.excluded_from if question.is_pattern else what.excluded_by
        return find(question.operation, question.plane)

    def _void(self, holder: Subject, question: AccessRequest) -> tuple[NearMiss, ...]:
        """The assignments at the very scope whose role speaks of the operation, which cannot exist there."""
        found = []
        for each, path in self.assignments_of(holder):
            if each.scope == question.scope:
                role, what = self.role(each.role)
                line = None if question.is_pattern else what.line(question.operation, question.plane)
                if line is not None:
                    found.append(NearMiss(each, role, path, NearMissKind.VOID, line.pattern, self.reasons(each)))
        return tuple(found)

    def _open_doors(self, holder: Subject, question: AccessRequest, is_some: bool) -> Iterator[Bypass]:
        # Where something of a pattern is possible, a door to some of it may well be a door to that.
        for door, scope in self._doors(question, matches if is_some else overlaps):
            if scope is None:
                yield Bypass(door)
                continue
            answer = self.ask(holder, AccessRequest(door.opened_by, Plane.CONTROL, scope), thorough=False)
            if answer.verdict is not Verdict.DENIED:
                yield Bypass(door, answer.verdict, answer.ways[0], answer.only_eligible)

    def _around(self, found: AllowedSubjects, with_below: bool) -> Iterator[BypassSubjects]:
        """All doors to what was asked about, each with those who are let in by it and can do less, or nothing, by a role."""
        question = found.question
        if why_impossible(question.operation, question.scope):
            return
        own = {each.holder.principal.id: each for each in found.here}
        lower = {each.holder.principal.id: each for each in found.below}
        for door, scope in self._doors(question, overlaps):
            if scope is None:
                yield BypassSubjects(door)
                continue
            opening = self.everyone(
                AccessRequest(door.opened_by, Plane.CONTROL, scope), with_below and scope == question.scope
            )
            is_whole = any(matches(pattern, question.operation) for pattern in door.operations)
            here = tuple(
                each
                for each in opening.here
                if _is_more(each, own.get(each.holder.principal.id) or self._elsewhere(each.holder, question), is_whole)
            )
            below = tuple(
                each
                for each in opening.below
                if each.holder.principal.id not in own and _is_more(each, lower.get(each.holder.principal.id), is_whole)
            )
            # What was not read there is said of the scope itself already.
            lost = self.unread(scope)
            yield BypassSubjects(door, here, below, tuple(each for each in opening.undecided if each not in lost))

    def _elsewhere(self, holder: Subject, question: AccessRequest) -> Decision | None:
        """What somebody who has no row of their own can do all the same: a member of a group that a deny assignment is on."""
        if not self.ground.denials:
            return None
        answer = self.ask(holder, question, thorough=False)
        return answer if answer.ways else None

    def _doors(
        self, question: AccessRequest, fits: Callable[[str, str], bool]
    ) -> Iterator[tuple[KnownBypass, Scope | None]]:
        """The doors to what is asked about, each with the scope at which opening it is to be asked for; None for no role's."""
        for door in self.ground.doors:
            if door.plane is question.plane and any(fits(pattern, question.operation) for pattern in door.operations):
                if not door.opened_by:
                    yield door, None
                elif (scope := door.place(question.scope)) is not None:
                    yield door, scope

    def _perhaps(self, holder: Subject, question: AccessRequest, verdict: Verdict) -> Iterator[Permit]:
        """The ways to more than the verdict, of groups whose members are not known and which the holder may be in."""
        if not holder.opaque or verdict is Verdict.ALLOWED:
            return
        for scope in self._reaching(question.scope):
            for name, assigned in self._by_scope[scope].items():
                is_open = assigned[0].principal.type is PrincipalType.GROUP and name not in holder.through
                if is_open and name not in self.ground.membership.known:
                    for each in assigned:
                        for way in self._way(each, (name,), question):
                            if STRENGTH[way.verdict] < STRENGTH[verdict]:
                                yield way

    def _ways_below(self, question: AccessRequest) -> Iterator[tuple[Scope, str, Permit]]:
        """Every way at a scope below that of the question."""
        target = question.scope
        if target.reference:
            return
        inside = self._inside(target)
        for folded, assigned in self._by_scope.items():
            if not inside(folded):
                continue
            for name, found in assigned.items():
                for each in found:
                    if is_possible(question.operation, each.scope):
                        for way in self._way(each, (), question):
                            yield each.scope, name, way

    def _inside(self, target: Scope) -> Callable[[str], bool]:
        if target.folded == "/":
            return lambda folded: folded != "/"  # Terraform references lie in the tenant as well
        lies_in = self.ground.lies_in
        lower = {each for each in lies_in if target.folded in _upwards(each, lies_in)[1:]}
        starts = (target.folded + "/", *(f"{each}/" for each in lower))

        def inside(folded: str) -> bool:
            return folded in lower or folded.startswith(starts)

        return inside

    def unread(self, scope: Scope, parts: tuple[Part, ...] = (Part.ASSIGNMENTS, Part.ELIGIBILITIES)) -> tuple[str, ...]:
        """What of these parts was not read at a scope, in words: nothing said of it can be the whole."""
        coverage = self.ground.state.coverage
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


def _decide(text: str, question: AccessRequest) -> tuple[Truth, tuple[str, ...]]:
    try:
        condition = conditions.parse(text)
    except conditions.ConditionError:
        return Truth.UNKNOWN, ()
    if question.is_pattern:
        touches = conditions.touches(condition, question.operation)
        return (Truth.UNKNOWN, ()) if touches else (Truth.TRUE, ())
    truth = conditions.decide(condition, question.operation, question.plane, question.attributes)
    if truth is not Truth.UNKNOWN:
        return truth, ()
    given = {each.casefold() for each in question.attributes}
    missing = conditions.needed(condition, question.operation, question.plane)
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


def _by_strength(answer: Decision) -> tuple[int, bool, str, str]:
    principal = answer.holder.principal
    return (STRENGTH[answer.verdict], answer.only_eligible, principal.name.casefold(), principal.id)
