"""Nodes into typed values: every fault of shape at once, each at its place, and the rest of the file still read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rbacgen.model.near_names import did_you_mean
from rbacgen.model.problems import Problem
from rbacgen.model.rules import RULES
from rbacgen.project.decode import Reading, read
from rbacgen.project.document import Node, parse
from rbacgen.project.mapping_file import CapabilityShape, RoleShape
from rbacgen.project.project_file import ProjectShape

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
GOOD = f"""
project: x
mapping: mlops
environments:
  dev: {{subscription: {SUBSCRIPTION}}}
team: {{}}
"""


def node_of(text: str) -> Node:
    """The nodes of a text that is well-formed YAML."""
    node, problems = parse(text, "a.yaml")
    assert problems == ()
    assert node is not None
    return node


def project_of(text: str) -> tuple[ProjectShape, list[Problem]]:
    """A project file as read, and what is wrong with its shape."""
    reading = Reading()
    return read(node_of(text), ProjectShape, reading), reading.problems


def messages(text: str) -> list[str]:
    """What is wrong with a project file, as printed."""
    return [str(problem) for problem in project_of(text)[1]]


def test_a_good_file_is_read_with_its_defaults() -> None:
    """What is not said has the value that the format documents."""
    shape, problems = project_of(GOOD)
    assert problems == []
    assert shape.environments["dev"].subscription == SUBSCRIPTION
    assert (shape.pim, shape.pim_eligible_days, shape.cloud, shape.azurerm) == (True, 365, "public", 5)


def test_the_environment_keys_in_and_as_are_read_under_their_own_names() -> None:
    """`in` and `as` are words of Python, so the fields have other names; files say `in` and `as`."""
    shape, problems = project_of(GOOD.replace("dev: {", "stage: {as: dev, "))
    assert problems == []
    assert shape.environments["stage"].stands_for == "dev"


def test_a_mapping_is_one_name_or_a_list() -> None:
    """Both spellings of `mapping`."""
    assert project_of(GOOD)[0].mapping == "mlops"
    assert project_of(GOOD.replace("mlops", "[mlops, ./own]"))[0].mapping == ("mlops", "./own")


@pytest.mark.parametrize("empty", ["team:", "team: {}", "team:\n  # data_scientist: []"])
def test_an_empty_key_is_an_empty_list_or_mapping(empty: str) -> None:
    """All entries under a key may be commented out."""
    assert messages(GOOD.replace("team: {}", empty)) == []


def test_null_where_a_value_must_be_is_nothing() -> None:
    """`~` and `null` are said to be nothing, not a text."""
    assert messages(GOOD.replace("project: x", "project: ~")) == [
        "a.yaml:2:10: error: expected a name in lower-case letters, digits and - such as `fraud-detection`, "
        "found nothing [wrong-value]"
    ]


def test_all_faults_come_at_once_and_what_is_right_is_kept() -> None:
    """A broken member is left out of its team; the others are still there to be checked."""
    shape, problems = project_of(
        GOOD.replace("project: x", "project: X")
        .replace("mapping: mlops", "mappings: mlops")
        .replace("team: {}", "team:\n  tester:\n    - {group: a, idd: b}\n    - {group: b}\n    - 7\npim: 1\n")
    )
    assert [(each.at.line, each.rule) for each in sorted(problems, key=lambda each: each.order)] == [
        (2, "wrong-value"),
        (3, "unknown-key"),
        (8, "unknown-key"),
        (10, "wrong-value"),
        (11, "wrong-value"),
    ]
    assert [member.group for member in shape.team["tester"]] == ["b"]


def test_a_key_that_was_meant_is_not_said_to_be_missing() -> None:
    """`enviroments` is one fault, not an unknown key and a missing one."""
    (problem,) = project_of(GOOD.replace("environments", "enviroments"))[1]
    assert problem.rule == "unknown-key"
    assert "`environments`" in problem.message


def test_an_entry_that_is_broken_keeps_its_name() -> None:
    """An environment with a wrong subscription is still an environment, so that nothing else falls over it."""
    shape, problems = project_of(GOOD.replace(SUBSCRIPTION, "none"))
    assert len(problems) == 1
    assert list(shape.environments) == ["dev"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("pim: yes", "expected true or false, found `yes`"),
        ("pim: 'true'", "expected true or false, found `true`"),
        ("ends: 2027-6-3", "expected a date such as 2027-06-30, found `2027-6-3`"),
        ("ends: 2027-13-01", "there is no day 2027-13-01"),
        ("ends: [2027-01-01]", "expected a date such as 2027-06-30, found a list"),
        ("pim_eligible_days: -1", "found `-1`"),
        ("pim_eligible_days: 1.5", "found `1.5`"),
        ("pim_eligible_days: true", "found `true`"),
        ("cloud: publik", "(did you mean `public`?), found `publik`"),
        ("azurerm: '4'", "expected one of `4`, `5`"),
        ("tenant: {}", "found a mapping of keys"),
        ("apart: [[a]]", "expected at least 2 in this list, found 1"),
        ("moved: {a: b}", "expected a list"),
        ("ignore: [{because: ''}]", "not an empty one"),
        ("ignore: [{because: ' '}]", "not an empty one"),
        (f"ignore: [{{because: {'x' * 3000}}}]", "at most 2,048 characters"),
        ("existing_roles: {Reader: abc}", "expected a GUID"),
    ],
)
def test_a_wrong_value_says_what_was_expected_and_what_stands_there(value: str, said: str) -> None:
    """One line that a person can act on."""
    (message,) = messages(GOOD + value)
    assert said in message


def test_long_and_unprintable_values_are_shortened_in_messages() -> None:
    """A message fits a line, whatever the file holds, and carries no terminal escapes."""
    (message,) = messages(GOOD + 'cloud: "' + "\\e[31m" + "x" * 500 + '"')
    assert "…" in message
    assert len(message) < 200
    assert message.isprintable()


@pytest.mark.parametrize(
    "reference",
    [
        "azurerm_key_vault.this.id",
        "module.base.vault_id",
        'module.base["a"].ids[0]',
        "var.principals.team-a",
        "local.x",
        "data.azurerm_client_config.current.object_id",
    ],
)
def test_terraform_references_are_taken(reference: str) -> None:
    """Attributes, indexes and keys in quotes."""
    assert messages(GOOD.replace("{}", f"{{tester: [{{group: a, id: {{terraform: '{reference}'}}}}]}}")) == []


@pytest.mark.parametrize(
    "text",
    [
        "${azurerm_key_vault.this.id}",
        'file("/etc/passwd")',
        "a.b + c.d",
        "a.b # c",
        'a.b["${path.root}"]',
        "a.b\nc.d",
        "a.b\n",
        "a",
        "a.b[*].id",
        "a.b ? c.d : e.f",
        'a.b["\\"]',
        "a..b",
        "1.a",
        "",
    ],
)
def test_anything_but_a_reference_is_refused(text: str) -> None:
    """Free Terraform text would let a project file run functions and reach anything of the configuration."""
    quoted = "'" + text.replace("'", "''").replace("\n", "\n\n  ") + "'"
    found = messages(GOOD.replace("{}", f"{{tester: [{{group: a, id: {{terraform: {quoted}}}}}]}}"))
    assert len(found) == 1
    assert "[wrong-value]" in found[0]


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("worksapce", ["workspace", "network"], " (did you mean `workspace`?)"),
        ("WORKSPACE", ["workspace"], " (did you mean `workspace`?)"),
        ("xyz", ["workspace"], ""),
        ("", ["workspace"], ""),
    ],
)
def test_the_near_miss_is_named(word: str, known: list[str], said: str) -> None:
    """A suggestion only where it is close, without regard to case."""
    assert did_you_mean(word, known) == said


_VALUES = st.recursive(
    st.sampled_from(["x", "12", "true", "~", "2027-01-01", SUBSCRIPTION, "''", "developer"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]")
        | st.dictionaries(
            st.sampled_from(
                [
                    "project",
                    "mapping",
                    "team",
                    "group",
                    "id",
                    "in",
                    "terraform",
                    "name",
                    "because",
                    "grants",
                    "on",
                    "<<",
                ]
            ),
            inner,
            max_size=4,
        ).map(lambda entries: "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}")
    ),
    max_leaves=15,
)


@settings(max_examples=300)
@given(
    st.dictionaries(
        st.sampled_from(
            [*ProjectShape.__struct_encode_fields__, *RoleShape.__struct_encode_fields__, "needs", "grants"]
        ),
        _VALUES,
        max_size=8,
    ),
    st.sampled_from([ProjectShape, RoleShape, CapabilityShape]),
)
def test_any_tree_is_read_or_refused(entries: dict[str, str], shape: type) -> None:
    """Whatever stands under whichever key: a value of the shape comes out, and every problem has an id and a place."""
    node, _ = parse("\n".join(f"{key}: {value}" for key, value in entries.items()), "a.yaml")
    assert node is not None
    reading = Reading()
    assert isinstance(read(node, shape, reading), shape)
    for problem in reading.problems:
        assert problem.rule in RULES
        assert problem.at.line >= 1
