"""The order of steps of `diff` and `snapshot`: from a project and a source to what differs, or to what there is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from rbacgen import desired, drift, reading, workflow
from rbacgen.desired import Desired
from rbacgen.drift import Drift, Strategy, View
from rbacgen.managed import managed_scopes
from rbacgen.model import Activation, Assignment, Key, Part, PrincipalType, Scope, ScopeLevel, Unread
from rbacgen.outcome import Outcome
from rbacgen.problems import InputError, RbacgenError, Severity
from rbacgen.project import Project
from rbacgen.reading import Connect
from rbacgen.source import Ask, DirectoryRefusedError, LiveSource, Source

# What a comparison takes; deny assignments play no part in it, and the directory is asked once it is known for whom.
_PARTS = frozenset({Part.ASSIGNMENTS, Part.ELIGIBILITIES, Part.ACTIVATIONS, Part.DEFINITIONS})


class Options(Struct, frozen=True):
    """How a comparison is asked for. `source` is a file or a folder, `-` for standard input, None for live Azure."""

    source: str | None = None
    environments: tuple[str, ...] = ()
    subscriptions: tuple[str, ...] = ()
    strategy: Strategy = Strategy.FULL
    within: int = 30


class Compared(Struct, frozen=True):
    """A comparison, and the project that it was made for."""

    drift: Drift
    outcome: Outcome


def diff(given: str | None, today: date, options: Options, connect: Connect) -> Compared:
    """Compares a project with a source.

    Raises InputError where the project has errors, and RbacgenError where the source could not be read at all.
    """
    outcome = _worked_out(given, today, options.within)
    project, wanted = outcome.project, outcome.desired
    workflow.chosen_environments(project, options.environments)
    _check_subscriptions(project, wanted, options.subscriptions)
    view = View(
        today=today,
        within=options.within,
        strategy=options.strategy,
        environments=options.environments,
        subscriptions=tuple(each.lower() for each in options.subscriptions),
        once_wanted=_once_wanted(project, wanted),
    )
    live: LiveSource | None = None

    def connected() -> LiveSource:
        nonlocal live
        live = live or connect(project.cloud, outcome.catalog)
        return live

    source = reading.source(options.source, ask(project, wanted, view), connected, outcome.catalog)
    _check_tenant(project, source)
    if live is not None:
        source = _with_directory(source, live, drift.principals(project, wanted, source, outcome.catalog, view))
    result = drift.compare(project, wanted, source, outcome.catalog, view)
    if live is not None and drift.needs_justifications(result):
        source = live.with_justifications(source)
        result = drift.compare(project, wanted, source, outcome.catalog, view)
    return Compared(result, outcome)


def snapshot(given: str | None, today: date, subscriptions: Iterable[str], connect: Connect) -> Source:
    """Everything that Azure holds where the project looks, or in these subscriptions, whether there is a project or not.

    Raises RbacgenError where nothing could be read at all.
    """
    named = tuple(dict.fromkeys(each.lower() for each in subscriptions))
    if named:
        roles = workflow.catalog_here(given)
        cloud = ""
        asked = Ask(subscriptions=named)
    else:
        outcome = _worked_out(given, today, 0)
        roles, cloud = outcome.catalog, outcome.project.cloud
        asked = ask(outcome.project, outcome.desired, View(today))
    live = connect(cloud, roles)
    source = live.read(replace(asked, parts=frozenset(Part), all_definitions=True, mark=""))
    source = live.with_justifications(source)
    return _with_directory(source, live, frozenset(each.principal.id for each in source.state if _is_ours(each)))


def ask(project: Project, wanted: Desired, view: View) -> Ask:
    """What has to be read for this project: its subscriptions, what it gives access at elsewhere, and what lies above."""
    chosen = set(view.environments) or {each.name for each in project.environments}
    scopes = {
        scope.folded: scope
        for name, found in managed_scopes(project, wanted).items()
        if name in chosen
        for scope in found
    }
    subscriptions = {each.subscription for each in project.environments if each.name in chosen}
    subscriptions |= {each.subscription for each in scopes.values()}
    subscriptions -= {""}
    if view.subscriptions:
        subscriptions &= set(view.subscriptions)
    within: dict[str, list[Scope]] = {each: [] for each in subscriptions}
    for folded in sorted(scopes):
        scope = scopes[folded]
        if scope.level in (ScopeLevel.RESOURCE_GROUP, ScopeLevel.RESOURCE) and scope.subscription in within:
            within[scope.subscription].append(scope)
    above = [
        scope
        for _, scope in sorted(scopes.items())
        if scope.level in (ScopeLevel.TENANT, ScopeLevel.MANAGEMENT_GROUP) and not view.subscriptions
    ]
    return Ask(
        subscriptions=tuple(sorted(subscriptions)),
        above=tuple(above),
        within={each: tuple(found) for each, found in within.items()},
        parts=_PARTS,
        custom_roles=frozenset(each.role.id for each in wanted.definitions if each.environment in chosen),
        mark="" if any(_ends_by_pim(each, project) for each in wanted.state) else desired.mark(project.name),
    )


def _ends_by_pim(wanted: Assignment, project: Project) -> bool:
    return wanted.activation is Activation.PERMANENT and desired.kept_by_pim(wanted, project.pim)


def _is_ours(held: Assignment) -> bool:
    """Whether the directory of the tenant knows the principal: one of another tenant would look deleted there."""
    return held.principal.type is not PrincipalType.FOREIGN_GROUP


def _worked_out(given: str | None, today: date, within: int) -> Outcome:
    outcome = workflow.work_out(given, today, within)
    errors = outcome.of(Severity.ERROR)
    if errors:
        raise InputError(errors)
    return outcome


def _once_wanted(project: Project, wanted: Desired) -> frozenset[Key]:
    """What the project would want if nothing had ended yet, and wants no more."""
    if not wanted.expired:
        return frozenset()
    endless, _ = desired.build(project, date.min)
    return frozenset(key for key, _ in endless.state.items() if key not in wanted.state)


def _check_subscriptions(project: Project, wanted: Desired, given: Iterable[str]) -> None:
    known = {each.subscription: each.name for each in project.environments}
    known |= {each.scope.subscription: each.environment for each in wanted.state if each.scope.subscription}
    for subscription in given:
        if subscription.lower() not in known:
            listed = ", ".join(f"{each} ({name})" for each, name in sorted(known.items()))
            raise RbacgenError(f"the project has nothing in the subscription {subscription}", f"it has {listed}")


def _check_tenant(project: Project, source: Source) -> None:
    if project.tenant and source.tenant and project.tenant != source.tenant.lower():
        raise RbacgenError(
            f"{source.name} is of the tenant {source.tenant}, and the project of {project.tenant}",
            "log in to the project's tenant (az login --tenant), or mend `tenant` in the project file",
        )


def _with_directory(source: Source, live: LiveSource, ids: frozenset[str]) -> Source:
    """The source with what the directory says of these principals; where it may not be asked, a note says so."""
    if not ids:
        return source
    try:
        return replace(source, directory=live.directory(ids))
    except DirectoryRefusedError as error:
        return replace(
            source, notes=(*source.notes, f"{error.message}, so whether principals still exist is not known")
        )
    except RbacgenError as error:
        missed = Unread("the directory", Part.DIRECTORY, error.message, error.hint)
        return replace(source, state=source.state.with_unread(missed))
