"""Runs jobs of GitHub's workflow files and composite actions step by step, with their own scripts, on a machine of ours."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.pipelines.expressions import as_text, fill, holds
from tests.pipelines.machine import ROOT, Machine, git

WORKFLOWS = ROOT / ".github" / "workflows"
_NOTHING_TO_DO = ("actions/setup-python", "hashicorp/setup-terraform", "github/codeql-action/upload-sarif")


@dataclass
class Ran:
    """What came of some steps."""

    ok: bool = True
    log: str = ""
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    def output(self, step: str, name: str) -> str:
        """What a step left for others; empty where it left nothing."""
        return str(self.steps.get(step, {}).get("outputs", {}).get(name, ""))


@dataclass
class Runner:
    """A runner: takes jobs, keeps artifacts and the summary, and notes which actions were used with what."""

    machine: Machine
    event: Mapping[str, Any] = field(default_factory=dict)
    used: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """All that went to the summary of the run."""
        file = self.machine.folder / "summary"
        return file.read_text() if file.exists() else ""

    @property
    def artifacts(self) -> Path:
        """Where artifacts are, a folder each."""
        return self.machine.folder / "artifacts"

    def github(self) -> dict[str, Any]:
        """The context `github`."""
        return {
            "repository": "contoso/fraud-detection",
            "token": "the-token",
            "event": self.event,
            "action_path": "",
        }

    def action(self, path: Path, given: Mapping[str, Any], variables: Mapping[str, str] | None = None) -> Ran:
        """Runs a composite action with inputs."""
        action = yaml.safe_load((path / "action.yml").read_text())
        unknown = set(given) - set(action["inputs"])
        assert not unknown, f"the action has no input {unknown}"
        inputs = {name: as_text(each.get("default", "")) for name, each in action["inputs"].items()}
        inputs |= {name: as_text(each) for name, each in given.items()}
        ran = self.steps(
            action["runs"]["steps"], {"inputs": inputs}, {**(variables or {}), "GITHUB_ACTION_PATH": str(path)}
        )
        context = {"steps": ran.steps, "inputs": inputs}
        ran.outputs = {name: as_text(fill(each["value"], context)) for name, each in action["outputs"].items()}
        return ran

    def job(
        self,
        workflow: str,
        name: str,
        given: Mapping[str, Any],
        needs: Mapping[str, Ran] | None = None,
        matrix: Mapping[str, str] | None = None,
    ) -> Ran | None:
        """Runs a job of a reusable workflow with inputs; none where its condition says no, or what it needs has failed."""
        document = yaml.safe_load((WORKFLOWS / workflow).read_text())
        declared = document[True]["workflow_call"]["inputs"]  # YAML 1.1 reads the key `on` as true
        assert set(given) <= set(declared)
        missing = {each for each, says in declared.items() if says.get("required")} - set(given)
        assert not missing, f"{workflow} cannot be called without {missing}"
        inputs = {each: given.get(each, says.get("default", "")) for each, says in declared.items()}
        job = document["jobs"][name]
        done = needs or {}
        context: dict[str, Any] = {
            "inputs": inputs,
            "matrix": matrix or {},
            "needs": {
                each: {"outputs": ran.outputs, "result": "success" if ran.ok else "failure"}
                for each, ran in done.items()
            },
            "github": self.github(),
        }
        if not holds(job.get("if", "success()"), context, failed=not all(ran.ok for ran in done.values())):
            return None
        variables = {each: as_text(fill(value, context)) for each, value in job.get("env", {}).items()}
        ran = self.steps(job["steps"], context, variables)
        ran.outputs = {
            each: as_text(fill(value, {**context, "steps": ran.steps}))
            for each, value in job.get("outputs", {}).items()
        }
        return ran

    def steps(self, steps: list[dict[str, Any]], context: Mapping[str, Any], variables: Mapping[str, str]) -> Ran:
        """Runs steps one after the other; after one has failed, only those run that ask to."""
        ran = Ran()
        known = {"github": self.github(), "runner": {"temp": str(self.machine.temp)}, **context}
        for step in steps:
            here = {**known, "steps": ran.steps}
            if not holds(str(step.get("if", "success()")), here, failed=not ran.ok):
                continue
            ran.names.append(step.get("name", step.get("uses", "")))
            own = {name: as_text(fill(value, here)) for name, value in step.get("env", {}).items()}
            if "uses" in step:
                given = {name: as_text(fill(value, here)) for name, value in step.get("with", {}).items()}
                one = self.use(step["uses"], given, {**variables, **own})
            else:
                one = self.script(step, {**variables, **own})
            ran.log += one.log
            ran.ok = ran.ok and one.ok
            if "id" in step:
                ran.steps[step["id"]] = {"outputs": one.outputs}
        return ran

    def script(self, step: Mapping[str, Any], variables: Mapping[str, str]) -> Ran:
        """Runs the script of a step as the runner does: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell"""
        assert "${{" not in step["run"], "an expression in a script is a way in for whoever writes its value"
        outputs = self.machine.folder / "outputs"
        outputs.write_text("")
        shell = ("bash", "--noprofile", "--norc", "-eo", "pipefail") if step.get("shell") == "bash" else ("bash", "-e")
        own = {
            "GITHUB_OUTPUT": str(outputs),
            "GITHUB_STEP_SUMMARY": str(self.machine.folder / "summary"),
            "GITHUB_REPOSITORY": "contoso/fraud-detection",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_RUN_ID": "4711",
            "RUNNER_TEMP": str(self.machine.temp),
        }
        done = self.machine.run(step["run"], {**own, **variables}, shell)
        lines = outputs.read_text().splitlines()
        assert all("=" in line for line in lines), lines
        return Ran(done.returncode == 0, done.stdout, outputs=dict(line.split("=", 1) for line in lines))

    def use(self, action: str, given: dict[str, str], variables: Mapping[str, str]) -> Ran:
        """Does what an action does: our own ones whole, those of others as far as the steps after them need it."""
        self.used.append((action, given))
        if action.startswith("$/"):
            return self.action(ROOT / action.removeprefix("$/"), given, variables)
        name, _, commit = action.partition("@")
        assert len(commit) == 40, f"{action} is not pinned to a commit"
        match name:
            case "actions/checkout":
                if "path" in given:
                    git(self.machine.workspace, "worktree", "add", "--detach", given["path"], given["ref"])
            case "actions/upload-artifact":
                target = self.artifacts / given["name"]
                if given.get("overwrite") == "true":
                    shutil.rmtree(target, ignore_errors=True)
                if Path(given["path"]).exists():  # or else it warns, and passes
                    shutil.copytree(given["path"], target, ignore=shutil.ignore_patterns(".*"))
            case "actions/download-artifact":
                desired = self.artifacts.glob(given.get("name") or given["pattern"])
                for each in desired:
                    shutil.copytree(each, given["path"], dirs_exist_ok=True)
            case _:
                assert name in _NOTHING_TO_DO, f"nobody has said what {name} does"
        return Ran()
