"""Needs, lines that must not be, and tests of a team's own, run on project roles by themselves and on those who hold them."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from rbacgen.analysis.access_tests import cases, isolated_roles, runner
from rbacgen.analysis.access_tests.cases import Origin, Result, TestResult
from rbacgen.analysis.access_tests.runner import TestRun
from rbacgen.analysis.results import CheckedProject
from rbacgen.authorization.catalog import load
from rbacgen.authorization.evaluator import Evaluator
from rbacgen.authorization.groups import Membership, build
from rbacgen.commands import load as workflow
from rbacgen.commands import query
from rbacgen.commands.load import TestOptions
from rbacgen.model.assignment import Activation, Principal, PrincipalType
from rbacgen.model.problems import Problem
from rbacgen.model.state import Coverage, Part, State
from tests.fakes.actual import as_held, foreign, source
from tests.fakes.world import DEV, DEVELOPERS, OPERATORS, World

ANA = "aaaaaaaa-0000-4000-8000-00000000000a"
SECRET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
WRITE = "Microsoft.KeyVault/vaults/write"
VAULT = f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"


def counts(results: Iterable[TestResult]) -> Mapping[Result, int]:
    """How many went which way."""
    found = dict.fromkeys(Result, 0)
    for each in results:
        found[each.result] += 1
    return found


def outcome_of(world: World, groups: Membership | None = None) -> CheckedProject:
    """The world worked out, with members of groups where they are told."""
    checked = workflow.work_out(str(world.write()), world.today)
    assert [each for each in checked.problems if each.severity == "error"] == []
    return replace(checked, project=replace(checked.project, membership=groups)) if groups is not None else checked


def prove(world: World, groups: Membership | None = None, every_role: bool = False) -> TestRun:
    """All tests of the world, run on what it wants."""
    checked = outcome_of(world, groups)
    return runner.run(checked.project, checked.desired, checked.catalog, every_role=every_role)


def problems(found: TestRun, rule: str) -> list[Problem]:
    """The problems of one rule."""
    return [each for each in found.problems if each.rule == rule]


def results_of(found: TestRun, origin: Origin, project_role: str = "") -> list[TestResult]:
    """How the tests of one origin went, of one project role or of all."""
    return [
        each
        for each in found.test_results
        if each.test.origin is origin and project_role in ("", each.test.project_role)
    ]


def on_source(
    world: World, actual: list[Any], coverage: Coverage | None = None, groups: Membership | None = None
) -> list[TestResult]:
    """The tests of project roles on what is held, on each who holds one."""
    checked = outcome_of(world, groups)
    read = source(actual, checked) if coverage is None else source(actual, checked, coverage)
    places = isolated_roles.places(checked.project)
    access = Evaluator(query.facts_of(read, checked, places, checked.catalog))
    tests = cases.of_project_roles(checked.project, places)
    origins = frozenset({Origin.NEED, Origin.MUST_NOT})
    return list(cases.run_team_members(tests, checked.project, access, origins))


# Which tests there are.


def test_the_needs_and_lines_of_assigned_project_roles_where_they_are(world: World) -> None:
    """One need in dev, one line in both environments, each once on the project role; the line also on who holds it."""
    found = prove(world)
    names = [each.name for each in found.tests]
    assert names == [
        f"developer can {SECRET} on vault in dev",
        f"developer cannot {WRITE} on vault in dev",
        f"developer cannot {WRITE} on vault in prod",
    ]
    assert counts(found.test_results) == {Result.PASSED: 5, Result.FAILED: 0, Result.UNDECIDED: 0}
    assert found.problems == ()


def test_a_project_role_that_nobody_wears_is_tested_only_if_asked(world: World) -> None:
    """`--mapping` tries the whole mapping; a project role is tested where it is assigned."""
    team = world.project["team"].pop("developer")
    assert prove(world).tests == ()
    assert len(prove(world, every_role=True).tests) == 3
    world.project["team"]["developer"] = [{**team[0], "in": ["prod"]}]
    assert [each.environment for each in prove(world).tests] == ["prod"]


def test_what_is_absent_in_an_environment_is_not_tested_there(world: World) -> None:
    """Nobody needs what is not there, and nobody could break it."""
    world.project["environments"]["prod"]["without"] = ["vault"]
    del world.project["environments"]["prod"]["scopes"]["vault"]
    assert {each.environment for each in prove(world).tests} == {"dev"}


def test_a_need_that_is_shared_is_tested_once_a_responsibility(world: World) -> None:
    """Two capabilities with one need; but a need that may be met after activation is another one than one that may not."""
    need = {"on": "vault", "in": ["dev"], "data_actions": [SECRET.upper()], "source": "inferred"}
    world.capability("observe")["needs"] = [need]
    assert len(results_of(prove(world), Origin.NEED, "developer")) == 1
    world.capability("observe")["needs"] = [{**need, "when": "activated"}]
    assert len(results_of(prove(world), Origin.NEED, "developer")) == 2


# Needs.


def test_a_need_without_its_grant_is_uncovered(world: World) -> None:
    """Said at the need, for the responsibility, with what came close."""
    world.capability("use_secrets")["grants"] = [{"azure_role": "Key Vault Reader", "on": "vault", "in": ["dev"]}]
    (said,) = problems(prove(world), "uncovered-need")
    assert said.severity == "error"
    assert said.at.file.endswith("all.yaml")
    assert said.message == (
        f"Developer cannot `{SECRET}` on `vault` in dev, which `write_code` needs: none of its grants comes near "
        f"(`rbacgen suggest {SECRET} --on vault` shows the roles that allow it)"
    )


def test_a_need_that_is_met_on_the_other_plane_only_says_so(world: World) -> None:
    """The reason is the trap."""
    world.capability("use_secrets")["grants"] = [{"azure_role": "Contributor", "on": "vault", "in": ["dev"]}]
    (said,) = problems(prove(world), "uncovered-need")
    assert said.message.endswith("Contributor on vaults/kv-dev has `*` on the other plane only")


def test_a_need_must_be_met_standing_unless_it_says_otherwise(world: World) -> None:
    """An eligible grant does for `when: activated` alone."""
    world.capability("use_secrets")["grants"][0]["activation"] = "eligible"
    (said,) = problems(prove(world), "uncovered-need")
    assert "(after activation only)" in said.message
    world.capability("use_secrets")["needs"][0]["when"] = "activated"
    assert prove(world).problems == ()


def test_a_need_that_another_responsibility_meets_is_borrowed(world: World) -> None:
    """It would go without when it moves: a warning that names the lender."""
    developer = world.mapping["roles/developer.yaml"]
    world.mapping["capabilities/all.yaml"]["want_secrets"] = {
        "says": "Want secrets",
        "needs": copy.deepcopy(world.capability("use_secrets")["needs"]),
        "grants": [{"azure_role": "Reader", "on": "vault"}],
    }
    developer["responsibilities"].append({"id": "want", "does": "Want them", "takes": ["want_secrets"]})
    found = prove(world)
    (said,) = problems(found, "borrowed-need")
    assert (said.severity, problems(found, "uncovered-need")) == ("warning", [])
    assert "only by what other responsibilities take (Developer (write_code)): when `want` moves" in said.message
    (test_result,) = (each for each in results_of(found, Origin.NEED) if each.borrowed)
    assert (test_result.result, test_result.test.responsibility) == (Result.FAILED, "want")


def test_a_need_that_nothing_can_meet_is_void(world: World) -> None:
    """An operation of storage on a vault: said as a fault of the line, and as uncovered."""
    world.capability("use_secrets")["needs"][0] |= {"actions": ["Microsoft.Storage/storageAccounts/read"]}
    (said,) = problems(prove(world), "void-request")
    assert said.message == (
        "on `vault`, no operation of Microsoft.Storage exists on a Microsoft.KeyVault/vaults: "
        "this is a need that nothing can meet"
    )


# What must not be.


def test_a_grant_that_breaks_a_line_is_an_error(world: World) -> None:
    """Said once at the line, with the environments and the grant that breaks it; not again for each who holds the project role."""
    world.capability("observe")["grants"].append({"azure_role": "Contributor", "on": "group", "activation": "eligible"})
    found = prove(world)
    (said,) = problems(found, "must-not")
    assert said.severity == "error"
    assert said.message.startswith(
        f"Developer can, after activation, `{WRITE}` on `vault` in dev, prod, and must not: "
        "Contributor on resource group rg-dev, eligible: `*` ("
    )
    assert problems(found, "toxic-union") == []
    assert {each.result for each in results_of(found, Origin.MUST_NOT)} == {Result.FAILED}


def test_unless_activated_lets_an_activation_pass(world: World) -> None:
    """And nothing that stands; the way that is named is the standing one."""
    grants = world.capability("observe")["grants"]
    grants.append({"azure_role": "Contributor", "on": "group", "activation": "eligible"})
    world.mapping["roles/developer.yaml"]["must_not"][0]["unless"] = "activated"
    assert prove(world).problems == ()
    grants.append({"azure_role": "Key Vault Contributor", "on": "vault", "in": ["dev"]})
    (said,) = problems(prove(world), "must-not")
    assert "in dev, and must not: Key Vault Contributor on vaults/kv-dev: " in said.message


def test_without_pim_what_should_be_eligible_still_passes(world: World) -> None:
    """It stands for want of a license; `pim-off` says that. On what Azure holds, too."""
    grants = world.capability("observe")["grants"]
    grants.append({"azure_role": "Contributor", "on": "group", "activation": "eligible"})
    world.mapping["roles/developer.yaml"]["must_not"][0]["unless"] = "activated"
    world.project["pim"] = False
    assert prove(world).problems == ()
    actual = as_held(outcome_of(world))
    assert {each.activation for each in actual} == {Activation.PERMANENT}
    assert {each.result for each in on_source(world, actual)} == {Result.PASSED}


def test_a_line_holds_in_its_environments(world: World) -> None:
    """And is not asked for in others."""
    world.mapping["roles/developer.yaml"]["must_not"][0]["in"] = ["prod"]
    assert {each.test.environment for each in results_of(prove(world), Origin.MUST_NOT)} == {"prod"}


def test_the_way_that_breaks_a_line_is_named_and_not_one_that_may_be(world: World) -> None:
    """Where PIM is missing both stand; the nearer one should be eligible, and is right."""
    grants = world.capability("observe")["grants"]
    grants.append({"azure_role": "Contributor", "on": "vault", "activation": "eligible"})
    world.mapping["roles/developer.yaml"]["must_not"][0]["unless"] = "activated"
    world.project["pim"] = False
    checked = outcome_of(world)
    rogue = foreign(VAULT.partition("/providers")[0], principal=DEVELOPERS, type_=PrincipalType.GROUP)
    failed = [each for each in on_source(world, [*as_held(checked), rogue]) if each.result is Result.FAILED]
    assert [permit.role.name for permit in failed[0].decision.permits] == ["Contributor", "Owner"]
    assert [each.by and each.by.role.name for each in failed] == ["Owner"]


def test_a_line_that_is_a_pattern_lets_nothing_of_it_pass(world: World) -> None:
    """One operation of it is too much."""
    line = {"do": "Microsoft.KeyVault/vaults/*", "on": "vault"}
    world.mapping["roles/developer.yaml"]["must_not"] = [line]
    (said,) = problems(prove(world), "must-not")
    assert "Tiny Observer" in said.message
    world.mapping["roles/developer.yaml"]["must_not"] = [{**line, "do": "Microsoft.KeyVault/vaults/*/write"}]
    assert prove(world).problems == ()


def test_a_line_of_the_data_plane(world: World) -> None:
    """Its plane is its own."""
    line = {"do": SECRET, "on": "vault", "in": ["dev"], "plane": "data"}
    world.mapping["roles/developer.yaml"]["must_not"] = [line]
    (said,) = problems(prove(world), "must-not")
    assert "(data)" in said.message


@pytest.mark.parametrize(
    ("operation", "planes"),
    [
        ("Microsoft.KeyVault/vaults/write", {"control"}),
        (SECRET, {"data"}),
        ("Microsoft.KeyVault/vaults/keys/read", {"control", "data"}),
        ("Microsoft.KeyVault/vaults/secrets/*", {"control", "data"}),
        ("Microsoft.KeyVault/vaults/certificatecas/*", {"data"}),
        ("Microsoft.KeyVault/vaults/unheard/*", {"control", "data"}),
        ("Microsoft.Unheard/things/read", {"control", "data"}),
    ],
)
def test_a_line_without_a_plane_is_tested_wherever_its_operation_is(
    world: World, operation: str, planes: set[str]
) -> None:
    """Known on one plane, on both, on none: what nobody can place must be impossible on either."""
    world.mapping["roles/developer.yaml"]["must_not"] = [{"do": operation, "on": "vault", "in": ["dev"]}]
    lines = [each.test for each in results_of(prove(world), Origin.MUST_NOT) if each.test.project_role == "developer"]
    assert {each.plane.value for each in lines} == planes
    assert len({each.name for each in lines}) == len(planes)


@pytest.mark.parametrize(
    "operation",
    [
        "Microsoft.KeyVault/vaults/keys/read",
        "Microsoft.KeyVault/vaults/keys/*",
        "Microsoft.KeyVault/vaults/*",
        "Microsoft.KeyVault/vaults/unheard/read",
    ],
)
def test_a_line_without_a_plane_is_broken_by_data_alone(world: World, operation: str) -> None:
    """The control plane gives nothing of it, and nobody has written `plane: data`."""
    world.mapping["custom_roles.yaml"]["Insider"] = {"says": "Inside", "why": "Needed", "data_actions": [operation]}
    world.capability("use_secrets")["grants"] = [{"azure_role": "Insider", "on": "vault", "in": ["dev"]}]
    line = {"do": operation, "on": "vault", "in": ["dev"], "because": "It is inside"}
    role = world.mapping["roles/developer.yaml"]
    for responsibility in role["responsibilities"]:
        responsibility["takes"] = ["use_secrets"] if "use_secrets" in responsibility.get("takes", ()) else []
    role["must_not"] = [{**line, "plane": "control"}]
    assert problems(prove(world), "must-not") == []
    role["must_not"] = [line]
    (said,) = problems(prove(world), "must-not")
    assert f"`{operation}` (data) on `vault`" in said.message


def test_a_line_that_is_broken_on_both_planes_says_so_once(world: World) -> None:
    """One problem at the line."""
    world.capability("use_secrets")["grants"].append({"azure_role": "Key Vault Administrator", "on": "vault"})
    world.mapping["roles/developer.yaml"]["must_not"] = [{"do": "Microsoft.KeyVault/vaults/keys/read", "on": "vault"}]
    (said,) = problems(prove(world), "must-not")
    assert "`Microsoft.KeyVault/vaults/keys/read` (control and data) on `vault` in dev, prod" in said.message


@pytest.mark.parametrize("operation", ["Microsoft.KeyVault/vaults/keys/read", "Microsoft.KeyVault/vaults/unheard/read"])
def test_a_test_of_denied_alone_is_run_on_each_plane(world: World, operation: str) -> None:
    """What is to be denied is to be denied wherever it is, and data alone fails it."""
    world.capability("use_secrets")["grants"].append({"azure_role": "Key Vault Administrator", "on": "vault"})
    found = own(world, who="developer", do=operation, expect="denied")
    tried = {each.test.plane.value: each.result for each in results_of(found, Origin.OWN)}
    assert tried == {"control": tried["control"], "data": Result.FAILED}
    assert any("data `" in each.message for each in problems(found, "failed-test"))


def test_a_line_that_can_never_fail_is_void(world: World) -> None:
    """It would prove nothing."""
    world.mapping["roles/developer.yaml"]["must_not"].append(
        {"do": "Microsoft.Storage/storageAccounts/write", "on": "vault"}
    )
    (said,) = problems(prove(world), "void-request")
    assert said.message.endswith("this is a test that cannot fail")


# Two project roles of one person.


def test_two_project_roles_of_one_principal(world: World) -> None:
    """A warning at the entry of the project role whose line breaks, with the chain of the other."""
    world.project["team"]["operator"].append({"group": "grp-developers", "id": DEVELOPERS})
    found = prove(world)
    (said,) = problems(found, "toxic-union")
    assert said.severity == "warning"
    assert said.message.startswith(
        f"`grp-developers` can, after activation, `{WRITE}` on `vault` in dev, prod, which Developer must not ("
    )
    assert (
        "through another project role: Contributor on resource group rg-dev, eligible: `*`, for Operator (keep_running)"
        in said.message
    )
    assert problems(found, "must-not") == []
    failed = [each for each in found.test_results if each.result is Result.FAILED]
    assert all(each.is_union for each in failed)


def test_two_project_roles_through_the_groups_of_one_person(world: World) -> None:
    """Who is in both groups is named with the group; nobody else is."""
    ana = Principal(ANA, PrincipalType.USER, "ana@contoso.example")
    groups = build({DEVELOPERS: (ana,), OPERATORS: (ana,)}, {})
    (said,) = problems(prove(world, groups), "toxic-union")
    assert said.message.startswith("`ana@contoso.example` (in `grp-developers`) can, after activation, ")
    assert "eligible: `*` through a group, for Operator (keep_running)" in said.message
    alone = build({DEVELOPERS: (ana,), OPERATORS: ()}, {})
    assert prove(world, alone).problems == ()


def test_who_is_in_a_group_that_fails_is_not_said_again(world: World) -> None:
    """What is said of the group is said of its members."""
    world.project["team"]["operator"].append({"group": "grp-developers", "id": DEVELOPERS})
    ana = Principal(ANA, PrincipalType.USER, "ana@contoso.example")
    found = prove(world, build({DEVELOPERS: (ana,)}, {}))
    assert len(problems(found, "toxic-union")) == 1
    assert {each.decision.subject.principal.id for each in found.test_results if each.result is Result.FAILED} == {
        DEVELOPERS,
        ANA,
    }


def test_an_identity_with_two_project_roles(world: World) -> None:
    """Workload identities too."""
    world.mapping["workloads/robot.yaml"]["must_not"] = [{"do": WRITE, "on": "vault"}]
    world.mapping["workloads/cleaner.yaml"] = {
        "workload": "cleaner",
        "title": "Cleaner",
        "owner": "operator",
        "responsibilities": [{"id": "clean", "does": "Clean up", "takes": ["clean_vault"]}],
    }
    world.mapping["capabilities/all.yaml"]["clean_vault"] = {
        "says": "Clean the vault",
        "grants": [{"azure_role": "Key Vault Contributor", "on": "vault"}],
    }
    world.project["team"]["cleaner"] = copy.deepcopy(world.project["team"]["robot"])
    (said,) = problems(prove(world), "toxic-union")
    assert "`id-robot` can `" in said.message
    assert "for Cleaner (clean)" in said.message


# Tests of a team's own.


def own(world: World, **test: Any) -> TestRun:
    """The one test of the project's own, run."""
    whole = {"on": "vault", "in": ["dev"], **test}
    world.project["tests"] = [{name: value for name, value in whole.items() if value is not None}]
    return prove(world)


@pytest.mark.parametrize(
    ("test", "passes"),
    [
        ({"who": "developer", "do": SECRET, "expect": "allowed"}, True),
        ({"who": "developer", "do": SECRET, "expect": "denied"}, False),
        ({"who": "Developer", "do": SECRET, "expect": ["allowed", "denied"]}, True),
        ({"who": "grp-operators", "do": SECRET, "expect": "denied"}, True),
        ({"who": "group:grp-operators", "do": WRITE, "expect": "after_activation"}, True),
        ({"who": "grp-operators", "do": WRITE, "expect": "allowed"}, False),
        ({"who": OPERATORS, "do": WRITE, "expect": "after_activation"}, True),
        ({"who": "everyone", "do": SECRET, "expect": "denied"}, False),
        ({"who": "everyone", "do": "Microsoft.KeyVault/vaults/deploy/action", "expect": ["denied", "after_activation"]}, True),
        ({"who": "everyone", "do": WRITE, "expect": ["denied", "after_activation"]}, True),
        ({"who": "everyone", "do": WRITE, "expect": "denied"}, False),
        ({"who": "developer", "do": "Microsoft.KeyVault/vaults/*", "expect": "denied", "plane": "control"}, False),
        ({"who": "robot", "do": "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read", "expect": "allowed", "on": "raw"}, True),
        ({"who": "robot", "do": "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read", "expect": "denied", "on": "lake"}, True),
        ({"who": "operator", "do": WRITE, "expect": "after_activation", "on": VAULT, "in": None}, True),
        ({"who": "operator", "do": "Microsoft.KeyVault/vaults/read", "expect": "allowed", "on": "/", "in": None}, True),
    ],
)  # fmt: skip
def test_a_test_of_the_teams_own(world: World, test: dict[str, Any], passes: bool) -> None:
    """Of a project role by itself, of somebody with all that they have, of everybody; at a kind or at a whole id."""
    found = own(world, **test)
    (test_result,) = results_of(found, Origin.OWN)
    assert test_result.result is (Result.PASSED if passes else Result.FAILED)
    said = problems(found, "failed-test")
    assert len(said) == (0 if passes else 1)
    assert [each for each in found.problems if each.rule != "failed-test"] == []


def test_a_failed_test_says_what_was_expected_and_why(world: World) -> None:
    """With the reason of the test, the verdict, and by what."""
    found = own(
        world, who="developer", do=SECRET, expect=["denied", "after_activation"], because="Secrets are the robots'"
    )
    (said,) = problems(found, "failed-test")
    assert said.message == (
        f"Developer: data `{SECRET}` on `vault` in dev is allowed, by Key Vault Secrets User on vaults/kv-dev; "
        "expected after activation or denied: Secrets are the robots'"
    )
    assert (said.at.line, said.severity) == (world.write().read_text().split("\n").index("tests:") + 2, "error")
    everyone = own(world, who="everyone", do=WRITE, expect="allowed")
    (said,) = problems(everyone, "failed-test")
    assert said.message.startswith(f"grp-operators: `{WRITE}` on `vault` in dev is after activation, by Contributor")
    nobody = own(world, who="everyone", do="Microsoft.KeyVault/vaults/keys/sign/action", expect="allowed")
    (said,) = problems(nobody, "failed-test")
    assert said.message.startswith(
        "everyone: data `Microsoft.KeyVault/vaults/keys/sign/action` on `vault` in dev is denied; "
    )


def test_a_test_runs_in_all_environments_that_bind_its_kind(world: World) -> None:
    """Unless it names some."""
    world.project["tests"] = [{"who": "developer", "do": SECRET, "on": "vault", "expect": ["allowed", "denied"]}]
    assert [each.test.environment for each in results_of(prove(world), Origin.OWN)] == ["dev", "prod"]


@pytest.mark.parametrize(
    ("test", "rule", "words"),
    [
        ({"who": "developr"}, "unknown-who", "the project has no `developr` (did you mean `developer`?)"),
        ({"on": "vaut"}, "unknown-scope-kind", "the mapping has no scope kind `vaut` (did you mean `vault`?)"),
        ({"in": ["def"]}, "unknown-environment", "the project has no environment `def` (did you mean `dev`?)"),
        ({"on": "landing_zone", "in": None}, "", ""),
        ({"do": "Microsoft.KeyVault/vaults/keys/read"}, "wrong-value", "is known on both planes: set `plane: control` or `plane: data`"),
        ({"do": "Microsoft.KeyVault/vaults/reed"}, "unknown-operation", "(did you mean `Microsoft.KeyVault/vaults/read`?)"),
        ({"do": "Microsoft.Storage/storageAccounts/read"}, "void-request", "a test that cannot fail"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_test_is_said(world: World, test: dict[str, Any], rule: str, words: str) -> None:
    """With the near miss, at the test, and nothing is run that means nothing."""
    expected = ["denied", "allowed", "after_activation"]
    found = own(world, **{"who": "developer", "do": WRITE, "expect": expected, **test})
    assert [each.rule for each in found.problems] == ([rule] if rule else [])
    assert all(words in each.message for each in found.problems[:1])


def test_a_kind_that_no_environment_of_the_test_binds(world: World) -> None:
    """It tests nothing, and says so."""
    world.project["environments"]["prod"]["scopes"].pop("landing_zone")
    world.project["environments"]["prod"]["without"] = ["landing_zone"]
    found = own(world, who="developer", do=WRITE, expect="denied", on="landing_zone", **{"in": None})
    (said,) = found.problems
    assert (said.rule, said.message) == (
        "unbound-scope",
        "no environment of this test binds `landing_zone`, so it tests nothing",
    )


def test_tests_that_stand_by_themselves(world: World) -> None:
    """A file of its own: problems are said at its lines, faults of its shape too."""
    path = world.folder / "audit.yaml"
    path.write_text(f"tests:\n  - {{who: developer, do: {SECRET}, on: vault, in: [dev], expect: denied}}\n")
    done = workflow.work_out(str(world.write()), world.today, proving=TestOptions((str(path),)))
    (said,) = (each for each in done.problems if each.rule == "failed-test")
    assert (said.at.file.endswith("audit.yaml"), said.at.line) == (True, 2)
    path.write_text("tests:\n  - {who: developer, do: x, on: vault, expect: perhaps}\n")
    done = workflow.work_out(str(world.write()), world.today, proving=TestOptions((str(path),)))
    assert {"wrong-value"} == {each.rule for each in done.problems if each.severity == "error"}


# On what is held.


def test_what_an_apply_leaves_passes(world: World) -> None:
    """Every need met, every line kept."""
    found = on_source(world, as_held(outcome_of(world)))
    assert counts(found) == {Result.PASSED: 3, Result.FAILED: 0, Result.UNDECIDED: 0}


def test_a_foreign_owner_breaks_a_line(world: World) -> None:
    """Of a person of the group who is known, and of the group itself; a stranger's is no project role's."""
    ana = Principal(ANA, PrincipalType.USER, "")
    groups = build({DEVELOPERS: (ana,)}, {})
    actual = as_held(outcome_of(world))
    assert counts(on_source(world, [*actual, foreign(VAULT)], groups=groups))[Result.FAILED] == 0
    (failed,) = (
        each
        for each in on_source(world, [*actual, foreign(VAULT, principal=ANA)], groups=groups)
        if each.result is Result.FAILED
    )
    assert failed.decision.subject.principal.id == ANA
    assert failed.decision.permits[0].reasons == ()


def test_a_missing_grant_leaves_a_need_unmet(world: World) -> None:
    """The assignment is gone in Azure."""
    actual = [each for each in as_held(outcome_of(world)) if each.role.name != "Key Vault Secrets User"]
    (failed,) = (each for each in on_source(world, actual) if each.result is Result.FAILED)
    assert failed.test.origin is Origin.NEED


def test_what_was_not_read_leaves_undecided_what_it_could_turn(world: World) -> None:
    """A line that holds so far, and a need that is not met so far; what is there already decides."""
    actual = as_held(outcome_of(world))
    nothing = Coverage()
    assert counts(on_source(world, actual, nothing)) == {Result.PASSED: 1, Result.FAILED: 0, Result.UNDECIDED: 2}
    less = [each for each in actual if each.role.name != "Key Vault Secrets User"]
    assert counts(on_source(world, less, nothing)) == {Result.PASSED: 0, Result.FAILED: 0, Result.UNDECIDED: 3}
    more = [*actual, foreign(VAULT, principal=DEVELOPERS, type_=PrincipalType.GROUP)]
    assert counts(on_source(world, more, nothing))[Result.FAILED] == 1
    read = Coverage(below={part: frozenset({f"/subscriptions/{DEV}"}) for part in Part})
    assert counts(on_source(world, actual, read))[Result.UNDECIDED] == 1  # prod


def test_a_role_that_nobody_knows_leaves_a_line_undecided(world: World) -> None:
    """It may give just what must not be."""
    unknown = foreign(
        VAULT, "99999999-0000-4000-8000-000000000000", DEVELOPERS, role_name="", type_=PrincipalType.GROUP
    )
    found = on_source(world, [*as_held(outcome_of(world)), unknown])
    assert [(each.test.environment, each.result) for each in found if each.test.origin is Origin.MUST_NOT] == [
        ("dev", Result.UNDECIDED),
        ("prod", Result.PASSED),
    ]


def test_a_test_of_everyone_is_undecided_where_somebody_may_be_hidden(world: World) -> None:
    """Nobody seen is not nobody there; somebody seen decides."""
    world.project["tests"] = [{"who": "everyone", "do": WRITE, "on": "vault", "in": ["dev"], "expect": "denied"}]
    checked = outcome_of(world)
    places = isolated_roles.places(checked.project)
    tests, _ = cases.of_team(checked.project.tests, checked.project, places, load().operations)

    def run(actual: list[Any], coverage: Coverage) -> Result:
        read = replace(source(actual, checked), state=State(actual, coverage))
        access = Evaluator(query.facts_of(read, checked, places, checked.catalog))
        (test_result,) = cases.run_own(tests, checked.project, access, None)
        return test_result.result

    assert run([], Coverage()) is Result.UNDECIDED
    assert run([foreign(VAULT)], Coverage()) is Result.FAILED
    assert run([], Coverage(everything=True)) is Result.PASSED


def test_who_wore_a_project_role_until_it_ended_is_no_subject_of_its_tests(world: World) -> None:
    """What is theirs is gone by right, so no need of it is unmet."""
    world.project["team"]["developer"][0]["ends"] = "2026-11-01"
    checked = outcome_of(world)
    assigned = cases.without_ended(checked.project, checked.desired.expired)
    assert assigned.team["developer"] == ()
    assert assigned.team["operator"] == checked.project.team["operator"]
