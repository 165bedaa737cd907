"""What whole processes cost, for the bench: CPU seconds (user and system) and peak memory, of the process and no other."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass
class Cost:
    """What a command took: CPU seconds (user and system) and peak memory in MB; `code` is how it ended."""

    seconds: float
    megabytes: float
    code: int = 0


def cost(
    command: list[str],
    runs: int,
    cwd: Path = ROOT,
    *,
    codes: Collection[int] = (0,),
    environment: Mapping[str, str] | None = None,
    output: Path | None = None,
) -> Cost:
    """The least CPU time over several runs of a command, and the most memory. It must end with one of `codes`.

    What it prints goes to `output`, or nowhere. A process begins with the peak of the one that started it, so whoever
    measures has to be small itself.
    """
    best, most, code = float("inf"), 0.0, 0
    for _ in range(runs):
        with open(output or os.devnull, "wb") as out:
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.PIPE,
            )
            assert process.stderr is not None
            said = process.stderr.read().decode(errors="replace")
            _, status, usage = os.wait4(process.pid, 0)
            code = process.returncode = os.waitstatus_to_exitcode(status)
            process.stderr.close()
        if code not in codes:
            raise SystemExit(f"{' '.join(command)} ended with {code}\n{said[-2000:]}")
        best = min(best, usage.ru_utime + usage.ru_stime)
        most = max(most, usage.ru_maxrss / 1024)
    return Cost(best, most, code)


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """The CPU seconds that something takes in this process, the best of several."""
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def rbacgen(*arguments: str) -> list[str]:
    """The command line of rbacgen, as its console script runs it."""
    return [sys.executable, "-c", "from rbacgen.cli import run; run()", *arguments]
