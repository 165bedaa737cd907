"""A custom role with exactly the needs of a suggestion, as `az` takes it and as an entry of a mapping."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final

from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.operations import Operation
from rbacgen.authorization.patterns import matches
from rbacgen.authorization.suggest.options import is_unknown
from rbacgen.authorization.suggest.results import SuggestedCustomRole, Suggestion
from rbacgen.model.assignment import Plane
from rbacgen.model.wording import joined

PLACEHOLDER: Final = "/subscriptions/00000000-0000-0000-0000-000000000000"
"""The subscription of a custom role for which none was named."""

_DESCRIPTION: Final = "Exactly the operations that are needed, and nothing else."


def custom_role(name: str, found: Suggestion, catalog: Catalog, scopes: Iterable[str]) -> SuggestedCustomRole:
    """A custom role that grants the needs of a suggestion and nothing else, as far as Azure takes them.

    Needs that another need covers are left out, because they add nothing. Azure takes at most one `*` in a string
    (https://learn.microsoft.com/azure/role-based-access-control/custom-roles#wildcard-permissions).
    """
    needed = found.needs
    refused = [need for need in needed if need.name.count("*") > 1]
    taken = [need for need in needed if need not in refused]
    spelled = {
        need: _spelling(need, catalog)
        for need in taken
        if not any(_includes(other, need) for other in taken if other != need)
    }
    same = [each for each in found.options[:1] if not found.uncovered and not each.everywhere]
    return SuggestedCustomRole(
        name=name,
        actions=tuple(text for need, text in spelled.items() if need.plane is Plane.CONTROL),
        data_actions=tuple(text for need, text in spelled.items() if need.plane is Plane.DATA),
        assignable_scopes=tuple(sorted(set(scopes))),
        unknown=tuple(need for need in spelled if is_unknown(need, catalog)),
        doubtful=tuple(need for need in spelled if any(part != "*" and "*" in part for part in need.name.split("/"))),
        left_out=tuple(refused),
        instead=joined([part.role.name for each in same for part in each.parts]),
    )


def _includes(one: Operation, other: Operation) -> bool:
    """Whether a permission string covers all that another does; of two that cover the same, the one without `/*/`."""
    return one.plane is other.plane and "*" in one.name and matches(one.name, other.name)


def _spelling(need: Operation, catalog: Catalog) -> str:
    """The operation as the known list spells it: activity logs write it in capitals."""
    if "*" in need.name:
        return need.name
    found = catalog.operations.matching(need.name, need.plane)
    return found[0] if found else need.name


def az_definition(role: SuggestedCustomRole) -> Mapping[str, object]:
    """The role as `az role definition create --role-definition @FILE` takes it.

    https://learn.microsoft.com/cli/azure/role/definition#az-role-definition-create
    """
    return {
        "Name": role.name,
        "IsCustom": True,
        "Description": _DESCRIPTION,
        "Actions": list(role.actions),
        "NotActions": [],
        "DataActions": list(role.data_actions),
        "NotDataActions": [],
        "AssignableScopes": list(role.assignable_scopes or (PLACEHOLDER,)),
    }


def mapping_entry(role: SuggestedCustomRole) -> str:
    """The role as an entry of a mapping's `custom_roles.yaml`."""
    why = f"{role.instead} would do as well." if role.instead else "No Azure role grants just this."
    lines = [f"{_scalar(role.name)}:", f"  says: {_DESCRIPTION}", f"  why: {_scalar(why)}"]
    for key, operations in (("actions", role.actions), ("data_actions", role.data_actions)):
        if operations:
            lines += [f"  {key}:", *(f"    - {_scalar(each)}" for each in operations)]
    return "\n".join(lines) + "\n"


def _scalar(text: str) -> str:
    """A text as YAML takes it: as it is where no character of it has a meaning, else between quotes."""
    plain = text.replace("/", "").replace(".", "").replace(" ", "").replace("_", "").replace("-", "")
    is_plain = (
        plain.isascii() and plain.isalnum() and not plain.isdigit() and text[:1].isalpha() and text == text.strip()
    )
    if is_plain and text.lower() not in ("true", "false", "null", "yes", "no", "on", "off"):
        return text
    return json.dumps(text, ensure_ascii=False)
