"""What a project wants of Azure: every assignment once, with all its reasons, and the custom roles that it takes."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.model import rules
from rbacgen.model.assignment import Activation, Assignment, AzureRole, Key, PrincipalType, Reason
from rbacgen.model.problems import Position, Problem
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.model.state import State
from rbacgen.project.bindings import Bindings
from rbacgen.project.mapping import Grant, ProjectRole, Responsibility
from rbacgen.project.project import Environment, Project, TeamMember

DESCRIPTION_LIMIT = 512
ANY_MARK = "[rbacgen:"  # how the mark of any project begins
_NEVER = date.min  # no standing grant gives it
# A namespace of our own, so that the id of a custom role follows from the project, its subscription and its name.
_CUSTOM_ROLES = uuid.UUID("5c0a2a3e-6c2f-5d0b-9a0e-0d3b1f5f7a11")


class Definition(Struct, frozen=True):
    """A custom Azure role to be made in an environment's subscription: where it can be assigned, and the role."""

    role: AzureRole
    environment: str
    subscription: str
    why: str
    at: Position


class Expired(Struct, frozen=True):
    """A grant whose day has passed: it is left out."""

    team_member: TeamMember
    role: ProjectRole
    ended: date


class Desired(Struct, frozen=True):
    """The wanted state, sorted; the definitions of custom roles; and what stands out about how it came to be.

    `permanent_instead` holds the wanted assignments that should be eligible but are not, because the project has no PIM;
    `idle` the wearers of hats that came to no access; `bound` the scopes that each environment binds, used or not.
    """

    state: State
    definitions: tuple[Definition, ...]
    expired: tuple[Expired, ...]
    permanent_instead: tuple[Assignment, ...]
    idle: tuple[tuple[TeamMember, ProjectRole], ...]
    bindings_used: frozenset[tuple[str, str]]
    bound: Mapping[str, tuple[Scope, ...]]


def build(project: Project, today: date) -> tuple[Desired, tuple[Problem, ...]]:
    """What the project wants on the given day, and every problem on the way there."""
    builder = _DesiredBuilder(project, today)
    return builder.desired(), tuple(builder.problems)


class _Wish(Struct):
    """One assignment in the making: its parts as first wanted, and the reasons that have joined since."""

    scope: Scope
    role: AzureRole
    team_member: TeamMember
    activation: Activation
    conditions: dict[str, tuple[Grant, date | None]]
    environment: Environment
    environments: dict[str, None]
    scope_kind: str
    reasons: dict[tuple[int, int, str], Reason]
    eligible_desired: bool
    standing: dict[str, date | None]


class _DesiredBuilder:
    def __init__(self, project: Project, today: date) -> None:
        self.project = project
        self.today = today
        self.bindings = Bindings(project)
        self.problems: list[Problem] = []
        self.wishes: dict[Key, _Wish] = {}
        self.environment_order = {each.name: index for index, each in enumerate(project.environments)}
        self.kind_order = {name: index for index, name in enumerate(project.mapping.scope_kinds)}
        self.expired: dict[tuple[Position, str], Expired] = {}
        self.unbound_said: set[tuple[str, str]] = set()
        self.custom: dict[tuple[str, str], AzureRole] = {}
        self.conditions: dict[tuple[Position, str], str] = {}
        self.environment_names: dict[tuple[str, ...], tuple[str, ...]] = {}

    def desired(self) -> Desired:
        served: set[Position] = set()
        for rank, role in enumerate(self.project.mapping.roles.values()):
            team_members = self.project.team.get(role.id, ())
            unresolved = self.project.unresolved.get(role.id, ())
            if team_members or unresolved:
                for order, responsibility, capability, grant in _grants(role):
                    for environment in self.project.environments:
                        if environment.stands_for in grant.environments:
                            self.grant(
                                role,
                                responsibility,
                                capability,
                                grant,
                                environment,
                                team_members,
                                (rank, order),
                                served,
                            )
                            if any(not each or environment.name in each for each in unresolved):
                                self.expect(role, responsibility, grant, environment)
        used = frozenset(self.bindings.used)
        bound: dict[str, tuple[Scope, ...]] = {}
        for environment in self.project.environments:  # a binding that nobody uses can be wrong as well
            scopes = [self.bindings.scope(kind, environment) for kind in environment.bindings]
            bound[environment.name] = tuple(each for each in scopes if each is not None)
        self.problems += self.bindings.problems
        definitions = self.definitions()
        assignments = [self.assignment(wish) for wish in self.wishes.values()]
        idle = tuple(
            (team_member, role)
            for role in self.project.mapping.roles.values()
            for team_member in self.project.team.get(role.id, ())
            if team_member.at not in served
        )
        return Desired(
            state=State(assignments),
            definitions=definitions,
            expired=tuple(self.expired.values()),
            permanent_instead=tuple(
                each
                for each, wish in zip(assignments, self.wishes.values(), strict=True)
                if wish.eligible_desired
                and each.activation is Activation.PERMANENT
                and wish.standing.get(each.condition, _NEVER) != each.ends
            ),
            idle=idle,
            bindings_used=used,
            bound=bound,
        )

    def grant(
        self,
        role: ProjectRole,
        responsibility: Responsibility,
        capability: str,
        grant: Grant,
        environment: Environment,
        team_members: tuple[TeamMember, ...],
        rank: tuple[int, int],
        served: set[Position],
    ) -> None:
        """Adds what one grant comes to in one environment, for everyone there who wears the hat."""
        here = [each for each in team_members if not each.environments or environment.name in each.environments]
        if not here or self.bindings.is_absent(grant.on, environment):
            return
        scope = self.bindings.scope(grant.on, environment)
        if scope is None:
            self.say_unbound(role, responsibility, grant, environment)
            return
        azure_role = self.concrete(grant.role, environment)
        condition = self.condition(grant, environment)
        eligible = grant.activation is Activation.ELIGIBLE
        if eligible and self.project.pim and scope.level is ScopeLevel.TENANT:
            message = f"{azure_role.name} cannot be eligible at the tenant root: name a management group instead"
            self.problems.append(rules.problem("eligible-root", grant.at, message))
            return
        activation = grant.activation if self.project.pim else Activation.PERMANENT
        for team_member in here:
            ends = self.ends(role, grant, team_member)
            if ends is not None and ends <= self.today:
                self.expired.setdefault((team_member.at, role.id), Expired(team_member, role, ends))
                served.add(team_member.at)
                continue
            served.add(team_member.at)
            if eligible and self.project.pim and team_member.principal.type is PrincipalType.SERVICE_PRINCIPAL:
                message = (
                    f"`{team_member.principal.name}` cannot activate {azure_role.name} on `{grant.on}` as {role.title} has it "
                    f"({grant.at.spoken}): give the identity a hat whose access stands"
                )
                self.problems.append(rules.problem("eligible-identity", team_member.at, message))
                continue
            reason = Reason(
                role.id, role.title, responsibility.id, responsibility.does, capability, grant.at, team_member.at
            )
            key = Key(scope.folded, azure_role.id, team_member.principal.id, activation)
            wish = self.wishes.get(key)
            if wish is None:
                self.wishes[key] = _Wish(
                    scope=scope,
                    role=azure_role,
                    team_member=team_member,
                    activation=activation,
                    conditions={condition: (grant, ends)},
                    environment=environment,
                    environments={environment.name: None},
                    scope_kind=grant.on,
                    reasons={(*rank, capability): reason},
                    eligible_desired=eligible,
                    standing={} if eligible else {condition: ends},
                )
                continue
            self.join(wish, team_member, grant, environment, condition, ends, eligible)
            wish.reasons.setdefault((*rank, capability), reason)

    def expect(self, role: ProjectRole, responsibility: Responsibility, grant: Grant, environment: Environment) -> None:
        """Looks for the scope of a grant to somebody whose object id is not known yet; says where there is none."""
        if not self.bindings.is_absent(grant.on, environment) and self.bindings.scope(grant.on, environment) is None:
            self.say_unbound(role, responsibility, grant, environment)

    def join(
        self,
        wish: _Wish,
        team_member: TeamMember,
        grant: Grant,
        environment: Environment,
        condition: str,
        ends: date | None,
        eligible: bool,
    ) -> None:
        """Lets one more reason want an assignment that is wanted already."""
        wish.environments[environment.name] = None
        first, until = wish.conditions.get(condition, (grant, ends))
        wish.conditions[condition] = (first, _later(ends, until))
        wish.eligible_desired = wish.eligible_desired or eligible
        if not eligible:
            wish.standing[condition] = _later(ends, wish.standing.get(condition, ends))
        if self.rank(environment, grant.on) < self.rank(wish.environment, wish.scope_kind):
            wish.environment, wish.scope_kind = environment, grant.on
        if (team_member.principal.name, team_member.at) < (wish.team_member.principal.name, wish.team_member.at):
            wish.team_member = team_member

    def rank(self, environment: Environment, scope_kind: str) -> tuple[int, int]:
        """Where an assignment stands that several environments or scope kinds want: with the first of them."""
        return self.environment_order[environment.name], self.kind_order[scope_kind]

    def settle_condition(self, wish: _Wish) -> tuple[str, date | None]:
        """The one condition of an assignment and its end: none where a grant has none, since access is what all give.

        A free grant that ends before a limited one cannot be joined with it: Azure keeps one of them, and either would be
        wrong, wider for longer or gone too early.
        """
        free = wish.conditions.get("")
        limited = sorted((grant.at, text, ends) for text, (grant, ends) in wish.conditions.items() if text)
        who = f"`{wish.team_member.principal.name}`"
        if free is not None:
            grant, until = free
            for at, _, ends in limited:
                if until is not None and (ends is None or ends > until):
                    message = (
                        f"{who} gets {wish.role.name} on `{wish.scope_kind}` in {wish.environment.name} under this "
                        f"condition, and without it until {until} ({grant.at.spoken}): Azure keeps one, so let them end together"
                    )
                    self.problems.append(rules.problem("contradictory-grants", at, message))
                    continue
                message = (
                    f"the condition limits nothing for {who} in {wish.environment.name}: "
                    f"{wish.role.name} on `{wish.scope_kind}` comes without it from {grant.at.spoken}"
                )
                self.problems.append(rules.problem("condition-lost", at, message))
            return "", until
        for at, _, _ in limited[1:]:
            message = (
                f"{who} gets {wish.role.name} on `{wish.scope_kind}` in {wish.environment.name} under this condition "
                f"and under another one ({limited[0][0].spoken}): Azure keeps one, so join them by hand"
            )
            self.problems.append(rules.problem("contradictory-grants", at, message))
        return limited[0][1:]

    def say_unbound(
        self, role: ProjectRole, responsibility: Responsibility, grant: Grant, environment: Environment
    ) -> None:
        if grant.on not in self.project.mapping.scope_kinds:
            return
        missing = self.bindings.unbound(grant.on, environment)
        said = (environment.name, missing)
        if said in self.unbound_said or missing in environment.bindings or not environment.is_whole:
            return
        self.unbound_said.add(said)
        kind = self.project.mapping.scope_kinds[missing]
        what = "the environment's subscription" if kind.level is ScopeLevel.SUBSCRIPTION else f"`{missing}`"
        taken = "which" if missing == grant.on else f"which holds the `{grant.on}` that"
        remedy = f", or give `{grant.on}` by its whole id" if grant.on in environment.bindings else ""
        message = (
            f"`{environment.name}` binds no {what} ({kind.says.rstrip('.')}), {taken} {role.title} takes for "
            f"`{responsibility.id}`: bind it under `scopes`{remedy}, or say `without: [{missing}]`"
        )
        self.problems.append(rules.problem("unbound-scope", environment.at, message))

    def ends(self, role: ProjectRole, grant: Grant, team_member: TeamMember) -> date | None:
        """The day from which the access is gone: the earliest of the project's, the grant's and the wearer's own."""
        days = [team_member.ends, grant.ends if isinstance(grant.ends, date) else None]
        if role.ends_with_project or grant.ends == "project":
            days.append(self.project.ends)
        return min((day for day in days if day is not None), default=None)

    def concrete(self, role: AzureRole, environment: Environment) -> AzureRole:
        """The role as it is in this environment: a custom role gets its id and its assignable scopes from there."""
        if not role.custom or role.id:
            return role
        known = (role.name, environment.subscription)
        if known not in self.custom:
            existing = self.project.existing_roles.get(role.name)
            name = unicodedata.normalize("NFC", role.name)
            made = uuid.uuid5(_CUSTOM_ROLES, f"{self.project.name}/{environment.subscription}/{name}")
            self.custom[known] = replace(role, id=existing or str(made))
        return self.custom[known]

    def condition(self, grant: Grant, environment: Environment) -> str:
        """The text of the grant's condition, with the ids of the roles that it lets assign."""
        if not grant.may_assign:
            return unicodedata.normalize("NFC", grant.condition.strip())
        known = (grant.at, environment.subscription)
        if known not in self.conditions:
            ids = sorted({self.concrete(role, environment).id for role in grant.may_assign})
            types = [str(each) for each in grant.may_assign_to]
            self.conditions[known] = delegation_condition(ids, types)
        return self.conditions[known]

    def definitions(self) -> tuple[Definition, ...]:
        """Each custom role once per subscription, in the first environment that wants it, assignable where it is used."""
        order = self.environment_order
        desired: dict[tuple[str, str], list[_Wish]] = {}
        for wish in self.wishes.values():
            name = wish.role.name
            if (
                wish.role.custom
                and name in self.project.mapping.custom_roles
                and name not in self.project.existing_roles
            ):
                desired.setdefault((name, wish.role.id), []).append(wish)
        made: list[Definition] = []
        for (name, role_id), wishes in desired.items():
            first = min(wishes, key=lambda wish: order[wish.environment.name]).environment
            custom = self.project.mapping.custom_roles[name]
            scopes = {_assignable(wish.scope) for wish in wishes}
            scopes |= {f"/subscriptions/{first.subscription}"}
            if "/" in scopes:
                message = f"`{name}` is assigned at the tenant root, where Azure takes no custom role"
                self.problems.append(rules.problem("custom-role-groups", custom.at, message))
            # A reference names a management group here: below one, the subscription stands for the scope.
            groups = sorted(each for each in scopes if "/managementgroups/" in each.lower() or not each.startswith("/"))
            if len(groups) > 1:
                message = f"`{name}` is assigned at {len(groups)} management groups: Azure takes one per custom role"
                self.problems.append(rules.problem("custom-role-groups", custom.at, message))
            if groups and any(each.data_actions for each in custom.role.permissions):
                message = f"`{name}` has data actions and is assigned at {groups[0]}: Azure refuses that"
                self.problems.append(rules.problem("custom-role-data", custom.at, message))
            own = f"/subscriptions/{first.subscription}"
            role = replace(
                custom.role,
                id=role_id,
                name=unicodedata.normalize("NFC", f"{name} ({self.project.name} {first.name})"),
                assignable_scopes=(own, *sorted(scopes - {own})),
                description=unicodedata.normalize("NFC", custom.role.description),
            )
            made.append(Definition(role, first.name, first.subscription, custom.why, custom.at))
        return tuple(sorted(made, key=lambda each: (order[each.environment], each.role.name)))

    def spelled(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """These names, as one object for all who have the same."""
        return self.environment_names.setdefault(names, names)

    def assignment(self, wish: _Wish) -> Assignment:
        reasons = tuple(wish.reasons[rank] for rank in sorted(wish.reasons))
        condition, ends = self.settle_condition(wish)
        return Assignment(
            scope=wish.scope,
            role=wish.role,
            principal=wish.team_member.principal,
            activation=wish.activation,
            condition=condition,
            condition_version="2.0" if condition else "",
            description=describe(reasons, self.project.name, stable=self.project.azurerm < 5),
            ends=ends,
            environment=wish.environment.name,
            environments=self.spelled(tuple(sorted(wish.environments, key=self.environment_order.__getitem__))),
            scope_kind=wish.scope_kind,
            reasons=reasons,
        )


def _grants(role: ProjectRole) -> Iterator[tuple[int, Responsibility, str, Grant]]:
    for order, responsibility in enumerate(role.responsibilities):
        for capability in responsibility.takes:
            for grant in capability.grants:
                yield order, responsibility, capability.name, grant


def _later(one: date | None, other: date | None) -> date | None:
    """The later of two ends; None never ends."""
    return None if one is None or other is None else max(one, other)


def _assignable(scope: Scope) -> str:
    """The scope at which a custom role must be assignable to serve here: its subscription, or the group above."""
    return f"/subscriptions/{scope.subscription}" if scope.subscription else scope.id


def kept_by_pim(assignment: Assignment, pim: bool) -> bool:
    """Whether Privileged Identity Management keeps this assignment: an eligible one, or one that is active until a day.

    azurerm's active assignments take no condition and no tenant root; what would lose its condition or could not be made
    stands, and `render` leaves it out from its day on.
    https://github.com/hashicorp/terraform-provider-azurerm/issues/30503
    """
    if assignment.activation is Activation.ELIGIBLE:
        return True
    return (
        pim
        and assignment.ends is not None
        and not assignment.condition
        and assignment.scope.level is not ScopeLevel.TENANT
    )


def mark(project_name: str) -> str:
    """The sign at the end of a description by which `diff` knows an assignment as the project's own."""
    return f"{ANY_MARK}{project_name}]"


def why(reasons: tuple[Reason, ...]) -> str:
    """The reasons in one sentence: each project role's title, then what it is there for."""
    return _sentence(tuple((each.title, each.does) for each in reasons))


@cache
def _sentence(reasons: tuple[tuple[str, str], ...]) -> str:
    """Many assignments share their reasons: the sentence of titles and what they do is made once."""
    said: dict[str, list[str]] = {}
    for title, does in reasons:
        responsibilities = said.setdefault(unicodedata.normalize("NFC", title), [])
        responsibility = _lower_first(unicodedata.normalize("NFC", does.strip().rstrip(".")))
        if responsibility not in responsibilities:
            responsibilities.append(responsibility)
    return "; ".join(f"{title}: {', '.join(responsibilities)}" for title, responsibilities in said.items())


def describe(reasons: tuple[Reason, ...], project_name: str, stable: bool = False) -> str:
    """The description of an assignment: why it is there, cut at a word, and the project's mark; 512 characters at most.

    A stable one names no reason: azurerm before 5.2 replaces an assignment whose description changes, which would take
    the access away for a moment (https://github.com/hashicorp/terraform-provider-azurerm/issues/32714).
    """
    sign = mark(project_name)
    text = "Managed as code" if stable else " ".join(why(reasons).split())
    room = DESCRIPTION_LIMIT - len(sign) - 1
    if len(text) > room:
        text = text[: room - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
    return f"{text} {sign}"


def _lower_first(text: str) -> str:
    """The text with a small first letter, unless its first word is an abbreviation or a name like `MLflow`."""
    first = text.split(" ", 1)[0]
    return (
        text if sum(character.isupper() for character in first) > 1 or len(first) == 1 else text[:1].lower() + text[1:]
    )


def delegation_condition(role_ids: list[str], principal_types: list[str]) -> str:
    """A condition under which its holder assigns and removes only these roles, and only for these principal types.

    The form is the one that the Azure portal writes:
    https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples
    """
    attribute = "Microsoft.Authorization/roleAssignments"

    def part(verb: str, source: str) -> str:
        tests = [f"@{source}[{attribute}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{', '.join(role_ids)}}}"]
        if principal_types:
            listed = ", ".join(f"'{each}'" for each in principal_types)
            tests.append(f"@{source}[{attribute}:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {{{listed}}}")
        return f"((!(ActionMatches{{'{attribute}/{verb}'}})) OR ({' AND '.join(tests)}))"

    return f"{part('write', 'Request')} AND {part('delete', 'Resource')}"
