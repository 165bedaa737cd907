"""Paths of findings as those who show them want them: from the root of the repository, or absolute."""

from __future__ import annotations

import posixpath


def from_root(file: str, base: str) -> str:
    """The path of a file from the root of the repository; `base` is the current folder as seen from there."""
    return posixpath.normpath(posixpath.join(base, file.replace("\\", "/")))
