"""What to call Azure roles and principals: a person's name only where the project has it, or where names are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from msgspec import Meta, Struct

from rbacgen.model.assignment import Principal, PrincipalType
from rbacgen.project.project import Project

Called = Callable[[Principal], str]
"""What to call a principal: persons who are not in the project are called by their id, unless names are asked for."""


class RoleName(Struct, frozen=True):
    """An Azure role; the name is empty where it is not known."""

    id: Annotated[str, Meta(description="The GUID of the role definition, without its subscription.")]
    name: Annotated[str, Meta(description="The name; empty where it is not known.")]


class PrincipalRecord(Struct, frozen=True):
    """A principal; the name is empty where it is not known, or is a person's and was not asked for."""

    id: Annotated[str, Meta(description="The object id.")]
    type: Annotated[str, Meta(description="`User`, `Group`, `ServicePrincipal`, … as Azure spells it.")]
    name: Annotated[
        str, Meta(description="The name; empty where it is not known, or is a person's and was not asked for.")
    ]


def caller(project: Project | None, names: bool) -> Called:
    """What to call principals: by the project's name, a group or an identity by its own, a person by name only if asked for."""
    known: dict[str, str] = {}
    if project is not None:
        known = {each.principal.id: each.principal.name for team in project.team.values() for each in team}
        known |= {each.id: each.name for each in project.membership.principals.values() if each.name}

    def called(principal: Principal) -> str:
        has_public_name = principal.type in (PrincipalType.GROUP, PrincipalType.SERVICE_PRINCIPAL) or names
        return known.get(principal.id) or (principal.name if has_public_name else "")

    return called


def who(principal: PrincipalRecord) -> str:
    """A principal's name, or its type and object id where it has none."""
    if principal.name:
        return principal.name
    kind = {"ServicePrincipal": "service principal", "ForeignGroup": "group of another tenant", "Unknown": "principal"}
    return f"the {kind.get(principal.type, principal.type.lower())} {principal.id}"
