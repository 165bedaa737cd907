"""`tests/bad/` holds one fault a case with the lines that `rbacgen check` prints for it, after `# expect:` in the file.

A case with a `source.json` beside it, a snapshot, is at fault by what that holds: it is checked against it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import rbacgen
from rbacgen.cli import main
from rbacgen.model.rules import RULES

BAD = Path(__file__).parents[1] / "bad"
TWENTY = BAD / "twenty_faults.yaml"
CASES = sorted([*(path for path in BAD.glob("*.yaml") if path != TWENTY), *BAD.glob("*/rbacgen.yaml")])
SOURCES = sorted(Path(rbacgen.__file__).parent.rglob("*.py"))


def name_of(path: Path) -> str:
    """`unknown-key` or `unknown-key--far`: the id of the rule, and which way it is broken where there are several."""
    return path.parent.name if path.name == "rbacgen.yaml" else path.stem


def expected(path: Path) -> list[str]:
    """The lines after `# expect:` at the end of the file."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return [line.removeprefix("# expect: ") for line in lines if line.startswith("# expect: ")]


def is_actual(path: Path) -> bool:
    """Whether the fault is in what a source holds, and not in the project."""
    return path.name == "rbacgen.yaml" and (path.parent / "source.json").exists()


def checked(path: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> Result:
    """What `check` comes to in the file's own folder, against the source there if there is one."""
    monkeypatch.chdir(path.parent)
    actual = ["--source", "source.json"] if is_actual(path) else []
    return CliRunner().invoke(main, ["check", "--today", "2026-11-23", "-p", path.name, *actual, *options])


def problem_lines(result: Result) -> list[str]:
    """The lines that speak of a problem, wherever they were printed."""
    return [line for line in result.output.splitlines() if re.search(r"\[[a-z-]+\]\Z", line)]


@pytest.mark.parametrize("path", CASES, ids=name_of)
def test_one_fault_prints_just_its_lines(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines are as written down, all of one rule, and the exit code is 1 just for errors, 2 for what a source holds."""
    result = checked(path, monkeypatch, "--notes")
    lines = expected(path)
    rule = name_of(path).partition("--")[0]
    assert problem_lines(result) == lines
    assert lines
    assert [line for line in lines if not line.endswith(f" [{rule}]")] == []
    assert result.exit_code == (2 if is_actual(path) else 1 if RULES[rule].severity == "error" else 0)


def test_what_is_held_is_at_fault_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A case with a source has no fault without it: the project is in order, and only Azure is not."""
    cases = [path for path in CASES if is_actual(path)]
    assert len(cases) >= 4
    for path in cases:
        monkeypatch.chdir(path.parent)
        result = CliRunner().invoke(main, ["check", "--today", "2026-11-23", "-p", path.name, "--strict", "--notes"])
        assert (problem_lines(result), result.exit_code) == ([], 0), path


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_case(rule: str) -> None:
    """A rule that no file in `tests/bad/` breaks is a rule that nobody has seen at work."""
    assert [path for path in CASES if name_of(path).partition("--")[0] == rule]


@pytest.mark.parametrize("rule", RULES)
def test_every_case_of_a_rule_weighs_what_the_rule_weighs(rule: str) -> None:
    """`error:`, `warning:` or `note:` in the printed lines is the severity that `check --rules` lists."""
    lines = [line for path in CASES if name_of(path).partition("--")[0] == rule for line in expected(path)]
    assert [line for line in lines if f": {RULES[rule].severity}: " not in line] == []


def ids_in(source: str) -> set[str]:
    """The rule ids that stand first in a call of `problem(…)`, `refuse(…)` or `Problem(…)` of a source file."""
    called = (
        r"(?:problem|refuse|Problem)\(\s*(?:Position\([^\"]*\)\s*,\s*|\w+(?:\.\w+)*(?:\[[^\]]*\])*\s*(?:or \S+)?,\s*)?"
    )
    return set(re.findall(called + r"\"([a-z]+(?:-[a-z]+)*)\"", source))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_rule_that_the_source_names_is_listed(path: Path) -> None:
    """An id that is not in RULES would have no weight, no source and no place in `check --rules`."""
    assert sorted(ids_in(path.read_text(encoding="utf-8")) - set(RULES)) == []


def test_the_source_names_every_rule() -> None:
    """The scan above finds its ids (it is no empty promise), and no listed rule is a dead one."""
    found = set().union(*(ids_in(path.read_text(encoding="utf-8")) for path in SOURCES if path.name != "rules.py"))
    assert sorted(set(RULES) - found) == []


def test_twenty_faults_make_twenty_lines_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """One file, twenty faults, one run: a line for each at its place, no follow-on problems, exit 1."""
    result = checked(TWENTY, monkeypatch)
    lines = problem_lines(result)
    assert lines == expected(TWENTY)
    assert len(lines) == 20
    assert result.exit_code == 1


def test_the_twenty_faults_stand_where_the_file_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each fault of the file is marked by its number, and the printed lines are just those lines of the file."""
    marked = {
        number
        for number, line in enumerate(TWENTY.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"# \d+: ", line)
    }
    printed = {int(line.split(":")[1]) for line in problem_lines(checked(TWENTY, monkeypatch))}
    assert printed == marked
