"""The custom roles of a mapping."""

from __future__ import annotations

from rbacgen.model.assignment import AzureRole, Permission, Plane
from rbacgen.project.document import Node, place
from rbacgen.project.mapping import MappingCustomRole
from rbacgen.project.mapping_file import CustomRoleShape
from rbacgen.project.mapping_loader.layers import is_given
from rbacgen.project.mapping_loader.names import MappingNames


def custom_roles(names: MappingNames) -> dict[str, MappingCustomRole]:
    """The custom roles that a mapping defines, by name, with what Azure would refuse of them noted."""
    own: dict[str, MappingCustomRole] = {}
    for name, entry in names.parts.customs.items():
        shape = entry.shape
        assert isinstance(shape, CustomRoleShape)
        permission = Permission(shape.actions, shape.not_actions, shape.data_actions, shape.not_data_actions)
        role = AzureRole("", name, (permission,), custom=True, assignable_scopes=(), description=shape.says)
        own[name] = MappingCustomRole(role, shape.why, shape.source, entry.at)
        _check(own[name], shape, entry.node, names)
    return own


def _check(custom: MappingCustomRole, shape: CustomRoleShape, node: Node, names: MappingNames) -> None:
    name = custom.role.name
    if len(name) > 400:
        names.refuse("custom-role-name", custom.at, "the name is over 400 characters (Azure takes 512 with our mark)")
    clash = names.catalog.find(name)
    if clash is not None and not clash.custom:
        names.refuse("custom-role-name", custom.at, f"`{name}` is the name of an Azure role already ({clash.id})")
    if not is_given(node, "actions", "data_actions"):
        names.refuse("custom-role-empty", custom.at, f"`{name}` grants nothing")
    for section, plane in (
        ("actions", Plane.CONTROL),
        ("not_actions", Plane.CONTROL),
        ("data_actions", Plane.DATA),
        ("not_data_actions", Plane.DATA),
    ):
        for operation in getattr(shape, section):
            names.check_operation(operation, plane, place(node, section, operation), wildcard=True)
