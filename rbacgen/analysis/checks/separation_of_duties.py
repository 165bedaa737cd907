"""Separation of duties: who has two project roles that the project keeps apart, directly or through groups."""

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
    """How somebody holds a project role: as a member of the team, or through groups up to that member."""

    team_member: TeamMember
    through: Path = ()


def problems(project: Project) -> Iterator[Problem]:
    """Everybody who has two project roles that are kept apart, with how they hold both, and where that is not known.

    A group that holds both is reported itself, and its members only where they hold one of the two in another way.
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
    """Everybody who is known to hold a project role, by id, with a shortest path to it; `closed` groups are not expanded."""
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
    # Members of a group that holds both are covered by its problem, unless they hold one of the two in another way.
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
        f"{one}{_through(membership, one_way)} at {one_way.team_member.at.short}, which the project keeps apart"
    )
    return rules.problem("apart", other_way.team_member.at, message)


def _through(membership: Membership, permit: RoleHolding) -> str:
    return (
        " through " + " in ".join(f"`{membership.called(each)}`" for each in permit.through) if permit.through else ""
    )


def _opaque(project: Project, role: str) -> Iterator[tuple[TeamMember, str]]:
    """The groups behind a project role whose members are not known, each with the member of the team that it is in."""
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
    message = f"who is in {named} is not known, nor whether somebody in it is both {', or both '.join(pairs)}: {remedy}"
    return rules.problem("apart-unknown", at, message)
