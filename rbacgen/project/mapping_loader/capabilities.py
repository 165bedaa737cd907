"""Capabilities: what each needs, and what it grants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rbacgen.model.assignment import Activation, AzureRole, Plane, PrincipalType
from rbacgen.project.document import Node, place
from rbacgen.project.mapping import Capability, Ends, Grant, Need
from rbacgen.project.mapping_file import CapabilityShape, GrantShape, NeedShape
from rbacgen.project.mapping_loader.layers import MappingEntry, is_given
from rbacgen.project.mapping_loader.names import MappingNames


def capabilities(names: MappingNames) -> dict[str, Capability]:
    """The capabilities of a mapping by name, with what is wrong about them noted."""
    return {
        name: _capability(name, entry, entry.shape, names)
        for name, entry in names.parts.capabilities.items()
        if isinstance(entry.shape, CapabilityShape)
    }


def _capability(name: str, entry: MappingEntry, shape: CapabilityShape, names: MappingNames) -> Capability:
    needs = tuple(_need(need, names.reading.node(need), names) for need in shape.needs)
    grants: list[Grant] = []
    for grant_shape in shape.grants:
        grant = _grant(grant_shape, names.reading.node(grant_shape), names)
        if grant is None:
            continue
        for other in grants:
            same = (other.role, other.on, other.activation) == (grant.role, grant.on, grant.activation)
            if same and set(other.environments) & set(grant.environments):
                names.refuse("duplicate-grant", grant.at, f"the same grant is on line {other.at.line}")
        grants.append(grant)
    return Capability(name, shape.says, needs, tuple(grants), entry.at)


def _need(shape: NeedShape, node: Node, names: MappingNames) -> Need:
    names.scope_kind(shape.on, node)
    if not is_given(node, "actions", "data_actions"):
        names.refuse("grant-fields", node.at, "this need names no operation: give `actions` or `data_actions`")
    for section, plane in (("actions", Plane.CONTROL), ("data_actions", Plane.DATA)):
        for operation in getattr(shape, section):
            names.check_operation(operation, plane, place(node, section, operation))
    environments = names.environments(shape.environments, node)
    return Need(
        on=shape.on,
        environments=environments,
        actions=shape.actions,
        data_actions=shape.data_actions,
        activated=shape.when == "activated",
        source=shape.source,
        note=shape.note,
        at=node.at,
    )


def _grant(shape: GrantShape, node: Node, names: MappingNames) -> Grant | None:
    names.scope_kind(shape.on, node)
    environments = names.environments(shape.environments, node)
    role = names.azure_role(shape.azure_role, place(node, "azure_role"))
    assigned: list[AzureRole] = []
    assigned_to: tuple[PrincipalType, ...] = ()
    if shape.may_assign:
        if shape.condition:
            names.refuse("grant-fields", place(node, "may_assign"), "give `condition` or `may_assign`, not both")
        for name in shape.may_assign.azure_roles:
            found = names.azure_role(name, place(node, "may_assign", "azure_roles", name))
            if found is not None:
                assigned.append(found)
        assigned_to = tuple(PrincipalType(each) for each in shape.may_assign.principal_types)
    if shape.condition:
        for fault in condition_faults(shape.condition):
            names.refuse("wrong-condition", place(node, "condition"), fault)
    if role is None:
        return None
    return Grant(
        role=role,
        on=shape.on,
        environments=environments,
        activation=Activation(shape.activation),
        condition=shape.condition or "",
        may_assign=tuple(assigned),
        may_assign_to=assigned_to,
        ends=_ends(shape.ends, node, names),
        because=shape.because,
        at=node.at,
    )


def _ends(given: str | None, node: Node, names: MappingNames) -> Ends:
    if given is None or given == "project":
        return "project" if given else None
    try:
        return date.fromisoformat(given)
    except ValueError:
        names.refuse("wrong-value", place(node, "ends"), f"there is no day {given}")
        return None


def condition_faults(condition: str) -> Iterator[str]:
    """What is wrong with a condition that is written out, as sentences."""
    if len(condition.encode()) > 8192:
        yield f"the condition comes to {len(condition.encode()):,} bytes, and Azure takes 8,192"
    from rbacgen.authorization import conditions

    try:
        parsed = conditions.parse(condition)
    except conditions.ConditionError as error:
        yield f"{_spot(condition, error.offset)}: {error.message}"
        return
    if not conditions.named_actions(parsed):
        yield "the condition names no ActionMatches{'…'}: it would then limit every operation that has its attributes"
    for remark in parsed.remarks:
        if remark.is_error:
            yield f"{_spot(condition, remark.offset)}: {remark.message}"


def _spot(condition: str, offset: int) -> str:
    """Where something is in a condition, in words: YAML may have folded its lines, so that a column would be wrong."""
    near = " ".join(condition[offset : offset + 24].split())
    return f"at character {offset + 1} of the condition" + (f" (`{near}`)" if near else "")
