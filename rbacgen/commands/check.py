"""The order of steps of `check`: everything that is wrong with a project, and its access tests on what a source holds."""

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
from rbacgen.analysis.results import CheckedProject, SourceCheck
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
from rbacgen.project import managed_scopes
from rbacgen.project.project import Project

_ASSIGN = "Microsoft.Authorization/roleAssignments/write"


class CheckOptions(Struct, frozen=True):
    """How a check is asked for; `source` is what to run the access tests on as well, None for the wanted state alone."""

    within: int = 30
    proving: TestOptions = TestOptions()
    source: str | None = None


def check(
    given: str | None, today: date, options: CheckOptions, connect: Connect
) -> tuple[CheckedProject, SourceCheck | None]:
    """What is wrong with a project and, where a source is given and the project is sound, with what that holds.

    Raises InputError where a file cannot be read at all, and RbacgenError where the source could not be read at all.
    """
    checked = load.work_out(given, today, options.within, options.proving)
    if options.source is None or checked.blocking:
        return checked, None
    project, desired = checked.project, checked.desired
    asked = replace(managed_scopes.ask(project, desired), parts=COMPARED | {Part.DENIALS}, mark="")
    source = Reader(connect, project.cloud, checked.catalog).read(options.source, asked, project.tenant)
    return checked, actual(checked, source, options.proving)


def excess(checked: CheckedProject) -> tuple[GrantExcess, ...]:
    """What the grants in use give beyond the needs of their capabilities, the heaviest first."""
    in_use = {reason.grant_at for each in checked.desired.state for reason in each.reasons}
    found = least_privilege.excesses(checked.project.mapping, checked.catalog)
    return tuple(each for each in found if each.grant.at in in_use)


def actual(checked: CheckedProject, source: Source, proving: TestOptions) -> SourceCheck:
    """How the access tests of a project go on what a source holds, and the paths to more that strangers have there."""
    project = checked.project
    places = isolated_roles.places(project)
    assigned = cases.without_ended(project, checked.desired.expired)
    access = Evaluator(query.facts_of(source, checked, places, checked.catalog))
    more, _ = load.read_tests(proving.files)
    own, _ = cases.of_team((*project.tests, *more), project, places, checked.catalog.operations)
    # What the project supposes, because it binds nothing, is nowhere in Azure.
    bound = [each for each in cases.of_project_roles(assigned, places) if (each.on, each.environment) in places.scopes]
    own = tuple(each for each in own if not each.environment or (each.on, each.environment) in places.scopes)
    origins = frozenset({Origin.NEED, Origin.MUST_NOT})
    test_results = (
        *cases.run_team_members(bound, assigned, access, origins),
        *cases.run_own(own, assigned, access, None),
    )
    said = {
        (each.test, each.decision.subject.principal.id) for each in checked.test_results if each.result is Result.FAILED
    }
    anew = [
        each
        for each in test_results
        if not _is_desired(each) or (each.test, each.decision.subject.principal.id) not in said
    ]
    found = [*problems.of_tests(anew, project, source.name), *_strangers(checked, source, access)]
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
    """Whether what breaks a test is wanted by the project: then the check of its files has said so."""
    return test_result.by is not None and bool(test_result.by.reasons)


def _opaque(project: Project, access: Evaluator) -> Iterator[str]:
    """What the tests could not look at: people in groups whose members nobody has told."""
    known = access.facts.membership.known
    groups = {
        each.principal.name
        for team in project.team.values()
        for each in team
        if each.principal.type is PrincipalType.GROUP and each.principal.id not in known
    }
    if groups:
        yield (
            f"who is in {wording.listed(sorted(groups))} is not known, so what its people have besides was not tested "
            "(`rbacgen lock --members` reads it, or write `groups:` in the project file)"
        )


def _is_off(problem: Problem, checked: CheckedProject) -> bool:
    return problem.rule in checked.project.checks_off and rules.RULES[problem.rule].optional


def _names(project: Project) -> dict[str, str]:
    """The project's own names for principals, by object id; what a source calls somebody is no name of the project's."""
    named = {each.principal.id: each.principal.name for team in project.team.values() for each in team}
    named |= {each.id: each.name for each in project.membership.principals.values()}
    return {principal: f"`{name}`" for principal, name in named.items() if name}


def _strangers(checked: CheckedProject, source: Source, access: Evaluator) -> Iterator[Problem]:
    """Standing access at the project's scopes, or above them, that it does not want and that hands out or widens access."""
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
                f"in {source.name}, {who} has {wording.grant(each, role.name)}, which the project does not want: "
                f"{wording.escalations(privileged)}; take it away; if it must stay, put it into the project, or {remedy}"
            )
            opens = {escalation_path.escalation.operation for escalation_path in privileged}
            about = {
                "scope": each.scope.id,
                "azure_role": role.id,
                "principal": each.principal.id,
                "opens": _ASSIGN if _ASSIGN in opens else privileged[0].escalation.operation,
            }
            yield rules.problem("held-privilege", project.place("environments"), message, **about)
