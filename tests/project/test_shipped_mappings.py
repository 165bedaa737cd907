"""The mappings that ship: whole, true to their source, and giving what they promise and no more."""

from __future__ import annotations

import json
import re
import tempfile
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

import rbacgen
from rbacgen.analysis.access_tests import cases, isolated_roles, runner
from rbacgen.analysis.access_tests.cases import Origin, Result, TestResult
from rbacgen.authorization.catalog import load
from rbacgen.authorization.evaluator import Evaluator
from rbacgen.authorization.permissions import allows, role_allows
from rbacgen.authorization.request import strongest
from rbacgen.commands import files, render
from rbacgen.commands import load as workflow
from rbacgen.model.assignment import Activation, Assignment, AzureRole, Permission, Plane, Verdict
from rbacgen.model.problems import Position
from rbacgen.model.scope import Scope
from rbacgen.model.state import State
from rbacgen.project import document, mapping_loader
from rbacgen.project.mapping import Capability, Mapping, ProjectRole
from rbacgen.project.project import Project
from tests.fakes.world import DEVELOPERS, TODAY

# The reference set of roles and responsibilities, by family: what a project takes, in words close to its source.
SEED: dict[str, dict[str, tuple[str, ...]]] = {
    "Key business leads": {
        "Group Manager": (
            "ownership of the MLOps process",
            "create group account on a code hosting platform",
            "create a project template repository",
            "set of standardised document templates",
        ),
        "Team Lead": (
            "architectural blueprints and guidance",
            "responsible for project templates and team utilities",
            "team setup with appropriate skills for each project",
        ),
        "Project Lead": (
            "provision team project in the code hosting and development platforms",
            "key technical decisions on use of frameworks and libraries",
        ),
        "Product Owner / Business Analyst": (
            "define business use case",
            "liaise with business and provide subject matter expertise",
            "user stories",
            "prioritisation",
            "project success criteria",
        ),
    },
    "Data science, ML and development": {
        "Data Engineer": (
            "fetch data from source systems",
            "cleanse data",
            "join, aggregate, conform data from various sources",
            "responsible for data quality",
            "data ingestion and processing pipelines",
        ),
        "Data Scientist": (
            "log experiments and metrics, source control",
            "feature engineering",
            "model and pipeline development",
            "model training and retraining",
            "model repository",
            "manage data drift",
        ),
        "MLOps Engineer": (
            "continuous integration and continuous deployment",
            "deployment of code and pipelines across environments",
            "model performance metrics",
            "service performance metrics",
        ),
        "DevOps Engineer": (
            "provision environments via infrastructure as code",
            "integrate MLOps within the end-to-end DevOps lifecycle",
        ),
        "Data Analyst": (
            "initial analysis and reporting on the data",
            "visualisation and presentation of model results",
        ),
        "Application Developer": ("call data science models via APIs", "unit testing"),
        "Tester": ("automated testing via the model endpoint", "integration testing"),
    },
    "IT architecture and platform": {
        "Solution Architect": ("technical architecture", "technical advice and guidance throughout the project"),
        "Azure Infrastructure Engineer / Administrator": (
            "deploy and configure relevant Azure services in line with the architecture and integrate with existing footprint",
            "represent IT to assist with integrations with on-premises workloads, such as network integrations",
            "implement Well-Architected standards such as cost management and policy-based governance",
        ),
    },
    "Project management": {
        "Project Manager": (
            "project timelines",
            "resource allocation",
            "cost management",
            "vendor management",
            "stakeholder management",
        ),
        "Scrum Master": (
            "facilitate scrum meetings",
            "clearing obstacles",
            "protecting the team from outside interruptions and distractions",
        ),
    },
}
_SMALL = {"and", "the", "of", "a", "to", "on", "in", "via", "with", "as", "such", "from", "for", "at", "by"}


@cache
def shipped(name: str) -> Mapping:
    """A mapping that ships, which must have nothing wrong, not even a warning."""
    folder, called = files.mapping_folder(name, Position("test"), Path())
    layer = []
    for path, text in files.read_mapping(folder, called):
        root, problems = document.parse(text.text, text.name)
        assert problems == ()
        assert root is not None
        layer.append(mapping_loader.MappingFile(path, root))
    known, problems = mapping_loader.build([layer], load())
    assert [str(problem) for problem in problems] == []
    return known


def words(sentence: str) -> set[str]:
    """The words that carry a sentence, cut to their first five letters, so that plural and ending do not matter."""
    return {word[:5] for word in re.findall(r"[a-z]+", sentence.lower().replace("&", " ")) if word not in _SMALL}


def people(known: Mapping) -> list[ProjectRole]:
    """The project roles of people."""
    return [role for role in known.roles.values() if not role.is_workload]


MAPPINGS = files.shipped_mappings()
ROLES = [(name, role) for name in MAPPINGS for role in shipped(name).roles.values()]
CAPABILITIES = [(name, each) for name in MAPPINGS for each in shipped(name).capabilities.values()]


# The list of roles and responsibilities.


def test_the_list_has_fifteen_roles_and_fifty_responsibilities() -> None:
    """The list above is whole, so that what is checked against it is the whole mapping."""
    roles = {title: responsibilities for family in SEED.values() for title, responsibilities in family.items()}
    assert len(SEED) == 4
    assert len(roles) == 15
    assert sum(len(responsibilities) for responsibilities in roles.values()) == 50


def test_mlops_has_just_these_families_and_project_roles() -> None:
    """Four families, with the project roles of the list in each."""
    known = shipped("mlops")
    assert list(known.families) == list(SEED)
    in_families = {family: {role.title for role in people(known) if role.family == family} for family in SEED}
    assert in_families == {family: set(roles) for family, roles in SEED.items()}
    assert len(people(known)) == 15


@pytest.mark.parametrize(
    ("title", "responsibility"),
    [
        (title, responsibility)
        for family in SEED.values()
        for title, responsibilities in family.items()
        for responsibility in responsibilities
    ],
)
def test_each_responsibility_of_the_list_is_in_mlops(title: str, responsibility: str) -> None:
    """A responsibility of the project role says it, in nearly the same words."""
    (role,) = (role for role in people(shipped("mlops")) if role.title == title)
    best = max(
        len(words(responsibility) & words(each.does)) / len(words(responsibility)) for each in role.responsibilities
    )
    assert best >= 0.6


@pytest.mark.parametrize("title", [title for family in SEED.values() for title in family])
def test_each_project_role_of_mlops_has_as_many_responsibilities_as_the_list(title: str) -> None:
    """None is missing, and none was made up."""
    (role,) = (role for role in people(shipped("mlops")) if role.title == title)
    (listed,) = (
        responsibilities for family in SEED.values() for name, responsibilities in family.items() if name == title
    )
    assert len(role.responsibilities) == len(listed)


def test_each_responsibility_says_what_it_takes_or_why_nothing() -> None:
    """Access outside Azure is kept as data, and a responsibility that takes none says so."""
    for _, role in ROLES:
        for responsibility in role.responsibilities:
            assert bool(responsibility.takes or responsibility.outside) != bool(responsibility.no_access), (
                f"{role.id}: {responsibility.id}"
            )


def test_project_management_ends_with_the_project_and_nothing_else_does() -> None:
    """Project Manager and Scrum Master exist for the duration of the project; the practice goes on."""
    ending = {role.title for role in shipped("mlops").roles.values() if role.ends_with_project}
    assert ending == {"Project Manager", "Scrum Master"}


# What the grants give.


@cache
def tried(name: str) -> tuple[Project, Evaluator, tuple[TestResult, ...]]:
    """A mapping with an environment of its own for each of its kinds, nothing bound, and every test of every project role, run."""
    known = shipped(name)
    content = {
        "project": "trial",
        "mapping": name,
        "environments": {
            environment: {"subscription": f"{index:08d}-1111-4111-8111-111111111111"}
            for index, environment in enumerate(known.environments, 1)
        },
        "team": {},
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rbacgen.yaml")
        path.write_text(json.dumps(content), encoding="utf-8")
        checked = workflow.work_out(str(path), TODAY)
    assert [str(each) for each in checked.problems if each.rule != "nothing-yet"] == []
    places = isolated_roles.places(checked.project)
    access = Evaluator(runner.alone(checked.project, checked.catalog, places))
    tests = cases.of_project_roles(checked.project, places, every_role=True)
    return checked.project, access, tuple(cases.run_project_roles(tests, checked.project, access))


def results_of(origin: Origin) -> list[tuple[str, TestResult]]:
    """The tests of one origin, with the mapping that they are of."""
    return [(name, each) for name in MAPPINGS for each in tried(name)[2] if each.test.origin is origin]


def called(found: list[tuple[str, TestResult]]) -> list[str]:
    """What each is called, so that a failure names the line."""
    return [f"{name}-{each.test.responsibility}-{each.test.name}" for name, each in found]


NEEDS, LINES = results_of(Origin.NEED), results_of(Origin.MUST_NOT)


def test_every_need_and_every_line_is_tested() -> None:
    """Each operation of each need in each of its environments, and each line; nothing is left out in silence."""
    for name in MAPPINGS:
        known, (_, _, found) = shipped(name), tried(name)
        needs = {
            (each.test.at, each.test.operation, each.test.environment)
            for each in found
            if each.test.origin is Origin.NEED
        }
        expected = {
            (need.at, operation, environment)
            for capability in known.capabilities.values()
            for need in capability.needs
            for environment in need.environments
            for operation in (*need.actions, *need.data_actions)
        }
        assert needs == expected
        lines = [
            (each.test.at, each.test.environment, each.test.plane)
            for each in found
            if each.test.origin is Origin.MUST_NOT
        ]
        assert sorted(lines) == sorted(
            (line.at, environment, plane)
            for role in known.roles.values()
            for line in role.must_not
            for environment in line.environments
            for plane in line.planes
        )
    assert len({(name, each.test.at) for name, each in LINES}) >= 190
    assert len({(name, each.test.at, each.test.operation, each.test.environment) for name, each in NEEDS}) >= 670


@pytest.mark.parametrize(("name", "test_result"), NEEDS, ids=called(NEEDS))
def test_each_need_is_covered_by_grants_of_its_own_capability(name: str, test_result: TestResult) -> None:
    """At the scope kind or above it, standing, or eligible where the need says `when: activated`."""
    assert test_result.result is Result.PASSED
    assert not test_result.borrowed
    (capability,) = (
        each.name
        for each in shipped(name).capabilities.values()
        if test_result.test.at in {need.at for need in each.needs}
    )
    own = [
        permit
        for permit in test_result.decision.permits
        if capability in {reason.capability for reason in permit.reasons}
    ]
    assert strongest(permit.verdict for permit in own) in test_result.test.accepts


def test_only_these_needs_are_covered_under_a_condition() -> None:
    """A condition takes away part of what a role gives, so each need that is met under one only is looked at here.

    Deployment hands out named roles; collected inputs are read below one path, as their need says in its note.
    """
    guarded = {
        (each.test.operation.rpartition("/")[0].rpartition("/")[2], each.decision.permits[0].assignment.role.name)
        for _, each in NEEDS
        if each.decision.verdict is Verdict.UNDER_CONDITION
    }
    assert guarded == {
        ("roleAssignments", "Role Based Access Control Administrator"),
        ("blobs", "Storage Blob Data Reader"),
    }


@pytest.mark.parametrize(("name", "test_result"), LINES, ids=called(LINES))
def test_what_a_project_role_must_not_do_it_cannot(name: str, test_result: TestResult) -> None:
    """Over all its grants, eligible ones too unless the line allows an activation; conditions count for nothing."""
    assert test_result.result is Result.PASSED
    assert not test_result.decision.impossible


def test_the_must_not_lines_say_no_more_than_they_have_to() -> None:
    """`unless: activated` lines are there because an eligible grant gives what they speak of (else they say too little)."""
    used: dict[tuple[str, object], bool] = {}
    for name, each in LINES:
        if each.test.activated_only:
            at = (name, each.test.at)
            used[at] = used.get(at, False) or bool(each.decision.permits)
    assert [at for at, is_used in used.items() if not is_used] == []
    assert len(used) > 5


@pytest.mark.parametrize("name", MAPPINGS)
def test_every_line_can_fail(name: str) -> None:
    """Whoever could do everything would break each of them: none is blind."""
    project, access, _ = tried(name)
    everything = AzureRole("00000000-0000-4000-9000-000000000000", "Everything", (Permission(("*",), (), ("*",)),))
    more = [
        Assignment(Scope.of("/"), everything, isolated_roles.stand_in(role)) for role in project.mapping.roles.values()
    ]
    facts = replace(access.facts, state=State([*access.facts.state, *more]))
    tests = [each.test for mapping, each in LINES if mapping == name]
    found = list(cases.run_project_roles(tests, project, Evaluator(facts)))
    assert {each.result for each in found} == {Result.FAILED}
    assert len(found) == len(tests)


@pytest.mark.parametrize("name", MAPPINGS)
def test_a_standing_contributor_would_break_lines(name: str) -> None:
    """The first thing that a hurried person grants: every line sees it that is about what Contributor gives."""
    project, access, _ = tried(name)
    contributor = load().find("Contributor")
    assert contributor is not None
    more = [
        Assignment(Scope.of("/"), contributor, isolated_roles.stand_in(role)) for role in project.mapping.roles.values()
    ]
    facts = replace(access.facts, state=State([*access.facts.state, *more]))
    tests = [each.test for mapping, each in LINES if mapping == name]
    found = [
        each.test for each in cases.run_project_roles(tests, project, Evaluator(facts)) if each.result is Result.FAILED
    ]
    assert found == [each for each in tests if role_allows(contributor, each.operation, each.plane)]
    assert len(found) > len(tests) / 2


@pytest.mark.parametrize(
    ("name", "capability"), CAPABILITIES, ids=[f"{name}-{each.name}" for name, each in CAPABILITIES]
)
def test_a_need_fails_without_the_grants_of_its_capability(name: str, capability: Capability) -> None:
    """So the tests of needs see what is granted; where the responsibility has it by another capability, that is its own affair."""
    project, access, _ = tried(name)
    kept = [
        replace(each, reasons=tuple(reason for reason in each.reasons if reason.capability != capability.name))
        for each in access.facts.state
    ]
    facts = replace(access.facts, state=State(each for each in kept if each.reasons))
    at = {need.at for need in capability.needs}
    tests = [each.test for mapping, each in NEEDS if mapping == name and each.test.at in at]
    found = list(cases.run_project_roles(tests, project, Evaluator(facts)))
    assert not tests or Result.FAILED in {each.result for each in found}


def granted(role_id: str) -> set[tuple[str, str, str]]:
    """The Azure roles of a project role of mlops: name, scope kind, activation."""
    role = shipped("mlops").roles[role_id]
    return {
        (grant.role.name, grant.on, str(grant.activation))
        for responsibility in role.responsibilities
        for capability in responsibility.takes
        for grant in capability.grants
    }


def test_the_infrastructure_engineer_gets_contributor_access_to_networking() -> None:
    """The administrator of the platform changes the network; the access is there when activated."""
    assert ("Network Contributor", "network") in {
        (name, on) for name, on, _ in granted("azure_infrastructure_engineer")
    }


def test_the_data_scientist_gets_workspace_access_and_no_network() -> None:
    """A data scientist runs jobs in the workspace and need not know the depths of networking."""
    access = granted("data_scientist")
    assert ("AzureML Data Scientist", "workspace", "permanent") in access
    assert [each for each in access if each[1] in ("network", "private_dns", "subscription")] == []


def test_people_of_projects_management_write_nothing() -> None:
    """Project Manager reads costs; Scrum Master holds nothing in Azure."""
    assert granted("scrum_master") == set()
    assert {name for name, _, _ in granted("project_manager")} == {"Cost Management Reader"}


def test_no_grant_of_people_stands_with_power_over_access() -> None:
    """Nobody of the team holds a standing, unconditional role that assigns roles."""
    assigning = "Microsoft.Authorization/roleAssignments/write"
    found = [
        (role.id, grant.role.name)
        for _, role in ROLES
        for responsibility in role.responsibilities
        for capability in responsibility.takes
        for grant in capability.grants
        if grant.activation is Activation.PERMANENT
        and not grant.limits_assigning
        and any(allows(permission, assigning, Plane.CONTROL) for permission in grant.role.permissions)
    ]
    assert found == []


def test_no_workload_holds_an_eligible_role() -> None:
    """An identity cannot activate anything."""
    found = [
        (role.id, grant.role.name)
        for _, role in ROLES
        if role.is_workload
        for responsibility in role.responsibilities
        for capability in responsibility.takes
        for grant in capability.grants
        if grant.activation is Activation.ELIGIBLE
    ]
    assert found == []


@pytest.mark.parametrize("name", MAPPINGS)
def test_every_azure_role_of_a_mapping_exists(name: str) -> None:
    """In the shipped catalogue under its present name, or among the custom roles of the mapping."""
    known = shipped(name)
    roles = [
        role
        for capability in known.capabilities.values()
        for grant in capability.grants
        for role in (grant.role, *grant.may_assign)
    ]
    catalog = load()
    for role in roles:
        found = known.custom_roles[role.name].role if role.custom else catalog.find(role.name)
        assert found == role
    assert roles


@pytest.mark.parametrize("name", MAPPINGS)
def test_every_need_and_custom_role_has_a_source_or_says_that_it_is_inferred(name: str) -> None:
    """A page, or the word `inferred`."""
    known = shipped(name)
    sources = [need.source for capability in known.capabilities.values() for need in capability.needs]
    sources += [custom.source for custom in known.custom_roles.values() if custom.source]
    assert [each for each in sources if each != "inferred" and not each.startswith("https://")] == []
    assert len(sources) > 5


# The second mapping, and the code that knows neither.

_WEB_APP = f"""
project: web-shop
mapping: web_app
environments:
  dev:
    subscription: 11111111-1111-1111-1111-111111111111
    scopes: &
  prod:
    subscription: 22222222-2222-2222-2222-222222222222
    scopes: &
team:
  web_developer: [{{group: grp-dev, id: {DEVELOPERS}}}]
  operations_engineer: [{{group: grp-ops, id: {DEVELOPERS[:-1]}2}}]
  database_administrator: [{{group: grp-dba, id: {DEVELOPERS[:-1]}3}}]
  support_analyst: [{{group: grp-support, id: {DEVELOPERS[:-1]}4}}]
  deployment: [{{service_principal: sp-release, id: {DEVELOPERS[:-1]}5}}]
""".replace(
    "&", "{environment: rg-web, app_service: app-web, sql_server: sql-web, database: web, key_vault: kv-web, "
    "application_insights: appi-web, log_analytics: log-web}"
)  # fmt: skip


def test_the_second_mapping_works_from_end_to_end(tmp_path: Path) -> None:
    """Four project roles and one identity on App Service: no error, and Terraform for both environments."""
    (tmp_path / "rbacgen.yaml").write_text(_WEB_APP, encoding="utf-8")
    project = str(tmp_path / "rbacgen.yaml")
    checked = workflow.work_out(project, TODAY)
    assert [str(each) for each in checked.problems if each.severity == "error"] == []
    assert {reason.project_role for each in checked.desired.state for reason in each.reasons} == {
        "web_developer",
        "operations_engineer",
        "database_administrator",
        "support_analyst",
        "deployment",
    }
    result = render.render(project, TODAY, render.RenderOptions())
    assert sum(each.assignments for each in result.directories) == len(checked.desired.state)
    folders = [*(tmp_path / "terraform").iterdir()]
    assert {path.name for path in folders if any(path.glob("*.tf"))} == {"dev", "prod"}


def test_nothing_in_the_code_knows_a_mapping() -> None:
    """No scope kind, project role or capability of MLOps (or of the web app) is a word of the source."""
    known = {
        name
        for each in MAPPINGS
        for names in (shipped(each).scope_kinds, shipped(each).roles, shipped(each).capabilities)
        for name in names
        if "_" in name
    }
    # Words of Azure itself, and names in examples that messages and docstrings give.
    allowed = {"management_group", "resource_group", "data_scientist", "project_vault", "workspace_vault"}
    package = Path(rbacgen.__file__).parent
    found = []
    for path in package.rglob("*.py"):
        words = set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
        found += [f"{path.name}: {name}" for name in sorted(words & known - allowed)]
    assert found == []
    assert len(known) > 50
