"""The files are what those who read them take: by published schemas, and by linters that are not ours."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.pipelines.azure_devops import TEMPLATES, expanded, script_of
from tests.pipelines.conftest import tool
from tests.pipelines.gitlab import FILE as GITLAB
from tests.pipelines.gitlab import job, pipeline
from tests.pipelines.machine import ROOT

EXAMPLES = sorted((ROOT / "examples" / "pipelines" / "github").glob("*.yml"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTION = ROOT / "action.yml"
DEPENDABOT = ROOT / ".github" / "dependabot.yml"
SCHEMAS = [
    ("github-workflows", [*WORKFLOWS, *EXAMPLES], ()),
    ("github-actions", [ACTION], ()),
    ("github-issue-forms", sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml")), ()),
    ("github-issue-config", [ROOT / ".github" / "ISSUE_TEMPLATE" / "config.yml"], ()),
    ("dependabot", [DEPENDABOT], ()),
    ("gitlab-ci", [GITLAB], ("--data-transform", "gitlab-ci")),
]


def lint(*command: str | Path, cwd: Path = ROOT) -> None:
    """A linter that has nothing to say."""
    done = subprocess.run([str(each) for each in command], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[:5000]


def schema(name: str, files: list[Path], *options: str) -> None:
    """The published schema takes the files: those of SchemaStore and of the makers come with check-jsonschema."""
    assert files
    lint(tool("check-jsonschema"), "--builtin-schema", f"vendor.{name}", *options, *files)


@pytest.mark.parametrize(("name", "files", "options"), SCHEMAS, ids=[each[0] for each in SCHEMAS])
def test_the_published_schema_takes_it(name: str, files: list[Path], options: tuple[str, ...], tmp_path: Path) -> None:
    """And would not take it with a key that means nothing."""
    schema(name, files, *options)
    broken = tmp_path / files[0].name
    broken.write_text(files[0].read_text() + "\nnonsense: 5\n")
    with pytest.raises(AssertionError, match="validation errors"):
        schema(name, [broken], *options)


def test_the_published_schema_takes_the_pipelines_of_azure_devops(tmp_path: Path) -> None:
    """As they are when templates and parameters are filled in; a task that has no such input would be found."""
    files = []
    for file in sorted(TEMPLATES.glob("*.yml")):
        filled = tmp_path / file.name
        filled.write_text(yaml.safe_dump(expanded(file.name)))
        files.append(filled)
    options = ("--regex-variant", "python")  # the patterns are not those of ECMAScript's Unicode mode
    schema("azure-pipelines", files, *options)
    broken = tmp_path / "broken.yml"
    broken.write_text((tmp_path / "drift.yml").read_text().replace("addSpnToEnvironment", "addNonsense"))
    with pytest.raises(AssertionError, match="validation errors"):
        schema("azure-pipelines", [broken], *options)


def test_actionlint_has_nothing_to_say() -> None:
    """Inputs and outputs of the action and the workflows fit where they are used; shellcheck reads every script."""
    lint(tool("actionlint"), "-shellcheck", tool("shellcheck"), *WORKFLOWS, *EXAMPLES)


def test_zizmor_finds_nothing() -> None:
    """No way in by an expression, nothing that is not pinned, no permission too many, no credential left lying about."""
    options = ("--offline", "--no-config", "--no-ignores", "--strict-collection", "--format", "json")
    program = tool("zizmor")
    targets = [ACTION, DEPENDABOT, *WORKFLOWS, *EXAMPLES]
    done = subprocess.run([program, *options, *map(str, targets)], cwd=ROOT, capture_output=True, text=True)
    assert json.loads(done.stdout) == [], done.stdout[:5000]
    assert done.returncode == 0, done.stderr


def test_zizmor_would_find_a_way_in(tmp_path: Path) -> None:
    """It does look into the action."""
    broken = tmp_path / "action.yml"
    text = ACTION.read_text()
    broken.write_text(text.replace('case "$FAIL_ON" in findings', 'case "${{ inputs.fail-on }}" in findings'))
    done = subprocess.run([tool("zizmor"), "--offline", "--no-config", str(broken)], capture_output=True, text=True)
    assert "template-injection" in done.stdout


def _scripts() -> Iterator[tuple[str, str, str]]:
    """Every script that actionlint does not see: its name, its shell, its text."""
    for number, step in enumerate(yaml.safe_load(ACTION.read_text())["runs"]["steps"]):
        if "run" in step:
            yield f"action-{number}", "bash", step["run"]
    for file in sorted(TEMPLATES.glob("*.yml")):
        for number, step in enumerate(_steps(expanded(file.name))):
            script = script_of(step)
            if script is not None:
                yield f"{file.stem}-{number}", "bash", script
    for name, each in pipeline().items():
        if isinstance(each, dict) and "script" in each:
            said = job(name)
            yield (
                f"gitlab-{name.strip('.').replace(' ', '-')}",
                "sh",
                "\n".join([*said["before_script"], *said["script"]]),
            )


def _steps(value: object) -> list[dict[str, object]]:
    if isinstance(value, dict):
        return [*value.get("steps", []), *(one for each in value.values() for one in _steps(each))]
    return [one for each in value for one in _steps(each)] if isinstance(value, list) else []


def test_shellcheck_has_nothing_to_say(tmp_path: Path) -> None:
    """Of every script of the action, of Azure DevOps and of GitLab, in the shell that runs it."""
    files = []
    for name, shell, text in _scripts():
        file = tmp_path / f"{name}.sh"
        file.write_text(f"#!/usr/bin/env {shell}\n{text}")
        files.append(file)
    assert len(files) > 20
    # The linter cannot see that the runner sets variables, and that the Python between them is none of the shell's.
    lint(tool("shellcheck"), "--exclude=SC2154", *files)
