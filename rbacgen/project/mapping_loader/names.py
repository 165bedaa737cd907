"""The names that a mapping's parts use for one another and for Azure: looked up, and refused where nothing has them."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping

from rbacgen.authorization.catalog import Catalog
from rbacgen.model.assignment import AzureRole, Plane
from rbacgen.model.near_names import did_you_mean
from rbacgen.model.problems import Position
from rbacgen.project.decode import Reading
from rbacgen.project.document import Node, place
from rbacgen.project.mapping import MappingCustomRole
from rbacgen.project.mapping_loader.layers import MappingParts


class MappingNames:
    """Looks names up in a mapping and in the catalogue; remembers which scope kinds and custom roles are in use."""

    def __init__(self, parts: MappingParts, catalog: Catalog) -> None:
        self.parts = parts
        self.catalog = catalog
        self.custom_roles: AbstractMapping[str, MappingCustomRole] = {}
        self.used_customs: set[str] = set()
        self.used_kinds: set[str] = set()
        self.found_roles: dict[str, AzureRole | None] = {}

    @property
    def reading(self) -> Reading:
        """What reading the files brought."""
        return self.parts.reading

    def refuse(self, rule: str, at: Position, message: str) -> None:
        """Notes one problem."""
        self.parts.refuse(rule, at, message)

    def environments(self, names: tuple[str, ...], node: Node) -> tuple[str, ...]:
        """These environments of the mapping, all of them where none is named."""
        known = self.parts.about.environments
        for name in names:
            if name not in known:
                hint = did_you_mean(name, known) or f" (the mapping has {', '.join(known)})"
                self.refuse("unknown-environment", place(node, "in", name), f"no environment `{name}`{hint}")
        return names or known

    def scope_kind(self, name: str, node: Node) -> None:
        """Notes that the scope kind is in use, and where there is none of this name."""
        self.used_kinds.add(name)
        if name not in self.parts.kinds:
            self.refuse(
                "unknown-scope-kind", place(node, "on"), f"no scope kind `{name}`{did_you_mean(name, self.parts.kinds)}"
            )

    def azure_role(self, name: str, at: Position) -> AzureRole | None:
        """The role of this name, of the mapping or of Azure; None where there is none, which is noted."""
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

        What is forbidden is forbidden wherever it is: nothing says that it is on one plane alone.
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
