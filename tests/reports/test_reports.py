"""Reports of `check` and `diff` in every format: valid by judges that are not ours, and the worst thing on the first screen."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import click
import html5lib
import jsonschema
import pytest
from click.testing import CliRunner
from lxml import etree

import rbacgen
from examples import planted
from rbacgen.cli import main
from rbacgen.cli import schema as schema_command
from rbacgen.cli.options import FORMATS
from rbacgen.commands import load
from rbacgen.commands import schema as editing
from rbacgen.reports import schema as schema_documents
from rbacgen.reports.annotations import MOST
from tests.fakes.azure import StandIn, Tenant
from tests.fakes.azure.holding import tenant_of
from tests.fakes.command import run_here
from tests.fakes.large_world import Contest, contest
from tests.fakes.world import TODAY
from tests.validators import closed_validator

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "fraud-detection"
SCHEMAS = Path(__file__).parents[1] / "schemas"
WRITTEN = (*schema_documents.NAMES, "snapshot")
Reports = Mapping[str, str]
ALL = pytest.mark.parametrize("name", ["contest diff", "contest check", "example diff", "example check"])


def run(folder: Path, environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command on the day of the tests."""
    return run_here(folder, environment, *arguments, "--today", TODAY.isoformat())


def in_one_run(project: Path, out: Path, environment: Mapping[str, str], *arguments: str, code: int) -> Reports:
    """Every report of one run, by format: files for all, and the text on stdout."""
    names = [name for name in FORMATS if name != "text"]
    files = [part for name in names for part in ("-o", f"{name}={out / name}")]
    done = run(project, environment, *arguments, "--format", "text", *files)
    assert done.returncode == code, done.stderr
    return {name: (out / name).read_bytes().decode("utf-8") for name in names} | {"text": done.stdout}


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Contest:
    """The contest."""
    return contest(tmp_path_factory.mktemp("contest"))


@pytest.fixture(scope="module")
def reports(planned: Contest, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Reports]:
    """Every report of `check` and `diff` of the contest and of the example, each command run once."""
    made: dict[str, Reports] = {}

    def both(title: str, project: Path, tenant: Tenant, diff: int, check: int) -> None:
        out = tmp_path_factory.mktemp(title)
        with StandIn(tenant) as azure:
            environment = azure.environment()
            made[f"{title} diff"] = in_one_run(project, out / "diff", environment, "diff", code=diff)
            asked = ("check", "--source", "azure")
            made[f"{title} check"] = in_one_run(project, out / "check", environment, *asked, code=check)

    both("contest", planned.project.parent, planned.tenant, 3, 3)
    both("example", EXAMPLE, planted.tenant(load.work_out(str(EXAMPLE), TODAY)), 2, 2)
    return made


@cache
def sarif_validator() -> jsonschema.Draft4Validator:
    """The published schema of SARIF 2.1.0."""
    return jsonschema.Draft4Validator(json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8")))


@cache
def junit_schema() -> etree.XMLSchema:
    """The published schema of Jenkins."""
    return etree.XMLSchema(etree.parse(SCHEMAS / "junit-10.xsd"))


# Valid by others.


@ALL
def test_sarif_is_valid_by_its_published_schema(reports: Mapping[str, Reports], name: str) -> None:
    """And by what GitHub asks beyond it: a physical place in the repository for each result, and a fingerprint of its own."""
    content = json.loads(reports[name]["sarif"])
    assert [error.message for error in sarif_validator().iter_errors(content)] == []
    (told,) = content["runs"]
    rules = told["tool"]["driver"]["rules"]
    assert told["results"]
    for result in told["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert len(result["message"]["text"]) <= 1024
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert physical["artifactLocation"] == {"uri": physical["artifactLocation"]["uri"], "uriBaseId": "SRCROOT"}
        assert not physical["artifactLocation"]["uri"].startswith(("/", ".."))
        assert physical["region"]["startLine"] >= 1
    for key in ("primaryLocationLineHash", "meaning/v1"):
        prints = [result["partialFingerprints"][key] for result in told["results"]]
        assert len(set(prints)) == len(prints)
    for rule in rules:
        assert "Source: " in rule["help"]["markdown"]
        assert len(rule["shortDescription"]["text"]) <= 1024
    if name.startswith("example"):
        places = [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in told["results"]]
        assert all((ROOT / place).is_file() for place in places)


@ALL
def test_junit_is_valid_by_jenkins_schema(reports: Mapping[str, Reports], name: str) -> None:
    """And its sums are right."""
    root = etree.fromstring(reports[name]["junit"].encode())
    junit_schema().assertValid(root)
    suites = root.findall("testsuite")
    assert sum(len(suite.findall("testcase")) for suite in suites) == int(root.get("tests"))
    for attribute, element in (("failures", "failure"), ("errors", "error")):
        assert sum(int(suite.get(attribute)) for suite in suites) == int(root.get(attribute))
        assert len(root.findall(f".//{element}")) == int(root.get(attribute))
    for suite in suites:
        assert len(suite.findall("testcase/skipped")) == int(suite.get("skipped"))


@ALL
def test_html_has_no_fault_and_loads_nothing(reports: Mapping[str, Reports], name: str) -> None:
    """A strict parser of HTML finds no fault; no script, no request, and a policy that would stop both."""
    page = reports[name]["html"]
    root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    elements = list(root.iter())
    assert {each.tag for each in elements if isinstance(each.tag, str)}.isdisjoint(
        {"script", "link", "img", "iframe", "object", "form", "base"}
    )
    assert not [each for each in elements if {"src", "style", "onclick", "srcset"} & set(each.attrib)]
    assert "url(" not in page
    assert "@import" not in page
    (policy,) = [each.get("content") for each in elements if each.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    links = [each.get("href") for each in elements if each.tag == "a"]
    assert links
    assert all(link.startswith("https://") for link in links)


def test_html_says_what_was_compared_and_each_assignment_once(reports: Mapping[str, Reports]) -> None:
    """With what and when it was read; a card names what is wrong, what it is about, and the scope a single time."""
    for name, said in (("example diff", "Compared"), ("example check", "Checked")):
        page = html5lib.parse(reports[name]["html"], namespaceHTMLElements=False)
        (verdict,) = page.findall(".//p[@class='verdict']")
        assert re.match(rf"{said} with Azure, read \d{{4}}-\d\d-\d\d \d\d:\d\d UTC: \d", verdict.text)
    page = html5lib.parse(reports["example diff"]["html"], namespaceHTMLElements=False)
    owner = page.find(".//ol[@class='findings']/li")
    told = " ".join("".join(owner.itertext()).split())
    assert told.startswith(
        f"error Access that was created outside of the project Owner for the user {planted.CONTRACTOR} · created 2026-11-20; not in the project "
        "file · this principal can assign roles /subscriptions/"
    )
    assert told.count("storageAccounts/stfraudprodlake") == 1
    page = html5lib.parse(reports["example check"]["html"], namespaceHTMLElements=False)
    headings = ["".join(each.itertext()) for each in page.findall(".//h3")]
    assert "error Access in Azure that a project role must not have" in headings
    assert "warning Two project roles together allow what one must not" in headings


@ALL
def test_the_style_is_the_one_that_the_policy_allows(reports: Mapping[str, Reports], name: str) -> None:
    """The digest in the policy is the one of the style in the page."""
    import base64
    import hashlib

    page = reports[name]["html"]
    (style,) = re.findall(r"<style>(.*)</style>", page)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in page


@ALL
def test_json_is_valid_by_the_schema_that_ships(reports: Mapping[str, Reports], name: str) -> None:
    """Every key is in the schema, and every key of the schema is there."""
    what = name.partition(" ")[2]
    closed_validator(what).validate(json.loads(reports[name]["json"]))


@ALL
def test_csv_is_read_back_with_a_row_for_each_record(reports: Mapping[str, Reports], name: str) -> None:
    """By a reader of CSV: UTF-8 with its mark, lines that end in CR LF, and findings, what was not read and access tests."""
    text = reports[name]["csv"]
    assert text.startswith("\ufeff")
    assert text.count("\r\n") == text.count("\n")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))
    content = json.loads(reports[name]["json"])
    records = {
        record: [row for row in rows if row["record"] == record]
        for record in ("finding", "not read", "excluded", "access test")
    }
    assert sum(map(len, records.values())) == len(rows)
    if name.endswith("diff"):
        found = len(content["changes"]) + len(content["custom_roles"]) + len(content["unused_ignore_rules"])
        assert (len(records["finding"]), len(records["excluded"])) == (found, len(content["named"]))
        assert all(row["principal_id"] for row in records["finding"] if row["rule"] != "drift/unused-ignore-rule")
    else:
        assert len(records["finding"]) == len(content["problems"]) + len(content["actual"]["problems"])
        assert len(records["access test"]) == len(content["tests"]) + len(content["actual"]["tests"])


@ALL
def test_markdown_fits_a_comment(reports: Mapping[str, Reports], name: str) -> None:
    """Under what GitHub takes in a comment on a pull request."""
    assert len(reports[name]["md"]) < 65_536


# A person finds the rogue Owner within the first screen.


@ALL
@pytest.mark.parametrize("form", FORMATS)
def test_the_rogue_owner_is_on_the_first_screen(reports: Mapping[str, Reports], name: str, form: str) -> None:
    """Within 25 rows of 80 columns of what a person reads (of a page: 25 of what it shows), with who it is and where."""
    said = reports[name][form]
    if form == "html":
        body = html5lib.parse(said, namespaceHTMLElements=False).find("body")
        shown = [each for each in body.iter() if each.tag in {"h1", "h2", "h3", "p", "summary", "td"}]
        said = "\n".join(" ".join(each.itertext()) for each in shown)
    rows = said.splitlines(keepends=True) if form == "html" else folded(said)
    first = " ".join("".join(rows[:25]).replace("\\", "").split())
    principal = planted.CONTRACTOR if name.startswith("example") else rogue()
    assert re.search(rf"Owner\W.{{0,600}}{principal}|{principal}.{{0,600}}\WOwner\b", first), first


def folded(said: str, columns: int = 80) -> list[str]:
    """The rows in which a terminal shows it, each line's last one with its end; together they are what was said."""
    return [
        line[start : start + columns]
        for line in said.splitlines(keepends=True)
        for start in range(0, len(line.rstrip("\n")) or 1, columns)
    ]


def rogue() -> str:
    """The object id of the contest's rogue Owner."""
    from tests.fakes.large_world import identifier

    return identifier("rogue", 0)


# What the formats promise.


def test_github_shows_ten_of_a_kind_and_counts_the_others(reports: Mapping[str, Reports]) -> None:
    """GitHub would drop the eleventh in silence."""
    lines = reports["example check"]["github"].splitlines()
    for level in ("error", "warning", "notice"):
        assert len([line for line in lines if line.startswith(f"::{level} ")]) <= MOST
    assert re.search(r"::notice title=rbacgen::and \d+ more notices: see the full report", "\n".join(lines))
    assert all(line.startswith("::") for line in lines[:-1])
    assert lines[-1].startswith("rbacgen check: fraud-detection: ")


def test_paths_are_those_of_the_repository(reports: Mapping[str, Reports]) -> None:
    """Run in a folder of the repository, places are said from its root; to Azure DevOps, whole."""
    assert "file=examples/fraud-detection/rbacgen.yaml,line=" in reports["example diff"]["github"]
    assert f"sourcepath={EXAMPLE.as_posix()}/rbacgen.yaml;linenumber=" in reports["example diff"]["azure-devops"]


def test_azure_devops_ends_with_issues_only_where_the_task_succeeds(reports: Mapping[str, Reports]) -> None:
    """Warnings alone make a task succeed with issues; one that fails is left to fail."""
    assert "task.complete" not in reports["example diff"]["azure-devops"]
    done = run(EXAMPLE, {}, "check", "--format", "azure-devops")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "##vso[task.complete result=SucceededWithIssues;]")


def test_what_was_not_read_is_said_in_every_format(reports: Mapping[str, Reports], planned: Contest) -> None:
    """A partial reading never looks whole: by name in each, as a failed run in SARIF, as errors in JUnit."""
    (scope,) = planned.unread
    for name in ("contest diff", "contest check"):
        for form, said in reports[name].items():
            assert scope in said.replace("\\", ""), (name, form)
        (invocation,) = json.loads(reports[name]["sarif"])["runs"][0]["invocations"]
        assert invocation["executionSuccessful"] is False
        assert any(scope in each["message"]["text"] for each in invocation["toolExecutionNotifications"])
        assert etree.fromstring(reports[name]["junit"].encode()).findall(".//error")
    (invocation,) = json.loads(reports["example diff"]["sarif"])["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is True


def test_every_trial_of_an_access_test_is_a_case_of_junit(reports: Mapping[str, Reports]) -> None:
    """Grouped by project role and environment."""
    content = json.loads(reports["example check"]["json"])
    root = etree.fromstring(reports["example check"]["junit"].encode())
    cases = root.xpath("testsuite[starts-with(testcase/@classname, 'rbacgen.access.')]/testcase")
    assert len(cases) == len(content["tests"]) + len(content["actual"]["tests"])
    assert root.xpath("testsuite[@name='data_scientist in dev']/testcase")


def test_junit_fails_where_the_command_does(tmp_path: Path) -> None:
    """Without an exit code there is no failure: warnings pass and say so. With `--strict` they fail, in a source what is wrong there."""
    checked = load.work_out(str(EXAMPLE), TODAY)
    asked = ("check", "--format", "junit")

    def cases(code: int, environment: Mapping[str, str], *more: str) -> tuple[int, int]:
        done = run(EXAMPLE, environment, *asked, *more)
        assert done.returncode == code, done.stderr
        root = etree.fromstring(done.stdout.encode())
        junit_schema().assertValid(root)
        warned = root.xpath("//testcase/system-out[starts-with(text(), 'warning: ')]")
        assert not root.xpath("//testcase[system-out and (failure or error or skipped)]")
        return int(root.get("failures")), len(warned)

    failures, warned = cases(0, {})
    assert (failures, warned > 40) == (0, True)
    assert cases(1, {}, "--strict") == (warned, 0)
    with StandIn(tenant_of(checked)) as azure:
        failures, in_both = cases(0, azure.environment(), "--source", "azure")
        assert (failures, in_both > warned) == (0, True)
    with StandIn(planted.tenant(checked)) as azure:
        failures, _ = cases(2, azure.environment(), "--source", "azure")
        assert failures > 4


# JSON schemas.


def test_every_json_has_a_schema_that_the_command_line_offers() -> None:
    """The choices of `schema`, and with them its completion, are those that reports name, and the snapshot."""
    what = next(each for each in schema_command.schema.params if each.name == "what")
    assert isinstance(what.type, click.Choice)
    assert [each for each in what.type.choices if each not in ("project", "mapping", "tests")] == list(WRITTEN)
    for name in WRITTEN:
        done = CliRunner().invoke(main, ["schema", name])
        assert done.exit_code == 0, done.output
        assert done.stdout == editing.output_schema(name)


@pytest.mark.parametrize("what", WRITTEN)
def test_every_field_of_a_schema_is_explained(what: str) -> None:
    """In an editor, each key says what it is; what msgspec gives no place for is none of them."""
    for name, definition in json.loads(editing.output_schema(what))["$defs"].items():
        for key, field in definition.get("properties", {}).items():
            said = field.get("description") or "".join(each.get("description", "") for each in field.get("allOf", []))
            assert said, f"{name}.{key}"


@pytest.mark.parametrize(
    ("what", "arguments", "code"),
    [
        ("can", ["can", "data_scientist", "Microsoft.KeyVault/vaults/secrets/*", "--on", "project_vault"], 2),
        ("who-can", ["who-can", "Microsoft.KeyVault/vaults/secrets/getSecret/action", "--on", "project_vault"], 0),
        ("explain", ["explain", "data_scientist"], 0),
        ("check", ["check"], 0),
        ("matrix", ["matrix"], 0),
        ("suggest", ["suggest", "Microsoft.KeyVault/vaults/read", "--on", "project_vault"], 0),
        ("render", ["render", "--check"], 0),
        ("roles", ["roles", "Reader"], 0),
        ("roles", ["roles", "--changes", "rbacgen.lock"], 0),
        ("rules", ["check", "--rules"], 0),
    ],
)
def test_what_commands_print_is_valid_by_their_schemas(what: str, arguments: list[str], code: int) -> None:
    """Of the example, as JSON."""
    option = "--report" if what == "render" else "--format"  # the format of a render is that of its Terraform
    day = () if what in ("suggest", "roles") else ("--today", TODAY.isoformat())
    done = run_here(EXAMPLE, {}, *arguments, option, "json", *day)
    assert done.returncode == code, done.stderr
    closed_validator(what).validate(json.loads(done.stdout))


def test_a_render_is_valid_by_its_schema(tmp_path: Path) -> None:
    """Of a folder that is written and of one that is current."""
    for arguments, code in ((["--check"], 2), ([], 0), (["--check"], 0)):
        done = run(EXAMPLE, {}, "render", "-o", str(tmp_path), "--report", "json", *arguments)
        assert done.returncode == code, done.stderr
        closed_validator("render").validate(json.loads(done.stdout))


def test_suggestions_are_valid_by_their_schema() -> None:
    """With a custom role, which is the part of it that has no fixed form."""
    asked = ["suggest", "-p", str(EXAMPLE), "--capability", "develop_models", "--custom-role", "Model maker"]
    done = CliRunner().invoke(main, [*asked, "--format", "json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["answers"][0]["custom_role"]["az"]["Actions"]
    closed_validator("suggest").validate(said)


def test_a_matrix_with_a_source_is_valid_by_its_schema() -> None:
    """With what the source has and the project does not."""
    tenant = planted.tenant(load.work_out(str(EXAMPLE), date.fromisoformat("2026-11-23")))
    with StandIn(tenant) as azure:
        done = run(EXAMPLE, azure.environment(), "matrix", "--source", "azure", "--format", "json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert {each["drift"] for each in said["undesired"]} >= {"unmanaged", "altered", "inherited"}
    closed_validator("matrix").validate(said)


def test_a_snapshot_is_valid_by_its_schema() -> None:
    """Of the example's tenant."""
    tenant = planted.tenant(load.work_out(str(EXAMPLE), date.fromisoformat("2026-11-23")))
    with StandIn(tenant) as azure:
        done = run(EXAMPLE, azure.environment(), "snapshot")
    assert done.returncode == 0, done.stderr
    content: dict[str, Any] = json.loads(done.stdout)
    assert content["assignments"]
    closed_validator("snapshot").validate(content)


# What they say, letter by letter.

GOLDEN = Path(__file__).parents[1] / "golden" / "reports"
KEPT = [("diff", name) for name in FORMATS if name not in ("json", "azure-devops")]
KEPT += [("check", "md")]


@pytest.mark.parametrize(("command", "form"), KEPT)
def test_the_reports_of_the_example_are_as_they_were(
    reports: Mapping[str, Reports], command: str, form: str, pytestconfig: pytest.Config
) -> None:
    """The same text as is kept; where a change is meant, `--bless` writes it and the diff is reviewed."""
    said = reports[f"example {command}"][form].replace(f'"{rbacgen.__version__}"', '"VERSION"')
    said = re.sub(r"read \d{4}-\d\d-\d\d \d\d:\d\d UTC", "read YESTERDAY", said)
    path = GOLDEN / f"{command}.{form}"
    if pytestconfig.getoption("--bless"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(said.encode())
    assert said == path.read_bytes().decode()
