"""Live Azure as a source: its access, what its directory knows of principals, and the justifications of PIM."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from rbacgen.authorization.catalog import Catalog
from rbacgen.model.scope import GUID, Scope
from rbacgen.model.source import Ask, Entry, Source, check_tenant
from rbacgen.model.state import Part, State
from rbacgen.sources.azure import directory, joining, justifications, presence
from rbacgen.sources.azure.client import AzureClient
from rbacgen.sources.azure.clouds import Cloud
from rbacgen.sources.azure.reading import AzureReading
from rbacgen.sources.azure.retries import DEFAULT_BUDGET


class Azure:
    """Live Azure. It implements `rbacgen.model.source.LiveSource`, and nothing in it writes."""

    def __init__(
        self,
        client: AzureClient,
        catalog: Catalog,
        now: datetime,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self._client = client
        self._catalog = catalog
        self._now = now
        self._progress = progress or (lambda _: None)
        self._state = State(())
        self._subscriptions: frozenset[str] = frozenset()  # those that were read completely

    @classmethod
    def of(
        cls,
        cloud: Cloud,
        environment: Mapping[str, str],
        catalog: Catalog,
        now: datetime,
        retry_budget: float = DEFAULT_BUDGET,
        progress: Callable[[str], None] | None = None,
    ) -> Azure:
        """Azure with the login that the environment decides on; no request is sent yet.

        `retry_budget` is how many seconds each list may lose to throttling and failures; `progress` gets a line of text at each step.
        """
        return cls(AzureClient.open(cloud, environment, retry_budget), catalog, now, progress)

    def read(self, ask: Ask) -> Source:
        """The access that `ask` asks for, with what could not be read.

        Raises RbacgenError where nobody is logged in, where the login is to another tenant, and where nothing at all could be
        read; ValueError for a subscription that is not a GUID, which Azure would take for the path to something else.
        """
        for each in ask.subscriptions:
            if not GUID.match(each):
                raise ValueError(f"`{each}` is not the id of a subscription")
        tenant = self._client.log_in()
        check_tenant(joining.NAME, tenant, ask.tenant)  # the lists of another tenant would only be empty
        lists = AzureReading(self._client, self._catalog, self._progress, ask).read()
        source = joining.source_of(lists, tenant, self._now)
        self._state = source.state
        self._subscriptions = frozenset(each for each in ask.subscriptions if _is_covered(source, each))
        return source

    def directory(self, principal_ids: frozenset[str]) -> Mapping[str, Entry]:
        """The directory's entry of each of these principals; `deleted` only where the directory can know it.

        Raises DirectoryRefusedError where it cannot know or the login may not read it, and RbacgenError where it could not be read.
        """
        count = len(principal_ids)
        self._progress(f"asking the directory about {count:,} principal{'' if count == 1 else 's'}")
        entries = directory.entries(self._client, principal_ids)
        return presence.verified(self._client, entries, self._state, self._subscriptions)

    def with_justifications(self, source: Source) -> Source:
        """The same reading, its PIM assignments described by the justification of their newest request.

        Requests that could not be read are unread in the result.
        """
        places = justifications.places_of(source)
        if not places:
            return source
        self._progress("asking Azure for justifications")
        return justifications.described(self._client, self._catalog, source, places)


def _is_covered(source: Source, subscription: str) -> bool:
    return source.state.coverage.covers(Part.ASSIGNMENTS, Scope.of(f"/subscriptions/{subscription}"))
