"""Whether principals that the directory does not find were deleted: only the right tenant's directory can know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from rbacgen.model.problems import RbacgenError
from rbacgen.model.source import DirectoryRefusedError, Entry, Presence
from rbacgen.model.state import State
from rbacgen.sources.azure import responses
from rbacgen.sources.azure.client import AzureClient
from rbacgen.sources.azure.errors import ReadError
from rbacgen.sources.azure.joining import allow
from rbacgen.sources.azure.reading import threads

_SUBSCRIPTIONS_VERSION = "2022-12-01"


def verified(
    client: AzureClient, entries: Mapping[str, Entry], state: State, subscriptions: Set[str]
) -> Mapping[str, Entry]:
    """The directory's entries, with `deleted` only where the directory can know it.

    It cannot for a principal with access in a subscription of another tenant, as with Azure Lighthouse
    (https://learn.microsoft.com/azure/lighthouse/concepts/tenants-users-roles): such a principal is not visible. A directory
    that finds no principal at all is believed only where one of them has access in a subscription of the login's tenant.
    `subscriptions` are those that were read completely.

    Raises DirectoryRefusedError where the directory cannot know, or the tenant of a subscription could not be read.
    """
    # Checked only now, because it takes a request for each subscription and mostly no principal is deleted.
    deleted = {each for each, entry in entries.items() if entry.presence is Presence.DELETED}
    if not deleted:
        return entries
    places = _subscriptions_of(deleted, state, subscriptions)
    tenants = _tenants(client, sorted({each for found in places.values() for each in found}))
    own = client.log_in()
    elsewhere = {subscription for subscription, tenant in tenants.items() if tenant != own}
    unknown = {each for each, found in places.items() if found & elsewhere}
    finds_any = any(entry.presence in (Presence.PRESENT, Presence.SOFT_DELETED) for entry in entries.values())
    if finds_any or (tenants.keys() - elsewhere and deleted - unknown):
        return {each: Entry(Presence.NOT_VISIBLE) if each in unknown else entry for each, entry in entries.items()}
    if elsewhere:
        subscription = min(elsewhere)
        raise DirectoryRefusedError(
            f"the subscription {subscription} belongs to the tenant {tenants[subscription]}, whose directory this login "
            "cannot read",
            f"log in to that tenant: `az login --tenant {tenants[subscription]}`",
        )
    raise DirectoryRefusedError(
        "the directory finds none of the principals with access, as if it were the directory of another tenant",
        "log in to the tenant of the principals (`az login --tenant ID`), and check --graph-endpoint if you gave one",
    )


def _subscriptions_of(deleted: set[str], state: State, subscriptions: Set[str]) -> Mapping[str, set[str]]:
    """Those of the principals that have access, with the subscriptions whose tenants may be theirs.

    Access above subscriptions is inherited by each of those that were read, also by one of another tenant.
    """
    everywhere = {*subscriptions, *(each.scope.subscription for each in state)} - {""}
    found: dict[str, set[str]] = {}
    above: set[str] = set()
    for each in state:
        if each.principal.id in deleted:
            if each.scope.subscription:
                found.setdefault(each.principal.id, set()).add(each.scope.subscription)
            else:
                above.add(each.principal.id)
    return dict.fromkeys(above, everywhere) | found


def _tenants(client: AzureClient, subscriptions: Sequence[str]) -> Mapping[str, str]:
    """The tenant of each of these subscriptions. Raises DirectoryRefusedError where one could not be read."""
    with threads(client) as pool:
        found = list(pool.map(lambda subscription: _tenant_of(client, subscription), subscriptions))
    tenants: dict[str, str] = {}
    for subscription, tenant in zip(subscriptions, found, strict=True):
        if isinstance(tenant, RbacgenError):
            raise DirectoryRefusedError(
                f"the tenant of the subscription {subscription} could not be read: {tenant.message}", tenant.hint
            )
        tenants[subscription] = tenant
    return tenants


def _tenant_of(client: AzureClient, subscription: str) -> str | RbacgenError:
    """The tenant that a subscription belongs to, or why it is not known."""
    path = f"/subscriptions/{subscription}"
    try:
        found = client.get(path, _SUBSCRIPTIONS_VERSION, responses.SubscriptionRow).tenant_id.lower()
    except RbacgenError as error:
        if isinstance(error, ReadError) and error.status == 403:
            return ReadError(error.message, allow("Microsoft.Resources/subscriptions/read", path), 403)
        return error
    return found or ReadError("Azure does not name it", "try again")
