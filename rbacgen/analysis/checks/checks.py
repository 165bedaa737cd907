"""Checks of a project's desired access that need no connection to Azure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from msgspec import Struct

from rbacgen.analysis import wording
from rbacgen.analysis.checks import least_privilege, role_changes, separation_of_duties
from rbacgen.authorization import groups, patterns, privilege
from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.resource_types import COMPANIONS, EXTENSIONS
from rbacgen.authorization.groups import Membership
from rbacgen.model import rules
from rbacgen.model.assignment import Activation, Assignment, AzureRole, PrincipalType
from rbacgen.model.problems import Position, Problem
from rbacgen.model.scope import ScopeLevel
from rbacgen.model.wording import shortlist
from rbacgen.project.desired import Desired, delegation_condition
from rbacgen.project.mapping import Grant, ScopeKind
from rbacgen.project.project import Project

SUBSCRIPTION_LIMIT = 5000
MANAGEMENT_GROUP_LIMIT = 500
PIM_ACTIVE_DAYS = 180
_NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"  # what `init` writes where none is given
_SHOWN = 5  # people in one message; the rest is counted


class CheckInput(Struct, frozen=True):
    """The input of the checks: the project, its desired state, Azure's catalogue, the day, and how many days to look ahead."""

    project: Project
    desired: Desired
    catalog: Catalog
    today: date
    within: int = 30


def run(subject: CheckInput) -> tuple[Problem, ...]:
    """Every finding of every check, before the checks that the project switched off are removed."""
    return tuple(problem for check in _CHECKS for problem in check(subject))


def without_switched_off(problems: Iterable[Problem], project: Project) -> tuple[tuple[Problem, ...], Counter[str]]:
    """The problems that count, and how many each switched-off check found."""
    kept: list[Problem] = []
    off: Counter[str] = Counter()
    for problem in problems:
        if problem.rule in project.checks_off and rules.RULES[problem.rule].optional:
            off[problem.rule] += 1
        else:
            kept.append(problem)
    return tuple(kept), off


def _nothing_yet(subject: CheckInput) -> Iterator[Problem]:
    """What `init` writes has no faults before it is filled in, which must not look like a passed check."""
    project = subject.project
    lacks = []
    if all(each.subscription in ("", _NO_SUBSCRIPTION) for each in project.environments):
        lacks.append(("environments", "no environment has its subscription yet"))
    if not any(project.team.values()):
        lacks.append(("team", "no project role has a member yet"))
    if lacks:
        what = (
            "no access was checked"
            if not subject.desired.state
            else "the access that was checked is in no subscription"
        )
        yield rules.problem(
            "nothing-yet", project.place(lacks[0][0]), f"{' and '.join(each for _, each in lacks)}: {what}"
        )


def _ends(subject: CheckInput) -> Iterator[Problem]:
    project, today = subject.project, subject.today
    for expired in subject.desired.expired:
        who = f"`{expired.team_member.principal.name}` as {expired.role.title}"
        message = f"{who} ended on {expired.ended}: this access is left out"
        yield rules.problem("ended", expired.team_member.at, message)
    soon: dict[tuple[Position, str], tuple[date, Assignment]] = {}
    for assignment in subject.desired.state:
        if assignment.ends is not None and assignment.ends <= today + timedelta(days=subject.within):
            for reason in assignment.reasons:
                soon.setdefault((reason.member_at, reason.title), (assignment.ends, assignment))
    for (at, title), (day, assignment) in soon.items():
        left = (day - today).days
        message = f"`{assignment.principal.name}` as {title} ends on {day}, in {left} day{'' if left == 1 else 's'}"
        yield rules.problem("ends-soon", at, message)
    if project.ends is None:
        for role in project.mapping.roles.values():
            granted = any(
                grant
                for responsibility in role.responsibilities
                for each in responsibility.takes
                for grant in each.grants
            )
            ending = role.ends_with_project or any(
                grant.ends == "project"
                for responsibility in role.responsibilities
                for each in responsibility.takes
                for grant in each.grants
            )
            if ending and granted and project.team.get(role.id):
                message = f"access of {role.title} ends with the project, but the project has no `ends`"
                yield rules.problem("no-end", project.team[role.id][0].at, message)
    if project.pim:
        latest = today + timedelta(days=PIM_ACTIVE_DAYS)
        long_ones = {
            (reason.member_at, reason.title, assignment.ends, assignment.principal.name)
            for assignment in subject.desired.state
            if assignment.activation is Activation.PERMANENT
            and not assignment.condition
            and assignment.ends is not None
            and assignment.ends > latest
            for reason in assignment.reasons
        }
        for at, title, ends, name in sorted(long_ones, key=lambda each: (each[0], each[1])):
            message = (
                f"`{name}` as {title} is active until {ends}, over {PIM_ACTIVE_DAYS} days ahead: Azure refuses that unless "
                "the role's PIM settings allow it"
            )
            yield rules.problem("pim-long", at, message)


def _pim(subject: CheckInput) -> Iterator[Problem]:
    instead = subject.desired.permanent_instead
    if not instead:
        return
    named = sorted({f"{each.role.name} on {each.scope_kind} in {each.environment}" for each in instead})
    verb = "is" if len(instead) == 1 else "are"
    message = (
        f"{len(instead):,} assignment{'' if len(instead) == 1 else 's'} that should be eligible {verb} permanently active: "
        + "; ".join(named)
    )
    yield rules.problem("pim-off", subject.project.place("pim"), message)


def _people(subject: CheckInput) -> Iterator[Problem]:
    project = subject.project
    reported: set[str] = set()
    for team_members in project.team.values():
        for team_member in team_members:
            principal = team_member.principal
            if principal.type is PrincipalType.USER and principal.id not in reported:
                reported.add(principal.id)
                message = (
                    f"`{principal.name}` gets access directly: put the person in a group that holds the project role"
                )
                yield rules.problem("direct-user", team_member.at, message)
    for team_member, role in subject.desired.idle:
        has_azure = any(each.grants for responsibility in role.responsibilities for each in responsibility.takes)
        where = f" in {', '.join(team_member.environments)}" if team_member.environments and has_azure else ""
        message = f"`{team_member.principal.name}` gets no Azure access as {role.title}{where}"
        yield rules.problem("idle-member", team_member.at, message)
    named = {team_member.principal.id for team_members in project.team.values() for team_member in team_members}
    named |= {each.id for group in project.groups for each in (group.principal, *group.members)}
    for (kind, _), (object_id, name) in project.lock.principals.items():
        if object_id not in named:
            message = f"the {kind.replace('_', ' ')} `{name}` holds no project role and is in no group: `rbacgen lock` removes it"
            yield rules.problem("unused-principal", Position(project.lock.file), message)


def _membership(subject: CheckInput) -> Iterator[Problem]:
    yield from separation_of_duties.problems(subject.project)
    known = subject.project.membership
    places = {group.principal.id: group.at for group in subject.project.groups}
    for found in groups.differences(known):
        differing = [f"{_named(known, found.written_only)} only here"] if found.written_only else []
        differing += (
            [f"{_named(known, found.actual_only)} only in {subject.project.lock.file}"] if found.actual_only else []
        )
        message = f"in `{known.called(found.group)}`: {', '.join(differing)}; both count until one of them is corrected"
        yield rules.problem("members-differ", places[found.group], message)


def _named(known: Membership, ids: tuple[str, ...]) -> str:
    return shortlist(sorted(f"`{known.called(each)}`" for each in ids), _SHOWN)


def _azure_roles(subject: CheckInput) -> Iterator[Problem]:
    return role_changes.problems(subject.project, subject.desired)


def _bindings(subject: CheckInput) -> Iterator[Problem]:
    for environment in subject.project.environments:
        for kind, at in environment.binding_at.items():
            known = subject.project.mapping.scope_kinds.get(kind)
            if known is None or known.level is ScopeLevel.SUBSCRIPTION:
                continue  # a bound subscription is managed as a whole, whether a grant uses it or not
            if (environment.name, kind) not in subject.desired.bindings_used:
                message = f"no member of the team gets access to `{kind}` in `{environment.name}`"
                yield rules.problem("unused-binding", at, message)


def _limits(subject: CheckInput) -> Iterator[Problem]:
    in_subscription: Counter[str] = Counter()
    in_group: Counter[str] = Counter()
    for assignment in subject.desired.state:
        if assignment.scope.level is ScopeLevel.MANAGEMENT_GROUP:
            in_group[assignment.scope.id] += 1
        elif assignment.scope.subscription and assignment.activation is Activation.PERMANENT:
            in_subscription[assignment.scope.subscription] += 1
    at = subject.project.place("environments")
    for scope, count in sorted(in_subscription.items()):
        if count > SUBSCRIPTION_LIMIT:
            message = f"the subscription {scope} would hold {count:,} assignments of this project alone, over {SUBSCRIPTION_LIMIT:,}"
            yield rules.problem("limit-subscription", at, message)
    for scope, count in sorted(in_group.items()):
        if count > MANAGEMENT_GROUP_LIMIT:
            message = f"{scope} would hold {count:,} assignments of this project alone, over {MANAGEMENT_GROUP_LIMIT:,}"
            yield rules.problem("limit-management-group", at, message)
    longest: dict[Position, int] = {}
    made = {
        grant.at
        for capability in subject.project.mapping.capabilities.values()
        for grant in capability.grants
        if grant.may_assign
    }
    for assignment in subject.desired.state:
        if len(assignment.condition.encode()) > 8192 and assignment.reasons[0].grant_at in made:
            longest[assignment.reasons[0].grant_at] = len(assignment.condition.encode())
    for at, size in longest.items():
        yield rules.problem("wrong-condition", at, f"the condition has {size:,} bytes, and Azure accepts at most 8,192")


def _grants(subject: CheckInput) -> Iterator[Problem]:
    kinds = subject.project.mapping.scope_kinds
    in_use = {reason.grant_at for assignment in subject.desired.state for reason in assignment.reasons}
    for capability in subject.project.mapping.capabilities.values():
        for grant in capability.grants:
            kind = kinds.get(grant.on)
            if kind is None or grant.at not in in_use:
                continue
            if is_void(grant.role, kind):
                message = f"{grant.role.name} has no operation that can exist on a {kind.type} or on anything in it"
                yield rules.problem("void-grant", grant.at, message)
            is_permanent = grant.activation is Activation.PERMANENT or not subject.project.pim
            if is_permanent:
                yield from _paths(grant, kind, subject.catalog)
            yield from _passes_on(grant, subject.catalog)


def _paths(grant: Grant, kind: ScopeKind, catalog: Catalog) -> Iterator[Problem]:
    """The escalations of a permanently active grant: those that assign roles or widen access, and the others in one note."""
    condition = delegation_condition([_ANY_ROLE], []) if grant.may_assign else grant.condition
    opened = privilege.escalation_paths(grant.role, kind.level, kind.type, catalog, condition)
    where = f"{grant.role.name} on `{grant.on}`, permanently active"
    privileged = [each for each in opened if each.is_privileged]
    others = [each for each in opened if not each.is_privileged]
    if privileged:
        remedy = privilege.remedy(privileged[0], PrincipalType.GROUP, is_permanent=True)
        yield rules.problem("privileged-access", grant.at, f"{where}: {wording.escalations(privileged)}; {remedy}")
    if others:
        yield rules.problem("escalation-path", grant.at, f"{where}: {wording.escalations(others)}")


def _passes_on(grant: Grant, catalog: Catalog) -> Iterator[Problem]:
    """The roles that a condition lets be assigned and that assign any role themselves: the condition limits nothing then."""
    for role in grant.may_assign:
        opened = privilege.escalation_paths(role, ScopeLevel.SUBSCRIPTION, "", catalog)
        assigning = [each for each in opened if each.escalation.operation.lower() == _ASSIGN]
        if assigning:
            message = f"{grant.role.name} on `{grant.on}` may assign {role.name}, which assigns any role: the condition limits nothing"
            yield rules.problem("privileged-access", grant.at, message)


_ANY_ROLE = (
    "00000000-0000-0000-0000-000000000000"  # a placeholder for the roles of a condition of which only the limits matter
)
_ASSIGN = "microsoft.authorization/roleassignments/write"


def _needless(subject: CheckInput) -> Iterator[Problem]:
    in_use = {reason.grant_at for assignment in subject.desired.state for reason in assignment.reasons}
    for problem in least_privilege.needless(subject.project.mapping):
        if problem.at in in_use:
            yield problem


def is_void(role: AzureRole, kind: ScopeKind) -> bool:
    """Whether none of the role's own operations can exist on a resource of this kind or on what is in it.

    Operations that roles carry beside their work (support tickets, deployments, reading assignments) do not count,
    and a role that has nothing else is not judged; operations of providers that extend others always may exist.
    """
    if kind.level is not ScopeLevel.RESOURCE:
        return False
    below = kind.type.lower() + "/*"
    own: list[str] = []
    for permission in role.permissions:
        for pattern in (*permission.actions, *permission.data_actions):
            folded = pattern.lower()
            if folded.startswith("*") or (folded.startswith(EXTENSIONS) and not folded.startswith(COMPANIONS)):
                return False
            if not folded.startswith(COMPANIONS):
                own.append(folded)
    return bool(own) and not any(patterns.overlaps(pattern, below) for pattern in own)


_CHECKS: tuple[Callable[[CheckInput], Iterator[Problem]], ...] = (
    _nothing_yet,
    _ends,
    _pim,
    _people,
    _membership,
    _azure_roles,
    _bindings,
    _limits,
    _grants,
    _needless,
)
