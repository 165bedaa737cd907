"""What a matrix consists of: cells and their grants, what can be asked of it, and the side of a source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from rbacgen.analysis.drift import Drift, DriftKind, ExclusionReason
from rbacgen.analysis.results import CheckedProject, SourceCheck
from rbacgen.authorization.catalog.escalations import Escalation
from rbacgen.authorization.privilege import PRIVILEGED
from rbacgen.model.assignment import Activation, Assignment, AzureRole, Plane
from rbacgen.model.exit_code import ExitCode
from rbacgen.model.problems import Problem
from rbacgen.model.state import Unread
from rbacgen.project.desired import Desired
from rbacgen.project.project import Project


class CellGrant(Struct, frozen=True):
    """One Azure role in a cell, and the responsibilities with the capabilities that it is for.

    `escalations` are the escalations that it makes possible; `assignments` are indexes of `Matrix.assignments`, none where the
    project role is unassigned.
    """

    role: AzureRole
    activation: Activation
    condition: str
    ends: date | None
    escalations: tuple[Escalation, ...]
    serves: tuple[tuple[str, str], ...]
    assignments: tuple[int, ...]


class Cell(Struct, frozen=True):
    """The access of a project role on a scope kind in an environment.

    `is_assigned` is False where the project role has no members: then the grants are those that a member would get.
    """

    project_role: str
    scope_kind: str
    environment: str
    grants: tuple[CellGrant, ...]
    is_assigned: bool


class Limit(Struct, frozen=True):
    """A condition: its text, its explanation in a sentence (empty where there is none), and the operations that it limits.

    `operations` are patterns; what none of them matches is allowed as without a condition.
    """

    text: Annotated[str, Meta(description="The condition.")]
    description: Annotated[str, Meta(description="A sentence for it; empty where there is none.")]
    operations: Annotated[tuple[str, ...], Meta(description="The operations that it limits, as patterns.")]


class AskableOperation(Struct, frozen=True):
    """An operation that people may ask about, and the words for it (empty for one that only the mapping needs).

    `resource_type` is the type of resource that the operation applies to, `resource` the noun for one; empty for any type.
    """

    words: Annotated[str, Meta(description="The words that people ask in; empty for what only the mapping names.")]
    operation: Annotated[str, Meta(description="The operation.")]
    plane: Annotated[Plane, Meta(description="The plane of the operation.")]
    resource_type: Annotated[str, Meta(description="The type of resource that it is done to; empty for any.")]
    resource: Annotated[str, Meta(description="What to call such a resource; empty for any.")]


class Matrix(Struct, frozen=True):
    """Cells in the order of project roles, scope kinds and environments, and what they are made from.

    `escalations` goes with `assignments`, one by one: the escalations that each makes possible. `roles` are the distinct Azure
    roles, a custom one of the mapping once for all subscriptions. `passed` says for a project role, the line of a `must_not`
    and the plane whether its access test passed; what was not tested is not in it. `bound` are the scope kinds that have a
    scope, with the environment.
    """

    project: Project
    desired: Desired
    environments: tuple[str, ...]
    assignments: tuple[Assignment, ...]
    escalations: tuple[tuple[Escalation, ...], ...]
    cells: tuple[Cell, ...]
    roles: tuple[AzureRole, ...]
    limits: Mapping[str, Limit]
    asked: tuple[AskableOperation, ...]
    passed: Mapping[tuple[str, str, Plane], bool]
    bound: frozenset[tuple[str, str]]

    @property
    def escalating(self) -> int:
        """How many assignments make an escalation possible."""
        return sum(map(bool, self.escalations))

    @property
    def privileged(self) -> int:
        """How many assignments make an escalation possible that assigns roles or widens access itself."""
        return sum(map(is_privileged, self.escalations))


class UndesiredAssignment(Struct, frozen=True):
    """An assignment that a source has and the project does not desire so; `kind` is its kind of drift, or why it is excluded.

    Its role is the one that the source or the catalogue knows; `role_key` is its name among the roles of the matrix.
    `instead_of` is the index of the desired assignment that it replaces, `remark` a sentence about it.
    """

    kind: DriftKind | ExclusionReason
    assignment: Assignment
    role_key: str
    environments: tuple[str, ...]
    escalations: tuple[Escalation, ...]
    instead_of: int | None
    remark: str


class SourceSide(Struct, frozen=True):
    """What a source has and the project does not desire, what assigns roles first, with the conditions of it."""

    undesired: tuple[UndesiredAssignment, ...] = ()
    limits: Mapping[str, Limit] = {}


class OpenedEscalation(Struct, frozen=True):
    """An escalation that some assignment makes possible; `is_privileged` says whether it assigns roles or widens access itself."""

    escalation: Escalation
    is_privileged: bool


class MatrixResult(Struct, frozen=True):
    """A matrix, what was found about the project itself, and, of a source, what differs and what was found there."""

    matrix: Matrix
    checked: CheckedProject
    findings: tuple[Problem, ...]
    drift: Drift | None = None
    actual: SourceCheck | None = None
    source_side: SourceSide = SourceSide()

    @property
    def escalations(self) -> tuple[OpenedEscalation, ...]:
        """Every escalation that an assignment makes possible, desired or actual, or that a cell would, by operation."""
        opened = [*self.matrix.escalations, *(grant.escalations for cell in self.matrix.cells for grant in cell.grants)]
        opened += [each.escalations for each in self.source_side.undesired]
        found = {each.operation: each for those in opened for each in those}
        return tuple(OpenedEscalation(found[each], is_privileged((found[each],))) for each in sorted(found))

    @property
    def exit_code(self) -> ExitCode:
        """INCOMPLETE where not all of the source was read, else OK: `check` and `diff` judge the findings."""
        return ExitCode.OK if self.is_complete else ExitCode.INCOMPLETE

    @property
    def unread(self) -> tuple[Unread, ...]:
        """What of the source could not be read; nothing where there is none."""
        if self.drift is None or self.actual is None:
            return ()
        return tuple(sorted({*self.drift.unread, *self.actual.unread}))

    @property
    def is_complete(self) -> bool:
        """Whether all of the source was read."""
        return not self.unread


def is_privileged(escalations: Iterable[Escalation]) -> bool:
    """Whether one of these escalations assigns roles or widens access itself."""
    return any(each.category in PRIVILEGED for each in escalations)


def role_key(role: AzureRole) -> str:
    """What identifies an Azure role within a project: its name if it is custom, since its GUID differs by subscription."""
    return role.name if role.custom else role.id
