"""Who is in which group, through nested groups, as far as the project file and `rbacgen.lock` list the members."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct, field

from rbacgen.model.assignment import Principal, PrincipalType

Path = tuple[str, ...]
"""The groups on the way from a member up to a group, by id: the one that it is in first, that group last."""


class MemberKind(StrEnum):
    """What a member of a group is, in the words of the project file; the last two hold no access of Azure's."""

    GROUP = "group"
    USER = "user"
    SERVICE_PRINCIPAL = "service_principal"
    DEVICE = "device"
    OTHER = "other"


_TYPES = {
    MemberKind.GROUP: PrincipalType.GROUP,
    MemberKind.USER: PrincipalType.USER,
    MemberKind.SERVICE_PRINCIPAL: PrincipalType.SERVICE_PRINCIPAL,
    MemberKind.DEVICE: PrincipalType.DEVICE,
    MemberKind.OTHER: PrincipalType.UNKNOWN,
}


class DirectMember(Struct, frozen=True, order=True):
    """A direct member of a group in the directory: its kind, and its object id in lower case."""

    kind: MemberKind
    id: str


class Membership(Struct, frozen=True):
    """Who is in which group. Ids are Entra object ids in lower case, or Terraform references.

    `written` holds the direct members by group as the project file has them, `actual` as the lock has them from the directory;
    `lists` is both together. `principals` are all that occur in them, by id, with their name where the project has one.
    `known` are the groups whose members are all known, through nested groups too; every other group may have members that
    are not listed.
    """

    written: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    actual: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    above: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    principals: Mapping[str, Principal] = field(default_factory=dict)
    known: frozenset[str] = frozenset()

    def groups_of(self, principal_id: str) -> tuple[Path, ...]:
        """A shortest path to each group that a principal is known to be in, nearest first; the group itself ends its path."""
        found: dict[str, Path] = {}
        waiting: deque[tuple[str, Path]] = deque([(principal_id, ())])
        while waiting:
            below, path = waiting.popleft()
            for group in self.above.get(below, ()):
                if group not in found and group != principal_id:
                    found[group] = (*path, group)
                    waiting.append((group, found[group]))
        return tuple(sorted(found.values(), key=lambda path: (len(path), path)))

    def members_of(self, group_id: str) -> tuple[str, ...]:
        """All known members of a group, through nested groups, and the nested groups too; sorted, each once.

        They are all of them only where the group is `known`.
        """
        found: dict[str, None] = {}
        waiting = [group_id]
        while waiting:
            for member in self.lists.get(waiting.pop(), ()):
                if member not in found:
                    found[member] = None
                    waiting.append(member)
        found.pop(group_id, None)  # groups may be nested in a circle, and no group is its own member
        return tuple(sorted(found))

    def opaque_in(self, group_id: str) -> tuple[str, ...]:
        """The groups without a list of direct members, of this one and those in it; empty where it is `known`."""
        if group_id in self.known:
            return ()
        if group_id not in self.lists:
            return (group_id,)
        return tuple(each for each in self.members_of(group_id) if self.is_group(each) and each not in self.lists)

    def is_group(self, principal_id: str) -> bool:
        """Whether this is the id of a group."""
        principal = self.principals.get(principal_id)
        return principal_id in self.lists or (principal is not None and principal.type is PrincipalType.GROUP)

    def called(self, principal_id: str) -> str:
        """The name that the project has for a principal, or else the id."""
        principal = self.principals.get(principal_id)
        return principal_id if principal is None else principal.name or principal_id


class MembershipDifference(Struct, frozen=True):
    """Who is in a group by the project file alone, and who by the lock alone, by id and sorted."""

    group: str
    written_only: tuple[str, ...]
    actual_only: tuple[str, ...]


def build(
    written: Mapping[str, tuple[Principal, ...]],
    actual: Mapping[str, tuple[DirectMember, ...]],
    named: Iterable[Principal] = (),
) -> Membership:
    """The membership in what the project file writes and the lock holds, both by group id; `named` are known by name."""
    principals = {each.id: each for each in named}
    for members in written.values():
        principals |= {each.id: each for each in members}
    for of_directory in actual.values():
        for member in of_directory:
            if member.id not in principals:
                principals[member.id] = Principal(member.id, _TYPES[member.kind], "")
    in_file = {group: tuple(sorted({each.id for each in members})) for group, members in written.items()}
    in_lock = {group: tuple(sorted({each.id for each in members})) for group, members in actual.items()}
    lists = {
        group: tuple(sorted({*in_file.get(group, ()), *in_lock.get(group, ())}))
        for group in sorted({*in_file, *in_lock})
    }
    above: dict[str, list[str]] = {}
    for group, ids in lists.items():
        for each in ids:
            above.setdefault(each, []).append(group)
    found = Membership(in_file, in_lock, lists, {each: tuple(groups) for each, groups in above.items()}, principals)
    unknown: set[str] = set()
    waiting = [each for each in above if each not in lists and found.is_group(each)]
    for each in waiting:  # grows while it is walked
        higher = [group for group in above.get(each, ()) if group not in unknown]
        unknown.update(higher)
        waiting += higher
    return Membership(in_file, in_lock, lists, found.above, principals, frozenset(lists.keys() - unknown))


def differences(membership: Membership) -> tuple[MembershipDifference, ...]:
    """Where the project file and the lock disagree about a group, by group id.

    Lists that lead to the same people through other groups agree. A member whose id only Terraform knows is not compared, and
    may be any of those that only the lock has.
    """
    found = []
    for group in sorted(membership.written.keys() & membership.actual.keys()):
        if set(membership.written[group]) == set(membership.actual[group]):
            continue
        written = _people(membership, group, {**membership.actual, **membership.written})
        actual = _people(membership, group, {**membership.written, **membership.actual})
        references = {
            each for each in written if each in membership.principals and membership.principals[each].reference
        }
        written_only = tuple(sorted(written - actual - references))
        actual_only = () if references else tuple(sorted(actual - written))
        if written_only or actual_only:
            found.append(MembershipDifference(group, written_only, actual_only))
    return tuple(found)


def _people(membership: Membership, group: str, lists: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The members of a group by these lists: all but the nested groups, except those without a list of members."""
    alone = Membership(lists=lists, principals=membership.principals)
    return {each for each in alone.members_of(group) if each not in lists}


def reachable(groups: Iterable[str], lists: Mapping[str, tuple[DirectMember, ...]]) -> frozenset[str]:
    """These groups and all groups nested in them, as far as the lists of direct members go."""
    found: set[str] = set()
    waiting = list(groups)
    while waiting:
        group = waiting.pop()
        if group not in found:
            found.add(group)
            waiting += [each.id for each in lists.get(group, ()) if each.kind is MemberKind.GROUP]
    return frozenset(found)
