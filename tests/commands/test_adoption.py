"""`rbacgen init --from azure` and `render --existing azure` in this process, against the stand-in Azure with the real SDK."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fakes.azure import StandIn, Tenant
from tests.fakes.azure.holding import tenant_of
from tests.fakes.command import run_here
from tests.fakes.world import DEV, DEVELOPERS, PROD, TODAY, World

DAY = ("--today", TODAY.isoformat())
SUBSCRIPTIONS = ("--subscription", DEV, "--subscription", PROD)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """The small world."""
    (tmp_path / "world").mkdir()
    return World(tmp_path / "world")


@pytest.fixture
def tenant(world: World) -> Tenant:
    """The small world's tenant, where people made everything by hand: random names, and nobody's mark."""
    actual = tenant_of(world.work_out())
    for assignment in actual.assignments.every():
        assignment.description = None
    return actual


def test_a_tenant_becomes_a_project_that_is_in_sync_with_it(tenant: Tenant, tmp_path: Path) -> None:
    """Written, checked, compared and rendered with what lives: nothing differs, and all of it is imported."""
    here = tmp_path / "first"
    here.mkdir()
    with StandIn(tenant) as azure:
        environment = azure.environment()
        done = run_here(here, environment, "init", "--from", "azure", *SUBSCRIPTIONS, *DAY)
        assert (done.returncode, done.stderr) == (0, "")
        project = (here / "rbacgen.yaml").read_text(encoding="utf-8")
        assert "grp-developers" in project
        assert "id-robot" in project
        assert "Tiny Observer" in project
        assert run_here(here, environment, "check", *DAY).returncode == 0
        done = run_here(here, environment, "diff", *DAY)
        assert (done.returncode, done.stderr) == (0, "")
        assert "in sync" in done.stdout
        done = run_here(here, environment, "render", "--existing", "azure", "--report", "json", *DAY)
        assert (done.returncode, done.stderr) == (0, "")
        report = json.loads(done.stdout)
        assert report["existing"] == {
            "source": "azure",
            "source_name": "Azure",
            "complete": True,
            "unchanged": 0,
            "referring": 0,
            "not_visible": 0,
            "not_imported": [],
            "respelled": [],
            "unread": [],
            "notes": [],
        }
        assert all(each["imported"] == each["assignments"] > 0 for each in report["directories"])
        assert {seen.method for seen in azure.requests if seen.service == "arm"} == {"GET"}


def test_what_cannot_be_read_is_said(tenant: Tenant, tmp_path: Path) -> None:
    """Exit 3: the rest is written, and nobody takes it for the whole."""
    tenant.forbid(f"/subscriptions/{PROD}", "all")
    with StandIn(tenant) as azure:
        done = run_here(tmp_path, azure.environment(), "init", "tiny", "--from", "azure", *SUBSCRIPTIONS, *DAY)
    assert done.returncode == 3
    assert f"/subscriptions/{PROD}: assignments not read: " in done.stderr
    assert PROD not in (tmp_path / "rbacgen.yaml").read_text(encoding="utf-8")


def test_without_the_directory_ids_stand_for_names(tenant: Tenant, tmp_path: Path) -> None:
    """A note says so; the access is all there."""
    tenant.graph_permission = "none"
    with StandIn(tenant) as azure:
        done = run_here(tmp_path, azure.environment(), "init", "tiny", "--from", "azure", *SUBSCRIPTIONS, *DAY)
    assert done.returncode == 0
    assert "names of principals, and whether they still exist, are not known" in done.stderr
    assert f"group: {DEVELOPERS}, id: {DEVELOPERS}" in (tmp_path / "rbacgen.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["azure", "azure.json"])
def test_what_another_project_manages_is_what_the_comparison_calls_altered(
    world: World, tmp_path: Path, kind: str
) -> None:
    """Live and from a snapshot the same: the justifications of eligible access carry the mark too, and nobody compares them."""
    actual = tenant_of(world.work_out())
    assert list(actual.eligibilities.every())
    next(actual.assignments.every()).description = "why [rbacgen:tiny], edited by hand"
    here = tmp_path / "first"
    here.mkdir()
    with StandIn(actual) as azure:
        environment = azure.environment()
        assert run_here(here, environment, "snapshot", *SUBSCRIPTIONS, "-o", "azure.json").returncode == 0
        done = run_here(here, environment, "init", "first", "--from", kind, *SUBSCRIPTIONS, *DAY)
        assert (done.returncode, done.stderr) == (0, "")
        source = () if kind == "azure" else (kind,)
        content = json.loads(run_here(here, environment, "diff", *source, "--format", "json", *DAY).stdout)
    assert {each["kind"] for each in content["changes"]} == {"altered"}
    assert {differs["what"] for each in content["changes"] for differs in each["differs"]} == {"description"}
    said = f"{len(content['changes'])} assignments carried the mark of the project tiny"
    assert said in done.stdout


def test_render_takes_over_what_lives_in_azure(world: World, tenant: Tenant) -> None:
    """All but what stands at the tenant root, which is said; then a render without Azure changes nothing."""
    world.write()
    with StandIn(tenant) as azure:
        done = run_here(world.folder, azure.environment(), "render", "--existing", "azure", *DAY)
    assert done.returncode == 2
    assert "at the tenant root, which azurerm cannot import" in done.stderr
    assert done.stdout.endswith("12 assignments: 12 new, 0 gone, 11 imported (and 2 custom roles)\n")
    names = {assignment.name for assignment in tenant.assignments.every() if assignment.scope != "/"}
    rendered = "".join(path.read_text(encoding="utf-8") for path in (world.folder / "terraform").rglob("*.tf"))
    assert all(rendered.count(f'"{name}"') == 1 for name in names)
    assert run_here(world.folder, {}, "render", "--check", *DAY).returncode == 0


def test_live_azure_takes_subscriptions(tmp_path: Path) -> None:
    """There is no project yet that could say which; nothing is read or written."""
    done = run_here(tmp_path, {"HOME": str(tmp_path)}, "init", "tiny", "--from", "azure")
    assert (done.returncode, done.stdout) == (1, "")
    assert "name each with `--subscription ID`" in done.stderr
    assert list(tmp_path.iterdir()) == []
