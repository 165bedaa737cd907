"""Reads the direct members of groups from Microsoft Graph: all members of a group, or the reason why not."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct, field

from rbacgen.authorization.groups import DirectMember, MemberKind
from rbacgen.project.lookup import Listing
from rbacgen.sources.azure.client import AzureClient, GraphResponse
from rbacgen.sources.azure.credentials import LoginError
from rbacgen.sources.azure.errors import ReadError
from rbacgen.sources.azure.lookups import LookupClient

_PAGE = 999  # https://learn.microsoft.com/graph/api/group-list-members: the most that a page has
_BY_HAND = "write the members under `groups:` in the project file"
_KINDS = {
    "group": MemberKind.GROUP,
    "user": MemberKind.USER,
    "serviceprincipal": MemberKind.SERVICE_PRINCIPAL,
    "device": MemberKind.DEVICE,
}


class _MemberRow(Struct):
    """A member of a group: only its id and its type, which a login sees even of kinds that it may not read."""

    id: str
    type: str = field(default="", name="@odata.type")


class _GraphGroup(Struct, rename="camel"):
    visibility: str | None = None
    display_name: str | None = None


def members(azure: LookupClient, group_ids: frozenset[str]) -> Mapping[str, Listing]:
    """The direct members of each of these groups, by the group's object id: all of them, or why they could not be read."""
    ids = sorted(group_ids)
    try:
        groups = azure.client.graph_batch((f"/groups/{each}" for each in ids), {"$select": "id,displayName,visibility"})
    except (ReadError, LoginError) as failure:
        unread = Listing(why=f"Microsoft Graph: {failure.message}", remedy=failure.hint)
        return dict.fromkeys(ids, unread)
    listings = azure.together(lambda pair: _listing(azure.client, *pair), zip(ids, groups, strict=True))
    return dict(zip(ids, listings, strict=True))


def _listing(client: AzureClient, group_id: str, response: GraphResponse) -> Listing:
    """The members of a group; `response` is what the directory returned for the group itself."""
    if response.status != 200:
        return _no_members(response.status)
    try:
        group = msgspec.json.decode(response.body, type=_GraphGroup)
        rows = _member_rows(client, group_id)
    except msgspec.DecodeError:
        return Listing(why="Microsoft Graph's answer does not have the documented form", remedy="try again")
    except ReadError as failure:
        return _no_members(failure.status, failure)
    except LoginError as failure:
        return Listing(why=f"Microsoft Graph: {failure.message}", remedy=failure.hint)
    if any(not each.type for each in rows):
        return Listing(why="Microsoft Graph did not name the type of some members", remedy="try again")
    if group.visibility == "HiddenMembership" and not rows:
        return Listing(
            why="the group hides its members, and Microsoft Graph shows none of them to this login",
            remedy=f"have an administrator grant it Member.Read.Hidden, or {_BY_HAND}",
        )
    found = tuple(sorted({DirectMember(_kind(each.type), each.id.lower()) for each in rows}))
    return Listing(found, name=group.display_name or "")


def _member_rows(client: AzureClient, group_id: str) -> list[_MemberRow]:
    """All direct members of a group.

    The list leaves service principals out, which is a known limitation, so they are requested separately:
    https://learn.microsoft.com/graph/api/group-list-members, https://github.com/microsoftgraph/msgraph-sdk-powershell/issues/2853.
    A list of one type does not name the type. Raises ReadError.
    """
    query = {"$select": "id", "$top": str(_PAGE)}
    path = f"/groups/{group_id}/members"
    found = client.graph_rows(path, _MemberRow, query)
    identities = client.graph_rows(
        f"{path}/microsoft.graph.servicePrincipal", _MemberRow, {**query, "$count": "true"}, by_index=True
    )
    return [*found, *(_MemberRow(each.id, "#microsoft.graph.servicePrincipal") for each in identities)]


def _kind(odata_type: str) -> MemberKind:
    return _KINDS.get(odata_type.rpartition(".")[2].lower(), MemberKind.OTHER)


def _no_members(status: int, failure: ReadError | None = None) -> Listing:
    """Why the members of a group were not read, and what to do."""
    if status == 403:
        return Listing(
            why="Microsoft Graph does not let this login read the members of groups (403)",
            remedy=f"have an administrator grant it GroupMember.Read.All or Directory.Read.All, or {_BY_HAND}",
        )
    if status == 404:
        return Listing(
            why="the directory has no group of this id (404)", remedy="check the id, and whether the group was deleted"
        )
    if failure is not None:
        return Listing(why=f"Microsoft Graph: {failure.message}", remedy=failure.hint)
    return Listing(why=f"Microsoft Graph did not show the group ({status})", remedy="try again in some minutes")
