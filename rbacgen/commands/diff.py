"""The order of steps of `diff`: from a project and a source to what differs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.analysis import drift
from rbacgen.analysis.drift import Baseline, Drift, Strategy, View
from rbacgen.analysis.results import CheckedProject
from rbacgen.commands import load
from rbacgen.commands.open_source import Connect, Reader
from rbacgen.model.problems import InputError, RbacgenError
from rbacgen.model.state import Part
from rbacgen.project import managed_scopes
from rbacgen.project.desired import Desired
from rbacgen.project.project import Project


class DiffOptions(Struct, frozen=True):
    """The options of a comparison. `source` is a file or a folder, `-` for standard input, None for live Azure.

    `denials` reads deny assignments as well: they are not drift, but decide what somebody can do.
    """

    source: str | None = None
    environments: tuple[str, ...] = ()
    subscriptions: tuple[str, ...] = ()
    strategy: Strategy = Strategy.FULL
    within: int = 30
    denials: bool = False


class ComparedProject(Struct, frozen=True):
    """A comparison, and the project that it was made for."""

    drift: Drift
    checked: CheckedProject


def diff(given: str | None, today: date, options: DiffOptions, connect: Connect) -> ComparedProject:
    """Compares a project with a source.

    Raises InputError where the project has errors, and RbacgenError where the source could not be read at all.
    """
    return compare(_worked_out(given, today, options.within), today, options, connect)


def compare(checked: CheckedProject, today: date, options: DiffOptions, connect: Connect) -> ComparedProject:
    """Compares a loaded project without errors with a source.

    Raises RbacgenError where the source could not be read at all.
    """
    project, desired = checked.project, checked.desired
    load.chosen_environments(project, options.environments)
    _check_subscriptions(project, desired, options.subscriptions)
    view = View(
        today=today,
        within=options.within,
        strategy=options.strategy,
        environments=options.environments,
        subscriptions=tuple(each.lower() for each in options.subscriptions),
        once_desired=desired.once_desired(),
    )
    baseline = Baseline.of(project, desired, checked.catalog, view)
    reader = Reader(connect, project.cloud, checked.catalog)
    asked = managed_scopes.ask(project, desired, view.environments, view.subscriptions)
    if options.denials:
        asked = replace(asked, parts=asked.parts | {Part.DENIALS})
    source = reader.read(options.source, asked, project.tenant)
    source = reader.with_directory(source, drift.principals(baseline, source))
    result = drift.compare(baseline, source)
    if reader.live is not None and drift.needs_justifications(result):
        source = reader.with_justifications(source)
        result = drift.compare(baseline, source)
    return ComparedProject(result, checked)


def _worked_out(given: str | None, today: date, within: int) -> CheckedProject:
    checked = load.work_out(given, today, within)
    if checked.blocking:
        raise InputError(checked.blocking)
    return checked


def _check_subscriptions(project: Project, desired: Desired, given: Iterable[str]) -> None:
    known = {each.subscription: each.name for each in project.environments}
    known |= {each.scope.subscription: each.environment for each in desired.state if each.scope.subscription}
    for subscription in given:
        if subscription.lower() not in known:
            listed = ", ".join(f"{each} ({name})" for each, name in sorted(known.items()))
            raise RbacgenError(f"the project has nothing in the subscription {subscription}", f"it has {listed}")
