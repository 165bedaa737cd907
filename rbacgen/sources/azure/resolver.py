"""Resolves the names, ids, scopes and groups of a project in live Azure, for the lock file. It only reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rbacgen.model.source import Entry
from rbacgen.project.lock import Named
from rbacgen.project.lookup import Listing, LookupAnswer
from rbacgen.sources.azure import directory, member_lookup, name_lookup
from rbacgen.sources.azure.client import AzureClient
from rbacgen.sources.azure.clouds import Cloud
from rbacgen.sources.azure.lookups import LookupClient
from rbacgen.sources.azure.retries import DEFAULT_BUDGET
from rbacgen.sources.azure.scope_lookup import ScopeLookup


class AzureResolver:
    """Live Azure as `rbacgen.project.lock_resolution.Lookup`."""

    def __init__(self, client: AzureClient, progress: Callable[[str], None] | None = None) -> None:
        self._client = client
        self._azure = LookupClient(client)
        self._progress = progress or (lambda _: None)

    @classmethod
    def of(
        cls,
        cloud: Cloud,
        environment: Mapping[str, str],
        retry_budget: float = DEFAULT_BUDGET,
        progress: Callable[[str], None] | None = None,
    ) -> AzureResolver:
        """A resolver with the login that the environment decides on. Raises RbacgenError where the login cannot be used."""
        return cls(AzureClient.open(cloud, environment, retry_budget), progress)

    def tenant(self) -> str:
        """The tenant of the login. Raises RbacgenError where nobody is logged in."""
        return self._client.log_in()

    def names(self, named: tuple[Named, ...]) -> Mapping[tuple[str, str], LookupAnswer]:
        """The principals with each of these names; resource ids of managed identities are looked up in Azure Resource Manager."""
        self._progress(f"looking up {len(named):,} names")
        answers = name_lookup.principals(self._azure, named)
        self._progress("")
        return answers

    def directory(self, object_ids: frozenset[str]) -> Mapping[str, Entry]:
        """The directory's entry of each of these ids. Raises DirectoryRefusedError where the login may not read it."""
        return directory.entries(self._client, object_ids)

    def hints(self, object_ids: frozenset[str]) -> Mapping[str, str]:
        """What ids are that the directory has no object for: an application id is often mistaken for an object id."""
        return name_lookup.application_hints(self._azure, object_ids)

    def scopes(self, scope_ids: tuple[str, ...], tenant: str) -> Mapping[str, LookupAnswer]:
        """Each of these scopes as Azure spells it, by the scope in lower case."""
        self._progress(f"checking {len(scope_ids):,} scopes")
        answers = ScopeLookup(self._azure, tenant).answers(scope_ids)
        self._progress("")
        return answers

    def members(self, group_ids: frozenset[str]) -> Mapping[str, Listing]:
        """The direct members of each of these groups, by the group's object id: all of them, or why they could not be read."""
        self._progress(f"reading the members of {len(group_ids)} groups")
        listings = member_lookup.members(self._azure, group_ids)
        self._progress("")
        return listings
