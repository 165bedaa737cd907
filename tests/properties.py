"""How thoroughly a costly property is tried."""

from __future__ import annotations

import os


def examples(number: int) -> int:
    """All of them where CI is set, and a quarter where a person waits: `max_examples=examples(200)`."""
    return number if os.environ.get("CI") else max(1, number // 4)
