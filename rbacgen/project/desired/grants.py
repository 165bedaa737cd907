"""Every grant of a project with its end: who gets which Azure role where, and why. No day leaves anything out here."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date

from msgspec import Struct

from rbacgen.model import rules
from rbacgen.model.assignment import Activation, AzureRole, Key, PrincipalType, Reason
from rbacgen.model.problems import Position, Problem
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.project.bindings import Bindings
from rbacgen.project.desired.custom_roles import CustomRoleIds
from rbacgen.project.desired.delegation import delegation_condition
from rbacgen.project.mapping import Grant, ProjectRole, Responsibility
from rbacgen.project.project import Environment, Project, TeamMember


class DesiredGrant(Struct, frozen=True):
    """One grant for one team member in one environment. From the day `ends` on it is gone.

    `rank` is where its reason comes among the reasons of an assignment.
    """

    rank: tuple[int, int, str]
    project_role: ProjectRole
    team_member: TeamMember
    grant: Grant
    environment: Environment
    scope: Scope
    role: AzureRole
    activation: Activation
    condition: str
    ends: date | None
    reason: Reason

    @property
    def key(self) -> Key:
        """The key of the assignment that it comes to."""
        return Key(self.scope.folded, self.role.id, self.team_member.principal.id, self.activation)

    @property
    def should_be_eligible(self) -> bool:
        """Whether the mapping has it eligible, whatever the project has of PIM."""
        return self.grant.activation is Activation.ELIGIBLE


class CollectedGrants(Struct, frozen=True):
    """All grants of a project by the assignment that they come to, and what was found on the way.

    `refused` holds the grants that Azure cannot give, each with the problem. `problems` hold whatever the day is.
    """

    by_key: Mapping[Key, list[DesiredGrant]]
    refused: tuple[tuple[DesiredGrant, Problem], ...]
    ending: tuple[DesiredGrant, ...]
    idle: tuple[tuple[TeamMember, ProjectRole], ...]
    bindings_used: frozenset[tuple[str, str]]
    bound: Mapping[str, tuple[Scope, ...]]
    problems: tuple[Problem, ...]


def collect(project: Project) -> CollectedGrants:
    """Every grant of the project, and every problem on the way there."""
    return _GrantCollector(project).collected()


class _Site(Struct, frozen=True):
    """A grant in an environment, before it is known who gets it."""

    project_role: ProjectRole
    responsibility: Responsibility
    capability: str
    grant: Grant
    environment: Environment
    rank: tuple[int, int, str]


class _GrantCollector:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.bindings = Bindings(project)
        self.custom_roles = CustomRoleIds(project)
        self.by_key: dict[Key, list[DesiredGrant]] = {}
        self.refused: list[tuple[DesiredGrant, Problem]] = []
        self.ending: list[DesiredGrant] = []
        self.served: set[Position] = set()
        self.problems: list[Problem] = []
        self.unbound_reported: set[tuple[str, str]] = set()
        self.conditions: dict[tuple[Position, str], str] = {}

    def collected(self) -> CollectedGrants:
        for site in self.sites():
            self.give(site, self.project.team.get(site.project_role.id, ()))
            unresolved = self.project.unresolved.get(site.project_role.id, ())
            if any(not each or site.environment.name in each for each in unresolved):
                # For somebody whose object id is not known yet: the scope has to be bound all the same.
                self.find_scope(site)
        used = frozenset(self.bindings.used)
        bound: dict[str, tuple[Scope, ...]] = {}
        for environment in self.project.environments:  # a binding that no grant uses can be wrong as well
            scopes = [self.bindings.scope(kind, environment) for kind in environment.bindings]
            bound[environment.name] = tuple(each for each in scopes if each is not None)
        idle = tuple(
            (team_member, role)
            for role in self.project.mapping.roles.values()
            for team_member in self.project.team.get(role.id, ())
            if team_member.at not in self.served
        )
        return CollectedGrants(
            by_key=self.by_key,
            refused=tuple(self.refused),
            ending=tuple(self.ending),
            idle=idle,
            bindings_used=used,
            bound=bound,
            problems=(*self.problems, *self.bindings.problems),
        )

    def sites(self) -> Iterator[_Site]:
        """Every grant of every project role that somebody has, in every environment that takes it."""
        for order, role in enumerate(self.project.mapping.roles.values()):
            if not self.project.team.get(role.id) and not self.project.unresolved.get(role.id):
                continue
            for index, responsibility in enumerate(role.responsibilities):
                for capability in responsibility.takes:
                    for grant in capability.grants:
                        for environment in self.project.environments:
                            if environment.stands_for in grant.environments:
                                rank = (order, index, capability.name)
                                yield _Site(role, responsibility, capability.name, grant, environment, rank)

    def give(self, site: _Site, team_members: tuple[TeamMember, ...]) -> None:
        """Adds what the grant comes to in the environment, for each of the project role's members there."""
        name = site.environment.name
        here = [each for each in team_members if not each.environments or name in each.environments]
        scope = self.find_scope(site) if here else None
        if scope is None:
            return
        role = self.custom_roles.concrete(site.grant.role, site.environment)
        condition = self.condition(site.grant, site.environment)
        eligible = site.grant.activation is Activation.ELIGIBLE
        if eligible and self.project.pim and scope.level is ScopeLevel.TENANT:
            message = f"{role.name} cannot be eligible at the tenant root: name a management group instead"
            self.problems.append(rules.problem("eligible-root", site.grant.at, message))
            return
        activation = site.grant.activation if self.project.pim else Activation.PERMANENT
        for team_member in here:
            given = DesiredGrant(
                rank=site.rank,
                project_role=site.project_role,
                team_member=team_member,
                grant=site.grant,
                environment=site.environment,
                scope=scope,
                role=role,
                activation=activation,
                condition=condition,
                ends=self.ends(site.project_role, site.grant, team_member),
                reason=_reason(site, team_member),
            )
            self.served.add(team_member.at)
            if given.ends is not None:
                self.ending.append(given)
            if eligible and self.project.pim and team_member.principal.type is PrincipalType.SERVICE_PRINCIPAL:
                self.refused.append((given, _cannot_activate(given)))
            else:
                self.by_key.setdefault(given.key, []).append(given)

    def find_scope(self, site: _Site) -> Scope | None:
        """The scope of a grant in an environment; None where it is absent there or unbound, which is noted."""
        if self.bindings.is_absent(site.grant.on, site.environment):
            return None
        scope = self.bindings.scope(site.grant.on, site.environment)
        if scope is None:
            self.note_unbound(site)
        return scope

    def note_unbound(self, site: _Site) -> None:
        grant, environment = site.grant, site.environment
        if grant.on not in self.project.mapping.scope_kinds:
            return
        missing = self.bindings.unbound(grant.on, environment)
        reported = (environment.name, missing)
        if reported in self.unbound_reported or missing in environment.bindings or not environment.is_whole:
            return
        self.unbound_reported.add(reported)
        kind = self.project.mapping.scope_kinds[missing]
        what = "the environment's subscription" if kind.level is ScopeLevel.SUBSCRIPTION else f"`{missing}`"
        taken = "which" if missing == grant.on else f"which holds the `{grant.on}` that"
        remedy = f", or give `{grant.on}` by its whole id" if grant.on in environment.bindings else ""
        message = (
            f"`{environment.name}` binds no {what} ({kind.says.rstrip('.')}), {taken} {site.project_role.title} takes for "
            f"`{site.responsibility.id}`: bind it under `scopes`{remedy}, or say `without: [{missing}]`"
        )
        self.problems.append(rules.problem("unbound-scope", environment.at, message))

    def ends(self, role: ProjectRole, grant: Grant, team_member: TeamMember) -> date | None:
        """The day from which the access is gone: the earliest of the project's, the grant's and the team member's own."""
        days = [team_member.ends, grant.ends if isinstance(grant.ends, date) else None]
        if role.ends_with_project or grant.ends == "project":
            days.append(self.project.ends)
        return min((day for day in days if day is not None), default=None)

    def condition(self, grant: Grant, environment: Environment) -> str:
        """The text of the grant's condition, with the ids of the roles that it lets assign."""
        if not grant.may_assign:
            return unicodedata.normalize("NFC", grant.condition.strip())
        known = (grant.at, environment.subscription)
        if known not in self.conditions:
            ids = sorted({self.custom_roles.concrete(role, environment).id for role in grant.may_assign})
            types = [str(each) for each in grant.may_assign_to]
            self.conditions[known] = delegation_condition(ids, types)
        return self.conditions[known]


def _reason(site: _Site, team_member: TeamMember) -> Reason:
    role, responsibility = site.project_role, site.responsibility
    return Reason(
        project_role=role.id,
        title=role.title,
        responsibility=responsibility.id,
        does=responsibility.does,
        capability=site.capability,
        grant_at=site.grant.at,
        member_at=team_member.at,
    )


def _cannot_activate(given: DesiredGrant) -> Problem:
    grant = given.grant
    message = (
        f"`{given.team_member.principal.name}` cannot activate {given.role.name} on `{grant.on}` as "
        f"{given.project_role.title} has it ({grant.at.short}): give the identity a project role with permanent access"
    )
    return rules.problem("eligible-identity", given.team_member.at, message)
