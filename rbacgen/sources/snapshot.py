"""A snapshot: one reading as a file that is easy to review in version control, and is a source itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC

import msgspec
from msgspec import Struct

from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.roles import Roles
from rbacgen.model.assignment import ActualDetails, Assignment, AzureRole, Principal, PrincipalType
from rbacgen.model.problems import Position, RbacgenError
from rbacgen.model.scope import Scope, is_scope
from rbacgen.model.source import Denial, Entry, Source, SourceKind
from rbacgen.model.state import Coverage, Part, State
from rbacgen.sources.shared_values import SharedValues
from rbacgen.sources.snapshot_form import (
    FORMAT_VERSION,
    KIND,
    SnapshotDefinition,
    SnapshotDenial,
    SnapshotFile,
    SnapshotReach,
    SnapshotRow,
)

_NAMED_TYPES = frozenset({"group", "serviceprincipal"})  # whose names are not personal data


def dump(source: Source, names: bool = False) -> str:
    """The reading as text, sorted, one assignment per line.

    The names of users are personal data: they are left out unless `names` is true, and so is every name that may be a
    user's. Names of groups and service principals stay.
    """
    directory: dict[str, object] = {
        object_id: Entry(entry.presence, entry.name if names or entry.type.lower() in _NAMED_TYPES else "", entry.type)
        for object_id, entry in sorted(source.directory.items())
    }
    coverage = source.state.coverage
    read: dict[str, object] = {
        part: SnapshotReach(tuple(sorted(coverage.below.get(part, ()))), tuple(sorted(coverage.alone.get(part, ()))))
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
    parts.append(_lines("unread", coverage.unread))
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


def _row(each: Assignment, names: bool) -> SnapshotRow:
    actual, principal, scope = each.actual, each.principal, each.scope
    is_named = names or principal.type in (PrincipalType.GROUP, PrincipalType.SERVICE_PRINCIPAL)
    return SnapshotRow(
        scope=scope.id,
        role=each.role.name,
        role_id=each.role.id,
        principal=principal.id,
        type=principal.type,
        name=principal.name if is_named else "",
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


def _definition(role: AzureRole) -> SnapshotDefinition:
    return SnapshotDefinition(
        id=role.id,
        name=role.name,
        permissions=role.permissions,
        assignable_scopes=role.assignable_scopes,
        description=role.description,
        custom=role.custom,
        former_names=role.former_names,
        preview=role.preview,
        deprecated=role.deprecated,
    )


def _denial(each: Denial) -> SnapshotDenial:
    return SnapshotDenial(
        id=each.id,
        name=each.name,
        scope=each.scope.id,
        permissions=each.permissions,
        principals=each.principals,
        excluded_principals=each.excluded_principals,
        only_at_scope=each.only_at_scope,
        description=each.description,
    )


class _Version(Struct):
    format_version: int = 0


def parse(name: str, text: str | bytes, catalog: Catalog) -> Source:
    """The reading in a snapshot. Raises RbacgenError for a snapshot of a newer rbacgen, and for a damaged one."""
    try:
        return _source_of(name, _decoded(name, text), catalog)
    except _DamagedError as fault:
        remedy = "take a new one: `rbacgen snapshot -o FILE`"
        raise RbacgenError(f"{name} is a damaged snapshot{fault}", remedy) from fault


class _DamagedError(Exception):
    """A snapshot that is not valid; the text follows the words "is a damaged snapshot"."""


def _decoded(name: str, text: str | bytes) -> SnapshotFile:
    """The file in its form. Raises RbacgenError for a newer format, and _DamagedError for another form."""
    try:
        version = msgspec.json.decode(text, type=_Version).format_version
        if version > FORMAT_VERSION:
            raise RbacgenError(
                f"{name} is a snapshot of format_version {version}, and this rbacgen reads {FORMAT_VERSION}",
                "update rbacgen, or take a new snapshot with this version",
            )
        return msgspec.json.decode(text, type=SnapshotFile)
    except (msgspec.DecodeError, RecursionError) as fault:
        message, at, path = str(fault).partition(" - at `$")
        member = message.removeprefix("Object missing required field ")
        if not at and member != message:
            raise _DamagedError(f": {member} is missing") from fault
        raise _DamagedError(f" (at {path.strip('.`')})" if at and len(path) < 80 else "") from fault


def _source_of(name: str, file: SnapshotFile, catalog: Catalog) -> Source:
    """The source of a file. Raises _DamagedError where its values do not fit together."""
    definitions = tuple(map(_role_of, file.definitions))
    shared = SharedValues(Roles(catalog, definitions))
    coverage = _coverage_of(file)
    try:
        rows = [_assignment_of(row, shared) for row in file.assignments]
        taken = file.taken.astimezone(UTC) if file.taken is not None else None
    except OverflowError as fault:
        raise _DamagedError(f": {fault}") from fault
    state = State(rows, coverage)
    if len(state) < len(rows):
        raise _DamagedError(": it contains an assignment twice")
    return Source(
        kind=SourceKind.SNAPSHOT,
        name=name,
        state=state,
        tenant=file.tenant,
        taken=taken,
        definitions=definitions,
        denials=tuple(map(_denial_of, file.denials)),
        directory={object_id.lower(): entry for object_id, entry in file.directory.items()},
        notes=tuple(file.notes),
        above={lower.lower(): tuple(map(str.lower, upper)) for lower, upper in (file.above or {}).items()},
        knows_management_groups=file.above is not None,
    )


def _coverage_of(file: SnapshotFile) -> Coverage:
    for part, reach in file.read.items():
        if not all(map(is_scope, (*reach.below, *reach.alone))):
            raise _DamagedError(f": `read` names something that is not a scope ({part})")
    return Coverage(
        below={part: frozenset(map(str.lower, reach.below)) for part, reach in file.read.items() if reach.below},
        alone={part: frozenset(map(str.lower, reach.alone)) for part, reach in file.read.items() if reach.alone},
        unread=tuple(file.unread),
        everything=file.everything,
    )


def _assignment_of(row: SnapshotRow, shared: SharedValues) -> Assignment:
    if row.principal_reference:
        principal = Principal(row.principal, row.type, row.name, reference=True)
    else:
        principal = shared.principal(row.principal, row.type, row.name)
    return Assignment(
        scope=_scope_of(row, shared),
        role=shared.role(row.role_id.lower(), row.role),
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


def _scope_of(row: SnapshotRow, shared: SharedValues) -> Scope:
    if row.level is not None:
        return Scope(row.scope, row.level, row.subscription, reference=True)
    if not row.scope.startswith("/"):
        raise _DamagedError(": a scope does not begin with /")
    return shared.scope(row.scope)


def _role_of(given: SnapshotDefinition) -> AzureRole:
    return AzureRole(
        id=given.id.lower(),
        name=given.name,
        permissions=given.permissions,
        custom=given.custom,
        former_names=given.former_names,
        assignable_scopes=given.assignable_scopes,
        description=given.description,
        preview=given.preview,
        deprecated=given.deprecated,
    )


def _denial_of(given: SnapshotDenial) -> Denial:
    return Denial(
        id=given.id,
        name=given.name,
        scope=Scope.of(given.scope),
        permissions=given.permissions,
        principals=given.principals,
        excluded_principals=given.excluded_principals,
        only_at_scope=given.only_at_scope,
        description=given.description,
    )
