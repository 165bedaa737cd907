"""Completion in shells: the names of the project at every place, quickly, in silence, and without a network."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.shell_completion import CompletionItem, ShellComplete
from hypothesis import given
from hypothesis import strategies as st

from rbacgen.authorization import catalog
from rbacgen.authorization.catalog.operations import load as load_operations
from rbacgen.cli import _COMMANDS, main, shell_completion
from rbacgen.commands import completion as offering
from rbacgen.commands import files
from tests.fakes.world import World

ROOT = Path(__file__).parents[2]
BASH = shutil.which("bash")
SECRETS = "Microsoft.KeyVault/vaults/secrets/"


def items(*words: str) -> list[CompletionItem]:
    """What comes next after these words, of which the last is not finished."""
    *before, start = words
    return ShellComplete(main, {}, "rbacgen", shell_completion.VARIABLE).get_completions(before, start)


def names(*words: str) -> list[str]:
    """The names that come next, without what they mean."""
    return [str(each.value) for each in items(*words)]


@pytest.fixture
def there(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world without errors, written, with its folder the current one."""
    world.project["team"]["developer"].append({"user": "ana@contoso.example", "in": ["dev"]})
    world.write()
    monkeypatch.chdir(world.folder)
    return world


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a project in it or above."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


# What is offered where.


def test_commands_and_options_are_completed(there: World) -> None:
    """With what they do."""
    assert names("") == list(_COMMANDS)
    assert names("sn") == ["snapshot"]
    assert items("sn")[0].help
    assert names("diff", "--excl") == ["--excluded"]
    assert names("matrix", "--format", "") == ["text", "md", "json", "html", "csv"]
    assert names("completion", "f") == ["fish"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("can", ""), ["developer", "operator", "robot", "grp-developers", "ana@contoso.example", "grp-operators", "id-robot"]),
        (("can", "dev"), ["developer"]),
        (("can", "ana"), ["ana@contoso.example"]),
        (("explain", "obs"), ["observe"]),
        (("can", "developer", "x", "--on", "v"), ["vault"]),
        (("who-can", "x", "--on", ""), ["root", "landing_zone", "subscription", "group", "vault", "lake", "raw"]),
        (("render", "-e", ""), ["dev", "prod"]),
        (("can", "developer", "x", "--environment", "p"), ["prod"]),
        (("suggest", "--capability", "see"), ["see_zone"]),
        (("suggest", "--project-role", "ro"), ["robot"]),
        (("suggest", "--on", "la"), ["landing_zone", "lake"]),
        (("diff", "--subscription", "1"), ["11111111-1111-1111-1111-111111111111"]),
        (("explain", "Tiny"), ["Tiny Observer"]),
        (("roles", "key vault sec"), ["Key Vault Secrets Officer", "Key Vault Secrets User"]),
        (("init", "--own", "data_sc"), ["data_scientist"]),
        (("init", "--mapping", "web_app", "--own", ""), ["database_administrator", "operations_engineer", "support_analyst", "web_developer", "deployment"]),
        (("init", "--environment", ""), ["dev", "test", "prod", "shared"]),
        (("init", "--member", "data_sc"), ["data_scientist="]),
        (("init", "--member", "tester=u"), ["tester=user:"]),
        (("init", "--bind", "de"), ["dev."]),
        (("init", "--bind", "dev.workspace_s"), ["dev.workspace_storage="]),
        (("init", "--mapping", ""), ["mlops", "web_app"]),
    ],
)  # fmt: skip
def test_names_are_completed(there: World, words: tuple[str, ...], expected: list[str]) -> None:
    """Of the project that stands here, each where it may stand."""
    assert names(*words) == expected


def test_names_say_what_they_mean(there: World) -> None:
    """For shells that show it."""
    assert [each.help for each in items("can", "robot")] == ["Robot"]
    assert [each.help for each in items("can", "ana")] == ["developer"]
    assert [each.help for each in items("render", "-e", "d")] == ["11111111-1111-1111-1111-111111111111"]
    assert [each.help for each in items("suggest", "--on", "raw")] == ["The container raw"]


def test_the_project_can_be_named(
    there: World, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By -p, from anywhere; and it is found from a folder below."""
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert names("render", "-e", "") == []
    assert names("render", "-p", str(there.folder), "-e", "") == ["dev", "prod"]
    monkeypatch.chdir(there.folder / "mapping")
    assert names("render", "-e", "") == ["dev", "prod"]


def test_all_azure_roles_are_completed(nowhere: Path) -> None:
    """Without a project, too; `explain` waits for the first letter."""
    every = catalog.load().names()
    assert names("roles", "") == list(every)
    assert "Key Vault Reader" in names("explain", "key v")
    assert names("explain", "") == []
    assert names("roles", "key", "va") == []


def test_files_are_left_to_the_shell(there: World) -> None:
    """Where a FILE, a DIR or a SOURCE is taken; `azure` where it is begun."""
    for words in (
        ("check", "-p", "r"),
        ("diff", ""),
        ("check", "--tests", ""),
        ("roles", "--changes", ""),
        ("diff", "-o", "x"),
    ):
        assert [(each.type, each.value) for each in items(*words)] == [("file", words[-1])]
    assert [each.type for each in items("render", "-o", "")] == ["dir"]
    assert [each.type for each in items("render", "--templates", "")] == ["dir"]
    assert [(each.type, each.value) for each in items("diff", "az")] == [("plain", "azure")]
    assert [each.type for each in items("diff", "azure.json")] == ["file"]
    assert [each.type for each in items("init", "--mapping", "./")] == ["dir"]


def test_operations_come_part_by_part(nowhere: Path) -> None:
    """Providers first, then what the names of one go on with; never more than a screen where a part can be shorter."""
    providers = [f"{name}/" for name in load_operations().providers()]
    assert names("who-can", "") == providers
    assert names("who-can", "microsoft.keyv")[0].startswith("Microsoft.KeyVault/")
    assert f"{SECRETS}getSecret/action" in names("can", "x", SECRETS)
    assert names("suggest", f"{SECRETS}getS") == [f"{SECRETS}getSecret/action"]
    assert names("roles", f"{SECRETS}getS") == [f"{SECRETS}getSecret/action"]
    network = names("who-can", "Microsoft.Network/")
    assert len(network) <= 80
    assert "Microsoft.Network/loadBalancers/" in network
    assert names("who-can", "Microsoft.Nowhere/") == []


@given(
    st.sampled_from(
        [each.name for name in load_operations().providers() for each in load_operations().in_provider(name)]
    )
)
def test_every_operation_can_be_reached(operation: str) -> None:
    """Whoever takes what is offered and fits comes to it, and each step is longer than the one before."""
    start = ""
    for _ in range(20):
        offers = load_operations().beginning(start)
        fitting = [name for name in offers if operation.startswith(name)]
        assert fitting, start
        longest = max(fitting, key=len)
        if longest == operation:
            return
        assert len(longest) > len(start)
        start = longest
    raise AssertionError(operation)


FREE = {"accept", "caller", "custom_role", "attributes", "today", "ends", "tenant", "name", "arm_endpoint", "authority", "graph_endpoint"}  # fmt: skip


@pytest.mark.parametrize("name", list(_COMMANDS))
def test_every_parameter_has_names_or_is_free(name: str) -> None:
    """What takes a text is completed, or listed here as free: a new option is one or the other."""
    command = main.get_command(click.Context(main), name)
    assert command is not None
    for parameter in command.params:
        if isinstance(parameter.type, click.types.StringParamType) and parameter.name not in FREE:
            assert shell_completion._completer(command, parameter) is not None, f"{name} {parameter.opts[0]}"


# In silence.


@pytest.mark.parametrize(
    "text",
    [
        "",
        "project: [",
        "\x00",
        "team: [a]\nenvironments: {dev: 1}\nmapping: {a: b}\n",
        "mapping: nowhere\n",
        "mapping: mapping\nteam: {a: [{user: 1}]}",
    ],
)
def test_a_broken_project_offers_what_can_be_read(there: World, text: str) -> None:
    """No error, whatever stands in the file."""
    (there.folder / "rbacgen.yaml").write_text(text, encoding="utf-8")
    for words in (
        ("can", ""),
        ("render", "-e", ""),
        ("who-can", "x", "--on", ""),
        ("explain", "x"),
        ("diff", "--subscription", ""),
    ):
        assert isinstance(items(*words), list)


def test_broken_mappings_and_missing_files_offer_nothing(there: World) -> None:
    """Neither does a project file that is not there, nor an `azure_roles.json` that is damaged."""
    (there.folder / "mapping" / "scope_kinds.yaml").write_bytes(b"\xff")
    (there.folder / "mapping" / "roles" / "developer.yaml").write_text("title: [", encoding="utf-8")
    (there.folder / "azure_roles.json").write_text("{", encoding="utf-8")
    assert names("who-can", "x", "--on", "") == []
    assert "operator" in names("can", "")
    assert names("roles", "Key") == []
    assert names("render", "-p", "nowhere.yaml", "-e", "") == []
    assert names("can", "", "") == [f"{name}/" for name in load_operations().providers()]


def test_names_that_would_break_a_terminal_are_not_offered(there: World) -> None:
    """Control characters and line breaks in a name stay in the file."""
    there.project["team"]["developer"] = [{"group": "a\nb"}, {"group": "a\x1b[31m"}, {"group": "a,b c"}]
    there.write()
    assert names("can", "a") == ["a,b c"]


# In a process.


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A search path on which `rbacgen` is this one."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "rbacgen"
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m rbacgen "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def asked(line: str, cwd: Path, word: str = "", **more: str) -> subprocess.CompletedProcess[bytes]:
    """What the process answers a bash."""
    surroundings = {"COMP_LINE": line, "COMP_POINT": str(len(line.encode())), "COMP_WORD": word}
    return subprocess.run(
        [sys.executable, "-m", "rbacgen"],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "_RBACGEN_COMPLETE": "bash_complete", **surroundings, **more},
        capture_output=True,
        timeout=60,
    )


def test_a_shell_is_answered_line_by_line(there: World) -> None:
    """Each name behind what kind it is, quoted for the shell, cut to the word that bash believes in."""
    assert asked("rbacgen render -e ", there.folder).stdout == b"plain,dev\nplain,prod\n"
    assert asked("rbacgen can ana@con", there.folder, "con").stdout == b"plain,contoso.example\n"
    assert asked("rbacgen explain Tiny\\ O", there.folder, "Tiny\\ O").stdout == b"plain,Tiny\\ Observer\n"
    assert asked('rbacgen explain "Tiny O', there.folder, "Tiny O").stdout == b"plain,Tiny Observer\n"
    assert asked("rbacgen can x y --on=va", there.folder, "va").stdout == b"plain,vault\n"


def test_nothing_is_written_between_what_a_person_types(there: World) -> None:
    """Neither a warning nor, should rbacgen itself be wrong, a traceback; and a shell without all it says gets nothing."""
    (there.folder / "rbacgen.yaml").write_text("team: [", encoding="utf-8")
    for line in ("rbacgen can ", "rbacgen nonsense ", "rbacgen can '", 'rbacgen can "" x'):
        assert asked(line, there.folder).stderr == b""
    done = asked("rbacgen ", there.folder, COMP_POINT="no number")
    assert (done.stdout, done.stderr) == (b"", b"")


def imported(line: str, cwd: Path) -> set[str]:
    """The modules that answering a bash imports."""
    code = (
        "import os, sys\n"
        "before = set(sys.modules)\n"  # what measures the coverage of processes brings along
        "from rbacgen.cli import main, shell_completion\n"
        "shell_completion.prepare()\n"
        "try: main(prog_name='rbacgen')\n"
        "except SystemExit: pass\n"
        "os.write(1, (' '.join(set(sys.modules) - before)).encode())"
    )
    surroundings = {"COMP_LINE": line, "COMP_POINT": str(len(line)), "_RBACGEN_COMPLETE": "bash_complete"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **surroundings},
        capture_output=True,
        text=True,
    )
    *answers, last = done.stdout.split("\n")
    assert answers
    assert "click" in last.split()
    return set(last.split())


@pytest.mark.parametrize(
    "line",
    ["rbacgen diff --subscription ", "rbacgen can ", "rbacgen who-can Microsoft.K", "rbacgen roles K", "rbacgen "],
)
def test_no_network_is_read(there: World, line: str) -> None:
    """Neither the SDK nor a socket is imported, whatever is completed."""
    assert imported(line, there.folder) & {"azure", "msal", "requests", "socket", "ssl", "jinja2", "hcl2"} == set()


def test_operations_are_completed_before_a_person_waits(there: World) -> None:
    """From the one file that holds them: no YAML is read and no project, which would take longer than all the rest."""
    modules = imported("rbacgen who-can Microsoft.Network/", there.folder)
    assert "rbacgen.authorization.catalog.operations" in modules
    assert (
        modules
        & {
            "yaml",
            "rbacgen.commands.files",
            "rbacgen.project.document",
            "rbacgen.commands.load",
            "rbacgen.project.project",
        }
        == set()
    )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_script(shell: str, nowhere: Path) -> None:
    """The same by the command and by click's own variable; it names the command and the variable."""
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
    by_command = subprocess.run(
        [sys.executable, "-m", "rbacgen", "completion", shell], env=surroundings, capture_output=True, cwd=nowhere
    )
    by_variable = subprocess.run(
        [sys.executable, "-m", "rbacgen"],
        env=surroundings | {"_RBACGEN_COMPLETE": f"{shell}_source"},
        capture_output=True,
        cwd=nowhere,
    )
    assert (by_command.returncode, by_command.stderr) == (0, b"")
    assert by_command.stdout == by_variable.stdout
    assert f"_RBACGEN_COMPLETE={shell}_complete".encode() in by_command.stdout


@pytest.mark.skipif(BASH is None, reason="there is no bash here")
def test_bash_takes_the_script(there: World, path: str) -> None:
    """Sourced without a word, and its function fills COMPREPLY."""
    program = (
        'eval "$(rbacgen completion bash)"; complete -p rbacgen; '
        'COMP_LINE="rbacgen can dev"; COMP_POINT=${#COMP_LINE}; _rbacgen_completion rbacgen dev can; echo "${COMPREPLY[@]}"'
    )
    assert BASH is not None
    done = subprocess.run(
        [BASH, "--norc", "-c", program],
        cwd=there.folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "developer"
    assert "-F _rbacgen_completion rbacgen" in done.stdout


@pytest.fixture
def bash(there: World, path: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A bash at a terminal that has sourced the script."""
    pty = pytest.importorskip("pty")  # not on Windows
    if BASH is None:
        pytest.skip("there is no bash here")
    leader, follower = pty.openpty()
    environment = {**os.environ, "PATH": path, "PS1": "ready> ", "TERM": "dumb", "INPUTRC": os.devnull, "HISTFILE": ""}
    with subprocess.Popen(
        [BASH, "--norc", "--noprofile", "-i"],
        cwd=there.folder, env=environment, stdin=follower, stdout=follower, stderr=follower, start_new_session=True,
    ) as child:  # fmt: skip
        os.close(follower)
        read_until(leader, "ready> ")
        os.write(leader, b'eval "$(rbacgen completion bash)"; bind "set enable-bracketed-paste off"; PS1="set> "\n')
        read_until(leader, "set> ", times=2)
        yield leader, child
        child.kill()
    os.close(leader)


def read_until(leader: int, text: str, times: int = 1) -> str:
    """What a terminal shows until it has shown this text so often."""
    output = b""
    deadline = time.monotonic() + 30
    while output.count(text.encode()) < times:
        assert time.monotonic() < deadline, output
        if select.select([leader], [], [], 0.2)[0]:
            output += os.read(leader, 65536)
    return output.decode()


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("rbacgen sn\t", "rbacgen snapshot "),
        ("rbacgen can dev\t", "rbacgen can developer "),
        ("rbacgen can ana\t", "rbacgen can ana@contoso.example "),
        ("rbacgen can ana@c\t", "rbacgen can ana@contoso.example "),
        ("rbacgen can x y --on va\t", "rbacgen can x y --on vault "),
        ("rbacgen can x y --on=va\t", "rbacgen can x y --on=vault "),
        ("rbacgen explain Tiny\t", "rbacgen explain Tiny\\ Observer "),
        ("rbacgen explain Tiny\\ O\t", "rbacgen explain Tiny\\ Observer "),
        ('rbacgen explain "Tiny O\t', 'rbacgen explain "Tiny Observer" '),
        ("rbacgen suggest Microsoft.KeyVault/vaults/secrets/getS\t", f"rbacgen suggest {SECRETS}getSecret/action "),
        ("rbacgen check -p rbacgen.y\t", "rbacgen check -p rbacgen.yaml "),
        ("cd . && rbacgen render -e d\t", "cd . && rbacgen render -e dev "),
    ],
)
def test_a_person_at_a_bash_gets_it_completed(
    bash: tuple[int, subprocess.Popen[bytes]], typed: str, completed: str
) -> None:
    """As it then stands on the line; the echo of a marker says that the line is done."""
    leader, _ = bash
    os.write(leader, typed.encode())
    shown = read_until(leader, completed)
    assert completed in shown
    assert "Traceback" not in shown


def test_shipped_mappings_are_known_by_name() -> None:
    """The mappings that `init --mapping` completes are those that ship."""
    assert [name for name, _ in offering.mappings()] == list(files.shipped_mappings())
