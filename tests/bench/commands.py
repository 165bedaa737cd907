"""Times as ratios, all in one run: `make bench`. CPU seconds of whole processes, the best of several; memory at its peak."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench import diff as bench_diff
from tests.bench.costs import ROOT, cost, rbacgen

EXAMPLE = ROOT / "examples" / "fraud-detection"
TODAY = "2026-11-23"
SIZES = (1_000, 10_000, 100_000)


def project(folder: Path, assignments: int) -> Path:
    """Writes a project that comes to so many assignments: 1,000 an environment, 20 grants for each of 50 groups."""
    environments = assignments // 1_000
    mapping = folder / "mapping"
    (mapping / "capabilities").mkdir(parents=True)
    (mapping / "roles").mkdir()
    names = [f"e{index}" for index in range(environments)]
    (mapping / "mapping.yaml").write_text(f"title: Bench\nenvironments: [{', '.join(names)}]\n")
    kinds = ["subscription:\n  says: The subscription\n  type: subscription\n"]
    kinds += [
        f"group{index}:\n  says: Group {index}\n  type: resource_group\n  under: subscription\n" for index in range(10)
    ]
    (mapping / "scope_kinds.yaml").write_text("".join(kinds))
    grants = "".join(
        f"    - {{azure_role: {role}, on: group{index}}}\n"
        for index in range(10)
        for role in ("Reader", "Network Contributor")
    )
    (mapping / "capabilities" / "all.yaml").write_text(f"work:\n  says: Work\n  grants:\n{grants}")
    (mapping / "roles" / "worker.yaml").write_text(
        "project_role: worker\ntitle: Worker\nresponsibilities:\n  - {id: work_well, does: Work well, takes: [work]}\n"
    )
    bound = ", ".join(f"group{index}: rg-{index}" for index in range(10))
    lines = ["project: bench", "mapping: ./mapping", "environments:"]
    for index, name in enumerate(names):
        lines.append(f"  {name}: {{subscription: {index:08x}-0000-4000-8000-000000000000, scopes: {{{bound}}}}}")
    lines += ["team:", "  worker:"]
    lines += [f"    - {{group: grp-{index}, id: 00000000-0000-4000-8000-{index:012x}}}" for index in range(50)]
    path = folder / "rbacgen.yaml"
    path.write_text("\n".join(lines) + "\n")
    return path


def main() -> None:
    """Prints every figure with what it is held against."""
    python = sys.executable
    click = cost([python, "-c", "import click"], 15)
    version = cost(rbacgen("--version"), 15)
    print(f"python -c 'import click'      {click.seconds * 1000:8.0f} ms CPU")
    print(
        f"rbacgen --version             {version.seconds * 1000:8.0f} ms CPU   {version.seconds / click.seconds:.2f} x"
    )
    folder = Path(tempfile.mkdtemp(prefix="rbacgen-bench-"))
    try:
        check = cost(rbacgen("check", "--today", TODAY), 9, EXAMPLE)
        render = cost(rbacgen("render", "--today", TODAY, "-o", str(folder / "example")), 9, EXAMPLE)
        both = check.seconds + render.seconds
        print(f"check of the example          {check.seconds * 1000:8.0f} ms CPU   {check.megabytes:.0f} MB")
        print(f"render of the example         {render.seconds * 1000:8.0f} ms CPU   {render.megabytes:.0f} MB")
        print(f"check and render              {both * 1000:8.0f} ms CPU   {both / click.seconds:.1f} x import click")
        scale(folder)
    finally:
        shutil.rmtree(folder)
    bench_diff.main()


def scale(folder: Path) -> None:
    """Prints renders of growing projects beside `terraform fmt` over the same files."""
    terraform = shutil.which("terraform")
    empty = cost(rbacgen("--version"), 3).seconds
    first = 0.0
    for size in SIZES:
        place = folder / str(size)
        place.mkdir()
        project(place, size)
        output = place / "out"
        done = cost(
            rbacgen("render", "--today", TODAY, "-p", str(place), "-o", str(output)), 3 if size < 100_000 else 1
        )
        shutil.rmtree(output)
        again = cost(rbacgen("render", "--today", TODAY, "-p", str(place), "-o", str(output)), 1)
        each = (min(done.seconds, again.seconds) - empty) / size * 1e6
        first = first or each
        line = (
            f"render of {size:>7,}             {done.seconds:8.2f} s CPU   {max(done.megabytes, again.megabytes):4.0f} MB   "
            f"{each:5.0f} µs each   {each / first:.2f} x the first"
        )
        if terraform:
            environment = dict(os.environ, CHECKPOINT_DISABLE="1")
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            command = [terraform, "fmt", "-check", "-recursive", str(output)]
            clean = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            state = "clean" if clean.returncode == 0 else "NOT CLEAN"
            line += f"   terraform fmt {seconds:.2f} s ({seconds / done.seconds:.1f} x), {state}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
