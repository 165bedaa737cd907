"""What a project desires of Azure: every assignment once, with all its reasons, and the custom roles that it takes.

`build_desired` collects every grant of a project with its end, once; `DesiredAccess.on` is the desired state on a day.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from rbacgen.model.assignment import Assignment
from rbacgen.model.problems import Position, Problem
from rbacgen.model.state import State
from rbacgen.project.desired.assignments import AssignmentJoiner
from rbacgen.project.desired.custom_roles import definitions
from rbacgen.project.desired.delegation import delegation_condition
from rbacgen.project.desired.description import ANY_MARK, DESCRIPTION_LIMIT, describe, mark, why
from rbacgen.project.desired.grants import CollectedGrants, DesiredGrant, collect
from rbacgen.project.desired.types import Definition, Desired, Expired, kept_by_pim
from rbacgen.project.project import Project

__all__ = [
    "ANY_MARK",
    "DESCRIPTION_LIMIT",
    "Definition",
    "Desired",
    "DesiredAccess",
    "Expired",
    "build_desired",
    "delegation_condition",
    "describe",
    "kept_by_pim",
    "mark",
    "why",
]


class DesiredAccess(Struct, frozen=True):
    """All access that a project ever desires, each grant with its end."""

    project: Project
    grants: CollectedGrants

    def on(self, day: date | None) -> tuple[Desired, tuple[Problem, ...]]:
        """What the project desires on a day, without what has ended by then, and every problem on the way there.

        Without a day, nothing has ended.
        """
        joiner = AssignmentJoiner(self.project)
        assignments: list[Assignment] = []
        permanent_instead: list[Assignment] = []
        lapsed: list[Assignment] = []
        problems = [*self.grants.problems]
        problems += [problem for given, problem in self.grants.refused if not _has_ended(given, day)]
        for grants in self.grants.by_key.values():
            left = [each for each in grants if not _has_ended(each, day)]
            if len(left) < len(grants):
                lapsed.append(joiner.join(grants).assignment)
            if left:
                joined = joiner.join(left)
                assignments.append(joined.assignment)
                problems += joined.problems
                if joined.permanent_instead:
                    permanent_instead.append(joined.assignment)
        made, refusals = definitions(self.project, assignments)
        desired = Desired(
            state=State(assignments),
            definitions=made,
            expired=self._expired(day),
            lapsed=tuple(lapsed),
            permanent_instead=tuple(permanent_instead),
            idle=self.grants.idle,
            bindings_used=self.grants.bindings_used,
            bound=self.grants.bound,
        )
        return desired, (*problems, *refusals)

    def _expired(self, day: date | None) -> tuple[Expired, ...]:
        found: dict[tuple[Position, str], Expired] = {}
        for each in self.grants.ending:
            if each.ends is not None and _has_ended(each, day):
                known = (each.team_member.at, each.project_role.id)
                found.setdefault(known, Expired(each.team_member, each.project_role, each.ends))
        return tuple(found.values())


def build_desired(project: Project) -> DesiredAccess:
    """All access that the project ever desires."""
    return DesiredAccess(project, collect(project))


def _has_ended(given: DesiredGrant, day: date | None) -> bool:
    return day is not None and given.ends is not None and given.ends <= day
