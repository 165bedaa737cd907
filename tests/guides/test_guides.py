"""Every guide, followed from an empty folder: what it says is what happens, to the letter."""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes.terraform.engine import Engine, find_engine, install_provider
from tests.fakes.world import TODAY
from tests.guides import guide, happenings
from tests.guides.reader import Ran, Reader

GUIDES = Path(__file__).parents[2] / "examples" / "guides"
NAMES = sorted(path.stem for path in GUIDES.glob("*.md") if "```console" in path.read_text(encoding="utf-8"))


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


def in_sync(reader: Reader) -> None:
    """The project and Azure agree in every way, with nothing unread, and Terraform has nothing left to do."""
    said = json.loads("\n".join(asked(reader, "rbacgen diff --format json")))
    assert (said["in_sync"], said["complete"], said["changes"], said["custom_roles"]) == (True, True, [], [])
    assert said["desired"] > 0
    for folder in sorted((reader.here / "terraform").iterdir()):
        asked(reader, f"terraform -chdir={folder} plan -detailed-exitcode -input=false")


def taken_over(reader: Reader) -> None:
    """What lived is what it was, under the names that it had, each with its reason and the project's mark; then it is tighter."""
    in_sync(reader)
    actual = [each for each in reader.tenant.assignments.every() if f"/{happenings.CLAIMS}/" in each.scope]
    assert len(actual) == 4
    assert (
        len({each.name for each in actual} & names_at_first(reader)) == 3
    )  # the fourth is the group that took Mia's place
    assert all((each.description or "").endswith("[rbacgen:claims]") for each in actual)
    assert all(each.role != happenings.OWNER for each in actual)
    assert {each.principal for each in actual}.isdisjoint({happenings.MIA, happenings.JONAS, happenings.LEAVER})
    on_call, privileged = sorted(reader.tenant.eligibilities.every(), key=lambda each: bool(each.condition))
    assert (on_call.role, on_call.condition, on_call.justification) == (happenings.CONTRIBUTOR, None, "on call")
    assert privileged.condition is not None
    assert reader.azure is not None
    assert {seen.method for seen in reader.azure.requests if seen.service == "arm"} == {"GET"}


def names_at_first(reader: Reader) -> set[str]:
    """The names of the assignments in the snapshot that the brownfield guide takes before anything else."""
    with (reader.here / "before.json").open(encoding="utf-8") as file:
        return {each["id"].rpartition("/")[2] for each in json.load(file)["assignments"] if each.get("id")}


def asked(reader: Reader, text: str) -> tuple[str, ...]:
    """What one more command says, which the reader runs where the guide ended; it must end with 0."""
    ran = reader.run(guide.Command(0, text, 0, 0, 0, ()))
    assert ran.exit_code == 0, ran.output
    return ran.output


# What is true once a guide was followed to its end, beyond what it shows.
ENDS: dict[str, Callable[[Reader], None]] = {"first_project": in_sync, "brownfield": taken_over}


def test_every_guide_that_shows_commands_is_followed() -> None:
    """The other pages are reference, and nothing in them is run."""
    assert {"first_project", "brownfield", "writing_a_mapping", "reviewing_access", "what_rbacgen_cannot_see"} <= set(
        NAMES
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_guide_says_what_happens(
    name: str, tmp_path: Path, terraform: Engine | str, request: pytest.FixtureRequest
) -> None:
    """Each file written, each command run in the same folder, each output and exit code as shown; and the end as it should be."""
    with Reader(tmp_path, terraform) as reader:
        follow(name, reader, request.config.getoption("--bless"))
        if name in ENDS and not reader.stopped:
            ENDS[name](reader)
    if reader.stopped:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say(f"followed up to where it takes Terraform: {reader.stopped}")
