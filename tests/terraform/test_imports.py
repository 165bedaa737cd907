"""What lives already is taken over: under which name it is rendered, what is imported, and what is said of the rest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from rbacgen.analysis.results import RenderResult
from rbacgen.cli import main
from rbacgen.commands import render as rendering
from rbacgen.model.assignment import Activation, ActualDetails, Assignment, PrincipalType
from rbacgen.model.problems import RbacgenError
from rbacgen.model.scope import Scope
from rbacgen.model.source import Ask, Entry, Source, SourceKind
from rbacgen.model.state import EVERYTHING, Coverage, Part, State, Unread
from rbacgen.reports.json import render as render_document
from rbacgen.reports.json import text as json_text
from rbacgen.reports.text import render as reports
from rbacgen.sources import snapshot
from rbacgen.terraform.blocks import ACTIVE, ELIGIBLE, assignment_name, role_definition_id
from tests.fakes.world import DEV, PROD, TODAY, World

LIVE_NAME = "99999999-0000-4000-8000-000000000009"
ROBOTS = "azurerm_role_assignment.id_robot__storage_blob_data_reader__raw"
OPERATORS_ELIGIBLE = "azurerm_pim_eligible_role_assignment.grp_operators__contributor__group"
UNTIL = datetime(2027, 3, 1, tzinfo=UTC)


def desired(world: World, part: str, environment: str = "dev") -> Assignment:
    """The one assignment that the world wants there with this in its scope kind or its role."""
    (found,) = [
        each
        for each in world.work_out().desired.state
        if each.environment == environment and part in (each.scope_kind, each.role.name)
    ]
    return found


def lives(each: Assignment, **more: Any) -> Assignment:
    """The assignment as Azure holds it, made by hand; `until` and `through_pim` go to its holder's side."""
    id_ = f"{each.scope.id.rstrip('/')}/providers/Microsoft.Authorization/roleAssignments/{LIVE_NAME}"
    eligible = each.activation is Activation.ELIGIBLE
    given = {name: more.pop(name) for name in ("id", "until", "through_pim") if name in more}
    actual = ActualDetails(**{"id": id_, "through_pim": eligible, **given})
    return replace(each, description="", ends=None, environment="", reasons=(), actual=actual, **more)


def render(world: World, rows: Iterable[Assignment], coverage: Coverage = EVERYTHING, **options: Any) -> RenderResult:
    """A render with a snapshot that holds these rows."""
    source = Source(SourceKind.AZURE, "azure", State(rows, coverage))
    file = world.folder / "live.json"
    file.write_text(snapshot.dump(source, names=True), encoding="utf-8")
    return world.render(existing=str(file), **options)


def text(world: World, environment: str = "dev") -> str:
    """All that is rendered for an environment."""
    return "\n".join(world.rendered(environment).values())


def test_a_living_assignment_is_imported_under_its_own_name(world: World) -> None:
    """The block carries the live name, else azurerm would replace it; and a later render keeps it."""
    robots = lives(desired(world, "raw"))
    result = render(world, [robots])
    assert [each.imported for each in result.directories] == [1, 0]
    assert f'  to = {ROBOTS}\n  id = "{robots.actual.id}"\n' in world.rendered("dev")["imports.tf"]
    assert f'= "{LIVE_NAME}"\n' in world.rendered("dev")["access_raw.tf"]
    assert world.render().is_current
    (world.folder / "terraform" / "dev" / "imports.tf").unlink()
    assert world.render().is_current


def test_what_an_apply_has_made_is_not_imported_again(world: World) -> None:
    """It stands in the directory under its live name, and carries the project's mark."""
    before = desired(world, "raw")
    render(world, [lives(before)])
    (world.folder / "terraform" / "dev" / "imports.tf").unlink()
    result = render(world, [replace(lives(before), description=before.description)], check=True)
    assert result.is_current
    assert result.imports_result is not None
    assert result.imports_result.unchanged == 1
    result = render(world, [lives(before)], check=True)
    assert not result.is_current  # rendered and never applied: it has to be imported


def test_what_of_pim_an_apply_has_made_is_told_by_its_justification(world: World) -> None:
    """Where it is still known; else an import is written, which does no harm."""
    eligible = desired(world, "group")
    world.render()
    made = lives(eligible, until=UNTIL)
    result = render(world, [replace(made, description=eligible.description)], check=True)
    assert result.is_current
    assert not render(world, [made], check=True).is_current


def test_an_id_that_was_lowered_is_set_right(world: World) -> None:
    """azurerm reads it with its own capitals only."""
    robots = desired(world, "raw")
    id_ = f"{robots.scope.id}/providers/microsoft.authorization/roleassignments/{LIVE_NAME.upper()}"
    render(world, [lives(robots, id=id_)])
    assert f"/providers/Microsoft.Authorization/roleAssignments/{LIVE_NAME.upper()}" in text(world)


def test_an_import_that_was_asked_for_and_is_gone_is_asked_for_no_more(world: World) -> None:
    """Terraform would stop at it; an incomplete reading proves nothing."""
    render(world, [lives(desired(world, "raw"))])
    nothing_read = Coverage()
    assert render(world, [], nothing_read).is_partial
    assert "imports.tf" in world.rendered("dev")
    assert not render(world, []).is_partial
    assert "imports.tf" not in world.rendered("dev")


def test_the_name_goes_along_to_another_directory(world: World) -> None:
    """What is let go of in one and imported in the other is the assignment that lives."""
    for each in world.project["environments"].values():
        each["scopes"]["landing_zone"] = "mg-tiny"
    grant = world.capability("see_zone")["grants"][0]
    grant["in"] = ["dev", "prod"]
    zone = lives(desired(world, "landing_zone"))
    render(world, [zone])
    grant["in"] = ["prod"]
    world.render()
    assert str(zone.actual.id) in world.rendered("prod")["imports.tf"]
    assert LIVE_NAME in world.rendered("prod")["access_landing_zone.tf"]
    assert "removed.tf" in world.rendered("dev")


@pytest.mark.parametrize("json_", [False, True])
def test_a_schedule_that_lives_as_wanted_is_kept(world: World, json_: bool) -> None:
    """azurerm cannot always read one back; a later render keeps that too, until another end is wanted."""
    eligible = desired(world, "group")
    render(world, [lives(eligible, until=datetime(2027, 5, 5, 5, 5, tzinfo=UTC))], json=json_)
    said = '"schedule"' if json_ else "ignore_changes = [justification, schedule]"
    assert text(world).count(said) == (2 if json_ else 1)  # the other one is the schedule itself
    assert f"{eligible.scope.id}|/subscriptions/{DEV}/providers/Microsoft.Authorization/roleDefinitions/" in text(world)
    assert world.render(json=json_).is_current
    world.project["team"]["operator"][0]["ends"] = "2027-02-02"
    world.render(json=json_)
    assert text(world).count(said) == (1 if json_ else 0) or json_
    assert "justification, schedule" not in text(world)


@pytest.mark.parametrize(
    ("until", "days", "ends", "kept"),
    [
        (None, None, None, False),
        (None, 0, None, False),
        (UNTIL, None, None, True),
        (UNTIL, 90, None, False),
        (datetime(2026, 11, 30, tzinfo=UTC), 7, None, True),
        (datetime(2026, 12, 1, tzinfo=UTC), 7, None, True),
        (datetime(2026, 12, 1, 0, 1, tzinfo=UTC), 7, None, False),
        (datetime(2099, 3, 1, tzinfo=UTC), None, None, False),
        (UNTIL, None, "2027-03-01", True),
        (UNTIL.replace(second=30), None, "2027-03-01", True),
        (UNTIL, None, "2027-03-02", False),
        (None, None, "2027-03-02", False),
    ],
)
def test_another_schedule_is_left_to_terraform(
    world: World, until: datetime | None, days: int | None, ends: str | None, kept: bool
) -> None:
    """What has another end than the project wants is to be replaced."""
    if days is not None:
        world.project["pim_eligible_days"] = days
    if ends is not None:
        world.project["team"]["operator"][0]["ends"] = ends
    render(world, [lives(desired(world, "group"), until=until)])
    assert f"to = {OPERATORS_ELIGIBLE}\n" in world.rendered("dev")["imports.tf"]
    assert ("[justification, schedule]" in text(world)) is kept


@pytest.mark.parametrize("json_", [False, True])
def test_a_schedule_of_more_days_is_kept_no_more(world: World, json_: bool) -> None:
    """An adopted one ends later than the project now allows: Terraform is to replace it."""
    render(world, [lives(desired(world, "group"), until=UNTIL)], json=json_)
    kept = '"schedule"\n' if json_ else "[justification, schedule]"
    assert kept in text(world)
    world.project["pim_eligible_days"] = 30
    world.render(json=json_)
    assert kept not in text(world)


def test_a_schedule_that_was_kept_is_looked_at_again(world: World) -> None:
    """Somebody has made it longer since: Terraform is to set that right; what the source does not tell changes nothing."""
    eligible = desired(world, "group")
    render(world, [lives(eligible, until=UNTIL)])
    made = replace(lives(eligible, until=UNTIL), description=eligible.description)
    unknown_fields = replace(made, actual=replace(made.actual, until=None, unknown_fields=frozenset({"until"})))
    for actual, kept in ((unknown_fields, True), (made, True), (lives(made, until=UNTIL.replace(year=2099)), False)):
        render(world, [replace(actual, description=eligible.description)])
        assert ("[justification, schedule]" in text(world)) is kept


def refusals(result: RenderResult) -> list[tuple[str, str]]:
    """Where and why something was not adopted."""
    assert result.imports_result is not None
    return [(each.environment, each.why) for each in result.imports_result.not_imported]


def test_at_the_tenant_root_it_is_said(world: World) -> None:
    """azurerm cannot import there; a broken import block would stop all."""
    result = render(world, [lives(desired(world, "root", "prod"))])
    assert refusals(result) == [("prod", "it is at the tenant root, which azurerm cannot import")]
    assert result.has_findings
    assert "imports.tf" not in world.rendered("prod")


@pytest.mark.parametrize("is_pim_wanted", [False, True])
def test_pim_and_standing_access_are_not_taken_for_each_other(world: World, is_pim_wanted: bool) -> None:
    """Their ids differ; it is said what to do."""
    if is_pim_wanted:
        world.project["team"]["robot"][0]["ends"] = "2027-03-01"
        actual = lives(desired(world, "raw"))
    else:
        actual = lives(desired(world, "raw"), until=UNTIL, through_pim=True)
    result = render(world, [actual])
    ((environment, why),) = refusals(result)
    assert environment == "dev"
    assert ("is permanent" in why) is is_pim_wanted
    assert "imports.tf" not in world.rendered("dev")


def test_another_kind_of_principal_is_said(world: World) -> None:
    """azurerm would replace the assignment, and Azure refuse the new one."""
    robots = lives(desired(world, "raw"))
    robots = replace(robots, principal=replace(robots.principal, type=PrincipalType.GROUP))
    ((_, why),) = refusals(render(world, [robots]))
    assert why == "Azure has its principal as Group, and the project as ServicePrincipal"


def test_what_only_terraform_knows_is_counted(world: World) -> None:
    """It cannot be looked up."""
    world.project["environments"]["dev"]["scopes"]["vault"] = {"terraform": "azurerm_key_vault.this.id"}
    result = render(world, [])
    assert result.imports_result is not None
    assert result.imports_result.referring == 3


def at_its_own_name(each: Assignment, scope: str) -> Assignment:
    """The assignment as something else than rbacgen made it by the same convention: the deterministic name, at this scope."""
    name = assignment_name(scope, each.principal.id, each.role.id)
    id_ = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"
    return replace(lives(each, id=id_), scope=Scope.of(scope))


@pytest.mark.parametrize("json_", [False, True])
def test_azures_spelling_of_a_scope_stays_whatever_the_name(world: World, json_: bool) -> None:
    """Also where the name that lives is the one that would be rendered: the project's own spelling would replace it."""
    robots = desired(world, "raw")
    upper = robots.scope.id.replace("rg-dev", "RG-Dev")
    actual = at_its_own_name(robots, upper)
    result = render(world, [actual], json=json_)
    assert result.imports_result is not None
    assert result.imports_result.respelled == (upper,)
    assert world.render(check=True, json=json_).is_current
    for path in (world.folder / "terraform" / "dev").glob("imports.tf*"):
        path.unlink()
    assert world.render(check=True, json=json_).is_current
    again = render(world, [replace(actual, description=robots.description)], check=True, json=json_)
    assert again.is_current
    assert upper in text(world)


def test_a_better_spelling_of_the_project_takes_the_place_of_its_own(world: World) -> None:
    """What was rendered before by the project alone is not Azure's; nor is it once the lock file knows better."""
    world.render()
    group = f"/subscriptions/{DEV}/resourceGroups/rg-dev"
    assert f'scope              = "{group}"' in text(world)
    world.project["environments"]["dev"]["scopes"]["group"] = "RG-dev"
    world.render()
    assert group not in text(world)
    robots = desired(world, "raw")
    render(world, [at_its_own_name(robots, robots.scope.id.replace("RG-dev", "RG-DEV"))])
    world.lock = {
        "format_version": 1,
        "tenant": "",
        "principals": {},
        "scopes": [group.replace("rg-dev", "Rg-Dev"), robots.scope.id.replace("RG-dev", "Rg-Dev")],
    }
    world.render()
    assert "RG-D" not in world.rendered("dev")["access_raw.tf"]
    assert f'"{robots.scope.id.replace("RG-dev", "Rg-Dev")}"' in text(world)


# What the source could not tell


def test_what_lives_without_an_id_cannot_be_imported_and_is_said(world: World) -> None:
    """A list that lost its ids on the way shows that it lives: an apply would meet a conflict."""
    raw, secrets = lives(desired(world, "raw"), id=""), lives(desired(world, "Key Vault Secrets User"), id="")
    for rows, lead in (
        ([raw], "id-robot: Storage Blob Data Reader on raw exists, but "),
        ([raw, secrets], "grp-developers: Key Vault Secrets User on kv-dev and 1 more exist, but "),
    ):
        result = render(world, rows)
        assert result.imports_result is not None
        (missed,) = result.imports_result.unread
        assert missed.scope == f"/subscriptions/{DEV}"
        assert missed.why.startswith(lead)
        assert missed.why.endswith(" does not give the id to import by")
        assert "imports.tf" not in world.rendered("dev")


def test_an_import_that_was_asked_for_stays_where_the_id_is_not_told(world: World) -> None:
    """It lives: nothing says that the import is void."""
    render(world, [lives(desired(world, "raw"))])
    assert render(world, [lives(desired(world, "raw"), id="")]).is_partial
    assert "imports.tf" in world.rendered("dev")


def test_pim_access_needs_no_id(world: World) -> None:
    """What Terraform imports it by is scope, role and principal."""
    render(world, [lives(desired(world, "group"), id="", until=UNTIL)])
    assert f"to = {OPERATORS_ELIGIBLE}\n" in world.rendered("dev")["imports.tf"]


def test_an_unread_scope_may_hide_what_lives(world: World) -> None:
    """Said with where, why and the cure; only where something wanted may be."""
    here = Unread(f"/subscriptions/{DEV}", Part.ASSIGNMENTS, "access is denied", "ask for Reader")
    elsewhere = Unread("/subscriptions/77777777-7777-7777-7777-777777777777", Part.ASSIGNMENTS, "no", "no")
    every = frozenset(f"/subscriptions/{each}" for each in (DEV, PROD)) | {"/"}
    zone = "/providers/microsoft.management/managementgroups/mg-tiny"
    below = dict.fromkeys((Part.ASSIGNMENTS, Part.ELIGIBILITIES, Part.ACTIVATIONS, Part.DEFINITIONS), every)
    without_dev = below | {Part.ASSIGNMENTS: every - {f"/subscriptions/{DEV}"}}
    alone = {Part.ASSIGNMENTS: frozenset({zone})}
    result = render(world, [], Coverage(without_dev, alone, (here, elsewhere)))
    assert result.imports_result is not None
    assert result.imports_result.unread == (here,)
    assert result.is_partial
    assert not render(world, [], Coverage(below, alone, (elsewhere,))).is_partial


def test_a_list_without_pim_cannot_tell_of_it(world: World) -> None:
    """Neither of eligible access, nor whether standing access has an end."""
    world.project["team"]["robot"][0]["ends"] = "2027-03-01"
    every = frozenset({f"/subscriptions/{DEV}", f"/subscriptions/{PROD}", "/"})
    zone = frozenset({"/providers/microsoft.management/managementgroups/mg-tiny"})
    coverage = Coverage({Part.ASSIGNMENTS: every, Part.DEFINITIONS: every}, {Part.ASSIGNMENTS: zone})
    result = render(world, [lives(desired(world, "raw"))], coverage)
    assert result.imports_result is not None
    assert {each.part for each in result.imports_result.unread} == {Part.ELIGIBILITIES, Part.ACTIVATIONS}
    assert refusals(result) == []


def state_of(world: World, *rows: Assignment) -> str:
    """The output of `terraform show -json` of a state that holds these; gives the path of the file."""
    types = {Activation.PERMANENT: "azurerm_role_assignment", Activation.ELIGIBLE: ELIGIBLE}
    resources: list[dict[str, Any]] = []
    for index, each in enumerate(rows):
        type_ = ACTIVE if each.actual.until and each.activation is not Activation.ELIGIBLE else types[each.activation]
        role_id = role_definition_id(each.scope, each.role.id)
        values: dict[str, Any] = {
            "scope": each.scope.id,
            "role_definition_id": role_id,
            "principal_id": each.principal.id,
        }
        if type_ == "azurerm_role_assignment":
            values |= {"id": each.actual.id, "name": LIVE_NAME, "principal_type": str(each.principal.type)}
        else:
            values |= {"id": f"{each.scope.id}|{role_id}|{each.principal.id}", "justification": "by hand"}
            end = each.actual.until.isoformat() if each.actual.until else ""
            values["schedule"] = [{"start_date_time": "2026-01-01T00:00:00Z", "expiration": [{"end_date_time": end}]}]
        address = f"{type_}.r{index}"
        resources.append({"address": address, "mode": "managed", "type": type_, "name": f"r{index}", "values": values})
    state = {
        "format_version": "1.0",
        "terraform_version": "1.11.4",
        "values": {"root_module": {"resources": resources}},
    }
    file = world.folder / "state.json"
    file.write_text(json.dumps(state), encoding="utf-8")
    return str(file)


def test_a_state_is_no_proof_that_something_does_not_live(world: World) -> None:
    """It holds its own only: an import that was asked for stays."""
    render(world, [lives(desired(world, "raw"))])
    world.render(existing=state_of(world))
    assert "imports.tf" in world.rendered("dev")


def test_pim_access_of_a_state_is_taken_over_too(world: World) -> None:
    """By scope, role and principal, eligible and active; its end is looked at as in Azure."""
    world.project["team"]["robot"][0]["ends"] = "2027-03-01"
    eligible, active = lives(desired(world, "group"), until=UNTIL), lives(desired(world, "raw"), until=UNTIL)
    result = world.render(existing=state_of(world, eligible, active), environments=("dev",))
    assert [each.imported for each in result.directories] == [2]
    imports = world.rendered("dev")["imports.tf"]
    for each in (eligible, active):
        id_ = f"{each.scope.id}|{role_definition_id(each.scope, each.role.id)}|{each.principal.id}"
        assert f'  id = "{id_}"\n' in imports
    assert text(world).count("[justification, schedule]") == 2


def test_what_a_state_does_not_hold_is_counted(world: World) -> None:
    """It may live outside the state; and one sentence says that nothing may stand in two states."""
    result = world.render(existing=state_of(world, lives(desired(world, "raw"))), environments=("dev",))
    (directory,) = result.directories
    assert result.imports_result is not None
    assert (directory.imported, result.imports_result.not_visible, result.is_partial) == (
        1,
        directory.assignments,
        False,
    )
    (note,) = result.imports_result.notes
    assert "(`terraform state rm`) before anybody applies it" in note
    said = "\n".join(reports.imports_result(result.imports_result))
    assert f"does not have {directory.assignments} resources of the project" in said
    assert json.loads(json_text(render_document.document(result)))["existing"]["not_visible"] == directory.assignments


def test_a_state_that_holds_nothing_of_an_environment_is_another_one(world: World) -> None:
    """Empty, or of another directory: nobody may take it for a proof that nothing lives."""
    dev_only = state_of(world, lives(desired(world, "raw")))
    result = world.render(existing=dev_only)
    assert result.imports_result is not None
    assert [(each.scope, each.why.partition(" is in ")[0]) for each in result.imports_result.unread] == [
        ("environment prod", "nothing of prod")
    ]
    assert not world.render(existing=dev_only, environments=("dev",)).is_partial
    nothing = world.render(existing=state_of(world))
    assert nothing.imports_result is not None
    assert {each.scope for each in nothing.imports_result.unread} == {"environment dev", "environment prod"}


def test_files_say_what_is_wanted_and_not_what_lives(world: World) -> None:
    """They hold no ids to import by."""
    world.render()
    with pytest.raises(RbacgenError, match="shows what is desired, not what exists"):
        world.render(existing=str(world.folder / "terraform" / "dev"))


def test_a_plan_says_what_will_be_and_not_what_lives(world: World) -> None:
    """What it is to make does not live, and an import of it would stop the apply."""
    plan = {"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {}, "resource_changes": []}
    (world.folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    with pytest.raises(RbacgenError, match="shows what will be once it is applied, not what exists"):
        world.render(existing=str(world.folder / "plan.json"))
    assert world.rendered("dev") == {}


@pytest.mark.parametrize("part", [Part.ASSIGNMENTS, Part.ELIGIBILITIES, Part.ACTIVATIONS, Part.DEFINITIONS])
def test_a_partial_reading_is_partial_whatever_was_found_in_it(world: World, part: Part) -> None:
    """Everything that is wanted may have been seen, and still nobody knows what else there is."""
    here = Unread(f"/subscriptions/{DEV}", part, "access is denied", "ask for Reader")
    above = Unread("/providers/Microsoft.Management/managementGroups/mg-tiny", part, "access is denied", "ask")
    coverage = Coverage(unread=(here, above), everything=True)
    everything = [lives(each) for each in world.work_out().desired.state if each.environment == "dev"]
    for name, expected in (("dev", (here,)), ("prod", (above,))):
        result = render(world, everything, coverage, environments=(name,))
        assert result.imports_result is not None
        assert result.imports_result.unread == expected


def test_what_no_render_looks_at_may_be_unread(world: World) -> None:
    """The directory, and denials."""
    subscription = f"/subscriptions/{DEV}"
    unread = tuple(Unread(subscription, part, "no", "no") for part in (Part.DIRECTORY, Part.DENIALS))
    assert not render(world, [], Coverage(unread=unread, everything=True)).is_partial


def test_another_tenant_is_refused(world: World) -> None:
    """Nothing in it is the project's."""
    world.project["tenant"] = DEV
    source = Source(SourceKind.AZURE, "azure", State([]), tenant=PROD)
    (world.folder / "live.json").write_text(snapshot.dump(source), encoding="utf-8")
    with pytest.raises(RbacgenError, match="belongs to the tenant"):
        world.render(existing=str(world.folder / "live.json"))


def test_a_module_that_is_called_cannot_import(world: World) -> None:
    """Terraform takes import blocks in root modules only."""
    with pytest.raises(RbacgenError, match="assignments that exist already have to be imported"):
        render(world, [lives(desired(world, "raw"))], is_module=True)


# Live Azure


class Azure:
    """Azure as far as a render needs it: what is asked of it, and one source as the answer."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.asked: list[Ask] = []
        self.justified = 0

    def read(self, ask: Ask) -> Source:
        """The source, whatever is asked for."""
        self.asked.append(ask)
        return self.source

    def directory(self, principal_ids: frozenset[str]) -> Mapping[str, Entry]:
        """Nobody asks."""
        raise AssertionError

    def with_justifications(self, source: Source) -> Source:
        """The source as an apply left it."""
        self.justified += 1
        return source


def test_live_azure_is_asked_for_justifications_once_there_was_a_render(world: World) -> None:
    """Before that nothing of PIM can be an apply's."""
    azure = Azure(Source(SourceKind.AZURE, "azure", State([lives(desired(world, "group"), until=UNTIL)])))
    options = rendering.RenderOptions(existing="azure")
    for times in (0, 1):
        rendering.render(str(world.write()), TODAY, options, lambda *_: azure)
        assert azure.justified == times


def test_live_azure_is_asked_for_what_is_wanted(world: World) -> None:
    """The subscriptions of the chosen environments with the scopes to fall back to, and what lies above."""
    azure = Azure(Source(SourceKind.AZURE, "azure", State([lives(desired(world, "raw"))])))
    clouds = []

    def connect(cloud: str, _: object) -> Azure:
        clouds.append(cloud)
        return azure

    project = str(world.write())
    options = rendering.RenderOptions(existing="azure")
    result = rendering.render(project, TODAY, options, connect)
    assert [each.imported for each in result.directories] == [1, 0]
    rendering.render(project, TODAY, rendering.RenderOptions(existing="azure", environments=("dev",)), connect)
    both, dev = azure.asked
    assert clouds == ["public", "public"]
    assert both.subscriptions == (DEV, PROD)
    assert {scope.id for scope in both.above} == {"/", "/providers/Microsoft.Management/managementGroups/mg-tiny"}
    assert (dev.subscriptions, dev.above) == ((DEV,), ())
    assert Scope.of(f"/subscriptions/{DEV}/resourceGroups/rg-dev") in dev.within[DEV]
    assert Part.DIRECTORY not in dev.parts


# The command


def run(world: World, *arguments: str) -> Result:
    """`render --existing` as a command, with the snapshot that lies there."""
    project, live = str(world.write()), str(world.folder / "live.json")
    return CliRunner().invoke(main, ["render", "-p", project, "--today", str(TODAY), "--existing", live, *arguments])


def write_live(world: World, rows: Iterable[Assignment], coverage: Coverage = EVERYTHING) -> None:
    """A snapshot to give to the command."""
    source = Source(SourceKind.AZURE, "azure", State(rows, coverage))
    Path(world.folder / "live.json").write_text(snapshot.dump(source, names=True), encoding="utf-8")


def test_the_command_counts_what_is_adopted(world: World) -> None:
    """In the summary, and in the JSON report; nothing on stderr where all is well."""
    write_live(world, [lives(desired(world, "raw"))])
    result = run(world)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith("12 assignments: 12 new, 0 gone, 1 imported\n")
    report = json.loads(run(world, "--report", "json").stdout)
    assert [each["imported"] for each in report["directories"]] == [1, 0]
    assert (report["existing"]["complete"], report["existing"]["not_imported"]) == (True, [])
    assert run(world, "--check").exit_code == 0


def test_without_a_source_nothing_is_said_of_adoption(world: World) -> None:
    """The report is as it was."""
    result = CliRunner().invoke(main, ["render", "-p", str(world.write()), "--today", str(TODAY), "--report", "json"])
    assert "imported" not in result.stdout
    assert "existing" not in result.stdout


def test_a_conflict_to_come_is_a_finding(world: World) -> None:
    """Exit code 2, with the sentence and the cure on stderr; the files are written."""
    write_live(world, [lives(desired(world, "root", "prod"))])
    result = run(world)
    assert result.exit_code == 2
    assert "prod: grp-operators: Reader on the tenant root is not imported: it is at the tenant root" in result.stderr
    assert "delete it in Azure right before the apply" in result.stderr
    assert "access_root.tf" in world.rendered("prod")


def test_a_partial_reading_is_said(world: World) -> None:
    """Exit code 3, with what was not read; the files are written."""
    write_live(world, [], Coverage())
    result = run(world)
    assert result.exit_code == 3
    assert f"/subscriptions/{DEV}: assignments not read: " in result.stderr
    assert "access_raw.tf" in world.rendered("dev")
    report = json.loads(run(world, "--report", "json").stdout)
    assert report["existing"]["complete"] is False
    assert report["existing"]["unread"]


def test_a_list_of_the_azure_cli_is_a_part(world: World) -> None:
    """It holds no eligible access: exit 3, as of a comparison with it."""
    actual = lives(desired(world, "raw"))
    rows = [
        {
            "id": actual.actual.id,
            "scope": scope,
            "roleDefinitionId": role_definition_id(actual.scope, actual.role.id),
            "principalId": actual.principal.id,
            "principalName": "id-robot",
            "principalType": "ServicePrincipal",
            "condition": None,
            "description": None,
        }
        for scope in (actual.scope.id, f"/subscriptions/{DEV}/resourceGroups/rg-other")
    ]
    (world.folder / "live.json").write_text(json.dumps(rows), encoding="utf-8")
    del world.mapping["capabilities/all.yaml"]["keep_group"]["grants"][0]["activation"]
    result = run(world, "-e", "dev")
    assert result.exit_code == 3
    assert "eligibilities not read: " in result.stderr
    assert " 1 imported\n" in result.stdout


def test_a_source_that_is_not_there_is_said(world: World) -> None:
    """And nothing is written."""
    result = run(world)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "live.json does not exist" in result.stderr
    assert world.rendered("dev") == {}
