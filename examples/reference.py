"""Writes the reference pages of the guides from the code: keys of the files, rules, and the JSON of commands.

python examples/reference.py            # writes examples/guides/keys.md, rules.md and json.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rbacgen.model.rules import RULES  # noqa: E402
from rbacgen.project import json_schema  # noqa: E402
from rbacgen.reports import schema  # noqa: E402

GUIDES = ROOT / "examples" / "guides"
Tree = Mapping[str, Any]

# What each definition of the files' schemas is called where a person reads it, in the order of the page.
FILES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "The project file, `rbacgen.yaml`": (
        ("ProjectShape", "The file"),
        ("EnvironmentShape", "An environment, under `environments`"),
        ("Binding", "A binding, under `scopes` of an environment"),
        ("TerraformReference", "A Terraform reference"),
        ("MemberShape", "A member, under `team`"),
        ("GroupShape", "A group, under `groups`"),
        ("GroupMemberShape", "A member of a group"),
        ("Moved", "An entry under `moved`"),
        ("Ignore", "An entry under `ignore`"),
        ("AccessTestShape", "An access test, under `tests`, or in a file for `check --tests`"),
    ),
    "The files of a mapping": (
        ("About", "`mapping.yaml`"),
        ("ScopeKindShape", "An entry of `scope_kinds.yaml`"),
        ("CustomRoleShape", "An entry of `custom_roles.yaml`"),
        ("CapabilityShape", "An entry of a file in `capabilities/`"),
        ("NeedShape", "A need of a capability"),
        ("GrantShape", "A grant of a capability"),
        ("MayAssignShape", "`may_assign` of a grant"),
        ("RoleShape", "A file in `roles/`"),
        ("WorkloadShape", "A file in `workloads/`"),
        ("ResponsibilityShape", "A responsibility"),
        ("MustNotShape", "An entry under `must_not`"),
    ),
}
_NOTE = "*This page is made from the code by `examples/reference.py`; `make bless` makes it anew.*"


def keys() -> str:
    """The page of every key of the files that people write."""
    definitions = json_schema.of_mapping({})["$defs"] | json_schema.of_project({})["$defs"]
    lines = ["# Keys of the files", "", _NOTE]
    for title, shapes in FILES.items():
        lines += ["", f"## {title}"]
        for name, heading in shapes:
            lines += ["", f"### {heading}", "", _sentence(definitions[name].get("description", "")), ""]
            lines += _keys_of(definitions[name])
    unnamed = [
        name
        for name, each in definitions.items()
        if "properties" in each and name not in {shape for shapes in FILES.values() for shape, _ in shapes}
    ]
    assert not unnamed, f"give these a heading in {__file__}: {unnamed}"
    return "\n".join(lines) + "\n"


def _keys_of(definition: Tree) -> Iterator[str]:
    required = set(definition.get("required", ()))
    yield "| key | value | meaning |"
    yield "|---|---|---|"
    for key, value in definition["properties"].items():
        needed = " (required)" if key in required else ""
        yield f"| `{key}`{needed} | {_value(value)} | {_sentence(value.get('description', ''))} |"


def _value(tree: Tree) -> str:
    """What a key takes, in words: `text`, `list of text`, one of some words."""
    if "$ref" in tree:
        return _called(tree["$ref"])
    if "allOf" in tree:
        return _value(tree["allOf"][0])
    if "anyOf" in tree:
        return " or ".join(dict.fromkeys(_value(each) for each in tree["anyOf"] if each.get("type") != "null"))
    if "enum" in tree:
        return ", ".join(f"`{each}`" for each in tree["enum"])
    kinds = tree.get("type", "text")
    kind = next((each for each in kinds if each != "null"), "text") if isinstance(kinds, list) else kinds
    if kind == "array":
        inner = _value(tree["items"]) if "items" in tree else "values"
        return f"list of {inner}"
    if kind == "object":
        inner = tree.get("additionalProperties")
        return f"map of names to {_value(inner)}" if isinstance(inner, Mapping) else "map"
    words = {"string": "text", "integer": "whole number", "boolean": "`true` or `false`", "number": "number"}
    return "date" if tree.get("format") == "date" else words.get(kind, kind)


def _called(reference: str) -> str:
    name = reference.rpartition("/")[2]
    for shapes in FILES.values():
        for shape, heading in shapes:
            if shape == name:
                anchor = "".join(each for each in heading.lower() if each.isalnum() or each in " _-").replace(" ", "-")
                return f"[{name.removesuffix('Shape').lower()}](#{anchor})"
    return name.replace("_", " ")


def _sentence(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def rules() -> str:
    """The page of every rule, by what it is about."""
    lines = ["# Rules", "", _NOTE, ""]
    lines += [
        "Each finding of `check` and `diff` names its rule. Those that say so can be switched off in the project file, with the reason:",
        "`checks_off: {direct-user: why}`. `rbacgen check --rules` prints the same list.",
        "",
        "| rule | severity | can be switched off | what it demands | source |",
        "|---|---|---|---|---|",
    ]
    for rule in RULES.values():
        source = f"[page]({rule.source})" if rule.source.startswith("https://") else rule.source
        lines.append(
            f"| `{rule.id}` | {rule.severity} | {'yes' if rule.optional else 'no'} | {_sentence(rule.description)} | {source} |"
        )
    return "\n".join(lines) + "\n"


def json_documents() -> str:
    """The page of the JSON that commands print, a table for each object."""
    lines = ["# JSON of the commands", "", _NOTE, ""]
    lines += [
        "`--format json` prints one document. `rbacgen schema NAME` prints its JSON Schema. Keys may be added in a release; a key that changes its",
        "meaning or goes raises `format_version`.",
    ]
    for name in schema.NAMES:
        tree = schema.of(name)
        tops = [_called_type(each) for each in tree.get("anyOf", [tree])]
        lines += ["", f"## `rbacgen schema {name}`", "", f"{tree['title'].capitalize()}: {' or '.join(tops)}."]
        for definition_name, definition in tree["$defs"].items():
            if "properties" in definition:
                lines += ["", f"**{definition_name}**: {_sentence(definition.get('description', ''))}", ""]
                lines += _keys_of(definition)
    return "\n".join(lines) + "\n"


def _called_type(tree: Tree) -> str:
    """What a document consists of: one object, or a list of them."""
    if tree.get("type") == "array":
        return f"a list of **{tree['items']['$ref'].rpartition('/')[2]}**"
    return f"a **{tree['$ref'].rpartition('/')[2]}**"


PAGES = {"keys.md": keys, "rules.md": rules, "json.md": json_documents}


def main() -> None:
    """Writes each page."""
    for name, make in PAGES.items():
        (GUIDES / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
