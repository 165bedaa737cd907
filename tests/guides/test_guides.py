"""Every guide, followed from an empty folder: what it says is what happens, to the letter."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

import pytest

from tests.guides import guide
from tests.guides.reader import Ran, Reader
from tests.terraform.bench import Engine, find_engine, install_provider
from tests.world import TODAY

GUIDES = Path(__file__).parents[2] / "examples" / "guides"
NAMES = sorted(path.stem for path in GUIDES.glob("*.md"))


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Engine | str:
    """A Terraform with the stand-in provider, the one on the path before the embedded one; or why there is none."""
    provider = install_provider(tmp_path_factory.mktemp("terraform"))
    variables = {**provider, "STANDIN_NOW": f"{TODAY.isoformat()}T12:00:00Z"}
    found = [find_engine(name, variables) for name in ("path", "embedded")]
    return next((each for each in found if isinstance(each, Engine)), found[-1])


def differences(ran: list[Ran]) -> str:
    """Where a guide says something else than what happened, as a person reads it."""
    told: list[str] = []
    for each in ran:
        if each.is_as_shown:
            continue
        command = each.command
        told.append(f"line {command.line}: $ {command.text}")
        if each.exit_code != command.exit_code:
            told.append(f"  ended with {each.exit_code}, not {command.exit_code}")
        lines = difflib.unified_diff(command.output, each.output, "in the guide", "in truth", lineterm="")
        told += [f"  {line}" for line in lines] if not guide.agree(command.output, each.output) else []
    return "\n".join(told)


def follow(name: str, reader: Reader, bless: bool) -> None:
    """Follows a guide and compares; `bless` writes the real outputs into it first."""
    path = GUIDES / f"{name}.md"
    lines = guide.read(path)
    broken = ""
    try:
        reader.follow(guide.steps(lines))
    except guide.MalformedError as error:
        broken = f"\n{error}"
    ran = reader.ran
    assert ran
    if bless:
        wrong = [each for each in ran if not guide.agree(each.command.output, each.output)]
        outputs = [(each.command, guide.blessed(each.command.output, each.output)) for each in wrong]
        path.write_text(guide.with_outputs(lines, outputs), encoding="utf-8")
        ran = [each for each in ran if each.exit_code != each.command.exit_code]
    told = differences(ran) + broken
    if told:
        pytest.fail(f"{path.name} says something else than what happens:\n{told}\n(see `make bless`)", pytrace=False)


@pytest.mark.parametrize("name", NAMES)
def test_a_guide_says_what_happens(
    name: str, tmp_path: Path, terraform: Engine | str, request: pytest.FixtureRequest
) -> None:
    """Each file written, each command run in the same folder, each output and exit code as shown."""
    with Reader(tmp_path, terraform) as reader:
        follow(name, reader, request.config.getoption("--bless"))
    if reader.stopped:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say(f"followed up to where it takes Terraform: {reader.stopped}")
