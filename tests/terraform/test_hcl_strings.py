"""What is written for any text, as Terraform itself reads it: values come back, comments hold, the layout is `fmt`'s own."""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path

from rbacgen.terraform import hcl
from tests.fakes.terraform.engine import Engine

# What means something to Terraform, to a terminal, or to Unicode; the rest is drawn from all of Unicode.
PIECES = [
    *"${}%\"\\~'`#\n\r\t\0\x07\x7f\x85",
    *(
        "${",
        "%{",
        "$${",
        "%%{",
        "$$${",
        "%%%{",
        "$%{",
        "\r${",
        "${~",
        "%{ if true }",
        "%{ endif }",
        "*/",
        "//",
        "<<EOT\n",
        "\nEOT\n",
        "\\u0041",
        "\\n",
    ),
    *("\ufeff", "\u202e", "\u2066", "\u2069", "\u200b", "\u200d", "\u2028", "\u2029", "\u00ad", "\ue000", "\uffff"),
    *(
        "e\u0301",
        "\u0301",
        "日本",
        "\U0001f600",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\U000e0041",
        "\U0010ffff",
    ),
    *("a", "Z", " ", "  ", "/subscriptions/", "[rbacgen:x]"),
]


def texts(count: int, seed: int) -> list[str]:
    """So many texts, the same for a seed, of up to thirty pieces; no lone surrogates, which no file can hold.

    None has a combining mark after a character beyond U+FFFF or is such a mark: Go's normalisation, and so Terraform's,
    looks at the low 16 bits only and makes one letter of U+E0041 and U+0301
    (`combine` in https://github.com/golang/text/blob/master/unicode/norm/tables15.0.0.go).
    """
    draw = random.Random(seed)

    def piece() -> str:
        while draw.random() < 0.25:
            code = draw.randrange(0x110000)
            if not 0xD800 <= code < 0xE000:
                return chr(code)
        return draw.choice(PIECES)

    def text() -> str:
        made = ""
        for character in "".join(piece() for _ in range(draw.randrange(1, 30))):
            is_mark = unicodedata.category(character)[0] == "M"
            made += "." if is_mark and max(made[-1:], character) > "\uffff" else ""
            made += character
        return made

    return [text() for _ in range(count)]


def test_every_text_is_read_back_as_it_is(engine: Engine, tmp_path: Path) -> None:
    """In both of Terraform's syntaxes, after NFC, and whatever a comment says beside it."""
    desired = [*PIECES, *("\ufeff" + piece for piece in PIECES), *texts(400, seed=1)]
    lines = [f"{hcl.comment(text)}\n    {hcl.string(text)}," for text in desired]
    (tmp_path / "native.tf").write_text(
        'output "native" {\n  value = [\n' + "\n".join(lines) + "\n  ]\n}\n", encoding="utf-8"
    )
    content = {"output": {"json": {"//": hcl.one_line("".join(desired)), "value": hcl.json_value(desired)}}}
    (tmp_path / "syntax.tf.json").write_text(hcl.json_text(content), encoding="utf-8")
    read = engine.outputs(tmp_path)
    normal = [unicodedata.normalize("NFC", text) for text in desired]
    assert list(read) == ["json", "native"]
    assert read["native"] == normal
    assert read["json"] == normal


def test_attributes_are_laid_out_as_fmt_does(engine: Engine, tmp_path: Path) -> None:
    """For any names and values, on any depth: `terraform fmt` changes nothing."""
    draw = random.Random(2)
    strings = iter(texts(4000, seed=3))

    def value() -> hcl.Value | None:
        match draw.randrange(7):
            case 0:
                return None
            case 1:
                return draw.choice([True, False, 0, 365, hcl.Expression("azurerm_key_vault.this.id")])
            case 2:
                return [next(strings) for _ in range(draw.randrange(4))]
            case _:
                return next(strings)

    blocks = []
    for number in range(200):
        names = {"a" * draw.randrange(1, 25) for _ in range(draw.randrange(7))}
        attributes = {name: value() for name in draw.sample(sorted(names), len(names))}
        depth = draw.randrange(3)
        opening = "".join(f"{'  ' * level}inner {{\n" for level in range(1, depth + 1))
        closing = "".join(f"{'  ' * level}}}\n" for level in range(depth, 0, -1))
        body = hcl.aligned(attributes, 2 * depth + 2)
        blocks.append(f'block "n{number}" {{\n{opening}{body}{chr(10) if body else ""}{closing}}}\n')
    text = "\n".join(blocks)
    assert engine.must(tmp_path, "fmt", "-", stdin=text) == text
    assert text.count("\n") > 1000
