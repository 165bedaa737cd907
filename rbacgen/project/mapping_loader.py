"""From the files of a mapping, layer upon layer, to one mapping with its names resolved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as AbstractMapping
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.authorization.catalog import Catalog
from rbacgen.model import rules
from rbacgen.model.assignment import Activation, AzureRole, Permission, Plane, PrincipalType
from rbacgen.model.problems import Position, Problem
from rbacgen.model.scope import ScopeLevel
from rbacgen.project.decode import Reading, Shape, did_you_mean, read
from rbacgen.project.document import MappingNode as MappingNode
from rbacgen.project.document import Node, Scalar, place
from rbacgen.project.mapping import (
    Capability,
    Ends,
    Grant,
    Mapping,
    MappingCustomRole,
    MustNot,
    Need,
    ProjectRole,
    Responsibility,
    ScopeKind,
)
from rbacgen.project.mapping_file import (
    About,
    CapabilityShape,
    CustomRoleShape,
    GrantShape,
    MustNotShape,
    NeedShape,
    ResponsibilityShape,
    RoleShape,
    ScopeKindShape,
    WorkloadShape,
)


class MappingFile(Struct, frozen=True):
    """One file of a mapping: its path below the mapping's folder, and its nodes."""

    path: str
    root: Node


Layer = Sequence[MappingFile]

_CONTAINERS = {
    "tenant": ScopeLevel.TENANT,
    "management_group": ScopeLevel.MANAGEMENT_GROUP,
    "subscription": ScopeLevel.SUBSCRIPTION,
    "resource_group": ScopeLevel.RESOURCE_GROUP,
}
_RANK = list(ScopeLevel)


def build(layers: Iterable[Layer], catalog: Catalog) -> tuple[Mapping, tuple[Problem, ...]]:
    """The mapping that these layers make together, and everything that is wrong with them.

    A later layer replaces project roles, workloads, capabilities, scope kinds and custom roles by name.
    """
    builder = _MappingBuilder(catalog)
    for layer in layers:
        builder.read_layer(layer)
    return builder.mapping(), tuple(builder.reading.problems)


class _MappingEntry(Struct):
    """A named part of a mapping as read, with the node that it came from."""

    shape: Shape
    node: Node
    at: Position


class _MappingBuilder:
    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.reading = Reading()
        self.about: tuple[About, Node] | None = None
        self.kinds: dict[str, _MappingEntry] = {}
        self.customs: dict[str, _MappingEntry] = {}
        self.capabilities: dict[str, _MappingEntry] = {}
        self.roles: dict[str, _MappingEntry] = {}
        self.custom_roles: dict[str, MappingCustomRole] = {}
        self.found_roles: dict[str, AzureRole | None] = {}
        self.used_customs: set[str] = set()
        self.used_kinds: set[str] = set()

    # Reading the files of one layer.

    def read_layer(self, layer: Layer) -> None:
        fresh: dict[str, dict[str, _MappingEntry]] = {"kinds": {}, "customs": {}, "capabilities": {}, "roles": {}}
        for file in sorted(layer, key=lambda each: each.path):
            folder, _, name = file.path.rpartition("/")
            match (folder, name.rsplit(".", 1)[0]):
                case ("", "mapping"):
                    self.about = (read(file.root, About, self.reading), file.root)
                case ("", "scope_kinds"):
                    self.read_named(file.root, ScopeKindShape, fresh["kinds"])
                case ("", "custom_roles"):
                    self.read_named(file.root, CustomRoleShape, fresh["customs"])
                case ("capabilities", _):
                    self.read_named(file.root, CapabilityShape, fresh["capabilities"])
                case ("roles", stem):
                    self.read_role(file.root, RoleShape, "project_role", stem, fresh["roles"])
                case ("workloads", stem):
                    self.read_role(file.root, WorkloadShape, "workload", stem, fresh["roles"])
                case _:
                    self.refuse(
                        "misplaced-file",
                        Position(file.root.at.file),
                        "a mapping holds mapping.yaml, scope_kinds.yaml, custom_roles.yaml, "
                        "and files in roles/, workloads/ and capabilities/",
                    )
        self.kinds |= fresh["kinds"]
        self.customs |= fresh["customs"]
        self.capabilities |= fresh["capabilities"]
        self.roles |= fresh["roles"]

    def read_named(self, root: Node, shape: type[Shape], entries: dict[str, _MappingEntry]) -> None:
        if not isinstance(root, MappingNode):
            self.refuse("wrong-value", root.at, "expected a mapping of names")
            return
        for name, node in root.items.items():
            at = root.keys[name]
            if name in entries:
                self.refuse("duplicate-name", at, f"`{name}` is defined already, at {entries[name].at.spoken}")
                continue
            entries[name] = _MappingEntry(read(node, shape, self.reading), node, at)

    def read_role(
        self, root: Node, shape: type[Shape], id_key: str, stem: str, entries: dict[str, _MappingEntry]
    ) -> None:
        value: Shape = read(root, shape, self.reading)
        name = getattr(value, id_key)
        if not name:
            return
        at = place(root, id_key)
        if name != stem:
            self.refuse("misplaced-file", at, f"`{name}` stands in a file named {stem}: name the file {name}.yaml")
        if name in entries:
            self.refuse("duplicate-name", at, f"`{name}` is defined already, at {entries[name].at.spoken}")
            return
        entries[name] = _MappingEntry(value, root, at)

    def refuse(self, rule: str, at: Position, message: str) -> None:
        self.reading.problems.append(rules.problem(rule, at, message))

    # Resolving names.

    def mapping(self) -> Mapping:
        about = self.about[0] if self.about else About(title="", environments=())
        kinds = self.scope_kinds()
        self.custom_roles = self.own_roles()
        capabilities = {
            name: self.capability(name, entry, entry.shape)
            for name, entry in self.capabilities.items()
            if isinstance(entry.shape, CapabilityShape)
        }
        roles = self.project_roles(capabilities, about.families)
        self.find_unused(kinds, capabilities, roles)
        return Mapping(
            title=about.title,
            says=about.says,
            environments=about.environments,
            assumes=about.assumes,
            families=about.families,
            scope_kinds=kinds,
            custom_roles=self.custom_roles,
            capabilities=capabilities,
            roles=roles,
        )

    def scope_kinds(self) -> dict[str, ScopeKind]:
        kinds: dict[str, ScopeKind] = {}
        for name, entry in self.kinds.items():
            shape = entry.shape
            assert isinstance(shape, ScopeKindShape)
            level = _CONTAINERS.get(shape.type, ScopeLevel.RESOURCE)
            type_ = shape.type if level is ScopeLevel.RESOURCE else ""
            kinds[name] = ScopeKind(name, shape.says, level, type_, shape.under, shape.name, entry.at)
        looped = [kind.name for kind in kinds.values() if self.check_parent(kind, kinds)]
        return kinds | {name: replace(kinds[name], under=None) for name in looped}

    def check_parent(self, kind: ScopeKind, kinds: dict[str, ScopeKind]) -> bool:
        """Notes what is wrong about what a kind lies under; gives whether it lies under itself."""
        node = self.kinds[kind.name].node
        at = place(node, "under")
        if kind.under is None:
            if kind.level in (ScopeLevel.RESOURCE_GROUP, ScopeLevel.RESOURCE):
                self.refuse("scope-kind-parent", kind.at, f"`{kind.name}` does not say what it is `under`")
            return False
        parent = kinds.get(kind.under)
        if parent is None:
            hint = did_you_mean(kind.under, kinds)
            self.refuse("unknown-scope-kind", at, f"no scope kind `{kind.under}`{hint}")
            return False
        seen: set[str] = set()
        above: ScopeKind | None = parent
        while above is not None and above.name not in seen:
            if above is kind:
                self.refuse("scope-kind-parent", at, f"`{kind.name}` lies under itself")
                return True
            seen.add(above.name)
            above = kinds.get(above.under) if above.under else None
        if kind.level is ScopeLevel.RESOURCE and parent.level is ScopeLevel.RESOURCE:
            if not kind.type.lower().startswith(parent.type.lower() + "/"):
                self.refuse("scope-kind-parent", at, f"{kind.type} is no child of {parent.type}")
        elif kind.level is ScopeLevel.RESOURCE and parent.level is not ScopeLevel.RESOURCE_GROUP:
            self.refuse("scope-kind-parent", at, "a resource lies under a resource group or under another resource")
        elif kind.level not in (ScopeLevel.MANAGEMENT_GROUP, ScopeLevel.RESOURCE) and (
            _RANK.index(kind.level) <= _RANK.index(parent.level)
        ):
            level, above_level = (str(each.level).replace("_", " ") for each in (kind, parent))
            self.refuse("scope-kind-parent", at, f"a {level} does not lie under a {above_level}")
        return False

    def own_roles(self) -> dict[str, MappingCustomRole]:
        own: dict[str, MappingCustomRole] = {}
        for name, entry in self.customs.items():
            shape = entry.shape
            assert isinstance(shape, CustomRoleShape)
            permission = Permission(shape.actions, shape.not_actions, shape.data_actions, shape.not_data_actions)
            role = AzureRole("", name, (permission,), custom=True, assignable_scopes=(), description=shape.says)
            own[name] = MappingCustomRole(role, shape.why, shape.source, entry.at)
            self.check_custom_role(own[name], shape, entry.node)
        return own

    def check_custom_role(self, custom: MappingCustomRole, shape: CustomRoleShape, node: Node) -> None:
        name = custom.role.name
        if len(name) > 400:
            self.refuse(
                "custom-role-name", custom.at, "the name is over 400 characters (Azure takes 512 with our mark)"
            )
        clash = self.catalog.find(name)
        if clash is not None and not clash.custom:
            self.refuse("custom-role-name", custom.at, f"`{name}` is the name of an Azure role already ({clash.id})")
        if not _says(node, "actions", "data_actions"):
            self.refuse("custom-role-empty", custom.at, f"`{name}` grants nothing")
        for section, plane in (
            ("actions", Plane.CONTROL),
            ("not_actions", Plane.CONTROL),
            ("data_actions", Plane.DATA),
            ("not_data_actions", Plane.DATA),
        ):
            for operation in getattr(shape, section):
                self.check_operation(operation, plane, place(node, section, operation), wildcard=True)

    def check_operation(self, operation: str, plane: Plane, at: Position, wildcard: bool = False) -> None:
        """A literal operation that the catalogue does not know, or a pattern that Azure would refuse."""
        if "*" in operation:
            if not wildcard:
                self.refuse("grant-fields", at, f"`{operation}` is a pattern: name the operations one by one")
            elif operation.count("*") > 1 or any("*" in part and part != "*" for part in operation.split("/")):
                self.refuse("custom-role-wildcard", at, f"`{operation}`: one * at the most, alone between slashes")
            return
        known = self.catalog.operations
        if known.known(operation, plane) or not known.provider_known(operation):
            return
        other = Plane.DATA if plane is Plane.CONTROL else Plane.CONTROL
        if known.known(operation, other):
            message = f"`{operation}` is an operation of the {other} plane, not of the {plane} plane"
        else:
            near = known.near(operation, plane, 1)
            message = f"no known operation `{operation}`" + (f" (did you mean `{near[0]}`?)" if near else "")
        self.refuse("unknown-operation", at, message)

    def known_planes(self, operation: str, at: Position) -> tuple[Plane, ...]:
        """The planes on which an operation, or some of a pattern, is known; both where it is known on none.

        What is forbidden is forbidden wherever it is: nobody may guess that it is on one plane alone.
        """
        known = self.catalog.operations
        planes = known.planes(operation)
        if planes or "*" in operation:
            self.check_operation(operation, (planes or tuple(Plane))[0], at, wildcard=True)
        elif known.provider_known(operation):
            near = known.near(operation, n=1)
            hint = f" (did you mean `{near[0]}`?)" if near else ""
            message = f"no known operation `{operation}`{hint}: it is tested on both planes"
            self.refuse("unknown-operation", at, message)
        return planes or tuple(Plane)

    def azure_role(self, name: str, at: Position) -> AzureRole | None:
        if name in self.custom_roles:
            self.used_customs.add(name)
            return self.custom_roles[name].role
        if name not in self.found_roles:
            self.found_roles[name] = self.catalog.find(name)
        role = self.found_roles[name]
        if role is None:
            near = [*self.catalog.near(name, 1)] or [*self.custom_roles]
            hint = did_you_mean(name, near) or "; search with `rbacgen roles WORD`"
            self.refuse("unknown-azure-role", at, f"no Azure role `{name}`{hint}")
        elif role.name.lower() != name.lower() and role.id != name.lower():
            self.refuse("renamed-azure-role", at, f"`{name}` is called `{role.name}` now")
        elif role.deprecated:
            self.refuse("deprecated-azure-role", at, f"`{role.name}` is being retired by Microsoft")
        return role

    def environments(self, names: tuple[str, ...], node: Node) -> tuple[str, ...]:
        known = self.about[0].environments if self.about else ()
        for name in names:
            if name not in known:
                hint = did_you_mean(name, known) or f" (the mapping has {', '.join(known)})"
                self.refuse("unknown-environment", place(node, "in", name), f"no environment `{name}`{hint}")
        return names or known

    def scope_kind(self, name: str, node: Node) -> None:
        self.used_kinds.add(name)
        if name not in self.kinds:
            self.refuse(
                "unknown-scope-kind", place(node, "on"), f"no scope kind `{name}`{did_you_mean(name, self.kinds)}"
            )

    def capability(self, name: str, entry: _MappingEntry, shape: CapabilityShape) -> Capability:
        needs = tuple(self.need(need, self.reading.node(need)) for need in shape.needs)
        grants: list[Grant] = []
        for grant_shape in shape.grants:
            grant = self.grant(grant_shape, self.reading.node(grant_shape))
            if grant is None:
                continue
            for other in grants:
                same = (other.role, other.on, other.activation) == (grant.role, grant.on, grant.activation)
                if same and set(other.environments) & set(grant.environments):
                    self.refuse("duplicate-grant", grant.at, f"the same grant stands on line {other.at.line}")
            grants.append(grant)
        return Capability(name, shape.says, needs, tuple(grants), entry.at)

    def need(self, shape: NeedShape, node: Node) -> Need:
        self.scope_kind(shape.on, node)
        if not _says(node, "actions", "data_actions"):
            self.refuse("grant-fields", node.at, "this need names no operation: give `actions` or `data_actions`")
        for section, plane in (("actions", Plane.CONTROL), ("data_actions", Plane.DATA)):
            for operation in getattr(shape, section):
                self.check_operation(operation, plane, place(node, section, operation))
        environments = self.environments(shape.environments, node)
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

    def grant(self, shape: GrantShape, node: Node) -> Grant | None:
        self.scope_kind(shape.on, node)
        environments = self.environments(shape.environments, node)
        role = self.azure_role(shape.azure_role, place(node, "azure_role"))
        assigned: list[AzureRole] = []
        assigned_to: tuple[PrincipalType, ...] = ()
        if shape.may_assign:
            if shape.condition:
                self.refuse("grant-fields", place(node, "may_assign"), "give `condition` or `may_assign`, not both")
            for name in shape.may_assign.azure_roles:
                found = self.azure_role(name, place(node, "may_assign", "azure_roles", name))
                if found is not None:
                    assigned.append(found)
            assigned_to = tuple(PrincipalType(each) for each in shape.may_assign.principal_types)
        if shape.condition:
            self.check_condition(shape.condition, place(node, "condition"))
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
            ends=self.ends(shape.ends, node),
            because=shape.because,
            at=node.at,
        )

    def ends(self, given: str | None, node: Node) -> Ends:
        if given is None or given == "project":
            return "project" if given else None
        try:
            return date.fromisoformat(given)
        except ValueError:
            self.refuse("wrong-value", place(node, "ends"), f"there is no day {given}")
            return None

    def check_condition(self, condition: str, at: Position) -> None:
        for fault in condition_faults(condition):
            self.refuse("wrong-condition", at, fault)

    def project_roles(
        self, capabilities: AbstractMapping[str, Capability], families: tuple[str, ...]
    ) -> dict[str, ProjectRole]:
        roles: dict[str, ProjectRole] = {}
        first_seen: dict[str, Position] = {}
        for name, entry in self.roles.items():
            shape = entry.shape
            assert isinstance(shape, RoleShape | WorkloadShape)
            responsibilities: list[Responsibility] = []
            for each in shape.responsibilities:
                node = self.reading.node(each)
                if each.id in first_seen:
                    at = place(node, "id")
                    self.refuse(
                        "duplicate-name",
                        at,
                        f"`{each.id}` is a responsibility already, at {first_seen[each.id].spoken}",
                    )
                first_seen.setdefault(each.id, place(node, "id"))
                responsibilities.append(self.responsibility(each, node, capabilities))
            must_not = tuple(self.must_not(each, self.reading.node(each)) for each in shape.must_not)
            owner = shape.owner if isinstance(shape, WorkloadShape) else ""
            if owner and owner not in self.roles:
                hint = did_you_mean(owner, self.roles)
                self.refuse("unknown-project-role", place(entry.node, "owner"), f"no project role `{owner}`{hint}")
            family = "" if isinstance(shape, WorkloadShape) else shape.family
            if family and families and family not in families:
                hint = did_you_mean(family, families)
                self.refuse("wrong-value", place(entry.node, "family"), f"no family `{family}` in mapping.yaml{hint}")
            roles[name] = ProjectRole(
                id=name,
                title=shape.title,
                family=family,
                says=shape.says,
                ends_with_project=shape.lifetime == "project",
                responsibilities=tuple(responsibilities),
                must_not=must_not,
                owner=owner,
                at=entry.at,
            )
        order = {family: index for index, family in enumerate(families)}
        ranked = sorted(roles.values(), key=lambda role: (role.is_workload, order.get(role.family, 99), role.id))
        return {role.id: role for role in ranked}

    def responsibility(
        self, shape: ResponsibilityShape, node: Node, capabilities: AbstractMapping[str, Capability]
    ) -> Responsibility:
        takes: list[Capability] = []
        for name in shape.takes:
            if name in capabilities:
                takes.append(capabilities[name])
            else:
                hint = did_you_mean(name, capabilities)
                self.refuse("unknown-capability", place(node, "takes", name), f"no capability `{name}`{hint}")
        if not _says(node, "takes", "outside", "no_access"):
            message = f"`{shape.id}` takes nothing: give `takes` or `outside`, or say why with `no_access`"
            self.refuse("takes-nothing", node.at, message)
        elif shape.no_access and (shape.takes or shape.outside):
            self.refuse(
                "takes-nothing", place(node, "no_access"), f"`{shape.id}` says both what it takes and `no_access`"
            )
        return Responsibility(
            id=shape.id,
            does=shape.does,
            takes=tuple(takes),
            outside=tuple(shape.outside.items()),
            no_access=shape.no_access,
            at=place(node, "id"),
        )

    def must_not(self, shape: MustNotShape, node: Node) -> MustNot:
        self.scope_kind(shape.on, node)
        if shape.plane is None:
            planes = self.known_planes(shape.do, place(node, "do"))
        else:
            planes = (Plane(shape.plane),)
            self.check_operation(shape.do, planes[0], place(node, "do"), wildcard=True)
        return MustNot(
            do=shape.do,
            on=shape.on,
            environments=self.environments(shape.environments, node),
            planes=planes,
            unless_activated=shape.unless == "activated",
            because=shape.because,
            at=node.at,
        )

    def find_unused(
        self,
        kinds: AbstractMapping[str, ScopeKind],
        capabilities: AbstractMapping[str, Capability],
        roles: AbstractMapping[str, ProjectRole],
    ) -> None:
        taken = {
            each.name
            for role in roles.values()
            for responsibility in role.responsibilities
            for each in responsibility.takes
        }
        for name, capability in capabilities.items():
            if name not in taken:
                self.refuse("unused-definition", capability.at, f"no responsibility takes `{name}`")
        for name, custom in self.custom_roles.items():
            if name not in self.used_customs:
                self.refuse("unused-definition", custom.at, f"no grant uses the custom role `{name}`")
        used = set(self.used_kinds)
        for name in self.used_kinds:
            kind = kinds.get(name)
            while kind and kind.under and kind.under not in used:
                used.add(kind.under)
                kind = kinds.get(kind.under)
        for name, kind in kinds.items():
            if name not in used:
                self.refuse("unused-definition", kind.at, f"nothing speaks of the scope kind `{name}`")


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
    """Where something stands in a condition, in words: YAML may have folded its lines, so that a column would lie."""
    near = " ".join(condition[offset : offset + 24].split())
    return f"at character {offset + 1} of the condition" + (f" (`{near}`)" if near else "")


def _says(node: Node, *keys: str) -> bool:
    """Whether something stands at one of these keys, be it right or wrong."""
    found = [node.items[key] for key in keys if key in node.items] if isinstance(node, MappingNode) else []
    return any(bool(each.text) if isinstance(each, Scalar) else bool(getattr(each, "items", True)) for each in found)
