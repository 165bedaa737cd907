"""What differs between wanted and held: each kind by itself, what is no drift, and random worlds with counted edits."""

from __future__ import annotations

import datetime
import uuid
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from rbacgen.analysis.drift import (
    Baseline,
    Drift,
    DriftKind,
    ExclusionReason,
    RemarkKind,
    Strategy,
    View,
    compare,
    needs_justifications,
)
from rbacgen.analysis.results import CheckedProject
from rbacgen.commands import load
from rbacgen.model.assignment import Activation, Assignment, Permission, PrincipalType
from rbacgen.model.problems import Position
from rbacgen.model.scope import Scope
from rbacgen.model.source import Source, SourceKind
from rbacgen.model.state import Coverage, Part, Unread
from rbacgen.project import managed_scopes
from rbacgen.project.desired import mark
from tests.fakes.actual import OWNER, READER, STRANGER, as_held, foreign, source
from tests.fakes.world import DEV, DEVELOPERS, OPERATORS, PROD, TODAY, World

EXAMPLE = Path(__file__).parents[2] / "examples" / "fraud-detection"
VAULT = f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
GROUP = f"/subscriptions/{DEV}/resourceGroups/rg-dev"


def diff(checked: CheckedProject, actual: Source, **view: Any) -> Drift:
    """Compares on the day of the tests."""
    return compare(Baseline.of(checked.project, checked.desired, checked.catalog, View(TODAY, **view)), actual)


def kinds(drift: Drift) -> list[DriftKind]:
    """The kinds of all changes, in their order."""
    return [each.kind for each in drift.changes]


@pytest.fixture
def world(tmp_path: Path) -> World:
    """The small world."""
    return World(tmp_path)


def test_what_was_applied_is_in_sync(world: World) -> None:
    """A state that holds just what is wanted differs in nothing."""
    checked = world.work_out()
    drift = diff(checked, source(as_held(checked), checked))
    assert drift.is_in_sync
    assert drift.counts() == {}
    assert (drift.desired, drift.actual) == (len(checked.desired.state),) * 2


def test_what_is_not_there_is_missing(world: World) -> None:
    """A wanted assignment that nobody holds is missing, and says where it was wanted."""
    checked = world.work_out()
    first, *others = as_held(checked)
    drift = diff(checked, source(others, checked))
    (change,) = drift.changes
    assert (change.kind, change.assignment.key, change.actual) == (DriftKind.MISSING, first.key, None)
    assert change.desired is not None
    assert change.desired.reasons[0].member_at.line > 0
    assert not drift.is_in_sync


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("condition", "@Resource[x] StringEquals 'y'", "condition"),
        ("description", f"something else {mark('tiny')}", "description"),
        ("description", f"taken over {mark('another')}", "description"),
    ],
)
def test_what_is_there_otherwise_is_altered(world: World, field: str, value: str, what: str) -> None:
    """A condition or a marked description that is not as wanted is named with both sides."""
    checked = world.work_out()
    actual = as_held(checked)
    index = next(i for i, each in enumerate(actual) if not each.actual.through_pim)
    actual[index] = replace(actual[index], **{field: value})
    (change,) = diff(checked, source(actual, checked)).changes
    assert change.kind is DriftKind.ALTERED
    assert [(each.what, each.actual) for each in change.differs] == [(what, value)]


def test_a_description_without_a_mark_is_access_that_waits_for_adoption(world: World) -> None:
    """Access that is wanted and was made by hand is no drift, but it is said."""
    checked = world.work_out()
    actual = as_held(checked)
    index = next(i for i, each in enumerate(actual) if not each.actual.through_pim)
    actual[index] = replace(actual[index], description="made by hand")
    drift = diff(checked, source(actual, checked))
    assert drift.is_in_sync
    assert [(each.note, each.desired.key) for each in drift.remarks] == [(RemarkKind.UNMARKED, actual[index].key)]


def test_what_pim_keeps_is_counted_by_itself(world: World) -> None:
    """No description tells whose hand it was: neither unmarked nor the project's; what is altered is told otherwise."""
    checked = world.work_out()
    actual = as_held(checked)
    eligible = [each for each in actual if each.activation is Activation.ELIGIBLE]
    assert eligible
    assert diff(checked, source(actual, checked)).unmarked == len(eligible)
    changed = [replace(each, condition="x") if each is eligible[0] else each for each in actual]
    assert diff(checked, source(changed, checked)).unmarked == len(eligible) - 1
    terraform = replace(source(actual, checked), kind=SourceKind.TERRAFORM_STATE)
    assert diff(checked, terraform).unmarked == 0


def test_what_carries_the_mark_and_nobody_wants_is_stale(world: World) -> None:
    """The project's own that it wants no more is stale, wherever it stands."""
    checked = world.work_out()
    for scope in (VAULT, f"/subscriptions/{DEV}/resourceGroups/rg-elsewhere"):
        extra = foreign(scope, READER, role_name="Reader", description=f"old {mark('tiny')}")
        drift = diff(checked, source([*as_held(checked), extra], checked))
        assert kinds(drift) == [DriftKind.STALE]


@pytest.mark.parametrize(
    "scope",
    [VAULT, GROUP, f"{VAULT}/secrets/one", f"{GROUP}/providers/Microsoft.Web/sites/x", f"/subscriptions/{DEV}"],
)
def test_a_strangers_access_at_or_below_a_managed_scope_is_foreign(world: World, scope: str) -> None:
    """A resource group that the project binds is managed with everything in it, and the subscription as such."""
    checked = world.work_out()
    drift = diff(checked, source([*as_held(checked), foreign(scope)], checked))
    assert kinds(drift) == [DriftKind.UNMANAGED]
    assert drift.changes[0].environment == "dev"


@pytest.mark.parametrize(
    ("scope", "why"),
    [
        ("/providers/Microsoft.Management/managementGroups/above", ExclusionReason.INHERITED),
        ("/", ExclusionReason.INHERITED),
        (f"/subscriptions/{DEV}/resourceGroups/rg-developers", ExclusionReason.OUTSIDE),
        (f"/subscriptions/{DEV}/resourceGroups/rg-dev2", ExclusionReason.OUTSIDE),
        ("/subscriptions/99999999-9999-4999-8999-999999999999", ExclusionReason.OUTSIDE),
    ],
)
def test_access_from_above_and_elsewhere_is_counted_and_no_drift(
    world: World, scope: str, why: ExclusionReason
) -> None:
    """What comes from above is inherited, what is beside is outside; scopes are cut at whole segments."""
    world.capability("see_zone")["grants"].pop(1)  # no access of its own at the root
    checked = world.work_out()
    drift = diff(checked, source([*as_held(checked), foreign(scope)], checked))
    assert drift.is_in_sync
    assert {excluded: count for excluded, count in drift.excluded_counts().items() if count} == {why: 1}


def test_the_group_of_a_bound_resource_and_a_bound_subscription_are_managed(world: World) -> None:
    """Who owns the group owns the lake in it; a subscription that is bound by name is managed with all that is in it."""
    lakes = f"/subscriptions/{DEV}/resourceGroups/rg-lakes"
    elsewhere = f"/subscriptions/{DEV}/resourceGroups/rg-elsewhere"
    scopes = world.project["environments"]["dev"]["scopes"]
    scopes["lake"] = {"name": "stdev", "resource_group": "rg-lakes"}
    checked = world.work_out()
    actual = as_held(checked)
    assert kinds(diff(checked, source([*actual, foreign(lakes)], checked))) == [DriftKind.UNMANAGED]
    beside = foreign(f"{lakes}/providers/Microsoft.Web/sites/other")
    assert diff(checked, source([*actual, beside, foreign(elsewhere)], checked)).is_in_sync
    scopes["subscription"] = f"/subscriptions/{DEV}"
    checked = world.work_out()
    assert kinds(diff(checked, source([*actual, beside, foreign(elsewhere)], checked))) == [DriftKind.UNMANAGED] * 2


def test_a_scope_of_two_environments_is_both_of_theirs(world: World) -> None:
    """What differs at a shared vault is said for either environment alone, missing and foreign access and custom roles."""
    for name in ("dev", "prod"):
        world.project["environments"][name]["scopes"]["vault"] = VAULT
    world.project["environments"]["prod"]["subscription"] = DEV
    checked = world.work_out()
    shared = [each for each in as_held(checked) if each.scope.id == VAULT]
    rest = [each for each in as_held(checked) if each.scope.id != VAULT]
    assert shared
    for name in ("dev", "prod"):
        drift = diff(checked, source([*rest, foreign(VAULT)], checked, definitions=[]), environments=(name,))
        mine = [each for each in checked.desired.state if each.scope.id == VAULT and name in each.environments]
        assert sorted(kinds(drift)) == sorted([DriftKind.UNMANAGED] + [DriftKind.MISSING] * len(mine))
        assert {each.environment for each in drift.changes} == {name}
        assert drift.role_changes


def test_owned_counts_only_the_projects_own(world: World) -> None:
    """With the strategy `owned` a stranger's access is counted aside; stale access still is drift."""
    checked = world.work_out()
    extra = foreign(VAULT, READER, role_name="Reader", description=f"old {mark('tiny')}")
    drift = diff(checked, source([*as_held(checked), foreign(VAULT), extra], checked), strategy=Strategy.OWNED)
    assert kinds(drift) == [DriftKind.STALE]
    assert drift.excluded_counts()[ExclusionReason.NOT_OWNED] == 1


def test_just_in_time_access_is_neither_wanted_nor_foreign(world: World) -> None:
    """An activation is set aside, and does not stand in for standing access that is wanted."""
    checked = world.work_out()
    actual = as_held(checked)
    index = next(i for i, each in enumerate(actual) if each.activation is Activation.PERMANENT)
    actual[index] = replace(actual[index], activation=Activation.ACTIVATED)
    drift = diff(checked, source([*actual, foreign(VAULT, activation=Activation.ACTIVATED)], checked))
    assert kinds(drift) == [DriftKind.MISSING]
    assert drift.excluded_counts()[ExclusionReason.ACTIVATED] == 2


@pytest.mark.parametrize("desired", [Activation.PERMANENT, Activation.ELIGIBLE])
def test_the_other_activation_is_one_alteration(world: World, desired: Activation) -> None:
    """Eligible where standing is wanted, or standing where eligible is, is one finding and not two."""
    checked = world.work_out()
    actual = as_held(checked)
    index = next(i for i, each in enumerate(actual) if each.activation is desired)
    other = Activation.ELIGIBLE if desired is Activation.PERMANENT else Activation.PERMANENT
    actual[index] = replace(actual[index], activation=other)
    (change,) = diff(checked, source(actual, checked)).changes
    assert change.kind is DriftKind.ALTERED
    assert [(each.what, each.desired, each.actual) for each in change.differs] == [("activation", desired, other)]


@pytest.mark.parametrize("strategy", list(Strategy))
@pytest.mark.parametrize("description", ["", f"why {mark('tiny')}"])
@pytest.mark.parametrize("desired", [Activation.PERMANENT, Activation.ELIGIBLE])
def test_the_other_activation_is_no_stranger_where_the_wanted_one_was_not_read(
    world: World, desired: Activation, description: str, strategy: Strategy
) -> None:
    """It is an alteration as when all is read, and a remark says that the desired one may exist beside it."""
    checked = world.work_out()
    actual = as_held(checked)
    index = next(i for i, each in enumerate(actual) if each.activation is desired and each.scope.subscription)
    other = Activation.ELIGIBLE if desired is Activation.PERMANENT else Activation.PERMANENT
    actual[index] = replace(actual[index], activation=other, description=description)
    part, word = {
        Activation.PERMANENT: (Part.ASSIGNMENTS, "active"),
        Activation.ELIGIBLE: (Part.ELIGIBILITIES, "eligible"),
    }[desired]
    everywhere = frozenset({"/", f"/subscriptions/{DEV}", f"/subscriptions/{PROD}"})
    zone = frozenset({"/providers/microsoft.management/managementgroups/mg-tiny"})
    rest = frozenset({"/"})
    below = {each: rest if each is part else everywhere for each in Part}
    drift = diff(checked, source(actual, checked, Coverage(below, dict.fromkeys(Part, zone))), strategy=strategy)
    (change,) = drift.changes
    assert change.kind is DriftKind.ALTERED
    assert [(each.what, each.desired, each.actual) for each in change.differs] == [("activation", desired, other)]
    assert change.remark == f"not all {word} access here was read: the desired assignment may exist beside this one"
    assert part in {each.part for each in drift.unread}
    assert drift.cautions == ()


def test_what_is_missing_may_be_there_under_the_other_activation(world: World) -> None:
    """Where that could not be read, it is said; a list of az never holds it, and says so once."""
    checked = world.work_out()
    actual = as_held(checked)
    gone = next(each for each in actual if each.scope.folded == VAULT.lower())
    actual.remove(gone)
    everywhere = frozenset({"/", f"/subscriptions/{DEV}", f"/subscriptions/{PROD}"})
    zone = frozenset({"/providers/microsoft.management/managementgroups/mg-tiny"})
    below = {each: everywhere for each in Part if each is not Part.ELIGIBILITIES}
    some = Coverage(below, dict.fromkeys(Part, zone))
    for kind, remark in (
        (SourceKind.AZURE, "whether it is there as eligible access could not be read"),
        (SourceKind.AZ_LIST, ""),
    ):
        changes = diff(checked, source(actual, checked, some, kind=kind)).changes
        assert [(each.kind, each.assignment.key, each.remark) for each in changes] == [
            (DriftKind.MISSING, gone.key, remark)
        ]


def test_only_what_the_directory_calls_gone_is_orphaned(world: World) -> None:
    """Gone is orphaned, binned is soft-deleted, not shown is neither."""
    checked = world.work_out()
    actual = as_held(checked)
    mine = [each for each in actual if each.principal.id == DEVELOPERS]
    drift = diff(checked, source(actual, checked, gone=[DEVELOPERS]))
    assert kinds(drift) == [DriftKind.ORPHANED] * len(mine)
    assert kinds(diff(checked, source(actual, checked, binned=[DEVELOPERS]))) == [DriftKind.SOFT_DELETED] * len(mine)
    assert kinds(diff(checked, source([*actual, foreign(VAULT)], checked, gone=[STRANGER]))) == [DriftKind.ORPHANED]
    assert kinds(diff(checked, source([*actual, foreign(VAULT)], checked, binned=[STRANGER]))) == [
        DriftKind.SOFT_DELETED
    ]


def test_a_role_that_nobody_knows_is_named(world: World) -> None:
    """Foreign access by an unknown role says so."""
    checked = world.work_out()
    extra = foreign(VAULT, "12121212-0000-4000-8000-000000000000", role_name="")
    (change,) = diff(checked, source([*as_held(checked), extra], checked)).changes
    assert change.kind is DriftKind.UNMANAGED
    assert "no catalogue" in change.remark


@pytest.mark.parametrize(
    "rule",
    [
        {"principal": STRANGER},
        {"principal": STRANGER.upper()},
        {"azure_role": "Owner"},
        {"azure_role": OWNER},
        {"scope": VAULT},
        {"at": VAULT.upper()},
        {"scope": GROUP.upper()},
        {"principal": STRANGER, "activation": "permanent"},
        {"principal": STRANGER, "azure_role": "owner", "scope": f"/subscriptions/{DEV}"},
    ],
)
def test_ignored_by_rule(world: World, rule: dict[str, str]) -> None:
    """All that a rule gives must fit; a scope fits with what is below it; the reason is kept."""
    world.project["ignore"] = [{"because": "the platform team's", **rule}]
    checked = world.work_out()
    drift = diff(checked, source([*as_held(checked), foreign(VAULT)], checked))
    assert drift.is_in_sync
    assert [(each.why, each.rule and each.rule.because) for each in drift.excluded] == [
        (ExclusionReason.IGNORED, "the platform team's")
    ]
    assert drift.unused_rules == ()


@pytest.mark.parametrize(
    "rule",
    [
        {"principal": DEVELOPERS},
        {"azure_role": "Reader"},
        {"scope": f"{VAULT}x"},
        {"at": GROUP},
        {"principal": STRANGER, "activation": "eligible"},
        {"principal": STRANGER, "condition": "@Resource[x] StringEquals 'y'"},
        {"principal": STRANGER, "azure_role": "Reader"},
    ],
)
def test_a_rule_that_fits_nothing_is_said(world: World, rule: dict[str, str]) -> None:
    """A rule that does not fit ignores nothing, and is named; wanted and marked access is never ignored."""
    world.project["ignore"] = [{"because": "the platform team's", **rule}]
    checked = world.work_out()
    own = foreign(VAULT, READER, DEVELOPERS, role_name="Reader", description=mark("tiny"))
    drift = diff(checked, source([*as_held(checked), foreign(VAULT), own], checked))
    assert sorted(kinds(drift)) == [DriftKind.STALE, DriftKind.UNMANAGED]
    assert [each.because for each in drift.unused_rules] == ["the platform team's"]


def test_a_rule_for_access_that_ends_ignores_none_that_stays(world: World) -> None:
    """`until` fits what Azure takes away by itself by that day, and neither what stays longer nor what has no end."""
    world.project["ignore"] = [{"because": "a contractor", "principal": STRANGER, "until": datetime.date(2027, 6, 30)}]
    checked = world.work_out()
    for day, fits in ((30, True), (29, True), (None, False)):
        until = datetime.datetime(2027, 6, day, 14, tzinfo=datetime.UTC) if day else None
        extra = foreign(VAULT, activation=Activation.ELIGIBLE)
        extra = replace(extra, actual=replace(extra.actual, until=until))
        assert diff(checked, source([*as_held(checked), extra], checked)).is_in_sync is fits
    later = replace(extra, actual=replace(extra.actual, until=datetime.datetime(2027, 7, 1, 0, 1, tzinfo=datetime.UTC)))
    assert kinds(diff(checked, source([*as_held(checked), later], checked))) == [DriftKind.UNMANAGED]


def test_of_a_part_it_is_not_said_that_a_rule_is_of_no_use(world: World) -> None:
    """A rule about prod fits nothing in dev, and is of use all the same."""
    world.project["ignore"] = [{"because": "the platform team's", "azure_role": "Backup Operator"}]
    checked = world.work_out()
    actual = source(as_held(checked), checked)
    assert diff(checked, actual).unused_rules
    assert not diff(checked, actual, environments=("dev",)).unused_rules
    assert not diff(checked, actual, subscriptions=(DEV,)).unused_rules
    terraform = source(as_held(checked), checked, kind=SourceKind.TERRAFORM_STATE)  # holds nothing that others made
    assert not diff(checked, terraform).unused_rules


def test_what_was_not_read_counts_where_it_is_looked_at(world: World) -> None:
    """A snapshot without prod is whole for dev; deny assignments are no part of a comparison."""
    checked = world.work_out()
    unread = (
        Unread(f"/subscriptions/{PROD}", Part.ASSIGNMENTS, "refused", "remedy"),
        Unread(f"/subscriptions/{DEV}", Part.DENIALS, "refused", "remedy"),
    )
    actual = source(as_held(checked), checked)
    actual = replace(actual, state=actual.state.with_unread(*unread))
    assert diff(checked, actual, environments=("dev",)).is_in_sync
    assert diff(checked, actual, subscriptions=(DEV,)).is_in_sync
    assert [each.scope for each in diff(checked, actual).unread] == [f"/subscriptions/{PROD}"]
    vault = replace(
        actual, state=source([], checked).state.with_unread(Unread(VAULT, Part.ASSIGNMENTS, "why", "remedy"))
    )
    assert [each.scope for each in diff(checked, vault, environments=("dev",)).unread] == [VAULT]


def test_nothing_is_missing_where_nothing_was_read(world: World) -> None:
    """What was not read is named with its scope and cure; what was read is compared all the same."""
    checked = world.work_out()
    below = frozenset({f"/subscriptions/{DEV}"})
    coverage = Coverage(
        below={Part.ASSIGNMENTS: below, Part.ELIGIBILITIES: below, Part.ACTIVATIONS: below, Part.DEFINITIONS: below},
        unread=(Unread(f"/subscriptions/{PROD}", Part.ASSIGNMENTS, "refused", "ask for Reader"),),
    )
    drift = diff(checked, source([foreign(VAULT)], checked, coverage))
    in_dev = [each for each in checked.desired.state if each.scope.subscription == DEV]
    assert sorted(kinds(drift)) == sorted([DriftKind.MISSING] * len(in_dev) + [DriftKind.UNMANAGED])
    assert not drift.is_complete
    assert f"/subscriptions/{PROD}" in {each.scope for each in drift.unread}
    assert all(each.remedy for each in drift.unread)
    # Everything that prod wants is accounted for by something unread: eligible access and custom roles too.
    assert {each.part for each in drift.unread} >= {Part.ASSIGNMENTS, Part.ELIGIBILITIES}


def test_a_wanted_end_and_a_held_one_are_compared(world: World) -> None:
    """Ends are compared where PIM keeps them; an eligible one without an end is longer than wanted."""
    world.project["team"]["developer"] = [
        {"group": "grp-developers", "id": DEVELOPERS, "ends": datetime.date(2027, 6, 30)}
    ]
    checked = world.work_out()
    actual = as_held(checked)
    assert diff(checked, source(actual, checked)).is_in_sync
    index = next(i for i, each in enumerate(actual) if each.principal.id == DEVELOPERS)
    for until in (
        None,
        datetime.datetime(2027, 7, 1, tzinfo=datetime.UTC),
        datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC),
    ):
        changed = replace(actual[index], actual=replace(actual[index].actual, until=until))
        (change,) = diff(checked, source([*actual[:index], changed, *actual[index + 1 :]], checked)).changes
        assert (change.kind, [each.what for each in change.differs]) == (DriftKind.ALTERED, ["end"])
    index = next(i for i, each in enumerate(actual) if each.activation is Activation.ELIGIBLE)
    for until in (None, datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)):  # longer than `pim_eligible_days`
        changed = replace(actual[index], actual=replace(actual[index].actual, until=until))
        (change,) = diff(checked, source([*actual[:index], changed, *actual[index + 1 :]], checked)).changes
        assert (change.kind, [each.what for each in change.differs]) == (DriftKind.ALTERED, ["end"])


def test_what_ends_before_the_project_wants_it_to_is_expiring(world: World) -> None:
    """An eligibility that runs out soon and is wanted on is a finding; an end that the project itself says is not."""
    checked = world.work_out()
    actual = as_held(checked)
    index = next(i for i, each in enumerate(actual) if each.activation is Activation.ELIGIBLE)
    soon = datetime.datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=datetime.UTC) + datetime.timedelta(days=10)
    actual[index] = replace(actual[index], actual=replace(actual[index].actual, until=soon))
    assert kinds(diff(checked, source(actual, checked))) == [DriftKind.EXPIRING]
    assert diff(checked, source(actual, checked), within=5).is_in_sync
    world.project["team"]["operator"] = [{"group": "grp-operators", "id": OPERATORS, "ends": soon.date()}]
    planned = world.work_out()
    drift = diff(planned, source(as_held(planned), planned))
    assert drift.is_in_sync
    assert {each.note for each in drift.remarks} == {RemarkKind.ENDING}


def test_what_the_project_let_end_and_azure_still_holds_is_expired(world: World) -> None:
    """Access whose day has passed is left out by render; if Azure holds it still, that is said as such."""
    before = world.work_out()
    actual = as_held(before)
    world.project["team"]["developer"] = [
        {"group": "grp-developers", "id": DEVELOPERS, "ends": datetime.date(2026, 11, 1)}
    ]
    checked = world.work_out()
    once = checked.desired.once_desired()
    drift = diff(checked, source(actual, checked), once_desired=once)
    mine = [each for each in actual if each.principal.id == DEVELOPERS and "Tiny" not in each.role.name]
    assert kinds(drift).count(DriftKind.EXPIRED) >= len(mine) > 0
    assert set(kinds(drift)) == {DriftKind.EXPIRED}


def test_an_environment_is_compared_by_itself(world: World) -> None:
    """With one environment chosen, neither the wanted nor the held of the other one counts."""
    checked = world.work_out()
    actual = [each for each in as_held(checked) if each.scope.subscription == DEV]
    extra = foreign(f"/subscriptions/{PROD}/resourceGroups/rg-prod")
    assert diff(checked, source([*actual, extra], checked), environments=("dev",)).is_in_sync
    assert diff(checked, source([*actual, extra], checked), subscriptions=(DEV,)).is_in_sync
    assert not diff(checked, source([*actual, extra], checked)).is_in_sync


def test_a_terraform_state_speaks_for_the_environments_that_stand_in_it(world: World) -> None:
    """A state of dev says nothing of prod; which is said, and is no agreement; naming the environment settles it."""
    checked = world.work_out()
    actual = [each for each in as_held(checked) if each.scope.subscription == DEV]
    given = source(actual, checked, kind=SourceKind.TERRAFORM_STATE)
    drift = diff(checked, given)
    assert drift.changes == ()
    assert [each.scope for each in drift.unread] == ["environment prod"]
    assert diff(checked, given, environments=("dev",)).is_in_sync
    empty = source([], checked, kind=SourceKind.TERRAFORM_STATE, definitions=[])
    assert {each.kind for each in diff(checked, empty, environments=("dev",)).changes} == {DriftKind.MISSING}


def test_custom_roles_are_compared_by_what_they_grant(world: World) -> None:
    """A custom role that somebody widened is drift, and so is one that is gone."""
    checked = world.work_out()
    roles = [each.role for each in checked.desired.definitions]
    wider = replace(roles[0], permissions=(Permission(actions=(*roles[0].permissions[0].actions, "*")),))
    drift = diff(checked, source(as_held(checked), checked, definitions=[wider, *roles[1:]]))
    (change,) = drift.role_changes
    assert (change.kind, [(each.what, each.desired, each.actual) for each in change.differs]) == (
        DriftKind.ALTERED,
        [("actions", "", "*")],
    )
    assert not drift.is_in_sync
    drift = diff(checked, source(as_held(checked), checked, definitions=roles[1:]))
    assert [each.kind for each in drift.role_changes] == [DriftKind.MISSING]


def test_what_is_excluded_counts_in_its_own_permission_only(world: World) -> None:
    """A second permission object without the exclusion grants what the first excludes: the same words, another role."""
    world.mapping["custom_roles.yaml"]["Tiny Observer"] |= {
        "actions": ["Microsoft.KeyVault/vaults/*"],
        "not_actions": ["Microsoft.KeyVault/vaults/write"],
    }
    checked = world.work_out()
    roles = [each.role for each in checked.desired.definitions]
    wide = Permission(actions=roles[0].permissions[0].actions)
    tampered = replace(roles[0], permissions=(wide, roles[0].permissions[0]))
    drift = diff(checked, source(as_held(checked), checked, definitions=[tampered, *roles[1:]]))
    assert [(change.kind, [each.what for each in change.differs]) for change in drift.role_changes] == [
        (DriftKind.ALTERED, ["permissions"])
    ]


def test_a_custom_role_of_somebody_else_is_compared_by_what_it_grants(world: World) -> None:
    """One that the platform team makes may be called and described as they like, and may not grant more than was proven."""
    guid = "cccccccc-0000-4000-8000-000000000001"
    world.project["existing_roles"] = {"Tiny Observer": guid}
    checked = world.work_out()
    assert checked.desired.definitions == ()
    desired = next(each.role for each in checked.desired.state if each.role.id == guid)
    theirs = replace(desired, name="Platform Observer", description="ours", assignable_scopes=("/x",))
    assert diff(checked, source(as_held(checked), checked, definitions=[theirs])).is_in_sync
    wider = replace(theirs, permissions=(Permission(actions=("*",)),))
    (change,) = diff(checked, source(as_held(checked), checked, definitions=[wider])).role_changes
    assert change.kind is DriftKind.ALTERED
    assert [each.kind for each in diff(checked, source(as_held(checked), checked, definitions=[])).role_changes] == [
        DriftKind.MISSING
    ]


def test_what_the_same_principal_has_from_above_is_redundant(world: World) -> None:
    """A wanted assignment that the subscription grants already is named, and no drift."""
    checked = world.work_out()
    actual = as_held(checked)
    mine = next(each for each in actual if each.scope.id == VAULT and each.activation is Activation.PERMANENT)
    above = foreign(
        f"/subscriptions/{DEV}", mine.role.id, mine.principal.id, role_name=mine.role.name, type_=PrincipalType.GROUP
    )
    drift = diff(checked, source([*actual, above], checked))
    assert kinds(drift) == [DriftKind.UNMANAGED]
    assert [(each.note, each.desired.key) for each in drift.remarks] == [(RemarkKind.REDUNDANT, mine.key)]


def test_more_than_a_third_is_said_on_top(world: World) -> None:
    """A mass of foreign access, or of missing access, is a wrong tenant more often than drift."""
    checked = world.work_out()
    actual = as_held(checked)
    strangers = [foreign(VAULT, principal=str(uuid.UUID(int=number))) for number in range(len(actual))]
    assert "more than a third" in diff(checked, source([*actual, *strangers], checked)).cautions[0]
    assert "more than a third" in diff(checked, source([], checked)).cautions[0]
    assert diff(checked, source([*actual, foreign(VAULT)], checked)).cautions == ()


def test_a_reference_cannot_be_compared_and_is_said(world: World) -> None:
    """What only Terraform knows is neither missing nor in sync."""
    world.project["environments"]["dev"]["scopes"]["vault"] = {"terraform": "azurerm_key_vault.this.id"}
    checked = world.work_out()
    drift = diff(checked, source(as_held(checked), checked))
    assert drift.changes == ()
    assert [each.scope for each in drift.unread] == ["azurerm_key_vault.this.id"]


def test_a_reference_excuses_one_stranger_at_most(world: World) -> None:
    """Only what lies where the reference may lie, and is of its type, can be it; what it may be is named."""
    world.project["environments"]["dev"]["scopes"]["vault"] = {"terraform": "azurerm_key_vault.this.id"}
    checked = world.work_out()
    open_ones = [each for each in checked.desired.state if each.scope.reference and each.principal.id == DEVELOPERS]
    role = open_ones[0].role
    elsewhere = f"/subscriptions/{PROD}/resourceGroups/rg-prod/providers/Microsoft.KeyVault/vaults/kv-prod"
    lake = f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.Storage/storageAccounts/stdev"

    def at(scope: str) -> Assignment:
        return foreign(scope, role.id, DEVELOPERS, role_name=role.name, type_=PrincipalType.GROUP)

    actual = as_held(checked)
    drift = diff(checked, source([*actual, at(VAULT)], checked))
    assert drift.changes == ()
    assert any(VAULT in each.why for each in drift.unread)
    if role.name == "Key Vault Secrets User":  # wanted in dev alone
        assert kinds(diff(checked, source([*actual, at(elsewhere)], checked))) == [DriftKind.UNMANAGED]
    assert kinds(diff(checked, source([*actual, at(lake)], checked))) == [DriftKind.UNMANAGED]
    assert kinds(diff(checked, source([*actual, at(VAULT), at(f"{VAULT}2")], checked))) == [DriftKind.UNMANAGED]


def test_a_managed_scope_that_was_not_read_may_hide_strangers(world: World) -> None:
    """A reading of just the scopes where something is wanted says nothing of the others that the project binds."""
    checked = world.work_out()
    actual = as_held(checked)
    places = frozenset(each.scope.folded for each in actual)
    some = Coverage(alone=dict.fromkeys(Part, places))
    drift = diff(checked, source(actual, checked, some))
    assert drift.changes == ()
    assert {each.scope for each in drift.unread if each.part is Part.ASSIGNMENTS} == {
        f"/subscriptions/{DEV}",
        f"/subscriptions/{PROD}",
    }


def test_a_stranger_known_to_terraform_only_is_not_passed_over(world: World) -> None:
    """An unwanted assignment at a reference may be at a managed scope: it is said, and is no agreement."""
    checked = world.work_out()
    scope = Scope("azurerm_key_vault.other.id", Scope.of(VAULT).level, reference=True)
    extra = replace(foreign(VAULT), scope=scope)
    extra = replace(extra, actual=replace(extra.actual, at=Position("main.tf", 3, 1)))
    drift = diff(checked, source([*as_held(checked), extra], checked, kind=SourceKind.TERRAFORM_FILES))
    assert [each.scope for each in drift.unread] == ["main.tf:3:1"]


def test_justifications_are_asked_for_only_where_they_decide(world: World) -> None:
    """PIM rows carry no description; only an unwanted one has to be looked up."""
    checked = world.work_out()
    actual = as_held(checked)
    assert not needs_justifications(diff(checked, source(actual, checked)))
    extra = foreign(VAULT, activation=Activation.ELIGIBLE)
    extra = replace(extra, actual=replace(extra.actual, through_pim=True))
    assert needs_justifications(diff(checked, source([*actual, extra], checked)))
    above = replace(extra, scope=Scope.of("/"))  # the project's own may stand where it wants nothing any more
    assert needs_justifications(diff(checked, source([*actual, above], checked)))
    owned = diff(checked, source([*actual, extra], checked), strategy=Strategy.OWNED)
    assert "may be this project's own" in owned.notes[0]
    known = replace(extra, description=f"why {mark('tiny')}")
    drift = diff(checked, source([*actual, known], checked))
    assert kinds(drift) == [DriftKind.STALE]
    assert not needs_justifications(drift)


def test_the_example_is_in_sync_with_what_it_makes() -> None:
    """All of the example's assignments, custom roles, conditions and ends come back as wanted."""
    checked = load.work_out(str(EXAMPLE), TODAY)
    actual = as_held(checked)
    assert len(actual) > 100
    assert diff(checked, source(actual, checked)).is_in_sync


def test_what_to_ask_for_is_what_the_project_names(world: World) -> None:
    """Subscriptions, what to fall back to in them, and the groups above; narrowed by environment."""
    checked = world.work_out()
    asked = managed_scopes.ask(checked.project, checked.desired)
    assert asked.subscriptions == (DEV, PROD)
    assert [each.id for each in asked.above] == ["/", "/providers/Microsoft.Management/managementGroups/mg-tiny"]
    assert Scope.of(VAULT) in asked.within[DEV]
    assert managed_scopes.ask(checked.project, checked.desired, ["dev"]).subscriptions == (DEV,)


def test_what_may_stand_at_a_reference_is_not_called_missing(world: World) -> None:
    """A row of the same role and principal whose scope the files do not tell may be the one that is wanted."""
    checked = world.work_out()
    first, *others = [each for each in as_held(checked) if each.scope.subscription == DEV]
    unclear = replace(first, scope=Scope("data.azurerm_subscription.me.id", first.scope.level, reference=True))
    unclear = replace(unclear, actual=replace(unclear.actual, at=Position("main.tf", 3, 1)))
    given = source([*others, unclear], checked, kind=SourceKind.TERRAFORM_FILES)
    drift = diff(checked, given, environments=("dev",))
    assert drift.changes == ()
    assert [each.scope for each in drift.unread] == ["main.tf:3:1"]


def test_what_stands_at_a_reference_of_its_own_excuses_nothing(world: World) -> None:
    """dev's container is a reference and stands in the files; prod's is a literal and does not: that one is missing."""
    world.project["environments"]["dev"]["scopes"]["raw"] = {"terraform": "azurerm_storage_container.raw.id"}
    checked = world.work_out()
    actual = [replace(each, reasons=()) for each in checked.desired.state if each.scope.reference]
    assert actual
    gone = next(each for each in as_held(checked) if each.scope.id.endswith("/containers/raw"))
    rest = [each for each in as_held(checked) if each.key != gone.key]
    drift = diff(checked, source([*rest, *actual], checked, kind=SourceKind.TERRAFORM_FILES))
    assert [(each.kind, each.assignment.key) for each in drift.changes] == [(DriftKind.MISSING, gone.key)]


def test_beside_a_block_that_was_not_understood_nothing_is_missing(world: World) -> None:
    """A `for_each` may hold just what seems to be missing; what is there otherwise is said all the same."""
    checked = world.work_out()
    first, *others = as_held(checked)
    given = source([*others, foreign(VAULT)], checked, kind=SourceKind.TERRAFORM_FILES)
    unread = Unread("main.tf:3:1", Part.ASSIGNMENTS, "a `for_each` is not understood", "compare with the state")
    given = replace(given, state=given.state.with_unread(unread))
    assert first.key not in given.state
    drift = diff(checked, given)
    assert kinds(drift) == [DriftKind.UNMANAGED]
    assert drift.unread == (unread,)


def test_terraform_has_a_shared_assignment_where_it_is_rendered(world: World) -> None:
    """Of two environments that want it the first one's state holds it: that state is of no other one, and lacks nothing."""
    lake = f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.Storage/storageAccounts/stdev"
    world.project["environments"]["prod"]["scopes"]["lake"] = lake
    checked = world.work_out()
    assert any(len(each.environments) == 2 for each in checked.desired.state)
    for name in ("dev", "prod"):
        own = [
            each
            for each, desired in zip(as_held(checked), checked.desired.state, strict=True)
            if desired.environment == name
        ]
        given = source(own, checked, kind=SourceKind.TERRAFORM_STATE)
        assert diff(checked, given, environments=(name,)).is_in_sync
        drift = diff(checked, given)
        assert drift.changes == ()
        assert len(drift.unread) == 1


def test_the_group_of_a_bound_resource_in_another_environments_subscription_is_managed(world: World) -> None:
    """All subscriptions of the project are its own."""
    group = f"/subscriptions/{PROD}/resourceGroups/rg-other"
    world.project["environments"]["dev"]["scopes"]["vault"] = f"{group}/providers/Microsoft.KeyVault/vaults/kv-x"
    checked = world.work_out()
    drift = diff(checked, source([*as_held(checked), foreign(group)], checked))
    assert [(each.kind, each.environment) for each in drift.changes] == [(DriftKind.UNMANAGED, "dev")]


def test_a_reference_is_taken_by_the_projects_own_first(world: World) -> None:
    """Of two that may be it, the one that carries the mark and the reason is."""
    world.project["team"]["robot"] = [
        {"managed_identity": "id-robot", "id": {"terraform": "azurerm_user_assigned_identity.robot.principal_id"}}
    ]
    checked = world.work_out()
    (wish, *_) = [each for each in checked.desired.state if each.principal.reference]
    own = foreign(
        wish.scope.id,
        wish.role.id,
        "ffffffff-0000-4000-8000-000000000001",
        role_name=wish.role.name,
        type_=PrincipalType.SERVICE_PRINCIPAL,
        description=wish.description,
    )
    rogue = foreign(
        wish.scope.id,
        wish.role.id,
        "00000000-0000-4000-8000-000000000001",
        role_name=wish.role.name,
        type_=PrincipalType.SERVICE_PRINCIPAL,
    )
    drift = diff(
        checked, source([*(each for each in as_held(checked) if not each.principal.reference), own, rogue], checked)
    )
    assert [(each.kind, each.assignment.principal.id) for each in drift.changes] == [
        (DriftKind.UNMANAGED, rogue.principal.id)
    ]


def test_what_a_source_does_not_tell_speaks_against_no_rule(world: World) -> None:
    """An az list tells no end: a rule for access that ends fits there as it does live."""
    world.project["ignore"] = [{"because": "a contractor", "principal": STRANGER, "until": datetime.date(2027, 6, 30)}]
    checked = world.work_out()
    extra = foreign(VAULT)
    extra = replace(extra, actual=replace(extra.actual, unknown_fields=frozenset({"until"})))
    assert diff(checked, source([*as_held(checked), extra], checked)).is_in_sync
