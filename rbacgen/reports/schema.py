"""The JSON Schema of what each command prints as JSON."""

from __future__ import annotations

from typing import Any

NAMES = ("check", "diff", "can", "who-can", "explain", "matrix", "suggest", "render", "lock", "roles", "rules")

_COMMANDS = {"render": "render --report json", "rules": "check --rules --format json"}


def of(name: str) -> dict[str, Any]:
    """The JSON Schema (draft 7 can read it) of what the command of this name prints. Raises KeyError where there is none.

    `rules` is what `check --rules` prints; `roles` is either of what `roles` prints with and without `--changes`.
    """
    command = _COMMANDS.get(name, f"{name} --format json")
    return of_types(_types(name), f"what `rbacgen {command}` prints")


def of_types(types: tuple[Any, ...], title: str) -> dict[str, Any]:
    """The JSON Schema of a value of one of these types."""
    from msgspec.json import (
        schema_components,
    )  # what only this function needs; `rbacgen schema --help` imports the names

    schemas, components = schema_components(types, ref_template="#/$defs/{name}")
    schemas, components = (_public(each) for each in (schemas, components))
    one = schemas[0] if len(schemas) == 1 else {"anyOf": list(schemas)}
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": title, **one, "$defs": components}


def _types(name: str) -> tuple[Any, ...]:
    from rbacgen.reports.json import (
        can,
        check,
        diff,
        explain,
        lock,
        matrix_records,
        render,
        roles,
        rules,
        suggest,
        who_can,
    )

    return {
        "check": (check.CheckDocument,),
        "diff": (diff.DiffDocument,),
        "can": (can.CanDocument,),
        "who-can": (who_can.WhoCanDocument,),
        "explain": (explain.ExplainDocument,),
        "matrix": (matrix_records.MatrixDocument,),
        "suggest": (suggest.SuggestDocument,),
        "render": (render.RenderDocument,),
        "lock": (lock.LockDocument,),
        "roles": (roles.RolesDocument, roles.RolesSinceDocument),
        "rules": (rules.RulesDocument,),
    }[name]


def _public(schema: Any) -> Any:
    """The schema with every definition under a name without the underscore that marks it as private in the code."""
    if isinstance(schema, dict):
        named = {"title": schema["title"].removeprefix("_")} if isinstance(schema.get("title"), str) else {}
        return {key.removeprefix("_"): _public(each) for key, each in schema.items()} | named
    if isinstance(schema, list | tuple):
        return [_public(each) for each in schema]
    return schema.replace("#/$defs/_", "#/$defs/") if isinstance(schema, str) else schema
