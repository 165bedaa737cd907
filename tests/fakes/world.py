"""A small world for tests: a mapping and a project in a folder, without problems, for one test to change one thing."""

from __future__ import annotations

import copy
import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from rbacgen.analysis.results import CheckedProject, RenderResult
from rbacgen.commands import load
from rbacgen.commands import render as rendering
from rbacgen.model.problems import InputError, Problem

TODAY = datetime.date(2026, 11, 23)
DEV = "11111111-1111-1111-1111-111111111111"
PROD = "22222222-2222-2222-2222-222222222222"
DEVELOPERS = "aaaaaaaa-0000-4000-8000-000000000001"
OPERATORS = "aaaaaaaa-0000-4000-8000-000000000002"
ROBOT = "aaaaaaaa-0000-4000-8000-000000000003"

_MAPPING: dict[str, Any] = {
    "mapping.yaml": {"title": "Tiny", "environments": ["dev", "prod"], "families": ["Makers"]},
    "scope_kinds.yaml": {
        "root": {"says": "The tenant root", "type": "tenant"},
        "landing_zone": {"says": "The management group", "type": "management_group"},
        "subscription": {"says": "The subscription", "type": "subscription"},
        "group": {"says": "The resource group", "type": "resource_group", "under": "subscription"},
        "vault": {"says": "The key vault", "type": "Microsoft.KeyVault/vaults", "under": "group"},
        "lake": {"says": "The data lake", "type": "Microsoft.Storage/storageAccounts", "under": "group"},
        "raw": {
            "says": "The container raw",
            "type": "Microsoft.Storage/storageAccounts/blobServices/containers",
            "under": "lake",
            "name": "raw",
        },
    },
    "custom_roles.yaml": {
        "Tiny Observer": {
            "says": "See the vault and nothing else.",
            "why": "Key Vault Reader sees more.",
            "actions": ["Microsoft.KeyVault/vaults/read"],
        }
    },
    "capabilities/all.yaml": {
        "use_secrets": {
            "says": "Read secrets",
            "needs": [
                {
                    "on": "vault",
                    "in": ["dev"],
                    "data_actions": ["Microsoft.KeyVault/vaults/secrets/getSecret/action"],
                    "source": "inferred",
                }
            ],
            "grants": [{"azure_role": "Key Vault Secrets User", "on": "vault", "in": ["dev"]}],
        },
        "keep_group": {
            "says": "Change the group when it has to be",
            "grants": [{"azure_role": "Contributor", "on": "group", "activation": "eligible"}],
        },
        "observe": {"says": "See the vault", "grants": [{"azure_role": "Tiny Observer", "on": "vault"}]},
        "read_raw": {"says": "Read raw data", "grants": [{"azure_role": "Storage Blob Data Reader", "on": "raw"}]},
        "see_zone": {
            "says": "See the zone",
            "grants": [
                {"azure_role": "Reader", "on": "landing_zone", "in": ["prod"]},
                {"azure_role": "Reader", "on": "root", "in": ["prod"]},
                {"azure_role": "Reader", "on": "subscription", "in": ["prod"]},
            ],
        },
    },
    "roles/developer.yaml": {
        "project_role": "developer",
        "title": "Developer",
        "family": "Makers",
        "responsibilities": [
            {"id": "write_code", "does": "Write the code", "takes": ["use_secrets", "observe"]},
            {"id": "talk", "does": "Talk to people", "no_access": "People only"},
        ],
        "must_not": [{"do": "Microsoft.KeyVault/vaults/write", "on": "vault"}],
    },
    "roles/operator.yaml": {
        "project_role": "operator",
        "title": "Operator",
        "family": "Makers",
        "responsibilities": [
            {"id": "keep_running", "does": "Keep it running", "takes": ["keep_group", "observe"]},
            {"id": "watch", "does": "Watch it", "takes": ["see_zone"], "outside": {"pagerduty": "on call"}},
        ],
    },
    "workloads/robot.yaml": {
        "workload": "robot",
        "title": "Robot",
        "owner": "operator",
        "responsibilities": [{"id": "move_data", "does": "Move the data", "takes": ["read_raw"]}],
    },
}
_PROJECT: dict[str, Any] = {
    "project": "tiny",
    "mapping": "./mapping",
    "environments": {
        "dev": {"subscription": DEV, "scopes": {"group": "rg-dev", "vault": "kv-dev", "lake": "stdev"}},
        "prod": {
            "subscription": PROD,
            "scopes": {"group": "rg-prod", "vault": "kv-prod", "lake": "stprod", "landing_zone": "mg-tiny"},
        },
    },
    "team": {
        "developer": [{"group": "grp-developers", "id": DEVELOPERS}],
        "operator": [{"group": "grp-operators", "id": OPERATORS}],
        "robot": [{"managed_identity": "id-robot", "id": ROBOT}],
    },
}


@dataclass
class World:
    """A mapping (`mapping[path]`) and a project, both as plain data; `write` puts them into the folder as files."""

    folder: Path
    mapping: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(_MAPPING))
    project: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(_PROJECT))
    lock: dict[str, Any] | None = None
    today: datetime.date = TODAY

    def capability(self, name: str) -> dict[str, Any]:
        """A capability of the mapping, to be changed in place."""
        return self.mapping["capabilities/all.yaml"][name]

    def write(self) -> Path:
        """Writes all files; gives the path of the project file."""
        for path, content in self.mapping.items():
            target = self.folder / "mapping" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_yaml(content), encoding="utf-8")
        project = self.folder / "rbacgen.yaml"
        project.write_text(_yaml(self.project), encoding="utf-8")
        if self.lock is not None:
            (self.folder / "rbacgen.lock").write_text(json.dumps(self.lock), encoding="utf-8")
        return project

    def work_out(self, within: int = 30) -> CheckedProject:
        """Writes, reads and works everything out."""
        return load.work_out(str(self.write()), self.today, within)

    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong, whether it stopped the run or not."""
        try:
            return self.work_out().problems
        except InputError as error:
            return error.problems

    def rules(self) -> set[str]:
        """The ids of the rules that are broken."""
        return {problem.rule for problem in self.problems()}

    def render(self, **options: Any) -> RenderResult:
        """Renders into `terraform/` in the folder, unless options say otherwise."""
        return rendering.render(str(self.write()), self.today, rendering.RenderOptions(**options))

    def rendered(self, environment: str) -> Mapping[str, str]:
        """The files of one environment as they stand in the folder."""
        folder = self.folder / "terraform" / environment
        return (
            {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}
            if folder.is_dir()
            else {}
        )


def _yaml(content: Any) -> str:
    return content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
