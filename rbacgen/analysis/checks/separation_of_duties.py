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

    team_member: TeamMember
    through: Path = ()


def problems(project: Project) -> Iterator[Problem]:
    """Everybody who wears two hats that are kept apart, with both ways to them, and where nobody can tell.

    A group that wears both is said itself, and those in it only where they come to one of the two by another way.
    """
    unknown: dict[tuple[Position, str, str], list[str]] = {}
    for apart in project.apart:
        for one, other in combinations(dict.fromkeys(apart.roles), 2):
            both = _hold_both(project, one, other)
            for principal_id, (first, second) in both.items():
                yield _broken(project.membership, principal_id, (one, first), (other, second))
            for role, against in ((one, other), (other, one)):
                if project.team.get(against):
                    for team_member, group in _opaque(project, role):
                        if team_member.principal.id not in both:
                            where = (team_member.at, team_member.principal.id, group)
                            unknown.setdefault(where, []).append(f"{role} and {against}")
    for (at, top, group), pairs in unknown.items():
        yield _unknown_fields(project.membership, at, top, group, tuple(dict.fromkeys(pairs)))


def assigned(
    team_members: Iterable[TeamMember], membership: Membership, closed: frozenset[str] = frozenset()
) -> dict[str, RoleHolding]:
    """Everybody who is known to wear a hat, by id, with a shortest way to it; `closed` groups are not looked into."""
    found: dict[str, RoleHolding] = {}
    for team_member in team_members:
        found.setdefault(team_member.principal.id, RoleHolding(team_member))
    waiting = list(found)
    for each in waiting:  # grows while it is walked
        if each in closed:
            continue
        permit = found[each]
        for member in membership.lists.get(each, ()):
            if member not in found:
                found[member] = RoleHolding(permit.team_member, (each, *permit.through))
                waiting.append(member)
    return found


def _hold_both(project: Project, one: str, other: str) -> dict[str, tuple[RoleHolding, RoleHolding]]:
    membership = project.membership
    teams = (project.team.get(one, ()), project.team.get(other, ()))
    first, second = (assigned(team, membership) for team in teams)
    both = first.keys() & second.keys()
    groups = frozenset(each for each in both if membership.is_group(each))
    # Who comes to both through one group that wears both has nothing of their own to say, unless there is another way.
    alone = [
        assigned(team, membership, groups) if groups else whole
        for team, whole in zip(teams, (first, second), strict=True)
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
        f"{one}{_through(membership, one_way)} at {one_way.team_member.at.spoken}, which the project keeps apart"
    )
    return rules.problem("apart", other_way.team_member.at, message)


def _through(membership: Membership, permit: RoleHolding) -> str:
    return (
        " through " + " in ".join(f"`{membership.called(each)}`" for each in permit.through) if permit.through else ""
    )


def _opaque(project: Project, role: str) -> Iterator[tuple[TeamMember, str]]:
    """The groups behind a hat of which nobody has told who is in them, each with the wearer that they are in."""
    for team_member in project.team.get(role, ()):
        if team_member.principal.type is PrincipalType.GROUP:
            for group in project.membership.opaque_in(team_member.principal.id):
                yield team_member, group


def _unknown_fields(membership: Membership, at: Position, top: str, group: str, pairs: tuple[str, ...]) -> Problem:
    named = f"`{membership.called(group)}`" + (f" in `{membership.called(top)}`" if group != top else "")
    reference = group in membership.principals and membership.principals[group].reference
    remedy = (
        "write its members under `groups:`"
        if reference
        else "run `rbacgen lock --members`, or write them under `groups:`"
    )
    message = (
        f"nobody has told who is in {named}, and so whether somebody there is both {', or both '.join(pairs)}: {remedy}"
    )
    return rules.problem("apart-unknown", at, message)
