"""A project with its names resolved: environments, the people and identities behind each hat, and moved duties."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from collections.abc import Mapping as AbstractMapping
from datetime import date

from msgspec import Struct

from rbacgen.authorization import groups as membership
from rbacgen.authorization.groups import Membership
from rbacgen.model import rules
from rbacgen.model.assignment import Plane, Principal, PrincipalType, Verdict
from rbacgen.model.problems import Position, Problem
from rbacgen.model.wording import joined
from rbacgen.project.decode import Reading, did_you_mean, read
from rbacgen.project.document import MappingNode as MappingNode
from rbacgen.project.document import Node, Sequence, key_place, place
from rbacgen.project.lock import MEMBER_KINDS, TYPES, Lock, Named, quoted
from rbacgen.project.mapping import Mapping, with_moved
from rbacgen.project.project_file import (
    AccessTestShape,
    Binding,
    GroupMemberShape,
    GroupShape,
    MemberShape,
    ProjectShape,
    TerraformReference,
)

_ASK = {
    "group": "az ad group show --group {name} --query id",
    "user": "az ad user show --id {name} --query id",
    "service_principal": "az ad sp list --display-name {name} --query [].id",
    "managed_identity": "az identity show --name {name} --resource-group … --query principalId",
}


class Environment(Struct, frozen=True):
    """One environment of the project. `stands_for` is the environment of the mapping whose grants it takes."""

    name: str
    stands_for: str
    subscription: str
    bindings: AbstractMapping[str, str | Binding]
    without: tuple[str, ...]
    at: Position
    binding_at: AbstractMapping[str, Position]
    is_whole: bool = True


class TeamMember(Struct, frozen=True):
    """A principal that wears a hat, in some environments (all if none is named), possibly until a day."""

    principal: Principal
    environments: tuple[str, ...]
    ends: date | None
    at: Position


class Group(Struct, frozen=True):
    """A group of the directory with its direct members, as the project file writes them."""

    principal: Principal
    members: tuple[Principal, ...]
    at: Position


class Apart(Struct, frozen=True):
    """Project roles of which nobody may wear two."""

    roles: tuple[str, ...]
    at: Position


class Ignored(Struct, frozen=True):
    """A rule for live assignments that are someone else's; what is empty fits everything.

    `principal` is an object id, `scope` fits with what is below it, `at_scope` by itself, `until` what ends by that day.
    """

    reason: str
    principal: str
    azure_role: str
    scope: str
    at_scope: str
    activation: str
    condition: str
    until: date | None
    at: Position


class TeamTest(Struct, frozen=True):
    """An access test as a team wrote it, its names not yet looked up; `plane` is None where the operation is to tell."""

    who: str
    do: str
    on: str
    environments: tuple[str, ...]
    plane: Plane | None
    expect: tuple[Verdict, ...]
    because: str
    at: Position


class Project(Struct, frozen=True):
    """A project as its file says, with the mapping as this team splits the work.

    `named` is everybody in the team and in groups by the name that stands there, whether their object id is known or not; who
    is known to Terraform only is not in it. `unresolved` has, by project role, the environments of those whose object id nobody
    knows yet: what they take has to be bound all the same. `membership` says who is in which group, by the file and the lock.
    """

    name: str
    mapping: Mapping
    environments: tuple[Environment, ...]
    team: AbstractMapping[str, tuple[TeamMember, ...]]
    tenant: str
    cloud: str
    ends: date | None
    pim: bool
    pim_eligible_days: int
    azurerm: int
    existing_roles: AbstractMapping[str, str]
    ignore: tuple[Ignored, ...]
    checks_off: AbstractMapping[str, str]
    lock: Lock
    file: str
    places: AbstractMapping[str, Position]
    named: tuple[Named, ...] = ()
    unresolved: AbstractMapping[str, tuple[tuple[str, ...], ...]] = {}
    tests: tuple[TeamTest, ...] = ()
    groups: tuple[Group, ...] = ()
    membership: Membership = Membership()
    apart: tuple[Apart, ...] = ()

    def place(self, key: str) -> Position:
        """The place of a top-level key of the project file, or of the file where it has none."""
        return self.places.get(key, Position(self.file, 1, 1))


def mapping_names(root: Node) -> tuple[tuple[str, Position], ...]:
    """The mappings that a project file names, in order, each with its place; nothing where it names none."""
    value = root.items.get("mapping") if isinstance(root, MappingNode) else None
    if value is None:
        return ()
    items = getattr(value, "items", (value,))
    nodes = items if isinstance(items, tuple) else ()
    return tuple((each.text, each.at) for each in nodes if hasattr(each, "text") and each.text)


def asked(shapes: Iterable[AccessTestShape], reading: Reading) -> tuple[TeamTest, ...]:
    """Access tests as they stand in a file, each with its place."""
    return tuple(
        TeamTest(
            who=each.who,
            do=each.do,
            on=each.on,
            environments=each.environments,
            plane=Plane(each.plane) if each.plane is not None else None,
            expect=tuple(Verdict(word) for word in ((each.expect,) if isinstance(each.expect, str) else each.expect)),
            because=each.because,
            at=reading.node(each).at,
        )
        for each in shapes
    )


def build(root: Node, mapping: Mapping, lock: Lock) -> tuple[Project, tuple[Problem, ...]]:
    """The project in this file, and everything that is wrong with it; readable parts come out either way."""
    return _ProjectBuilder(root, mapping, lock).project()


class _Known(Struct, frozen=True):
    """A principal, and where it first stands."""

    principal: Principal
    at: Position


class _ProjectBuilder:
    def __init__(self, root: Node, mapping: Mapping, lock: Lock) -> None:
        self.root = root
        self.mapping = mapping
        self.lock = lock
        self.reading = Reading()
        self.shape = read(root, ProjectShape, self.reading)
        self.by_id: dict[str, _Known] = {}
        self.by_name: dict[tuple[PrincipalType, str], _Known] = {}
        self.by_kind: dict[tuple[str, str], Principal] = {}
        self.named: list[Named] = []
        self.unresolved: dict[str, list[tuple[str, ...]]] = {}
        self.grouped: dict[int, Principal] = {}  # by the shape that names them, which the reading keeps

    def refuse(self, rule: str, at: Position, message: str) -> None:
        self.reading.problems.append(rules.problem(rule, at, message))

    def is_broken(self, *path: str | int) -> bool:
        return tuple(path) in self.reading.broken

    def project(self) -> tuple[Project, tuple[Problem, ...]]:
        shape = self.shape
        environments = tuple(self.environment(name) for name in shape.environments)
        team = self.team()
        groups = self.groups()
        self.refuse_circles()
        mapping = self.moved(team)
        apart = self.apart()
        self.check_small_parts()
        places = self.root.keys if isinstance(self.root, MappingNode) else {}
        project = Project(
            name=shape.project,
            mapping=mapping,
            environments=environments,
            team=team,
            tenant=(shape.tenant or "").lower(),
            cloud=shape.cloud,
            ends=shape.ends,
            pim=shape.pim,
            pim_eligible_days=shape.pim_eligible_days,
            azurerm=shape.azurerm,
            existing_roles={name: guid.lower() for name, guid in shape.existing_roles.items()},
            ignore=tuple(
                Ignored(
                    reason=each.reason,
                    principal=(each.principal or "").lower(),
                    azure_role=each.azure_role or "",
                    scope=each.scope or "",
                    at_scope=each.at or "",
                    activation=each.activation or "",
                    condition=each.condition or "",
                    until=each.until,
                    at=self.reading.node(each).at,
                )
                for each in shape.ignore
            ),
            checks_off=shape.checks_off,
            lock=self.lock,
            file=self.root.at.file,
            places=places,
            named=tuple(self.named),
            unresolved={role: tuple(each) for role, each in self.unresolved.items()},
            tests=asked(shape.tests, self.reading),
            groups=groups,
            membership=membership.build(
                {each.principal.id: each.members for each in groups},
                self.lock.members,
                [
                    *(Principal(group, PrincipalType.GROUP, name) for group, name in self.lock.group_names.items()),
                    *(known.principal for known in self.by_id.values()),
                ],
            ),
            apart=apart,
        )
        return project, tuple(self.reading.problems)

    def environment(self, name: str) -> Environment:
        shape = self.shape.environments[name]
        path = ("environments", name)
        at = key_place(self.root, *path)
        stands_for = shape.stands_for or name
        known = self.mapping.environments
        if stands_for not in known and known and not self.is_broken(*path, "as"):
            where = place(self.root, *path, "as") if shape.stands_for else at
            hint = did_you_mean(stands_for, known) or f" (the mapping has {', '.join(known)})"
            remedy = "" if shape.stands_for else "; say which one it stands for with `as:`"
            self.refuse("unknown-environment", where, f"the mapping has no environment `{stands_for}`{hint}{remedy}")
        kinds = self.mapping.scope_kinds
        binding_at: dict[str, Position] = {}
        for kind in shape.scopes:
            binding_at[kind] = place(self.root, *path, "scopes", kind)
            if kind not in kinds and kinds:
                where = key_place(self.root, *path, "scopes", kind)
                self.refuse(
                    "unknown-scope-kind", where, f"the mapping has no scope kind `{kind}`{did_you_mean(kind, kinds)}"
                )
        for kind in shape.without:
            absent_at = place(self.root, *path, "without", kind)
            if kind not in kinds and kinds:
                hint = did_you_mean(kind, kinds)
                self.refuse("unknown-scope-kind", absent_at, f"the mapping has no scope kind `{kind}`{hint}")
            elif kind in shape.scopes:
                self.refuse("wrong-binding", absent_at, f"`{kind}` is bound in `{name}` and said to be absent")
        broken = any(each[:2] == path and len(each) > 2 for each in self.reading.broken)
        broken = broken or any(kind not in kinds for kind in shape.scopes)
        return Environment(
            name=name,
            stands_for=stands_for,
            subscription=shape.subscription.lower(),
            bindings=shape.scopes,
            without=shape.without,
            at=at,
            binding_at=binding_at,
            is_whole=not broken,
        )

    def team(self) -> dict[str, tuple[TeamMember, ...]]:
        team: dict[str, tuple[TeamMember, ...]] = {}
        for role_id, members in self.shape.team.items():
            if role_id not in self.mapping.roles and self.mapping.roles:
                hint = did_you_mean(role_id, self.mapping.roles)
                at = key_place(self.root, "team", role_id)
                self.refuse("unknown-project-role", at, f"the mapping has no project role `{role_id}`{hint}")
            team_members = [self.team_member(role_id, member) for member in members]
            team[role_id] = tuple(each for each in team_members if each is not None)
        return team

    def groups(self) -> tuple[Group, ...]:
        """The groups of the file with their members.

        An id stands where its writer put it, once: those that are given are read before the names that have none.
        """
        keyed: dict[str, tuple[str, GroupShape]] = {}
        for name, shape in self.shape.groups.items():
            known = keyed.setdefault(_folded(name), (name, shape))
            if known[0] != name:
                at = key_place(self.root, "groups", name)
                self.refuse("duplicate-key", at, f"`{name}` stands here as `{known[0]}` too: case means nothing in it")
        shapes = [shape for _, shape in keyed.values()]
        for has_id in (True, False):
            for name, shape in keyed.values():
                if (shape.id is not None) is has_id and not self.is_broken("groups", name, "id"):
                    self.in_groups("group", name, shape)
            for member in (member for shape in shapes for member in shape.members):
                given = self.only_kind(member) if (member.id is not None) is has_id else None
                if given is not None:
                    self.in_groups(*given, member)
        return tuple(
            Group(
                self.grouped[id(shape)],
                tuple(self.grouped[id(each)] for each in shape.members if id(each) in self.grouped),
                key_place(self.root, "groups", name),
            )
            for name, shape in keyed.values()
            if id(shape) in self.grouped
        )

    def in_groups(self, kind: str, name: str, shape: GroupShape | GroupMemberShape) -> None:
        """Notes who a name in `groups` is: without an id of their own, the one whom the file has by this name elsewhere."""
        node = self.reading.node(shape)
        is_key = isinstance(shape, GroupShape)
        at = key_place(self.root, "groups", name) if is_key else place(node, kind)
        known = self.by_kind.get((kind, _folded(name)))
        if shape.id is None and known is not None:
            self.grouped[id(shape)] = known
            return
        principal = self.principal(kind, name, shape.id, at, place(node, "id"))
        if principal is not None:
            self.know(kind, principal, at if is_key else node.at)
            self.grouped[id(shape)] = principal

    def refuse_circles(self) -> None:
        """Names a circle of groups that lie in each other at its first group in the file, and no group twice."""
        names = {_folded(name): name for name in self.shape.groups}
        inside = {
            _folded(name): [_folded(each.group) for each in shape.members if each.group is not None]
            for name, shape in self.shape.groups.items()
        }
        said: set[str] = set()
        for start in inside:
            if start not in said and (circle := _circle(start, inside)):
                said.update(circle)
                permit = " in ".join(f"`{names[each]}`" for each in (*reversed(circle), start))
                at = key_place(self.root, "groups", names[start])
                self.refuse("group-cycle", at, f"`{names[start]}` lies in itself: {permit}")

    def only_kind(self, member: MemberShape | GroupMemberShape) -> tuple[str, str] | None:
        """The one kind that an entry has, and the name."""
        node = self.reading.node(member)
        given = [(kind, name) for kind in MEMBER_KINDS if (name := getattr(member, kind)) is not None]
        if len(given) == 1:
            return given[0]
        found = "none of them" if not given else " and ".join(f"`{kind}`" for kind, _ in given)
        self.refuse("member-kind", node.at, f"expected exactly one of {joined(MEMBER_KINDS)}, found {found}")
        return None

    def team_member(self, role_id: str, member: MemberShape) -> TeamMember | None:
        node = self.reading.node(member)
        given = self.only_kind(member)
        if given is None:
            return None
        for name in member.environments:
            if name not in self.shape.environments and not self.is_broken("environments"):
                at = place(node, "in", name)
                known = self.shape.environments
                hint = did_you_mean(name, known) or f" (it has {', '.join(known)})"
                self.refuse("unknown-environment", at, f"the project has no environment `{name}`{hint}")
        principal = self.principal(*given, member.id, place(node, given[0]), place(node, "id"))
        if principal is None:
            self.unresolved.setdefault(role_id, []).append(member.environments)
            return None
        team_member = TeamMember(principal, member.environments, member.ends, node.at)
        self.know(given[0], principal, node.at)
        self.check_assigned(role_id, team_member, node)
        return team_member

    def principal(
        self, kind: str, written: str, given: str | TerraformReference | None, at: Position, id_at: Position
    ) -> Principal | None:
        """Somebody of this name: with the id that is given, or the one of the lock; `at` is the name's place."""
        name = unicodedata.normalize("NFC", written.strip())
        if isinstance(given, TerraformReference):
            known = self.by_name.get((TYPES[kind], _folded(name)))
            if known is not None and known.principal.id != given.terraform:
                self.refuse("two-names", id_at, f"`{name}` has another object id at {known.at.spoken}")
                return known.principal
            return Principal(given.terraform, TYPES[kind], name, reference=True)
        self.named.append(Named(kind, name, (given or "").lower(), at))
        locked = self.lock.object_id(kind, name)
        if given is None and not locked:
            ask = _ASK[kind].format(name=quoted(name))
            message = (
                f"{self.lock.file} has no object id for the {kind.replace('_', ' ')} `{name}`: "
                f"run `rbacgen lock`, or write `id: <object id>` here ({ask})"
            )
            self.refuse("unknown-principal", at, message)
            return None
        object_id = (given or locked).lower()
        if given is not None and locked and locked != object_id:
            message = f"`{name}` has the id {object_id} here and {locked} in {self.lock.file}: which one is right?"
            self.refuse("two-names", id_at, message)
        principal = Principal(object_id, TYPES[kind], name)
        by_id = self.by_id.get(object_id)
        by_name = self.by_name.get((principal.type, name.casefold()))
        if by_id is not None and by_id is not by_name:
            message = f"`{name}` has the object id of `{by_id.principal.name}` ({by_id.at.spoken})"
            self.refuse("two-names", at, message)
            return by_id.principal
        if by_name is not None and by_name.principal.id != object_id:
            self.refuse("two-names", id_at, f"`{name}` has another object id at {by_name.at.spoken}")
            return by_name.principal
        return principal

    def know(self, kind: str, principal: Principal, at: Position) -> None:
        """Remembers who has an id and a name, so that nobody else is given either."""
        self.by_kind.setdefault((kind, principal.name.casefold()), principal)
        self.by_id.setdefault(principal.id, _Known(principal, at))
        self.by_name.setdefault((principal.type, principal.name.casefold()), self.by_id[principal.id])

    def check_assigned(self, role_id: str, team_member: TeamMember, node: Node) -> None:
        role = self.mapping.roles.get(role_id)
        if role is None:
            return
        is_identity = team_member.principal.type is PrincipalType.SERVICE_PRINCIPAL
        if role.is_workload and not is_identity:
            message = f"{role.title} is a workload identity, and `{team_member.principal.name}` is a {team_member.principal.type.lower()}"
            self.refuse("wrong-principal", node.at, message)
        elif is_identity and not role.is_workload:
            self.refuse(
                "wrong-principal",
                node.at,
                f"`{team_member.principal.name}` is an identity, and people wear the hat {role.title}",
            )

    def moved(self, team: AbstractMapping[str, tuple[TeamMember, ...]]) -> Mapping:
        moves: list[tuple[str, str, str]] = []
        roles = self.mapping.roles
        for move in self.shape.moved:
            node = self.reading.node(move)
            for name, key in ((move.source, "from"), (move.target, "to")):
                if name not in roles and roles:
                    at = place(node, key)
                    self.refuse(
                        "unknown-project-role",
                        at,
                        f"the mapping has no project role `{name}`{did_you_mean(name, roles)}",
                    )
            if move.source not in roles or move.target not in roles:
                continue
            at = place(node, "responsibility")
            everyone = {each.id: role.id for role in roles.values() for each in role.responsibilities}
            if move.responsibility not in everyone:
                hint = did_you_mean(move.responsibility, everyone)
                self.refuse(
                    "unknown-responsibility", at, f"the mapping has no responsibility `{move.responsibility}`{hint}"
                )
            elif everyone[move.responsibility] != move.source:
                subject = everyone[move.responsibility]
                self.refuse(
                    "moved-nowhere", at, f"`{move.responsibility}` belongs to `{subject}`, not to `{move.source}`"
                )
            elif move.source == move.target:
                self.refuse("moved-nowhere", at, f"`{move.responsibility}` belongs to `{move.target}` already")
            elif any(move.responsibility == done[0] for done in moves):
                self.refuse("moved-nowhere", at, f"`{move.responsibility}` is moved above already: keep one of the two")
            else:
                moves.append((move.responsibility, move.source, move.target))
        return with_moved(self.mapping, moves)

    def apart(self) -> tuple[Apart, ...]:
        """The hats that are to be kept apart; who wears them is judged where it is known who is in which group."""
        apart: list[Apart] = []
        given = self.root.items.get("apart") if isinstance(self.root, MappingNode) else None
        places = range(len(given.items) if isinstance(given, Sequence) else 0)
        readable = [index for index in places if not self.is_broken("apart", index)]
        for index, pair in zip(readable, self.shape.apart, strict=True):
            for name in pair:
                if name not in self.mapping.roles and self.mapping.roles:
                    at = place(self.root, "apart", index, name)
                    hint = did_you_mean(name, self.mapping.roles)
                    self.refuse("unknown-project-role", at, f"the mapping has no project role `{name}`{hint}")
            apart.append(Apart(pair, place(self.root, "apart", index)))
        return tuple(apart)

    def check_small_parts(self) -> None:
        if self.lock.tenant and self.shape.tenant and self.lock.tenant != self.shape.tenant.lower():
            message = f"{self.lock.file} was made for the tenant {self.lock.tenant}: run `rbacgen lock` again"
            self.refuse("wrong-value", place(self.root, "tenant"), message)
        for name in self.shape.existing_roles:
            if name not in self.mapping.custom_roles:
                at = key_place(self.root, "existing_roles", name)
                hint = did_you_mean(name, self.mapping.custom_roles)
                self.refuse("unknown-azure-role", at, f"the mapping has no custom role `{name}`{hint}")
        for name in self.shape.checks_off:
            rule = rules.RULES.get(name)
            at = key_place(self.root, "checks_off", name)
            optional = [each.id for each in rules.RULES.values() if each.optional]
            if rule is None:
                self.refuse(
                    "unknown-check", at, f"no check `{name}`{did_you_mean(name, optional)}; see `rbacgen check --rules`"
                )
            elif not rule.optional:
                self.refuse(
                    "unknown-check", at, f"`{name}` cannot be switched off: without it the result would be wrong"
                )
        for ignored in self.shape.ignore:
            if not any((ignored.principal, ignored.azure_role, ignored.scope, ignored.at)):
                message = "give at least one of `principal`, `azure_role`, `scope` and `at` to ignore by"
                self.refuse("missing-key", self.reading.node(ignored).at, message)


def _folded(name: str) -> str:
    """A name as the directory compares it."""
    return unicodedata.normalize("NFC", name.strip()).casefold()


def _circle(start: str, inside: AbstractMapping[str, list[str]]) -> tuple[str, ...]:
    """A shortest way from a group through the groups in it back to itself, without the start; nothing where there is none."""
    permits: dict[str, tuple[str, ...]] = {}
    waiting: list[tuple[str, tuple[str, ...]]] = [(start, ())]
    for group, permit in waiting:  # grows while it is walked
        for each in inside.get(group, ()):
            if each not in permits and each in inside:
                permits[each] = (*permit, each)
                waiting.append((each, permits[each]))
    return permits.get(start, ())
