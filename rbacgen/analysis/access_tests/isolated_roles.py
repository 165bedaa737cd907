"""Every project role by itself: the access of somebody who has this role only, at the project's own scopes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.model.assignment import Principal, PrincipalType
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.project.bindings import Bindings
from rbacgen.project.desired import Desired, build_desired
from rbacgen.project.mapping import ProjectRole, ScopeKind
from rbacgen.project.project import Environment, Project, TeamMember
from rbacgen.project.project_file import Binding

_STAND_IN = "role:"  # begins the id of the stand-in for the members of a project role; no object id begins so


class Places(Struct, frozen=True):
    """Where the scope kinds of a project are, environment by environment.

    `scopes` holds the scope of each kind that is bound or follows from one that is; `supposed` holds one for each kind that the
    project does not bind, laid where the mapping says that it lies, so that a mapping can be tried before all of it is bound.
    `parents` gives, for a scope (without case), the scopes that contain it and that its id does not show.
    """

    scopes: Mapping[tuple[str, str], Scope]
    supposed: Mapping[tuple[str, str], Scope]
    parents: Mapping[str, tuple[str, ...]]

    def of(self, kind: str, environment: str) -> Scope | None:
        """The scope of a kind in an environment, bound or supposed; None where the project says that there is none."""
        return self.scopes.get((kind, environment)) or self.supposed.get((kind, environment))


def stand_in(role: ProjectRole) -> Principal:
    """A principal that has just this project role."""
    kind = PrincipalType.SERVICE_PRINCIPAL if role.is_workload else PrincipalType.GROUP
    return Principal(_STAND_IN + role.id, kind, role.title)


def is_stand_in(principal: Principal) -> bool:
    """Whether the principal is the stand-in of a project role."""
    return principal.id.startswith(_STAND_IN)


def places(project: Project) -> Places:
    """Where every scope kind is in every environment of the project."""
    bindings = Bindings(project)
    supposing = Bindings(_supposing(project, bindings))
    scopes: dict[tuple[str, str], Scope] = {}
    supposed: dict[tuple[str, str], Scope] = {}
    parents: dict[str, tuple[str, ...]] = {}
    for environment, wider in zip(project.environments, supposing.project.environments, strict=True):
        for kind in project.mapping.scope_kinds.values():
            if bindings.is_absent(kind.name, environment):
                continue
            known = (kind.name, environment.name)
            bound = bindings.scope(kind.name, environment)
            if bound is not None:
                scopes[known] = bound
            elif (guess := supposing.scope(kind.name, wider)) is not None:
                supposed[known] = guess
    found = Places(scopes, supposed, parents)
    for (name, environment_name), scope in (*scopes.items(), *supposed.items()):
        kind = project.mapping.scope_kinds[name]
        home = next(each.subscription for each in project.environments if each.name == environment_name)
        for lower, upper in _hidden(kind, scope, environment_name, home, found):
            if lower != upper and upper not in parents.get(lower, ()):
                parents[lower] = (*parents.get(lower, ()), upper)
    return found


def _hidden(kind: ScopeKind, scope: Scope, environment: str, home: str, found: Places) -> Iterator[tuple[str, str]]:
    """What lies in what without its text saying so, as far as this binding shows; each lower scope with a higher one.

    A management group that an environment binds is above its subscription, and a Terraform reference lies where its kind does.
    """
    is_group = scope.level is ScopeLevel.MANAGEMENT_GROUP
    if is_group and home:
        yield f"/subscriptions/{home}", scope.folded
    if scope.reference and scope.subscription:
        yield scope.folded, f"/subscriptions/{scope.subscription}"
    if (is_group or scope.reference) and kind.under is not None:
        parent = found.of(kind.under, environment)
        if parent is not None:
            yield scope.folded, parent.folded


def _supposing(project: Project, bindings: Bindings) -> Project:
    """The project with a name for every kind that it neither binds nor says to be absent."""
    return replace(project, environments=tuple(_widened(each, project, bindings) for each in project.environments))


def _widened(environment: Environment, project: Project, bindings: Bindings) -> Environment:
    named: dict[str, str | Binding] = dict(environment.bindings)
    for kind in project.mapping.scope_kinds.values():
        above = (ScopeLevel.TENANT, ScopeLevel.SUBSCRIPTION)
        if kind.name not in named and kind.level not in above and not bindings.is_absent(kind.name, environment):
            # With the environment in it: two environments of one subscription do not have the same places.
            named[kind.name] = kind.fixed_name or f"some-{environment.name}-{kind.name}".replace("_", "-")
    return replace(environment, bindings=named)


def isolated(project: Project) -> Desired:
    """The access of every project role by itself: its grants in every environment, assigned to a stand-in.

    Ends count for nothing, PIM is there or not as the project says, and what the project does not bind is supposed to be where
    the mapping says. The assignments carry their reasons, as desired ones do.
    """
    bindings = Bindings(project)
    supposing = _supposing(project, bindings)
    team = {role.id: (TeamMember(stand_in(role), (), None, role.at),) for role in project.mapping.roles.values()}
    alone = replace(supposing, team=team, ends=None)
    made, _ = build_desired(alone).on(None)
    return made
