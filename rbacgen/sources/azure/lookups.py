"""Asks Azure for single objects, several at a time; a part of Azure that fails for good is not asked again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from msgspec import Struct

from rbacgen.model.scope import subscription_of
from rbacgen.sources.azure.client import AzureClient
from rbacgen.sources.azure.errors import ReadError

T = TypeVar("T")
R = TypeVar("R")

_WORKERS = 8


class NamedObject(Struct):
    """Any object of Azure Resource Manager that has an id and a name."""

    id: str
    name: str


class LookupClient:
    """A client for many small questions. It remembers which parts of Azure have failed."""

    def __init__(self, client: AzureClient) -> None:
        self.client = client
        self._failed: dict[str, ReadError] = {}

    def together(self, ask: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """The answers for these items, in their order; several are asked for at the same time."""
        with ThreadPoolExecutor(_WORKERS) as pool:
            return list(pool.map(ask, items))

    def ask(self, part: str, ask: Callable[[], R]) -> R:
        """The answer of a part of Azure; one that has used up its retry budget once does not use it up again.

        Raises ReadError.
        """
        known = self._failed.get(part)
        if known is not None:
            raise known
        try:
            return ask()
        except ReadError as failure:
            if failure.status in (0, 408, 429) or failure.status >= 500:
                self._failed[part] = failure
            raise

    def get(self, path: str, version: str, shape: type[T], namespace: str = "") -> T:
        """One object, of the resource provider `namespace` if given: a provider that fails does not fail for the others."""
        part = subscription_of(path) + namespace.lower()
        return self.ask(part, lambda: self.client.get(path, version, shape))

    def rows(self, path: str, version: str, namespace: str = "") -> list[NamedObject]:
        """All objects of a list. Raises ReadError."""
        part = subscription_of(path) + namespace.lower()
        return self.ask(part, lambda: self.client.rows(path, version, NamedObject))

    def names(self, above: str, version: str, namespace: str = "") -> list[str]:
        """The names in a list, for suggestions; none where the list cannot be read."""
        try:
            return [each.name for each in self.rows(above, version, namespace)]
        except ReadError:
            return []
