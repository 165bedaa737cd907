"""A first project from what lives: it wants just that, loses nothing, and a person can read it and go on from there."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rbacgen.analysis import bootstrap, drift
from rbacgen.analysis.bootstrap import FirstProject, naming
from rbacgen.analysis.drift import Drift, View
from rbacgen.analysis.results import CheckedProject
from rbacgen.authorization import catalog
from rbacgen.cli import main
from rbacgen.commands import load
from rbacgen.model.assignment import (
    Activation,
    ActualDetails,
    Assignment,
    AzureRole,
    Permission,
    Principal,
    PrincipalType,
)
from rbacgen.model.problems import RbacgenError, Severity
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.model.source import Entry, Presence, Source, SourceKind
from rbacgen.model.state import EVERYTHING, State
from rbacgen.project import document, lock, mapping_loader
from rbacgen.project.desired import build_desired
from rbacgen.project.mapping_loader import MappingFile
from rbacgen.project.project_loader import build
from rbacgen.reports.text import init as init_text
from tests.fakes.world import DEV, DEVELOPERS, OPERATORS, PROD, ROBOT, TODAY
from tests.properties import examples

CATALOG = catalog.load()
PERSON = "aaaaaaaa-0000-4000-8000-000000000004"
CUSTOM = "cccccccc-0000-4000-8000-000000000001"
CONDITION = "((!(ActionMatches{'Microsoft.Storage/x/read'})) OR (@Resource[a:b] StringEquals 'c'))"
MIDNIGHT = datetime.datetime(2027, 3, 1, tzinfo=UTC)
ODD = datetime.datetime(2027, 3, 1, 13, 22, 11, tzinfo=UTC)
NAMES = {DEVELOPERS: "grp-fraud-developers", OPERATORS: "grp-fraud-operators", ROBOT: "sp-fraud-deploy", PERSON: ""}
TYPES = {
    DEVELOPERS: PrincipalType.GROUP,
    OPERATORS: PrincipalType.GROUP,
    ROBOT: PrincipalType.SERVICE_PRINCIPAL,
    PERSON: PrincipalType.USER,
}


def group(subscription: str, name: str) -> str:
    """The id of a resource group."""
    return f"/subscriptions/{subscription}/resourceGroups/{name}"


def vault(subscription: str, group_name: str, name: str) -> str:
    """The id of a key vault."""
    return f"{group(subscription, group_name)}/providers/Microsoft.KeyVault/vaults/{name}"


def role(name: str) -> AzureRole:
    """A built-in role."""
    found = CATALOG.find(name)
    assert found is not None
    return found


def row(scope: str, role_: str | AzureRole, principal: str, **more: Any) -> Assignment:
    """An assignment that lives; `until`, `through_pim` and `unknown_fields` go to its holder's side."""
    actual = ActualDetails(
        id=f"{scope}/providers/Microsoft.Authorization/roleAssignments/{DEV}",
        until=more.pop("until", None),
        through_pim=more.pop("through_pim", more.get("activation") is Activation.ELIGIBLE),
        unknown_fields=more.pop("unknown_fields", frozenset()),
    )
    type_ = more.pop("type", TYPES.get(principal, PrincipalType.GROUP))
    name = more.pop("name", NAMES.get(principal, ""))
    azure_role = role(role_) if isinstance(role_, str) else role_
    if more.get("condition"):
        more.setdefault("condition_version", "2.0")
    return Assignment(Scope.of(scope), azure_role, Principal(principal, type_, name), actual=actual, **more)


def source_of(rows: Iterable[Assignment], **more: Any) -> Source:
    """A whole reading of Azure that holds these rows."""
    return Source(more.pop("kind", SourceKind.AZURE), "azure", State(rows, EVERYTHING), **more)


def start_of(*rows: Assignment, **more: Any) -> FirstProject:
    """The first project of these rows."""
    return bootstrap.first_project(source_of(rows, **more), "fraud", CATALOG, TODAY)


def worked_out(texts: Mapping[str, str], folder: Path) -> CheckedProject:
    """What the files come to when rbacgen reads them."""
    for path, content in texts.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8", newline="\n")
    return load.work_out(str(folder / "rbacgen.yaml"), TODAY)


def compared(checked: CheckedProject, source: Source) -> Drift:
    """What a comparison of all of it finds."""
    return drift.compare(drift.Baseline.of(checked.project, checked.desired, CATALOG, View(TODAY, within=0)), source)


def is_in_sync(checked: CheckedProject, source: Source) -> bool:
    """Whether a comparison finds nothing; it says what it finds where it does."""
    found = compared(checked, source)
    assert [(each.kind, each.assignment.key, each.differs) for each in found.changes] == []
    return found.is_in_sync


SMALL = (
    row(group(DEV, "rg-fraud-dev"), "Contributor", DEVELOPERS),
    row(group(PROD, "rg-fraud-prod"), "Reader", DEVELOPERS),
    row(group(PROD, "rg-fraud-prod"), "Contributor", OPERATORS, activation=Activation.ELIGIBLE),
    row(vault(DEV, "rg-fraud-dev", "kv-fraud-dev"), "Key Vault Secrets User", ROBOT),
    row(vault(PROD, "rg-fraud-prod", "kv-fraud-prod"), "Key Vault Secrets User", ROBOT),
    row(f"/subscriptions/{PROD}", "Reader", PERSON),
)


def test_what_is_written_reads_like_a_project(tmp_path: Path) -> None:
    """Environments are stages, alike resources one scope kind, groups lend their names, identities are workloads."""
    start = start_of(*SMALL)
    assert sorted(start.files) == [
        "mapping/capabilities/key_vault.yaml",
        "mapping/capabilities/resource_group.yaml",
        "mapping/capabilities/subscription.yaml",
        "mapping/mapping.yaml",
        "mapping/roles/fraud_developers.yaml",
        "mapping/roles/fraud_operators.yaml",
        "mapping/roles/identity_owner.yaml",
        "mapping/roles/reader.yaml",
        "mapping/scope_kinds.yaml",
        "mapping/workloads/fraud_deploy.yaml",
        "rbacgen.yaml",
    ]
    assert start.environments == ("dev", "prod")
    project = start.files["rbacgen.yaml"]
    assert "      key_vault: /subscriptions/1111" in project
    assert "      resource_group_fraud: rg-fraud-dev\n" in project
    assert f"    - {{group: grp-fraud-operators, id: {OPERATORS}, in: [prod]}}\n" in project
    assert f"    - {{service_principal: sp-fraud-deploy, id: {ROBOT}}}\n" in project
    assert "pim_eligible_days: 0 " in project
    checked = worked_out(start.files, tmp_path)
    assert checked.of(Severity.ERROR) == ()
    assert {each.rule for each in checked.of(Severity.WARNING)} <= {"direct-user", "privileged-access"}
    assert is_in_sync(checked, source_of(SMALL))


def test_each_part_of_an_assignment_is_kept(tmp_path: Path) -> None:
    """Conditions, eligible or standing, ends on a day, custom roles by their definition and id."""
    custom = AzureRole(
        CUSTOM, "Vault Observer: own", (Permission(("Microsoft.KeyVault/vaults/read", "*/read")),), custom=True
    )
    rows = [
        row(
            group(DEV, "rg-dev"), "Storage Blob Data Reader", DEVELOPERS, condition=f"{CONDITION}\n AND\r\n{CONDITION}"
        ),
        row(group(DEV, "rg-dev"), "Reader", DEVELOPERS, until=MIDNIGHT, through_pim=True),
        row(group(DEV, "rg-dev"), "Contributor", DEVELOPERS, activation=Activation.ELIGIBLE, until=MIDNIGHT),
        row(group(DEV, "rg-dev"), "Contributor", DEVELOPERS),
        row(group(DEV, "rg-dev"), AzureRole(CUSTOM, "", custom=True), OPERATORS),
    ]
    source = source_of(rows, definitions=(custom,), tenant=DEV)
    start = bootstrap.first_project(source, "fraud", CATALOG, TODAY)
    assert start.left_out == ()
    checked = worked_out(start.files, tmp_path)
    assert checked.of(Severity.ERROR) == ()
    assert checked.project.tenant == DEV
    assert checked.desired.definitions == ()  # it is there: nothing to make
    assert is_in_sync(checked, source)
    actual = checked.desired.state.get(rows[0].key)
    assert actual is not None
    assert actual.condition == rows[0].condition


@pytest.mark.parametrize(
    ("actual", "why"),
    [
        (row(group(DEV, "rg"), "Reader", ROBOT, activation=Activation.ELIGIBLE), "an identity cannot activate a role"),
        (
            row(group(DEV, "rg"), "Reader", DEVELOPERS, type=PrincipalType.FOREIGN_GROUP),
            "type ForeignGroup cannot be a member of a project role",
        ),
        (
            row(group(DEV, "rg"), "Reader", DEVELOPERS, type=PrincipalType.DEVICE),
            "type Device cannot be a member of a project role",
        ),
        (row(group(DEV, "rg"), "Reader", DEVELOPERS, type=PrincipalType.UNKNOWN), "the type of its principal"),
        (row(group(DEV, "rg"), "Reader", DEVELOPERS, until=ODD, through_pim=True), "it ends at 2027-03-01T13:22Z"),
        (
            row(group(DEV, "rg"), "Reader", DEVELOPERS, until=MIDNIGHT, condition=CONDITION, through_pim=True),
            "cannot end access under a condition",
        ),
        (
            row(group(DEV, "rg"), "Reader", DEVELOPERS, until=MIDNIGHT.replace(year=2026), through_pim=True),
            "it ended on",
        ),
        (row(group(DEV, "rg"), "Reader", DEVELOPERS, condition="(("), "at character 3 of its condition: expected"),
        (row(group(DEV, "rg"), "Reader", DEVELOPERS, condition=CONDITION, condition_version="1.0"), "version 1.0"),
        (
            row(f"/subscriptions/{DEV}/providers/Microsoft.Foo/bars/x", "Reader", DEVELOPERS),
            "its scope is not one that a project can bind",
        ),
        (
            row(f"{vault(DEV, 'rg', 'kv')}/providers/Microsoft.Foo/bars/x", "Reader", DEVELOPERS),
            "a resource on another resource",
        ),
    ],
    ids=lambda each: "" if isinstance(each, str) else each.role.name,
)
def test_what_a_project_cannot_say_is_passed_over_with_a_reason(actual: Assignment, why: str, tmp_path: Path) -> None:
    """An `ignore` entry for just this principal, role and scope; the comparison is in sync with it."""
    rows = [actual, row(group(DEV, "rg"), "Reader", OPERATORS)]
    start = start_of(*rows)
    ((left, said),) = [(each.actual, each.why) for each in start.left_out]
    assert left is actual
    assert why in said
    checked = worked_out(start.files, tmp_path)
    assert checked.of(Severity.ERROR) == ()
    (rule,) = checked.project.ignore
    assert (rule.principal, rule.at_scope, rule.scope, rule.because) == (actual.principal.id, actual.scope.id, "", said)
    assert (rule.activation, rule.condition) == (str(actual.activation), actual.condition)
    assert len(checked.desired.state) == 1
    assert is_in_sync(checked, source_of(rows))


ELIGIBLE_OWNER = row(
    f"/subscriptions/{DEV}", "Owner", DEVELOPERS, activation=Activation.ELIGIBLE, until=ODD, name="grp-owners"
)
OWNER_UNDER = row(group(DEV, "rg"), "Owner", OPERATORS, condition=CONDITION, condition_version="1.0")


@pytest.mark.parametrize(
    "later",
    [
        row(f"/subscriptions/{DEV}", "Owner", DEVELOPERS),
        row(group(DEV, "rg"), "Owner", DEVELOPERS),
        row(group(DEV, "rg"), "Owner", DEVELOPERS, activation=Activation.ELIGIBLE, until=ODD),
        row(group(DEV, "rg"), "Owner", OPERATORS),
        row(group(DEV, "rg"), "Owner", OPERATORS, condition=f"{CONDITION} OR {CONDITION}", condition_version="1.0"),
        row(vault(DEV, "rg", "kv"), "Owner", OPERATORS, condition=CONDITION, condition_version="1.0"),
    ],
    ids=["standing", "below", "eligible below", "without the condition", "another condition", "below, conditioned"],
)
def test_an_entry_passes_over_no_more_than_what_was_found(later: Assignment, tmp_path: Path) -> None:
    """More access of the same principal and role is drift: standing instead of eligible, unconditional, or below."""
    eligible = [
        row(group(DEV, f"rg{index}"), "Reader", ROBOT, type=PrincipalType.GROUP, activation=Activation.ELIGIBLE)
        for index in range(2)
    ]
    rows = [ELIGIBLE_OWNER, OWNER_UNDER, *eligible]
    start = start_of(*rows)
    assert [each.actual for each in start.left_out] == [OWNER_UNDER, ELIGIBLE_OWNER]
    checked = worked_out(start.files, tmp_path)
    assert is_in_sync(checked, source_of(rows))
    after = [each for each in rows if each.key != later.key] + [later]
    found = drift.compare(
        drift.Baseline.of(checked.project, checked.desired, CATALOG, View(TODAY, within=0)), source_of(after)
    )
    assert [(each.kind, each.actual) for each in found.changes] == [(drift.DriftKind.UNMANAGED, later)]


@pytest.mark.parametrize("activation", [Activation.PERMANENT, Activation.ELIGIBLE])
@pytest.mark.parametrize("unknown_fields", ["condition", "until"])
def test_what_the_source_does_not_tell_whole_gets_no_entry(
    unknown_fields: str, activation: Activation, tmp_path: Path
) -> None:
    """An entry without a condition or an end would claim that there is none, and pass over the access that loses it."""
    actual = row(
        group(DEV, "rg"),
        "Reader",
        DEVELOPERS,
        type=PrincipalType.DEVICE,
        activation=activation,
        unknown_fields=frozenset({unknown_fields}),
    )
    rows = [actual, row(group(DEV, "rg"), "Reader", OPERATORS)]
    start = start_of(*rows)
    (left,) = start.left_out
    assert (left.rule, start.unnamed) == (None, 1)
    assert f"since the source does not give its {'end' if unknown_fields == 'until' else 'condition'}" in left.why
    checked = worked_out(start.files, tmp_path)
    assert (checked.of(Severity.ERROR), checked.project.ignore) == ((), ())
    found = compared(checked, source_of(rows))
    assert [(each.kind, each.actual) for each in found.changes] == [(drift.DriftKind.UNMANAGED, actual)]


def test_a_condition_that_the_source_does_not_tell_is_reason_enough() -> None:
    """It is said once, and the access is not taken in."""
    actual = row(group(DEV, "rg"), "Reader", DEVELOPERS, unknown_fields=frozenset({"condition"}))
    start = start_of(actual, row(group(DEV, "rg"), "Reader", OPERATORS))
    assert [(each.why, each.rule) for each in start.left_out] == [("the source does not give its condition", None)]


OBSERVER = AzureRole(CUSTOM, "Vault: Observer", (Permission(("Microsoft.KeyVault/vaults/read",)),), custom=True)


def test_a_custom_role_is_passed_over_by_its_id(tmp_path: Path) -> None:
    """Its name can go over to another role. What it grants is compared, for others are wanted to have it."""
    rows = [
        row(group(DEV, "rg"), OBSERVER, ROBOT, activation=Activation.ELIGIBLE),
        row(group(DEV, "rg"), OBSERVER, OPERATORS),
    ]
    start = start_of(*rows, definitions=(OBSERVER,))
    assert f"    azure_role: {CUSTOM}    # Vault: Observer\n" in start.files["rbacgen.yaml"]
    checked = worked_out(start.files, tmp_path)
    assert is_in_sync(checked, source_of(rows, definitions=(OBSERVER,)))
    wide = replace(OBSERVER, permissions=(Permission(("*",)),))
    later = source_of([replace(each, role=wide) for each in rows], definitions=(wide,))
    assert [each.kind for each in compared(checked, later).role_changes] == [drift.DriftKind.ALTERED]


def test_a_custom_role_that_nobody_is_wanted_to_have_gets_no_entry(tmp_path: Path) -> None:
    """Nothing would compare what it grants: it could be widened unseen."""
    actual = row(group(DEV, "rg"), OBSERVER, ROBOT, activation=Activation.ELIGIBLE)
    rows = [actual, row(group(DEV, "rg"), "Reader", OPERATORS)]
    start = start_of(*rows, definitions=(OBSERVER,))
    assert (start.left_out[0].rule, start.unnamed) == (None, 1)
    found = compared(worked_out(start.files, tmp_path), source_of(rows, definitions=(OBSERVER,)))
    assert [(each.kind, each.actual) for each in found.changes] == [(drift.DriftKind.UNMANAGED, actual)]


def test_the_comment_above_the_entries_claims_what_they_do() -> None:
    """The activation always; a condition and a last day where the entry has them."""
    project = start_of(ELIGIBLE_OWNER, OWNER_UNDER, row(group(DEV, "rg"), "Reader", PERSON)).files["rbacgen.yaml"]
    said = " ".join(line.removeprefix("# ") for line in project.partition("# What was found")[2].split("\n"))
    assert (
        "ignores this one assignment as long as its activation is the same and, where they are given here, its condition and "
        "its last day (`until`)."
    ) in said


@pytest.mark.parametrize(
    "stranger",
    [
        row(f"/subscriptions/{DEV}", "Owner", PERSON),
        row(group(DEV, "rg-new"), "Owner", PERSON),
        row(vault(DEV, "rg-new", "kv"), "Reader", PERSON, activation=Activation.ELIGIBLE),
    ],
    ids=["at the subscription", "at a new group", "in a new group"],
)
def test_from_the_first_day_every_new_access_in_a_subscription_is_drift(stranger: Assignment, tmp_path: Path) -> None:
    """Each adopted subscription is bound, whatever was found in it; without that line, new groups are others' business."""
    rows = [row(group(DEV, "rg"), "Reader", DEVELOPERS), row(vault(PROD, "rg", "kv"), "Reader", OPERATORS)]
    start = start_of(*rows)
    project = start.files["rbacgen.yaml"]
    line = f"      subscription: /subscriptions/{DEV}\n"
    assert line in project
    assert f"      subscription: /subscriptions/{PROD}\n" in project
    assert "this project manages the whole subscription" in project
    assert "Remove the line if other teams work in it too." in project
    found_at_all = [(drift.DriftKind.UNMANAGED, stranger)]
    left = found_at_all if stranger.scope.level is ScopeLevel.SUBSCRIPTION else []
    for content, expected in ((project, found_at_all), (project.replace(line, ""), left)):
        checked = worked_out({**start.files, "rbacgen.yaml": content}, tmp_path)
        assert checked.of(Severity.ERROR, Severity.WARNING) == ()
        source = source_of([*rows, stranger])
        found = drift.compare(
            drift.Baseline.of(checked.project, checked.desired, CATALOG, View(TODAY, within=0)), source
        )
        assert [(each.kind, each.actual) for each in found.changes] == expected


@pytest.mark.parametrize(
    "actual",
    [
        row(group(DEV, "x" * 2000), "Owner", DEVELOPERS, type=PrincipalType.DEVICE),
        row(group(DEV, "rg"), "Owner", "not-an-id", type=PrincipalType.GROUP),
    ],
    ids=["a scope that is too long", "a principal without an object id"],
)
def test_what_no_entry_can_name_is_counted(actual: Assignment, tmp_path: Path) -> None:
    """And not written, for an entry that says less would pass over more; the files are whole without it."""
    start = start_of(actual, row(group(DEV, "rg"), "Reader", OPERATORS))
    assert start.unnamed == 1
    assert "but for 1 without one: 1 assignment" in init_text.report(start, "azure")
    checked = worked_out(start.files, tmp_path)
    assert (checked.of(Severity.ERROR), checked.project.ignore) == ((), ())


def test_what_comes_from_outside_cannot_write_keys() -> None:
    """A tenant with a line break in it stays one value."""
    start = start_of(*SMALL, tenant="foo\nbar: x")
    assert 'tenant: "foo\\nbar: x"\n' in start.files["rbacgen.yaml"]


@pytest.mark.parametrize(
    ("presence", "why"), [(Presence.DELETED, "gone from the directory"), (Presence.SOFT_DELETED, "bin")]
)
def test_access_of_gone_principals_is_not_wanted(presence: Presence, why: str, tmp_path: Path) -> None:
    """Nor passed over, for every comparison names it; it is no part that is missing. What is not shown is kept."""
    directory = {DEVELOPERS: Entry(presence), OPERATORS: Entry(Presence.NOT_VISIBLE)}
    rows = [row(group(DEV, "rg"), "Reader", DEVELOPERS), row(group(DEV, "rg"), "Reader", OPERATORS)]
    start = start_of(*rows, directory=directory)
    assert [why in each.why for each in start.left_out] == [True]
    assert (start.gone, start.unnamed) == (1, 0)
    said = init_text.report(start, "azure")
    assert (
        "without an entry: 1 assignment whose principals are deleted or in the directory's bin; `rbacgen diff`" in said
    )
    assert "`ignore` entry" not in said
    checked = worked_out(start.files, tmp_path)
    assert {each.principal.id for each in checked.desired.state} == {OPERATORS}
    assert checked.project.ignore == ()
    kind = drift.DriftKind.ORPHANED if presence is Presence.DELETED else drift.DriftKind.SOFT_DELETED
    found = compared(checked, source_of(rows, directory=directory))
    assert [(each.kind, each.actual) for each in found.changes] == [(kind, rows[0])]


def test_gone_access_that_no_comparison_would_name_is_counted() -> None:
    """In a subscription that is none of the project's, for there is nothing else in it."""
    rows = [row(group(PROD, "rg"), "Reader", DEVELOPERS), row(group(DEV, "rg"), "Reader", OPERATORS)]
    start = start_of(*rows, directory={DEVELOPERS: Entry(Presence.DELETED)})
    assert start.environments == ("sub_11111111",)
    assert [(each.is_gone, each.rule, each.why) for each in start.left_out] == [
        (False, None, "its principal is gone from the directory: delete the assignment")
    ]
    assert (start.gone, start.unnamed) == (0, 1)


def test_the_directory_lends_names_and_types() -> None:
    """A source that knows ids only."""
    directory = {DEVELOPERS: Entry(Presence.PRESENT, "grp-own", "Group")}
    start = start_of(
        row(group(DEV, "rg"), "Reader", DEVELOPERS, type=PrincipalType.UNKNOWN, name=""), directory=directory
    )
    assert f"    - {{group: grp-own, id: {DEVELOPERS}}}\n" in start.files["rbacgen.yaml"]
    assert "mapping/roles/own.yaml" in start.files


def test_persons_lend_no_names_to_project_roles() -> None:
    """A project role is called by what it gives: people change."""
    start = start_of(row(group(DEV, "rg"), "Key Vault Secrets User", PERSON, name="ada@contoso.example"))
    assert "mapping/roles/key_vault_secrets_user.yaml" in start.files
    assert "ada" not in "".join(text for path, text in start.files.items() if path != "rbacgen.yaml")


def test_those_with_the_same_access_wear_one_project_role(tmp_path: Path) -> None:
    """In whichever environments; one more grant is another project role."""
    rows = [
        row(group(DEV, "rg-app-dev"), "Reader", DEVELOPERS, name="one"),
        row(group(PROD, "rg-app-prod"), "Reader", DEVELOPERS, name="one"),
        row(group(PROD, "rg-app-prod"), "Reader", OPERATORS, name="two"),
        row(group(DEV, "rg-app-dev"), "Reader", PERSON, name="p"),
        row(group(DEV, "rg-app-dev"), "Contributor", PERSON, name="p"),
    ]
    start = start_of(*rows)
    assert [path for path in start.files if "/roles/" in path] == [
        "mapping/roles/contributor_and_reader.yaml",
        "mapping/roles/reader.yaml",
    ]
    assert is_in_sync(worked_out(start.files, tmp_path), source_of(rows))


def test_what_comes_from_above_and_what_is_activated_is_counted_only() -> None:
    """It is not the project's."""
    start = start_of(
        row("/", "Owner", PERSON),
        row("/providers/Microsoft.Management/managementGroups/mg", "Reader", PERSON),
        row(group(DEV, "rg"), "Owner", PERSON, activation=Activation.ACTIVATED),
        row(group(DEV, "rg"), "Reader", PERSON),
    )
    assert (start.above, start.activated, start.assignments, start.left_out) == (2, 1, 1, ())


def test_terraform_holds_nothing_but_its_own(tmp_path: Path) -> None:
    """So what its state has above the subscriptions is taken in too."""
    rows = [
        row("/", "Reader", DEVELOPERS),
        row("/providers/Microsoft.Management/managementGroups/mg-a", "Reader", DEVELOPERS),
        row(f"/subscriptions/{DEV}", "Reader", OPERATORS),
        row(f"/subscriptions/{PROD}", "Reader", OPERATORS),
    ]
    start = start_of(*rows, kind=SourceKind.TERRAFORM_STATE)
    assert (start.above, start.assignments) == (0, 4)
    checked = worked_out(start.files, tmp_path)
    assert checked.of(Severity.ERROR) == ()
    assert is_in_sync(checked, source_of(rows, kind=SourceKind.TERRAFORM_STATE))


@pytest.mark.parametrize("endless", [1, 3])
def test_eligible_access_with_and_without_an_end_has_one_number_of_days(endless: int, tmp_path: Path) -> None:
    """What fewer have is passed over, and the other one is said."""
    rows = [
        row(group(DEV, f"rg{index}"), "Reader", DEVELOPERS, activation=Activation.ELIGIBLE) for index in range(endless)
    ] + [
        row(group(DEV, f"rg{index}"), "Reader", OPERATORS, activation=Activation.ELIGIBLE, until=ODD)
        for index in range(2)
    ]
    start = start_of(*rows)
    assert len(start.left_out) == min(endless, 2)
    assert f"pim_eligible_days: {0 if endless == 3 else 365} " in start.files["rbacgen.yaml"]
    assert is_in_sync(worked_out(start.files, tmp_path), source_of(rows))


@pytest.mark.parametrize(
    ("definition", "why"),
    [
        (AzureRole(CUSTOM, "Reader", (Permission(("a.b/c/read",)),), custom=True), "a name that a mapping cannot hold"),
        (AzureRole(CUSTOM, "Own", (Permission(("a.b/*/c/*",)),), custom=True), "has the pattern a.b/*/c/*"),
        (AzureRole(CUSTOM, "Own", (Permission(("a.b/c/re*",)),), custom=True), "has the pattern a.b/c/re*"),
        (AzureRole(CUSTOM, "Own", (Permission(),), custom=True), "grants nothing"),
        (AzureRole(CUSTOM, "Own", (), custom=True), "its role is in no catalogue"),
        (
            AzureRole(CUSTOM, "Own", (Permission(("a.b/c/read",)), Permission()), custom=True),
            "several permission objects",
        ),
        (AzureRole(CUSTOM, "O\u202en", (Permission(("a.b/c/read",)),), custom=True), "cannot be shown"),
    ],
    ids=lambda each: "" if isinstance(each, str) else each.name,
)
def test_custom_roles_that_a_mapping_cannot_hold(definition: AzureRole, why: str, tmp_path: Path) -> None:
    """Access by them gets no entry, which would go by the id and hide what is added to the role."""
    rows = [row(group(DEV, "rg"), definition, DEVELOPERS), row(group(DEV, "rg"), "Reader", OPERATORS)]
    start = start_of(*rows, definitions=(definition,))
    assert why in start.left_out[0].why
    assert "without an entry, which would hide what is added to its role" in start.left_out[0].why
    assert start.unnamed == 1
    checked = worked_out(start.files, tmp_path)
    assert (checked.of(Severity.ERROR), checked.project.ignore) == ((), ())
    found = compared(checked, source_of(rows, definitions=(definition,)))
    assert [(each.kind, each.actual) for each in found.changes] == [(drift.DriftKind.UNMANAGED, rows[0])]


def test_who_can_be_eligible_is_a_group_or_a_user(tmp_path: Path) -> None:
    """Terraform's PIM resources do not name the kind; other access of such a principal is passed over."""
    rows = [
        row(group(DEV, "rg"), "Reader", DEVELOPERS, activation=Activation.ELIGIBLE, type=PrincipalType.UNKNOWN),
        row(group(DEV, "rg"), "Contributor", DEVELOPERS, type=PrincipalType.UNKNOWN),
    ]
    start = start_of(*rows, kind=SourceKind.TERRAFORM_FILES)
    assert [each.actual for each in start.left_out] == [rows[1]]
    assert f"id: {DEVELOPERS}}}    # or a user: the source does not say which\n" in start.files["rbacgen.yaml"]
    assert is_in_sync(worked_out(start.files, tmp_path), source_of(rows, kind=SourceKind.TERRAFORM_FILES))


def test_what_only_terraform_knows_is_counted_and_not_written() -> None:
    """No rule could name it."""
    reference = replace(
        row(group(DEV, "rg"), "Reader", DEVELOPERS),
        scope=Scope("azurerm_resource_group.this.id", Scope.of(group(DEV, "rg")).level, DEV, reference=True),
    )
    start = start_of(reference, row(group(DEV, "rg"), "Reader", OPERATORS))
    assert [each.why for each in start.left_out] == ["only Terraform knows its scope or its principal"]
    assert start.unnamed == 1
    assert "ignore:" not in start.files["rbacgen.yaml"]


def test_what_another_project_manages_is_said() -> None:
    """Its mark is in the description."""
    marked = replace(row(group(DEV, "rg"), "Reader", DEVELOPERS), description="Developer: x [rbacgen:tiny]")
    start = start_of(marked, row(group(DEV, "rg"), "Reader", OPERATORS))
    assert start.managed == {"tiny": 1}
    assert "1 assignment carried the mark of the project tiny" in init_text.report(start, "azure")


def test_a_source_without_access_below_subscriptions_is_no_beginning() -> None:
    """There would be no environment."""
    with pytest.raises(RbacgenError, match="holds no assignment"):
        start_of(row("/", "Owner", PERSON))


# Names


def test_alike_scopes_of_one_environment_are_told_apart() -> None:
    """By their whole names, then by their resource groups; and no two kinds share a name."""
    scopes = [
        ("dev", Scope.of(vault(DEV, "rg-a", "kv"))),
        ("dev", Scope.of(vault(DEV, "rg-b", "kv"))),
        ("dev", Scope.of(group(DEV, "rg-app"))),
        ("dev", Scope.of(group(DEV, "rg-app-dev"))),
        ("prod", Scope.of(group(PROD, "rg-app-prod"))),
    ]
    assert [(kind.name, len(kind.scopes)) for kind in naming.kinds(scopes)] == [
        ("key_vault_rg_a_kv", 1),
        ("key_vault_rg_b_kv", 1),
        ("resource_group_app", 1),
        ("resource_group_app_dev", 1),
        ("resource_group_app_prod", 1),
    ]


@pytest.mark.parametrize(
    ("names", "environment"),
    [
        (["rg-fraud-dev", "rg-net"], "dev"),
        (["rg-fraud-prd"], "prod"),
        (["rg-UAT-fraud"], "test"),
        (["rg-fraud"], "sub_11111111"),
        (["rg-a-dev", "rg-b-prod"], "sub_11111111"),
        (["rg-developers"], "sub_11111111"),
    ],
)
def test_environments_are_named_for_their_stage(names: list[str], environment: str) -> None:
    """As most of the names in them say; else for their subscription."""
    scopes = {DEV: [Scope.of(group(DEV, name)) for name in names]}
    assert naming.environments(scopes) == {DEV: environment}


def test_two_subscriptions_of_one_stage_have_two_names() -> None:
    """A part of the id tells them apart."""
    scopes = {each: [Scope.of(group(each, "rg-dev"))] for each in (DEV, PROD)}
    assert naming.environments(scopes) == {DEV: "dev_11111111", PROD: "dev_22222222"}


@pytest.mark.parametrize(
    ("type_", "word"),
    [
        ("Microsoft.KeyVault/vaults", "key_vault"),
        ("Microsoft.Storage/storageAccounts", "storage_account"),
        ("Microsoft.Storage/storageAccounts/blobServices/containers", "storage_container"),
        ("Microsoft.ContainerRegistry/registries", "container_registry"),
        ("Microsoft.MachineLearningServices/workspaces", "machine_learning_services_workspace"),
        ("Microsoft.Cache/Redis", "cache_redis"),
        ("resource_group", "resource_group"),
    ],
)
def test_types_are_words(type_: str, word: str) -> None:
    """In the singular."""
    assert naming.word_of_type(type_) == word


@given(st.text(max_size=60))
def test_every_text_is_read_back_as_it_was(text: str) -> None:
    """As a value, whatever stands in it."""
    root, problems = document.parse(f"a: {{b: {document.scalar(text)}}}\n{document.scalar('k' + text)}: 1\n", "x")
    assert problems == ()
    assert isinstance(root, document.MappingNode)
    inner = root.items["a"]
    assert isinstance(inner, document.MappingNode)
    value = inner.items["b"]
    assert isinstance(value, document.Scalar)
    assert value.value == text
    assert list(root.items)[1] == "k" + text


@given(st.lists(st.text(max_size=70), max_size=8))
def test_identifiers_are_identifiers_and_new(texts: list[str]) -> None:
    """Whatever they are made from."""
    taken: set[str] = set()
    names = [naming.identifier(text, str(index), taken) for index, text in enumerate(texts)]
    assert len(set(names)) == len(texts)
    assert all(name.isascii() and name.isidentifier() and name == name.lower() for name in names)
    assert all(len(name) <= naming.LONGEST for name in names)


# Any tenant

_names = st.sampled_from(
    ["app", "App", "net", "data-1", "x y", "grp-développeurs", "O'Brien: {x}", "null", "1", "a#b", ""]
)
_stages = st.sampled_from(["dev", "DEV", "prod", "qa", "", "x"])


@st.composite
def scope_ids(draw: st.DrawFn) -> str:
    """A scope of any level below the root, its words spelled as Azure may."""
    subscription = draw(st.sampled_from([DEV, PROD, DEV.replace("1", "3"), PROD.replace("2", "a").upper()]))
    level = draw(st.integers(0, 4))
    word = draw(st.sampled_from(["resourceGroups", "resourcegroups"]))
    named = f"rg-{draw(st.sampled_from(['app', 'App', 'net']))}-{draw(_stages)}x"
    base = f"/subscriptions/{subscription}"
    provider = draw(st.sampled_from(["Microsoft.KeyVault/vaults", "microsoft.keyvault/vaults", "Microsoft.Web/sites"]))
    return [
        base,
        f"{base}/{word}/{named}",
        f"{base}/{word}/{named}/providers/{provider}/{draw(st.sampled_from(['kv', 'KV', 'kvdev', 'kv-prod']))}",
        f"{base}/{word}/{named}/providers/Microsoft.Storage/storageAccounts/st/blobServices/default/containers/c",
        draw(st.sampled_from(["/", "/providers/Microsoft.Management/managementGroups/mg-1"])),
    ][level]


@st.composite
def tenants(draw: st.DrawFn) -> Source:
    """A small tenant with something of everything, some of it what no project can say."""
    customs = tuple(
        AzureRole(f"cccccccc-0000-4000-8000-00000000000{index}", name, (Permission((pattern,)),), custom=True)
        for index, (name, pattern) in enumerate(
            [("Own: Role", "Microsoft.Web/sites/read"), ("own: role", "*"), ("Wild", "a.b/*/c/*")]
        )
    )
    roles = [
        *(role(name) for name in ("Reader", "Contributor", "Key Vault Secrets User")),
        *customs,
        AzureRole(DEV, ""),
    ]
    types = draw(st.lists(st.sampled_from([*PrincipalType]), min_size=5, max_size=5))
    people = [
        Principal(f"aaaaaaaa-0000-4000-8000-00000000000{index}", type_, draw(_names))
        for index, type_ in enumerate(types)
    ]
    rows = []
    for _ in range(draw(st.integers(1, 25))):
        activation = draw(st.sampled_from([Activation.PERMANENT, Activation.PERMANENT, Activation.ELIGIBLE]))
        until = draw(st.sampled_from([None, None, None, MIDNIGHT, ODD]))
        condition = draw(st.sampled_from(["", "", "", CONDITION, f"  {CONDITION} AND\n\t{CONDITION} \n", "((("]))
        unknown_fields = draw(st.sampled_from(["", "", "", "", "condition", "until"]))
        until = None if unknown_fields == "until" else until
        condition = "" if unknown_fields == "condition" else condition
        rows.append(
            Assignment(
                Scope.of(draw(scope_ids())),
                draw(st.sampled_from(roles)),
                draw(st.sampled_from(people)),
                activation,
                condition=condition,
                condition_version="2.0" if condition else "",
                actual=ActualDetails(
                    until=until,
                    through_pim=activation is Activation.ELIGIBLE or until is not None,
                    unknown_fields=frozenset({unknown_fields} - {""}),
                ),
            )
        )
    directory = {each.id: Entry(draw(st.sampled_from(Presence))) for each in people if draw(st.booleans())}
    kind = draw(st.sampled_from([SourceKind.AZURE, SourceKind.TERRAFORM_STATE]))
    return source_of(rows, definitions=customs, directory=directory, kind=kind)


def from_texts(texts: Mapping[str, str]) -> CheckedProject:
    """What the files come to, read from memory; raises AssertionError with every error in them."""
    parsed = {path: document.parse(text, path) for path, text in texts.items()}
    problems = [problem for _, found in parsed.values() for problem in found]
    layer = [
        MappingFile(path.removeprefix("mapping/"), root)
        for path, (root, _) in parsed.items()
        if path != "rbacgen.yaml" and root is not None
    ]
    mapping, found = mapping_loader.build([layer], CATALOG)
    problems += found
    root = parsed["rbacgen.yaml"][0]
    assert root is not None
    project, found = build(root, mapping, lock.Lock())
    problems += found
    desired, found = build_desired(project).on(TODAY)
    problems += found
    assert [str(each) for each in problems if each.severity is Severity.ERROR] == []
    return CheckedProject(project, desired, CATALOG, tuple(problems), {})


@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.too_slow])
@given(tenants())
def test_any_tenant_becomes_a_project_that_wants_just_what_lives(source: Source) -> None:
    """Every row of its own is wanted as it is, passed over by a rule, or named by every comparison; and nothing else is."""
    try:
        start = bootstrap.first_project(source, "any-tenant", CATALOG, TODAY)
    except RbacgenError:
        return
    checked = from_texts(start.files)
    desired = checked.desired.state
    left = {each.actual.key for each in start.left_out}
    own = {key for key, each in source.state.items() if each.scope.subscription or source.kind is not SourceKind.AZURE}
    assert {key for key, _ in desired.items()} == own - left
    assert left <= own
    assert start.above == len(source.state) - len(own)
    for key, each in desired.items():
        actual = source.state.get(key)
        assert actual is not None
        assert each.condition == actual.condition.strip()
    found = compared(checked, source)
    assert found.is_complete
    assert found.role_changes == ()
    at = {each.subscription for each in checked.project.environments}
    bare = {each.actual.key: each for each in start.left_out if each.rule is None}
    named = {each.assignment.key: each for each in found.changes}
    assert {key for key, each in bare.items() if each.actual.scope.subscription in at} <= named.keys() <= bare.keys()
    kinds = {Presence.DELETED: drift.DriftKind.ORPHANED, Presence.SOFT_DELETED: drift.DriftKind.SOFT_DELETED}
    for key, change in named.items():
        entry = source.directory.get(key.principal_id)
        assert change.kind is kinds.get(
            entry.presence if entry is not None else Presence.PRESENT, drift.DriftKind.UNMANAGED
        )
        assert bare[key].is_gone == (change.kind in kinds.values() and bare[key].actual.scope.subscription in at)
    assert {key for key, each in bare.items() if each.is_gone} <= named.keys()
    gone = {each for each, entry in source.directory.items() if entry.presence in kinds}
    assert {key for key in left if key.principal_id in gone} <= bare.keys()
    again = bootstrap.first_project(source, "any-tenant", CATALOG, TODAY)
    assert again == start


# The command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in."""
    here = tmp_path / "fraud-detection"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


LIST = [
    {
        "canDelegate": None,
        "condition": None,
        "conditionVersion": None,
        "description": None,
        "id": f"{group(DEV, 'rg-dev')}/providers/Microsoft.Authorization/roleAssignments/{PROD}",
        "name": PROD,
        "principalId": DEVELOPERS,
        "principalName": "grp-fraud-developers",
        "principalType": "Group",
        "roleDefinitionId": f"/subscriptions/{DEV}/providers/Microsoft.Authorization/roleDefinitions/{role('Reader').id}",
        "roleDefinitionName": "Reader",
        "scope": group(DEV, "rg-dev"),
        "type": "Microsoft.Authorization/roleAssignments",
    }
]


def run(*arguments: str) -> Any:
    """What a command comes to in the current folder."""
    return CliRunner().invoke(main, [*arguments])


def test_init_from_a_list_of_the_azure_cli(folder: Path) -> None:
    """Writes the files, says how to go on, and the result is checked and rendered; exit 3, for the list has no PIM."""
    Path("live.json").write_text(json.dumps(LIST), encoding="utf-8")
    result = run("init", "--from", "live.json")
    assert result.exit_code == 3
    assert "does not include eligible access (Privileged Identity Management)" in result.stderr
    assert result.stdout.startswith(
        "wrote rbacgen.yaml, rbacgen.schema.json for editors and 4 files in mapping/: 1 assignment of 1 principal in dev\n"
    )
    assert "`rbacgen diff live.json` and `rbacgen render --existing live.json`" in result.stdout
    assert (run("check").exit_code, run("render").exit_code) == (0, 0)
    assert "project: fraud-detection\n" in (folder / "rbacgen.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("scope", "code"), [(f'"/subscriptions/{DEV}"', 0), ("azurerm_resource_group.a.id", 3)])
def test_what_is_neither_wanted_nor_passed_over_is_a_part_missing(folder: Path, scope: str, code: int) -> None:
    """Exit 3, though all of the files was read."""
    Path("live").mkdir()
    resources = "".join(
        f'resource "azurerm_role_assignment" "{label}" {{\n  scope = {where}\n  role_definition_name = "Reader"\n'
        f'  principal_id = "{principal}"\n  principal_type = "Group"\n}}\n'
        for label, where, principal in (("a", scope, DEVELOPERS), ("b", f'"{group(DEV, "rg")}"', OPERATORS))
    )
    Path("live/main.tf").write_text(resources, encoding="utf-8")
    result = run("init", "--from", "live")
    assert result.exit_code == code
    assert ("but for 1 without one" in result.stdout) is (code == 3)


@pytest.mark.parametrize("standing", ["rbacgen.yaml", "mapping/mapping.yaml"])
def test_nothing_is_overwritten(folder: Path, standing: str) -> None:
    """Neither a project nor a mapping; and then nothing is written at all."""
    Path("live.json").write_text(json.dumps(LIST), encoding="utf-8")
    Path(standing).parent.mkdir(exist_ok=True)
    Path(standing).write_text("mine\n", encoding="utf-8")
    result = run("init", "--from", "live.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "already exists" in result.stderr
    assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == sorted(
        ["live.json", Path(standing).name]
    )


def test_one_subscription_of_a_source_can_be_chosen(folder: Path) -> None:
    """What lies in others is left out."""
    other = LIST[0] | {"scope": group(PROD, "rg-prod"), "id": LIST[0]["id"].replace(DEV, PROD)}
    Path("live.json").write_text(json.dumps([*LIST, other]), encoding="utf-8")
    assert run("init", "--from", "live.json", "--subscription", PROD).exit_code == 3
    text = (folder / "rbacgen.yaml").read_text(encoding="utf-8")
    assert PROD in text
    assert DEV not in text


def test_live_azure_takes_subscriptions(folder: Path) -> None:
    """There is no project that could say which."""
    result = run("init", "--from", "azure")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "name each with `--subscription ID`" in result.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["Fraud", "true", "a: b", "x" * 65])
def test_a_name_that_cannot_be_one_is_refused(folder: Path, name: str) -> None:
    """Before anything is read."""
    result = run("init", name, "--from", "missing.json")
    assert result.exit_code == 1
    assert "cannot be a project's name" in result.stderr


def test_a_role_of_its_own_is_another_start(folder: Path) -> None:
    """Both at once is a mistake of usage."""
    result = run("init", "--from", "live.json", "--own", "tester")
    assert result.exit_code == 1
    assert "--from and --own cannot be used together" in result.stderr


@pytest.mark.parametrize(("above", "words"), [(1, "1 that comes from above"), (2, "2 that come from above")])
def test_what_comes_from_above_is_counted_in_words(above: int, words: str) -> None:
    """One comes, several come."""
    rows = [row("/", "Reader", principal) for principal in (DEVELOPERS, OPERATORS)[:above]]
    start = start_of(*SMALL, *rows)
    assert start.above == above
    assert f"left out: {words} the subscriptions\n" in init_text.report(start, "azure")
