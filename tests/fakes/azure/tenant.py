"""The content of a tenant: places, principals, assignments and schedules, as plain values that a test writes down."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

PrincipalKind = Literal["Group", "User", "ServicePrincipal"]

What = Literal[
    "assignments",
    "eligibilities",
    "eligibility",
    "activations",
    "definitions",
    "denials",
    "resources",
    "all",
]
"""What a caller can be kept from reading: the parts of a reading, `resources` for the places themselves, or all of it."""

When = str | date | datetime | None

AUTHORIZATION = "/providers/Microsoft.Authorization"
MANAGEMENT_GROUPS = "/providers/Microsoft.Management/managementGroups/"
EVERYONE = "00000000-0000-0000-0000-000000000000"


def folded(scope: str) -> str:
    """A scope as Azure compares it: lower case, no slash at the end."""
    return scope.rstrip("/").lower() or "/"


def drawn(*words: str) -> str:
    """A GUID that the same words give every time; for the ids that Azure would draw."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "|".join(words)))


def when(value: When) -> str | None:
    """A moment as Azure writes it: a text as it stands, a day as its midnight UTC, fractions without trailing zeros."""
    if value is None or isinstance(value, str):
        return value
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    fraction = f".{moment.microsecond:06}".rstrip("0").rstrip(".")
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def subscription_of(scope: str) -> str:
    """`/subscriptions/…` of a scope in its own spelling; empty above subscriptions."""
    segments = scope.split("/")
    return "/".join(segments[:3]) if len(segments) > 2 and segments[1].lower() == "subscriptions" else ""


def id_at(scope: str, collection: str, name: str) -> str:
    """The id of something that Microsoft.Authorization keeps at a scope; at the root nothing stands before it."""
    return f"{'' if scope == '/' else scope}{AUTHORIZATION}/{collection}/{name}"


@dataclass(slots=True)
class Caller:
    """Who asks: a service principal with a secret, or with an assertion in its place."""

    object_id: str = "00000000-0000-4000-8000-00000000ca11"
    client_id: str = "00000000-0000-4000-8000-0000000a9911"
    secret: str = "a-secret-of-the-tests"


@dataclass(slots=True)
class Principal:
    """Somebody of the directory; `deleted` is `soft` in its bin and `hard` when it is gone for good."""

    id: str
    kind: PrincipalKind
    name: str
    upn: str | None = None
    mail: str | None = None
    app_id: str | None = None
    managed: bool = False
    deleted: Literal["", "soft", "hard"] = ""
    members: list[str] = field(default_factory=list)
    resource_id: str = ""
    hides_members: bool = False


@dataclass(slots=True)
class Assignment:
    """A role assignment."""

    scope: str
    role: str
    principal: str
    kind: str
    name: str
    condition: str | None
    condition_version: str | None
    description: str | None
    created: str
    folded: str

    @property
    def id(self) -> str:
        """The ARM id."""
        return id_at(self.scope, "roleAssignments", self.name)


@dataclass(slots=True)
class Schedule:
    """A schedule of Privileged Identity Management, with its request and, from its start on, its instance.

    An assignment that was made without PIM has one too: its `name` is the assignment's own, and it has no request.
    """

    scope: str
    role: str
    principal: str
    kind: str
    name: str
    instance: str
    folded: str
    start: str
    end: str | None
    created: str
    eligible: bool
    request: str | None = None
    justification: str | None = None
    request_kept: bool = True
    started: bool = True
    condition: str | None = None
    condition_version: str | None = None
    assignment_type: str = "Assigned"
    origin: str | None = None
    linked: Schedule | None = None
    through_group: bool = False

    @property
    def id(self) -> str:
        """The ARM id of the schedule."""
        return id_at(self.scope, "roleEligibilitySchedules" if self.eligible else "roleAssignmentSchedules", self.name)


@dataclass(slots=True)
class Definition:
    """A custom role."""

    name: str
    role_name: str
    permissions: list[dict[str, Any]]
    assignable_scopes: list[str]
    description: str
    created: str
    updated: str


@dataclass(slots=True)
class Denial:
    """A deny assignment."""

    scope: str
    name: str
    title: str
    description: str | None
    permissions: list[dict[str, Any]]
    principals: list[dict[str, str]]
    excluded: list[dict[str, str]]
    only_at_scope: bool
    system_protected: bool
    created: str
    folded: str


@dataclass(slots=True)
class Subscription:
    """A subscription; `tenant` is set where it belongs to another one."""

    id: str
    name: str
    under: str | None
    tenant: str
    state: str = "Enabled"


@dataclass(slots=True)
class ManagementGroup:
    """A management group: its spelling, and the name of the one above it."""

    name: str
    display_name: str
    under: str | None


@dataclass(slots=True)
class Resource:
    """A resource, and the identity that Azure keeps for it."""

    id: str
    location: str
    identity: str = ""
    client: str = ""
    listed: bool = True


@dataclass(slots=True)
class Group:
    """A resource group with the ids of what is in it, by folded id."""

    id: str
    location: str
    resources: dict[str, Resource] = field(default_factory=dict)


@dataclass(slots=True)
class Rule:
    """Whether the caller may read something of a scope and what is below it."""

    scope: str
    what: str
    allowed: bool


class _Placed(dict[str, list[Any]]):
    """Things by their folded scope."""

    def put(self, thing: Any) -> None:
        self.setdefault(thing.folded, []).append(thing)

    def every(self) -> Iterator[Any]:
        for things in self.values():
            yield from things


@dataclass
class Tenant:
    """One tenant. What is put into it is there at once, also while a stand-in serves it.

    Places that an assignment is made at come to be by themselves. `p2` says that the tenant may use Privileged Identity
    Management; `graph_permission` what the caller may see of the directory (`all`, `basic`: that something is there and of
    what type, `none`), for every kind or each by itself; `sees_hidden` whether it sees who is in groups that hide that.
    """

    id: str = "00000000-0000-4000-8000-00000000007e"
    p2: bool = True
    caller: Caller = field(default_factory=Caller)
    graph_permission: str | Mapping[str, str] = "all"
    sees_hidden: bool = False
    version: int = field(default=0, init=False)
    subscriptions: dict[str, Subscription] = field(default_factory=dict, init=False)
    management_groups: dict[str, ManagementGroup] = field(default_factory=dict, init=False)
    groups: dict[str, Group] = field(default_factory=dict, init=False)
    principals: dict[str, Principal] = field(default_factory=dict, init=False)
    definitions: dict[str, Definition] = field(default_factory=dict, init=False)
    assignments: _Placed = field(default_factory=_Placed, init=False)
    eligibilities: _Placed = field(default_factory=_Placed, init=False)
    active_schedules: _Placed = field(default_factory=_Placed, init=False)
    denials: _Placed = field(default_factory=_Placed, init=False)
    rules: list[Rule] = field(default_factory=list, init=False)
    _number: int = field(default=0, init=False)
    _schedules: dict[str, Schedule] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.principal(self.caller.object_id, "ServicePrincipal", "sp-rbacgen-reader", app_id=self.caller.client_id)

    # Places

    def subscription(
        self, guid: str, name: str = "", under: str | None = None, tenant: str | None = None, state: str = "Enabled"
    ) -> str:
        """Add a subscription below a management group (None: the root) and give its scope."""
        if under is not None and under.lower() not in self.management_groups:
            self.management_group(under)
        self.subscriptions[guid.lower()] = Subscription(guid, name or guid, under, tenant or self.id, state)
        self.version += 1
        return f"/subscriptions/{guid}"

    def management_group(self, name: str, under: str | None = None, display_name: str = "") -> str:
        """Add a management group and give its scope."""
        if under is not None and under.lower() not in self.management_groups:
            self.management_group(under)
        self.management_groups[name.lower()] = ManagementGroup(name, display_name or name, under)
        self.version += 1
        return MANAGEMENT_GROUPS + name

    def resource_group(self, subscription: str, name: str, location: str = "westeurope") -> str:
        """Add a resource group, of a subscription given by GUID or scope, and give its scope."""
        guid = subscription.rstrip("/").rpartition("/")[2]
        if guid.lower() not in self.subscriptions:
            self.subscription(guid)
        scope = f"/subscriptions/{self.subscriptions[guid.lower()].id}/resourceGroups/{name}"
        self.groups.setdefault(scope.lower(), Group(scope, location))
        self.version += 1
        return scope

    def resource(self, resource_id: str, location: str = "westeurope", listed: bool = True) -> str:
        """Add a resource and give its id; its resource group comes to be in the spelling of the id.

        What is not `listed` can be read by its id alone, as what is inside of other resources.
        """
        segments = resource_id.split("/")
        group = "/".join(segments[:5]).lower()
        if group not in self.groups:
            self.resource_group(segments[2], segments[4])
        self.groups[group].resources.setdefault(resource_id.lower(), Resource(resource_id, location, listed=listed))
        self.version += 1
        return resource_id

    def find_resource(self, resource_id: str) -> Resource | None:
        """The resource of this id, in any spelling."""
        group = self.groups.get("/".join(resource_id.lower().split("/")[:5]))
        return group.resources.get(resource_id.lower()) if group else None

    def identity(self, resource_id: str, principal_oid: str, client_id: str = "") -> None:
        """Give a resource its managed identity: a user-assigned one where the resource is one, else the system's."""
        resource = self.find_resource(resource_id)
        if resource is None:
            self.resource(resource_id)
            resource = self.find_resource(resource_id)
        assert resource is not None
        name = resource_id.rpartition("/")[2]
        known = self.principals.get(principal_oid.lower())
        resource.identity = principal_oid
        resource.client = client_id or (known and known.app_id) or drawn("client", principal_oid)
        if known is None:
            self.principal(principal_oid, "ServicePrincipal", name, app_id=resource.client, managed=True)
        self.principals[principal_oid.lower()].resource_id = resource.id

    def above(self, scope: str) -> list[str]:
        """The folded scopes that contain a scope, itself first, the root last."""
        here = folded(scope)
        chain: list[str] = []
        if here.startswith("/subscriptions/"):
            segments = here.split("/")
            chain = ["/".join(segments[:end]) for end in range(len(segments), 2, -1)]
            subscription = self.subscriptions.get(segments[2])
            name = subscription.under if subscription else None
        elif here.startswith(MANAGEMENT_GROUPS.lower()):
            name = here[len(MANAGEMENT_GROUPS) :]
        else:
            return ["/"]
        while name is not None:
            chain.append((MANAGEMENT_GROUPS + name).lower())
            group = self.management_groups.get(name.lower())
            name = group.under if group else None
        return [*chain, "/"]

    def _place(self, scope: str) -> str:
        scope = scope.rstrip("/") or "/"
        here = scope.lower()
        if here.startswith(MANAGEMENT_GROUPS.lower()):
            name = scope[len(MANAGEMENT_GROUPS) :]
            if name.lower() not in self.management_groups:
                self.management_group(name)
            return scope
        segments = scope.split("/")
        if (
            len(segments) > 2
            and segments[1].lower() == "subscriptions"
            and segments[2].lower() not in self.subscriptions
        ):
            self.subscription(segments[2])
        if len(segments) > 4 and segments[3].lower() == "resourcegroups":
            if "/".join(segments[:5]).lower() not in self.groups:
                self.resource_group(segments[2], segments[4])
            if len(segments) > 8 and self.find_resource(scope) is None:
                self.resource(scope)
        return scope

    # The directory

    def principal(
        self,
        oid: str,
        kind: PrincipalKind,
        name: str,
        upn: str | None = None,
        app_id: str | None = None,
        managed: bool = False,
        mail: str | None = None,
        members: Iterable[str] = (),
    ) -> str:
        """Add a principal to the directory and give its object id."""
        if kind == "ServicePrincipal" and app_id is None:
            app_id = drawn("app", oid)
        if kind == "User" and upn is None:
            upn = f"{name.lower().replace(' ', '.')}@contoso.example"
        self.principals[oid.lower()] = Principal(oid, kind, name, upn, mail, app_id, managed, members=list(members))
        self.version += 1
        return oid

    def member(self, group: str, *oids: str) -> None:
        """Put principals into a group."""
        self.principals[group.lower()].members += oids

    def delete(self, oid: str, soft: bool = True) -> None:
        """Delete a principal; its assignments stay, as they do in Azure."""
        self.principals[oid.lower()].deleted = "soft" if soft else "hard"
        self.version += 1

    def present(self, oid: str) -> Principal | None:
        """The principal of this id, if it is in the directory."""
        principal = self.principals.get(oid.lower())
        return principal if principal and not principal.deleted else None

    def members_of(self, group: str) -> list[str]:
        """The object ids of all members of a group, through groups of groups, each once."""
        found: dict[str, None] = {}
        waiting = [group.lower()]
        while waiting:
            principal = self.present(waiting.pop())
            for oid in principal.members if principal else ():
                if oid.lower() not in found:
                    found[oid.lower()] = None
                    waiting.append(oid.lower())
        return list(found)

    def groups_of(self, oid: str) -> set[str]:
        """The object ids of all groups that somebody is in, through groups of groups."""
        groups = (one.id.lower() for one in self.principals.values() if one.kind == "Group")
        return {group for group in groups if oid.lower() in self.members_of(group)}

    # Access

    def assign(
        self,
        scope: str,
        role: str,
        oid: str,
        name: str | None = None,
        condition: str | None = None,
        condition_version: str | None = None,
        description: str | None = None,
        created: When = None,
        kind: str | None = None,
    ) -> str:
        """Make a role assignment and give its id; the principal need not be in the directory (an orphan)."""
        scope = self._place(scope)
        known = self.principals.get(oid.lower())
        self._number += 1
        if condition and condition_version is None:
            condition_version = "2.0"
        self.assignments.put(
            assignment := Assignment(
                scope,
                role.lower(),
                oid,
                kind or (known.kind if known else "User"),
                name or drawn("assignment", scope, role, oid, str(self._number)),
                condition,
                condition_version,
                description,
                when(created) or f"2026-01-0{1 + self._number % 9}T08:15:27.{1000000 + self._number % 9000000}Z",
                scope.lower(),
            )
        )
        self.version += 1
        return assignment.id

    def unassign(self, assignment_id: str) -> Assignment | None:
        """Take an assignment away, with its schedule, and give it; None where there is none."""
        desired = assignment_id.lower()
        for things in self.assignments.values():
            for assignment in things:
                if assignment.id.lower() == desired:
                    things.remove(assignment)
                    active = self.active_schedules.get(assignment.folded, [])
                    active[:] = [one for one in active if (one.origin or "").lower() != desired]
                    self.version += 1
                    return assignment  # type: ignore[no-any-return]
        return None

    def _schedule(
        self,
        scope: str,
        role: str,
        oid: str,
        *,
        eligible: bool,
        start: When,
        end: When,
        justification: str | None,
        request_kept: bool,
        condition: str | None,
        condition_version: str | None,
    ) -> Schedule:
        scope = self._place(scope)
        known = self.principals.get(oid.lower())
        self._number += 1
        words = (scope, role, oid, str(self._number))
        begun = when(start) or f"2026-01-02T09:10:{self._number % 60:02}.91Z"
        if condition and condition_version is None:
            condition_version = "2.0"
        schedule = Schedule(
            scope,
            role.lower(),
            oid,
            known.kind if known else "User",
            drawn("schedule", *words),
            drawn("instance", *words),
            scope.lower(),
            begun,
            when(end),
            begun,
            eligible,
            drawn("request", *words),
            justification,
            request_kept,
            condition=condition,
            condition_version=condition_version,
        )
        (self.eligibilities if eligible else self.active_schedules).put(schedule)
        self._schedules[schedule.id.lower()] = schedule
        self.version += 1
        return schedule

    def eligible(
        self,
        scope: str,
        role: str,
        oid: str,
        end: When = None,
        condition: str | None = None,
        justification: str | None = None,
        condition_version: str | None = None,
        start: When = None,
        started: bool = True,
        request_kept: bool = True,
    ) -> str:
        """Make somebody eligible and give the id of the schedule.

        `started=False` is an eligibility of the future: it has a schedule and no instance. `request_kept=False` is one
        whose request Azure has dropped, as it does after 45 days (azurerm issues 24118, 25811).
        """
        schedule = self._schedule(
            scope,
            role,
            oid,
            eligible=True,
            start=start,
            end=end,
            justification=justification,
            request_kept=request_kept,
            condition=condition,
            condition_version=condition_version,
        )
        schedule.started = started
        return schedule.id

    def activate(
        self,
        eligibility: str,
        end: When = None,
        by: str | None = None,
        justification: str | None = None,
        scope: str | None = None,
    ) -> str:
        """Activate an eligibility and give the id of the ordinary role assignment that this makes.

        `by` is the one of the group who activates, `scope` a place below that of the eligibility.
        """
        linked = self._schedules[eligibility.lower()]
        oid = by or linked.principal
        assignment = self.assign(
            scope or linked.scope, linked.role, oid, None, linked.condition, linked.condition_version
        )
        schedule = self._schedule(
            scope or linked.scope,
            linked.role,
            oid,
            eligible=False,
            start=None,
            end=end or "2026-12-31T17:00:00.377Z",
            justification=justification or "needed for the release",
            request_kept=True,
            condition=linked.condition,
            condition_version=linked.condition_version,
        )
        schedule.assignment_type, schedule.origin, schedule.linked = "Activated", assignment, linked
        schedule.instance = assignment.rpartition("/")[2]
        schedule.through_group = linked.kind == "Group"
        return assignment

    def active(
        self,
        scope: str,
        role: str,
        oid: str,
        end: When = None,
        justification: str | None = None,
        condition: str | None = None,
        start: When = None,
        request_kept: bool = True,
    ) -> str:
        """Assign through PIM, with an end: an ordinary role assignment (its id is given) and PIM's schedule of it."""
        assignment = self.assign(scope, role, oid, condition=condition)
        schedule = self._schedule(
            scope,
            role,
            oid,
            eligible=False,
            start=start,
            end=end,
            justification=justification,
            request_kept=request_kept,
            condition=condition,
            condition_version=None,
        )
        schedule.origin = assignment
        schedule.instance = assignment.rpartition("/")[2]
        return assignment

    def custom_role(
        self,
        guid: str,
        name: str,
        permissions: Sequence[Mapping[str, Any]] | Mapping[str, Any],
        assignable_scopes: Sequence[str],
        description: str = "",
    ) -> str:
        """Add a custom role; permissions in Azure's words (`actions`, `notActions`, …), what is left out is empty."""
        given = [permissions] if isinstance(permissions, Mapping) else permissions
        whole = [{**_nothing(), **permission} for permission in given]
        moment = "2026-01-03T10:11:12.1314151Z"
        self.definitions[guid.lower()] = Definition(
            guid.lower(), name, whole, list(assignable_scopes), description, moment, moment
        )
        self.version += 1
        return guid.lower()

    def deny(
        self,
        scope: str,
        actions: Sequence[str] = ("*",),
        principals: Sequence[str] = (EVERYONE,),
        excluded: Sequence[str] = (),
        title: str = "deny",
        data_actions: Sequence[str] = (),
        not_actions: Sequence[str] = (),
        description: str | None = None,
        only_at_scope: bool = False,
        name: str | None = None,
    ) -> str:
        """Make a deny assignment, such as a deployment stack does, and give its id; by default it hits everybody."""
        scope = self._place(scope)
        self._number += 1
        name = name or drawn("denial", scope, title, str(self._number))
        permission = {
            **_nothing(),
            "actions": list(actions),
            "notActions": list(not_actions),
            "dataActions": list(data_actions),
            "condition": None,
            "conditionVersion": None,
        }
        self.denials.put(
            Denial(
                scope,
                name,
                title,
                description,
                [permission],
                [self._target(oid) for oid in principals],
                [self._target(oid) for oid in excluded],
                only_at_scope,
                True,
                "2026-01-04T11:12:13.1415161Z",
                scope.lower(),
            )
        )
        self.version += 1
        return id_at(scope, "denyAssignments", name)

    def _target(self, oid: str) -> dict[str, str]:
        known = self.principals.get(oid.lower())
        kind = "SystemDefined" if oid == EVERYONE else known.kind if known else "User"
        return {"id": oid, "type": kind}

    # What the caller may see

    def forbid(self, scope: str, what: What = "all") -> None:
        """Keep the caller from reading something of a scope and of what is below it in its subscription.

        Azure answers 403 there; at management groups and the root its lists come out empty (azure-docs issue 66312).
        """
        self._rule(scope, what, False)

    def allow(self, scope: str, what: What = "all") -> None:
        """Let the caller read below what is forbidden: the deepest rule counts, and of equal ones the last."""
        self._rule(scope, what, True)

    def _rule(self, scope: str, what: What, allowed: bool) -> None:
        self.rules.append(Rule(folded(scope), "eligibilities" if what == "eligibility" else what, allowed))
        self.version += 1

    def may_read(self, scope: str, what: str) -> bool:
        """Whether the caller may read something of a scope."""
        here = folded(scope)
        in_subscription = here.startswith("/subscriptions/")
        best, allowed = -1, True
        for rule in self.rules:
            hit = rule.scope == here or (in_subscription and rule.scope != "/" and here.startswith(rule.scope + "/"))
            if hit and rule.what in (what, "all") and len(rule.scope) >= best:
                best, allowed = len(rule.scope), rule.allowed
        return allowed

    def may_see(self, kind: str) -> str:
        """What the caller may see of a kind of principal: all, basic or none."""
        permission = self.graph_permission
        return permission if isinstance(permission, str) else permission.get(kind, "all")


def _nothing() -> dict[str, Any]:
    return {"actions": [], "notActions": [], "dataActions": [], "notDataActions": []}
