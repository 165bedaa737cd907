"""`rbacgen init` with answers: by options, from a person at a terminal, and from a hostile one."""

from __future__ import annotations

import datetime
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from rbacgen.cli import main
from rbacgen.commands import load
from rbacgen.model.problems import RbacgenError
from rbacgen.project import document, scaffold
from rbacgen.project.mapping import Mapping
from rbacgen.project.scaffold import FirstMember, ScaffoldAnswers
from tests.cli.test_cli import plain

ROOT = Path(__file__).parents[2]
DEV = "6082bfda-63d0-46f4-8272-ae9195139feb"
TENANT = "6f89cf12-978b-4d23-ac18-9ef0c127cf87"
GROUP = "5d0c1f5e-3a7e-4a55-8f5d-1f0d6a9e2b01"
MLOPS = load.mapping_alone("mlops")
WEB_APP = load.mapping_alone("web_app")
TODAY = datetime.date(2026, 11, 23)
BOUND = ("environment=rg-dev", "workspace=mlw-dev", "workspace_storage=stdev", "data_lake=stlake")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of a good name, to be in."""
    here = tmp_path / "fraud-detection"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


def run(*arguments: str) -> Result:
    """What a command comes to where nobody can be asked."""
    return CliRunner().invoke(main, [*arguments])


def content(text: str) -> Any:
    """A project file as JSON data, read as rbacgen reads it."""
    root, problems = document.parse(text, "rbacgen.yaml")
    assert root is not None
    assert problems == ()
    return plain(root)


def written(folder: Path) -> Any:
    """The project file that stands there."""
    return content((folder / "rbacgen.yaml").read_text(encoding="utf-8"))


# By options.


def test_a_project_that_is_told_whole_passes_check(folder: Path) -> None:
    """With subscription, team with ids, and bindings: no error is left, and the next step is `check`."""
    bindings = [part for each in BOUND for part in ("--bind", f"dev.{each}")]
    result = run(
        "init", "churn", "--environment", f"dev={DEV.upper()}", "--tenant", TENANT, "--ends", "2099-06-30", *bindings,
        "--member", f"data_scientist=group:grp-churn={GROUP}",
    )  # fmt: skip
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "wrote rbacgen.yaml, and rbacgen.schema.json for editors; what comes next:",
        "  - run `rbacgen check`, then `rbacgen render`",
    ]
    project = written(folder)
    assert project["project"] == "churn"
    assert project["tenant"] == TENANT
    assert project["ends"] == "2099-06-30"
    assert project["pim"] is True
    assert list(project["environments"]) == ["dev"]
    assert project["environments"]["dev"]["subscription"] == DEV
    assert project["environments"]["dev"]["scopes"] == dict(each.split("=") for each in BOUND)
    assert project["team"]["data_scientist"] == [{"group": "grp-churn", "id": GROUP}]
    checked = run("check")
    assert checked.exit_code == 0, checked.stdout
    schema = json.loads((folder / "rbacgen.schema.json").read_text(encoding="utf-8"))
    assert [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(project)] == []
    assert run("schema", "--check").exit_code == 0


def test_what_is_left_is_what_check_says(folder: Path) -> None:
    """Each kind that is to be bound is an error of `check`, and no other is; ids are `lock`'s."""
    given = (
        "--environment",
        f"dev={DEV}",
        "--member",
        "data_scientist=user:ana@contoso.example",
        "--bind",
        "dev.workspace=m",
    )
    result = run("init", *given)
    assert "  - bind under `scopes` of dev: environment, workspace_storage, data_lake\n" in result.stdout
    assert "run `rbacgen lock`" in result.stdout
    lines = [line for line in run("check").stdout.splitlines() if "error:" in line]
    assert sorted(line.rpartition(" ")[2] for line in lines) == ["[unbound-scope]"] * 3 + ["[unknown-principal]"]
    text = (folder / "rbacgen.yaml").read_text(encoding="utf-8")
    named = "{user: ana@contoso.example"
    (folder / "rbacgen.yaml").write_text(text.replace(named, f"{named}, id: {GROUP}"), encoding="utf-8")
    errors = [line for line in run("check").stdout.splitlines() if "error:" in line]
    assert sorted(line.split("binds no `")[1].split("`")[0] for line in errors) == [
        "data_lake",
        "environment",
        "workspace_storage",
    ]


def test_a_whole_id_says_itself_where_it_lies() -> None:
    """What holds it need not be bound for its sake."""
    team = {"test_runner": (FirstMember("managed_identity", "id-x", GROUP),)}
    named = ScaffoldAnswers(environments={"dev": DEV}, team=team, scopes={"dev": {"workspace": "mlw"}})
    whole = ScaffoldAnswers(environments={"dev": DEV}, team=team, scopes={"dev": {"workspace": "/subscriptions/x"}})
    bare = set(scaffold.unbound(MLOPS, named).get("dev", ()))
    assert bare - set(scaffold.unbound(MLOPS, whole).get("dev", ())) <= {"environment"}


def test_members_are_told_by_kind_or_guessed(folder: Path) -> None:
    """An @ makes a user, else it is a group; one who is named twice stands there once."""
    result = run(
        "init", "--no-pim", "--member", "tester=grp-testers", "--member", "tester=lena@contoso.example",
        "--member", "tester=group:grp-testers", "--member", "ml_compute=managed_identity:id-compute",
        "--member", "tester=group:user@odd",
    )  # fmt: skip
    assert result.exit_code == 0
    project = written(folder)
    assert project["team"]["tester"] == [
        {"group": "grp-testers"},
        {"user": "lena@contoso.example"},
        {"group": "user@odd"},
    ]
    assert project["team"]["ml_compute"] == [{"managed_identity": "id-compute"}]
    assert project["pim"] is False
    assert list(project["environments"]) == ["dev", "test", "prod", "shared"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--environment", f"dve={DEV}"), "there is no environment `dve` (did you mean `dev`?)"),
        (("--environment", "dev=1234"), "`1234` is no GUID"),
        (("--environment", ""), "--environment is empty"),
        (("--tenant", "contoso"), "`contoso` is no GUID"),
        (("--tenant", ""), "--tenant is empty"),
        (("--ends", "soon"), "`soon` is no date"),
        (("--ends", "2026-02-30"), "`2026-02-30` is no date"),
        (("--ends", "2001-01-01"), "2001-01-01 has come already"),
        (("--member", "tester"), "`tester` does not say who"),
        (("--member", "testr=group:x"), "there is no project role `testr` (did you mean `tester`?)"),
        (("--member", "tester=group:"), "a name has 1 to 2,048 characters"),
        (("--member", "tester=service_principal:x"), "is a hat that people wear"),
        (("--member", "ml_compute=x"), "does not say which kind"),
        (("--member", "ml_compute=user:x"), "is held by an identity"),
        (("--bind", "workspace=x"), "does not say what is bound where"),
        (("--bind", "dev.worksapce=x"), "there is no scope kind to bind `worksapce` (did you mean `workspace`?)"),
        (("--bind", "dev.raw_container=x"), "there is no scope kind to bind `raw_container`"),
        (("--environment", "dev", "--bind", "prod.workspace=x"), "there is no environment `prod`"),
        (("--own", "tester", "--tenant", TENANT), "--tenant has no effect with --own"),
        (("--from", "x.json", "--member", "tester=x"), "--member has no effect with --from"),
        (("--from", "x.json", "--no-pim"), "--pim has no effect with --from"),
    ],
)
def test_an_answer_that_cannot_be_one_is_refused(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    """With what one looks like; nothing is written."""
    result = run("init", *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr
    assert list(folder.iterdir()) == []


def test_a_schema_that_is_not_ours_is_not_overwritten(folder: Path) -> None:
    """One that rbacgen generated is made anew."""
    schema = folder / "rbacgen.schema.json"
    schema.write_text("{}", encoding="utf-8")
    result = run("init")
    assert result.exit_code == 1
    assert "rbacgen.schema.json already exists" in result.stderr
    assert [path.name for path in folder.iterdir()] == ["rbacgen.schema.json"]
    schema.write_text(run("schema").stdout.replace("scope", "old"), encoding="utf-8")
    assert run("init").exit_code == 0
    assert run("schema", "--check").exit_code == 0


# Hostile answers.

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(lambda text: text.strip())


@given(TEXTS, TEXTS, st.sampled_from(["group", "user"]), st.booleans())
def test_no_answer_breaks_the_file(name: str, bound: str, kind: str, pim: bool) -> None:
    """Whatever a person answers stands in the file as it was said, and nothing else is changed by it."""
    role, subject = scaffold.member(f"web_developer={kind}:{name}", WEB_APP)
    environment, scope_kind, value = scaffold.binding(f"dev.key_vault={bound}", WEB_APP, ["dev"])
    answers = ScaffoldAnswers(
        pim=pim, environments={"dev": DEV}, team={role: (subject,)}, scopes={environment: {scope_kind: value}}
    )
    project = content(scaffold.project_file("churn", "web_app", WEB_APP, answers))
    empty = content(scaffold.project_file("churn", "web_app", WEB_APP, ScaffoldAnswers(environments={"dev": DEV})))
    subjects = project["team"].pop("web_developer")
    given_id = {"id": subject.id} if subject.id else {}
    assert subjects == [{kind: subject.name, **given_id}]
    assert project["environments"]["dev"].pop("scopes") == {"key_vault": bound.strip()}
    assert empty["team"].pop("web_developer") == []
    assert empty["environments"]["dev"].pop("scopes") is None
    assert project == empty | {"pim": pim}


@given(TEXTS)
def test_no_mapping_breaks_the_file(text: str) -> None:
    """Neither the path of a mapping, nor the words in one."""
    from msgspec.structs import replace

    hostile = replace(WEB_APP, title=text)
    for name in hostile.roles:
        hostile = replace(hostile, roles={**hostile.roles, name: replace(hostile.roles[name], title=text)})
    project = content(scaffold.project_file("churn", f"./{text}", hostile))
    assert project["mapping"] == f"./{text}"
    assert list(project["team"]) == list(WEB_APP.roles)


def test_what_is_no_text_is_refused() -> None:
    """Bytes that a terminal could not decode."""
    with pytest.raises(RbacgenError, match="no text"):
        scaffold.member("web_developer=group:a\udc80", WEB_APP)


@pytest.mark.parametrize("known", [MLOPS, WEB_APP], ids=["mlops", "web_app"])
def test_every_choice_of_environments_is_right_as_it_stands(known: Mapping, folder: Path) -> None:
    """`check` finds nothing in it."""
    name = "mlops" if known is MLOPS else "web_app"
    for environment in known.environments:
        result = run("init", "--mapping", name, "--environment", environment)
        assert result.exit_code == 0
        said = run("check").stdout
        assert "no errors, 1 warning" in said
        assert "[nothing-yet]" in said  # and that is all
        (folder / "rbacgen.yaml").unlink()


# At a terminal.


# The terminal becomes the process's own, so that Ctrl-C on it is a signal.
TAKE_TERMINAL = """
import fcntl, os, signal, sys, termios
signal.signal(signal.SIGINT, signal.SIG_DFL)  # a job in the background of a shell is started deaf to it
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "rbacgen", *sys.argv[1:]])
"""


class Terminal:
    """A process at a terminal, with a person who waits for the question before the answer."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        import pty

        self.leader, follower = pty.openpty()
        self.child = subprocess.Popen(
            [sys.executable, "-c", TAKE_TERMINAL, *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb", "NO_COLOR": "1"},
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
        )
        os.close(follower)
        self.shown = ""
        self._seen = 0

    def waits_for(self, text: str) -> None:
        """Reads on until the terminal shows this."""
        deadline = time.monotonic() + 30
        while (at := self.shown.find(text, self._seen)) < 0:
            assert time.monotonic() < deadline, f"no {text!r} in {self.shown[self._seen :]!r}"
            self._read()
        self._seen = at + len(text)

    def _read(self) -> bool:
        if not select.select([self.leader], [], [], 0.2)[0]:
            return True
        try:
            piece = os.read(self.leader, 65536)
        except OSError:  # the other side is closed
            return False
        self.shown += piece.decode("utf-8", "replace")
        return bool(piece)

    def answers(self, question: str, text: str = "") -> None:
        """Waits for the question and types a line."""
        self.waits_for(question)
        os.write(self.leader, f"{text}\n".encode())

    def ends(self) -> int:
        """The exit code, after everything was shown."""
        deadline = time.monotonic() + 30
        while self._read():
            assert time.monotonic() < deadline, self.shown
            if self.child.poll() is not None and not select.select([self.leader], [], [], 0.2)[0]:
                break
        return self.child.wait(30)


@pytest.fixture
def terminals(folder: Path) -> Iterator[Any]:
    """What opens a terminal in the folder; those that are still open are closed at the end."""
    pytest.importorskip("pty")  # not on Windows
    opened: list[Terminal] = []

    def at(*arguments: str) -> Terminal:
        opened.append(Terminal(folder, *arguments))
        return opened[-1]

    yield at
    for each in opened:
        if each.child.poll() is None:
            each.child.kill()
            each.child.wait(30)
        os.close(each.leader)


def test_a_person_is_asked_and_the_answers_are_written(folder: Path, terminals: Any) -> None:
    """The name of the folder is proposed, wrong answers are asked for again, and what is written was shown before."""
    terminal = terminals("init")
    terminal.answers("Name of the project [fraud-detection]", "Not A Name")
    terminal.answers("cannot be a project's name")
    terminal.answers("Mapping [mlops]", "web_apq")
    terminal.answers("Mapping [mlops]", "web_app")
    terminal.answers("Which of them does the project have? (Enter: all)", "dev, prd")
    terminal.waits_for("there is no environment `prd` (did you mean `prod`?)")
    terminal.answers("(Enter: all)", "dev")
    terminal.answers("Subscription id of dev (Enter: later)", "123")
    terminal.waits_for("`123` is no GUID")
    terminal.answers("Subscription id of dev (Enter: later)", DEV)
    terminal.answers("Tenant id (Enter: later)")
    terminal.answers("Web Developer")
    terminal.answers("Database Administrator", "grp-\"dba\": ü # 'x'")
    terminal.answers("  and", f"group:grp-second={GROUP}")
    terminal.answers("  and")
    terminal.answers("Operations Engineer", "service_principal:sp")
    terminal.waits_for("is a hat that people wear")
    terminal.answers("Operations Engineer", "ops@contoso.example")
    terminal.answers("  and")
    terminal.answers("Support Analyst", ".")
    terminal.answers("Does the tenant have Privileged Identity Management", "n")
    terminal.answers("End date of the project", "2001-01-01")
    terminal.waits_for("has come already")
    terminal.answers("End date of the project", "2099-06-30")
    terminal.answers("Name the resources of the project now?", "y")
    kinds = [kind for kind, _ in scaffold.bindable(WEB_APP, "dev", ["database_administrator", "operations_engineer"])]
    assert kinds[0] == "environment"
    for kind in kinds:
        terminal.answers(f"dev: {kind} (", "rg-shop" if kind == "environment" else "-")
    terminal.waits_for("Write rbacgen.yaml")
    assert list(folder.iterdir()) == []
    terminal.answers("schema.json?", "y")
    assert terminal.ends() == 0
    assert "  project: fraud-detection" in terminal.shown
    assert "what comes next:" in terminal.shown
    project = written(folder)
    assert project["project"] == "fraud-detection"
    assert project["mapping"] == "web_app"
    assert list(project["environments"]) == ["dev"]
    assert project["environments"]["dev"]["subscription"] == DEV
    assert project["environments"]["dev"]["scopes"] == {"environment": "rg-shop"}
    assert project["environments"]["dev"]["without"] == kinds[1:]
    assert project["pim"] is False
    assert project["ends"] == "2099-06-30"
    assert "tenant" not in project
    assert project["team"]["database_administrator"] == [
        {"group": "grp-\"dba\": ü # 'x'"},
        {"group": "grp-second", "id": GROUP},
    ]
    assert project["team"]["operations_engineer"] == [{"user": "ops@contoso.example"}]
    lines = [line for line in run("check").stdout.splitlines() if "error:" in line]
    assert {line.rpartition(" ")[2] for line in lines} == {"[unknown-principal]"}


def test_what_is_given_is_not_asked_for(folder: Path, terminals: Any) -> None:
    """Options answer their questions; what is left is asked."""
    terminal = terminals(
        "init", "churn", "--mapping", "web_app", "--environment", f"dev={DEV}", "--tenant", TENANT, "--pim",
        "--member", "web_developer=group:grp-dev",
    )  # fmt: skip
    terminal.answers("End date of the project")
    terminal.answers("Name the resources of the project now?", "n")
    terminal.answers("Write rbacgen.yaml and rbacgen.schema.json?")
    assert terminal.ends() == 0
    for question in (
        "Name of the project",
        "Mapping [",
        "Which of them",
        "Tenant id",
        "Who holds which role",
        "Privileged",
    ):
        assert question not in terminal.shown
    assert written(folder)["team"]["web_developer"] == [{"group": "grp-dev"}]


@pytest.mark.parametrize("after", range(4))
def test_ctrl_c_writes_nothing(folder: Path, terminals: Any, after: int) -> None:
    """At whatever question, with exit 1 and no traceback."""
    questions = (
        ("Name of the project", "churn"),
        ("Mapping [mlops]", "web_app"),
        ("(Enter: all)", "dev"),
        ("Subscription id of dev", ""),
    )
    terminal = terminals("init")
    for question, answer in questions[:after]:
        terminal.answers(question, answer)
    terminal.waits_for(questions[after][0])
    deadline = time.monotonic() + 30
    while terminal.child.poll() is None and time.monotonic() < deadline:
        os.write(terminal.leader, b"\x03")  # again, where it came while the line was only being made ready for typing
        select.select([], [], [], 0.5)
    assert terminal.ends() == 1
    assert "Aborted!" in terminal.shown
    assert "Traceback" not in terminal.shown
    assert list(folder.iterdir()) == []


def test_a_proposal_that_is_refused_writes_nothing(folder: Path, terminals: Any) -> None:
    """The last question is a real one."""
    terminal = terminals("init", "churn", "--mapping", "web_app", "--environment", "dev", "--tenant", TENANT, "--pim")
    terminal.answers("Web Developer", ".")
    terminal.answers("End date of the project")
    terminal.answers("Write rbacgen.yaml and rbacgen.schema.json?", "n")
    assert terminal.ends() == 1
    assert "nothing was written" in terminal.shown
    assert list(folder.iterdir()) == []


def test_nobody_is_asked_with_no_input(folder: Path, terminals: Any) -> None:
    """Even at a terminal."""
    terminal = terminals("init", "churn", "--no-input")
    assert terminal.ends() == 0
    assert "Name of the project" not in terminal.shown
    assert written(folder)["project"] == "churn"


def test_a_project_that_stands_there_is_said_before_any_question(folder: Path, terminals: Any) -> None:
    """Nobody answers twenty questions for nothing."""
    (folder / "rbacgen.yaml").write_text("mine\n", encoding="utf-8")
    terminal = terminals("init")
    assert terminal.ends() == 1
    assert "already exists" in terminal.shown
    assert "Name of the project" not in terminal.shown
    assert (folder / "rbacgen.yaml").read_text(encoding="utf-8") == "mine\n"
