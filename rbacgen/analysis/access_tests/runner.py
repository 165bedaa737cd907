"""Runs every access test on what a project desires: on each project role by itself, and on everybody who has one."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from rbacgen.analysis.access_tests import cases, isolated_roles
from rbacgen.analysis.access_tests import problems as findings
from rbacgen.analysis.access_tests.cases import AccessTest, Origin, Result, TestResult
from rbacgen.analysis.access_tests.isolated_roles import Places
from rbacgen.authorization.catalog import Catalog, bypasses
from rbacgen.authorization.catalog.resource_types import why_impossible
from rbacgen.authorization.evaluator import Evaluator
from rbacgen.authorization.groups import Membership
from rbacgen.authorization.request import Facts
from rbacgen.model import rules
from rbacgen.model.assignment import AzureRole, Verdict
from rbacgen.model.problems import Problem
from rbacgen.project.desired import Desired
from rbacgen.project.project import Project, TeamTest


class TestRun(Struct, frozen=True):
    """The result of every test, and the problems of those that failed."""

    tests: tuple[AccessTest, ...]
    test_results: tuple[TestResult, ...]
    problems: tuple[Problem, ...]


def facts(project: Project, desired: Desired, catalog: Catalog, places: Places) -> Facts:
    """What the project desires, in the form that access requests are decided by."""
    return Facts(
        state=desired.state,
        role_of=_as_it_is,
        membership=project.membership,
        parents=places.parents,
        permanent_instead=frozenset(each.key for each in desired.permanent_instead),
        known_operations=catalog.operations.matching,
        bypasses=bypasses.load(),
    )


def alone(project: Project, catalog: Catalog, places: Places) -> Facts:
    """The access of each project role by itself."""
    assigned = isolated_roles.isolated(project)
    return Facts(
        state=assigned.state,
        permanent_instead=frozenset(each.key for each in assigned.permanent_instead),
        role_of=_as_it_is,
        # Stand-ins have no members, so that no project role gives anything to another one.
        membership=Membership(
            known=frozenset(isolated_roles.stand_in(role).id for role in project.mapping.roles.values())
        ),
        parents=places.parents,
        known_operations=catalog.operations.matching,
        bypasses=bypasses.load(),
    )


def _as_it_is(role: AzureRole) -> AzureRole:
    return role


def run(
    project: Project, desired: Desired, catalog: Catalog, more: Iterable[TeamTest] = (), every_role: bool = False
) -> TestRun:
    """Runs all tests of a project, and `more` of the team's own, on its desired state."""
    places = isolated_roles.places(project)
    isolated_evaluator = Evaluator(alone(project, catalog, places))
    access = Evaluator(facts(project, desired, catalog, places))
    tests = cases.of_project_roles(project, places, every_role)
    own, problems = cases.of_team((*project.tests, *more), project, places, catalog.operations)
    of_project_roles = tuple(cases.run_project_roles(tests, project, isolated_evaluator))
    # What a project role by itself breaks, each of its members breaks as well: that is one mistake, reported once.
    sound = [each.test for each in of_project_roles if each.result is not Result.FAILED]
    test_results = [
        *of_project_roles,
        *cases.run_team_members(sound, project, access, frozenset({Origin.MUST_NOT})),
        *cases.run_own(own, project, access, isolated_evaluator),
    ]
    found = [*problems, *_void((*tests, *own)), *findings.of_tests(test_results, project)]
    return TestRun((*tests, *own), tuple(test_results), tuple(found))


def _void(tests: Iterable[AccessTest]) -> Iterable[Problem]:
    """The tests of operations that cannot exist at their scope: they would pass, or fail, whatever anybody has."""
    reported = set()
    for test in tests:
        why = why_impossible(test.operation, test.scope)
        if why and (test.at, test.operation) not in reported:
            reported.add((test.at, test.operation))
            yield rules.problem("void-request", test.at, f"on `{test.on}`, {why}: this is {_always(test)}")


def _always(test: AccessTest) -> str:
    if test.origin is Origin.NEED:
        return "a need that nothing can meet"
    return "a test that cannot fail" if Verdict.DENIED in test.accepts else "a test that cannot pass"
