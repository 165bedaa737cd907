"""Project roles and workloads: their responsibilities, and what they must not be able to do."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping

from rbacgen.model.assignment import Plane
from rbacgen.model.near_names import did_you_mean
from rbacgen.model.problems import Position
from rbacgen.project.document import place
from rbacgen.project.mapping import Capability, MustNot, ProjectRole, Responsibility
from rbacgen.project.mapping_file import MustNotShape, ResponsibilityShape, RoleShape, WorkloadShape
from rbacgen.project.mapping_loader.layers import is_given
from rbacgen.project.mapping_loader.names import MappingNames


def project_roles(names: MappingNames, known: AbstractMapping[str, Capability]) -> dict[str, ProjectRole]:
    """The project roles of a mapping by id, people's before workloads', in the order of families; what is wrong is noted."""
    families = names.parts.about.families
    entries = names.parts.roles
    roles: list[ProjectRole] = []
    first_seen: dict[str, Position] = {}
    for name, entry in entries.items():
        shape = entry.shape
        assert isinstance(shape, RoleShape | WorkloadShape)
        for each in shape.responsibilities:
            _note_twice(each, first_seen, names)
        owner = shape.owner if isinstance(shape, WorkloadShape) else ""
        if owner and owner not in entries:
            hint = did_you_mean(owner, entries)
            names.refuse("unknown-project-role", place(entry.node, "owner"), f"no project role `{owner}`{hint}")
        family = "" if isinstance(shape, WorkloadShape) else shape.family
        if family and families and family not in families:
            hint = did_you_mean(family, families)
            names.refuse("wrong-value", place(entry.node, "family"), f"no family `{family}` in mapping.yaml{hint}")
        roles.append(
            ProjectRole(
                id=name,
                title=shape.title,
                family=family,
                says=shape.says,
                ends_with_project=shape.lifetime == "project",
                responsibilities=tuple(_responsibility(each, known, names) for each in shape.responsibilities),
                must_not=tuple(_must_not(each, names) for each in shape.must_not),
                owner=owner,
                at=entry.at,
            )
        )
    order = {family: index for index, family in enumerate(families)}
    ranked = sorted(roles, key=lambda role: (role.is_workload, order.get(role.family, 99), role.id))
    return {role.id: role for role in ranked}


def _note_twice(shape: ResponsibilityShape, first_seen: dict[str, Position], names: MappingNames) -> None:
    """Notes where the id of a responsibility was given to another one before."""
    at = place(names.reading.node(shape), "id")
    if shape.id in first_seen:
        message = f"`{shape.id}` is a responsibility already, at {first_seen[shape.id].short}"
        names.refuse("duplicate-name", at, message)
    first_seen.setdefault(shape.id, at)


def _responsibility(
    shape: ResponsibilityShape, known: AbstractMapping[str, Capability], names: MappingNames
) -> Responsibility:
    node = names.reading.node(shape)
    takes: list[Capability] = []
    for name in shape.takes:
        if name in known:
            takes.append(known[name])
        else:
            hint = did_you_mean(name, known)
            names.refuse("unknown-capability", place(node, "takes", name), f"no capability `{name}`{hint}")
    if not is_given(node, "takes", "outside", "no_access"):
        message = f"`{shape.id}` takes nothing: give `takes` or `outside`, or say why with `no_access`"
        names.refuse("takes-nothing", node.at, message)
    elif shape.no_access and (shape.takes or shape.outside):
        names.refuse("takes-nothing", place(node, "no_access"), f"`{shape.id}` says both what it takes and `no_access`")
    return Responsibility(
        id=shape.id,
        does=shape.does,
        takes=tuple(takes),
        outside=tuple(shape.outside.items()),
        no_access=shape.no_access,
        at=place(node, "id"),
    )


def _must_not(shape: MustNotShape, names: MappingNames) -> MustNot:
    node = names.reading.node(shape)
    names.scope_kind(shape.on, node)
    if shape.plane is None:
        planes = names.known_planes(shape.do, place(node, "do"))
    else:
        planes = (Plane(shape.plane),)
        names.check_operation(shape.do, planes[0], place(node, "do"), wildcard=True)
    return MustNot(
        do=shape.do,
        on=shape.on,
        environments=names.environments(shape.environments, node),
        planes=planes,
        unless_activated=shape.unless == "activated",
        because=shape.because,
        at=node.at,
    )
