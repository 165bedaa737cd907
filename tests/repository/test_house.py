"""The plan of the packages is kept, and `make house` would say so if it were not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import house

ROWS = house.LAYERS


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of the nine, each with a module, that keeps the plan."""
    folder = tmp_path / "rbacgen"
    for name in (name for row in ROWS for name in row):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").touch()
        (folder / name / "things.py").write_text(f"class {name.title()}Thing:\n    pass\n")
    (folder / "__init__.py").write_text('__version__ = "0"\n')
    (folder / "__main__.py").write_text("from rbacgen.cli import things\n")
    return folder


def test_the_plan_is_kept() -> None:
    """Nine packages, seven layers, nothing too long, no name with two meanings."""
    assert house.inspect().broken == []


def test_a_package_that_keeps_the_plan_has_nothing_broken(package: Path) -> None:
    """And it is shown: what there is, and who imports whom."""
    (package / "cli" / "things.py").write_text("from rbacgen import __version__, model\nimport rbacgen.model.things\n")
    shown = house.inspect(package, ROWS)
    assert shown.broken == []
    assert shown.sections["Arrows between packages (imports)"] == ["cli -> model (2)"]
    assert len(shown.sections["Packages"]) == 9


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("loose.py", "", "modules outside of the packages: loose"),
        ("more/__init__.py", "", "the packages are not the nine of the plan: more"),
        ("model/up.py", "from rbacgen.project import things\n", "model imports project, which is not below it"),
        ("sources/side.py", "import rbacgen.reports.things\n", "sources imports reports, which is not below it"),
        ("model/again.py", "class CliThing:\n    pass\n", "a class name with two meanings: CliThing"),
        ("model/long.py", "#\n" * 401, "a module without a reason at its head: rbacgen/model/long.py: 401"),
        ("model/long.py", "import os\n" + f"{house.REASON}of that.\n" * 400, "a module without a reason at its head"),
        ("model/big.py", "class Big:\n" + "    x = 1\n" * 300, "a class: rbacgen/model/big.py:1 Big: 301"),
        ("model/big.py", "def big():\n" + "    x = 1\n" * 50, "a function: rbacgen/model/big.py:1 big: 51"),
    ],
)
def test_what_breaks_the_plan_is_named(package: Path, file: str, text: str, said: str) -> None:
    """Each on its own, and nothing else."""
    (package / file).parent.mkdir(exist_ok=True)
    (package / file).write_text(text)
    (broken,) = house.inspect(package, ROWS).broken
    assert broken.startswith(said)


def test_a_long_module_may_say_why(package: Path) -> None:
    """Above its first import."""
    (package / "model" / "long.py").write_text(f"{house.REASON}Azure has that many.\n\nimport os\n" + "#\n" * 500)
    assert house.inspect(package, ROWS).broken == []


def test_another_contract_is_broken(package: Path) -> None:
    """The rows of pyproject.toml are those of the plan."""
    (broken,) = house.inspect(package, ROWS[1:]).broken
    assert "seven rows" in broken
