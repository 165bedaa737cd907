"""Access tests whose result changed because Azure changed a role since the project was last locked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rbacgen.analysis.access_tests import isolated_roles, runner
from rbacgen.analysis.access_tests.cases import AccessTest, TestResult
from rbacgen.analysis.checks import role_changes
from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.diff import differs
from rbacgen.authorization.evaluator import Evaluator
from rbacgen.authorization.request import Facts
from rbacgen.model import rules
from rbacgen.model.assignment import AzureRole
from rbacgen.model.problems import Position, Problem
from rbacgen.project.desired import Desired
from rbacgen.project.project import Project

if TYPE_CHECKING:
    from collections.abc import Mapping


def problems(
    project: Project, desired: Desired, catalog: Catalog, test_results: Iterable[TestResult]
) -> Iterator[Problem]:
    """The tests whose verdict is not what it was with the roles as `rbacgen.lock` knows them, once for each line and
    project role.

    Asks nothing where no role in use has changed.
    """
    changed = {
        each.role.id: was
        for each in role_changes.used(project, desired)
        if (was := project.lock.azure_roles.get(each.role.id)) is not None and differs(was, each.role)
    }
    if not changed:
        return
    places = isolated_roles.places(project)
    alone = _before(runner.alone(project, catalog, places), changed)
    together = _before(runner.facts(project, desired, catalog, places), changed)
    reported: set[tuple[Position, str]] = set()
    for test_result in test_results:
        test, decision = test_result.test, test_result.decision
        access = alone if isolated_roles.is_stand_in(decision.subject.principal) else together
        if not decision.subject.through:
            continue  # everybody: not a principal whose access could be compared
        then = access.decide(decision.subject, decision.request)
        key = (test.at, test.project_role)
        if then.verdict is not decision.verdict and key not in reported:
            reported.add(key)
            yield rules.problem(
                "access-test-regressed", test.at, _message(test, test_result, then.verdict.words, project)
            )


def _before(facts: Facts, changed: Mapping[str, AzureRole]) -> Evaluator:
    return Evaluator(replace(facts, role_of=lambda role: changed.get(role.id, role)))


def _message(test: AccessTest, test_result: TestResult, was: str, project: Project) -> str:
    role = project.mapping.roles.get(test.project_role)
    who = role.title if role is not None else test_result.decision.subject.principal.name
    permits = test_result.decision.permits
    by = f", by {permits[0].role.name}" if permits else ""
    where = f"`{test.on}`" + (f" in {test.environment}" if test.environment else "")
    return (
        f"Azure changed a role since {project.lock.file} was made: {who}, `{test.operation}` on {where} was {was} "
        f"and is {test_result.decision.verdict.words}{by}"
    )
