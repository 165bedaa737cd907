"""The bench of `diff` and live reading: CPU, memory and requests against the stand-in, and the contest with what exists."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench.costs import ROOT, Cost, cost, rbacgen

TODAY = "2026-11-23"
EACH = 40  # wanted assignments a group of the contest
SIZES = (1_000, 4_000, 20_000, 100_000)
FINDINGS, PARTIAL = 2, 3
PEER = "az-rbac-watch"
PEER_VERSION = "0.10.1"
# It imports what a release of azure-mgmt-managementgroups after 1.1.0 no longer has.
PEER_PACKAGES = (f"{PEER}=={PEER_VERSION}", "azure-mgmt-managementgroups==1.1.0")


@dataclass
class World:
    """A world that is served by another process, until the `with` block ends."""

    folder: Path
    serving: subprocess.Popen[str]
    environment: dict[str, str]
    desired: int
    actual: int
    faults: dict[tuple[str, ...], str]
    unread: set[str]

    def requests(self) -> dict[str, int]:
        """The requests since this was last asked, by service."""
        assert self.serving.stdin is not None
        assert self.serving.stdout is not None
        print(file=self.serving.stdin, flush=True)
        seen: dict[str, int] = json.loads(self.serving.stdout.readline())
        return seen

    def run(self, *arguments: str, times: int, codes: tuple[int, ...], output: Path | None = None) -> Cost:
        """What a command of rbacgen costs in this world."""
        command = rbacgen(arguments[0], "-p", str(self.folder), "--today", TODAY, *arguments[1:])
        return cost(command, times, codes=codes, environment=self.environment, output=output)


@contextlib.contextmanager
def world(name: str, folder: Path, groups: int) -> Iterator[World]:
    """Makes a world (see tests/bench_worlds.py) in a folder, and serves it until its standard input is closed."""
    folder.mkdir()
    command = [sys.executable, "-m", "tests.bench.worlds", name, str(folder), str(groups)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        said = json.loads(serving.stdout.readline())
        yield World(
            folder,
            serving,
            said["environment"],
            said["desired"],
            said["actual"],
            {tuple(fault): words for words, *fault in said["faults"]},
            set(said["unread"]),
        )


def main() -> None:
    """Prints every figure with what it is held against."""
    folder = Path(tempfile.mkdtemp(prefix="rbacgen-bench-"))
    peer, why = peer_command()
    if not peer:
        print(f"{PEER} {PEER_VERSION}: not compared, {why}")
    try:
        contest(folder / "contest", peer)
        one_subscription(folder / "single")
        scale(folder, peer)
    finally:
        shutil.rmtree(folder)


def contest(folder: Path, peer: list[str]) -> None:
    """Prints what is found of the eight planted faults, and what is claimed."""
    with world("planted", folder, 125) as served:
        kept, snapshot = folder / "diff.json", folder / "azure.json"
        live = served.run("diff", "--format", "json", times=3, codes=(PARTIAL,), output=kept)
        print(
            f"contest: {served.desired:,} wanted, {served.actual:,} held, {len(served.faults) + len(served.unread)} faults"
        )
        print(
            f"  rbacgen diff, live        {judged(kept, served)}   {live.seconds:.2f} s CPU   {live.megabytes:.0f} MB"
        )
        served.run("snapshot", "-o", str(snapshot), times=1, codes=(PARTIAL,))
        ours = served.run("diff", str(snapshot), "--format", "json", times=5, codes=(PARTIAL,), output=kept)
        print(
            f"  rbacgen diff, a snapshot  {judged(kept, served)}   {ours.seconds:.2f} s CPU   {ours.megabytes:.0f} MB"
        )
        if not peer:
            return
        command = [*peer, "diff", str(folder / "before.json"), str(folder / "after.json"), "--format", "json"]
        theirs = cost(command, 5, codes=(1,), output=kept)
        lines = judged_peer(kept, served)
        print(
            f"  {PEER} diff, two   {lines[0]}   {theirs.seconds:.2f} s CPU   {theirs.megabytes:.0f} MB   "
            f"{theirs.seconds / ours.seconds:.1f} x rbacgen's"
        )
        for line in lines[1:]:
            print(f"    {line}")


def judged(report: Path, served: World) -> str:
    """How many faults a JSON report names rightly, with kind, scope, role and principal, and how many it claims.

    Each part of a subscription that was not read is named by itself, and each scope below it; it is one fault.
    """
    form = json.loads(report.read_text(encoding="utf-8"))
    claimed = [
        (each["kind"], each["scope"].lower(), each["azure_role"]["id"], each["principal"]["id"])
        for each in form["changes"]
    ]
    unread = {row["scope"].lower() for row in form["unread"]}
    stray = {each for each in unread if not under(each, served.unread)}
    found = len(served.faults.keys() & set(claimed)) + len(served.unread & unread)
    return f"{found} found, {len(claimed) + len(served.unread & unread) + len(stray)} claimed"


def under(scope: str, places: Iterable[str]) -> bool:
    """Whether a scope is one of these places or below one."""
    return any(f"{scope.lower()}/".startswith(f"{place}/") for place in places)


def judged_peer(report: Path, served: World) -> list[str]:
    """What the other tool says of each planted fault. It knows roles by name, so they are told by scope and principal."""
    form = json.loads(report.read_text(encoding="utf-8"))
    said = {(each["scope"].lower(), each["principal_id"]): word for word in ("added", "removed") for each in form[word]}
    altered = {each["assignment_id"] for each in form["modified"]}
    unread = [each for each in form["removed"] if under(each["scope"], served.unread)]
    told = {words: said.get((scope, principal), "") for (_, scope, _, principal), words in served.faults.items()}
    shown = sum(1 for word in told.values() if word)
    claims = len(form["added"]) + len(form["removed"]) + len(altered)
    return [
        f"{shown} seen, {claims:,} claimed",
        "; ".join(f"{words}: {word or 'not seen'}" for words, word in told.items()),
        f"unread subscription: not said, {len(unread):,} assignments in it are `removed`",
    ]


def one_subscription(folder: Path) -> None:
    """Prints what it takes to read one subscription of 4,000 assignments, at the size of Azure's own pages."""
    with world("single", folder, 400) as served:
        served.requests()
        live = served.run("diff", times=1, codes=(0,))
        seen = served.requests()
        live = least(live, served.run("diff", times=4, codes=(0,)))
        lists = ", ".join(f"{seen[each]} {each}" for each in sorted(seen) if each not in ("arm", "graph", "entra"))
        print(
            f"one subscription of {served.actual:,}, pages of 1,000: {live.seconds:.2f} s CPU   {live.megabytes:.0f} MB"
        )
        print(f"  {told(seen)}: {lists}   (wanted: at most 6 to ARM, at most 2 s)")
    for name, words, code, most in (
        ("rogue", "with a row of one stranger", FINDINGS, 6),
        ("rogues", "with a row each of three strangers", FINDINGS, 8),
        ("unmarked", "made by hand", 0, 9),
    ):
        with world(name, folder.with_name(name), 400) as served:
            served.requests()
            live = served.run("diff", times=1, codes=(code,))
            arm = served.requests().get("arm", 0)
            print(f"  {words}: {live.seconds:.2f} s CPU   {arm} requests to ARM   (wanted: at most {most})")


def scale(folder: Path, peer: list[str]) -> None:
    """Prints diffs of growing worlds: live, then the same rows from a snapshot, then the other tool's.

    What one more assignment takes is told by the world before: what is the same for all sizes falls out of it.
    """
    before: dict[str, tuple[int, float]] = {}

    def line(what: str, size: int, taken: Cost, more: str = "") -> None:
        smaller = before.get(what)
        step = f"{(taken.seconds - smaller[1]) / (size - smaller[0]) * 1e6:4.0f}" if smaller else "   -"
        before[what] = (size, taken.seconds)
        print(
            f"{what:<23} {size:>7,} {taken.seconds:8.2f} s CPU {taken.megabytes:6.0f} MB {taken.seconds / size * 1e6:6.0f} µs "
            f"each, {step} µs one more{more}",
            flush=True,
        )

    for size in SIZES:
        place = folder / str(size)
        times = 5 if size <= 4_000 else 3 if size < 100_000 else 2
        with world("scaled", place, size // EACH) as served:
            served.requests()
            live = served.run("diff", times=1, codes=(FINDINGS,))
            seen = served.requests()
            live = least(live, served.run("diff", times=times - 1, codes=(FINDINGS,)))
            line("diff, live", size, live, f"   {told(seen)}")
            snapshot, kept = place / "azure.json", place / "diff.json"
            line("snapshot, live", size, served.run("snapshot", "-o", str(snapshot), times=1, codes=(0,)))
            ours = served.run("diff", str(snapshot), times=times, codes=(FINDINGS,))
            served.run("diff", str(snapshot), "--format", "json", times=1, codes=(FINDINGS,), output=kept)
            line("diff, a snapshot", size, ours, f"   {judged(kept, served)} of {len(served.faults)}")
            line("check", size, served.run("check", times=times, codes=(0,)))
        if peer:
            theirs = cost([*peer, "diff", str(place / "before.json"), str(place / "after.json")], times, codes=(1,))
            line(f"{PEER} diff", size, theirs, f"   {theirs.seconds / ours.seconds:.2f} x rbacgen's from a snapshot")
        shutil.rmtree(place)


def least(one: Cost, other: Cost) -> Cost:
    """The less time and the more memory of two."""
    return Cost(min(one.seconds, other.seconds), max(one.megabytes, other.megabytes), one.code)


def told(seen: dict[str, int]) -> str:
    """The requests in words."""
    return f"{seen.get('arm', 0)} requests to ARM, {seen.get('graph', 0)} to Graph, {seen.get('entra', 0)} to Entra"


def peer_command() -> tuple[list[str], str]:
    """The other tool, installed into `.cache/` if it has to be; or nothing, and why not."""
    place = ROOT / ".cache" / f"{PEER}-{PEER_VERSION}"
    command = [str(place / "bin" / PEER)]
    if runs([*command, "--help"]):
        return command, ""
    python = newer_python()
    if not python:
        return [], "it needs Python 3.12 or newer, and there is none here"
    shutil.rmtree(place, ignore_errors=True)
    install = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for step in ([python, "-m", "venv", str(place)], [*install, *PEER_PACKAGES]):
        done = subprocess.run(step, capture_output=True, text=True)
        if done.returncode:
            shutil.rmtree(place, ignore_errors=True)
            said = done.stderr.strip().splitlines()
            return [], f"it could not be installed: {said[-1] if said else 'no reason was given'}"
    return (command, "") if runs([*command, "--help"]) else ([], "it was installed and does not start")


def runs(command: list[str]) -> bool:
    """Whether a command is there and ends well."""
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def newer_python() -> str:
    """A Python that the other tool runs on: this one, one on the path, or one that pyenv has made."""
    if sys.version_info >= (3, 12):
        return sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [shutil.which(f"python3.{minor}") for minor in (12, 13, 14)]
    found += [str(each) for minor in (12, 13, 14) for each in sorted(pyenv.glob(f"3.{minor}.*/bin/python"))]
    for each in found:
        # A shim of pyenv's is on the path and does not run where its version is not chosen.
        if each and runs([each, "-c", ""]):
            return each
    return ""


if __name__ == "__main__":
    main()
