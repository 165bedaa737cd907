"""Text as HCL: any string comes back as it went in, nothing escapes a comment, and references stand as they are."""

from __future__ import annotations

import json
import re
import unicodedata

import hcl2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rbacgen.terraform import hcl

# All of Unicode, weighted to what means something to Terraform, to a terminal, or to Unicode itself.
PIECES = st.sampled_from(
    [
        *'${}%"\\~#\n\r\t\0\x7f\x85',
        *(
            "${",
            "%{",
            "$${",
            "%%{",
            "%{ if true }",
            "*/",
            "//",
            "<<EOT\n",
            "\\u0041",
            "\\n",
            "\ufeff",
            "\u202e",
            "\u2066",
        ),
        *(
            "\u200d",
            "\u2028",
            "\u00ad",
            "\ue000",
            "e\u0301",
            "\u0301",
            "日本",
            "\U0001f600",
            "\U000e0041",
            "\U0010ffff",
        ),
    ]
)
TEXTS = st.lists(PIECES | st.characters(exclude_categories=["Cs"]), max_size=20).map("".join)
NAMES = st.from_regex(r"[a-z_]{1,20}", fullmatch=True)
VISIBLE_BREAKS = re.compile(r"[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
OPTIONS = hcl2.SerializationOptions(strip_string_quotes=True, explicit_blocks=False, with_comments=False)
no_deadline = settings(deadline=None, max_examples=150)  # the first parse of python-hcl2 builds its grammar: seconds


def read(text: str) -> dict[str, object]:
    """The attributes of a body as python-hcl2 reads them."""
    content: dict[str, object] = hcl2.loads(text + "\n", serialization_options=OPTIONS)
    return content


@no_deadline
@given(st.lists(TEXTS, min_size=1, max_size=12))
def test_a_string_comes_back_as_it_was_in_nfc(texts: list[str]) -> None:
    """Read by python-hcl2; tests/terraform/test_hcl_strings.py has Terraform itself read such strings."""
    found = read(f"a = [{', '.join(map(hcl.string, texts))}]")
    assert found == {"a": [unicodedata.normalize("NFC", text) for text in texts]}


@no_deadline
@given(TEXTS)
def test_a_string_shows_all_that_it_holds_on_one_line(text: str) -> None:
    """No control, no mark that reorders or hides, no template opener; what a reviewer sees is what Terraform reads."""
    written = hcl.string(text)
    assert all(unicodedata.category(each) not in ("Cc", "Cf", "Zl", "Zp", "Co", "Cn") for each in written)
    assert "${" not in written
    assert "%{" not in written
    assert unicodedata.is_normalized("NFC", written)


@no_deadline
@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=40))
def test_the_short_way_writes_what_the_long_way_would(text: str) -> None:
    """Plain ASCII goes unescaped; what needs an escape in it gets one."""
    written = hcl.string(text)
    bare = not re.search(r'["\\]|[$%]\{', text)
    assert (written == f'"{text}"') is bare


def test_a_lone_surrogate_is_refused() -> None:
    """No UTF-8 file can hold one."""
    with pytest.raises(ValueError, match=r"U\+D800"):
        hcl.string("a\ud800")


@pytest.mark.parametrize(
    ("given_value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (365, "365"),
        ("a", '"a"'),
        ((), "[]"),
        (("a", "${b}"), '["a", "\\u0024{b}"]'),
        (hcl.Expression("azurerm_key_vault.this.id"), "azurerm_key_vault.this.id"),
        ([hcl.Expression("local.a"), "local.a"], '[local.a, "local.a"]'),
    ],
)
def test_values(given_value: hcl.Value, text: str) -> None:
    """Each kind of value on one line; only an expression stands without quotes."""
    assert hcl.value(given_value) == text


def test_attributes_are_aligned_in_runs() -> None:
    """A list over several lines ends a run and is not aligned; what is None is left out."""
    attributes = {
        "a": "x",
        "long": None,
        "bcd": 1,
        "many": ("p", "q"),
        "one": ("p",),
        "longer": hcl.Expression("local.x"),
    }
    assert hcl.aligned(attributes) == (
        '  a   = "x"\n  bcd = 1\n  many = [\n    "p",\n    "q",\n  ]\n  one    = ["p"]\n  longer = local.x'
    )
    assert hcl.aligned({"a": None}) == ""
    assert hcl.aligned({"a": "x"}, 6) == '      a = "x"'


@no_deadline
@given(st.dictionaries(NAMES, TEXTS | st.lists(TEXTS, max_size=3) | st.booleans() | st.none(), max_size=6))
def test_attributes_come_back_as_they_were(attributes: dict[str, hcl.Value | None]) -> None:
    """Whatever the mixture of texts, lists and what is left out."""
    desired = {name: value for name, value in attributes.items() if value is not None}

    def normal(value: hcl.Value) -> object:
        return (
            unicodedata.normalize("NFC", value)
            if isinstance(value, str)
            else [normal(each) for each in value]
            if isinstance(value, list)
            else value
        )

    assert read(hcl.aligned(attributes)) == {name: normal(value) for name, value in desired.items()}


@no_deadline
@given(TEXTS)
def test_nothing_escapes_a_comment(text: str) -> None:
    """Every line of it begins with a hash, and it holds nothing that ends a line or reorders what is shown."""
    written = hcl.comment(text)
    assert all(line.startswith("# ") for line in written.split("\n") if written)
    for line in written.split("\n"):
        assert not VISIBLE_BREAKS.search(line)
        assert all(unicodedata.category(each)[0] != "C" for each in line)
        assert line == line.rstrip()


@no_deadline
@given(TEXTS)
def test_a_comment_is_nothing_to_a_reader_of_hcl(text: str) -> None:
    """What stands after it is read as if it were not there."""
    assert read(f"{hcl.comment(text)}\na = 1") == {"a": 1}


def test_a_comment_is_wrapped_at_words() -> None:
    """At 118 columns at most, but for a word that is longer; no word is lost."""
    text = "word " * 60 + "w" * 200
    lines = hcl.comment(text).split("\n")
    assert max(len(line) for line in lines[:-1]) <= 118
    assert " ".join(line.removeprefix("# ") for line in lines) == text


@no_deadline
@given(TEXTS)
def test_json_holds_no_template_but_a_quoted_string(text: str) -> None:
    """A text is itself in NFC; one that would be a template is a native string within an interpolation."""
    written = hcl.json_value(text)
    normal = unicodedata.normalize("NFC", text)
    assert written in (normal, "${" + hcl.string(text) + "}")
    if "${" in normal or "%{" in normal or normal.startswith("\ufeff"):
        assert written != normal


def test_json_values() -> None:
    """References are interpolations, lists are lists, and a file holds ASCII only."""
    given_values = [hcl.Expression("local.a"), "b", True, 3, ("c", "${d}")]
    desired = ["${local.a}", "b", True, 3, ["c", '${"\\u0024{d}"}']]
    assert hcl.json_value(given_values) == desired
    text = hcl.json_text({"a": "é\u202e\U0001f600"})
    assert text.isascii()
    assert text.endswith("}\n")
    assert json.loads(text) == {"a": "é\u202e\U0001f600"}
