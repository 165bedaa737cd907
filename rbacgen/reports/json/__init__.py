"""Results as JSON: for each command the one document that its other reports are made from, too."""

from __future__ import annotations

from typing import Any

from msgspec import json

FORMAT_VERSION = 1


def text(document: Any) -> str:
    """A document as JSON, indented."""
    return json.format(json.encode(document), indent=2).decode() + "\n"
