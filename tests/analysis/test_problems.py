"""What failed access tests come to as problems: one for a line and a project role, with the chain, and nobody's name who is not the project's."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from rbacgen.analysis.results import CheckedProject, SourceCheck
from rbacgen.authorization.groups import Membership, build
from rbacgen.commands import check
from rbacgen.commands.load import TestOptions
from rbacgen.model.assignment import Activation, Assignment, AzureRole, Permission, Principal, PrincipalType
from rbacgen.model.state import Coverage, Part, State, Unread
from tests.fakes.actual import OWNER, STRANGER, as_held, foreign, source
from tests.fakes.world import DEV, DEVELOPERS, PROD, World

ANA = "aaaaaaaa-0000-4000-8000-00000000000a"
VAULT = f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
UAA = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"


def actual(
    world: World,
    more: list[Assignment] | None = None,
    less: str = "",
    groups: Membership | None = None,
    checked: CheckedProject | None = None,
    **changes: Any,
) -> SourceCheck:
    """`check --source` on what an apply leaves, with more and less."""
    checked = checked or world.work_out()
    if groups is not None:
        checked = replace(checked, project=replace(checked.project, membership=groups))
    assignments = [each for each in as_held(checked) if not less or each.role.name != less]
    read = replace(source([*assignments, *(more or [])], checked), **changes)
    return check.actual(checked, read, TestOptions())


def rules(found: SourceCheck) -> list[str]:
    """The rules that were broken."""
    return [each.rule for each in found.problems]


def test_what_an_apply_leaves_has_no_findings(world: World) -> None:
    """Nothing to say, and all of it read; only who is in the groups is not known, and that is said."""
    found = actual(world)
    assert (found.problems, found.has_findings, found.is_complete) == ((), False, True)
    (note,) = found.notes
    assert note.startswith("who is in grp-developers, grp-operators is not known, so other access of its members")
    assert actual(world, groups=build({DEVELOPERS: (), "aaaaaaaa-0000-4000-8000-000000000002": ()}, {})).notes == ()


def test_a_foreign_owner_of_a_project_role_is_named_with_the_chain(world: World) -> None:
    """At the entry of the team, with the line that it breaks; and as a stranger's privilege."""
    found = actual(world, [foreign(VAULT, principal=DEVELOPERS, type_=PrincipalType.GROUP)])
    must_not, privilege = found.problems if rules(found)[0] == "actual-must-not" else found.problems[::-1]
    assert must_not.message.startswith(
        "in Azure, `grp-developers` can `Microsoft.KeyVault/vaults/write` on `vault` in dev, which Developer must not ("
    )
    assert must_not.message.endswith("Owner on vaults/kv-dev: `*`, which is not in the project")
    assert must_not.severity == "error"
    assert privilege.rule == "actual-privilege"
    assert privilege.message.startswith("in Azure, `grp-developers` has Owner on vaults/kv-dev, which is not in the")


def test_nothing_is_said_twice_in_a_finding(world: World) -> None:
    """The operation once, where the role has just that; a pattern that is more stands there; places without their column."""
    world.mapping["roles/developer.yaml"]["must_not"] = [
        {"do": "Microsoft.KeyVault/vaults/secrets/READ", "on": "vault"},
        {"do": "Microsoft.KeyVault/vaults/delete", "on": "vault"},
    ]
    only = AzureRole(STRANGER, "See", (Permission(actions=("Microsoft.KeyVault/vaults/secrets/read",)),), custom=True)
    rogue = foreign(VAULT, STRANGER, DEVELOPERS, role_name="See", type_=PrincipalType.GROUP)
    (said,) = actual(world, [replace(rogue, role=only)]).problems
    assert said.message.startswith(
        "in Azure, `grp-developers` can `Microsoft.KeyVault/vaults/secrets/READ` on `vault` in dev, which Developer must not ("
    )
    assert said.message.endswith("mapping/roles/developer.yaml:14): See on vaults/kv-dev, which is not in the project")
    owner = actual(world, [foreign(VAULT, principal=DEVELOPERS, type_=PrincipalType.GROUP)]).problems
    (said,) = (each for each in owner if each.rule == "actual-must-not")
    assert ": Owner on vaults/kv-dev: `*`, which" in said.message


def test_a_person_in_the_group_is_named_by_the_project_or_by_id(world: World) -> None:
    """A name that only the source or the directory knows stays out."""
    for name, called in (("ana@contoso.example", "ana@contoso.example"), ("", ANA)):
        groups = build({DEVELOPERS: (Principal(ANA, PrincipalType.USER, name),)}, {})
        rogue = foreign(VAULT, principal=ANA)
        rogue = replace(rogue, principal=Principal(ANA, PrincipalType.USER, "ana.secret@contoso.example"))
        found = actual(world, [rogue], groups=groups)
        assert sorted(rules(found)) == ["actual-must-not", "actual-privilege"]
        (said,) = (each.message for each in found.problems if each.rule == "actual-must-not")
        assert f"`{called}` (in `grp-developers`) can" in said
        (said,) = (each.message for each in found.problems if each.rule == "actual-privilege")
        assert f"`{name}` has Owner" in said if name else f"the user {ANA} has Owner" in said
        assert not [each for each in found.problems if "secret" in each.message]


def test_a_strangers_name_is_not_said_in_a_test_of_everyone(world: World) -> None:
    """Only the id of who breaks it."""
    world.project["tests"] = [{"who": "everyone", "do": "Microsoft.KeyVault/vaults/write", "on": "vault", "in": ["dev"], "expect": ["denied", "after_activation"]}]  # fmt: skip
    rogue = replace(foreign(VAULT), principal=Principal(STRANGER, PrincipalType.USER, "eve@contoso.example"))
    (said,) = (each.message for each in actual(world, [rogue]).problems if each.rule == "failed-test")
    assert said.startswith(
        f"in Azure, {STRANGER}: `Microsoft.KeyVault/vaults/write` on `vault` in dev is allowed, by Owner"
    )
    assert "eve" not in said


def test_a_missing_grant_is_an_uncovered_need_of_who_wears_the_project_role(world: World) -> None:
    """Named once, not again for each member."""
    ana = Principal(ANA, PrincipalType.USER, "ana@contoso.example")
    found = actual(world, less="Key Vault Secrets User", groups=build({DEVELOPERS: (ana,)}, {}))
    (said,) = found.problems
    assert said.rule == "uncovered-need"
    assert said.message.startswith("in Azure, `grp-developers` as Developer cannot `Microsoft.KeyVault/vaults/secrets/")


def test_two_project_roles_are_the_projects_own_doing_in_a_source_too(world: World) -> None:
    """By the rule that warns of them in the project, and switched off with it; what a stranger gave is said apart."""
    world.project["team"]["operator"].append({"group": "grp-developers", "id": DEVELOPERS})
    (said,) = actual(world).problems
    assert (said.rule, said.severity) == ("toxic-union", "warning")
    assert said.message.startswith(
        "in Azure, `grp-developers` can, after activation, `Microsoft.KeyVault/vaults/write`"
    )
    assert (
        "through another project role: Contributor on resource group rg-dev, eligible: `*`, for Operator (keep_running)"
        in said.message
    )
    world.project["checks_off"] = {"toxic-union": "We know", "actual-privilege": "not asked"}
    assert rules(actual(world)) == []
    (said,) = actual(world, [foreign(VAULT, principal=DEVELOPERS, type_=PrincipalType.GROUP)]).problems
    assert said.rule == "actual-must-not"
    assert "Owner on vaults/kv-dev: `*`, which is not in the project" in said.message


def test_several_lines_and_environments_make_one_problem(world: World) -> None:
    """The first line with its environments, and how many more."""
    world.mapping["roles/developer.yaml"]["must_not"].append({"do": "Microsoft.KeyVault/vaults/delete", "on": "vault"})
    rogues = [
        foreign(f"/subscriptions/{each}", principal=DEVELOPERS, type_=PrincipalType.GROUP, role_name="Owner")
        for each in (DEV, PROD)
    ]
    (said,) = (each for each in actual(world, rogues).problems if each.rule == "actual-must-not")
    assert "in dev, prod, which" in said.message
    assert said.message.endswith("which is not in the project; and 1 more")


def test_an_eligible_owner_breaks_a_line_after_activation(world: World) -> None:
    """It is a way to it; but a standing one alone is a privilege that nobody asked for."""
    rogue = foreign(VAULT, principal=DEVELOPERS, type_=PrincipalType.GROUP, activation=Activation.ELIGIBLE)
    (said,) = actual(world, [rogue]).problems
    assert said.rule == "actual-must-not"
    assert "can, after activation, `" in said.message


def test_a_privilege_of_a_stranger_is_told_with_what_closes_it(world: World) -> None:
    """By operation, at the project's scopes and above, and not where a rule of the project ignores it."""
    for scope, is_near in ((VAULT, True), (f"/subscriptions/{DEV}", True), ("/", True), ("/subscriptions/33333333-3333-3333-3333-333333333333", False)):  # fmt: skip
        found = actual(
            world, [foreign(scope, UAA, role_name="User Access Administrator", type_=PrincipalType.SERVICE_PRINCIPAL)]
        )
        assert rules(found) == (["actual-privilege"] if is_near else []), scope
    (said,) = actual(world, [foreign(VAULT, UAA, role_name="User Access Administrator")]).problems
    assert "put it under a condition that names the roles to assign" in said.message
    assert "; remove it; if it must stay, add it to the project, or make it eligible, or put it" in said.message
    assert rules(actual(world, [foreign(VAULT, "acdd72a7-3385-48ef-bd42-f606fba81ae7", role_name="Reader")])) == []
    world.project["ignore"] = [{"because": "The platform's", "principal": STRANGER}]
    assert rules(actual(world, [foreign(VAULT, OWNER)])) == []


def test_a_privilege_that_the_project_wants_is_no_strangers(world: World) -> None:
    """It has its own word in `check` itself: what is wanted is no surprise in Azure."""
    world.capability("keep_group")["grants"] = [{"azure_role": "User Access Administrator", "on": "group"}]
    assert rules(actual(world)) == []


def test_needs_at_what_is_only_supposed_are_not_looked_for_in_azure(world: World) -> None:
    """A kind that the project does not bind is nowhere there."""
    world.mapping["scope_kinds.yaml"]["shelf"] = {"says": "A second vault", "type": "Microsoft.KeyVault/vaults", "under": "group"}  # fmt: skip
    need = {"on": "shelf", "actions": ["Microsoft.KeyVault/vaults/read"], "source": "inferred"}
    world.capability("keep_group")["needs"] = [{**need, "when": "activated"}]
    checked = world.work_out()
    assert {each.test.on for each in actual(world, checked=checked).test_results} == {"vault"}


def test_what_a_project_switches_off_is_not_said(world: World) -> None:
    """As everywhere; a line that is broken cannot be switched off."""
    world.project["checks_off"] = {"actual-privilege": "The landing zone has its own"}
    assert rules(actual(world, [foreign(VAULT)])) == []
    assert rules(actual(world, [foreign(VAULT, principal=DEVELOPERS, type_=PrincipalType.GROUP)])) == [
        "actual-must-not"
    ]


def test_who_wore_a_project_role_until_it_ended_needs_nothing_any_more(world: World) -> None:
    """Their access is gone by right: no need of theirs is unmet in Azure."""
    world.project["team"]["developer"][0]["ends"] = "2026-11-01"
    assert rules(actual(world)) == []


def test_a_part_that_was_not_read_makes_it_incomplete(world: World) -> None:
    """No finding of what is missing, and not whole."""
    checked = world.work_out()
    unread = Unread(f"/subscriptions/{DEV}", Part.ASSIGNMENTS, "no right", "ask")
    below = {part: frozenset({f"/subscriptions/{PROD}"}) for part in Part}
    found = actual(world, state=State([], Coverage(below=below, unread=(unread,))), checked=checked)
    assert (found.is_complete, found.unread) == (False, (unread,))
    assert found.undecided > 0
    assert rules(found) == []


def test_own_tests_run_on_who_wears_the_project_role(world: World) -> None:
    """A test of a project role is one of each who holds it there, with all that they have; what is not bound is nowhere."""
    world.project["tests"] = [
        {"who": "developer", "do": "Microsoft.KeyVault/vaults/delete", "on": "vault", "expect": "denied"},
        {"who": "developer", "do": "Microsoft.Management/managementGroups/write", "on": "landing_zone", "in": ["dev"], "expect": "allowed"},
    ]  # fmt: skip
    world.project["checks_off"] = {"actual-privilege": "not asked"}
    checked = world.work_out()
    found = actual(world, [foreign(VAULT, principal=DEVELOPERS, type_=PrincipalType.GROUP)], checked=checked)
    (said,) = (each for each in found.problems if each.rule == "failed-test")
    assert said.message.startswith(
        "in Azure, grp-developers: `Microsoft.KeyVault/vaults/delete` on `vault` in dev is allowed, by Owner"
    )
