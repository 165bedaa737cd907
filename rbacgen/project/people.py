"""The people, identities and groups that a project file names: each with its object id, in the team and in groups."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping as AbstractMapping

from msgspec import Struct

from rbacgen.model.assignment import Principal, PrincipalType
from rbacgen.model.near_names import did_you_mean
from rbacgen.model.problems import Position
from rbacgen.model.wording import joined
from rbacgen.project.document import Node, key_place, place
from rbacgen.project.lock import MEMBER_KINDS, TYPES, Named, quoted
from rbacgen.project.mapping import Mapping
from rbacgen.project.project import Group, TeamMember
from rbacgen.project.project_file import GroupMemberShape, GroupShape, MemberShape, TerraformReference
from rbacgen.project.project_reading import ProjectReading

_ASK = {
    "group": "az ad group show --group {name} --query id",
    "user": "az ad user show --id {name} --query id",
    "service_principal": "az ad sp list --display-name {name} --query [].id",
    "managed_identity": "az identity show --name {name} --resource-group … --query principalId",
}


class KnownPrincipal(Struct, frozen=True):
    """A principal, and where the file first names it."""

    principal: Principal
    at: Position


class People:
    """Everybody whom a project file names, distinguished by name and by object id."""

    def __init__(self, file: ProjectReading, mapping: Mapping) -> None:
        self.file = file
        self.mapping = mapping
        self.by_id: dict[str, KnownPrincipal] = {}
        self.by_name: dict[tuple[PrincipalType, str], KnownPrincipal] = {}
        self.by_kind: dict[tuple[str, str], Principal] = {}
        self.named: list[Named] = []
        self.unresolved: dict[str, list[tuple[str, ...]]] = {}
        self.grouped: dict[int, Principal] = {}  # by the shape that names them, which the reading keeps

    def team(self) -> dict[str, tuple[TeamMember, ...]]:
        """The members of each project role, by its id; those whose object id is not known are in `unresolved`."""
        team: dict[str, tuple[TeamMember, ...]] = {}
        for role_id, members in self.file.shape.team.items():
            if role_id not in self.mapping.roles and self.mapping.roles:
                hint = did_you_mean(role_id, self.mapping.roles)
                at = key_place(self.file.root, "team", role_id)
                self.file.refuse("unknown-project-role", at, f"the mapping has no project role `{role_id}`{hint}")
            team_members = [self.team_member(role_id, member) for member in members]
            team[role_id] = tuple(each for each in team_members if each is not None)
        return team

    def team_member(self, role_id: str, member: MemberShape) -> TeamMember | None:
        """One entry of the team; None where it is not known who it is, which is noted."""
        node = self.file.reading.node(member)
        given = self.only_kind(member)
        if given is None:
            return None
        for name in member.environments:
            if name not in self.file.shape.environments and not self.file.is_broken("environments"):
                at = place(node, "in", name)
                known = self.file.shape.environments
                hint = did_you_mean(name, known) or f" (it has {', '.join(known)})"
                self.file.refuse("unknown-environment", at, f"the project has no environment `{name}`{hint}")
        principal = self.principal(*given, member.id, place(node, given[0]), place(node, "id"))
        if principal is None:
            self.unresolved.setdefault(role_id, []).append(member.environments)
            return None
        team_member = TeamMember(principal, member.environments, member.ends, node.at)
        self.know(given[0], principal, node.at)
        self.check_assigned(role_id, team_member, node)
        return team_member

    def groups(self) -> tuple[Group, ...]:
        """The groups of the file with their members.

        An id is written once, anywhere: entries with an id are read before the names that have none.
        """
        keyed: dict[str, tuple[str, GroupShape]] = {}
        for name, shape in self.file.shape.groups.items():
            known = keyed.setdefault(_folded(name), (name, shape))
            if known[0] != name:
                at = key_place(self.file.root, "groups", name)
                self.file.refuse(
                    "duplicate-key", at, f"`{name}` is here as `{known[0]}` too: names do not differ by case"
                )
        shapes = [shape for _, shape in keyed.values()]
        for has_id in (True, False):
            for name, shape in keyed.values():
                if (shape.id is not None) is has_id and not self.file.is_broken("groups", name, "id"):
                    self.in_groups("group", name, shape)
            for member in (member for shape in shapes for member in shape.members):
                given = self.only_kind(member) if (member.id is not None) is has_id else None
                if given is not None:
                    self.in_groups(*given, member)
        return tuple(
            Group(
                self.grouped[id(shape)],
                tuple(self.grouped[id(each)] for each in shape.members if id(each) in self.grouped),
                key_place(self.file.root, "groups", name),
            )
            for name, shape in keyed.values()
            if id(shape) in self.grouped
        )

    def in_groups(self, kind: str, name: str, shape: GroupShape | GroupMemberShape) -> None:
        """Notes who a name in `groups` is: without an id of their own, the one whom the file has by this name elsewhere."""
        node = self.file.reading.node(shape)
        is_key = isinstance(shape, GroupShape)
        at = key_place(self.file.root, "groups", name) if is_key else place(node, kind)
        known = self.by_kind.get((kind, _folded(name)))
        if shape.id is None and known is not None:
            self.grouped[id(shape)] = known
            return
        principal = self.principal(kind, name, shape.id, at, place(node, "id"))
        if principal is not None:
            self.know(kind, principal, at if is_key else node.at)
            self.grouped[id(shape)] = principal

    def only_kind(self, member: MemberShape | GroupMemberShape) -> tuple[str, str] | None:
        """The one kind that an entry has, and the name."""
        node = self.file.reading.node(member)
        given = [(kind, name) for kind in MEMBER_KINDS if (name := getattr(member, kind)) is not None]
        if len(given) == 1:
            return given[0]
        found = "none of them" if not given else joined(f"`{kind}`" for kind, _ in given)
        listed = ", ".join(MEMBER_KINDS[:-1]) + f" and {MEMBER_KINDS[-1]}"
        self.file.refuse("member-kind", node.at, f"expected exactly one of {listed}, found {found}")
        return None

    def principal(
        self, kind: str, written: str, given: str | TerraformReference | None, at: Position, id_at: Position
    ) -> Principal | None:
        """Somebody of this name: with the id that is given, or the one of the lock; `at` is the name's place."""
        name = unicodedata.normalize("NFC", written.strip())
        if isinstance(given, TerraformReference):
            known = self.by_name.get((TYPES[kind], _folded(name)))
            if known is not None and known.principal.id != given.terraform:
                self.file.refuse("two-names", id_at, f"`{name}` has another object id at {known.at.short}")
                return known.principal
            return Principal(given.terraform, TYPES[kind], name, reference=True)
        self.named.append(Named(kind, name, (given or "").lower(), at))
        locked = self.file.lock.object_id(kind, name)
        if given is None and not locked:
            ask = _ASK[kind].format(name=quoted(name))
            message = (
                f"{self.file.lock.file} has no object id for the {kind.replace('_', ' ')} `{name}`: "
                f"run `rbacgen lock`, or write `id: <object id>` here ({ask})"
            )
            self.file.refuse("unknown-principal", at, message)
            return None
        object_id = (given or locked).lower()
        if given is not None and locked and locked != object_id:
            message = f"`{name}` has the id {object_id} here and {locked} in {self.file.lock.file}: which one is right?"
            self.file.refuse("two-names", id_at, message)
        principal = Principal(object_id, TYPES[kind], name)
        by_id = self.by_id.get(object_id)
        by_name = self.by_name.get((principal.type, name.casefold()))
        if by_id is not None and by_id is not by_name:
            message = f"`{name}` has the object id of `{by_id.principal.name}` ({by_id.at.short})"
            self.file.refuse("two-names", at, message)
            return by_id.principal
        if by_name is not None and by_name.principal.id != object_id:
            self.file.refuse("two-names", id_at, f"`{name}` has another object id at {by_name.at.short}")
            return by_name.principal
        return principal

    def know(self, kind: str, principal: Principal, at: Position) -> None:
        """Remembers who has an id and a name, so that no other principal gets either."""
        self.by_kind.setdefault((kind, principal.name.casefold()), principal)
        self.by_id.setdefault(principal.id, KnownPrincipal(principal, at))
        self.by_name.setdefault((principal.type, principal.name.casefold()), self.by_id[principal.id])

    def check_assigned(self, role_id: str, team_member: TeamMember, node: Node) -> None:
        """Notes where an identity has a role for people, or a person one for workloads."""
        role = self.mapping.roles.get(role_id)
        if role is None:
            return
        is_identity = team_member.principal.type is PrincipalType.SERVICE_PRINCIPAL
        if role.is_workload and not is_identity:
            message = f"{role.title} is a workload identity, and `{team_member.principal.name}` is a {team_member.principal.type.lower()}"
            self.file.refuse("wrong-principal", node.at, message)
        elif is_identity and not role.is_workload:
            self.file.refuse(
                "wrong-principal",
                node.at,
                f"`{team_member.principal.name}` is an identity, and {role.title} is a project role for people",
            )


def refuse_circles(file: ProjectReading) -> None:
    """Names a circle of groups that lie in each other at its first group in the file, and no group twice."""
    names = {_folded(name): name for name in file.shape.groups}
    inside = {
        _folded(name): [_folded(each.group) for each in shape.members if each.group is not None]
        for name, shape in file.shape.groups.items()
    }
    reported: set[str] = set()
    for start in inside:
        if start not in reported and (circle := _circle(start, inside)):
            reported.update(circle)
            path = " in ".join(f"`{names[each]}`" for each in (*reversed(circle), start))
            at = key_place(file.root, "groups", names[start])
            file.refuse("group-cycle", at, f"`{names[start]}` lies in itself: {path}")


def _folded(name: str) -> str:
    """A name as the directory compares it."""
    return unicodedata.normalize("NFC", name.strip()).casefold()


def _circle(start: str, inside: AbstractMapping[str, list[str]]) -> tuple[str, ...]:
    """A shortest path from a group through the groups in it back to itself, without the start; empty where there is none."""
    paths: dict[str, tuple[str, ...]] = {}
    waiting: list[tuple[str, tuple[str, ...]]] = [(start, ())]
    for group, path in waiting:  # grows while it is walked
        for each in inside.get(group, ()):
            if each not in paths and each in inside:
                paths[each] = (*path, each)
                waiting.append((each, paths[each]))
    return paths.get(start, ())
