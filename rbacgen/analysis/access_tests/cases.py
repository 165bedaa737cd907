"""Access tests: what must be possible, what must not, and what a team asks for itself, run against any access."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.analysis import subjects
from rbacgen.analysis.access_tests.isolated_roles import Places, stand_in
from rbacgen.authorization import who_can
from rbacgen.authorization.catalog.operations import Operations
from rbacgen.authorization.evaluator import Evaluator
from rbacgen.authorization.request import AccessRequest, Decision, Permit, Subject, strongest
from rbacgen.model import rules
from rbacgen.model.assignment import Plane, Principal, PrincipalType, Verdict
from rbacgen.model.near_names import did_you_mean
from rbacgen.model.problems import Position, Problem
from rbacgen.model.scope import Scope
from rbacgen.project.desired import Expired
from rbacgen.project.mapping import ProjectRole
from rbacgen.project.project import Environment, Project, TeamMember, TeamTest


class Origin(StrEnum):
    """Where a test comes from."""

    NEED = "need"
    MUST_NOT = "must_not"
    OWN = "own"


class Result(StrEnum):
    """How a test went. `undecided` is one whose result could change by what was not read."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"


class AccessTest(Struct, frozen=True):
    """One question with the verdicts that are right.

    `project_role` is the project role that it is about, empty where it is about a principal (`principal`) or everybody.
    `activated_only` lets the verdict be more than `accepts` where all of it takes an activation. `on` is the scope kind or
    the resource id as written, `responsibility` what a need serves. `source` is the page that explains why. `on_both` says that the
    same line is tested on the other plane as well.
    """

    origin: Origin
    project_role: str
    responsibility: str
    principal: Principal | None
    operation: str
    plane: Plane
    on: str
    environment: str
    scope: Scope
    accepts: frozenset[Verdict]
    activated_only: bool
    why: str
    source: str
    at: Position
    on_both: bool = False

    @property
    def name(self) -> str:
        """What identifies it among the tests of a project."""
        subject = self.project_role or (self.principal.name if self.principal is not None else "everyone")
        verb = {Origin.NEED: "can", Origin.MUST_NOT: "cannot", Origin.OWN: "test"}[self.origin]
        where = f"{self.on} in {self.environment}" if self.environment else self.on
        plane = f" ({self.plane})" if self.on_both else ""
        return f"{subject} {verb} {self.operation}{plane} on {where}"


class TestResult(Struct, frozen=True):
    """A test that was run for one principal, with the decision on its request.

    `team_member` is the entry of the team that it was run for; None for a project role by itself and for a test of a
    principal. `borrowed` says that a need is met only by what other responsibilities of the project role take.
    """

    test: AccessTest
    result: Result
    decision: Decision
    team_member: TeamMember | None = None
    borrowed: bool = False

    @property
    def is_union(self) -> bool:
        """Whether it was run on all access of a member, and not on the project role by itself."""
        return self.team_member is not None and self.test.origin is Origin.MUST_NOT

    @property
    def by(self) -> Permit | None:
        """The permit that breaks a test which expects less: one that takes no activation, where an activation is accepted.

        One that is not in the project comes before one that the project itself gives.
        """
        breaking = [
            permit for permit in self.decision.permits if not (self.test.activated_only and permit.needs_activation)
        ]
        return next((permit for permit in breaking if not permit.reasons), breaking[0] if breaking else None)


_PLANES = ((Plane.CONTROL, "actions"), (Plane.DATA, "data_actions"))
_MET = frozenset({Verdict.ALLOWED, Verdict.UNDER_CONDITION})
_MET_ACTIVATED = _MET | {Verdict.AFTER_ACTIVATION}
_NEVER = frozenset({Verdict.DENIED})
_STRENGTH = {verdict: rank for rank, verdict in enumerate(Verdict)}


# Which tests there are


def of_project_roles(project: Project, places: Places, every_role: bool = False) -> tuple[AccessTest, ...]:
    """The needs and `must_not` lines of every project role that has members, in each environment where it has; or of all.

    Scope kinds that are absent from an environment (`without`) are not tested there. A need that several capabilities share is
    tested once for a responsibility.
    """
    return tuple(
        test
        for role in project.mapping.roles.values()
        for environment in project.environments
        if every_role or team_members(project, role.id, environment)
        for test in (*_needs(role, environment, places), *_must_nots(role, environment, places))
    )


def team_members(project: Project, role_id: str, environment: Environment) -> tuple[TeamMember, ...]:
    """The members of a project role in an environment."""
    team = project.team.get(role_id, ())
    return tuple(each for each in team if not each.environments or environment.name in each.environments)


def _needs(role: ProjectRole, environment: Environment, places: Places) -> Iterator[AccessTest]:
    for responsibility in role.responsibilities:
        seen: set[tuple[str, Plane, str, bool]] = set()
        for capability in responsibility.takes:
            for need in capability.needs:
                scope = places.of(need.on, environment.name)
                if scope is None or environment.stands_for not in need.environments:
                    continue
                for plane, attribute in _PLANES:
                    for operation in getattr(need, attribute):
                        key = (operation.lower(), plane, need.on, need.activated)
                        if key not in seen:
                            seen.add(key)
                            yield AccessTest(
                                origin=Origin.NEED,
                                project_role=role.id,
                                responsibility=responsibility.id,
                                principal=None,
                                operation=operation,
                                plane=plane,
                                on=need.on,
                                environment=environment.name,
                                scope=scope,
                                accepts=_MET_ACTIVATED if need.activated else _MET,
                                activated_only=False,
                                why=need.note or capability.says,
                                source=need.source,
                                at=need.at,
                            )


def _must_nots(role: ProjectRole, environment: Environment, places: Places) -> Iterator[AccessTest]:
    for line in role.must_not:
        scope = places.of(line.on, environment.name)
        if scope is None or environment.stands_for not in line.environments:
            continue
        for plane in line.planes:
            yield AccessTest(
                origin=Origin.MUST_NOT,
                project_role=role.id,
                responsibility="",
                principal=None,
                operation=line.do,
                plane=plane,
                on=line.on,
                environment=environment.name,
                scope=scope,
                accepts=_NEVER,
                activated_only=line.unless_activated,
                why=line.because,
                source="",
                at=line.at,
                on_both=len(line.planes) > 1,
            )


def of_team(
    asked: Iterable[TeamTest], project: Project, places: Places, operations: Operations
) -> tuple[tuple[AccessTest, ...], tuple[Problem, ...]]:
    """The tests that a team has written, each in every environment that it means, and what is wrong with them."""
    found: list[AccessTest] = []
    problems: list[Problem] = []
    for each in asked:
        try:
            meant = subjects.find(project, each.who)
        except subjects.UnknownSubjectError as error:
            problems.append(rules.problem("unknown-who", each.at, f"{error.message}: {error.hint}"))
            continue
        planes = _planes(each, operations, problems)
        for environment, scope in _scopes(each, project, places, problems):
            found.extend(
                AccessTest(
                    origin=Origin.OWN,
                    project_role=meant.project_role.id if meant.project_role is not None else "",
                    responsibility="",
                    principal=meant.principal,
                    operation=each.do,
                    plane=plane,
                    on=each.on,
                    environment=environment,
                    scope=scope,
                    accepts=frozenset(each.expect),
                    activated_only=False,
                    why=each.because,
                    source="",
                    at=each.at,
                    on_both=len(planes) > 1,
                )
                for plane in planes
            )
    return tuple(found), tuple(problems)


def _planes(asked: TeamTest, operations: Operations, problems: list[Problem]) -> tuple[Plane, ...]:
    """The plane that is named, else the one where the operation is known; both where it is known on none.

    A test that expects a denial expects it on both planes; any other verdict needs to be about one plane.
    """
    if asked.plane is not None:
        return (asked.plane,)
    known = operations.planes(asked.do)
    if len(known) > 1 and frozenset(asked.expect) != _NEVER:
        message = f"`{asked.do}` is known on both planes: set `plane: control` or `plane: data`"
        problems.append(rules.problem("wrong-value", asked.at, message))
    if not known:
        near = operations.near(asked.do, n=1)
        hint = f" (did you mean `{near[0]}`?)" if near else ""
        message = f"`{asked.do}` is not a known operation{hint}: it is tested on both planes; set `plane` to test one"
        problems.append(rules.problem("unknown-operation", asked.at, message))
    return known or tuple(Plane)


def _scopes(asked: TeamTest, project: Project, places: Places, problems: list[Problem]) -> Iterator[tuple[str, Scope]]:
    """Where a test is to be run: each environment, by name, with the scope there."""
    if asked.on.startswith("/"):
        yield "", Scope.of(asked.on)
        return
    kinds = project.mapping.scope_kinds
    if asked.on not in kinds:
        message = f"the mapping has no scope kind `{asked.on}`{did_you_mean(asked.on, kinds)}"
        problems.append(rules.problem("unknown-scope-kind", asked.at, message))
        return
    names = [each.name for each in project.environments]
    for name in asked.environments:
        if name not in names:
            message = f"the project has no environment `{name}`{did_you_mean(name, names)}"
            problems.append(rules.problem("unknown-environment", asked.at, message))
    is_run = not set(asked.environments) <= set(names)  # what follows from a wrong name is not reported
    for name in names:
        if not asked.environments or name in asked.environments:
            scope = places.of(asked.on, name)
            if scope is not None and (asked.environments or (asked.on, name) in places.scopes):
                is_run = True
                yield name, scope
    if not is_run:
        message = f"no environment of this test binds `{asked.on}`, so it tests nothing"
        problems.append(rules.problem("unbound-scope", asked.at, message))


# Running them


def run_project_roles(tests: Iterable[AccessTest], project: Project, alone: Evaluator) -> Iterator[TestResult]:
    """Every test of a project role on the role by itself: `alone` is the access of the stand-ins."""
    subjects = {role.id: alone.subject(stand_in(role)) for role in project.mapping.roles.values()}
    for test in tests:
        if test.origin is Origin.NEED:
            yield _met(test, subjects[test.project_role], alone)
        elif test.origin is Origin.MUST_NOT:
            yield _judged(test, subjects[test.project_role], alone)


def run_team_members(
    tests: Iterable[AccessTest], project: Project, access: Evaluator, origins: frozenset[Origin]
) -> Iterator[TestResult]:
    """Every test of a project role on each of its members, with all their access, and on known members of groups."""
    for test in tests:
        if test.origin in origins and test.project_role:
            yield from _on_team_members(test, project, access)


def _on_team_members(test: AccessTest, project: Project, access: Evaluator) -> Iterator[TestResult]:
    here = {each.name: each for each in project.environments}.get(test.environment)
    team = project.team.get(test.project_role, ())
    for team_member in team if here is None else team_members(project, test.project_role, here):
        for principal in (team_member.principal, *members(team_member.principal, access)):
            if not principal.reference:
                yield _judged(test, access.subject(principal), access, team_member)


def without_ended(project: Project, expired: Iterable[Expired]) -> Project:
    """The project without the members whose access to a project role, or part of it, has ended: it is gone as intended."""
    ended = {(each.role.id, each.team_member.at) for each in expired}
    team = {role: tuple(each for each in those if (role, each.at) not in ended) for role, those in project.team.items()}
    return replace(project, team=team)


def members(principal: Principal, access: Evaluator) -> tuple[Principal, ...]:
    """Everybody who is known to be in a group, through groups too; empty for any other principal."""
    membership = access.facts.membership
    return tuple(membership.principals[each] for each in membership.members_of(principal.id))


def run_own(
    tests: Iterable[AccessTest], project: Project, access: Evaluator, alone: Evaluator | None
) -> Iterator[TestResult]:
    """The team's own tests: of a principal, of everybody, or of a project role.

    One of a project role is run on the role by itself where `alone` is given, else on each of its members.
    """
    for test in tests:
        if test.origin is not Origin.OWN:
            continue
        if test.project_role and alone is not None:
            yield _judged(test, alone.subject(stand_in(project.mapping.roles[test.project_role])), alone)
        elif test.project_role:
            yield from _on_team_members(test, project, access)
        elif test.principal is not None:
            yield _judged(test, access.subject(test.principal), access)
        else:
            yield _of_everyone(test, access)


def _request(test: AccessTest) -> AccessRequest:
    return AccessRequest(test.operation, test.plane, test.scope)


def _met(test: AccessTest, subject: Subject, access: Evaluator) -> TestResult:
    """A need of a responsibility: met by its own grants, or only by those of others, which may move away."""
    decision = access.decide(subject, _request(test))
    own = [permit for permit in decision.permits if _serves(permit, test)]
    if strongest(permit.verdict for permit in own) in test.accepts:
        return TestResult(test, Result.PASSED, decision)
    borrowed = decision.verdict in test.accepts
    return TestResult(test, Result.FAILED, access.evaluate(subject, _request(test)), borrowed=borrowed)


def _serves(permit: Permit, test: AccessTest) -> bool:
    return any(
        each.project_role == test.project_role and each.responsibility == test.responsibility for each in permit.reasons
    )


def _judged(test: AccessTest, subject: Subject, access: Evaluator, team_member: TeamMember | None = None) -> TestResult:
    decision = access.decide(subject, _request(test))
    result = _result(test, decision, could_allow_more=bool(access.could_allow_more(decision)))
    if result is Result.PASSED:
        return TestResult(test, result, decision, team_member)
    return TestResult(test, result, access.evaluate(subject, _request(test)), team_member)


def _result(test: AccessTest, decision: Decision, could_allow_more: bool) -> Result:
    """How a test went. It is undecided where more than what was read would turn it, to right or to wrong."""
    most = strongest(test.accepts)
    if _is_right(test, decision):
        return Result.UNDECIDED if could_allow_more and most is not Verdict.ALLOWED else Result.PASSED
    return Result.UNDECIDED if could_allow_more and _STRENGTH[most] < _STRENGTH[decision.verdict] else Result.FAILED


def _is_right(test: AccessTest, decision: Decision) -> bool:
    if test.origin is Origin.MUST_NOT or test.accepts == _NEVER:
        # Of a pattern, nothing at all may be possible.
        return not decision.permits or (
            test.activated_only and all(permit.needs_activation for permit in decision.permits)
        )
    return decision.verdict in test.accepts


def _of_everyone(test: AccessTest, access: Evaluator) -> TestResult:
    """A test of everybody who holds anything: the first with a verdict that is not right fails it."""
    found = who_can.everyone(access, _request(test), with_below=False)
    nobody = Subject(Principal("", PrincipalType.UNKNOWN, subjects.EVERYONE), {})
    decisions = found.here or (Decision(nobody, _request(test), Verdict.DENIED, unknowns=found.unknowns),)
    results = [_result(test, each, could_allow_more=bool(found.unknowns)) for each in decisions]
    for result in (Result.FAILED, Result.UNDECIDED):
        if result in results:
            return TestResult(test, result, decisions[results.index(result)])
    return TestResult(test, Result.PASSED, decisions[0])
