"""Who can do something: at a scope, below it, and through a bypass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec.structs import replace

from rbacgen.authorization import completeness
from rbacgen.authorization.bypasses import gives_more, possible_bypasses
from rbacgen.authorization.catalog.resource_types import is_possible, why_impossible
from rbacgen.authorization.denials import denials_on, not_denied
from rbacgen.authorization.evaluator import Evaluator
from rbacgen.authorization.index import ancestor_ids
from rbacgen.authorization.patterns import matches
from rbacgen.authorization.request import (
    STRENGTH,
    AccessRequest,
    AllowedSubjects,
    BypassSubjects,
    Decision,
    Permit,
    Subject,
    best_first,
    strongest,
)
from rbacgen.model.assignment import Principal
from rbacgen.model.scope import Scope


def everyone(
    access: Evaluator, request: AccessRequest, with_below: bool = True, with_bypasses: bool = False
) -> AllowedSubjects:
    """Everyone who can do it or, for a pattern, some of it: at the scope, only below it, and through a bypass.

    Each subject is evaluated with all that it has, through groups too. A subject without an assignment of its own here is
    in the row of its group, unless a deny assignment applies to the group and not to the subject.
    """
    here, unknown = _here(access, request)
    below = _below(access, request, here) if with_below else []
    found = AllowedSubjects(
        request,
        tuple(sorted(here.values(), key=_by_strength)),
        tuple(sorted(below, key=_by_strength)),
        (*dict.fromkeys(unknown), *completeness.unread(access.index, request.scope)),
    )
    if not with_bypasses:
        return found
    bypasses = tuple(_bypass_subjects(access, found, with_below))
    shown = tuple(each for each in bypasses if each.here or each.below or not each.bypass.opened_by)
    unknowns = dict.fromkeys((*found.unknowns, *(unknown for each in bypasses for unknown in each.unknowns)))
    return replace(found, bypasses=shown, unknowns=tuple(unknowns))


def keeps_access(access: Evaluator, member: Principal, request: AccessRequest) -> bool:
    """Whether a member of a group that can do it can so too: no deny assignment takes all of it from the member."""
    if not access.facts.denials:
        return True
    return bool(access.decide(access.subject(member), request).permits)


def allowed_members(access: Evaluator, principal: Principal, request: AccessRequest) -> tuple[Principal, ...]:
    """The known members of a group that can do it, without those from whom a deny assignment takes it; empty for others."""
    membership = access.facts.membership
    members = (membership.principals[each] for each in membership.members_of(principal.id))
    return tuple(each for each in members if keeps_access(access, each, request))


def _here(access: Evaluator, request: AccessRequest) -> tuple[dict[str, Decision], list[str]]:
    """The decisions of those who can at the scope, by principal id; and what is not known and could add to them."""
    here: dict[str, Decision] = {}
    unknown: list[str] = []
    if why_impossible(request.operation, request.scope):
        return here, unknown
    index, membership = access.index, access.facts.membership
    names = {each for scope in index.assigned_scopes(request.scope) for each in index.by_scope[scope]}
    with_permits = access.permits.principals_with_permits(request)
    can_skip = not access.facts.denials and not index.undefined_roles()
    pending = list(names)
    for name in pending:  # grows during the loop
        if can_skip and name not in with_permits and name not in membership.above:
            continue  # no role of theirs, and no group that they are in, has a line for it
        decision = access.decide(index.subject_of(name), request)
        if decision.permits:
            here[name] = decision
        elif decision.denied_by:
            members = [each for each in membership.members_of(name) if each not in names]
            names.update(members)
            pending += members
        else:
            unknown += completeness.undefined_roles(index, decision.subject, request.scope)
    if not access.facts.knows_management_groups:
        for name in index.by_principal:
            if name not in here:
                unknown += completeness.unknown_ancestors(access.permits, index.subject_of(name), request)
    return here, unknown


def _below(access: Evaluator, request: AccessRequest, here: Mapping[str, Decision]) -> list[Decision]:
    """The decisions of those who can only at scopes below that of the request: the most that each can at any of them."""
    by_subject: dict[str, dict[Scope, list[Permit]]] = {}
    for scope, name, permit in _permits_below(access, request):
        if name not in here:
            lower = replace(request, scope=scope)
            denials = denials_on(access.permits, access.index.subject_of(name), lower)
            permits = not_denied(access.index, [permit], lower, denials)
            if permits:
                by_subject.setdefault(name, {}).setdefault(scope, []).extend(permits)
    return [_row_below(access, access.index.subject_of(name), request, found) for name, found in by_subject.items()]


def _row_below(
    access: Evaluator, subject: Subject, request: AccessRequest, found: Mapping[Scope, list[Permit]]
) -> Decision:
    permits = sorted((permit for each in found.values() for permit in each), key=best_first)
    verdict = strongest(access.verdicts.verdict(request, sorted(each, key=best_first)) for each in found.values())
    return access.decision(subject, request, verdict, permits)


def _permits_below(access: Evaluator, request: AccessRequest) -> Iterator[tuple[Scope, str, Permit]]:
    """Every permit at a scope below that of the request, with the id of its principal."""
    target = request.scope
    if target.reference:
        return
    is_below = _below_test(target, access.facts.parents)
    for folded, assigned in access.index.by_scope.items():
        if not is_below(folded):
            continue
        for name, assignments in assigned.items():
            for each in assignments:
                if is_possible(request.operation, each.scope):
                    for permit in access.permits.of_assignment(each, (), request):
                        yield each.scope, name, permit


def _below_test(target: Scope, parents: Mapping[str, tuple[str, ...]]) -> Callable[[str], bool]:
    """The test whether a scope id in lower case is below the target."""
    if target.folded == "/":
        return lambda folded: folded != "/"  # Terraform references are in the tenant as well
    lower = {each for each in parents if target.folded in ancestor_ids(each, parents)[1:]}
    starts = (target.folded + "/", *(f"{each}/" for each in lower))
    return lambda folded: folded in lower or folded.startswith(starts)


def _bypass_subjects(access: Evaluator, found: AllowedSubjects, with_below: bool) -> Iterator[BypassSubjects]:
    """All bypasses of what is requested, each with the subjects that it gives more than the roles do."""
    request = found.request
    if why_impossible(request.operation, request.scope):
        return
    by_role = {each.subject.principal.id: each for each in found.here}
    by_role_below = {each.subject.principal.id: each for each in found.below}
    for bypass, bypass_request in possible_bypasses(access.facts.bypasses, request):
        if bypass_request is None:
            yield BypassSubjects(bypass)
            continue
        able = everyone(access, bypass_request, with_below and bypass_request.scope == request.scope)
        whole = any(matches(pattern, request.operation) for pattern in bypass.operations)
        here = tuple(
            each
            for each in able.here
            if gives_more(
                each, by_role.get(each.subject.principal.id) or _without_row(access, each.subject, request), whole
            )
        )
        below = tuple(
            each
            for each in able.below
            if each.subject.principal.id not in by_role
            and gives_more(each, by_role_below.get(each.subject.principal.id), whole)
        )
        # What was not read there is among the unknowns of the scope already.
        already = completeness.unread(access.index, bypass_request.scope)
        yield BypassSubjects(bypass, here, below, tuple(each for each in able.unknowns if each not in already))


def _without_row(access: Evaluator, subject: Subject, request: AccessRequest) -> Decision | None:
    """The decision of a subject that has access and no row of its own: a member of a group that a deny assignment is on."""
    if not access.facts.denials:
        return None
    decision = access.decide(subject, request)
    return decision if decision.permits else None


def _by_strength(decision: Decision) -> tuple[int, bool, str, str]:
    principal = decision.subject.principal
    return (STRENGTH[decision.verdict], decision.only_eligible, principal.name.casefold(), principal.id)
