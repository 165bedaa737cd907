"""What only Azure knows, kept in `rbacgen.lock`: the object ids of named principals and Azure's own spelling of scopes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from msgspec import Struct, field

from rbacgen import rules
from rbacgen.problems import Position, Problem

FORMAT_VERSION = 1
MEMBER_KINDS = ("group", "user", "service_principal", "managed_identity")
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")


class Lock(Struct, frozen=True):
    """The lock file as read; an absent file is an empty lock.

    `principals` maps (kind, name without case) to (object id, name as written); `scopes` maps a scope id without case
    to Azure's own spelling of it.
    """

    file: str = "rbacgen.lock"
    tenant: str = ""
    principals: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    scopes: Mapping[str, str] = field(default_factory=dict)

    def object_id(self, kind: str, name: str) -> str:
        """The Entra object id of a named principal, or an empty string where the lock does not have it."""
        return self.principals.get((kind, name.casefold()), ("", ""))[0]

    def spelled(self, scope_id: str) -> str:
        """The scope id as Azure spells it, where the lock knows; else as given."""
        return self.scopes.get(scope_id.lower(), scope_id)


def parse(text: str, file: str) -> tuple[Lock, tuple[Problem, ...]]:
    """The lock in this text; a damaged one comes out empty, with what is wrong and where."""
    twice: list[str] = []

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        members = dict(pairs)
        if len(members) < len(pairs):
            names = [name for name, _ in pairs]
            twice.extend(name for name in members if names.count(name) > 1)
        return members

    try:
        content = json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:  # RecursionError: too deep; ValueError: also a number of 5,000 digits
        at = Position(file, getattr(error, "lineno", 1), getattr(error, "colno", 1))
        why = getattr(error, "msg", "too deep or too long")
        return Lock(file), (
            rules.problem("json-syntax", at, f"not valid JSON ({why}): write it anew with `rbacgen lock`"),
        )
    if twice:
        message = f"`{twice[0]}` stands in one place twice: write it anew with `rbacgen lock`"
        return Lock(file), (rules.problem("duplicate-key", Position(file, 1, 1), message),)
    fault = _fault(content)
    if fault:
        message = f"{fault}: write it anew with `rbacgen lock`"
        return Lock(file), (rules.problem("wrong-value", Position(file, 1, 1), message),)
    principals = {
        (kind, name.casefold()): (object_id.lower(), name)
        for kind, named in content.get("principals", {}).items()
        for name, object_id in named.items()
    }
    scopes = {scope.lower(): scope for scope in content.get("scopes", [])}
    return Lock(file, str(content.get("tenant", "")).lower(), principals, scopes), ()


def _fault(content: object) -> str:
    if not isinstance(content, dict) or content.get("format_version") != FORMAT_VERSION:
        return f"expected a lock file of format_version {FORMAT_VERSION}"
    principals = content.get("principals", {})
    if not isinstance(principals, dict) or not set(principals) <= set(MEMBER_KINDS):
        return f"`principals` holds {', '.join(MEMBER_KINDS)}, each with names and object ids"
    for kind, named in principals.items():
        if not isinstance(named, dict):
            return f"`principals.{kind}` is no mapping of names to object ids"
        for name, object_id in named.items():
            if not isinstance(object_id, str) or not _GUID.match(object_id):
                return f"the object id of {kind} `{name}` is no GUID"
    if not isinstance(content.get("tenant", ""), str):
        return "`tenant` is no text"
    scopes = content.get("scopes", [])
    if not isinstance(scopes, list) or not all(isinstance(each, str) and each.startswith("/") for each in scopes):
        return "`scopes` is no list of scope ids"
    return ""
