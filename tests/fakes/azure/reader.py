"""Reads the stand-in with rbacgen's own reader: the names that the tests of live reading share, and a reader for a tenant."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from rbacgen.authorization.catalog import Catalog, load
from rbacgen.model.assignment import Activation, Key
from rbacgen.model.scope import Scope
from rbacgen.model.source import Ask, Source
from rbacgen.model.state import Part, Unread
from rbacgen.sources.azure.clouds import cloud_of
from rbacgen.sources.azure.reader import Azure
from tests.fakes.azure import StandIn, Tenant

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
DEV = "6082bfda-63d0-46f4-8272-ae9195139feb"
PROD = "d2f5ba2f-5ac9-4dd8-a3a9-bd0e5d3ad7c2"
DEV_SCOPE = f"/subscriptions/{DEV}"
PROD_SCOPE = f"/subscriptions/{PROD}"
APP = f"{DEV_SCOPE}/resourceGroups/RG-App"
GROUP_A = "/providers/Microsoft.Management/managementGroups/MG-A"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
CUSTOM = "c0000000-0000-4000-8000-00000000c001"
TEAM = "11111111-0000-4000-8000-000000000001"
ANN = "11111111-0000-4000-8000-000000000002"
BOT = "11111111-0000-4000-8000-000000000003"
COMPARED = frozenset({Part.ASSIGNMENTS, Part.ELIGIBILITIES, Part.ACTIVATIONS, Part.DEFINITIONS})
ONE = Ask((DEV,), parts=COMPARED)
BOTH = Ask((DEV, PROD), parts=COMPARED)
AT_GROUP_A = Ask((), above=(Scope.of(GROUP_A),), parts=COMPARED)


def tenant(p2: bool = True) -> Tenant:
    """Two subscriptions under a management group, a resource group, and three principals; nobody has access to anything."""
    made = Tenant(p2=p2)
    made.management_group("MG-A")
    made.subscription(DEV, name="dev", under="MG-A")
    made.subscription(PROD, name="prod", under="MG-A")
    made.resource_group(DEV, "RG-App")
    made.principal(TEAM, "Group", "grp-team", members=(ANN,))
    made.principal(ANN, "User", "Ann", upn="ann@contoso.example")
    made.principal(BOT, "ServicePrincipal", "sp-bot")
    return made


@contextlib.contextmanager
def reading(
    actual: Tenant,
    page: int = 1000,
    retry_budget: float = 5,
    catalog: Catalog | None = None,
    progress: Callable[[str], None] | None = None,
) -> Iterator[tuple[StandIn, Azure]]:
    """The stand-in for a tenant, and rbacgen's reader of it, logged in through the environment as a pipeline is."""
    with StandIn(actual, page=page) as azure, pytest.MonkeyPatch.context() as patch:
        environment = azure.environment()
        for name, value in environment.items():
            patch.setenv(name, value)
        cloud = cloud_of(environment=environment)
        yield azure, Azure.of(cloud, environment, catalog or load(), NOW, retry_budget, progress)


def read(actual: Tenant, ask: Ask = ONE, catalog: Catalog | None = None) -> Source:
    """What one reading of a tenant gives."""
    with reading(actual, catalog=catalog) as (_, azure):
        return azure.read(ask)


def key(scope: str, role: str, principal: str, activation: Activation = Activation.PERMANENT) -> Key:
    """The identity of an assignment."""
    return Key(scope.lower(), role, principal, activation)


def keys(source: Source) -> set[Key]:
    """The identities of everything that was read."""
    return {each for each, _ in source.state.items()}


def missed(source: Source) -> set[tuple[str, Part]]:
    """Which part of which scope was not read."""
    return {(each.scope, each.part) for each in source.state.coverage.unread}


def unread(source: Source, scope: str, part: Part) -> Unread:
    """The reason and remedy for a part of a scope that was not read; there must be exactly one."""
    (found,) = (each for each in source.state.coverage.unread if (each.scope, each.part) == (scope, part))
    return found
