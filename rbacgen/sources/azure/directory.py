"""Reads principals from the directory, and whether one that it does not show has been deleted."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct, field

from rbacgen.model.scope import GUID
from rbacgen.model.source import DirectoryRefusedError, Entry, Presence
from rbacgen.sources.azure.client import AzureClient, GraphResponse
from rbacgen.sources.azure.errors import ReadError

_SELECT = {"$select": "id,displayName,userPrincipalName"}
_TYPES = {"user": "User", "group": "Group", "serviceprincipal": "ServicePrincipal", "device": "Device"}
PERMISSION = (
    "give the login the directory role Directory Readers, or the application permission Directory.Read.All; without it, "
    "whether principals still exist is not known"
)


class DirectoryRow(Struct, rename="camel", gc=False):
    """An object of the directory, as far as the login may read it: perhaps only its id."""

    id: str
    kind: str = field(default="", name="@odata.type")
    display_name: str | None = None
    user_principal_name: str | None = None


def entries(client: AzureClient, principal_ids: frozenset[str]) -> Mapping[str, Entry]:
    """The directory's entry for each of these object ids; an id that is not a GUID is left out.

    Raises DirectoryRefusedError where the login may not read the directory, and ReadError where it could not be read.
    """
    ids = sorted(each for each in {principal_id.lower() for principal_id in principal_ids} if GUID.match(each))
    try:
        shown = {row.id.lower(): row for row in client.graph_by_ids(ids, DirectoryRow, _SELECT)}
        lacking = [each for each in ids if each not in shown]
        objects = client.graph_batch((f"/directoryObjects/{each}" for each in lacking), _SELECT)
        absent = [each for each, answer in zip(lacking, objects, strict=True) if answer.status != 200]
        bin_ = dict(zip(absent, client.graph_batch(f"/directory/deletedItems/{each}" for each in absent), strict=True))
    except ReadError as error:
        if error.status == 403:
            raise DirectoryRefusedError(f"the directory could not be read: {error.message}", PERMISSION) from None
        if not client.cloud.graph:
            raise DirectoryRefusedError(error.message, error.hint) from None
        raise
    found = {each: _present(row) for each, row in shown.items() if each in set(ids)}
    for each, answer in zip(lacking, objects, strict=True):
        found[each] = _present(_row(answer)) if answer.status == 200 else _gone(answer, bin_[each])
    return {each: found[each] for each in ids}


def _gone(answer: GraphResponse, binned: GraphResponse) -> Entry:
    """What it means that an object was not found; it is deleted only where both places return 404."""
    if binned.status == 200:
        entry = _present(_row(binned))
        return Entry(Presence.SOFT_DELETED, entry.name, entry.type)
    if answer.status == binned.status == 404:
        return Entry(Presence.DELETED)
    return Entry(Presence.NOT_VISIBLE)


def _present(row: DirectoryRow) -> Entry:
    kind = _TYPES.get(row.kind.rpartition(".")[2].lower(), "")
    name = row.user_principal_name if kind == "User" else row.display_name
    return Entry(Presence.PRESENT, name or row.display_name or "", kind)


def _row(answer: GraphResponse) -> DirectoryRow:
    try:
        return msgspec.json.decode(answer.body, type=DirectoryRow)
    except msgspec.DecodeError:
        raise ReadError("Microsoft Graph's answer does not have the documented form", "try again", 200) from None
