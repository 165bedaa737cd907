"""What a person does with the page: open, search, filter, follow a chain, read it in the dark, on a phone and on paper."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from examples import screenshots
from rbacgen.authorization import groups
from rbacgen.commands import check, diff, matrix
from rbacgen.model.assignment import Principal, PrincipalType
from rbacgen.reports import html
from rbacgen.reports import report as found
from rbacgen.reports.json import check as check_document
from rbacgen.reports.json import diff as diff_document
from rbacgen.reports.json import matrix as matrix_document
from tests.fakes import pages as worlds
from tests.fakes.world import DEVELOPERS, TODAY, World
from tests.reports.page.conftest import Open, axe_core

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MOST_BYTES = 300_000


def ask(page: Page, words: str) -> None:
    """Types a question and sends it."""
    page.fill("#query", words)
    page.keyboard.press("Enter")


def rows(page: Page, within: str) -> list[str]:
    """The rows of a list, as text on one line each."""
    return [" ".join(each.split()) for each in page.locator(f"{within} tbody tr").all_inner_texts()]


def project_roles(page: Page) -> list[str]:
    """The project roles that the matrix shows."""
    return page.locator("#matrix .toggle").all_inner_texts()


# What it is


def test_it_opens_with_all_that_there_is(example: Path, open_page: Open) -> None:
    """Title, numbers, every project role under its family; nothing on the console, nothing asked for (see `open_page`)."""
    page = open_page(example)
    assert page.title() == "Access of fraud-detection"
    assert page.inner_text("h1") == "fraud-detection"
    assert "assignments 114 " in " ".join(page.inner_text("#numbers").split())
    assert len(project_roles(page)) == 23
    families = page.locator("#matrix tr.family").all_inner_texts()
    assert families[0] == "Key business leads"
    assert families[-1] == "Workload identities"
    assert page.locator("#drift").is_hidden()
    assert page.locator("#answer").is_hidden()


def test_the_example_is_small_enough_to_mail(example: Path) -> None:
    """Style, script and data together stay under the size that was promised."""
    assert example.stat().st_size < MOST_BYTES


def test_the_policy_holds(browser: Browser, example: Path) -> None:
    """A script, a style, a picture or a request that is not the page's own is refused, and the page says so to the browser."""
    page = browser.new_page()
    page.goto(example.as_uri())
    violated = page.evaluate(
        """async () => {
          const found = [];
          document.addEventListener("securitypolicyviolation", (event) => found.push(event.effectiveDirective));
          const add = (name, attributes, text) => {
            const node = document.createElement(name);
            for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
            node.textContent = text;
            document.body.append(node);
          };
          add("script", {}, "window.ran = true");
          add("script", {src: "https://example.invalid/x.js"}, "");
          add("style", {}, "body { display: none }");
          add("p", {style: "color: red", onclick: "window.ran = true"}, "x");
          add("img", {src: "https://example.invalid/x.png"}, "");
          document.body.lastElementChild.previousElementSibling.click();
          await fetch("https://example.invalid/").catch(() => {});
          await new Promise((done) => setTimeout(done, 100));
          return [found, window.ran === undefined, getComputedStyle(document.body).display];
        }"""
    )
    page.close()
    assert violated[1:] == [True, "block"]
    assert {"script-src-elem", "style-src-elem", "style-src-attr", "script-src-attr", "img-src", "connect-src"} <= set(
        violated[0]
    )


def test_names_are_text_and_never_markup(tmp_path: Path, open_page: Open) -> None:
    """What would end the data or open an element shows as it is written, and runs nothing."""
    world = World(tmp_path)
    title = '</script><script>window.ran = true</script><!-- <img src=x onerror="window.ran=true">'
    world.mapping["roles/developer.yaml"]["title"] = title
    world.mapping["capabilities/all.yaml"]["use_secrets"]["says"] = title
    world.project["team"]["developer"][0]["group"] = "<b>grp</b>\u2028&amp;"
    page = open_page(worlds.write(worlds.shown(world.write()), tmp_path / "page.html"))
    assert title in project_roles(page)
    assert "<b>grp</b>" in page.inner_text("#matrix")
    page.locator("#matrix .chip").first.click()
    assert page.locator("#chain").is_visible()
    assert page.evaluate("window.ran") is None


# Asking


def test_who_can_read_secrets(example: Path, open_page: Open) -> None:
    """A question in words is answered by the operation that it means, in the environment that it names."""
    page = open_page(example)
    ask(page, "who can read secrets in dev?")
    assert page.inner_text("#answer h2") == "Who can read secrets in dev"
    assert "Microsoft.KeyVault/vaults/secrets/getSecret/action (data plane)" in page.inner_text("#answer")
    (row,) = rows(page, "#answer")
    assert row.startswith("grp-fraud-data-engineers")
    assert "allowed Key Vault Secrets User" in row
    assert project_roles(page) == ["Data Engineer"]
    assert page.inner_text("#count") == "1 of 114 assignments, for 1 project role"
    ask(page, "who can read secrets in prod")
    assert page.inner_text("#count") == "0 of 114 assignments, for no project roles"


def test_an_operation_tells_eligible_from_standing(example: Path, open_page: Open) -> None:
    """An operation by its name, whatever its case: who can at once comes before who can after an activation."""
    page = open_page(example)
    ask(page, "microsoft.machinelearningservices/workspaces/jobs/WRITE")
    said = rows(page, "#answer")
    verdicts = [re.search(r"allowed|after activation|under a condition", row) for row in said]
    words = [each.group() for each in verdicts if each]
    assert len(words) == len(said) > 2
    assert words == sorted(words, key=["allowed", "after activation", "under a condition"].index)
    assert {"allowed", "after activation"} <= set(words)


def test_a_pattern_is_sent_to_the_command(example: Path, open_page: Open) -> None:
    """The page answers for one operation and says where a pattern is answered."""
    page = open_page(example)
    ask(page, "Microsoft.KeyVault/vaults/*")
    assert "rbacgen who-can 'Microsoft.KeyVault/vaults/*'" in page.inner_text("#answer")


@pytest.mark.parametrize(
    ("words", "project_role"),
    [
        ("omar.haddad", "MLOps Engineer"),
        ("grp-fraud-data-scientists", "Data Scientist"),
        ("afc3d32e-d479-516f-b109-baebc114795e", "Solution Architect"),
        ("key vault secrets user", "Data Engineer"),
        ("adf-fraud-dev", "Data Engineer"),
        ("project_vault", "Data Engineer"),
        ("manage drift", "MLOps Engineer"),
    ],
)
def test_search_finds_by_all_that_stands_on_a_chain(
    example: Path, open_page: Open, words: str, project_role: str
) -> None:
    """A person, a group, an object id, an Azure role, a resource, a scope kind, a duty: each leads to the project role."""
    page = open_page(example)
    ask(page, words)
    assert project_role in project_roles(page)
    assert len(project_roles(page)) < 10
    assert rows(page, "#answer")


def test_a_member_of_a_group_is_found_through_it(tmp_path: Path, open_page: Open) -> None:
    """Who is known to be in a group is found by name, and the answer says who is in it."""
    ann = Principal("bbbbbbbb-0000-4000-8000-000000000001", PrincipalType.USER, "ann@contoso.example")
    shown = matrix.show(str(World(tmp_path).write()), TODAY, matrix.MatrixOptions(), worlds.no_azure)
    project = replace(shown.matrix.project, membership=groups.build({DEVELOPERS: (ann,)}, {}))
    form = matrix_document.document(replace(shown, matrix=replace(shown.matrix, project=project)))
    page = open_page(worlds.write(form, tmp_path / "page.html"))
    ask(page, "ann@contoso.example")
    assert project_roles(page) == ["Developer"]
    assert "in it: ann@contoso.example" in page.inner_text("#answer")


def test_filters_narrow_the_matrix_and_clear_again(example: Path, open_page: Open) -> None:
    """Environment, family and activation each leave what fits, together and one by one; Clear brings all back."""
    page = open_page(example)
    page.select_option("#environment", "prod")
    assert page.locator("#matrix thead th").all_inner_texts() == ["Project role", "prod"]
    page.select_option("#activation", "eligible")
    assert set(page.locator("#matrix .chip").evaluate_all("nodes => nodes.map((each) => each.className)")) == {
        "chip eligible"
    }
    page.select_option("#family", "Data science, ML and development")
    assert project_roles(page) == ["Data Engineer", "MLOps Engineer"]
    page.click("#reset")
    assert len(project_roles(page)) == 23
    assert page.locator("#matrix thead th").count() == 5
    page.select_option("#activation", "privileged")
    assert project_roles(page) == ["Azure Infrastructure Engineer / Administrator"]


def test_a_question_can_be_linked_to(example: Path, open_page: Open) -> None:
    """What is asked for stands in the address, and an address opens with it."""
    page = open_page(example, fragment="#text=who+can+run+jobs&family=IT+architecture+and+platform")
    assert page.inner_text("#answer h2") == "Who can run jobs"
    assert page.input_value("#family") == "IT architecture and platform"
    ask(page, "omar")
    assert "text=omar" in page.url


def test_the_common_questions_are_there_to_click(example: Path, open_page: Open) -> None:
    """A question of the list is asked by a click, and the answer has the focus."""
    page = open_page(example)
    page.click("#questions summary")
    page.click("#wordings button:text-is('delete workspaces')")
    assert page.inner_text("#answer h2") == "Who can delete workspaces"
    assert page.evaluate("document.activeElement.id") == "answer-title"


# Chains


def open_cell(page: Page) -> Any:
    """The chip of the data engineers' vault in dev."""
    return page.locator("tr.role:has(#role-data_engineer) .chip", has_text="project vault")


def test_a_cell_opens_its_chain_by_mouse(example: Path, open_page: Open) -> None:
    """From the project role over responsibility and capability to the Azure role, the principal and the resource, with the places."""
    page = open_page(example)
    open_cell(page).click()
    said = page.inner_text("#chain")
    permit = "Data Engineer \u2192 read source credentials \u2192 Key Vault Secrets User \u2192 kv-fraud-dev"
    assert page.locator("#chain .ways li").all_inner_texts() == [permit]
    team = (worlds.EXAMPLE / "rbacgen.yaml").read_text(encoding="utf-8").splitlines()
    line = next(number for number, each in enumerate(team, 1) if "group: grp-fraud-data-engineers" in each)
    for words in (
        "Data Engineer on project vault in dev",
        "Key Vault Secrets User",
        "permanent",
        "grp-fraud-data-engineers (group)",
        "/providers/Microsoft.KeyVault/vaults/kv-fraud-dev",
        "read source credentials",
        "mlops/capabilities/secrets.yaml:",
        f"rbacgen.yaml:{line}:7",
    ):
        assert words in said
    page.mouse.click(5, 5)
    assert page.locator("#chain").is_hidden()


def test_a_cell_is_worked_by_keyboard(example: Path, open_page: Open) -> None:
    """Enter opens, the focus goes into the dialog and stays in it, Escape closes, and the focus is back on the cell."""
    page = open_page(example)
    open_cell(page).focus()
    page.keyboard.press("Enter")
    assert page.locator("#chain").is_visible()
    for _ in range(8):
        assert page.evaluate(
            "document.activeElement === document.body || document.activeElement.closest('#chain') !== null"
        )
        page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.locator("#chain").is_hidden()
    assert "project vault" in page.evaluate("document.activeElement.textContent")


def test_a_project_role_opens_with_its_diagram(example: Path, open_page: Open) -> None:
    """By keyboard: the row says that it is open, shows the diagram from responsibility to resource, and keeps the focus."""
    page = open_page(example)
    page.locator("#role-data_scientist").focus()
    page.keyboard.press("Enter")
    assert page.get_attribute("#role-data_scientist", "aria-expanded") == "true"
    assert page.evaluate("document.activeElement.id") == "role-data_scientist"
    drawing = page.locator(".diagram svg")
    assert drawing.locator("text.column").all_text_contents() == [
        "Responsibility",
        "Capability",
        "Azure role",
        "Resource",
    ]
    assert "train_models takes develop_models, given by AzureML Data Scientist on workspace" in (
        drawing.get_attribute("aria-label") or ""
    )
    assert drawing.locator("path").count() > 15
    assert "all proven" in page.inner_text("tr.detail")
    page.keyboard.press("Enter")
    assert page.locator(".diagram").count() == 0


def test_a_project_role_that_nobody_wears_shows_what_a_wearer_would_have(example: Path, open_page: Open) -> None:
    """It is said so in the dialog, and no assignment is invented for it."""
    page = open_page(example)
    page.locator("tr.role:has(#role-product_owner) .chip").first.click()
    said = page.inner_text("#chain")
    assert "Unassigned: this is the access" in said
    assert page.locator("#chain .chainlist").count() == 0


def test_conditions_are_said_in_words(example: Path, open_page: Open) -> None:
    """The condition of the platform's role administrator is a sentence with the names of the roles, and has its text."""
    page = open_page(example)
    page.locator("tr.role:has(#role-azure_infrastructure_engineer) .chip", has_text="environment").first.click()
    said = page.inner_text("#chain")
    assert "Under a condition: may assign and remove only" in said
    page.locator("#chain summary", has_text="Text of the condition").click()
    assert "ActionMatches" in page.inner_text("#chain")


# Against a source


def test_the_rogue_owner_is_on_the_first_screen(against: Path, open_page: Open) -> None:
    """Drift comes before all, and what can assign roles comes before the rest of it."""
    page = open_page(against)
    first = page.locator("#drift tbody tr").first
    said = " ".join(first.inner_text().split())
    assert said.startswith("unmanaged Owner")
    assert "can assign roles" in said
    box = first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 800
    assert page.inner_text("#drift h2").startswith("Does ")
    assert page.locator("#drift tbody tr").count() == 4


def test_drift_marks_the_cells_that_it_is_in(against: Path, open_page: Open) -> None:
    """The altered and the missing assignment are marked in the matrix and in the chain."""
    page = open_page(against)
    chip = page.locator("tr.role:has(#role-ml_deployment) .chip", has_text="differs").first
    chip.click()
    assert "missing" in page.inner_text("#chain")


def test_findings_of_the_source_are_one_click_from_its_drift(against: Path, open_page: Open) -> None:
    """What the access tests found in the source is unfolded, and the drift leads to it; the project's warnings are folded."""
    page = open_page(against)
    assert "actual-privilege" in page.inner_text("#findings")
    assert "direct-user" not in page.inner_text("#findings")
    page.locator("#drift button.link", has_text="of what Azure has").click()
    assert page.evaluate("document.activeElement.id") == "findings-title"
    page.locator("#findings summary", has_text="warning").click()
    assert "direct-user" in page.inner_text("#findings")


def test_persons_of_the_source_have_no_name(against: Path) -> None:
    """Whom the project does not name is there by object id only."""
    text = against.read_text(encoding="utf-8")
    assert "d0d0d0d0-0000-4000-8000-000000000001" in text
    assert "Contractor" not in text
    assert "contractor.example" not in text


def test_who_can_counts_what_only_azure_has(against: Path, open_page: Open) -> None:
    """The unmanaged Owner can assign roles: the answer has it first, says that it is unmanaged, and opens what it is."""
    page = open_page(against)
    ask(page, "who can assign roles in prod")
    first = rows(page, "#answer")[0]
    assert "d0d0d0d0-0000-4000-8000-000000000001" in first
    assert "allowed Owner" in first
    assert "unmanaged, in Azure" in first
    assert "not in the project as they are in Azure" in page.inner_text("#count")
    page.locator("#answer button.link", has_text="Owner").first.click()
    said = page.inner_text("#chain")
    assert "Created outside of the project." in said
    assert "stfraudprodlake" in said
    assert re.search(r"\b\d+ escalations\b", said)


@pytest.mark.parametrize("words", ["owner", "d0d0d0d0-0000-4000-8000-000000000001", "unmanaged", "stfraudprodlake"])
def test_plain_words_find_what_only_azure_has(against: Path, open_page: Open, words: str) -> None:
    """By its role, by whose it is, by what it is and by where: the drift is found, and nobody's name is."""
    page = open_page(against)
    ask(page, words)
    found = [each for each in rows(page, "#answer") if "unmanaged, in Azure" in each]
    assert len(found) == 1
    assert found[0].startswith("d0d0d0d0-0000-4000-8000-000000000001 Owner")


def test_what_is_inherited_altered_or_missing_is_told_apart(against: Path, open_page: Open) -> None:
    """Access from above is said to be inherited; what stands in for something wanted and what is missing are tagged."""
    page = open_page(against)
    ask(page, "grp-auditors")
    assert "inherited, in Azure" in rows(page, "#answer")[0]
    ask(page, "altered")
    said = rows(page, "#answer")
    assert "altered, in Azure" in said[0]
    assert "altered: Azure has it otherwise" in said[1]
    ask(page, "missing")
    assert ["missing in Azure" in each for each in rows(page, "#answer")] == [True]


@pytest.mark.parametrize("source", ["example", "against"])
def test_what_is_not_bound_is_not_known(source: str, request: pytest.FixtureRequest, open_page: Open) -> None:
    """Of a kind of resource that the project does not bind, nobody can say that nobody can; of one that it binds, one can."""
    page = open_page(request.getfixturevalue(source))
    ask(page, "who can read secrets in prod")
    assert "The project binds no key vault in prod, so nothing is known about one." in page.inner_text("#answer")
    assert "Nobody" not in page.inner_text("#answer")
    ask(page, "who can restart web apps in prod")
    assert "The project binds no web app in prod: these would reach one from above." in page.inner_text("#answer")
    ask(page, "who can delete secrets in dev")
    assert "Nobody, according to" in page.inner_text("#answer")


def test_the_search_stands_above_the_drift(against: Path, open_page: Open) -> None:
    """Whoever opens the page can ask at once, with a source as without one."""
    page = open_page(against)
    box = page.locator("#query").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 400
    below = page.locator("#drift").bounding_box()
    assert below is not None
    assert below["y"] > box["y"]


def test_with_a_source_it_is_small_enough_to_mail(against: Path) -> None:
    """What the source adds is in the promised size."""
    assert against.stat().st_size < MOST_BYTES


# Light and dark, small and on paper


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_follows_the_system_and_the_switch(example: Path, open_page: Open, scheme: str) -> None:
    """Dark where the system is, and the other way round after the switch, which says so."""
    page = open_page(example, scheme=scheme)
    brightness = (
        "getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).slice(0, 3).reduce((a, b) => a + +b, 0) / 3"
    )
    before = page.evaluate(brightness)
    assert (before < 60) == (scheme == "dark")
    assert page.get_attribute("#theme", "aria-pressed") == str(scheme == "dark").lower()
    page.click("#theme")
    assert (page.evaluate(brightness) < 60) == (scheme == "light")
    assert page.get_attribute("#theme", "aria-pressed") == str(scheme == "light").lower()


def test_a_phone_scrolls_in_one_direction(against: Path, open_page: Open) -> None:
    """At 360 pixels nothing is wider than the screen: not the matrix, not an open role, not an answer, not a dialog."""
    page = open_page(against, width=360, height=740)

    def fits() -> bool:
        return bool(page.evaluate("document.documentElement.scrollWidth <= 360 && document.body.scrollWidth <= 360"))

    assert fits()
    page.click("#role-azure_infrastructure_engineer")
    assert fits()
    page.locator("#matrix .chip").first.click()
    assert page.evaluate("document.getElementById('chain').scrollWidth <= 360")
    page.keyboard.press("Escape")
    ask(page, "who can read blobs")
    assert fits()


def test_paper_holds_all_that_matters(example: Path, open_page: Open) -> None:
    """Printed, every role is open, every assignment is listed with its place, and no control is there; then it is as before."""
    page = open_page(example)
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    for control in ("#form", "#theme", "#print", "#all", ".skip", "#questions"):
        assert page.locator(control).first.is_hidden(), control
    assert page.locator("#ledger tbody tr").count() == 114
    assert "mlops/capabilities/secrets.yaml:" in page.inner_text("#ledger")
    assert page.locator("tr.detail").count() == 23
    assert page.locator("main details:not(.questions):not([open])").count() == 0
    assert page.locator(".more:visible").count() == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.locator("tr.detail").count() == 0
    assert page.locator("#ledger tbody tr").count() == 0


def test_a_browser_prints_it(example: Path, open_page: Open) -> None:
    """Chromium makes a PDF of several pages of it."""
    pdf = open_page(example).pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) > 5


def test_the_pictures_show_what_the_page_says_today(browser: Browser) -> None:
    """The words of each picture of the README are those of the page now; else `make pictures`."""
    made = {name: said for name, said, _ in screenshots.taken(browser)}
    assert made == json.loads(screenshots.WORDS.read_text(encoding="utf-8"))


# For everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing(against: Path, open_page: Open, scheme: str, width: int) -> None:
    """Closed, with a role open, with an answer and with a dialog: no violation of WCAG A and AA, nor of axe's best practices."""
    axe = axe_core()
    page = open_page(against, width=width, scheme=scheme)

    def violations() -> list[str]:
        found = axe.run(page).response["violations"]
        return [
            f"{each['id']}: {each['nodes'][0]['html'][:200]}: {each['nodes'][0]['failureSummary']}" for each in found
        ]

    assert violations() == []
    page.click("#role-data_scientist")
    page.click("#questions summary")
    ask(page, "who can read blobs in dev")
    assert violations() == []
    page.locator("#answer button.link").first.click()
    for summary in page.locator("#chain summary").all():
        summary.click()
    assert violations() == []


def test_headings_and_the_skip_link(example: Path, open_page: Open) -> None:
    """The first Tab is a link over the head to the matrix, and headings go down by one at a time."""
    page = open_page(example)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "matrix"
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map((each) => +each.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


# Large


def test_two_thousand_assignments_are_few_elements(large: Path, open_page: Open) -> None:
    """What is drawn grows with the cells and not with the assignments: the page opens with a bounded number of elements."""
    page = open_page(large)
    assert "assignments 2,000 " in " ".join(page.inner_text("#numbers").split())
    assert len(project_roles(page)) == 15
    assert page.evaluate("document.getElementsByTagName('*').length") < 6_000
    ask(page, "who can read secrets")
    assert page.locator("#answer tbody tr").count() == 50
    page.click("#answer .more")
    assert page.locator("#answer tbody tr").count() > 500
    page.fill("#query", "")
    page.keyboard.press("Enter")
    page.locator("#matrix .chip").first.click()
    assert page.locator("#chain .chainlist > li").count() == 4


def test_two_thousand_assignments_open_at_once(large: Path, open_page: Open) -> None:
    """Open to interactive stays far below what anybody would call a wait, even on a slow machine (`tests/bench_page.py` has times)."""
    page = open_page(large)
    assert page.evaluate("performance.getEntriesByName('ready')[0].startTime") < 5_000


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_in_the_reports(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, open_page: Open, width: int
) -> None:
    """The pages of `check --source` and of `diff`, with every part opened: they have two tables of access tests, and more."""
    axe = axe_core()
    source = str(worlds.snapshot(tmp_path_factory.mktemp("reports")))
    result = check.check(str(worlds.EXAMPLE), TODAY, check.CheckOptions(source=source), worlds.no_azure)
    checked, actual = result.checked, result.actual
    compared = diff.diff(str(worlds.EXAMPLE), TODAY, diff.DiffOptions(source=source), worlds.no_azure)
    reports = {
        "check": found.of_check(check_document.document(checked, actual)),
        "diff": found.of_diff(diff_document.document(compared.drift, compared.checked)),
    }
    for name, report in reports.items():
        path = tmp_path / f"{name}.html"
        path.write_text(html.report(report), encoding="utf-8")
        page = open_page(path, width=width)
        for summary in page.locator("summary").all():
            summary.click()
        assert page.locator("[role=region]").count() > (1 if name == "check" else 0)
        violations = axe.run(page).response["violations"]
        assert [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in violations] == [], name
