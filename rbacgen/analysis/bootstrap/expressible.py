"""Which assignments of a source a project can express as they are, and why it cannot express the others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date, datetime, timedelta
from typing import get_args

from msgspec import Struct, ValidationError, convert
from msgspec.structs import replace

from rbacgen.authorization.catalog import Catalog
from rbacgen.model.assignment import Activation, Assignment, AzureRole, Principal, PrincipalType, instant
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.model.source import Presence, Source
from rbacgen.project.bindings import is_whole
from rbacgen.project.mapping_file import Guid, Operation, ResourceType
from rbacgen.project.mapping_loader import condition_faults
from rbacgen.project.project_file import Ignore

_MINUTE = timedelta(minutes=1)
_HALF_A_DAY = timedelta(hours=12)
_LONGEST_ROLE_NAME = 400  # custom roles carry the project's name behind theirs; rule custom-role-name
_MEMBER_TYPES = (PrincipalType.USER, PrincipalType.GROUP, PrincipalType.SERVICE_PRINCIPAL)


def _pattern(type_: object) -> re.Pattern[str]:
    """The pattern that the shape of a file asks of a text of this type."""
    return re.compile(get_args(type_)[1].pattern)


_GUID = _pattern(Guid)
_OPERATION = _pattern(Operation)
_RESOURCE_TYPE = _pattern(ResourceType)


class ExpressibleAssignment(Struct, frozen=True):
    """One assignment as the project will express it: the name that the role is called by, and the day of its end."""

    actual: Assignment
    principal: Principal
    role_name: str
    condition: str
    ends: date | None


class LeftOut(Struct, frozen=True):
    """An assignment that a project cannot express, and why.

    `rule` is the `ignore` entry that passes over this assignment and nothing that gives more; None where no entry can, and
    where its principal is deleted, or in the directory's bin, which has to be reported until it is corrected. `is_gone`
    where every comparison reports that: in the subscriptions of the project.
    """

    actual: Assignment
    why: str
    rule: Ignore | None
    is_gone: bool = False


class Sorted(Struct, frozen=True):
    """The assignments of a source by what becomes of them.

    `assumed` are the object ids of principals whose kind the source does not give, and that can be eligible: groups, or
    users. `customs` are the custom roles that rows use, by name. `eligible_days` is what the project has to set for eligible
    access without a date: 0 for no end, None where there is none.
    """

    rows: tuple[ExpressibleAssignment, ...]
    left_out: tuple[LeftOut, ...]
    assumed: frozenset[str]
    customs: Mapping[str, AzureRole]
    eligible_days: int | None
    above: int
    activated: int


def sort(source: Source, catalog: Catalog, today: date, with_above: bool) -> Sorted:
    """Whether and how each assignment of the source can be expressed.

    What is activated just in time ends by itself, and what subscriptions inherit from above is not theirs to manage: both
    are counted only, the latter unless `with_above`, as for Terraform, which holds nothing but its own.
    """
    roles = _RoleNames(catalog, source.definitions)
    principals = _principals(source)
    assumed = _assumed(source, principals)
    rows: list[ExpressibleAssignment] = []
    left_out: list[tuple[Assignment, str]] = []
    above = activated = 0
    for actual in source.state:
        if actual.activation is Activation.ACTIVATED:
            activated += 1
        elif not actual.scope.subscription and not with_above:
            above += 1
        else:
            role_name, role_fault = roles.name(actual.role)
            principal = principals[actual.principal.id]
            if principal.id in assumed and actual.activation is Activation.ELIGIBLE:
                principal = replace(principal, type=PrincipalType.GROUP)
            fault = _fault(actual, principal, source, today) or role_fault
            if fault:
                left_out.append((actual, fault))
            else:
                condition = unicodedata.normalize("NFC", actual.condition.strip())
                rows.append(ExpressibleAssignment(actual, principal, role_name, condition, _day(_until(actual))))
    rows, undated, days = _settle_eligible(rows)
    used = {row.role_name for row in rows}
    customs = {name: role for name, role in sorted(roles.customs.items()) if name in used}
    assumed &= {row.principal.id for row in rows}
    subscriptions = {row.actual.scope.subscription for row in rows} - {""}
    compared = {role.id for role in customs.values()}
    out = tuple(
        LeftOut(actual, why, None, is_gone=actual.scope.subscription in subscriptions)
        if _is_gone(actual, source)
        else _left_out(actual, roles, compared, why)
        for actual, why in (*left_out, *undated)
    )
    return Sorted(tuple(rows), out, assumed, customs, days, above, activated)


def _is_gone(actual: Assignment, source: Source) -> bool:
    """Whether the principal is gone from the directory, and a comparison can report it: both ids are known."""
    entry = source.directory.get(actual.principal.id)
    is_open = actual.scope.reference or actual.principal.reference
    return not is_open and entry is not None and entry.presence in (Presence.DELETED, Presence.SOFT_DELETED)


def _principals(source: Source) -> dict[str, Principal]:
    """Every principal of the source, by object id, with what the rows and the directory together know of it."""
    known: dict[str, Principal] = {}
    for actual in source.state:
        principal = known.get(actual.principal.id, actual.principal)
        entry = source.directory.get(principal.id)
        known_types = [each.value for each in PrincipalType]
        type_ = principal.type
        for other in (actual.principal.type, entry.type if entry is not None else ""):
            if type_ is PrincipalType.UNKNOWN and other in known_types:
                type_ = PrincipalType(other)
        name = (entry.name if entry is not None else "") or principal.name or actual.principal.name
        known[principal.id] = Principal(principal.id, type_, name, principal.reference)
    return known


def _assumed(source: Source, principals: Mapping[str, Principal]) -> frozenset[str]:
    """The principals of an unknown kind that are eligible for something: no identity can be, so a group or a user is.

    Terraform's PIM resources do not name the kind, so for this access it makes no difference which of the two it is.
    """
    return frozenset(
        actual.principal.id
        for actual in source.state
        if actual.activation is Activation.ELIGIBLE and principals[actual.principal.id].type is PrincipalType.UNKNOWN
    )


def _fault(actual: Assignment, principal: Principal, source: Source, today: date) -> str:
    """Why a project cannot express this assignment, or an empty string."""
    return next(_faults(actual, principal, source, today), "")


def _faults(actual: Assignment, principal: Principal, source: Source, today: date) -> Iterator[str]:
    entry = source.directory.get(principal.id)
    if entry is not None and entry.presence is Presence.DELETED:
        yield "its principal is gone from the directory: delete the assignment"
    if entry is not None and entry.presence is Presence.SOFT_DELETED:
        yield "its principal is in the directory's bin"
    if principal.type is PrincipalType.UNKNOWN:
        yield "the source does not give the type of its principal"
    elif principal.type not in _MEMBER_TYPES:
        yield f"a principal of the type {principal.type} cannot be a member of a project role"
    if principal.reference or actual.scope.reference or not _GUID.match(principal.id):
        yield "only Terraform knows its scope or its principal"
    yield from _scope_faults(actual.scope)
    if "condition" in actual.actual.unknown_fields:
        yield "the source does not give its condition"
    if actual.condition:
        if actual.condition_version not in ("", "2.0"):
            yield f"its condition is of version {actual.condition_version}"
        if _lines(unicodedata.normalize("NFC", actual.condition)) != _lines(actual.condition):
            yield "its condition holds characters that Terraform would write in another way"
        for fault in condition_faults(actual.condition.strip()):
            yield fault.replace("the condition", "its condition", 1)
    yield from _end_faults(actual, principal, today)


def _scope_faults(scope: Scope) -> Iterator[str]:
    if scope.reference:
        return
    if scope.level is ScopeLevel.RESOURCE and scope.folded.count("/providers/") > 1:
        yield "its scope is a resource on another resource, which a project cannot bind"
    elif not is_whole(scope.id) or (scope.level is ScopeLevel.RESOURCE and not _RESOURCE_TYPE.match(type_of(scope))):
        yield "its scope is not one that a project can bind"


def _end_faults(actual: Assignment, principal: Principal, today: date) -> Iterator[str]:
    until = _until(actual)
    eligible = actual.activation is Activation.ELIGIBLE
    if eligible and principal.type is PrincipalType.SERVICE_PRINCIPAL:
        yield "an identity cannot activate a role"
    if eligible and actual.scope.level is ScopeLevel.TENANT:
        yield "Terraform cannot make anybody eligible at the tenant root"
    if until is None:
        return
    if until <= instant(today):
        yield f"it ended on {until:%Y-%m-%d}"
    elif not eligible and (actual.condition or actual.scope.level is ScopeLevel.TENANT):
        yield f"it ends on {until:%Y-%m-%d}, and Terraform cannot end access under a condition or at the tenant root"
    elif not eligible and _day(until) is None:
        yield f"it ends at {until:%Y-%m-%dT%H:%MZ}, and a project ends access at the beginning of a day (UTC)"


def _until(actual: Assignment) -> datetime | None:
    return None if "until" in actual.actual.unknown_fields else actual.actual.until


def _day(until: datetime | None) -> date | None:
    """The day at whose beginning (UTC) this is, within a minute; None for any other time."""
    if until is None:
        return None
    day = (until + _HALF_A_DAY).date()
    return day if abs(until - instant(day)) <= _MINUTE else None


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def type_of(scope: Scope) -> str:
    """The resource type in a resource's id, in its spelling."""
    provider, *pairs = scope.id[scope.folded.rindex("/providers/") + len("/providers/") :].split("/")
    return "/".join([provider, *pairs[::2]])


def _left_out(actual: Assignment, roles: _RoleNames, compared: Set[str], why: str) -> LeftOut:
    """The assignment with the entry for it: at its scope alone, of its activation, under its condition, until its end.

    A custom role goes by its id, since its name can move to another one. An entry does not compare what such a role grants,
    so there is one only where the project uses the role for others and it is `compared`: else it could grow unnoticed. Nor
    is there one where the source does not give all fields that an entry has to match.
    """
    if actual.scope.reference or actual.principal.reference:
        return LeftOut(actual, why, None)
    if actual.role.id not in roles.catalog and actual.role.id not in compared:
        return LeftOut(actual, f"{why}; without an entry, which would hide what is added to its role", None)
    for unknown_fields, called in (("condition", "condition"), ("until", "end")):
        if unknown_fields in actual.actual.unknown_fields:
            because = f"the source does not give its {called}"
            return LeftOut(actual, why if why == because else f"{why}; without an entry, since {because}", None)
    entry = {
        "because": why[:2000],
        "principal": actual.principal.id,
        "azure_role": roles.name(actual.role)[0] if actual.role.id in roles.catalog else actual.role.id,
        "at": actual.scope.id,
        "activation": str(actual.activation),
    }
    if actual.condition:
        entry["condition"] = actual.condition
    if actual.actual.until is not None:
        entry["until"] = f"{actual.actual.until:%Y-%m-%d}"
    try:
        return LeftOut(actual, why, convert(entry, Ignore))
    except ValidationError:
        return LeftOut(actual, why, None)


def _settle_eligible(
    rows: Iterable[ExpressibleAssignment],
) -> tuple[list[ExpressibleAssignment], list[tuple[Assignment, str]], int | None]:
    """The rows without the eligible ones that one number of days for all cannot express, those with why, and the number.

    Eligible access of a project ends on a day, or its number of days after it was given, or never; of the two that depend
    on the number, the rarer in the source is left out.
    """
    rows = list(rows)
    eligible = [row for row in rows if row.actual.activation is Activation.ELIGIBLE and row.ends is None]
    endless = [
        row for row in eligible if _until(row.actual) is None and "until" not in row.actual.actual.unknown_fields
    ]
    ending = [row for row in eligible if _until(row.actual) is not None]
    if not endless and not ending:
        return rows, [], None
    keep_endless = len(endless) >= len(ending)
    out = ending if keep_endless else endless
    why = (
        "it is eligible until some hour, and other eligible access, without an end, is in the majority"
        if keep_endless
        else "it is eligible without an end, and other eligible access, until some hour, is in the majority"
    )
    gone = {row.actual.key for row in out}
    kept = [row for row in rows if row.actual.key not in gone]
    return kept, [(row.actual, why) for row in out], 0 if keep_endless else 365


class _RoleNames:
    """What a grant calls a role: its name where that is unique, else its id; custom roles are noted."""

    def __init__(self, catalog: Catalog, definitions: Iterable[AzureRole]) -> None:
        self.catalog = catalog
        self.definitions = {role.id: role for role in definitions}
        self.customs: dict[str, AzureRole] = {}
        self.known: dict[str, tuple[str, str]] = {}
        self.taken: set[str] = set()

    def name(self, role: AzureRole) -> tuple[str, str]:
        """The name to call this role by (or its id), and why no grant can give it (or nothing)."""
        if role.id not in self.known:
            self.known[role.id] = self._name(role)
        return self.known[role.id]

    def _name(self, role: AzureRole) -> tuple[str, str]:
        if role.id in self.catalog:
            found = self.catalog.find(role.id)
            assert found is not None
            named = self.catalog.find(found.name)
            return (found.name if named is not None and named.id == role.id else role.id), ""
        definition = self.definitions.get(role.id, role)
        fault = next(self.custom_faults(definition), "")
        if fault:
            return role.id, fault
        self.taken.add(definition.name.casefold())
        self.customs[definition.name] = definition
        return definition.name, ""

    def custom_faults(self, role: AzureRole) -> Iterator[str]:
        if not role.name or not role.permissions:
            yield "its role is in no catalogue and in no role definition that was read"
            return
        namesake = self.catalog.find(role.name)
        if namesake is not None or role.name.casefold() in self.taken or len(role.name) > _LONGEST_ROLE_NAME:
            yield f"its custom role `{role.name[:80]}` has a name that a mapping cannot hold"
        if len(role.permissions) > 1 or role.permissions[0].condition:
            yield f"its custom role `{role.name}` has several permission objects, which a mapping cannot express"
        permission = role.permissions[0]
        patterns = permission.actions + permission.not_actions + permission.data_actions + permission.not_data_actions
        if not permission.actions and not permission.data_actions:
            yield f"its custom role `{role.name}` grants nothing"
        if not role.name.isprintable() or not role.name.strip():
            yield "its custom role has a name that cannot be shown"
        for pattern in patterns:
            if not _OPERATION.fullmatch(pattern) or (
                "*" in pattern
                and (pattern.count("*") > 1 or any("*" in part and part != "*" for part in pattern.split("/")))
            ):
                yield f"its custom role `{role.name}` has the pattern {pattern}, which a mapping cannot express"
