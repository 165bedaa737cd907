"""A snapshot: one reading as a file that version control shows well, and that is a source itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field

from rbacgen.catalog import Catalog
from rbacgen.model import (
    Activation,
    Assignment,
    AzureRole,
    Coverage,
    Held,
    Part,
    Permission,
    Principal,
    PrincipalType,
    Scope,
    ScopeLevel,
    State,
    Unread,
    is_scope,
)
from rbacgen.problems import Position, RbacgenError
from rbacgen.source import Denial, Entry, Presence, Roles, Source, SourceKind

FORMAT_VERSION = 1
KIND = "rbacgen snapshot"

_Instant = Annotated[datetime, Meta(tz=True)]
_ScopeId = Annotated[str, Meta(pattern="^/")]
# It goes into the project file that is made from a snapshot, and says whose login may be compared with it.
_Tenant = Annotated[str, Meta(pattern=r"\A(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})?\Z")]


class _Row(Struct, omit_defaults=True):
    """An assignment on its line; `level` and `subscription` stand where the scope is a Terraform reference."""

    scope: str
    role: str
    role_id: str
    principal: str
    type: PrincipalType = PrincipalType.UNKNOWN
    name: str = ""
    activation: Activation = Activation.PERMANENT
    condition: str = ""
    condition_version: str = ""
    description: str = ""
    id: str = ""
    until: _Instant | None = None
    through_pim: bool = False
    created: str = ""
    untold: tuple[str, ...] = ()
    level: ScopeLevel | None = None
    subscription: str = ""
    principal_reference: bool = False
    address: str = ""
    file: str = ""
    line: int = 0
    column: int = 0


class _Definition(Struct, omit_defaults=True):
    """A custom role as the reading knows it."""

    id: str
    name: str
    permissions: tuple[_Permission, ...] = ()
    assignable_scopes: tuple[str, ...] = ()
    description: str = ""
    custom: bool = True
    former_names: tuple[str, ...] = ()
    preview: bool = False
    deprecated: str = ""


class _Permission(Struct, omit_defaults=True):
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()
    condition: str = ""
    condition_version: str = ""


class _Denial(Struct, omit_defaults=True):
    id: str
    name: str
    scope: _ScopeId
    permissions: tuple[_Permission, ...] = ()
    principals: tuple[str, ...] = ()
    excluded_principals: tuple[str, ...] = ()
    spares_children: bool = False
    description: str = ""


class _Reach(Struct, omit_defaults=True):
    below: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()


class _Unread(Struct):
    scope: str
    part: Part
    why: str
    cure: str


class _Entry(Struct, omit_defaults=True):
    presence: Presence
    name: str = ""
    type: str = ""


class _File(Struct):
    """The whole file, its members in the order in which they are written.

    None but the last may be left out: without `unread`, what was read in part would look whole.
    """

    format_version: Literal[1]
    kind: Literal["rbacgen snapshot"]
    source: str
    tenant: _Tenant
    taken: _Instant | None
    names_of_users: bool
    everything: bool
    read: dict[Part, _Reach]
    unread: list[_Unread]
    notes: list[str]
    assignments: list[_Row]
    definitions: list[_Definition]
    denials: list[_Denial]
    directory: dict[str, _Entry]
    above: dict[str, tuple[str, ...]] = field(default_factory=dict)  # left out where there is nothing to say


_TELLING = frozenset({"group", "serviceprincipal"})  # whose names are no personal detail


def dump(source: Source, names: bool = False) -> str:
    """The reading as text, sorted, one assignment a line.

    The names of users are personal detail: they are left out unless `names` asks for them, and so is every name whose
    holder may be a user. Names of groups and service principals stay.
    """
    directory: dict[str, object] = {
        object_id: _Entry(entry.presence, entry.name if names or entry.type.lower() in _TELLING else "", entry.type)
        for object_id, entry in sorted(source.directory.items())
    }
    coverage = source.state.coverage
    read: dict[str, object] = {
        part: _Reach(tuple(sorted(coverage.below.get(part, ()))), tuple(sorted(coverage.alone.get(part, ()))))
        for part in Part
        if part in coverage.below or part in coverage.alone
    }
    head: dict[str, object] = {
        "format_version": FORMAT_VERSION,
        "kind": KIND,
        "source": str(source.kind),
        "tenant": source.tenant,
        "taken": source.taken.astimezone(UTC) if source.taken is not None else None,
        "names_of_users": names,
        "everything": coverage.everything,
    }
    parts = [f' "{key}": {_json(value)}' for key, value in head.items()]
    parts.append(_members("read", read))
    parts.append(_lines("unread", (_Unread(each.scope, each.part, each.why, each.cure) for each in coverage.unread)))
    parts.append(_lines("notes", source.notes))
    parts.append(_lines("assignments", (_row(each, names) for each in source.state)))
    parts.append(_lines("definitions", map(_definition, sorted(source.definitions, key=lambda role: role.id))))
    parts.append(_lines("denials", map(_denial, sorted(source.denials, key=lambda denial: denial.id))))
    parts.append(_members("directory", directory))
    if source.above:
        parts.append(_members("above", dict(sorted(source.above.items()))))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _lines(name: str, values: Iterable[object]) -> str:
    lines = ",\n".join(f"  {_json(each)}" for each in values)
    return f' "{name}": [\n{lines}\n ]' if lines else f' "{name}": []'


def _members(name: str, values: Mapping[str, object]) -> str:
    lines = ",\n".join(f"  {_json(key)}: {_json(each)}" for key, each in values.items())
    return f' "{name}": {{\n{lines}\n }}' if lines else f' "{name}": {{}}'


def _row(each: Assignment, names: bool) -> _Row:
    held, principal, scope = each.held, each.principal, each.scope
    is_telling = names or principal.type in (PrincipalType.GROUP, PrincipalType.SERVICE_PRINCIPAL)
    return _Row(
        scope=scope.id,
        role=each.role.name,
        role_id=each.role.id,
        principal=principal.id,
        type=principal.type,
        name=principal.name if is_telling else "",
        activation=each.activation,
        condition=each.condition,
        condition_version=each.condition_version,
        description=each.description,
        id=held.id,
        until=held.until.astimezone(UTC) if held.until is not None else None,
        through_pim=held.through_pim,
        created=held.created,
        untold=tuple(sorted(held.untold)),
        level=scope.level if scope.reference else None,
        subscription=scope.subscription if scope.reference else "",
        principal_reference=principal.reference,
        address=held.address,
        file=held.at.file if held.at is not None else "",
        line=held.at.line if held.at is not None else 0,
        column=held.at.column if held.at is not None else 0,
    )


def _definition(role: AzureRole) -> _Definition:
    return _Definition(
        id=role.id,
        name=role.name,
        permissions=tuple(map(_permission, role.permissions)),
        assignable_scopes=role.assignable_scopes,
        description=role.description,
        custom=role.custom,
        former_names=role.former_names,
        preview=role.preview,
        deprecated=role.deprecated,
    )


def _permission(each: Permission) -> _Permission:
    return _Permission(
        each.actions,
        each.not_actions,
        each.data_actions,
        each.not_data_actions,
        each.condition,
        each.condition_version,
    )


def _denial(each: Denial) -> _Denial:
    return _Denial(
        id=each.id,
        name=each.name,
        scope=each.scope.id,
        permissions=tuple(map(_permission, each.permissions)),
        principals=each.principals,
        excluded_principals=each.excluded_principals,
        spares_children=each.spares_children,
        description=each.description,
    )


# Reading one.


class _Version(Struct):
    format_version: int = 0


def parse(name: str, text: str | bytes, catalog: Catalog) -> Source:
    """The reading that a snapshot holds. Raises RbacgenError for one of a newer rbacgen, and for a damaged one."""
    cure = "take it anew: `rbacgen snapshot -o FILE`"
    try:
        version = msgspec.json.decode(text, type=_Version).format_version
        if version > FORMAT_VERSION:
            raise RbacgenError(
                f"{name} is a snapshot of format_version {version}, and this rbacgen reads {FORMAT_VERSION}",
                "bring rbacgen up to date, or take the snapshot anew with this one",
            )
        file = msgspec.json.decode(text, type=_File)
    except (msgspec.DecodeError, RecursionError) as fault:
        said, at, path = str(fault).partition(" - at `$")
        where = f" (at {path.strip('.`')})" if at and len(path) < 80 else ""
        member = said.removeprefix("Object missing required field ")
        if not at and member != said:
            where = f": it has no {member}"
        raise RbacgenError(f"{name} is a damaged snapshot{where}", cure) from fault
    reader = _Reader(Roles(catalog, map(_role_of, file.definitions)))
    for part, reach in file.read.items():
        if not all(map(is_scope, (*reach.below, *reach.alone))):
            raise RbacgenError(f"{name} is a damaged snapshot: what it says was read of {part} is no scope", cure)
    coverage = Coverage(
        below={part: frozenset(map(str.lower, reach.below)) for part, reach in file.read.items() if reach.below},
        alone={part: frozenset(map(str.lower, reach.alone)) for part, reach in file.read.items() if reach.alone},
        unread=tuple(Unread(each.scope, each.part, each.why, each.cure) for each in file.unread),
        everything=file.everything,
    )
    try:
        rows = list(map(reader.assignment, file.assignments))
        taken = file.taken.astimezone(UTC) if file.taken is not None else None
    except (_DamagedError, OverflowError) as fault:
        raise RbacgenError(f"{name} is a damaged snapshot: {fault}", cure) from fault
    state = State(rows, coverage)
    if len(state) < len(rows):
        raise RbacgenError(f"{name} is a damaged snapshot: it holds an assignment twice", cure)
    return Source(
        kind=SourceKind.SNAPSHOT,
        name=name,
        state=state,
        tenant=file.tenant,
        taken=taken,
        definitions=tuple(map(_role_of, file.definitions)),
        denials=tuple(map(_denial_of, file.denials)),
        directory={
            object_id.lower(): Entry(entry.presence, entry.name, entry.type)
            for object_id, entry in file.directory.items()
        },
        notes=tuple(file.notes),
        above={lower.lower(): tuple(map(str.lower, upper)) for lower, upper in file.above.items()},
    )


class _DamagedError(Exception):
    """A row that cannot be one."""


class _Reader:
    """Rows into assignments; the same roles, scopes and principals come out as the same objects."""

    def __init__(self, roles: Roles) -> None:
        self.roles = roles
        self.unnamed: dict[tuple[str, str], AzureRole] = {}
        self.scopes: dict[str, Scope] = {}
        self.principals: dict[tuple[str, PrincipalType, str], Principal] = {}

    def assignment(self, row: _Row) -> Assignment:
        scope = self.scopes.get(row.scope)
        if scope is None or row.level is not None:
            scope = self.scope(row)
        key = (row.principal, row.type, row.name)
        principal = self.principals.get(key)
        if principal is None or row.principal_reference:
            is_reference = row.principal_reference
            principal_id = row.principal if is_reference else row.principal.lower()
            principal = Principal(principal_id, row.type, row.name, is_reference)
            if not is_reference:
                self.principals[key] = principal
        return Assignment(
            scope=scope,
            role=self.role(row.role_id.lower(), row.role),
            principal=principal,
            activation=row.activation,
            condition=row.condition,
            condition_version=row.condition_version,
            description=row.description,
            held=Held(
                id=row.id,
                until=row.until.astimezone(UTC) if row.until is not None else None,
                through_pim=row.through_pim,
                created=row.created,
                untold=frozenset(row.untold),
                address=row.address,
                at=Position(row.file, row.line, row.column) if row.file else None,
            ),
        )

    def scope(self, row: _Row) -> Scope:
        if row.level is not None:
            return Scope(row.scope, row.level, row.subscription, reference=True)
        if not row.scope.startswith("/"):
            raise _DamagedError("a scope does not begin with /")
        return self.scopes.setdefault(row.scope, Scope.of(row.scope))

    def role(self, role_id: str, name: str) -> AzureRole:
        """The role that the snapshot's definitions or the catalogue know; else one of which the row tells the name only."""
        role = self.roles.of(role_id)
        if role.name or not name:
            return role
        return self.unnamed.setdefault((role_id, name), AzureRole(role_id, name))


def _role_of(given: _Definition) -> AzureRole:
    return AzureRole(
        id=given.id.lower(),
        name=given.name,
        permissions=tuple(map(_permission_of, given.permissions)),
        custom=given.custom,
        former_names=given.former_names,
        assignable_scopes=given.assignable_scopes,
        description=given.description,
        preview=given.preview,
        deprecated=given.deprecated,
    )


def _permission_of(given: _Permission) -> Permission:
    return Permission(
        given.actions,
        given.not_actions,
        given.data_actions,
        given.not_data_actions,
        given.condition,
        given.condition_version,
    )


def _denial_of(given: _Denial) -> Denial:
    return Denial(
        id=given.id,
        name=given.name,
        scope=Scope.of(given.scope),
        permissions=tuple(map(_permission_of, given.permissions)),
        principals=given.principals,
        excluded_principals=given.excluded_principals,
        spares_children=given.spares_children,
        description=given.description,
    )
