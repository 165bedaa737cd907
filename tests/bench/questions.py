"""What questions about access cost: `python -m tests.bench.questions`. CPU seconds in one process, loading told apart."""

from __future__ import annotations

import gc
import time
from datetime import date
from importlib.util import find_spec
from itertools import product
from pathlib import Path

from rbacgen.analysis.access_tests import cases, isolated_roles, runner
from rbacgen.authorization import catalog, who_can
from rbacgen.authorization.catalog import bypasses
from rbacgen.authorization.evaluator import Evaluator
from rbacgen.authorization.groups import Membership
from rbacgen.authorization.permissions import compiled
from rbacgen.authorization.request import AccessRequest, Facts
from rbacgen.commands import load
from rbacgen.model.assignment import Activation, Assignment, Plane, Principal, PrincipalType
from rbacgen.model.scope import Scope
from rbacgen.model.state import State
from tests.bench.costs import ROOT, cost, rbacgen, seconds

EXAMPLE = ROOT / "examples" / "fraud-detection"
TODAY = date(2026, 11, 23)
WRITE = "Microsoft.KeyVault/vaults/write"
READ_BLOB = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
ROLES = (
    "Reader",
    "Contributor",
    "Key Vault Reader",
    "Key Vault Secrets User",
    "Network Contributor",
    "Storage Blob Data Reader",
    "AzureML Data Scientist",
    "Monitoring Reader",
    "Owner",
    "Key Vault Contributor",
)


def state(size: int) -> State:
    """So many assignments: ten roles, over subscriptions of 5,000 with 50 resource groups of one vault each."""
    found = catalog.load()
    roles = [role for name in ROLES if (role := found.find(name)) is not None]
    people = [
        Principal(f"{index:08x}-0000-4000-8000-000000000000", PrincipalType.GROUP, f"grp-{index}")
        for index in range(2_000)
    ]
    scopes = []
    for subscription, group in product(range(size // 5_000 or 1), range(50)):
        top = f"/subscriptions/{subscription:08x}-0000-4000-8000-000000000000"
        scopes += [top, f"{top}/resourceGroups/rg-{group}"]
        scopes.append(f"{top}/resourceGroups/rg-{group}/providers/Microsoft.KeyVault/vaults/kv-{group}")
    every = []
    for index in range(size):
        # Steps that share no divisor, so that no two are of the same identity.
        scope, role, person = (
            scopes[index % len(scopes)],
            roles[index // len(scopes) % 10],
            people[(index * 7 + index // 150) % 2_000],
        )
        activation = Activation.ELIGIBLE if index % 9 == 0 else Activation.PERMANENT
        every.append(Assignment(Scope.of(scope), role, person, activation))
    return State(every)


def facts(actual: State, **more: object) -> Facts:
    """A state that is asked by itself."""
    return Facts(state=actual, role_of=lambda role: role, membership=Membership(), **more)  # type: ignore[arg-type]


def main() -> None:
    """Prints every figure."""
    gc.disable()  # as the process of the command does (`rbacgen.cli.run`)
    checked = load.work_out(str(EXAMPLE), TODAY)
    places = isolated_roles.places(checked.project)
    desired = runner.facts(checked.project, checked.desired, checked.catalog, places)
    access = Evaluator(desired)
    subjects = [access.subject(each) for each in access.index.principals()]
    operations = [each.name for each in checked.catalog.operations.in_provider("Microsoft.MachineLearningServices")]
    requests = [
        AccessRequest(operation, Plane.CONTROL, scope)
        for operation in operations
        for (kind, _), scope in places.scopes.items()
        if kind in ("workspace", "environment")
    ]

    def ask_all(one: Evaluator) -> None:
        for request in requests:
            for subject in subjects:
                one.decide(subject, request)

    count = len(requests) * len(subjects)
    took = seconds(lambda: ask_all(Evaluator(desired)), 3)
    print(
        f"can, the example              {count / took:10,.0f} a second ({count:,} questions, roles and all asked anew)"
    )
    started = cost(rbacgen("--version"), 9)
    check = cost(rbacgen("check", "--today", TODAY.isoformat()), 9, EXAMPLE)
    proving = seconds(lambda: runner.run(checked.project, checked.desired, checked.catalog), 3)
    tests = len(runner.run(checked.project, checked.desired, checked.catalog).test_results)
    print(f"access tests of the example   {proving * 1000:8.0f} ms CPU for {tests:,} trials")
    print(
        f"check of the example          {(check.seconds - started.seconds) * 1000:8.0f} ms CPU beyond start-up (all of it)"
    )
    every = isolated_roles.places(checked.project)
    isolated_evaluator = Evaluator(runner.alone(checked.project, checked.catalog, every))
    own = cases.of_project_roles(checked.project, every, every_role=True)
    whole = seconds(lambda: list(cases.run_project_roles(own, checked.project, isolated_evaluator)), 3)
    print(f"every role of the mapping     {whole * 1000:8.0f} ms CPU for {len(own):,} tests")

    actual = state(100_000)
    built = seconds(lambda: Evaluator(facts(actual)), 3)
    print(f"index of {len(actual):>7,}              {built:8.2f} s CPU")
    big = Evaluator(facts(actual))
    people = [big.subject(each) for each in big.index.principals()]
    scopes = sorted({each.scope for each in actual}, key=lambda scope: scope.folded)
    asked = [AccessRequest(WRITE, Plane.CONTROL, scope) for scope in scopes[:: max(1, len(scopes) // 50)]]

    def ask_big() -> None:
        for request in asked:
            for subject in people:
                big.decide(subject, request)

    took = seconds(ask_big, 3)
    print(f"can, {len(actual):,} assignments     {len(asked) * len(people) / took:10,.0f} a second")
    top = Scope.of("/subscriptions/00000000-0000-4000-8000-000000000000")
    vault = next(each for each in scopes if each.folded.endswith("kv-7"))
    for name, scope, operation, below in (
        ("who-can at a vault", vault, WRITE, False),
        ("who-can at a subscription", top, WRITE, False),
        ("who-can at it and below", top, WRITE, True),
        ("who-can in the whole tenant", Scope.of("/"), WRITE, True),
        ("who-can, a pattern, below", Scope.of("/"), "Microsoft.KeyVault/vaults/*", True),
    ):
        request = AccessRequest(operation, Plane.CONTROL, scope)
        index = Evaluator(facts(actual))
        start = time.process_time()
        found = who_can.everyone(index, request, with_below=below)
        took = time.process_time() - start
        print(f"{name:<29} {took:8.3f} s CPU   {len(found.here):,} here, {len(found.below):,} below")
    # The worst: everybody at one scope.
    flat = State(
        Assignment(top, each.role, Principal(f"{index:08x}-0000-4000-8000-00000000ffff", PrincipalType.USER, ""))
        for index, each in enumerate(actual)
    )
    worst = Evaluator(facts(flat))
    took = seconds(lambda: who_can.everyone(worst, AccessRequest(WRITE, Plane.CONTROL, top)), 3)
    print(f"who-can, {len(flat):,} at one scope {took:8.3f} s CPU")
    with_bypasses = Evaluator(facts(flat, bypasses=bypasses.load()))
    blob = AccessRequest(READ_BLOB, Plane.DATA, top)
    start = time.process_time()
    found = who_can.everyone(with_bypasses, blob, with_bypasses=True)
    took = time.process_time() - start
    by = max(len(each.here) for each in found.bypasses)
    print(f"who-can, with bypasses        {took:8.3f} s CPU   {len(found.here):,} by a role, {by:,} by a bypass")
    parents = {
        f"/subscriptions/{index:08x}-0000-4000-8000-000000000000": (
            "/providers/microsoft.management/managementgroups/mg",
        )
        for index in range(20)
    }
    grouped = Evaluator(facts(actual, parents=parents))
    request = AccessRequest(WRITE, Plane.CONTROL, Scope.of("/providers/Microsoft.Management/managementGroups/mg"))
    print(f"who-can below a group         {seconds(lambda: who_can.everyone(grouped, request), 3):8.3f} s CPU")
    against_arcet()


def against_arcet() -> None:
    """The resolver of arcet (PyPI), fed with the same ten assignments and the same known operations, where it is installed.

    It expands all that an identity has and filters that; the time is for one identity, the difference for all operations.
    """
    if find_spec("arcet") is None:
        print("arcet is not installed (pip install arcet): nothing to hold it against")
        return
    from arcet.arm import ProviderOperation, RoleAssignment, RoleDefinition  # type: ignore[import-not-found]
    from arcet.groups import Membership as Groups  # type: ignore[import-not-found]
    from arcet.model import ActionKind, IdentityKind, IdentityRef  # type: ignore[import-not-found]
    from arcet.resolve import filter_by_action, resolve  # type: ignore[import-not-found]

    found = catalog.load()
    who = Principal("00000001-0000-4000-8000-000000000000", PrincipalType.USER, "one")
    subscription = "00000000-0000-4000-8000-000000000000"
    top = f"/subscriptions/{subscription}"
    roles = [role for name in ROLES if name != "Owner" and (role := found.find(name)) is not None]
    known = [each for provider in found.operations.providers() for each in found.operations.in_provider(provider)]

    class Fed:
        """What arcet asks of Azure, answered from memory."""

        def find_identity(self, identifier: str) -> object:
            return IdentityRef(identifier, "one", IdentityKind.USER)

        def group_membership(self, _: str) -> object:
            return Groups((), frozenset())

        def transitive_group_ids(self, _: str) -> frozenset[str]:
            return frozenset()

        def role_assignments_for(self, object_id: str) -> list[object]:
            return [RoleAssignment(f"a{each.id}", object_id, "User", each.id, top) for each in roles]

        def eligible_assignments(self, _: str) -> list[object]:
            return []

        def activated_assignment_ids(self, _: str) -> frozenset[str]:
            return frozenset()

        def deny_assignments(self) -> list[object]:
            return []

        def role_definition(self, role_id: str) -> object:
            role = next(each for each in roles if each.id == role_id)
            (given,) = role.permissions
            lists = (given.actions, given.not_actions, given.data_actions, given.not_data_actions)
            return RoleDefinition(role.id, role.name, False, *lists)

        def provider_operations(self) -> list[object]:
            return [ProviderOperation(each.name, each.plane is Plane.DATA) for each in known]

    scope = Scope.of(top)
    actual = State(Assignment(scope, role, who) for role in roles)

    def ours() -> None:
        access = Evaluator(facts(actual))
        access.decide(access.subject(who), AccessRequest(WRITE, Plane.CONTROL, scope))

    def all_ours() -> set[tuple[str, Plane]]:
        access = Evaluator(facts(actual))
        subject = access.subject(who)
        return {
            (each.name.lower(), each.plane)
            for each in known
            if access.decide(subject, AccessRequest(each.name, each.plane, scope)).permits
        }

    def theirs() -> object:
        return filter_by_action(resolve(who.id, subscription, Fed()), WRITE)

    one, whole, other = seconds(ours, 3), seconds(all_ours, 3), seconds(theirs, 3)
    print(
        f"arcet, one identity           {other * 1000:8.1f} ms CPU; rbacgen {one * 1000:.3f} ms for one operation, {whole * 1000:.1f} ms for all {len(known):,}"
    )
    planes = {ActionKind.CONTROL_PLANE: Plane.CONTROL, ActionKind.DATA_PLANE: Plane.DATA}
    for role in roles:
        mine = {(each.name.lower(), each.plane) for each in known if compiled(role).line(each.name, each.plane)}
        roles[:], before = [role], list(roles)
        said = {
            (each.action.lower(), planes[each.action_kind])
            for each in resolve(who.id, subscription, Fed()).permissions
            if found.operations.known(each.action, planes[each.action_kind])
        }
        roles[:] = before
        if mine != said:
            only, lacks = sorted(said - mine), sorted(mine - said)
            print(f"  {role.name}: arcet alone gives {len(only)} ({only[:1]}), and lacks {len(lacks)} ({lacks[:1]})")


if __name__ == "__main__":
    assert Path(EXAMPLE).is_dir()
    main()
