"""What a subject can do: a decision on an access request, with everything that leads to it."""

from __future__ import annotations

from msgspec.structs import replace

from rbacgen.authorization import completeness
from rbacgen.authorization.bypasses import bypasses_of
from rbacgen.authorization.catalog.resource_types import is_possible, why_impossible
from rbacgen.authorization.conditions import Truth
from rbacgen.authorization.denials import denials_on, not_denied
from rbacgen.authorization.index import AssignmentIndex
from rbacgen.authorization.near_misses import near_misses, void_assignments
from rbacgen.authorization.permits import PermitFinder
from rbacgen.authorization.request import AccessRequest, Decision, Facts, Permit, Subject, best_first
from rbacgen.authorization.verdicts import Verdicts
from rbacgen.model.assignment import Principal, Verdict
from rbacgen.model.source import Denial


class Evaluator:
    """Evaluates access requests over one set of facts, which it indexes once."""

    __slots__ = ("facts", "index", "permits", "verdicts")

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.index = AssignmentIndex(facts)
        self.permits = PermitFinder(self.index)
        self.verdicts = Verdicts(self.index)

    def subject(self, principal: Principal) -> Subject:
        """A principal with the groups that it is known to be in."""
        return self.index.subject(principal)

    def evaluate(self, subject: Subject, request: AccessRequest) -> Decision:
        """The decision on a request, in full: with near misses, bypasses and what is not known."""
        decision = self.decide(subject, request)
        if decision.impossible:
            return replace(decision, near_misses=void_assignments(self.index, subject, request))
        verdict = decision.verdict
        is_denied = bool(decision.denied_by)
        has_near_misses = verdict is Verdict.DENIED and not (is_denied and not decision.permits)
        bypasses = bypasses_of(self.facts.bypasses, decision, lambda other: self.decide(subject, other))
        groups = completeness.unknown_memberships(self.permits, subject, request, verdict)
        return replace(
            decision,
            near_misses=near_misses(self.index, subject, request) if has_near_misses else (),
            bypasses=tuple(bypasses) if verdict is not Verdict.ALLOWED else (),
            operations=self._operations(subject, request) if request.is_pattern else (),
            unknown_memberships=tuple(groups) if not is_denied else (),
            unknowns=completeness.unknowns(self.permits, decision),
        )

    def decide(self, subject: Subject, request: AccessRequest) -> Decision:
        """The decision on a request with the verdict, the permits and the deny assignments only."""
        impossible = why_impossible(request.operation, request.scope)
        if impossible:
            return Decision(subject, request, Verdict.DENIED, impossible=impossible)
        permits = list(self.permits.of_subject(subject, request))
        denied_by: tuple[Denial, ...] = ()
        if self.facts.denials:
            denials = denials_on(self.permits, subject, request)
            denied_by = tuple(each for each, truth in denials if truth is Truth.TRUE)
            permits = not_denied(self.index, permits, request, denials)
        permits.sort(key=best_first)
        verdict = self.verdicts.verdict(request, permits, bool(denied_by))
        return self.decision(subject, request, verdict, permits, denied_by)

    def decision(
        self,
        subject: Subject,
        request: AccessRequest,
        verdict: Verdict,
        permits: list[Permit],
        denied_by: tuple[Denial, ...] = (),
    ) -> Decision:
        """The decision that permits, sorted by `best_first`, make with a verdict that is known."""
        only_eligible = self.verdicts.only_eligible(request, verdict, permits)
        ordered = self.verdicts.decisive_first(request, verdict, permits)
        return Decision(subject, request, verdict, ordered, denied_by=denied_by, only_eligible=only_eligible)

    def could_allow_more(self, decision: Decision) -> tuple[str, ...]:
        """What is not known and could turn a decision into one with more access, a sentence each."""
        return completeness.could_allow_more(self.permits, decision)

    def _operations(self, subject: Subject, request: AccessRequest) -> tuple[tuple[str, Verdict], ...]:
        known = self.facts.known_operations(request.operation, request.plane)
        return tuple(
            (each, self.decide(subject, replace(request, operation=each)).verdict)
            for each in known
            if is_possible(each, request.scope)
        )
