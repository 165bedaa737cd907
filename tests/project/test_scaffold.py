"""The first project file: what `init` writes is right as it stands, and nothing is ever overwritten."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rbacgen.cli import main
from rbacgen.commands import files
from rbacgen.project import document


def run(*arguments: str) -> Result:
    """What a command comes to in the current folder."""
    return CliRunner().invoke(main, [*arguments])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of a good name, to be in."""
    here = tmp_path / "fraud-detection"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


@pytest.mark.parametrize("mapping", files.shipped_mappings())
def test_what_init_writes_is_right_as_it_stands(folder: Path, mapping: str) -> None:
    """`check` finds neither errors nor warnings in it, so that the first edit is the first thing that can go wrong."""
    made = run("init", "--mapping", mapping)
    assert (made.exit_code, made.stderr) == (0, "")
    assert made.stdout.startswith("wrote rbacgen.yaml, and rbacgen.schema.json for editors; what comes next:\n")
    assert made.stdout.endswith("\n  - run `rbacgen check`, then `rbacgen render`\n")
    result = run("check", "--notes")
    assert result.exit_code == 0
    assert "no errors, 1 warning, no notes" in result.stdout
    assert "[nothing-yet]" in result.stdout  # that it is not filled in is all there is to say


def test_every_commented_line_is_right_when_the_mark_is_taken_away(folder: Path) -> None:
    """The bindings that `init` proposes are known scope kinds, each in the environments that use it."""
    run("init")
    path = folder / "rbacgen.yaml"
    text = re.sub(r"^      # ([a-z_]+): ….*$", r"      \1: x", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert text.count(": x\n") > 20
    path.write_text(text, encoding="utf-8")
    lines = run("check").output.splitlines()
    assert [line for line in lines if "[unknown-scope-kind]" in line or "[yaml-syntax]" in line] == []


def test_the_file_names_every_project_role_of_the_mapping(folder: Path) -> None:
    """With its title, so that a person finds their own."""
    run("init")
    root, problems = document.parse((folder / "rbacgen.yaml").read_text(encoding="utf-8"), "rbacgen.yaml")
    assert problems == ()
    assert isinstance(root, document.MappingNode)
    team = root.items["team"]
    assert isinstance(team, document.MappingNode)
    assert len(team.items) == 23
    assert max(len(line) for line in (folder / "rbacgen.yaml").read_text(encoding="utf-8").splitlines()) <= 120


def test_the_name_can_be_given(folder: Path) -> None:
    """Else it is the folder's."""
    assert run("init", "churn").exit_code == 0
    assert "project: churn\n" in (folder / "rbacgen.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["Über Projekt", "2027", "_", "a" * 100, "Fraud.Detection_v2", "no"])
def test_any_folder_has_a_name_to_start_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """`init` without a name works wherever it is called."""
    here = tmp_path / name
    here.mkdir()
    monkeypatch.chdir(here)
    result = run("init")
    assert (result.exit_code, result.stderr) == (0, "")
    assert run("check").exit_code == 0


@pytest.mark.parametrize("name", ["Fraud", "a b", "[", "a: b", "", "-x", "x\ny", "'", "a" * 65, "$(x)"])
def test_a_name_that_cannot_be_one_is_refused(folder: Path, name: str) -> None:
    """With what a name looks like, and nothing is written."""
    result = run("init", "--", name)
    assert result.exit_code == 1 or name == ""
    if name:
        assert "cannot be a project's name" in result.stderr
        assert "such as `fraud-detection`" in result.stderr
        assert list(folder.iterdir()) == []


def test_nothing_is_overwritten(folder: Path) -> None:
    """A second `init` changes nothing and says so."""
    (folder / "rbacgen.yaml").write_text("mine\n", encoding="utf-8")
    result = run("init")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "rbacgen.yaml already exists" in result.stderr
    assert (folder / "rbacgen.yaml").read_text(encoding="utf-8") == "mine\n"


def test_a_mapping_that_is_not_there_is_refused(folder: Path) -> None:
    """With the near miss."""
    result = run("init", "--mapping", "mlop")
    assert result.exit_code == 1
    assert "did you mean `mlops`?" in result.stderr
    assert list(folder.iterdir()) == []


# --own


def test_an_own_role_stands_in_for_the_shipped_one(folder: Path) -> None:
    """The copy is read in its place once the project says so."""
    run("init")
    result = run("init", "--own", "tester")
    assert result.exit_code == 0
    assert "mapping: [mlops, ./mapping]" in result.stdout
    own = folder / "mapping" / "roles" / "tester.yaml"
    own.write_text(
        own.read_text(encoding="utf-8").replace("title: Tester", "title: Quality Engineer"), encoding="utf-8"
    )
    path = folder / "rbacgen.yaml"
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"^mapping: mlops.*$", "mapping: [mlops, ./mapping]", text, flags=re.MULTILINE)
    subject = "{service_principal: sp-test, id: 00000000-0000-4000-8000-000000000001, in: [dev]}"
    path.write_text(text.replace("  tester: []", f"  tester: [{subject}]"), encoding="utf-8")
    result = run("check")
    assert result.exit_code == 0
    assert "Quality Engineer is a project role for people" in result.stdout


def test_an_own_workload_goes_to_workloads(folder: Path) -> None:
    """Each kind in its folder."""
    assert run("init", "--own", "ml_compute").exit_code == 0
    assert (folder / "mapping" / "workloads" / "ml_compute.yaml").is_file()


def test_an_own_role_is_not_copied_over(folder: Path) -> None:
    """What was edited stays."""
    run("init", "--own", "tester")
    own = folder / "mapping" / "roles" / "tester.yaml"
    own.write_text("mine\n", encoding="utf-8")
    result = run("init", "--own", "tester")
    assert (result.exit_code, result.stdout) == (1, "")
    assert own.read_text(encoding="utf-8") == "mine\n"


@pytest.mark.parametrize("name", ["testr", "../../etc/passwd", "."])
def test_an_own_role_that_the_mapping_lacks_is_refused(folder: Path, name: str) -> None:
    """With what it has; and no path gets through."""
    result = run("init", "--own", name)
    assert result.exit_code == 1
    assert "data_scientist" in result.stderr
    assert list(folder.iterdir()) == []
