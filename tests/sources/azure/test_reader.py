"""What live reading makes of what Azure holds, against the stand-in, with the real SDK."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from rbacgen.authorization.catalog import load
from rbacgen.authorization.catalog.roles import Roles
from rbacgen.commands.open_source import Reader
from rbacgen.model.assignment import Activation, ActualDetails, Assignment, AzureRole, Principal, PrincipalType
from rbacgen.model.problems import RbacgenError
from rbacgen.model.scope import Scope
from rbacgen.model.source import Ask, SourceKind
from rbacgen.model.state import Coverage, Part
from rbacgen.sources.azure import responses
from rbacgen.sources.azure.client import ASSIGNMENTS_VERSION, AzureClient
from rbacgen.sources.azure.pipelines import only_reads
from rbacgen.sources.azure.reader import Azure
from rbacgen.sources.azure.retries import RetryBudget
from tests.fakes.azure import Fault, Tenant
from tests.fakes.azure.reader import (
    ANN,
    APP,
    AT_GROUP_A,
    BOT,
    BOTH,
    COMPARED,
    CONTRIBUTOR,
    CUSTOM,
    DEV,
    DEV_SCOPE,
    GROUP_A,
    NOW,
    ONE,
    PROD,
    PROD_SCOPE,
    READER,
    TEAM,
    key,
    keys,
    missed,
    read,
    reading,
    tenant,
    unread,
)

CONDITION = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'a'"
UNTIL = datetime(2027, 1, 1, tzinfo=UTC)


# Assignments.


def test_a_standing_assignment_comes_with_all_that_azure_says_of_it() -> None:
    """Scope in Azure's spelling, role, principal, condition, description, id and creation."""
    actual = tenant()
    made = actual.assign(
        APP, READER, TEAM, condition=CONDITION, description="why", created="2026-01-02T03:04:05.1234567Z"
    )
    source = read(actual)
    (found,) = source.state
    assert found == Assignment(
        Scope.of(APP),
        load().find("Reader") or AzureRole("", ""),
        Principal(TEAM, PrincipalType.GROUP, ""),
        condition=CONDITION,
        condition_version="2.0",
        description="why",
        actual=ActualDetails(made, created="2026-01-02T03:04:05.1234567Z"),
    )
    assert found.scope.id == APP


def test_the_source_says_what_was_read_of_whom_and_when() -> None:
    """Kind, name, tenant of the login and moment; a subscription is read with all that is below it."""
    actual = tenant()
    source = read(actual)
    assert (source.kind, source.name, source.tenant, source.taken) == (SourceKind.AZURE, "Azure", actual.id, NOW)
    coverage = source.state.coverage
    assert coverage.unread == ()
    for part in (Part.ASSIGNMENTS, Part.ELIGIBILITIES, Part.ACTIVATIONS):
        assert coverage.covers(part, Scope.of(APP))
        assert not coverage.covers(part, Scope.of(PROD_SCOPE))
        assert not coverage.covers(part, Scope.of(GROUP_A))
    assert not coverage.covers(Part.DENIALS, Scope.of(APP))


def test_what_is_inherited_is_there_once_however_many_subscriptions_list_it() -> None:
    """Each list gives an inherited assignment's role the prefix of the subscription that was asked; only the GUID counts."""
    actual = tenant()
    made = actual.assign(GROUP_A, READER, TEAM)
    at_root = actual.assign("/", CONTRIBUTOR, TEAM)
    source = read(actual, BOTH)
    assert {each.actual.id for each in source.state} == {made, at_root}
    assert keys(source) == {key(GROUP_A, READER, TEAM), key("/", CONTRIBUTOR, TEAM)}


def test_an_unknown_kind_of_principal_is_no_failure() -> None:
    """Azure may know more kinds than we do."""
    actual = tenant()
    actual.assign(DEV_SCOPE, READER, BOT, kind="Robot")
    (found,) = read(actual).state
    assert found.principal.type is PrincipalType.UNKNOWN


def test_pages_are_followed_to_the_end() -> None:
    """Five rows in pages of two, and an empty page in between, which Azure allows itself."""
    actual = tenant()
    for number in range(5):
        actual.assign(APP, READER, f"22222222-0000-4000-8000-00000000000{number}")
    with reading(actual, page=2) as (azure, live):
        azure.fault(Fault(collection="roleAssignments", page=2, empty=True, times=1))
        source = live.read(ONE)
    assert len(source.state) == 5
    assert missed(source) == set()


# Privileged Identity Management.


def test_an_eligible_assignment_comes_with_its_end_and_the_id_of_its_schedule() -> None:
    """Its description is the justification, which is not in the list: it is untold."""
    actual = tenant()
    made = actual.eligible(APP, CONTRIBUTOR, ANN, end=UNTIL, condition=CONDITION)
    (found,) = read(actual).state
    assert found.key == key(APP, CONTRIBUTOR, ANN, Activation.ELIGIBLE)
    assert (found.condition, found.condition_version) == (CONDITION, "2.0")
    assert replace(found.actual, created="") == ActualDetails(
        made, until=UNTIL, through_pim=True, unknown_fields=frozenset({"description"})
    )


def test_an_eligibility_of_the_future_is_not_there_yet() -> None:
    """Azure has a schedule of it and no instance."""
    actual = tenant()
    actual.eligible(APP, CONTRIBUTOR, ANN, started=False)
    assert keys(read(actual)) == set()


def test_an_inherited_eligibility_is_there_once_where_it_was_given() -> None:
    """Both subscriptions list it."""
    actual = tenant()
    actual.eligible(GROUP_A, CONTRIBUTOR, TEAM)
    assert keys(read(actual, BOTH)) == {key(GROUP_A, CONTRIBUTOR, TEAM, Activation.ELIGIBLE)}


@pytest.mark.parametrize("by", [None, ANN])
def test_an_activation_is_no_standing_access(by: str | None) -> None:
    """Azure lists it as an ordinary role assignment; whether a person or a member of a group activates makes no difference."""
    actual = tenant()
    eligible = actual.eligible(APP, CONTRIBUTOR, TEAM if by else ANN)
    made = actual.activate(eligible, end=UNTIL, by=by)
    source = read(actual)
    (found,) = (each for each in source.state if each.activation is not Activation.ELIGIBLE)
    assert found.key == key(APP, CONTRIBUTOR, ANN, Activation.ACTIVATED)
    assert (found.actual.id, found.actual.until, found.actual.through_pim) == (made, UNTIL, True)


def test_an_activation_below_the_eligibility_is_found_where_it_is() -> None:
    """PIM lets a person narrow the scope while activating."""
    actual = tenant()
    actual.activate(actual.eligible(DEV_SCOPE, CONTRIBUTOR, ANN), scope=APP)
    assert keys(read(actual)) == {
        key(DEV_SCOPE, CONTRIBUTOR, ANN, Activation.ELIGIBLE),
        key(APP, CONTRIBUTOR, ANN, Activation.ACTIVATED),
    }


def test_access_that_was_assigned_for_a_time_stands_and_has_an_end() -> None:
    """PIM keeps it, and Azure lists it as an ordinary role assignment without any end."""
    actual = tenant()
    made = actual.active(APP, READER, TEAM, end=UNTIL)
    (found,) = read(actual).state
    assert found.key == key(APP, READER, TEAM)
    assert (found.actual.id, found.actual.until, found.actual.through_pim) == (made, UNTIL, True)


def test_what_stands_beside_an_activation_stays_standing() -> None:
    """PIM lists every role assignment, those made without it too."""
    actual = tenant()
    actual.assign(APP, READER, ANN)
    actual.activate(actual.eligible(APP, CONTRIBUTOR, ANN))
    standing = {each.key for each in read(actual).state if each.activation is Activation.PERMANENT}
    assert standing == {key(APP, READER, ANN)}


def test_a_tenant_without_pim_has_nothing_eligible_and_says_so_once() -> None:
    """The answer 400 AadPremiumLicenseRequired is no failure: there is nothing to read."""
    actual = tenant(p2=False)
    actual.assign(APP, READER, TEAM)
    source = read(actual, BOTH)
    assert keys(source) == {key(APP, READER, TEAM)}
    assert missed(source) == set()
    (note,) = source.notes
    assert "no Privileged Identity Management" in note
    assert source.state.coverage.covers(Part.ELIGIBILITIES, Scope.of(APP))
    assert source.state.coverage.covers(Part.ACTIVATIONS, Scope.of(PROD_SCOPE))


def _instance(**given: object) -> responses.InstanceRow:
    fields = {"scope": APP, "role_definition_id": f"x/{READER}", "principal_id": ANN, **given}
    return responses.InstanceRow("/instance", responses.InstanceProperties(**fields))  # type: ignore[arg-type]


def _assigned(assignment_id: str = "/a", scope: str = APP) -> responses.AssignmentRow:
    return responses.AssignmentRow(assignment_id, responses.AssignmentProperties(scope, f"y/{READER}", ANN, "User"))


def _applied(row: responses.AssignmentRow, *given: responses.InstanceRow) -> Assignment:
    words = responses.RowDecoder(Roles(load()))
    actual = words.assignment(row)
    return responses.Schedules(given, words, [actual]).apply(actual)


def _eligible(schedule_scope: str = APP, **given: object) -> Assignment | None:
    words = responses.RowDecoder(Roles(load()))
    schedule = f"{schedule_scope}/providers/Microsoft.Authorization/RoleEligibilitySchedules/s"
    return words.eligibility(_instance(role_eligibility_schedule_id=schedule, **given))


def test_of_two_eligible_times_the_longer_one_counts() -> None:
    """An extension overlaps what it extends; one without an end outlasts all."""
    first = _eligible(end_date_time=datetime(2027, 1, 1, tzinfo=UTC))
    second = _eligible(end_date_time=datetime(2027, 2, 1, tzinfo=UTC))
    endless = _eligible()
    assert first
    assert second
    assert endless
    assert responses.longest([second, first]) == [second]
    assert responses.longest([first, endless, second]) == [endless]


def test_what_somebody_has_only_through_a_group_is_no_row_of_its_own() -> None:
    """The row of the group says it."""
    assert _eligible(member_type="Group") is None


def test_a_schedule_says_where_an_eligibility_was_given() -> None:
    """An inherited instance may name the place that was asked."""
    found = _eligible(schedule_scope=GROUP_A, member_type="Inherited")
    assert found
    assert found.scope.id == GROUP_A


def test_a_subscription_is_the_same_under_its_long_name() -> None:
    """Samples of the schedule APIs spell it /providers/Microsoft.Subscription/subscriptions/…"""
    long = f"/providers/Microsoft.Subscription{DEV_SCOPE}"
    found = _eligible(schedule_scope=long, scope=long)
    assert found
    assert found.scope == Scope.of(DEV_SCOPE)


def test_a_schedule_without_the_assignment_it_made_is_matched_by_who_has_what_where() -> None:
    """originRoleAssignmentId is not promised."""
    row = _assigned()
    told = _applied(row, _instance(assignment_type="Activated", end_date_time=UNTIL))
    assert (told.activation, told.actual.until) == (Activation.ACTIVATED, UNTIL)


@pytest.mark.parametrize(
    "origin",
    [
        f"/providers/Microsoft.Subscription{APP}/providers/Microsoft.Authorization/roleAssignments/4A",
        "/somewhere/else/roleAssignments/4b",
    ],
    ids=["spelled with another prefix", "of another name"],
)
def test_an_activation_is_known_by_the_name_of_its_assignment_or_by_who_has_what_where(origin: str) -> None:
    """The schedule APIs do not spell ids as the others do."""
    given = _instance(assignment_type="Activated", end_date_time=UNTIL, origin_role_assignment_id=origin)
    told = _applied(_assigned(f"{APP}/providers/Microsoft.Authorization/roleAssignments/4a"), given)
    assert (told.activation, told.actual.until) == (Activation.ACTIVATED, UNTIL)


def test_an_activation_above_says_nothing_of_what_stands_below() -> None:
    """Asked at the place below, PIM may name that as the scope of what is inherited; the assignment it made is another."""
    words = responses.RowDecoder(Roles(load()))
    below, above = _assigned("/x/below"), _assigned("/x/above", scope=DEV_SCOPE)
    given = _instance(assignment_type="Activated", end_date_time=UNTIL, origin_role_assignment_id="/x/ABOVE")
    actual = [words.assignment(each) for each in (below, above)]
    schedules = responses.Schedules([given], words, actual)
    assert [schedules.apply(each).activation for each in actual] == [Activation.PERMANENT, Activation.ACTIVATED]


def test_what_is_both_assigned_for_a_time_and_activated_counts_as_assigned() -> None:
    """It is there without anybody's doing."""
    both = [
        _instance(assignment_type=kind, end_date_time=until, origin_role_assignment_id="/A")
        for kind, until in (("Activated", datetime(2028, 1, 1, tzinfo=UTC)), ("Assigned", UNTIL))
    ]
    told = _applied(_assigned(), *both)
    assert (told.activation, told.actual.until) == (Activation.PERMANENT, UNTIL)


def test_what_stands_without_an_end_and_is_activated_too_stands() -> None:
    """Azure has one role assignment for both, and it stays when the activation ends: a standing Owner is no activation."""
    activated = _instance(assignment_type="Activated", end_date_time=UNTIL, origin_role_assignment_id="/a")
    standing = _instance(assignment_type="Assigned", origin_role_assignment_id="/a")
    told = _applied(_assigned(), activated, standing)
    assert (told.activation, told.actual) == (Activation.PERMANENT, ActualDetails("/a"))
    assert _applied(_assigned(), activated).activation is Activation.ACTIVATED
    odd = _instance(assignment_type="Unheard", origin_role_assignment_id="/a")
    assert _applied(_assigned(), activated, odd).activation is Activation.ACTIVATED


def test_what_stands_and_is_activated_stands_as_azure_lists_it() -> None:
    """Two schedules of one role assignment."""
    actual = tenant()
    made = actual.active(APP, CONTRIBUTOR, ANN)
    other = actual.activate(actual.eligible(APP, CONTRIBUTOR, ANN), end=UNTIL)
    for each in actual.active_schedules.every():
        each.origin = made
    actual.unassign(other)
    assert key(APP, CONTRIBUTOR, ANN) in keys(read(actual))


def test_a_schedule_of_another_principal_says_nothing() -> None:
    """A member of a group is shown with the assignment of the group."""
    row = responses.AssignmentRow("/a", responses.AssignmentProperties(APP, f"y/{READER}", TEAM, "Group"))
    given = _instance(assignment_type="Activated", end_date_time=UNTIL, origin_role_assignment_id="/a")
    assert _applied(row, given).activation is Activation.PERMANENT


# Justifications.


def test_a_justification_describes_what_it_was_asked_for_with() -> None:
    """That of the eligible row and that of the row assigned for a time; an activation keeps to itself."""
    actual = tenant()
    actual.activate(actual.eligible(APP, CONTRIBUTOR, ANN, justification="on call"), justification="a secret of mine")
    actual.active(APP, READER, TEAM, end=UNTIL, justification="the migration")
    actual.assign(APP, READER, BOT, description="plain")
    with reading(actual) as (_, live):
        source = live.with_justifications(live.read(ONE))
    told = {each.key: each for each in source.state}
    assert told[key(APP, CONTRIBUTOR, ANN, Activation.ELIGIBLE)].description == "on call"
    assert told[key(APP, READER, TEAM)].description == "the migration"
    assert told[key(APP, READER, BOT)].description == "plain"
    assert told[key(APP, CONTRIBUTOR, ANN, Activation.ACTIVATED)].description == ""
    assert all("description" not in each.actual.unknown_fields for each in source.state if each.description)
    assert source.notes == ()


def test_a_justification_that_azure_has_forgotten_stays_untold() -> None:
    """Requests are gone after 45 days (azurerm issue 24118)."""
    actual = tenant()
    actual.eligible(APP, CONTRIBUTOR, ANN, justification="long ago", request_kept=False)
    with reading(actual) as (_, live):
        source = live.with_justifications(live.read(ONE))
    (found,) = source.state
    assert (found.description, found.actual.unknown_fields) == ("", frozenset({"description"}))


@pytest.mark.parametrize("status", [403, 429, 503])
@pytest.mark.parametrize("part", [Part.ELIGIBILITIES, Part.ASSIGNMENTS])
def test_justifications_that_cannot_be_read_are_unread(part: Part, status: int) -> None:
    """Without them a row may be the project's own or not: nothing that is not known is in sync. The rest stands."""
    collection = "roleEligibilityScheduleRequests" if part is Part.ELIGIBILITIES else "roleAssignmentScheduleRequests"
    actual = tenant()
    actual.eligible(APP, CONTRIBUTOR, ANN, justification="x")
    actual.active(APP, READER, TEAM, end=UNTIL, justification="y")
    with reading(actual, retry_budget=0.2) as (azure, live):
        source = live.read(ONE)
        azure.fault(Fault(collection=collection, status=status, retry_after=99))
        source = live.with_justifications(source)
    assert missed(source) == {(DEV_SCOPE, part)}
    assert source.notes == ()
    found = unread(source, DEV_SCOPE, part)
    assert found.why.startswith("the justifications of ")
    assert str(status) in found.why
    assert found.remedy
    assert ("Microsoft.Authorization/*/read" in found.remedy) is (status == 403)
    assert {each.description for each in source.state} == {"", "y" if part is Part.ELIGIBILITIES else "x"}
    assert source.state.coverage.covers(part, Scope.of(APP))


def test_of_several_requests_the_newest_that_gave_access_counts() -> None:
    """Not one that was denied, one without words, or one to use what is there."""

    def request(kind: str, status: str, said: str | None, when: str) -> responses.RequestRow:
        given = responses.RequestProperties(APP, f"x/{CONTRIBUTOR}", ANN, kind, status, said, when)
        return responses.RequestRow(given)

    listed = [
        request("AdminAssign", "Provisioned", "first", "2026-01-01T00:00:00Z"),
        request("AdminUpdate", "Provisioned", "second", "2026-02-01T00:00:00Z"),
        request("AdminAssign", "AdminDenied", "denied", "2026-03-01T00:00:00Z"),
        request("AdminAssign", "Revoked", "revoked", "2026-03-02T00:00:00Z"),
        request("SelfActivate", "Provisioned", "my reasons", "2026-03-03T00:00:00Z"),
        request("AdminRemove", "Provisioned", "removed", "2026-03-04T00:00:00Z"),
        request("AdminAssign", "Provisioned", "", "2026-03-05T00:00:00Z"),
    ]
    actual = tenant()
    actual.eligible(APP, CONTRIBUTOR, ANN)
    with reading(actual) as (_, live), pytest.MonkeyPatch.context() as patch:
        source = live.read(ONE)
        patch.setattr(AzureClient, "rows", lambda *_: listed)
        source = live.with_justifications(source)
    assert [each.description for each in source.state] == ["second"]


def test_nobody_is_asked_for_justifications_without_need() -> None:
    """Not where nothing goes through PIM, nor for what is inherited from where nobody reads."""
    actual = tenant()
    actual.assign(APP, READER, TEAM)
    actual.eligible(GROUP_A, CONTRIBUTOR, TEAM)
    with reading(actual) as (azure, live):
        source = live.read(ONE)
        before = len(azure.requests)
        assert live.with_justifications(source) is source
        assert len(azure.requests) == before


# Definitions and denials.


def _custom(actual: Tenant, guid: str = CUSTOM, name: str = "Widget Reader") -> str:
    return actual.custom_role(
        guid, name, {"actions": ["Microsoft.Widgets/*/read"], "notActions": ["a/b"]}, [DEV_SCOPE], "d"
    )


def test_a_custom_role_that_is_held_comes_with_its_definition() -> None:
    """The catalogue does not know it, so Azure is asked."""
    actual = tenant()
    actual.assign(APP, _custom(actual), TEAM)
    source = read(actual)
    (role,) = source.definitions
    (found,) = source.state
    assert found.role == role
    assert (role.id, role.name, role.custom, role.description) == (CUSTOM, "Widget Reader", True, "d")
    assert role.permissions[0].actions == ("Microsoft.Widgets/*/read",)
    assert role.permissions[0].not_actions == ("a/b",)
    assert role.assignable_scopes == (DEV_SCOPE,)
    assert source.state.coverage.covers(Part.DEFINITIONS, Scope.of(DEV_SCOPE))


def test_definitions_are_asked_for_only_where_they_are_needed() -> None:
    """Azure's own roles are known; asking would be one request more for every subscription."""
    actual = tenant()
    actual.assign(PROD_SCOPE, READER, TEAM)
    _custom(actual)
    with reading(actual) as (azure, live):
        source = live.read(BOTH)
        assert azure.asked("arm", path="roleDefinitions") == []
        assert source.definitions == ()
        assert not source.state.coverage.covers(Part.DEFINITIONS, Scope.of(DEV_SCOPE))
        desired = live.read(replace(BOTH, custom_roles=frozenset({CUSTOM})))
        assert [role.id for role in desired.definitions] == [CUSTOM]
        assert [role.id for role in live.read(replace(BOTH, all_definitions=True)).definitions] == [CUSTOM]
        assert live.read(replace(BOTH, parts=COMPARED - {Part.DEFINITIONS}, all_definitions=True)).definitions == ()


def test_azures_definition_of_a_custom_role_counts_more_than_the_catalogues() -> None:
    """A file of roles can be old."""
    actual = tenant()
    actual.assign(APP, _custom(actual), TEAM)
    stale = read(actual).definitions[0]
    catalog = load().with_roles([replace(stale, description="old")])
    source = read(actual, catalog=catalog)
    assert [each.role.description for each in source.state] == ["d"]


def test_a_role_of_azures_that_is_newer_than_the_catalogue_is_asked_for() -> None:
    """Its assignment is not left without a name."""
    actual = tenant()
    actual.assign(APP, READER, TEAM)
    (found,) = read(actual, catalog=load().without([READER])).state
    assert (found.role.name, found.role.custom) == ("Reader", False)


def test_a_role_that_has_been_deleted_keeps_its_id() -> None:
    """The assignment stays, and has no name."""
    actual = tenant()
    actual.assign(APP, CUSTOM, TEAM)
    source = read(actual)
    assert [(each.role.id, each.role.name) for each in source.state] == [(CUSTOM, "")]
    assert missed(source) == set()


def test_deny_assignments_are_read_where_they_are_asked_for() -> None:
    """Once, with whom they hit and whom they spare."""
    actual = tenant()
    made = actual.deny(APP, actions=("*/write",), principals=(ANN,), excluded=(BOT,), title="stack", only_at_scope=True)
    actual.deny(GROUP_A, title="above")
    source = read(actual, replace(BOTH, parts=frozenset({Part.DENIALS})))
    assert {each.name for each in source.denials} == {"stack", "above"}
    (found,) = (each for each in source.denials if each.name == "stack")
    assert (found.id, found.scope, found.only_at_scope) == (made, Scope.of(APP), True)
    assert (found.principals, found.excluded_principals) == ((ANN,), (BOT,))
    assert found.permissions[0].actions == ("*/write",)
    assert keys(source) == set()
    assert source.state.coverage.covers(Part.DENIALS, Scope.of(APP))
    assert read(actual).denials == ()


def test_a_condition_of_a_deny_assignment_stands_with_each_of_its_permissions() -> None:
    """Beside their own: either may spare somebody, and a denial that looks whole would deny too much."""
    limited, free = responses.PermissionRow(actions=["*"], condition="own"), responses.PermissionRow(actions=["*"])
    given = responses.DenialProperties(scope=APP, permissions=[limited, free], condition="whole")
    found = responses.denial(responses.DenialRow(id="x", properties=given))
    assert [each.condition for each in found.permissions] == ["(whole) AND (own)", "whole"]
    assert [
        each.condition
        for each in responses.denial(responses.DenialRow("x", replace(given, condition=None))).permissions
    ] == [
        "own",
        "",
    ]


# Above the subscriptions.


def test_a_management_group_is_read_by_itself() -> None:
    """Its own rows and, as facts, those above it; not what is below."""
    actual = tenant()
    actual.assign(GROUP_A, READER, TEAM)
    actual.assign("/", CONTRIBUTOR, TEAM)
    actual.assign(DEV_SCOPE, CONTRIBUTOR, BOT)
    actual.eligible(GROUP_A, CONTRIBUTOR, ANN)
    source = read(actual, AT_GROUP_A)
    assert keys(source) == {
        key(GROUP_A, READER, TEAM),
        key("/", CONTRIBUTOR, TEAM),
        key(GROUP_A, CONTRIBUTOR, ANN, Activation.ELIGIBLE),
    }
    assert source.state.coverage.covers(Part.ASSIGNMENTS, Scope.of(GROUP_A))
    assert not source.state.coverage.covers(Part.ASSIGNMENTS, Scope.of(DEV_SCOPE))
    assert not source.state.coverage.covers(Part.ASSIGNMENTS, Scope.of("/"))


def test_the_root_is_read_as_a_management_group_is() -> None:
    """Azure wants a filter there."""
    actual = tenant()
    actual.assign("/", READER, TEAM)
    source = read(actual, replace(AT_GROUP_A, above=(Scope.of("/"),)))
    assert keys(source) == {key("/", READER, TEAM)}
    assert missed(source) == set()


def test_an_empty_management_group_that_may_be_read_is_empty() -> None:
    """Nobody has access, and that is known."""
    source = read(tenant(), AT_GROUP_A)
    assert missed(source) == set()
    assert source.state.coverage.covers(Part.ASSIGNMENTS, Scope.of(GROUP_A))


@pytest.mark.parametrize("place", [GROUP_A, "/"])
def test_an_empty_list_that_may_not_be_read_is_not_taken_for_nothing(place: str) -> None:
    """Azure answers 200 and an empty list instead of 403 (azure-docs issue 66312)."""
    actual = tenant()
    actual.assign(place, READER, TEAM)
    actual.assign(DEV_SCOPE, READER, BOT)
    actual.forbid(place, "assignments")
    actual.allow(DEV_SCOPE)
    source = read(actual, replace(ONE, above=(Scope.of(place),)))
    assert missed(source) == {(place, Part.ASSIGNMENTS)}
    assert not source.state.coverage.covers(Part.ASSIGNMENTS, Scope.of(place))
    assert source.state.coverage.covers(Part.ELIGIBILITIES, Scope.of(place))
    found = unread(source, place, Part.ASSIGNMENTS)
    assert "empty list" in found.why
    assert "Microsoft.Authorization/*/read" in found.remedy


def test_where_azure_does_not_tell_permissions_only_a_row_of_its_own_is_proof() -> None:
    """An empty list then says nothing at all."""
    actual = tenant()
    actual.assign(GROUP_A, READER, TEAM)
    actual.assign("/", READER, BOT)
    with reading(actual) as (azure, live):
        azure.fault(Fault(collection="permissions", status=404, code="NotFound"))
        source = live.read(AT_GROUP_A)
    assert missed(source) == {(GROUP_A, Part.ELIGIBILITIES)}
    assert source.state.coverage.covers(Part.ASSIGNMENTS, Scope.of(GROUP_A))
    assert key(GROUP_A, READER, TEAM) in keys(source)


def test_a_custom_role_of_its_own_proves_that_a_management_groups_are_shown() -> None:
    """Where Azure does not tell permissions."""
    actual = tenant()
    actual.custom_role(CUSTOM, "Wide", {"actions": ["*/read"]}, [GROUP_A])
    actual.assign(GROUP_A, CUSTOM, TEAM)
    with reading(actual) as (azure, live):
        azure.fault(Fault(collection="permissions", status=404, code="NotFound"))
        source = live.read(replace(AT_GROUP_A, parts=frozenset({Part.ASSIGNMENTS, Part.DEFINITIONS})))
    assert missed(source) == set()
    assert [each.role.name for each in source.state] == ["Wide"]


def test_permissions_that_could_not_be_asked_for_leave_the_whole_place_unread() -> None:
    """Each part of it, with the failure."""
    actual = tenant()
    actual.assign(DEV_SCOPE, READER, BOT)
    with reading(actual, retry_budget=0.1) as (azure, live):
        azure.fault(Fault(collection="permissions", status=503, code="ServerBusy"))
        source = live.read(replace(ONE, above=(Scope.of(GROUP_A),)))
    assert {part for scope, part in missed(source) if scope == GROUP_A} == {
        Part.ASSIGNMENTS,
        Part.ELIGIBILITIES,
        Part.ACTIVATIONS,
    }
    assert "503 ServerBusy" in unread(source, GROUP_A, Part.ASSIGNMENTS).why


def test_custom_roles_of_a_management_group_are_read_there() -> None:
    """Where one of its own rows holds one."""
    actual = tenant()
    actual.custom_role(CUSTOM, "Wide", {"actions": ["*/read"]}, [GROUP_A])
    actual.assign(GROUP_A, CUSTOM, TEAM)
    source = read(actual, AT_GROUP_A)
    assert [role.name for role in source.definitions] == ["Wide"]
    assert source.state.coverage.covers(Part.DEFINITIONS, Scope.of(GROUP_A))


# What may be read in part.


def test_where_the_subscription_may_not_be_read_what_is_below_it_is_read() -> None:
    """Scope by scope, the outermost only; the subscription itself is named as unread."""
    actual = tenant()
    actual.assign(DEV_SCOPE, READER, BOT)
    actual.assign(APP, READER, TEAM)
    vault = f"{APP}/providers/Microsoft.KeyVault/vaults/kv-a"
    actual.assign(vault, READER, ANN)
    actual.forbid(DEV_SCOPE)
    actual.allow(APP)
    with reading(actual) as (azure, live):
        source = live.read(replace(ONE, within={DEV: (Scope.of(vault), Scope.of(APP))}))
        asked = {each.path.partition("/providers/Microsoft.Authorization")[0] for each in azure.asked("arm")}
    assert asked == {DEV_SCOPE, APP}
    assert {key(APP, READER, TEAM), key(vault, READER, ANN)} <= keys(source)
    assert {scope for scope, _ in missed(source)} == {DEV_SCOPE}
    coverage = source.state.coverage
    assert coverage.covers(Part.ASSIGNMENTS, Scope.of(vault))
    assert not coverage.covers(Part.ASSIGNMENTS, Scope.of(DEV_SCOPE))
    remedy = unread(source, DEV_SCOPE, Part.ASSIGNMENTS).remedy
    assert "Microsoft.Authorization/*/read" in remedy
    assert DEV_SCOPE in remedy


def test_a_scope_that_may_not_be_read_either_is_named_too() -> None:
    """Beside the subscription, and beside one that may."""
    actual = tenant()
    other = actual.resource_group(DEV, "rg-other")
    actual.assign(APP, READER, TEAM)
    actual.forbid(DEV_SCOPE)
    actual.allow(APP)
    source = read(actual, replace(ONE, within={DEV: (Scope.of(APP), Scope.of(other))}))
    assert {scope for scope, part in missed(source) if part is Part.ASSIGNMENTS} == {DEV_SCOPE, other}


def test_each_part_falls_back_by_itself() -> None:
    """Where only eligible assignments may not be read, the others are read as ever."""
    actual = tenant()
    actual.assign(DEV_SCOPE, READER, BOT)
    actual.eligible(APP, CONTRIBUTOR, TEAM)
    actual.forbid(DEV_SCOPE, "eligibilities")
    actual.allow(APP)
    source = read(actual, replace(ONE, within={DEV: (Scope.of(APP),)}))
    assert missed(source) == {(DEV_SCOPE, Part.ELIGIBILITIES)}
    assert keys(source) == {key(DEV_SCOPE, READER, BOT), key(APP, CONTRIBUTOR, TEAM, Activation.ELIGIBLE)}


def test_a_resource_group_that_is_not_there_holds_nothing_and_is_named() -> None:
    """Azure says 404 only to those who may look: what is wanted there is missing, not unread."""
    actual = tenant()
    gone = f"{DEV_SCOPE}/resourceGroups/rg-gone"
    actual.forbid(DEV_SCOPE)
    actual.allow(APP)
    with reading(actual) as (azure, live):
        azure.fault(Fault(scope=gone, status=404, code="ResourceGroupNotFound"))
        source = live.read(replace(ONE, within={DEV: (Scope.of(APP), Scope.of(gone))}))
    assert {scope for scope, _ in missed(source)} == {DEV_SCOPE}
    assert source.state.coverage.covers(Part.ASSIGNMENTS, Scope.of(gone))
    assert source.notes == (f"{gone} does not exist",)


def test_definitions_that_may_not_be_read_leave_the_assignments() -> None:
    """They have the id of their role, and definitions are named as unread."""
    actual = tenant()
    actual.assign(APP, _custom(actual), TEAM)
    actual.forbid(DEV_SCOPE, "definitions")
    source = read(actual)
    assert missed(source) == {(DEV_SCOPE, Part.DEFINITIONS)}
    assert [each.role.name for each in source.state] == [""]


@pytest.mark.parametrize("mark", ["", "[rbacgen:tiny]"])
def test_where_pim_could_not_be_asked_what_ends_an_end_is_not_applied(mark: str) -> None:
    """What was assigned for a time looks as if it had no end, which nobody may take for a difference."""
    actual = tenant()
    actual.active(APP, READER, TEAM, end=UNTIL)
    actual.assign(GROUP_A, READER, BOT)
    actual.eligible(APP, CONTRIBUTOR, ANN, end=UNTIL)
    with reading(actual) as (azure, live):
        azure.fault(Fault(collection="roleAssignmentScheduleInstances", scope=DEV_SCOPE, status=403))
        source = live.read(replace(ONE, mark=mark))
        whole = live.read(replace(ONE, parts=COMPARED - {Part.ACTIVATIONS}))
        both = live.read(replace(ONE, mark=mark, above=(Scope.of(GROUP_A),)))
    told = {each.key: each.actual.unknown_fields for each in source.state}
    assert missed(source) == {(DEV_SCOPE, Part.ACTIVATIONS)}
    assert told[key(APP, READER, TEAM)] == told[key(GROUP_A, READER, BOT)] == {"until"}
    assert "until" not in told[key(APP, CONTRIBUTOR, ANN, Activation.ELIGIBLE)]
    assert all("until" not in each.actual.unknown_fields for each in whole.state)
    told = {each.key: each.actual.unknown_fields for each in both.state}
    assert (told[key(APP, READER, TEAM)], told[key(GROUP_A, READER, BOT)]) == ({"until"}, frozenset())


def test_what_ends_is_told_where_only_a_scope_below_may_be_asked() -> None:
    """What it tells of, and what it does not tell of is not known."""
    actual = tenant()
    actual.active(APP, READER, TEAM, end=UNTIL)
    actual.assign(APP, READER, BOT)
    actual.assign(DEV_SCOPE, READER, TEAM)
    actual.forbid(DEV_SCOPE, "activations")
    actual.allow(APP)
    told = {each.key: each.actual for each in read(actual, replace(ONE, within={DEV: (Scope.of(APP),)})).state}
    assert (told[key(APP, READER, TEAM)].until, told[key(APP, READER, TEAM)].through_pim) == (UNTIL, True)
    assert told[key(APP, READER, BOT)].unknown_fields == frozenset()
    assert told[key(DEV_SCOPE, READER, TEAM)].unknown_fields == {"until"}


def test_a_subscription_of_which_nothing_may_be_read_is_named_once() -> None:
    """And not once more for each scope in it that was tried, unless another reason was given there."""
    actual = tenant()
    actual.assign(PROD_SCOPE, READER, TEAM)
    other = actual.resource_group(DEV, "rg-other")
    actual.forbid(DEV_SCOPE)
    ask = replace(BOTH, within={DEV: (Scope.of(APP), Scope.of(other))})
    with reading(actual, retry_budget=0.2) as (azure, live):
        source = live.read(ask)
        azure.fault(Fault(collection="roleAssignments", scope=other, status=503))
        again = live.read(ask)
    parts = {Part.ASSIGNMENTS, Part.ELIGIBILITIES, Part.ACTIVATIONS}
    assert missed(source) == {(DEV_SCOPE, part) for part in parts}
    found = unread(source, DEV_SCOPE, Part.ASSIGNMENTS)
    assert found.why == (
        "the login may not read this (403 AuthorizationFailed), nor any of the 2 scopes in it that were tried"
    )
    assert found.remedy.startswith(f"give the login an Azure role at {DEV_SCOPE} that allows")
    assert {scope for scope, part in missed(again) if part is Part.ASSIGNMENTS} == {DEV_SCOPE, APP, other}
    one = read(actual, replace(BOTH, within={DEV: (Scope.of(APP),)}))
    assert unread(one, DEV_SCOPE, Part.ASSIGNMENTS).why.endswith(", nor the one scope in it that was tried")


# How it is asked.


def _many(count: int) -> Tenant:
    actual = tenant()
    for number in range(count):
        actual.assign(f"{DEV_SCOPE}/resourceGroups/rg-{number % 40}", READER, f"33333333-0000-4000-8000-{number:012}")
    return actual


def test_a_thousand_assignments_in_a_page_are_one_request() -> None:
    """One list for the subscription, not one for each scope or principal."""
    with reading(_many(1000)) as (azure, live):
        source = live.read(replace(ONE, parts=frozenset({Part.ASSIGNMENTS})))
        assert len(source.state) == 1000
        assert len(azure.asked("arm")) == 1


def test_four_thousand_assignments_take_a_request_for_each_page() -> None:
    """Four pages of assignments, four of their schedules, since PIM lists every assignment too, and one of nothing eligible."""
    with reading(_many(4000)) as (azure, live):
        assert len(live.read(ONE).state) == 4000
        collections = [each.path.rpartition("/")[2] for each in azure.asked("arm")]
    assert sorted(collections) == [
        *["roleAssignmentScheduleInstances"] * 4,
        *["roleAssignments"] * 4,
        "roleEligibilityScheduleInstances",
    ]


@pytest.mark.parametrize("word", ["", "dev", "providers", f"{DEV}/resourceGroups/rg-app"])
def test_what_is_no_id_of_a_subscription_is_not_asked_for(word: str) -> None:
    """Azure would take it, or the word after it, for the path to something else."""
    with reading(tenant()) as (azure, reader):
        with pytest.raises(ValueError, match="is not the id of a subscription"):
            reader.read(Ask((DEV, word)))
        assert azure.requests == []


@pytest.mark.parametrize(
    "scope", ["/subscriptions", "/subscriptions/", "", "subscriptions", "/subscriptions/providers"]
)
def test_nothing_covers_all_subscriptions(scope: str) -> None:
    """Whoever has read something at what is not a scope has read nothing."""
    for reach in ({"below": {Part.ASSIGNMENTS: frozenset({scope})}}, {"alone": {Part.DENIALS: frozenset({scope})}}):
        with pytest.raises(ValueError, match="is not a scope"):
            Coverage(**reach)


def test_a_small_comparison_takes_three_requests_and_one_login() -> None:
    """However many threads ask."""
    actual = tenant()
    actual.assign(APP, READER, TEAM)
    with reading(actual) as (azure, live):
        live.read(ONE)
        live.read(ONE)
        assert len(azure.asked("arm")) == 6
        assert len(azure.tokens) == 1


def test_subscriptions_are_read_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first two requests wait for each other, which ends well only if both are under way at once."""
    actual = tenant()
    actual.assign(APP, READER, TEAM)
    together = threading.Barrier(2, timeout=30)
    send = AzureClient._arm

    def waiting(self: AzureClient, url: str, budget: RetryBudget) -> bytes:
        together.wait()
        return send(self, url, budget)

    monkeypatch.setattr(AzureClient, "_arm", waiting)
    with reading(actual) as (_, live):
        source = live.read(replace(BOTH, parts=frozenset({Part.ASSIGNMENTS})))
    assert len(source.state) == 1
    assert not together.broken


def test_pim_is_asked_for_what_ends_only_where_it_can_be() -> None:
    """Marked access of groups and identities is no work of PIM's; a person's, or one without the mark, may be."""
    marked = replace(ONE, mark="[rbacgen:tiny]")
    for principal, description, asked in (
        (TEAM, "why [rbacgen:tiny]", False),
        (BOT, "why [rbacgen:tiny]", False),
        (TEAM, "by hand", True),
        (ANN, "why [rbacgen:tiny]", True),
    ):
        actual = tenant()
        actual.assign(APP, READER, principal, description=description)
        with reading(actual) as (azure, live):
            source = live.read(marked)
            assert bool(azure.asked("arm", path="roleAssignmentScheduleInstances")) is asked
        assert source.state.coverage.covers(Part.ACTIVATIONS, Scope.of(APP))
        assert missed(source) == set()
    actual = tenant()
    actual.assign(APP, READER, ANN)
    with reading(actual, retry_budget=0.1) as (azure, live):
        azure.fault(Fault(collection="roleAssignmentScheduleInstances", status=503))
        assert missed(live.read(marked)) == {(DEV_SCOPE, Part.ACTIVATIONS)}


def _of_a_project(*others: str) -> Tenant:
    """Nine rows of the project's own and one of each of these, who have more than that: five pages of two and more."""
    actual = tenant()
    for number in range(9):
        vault = f"{APP}/providers/Microsoft.KeyVault/vaults/kv-{number}"
        actual.assign(vault, READER, TEAM, description="why [rbacgen:tiny]")
    for other in others:
        actual.principal(other, "User", "Somebody", upn=f"{other}@contoso.example")
        actual.assign(APP, READER, other)
    return actual


FEW = ("33333333-0000-4000-8000-000000000001", "33333333-0000-4000-8000-000000000002")


def test_few_whose_access_pim_may_keep_are_asked_for_one_by_one() -> None:
    """That takes fewer pages than the list, which holds every standing row; and it tells the same, at, above and below."""
    actual = _of_a_project(*FEW)
    one, other = FEW
    actual.activate(actual.eligible(DEV_SCOPE, CONTRIBUTOR, one), end="2026-11-24T17:00:00Z")
    actual.active(GROUP_A, READER, other, end="2027-01-01T00:00:00Z")
    vault = f"{APP}/providers/Microsoft.KeyVault/vaults/kv-1"
    actual.activate(actual.eligible(vault, CONTRIBUTOR, TEAM), end="2026-11-24T17:00:00Z", by=one)
    with reading(actual, page=2) as (azure, live):
        source = live.read(replace(ONE, mark="[rbacgen:tiny]"))
        asked = azure.asked("arm", path="roleAssignmentScheduleInstances")
        whole = live.read(ONE)
    assert {each.query["$filter"] for each in asked} == {f"principalId eq '{each}'" for each in FEW}
    assert missed(source) == set()
    assert source.state.coverage == whole.state.coverage
    assert list(source.state.items()) == list(whole.state.items())
    activated = [each for each in source.state if each.activation is Activation.ACTIVATED]
    assert [(each.principal.id, each.scope.id) for each in activated] == [(one, DEV_SCOPE), (one, vault)]
    (ending,) = (each for each in source.state if each.principal.id == other and each.scope == Scope.of(GROUP_A))
    assert ending.actual.until == datetime(2027, 1, 1, tzinfo=UTC)
    assert not any("until" in each.actual.unknown_fields for each in source.state)


def test_many_whose_access_pim_may_keep_are_read_as_a_list() -> None:
    """As soon as asking for each would take as many requests; one person who has it all takes as many as the list."""
    many = [f"33333333-0000-4000-8000-00000000000{number}" for number in range(9)]
    with reading(_of_a_project(*many), page=2) as (azure, live):
        live.read(replace(ONE, mark="[rbacgen:tiny]"))
        asked = azure.asked("arm", path="roleAssignmentScheduleInstances")
    assert [each.query.get("$filter") for each in asked] == [None] * 9

    actual = _of_a_project()
    for each in actual.assignments.every():
        each.description = None
    with reading(actual, page=2) as (azure, live):
        live.read(replace(ONE, mark="[rbacgen:tiny]"))
        asked = azure.asked("arm", path="roleAssignmentScheduleInstances")
    assert [each.query.get("$filter") for each in asked] == [None] * 5


@pytest.mark.parametrize("status", [403, 503])
def test_one_of_the_few_who_could_not_be_asked_for_leaves_it_open_what_ends(status: int) -> None:
    """What was asked for is what is known: of this scope nothing is, and nothing of it has no end."""
    with reading(_of_a_project(*FEW), page=2, retry_budget=0.1) as (azure, live):
        azure.fault(Fault(collection="roleAssignmentScheduleInstances", query=FEW[1], status=status))
        source = live.read(replace(ONE, mark="[rbacgen:tiny]"))
    assert missed(source) == {(DEV_SCOPE, Part.ACTIVATIONS)}
    assert not source.state.coverage.covers(Part.ACTIVATIONS, Scope.of(APP))
    assert all("until" in each.actual.unknown_fields for each in source.state if each.principal.id in FEW)


def test_it_is_said_what_is_being_done() -> None:
    """One line for each list that has come, for a terminal to show."""
    said: list[str] = []
    actual = tenant()
    actual.eligible(APP, CONTRIBUTOR, ANN)
    with reading(actual, progress=said.append) as (_, live):
        live.with_justifications(live.read(ONE))
        live.directory(frozenset({TEAM}))
    assert said == [
        *(f"reading Azure: {number} of 3 lists" for number in (1, 2, 3)),
        "asking Azure for justifications",
        "asking the directory about 1 principal",
    ]


def test_a_reading_that_is_interrupted_ends_at_once() -> None:
    """Ctrl-C while a list waits out an hour of throttling: nobody waits for it, and nothing is asked again."""

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    actual = tenant()
    with reading(actual, retry_budget=10_000, progress=interrupt) as (azure, live):
        azure.fault(Fault(collection="roleAssignments", status=429, retry_after=3600))
        with pytest.raises(KeyboardInterrupt):
            live.read(ONE)


def test_whoever_breaks_off_does_not_wait_for_an_answer_that_takes_its_time() -> None:
    """Ctrl-C while one list has come and another hangs: its request is still under way when the reading has ended."""

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    with reading(tenant(), progress=interrupt) as (azure, live):
        azure.fault(Fault(collection="roleAssignments", latency=300))
        with pytest.raises(KeyboardInterrupt):
            live.read(ONE)
        assert not any(each.path.endswith("/roleAssignments") for each in azure.asked("arm"))


def test_nothing_that_could_write_ever_reaches_azure() -> None:
    """All that rbacgen asks of a tenant, with everything in it: reads, logins, and Graph's two ways to read many at once."""
    actual = tenant()
    actual.activate(actual.eligible(APP, CONTRIBUTOR, ANN, justification="x"))
    actual.assign(GROUP_A, _custom(actual), TEAM)
    actual.deny(APP)
    actual.delete(BOT)
    actual.assign(APP, READER, BOT)
    ask = Ask((DEV, PROD), above=(Scope.of(GROUP_A), Scope.of("/")), all_definitions=True)
    with reading(actual) as (azure, live):
        source = live.with_justifications(live.read(ask))
        live.directory(frozenset(each.principal.id for each in source.state))
        seen = {(each.service, each.method, each.path.rpartition("/")[2]) for each in azure.requests}
    assert {(service, last) for service, method, last in seen if method != "GET"} == {
        ("entra", "token"),
        ("graph", "getByIds"),
        ("graph", "$batch"),
    }
    assert {method for _, method, _ in seen} == {"GET", "POST"}


@pytest.mark.parametrize(
    ("graph", "method", "path"),
    [
        (False, "PUT", f"{APP}/providers/Microsoft.Authorization/roleAssignments/x"),
        (False, "DELETE", f"{APP}/providers/Microsoft.Authorization/roleAssignments/x"),
        (False, "PATCH", APP),
        (False, "POST", f"{DEV_SCOPE}/providers/Microsoft.Authorization/register"),
        (True, "POST", "/v1.0/groups"),
        (True, "DELETE", f"/v1.0/groups/{TEAM}"),
    ],
)
def test_a_connection_refuses_to_write(graph: bool, method: str, path: str) -> None:
    """Whoever might ever try: it ends before the wire, with a mistake of ours."""
    with reading(tenant()) as (azure, live):
        client = live._client
        base = client.cloud.graph if graph else client.cloud.arm
        with pytest.raises(AssertionError, match="rbacgen only reads"):
            client._send(graph, method, base + path, client._new_budget(), "any")
        assert azure.asked("arm") == azure.asked("graph") == []


def test_no_resource_provider_is_registered_by_the_way() -> None:
    """The SDK's usual pipeline answers this refusal with a POST that registers one."""
    with reading(tenant()) as (azure, live):
        message = "The subscription is not registered to use namespace 'Microsoft.Authorization'"
        azure.fault(
            Fault(collection="roleAssignments", status=409, code="MissingSubscriptionRegistration", message=message)
        )
        source = live.read(ONE)
        assert azure.asked("arm", "POST") == []
    assert "409 MissingSubscriptionRegistration" in unread(source, DEV_SCOPE, Part.ASSIGNMENTS).why


def test_rbacgen_says_who_it_is() -> None:
    """So that an administrator finds it in the logs."""
    with reading(tenant()) as (azure, live):
        live.read(ONE)
        assert all(each.user_agent.startswith("rbacgen/") for each in azure.asked("arm"))


def test_the_sdk_is_imported_when_azure_is_asked_and_not_before() -> None:
    """A command that stays offline does not pay for it."""
    code = "import sys, rbacgen.sources.azure.reader; assert not {'azure.core', 'azure.identity', 'requests'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_odd_names_reach_azure_as_they_are() -> None:
    """Spaces, brackets and other letters in a name are quoted on the way, once."""
    actual = tenant()
    odd = actual.resource_group(DEV, "Rg (ä) 50%#1")
    actual.assign(odd, READER, TEAM)
    with reading(actual) as (_, live):
        client = live._client
        path = f"{odd}/providers/Microsoft.Authorization/roleAssignments"
        listed = client.rows(path, ASSIGNMENTS_VERSION, responses.AssignmentRow)
    assert [row.properties.scope for row in listed] == [odd]


def test_it_is_a_live_source() -> None:
    """What the rest of rbacgen asks for, and mypy checks here."""
    from rbacgen.model.source import LiveSource

    with reading(tenant()) as (_, live):
        source: LiveSource = live
        assert isinstance(source, Azure)
        assert source.read(Ask(())).state.coverage.unread == ()


@pytest.mark.parametrize(
    ("method", "url", "body", "passes"),
    [
        ("GET", "https://management.azure.com/x", None, True),
        ("DELETE", "https://management.azure.com/x", None, False),
        ("PUT", "https://management.azure.com/x", None, False),
        ("POST", "https://management.azure.com/v1.0/$batch", {"requests": []}, False),
        ("POST", "https://graph.microsoft.com/v1.0/directoryObjects/getByIds", {}, True),
        ("POST", "https://graph.microsoft.com/v1.0/users", {}, False),
        ("POST", "https://graph.microsoft.com/x/v1.0/$batch", {"requests": []}, False),
        ("POST", "https://graph.microsoft.com/v1.0/$batch", {"requests": [{"method": "GET"}]}, True),
        (
            "POST",
            "https://graph.microsoft.com/v1.0/$batch",
            {"requests": [{"method": "GET"}, {"method": "DELETE"}]},
            False,
        ),
    ],
)
def test_nothing_passes_that_could_change_anything(method: str, url: str, body: object, passes: bool) -> None:
    """What goes out is a GET, or one of Graph's two POSTs that read, and what a batch holds are GETs."""
    from azure.core.rest import HttpRequest

    assert only_reads(HttpRequest(method, url, json=body), "https://graph.microsoft.com") is passes


def test_a_login_to_another_tenant_is_refused_before_anything_is_read() -> None:
    """Lists would only say that there is no such subscription."""
    with reading(tenant()) as (azure, live):
        reader = Reader(lambda _cloud, _roles: live, "", load())
        with pytest.raises(RbacgenError) as caught:
            reader.read(None, ONE, TEAM)
        assert azure.asked("arm") == []
        own = azure.tenant.id
        assert reader.read(None, ONE, own.upper()).tenant == own
    assert caught.value.message == f"Azure belongs to the tenant {own}, but the project to {TEAM}"
    assert "az login --tenant" in caught.value.hint
