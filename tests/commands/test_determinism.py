"""The same project comes to the same bytes: on every machine, in every order of what has no order, on every run."""

from __future__ import annotations

import os
import random
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import rbacgen
from tests.commands.test_golden import tree
from tests.fakes.world import DEVELOPERS, OPERATORS, ROBOT, World

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "fraud-detection"


def by_command(project: Path, output: Path, **variables: str) -> Mapping[str, str]:
    """What `rbacgen render` writes in a process of its own with these environment variables."""
    subprocess.run(
        [sys.executable, "-m", "rbacgen", "render", "--today", "2026-11-23", "-p", str(project), "-o", str(output)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        cwd=output.parent,
        check=True,
        capture_output=True,
    )
    return tree(output)


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONHASHSEED": "0", "TZ": "Pacific/Kiritimati"},
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "America/Los_Angeles"},
        {"PYTHONHASHSEED": "random", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "0"},
        {"PYTHONHASHSEED": "4711", "LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    ],
    ids=lambda variables: " ".join(variables.values()),
)
def test_the_bytes_hang_on_nothing_of_the_machine(tmp_path: Path, variables: dict[str, str]) -> None:
    """Hash seed, locale, encoding and time zone; the committed output of the example is what comes out."""
    written = by_command(EXAMPLE, tmp_path / "out", **variables)
    assert written == tree(EXAMPLE / "terraform")


def test_hostile_names_do_not_hang_on_the_encoding_of_the_machine(tmp_path: Path) -> None:
    """Files are UTF-8 with LF everywhere, and what is said about them can be printed."""
    case = ROOT / "tests" / "golden" / "hostile_names"
    written = by_command(
        case, tmp_path / "out", LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0", PYTHONIOENCODING=""
    )
    assert written == tree(case / "expected")
    assert not any("\r" in text for text in written.values())


def team(world: World) -> None:
    """Several members for each project role, and roles that overlap."""

    def people(*numbers: int) -> list[dict[str, str]]:
        return [{"group": f"grp-{n}", "id": f"aaaaaaaa-0000-4000-8000-00000000010{n}"} for n in numbers]

    world.project["team"] = {
        "developer": [{"group": "grp-developers", "id": DEVELOPERS}, *people(0, 1, 2, 3, 4)],
        "operator": [*people(1, 2), {"group": "grp-operators", "id": OPERATORS}, *people(3, 4)],
        "robot": [
            {"managed_identity": "id-robot", "id": ROBOT},
            {"service_principal": "sp", "id": DEVELOPERS[:-1] + "9"},
        ],
    }
    world.project["environments"]["prod"]["without"] = ["lake"]
    del world.project["environments"]["prod"]["scopes"]["lake"]


def shuffled(value: Any, draw: random.Random, keep: tuple[str, ...] = ()) -> Any:
    """The same data with the items of every list and the keys of every mapping in another order.

    The order of what `keep` names has a meaning, and so have responsibilities of a role and environments of a mapping.
    """
    if isinstance(value, dict):
        names = list(value)
        draw.shuffle(names)
        return {name: value[name] if name in keep else shuffled(value[name], draw, keep) for name in names}
    if isinstance(value, list):
        return draw.sample([shuffled(each, draw, keep) for each in value], len(value))
    return value


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_lists_in_the_project_file_is_none(world: World, seed: int) -> None:
    """Members, environments of a member, what is absent; and keys, but for the order of environments."""
    team(world)
    world.render()
    before = tree(world.folder / "terraform")
    environments = world.project["environments"]
    world.project = shuffled(world.project, random.Random(seed))
    world.project["environments"] = {name: world.project["environments"][name] for name in environments}
    assert world.render().is_current
    assert tree(world.folder / "terraform") == before


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_files_and_of_names_in_the_mapping_is_none(world: World, seed: int) -> None:
    """Files made in another order, under another folder's name, with other times; capabilities and roles by name."""
    team(world)
    world.render()
    before = tree(world.folder / "terraform")
    draw = random.Random(seed)
    shutil.rmtree(world.folder / "mapping")
    for path in draw.sample(sorted(world.mapping), len(world.mapping)):
        content = world.mapping.pop(path)
        kept = path in ("scope_kinds.yaml", "mapping.yaml")  # these orders are shown and have a meaning
        world.mapping[path] = content if kept else shuffled(content, draw, keep=("responsibilities", "takes"))
    world.write()
    (world.folder / "mapping").rename(world.folder / "zz_mapping")
    for path in (world.folder / "zz_mapping").rglob("*"):
        os.utime(path, (draw.randrange(10**9), draw.randrange(10**9)))
    world.project["mapping"] = "./zz_mapping"
    assert world.render().is_current
    assert tree(world.folder / "terraform") == before


def test_nothing_volatile_is_written(world: World, tmp_path: Path) -> None:
    """No day, time, host, user, version of rbacgen, path of this machine, or line of an input file."""
    world.render()
    text = "".join(tree(world.folder / "terraform").values())
    for volatile in (
        str(tmp_path),
        str(Path.home()),
        socket.gethostname(),
        rbacgen.__version__,
        "rbacgen.yaml",
        ".yaml:",
    ):
        assert volatile not in text
    assert not re.search(r"\b20\d\d-\d\d", text)
    assert not re.search(r"\d\d:\d\d:\d\d", text)


def test_another_day_changes_nothing_before_something_ends(world: World) -> None:
    """Only an end that has come does."""
    world.project["ends"] = "2027-06-30"
    world.project["team"]["developer"][0]["ends"] = "2027-02-01"
    world.render()
    world.today = world.today.replace(year=2027, month=1, day=31)
    assert world.render().is_current
    world.today = world.today.replace(month=2, day=1)
    assert not world.render(check=True).is_current
