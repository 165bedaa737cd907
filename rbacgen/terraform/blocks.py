"""Assignments and custom roles as Terraform resources: names, ids, schedules and reasons, before any text is made."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from rbacgen.model.assignment import Activation, Assignment, Key
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.project.desired import Definition, Desired, kept_by_pim, why
from rbacgen.project.project import Project
from rbacgen.terraform import addresses
from rbacgen.terraform.hcl import Expression, Value, value

# guid(scope, principal, role) of ARM templates, Bicep, azurerm after 5.2 and the verified modules:
# https://github.com/Azure/bicep/pull/20293, https://github.com/hashicorp/terraform-provider-azurerm/pull/32446
ASSIGNMENT_NAMES = uuid.UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")

PERMANENT = "azurerm_role_assignment"
ELIGIBLE = "azurerm_pim_eligible_role_assignment"
ACTIVE = "azurerm_pim_active_role_assignment"
DEFINITION = "azurerm_role_definition"


class AssignmentBlock(Struct, frozen=True):
    """One assignment as a resource block; None is what the block does not say.

    `made_in` is the other environment whose directory makes the custom role, where it is not this one. `keeps_schedule`
    lets an imported PIM assignment keep the schedule that it has: azurerm cannot always read one back as it was asked
    for, and would replace the assignment (https://github.com/hashicorp/terraform-provider-azurerm/issues/26233).
    """

    type: str
    label: str
    title: str
    reason: str
    scope_kind: str
    name: Value | None
    scope: Value
    role_definition_id: Value
    principal_id: Value
    principal_type: str | None
    description: str | None
    justification: str | None
    condition: str | None
    condition_version: str | None
    end_date_time: str | None
    duration_days: int | None
    depends_on: str | None
    made_in: str | None
    keeps_schedule: bool = False

    @property
    def key(self) -> Key | None:
        """The identity by which it is found in a source; None where a part of it is known to Terraform only."""
        if isinstance(self.scope, Expression) or isinstance(self.principal_id, Expression):
            return None
        role_id = str(self.role_definition_id).rpartition("/")[2]
        activation = Activation.ELIGIBLE if self.type == ELIGIBLE else Activation.PERMANENT
        return Key(str(self.scope).lower(), role_id, str(self.principal_id), activation)

    @property
    def address(self) -> str:
        """The resource address in its root module."""
        return f"{self.type}.{self.label}"

    @property
    def identity(self) -> str:
        """What makes it this assignment and no other, whatever its label: as text, without case."""
        return _identity(self.type, self.scope, self.role_definition_id, self.principal_id)

    @property
    def import_id(self) -> Value | None:
        """The id that `import` takes for it; None where it cannot be imported or is known to Terraform only.

        Permanent: the ARM id; azurerm 5.2 refuses the one of the tenant root. PIM: scope, role and principal.
        """
        if isinstance(self.scope, Expression) or isinstance(self.principal_id, Expression):
            return None
        if self.type == PERMANENT:
            if self.name is None:
                return None
            return f"{self.scope}/providers/Microsoft.Authorization/roleAssignments/{self.name}"
        return f"{self.scope}|{self.role_definition_id}|{self.principal_id}"


class DefinitionBlock(Struct, frozen=True):
    """One custom role as a resource block."""

    label: str
    why: str
    role_definition_id: str
    name: str
    scope: str
    description: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    data_actions: tuple[str, ...]
    not_data_actions: tuple[str, ...]
    assignable_scopes: tuple[Value, ...]
    type: str = DEFINITION

    @property
    def address(self) -> str:
        """The resource address in its root module."""
        return f"{self.type}.{self.label}"

    @property
    def identity(self) -> str:
        """What makes it this custom role and no other, whatever its label."""
        return f'{self.type}|"{self.role_definition_id}"'.lower()

    @property
    def import_id(self) -> Value | None:
        """The id that `import` takes for it: the role definition's own and the scope that it was made at."""
        return f"{self.scope}/providers/Microsoft.Authorization/roleDefinitions/{self.role_definition_id}|{self.scope}"


class RootModule(Struct, frozen=True):
    """What one environment's directory is to hold, by scope kind in the mapping's order."""

    environment: str
    subscription: str
    assignments: tuple[tuple[str, tuple[AssignmentBlock, ...]], ...]
    definitions: tuple[DefinitionBlock, ...]

    def identities(self) -> set[str]:
        """The identities of the module's assignments."""
        return {block.identity for _, blocks in self.assignments for block in blocks}

    def blocks(self) -> Iterable[AssignmentBlock | DefinitionBlock]:
        """Every resource block of the module."""
        yield from self.definitions
        for _, blocks in self.assignments:
            yield from blocks


def root_modules(project: Project, desired: Desired) -> tuple[RootModule, ...]:
    """One root module an environment, in the project's order; every desired assignment is in exactly one of them."""
    by_environment: dict[str, list[Assignment]] = {each.name: [] for each in project.environments}
    for assignment in desired.state:
        by_environment[assignment.environment].append(assignment)
    made_in = {each.role.id: each.environment for each in desired.definitions}
    modules = []
    for environment in project.environments:
        own = [each for each in desired.definitions if each.environment == environment.name]
        definitions = _definitions(own)
        made_here = {block.role_definition_id: block.address for block in definitions}
        here = by_environment.pop(environment.name)
        modules.append(
            RootModule(
                environment=environment.name,
                subscription=environment.subscription,
                assignments=_by_kind(project, _assignments(project, here, made_here, made_in)),
                definitions=definitions,
            )
        )
    return tuple(modules)


def _definitions(definitions: list[Definition]) -> tuple[DefinitionBlock, ...]:
    labels = addresses.labels(
        {each.role.id: (DEFINITION, (each.role.name.rpartition(" (")[0],), each.role.id) for each in definitions}
    )
    blocks = []
    for each in definitions:
        permission = each.role.permissions[0]
        blocks.append(
            DefinitionBlock(
                label=labels[each.role.id],
                why=each.why,
                role_definition_id=each.role.id,
                name=each.role.name,
                scope=f"/subscriptions/{each.subscription}",
                description=each.role.description,
                actions=permission.actions,
                not_actions=permission.not_actions,
                data_actions=tuple(sorted(permission.data_actions)),
                not_data_actions=tuple(sorted(permission.not_data_actions)),
                assignable_scopes=tuple(
                    _expression(scope, reference=not scope.startswith("/")) for scope in each.role.assignable_scopes
                ),
            )
        )
    return tuple(blocks)


def _assignments(
    project: Project, desired: list[Assignment], made_here: dict[str, str], made_in: dict[str, str]
) -> list[AssignmentBlock]:
    labels = addresses.labels(
        {
            index: (
                resource_type(each, project.pim),
                (each.principal.name, each.role.name, each.scope_kind),
                f"{each.scope.folded}|{each.role.id}|{each.principal.id}",
            )
            for index, each in enumerate(desired)
        }
    )
    texts: dict[tuple[object, ...], str] = {}
    return [_assignment(project, each, labels[index], made_here, made_in, texts) for index, each in enumerate(desired)]


def resource_type(assignment: Assignment, pim: bool) -> str:
    """The azurerm resource of this assignment: eligible, active until a day, or permanent."""
    if not kept_by_pim(assignment, pim):
        return PERMANENT
    return ELIGIBLE if assignment.activation is Activation.ELIGIBLE else ACTIVE


def _assignment(
    project: Project,
    assignment: Assignment,
    label: str,
    made_here: dict[str, str],
    made_in: dict[str, str],
    texts: dict[tuple[object, ...], str],
) -> AssignmentBlock:
    type_ = resource_type(assignment, project.pim)
    is_permanent = type_ == PERMANENT
    eligible = type_ == ELIGIBLE
    role_id = assignment.role.id
    reason = texts.get(assignment.reasons) or texts.setdefault(assignment.reasons, why(assignment.reasons))
    ends = _end_of(assignment.ends)
    name = assignment.scope.id.rpartition("/")[2] or "the tenant root"
    how = " (eligible)" if eligible else f" (until {assignment.ends})" if type_ == ACTIVE else ""
    return AssignmentBlock(
        type=type_,
        label=label,
        title=f"{assignment.principal.name}: {assignment.role.name} on {name}{how}",
        reason=reason,
        scope_kind=assignment.scope_kind,
        name=_name(assignment) if is_permanent else None,
        scope=_expression(assignment.scope.id, assignment.scope.reference),
        role_definition_id=role_definition_id(assignment.scope, role_id),
        principal_id=_expression(assignment.principal.id, assignment.principal.reference),
        principal_type=str(assignment.principal.type) if is_permanent else None,
        description=assignment.description if is_permanent else None,
        justification=None if is_permanent else assignment.description,
        condition=assignment.condition or None,
        condition_version=assignment.condition_version or None,
        end_date_time=None if is_permanent else ends,
        duration_days=project.pim_eligible_days or None if eligible and ends is None else None,
        depends_on=made_here.get(role_id),
        made_in=None if role_id in made_here else made_in.get(role_id),
    )


def identity_of(assignment: Assignment, pim: bool) -> str:
    """The identity of the block that an assignment is rendered as."""
    return _identity(
        resource_type(assignment, pim),
        _expression(assignment.scope.id, assignment.scope.reference),
        role_definition_id(assignment.scope, assignment.role.id),
        _expression(assignment.principal.id, assignment.principal.reference),
    )


def _identity(type_: str, scope: Value, role_definition_id: Value, principal_id: Value) -> str:
    return "|".join((type_, value(scope), value(role_definition_id), value(principal_id))).lower()


def _end_of(day: date | None) -> str | None:
    """The instant at which access is gone: midnight UTC at the beginning of the day."""
    return None if day is None else f"{day.isoformat()}T00:00:00Z"


def _expression(text: str, reference: bool) -> Value:
    return Expression(text) if reference else text


def role_definition_id(scope: Scope, role_id: str) -> str:
    """The role definition id as Azure gives it back for an assignment at this scope.

    Under a subscription it carries the prefix of the scope's subscription, above it carries none; any other spelling
    makes azurerm replace the assignment in every plan (https://github.com/hashicorp/terraform-provider-azurerm/issues/4847).
    """
    above = scope.level in (ScopeLevel.TENANT, ScopeLevel.MANAGEMENT_GROUP)
    prefix = "" if above else f"/subscriptions/{scope.subscription}"
    return f"{prefix}/providers/Microsoft.Authorization/roleDefinitions/{role_id}"


def _name(assignment: Assignment) -> Value | None:
    """The deterministic name of a permanent assignment; none at the tenant root, where implementations differ."""
    scope, principal, role_id = assignment.scope, assignment.principal, assignment.role.id
    if scope.level is ScopeLevel.TENANT and not scope.reference:
        return None
    if not scope.reference and not principal.reference:
        return assignment_name(scope.id, principal.id, role_id)
    scope_text = f"${{{scope.id}}}" if scope.reference else scope.id.lower()
    principal_text = f"${{{principal.id}}}" if principal.reference else principal.id
    return Expression(f'uuidv5("{ASSIGNMENT_NAMES}", lower("{scope_text}-{principal_text}-{role_id}"))')


def assignment_name(scope_id: str, principal_id: str, role_id: str) -> str:
    """The name that Bicep's, azurerm's and the verified modules' convention gives this assignment."""
    return str(uuid.uuid5(ASSIGNMENT_NAMES, f"{scope_id.rstrip('/')}-{principal_id}-{role_id}".lower()))


def _by_kind(project: Project, blocks: list[AssignmentBlock]) -> tuple[tuple[str, tuple[AssignmentBlock, ...]], ...]:
    sorted_blocks = sorted(blocks, key=lambda block: (block.label, block.type, block.identity))
    grouped: dict[str, list[AssignmentBlock]] = {}
    for block in sorted_blocks:
        grouped.setdefault(block.scope_kind, []).append(block)
    return tuple((kind, tuple(grouped[kind])) for kind in project.mapping.scope_kinds if kind in grouped)
