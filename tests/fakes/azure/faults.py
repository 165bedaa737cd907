"""Faults to inject: which requests a fault applies to, and what is sent instead of the answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from tests.fakes.azure.messages import Request


@dataclass(slots=True)
class Fault:
    """One fault. Everything in the first half must match for it to strike; nothing set matches every request.

    `path` and `query` are regular expressions, searched without case in the decoded path and query string; `collection`
    is the last word of a listing's path, such as roleAssignments; `scope` the scope that is asked about, without case
    and with nothing below it; `page` counts from 1.
    """

    service: Literal["arm", "graph", "entra"] | None = None
    method: str | None = None
    path: str | None = None
    query: str | None = None
    collection: str | None = None
    scope: str | None = None
    page: int | None = None

    # Of the requests that match: let so many pass, strike so often (None: for ever), or strike the nth alone.
    after: int = 0
    times: int | None = None
    nth: int | None = None

    # An answer of its own; `body` in place of the service's own form of an error.
    status: int | None = None
    code: str | None = None
    message: str | None = None
    retry_after: float | None = None
    retry_after_ms: int | None = None
    body: str | None = None
    content_type: str | None = None

    # The connection is gone: before the answer, or in the middle of its body.
    drop: Literal["before", "middle"] | None = None
    # The true answer, changed: the link to the next page leads to this one (`itself`) or to the first (`first`) ...
    repeat: Literal["itself", "first"] | None = None
    # ... or the page is empty and its link leads to what should have been on it, which Azure allows itself ...
    empty: bool = False
    # ... or the body is no JSON.
    malformed: bool = False
    # Seconds before anything happens.
    latency: float = 0.0

    met: int = field(default=0, init=False)
    struck: int = field(default=0, init=False)

    def strikes(self, request: Request) -> bool:
        """Whether the fault is for this request; counts it."""
        if not self._matches(request):
            return False
        self.met += 1
        if self.nth is not None and self.met != self.nth:
            return False
        if self.met <= self.after or (self.times is not None and self.struck >= self.times):
            return False
        self.struck += 1
        return True

    def _matches(self, request: Request) -> bool:
        return (
            (self.service is None or self.service == request.service)
            and (self.method is None or self.method == request.method)
            and (self.path is None or re.search(self.path, request.path, re.IGNORECASE) is not None)
            and (self.query is None or re.search(self.query, request.query_text, re.IGNORECASE) is not None)
            and (self.collection is None or self.collection.lower() == request.collection.lower())
            and (self.scope is None or (self.scope.rstrip("/").lower() or "/") == request.scope.lower())
            and (self.page is None or self.page == request.page)
        )
