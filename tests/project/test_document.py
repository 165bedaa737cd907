"""YAML text into positioned nodes: where things stand, what plain words mean, and that nothing hostile gets through."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rbacgen.model.problems import Position, Problem
from rbacgen.model.rules import RULES
from rbacgen.project.document import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    MappingNode,
    Node,
    Scalar,
    Sequence,
    key_place,
    parse,
    place,
)


def node_of(text: str) -> Node:
    """The nodes of a text that has nothing wrong."""
    node, problems = parse(text, "a.yaml")
    assert problems == ()
    assert node is not None
    return node


def plain(node: Node) -> object:
    """The nodes as plain data."""
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [plain(each) for each in node.items]
        case MappingNode():
            return {key: plain(each) for key, each in node.items.items()}
    raise AssertionError(node)


def rules_of(text: str) -> set[str]:
    """The rules that a text breaks."""
    return {problem.rule for problem in parse(text, "a.yaml")[1]}


def only_problem(text: str) -> Problem:
    """The one thing that is wrong with a text."""
    (problem,) = parse(text, "a.yaml")[1]
    return problem


# What is read.


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("off", "off"),
        ("True", "True"),
        ("NULL", "NULL"),
        ("012", "012"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("1.5", "1.5"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("2027-06-30", "2027-06-30"),
        ("=", "="),
        ("'true'", "true"),
        ('"12"', "12"),
        ("9" * 400, "9" * 400),
    ],
)
def test_only_a_few_plain_words_mean_something(text: str, value: object) -> None:
    """YAML 1.1 reads `no`, `012`, `1:30` and dates as something else; here they are the text that stands there."""
    node = node_of(f"key: {text}")
    assert plain(node) == {"key": value}
    assert type(plain(node)["key"]) is type(value)  # type: ignore[index]


def test_every_key_and_value_has_its_place() -> None:
    """Lines and columns count from 1, for block and flow style alike."""
    node = node_of("a: 1\nb:\n  - x\n  - {c: d,  e: [f, g]}\n")
    assert place(node, "a") == Position("a.yaml", 1, 4)
    assert key_place(node, "b") == Position("a.yaml", 2, 1)
    assert place(node, "b", 0) == Position("a.yaml", 3, 5)
    assert place(node, "b", 1, "c") == Position("a.yaml", 4, 9)
    assert key_place(node, "b") == Position("a.yaml", 2, 1)
    assert place(node, "b", 1, "e", 1) == Position("a.yaml", 4, 20)


def test_an_item_is_found_by_its_text() -> None:
    """A list can be stepped into by what stands there, since what is wrong in it shifts the indexes of the rest."""
    node = node_of("takes: [one, two, three]")
    assert place(node, "takes", "three") == Position("a.yaml", 1, 19)
    assert place(node, "takes", "four") == place(node, "takes")


def test_a_path_that_ends_early_gives_the_last_place_on_it() -> None:
    """A missing key is reported where it should stand."""
    node = node_of("a:\n  b: 1\n")
    assert place(node, "a", "c", "d") == Position("a.yaml", 2, 3)
    assert place(node, "a", "b", "c") == Position("a.yaml", 2, 6)
    assert key_place(node, "x", "y") == Position("a.yaml", 1, 1)


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "\ufeff"])
def test_an_empty_text_is_an_empty_mapping(text: str) -> None:
    """A file whose entries are all commented out is no error of YAML."""
    node, problems = parse(text, "a.yaml")
    assert isinstance(node, MappingNode)
    assert node.items == {}
    assert problems == ()


def test_a_byte_order_mark_shifts_nothing() -> None:
    """Editors on Windows write one; the first key still stands in column 1."""
    node = node_of("\ufeffa: 1\nb: 2\n")
    assert key_place(node, "a") == Position("a.yaml", 1, 1)
    assert key_place(node, "b") == Position("a.yaml", 2, 1)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_are_counted_for_every_kind_of_line_end(newline: str) -> None:
    """A file from Windows has its problems on the lines that its editor shows."""
    node = node_of(newline.join(["a: 1", "b:", "  c: 2", ""]))
    assert place(node, "b", "c") == Position("a.yaml", 3, 6)


def test_json_is_read_as_well() -> None:
    """JSON is YAML; a generated project file may be JSON."""
    content = {"project": "x", "pim": True, "days": 3, "list": ["a", None, {"b": "c\n☃"}]}
    assert plain(node_of(json.dumps(content))) == content


# Without what YAML does not take as it stands, where JSON does: controls that JSON leaves unescaped.
_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]), max_size=20)


@given(
    st.recursive(
        st.booleans() | st.none() | st.integers(-(10**17), 10**17) | _TEXT,
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text("abc &*!é☃🎉", min_size=1), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
def test_any_json_comes_back_as_it_was(content: object) -> None:
    """What a program writes as JSON means the same here, and no key or value is lost."""
    node, problems = parse(json.dumps({"key": content}, ensure_ascii=False), "a.yaml")
    assert problems == ()
    assert node is not None
    assert plain(node) == {"key": content}


# What is refused.


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.system ['echo no']",
        "!!python/name:os.system",
        "!include other.yaml",
        "!env HOME",
        "!!binary aGk=",
        "!!set {a, b}",
        "!!timestamp 2027-06-30",
        "!!omap [a: 1]",
        "!<tag:example.org,2000:x> y",
    ],
)
def test_tags_are_refused(tag: str) -> None:
    """A tag could build objects or run code elsewhere; here it is a problem at its place, and nothing is built."""
    problem = only_problem(f"good: 1\nkey: {tag}\n")
    assert problem.rule == "yaml-tag"
    assert (problem.at.line, problem.at.column) == (2, 6)


def test_what_is_refused_is_marked_and_the_rest_is_read() -> None:
    """The key of a refused value stays, so that nobody says that it is missing."""
    node, _ = parse("a: !x 1\nb: 2\nc: [!y 1, 3]\n", "a.yaml")
    assert isinstance(node, MappingNode)
    assert list(node.items) == ["a", "b", "c"]
    assert place(node, "c", 1) == Position("a.yaml", 3, 11)


@pytest.mark.parametrize(
    "text", ["a: &x 1\nb: *x\n", "a: &x [1]\nb: *x\n", "a: &x {y: *x}\n", "a: {b: 1}\nc:\n  <<: {d: 1}\n"]
)
def test_aliases_and_merge_keys_are_refused(text: str) -> None:
    """What is read is what stands there, not a copy of something else."""
    assert rules_of(text) == {"yaml-alias"}


def test_billion_laughs_are_over_at_once() -> None:
    """Nested aliases that would come to 10^30 nodes are visited once each."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    began = time.process_time()
    assert rules_of("\n".join(lines)) == {"yaml-alias"}
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 50_000,
        "- " * 100_000 + "x",
        "? " * 100_000 + "x",
        "[" * (MAX_DEPTH + 5) + "]" * (MAX_DEPTH + 5),
        "".join("  " * n + "a:\n" for n in range(MAX_DEPTH + 10)),
        "".join(" " * n + "a:\n" for n in range(3000)),
        "[ #]\n" * 100_000,
        "- " * 39 + "\n" + " " * 78 + "- " * 39 + "\n" + " " * 156 + "- " * 39 + "x",
        "\n".join(" " * n + "-" for n in range(3000)),
    ],
    ids=[
        "brackets",
        "braces",
        "dashes",
        "questions",
        "closed",
        "block",
        "deep block",
        "comments",
        "steps",
        "deep list",
    ],
)
def test_deep_nesting_is_refused_and_never_a_crash(text: str) -> None:
    """The composer recurses (libyaml's even on the C stack): depth is told before that can end the process."""
    began = time.process_time()
    problems = parse(text, "a.yaml")[1]
    assert {problem.rule for problem in problems} == {"yaml-syntax"}
    assert time.process_time() - began < 5


def test_depth_up_to_the_limit_is_read() -> None:
    """The guard is for attacks; real files are nested less than ten deep."""
    assert rules_of("[" * MAX_DEPTH + "]" * MAX_DEPTH) == set()


def test_brackets_in_texts_do_not_count_as_depth() -> None:
    """A long text with many brackets (a condition, a JSON sample) is one value."""
    assert rules_of("a: |\n" + "".join(f"  {'(' * 3}{{}}{'[]' * 20}\n" for _ in range(100))) == set()


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\ufffe"])
def test_control_characters_are_refused_at_their_place(character: str) -> None:
    """A terminal escape or a half character in a file is a problem with line and column, and is not printed raw."""
    problem = only_problem(f"a: 1\nbc: x{character}y\n")
    assert problem.rule == "yaml-syntax"
    assert problem.at == Position("a.yaml", 2, 6)
    assert problem.message.isprintable()


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("a:\n\tb: 1\n", 2, "tab"),
        ("a: 1\n b: 2\n", 2, "indentation"),
        ("a: [1, 2\nb: 3\n", 2, "line 1"),
        ("a: 1\nb: 'x\n\nc: 2\n", 5, "the quote that opens on line 2"),
        ("a: 1\n---\nb: 2\n", 2, "more than one document"),
        ("a: @x\n", 1, "quote values that begin with @"),
        ("a: *x\n", 1, "alias"),
        ("a: %x\n- y\n", 1, "quote values"),
    ],
)
def test_broken_yaml_has_a_place_and_a_cure(text: str, line: int, part: str) -> None:
    """The line where the reader stumbled, and words that help."""
    problem = only_problem(text)
    assert problem.rule == "yaml-syntax"
    assert problem.at.line == line
    assert part in problem.message


@pytest.mark.parametrize("key", ["[a, b]", "{a: b}", "? [x]\n"])
def test_a_key_must_be_a_word(key: str) -> None:
    """YAML allows lists as keys; nothing here does."""
    assert rules_of(f"{key}: 1\n") == {"yaml-syntax"}


@pytest.mark.parametrize(
    ("text", "column"), [("a: 1\na: 2\n", 1), ("{b: 1, 'b': 2}\n", 8), ('x: {"1": a, 1: b}\n', 13)]
)
def test_duplicate_keys_are_refused(text: str, column: int) -> None:
    """YAML readers keep the last one in silence, so that half of an access list would be gone."""
    problem = only_problem(text)
    assert problem.rule == "duplicate-key"
    assert problem.at.column == column


def test_every_fault_of_a_text_is_said_in_one_go() -> None:
    """Duplicate keys, tags and aliases do not stop the walk."""
    text = "a: 1\na: 2\nb: !x 1\nc: &c 1\nd: *c\ne:\n  <<: {}\n  f: 1\n  f: 2\n"
    _, problems = parse(text, "a.yaml")
    assert [(problem.at.line, problem.rule) for problem in sorted(problems, key=lambda each: each.order)] == [
        (1 + 1, "duplicate-key"),
        (3, "yaml-tag"),
        (4, "yaml-alias"),
        (7, "yaml-alias"),
        (9, "duplicate-key"),
    ]


def test_an_overlong_text_is_refused_unread() -> None:
    """A file of over 20 million characters is no project."""
    began = time.process_time()
    problem = only_problem("a" * (MAX_CHARACTERS + 1))
    assert problem.rule == "yaml-syntax"
    assert time.process_time() - began < 0.5


# Whatever comes.

_JUNK = st.text(st.characters(codec="utf-8"), max_size=400) | st.text("[]{}:,-?&*!|>'\"%@` \n\t#ab<0", max_size=400)


@settings(max_examples=300)
@given(_JUNK)
@example("\x85a: b\u2028c")
@example("%YAML 9.9\n---\na")
@example("%TAG ! tag:x,2000:\n---\n!y z")
@example("--- !!map\n? &a a\n: *a\n...")
@example('"\\x"')
@example('"\\ud800"')
@example("? |\n  a\n: b")
@example("a: !<tag:yaml.org,2002:int> x")
@example("a: !!int x")
@example("a: !!bool x")
@example("a: !!int ''")
@example("a: !!null x")
@example("a: !!bool [x]")
@example("! x")
def test_no_text_raises(text: str) -> None:
    """Any text comes to nodes or to problems, with ids that are listed and places within the text."""
    node, problems = parse(text, "a.yaml")
    assert node is not None or problems
    lines = text.replace("\r\n", "\n").count("\n") + text.count("\r") + text.count("\x85") + text.count("\u2028") + 2
    for problem in problems:
        assert problem.rule in RULES
        assert problem.message.isprintable()
        assert 0 <= problem.at.line <= lines + text.count("\u2029")


@pytest.mark.parametrize(
    "piece",
    ["a", "- ", "a: b\n", "[", "{", "? ", "'", '"\\n', "| \n", "# ", "&a ", "*a ", "!!x ", "\n", " ", ": ", ", "],
)
def test_a_megabyte_of_anything_ends_quickly(piece: str) -> None:
    """No text of this size takes long, whatever it repeats."""
    size = 100_000 if piece == "a: b\n" else 1_000_000  # 250,000 problems would leave this process with 280 MB
    text = piece * (size // len(piece))
    began = time.process_time()
    parse(text, "a.yaml")
    assert time.process_time() - began < 10
