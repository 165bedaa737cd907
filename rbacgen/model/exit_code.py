"""The exit codes of commands: a public contract, which scripts and pipelines rely on."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended.

    Where several are true the first of FAILED, INCOMPLETE and FINDINGS counts: findings of a partial read may be wrong.
    """

    OK = 0
    FAILED = 1
    FINDINGS = 2
    INCOMPLETE = 3
