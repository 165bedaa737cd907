"""The order of steps of `lock`: from the names in a project to what Azure has of them, written down in `rbacgen.lock`."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from rbacgen.analysis.checks import role_changes, separation_of_duties
from rbacgen.authorization.groups import reachable
from rbacgen.commands import files, load
from rbacgen.commands.load import Files
from rbacgen.commands.open_source import ConnectionOptions, cloud
from rbacgen.model import rules
from rbacgen.model.near_names import did_you_mean
from rbacgen.model.problems import InputError, Position, Problem, RbacgenError, Severity
from rbacgen.model.scope import ScopeLevel
from rbacgen.model.wording import joined
from rbacgen.project import lock, lock_resolution, project_loader
from rbacgen.project.bindings import Bindings
from rbacgen.project.desired import Desired, build_desired
from rbacgen.project.lock import Lock, Named
from rbacgen.project.lock_resolution import Locked, Settled
from rbacgen.project.lookup import BoundScope, Listing, Lookup, LookupAnswers
from rbacgen.project.project import Environment, Project

_STAND_INS = uuid.UUID("0d3b1f5f-2a3e-5c2f-9a0e-7a115c0a2a3e")


class LockOptions(Struct, frozen=True):
    """How a lock is asked for. `accept` are the names whose new object ids are right, with `KIND:` before them or without.

    `members` asks who is in the groups, too.
    """

    check: bool = False
    accept: tuple[str, ...] = ()
    members: bool = False


Connect = Callable[[str], Lookup]
"""Makes a connection to Azure, in the cloud that the project says."""


def connector(
    asked: ConnectionOptions, environment: Mapping[str, str], progress: Callable[[str], None] | None = None
) -> Connect:
    """What connects to Azure with the login that the environment decides on, when it comes to that."""

    def connect(of_project: str) -> Lookup:
        from rbacgen.sources.azure.resolver import AzureResolver

        return AzureResolver.of(cloud(asked, environment, of_project), environment, asked.patience, progress)

    return connect


def update(given: str | None, options: LockOptions, connect: Connect) -> Locked:
    """Finds every name and every scope of a project, and writes `rbacgen.lock`, or with `check` reports what would change.

    `connect` gives Azure. Raises InputError where the files are wrong or a name or a scope is not there, and
    RbacgenError where Azure cannot be asked or is another tenant's; nothing is written then. A lock that is there and
    cannot be read is wrong too: without it, it is not known who was made anew under an old name. Who has two project roles that
    are kept apart only by what the directory has of groups does not stop a lock, which is what lets `check` say so.
    """
    read = load.read_files(given)
    named = _named(read)
    desired_by = _with_stand_ins(read, named)
    made, problems = project_loader.build(read.root, read.mapping, desired_by)
    # Everything that is ever desired: what a lock holds does not depend on the day.
    desired, more = build_desired(made).on(None)
    errors = [*read.problems, *read.lock_problems, *problems, *(each for each in more if each.rule == "wrong-binding")]
    _raise_if_wrong([*errors, *separation_of_duties.problems(made)])
    accept = _accepted(options.accept, named)
    places = _places(made, desired)
    azure = connect(made.cloud)
    tenant = _tenant(made, read.lock, azure.tenant())
    before, notes = _before(read, tenant)
    settled = lock_resolution.settle(before, tenant, named, places, _ask(azure, before, tenant, named, places), accept)
    asked = len({(each.key, each.given) for each in named}) + len(places)
    if settled.not_resolved and len(settled.not_resolved) == asked:  # that is no part of a lock
        raise RbacgenError(f"nothing could be asked for: {settled.not_resolved[0].why}", settled.not_resolved[0].remedy)
    _raise_if_wrong([*settled.problems, *_rebuilt(read, settled)])
    settled = lock_resolution.with_azure_roles(settled, (each.role for each in role_changes.used(made, desired)))
    settled = _with_members(azure, settled, before, named, options.members)
    return _written(read, made, before, settled, notes, options)


def _named(read: Files) -> tuple[Named, ...]:
    made, _ = project_loader.build(read.root, read.mapping, Lock(read.lock.file))
    return made.named


def _with_stand_ins(read: Files, named: tuple[Named, ...]) -> Lock:
    """A lock in which every name has some object id, so that all that it would get can be worked out before any is known."""
    given = {each.key: each.given for each in named if each.given}
    ids = {each.key: given.get(each.key) or str(uuid.uuid5(_STAND_INS, repr(each.key))) for each in named}
    return Lock(read.lock.file, "", {each.key: (ids[each.key], each.name) for each in named})


def _raise_if_wrong(problems: Iterable[Problem]) -> None:
    errors = [each for each in rules.sound(problems) if each.severity is Severity.ERROR]
    if errors:
        raise InputError(errors)


def _accepted(names: tuple[str, ...], named: tuple[Named, ...]) -> frozenset[tuple[str, str]]:
    """Who is meant by each of the names, by `Named.key`. Raises RbacgenError where there is no such one, or more than one."""
    known = lock_resolution.to_look_up(named)
    return frozenset(_meant(name, known).key for name in names)


def _meant(name: str, known: tuple[Named, ...]) -> Named:
    folded = name.casefold()
    # A name can have a colon in it too: it is taken for a kind and a name where there is such a one.
    found = [each for each in known if f"{each.kind}:{each.name}".casefold() == folded]
    found = found or [each for each in known if each.name.casefold() == folded]
    if len(found) == 1:
        return found[0]
    if found:
        kinds = ", ".join(lock.words(each.kind) for each in found)
        raise RbacgenError(
            f"`--accept {name}`: the project looks up {len(found)} of this name ({kinds})",
            "say which one: " + joined([f"`--accept {lock_resolution.accepting(each)}`" for each in found], "or"),
        )
    near = did_you_mean(name, [*(each.name for each in known), *(f"{each.kind}:{each.name}" for each in known)])
    raise RbacgenError(
        f"`--accept {name}`: the project looks up no principal of this name{near}",
        "give the name as the project file has it",
    )


def _places(made: Project, desired: Desired) -> tuple[BoundScope, ...]:
    """Every literal scope that the project binds or desires, and every subscription, each where it comes first."""
    bindings = Bindings(made)
    found: dict[str, BoundScope] = {}

    def note(scope_id: str, at: Position) -> None:
        known = found.get(scope_id.lower())
        if known is None or at < known.at:
            found[scope_id.lower()] = BoundScope(scope_id, at)

    environments = {each.name: each for each in made.environments}
    for environment in made.environments:
        if environment.subscription:
            note(f"/subscriptions/{environment.subscription}", environment.at)
    used = {(each.environment, each.scope_kind) for each in desired.state}
    used |= {(environment.name, kind) for environment in made.environments for kind in environment.bindings}
    for name, kind in sorted(used):
        scope = bindings.scope(kind, environments[name])
        if scope is None or scope.reference or scope.level is ScopeLevel.TENANT:
            continue
        at = _bound_at(kind, environments[name], made)
        note(scope.id, at)
        if scope.subscription:
            note(f"/subscriptions/{scope.subscription}", at)
    return tuple(found[folded] for folded in sorted(found))


def _bound_at(kind_name: str, environment: Environment, made: Project) -> Position:
    """Where the file binds this kind: at its own binding, or at the one that it lies under."""
    kinds = made.mapping.scope_kinds
    kind = kinds.get(kind_name)
    while kind is not None:
        if kind.name in environment.binding_at:
            return environment.binding_at[kind.name]
        kind = kinds.get(kind.under or "")
    return environment.at


def _tenant(made: Project, before: Lock, login: str) -> str:
    """The tenant that everything is looked up in. Raises RbacgenError where the login is for another one.

    A name that is looked up in the wrong tenant can be found there and mean somebody else.
    """
    expected = made.tenant or before.tenant
    if expected and login and expected != login:
        whose = f"{made.file} is for" if made.tenant else f"{before.file} was made in"
        raise RbacgenError(
            f"the login is for the tenant {login}, and {whose} {expected}",
            f"log in there with `az login --tenant {expected}`"
            + ("" if made.tenant else f", or write `tenant: {login}` into {made.file} if that is right"),
        )
    return expected or login


def _before(read: Files, tenant: str) -> tuple[Lock, tuple[str, ...]]:
    """The lock to compare with: the one that is there, if it is of this tenant."""
    if read.lock.tenant and read.lock.tenant != tenant:
        note = f"{read.lock.file} was made for the tenant {read.lock.tenant}: its object ids mean nothing in {tenant}"
        return Lock(read.lock.file), (note,)
    return read.lock, ()


def _ask(
    azure: Lookup, before: Lock, tenant: str, named: tuple[Named, ...], places: tuple[BoundScope, ...]
) -> LookupAnswers:
    names = azure.names(lock_resolution.to_look_up(named))
    ids = lock_resolution.to_verify(named, before, names)
    refused = ("", "")
    try:
        directory = azure.directory(ids) if ids else {}
    except RbacgenError as error:  # the names that were found are found, and the rest stays as it was
        directory, refused = {}, (error.message, error.hint)
    gone = lock_resolution.to_explain(named, directory)
    return LookupAnswers(
        names=names,
        directory=directory,
        refused=refused,
        hints=azure.hints(gone) if gone else {},
        scopes=azure.scopes(tuple(each.scope for each in places), tenant),
    )


def _rebuilt(read: Files, settled: Settled) -> list[Problem]:
    """What is wrong with the project now that ids are known: two names of one object, or one person in project roles kept apart."""
    made, problems = project_loader.build(read.root, read.mapping, settled.lock)
    return [each for each in (*problems, *separation_of_duties.problems(made)) if each.rule != "unknown-principal"]


def _with_members(azure: Lookup, settled: Settled, before: Lock, named: tuple[Named, ...], ask: bool) -> Settled:
    """The members of the groups that the project names and of the groups in them: asked for, or as they were."""
    groups = lock_resolution.groups_in(named, settled.lock)
    if not ask:
        return lock_resolution.with_members_kept(settled, groups, before)
    listings: dict[str, Listing] = {}
    waiting = frozenset(groups)
    while waiting:
        listings |= azure.members(waiting)
        # Of one that could not be read, the groups that were in it are asked for all the same.
        known = {
            group: before.members.get(group, ()) if found.why else found.members for group, found in listings.items()
        }
        waiting = reachable(groups, known) - listings.keys()
    return lock_resolution.with_members(settled, groups, before, listings)


def _written(
    read: Files, made: Project, before: Lock, settled: Settled, notes: tuple[str, ...], options: LockOptions
) -> Locked:
    path = read.path.parent / files.LOCK_FILE
    text = lock.dump(settled.lock)
    # Git may have written the file with CR LF, as it does on Windows: that is no change.
    before_text = files.read_text(path).text.replace("\r\n", "\n") if path.is_file() else ""
    is_current = before_text == text
    if not is_current and not options.check:
        files.write_one(path, text)
    is_written = not is_current and not options.check
    return Locked(made.name, before, settled, is_current, is_written, notes, options.members, options.check)
