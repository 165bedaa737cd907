"""The order of steps of `can`, `who-can` and `explain`: from a project, or a source, to verdicts on a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from msgspec import Struct, field
from msgspec.structs import replace

from rbacgen.analysis import explain as explanation
from rbacgen.analysis import subjects
from rbacgen.analysis.access_tests import cases, isolated_roles, runner
from rbacgen.analysis.access_tests.isolated_roles import Places
from rbacgen.analysis.explain import Explanation
from rbacgen.analysis.results import CanResult, CheckedProject, WhoCanResult
from rbacgen.analysis.subjects import NamedSubject
from rbacgen.authorization.catalog import Catalog, bypasses
from rbacgen.authorization.catalog.roles import Roles
from rbacgen.authorization.evaluator import Evaluator
from rbacgen.authorization.groups import Membership
from rbacgen.authorization.request import AccessRequest, Decision, Facts, Subject
from rbacgen.commands import load
from rbacgen.commands.open_source import LIVE, Connect, Reader
from rbacgen.model.assignment import AzureRole, Plane, Principal, PrincipalType, Verdict
from rbacgen.model.problems import InputError, RbacgenError
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.model.source import COMPARED, Ask, Source
from rbacgen.model.state import Part
from rbacgen.project import managed_scopes
from rbacgen.project.project import Project


class Query(Struct, frozen=True):
    """What is asked: an operation at a scope kind or a scope id, in some environments, of the wanted state or of a source.

    `plane` is None where the operation is to tell; `attributes` are known values for conditions; `accepted` are verdicts that
    count as a yes beside `allowed`.
    """

    operation: str
    on: str
    environments: tuple[str, ...] = ()
    source: str | None = None
    plane: Plane | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    accepted: frozenset[Verdict] = frozenset()


class Table(Struct):
    """What questions are put to: the project, where there is one, and the access to ask."""

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
        """The project's name, or nothing."""
        return self.checked.project.name if self.checked is not None else ""

    @property
    def source_name(self) -> str:
        """What the source is called, or nothing where the wanted state is asked."""
        return self.source.name if self.source is not None else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What the source has to say of itself."""
        return self.source.notes if self.source is not None else ()


def can(given: str | None, today: date, person: str, enquiry: Query, connect: Connect) -> CanResult:
    """The verdicts on whether somebody can do something. Raises RbacgenError where a name is nobody's or nothing's."""
    _check_scope(enquiry.on)
    table = _table(given, today, enquiry.source, enquiry.on, connect)
    meant = _who(table, person)
    if meant.is_everyone:
        raise RbacgenError("`can` asks about somebody", "ask `rbacgen who-can` about everyone")
    requests, notes = _questions(table, enquiry)
    decisions = tuple(
        (environment, decision)
        for environment, request in requests
        for access, subject in _subjects(table, meant, environment)
        for decision in (access.ask(subject, request),)
    )
    if not decisions:
        raise RbacgenError(f"nobody wears {meant.name} where this is asked", "ask the project itself, without --source")
    notes = (*notes, *_not_resolved(decisions, enquiry))
    return CanResult(
        table.project_name,
        table.source_name,
        decisions,
        enquiry.accepted | {Verdict.ALLOWED},
        table.project,
        (*notes, *table.notes),
        _role_names(table),
    )


def _not_resolved(decisions: tuple[tuple[str, Decision], ...], enquiry: Query) -> Iterator[str]:
    """The attributes that no condition on the way to an answer asks for: they decided nothing."""
    met = [
        (each.assignment, each.role)
        for _, decision in decisions
        for each in (*decision.permits, *decision.unknown_memberships)
    ]
    met += [(each.assignment, each.role) for _, decision in decisions for each in decision.near_misses]
    texts = [
        " ".join((assignment.condition, *(one.condition for one in role.permissions))).casefold()
        for assignment, role in met
    ]
    for name in enquiry.attributes:
        if not any(name.casefold() in text for text in texts):
            yield f"no condition here asks for `{name}`: it decided nothing"


def who_can(given: str | None, today: date, enquiry: Query, connect: Connect) -> WhoCanResult:
    """Everyone who can do something, at each scope that is meant and below it, and around the roles."""
    _check_scope(enquiry.on)
    table = _table(given, today, enquiry.source, enquiry.on, connect)
    requests, notes = _questions(table, enquiry)
    places = tuple(
        (environment, table.access.everyone(request, with_bypasses=True)) for environment, request in requests
    )
    return WhoCanResult(
        table.project_name,
        table.source_name,
        places,
        table.access,
        table.project,
        (*notes, *table.notes),
        _role_names(table),
    )


def explain(
    given: str | None, today: date, about: str, source: str | None, connect: Connect
) -> tuple[Explanation, bool, Project | None]:
    """All access of a project role, a principal, an Azure role or a capability; whether all of it was read; the project."""
    table = _table(given, today, source, "", connect)
    complete = table.source is None or not table.source.state.coverage.unread
    return _explained(table, about), complete, table.project


def _explained(table: Table, about: str) -> Explanation:
    project = table.checked.project if table.checked is not None else None
    try:
        meant = subjects.find(project, about)
    except subjects.UnknownSubjectError as error:
        role = _azure_role(table, about)
        if role is not None:
            return explanation.of_azure_role(role, project, table.access, table.places, table.catalog)
        if project is not None and about in project.mapping.capabilities:
            assert table.places is not None
            capability = project.mapping.capabilities[about]
            return explanation.of_capability(capability, project, table.access, table.places, table.catalog)
        raise RbacgenError(error.message, f"{error.hint}; or an Azure role, or a capability") from None
    if meant.is_everyone:
        raise RbacgenError(
            "everyone is too many to explain", "see all of them with `rbacgen matrix`, or ask `rbacgen who-can`"
        )
    if meant.project_role is not None:
        assert project is not None
        assert table.alone is not None
        assert table.places is not None
        return explanation.of_project_role(meant.project_role, project, table.alone, table.places, table.catalog)
    assert meant.principal is not None
    principal = _known(meant.principal, table.access)
    return explanation.of_principal(principal, project, table.access, table.places, table.catalog)


def _azure_role(table: Table, name: str) -> AzureRole | None:
    if table.checked is not None:
        for known, custom in table.checked.project.mapping.custom_roles.items():
            if known.casefold() == name.casefold():
                return custom.role
    return table.catalog.find(name)


def _role_names(table: Table) -> Callable[[str], str]:
    """What a role is called, by its GUID: a custom one of the source or the project, or one that Azure has built in."""
    definitions = list(table.source.definitions) if table.source is not None else []
    if table.checked is not None:
        definitions += [each.role for each in table.checked.desired.definitions]
    roles = Roles(table.catalog, definitions)
    return lambda guid: roles.of(guid).name or guid


# What is asked

_SCOPE_ID = re.compile(
    r"/\Z|/subscriptions/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(/[^/]+)*/?\Z|/providers/[^/]+(/[^/]+)*/?\Z",
    re.IGNORECASE,
)


def _check_scope(on: str) -> None:
    if on.startswith("/") and not _SCOPE_ID.match(on):
        raise RbacgenError(
            f"`{on}` is no scope id of Azure's",
            "one begins with /subscriptions/<id> or /providers/Microsoft.Management/managementGroups/<name>, or is /",
        )


def _table(given: str | None, today: date, source: str | None, on: str, connect: Connect) -> Table:
    """The project and the access to ask. A source can be asked without a project, by whole ids.

    Raises InputError where the project has errors that leave no wanted state to ask.
    """
    checked = _project(given, today, needed=source is None)
    if checked is None:
        assert source is not None
        roles = load.catalog_here(given)
        if source == LIVE and not on:
            raise RbacgenError(
                "without a project nobody can tell which subscriptions to read",
                "name the project with -p, or write a snapshot of them and give that as --source",
            )
        read = _read(source, Ask(_subscriptions(on), _above_subscriptions(on)), "", "", roles, connect)
        facts = of_source(read, None, None, roles)
        return Table(None, roles, None, Evaluator(facts), None, read)
    project = checked.project
    places = isolated_roles.places(project)
    alone = Evaluator(runner.alone(project, checked.catalog, places))
    if source is None:
        desired = Evaluator(runner.facts(project, checked.desired, checked.catalog, places))
        return Table(checked, checked.catalog, places, desired, alone, None)
    asked = managed_scopes.ask(project, checked.desired)
    more = tuple(each for each in _subscriptions(on) if each not in asked.subscriptions)
    known = {each.folded for each in asked.above}
    above = tuple(each for each in _above_subscriptions(on) if each.folded not in known)
    asked = replace(asked, subscriptions=(*asked.subscriptions, *more), above=(*asked.above, *above))
    read = _read(source, asked, project.cloud, project.tenant, checked.catalog, connect)
    access = Evaluator(of_source(read, checked, places, checked.catalog))
    return Table(checked, checked.catalog, places, access, alone, read)


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


def of_source(source: Source, checked: CheckedProject | None, places: Places | None, catalog: Catalog) -> Facts:
    """What a source holds, as questions are answered from it; the project lends names, reasons, groups and custom roles."""
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


def _who(table: Table, person: str) -> NamedSubject:
    try:
        return subjects.find(table.checked.project if table.checked is not None else None, person)
    except subjects.UnknownSubjectError as error:
        raise RbacgenError(error.message, error.hint) from None


def _known(principal: Principal, access: Evaluator) -> Principal:
    """A principal that only its id is known of, as the access knows it."""
    if principal.type is not PrincipalType.UNKNOWN:
        return principal
    return next((each for each in access.principals() if each.id == principal.id), principal)


def _subjects(table: Table, meant: NamedSubject, environment: str) -> Iterator[tuple[Evaluator, Subject]]:
    """Whom to ask about, of which access: a hat by itself on the wanted state, each who wears it on a source."""
    if meant.principal is not None:
        yield table.access, table.access.subject(_known(meant.principal, table.access))
        return
    assert meant.project_role is not None
    assert table.checked is not None
    if table.source is None:
        assert table.alone is not None
        yield table.alone, table.alone.subject(isolated_roles.stand_in(meant.project_role))
        return
    project = table.checked.project
    team = project.team.get(meant.project_role.id, ())
    here = next((each for each in project.environments if each.name == environment), None)
    for team_member in team if here is None else cases.team_members(project, meant.project_role.id, here):
        if not team_member.principal.reference:
            yield table.access, table.access.subject(team_member.principal)


def _questions(table: Table, enquiry: Query) -> tuple[tuple[tuple[str, AccessRequest], ...], tuple[str, ...]]:
    """The questions that an enquiry comes to, one for each environment and plane; and what there is to say of it."""
    planes, notes = _planes(enquiry, table.catalog)
    scopes = tuple(_scopes(table, enquiry))
    asked = tuple(
        (environment, AccessRequest(enquiry.operation, plane, scope, enquiry.attributes))
        for environment, scope in scopes
        for plane in planes
    )
    return asked, notes


def _planes(enquiry: Query, catalog: Catalog) -> tuple[tuple[Plane, ...], tuple[str, ...]]:
    """The planes to ask about, and what there is to say of them. Raises RbacgenError for what no operation can be."""
    from rbacgen.authorization import patterns

    patterns.check(enquiry.operation)
    if enquiry.plane is not None:
        return (enquiry.plane,), ()
    known = catalog.operations.planes(enquiry.operation)
    if len(known) > 1:
        return known, (f"`{enquiry.operation}` is known on both planes: each is answered (--plane asks for one)",)
    if known:
        return known, ()
    near = catalog.operations.near(enquiry.operation, n=1)
    hint = f" (did you mean `{near[0]}`?)" if near else ""
    note = (
        f"`{enquiry.operation}` is no operation that this rbacgen knows{hint}; its list is not complete, so both planes are "
        "asked (--plane asks for one)"
    )
    return tuple(Plane), (note,)


def _scopes(table: Table, enquiry: Query) -> Iterator[tuple[str, Scope]]:
    if enquiry.on.startswith("/"):
        if enquiry.environments:
            raise RbacgenError("a whole scope id is in no environment", "leave -e out, or name a scope kind with --on")
        yield "", Scope.of(enquiry.on)
        return
    if table.checked is None or table.places is None:
        raise RbacgenError(
            f"there is no project here that would know the scope kind `{enquiry.on}`",
            "give --on a whole scope id, or name the project with -p",
        )
    project = table.checked.project
    names = load.chosen_environments(project, enquiry.environments)
    kinds = project.mapping.scope_kinds
    if enquiry.on not in kinds:
        from rbacgen.project.decode import did_you_mean

        raise RbacgenError(
            f"the mapping has no scope kind `{enquiry.on}`{did_you_mean(enquiry.on, kinds)}",
            f"it has {', '.join(kinds)}; or give a whole scope id",
        )
    found = [
        (name, table.places.scopes[enquiry.on, name]) for name in names if (enquiry.on, name) in table.places.scopes
    ]
    if not found:
        where = f" in {', '.join(enquiry.environments)}" if enquiry.environments else ""
        raise RbacgenError(
            f"the project binds no `{enquiry.on}`{where}", "bind it under `scopes`, or give a whole scope id"
        )
    yield from found
