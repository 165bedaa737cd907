"""Runs jobs of Azure DevOps' pipeline files step by step, with their own scripts, on a machine of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.pipelines.machine import ROOT, WHEEL, Machine

TEMPLATES = ROOT / "examples" / "pipelines" / "azure-devops"
COPIED = {"rbacgen": WHEEL, "constraints": "", "indexUrl": "", "version": "1"}
"""What is filled in where a file has no default."""
_EXPRESSION = re.compile(r"\$\{\{\s*([\w.]+)\s*\}\}")
_EACH = re.compile(r"\$\{\{ each (\w+) in parameters\.(\w+) \}\}")
_MACRO = re.compile(r"\$\((\w[\w.]*)\)")
_SET = re.compile(r"##vso\[task\.setvariable variable=(\w+);isOutput=true\](.*)")
_ASKS_ANYWAY = ("succeededOrFailed()", "always()")


def expanded(name: str, **given: Any) -> dict[str, Any]:
    """A file whose parameters somebody has filled in who copied it, as Azure DevOps sees it before it runs anything."""
    filled_in = {each: COPIED[each] for each in required(name) if each in COPIED}
    return _expanded(name, {**filled_in, **given})


def required(name: str) -> list[str]:
    """The parameters of a file without a default: Azure DevOps runs nothing where one has no value."""
    document = yaml.safe_load((TEMPLATES / name).read_text())
    return [each["name"] for each in document.get("parameters", ()) if "default" not in each]


def _expanded(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    document = yaml.safe_load((TEMPLATES / name).read_text())
    declared = {each["name"]: each.get("default") for each in document.pop("parameters", ())}
    unknown = set(given) - set(declared)
    assert not unknown, f"{name} has no parameter {unknown}"
    missing = set(required(name)) - set(given)
    assert not missing, f"{name} needs the parameters {missing}"
    filled = _fill(document, {"parameters": {**declared, **given}})
    assert isinstance(filled, dict)
    return filled


def _fill(value: Any, known: Mapping[str, Any]) -> Any:
    match value:
        case str():
            return _EXPRESSION.sub(lambda found: _text(_look_up(found[1], known)), value)
        case dict():
            if "template" in value:
                parameters = _fill(value["parameters"], known)
                return {"steps": _expanded(value["template"], parameters)["steps"]}
            return {_fill(key, known): _fill(each, known) for key, each in value.items()}
        case list():
            return [one for each in value for one in _items(each, known)]
    return value


def _items(value: Any, known: Mapping[str, Any]) -> list[Any]:
    """One item of a list, or what a loop or a template comes to in its place."""
    if isinstance(value, dict) and len(value) == 1:
        ((key, body),) = value.items()
        loop = _EACH.fullmatch(str(key))
        if loop:
            rounds = known["parameters"][loop[2]]
            return [one for each in rounds for one in _fill(body, {**known, loop[1]: each})]
    filled = _fill(value, known)
    if isinstance(value, dict) and "template" in value:
        steps: list[Any] = filled["steps"]
        return steps
    return [filled]


def _look_up(path: str, known: Mapping[str, Any]) -> Any:
    value: Any = known
    for part in path.split("."):
        value = value[part]
    return value


def _text(value: Any) -> str:
    """A parameter as text; a boolean is said as .NET says it."""
    return {"true": "True", "false": "False"}.get(str(value).lower(), str(value))


def script_of(step: Mapping[str, Any]) -> str | None:
    """The script that a step runs, where it runs one."""
    if "bash" in step:
        return str(step["bash"])
    if step.get("task") == "AzureCLI@2":
        assert step["inputs"]["scriptType"] == "bash"
        return str(step["inputs"]["inlineScript"])
    return None


@dataclass
class Ran:
    """What came of a job's steps."""

    ok: bool = True
    log: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)


def run(machine: Machine, steps: list[dict[str, Any]], variables: Mapping[str, str]) -> Ran:
    """Runs the scripts of a job; a service connection's variables reach only the tasks that have one."""
    ran = Ran()
    agent = {
        "AGENT_TEMPDIRECTORY": str(machine.temp),
        "PIPELINE_WORKSPACE": str(machine.folder / "pipeline"),
        "SYSTEM_COLLECTIONURI": "https://dev.azure.com/contoso/",
        "SYSTEM_TEAMPROJECTID": "a-project",
        "BUILD_REPOSITORY_ID": "a-repository",
        "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
    }
    connection = {
        "servicePrincipalId": variables.get("AZURESUBSCRIPTION_CLIENT_ID", "a-client"),
        "tenantId": variables.get("AZURESUBSCRIPTION_TENANT_ID", "a-tenant"),
        "idToken": "a.b.c",
        "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "a-connection",
        **{name: value for name, value in variables.items() if name.startswith("AZURESUBSCRIPTION_")},
    }
    known = {"System.AccessToken": "the-token", **variables}
    for step in steps:
        condition = str(step.get("condition", "succeeded()"))
        if not ran.ok and not any(each in condition for each in _ASKS_ANYWAY):
            continue
        script = script_of(step)
        if script is None:
            continue
        assert "${{" not in script
        ran.names.append(str(step["displayName"]))
        own = {
            name: _MACRO.sub(lambda found: known[found[1]], str(value)) for name, value in step.get("env", {}).items()
        }
        is_task = "task" in step
        done = machine.run(script, {**variables, **agent, **(connection if is_task else {}), **own})
        ran.log += done.stdout
        ran.ok = ran.ok and done.returncode == 0
        if "name" in step:
            ran.outputs |= {f"{step['name']}.{each[1]}": each[2] for each in _SET.finditer(done.stdout)}
    return ran


def templates() -> list[Path]:
    """Every file of the folder."""
    return sorted(TEMPLATES.glob("*.yml"))
