"""What `can`, `who-can` and `explain` share: a query, the facts to answer it from, and the access requests that it means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from msgspec import Struct, field
from msgspec.structs import replace

from rbacgen.analysis import subjects
from rbacgen.analysis.access_tests import isolated_roles, runner
from rbacgen.analysis.access_tests.isolated_roles import Places
from rbacgen.analysis.results import CheckedProject
from rbacgen.analysis.subjects import NamedSubject
from rbacgen.authorization.catalog import Catalog, bypasses
from rbacgen.authorization.catalog.roles import Roles
from rbacgen.authorization.evaluator import Evaluator
from rbacgen.authorization.groups import Membership
from rbacgen.authorization.request import AccessRequest, Facts
from rbacgen.commands import load
from rbacgen.commands.open_source import LIVE, Connect, Reader
from rbacgen.model.assignment import Plane, Principal, PrincipalType, Verdict
from rbacgen.model.near_names import did_you_mean
from rbacgen.model.problems import InputError, RbacgenError
from rbacgen.model.scope import GUID_TEXT, Scope, ScopeLevel
from rbacgen.model.source import COMPARED, Ask, Source
from rbacgen.model.state import Part
from rbacgen.project import managed_scopes
from rbacgen.project.project import Project


class Query(Struct, frozen=True):
    """An operation at a scope kind or a scope id, in some environments (empty for all), in the desired state or in a source.

    `plane` is None where it follows from the operation; `attributes` are the known values for conditions; `accepted` are
    verdicts that count as allowed.
    """

    operation: str
    on: str
    environments: tuple[str, ...] = ()
    source: str | None = None
    plane: Plane | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    accepted: frozenset[Verdict] = frozenset()


class QueryContext(Struct, frozen=True):
    """What a query is answered from: the project, where there is one, and the access in it or in a source.

    `alone` evaluates each project role by itself; it and `places` are None without a project.
    """

    checked: CheckedProject | None
    catalog: Catalog
    places: Places | None
    access: Evaluator
    alone: Evaluator | None
    source: Source | None

    @property
    def project(self) -> Project | None:
        """The project, where there is one."""
        return self.checked.project if self.checked is not None else None

    @property
    def project_name(self) -> str:
        """The project's name; empty without a project."""
        return self.checked.project.name if self.checked is not None else ""

    @property
    def source_name(self) -> str:
        """The source's name; empty where the query is about the desired state."""
        return self.source.name if self.source is not None else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes of the source for every report."""
        return self.source.notes if self.source is not None else ()


def role_names(context: QueryContext) -> Callable[[str], str]:
    """The names of Azure roles by GUID: custom ones of the source or the project, and the built-in ones; else the GUID."""
    definitions = list(context.source.definitions) if context.source is not None else []
    if context.checked is not None:
        definitions += [each.role for each in context.checked.desired.definitions]
    roles = Roles(context.catalog, definitions)
    return lambda guid: roles.of(guid).name or guid


_SCOPE_ID = re.compile(rf"/\Z|/subscriptions/{GUID_TEXT}(/[^/]+)*/?\Z|/providers/[^/]+(/[^/]+)*/?\Z", re.IGNORECASE)


def check_scope(on: str) -> None:
    """Raises RbacgenError where `on` looks like a scope id and is none."""
    if on.startswith("/") and not _SCOPE_ID.match(on):
        raise RbacgenError(
            f"`{on}` is not an Azure scope id",
            "a scope id begins with /subscriptions/<id> or /providers/Microsoft.Management/managementGroups/<name>, or is /",
        )


def prepare(given: str | None, today: date, source: str | None, on: str, connect: Connect) -> QueryContext:
    """The project and the access in it or in a source. With a source no project is needed if all ids are complete.

    Raises InputError where the project has errors that leave no desired state.
    """
    checked = _project(given, today, needed=source is None)
    if checked is None:
        assert source is not None
        roles = load.catalog_here(given)
        if source == LIVE and not on:
            raise RbacgenError(
                "without a project it is not known which subscriptions to read",
                "name the project with -p, or write a snapshot of the subscriptions and give it as --source",
            )
        read = _read(source, Ask(_subscriptions(on), _above_subscriptions(on)), "", "", roles, connect)
        facts = facts_of(read, None, None, roles)
        return QueryContext(None, roles, None, Evaluator(facts), None, read)
    project = checked.project
    places = isolated_roles.places(project)
    alone = Evaluator(runner.alone(project, checked.catalog, places))
    if source is None:
        desired = Evaluator(runner.facts(project, checked.desired, checked.catalog, places))
        return QueryContext(checked, checked.catalog, places, desired, alone, None)
    asked = managed_scopes.ask(project, checked.desired)
    more = tuple(each for each in _subscriptions(on) if each not in asked.subscriptions)
    known = {each.folded for each in asked.above}
    above = tuple(each for each in _above_subscriptions(on) if each.folded not in known)
    asked = replace(asked, subscriptions=(*asked.subscriptions, *more), above=(*asked.above, *above))
    read = _read(source, asked, project.cloud, project.tenant, checked.catalog, connect)
    access = Evaluator(facts_of(read, checked, places, checked.catalog))
    return QueryContext(checked, checked.catalog, places, access, alone, read)


def _project(given: str | None, today: date, needed: bool) -> CheckedProject | None:
    from rbacgen.commands import files

    if not needed and given is None:
        try:
            files.find_project(None)
        except RbacgenError:
            return None
    checked = load.work_out(given, today)
    if checked.blocking:
        raise InputError(checked.blocking)
    return checked


def _subscriptions(on: str) -> tuple[str, ...]:
    subscription = Scope.of(on).subscription if on.startswith("/") else ""
    return (subscription,) if subscription else ()


def _above_subscriptions(on: str) -> tuple[Scope, ...]:
    scope = Scope.of(on) if on.startswith("/") else None
    return (scope,) if scope is not None and scope.level in (ScopeLevel.TENANT, ScopeLevel.MANAGEMENT_GROUP) else ()


def _read(source: str, asked: Ask, cloud: str, tenant: str, roles: Catalog, connect: Connect) -> Source:
    reader = Reader(connect, cloud, roles)
    return reader.read(source, replace(asked, parts=COMPARED | {Part.DENIALS}, mark=""), tenant)


def facts_of(source: Source, checked: CheckedProject | None, places: Places | None, catalog: Catalog) -> Facts:
    """The facts in a source. The project adds names, reasons, groups and custom roles."""
    known = {role.id: role for role in source.definitions}
    parents: dict[str, tuple[str, ...]] = dict(places.parents) if places is not None else {}
    for lower, upper in source.above.items():
        parents[lower] = tuple(dict.fromkeys((*parents.get(lower, ()), *upper)))
    if checked is not None:
        known = {each.role.id: each.role for each in checked.desired.definitions} | known
    roles = Roles(catalog, known.values())
    return Facts(
        state=source.state,
        role_of=lambda role: role if role.permissions else roles.of(role.id),
        membership=checked.project.membership if checked is not None else Membership(),
        parents=parents,
        knows_management_groups=source.knows_management_groups,
        denials=source.denials,
        desired=checked.desired.state if checked is not None else None,
        permanent_instead=frozenset(each.key for each in checked.desired.permanent_instead) if checked else frozenset(),
        known_operations=catalog.operations.matching,
        bypasses=bypasses.load(),
    )


def named_subject(context: QueryContext, text: str) -> NamedSubject:
    """The subject that a text names. Raises RbacgenError where it names none, or several."""
    try:
        return subjects.find(context.project, text)
    except subjects.UnknownSubjectError as error:
        raise RbacgenError(error.message, error.hint) from None


def known_principal(principal: Principal, access: Evaluator) -> Principal:
    """The principal with its type and name, where only its id was given and it has an assignment."""
    if principal.type is not PrincipalType.UNKNOWN:
        return principal
    return next((each for each in access.index.principals() if each.id == principal.id), principal)


def requests(context: QueryContext, query: Query) -> tuple[tuple[tuple[str, AccessRequest], ...], tuple[str, ...]]:
    """The access requests of a query, each with its environment, one for each environment and plane; and notes on them."""
    planes, notes = _planes(query, context.catalog)
    scopes = tuple(_scopes(context, query))
    found = tuple(
        (environment, AccessRequest(query.operation, plane, scope, query.attributes))
        for environment, scope in scopes
        for plane in planes
    )
    return found, notes


def _planes(query: Query, catalog: Catalog) -> tuple[tuple[Plane, ...], tuple[str, ...]]:
    """The planes of a query, and notes on them. Raises RbacgenError for what cannot be an operation."""
    from rbacgen.authorization import patterns

    patterns.check(query.operation)
    if query.plane is not None:
        return (query.plane,), ()
    known = catalog.operations.planes(query.operation)
    if len(known) > 1:
        return known, (f"`{query.operation}` is known on both planes: both are evaluated (--plane selects one)",)
    if known:
        return known, ()
    near = catalog.operations.near(query.operation, n=1)
    hint = f" (did you mean `{near[0]}`?)" if near else ""
    note = (
        f"`{query.operation}` is not an operation that this version of rbacgen knows{hint}; its list is incomplete, so "
        "both planes are evaluated (--plane selects one)"
    )
    return tuple(Plane), (note,)


def _scopes(context: QueryContext, query: Query) -> Iterator[tuple[str, Scope]]:
    if query.on.startswith("/"):
        if query.environments:
            raise RbacgenError("a scope id belongs to no environment", "leave out -e, or name a scope kind with --on")
        yield "", Scope.of(query.on)
        return
    if context.checked is None or context.places is None:
        raise RbacgenError(
            f"the scope kind `{query.on}` needs a project, and there is none here",
            "give --on a scope id, or name the project with -p",
        )
    project = context.checked.project
    names = load.chosen_environments(project, query.environments)
    kinds = project.mapping.scope_kinds
    if query.on not in kinds:
        raise RbacgenError(
            f"the mapping has no scope kind `{query.on}`{did_you_mean(query.on, kinds)}",
            f"it has {', '.join(kinds)}; or give a scope id",
        )
    found = [
        (name, context.places.scopes[query.on, name]) for name in names if (query.on, name) in context.places.scopes
    ]
    if not found:
        where = f" in {', '.join(query.environments)}" if query.environments else ""
        raise RbacgenError(f"the project binds no `{query.on}`{where}", "bind it under `scopes`, or give a scope id")
    yield from found
