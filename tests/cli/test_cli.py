"""The command line as a user or a pipeline meets it: exit codes, what goes where, and what a run costs."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from click.testing import CliRunner, Result

from rbacgen import __version__
from rbacgen.cli import main
from rbacgen.commands import files
from rbacgen.model.rules import RULES
from rbacgen.project import document
from tests.fakes.azure import Fault, StandIn, Tenant
from tests.fakes.world import World

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/rbacgen.yaml"))
ANA = "aaaaaaaa-0000-4000-8000-00000000000a"


@pytest.fixture
def there(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world without errors, written, with its folder the current one."""
    world.write()
    monkeypatch.chdir(world.folder)
    return world


def run(*arguments: str, today: str = "2026-11-23") -> Result:
    """What a command comes to in this process."""
    dated = ["--today", today] if arguments[0] in ("check", "render") else []
    return CliRunner().invoke(main, [*arguments, *dated])


def process(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """What a command comes to in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "rbacgen", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        timeout=60,
    )


# Exit codes: 0 OK, 1 failed, 2 findings, 3 incomplete.


def test_a_project_in_order_is_0(there: World) -> None:
    """With a summary on stdout and nothing on stderr."""
    result = run("check")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "tiny: 12 assignments for 3 principals in 2 environments" in result.stdout


def test_errors_in_files_are_1(there: World) -> None:
    """Wrong input is not a finding."""
    there.project["team"]["develper"] = []
    there.write()
    assert run("check").exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["check", "--nonsense"],
        ["check", "--within", "x"],
        ["check", "--within", "-1"],
        ["check", "--today", "tomorrow"],
        ["check", "--today", "2026-02-30"],
        ["check", "--format", "xml"],
        ["render", "--format", "yaml"],
        ["schema", "init"],
        ["init", "a", "b"],
        ["init", "a", "--from", "azure", "--mapping", "mlops"],
        ["init", "a", "--from", "x.json", "--own", "developer"],
        ["init", "a", "--own", "developer"],
        ["init", "a", "--subscription", "11111111-1111-1111-1111-111111111111"],
        ["init", "a", "--cloud", "china"],
        ["render", "--cloud", "china"],
        ["render", "--format", "json", "--templates", "own"],
        ["diff", "x.json", "--patience", "5"],
        ["diff", "x.json", "--subscription", "dev"],
        ["diff", "--subscription", "/subscriptions"],
        ["snapshot", "--subscription", "my-subscription"],
        ["snapshot", "--subscription", "/subscriptions/"],
        ["snapshot", "--subscription", "11111111-1111-1111-1111-11111111111"],
        ["init", "a", "--from", "azure", "--subscription", "11111111-1111-1111-1111-111111111111/resourceGroups/x"],
        ["diff", "--summary", "--format", "json"],
        ["diff", "--today", "9999-12-31"],
    ],
)
def test_usage_errors_are_1(there: World, arguments: list[str]) -> None:
    """2, click's own choice, is for findings here."""
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Try 'main" in result.stderr
    assert "Traceback" not in result.stderr


def every_word() -> list[list[str]]:
    """Each command with one of its arguments, or of its options that take a value, as an empty word."""
    commands = {name: main.get_command(click.Context(main), name) for name in main.list_commands(click.Context(main))}
    words = []
    for name, command in commands.items():
        assert command is not None
        for each in command.params:
            if isinstance(each, click.Argument):
                words.append([name, ""])
            elif isinstance(each, click.Option) and not each.is_flag:
                words += [[name, option, ""] for option in each.opts]
    return words


@pytest.mark.parametrize("arguments", every_word(), ids=" ".join)
def test_an_empty_word_is_1(there: World, arguments: list[str]) -> None:
    """A pipeline's `"$FILE"` where nobody has set FILE: as a name it would be the current folder, or every subscription."""
    before = {path: path.read_bytes() for path in there.folder.rglob("*") if path.is_file()}
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Traceback" not in result.stderr
    lines = result.stderr.splitlines()
    # Numbers, dates and choices are refused with what would be right.
    if not any("Try 'main" in line for line in lines):
        assert len(lines) == 2
        assert re.fullmatch(r"rbacgen: \S+ is empty", lines[0])
        assert "a variable that is not set may be the cause" in lines[1]
    assert {path: path.read_bytes() for path in there.folder.rglob("*") if path.is_file()} == before


def test_an_empty_source_is_not_the_project_s_own_render(there: World) -> None:
    """As processes: `diff "$UNSET"` said that the project agrees with what it has just rendered itself."""
    assert process("render", cwd=there.folder).returncode == 0
    for arguments in (("diff", ""), ("diff", "-p", "", "."), ("render", "--existing", ""), ("check", "-p", "")):
        done = process(*arguments, cwd=there.folder)
        assert (done.returncode, done.stdout) == (1, b"")
        assert done.stderr.startswith(b"rbacgen: ")
        assert b" is empty\n" in done.stderr


def test_warnings_are_0_and_with_strict_1(there: World) -> None:
    """For pipelines that want none; notes are never errors."""
    assert run("check", "--strict").exit_code == 0
    there.project["team"]["developer"].append({"user": "ana@contoso.example", "id": ANA})
    there.write()
    assert run("check").exit_code == 0
    assert run("check", "--strict").exit_code == 1


def test_notes_are_counted_and_shown_when_asked_for(there: World) -> None:
    """A long list of notes would hide what matters."""
    without, shown = run("check").stdout, run("check", "--notes").stdout
    assert "4 notes (--notes shows them)" in without
    assert "[escalation-path]" not in without
    assert shown.count("[escalation-path]") == 4


def test_render_check_is_2_until_it_was_rendered(there: World) -> None:
    """2 and the list of stale files, then 0; and `--check` writes nothing."""
    stale = run("render", "--check")
    assert stale.exit_code == 2
    assert "run `rbacgen render`" in stale.stdout
    assert not (there.folder / "terraform").exists()
    assert run("render").exit_code == 0
    current = run("render", "--check")
    assert (current.exit_code, current.stdout) == (0, "the rendered files are current\n")
    there.project["team"]["developer"][0]["group"] = "grp-coders"
    there.write()
    assert run("render", "--check").exit_code == 2


def test_a_failing_render_has_nothing_on_stdout(there: World) -> None:
    """What a pipeline pipes on is either right or not there; nothing was written either."""
    there.project["team"]["develper"] = []
    there.write()
    result = run("render")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "[unknown-project-role]" in result.stderr
    assert not (there.folder / "terraform").exists()


def test_an_unknown_environment_is_named_with_its_near_miss(there: World) -> None:
    """`-e prd`."""
    result = run("render", "-e", "prd")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "did you mean `prod`?" in result.stderr
    assert "it has dev, prod" in result.stderr


# JSON.


@pytest.mark.parametrize("text", [None, "project: [", "project: Tiny\n", "\x00"])
def test_json_is_json_whatever_is_wrong(there: World, text: str | None) -> None:
    """With errors present and without, readable or not: one object with all problems and their counts."""
    if text is not None:
        (there.folder / "rbacgen.yaml").write_text(text, encoding="utf-8")
    result = run("check", "--format", "json")
    content = json.loads(result.stdout)
    assert content["format_version"] == 1
    assert result.exit_code == (0 if text is None else 1)
    assert sum(content["counts"].values()) == len(content["problems"])
    assert (content["counts"]["error"] > 0) == (text is not None)
    for problem in content["problems"]:
        assert problem["rule"] in RULES
        assert set(problem["at"]) == {"file", "line", "column"}


def test_json_holds_the_notes_and_what_was_switched_off(there: World) -> None:
    """Nothing is hidden from a program."""
    there.project["checks_off"] = {"escalation-path": "Known"}
    there.write()
    content = json.loads(run("check", "--format", "json").stdout)
    assert content["switched_off"] == [{"rule": "escalation-path", "because": "Known", "findings": 4}]
    assert content["assignments"] == 12


def test_the_rules_are_listed(there: World) -> None:
    """Each with weight, sentence and source, as text and as JSON."""
    text = run("check", "--rules").stdout
    for rule in RULES.values():
        assert f"\n{rule.id}  ({rule.severity}" in f"\n{text}"
    listed = json.loads(run("check", "--rules", "--format", "json").stdout)
    assert [each["id"] for each in listed] == list(RULES)


def test_a_result_can_go_to_a_file(there: World) -> None:
    """`-o`, whole or not at all, with nothing on stdout."""
    result = run("check", "--format", "json", "-o", "out/check.json")
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads((there.folder / "out" / "check.json").read_text(encoding="utf-8"))["project"] == "tiny"


# Not `/dev/stdout`, which a fault could replace for the whole machine where an administrator runs the tests.
@pytest.mark.parametrize("name", ["-", "/dev/fd/1", "/proc/self/fd/1"])
def test_a_result_can_be_sent_to_stdout_by_name(there: World, name: str) -> None:
    """Where a script needs a name: what the caller has written there before stays, and no file of this name comes to be."""
    before = set(there.folder.iterdir())
    desired = process("check", "--today", "2026-11-23", cwd=there.folder).stdout
    assert desired
    command = [sys.executable, "-m", "rbacgen", "check", "--today", "2026-11-23", "-o", name]
    told = there.folder / "told.txt"
    with told.open("wb") as stream:
        stream.write(b"before\n")
        stream.flush()
        done = subprocess.run(command, cwd=there.folder, stdout=stream, stderr=subprocess.PIPE, timeout=60)
        assert (done.returncode, done.stderr) == (0, b"")
        stream.write(b"after\n")
    assert told.read_bytes() == b"before\n" + desired + b"after\n"
    assert set(there.folder.iterdir()) == before | {told}


def test_a_result_can_go_into_a_pipe(there: World) -> None:
    """One that has a name, and one that only has a number, as `-o >(jq .)` gives it."""
    os.mkfifo(there.folder / "pipe")
    ends = os.pipe()
    for name, given in (("pipe", ()), (f"/dev/fd/{ends[1]}", ends[1:])):
        command = [sys.executable, "-m", "rbacgen", "check", "--format", "json", "-o", name]
        with subprocess.Popen(command, cwd=there.folder, pass_fds=given) as writing:
            if given:
                os.close(ends[1])
            with open(ends[0] if given else there.folder / name, encoding="utf-8") as stream:
                assert json.load(stream)["project"] == "tiny"
            assert writing.wait(60) == 0
    assert (there.folder / "pipe").is_fifo()


# Files that are not as they should be.


def test_no_project_says_where_it_was_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And how to make one."""
    monkeypatch.chdir(tmp_path)
    result = run("check")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no rbacgen.yaml here or in a folder above" in result.stderr
    assert "rbacgen init" in result.stderr


def test_the_project_is_found_in_a_folder_above(there: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """From anywhere below, with paths as seen from there."""
    (there.folder / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(there.folder / "a" / "b")
    result = run("check", "--notes")
    assert result.exit_code == 0
    assert "../../mapping/capabilities/all.yaml:" in result.stdout


def test_a_folder_stands_for_the_project_file_in_it(there: World) -> None:
    """`-p examples/x`."""
    assert run("check", "-p", str(there.folder)).exit_code == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [("nowhere.yaml", "there is no such file"), ("mapping", "mapping/rbacgen.yaml: error: there is no")],
)
def test_a_missing_file_is_named(there: World, given: str, said: str) -> None:
    """As a problem at the file."""
    result = run("check", "-p", given)
    assert result.exit_code == 1
    assert said in result.output


def test_a_file_that_is_not_utf_8_is_named_with_its_place(there: World) -> None:
    """Line and column of the first byte that is none."""
    (there.folder / "rbacgen.yaml").write_bytes(b"project: tiny\nmapping: caf\xe9\n")
    result = run("check")
    assert result.exit_code == 1
    assert "rbacgen.yaml:2:13: error: not UTF-8 text: save the file as UTF-8 [unreadable-file]" in result.output


@pytest.mark.parametrize("name", ["rbacgen.lock", "azure_roles.json"])
@pytest.mark.parametrize("content", [b"{", b"\xff", b"[" * 100_000, b"null", b'{"format_version": 99}'])
def test_a_damaged_file_beside_the_project_is_a_problem(there: World, name: str, content: bytes) -> None:
    """The lock and the user's own Azure roles: exit 1, the file named, no traceback."""
    (there.folder / name).write_bytes(content)
    result = run("check")
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert f"{name}:" in result.output


def test_a_folder_where_a_file_should_be(there: World) -> None:
    """A mapping file that is a folder, and an output that is one."""
    (there.folder / "mapping" / "roles" / "x.yaml").mkdir()
    result = run("check")
    assert result.exit_code == 1
    assert "mapping/roles/x.yaml: error: cannot be read: is a directory [unreadable-file]" in result.output
    (there.folder / "mapping" / "roles" / "x.yaml").rmdir()
    result = run("check", "-o", "mapping")
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)


def test_all_unreadable_files_of_a_mapping_are_said_at_once(there: World) -> None:
    """Two files of one mapping that are not UTF-8: two problems, and nothing that only follows from them."""
    for name in ("roles/developer.yaml", "roles/operator.yaml"):
        (there.folder / "mapping" / name).write_bytes(b"\xff")
    lines = [line for line in run("check").output.splitlines() if line.endswith("]")]
    assert [line.rpartition(" ")[2] for line in lines] == ["[unreadable-file]"] * 2


# roles, schema, help.


def test_roles_are_searched_and_shown(there: World) -> None:
    """By words, by name, by former name, by id and by operation."""
    assert "Key Vault Secrets User" in run("roles", "key", "vault", "secrets").stdout
    shown = run("roles", "key vault secrets user").stdout
    assert "Microsoft.KeyVault/vaults/secrets/getSecret/action" in shown
    assert run("roles", "4633458b-17de-408a-b874-0445c86b69e6").stdout == shown
    assert "Key Vault Secrets User" in run("roles", "Microsoft.KeyVault/vaults/secrets/getSecret/action").stdout
    assert json.loads(run("roles", "Key Vault Reader", "--format", "json").stdout)[0]["name"] == "Key Vault Reader"


def test_a_role_that_is_not_there_is_named_with_what_is_near(there: World) -> None:
    """Exit 1 and a hint."""
    result = run("roles", "Key Vault Secretz User")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Key Vault Secrets User" in result.stderr


def test_roles_are_updated_from_azure(there: World) -> None:
    """The output of `az role definition list`: what changed is said, and the project knows the role from then on."""
    definition = {
        "name": ANA,
        "roleName": "House Auditor",
        "roleType": "CustomRole",
        "type": "Microsoft.Authorization/roleDefinitions",
        "assignableScopes": ["/subscriptions/11111111-1111-1111-1111-111111111111"],
        "description": "Audits.",
        "permissions": [
            {"actions": ["Microsoft.KeyVault/vaults/read"], "notActions": [], "dataActions": [], "notDataActions": []}
        ],
    }
    (there.folder / "roles.json").write_text(json.dumps([definition]), encoding="utf-8")
    result = run("roles", "--update", "roles.json")
    assert (result.exit_code, result.stderr) == (0, "wrote azure_roles.json\n")
    assert f"new       House Auditor ({ANA})" in result.stdout
    there.capability("observe")["grants"][0]["azure_role"] = "House Auditor"
    there.mapping["custom_roles.yaml"] = {}
    there.write()
    result = run("check")
    assert result.exit_code == 0, result.output


def plain(node: document.Node) -> Any:
    """Nodes as JSON data."""
    match node:
        case document.Scalar():
            return node.value
        case document.Sequence():
            return [plain(each) for each in node.items]
        case document.MappingNode():
            return {key: plain(each) for key, each in node.items.items()}
    raise AssertionError(node)


def validator(what: str) -> jsonschema.Draft7Validator:
    """The printed schema, which must be a schema itself."""
    schema = json.loads(run("schema", what).stdout)
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def test_the_schema_accepts_every_shipped_file() -> None:
    """The examples' project files and every file of every mapping: an editor marks nothing in them."""
    of_project, of_mapping = validator("project"), validator("mapping")
    checked = 0
    for path in [folder / "rbacgen.yaml" for folder in EXAMPLES]:
        node, _ = document.parse(path.read_text(encoding="utf-8"), path.name)
        assert node is not None
        assert [error.message for error in of_project.iter_errors(plain(node))] == []
        checked += 1
    folders = [files.mapping_folder(name, document.Position("x"), ROOT)[0] for name in files.shipped_mappings()]
    for path in [path for folder in folders for path in sorted(folder.rglob("*.yaml"))]:
        node, _ = document.parse(path.read_text(encoding="utf-8"), path.name)
        assert node is not None
        assert [error.message for error in of_mapping.iter_errors(plain(node))] == [], path
        checked += 1
    assert checked > 50


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "blue"},
        {"project": "Not A Name"},
        {"ends": 5},
        {"pim": "yes"},
        {"environments": {"dev": {}}},
        {"team": {"tester": [{"grup": "x"}]}},
        {"groups": {"grp-a": {}}},
        {"groups": {"grp-a": {"members": [{"user": "x", "in": ["dev"]}]}}},
        {"groups": {"grp-a": {"id": "no GUID", "members": []}}},
    ],
)
def test_the_schema_refuses_what_check_refuses(world: World, change: dict[str, object]) -> None:
    """Unknown keys and wrong values are marked while typing."""
    of_project = validator("project")
    ids = {"id": ANA, "members": [{"group": "grp-b"}, {"user": "x", "id": {"terraform": "azuread_user.x.object_id"}}]}
    assert of_project.is_valid({**world.project, "groups": {"grp-a": ids, "grp-b": {"members": []}}})
    assert of_project.is_valid(world.project)
    assert not of_project.is_valid({**world.project, **change})


def test_every_command_explains_itself() -> None:
    """`--help` and `-h`, with exit 0 and an example or a sentence."""
    for command in ("check", "render", "roles", "schema", "init"):
        result = CliRunner().invoke(main, [command, "-h"])
        assert result.exit_code == 0
        assert result.stdout.startswith("Usage:")
    assert "Exit codes" in CliRunner().invoke(main, ["--help"]).stdout


# Processes.


def test_the_version_is_printed(tmp_path: Path) -> None:
    """`python -m rbacgen` is the same as the script."""
    done = process("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, f"rbacgen {__version__}\n", b"")


def imported(*arguments: str, cwd: Path) -> set[str]:
    """The top-level modules that a command imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "rbacgen", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-500:]
    return {match.split(".")[0] for match in re.findall(r"\|\s+([\w.]+)$", done.stderr, flags=re.MULTILINE)}


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["check", "--help"]])
def test_help_and_version_import_next_to_nothing(tmp_path: Path, arguments: list[str]) -> None:
    """They are what completion and pipelines call most."""
    modules = imported(*arguments, cwd=tmp_path)
    assert "click" in modules
    assert modules & {"yaml", "msgspec", "jinja2", "azure", "hcl2"} == set()


def test_check_imports_no_renderer_and_no_cloud(there: World) -> None:
    """A command imports only what it needs."""
    modules = imported("check", cwd=there.folder)
    assert "yaml" in modules
    assert modules & {"jinja2", "azure", "hcl2", "difflib"} == set()


def test_a_pipe_that_closes_early_is_no_traceback(there: World) -> None:
    """`rbacgen check --rules | head -1`."""
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "rbacgen", "check", "--rules"],
            cwd=there.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=write,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    finally:
        os.close(write)
    assert done.stderr == b""


def test_ctrl_c_ends_a_process_whose_request_hangs() -> None:
    """At once: nobody waits for the answer to a request under way, which may take until the end of its patience."""
    subscription = "6082bfda-63d0-46f4-8272-ae9195139feb"
    hears_ctrl_c = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code = hears_ctrl_c + "from rbacgen.cli import run; run()"
    tenant = Tenant()
    tenant.subscription(subscription, "dev")
    with StandIn(tenant) as azure:
        azure.fault(Fault(collection="roleAssignments", latency=300))
        surroundings = {**os.environ, "PYTHONPATH": str(ROOT), **azure.environment()}
        command = [sys.executable, "-c", code, "snapshot", "--subscription", subscription]
        with subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader:
            deadline = time.monotonic() + 60
            while not azure.asked("arm"):  # one list has come; the other hangs
                assert time.monotonic() < deadline
                time.sleep(0.05)
            reader.send_signal(signal.SIGINT)
            try:
                stdout, stderr = reader.communicate(timeout=20)
            finally:
                reader.kill()
    assert (reader.returncode, stdout) == (1, b"")
    assert b"Aborted!" in stderr


def test_hash_seed_locale_and_time_zone_change_no_byte(there: World) -> None:
    """The same output on every machine."""
    there.project["team"]["develper"] = []
    there.project["team"]["developer"].append({"user": "ana@contoso.example", "id": ANA})
    there.write()
    surroundings = [
        {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"},
        {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "Pacific/Kiritimati"},
        {"PYTHONHASHSEED": "4242", "LC_ALL": "tr_TR.UTF-8", "TZ": "America/Adak"},
    ]
    outputs = {
        process("check", "--notes", "--today", "2026-11-23", cwd=there.folder, **surrounding).stdout
        for surrounding in surroundings
    }
    assert len(outputs) == 1
    assert b"[direct-user]" in outputs.pop()


def test_colour_is_for_terminals_only(there: World) -> None:
    """A terminal gets colour, unless NO_COLOR is set; a pipe never does."""
    pty = pytest.importorskip("pty")  # not on Windows
    there.project["team"]["developer"].append({"user": "ana@contoso.example", "id": ANA})
    there.write()

    def on_terminal(**environment: str) -> bytes:
        leader, follower = pty.openpty()
        with subprocess.Popen(
            [sys.executable, "-m", "rbacgen", "check"],
            cwd=there.folder,
            env={**{k: v for k, v in os.environ.items() if k != "NO_COLOR"}, "PYTHONPATH": str(ROOT), **environment},
            stdout=follower,
            stderr=follower,
        ) as child:
            os.close(follower)
            output = b""
            while True:
                try:
                    piece = os.read(leader, 65536)
                except OSError:
                    break
                if not piece:
                    break
                output += piece
            child.wait(60)
        os.close(leader)
        return output

    assert b"\x1b[" in on_terminal(TERM="xterm")
    assert b"\x1b[" not in on_terminal(TERM="xterm", NO_COLOR="1")
    assert b"\x1b[" not in process("check", cwd=there.folder).stdout


def test_a_terminal_escape_in_a_file_is_not_printed_raw(there: World) -> None:
    """Names in messages could otherwise repaint a reviewer's screen."""
    (there.folder / "rbacgen.yaml").write_text(
        'project: tiny\nmapping: ./mapping\nenvironments: {}\nteam:\n  developer: [{user: "x\\e[31my\\u202ez"}]\n',
        encoding="utf-8",
    )
    output = run("check").output
    assert "[unknown-principal]" in output
    assert "x\ufffd[31my\ufffdz" in output
    assert "\u202e" not in output


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_the_examples_are_in_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No errors in what users copy from."""
    monkeypatch.chdir(folder)
    assert run("check").exit_code == 0
