"""`rbacgen suggest` as a process: what goes where, the exit codes, the width, and what is not said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rbacgen.commands import load, suggest
from tests.fakes.command import run_here
from tests.fakes.world import DEV, World
from tests.sources.test_activity_log import PERSON, ROBOT, event

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "fraud-detection"
GET_SECRET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
START = "from rbacgen.cli import run; run()"


def run(*arguments: str, cwd: Path = ROOT, input_: str | None = None) -> subprocess.CompletedProcess[str]:
    """What the command comes to."""
    return run_here(cwd, {}, "suggest", *arguments, stdin=input_)


def process(*arguments: str, seed: str) -> subprocess.CompletedProcess[str]:
    """The same in a process of its own, with a hash seed."""
    return subprocess.run(
        [sys.executable, "-c", START, "suggest", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )


def form(*arguments: str, cwd: Path = ROOT) -> dict[str, Any]:
    """The JSON of a run that went well."""
    done = run(*arguments, "--format", "json", cwd=cwd)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["format_version"] == 1
    return found


def first(found: dict[str, Any]) -> list[str]:
    """The roles of the first option of the first answer."""
    return [each["name"] for each in found["answers"][0]["options"][0]["roles"]]


@pytest.fixture
def there(world: World) -> World:
    """A world that is written."""
    world.write()
    return world


# Operations


def test_an_operation_gives_roles_best_first(tmp_path: Path) -> None:
    """Without any project; text on stdout, nothing on stderr."""
    done = run(GET_SECRET, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.index("1. Key Vault Secrets User") < done.stdout.index("Key Vault Administrator")
    assert "sensitive: Microsoft.Resources/deployments/write" in done.stdout


def test_json_names_all_that_text_names() -> None:
    """Weights, counts by class, the sensitive surplus by name, and what each role contributes."""
    answer = form(GET_SECRET, "Microsoft.KeyVault/vaults/read")["answers"][0]
    assert [each["plane"] for each in answer["needs"]] == ["control", "data"]
    option = answer["options"][0]
    assert sum(option["excess"]["counts"].values()) == option["excess"]["operations"]
    assert option["rank"] == 1
    assert {"covers", "covers_alone", "excess", "adds", "reservation"} <= set(option["roles"][0])
    assert answer["options_in_all"] >= len(answer["options"])
    wide = answer["options"][-1]["excess"]
    assert len(wide["sensitive"]) == wide["counts"]["sensitive"] > 0


def test_most_cuts_and_says_how_many_there_are() -> None:
    """Options, not answers; without it twelve."""
    need = "Microsoft.Resources/subscriptions/resourceGroups/read"
    assert len(form(need)["answers"][0]["options"]) == 12
    assert len(form(need, "--most", "2")["answers"][0]["options"]) == 2
    assert "more (--most" in run(need, "--most", "2").stdout


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_same_bytes_every_time(seed: str) -> None:
    """Whatever the order that sets come in."""
    needs = ("Microsoft.Authorization/policyAssignments/write", "Microsoft.Resources/tags/write")
    assert process(*needs, seed=seed).stdout == process(*reversed(needs), seed="0").stdout


def test_text_fits_eighty_columns() -> None:
    """But for names that are longer, and the JSON of a custom role."""
    for arguments in (
        (GET_SECRET,),
        ("--project-role", "devops_engineer"),
        ("--project-role", "data_scientist", "--most", "3"),
        ("Contoso.Widget/frobs/spin/action",),
    ):
        long = [line for line in run(*arguments, cwd=EXAMPLE).stdout.splitlines() if len(line) > 80]
        assert [line for line in long if len(line.split()) > 1] == []


def test_an_operation_on_both_planes_needs_to_be_told_apart() -> None:
    """Error with the cure, and an answer on either plane."""
    name = "Microsoft.KeyVault/vaults/keys/read"
    done = run(name)
    assert (done.returncode, done.stdout) == (1, "")
    assert "--plane control" in done.stderr
    planes = [form(name, "--plane", plane)["answers"][0]["needs"] for plane in ("control", "data")]
    assert [needs[0]["plane"] for needs in planes] == ["control", "data"]


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ("Microsoft.KeyVault/vaults/secret/read", "did you mean `Microsoft.KeyVault/vaults/secrets/read` (control)"),
        ("Microsoft.ServiceBus/namespaces/queues/send/action", "may be on either plane"),
        ("Microsoft.ServiceBus/namespaces/*", "is on both planes"),
    ],
)
def test_an_operation_that_may_be_on_either_plane_is_asked_for(operation: str, words: str) -> None:
    """Roles that cover it on the wrong plane do not give it, and nobody can tell the plane from the name."""
    done = run(operation)
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
    assert "`--plane data`" in done.stderr


def test_the_least_role_that_sends_to_a_queue() -> None:
    """On the data plane, where Contributor and a key of the namespace do not come into it."""
    (answer,) = form("Microsoft.ServiceBus/namespaces/queues/send/action", "--plane", "data")["answers"]
    names = [[role["name"] for role in option["roles"]] for option in answer["options"]]
    assert names[0] == ["Azure Service Bus Data Sender"]
    assert not any("Contributor" in each for names_of in names for each in names_of)


@pytest.mark.parametrize(
    "text",
    [
        "foo",
        "Microsoft.Storage/storageAccounts/",
        "/Microsoft.Storage/storageAccounts/read",
        "Microsoft.Storage//*",
        "*/list",
    ],
)
def test_what_is_no_operation_is_refused(text: str) -> None:
    """One sentence and an example, nothing on stdout."""
    done = run(text, "--plane", "control")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"`{text}` is not an Azure operation and matches none" in done.stderr
    assert "Microsoft.Storage/storageAccounts/read" in done.stderr


@pytest.mark.parametrize("name", ["Reader", "reader", "Azure AI User", "acdd72a7-3385-48ef-bd42-f606fba81ae7"])
def test_a_custom_role_is_not_called_as_a_built_in_one_is(name: str) -> None:
    """Nor by a former name or an id: Azure refuses it, and a grant that names it would mean either."""
    done = run(GET_SECRET, "--custom-role", name)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"`{name}` is the name of an Azure role already" in done.stderr


def test_an_unknown_operation_of_a_told_plane_is_covered_with_its_near_misses() -> None:
    """It may exist: the list is not whole."""
    found = form("Microsoft.KeyVault/vaults/secret/read", "--plane", "control")
    assert found["answers"][0]["unknown"] == [
        {"operation": "Microsoft.KeyVault/vaults/secret/read", "plane": "control"}
    ]
    assert any("did you mean `Microsoft.KeyVault/vaults/secrets/read`" in each for each in found["remarks"])


def test_the_wrong_plane_is_said() -> None:
    """Getting a secret is known on the data plane only."""
    remarks = form(GET_SECRET, "--plane", "control")["remarks"]
    assert remarks == [f"`{GET_SECRET}` is known on the data plane, not on the control plane"]


def test_providers_of_which_little_is_known_are_named() -> None:
    """What is not known is said, in both forms."""
    need = "Contoso.Widget/frobs/spin/action"
    assert form(need, "--plane", "control")["answers"][0]["known"] == [
        {"provider": "Contoso.Widget", "plane": "control", "operations": 0, "complete": False}
    ]
    shown = " ".join(run(need, "--plane", "control").stdout.split())
    assert "few operations of Contoso.Widget (none known on the control plane) are known" in shown


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (GET_SECRET, "--capability", "use_secrets"),
        ("--capability", "a", "--project-role", "b"),
        ("--on", "vault"),
        ("--capability", "use_secrets", "--plane", "data"),
        (GET_SECRET, "--caller", "somebody"),
        (GET_SECRET, "--most", "0"),
        (GET_SECRET, "--plane", "both"),
        ("nonsense",),
        ("Microsoft.KeyVault",),
        ("Microsoft.KeyVault/vaults/read; ls",),
        (GET_SECRET, "--on", "vualt"),
        (GET_SECRET, "--on", "Microsoft.KeyVault/"),
        ("--capability", "use_secret"),
        ("--project-role", "develper"),
        ("--capability", "observe"),
        ("--capability", "use_secrets", "--on", "group"),
        ("--activity-log", "none.json"),
    ],
)
def test_what_cannot_be_asked_is_1(there: World, arguments: tuple[str, ...]) -> None:
    """With a reason on stderr, no traceback, and nothing on stdout."""
    done = run(*arguments, cwd=there.folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_near_misses_of_names_are_given(there: World) -> None:
    """Of capabilities, project roles and scope kinds."""
    assert "did you mean `use_secrets`" in run("--capability", "use_secret", cwd=there.folder).stderr
    assert "did you mean `developer`" in run("--project-role", "develper", cwd=there.folder).stderr
    assert "did you mean `vault`" in run(GET_SECRET, "--on", "vualt", cwd=there.folder).stderr


# Needs of a mapping


def test_a_capability_is_answered_by_scope_kind(there: World) -> None:
    """Its needs, where and in which environments they are."""
    answers = form("--capability", "use_secrets", cwd=there.folder)["answers"]
    assert [(each["scope_kind"], each["environments"]) for each in answers] == [("vault", ["dev"])]
    assert answers[0]["place"] == {"name": "vault", "level": "resource", "type": "Microsoft.KeyVault/vaults"}
    assert first({"answers": answers}) == ["Key Vault Secrets User"]


def test_environments_that_need_the_same_are_answered_together(there: World) -> None:
    """What both need, and one needs more of, is two answers, each with all that is needed there."""
    write = "Microsoft.KeyVault/vaults/write"
    there.capability("use_secrets")["needs"] = [
        {"on": "vault", "source": "inferred", "actions": ["Microsoft.KeyVault/vaults/read"]},
        {"on": "vault", "in": ["dev"], "source": "inferred", "actions": [write]},
        {"on": "group", "source": "inferred", "actions": ["Microsoft.Resources/tags/write"]},
        {"on": "group", "source": "inferred", "when": "activated", "actions": ["Microsoft.Resources/tags/read"]},
    ]
    there.write()
    answers = form("--project-role", "developer", cwd=there.folder)["answers"]
    assert [(each["scope_kind"], each["environments"], each["activated"], len(each["needs"])) for each in answers] == [
        ("group", ["dev", "prod"], False, 1),
        ("group", ["dev", "prod"], True, 1),
        ("vault", ["dev"], False, 2),
        ("vault", ["prod"], False, 1),
    ]
    narrowed = form("--project-role", "developer", "--on", "vault", cwd=there.folder)["answers"]
    assert {each["scope_kind"] for each in narrowed} == {"vault"}
    by_type = form("--project-role", "developer", "--on", "resource_group", cwd=there.folder)["answers"]
    assert {each["scope_kind"] for each in by_type} == {"group"}


def test_custom_roles_of_the_mapping_take_part(there: World) -> None:
    """Tiny Observer reads the vault and nothing else."""
    assert first(form("Microsoft.KeyVault/vaults/read", "--on", "vault", cwd=there.folder)) == ["Tiny Observer"]


def test_a_mapping_with_errors_is_said_with_its_places(there: World) -> None:
    """Advice out of half a mapping would be wrong."""
    there.capability("use_secrets")["needs"][0]["on"] = "vualt"
    there.write()
    done = run("--capability", "use_secrets", cwd=there.folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert "[unknown-scope-kind]" in done.stderr


def test_a_project_whose_team_is_wrong_does_not_matter(there: World) -> None:
    """Who holds the project roles has no part in it."""
    there.project["team"]["develper"] = []
    there.write()
    assert first(form("--capability", "use_secrets", cwd=there.folder)) == ["Key Vault Secrets User"]


@pytest.mark.slow
def test_all_project_roles_of_the_example_have_answers() -> None:
    """Each set of needs of the shipped mapping is covered by some roles, and every search went to its end."""
    mapping = load.read_files(str(EXAMPLE)).mapping
    answered = 0
    for name, role in mapping.roles.items():
        if not any(capability.needs for responsibility in role.responsibilities for capability in responsibility.takes):
            continue
        for answer in suggest.suggest(str(EXAMPLE), suggest.SuggestRequest(project_role=name)).answers:
            answered += 1
            assert answer.suggestion.options, (name, answer.scope_kind)
            assert answer.suggestion.is_proven
            assert not answer.suggestion.uncovered
    assert answered > 60


# Custom roles


def test_a_custom_role_comes_in_both_forms(there: World) -> None:
    """Bound to the project's subscriptions; what `az` takes and what `custom_roles.yaml` takes."""
    custom = form("--capability", "use_secrets", "--custom-role", "Tiny Secrets", cwd=there.folder)["answers"][0][
        "custom_role"
    ]
    assert custom["az"]["AssignableScopes"] == [f"/subscriptions/{DEV}"]
    assert custom["az"]["DataActions"] == [GET_SECRET]
    assert (custom["has_placeholder"], custom["assignable_at_management_groups"]) == (False, False)
    there.mapping["custom_roles.yaml"] = custom["mapping"]
    there.capability("observe")["grants"][0]["azure_role"] = "Tiny Secrets"
    assert "unknown-azure-role" not in there.rules()
    assert not {each for each in there.rules() if each.startswith("custom-role")}


def test_each_set_of_needs_has_a_custom_role_of_its_own_name(there: World) -> None:
    """Azure takes a name once."""
    there.capability("use_secrets")["needs"] = [
        {"on": kind, "source": "inferred", "actions": ["Microsoft.KeyVault/vaults/read"]} for kind in ("vault", "group")
    ]
    there.write()
    answers = form("--capability", "use_secrets", "--custom-role", "Mine", cwd=there.folder)["answers"]
    assert [each["custom_role"]["az"]["Name"] for each in answers] == ["Mine group dev prod", "Mine vault dev prod"]


def test_without_a_project_the_subscription_is_left_to_the_reader(tmp_path: Path) -> None:
    """Said in text, marked in JSON."""
    assert "put your subscription in AssignableScopes" in run(GET_SECRET, "--custom-role", "X", cwd=tmp_path).stdout
    custom = form(GET_SECRET, "--custom-role", "X", cwd=tmp_path)["answers"][0]["custom_role"]
    assert custom["has_placeholder"]


def test_no_two_empty_lines_follow_each_other(there: World) -> None:
    """After a custom role with nothing to say of it as well, and at the end of a report."""
    both = ("Microsoft.KeyVault/vaults/read", "Microsoft.KeyVault/vaults/write")
    said = run(*both, "--on", "vault", "--custom-role", "X", cwd=there.folder).stdout
    assert "    - Microsoft.KeyVault/vaults/write\n\nto bear in mind\n" in said
    assert "\n\n\n" not in said
    assert not said.endswith("\n\n")


# Activity logs


def test_an_activity_log_gives_the_needs(tmp_path: Path) -> None:
    """From a file or from standard input, of one caller, and no person is named."""
    other = event("Microsoft.Compute/virtualMachines/write", caller="eve@contoso.example", claims={})
    log = json.dumps([event(), other])
    (tmp_path / "log.json").write_text(log, encoding="utf-8")
    done = run("--activity-log", "log.json", "--caller", PERSON, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 operation that log.json shows of the one caller" in done.stdout
    assert "1 of other callers left out" in done.stdout.replace("\n", " ")
    assert "no reads" in " ".join(done.stdout.split())
    for person in (PERSON, "rob@", "eve@", ROBOT):
        assert person not in done.stdout + done.stderr
    piped = run("--activity-log", "-", cwd=tmp_path, input_=log)
    assert "2 operations that standard input shows" in piped.stdout
    assert "Microsoft.Compute/virtualMachines/write" in piped.stdout


def test_a_log_that_is_none_is_1_with_the_cure(tmp_path: Path) -> None:
    """Where it stops being one, and how to export one."""
    (tmp_path / "log.json").write_text("[\n{]", encoding="utf-8")
    done = run("--activity-log", "log.json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "log.json:2:2" in done.stderr
    assert "az monitor activity-log list" in done.stderr


def test_a_log_that_az_has_cut_is_said(tmp_path: Path) -> None:
    """Fifty events are what az gives where nobody says how many."""
    (tmp_path / "log.json").write_text(json.dumps([event()] * 50), encoding="utf-8")
    assert any("--max-events" in each for each in form("--activity-log", "log.json", cwd=tmp_path)["remarks"])


def test_shouted_operations_are_spelled_as_known(tmp_path: Path) -> None:
    """In the custom role; a diagnostic setting writes upper case."""
    shouted = event("MICROSOFT.KEYVAULT/VAULTS/WRITE")
    (tmp_path / "log.json").write_text(json.dumps([shouted]), encoding="utf-8")
    answer = form("--activity-log", "log.json", "--custom-role", "X", cwd=tmp_path)["answers"][0]
    assert answer["custom_role"]["az"]["Actions"] == ["Microsoft.KeyVault/vaults/write"]
    assert answer["unknown"] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("*/read",),
        ("*/vaults/*", "--on", "resource_group"),
        ("*/workspaces/*", "--on", "resource_group"),
        ("*/keys/*", "--on", "resource_group"),
    ],
)
def test_wide_patterns_are_answered_and_proven(arguments: tuple[str, ...]) -> None:
    """In under two seconds of CPU on an idle machine; here only that the search ends with a proof."""
    found = form(*arguments, "--plane", "control", cwd=EXAMPLE)
    assert found["answers"][0]["proven"] is True
    assert found["answers"][0]["options"]
