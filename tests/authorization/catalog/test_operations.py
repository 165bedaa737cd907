"""The known operations and the escalations among them."""

from __future__ import annotations

import pytest

from rbacgen.authorization.catalog import load
from rbacgen.authorization.catalog.escalations import EscalationCategory
from rbacgen.authorization.catalog.operations import Operation, Operations
from rbacgen.authorization.patterns import matches
from rbacgen.model.assignment import Plane

OPERATIONS = load().operations


def test_what_ships() -> None:
    """Operations of 217 providers, each written once and ending in a verb."""
    assert len(OPERATIONS) == 7667
    assert len(OPERATIONS.providers()) == 217
    operations = [each for name in OPERATIONS.providers() for each in OPERATIONS.in_provider(name)]
    assert len(operations) == 7667
    assert sum(each.plane is Plane.DATA for each in operations) == 888
    assert len({(each.name.lower(), each.plane) for each in operations}) == 7667
    assert all(each.name.rpartition("/")[2].lower() in ("read", "write", "delete", "action") for each in operations)


def test_machine_learning_has_no_data_actions() -> None:
    """The documentation calls scoring data plane, but its operation is an action."""
    operations = OPERATIONS.in_provider("microsoft.machinelearningservices")
    assert len(operations) == 316
    assert {each.plane for each in operations} == {Plane.CONTROL}


def test_every_operation_that_a_role_grants_by_its_name_is_known_on_that_plane() -> None:
    """Two strings of roles are none. What no listing has, a role proves."""
    unknown = {
        each
        for role in load()
        for permission in role.permissions
        for plane, granted in ((Plane.CONTROL, permission.actions), (Plane.DATA, permission.data_actions))
        for each in granted
        if "*" not in each and not OPERATIONS.known(each, plane)
    }
    assert unknown == {
        "Microsoft.Insights/alertRules/",
        "Microsoft.ProgrammableConnectivity/Gateways/NetworkAPIAccess",
    }


def test_a_pattern_is_of_every_plane_on_which_a_role_grants_some_of_it() -> None:
    """No data action of Service Bus is known by its name, and three roles grant them all the same."""
    assert (OPERATIONS.matching("Microsoft.ServiceBus/*", Plane.DATA), "Microsoft.ServiceBus/*") == (
        (),
        next(name for name, plane in OPERATIONS.wide() if plane is Plane.DATA and name == "Microsoft.ServiceBus/*"),
    )
    assert OPERATIONS.planes("Microsoft.ServiceBus/namespaces/*") == (Plane.CONTROL, Plane.DATA)
    assert OPERATIONS.planes("Microsoft.ServiceBus/*/send/action") == (Plane.DATA,)
    assert OPERATIONS.planes("Microsoft.ServiceBus/namespaces/queues/send/action") == ()
    assert OPERATIONS.planes("Microsoft.KeyVault/vaults/accessPolicies/*") == (Plane.CONTROL,)
    assert all(
        "*" not in name.partition("/")[0] and not OPERATIONS.matching(name, plane) for name, plane in OPERATIONS.wide()
    )


def test_an_operation_is_known_by_name_and_plane() -> None:
    key, blob = (
        "Microsoft.KeyVault/vaults/keys/read",
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
    )
    assert OPERATIONS.known(key, Plane.CONTROL)
    assert OPERATIONS.known(key, Plane.DATA)
    assert OPERATIONS.known(blob.upper(), Plane.DATA)
    assert not OPERATIONS.known(blob, Plane.CONTROL)
    assert not OPERATIONS.known("Microsoft.KeyVault/vaults/nothing/read", Plane.CONTROL)
    assert not OPERATIONS.known("Microsoft.Nothing/vaults/read", Plane.CONTROL)
    assert not OPERATIONS.known("", Plane.CONTROL)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("microsoft.compute/anything/read", True),
        ("Microsoft.Compute", True),
        ("Contoso.Compute/x/read", False),
        ("", False),
    ],
)
def test_a_provider_is_known(text: str, expected: bool) -> None:
    assert OPERATIONS.provider_known(text) is expected


def test_an_unknown_provider_has_no_operations() -> None:
    assert OPERATIONS.in_provider("Microsoft.Nothing") == ()


def test_near_misses() -> None:
    """Within the provider, within the plane, and past a typing error in the provider."""
    jobs = "Microsoft.MachineLearningServices/workspaces/jobs/write"
    assert OPERATIONS.near(jobs.replace("jobs", "job"), Plane.CONTROL)[0] == jobs
    assert OPERATIONS.near(jobs.replace("Services", "Service"), Plane.CONTROL, 1) == (jobs,)
    assert OPERATIONS.near(jobs, Plane.DATA) == ()
    assert OPERATIONS.near("Contoso.Something/x/read", Plane.CONTROL) == ()
    assert OPERATIONS.near("", Plane.CONTROL) == ()


@pytest.mark.parametrize(
    "pattern", ["*", "*/read", "Microsoft.KeyVault/*", "microsoft.keyvault/vaults/*/read", "Microsoft.K*"]
)
@pytest.mark.parametrize("plane", Plane)
def test_what_a_pattern_covers(pattern: str, plane: Plane) -> None:
    """As if every operation were held against it."""
    covered = {
        each.name
        for name in OPERATIONS.providers()
        for each in OPERATIONS.in_provider(name)
        if each.plane is plane and matches(pattern, each.name)
    }
    found = OPERATIONS.matching(pattern, plane)
    assert {*found} == covered
    assert [*found] == sorted(found, key=str.lower)


def test_a_literal_covers_itself() -> None:
    name = "Microsoft.Storage/storageAccounts/read"
    assert OPERATIONS.matching(name, Plane.CONTROL) == (name,)
    assert OPERATIONS.matching(name, Plane.DATA) == ()


def test_the_form_of_the_file() -> None:
    """A namespace, then its operations, the mark of the plane before each."""
    operations = Operations("# comment\nA.B\n x/read\n!x/read\nC.D\n y/z/action\n")
    assert operations.providers() == ("A.B", "C.D")
    assert operations.in_provider("a.b") == (
        Operation("A.B/x/read", Plane.CONTROL),
        Operation("A.B/x/read", Plane.DATA),
    )
    assert operations.known("c.d/Y/z/ACTION", Plane.CONTROL)


def test_escalations() -> None:
    """59, of six kinds, each with a reason and a source, and an operation that is known."""
    escalations = load().escalations()
    assert len(escalations) == 59 == len({each.operation.lower() for each in escalations})
    assert {each.category for each in escalations} == {*EscalationCategory}
    assert all(OPERATIONS.known(each.operation, each.plane) for each in escalations)
    assert all(each.why and each.sources for each in escalations)
    ranks = [[*EscalationCategory].index(each.category) for each in escalations]
    assert ranks == sorted(ranks)
    assert load().escalations() is escalations


def test_who_can_assign_roles() -> None:
    """The first of all escalations, and the roles that everybody knows for it."""
    (assign,) = (each for each in load().escalations() if each.operation.endswith("/roleAssignments/write"))
    assert assign.category is EscalationCategory.ACCESS
    names = {role.name for role in load().search(assign.operation, assign.plane)}
    assert {"Owner", "User Access Administrator", "Role Based Access Control Administrator"} <= names
    assert not {"Contributor", "Reader"} & names
