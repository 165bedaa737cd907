"""The examples are what a newcomer copies: in order, committed with the output that they come to, and as they are described."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
from pathlib import Path

import pytest

from examples import planted
from rbacgen.model import PrincipalType
from rbacgen.problems import Severity
from rbacgen.steps import rendering, workflow
from tests.azure import StandIn
from tests.world import TODAY

EXAMPLES = Path(__file__).parent.parent / "examples"
PROJECTS = sorted(path.parent for path in EXAMPLES.glob("*/rbacgen.yaml"))


def test_both_examples_are_there() -> None:
    """One on each shipped mapping."""
    assert [path.name for path in PROJECTS] == ["fraud-detection", "web-shop"]


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.name)
def test_an_example_has_no_error(project: Path) -> None:
    """Warnings are shown on purpose; errors are not."""
    assert workflow.work_out(str(project), TODAY).of(Severity.ERROR) == ()


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.name)
def test_the_committed_output_is_current(project: Path) -> None:
    """Rendering an example changes no file; `make bless` writes them anew where a change is meant."""
    result = rendering.render(str(project), TODAY, rendering.Options(check=True))
    assert [(each.folder, each.changed, each.removed) for each in result.directories if not each.is_current] == []
    assert all(each.unchanged > 1 for each in result.directories)


def test_the_first_example_is_what_it_says() -> None:
    """Three environments and what they share, three people with two hats each, service principals, a moved duty."""
    outcome = workflow.work_out(str(EXAMPLES / "fraud-detection"), TODAY)
    project = outcome.project
    assert [each.name for each in project.environments] == ["dev", "test", "prod", "shared"]
    hats: dict[str, set[str]] = {}
    for role, wearers in project.team.items():
        for wearer in wearers:
            if wearer.principal.type is not PrincipalType.SERVICE_PRINCIPAL:
                hats.setdefault(wearer.principal.name, set()).add(role)
    assert sorted(name for name, worn in hats.items() if len(worn) == 2 and "@" in name) == [
        "lena.fischer@contoso.example",
        "omar.haddad@contoso.example",
        "petra.lang@contoso.example",
    ]
    assert any(each.principal.type is PrincipalType.SERVICE_PRINCIPAL for each in outcome.desired.state)
    moved = {each.id for each in project.mapping.roles["mlops_engineer"].responsibilities}
    assert "manage_drift" in moved


def test_access_ends_as_the_first_example_says() -> None:
    """On the day after the loan of the tester nothing of it is left; after the project's end its leads are gone too."""

    def names(day: datetime.date) -> set[str]:
        state = workflow.work_out(str(EXAMPLES / "fraud-detection"), day).desired.state
        return {each.principal.name for each in state}

    before, loan_over = names(TODAY), names(datetime.date(2027, 3, 31))
    assert before - loan_over == {"lena.fischer@contoso.example"}


def test_the_demo_runs() -> None:
    """What `make demo` shows, without the setting up."""
    done = subprocess.run([sys.executable, str(EXAMPLES / "demo.py")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "what stands there is current" in done.stdout
    assert "azurerm_role_assignment" in done.stdout


def test_the_readme_shows_the_diff_that_the_demo_prints() -> None:
    """The drift that is planted for the demo, and what is said of it, are the ones that a newcomer reads about."""
    outcome = workflow.work_out(str(EXAMPLES / "fraud-detection"), TODAY)
    with StandIn(planted.tenant(outcome)) as azure:
        done = subprocess.run(
            [sys.executable, "-m", "rbacgen", "diff", "--today", TODAY.isoformat()],
            cwd=EXAMPLES / "fraud-detection",
            env={"PATH": os.environ["PATH"], **azure.environment()},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2, done.stderr
    readme = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")
    assert f"```\n{done.stdout}```\n" in readme


def test_the_answer_in_the_readme_is_real() -> None:
    """The question that the README asks of the example is answered just so, at 80 columns."""
    readme = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")
    block = readme.split("```\n$ rbacgen can ", 1)[1].split("```", 1)[0]
    question, _, shown = block.partition("\n")
    done = subprocess.run(
        [sys.executable, "-m", "rbacgen", "can", *question.split(), "--today", "2026-11-23"],
        cwd=EXAMPLES / "fraud-detection",
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent)},
    )
    assert done.returncode == 2
    assert done.stdout == shown
