"""Reads what `az role assignment list --all -o json` prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

import msgspec
from msgspec import UNSET, Struct, UnsetType

from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.roles import Roles
from rbacgen.model.assignment import ActualDetails, Assignment
from rbacgen.model.problems import RbacgenError
from rbacgen.model.scope import GUID, Scope, ScopeLevel, is_scope, subscription_of
from rbacgen.model.source import Entry, Presence, Source, SourceKind
from rbacgen.model.state import Coverage, Part
from rbacgen.model.wording import shortlist
from rbacgen.sources.collector import Collector, role_guid
from rbacgen.sources.shared_values import SharedValues

_ANEW = "write it again: `az role assignment list --all -o json > live.json`"
_CLASSIC = "NA(classic admin role)"
_NO_ACTIVATIONS = "`az role assignment list` does not distinguish activated access from permanent access"
_NO_ELIGIBILITIES = "`az role assignment list` does not include eligible access (Privileged Identity Management)"
_UNFILTERED = "list it with `--all` and no other filter; if that is all there is, read live Azure or a snapshot"


class _AzRow(Struct, rename="camel"):
    """A row as az prints it: Azure's answer, flattened, with the names that az looks up.

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

    Such a list does not say what was requested; see `_coverage`.
    """
    try:
        rows = msgspec.json.decode(text, type=list[_AzRow])
    except (msgspec.ValidationError, RecursionError) as fault:
        raise RbacgenError(
            f"{name} looks like a list of role assignments, but its rows do not have the form that az prints", _ANEW
        ) from fault
    gathered = Collector()
    shared = SharedValues(Roles(catalog))
    principals: list[tuple[_AzRow, str]] = []
    lists: dict[str, list[Assignment]] = {}
    classic = 0
    for index, row in enumerate(rows, 1):
        if row.role_definition_id == _CLASSIC:
            classic += 1
            continue
        of_list = subscription_of(row.role_definition_id)
        role_id = role_guid(row.role_definition_id) if not of_list or GUID.match(of_list) else ""
        if not role_id or not is_scope(row.scope) or not row.principal_id:
            missing = "roleDefinitionId" if not role_id else "scope" if not is_scope(row.scope) else "principalId"
            gathered.refuse(f"row {index} of {name}", f"its {missing} is not valid", _ANEW)
            continue
        principal_id = row.principal_id.lower()
        principals.append((row, principal_id))
        assignment = _assignment_of(row, role_id, principal_id, shared)
        gathered.add(assignment)
        subscriptions = {of_list, assignment.scope.subscription}
        for subscription in subscriptions - {""} or {""}:
            lists.setdefault(subscription, []).append(assignment)
    if classic:
        gathered.note(
            f"{classic:,} classic administrator{'' if classic == 1 else 's'} left out: Azure retired them in August 2024"
        )
    if any("condition" in row.actual.unknown_fields for row in gathered.rows.values()):
        gathered.refuse(name, "it does not contain the conditions of assignments", f"update the Azure CLI, and {_ANEW}")
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
    return gathered.source(SourceKind.AZ_LIST, name, coverage, directory=_directory_of(principals), above=above)


def _assignment_of(row: _AzRow, role_id: str, principal_id: str, shared: SharedValues) -> Assignment:
    unknown_fields = {"until"}
    if row.condition is UNSET:
        unknown_fields.add("condition")
    if row.description is UNSET:
        unknown_fields.add("description")
    condition = row.condition or ""
    return Assignment(
        scope=shared.scope(row.scope),
        role=shared.role(role_id, row.role_definition_name or ""),
        principal=shared.principal(principal_id, row.principal_type or "", row.principal_name or ""),
        condition=condition,
        condition_version=row.condition_version or "" if condition else "",
        description=row.description or "",
        actual=ActualDetails(id=row.id or "", created=row.created_on or "", unknown_fields=frozenset(unknown_fields)),
    )


def _directory_of(rows: Iterable[tuple[_AzRow, str]]) -> Mapping[str, Entry]:
    """The principals by object id; az looks names up in the directory, and prints an empty one for whom it does not find there.

    Where az may not read the directory at all, it prints no name.
    """
    directory: dict[str, Entry] = {}
    for row, principal_id in rows:
        if row.principal_name is not UNSET and principal_id not in directory:
            presence = Presence.PRESENT if row.principal_name else Presence.NOT_VISIBLE
            directory[principal_id] = Entry(presence, row.principal_name or "", row.principal_type or "")
    return directory


def _coverage(lists: Mapping[str, list[Assignment]], gathered: Collector, name: str) -> Coverage:
    """How far the list reaches, which only its rows show; `lists` are the rows by the subscription that they were listed for.

    Azure gives every row of a subscription's list, inherited ones too, the role id with that subscription's prefix. Such
    a list contains all assignments in the subscription, and all at every scope above it that has a row. But rows that
    are all of one principal, or of one role, are what az lists with `--assignee` or `--role`: they are complete for no
    scope. And rows at one scope, and above it, are what az lists without `--all`: nothing is concluded about other scopes
    then.
    https://github.com/Azure/azure-cli/blob/dev/src/azure-cli/azure/cli/command_modules/role/custom.py
    """
    if not lists:
        gathered.refuse(
            name,
            "an empty list does not say which subscription it is from",
            "log in with an account that may read role assignments there, and list them with `--all`; or read live Azure",
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
            f"everything in {name} for {shortlist(sorted(narrow), 3)} is at one scope and above it, as in a list without "
            "`--all`: nothing is concluded about other scopes"
        )
    for subscription, rows in lists.items():
        # A list of a management group is of no subscription, and contains what is assigned there and above.
        tops = {f"/subscriptions/{subscription}"} if subscription else {row.scope.id for row in rows}
        for top in tops:
            gathered.refuse(
                top, _NO_ELIGIBILITIES, "read live Azure or a snapshot, which include it", Part.ELIGIBILITIES
            )
            if (seen := filters[subscription]) and top.lower() not in alone:
                gathered.refuse(top, f"{name} looks filtered {seen}", _UNFILTERED)
    return Coverage(below={Part.ASSIGNMENTS: frozenset(below)}, alone={Part.ASSIGNMENTS: frozenset(alone)})


def _filter_of(rows: Iterable[Assignment]) -> str:
    """The filter that the rows look like, in words; empty where they are of several principals and several roles.

    A subscription with one row, or one principal, may still be complete; that cannot be known.
    """
    one_principal = len({row.principal.id for row in rows}) == 1
    one_role = len({row.role.id for row in rows}) == 1
    if one_principal and one_role:
        return "by `--assignee` or `--role`: all its rows for this have the same principal and the same role"
    if one_principal:
        return "by `--assignee`: all its rows for this have the same principal"
    return "by `--role`: all its rows for this have the same role" if one_role else ""


def _is_chain(scopes: list[Scope]) -> bool:
    """Whether each of these scopes is below the next: so that the lowest may be the only one that was listed."""
    ordered = sorted(scopes, key=lambda scope: len(scope.folded))
    return all(above.contains(below) for above, below in pairwise(ordered))
