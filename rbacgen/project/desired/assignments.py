"""Grants of one key joined to one assignment: with all their reasons, one condition and one end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from rbacgen.model import rules
from rbacgen.model.assignment import Activation, Assignment
from rbacgen.model.problems import Position, Problem
from rbacgen.project.desired.description import describe
from rbacgen.project.desired.grants import DesiredGrant
from rbacgen.project.mapping import Grant
from rbacgen.project.project import Project, TeamMember

_NEVER = date.min  # no permanent grant gives it


class JoinedAssignment(Struct, frozen=True):
    """One assignment; whether it is permanent only because the project has no PIM; and what is wrong with joining it."""

    assignment: Assignment
    permanent_instead: bool
    problems: tuple[Problem, ...]


class AssignmentJoiner:
    """Joins grants to assignments. What many assignments share is made once."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.environment_order = {each.name: index for index, each in enumerate(project.environments)}
        self.kind_order = {name: index for index, name in enumerate(project.mapping.scope_kinds)}
        self.environment_names: dict[tuple[str, ...], tuple[str, ...]] = {}

    def join(self, grants: Sequence[DesiredGrant]) -> JoinedAssignment:
        """The assignment of grants that have one key. It is in the first environment and scope kind of theirs."""
        first = grants[0]
        home = min(grants, key=self.rank)
        team_member = min((each.team_member for each in grants), key=lambda each: (each.principal.name, each.at))
        by_rank: dict[tuple[int, int, str], DesiredGrant] = {}
        for each in grants:
            by_rank.setdefault(each.rank, each)
        reasons = tuple(by_rank[rank].reason for rank in sorted(by_rank))
        condition, ends, problems = _settle_condition(grants, team_member, home)
        assignment = Assignment(
            scope=first.scope,
            role=first.role,
            principal=team_member.principal,
            activation=first.activation,
            condition=condition,
            condition_version="2.0" if condition else "",
            description=describe(reasons, self.project.name, stable=self.project.azurerm < 5),
            ends=ends,
            environment=home.environment.name,
            environments=self.environments(grants),
            scope_kind=home.grant.on,
            reasons=reasons,
        )
        return JoinedAssignment(assignment, _is_permanent_instead(assignment, grants), problems)

    def rank(self, given: DesiredGrant) -> tuple[int, int]:
        """Where a grant comes among those of several environments or scope kinds."""
        return self.environment_order[given.environment.name], self.kind_order[given.grant.on]

    def environments(self, grants: Sequence[DesiredGrant]) -> tuple[str, ...]:
        """The names of the grants' environments in the project's order, as one object for all who have the same."""
        names = tuple(sorted({each.environment.name for each in grants}, key=self.environment_order.__getitem__))
        return self.environment_names.setdefault(names, names)


def _is_permanent_instead(assignment: Assignment, grants: Sequence[DesiredGrant]) -> bool:
    """Whether a permanent assignment has its condition or its end from a grant that should be eligible."""
    if assignment.activation is not Activation.PERMANENT or not any(each.should_be_eligible for each in grants):
        return False
    permanent: dict[str, date | None] = {}
    for each in grants:
        if not each.should_be_eligible:
            permanent[each.condition] = _later(each.ends, permanent.get(each.condition, each.ends))
    return permanent.get(assignment.condition, _NEVER) != assignment.ends


def _settle_condition(
    grants: Sequence[DesiredGrant], team_member: TeamMember, home: DesiredGrant
) -> tuple[str, date | None, tuple[Problem, ...]]:
    """The one condition of an assignment, its end, and the problems: no condition where a grant has none, since access adds up.

    An unconditional grant that ends before a limited one cannot be joined with it: Azure keeps one of them, and either would
    be wrong, wider for longer or gone too early.
    """
    conditions: dict[str, tuple[Grant, date | None]] = {}
    for each in grants:
        first, until = conditions.get(each.condition, (each.grant, each.ends))
        conditions[each.condition] = (first, _later(each.ends, until))
    if len(conditions) == 1:
        ((text, (_, ends)),) = conditions.items()
        return text, ends, ()
    limited = sorted((grant.at, text, ends) for text, (grant, ends) in conditions.items() if text)
    role, kind, environment = home.role.name, home.grant.on, home.environment.name
    who = f"`{team_member.principal.name}`"
    if "" in conditions:
        grant, until = conditions[""]
        return "", until, tuple(_beside(grant, until, each, (who, role, kind, environment)) for each in limited)
    problems = []
    for at, _, _ in limited[1:]:
        message = (
            f"{who} gets {role} on `{kind}` in {environment} under this condition "
            f"and under another one ({limited[0][0].short}): Azure keeps one, so join them by hand"
        )
        problems.append(rules.problem("contradictory-grants", at, message))
    return limited[0][1], limited[0][2], tuple(problems)


def _beside(
    free: Grant, until: date | None, limited: tuple[Position, str, date | None], words: tuple[str, str, str, str]
) -> Problem:
    """What is wrong with a limited grant beside one without a condition: it lasts longer, or its condition is lost."""
    who, role, kind, environment = words
    at, _, ends = limited
    if until is not None and (ends is None or ends > until):
        message = (
            f"{who} gets {role} on `{kind}` in {environment} under this "
            f"condition, and without it until {until} ({free.at.short}): Azure keeps one, so let them end together"
        )
        return rules.problem("contradictory-grants", at, message)
    message = (
        f"the condition limits nothing for {who} in {environment}: "
        f"{role} on `{kind}` comes without it from {free.at.short}"
    )
    return rules.problem("condition-lost", at, message)


def _later(one: date | None, other: date | None) -> date | None:
    """The later of two ends; None never ends."""
    return None if one is None or other is None else max(one, other)
