"""A project with its names resolved: environments, the people and identities behind each hat, and moved duties."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from collections.abc import Mapping as AbstractMapping
from datetime import date
from itertools import combinations

from msgspec import Struct

from rbacgen import rules
from rbacgen.document import Mapping as MappingNode
from rbacgen.document import Node, Sequence, key_place, place
from rbacgen.lock import MEMBER_KINDS, TYPES, Lock, Named, quoted
from rbacgen.mapping import Mapping, with_moved
from rbacgen.membership import Membership
from rbacgen.model import Plane, Principal, PrincipalType, Verdict
from rbacgen.problems import Position, Problem
from rbacgen.project_file import AccessTestShape, Binding, Member, ProjectShape, TerraformReference
from rbacgen.shape import Reading, near_miss, read

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


class Wearer(Struct, frozen=True):
    """A principal that wears a hat, in some environments (all if none is named), possibly until a day."""

    principal: Principal
    environments: tuple[str, ...]
    ends: date | None
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


class Asked(Struct, frozen=True):
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

    `named` is everybody in the team by the name that stands there, whether their object id is known or not; who is known
    to Terraform only is not in it.
    """

    name: str
    mapping: Mapping
    environments: tuple[Environment, ...]
    team: AbstractMapping[str, tuple[Wearer, ...]]
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
    tests: tuple[Asked, ...] = ()
    membership: Membership = Membership()

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


def asked(shapes: Iterable[AccessTestShape], reading: Reading) -> tuple[Asked, ...]:
    """Access tests as they stand in a file, each with its place."""
    return tuple(
        Asked(
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
    return _Builder(root, mapping, lock).project()


class _Builder:
    def __init__(self, root: Node, mapping: Mapping, lock: Lock) -> None:
        self.root = root
        self.mapping = mapping
        self.lock = lock
        self.reading = Reading()
        self.shape = read(root, ProjectShape, self.reading)
        self.by_id: dict[str, Wearer] = {}
        self.by_name: dict[tuple[PrincipalType, str], Wearer] = {}
        self.named: list[Named] = []

    def refuse(self, rule: str, at: Position, message: str) -> None:
        self.reading.problems.append(rules.problem(rule, at, message))

    def is_broken(self, *path: str | int) -> bool:
        return tuple(path) in self.reading.broken

    def project(self) -> tuple[Project, tuple[Problem, ...]]:
        shape = self.shape
        environments = tuple(self.environment(name) for name in shape.environments)
        team = self.team()
        mapping = self.moved(team)
        self.apart(team)
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
            tests=asked(shape.tests, self.reading),
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
            hint = near_miss(stands_for, known) or f" (the mapping has {', '.join(known)})"
            cure = "" if shape.stands_for else "; say which one it stands for with `as:`"
            self.refuse("unknown-environment", where, f"the mapping has no environment `{stands_for}`{hint}{cure}")
        kinds = self.mapping.scope_kinds
        binding_at: dict[str, Position] = {}
        for kind in shape.scopes:
            binding_at[kind] = place(self.root, *path, "scopes", kind)
            if kind not in kinds and kinds:
                where = key_place(self.root, *path, "scopes", kind)
                self.refuse(
                    "unknown-scope-kind", where, f"the mapping has no scope kind `{kind}`{near_miss(kind, kinds)}"
                )
        for kind in shape.without:
            absent_at = place(self.root, *path, "without", kind)
            if kind not in kinds and kinds:
                hint = near_miss(kind, kinds)
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

    def team(self) -> dict[str, tuple[Wearer, ...]]:
        team: dict[str, tuple[Wearer, ...]] = {}
        for role_id, members in self.shape.team.items():
            if role_id not in self.mapping.roles and self.mapping.roles:
                hint = near_miss(role_id, self.mapping.roles)
                at = key_place(self.root, "team", role_id)
                self.refuse("unknown-project-role", at, f"the mapping has no project role `{role_id}`{hint}")
            wearers = [self.wearer(role_id, member) for member in members]
            team[role_id] = tuple(each for each in wearers if each is not None)
        return team

    def wearer(self, role_id: str, member: Member) -> Wearer | None:
        node = self.reading.node(member)
        given = [(kind, name) for kind in MEMBER_KINDS if (name := getattr(member, kind)) is not None]
        if len(given) != 1:
            found = "none of them" if not given else " and ".join(f"`{kind}`" for kind, _ in given)
            listed = ", ".join(MEMBER_KINDS[:-1]) + f" and {MEMBER_KINDS[-1]}"
            self.refuse("member-kind", node.at, f"expected exactly one of {listed}, found {found}")
            return None
        for name in member.environments:
            if name not in self.shape.environments and not self.is_broken("environments"):
                at = place(node, "in", name)
                known = self.shape.environments
                hint = near_miss(name, known) or f" (it has {', '.join(known)})"
                self.refuse("unknown-environment", at, f"the project has no environment `{name}`{hint}")
        principal = self.principal(*given[0], member, node)
        if principal is None:
            return None
        wearer = Wearer(principal, member.environments, member.ends, node.at)
        self.check_worn(role_id, wearer, node)
        return wearer

    def principal(self, kind: str, written: str, member: Member, node: Node) -> Principal | None:
        name = unicodedata.normalize("NFC", written.strip())
        if isinstance(member.id, TerraformReference):
            return Principal(member.id.terraform, TYPES[kind], name, reference=True)
        self.named.append(Named(kind, name, (member.id or "").lower(), place(node, kind)))
        locked = self.lock.object_id(kind, name)
        if member.id is None and not locked:
            ask = _ASK[kind].format(name=quoted(name))
            message = (
                f"{self.lock.file} has no object id for the {kind.replace('_', ' ')} `{name}`: "
                f"run `rbacgen lock`, or write `id: <object id>` here ({ask})"
            )
            self.refuse("unknown-principal", place(node, kind), message)
            return None
        object_id = (member.id or locked).lower()
        if member.id is not None and locked and locked != object_id:
            message = f"`{name}` has the id {object_id} here and {locked} in {self.lock.file}: which one is right?"
            self.refuse("two-names", place(node, "id"), message)
        principal = Principal(object_id, TYPES[kind], name)
        by_id = self.by_id.get(object_id)
        by_name = self.by_name.get((principal.type, name.casefold()))
        if by_id is not None and by_id is not by_name:
            message = f"`{name}` has the object id of `{by_id.principal.name}` ({by_id.at})"
            self.refuse("two-names", place(node, kind), message)
            return by_id.principal
        if by_name is not None and by_name.principal.id != object_id:
            self.refuse("two-names", place(node, "id"), f"`{name}` has another object id at {by_name.at}")
            return by_name.principal
        return principal

    def check_worn(self, role_id: str, wearer: Wearer, node: Node) -> None:
        principal = wearer.principal
        self.by_id.setdefault(principal.id, wearer)
        self.by_name.setdefault((principal.type, principal.name.casefold()), self.by_id[principal.id])
        role = self.mapping.roles.get(role_id)
        if role is None:
            return
        is_identity = wearer.principal.type is PrincipalType.SERVICE_PRINCIPAL
        if role.is_workload and not is_identity:
            message = f"{role.title} is a workload identity, and `{wearer.principal.name}` is a {wearer.principal.type.lower()}"
            self.refuse("wrong-holder", node.at, message)
        elif is_identity and not role.is_workload:
            self.refuse(
                "wrong-holder",
                node.at,
                f"`{wearer.principal.name}` is an identity, and people wear the hat {role.title}",
            )

    def moved(self, team: AbstractMapping[str, tuple[Wearer, ...]]) -> Mapping:
        moves: list[tuple[str, str, str]] = []
        roles = self.mapping.roles
        for move in self.shape.moved:
            node = self.reading.node(move)
            for name, key in ((move.source, "from"), (move.target, "to")):
                if name not in roles and roles:
                    at = place(node, key)
                    self.refuse(
                        "unknown-project-role", at, f"the mapping has no project role `{name}`{near_miss(name, roles)}"
                    )
            if move.source not in roles or move.target not in roles:
                continue
            at = place(node, "responsibility")
            everyone = {each.id: role.id for role in roles.values() for each in role.responsibilities}
            if move.responsibility not in everyone:
                hint = near_miss(move.responsibility, everyone)
                self.refuse(
                    "unknown-responsibility", at, f"the mapping has no responsibility `{move.responsibility}`{hint}"
                )
            elif everyone[move.responsibility] != move.source:
                holder = everyone[move.responsibility]
                self.refuse(
                    "moved-nowhere", at, f"`{move.responsibility}` belongs to `{holder}`, not to `{move.source}`"
                )
            elif move.source == move.target:
                self.refuse("moved-nowhere", at, f"`{move.responsibility}` belongs to `{move.target}` already")
            elif any(move.responsibility == done[0] for done in moves):
                self.refuse("moved-nowhere", at, f"`{move.responsibility}` is moved above already: keep one of the two")
            else:
                moves.append((move.responsibility, move.source, move.target))
        return with_moved(self.mapping, moves)

    def apart(self, team: AbstractMapping[str, tuple[Wearer, ...]]) -> None:
        given = self.root.items.get("apart") if isinstance(self.root, MappingNode) else None
        places = range(len(given.items) if isinstance(given, Sequence) else 0)
        readable = [index for index in places if not self.is_broken("apart", index)]
        for index, pair in zip(readable, self.shape.apart, strict=True):
            for name in pair:
                if name not in self.mapping.roles and self.mapping.roles:
                    at = place(self.root, "apart", index, name)
                    hint = near_miss(name, self.mapping.roles)
                    self.refuse("unknown-project-role", at, f"the mapping has no project role `{name}`{hint}")
            for one, other in combinations(pair, 2):
                first = {wearer.principal.id: wearer for wearer in team.get(one, ())}
                for wearer in team.get(other, ()):
                    if wearer.principal.id in first:
                        message = (
                            f"`{wearer.principal.name}` is {other} here and {one} at {first[wearer.principal.id].at}"
                        )
                        self.refuse("apart", wearer.at, f"{message}, which the project keeps apart")

    def check_small_parts(self) -> None:
        if self.lock.tenant and self.shape.tenant and self.lock.tenant != self.shape.tenant.lower():
            message = f"{self.lock.file} was made for the tenant {self.lock.tenant}: run `rbacgen lock` again"
            self.refuse("wrong-value", place(self.root, "tenant"), message)
        for name in self.shape.existing_roles:
            if name not in self.mapping.custom_roles:
                at = key_place(self.root, "existing_roles", name)
                hint = near_miss(name, self.mapping.custom_roles)
                self.refuse("unknown-azure-role", at, f"the mapping has no custom role `{name}`{hint}")
        for name in self.shape.checks_off:
            rule = rules.RULES.get(name)
            at = key_place(self.root, "checks_off", name)
            optional = [each.id for each in rules.RULES.values() if each.optional]
            if rule is None:
                self.refuse(
                    "unknown-check", at, f"no check `{name}`{near_miss(name, optional)}; see `rbacgen check --rules`"
                )
            elif not rule.optional:
                self.refuse(
                    "unknown-check", at, f"`{name}` cannot be switched off: without it the result would be wrong"
                )
        for ignored in self.shape.ignore:
            if not any((ignored.principal, ignored.azure_role, ignored.scope, ignored.at)):
                message = "give at least one of `principal`, `azure_role`, `scope` and `at` to ignore by"
                self.refuse("missing-key", self.reading.node(ignored).at, message)
