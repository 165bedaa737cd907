"""What an earlier render and this one have under different addresses: moved, removed and import blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from msgspec import Struct

from rbacgen.terraform import hcl
from rbacgen.terraform.blocks import RootModule
from rbacgen.terraform.previous import Existing


class Transfer(Struct, frozen=True):
    """A resource that goes from one environment's directory to another's; `import_id` is HCL text."""

    source: str
    old_address: str
    target: str
    new_address: str
    import_id: str


class Transitions(Struct, frozen=True):
    """What Terraform needs so that a change of address is no change of access: moved, removed and import blocks."""

    moved: Mapping[str, str]
    removed: tuple[str, ...]
    imports: Mapping[str, str]


def transfers(modules: Iterable[RootModule], existing: Mapping[str, Existing]) -> tuple[Transfer, ...]:
    """The resources that an earlier render put into another directory than this one does, sorted.

    `existing` may hold directories of environments that the project no longer has: what was there and is desired
    elsewhere is taken over from there too. What is in both directories, as after a merge, is removed from the state of the
    wrong one all the same: it would be destroyed there. What cannot be imported is left to Terraform.
    """
    homes = {block.identity: (module.environment, block) for module in modules for block in module.blocks()}
    found: list[Transfer] = []
    for environment, before in existing.items():
        for identity, address in before.resources.items():
            target, block = homes.get(identity, ("", None))
            if block is None or target == environment or block.import_id is None:
                continue
            found.append(Transfer(environment, address, target, block.address, hcl.value(block.import_id)))
    return tuple(sorted(found, key=lambda each: (each.source, each.old_address)))


def transitions(
    modules: Iterable[RootModule],
    existing: Mapping[str, Existing],
    moving: Iterable[Transfer],
    taken: Mapping[str, Mapping[str, str | None]] = MappingProxyType({}),
) -> dict[str, Transitions]:
    """By environment: addresses that moved within it, that left it for another environment, and that came from one.

    What an earlier render asked for is kept as long as it still leads to a resource, or no longer meets one: it may
    not have been applied yet. An assignment that is no longer desired is none of this; Terraform destroys it.
    `taken` gives, by environment, the import id of addresses that exist already, and None for those that do not: what an
    earlier render asked to import and is gone must not be imported again.
    """
    moving = tuple(moving)
    found: dict[str, Transitions] = {}
    for module in modules:
        before = existing.get(module.environment, Existing())
        addresses = {block.address for block in module.blocks()}
        moved = dict(before.moved)
        for block in module.blocks():
            old = before.resources.get(block.identity)
            if old is not None and old != block.address:
                moved[old] = block.address
        moved = {old: new for old, new in moved.items() if old not in addresses and _leads_to(new, moved, addresses)}
        departed = {each.old_address for each in moving if each.source == module.environment}
        arrived = {each.new_address: each.import_id for each in moving if each.target == module.environment}
        asked = before.imports | arrived
        imports = {to: id_ for old, id_ in asked.items() if (to := _leads_to(old, moved, addresses))}
        for address, import_id in taken.get(module.environment, {}).items():
            if import_id is not None:
                imports[address] = import_id
            elif address not in arrived:
                imports.pop(address, None)
        found[module.environment] = Transitions(
            moved=dict(sorted(moved.items())),
            removed=tuple(sorted({*before.removed, *departed} - addresses)),
            imports=dict(sorted(imports.items())),
        )
    return found


def _leads_to(address: str, moved: Mapping[str, str], addresses: set[str]) -> str:
    """The address of a resource that moves lead to from this one; empty where they lead to none."""
    seen = set()
    while address not in addresses:
        if address in seen or address not in moved:
            return ""
        seen.add(address)
        address = moved[address]
    return address
