"""The names that a project's files may use, each with what it means: what an editor or a shell can offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from rbacgen.authorization.catalog import Catalog
from rbacgen.model.rules import RULES
from rbacgen.project.mapping import Mapping as KnownMapping

EVERYONE = "everyone"  # who an access test may be about, beside the team


class OfferedNames(Struct, frozen=True):
    """Names of one kind with what they mean, in lists that are offered one after the other.

    `others` is a pattern that other values must fit, empty where any may be there, and None where none may.
    """

    offered: tuple[Mapping[str, str], ...]
    others: str | None = ""


Vocabulary = Mapping[str, OfferedNames]
"""The names of each kind that a shape marks with `shape.names`."""


def general(catalog: Catalog, mappings: Iterable[str]) -> dict[str, OfferedNames]:
    """What is known without a project: Azure roles, the checks that can be switched off, and the shipped mappings."""
    return {
        "azure_role": OfferedNames(_azure_roles(catalog, {})),
        "check": OfferedNames(({rule.id: rule.description for rule in RULES.values() if rule.optional},), None),
        "mapping": OfferedNames((dict.fromkeys(mappings, ""),)),
        "who": OfferedNames(({EVERYONE: "everybody who has any access"},)),
        "resource_type": OfferedNames(
            (dict.fromkeys(("tenant", "management_group", "subscription", "resource_group"), ""),)
        ),
        "ending": OfferedNames(({"project": "the end of the project (`ends` in its file)"},)),
    }


def of_mapping(mapping: KnownMapping, catalog: Catalog, mappings: Iterable[str]) -> dict[str, OfferedNames]:
    """What the files of this mapping may name. Others may be there too: they may be defined a moment later."""
    roles = mapping.roles.values()
    return general(catalog, mappings) | {
        "azure_role": OfferedNames(
            _azure_roles(catalog, {name: role.role.description for name, role in mapping.custom_roles.items()})
        ),
        "scope_kind": OfferedNames(({name: kind.says for name, kind in mapping.scope_kinds.items()},)),
        "project_role": OfferedNames(({role.id: _meaning(role.title, role.says) for role in roles},)),
        "capability": OfferedNames(({name: each.says for name, each in mapping.capabilities.items()},)),
        "responsibility": OfferedNames(
            (
                {
                    responsibility.id: f"{responsibility.does} ({role.title})"
                    for role in roles
                    for responsibility in role.responsibilities
                },
            )
        ),
        "mapping_environment": OfferedNames((dict.fromkeys(mapping.environments, ""),)),
        "custom_role": OfferedNames(({name: role.role.description for name, role in mapping.custom_roles.items()},)),
        "family": OfferedNames((dict.fromkeys(mapping.families, ""),)),
    }


def of_project(
    mapping: KnownMapping, environments: Iterable[str], catalog: Catalog, mappings: Iterable[str]
) -> dict[str, OfferedNames]:
    """What a project file may name: what its mapping defines, and nothing else; the environments are its own."""
    known = of_mapping(mapping, catalog, mappings)
    defined = ("scope_kind", "project_role", "responsibility", "custom_role")
    closed = {kind: OfferedNames(known[kind].offered, None) for kind in defined}
    everybody = {**known["project_role"].offered[0], **known["who"].offered[0]}
    return (
        known
        | closed
        | {
            "stands_for": OfferedNames(known["mapping_environment"].offered, None),
            "environment": OfferedNames((dict.fromkeys(environments, ""),)),
            "who": OfferedNames((everybody,)),
            "place": OfferedNames(known["scope_kind"].offered, "^/"),
        }
    )


def _azure_roles(catalog: Catalog, custom: Mapping[str, str]) -> tuple[Mapping[str, str], ...]:
    """The mapping's own custom roles, every role of the catalogue, and last those that Microsoft retires."""
    retired = {role.name: f"Microsoft retires this role: {role.deprecated}" for role in catalog if role.deprecated}
    others = {name: "" for name in catalog.names() if name not in retired and name not in custom}
    return (custom, others, retired)


def _meaning(title: str, says: str) -> str:
    return f"{title}: {says}" if says else title
