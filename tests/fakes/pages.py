"""The projects that the page is tested with: the example, the example against a changed tenant, and a large project."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from examples import planted
from rbacgen.commands import load, matrix
from rbacgen.reports import page as matrix_page
from rbacgen.reports.json import matrix as matrix_document
from tests.fakes.azure import StandIn
from tests.fakes.command import run_here
from tests.fakes.world import TODAY, World

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "fraud-detection"
_ENVIRONMENTS = ("dev", "test", "prod", "dr")
_AZURE_ROLES = ("Key Vault Secrets User", "Key Vault Reader", "Key Vault Crypto User", "Key Vault Secrets Officer")
KINDS = 10
ROLES = 15


def shown(project: Path, source: str | None = None, today: date = TODAY) -> matrix_document.MatrixDocument:
    """The matrix of a project, as reports take it; a source is a file here, never Azure."""
    return matrix_document.document(matrix.show(str(project), today, matrix.MatrixOptions(source=source), no_azure))


def no_azure(*_: Any) -> Any:
    """There is no Azure to connect to."""
    raise AssertionError("nothing here may ask Azure")


def snapshot(folder: Path) -> Path:
    """What a stand-in tenant of the example holds after a week of other people's work, as a snapshot file."""
    path = folder / "azure.json"
    with StandIn(planted.tenant(load.work_out(str(EXAMPLE), TODAY))) as azure:
        asked = ("snapshot", "-p", str(EXAMPLE), "--today", str(TODAY), "-o", str(path))
        done = run_here(ROOT, azure.environment(), *asked)
    assert done.returncode == 0, done.stderr
    return path


def large(folder: Path, groups: int = 50) -> Path:
    """A project of fifteen project roles: 40 assignments for each group, 2,000 for fifty of them."""
    kinds: dict[str, Any] = {
        "subscription": {"says": "The subscription", "type": "subscription"},
        "group": {"says": "The resource group", "type": "resource_group", "under": "subscription"},
    }
    for number in range(KINDS):
        kinds[f"vault_{number}"] = {"says": f"Vault {number}", "type": "Microsoft.KeyVault/vaults", "under": "group"}
    mapping: dict[str, Any] = {
        "mapping.yaml": {"title": "Large", "environments": list(_ENVIRONMENTS), "families": ["Makers", "Keepers"]},
        "scope_kinds.yaml": kinds,
        "capabilities/all.yaml": {
            f"use_secrets_{rank}": {
                "says": f"Read secrets, in the manner {rank}",
                "grants": [
                    {
                        "azure_role": azure_role,
                        "on": f"vault_{number}",
                        "activation": "eligible" if number % 3 == 2 else "permanent",
                    }
                    for number in range(KINDS)
                ],
            }
            for rank, azure_role in enumerate(_AZURE_ROLES)
        },
    }
    for number in range(ROLES):
        mapping[f"roles/role_{number:02}.yaml"] = {
            "project_role": f"role_{number:02}",
            "title": f"Project role {number:02}",
            "family": ("Makers", "Keepers")[number % 2],
            "responsibilities": [
                {
                    "id": f"work_{number:02}",
                    "does": "Do the work",
                    "takes": [f"use_secrets_{number % len(_AZURE_ROLES)}"],
                }
            ],
        }
    project = {
        "project": "large",
        "mapping": "./mapping",
        "environments": {
            name: {
                "subscription": f"{rank:08x}-0000-4000-8000-000000000000",
                "scopes": {"group": f"rg-{name}"}
                | {f"vault_{number}": f"kv-{name}-{number}" for number in range(KINDS)},
            }
            for rank, name in enumerate(_ENVIRONMENTS, 1)
        },
        "team": {
            f"role_{role:02}": [
                {"group": f"grp-{number:03}", "id": f"00000000-0000-4000-8000-{number:012x}"}
                for number in range(role, groups, ROLES)
            ]
            for role in range(ROLES)
        },
    }
    return World(folder, mapping, project).write()


def write(form: matrix_document.MatrixDocument, path: Path) -> Path:
    """The page of a form as a file."""
    path.write_text(matrix_page.page(form), encoding="utf-8")
    return path
