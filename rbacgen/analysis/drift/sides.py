"""The two sides of a comparison: what a project desires in a view, and what one source holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from rbacgen.analysis.drift.types import View
from rbacgen.authorization.catalog import Catalog
from rbacgen.model.assignment import Activation, Assignment, PrincipalType, instant
from rbacgen.model.scope import Scope
from rbacgen.model.source import Presence, Source, SourceKind
from rbacgen.model.state import Part
from rbacgen.project.desired import Desired, mark
from rbacgen.project.managed_scopes import ScopeRelation, managed_scopes
from rbacgen.project.project import Project


class Baseline(Struct, frozen=True):
    """A project's desired state in a view, to be compared with any source.

    `mark` ends the description of the project's own assignments, `managed` are the scopes that each environment manages,
    `relation` says how other scopes relate to them, `environments` are those of the view. What ends until `soon` is named.
    """

    project: Project
    desired: Desired
    catalog: Catalog
    view: View
    mark: str
    managed: Mapping[str, list[Scope]]
    relation: ScopeRelation
    environments: frozenset[str]
    now: datetime
    soon: datetime

    @classmethod
    def of(cls, project: Project, desired: Desired, catalog: Catalog, view: View) -> Baseline:
        """The comparison of a project in this view."""
        managed = managed_scopes(project, desired)
        now = instant(view.today)
        return cls(
            project=project,
            desired=desired,
            catalog=catalog,
            view=view,
            mark=mark(project.name),
            managed=managed,
            relation=ScopeRelation.of(project, desired, managed),
            environments=frozenset(view.environments or (each.name for each in project.environments)),
            now=now,
            soon=now + timedelta(days=view.within),
        )

    def is_viewed(self, scope: Scope) -> bool:
        """Whether the view includes the scope's subscription."""
        return not self.view.subscriptions or scope.subscription in self.view.subscriptions

    def is_marked(self, actual: Assignment) -> bool:
        """Whether the assignment carries the project's mark."""
        return self.mark in actual.description

    def first_viewed(self, environments: Iterable[str]) -> str:
        """The first of these environments that the view includes; empty where it includes none."""
        return next((name for name in environments if name in self.environments), "")


class Sides(Struct, frozen=True):
    """A comparison with one source.

    `assignments` are the desired assignments that the view includes. `compared` are the environments that the source can
    hold: for Terraform those of which it has something. `is_unclear` says that it has a block of Terraform that was not
    understood: that may be any assignment, so nothing can be called missing.
    """

    baseline: Baseline
    source: Source
    assignments: tuple[Assignment, ...]
    compared: frozenset[str]
    is_unclear: bool

    @classmethod
    def of(cls, baseline: Baseline, source: Source) -> Sides:
        """Both sides, for this source."""
        is_terraform = source.kind.is_terraform
        compared = baseline.environments
        if is_terraform and not baseline.view.environments:
            desired = baseline.desired.state.items()
            compared = frozenset(each.environment for key, each in desired if key in source.state)
        return cls(
            baseline=baseline,
            source=source,
            assignments=tuple(_viewed(baseline, is_terraform)),
            compared=compared,
            is_unclear=is_terraform
            and any(
                each.part is not Part.DEFINITIONS and not each.scope.startswith("/")
                for each in source.state.coverage.unread
            ),
        )

    @property
    def is_terraform(self) -> bool:
        """Whether the source holds what Terraform manages, and nothing that others made."""
        return self.source.kind.is_terraform

    @property
    def is_whole(self) -> bool:
        """Whether the view includes everything, and the source could hold what others made."""
        view = self.baseline.view
        return not view.environments and not view.subscriptions and not self.is_terraform

    @property
    def can_be_eligible(self) -> bool:
        """Whether such a source can have eligible access; the list of `az` cannot, and a note says so once."""
        return self.source.kind is not SourceKind.AZ_LIST

    def environment_of(self, desired: Assignment) -> str:
        """The environment to name for a desired assignment: the first of its own that the view includes."""
        return self.baseline.first_viewed(environments_of(desired, self.is_terraform))

    def is_elsewhere(self, desired: Assignment) -> bool:
        """Whether a desired assignment belongs to environments of which a Terraform source holds nothing."""
        return self.is_terraform and self.compared.isdisjoint(environments_of(desired, True))

    def presence(self, actual: Assignment) -> Presence | None:
        """The directory's entry of the principal; None where it was not asked."""
        entry = self.source.directory.get(actual.principal.id)
        return entry.presence if entry is not None else None


def _viewed(baseline: Baseline, is_terraform: bool) -> Iterator[Assignment]:
    """The desired assignments that the view includes."""
    for each in baseline.desired.state:
        names = environments_of(each, is_terraform)
        if not baseline.environments.isdisjoint(names) and baseline.is_viewed(each.scope):
            yield each


def environments_of(desired: Assignment, is_terraform: bool) -> tuple[str, ...]:
    """The environments that a desired assignment belongs to: Terraform has it in the one that renders it."""
    return (desired.environment,) if is_terraform else desired.environments


def part_of(activation: Activation) -> Part:
    """The part of a reading that holds access of this activation."""
    return Part.ELIGIBILITIES if activation is Activation.ELIGIBLE else Part.ASSIGNMENTS


def is_reference(assignment: Assignment) -> bool:
    """Whether only Terraform knows its scope, or its principal."""
    return assignment.scope.reference or assignment.principal.reference


def is_unexplained(actual: Assignment) -> bool:
    """Whether PIM keeps the assignment without a justification, so that nothing shows which project it belongs to."""
    return actual.actual.through_pim and not actual.description


def may_be_activated(actual: Assignment, sides: Sides) -> bool:
    """Whether it may be activated just in time only, because activations were not read there."""
    return (
        actual.activation is Activation.PERMANENT
        and actual.principal.type is PrincipalType.USER
        and not sides.is_terraform
        and not sides.source.state.coverage.covers(Part.ACTIVATIONS, actual.scope)
    )
