"""Reads what `az role assignment list --all -o json` prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

import msgspec
from msgspec import UNSET, Struct, UnsetType

from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.roles import Roles
from rbacgen.model.assignment import ActualDetails, Assignment, AzureRole, Principal, PrincipalType
from rbacgen.model.problems import RbacgenError
from rbacgen.model.scope import GUID, Scope, ScopeLevel, is_scope, subscription_of
from rbacgen.model.source import Entry, Presence, Source, SourceKind
from rbacgen.model.state import Coverage, Part
from rbacgen.model.wording import shortlist
from rbacgen.sources.collector import Collector, role_guid

_ANEW = "write it anew: `az role assignment list --all -o json > live.json`"
_CLASSIC = "NA(classic admin role)"
_NO_ACTIVATIONS = "`az role assignment list` does not tell access that is activated just now from standing access"
_NO_ELIGIBILITIES = "`az role assignment list` does not hold eligible access (Privileged Identity Management)"
_HOLDS_ALL = "list it with `--all` and no other filter; where it holds no more than this, read live Azure or a snapshot"


class _AzRow(Struct, rename="camel"):
    """A row as az prints it: what Azure answers, flat, with the names that az looks up.

    https://learn.microsoft.com/cli/azure/role/assignment#az-role-assignment-list
    """

    scope: str
    role_definition_id: str
    principal_id: str | None = None
    id: str | None = None
    principal_type: str | None = None
    principal_name: str | UnsetType | None = UNSET
    role_definition_name: str | None = None
    condition: str | UnsetType | None = UNSET
    condition_version: str | None = None
    description: str | UnsetType | None = UNSET
    created_on: str | None = None


def parse(name: str, text: str | bytes, catalog: Catalog) -> Source:
    """The assignments of an az list. Raises RbacgenError where the text is damaged.

    Such a list does not say what was asked for; see `_coverage`.
    """
    try:
        rows = msgspec.json.decode(text, type=list[_AzRow])
    except (msgspec.ValidationError, RecursionError) as fault:
        raise RbacgenError(
            f"{name} looks like a list of role assignments, but its rows are not as az prints them", _ANEW
        ) from fault
    gathered = Collector()
    reader = _AzListReader(Roles(catalog))
    lists: dict[str, list[Assignment]] = {}
    classic = 0
    for index, row in enumerate(rows, 1):
        if row.role_definition_id == _CLASSIC:
            classic += 1
            continue
        asked = subscription_of(row.role_definition_id)
        role_id = role_guid(row.role_definition_id) if not asked or GUID.match(asked) else ""
        if not role_id or not is_scope(row.scope) or not row.principal_id:
            missing = "roleDefinitionId" if not role_id else "scope" if not is_scope(row.scope) else "principalId"
            gathered.refuse(f"row {index} of {name}", f"its {missing} is none of Azure's", _ANEW)
            continue
        assignment = reader.assignment(row, role_id, row.principal_id.lower())
        gathered.add(assignment)
        subscriptions = {asked, assignment.scope.subscription}
        for subscription in subscriptions - {""} or {""}:
            lists.setdefault(subscription, []).append(assignment)
    if classic:
        gathered.note(
            f"{classic:,} classic administrator{'' if classic == 1 else 's'} left out: Azure retired them in August 2024"
        )
    if any("condition" in row.actual.unknown_fields for row in gathered.rows.values()):
        gathered.refuse(
            name, "it does not tell the conditions of assignments", f"bring the Azure CLI up to date, and {_ANEW}"
        )
    if rows:
        gathered.note(_NO_ACTIVATIONS)
    coverage = _coverage(lists, gathered, name)
    above = {
        f"/subscriptions/{subscription}": tuple(
            sorted({each.scope.folded for each in rows if each.scope.level is ScopeLevel.MANAGEMENT_GROUP})
        )
        for subscription, rows in lists.items()
        if subscription
    }
    return gathered.source(SourceKind.AZ_LIST, name, coverage, directory=reader.directory, above=above)


class _AzListReader:
    """Rows into assignments; the same roles, scopes and principals come out as the same objects."""

    def __init__(self, roles: Roles) -> None:
        self.roles = roles
        self.unnamed: dict[tuple[str, str], AzureRole] = {}
        self.scopes: dict[str, Scope] = {}
        self.principals: dict[tuple[str, str, str], Principal] = {}
        self.directory: dict[str, Entry] = {}

    def assignment(self, row: _AzRow, role_id: str, principal_id: str) -> Assignment:
        unknown_fields = {"until"}
        if row.condition is UNSET:
            unknown_fields.add("condition")
        if row.description is UNSET:
            unknown_fields.add("description")
        condition = row.condition or ""
        scope = self.scopes.get(row.scope) or self.scopes.setdefault(row.scope, Scope.of(row.scope))
        return Assignment(
            scope=scope,
            role=self.role(role_id, row.role_definition_name or ""),
            principal=self.principal(row, principal_id),
            condition=condition,
            condition_version=row.condition_version or "" if condition else "",
            description=row.description or "",
            actual=ActualDetails(
                id=row.id or "", created=row.created_on or "", unknown_fields=frozenset(unknown_fields)
            ),
        )

    def role(self, role_id: str, name: str) -> AzureRole:
        """The role that the catalogue knows; else one of which az told the name only."""
        role = self.roles.of(role_id)
        if role.name or not name:
            return role
        return self.unnamed.setdefault((role_id, name), AzureRole(role_id, name))

    def principal(self, row: _AzRow, principal_id: str) -> Principal:
        """The principal; az looks names up in the directory, and prints an empty one for whom it did not see there.

        Where az may not ask the directory at all, it prints no name.
        """
        name = row.principal_name or ""
        type_ = row.principal_type or ""
        if row.principal_name is not UNSET and principal_id not in self.directory:
            presence = Presence.PRESENT if name else Presence.NOT_VISIBLE
            self.directory[principal_id] = Entry(presence, name, type_)
        known = self.principals.get((principal_id, type_, name))
        if known is None:
            try:
                kind = PrincipalType(type_)
            except ValueError:
                kind = PrincipalType.UNKNOWN
            known = self.principals[principal_id, type_, name] = Principal(principal_id, kind, name)
        return known


def _coverage(lists: Mapping[str, list[Assignment]], gathered: Collector, name: str) -> Coverage:
    """How far the list reaches, which only its rows can tell; `lists` are the rows by the subscription that was asked.

    Azure gives every row of a subscription's list, inherited ones too, the role id with that subscription's prefix. Such
    a list holds all that stands in the subscription, and all at every scope above of which it holds a row. But rows that
    are all of one principal, or of one role, are what az lists with `--assignee` or `--role`: they say of no scope that
    this is all. And rows that stand at one scope, and above it, are what az lists without `--all`: nothing is concluded of
    other scopes then.
    https://github.com/Azure/azure-cli/blob/dev/src/azure-cli/azure/cli/command_modules/role/custom.py
    """
    if not lists:
        gathered.refuse(
            name,
            "an empty list does not say which subscription it is of",
            "log in as somebody who may read role assignments there, and list them with `--all`; or read Azure itself",
        )
        return Coverage()
    below: set[str] = set()
    alone: set[str] = set()
    narrow: list[str] = []
    filters = {subscription: _filter_of(rows) for subscription, rows in lists.items()}
    for subscription, rows in lists.items():
        if filters[subscription]:
            continue
        scopes = {row.scope.folded: row.scope for row in rows}
        inside = [scope for scope in scopes.values() if scope.subscription]
        top = f"/subscriptions/{subscription}"
        if not _is_chain(inside):
            below.add(top)
        elif subscription:
            narrow.append(top)
        alone |= {folded for folded, scope in scopes.items() if not scope.subscription or top not in below}
    if narrow:
        gathered.note(
            f"all that {name} holds of {shortlist(sorted(narrow), 3)} stands at one scope and above it, as in a list without "
            "`--all`: nothing is concluded of other scopes"
        )
    for subscription, rows in lists.items():
        # A list of a management group is of no subscription, and holds what stands there and above.
        tops = {f"/subscriptions/{subscription}"} if subscription else {row.scope.id for row in rows}
        for top in tops:
            gathered.refuse(top, _NO_ELIGIBILITIES, "read live Azure or a snapshot, which hold it", Part.ELIGIBILITIES)
            if (seen := filters[subscription]) and top.lower() not in alone:
                gathered.refuse(top, f"{name} looks filtered {seen}", _HOLDS_ALL)
    return Coverage(below={Part.ASSIGNMENTS: frozenset(below)}, alone={Part.ASSIGNMENTS: frozenset(alone)})


def _filter_of(rows: Iterable[Assignment]) -> str:
    """What filter the rows look like, in words; empty where they are of several principals and several roles.

    A subscription with one row, or one principal, may be whole all the same; nobody can tell.
    """
    one_principal = len({row.principal.id for row in rows}) == 1
    one_role = len({row.role.id for row in rows}) == 1
    if one_principal and one_role:
        return "by `--assignee` or `--role`: all that it holds of this is one principal's and one role's"
    if one_principal:
        return "by `--assignee`: all that it holds of this is one principal's"
    return "by `--role`: all that it holds of this is one role's" if one_role else ""


def _is_chain(scopes: list[Scope]) -> bool:
    """Whether each of these scopes lies below the next one above: so that one of them may be all that was listed."""
    ordered = sorted(scopes, key=lambda scope: len(scope.folded))
    return all(above.contains(below) for above, below in pairwise(ordered))
