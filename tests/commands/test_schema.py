"""JSON Schema for editors: it knows the names, explains every key, and marks what `check` refuses and nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import jsonschema
import msgspec
import pytest
from click.testing import CliRunner, Result

from rbacgen.authorization import catalog
from rbacgen.cli import main
from rbacgen.cli import schema as schema_command
from rbacgen.commands import files
from rbacgen.model.problems import Position
from rbacgen.model.rules import RULES
from rbacgen.project import document, json_schema, mapping_file, project_file, vocabulary
from rbacgen.project.decode import Shape
from tests.cli.test_cli import plain
from tests.fakes.world import World

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/rbacgen.yaml"))
MAPPINGS = {name: files.mapping_folder(name, Position("x"), ROOT)[0] for name in files.shipped_mappings()}
KIND_OF = {"roles": "role", "workloads": "workload", "capabilities": "capabilities"}


def run(*arguments: str) -> Result:
    """What a command comes to in this process."""
    return CliRunner().invoke(main, [*arguments])


def printed(*arguments: str) -> dict[str, Any]:
    """The schema that is printed here, which must be one of draft 7."""
    result = run("schema", *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    content: dict[str, Any] = json.loads(result.stdout)
    jsonschema.Draft7Validator.check_schema(content)
    return content


def faults(schema: dict[str, Any], value: Any) -> list[str]:
    """What an editor would mark."""
    return [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(value)]


def content(path: Path) -> Any:
    """A YAML file as JSON data, the way that rbacgen reads it."""
    node, problems = document.parse(path.read_text(encoding="utf-8"), path.name)
    assert node is not None
    assert problems == ()
    return plain(node)


def below(tree: Any) -> Iterator[dict[str, Any]]:
    """Every schema in a schema."""
    if isinstance(tree, dict):
        yield tree
        for each in tree.values():
            yield from below(each)
    elif isinstance(tree, list):
        for each in tree:
            yield from below(each)


def offered(schema: dict[str, Any], kind: str) -> list[str]:
    """The names that an editor completes where this kind stands."""
    defined = schema["$defs"][kind]
    return [name for each in defined.get("anyOf", [defined]) for name in each.get("enum", ())]


@pytest.fixture
def there(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world without errors, written, with its folder the current one."""
    world.write()
    monkeypatch.chdir(world.folder)
    return world


# What is explained.


def shapes() -> list[type[Shape]]:
    """Every shape of a file that people write."""
    found = {
        each
        for module in (mapping_file, project_file)
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Shape) and each is not Shape
    }
    return sorted(found, key=lambda each: each.__name__)


@pytest.mark.parametrize("shape", shapes(), ids=lambda shape: shape.__name__)
def test_every_key_is_explained(shape: type[Shape]) -> None:
    """As hover text: a sentence with its full stop that fits a tooltip; and so is what holds the keys."""
    schema = msgspec.json.schema(shape)["$defs"][shape.__name__]
    assert schema["description"]
    for key, value in schema["properties"].items():
        described = value.get("description", "")
        assert described.endswith((".", "…")), f"{shape.__name__}.{key} has no description"
        assert 10 < len(described) <= 160, f"{shape.__name__}.{key}: {len(described)}"
    assert schema["properties"].keys() == {each.encode_name for each in msgspec.structs.fields(shape)}


def test_every_key_of_the_printed_schemas_is_explained(there: World) -> None:
    """Names that are offered as keys too, where the mapping says what they mean."""
    for what in ("project", "mapping", "tests"):
        schema = printed(what)
        for each in below(schema):
            for key, value in each.get("properties", {}).items() if isinstance(each.get("properties"), dict) else ():
                assert value.get("description") or key in ("dev", "prod"), key


# What is offered.


def test_a_project_offers_the_names_of_its_mapping(there: World) -> None:
    """Scope kinds, project roles, responsibilities, custom roles, checks and environments; each with what it means."""
    schema = printed("project")
    assert offered(schema, "scope_kind") == list(there.mapping["scope_kinds.yaml"])
    assert offered(schema, "project_role") == ["developer", "operator", "robot"]
    assert offered(schema, "responsibility") == ["write_code", "talk", "keep_running", "watch", "move_data"]
    assert offered(schema, "environment") == ["dev", "prod"]
    assert offered(schema, "who") == ["developer", "operator", "robot", "everyone"]
    project = schema["$defs"]["ProjectShape"]["properties"]
    assert list(project["checks_off"]["properties"]) == [rule.id for rule in RULES.values() if rule.optional]
    assert project["checks_off"]["properties"]["direct-user"]["description"] == RULES["direct-user"].description
    assert list(project["existing_roles"]["properties"]) == ["Tiny Observer"]
    assert project["team"]["properties"]["developer"]["description"] == "Developer"
    scopes = schema["$defs"]["EnvironmentShape"]["properties"]["scopes"]
    assert scopes["properties"]["vault"]["description"] == "The key vault"


def test_a_mapping_offers_every_azure_role(there: World) -> None:
    """The present names of the whole catalogue and the custom roles, with what these do; former names are not offered."""
    schema = printed("mapping")
    names = offered(schema, "azure_role")
    every = catalog.load()
    assert len(names) == len(every) + 1 > 960
    assert set(names) == {*every.names(), "Tiny Observer"}
    former = {name for role in every for name in role.former_names} - set(every.names())
    assert former
    assert not former & set(names)
    branches = schema["$defs"]["azure_role"]["anyOf"]
    assert branches[0] == {"enum": ["Tiny Observer"], "enumDescriptions": ["See the vault and nothing else."]}
    retired = {role.name for role in every if role.deprecated}
    assert set(branches[2]["enum"]) == retired
    assert all(said.startswith("Microsoft retires this role: ") for said in branches[2]["enumDescriptions"])
    assert offered(schema, "capability") == list(there.mapping["capabilities/all.yaml"])
    assert offered(schema, "family") == ["Makers"]


def test_the_roles_of_the_tenant_are_offered(there: World) -> None:
    """Those of an `azure_roles.json` beside the project."""
    role = {"id": "aaaaaaaa-0000-4000-8000-0000000000aa", "name": "House Auditor", "custom": True}
    role |= {"permissions": [{"actions": ["*/read"]}]}  # type: ignore[dict-item]
    kept = {"format_version": 1, "roles": [role], "removed": []}
    (there.folder / "azure_roles.json").write_text(json.dumps(kept), encoding="utf-8")
    assert "House Auditor" in offered(printed("mapping"), "azure_role")


def test_former_names_and_ids_of_azure_roles_are_accepted(there: World) -> None:
    """As `check` does: with at most a warning. A misspelt name is not offered, and left to `check`."""
    schema = printed("mapping", "--kind", "capabilities")
    former = next(name for role in catalog.load() for name in role.former_names)
    for name in (former, "b24988ac-6180-42a0-ab88-20f7382dd24c", "contributor", "Contributer"):
        value = {"use": {"says": "x", "grants": [{"azure_role": name, "on": "vault"}]}}
        assert faults(schema, value) == []
        assert name not in offered(schema, "azure_role")


def test_without_a_project_what_all_share_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Azure roles, checks and the shipped mappings; any other name is let through."""
    monkeypatch.chdir(tmp_path)
    schema = printed("project")
    assert offered(schema, "mapping") == list(files.shipped_mappings())
    assert "scope_kind" not in schema["$defs"]
    assert len(offered(printed("mapping"), "azure_role")) == len(catalog.load())


def test_a_mapping_folder_without_a_project_knows_its_own_names(there: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """For those who keep a mapping for many projects."""
    (there.folder / "rbacgen.yaml").unlink()
    monkeypatch.chdir(there.folder / "mapping")
    assert offered(printed("mapping"), "project_role") == ["developer", "operator", "robot"]
    (there.folder / "mapping" / "roles" / "developer.yaml").write_text("project_role: [", encoding="utf-8")
    result = run("schema", "mapping")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "[yaml-syntax]" in result.stderr


def test_a_mapping_with_errors_makes_no_schema(there: World) -> None:
    """Names would be missing in it, and an editor would mark what is right."""
    del there.mapping["roles/developer.yaml"]["title"]
    there.write()
    result = run("schema")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "[missing-key]" in result.stderr


# What is marked.


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_nothing_is_marked_in_an_example(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in its project file nor in its own mapping, by the schemas that know its names."""
    monkeypatch.chdir(folder)
    assert faults(printed("project"), content(folder / "rbacgen.yaml")) == []
    for path in sorted((folder / "mapping").rglob("*.yaml")):
        assert faults(printed("mapping"), content(path)) == []


@pytest.mark.parametrize("name", MAPPINGS)
def test_nothing_is_marked_in_a_shipped_mapping(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file fits the schema of any file, that of its own kind, and of no other kind."""
    monkeypatch.chdir(MAPPINGS[name])
    schemas = {kind: printed("mapping", "--kind", kind) for kind in json_schema.KINDS}
    whole = printed("mapping")
    paths = sorted(MAPPINGS[name].rglob("*.yaml"))
    assert len(paths) >= 9
    for path in paths:
        kind = KIND_OF.get(path.parent.name, path.stem.replace("_", "-"))
        value = content(path)
        assert faults(whole, value) == [], path
        assert [other for other, schema in schemas.items() if not faults(schema, value)] == [kind], path


def test_the_kinds_of_the_command_are_those_of_the_schemas() -> None:
    """`--kind` names them without importing them."""
    assert tuple(json_schema.KINDS) == schema_command._KINDS


def changed(value: dict[str, Any], *path: str | int, to: Any) -> dict[str, Any]:
    """The value with what stands at a path exchanged."""
    copied = copy.deepcopy(value)
    node: Any = copied
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = to
    return copied


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("colour",), "blue"),
        (("team", "develper"), []),
        (("team", "developer", 0, "grup"), "x"),
        (("environments", "dev", "scopes", "vualt"), "kv"),
        (("environments", "dev", "without"), ["vualt"]),
        (("environments", "dev", "as"), "production"),
        (("moved",), [{"responsibility": "write_cod", "from": "developer", "to": "operator"}]),
        (("moved",), [{"responsibility": "write_code", "from": "developer", "to": "operater"}]),
        (("apart",), [["developer", "operater"]]),
        (("checks_off",), {"direct-users": "x"}),
        (("checks_off",), {"apart": "must not be switched off"}),
        (("existing_roles",), {"Tiny Observr": "11111111-1111-1111-1111-111111111111"}),
        (("tests",), [{"who": "developer", "do": "a.b/c/read", "on": "vualt", "expect": "denied"}]),
        (("tests",), [{"who": "developer", "do": "a.b/c/read", "on": "vault", "expect": "no"}]),
        (("ends",), None),
        (("tenant",), None),
    ],
)
def test_what_check_refuses_in_a_project_is_marked(there: World, path: tuple[str | int, ...], to: Any) -> None:
    """A name that the mapping lacks, an unknown key, a wrong value."""
    schema = printed("project")
    assert faults(schema, there.project) == []
    wrong = changed(there.project, *path, to=to)
    assert faults(schema, wrong) != []
    there.project = wrong
    there.write()
    assert run("check").exit_code == 1


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("team", "developer"), None),
        (("moved",), None),
        (("environments", "dev", "scopes"), None),
        (("environments", "dev", "scopes", "vault"), 2024),
        (("environments", "dev", "scopes", "vault"), {"name": "kv", "resource_group": "rg-x"}),
        (("tests",), [{"who": "ana", "do": "a.b/c/read", "on": "/subscriptions/x", "expect": ["denied"]}]),
        (("ignore",), [{"because": "x", "azure_role": "My Own Role"}]),
        (("environments", "staging"), {"as": "dev", "subscription": "11111111-1111-1111-1111-111111111111"}),
        (("team", "developer", 0, "in"), ["dev"]),
    ],
)
def test_what_check_takes_is_not_marked(there: World, path: tuple[str | int, ...], to: Any) -> None:
    """Empty keys, names made of digits, scope ids, environments of the project's own."""
    assert faults(printed("project"), changed(there.project, *path, to=to)) == []


@pytest.mark.parametrize(
    ("file", "path", "to"),
    [
        ("capabilities/all.yaml", ("observe", "grants", 0, "rol"), "Reader"),
        ("capabilities/all.yaml", ("observe", "grants", 0, "activation"), "standing"),
        ("capabilities/all.yaml", ("observe", "says"), None),
        ("roles/developer.yaml", ("must_not", 0, "do"), "no operation"),
        ("roles/developer.yaml", ("responsibilities",), {}),
        ("scope_kinds.yaml", ("vault", "type"), "KeyVault"),
        ("custom_roles.yaml", ("Tiny Observer", "action"), []),
        ("mapping.yaml", ("environments",), []),
    ],
)
def test_what_check_refuses_in_a_mapping_is_marked(
    there: World, file: str, path: tuple[str | int, ...], to: Any
) -> None:
    """Unknown keys and wrong values, in every kind of file."""
    schema = printed("mapping")
    assert faults(schema, there.mapping[file]) == []
    there.mapping[file] = changed(there.mapping[file], *path, to=to)
    assert faults(schema, there.mapping[file]) != []
    there.write()
    assert run("check").exit_code == 1


def test_a_name_that_is_new_in_a_mapping_is_not_marked(there: World) -> None:
    """It may be defined in the next file."""
    value = changed(there.mapping["roles/developer.yaml"], "responsibilities", 0, "takes", to=["write_new"])
    assert faults(printed("mapping", "--kind", "role"), value) == []


def test_files_of_access_tests_have_a_schema(there: World) -> None:
    """What stands alone for `check --tests`."""
    schema = printed("tests")
    test = {"who": "developer", "do": "Microsoft.KeyVault/vaults/read", "on": "vault", "expect": "allowed"}
    assert faults(schema, {"tests": [test]}) == []
    assert faults(schema, {"tests": []}) != []
    assert faults(schema, {"tests": [test | {"on": "vualt"}]}) != []


# What is committed.


def test_the_schemas_of_the_examples_are_current_and_wired() -> None:
    """The first line of each file names the schema that stands there."""
    committed = sorted((ROOT / "examples").rglob("rbacgen.schema.json"))
    assert len(committed) == 3
    for path in committed:
        assert path.stat().st_size < 150_000
    for path in [*(folder / "rbacgen.yaml" for folder in EXAMPLES), *(ROOT / "examples").glob("*/mapping/*/*.yaml")]:
        line = path.read_text(encoding="utf-8").splitlines()[0]
        start, _, target = line.partition("=")
        assert f"{start}={{}}" == project_file.EDITOR_LINE
        assert (path.parent / target).resolve() in committed


@pytest.mark.parametrize(
    ("folder", "arguments"),
    [
        ("fraud-detection", ()),
        ("web-shop", ("project",)),
        ("web-shop", ("mapping", "-o", "mapping/rbacgen.schema.json")),
    ],
)
def test_a_committed_schema_is_current(
    folder: str, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make bless` makes the examples' anew where a change is meant."""
    monkeypatch.chdir(ROOT / "examples" / folder)
    result = run("schema", *arguments, "--check")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith("rbacgen.schema.json is current\n")


def test_a_stale_schema_is_2_with_the_command_that_mends_it(there: World) -> None:
    """For pipelines; a new scope kind makes it stale, a new member of the team does not; nothing is written."""
    missing = run("schema", "--check")
    assert missing.exit_code == 2
    assert not (there.folder / "rbacgen.schema.json").exists()
    assert run("schema", "-o", "rbacgen.schema.json").exit_code == 0
    assert run("schema", "--check").exit_code == 0
    there.project["team"]["developer"].append({"user": "ana@contoso.example"})
    there.write()
    assert run("schema", "--check").exit_code == 0
    there.mapping["scope_kinds.yaml"]["second_vault"] = dict(there.mapping["scope_kinds.yaml"]["vault"])
    there.write()
    before = (there.folder / "rbacgen.schema.json").read_bytes()
    stale = run("schema", "--check")
    assert stale.exit_code == 2
    assert "run `rbacgen schema project -o rbacgen.schema.json`" in stale.stdout
    assert (there.folder / "rbacgen.schema.json").read_bytes() == before


def test_line_ends_of_a_checkout_are_no_change(there: World) -> None:
    """On Windows git may end lines in CR LF."""
    text = run("schema").stdout
    (there.folder / "rbacgen.schema.json").write_bytes(text.replace("\n", "\r\n").encode())
    assert run("schema", "--check").exit_code == 0


@pytest.mark.parametrize("arguments", [("mapping", "--check"), ("tests", "--check"), ("project", "--kind", "role")])
def test_what_cannot_be_meant_is_refused(there: World, arguments: tuple[str, ...]) -> None:
    """A check without a file to look at, a kind of what has no kinds."""
    result = run("schema", *arguments)
    assert (result.exit_code, result.stdout) == (1, "")


def test_a_schema_says_that_it_is_generated(there: World) -> None:
    """Within its first lines, so that nobody mends it by hand."""
    for what in ("project", "mapping", "tests"):
        assert "Generated by `rbacgen schema" in "".join(run("schema", what).stdout.splitlines()[:3])


def test_every_kind_of_names_is_known_to_the_vocabulary(there: World) -> None:
    """A shape that marks names of a kind that nobody fills in would offer nothing."""
    marked = {
        str(each["x-names"]) for shape in shapes() for each in below(msgspec.json.schema(shape)) if "x-names" in each
    }
    world = there.work_out().project
    roles = catalog.load()
    known = vocabulary.of_project(world.mapping, ["dev"], roles, ["mlops"])
    assert marked - known.keys() == set()
    for what in ("project", "mapping", "tests"):
        assert all("x-names" not in each for each in below(printed(what)))


def test_hints_stay_types() -> None:
    """The descriptions beside the fields change nothing of what a field may hold."""
    hints = get_type_hints(project_file.ProjectShape)
    assert hints["pim"] is bool
    assert get_args(hints["ends"])
