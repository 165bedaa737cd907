"""Formats of reports by themselves: hostile names, limits, fingerprints, and which report goes where."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from pathlib import Path
from typing import Any

import click
import html5lib
import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from rbacgen.analysis.access_tests.cases import Origin, Result
from rbacgen.analysis.drift import Baseline, View, compare
from rbacgen.analysis.findings import Finding, fingerprint
from rbacgen.analysis.results import CheckedProject
from rbacgen.cli import main
from rbacgen.cli.options import FORMATS, Outputs, outputs
from rbacgen.model import rules
from rbacgen.model.assignment import Plane, Verdict
from rbacgen.model.problems import Position, Severity
from rbacgen.model.rules import DRIFT, FIRST, RULES
from rbacgen.project.document import keys_to, parse
from rbacgen.reports import annotations, html, junit, markdown, sarif, text
from rbacgen.reports import report as found
from rbacgen.reports.csv import findings as csv_findings
from rbacgen.reports.json import check as check_document
from rbacgen.reports.json import diff as diff_document
from rbacgen.reports.json.check import TestRecord
from rbacgen.reports.markdown import check as check_markdown
from rbacgen.reports.report import Report, UnreadPlace
from tests.fakes.actual import OWNER, READER, STRANGER, as_held, foreign, source
from tests.fakes.world import DEV, TODAY, World
from tests.reports.test_reports import junit_schema, sarif_validator

VAULT = f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"


def finding(number: int = 0, name: str = "grp", level: Severity = Severity.ERROR, risk: int = 50) -> Finding:
    """A finding about a name."""
    return Finding(
        rule="drift/unmanaged",
        severity=level,
        message=f"unmanaged `{name}` at {name}",
        place=Position(f"{name}.yaml", 3, 5) if number % 2 else None,
        keys=(),
        fingerprint=fingerprint(str(number)),
        risk=risk,
        about={
            "environment": "dev",
            "scope": f"/subscriptions/{name}",
            "azure_role": name,
            "azure_role_id": name,
            "principal": name,
            "principal_id": name,
        },
    )


def a_result(name: str, result: Result) -> TestRecord:
    """An access test about a name."""
    return TestRecord(
        test=f"{name} cannot {name}",
        origin=Origin.OWN,
        result=result,
        verdict=Verdict.ALLOWED,
        expected=(Verdict.DENIED,),
        project_role=name,
        responsibility=name,
        who=name,
        isolated=False,
        together=False,
        principal=None,
        operation=name,
        plane=Plane.CONTROL,
        on=name,
        scope=name,
        environment=name,
        why=name,
        source=name,
        by=(name,),
        why_not=name,
        rule="failed-test",
        at=Position(name, 1, 1),
    )


def report(name: str = "grp", findings: tuple[Finding, ...] | None = None) -> Report:
    """A report in which every word that comes from outside is this name."""
    return Report(
        command="check",
        project=name,
        source=name,
        verdict=f"1 error: {name}",
        complete=False,
        findings=(finding(0, name), finding(1, name)) if findings is None else findings,
        missed=(UnreadPlace(name, name, name, name),),
        cautions=(name,),
        notes=(name,),
        facts=(name,),
        tests=tuple(a_result(name, each) for each in Result),
        switched_off={},
        project_file="rbacgen.yaml",
    )


HOSTILE = st.one_of(
    st.sampled_from(
        [
            "a\nb",
            "a\r\n::error::b",
            "::set-output name=x::y",
            "##vso[task.setvariable variable=x]y",
            "##[error]x",
            "%0A::error::x",
            "a]b;c%3B",
            "=cmd|' /C calc'!A0",
            ";=1+1",
            ';"=1+1',
            "\t=1+1",
            "\N{FULLWIDTH EQUALS SIGN}1",
            "@SUM(1)",
            "</script><script>alert(1)</script>",
            "</style>",
            "]]>",
            "<!--",
            "\x00\x1b[2J\x07",
            "\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe",
            "{0} {{",
            "[x](https://evil.example)",
            "|`<b>`|",
            "@octocat #1",
            "https://evil.example www.evil.example",
            "\ud800",
            "\ufffe",
            '"',
            "'",
            "\\",
        ]
    ),
    st.text(max_size=40),
    st.lists(st.sampled_from(["::", "##", "vso[", "[", "]", ";", "%", "\n", "\r", "=", "`", "|", "<", ">", "&", '"', "-", " ", "x"])).map("".join),
)  # fmt: skip


@settings(max_examples=150)
@given(HOSTILE)
def test_sarif_stays_sarif(name: str) -> None:
    """Valid by the schema, and no name makes a placeholder or a link of a message."""
    said = sarif.report(report(name))
    content = json.loads(said.encode("utf-8"))
    assert not list(sarif_validator().iter_errors(content))
    for each in content["runs"][0]["results"]:
        message = each["message"]["text"]
        assert "](" not in message
        assert "{" not in message.replace("{{", "")
        assert message.isprintable()
        assert not each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith("/")


@settings(max_examples=150)
@given(HOSTILE)
def test_junit_stays_junit(name: str) -> None:
    """Valid by the schema, with as many cases as there are."""
    root = etree.fromstring(junit.report(report(name)).encode("utf-8"))
    junit_schema().assertValid(root)
    assert len(root.findall(".//testcase")) == 2 + 1 + 3


@settings(max_examples=150)
@given(HOSTILE)
def test_html_stays_html(name: str) -> None:
    """A strict parser finds no fault and no element that a name has brought in."""
    page = html.report(report(name))
    page.encode("utf-8")
    root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    tags = [each.tag for each in root.iter() if isinstance(each.tag, str)]
    assert tags.count("style") == 1
    assert tags.count("li") == 2 + 2
    assert not {"script", "b", "img"} & set(tags)
    assert len(list(root.iter(etree.Comment))) == 0


@settings(max_examples=150)
@given(HOSTILE)
def test_csv_stays_a_table_without_formulas(name: str) -> None:
    """As many rows as there are, none of whose cells a spreadsheet would calculate, whatever it separates by."""
    said = csv_findings.report(report(name)).removeprefix("\ufeff")
    said.encode("utf-8")
    rows = list(csv.reader(io.StringIO(said, newline=""), strict=True))
    assert len(rows) == 1 + 2 + 1 + 3
    assert {len(row) for row in rows} == {22}
    for separator in (",", ";", "\t"):
        for row in csv.reader(io.StringIO(said, newline=""), delimiter=separator):
            for cell in row:
                assert not re.match(r"\s*[=+\-@＝＋－＠]", cell), cell


@settings(max_examples=150)
@given(HOSTILE)
def test_github_stays_one_command_a_line(name: str) -> None:
    """Every line is a command of ours, but the last, which is none."""
    said = annotations.github(report(name))
    said.encode("utf-8")
    *commands, last = said.splitlines()
    assert len(commands) == 1 + 2 + 1
    assert all(re.fullmatch(r"::error (?:[a-z]+=[^,:\n]*,)*title=[^,:\n]*::[^\n]*", each) for each in commands)
    assert not last.lstrip().startswith("::")
    assert "##[" not in last


@settings(max_examples=150)
@given(HOSTILE)
def test_azure_devops_stays_one_command_a_line(name: str) -> None:
    """Every line is a command of ours, but the last, in which the agent finds none."""
    said = annotations.azure_devops(report(name), "/srv/build")
    said.encode("utf-8")
    *commands, last = said.splitlines()
    assert len(commands) == 1 + 1 + 2
    known = re.compile(r"##vso\[task\.logissue type=error;(?:[a-z]+=[^;\]]*;)+\](.*)")
    for each in commands:
        matched = known.fullmatch(each)
        assert matched
        assert "##vso[" not in matched[1]
    assert "##vso[" not in last
    assert "##[" not in last


@settings(max_examples=150)
@given(HOSTILE)
@example("<\\")
def test_markdown_stays_a_table_of_inert_words(name: str) -> None:
    """Outside code, no name is markup, a mention or a link; each row has its four cells."""
    said = check_markdown.report(report(name))
    said.encode("utf-8")
    rows = [line for line in said.splitlines() if line.startswith("| **error**")]
    assert len(rows) == 2
    for row in rows:
        assert len(re.sub(r"\\.", "", row).split("|")) == 6
    # From left to right, as a reader of Markdown does: a backslash escapes outside code and is itself within it.
    bare = re.sub(r"\\.|`[^`\n]*`", "", said)
    bare = (
        bare.replace("<!-- -->", "")
        .replace("<br>", "")
        .replace(
            "Access that was created outside of the project](https://learn.microsoft.com/azure/role-based-access-control/best-practices)",
            "",
        )
    )
    assert "<" not in bare
    assert "](" not in bare
    inert = said.replace("(https://learn.microsoft.com/azure/role-based-access-control/best-practices)", "")
    assert not re.search(r"(?<!`)@\w", re.sub(r"`[^`\n]*`", "", inert))
    assert "://" not in re.sub(r"`[^`\n]*`", "", inert)


@settings(max_examples=150)
@given(HOSTILE)
def test_text_commands_no_pipeline(name: str) -> None:
    """In a log, nothing that a name holds is a command of GitHub's or of Azure DevOps's, nor repaints the terminal."""
    said = text.safe(name)
    assert said.isprintable()
    assert "##vso[" not in said
    assert "##[" not in said
    assert not said.lstrip().startswith("::")
    assert " ::" not in said


# Limits.


def test_github_counts_what_it_leaves_out() -> None:
    """Ten of a kind at the most: the tenth says how many more there are, and what endangers most has been said before."""
    many = tuple(finding(number, f"grp-{number}", Severity.WARNING, 90 - number) for number in range(50))
    lines = annotations.github(replace(report(findings=many), missed=(), cautions=())).splitlines()
    warnings = [line for line in lines if line.startswith("::warning ")]
    assert len(warnings) == annotations.MOST
    assert "grp-0" in warnings[0]
    assert warnings[-1].endswith("::and 41 more warnings: see the full report")


def test_what_was_not_read_leaves_room_for_the_worst() -> None:
    """Forty scopes that were not read do not push the rogue Owner out of ten annotations."""
    given = report(findings=(finding(0, "rogue", Severity.ERROR, FIRST), finding(1, "other", Severity.ERROR, 50)))
    given = replace(given, missed=tuple(UnreadPlace(f"/{number}", "x", "y", "z") for number in range(40)), cautions=())
    lines = annotations.github(given).splitlines()
    assert "rogue" in lines[0]
    assert sum("title=not read" in line for line in lines) == 4
    assert any(line.endswith("::and 37 more scopes") for line in lines)


def test_sarif_keeps_within_what_a_dashboard_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the most, the riskiest stay, and the others are counted in a notification; long words are cut."""
    monkeypatch.setattr(sarif, "MOST_RESULTS", 3)
    many = tuple(finding(number, "x" * 3000, risk=90 - number) for number in range(5))
    (run,) = json.loads(sarif.report(report(findings=many)))["runs"]
    assert [each["rank"] for each in run["results"]] == [90, 89, 88]
    assert all(len(each["message"]["text"]) <= sarif.LONGEST for each in run["results"])
    told = [each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"]]
    assert any(each.startswith("2 more findings") for each in told)


def test_markdown_counts_what_it_leaves_out() -> None:
    """A comment of a thousand findings fits, whole rows and a count."""
    many = tuple(finding(number, f"grp-{number}") for number in range(1000))
    said = check_markdown.report(report(findings=many))
    assert len(said) <= markdown.LIMIT
    rows = sum(line.startswith("| **error**") for line in said.splitlines())
    assert 0 < rows < 1000
    assert f"… and {1000 - rows} more: see the full report of `rbacgen check`." in said


def test_every_rule_has_a_title_of_its_own() -> None:
    """Short enough for a heading, and of no other rule; what has no rule has no title."""
    titles = [each.title for each in (*RULES.values(), *DRIFT.values())]
    assert len(titles) == len(RULES) + len(DRIFT)
    assert len(set(titles)) == len(titles)
    assert [title for title in titles if len(title) > 60 or not title[0].isupper() or title.endswith(".")] == []


# Where a finding is.


def test_a_place_that_no_repository_has_stands_at_the_project_file() -> None:
    """A file of a shipped mapping is nowhere in the user's repository: the project file is shown, and the true place said."""
    shipped = replace(finding(), place=Position("mlops/roles/tester.yaml", 3, 5), about={})
    own = replace(finding(), place=Position("mlops-own/roles/tester.yaml", 3, 5))
    nowhere = replace(finding(), place=None)
    given = replace(
        report(findings=(shipped, own, nowhere)), shipped=("mlops",), anchors={"dev": Position("p.yaml", 7, 3)}
    )
    assert [given.anchor(each) for each in given.findings] == [
        Position("rbacgen.yaml", 0, 0),
        own.place,
        Position("p.yaml", 7, 3),
    ]
    results = json.loads(sarif.report(given, "sub/folder"))["runs"][0]["results"]
    places = [each["locations"][0]["physicalLocation"] for each in results]
    assert [each["artifactLocation"]["uri"] for each in places] == [
        "sub/folder/rbacgen.yaml",
        "sub/folder/mlops-own/roles/tester.yaml",
        "sub/folder/p.yaml",
    ]
    assert [each["region"]["startLine"] for each in places] == [1, 3, 7]
    assert "(mlops/roles/tester.yaml:3:5)" in results[0]["message"]["text"]
    assert "(mlops/roles/tester.yaml:3:5)" in annotations.github(given)
    assert "(mlops/roles/tester.yaml:3:5)" in annotations.azure_devops(given)


def test_paths_above_the_current_folder_are_still_in_the_repository() -> None:
    """Run in a folder of the project, its files are seen with `..`; from the root of the repository they are not."""
    given = report(findings=(replace(finding(), place=Position("../../mapping/a b.yaml", 1, 1)),))
    (result,) = json.loads(sarif.report(given, "team/x/y"))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "team/mapping/a%20b.yaml"
    assert "file=team/mapping/a b.yaml," in annotations.github(given, "team/x/y")
    assert "sourcepath=/r/team/mapping/a b.yaml;" in annotations.azure_devops(given, "/r/team/x/y")


# Fingerprints.


def prints(world: World) -> dict[str, str]:
    """The fingerprint of each finding of `check`, by its message without places."""
    given = found.of_check(check_document.document(world.work_out()))
    return {re.sub(r"\S+:\d+:\d+", "", each.message): each.fingerprint for each in given.findings}


def test_a_finding_is_known_again_when_its_line_moves(tmp_path: Path) -> None:
    """Comments above, another order of the team and of the capabilities change no fingerprint."""
    world = World(tmp_path)
    before = prints(world)
    assert len(before) > 3
    for path, content in world.mapping.items():
        if isinstance(content, dict):
            world.mapping[path] = dict(reversed(content.items()))
    world.project["team"] = dict(reversed(world.project["team"].items()))
    assert prints(world) == before
    world.write()
    project = tmp_path / "rbacgen.yaml"
    project.write_text("# one\n# two\n" + project.read_text(encoding="utf-8"), encoding="utf-8")
    from rbacgen.commands import load

    moved = found.of_check(check_document.document(load.work_out(str(project), TODAY)))
    assert {each.fingerprint for each in moved.findings} == set(before.values())


@pytest.fixture
def checked(tmp_path: Path) -> CheckedProject:
    """The small world, worked out."""
    return World(tmp_path).work_out()


def drifted(checked: CheckedProject, *more: Any) -> Report:
    """The report of a comparison with what an apply leaves and these."""
    actual = source([*as_held(checked), *more], checked)
    drift = compare(Baseline.of(checked.project, checked.desired, checked.catalog, View(TODAY)), actual)
    return found.of_diff(diff_document.document(drift, checked))


def test_drift_is_known_again_by_scope_role_and_principal(checked: CheckedProject) -> None:
    """However Azure spells the scope and calls the role; another principal, role or scope is another finding."""
    (one,) = drifted(checked, foreign(VAULT)).findings
    (spelled,) = drifted(
        checked, foreign(VAULT.upper().replace("/SUBSCRIPTIONS", "/subscriptions"), role_name="Boss")
    ).findings
    assert one.fingerprint == spelled.fingerprint
    others = [foreign(VAULT, READER), foreign(VAULT + "/secrets/x"), foreign(VAULT, principal=STRANGER[:-1] + "9")]
    assert (
        len({each.fingerprint for other in others for each in drifted(checked, other).findings} | {one.fingerprint})
        == 4
    )


def test_what_hands_out_access_comes_first(checked: CheckedProject) -> None:
    """The rogue Owner before ten rogue Readers, whatever their scopes and principals are called; and as an error."""
    readers = [
        foreign(VAULT, READER, f"00000000-0000-4000-8000-{number:012}", role_name="Reader") for number in range(10)
    ]
    given = drifted(checked, *readers, foreign(f"{VAULT}/secrets/zzz", OWNER, "ffffffff-0000-4000-8000-000000000001"))
    assert given.findings[0].about["azure_role"] == "Owner"
    assert given.findings[0].risk > given.findings[1].risk
    assert [each.risk for each in given.findings] == sorted((each.risk for each in given.findings), reverse=True)


def test_a_description_alone_weighs_little(checked: CheckedProject) -> None:
    """What changes nobody's access comes after what does."""
    first, *others = as_held(checked)
    actual = source([replace(first, description="other [rbacgen:tiny]"), *others[1:]], checked)
    drift = compare(Baseline.of(checked.project, checked.desired, checked.catalog, View(TODAY)), actual)
    given = found.of_diff(diff_document.document(drift, checked))
    assert [each.rule for each in given.findings] == ["drift/missing", "drift/altered"]


def test_every_rule_and_kind_has_a_guide_with_a_source() -> None:
    """Help is there for whatever can be found, and says where it comes from."""
    for rule in (*RULES, *DRIFT):
        guide = rules.rule(rule)
        assert guide.description.endswith(".")
        assert guide.remedy.endswith(".")
        assert guide.source
        assert guide.uri in ("", guide.source)


def test_keys_lead_to_a_place_by_name() -> None:
    """A list's items are called by what they say, so that none has the number of its line or place in the list."""
    root, _ = parse(
        "team:\n  tester:\n    - {group: a, in: [dev]}\n    - group: b\n      in: [prod]\nmoved: [x]\n", "f"
    )
    assert root is not None
    assert keys_to(root, Position("f", 1, 1)) == ("team",)
    assert keys_to(root, Position("f", 3, 7)) == ("team", "tester", "a")
    assert keys_to(root, Position("f", 5, 7)) == ("team", "tester", "b", "in")
    assert keys_to(root, Position("f", 5, 12)) == ("team", "tester", "b", "in", "prod")
    assert keys_to(root, Position("f", 6, 1)) == ("moved",)


# Which report goes where.


@pytest.mark.parametrize(
    ("format_", "files", "expected"),
    [
        (None, [], Outputs("text")),
        ("json", [], Outputs("json")),
        (None, ["a.json"], Outputs("", (("a.json", "json"),))),
        ("json", ["a.json"], Outputs("", (("a.json", "json"),))),
        ("text", ["a.json"], Outputs("text", (("a.json", "json"),))),
        ("md", ["result"], Outputs("", (("result", "md"),))),
        ("github", ["a.SARIF", "junit=b"], Outputs("github", (("a.SARIF", "sarif"), ("b", "junit")))),
        (None, ["a.sarif.json"], Outputs("", (("a.sarif.json", "sarif"),))),
        (None, ["result"], Outputs("", (("result", "text"),))),
        (None, ["/dev/fd/1"], Outputs("", (("/dev/fd/1", "text"),))),
        (None, ["-"], Outputs("text")),
        ("json", ["-"], Outputs("json")),
        (None, ["md=-", "a.json"], Outputs("md", (("a.json", "json"),))),
        (None, ["md=a=b.txt"], Outputs("", (("a=b.txt", "md"),))),
        (None, ["x=y.md"], Outputs("", (("x=y.md", "md"),))),
        ("csv", ["a.csv", "b.csv"], Outputs("", (("a.csv", "csv"), ("b.csv", "csv")))),
    ],
)
def test_format_and_files_come_together(format_: str | None, files: list[str], expected: Outputs) -> None:
    """By ending, by name, by `--format` where the only file tells nothing; and stdout where another format is asked for."""
    assert outputs(format_, tuple(files)) == expected


@pytest.mark.parametrize(
    ("format_", "files", "said"),
    [
        (None, ["result", "a.md"], "the ending of `result` is not of a known format"),
        (None, ["md=-", "json=-"], "two reports cannot go into one file"),
        ("json", ["md=-"], "stdout takes one report, not md and json"),
        (None, ["a.pdf"], "write FORMAT=a.pdf"),
        ("md", ["result", "a.json"], "the ending of `result`"),
        (None, ["a.md", "./a.md"], "two reports cannot go into one file"),
        (None, ["md=a", "json=a"], "two reports cannot go into one file"),
        (None, ["sarfi=a"], "the ending of `sarfi=a`"),
        (None, ["md="], "names no file"),
    ],
)
def test_what_contradicts_itself_is_a_usage_error(format_: str | None, files: list[str], said: str) -> None:
    """With what would be right."""
    with pytest.raises(click.UsageError, match=re.escape(said)):
        outputs(format_, tuple(files))


def invoke(folder: Path, *arguments: str) -> Any:
    """Runs the command in this process."""
    return CliRunner().invoke(main, [*arguments, "-p", str(folder), "--today", TODAY.isoformat()])


def test_one_run_feeds_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every format in a file of its own, and one more on stdout; each is what the format alone would have been."""
    World(tmp_path).write()
    monkeypatch.chdir(tmp_path)
    files = [part for name in FORMATS for part in ("-o", f"{name}={tmp_path / 'out' / name}")]
    assert invoke(tmp_path, "check", *files).stdout == ""
    for name in FORMATS:
        alone = invoke(tmp_path, "check", "--format", name)
        assert alone.exit_code == 0, alone.output
        assert (tmp_path / "out" / name).read_bytes() == alone.stdout_bytes, name


def test_files_that_cannot_all_be_written_are_not_written(tmp_path: Path) -> None:
    """One report that cannot be put where it is to go, and none is."""
    World(tmp_path).write()
    (tmp_path / "folder").mkdir()
    done = invoke(tmp_path, "check", "-o", f"md={tmp_path / 'good'}", "-o", f"json={tmp_path / 'folder'}")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "is a directory" in done.stderr
    assert not (tmp_path / "good").exists()


def test_files_that_cannot_be_read_are_reported_in_every_format(tmp_path: Path) -> None:
    """A broken project file is exit 1, and each format says which rule it breaks, so that a dashboard shows it."""
    (tmp_path / "rbacgen.yaml").write_text("project: [", encoding="utf-8")
    for name in FORMATS:
        done = invoke(tmp_path, "check", "--format", name)
        assert done.exit_code == 1
        assert "yaml-syntax" in done.stdout.replace("\\", ""), name
    assert not list(sarif_validator().iter_errors(json.loads(invoke(tmp_path, "check", "--format", "sarif").stdout)))
    junit_schema().assertValid(etree.fromstring(invoke(tmp_path, "check", "--format", "junit").stdout.encode()))


def test_the_rules_are_text_or_json(tmp_path: Path) -> None:
    """Any other format is refused, not ignored."""
    done = CliRunner().invoke(main, ["check", "--rules", "--format", "sarif"])
    assert done.exit_code == 1
    assert "--rules lists the rules as text or json" in done.stderr


def test_a_rule_that_is_switched_off_fails_no_test_case(tmp_path: Path) -> None:
    """A failed access test whose rule the project has switched off is skipped in JUnit, with the project's reason."""
    world = World(tmp_path)
    world.capability("use_secrets")["grants"] = []
    for off, failures in (({}, 1), ({"uncovered-need": "Comes next week"}, 0)):
        world.project["checks_off"] = off
        world.write()
        done = invoke(tmp_path, "check", "--format", "junit")
        root = etree.fromstring(done.stdout.encode())
        assert len(root.xpath("//testcase[failure/@type='uncovered-need']")) == failures
    (skipped,) = root.xpath("//testcase/skipped")
    assert skipped.get("message") == "uncovered-need is switched off: Comes next week"


def test_undecided_access_tests_are_skipped_with_the_reason() -> None:
    """Of one test that passed, one that failed and one that what was not read could turn."""
    root = etree.fromstring(junit.report(report(findings=())).encode())
    (undecided,) = root.xpath("//testcase/skipped")
    assert undecided.get("message") == "undecided: some of what it asks for was not read"
    assert [root.get(each) for each in ("tests", "failures", "errors")] == ["4", "1", "1"]


def test_a_whole_report_says_that_nothing_is_wrong(checked: CheckedProject) -> None:
    """In sync is a passed case, an empty list of results that closes alerts, and a sentence on the page."""
    given = drifted(checked)
    root = etree.fromstring(junit.report(given).encode())
    assert [each.get("name") for each in root.iter("testcase")] == ["in sync"]
    assert json.loads(sarif.report(given))["runs"][0]["results"] == []
    assert "<p>Nothing differs.</p>" in html.report(given)
    partial = replace(given, complete=False, missed=(UnreadPlace("/x", "x", "y", "z"),))
    assert [each.get("name") for each in etree.fromstring(junit.report(partial).encode()).iter("testcase")] == [
        "x of /x"
    ]
    assert "Nothing differs" not in html.report(partial)


def test_colours_are_for_the_terminal_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file holds no escape codes even where stdout is a terminal."""
    from rbacgen.cli import terminal

    World(tmp_path).write()
    monkeypatch.setattr(terminal, "is_terminal", lambda _: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "a.txt"
        assert invoke(tmp_path, "check", "-o", str(target)).exit_code == 0
        assert b"\x1b" not in target.read_bytes()
