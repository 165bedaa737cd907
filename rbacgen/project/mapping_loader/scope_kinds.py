"""Scope kinds: what each is a kind of, and what it lies under."""

from __future__ import annotations

from msgspec.structs import replace

from rbacgen.model.near_names import did_you_mean
from rbacgen.model.scope import ScopeLevel
from rbacgen.project.document import place
from rbacgen.project.mapping import ScopeKind
from rbacgen.project.mapping_file import ScopeKindShape
from rbacgen.project.mapping_loader.layers import MappingParts

_CONTAINERS = {
    "tenant": ScopeLevel.TENANT,
    "management_group": ScopeLevel.MANAGEMENT_GROUP,
    "subscription": ScopeLevel.SUBSCRIPTION,
    "resource_group": ScopeLevel.RESOURCE_GROUP,
}
_RANK = list(ScopeLevel)


def scope_kinds(parts: MappingParts) -> dict[str, ScopeKind]:
    """The scope kinds of a mapping by name, with what is wrong about what they lie under noted."""
    kinds: dict[str, ScopeKind] = {}
    for name, entry in parts.kinds.items():
        shape = entry.shape
        assert isinstance(shape, ScopeKindShape)
        level = _CONTAINERS.get(shape.type, ScopeLevel.RESOURCE)
        type_ = shape.type if level is ScopeLevel.RESOURCE else ""
        kinds[name] = ScopeKind(name, shape.says, level, type_, shape.under, shape.name, entry.at)
    looped = [kind.name for kind in kinds.values() if _check_parent(kind, kinds, parts)]
    return kinds | {name: replace(kinds[name], under=None) for name in looped}


def _check_parent(kind: ScopeKind, kinds: dict[str, ScopeKind], parts: MappingParts) -> bool:
    """Notes what is wrong about what a kind lies under; gives whether it lies under itself.."""
    node = parts.kinds[kind.name].node
    at = place(node, "under")
    if kind.under is None:
        if kind.level in (ScopeLevel.RESOURCE_GROUP, ScopeLevel.RESOURCE):
            parts.refuse("scope-kind-parent", kind.at, f"`{kind.name}` does not say what it is `under`")
        return False
    parent = kinds.get(kind.under)
    if parent is None:
        hint = did_you_mean(kind.under, kinds)
        parts.refuse("unknown-scope-kind", at, f"no scope kind `{kind.under}`{hint}")
        return False
    seen: set[str] = set()
    above: ScopeKind | None = parent
    while above is not None and above.name not in seen:
        if above is kind:
            parts.refuse("scope-kind-parent", at, f"`{kind.name}` lies under itself")
            return True
        seen.add(above.name)
        above = kinds.get(above.under) if above.under else None
    if kind.level is ScopeLevel.RESOURCE and parent.level is ScopeLevel.RESOURCE:
        if not kind.type.lower().startswith(parent.type.lower() + "/"):
            parts.refuse("scope-kind-parent", at, f"{kind.type} is no child of {parent.type}")
    elif kind.level is ScopeLevel.RESOURCE and parent.level is not ScopeLevel.RESOURCE_GROUP:
        parts.refuse("scope-kind-parent", at, "a resource lies under a resource group or under another resource")
    elif kind.level not in (ScopeLevel.MANAGEMENT_GROUP, ScopeLevel.RESOURCE) and (
        _RANK.index(kind.level) <= _RANK.index(parent.level)
    ):
        level, above_level = (str(each.level).replace("_", " ") for each in (kind, parent))
        parts.refuse("scope-kind-parent", at, f"a {level} does not lie under a {above_level}")
    return False
