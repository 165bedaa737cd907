"""The bench of `suggest`: the widest needs of the shipped mapping, the widest logs, and beside the resolver of another tool."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from rbacgen.authorization.catalog import load
from rbacgen.commands import load as workflow
from rbacgen.project.mapping import Need
from tests.bench.costs import ROOT, cost

EXAMPLE = ROOT / "examples" / "fraud-detection"
PEER = "arcet"
PEER_VERSION = "0.1.0a2"
START = "from rbacgen.cli import run; run()"
WANTED = 2.0  # seconds of CPU, start-up included

# What the other tool has to do for the same question: resolve every role over every operation, then see which cover the need.
PEER_SCRIPT = """
import json, sys
from arcet.actions import resolve_actions
from arcet.arm import ProviderOperation, RoleDefinition
from arcet.diagnostics import Diagnostics

given = json.load(open(sys.argv[1]))
operations = [ProviderOperation(name, data) for name, data in given["operations"]]
needs = {(name.lower(), data) for name, data in given["needs"]}
found = []
for role in given["roles"]:
    granted = set()
    for index, permission in enumerate(role["permissions"]):
        definition = RoleDefinition(role["id"], role["name"], False, *(tuple(each) for each in permission))
        resolved = resolve_actions(definition, operations, expand=True, diagnostics=Diagnostics())
        granted |= {(action.lower(), str(kind) == "data_plane") for action, kind in resolved}
    if needs <= granted:
        found.append((len(granted - needs), role["name"]))
print(json.dumps(sorted(found)))
"""


def suggest(*arguments: str) -> list[str]:
    """The command line of `rbacgen suggest`."""
    return [sys.executable, "-c", START, "suggest", *arguments]


def main() -> None:
    """Prints each figure with what it is held against."""
    mapping = workflow.read_files(str(EXAMPLE)).mapping
    sizes = {name: _size(each.needs) for name, each in mapping.capabilities.items()}
    widest = max(sizes, key=lambda name: (sizes[name], name))
    project_roles = {
        name: _size(
            need for responsibility in role.responsibilities for each in responsibility.takes for need in each.needs
        )
        for name, role in mapping.roles.items()
    }
    project_role = max(project_roles, key=lambda name: (project_roles[name], name))
    folder = Path(tempfile.mkdtemp(prefix="rbacgen-bench-"))
    try:
        start = cost([sys.executable, "-c", "import click"], 9)
        ours = _line(f"suggest, capability {widest} ({sizes[widest]})", suggest("--capability", widest), start.seconds)
        _line(
            f"suggest, project role {project_role} ({project_roles[project_role]})",
            suggest("--project-role", project_role),
            start.seconds,
        )
        for count in (20, 200):
            _line(
                f"suggest, activity log of {count} operations",
                suggest("--activity-log", _log(folder, count)),
                start.seconds,
            )
        needs = _operations(mapping.capabilities[widest].needs)
        _peer(folder, needs, ours)
    finally:
        shutil.rmtree(folder)


def _size(needs: Iterable[Need]) -> int:
    return len(_operations(needs))


def _operations(needs: Iterable[Need]) -> set[tuple[str, bool]]:
    found: set[tuple[str, bool]] = set()
    for need in needs:
        found |= {(each, False) for each in need.actions} | {(each, True) for each in need.data_actions}
    return found


def _line(what: str, command: list[str], start: float) -> float:
    done = cost(command, 5, EXAMPLE)
    print(
        f"{what:<58} {done.seconds:6.2f} s CPU {done.megabytes:5.0f} MB {done.seconds / start:5.1f} x import click   "
        f"(wanted: at most {WANTED:.0f} s)",
        flush=True,
    )
    return done.seconds


def _log(folder: Path, count: int) -> str:
    """An activity log of so many different operations, out of all providers."""
    operations = load().operations
    written = [
        each.name
        for provider in operations.providers()
        for each in operations.in_provider(provider)
        if each.plane == "control" and each.name.endswith("/write")
    ]
    step = max(len(written) // count, 1)
    events = [
        {"authorization": {"action": name}, "operationName": {"value": name}, "status": {"value": "Succeeded"}}
        for name in written[::step][:count]
    ]
    path = folder / f"log{count}.json"
    path.write_text(json.dumps(events), encoding="utf-8")
    return str(path)


def _peer(folder: Path, needs: set[tuple[str, bool]], ours: float) -> None:
    """The other tool's resolver, fed with the same roles and operations; it lists roles, and puts none together."""
    python, why = _peer_python()
    if not python:
        print(f"{PEER}: {why}")
        return
    catalog = load()
    given = {
        "operations": [
            (each.name, each.plane == "data")
            for provider in catalog.operations.providers()
            for each in catalog.operations.in_provider(provider)
        ],
        "needs": sorted(needs),
        "roles": [
            {
                "id": role.id,
                "name": role.name,
                "permissions": [
                    (each.actions, each.not_actions, each.data_actions, each.not_data_actions)
                    for each in role.permissions
                ],
            }
            for role in catalog
        ],
    }
    path, script = folder / "given.json", folder / "peer.py"
    path.write_text(json.dumps(given), encoding="utf-8")
    script.write_text(PEER_SCRIPT, encoding="utf-8")
    kept = folder / "peer.out"
    theirs = cost([python, str(script), str(path)], 2, output=kept)
    found = json.loads(kept.read_text(encoding="utf-8"))
    first = f"{found[0][1]} first, by number" if found else "none covers"
    print(
        f"{PEER} {PEER_VERSION}: every role resolved, then compared".ljust(58)
        + f" {theirs.seconds:6.2f} s CPU {theirs.megabytes:5.0f} MB {theirs.seconds / ours:5.1f} x rbacgen's   "
        f"{len(found)} roles alone, {first}"
    )


def _peer_python() -> tuple[str, str]:
    """A Python that has the other tool, which is installed into `.cache/` if it has to be; or nothing, and why not."""
    place = ROOT / ".cache" / f"{PEER}-{PEER_VERSION}"
    python = place / "bin" / "python"
    if _runs([str(python), "-c", "import arcet.actions"]):
        return str(python), ""
    shutil.rmtree(place, ignore_errors=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{PEER}=={PEER_VERSION}"]
    for step in ([sys.executable, "-m", "venv", str(place)], install):
        done = subprocess.run(step, capture_output=True, text=True)
        if done.returncode:
            shutil.rmtree(place, ignore_errors=True)
            said = done.stderr.strip().splitlines()
            return "", f"it could not be installed: {said[-1] if said else 'no reason was given'}"
    return (str(python), "") if _runs([str(python), "-c", "import arcet.actions"]) else ("", "it does not start")


def _runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    main()
