"""Reads role definitions from JSON that others wrote, and reports every problem with it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from rbacgen.authorization.catalog.encoding import PATTERN_LISTS, each_once
from rbacgen.authorization.catalog.roles import by_name
from rbacgen.model.assignment import AzureRole, Permission
from rbacgen.model.problems import InputError, Position, Problem
from rbacgen.model.scope import GUID

_UNENCODABLE = re.compile(r"[\ud800-\udfff]")
_AZURE_PERMISSION_KEYS = {
    "actions": "actions",
    "not_actions": "notActions",
    "data_actions": "dataActions",
    "not_data_actions": "notDataActions",
    "condition": "condition",
    "condition_version": "conditionVersion",
}


class DefinitionReader:
    """Takes values out of JSON and notes what is wrong with them."""

    def __init__(self, where: str) -> None:
        self.at = Position(where)
        self.problems: list[Problem] = []

    def refuse(self, rule: str, message: str, at: Position | None = None) -> None:
        """Notes a problem, of the whole text unless a place is given."""
        self.problems.append(Problem(at or self.at, rule, message))

    def finish(self) -> None:
        """Raises InputError with every problem so far, if there is one."""
        if self.problems:
            raise InputError(self.problems)

    def value(self, text: str) -> Any:
        """The JSON value of a text; raises InputError at once, since the rest cannot be read."""
        try:
            # PowerShell's redirection opens files with a byte order mark.
            return json.loads(text.removeprefix("\ufeff"))
        except json.JSONDecodeError as error:
            self.refuse(
                "json-syntax", f"not valid JSON: {error.msg}", Position(self.at.file, error.lineno, error.colno)
            )
        except (RecursionError, ValueError) as error:
            reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            self.refuse("json-syntax", f"not readable JSON: {reason}")
        raise InputError(self.problems)

    def text(self, value: object, what: str) -> str:
        """A string, trimmed; null and absence are the empty string."""
        if value is None:
            return ""
        if not isinstance(value, str):
            self.refuse("wrong-value", f"{what} is {_kind(value)}, not text")
            return ""
        if _UNENCODABLE.search(value):
            self.refuse("wrong-value", f"{what} contains half a character (a lone surrogate)")
            return ""
        return value.strip()

    def line(self, value: object, what: str) -> str:
        """A string on one line: without line breaks, tabs and other control characters."""
        text = self.text(value, what)
        if not text.isprintable():
            self.refuse("wrong-value", f"{what} contains a control character: {text!r}")
            return ""
        return text

    def needed_line(self, value: object, what: str) -> str:
        """A line that has to be there."""
        if value is None or value == "":
            self.refuse("missing-key", f"{what} is missing")
            return ""
        return self.line(value, what)

    def guid(self, value: object, what: str) -> str:
        """A GUID in lower case."""
        text = self.needed_line(value, what).lower()
        if text and not GUID.match(text):
            self.refuse("wrong-value", f"{what} is {text!r}, not a GUID")
        return text

    def mark(self, value: object, what: str) -> bool:
        """True or false; absence and null are false."""
        if value is not None and not isinstance(value, bool):
            self.refuse("wrong-value", f"{what} is {_kind(value)}, not true or false")
        return value is True

    def items(self, value: object, what: str) -> list[Any]:
        """A list; absence and null are empty."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.refuse("wrong-value", f"{what} is {_kind(value)}, not a list")
            return []
        return value

    def lines(self, value: object, what: str) -> tuple[str, ...]:
        """A list of lines, each once."""
        texts = [self.line(item, f"{what}[{index}]") for index, item in enumerate(self.items(value, what))]
        if not all(texts):
            self.refuse("wrong-value", f"{what} contains an empty entry")
        return each_once(text for text in texts if text)

    def members(self, value: object, what: str) -> Mapping[str, Any]:
        """The members of an object."""
        if not isinstance(value, dict):
            self.refuse("wrong-value", f"{what} is {_kind(value)}, not an object")
            return {}
        return value

    def keys(self, value: Mapping[str, Any], known: frozenset[str], what: str) -> None:
        """Notes every key that is not known."""
        for key in sorted(value.keys() - known):
            self.refuse("unknown-key", f"{what} has the unknown key {key!r}; known: {', '.join(sorted(known))}")

    def permission(self, value: object, spelling: Mapping[str, str], what: str) -> Permission:
        """One permission object, its members under the spelling given."""
        members = self.members(value, what)
        lists = {key: self.lines(members.get(spelling[key]), f"{what}.{spelling[key]}") for key in PATTERN_LISTS}
        condition = self.text(members.get(spelling["condition"]), f"{what}.condition")
        version = self.line(members.get(spelling["condition_version"]), f"{what}.{spelling['condition_version']}")
        return Permission(**lists, condition=condition, condition_version=version if condition else "")

    def permissions(self, value: object, spelling: Mapping[str, str], what: str) -> tuple[Permission, ...]:
        """All permission objects of a definition."""
        if value is None:
            self.refuse("missing-key", f"{what} is missing")
        return tuple(
            self.permission(item, spelling, f"{what}[{index}]") for index, item in enumerate(self.items(value, what))
        )


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "text"
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return "a number"


def read_definitions(text: str, where: str) -> tuple[AzureRole, ...]:
    """The roles in the output of `az role definition list -o json`, by name.

    Takes what the Azure CLI prints (`roleName`, `roleType`, with the GUID as `name`) and what Azure Resource Manager
    answers (the same below `properties`, `roleType` called `type`; see
    https://learn.microsoft.com/rest/api/authorization/role-definitions/list), as a list, as the whole answer
    (`{"value": [...]}`) or as one definition. Texts are trimmed, lists sorted, repeated entries dropped.

    `where` names the text in errors.

    Raises:
        InputError: it is no JSON or not such definitions; every problem names the definition and what is wrong with it.
    """
    reader = DefinitionReader(where)
    value = reader.value(text)
    if isinstance(value, dict) and "value" in value:
        if value.get("nextLink"):
            reader.refuse("wrong-value", "this is one page of several (it has a nextLink): get the whole list")
        value = value["value"]
    elif isinstance(value, dict):
        value = [value]
    found: dict[str, AzureRole] = {}
    for index, item in enumerate(reader.items(value, "the list of role definitions")):
        role = _definition(reader, item, f"definition {index + 1}")
        if role is not None and found.setdefault(role.id, role) != role:
            reader.refuse("duplicate-item", f"two definitions that differ have the id {role.id} ({role.name!r})")
    if value is None:
        reader.refuse("wrong-value", "the list of role definitions is null, not a list")
    reader.finish()
    return by_name(found.values())


def _definition(reader: DefinitionReader, value: object, what: str) -> AzureRole | None:
    """One definition in either form, or None where its problems leave no definition."""
    before = len(reader.problems)
    outer = reader.members(value, what)
    raw = "properties" in outer
    inner = reader.members(outer["properties"], f"{what}.properties") if raw else outer
    if len(reader.problems) > before:
        return None
    type_key = "type" if raw else "roleType"
    name = reader.needed_line(inner.get("roleName"), f"roleName of {what}")
    what = f"{what} ({name!r})" if name else what
    role_id = reader.guid(outer.get("name"), f"name of {what}")
    role_type = reader.needed_line(inner.get(type_key), f"{type_key} of {what}")
    if role_type and role_type.lower() not in ("builtinrole", "customrole"):
        reader.refuse("wrong-value", f"{type_key} of {what} is {role_type!r}, neither BuiltInRole nor CustomRole")
    description = reader.text(inner.get("description"), f"description of {what}")
    scopes = reader.lines(inner.get("assignableScopes"), f"assignableScopes of {what}")
    permissions = reader.permissions(inner.get("permissions"), _AZURE_PERMISSION_KEYS, f"permissions of {what}")
    if len(reader.problems) > before:
        return None
    return AzureRole(
        id=role_id,
        name=name,
        permissions=permissions,
        custom=role_type.lower() == "customrole",
        assignable_scopes=scopes,
        description=description,
        preview="(preview)" in name.lower(),
        deprecated="yes" if "(deprecated)" in name.lower() else "",
    )
