"""Real Terraform and the reader of its files, side by side: a value that is understood is the value that Terraform has."""

from __future__ import annotations

from pathlib import Path

from rbacgen.sources import hcl
from rbacgen.sources.hcl import HclSyntaxError
from rbacgen.sources.resource_values import Unclear
from tests.fakes.terraform.engine import Engine
from tests.terraform.conftest import engine, terraform_variables

__all__ = ["engine", "terraform_variables"]

VALUES = [
    '""',
    '"plain"',
    '"a \\"b\\" \\\\ \\n \\t \\r \\u00e9 \\U0001f600"',
    '"$5 100% $ % $$ %% }"',
    '"$${x} and %%{y}"',
    '"$${"',
    '"%%{"',
    '"$$$5"',
    '"$${a}$${b} ${"c"}"',
    '"$${a \\" b}"',
    '"$${a\\n}"',
    '"${"nested ${"twice"}"}"',
    '"${ "spaces" }"',
    '"e\\u0301 \u00e9 e\u0301"',
    '"\ufeff\u202e\u2028"',
    '"# // /* } ]"',
    "<<E\nfirst\n  second\n\nE",
    "<<E\nE",
    "<<E\n\nE",
    "<<-E\n    first\n      second\n    E",
    "<<-E\n    first\n\n      second\n  E",
    "<<-E\n\tfirst\n\t\tsecond\n\tE",
    "<<-E\n  a\n \n  b\n  E",
    "<<-E\n  a\n    \n  b\n  E",
    "<<-E\n      \n    b\n  E",
    '<<E\n\\n \\" $5 100%\nE',
    "<<E\n$${x} %%{y}\nE",
    "<<E\nE E\nxE\nE",
    "<<E_1\nE_1x\nE_1",
    '["a", "b",]',
    "[]",
    '{ a = "x", "b" : "y" }',
    '{\n  a = "x"\n  b = "y"\n}',
    '{ a = "x" }',
    '{ "a b" = "x", for = "y" }',
    "1",
    "15000000000",
    "1.5",
    "true",
    "null",
    "(true)",
    '(("a"))',
    '"a" # comment',
    '/* a */ "b" // c',
]


def test_terraform_agrees(engine: Engine, tmp_path: Path) -> None:
    """Strings, templates, heredocs, lists and objects; what is not understood says so."""
    lines = [f'output "o{number}" {{\n  value = {text}\n}}\n' for number, text in enumerate(VALUES)]
    (tmp_path / "main.tf").write_text("".join(lines), encoding="utf-8", newline="\n")
    outputs = engine.outputs(tmp_path)
    understood = 0
    for number, text in enumerate(VALUES):
        block = next(hcl.cut(lines[number]))
        try:
            value = hcl.body_of(block).attributes["value"].value
        except HclSyntaxError:
            continue
        if isinstance(value, Unclear):
            continue
        understood += 1
        assert value == outputs.get(f"o{number}"), text
    assert understood >= len(VALUES) - 6
