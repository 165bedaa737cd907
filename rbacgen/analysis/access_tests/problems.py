"""What failed access tests come to as problems: at the line that asks for it, with the chain that breaks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rbacgen.analysis import wording
from rbacgen.analysis.access_tests.cases import Origin, Result, TestResult
from rbacgen.analysis.access_tests.isolated_roles import is_stand_in
from rbacgen.authorization.request import Decision, Permit
from rbacgen.model import rules
from rbacgen.model.assignment import Activation, Plane, Principal, PrincipalType, Verdict
from rbacgen.model.problems import Position, Problem
from rbacgen.model.wording import joined, shortlist
from rbacgen.project.project import Project

_NAMED = 2  # operations that a message spells out


def of_tests(results: Iterable[TestResult], project: Project, actual_in: str = "") -> Iterator[Problem]:
    """The problems of failed tests: one for a line and a project role, not one for each environment and person.

    `actual_in` names the source that the tests were run against, where that is not the desired state.
    """
    failed = _without_repeats([each for each in results if each.result is Result.FAILED])
    yield from _needs([each for each in failed if each.test.origin is Origin.NEED], project, actual_in)
    yield from _must_nots([each for each in failed if each.test.origin is Origin.MUST_NOT], project, actual_in)
    yield from _own([each for each in failed if each.test.origin is Origin.OWN], project, actual_in)


def _without_repeats(failed: list[TestResult]) -> list[TestResult]:
    """The results without those of members of a group that fails the same test: the group's problem is theirs."""
    of_team_members = {
        (each.test, each.team_member.at)
        for each in failed
        if each.team_member is not None and each.decision.subject.principal.id == each.team_member.principal.id
    }
    return [
        each
        for each in failed
        if each.team_member is None
        or each.decision.subject.principal.id == each.team_member.principal.id
        or (each.test, each.team_member.at) not in of_team_members
    ]


def _called(principal: Principal, project: Project) -> str:
    """What to call somebody: by the project's own name, a group or an identity by its own, and others by their id."""
    if (
        is_stand_in(principal)
        or not principal.id
        or principal.type in (PrincipalType.GROUP, PrincipalType.SERVICE_PRINCIPAL)
    ):
        return principal.name or principal.id
    ours = {each.principal.id for team in project.team.values() for each in team} | project.membership.principals.keys()
    return principal.name if principal.id in ours and principal.name else principal.id


def _needs(failed: list[TestResult], project: Project, actual_in: str) -> Iterator[Problem]:
    groups: dict[tuple[Position, str, str, bool, str], list[TestResult]] = {}
    for each in failed:
        test = each.test
        who = "" if each.team_member is None else _called(each.decision.subject.principal, project)
        groups.setdefault((test.at, test.project_role, test.responsibility, each.borrowed, who), []).append(each)
    for (at, role_id, responsibility, borrowed, who), those in groups.items():
        first = those[0]
        named = _operations(each.test.operation for each in those)
        where = _where(those)
        title = project.mapping.roles[role_id].title
        if borrowed:
            lender = wording.serves(first.decision.permits[0].reasons, 1)
            message = (
                f"{title} can {named} on `{first.test.on}` in {where} only by what other responsibilities take "
                f"({lender}): when `{responsibility}` moves to another role, it loses that access"
            )
            yield rules.problem("borrowed-need", at, message, project_role=role_id, responsibility=responsibility)
            continue
        near = wording.why_not(first.decision)
        because = (
            f": {wording.permit(first.decision.permits[0], first.test.operation)}"
            if first.decision.permits
            else f": {near or 'none of its grants comes near'}"
        )
        if not near and not first.decision.permits and not actual_in:
            because += f" (`rbacgen suggest {first.test.operation} --on {first.test.on}` shows the roles that allow it)"
        named_subject = f"`{who}` as {title}" if who else title
        verdict = "" if first.decision.verdict is Verdict.DENIED else f" ({_verdict(first.decision)} only)"
        message = f"{_in(actual_in)}{named_subject} cannot {named} on `{first.test.on}` in {where}, which `{responsibility}` needs{verdict}{because}"
        subject = {} if first.team_member is None else {"principal": first.decision.subject.principal.id}
        yield rules.problem(
            "uncovered-need", at, message, project_role=role_id, responsibility=responsibility, **subject
        )


def _must_nots(failed: list[TestResult], project: Project, actual_in: str) -> Iterator[Problem]:
    alone: dict[tuple[Position, str], list[TestResult]] = {}
    assigned: dict[tuple[str, str, bool], list[TestResult]] = {}
    for each in failed:
        if is_stand_in(each.decision.subject.principal):
            alone.setdefault((each.test.at, each.test.project_role), []).append(each)
    for each in failed:
        subject = each.decision.subject.principal
        if not is_stand_in(subject) and (actual_in or (each.test.at, each.test.project_role) not in alone):
            is_desired = each.by is not None and bool(each.by.reasons)
            assigned.setdefault((subject.id, each.test.project_role, is_desired), []).append(each)
    for (at, role_id), those in alone.items():
        by = those[0].by
        assert by is not None  # the test fails by it
        title = project.mapping.roles[role_id].title
        why = f" ({those[0].test.why})" if those[0].test.why else ""
        message = f"{title} {_does(those)} in {_where(those)}, and must not{why}: {wording.permit(by, those[0].test.operation)}{_granted_at(by)}"
        yield rules.problem("must-not", at, message, project_role=role_id, operation=those[0].test.operation)
    for those in assigned.values():
        yield _assigned(those, project, actual_in)


def _assigned(those: list[TestResult], project: Project, actual_in: str) -> Problem:
    """One problem for somebody who, with all their access, can do what one of their project roles must not.

    What another project role gives them comes from the project, in a source too, and breaks the same rule.
    """
    first = those[0]
    by = first.by
    assert first.team_member is not None
    assert by is not None
    title = project.mapping.roles[first.test.project_role].title
    subject = first.decision.subject.principal
    name = f"`{_called(subject, project)}`"
    if subject.id != first.team_member.principal.id:
        name += f" (in `{first.team_member.principal.name}`)"
    lines = {each.test.at for each in those}
    more = f"; and {len(lines) - 1} more" if len(lines) > 1 else ""
    same = [each for each in those if each.test.at == first.test.at]
    how = f"{wording.permit(by, first.test.operation)}{_chain(first.decision, by)}"
    about = {"project_role": first.test.project_role, "principal": subject.id}
    what = f"{_does(same)} in {_where(same)}"
    if actual_in and not by.reasons:
        message = f"in {actual_in}, {name} {what}, which {title} must not ({first.test.at.short}): {how}{more}"
        return rules.problem("actual-must-not", first.team_member.at, message, **about)
    message = f"{_in(actual_in)}{name} {what}, which {title} must not ({first.test.at.short}), through another project role: {how}{more}"
    return rules.problem("toxic-union", first.team_member.at, message, **about)


def _own(failed: list[TestResult], project: Project, actual_in: str) -> Iterator[Problem]:
    for each in failed:
        test, decision = each.test, each.decision
        who = _called(decision.subject.principal, project)
        expected = joined(sorted(verdict.words for verdict in test.accepts), "or")
        by = f", by {wording.permit(decision.permits[0], test.operation)}" if decision.permits else ""
        near = "" if by else wording.why_not(decision)
        where = f" in {test.environment}" if test.environment else ""
        message = (
            f"{_in(actual_in)}{who}: {wording.plane(test.plane)}`{test.operation}` on `{test.on}`{where} is "
            f"{_verdict(decision)}{by}{': ' + near if near else ''}; expected {expected}"
            f"{': ' + test.why if test.why else ''}"
        )
        about = {"test": test.name, "principal": decision.subject.principal.id, "environment": test.environment}
        yield rules.problem("failed-test", test.at, message, **about, scope=test.scope.id)


def _verdict(decision: Decision) -> str:
    return "partly allowed" if decision.is_partly else wording.verdict(decision.verdict, decision.only_eligible)


def _in(actual_in: str) -> str:
    return f"in {actual_in}, " if actual_in else ""


def _does(those: list[TestResult]) -> str:
    """`can do X on Y`, with what that takes first."""
    test, by = those[0].test, those[0].by
    assert by is not None
    able = wording.able(by.verdict, by.assignment.activation is Activation.ELIGIBLE)
    planes = {each.test.plane for each in those}
    data = " (control and data)" if len(planes) > 1 else " (data)" if test.plane is Plane.DATA else ""
    return f"{able} `{test.operation}`{data} on `{test.on}`"


def _operations(operations: Iterable[str]) -> str:
    return shortlist((f"`{each}`" for each in dict.fromkeys(operations)), _NAMED)


def _where(those: list[TestResult]) -> str:
    return ", ".join(dict.fromkeys(each.test.environment for each in those))


def _granted_at(by: Permit) -> str:
    return f" ({by.reasons[0].grant_at.short})" if by.reasons else ""


def _chain(decision: Decision, by: Permit) -> str:
    """Through which groups, and for which responsibility, somebody has access; or that it is not in the project."""
    through = " through a group" if by.path and by.path[-1] != decision.subject.principal.id else ""
    if by.reasons:
        return f"{through}, for {wording.serves(by.reasons, 1)}"
    return f"{through}, which is not in the project"
