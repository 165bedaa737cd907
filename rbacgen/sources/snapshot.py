"""A snapshot: one reading as a file that version control shows well, and that is a source itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.roles import Roles
from rbacgen.model.assignment import (
    Activation,
    ActualDetails,
    Assignment,
    AzureRole,
    Permission,
    Principal,
    PrincipalType,
)
from rbacgen.model.problems import Position, RbacgenError
from rbacgen.model.scope import GUID_TEXT, Scope, ScopeLevel, is_scope
from rbacgen.model.source import Denial, Entry, Presence, Source, SourceKind
from rbacgen.model.state import Coverage, Part, State, Unread

FORMAT_VERSION = 1
KIND = "rbacgen snapshot"

_Instant = Annotated[datetime, Meta(tz=True)]
_ScopeId = Annotated[str, Meta(pattern="^/")]
# It goes into the project file that is made from a snapshot, and says whose login may be compared with it.
_Tenant = Annotated[str, Meta(pattern=rf"\A(?:{GUID_TEXT})?\Z")]


class _SnapshotRow(Struct, omit_defaults=True):
    """An assignment on its line; `level` and `subscription` stand where the scope is a Terraform reference."""

    scope: Annotated[str, Meta(description="The scope id, or the Terraform reference.")]
    role: Annotated[str, Meta(description="The Azure role's name; empty where it is not known.")]
    role_id: Annotated[str, Meta(description="The GUID of the role definition.")]
    principal: Annotated[str, Meta(description="The object id, or the Terraform reference.")]
    type: Annotated[PrincipalType, Meta(description="What the principal is.")] = PrincipalType.UNKNOWN
    name: Annotated[str, Meta(description="Its name; of users only where `names_of_users` says so.")] = ""
    activation: Annotated[Activation, Meta(description="`permanent`, `eligible`, or `activated` just in time.")] = (
        Activation.PERMANENT
    )
    condition: Annotated[str, Meta(description="The condition that it stands under.")] = ""
    condition_version: Annotated[str, Meta(description="The version of its language.")] = ""
    description: Annotated[str, Meta(description="Its description.")] = ""
    id: Annotated[str, Meta(description="The id of the assignment.")] = ""
    until: Annotated[_Instant | None, Meta(description="When Azure takes it away.")] = None
    through_pim: Annotated[bool, Meta(description="Whether Privileged Identity Management keeps it.")] = False
    created: Annotated[str, Meta(description="When it was made, as Azure says.")] = ""
    unknown_fields: Annotated[tuple[str, ...], Meta(description="The fields that the source cannot tell.")] = ()
    level: Annotated[ScopeLevel | None, Meta(description="The level of a scope that is a Terraform reference.")] = None
    subscription: Annotated[str, Meta(description="The subscription of a scope that is a Terraform reference.")] = ""
    principal_reference: Annotated[bool, Meta(description="Whether the principal is a Terraform reference.")] = False
    address: Annotated[str, Meta(description="The address in Terraform.")] = ""
    file: Annotated[str, Meta(description="The file that it stands in.")] = ""
    line: Annotated[int, Meta(description="The line there.")] = 0
    column: Annotated[int, Meta(description="The column there.")] = 0


class _Definition(Struct, omit_defaults=True):
    """A custom role as the reading knows it."""

    id: Annotated[str, Meta(description="The GUID.")]
    name: Annotated[str, Meta(description="The name.")]
    permissions: Annotated[tuple[_Permission, ...], Meta(description="What it grants.")] = ()
    assignable_scopes: Annotated[tuple[str, ...], Meta(description="Where it can be assigned.")] = ()
    description: Annotated[str, Meta(description="Its description.")] = ""
    custom: Annotated[bool, Meta(description="Whether it is a custom role.")] = True
    former_names: Annotated[tuple[str, ...], Meta(description="The names that it had before.")] = ()
    preview: Annotated[bool, Meta(description="Whether Microsoft calls it a preview.")] = False
    deprecated: Annotated[str, Meta(description="What Microsoft says of its end.")] = ""


class _Permission(Struct, omit_defaults=True):
    actions: Annotated[tuple[str, ...], Meta(description="Operations of the control plane.")] = ()
    not_actions: Annotated[tuple[str, ...], Meta(description="What is taken off them.")] = ()
    data_actions: Annotated[tuple[str, ...], Meta(description="Operations of the data plane.")] = ()
    not_data_actions: Annotated[tuple[str, ...], Meta(description="What is taken off them.")] = ()
    condition: Annotated[str, Meta(description="The condition that it stands under.")] = ""
    condition_version: Annotated[str, Meta(description="The version of its language.")] = ""


class _Denial(Struct, omit_defaults=True):
    id: Annotated[str, Meta(description="The id of the deny assignment.")]
    name: Annotated[str, Meta(description="Its name.")]
    scope: Annotated[_ScopeId, Meta(description="Its scope.")]
    permissions: Annotated[tuple[_Permission, ...], Meta(description="What it takes away.")] = ()
    principals: Annotated[tuple[str, ...], Meta(description="Whom it takes it from.")] = ()
    excluded_principals: Annotated[tuple[str, ...], Meta(description="Whom it spares.")] = ()
    spares_children: Annotated[bool, Meta(description="Whether it holds at its scope only.")] = False
    description: Annotated[str, Meta(description="Its description.")] = ""


class _Reach(Struct, omit_defaults=True):
    below: Annotated[tuple[str, ...], Meta(description="The scopes that were read with all that is below them.")] = ()
    alone: Annotated[tuple[str, ...], Meta(description="The scopes that were read by themselves.")] = ()


class _Unread(Struct):
    scope: Annotated[str, Meta(description="The scope, or the file, that was not read.")]
    part: Annotated[Part, Meta(description="What of it was not read.")]
    why: Annotated[str, Meta(description="Why not.")]
    remedy: Annotated[str, Meta(description="What to do about it.")]


class _DirectoryEntry(Struct, omit_defaults=True):
    presence: Annotated[Presence, Meta(description="Whether it is in the directory.")]
    name: Annotated[str, Meta(description="Its name; of users only where `names_of_users` says so.")] = ""
    type: Annotated[str, Meta(description="What it is.")] = ""


class _File(Struct):
    """The whole file, its members in the order in which they are written.

    None but the last may be left out: without `unread`, what was read in part would look whole.
    """

    format_version: Annotated[Literal[1], Meta(description="1; it grows where a reader would have to change.")]
    kind: Annotated[Literal["rbacgen snapshot"], Meta(description="What tells a snapshot from other files.")]
    source: Annotated[str, Meta(description="What was read.")]
    tenant: Annotated[_Tenant, Meta(description="The tenant; empty where it is not known.")]
    taken: Annotated[_Instant | None, Meta(description="When it was read.")]
    names_of_users: Annotated[bool, Meta(description="Whether it holds the names of persons.")]
    everything: Annotated[bool, Meta(description="Whether it holds everything that there is.")]
    read: Annotated[dict[Part, _Reach], Meta(description="How far each part was read.")]
    unread: Annotated[list[_Unread], Meta(description="What could not be read, each with its cure.")]
    notes: Annotated[list[str], Meta(description="Other things to know.")]
    assignments: Annotated[list[_SnapshotRow], Meta(description="What is held.")]
    definitions: Annotated[list[_Definition], Meta(description="The custom roles.")]
    denials: Annotated[list[_Denial], Meta(description="The deny assignments.")]
    directory: Annotated[
        dict[str, _DirectoryEntry], Meta(description="What the directory says of principals, by object id.")
    ]
    above: Annotated[
        dict[str, tuple[str, ...]] | None,
        Meta(description="The management groups above each subscription; null where the source could not tell."),
    ] = None


SHAPE = _File
"""The shape of the whole file, for its JSON Schema."""

_TELLING = frozenset({"group", "serviceprincipal"})  # whose names are no personal detail


def dump(source: Source, names: bool = False) -> str:
    """The reading as text, sorted, one assignment a line.

    The names of users are personal detail: they are left out unless `names` asks for them, and so is every name whose
    holder may be a user. Names of groups and service principals stay.
    """
    directory: dict[str, object] = {
        object_id: _DirectoryEntry(
            entry.presence, entry.name if names or entry.type.lower() in _TELLING else "", entry.type
        )
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
    parts.append(_lines("unread", (_Unread(each.scope, each.part, each.why, each.remedy) for each in coverage.unread)))
    parts.append(_lines("notes", source.notes))
    parts.append(_lines("assignments", (_row(each, names) for each in source.state)))
    parts.append(_lines("definitions", map(_definition, sorted(source.definitions, key=lambda role: role.id))))
    parts.append(_lines("denials", map(_denial, sorted(source.denials, key=lambda denial: denial.id))))
    parts.append(_members("directory", directory))
    if source.knows_management_groups:
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


def _row(each: Assignment, names: bool) -> _SnapshotRow:
    actual, principal, scope = each.actual, each.principal, each.scope
    is_telling = names or principal.type in (PrincipalType.GROUP, PrincipalType.SERVICE_PRINCIPAL)
    return _SnapshotRow(
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
        id=actual.id,
        until=actual.until.astimezone(UTC) if actual.until is not None else None,
        through_pim=actual.through_pim,
        created=actual.created,
        unknown_fields=tuple(sorted(actual.unknown_fields)),
        level=scope.level if scope.reference else None,
        subscription=scope.subscription if scope.reference else "",
        principal_reference=principal.reference,
        address=actual.address,
        file=actual.at.file if actual.at is not None else "",
        line=actual.at.line if actual.at is not None else 0,
        column=actual.at.column if actual.at is not None else 0,
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
    remedy = "take it anew: `rbacgen snapshot -o FILE`"
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
        raise RbacgenError(f"{name} is a damaged snapshot{where}", remedy) from fault
    reader = _SnapshotReader(Roles(catalog, map(_role_of, file.definitions)))
    for part, reach in file.read.items():
        if not all(map(is_scope, (*reach.below, *reach.alone))):
            raise RbacgenError(f"{name} is a damaged snapshot: what it says was read of {part} is no scope", remedy)
    coverage = Coverage(
        below={part: frozenset(map(str.lower, reach.below)) for part, reach in file.read.items() if reach.below},
        alone={part: frozenset(map(str.lower, reach.alone)) for part, reach in file.read.items() if reach.alone},
        unread=tuple(Unread(each.scope, each.part, each.why, each.remedy) for each in file.unread),
        everything=file.everything,
    )
    try:
        rows = list(map(reader.assignment, file.assignments))
        taken = file.taken.astimezone(UTC) if file.taken is not None else None
    except (_DamagedError, OverflowError) as fault:
        raise RbacgenError(f"{name} is a damaged snapshot: {fault}", remedy) from fault
    state = State(rows, coverage)
    if len(state) < len(rows):
        raise RbacgenError(f"{name} is a damaged snapshot: it holds an assignment twice", remedy)
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
        above={lower.lower(): tuple(map(str.lower, upper)) for lower, upper in (file.above or {}).items()},
        knows_management_groups=file.above is not None,
    )


class _DamagedError(Exception):
    """A row that cannot be one."""


class _SnapshotReader:
    """Rows into assignments; the same roles, scopes and principals come out as the same objects."""

    def __init__(self, roles: Roles) -> None:
        self.roles = roles
        self.unnamed: dict[tuple[str, str], AzureRole] = {}
        self.scopes: dict[str, Scope] = {}
        self.principals: dict[tuple[str, PrincipalType, str], Principal] = {}

    def assignment(self, row: _SnapshotRow) -> Assignment:
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
            actual=ActualDetails(
                id=row.id,
                until=row.until.astimezone(UTC) if row.until is not None else None,
                through_pim=row.through_pim,
                created=row.created,
                unknown_fields=frozenset(row.unknown_fields),
                address=row.address,
                at=Position(row.file, row.line, row.column) if row.file else None,
            ),
        )

    def scope(self, row: _SnapshotRow) -> Scope:
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
