"""Resource labels that come from meaning: who, which Azure role, on what; never from a position."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Hashable, Mapping
from typing import TypeVar

LONGEST = 110
K = TypeVar("K", bound=Hashable)
_OTHERS = re.compile(r"[^a-z0-9]+")


def word(name: str) -> str:
    """The name in lower-case ASCII letters and digits with single underscores; a short hash where nothing is left."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    plain = _OTHERS.sub("_", folded).strip("_")
    return plain or f"x{_hash(name)}"


def label(*parts: str) -> str:
    """A resource label of these names: `data_scientists__reader__workspace`; at most LONGEST characters long."""
    words = [word(part) for part in parts if part]
    joined = "__".join(words)
    if len(joined) > LONGEST:
        joined = f"{joined[: LONGEST - 9].rstrip('_')}_{_hash(joined)}"
    return joined if not joined[0].isdigit() else f"_{joined}"


def labels(desired: Mapping[K, tuple[str, tuple[str, ...], str]]) -> dict[K, str]:
    """One label a key. Each key comes with its namespace (the resource type), the parts and its identity.

    Keys whose labels would be the same in one namespace all get a hash of their identity, so that none depends on the
    order in which they came.
    """
    plain = {key: (namespace, label(*parts)) for key, (namespace, parts, _) in desired.items()}
    taken: dict[tuple[str, str], int] = {}
    for each in plain.values():
        taken[each] = taken.get(each, 0) + 1
    return {key: each[1] if taken[each] == 1 else f"{each[1]}_{_hash(desired[key][2])}" for key, each in plain.items()}


def _hash(text: str) -> str:
    return hashlib.sha256(unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")).hexdigest()[:8]
