"""All access of a project role, a principal, a capability or an Azure role, each assignment back to the responsibility."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from rbacgen.analysis.access_tests import isolated_roles
from rbacgen.analysis.results import OutsideAccess, outside_of
from rbacgen.authorization import privilege
from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.escalations import Escalation
from rbacgen.authorization.catalog.resource_types import type_of
from rbacgen.authorization.evaluator import Evaluator
from rbacgen.authorization.request import Subject
from rbacgen.model.assignment import Activation, Assignment, AzureRole, Principal, PrincipalType, Reason
from rbacgen.model.scope import Scope
from rbacgen.model.wording import shortlist
from rbacgen.project.mapping import Capability, ProjectRole
from rbacgen.project.project import Project


class ExplainedGrant(Struct, frozen=True):
    """The same access in one or more environments: an Azure role on a scope kind, and why.

    `environments` come in the project's order, `scopes` with them; `path` holds the groups between who is asked about and
    `subject`, whom it is assigned to. `supposed` says that the project does not bind the kind yet. `reasons` is empty where
    the project does not desire it. `escalations` are the escalations that its role makes possible there.
    """

    azure_role: AzureRole
    scope_kind: str
    scopes: tuple[Scope, ...]
    environments: tuple[str, ...]
    activation: Activation
    condition: str
    ends: tuple[str, ...]
    subject: Principal
    path: tuple[str, ...]
    reasons: tuple[Reason, ...]
    escalations: tuple[Escalation, ...]
    supposed: bool = False


class Explanation(Struct, frozen=True):
    """All access of somebody, or all of an Azure role or a capability.

    `about` is what was asked for and `description` what it is; `principal` is set where it is a principal. `team_members` are the
    members of a project role with their environments (none for all), or the project roles of a principal. `must_not` counts
    the lines that apply to it.
    """

    about: str
    kind: str
    description: str
    team_members: tuple[tuple[str, tuple[str, ...]], ...]
    granted: tuple[ExplainedGrant, ...]
    must_not: int
    outside: tuple[OutsideAccess, ...]
    idle: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    principal: Principal | None = None


def of_project_role(
    role: ProjectRole, project: Project, alone: Evaluator, places: isolated_roles.Places, catalog: Catalog
) -> Explanation:
    """The access of a project role by itself, whoever its members are, at the scopes of the project."""
    subject = alone.subject(isolated_roles.stand_in(role))
    granted = tuple(_granted(alone.index.assignments_of(subject), alone, places, catalog, project))
    served = {each.responsibility for found in granted for each in found.reasons}
    return Explanation(
        about=role.title,
        kind="workload" if role.is_workload else "project role",
        description=role.says,
        team_members=tuple((each.principal.name, each.environments) for each in project.team.get(role.id, ())),
        granted=granted,
        must_not=len(role.must_not),
        outside=tuple(outside_of(role)),
        idle=tuple((each.id, each.no_access) for each in role.responsibilities if each.id not in served),
    )


def of_principal(
    principal: Principal,
    project: Project | None,
    access: Evaluator,
    places: isolated_roles.Places | None,
    catalog: Catalog,
) -> Explanation:
    """All that somebody has, through the groups that they are known to be in too."""
    subject = access.subject(principal)
    assigned = []
    if project is not None:
        for role in project.mapping.roles.values():
            for team_member in project.team.get(role.id, ()):
                if team_member.principal.id in subject.through:
                    assigned.append((role.title, team_member.environments))
    return Explanation(
        about=principal.name or principal.id,
        kind=_TYPES.get(str(principal.type), "principal"),
        description="",
        team_members=tuple(assigned),
        granted=tuple(_granted(access.index.assignments_of(subject), access, places, catalog, project)),
        must_not=0,
        outside=(),
        notes=_unknown_groups(subject, access),
        principal=principal,
    )


def of_azure_role(
    role: AzureRole, project: Project | None, access: Evaluator, places: isolated_roles.Places | None, catalog: Catalog
) -> Explanation:
    """Everybody who has an Azure role, where and why."""
    found = ((each, ()) for each in access.facts.state if _is(role, each.role))
    return Explanation(
        about=role.name,
        kind="Azure role",
        description=role.description,
        team_members=(),
        granted=tuple(_granted(found, access, places, catalog, project)),
        must_not=0,
        outside=(),
    )


def of_capability(
    capability: Capability, project: Project, access: Evaluator, places: isolated_roles.Places, catalog: Catalog
) -> Explanation:
    """Everybody who has an assignment for the sake of a capability, and the responsibilities that take it."""
    found = (
        (each, ())
        for each in access.facts.state
        if any(reason.capability == capability.name for reason in each.reasons)
    )
    takers = tuple(
        (f"{role.title}: {responsibility.id}", ())
        for role in project.mapping.roles.values()
        for responsibility in role.responsibilities
        if any(each.name == capability.name for each in responsibility.takes)
    )
    return Explanation(
        about=capability.name,
        kind="capability",
        description=capability.says,
        team_members=takers,
        granted=tuple(_granted(found, access, places, catalog, project)),
        must_not=0,
        outside=(),
    )


_TYPES = {"Group": "group", "User": "user", "ServicePrincipal": "service principal"}


def _is(desired: AzureRole, found: AzureRole) -> bool:
    """Whether an assigned role is the one that is meant; a custom one of the mapping has no id until it is assigned."""
    return found.id == desired.id if desired.id else found.custom and found.name == desired.name


def _unknown_groups(subject: Subject, access: Evaluator) -> tuple[str, ...]:
    if not subject.may_have_more_groups:
        return ()
    membership = access.facts.membership
    groups = {
        each.id: each.name or each.id
        for each in access.index.principals()
        if each.type is PrincipalType.GROUP and each.id not in membership.known and each.id not in subject.through
    }
    if not groups:
        return ()
    return (
        f"who is in {shortlist(sorted(groups.values()))} is not known: what they give may come on top "
        "(`rbacgen lock --members` reads it, or write `groups:` in the project file)",
    )


def _granted(
    found: Iterable[tuple[Assignment, tuple[str, ...]]],
    access: Evaluator,
    places: isolated_roles.Places | None,
    catalog: Catalog,
    project: Project | None,
) -> Iterator[ExplainedGrant]:
    """Assignments joined over environments, sorted by scope kind in the mapping's order, Azure role and principal.

    Each assignment comes with the groups on the way to it.
    """
    names = _ScopeNames.of(places, project)
    rows: dict[tuple[object, ...], list[Assignment]] = {}
    paths: dict[tuple[object, ...], tuple[str, ...]] = {}
    for each, path in found:
        role, _ = access.index.role(each.role)
        key = _row_key(each, role, path, names)
        rows.setdefault(key, []).append(each)
        paths[key] = path
    for key in sorted(rows, key=_sortable):
        first, *_ = those = rows[key]
        role, _ = access.index.role(first.role)
        opened = privilege.escalation_paths(role, first.scope.level, type_of(first.scope), catalog, first.condition)
        yield ExplainedGrant(
            azure_role=role,
            scope_kind=names.kind(first),
            scopes=tuple(dict.fromkeys(each.scope for each in those)),
            environments=names.environments_of(those),
            activation=first.activation,
            condition=first.condition,
            ends=tuple(dict.fromkeys(str(each.ends) for each in those if each.ends is not None)),
            subject=first.principal,
            path=paths[key],
            reasons=_joined(access.index.reasons(each) for each in those),
            escalations=tuple(each.escalation for each in opened),
            supposed=all(each.scope in names.supposed for each in those),
        )


class _ScopeNames(Struct, frozen=True):
    """What a project calls scopes: the kind and the environment of each, whether it binds or supposes it.

    `supposed` are those that it does not bind; `kinds` and `environments` are names in the order of the files.
    """

    known: Mapping[Scope, tuple[str, str]]
    supposed: frozenset[Scope]
    kinds: tuple[str, ...]
    environments: tuple[str, ...]

    @classmethod
    def of(cls, places: isolated_roles.Places | None, project: Project | None) -> _ScopeNames:
        """The names of a project; none without one."""
        supposed = places.supposed if places is not None else {}
        bound = places.scopes if places is not None else {}
        # Where several names are for one scope the first counts, and a bound one before one that is only supposed.
        known = {scope: name for name, scope in reversed([*bound.items(), *supposed.items()])}
        return cls(
            known=known,
            supposed=frozenset(supposed.values()) - frozenset(bound.values()),
            kinds=tuple(project.mapping.scope_kinds) if project is not None else (),
            environments=tuple(each.name for each in project.environments) if project is not None else (),
        )

    def kind(self, assignment: Assignment) -> str:
        """The scope kind of an assignment: its own, or that of its scope; empty where it has none."""
        return assignment.scope_kind or self.known.get(assignment.scope, ("", ""))[0]

    def environments_of(self, assignments: Iterable[Assignment]) -> tuple[str, ...]:
        """The environments of assignments, in the project's order: their own, or those of their scopes."""
        found = {
            name
            for each in assignments
            for name in each.environments or (self.known.get(each.scope, ("", ""))[1],)
            if name
        }
        return tuple(sorted(found, key=self.environments.index))


def _row_key(assignment: Assignment, role: AzureRole, path: tuple[str, ...], names: _ScopeNames) -> tuple[object, ...]:
    """What the assignments of one row have in common; sorts rows."""
    kind = names.kind(assignment)
    return (
        names.kinds.index(kind) if kind in names.kinds else len(names.kinds),
        kind or assignment.scope.folded,
        role.name.casefold(),
        # A custom role has an id of its own in each subscription; for people it is one role.
        "" if role.custom and assignment.scope_kind else role.id,
        assignment.principal.id,
        assignment.activation,
        assignment.condition if not assignment.reasons else bool(assignment.condition),
        path,
    )


def _sortable(key: tuple[object, ...]) -> tuple[object, ...]:
    """A key that sorts: its numbers as they are, the rest as text."""
    return tuple(each if isinstance(each, int) and not isinstance(each, bool) else str(each) for each in key)


def _joined(reasons: Iterable[tuple[Reason, ...]]) -> tuple[Reason, ...]:
    """The reasons of several assignments, each responsibility once."""
    found: dict[tuple[str, str], Reason] = {}
    for those in reasons:
        for each in those:
            found.setdefault((each.project_role, each.responsibility), each)
    return tuple(found.values())
