"""How a comparison is said: text, Markdown, one line and JSON, from one form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from rbacgen.analysis.drift import Baseline, Drift, View, compare, description
from rbacgen.analysis.results import CheckedProject
from rbacgen.model.assignment import Activation, AzureRole, PrincipalType
from rbacgen.model.source import Entry, Presence, Source
from rbacgen.model.state import Part, Unread
from rbacgen.model.wording import counted
from rbacgen.reports.json import diff as diff_document
from rbacgen.reports.json import text as json_text
from rbacgen.reports.json.diff import DiffDocument
from rbacgen.reports.markdown import diff as diff_markdown
from rbacgen.reports.text import diff as diff_text
from tests.fakes.actual import READER, STRANGER, as_held, foreign, source
from tests.fakes.world import DEV, DEVELOPERS, TODAY, World

VAULT = f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
UPN = "jane.doe@contoso.example"


@pytest.fixture
def checked(tmp_path: Path) -> CheckedProject:
    """The small world, worked out, with a rule that nothing falls under."""
    world = World(tmp_path)
    world.project["ignore"] = [{"because": "long gone", "azure_role": "Backup Operator"}]
    return world.work_out()


def compared(checked: CheckedProject, actual: Source) -> Drift:
    """The comparison on the day of the tests."""
    return compare(Baseline.of(checked.project, checked.desired, checked.catalog, View(TODAY)), actual)


@pytest.fixture
def drift(checked: CheckedProject) -> Drift:
    """One missing, one altered, a rogue Owner, and a subscription that was not read."""
    first, second, *others = as_held(checked)
    second = replace(second, condition="@Resource[x] StringEquals '|`<b>'")
    actual = source([second, *others, foreign(VAULT)], checked)
    actual = replace(
        actual,
        directory={**actual.directory, STRANGER: Entry(Presence.PRESENT, UPN, "User")},
        state=actual.state.with_unread(Unread("/subscriptions/4", Part.ASSIGNMENTS, "refused", "ask for Reader")),
    )
    assert first.key not in actual.state
    return compared(checked, actual)


@pytest.fixture
def form(drift: Drift, checked: CheckedProject) -> DiffDocument:
    """The form that the reports are made from."""
    return diff_document.document(drift, checked)


def test_json_is_the_contract(form: DiffDocument) -> None:
    """Every key of the published form is there, with its place, reason and both sides."""
    content = json.loads(json_text(form))
    assert content["format_version"] == 1
    assert (content["project"], content["source"], content["in_sync"], content["complete"]) == (
        "tiny",
        "azure",
        False,
        False,
    )
    assert content["counts"] == {"unmanaged": 1, "altered": 1, "missing": 1}
    assert set(content["excluded"]) == {"inherited", "activated", "ignored", "not_owned", "outside"}
    assert content["unread"] == [
        {"scope": "/subscriptions/4", "part": "assignments", "why": "refused", "remedy": "ask for Reader"}
    ]
    missing = next(each for each in content["changes"] if each["kind"] == "missing")
    assert missing["at"]["line"] > 0
    assert missing["at"]["file"].endswith("rbacgen.yaml")
    assert missing["project_roles"]
    assert missing["responsibilities"]
    assert missing["assignment_id"] is None
    rogue = next(each for each in content["changes"] if each["kind"] == "unmanaged")
    assert rogue["azure_role"]["name"] == "Owner"
    assert rogue["principal"] == {"id": STRANGER, "type": "User", "name": ""}
    assert rogue["can_assign_roles"] is True
    assert rogue["assignment_id"].startswith(VAULT)


def test_persons_are_named_only_if_asked_for(drift: Drift, checked: CheckedProject) -> None:
    """The name of a person whom the project does not name is personal: `--names` shows it."""
    for names in (False, True):
        form = diff_document.document(drift, checked, names)
        for said in (
            json_text(form),
            diff_text.report(form),
            diff_markdown.report(form).replace("<!-- -->", ""),
        ):
            assert (UPN in said) is names


def test_text_says_what_weighs_most_where_and_why(form: DiffDocument) -> None:
    """The verdict first, then by environment and scope; place, reason and what was not read are there."""
    said = diff_text.report(form)
    first = said.splitlines()[0]
    assert first == "tiny and Azure: 1 unmanaged, 1 altered, 1 missing; 1 part unread"
    assert "not read, so not compared:\n  /subscriptions/4\n    role assignments: refused\n    ask for Reader" in said
    assert "nothing matches the ignore rule" not in said  # not everything was read
    assert "Owner for the user" in said
    assert "rbacgen.yaml:" in said
    assert "desired none, actual @Resource[x]" in said
    assert all(len(line) <= 80 for line in said.splitlines() if "/" not in line)


def test_text_leads_with_what_can_hand_out_access(checked: CheckedProject) -> None:
    """In a long list the rogue Owner stands on the first screen."""
    others = [
        foreign(
            VAULT,
            "4633458b-17de-408a-b874-0445c86b69e6",
            f"eeeeeeee-0000-4000-8000-0000000002{number:02}",
            role_name="x",
        )
        for number in range(60)
    ]
    actual = source([*as_held(checked), *others, foreign(f"{VAULT}/secrets/zzz")], checked)
    said = diff_text.report(diff_document.document(compared(checked, actual), checked))
    assert "unmanaged Owner" in "\n".join(said.splitlines()[:12])
    markdown = diff_markdown.report(diff_document.document(compared(checked, actual), checked))
    assert "Owner" in next(line for line in markdown.splitlines() if line.startswith("| **"))


def test_in_sync_is_one_clear_word(checked: CheckedProject) -> None:
    """Nothing differs: it says so, and names the rule that is of no use."""
    form = diff_document.document(compared(checked, source(as_held(checked), checked)), checked)
    said = diff_text.report(form)
    assert said.startswith("tiny and Azure: in sync\n")
    assert "nothing matches the ignore rule" in said
    assert diff_text.summary(form) == f"tiny and Azure: in sync ({form.desired} desired)\n"


def test_a_partial_reading_is_never_said_to_be_in_sync(checked: CheckedProject) -> None:
    """Where nothing differs but something was not read, no report says in sync."""
    actual = source(as_held(checked), checked)
    actual = replace(
        actual, state=actual.state.with_unread(Unread("/subscriptions/4", Part.ASSIGNMENTS, "refused", "remedy"))
    )
    form = diff_document.document(compared(checked, actual), checked)
    for said in (diff_text.report(form), diff_text.summary(form), diff_markdown.report(form)):
        assert "in sync" not in said
        assert "unread" in said
    assert json.loads(json_text(form))["in_sync"] is False


def test_custom_roles_are_counted_by_themselves(checked: CheckedProject) -> None:
    """What is wanted counts assignments: more could not be missing of them than are wanted."""
    form = diff_document.document(compared(checked, source([], checked, definitions=[])), checked)
    roles = len(form.custom_roles)
    assert roles == 2
    assert form.counts == {"missing": form.desired + roles}
    verdict = f"{form.desired} missing, {roles} custom roles missing"
    assert diff_text.verdict(form) == verdict
    assert f"## Access of tiny: {verdict}\n" in diff_markdown.report(form)
    assert diff_text.summary(form).startswith(f"tiny and Azure: {verdict} ({form.desired} desired")


def test_every_report_says_that_more_than_a_third_would_go(checked: CheckedProject) -> None:
    """The one line too, and it stays one line."""
    others = [foreign(VAULT, principal=f"eeeeeeee-0000-4000-8000-{number:012}") for number in range(30)]
    form = diff_document.document(compared(checked, source([*as_held(checked), *others], checked)), checked)
    (caution,) = form.cautions
    assert "more than a third" in caution
    summary = diff_text.summary(form)
    assert summary.endswith(f"; caution: {caution}\n")
    assert summary.count("\n") == 1
    assert f"caution: {caution}" in " ".join(diff_text.report(form).split())
    coloured = diff_text.report(form, style=lambda words, kind: f"\x1b[1m{words}\x1b[0m" if kind == "error" else words)
    assert "\x1b[1mcaution\x1b[0m: making Azure match the project" in coloured
    assert "\N{REPLACEMENT CHARACTER}" not in coloured


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Ownr", "no known Azure role is called `Ownr` (did you mean `Owner`?)"),
        (
            "Tiny Observr",
            "no known Azure role is called `Tiny Observr` (did you mean `Tiny Observer (tiny dev)`?)",
        ),
        ("Zzyzx", "no known Azure role is called `Zzyzx`"),
        ("Somebody's Own", ""),
        ("Backup Operator", ""),
        ("deadbeef-0000-4000-8000-00000000dead", ""),
    ],
)
def test_a_rule_of_a_role_that_nobody_knows_has_a_hint(tmp_path: Path, name: str, hint: str) -> None:
    """It may be a slip of the pen; a custom role that the source knows is none, and neither is an id."""
    world = World(tmp_path)
    world.project["ignore"] = [{"because": "theirs", "azure_role": name}]
    checked = world.work_out()
    theirs = AzureRole("cccccccc-0000-4000-8000-0000000000cc", "Somebody's Own", custom=True)
    roles = [*(each.role for each in checked.desired.definitions), theirs]
    form = diff_document.document(compared(checked, source(as_held(checked), checked, definitions=roles)), checked)
    (rule,) = form.unused_ignore_rules
    assert rule.hint == hint
    said = " ".join(diff_text.report(form).split())
    assert f"{'warning' if hint else 'note'}: nothing matches the ignore rule at " in said
    assert hint in said
    assert json.loads(json_text(form))["unused_ignore_rules"][0]["hint"] == hint
    assert diff_markdown.report(form).count("did you mean") == hint.count("did you mean")


def test_numbers_have_their_separators(checked: CheckedProject) -> None:
    """In the words of every report."""
    assert counted(3868, "assignment") == "3,868 assignments"
    assert counted(1, "assignment") == "1 assignment"
    assert counted(0, "assignment") == "no assignments"
    group = "/providers/Microsoft.Management/managementGroups/above"
    above = [foreign(group, principal=f"eeeeeeee-0000-4000-8000-{number:012}") for number in range(1_200)]
    form = diff_document.document(compared(checked, source([*as_held(checked), *above], checked)), checked)
    assert "1,200 inherited" in diff_markdown.report(form)
    assert "1,200 inherited" in diff_text.report(form)


def test_markdown_has_names_and_ids_as_code_and_no_words(checked: CheckedProject) -> None:
    """`the user` is said of an object id, and is no part of it."""
    others = [
        foreign(VAULT),
        foreign(VAULT, READER, DEVELOPERS, type_=PrincipalType.GROUP),
    ]
    form = diff_document.document(compared(checked, source([*as_held(checked), *others], checked)), checked)
    who = {line.split(" | ")[2] for line in diff_markdown.report(form).splitlines() if line.startswith("| **")}
    assert who == {f"the user `{STRANGER}`", "`grp-developers`"}


def test_what_was_set_aside_is_counted_and_listed(checked: CheckedProject) -> None:
    """Access from above is counted with its roles, and listed one by one if asked for."""
    group = "/providers/Microsoft.Management/managementGroups/above"
    above = [foreign(group, principal=f"eeeeeeee-0000-4000-8000-00000000030{n}") for n in range(3)]
    form = diff_document.document(compared(checked, source([*as_held(checked), *above], checked)), checked)
    said = diff_text.report(form)
    assert "excluded: 3 inherited from above (Owner 3)" in said
    assert "--excluded" in said
    listed = diff_text.report(form, listed=True)
    assert listed.count("inherited from above") == 4
    assert len(json.loads(json_text(form))["named"]) == 3


def test_markdown_is_inert_and_short_enough(checked: CheckedProject) -> None:
    """Nothing in a value is markup or a mention, and a comment of a thousand changes fits, and says what it left out."""
    hostile = [
        foreign(
            VAULT,
            "12121212-0000-4000-8000-000000000000",
            f"eeeeeeee-0000-4000-8000-{number:012}",
            role_name="x|<script>@octocat [a](http://x) `",
            type_=PrincipalType.GROUP,
        )
        for number in range(1000)
    ]
    form = diff_document.document(compared(checked, source([*as_held(checked), *hostile], checked)), checked)
    said = diff_markdown.report(form)
    assert len(said) <= 60_000
    assert "<script>" not in said
    assert "@octocat" not in said
    rows = [line for line in said.splitlines() if line.startswith("| **")]
    assert f"… and {1000 - len(rows)} more differences" in said
    assert all(line.replace("\\|", "").count("|") == 6 for line in rows)


def test_a_value_cannot_repaint_the_terminal(checked: CheckedProject) -> None:
    """Escape codes in a role's name come out as replacement characters."""
    evil = foreign(VAULT, "12121212-0000-4000-8000-000000000000", role_name="\x1b[2Jin sync")
    said = diff_text.report(
        diff_document.document(compared(checked, source([*as_held(checked), evil], checked)), checked)
    )
    assert "\x1b" not in said


def test_an_orphan_comes_with_the_command_that_takes_it_away(checked: CheckedProject) -> None:
    """The id whole, in one command over two lines; what is eligible, wanted or stale is taken away otherwise."""
    stale = foreign(VAULT, "0" * 8 + "-0000-4000-8000-000000000001", DEVELOPERS, description="x [rbacgen:tiny]")
    actual = source([*as_held(checked), foreign(VAULT), stale], checked, gone=[STRANGER])
    form = diff_document.document(compared(checked, actual), checked)
    rows = {row.kind: row for row in form.changes}
    assert set(rows) == {"orphaned", "stale"}
    orphan = rows["orphaned"].assignment_id
    said = diff_text.report(form)
    assert f"               az role assignment delete --ids \\\n                 {orphan}\n" in said
    assert said.count("az role assignment delete") == 1
    assert f"<br>`az role assignment delete --ids {orphan}` |" in diff_markdown.report(form)
    assert "az role assignment delete" not in json_text(form)


def test_an_orphan_that_az_cannot_take_away_comes_with_what_can(checked: CheckedProject) -> None:
    """An eligible one in Privileged Identity Management; one that the project wants by its own team."""
    actual = source([*as_held(checked), foreign(VAULT, activation=Activation.ELIGIBLE)], checked, gone=[STRANGER])
    form = diff_document.document(compared(checked, actual), checked)
    for said in (diff_text.report(form), diff_markdown.report(form)):
        assert "remove it in Privileged Identity Management" in said
        assert "az role" not in said
    desired = source(as_held(checked), checked, gone=[DEVELOPERS])
    form = diff_document.document(compared(checked, desired), checked)
    for said in (diff_text.report(form), diff_markdown.report(form)):
        assert "remove the entry from the team: the next apply removes this assignment" in " ".join(said.split())
        assert "az role" not in said


def test_an_id_that_a_shell_would_read_is_quoted(form: DiffDocument) -> None:
    """Resource groups may have brackets in their names."""
    row = replace(
        next(each for each in form.changes if each.kind == "unmanaged"),
        kind="orphaned",
        assignment_id="/subscriptions/1/resourceGroups/rg(old)/providers/Microsoft.Authorization/roleAssignments/2",
    )
    assert description.removal(row) == ("az role assignment delete --ids", f"'{row.assignment_id}'")
    assert description.removal(replace(row, assignment_id=None)) is None
    assert description.removal(replace(row, kind="soft_deleted")) is None


def test_what_is_adopted_adds_up_with_what_render_adopts(checked: CheckedProject) -> None:
    """Made by hand, and beside it what nothing tells of; nothing is said of that once all is by the project's hand."""
    actual = as_held(checked)
    standing = sum(each.activation is Activation.PERMANENT for each in actual)
    eligible = len(actual) - standing
    form = diff_document.document(
        compared(checked, source([replace(each, description="") for each in actual], checked)), checked
    )
    words = " ".join(diff_text.report(form).split())
    assert (
        f"`rbacgen render --existing` imports them: {standing}, and {eligible} in Privileged Identity Management"
        in words
    )
    assert json.loads(json_text(form))["unmarked"] == eligible
    ours = diff_text.report(diff_document.document(compared(checked, source(actual, checked)), checked))
    assert "adopts them" not in ours
    assert "Privileged Identity Management" not in ours
