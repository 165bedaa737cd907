"""Small states to evaluate access requests on: one line for each principal, role and scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rbacgen.authorization import catalog
from rbacgen.authorization.catalog import bypasses
from rbacgen.authorization.evaluator import Evaluator
from rbacgen.authorization.groups import Membership, build
from rbacgen.authorization.request import AccessRequest, Decision, Facts
from rbacgen.model.assignment import Activation, Assignment, AzureRole, Permission, Plane, Principal, PrincipalType
from rbacgen.model.scope import Scope
from rbacgen.model.source import Denial
from rbacgen.model.state import State
from tests.fakes.world import DEV

SUBSCRIPTION = f"/subscriptions/{DEV}"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-dev"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-dev"
LAKE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/stdev"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw-dev"
REGISTRY = f"{GROUP}/providers/Microsoft.MachineLearningServices/registries/mlr-dev"
ZONE = "/providers/Microsoft.Management/managementGroups/mg-tiny"

ANA = Principal("aaaaaaaa-0000-4000-8000-00000000000a", PrincipalType.USER, "ana")
BEN = Principal("aaaaaaaa-0000-4000-8000-00000000000b", PrincipalType.USER, "ben")
TEAM = Principal("aaaaaaaa-0000-4000-8000-0000000000f1", PrincipalType.GROUP, "grp-team")
HOUSE = Principal("aaaaaaaa-0000-4000-8000-0000000000f2", PrincipalType.GROUP, "grp-house")
PIPE = Principal("aaaaaaaa-0000-4000-8000-0000000000e1", PrincipalType.SERVICE_PRINCIPAL, "sp-pipe")
_made = iter(range(1, 1_000_000))


def builtin(name: str) -> AzureRole:
    """A role that Azure has built in."""
    found = catalog.load().find(name)
    assert found is not None, name
    return found


def role(*permissions: Permission, name: str = "Own Role") -> AzureRole:
    """A role of one's own with these permission objects."""
    return AzureRole(f"00000000-0000-4000-9000-{next(_made):012x}", name, permissions, custom=True)


def control(*actions: str, without: Iterable[str] = (), condition: str = "") -> Permission:
    """A permission object of the control plane."""
    return Permission(actions=actions, not_actions=tuple(without), condition=condition)


def data(*actions: str, without: Iterable[str] = (), condition: str = "") -> Permission:
    """A permission object of the data plane."""
    return Permission(data_actions=actions, not_data_actions=tuple(without), condition=condition)


def give(
    who: Principal,
    what: AzureRole | str,
    scope: str | Scope,
    *,
    eligible: bool = False,
    condition: str = "",
    **more: Any,
) -> Assignment:
    """An assignment, permanent unless `eligible` is given."""
    return Assignment(
        scope=scope if isinstance(scope, Scope) else Scope.of(scope),
        role=builtin(what) if isinstance(what, str) else what,
        principal=who,
        **{"activation": Activation.ELIGIBLE if eligible else Activation.PERMANENT, "condition": condition, **more},
    )


def deny(
    scope: str,
    *permissions: Permission,
    to: Iterable[Principal | str],
    spare: Iterable[Principal] = (),
    only_at_scope: bool = False,
) -> Denial:
    """A deny assignment."""
    meant = tuple(each if isinstance(each, str) else each.id for each in to)
    spared = tuple(each.id for each in spare)
    return Denial("/deny/1", "a deny", Scope.of(scope), permissions, meant, spared, only_at_scope)


def membership(groups: Mapping[Principal, Iterable[Principal]]) -> Membership:
    """Who is in which group, all of it known."""
    everyone = [*groups, *(each for members in groups.values() for each in members)]
    return build({group.id: tuple(members) for group, members in groups.items()}, {}, everyone)


def access(*actual: Assignment, state: State | None = None, groups: Membership | None = None, **more: Any) -> Evaluator:
    """What is to be asked: these assignments, and what else a ground has."""
    operations = catalog.load().operations
    return Evaluator(
        Facts(
            **{
                "state": State(actual) if state is None else state,
                "role_of": lambda each: each,
                "membership": groups or Membership(),
                "known_operations": operations.matching,
                "bypasses": bypasses.load(),
                **more,
            }
        )
    )


def ask(
    found: Evaluator,
    who: Principal,
    operation: str,
    scope: str | Scope,
    plane: Plane = Plane.CONTROL,
    **attributes: Any,
) -> Decision:
    """The answer to a question about somebody, `attributes` being known values for conditions."""
    place = scope if isinstance(scope, Scope) else Scope.of(scope)
    return found.evaluate(found.subject(who), AccessRequest(operation, plane, place, **attributes))
