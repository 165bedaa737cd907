"""The examples are what a newcomer copies: in order, committed with the output that they come to, and as they are described."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from examples import planted
from rbacgen.commands import load, render
from rbacgen.model.assignment import PrincipalType
from rbacgen.model.problems import Severity
from tests.fakes.azure import StandIn
from tests.fakes.world import TODAY

EXAMPLES = Path(__file__).parents[2] / "examples"
PROJECTS = sorted(path.parent for path in EXAMPLES.glob("*/rbacgen.yaml"))


def test_both_examples_are_there() -> None:
    """One on each shipped mapping."""
    assert [path.name for path in PROJECTS] == ["fraud-detection", "web-shop"]


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.name)
def test_an_example_has_no_error(project: Path) -> None:
    """Warnings are shown on purpose; errors are not."""
    assert load.work_out(str(project), TODAY).of(Severity.ERROR) == ()


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.name)
def test_the_committed_output_is_current(project: Path) -> None:
    """Rendering an example changes no file; `make bless` writes them anew where a change is meant."""
    result = render.render(str(project), TODAY, render.RenderOptions(check=True))
    assert [(each.folder, each.changed, each.removed) for each in result.directories if not each.is_current] == []
    assert all(each.unchanged > 1 for each in result.directories)


def test_the_first_example_is_what_it_says() -> None:
    """Three environments and what they share, three people with two project roles each, service principals, a moved duty."""
    checked = load.work_out(str(EXAMPLES / "fraud-detection"), TODAY)
    project = checked.project
    assert [each.name for each in project.environments] == ["dev", "test", "prod", "shared"]
    project_roles: dict[str, set[str]] = {}
    for role, team_members in project.team.items():
        for team_member in team_members:
            if team_member.principal.type is not PrincipalType.SERVICE_PRINCIPAL:
                project_roles.setdefault(team_member.principal.name, set()).add(role)
    assert sorted(name for name, assigned in project_roles.items() if len(assigned) == 2 and "@" in name) == [
        "lena.fischer@contoso.example",
        "omar.haddad@contoso.example",
        "petra.lang@contoso.example",
    ]
    assert any(each.principal.type is PrincipalType.SERVICE_PRINCIPAL for each in checked.desired.state)
    moved = {each.id for each in project.mapping.roles["mlops_engineer"].responsibilities}
    assert "manage_drift" in moved


def test_access_ends_as_the_first_example_says() -> None:
    """On the day after the loan of the tester nothing of it is left; after the project's end its leads are gone too."""

    def names(day: datetime.date) -> set[str]:
        state = load.work_out(str(EXAMPLES / "fraud-detection"), day).desired.state
        return {each.principal.name for each in state}

    before, loan_over = names(TODAY), names(datetime.date(2027, 3, 31))
    assert before - loan_over == {"lena.fischer@contoso.example"}


def test_the_demo_runs() -> None:
    """What `make demo` shows, without the setting up: short enough for a terminal, and nothing of this machine in it."""
    done = subprocess.run([sys.executable, str(EXAMPLES / "demo.py")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "the rendered files are current" in done.stdout
    assert "114 assignments for 13 principals in 4 environments" in done.stdout
    assert "… and 6 more warnings\nfraud-detection: " in done.stdout
    assert "unmanaged  Owner for the user" in done.stdout
    assert sum(-(-len(line) // 80) or 1 for line in done.stdout.splitlines()) <= 70
    assert tempfile.gettempdir() not in done.stdout
    assert str(EXAMPLES.parent) not in done.stdout


def shown(before: str, output: str, request: pytest.FixtureRequest) -> None:
    """The block of the README behind these words is this output; `--bless` writes it there."""
    path = EXAMPLES.parent / "README.md"
    head, found, rest = path.read_text(encoding="utf-8").partition(before)
    assert found
    block, _, tail = rest.partition("```\n")
    if request.config.getoption("--bless"):
        path.write_text(f"{head}{before}{output}```\n{tail}", encoding="utf-8")
        return
    assert block == output


def test_the_readme_shows_the_diff_that_the_demo_prints(request: pytest.FixtureRequest) -> None:
    """The drift that is planted for the demo, and what is said of it, are the ones that a newcomer reads about."""
    checked = load.work_out(str(EXAMPLES / "fraud-detection"), TODAY)
    with StandIn(planted.tenant(checked)) as azure:
        done = subprocess.run(
            [sys.executable, "-m", "rbacgen", "diff", "--today", TODAY.isoformat()],
            cwd=EXAMPLES / "fraud-detection",
            env={"PATH": os.environ["PATH"], **azure.environment()},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2, done.stderr
    shown("for a tenant that others have worked in for a week:\n\n```\n", done.stdout, request)


def test_the_readme_shows_what_check_says_of_a_typing_error(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Its own YAML block with the word that it says is misspelt, alone in a folder: the block below is what `check` prints."""
    readme = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")
    project, _, after = readme.partition("```yaml\n")[2].partition("```\n")
    lines = project.splitlines()
    assert "here `workspace` is misspelt in line 9" in " ".join(after.split())
    assert lines[8].lstrip().startswith("workspace: ")
    lines[8] = lines[8].replace("workspace:", "workspce:")
    (tmp_path / "rbacgen.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "rbacgen", "check", "--today", TODAY.isoformat()],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(EXAMPLES.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    shown("there is no lock file):\n\n```\n", done.stdout, request)


def test_the_answer_in_the_readme_is_real(request: pytest.FixtureRequest) -> None:
    """The question that the README asks of the example is answered just so, at 80 columns."""
    readme = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")
    block = readme.split("```\n$ rbacgen can ", 1)[1].split("```", 1)[0]
    question = block.partition("\n")[0]
    done = subprocess.run(
        [sys.executable, "-m", "rbacgen", "can", *question.split(), "--today", "2026-11-23"],
        cwd=EXAMPLES / "fraud-detection",
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent)},
    )
    assert done.returncode == 2
    shown(f"```\n$ rbacgen can {question}\n", done.stdout, request)
