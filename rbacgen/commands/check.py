"""The steps of `check`: every problem of a project, and its access tests on what a source holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.analysis import wording
from rbacgen.analysis.access_tests import cases, isolated_roles, problems
from rbacgen.analysis.access_tests.cases import Origin, Result, TestResult
from rbacgen.analysis.checks import least_privilege
from rbacgen.analysis.checks.least_privilege import GrantExcess
from rbacgen.analysis.drift.ignore import IgnoreRules
from rbacgen.analysis.results import CheckedProject, CheckResult, SourceCheck
from rbacgen.authorization import privilege
from rbacgen.authorization.catalog.resource_types import type_of
from rbacgen.authorization.evaluator import Evaluator
from rbacgen.commands import load, query
from rbacgen.commands.load import TestOptions
from rbacgen.commands.open_source import Connect, Reader
from rbacgen.model import rules
from rbacgen.model.assignment import Activation, PrincipalType
from rbacgen.model.problems import Problem, in_order
from rbacgen.model.source import COMPARED, Source
from rbacgen.model.state import Part
from rbacgen.model.wording import shortlist
from rbacgen.project import managed_scopes
from rbacgen.project.project import Project

_ASSIGN = "Microsoft.Authorization/roleAssignments/write"


class CheckOptions(Struct, frozen=True):
    """The options of a check; `source` is what to run the access tests on as well, None for the desired state alone."""

    within: int = 30
    tests: TestOptions = TestOptions()
    source: str | None = None
    strict: bool = False


def check(given: str | None, today: date, options: CheckOptions, connect: Connect) -> CheckResult:
    """The problems of a project and, where a source is given and the project has no errors, of what that holds.

    Raises InputError where a file cannot be read at all, and RbacgenError where the source could not be read at all.
    """
    checked = load.work_out(given, today, options.within, options.tests)
    if options.source is None or checked.blocking:
        return CheckResult(checked, None, options.strict)
    project, desired = checked.project, checked.desired
    asked = replace(managed_scopes.ask(project, desired), parts=COMPARED | {Part.DENIALS}, mark="")
    source = Reader(connect, project.cloud, checked.catalog).read(options.source, asked, project.tenant)
    return CheckResult(checked, actual(checked, source, options.tests), options.strict)


def excess(checked: CheckedProject) -> tuple[GrantExcess, ...]:
    """The excess permissions of the grants in use: what their capabilities do not need, the heaviest first."""
    in_use = {reason.grant_at for each in checked.desired.state for reason in each.reasons}
    found = least_privilege.excesses(checked.project.mapping, checked.catalog)
    return tuple(each for each in found if each.grant.at in in_use)


def actual(checked: CheckedProject, source: Source, tests: TestOptions) -> SourceCheck:
    """The access tests of a project on what a source holds, and the escalations that are not in the project."""
    project = checked.project
    places = isolated_roles.places(project)
    assigned = cases.without_ended(project, checked.desired.expired)
    access = Evaluator(query.facts_of(source, checked, places, checked.catalog))
    more, _ = load.read_tests(tests.files)
    own, _ = cases.of_team((*project.tests, *more), project, places, checked.catalog.operations)
    # What the project supposes, because it binds nothing, does not exist in Azure.
    bound = [each for each in cases.of_project_roles(assigned, places) if (each.on, each.environment) in places.scopes]
    own = tuple(each for each in own if not each.environment or (each.on, each.environment) in places.scopes)
    origins = frozenset({Origin.NEED, Origin.MUST_NOT})
    test_results = (
        *cases.run_team_members(bound, assigned, access, origins),
        *cases.run_own(own, assigned, access, None),
    )
    reported = {
        (each.test, each.decision.subject.principal.id) for each in checked.test_results if each.result is Result.FAILED
    }
    new = [
        each
        for each in test_results
        if not _is_desired(each) or (each.test, each.decision.subject.principal.id) not in reported
    ]
    found = [*problems.of_tests(new, project, source.name), *_privileged(checked, source, access)]
    kept = [each for each in found if not _is_off(each, checked)]
    return SourceCheck(
        source=source.name,
        test_results=test_results,
        problems=in_order(kept),
        unread=source.state.coverage.unread,
        undecided=sum(each.result is Result.UNDECIDED for each in test_results),
        notes=(*source.notes, *_opaque(assigned, access)),
        taken=source.taken,
    )


def _is_desired(test_result: TestResult) -> bool:
    """Whether what breaks a test is in the project: then the check of its files has reported it."""
    return test_result.by is not None and bool(test_result.by.reasons)


def _opaque(project: Project, access: Evaluator) -> Iterator[str]:
    """What the tests could not include: people in groups whose members are not known."""
    known = access.facts.membership.known
    groups = {
        each.principal.name
        for team in project.team.values()
        for each in team
        if each.principal.type is PrincipalType.GROUP and each.principal.id not in known
    }
    if groups:
        yield (
            f"who is in {shortlist(sorted(groups))} is not known, so other access of its members was not tested "
            "(`rbacgen lock --members` reads it, or write `groups:` in the project file)"
        )


def _is_off(problem: Problem, checked: CheckedProject) -> bool:
    return problem.rule in checked.project.checks_off and rules.RULES[problem.rule].optional


def _names(project: Project) -> dict[str, str]:
    """The project's own names for principals, by object id; names that only a source has are not among them."""
    named = {each.principal.id: each.principal.name for team in project.team.values() for each in team}
    named |= {each.id: each.name for each in project.membership.principals.values()}
    return {principal: f"`{name}`" for principal, name in named.items() if name}


def _privileged(checked: CheckedProject, source: Source, access: Evaluator) -> Iterator[Problem]:
    """Permanently active access at or above the project's scopes that is not in the project and assigns roles or widens access."""
    project, desired = checked.project, checked.desired
    scopes = managed_scopes.managed_scopes(project, desired)
    here = managed_scopes.ScopeRelation.of(project, desired, scopes)
    ignored = IgnoreRules(project.ignore, checked.catalog)
    known = _names(project)
    for each in source.state:
        is_near = bool(here.managers(each.scope)) or here.is_above(each.scope)
        if (
            each.activation is not Activation.PERMANENT
            or not is_near
            or access.index.reasons(each)
            or ignored.first(each) is not None
        ):
            continue
        role, _ = access.index.role(each.role)
        opened = privilege.escalation_paths(
            role, each.scope.level, type_of(each.scope), checked.catalog, each.condition
        )
        privileged = [escalation_path for escalation_path in opened if escalation_path.is_privileged]
        if privileged:
            who = known.get(each.principal.id, f"the {wording.kind(each.principal.type)} {each.principal.id}")
            remedy = privilege.remedy(privileged[0], each.principal.type, is_permanent=True)
            message = (
                f"in {source.name}, {who} has {wording.grant(each, role.name)}, which is not in the project: "
                f"{wording.escalations(privileged)}; remove it; if it must stay, add it to the project, or {remedy}"
            )
            operations = {escalation_path.escalation.operation for escalation_path in privileged}
            about = {
                "scope": each.scope.id,
                "azure_role": role.id,
                "principal": each.principal.id,
                "escalation": _ASSIGN if _ASSIGN in operations else privileged[0].escalation.operation,
            }
            yield rules.problem("actual-privilege", project.place("environments"), message, **about)
