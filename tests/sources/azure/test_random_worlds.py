"""Random worlds: made from a random project they are in sync; after k random edits of Azure just these k are named.

The edits are made in the stand-in's tenant, and read back by the real SDK over TLS, so that reading and comparing are
tested as one.
"""

from __future__ import annotations

import datetime
import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rbacgen.analysis.drift import DriftKind
from rbacgen.analysis.results import CheckedProject
from rbacgen.commands import diff
from rbacgen.model.assignment import Activation, Assignment
from rbacgen.model.scope import ScopeLevel
from rbacgen.project.desired import kept_by_pim, mark
from rbacgen.sources.azure.clouds import cloud_of
from rbacgen.sources.azure.reader import Azure
from tests.fakes.azure import StandIn, Tenant
from tests.fakes.azure.holding import tenant_of
from tests.fakes.azure.tenant import PrincipalKind
from tests.fakes.large_world import BACKUP_OPERATOR, OWNER, READER, UNKNOWN_ROLE
from tests.fakes.world import DEV, PROD, TODAY, World
from tests.properties import examples

NOW = datetime.datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=datetime.UTC)
ALWAYS = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)
Found = tuple[str, str, str, str, str]


@dataclass
class Edited:
    """A tenant while it is edited: wanted assignments that no edit has touched, and what must be found."""

    checked: CheckedProject
    chance: random.Random
    untouched: list[Assignment]
    later: list[Callable[[Tenant], object]] = field(default_factory=list)
    without: set[Any] = field(default_factory=set)
    expected: set[Found] = field(default_factory=set)

    def take(self, fits: Callable[[Assignment], bool] = lambda _: True) -> Assignment | None:
        """An untouched assignment of some kind, which the edit is to touch; it is not applied as wanted."""
        left = [each for each in self.untouched if fits(each)]
        if not left:
            return None
        taken = self.chance.choice(left)
        self.untouched.remove(taken)
        self.without.add(taken.key)
        return taken

    def expect(self, kind: DriftKind, scope: str, role: str, principal: str, activation: Activation) -> None:
        """Notes what the comparison must name."""
        self.expected.add((kind, scope.lower(), role, principal, activation))

    def expect_wanted(self, kind: DriftKind, desired: Assignment) -> None:
        """Notes what it must name of a wanted one."""
        self.expect(kind, desired.scope.id, desired.role.id, desired.principal.id, desired.activation)

    def stranger(self, type_: PrincipalKind = "User") -> str:
        """The id of somebody new, who is in the directory."""
        principal = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        self.later.append(
            lambda tenant: tenant.principal(principal, type_, f"x-{principal}", upn=f"{principal}@x.example")
        )
        return principal

    def place(self) -> str:
        """A scope that the project manages: one of a wanted assignment, or one below, around or above it."""
        scope = self.chance.choice(list(self.checked.desired.state)).scope
        if scope.level is not ScopeLevel.RESOURCE:
            return scope.id
        group = "/".join(scope.id.split("/")[:5])
        return self.chance.choice([scope.id, f"{scope.id}/parts/one", group, f"/subscriptions/{scope.subscription}"])


def removed(world: Edited) -> None:
    """Somebody took access away."""
    if desired := world.take():
        world.expect_wanted(DriftKind.MISSING, desired)


def other_condition(world: Edited) -> None:
    """Somebody put a condition on it, or changed the one that is there."""
    if desired := world.take(lambda each: not kept_by_pim(each, world.checked.project.pim)):
        world.later.append(
            lambda tenant: tenant.assign(
                desired.scope.id,
                desired.role.id,
                desired.principal.id,
                condition="@Resource[x] StringEquals 'y'",
                condition_version="2.0",
                description=desired.description,
            )
        )
        world.expect_wanted(DriftKind.ALTERED, desired)


def other_description(world: Edited) -> None:
    """Somebody else's text under the project's mark."""
    if desired := world.take(lambda each: not kept_by_pim(each, world.checked.project.pim)):
        world.later.append(
            lambda tenant: tenant.assign(
                desired.scope.id,
                desired.role.id,
                desired.principal.id,
                condition=desired.condition or None,
                condition_version=desired.condition_version or None,
                description=f"another story {mark('tiny')}",
            )
        )
        world.expect_wanted(DriftKind.ALTERED, desired)


def other_activation(world: Edited) -> None:
    """Eligible where standing is wanted, or standing where eligible is."""
    if desired := world.take(lambda each: each.ends is None):
        scope, role, principal = desired.scope.id, desired.role.id, desired.principal.id
        if desired.activation is Activation.ELIGIBLE:
            world.later.append(lambda tenant: tenant.assign(scope, role, principal))
        else:
            world.later.append(lambda tenant: tenant.eligible(scope, role, principal, end=ALWAYS))
        world.expect_wanted(DriftKind.ALTERED, desired)


def other_end(world: Edited) -> None:
    """Access that PIM keeps for longer than is wanted."""
    if desired := world.take(lambda each: kept_by_pim(each, world.checked.project.pim)):
        scope, role, principal = desired.scope.id, desired.role.id, desired.principal.id
        if desired.activation is Activation.ELIGIBLE:
            world.later.append(lambda tenant: tenant.eligible(scope, role, principal, end=ALWAYS))
        else:
            world.later.append(lambda tenant: tenant.active(scope, role, principal, end=ALWAYS))
        world.expect_wanted(DriftKind.ALTERED, desired)


def foreign(world: Edited) -> None:
    """A stranger's access, standing or eligible, at, below, around or above something wanted."""
    scope, role, principal = world.place(), world.chance.choice([OWNER, READER, UNKNOWN_ROLE]), world.stranger()
    if world.chance.random() < 0.5:
        world.later.append(lambda tenant: tenant.assign(scope, role, principal))
        world.expect(DriftKind.UNMANAGED, scope, role, principal, Activation.PERMANENT)
    else:
        world.later.append(lambda tenant: tenant.eligible(scope, role, principal, end=ALWAYS))
        world.expect(DriftKind.UNMANAGED, scope, role, principal, Activation.ELIGIBLE)


def stale(world: Edited) -> None:
    """The project's own that it wants no more, standing or eligible, wherever."""
    scope = world.chance.choice([world.place(), f"/subscriptions/{DEV}/resourceGroups/rg-elsewhere"])
    principal, text = world.stranger("Group"), f"old duty {mark('tiny')}"
    if world.chance.random() < 0.5:
        world.later.append(lambda tenant: tenant.assign(scope, READER, principal, description=text))
        world.expect(DriftKind.STALE, scope, READER, principal, Activation.PERMANENT)
    else:
        world.later.append(lambda tenant: tenant.eligible(scope, READER, principal, justification=text))
        world.expect(DriftKind.STALE, scope, READER, principal, Activation.ELIGIBLE)


def gone(world: Edited) -> None:
    """Access of somebody who has left: for good, or into the directory's bin."""
    scope, principal, soft = world.place(), world.stranger(), world.chance.random() < 0.5
    world.later.append(lambda tenant: tenant.assign(scope, READER, principal))
    world.later.append(lambda tenant: tenant.delete(principal, soft=soft))
    world.expect(DriftKind.SOFT_DELETED if soft else DriftKind.ORPHANED, scope, READER, principal, Activation.PERMANENT)


def no_drift(world: Edited) -> None:
    """Access from above, elsewhere, ignored by rule, or activated just in time: no edit that counts."""
    principal = world.stranger()
    elsewhere = f"/subscriptions/{PROD}/resourceGroups/rg-not-ours"
    match world.chance.randrange(4):
        case 0:
            world.later.append(lambda tenant: tenant.management_group("mg-above"))
            world.later.append(lambda tenant: tenant.assign("/", OWNER, principal))
        case 1:
            world.later.append(lambda tenant: tenant.assign(elsewhere, OWNER, principal))
        case 2:
            scope = world.place()
            world.later.append(lambda tenant: tenant.assign(scope, BACKUP_OPERATOR, principal))
        case _:
            scope = world.place()
            world.later.append(lambda tenant: tenant.activate(tenant.eligible(scope, BACKUP_OPERATOR, principal)))


EDITS = {
    each.__name__: each
    for each in (
        removed,
        other_condition,
        other_description,
        other_activation,
        other_end,
        foreign,
        stale,
        gone,
        no_drift,
    )
}


@st.composite
def projects(draw: st.DrawFn) -> dict[str, Any]:
    """Changes to the small world: who holds what, where, until when, and whether PIM is there."""
    members = {
        role: [
            {"group": f"grp-{role}-{index}", "id": str(uuid.UUID(int=1000 * place + index + 1))}
            | draw(st.sampled_from([{}, {"in": ["dev"]}, {"in": ["prod"]}, {"ends": datetime.date(2027, 6, 30)}]))
            for index in range(draw(st.integers(1, 4)))
        ]
        for place, role in enumerate(("developer", "operator"))
    }
    return {
        "team": members,
        "pim": draw(st.booleans()),
        "pim_eligible_days": draw(st.sampled_from([0, 365])),
        "subscription": draw(st.sampled_from([PROD, DEV])),
        "activation": draw(st.sampled_from(["permanent", "eligible"])),
    }


@pytest.fixture
def azure() -> Iterator[StandIn]:
    """One stand-in for all examples."""
    with StandIn(Tenant()) as served:
        yield served


@settings(max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=projects(),
    seed=st.integers(0, 2**32 - 1),
    edits=st.lists(st.sampled_from(sorted(EDITS)), max_size=6),
)
def test_after_k_edits_the_diff_names_these_k(
    tmp_path_factory: pytest.TempPathFactory,
    azure: StandIn,
    changes: dict[str, Any],
    seed: int,
    edits: list[str],
) -> None:
    """In sync as applied; after the edits exactly they are named, and nothing is left unread."""
    world = World(tmp_path_factory.mktemp("world"))
    world.project |= {name: changes[name] for name in ("team", "pim", "pim_eligible_days")}
    world.project["environments"]["prod"]["subscription"] = changes["subscription"]
    world.project["ignore"] = [{"because": "the platform team's", "azure_role": "Backup Operator"}]
    world.capability("use_secrets")["grants"][0]["activation"] = changes["activation"]
    world.capability("see_zone")["grants"].pop(1)  # nothing of its own at the root: what is there comes from above
    checked = world.work_out()
    edited = Edited(checked, random.Random(seed), list(checked.desired.state))
    for name in edits:
        EDITS[name](edited)
    tenant = tenant_of(checked, without=edited.without)
    for subscription in (DEV, PROD):
        tenant.subscription(subscription, name=subscription[:4], under="mg-tiny")
    for edit in edited.later:
        edit(tenant)
    assert compared(azure, tenant, world) == edited.expected


def compared(azure: StandIn, tenant: Tenant, world: World) -> set[Found]:
    """What the comparison names when it reads this tenant live."""
    azure.swap(tenant)
    with pytest.MonkeyPatch.context() as patch:
        environment = azure.environment()
        for name, value in environment.items():
            patch.setenv(name, value)
        result = diff.diff(
            str(world.folder / "rbacgen.yaml"),
            TODAY,
            diff.DiffOptions(),
            lambda _, known: Azure.of(cloud_of(environment=environment), environment, known, NOW),
        )
    assert result.drift.unread == ()
    assert result.drift.role_changes == ()
    found = [(str(each.kind), *_key(each.assignment)) for each in result.drift.changes]
    assert len(found) == len(set(found))
    return set(found)


def _key(each: Assignment) -> tuple[str, str, str, str]:
    return each.scope.folded, each.role.id, each.principal.id, each.activation
