"""Runs jobs of a GitLab pipeline file with their own scripts, on a machine of ours."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from typing import Any

import yaml

from tests.pipelines.machine import ROOT, WHEEL, Machine

FILE = ROOT / "examples" / "pipelines" / "gitlab" / ".gitlab-ci.yml"
_VARIABLE = re.compile(r"\$(\w+)")


class _Loader(yaml.SafeLoader):
    """YAML with GitLab's tag for parts of other jobs."""


_Loader.add_constructor("!reference", lambda loader, node: ("!reference", *loader.construct_sequence(node)))  # type: ignore[no-untyped-call]


def pipeline() -> dict[str, Any]:
    """The whole file."""
    read: dict[str, Any] = yaml.load(FILE.read_text(), _Loader)  # a loader of safe values, and one tag
    return read


def job(name: str) -> dict[str, Any]:
    """A job with all that it extends: https://docs.gitlab.com/ci/yaml/#extends"""
    every = pipeline()
    own = every[name]
    base = job(own["extends"]) if "extends" in own else {}
    merged = {**base, **own, "variables": {**base.get("variables", {}), **own.get("variables", {})}}
    merged["before_script"] = [
        line
        for each in merged.get("before_script", [])
        for line in (every[each[1]][each[2]] if isinstance(each, tuple) else [each])
    ]
    return merged


def run(machine: Machine, name: str, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs a job as the runner does in an image with no shell but sh: its lines one after the other, until one fails."""
    said = job(name)
    tokens = dict.fromkeys(said.get("id_tokens", {}), "a.b.c")
    filled_in = {**pipeline()["variables"], "RBACGEN": WHEEL, **said["variables"]}
    set_ = {**filled_in, "CI_PROJECT_DIR": str(machine.workspace), **variables}
    values = {each: _VARIABLE.sub(lambda found: set_.get(found[1], ""), str(value)) for each, value in set_.items()}
    lines = [*said["before_script"], *said["script"]]
    return machine.run("\n".join(lines), {**values, **tokens}, shell=("sh", "-e"))


def starts(name: str, **variables: str) -> str:
    """When a job of a pipeline with these variables starts by its rules: `on_success`, `manual` or `never`."""
    for rule in job(name)["rules"]:
        if all(_is(each.strip(), variables) for each in rule.get("if", "").split("&&") if each):
            return str(rule.get("when", "on_success"))
    return "never"


def _is(comparison: str, variables: Mapping[str, str]) -> bool:
    left, right = comparison.split(" == ")
    return _value(left, variables) == _value(right, variables)


def _value(word: str, variables: Mapping[str, str]) -> str:
    return word.strip('"') if word.startswith('"') else variables.get(word.removeprefix("$"), "")
