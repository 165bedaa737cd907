"""Blocks out of Terraform files: the quick way and the parser see the same, and no string or heredoc ends a block."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rbacgen.sources import hcl
from rbacgen.sources.hcl import Block, HclSyntaxError
from rbacgen.sources.hcl.parser import parsed_body, place_grammar
from rbacgen.sources.hcl.plain import plain_body
from rbacgen.sources.resource_values import Reference, Unclear

_NAMES = st.sampled_from(["scope", "name", "x_1", "for", "in", "count"])
_TEXTS = st.text(st.sampled_from(list("abz ${}%#/\\\"'é[],=")), max_size=8)
_VALUES = st.one_of(
    _TEXTS.map(lambda text: f'"{text}"'),
    st.sampled_from(["1", "42", "true", "null", "a.b", "a.b.c_d", "[]", "[a.b]", '["a", "b"]', '["a",]', "[\n  1,\n]"]),
    st.lists(_TEXTS, max_size=3).map(lambda each: "[\n" + "".join(f'    "{text}",\n' for text in each) + "  ]"),
)
_LINES = st.one_of(
    st.builds(lambda name, value: f"  {name} = {value}", _NAMES, _VALUES),
    st.sampled_from(["", "  # } comment", "  // x", "  inner {", "  }", "  inner {}", "  /* x */"]),
)


@settings(deadline=None, max_examples=400)
@given(st.lists(_LINES, max_size=6))
def test_the_quick_way_sees_what_the_parser_sees(lines: list[str]) -> None:
    """Where it takes a block at all, python-hcl2 reads the same, or cannot read it."""
    text = "\n".join(['resource "a" "b" {', *lines, "}"])
    block = Block(("resource", "a", "b"), text, 3, 1)
    quick = plain_body(block)
    try:
        parsed = parsed_body(block)
    except HclSyntaxError:
        return
    if quick is not None:
        assert quick == parsed


@pytest.mark.parametrize(
    "value",
    [
        '"}"',
        '"\\"}"',
        '"${"}"}"',
        '"${x["}"]}{"',
        '"$${"',
        '"%%{ }"',
        '"%{ if x }a%{ endif }"',
        '"${ { a = "${b}" }["a"] }"',
        '<<EOT\n}\n"\n${\nEOT',
        "<<-E_1\n  }\n  E_1",
        "<<_E\n{\n_E",
        "{ a = { b = 1 } }",
        "1 # }\n",
        "1 // }\n",
        "/* } */ 1",
        "[for x in y : { a = x }]",
    ],
)
def test_nothing_within_a_value_ends_a_block(value: str) -> None:
    """Neither braces in strings, templates, heredocs and comments, nor strings in templates in strings."""
    text = f'resource "a" "b" {{\n  x = {value}\n}}\n'
    blocks = list(hcl.cut("locals {}\n" + text + "# end\n" + text))
    assert [(each.words, each.line) for each in blocks[:2]] == [(("locals",), 1), (("resource", "a", "b"), 2)]
    assert [each.text for each in blocks[1:]] == [text[:-1]] * 2


def test_words_of_a_block_may_lack_quotes() -> None:
    """`resource a b {` is as good as with quotes, and labels may hold what names may not."""
    (block,) = hcl.cut('resource azurerm_x "b c" {}')
    assert block.words == ("resource", "azurerm_x", "b c")


@settings(deadline=None, max_examples=200)
@given(st.text(st.sampled_from(list('ab {}"$%\\\n#/*<-_E=')), max_size=40))
def test_cutting_ends_whatever_the_text(text: str) -> None:
    """With blocks that follow each other in the text, or with one place where it stops."""
    at = 0
    fault_line = 1
    try:
        for block in hcl.cut(text):
            at = text.index(block.text, at) + len(block.text)
    except HclSyntaxError as fault:
        fault_line = fault.line
    assert 1 <= fault_line <= text.count("\n") + 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a.b", Reference(("a", ".b"))),
        ("a[0].b", Reference(("a", "[0]", ".b"))),
        ('a["x y"]', Reference(("a", '["x y"]'))),
        ("(a.b)", Reference(("a", ".b"))),
        ("-1", Unclear("is an expression")),
        ("1 + 1", Unclear("is an expression")),
        ("a.*.b", Unclear("is an expression")),
        ("1.5", 1.5),
        ('{ a = 1, "b" : 2, in = 3 }', {"a": 1, "b": 2, "in": 3}),
        ("{ (a) = 1 }", Unclear("is an object with keys that are expressions or duplicates")),
        ("{ a = 1, a = 2 }", Unclear("is an object with keys that are expressions or duplicates")),
        ('"\\U0001f600\\u00e9"', "\U0001f600é"),
        ('"\\ud83d"', Unclear("is a text with an escape that Terraform does not know")),
        ('"e\\u0301"', "é"),
        ("<<E\nE\n", ""),
        ("<<-E\n\n   a\n\n  b\n  E\n", "\n a\n\nb\n"),
    ],
)
def test_values_of_expressions(text: str, value: object) -> None:
    """Literals as Terraform reads them, references as a project file writes them, and no guess at the rest."""
    assert hcl.expression(text) == value


@pytest.mark.parametrize("text", ["", "a = 1", "1\ny = 2", "}", "1 2"])
def test_what_is_no_expression_is_refused(text: str) -> None:
    """So that a text of the JSON syntax cannot smuggle in an attribute."""
    with pytest.raises(HclSyntaxError):
        hcl.expression(text)


@pytest.fixture
def uncached(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A python-hcl2 that has not built its grammar yet, and may not write beside its code; gives a home folder."""
    import hcl2.parser

    monkeypatch.setattr(hcl2.parser, "PARSER_FILE", tmp_path / "site-packages" / ".lark_cache.bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    place_grammar.cache_clear()
    yield tmp_path / "caches"
    place_grammar.cache_clear()


def kept() -> Path:
    """Where python-hcl2 keeps its grammar after a first use."""
    import hcl2.parser

    place_grammar()
    return Path(hcl2.parser.PARSER_FILE)


def test_the_grammar_is_kept_in_a_private_folder(uncached: Path) -> None:
    """Beside the code of python-hcl2 a container may not write; the file is a pickle, so nobody else may write it."""
    assert kept() == uncached / "rbacgen" / "hcl2.cache"
    assert (uncached / "rbacgen").stat().st_mode & 0o777 == 0o700


def test_a_grammar_that_is_there_is_taken(uncached: Path) -> None:
    """As an image can have it built in."""
    built = uncached.parent / "site-packages" / ".lark_cache.bin"
    built.parent.mkdir()
    built.write_bytes(b"")
    assert kept() == built


@pytest.mark.parametrize("mode", [0o755, 0o777])
def test_a_folder_that_others_can_use_is_not_taken(mode: int, uncached: Path) -> None:
    """Whoever can write there could have any code run."""
    (uncached / "rbacgen").mkdir(parents=True)
    (uncached / "rbacgen").chmod(mode)
    assert kept().name == ".lark_cache.bin"


def test_a_link_is_not_taken_for_a_folder(uncached: Path) -> None:
    """It may lead anywhere."""
    (uncached.parent / "elsewhere").mkdir(mode=0o700)
    uncached.mkdir()
    (uncached / "rbacgen").symlink_to(uncached.parent / "elsewhere")
    assert kept().name == ".lark_cache.bin"


def test_no_place_for_the_grammar_is_no_fault(uncached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is built once more then."""
    uncached.write_text("a file", encoding="utf-8")
    assert kept().name == ".lark_cache.bin"
    place_grammar.cache_clear()
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert kept().name == ".lark_cache.bin"
