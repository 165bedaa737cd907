"""From a project file, a mapping and a lock to a project with its names resolved, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable

from rbacgen.authorization import groups as membership
from rbacgen.authorization.groups import Membership
from rbacgen.model import rules
from rbacgen.model.assignment import Plane, Principal, PrincipalType, Verdict
from rbacgen.model.near_names import did_you_mean
from rbacgen.model.problems import Position, Problem
from rbacgen.project.decode import Reading
from rbacgen.project.document import MappingNode, Node, Sequence, key_place, place
from rbacgen.project.lock import Lock
from rbacgen.project.mapping import Mapping, with_moved
from rbacgen.project.people import People, refuse_circles
from rbacgen.project.project import Apart, Environment, Group, Ignored, Project, TeamTest
from rbacgen.project.project_file import AccessTestShape, Ignore, Moved
from rbacgen.project.project_reading import ProjectReading


def build(root: Node, mapping: Mapping, lock: Lock) -> tuple[Project, tuple[Problem, ...]]:
    """The project in this file, and everything that is wrong with it; readable parts come out either way."""
    file = ProjectReading(root, lock)
    shape = file.shape
    environments = tuple(_environment(name, file, mapping) for name in shape.environments)
    people = People(file, mapping)
    team = people.team()
    groups = people.groups()
    refuse_circles(file)
    moved = _moved(file, mapping)
    apart = _apart(file, moved)
    _check_lock(file)
    _check_existing_roles(file, moved)
    _check_switches(file)
    project = Project(
        name=shape.project,
        mapping=moved,
        environments=environments,
        team=team,
        tenant=(shape.tenant or "").lower(),
        cloud=shape.cloud,
        ends=shape.ends,
        pim=shape.pim,
        pim_eligible_days=shape.pim_eligible_days,
        azurerm=shape.azurerm,
        existing_roles={name: guid.lower() for name, guid in shape.existing_roles.items()},
        ignore=tuple(_ignored(each, file) for each in shape.ignore),
        checks_off=shape.checks_off,
        lock=lock,
        file=root.at.file,
        places=file.places,
        named=tuple(people.named),
        unresolved={role: tuple(each) for role, each in people.unresolved.items()},
        tests=team_tests(shape.tests, file.reading),
        groups=groups,
        membership=_membership(groups, lock, people),
        apart=apart,
    )
    return project, file.problems


def mapping_names(root: Node) -> tuple[tuple[str, Position], ...]:
    """The mappings that a project file names, in order, each with its place; nothing where it names none."""
    value = root.items.get("mapping") if isinstance(root, MappingNode) else None
    if value is None:
        return ()
    items = getattr(value, "items", (value,))
    nodes = items if isinstance(items, tuple) else ()
    return tuple((each.text, each.at) for each in nodes if hasattr(each, "text") and each.text)


def team_tests(shapes: Iterable[AccessTestShape], reading: Reading) -> tuple[TeamTest, ...]:
    """Access tests as a file has them, each with its place."""
    return tuple(
        TeamTest(
            who=each.who,
            do=each.do,
            on=each.on,
            environments=each.environments,
            plane=Plane(each.plane) if each.plane is not None else None,
            expect=tuple(Verdict(word) for word in ((each.expect,) if isinstance(each.expect, str) else each.expect)),
            because=each.because,
            at=reading.node(each).at,
        )
        for each in shapes
    )


def _environment(name: str, file: ProjectReading, mapping: Mapping) -> Environment:
    shape = file.shape.environments[name]
    path = ("environments", name)
    at = key_place(file.root, *path)
    stands_for = shape.stands_for or name
    known = mapping.environments
    if stands_for not in known and known and not file.is_broken(*path, "as"):
        where = place(file.root, *path, "as") if shape.stands_for else at
        hint = did_you_mean(stands_for, known) or f" (the mapping has {', '.join(known)})"
        remedy = "" if shape.stands_for else "; say which one it stands for with `as:`"
        file.refuse("unknown-environment", where, f"the mapping has no environment `{stands_for}`{hint}{remedy}")
    kinds = mapping.scope_kinds
    binding_at: dict[str, Position] = {}
    for kind in shape.scopes:
        binding_at[kind] = place(file.root, *path, "scopes", kind)
        if kind not in kinds and kinds:
            where = key_place(file.root, *path, "scopes", kind)
            file.refuse(
                "unknown-scope-kind", where, f"the mapping has no scope kind `{kind}`{did_you_mean(kind, kinds)}"
            )
    for kind in shape.without:
        absent_at = place(file.root, *path, "without", kind)
        if kind not in kinds and kinds:
            hint = did_you_mean(kind, kinds)
            file.refuse("unknown-scope-kind", absent_at, f"the mapping has no scope kind `{kind}`{hint}")
        elif kind in shape.scopes:
            file.refuse("wrong-binding", absent_at, f"`{kind}` is bound in `{name}` and absent by `without`")
    broken = any(each[:2] == path and len(each) > 2 for each in file.reading.broken)
    broken = broken or any(kind not in kinds for kind in shape.scopes)
    return Environment(
        name=name,
        stands_for=stands_for,
        subscription=shape.subscription.lower(),
        bindings=shape.scopes,
        without=shape.without,
        at=at,
        binding_at=binding_at,
        is_whole=not broken,
    )


def _ignored(shape: Ignore, file: ProjectReading) -> Ignored:
    node = file.reading.node(shape)
    if not any((shape.principal, shape.azure_role, shape.scope, shape.at)):
        message = "give at least one of `principal`, `azure_role`, `scope` and `at` to ignore by"
        file.refuse("missing-key", node.at, message)
    return Ignored(
        because=shape.because,
        principal=(shape.principal or "").lower(),
        azure_role=shape.azure_role or "",
        scope=shape.scope or "",
        at_scope=shape.at or "",
        activation=shape.activation or "",
        condition=shape.condition or "",
        until=shape.until,
        at=node.at,
    )


def _membership(groups: Iterable[Group], lock: Lock, people: People) -> Membership:
    """Who is in which group: by the file, and for groups that it does not list, by the lock."""
    return membership.build(
        {each.principal.id: each.members for each in groups},
        lock.members,
        [
            *(Principal(group, PrincipalType.GROUP, name) for group, name in lock.group_names.items()),
            *(known.principal for known in people.by_id.values()),
        ],
    )


def _moved(file: ProjectReading, mapping: Mapping) -> Mapping:
    """The mapping as this team splits the work."""
    moves: list[tuple[str, str, str]] = []
    for move in file.shape.moved:
        fault = _move_fault(move, moves, file, mapping)
        if fault is None:
            moves.append((move.responsibility, move.source, move.target))
        elif fault:
            file.refuse("moved-nowhere", place(file.reading.node(move), "responsibility"), fault)
    return with_moved(mapping, moves)


def _move_fault(
    move: Moved, moves: Iterable[tuple[str, str, str]], file: ProjectReading, mapping: Mapping
) -> str | None:
    """Why a responsibility does not move; empty where it has an unknown name, which is noted; None where it moves."""
    roles = mapping.roles
    node = file.reading.node(move)
    for name, key in ((move.source, "from"), (move.target, "to")):
        if name not in roles and roles:
            message = f"the mapping has no project role `{name}`{did_you_mean(name, roles)}"
            file.refuse("unknown-project-role", place(node, key), message)
    if move.source not in roles or move.target not in roles:
        return ""
    owners = {each.id: role.id for role in roles.values() for each in role.responsibilities}
    if move.responsibility not in owners:
        hint = did_you_mean(move.responsibility, owners)
        message = f"the mapping has no responsibility `{move.responsibility}`{hint}"
        file.refuse("unknown-responsibility", place(node, "responsibility"), message)
        return ""
    if owners[move.responsibility] != move.source:
        return f"`{move.responsibility}` belongs to `{owners[move.responsibility]}`, not to `{move.source}`"
    if move.source == move.target:
        return f"`{move.responsibility}` belongs to `{move.target}` already"
    if any(move.responsibility == responsibility for responsibility, _, _ in moves):
        return f"`{move.responsibility}` is moved above already: keep one of the two"
    return None


def _apart(file: ProjectReading, mapping: Mapping) -> tuple[Apart, ...]:
    """The project roles that are to be kept apart; who has them is judged where it is known who is in which group."""
    apart: list[Apart] = []
    given = file.root.items.get("apart") if isinstance(file.root, MappingNode) else None
    places = range(len(given.items) if isinstance(given, Sequence) else 0)
    readable = [index for index in places if not file.is_broken("apart", index)]
    for index, pair in zip(readable, file.shape.apart, strict=True):
        for name in pair:
            if name not in mapping.roles and mapping.roles:
                at = place(file.root, "apart", index, name)
                hint = did_you_mean(name, mapping.roles)
                file.refuse("unknown-project-role", at, f"the mapping has no project role `{name}`{hint}")
        apart.append(Apart(pair, place(file.root, "apart", index)))
    return tuple(apart)


def _check_lock(file: ProjectReading) -> None:
    lock, tenant = file.lock, file.shape.tenant
    if lock.tenant and tenant and lock.tenant != tenant.lower():
        message = f"{lock.file} was made for the tenant {lock.tenant}: run `rbacgen lock` again"
        file.refuse("wrong-value", place(file.root, "tenant"), message)


def _check_existing_roles(file: ProjectReading, mapping: Mapping) -> None:
    for name in file.shape.existing_roles:
        if name not in mapping.custom_roles:
            hint = did_you_mean(name, mapping.custom_roles)
            message = f"the mapping has no custom role `{name}`{hint}"
            file.refuse("unknown-azure-role", key_place(file.root, "existing_roles", name), message)


def _check_switches(file: ProjectReading) -> None:
    optional = [each.id for each in rules.RULES.values() if each.optional]
    for name in file.shape.checks_off:
        rule = rules.RULES.get(name)
        at = key_place(file.root, "checks_off", name)
        if rule is None:
            message = f"no check `{name}`{did_you_mean(name, optional)}; see `rbacgen check --rules`"
            file.refuse("unknown-check", at, message)
        elif not rule.optional:
            message = f"`{name}` cannot be switched off: without it the result would be wrong"
            file.refuse("unknown-check", at, message)
