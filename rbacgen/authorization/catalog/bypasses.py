"""Known other ways to data and secrets: keys, access policies, access control lists."""

from __future__ import annotations

import json
from functools import cache
from os.path import join

from msgspec import Struct

from rbacgen.authorization.catalog.resource_types import type_of
from rbacgen.authorization.catalog.roles import FOLDER
from rbacgen.model.assignment import Plane
from rbacgen.model.scope import Scope, ScopeLevel


class KnownBypass(Struct, frozen=True):
    """Another way to do what some operations do.

    `operations` are patterns of the plane. `opened_by` is a control operation on a resource of `type`: whoever has it
    reaches the same thing; empty where only the service itself knows who has access. `how` is how it works, `unless` what
    prevents it, `source` is a page that documents it.
    """

    operations: tuple[str, ...]
    plane: Plane
    type: str
    opened_by: str
    how: str
    unless: str
    source: str

    def place(self, scope: Scope) -> Scope | None:
        """The scope at which `opened_by` counts: the resource of the bypass's type that the scope is, or is inside of.

        For a container such as a resource group it is the container; None for a resource of another type.
        """
        if scope.level is not ScopeLevel.RESOURCE or scope.reference:
            return scope
        if not (type_of(scope).lower() + "/").startswith(self.type.lower() + "/"):
            return None
        start = scope.folded.rfind("/providers/") + len("/providers/")
        kept = 1 + 2 * (self.type.count("/"))
        return Scope.of(scope.id[:start] + "/".join(scope.id[start:].split("/")[:kept]))


@cache
def load() -> tuple[KnownBypass, ...]:
    """The bypasses that ship with rbacgen, in the order of the file."""
    with open(join(FOLDER, "bypasses.json"), encoding="utf-8") as file:
        values = json.load(file)["bypasses"]
    return tuple(
        KnownBypass(
            operations=tuple(value["operations"]),
            plane=Plane(value["plane"]),
            type=value["type"],
            opened_by=value.get("opened_by", ""),
            how=value["how"],
            unless=value.get("unless", ""),
            source=value["source"],
        )
        for value in values
    )
