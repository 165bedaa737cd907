"""From the files of a mapping, layer upon layer, to one mapping with its names resolved."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as AbstractMapping

from rbacgen.authorization.catalog import Catalog
from rbacgen.model.problems import Problem
from rbacgen.project.mapping import Capability, Mapping, ProjectRole, ScopeKind
from rbacgen.project.mapping_loader.capabilities import capabilities, condition_faults
from rbacgen.project.mapping_loader.custom_roles import custom_roles
from rbacgen.project.mapping_loader.layers import Layer, MappingFile, MappingParts
from rbacgen.project.mapping_loader.names import MappingNames
from rbacgen.project.mapping_loader.roles import project_roles
from rbacgen.project.mapping_loader.scope_kinds import scope_kinds

__all__ = ["Layer", "MappingFile", "build", "condition_faults"]


def build(layers: Iterable[Layer], catalog: Catalog) -> tuple[Mapping, tuple[Problem, ...]]:
    """The mapping that these layers make together, and everything that is wrong with them.

    A later layer replaces project roles, workloads, capabilities, scope kinds and custom roles by name.
    """
    parts = MappingParts(layers)
    names = MappingNames(parts, catalog)
    kinds = scope_kinds(parts)
    names.custom_roles = custom_roles(names)
    known = capabilities(names)
    roles = project_roles(names, known)
    _find_unused(names, kinds, known, roles)
    about = parts.about
    mapping = Mapping(
        title=about.title,
        says=about.says,
        environments=about.environments,
        assumes=about.assumes,
        families=about.families,
        scope_kinds=kinds,
        custom_roles=names.custom_roles,
        capabilities=known,
        roles=roles,
    )
    return mapping, tuple(parts.reading.problems)


def _find_unused(
    names: MappingNames,
    kinds: AbstractMapping[str, ScopeKind],
    known: AbstractMapping[str, Capability],
    roles: AbstractMapping[str, ProjectRole],
) -> None:
    taken = {
        each.name
        for role in roles.values()
        for responsibility in role.responsibilities
        for each in responsibility.takes
    }
    for name, capability in known.items():
        if name not in taken:
            names.refuse("unused-definition", capability.at, f"no responsibility takes `{name}`")
    for name, custom in names.custom_roles.items():
        if name not in names.used_customs:
            names.refuse("unused-definition", custom.at, f"no grant uses the custom role `{name}`")
    used = set(names.used_kinds)
    for name in names.used_kinds:
        kind = kinds.get(name)
        while kind and kind.under and kind.under not in used:
            used.add(kind.under)
            kind = kinds.get(kind.under)
    for name, kind in kinds.items():
        if name not in used:
            names.refuse("unused-definition", kind.at, f"nothing uses the scope kind `{name}`")
