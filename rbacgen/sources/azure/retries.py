"""How often and how long requests to Azure are repeated, and how fast they are sent."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

DEFAULT_BUDGET = 120.0  # seconds that one list may lose to throttling and failures before it is given up
RETRIED = frozenset({408, 429, 500, 502, 503, 504})
_ATTEMPTS = 13  # after answers that may be better next time
_CONNECTION_ATTEMPTS = 4  # after no answer, or half of one
_LONGEST_PAUSE = 15.0
# https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
_BURST = 250.0
_PER_SECOND = 25.0


class RateLimiter:
    """Spreads requests as Azure allows them: a burst, then a number per second. Threads share it."""

    __slots__ = ("_at", "_left", "_lock")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left = _BURST
        self._at = time.monotonic()

    def take(self) -> None:
        """Takes one request, and waits where none is left."""
        with self._lock:
            now = time.monotonic()
            self._left = min(_BURST, self._left + (now - self._at) * _PER_SECOND) - 1
            self._at = now
            wait = max(0.0, -self._left / _PER_SECOND)
        if wait:
            time.sleep(wait)


class RetryBudget:
    """The seconds that one list may still lose to throttling and failures, and how often it may still fail."""

    __slots__ = ("_attempts", "_connections", "_left", "_stopped", "total")

    def __init__(self, seconds: float, stopped: threading.Event) -> None:
        self.total = seconds
        self._stopped = stopped
        self._left = seconds
        self._attempts = 0
        self._connections = 0

    def renew(self) -> None:
        """Forgets earlier failures, because a page came; the time that they took stays spent."""
        self._attempts = self._connections = 0

    def pause(self, lost: float, requested: float | None, answered: bool) -> bool:
        """Waits before another attempt; returns False, at once, where there must be none.

        `lost` is how many seconds the failed attempt took, `requested` the pause in seconds that Azure asks for.
        """
        self._left -= lost
        self._attempts += 1
        if not answered:
            self._connections += 1
        pause = requested if requested is not None else min(_LONGEST_PAUSE, 0.1 * 2**self._attempts)
        if self._attempts >= _ATTEMPTS or self._connections >= _CONNECTION_ATTEMPTS or pause > self._left:
            return False
        self._left -= pause
        return not self._stopped.wait(pause)


def requested_pause(headers: Mapping[str, str]) -> float | None:
    """The pause in seconds that an answer asks for, in one of the headers that Azure uses; None where it asks for none."""
    lower = {name.lower(): value for name, value in headers.items()}
    for name, unit in (("retry-after-ms", 0.001), ("x-ms-retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(lower[name]) * unit)
        except (KeyError, ValueError):
            continue
    return None
