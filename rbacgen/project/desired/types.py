"""What a project desires of Azure, as values: assignments, definitions of custom roles, and what has ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from rbacgen.model.assignment import Activation, Assignment, AzureRole, Key
from rbacgen.model.problems import Position
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.model.state import State
from rbacgen.project.mapping import ProjectRole
from rbacgen.project.project import TeamMember


class Definition(Struct, frozen=True):
    """A custom Azure role to be made in an environment's subscription: where it can be assigned, and the role."""

    role: AzureRole
    environment: str
    subscription: str
    why: str
    at: Position


class Expired(Struct, frozen=True):
    """A project role that a team member no longer has all access of, because a day has passed: the first such day found."""

    team_member: TeamMember
    role: ProjectRole
    ended: date


class Desired(Struct, frozen=True):
    """The desired state on a day, sorted; the definitions of custom roles; and what is notable about how it came to be.

    `expired` names whose access has ended. `lapsed` holds every assignment that a grant has left by then, as it would be if
    nothing had ended.
    `permanent_instead` holds the desired assignments that should be eligible but are not, because the project has no PIM;
    `idle` the members of project roles that came to no access; `bound` the scopes that each environment binds, used or not.
    """

    state: State
    definitions: tuple[Definition, ...]
    expired: tuple[Expired, ...]
    lapsed: tuple[Assignment, ...]
    permanent_instead: tuple[Assignment, ...]
    idle: tuple[tuple[TeamMember, ProjectRole], ...]
    bindings_used: frozenset[tuple[str, str]]
    bound: Mapping[str, tuple[Scope, ...]]

    def once_desired(self) -> frozenset[Key]:
        """What would be desired if nothing had ended, and is desired no longer."""
        return frozenset(each.key for each in self.lapsed if each.key not in self.state)


def kept_by_pim(assignment: Assignment, pim: bool) -> bool:
    """Whether Privileged Identity Management keeps this assignment: an eligible one, or one that is active until a day.

    azurerm's active assignments take no condition and no tenant root; what would lose its condition or could not be made
    is permanent, and `render` leaves it out from its day on.
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
