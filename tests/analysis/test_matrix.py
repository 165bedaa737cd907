"""The matrix: which cells there are and why, and how it is said as text, Markdown, JSON, CSV and in the page."""

from __future__ import annotations

import base64
import copy
import csv
import hashlib
import html
import io
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from rbacgen.analysis import matrix
from rbacgen.analysis.drift import Baseline, View, compare
from rbacgen.analysis.matrix import Matrix, MatrixResult
from rbacgen.authorization import catalog
from rbacgen.authorization.catalog.phrases import WORDINGS
from rbacgen.cli import main
from rbacgen.commands import matrix as showing
from rbacgen.commands.diff import ComparedProject
from rbacgen.model.assignment import Activation
from rbacgen.model.problems import InputError, RbacgenError
from rbacgen.model.state import Part, Unread
from rbacgen.reports import page as matrix_page
from rbacgen.reports.csv import matrix as matrix_csv
from rbacgen.reports.json import matrix as matrix_document
from rbacgen.reports.json import text as json_text
from rbacgen.reports.json.matrix_records import MatrixDocument
from rbacgen.reports.markdown import matrix as matrix_markdown
from rbacgen.reports.text import matrix as matrix_text
from rbacgen.sources.snapshot import dump
from tests.fakes.actual import STRANGER, as_held, foreign, source
from tests.fakes.world import DEV, DEVELOPERS, OPERATORS, PROD, TODAY, World

VAULT = f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
CONDITION = (
    "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR "
    "(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] "
    "ForAnyOfAnyValues:GuidEquals {acdd72a7-3385-48ef-bd42-f606fba81ae7}))"
)


def no_azure(*_: Any) -> Any:
    """There is no Azure to connect to."""
    raise AssertionError("nothing here may ask Azure")


def show(world: World, **options: Any) -> MatrixResult:
    """The matrix of a world."""
    return showing.show(str(world.write()), TODAY, showing.MatrixOptions(**options), no_azure)


def form(world: World, **options: Any) -> MatrixDocument:
    """The matrix of a world as reports take it."""
    return matrix_document.document(show(world, **options))


def cells(made: Matrix) -> dict[tuple[str, str, str], list[str]]:
    """The Azure roles of each cell."""
    return {
        (each.project_role, each.scope_kind, each.environment): [grant.role.name for grant in each.grants]
        for each in made.cells
    }


def snapshot(world: World, *, rogue: bool = True, unread: bool = False) -> Path:
    """A snapshot file of what a world wants, but for one assignment, with an Owner that nobody wants."""
    checked = world.work_out()
    missing, *others = as_held(checked)
    taken = source([*others, *([foreign(VAULT)] if rogue else [missing])], checked)
    if unread:
        state = taken.state.with_unread(Unread(f"/subscriptions/{PROD}", Part.ASSIGNMENTS, "refused", "ask for Reader"))
        taken = replace(taken, state=state)
    path = world.folder / "azure.json"
    path.write_text(dump(taken, False), encoding="utf-8")
    return path


def run(world: World, *arguments: str) -> Result:
    """What `rbacgen matrix` comes to."""
    command = ["matrix", "-p", str(world.write()), "--today", str(TODAY), *arguments]
    return CliRunner().invoke(main, command)


# Cells


def test_a_cell_is_what_a_project_role_has_on_a_scope_kind_in_an_environment(world: World) -> None:
    """Every grant of a assigned project role is in its cell, and in no other."""
    found = cells(show(world).matrix)
    assert found["developer", "vault", "dev"] == ["Key Vault Secrets User", "Tiny Observer"]
    assert found["developer", "vault", "prod"] == ["Tiny Observer"]
    assert found["operator", "group", "dev"] == ["Contributor"]
    assert ("developer", "group", "dev") not in found
    assert list(found) == sorted(found, key=list(found).index)


def test_cells_point_to_the_assignments_behind_them(world: World) -> None:
    """Of the right principal, Azure role and place, with the reason that led to it."""
    made = show(world).matrix
    cell = next(each for each in made.cells if (each.project_role, each.scope_kind) == ("operator", "group"))
    (grant,) = cell.grants
    (behind,) = [made.assignments[number] for number in grant.assignments]
    assert (behind.principal.id, behind.role.name, behind.scope_kind) == (OPERATORS, "Contributor", "group")
    assert grant.activation is Activation.ELIGIBLE
    assert grant.serves == (("keep_running", "keep_group"),)
    assert {each.operation for each in grant.escalations}


def test_several_wearers_share_a_cell(world: World) -> None:
    """Two groups with the same access are one entry with two assignments; another end makes another entry."""
    team = world.project["team"]["developer"]
    team.append({"group": "grp-more", "id": "aaaaaaaa-0000-4000-8000-000000000009"})
    team.append({"group": "grp-short", "id": "aaaaaaaa-0000-4000-8000-00000000000a", "ends": "2026-12-31"})
    made = show(world).matrix
    cell = next(each for each in made.cells if (each.scope_kind, each.environment) == ("vault", "prod"))
    assert [(str(each.ends), len(each.assignments)) for each in cell.grants] == [("2026-12-31", 1), ("None", 2)]


def test_a_project_role_that_nobody_wears_comes_as_it_would_be_assigned(world: World) -> None:
    """With its Azure roles and no assignment; at what the project binds, and nowhere else."""
    del world.project["team"]["robot"]
    made = show(world).matrix
    cell = next(each for each in made.cells if each.project_role == "robot")
    assert (cell.scope_kind, cell.is_assigned) == ("raw", False)
    assert [(each.role.name, each.assignments) for each in cell.grants] == [("Storage Blob Data Reader", ())]
    world.project["team"].pop("operator")
    world.project["environments"]["prod"]["scopes"].pop("landing_zone")
    kinds = {each.scope_kind for each in show(world).matrix.cells if each.project_role == "operator"}
    assert "group" in kinds
    assert "landing_zone" not in kinds


def test_environments_narrow_it(world: World) -> None:
    """Cells, assignments and columns of the environments that were asked for; an unknown one is named."""
    made = show(world, environments=("prod",)).matrix
    assert {each.environment for each in made.cells} == {"prod"}
    assert all("prod" in each.environments for each in made.assignments)
    assert len(made.assignments) < len(show(world).matrix.assignments)
    with pytest.raises(RbacgenError, match="no environment `prd`"):
        show(world, environments=("prd",))


def test_one_assignment_of_two_environments_is_in_both_cells(world: World) -> None:
    """Environments that share a subscription share the assignment, and each shows it."""
    world.project["environments"]["prod"] = {
        **copy.deepcopy(world.project["environments"]["dev"]),
        "without": ["landing_zone", "root"],
    }
    made = show(world).matrix
    both = [each for each in made.cells if (each.project_role, each.scope_kind) == ("operator", "group")]
    assert [each.environment for each in both] == ["dev", "prod"]
    assert both[0].grants[0].assignments == both[1].grants[0].assignments


def test_conditions_are_said_with_what_they_limit(world: World) -> None:
    """The sentence, with names for the roles, and the operations that the condition is about."""
    grant = world.capability("keep_group")["grants"][0]
    grant |= {"azure_role": "User Access Administrator", "condition": CONDITION}
    made = show(world).matrix
    (limit,) = made.limits.values()
    assert limit.description == "may assign only Reader"
    assert limit.operations == ("Microsoft.Authorization/roleAssignments/write",)


def test_a_custom_role_is_one_for_all_subscriptions(world: World) -> None:
    """It has another GUID in each, and stands once, by its name."""
    made = show(world).matrix
    assert len({each.role.id for each in made.assignments if each.role.custom}) == 2
    assert [each.name for each in made.roles if each.custom] == ["Tiny Observer"]


def test_must_not_lines_say_whether_they_hold(world: World) -> None:
    """Proven where the tests pass; broken where a grant breaks the line, and the finding is shown, not refused."""
    assert form(world).project_roles[0].must_not[0].passed is True
    world.capability("use_secrets")["grants"].append(
        {"azure_role": "Key Vault Contributor", "on": "vault", "in": ["dev"]}
    )
    broken = form(world)
    assert broken.project_roles[0].must_not[0].passed is False
    assert broken.findings[0].rule == "must-not"


def test_other_errors_are_refused(world: World) -> None:
    """A project that cannot be worked out has no matrix."""
    world.project["environments"]["dev"]["scopes"].pop("vault")
    with pytest.raises(InputError):
        show(world)


def test_every_question_means_a_known_operation() -> None:
    """The words ask for what the catalogue has, on the plane that it has it on, each once."""
    known = catalog.load().operations
    assert [each.words for each in WORDINGS if not known.known(each.operation, each.plane)] == []
    assert len({each.words for each in WORDINGS}) == len(WORDINGS)
    assert len({(each.operation.lower(), each.plane) for each in WORDINGS}) == len(WORDINGS)


# Reports


def test_json_is_the_whole_form(world: World) -> None:
    """It reads back as what it was made from, and every reference in it leads somewhere."""
    made = form(world)
    read = msgspec.json.decode(json_text(made), type=MatrixDocument)
    assert read == made
    assert read.format_version == 1
    scopes, roles = {each.id for each in read.scopes}, {each.id for each in read.azure_roles}
    people = {each.id for each in read.principals}
    for each in read.assignments:
        assert (each.scope in scopes, each.azure_role in roles, each.principal in people) == (True, True, True)
        assert set(each.escalations) <= {path.operation for path in read.escalation_operations}
    for cell in read.cells:
        for grant in cell.grants:
            assert {read.assignments[number].azure_role for number in grant.assignments} == {grant.azure_role}


def test_text_has_roles_down_and_environments_across(world: World) -> None:
    """In 80 columns, each mark under its environment, with a legend; nobody's project roles say so."""
    del world.project["team"]["robot"]
    said = matrix_text.report(form(world))
    assert max(map(len, said.splitlines())) <= 80
    lines = said.splitlines()
    head = next(line for line in lines if line.split() == ["dev", "prod"])
    row = next(line for line in lines if "Key Vault Secrets User" in line)
    assert row[head.index("dev") : head.index("dev") + 3].strip() == "P"
    assert row.rstrip().endswith("-")
    assert "Contributor" in said
    assert re.search(r"Contributor +E +E", said)
    assert "Robot (owner: Operator): unassigned; a member would have:" in said
    assert matrix_text.LEGEND in said


def test_text_with_many_environments_writes_them_into_the_line(world: World) -> None:
    """Where columns would not fit, each line says environment and mark."""
    made = form(world)
    said = matrix_text.report(made, width=50)
    assert re.search(r"Contributor on group: dev E, prod E", " ".join(said.split()))


def test_a_project_role_without_access_says_so(world: World) -> None:
    """In text and Markdown, assigned or not, under its own family or none."""
    world.mapping["roles/listener.yaml"] = {
        "project_role": "listener",
        "title": "Listener",
        "responsibilities": [{"id": "listen", "does": "Listen", "no_access": "People only"}],
    }
    made = form(world)
    assert "Listener: unassigned; no access in Azure" in matrix_text.report(made)
    assert "**Listener**: unassigned; no access in Azure" in matrix_markdown.report(made)
    assert "### Other" in matrix_markdown.report(made)


def test_many_findings_and_many_gaps_are_counted(world: World) -> None:
    """The first of them are said, and how many more there are."""
    made = form(world, source=str(snapshot(world, unread=True)))
    made = replace(made, actual_findings=made.actual_findings * 30, unread=made.unread * 30)
    said = matrix_text.report(made)
    assert "more findings (--format json has all)" in said
    assert "and 25 more parts unread" in said
    assert re.search(r"and \d+ more findings", matrix_markdown.report(made))
    assert "and 10 more parts unread" in matrix_markdown.report(made)


def test_marks_say_condition_end_and_reach(world: World) -> None:
    """`c`, `t` and `!` come after `S` or `E`."""
    world.capability("keep_group")["grants"][0] |= {"azure_role": "User Access Administrator", "ends": "2026-12-31"}
    assert re.search(r"User Access Administrator +Et! +Et!", matrix_text.report(form(world)))
    world.capability("keep_group")["grants"][0]["condition"] = CONDITION
    assert re.search(r"User Access Administrator +Ect", matrix_text.report(form(world)))


def test_markdown_is_a_table_for_each_project_role(world: World) -> None:
    """Under its family, with the words for how the access is had; nothing in a name is markup."""
    world.mapping["roles/developer.yaml"]["title"] = "Dev | <b>*"
    said = matrix_markdown.report(form(world))
    assert "### Makers" in said
    assert r"**Dev \| \<b\>\***" in said
    assert "| on | Azure role | dev | prod |" in said
    assert "| group | Contributor | eligible | eligible |" in said


def test_markdown_is_shortened_honestly(world: World) -> None:
    """Within the limit, and what found no room is counted."""
    made = form(world)
    said = matrix_markdown.report(made, limit=900)
    assert len(said) <= 900
    assert re.search(r"and \d more project role", said)


def read_csv(said: str) -> list[dict[str, str]]:
    """The rows of a sheet as a spreadsheet reads them."""
    return list(csv.DictReader(io.StringIO(said.removeprefix("\ufeff"), newline="")))


def test_csv_has_a_row_for_each_reason(world: World) -> None:
    """It reads back, with the chain in its columns."""
    rows = read_csv(matrix_csv.report(form(world)))
    assert len(rows) == sum(len(each.reasons) for each in form(world).assignments)
    row = next(each for each in rows if each["azure_role"] == "Key Vault Secrets User")
    assert row["project_role"] == "Developer"
    assert row["responsibility"] == "Write the code"
    assert row["principal_id"] == DEVELOPERS
    assert row["scope"] == VAULT
    assert row["granted_at"].endswith("all.yaml:11:5")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "=HYPERLINK(1)", "\n=1", " =1", "＝1"])
def test_csv_runs_no_formula(world: World, name: str) -> None:
    """What a spreadsheet would run is opened by an apostrophe."""
    made = form(world)
    who = [replace(each, name=name) if each.id == DEVELOPERS else each for each in made.principals]
    said = matrix_csv.report(replace(made, principals=tuple(who)))
    cells = [each["principal"] for each in read_csv(said)]
    assert f"'{name.strip()}" in cells  # on one line
    assert name not in cells


# Against a source


def test_a_source_adds_drift_and_findings(world: World) -> None:
    """The rogue Owner is drift and a finding, the missing assignment is marked, and the text begins with it."""
    made = form(world, source=str(snapshot(world)))
    assert made.drift is not None
    assert made.drift.counts == {"unmanaged": 1, "missing": 1}
    assert [each.drift for each in made.assignments if each.drift] == ["missing"]
    assert made.actual_findings[0].rule == "actual-privilege"
    first = matrix_text.report(made).splitlines()[:8]
    assert any("Review first: unmanaged Owner for the user" in line for line in first)
    assert "- unmanaged Owner for the user" in matrix_markdown.report(made)


def test_csv_begins_with_what_is_not_wanted(world: World) -> None:
    """The rogue Owner is the first row, and the missing assignment is marked in its own."""
    rows = read_csv(matrix_csv.report(form(world, source=str(snapshot(world)))))
    assert (rows[0]["drift"], rows[0]["azure_role"], rows[0]["principal_id"]) == ("unmanaged", "Owner", STRANGER)
    assert [each["drift"] for each in rows[1:] if each["drift"]] == ["missing"]


def test_a_partial_reading_is_said(world: World) -> None:
    """In every report, and by the exit code."""
    path = str(snapshot(world, rogue=False, unread=True))
    made = form(world, source=path)
    assert [each.why for each in made.unread] == ["refused"]
    assert "not read: /subscriptions/" in matrix_text.report(made)
    assert "not read:" in matrix_markdown.report(made)
    assert run(world, "--source", path).exit_code == 3


def test_persons_are_named_only_when_asked_for(world: World) -> None:
    """Whom the project does not name is an id, unless names are wanted."""
    shown = show(world, source=str(snapshot(world)))
    assert shown.drift is not None
    subject = next(each for each in shown.drift.changes if each.desired is None)
    assert subject.actual is not None
    named = replace(subject.actual, principal=replace(subject.actual.principal, name="Sam Stranger"))
    changes = tuple(replace(each, actual=named) if each is subject else each for each in shown.drift.changes)
    shown = replace(shown, drift=replace(shown.drift, changes=changes))
    assert "Sam Stranger" not in json_text(matrix_document.document(shown))
    assert "Sam Stranger" in json_text(matrix_document.document(shown, names=True))


def test_denials_are_asked_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody can do in a source is decided with its deny assignments; the comparison asks for them."""
    asked = []

    def compare_(checked: Any, today: Any, options: Any, _: Any) -> ComparedProject:
        asked.append(options)
        view = View(TODAY)
        return ComparedProject(
            compare(
                Baseline.of(checked.project, checked.desired, checked.catalog, view), source(as_held(checked), checked)
            ),
            checked,
        )

    monkeypatch.setattr("rbacgen.commands.diff.compare", compare_)
    show(world, source="azure")
    assert [each.denials for each in asked] == [True]


# The page


def unpacked(page: str) -> Any:
    """The data of a page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return msgspec.json.decode(found[1])


def test_the_page_names_the_hashes_of_its_own_parts(world: World) -> None:
    """The policy lets through exactly the one script and the one style that stand in it, and no request."""
    page = matrix_page.page(form(world))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    said = html.unescape(policy[1])
    for element, directive in (("style", "style-src"), ("script", "script-src")):
        (text,) = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in said
    assert said.startswith("default-src 'none';")
    assert "unsafe" not in said
    shell = page.replace(re.findall(r"<script>.*?</script>", page, re.DOTALL)[0], "")
    assert not re.search(r"\son[a-z]+=|\sstyle=|src=\"http", shell.partition('id="data">')[0])


def test_the_page_is_the_same_for_the_same_project(world: World) -> None:
    """No date, no path of the machine, nothing by chance."""
    page = matrix_page.page(form(world))
    assert page == matrix_page.page(form(world))
    assert "{{" not in page.partition('id="data">')[0]


def test_what_is_packed_is_all_there(world: World) -> None:
    """Numbers lead back to the scope, the principal, the Azure role, the paths and the places of each assignment."""
    made = form(world)
    data = unpacked(matrix_page.page(made))
    assert len(data["assignments"]) == len(made.assignments)
    for packed, each in zip(data["assignments"], made.assignments, strict=True):
        assert data["scopes"][packed["scope"]]["id"] == each.scope
        assert data["principals"][packed["principal"]]["id"] == each.principal
        assert data["azure_roles"][packed["azure_role"]]["id"] == each.azure_role
        assert data["escalation_lists"][packed["escalations"]] == list(each.escalations)
        at = each.reasons[0].grant_at
        assert data["places"][packed["reasons"][0]["grant_at"]] == f"{at.file}:{at.line}:{at.column}"


@pytest.mark.parametrize("text", ["</script>", "<!--", "]]>", "\u2028", "<script"])
def test_data_cannot_leave_its_element(text: str) -> None:
    """What would end it, or change how it is read, is escaped, and reads back as it was."""
    said = matrix_page.embedded({"a": text})
    assert "<" not in said
    assert "\u2028" not in said
    assert msgspec.json.decode(said) == {"a": text}


# The command


@pytest.mark.parametrize(
    ("format_", "begins"),
    [
        ("text", "tiny: 12 assignments"),
        ("md", "## Who has"),
        ("json", "{\n"),
        ("csv", '\ufeff"drift",'),
        ("html", "<!doctype html>"),
    ],
)
def test_the_command_writes_every_form(world: World, format_: str, begins: str) -> None:
    """To stdout, or the same whole into a file, with exit 0."""
    result = run(world, "--format", format_)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(begins)
    path = world.folder / "out"
    assert run(world, "--format", format_, "-o", str(path)).stdout == ""
    assert path.read_bytes() == result.stdout_bytes


def test_the_command_refuses_what_it_would_ignore(world: World) -> None:
    """Options of a connection mean nothing without Azure."""
    result = run(world, "--cloud", "china")
    assert result.exit_code == 1
    assert "--cloud has no effect" in result.stderr


def test_members_come_with_whether_they_are_all(world: World) -> None:
    """A group that nobody has told of has no members and is not known."""
    made = show(world).matrix
    assert matrix.members(made.project, DEVELOPERS) == ((), False)
