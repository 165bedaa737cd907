"""Separation of duties: whoever wears two hats that the project keeps apart, directly or through groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from msgspec import Struct

from rbacgen.authorization.groups import Membership, Path
from rbacgen.model import rules
from rbacgen.model.assignment import PrincipalType
from rbacgen.model.problems import Position, Problem
from rbacgen.project.project import Project, TeamMember


class RoleHolding(Struct, frozen=True):
    """How somebody comes to a hat: as the one whom the team names, or through groups up to that one."""

    wearer: TeamMember
    through: Path = ()


def problems(project: Project) -> Iterator[Problem]:
    """Everybody who wears two hats that are kept apart, with both ways to them, and where nobody can tell.

    A group that wears both is said itself, and those in it only where they come to one of the two by another way.
    """
    unknown: dict[tuple[Position, str, str], list[str]] = {}
    for apart in project.apart:
        for one, other in combinations(dict.fromkeys(apart.roles), 2):
            both = _wear_both(project, one, other)
            for principal_id, (first, second) in both.items():
                yield _broken(project.membership, principal_id, (one, first), (other, second))
            for role, against in ((one, other), (other, one)):
                if project.team.get(against):
                    for wearer, group in _opaque(project, role):
                        if wearer.principal.id not in both:
                            where = (wearer.at, wearer.principal.id, group)
                            unknown.setdefault(where, []).append(f"{role} and {against}")
    for (at, top, group), pairs in unknown.items():
        yield _untold(project.membership, at, top, group, tuple(dict.fromkeys(pairs)))


def worn(
    wearers: Iterable[TeamMember], membership: Membership, closed: frozenset[str] = frozenset()
) -> dict[str, RoleHolding]:
    """Everybody who is known to wear a hat, by id, with a shortest way to it; `closed` groups are not looked into."""
    found: dict[str, RoleHolding] = {}
    for wearer in wearers:
        found.setdefault(wearer.principal.id, RoleHolding(wearer))
    waiting = list(found)
    for each in waiting:  # grows while it is walked
        if each in closed:
            continue
        way = found[each]
        for member in membership.lists.get(each, ()):
            if member not in found:
                found[member] = RoleHolding(way.wearer, (each, *way.through))
                waiting.append(member)
    return found


def _wear_both(project: Project, one: str, other: str) -> dict[str, tuple[RoleHolding, RoleHolding]]:
    membership = project.membership
    teams = (project.team.get(one, ()), project.team.get(other, ()))
    first, second = (worn(team, membership) for team in teams)
    both = first.keys() & second.keys()
    groups = frozenset(each for each in both if membership.is_group(each))
    # Who comes to both through one group that wears both has nothing of their own to say, unless there is another way.
    alone = [
        worn(team, membership, groups) if groups else whole for team, whole in zip(teams, (first, second), strict=True)
    ]
    return {
        each: (alone[0].get(each, first[each]), alone[1].get(each, second[each]))
        for each in sorted(both)
        if each in alone[0] or each in alone[1]
    }


def _broken(
    membership: Membership, principal_id: str, first: tuple[str, RoleHolding], second: tuple[str, RoleHolding]
) -> Problem:
    (one, one_way), (other, other_way) = first, second
    message = (
        f"`{membership.called(principal_id)}` is {other}{_through(membership, other_way)} here and "
        f"{one}{_through(membership, one_way)} at {one_way.wearer.at.spoken}, which the project keeps apart"
    )
    return rules.problem("apart", other_way.wearer.at, message)


def _through(membership: Membership, way: RoleHolding) -> str:
    return " through " + " in ".join(f"`{membership.called(each)}`" for each in way.through) if way.through else ""


def _opaque(project: Project, role: str) -> Iterator[tuple[TeamMember, str]]:
    """The groups behind a hat of which nobody has told who is in them, each with the wearer that they are in."""
    for wearer in project.team.get(role, ()):
        if wearer.principal.type is PrincipalType.GROUP:
            for group in project.membership.opaque_in(wearer.principal.id):
                yield wearer, group


def _untold(membership: Membership, at: Position, top: str, group: str, pairs: tuple[str, ...]) -> Problem:
    named = f"`{membership.called(group)}`" + (f" in `{membership.called(top)}`" if group != top else "")
    reference = group in membership.principals and membership.principals[group].reference
    cure = (
        "write its members under `groups:`"
        if reference
        else "run `rbacgen lock --members`, or write them under `groups:`"
    )
    message = (
        f"nobody has told who is in {named}, and so whether somebody there is both {', or both '.join(pairs)}: {cure}"
    )
    return rules.problem("apart-unknown", at, message)
